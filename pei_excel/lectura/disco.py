"""De una ruta a sus bytes, leídos una sola vez; lo que el sistema responde se vuelve un motivo."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from typing import TYPE_CHECKING

from pei_excel.crudo import ArchivoIlegible
from pei_excel.lectura.limites import LIMITES, Limites

if TYPE_CHECKING:
    from pathlib import Path

#: Errores de Windows cuando OneDrive, Drive o iCloud no pueden traer el contenido (ERROR_CLOUD_FILE_*).
_ERRORES_DE_NUBE = range(358, 405)
#: Errores de Windows cuando otro programa tiene el archivo (compartición y bloqueo de una parte).
_ERRORES_DE_USO = frozenset({32, 33})
#: Atributos con que Windows marca lo que no está en el disco: OFFLINE, RECALL_ON_OPEN y RECALL_ON_DATA_ACCESS.
#: Se miran antes de leer, porque leer descargaría el archivo (o esperaría a una red que no está).
_FUERA_DE_LINEA = 0x1000 | 0x40000 | 0x400000
#: Caracteres de una ruta que Windows ya no abre, si no se le ha pedido que admita las largas.
_RUTA_DE_WINDOWS = 260
#: Segundos que se insiste: el antivirus y la sincronización sueltan pronto un archivo; Excel no, y deja su cerrojo.
_ESPERAS = (0.2, 0.8)
#: Lo mismo que los atributos, en macOS (SF_DATALESS).
_SIN_CONTENIDO = 0x40000000


def leer_bytes(ruta: Path, limites: Limites = LIMITES) -> bytes:
    """Contenido del archivo, o de un libro dentro de un .zip («entrega.zip/libro.xlsx»).

    Raises:
        ArchivoIlegible: si el sistema no lo da.
    """
    from pei_excel.lectura import zips

    contenedor = zips.contenedor_de(ruta)
    if contenedor is not None:
        comprobar(contenedor)
        return zips.leer_entrada(contenedor, ruta.relative_to(contenedor).as_posix(), limites)
    comprobar(ruta)
    if ruta.suffix.lower() == ".zip" and zips.listar(ruta, limites) is not None:  # si está roto, lo dice al listarlo
        raise ArchivoIlegible("no es un libro", "es un zip que no trae ningún libro")
    for espera in (*_ESPERAS, None):
        try:
            with ruta.open("rb") as archivo:
                return archivo.read(limites.bytes_archivo + 1)
        except OSError as error:
            ultimo = ilegible(ruta, error)
        if espera is None or ultimo.motivo != "abierto por otro programa" or _con_cerrojo(ruta):
            break
        time.sleep(espera)
    raise ultimo


def comprobar(ruta: Path) -> None:
    """Mira, sin abrirlo, que sea un archivo normal y que esté en este equipo.

    Raises:
        ArchivoIlegible: si no lo es.
    """
    try:
        datos = ruta.stat()
    except OSError as error:
        raise ilegible(ruta, error) from None
    if stat.S_ISDIR(datos.st_mode):
        raise ArchivoIlegible("no es un libro", "es una carpeta")
    if not stat.S_ISREG(datos.st_mode):  # leer una tubería o un dispositivo no termina nunca
        raise ArchivoIlegible("no es un libro", "no es un archivo normal")
    if en_la_nube(datos):
        raise ArchivoIlegible("sólo está en la nube", "su contenido no está en este equipo")


def en_la_nube(datos: os.stat_result) -> bool:
    """Si el sistema dice que el contenido no está en el disco; donde no lo dice, False."""
    atributos = int(getattr(datos, "st_file_attributes", 0))
    return bool(atributos & _FUERA_DE_LINEA) or bool(int(getattr(datos, "st_flags", 0)) & _SIN_CONTENIDO)


def ilegible(ruta: Path, error: OSError) -> ArchivoIlegible:
    """El motivo de un error del sistema."""
    de_windows = getattr(error, "winerror", None)
    if de_windows in _ERRORES_DE_NUBE:
        return ArchivoIlegible("sólo está en la nube", "su contenido no está en este equipo")
    if isinstance(error, PermissionError):
        # En Windows «open» no dice por qué: casi siempre es otro programa que lo abrió para él solo.
        de_otro = de_windows in _ERRORES_DE_USO or (os.name == "nt" and de_windows != 5) or _con_cerrojo(ruta)
        if de_otro or error.errno in {errno.EAGAIN, errno.EBUSY}:
            return ArchivoIlegible("abierto por otro programa", "el sistema no permite leerlo")
        return ArchivoIlegible("sin permiso", "su usuario no tiene permiso de leerlo")
    larga = os.name == "nt" and len(str(ruta.absolute())) >= _RUTA_DE_WINDOWS
    if error.errno == errno.ENAMETOOLONG or (larga and isinstance(error, FileNotFoundError)):
        return ArchivoIlegible("ruta demasiado larga", "el sistema no puede abrir una ruta de ese largo")
    if isinstance(error, FileNotFoundError):
        return ArchivoIlegible("dañado", "desapareció antes de leerlo, o es un acceso directo a un archivo que no está")
    if isinstance(error, IsADirectoryError):
        return ArchivoIlegible("no es un libro", "es una carpeta")
    if error.errno in {errno.EBUSY, errno.ETXTBSY}:
        return ArchivoIlegible("abierto por otro programa", "el sistema no permite leerlo")
    return ArchivoIlegible("dañado", f"el sistema no pudo leerlo del disco ({error.strerror or 'sin explicación'})")


def _con_cerrojo(ruta: Path) -> bool:
    return cerrojo_de(ruta) is not None


def cerrojo_de(ruta: Path) -> Path | None:
    """El archivo con que Excel o LibreOffice avisan, junto a un libro, que lo tienen abierto; None si no está."""
    posibles = (ruta.with_name(nombre) for nombre in (f"~${ruta.name}", f".~lock.{ruta.name}#"))
    return next((p for p in posibles if p.exists()), None)


def huella(ruta: Path) -> str:
    """SHA-256 del archivo entero, por tramos; vacía si no se puede leer."""
    from pei_excel.lectura import zips

    try:
        contenedor = zips.contenedor_de(ruta)
        if contenedor is not None:
            return hashlib.sha256(leer_bytes(ruta)).hexdigest()
        comprobar(ruta)
        with ruta.open("rb") as archivo:
            return hashlib.file_digest(archivo, "sha256").hexdigest()
    except (ArchivoIlegible, OSError):
        return ""
