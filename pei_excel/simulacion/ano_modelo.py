"""De qué se compone un año simulado: quién informa, qué envía cada vez y qué debe decir el programa de cada paso."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from pei_excel.periodos import Periodo
from pei_excel.simulacion.plantar import Esperado
from pei_excel.simulacion.simulado import LibroSimulado

#: (regla, hoja, celda) de un hallazgo en su archivo.
Celda = tuple[str, str, str]
#: Las que sólo lee la oficina: ni se mandan a la unidad ni se comparan entre entregas.
DE_PLANEACION = frozenset({"VER003", "VER004"})
#: Las que deben corregirse, de las que el año simulado planta.
DEBEN_CORREGIRSE = frozenset({
    "FMT001", "POI002", "POI003", "SEG001", "SEG004", "VER001", "VER002", "ENT001",
})


class Cambio(NamedTuple):
    """Desde qué mes una celda de un libro dice otra cosa, y hasta cuál."""

    desde: int
    hoja: str
    llave: str  #: nivel o código
    columna: str
    valor: Any
    hasta: int = 12


class Registro(NamedTuple):
    """Desde qué mes está en el libro un renglón de `Modificaciones`."""

    desde: int
    fila: dict[str, Any]


@dataclass(slots=True)
class Participante:
    """Una unidad (y su programa) que informa todo el año."""

    nombre: str
    claves: tuple[tuple[int, str], ...]  #: (desde qué mes, clave): dos, si cambió de clave
    programa: str  #: clave; vacía en el POI
    libro: Callable[[Periodo, str], LibroSimulado]  #: el limpio, con «clave - nombre» de la unidad
    nombres: tuple[str, ...] = ()  #: uno por clave, si cambió de nombre
    coordina: bool = False
    cambios: list[Cambio] = field(default_factory=list)
    registros: list[Registro] = field(default_factory=list)

    def clave(self, periodo: Periodo) -> str:
        """Con la que informa ese periodo."""
        return [clave for desde, clave in self.claves if desde <= periodo.mes][-1]

    def nombre_en(self, periodo: Periodo) -> str:
        """Como se llama ese periodo."""
        vistas = [n for n, (desde, _) in enumerate(self.claves) if desde <= periodo.mes]
        return (self.nombres or (self.nombre,))[vistas[-1]]

    def quien(self, periodo: Periodo) -> str:
        """«601-11», como se le nombra en el tablero."""
        return "-".join(p for p in (self.clave(periodo), self.programa) if p)

    def entrega(self, periodo: Periodo) -> LibroSimulado:
        """Su libro en un periodo, con lo que haya cambiado en el año."""
        libro = self.libro(periodo, f"{self.clave(periodo)} - {self.nombre_en(periodo)}")
        for cambio in self.cambios:
            if cambio.desde <= periodo.mes <= cambio.hasta:
                fila_de(libro, cambio.hoja, cambio.llave)[cambio.columna] = cambio.valor
        libro.filas["Modificaciones"] += [dict(r.fila) for r in self.registros if r.desde <= periodo.mes]
        return libro


def llave_de(libro: LibroSimulado) -> str:
    """La columna que reconoce un renglón."""
    return "nivel" if libro.formato.clave == "MIR" else "codigo"


def fila_de(libro: LibroSimulado, hoja: str, llave: str) -> dict[str, Any]:
    """Un renglón por su llave."""
    return next(f for f in libro.filas[hoja] if f.get(llave_de(libro)) == llave)


@dataclass(slots=True)
class Envio:
    """Un archivo que llega."""

    de: Participante
    archivo: str
    libro: LibroSimulado
    fecha: date
    plantados: list[Esperado] = field(default_factory=list)
    ver: list[Esperado] = field(default_factory=list)  #: lo que se ve al compararlo con lo cerrado
    copia_de: str = ""  #: es otra copia, byte por byte, de ese archivo
    rechazado: bool = False
    callados: set[Celda] = field(default_factory=set)  #: lo que la oficina decidió que no procede

    @property
    def todos(self) -> set[Celda]:
        """Lo que se halla en él."""
        hallados = [] if self.rechazado else self.ver
        celdas = (e.celda(self.libro) for e in [*self.plantados, *hallados])
        return {(codigo, hoja or "", celda or "") for codigo, hoja, celda in celdas}

    @property
    def hallazgos(self) -> set[Celda]:
        """Lo que se observa: lo que se halla, sin lo callado."""
        return self.todos - self.callados

    @property
    def notas(self) -> set[Celda]:
        """Lo que sólo se le hace saber a la oficina: estaba en blanco al cerrar y se llenó."""
        celdas = (e.celda(self.libro) for e in self.ver if e.se_hace_saber)
        return {(codigo, hoja or "", celda or "") for codigo, hoja, celda in celdas}

    @property
    def para_la_unidad(self) -> set[Celda]:
        """Lo que lee la unidad."""
        return {h for h in self.hallazgos - self.notas if h[0] not in DE_PLANEACION}

    @property
    def errores(self) -> int:
        """Lo que debe corregirse."""
        return sum(h[0] in DEBEN_CORREGIRSE for h in self.para_la_unidad)

    @property
    def estado(self) -> str:
        """Cómo termina, si otra entrega no lo sustituye."""
        return "rechazado" if self.rechazado else "observado" if self.errores else "aceptado"


@dataclass(frozen=True, slots=True)
class Anotacion:
    """Una decisión que la oficina escribe en «Observaciones» del consolidado."""

    archivo: str
    celda: Celda
    que: str
    motivo: str
    quien: str
    fecha: date
    despues: str | None  #: su situación en la consolidación siguiente; None: sigue junto a la observación


class Correcciones(NamedTuple):
    """Qué fue de lo observado a la entrega anterior."""

    atendidas: int
    persistentes: int
    nuevas: int


@dataclass(slots=True)
class Verdad:
    """Lo que el programa debe decir después de consolidar un paso."""

    esperados: int
    faltan: set[tuple[str, str]]  #: (clave de la unidad, clave del programa)
    tarde: dict[str, int]  #: «601-11» → días
    estados: dict[str, str]  #: archivo → cómo terminó
    hallazgos: dict[str, set[Celda]]  #: por archivo
    de_carpeta: Counter[tuple[str, str]]  #: (regla, archivo)
    correcciones: dict[str, Correcciones]
    frecuentes: dict[str, int]  #: regla → en cuántos informes se observa
    por_solventar: int

    def cuantos(self, estado: str) -> int:
        """Archivos que terminaron así."""
        return sum(e == estado for e in self.estados.values())


@dataclass(slots=True)
class Paso:
    """Un momento del año: lo que hay en la carpeta de un periodo y lo que debe decirse de ello."""

    periodo: Periodo
    tanda: int  #: 1, lo que llega primero; 2, lo que llega después; 3, lo que llega ya cerrado
    envios: list[Envio]
    verdad: Verdad
    anotaciones: list[Anotacion] = field(default_factory=list)  #: las que se escriben después de consolidarlo

    @property
    def cierra(self) -> bool:
        """Después de este paso se cierra el periodo."""
        return self.tanda > 1
