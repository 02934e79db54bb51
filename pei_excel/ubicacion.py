"""Dónde está una celda: archivo, hoja y dirección, tal como Excel la muestra en el archivo enviado."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

_DIRECCION = re.compile(r"^\$?([A-Z]{1,3})\$?([0-9]{1,7})$")


@cache
def letra(columna: int) -> str:
    """Letra de una columna contada desde 1: 1 → «A», 27 → «AA»."""
    letras = ""
    while columna:
        columna, resto = divmod(columna - 1, 26)
        letras = chr(65 + resto) + letras
    return letras


@cache
def numero_de_columna(letras: str) -> int:
    """Número (desde 1) de una columna dada por sus letras: «AA» → 27."""
    numero = 0
    for caracter in letras:
        numero = numero * 26 + ord(caracter) - 64
    return numero


def direccion(fila: int, columna: int) -> str:
    """Dirección A1 de una celda dada por fila y columna contadas desde 1."""
    return f"{letra(columna)}{fila}"


def fila_y_columna(celda: str) -> tuple[int, int]:
    """Fila y columna (desde 1) de una dirección A1.

    Raises:
        ValueError: si el texto no es una dirección de celda.
    """
    partes = _DIRECCION.match(celda)
    if not partes:
        raise ValueError(f"«{celda}» no es una dirección de celda")
    return int(partes[2]), numero_de_columna(partes[1])


class Ubicacion(NamedTuple):
    """Lugar de un dato; `hoja` y `celda` son None cuando se habla del archivo entero."""

    archivo: str
    hoja: str | None = None
    celda: str | None = None

    def orden(self) -> tuple[str, str, int, int]:
        """Clave para ordenar como se lee: A2 antes que A10, y lo del archivo entero primero."""
        fila, columna = fila_y_columna(self.celda) if self.celda else (0, 0)
        return self.archivo, self.hoja or "", fila, columna
