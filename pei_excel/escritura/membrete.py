"""Lo que la oficina pone en las plantillas de cada unidad: logotipo, colores, cargos que firman y a quién preguntar."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from xlsxwriter.exceptions import UndefinedImageSize, UnsupportedImageFormat
from xlsxwriter.image import Image

from pei_excel.escritura.estilos import AZUL, BANDA, ENCABEZADO

#: Alto del logotipo impreso, en puntos; la fila del título crece para que quepa.
ALTO_DEL_LOGO = 40.0
#: Un logotipo muy apaisado se limita también en ancho, en puntos.
ANCHO_DEL_LOGO = 150.0


@dataclass(frozen=True)
class Membrete:
    """Lo propio de la institución y de la unidad; lo vacío deja la plantilla como está."""

    institucion: str = ""
    logo: bytes | None = None
    color_principal: str | None = None  #: «#1F4E79», de los títulos
    color_secundario: str | None = None  #: de las bandas; los encabezados llevan uno más claro
    cargos: Mapping[str, str] = field(default_factory=dict)  #: quién firma (`Firma.quien`) → su cargo
    contacto: str = ""  #: a quién preguntar, en los mensajes de las celdas cerradas
    cerrados: frozenset[str] = frozenset()  #: campos que vienen del catálogo y no se cambian ni al formular
    firmantes: Mapping[str, str] = field(default_factory=dict)  #: título de una firma → quién dice ya que firma

    @property
    def colores(self) -> dict[str, str]:
        """Color de la casa → el de la institución que lo sustituye."""
        sustituidos = {}
        if self.color_principal:
            sustituidos[AZUL] = self.color_principal
        if self.color_secundario:
            sustituidos[BANDA] = self.color_secundario
            sustituidos[ENCABEZADO] = aclarar(self.color_secundario)
        return sustituidos


def aclarar(color: str) -> str:
    """El color a medio camino del blanco."""
    return "#" + "".join(f"{(int(color[n : n + 2], 16) + 256) // 2:02X}" for n in (1, 3, 5))


def es_imagen(contenido: bytes) -> bool:
    """Es una imagen que Excel muestra (PNG, JPG…)."""
    try:
        return bool(Image(BytesIO(contenido)).width > 0)
    except (UndefinedImageSize, UnsupportedImageFormat, struct.error, IndexError):
        return False


def poner_logo(hoja: Any, membrete: Membrete, fila: int) -> float:
    """Pone el logotipo a la izquierda de una fila (desde 1); da el alto que la fila necesita, 0 si no hay."""
    if not membrete.logo:
        return 0
    imagen = Image(BytesIO(membrete.logo))
    ancho, alto = imagen.width * 72 / imagen.x_dpi, imagen.height * 72 / imagen.y_dpi
    escala = min(ALTO_DEL_LOGO / alto, ANCHO_DEL_LOGO / ancho)
    hoja.insert_image(fila - 1, 0, "logotipo", {
        "image_data": BytesIO(membrete.logo), "x_scale": escala, "y_scale": escala, "x_offset": 2, "y_offset": 2,
        "object_position": 3, "description": f"Logotipo de {membrete.institucion}".strip(),
    })
    return float(round(alto * escala + 6, 1))
