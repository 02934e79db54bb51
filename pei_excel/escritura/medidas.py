"""Cuánto ocupa un texto: renglones que da en un ancho y alto de fila en puntos, con las medidas de Arial."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

ALTO_DE_RENGLON = 11.8  #: puntos, letra de 9
ALTO_MAXIMO = 409.0  #: límite de Excel
ALTO_NORMAL = 15.0

#: Avance de cada carácter de Arial en milésimas del tamaño de la letra.
_AVANCES = {
    **dict.fromkeys("abdeghnopquLñ0123456789#$?_«»+<>=~", 556), **dict.fromkeys("ckszvxyJ", 500),
    **dict.fromkeys("ft!.,:;/\\[]I ", 278), **dict.fromkeys("ijl'|", 222), **dict.fromkeys("r()-{}\"°º", 333),
    **dict.fromkeys("mM", 833), **dict.fromkeys("CDHNRUÑ", 722), **dict.fromkeys("ABEKPSVXY&", 667),
    **dict.fromkeys("FTZ", 611), **dict.fromkeys("GOQ", 778), "w": 722, "W": 944, "*": 389, "%": 889, "@": 1015,
    "—": 1000, "…": 1000,
}
_POR_OMISION = 600


def _avance(caracter: str) -> int:
    return _AVANCES.get(caracter) or _AVANCES.get(unicodedata.normalize("NFD", caracter)[0], _POR_OMISION)


_TABLA: dict[str, int] = {}


@lru_cache(16384)
def _medir(palabra: str) -> int:
    try:
        return sum([_TABLA[c] for c in palabra])
    except KeyError:
        _TABLA.update({c: _avance(c) for c in palabra})
        return sum([_TABLA[c] for c in palabra])


def largo(texto: str, letra: float = 9, *, negritas: bool = False) -> float:
    """Largo de un texto en un solo renglón, en puntos."""
    return _medir(texto) * letra * (1.07 if negritas else 1.0) / 1000


def puntos(ancho: float) -> float:
    """Puntos que caben en una columna de ese ancho en caracteres, sin márgenes; los de LibreOffice, que da menos."""
    return (ancho * 7 + 5) * 0.75 * 0.953 - 3


@lru_cache(maxsize=4096)
def renglones(texto: str, ancho: float, letra: float = 9, *, negritas: bool = False) -> int:
    """Renglones que da un texto al doblarse por palabras en una columna de ese ancho (en caracteres)."""
    cabe = puntos(ancho) * 1000 / letra / (1.07 if negritas else 1.0)
    total = 0
    for parrafo in texto.split("\n"):
        total += 1
        usado = 0
        for palabra in parrafo.split(" "):
            mide = _medir(palabra)
            if usado and usado + 278 + mide > cabe:
                total += 1
                usado = 0
            elif usado:
                usado += 278
            if mide > cabe:  # la palabra sola no cabe: Excel la parte
                total += int(mide // cabe)
                mide = int(mide % cabe)
            usado += mide
    return total


def alto_de_fila(textos: Iterable[tuple[str, float]], *, minimo: float = ALTO_NORMAL, letra: float = 9) -> float:
    """Alto de una fila, en puntos, para que quepan sus textos; cada uno con el ancho de su columna en caracteres."""
    mas = max((renglones(texto, ancho, letra) for texto, ancho in textos if texto), default=1)
    return min(ALTO_MAXIMO, max(minimo, round(mas * ALTO_DE_RENGLON * letra / 9 + 4, 1)))


def letra_que_cabe(texto: str, ancho: float, letra: float = 9) -> float:
    """Tamaño de letra, hasta 6, con el que un texto muy largo cabe en el alto máximo de una fila."""
    while letra > 6 and renglones(texto, ancho, letra) * ALTO_DE_RENGLON * letra / 9 + 4 > ALTO_MAXIMO:
        letra -= 1
    return letra


def ancho_combinado(anchos: Sequence[float]) -> float:
    """Ancho, en caracteres, de varias columnas combinadas."""
    return sum(anchos) + 5 / 7 * (len(anchos) - 1)


def abarcar(anchos: Sequence[float], desde: int, necesario: float) -> int:
    """Última columna (desde 1) que hay que combinar a partir de `desde` para reunir un ancho en caracteres."""
    hasta = desde
    while hasta < len(anchos) and ancho_combinado(anchos[desde - 1 : hasta]) < necesario:
        hasta += 1
    return hasta
