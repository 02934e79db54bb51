"""Lo de Windows que puede emularse en otro sistema: Python lo carga al nacer, también en los procesos hijos.

Sin los módulos que Windows no tiene, procesos que nacen de cero y, en `TOMADOS`, partes de rutas que otro programa
tiene abiertas («w:…», sólo contra escritura; «r:…», también contra lectura).
"""

from __future__ import annotations

import builtins
import importlib.abc
import io
import multiprocessing
import os
import sys

#: Los que Windows no tiene. `fcntl` y `resource` los usan aquí otros (filelock, los topes de memoria).
AUSENTES = {"curses", "grp", "pty", "pwd", "readline", "syslog", "termios", "tty"}


class _Ausente(importlib.abc.MetaPathFinder):
    def find_spec(self, nombre: str, *_: object) -> None:
        if nombre in AUSENTES | set(filter(None, os.environ.get("AUSENTES", "").split(","))):
            raise ModuleNotFoundError(f"No module named {nombre!r}", name=nombre)


for _nombre in AUSENTES:
    sys.modules.pop(_nombre, None)
sys.meta_path.insert(0, _Ausente())

if multiprocessing.get_start_method(allow_none=True) is None:
    _de_siempre = multiprocessing.get_context
    multiprocessing.get_context = lambda _=None: _de_siempre("spawn")  # type: ignore[assignment, misc]

_tomados = [parte.split(":", 1) for parte in os.environ.get("TOMADOS", "").split("|") if parte]
_abrir, _renombrar, _reemplazar, _borrar = io.open, os.rename, os.replace, os.unlink


def _impedir(ruta: object, clase: str) -> None:
    texto = os.fspath(ruta) if isinstance(ruta, (str, os.PathLike)) else ""
    con_diagonales = str(texto).replace("\\", "/")
    if any(parte in con_diagonales and clase in ("wr" if como == "r" else como) for como, parte in _tomados):
        raise PermissionError(13, "Permission denied", str(texto))


def _abierto(archivo: object, modo: str = "r", *resto: object, **otros: object) -> object:
    _impedir(archivo, "w" if set(modo) & set("wax+") else "r")
    return _abrir(archivo, modo, *resto, **otros)  # type: ignore[call-overload]


def _con_permiso(hacer: object) -> object:
    def cambiado(ruta: object, *resto: object, **otros: object) -> object:
        for una in (ruta, *resto[:1]):
            _impedir(una, "w")
        # Una carpeta con algo abierto dentro tampoco cambia de nombre.
        if _tomados and isinstance(ruta, (str, os.PathLike)) and os.path.isdir(ruta):  # noqa: PTH112
            for lugar, _, nombres in os.walk(ruta):
                for nombre in nombres:
                    _impedir(os.path.join(lugar, nombre), "w")  # noqa: PTH118
        return hacer(ruta, *resto, **otros)  # type: ignore[operator]

    return cambiado


if _tomados:
    builtins.open = io.open = _abierto  # type: ignore[assignment]
    os.rename, os.replace, os.unlink = map(_con_permiso, (_renombrar, _reemplazar, _borrar))  # type: ignore[assignment]
