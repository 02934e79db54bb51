"""Cada motivo por el que un archivo no puede leerse, con el archivo que lo provoca."""
# ruff: noqa: E501 - el XML se lee mejor sin partir

from __future__ import annotations

import random
import struct
import warnings
from pathlib import Path

import pytest
import xlsxwriter
from armado import ESPACIO, RELACIONES, alterar, armar, armar_ods, empacar, intentar

from pei_excel.crudo import ArchivoIlegible
from pei_excel.lectura.celdas import abrir, abrir_bytes
from pei_excel.lectura.guardia import Limites, leer_bytes

HOJA = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UNA = '<row r="1"><c r="A1"><v>1</v></c></row>'


def motivo(contenido: bytes, limites: Limites | None = None) -> str:
    """Motivo por el que esos bytes no se leen."""
    with pytest.raises(ArchivoIlegible) as fallo:
        abrir_bytes(contenido, "prueba.xlsx", limites or Limites())
    assert fallo.value.detalle
    return fallo.value.motivo


def ole(*flujos: str) -> bytes:
    """Un contenedor OLE con los nombres de esos flujos en su directorio."""
    entradas = b"".join(nombre.encode("utf-16-le").ljust(128, b"\0") for nombre in ("Root Entry", *flujos))
    return OLE.ljust(1024, b"\0") + entradas.ljust(1024, b"\0")


@pytest.mark.parametrize(
    ("contenido", "detalle"),
    [
        (b"", "vacío"),
        (b"Nivel,Meta\nComponente 1,25\n", "CSV"),
        ("Nivel;Meta\nPropósito;25\n".encode("latin-1"), "CSV"),
        ("\ufeffNivel\tMeta\n".encode("utf-16-le"), "CSV"),
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "HTML"),
        (b"\r\n<!DOCTYPE HTML><html></html>", "HTML"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "Excel 2003"),
        (b'<?xml version="1.0"?><office:document/>', "ODF plano"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no es de una hoja"),
        (ole("WordDocument"), "Word"),
        (ole("VisioDocument"), "no es de hoja de cálculo"),
        (empacar({"nota.txt": "hola"}), "zip"),
        (empacar({"[Content_Types].xml": '<Types a="wordprocessingml"/>', "word/document.xml": "<a/>"}), "Word"),
        (empacar({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"x"}), ".xlsb"),
        (empacar({"[Content_Types].xml": "<Types/>", "otra.xml": "<a/>"}), "parte principal"),
        (armar("", partes={"xl/workbook.xml": "<otra/>"}), "parte principal"),
    ],
)
def test_no_es_un_libro(contenido: bytes, detalle: str) -> None:
    """La extensión no engaña: se decide por los bytes y se dice qué parece."""
    with pytest.raises(ArchivoIlegible) as fallo:
        abrir_bytes(contenido, "prueba.xlsx")
    assert fallo.value.motivo == "no es un libro"
    assert detalle in fallo.value.detalle


def test_protegido_con_contrasena() -> None:
    """Un .xlsx cifrado es un contenedor OLE; un .ods cifrado lo dice su manifiesto."""
    assert motivo(ole("EncryptionInfo", "EncryptedPackage")) == "protegido con contraseña"
    manifiesto = '<manifest><file-entry full-path="content.xml"><encryption-data/></file-entry></manifest>'
    cifrado = armar_ods("", **{"META-INF/manifest.xml": manifiesto, "content.xml": "\x00\x01basura"})
    assert motivo(cifrado) == "protegido con contraseña"
    zip_cifrado = bytearray(armar(UNA))
    zip_cifrado[zip_cifrado.index(b"PK\x01\x02") + 8] |= 1
    assert motivo(bytes(zip_cifrado)) == "protegido con contraseña"


def _sin_final() -> bytes:
    return armar(UNA)[:-200]


def _crc_malo() -> bytes:
    contenido = bytearray(armar(UNA))
    lugar = contenido.rindex(b"PK\x01\x02")
    contenido[lugar + 16] ^= 0xFF
    return bytes(contenido)


def _flujo_roto() -> bytes:
    contenido = bytearray(armar(UNA))
    lugar = contenido.rindex(HOJA.encode(), 0, contenido.index(b"PK\x01\x02"))
    contenido[lugar + len(HOJA)] = 0xFF
    return bytes(contenido)


