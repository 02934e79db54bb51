"""Entrada del programa: `pei-excel …` y `python -m pei_excel …`."""

from __future__ import annotations

import sys


def principal() -> None:
    """Ejecuta la línea de órdenes; una falla nuestra da una línea y el estado 3, nunca un rastro."""
    from pei_excel.cli import orden
    from pei_excel.terminal import ejecutar

    for flujo in (sys.stdout, sys.stderr):
        if hasattr(flujo, "reconfigure"):
            flujo.reconfigure(encoding="utf-8", errors="replace")
    try:
        estado = ejecutar(orden, None, "pei-excel")
    except Exception as error:  # noqa: BLE001 - última red: al usuario nunca se le muestra un rastro
        from pei_excel import VERSION

        lugar = _lugar(error)
        print(
            f"Falla de pei-excel {VERSION}: {type(error).__name__} en {lugar}: {error}. Lo que tenía sigue igual. "
            "Envíenos esta línea y, si puede, el archivo.",
            file=sys.stderr,
        )
        sys.exit(3)
    sys.exit(estado)


def _lugar(error: BaseException) -> str:
    """Módulo y línea donde ocurrió, sin rutas de la máquina."""
    from pathlib import Path

    rastro = error.__traceback__
    lugar = "?"
    while rastro is not None:
        ruta = Path(rastro.tb_frame.f_code.co_filename)
        if "pei_excel" in ruta.parts:
            lugar = f"{ruta.name}:{rastro.tb_lineno}"
        rastro = rastro.tb_next
    return lugar


if __name__ == "__main__":
    principal()
