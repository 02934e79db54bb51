"""De los bytes de un archivo a sus partes ya revisadas: decide por los bytes qué es y rechaza lo dañino."""

from __future__ import annotations

import io
import itertools
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from pei_excel.crudo import ArchivoIlegible
from pei_excel.lectura import zips
from pei_excel.lectura.limites import LIMITES, MB, Limites

#: Lo que lanza zipfile con un índice cortado o inventado.
_ZIP_ROTO = (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, OSError, struct.error)


Tipo = Literal["xlsx", "xlsm", "xltx", "xltm", "xlsb", "ods"]

_DE_TEXTO = (".xml", ".rels", "mimetype")
_SE_LEEN = (*_DE_TEXTO, ".bin")
#: Donde van imágenes y documentos ajenos, que no se leen: un logotipo .svg puede llevar DOCTYPE.
_AJENAS = re.compile(r"(?:^|/)(?:media|pictures|embeddings|activex|thumbnails|objectreplacements)/")
#: Cómo terminan los nombres de los libros que puede traer un zip.
_DE_LIBRO = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".ods")


@dataclass(frozen=True, slots=True)
class Paquete:
    """Un zip ya descomprimido y revisado; las partes se buscan por su nombre en minúsculas."""

    xml: dict[str, bytes]  #: contenido de las partes de texto: por su nombre (.xml, .rels, «mimetype») o por lo que son
    nombres: tuple[str, ...]  #: todas las partes, en minúsculas
    binarias: dict[str, bytes] = field(default_factory=dict)  #: contenido de las partes .bin, que sólo usa .xlsb

    def parte(self, nombre: str) -> bytes:
        """Contenido de una parte sin la cual no hay libro."""
        contenido = self.xml.get(nombre.lower(), self.binarias.get(nombre.lower()))
        if contenido is None:
            raise ArchivoIlegible("dañado", f"falta la parte «{nombre}»")
        return contenido


def clase(contenido: bytes, limites: Limites = LIMITES) -> Literal["zip", "xls", "cifrado"]:
    """Qué es un archivo según sus bytes; su extensión no cuenta."""
    if len(contenido) > limites.bytes_archivo:
        raise ArchivoIlegible("demasiado grande", f"pesa más de {limites.bytes_archivo // MB} MB")
    if contenido.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if contenido.startswith(b"\xd0\xcf\x11\xe0"):
        return _clase_ole(contenido)
    if contenido and not contenido.strip(b"\0"):
        raise ArchivoIlegible("dañado", "sólo contiene ceros: la copia o la sincronización no terminó")
    raise ArchivoIlegible("no es un libro", _que_parece(contenido))


def _clase_ole(contenido: bytes) -> Literal["xls", "cifrado"]:
    """Distingue por el nombre de sus flujos un .xls, un libro cifrado y cualquier otro documento OLE."""
    if tiene_flujo(contenido, "EncryptedPackage"):
        if not tiene_flujo(contenido, "EncryptionInfo"):
            raise ArchivoIlegible(
                "protegido con contraseña", "tiene los permisos de su organización (IRM): guárdelo sin ellos"
            )
        if b"<!DOCTYPE" in contenido:  # la descripción del cifrado es XML
            raise ArchivoIlegible("sospechoso", "su descripción del cifrado declara un DOCTYPE")
        return "cifrado"
    for flujo, que in (("WordDocument", "un documento de Word"), ("PowerPoint Document", "una presentación")):
        if tiene_flujo(contenido, flujo):  # se mira antes: pueden llevar dentro un libro
            raise ArchivoIlegible("no es un libro", f"es {que}")
    if tiene_flujo(contenido, "Workbook") or tiene_flujo(contenido, "Book"):
        return "xls"
    if len(contenido) < 1536:  # cabecera, tabla de sectores y directorio: menos que eso es un archivo cortado
        raise ArchivoIlegible("dañado", "el archivo está incompleto")
    raise ArchivoIlegible("no es un libro", "es un documento que no es de hoja de cálculo")


#: Una entrada del directorio OLE: nombre en UTF-16 con cero final, su largo en bytes y de qué clase es.
_ENTRADA_OLE = 128
_CARPETA_OLE, _FLUJO_OLE = 1, 2


