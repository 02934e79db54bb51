"""Lo que comparten las órdenes: sus opciones, lo que se exige antes de empezar y cómo se dice que algo no se pudo."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pei_excel.indicaciones import como_se_escribe, indicacion
from pei_excel.terminal import Entero, Opcion, TipoDeDato

if TYPE_CHECKING:
    from pei_excel.catalogo import Catalogo
    from pei_excel.proceso import Avance, Resultado


class TipoPeriodo(TipoDeDato):
    name = "periodo"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from pei_excel.periodos import Periodo

        try:
            return value if isinstance(value, Periodo) else Periodo.de_codigo(value)
        except ValueError as error:
            self.fail(str(error) + ".", param, ctx)


class TipoFecha(TipoDeDato):
    name = "fecha"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - es una fecha, sin hora
        except ValueError:
            self.fail(f"«{value}» no es una fecha; escriba por ejemplo 2024-07-08.", param, ctx)


def _leer_perfiles(_: click.Context, __: click.Parameter, valores: tuple[str, ...]) -> dict[str, str]:
    from pei_excel.formatos import FORMATOS
    from pei_excel.semaforo import PERFILES

    perfiles: dict[str, str] = {}
    for valor in valores:
        formato, _igual, nombre = valor.rpartition("=")
        if nombre not in PERFILES:
            raise click.BadParameter(f"«{nombre}» no es un perfil; los hay: {', '.join(PERFILES)}.")
        if formato and formato.upper() not in FORMATOS:
            raise click.BadParameter(f"«{formato}» no es un formato; los hay: {', '.join(FORMATOS).lower()}.")
        for clave in [formato.upper()] if formato else FORMATOS:
            perfiles[clave] = nombre
    return perfiles


def _leer_limites(_: click.Context, __: click.Parameter, valores: tuple[str, ...]) -> Any:
    from pei_excel.lectura.limites import limites_con

    try:
        return limites_con(valores)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


def leer_claves(_: click.Context, __: click.Parameter, ruta: Path | None) -> Any:
    from pei_excel.lectura.claves import Claves

    try:
        return Claves.de_archivo(ruta) if ruta is not None else None
    except ValueError as error:
        raise click.BadParameter(f"«{ruta}»: {error}.") from None


def de_lectura(funcion: Any) -> Any:
    """Las opciones de las órdenes que leen libros."""
    for opcion in (
        click.option("--pais", type=Opcion(["mx", "pe", "sv"]),
                     help="Costumbre de los separadores: «1,200» es mil doscientos en mx."),
        click.option("--clave-archivo", "claves", callback=leer_claves, metavar="ARCHIVO",
                     type=click.Path(path_type=Path),
                     help="Texto con una línea «unidad o nombre = contraseña» por cada libro cifrado."),
        click.option("--limite", "limites", multiple=True, callback=_leer_limites, metavar="NOMBRE=NÚMERO",
                     help="Cambia cuánto se acepta leer de un archivo; por ejemplo archivo=60 (MB) o segundos=120."),
    ):
        funcion = opcion(funcion)
    return funcion


def de_revision(funcion: Any) -> Any:
    """Las opciones que comparten `revisar` y `consolidar`."""
    for opcion in (
        click.option("--perfil", multiple=True, callback=_leer_perfiles, metavar="[FORMATO=]NOMBRE",
                     help="Semáforo: general, simetrico, operativo o san-miguel."),
        click.option("--catalogo", type=click.Path(path_type=Path), metavar="catalogo.xlsx",
                     help="Catálogo de la institución: compara quién debe informar y toma de él país y semáforo."),
        click.option("--anterior", type=click.Path(path_type=Path), metavar="RUTA",
                     help="Entregas de antes, o la carpeta de un periodo cerrado: compara lo aprobado y lo informado."),
        click.option("--usar", multiple=True, metavar="ARCHIVO",
                     help="De las entregas repetidas de un informe, usa ésta; puede repetirse."),
        click.option("--procesos", type=Entero(1, 64), metavar="N", help="Procesos a la vez (uno por núcleo)."),
    ):
        funcion = opcion(funcion)
    return de_lectura(funcion)


def leer_catalogo_o_salir(ruta: Path) -> Catalogo:
    """El catálogo; si no puede usarse, sus errores con su celda y estado 1."""
    from pei_excel.catalogo import leer_catalogo

    if not ruta.is_file():
        uso(f"No existe el catálogo «{ruta}». " + indicacion(
            orden=f"Revise la ruta; la plantilla se hace con: {como_se_escribe('plantilla', 'catalogo')}",
            menu="Prepare otra vez la carpeta: sale uno en blanco.",
        ))
    leido, hallazgos = leer_catalogo(ruta)
    for h in hallazgos:
        donde = f"{h.donde.hoja}!{h.donde.celda}" if h.donde.celda else ruta.name
        click.echo(f"{h.severidad}  {donde}  {h.regla}: {h.mensaje} {h.como_corregir}", err=True)
    if leido is None:
        click.echo(f"El catálogo «{ruta.name}» tiene errores: hasta corregirlos no se hace nada con él.", err=True)
        sys.exit(1)
    return leido


def exigir_archivos(rutas: tuple[Path, ...]) -> None:
    from pei_excel.archivos import buscar

    hallados = buscar(rutas)
    if not hallados.archivos:
        aparte = f" (hay {len(hallados.ajenos)} de otra clase)" if hallados.ajenos else ""
        uso(f"No hay libros que leer en {', '.join(f'«{r}»' for r in rutas)}{aparte}.")


def exigir_anteriores(ruta: Path | None) -> None:
    if ruta is None:
        return
    from pei_excel.ciclo.entregas_anteriores import hay_que_leer

    _dado = indicacion(orden=", que se dio en --anterior", menu=", con que se compara")
    if not ruta.exists():
        uso(f"No existe «{ruta}»{_dado}. Revise la ruta.")
    if not hay_que_leer(ruta):
        uso(f"En «{ruta}»{_dado}, no hay libros ni la carpeta de un periodo consolidado.")


def uso(mensaje: str) -> NoReturn:
    """Una línea en la salida de errores y estado 2."""
    click.echo(mensaje, err=True)
    sys.exit(2)


def terminar(resultado: Resultado) -> None:
    sys.exit(1 if resultado.con_errores else 0)


def avance() -> Avance:
    """Barra en una terminal; en otro sitio, una línea por etapa."""
    if not sys.stderr.isatty():
        vistas: set[str] = set()

        def linea(etapa: str, hechos: int, total: int) -> None:  # noqa: ARG001 - firma común de los avances
            if etapa not in vistas:
                vistas.add(etapa)
                click.echo(f"{etapa} ({total})…", err=True)

        return linea

    def barra(etapa: str, hechos: int, total: int) -> None:
        lleno = int(30 * hechos / max(total, 1))
        click.echo(f"\r{etapa:26} [{'#' * lleno}{'-' * (30 - lleno)}] {hechos}/{total}", err=True, nl=hechos == total)

    return barra
