"""La línea de órdenes: el grupo, lo que pasa sin ninguna orden y el orden en que la ayuda las lista."""

from __future__ import annotations

import click

from pei_excel import VERSION
from pei_excel.ordenes import libros, oficina, periodo, salida
from pei_excel.terminal import Grupo, con_red, ejecutar


@click.group(
    cls=Grupo, invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(VERSION, "-V", "--version", message="pei-excel %(version)s", help="Muestra la versión.")
@click.pass_context
def orden(contexto: click.Context) -> None:
    """Plantillas, revisión, consolidación y evaluación de los libros de Excel de la planeación municipal.

    Lo de siempre: prepare las plantillas (plantilla), reciba los libros llenos en una carpeta, mírelos
    (revisar) y obtenga el consolidado con las evaluaciones de cada unidad (consolidar).

    Para conocerlo con datos de muestra: pei-excel ejemplo

    Sin ninguna orden, en una ventana de comandos, se abre un menú. Para trabajar sin ella, con doble clic:
    pei-excel preparar CARPETA
    """
    if contexto.invoked_subcommand is None:
        from pei_excel.menu import abrir_menu, hay_terminal

        if hay_terminal():
            abrir_menu(lambda partes: con_red(lambda: ejecutar(orden, partes, "pei-excel")))
        else:
            click.echo(contexto.get_help())


for _una in (
    libros.ejemplo, oficina.simular, oficina.preparar, oficina.soltar, libros.plantilla, libros.revisar,
    libros.consolidar, libros.rescatar, periodo.estado, salida.enviar, periodo.cerrar, periodo.reabrir,
    periodo.expediente, salida.transparencia, oficina.explicar, oficina.manual,
):
    orden.add_command(_una)
