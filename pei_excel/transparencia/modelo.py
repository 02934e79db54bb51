"""Una fracción por publicar: sus campos, sus filas y de dónde salió cada casilla."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from pei_excel.formatos import transparencia as forma
from pei_excel.textos import como_frase, numero
from pei_excel.ubicacion import Ubicacion, direccion

Valor = str | float | date | None


@dataclass(frozen=True, slots=True)
class CampoPublicado:
    """Una columna del libro que se sube."""

    titulo: str  #: como lo escribe el catálogo de la oficina
    id_campo: str
    tipo: int  #: 1–14
    clave: str = ""  #: la de `formatos.transparencia`; vacía si no se sabe con qué se llena
    opciones: tuple[str, ...] = ()  #: las de su catálogo


@dataclass(slots=True)
class Casilla:
    """El contenido de una celda."""

    valor: Valor = None
    origen: Ubicacion | None = None  #: la celda del libro recibido
    motivo: str = ""  #: por qué está vacía, si se sabe
    nota: str = ""  #: lo que hay que decir de ella aunque tenga valor

    @property
    def vacia(self) -> bool:
        """No tiene nada."""
        return self.valor is None or self.valor == ""

    @property
    def texto(self) -> str:
        """Como se lee: «25.5», «30/06/2024»."""
        if isinstance(self.valor, date):
            return f"{self.valor:%d/%m/%Y}"
        if isinstance(self.valor, (int, float)):
            return numero(float(self.valor), 10).replace(",", "")
        return self.valor or ""


@dataclass(slots=True)
class Subtabla:
    """Una tabla que cuelga de un campo."""

    tabla: str  #: su id
    campos: tuple[CampoPublicado, ...]
    filas: list[tuple[int, list[Casilla]]] = field(default_factory=list)  #: (ID, casillas)

    @property
    def hoja(self) -> str:
        """Nombre de su hoja."""
        return forma.HOJA_DE_SUBTABLA.format(tabla=self.tabla)


class Lugar(NamedTuple):
    """Una casilla con su dirección en el libro que se sube."""

    hoja: str
    celda: str
    campo: CampoPublicado
    casilla: Casilla
    fila: int  #: posición, desde 0, de la fila de la hoja principal a la que pertenece; −1 si de ninguna


@dataclass(slots=True)
class Publicacion:
    """El libro de una fracción."""

    fraccion: str
    formato: str  #: id
    titulo: str
    nombre_corto: str
    campos: tuple[CampoPublicado, ...]
    descripcion: str = ""
    articulo: str = ""
    filas: list[list[Casilla]] = field(default_factory=list)
    subtablas: tuple[Subtabla, ...] = ()

    @property
    def archivo(self) -> str:
        """Nombre de su libro."""
        return forma.ARCHIVO.format(fraccion=self.fraccion)

    def columna(self, clave: str) -> int | None:
        """Posición, desde 0, del campo que lleva eso; None si el formato no lo tiene."""
        return next((n for n, c in enumerate(self.campos) if c.clave == clave), None)

    def casilla(self, fila: int, clave: str) -> Casilla | None:
        """La de una fila en el campo que lleva eso."""
        columna = self.columna(clave)
        return None if columna is None or fila < 0 else self.filas[fila][columna]

    def nota(self, fila: int) -> str:
        """Lo que dice la Nota de una fila."""
        casilla = self.casilla(fila, "nota")
        return casilla.texto if casilla else ""

    def celda(self, fila: int, columna: int) -> str:
        """Dirección de una casilla de la hoja principal."""
        return direccion(forma.FILA_DATOS + fila, columna + 1)

    def de_la_principal(self) -> Iterator[Lugar]:
        """Las casillas de la hoja principal, fila por fila."""
        for n, fila in enumerate(self.filas):
            for c, (campo, casilla) in enumerate(zip(self.campos, fila, strict=True)):
                yield Lugar(forma.REPORTE, self.celda(n, c), campo, casilla, n)

    def lugares(self) -> Iterator[Lugar]:
        """Todas las casillas, también las de las subtablas."""
        yield from self.de_la_principal()
        for subtabla in self.subtablas:
            duenas = self.duenas(subtabla)
            for n, (identificador, fila) in enumerate(subtabla.filas):
                for c, (campo, casilla) in enumerate(zip(subtabla.campos, fila, strict=True), 2):
                    celda = direccion(forma.SUB_DATOS + n, c)
                    yield Lugar(subtabla.hoja, celda, campo, casilla, duenas.get(identificador, -1))

    def duenas(self, subtabla: Subtabla) -> dict[int, int]:
        """ID → la fila de la hoja principal que lo lleva."""
        columna = next((n for n, c in enumerate(self.campos) if c.id_campo == subtabla.tabla), None)
        if columna is None:
            return {}
        return {int(v): n for n, fila in enumerate(self.filas)
                if isinstance(v := fila[columna].valor, (int, float))}

    def anotar(self) -> None:
        """Escribe en la Nota de cada fila lo que se sabe de sus casillas vacías y de las que piden aclaración."""
        columna = self.columna("nota")
        if columna is None:
            return
        dichos: list[dict[str, None]] = [{} for _ in self.filas]
        for lugar in self.lugares():
            que = lugar.casilla.motivo if lugar.casilla.vacia else lugar.casilla.nota
            if que and lugar.fila >= 0:
                dichos[lugar.fila][como_frase(que)] = None
        for fila, frases in zip(self.filas, dichos, strict=True):
            fila[columna].valor = " ".join(frases) or None
