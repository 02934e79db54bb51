"""Lo que alguien mueve en un libro ya escrito: ordena filas de una hoja, o inserta filas o columnas en blanco.

Se mueve lo guardado (valores y presencia de fórmula), que es lo que se lee; el texto de las fórmulas no se rehace.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from pei_excel.formato import Formato
from pei_excel.ubicacion import direccion, fila_y_columna

#: De una (fila, columna) a la nueva.
Mover = Callable[[int, int], tuple[int, int]]

_FILA = re.compile(r'<row r="(\d+)"(.*?)(?:/>|>(.*?)</row>)', re.DOTALL)
_CELDA = re.compile(r'<c r="([A-Z]+\d+)"')
_COMBINADA = re.compile(r'<mergeCell ref="([A-Z]+\d+):([A-Z]+\d+)"')
_ANCHO = re.compile(r'<col min="(\d+)" max="(\d+)"')


def insertar_filas(formato: Formato, hoja: str, en: int, cuantas: int = 1) -> Callable[[Path], None]:
    """Inserta filas en blanco antes de la fila `en` de una hoja."""
    return lambda ruta: _mover(ruta, formato, hoja, lambda f, c: (f + cuantas * (f >= en), c))


def insertar_columnas(formato: Formato, hoja: str, en: int, cuantas: int = 1) -> Callable[[Path], None]:
    """Inserta columnas en blanco antes de la columna `en` (desde 1) de una hoja."""
    return lambda ruta: _mover(ruta, formato, hoja, lambda f, c: (f, c + cuantas * (c >= en)))


def ordenar_filas(formato: Formato, hoja: str, orden: Mapping[int, int]) -> Callable[[Path], None]:
    """Cambia de lugar filas de datos de una hoja: número de fila → el nuevo."""
    return lambda ruta: _mover(ruta, formato, hoja, lambda f, c: (orden.get(f, f), c))


def _mover(ruta: Path, formato: Formato, hoja: str, mover: Mover) -> None:
    parte = f"xl/worksheets/sheet{[h.clave for h in formato.hojas].index(hoja) + 1}.xml"
    with zipfile.ZipFile(ruta) as origen:
        partes = {nombre: origen.read(nombre) for nombre in origen.namelist()}
    partes[parte] = _mover_en(partes[parte].decode(), mover).encode()
    with zipfile.ZipFile(ruta, "w", zipfile.ZIP_DEFLATED) as destino:
        for nombre, contenido in partes.items():
            destino.writestr(nombre, contenido)


def _mover_en(texto: str, mover: Mover) -> str:
    def celda(antes: str) -> str:
        return direccion(*mover(*fila_y_columna(antes)))

    filas: list[tuple[int, str]] = []
    for hallada in _FILA.finditer(texto):
        numero = mover(int(hallada[1]), 1)[0]
        celdas = _CELDA.sub(lambda m: f'<c r="{celda(m[1])}"', hallada[3] or "")
        atributos = re.sub(r' spans="[^"]*"', "", hallada[2])
        filas.append((numero, f'<row r="{numero}"{atributos}>{celdas}</row>'))
    desde, hasta = texto.index("<sheetData>") + len("<sheetData>"), texto.index("</sheetData>")
    cuerpo = "".join(fila for _, fila in sorted(filas))
    cabeza = _ANCHO.sub(lambda m: f'<col min="{mover(1, int(m[1]))[1]}" max="{mover(1, int(m[2]))[1]}"', texto[:desde])
    cola = _COMBINADA.sub(lambda m: f'<mergeCell ref="{celda(m[1])}:{celda(m[2])}"', texto[hasta:])
    return cabeza + cuerpo + cola
