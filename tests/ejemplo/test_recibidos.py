"""Las carpetas del ejemplo: doce informes y nueve POI, siempre los mismos, con las faltas que se les plantaron."""

from __future__ import annotations

from pathlib import Path

import pytest

from pei_excel.consolidacion import consolidar
from pei_excel.ejemplo import PERIODO, escribir_recibidos, huamanga, oaxaca
from pei_excel.formatos.anexo01 import FILAS_DE_AEI
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Revision, Suerte, revisar, revisar_entrega
from pei_excel.simulacion.vocabulario import MARCA

Carpeta = dict[str, Revision]


@pytest.fixture(scope="module")
def recibidos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return escribir_recibidos(tmp_path_factory.mktemp("ejemplo") / "recibidos")


@pytest.fixture(scope="module")
def revisados(recibidos: list[Path]) -> Carpeta:
    """Nombre del archivo → su revisión, ya comparados entre sí."""
    contexto = Contexto(periodo=PERIODO)
    revisiones = [revisar(x, contexto) for r in recibidos for x in leer(r, r.name, Opciones(periodo=PERIODO))]
    revisar_entrega(revisiones, (), contexto)
    return {r.libro.archivo: r for r in revisiones}


def _reglas(revision: Revision) -> list[str]:
    return sorted(h.regla for h in revision.hallazgos)


def test_son_veintiuno_y_siempre_los_mismos_bytes(recibidos: list[Path], tmp_path: Path) -> None:
    otros = escribir_recibidos(tmp_path)
    assert [r.parent.name for r in recibidos] == ["oaxaca"] * 12 + ["huamanga"] * 9
    assert [r.name for r in otros] == [r.name for r in recibidos]
    assert [r.read_bytes() for r in otros] == [r.read_bytes() for r in recibidos]


@pytest.mark.parametrize("unidad", oaxaca.UNIDADES, ids=lambda u: u.clave)
def test_cada_informe_trae_lo_que_se_le_planto(revisados: Carpeta, unidad: oaxaca.Unidad) -> None:
    revision = revisados[f"{unidad.clave} {unidad.nombre}.xlsx"]
    assert _reglas(revision) == [d.split()[0] for d in unidad.defectos]
    assert revision.libro.unidad is not None
    assert revision.libro.unidad.nombre.endswith(MARCA)
    assert len(revision.libro.filas("MIR")) == unidad.indicadores


@pytest.mark.parametrize("unidad", huamanga.UNIDADES, ids=lambda u: u.clave)
def test_cada_poi_trae_lo_que_se_le_planto(revisados: Carpeta, unidad: huamanga.Unidad) -> None:
    for archivo, defectos in huamanga.entregas(unidad).items():
        revision = revisados[archivo]
        assert _reglas(revision) == sorted(d.split()[0] for d in defectos)
        assert revision.libro.unidad is not None
        assert revision.libro.unidad.nombre.endswith(MARCA)
        actividades = revision.libro.filas("Programación")
        assert len(actividades) == unidad.actividades
        assert {f.valor("oei") for f in actividades} <= set(unidad.objetivos)
        assert {f.valor("aei") for f in actividades} <= {aei for aei, _, _ in FILAS_DE_AEI}


def test_en_huamanga_hay_de_todo(revisados: Carpeta) -> None:
    """Aceptados, observados, uno rechazado y uno que otra entrega sustituye."""
    suertes = [r.estado for r in revisados.values() if r.libro.formato == "POI"]
    assert suertes.count(Suerte.ACEPTADO) == 5
    assert suertes.count(Suerte.OBSERVADO) == 2
    assert suertes.count(Suerte.RECHAZADO) == 1
    assert suertes.count(Suerte.SUSTITUIDO) == 1
    sustituido = next(r for r in revisados.values() if r.estado is Suerte.SUSTITUIDO)
    assert sustituido.libro.archivo.replace(".xlsx", "_corregido.xlsx") in revisados


def test_cada_municipio_se_consolida_por_su_lado(revisados: Carpeta) -> None:
    contexto = Contexto(periodo=PERIODO)
    todos = list(revisados.values())
    mir, poi = (consolidar(todos, PERIODO, contexto, formato=formato) for formato in ("MIR", "POI"))
    assert (mir.cobertura.consolidados, poi.cobertura.consolidados) == (12, 7)
    assert len(poi.grupos["gerencia"]) == 3
    assert len(poi.grupos["oei"]) >= 9
    assert mir.institucion.soles == {}
