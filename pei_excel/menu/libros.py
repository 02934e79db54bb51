"""Las opciones sobre los libros: prepararlos, revisar lo recibido y consolidarlo."""

from __future__ import annotations

from pathlib import Path

import click

from pei_excel.archivos import originales
from pei_excel.menu.lugar import decir_donde_hay_libros
from pei_excel.menu.sesion import Sesion, ilegible
from pei_excel.oficina import CATALOGO, RECIBIBLES, anterior, hay_libros
from pei_excel.terminal import abrir, confirmar, preguntar, preguntar_ruta
from pei_excel.textos import enumerar

_NINGUNA = "ninguna"
#: Cuántos libros que quedan de antes se nombran.
_DE_ANTES = 8


def preparar_libros(sesion: Sesion) -> None:
    """Los libros del periodo para las unidades, desde los aprobados o en blanco."""
    formato, antes = _formato(sesion), anterior(sesion.periodo)
    previos = sesion.oficina.recibidos(antes) if antes and sesion.oficina.hay_recibidos(antes) else None
    click.echo(
        "Para que cada unidad reciba sus renglones ya aprobados, diga en qué carpeta están los libros aprobados. "
        f"Con «{_NINGUNA}» salen los de formulación, en blanco."
    )
    desde: Path | None = preguntar_ruta("Libros aprobados", propuesta=str(previos) if previos else _NINGUNA)
    while desde is not None and not desde.exists():
        if str(desde).casefold() == _NINGUNA:
            desde = None
            break
        click.echo(f"No existe «{desde}». Revise la ruta o escriba: {_NINGUNA}")
        desde = preguntar_ruta("Libros aprobados", propuesta=_NINGUNA)
    destino = sesion.oficina.para_enviar(sesion.periodo)
    antes_habia = _como_estan(destino)
    if antes_habia:
        click.echo(f"En «{destino}» ya hay libros, y los que salgan otra vez se escriben encima: si cambió alguno a "
                   "mano, guárdelo antes en otra carpeta.")
        if not confirmar("¿Los hago?", propuesta=False):
            return
    pedido = ("--periodo", sesion.periodo.codigo, "--desde", desde) if desde else (
        "--ejercicio", str(sesion.periodo.ejercicio))
    catalogo = sesion.con_catalogo
    estado = sesion.orden("plantilla", formato, *pedido, *catalogo, "-o", destino)
    if estado == 0 and not desde and not catalogo:
        click.echo(f"Salió un solo libro, en blanco y sin el nombre de la unidad, en «{destino}». Llene «{CATALOGO}» y "
                   "repita: sale uno por unidad.")
    elif estado == 0:
        click.echo(f"Los libros están en «{destino}»: ya puede enviarlos.")
    elif estado == 1 and destino.is_dir():
        click.echo(f"Los que salieron están en «{destino}». Antes de enviarlos, atienda lo que se dijo arriba.")
    if estado in {0, 1}:
        _decir_los_de_antes(antes_habia, _como_estan(destino))


def _como_estan(carpeta: Path) -> dict[str, tuple[int, int]]:
    """Los libros que hay en una carpeta y con qué se sabe si otra vez se escribieron."""
    if not hay_libros(carpeta):
        return {}
    return {
        nombre: (datos.st_mtime_ns, datos.st_ino) for ruta, nombre in originales(carpeta)
        if ruta.suffix.lower() in RECIBIBLES and (datos := ruta.stat())
    }


def _decir_los_de_antes(antes: dict[str, tuple[int, int]], ahora: dict[str, tuple[int, int]]) -> None:
    """Los libros que ya estaban y esta vez no salieron: quien envíe la carpeta entera enviaría también ésos."""
    if quedan := [nombre for nombre, como in ahora.items() if antes.get(nombre) == como]:
        nombrados = [f"«{nombre}»" for nombre in quedan[:_DE_ANTES]]
        mas = [f"{len(quedan) - _DE_ANTES} más"] if len(quedan) > _DE_ANTES else []
        uno = len(quedan) == 1
        click.echo(f"Ahí {'queda' if uno else 'quedan'} de antes {enumerar([*nombrados, *mas])}, que esta vez no "
                   f"{'salió' if uno else 'salieron'}: no {'lo' if uno else 'los'} envíe; "
                   f"{'páselo' if uno else 'páselos'} a otra carpeta.")


