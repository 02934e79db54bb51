"""Del archivo en disco a sus partes ya revisadas: decide por los bytes qué es y rechaza lo dañino."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pei_excel.crudo import ArchivoIlegible

if TYPE_CHECKING:
    from pathlib import Path

_MB = 1024 * 1024


@dataclass(frozen=True)
class Limites:
    """Cuánto se acepta leer de un archivo; se mide lo que de verdad sale, nunca lo que declaran las cabeceras."""

    #: bytes del archivo; el libro de una unidad pesa de 14 KB a 1 MB, y 25 MB es el tope usual de un correo
    bytes_archivo: int = 25 * _MB
    #: partes del zip; un libro de 50 hojas con dibujos no llega a 500
    partes: int = 5_000
    #: bytes descomprimidos de una parte; un millón de filas vacías con formato caben en 64 MB
    bytes_parte: int = 64 * _MB
    #: bytes descomprimidos del archivo entero; unas pocas hojas así de grandes, sin agotar una PC de 4 GB
    bytes_total: int = 200 * _MB
    #: descomprimido ÷ comprimido de una parte; las hojas reales dan de 5 a 40, y deflate repitiendo un byte da 1,030
    razon: int = 250
    #: bytes descomprimidos desde los que se mira la razón: por debajo, una parte muy repetida no daña a nadie
    razon_desde: int = 4 * _MB
    #: última fila de Excel; también la de LibreOffice
    fila: int = 1_048_576
    #: última columna de Excel (XFD)
    columna: int = 16_384
    #: celdas con contenido de todo el libro; las de una unidad son menos de 20,000, y medio millón ocupa unos 200 MB
    celdas: int = 500_000
    #: rangos combinados de una hoja; los formatos oficiales tienen menos de 200
    combinadas: int = 5_000


LIMITES = Limites()

#: Errores de Windows cuando OneDrive, Drive o iCloud no pueden traer el contenido (ERROR_CLOUD_FILE_*).
_ERRORES_DE_NUBE = range(358, 405)


#: Lo que lanza zipfile con un índice cortado o inventado.
_ZIP_ROTO = (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, OSError, struct.error)


@dataclass(frozen=True, slots=True)
class Paquete:
    """Un zip ya descomprimido y revisado; las partes se buscan por su nombre en minúsculas."""

    xml: dict[str, bytes]  #: contenido de las partes de texto (.xml, .rels y «mimetype»)
    nombres: tuple[str, ...]  #: todas las partes, en minúsculas

    def parte(self, nombre: str) -> bytes:
        """Contenido de una parte sin la cual no hay libro."""
        contenido = self.xml.get(nombre.lower())
        if contenido is None:
            raise ArchivoIlegible("dañado", f"falta la parte «{nombre}»")
        return contenido


def leer_bytes(ruta: Path, limites: Limites = LIMITES) -> bytes:
    """Contenido del archivo, leído una sola vez."""
    try:
        with ruta.open("rb") as archivo:
            contenido = archivo.read(limites.bytes_archivo + 1)
    except IsADirectoryError:
        raise ArchivoIlegible("no es un libro", "es una carpeta") from None
    except PermissionError:
        raise ArchivoIlegible("abierto por otro programa", "el sistema no permite leerlo") from None
    except OSError as error:
        if getattr(error, "winerror", None) in _ERRORES_DE_NUBE:
            raise ArchivoIlegible("sólo está en la nube", "su contenido no está en este equipo") from None
        raise ArchivoIlegible("dañado", "el sistema no pudo leerlo del disco") from None
    return contenido


def clase(contenido: bytes, limites: Limites = LIMITES) -> Literal["zip", "xls"]:
    """Qué es un archivo según sus bytes; su extensión no cuenta."""
    if len(contenido) > limites.bytes_archivo:
        raise ArchivoIlegible("demasiado grande", f"pesa más de {limites.bytes_archivo // _MB} MB")
    if contenido.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if contenido.startswith(b"\xd0\xcf\x11\xe0"):
        return _clase_ole(contenido)
    if contenido and not contenido.strip(b"\0"):
        raise ArchivoIlegible("dañado", "sólo contiene ceros: la copia o la sincronización no terminó")
    raise ArchivoIlegible("no es un libro", _que_parece(contenido))


def _clase_ole(contenido: bytes) -> Literal["xls"]:
    """Distingue por el nombre de sus flujos un .xls, un libro cifrado y cualquier otro documento OLE."""
    if _flujo(contenido, "EncryptedPackage"):
        raise ArchivoIlegible("protegido con contraseña", "pide una contraseña para abrirse")
    if _flujo(contenido, "Workbook") or _flujo(contenido, "Book"):
        return "xls"
    if len(contenido) < 1536:  # cabecera, tabla de sectores y directorio: menos que eso es un archivo cortado
        raise ArchivoIlegible("dañado", "el archivo está incompleto")
    que = "un documento de Word" if _flujo(contenido, "WordDocument") else "un documento que no es de hoja de cálculo"
    raise ArchivoIlegible("no es un libro", f"es {que}")


def _flujo(contenido: bytes, nombre: str) -> bool:
    """Si el contenedor OLE tiene un flujo de ese nombre; su directorio los guarda en UTF-16 con cero final."""
    return nombre.encode("utf-16-le") + b"\0\0" in contenido


def _que_parece(contenido: bytes) -> str:
    """Una frase sobre un archivo que no es un libro."""
    if not contenido:
        return "el archivo está vacío"
    if contenido.startswith(b"%PDF"):
        return "es un PDF"
    inicio = contenido[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"mso-application" in inicio or b"urn:schemas-microsoft-com:office:spreadsheet" in inicio:
        return "es un XML de Excel 2003: ábralo y guárdelo como libro .xlsx"
    if b"office:document" in inicio:
        return "es un ODF plano: ábralo y guárdelo como .ods"
    if inicio.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")) or b"<html" in inicio:
        return "es una página web (HTML) con nombre de libro"
    if b"\0" not in inicio or inicio.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "es texto (por ejemplo CSV) con nombre de libro"
    return "su contenido no es de una hoja de cálculo"


def desempacar(contenido: bytes, limites: Limites = LIMITES) -> Paquete:
    """Descomprime todas las partes de un zip, contando lo que sale y comprobando cada una."""
    try:
        with zipfile.ZipFile(io.BytesIO(contenido)) as indice:
            entradas = indice.infolist()
    except _ZIP_ROTO:
        raise ArchivoIlegible("dañado", "está incompleto o su índice no se entiende") from None
    if len(entradas) > limites.partes:
        raise ArchivoIlegible("sospechoso", f"tiene más de {limites.partes:,} partes")
    vistas: dict[str, None] = {}  # un conjunto que conserva el orden
    xml: dict[str, bytes] = {}
    total = 0
    for entrada in entradas:
        nombre = entrada.filename.replace("\\", "/").lstrip("/").lower()
        if nombre in vistas:
            raise ArchivoIlegible("sospechoso", f"tiene dos veces la parte «{nombre}»")
        vistas[nombre] = None
        if nombre.endswith("/"):
            continue
        parte = _descomprimir(contenido, entrada, min(limites.bytes_parte, limites.bytes_total - total), limites)
        total += len(parte)
        if nombre.endswith((".xml", ".rels")) or nombre == "mimetype":
            xml[nombre] = parte
    return Paquete(xml, tuple(vistas))


def _descomprimir(contenido: bytes, entrada: zipfile.ZipInfo, tope: int, limites: Limites) -> bytes:
    """Una parte del zip; se detiene en cuanto pasa del tope, diga lo que diga su cabecera."""
    if entrada.flag_bits & 0x1:
        raise ArchivoIlegible("protegido con contraseña", "el zip está cifrado")
    lugar = entrada.header_offset
    if lugar < 0 or contenido[lugar : lugar + 4] != b"PK\x03\x04" or len(contenido) < lugar + 30:
        raise ArchivoIlegible("dañado", f"falta la parte «{entrada.filename}»")
    largo_nombre, largo_extra = struct.unpack_from("<HH", contenido, lugar + 26)
    inicio = lugar + 30 + largo_nombre + largo_extra
    comprimida = memoryview(contenido)[inicio : inicio + entrada.compress_size]
    if len(comprimida) != entrada.compress_size:
        raise ArchivoIlegible("dañado", f"la parte «{entrada.filename}» está incompleta")
    if entrada.compress_type == zipfile.ZIP_STORED:
        parte, completa = bytes(comprimida[: tope + 1]), True
    elif entrada.compress_type == zipfile.ZIP_DEFLATED:
        flujo = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            parte = flujo.decompress(comprimida, tope + 1)
        except zlib.error:
            raise ArchivoIlegible("dañado", f"la parte «{entrada.filename}» no se puede descomprimir") from None
        completa = flujo.eof
    else:
        raise ArchivoIlegible("dañado", f"la parte «{entrada.filename}» usa una compresión que los libros no usan")
    if len(parte) > tope:
        raise ArchivoIlegible("sospechoso", f"la parte «{entrada.filename}» crece demasiado al descomprimirse")
    if len(parte) > limites.razon_desde and len(parte) > limites.razon * max(1, len(comprimida)):
        raise ArchivoIlegible("sospechoso", f"la parte «{entrada.filename}» crece demasiado al descomprimirse")
    if not completa or zlib.crc32(parte) != entrada.CRC:
        raise ArchivoIlegible("dañado", f"la parte «{entrada.filename}» está incompleta o alterada")
    return parte


def tipo_de_paquete(paquete: Paquete) -> Literal["xlsx", "xlsm", "ods"]:
    """Qué libro hay dentro de un zip."""
    manifiesto = paquete.xml.get("meta-inf/manifest.xml", b"")
    mime = paquete.xml.get("mimetype", b"").strip() or manifiesto  # algunos programas no escriben «mimetype»
    if b"application/vnd.oasis.opendocument.spreadsheet" in mime and "content.xml" in paquete.xml:
        if b"encryption-data" in manifiesto:
            raise ArchivoIlegible("protegido con contraseña", "pide una contraseña para abrirse")
        return "ods"
    if "xl/workbook.bin" in paquete.nombres:
        raise ArchivoIlegible("no es un libro", "es un libro binario (.xlsb): ábralo y guárdelo como .xlsx")
    tipos = paquete.xml.get("[content_types].xml")
    if tipos is None:
        raise ArchivoIlegible("no es un libro", "es un zip que no contiene un libro")
    for marca, que in ((b"wordprocessingml", "un documento de Word"), (b"presentationml", "una presentación")):
        if marca in tipos and b"spreadsheetml" not in tipos and b"ms-excel" not in tipos:
            raise ArchivoIlegible("no es un libro", f"es {que}")
    return "xlsm" if "macroenabled.main" in tipos.decode("latin-1").lower().replace("\0", "") else "xlsx"


#: Codificaciones en las que «<!DOCTYPE» se ve tal cual; las demás (UTF-7, EBCDIC…) servirían para esconderlo.
_CODIFICACIONES = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "windows-1252"}
_DECLARADA = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")


def revisar_xml(paquete: Paquete, tipo: Literal["xlsx", "xlsm", "ods"]) -> None:
    """Rechaza el XML que declara un DOCTYPE (entidades que se multiplican o leen archivos) o que podría esconderlo."""
    for nombre, contenido in paquete.xml.items():
        # Las macros de un .ods llevan siempre DOCTYPE y nunca se leen.
        if nombre == "mimetype" or (tipo == "ods" and nombre.startswith(("basic/", "dialogs/"))):
            continue
        revisar_parte(nombre, contenido)


def revisar_parte(nombre: str, contenido: bytes) -> None:
    """Lo mismo para una sola parte."""
    utf16 = contenido[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in contenido[:4]
    if utf16:
        hay = "<!DOCTYPE".encode("utf-16-le") in contenido or "<!DOCTYPE".encode("utf-16-be") in contenido
        rara = contenido[:4] in {b"\xff\xfe\0\0", b"\0\0\xfe\xff"} or b"\0\0\0" in contenido[:8]
    else:
        hay = b"<!DOCTYPE" in contenido
        inicio = contenido.removeprefix(b"\xef\xbb\xbf").lstrip()
        declarada = _DECLARADA.match(inicio)
        rara = bool(declarada and declarada[1].decode("latin-1").lower() not in _CODIFICACIONES)
        if inicio and not inicio.startswith(b"<"):
            raise ArchivoIlegible("dañado", f"la parte «{nombre}» no es XML")
    if hay:
        raise ArchivoIlegible("sospechoso", f"la parte «{nombre}» declara un DOCTYPE")
    if rara:
        raise ArchivoIlegible("sospechoso", f"la parte «{nombre}» usa una codificación que los libros no usan")
