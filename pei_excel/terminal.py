"""Click en español: encabezados de la ayuda y mensajes de uso. Sólo presentación; las órdenes están en `cli`."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

import click

from pei_excel import VERSION
from pei_excel.indicaciones import indicacion

if TYPE_CHECKING:  # los tipos de Click sólo llevan parámetro desde la versión 8.4
    TipoDeDato = click.ParamType[Any]
    _Eleccion = click.Choice[str]
else:
    TipoDeDato = click.ParamType
    _Eleccion = click.Choice


#: Segundos en que el programa que abre archivos dice si no pudo.
_ESPERA_AL_ABRIR = 5


class Opcion(_Eleccion):
    """Una de varias palabras, con el rechazo en español."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        buscado = str(value).casefold()
        for opcion in self.choices:
            if str(opcion).casefold() == buscado:
                return str(opcion)
        return self.fail(f"«{value}» no es una de: {', '.join(map(str, self.choices))}.", param, ctx)


class Entero(click.IntRange):
    """Entero entre dos límites, con el rechazo en español."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            numero = int(value)
        except (TypeError, ValueError):
            numero = None
        if numero is None or not (self.min or 0) <= numero <= (self.max or 10**9):
            self.fail(f"«{value}» no es un número entero de {self.min} a {self.max}.", param, ctx)
        return numero


def _traducir(ayuda: str) -> str:
    return ayuda.replace("[required]", "[obligatoria]").replace("[default: ", "[por omisión: ")


class _EnEspanol:
    """Encabezados en español para la ayuda de una orden."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        piezas = [p.replace("[OPTIONS]", "[OPCIONES]").replace("[COMMAND] [ARGS]...", "[ORDEN …]")
                  for p in self.collect_usage_pieces(ctx)]  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(piezas), prefix="Uso: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        opciones = [p for p in self.get_params(ctx)  # type: ignore[attr-defined]
                    if isinstance(p, click.Option)]
        renglones = [r for p in opciones if (r := p.get_help_record(ctx)) is not None]
        if renglones:
            with formatter.section("Opciones"):
                formatter.write_dl([(nombre, _traducir(ayuda)) for nombre, ayuda in renglones])
        if isinstance(self, click.Group):
            with formatter.section("Órdenes"):
                formatter.write_dl(
                    [(n, c.get_short_help_str(90)) for n, c in self.commands.items() if not c.hidden]
                )

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        opcion: click.Option | None = super().get_help_option(ctx)  # type: ignore[misc]
        if opcion is not None:
            opcion.help = "Muestra esta ayuda."
        return opcion


class Orden(_EnEspanol, click.Command):
    """Una orden con su ayuda en español."""


class Grupo(_EnEspanol, click.Group):
    """El grupo de órdenes, con su ayuda en español y en el orden en que se declararon."""

    command_class = Orden

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


def ejecutar(grupo: click.Command, argumentos: Sequence[str] | None, nombre: str) -> int:
    """Ejecuta el grupo, o una orden, y da su estado; lo mal escrito y lo que no se pudo son una línea y 2."""
    from pei_excel.salidas import NoSePudo

    try:
        grupo.main(args=argumentos, prog_name=nombre, standalone_mode=False)
    except click.exceptions.Exit as salida:
        return salida.exit_code
    except click.Abort:
        click.echo("Interrumpido. Lo que tenía sigue entero.", err=True)
        return 2
    except NoSePudo as error:
        click.echo(str(error), err=True)
        return 2
    except click.ClickException as error:
        ayuda = indicacion(orden=f" Vea la ayuda con: {_ayuda(error, nombre)}", menu="")
        click.echo(f"{_mensaje(error)}{ayuda}", err=True)
        return 2
    return 0


def con_red(hacer: Callable[[], int], *, menos: tuple[type[Exception], ...] = ()) -> int:
    """Hace algo y devuelve su estado; una falla nuestra (no las de `menos`) da una línea y el estado 3, sin rastro."""
    try:
        return hacer()
    except menos:
        raise
    except SystemExit as salida:
        return salida.code if isinstance(salida.code, int) else int(salida.code is not None)
    except Exception as error:  # noqa: BLE001 - última red: al usuario nunca se le muestra un rastro
        click.echo(
            f"Falla de pei-excel {VERSION}: {type(error).__name__} en {_lugar(error)}: {error}. Lo que tenía sigue "
            "igual. Envíenos esta línea y, si puede, el archivo.", err=True,
        )
        return 3


def preguntar(texto: str, *, propuesta: str | None = None, vacio: bool = False) -> str:
    """Lo que se teclea, sin espacios alrededor; si no se teclea nada, lo propuesto."""
    return _leer(texto, propuesta, vacio=vacio).strip()


def preguntar_ruta(texto: str, *, propuesta: str | None = None) -> Path:
    """La ruta que se escribe o se arrastra a la ventana; no comprueba que exista, sólo que el sistema la admita."""
    while True:
        escrita = _leer(texto, propuesta)
        try:
            ruta = Path(escrita.strip())
            if not ruta.exists():
                limpia = desarrastrar(escrita)
                if not limpia.strip():  # sólo las comillas
                    continue
                ruta = Path(limpia).expanduser()
                ruta.exists()
        except (OSError, RuntimeError):  # demasiado larga, de un usuario que no hay…
            click.echo("Esa ruta no puede usarse. Revísela, o arrastre aquí la carpeta.")
        else:
            return ruta