def tiene_flujo(contenido: bytes, nombre: str) -> bool:
    """Si el directorio de un contenedor OLE nombra un flujo así, en mayúsculas o minúsculas."""
    return any(
        largo == 2 * len(nombre) + 2 and clase == _FLUJO_OLE
        for escrito in {nombre, nombre.upper(), nombre.lower()}
        for largo, clase in _entradas_ole(contenido, escrito)
    )


def tiene_carpeta(contenido: bytes, comienzo: str) -> bool:
    """Si el directorio de un contenedor OLE tiene una carpeta cuyo nombre empieza así."""
    return any(clase == _CARPETA_OLE for _, clase in _entradas_ole(contenido, comienzo))


def _entradas_ole(contenido: bytes, comienzo: str) -> Iterator[tuple[int, int]]:
    """(bytes del nombre, clase) de las entradas que empiezan así; lo mismo escrito en una celda no es una entrada."""
    buscado, lugar = comienzo.encode("utf-16-le"), -1
    while (lugar := contenido.find(buscado, lugar + 1)) >= 0:
        if lugar % _ENTRADA_OLE == 0 and lugar + _ENTRADA_OLE <= len(contenido):  # los sectores son sus múltiplos
            largo, clase = struct.unpack_from("<HB", contenido, lugar + 64)
            if largo <= 64 and contenido[lugar + largo - 2 : lugar + largo] == b"\0\0":
                yield largo, clase


#: Con esto empiezan PNG, JPEG, GIF y TIFF.
_IMAGENES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
_FOTOS_DE_TELEFONO = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif")
_COMPRIMIDOS = ((b"Rar!", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"\x1f\x8b", "gzip"))
#: Con esto empiezan los libros de Excel 2, 3 y 4, que no van en un contenedor.
_BIFF_SUELTO = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")


