"""El catálogo de la oficina ya leído: unidades, programas, calendario… con tipos, inmutable y con su celda."""

from __future__ import annotations

from pei_excel.catalogo.armado import desde_libro, leer_catalogo
from pei_excel.catalogo.conjunto import Catalogo
from pei_excel.catalogo.registros import Institucion, Plazo, Programa, Prorroga, Unidad, Vigencia

__all__ = [
    "Catalogo", "Institucion", "Plazo", "Programa", "Prorroga", "Unidad", "Vigencia", "desde_libro", "leer_catalogo",
]
