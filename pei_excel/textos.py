"""Comparar textos como los lee una persona, y decir cantidades en español."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

#: Los signos que se combinan con una letra en las lenguas de aquí.
_ACENTOS = dict.fromkeys(c for c in range(0x300, 0x370) if unicodedata.combining(chr(c)))


@lru_cache(maxsize=8192)
def normalizar(texto: str) -> str:
    """Sin acentos, mayúsculas, puntuación ni espacios de más: «1er. Trím. *» → «1er trim»."""
    descompuesto = unicodedata.normalize("NFKD", texto.replace("\xa0", " ")).casefold()
    sin_acentos = descompuesto.translate(_ACENTOS)
    if not sin_acentos.isascii():
        sin_acentos = "".join(c for c in sin_acentos if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9%]+", sin_acentos))


@lru_cache(maxsize=8192)
def sin_plural(texto: str) -> str:
    """Sin la «s» o «es» final de cada palabra (ni la «e» que el plural deja en duda), para comparar opciones."""
    return " ".join(re.sub(r"e?s?$", "", palabra) for palabra in normalizar(texto).split())


def limpiar(texto: str) -> str:
    """Texto sin espacios duros ni espacios al principio y al final; conserva los saltos de línea."""
    return unicodedata.normalize("NFC", texto.replace("\xa0", " ")).strip()


def para_nombre(texto: str) -> str:
    """El texto sin los caracteres que Windows no admite en el nombre de un archivo, que quedan en guiones."""
    return re.sub(r'[<>:"/\\|?*\x00-\x1f]', "-", texto)


def numero(valor: float | None, decimales: int = 2) -> str:
    """Número para leer: sin decimales que sobren y con coma de miles («1,200.5»); «–» si no hay."""
    if valor is None:
        return "–"
    texto = f"{valor:,.{decimales}f}"
    if "." in texto:
        texto = texto.rstrip("0").rstrip(".")
    return "0" if texto == "-0" else texto


def como_frase(texto: str) -> str:
    """Con mayúscula inicial y punto final; una pregunta o exclamación ya trae el suyo."""
    cerrada = texto.endswith(".") or (texto.endswith(("?", "!")) and bool(re.search("[¿¡]", texto)))
    return texto[:1].upper() + texto[1:] + ("" if cerrada else ".")


def cuenta(cantidad: int, singular: str, plural: str | None = None, ninguno: str | None = None) -> str:
    """«1 informe», «3 informes», y la palabra dada (por ejemplo «ningún informe») para cero."""
    if cantidad == 0 and ninguno is not None:
        return ninguno
    return f"{cantidad} {singular if cantidad == 1 else (plural or singular + 's')}"


def enumerar(partes: Iterable[str], enlace: str = "y") -> str:
    """«a, b y c»; usa «e» ante el sonido i."""
    lista = list(partes)
    if len(lista) < 2:
        return "".join(lista)
    if enlace == "y" and re.match(r"h?i(?![aeou])", normalizar(lista[-1])):
        enlace = "e"
    return f"{', '.join(lista[:-1])} {enlace} {lista[-1]}"


def parecido(uno: str, otro: str) -> float:
    """Semejanza entre dos textos normalizados, de 0 a 1."""
    from rapidfuzz.fuzz import ratio

    return float(ratio(normalizar(uno), normalizar(otro))) / 100


def casi_iguales(texto: str, opciones: Iterable[str]) -> list[str]:
    """Las opciones que sólo difieren del texto en signos, espacios o mayúsculas; si no hay, en un carácter.

    El carácter puede estar de más, de menos, ser otro, o dos estar cambiados de orden.
    """
    from rapidfuzz.distance import OSA

    corto = normalizar(texto).replace(" ", "")
    distancias = {o: OSA.distance(corto, normalizar(o).replace(" ", ""), score_cutoff=1) for o in opciones}
    return next((iguales for n in (0, 1) if (iguales := [o for o, d in distancias.items() if d == n])), [])


def mas_cercano(texto: str, opciones: Iterable[str], minimo: float = 0.6) -> str | None:
    """La opción más parecida al texto, o None si ninguna llega al mínimo (0–1)."""
    mejores = sorted(((parecido(texto, opcion), opcion) for opcion in opciones), key=lambda par: -par[0])
    return mejores[0][1] if mejores and mejores[0][0] >= minimo else None


def citar(argumento: object) -> str:
    """Un argumento como se escribe en una orden: entre comillas si lleva algo que no es de un nombre, como espacios."""
    texto = str(argumento)
    return texto if re.fullmatch(r"[\w./\\:=,@+-]+", texto) else f'"{texto}"'
