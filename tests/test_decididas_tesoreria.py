"""Lo que la oficina resolvió que no procede corregir no está «en solventación» en lo que lee la Tesorería."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from test_cli_poi import escribir
from test_decisiones import DOS, NO_PROCEDE, UNO, abrir, columnas
from test_entregas import P, consolidar

from pei_excel.escritura.tesoreria_indicadores import RECALCULADA, RESUELTA
from pei_excel.formatos.mir import MIR
from pei_excel.formatos.poi import POI
from pei_excel.lectura.decisiones import CAPTURA, HOJA, VISIBLES

#: Con servidores, procesos o muchos libros de verdad: van con las largas.
pytestmark = pytest.mark.larga


def _decidir(libro: Path, celda: str) -> None:
    """Anota que no procede lo que se observa de una celda."""
    abierto = abrir(libro)
    hoja = abierto[HOJA]
    donde = columnas(hoja)
    (fila,) = [
        f for f in range(5, hoja.max_row + 1)
        if str(hoja.cell(f, donde[VISIBLES["celda"]]).value).split(" ")[0] == celda
    ]
    for clave, valor in NO_PROCEDE.items():
        hoja.cell(fila, donde[CAPTURA[clave]]).value = valor
    abierto.save(libro)


def _leer(ruta: Path, hoja: str) -> tuple[list[str], set[str]]:
    """(las notas al pie, las marcas de las cifras)."""
    celdas = [c for f in openpyxl.load_workbook(ruta)[hoja].iter_rows() for c in f if c.value is not None]
    notas = [str(c.value) for c in celdas if "recalculada;" in str(c.value)]
    formatos = {c.number_format for c in celdas if isinstance(c.value, (int, float))}
    return notas, {m for m in "¹²³" for f in formatos if m in f}


@pytest.mark.parametrize("formato", ["MIR", "POI"])
def test_lo_resuelto_lleva_otra_nota_y_no_se_cuenta_en_solventacion(formato: str, tmp_path: Path) -> None:
    """Con una de dos resuelta, cada una con su nota; con las dos, ya nada está en trámite."""
    recibidos = tmp_path / "recibidos"
    cambios: dict[tuple[str, str, str], Any] = {
        ("MIR", "Componente 1", "alcanzado_acumulado"): 7.0, ("MIR", "Componente 2", "programado_acumulado"): 90.0,
    }
    if formato == "POI":
        cambios = {("Seguimiento", "AO.01", "ejecutado_total"): 99.0, ("Valorización", "AO.03", "costo_total"): 30000.0}
        escribir(recibidos / "a.xlsx", POI, P, cambios)
    else:
        escribir(recibidos / "a.xlsx", MIR, P, cambios, **UNO)
        escribir(recibidos / "b.xlsx", MIR, P, {}, **DOS)
    documento = consolidar(recibidos, estado=1)
    carpeta = tmp_path / "salidas" / P
    tesoreria = carpeta / f"tesoreria-{formato.lower()}.xlsx"
    hoja = {"MIR": "Indicadores", "POI": "Actividades"}[formato]
    assert documento["totales"][formato]["en_solventacion"] == 2
    notas, marcas = _leer(tesoreria, hoja)
    assert (len(notas), marcas) == (1, {"¹"})
    assert notas[0].startswith(RECALCULADA)
    celdas = [h["celda"] for x in documento["libros"] for h in x["hallazgos"] if h["regla"] != "FMT009"]
    assert len(celdas) == 2, [h["mensaje"] for x in documento["libros"] for h in x["hallazgos"]]
    for n, celda in enumerate(celdas, 1):
        _decidir(carpeta / f"consolidado-{formato.lower()}.xlsx", celda)
        documento = consolidar(recibidos, estado=1 if n == 1 else 0)
        assert documento["totales"][formato]["en_solventacion"] == 2 - n
        notas, marcas = _leer(tesoreria, hoja)
        assert marcas == ({"¹", "³"} if n == 1 else {"³"})
        empiezan = (RECALCULADA, RESUELTA) if n == 1 else (RESUELTA,)
        assert all(nota.startswith(suya) for nota, suya in zip(notas, empiezan, strict=True))
        assert notas[-1].endswith(f"({n} {'renglón' if n == 1 else 'renglones'}).")
