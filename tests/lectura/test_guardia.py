"""Cada motivo por el que un archivo no puede leerse, con el archivo que lo provoca."""
# ruff: noqa: E501 - el XML se lee mejor sin partir

from __future__ import annotations

import errno
import io
import os
import random
import struct
import warnings
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlsxwriter
from armado import ESPACIO, RELACIONES, alterar, armar, armar_ods, empacar, intentar

from pei_excel.crudo import ArchivoIlegible
from pei_excel.lectura.celdas import abrir, abrir_bytes
from pei_excel.lectura.disco import en_la_nube, huella, leer_bytes
from pei_excel.lectura.guardia import tiene_carpeta, tiene_flujo
from pei_excel.lectura.limites import OPCIONES, Limites, limites_con

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
    entradas = b"".join(
        nombre.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<HB", 2 * len(nombre) + 2, 2).ljust(64, b"\0")
        for nombre in ("Root Entry", *flujos)
    )
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
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "foto"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "foto"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1", "foto"),
        (b"\0\1\2\3" * 40, "no es de una hoja"),
        (ole("WordDocument"), "Word"),
        (ole("WordDocument", "Workbook"), "Word"),  # con una tabla de Excel pegada dentro
        (ole("PowerPoint Document", "Workbook"), "presentación"),
        (ole("Workbooks"), "no es de hoja de cálculo"),
        (b"Rar!\x1a\x07\x01\0", "RAR"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "7z"),
        (b"\x09\x04\x06\x00\0\0\x10\0", "Excel 4"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "MHTML"),
        (b"ID;PWXL;N;E\r\nP;PGeneral", "SYLK"),
        (empacar({"Index/Document.iwa": b"\0"}), "Numbers"),
        (ole("VisioDocument"), "no es de hoja de cálculo"),
        (empacar({"nota.txt": "hola"}), "zip"),
        (empacar({"[Content_Types].xml": '<Types a="wordprocessingml"/>', "word/document.xml": "<a/>"}), "Word"),
        (empacar({"entrega/uno.xlsx": b"PK"}), ".zip"),
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
    entero = empacar({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "encrypted-package": b"\x01\x02",
                      "META-INF/manifest.xml": "<manifest/>"})  # así desde ODF 1.4
    for libro in (cifrado, entero):
        with pytest.raises(ArchivoIlegible, match=r"guárdelo como \.xlsx con la misma contraseña") as fallo:
            abrir_bytes(libro, "prueba.ods")
        assert fallo.value.motivo == "protegido con contraseña"
    with pytest.raises(ArchivoIlegible, match="permisos de su organización"):
        abrir_bytes(ole("EncryptedPackage", "DataSpaces"), "prueba.xlsx")
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
        armar(UNA, partes={"xl/drawings/dibujo.vml": _CON_DOCTYPE}),
        armar(UNA, partes={"xl/worksheets/hoja.dat": _CON_DOCTYPE.encode("utf-16")}),
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
    lugar = (indice := bytearray(grande)).rindex(b"PK\x05\x06")
    struct.pack_into("<HH", indice, lugar + 8, 65_000, 65_000)
    assert motivo(bytes(indice)) == "sospechoso"


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

    fallar(PermissionError(13, "sin permiso"))
    assert leer_motivo(ruta) == ("abierto por otro programa" if os.name == "nt" else "sin permiso")
    negado = PermissionError(13, "acceso denegado")
    negado.winerror = 5  # type: ignore[attr-defined,unused-ignore]
    fallar(negado)
    assert leer_motivo(ruta) == "sin permiso"
    (tmp_path / "~$libro.xlsx").touch()  # así avisa Excel que lo tiene abierto
    assert leer_motivo(ruta) == "abierto por otro programa"
    (tmp_path / "~$libro.xlsx").unlink()
    de_windows = PermissionError(13, "en uso")
    de_windows.winerror = 32  # type: ignore[attr-defined,unused-ignore]
    fallar(de_windows)
    assert leer_motivo(ruta) == "abierto por otro programa"
    fallar(OSError(errno.ENAMETOOLONG, "File name too long"))
    assert leer_motivo(ruta) == "ruta demasiado larga"
    fallar(OSError(5, "Input/output error"))
    assert leer_motivo(ruta) == "dañado"
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


