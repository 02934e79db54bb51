"""Las órdenes sobre los libros: hacer las plantillas, revisar lo recibido, consolidarlo y rescatar lo maltratado."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pei_excel.indicaciones import indicacion
from pei_excel.ordenes.comunes import (
    TipoFecha,
    TipoPeriodo,
    avance,
    de_lectura,
    de_revision,
    exigir_anteriores,
    exigir_archivos,
    leer_catalogo_o_salir,
    terminar,
    uso,
)
from pei_excel.terminal import Entero, Opcion, Orden

if TYPE_CHECKING:
    from pei_excel.proceso import Consolidado, Encargo, Resultado


FORMATOS_DE_PLANTILLA = ("mir", "poi", "catalogo", "todas")


PAPELES = ("oficio", "carta", "a4", "a3")


@click.command(cls=Orden)
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path),
              default=Path("salidas/ejemplo"), show_default=True,
              help="Carpeta donde se deja.")
def ejemplo(salida: Path) -> None:
    """Hace todo el trabajo con los libros de muestra de dos municipios y dice qué encontró."""
    from tempfile import TemporaryDirectory

    from pei_excel.ejemplo import PERIODO, escribir_lista, escribir_recibidos
    from pei_excel.informe import texto_de_ejemplo
    from pei_excel.proceso import Encargo
    from pei_excel.salidas import escribir_entero, puerta

    recibidos = salida / "recibidos"
    with puerta(salida):
        with TemporaryDirectory() as temporal:
            libros = escribir_recibidos(Path(temporal))
            for ruta in [*libros, escribir_lista(Path(temporal), libros)]:
                escribir_entero(recibidos / ruta.relative_to(temporal), ruta.read_bytes())
        consolidado = consolidar_o_salir(recibidos, salida, Encargo(PERIODO, pais="mx"))
    click.echo(texto_de_ejemplo(consolidado, recibidos), nl=False)


@click.command(cls=Orden, epilog="Ejemplo:  pei-excel plantilla mir --ejercicio 2025 -o plantillas")
@click.argument("formato", type=Opcion(FORMATOS_DE_PLANTILLA), metavar="FORMATO")
@click.option("--ejercicio", type=Entero(2000, 2100), help="Año; si no se dice, el del periodo o el actual.")
@click.option("--periodo", type=TipoPeriodo(),
              help="Periodo que se va a reportar, por ejemplo 2024-T3; en el POI, también 2024-08.")
@click.option("--desde", type=click.Path(path_type=Path), metavar="RUTA",
              help="Libro (o carpeta de libros) aprobado: sale la plantilla de seguimiento con sus renglones. En el "
              "POI, también la exportación del aplicativo: sale un libro por unidad.")
@click.option("--catalogo", type=click.Path(path_type=Path), metavar="catalogo.xlsx",
              help="Catálogo de la institución: sale un libro por cada unidad (y programa) que debe informar, con su "
              "identificación, logotipo, colores y firmas.")
@click.option("--filas", type=Entero(1, 500), default=60, show_default=True, help="Renglones libres.")
@click.option("--papel", type=Opcion(PAPELES), help="Papel; por omisión, el del formato.")
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path),
              default=Path("plantillas"), show_default=True,
              help="Carpeta donde se deja.")
def plantilla(
    formato: str, ejercicio: int | None, periodo: Any, desde: Path | None, catalogo: Path | None, filas: int,
    papel: str | None, salida: Path,
) -> None:
    """Escribe la plantilla de un formato.

    Sin --desde es la de formulación: renglones libres y todo abierto. Con --desde es la de seguimiento: los
    renglones aprobados, cerrados, y abierto sólo lo que se captura en el periodo.
    """
    from pei_excel.plantillas import errores_de, escribir_plantillas
    from pei_excel.plantillas_de_unidad import escribir_de_unidades

    if desde is not None and not desde.exists():
        uso(f"No existe «{desde}». Revise la ruta.")
    if catalogo is not None and formato not in {"mir", "poi"}:
        uso("Con --catalogo se pide la plantilla mir o la poi.")
    if formato == "catalogo" and (desde is not None or periodo is not None):
        uso("El catálogo no tiene periodo ni sale de otros libros: use sólo --ejercicio, --filas y --papel.")
    if desde is not None and periodo is None:
        uso("Con --desde hace falta --periodo, por ejemplo --periodo 2024-T3.")
    if periodo is not None and periodo.clase == "M" and formato != "poi":
        a = periodo.ejercicio
        uso(f"La MIR se informa por trimestre: use {a}-T1 … {a}-T4, {a}-S1, {a}-S2 o {a}.")
    leido = leer_catalogo_o_salir(catalogo) if catalogo is not None else None
    ejercicio = ejercicio or (periodo.ejercicio if periodo else leido.institucion.ejercicio if leido else None)
    ejercicio = ejercicio or date.today().year  # noqa: DTZ011 - el año de la oficina
    hechas = malos = con_errores = 0
    pedidas = escribir_plantillas(
        formato, salida=salida, ejercicio=ejercicio, periodo=periodo, desde=desde, filas=filas, papel=papel
    ) if catalogo is None or leido is None else escribir_de_unidades(
        formato, leido, carpeta=catalogo.parent, salida=salida, ejercicio=ejercicio, periodo=periodo, desde=desde,
        filas=filas, papel=papel,
    )
    for hecha in pedidas:
        hechas += hecha.problema is None
        malos += hecha.problema is not None and not hecha.aparte
        if hecha.problema is None:
            click.echo(hecha.ruta)
        elif not hecha.ruta:
            click.echo(f"No se hizo ninguna plantilla: {hecha.problema}.", err=True)
        else:
            que = "Se deja aparte" if hecha.aparte else "No se hizo la de"
            click.echo(f"{que} {hecha.ruta}: {hecha.problema}.", err=True)
        if hecha.aviso:
            click.echo(f"  {Path(hecha.ruta).name}: {hecha.aviso}.", err=True)
        for linea in errores_de(hecha, desde):
            click.echo(f"  {linea}", err=True)
        con_errores += bool(hecha.errores)
    if malos or con_errores or not hechas:
        sys.exit(1)


@click.command(cls=Orden, epilog="Ejemplo:  pei-excel revisar recibidos --periodo 2024-T2")
@click.argument("rutas", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="RUTA...")
@click.option("--periodo", type=TipoPeriodo(), help="Periodo; sin él, el escrito en cada libro.")
@de_revision
@click.option("--json", "como_json", is_flag=True, help="Un documento JSON en la salida.")
def revisar(
    rutas: tuple[Path, ...], periodo: Any, perfil: dict[str, str], catalogo: Path | None, pais: str | None,
    anterior: Path | None, procesos: int | None, claves: Any, limites: Any, como_json: bool, usar: tuple[str, ...],
) -> None:
    """Lee libros o carpetas y dice qué hay que corregir, con hoja y celda. No escribe nada."""
    from pei_excel.documento import a_texto, documento
    from pei_excel.informe import texto_de_revision
    from pei_excel.proceso import MODULOS_DE_LECTURA, Encargo, revisar_rutas
    from pei_excel.trabajadores import Trabajadores, procesos_por_omision

    for ruta in rutas:
        if not ruta.exists():
            uso(f"No existe «{ruta}». Revise la ruta.")
    exigir_archivos(rutas)
    exigir_anteriores(anterior)
    encargo = Encargo(
        periodo, perfil, pais, procesos=procesos, anterior=anterior, limites=limites, claves=claves,
        catalogo=leer_catalogo_o_salir(catalogo) if catalogo else None, usar=usar,
    )
    with Trabajadores(procesos or procesos_por_omision(), limites, MODULOS_DE_LECTURA) as trabajadores:
        resultado = revisar_rutas(rutas, encargo, trabajadores, avance())
    del_catalogo = _revisar_catalogo(rutas[0], resultado) if len(rutas) == 1 and not resultado.revisiones else ""
    if como_json:
        click.echo(a_texto(documento(resultado.revisiones, resultado.de_carpeta)), nl=False)
    else:
        click.echo(texto_de_revision(resultado) + del_catalogo, nl=False)
    terminar(resultado)


def _revisar_catalogo(ruta: Path, resultado: Resultado) -> str:
    """Si lo que se dio es un catálogo, pone en el resultado lo que se le observa y da una línea que lo dice."""
    from pei_excel.catalogo import leer_catalogo

    if not ruta.is_file() or ruta.suffix.lower() == ".zip":
        return ""
    leido, hallazgos = leer_catalogo(ruta)
    if any(h.regla in {"FMT001", "FMT002"} for h in hallazgos):
        return ""
    resultado.de_carpeta = hallazgos
    como = "puede usarse" if leido is not None else "tiene errores: hasta corregirlos no se hace nada con él"
    return f"El catálogo «{ruta.name}» {como}.\n"


@click.command(cls=Orden, epilog="Ejemplo:  pei-excel consolidar recibidos --periodo 2024-T2")
@click.argument("carpeta", type=click.Path(path_type=Path))
@click.option("--periodo", type=TipoPeriodo(), required=True,
              help="Periodo que se consolida, por ejemplo 2024-T2; en el POI, también 2024-08.")
@de_revision
@click.option("--corte", type=TipoFecha(),
              help="Fecha de corte que se muestra; por omisión, el último día del periodo.")
@click.option("--estricto", is_flag=True, help="Deja fuera también los informes con errores.")
@click.option("--ponderado", is_flag=True,
              help="POI: la media del avance físico pesa cada actividad por su costo anual.")
@click.option("--sin-bitacora", is_flag=True,
              help="No lee ni escribe bitacora.sqlite; las cifras son las mismas.")
@click.option("--json", "como_json", is_flag=True, help="Imprime el mismo documento de resultado.json.")
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path),
              default=Path("salidas"), show_default=True,
              help="Carpeta de resultados; dentro se crea la del periodo.")
def consolidar(
    carpeta: Path, periodo: Any, perfil: dict[str, str], catalogo: Path | None, pais: str | None,
    anterior: Path | None, procesos: int | None, claves: Any, limites: Any, corte: date | None, estricto: bool,
    ponderado: bool, como_json: bool, salida: Path, usar: tuple[str, ...], sin_bitacora: bool,
) -> None:
    """Lee una carpeta, revisa, consolida y deja los libros institucionales y la evaluación de cada informe."""
    from pei_excel.ciclo.catalogo_usado import se_uso_catalogo
    from pei_excel.ciclo.cerrados import CERRADOS, anteriores_a
    from pei_excel.informe import texto_de_consolidado
    from pei_excel.proceso import Encargo
    from pei_excel.textos import citar

    if not carpeta.is_dir():
        uso(f"No existe la carpeta «{carpeta}». Revise la ruta.")
    exigir_archivos((carpeta,))
    exigir_anteriores(anterior)
    encargo = Encargo(
        periodo, perfil, pais, corte, procesos, estricto, ponderado, anterior, limites, claves,
        leer_catalogo_o_salir(catalogo) if catalogo else None, usar, sin_bitacora, catalogo,
    )
    lo_tuvo = catalogo is None and se_uso_catalogo(salida, periodo.codigo, sin_bitacora=sin_bitacora)
    consolidado = consolidar_o_salir(carpeta, salida, encargo)
    if lo_tuvo:
        click.echo(f"{periodo.codigo} ya se había consolidado con catálogo, y esta vez no: no se sabe quién falta. "
                   "Consolide otra vez con él.", err=True)
    elif catalogo is None:
        click.echo("Sin catálogo no se sabe quién falta.", err=True)
    if anterior is None and (previos := anteriores_a(salida, periodo)):
        cerrados = salida / CERRADOS
        como = indicacion(orden=f"; para compararlos agregue --anterior {citar(cerrados)}", menu=".")
        click.echo(f"Hay periodos cerrados en «{cerrados}» ({', '.join(previos)}) con los que no se compara{como}",
                   err=True)
    if como_json:
        from pei_excel.salidas import ULTIMO

        click.echo((consolidado.carpeta / ULTIMO).read_text(encoding="utf-8"), nl=False)
    else:
        click.echo(texto_de_consolidado(consolidado), nl=False)
    terminar(consolidado.resultado)


def consolidar_o_salir(carpeta: Path, salida: Path, encargo: Encargo) -> Consolidado:
    """Consolida; si el periodo no es de esos libros, una línea y estado 2."""
    from pei_excel.proceso import PeriodoImpropio, consolidar_carpeta

    try:
        consolidado = consolidar_carpeta(carpeta, salida, encargo, avance())
    except PeriodoImpropio as error:
        uso(str(error))
    if consolidado.aviso:
        click.echo(consolidado.aviso, err=True)
    return consolidado


@click.command(cls=Orden, epilog="Ejemplo:  pei-excel rescatar recibidos/504.xls")
@click.argument("libro", type=click.Path(path_type=Path), metavar="LIBRO")
@click.option("--periodo", type=TipoPeriodo(), help="Si el libro trae varios, el que se rescata.")
@click.option("--ejercicio", type=Entero(2000, 2100), help="Año del libro que no lo dice.")
@de_lectura
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path), default=Path("rescatados"),
              show_default=True, help="Carpeta donde se deja.")
def rescatar(libro: Path, periodo: Any, ejercicio: int | None, pais: str | None, claves: Any, limites: Any,
             salida: Path) -> None:
    """Pasa lo que trae un libro maltratado, de otra versión o histórico a una plantilla de hoy.

    Cada celda que se movió o se reparó queda en color, con una nota, y en la hoja «Rescate»; ahí está también lo que
    no se leyó o no tiene lugar. Nada se inventa, y el archivo original no se toca. LIBRO puede ser también un .zip o
    una carpeta: sale un libro por cada informe.
    """
    from pei_excel.lectura.lector import Opciones
    from pei_excel.rescate import Pedido, texto_de_rescate
    from pei_excel.rescate import rescatar as rescatar_libros

    if not libro.exists() and not any(p.suffix.lower() == ".zip" and p.is_file() for p in libro.parents):
        uso(f"No existe «{libro}». Revise la ruta.")
    exigir_archivos((libro,))
    pedido = Pedido(Opciones(periodo, pais, limites, claves), ejercicio)
    rescatados = rescatar_libros([libro], salida, pedido, avance())
    click.echo(texto_de_rescate(rescatados), nl=False)
    sys.exit(0 if all(r.completo for r in rescatados) else 1)
