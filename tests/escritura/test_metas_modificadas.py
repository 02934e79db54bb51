"""Metas iniciales y vigentes en las salidas de la MIR: sólo donde hay modificaciones, con fórmulas vivas."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from informes_de_prueba import T2, en_memoria, informe
from paridad import diferencias

from pei_excel.consolidacion import consolidar
from pei_excel.escritura.consolidado import escribir_consolidado
from pei_excel.escritura.consolidado_comun import ENCABEZADO
from pei_excel.escritura.evaluacion import escribir_evaluacion
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.escritura.tesoreria import escribir_tesoreria
from pei_excel.formato import Modo
from pei_excel.formatos.mir import MIR
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.modificaciones import metas_modificadas
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Revision, revisar
from pei_excel.semaforo import PERFILES
from pei_excel.tablas import Tablas

GENERAL = PERFILES["general"]
#: El Componente 2 tiene 13, 33, 30 y 24: al principio eran 13, 33, 40 y 10, y antes de eso el cuarto no tenía meta.
CAMBIOS = (
    {"fecha": date(2024, 3, 1), "nivel": "Componente 2", "campo": "Programado 4to. Trim.", "valor_anterior": None,
     "valor_nuevo": 10.0, "causa": "Ajuste", "documento": "Oficio 9/2024"},
    {"fecha": date(2024, 5, 20), "nivel": "Componente 2", "campo": "Programado 3er. Trim.", "valor_anterior": 40.0,
     "valor_nuevo": 30.0, "causa": "Ajuste", "documento": "Oficio 20/2024"},
    {"fecha": date(2024, 5, 20), "nivel": "Componente 2", "campo": "Programado 4to. Trim.", "valor_anterior": 10.0,
     "valor_nuevo": 24.0, "causa": "Ajuste", "documento": "Oficio 20/2024"},
    {"fecha": date(2024, 6, 3), "nivel": "Actividad 3.1", "campo": "Programado 2do. Trim.", "valor_anterior": 27.5,
     "valor_nuevo": 17.0, "causa": "Ajuste", "documento": "Oficio 31/2024"},
)


def _revisada(carpeta: Path, cambios: tuple[dict[str, Any], ...]) -> Revision:
    campos, filas = informe()
    ruta = carpeta / "mir.xlsx"
    escribir_plantilla(ruta, MIR, modo=Modo.SEGUIMIENTO, ejercicio=2024, periodo=T2, campos=campos,
                       filas={"MIR": filas, "Modificaciones": cambios})
    (libro,) = leer(ruta, "mir.xlsx", Opciones(periodo=T2))
    return revisar(libro, Contexto(periodo=T2))


@pytest.fixture(scope="module")
def con_cambios(tmp_path_factory: pytest.TempPathFactory) -> Revision:
    return _revisada(tmp_path_factory.mktemp("con_cambios"), CAMBIOS)


@pytest.fixture(scope="module")
def sin_cambios(tmp_path_factory: pytest.TempPathFactory) -> Revision:
    return _revisada(tmp_path_factory.mktemp("sin"), ())


def _tablas(revision: Revision) -> Tablas:
    return consolidar([revision], T2, Contexto(periodo=T2))


def _evaluacion(revision: Revision) -> bytes:
    indicadores = Contexto(periodo=T2).indicadores(revision.libro)
    return en_memoria(
        escribir_evaluacion, revision, indicadores, periodo=T2, corte=date(2024, 7, 8), perfil=GENERAL
    )


def _abrir(contenido: bytes, *, valores: bool = True) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl avisa de las minigráficas, que no guarda
        return openpyxl.load_workbook(BytesIO(contenido), data_only=valores)


def _renglones(hoja: Any, titulos: int, llave: str) -> dict[str, dict[str, Any]]:
    nombres = [c.value for c in hoja[titulos]]
    filas = [dict(zip(nombres, f, strict=True)) for f in hoja.iter_rows(min_row=titulos + 1, values_only=True)]
    return {str(f[llave]): f for f in filas if f[llave]}


def test_lo_inicial_es_lo_vigente_con_los_cambios_deshechos(con_cambios: Revision) -> None:
    metas = metas_modificadas(con_cambios.libro)
    componente, actividad = metas.values()
    assert componente.inicial == (13, 33, 40, None)
    assert componente.desde == "3er. Trim."
    assert componente.frase == (
        "4to. Trim.: sin meta → 10 (01/03/2024, Oficio 9/2024); 3er. Trim.: 40 → 30 (20/05/2024, Oficio 20/2024); "
        "4to. Trim.: 10 → 24 (20/05/2024, Oficio 20/2024)"
    )
    assert (actividad.inicial, actividad.desde) == ((27, 27.5, 32, 24), "2do. Trim.")


def test_la_evaluacion_lleva_las_metas_iniciales_y_las_vigentes(con_cambios: Revision) -> None:
    contenido = _evaluacion(con_cambios)
    libro = _abrir(contenido)
    assert libro.sheetnames == ["MIR", "Observaciones", "Resumen", "Modificaciones"]
    hoja = libro["Modificaciones"]
    filas = {f[0]: f[2:13] for f in hoja.iter_rows(min_row=7, values_only=True)}
    assert filas == {
        "Componente 2": (13, 33, 40, None, 86, 13, 33, 30, 24, 100, "3er. Trim."),
        "Actividad 3.1": (27, 27.5, 32, 24, 110.5, 27, 17, 32, 24, 100, "2do. Trim."),
    }
    formulas = _abrir(contenido, valores=False)["Modificaciones"]
    assert all(str(formulas.cell(7, c).value).startswith("=") for c in (7, 8, 9, 10, 11, 12))
    assert any("Hay metas modificadas" in str(c.value) for f in libro["MIR"].iter_rows() for c in f)


def test_el_consolidado_las_lleva_en_indicadores(con_cambios: Revision) -> None:
    hoja = _abrir(en_memoria(escribir_consolidado, _tablas(con_cambios), [con_cambios]))["Indicadores"]
    filas = _renglones(hoja, ENCABEZADO, "Nivel")
    una = filas["Componente 2"]
    assert (una["Programado anual inicial, si se modificó"], una["Programado anual vigente"]) == (86, 100)
    assert (una["Prog. inicial 3er. Trim."], una["En vigor desde"]) == (40, "3er. Trim.")
    assert "Oficio 20/2024" in una["Modificaciones registradas"]
    assert filas["Componente 1"]["Programado anual inicial, si se modificó"] is None
    ultima = next(c.column_letter for c in hoja[ENCABEZADO] if c.value == "Modificaciones registradas")
    assert f":${ultima}$" in hoja.print_area
    assert len(hoja.col_breaks.brk) == 2  # en su página


def test_la_tesoreria_las_lleva_al_pie(con_cambios: Revision) -> None:
    hoja = _abrir(en_memoria(escribir_tesoreria, _tablas(con_cambios)))["Indicadores"]
    textos = [str(c.value) for f in hoja.iter_rows() for c in f if c.value]
    assert (
        "² Meta modificada · 504 · 6, Actividad 3.1: anual inicial 110.5, vigente 100 desde el 2do. Trim. "
        "Cambios: 2do. Trim.: 27.5 → 17 (03/06/2024, Oficio 31/2024)."
    ) in textos
    formatos = {c.value: hoja.cell(c.row, 5).number_format for c in hoja["B"] if c.value}
    assert "²" in formatos["Componente 2"]
    assert "²" not in formatos["Componente 1"]
    assert not [t for t in textos if len(t) > 170]


def test_sin_modificaciones_no_aparece_nada(sin_cambios: Revision) -> None:
    tablas = _tablas(sin_cambios)
    evaluacion = _abrir(_evaluacion(sin_cambios))
    assert evaluacion.sheetnames == ["MIR", "Observaciones", "Resumen"]
    for contenido in (_evaluacion(sin_cambios), en_memoria(escribir_consolidado, tablas, [sin_cambios]),
                      en_memoria(escribir_tesoreria, tablas)):
        textos = [str(c.value) for h in _abrir(contenido).worksheets for f in h.iter_rows() for c in f]
        assert not [t for t in textos if "modific" in t.casefold() and "POI014" not in t]


@pytest.mark.libreoffice
@pytest.mark.parametrize("cual", ["evaluacion", "consolidado", "tesoreria"])
@pytest.mark.larga
def test_libreoffice_calcula_lo_mismo(
    con_cambios: Revision, soffice: Callable[[Path, str], Path], tmp_path: Path, cual: str
) -> None:
    contenido = {
        "evaluacion": lambda: _evaluacion(con_cambios),
        "consolidado": lambda: en_memoria(escribir_consolidado, _tablas(con_cambios), [con_cambios]),
        "tesoreria": lambda: en_memoria(escribir_tesoreria, _tablas(con_cambios)),
    }[cual]()
    total, distintas = diferencias(contenido, soffice, tmp_path)
    assert total > 20
    assert distintas == []
