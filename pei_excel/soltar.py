"""Lo que hacen los archivos de inicio con lo que se les suelta encima: las mismas órdenes que el menú."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from pei_excel import menu
from pei_excel.oficina import RESULTADOS, Oficina, proponer_periodo
from pei_excel.periodos import Periodo
from pei_excel.salidas import NoSePudo
from pei_excel.terminal import confirmar, preguntar


def soltar(
    accion: str, rutas: Sequence[Path], lugar: Path, ejecutar: menu.Ejecutar, *, hoy: date,
    periodo: Periodo | None = None, preguntando: bool = True,
) -> int:
    """Revisa o consolida lo soltado; sin nada, lo recibido de un periodo. Da el peor de los estados.

    `lugar` es la carpeta del archivo de inicio. Si no es de trabajo (alguien lo movió) se usa la última que usó el
    menú. Sin nadie a quien preguntar (`preguntando`) se toma lo propuesto.

    Raises:
        NoSePudo: si no hay carpeta de trabajo o no existe lo soltado.
    """
    faltan = [ruta for ruta in rutas if not ruta.exists()]
    if faltan:
        raise NoSePudo(f"No existe «{faltan[0]}». Vuelva a soltarlo sobre el archivo de inicio.")
    oficina = _oficina(lugar, exigida=accion == "consolidar" or not rutas)
    sesion = menu.Sesion(oficina, periodo or proponer_periodo(hoy), ejecutar)
    if periodo is None:
        sesion.periodo = proponer_periodo(hoy, sesion.leer_catalogo()[0])
    if accion == "revisar" and rutas:
        de_quien = ("--periodo", periodo.codigo) if periodo else ()
        return sesion.orden("revisar", *rutas, *de_quien, *sesion.con_catalogo)
    carpetas = _carpetas(rutas, preguntando=preguntando) if rutas else [None]
    return max((_una(accion, sesion, carpeta, periodo, preguntando=preguntando) for carpeta in carpetas), default=2)


def _una(accion: str, sesion: menu.Sesion, carpeta: Path | None, periodo: Periodo | None, *, preguntando: bool) -> int:
    """Una carpeta soltada o, sin ella, la de lo recibido del periodo que se elija."""
    sesion.periodo = periodo or _elegir_periodo(_de_nombre(carpeta) or sesion.periodo, carpeta, preguntando=preguntando)
    carpeta = carpeta or sesion.oficina.recibidos(sesion.periodo)
    if not carpeta.is_dir():
        click.echo(f"No existe «{carpeta}». Guarde ahí lo que llegó de {sesion.periodo.con_articulo} y repita.")
        return 2
    if accion == "revisar":
        return sesion.orden("revisar", carpeta, "--periodo", sesion.periodo.codigo, *sesion.con_catalogo)
    return menu.consolidar(sesion, carpeta, preguntando=preguntando)


def _oficina(lugar: Path, *, exigida: bool) -> Oficina:
    oficina = Oficina(lugar)
    if oficina.preparada:
        return oficina
    if otra := menu.recordada(menu.lugar_de_la_memoria()):
        click.echo(f"Este archivo de inicio no está en una carpeta de trabajo; se usa la última: «{otra}».")
        return Oficina(otra)
    if exigida:
        raise NoSePudo(
            f"«{lugar}» no es una carpeta de trabajo: le falta «{RESULTADOS}». Regrese el archivo de inicio a la suya, "
            "o prepare ésta con: pei-excel preparar"
        )
    return oficina


def _carpetas(rutas: Sequence[Path], *, preguntando: bool) -> list[Path]:
    """Las carpetas soltadas, una vez cada una; de un archivo, la suya, si así se quiere."""
    carpetas: list[Path] = []
    for ruta in rutas:
        carpeta = ruta if ruta.is_dir() else ruta.parent
        if carpeta in carpetas:
            continue
        if ruta.is_dir():
            carpetas.append(carpeta)
            continue
        click.echo(f"Se consolida una carpeta entera, y «{ruta.name}» es un archivo.")
        if preguntando and confirmar(f"¿Consolido todo lo que hay en «{carpeta}»?", propuesta=False):
            carpetas.append(carpeta)
    return carpetas


def _de_nombre(carpeta: Path | None) -> Periodo | None:
    """El periodo que dice el nombre de la carpeta («2024-T2»)."""
    try:
        return Periodo.de_codigo(carpeta.name) if carpeta else None
    except ValueError:
        return None


def _elegir_periodo(propuesto: Periodo, carpeta: Path | None, *, preguntando: bool) -> Periodo:
    if not preguntando:
        return propuesto
    if carpeta:
        click.echo(f"Carpeta: {carpeta}")
    while True:
        escrito = preguntar("Periodo, por ejemplo 2024-T2", propuesta=propuesto.codigo)
        try:
            return Periodo.de_codigo(escrito)
        except ValueError as error:
            click.echo(f"{error}.")
