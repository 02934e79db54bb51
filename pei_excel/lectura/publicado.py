"""La descarga pública de la plataforma de transparencia → sus títulos y sus filas, con su celda."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pei_excel.crudo import CeldaCruda
from pei_excel.formatos.transparencia import FILA_DATOS_PUBLICA, FILA_TITULOS_PUBLICA, HOJA_PUBLICA
from pei_excel.lectura.celdas import abrir
from pei_excel.textos import limpiar, normalizar, numero
from pei_excel.ubicacion import direccion


@dataclass(frozen=True, slots=True)
class Publicado:
    """Un archivo descargado."""

    archivo: str
    hoja: str
    titulos: dict[int, str]  #: columna (desde 1) → título
    filas: tuple[tuple[int, dict[int, str]], ...]  #: (número de fila, columna → texto)

    def celda(self, fila: int, columna: int) -> str:
        """Dirección de una celda."""
        return direccion(fila, columna)


def leer_publicado(ruta: Path) -> Publicado | None:
    """Lo publicado; None si el libro no tiene esa hoja o sus títulos no están en su fila.

    Raises:
        ArchivoIlegible: si no puede leerse.
    """
    crudo = abrir(ruta, ruta.name)
    hoja = next((h for h in crudo.hojas if normalizar(h.nombre) == normalizar(HOJA_PUBLICA)), None)
    if hoja is None:
        return None
    por_fila: dict[int, dict[int, str]] = {}
    for (fila, columna), celda in sorted(hoja.celdas.items()):
        if texto := texto_de(celda):
            por_fila.setdefault(fila, {})[columna] = texto
    titulos = por_fila.get(FILA_TITULOS_PUBLICA, {})
    if not titulos:
        return None
    return Publicado(ruta.name, hoja.nombre, titulos, tuple(_de_datos(por_fila)))


def _de_datos(por_fila: dict[int, dict[int, str]]) -> Iterator[tuple[int, dict[int, str]]]:
    for fila, textos in por_fila.items():
        if fila >= FILA_DATOS_PUBLICA:
            yield fila, textos


def texto_de(celda: CeldaCruda) -> str:
    """Lo que dice una celda, como se lee: «25.5», «30/06/2024»."""
    valor = celda.valor
    if isinstance(valor, datetime):
        return f"{valor:%d/%m/%Y}"
    if isinstance(valor, bool):
        return "Sí" if valor else "No"
    if isinstance(valor, float):
        return numero(valor, 10).replace(",", "")
    return limpiar(valor) if valor else ""
