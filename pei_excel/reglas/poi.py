"""Reglas del POI: los códigos que unen sus hojas, los objetivos a que contribuye y lo que se registra de cada actividad."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pei_excel.formato import Hoja
from pei_excel.formatos.poi import POI as FORMATO
from pei_excel.formatos.poi import PROGRAMACION
from pei_excel.hallazgo import Severidad
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.reglas.base import Contexto, Observacion, regla
from pei_excel.reglas.modificadas import no_aplicadas
from pei_excel.reglas.poi_metas import POI
from pei_excel.reglas.uniones import actividades, por_codigo, quien
from pei_excel.textos import cuenta, enumerar, parecido

if TYPE_CHECKING:
    from pei_excel.reglas.entregas import Entrega


@regla(
    "POI004", POI,
    por_que="El avance se junta por acción y por objetivo; con un código que no existe, la actividad no suma en ninguno.",
    como_corregir="Elija el OEI y el AEI de las listas; el AEI debe ser de ese OEI.",
    fuente="Directiva N° 003-2016-MPH/17, artículo 7 y Anexo 01; los códigos son de este programa",
    mal="""
        | Código | OEI      | AEI         |
        | AO.01  | OEI.05   | AEI.03.01 ✗ |
        | AO.02  | OEI.15 ✗ | AEI.05.02   |
        """,
    bien="""
        | Código | OEI   | AEI      |
        | AO.01  | oei 5 | AEI 5.01 |
        """,
)
def objetivo_o_accion_que_no_existe(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El OEI y el AEI existen, y el AEI es de ese OEI."""
    objetivos = {f[0] for f in FORMATO.tablas["oei"].filas}
    acciones = {f[0]: f[2] for f in FORMATO.tablas["aei"].filas}
    for fila in actividades(libro):
        oei, aei = fila.valor("oei"), fila.valor("aei")
        if oei is not None and oei not in objetivos:
            yield Observacion(
                f"«{fila['oei'].crudo}» no es un objetivo estratégico del catálogo", fila["oei"], encontrado=str(oei),
                variante="oei",
            )
        if aei is None:
            continue
        if aei not in acciones:
            yield Observacion(
                f"«{fila['aei'].crudo}» no es una acción estratégica del catálogo", fila["aei"], lee=(fila["oei"],),
                encontrado=str(aei), variante="aei",
            )
        elif oei is not None and acciones[aei] != oei:
            yield Observacion(
                f"{aei} es una acción de {acciones[aei]} y la actividad dice {oei}", fila["aei"], lee=(fila["oei"],),
                tambien=(fila["oei"],), encontrado=str(aei), esperado=f"una acción de {oei}", variante="aei",
            )


