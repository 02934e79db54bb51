"""La opción de los correos: qué se manda, los borradores y, si este equipo tiene una cuenta, enviarlos."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from pei_excel.menu.sesion import Sesion, elegir
from pei_excel.oficina import hay_libros
from pei_excel.salidas import ULTIMO
from pei_excel.terminal import confirmar

_TESORERIA = "tesoreria"
_OPCIONES = (
    ("A la Tesorería, el consolidado", _TESORERIA),
    ("A las unidades, sus observaciones", "observaciones"),
    ("A las unidades que no han entregado, ya vencido el plazo", "faltante"),
    ("A las unidades que no han entregado, antes de que venza", "recordatorio"),
    ("A las unidades, sus libros del periodo", "apertura"),
    ("A las unidades, el acuse de lo que entregaron", "acuse"),
)


def correos(sesion: Sesion) -> None:
    """Hace los borradores de lo que se elija y ofrece enviarlos."""
    motivo = elegir("¿Qué se manda?", _OPCIONES)
    if motivo is None:
        return
    carpeta, de_cual = sesion.del_periodo, tuple[str, ...]()
    if motivo == "apertura":
        carpeta = sesion.oficina.para_enviar(sesion.periodo)
        if not hay_libros(carpeta):
            click.echo("Primero prepare los libros (opción 1): el correo los lleva.")
            return
    elif not (carpeta / ULTIMO).is_file():
        if motivo not in {"faltante", "recordatorio"} or sesion.oficina.hay_recibidos(sesion.periodo):
            click.echo("Primero consolide (opción 3): los correos llevan sus resultados y dicen quién ya entregó.")
            return
        carpeta, de_cual = sesion.oficina.resultados, ("--periodo", sesion.periodo.codigo)
    elif not _al_dia(sesion):
        return
    a_quien = (_TESORERIA,) if motivo == _TESORERIA else ("unidades", "--motivo", motivo)
    orden = ("enviar", carpeta, "--a", *a_quien, *de_cual, *sesion.con_catalogo, "--zip", "-o",
             sesion.oficina.resultados)
    if sesion.orden(*orden) in {0, 1} and _hay_borradores(sesion, motivo):
        _ofrecer(sesion, orden)


def _al_dia(sesion: Sesion) -> bool:
    """Lo consolidado es lo que hay en lo recibido, o se aceptó escribir con lo de entonces."""
    from pei_excel.ciclo.cerrados import cerrada
    from pei_excel.ciclo.llegadas import desde_lo_consolidado

    resultados, codigo = sesion.oficina.resultados, sesion.periodo.codigo
    despues = desde_lo_consolidado(resultados, codigo, sesion.oficina.recibidos(sesion.periodo))
    if not despues:
        return True
    click.echo(despues.frase(cerrado=cerrada(resultados, codigo) is not None))
    return confirmar("¿Hago los correos sin contarlo?", propuesta=False)


def _hay_borradores(sesion: Sesion, motivo: str) -> bool:
    from pei_excel.correo import carpeta_de_borradores

    return any(carpeta_de_borradores(sesion.oficina.resultados, sesion.periodo, motivo).glob("*.eml"))


def _ofrecer(sesion: Sesion, orden: Sequence[str | Path]) -> None:
    """Cómo se envían los borradores; desde aquí, sólo si este equipo tiene una cuenta de correo."""
    from pei_excel.correo import hay_cuenta

    click.echo("Para enviarlos: con Outlook, doble clic en cada borrador (.eml), que se abre listo para enviar; con un "
               "correo web, copie de correos.xlsx la dirección, el asunto y el texto, y agregue los adjuntos.")
    if not hay_cuenta(os.environ):
        click.echo("También pueden salir directamente desde aquí: lo configura, una sola vez, quien cuida los equipos "
                   "(README, «Los correos»).")
    elif confirmar("¿Los envío ahora por el servidor de correo?", propuesta=False):
        sesion.orden(*orden, "--enviar")
