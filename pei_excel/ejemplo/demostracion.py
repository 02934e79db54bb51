"""Lo común a las carpetas del ejemplo: su periodo y cómo se plantan sus faltas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from pei_excel.periodos import Periodo
from pei_excel.simulacion import Defecto, LibroSimulado

PERIODO = Periodo(2024, "T", 2)
#: Semillas que se prueban hasta hallar un libro donde quepan las faltas.
INTENTOS = 200

S = TypeVar("S", bound=LibroSimulado)


def con_faltas(
    simular: Callable[[int], S], clave: str, faltas: Sequence[str], conocidas: Sequence[Defecto[S]]
) -> S:
    """El primer libro simulado para esa clave de unidad donde caben las faltas («regla nombre»), ya plantadas.

    Raises:
        LookupError: si en ninguno caben.
    """
    plantadores = [next(d for d in conocidas if str(d) == nombre) for nombre in faltas]
    for intento in range(INTENTOS):
        semilla = int(clave) * 1000 + intento
        simulado = simular(semilla)
        azar = Random(semilla)  # noqa: S311 - no es un secreto
        if all(p.plantar(simulado, azar) is not None for p in plantadores):
            return simulado
    raise LookupError(clave)
