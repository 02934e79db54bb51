"""Las órdenes de un periodo: cómo va, cerrarlo, reabrirlo y el expediente de cada unidad."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pei_excel.indicaciones import indicacion
from pei_excel.ordenes.comunes import TipoPeriodo, avance, leer_catalogo_o_salir, leer_claves, uso
from pei_excel.terminal import Entero, Orden


@click.command(cls=Orden, epilog="Ejemplo:  pei-excel estado --periodo 2024-T2 --catalogo catalogo.xlsx")
@click.option("--periodo", type=TipoPeriodo(), help="Sólo ese periodo; sin él, todos los que se han consolidado.")
@click.option("--catalogo", type=click.Path(path_type=Path), metavar="catalogo.xlsx",
              help="Catálogo de la institución, para decir quién falta y hasta cuándo tenía con lo de hoy.")
@click.option("--recibidos", type=click.Path(path_type=Path), metavar="CARPETA",
              help="Con --periodo, la de lo que llegó, si no la recuerda la bitácora: dice si hay algo sin consolidar.")
@click.option("--json", "como_json", is_flag=True, help="Un documento JSON en la salida.")
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path), default=Path("salidas"),
              show_default=True, help="Carpeta de resultados.")
def estado(
    periodo: Any, catalogo: Path | None, recibidos: Path | None, como_json: bool, salida: Path
) -> None:
    """Dice de cada periodo quién entregó, quién falta, quién se retrasó y qué se observó. No escribe nada."""
    from pei_excel.ciclo import estado as tablero
    from pei_excel.documento import a_texto

    if recibidos is not None and periodo is None:
        uso(f"Diga de qué periodo es «{recibidos}»" + indicacion(orden=", con --periodo.", menu="."))
    if recibidos is not None and not recibidos.is_dir():
        uso(f"No existe la carpeta «{recibidos}». Revise la ruta.")
    leido = leer_catalogo_o_salir(catalogo) if catalogo else None
    if not tablero.hay_resultados(salida) and (periodo is None or (leido is None and recibidos is None)):
        uso(f"En «{salida}» no hay resultados de ninguna consolidación. Consolide primero" + indicacion(
            orden=", o diga la carpeta con -o.", menu=" (opción 3)."
        ))
    tableros, avisos = tablero.leer_tableros(salida, periodo, leido, recibidos)
    for aviso in avisos:
        click.echo(aviso, err=True)
    if not tableros:
        uso(f"En «{salida}» no hay nada de {periodo.codigo}." if periodo else f"En «{salida}» no hay nada que decir.")
    click.echo(a_texto(tablero.como_datos(tableros)) if como_json else tablero.texto(tableros), nl=False)


@click.command(cls=Orden, epilog="Ejemplo:  pei-excel cerrar 2024-T2")
@click.argument("periodo", type=TipoPeriodo(), metavar="PERIODO")
@click.option("--con-observaciones", is_flag=True, help="Cierra aunque queden observaciones por solventar.")
@click.option("--motivo", default="", metavar="TEXTO", help="Por qué se cierra así; se imprime en la cobertura.")
@click.option("--recibidos", type=click.Path(path_type=Path), metavar="CARPETA",
              help="La carpeta que se consolidó, si cambió de lugar o no se llevó la bitácora.")
@click.option("--catalogo", type=click.Path(path_type=Path), metavar="catalogo.xlsx",
              help="El catálogo con que se consolidó, en los mismos casos; si es otro, no se cierra.")
@click.option("--anterior", type=click.Path(path_type=Path), metavar="RUTA",
              help="Lo que se dio en --anterior al consolidar, en los mismos casos.")
@click.option("--clave-archivo", "claves", callback=leer_claves, metavar="ARCHIVO",
              type=click.Path(path_type=Path), help="El de las contraseñas, si hay libros cifrados.")
@click.option("--procesos", type=Entero(1, 64), metavar="N", help="Procesos a la vez (uno por núcleo).")
@click.option("--sin-bitacora", is_flag=True, help="No lee ni escribe bitacora.sqlite.")
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path), default=Path("salidas"),
              show_default=True, help="Carpeta de resultados.")
def cerrar(
    periodo: Any, con_observaciones: bool, motivo: str, recibidos: Path | None, catalogo: Path | None,
    anterior: Path | None, claves: Any, procesos: int | None, sin_bitacora: bool, salida: Path,
) -> None:
    """Cierra un periodo: sus resultados pasan a DEFINITIVO y se archivan con todo lo recibido.

    Repite la última consolidación y comprueba que nada cambió desde entonces. Queda en «cerrados», dentro de la
    carpeta de resultados, con la huella de cada archivo.
    """
    from pei_excel.ciclo.cierre import Pedido
    from pei_excel.ciclo.cierre import cerrar as cerrar_periodo

    if con_observaciones and not motivo.strip():
        uso("Con --con-observaciones hace falta --motivo «…»: por qué se cierra así.")
    hecho = cerrar_periodo(
        Pedido(periodo, salida, con_observaciones, motivo, recibidos, catalogo, anterior, claves, procesos,
               sin_bitacora), avance(),
    )
    for aviso in hecho.avisos:
        click.echo(aviso, err=True)
    click.echo(hecho.texto, nl=False)


@click.command(cls=Orden, epilog="Ejemplo:  pei-excel reabrir 2024-T2 --motivo \"Obras corrigió su informe\"")
@click.argument("periodo", type=TipoPeriodo(), metavar="PERIODO")
@click.option("--motivo", required=True, metavar="TEXTO", help="Por qué se reabre.")
@click.option("--sin-bitacora", is_flag=True, help="No escribe en bitacora.sqlite.")
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path), default=Path("salidas"),
              show_default=True, help="Carpeta de resultados.")
def reabrir(periodo: Any, motivo: str, sin_bitacora: bool, salida: Path) -> None:
    """Reabre un periodo cerrado, para corregirlo y cerrar otra versión. Lo archivado no se toca."""
    from pei_excel.ciclo.cierre import reabrir as reabrir_periodo

    if not motivo.strip():
        uso("Diga por qué se reabre, con --motivo «…».")
    version, avisos = reabrir_periodo(salida, periodo, motivo, sin_bitacora=sin_bitacora)
    for aviso in avisos:
        click.echo(aviso, err=True)
    click.echo(f"Se reabrió el periodo {periodo.codigo}, que estaba cerrado (versión {version.numero}). Consolide y "
               f"cierre otra vez: será la versión {version.numero + 1}. La versión {version.numero} se conserva en "
               f"{version.carpeta}.")


@click.command(cls=Orden, epilog="Ejemplo:  pei-excel expediente 504-6 2024")
@click.argument("clave", metavar="CLAVE")
@click.argument("ejercicio", type=Entero(2000, 2100), metavar="EJERCICIO")
@click.option("--catalogo", type=click.Path(path_type=Path), metavar="catalogo.xlsx",
              help="Catálogo de la institución: reúne también lo que entregó con su clave de antes o de después.")
@click.option("--salidas", "base", metavar="CARPETA", type=click.Path(path_type=Path), default=Path("salidas"),
              show_default=True, help="Carpeta de resultados.")
@click.option("-o", "destino", metavar="ARCHIVO.zip", type=click.Path(path_type=Path),
              help="Dónde se deja; por omisión, en «expedientes», dentro de la de resultados.")
def expediente(clave: str, ejercicio: int, catalogo: Path | None, base: Path, destino: Path | None) -> None:
    """Reúne en un .zip todo lo de una unidad en un año, con su índice y la huella de cada archivo.

    CLAVE es la de la unidad (504, 031) o la de uno de sus programas (504-6). Van todas las versiones que entregó, sus
    evaluaciones, los mensajes, las decisiones y lo anotado en la bitácora.
    """
    from pei_excel import expediente as expedientes

    if not base.is_dir():
        diga = indicacion(orden="Diga cuál es con --salidas.", menu="Prepare otra vez la carpeta de trabajo.")
        uso(f"No existe «{base}», la carpeta de resultados. {diga}")
    if destino is not None and destino.is_dir():
        uso(f"«{destino}» es una carpeta: escriba el nombre del archivo, por ejemplo {destino / 'expediente.zip'}.")
    quien = expedientes.de_quien(clave, ejercicio, leer_catalogo_o_salir(catalogo) if catalogo else None)
    reunido = expedientes.reunir(base, quien, ejercicio)
    for aviso in reunido.avisos:
        click.echo(aviso, err=True)
    destino = destino or base / expedientes.EXPEDIENTES / expedientes.nombre_de_expediente(quien, ejercicio)
    expedientes.escribir_expediente(reunido, destino)
    click.echo(expedientes.resumen(reunido, destino), nl=False)
