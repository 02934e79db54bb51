"""Las celdas armadas de una vez son las mismas que escribe xlsxwriter: valor, fórmula, resultado guardado y aspecto."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from math import inf
from typing import Any

import openpyxl

from pei_excel.escritura.filas_armadas import FILA, HojaDeFilas, hoja_de_filas, llenar, molde, principio
from pei_excel.escritura.hoja import LibroNuevo, abrir_libro, escribir_formula, escribir_valor
from pei_excel.escritura.rapido import LibroRapido

VALORES = (
    "texto", "  con espacios ", "<r><t>parece XML</t></r> & más", "control\x01\x0b", "=1+1", "a\nb",
    "x" * 40_000, "", None, 0, 7, -3.5, 0.1 + 0.2, 1e300, inf,
)
#: Fórmula, con FILA donde va el número de la suya, y el valor que da.
FORMULAS = (
    (f'IF(A{FILA}<>"",B{FILA}&"<ok>",1)', "<ok> & más"), (f"A{FILA}+0.1", 0.1 + 0.2), (f"N(A{FILA})", 3), ('""', None),
    ('""', ""), ("NA()", "#N/A"), (f'T(A{FILA})', "control\x01"),
)
FILAS = range(3, 6)


def _escribir(clase: type[LibroNuevo], llenar_hoja: Callable[[LibroNuevo, list[Any]], None]) -> bytes:
    memoria = BytesIO()
    libro = abrir_libro(memoria, titulo="t", asunto="a", creado=datetime(2024, 1, 1), clase=clase)  # noqa: DTZ001
    llenar_hoja(libro, [libro.estilos("celda"), libro.estilos("celda", num_format="0.0", bold=True)])
    libro.close()
    return memoria.getvalue()


def _como_siempre(libro: LibroNuevo, formatos: list[Any]) -> None:
    hoja = libro.hoja("Hoja")
    for fila in FILAS:
        for n, valor in enumerate(VALORES, 1):
            escribir_valor(hoja, fila, n, valor, formatos[n % 2], libro.estilos)
        for n, (formula, valor) in enumerate(FORMULAS, len(VALORES) + 1):
            escribir_formula(hoja, fila, n, formula.replace(FILA, str(fila)), formatos[n % 2], valor)


def _armadas(libro: LibroNuevo, formatos: list[Any]) -> None:
    hoja: HojaDeFilas = hoja_de_filas(libro, "Hoja")
    todas = [(None, valor) for valor in VALORES] + list(FORMULAS)
    hoja.abarcar(FILAS[0], len(todas))
    for fila in FILAS:
        inicios = [principio(n, formatos[n % 2]) for n in range(1, len(todas) + 1)]
        hoja.poner(fila, 1, (hoja.celda(i, v, f) for i, (f, v) in zip(inicios, todas, strict=True)))


def _leidas(contenido: bytes) -> dict[str, tuple[Any, ...]]:
    leidas: dict[str, tuple[Any, ...]] = {}
    for solo_valores in (False, True):
        libro = openpyxl.load_workbook(BytesIO(contenido), data_only=solo_valores)
        for fila in libro["Hoja"].iter_rows():
            for c in fila:
                aspecto = (c.number_format, c.font.b, c.border.left.style, c.alignment.wrap_text)
                leidas[c.coordinate] = (*leidas.get(c.coordinate, ()), c.value, c.data_type, *aspecto)
    return leidas


def test_las_celdas_armadas_son_las_de_siempre() -> None:
    """También entre las demás celdas de la fila y con los valores más raros que se leen."""
    armadas = _leidas(_escribir(LibroRapido, _armadas))
    assert len(armadas) == len(FILAS) * (len(VALORES) + len(FORMULAS)) + 2 * (len(VALORES) + len(FORMULAS))
    assert armadas == _leidas(_escribir(LibroNuevo, _como_siempre)) == _leidas(_escribir(LibroRapido, _como_siempre))


def test_un_molde_da_las_mismas_celdas() -> None:
    """Lleno con cifras, con palabras y con nada."""
    inicios = [f'<c r="A{FILA}" s="1"', f'<c r="B{FILA}"', f'<c r="C{FILA}"']
    formulas = (f"A{FILA}&B{FILA}", "1<2", None)
    hoja = HojaDeFilas()
    for valores in ((1.5, "Sin reporte", None), (None, 0.1 + 0.2, None), ("–", "", None)):
        esperadas = [hoja.celda(i, v, f) for i, v, f in zip(inicios, valores, formulas, strict=True)]
        assert llenar(molde(inicios, formulas), valores) == esperadas


def test_un_renglon_da_de_cada_clave_su_formula_su_texto_su_numero_o_nada() -> None:
    """En el orden de las columnas, y lo que no tiene valor ni fórmula, en blanco."""
    inicios = {c: f'<c r="{c.upper()}{FILA}" s="1"' for c in "abcdefg"}
    valores = {"b": 2.5, "c": "tres", "d": 0.0, "e": "", "f": None, "a": "Sin reporte", "ajena": "no va"}
    formulas = {"a": "1&lt;2", "f": "N(A1)", "ajena": "1"}
    memoria = BytesIO()
    libro = abrir_libro(memoria, titulo="t", asunto="a", creado=datetime(2024, 1, 1), clase=LibroRapido)  # noqa: DTZ001
    hoja = hoja_de_filas(libro, "Hoja")
    esperadas = [
        hoja.celda(inicios["a"], "Sin reporte", "1<2"), hoja.celda(inicios["b"], 2.5), hoja.celda(inicios["c"], "tres"),
        hoja.celda(inicios["d"], 0), hoja.celda(inicios["e"], ""), hoja.celda(inicios["f"], None, "N(A1)"),
        hoja.celda(inicios["g"], None),
    ]
    assert hoja.renglon(inicios, valores, formulas) == "".join(esperadas)
    libro.close()
