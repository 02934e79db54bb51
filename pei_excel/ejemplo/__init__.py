"""El ejemplo: lo que reciben dos municipios, Oaxaca (un informe real y once simulados) y Huamanga (todos simulados)."""

from __future__ import annotations

from pathlib import Path

from pei_excel.ejemplo.demostracion import PERIODO
from pei_excel.ejemplo.huamanga import escribir_planes
from pei_excel.ejemplo.oaxaca import escribir_informes

__all__ = ["PERIODO", "escribir_recibidos"]


def escribir_recibidos(carpeta: Path) -> list[Path]:
    """Escribe en la carpeta los libros de los dos municipios, cada uno en la suya, y da sus rutas."""
    return [*escribir_informes(carpeta / "oaxaca"), *escribir_planes(carpeta / "huamanga")]
