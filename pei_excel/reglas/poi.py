"""Reglas del POI: los objetivos a que contribuye y lo que se registra de cada actividad."""

from __future__ import annotations

from collections.abc import Iterator

from pei_excel.formatos.poi import POI as FORMATO
from pei_excel.hallazgo import Severidad
from pei_excel.libro import Libro
from pei_excel.reglas.base import Contexto, Observacion, regla
from pei_excel.reglas.modificadas import no_aplicadas
from pei_excel.reglas.poi_metas import POI
from pei_excel.reglas.uniones import actividades, quien


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
                f"«{fila['oei'].escrito}» no es un objetivo estratégico del catálogo", fila["oei"], encontrado=str(oei),
                variante="oei",
            )
        if aei is None:
            continue
        if aei not in acciones:
            yield Observacion(
                f"«{fila['aei'].escrito}» no es una acción estratégica del catálogo", fila["aei"], lee=(fila["oei"],),
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