def _formato(sesion: Sesion) -> str:
    """«mir» o «poi»: el del país del catálogo; si no se sabe, se pregunta."""
    pais = sesion.catalogo.institucion.pais if sesion.catalogo else None
    if pais in {"mx", "pe"}:
        return "poi" if pais == "pe" else "mir"
    while True:
        respuesta = preguntar("¿Qué formato? mir (Informe Trimestral) o poi (Plan Operativo)", propuesta="mir")
        if respuesta.casefold() in {"mir", "poi"}:
            return respuesta.casefold()
        click.echo("Escriba mir o poi.")


def revisar(sesion: Sesion) -> None:
    """Lo recibido del periodo."""
    if not _hay_que_leer(sesion):
        return
    recibidos = sesion.oficina.recibidos(sesion.periodo)
    if sesion.orden("revisar", recibidos, "--periodo", sesion.periodo.codigo, *sesion.con_catalogo) == 1:
        click.echo("Al consolidar (opción 3), lo mismo queda escrito en la hoja «Observaciones» y en el libro de cada "
                   "unidad.")


def consolidar_lo_recibido(sesion: Sesion) -> None:
    """Lo recibido del periodo."""
    if _hay_que_leer(sesion):
        consolidar(sesion, sesion.oficina.recibidos(sesion.periodo))


def consolidar(sesion: Sesion, recibidos: Path, *, preguntando: bool = True) -> int:
    """Consolida una carpeta en el periodo de la sesión, ofrece abrir la Ficha y da el estado de la orden."""
    from pei_excel.ciclo.cerrados import CERRADOS
    from pei_excel.ciclo.entregas_anteriores import hay_que_leer

    if not sesion.con_catalogo and not _se_puede_sin_catalogo(sesion, preguntando=preguntando):
        return 2
    cerrados = sesion.oficina.resultados / CERRADOS
    comparar = ("--anterior", cerrados) if cerrados.is_dir() and hay_que_leer(cerrados) else ()
    estado = sesion.orden(
        "consolidar", recibidos, "--periodo", sesion.periodo.codigo, *sesion.con_catalogo, *comparar, "-o",
        sesion.oficina.resultados,
    )
    consolidados = sorted(sesion.del_periodo.glob("consolidado-*.xlsx"))
    if preguntando and estado in {0, 1} and consolidados and confirmar("¿Abro la Ficha?", propuesta=True):
        for libro in consolidados:
            if not abrir(libro):
                click.echo(f"No se pudo abrir. Ábralo usted: «{libro}».")
    return estado


def _se_puede_sin_catalogo(sesion: Sesion, *, preguntando: bool) -> bool:
    """Nunca se ha usado, y puede estar llenándose; o se aceptó que no se sepa quién falta."""
    from pei_excel.ciclo.catalogo_usado import se_venia_usando

    venia = se_venia_usando(sesion.oficina.resultados, sesion.periodo.codigo)
    esta, sin_leer = sesion.oficina.catalogo is not None, ilegible(sesion.leer_catalogo()[1])
    if not venia and not sin_leer:
        return True  # la orden dice en una línea qué no se sabe sin él
    por_que = f" {sin_leer.mensaje}" if sin_leer else ""
    click.echo((f"«{CATALOGO}» está, pero no puede usarse.{por_que}" if esta else f"Falta «{CATALOGO}».")
               + " Sin él no se sabe quién debe informar, y en el consolidado parecerá que no falta nadie.")
    if not preguntando and not venia:
        return True
    if preguntando and confirmar("¿Consolido sin catálogo?", propuesta=False):
        return True
    click.echo("No se consolidó. " + (f"Corrija «{CATALOGO}»" if esta else f"Regrese «{CATALOGO}» a su carpeta")
               + " y repita.")
    return False


def _hay_que_leer(sesion: Sesion) -> bool:
    if sesion.oficina.hay_recibidos(sesion.periodo):
        return True
    decir_donde_hay_libros(sesion)
    return False
