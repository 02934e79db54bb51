"""El menú: las mismas órdenes, para quien no las escribe. Pregunta lo que falta y nunca se cierra por una respuesta.

No hace nada por su cuenta: cada opción arma la orden que se escribiría y la ejecuta.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pei_excel.hallazgo import Hallazgo, Severidad
from pei_excel.oficina import CATALOGO, RECIBIDOS, Oficina, anterior, proponer_periodo
from pei_excel.periodos import Periodo
from pei_excel.terminal import confirmar, preguntar
from pei_excel.textos import cuenta

if TYPE_CHECKING:
    from pei_excel.catalogo import Catalogo

#: Donde se recuerda la última carpeta de trabajo.
_MEMORIA = "carpeta.json"

#: Cuántos datos que faltan en el catálogo se nombran.
_DE_MUESTRA = 3

Ejecutar = Callable[[Sequence[str]], int]


@dataclass(slots=True)
class Sesion:
    """Con qué se está trabajando."""

    oficina: Oficina
    periodo: Periodo
    ejecutar: Ejecutar  #: ejecuta una orden y da su estado de salida

    def orden(self, *partes: str | Path | None) -> int:
        """Ejecuta una orden con su catálogo, si lo hay; lo que es None se omite."""
        return self.ejecutar([str(p) for p in partes if p is not None])

    def leer_catalogo(self) -> tuple[Catalogo | None, list[Hallazgo]]:
        """El catálogo de la oficina (None si falta o no puede usarse) y lo que le falta."""
        from pei_excel.catalogo import leer_catalogo

        return leer_catalogo(self.oficina.catalogo) if self.oficina.catalogo else (None, [])

    @property
    def con_catalogo(self) -> tuple[str, Path] | tuple[()]:
        """La opción del catálogo, si hay uno que pueda usarse: el recién preparado está en blanco."""
        catalogo = self.oficina.catalogo
        return ("--catalogo", catalogo) if catalogo and self.leer_catalogo()[0] else ()


class Salir(Exception):  # noqa: N818 - no es un error
    """Se eligió salir."""


def abrir_menu(ejecutar: Ejecutar, *, hoy: date | None = None, memoria: Path | None = None) -> None:
    """Muestra el menú hasta que se elija salir; al final espera un Intro, para que la ventana no se cierre sola."""
    memoria = memoria or lugar_de_la_memoria()
    click.echo("pei-excel: plantillas, revisión y consolidado de los libros de la planeación.")
    try:
        sesion = _empezar(ejecutar, hoy or date.today(), memoria)  # noqa: DTZ011 - el día de la oficina
        while True:
            _mostrar(sesion)
            respuesta = preguntar("Elija una opción")
            opcion = next((o for o in OPCIONES if o.tecla == respuesta), None)
            if opcion is None:
                click.echo(f"«{respuesta}» no está en el menú; escriba un número del 0 al {len(OPCIONES) - 1}.")
                continue
            opcion.hacer(sesion)
            _recordar(memoria, sesion.oficina.carpeta)
    except (Salir, EOFError, click.Abort):
        pass
    preguntar("Pulse Intro para terminar", vacio=True)


# ---------------------------------------------------------------- la carpeta y el periodo


def _empezar(ejecutar: Ejecutar, hoy: date, memoria: Path) -> Sesion:
    ultima = recordada(memoria)
    actual = Oficina(Path.cwd())
    oficina = actual if actual.preparada else Oficina(ultima) if ultima else _elegir_carpeta(ejecutar, actual)
    sesion = Sesion(oficina, proponer_periodo(hoy), ejecutar)
    sesion.periodo = proponer_periodo(hoy, sesion.leer_catalogo()[0])
    return sesion


def lugar_de_la_memoria() -> Path:
    """El archivo, en la carpeta de este usuario, donde se recuerda la última carpeta de trabajo."""
    return Path(click.get_app_dir("pei-excel")) / _MEMORIA


def recordada(memoria: Path) -> Path | None:
    """La última carpeta de trabajo, si sigue ahí."""
    try:
        carpeta = Path(json.loads(memoria.read_text(encoding="utf-8"))["carpeta"])
    except (OSError, ValueError, KeyError, TypeError):  # no la hay, o alguien la tocó: se pregunta otra vez
        return None
    return carpeta if Oficina(carpeta).preparada else None


def _recordar(memoria: Path, carpeta: Path) -> None:
    try:
        memoria.parent.mkdir(parents=True, exist_ok=True)
        memoria.write_text(json.dumps({"carpeta": str(carpeta.resolve())}, ensure_ascii=False), encoding="utf-8")
    except OSError:
        click.echo("No se pudo recordar esta carpeta para la próxima vez; no afecta a lo que hizo.", err=True)


def _elegir_carpeta(ejecutar: Ejecutar, actual: Oficina) -> Oficina:
    while True:
        escrita = preguntar("Carpeta de trabajo (puede arrastrarla aquí)", propuesta=str(actual.carpeta))
        oficina = Oficina(Path(escrita).expanduser())
        if oficina.preparada:
            return oficina
        if oficina.carpeta.is_file():
            click.echo(f"«{oficina.carpeta}» es un archivo; escriba una carpeta.")
            continue
        if confirmar(f"«{oficina.carpeta}» no está preparada. ¿La preparo?", propuesta=True):
            estado = ejecutar(["preparar", str(oficina.carpeta)])
            if estado == 0 and oficina.preparada:
                return oficina


def _cambiar(sesion: Sesion) -> None:
    sesion.oficina = _elegir_carpeta(sesion.ejecutar, sesion.oficina)
    while True:
        escrito = preguntar("Periodo, por ejemplo 2024-T2", propuesta=sesion.periodo.codigo)
        try:
            sesion.periodo = Periodo.de_codigo(escrito)
        except ValueError as error:
            click.echo(f"{error}.")
        else:
            return


# ---------------------------------------------------------------- las opciones


def _formato(sesion: Sesion) -> str:
    """«mir» o «poi»: el del país del catálogo; si no se sabe, se pregunta."""
    catalogo, _ = sesion.leer_catalogo()
    pais = catalogo.institucion.pais if catalogo else None
    if pais in {"mx", "pe"}:
        return "poi" if pais == "pe" else "mir"
    while True:
        respuesta = preguntar("¿Qué formato? mir (Informe Trimestral) o poi (Plan Operativo)", propuesta="mir")
        if respuesta.casefold() in {"mir", "poi"}:
            return respuesta.casefold()
        click.echo("Escriba mir o poi.")


def _preparar_libros(sesion: Sesion) -> None:
    formato, antes = _formato(sesion), anterior(sesion.periodo)
    previos = sesion.oficina.recibidos(antes) if antes and sesion.oficina.hay_recibidos(antes) else None
    click.echo(
        "Para que cada unidad reciba sus renglones ya aprobados, diga en qué carpeta están los libros aprobados. "
        "Con «ninguna» salen los de formulación, en blanco."
    )
    while True:
        desde = preguntar("Libros aprobados", propuesta=str(previos) if previos else "ninguna")
        if desde.casefold() == "ninguna" or Path(desde).exists():
            break
        click.echo(f"No existe «{desde}». Revise la ruta o escriba: ninguna")
    origen = () if desde.casefold() == "ninguna" else ("--desde", desde)
    periodo = ("--periodo", sesion.periodo.codigo) if origen else ("--ejercicio", str(sesion.periodo.ejercicio))
    destino = sesion.oficina.para_enviar(sesion.periodo)
    estado = sesion.orden("plantilla", formato, *periodo, *origen, *sesion.con_catalogo, "-o", destino)
    if estado == 0:
        click.echo(f"Los libros están en «{destino}»: ya puede enviarlos.")
    elif estado == 1 and destino.is_dir():
        click.echo(f"Los que salieron están en «{destino}». Antes de enviarlos, atienda lo que se dijo arriba.")


def _hay_que_revisar(sesion: Sesion) -> bool:
    if sesion.oficina.hay_recibidos(sesion.periodo):
        return True
    carpeta = sesion.oficina.recibidos(sesion.periodo)
    click.echo(f"No hay libros en «{carpeta}». Guarde ahí lo que llegó, o cambie de periodo con la opción 7.")
    return False


def _revisar(sesion: Sesion) -> None:
    if _hay_que_revisar(sesion):
        recibidos = sesion.oficina.recibidos(sesion.periodo)
        sesion.orden("revisar", recibidos, "--periodo", sesion.periodo.codigo, *sesion.con_catalogo)


def _consolidar(sesion: Sesion) -> None:
    if _hay_que_revisar(sesion):
        consolidar(sesion, sesion.oficina.recibidos(sesion.periodo))


def consolidar(sesion: Sesion, recibidos: Path, *, preguntando: bool = True) -> int:
    """Consolida una carpeta en el periodo de la sesión, ofrece abrir la Ficha y da el estado de la orden."""
    cerrados = sesion.oficina.resultados / "cerrados"
    comparar = ("--anterior", cerrados) if cerrados.is_dir() else ()
    estado = sesion.orden(
        "consolidar", recibidos, "--periodo", sesion.periodo.codigo, *sesion.con_catalogo, *comparar, "-o",
        sesion.oficina.resultados,
    )
    consolidados = sorted((sesion.oficina.resultados / sesion.periodo.codigo).glob("consolidado-*.xlsx"))
    if preguntando and estado in {0, 1} and consolidados and confirmar("¿Abro la Ficha?", propuesta=True):
        for libro in consolidados:
            click.launch(str(libro))
    return estado


def _correos(sesion: Sesion) -> None:
    carpeta = sesion.oficina.resultados / sesion.periodo.codigo
    if not carpeta.is_dir():
        click.echo("Primero consolide (opción 3): los correos llevan sus resultados.")
        return
    click.echo("a  A la Tesorería, el consolidado\nb  A las unidades, sus observaciones\n"
               "c  A las unidades que no han entregado\nd  Volver")
    a_quien = {
        "a": ("tesoreria",), "b": ("unidades", "--motivo", "observaciones"), "c": ("unidades", "--motivo", "faltante"),
    }
    while (respuesta := preguntar("¿A quién?", propuesta="d").casefold()) != "d":
        if respuesta not in a_quien:
            click.echo("Escriba a, b, c o d.")
            continue
        orden = ("enviar", carpeta, "--a", *a_quien[respuesta], *sesion.con_catalogo)
        if sesion.orden(*orden) == 0 and confirmar(
            "Los borradores están hechos. ¿Los envío ahora por el servidor de correo?", propuesta=False
        ):
            sesion.orden(*orden, "--enviar")
        return


def _quien_falta(sesion: Sesion) -> None:
    sesion.orden("estado", "--periodo", sesion.periodo.codigo, *sesion.con_catalogo, "-o", sesion.oficina.resultados)


def _cerrar(sesion: Sesion) -> None:
    click.echo("Al cerrar se archiva todo lo recibido y los resultados pasan de PRELIMINAR a DEFINITIVO.")
    if not confirmar(f"¿Cierro {sesion.periodo.con_articulo}?", propuesta=False):
        return
    orden = ("cerrar", sesion.periodo.codigo, "-o", sesion.oficina.resultados)
    if sesion.orden(*orden) == 0 or not confirmar("¿Lo cierro con observaciones, diciendo el motivo?", propuesta=False):
        return
    sesion.orden(*orden, "--con-observaciones", "--motivo", preguntar("Motivo"))


def _salir(_: Sesion) -> None:
    raise Salir


@dataclass(frozen=True, slots=True)
class _Opcion:
    tecla: str
    texto: str
    hacer: Callable[[Sesion], None]


OPCIONES = (
    _Opcion("1", "Preparar libros", _preparar_libros),
    _Opcion("2", "Revisar lo recibido", _revisar),
    _Opcion("3", "Consolidar", _consolidar),
    _Opcion("4", "Correos", _correos),
    _Opcion("5", "¿Quién falta?", _quien_falta),
    _Opcion("6", "Cerrar el periodo", _cerrar),
    _Opcion("7", "Cambiar de carpeta o de periodo", _cambiar),
    _Opcion("0", "Salir", _salir),
)


def _mostrar(sesion: Sesion) -> None:
    click.echo(f"\nCarpeta: {sesion.oficina.carpeta}\nPeriodo: {sesion.periodo.nombre} ({sesion.periodo.codigo})")
    _decir_del_catalogo(sesion)
    if not sesion.oficina.hay_recibidos(sesion.periodo):
        click.echo(f"Lo que llegue se guarda en «{Path(RECIBIDOS) / sesion.periodo.codigo}».")
    for opcion in OPCIONES:
        click.echo(f"  {opcion.tecla}  {opcion.texto}")


def _decir_del_catalogo(sesion: Sesion) -> None:
    """Si el catálogo no puede usarse, qué le falta: sin él no se sabe quién debe informar."""
    catalogo, hallazgos = sesion.leer_catalogo()
    if catalogo is not None:
        return
    if not sesion.oficina.catalogo:
        click.echo(f"Falta «{CATALOGO}»: con él sale un libro por unidad y se sabe quién no ha entregado.")
        return
    errores = [h for h in hallazgos if h.severidad is Severidad.ERROR]
    if ilegible := next((h for h in errores if not h.donde.celda), None):
        click.echo(f"«{CATALOGO}» no se usa. {ilegible.mensaje} {ilegible.como_corregir}")
        return
    click.echo(f"«{CATALOGO}» todavía no se usa: le {'falta' if len(errores) == 1 else 'faltan'} "
               f"{cuenta(len(errores), 'dato', 'datos')} por llenar o corregir. Por ejemplo:")
    for h in errores[:_DE_MUESTRA]:
        click.echo(f"  {h.donde.hoja}!{h.donde.celda}  {h.mensaje}")


def hay_terminal() -> bool:
    """Una persona escribe y lee: sin terminal se muestra la ayuda."""
    return sys.stdin.isatty() and sys.stdout.isatty()
