"""Lo que hacen los archivos de inicio con lo que se les suelta encima: las mismas órdenes que el menú."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from pei_excel import menu
from pei_excel.menu.sesion import pedir_periodo
from pei_excel.oficina import ENVIAR, RECIBIDOS, RESULTADOS, Oficina, carpeta_de, hay_libros, proponer_periodo
from pei_excel.periodos import Periodo, leer_periodo
from pei_excel.salidas import ULTIMO, NoSePudo
from pei_excel.terminal import confirmar, preguntar

_NADA = "No se hizo nada."


def soltar(
    accion: str, rutas: Sequence[Path], lugar: Path, ejecutar: menu.Ejecutar, *, hoy: date,
    periodo: Periodo | None = None, preguntando: bool = True,
) -> int:
    """Revisa o consolida lo soltado; sin nada, lo recibido de un periodo. Da el peor de los estados.

    `lugar` es la carpeta del archivo de inicio, pero los resultados de una oficina nunca van a la de otra: si lo
    soltado está dentro de otra carpeta de trabajo se usa ésa, y si no hay ninguna, la última que usó el menú; en los
    dos casos se dice y se pregunta. Sin nadie a quien preguntar (`preguntando`) se toma lo propuesto, salvo que cambie
    un resultado que ya está.

    Raises:
        NoSePudo: si no hay carpeta de trabajo, lo soltado es de dos o no existe, o se contestó que no.
    """
    rutas = [Path(os.path.abspath(ruta)) for ruta in rutas]  # noqa: PTH100 - sin seguir vínculos
    faltan = [ruta for ruta in rutas if not ruta.exists()]
    if faltan:
        raise NoSePudo(f"No existe «{faltan[0]}». Vuelva a soltarlo sobre el archivo de inicio.")
    carpetas = _carpetas(rutas, hoy, periodo, preguntando=preguntando) if accion == "consolidar" else list(rutas)
    if rutas and not carpetas:
        return 2
    oficina = _oficina(accion, carpetas, lugar, preguntando=preguntando)
    sesion = menu.Sesion(oficina, periodo or proponer_periodo(hoy), ejecutar)
    if periodo is None:
        sesion.periodo = proponer_periodo(hoy, sesion.leer_catalogo()[0])
    if accion == "revisar" and rutas:
        return _revisar(sesion, rutas, periodo)
    if not rutas:
        return _lo_recibido(accion, sesion, periodo, preguntando=preguntando)
    return max(_consolidar(sesion, carpeta, periodo, preguntando=preguntando) for carpeta in carpetas)


# ---------------------------------------------------------------- qué se hace


def _revisar(sesion: menu.Sesion, rutas: Sequence[Path], periodo: Periodo | None) -> int:
    """Lo soltado; si todo está en la carpeta de un periodo, como lo que llegó de él."""
    if periodo is None:
        de_su_carpeta = {_de_codigo(ruta if ruta.is_dir() else ruta.parent) for ruta in rutas}
        periodo = de_su_carpeta.pop() if len(de_su_carpeta) == 1 else None
        if periodo is not None:
            click.echo(f"Se revisa como lo que llegó para {periodo.con_articulo}, por la carpeta en que está.")
    de_quien = ("--periodo", periodo.codigo) if periodo else ()
    return sesion.orden("revisar", *rutas, *de_quien, *sesion.con_catalogo)


def _lo_recibido(accion: str, sesion: menu.Sesion, periodo: Periodo | None, *, preguntando: bool) -> int:
    """Sin nada soltado, la carpeta de lo recibido del periodo que se elija."""
    sesion.periodo = periodo or _elegir_periodo(sesion.periodo, preguntando=preguntando)
    carpeta = sesion.oficina.recibidos(sesion.periodo)
    if not hay_libros(carpeta):
        para = sesion.periodo.con_articulo
        click.echo(f"No hay libros en «{carpeta}». Guarde ahí lo que llegó para {para} y repita.")
        return 2
    if accion == "revisar":
        return sesion.orden("revisar", carpeta, "--periodo", sesion.periodo.codigo, *sesion.con_catalogo)
    return menu.consolidar(sesion, carpeta, preguntando=preguntando)


def _consolidar(sesion: menu.Sesion, carpeta: Path, periodo: Periodo | None, *, preguntando: bool) -> int:
    """Una carpeta soltada, en el periodo que dice su nombre o el que se elija."""
    if periodo is None:
        click.echo(f"Carpeta: {carpeta}")
        propuesto = _de_codigo(carpeta) or leer_periodo(carpeta.name)
        if propuesto is None:
            propuesto = sesion.periodo
            click.echo(f"El nombre de «{carpeta.name}» no dice el periodo. El que toca es {propuesto.con_articulo}.")
        elif propuesto.codigo != carpeta.name:
            click.echo(f"El nombre de «{carpeta.name}» parece decir {propuesto.con_articulo}.")
        periodo = _elegir_periodo(propuesto, preguntando=preguntando)
    sesion.periodo = periodo
    if not _puede_reemplazar(sesion, carpeta, preguntando=preguntando):
        return 2
    return menu.consolidar(sesion, carpeta, preguntando=preguntando)


def _puede_reemplazar(sesion: menu.Sesion, carpeta: Path, *, preguntando: bool) -> bool:
    """El resultado que ya hay de ese periodo se hizo con esta carpeta, no se sabe con cuál, o se aceptó cambiarlo."""
    from pei_excel.ciclo.bitacora import Bitacora

    resultados, codigo = sesion.oficina.resultados, sesion.periodo.codigo
    if not (resultados / codigo / ULTIMO).is_file():
        return True
    anterior = Bitacora(resultados).rutas(codigo).get("recibidos")
    if anterior is None or _es_la_misma(anterior, carpeta):
        return True
    click.echo(
        f"Ya hay un resultado de {codigo}, que se hizo con otra carpeta: «{anterior}». Ahora se soltó «{carpeta}»."
    )
    if preguntando and confirmar(f"¿Lo reemplazo? El de ahora queda en «{codigo}.anterior».", propuesta=False):
        return True
    click.echo(_NADA)
    return False


# ---------------------------------------------------------------- en qué carpeta de trabajo


def _oficina(accion: str, soltado: Sequence[Path], lugar: Path, *, preguntando: bool) -> Oficina:
    """La carpeta de trabajo: la de lo soltado, la del archivo de inicio o la última que usó el menú."""
    propia, de_lo_soltado = Oficina(lugar), _de_lo_soltado(soltado)
    if de_lo_soltado is not None:
        if _es_la_misma(propia.carpeta, de_lo_soltado.carpeta):
            return de_lo_soltado
        if not propia.preparada:
            click.echo(f"Se trabaja con la carpeta donde está lo que soltó: «{de_lo_soltado.carpeta}».")
            return de_lo_soltado
        return _una_de_las_dos(de_lo_soltado, propia, preguntando=preguntando)
    if propia.preparada:
        return propia
    ultima = menu.recordada(menu.lugar_de_la_memoria())
    if ultima is not None:
        click.echo(f"Este archivo de inicio no está en una carpeta de trabajo. La última que se usó es «{ultima}».")
        # Al consolidar, un Intro de más escribiría en la carpeta de otra oficina.
        if not preguntando or confirmar("¿La uso?", propuesta=accion == "revisar"):
            return Oficina(ultima)
    if accion == "revisar" and soltado:  # no escribe nada: basta decir con qué se compara
        if propia.catalogo is None:
            click.echo("Se revisa sin catálogo.")
        return propia
    if ultima is not None:
        raise NoSePudo(f"{_NADA} Abra el archivo de inicio de la carpeta de trabajo que quiere usar.")
    raise NoSePudo(
        f"«{lugar}» no es una carpeta de trabajo: le falta «{RESULTADOS}». Regrese el archivo de inicio a la suya. Si "
        "todavía no la tiene, abra INICIAR: le pregunta en cuál va a trabajar y la prepara."
    )


def _de_lo_soltado(soltado: Sequence[Path]) -> Oficina | None:
    """La carpeta de trabajo en que está lo soltado; None si no está en ninguna.

    Raises:
        NoSePudo: si hay cosas de dos.
    """
    halladas: list[Oficina] = []
    for ruta in soltado:
        oficina = carpeta_de(ruta)
        if oficina is not None and not any(_es_la_misma(oficina.carpeta, o.carpeta) for o in halladas):
            halladas.append(oficina)
    if len(halladas) > 1:
        raise NoSePudo(
            f"Lo que soltó es de dos carpetas de trabajo: «{halladas[0].carpeta}» y «{halladas[1].carpeta}». {_NADA} "
            "Suelte primero lo de una y después lo de la otra."
        )
    return halladas[0] if halladas else None


def _una_de_las_dos(de_lo_soltado: Oficina, propia: Oficina, *, preguntando: bool) -> Oficina:
    click.echo("Lo que soltó está en otra carpeta de trabajo, y no en la de este archivo de inicio.")
    if not preguntando:
        click.echo(f"Se trabaja con la de lo que soltó: «{de_lo_soltado.carpeta}».")
        return de_lo_soltado
    elegida = _elegir("¿Con cuál trabajo?", [
        f"«{de_lo_soltado.carpeta}», donde está lo que soltó",
        f"«{propia.carpeta}», la del archivo de inicio",
    ], propuesta=0)
    if elegida is None:
        raise NoSePudo(_NADA)
    return (de_lo_soltado, propia)[elegida]


def _es_la_misma(una: Path, otra: Path) -> bool:
    """Las dos rutas llegan a la misma carpeta, se escriban como se escriban."""
    try:
        return una.samefile(otra)
    except OSError:  # una ya no está
        return False


# ---------------------------------------------------------------- qué carpetas


def _carpetas(rutas: Sequence[Path], hoy: date, periodo: Periodo | None, *, preguntando: bool) -> list[Path]:
    """Las carpetas que se consolidan, una vez cada una; lo que no puede consolidarse se dice."""
    carpetas: list[Path] = []
    for ruta in rutas:
        carpeta = ruta if ruta.is_dir() else ruta.parent
        if carpeta in carpetas:
            continue
        if not ruta.is_dir():
            click.echo(f"Se consolida una carpeta entera, y «{ruta.name}» es un archivo.")
            if not preguntando or not confirmar(f"¿Consolido todo lo que hay en «{carpeta}»?", propuesta=False):
                continue
        elegida = _de_un_periodo(carpeta, hoy, periodo, preguntando=preguntando)
        if elegida is not None and elegida not in carpetas:
            carpetas.append(elegida)
    return carpetas


def _de_un_periodo(carpeta: Path, hoy: date, periodo: Periodo | None, *, preguntando: bool) -> Path | None:
    """La misma carpeta o, si guarda las de varios periodos, la que se elija; None, y se dice, si no hay qué leer."""
    oficina = carpeta_de(carpeta)
    if oficina is not None and _es_la_misma(oficina.carpeta, carpeta):
        carpeta = carpeta / RECIBIDOS  # lo demás de una carpeta de trabajo no se recibió
    if parte := _no_recibida(carpeta):
        click.echo(f"«{carpeta}» está en «{parte}», y lo que llega se guarda en «{RECIBIDOS}». {_NADA}")
        return None
    if not hay_libros(carpeta):
        click.echo(f"No hay libros en «{carpeta}». Suelte la carpeta donde guardó lo que llegó.")
        return None
    dentro = [] if _es_de_un_periodo(carpeta) else _periodos_dentro(carpeta)
    if not dentro:
        return carpeta
    pedidas = [suya for suya in dentro if _de_codigo(suya) == periodo] if periodo else []
    if len(pedidas) == 1:
        return pedidas[0]
    nombres = [str(suya.relative_to(carpeta)) for suya in dentro]
    click.echo(f"«{carpeta}» guarda carpetas de periodos, y se consolida una.")
    if not preguntando:
        click.echo(f"Suelte sólo una: {', '.join(f'«{nombre}»' for nombre in nombres)}. {_NADA}")
        return None
    toca = proponer_periodo(hoy)
    elegida = _elegir("¿Cuál consolido?", nombres,
                      propuesta=next((n for n, suya in enumerate(dentro) if _de_codigo(suya) == toca), None))
    return None if elegida is None else dentro[elegida]


def _no_recibida(carpeta: Path) -> str | None:
    """La parte de una carpeta de trabajo en que está, si no es la de lo recibido."""
    oficina = carpeta_de(carpeta)
    if oficina is None:
        return None
    return next((parte for parte in (ENVIAR, RESULTADOS) if carpeta.is_relative_to(oficina.carpeta / parte)), None)


def _es_de_un_periodo(carpeta: Path) -> bool:
    """Su nombre es un periodo; un año puede ser sólo donde se guardan los suyos."""
    periodo = _de_codigo(carpeta)
    return periodo is not None and (periodo.clase != "A" or not _periodos_dentro(carpeta))


def _periodos_dentro(carpeta: Path) -> list[Path]:
    """Las carpetas de periodo con libros que hay dentro de otra; un año («2024»), sólo entre lo recibido."""
    halladas: list[Path] = []
    try:
        suyas = sorted(ruta for ruta in carpeta.iterdir() if ruta.is_dir() and not ruta.is_symlink())
    except OSError:  # lo que el sistema no deja ver lo dice la orden
        return []
    for suya in suyas:
        periodo = _de_codigo(suya)
        if periodo is None or (periodo.clase == "A" and (carpeta.name != RECIBIDOS or _periodos_dentro(suya))):
            halladas += _periodos_dentro(suya)
        elif not _no_recibida(suya) and _los_hay(suya):
            halladas.append(suya)
    return halladas


def _los_hay(carpeta: Path) -> bool:
    """Tiene libros; si no se deja ver se dice, y las demás siguen."""
    try:
        return hay_libros(carpeta)
    except NoSePudo as error:
        click.echo(str(error))
        return False


# ---------------------------------------------------------------- preguntas


def _de_codigo(carpeta: Path) -> Periodo | None:
    """El periodo que dice el nombre de la carpeta («2024-T2»)."""
    try:
        return Periodo.de_codigo(carpeta.name)
    except ValueError:
        return None


def _elegir_periodo(propuesto: Periodo, *, preguntando: bool) -> Periodo:
    return pedir_periodo(propuesto) if preguntando else propuesto


def _elegir(pregunta: str, opciones: Sequence[str], *, propuesta: int | None) -> int | None:
    """El lugar (desde 0) de la opción que se elija; None si ninguna."""
    for n, opcion in enumerate(opciones, 1):
        click.echo(f"  {n}  {opcion}")
    click.echo("  0  Ninguna")
    while True:
        escrito = preguntar(pregunta, propuesta=None if propuesta is None else str(propuesta + 1))
        if escrito.isdecimal() and 0 <= int(escrito) <= len(opciones):
            return int(escrito) - 1 if int(escrito) else None
        click.echo(f"Escriba un número del 0 al {len(opciones)}.")