@pytest.mark.parametrize(
    "nombre", ["../fuera.xml", "xl/../../fuera.xml", "C:/fuera.xml", "..\\fuera.xml", "xl/a\u202eb.xml", "xl/\x01.xml"]
)
def test_nombres_con_trampa(nombre: str) -> None:
    """Nunca se extrae nada, pero quien nombra así una parte no es un programa de oficina."""
    assert motivo(armar(UNA, partes={nombre: "<a/>"})) == "sospechoso"


def test_las_partes_no_se_enciman_ni_cambian_de_nombre() -> None:
    """Dos entradas del índice con los mismos bytes, y un índice que llama de otro modo a una parte."""
    bueno = armar(UNA, partes={"xl/a.xml": "<a/>", "xl/b.xml": "<a/>"})
    lugar = bueno.rindex(b"xl/b.xml")
    de_a = struct.unpack_from("<I", bueno, bueno.rindex(b"xl/a.xml") - 46 + 42)[0]
    encimadas = bytearray(bueno)
    struct.pack_into("<I", encimadas, lugar - 46 + 42, de_a)
    assert motivo(bytes(encimadas)) == "dañado"  # la cabecera dice otro nombre
    encimadas[lugar : lugar + 8] = b"xl/a.xml"
    assert motivo(bytes(encimadas)) == "sospechoso"
    otra = bytearray(bueno)
    otra[lugar : lugar + 8] = b"xl/c.xml"
    assert motivo(bytes(otra)) == "dañado"


def test_una_parte_dentro_de_otra() -> None:
    """Así se hace un zip que pesa poco y se descomprime en mucho: cada entrada abarca a las siguientes."""
    de_b = zipfile.ZipInfo("xl/b.xml", (1980, 1, 1, 0, 0, 0))
    memoria = io.BytesIO()
    with zipfile.ZipFile(memoria, "w") as archivo:
        archivo.writestr(de_b, "<a/>")
    entera = memoria.getvalue()
    dentro = entera[: entera.index(b"PK\x01\x02")]  # su cabecera y sus bytes, que irán dentro de otra parte
    sano = armar(UNA, partes={"xl/media/a.png": "x" * len(dentro), "xl/b.xml": "<a/>"})
    memoria = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sano)) as viejo, zipfile.ZipFile(memoria, "w", zipfile.ZIP_STORED) as nuevo:
        for nombre in viejo.namelist():
            nuevo.writestr(zipfile.ZipInfo(nombre, (1980, 1, 1, 0, 0, 0)), dentro if nombre.endswith("png") else viejo.read(nombre))
    contenido = bytearray(memoria.getvalue())
    assert abrir_bytes(bytes(contenido), "a").hojas
    lugar = contenido.rindex(b"xl/b.xml") - 46
    struct.pack_into("<I", contenido, lugar + 42, contenido.index(dentro))
    assert motivo(bytes(contenido)) == "sospechoso"


@pytest.mark.parametrize(
    ("partes", "limites", "detalle"),
    [
        ({HOJA: f'<worksheet xmlns="{ESPACIO}"><sheetData>{UNA}</sheetData><dataValidations>{"<dataValidation/>" * 9}</dataValidations></worksheet>'}, Limites(validaciones=8), "validaciones"),
        ({"xl/styles.xml": f"<styleSheet><cellXfs>{'<xf/>' * 9}</cellXfs></styleSheet>"}, Limites(estilos=8), "estilos"),
        ({"xl/styles.xml": f"<x:styleSheet xmlns:x='a'><x:cellXfs>{'<x:xf/>' * 9}</x:cellXfs></x:styleSheet>"}, Limites(estilos=8), "estilos"),
        ({"xl/workbook.xml": f"<workbook><definedNames>{'<definedName/>' * 9}</definedNames></workbook>"}, Limites(nombres=8), "nombres"),
    ],
)
def test_sin_medida(partes: dict[str, bytes | str], limites: Limites, detalle: str) -> None:
    """Validaciones, estilos y nombres definidos por encima de su tope."""
    with pytest.raises(ArchivoIlegible, match=detalle) as fallo:
        abrir_bytes(armar(UNA, partes=partes), "prueba.xlsx", limites)
    assert fallo.value.motivo == "sospechoso"


