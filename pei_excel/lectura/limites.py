"""Cuánto se acepta leer de un archivo: cada límite con su razón, y los que el usuario puede cambiar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

MB = 1024 * 1024


@dataclass(frozen=True)
class Limites:
    """Cuánto se acepta leer de un archivo; se mide lo que de verdad sale, nunca lo que declaran las cabeceras."""

    #: bytes del archivo; el libro de una unidad pesa de 14 KB a 1 MB, y 25 MB es el tope usual de un correo
    bytes_archivo: int = 25 * MB
    #: bytes de un .zip con libros dentro; el de 130 unidades pesa de 2 a 130 MB
    bytes_zip: int = 200 * MB
    #: libros y otros archivos de un .zip; las unidades de un municipio no llegan a 150
    archivos_zip: int = 2_000
    #: partes del zip; un libro de 50 hojas con dibujos no llega a 500
    partes: int = 5_000
    #: bytes descomprimidos de una parte; un millón de filas vacías con formato caben en 64 MB
    bytes_parte: int = 64 * MB
    #: bytes descomprimidos del archivo entero; unas pocas hojas así de grandes, sin agotar una PC de 4 GB
    bytes_total: int = 200 * MB
    #: descomprimido ÷ comprimido de una parte; las hojas reales dan de 5 a 40, y deflate repitiendo un byte da 1,030
    razon: int = 250
    #: bytes descomprimidos desde los que se mira la razón: por debajo, una parte muy repetida no daña a nadie
    razon_desde: int = 4 * MB
    #: última fila de Excel; también la de LibreOffice
    fila: int = 1_048_576
    #: última columna de Excel (XFD)
    columna: int = 16_384
    #: hojas de un libro; los más grandes que guardan el año de todas las unidades rondan las 150
    hojas: int = 500
    #: celdas con contenido de todo el libro; las de una unidad son menos de 20,000, y medio millón ocupa unos 200 MB
    celdas: int = 500_000
    #: rangos combinados de una hoja; los formatos oficiales tienen menos de 200
    combinadas: int = 5_000
    #: validaciones de todo el libro; nuestras plantillas traen menos de 100 y un libro muy pegado, unos miles
    validaciones: int = 20_000
    #: estilos de celda y con nombre; Excel no abre más de 65,490 de cada clase
    estilos: int = 2 * 65_490
    #: nombres definidos; al copiar hojas de otros libros se juntan miles, y desde unos 60,000 Excel ya no responde
    nombres: int = 60_000
    #: segundos que puede tardar un archivo: el más grande que se admite se lee en menos de la tercera parte
    segundos: int = 60
    #: bytes de memoria de un proceso; sólo se imponen donde el sistema lo permite (Linux; no en Windows ni macOS)
    memoria: int = 2 * 1024 * MB


LIMITES = Limites()


class _Opcion(NamedTuple):
    campo: str
    factor: int  #: unidades del campo por cada unidad de la opción
    unidad: str


#: Los que se cambian con `--limite NOMBRE=NÚMERO`. Los demás no estorban a un libro de verdad.
OPCIONES = {
    "archivo": _Opcion("bytes_archivo", MB, "MB de un libro"),
    "zip": _Opcion("bytes_zip", MB, "MB de un .zip con libros"),
    "parte": _Opcion("bytes_parte", MB, "MB descomprimidos de una parte"),
    "total": _Opcion("bytes_total", MB, "MB descomprimidos de un libro"),
    "razon": _Opcion("razon", 1, "veces que puede crecer una parte"),
    "hojas": _Opcion("hojas", 1, "hojas"),
    "celdas": _Opcion("celdas", 1, "celdas con contenido"),
    "combinadas": _Opcion("combinadas", 1, "rangos combinados por hoja"),
    "validaciones": _Opcion("validaciones", 1, "validaciones"),
    "nombres": _Opcion("nombres", 1, "nombres definidos"),
    "segundos": _Opcion("segundos", 1, "segundos por archivo"),
    "memoria": _Opcion("memoria", MB, "MB de memoria por proceso (Linux)"),
}

_MAYOR = 1_000_000  #: de cualquier opción: un millón de MB, de segundos o de rangos ya es «sin límite»
_MAYORES = {"celdas": 100_000_000}


def limites_con(opciones: Iterable[str], base: Limites = LIMITES) -> Limites:
    """Los límites con los cambios que el usuario escribió, como «celdas=2000000».

    Raises:
        ValueError: si una opción no existe o su número no sirve; el mensaje dice cuáles hay.
    """
    cambios: dict[str, int] = {}
    for opcion in opciones:
        nombre, _, escrito = opcion.partition("=")
        conocida = OPCIONES.get(nombre.strip().lower())
        if conocida is None:
            raise ValueError(f"«{nombre.strip()}» no es un límite; los hay: {', '.join(OPCIONES)}")
        mayor = _MAYORES.get(nombre.strip().lower(), _MAYOR)
        numero = escrito.strip()
        if not (numero.isascii() and numero.isdigit()) or not 1 <= int(numero[:12]) <= mayor:
            raise ValueError(f"el límite «{nombre.strip()}» debe ser un número entero de 1 a {mayor:,}")
        cambios[conocida.campo] = int(numero) * conocida.factor
    return replace(base, **cambios)


def cambiados(limites: Limites) -> dict[str, int]:
    """Los que el usuario cambió, con el nombre y en la unidad de su opción."""
    return {
        nombre: getattr(limites, opcion.campo) // opcion.factor for nombre, opcion in OPCIONES.items()
        if getattr(limites, opcion.campo) != getattr(LIMITES, opcion.campo)
    }
