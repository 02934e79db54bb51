"""Defectos de captura y de archivo en un POI: lo que el lector nota."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from pei_excel.crudo import ErrorExcel
from pei_excel.escritura.encargo import ConFormato, ConFormula
from pei_excel.formato import Modo
from pei_excel.formatos.poi import POI, TRIMESTRES_POI
from pei_excel.mensual import ACUMULATIVO
from pei_excel.reglas import danos
from pei_excel.simulacion import retoques
from pei_excel.simulacion.plantar import (
    Defecto,
    Esperado,
    Plantador,
    apartar,
    del_archivo,
    fila_insertada,
    fila_oculta,
    tomar,
)
from pei_excel.simulacion.poi import COSTOS, EVALUACION, HOJA, NECESIDADES, SEGUIMIENTO, PoiSimulado
from pei_excel.simulacion.poi_verdad import cifra, serie, suma
from pei_excel.simulacion.simulado import Fila

Hallazgos = list[Esperado] | None
#: Lo que reservan los defectos que cambian qué códigos hay.
CODIGOS = "codigos"
#: Hoja → medidas mensuales que se capturan en ella.
MEDIDAS = {h.clave: h.medidas_mensuales for h in POI.hojas if h.medidas_mensuales}


def intacta(s: PoiSimulado, fila: Fila) -> bool:
    """Ninguna modificación registrada toca sus metas."""
    return not s.de("Modificaciones", fila)


def _titulo_cambiado(s: PoiSimulado, azar: Random) -> Hallazgos:
    clave = azar.choice(("indicador", "tipo_indicador", "prioridad", "elementos"))
    s.danos.append(danos.cambiar_titulo(POI.principal.por_clave[clave].titulo, "Otro dato"))
    return [Esperado("FMT003", columna=clave, lugar="titulo")]


def _mes_sin_titulo(*hojas: str) -> Plantador[PoiSimulado]:
    def plantar(s: PoiSimulado, azar: Random) -> Hallazgos:
        hoja = azar.choice(hojas)
        clave = f"{azar.choice(MEDIDAS[hoja])}_m{azar.choice((2, 5, 9, 12))}"
        lugar = POI.por_clave[hoja].disposicion
        columna = POI.por_clave[hoja].por_clave[clave]
        celda = lugar.celda(lugar.fila_del_titulo(columna), clave)
        s.danos.append(retoques.cambiar_celda(POI, hoja, celda, "Otro dato"))
        return [Esperado("FMT003", hoja, clave, lugar="titulo")]

    return plantar


def _sin_hoja(s: PoiSimulado, azar: Random) -> Hallazgos:
    s.danos.append(retoques.quitar_hoja(azar.choice((COSTOS, SEGUIMIENTO))))
    return [Esperado("FMT003", lugar="archivo")]


def _sin_evaluacion(s: PoiSimulado, _azar: Random) -> Hallazgos:
    """Se borró donde se explica: un solo aviso, si algo había que probar."""
    meses = range(s.hasta - 2, s.hasta + 1) if s.periodo.clase == "T" else [s.hasta]
    if not any(cifra(f.get(f"ejecutado_m{m}")) for f in s.filas[SEGUIMIENTO] for m in meses):
        return None
    s.danos.append(retoques.quitar_hoja(EVALUACION))
    return [Esperado("FMT003", lugar="archivo")]


def _una_cifra(s: PoiSimulado, azar: Random) -> tuple[str, str, Fila] | None:
    """(hoja, columna, renglón) de una cifra capturada de una actividad libre."""
    actividad = tomar(s, azar, lambda f: intacta(s, f))
    if actividad is None:
        return None
    hoja = azar.choice(tuple(MEDIDAS))
    fila = actividad if hoja == HOJA else s.uno(hoja, actividad)
    claves = [
        f"{medida}_m{n}" for medida in MEDIDAS[hoja] for n in range(1, 13)
        if cifra(fila.get(f"{medida}_m{n}")) is not None
    ]
    return (hoja, azar.choice(claves), fila) if claves else None


def _en_una_cifra(codigo: str, cambiar: Callable[[Random, float, int], object]) -> Callable[..., Hallazgos]:
    """Cambia una cifra capturada de cualquier hoja por otra cosa."""

    def plantar(s: PoiSimulado, azar: Random) -> Hallazgos:
        lugar = _una_cifra(s, azar)
        if lugar is None:
            return None
        hoja, columna, fila = lugar
        nuevo = cambiar(azar, fila[columna], s.ejercicio)
        if nuevo is None:
            return None
        fila[columna] = nuevo
        return [Esperado(codigo, hoja, columna, fila)]

    return plantar


def _con_separadores(azar: Random, valor: float, _ano: int) -> str | None:
    """«S/ 1 200.00», como se copia de un cuadro de presupuesto; del mismo valor."""
    if valor < 1000:
        return f"{azar.choice(('S/ ', 'S/. ', 'S/.'))}{valor:.2f}"
    con_comas = f"{valor:,.2f}"
    return azar.choice((f"S/ {con_comas.replace(',', ' ')}", f"S/. {con_comas}", con_comas))


def _con_coma(azar: Random, valor: float, _ano: int) -> str:
    escrito = f"{valor:g}" if valor < 1000 else f"{valor:.2f}"
    return azar.choice((escrito, f" {escrito}", f"{escrito}\xa0", escrito.replace(".", ",")))


def _costo_con_soles(s: PoiSimulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: intacta(s, f) and bool(suma(serie(s.uno(COSTOS, f), "costo"))))
    if fila is None:
        return None
    costos = s.uno(COSTOS, fila)
    columna = azar.choice([f"costo_m{n}" for n in range(1, 13) if cifra(costos.get(f"costo_m{n}"))])
    costos[columna] = _con_separadores(azar, costos[columna], s.ejercicio)
    return [Esperado("FMT005", COSTOS, columna, costos)]


def _codigo_en_fecha(s: PoiSimulado, azar: Random) -> Hallazgos:
    """Excel volvió fecha un código como «1.2»."""
    if not apartar(s, CODIGOS):
        return None
    fila = tomar(s, azar, lambda f: intacta(s, f) and not s.de(NECESIDADES, f, "codigo_actividad"))
    if fila is None:
        return None
    s.modo = Modo.FORMULACION  # la de seguimiento repetiría el código dañado en las demás hojas
    hoja = azar.choice((HOJA, COSTOS, SEGUIMIENTO))
    dueno = fila if hoja == HOJA else s.uno(hoja, fila)
    dueno["codigo"] = date(s.ejercicio, azar.randint(1, 12), azar.randint(1, 12))
    return [Esperado("FMT004", hoja, "codigo", dueno)]


def _fecha_ilegible(s: PoiSimulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar)
    if fila is None:
        return None
    evaluacion = s.evaluacion(fila)
    evaluacion["plazo"] = azar.choice(("pronto", "31/02/2024", "abril"))
    return [Esperado("FMT004", EVALUACION, "plazo", evaluacion)]


def _en_error(s: PoiSimulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: intacta(s, f))
    if fila is None:
        return None
    hoja, columna, suya = azar.choice((
        (HOJA, "actividad", fila), (HOJA, "meta", fila), (COSTOS, "costo_total", s.uno(COSTOS, fila)),
        (SEGUIMIENTO, "ejecutado_total", s.uno(SEGUIMIENTO, fila)), (EVALUACION, "medios", s.evaluacion(fila)),
        (HOJA, "elementos", fila), (SEGUIMIENTO, f"ejecutado_m{s.hasta}", s.uno(SEGUIMIENTO, fila)),
    ))
    suya[columna] = ErrorExcel(azar.choice(("#DIV/0!", "#N/A", "#VALUE!")))
    return [Esperado("FMT006", hoja, columna, suya)]


def _obligatorio_vacio(s: PoiSimulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: intacta(s, f))
    if fila is None:
        return None
    lugares: list[tuple[str, str, Fila]] = [
        *((HOJA, c, fila) for c in ("indicador", "tipo_indicador", "unidad_medida", "prioridad", "responsable")),
        (COSTOS, "vinculacion", s.uno(COSTOS, fila)),
        *((NECESIDADES, c, n) for n in s.de(NECESIDADES, fila, "codigo_actividad") for c in ("detalle", "tipo_gasto")),
    ]
    hoja, columna, suya = azar.choice(lugares)
    suya[columna] = azar.choice((None, " "))
    return [Esperado("FMT007", hoja, columna, suya)]


def _fuera_de_lista(s: PoiSimulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: intacta(s, f))
    if fila is None:
        return None
    lugares: list[tuple[str, str, Fila]] = [
        (HOJA, "tipo_indicador", fila), (HOJA, "prioridad", fila), (COSTOS, "vinculacion", s.uno(COSTOS, fila)),
        *([(HOJA, "acumulacion", fila)] if fila["acumulacion"] == ACUMULATIVO else []),
        *((NECESIDADES, "tipo_gasto", n) for n in s.de(NECESIDADES, fila, "codigo_actividad")),
    ]
    hoja, columna, suya = azar.choice(lugares)
    suya[columna] = azar.choice(("Otra cosa", "Pendiente de definir", "A veces"))
    return [Esperado("FMT008", hoja, columna, suya)]


def _trimestre_desconocido(s: PoiSimulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar)
    if fila is None:
        return None
    renglon: Fila = {"codigo": fila["codigo"], "trimestre": azar.choice(("5to. Trimestre", "Verano"))}
    s.filas[EVALUACION].append(renglon)
    return [Esperado("FMT008", EVALUACION, "trimestre", renglon)]


def _evaluacion_repetida(s: PoiSimulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar)
    if fila is None:
        return None
    renglon: Fila = {"codigo": fila["codigo"], "trimestre": TRIMESTRES_POI[s.periodo.trimestre - 1]}
    s.filas[EVALUACION].append(renglon)
    return [Esperado("FMT008", EVALUACION, "codigo", renglon)]


def _totales(s: PoiSimulado, fila: Fila) -> list[tuple[str, str, Fila, float, str]]:
    """(hoja, columna, renglón, valor, regla de esa cifra) de los totales calculados de una actividad."""
    costos, hecho = s.uno(COSTOS, fila), s.uno(SEGUIMIENTO, fila)
    forma = str(fila["acumulacion"])

    def segun(valores: list[float | None]) -> float | None:
        return suma(valores) if forma == ACUMULATIVO else max((v for v in valores if v is not None), default=None)

    posibles = (
        (HOJA, "programado_total", fila, segun(serie(fila, "programado")), "POI001"),
        (COSTOS, "costo_total", costos, suma(serie(costos, "costo")), "POI002"),
        (SEGUIMIENTO, "ejecutado_total", hecho, segun(serie(hecho, "ejecutado")), "SEG001"),
        (SEGUIMIENTO, "devengado_total", hecho, suma(serie(hecho, "devengado")), "SEG001"),
    )
    return [(h, c, f, v, r) for h, c, f, v, r in posibles if v]


def _en_un_total(
    poner: Callable[[Random, float], object], codigo: str | None = None
) -> Plantador[PoiSimulado]:
    """Escribe algo en un total; sin `codigo`, lo dice la regla de esa cifra."""

    def plantar(s: PoiSimulado, azar: Random) -> Hallazgos:
        fila = tomar(s, azar, lambda f: bool(_totales(s, f)))
        if fila is None:
            return None
        hoja, columna, suya, valor, regla = azar.choice(_totales(s, fila))
        suya[columna] = poner(azar, valor)
        return [Esperado(codigo or regla, hoja, columna, suya)]

    return plantar


def total_mal(regla: str) -> Plantador[PoiSimulado]:
    """Una cifra equivocada escrita encima de un total."""

    def plantar(s: PoiSimulado, azar: Random) -> Hallazgos:
        fila = tomar(s, azar, lambda f: any(r == regla for *_, r in _totales(s, f)))
        if fila is None:
            return None
        hoja, columna, suya, valor, _ = azar.choice([t for t in _totales(s, fila) if t[4] == regla])
        suya[columna] = valor + azar.randint(2, 30)
        return [Esperado(regla, hoja, columna, suya)]

    return plantar


def _nombre_sin_formula(s: PoiSimulado, azar: Random) -> Hallazgos:
    """El nombre que traía la fórmula se escribió a mano."""
    fila = tomar(s, azar)
    if fila is None:
        return None
    hoja = azar.choice((COSTOS, SEGUIMIENTO, EVALUACION))
    suya = s.evaluacion(fila) if hoja == EVALUACION else s.uno(hoja, fila)
    suya["actividad"] = azar.choice((fila["actividad"], "Otro nombre"))
    return [Esperado("FMT009", hoja, "actividad", suya)]


def _sin_codigo(s: PoiSimulado, azar: Random) -> Hallazgos:
    """Un renglón de Necesidades sin el código de su actividad."""
    con_pedidos = [f for f in s.renglones if len(s.de(NECESIDADES, f, "codigo_actividad")) == 1]
    if not apartar(s, CODIGOS):
        return None
    fila = tomar(s, azar, lambda f: any(f is c for c in con_pedidos))
    if fila is None:
        return None
    (pedido,) = s.de(NECESIDADES, fila, "codigo_actividad")
    pedido["codigo_actividad"] = None
    return [Esperado("FMT015", NECESIDADES, "codigo_actividad", pedido)]


def _textos_en_cifras(s: PoiSimulado, azar: Random) -> Hallazgos:
    if not apartar(s, CODIGOS):
        return None
    fila = tomar(s, azar, lambda f: intacta(s, f))
    if fila is None:
        return None
    hoja = azar.choice((HOJA, COSTOS, SEGUIMIENTO))
    suya = fila if hoja == HOJA else s.uno(hoja, fila)
    for n in azar.sample(range(1, 13), 2):
        suya[f"{MEDIDAS[hoja][0]}_m{n}"] = "Proceso"
    return [Esperado("FMT015", hoja, "codigo", suya)]


def _campo_incompleto(s: PoiSimulado, azar: Random) -> Hallazgos:
    campo = azar.choice(("unidad", "gerencia", "periodo", "techo"))
    if not apartar(s, ("campo", campo)):
        return None
    valores = {"unidad": ("", "Subgerencia de Obras"), "periodo": ("", "el segundo")}
    s.campos[campo] = azar.choice(valores.get(campo, ("",)))
    return [Esperado("FMT016", columna=campo, lugar="campo")]


def _hoja_duplicada(s: PoiSimulado, azar: Random) -> Hallazgos:
    hoja = azar.choice([h for h in (COSTOS, SEGUIMIENTO, NECESIDADES, EVALUACION) if s.filas[h]])
    s.danos.append(danos.hoja_duplicada(hoja))
    return [Esperado("FMT018", hoja, POI.por_clave[hoja].llave[0], lugar="titulo")]


POI_DEFECTOS_LECTURA: tuple[Defecto[PoiSimulado], ...] = (
    Defecto("FMT001", "archivo cortado", del_archivo("FMT001", danos.truncar), solo=True),
    Defecto("FMT002", "otro libro", del_archivo("FMT002", retoques.sin_titulos(POI)), solo=True),
    Defecto("FMT003", "título cambiado", _titulo_cambiado, solo=True),
    Defecto("FMT003", "mes sin título en Programación", _mes_sin_titulo(HOJA), solo=True),
    Defecto("FMT003", "mes sin título en otra hoja", _mes_sin_titulo(COSTOS, SEGUIMIENTO), solo=True),
    Defecto("FMT003", "hoja borrada", _sin_hoja, solo=True),
    Defecto("FMT003", "hoja Evaluación borrada", _sin_evaluacion, solo=True),
    Defecto("FMT004", "cifra de otro tipo", _en_una_cifra(
        "FMT004", lambda azar, _valor, ano: azar.choice(("veinte", -5.0, date(ano, 2, 1), "pendiente", True)),
    )),
    Defecto("FMT004", "código vuelto fecha", _codigo_en_fecha),
    Defecto("FMT004", "fecha ilegible", _fecha_ilegible),
    Defecto("FMT005", "número como texto", _en_una_cifra("FMT005", _con_coma)),
    Defecto("FMT005", "soles en la celda", _costo_con_soles),
    Defecto("FMT005", "formato de porcentaje", _en_una_cifra(
        "FMT005", lambda _azar, valor, _ano: ConFormato(valor / 100, "0%") if valor else None,
    )),
    Defecto("FMT005", "miles o decimales", _en_una_cifra(
        "FMT005", lambda azar, _valor, _ano: azar.choice(("1,200", "1.200", "12,500")),
    )),
    Defecto("FMT006", "error de Excel", _en_error),
    Defecto("FMT007", "obligatorio vacío", _obligatorio_vacio),
    Defecto("FMT008", "fuera de la lista", _fuera_de_lista),
    Defecto("FMT008", "trimestre desconocido", _trimestre_desconocido),
    Defecto("FMT008", "evaluación repetida", _evaluacion_repetida),
    Defecto("FMT009", "cifra en lugar de fórmula", _en_un_total(lambda _azar, valor: valor, "FMT009")),
    Defecto("FMT009", "fórmula sin recalcular", _en_un_total(
        lambda azar, valor: ConFormula(valor + azar.randint(1, 9)), "FMT009",
    )),
    Defecto("FMT009", "fórmula borrada", _en_un_total(lambda _azar, _valor: "")),
    Defecto("FMT009", "nombre escrito a mano", _nombre_sin_formula),
    Defecto("FMT010", "fórmulas sin calcular", del_archivo("FMT010", danos.sin_calcular), solo=True),
    Defecto("FMT011", "fila oculta", fila_oculta),
    Defecto("FMT012", "otra versión", del_archivo("FMT012", danos.otra_version)),
    Defecto("FMT013", "fila insertada", fila_insertada, solo=True),
    Defecto("FMT014", "macros", del_archivo("FMT014", danos.con_macros)),
    Defecto("FMT015", "código en blanco", _sin_codigo),
    Defecto("FMT015", "textos donde van cifras", _textos_en_cifras),
    Defecto("FMT016", "bloque incompleto", _campo_incompleto),
    Defecto("FMT018", "hoja duplicada", _hoja_duplicada, solo=True),
)
