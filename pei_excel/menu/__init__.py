"""El menú: las mismas órdenes, para quien no las escribe. Pregunta lo que falta y nunca se cierra por una respuesta.

No hace nada por su cuenta: cada opción arma la orden que se escribiría y la ejecuta.
"""

from __future__ import annotations

import sys

from pei_excel.menu.libros import consolidar
from pei_excel.menu.lugar import lugar_de_la_memoria, recordada
from pei_excel.menu.principal import abrir_menu
from pei_excel.menu.sesion import Ejecutar, Sesion

__all__ = ["Ejecutar", "Sesion", "abrir_menu", "consolidar", "hay_terminal", "lugar_de_la_memoria", "recordada"]


def hay_terminal() -> bool:
    """Una persona escribe y lee: sin terminal se muestra la ayuda."""
    return sys.stdin.isatty() and sys.stdout.isatty()
