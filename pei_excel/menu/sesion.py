"""Con qué se está trabajando: la carpeta, el periodo y el catálogo, que sólo se lee otra vez si cambió."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from pei_excel.hallazgo import Hallazgo, Severidad
from pei_excel.oficina import Oficina
from pei_excel.periodos import Periodo
from pei_excel.terminal import preguntar
from pei_excel.textos import enumerar

if TYPE_CHECKING:
    from pei_excel.catalogo import Catalogo

Ejecutar = Callable[[Sequence[str]], int]
_T = TypeVar("_T")
_Leido = tuple["Catalogo | None", list[Hallazgo]]


@dataclass(slots=True)
class Sesion:
    """Con qué se está trabajando."""

    oficina: Oficina
    periodo: Periodo
    ejecutar: Ejecutar  #: ejecuta una orden y da su estado de salida
    hoy: date | None = None  #: con qué día se propone el periodo; None: el de hoy
    _leido: tuple[object, _Leido] | None = field(default=None, init=False, repr=False, compare=False)

    def orden(self, *partes: str | Path | None) -> int:
        """Ejecuta una orden y da su estado de salida; lo que es None se omite."""
        return self.ejecutar([str(p) for p in partes if p is not None])

    def leer_catalogo(self) -> _Leido:
        """El catálogo de la oficina (None si falta o no puede usarse) y lo que le falta."""
        from pei_excel.catalogo import leer_catalogo

        ruta = self.oficina.catalogo
        if ruta is None:
            return None, []
        try:
            datos = ruta.stat()
        except OSError:  # alguien lo quitó mientras tanto
            return None, []
        cual = (str(ruta), datos.st_mtime_ns, datos.st_size)
        if self._leido is not None and self._leido[0] == cual:
            return self._leido[1]
        leido = leer_catalogo(ruta)
        # Si no se dejó leer, otro programa puede soltarlo sin cambiarlo: se intenta otra vez.
        self._leido = None if ilegible(leido[1]) else (cual, leido)
        return leido

    @property
    def catalogo(self) -> Catalogo | None:
        """El catálogo, si hay uno que pueda usarse."""
        return self.leer_catalogo()[0]

    @property
    def con_catalogo(self) -> tuple[str, Path] | tuple[()]:
        """La opción del catálogo, si hay uno que pueda usarse: el recién preparado está en blanco."""
        ruta = self.oficina.catalogo
        return ("--catalogo", ruta) if ruta and self.catalogo else ()

    @property
    def del_periodo(self) -> Path:
        """La carpeta de resultados del periodo."""
        return self.oficina.resultados / self.periodo.codigo


def ilegible(hallazgos: Sequence[Hallazgo]) -> Hallazgo | None:
    """El que dice por qué no se pudo leer el catálogo: de lo demás se sabe en qué celda está."""
    return next((h for h in hallazgos if h.severidad is Severidad.ERROR and not h.donde.celda), None)


def pedir_periodo(propuesto: Periodo) -> Periodo:
    """El periodo que se escriba; no acepta lo que no lo sea."""
    while True:
        escrito = preguntar("Periodo, por ejemplo 2024-T2", propuesta=propuesto.codigo)
        try:
            return Periodo.de_codigo(escrito)
        except ValueError as error:
            click.echo(f"{error}.")


def elegir(pregunta: str, opciones: Sequence[tuple[str, _T]]) -> _T | None:
    """Lo que se elija por su letra; None si se prefiere volver."""
    letras = [chr(ord("a") + n) for n in range(len(opciones) + 1)]
    for letra, texto in zip(letras, [*(texto for texto, _ in opciones), "Volver"], strict=True):
        click.echo(f"  {letra}  {texto}")
    while True:
        escrita = preguntar(pregunta, propuesta=letras[-1]).casefold()
        if escrita in letras:
            lugar = letras.index(escrita)
            return opciones[lugar][1] if lugar < len(opciones) else None
        click.echo(f"Escriba {enumerar(letras, 'o')}.")
