"""Defectos de seguimiento en un POI: lo ejecutado, lo devengado y lo que se explica."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from pei_excel.mensual import ACUMULATIVO
from pei_excel.simulacion.plantar import Condicion, Defecto, Esperado, libre, tomar
from pei_excel.simulacion.poi import COSTOS, EVALUACION, SEGUIMIENTO, PoiSimulado
from pei_excel.simulacion.poi_defectos_lectura import intacta, total_mal
from pei_excel.simulacion.poi_verdad import BRECHA_TOLERADA, cifra, serie, suma, vencidos
from pei_excel.simulacion.simulado import Fila

Hallazgos = list[Esperado] | None


def _vencidos(s: PoiSimulado, fila: Fila) -> list[int]:
    """Meses de la actividad que deben estar informados."""
    return vencidos(fila["acumulacion"], serie(fila, "programado"), range(1, 13), s.hasta)


def _hecho(s: PoiSimulado, fila: Fila, mes: int) -> float | None:
    return cifra(s.uno(SEGUIMIENTO, fila).get(f"ejecutado_m{mes}"))


def _ultimo(s: PoiSimulado, fila: Fila) -> str:
    """La celda que nombran las reglas de cumplimiento: lo ejecutado en el último mes vencido."""
    return f"ejecutado_m{_vencidos(s, fila)[-1]}"


def _ejecucion_futura(s: PoiSimulado, azar: Random) -> Hallazgos:
    if s.hasta == 12:
        return None
    fila = tomar(s, azar)
    if fila is None:
        return None
    hecho = s.uno(SEGUIMIENTO, fila)
    columna = f"{azar.choice(('ejecutado', 'devengado'))}_m{azar.randint(s.hasta + 1, 12)}"
    hecho[columna] = float(azar.randint(1, 30))
    return [Esperado("SEG003", SEGUIMIENTO, columna, hecho)]


def _periodo_sin_actualizar(s: PoiSimulado, azar: Random) -> Hallazgos:
    if s.hasta == 12:
        return None
    for hecho in s.filas[SEGUIMIENTO]:
        hecho[f"ejecutado_m{s.hasta + 1}"] = float(azar.randint(1, 30))
    return [Esperado("SEG003", columna="periodo", lugar="campo")]


def _sin_reporte(s: PoiSimulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: bool(_vencidos(s, f)))
    if fila is None:
        return None
    hecho = s.uno(SEGUIMIENTO, fila)
    columna = f"ejecutado_m{azar.choice(_vencidos(s, fila))}"
    hecho[columna] = None
    return [Esperado("SEG004", SEGUIMIENTO, columna, hecho)]


def _sin_devengado(s: PoiSimulado, azar: Random) -> Hallazgos:
    """Lo físico está y falta lo gastado en un mes con costo."""

    def meses(fila: Fila) -> list[int]:
        return [n for n in range(1, s.hasta + 1) if cifra(s.uno(COSTOS, fila).get(f"costo_m{n}"))]

    fila = tomar(s, azar, lambda f: bool(meses(f)))
    if fila is None:
        return None
    hecho, columna = s.uno(SEGUIMIENTO, fila), f"devengado_m{azar.choice(meses(fila))}"
    hecho[columna] = None
    return [Esperado("SEG004", SEGUIMIENTO, columna, hecho)]


def _nadie_reporta(s: PoiSimulado, _azar: Random) -> Hallazgos:
    """Nadie llenó los meses del periodo."""
    meses = set(s.periodo.meses)
    if sum(bool(meses & set(_vencidos(s, f))) for f in s.renglones) < 2:
        return None
    for fila in s.renglones:
        hecho = s.uno(SEGUIMIENTO, fila)
        for n in meses:
            hecho[f"ejecutado_m{n}"] = hecho[f"devengado_m{n}"] = None
    return [Esperado("SEG004", columna="periodo", lugar="campo")]


def _ejecuto_en_el_periodo(s: PoiSimulado, fila: Fila) -> bool:
    return any(_hecho(s, fila, n) for n in s.periodo.meses)


def _medio_insuficiente(s: PoiSimulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: _ejecuto_en_el_periodo(s, f))
    if fila is None:
        return None
    evaluacion = s.evaluacion(fila)
    evaluacion["medios"] = azar.choice((None, "archivo", "Informe S/N de la unidad", "en la oficina de la unidad"))
    return [Esperado("SEG005", EVALUACION, "medios", evaluacion)]


def _sin_explicar(s: PoiSimulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, s.explicar)
    if fila is None:
        return None
    evaluacion = s.evaluacion(fila)
    for clave in azar.choice((("dificultaron",), ("medidas",), ("dificultaron", "medidas"))):
        evaluacion[clave] = None
    return [Esperado("SEG006", SEGUIMIENTO, _ultimo(s, fila), s.uno(SEGUIMIENTO, fila))]


def _sin_programar(s: PoiSimulado, azar: Random) -> Hallazgos:
    """Algo hecho en un mes del periodo donde no había meta."""

    def meses(fila: Fila) -> list[int]:
        return [n for n in s.periodo.meses if not cifra(fila.get(f"programado_m{n}"))]

    def sirve(fila: Fila) -> bool:
        otros = [m for m in _vencidos(s, fila) if m in s.periodo.meses]
        return (
            fila["acumulacion"] == ACUMULATIVO and bool(meses(fila)) and bool(otros) and intacta(s, fila)
            and bool(s.evaluacion(fila).get("medios")) and (suma(serie(fila, "programado")) or 0) > 30
        )

    fila = tomar(s, azar, sirve)
    if fila is None:
        return None
    hecho = s.uno(SEGUIMIENTO, fila)
    columna = f"ejecutado_m{azar.choice(meses(fila))}"
    hecho[columna] = 1.0
    return [Esperado("SEG007", SEGUIMIENTO, columna, hecho)]


def _sin_costo(s: PoiSimulado, azar: Random) -> Hallazgos:
    """Un gasto de una actividad que no tiene costo en el año."""
    fila = tomar(s, azar, lambda f: not suma(serie(s.uno(COSTOS, f), "costo")))
    if fila is None:
        return None
    hecho, columna = s.uno(SEGUIMIENTO, fila), f"devengado_m{azar.randint(1, s.hasta)}"
    hecho[columna] = 40.0
    return [Esperado("SEG007", SEGUIMIENTO, columna, hecho)]


def _nada_en_el_ano(s: PoiSimulado, azar: Random) -> Hallazgos:
    """Se informa algo de una actividad cuya meta es 0 en todos los meses."""
    fila = tomar(s, azar, lambda f: (
        f["acumulacion"] == ACUMULATIVO and intacta(s, f) and not suma(serie(s.uno(COSTOS, f), "costo"))
        and bool(s.evaluacion(f).get("medios"))
    ))
    if fila is None:
        return None
    hecho = s.uno(SEGUIMIENTO, fila)
    fila["meta"] = 0.0
    for n in range(1, 13):
        fila[f"programado_m{n}"] = 0.0
        hecho[f"ejecutado_m{n}"] = 2.0 if n == s.hasta else None
    for evaluacion in s.de(EVALUACION, fila):
        for clave in ("dificultaron", "medidas"):
            evaluacion.pop(clave, None)
    return [Esperado("SEG007", SEGUIMIENTO, f"ejecutado_m{s.hasta}", hecho)]


def _muy_por_encima(s: PoiSimulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: (
        f["acumulacion"] == ACUMULATIVO and bool(_vencidos(s, f)) and bool(s.evaluacion(f).get("medios"))
    ))
    if fila is None:
        return None
    hecho, columna = s.uno(SEGUIMIENTO, fila), _ultimo(s, fila)
    hecho[columna] += float(round(fila["meta"]) + 1)
    return [Esperado("SEG008", SEGUIMIENTO, columna, hecho)]


def _todo_al_cien(s: PoiSimulado, _azar: Random) -> Hallazgos:
    """Todos cumplen exactamente; lo gastado también es lo costeado."""
    al_cien = 0
    for fila in s.renglones:
        hecho, costos = s.uno(SEGUIMIENTO, fila), s.uno(COSTOS, fila)
        al_cien += bool(_vencidos(s, fila))
        for n in range(1, s.hasta + 1):
            if n in _vencidos(s, fila):
                hecho[f"ejecutado_m{n}"] = cifra(fila.get(f"programado_m{n}"))
            if cifra(hecho.get(f"devengado_m{n}")) is not None:
                hecho[f"devengado_m{n}"] = cifra(costos.get(f"costo_m{n}"))
        for n, evaluacion in enumerate(s.de(EVALUACION, fila)):
            evaluacion["medios"] = f"Informe N° {fila['codigo'][3:]}{n}-{s.ejercicio} de la unidad"
    return [Esperado("SEG009", SEGUIMIENTO, "ejecutado_m1", lugar="banda")] if al_cien >= 5 else None


def _repetidos(columna: str, condicion: Callable[[PoiSimulado, Fila], bool]) -> Callable[..., Hallazgos]:
    """Las mismas palabras en tres renglones de Evaluación."""

    def plantar(s: PoiSimulado, azar: Random) -> Hallazgos:
        cumple: Condicion = lambda f: libre(s, f) and condicion(s, f)  # noqa: E731
        if sum(cumple(f) for f in s.renglones) < 3:
            return None
        tomadas = [f for _ in range(3) if (f := tomar(s, azar, cumple)) is not None]
        filas = sorted((s.evaluacion(f) for f in tomadas), key=lambda e: _lugar(s, e))
        for fila in filas:
            fila[columna] = filas[0][columna]
        otras = tuple((EVALUACION, columna, f) for f in (filas[0], filas[2]))
        return [Esperado("SEG010", EVALUACION, columna, filas[1], tambien=otras)]

    return plantar


def _medio_del_trimestre_anterior(s: PoiSimulado, azar: Random) -> Hallazgos:
    """El medio de verificación es el que ya se envió el trimestre pasado."""
    if s.periodo.trimestre == 1:
        return None

    def anterior(fila: Fila) -> Fila:
        return s.de(EVALUACION, fila)[s.periodo.trimestre - 2]

    fila = tomar(s, azar, lambda f: _ejecuto_en_el_periodo(s, f) and bool(anterior(f).get("medios")))
    if fila is None:
        return None
    evaluacion = s.evaluacion(fila)
    evaluacion["medios"] = anterior(fila)["medios"]
    return [Esperado("SEG010", EVALUACION, "medios", evaluacion, tambien=((EVALUACION, "medios", anterior(fila)),))]


def _lugar(s: PoiSimulado, evaluacion: Fila) -> int:
    return next(n for n, f in enumerate(s.filas[EVALUACION]) if f is evaluacion)


def _brecha(s: PoiSimulado, azar: Random) -> Hallazgos:
    """Se gastó mucho más de lo que se avanzó."""

    def meses(fila: Fila) -> list[int]:
        return [n for n in range(1, s.hasta + 1) if cifra(s.uno(COSTOS, fila).get(f"costo_m{n}"))]

    def sirve(fila: Fila) -> bool:
        return bool(meses(fila)) and s.cuatro(fila).al(s.hasta).brecha is not None and not s.explicar(fila)

    if s.periodo.trimestre == 1:
        return None
    fila = tomar(s, azar, sirve)
    if fila is None:
        return None
    hecho, verdad = s.uno(SEGUIMIENTO, fila), s.cuatro(fila).al(s.hasta)
    columna = f"devengado_m{meses(fila)[-1]}"
    puntos = BRECHA_TOLERADA + 5 - (verdad.brecha or 0)
    hecho[columna] = round((hecho.get(columna) or 0) + (verdad.costo or 0) * puntos / 100, 2)
    return [Esperado("SEG012", SEGUIMIENTO, "devengado_total", hecho)]


POI_DEFECTOS_SEG: tuple[Defecto[PoiSimulado], ...] = (
    Defecto("SEG001", "total de Seguimiento escrito encima", total_mal("SEG001")),
    Defecto("SEG003", "mes posterior al periodo", _ejecucion_futura),
    Defecto("SEG003", "periodo sin actualizar", _periodo_sin_actualizar, solo=True),
    Defecto("SEG004", "mes vencido sin reporte", _sin_reporte),
    Defecto("SEG004", "mes sin devengado", _sin_devengado),
    Defecto("SEG004", "nadie reporta el periodo", _nadie_reporta, solo=True),
    Defecto("SEG005", "medio insuficiente", _medio_insuficiente),
    Defecto("SEG006", "rezago al que se le borra la explicación", _sin_explicar),
    Defecto("SEG007", "ejecución sin programación", _sin_programar),
    Defecto("SEG007", "gasto sin costo en el año", _sin_costo),
    Defecto("SEG007", "nada programado en el año", _nada_en_el_ano),
    Defecto("SEG008", "muy por encima de la meta", _muy_por_encima),
    Defecto("SEG009", "todo al 100 %", _todo_al_cien, solo=True),
    Defecto("SEG010", "mismo medio", _repetidos("medios", _ejecuto_en_el_periodo)),
    Defecto("SEG010", "mismas dificultades", _repetidos("dificultaron", lambda s, f: s.explicar(f))),
    Defecto("SEG010", "medio del trimestre anterior", _medio_del_trimestre_anterior, solo=True),  # los reúne
    Defecto("SEG012", "se gastó mucho más de lo avanzado", _brecha),
)
