"""Lo que hay en un archivo de hoja de cálculo, sin interpretar: igual para todo tipo de archivo."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class ErrorExcel(str):
    """Valor de error de una celda («#DIV/0!», «#REF!»…); nunca se lee como vacío ni como texto."""

    __slots__ = ()


class CeldaCruda(NamedTuple):
    """Contenido de una celda tal como el archivo lo guarda."""

    valor: str | float | bool | datetime | ErrorExcel | None  #: None: vacía, o fórmula que nunca se calculó
    formula: bool = False  #: la celda tiene fórmula (en .xls no puede saberse: siempre False)
    calculada: bool = True  #: False: tiene fórmula y el archivo no guarda su resultado
    porcentaje: bool = False  #: el formato de número es un porcentaje


@dataclass(slots=True)
class HojaCruda:
    """Una hoja: sólo celdas con contenido o fórmula; filas y columnas se cuentan desde 1."""

    nombre: str
    celdas: dict[tuple[int, int], CeldaCruda] = field(default_factory=dict)
    oculta: bool = False  #: oculta o «muy oculta»
    combinadas: list[tuple[int, int, int, int]] = field(default_factory=list)  #: fila y columna inicial y final
    filas_ocultas: set[int] = field(default_factory=set)
    columnas_ocultas: set[int] = field(default_factory=set)


@dataclass(slots=True)
class LibroCrudo:
    """Un archivo abierto."""

    archivo: str  #: ruta como se muestra al usuario
    tipo: str  #: «xlsx», «xlsm», «xltx», «xltm», «xlsb», «ods», «xls»
    hojas: list[HojaCruda]
    nombres: dict[str, str] = field(default_factory=dict)  #: nombres definidos → lo que contienen, sin «=»
    propiedades: dict[str, str] = field(default_factory=dict)  #: propiedades personalizadas del documento
    modificado: datetime | None = None  #: última modificación escrita dentro del archivo (UTC, sin zona)
    ajenos: tuple[str, ...] = ()  #: «macros», «vínculos externos», «conexiones», «objetos incrustados»
    formulas_verificables: bool = True  #: False: el tipo de archivo no deja ver las fórmulas (.xls)
    reparado: str = ""  #: por qué no pudo el primer lector, si lo leyó el segundo


class ArchivoIlegible(Exception):  # noqa: N818 - el dominio la llama así
    """El archivo no puede leerse; `motivo` es uno de los de FMT001.

    Motivos: «dañado», «protegido con contraseña», «contraseña equivocada», «no es un libro», «sólo está en la nube»,
    «abierto por otro programa», «sin permiso», «ruta demasiado larga», «demasiado grande», «sospechoso»,
    «tiempo agotado».
    """

    def __init__(self, motivo: str, detalle: str = "") -> None:
        super().__init__(motivo, detalle)
        self.motivo = motivo
        self.detalle = detalle  #: una frase en español, sin la ruta
