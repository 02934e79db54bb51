"""Un .zip con libros dentro: qué trae, y los bytes de uno. Un solo nivel; nada se extrae al disco."""

from __future__ import annotations

import struct
import unicodedata
import zipfile
import zlib
from typing import TYPE_CHECKING

from pei_excel.crudo import ArchivoIlegible
from pei_excel.lectura import disco
from pei_excel.lectura.limites import LIMITES, MB, Limites

if TYPE_CHECKING:
    from pathlib import Path

#: Lo que lanza zipfile con un índice o una entrada cortados o inventados.
ZIP_ROTO = (
    zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, EOFError, RuntimeError, struct.error, zlib.error
)

_FINAL = b"PK\x05\x06"
_FINAL_64 = b"PK\x06\x07"
#: Bytes del final en que está la cuenta del índice: su registro y el comentario más largo que admite.
COLA = 65_577
_BYTES_POR_NOMBRE = 1_000  #: del índice, por archivo: los nombres más largos de Windows no pasan de 260
#: Caracteres que muestran el nombre al revés («xslx.exe» se ve «exe.xlsx»).
INVIERTEN = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
_UTF8 = 0x800  #: marca de que el nombre está en UTF-8


def contenedor_de(ruta: Path) -> Path | None:
    """El .zip en que está un libro («entrega.zip/504-6/libro.xlsx»); None si es un archivo del disco."""
    for padre in ruta.parents:
        if padre.suffix.lower() == ".zip" and padre.is_file():
            return padre
    return None


def listar(ruta: Path, limites: Limites = LIMITES) -> list[str] | None:
    """Nombres de los archivos de un .zip, con «/»; None si el .zip es en realidad un libro.

    Raises:
        ArchivoIlegible: si no puede abrirse o sus nombres son una trampa.
    """
    disco.comprobar(ruta)
    try:
        with _abrir(ruta, limites) as indice:
            nombres = list(_por_nombre(indice, limites))
    except OSError as error:
        raise disco.ilegible(ruta, error) from None
    except ZIP_ROTO:
        raise ArchivoIlegible("dañado", "el zip está incompleto o su índice no se entiende") from None
    normales = {nombre.lower() for nombre in nombres}
    if "[content_types].xml" in normales or {"content.xml", "mimetype"} <= normales:
        return None
    return nombres


def leer_entrada(ruta: Path, nombre: str, limites: Limites = LIMITES) -> bytes:
    """Los bytes de un archivo de un .zip, con el mismo tope que un archivo del disco.

    Raises:
        ArchivoIlegible: si no puede leerse.
    """
    if nombre.lower().endswith(".zip"):
        raise ArchivoIlegible("no es un libro", "es un zip dentro de otro: sáquelo y repita")
    try:
        with _abrir(ruta, limites) as indice:
            entrada = _por_nombre(indice, limites).get(nombre)
            if entrada is None:
                raise ArchivoIlegible("dañado", "ya no está dentro del zip")
            if entrada.flag_bits & 0x1:
                raise ArchivoIlegible("protegido con contraseña", "el zip está cifrado: saque el libro y repita")
            if entrada.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise ArchivoIlegible("dañado", "está comprimido de una manera que no se lee: saque el libro y repita")
            with indice.open(entrada) as archivo:
                return archivo.read(limites.bytes_archivo + 1)
    except OSError as error:
        raise disco.ilegible(ruta, error) from None
    except ZIP_ROTO:
        raise ArchivoIlegible("dañado", "dentro del zip está incompleto o alterado") from None


def _abrir(ruta: Path, limites: Limites) -> zipfile.ZipFile:
    """El índice del zip, si su tamaño es creíble; se mira antes, porque zipfile lo carga entero."""
    with ruta.open("rb") as archivo:
        tamano = archivo.seek(0, 2)
        if tamano > limites.bytes_zip:
            raise ArchivoIlegible("demasiado grande", f"el zip pesa más de {limites.bytes_zip // MB} MB")
        archivo.seek(max(0, tamano - COLA))
        cola = archivo.read()
    if promete_mas(cola, limites.archivos_zip, admite_64=False):
        raise ArchivoIlegible("demasiado grande", f"el zip trae más de {limites.archivos_zip:,} archivos")
    return zipfile.ZipFile(ruta)


def promete_mas(cola: bytes, archivos: int, *, admite_64: bool = True) -> bool:
    """Si el final de un zip dice que su índice trae más archivos, o mide más de lo que ellos ocuparían."""
    lugar = cola.rfind(_FINAL)
    if lugar < 0 or len(cola) < lugar + 22:
        return False
    if _FINAL_64 in cola[max(0, lugar - 20) : lugar]:  # así lo escriben algunos programas aunque no haga falta
        return not admite_64
    cuantos, bytes_del_indice = struct.unpack_from("<HI", cola, lugar + 10)
    return bool(cuantos > archivos or bytes_del_indice > archivos * _BYTES_POR_NOMBRE)


def _por_nombre(indice: zipfile.ZipFile, limites: Limites) -> dict[str, zipfile.ZipInfo]:
    """Entradas por su nombre; las carpetas no cuentan."""
    entradas: dict[str, zipfile.ZipInfo] = {}
    for entrada in indice.infolist():
        nombre = _nombre(entrada)
        if entrada.is_dir() or nombre.endswith("/"):
            continue
        if con_trampa(nombre):
            raise ArchivoIlegible("sospechoso", "el zip trae nombres que saldrían de su carpeta")
        nombre = "/".join(tramo for tramo in nombre.split("/") if tramo not in {"", "."})
        if nombre in entradas:
            raise ArchivoIlegible("sospechoso", f"el zip trae dos veces «{nombre}»")
        entradas[nombre] = entrada
        if len(entradas) > limites.archivos_zip:
            raise ArchivoIlegible("demasiado grande", f"el zip trae más de {limites.archivos_zip:,} archivos")
    return entradas


def _nombre(entrada: zipfile.ZipInfo) -> str:
    """El nombre como lo escribió quien hizo el zip; macOS olvida decir que es UTF-8 y Windows en español usa cp850."""
    nombre = entrada.orig_filename
    if not entrada.flag_bits & _UTF8 and not nombre.isascii():
        crudo = nombre.encode("cp437", "replace")
        try:
            nombre = crudo.decode("utf-8")
        except UnicodeDecodeError:
            nombre = crudo.decode("cp850")
    return unicodedata.normalize("NFC", nombre.replace("\\", "/"))


def con_trampa(nombre: str) -> bool:
    """Si el nombre de una parte sale de su carpeta, es absoluto, nombra un disco o esconde caracteres de control."""
    tramos = nombre.split("/")
    return (
        ".." in tramos
        or nombre.startswith("/")
        or ":" in tramos[0]
        or any(unicodedata.category(caracter) == "Cc" or caracter in INVIERTEN for caracter in nombre)
    )
