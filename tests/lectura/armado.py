"""Libros mínimos armados a mano, para lo que ningún programa de las pruebas escribe."""
# ruff: noqa: E501 - el XML se lee mejor sin partir

from __future__ import annotations

import io
import random
import zipfile
import zlib
from datetime import datetime

from pei_excel.crudo import ArchivoIlegible
from pei_excel.lectura.celdas import abrir_bytes

ESPACIO = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ESTRICTO = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELACIONES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def dia(*partes: int) -> datetime:
    """Fecha sin zona horaria, que es como la guarda una celda."""
    return datetime(*partes)  # type: ignore[arg-type]  # noqa: DTZ001


def armar(
    filas: str, *, resto: str = "", partes: dict[str, bytes | str] | None = None, espacio: str = ESPACIO
) -> bytes:
    """Bytes de un .xlsx mínimo con una hoja; `partes` añade o sustituye."""
    todas: dict[str, bytes | str] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="a" Type="{RELACIONES}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{espacio}" xmlns:r="{RELACIONES}">'
            '<sheets><sheet name="MIR" sheetId="1" r:id="b"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="b" Type="{RELACIONES}/worksheet" Target="/xl/worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": (f'<worksheet xmlns="{espacio}"><sheetData>{filas}</sheetData>{resto}</worksheet>'),
        **(partes or {}),
    }
    return empacar(todas)


def empacar(partes: dict[str, bytes | str]) -> bytes:
    """Bytes de un zip con esas partes."""
    memoria = io.BytesIO()
    with zipfile.ZipFile(memoria, "w", zipfile.ZIP_DEFLATED) as archivo:
        for nombre, contenido in partes.items():
            archivo.writestr(nombre, contenido)
    return memoria.getvalue()


_ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
    "<office:body><office:spreadsheet>{}</office:spreadsheet></office:body></office:document-content>"
)


def armar_ods(tablas: str, **partes: str) -> bytes:
    """Bytes de un .ods mínimo."""
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    return empacar({"mimetype": mime, "content.xml": _ODS.format(tablas), **partes})


def alterar(contenido: bytes, veces: int) -> None:
    """Altera unos bytes al azar, siempre los mismos, y comprueba que se lee o se dice por qué no."""
    azar = random.Random(zlib.crc32(contenido))  # noqa: S311 - siempre las mismas
    for _ in range(veces):
        alterado = bytearray(contenido)
        for _ in range(azar.randint(1, 8)):
            alterado[azar.randrange(len(alterado))] = azar.randrange(256)
        intentar(bytes(alterado))


def intentar(contenido: bytes) -> None:
    """Lee unos bytes; cualquier excepción que no sea `ArchivoIlegible` hace fallar la prueba."""
    try:
        abrir_bytes(contenido, "alterado")
    except ArchivoIlegible:
        return
