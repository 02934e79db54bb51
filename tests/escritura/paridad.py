"""Compara el valor guardado de cada fórmula de un libro con el que calcula LibreOffice partiendo de cero."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl


def diferencias(contenido: bytes, convertir: Callable[[Path, str], Path], carpeta: Path) -> tuple[int, list[str]]:
    """Cuántas fórmulas hay y las que LibreOffice, sin ver nuestros valores, calcula distinto."""
    original, desnudo = carpeta / "original.xlsx", carpeta / "desnudo.xlsx"
    original.write_bytes(contenido)
    with zipfile.ZipFile(original) as viejo, zipfile.ZipFile(desnudo, "w", zipfile.ZIP_DEFLATED) as nuevo:
        for nombre in viejo.namelist():
            parte = viejo.read(nombre)
            if nombre.startswith("xl/worksheets/sheet"):
                parte = re.sub(rb"</f><v>[^<]*</v>", b"</f>", parte)
            nuevo.writestr(nombre, parte)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl avisa de las minigráficas, que no guarda
        formulas, guardados, vistos = (
            openpyxl.load_workbook(BytesIO(ruta.read_bytes()), data_only=valores)
            for ruta, valores in ((original, False), (original, True), (convertir(desnudo, "xlsx"), True))
        )
    total, distintas = 0, []
    for hoja in formulas.worksheets:
        for renglon in hoja.iter_rows():
            for celda in renglon:
                if celda.data_type != "f":
                    continue
                total += 1
                nuestro = guardados[hoja.title][celda.coordinate].value
                suyo = vistos[hoja.title][celda.coordinate].value
                if not _iguales(nuestro, suyo):
                    distintas.append(f"{hoja.title}!{celda.coordinate}: {nuestro!r} y LibreOffice {suyo!r}")
    return total, distintas


def _iguales(uno: object, otro: object) -> bool:
    if uno in {None, ""}:
        return otro in {None, ""}
    if isinstance(uno, (int, float)) and isinstance(otro, (int, float)):
        return abs(uno - otro) < 1e-6
    return uno == otro

