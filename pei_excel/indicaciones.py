"""Lo que hay que hacer, dicho a quien escribe órdenes o a quien usa el menú, que no las escribe.

Sólo es para lo que se imprime: lo que se escribe en un libro ha de ser igual de las dos maneras.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pei_excel.textos import citar

_POR_MENU: ContextVar[bool] = ContextVar("por_menu", default=False)


@contextmanager
def por_menu() -> Iterator[None]:
    """Mientras dura, quien lee está ante el menú o un archivo de inicio."""
    antes = _POR_MENU.set(True)
    try:
        yield
    finally:
        _POR_MENU.reset(antes)


def indicacion(*, orden: str, menu: str) -> str:
    """De las dos maneras de decir lo mismo, la de quien está leyendo."""
    return menu if _POR_MENU.get() else orden


def como_se_escribe(nombre: str, *partes: object) -> str:
    """Una orden que funciona tal como se imprime: «pei-excel reabrir 2024-T2 --motivo "…" -o "3 resultados"»."""
    return " ".join(["pei-excel", nombre, *map(citar, partes)])


def con_resultados_en(base: object) -> tuple[object, ...]:
    """La opción que dice cuál es la carpeta de resultados, si no es la de siempre."""
    return () if str(base) == "salidas" else ("-o", base)
