"""Lo que un POI simulado debe dar, calculado aparte y de la manera más simple, sin los cálculos del programa."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

#: Umbrales del semáforo «operativo», repetidos a propósito; el borde es de la banda inferior.
DEFICIENTE_HASTA = 85
REGULAR_HASTA = 90
BUENO_HASTA = 120
#: Puntos de brecha físico-financiera que se toleran, repetidos a propósito.
BRECHA_TOLERADA = 20

Cifra = float | None
Serie = Sequence[Cifra]

#: Horizonte → sus meses, menos «al_periodo», que depende del periodo.
HORIZONTES: dict[str, tuple[int, ...]] = {
    **{f"m{n}": (n,) for n in range(1, 13)},
    **{f"t{n}": (3 * n - 2, 3 * n - 1, 3 * n) for n in range(1, 5)},
    **{f"s{n}": tuple(range(6 * n - 5, 6 * n + 1)) for n in (1, 2)},
    "anual": tuple(range(1, 13)),
}


class VerdadDeTramo(NamedTuple):
    """Cifras esperadas de una actividad en un horizonte."""

    programado: Cifra
    ejecutado: Cifra
    porcentaje: Cifra  #: físico; None si no hay qué comparar
    costo: Cifra
    devengado: Cifra
    porcentaje_financiero: Cifra
    brecha: Cifra  #: financiero − físico, en puntos


def cifra(valor: object) -> Cifra:
    """El número escrito; «NP» y lo vacío no son cifras."""
    return float(valor) if isinstance(valor, (int, float)) and not isinstance(valor, bool) else None


def serie(fila: Mapping[str, object], medida: str) -> list[Cifra]:
    """Los doce meses de una medida."""
    return [cifra(fila.get(f"{medida}_m{n}")) for n in range(1, 13)]


def suma(valores: Iterable[Cifra]) -> Cifra:
    """Suma de lo que hay; None si no hay nada."""
    llenos = [v for v in valores if v is not None]
    return sum(llenos) if llenos else None


def mide(forma: str, mes: int) -> bool:
    """El mes cuenta para la acumulación."""
    return forma != "Recurrente trimestral" or mes % 3 == 0


def vencidos(forma: str, programado: Serie, meses: Iterable[int], hasta: int) -> list[int]:
    """Meses con meta, medidos y no posteriores al periodo."""
    return [m for m in meses if m <= hasta and mide(forma, m) and programado[m - 1]]


def programado_de(forma: str, programado: Serie, meses: Iterable[int]) -> Cifra:
    """Lo programado en unos meses: su suma o, si es recurrente, la meta."""
    cifras = [programado[m - 1] for m in meses if mide(forma, m)]
    if forma == "Acumulativo":
        return suma(cifras)
    return max((c for c in cifras if c is not None), default=None)


def ejecutado_de(forma: str, programado: Serie, ejecutado: Serie, meses: Iterable[int], hasta: int) -> Cifra:
    """Lo ejecutado en unos meses: su suma o, si es recurrente, la media de los vencidos que se informaron."""
    meses = tuple(meses)
    if forma == "Acumulativo":
        return suma(ejecutado[m - 1] for m in meses if m <= hasta)
    informados = [e for m in vencidos(forma, programado, meses, hasta) if (e := ejecutado[m - 1]) is not None]
    return sum(informados) / len(informados) if informados else None


def porcentaje(programado: Cifra, ejecutado: Cifra) -> Cifra:
    """% de cumplimiento; None si no hay qué comparar."""
    return None if not programado or ejecutado is None else ejecutado / programado * 100


class Cuatro(NamedTuple):
    """Las cuatro series de una actividad y cómo se acumula."""

    forma: str
    programado: Serie
    ejecutado: Serie
    costo: Serie
    devengado: Serie

    def en(self, meses: Iterable[int], hasta: int) -> VerdadDeTramo:
        """La verdad en unos meses, con lo informado hasta un mes."""
        meses = tuple(meses)
        p = programado_de(self.forma, self.programado, meses)
        e = ejecutado_de(self.forma, self.programado, self.ejecutado, meses, hasta)
        c = suma(self.costo[m - 1] for m in meses)
        d = suma(self.devengado[m - 1] for m in meses if m <= hasta)
        fisico, financiero = porcentaje(p, e), porcentaje(c, d)
        brecha = None if fisico is None or financiero is None else financiero - fisico
        return VerdadDeTramo(p, e, fisico, c, d, financiero, brecha)

    def al(self, hasta: int) -> VerdadDeTramo:
        """De enero al mes."""
        return self.en(range(1, hasta + 1), hasta)

    def palabra(self, hasta: int) -> str:
        """Lo que dice el semáforo al mes."""
        v = self.al(hasta)
        if not v.programado:
            return "Ejecución sin programación" if v.programado == 0 and v.ejecutado else "No programado"
        if v.porcentaje is None:
            alguno = vencidos(self.forma, self.programado, range(1, hasta + 1), hasta)
            return "Sin reporte" if alguno else "Por vencer"
        x = round(v.porcentaje, 6)
        if x <= DEFICIENTE_HASTA:
            return "Deficiente"
        if x <= REGULAR_HASTA:
            return "Regular"
        return "Bueno" if x <= BUENO_HASTA else "Exceso"

    def topado(self, hasta: int) -> Cifra:
        """Lo que entra a los promedios: el % con tope de 100; sin reporte, 0."""
        if self.palabra(hasta) == "Sin reporte":
            return 0.0
        valor = self.al(hasta).porcentaje
        return None if valor is None else min(valor, 100.0)

    def explicar(self, desde: int, hasta: int) -> bool:
        """Queda debajo del verde al mes, o no ejecutó nada de lo que tocaba desde el primer mes del periodo."""
        pct = self.al(hasta).porcentaje
        tocaban = vencidos(self.forma, self.programado, range(desde, hasta + 1), hasta)
        hechos = [e for m in tocaban if (e := self.ejecutado[m - 1]) is not None]
        return (bool(hechos) and not any(hechos)) or (pct is not None and round(pct, 6) <= REGULAR_HASTA)
