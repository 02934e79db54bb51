"""El ejemplo: lo que reciben dos municipios, Oaxaca (un informe real y once simulados) y Huamanga (todos simulados)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from pei_excel.ejemplo.demostracion import PERIODO
from pei_excel.ejemplo.huamanga import escribir_planes
from pei_excel.ejemplo.oaxaca import escribir_informes

__all__ = ["PERIODO", "escribir_lista", "escribir_recibidos"]


def escribir_recibidos(carpeta: Path) -> list[Path]:
    """Escribe en la carpeta los libros de los dos municipios, cada uno en la suya, y da sus rutas."""
    return [*escribir_informes(carpeta / "oaxaca"), *escribir_planes(carpeta / "huamanga")]


def escribir_lista(carpeta: Path, libros: Sequence[Path]) -> Path:
    """Escribe el recepcion.csv de esos libros, como lo guarda Excel en español; lo corregido llega dos días después."""
    renglones = ["archivo;fecha;medio;oficio;firmado"]
    for n, libro in enumerate(libros):
        corregido = libro.stem.endswith("_corregido")
        dia = date(2024, 7, 2) + timedelta(days=6 if corregido else n % 5)
        medio = "correo" if n % 3 else "oficialía de partes"
        renglones.append(f"{libro.relative_to(carpeta).as_posix()};{dia:%d/%m/%Y};{medio};;{'sí' if n % 4 else 'no'}")
    ruta = carpeta / "recepcion.csv"
    ruta.write_text("\n".join([*renglones, ""]), encoding="utf-8-sig", newline="\r\n")
    return ruta
