"""Cómo se imprimen las hojas anchas de la evaluación de un POI: títulos en cada página y escala que las hace caber."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pei_excel.escritura.consolidado_comun import MEDIDAS
from pei_excel.escritura.estilos import Estilos
from pei_excel.escritura.evaluacion_poi_encargo import EncargoPOI
from pei_excel.escritura.hoja import combinar, poner_altos
from pei_excel.escritura.medidas import ancho_combinado, largo, puntos, renglones

#: Filas del vínculo (que no se imprime), del título y de lo que lo acompaña.
FILA_VINCULO, FILA_TITULO, FILA_SUBTITULO = 1, 2, 3
_ALTOS_DE_TITULO = (18.0, 15.0)
#: Lo que ocupan el título y el subtítulo, en puntos.
ALTO_DE_TITULO = sum(_ALTOS_DE_TITULO)
_MARGENES = 36  #: puntos, los dos
_HOLGURA = 0.99
_MARGENES_DE_ALTO = (0.4 + 0.55) * 72 + 6  #: con el pie
_HOLGURA_DE_ALTO = 0.97  #: Excel y LibreOffice no miden igual


def escala(paginas: Sequence[Sequence[float]], papel: str) -> int:
    """% al que hay que imprimir para que la página más ancha quepa en el papel apaisado, con sus márgenes."""
    cabe = MEDIDAS[papel][1] - _MARGENES
    ancho = max(sum((a * 7 + 5) * 0.75 for a in anchos) for anchos in paginas)
    return min(100, int(cabe / ancho * 100 * _HOLGURA))


def cabe_de_alto(papel: str, escala_: float) -> float:
    """Puntos de alto que caben en una página apaisada a esa escala, sin márgenes ni pie."""
    return (MEDIDAS[papel][0] - _MARGENES_DE_ALTO) / escala_ * 100 * _HOLGURA_DE_ALTO


def cortes_entre_filas(altos: Sequence[float], cabe: float, juntas: int) -> list[int]:
    """Antes de qué filas (desde 0) empieza otra página, sin separar las `juntas` últimas de la anterior a ellas."""
    cortes, usado = [], 0.0
    ultima = max(1, len(altos) - juntas - 1)  #: desde aquí van juntas
    for n, alto in enumerate(altos):
        hasta = sum(altos[n:]) if n == ultima else alto
        if n and usado + hasta > cabe and (n <= ultima or usado + alto > cabe):
            cortes.append(n)
            usado = 0.0
        usado += alto
    return cortes


def recortar(texto: str, maximo: int) -> str:
    """El texto, o su principio si es muy largo: entero está en la hoja de donde viene."""
    return texto if len(texto) <= maximo else f"{texto[: maximo - 1].rstrip()}…"


def partir(texto: str, ancho: float, maximo: int) -> list[str]:
    """El texto en trozos de no más de `maximo` renglones en una columna de ese ancho, cortado entre palabras."""
    trozos, actual = [], ""
    for palabra in texto.split(" ") if renglones(texto, ancho) > maximo else ():
        mas = f"{actual} {palabra}" if actual else palabra
        if actual and renglones(mas, ancho) > maximo:
            trozos.append(actual)
            mas = palabra
        actual = mas
    return [*trozos, actual] if trozos else [texto]


def letra_de_titulo(texto: str, ancho: float, mayor: float = 14) -> float:
    """Tamaño de letra, en negritas, con el que un título cabe en un renglón de ese ancho en caracteres."""
    return max(8.0, min(mayor, float(int(mayor * puntos(ancho) / largo(texto, mayor, negritas=True)))))


def titular(
    hoja: Any, titulo: str, subtitulo: str, paginas: Sequence[tuple[int, int]], anchos: Sequence[float],
    encargo: EncargoPOI, estilos: Estilos,
) -> None:
    """El vínculo a las observaciones, y el título y el subtítulo en lo que cada página tiene de propio."""
    hoja.write_url(FILA_VINCULO - 1, 0, "internal:'Observaciones'!A1", estilos("enlace"), encargo.cuantas_observaciones)
    for desde, hasta in paginas:
        ancho = ancho_combinado(anchos[desde - 1 : hasta])
        for fila, texto, estilo, mayor in (
            (FILA_TITULO, titulo, "subtitulo", 11), (FILA_SUBTITULO, subtitulo, "texto", 9),
        ):
            formato = estilos(estilo, font_size=letra_de_titulo(texto, ancho, mayor), align="left")
            combinar(hoja, (fila, desde), (fila, hasta), formato)
            hoja.write_string(fila - 1, desde - 1, texto, formato)
    poner_altos(hoja, FILA_VINCULO, (16, *_ALTOS_DE_TITULO))
