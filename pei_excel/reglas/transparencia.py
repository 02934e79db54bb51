"""TRA: lo que la plataforma de transparencia rechaza o pide explicar, visto en el libro antes de subirlo.

Sus fichas llevan, en lugar de los formatos, las fracciones que tienen de suyo un campo así. En los cuadros «␣» es un espacio; lo que no dicen es de una
publicación limpia con tres filas.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from pei_excel.formatos import transparencia as forma
from pei_excel.hallazgo import Destinatario, Hallazgo
from pei_excel.reglas.base import Observacion, Regla, Tabla, a_hallazgo, regla
from pei_excel.textos import normalizar
from pei_excel.transparencia.modelo import Casilla, Lugar, Publicacion
from pei_excel.ubicacion import Ubicacion, direccion

FRACCIONES = tuple(forma.FRACCIONES)
CON_SENTIDO = ("V", "VI")
_PLATAFORMA = "Comprobaciones conocidas de la carga en la plataforma de transparencia"
_CORRIGE = "Corrija el dato en el libro de la unidad y consolide otra vez."
#: Lo que no viene en los libros de las unidades.
_SE_DAN = {
    "hipervinculo": "Dé la dirección al pedir estos libros, o escriba en «Nota» por qué no la hay.",
    "validacion": "Dé la fecha al pedir estos libros; si su formato ya no trae el campo, quite su renglón del catálogo.",
}
_URL = re.compile(r"https?://[^\s/?#.]+(\.[^\s/?#.]+)+([/?#]\S*)?", re.IGNORECASE)


def _observar(lugar: Lugar, mensaje: str, esperado: str | None = None) -> Observacion:
    valor = lugar.casilla.valor
    encontrado = lugar.casilla.texto if isinstance(valor, date) else valor
    return Observacion(f"«{lugar.campo.titulo}»: {mensaje}", hoja=lugar.hoja, celda=lugar.celda, encontrado=encontrado,
                       esperado=esperado)


def _llenos(p: Publicacion, tipos: frozenset[int] | None = None) -> Iterator[Lugar]:
    for lugar in p.lugares():
        if not lugar.casilla.vacia and (tipos is None or lugar.campo.tipo in tipos):
            yield lugar


def comprobar(p: Publicacion) -> list[Hallazgo]:
    """Lo que la plataforma rechazaría o pediría explicar: celda del libro que se sube y, además, la de su origen.

    A cada campo se le mira lo que pide el tipo que le dio el catálogo, sea cual sea su fracción.
    """
    origenes = {(x.hoja, x.celda): x.casilla.origen for x in p.lugares()}
    hallazgos = []
    for una in REGLAS:
        for observacion in una(p):
            hallazgo = a_hallazgo(observacion, p.archivo, formulacion=False)
            origen = origenes.get((observacion.hoja or "", observacion.celda or ""))
            hallazgos.append(replace(hallazgo, tambien=(origen,)) if origen else hallazgo)
    return sorted(hallazgos, key=Hallazgo.orden)


def _de_publicacion(
    codigo: str, formatos: tuple[str, ...] = FRACCIONES, **ficha: Any
) -> Callable[[Callable[..., Iterator[Observacion]]], Regla]:
    return regla(codigo, formatos, para=Destinatario.PLANEACION, alcance="publicacion", **ficha)


@_de_publicacion(
    "TRA001",
    por_que="La plataforma no admite un campo vacío sin su explicación, y quien consulta no sabría si el dato no existe.",
    como_corregir="Pida el dato a la unidad y consolide otra vez; si no existe, escriba en «Nota» el nombre del campo y "
    "por qué está vacío.",
    fuente=_PLATAFORMA,
    mal={"IV": """
        | Descripción breve y clara de cada objetivo | Nota                 |
        | ✗                                          |                      |
        """, **dict.fromkeys(CON_SENTIDO, """
        | Definición | Línea base | Nota                               |
        | ✗          |            | Línea base: es de nueva creación.  |
        |            |            | Definición: no aplica. Línea base: es de nueva creación. |
        """)},
    bien={"IV": """
        | Descripción breve y clara de cada objetivo | Nota |
        |                                            | Descripción breve y clara de cada objetivo: no se definió. |
        """, **dict.fromkeys(CON_SENTIDO, """
        | Línea base | Nota                              |
        |            | Línea base: es de nueva creación. |
        """)},
)
def campo_vacio_sin_nota(p: Publicacion) -> Iterator[Observacion]:
    """Todo campo tiene su dato, o la Nota de su fila dice por qué no."""
    for lugar in p.lugares():
        c = lugar.casilla
        if not c.vacia or lugar.campo.tipo in {forma.NOTA, forma.SEPARADOR} or lugar.campo.clave == "nota":
            continue
        nota = normalizar(p.nota(lugar.fila))
        explicada = (c.motivo and normalizar(c.motivo) in nota) or normalizar(lugar.campo.titulo) in nota
        if not explicada:
            observacion = _observar(lugar, "está vacío y la Nota no dice por qué")
            observacion.como_corregir = _SE_DAN.get(lugar.campo.clave)
            yield observacion


@_de_publicacion(
    "TRA002", CON_SENTIDO,
    por_que="La plataforma sólo admite las palabras de su catálogo, escritas igual.",
    como_corregir="Elija un valor de la lista de la celda; si ninguno corresponde, déjela vacía y explíquelo en «Nota».",
    fuente=_PLATAFORMA,
    mal="""
        | Sentido del indicador (catálogo) |
        | ascendente ✗                     |
        """,
    bien="""
        | Sentido del indicador (catálogo) | Nota                                            |
        | Ascendente                       |                                                 |
        |                                  | Sentido del indicador (catálogo): es Regular.   |
        """,
)
def valor_fuera_del_catalogo(p: Publicacion) -> Iterator[Observacion]:
    """Un campo de catálogo dice una de sus opciones, exactamente."""
    for lugar in _llenos(p, frozenset({forma.CATALOGO})):
        if lugar.casilla.valor not in lugar.campo.opciones:
            opciones = " o ".join(f"«{o}»" for o in lugar.campo.opciones) or "las de la plataforma"
            yield _observar(lugar, f"dice «{lugar.casilla.texto}» y sus opciones son {opciones}")


@_de_publicacion(
    "TRA003",
    por_que="La plataforma lee fechas de Excel; un texto que parece fecha se rechaza.",
    como_corregir="Escriba la fecha como fecha de Excel, dd/mm/aaaa.",
    fuente=_PLATAFORMA,
    mal="""
        | Fecha de término del periodo que se informa |
        | 31/06/2024 ✗                                |
        """,
    bien="""
        | Fecha de término del periodo que se informa |
        | 30/06/2024                                  |
        """,
)
def fecha_que_no_existe(p: Publicacion) -> Iterator[Observacion]:
    """Los campos de fecha llevan una fecha que existe."""
    for lugar in _llenos(p, forma.DE_FECHA):
        if not isinstance(lugar.casilla.valor, date):
            yield _observar(lugar, f"«{lugar.casilla.texto}» no es una fecha")


@_de_publicacion(
    "TRA004",
    por_que="La plataforma rechaza un periodo que termina antes de empezar; y lo publicado no puede ser anterior a él.",
    como_corregir="Corrija las fechas: inicio, término y, después, validación y actualización.",
    fuente=_PLATAFORMA,
    mal="""
        | Fecha de inicio del periodo que se informa | Fecha de término del periodo que se informa | Fecha de actualización |
        | 01/07/2024                                 | 30/06/2024 ✗                                | 08/07/2024             |
        | 01/04/2024                                 | 30/06/2024                                  | 15/05/2024 ✗           |
        """,
    bien="""
        | Fecha de inicio del periodo que se informa | Fecha de término del periodo que se informa | Fecha de actualización |
        | 01/04/2024                                 | 30/06/2024                                  | 30/06/2024             |
        """,
)
def fechas_en_desorden(p: Publicacion) -> Iterator[Observacion]:
    """El periodo empieza antes de terminar, y se valida y actualiza cuando ya terminó."""
    for antes, despues in (("inicio", "termino"), ("termino", "validacion"), ("termino", "actualizacion")):
        primera, segunda = p.columna(antes), p.columna(despues)
        if primera is None or segunda is None:
            continue
        for n, fila in enumerate(p.filas):
            uno, otro = fila[primera], fila[segunda]
            if isinstance(uno.valor, date) and isinstance(otro.valor, date) and otro.valor < uno.valor:
                lugar = Lugar(forma.REPORTE, p.celda(n, segunda), p.campos[segunda], otro, n)
                yield _observar(lugar, f"{otro.texto} es antes que «{p.campos[primera].titulo}», {uno.texto}")


def _alargar(p: Publicacion, largo: int = 4001) -> None:
    """La primera Nota tiene 4 001 caracteres."""
    p.filas[0][p.columna("nota") or 0] = Casilla(p.nota(0).ljust(largo, "a"))


def _al_limite(p: Publicacion) -> None:
    """La primera Nota tiene 4 000 caracteres."""
    _alargar(p, 4000)


_NOTA = {"mal": """
        | Nota |
        | ✗    |
        """, "bien": ""}


@_de_publicacion(
    "TRA005",
    por_que="La plataforma rechaza los textos largos; cortarlos cambiaría lo que se publica.",
    como_corregir="Pida a la unidad un texto más breve y consolide otra vez, o redúzcalo usted en el libro. Nunca se "
    "corta solo.",
    fuente=f"{_PLATAFORMA}: 150 caracteres en el tipo 1 y 4000 en los tipos 2 y 14",
    mal=Tabla(_NOTA["mal"], preparar=_alargar),
    bien=Tabla(_NOTA["bien"], preparar=_al_limite),
)
def texto_demasiado_largo(p: Publicacion) -> Iterator[Observacion]:
    """Un texto tiene a lo más 150 o 4000 caracteres, según su tipo."""
    for lugar in _llenos(p):
        tope = forma.TIPOS[lugar.campo.tipo].largo
        largo = len(lugar.casilla.texto)
        if tope is not None and largo > tope:
            yield _observar(lugar, f"tiene {largo} caracteres y caben {tope}")


@_de_publicacion(
    "TRA006", CON_SENTIDO,
    por_que="La plataforma rechaza lo que no es una cifra, y las de más de 12 dígitos o de 2 decimales.",
    como_corregir=_CORRIGE,
    fuente=_PLATAFORMA,
    mal="""
        | Metas programadas | Avance de metas |
        | 1234567890123 ✗   | 33.333 ✗        |
        | cien ✗            | 50              |
        """,
    bien="""
        | Metas programadas | Avance de metas |
        | 123456789012      | 33.33           |
        """,
)
def numero_que_no_cabe(p: Publicacion) -> Iterator[Observacion]:
    """Un campo numérico es una cifra de 12 dígitos y 2 decimales a lo más."""
    for lugar in _llenos(p, forma.NUMERICOS):
        valor = lugar.casilla.valor
        if not isinstance(valor, (int, float)):
            yield _observar(lugar, f"«{lugar.casilla.texto}» no es una cifra")
            continue
        enteros, _, decimales = lugar.casilla.texto.lstrip("-").partition(".")
        if len(decimales) > forma.DECIMALES:
            yield _observar(lugar, f"{lugar.casilla.texto} tiene más de {forma.DECIMALES} decimales")
        elif len(enteros + decimales) > forma.DIGITOS:
            yield _observar(lugar, f"{lugar.casilla.texto} tiene más de {forma.DIGITOS} dígitos")


@_de_publicacion(
    "TRA007",
    por_que="La plataforma pide un archivo por ejercicio; las filas de otro año se rechazan todas.",
    como_corregir="Deje en el libro sólo las filas de un ejercicio.",
    fuente=_PLATAFORMA,
    mal="""
        | Ejercicio | Fecha de inicio del periodo que se informa |
        | 2024      | 01/04/2024                                 |
        | 2023 ✗    | 01/04/2024                                 |
        | 2024      | 01/04/2023 ✗                               |
        """,
    bien="""
        | Ejercicio |
        | 2024      |
        """,
)
def mas_de_un_ejercicio(p: Publicacion) -> Iterator[Observacion]:
    """Todas las filas son del mismo ejercicio, y también su periodo."""
    columna = p.columna("ejercicio")
    anos = Counter(fila[columna].valor for fila in p.filas if columna is not None)
    if not anos:
        return
    ejercicio = anos.most_common(1)[0][0]
    for lugar in p.de_la_principal():
        valor = lugar.casilla.valor
        if lugar.campo.clave == "ejercicio" and valor != ejercicio:
            yield _observar(lugar, f"dice {lugar.casilla.texto} y las demás filas, {Casilla(ejercicio).texto}")
        elif lugar.campo.clave in {"inicio", "termino"} and isinstance(valor, date) and valor.year != ejercicio:
            yield _observar(lugar, f"{lugar.casilla.texto} no es del ejercicio {Casilla(ejercicio).texto}")


@_de_publicacion(
    "TRA008",
    por_que="La plataforma rechaza los espacios al principio y al final, que no se ven.",
    como_corregir="Borre los espacios.",
    fuente=_PLATAFORMA,
    mal={"IV": """
        | Denominación del Área |
        | ␣Instituto ✗          |
        """, **dict.fromkeys(CON_SENTIDO, """
        | Nombre del indicador | Definición     |
        | ␣Sesiones ✗          | Mide algo.␣ ✗  |
        """)},
    bien={"IV": """
        | Denominación del Área |
        | Instituto␣de Ejemplo  |
        """, **dict.fromkeys(CON_SENTIDO, """
        | Nombre del indicador |
        | Sesiones␣impartidas  |
        """)},
)
def espacios_a_los_lados(p: Publicacion) -> Iterator[Observacion]:
    """Un texto no empieza ni termina con un espacio."""
    for lugar in _llenos(p):
        if isinstance(lugar.casilla.valor, str) and lugar.casilla.valor != lugar.casilla.valor.strip():
            yield _observar(lugar, "empieza o termina con un espacio")


@_de_publicacion(
    "TRA009", ("IV",),
    por_que="Un vínculo que no abre deja sin publicar el documento.",
    como_corregir="Escriba la dirección completa, con https:// y sin espacios.",
    fuente=_PLATAFORMA,
    mal="""
        | Hipervínculo al documento del programa |
        | www.demostracion.example/plan.pdf ✗    |
        """,
    bien="""
        | Hipervínculo al documento del programa    |
        | https://demostracion.example/plan.pdf?a=1 |
        """,
)
def direccion_incompleta(p: Publicacion) -> Iterator[Observacion]:
    """Una dirección web está completa."""
    for lugar in _llenos(p, forma.DE_DIRECCION):
        if not _URL.fullmatch(lugar.casilla.texto):
            yield _observar(lugar, f"«{lugar.casilla.texto}» no es una dirección completa")


@_de_publicacion(
    "TRA010", ("IV",),
    por_que="El ID une cada fila con las de su tabla; si no casan, la plataforma publica la fila sin indicadores.",
    como_corregir="Escriba en la celda el ID de sus filas en la hoja de la tabla, y ahí sólo los ID que se usan.",
    fuente=_PLATAFORMA,
    mal="""
        | Cada uno de sus indicadores y metas |
        | 9 ✗                                 |
        """,
    bien="""
        | Cada uno de sus indicadores y metas |
        | 1                                   |
        """,
)
def tabla_que_no_casa(p: Publicacion) -> Iterator[Observacion]:
    """El ID de cada fila está en su tabla, y la tabla no tiene otros."""
    for subtabla in p.subtablas:
        duenas, propios = p.duenas(subtabla), {identificador for identificador, _ in subtabla.filas}
        malos = [x for x in p.de_la_principal()
                 if x.campo.id_campo == subtabla.tabla and not x.casilla.vacia and x.casilla.valor not in propios]
        for lugar in malos:
            yield _observar(lugar, f"el ID {lugar.casilla.texto} no está en «{subtabla.hoja}»")
        for n, (identificador, _) in enumerate(subtabla.filas):
            if not malos and identificador not in duenas:  # si los hay, éstas son las de un ID mal escrito
                yield Observacion(
                    f"el ID {identificador} no está en ninguna fila de «{forma.REPORTE}»", hoja=subtabla.hoja,
                    celda=direccion(forma.SUB_DATOS + n, 1), encontrado=float(identificador),
                )


REGLAS: tuple[Regla, ...] = (
    campo_vacio_sin_nota, valor_fuera_del_catalogo, fecha_que_no_existe, fechas_en_desorden, texto_demasiado_largo,
    numero_que_no_cabe, mas_de_un_ejercicio, espacios_a_los_lados, direccion_incompleta, tabla_que_no_casa,
)


def origen_de(hallazgo: Hallazgo) -> Ubicacion | None:
    """La celda del libro recibido de donde salió lo señalado, si se sabe."""
    return hallazgo.tambien[0] if hallazgo.tambien else None
