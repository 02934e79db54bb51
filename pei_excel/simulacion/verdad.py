"""Lo que un informe simulado debe dar, calculado aparte y de la manera más simple, sin los cálculos del programa."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

#: Umbrales del semáforo «general», repetidos a propósito.
VERDE_DESDE = 80
LIMITE = 130

Cifra = float | None


class VerdadDeFila(NamedTuple):
    """Cifras esperadas de un indicador."""

    meta: Cifra  #: programado acumulado del año
    programado: Cifra  #: al periodo
    alcanzado: Cifra  #: al periodo
    porcentaje: Cifra  #: al periodo; None si no hay qué comparar
    variacion: tuple[float, ...]  #: por trimestre: programado − alcanzado, con lo vacío como 0
    explicar: bool  #: queda debajo del verde al periodo, o en 0 con meta en el trimestre


def cifra(valor: object) -> Cifra:
    """El número escrito; «NP» y lo vacío no son cifras."""
    return float(valor) if isinstance(valor, (int, float)) else None


def serie(fila: Mapping[str, object], medida: str) -> list[Cifra]:
    """Los cuatro trimestres de una medida."""
    return [cifra(fila.get(f"{medida}_t{n}")) for n in (1, 2, 3, 4)]


def acumulado(forma: str, cifras: Sequence[Cifra]) -> Cifra:
    """Acumulado de varias cifras, sin contar las vacías."""
    llenas = [c for c in cifras if c is not None]
    if not llenas:
        return None
    if forma == "Promedio":
        return sum(llenas) / len(llenas)
    if forma in {"Último", "Constante"}:
        return llenas[-1]
    if forma == "Máximo":
        return max(llenas)
    return min(llenas) if forma == "Mínimo" else sum(llenas)


def porcentaje(sentido: str, p: Cifra, a: Cifra) -> Cifra:
    """% de cumplimiento; None si no hay qué comparar."""
    if p is None or a is None or (p == 0 and sentido != "Descendente"):
        return None
    if sentido == "Descendente":
        if a == 0:
            return 100.0
        return p / a * 100
    if sentido in {"Regular", "Nominal"}:
        return max(0.0, 100 - abs(a - p) / p * 100)
    return a / p * 100


def verdad_de(fila: Mapping[str, object], trimestre: int) -> VerdadDeFila:
    """La verdad de un indicador al trimestre dado."""
    forma, sentido = str(fila.get("acumulacion") or "Suma"), str(fila["sentido"])
    programado, alcanzado = serie(fila, "programado"), serie(fila, "alcanzado")
    p, a = acumulado(forma, programado[:trimestre]), acumulado(forma, alcanzado[:trimestre])
    pct = porcentaje(sentido, p, a)
    del_trimestre = programado[trimestre - 1], alcanzado[trimestre - 1]
    en_cero = (del_trimestre[0] or 0) > 0 and del_trimestre[1] == 0 and sentido != "Descendente"
    return VerdadDeFila(
        acumulado(forma, programado), p, a, pct,
        tuple((x or 0) - (y or 0) for x, y in zip(programado, alcanzado, strict=True)),
        en_cero or (pct is not None and pct < VERDE_DESDE - 1e-6),
    )


def media(filas: Sequence[Mapping[str, object]], clase: str, trimestre: int) -> tuple[Cifra, int]:
    """Media, con tope de 100, del % al periodo de los indicadores de una clase, y cuántos son."""
    valores = [
        min(100.0, v.porcentaje)
        for fila in filas
        if str(fila["nivel"]).startswith(clase) and (v := verdad_de(fila, trimestre)).porcentaje is not None
    ]
    return (sum(valores) / len(valores) if valores else None), len(valores)
