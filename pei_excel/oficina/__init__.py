"""La carpeta de trabajo de la oficina: dónde está cada cosa y qué periodo toca."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pei_excel.archivos import LEGIBLES, originales
from pei_excel.catalogo import Catalogo
from pei_excel.periodos import Periodo

ENVIAR, RECIBIDOS, RESULTADOS, CATALOGO = "1 enviar", "2 recibidos", "3 resultados", "catalogo.xlsx"
#: Extensiones de lo que se recibe, para saber si una carpeta tiene algo.
RECIBIBLES = LEGIBLES | {".zip"}


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
        return hay_libros(self.recibidos(periodo))


def hay_libros(carpeta: Path) -> bool:
    """La carpeta, o alguna de las que contiene, tiene un libro o un .zip, sin contar lo nuestro ni los de bloqueo."""
    return carpeta.is_dir() and any(ruta.suffix.lower() in RECIBIBLES for ruta, _ in originales(carpeta))


def carpeta_de(ruta: Path) -> Oficina | None:
    """La carpeta de trabajo más cercana que contiene una ruta, que puede ser ella misma; None si no está en ninguna."""
    entera = Path(os.path.abspath(ruta))  # noqa: PTH100 - sin seguir vínculos: cuenta dónde lo ve la persona
    return next((oficina for lugar in (entera, *entera.parents) if (oficina := Oficina(lugar)).preparada), None)


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
