"""Entrada del programa: `pei-excel …` y `python -m pei_excel …`."""

from __future__ import annotations

import os
import sys


def principal() -> None:
    """Ejecuta la línea de órdenes; una falla nuestra da una línea y el estado 3, nunca un rastro."""
    from pei_excel.terminal import con_red

    # UTF-8, salvo que alguien haya pedido otra codificación; lo que ésta no tenga sale como «?» y nunca detiene nada.
    codificacion = None if os.environ.get("PYTHONIOENCODING") else "utf-8"
    for flujo in (sys.stdout, sys.stderr):
        if hasattr(flujo, "reconfigure"):
            flujo.reconfigure(encoding=codificacion, errors="replace")
    sys.exit(con_red(_ordenar))


def _ordenar() -> int:
    from pei_excel.cli import orden
    from pei_excel.terminal import ejecutar

    return ejecutar(orden, None, "pei-excel")


if __name__ == "__main__":
    principal()
