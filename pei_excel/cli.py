"""La línea de órdenes: lo que un usuario escribe y lo que lee. Lo pesado se importa dentro de cada orden."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pei_excel import VERSION
from pei_excel.terminal import Entero, Grupo, Opcion, TipoDeDato, con_red, ejecutar

if TYPE_CHECKING:
    from pei_excel.catalogo import Catalogo
    from pei_excel.proceso import Avance, Consolidado, Encargo, Resultado

FORMATOS_DE_PLANTILLA = ("mir", "poi", "catalogo", "todas")
MOTIVOS_DE_CORREO = ("apertura", "recordatorio", "faltante", "observaciones", "acuse")
PAPELES = ("oficio", "carta", "a4", "a3")


class _Periodo(TipoDeDato):
    name = "periodo"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from pei_excel.periodos import Periodo

        try:
            return value if isinstance(value, Periodo) else Periodo.de_codigo(value)
        except ValueError as error:
            self.fail(str(error) + ".", param, ctx)


class _Fecha(TipoDeDato):
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


def _leer_claves(_: click.Context, __: click.Parameter, ruta: Path | None) -> Any:
    from pei_excel.lectura.claves import Claves

    try:
        return Claves.de_archivo(ruta) if ruta is not None else None
    except ValueError as error:
        raise click.BadParameter(f"«{ruta}»: {error}.") from None


def _de_lectura(funcion: Any) -> Any:
    """Las opciones de las órdenes que leen libros."""
    for opcion in (
        click.option("--pais", type=Opcion(["mx", "pe", "sv"]),
                     help="Costumbre de los separadores: «1,200» es mil doscientos en mx."),
        click.option("--clave-archivo", "claves", callback=_leer_claves, metavar="ARCHIVO",
                     type=click.Path(path_type=Path),
                     help="Texto con una línea «unidad o nombre = contraseña» por cada libro cifrado."),
        click.option("--limite", "limites", multiple=True, callback=_leer_limites, metavar="NOMBRE=NÚMERO",
                     help="Cambia cuánto se acepta leer de un archivo; por ejemplo archivo=60 (MB) o segundos=120."),
    ):
        funcion = opcion(funcion)
    return funcion


def _de_revision(funcion: Any) -> Any:
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
    return _de_lectura(funcion)


@click.group(
    cls=Grupo, invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(VERSION, "-V", "--version", message="pei-excel %(version)s", help="Muestra la versión.")
@click.pass_context
def orden(contexto: click.Context) -> None:
    """Plantillas, revisión, consolidación y evaluación de los libros de Excel de la planeación municipal.

    Lo de siempre: prepare las plantillas (plantilla), reciba los libros llenos en una carpeta, mírelos
    (revisar) y obtenga el consolidado con las evaluaciones de cada unidad (consolidar).

    Para conocerlo con datos de muestra: pei-excel ejemplo

    Sin ninguna orden, en una ventana de comandos, se abre un menú. Para trabajar sin ella, con doble clic:
    pei-excel preparar CARPETA
    """
    if contexto.invoked_subcommand is None:
        from pei_excel.menu import abrir_menu, hay_terminal

        if hay_terminal():
            abrir_menu(lambda partes: con_red(lambda: ejecutar(orden, partes, "pei-excel")))
        else:
            click.echo(contexto.get_help())


@orden.command()
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


@orden.command(epilog="Ejemplo:  pei-excel simular --semilla 7 --unidades 30 -o practica")
@click.option("--semilla", type=Entero(0, 10**6), default=1, show_default=True,
              help="De cada semilla sale siempre el mismo año.")
@click.option("--unidades", type=Entero(4, 200), default=30, show_default=True, help="Entre los dos municipios.")
@click.option("--ejercicio", type=Entero(2000, 2100), default=2024, show_default=True, help="Año que se simula.")
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path), default=Path("practica"),
              show_default=True, help="Carpeta nueva donde se deja.")
def simular(semilla: int, unidades: int, ejercicio: int, salida: Path) -> None:
    """Escribe un año de demostración para practicar: dos carpetas de trabajo con lo que llega en cada trimestre.

    Hay atrasos, prórrogas, libros por corregir y reenviados, copias, metas modificadas y una unidad que cambia de
    clave. Nada de ello existe; el LÉAME de cada carpeta dice qué probar.
    """
    from pei_excel.simulacion.practica import escribir_practica

    hecha = escribir_practica(salida, semilla=semilla, unidades=unidades, ejercicio=ejercicio, avance=_avance())
    click.echo(f"Un año de demostración: {hecha.unidades} unidades y {hecha.libros} libros. Empiece por el LÉAME de:")
    for carpeta in hecha.carpetas:
        click.echo(f"  {carpeta}")


@orden.command(epilog='Ejemplo:  pei-excel preparar "Planeación 2025" --ejercicio 2025 --pais mx')
@click.argument("carpeta", type=click.Path(path_type=Path))
@click.option("--ejercicio", type=Entero(2000, 2100), help="Año con que se trabaja; por omisión, el que toca informar.")
@click.option("--pais", type=Opcion(["mx", "pe", "sv"]), help="País que se escribe en el catálogo.")
def preparar(carpeta: Path, ejercicio: int | None, pais: str | None) -> None:
    """Prepara la carpeta de trabajo de una oficina, que se usa con doble clic.

    Deja ahí las carpetas, el catálogo en blanco, los manuales y los archivos de inicio. Lo que ya hubiera no se toca.
    """
    from pei_excel.preparacion import preparar as hacer

    hecha = hacer(carpeta, hoy=date.today(), ejercicio=ejercicio, pais=pais)  # noqa: DTZ011 - el día de la oficina
    click.echo(f"Lista «{carpeta}».")
    for nombre in hecha.hechos:
        click.echo(f"  {nombre}")
    if hecha.respetados:
        click.echo(f"Ya estaban y no se tocaron: {', '.join(hecha.respetados)}.")


@orden.command(hidden=True)
@click.argument("accion", type=Opcion(["revisar", "consolidar"]))
@click.argument("rutas", nargs=-1, metavar="[RUTA...]")
@click.option("--oficina", "lugar", type=click.Path(path_type=Path), envvar="PEI_EXCEL_OFICINA",
              default=Path(), help="Carpeta del archivo de inicio.")
@click.option("--periodo", type=_Periodo(), help="Periodo; sin él se pregunta.")
def soltar(accion: str, rutas: tuple[str, ...], lugar: Path, periodo: Any) -> None:
    """Lo que hacen los archivos de inicio con lo que se suelta sobre ellos."""
    from pei_excel.arranque import soltados
    from pei_excel.menu import hay_terminal
    from pei_excel.soltar import soltar as hacer

    sys.exit(hacer(
        accion, soltados(rutas), lugar, lambda partes: con_red(lambda: ejecutar(orden, partes, "pei-excel")),
        hoy=date.today(), periodo=periodo, preguntando=hay_terminal(),  # noqa: DTZ011 - el día de la oficina
    ))


@orden.command(epilog="Ejemplo:  pei-excel plantilla mir --ejercicio 2025 -o plantillas")
@click.argument("formato", type=Opcion(FORMATOS_DE_PLANTILLA), metavar="FORMATO")
@click.option("--ejercicio", type=Entero(2000, 2100), help="Año; si no se dice, el del periodo o el actual.")
@click.option("--periodo", type=_Periodo(),
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
        _uso(f"No existe «{desde}». Revise la ruta.")
    if catalogo is not None and formato not in {"mir", "poi"}:
        _uso("Con --catalogo se pide la plantilla mir o la poi.")
    if formato == "catalogo" and (desde is not None or periodo is not None):
        _uso("El catálogo no tiene periodo ni sale de otros libros: use sólo --ejercicio, --filas y --papel.")
    if desde is not None and periodo is None:
        _uso("Con --desde hace falta --periodo, por ejemplo --periodo 2024-T3.")
    if periodo is not None and periodo.clase == "M" and formato != "poi":
        a = periodo.ejercicio
        _uso(f"La MIR se informa por trimestre: use {a}-T1 … {a}-T4, {a}-S1, {a}-S2 o {a}.")
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
        for linea in errores_de(hecha):
            click.echo(f"  {linea}", err=True)
        con_errores += bool(hecha.errores)
    if malos or con_errores or not hechas:
        sys.exit(1)


def leer_catalogo_o_salir(ruta: Path) -> Catalogo:
    """El catálogo; si no puede usarse, sus errores con su celda y estado 1."""
    from pei_excel.catalogo import leer_catalogo

    if not ruta.is_file():
        _uso(f"No existe el catálogo «{ruta}». Revise la ruta; la plantilla se hace con: pei-excel plantilla catalogo")
    leido, hallazgos = leer_catalogo(ruta)
    for h in hallazgos:
        donde = f"{h.donde.hoja}!{h.donde.celda}" if h.donde.celda else ruta.name
        click.echo(f"{h.severidad}  {donde}  {h.regla}: {h.mensaje} {h.como_corregir}", err=True)
    if leido is None:
        click.echo(f"El catálogo «{ruta.name}» tiene errores: hasta corregirlos no se hace nada con él.", err=True)
        sys.exit(1)
    return leido


@orden.command(epilog="Ejemplo:  pei-excel revisar recibidos --periodo 2024-T2")
@click.argument("rutas", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="RUTA...")
@click.option("--periodo", type=_Periodo(), help="Periodo; sin él, el escrito en cada libro.")
@_de_revision
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
            _uso(f"No existe «{ruta}». Revise la ruta.")
    _exigir_archivos(rutas)
    _exigir_anteriores(anterior)
    encargo = Encargo(
        periodo, perfil, pais, procesos=procesos, anterior=anterior, limites=limites, claves=claves,
        catalogo=leer_catalogo_o_salir(catalogo) if catalogo else None, usar=usar,
    )
    with Trabajadores(procesos or procesos_por_omision(), limites, MODULOS_DE_LECTURA) as trabajadores:
        resultado = revisar_rutas(rutas, encargo, trabajadores, _avance())
    del_catalogo = _revisar_catalogo(rutas[0], resultado) if len(rutas) == 1 and not resultado.revisiones else ""
    if como_json:
        click.echo(a_texto(documento(resultado.revisiones, resultado.de_carpeta)), nl=False)
    else:
        click.echo(texto_de_revision(resultado) + del_catalogo, nl=False)
    _salir(resultado)


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


@orden.command(epilog="Ejemplo:  pei-excel consolidar recibidos --periodo 2024-T2")
@click.argument("carpeta", type=click.Path(path_type=Path))
@click.option("--periodo", type=_Periodo(), required=True,
              help="Periodo que se consolida, por ejemplo 2024-T2; en el POI, también 2024-08.")
@_de_revision
@click.option("--corte", type=_Fecha(), help="Fecha de corte que se muestra; por omisión, el último día del periodo.")
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
    from pei_excel.cerrados import CERRADOS, anteriores_a
    from pei_excel.informe import texto_de_consolidado
    from pei_excel.proceso import Encargo
    from pei_excel.textos import citar

    if not carpeta.is_dir():
        _uso(f"No existe la carpeta «{carpeta}». Revise la ruta.")
    _exigir_archivos((carpeta,))
    _exigir_anteriores(anterior)
    encargo = Encargo(
        periodo, perfil, pais, corte, procesos, estricto, ponderado, anterior, limites, claves,
        leer_catalogo_o_salir(catalogo) if catalogo else None, usar, sin_bitacora, catalogo,
    )
    consolidado = consolidar_o_salir(carpeta, salida, encargo)
    if anterior is None and (previos := anteriores_a(salida, periodo)):
        cerrados = salida / CERRADOS
        click.echo(f"Hay periodos cerrados en «{cerrados}» ({', '.join(previos)}) con los que no se compara; para "
                   f"compararlos agregue --anterior {citar(cerrados)}", err=True)
    if como_json:
        from pei_excel.salidas import ULTIMO

        click.echo((consolidado.carpeta / ULTIMO).read_text(encoding="utf-8"), nl=False)
    else:
        click.echo(texto_de_consolidado(consolidado), nl=False)
    _salir(consolidado.resultado)


def consolidar_o_salir(carpeta: Path, salida: Path, encargo: Encargo) -> Consolidado:
    """Consolida; si el periodo no es de esos libros, una línea y estado 2."""
    from pei_excel.proceso import PeriodoImpropio, consolidar_carpeta

    try:
        consolidado = consolidar_carpeta(carpeta, salida, encargo, _avance())
    except PeriodoImpropio as error:
        _uso(str(error))
    if consolidado.aviso:
        click.echo(consolidado.aviso, err=True)
    return consolidado


@orden.command(epilog="Ejemplo:  pei-excel rescatar recibidos/504.xls")
@click.argument("libro", type=click.Path(path_type=Path), metavar="LIBRO")
@click.option("--periodo", type=_Periodo(), help="Si el libro trae varios, el que se rescata.")
@click.option("--ejercicio", type=Entero(2000, 2100), help="Año del libro que no lo dice.")
@_de_lectura
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
        _uso(f"No existe «{libro}». Revise la ruta.")
    _exigir_archivos((libro,))
    pedido = Pedido(Opciones(periodo, pais, limites, claves), ejercicio)
    rescatados = rescatar_libros([libro], salida, pedido, _avance())
    click.echo(texto_de_rescate(rescatados), nl=False)
    sys.exit(0 if all(r.completo for r in rescatados) else 1)


@orden.command(epilog="Ejemplo:  pei-excel estado --periodo 2024-T2 --catalogo catalogo.xlsx")
@click.option("--periodo", type=_Periodo(), help="Sólo ese periodo; sin él, todos los que se han consolidado.")
@click.option("--catalogo", type=click.Path(path_type=Path), metavar="catalogo.xlsx",
              help="Catálogo de la institución, para decir quién falta y hasta cuándo tenía con lo de hoy.")
@click.option("--json", "como_json", is_flag=True, help="Un documento JSON en la salida.")
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path), default=Path("salidas"),
              show_default=True, help="Carpeta de resultados.")
def estado(periodo: Any, catalogo: Path | None, como_json: bool, salida: Path) -> None:
    """Dice de cada periodo quién entregó, quién falta, quién se retrasó y qué se observó. No escribe nada."""
    from pei_excel import estado as tablero
    from pei_excel.documento import a_texto

    leido = leer_catalogo_o_salir(catalogo) if catalogo else None
    if not tablero.hay_resultados(salida) and (leido is None or periodo is None):
        _uso(f"En «{salida}» no hay resultados de ninguna consolidación. Consolide primero, o diga la carpeta con -o.")
    tableros, avisos = tablero.leer_tableros(salida, periodo, leido)
    for aviso in avisos:
        click.echo(aviso, err=True)
    if not tableros:
        _uso(f"En «{salida}» no hay nada de {periodo.codigo}." if periodo else f"En «{salida}» no hay nada que decir.")
    click.echo(a_texto(tablero.como_datos(tableros)) if como_json else tablero.texto(tableros), nl=False)


def _copiar_textos(contexto: click.Context, _: click.Parameter, carpeta: Path | None) -> None:
    if carpeta is None or contexto.resilient_parsing:
        return
    from pei_excel.correo import copiar_textos

    copiar_textos(carpeta, click.echo)
    contexto.exit()


_AMBIENTE_DEL_CORREO = """\b
Para enviar, la cuenta se dice antes en la misma ventana de PowerShell:
  $env:PEI_EXCEL_SMTP_SERVIDOR = "smtp.ejemplo.gob"
  $env:PEI_EXCEL_SMTP_PUERTO = "587"
  $env:PEI_EXCEL_SMTP_SEGURIDAD = "starttls"
  $env:PEI_EXCEL_SMTP_USUARIO = "planeacion"
  $env:PEI_EXCEL_SMTP_CLAVE = "su contraseña"
  $env:PEI_EXCEL_REMITENTE = "planeacion@ejemplo.gob"
