"""Defectos de la MIR: los niveles, el diseño de los indicadores y lo programado."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from pei_excel.formatos.mir import TRIMESTRES
from pei_excel.periodos import MIDE
from pei_excel.simulacion.informe import HOJA, NIVELES, Simulado, sigue_la_media, sin_modificar, tomar_familia
from pei_excel.simulacion.plantar import Condicion, Defecto, Esperado, Plantador, apartar, libre, tomar
from pei_excel.simulacion.simulado import Fila
from pei_excel.simulacion.verdad import LIMITE, VERDE_DESDE, acumulado, cifra, serie, verdad_de

Hallazgos = list[Esperado] | None

#: Formas de acumular que el programa prueba cuando no hay ninguna declarada.
FORMAS = ("Suma", "Último", "Promedio", "Máximo", "Mínimo", "Constante")


def _es(fila: Fila, *clases: str) -> bool:
    return str(fila["nivel"]).split()[0] in clases


def _quitar(s: Simulado, filas: list[Fila]) -> None:
    """Quita indicadores con sus renglones en las otras hojas."""
    niveles = {f["nivel"] for f in filas}
    s.filas[HOJA] = [f for f in s.renglones if not any(f is q for q in filas)]
    for hoja in ("Justificaciones", "Modificaciones"):
        s.filas[hoja] = [f for f in s.filas[hoja] if f["nivel"] not in niveles]


def _acumulado_mal(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: verdad_de(f, 4).meta is not None)
    if fila is None:
        return None
    posibles = {acumulado(f, serie(fila, "programado")) for f in FORMAS}
    meta = verdad_de(fila, 4).meta or 0
    fila["programado_acumulado"] = next(
        m for m in (meta + azar.randint(3, 30) + k for k in range(50)) if all(abs(m - (p or 0)) > 1 for p in posibles)
    )
    return [Esperado("MIR001", columna="programado_acumulado", fila=fila)]


def _constante_que_no_lo_es(s: Simulado, azar: Random) -> Hallazgos:
    def sirve(fila: Fila) -> bool:
        llenas = [p for p in serie(fila, "programado") if p is not None]
        return (
            s.trimestre < 4 and fila.get("acumulacion") == "Constante" and len(llenas) > 1
            and cifra(fila["programado_t4"]) is not None and sin_modificar(s, fila)
        )

    fila = tomar(s, azar, sirve, cifras=True)
    if fila is None:
        return None
    fila["programado_t4"] += 3 if fila["sentido"] != "Descendente" else -3
    return [Esperado("MIR001", columna="programado_acumulado", fila=fila)]


def _acumulacion_adoptada(s: Simulado, azar: Random) -> Hallazgos:
    """Sin Acumulación declarada y con un acumulado que es el máximo de los trimestres."""

    def sirve(f: Fila) -> bool:
        programado = serie(f, "programado")
        otra = {**f, "acumulacion": "Máximo"}
        distintos = len({p for p in programado if p}) > 1 and all(p is None or p > 0 for p in programado)
        pct = verdad_de(otra, s.trimestre).porcentaje
        return (
            f.get("acumulacion") is None and f["sentido"] == "Ascendente" and distintos
            and programado[3] != max(p or 0 for p in programado)
            and pct is not None and VERDE_DESDE <= pct <= LIMITE and not verdad_de(f, s.trimestre).explicar
        )

    fila = tomar(s, azar, sirve, cifras=True)
    if fila is None:
        return None
    fila["programado_acumulado"] = max(p or 0 for p in serie(fila, "programado"))
    return [Esperado("MIR001", columna="programado_acumulado", fila=fila)]


def _sin_fin(s: Simulado, azar: Random) -> Hallazgos:
    if NIVELES in s.reservados:
        return None
    fila = tomar(s, azar, lambda f: _es(f, "Fin", "Propósito"), cifras=True)
    if fila is None:
        return None
    apartar(s, NIVELES)
    _quitar(s, [fila])
    return [Esperado("MIR002", columna="nivel", lugar="titulo")]


def _dos_fines(s: Simulado, azar: Random) -> Hallazgos:
    if NIVELES in s.reservados:
        return None
    fila = tomar(s, azar, lambda f: _es(f, "Fin", "Propósito"), cifras=True)
    if fila is None:
        return None
    apartar(s, NIVELES)
    otra = {**fila, "nombre": f"{fila['nombre']} (segundo)", "metodo": f"2 / 3 * 100: {fila['metodo']}"}
    if otra.get("medios"):
        otra["medios"] = f"{otra['medios']}, segunda parte"
    s.reservados.add(id(otra))
    s.renglones.insert(s.renglones.index(fila) + 1, otra)
    return [Esperado("MIR002", columna="nivel", fila=otra)]


def _nivel_mal_escrito(s: Simulado, azar: Random) -> Hallazgos:
    return _cambiar_nivel(s, azar, lambda _: azar.choice(("Actividad dos", "Act. uno-uno", "Componente", "A1-1-1")))


def _nivel_repetido(s: Simulado, azar: Random) -> Hallazgos:
    def anterior(fila: Fila) -> str | None:
        previas = [f for f in s.renglones[: s.renglones.index(fila)] if _es(f, "Actividad") and libre(s, f)]
        if not previas:
            return None
        s.reservados.add(id(previas[-1]))
        return str(previas[-1]["nivel"])

    return _cambiar_nivel(s, azar, anterior)


def _cambiar_nivel(s: Simulado, azar: Random, nuevo: Callable[[Fila], str | None]) -> Hallazgos:
    """Otro Nivel en una Actividad que no necesita justificarse: sin Nivel no se halla su justificación."""
    if NIVELES in s.reservados:
        return None
    fila = tomar(
        s, azar, lambda f: _es(f, "Actividad") and not verdad_de(f, s.trimestre).explicar
        and sin_modificar(s, f), cifras=True,
    )
    if fila is None:
        return None
    nivel = nuevo(fila)
    if nivel is None:
        return None
    apartar(s, NIVELES)
    fila["nivel"] = nivel
    return [Esperado("MIR003", columna="nivel", fila=fila)]


def _sin_su_componente(s: Simulado, azar: Random) -> Hallazgos:
    if NIVELES in s.reservados:
        return None
    familia = tomar_familia(s, azar, lambda _, hijas: bool(hijas))
    if familia is None:
        return None
    apartar(s, NIVELES)
    _quitar(s, [familia[0]])
    return [Esperado("MIR003", columna="nivel", fila=familia[1][0])]


def _numeracion_con_hueco(s: Simulado, azar: Random) -> Hallazgos:
    if NIVELES in s.reservados:
        return None
    familia = tomar_familia(s, azar, lambda _, hijas: bool(hijas))
    if familia is None:
        return None
    apartar(s, NIVELES)
    ultima = familia[1][-1]
    previo, (numero, _, actividad) = ultima["nivel"], str(ultima["nivel"]).split()[1].partition(".")
    for hoja in s.filas.values():
        for fila in hoja:
            if fila["nivel"] == previo:
                fila["nivel"] = f"Actividad {numero}.{int(actividad) + 2}"
    return [Esperado("MIR003", columna="nivel", fila=ultima)]


def _componente_sin_actividades(s: Simulado, azar: Random) -> Hallazgos:
    if NIVELES in s.reservados:
        return None
    familia = tomar_familia(s, azar, lambda _, hijas: bool(hijas))
    if familia is None:
        return None
    apartar(s, NIVELES)
    _quitar(s, familia[1])
    return [Esperado("MIR004", columna="nivel", fila=familia[0])]


def _impropio(columna: str) -> Plantador[Simulado]:
    valores = {
        "tipo": (("Fin", "Propósito"), "De gestión", ("Actividad",), "Estratégico"),
        "dimension": (("Fin", "Propósito", "Componente"), "Economía", (), ""),
        "frecuencia": (("Fin", "Propósito"), "Trimestral", ("Actividad",), "Anual"),
    }[columna]

    def plantar(s: Simulado, azar: Random) -> Hallazgos:
        unos, valor, otros, otro = valores
        fila = tomar(s, azar, lambda f: _es(f, *unos, *otros), cifras=columna == "frecuencia")
        if fila is None:
            return None
        fila[columna] = valor if _es(fila, *unos) else otro
        return [Esperado("MIR005", columna=columna, fila=fila)]

    return plantar


def _meta_contra_sentido(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(
        s, azar, lambda f: f["sentido"] in {"Ascendente", "Descendente"} and (verdad_de(f, 4).meta or 0) > 2
    )
    if fila is None:
        return None
    meta = verdad_de(fila, 4).meta or 0
    fila["base_valor"] = meta + azar.randint(1, 40) if fila["sentido"] == "Ascendente" else meta - azar.randint(1, 2)
    fila["base_ejercicio"] = float(s.ejercicio - 1)
    return [Esperado("MIR006", columna="sentido", fila=fila)]


def _sin_por_cien(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: f["unidad_medida"] == "Porcentaje")
    if fila is None:
        return None
    uno = f"{fila['nombre']}: hecho"
    fila["metodo"] = azar.choice((f"{uno} / previsto", f"{uno}, por 100", f"{uno} sobre lo previsto"))
    return [Esperado("MIR007", columna="metodo", fila=fila)]


def _definicion_copiada(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar)
    if fila is None:
        return None
    fila["definicion"] = azar.choice((f"{fila['metodo']}.", f"Mide: {fila['metodo']}", str(fila["metodo"]).upper()))
    return [Esperado("MIR008", columna="definicion", fila=fila)]


def _programado_fuera_de_frecuencia(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(
        s, azar, lambda f: len(MIDE[f["frecuencia"]]) < 4 and f["sentido"] != "Descendente"
        and f.get("acumulacion") in {None, "Suma"}, cifras=True,
    )
    if fila is None:
        return None
    trimestre = azar.choice([n for n in (1, 2, 3, 4) if n not in MIDE[fila["frecuencia"]]])
    fila[f"programado_t{trimestre}"] = float(azar.randint(1, 9))
    return [Esperado("MIR009", columna=f"programado_t{trimestre}", fila=fila)]


def _nada_programado(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(
        s, azar, lambda f: sin_modificar(s, f), cifras=True
    )
    if fila is None:
        return None
    vacio = None if fila["sentido"] == "Descendente" else azar.choice((None, 0.0, "NP"))
    for n in (1, 2, 3, 4):
        fila[f"programado_t{n}"], fila[f"alcanzado_t{n}"] = vacio, None
    return [Esperado("MIR010", columna="programado_acumulado", fila=fila)]


def _texto_repetido(*columnas: str) -> Plantador[Simulado]:
    def plantar(s: Simulado, azar: Random) -> Hallazgos:
        previa = tomar(s, azar, lambda f: f is not s.renglones[-1])
        if previa is None:
            return None
        orden = {id(f): n for n, f in enumerate(s.renglones)}
        fila = tomar(
            s, azar, lambda f: orden[id(f)] > orden[id(previa)] and f["unidad_medida"] == previa["unidad_medida"]
        )
        if fila is None:
            return None
        for columna in columnas:
            fila[columna] = previa[columna]
        return [Esperado("MIR011", columna=columnas[0], fila=fila)]

    return plantar


def _sin_linea_base(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar)
    if fila is None:
        return None
    if azar.random() < 0.5:
        fila["base_valor"] = None
        return [Esperado("MIR012", columna="base_valor", fila=fila)]
    if not isinstance(fila["base_valor"], float):
        fila["base_valor"] = float(int(verdad_de(fila, 4).meta or 0)) + (fila["sentido"] == "Descendente")
    fila["base_ejercicio"] = azar.choice((None, float(s.ejercicio), float(s.ejercicio + 1), "ND"))
    return [Esperado("MIR012", columna="base_ejercicio", fila=fila)]


def _de_porcentaje_con_futuro(s: Simulado) -> Condicion:
    return lambda f: (
        f["unidad_medida"] == "Porcentaje" and f["sentido"] == "Ascendente" and f.get("acumulacion") in {None, "Suma"}
        and 4 in MIDE[f["frecuencia"]] and sin_modificar(s, f)
        and (cifra(f.get("base_valor")) or 0) <= (verdad_de(f, 4).meta or 0)
    )


def _porcentaje_pasado(s: Simulado, azar: Random) -> Hallazgos:
    if s.trimestre == 4:
        return None
    condicion = _de_porcentaje_con_futuro(s)
    fila = tomar(s, azar, condicion, cifras=True)
    if fila is None:
        return None
    if azar.random() < 0.5:
        fila["programado_t4"] = float(azar.randint(101, 140))
        return [Esperado("MIR013", columna="programado_t4", fila=fila)]
    previos = sum(p or 0 for p in serie(fila, "programado")[:3])
    if previos < 2:
        fila["programado_t4"] = 120.0
        return [Esperado("MIR013", columna="programado_t4", fila=fila)]
    fila["programado_t4"] = min(100.0, 102 - previos + azar.randint(0, 20))
    if fila["programado_t4"] + previos <= 101:
        fila["programado_t4"] = 100.0
    return [Esperado("MIR013", columna="programado_acumulado", fila=fila)]


def _componente_que_no_promedia(s: Simulado, azar: Random) -> Hallazgos:
    """El Componente programa la media de sus Actividades y no informa la media."""

    columna = f"alcanzado_t{s.trimestre}"

    def cambio(componente: Fila) -> float:
        v = verdad_de(componente, s.trimestre)
        return 2 if v.explicar or (v.porcentaje or 0) < 100 else -2

    def sirve(componente: Fila, hijas: list[Fila]) -> bool:
        p, a = cifra(componente[f"programado_t{s.trimestre}"]), cifra(componente.get(columna))
        if not sigue_la_media(componente, hijas) or (p or 0) <= 5 or a is None or a <= 2:
            return False
        antes = verdad_de(componente, s.trimestre)
        despues = verdad_de({**componente, columna: a + cambio(componente)}, s.trimestre)
        return (antes.explicar or not despues.explicar) and (despues.porcentaje or 0) <= LIMITE

    familia = tomar_familia(s, azar, sirve)
    if familia is None:
        return None
    componente = familia[0]
    componente[columna] += cambio(componente)
    return [Esperado("MIR014", columna=columna, fila=componente)]


def _modificacion_sin_aplicar(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(
        s, azar, lambda f: sin_modificar(s, f)
    )
    if fila is None:
        return None
    n = azar.choice((1, 2, 3, 4))
    vigente = cifra(fila[f"programado_t{n}"]) or 0
    renglon: Fila = {
        "fecha": date(s.ejercicio, 5, azar.randint(1, 28)), "nivel": fila["nivel"],
        "campo": f"Programado {TRIMESTRES[n - 1]}", "valor_anterior": vigente,
        "valor_nuevo": vigente + azar.randint(1, 9), "causa": "Ajuste del presupuesto autorizado",
        "documento": f"Oficio 90/{s.ejercicio}",
    }
    s.filas["Modificaciones"].append(renglon)
    return [Esperado("MIR015", "Modificaciones", "valor_nuevo", renglon)]


DEFECTOS_MIR: tuple[Defecto[Simulado], ...] = (
    Defecto("MIR001", "acumulado escrito encima", _acumulado_mal),
    Defecto("MIR001", "constante con metas distintas", _constante_que_no_lo_es),
    Defecto("MIR001", "otra acumulación, sin declarar", _acumulacion_adoptada),
    Defecto("MIR002", "falta Fin o Propósito", _sin_fin),
    Defecto("MIR002", "sobra Fin o Propósito", _dos_fines),
    Defecto("MIR003", "nivel mal escrito", _nivel_mal_escrito),
    Defecto("MIR003", "nivel repetido", _nivel_repetido),
    Defecto("MIR003", "actividad sin su componente", _sin_su_componente),
    Defecto("MIR003", "numeración con hueco", _numeracion_con_hueco),
    Defecto("MIR004", "componente sin actividades", _componente_sin_actividades),
    *(Defecto("MIR005", f"{c} impropia", _impropio(c)) for c in ("tipo", "dimension", "frecuencia")),
    Defecto("MIR006", "meta contra el sentido", _meta_contra_sentido),
    Defecto("MIR007", "porcentaje sin división o sin 100", _sin_por_cien),
    Defecto("MIR008", "definición copiada del método", _definicion_copiada),
    Defecto("MIR009", "programado donde no se mide", _programado_fuera_de_frecuencia),
    Defecto("MIR010", "nada programado", _nada_programado),
    Defecto("MIR011", "nombre repetido", _texto_repetido("nombre")),
    Defecto("MIR011", "método repetido", _texto_repetido("metodo")),
    Defecto("MIR011", "nombre y método repetidos", _texto_repetido("nombre", "metodo")),
    Defecto("MIR012", "línea base incompleta", _sin_linea_base),
    Defecto("MIR013", "porcentaje mayor que 100", _porcentaje_pasado),
    Defecto("MIR014", "componente que no promedia", _componente_que_no_promedia),
    Defecto("MIR015", "modificación sin aplicar", _modificacion_sin_aplicar),
)
