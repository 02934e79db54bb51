"""Qué archivos hay en lo que el usuario señaló: los que pueden ser informes y los que se apartan, con su porqué."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from pei_excel.salidas import ULTIMO

#: Extensiones que se leen.
LEGIBLES = frozenset({".xlsx", ".xlsm", ".ods", ".xls"})
#: Extensiones con que alguien pudo entregar su informe y que no se leen: se rechazan con su nombre.
PROBABLES = frozenset({".xlsb", ".xltx", ".xltm", ".xlt", ".csv", ".numbers", ".gsheet", ".zip", ".rar", ".7z"})
_DE_BLOQUEO = ("~$", ".~lock.", "~wr")
_DEL_SISTEMA = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})


class Archivo(NamedTuple):
    """Un archivo por leer."""

    ruta: Path
    nombre: str  #: relativo a la carpeta señalada, con «/», como se muestra


class Hallados(NamedTuple):
    """Lo que hay en las rutas señaladas."""

    archivos: list[Archivo]
    ajenos: list[tuple[str, str]]  #: (nombre, por qué se apartó)


def buscar(rutas: Iterable[Path]) -> Hallados:
    """Archivos de las rutas (las carpetas, con todo lo que contienen), en orden de nombre."""
    archivos: dict[Path, Archivo] = {}
    ajenos: list[tuple[str, str]] = []
    for ruta in rutas:
        candidatos = sorted(ruta.rglob("*"), key=_orden) if ruta.is_dir() else [ruta]
        de_resultados = {c.parent for c in candidatos if c.name == ULTIMO}
        for candidato in candidatos:
            if candidato.is_dir():
                continue
            nombre = candidato.relative_to(ruta).as_posix() if ruta.is_dir() else candidato.name
            nombre = unicodedata.normalize("NFC", nombre)
            nuestra = any(carpeta in de_resultados for carpeta in candidato.parents)
            motivo = "es una salida de este programa" if nuestra else _motivo_para_apartar(candidato)
            if motivo:
                ajenos.append((nombre, motivo))
            else:
                archivos.setdefault(candidato.resolve(), Archivo(candidato, nombre))
    return Hallados(list(archivos.values()), ajenos)


def _orden(ruta: Path) -> tuple[str, str]:
    texto = unicodedata.normalize("NFC", ruta.as_posix())
    return texto.casefold(), texto


def _motivo_para_apartar(ruta: Path) -> str | None:
    nombre, extension = ruta.name.lower(), ruta.suffix.lower()
    if nombre.startswith(_DE_BLOQUEO):
        return "es un archivo de bloqueo: alguien tenía abierto el libro"
    if nombre in _DEL_SISTEMA or nombre.startswith("."):
        return "es un archivo del sistema"
    if extension not in LEGIBLES | PROBABLES:
        return f"no es un libro de Excel ({extension or 'sin extensión'})"
    return None