def _que_parece(contenido: bytes) -> str:
    """Una frase sobre un archivo que no es un libro."""
    if not contenido:
        return "el archivo está vacío"
    if contenido.startswith(b"%PDF"):
        return "es un PDF"
    if contenido.startswith(_IMAGENES) or contenido[4:12] in _FOTOS_DE_TELEFONO or contenido[8:12] == b"WEBP":
        return "es una foto o una imagen"
    for marca, comprimido in _COMPRIMIDOS:
        if contenido.startswith(marca):
            return f"es un archivo {comprimido}: saque de él los libros"
    if contenido.startswith(_BIFF_SUELTO):
        return "es un libro de Excel 4 o anterior: ábralo y guárdelo como .xlsx"
    inicio = contenido[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"mso-application" in inicio or b"urn:schemas-microsoft-com:office:spreadsheet" in inicio:
        return "es un XML de Excel 2003: ábralo y guárdelo como libro .xlsx"
    if b"office:document" in inicio:
        return "es un ODF plano: ábralo y guárdelo como .ods"
    if inicio.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")) or b"<html" in inicio:
        return "es una página web (HTML) con nombre de libro"
    if inicio.startswith(b"mime-version:"):
        return "es una página web de un solo archivo (MHTML) con nombre de libro"
    if inicio.startswith(b"id;p"):
        return "es un archivo SYLK: ábralo y guárdelo como .xlsx"
    if b"\0" not in inicio or inicio.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "es texto (por ejemplo CSV) con nombre de libro"
    return "su contenido no es de una hoja de cálculo"


def desempacar(contenido: bytes, limites: Limites = LIMITES) -> Paquete:
    """Descomprime todas las partes de un zip, contando lo que sale y comprobando cada una."""
    if zips.promete_mas(contenido[-zips.COLA :], limites.partes):  # antes: zipfile carga el índice entero
        raise ArchivoIlegible("sospechoso", f"tiene más de {limites.partes:,} partes")
    try:
        with zipfile.ZipFile(io.BytesIO(contenido)) as indice:
            entradas = indice.infolist()
    except _ZIP_ROTO:
        raise ArchivoIlegible("dañado", "está incompleto o su índice no se entiende") from None
    if len(entradas) > limites.partes:
        raise ArchivoIlegible("sospechoso", f"tiene más de {limites.partes:,} partes")
    nombres: dict[str, None] = {}  # un conjunto que conserva el orden
    vistas: set[str] = set()
    tramos: list[tuple[int, int]] = []
    xml: dict[str, bytes] = {}
    binarias: dict[str, bytes] = {}
    total = 0
    for entrada in entradas:
        nombre = entrada.orig_filename.replace("\\", "/").lstrip("/").lower()
        if zips.con_trampa(nombre):
            raise ArchivoIlegible("sospechoso", "tiene partes con nombres que saldrían de su carpeta")
        # Nombres que un disco tomaría por el mismo: por mayúsculas, o por acentos compuestos de otra manera.
        igualado = unicodedata.normalize("NFC", nombre).casefold()
        if igualado in vistas:
            raise ArchivoIlegible("sospechoso", f"tiene dos veces la parte «{nombre}»")
        vistas.add(igualado)
        nombres[nombre] = None
        if nombre.endswith("/"):
            continue
        inicio, fin = _tramo(contenido, entrada)
        tramos.append((entrada.header_offset, fin))
        parte = _descomprimir(
            memoryview(contenido)[inicio:fin], entrada, min(limites.bytes_parte, limites.bytes_total - total), limites
        )
        total += len(parte)
        if nombre.endswith(_DE_TEXTO):
            xml[nombre] = parte
        elif nombre.endswith(".bin"):
            binarias[nombre] = parte
        elif not _AJENAS.search(nombre) and _parece_xml(parte):  # un libro puede llamar a su hoja «hoja.dat»
            xml[nombre] = parte
    tramos.sort()
    # Un zip que reparte los mismos bytes entre muchas partes pesa poco y se descomprime en mucho.
    if any(siguiente < fin for (_, fin), (siguiente, _) in itertools.pairwise(tramos)):
        raise ArchivoIlegible("sospechoso", "sus partes se enciman unas con otras")
    return Paquete(xml, tuple(nombres), binarias)


def _parece_xml(parte: bytes) -> bool:
    return parte[:1024].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def _tramo(contenido: bytes, entrada: zipfile.ZipInfo) -> tuple[int, int]:
    """Dónde empiezan y terminan los bytes comprimidos de una parte, comprobando que su cabecera es la suya."""
    if entrada.flag_bits & 0x1:
        raise ArchivoIlegible("protegido con contraseña", "el zip está cifrado")
    lugar = entrada.header_offset
    if lugar < 0 or contenido[lugar : lugar + 4] != b"PK\x03\x04" or len(contenido) < lugar + 30:
        raise ArchivoIlegible("dañado", f"falta la parte «{entrada.filename}»")
    largo_nombre, largo_extra = struct.unpack_from("<HH", contenido, lugar + 26)
    escrito = entrada.orig_filename.encode("utf-8" if entrada.flag_bits & 0x800 else "cp437", "replace")
    if contenido[lugar + 30 : lugar + 30 + largo_nombre] != escrito:
        raise ArchivoIlegible("dañado", f"la parte «{entrada.filename}» no es la que dice el índice")
    inicio = lugar + 30 + largo_nombre + largo_extra
    fin = inicio + entrada.compress_size
    if fin > len(contenido):
        raise ArchivoIlegible("dañado", f"la parte «{entrada.filename}» está incompleta")
    return inicio, fin


def _descomprimir(comprimida: memoryview, entrada: zipfile.ZipInfo, tope: int, limites: Limites) -> bytes:
    """Una parte del zip; se detiene en cuanto pasa del tope, diga lo que diga su cabecera."""
    se_lee = entrada.filename.lower().endswith(_SE_LEEN)  # una imagen rota no estorba
    if entrada.compress_type == zipfile.ZIP_STORED:
        parte, completa = bytes(comprimida[: tope + 1]), True
    elif entrada.compress_type == zipfile.ZIP_DEFLATED:
        flujo = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            parte = flujo.decompress(comprimida, tope + 1)
        except zlib.error:
            if not se_lee:
                return b""
            raise ArchivoIlegible("dañado", f"la parte «{entrada.filename}» no se puede descomprimir") from None
        completa = flujo.eof
    else:
        raise ArchivoIlegible("dañado", f"la parte «{entrada.filename}» usa una compresión que los libros no usan")
    if len(parte) > tope:
        raise ArchivoIlegible("sospechoso", f"la parte «{entrada.filename}» crece demasiado al descomprimirse")
    if len(parte) > limites.razon_desde and len(parte) > limites.razon * max(1, len(comprimida)):
        raise ArchivoIlegible("sospechoso", f"la parte «{entrada.filename}» crece demasiado al descomprimirse")
    if se_lee and (not completa or zlib.crc32(parte) != entrada.CRC):
        raise ArchivoIlegible("dañado", f"la parte «{entrada.filename}» está incompleta o alterada")
    return parte


def tipo_de_paquete(paquete: Paquete) -> Tipo:
    """Qué libro hay dentro de un zip."""
    manifiesto = paquete.xml.get("meta-inf/manifest.xml", b"")
    mime = paquete.xml.get("mimetype", b"").strip() or manifiesto  # algunos programas no escriben «mimetype»
    if b"application/vnd.oasis.opendocument.spreadsheet" in mime:
        # Cada parte por su lado o, desde ODF 1.4, todo el libro en una sola que se llama «encrypted-package».
        if b"encryption-data" in manifiesto or "encrypted-package" in paquete.nombres:
            raise ArchivoIlegible(
                "protegido con contraseña",
                "un .ods con contraseña no puede abrirse aquí: guárdelo como .xlsx con la misma contraseña",
            )
        if "content.xml" in paquete.xml:
            return "ods"
    tipos = paquete.xml.get("[content_types].xml")
    if tipos is None:
        if any(nombre.endswith(_DE_LIBRO) for nombre in paquete.nombres):
            raise ArchivoIlegible("no es un libro", "es un zip con libros dentro: póngale nombre terminado en .zip")
        if "index/document.iwa" in paquete.nombres:
            raise ArchivoIlegible("no es un libro", "es de Numbers: expórtelo a Excel")
        raise ArchivoIlegible("no es un libro", "es un zip que no contiene un libro")
    if "xl/workbook.bin" in paquete.nombres:
        return "xlsb"
    for marca, que in ((b"wordprocessingml", "un documento de Word"), (b"presentationml", "una presentación")):
        if marca in tipos and b"spreadsheetml" not in tipos and b"ms-excel" not in tipos:
            raise ArchivoIlegible("no es un libro", f"es {que}")
    declarado = tipos.decode("latin-1").lower().replace("\0", "")
    if "template.main" in declarado:
        return "xltx"
    if "macroenabled.main" in declarado:
        return "xltm" if "template.macroenabled.main" in declarado else "xlsm"
    return "xlsx"


#: Codificaciones en las que «<!DOCTYPE» se ve tal cual; las demás (UTF-7, EBCDIC…) servirían para esconderlo.
_CODIFICACIONES = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "windows-1252"}
_DECLARADA = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")