@pytest.mark.parametrize(
    "contenido",
    [
        b"\0" * 5000,
        b"PK\x03\x04",
        OLE,
        OLE.ljust(400, b"\0"),
        ole("Workbook"),
        _sin_final(),
        _crc_malo(),
        _flujo_roto(),
        armar(UNA, partes={HOJA: "<worksheet><sheetData>"}),
        armar(UNA, partes={HOJA: b"\x80\x81 esto no es XML"}),
        armar(UNA, partes={HOJA: ""}),
        armar(UNA, partes={"xl/workbook.xml": "<workbook/>"}),
        armar(UNA, partes={"xl/_rels/workbook.xml.rels": "<Relationships/>"}),
        armar('<row r="x"/>'),
        armar('<row r="1"><c r="1A"><v>1</v></c></row>'),
        armar('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'),
        armar('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>'),
        armar(UNA, resto='<mergeCells><mergeCell ref="hola"/></mergeCells>'),
        armar("<a>" * 400 + "</a>" * 400),
        armar_ods(""),
        armar_ods('<table:table><table:table-row table:number-rows-repeated="-5"/></table:table>'),
        empacar({"[Content_Types].xml": "<Types/>", HOJA: "<worksheet/>"}),
    ],
)
def test_danado(contenido: bytes) -> None:
    """Un archivo cortado, alterado o mal formado."""
    assert motivo(contenido) == "dañado"


def _repetida(primero: str, segundo: str) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        contenido = bytearray(armar(UNA, partes={primero: "<a/>", "x" * len(segundo): "<a/>"}))
    return bytes(contenido).replace(b"x" * len(segundo), segundo.encode())


def _muchas_hojas_una_parte() -> bytes:
    hojas = "".join(f'<sheet name="h{n}" sheetId="{n}" r:id="b"/>' for n in range(1, 1000))
    libro = f'<workbook xmlns="{ESPACIO}" xmlns:r="{RELACIONES}"><sheets>{hojas}</sheets></workbook>'
    return armar(UNA, partes={"xl/workbook.xml": libro})


_DOCTYPE = '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
_CON_DOCTYPE = f'{_DOCTYPE}<worksheet xmlns="{ESPACIO}"><sheetData>{UNA}</sheetData></worksheet>'


@pytest.mark.parametrize(
    "contenido",
    [
        armar(UNA, partes={HOJA: _CON_DOCTYPE}),
        armar(UNA, partes={HOJA: " <!-- un comentario antes -->" + _CON_DOCTYPE}),
        armar(UNA, partes={HOJA: _CON_DOCTYPE.encode("utf-16")}),
        armar(UNA, partes={HOJA: _CON_DOCTYPE.encode("utf-16-le")}),
        armar(UNA, partes={HOJA: _CON_DOCTYPE.encode("utf-16-be")}),
        armar(UNA, partes={HOJA: b'<?xml version="1.0"' + b" " * 5000 + b'encoding="UTF-7"?>+ADwAIQ-DOCTYPE'}),
        armar(UNA, partes={HOJA: _CON_DOCTYPE.encode("utf-32")}),
        armar(UNA, partes={"docProps/custom.xml": _CON_DOCTYPE}),
        armar(UNA, partes={"xl/otra.xml": _CON_DOCTYPE}),
        armar(UNA, partes={"mimetype": "x", "basic/otra.xml": _CON_DOCTYPE}),
        armar_ods("", **{"meta.xml": _CON_DOCTYPE}),
        _repetida("xl/a.xml", "xl/a.xml"),
        _repetida("xl/a.xml", "xl/A.xml"),
        _repetida("xl/a.xml", "xl\\a.xml"),
        armar('<row r="2147483647"><c r="A2147483647"><v>1</v></c></row>'),
        armar('<row r="1"><c r="A2147483647"><v>1</v></c></row>'),
        armar('<row r="1048577"/>'),
        armar('<row r="0"/>'),
        armar('<row r="1"><c r="XFE1"><v>1</v></c></row>'),
        armar(UNA, resto='<mergeCells><mergeCell ref="A1:ZZZ9999999"/></mergeCells>'),
        armar(UNA, resto="<mergeCells>" + '<mergeCell ref="A1:B1"/>' * 5001 + "</mergeCells>"),
        _muchas_hojas_una_parte(),
        armar_ods(
            '<table:table><table:table-row table:number-rows-repeated="2147483647"><table:table-cell office:value-type="float" office:value="1"/></table:table-row></table:table>'
        ),
    ],
)
def test_sospechoso(contenido: bytes) -> None:
    """Lo que ninguna oficina produce y sirve para dañar al que lo lee."""
    assert motivo(contenido) == "sospechoso"


