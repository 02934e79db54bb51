"""El informe «Seguimiento de Acciones»: cada indicador una vez, en su programa, y con fórmulas que dan lo mismo."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from informes_de_prueba import en_memoria, informe, revueltos, tablas_de
from paridad import diferencias

from pei_excel.escritura.acciones import PARTES, RESUMEN, escribir_acciones
from pei_excel.tablas import Tablas

ENCABEZADO = 4


def _renglones(tablas: Tablas, hoja: str) -> list[tuple[Any, ...]]:
    libro = openpyxl.load_workbook(BytesIO(en_memoria(escribir_acciones, tablas)), data_only=True)
    return [f for f in libro[hoja].iter_rows(min_row=ENCABEZADO + 1, values_only=True) if f[0] is not None]


def test_cada_indicador_sale_una_vez_bajo_su_programa() -> None:
    """Las Actividades en «Acciones», lo demás en «Resultados», bajo la banda de su programa y sin repetirse."""
    tablas = tablas_de(revueltos(6))[0]
    vistos = []
    for parte in PARTES:
        programa = None
        for fila in _renglones(tablas, parte.hoja):
            if fila[1] is None:
                programa = fila[0]
            else:
                vistos.append((programa, parte.hoja, fila[0], fila[1]))
    esperados = [
        (grupo.nombre, next(p.hoja for p in PARTES if r.evaluado.clase in p.clases), r.indicador.etiqueta,
         r.indicador.nombre)
        for grupo in tablas.por_programa for r in tablas.de(grupo)
    ]
    assert sorted(map(str, vistos)) == sorted(map(str, esperados))


def test_resumen_y_causas() -> None:
    """El resumen cita la media de cada parte; la causa y la medida de la unidad van junto a su cifra."""
    tablas = tablas_de([informe()])[0]
    fila = _renglones(tablas, RESUMEN)[0]
    actividades, resto, medias = 8, 5, tablas.por_programa[0].medias
    assert fila[1:7] == (
        1, actividades, medias["Actividad"], resto, medias["Componente"], sum(r.por_explicar for r in tablas.renglones),
    )


@pytest.mark.libreoffice
def test_las_formulas_dan_lo_escrito(soffice: Callable[[Path, str], Path], tmp_path: Path) -> None:
    """Recalculado por LibreOffice, ningún valor cambia."""
    tablas = tablas_de(revueltos(6))[0]
    total, distintas = diferencias(en_memoria(escribir_acciones, tablas), soffice, tmp_path)
    assert total > 6 * len(tablas.renglones)
    assert not distintas
