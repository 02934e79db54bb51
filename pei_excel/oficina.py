"""La carpeta de trabajo de la oficina: dónde está cada cosa y qué periodo toca."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pei_excel.archivos import LEGIBLES
from pei_excel.catalogo import Catalogo
from pei_excel.periodos import Periodo

ENVIAR, RECIBIDOS, RESULTADOS, CATALOGO = "1 enviar", "2 recibidos", "3 resultados", "catalogo.xlsx"
#: Extensiones de lo que se recibe, para saber si una carpeta tiene algo.
_RECIBIBLES = LEGIBLES | {".zip"}


@dataclass(frozen=True, slots=True)
class Oficina:
    """Una carpeta de trabajo; no exige que ya esté preparada."""

    carpeta: Path

    @property
    def preparada(self) -> bool:
        """Tiene la disposición de una carpeta de trabajo."""
        return (self.carpeta / RECIBIDOS).is_dir() and (self.carpeta / RESULTADOS).is_dir()

    @property
    def resultados(self) -> Path:
        """Donde se dejan los resultados, los periodos cerrados y la bitácora."""
        return self.carpeta / RESULTADOS

    @property
    def catalogo(self) -> Path | None:
        """El catálogo, si está."""
        ruta = self.carpeta / CATALOGO
        return ruta if ruta.is_file() else None

    def para_enviar(self, periodo: Periodo) -> Path:
        """Donde se dejan los libros preparados para un periodo."""
        return self.carpeta / ENVIAR / periodo.codigo

    def recibidos(self, periodo: Periodo) -> Path:
        """Donde se guarda lo que llega de un periodo."""
        return self.carpeta / RECIBIDOS / periodo.codigo

    def hay_recibidos(self, periodo: Periodo) -> bool:
        """Ya llegó algún libro de ese periodo."""
        carpeta = self.recibidos(periodo)
        return carpeta.is_dir() and any(p.suffix.lower() in _RECIBIBLES for p in carpeta.rglob("*"))


def anterior(periodo: Periodo) -> Periodo | None:
    """El periodo de la misma clase que va antes en el ejercicio; None si es el primero."""
    return Periodo(periodo.ejercicio, periodo.clase, periodo.numero - 1) if periodo.numero > 1 else None


def proponer_periodo(hoy: date, catalogo: Catalogo | None = None) -> Periodo:
    """El periodo que toca informar: el que el calendario tiene abierto o, sin él, el último trimestre terminado."""
    abiertos = [
        p.periodo for p in (catalogo.calendario if catalogo else ())
        if p.apertura and p.apertura <= hoy <= (p.solventacion or p.limite or date.max)
    ]
    if abiertos:
        return max(abiertos)
    trimestre = (hoy.month - 1) // 3
    return Periodo(hoy.year, "T", trimestre) if trimestre else Periodo(hoy.year - 1, "T", 4)