def test_bombas() -> None:
    """Se mide lo que sale del zip, también cuando su cabecera miente."""
    bomba = armar("", partes={"xl/media/imagen.bin": b"\0" * 6_000_000})
    assert motivo(bomba) == "sospechoso"
    mentirosa = bytearray(bomba)
    lugar = mentirosa.rindex(b"PK\x01\x02")
    mentirosa[lugar + 24 : lugar + 28] = struct.pack("<I", 10)  # el tamaño que declara
    assert motivo(bytes(mentirosa)) == "sospechoso"
    azar = random.Random(1).randbytes(3000)  # noqa: S311 - siempre los mismos
    grande = armar(UNA, partes={"a.bin": azar, "b.bin": azar, "c.bin": azar})
    assert motivo(grande, Limites(bytes_parte=2000)) == "sospechoso"
    assert motivo(grande, Limites(bytes_total=8000)) == "sospechoso"
    assert motivo(grande, Limites(partes=6)) == "sospechoso"


def test_demasiado_grande() -> None:
    """Grande pero honrado: por bytes, por celdas o por textos."""
    filas = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 50))
    assert motivo(armar(filas), Limites(bytes_archivo=500)) == "demasiado grande"
    assert motivo(armar(filas), Limites(celdas=40)) == "demasiado grande"
    textos = {"xl/sharedStrings.xml": "<sst>" + "<si><t>a</t></si>" * 50 + "</sst>"}
    assert motivo(armar(UNA, partes=textos), Limites(celdas=40)) == "demasiado grande"
    columna = '<table:table><table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="float" office:value="1"/></table:table-row></table:table>'
    assert motivo(armar_ods(columna)) == "demasiado grande"


def test_leer_del_disco(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lo que responde el sistema también tiene un motivo."""

    def leer_motivo(ruta: Path, limites: Limites | None = None) -> str:
        with pytest.raises(ArchivoIlegible) as fallo:
            abrir(ruta, limites=limites or Limites())
        return fallo.value.motivo

    ruta = tmp_path / "libro.xlsx"
    assert leer_motivo(ruta) == "dañado"  # desapareció entre la lista y la lectura
    ruta.write_bytes(armar(UNA))
    assert abrir(ruta).archivo == str(ruta)
    assert leer_motivo(ruta, Limites(bytes_archivo=100)) == "demasiado grande"
    assert leer_motivo(tmp_path) == "no es un libro"

    def fallar(error: OSError) -> None:
        def abrir_mal(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(Path, "open", abrir_mal)

    fallar(PermissionError(13, "en uso"))
    assert leer_motivo(ruta) == "abierto por otro programa"
    en_la_nube = OSError(22, "la nube no responde")
    en_la_nube.winerror = 362  # type: ignore[attr-defined,unused-ignore]
    fallar(en_la_nube)
    assert leer_motivo(ruta) == "sólo está en la nube"


def test_un_millon_de_filas_vacias_no_dana() -> None:
    """Filas y celdas con formato y sin contenido: se leen sin guardar nada."""
    filas = "".join(f'<row r="{n}" s="5"/>' for n in range(1, 200_001))
    assert abrir_bytes(armar(UNA + filas), "a.xlsx").hojas[0].celdas.keys() == {(1, 1)}


def test_alterar_un_byte_nunca_lanza_otra_cosa(tmp_path: Path) -> None:
    """Ante cualquier alteración se lee el libro o se dice por qué no."""
    libro = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    hoja = libro.add_worksheet("MIR")
    for fila in range(20):
        hoja.write_row(fila, 0, [f"texto {fila}", fila, True])
    libro.close()
    alterar((tmp_path / "a.xlsx").read_bytes(), 300)


def test_alterar_el_xml_nunca_lanza_otra_cosa() -> None:
    """Lo mismo dentro de la hoja, con el zip correcto."""
    azar = random.Random(2)  # noqa: S311 - siempre las mismas
    hoja = f'<worksheet xmlns="{ESPACIO}"><cols><col min="1" max="2" hidden="1"/></cols><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><f>A1</f><v>2</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>'
    for _ in range(500):
        alterada = bytearray(hoja.encode())
        for _ in range(azar.randint(1, 3)):
            alterada[azar.randrange(len(alterada))] = azar.choice(b'0189AZ<>/"&\0-. \xff')
        intentar(armar("", partes={HOJA: bytes(alterada), "xl/sharedStrings.xml": "<sst><si><t>a</t></si></sst>"}))


def test_leer_bytes_devuelve_lo_escrito(tmp_path: Path) -> None:
    """Los mismos bytes con que se calcula la huella del archivo."""
    (tmp_path / "a").write_bytes(b"abc")
    assert leer_bytes(tmp_path / "a") == b"abc"
