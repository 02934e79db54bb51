"""FMT001 dice qué hacer según lo que es el archivo, y no lo mismo para todos."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from pei_excel.lectura.claves import Claves
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.reglas.base import Contexto
from pei_excel.revision import revisar


def _zip(partes: dict[str, bytes]) -> bytes:
    memoria = io.BytesIO()
    with zipfile.ZipFile(memoria, "w") as archivo:
        for nombre, contenido in partes.items():
            archivo.writestr(nombre, contenido)
    return memoria.getvalue()


def _remedio(carpeta: Path, nombre: str, contenido: bytes) -> str:
    ruta = carpeta / nombre
    ruta.write_bytes(contenido)
    (libro,) = leer(ruta, nombre, Opciones(claves=Claves.de_texto("otro = x")))
    (hallazgo,) = revisar(libro, Contexto()).hallazgos
    assert hallazgo.regla == "FMT001"
    return hallazgo.como_corregir


@pytest.mark.parametrize(
    ("contenido", "dicho"),
    [
        (b"", "Vuelva a copiarlo o a descargarlo"), (b"%PDF-1.7", "Pida el libro de Excel del que se hizo el PDF"),
        (b"\x89PNG\r\n\x1a\n", "no su foto"), (b"Rar!\x1a\x07\x01\0", "Saque de él los libros"),
        (_zip({"[Content_Types].xml": b'<Types a="wordprocessingml"/>'}), "pase sus datos a la plantilla"),
        (_zip({"uno.xlsx": b"PK"}), "termine en .zip"), (_zip({"nota.txt": b"hola"}), "el .zip no trae ninguno"),
        (b"Nivel,Meta\nFin,25\n", "Guárdelo en Excel como"),
    ],
)
def test_el_remedio_es_el_de_lo_que_llego(tmp_path: Path, contenido: bytes, dicho: str) -> None:
    assert dicho in _remedio(tmp_path, "libro.xlsx", contenido)
