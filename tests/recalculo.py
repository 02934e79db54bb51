"""Recalcular un libro con LibreOffice y comparar cada fórmula con el resultado que se guardó."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest


def sin_resultados(contenido: bytes) -> bytes:
    """El libro sin los resultados guardados de sus fórmulas: así LibreOffice tiene que calcularlas."""
    destino = BytesIO()
    with zipfile.ZipFile(BytesIO(contenido)) as origen, zipfile.ZipFile(destino, "w") as salida:
        for parte in origen.infolist():
            bytes_ = origen.read(parte)
            if parte.filename.startswith("xl/worksheets/sheet"):
                bytes_ = re.sub(rb"</f><v>[^<]*</v>", b"</f>", bytes_)
            salida.writestr(parte, bytes_)
    return destino.getvalue()


def comparar(contenido: bytes, convertir: Callable[[Path, str], Path], carpeta: Path) -> int:
    """Exige que LibreOffice calcule lo guardado en cada fórmula; devuelve cuántas hay."""
    ruta = carpeta / "libro.xlsx"
    ruta.write_bytes(sin_resultados(contenido))
    recalculado = openpyxl.load_workbook(convertir(ruta, "xlsx"), data_only=True)
    guardado = openpyxl.load_workbook(BytesIO(contenido), data_only=True)
    cuantas = 0
    for hoja in openpyxl.load_workbook(BytesIO(contenido)).worksheets:
        for fila in hoja.iter_rows():
            for una in fila:
                if una.data_type != "f":
                    continue
                cuantas += 1
                mio, suyo = (x[hoja.title][una.coordinate].value for x in (guardado, recalculado))
                donde = f"{hoja.title}!{una.coordinate} {una.value}"
                if isinstance(mio, (int, float)):
                    assert suyo == pytest.approx(mio), donde
                else:
                    assert (suyo or None) == (mio or None), donde
    return cuantas