def test_la_hoja_puede_llamarse_de_otro_modo_y_el_logotipo_traer_doctype() -> None:
    """Qué es una parte lo dice su contenido; lo que nunca se lee no estorba."""
    hoja = f'<worksheet xmlns="{ESPACIO}"><sheetData>{UNA}</sheetData></worksheet>'
    relaciones = (
        f'<Relationships><Relationship Id="b" Type="{RELACIONES}/worksheet" Target="worksheets/h.dat"/></Relationships>'
    )
    svg = '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x"><svg/>'
    libro = abrir_bytes(
        armar("", partes={
            "xl/worksheets/h.dat": hoja, "xl/_rels/workbook.xml.rels": relaciones, "xl/media/logo.svg": svg,
        }),
        "a.xlsx",
    )
    assert libro.hojas[0].celdas.keys() == {(1, 1)}


def test_un_flujo_ole_es_una_entrada_de_su_directorio() -> None:
    """El mismo nombre escrito en una celda, o en otro lugar del archivo, no lo es."""
    sano = ole("Workbook")
    assert tiene_flujo(sano, "Workbook")
    escrito = ole("Otro") + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    assert not tiene_flujo(escrito, "EncryptedPackage")
    assert not tiene_flujo(b"\0" * 2 + ole("Workbook"), "Workbook")
    carpeta = ole("MBD0014A1B2").replace(struct.pack("<HB", 24, 2), struct.pack("<HB", 24, 1))
    assert tiene_carpeta(carpeta, "MBD")
    assert not tiene_carpeta(ole("MBD0014A1B2"), "MBD")