(starttls o tls, que usa el puerto 465). La contraseña puede estar en el llavero del sistema: vea el README.

Ejemplo:  pei-excel enviar salidas/2024-T2 --a unidades --catalogo catalogo.xlsx
"""


@orden.command(epilog=_AMBIENTE_DEL_CORREO)
@click.argument("carpeta", type=click.Path(path_type=Path), metavar="CARPETA_DE_SALIDA")
@click.option("--a", "a_quien", required=True, metavar="tesoreria|unidades|CORREO",
              help="A la Tesorería o a esa dirección, el consolidado; a las unidades, un mensaje a cada una.")
@click.option("--motivo", type=Opcion(MOTIVOS_DE_CORREO), default="observaciones", show_default=True,
              help="Por qué se escribe a las unidades: apertura, recordatorio, faltante, observaciones o acuse.")
@click.option("--unidad", "unidades", multiple=True, metavar="CLAVE",
              help="Sólo a esa unidad; puede repetirse.")
@click.option("--catalogo", type=click.Path(path_type=Path), metavar="catalogo.xlsx",
              help="De ahí salen las direcciones, los plazos y, si tiene al lado una carpeta «textos», lo que se dice.")
@click.option("--periodo", type=_Periodo(), help="En una apertura, si el nombre de la carpeta no lo dice.")
@click.option("--enviar", "de_verdad", is_flag=True, help="Los envía; sin ella sólo deja los borradores.")
@click.option("--reenviar", is_flag=True, help="Envía también lo que ya se había enviado a esa dirección.")
@click.option("--zip", "comprimir", is_flag=True, help="Lo que pase del límite va en un .zip.")
@click.option("--limite-correo", "limite", type=Entero(1, 500), default=20, show_default=True, metavar="MB",
              help="Lo que un correo puede pesar con sus adjuntos.")
@click.option("--copiar-textos", type=click.Path(path_type=Path), metavar="CARPETA", callback=_copiar_textos,
              is_eager=True, expose_value=False,
              help="Copia ahí los textos de los correos, para cambiarlos, y termina.")
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path),
              help="Donde están la bitácora y los borradores; por omisión, la carpeta que contiene los resultados.")
def enviar(
    carpeta: Path, a_quien: str, motivo: str, unidades: tuple[str, ...], catalogo: Path | None, periodo: Any,
    de_verdad: bool, reenviar: bool, comprimir: bool, limite: int, salida: Path | None,
) -> None:
    """Prepara los correos de un periodo y, con --enviar, los manda.

    Sin --enviar deja en «correos», junto a los resultados, un borrador .eml por mensaje (Outlook lo abre listo para
    enviar) y correos.xlsx, para copiarlos al correo web. Lo que se manda queda en la bitácora y no se repite.
    """
    from pei_excel.correo import Pedido
    from pei_excel.correo import enviar as enviar_correos

    bien = enviar_correos(carpeta, Pedido(
        a=a_quien.strip() if "@" in a_quien else a_quien.strip().casefold(), motivo=motivo,
        catalogo=leer_catalogo_o_salir(catalogo) if catalogo else None,
        carpeta_del_catalogo=catalogo.parent if catalogo else None, unidades=unidades, periodo=periodo, base=salida,
        enviar=de_verdad, comprimir=comprimir, reenviar=reenviar, limite=limite,
    ), click.echo, lambda linea: click.echo(linea, err=True))
    sys.exit(0 if bien else 1)


@orden.command(epilog="Ejemplo:  pei-excel cerrar 2024-T2")
@click.argument("periodo", type=_Periodo(), metavar="PERIODO")
@click.option("--con-observaciones", is_flag=True, help="Cierra aunque queden observaciones por solventar.")
@click.option("--motivo", default="", metavar="TEXTO", help="Por qué se cierra así; se imprime en la cobertura.")
@click.option("--recibidos", type=click.Path(path_type=Path), metavar="CARPETA",
              help="La carpeta que se consolidó, si cambió de lugar o no se llevó la bitácora.")
@click.option("--catalogo", type=click.Path(path_type=Path), metavar="catalogo.xlsx",
              help="El catálogo con que se consolidó, en los mismos casos.")
@click.option("--anterior", type=click.Path(path_type=Path), metavar="RUTA",
              help="Lo que se dio en --anterior al consolidar, en los mismos casos.")
@click.option("--clave-archivo", "claves", callback=_leer_claves, metavar="ARCHIVO",
              type=click.Path(path_type=Path), help="El de las contraseñas, si hay libros cifrados.")
@click.option("--procesos", type=Entero(1, 64), metavar="N", help="Procesos a la vez (uno por núcleo).")
@click.option("--sin-bitacora", is_flag=True, help="No lee ni escribe bitacora.sqlite.")
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path), default=Path("salidas"),
              show_default=True, help="Carpeta de resultados.")
def cerrar(
    periodo: Any, con_observaciones: bool, motivo: str, recibidos: Path | None, catalogo: Path | None,
    anterior: Path | None, claves: Any, procesos: int | None, sin_bitacora: bool, salida: Path,
) -> None:
    """Cierra un periodo: sus resultados pasan a DEFINITIVO y se archivan con todo lo recibido.

    Repite la última consolidación y comprueba que nada cambió desde entonces. Queda en «cerrados», dentro de la
    carpeta de resultados, con la huella de cada archivo.
    """
    from pei_excel.cierre import Pedido
    from pei_excel.cierre import cerrar as cerrar_periodo

    if con_observaciones and not motivo.strip():
        _uso("Con --con-observaciones hace falta --motivo «…»: por qué se cierra así.")
    hecho = cerrar_periodo(
        Pedido(periodo, salida, con_observaciones, motivo, recibidos, catalogo, anterior, claves, procesos,
               sin_bitacora), _avance(),
    )
    for aviso in hecho.avisos:
        click.echo(aviso, err=True)
    click.echo(hecho.texto, nl=False)


@orden.command(epilog="Ejemplo:  pei-excel reabrir 2024-T2 --motivo \"Obras corrigió su informe\"")
@click.argument("periodo", type=_Periodo(), metavar="PERIODO")
@click.option("--motivo", required=True, metavar="TEXTO", help="Por qué se reabre.")
@click.option("--sin-bitacora", is_flag=True, help="No escribe en bitacora.sqlite.")
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path), default=Path("salidas"),
              show_default=True, help="Carpeta de resultados.")
def reabrir(periodo: Any, motivo: str, sin_bitacora: bool, salida: Path) -> None:
    """Reabre un periodo cerrado, para corregirlo y cerrar otra versión. Lo archivado no se toca."""
    from pei_excel.cierre import reabrir as reabrir_periodo

    if not motivo.strip():
        _uso("Diga por qué se reabre, con --motivo «…».")
    version, avisos = reabrir_periodo(salida, periodo, motivo, sin_bitacora=sin_bitacora)
    for aviso in avisos:
        click.echo(aviso, err=True)
    click.echo(f"Se reabrió el periodo {periodo.codigo}, que estaba cerrado (versión {version.numero}). Consolide y "
               f"cierre otra vez: será la versión {version.numero + 1}. La versión {version.numero} se conserva en "
               f"{version.carpeta}.")


@orden.command(epilog="Ejemplo:  pei-excel expediente 504-6 2024")
@click.argument("clave", metavar="CLAVE")
@click.argument("ejercicio", type=Entero(2000, 2100), metavar="EJERCICIO")
@click.option("--catalogo", type=click.Path(path_type=Path), metavar="catalogo.xlsx",
              help="Catálogo de la institución: reúne también lo que entregó con su clave de antes o de después.")
@click.option("--salidas", "base", metavar="CARPETA", type=click.Path(path_type=Path), default=Path("salidas"),
              show_default=True, help="Carpeta de resultados.")
@click.option("-o", "destino", metavar="ARCHIVO.zip", type=click.Path(path_type=Path),
              help="Dónde se deja; por omisión, en «expedientes», dentro de la de resultados.")
def expediente(clave: str, ejercicio: int, catalogo: Path | None, base: Path, destino: Path | None) -> None:
    """Reúne en un .zip todo lo de una unidad en un año, con su índice y la huella de cada archivo.

    CLAVE es la de la unidad (504, 031) o la de uno de sus programas (504-6). Van todas las versiones que entregó, sus
    evaluaciones, los mensajes, las decisiones y lo anotado en la bitácora.
    """
    from pei_excel import expediente as expedientes

    if not base.is_dir():
        _uso(f"No existe «{base}», la carpeta de resultados. Diga cuál es con --salidas.")
    if destino is not None and destino.is_dir():
        _uso(f"«{destino}» es una carpeta: escriba el nombre del archivo, por ejemplo {destino / 'expediente.zip'}.")
    quien = expedientes.de_quien(clave, ejercicio, leer_catalogo_o_salir(catalogo) if catalogo else None)
    reunido = expedientes.reunir(base, quien, ejercicio)
    for aviso in reunido.avisos:
        click.echo(aviso, err=True)
    destino = destino or base / expedientes.EXPEDIENTES / expedientes.nombre_de_expediente(quien, ejercicio)
    expedientes.escribir_expediente(reunido, destino)
    click.echo(expedientes.resumen(reunido, destino), nl=False)


@orden.command(epilog="Ejemplo:  pei-excel transparencia salidas/2024-T2 --catalogo catalogo.xlsx")
@click.argument("carpeta", type=click.Path(path_type=Path), metavar="CARPETA_DE_SALIDA")
@click.option("--catalogo", type=click.Path(path_type=Path), metavar="catalogo.xlsx", required=True,
              help="Catálogo de la institución: su hoja «Transparencia» dice los identificadores de cada fracción.")
@click.option("--fraccion", "fracciones", type=Opcion(["IV", "V", "VI"]), multiple=True, metavar="IV|V|VI",
              help="Sólo esa fracción; puede repetirse. Sin ella, las tres.")
@click.option("--publicado", type=click.Path(path_type=Path), metavar="RUTA",
              help="Descarga pública de una fracción, o carpeta de descargas: dice qué es nuevo, cambió o ya no está.")
@click.option("--actualizacion", type=_Fecha(), metavar="AAAA-MM-DD",
              help="Fecha de actualización; por omisión, la de corte de los resultados.")
@click.option("--validacion", type=_Fecha(), metavar="AAAA-MM-DD",
              help="Fecha de validación, si el formato la trae.")
@click.option("--hipervinculo", default="", metavar="DIRECCIÓN", help="Del documento del programa (fracción IV).")
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path), default=Path("salidas/transparencia"),
              show_default=True, help="Carpeta donde se deja; dentro se crea la del periodo.")
def transparencia(
    carpeta: Path, catalogo: Path, fracciones: tuple[str, ...], publicado: Path | None, actualizacion: date | None,
    validacion: date | None, hipervinculo: str, salida: Path,
) -> None:
    """Escribe los libros de las fracciones IV, V y VI (México) listos para subir, y dice qué hay que corregir.

    CARPETA_DE_SALIDA es la de un periodo consolidado. Los identificadores que al catálogo le falten se piden, y de esa
    fracción no se escribe nada.
    """
    from pei_excel.formatos.transparencia import FRACCIONES
    from pei_excel.informe_transparencia import texto_de_transparencia
    from pei_excel.publicar import Pedido, publicar

    if not carpeta.is_dir():
        _uso(f"No existe la carpeta «{carpeta}». Revise la ruta.")
    if publicado is not None and not publicado.exists():
        _uso(f"No existe «{publicado}», que se dio en --publicado. Revise la ruta.")
    leido = leer_catalogo_o_salir(catalogo)
    if leido.institucion.pais not in {None, "mx"}:
        _uso("Las fracciones IV, V y VI son de México, y el catálogo es de otro país.")
    pedidas = tuple(f for f in FRACCIONES if not fracciones or f in fracciones)
    hecho = publicar(
        carpeta, salida, Pedido(leido, pedidas, actualizacion, validacion, hipervinculo, publicado)
    )
    click.echo(texto_de_transparencia(hecho, catalogo), nl=False)
    sys.exit(0 if hecho.completa else 1)


@orden.command()
@click.argument("tema", required=False, metavar="[REGLA | FORMATO]")
@click.option("--markdown", is_flag=True, help="En Markdown; sin tema, la referencia completa.")
def explicar(tema: str | None, markdown: bool) -> None:
    """Explica una regla (SEG001) o un formato (mir): qué debe cumplirse, por qué y cómo corregir."""
    from pei_excel.ayuda import explicar as texto

    try:
        click.echo(texto(tema, markdown=markdown), nl=False)
    except KeyError:
        _uso(f"No hay una regla ni un formato «{tema}». Vea la lista con: pei-excel explicar")


@orden.command()
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path), default=Path("manuales"),
              show_default=True, help="Carpeta donde se dejan.")
def manual(salida: Path) -> None:
    """Escribe los manuales: el del enlace, su hoja para imprimir y el de la oficina, cada uno en una página web."""
    from pei_excel.manual import escribir_manuales

    for ruta in escribir_manuales(salida):
        click.echo(ruta)


def _exigir_archivos(rutas: tuple[Path, ...]) -> None:
    from pei_excel.archivos import buscar

    hallados = buscar(rutas)
    if not hallados.archivos:
        aparte = f" (hay {len(hallados.ajenos)} de otra clase)" if hallados.ajenos else ""
        _uso(f"No hay libros que leer en {', '.join(f'«{r}»' for r in rutas)}{aparte}.")


def _exigir_anteriores(ruta: Path | None) -> None:
    if ruta is None:
        return
    from pei_excel.entregas_anteriores import hay_que_leer

    if not ruta.exists():
        _uso(f"No existe «{ruta}», que se dio en --anterior. Revise la ruta.")
    if not hay_que_leer(ruta):
        _uso(f"En «{ruta}», que se dio en --anterior, no hay libros ni la carpeta de un periodo consolidado.")


def _uso(mensaje: str) -> NoReturn:
    """Una línea en la salida de errores y estado 2."""
    click.echo(mensaje, err=True)
    sys.exit(2)


def _salir(resultado: Resultado) -> None:
    sys.exit(1 if resultado.con_errores else 0)


def _avance() -> Avance:
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
