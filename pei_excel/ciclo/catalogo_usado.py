"""Si un periodo se consolidó con catálogo: el que lo tuvo no se da por completo sin él."""

from __future__ import annotations

import json
from pathlib import Path

from pei_excel.ciclo.bitacora import Bitacora, BitacoraInservible
from pei_excel.salidas import ULTIMO


def se_uso_catalogo(base: Path, periodo: str, *, sin_bitacora: bool = False) -> bool:
    """El periodo se consolidó alguna vez con catálogo, según sus resultados, los de antes y la bitácora."""
    if any(_lo_dice(base / nombre / ULTIMO) for nombre in (periodo, f"{periodo}.anterior")):
        return True
    return not sin_bitacora and any(_anotados(base, periodo))


def se_venia_usando(base: Path, periodo: str) -> bool:
    """Además de los del periodo, si la última consolidación de la oficina, del que sea, llevó catálogo."""
    return se_uso_catalogo(base, periodo) or any(_anotados(base)[:1])


def _lo_dice(ruta: Path) -> bool:
    try:
        return bool(json.loads(ruta.read_text(encoding="utf-8"))["opciones"]["catalogo"])
    except (OSError, ValueError, KeyError, TypeError):  # no está o no se entiende: queda lo que diga la bitácora
        return False


def _anotados(base: Path, periodo: str | None = None) -> list[bool]:
    try:
        return Bitacora.abrir(base, para_escribir=False).con_catalogo(periodo)
    except (BitacoraInservible, OSError):  # ni se abre, o ni la ruta: quien la necesita para trabajar ya lo dice
        return []
