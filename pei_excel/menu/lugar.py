"""En qué carpeta y en qué periodo se trabaja: elegirlos, recordarlos y decir qué les falta."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from pei_excel.archivos import originales
from pei_excel.hallazgo import Severidad
from pei_excel.menu.sesion import Ejecutar, Sesion, ilegible
from pei_excel.oficina import CATALOGO, RECIBIBLES, RECIBIDOS, Oficina, carpeta_de, hay_libros, proponer_periodo
from pei_excel.periodos import Periodo, leer_periodo
from pei_excel.terminal import confirmar, preguntar, preguntar_ruta
from pei_excel.textos import cuenta, enumerar

#: Donde se recuerda la última carpeta de trabajo.
_MEMORIA = "carpeta.json"
#: Cuántos datos que faltan en el catálogo se nombran.
_DE_MUESTRA = 3


# ---------------------------------------------------------------- la memoria


def lugar_de_la_memoria() -> Path:
    """El archivo, en la carpeta de este usuario, donde se recuerda la última carpeta de trabajo."""
    return Path(click.get_app_dir("pei-excel")) / _MEMORIA


def recordada(memoria: Path) -> Path | None:
    """La última carpeta de trabajo, si sigue ahí."""
    ultima = _anotada(memoria)
    return ultima if ultima and _preparada(ultima) else None


def recordar(memoria: Path, carpeta: Path) -> None:
    """Anota la carpeta para la próxima vez; si no se puede, lo dice."""
    try:
        memoria.parent.mkdir(parents=True, exist_ok=True)
        memoria.write_text(json.dumps({"carpeta": str(carpeta.resolve())}, ensure_ascii=False), encoding="utf-8")
    except OSError:
        click.echo("No se pudo recordar esta carpeta para la próxima vez; no afecta a lo que hizo.", err=True)


def _anotada(memoria: Path) -> Path | None:
    try:
        return Path(json.loads(memoria.read_text(encoding="utf-8"))["carpeta"])
    except (OSError, ValueError, KeyError, TypeError):  # no la hay, o alguien la tocó: se pregunta otra vez
        return None


def _preparada(carpeta: Path) -> bool:
    try:
        return Oficina(carpeta).preparada
    except OSError:  # un disco que ya no responde, o sin permiso
        return False


# ---------------------------------------------------------------- elegir


def empezar(ejecutar: Ejecutar, hoy: date, memoria: Path) -> Sesion:
    """La sesión en la carpeta de trabajo donde se está o en la última; si no hay, se pregunta."""
    oficina = carpeta_de(Path.cwd()) or _la_ultima(memoria)
    if oficina is not None:
        _poner_al_dia(oficina)
    else:
        oficina = _elegir_carpeta(ejecutar, Path.cwd())
    sesion = Sesion(oficina, proponer_periodo(hoy), ejecutar, hoy)
    sesion.periodo = proponer_periodo(hoy, sesion.catalogo)
    return sesion


def cambiar(sesion: Sesion) -> None:
    """Elige otra carpeta y otro periodo; de otra carpeta se propone el que toca según su calendario."""
    antes, hoy = sesion.oficina.carpeta, sesion.hoy or date.today()  # noqa: DTZ011 - el día de la oficina
    sesion.oficina = _elegir_carpeta(sesion.ejecutar, antes)
    if sesion.oficina.carpeta != antes:
        sesion.periodo = proponer_periodo(hoy, sesion.catalogo)
    while True:
        escrito = preguntar("Periodo, por ejemplo 2024-T2", propuesta=sesion.periodo.codigo)
        try:
            sesion.periodo = Periodo.de_codigo(escrito)
        except ValueError as error:
            click.echo(f"{error}.")
        else:
            return


def _la_ultima(memoria: Path) -> Oficina | None:
    ultima = _anotada(memoria)
    if ultima is None:
        return None
    if _preparada(ultima):
        return Oficina(ultima)
    click.echo(f"La última carpeta con que trabajó, «{ultima}», ya no está o ya no es una carpeta de trabajo: pudo "
               "moverse, cambiar de nombre o estar en un disco que no está conectado.")
    return None


def _elegir_carpeta(ejecutar: Ejecutar, actual: Path) -> Oficina:
    while True:
        ruta = preguntar_ruta("Carpeta de trabajo (puede arrastrarla aquí)", propuesta=str(actual))
        oficina = carpeta_de(ruta)
        if oficina is not None:
            if oficina.carpeta != Path(ruta).absolute():
                click.echo(f"«{ruta}» está en la carpeta de trabajo «{oficina.carpeta}»: se usa ésa.")
            _poner_al_dia(oficina)
            return oficina
        if ruta.is_file():
            click.echo(f"«{ruta}» es un archivo; escriba una carpeta.")
            continue
        preparar = confirmar(f"«{ruta}» no está preparada. ¿La preparo?", propuesta=True)
        if preparar and ejecutar(["preparar", str(ruta)]) == 0 and _preparada(ruta):
            return Oficina(ruta)


def _poner_al_dia(oficina: Oficina) -> None:
    """Los archivos de inicio que nadie ha cambiado: en otro equipo, o con otra versión, serían otros."""
    from pei_excel.oficina.preparacion import poner_al_dia

    if hechos := poner_al_dia(oficina.carpeta):
        click.echo(f"En «{oficina.carpeta}» {'se puso' if len(hechos) == 1 else 'se pusieron'} al día "
                   f"{enumerar(hechos)}.")


# ---------------------------------------------------------------- decir qué falta


def mostrar(sesion: Sesion) -> None:
    """La carpeta, el periodo, el catálogo y dónde se guarda lo que llegue."""
    click.echo(f"\nCarpeta: {sesion.oficina.carpeta}\nPeriodo: {sesion.periodo.nombre} ({sesion.periodo.codigo})")
    _decir_del_catalogo(sesion)
    if not sesion.oficina.hay_recibidos(sesion.periodo):
        click.echo(f"Lo que llegue se guarda en «{Path(RECIBIDOS) / sesion.periodo.codigo}».")


def _decir_del_catalogo(sesion: Sesion) -> None:
    """Si el catálogo no puede usarse, qué le falta: sin él no se sabe quién debe informar."""
    from pei_excel.lectura.disco import cerrojo_de

    ruta = sesion.oficina.catalogo
    if ruta is None:
        if (sesion.oficina.carpeta / CATALOGO).is_dir():
            click.echo(f"«{CATALOGO}» es una carpeta y debe ser un libro: cámbiele el nombre. Para que haya uno en "
                       "blanco, prepare otra vez la carpeta (opción 7).")
        else:
            click.echo(f"Falta «{CATALOGO}»: con él sale un libro por unidad y se sabe quién no ha entregado. Para que "
                       "haya uno en blanco, prepare otra vez la carpeta (opción 7).")
        return
    if cerrojo := cerrojo_de(ruta):
        click.echo(f"«{CATALOGO}» está abierto en otro programa: guárdelo y ciérrelo, porque aquí sólo cuenta lo "
                   f"guardado. Si nadie lo tiene abierto, borre «{cerrojo.name}», que está junto a él.")
    catalogo, hallazgos = sesion.leer_catalogo()
    if catalogo is not None:
        return
    if sin_leer := ilegible(hallazgos):
        click.echo(f"«{CATALOGO}» no se usa. {sin_leer.mensaje} {sin_leer.como_corregir}")
        return
    errores = [h for h in hallazgos if h.severidad is Severidad.ERROR]
    click.echo(f"«{CATALOGO}» todavía no se usa: le {'falta' if len(errores) == 1 else 'faltan'} "
               f"{cuenta(len(errores), 'dato', 'datos')} por llenar o corregir:")
    for h in errores[:_DE_MUESTRA]:
        click.echo(f"  {h.donde.hoja}!{h.donde.celda}  {h.mensaje}")
    if (mas := len(errores) - _DE_MUESTRA) > 0:
        click.echo(f"  y {mas} más: con la opción 7 se ven todos.")


def decir_donde_hay_libros(sesion: Sesion) -> None:
    """No hay libros del periodo: qué se guardó con otro nombre y de qué periodos sí los hay."""
    recibidos = sesion.oficina.carpeta / RECIBIDOS
    click.echo(f"No hay libros en «{sesion.oficina.recibidos(sesion.periodo)}». Guarde ahí lo que llegó.")
    otros: list[str] = []
    for carpeta in sorted(p for p in recibidos.iterdir() if p.is_dir() and hay_libros(p)):
        try:
            otros.append(Periodo.de_codigo(carpeta.name).codigo)
        except ValueError:
            click.echo(f"  {_que_hacer_con(carpeta, sesion.periodo)}")
    if sueltos := sum(r.parent == recibidos and r.suffix.lower() in RECIBIBLES for r, _ in originales(recibidos)):
        guarde = "guárdelo" if sueltos == 1 else "guárdelos"
        click.echo(f"  En «{RECIBIDOS}» hay {cuenta(sueltos, 'libro suelto', 'libros sueltos')}: {guarde} en la "
                   "carpeta de su periodo.")
    if otros:
        click.echo(f"  Sí los hay de {enumerar(otros)}: cambie de periodo con la opción 8.")


def _que_hacer_con(carpeta: Path, actual: Periodo) -> str:
    """A dónde va lo de una carpeta de la que no se sabe el periodo."""
    periodo = leer_periodo(carpeta.name, actual.ejercicio) or actual
    ya_esta = (carpeta.parent / periodo.codigo).is_dir()
    hacer = f"pase sus libros a «{periodo.codigo}»" if ya_esta else f"cambie su nombre a {periodo.codigo}"
    return f"No sé de qué periodo es «{carpeta.name}». Si es {periodo.con_articulo}, {hacer}."
