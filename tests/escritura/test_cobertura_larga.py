"""Con muchos informes excluidos y nombres largos, ninguna cobertura se corta: ni en la pantalla ni en el papel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from informes_de_prueba import definitivas, en_memoria, informe, tablas_de
from pois_de_prueba import poi, tablas_de_poi

from pei_excel.escritura.acciones import escribir_acciones
from pei_excel.escritura.consolidado import escribir_consolidado
from pei_excel.escritura.consolidado_poi import escribir_consolidado_poi
from pei_excel.escritura.medidas import ALTO_MAXIMO, ancho_combinado, renglones
from pei_excel.escritura.tesoreria import escribir_tesoreria
from pei_excel.escritura.tesoreria_poi import escribir_tesoreria_poi
from pei_excel.tablas import Tablas

EXCLUIDOS = tuple(
    (f"{600 + n} - Dirección Municipal de Ordenamiento, Vinculación Ciudadana y Seguimiento de Acuerdos, programa {n}",
     "no ha llegado" if n % 3 else "no pudo leerse")
    for n in range(60)
)
#: Cada informe de la Tesorería y las tablas de que sale.
DE_LA_TESORERIA: tuple[tuple[Callable[..., None], Callable[[], Tablas]], ...] = (
    (escribir_tesoreria, lambda: tablas_de([informe()])[0]),
    (escribir_tesoreria_poi, lambda: tablas_de_poi([poi()])[0]),
)
#: Lo que puede ocupar lo que no se desplaza, en puntos: media pantalla de 768.
_FIJO = 288
_TELEFONO = 390  #: puntos de pantalla de ancho


def _con(tablas: Tablas, cuantos: int) -> Tablas:
    cobertura = replace(tablas.cobertura, excluidos=EXCLUIDOS[:cuantos], esperados=cuantos + 1)
    return replace(definitivas(tablas), cobertura=cobertura)


def _libros(cuantos: int) -> dict[str, Any]:
    """Los libros que dicen la cobertura, abiertos."""
    (mir, revisiones), (operativo, suyas) = tablas_de([informe()]), tablas_de_poi([poi()])
    mir, operativo = _con(mir, cuantos), _con(operativo, cuantos)
    contenidos = {
        "consolidado": en_memoria(escribir_consolidado, mir, revisiones),
        "consolidado del POI": en_memoria(escribir_consolidado_poi, operativo, suyas),
        "Tesorería": en_memoria(escribir_tesoreria, mir),
        "Tesorería del POI": en_memoria(escribir_tesoreria_poi, operativo),
        "acciones": en_memoria(escribir_acciones, mir),
    }
    return {clave: _abrir(contenido) for clave, contenido in contenidos.items()}


@pytest.mark.filterwarnings("ignore:Sparkline")
def _abrir(contenido: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(contenido), data_only=True)


def _ancho(hoja: Any, celda: Any) -> float:
    """El de la celda o, si está combinada, el de todas sus columnas, en caracteres."""
    rango = next((r for r in hoja.merged_cells.ranges if celda.coordinate in r), None)
    desde, hasta = (rango.min_col, rango.max_col) if rango else (celda.column, celda.column)
    letras = [openpyxl.utils.get_column_letter(n) for n in range(desde, hasta + 1)]
    anchos = {x: d.width for d in hoja.column_dimensions.values()
              for x in map(openpyxl.utils.get_column_letter, range(d.min, d.max + 1))}
    return ancho_combinado([anchos.get(x, 8.43) - 0.71 for x in letras])


def _cabe(hoja: Any, celda: Any) -> bool:
    lineas = renglones(celda.value, _ancho(hoja, celda), celda.font.size, negritas=bool(celda.font.b))
    return lineas * celda.font.size * 1.2 <= (hoja.row_dimensions[celda.row].height or 15) + 1


@pytest.mark.filterwarnings("ignore:Sparkline")
@pytest.mark.parametrize("cuantos", [0, 3, 4, 13, 60])
def test_ninguna_cobertura_se_corta(cuantos: int) -> None:
    vistas = 0
    for clave, libro in _libros(cuantos).items():
        for hoja in libro.worksheets:
            for celda in (c for fila in hoja.iter_rows() for c in fila if isinstance(c.value, str)):
                if f"1 de {cuantos + 1} informe" not in celda.value:
                    continue
                if not celda.alignment.wrap_text:  # en una sola línea: cabe en lo que se imprime
                    assert len(celda.value) < 100, (clave, hoja.title)
                    continue
                vistas += 1
                assert _cabe(hoja, celda), (clave, hoja.title, celda.coordinate)
                assert hoja.row_dimensions[celda.row].height < ALTO_MAXIMO
            fijas = int(hoja.sheet_view.pane.ySplit or 0) if hoja.sheet_view.pane else 0
            if hoja.title in {"Resumen", "Control de entregas"}:
                alto = sum(hoja.row_dimensions[n].height or 15 for n in range(1, fijas + 1))
                assert alto < _FIJO, (clave, hoja.title)
    assert vistas >= (6 if cuantos else 2)


@pytest.mark.parametrize(("escribir", "de"), DE_LA_TESORERIA)
def test_la_caratula_nombra_a_todos_los_excluidos(escribir: Callable[..., None], de: Callable[[], Tablas]) -> None:
    """Si son muchos, en su lista; y primero, en lo que se ve de un teléfono, la cobertura y las cifras."""
    hoja = _abrir(en_memoria(escribir, _con(de(), 60)))["Carátula"]
    filas = [(f[0].value, f[1].value) for f in hoja.iter_rows(min_row=4) if f[0].value]
    assert {(quien, motivo.capitalize()) for quien, motivo in EXCLUIDOS} == {(b, a) for a, b in filas[-60:]}
    assert sum(d.width for d in hoja.column_dimensions.values()) <= 60
    claves = [a for a, _ in filas[:8]]
    assert claves[4] == "Informes considerados"
    assert any("media" in str(c) for c in claves[5:7])
    assert all(_cabe(hoja, c) for f in hoja.iter_rows(min_row=4) for c in f if isinstance(c.value, str))
    pocos = _abrir(en_memoria(escribir, _con(de(), 2)))["Carátula"]
    assert all(quien in pocos["B8"].value for quien, _ in EXCLUIDOS[:2])
    assert "Informes excluidos" not in [c.value for c in pocos["A"]]


@pytest.mark.parametrize(("escribir", "de"), DE_LA_TESORERIA)
def test_en_un_telefono(escribir: Callable[..., None], de: Callable[[], Tablas]) -> None:
    """Lo fijo no llena la pantalla y ninguna letra es menor de 9 puntos."""
    for hoja in _abrir(en_memoria(escribir, de())).worksheets:
        if hoja.sheet_view.pane:
            fijas = range(1, int(hoja.sheet_view.pane.xSplit or 0) + 1)
            assert sum(_ancho(hoja, hoja.cell(1, n)) * 7 + 5 for n in fijas) <= _TELEFONO / 3, hoja.title
        assert min(c.font.size for f in hoja.iter_rows() for c in f if c.value is not None) >= 9
