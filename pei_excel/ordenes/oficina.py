"""Las órdenes de la carpeta de trabajo y de lo que se lee: preparar, practicar, manuales y explicaciones."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from pei_excel.indicaciones import como_se_escribe, indicacion, por_menu
from pei_excel.ordenes.comunes import TipoPeriodo, avance, uso
from pei_excel.terminal import Entero, Opcion, Orden, con_red, confirmar, ejecutar


@click.command(cls=Orden, epilog='Ejemplo:  pei-excel preparar "Planeación 2025" --ejercicio 2025 --pais mx')
@click.argument("carpeta", type=click.Path(path_type=Path))
@click.option("--ejercicio", type=Entero(2000, 2100), help="Año con que se trabaja; por omisión, el que toca informar.")
@click.option("--pais", type=Opcion(["mx", "pe", "sv"]), help="País que se escribe en el catálogo.")
def preparar(carpeta: Path, ejercicio: int | None, pais: str | None) -> None:
    """Prepara la carpeta de trabajo de una oficina, que se usa con doble clic.

    Deja ahí las carpetas, el catálogo en blanco, los manuales y los archivos de inicio. Lo que ya hubiera no se toca.
    """
    from pei_excel.menu import hay_terminal
    from pei_excel.oficina.preparacion import otra_oficina
    from pei_excel.oficina.preparacion import preparar as hacer

    if otra := otra_oficina(carpeta):
        if not hay_terminal():
            uso(f"{otra} No se preparó: elija otra carpeta, o repita en una terminal y conteste que sí.")
        click.echo(otra)
        if not confirmar("¿La preparo de todas maneras?", propuesta=False):
            uso("No se preparó.")
    hecha = hacer(carpeta, hoy=date.today(), ejercicio=ejercicio, pais=pais)  # noqa: DTZ011 - el día de la oficina
    click.echo(f"Lista «{carpeta}».")
    for nombre in hecha.hechos:
        click.echo(f"  {nombre}")
    if hecha.respetados:
        click.echo(f"Ya estaban y no se tocaron: {', '.join(hecha.respetados)}.")


@click.command(cls=Orden, epilog="Ejemplo:  pei-excel simular --semilla 7 --unidades 30 -o practica")
@click.option("--semilla", type=Entero(0, 10**6), default=1, show_default=True,
              help="De cada semilla sale siempre el mismo año.")
@click.option("--unidades", type=Entero(4, 200), default=30, show_default=True, help="Entre los dos municipios.")
@click.option("--ejercicio", type=Entero(2000, 2100), default=2024, show_default=True, help="Año que se simula.")
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path), default=Path("practica"),
              show_default=True, help="Carpeta nueva donde se deja.")
def simular(semilla: int, unidades: int, ejercicio: int, salida: Path) -> None:
    """Escribe un año de demostración para practicar: dos carpetas de trabajo con lo que llega en cada trimestre.

    Hay atrasos, prórrogas, libros por corregir y reenviados, copias, metas modificadas y una unidad que cambia de
    clave. Nada de ello existe; el LÉAME de cada carpeta dice qué probar.
    """
    from pei_excel.simulacion.practica import escribir_practica

    hecha = escribir_practica(salida, semilla=semilla, unidades=unidades, ejercicio=ejercicio, avance=avance())
    click.echo(f"Un año de demostración: {hecha.unidades} unidades y {hecha.libros} libros. Empiece por el LÉAME de:")
    for carpeta in hecha.carpetas:
        click.echo(f"  {carpeta}")


@click.command(cls=Orden, hidden=True)
@click.argument("accion", type=Opcion(["revisar", "consolidar"]))
@click.argument("rutas", nargs=-1, metavar="[RUTA...]")
@click.option("--oficina", "lugar", type=click.Path(path_type=Path), envvar="PEI_EXCEL_OFICINA",
              default=Path(), help="Carpeta del archivo de inicio.")
@click.option("--periodo", type=TipoPeriodo(), help="Periodo; sin él se pregunta.")
def soltar(accion: str, rutas: tuple[str, ...], lugar: Path, periodo: Any) -> None:
    """Lo que hacen los archivos de inicio con lo que se suelta sobre ellos."""
    from pei_excel.menu import hay_terminal
    from pei_excel.oficina.arranque import soltados
    from pei_excel.oficina.soltar import soltar as hacer

    todas = click.get_current_context().find_root().command
    with por_menu():
        sys.exit(hacer(
            accion, soltados(rutas), lugar, lambda partes: con_red(lambda: ejecutar(todas, partes, "pei-excel")),
            hoy=date.today(), periodo=periodo, preguntando=hay_terminal(),  # noqa: DTZ011 - el día de la oficina
        ))


@click.command(cls=Orden)
@click.argument("tema", required=False, metavar="[REGLA | FORMATO]")
@click.option("--markdown", is_flag=True, help="En Markdown; sin tema, la referencia completa.")
def explicar(tema: str | None, markdown: bool) -> None:
    """Explica una regla (SEG001) o un formato (mir): qué debe cumplirse, por qué y cómo corregir."""
    from pei_excel.ayuda import explicar as texto

    try:
        click.echo(texto(tema, markdown=markdown), nl=False)
    except KeyError:
        uso(f"No hay una regla ni un formato «{tema}». " + indicacion(
            orden=f"Vea la lista con: {como_se_escribe('explicar')}",
            menu="Está en la hoja «Observaciones», en la columna «Regla», por ejemplo SEG001.",
        ))


@click.command(cls=Orden)
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path), default=Path("manuales"),
              show_default=True, help="Carpeta donde se dejan.")
def manual(salida: Path) -> None:
    """Escribe los manuales: el del enlace, su hoja para imprimir y el de la oficina, cada uno en una página web."""
    from pei_excel.manual import escribir_manuales

    for ruta in escribir_manuales(salida):
        click.echo(ruta)
