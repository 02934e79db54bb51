"""Reglas del dinero en el POI: costos mensuales, cuadro de necesidades y techo presupuestal."""

from __future__ import annotations

from collections.abc import Iterator

from pei_excel.calculos import iguales
from pei_excel.formatos.poi import NECESIDADES, PROGRAMACION, VALORIZACION
from pei_excel.hallazgo import Severidad
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.mensual import ACUMULATIVO, TRIMESTRAL, forma_mensual, total_mensual
from pei_excel.reglas.base import Contexto, Observacion, regla
from pei_excel.reglas.poi_metas import POI, leidos_de_la_meta
from pei_excel.reglas.uniones import cifras, de_meses, mes, parejas, por_codigo, quien, se_juzga
from pei_excel.textos import enumerar, numero

#: Soles de diferencia entre el costo anual y la suma de sus meses que se dejan al redondeo (criterio propio).
REDONDEO_DE_MESES = 0.05
#: Soles de diferencia entre las necesidades y el costo que se dejan al redondeo de los precios (criterio propio).
REDONDEO_DE_NECESIDADES = 1.0
#: Meses con que un gasto puede adelantarse a lo programado: se compra antes de hacer (criterio de este programa).
MESES_DE_ANTICIPO = 2


def _soles(monto: float) -> str:
    return f"S/. {numero(monto)}"


