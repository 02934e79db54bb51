"""Un hallazgo es un valor: qué regla, dónde, qué dice el archivo, qué se esperaba y cómo corregirlo."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from pei_excel.ubicacion import Ubicacion


class Severidad(StrEnum):
    """Qué tan grave es; entre paréntesis, lo que lee la unidad."""

    ERROR = "ERROR"
    AVISO = "AVISO"
    NOTA = "NOTA"

    @property
    def para_la_unidad(self) -> str:
        """Frase con la que la unidad lee la severidad."""
        return {"ERROR": "Debe corregirse", "AVISO": "Favor de aclarar", "NOTA": "Para su conocimiento"}[self.value]

    @property
    def orden(self) -> int:
        """0 para ERROR, 1 para AVISO, 2 para NOTA."""
        return ("ERROR", "AVISO", "NOTA").index(self.value)


class Destinatario(StrEnum):
    """A quién se dirige; lo de planeación nunca llega a la unidad."""

    UNIDAD = "unidad"
    PLANEACION = "planeacion"


class Decision(NamedTuple):
    """Lo que la oficina de planeación decidió de un hallazgo, como lo escribió en el consolidado."""

    que: str  #: «Procede», «No procede» o «Atendida»; otra cosa no tiene efecto
    motivo: str = ""
    quien: str = ""
    fecha: str = ""  #: ISO; lo escrito, si no es una fecha


@dataclass(frozen=True, slots=True)
class Hallazgo:
    """Una observación sobre una celda, una hoja o un archivo."""

    regla: str  #: código estable, «SEG001»
    severidad: Severidad
    destinatario: Destinatario
    donde: Ubicacion
    mensaje: str  #: qué choca con qué, sin la dirección de la celda
    como_corregir: str  #: qué hacer, de usted
    encontrado: str | float | None = None  #: lo que dice el archivo
    esperado: str | float | None = None  #: lo que debería decir, si se sabe
    tambien: tuple[Ubicacion, ...] = ()  #: las otras celdas que intervienen
    diseno: bool = False  #: juzga el diseño: en seguimiento va a la hoja «Diseño», «para el próximo ejercicio»
    #: De qué habla, sin direcciones: «MIR · Componente 1 · alcanzado_t2». Es lo mismo de una entrega a otra aunque el
    #: renglón cambie de lugar; junto con la regla dice si una observación se atendió o persiste.
    sobre: str = ""
    decision: Decision | None = None  #: la que se lleva a su lado
    recuerdo: str = ""  #: lo que se había decidido cuando su celda decía otra cosa; no lo lee la unidad
    veces: int = 1  #: si un informe tiene varios iguales, cuál de ellos es

    @property
    def firma(self) -> str:
        """Dieciséis letras que cambian si cambia la regla, de qué habla o lo que el archivo dice."""
        texto = "\n".join((self.regla, self.sobre, repr(self.encontrado)))
        return hashlib.sha256(texto.encode("utf-8", "replace")).hexdigest()[:16]

    def orden(self) -> tuple[str, str, int, int, str]:
        """Clave de orden: archivo, hoja, fila, columna y regla."""
        return (*self.donde.orden(), self.regla)
