"""La carpeta de resultados: se comprueba antes de trabajar y se cambia entera o no se cambia."""

from __future__ import annotations

import errno
import shutil
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

#: El último archivo que se escribe: si está, la carpeta nueva está completa.
ULTIMO = "resultado.json"
#: Segundos que se insiste cuando el antivirus o la sincronización tienen tomado un archivo.
ESPERAS = (0.1, 0.3, 1.0, 2.0)


class SalidaOcupada(Exception):  # noqa: N818 - el dominio la llama así
    """No se puede escribir en la carpeta de resultados; el mensaje dice qué archivo y qué hacer."""


def insistir(hacer: Callable[[], object]) -> None:
    """Repite unas veces lo que otro programa puede impedir por unos segundos.

    Raises:
        PermissionError: si sigue sin poderse.
    """
    for espera in ESPERAS:
        try:
            hacer()
        except PermissionError:
            time.sleep(espera)
        else:
            return
    hacer()


class Carpeta:
    """La carpeta `<salida>/<periodo>` y sus dos vecinas: la nueva que se está escribiendo y la anterior."""

    def __init__(self, base: Path, nombre: str) -> None:
        self.final = base / nombre
        self.nueva = base / f"{nombre}.nuevo"
        self.anterior = base / f"{nombre}.anterior"
        self._hechas: list[Path] = []  #: carpetas que no existían antes de preparar, de dentro hacia fuera

    def preparar(self) -> Path:
        """Comprueba que se podrá escribir, repara un cambio interrumpido y da la carpeta nueva, vacía.

        Raises:
            SalidaOcupada: si no se puede escribir o un archivo está abierto.
        """
        base = self.final.parent
        self._hechas = [p for p in (base, *base.parents) if not p.exists()]
        try:
            base.mkdir(parents=True, exist_ok=True)
            prueba = base / f".prueba-{uuid.uuid4().hex}"
            prueba.mkdir()
            prueba.rmdir()
        except OSError as error:
            raise SalidaOcupada(
                f"No se puede escribir en «{base}» ({motivo(error)}). Elija otra carpeta con -o."
            ) from error
        self._reparar()
        if self.final.exists() and not self.final.is_dir():
            raise SalidaOcupada(f"«{self.final}» es un archivo. Muévalo o elija otra carpeta con -o.")
        for ruta in sorted(self.final.rglob("*")) if self.final.exists() else []:
            if ruta.is_file():
                try:
                    with ruta.open("r+b"):
                        pass
                except OSError as error:
                    raise SalidaOcupada(
                        f"«{ruta}» está abierto o protegido ({motivo(error)}). Ciérrelo en Excel y repita la orden."
                    ) from error
        if self.nueva.exists():
            shutil.rmtree(self.nueva)
        self.nueva.mkdir()
        return self.nueva

    def _reparar(self) -> None:
        """Termina o deshace un cambio que se interrumpió."""
        if self.final.exists():
            return
        if (self.nueva / ULTIMO).is_file():
            self.nueva.rename(self.final)
        elif self.anterior.exists():
            self.anterior.rename(self.final)

    def desistir(self) -> None:
        """Deja todo como estaba antes de preparar: no había nada que escribir."""
        shutil.rmtree(self.nueva, ignore_errors=True)
        for carpeta in self._hechas:
            if carpeta.is_dir() and not any(carpeta.iterdir()):
                carpeta.rmdir()

    def cambiar(self) -> None:
        """La nueva toma el lugar de la final; la que estaba pasa a ser la anterior.

        Raises:
            SalidaOcupada: si otro programa lo impide; las dos carpetas quedan enteras.
        """
        try:
            if self.final.exists():
                if self.anterior.exists():
                    insistir(lambda: shutil.rmtree(self.anterior))
                insistir(lambda: self.final.rename(self.anterior))
            insistir(lambda: self.nueva.rename(self.final))
        except OSError as error:
            raise SalidaOcupada(
                f"No se pudo cambiar «{self.final}» ({motivo(error)}). Cierre los libros de esa carpeta y repita; "
                f"lo nuevo quedó en «{self.nueva}»."
            ) from error


def escribir_entero(ruta: Path, contenido: bytes) -> None:
    """Escribe un archivo completo o no lo toca."""
    temporal = ruta.with_name(f".{ruta.name}.{uuid.uuid4().hex[:8]}")
    try:
        temporal.write_bytes(contenido)
        insistir(lambda: temporal.replace(ruta))
    finally:
        temporal.unlink(missing_ok=True)


#: Lo que el sistema dice en inglés, en español.
_MOTIVOS = {
    errno.ENOENT: "esa ruta no existe",
    errno.ENOTDIR: "una parte de la ruta es un archivo, no una carpeta",
    errno.EEXIST: "ya hay un archivo con ese nombre",
    errno.ENOSPC: "no queda espacio en el disco",
    errno.EROFS: "el disco es de sólo lectura",
    errno.ENAMETOOLONG: "el nombre es demasiado largo",
}


def motivo(error: OSError) -> str:
    """Por qué el sistema no dejó escribir, en español."""
    if isinstance(error, PermissionError):
        return "abierto por otro programa o sin permiso" if sys.platform == "win32" else "sin permiso"
    return _MOTIVOS.get(error.errno or 0, f"fallo {error.errno} del sistema")