@regla(
    "POI002", POI,
    por_que="El costo anual es el que pasa al presupuesto; si no es la suma de sus meses, no se sabe cuánto se pide.",
    como_corregir="Restaure la fórmula del costo anual o corrija los meses.",
    fuente="Directiva N° 003-2016-MPH/17, artículo 8.1, paso 4",
    mal="""
        Valorización
        | Código | Costo anual S/. |
        | AO.01  | 19000 ✗         |
        """,
    bien="""
        Valorización
        | Código | Costo mensual S/./Enero | …/Febrero |
        | AO.01  | 1600.5                  | 1399.5    |
        """,
)
def costo_anual_no_coincide(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El costo anual es la suma de los meses."""
    for fila in libro.filas(VALORIZACION.clave):
        total, esperado = fila["costo_total"], total_mensual(ACUMULATIVO, cifras(fila, "costo"))
        if not se_juzga(libro, total) or iguales(esperado or 0.0, total.valor or 0.0, REDONDEO_DE_MESES):
            continue
        dice = "está vacío" if total.vacio else f"dice {_soles(total.valor or 0)}"
        yield Observacion(
            f"el costo anual de {quien(fila)} {dice} y los meses suman {_soles(esperado or 0)}", total,
            lee=de_meses(fila, "costo"), tambien=tuple(d for d in de_meses(fila, "costo") if not d.vacio),
            encontrado=total.valor, esperado=esperado,
        )


@regla(
    "POI003", POI,
    por_que="El presupuesto de la unidad sale de sus necesidades; si no concuerdan o pasan del techo, no puede asignarse.",
    como_corregir="Corrija el costo mensual, el cuadro de necesidades o el techo, de modo que concuerden.",
    fuente="Directiva N° 003-2016-MPH/17, artículos 8.2.2 y 8.4",
    mal="""
        Campos
        | Campo                   | Valor   |
        | Techo presupuestal S/.: | 70000 ✗ |
        Necesidades
        | Código de actividad | Código | Costo S/. |
        | AO.01               | B-01   | 6500      |
        Valorización
        | Código | Costo anual S/. |
        | AO.01  | ✗               |
        """,
    bien="""
        Campos
        | Campo                   | Valor |
        | Techo presupuestal S/.: | 82000 |
        Necesidades
        | Código de actividad | Código | Costo S/. |
        | AO.01               | B-01   | 6000.9    |
        """,
)
def necesidades_costos_y_techo(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Las necesidades de una actividad que las tiene son su costo anual, y el costo de la unidad cabe en el techo."""
    necesidades = por_codigo(libro, NECESIDADES)
    propias = por_codigo(libro, PROGRAMACION)
    sueltas = [f for f in libro.filas(NECESIDADES.clave) if str(f.valor("codigo_actividad")) not in propias]
    for fila, costos in parejas(libro, VALORIZACION):
        suyas = necesidades.get(quien(fila), [])
        if not any(isinstance(f.valor("costo"), float) for f in suyas):
            continue
        pedido, costo = _pedido(suyas), sum(c or 0 for c in cifras(costos, "costo"))
        if iguales(pedido, costo, REDONDEO_DE_NECESIDADES):
            continue
        total = costos["costo_total"]
        # Lo que le falta puede ser lo que se pidió con un código que no existe: ya se dice en él.
        suyas_quiza = [f for f in sueltas if 0 < (f.valor("costo") or 0) <= costo - pedido + REDONDEO_DE_NECESIDADES]
        yield Observacion(
            f"las necesidades de {quien(fila)} suman {_soles(pedido)} y su costo anual es {_soles(costo)}",
            total if total.celda else costos["codigo"], encontrado=costo, esperado=pedido,
            lee=(fila["codigo"], costos["codigo"], *de_meses(costos, "costo"),
                 *(f["codigo_actividad"] for f in suyas_quiza),
                 *(f[c] for f in suyas for c in ("codigo_actividad", "costo"))),
            tambien=tuple(f["costo"] for f in suyas),
        )
    yield from _sobre_el_techo(libro)


def _pedido(filas: list[Fila]) -> float:
    return float(sum(v for f in filas if isinstance(v := f.valor("costo"), float)))


def _sobre_el_techo(libro: Libro) -> Iterator[Observacion]:
    techo = libro.campo("techo")
    if not isinstance(techo.valor, float):
        return
    costos, necesidades = libro.filas(VALORIZACION.clave), libro.filas(NECESIDADES.clave)
    montos: list[tuple[str, float, list[Dato]]] = [
        ("los costos anuales", sum(c or 0 for f in costos for c in cifras(f, "costo")),
         [d for f in costos for d in de_meses(f, "costo")]),
        ("las necesidades", _pedido(necesidades), [f["costo"] for f in necesidades]),
    ]
    pasan = [uno for uno in montos if uno[1] > techo.valor + REDONDEO_DE_NECESIDADES + 1e-9]
    if pasan:
        dichos = enumerar(f"{que} suman {_soles(monto)}" for que, monto, _ in pasan)
        yield Observacion(
            f"el techo presupuestal es {_soles(techo.valor)} y {dichos}", techo, encontrado=techo.valor,
            esperado=f"{_soles(max(m for _, m, _ in pasan))} o más", lee=tuple(d for _, _, datos in pasan for d in datos),
            como_corregir="Ajuste los costos y las necesidades al techo, o corrija el techo si se amplió.",
        )


@regla(
    "POI007", POI,
    severidad=Severidad.AVISO, diseno=True,
    por_que="Un gasto lejos de lo que se programó hacer suele ser un mes equivocado en uno de los dos cuadros.",
    como_corregir="Revise los meses del costo o los de la programación.",
    fuente="Criterio de este programa: el mismo mes, uno anterior o los dos que siguen",
    mal="""
        Valorización
        | Código | Costo mensual S/./Enero |
        | AO.06  | 800 ✗                   |
        Programación
        | Código | Programación mensual/Enero | …/Febrero | …/Marzo | Meta anual |
        | AO.06  |                            |           |         | 14         |
        Seguimiento
        | Código | Ejecución física mensual/Enero | …/Febrero | …/Marzo | …/Junio |
        | AO.06  |                                |           |         | 2       |
        """,
    bien="""
        Valorización
        | Código | Costo mensual S/./Enero | …/Marzo |
        | AO.05  | 600                     | 600     |
        Seguimiento
        | Código | Ejecución financiera mensual S/./Enero | …/Marzo |
        | AO.05  | 600                                    | 600     |
        """,
)
def costo_lejos_de_lo_programado(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Un mes con costo tiene programación en él, en uno anterior o en los dos que siguen (menos las trimestrales)."""
    for fila, costos in parejas(libro, VALORIZACION):
        if forma_mensual(fila.valor("acumulacion")) == TRIMESTRAL:
            continue
        programados = [m for m, c in enumerate(cifras(fila, "programado"), 1) if c]
        primero = min(programados, default=13 + MESES_DE_ANTICIPO)
        con_costo = [m for m, c in enumerate(cifras(costos, "costo"), 1) if c and primero > m + MESES_DE_ANTICIPO]
        if con_costo:
            empieza = f"lo programado empieza en {mes(primero)}" if programados else "no hay nada programado en el año"
            m = con_costo[0]
            yield Observacion(
                f"{quien(fila)} tiene un costo de {_soles(costos.valor(f'costo_m{m}'))} en {mes(m)} y {empieza}",
                costos[f"costo_m{m}"], tambien=tuple(costos[f"costo_m{n}"] for n in con_costo[1:]),
                lee=(fila["codigo"], costos["codigo"], fila["programado_total"], *leidos_de_la_meta(fila)),
                encontrado=costos.valor(f"costo_m{m}"),
            )
