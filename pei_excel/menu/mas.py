"""«Más opciones»: lo que no es de cada día. Cada una, también, es una orden."""

from __future__ import annotations

from collections.abc import Callable

import click

from pei_excel.menu.periodo import reabrir
from pei_excel.menu.sesion import Sesion, elegir
from pei_excel.oficina import CATALOGO
from pei_excel.salidas import ULTIMO
from pei_excel.terminal import preguntar, preguntar_ruta

_ANOS = range(2000, 2101)


def mas_opciones(sesion: Sesion) -> None:
    """Lo que puede hacerse con lo que hay en la carpeta."""
    opciones: list[tuple[str, Callable[[Sesion], None]]] = [
        ("Reabrir un periodo cerrado", reabrir),
        ("Rescatar un libro maltratado, de otra versión o de otro año", _rescatar),
        ("Reunir el expediente de una unidad", _expediente),
        ("¿Qué quiere decir una observación?", _explicar),
        ("Preparar otra vez esta carpeta: repone lo que falte y no toca lo demás", _preparar),
    ]
    if sesion.oficina.catalogo:
        opciones.append(("Todo lo que le falta al catálogo", _catalogo))
    if sesion.catalogo and sesion.catalogo.institucion.pais == "mx":
        opciones.append(("Libros de transparencia (fracciones IV, V y VI)", _transparencia))
    hacer = elegir("¿Cuál?", opciones)
    if hacer is not None:
        hacer(sesion)


def _rescatar(sesion: Sesion) -> None:
    libro = preguntar_ruta("Libro, .zip o carpeta (puede arrastrarlo aquí)")
    if not libro.exists():
        click.echo(f"No existe «{libro}». Revise la ruta.")
        return
    pais = sesion.catalogo.institucion.pais if sesion.catalogo else None
    de_donde = ("--pais", pais) if pais else ()
    destino = sesion.oficina.resultados / "rescatados"
    ano = _ano(sesion, "Si el libro no dice de qué año es, ¿cuál es?")
    sesion.orden("rescatar", "--ejercicio", ano, *de_donde, "-o", destino, "--", libro.absolute())
    click.echo(f"Lo rescatado queda en «{destino}»; el archivo original no se toca.")


def _expediente(sesion: Sesion) -> None:
    clave = preguntar("Clave de la unidad o de su programa, por ejemplo 504 o 504-6")
    ano = _ano(sesion, "Año")
    sesion.orden("expediente", *sesion.con_catalogo, "--salidas", sesion.oficina.resultados, "--", clave, ano)


def _explicar(sesion: Sesion) -> None:
    sesion.orden("explicar", "--", preguntar("Clave de la observación, por ejemplo SEG001"))


def _preparar(sesion: Sesion) -> None:
    sesion.orden("preparar", "--ejercicio", str(sesion.periodo.ejercicio), "--", sesion.oficina.carpeta)


def _catalogo(sesion: Sesion) -> None:
    catalogo = sesion.oficina.catalogo
    if catalogo is None:
        click.echo(f"«{CATALOGO}» ya no está. Regréselo a su carpeta o prepárela otra vez: sale uno en blanco.")
        return
    sesion.orden("revisar", catalogo)


def _transparencia(sesion: Sesion) -> None:
    carpeta = sesion.del_periodo
    if not (carpeta / ULTIMO).is_file():
        click.echo("Primero consolide (opción 3): los libros llevan sus resultados.")
        return
    datos: list[str] = []
    for opcion, pregunta in (
        ("--hipervinculo", "Dirección de internet del documento del programa (Intro si no la hay)"),
        ("--validacion", "Fecha de validación, por ejemplo 2024-07-15 (Intro si su formato no la trae)"),
    ):
        if dicho := preguntar(pregunta, vacio=True):
            datos += [opcion, dicho]
    sesion.orden("transparencia", carpeta, *sesion.con_catalogo, *datos, "-o",
                 sesion.oficina.resultados / "transparencia")


def _ano(sesion: Sesion, pregunta: str) -> str:
    while True:
        escrito = preguntar(pregunta, propuesta=str(sesion.periodo.ejercicio))
        if escrito.isdecimal() and int(escrito) in _ANOS:
            return escrito
        click.echo(f"Escriba un año, por ejemplo {sesion.periodo.ejercicio}.")
