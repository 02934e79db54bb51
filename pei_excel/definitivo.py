"""El carácter definitivo de un periodo cerrado: qué versión es, a cuál sustituye y qué quedó por solventar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pei_excel.textos import cuenta

PRELIMINAR, DEFINITIVO = "PRELIMINAR", "DEFINITIVO"


@dataclass(frozen=True, slots=True)
class Definitivo:
    """Lo que dicen los resultados de un periodo que se cierra."""

    version: int  #: desde 1
    sustituye: tuple[int, date] | None = None  #: versión que se había cerrado y qué día; None en la primera
    por_solventar: int = 0  #: observaciones que debían corregirse y siguen sin decidirse
    motivo: str = ""  #: por qué se cierra así; vacío si no queda ninguna

    @property
    def sustitucion(self) -> str:
        """«Versión 2; sustituye a la versión 1, cerrada el 08/08/2024»; vacío en la primera."""
        if self.sustituye is None:
            return ""
        anterior, dia = self.sustituye
        return (
            f"Versión {self.version}; sustituye a la versión {anterior}, cerrada el "
            f"{dia.day:02d}/{dia.month:02d}/{dia.year}"
        )

    @property
    def observaciones(self) -> str:
        """«Cerrado con 3 observaciones por solventar: motivo»; vacío si no queda ninguna."""
        if not self.por_solventar:
            return ""
        cuantas = cuenta(self.por_solventar, "observación", "observaciones")
        return f"Cerrado con {cuantas} por solventar: {self.motivo.rstrip('. ')}"

    @property
    def frases(self) -> tuple[str, ...]:
        """Las dos, las que haya, sin punto final."""
        return tuple(f for f in (self.observaciones, self.sustitucion) if f)
