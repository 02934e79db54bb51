"""Lo que alguien le hace a un libro ya escrito: ordena o inserta filas, inserta columnas, cambia o quita algo.

Se cambia lo guardado (valores y presencia de fórmula), que es lo que se lee; el texto de las fórmulas no se rehace.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

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


def cambiar_celda(formato: Formato, hoja: str, celda: str, texto: str) -> Callable[[Path], None]:
    """Escribe un texto en una celda, sin tocar las demás que dicen lo mismo."""
    parte = _parte(formato, hoja)

    def cambiar(contenido: str) -> str:
        nuevo, veces = re.subn(
            rf'<c r="{celda}"((?: s="\d+")?)[^>]*?(?:/>|>.*?</c>)',
            rf'<c r="{celda}"\1 t="inlineStr"><is><t>{escape(texto)}</t></is></c>', contenido, count=1,
        )
        if not veces:
            raise LookupError(celda)
        return nuevo

    return lambda ruta: _reescribir(ruta, {parte: cambiar})


def quitar_hoja(hoja: str) -> Callable[[Path], None]:
    """Alguien borró una hoja."""
    return lambda ruta: _reescribir(
        ruta, {"xl/workbook.xml": lambda t: re.sub(rf'<sheet name="{hoja}"[^>]*/>', "", t)}
    )


def sin_titulos(formato: Formato) -> Callable[[Path], None]:
    """Otro libro cualquiera: sin los títulos del formato ni la marca de la plantilla."""
    titulos = {escape(c.titulo) for h in formato.hojas for c in h.columnas}

    def cambiar(texto: str) -> str:
        sin_marca = texto.replace("pei-excel;", "otro;")
        return re.sub(r">([^<]+)<", lambda m: ">Dato<" if m[1] in titulos else m[0], sin_marca)

    partes = ("xl/sharedStrings.xml", "docProps/custom.xml", "xl/workbook.xml")
    return lambda ruta: _reescribir(ruta, dict.fromkeys(partes, cambiar))


def _parte(formato: Formato, hoja: str) -> str:
    return f"xl/worksheets/sheet{[h.clave for h in formato.hojas].index(hoja) + 1}.xml"


def _mover(ruta: Path, formato: Formato, hoja: str, mover: Mover) -> None:
    _reescribir(ruta, {_parte(formato, hoja): lambda texto: _mover_en(texto, mover)})


def _reescribir(ruta: Path, cambios: Mapping[str, Callable[[str], str]]) -> None:
    with zipfile.ZipFile(ruta) as origen:
        partes = {parte: origen.read(parte) for parte in origen.infolist()}  # con su fecha: siempre los mismos bytes
    with zipfile.ZipFile(ruta, "w") as destino:
        for parte, contenido in partes.items():
            cambiar = cambios.get(parte.filename)
            destino.writestr(parte, cambiar(contenido.decode()).encode() if cambiar else contenido)


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
