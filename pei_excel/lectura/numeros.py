"""Qué dice el formato de número de una celda (porcentaje, fecha) y de un número de serie a su fecha."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from pei_excel.crudo import ErrorExcel

Valor = str | float | bool | datetime | ErrorExcel | None

#: Formatos propios de Excel que muestran un porcentaje: «0%» y «0.00%».
PORCENTAJES = frozenset({9, 10})
#: Formatos propios de Excel que muestran una fecha u hora; el 46 es un tiempo transcurrido: se queda como número.
FECHAS = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})

#: Lo que no dice nada del tipo: textos entre comillas, un carácter escapado o de relleno, colores y monedas.
_ADORNOS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_TRANSCURRIDO = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_ULTIMA_SERIE = 2_958_466  #: 1 de enero de 10000: Excel no llega


def es_porcentaje(formato: str) -> bool:
    """Si el formato muestra un porcentaje: un «%» fuera de comillas."""
    return "%" in _ADORNOS.sub("", formato)


def es_fecha(formato: str) -> bool:
    """Si el formato muestra una fecha u hora."""
    if formato.casefold() in {"general", "standard", "estándar"}:  # sus letras parecen de fecha
        return False
    limpio = _ADORNOS.sub("", formato)
    return not _TRANSCURRIDO.search(limpio) and any(letra in limpio.casefold() for letra in "ymdhs")


def fecha(serie: float, *, desde_1904: bool) -> datetime | float:
    """Fecha de un número de serie, al segundo; el mismo número si no es un día que Excel pueda mostrar."""
    if not 1 <= serie < _ULTIMA_SERIE - (1462 if desde_1904 else 0):
        return serie  # menos de un día es una hora suelta, no una fecha
    if desde_1904:
        origen = datetime(1904, 1, 1)  # noqa: DTZ001 - Excel no guarda zona horaria
    else:
        # Excel cree que 1900 fue bisiesto: hasta el 28 de febrero la cuenta va un día adelantada.
        origen = datetime(1899, 12, 31 if serie < 60 else 30)  # noqa: DTZ001
    try:
        return origen + timedelta(seconds=round(serie * 86_400))
    except OverflowError:  # el último segundo de 9999, redondeado hacia arriba
        return serie
