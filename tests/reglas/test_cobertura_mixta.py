"""En una carpeta con MIR y POI, un archivo sin reconocer se cuenta en un solo formato y en el otro se dice aparte."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pois
import pytest
import test_bordes as mir
from catalogos import en_memoria, unidad

from pei_excel.catalogo import Catalogo, desde_libro
from pei_excel.consolidacion import consolidar
from pei_excel.escritura.consolidado import escribir_consolidado
from pei_excel.escritura.consolidado_poi import escribir_consolidado_poi
from pei_excel.lectura.lector import libro_ilegible
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Revision, revisar

T2 = pois.T2


def ilegible(archivo: str) -> Revision:
    return revisar(libro_ilegible(archivo, "", "dañado"), Contexto(T2))


def catalogo() -> Catalogo:
    return desde_libro(en_memoria({
        "Unidades": [unidad("504"), unidad("505"), unidad("031"), unidad("032")],
        "Programas": [{"clave": "6", "nombre": "Programa", "unidades": ("504", "505"), "desde": date(2024, 1, 1)}],
    }))


@pytest.mark.parametrize(("archivo", "dado", "formato"), [
    ("POI_032.xlsx", None, "POI"), ("poi/libro.xlsx", None, "POI"), ("MIR_505-6_2024-T2.xlsx", None, "MIR"),
    ("031 corregido.xlsx", None, "POI"),  # la unidad de la que sólo llegó un POI
    ("032.xlsx", catalogo(), "POI"), ("505.xlsx", catalogo(), "MIR"), ("libro.xlsx", None, "MIR"),
])
def test_se_cuenta_una_sola_vez_y_se_dice_aparte(archivo: str, dado: Catalogo | None, formato: str) -> None:
    (informe,), (poi,) = mir.revisiones(mir.crudo()), pois.revisiones(pois.crudo())
    todas, contexto = [informe, poi, ilegible(archivo)], Contexto(T2, catalogo=dado)
    tablas = {f: consolidar(todas, T2, contexto, formato=f) for f in ("MIR", "POI")}
    otro = "MIR" if formato == "POI" else "POI"
    assert {f: t.cobertura.leidos for f, t in tablas.items()} == {formato: 2, otro: 1}
    assert [q for q, _ in tablas[formato].cobertura.excluidos] == [archivo]
    assert tablas[otro].cobertura.excluidos == ()
    assert tablas[otro].cobertura.aparte == ((archivo, formato),)
    assert f"{archivo} (se cuenta en {formato})" in tablas[otro].cobertura.frase
    assert archivo in {h.donde.archivo for h in tablas[formato].hallazgos}
    assert archivo not in {h.donde.archivo for h in tablas[otro].hallazgos}


def test_en_una_carpeta_de_un_formato_todo_es_suyo() -> None:
    (poi,) = pois.revisiones(pois.crudo())
    tablas = consolidar([poi, ilegible("MIR.xlsx")], T2, Contexto(T2), formato="POI")
    assert (tablas.cobertura.leidos, tablas.cobertura.aparte) == (2, ())


@pytest.mark.filterwarnings("ignore:Sparkline")
def test_los_libros_lo_listan_en_uno_solo() -> None:
    (informe,), (poi,) = mir.revisiones(mir.crudo()), pois.revisiones(pois.crudo())
    todas = [informe, poi, ilegible("POI_032.xlsx")]
    for formato, escribir, esta in (("MIR", escribir_consolidado, False), ("POI", escribir_consolidado_poi, True)):
        memoria = BytesIO()
        escribir(memoria, consolidar(todas, T2, Contexto(T2), formato=formato), todas)
        libro = openpyxl.load_workbook(memoria)
        for hoja, desde in (("Observaciones", 5), ("Control de entregas", 5)):
            dichas = [str(c) for f in libro[hoja].iter_rows(min_row=desde, values_only=True) for c in f if c]
            assert any("POI_032.xlsx" in c for c in dichas) is esta, (formato, hoja)
