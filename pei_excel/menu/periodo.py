"""Las opciones del periodo: quién falta, cerrarlo y reabrirlo."""

from __future__ import annotations

import click

from pei_excel.menu.sesion import Sesion
from pei_excel.terminal import confirmar, preguntar
from pei_excel.textos import enumerar


def quien_falta(sesion: Sesion) -> None:
    """Quién entregó y quién no, según lo último que se consolidó, y si después llegó algo."""
    from pei_excel.ciclo.llegadas import recordada

    resultados, periodo = sesion.oficina.resultados, sesion.periodo
    de_donde = ("--recibidos", sesion.oficina.recibidos(periodo)) if (
        sesion.oficina.hay_recibidos(periodo) and recordada(resultados, periodo.codigo) is None
    ) else ()
    sesion.orden("estado", "--periodo", periodo.codigo, *sesion.con_catalogo, *de_donde, "-o", resultados)


def cerrar(sesion: Sesion) -> None:
    """Cierra el periodo; sólo si lo impide lo que falta por solventar, ofrece cerrarlo diciendo el motivo."""
    from pei_excel.ciclo.cierre import Pedido, quedan_por_solventar

    resultados, periodo = sesion.oficina.resultados, sesion.periodo
    click.echo("Al cerrar se archiva todo lo recibido y los resultados pasan de PRELIMINAR a DEFINITIVO.")
    if not confirmar(f"¿Cierro {periodo.con_articulo}?", propuesta=False):
        return
    catalogo = sesion.con_catalogo  # con otro que el de la oficina, o sin él, su cobertura no valdría
    orden = ("cerrar", periodo.codigo, *catalogo, "-o", resultados)
    pedido = Pedido(periodo, resultados, catalogo=catalogo[1] if catalogo else None)
    if sesion.orden(*orden) == 0 or not quedan_por_solventar(pedido):
        return
    if confirmar("¿Lo cierro con observaciones, diciendo el motivo?", propuesta=False):
        sesion.orden(*orden, "--con-observaciones", "--motivo", preguntar("Motivo"))


def reabrir(sesion: Sesion) -> None:
    """Reabre un periodo cerrado, con su motivo."""
    from pei_excel.ciclo.cerrados import cerrados

    codigos, actual = cerrados(sesion.oficina.resultados), sesion.periodo.codigo
    if not codigos:
        click.echo("No hay ningún periodo cerrado.")
        return
    click.echo(f"{'Está cerrado' if len(codigos) == 1 else 'Están cerrados'} {enumerar(codigos)}. Lo archivado no se "
               "toca; al cerrar otra vez será otra versión.")
    while (codigo := preguntar("¿Cuál reabro?", propuesta=actual if actual in codigos else codigos[-1])) not in codigos:
        click.echo(f"Escriba {enumerar(codigos, 'o')}.")
    motivo = preguntar("Motivo")
    sesion.orden("reabrir", codigo, "--motivo", motivo, "-o", sesion.oficina.resultados)
