"""Con qué se planta un defecto: qué se espera de él, y cómo se aparta el lugar para que otro no lo toque."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Generic, Literal, NamedTuple, TypeVar

from pei_excel.reglas import danos
from pei_excel.simulacion.simulado import Fila, LibroSimulado
from pei_excel.ubicacion import direccion

S = TypeVar("S", bound=LibroSimulado)
S_contra = TypeVar("S_contra", bound=LibroSimulado, contravariant=True)

Condicion = Callable[[Fila], bool]


class Esperado(NamedTuple):
    """Un hallazgo que debe aparecer."""

    codigo: str
    hoja: str = ""  #: clave de la hoja; vacía, la principal
    columna: str | None = None  #: clave de la columna o del campo
    fila: Fila | None = None  #: el renglón, por identidad: su número puede cambiar si se quitan otros
    lugar: Literal["celda", "titulo", "banda", "campo", "archivo", "insertada"] = "celda"
    tambien: tuple[tuple[str, str, Fila], ...] = ()  #: (hoja, columna, renglón) de otras celdas que debe mostrar
    se_hace_saber: bool = False  #: es una nota para la oficina, aunque su regla suela ser un error de la unidad

    def celda(self, simulado: LibroSimulado) -> tuple[str, str | None, str | None]:
        """(código, hoja, celda) del hallazgo en el libro escrito."""
        if self.lugar == "archivo" or self.columna is None:
            return self.codigo, None, None
        hoja = simulado.formato.por_clave[self.hoja or simulado.formato.principal.clave]
        disposicion = hoja.disposicion
        if self.lugar == "campo":
            return self.codigo, hoja.clave, direccion(disposicion.fila_campo[self.columna], disposicion.COLUMNA_VALOR)
        columna = hoja.por_clave[self.columna]
        if self.lugar == "insertada":  # el título, una fila más abajo de su lugar
            return self.codigo, hoja.clave, disposicion.celda(disposicion.fila_del_titulo(columna) + 1, columna.clave)
        if self.lugar == "titulo":
            return self.codigo, hoja.clave, disposicion.celda(disposicion.fila_del_titulo(columna), columna.clave)
        if self.lugar == "banda":
            primera = next(c for c in hoja.columnas if c.banda[: len(columna.banda)] == columna.banda)
            fila = disposicion.fila_encabezado + len(columna.banda) - 1
            return self.codigo, hoja.clave, disposicion.celda(fila, primera.clave)
        return self.codigo, hoja.clave, celda_de(simulado, hoja.clave, columna.clave, self.fila)

    def otras_celdas(self, simulado: LibroSimulado) -> list[tuple[str, str]]:
        """(hoja, celda) de las demás celdas que el hallazgo debe mostrar."""
        return [(hoja, celda_de(simulado, hoja, columna, fila)) for hoja, columna, fila in self.tambien]


def celda_de(simulado: LibroSimulado, hoja: str, columna: str, fila: Fila | None) -> str:
    """Dirección de una celda de un renglón, tal como quedará en el libro escrito."""
    disposicion = simulado.formato.por_clave[hoja].disposicion
    numero = next(n for n, f in enumerate(simulado.filas[hoja]) if f is fila)
    return disposicion.celda(disposicion.fila_datos + numero, columna)


Plantador = Callable[[S, Random], "list[Esperado] | None"]


@dataclass(frozen=True)
class Defecto(Generic[S_contra]):
    """Un defecto que se sabe plantar. `plantar` da lo que se espera, o None si el libro no tiene dónde."""

    codigo: str  #: la regla que debe verlo; vacío si no daña nada
    nombre: str
    plantar: Callable[[S_contra, Random], list[Esperado] | None]
    solo: bool = False  #: no admite otro defecto en el mismo archivo

    def __str__(self) -> str:
        return f"{self.codigo} {self.nombre}".strip()


def del_archivo(codigo: str, *hechos: Callable[[Path], None]) -> Plantador[LibroSimulado]:
    """Un daño al archivo entero, que no se señala en ninguna celda."""

    def plantar(s: LibroSimulado, _azar: Random) -> list[Esperado] | None:
        s.danos += hechos
        return [Esperado(codigo, lugar="archivo")]

    return plantar


def libre(s: LibroSimulado, fila: Fila) -> bool:
    """Ningún defecto ha tocado la fila."""
    return id(fila) not in s.reservados


def tomar(
    s: LibroSimulado, azar: Random, condicion: Condicion = lambda _: True, *, cifras: bool = False
) -> Fila | None:
    """Un renglón libre que cumpla la condición, y lo reserva; con `cifras`, también su conjunto."""
    candidatas = [
        f for f in s.renglones
        if libre(s, f) and not (cifras and s.conjunto(f) in s.reservados) and condicion(f)
    ]
    if not candidatas:
        return None
    fila = azar.choice(candidatas)
    s.reservados.add(id(fila))
    if cifras:
        s.reservados.add(s.conjunto(fila))
    return fila


def apartar(s: LibroSimulado, *marcas: object) -> bool:
    """Reserva marcas; False, sin reservar nada, si alguna ya lo está."""
    if any(m in s.reservados for m in marcas):
        return False
    s.reservados.update(marcas)
    return True


def fila_oculta(s: LibroSimulado, azar: Random) -> list[Esperado] | None:
    """Alguien ocultó un renglón de la hoja principal: se nombra su primera celda."""
    fila = tomar(s, azar) if apartar(s, "oculto") else None
    if fila is None:
        return None
    principal = s.formato.principal

    def ocultar(ruta: Path) -> None:
        numero = principal.disposicion.fila_datos + next(n for n, f in enumerate(s.renglones) if f is fila)
        danos.fila_oculta(str(numero))(ruta)

    s.danos.append(ocultar)
    return [Esperado("FMT011", columna=principal.columnas[0].clave, fila=fila)]


def fila_insertada(s: LibroSimulado, _azar: Random) -> list[Esperado] | None:
    """Alguien insertó una fila arriba de todo: se nombra el título más alto, el primero de su fila."""
    principal = s.formato.principal
    arriba = min(principal.columnas, key=principal.disposicion.fila_del_titulo)
    s.danos.append(danos.fila_insertada)
    return [Esperado("FMT013", columna=arriba.clave, lugar="insertada")]
