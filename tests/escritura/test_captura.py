"""La hoja «Captura en el aplicativo»: sólo los meses del periodo, en su orden, vivos y con sus celdas de origen."""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from paridad import diferencias
from pois_de_prueba import cambiar, poi, revueltos, tablas_de_poi

sys.path.insert(0, str(Path(__file__).parent.parent))

from exportaciones import escribir_exportacion

from pei_excel.consolidacion import consolidar
from pei_excel.escritura.consolidado_aplicativo import HOJA
from pei_excel.escritura.consolidado_poi import escribir_consolidado_poi
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import revisar
from pei_excel.tablas import Tablas

T2 = Periodo.de_codigo("2024-T2")


def _escribir(periodo: Periodo, *pois: Any) -> tuple[bytes, Tablas]:
    tablas, revisiones = tablas_de_poi(pois, periodo)
    memoria = BytesIO()
    escribir_consolidado_poi(memoria, tablas, revisiones)
    return memoria.getvalue(), tablas


def _filas(contenido: bytes, *, valores: bool = True) -> tuple[list[str], list[list[Any]]]:
    hoja = openpyxl.load_workbook(BytesIO(contenido), data_only=valores)[HOJA]
    titulos, *filas = [[c.value for c in fila] for fila in hoja.iter_rows(min_row=4)]
    return [str(t) for t in titulos], filas


def test_un_renglon_por_actividad_en_el_orden_del_aplicativo() -> None:
    contenido, tablas = _escribir(T2, poi("040 - Otra unidad"), poi())
    titulos, filas = _filas(contenido)
    de_datos = filas[: len(tablas.renglones)]
    llaves = [tuple(f[:4]) for f in de_datos]
    assert llaves == sorted(llaves)
    assert [f[3] for f in de_datos[:6]] == ["AO.04", "AO.05", "AO.03", "AO.06", "AO.01", "AO.02"]
    assert titulos[6:13] == [
        "Abril: físico ejecutado", "Abril: S/. devengados", "Mayo: físico ejecutado", "Mayo: S/. devengados",
        "Junio: físico ejecutado", "Junio: S/. devengados", "¿Listo para copiar?",
    ]


@pytest.mark.parametrize(("periodo", "meses"), [("2024-05", 1), ("2024-T2", 3), ("2024-S1", 6), ("2024", 12)])
def test_solo_los_meses_del_periodo(periodo: str, meses: int) -> None:
    titulos, _ = _filas(_escribir(Periodo.de_codigo(periodo), poi(periodo=Periodo.de_codigo(periodo)))[0])
    assert sum("físico ejecutado" in t for t in titulos) == meses == sum("devengados" in t for t in titulos)


def test_cada_cifra_es_la_del_libro_de_la_unidad_y_un_vacio_no_es_un_cero() -> None:
    contenido, tablas = _escribir(T2, poi())
    _, filas = _filas(contenido)
    por_codigo = {f[3]: f for f in filas if f[3]}
    for renglon in tablas.renglones:
        a = renglon.actividad
        suya = por_codigo[a.codigo]
        esperado = [c for m in (4, 5, 6) for c in (a.ejecutado[m - 1], a.devengado[m - 1])]
        assert [v if v != "" else None for v in suya[6:12]] == esperado
    assert por_codigo["AO.02"][8] in {None, ""}
    assert por_codigo["AO.02"][10] == 0
    assert por_codigo["AO.02"][14] == "Seguimiento!G7:I7 y Seguimiento!T7:V7"
    _, formulas = _filas(contenido, valores=False)
    assert all(str(v).startswith("=IF('Actividades'!") for v in formulas[0][6:12])
    total = next(f for f in filas if f[0] == "Total (S/.)")
    assert total[9] == sum(r.actividad.devengado[4] or 0 for r in tablas.renglones)
    assert total[8] in {None, ""}


def test_dice_que_falta_para_copiar() -> None:
    uno = cambiar(poi(), "Seguimiento", "AO.01", ejecutado_m5=None, devengado_m5=None, devengado_m6=None)
    contenido, _ = _escribir(T2, uno)
    _, filas = _filas(contenido)
    listos = {f[3]: f[12] for f in filas if f[3]}
    assert listos["AO.01"].startswith("Falta: físico de mayo; S/. de mayo y junio")
    assert listos["AO.03"].startswith("Sí")


def test_lo_que_viene_de_la_exportacion_no_esta_listo_en_soles(tmp_path: Path) -> None:
    """La exportación no trae soles: su columna está vacía y falta llenarla."""
    ruta = escribir_exportacion(tmp_path / "exportacion.xlsx")
    contexto = Contexto(T2)
    revisiones = [revisar(libro, contexto) for libro in leer(ruta, ruta.name, Opciones(T2))]
    tablas = consolidar(revisiones, T2, contexto, formato="POI")
    memoria = BytesIO()
    escribir_consolidado_poi(memoria, tablas, revisiones)
    titulos, filas = _filas(memoria.getvalue())
    listos = [str(f[titulos.index("¿Listo para copiar?")]) for f in filas[: len(tablas.renglones)]]
    assert len(listos) == 3
    assert all(listo.startswith("Falta: lo financiero, que la exportación no trae") for listo in listos)


def test_sin_leer_lo_programado_no_se_da_por_listo() -> None:
    uno = cambiar(poi(), "Valorización", "AO.01", costo_m5="según anexo")
    cambiar(uno, "Seguimiento", "AO.01", devengado_m5=None)
    cambiar(uno, "Programación", "AO.03", programado_m5="según anexo")
    cambiar(uno, "Seguimiento", "AO.03", ejecutado_m5=None)
    _, filas = _filas(_escribir(T2, uno)[0])
    listos = {f[3]: f[12] for f in filas if f[3]}
    assert listos["AO.01"].startswith("Falta: S/. de mayo")
    assert listos["AO.03"].startswith("Falta: físico de mayo")


@pytest.mark.libreoffice
@pytest.mark.parametrize("periodo", ["2024-05", "2024-T2"])
@pytest.mark.larga
def test_libreoffice_calcula_lo_mismo(soffice: Callable[[Path, str], Path], tmp_path: Path, periodo: str) -> None:
    propio = Periodo.de_codigo(periodo)
    contenido, _ = _escribir(propio, poi(periodo=propio), *revueltos(2, propio))
    total, distintas = diferencias(contenido, soffice, tmp_path)
    assert total > 100
    assert [d for d in distintas if d.startswith(HOJA)] == []
