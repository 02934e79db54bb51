"""La carpeta del ejemplo: doce informes, siempre los mismos, con las faltas que se les plantaron."""

from __future__ import annotations

from pathlib import Path

import pytest

from pei_excel.ejemplo import escribir_recibidos
from pei_excel.ejemplo.municipio import MARCA, UNIDADES
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import revisar

PERIODO = Periodo.de_codigo("2024-T2")


@pytest.fixture(scope="module")
def recibidos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return escribir_recibidos(tmp_path_factory.mktemp("ejemplo") / "recibidos")


def test_son_doce_y_siempre_los_mismos_bytes(recibidos: list[Path], tmp_path: Path) -> None:
    otros = escribir_recibidos(tmp_path)
    assert len(recibidos) == 12
    assert [r.name for r in otros] == [r.name for r in recibidos]
    assert [r.read_bytes() for r in otros] == [r.read_bytes() for r in recibidos]


def test_cada_uno_trae_lo_que_se_le_planto(recibidos: list[Path]) -> None:
    for unidad, ruta in zip(UNIDADES, recibidos[1:], strict=True):
        (libro,) = leer(ruta, ruta.name, Opciones(periodo=PERIODO))
        hallazgos = revisar(libro, Contexto(periodo=PERIODO)).hallazgos
        assert [h.regla for h in hallazgos] == [d.split()[0] for d in unidad.defectos], unidad.nombre
        assert libro.unidad is not None
        assert libro.unidad.nombre.endswith(MARCA)
        assert len(libro.filas("MIR")) == unidad.indicadores