@regla(
    "POI010", POI,
    severidad=Severidad.AVISO, diseno=True,
    por_que="Los elementos críticos son lo imprescindible para lograr la actividad; sin ellos no puede prevenirse su falta.",
    como_corregir="Escriba lo imprescindible para lograr la actividad.",
    fuente="Directiva N° 003-2016-MPH/17, artículo 8.3",
    mal="""
        | Código | Elementos críticos |
        | AO.01  | ✗                  |
        """,
    bien="""
        | Código | Elementos críticos |
        | AO.01  | Un local           |
        """,
)
def sin_elementos_criticos(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Los elementos críticos de cada actividad están escritos."""
    for fila in actividades(libro):
        if "elementos" in fila.datos and fila.valor("elementos") is None:
            yield Observacion(f"{quien(fila)} no dice sus elementos críticos", fila["elementos"])


def codigos_de_otra_unidad(entrega: Entrega, contexto: Contexto) -> Iterator[Observacion]:
    """El mismo código no es de dos unidades: al juntarlas no se sabría de cuál es cada cifra."""
    duenos: dict[str, Libro] = {}
    for libro in entrega.libros:
        if libro.formato != FORMATO.clave or libro.unidad is None:
            continue
        repetidas: dict[str, list[Fila]] = {}
        for codigo, filas in por_codigo(libro, PROGRAMACION).items():
            previo = duenos.setdefault(codigo, libro)
            if previo.unidad is not None and previo.unidad.clave != libro.unidad.clave:
                repetidas.setdefault(str(previo.unidad), []).append(filas[0])
        for unidad, filas in repetidas.items():
            primera, *resto = filas
            mas = f", y {cuenta(len(resto), 'código')} más," if resto else ""
            yield Observacion(
                f"{quien(primera)}{mas} también es código de {unidad}", primera["codigo"], severidad=Severidad.AVISO,
                nombra=tuple(f["codigo"] for f in resto), encontrado=quien(primera),
                como_corregir="Antepongan al código la sigla de su unidad, de acuerdo con la otra.",
            )


@regla(
    "POI011", POI,
    por_que="El código une las hojas; si se repite, no se sabe de qué actividad es cada cifra.",
    como_corregir="Dé a cada actividad un código propio, el mismo en todas las hojas.",
    fuente="Criterio de este programa: las hojas se unen por código",
    entre_libros=codigos_de_otra_unidad,
    mal="""
        Seguimiento
        | Código  | Ejecución física mensual/Marzo | …/Junio |
        | AO.04 ✗ | (otra)                         | 1       |
        Programación
        | Código | Código → |
        | AO.06  | AO.05 ✗  |
        """,
    bien="""
        | Código | Código → |
        | AO.06  | AO.60    |
        Valorización
        | Código | Código → |
        | AO.06  | AO.60    |
        Seguimiento
        | Código | Código → |
        | AO.06  | AO.60    |
        Evaluación
        | Código | Código → |
        | AO.06  | AO.60    |
        """,
)
def codigo_repetido(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El código no se repite en la unidad, ni es el de otra."""
    repetidos = {codigo for codigo, filas in por_codigo(libro, PROGRAMACION).items() if len(filas) > 1}
    for hoja in FORMATO.hojas:
        if hoja.llave != ("codigo",):
            continue
        for codigo, filas in por_codigo(libro, hoja).items():
            if hoja is not PROGRAMACION and codigo in repetidos:
                continue  # se repite aquí porque se repite allá
            for fila in filas[1:]:
                if _sin_nada_mas(fila, hoja):
                    continue  # un renglón de más en blanco no esconde ninguna cifra
                yield Observacion(
                    f"{codigo} se repite en «{hoja.clave}»", fila["codigo"], nombra=(filas[0]["codigo"],),
                    encontrado=codigo,
                )


def _sin_nada_mas(fila: Fila, hoja: Hoja) -> bool:
    return all(d.vacio for c, d in fila.datos.items() if c not in hoja.llave and hoja.por_clave[c].calculo is None)


@regla(
    "POI013", POI,
    por_que="Las hojas se unen por código: lo que no encuentra su actividad no cuenta, y la que falta queda sin cifras.",
    como_corregir="Elija el código de la lista, que sale de «Programación»; un renglón por actividad.",
    fuente="Directiva N° 003-2016-MPH/17, artículos 8.1, 8.2.2, 11 y 12",
    mal="""
        Valorización
        | Código | Código → |
        | AO.02  | AO.22 ✗  |
        | AO.05  | (quitar) |
        Programación
        | Código | Código → |
        | AO.05  | AO.05 ✗  |
        """,
    bien="""
        Necesidades
        | Código de actividad | Código | Código de actividad → |
        | AO.04               | O-01   | ao.04                 |
        """,
)
def codigo_desconocido_o_ausente(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Los costos y, al reportar, el seguimiento traen todas las actividades; ninguna hoja, otras."""
    propias = {codigo: filas[0] for codigo, filas in por_codigo(libro, PROGRAMACION).items()}
    suyas = tuple(f["codigo"] for f in actividades(libro))
    ausentes: dict[str, list[Hoja]] = {}
    for hoja in FORMATO.hojas[1:]:
        if hoja.clave not in libro.hojas:
            continue
        columna = hoja.llave[0]
        presentes = por_codigo(libro, hoja)
        faltan = [c for c in propias if c not in presentes] if _las_lleva_todas(hoja, libro, contexto) else []
        for codigo, filas in presentes.items():
            if codigo in propias:
                continue
            # El que no se conoce y el que falta suelen ser el mismo, mal escrito.
            candidatos = faltan or list(propias)
            cercano = max(candidatos, key=lambda c: parecido(c, codigo), default=None)
            falta = f", donde falta {cercano}" if cercano in faltan else ""
            if cercano in faltan:
                faltan.remove(cercano)
            yield Observacion(
                f"«{filas[0][columna].crudo}» no es un código de «{PROGRAMACION.clave}»{falta}", filas[0][columna],
                nombra=tuple(f[columna] for f in filas[1:]), lee=suyas, encontrado=codigo, esperado=cercano,
            )
        if faltan and not presentes and len(faltan) > 1:
            yield _falta(propias[faltan[0]], [hoja], libro, nombra=tuple(propias[c]["codigo"] for c in faltan[1:]))
        else:
            for codigo in faltan:
                ausentes.setdefault(codigo, []).append(hoja)
    for codigo, hojas in ausentes.items():
        yield _falta(propias[codigo], hojas, libro)


def _las_lleva_todas(hoja: Hoja, libro: Libro, contexto: Contexto) -> bool:
    """La hoja es obligatoria en el momento en que se revisa."""
    return not hoja.opcional and not (hoja.de_seguimiento and contexto.formulacion(libro))


def _falta(fila: Fila, hojas: list[Hoja], libro: Libro, *, nombra: tuple[Dato, ...] = ()) -> Observacion:
    donde = enumerar(f"«{h.clave}»" for h in hojas)
    que = f"«{hojas[0].clave}» no trae ninguna actividad" if nombra else f"{quien(fila)} falta en {donde}"
    # Una llave en blanco o ilegible puede ser la suya.
    dudosas = [f[h.llave[0]] for h in hojas for f in libro.filas(h.clave) if f.valor(h.llave[0]) is None]
    return Observacion(
        que, fila["codigo"], nombra=nombra, encontrado=quien(fila),
        lee=(*dudosas, *(Dato((h.clave, -1, h.llave[0])) for h in hojas)),
        como_corregir=f"Agregue su renglón en {donde}, aunque sea con ceros.",
    )


@regla(
    "POI014", POI,
    por_que="Lo vigente debe ser lo último que se aprobó.",
    como_corregir="Corrija la cifra vigente o el renglón de Modificaciones.",
    fuente="Directiva N° 003-2016-MPH/17, artículo 8.2.3; hoja «Modificaciones» de la plantilla",
    mal="""
        Modificaciones
        | Código | Fecha      | Campo             | Valor anterior | Valor nuevo | Causa                           | Documento que la aprueba |
        | AO.01  | 2024-05-10 | Programado Agosto | 10             | 8 ✗         | Cambio de prioridades: entorno  | Resolución N° 120-2024   |
        """,
    bien="""
        Modificaciones
        | Código | Fecha      | Campo             | Valor anterior | Valor nuevo | Causa                           | Documento que la aprueba |
        | AO.01  | 2024-05-10 | Programado Agosto | 10             | 8           | Cambio de prioridades: entorno  | Resolución N° 120-2024   |
        | AO.01  | 2024-06-10 | Programado Agosto | 8              | 10          | Cambio de prioridades: entorno  | Resolución N° 140-2024   |
        | AO.02  | 2024-05-10 | Costo Julio       |                | 0           | Modificación presupuestal: reducción | Resolución N° 120-2024 |
        """,
)
def modificacion_no_aplicada(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El último Valor nuevo registrado es el valor vigente."""
    yield from no_aplicadas(libro)
