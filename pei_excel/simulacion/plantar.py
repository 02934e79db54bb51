"""Con qué se planta un defecto: qué se espera de él, y cómo se aparta el lugar para que otro no lo toque."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal, NamedTuple

from pei_excel.formatos.mir import MIR
from pei_excel.simulacion.informe import HOJA, Fila, Simulado, componente_de
from pei_excel.ubicacion import direccion

#: Lo que reserva un defecto que no admite otro en el mismo archivo.
TODO = "todo"
#: Lo que reservan los defectos que cambian qué niveles hay.
NIVELES = "niveles"

Condicion = Callable[[Fila], bool]


class Esperado(NamedTuple):
    """Un hallazgo que debe aparecer."""

    codigo: str
    hoja: str = HOJA  #: clave de la hoja
    columna: str | None = None  #: clave de la columna o del campo
    fila: Fila | None = None  #: el renglón, por identidad: su número puede cambiar si se quitan otros
    lugar: Literal["celda", "titulo", "banda", "campo", "archivo", "insertada"] = "celda"

    def celda(self, simulado: Simulado) -> tuple[str, str | None, str | None]:
        """(código, hoja, celda) del hallazgo en el libro escrito."""
        if self.lugar == "archivo" or self.columna is None:
            return self.codigo, None, None
        hoja = MIR.por_clave[self.hoja]
        disposicion = hoja.disposicion
        if self.lugar == "campo":
            return self.codigo, self.hoja, direccion(disposicion.fila_campo[self.columna], 3)
        columna = hoja.por_clave[self.columna]
        if self.lugar == "insertada":  # el título, una fila más abajo de su lugar
            return self.codigo, self.hoja, disposicion.celda(disposicion.fila_del_titulo(columna) + 1, columna.clave)
        if self.lugar == "titulo":
            return self.codigo, self.hoja, disposicion.celda(disposicion.fila_del_titulo(columna), columna.clave)
        if self.lugar == "banda":
            primera = next(c for c in hoja.columnas if c.banda[: len(columna.banda)] == columna.banda)
            fila = disposicion.fila_encabezado + len(columna.banda) - 1
            return self.codigo, self.hoja, disposicion.celda(fila, primera.clave)
        numero = next(n for n, f in enumerate(simulado.filas[self.hoja]) if f is self.fila)
        return self.codigo, self.hoja, disposicion.celda(disposicion.fila_datos + numero, columna.clave)


Plantador = Callable[[Simulado, Random], "list[Esperado] | None"]


@dataclass(frozen=True)
class Defecto:
    """Un defecto que se sabe plantar. `plantar` da lo que se espera, o None si el informe no tiene dónde."""

    codigo: str  #: la regla que debe verlo
    nombre: str
    plantar: Plantador
    solo: bool = False  #: no admite otro defecto en el mismo archivo

    def __str__(self) -> str:
        return f"{self.codigo} {self.nombre}"


def familia_de(fila: Fila) -> tuple[str, object]:
    """Lo que reserva quien cambia una cifra: la familia entera, porque sus totales se comparan entre sí."""
    componente = componente_de(fila)
    return ("familia", componente if componente is not None else fila["nivel"])


def libre(s: Simulado, fila: Fila) -> bool:
    """Ningún defecto ha tocado la fila."""
    return id(fila) not in s.reservados


def tomar(
    s: Simulado, azar: Random, condicion: Condicion = lambda _: True, *, cifras: bool = False
) -> Fila | None:
    """Una fila libre que cumpla la condición, y la reserva; con `cifras`, también su familia."""
    candidatas = [
        f for f in s.renglones
        if libre(s, f) and not (cifras and familia_de(f) in s.reservados) and condicion(f)
    ]
    if not candidatas:
        return None
    fila = azar.choice(candidatas)
    s.reservados.add(id(fila))
    if cifras:
        s.reservados.add(familia_de(fila))
    return fila


def apartar(s: Simulado, *marcas: object) -> bool:
    """Reserva marcas; False, sin reservar nada, si alguna ya lo está."""
    if any(m in s.reservados for m in marcas):
        return False
    s.reservados.update(marcas)
    return True


def tomar_familia(
    s: Simulado, azar: Random, condicion: Callable[[Fila, list[Fila]], bool]
) -> tuple[Fila, list[Fila]] | None:
    """Un Componente con sus Actividades, todos libres, y los reserva."""
    candidatas = []
    for fila in s.renglones:
        numero = componente_de(fila)
        if numero is None or not str(fila["nivel"]).startswith("Componente"):
            continue
        familia = s.familia(numero)
        if familia is None or familia_de(fila) in s.reservados:
            continue
        if all(libre(s, f) for f in (familia[0], *familia[1])) and condicion(*familia):
            candidatas.append(familia)
    if not candidatas:
        return None
    elegida = azar.choice(candidatas)
    s.reservados.update((familia_de(elegida[0]), *(id(f) for f in (elegida[0], *elegida[1]))))
    return elegida