@pytest.mark.parametrize(
    ("partes", "que"),
    [
        ({"xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships><Relationship Id="x" Type="{RELACIONES}/image" Target="http://rastro.example/a.png" TargetMode="External"/></Relationships>'}, ("vínculos externos",)),
        ({"xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships><Relationship Id="x" Type="{RELACIONES}/hyperlink" Target="http://example.org" TargetMode="External"/></Relationships>'}, ()),
        ({"customXml/item1.xml": '<DataMashup xmlns="http://schemas.microsoft.com/DataMashup">AAAA</DataMashup>'.encode("utf-16")}, ("conexiones",)),
        ({"xl/webextensions/webextension1.xml": "<a/>"}, ("complementos web",)),
        ({"xl/macrosheets/sheet1.xml": "<a/>", "xl/activeX/activeX1.xml": "<a/>"}, ("macros", "objetos incrustados")),
    ],
)
def test_lo_ajeno_se_nombra(partes: dict[str, bytes | str], que: tuple[str, ...]) -> None:
    """Lo que sale del libro o corre dentro de él; un vínculo escrito en una celda no."""
    assert abrir_bytes(armar(UNA, partes=partes), "a.xlsx").ajenos == que


def test_se_insiste_con_lo_que_otro_programa_suelta_pronto(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """El antivirus o la sincronización lo tienen un momento; Excel lo tiene abierto y se dice sin esperar."""
    ruta = tmp_path / "libro.xlsx"
    ruta.write_bytes(b"abc")
    abrir_bien, veces, esperas = Path.open, [0], []
    en_uso = PermissionError(13, "en uso")
    en_uso.winerror = 32  # type: ignore[attr-defined,unused-ignore]

    def abrir_mal(lugar: Path, *args: object, **kwargs: object) -> object:
        veces[0] += 1
        if veces[0] < 3:
            raise en_uso
        return abrir_bien(lugar, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr("pei_excel.lectura.disco.time.sleep", esperas.append)
    monkeypatch.setattr(Path, "open", abrir_mal)
    assert leer_bytes(ruta) == b"abc"
    assert len(esperas) == 2
    veces[0] = -10
    with pytest.raises(ArchivoIlegible, match="abierto por otro programa"):
        leer_bytes(ruta)
    assert len(esperas) == 4
    (tmp_path / "~$libro.xlsx").touch()
    with pytest.raises(ArchivoIlegible, match="abierto por otro programa"):
        leer_bytes(ruta)
    assert len(esperas) == 4


def test_demasiadas_hojas() -> None:
    """También son un tope las hojas: cada una puede ocultar dieciséis mil columnas."""
    partes: dict[str, bytes | str] = {
        "xl/workbook.xml": f'<workbook xmlns="{ESPACIO}" xmlns:r="{RELACIONES}"><sheets>'
        + "".join(f'<sheet name="h{n}" sheetId="{n}" r:id="r{n}"/>' for n in range(5))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        + "".join(f'<Relationship Id="r{n}" Type="x/worksheet" Target="worksheets/h{n}.xml"/>' for n in range(5))
        + "</Relationships>",
    }
    partes |= {f"xl/worksheets/h{n}.xml": f'<worksheet xmlns="{ESPACIO}"><sheetData>{UNA}</sheetData></worksheet>' for n in range(5)}
    assert len(abrir_bytes(armar("", partes=partes), "a.xlsx").hojas) == 5
    assert motivo(armar("", partes=partes), Limites(hojas=4)) == "demasiado grande"
    assert motivo(armar_ods('<table:table/>' * 5), Limites(hojas=4)) == "demasiado grande"


def test_combinadas_al_reves_fuera_de_la_hoja() -> None:
    """La esquina lejana puede venir primero."""
    assert motivo(armar(UNA, resto='<mergeCells><mergeCell ref="ZZZ9999999:A1"/></mergeCells>')) == "sospechoso"


def test_la_nube_y_lo_que_no_es_un_archivo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Se sabe sin leer: leer descargaría el libro, y una tubería no terminaría nunca."""
    for atributos, marcas, fuera in ((0x400000, 0, True), (0x1000, 0, True), (0x20, 0, False), (0, 0x40000000, True)):
        assert en_la_nube(SimpleNamespace(st_file_attributes=atributos, st_flags=marcas)) is fuera  # type: ignore[arg-type]
    ruta = tmp_path / "libro.xlsx"
    ruta.write_bytes(armar(UNA))
    assert not en_la_nube(ruta.stat())
    monkeypatch.setattr("pei_excel.lectura.disco.en_la_nube", lambda _: True)
    with pytest.raises(ArchivoIlegible, match="sólo está en la nube"):
        abrir(ruta)
    monkeypatch.undo()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "tubo.xlsx")
        with pytest.raises(ArchivoIlegible, match="no es un archivo normal"):
            abrir(tmp_path / "tubo.xlsx")
        assert huella(tmp_path / "tubo.xlsx") == ""


def test_los_limites_se_cambian_por_su_nombre() -> None:
    """«archivo» en MB, «celdas» por su cuenta; lo mal escrito dice qué hay."""
    assert limites_con(["archivo=60", "celdas=2000000", "segundos= 5"]) == Limites(
        bytes_archivo=60 * 1024 * 1024, celdas=2_000_000, segundos=5
    )
    assert limites_con([]) == Limites()
    for malo in ("megas=3", "archivo", "archivo=", "archivo=-1", "archivo=0", "archivo=1.5", "celdas=" + "9" * 5000, "archivo=²"):
        with pytest.raises(ValueError, match="límite"):
            limites_con([malo])
    assert set(OPCIONES) >= {"archivo", "celdas", "segundos", "memoria"}


def test_leer_bytes_devuelve_lo_escrito(tmp_path: Path) -> None:
    """Los mismos bytes con que se calcula la huella del archivo."""
    (tmp_path / "a").write_bytes(b"abc")
    assert leer_bytes(tmp_path / "a") == b"abc"