def desarrastrar(texto: str, *, windows: bool = sys.platform == "win32") -> str:
    """La ruta que se arrastró a la ventana, sin lo que cada terminal le agrega.

    En Windows, comillas; en macOS, una barra antes de cada signo y un espacio al final; en Linux, comillas o una
    dirección file://. Lo que no venga así se deja como se escribió.
    """
    limpio = texto.strip()
    if windows:
        limpio = limpio.removeprefix("& ")  # PowerShell
        if len(limpio) > 1 and limpio[0] == limpio[-1] and limpio[0] in "\"'":
            comilla, limpio = limpio[0], limpio[1:-1]
            limpio = limpio.replace("''", "'") if comilla == "'" else limpio
    else:
        try:
            partes = shlex.split(texto)
        except ValueError:  # una comilla suelta: es del nombre
            partes = []
        limpio = partes[0] if len(partes) == 1 else limpio
    return _de_direccion(limpio, windows=windows) if limpio.casefold().startswith("file://") else limpio


def _de_direccion(direccion: str, *, windows: bool) -> str:
    """«file:///home/a%20b» → «/home/a b»; de Windows, «C:\\a b» o «\\\\equipo\\carpeta»."""
    equipo, barra, resto = direccion[len("file://"):].partition("/")
    ruta = os.fsdecode(unquote_to_bytes(barra + resto))
    if not windows:
        return ruta
    ruta = ruta.removeprefix("/") if re.match(r"/[A-Za-z]:", ruta) else ruta
    return (f"//{equipo}" if equipo not in {"", "localhost"} else "").replace("/", "\\") + ruta.replace("/", "\\")


def _leer(texto: str, propuesta: str | None, *, vacio: bool = False) -> str:
    """Lo que se teclea, tal cual; si no se teclea nada, lo propuesto."""
    sufijo = f" [{propuesta}]" if propuesta else ""
    while True:
        try:
            respuesta = input(f"{texto}{sufijo}: ")
        except EOFError:
            if vacio:
                click.echo()
                return ""
            raise
        if respuesta.strip() or propuesta or vacio:
            return respuesta if respuesta.strip() else propuesta or ""


def confirmar(pregunta: str, *, propuesta: bool) -> bool:
    """Una pregunta de sí o no, que se repite hasta entender la respuesta."""
    while True:
        respuesta = preguntar(pregunta, propuesta="S" if propuesta else "N").casefold()
        if respuesta in {"s", "si", "sí"}:
            return True
        if respuesta in {"n", "no"}:
            return False
        click.echo("Responda S (sí) o N (no).")


def abrir(archivo: Path) -> bool:
    """Abre un archivo con el programa que le toca; falso si no se pudo."""
    if sys.platform != "win32":
        return _abrir_en_unix("open" if sys.platform == "darwin" else "xdg-open", archivo)
    try:
        os.startfile(archivo)  # noqa: S606 - Click 8.2 y 8.3 buscan «start», que en Windows no es un programa
    except OSError:
        return False
    return True


def _abrir_en_unix(programa: str, archivo: Path) -> bool:
    """Sin lo que el programa diga, que está en inglés; si sigue trabajando al cabo de un rato, es que lo abrió."""
    try:
        proceso = subprocess.Popen(  # noqa: S603 - el que abre archivos en el escritorio, con una ruta
            [programa, str(archivo)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C en el menú no lo cierra
        )
    except OSError:  # no está instalado
        return False
    try:
        return proceso.wait(_ESPERA_AL_ABRIR) == 0
    except subprocess.TimeoutExpired:
        Thread(target=proceso.wait, daemon=True).start()  # alguien debe esperar a que termine
        return True


def _lugar(error: BaseException) -> str:
    """Módulo y línea donde ocurrió, sin rutas de la máquina."""
    rastro = error.__traceback__
    lugar = "?"
    while rastro is not None:
        ruta = Path(rastro.tb_frame.f_code.co_filename)
        if "pei_excel" in ruta.parts:
            lugar = f"{ruta.name}:{rastro.tb_lineno}"
        rastro = rastro.tb_next
    return lugar


def _ayuda(error: click.ClickException, nombre: str) -> str:
    contexto = getattr(error, "ctx", None)
    return f"{contexto.command_path if contexto else nombre} --help"


def _mensaje(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption):
        parecidas = f" ¿Quiso decir {', '.join(error.possibilities)}?" if error.possibilities else ""
        return f"No existe la opción {error.option_name}.{parecidas}"
    if isinstance(error, click.MissingParameter):
        que = error.param.get_error_hint(error.ctx) if error.param and error.ctx else "un dato"
        return f"Falta {que}."
    if isinstance(error, click.BadParameter):
        que = error.param.get_error_hint(error.ctx) if error.param and error.ctx else "un dato"
        return indicacion(orden=f"En {que}: {error.message}", menu=error.message)
    if isinstance(error, click.BadOptionUsage):
        return f"La opción {error.option_name} está incompleta."
    if isinstance(error, click.UsageError) and "command" in error.message.casefold():
        return "Esa orden no existe."
    if isinstance(error, click.UsageError) and "argument" in error.message.casefold():
        return "Sobran datos en la orden."
    return error.message
