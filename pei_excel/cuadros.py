"""Cuadros de resumen sobre la tabla de una hoja: renglones con su valor en Python y su fórmula en Excel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pei_excel.calculos import Cifra, Entorno, cifra, plegar


class EntornoDeCuadro(Entorno, Protocol):
    """Lo que un renglón de cuadro puede consultar, además de lo que consulta un cálculo de fila."""

    def campo(self, clave: str) -> object:
        """Valor de un campo del bloque de identificación."""
        ...

    def celda_campo(self, clave: str) -> str:
        """Referencia a su celda."""
        ...


#: Renglones anteriores del mismo cuadro, por clave: su valor, o la dirección de su celda.
Previos = Mapping[str, Cifra]
Celdas = Mapping[str, str]


class CalculoDeCuadro(Protocol):
    """El cálculo de un renglón."""

    def valor(self, previos: Previos, entorno: EntornoDeCuadro) -> Cifra:
        """Su valor; None si no hay nada que mostrar."""
        ...

    def excel(self, celdas: Celdas, entorno: EntornoDeCuadro) -> str:
        """Su fórmula, sin «=»."""
        ...


@dataclass(frozen=True, slots=True)
class SumaDonde:
    """Suma de una columna en las filas donde otra tiene un valor."""

    hoja: str
    columna: str
    criterio: str
    igual: str
    vacia_si_no_hay: bool = False  #: no muestra nada si ninguna fila lo usa

    def valor(self, previos: Previos, entorno: EntornoDeCuadro) -> Cifra:
        pares = zip(
            entorno.valores_de(self.hoja, self.criterio), entorno.valores_de(self.hoja, self.columna), strict=True
        )
        propias = [valor for llave, valor in pares if plegar(llave) == plegar(self.igual)]
        if self.vacia_si_no_hay and not propias:
            return None
        return sum((cifra(valor) or 0.0 for valor in propias), 0.0)

    def excel(self, celdas: Celdas, entorno: EntornoDeCuadro) -> str:
        criterio, sumada = (entorno.columna_de(self.hoja, c) for c in (self.criterio, self.columna))
        suma = f'SUMIF({criterio},"{self.igual}",{sumada})'
        return f'IF(COUNTIF({criterio},"{self.igual}")=0,"",{suma})' if self.vacia_si_no_hay else suma


@dataclass(frozen=True, slots=True)
class SumaDeRenglones:
    """Suma de renglones anteriores del cuadro."""

    claves: tuple[str, ...]

    def valor(self, previos: Previos, entorno: EntornoDeCuadro) -> Cifra:
        return sum((previos[clave] or 0.0 for clave in self.claves), 0.0)

    def excel(self, celdas: Celdas, entorno: EntornoDeCuadro) -> str:
        return f"SUM({','.join(celdas[clave] for clave in self.claves)})"


@dataclass(frozen=True, slots=True)
class DelCampo:
    """Un dato numérico del bloque de identificación."""

    campo: str

    def valor(self, previos: Previos, entorno: EntornoDeCuadro) -> Cifra:
        return cifra(entorno.campo(self.campo))

    def excel(self, celdas: Celdas, entorno: EntornoDeCuadro) -> str:
        celda = entorno.celda_campo(self.campo)
        return f'IF(ISNUMBER({celda}),{celda},"")'


@dataclass(frozen=True, slots=True)
class Resta:
    """Un renglón menos otro; vacío si falta alguno."""

    minuendo: str
    sustraendo: str

    def valor(self, previos: Previos, entorno: EntornoDeCuadro) -> Cifra:
        uno, otro = previos[self.minuendo], previos[self.sustraendo]
        return None if uno is None or otro is None else uno - otro

    def excel(self, celdas: Celdas, entorno: EntornoDeCuadro) -> str:
        uno, otro = celdas[self.minuendo], celdas[self.sustraendo]
        return f'IF(COUNT({uno},{otro})<2,"",{uno}-{otro})'


@dataclass(frozen=True, kw_only=True)
class RenglonDeCuadro:
    """Un renglón: título y cálculo."""

    clave: str
    titulo: str
    calculo: CalculoDeCuadro
    total: bool = False  #: se muestra en negritas
    no_negativo: bool = False  #: se pinta como error si es menor que cero


@dataclass(frozen=True, kw_only=True)
class Cuadro:
    """Un cuadro de resumen; va encima de la tabla y no es parte de ella."""

    clave: str
    titulo: str
    renglones: tuple[RenglonDeCuadro, ...]
    formato: str = "General"  #: de los números

    def valores(self, entorno: EntornoDeCuadro) -> dict[str, Cifra]:
        """Los valores de sus renglones."""
        previos: dict[str, Cifra] = {}
        for renglon in self.renglones:
            previos[renglon.clave] = renglon.calculo.valor(previos, entorno)
        return previos
