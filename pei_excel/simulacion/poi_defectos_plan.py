"""Defectos del plan en un POI: metas, costos, necesidades, catálogos y códigos."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from pei_excel.formato import Modo
from pei_excel.formatos.poi import CAUSAS, TRIMESTRES_POI
from pei_excel.mensual import ACUMULATIVO
from pei_excel.periodos import MESES
from pei_excel.simulacion.plantar import Defecto, Esperado, Plantador, apartar, tomar
from pei_excel.simulacion.poi import COSTOS, EVALUACION, HOJA, MODIFICACIONES, NECESIDADES, SEGUIMIENTO, PoiSimulado
from pei_excel.simulacion.poi_actividades import ACCIONES
from pei_excel.simulacion.poi_defectos_lectura import CODIGOS, intacta, total_mal
from pei_excel.simulacion.poi_verdad import cifra, serie, suma
from pei_excel.simulacion.simulado import Fila

Hallazgos = list[Esperado] | None
#: Un código que ninguna actividad lleva.
AJENO = "AO.99"


def pedidos(s: PoiSimulado, fila: Fila) -> list[Fila]:
    """Renglones de Necesidades de una actividad."""
    return s.de(NECESIDADES, fila, "codigo_actividad")


def _acumulativa(s: PoiSimulado, fila: Fila) -> bool:
    return fila["acumulacion"] == ACUMULATIVO and intacta(s, fila)


def _meta_mal(s: PoiSimulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: _acumulativa(s, f))
    if fila is None:
        return None
    fila["meta"] += float(azar.randint(2, 40))
    return [Esperado("POI001", columna="meta", fila=fila)]


def _mes_recurrente_mal(s: PoiSimulado, azar: Random) -> Hallazgos:
    """Un mes de una recurrente que no es la meta; hacia abajo, para que la meta siga siendo la misma."""
    fila = tomar(s, azar, lambda f: f["acumulacion"] != ACUMULATIVO and f["meta"] > 1)
    if fila is None:
        return None
    meses = [n for n in range(1, 13) if cifra(fila.get(f"programado_m{n}"))]
    vencidos = [n for n in meses if n <= s.hasta]
    # Si fuera el único vencido, bajaría lo programado al periodo y lo ejecutado lo rebasaría (SEG008).
    posibles = [n for n in meses if n > s.hasta or len(vencidos) > 1]
    if not posibles:
        return None
    columna = f"programado_m{azar.choice(posibles)}"
    fila[columna] -= 1.0
    return [Esperado("POI001", columna=columna, fila=fila)]


def _necesidades_mal(s: PoiSimulado, azar: Random) -> Hallazgos:
    """Los pedidos de una actividad no suman su costo; lo que se quita no rebasa el techo."""
    fila = tomar(s, azar, lambda f: any(p["costo"] > 60 for p in pedidos(s, f)))
    if fila is None:
        return None
    pedido = azar.choice([p for p in pedidos(s, fila) if p["costo"] > 60])
    pedido["costo"] = round(pedido["costo"] - azar.randint(5, 50), 2)
    costos = s.uno(COSTOS, fila)
    return [Esperado("POI003", COSTOS, "costo_total", costos, tambien=((NECESIDADES, "costo", pedido),))]


def _techo_rebasado(s: PoiSimulado, _azar: Random) -> Hallazgos:
    total = suma(cifra(p["costo"]) for p in s.filas[NECESIDADES])
    if not total or not apartar(s, ("campo", "techo")):
        return None
    s.campos["techo"] = round(total / 2, 2)
    return [Esperado("POI003", columna="techo", lugar="campo")]


def _en_catalogo(columna: str, nuevo: Callable[[Fila], str]) -> Plantador[PoiSimulado]:
    def plantar(s: PoiSimulado, azar: Random) -> Hallazgos:
        fila = tomar(s, azar)
        if fila is None:
            return None
        fila[columna] = nuevo(fila)
        return [Esperado("POI004", columna=columna, fila=fila)]

    return plantar


def _accion_de_otro(fila: Fila) -> str:
    return next(aei for aei, oei in ACCIONES.items() if oei != fila["oei"])


def _unidad_vaga(s: PoiSimulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar)
    if fila is None:
        return None
    fila["unidad_medida"] = azar.choice(("Global", "Acción", "Varios"))
    return [Esperado("POI006", columna="unidad_medida", fila=fila)]


def _cuenta_con_decimales(s: PoiSimulado, azar: Random) -> Hallazgos:
    """Media persona capacitada: la meta de algo que se cuenta, con decimales."""

    def sirve(fila: Fila) -> bool:
        futuros = [n for n in range(s.hasta + 1, 13) if (cifra(fila.get(f"programado_m{n}")) or 0) > 1]
        entera = fila["unidad_medida"] not in {"Kilómetro", "Tonelada", "Hectárea"}
        return _acumulativa(s, fila) and entera and bool(futuros)

    fila = tomar(s, azar, sirve)
    if fila is None:
        return None
    mes = azar.choice([n for n in range(s.hasta + 1, 13) if (cifra(fila.get(f"programado_m{n}")) or 0) > 1])
    fila[f"programado_m{mes}"] -= 0.5
    fila["meta"] -= 0.5
    return [Esperado("POI006", columna="meta", fila=fila)]


def _costo_adelantado(s: PoiSimulado, azar: Random) -> Hallazgos:
    """Un gasto en enero de algo que empieza en abril o después."""

    def sirve(fila: Fila) -> bool:
        con_meta = [n for n, p in enumerate(serie(fila, "programado"), 1) if p]
        costos = s.uno(COSTOS, fila)
        return (
            _acumulativa(s, fila) and con_meta[0] >= 4 and not pedidos(s, fila)
            and cifra(costos.get("costo_m1")) is None and (suma(serie(costos, "costo")) or 0) > 500
        )

    fila = tomar(s, azar, sirve)
    if fila is None:
        return None
    costos, hecho = s.uno(COSTOS, fila), s.uno(SEGUIMIENTO, fila)
    costos["costo_m1"] = hecho["devengado_m1"] = 10.0
    return [Esperado("POI007", COSTOS, "costo_m1", costos)]


def _al_final_del_ano(s: PoiSimulado, azar: Random) -> Hallazgos:
    """Más de la mitad de la meta en el último trimestre."""
    if s.hasta >= 10:
        return None
    fila = tomar(s, azar, lambda f: _acumulativa(s, f) and cifra(f.get("programado_m11")) is not None)
    if fila is None:
        return None
    de_mas = float(round(fila["meta"] * 1.5) + 3)
    fila["programado_m11"] += de_mas
    fila["meta"] += de_mas
    return [Esperado("POI008", columna="programado_total", fila=fila)]


def _todo_en_un_mes(s: PoiSimulado, azar: Random) -> Hallazgos:
    """La meta entera en un mes que aún no llega; nada ejecutado ni gastado todavía."""
    if s.hasta >= 8:
        return None
    fila = tomar(s, azar, lambda f: _acumulativa(s, f) and f["meta"] > 2)
    if fila is None:
        return None
    hecho = s.uno(SEGUIMIENTO, fila)
    mes = azar.randint(s.hasta + 1, 9)
    for n in range(1, 13):
        fila[f"programado_m{n}"] = fila["meta"] if n == mes else None
        hecho[f"ejecutado_m{n}"] = None
        hecho[f"devengado_m{n}"] = None if cifra(hecho.get(f"devengado_m{n}")) is None else 0.0
    for evaluacion in s.de(EVALUACION, fila):
        for clave in [c for c in evaluacion if c not in {"codigo", "trimestre"}]:
            del evaluacion[clave]
    return [Esperado("POI008", columna="programado_total", fila=fila)]


def _sin_elementos(s: PoiSimulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar)
    if fila is None:
        return None
    fila["elementos"] = azar.choice((None, " "))
    return [Esperado("POI010", columna="elementos", fila=fila)]


def _codigo_repetido(s: PoiSimulado, azar: Random) -> Hallazgos:
    """En todas las hojas, una actividad lleva el código de otra anterior."""
    if not apartar(s, CODIGOS):
        return None
    previa = tomar(s, azar, lambda f: f is not s.renglones[-1] and intacta(s, f))
    if previa is None:
        return None
    lugar = next(n for n, f in enumerate(s.renglones) if f is previa)
    posteriores = [f for f in s.renglones[lugar + 1 :] if intacta(s, f)]
    fila = tomar(s, azar, lambda f: any(f is p for p in posteriores))
    if fila is None:
        return None
    viejo, nuevo = fila["codigo"], previa["codigo"]
    for hoja in s.formato.hojas:
        for otra in s.filas[hoja.clave]:
            if otra.get(hoja.llave[0]) == viejo:
                otra[hoja.llave[0]] = nuevo
    return [Esperado("POI011", columna="codigo", fila=fila, tambien=((HOJA, "codigo", previa),))]


def _meta_sin_cifra(s: PoiSimulado, azar: Random) -> Hallazgos:
    """Una meta en palabras de la que no se lee una cifra, o se leen dos."""
    fila = tomar(s, azar, lambda f: intacta(s, f))
    if fila is None:
        return None
    fila["meta"] = azar.choice(("de 5 a 10", "Todas las que se soliciten", "Según demanda"))
    return [Esperado("POI012", columna="meta", fila=fila)]


def _falta_en(hoja: str) -> Plantador[PoiSimulado]:
    """Una actividad que no tiene renglón en otra hoja."""

    def plantar(s: PoiSimulado, azar: Random) -> Hallazgos:
        if not apartar(s, CODIGOS):
            return None
        fila = tomar(s, azar, lambda f: intacta(s, f))
        if fila is None:
            return None
        s.modo = Modo.FORMULACION  # la de seguimiento no deja faltar a ninguna
        s.filas[hoja] = [f for f in s.filas[hoja] if f["codigo"] != fila["codigo"]]
        return [Esperado("POI013", columna="codigo", fila=fila)]

    return plantar


def _ajena_en(hoja: str, otros: Callable[[PoiSimulado, Random], Fila]) -> Plantador[PoiSimulado]:
    """Un renglón de una actividad que `Programación` no conoce."""

    def plantar(s: PoiSimulado, azar: Random) -> Hallazgos:
        if not apartar(s, CODIGOS):
            return None
        llave = s.formato.por_clave[hoja].llave[0]
        renglon: Fila = {llave: AJENO, **otros(s, azar)}
        s.filas[hoja].append(renglon)
        return [Esperado("POI013", hoja, llave, renglon)]

    return plantar


def _cambiado(hoja: str) -> Plantador[PoiSimulado]:
    """El código de una hoja no es el de Programación: sobra uno y falta otro, por la misma causa."""

    def plantar(s: PoiSimulado, azar: Random) -> Hallazgos:
        if not apartar(s, CODIGOS):
            return None
        fila = tomar(s, azar, lambda f: intacta(s, f))
        if fila is None:
            return None
        s.modo = Modo.FORMULACION
        suya = fila if hoja == HOJA else s.uno(hoja, fila)
        suya["codigo"] = AJENO
        return [Esperado("POI013", hoja, "codigo", suya)]

    return plantar


def modificacion(s: PoiSimulado, azar: Random) -> Fila:
    """Lo que lleva cualquier modificación, menos de qué actividad y qué meta."""
    return {
        "fecha": date(s.ejercicio, s.hasta, azar.randint(1, 28)), "causa": azar.choice(CAUSAS),
        "documento": f"Resolución N° {azar.randint(100, 400)}-{s.ejercicio}",
    }


def _modificacion_no_aplicada(s: PoiSimulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: intacta(s, f))
    if fila is None:
        return None
    con_meta = [n for n in range(1, 13) if cifra(fila.get(f"programado_m{n}")) is not None]
    mes = azar.choice(con_meta)
    campo, vigente = azar.choice((
        ("Meta anual", fila["meta"]), (f"Programado {MESES[mes - 1].capitalize()}", fila[f"programado_m{mes}"]),
    ))
    renglon: Fila = {
        "codigo": fila["codigo"], "campo": campo, "valor_anterior": vigente, "valor_nuevo": vigente + 7.0,
        **modificacion(s, azar),
    }
    s.filas[MODIFICACIONES].append(renglon)
    return [Esperado("POI014", MODIFICACIONES, "valor_nuevo", renglon)]


POI_DEFECTOS_PLAN: tuple[Defecto[PoiSimulado], ...] = (
    Defecto("POI001", "meta que no es la suma", _meta_mal),
    Defecto("POI001", "mes distinto de la meta", _mes_recurrente_mal),
    Defecto("POI001", "total escrito encima", total_mal("POI001")),
    Defecto("POI002", "costo anual escrito encima", total_mal("POI002")),
    Defecto("POI003", "pedidos que no suman el costo", _necesidades_mal),
    Defecto("POI003", "techo rebasado", _techo_rebasado, solo=True),  # lee todos los costos
    Defecto("POI004", "objetivo que no existe", _en_catalogo("oei", lambda _: "OEI.77")),
    Defecto("POI004", "acción que no existe", _en_catalogo("aei", lambda f: f"AEI.{f['oei'][4:]}.88")),
    Defecto("POI004", "acción de otro objetivo", _en_catalogo("aei", _accion_de_otro)),
    Defecto("POI006", "unidad vaga", _unidad_vaga),
    Defecto("POI006", "cuenta con decimales", _cuenta_con_decimales),
    Defecto("POI007", "gasto antes de tiempo", _costo_adelantado),
    Defecto("POI008", "al final del año", _al_final_del_ano),
    Defecto("POI008", "todo en un mes", _todo_en_un_mes),
    Defecto("POI010", "sin elementos críticos", _sin_elementos),
    Defecto("POI011", "código repetido", _codigo_repetido),
    Defecto("POI012", "meta que no puede calcularse", _meta_sin_cifra),
    Defecto("POI013", "sin renglón en Valorización", _falta_en(COSTOS)),
    Defecto("POI013", "sin renglón en Seguimiento", _falta_en(SEGUIMIENTO)),
    Defecto("POI013", "ajena en Seguimiento", _ajena_en(SEGUIMIENTO, lambda s, _: {f"ejecutado_m{s.hasta}": 4.0})),
    Defecto("POI013", "ajena en Necesidades", _ajena_en(NECESIDADES, lambda _s, _: {
        "detalle": "Pedido de otra unidad", "tipo_gasto": "Bienes", "costo": 20.0,
    })),
    Defecto("POI013", "ajena en Evaluación", _ajena_en(EVALUACION, lambda s, _: {
        "trimestre": TRIMESTRES_POI[s.periodo.trimestre - 1], "medios": "Informe N° 900-2024 de otra unidad",
    })),
    Defecto("POI013", "ajena en Modificaciones", _ajena_en(MODIFICACIONES, lambda s, azar: {
        "campo": "Meta anual", "valor_anterior": 5.0, "valor_nuevo": 4.0, **modificacion(s, azar),
    })),
    Defecto("POI013", "código cambiado en Programación", _cambiado(HOJA)),
    Defecto("POI013", "código cambiado en Valorización", _cambiado(COSTOS)),
    Defecto("POI013", "código cambiado en Seguimiento", _cambiado(SEGUIMIENTO)),
    Defecto("POI014", "modificación que no se aplicó", _modificacion_no_aplicada),
)
