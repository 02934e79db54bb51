"""El menú: se muestra, se elige y se vuelve a él, pase lo que pase, hasta que se quiera salir."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from pei_excel.indicaciones import por_menu
from pei_excel.menu.correos import correos
from pei_excel.menu.libros import consolidar_lo_recibido, preparar_libros, revisar
from pei_excel.menu.lugar import cambiar, comprobar, empezar, lugar_de_la_memoria, mostrar, recordar
from pei_excel.menu.mas import mas_opciones
from pei_excel.menu.periodo import cerrar, quien_falta
from pei_excel.menu.sesion import Ejecutar, Sesion
from pei_excel.salidas import NoSePudo
from pei_excel.terminal import con_red, preguntar


class _Salir(Exception):  # noqa: N818 - no es un error
    """Se eligió salir."""


def _salir(_: Sesion) -> None:
    raise _Salir


@dataclass(frozen=True, slots=True)
class _Opcion:
    tecla: str
    texto: str
    hacer: Callable[[Sesion], None]


OPCIONES = (
    _Opcion("1", "Preparar libros", preparar_libros),
    _Opcion("2", "Revisar lo recibido", revisar),
    _Opcion("3", "Consolidar", consolidar_lo_recibido),
    _Opcion("4", "Correos", correos),
    _Opcion("5", "¿Quién falta?", quien_falta),
    _Opcion("6", "Cerrar el periodo", cerrar),
    _Opcion("7", "Más opciones", mas_opciones),
    _Opcion("8", "Cambiar de carpeta o de periodo", cambiar),
    _Opcion("0", "Salir", _salir),
)


def abrir_menu(ejecutar: Ejecutar, *, hoy: date | None = None, memoria: Path | None = None) -> None:
    """Muestra el menú hasta que se elija salir; al final espera un Intro, para que la ventana no se cierre sola."""
    with por_menu():
        estado = con_red(lambda: _atender(ejecutar, hoy or date.today(), memoria or lugar_de_la_memoria()))  # noqa: DTZ011 - el día de la oficina
        _esperar()
    if estado:
        sys.exit(estado)


def _atender(ejecutar: Ejecutar, hoy: date, memoria: Path) -> int:
    click.echo("pei-excel: plantillas, revisión y consolidado de los libros de la planeación.")
    try:
        sesion = empezar(ejecutar, hoy, memoria)
        recordar(memoria, sesion.oficina.carpeta)
        while True:
            _en_la_red(comprobar, sesion)
            _en_la_red(mostrar, sesion)
            for opcion in OPCIONES:
                click.echo(f"  {opcion.tecla}  {opcion.texto}")
            respuesta = preguntar("Elija una opción")
            elegida = next((o for o in OPCIONES if o.tecla == respuesta), None)
            if elegida is None:
                click.echo(f"«{respuesta}» no está en el menú; escriba un número del 0 al {len(OPCIONES) - 1}.")
                continue
            # Mientras se elegía pudo cambiar de nombre o quitarse: no se hace otra con el de antes.
            if elegida.hacer in {_salir, cambiar} or comprobar(sesion):
                _hacer(elegida, sesion)
            recordar(memoria, sesion.oficina.carpeta)
    except _Salir:
        return 0
    except (EOFError, KeyboardInterrupt):
        click.echo()
        return 0


def _en_la_red(hacer: Callable[[Sesion], object], sesion: Sesion) -> None:
    """Lo hace; lo que no se pudo, o una falla nuestra, es una línea."""

    def intentar() -> int:
        try:
            hacer(sesion)
        except NoSePudo as error:
            click.echo(str(error))
        return 0

    con_red(intentar, menos=(_Salir, EOFError))


def _hacer(opcion: _Opcion, sesion: Sesion) -> None:
    """Hace lo elegido; si se deja a la mitad o algo nuestro falla, se vuelve al menú."""
    try:
        _en_la_red(opcion.hacer, sesion)
    except (EOFError, KeyboardInterrupt):
        click.echo("\nSe dejó lo que estaba contestando; no se hizo nada más.")


def _esperar() -> None:
    try:
        preguntar("Pulse Intro para terminar", vacio=True)
    except KeyboardInterrupt:
        click.echo()