def revisar_xml(paquete: Paquete, tipo: Tipo, limites: Limites = LIMITES) -> None:
    """Rechaza el XML que declara un DOCTYPE (entidades que se multiplican o leen archivos), el que podría esconderlo
    y el que declara estilos, nombres o validaciones sin medida."""
    cuantas = dict.fromkeys(_DESMEDIDAS, 0)
    for nombre, contenido in paquete.xml.items():
        # Las macros de un .ods llevan siempre DOCTYPE y nunca se leen.
        if nombre == "mimetype" or (tipo == "ods" and nombre.startswith(("basic/", "dialogs/"))):
            continue
        revisar_parte(nombre, contenido)
        for clave, (etiqueta, buscar, _) in _DESMEDIDAS.items():
            if etiqueta in contenido:  # buscar unos bytes cuesta microsegundos; contar, sólo donde los hay
                cuantas[clave] += sum(1 for _ in buscar.finditer(contenido))
    for clave, (_, _, que) in _DESMEDIDAS.items():
        tope = getattr(limites, clave)
        if cuantas[clave] > tope:
            raise ArchivoIlegible("sospechoso", f"tiene más de {tope:,} {que}")


#: límite → (lo que delata a la parte, cómo se cuenta, cómo se llama). En UTF-16 no se cuentan: nadie los guarda así, y
#: los topes de bytes bastan para que no dañen.
_DESMEDIDAS = {
    "validaciones": (b"dataValidation", re.compile(rb"<(?:[\w.-]+:)?dataValidation[\s/>]"), "validaciones"),
    "estilos": (b"cellXfs", re.compile(rb"<(?:[\w.-]+:)?xf[\s/>]"), "estilos"),
    "nombres": (b"definedName", re.compile(rb"<(?:[\w.-]+:)?definedName[\s/>]"), "nombres definidos"),
}


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


__all__ = [
    "LIMITES", "Limites", "Paquete", "Tipo", "clase", "desempacar", "revisar_parte", "revisar_xml", "tipo_de_paquete",
]
