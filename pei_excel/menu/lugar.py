"""En qué carpeta y en qué periodo se trabaja: elegirlos, recordarlos y decir qué les falta."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import click

from pei_excel.archivos import originales
from pei_excel.hallazgo import Severidad
from pei_excel.menu.sesion import Ejecutar, Sesion, ilegible, pedir_periodo
from pei_excel.oficina import (
    CATALOGO,
    RECIBIBLES,
    RECIBIDOS,
    Oficina,
    carpeta_de,
    entera_de,
    hay_libros,
    proponer_periodo,
    sin_permiso,
)
from pei_excel.periodos import Periodo, leer_periodo
from pei_excel.salidas import NoSePudo
from pei_excel.terminal import confirmar, preguntar_ruta
from pei_excel.textos import cuenta, enumerar

#: Donde se recuerda la última carpeta de trabajo.
_MEMORIA = "carpeta.json"
#: Lo que se teclea creyendo contestar otra pregunta («s», «no», «2»): si no es una carpeta que exista, no se prepara.
_DESCUIDO = re.compile(r"\w{1,2}|\d+")
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
        memoria.write_text(json.dumps({"carpeta": str(carpeta.resolve())}), encoding="utf-8")  # ASCII: lo admite todo
    except OSError:
        click.echo("No se pudo recordar esta carpeta para la próxima vez; no afecta a lo que hizo.", err=True)


def _anotada(memoria: Path) -> Path | None:
    try:
        return Path(json.loads(memoria.read_text(encoding="utf-8"))["carpeta"])
    except (OSError, ValueError, KeyError, TypeError):  # no la hay, o alguien la tocó: se pregunta otra vez
        return None


def _preparada(carpeta: Path) -> bool:
    return por_que_no(Oficina(carpeta)) is None


def por_que_no(oficina: Oficina) -> str | None:
    """Por qué no puede trabajarse en una carpeta que se eligió antes; None si se puede."""
    try:
        if oficina.preparada:
            return None
    except NoSePudo as error:
        return str(error)
    return (f"La última carpeta con que trabajó, «{oficina.carpeta}», ya no está o ya no es una carpeta de trabajo: "
            "pudo moverse, cambiar de nombre o estar en un disco que no está conectado.")


# ---------------------------------------------------------------- elegir


def empezar(ejecutar: Ejecutar, hoy: date, memoria: Path) -> Sesion:
    """La sesión en la carpeta de trabajo donde se está o en la última; si no hay, se pregunta."""
    aqui = _donde_se_esta()
    oficina = _la_de(aqui) or _la_ultima(memoria)
    if oficina is not None:
        _poner_al_dia(oficina)
    else:
        oficina = _elegir_carpeta(ejecutar, aqui)
    sesion = Sesion(oficina, proponer_periodo(hoy), ejecutar, hoy)
    sesion.periodo = proponer_periodo(hoy, sesion.catalogo)
    return sesion


def cambiar(sesion: Sesion) -> None:
    """Elige otra carpeta y otro periodo, los dos o ninguno; de otra carpeta se propone el que toca en su calendario."""
    nueva = Sesion(_elegir_carpeta(sesion.ejecutar, sesion.oficina.carpeta), sesion.periodo, sesion.ejecutar)
    if nueva.oficina.carpeta != sesion.oficina.carpeta:
        nueva.periodo = _el_que_toca(sesion, nueva)
    nueva.periodo = pedir_periodo(nueva.periodo)
    sesion.oficina, sesion.periodo = nueva.oficina, nueva.periodo


def comprobar(sesion: Sesion) -> bool:
    """Se puede seguir trabajando en la carpeta; si no, se dice por qué y se elige otra (y se da falso)."""
    motivo = por_que_no(sesion.oficina)
    if motivo is None:
        return True
    click.echo(motivo)
    nueva = Sesion(_elegir_carpeta(sesion.ejecutar, _donde_se_esta()), sesion.periodo, sesion.ejecutar)
    sesion.oficina, sesion.periodo = nueva.oficina, _el_que_toca(sesion, nueva)
    return False


def _el_que_toca(antes: Sesion, nueva: Sesion) -> Periodo:
    return proponer_periodo(antes.hoy or date.today(), nueva.catalogo)  # noqa: DTZ011 - el día de la oficina


def _donde_se_esta() -> Path:
    """La carpeta desde la que se abrió el menú o, si ya no está, la del usuario."""
    try:
        return Path.cwd()
    except OSError:
        return Path.home()


def _la_de(ruta: Path) -> Oficina | None:
    try:
        return carpeta_de(ruta)
    except NoSePudo as error:
        click.echo(str(error))
        return None


def _la_ultima(memoria: Path) -> Oficina | None:
    ultima = _anotada(memoria)
    if ultima is None:
        return None
    motivo = por_que_no(Oficina(ultima))
    if motivo is not None:
        click.echo(motivo)
    return None if motivo else Oficina(ultima)


def _elegir_carpeta(ejecutar: Ejecutar, actual: Path) -> Oficina:
    """Una carpeta de trabajo, que se prepara si hace falta; siempre con su ruta completa."""
    while True:
        escrita = preguntar_ruta("Carpeta de trabajo (puede arrastrarla aquí)", propuesta=str(actual))
        if _DESCUIDO.fullmatch(str(escrita)) and not escrita.exists():
            click.echo(f"No hay una carpeta «{escrita}». Escriba la ruta de una, o arrástrela aquí; si es nueva, su "
                       "ruta completa.")
            continue
        ruta = entera_de(escrita)
        try:
            oficina = carpeta_de(ruta)
            if oficina is None and ruta.is_dir():
                next(ruta.iterdir(), None)
        except PermissionError:
            click.echo(str(sin_permiso(ruta)))
            continue
        except (NoSePudo, OSError) as error:
            click.echo(str(error))
            continue
        if oficina is not None:
            if oficina.carpeta != ruta:
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
    try:
        if not sesion.oficina.hay_recibidos(sesion.periodo):
            click.echo(f"Lo que llegue se guarda en «{Path(RECIBIDOS) / sesion.periodo.codigo}».")
            _decir_de_otros_anos(sesion)
    except NoSePudo as error:
        click.echo(str(error))


def _decir_de_otros_anos(sesion: Sesion) -> None:
    """La carpeta se preparó para otro año que el que toca por la fecha, y puede ser el que se quiere."""
    anos: set[int] = set()
    for carpeta in _carpetas_de(sesion.oficina.carpeta / RECIBIDOS):
        try:
            anos.add(Periodo.de_codigo(carpeta.name).ejercicio)
        except ValueError:  # no es de un periodo
            continue
    if anos and sesion.periodo.ejercicio not in anos:
        click.echo(f"En «{RECIBIDOS}» sólo hay carpetas de {enumerar([str(a) for a in sorted(anos)])}. Si trabaja con "
                   "otro año que el que se muestra, cambie de periodo con la opción 8.")


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
    for carpeta in _carpetas_de(recibidos):
        try:
            if not hay_libros(carpeta):
                continue
            otros.append(Periodo.de_codigo(carpeta.name).codigo)
        except ValueError:
            click.echo(f"  {_que_hacer_con(carpeta, sesion.periodo)}")
        except NoSePudo as error:
            click.echo(f"  {error}")
    if sueltos := sum(r.parent == recibidos and r.suffix.lower() in RECIBIBLES for r, _ in originales(recibidos)):
        guarde = "guárdelo" if sueltos == 1 else "guárdelos"
        click.echo(f"  En «{RECIBIDOS}» hay {cuenta(sueltos, 'libro suelto', 'libros sueltos')}: {guarde} en la "
                   "carpeta de su periodo.")
    if otros:
        click.echo(f"  Sí los hay de {enumerar(otros)}: cambie de periodo con la opción 8.")


def _carpetas_de(lugar: Path) -> list[Path]:
    try:
        return sorted(p for p in lugar.iterdir() if p.is_dir())
    except PermissionError as error:
        raise sin_permiso(lugar) from error


def _que_hacer_con(carpeta: Path, actual: Periodo) -> str:
    """A dónde va lo de una carpeta de la que no se sabe el periodo."""
    periodo = leer_periodo(carpeta.name, actual.ejercicio) or actual
    ya_esta = (carpeta.parent / periodo.codigo).is_dir()
    hacer = f"pase sus libros a «{periodo.codigo}»" if ya_esta else f"cambie su nombre a {periodo.codigo}"
    return f"No sé de qué periodo es «{carpeta.name}». Si es {periodo.con_articulo}, {hacer}."
