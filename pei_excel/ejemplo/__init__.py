"""El ejemplo: lo que recibe un pequeño municipio, con un informe real y once simulados."""

from __future__ import annotations

from pei_excel.ejemplo.municipio import PERIODO, escribir_recibidos

__all__ = ["PERIODO", "escribir_recibidos"]
