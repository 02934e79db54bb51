"""Un libro por escribir, del formato que sea: campos y renglones, y lo que los defectos le hacen antes y después."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Formato, Modo
from pei_excel.periodos import Periodo

Fila = dict[str, Any]


@dataclass
class LibroSimulado:
    """Lo común a los libros simulados; los defectos se le plantan antes de escribirlo."""

    semilla: int
    formato: Formato
    periodo: Periodo  #: el que se reporta
    campos: dict[str, Any]
    filas: dict[str, list[Fila]]
    danos: list[Callable[[Path], None]] = field(default_factory=list)  #: lo que se le hace al archivo ya escrito
    modo: Modo = Modo.SEGUIMIENTO  #: de qué plantilla sale
    reservados: set[object] = field(default_factory=set)  #: lo que ya tocó un defecto: otro no debe tocarlo

    @property
    def ejercicio(self) -> int:
        """El año."""
        return self.periodo.ejercicio

    @property
    def renglones(self) -> list[Fila]:
        """Los de la hoja principal: indicadores o actividades."""
        return self.filas[self.formato.principal.clave]

    def conjunto(self, fila: Fila) -> object:
        """Lo que reserva quien cambia una cifra de la fila: las que se comparan con ella."""
        return id(fila)

    def escribir(self, destino: Path | BinaryIO) -> None:
        """Lo escribe con la plantilla de verdad y le hace los daños plantados."""
        escribir_plantilla(
            destino, self.formato, modo=self.modo, ejercicio=self.ejercicio, periodo=self.periodo, campos=self.campos,
            filas=self.filas, filas_libres=len(self.renglones),
        )
        if isinstance(destino, Path):
            for dano in self.danos:
                dano(destino)


def escribir_simulado(simulado: LibroSimulado, destino: Path | BinaryIO) -> None:
    """Escribe un libro simulado como libro de seguimiento."""
    simulado.escribir(destino)
