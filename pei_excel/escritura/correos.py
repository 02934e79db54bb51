"""`correos.xlsx`: los mensajes en una tabla, para quien los manda desde el correo web copiando y pegando."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pei_excel.escritura.estilos import CUERPO, FALTA
from pei_excel.escritura.hoja import abrir_libro, configurar_impresion, escribir_valor
from pei_excel.escritura.medidas import alto_de_fila, letra_que_cabe

HOJA = "Correos"
#: Título y ancho de cada columna; en Carta, la letra queda en poco más de 6 puntos.
COLUMNAS = (
    ("N.º", 4.5), ("Para quién", 18.0), ("Para", 28.0), ("Con copia a", 22.0), ("Asunto", 24.0), ("Texto", 72.0),
    ("Archivos adjuntos", 22.0), ("Qué falta", 13.0),
)
_ENCABEZADO = 4


class Renglon(NamedTuple):
    """Un mensaje en la tabla."""

    quien: str
    para: str
    copia: str
    asunto: str
    texto: str
    adjuntos: str
    falta: str = ""  #: por qué no puede mandarse todavía


def escribir_correos(
    destino: Path | BinaryIO, mensajes: Sequence[Renglon], *, titulo: str, nota: str, creado: datetime, papel: str
) -> None:
    """El libro, con un mensaje por renglón; sin fórmulas, porque no lleva cifras."""
    libro = abrir_libro(destino, titulo=titulo, asunto=nota, creado=creado)
    estilos, hoja = libro.estilos, libro.hoja(HOJA)
    hoja.hide_gridlines(2)
    hoja.write_string(0, 0, titulo, estilos("subtitulo", font_size=14))
    hoja.set_row(0, 22)
    hoja.write_string(1, 0, nota, estilos("nota", text_wrap=False))
    for numero, (rotulo, ancho) in enumerate(COLUMNAS):
        hoja.set_column(numero, numero, ancho)
        hoja.write_string(_ENCABEZADO - 1, numero, rotulo, estilos("banda"))
    hoja.set_row(_ENCABEZADO - 1, 18)
    celda, centrado = estilos("celda", valign="top"), estilos("celda", align="center", valign="top")
    for n, mensaje in enumerate(mensajes, 1):
        fila = _ENCABEZADO + n
        hoja.write_number(fila - 1, 0, n, centrado)
        textos = []
        for columna, (valor, (_, ancho)) in enumerate(zip(mensaje, COLUMNAS[1:], strict=True), 2):
            letra = letra_que_cabe(valor, ancho)
            formato = celda if letra == CUERPO else estilos.variante(celda, font_size=letra)
            if columna == len(COLUMNAS) and valor:
                formato = estilos.variante(formato, bg_color=FALTA)
            escribir_valor(hoja, fila, columna, valor, formato, estilos)
            textos.append((valor, ancho))
        hoja.set_row(fila - 1, alto_de_fila(textos, minimo=18))
    ultima = _ENCABEZADO + max(len(mensajes), 1)
    if not mensajes:
        hoja.write_string(ultima - 1, 0, "Ningún correo.", estilos("texto"))
    hoja.freeze_panes(_ENCABEZADO, 2)
    hoja.autofilter(_ENCABEZADO - 1, 0, ultima - 1, len(COLUMNAS) - 1)
    configurar_impresion(
        hoja, papel=papel, area=(1, 1, ultima, len(COLUMNAS)), repetir=(_ENCABEZADO, _ENCABEZADO), pie=titulo
    )
    libro.close()
