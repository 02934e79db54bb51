"""Defectos de seguimiento: lo informado, lo calculado con ello y su evidencia."""

from __future__ import annotations

from random import Random

from pei_excel.periodos import MIDE
from pei_excel.simulacion.informe import (
    HOJA,
    Simulado,
    componente_de,
    sigue_la_media,
    sin_modificar,
    tomar_familia,
)
from pei_excel.simulacion.plantar import Condicion, Defecto, Esperado, Plantador, libre, tomar
from pei_excel.simulacion.simulado import Fila
from pei_excel.simulacion.verdad import LIMITE, VERDE_DESDE, acumulado, cifra, serie, verdad_de

Hallazgos = list[Esperado] | None


def _p(s: Simulado, fila: Fila, n: int = 0) -> float | None:
    return cifra(fila.get(f"programado_t{n or s.trimestre}"))


def _a(s: Simulado, fila: Fila, n: int = 0) -> float | None:
    return cifra(fila.get(f"alcanzado_t{n or s.trimestre}"))


def _suma(fila: Fila) -> bool:
    return fila["sentido"] == "Ascendente" and fila.get("acumulacion") in {None, "Suma"}


def vencidos(s: Simulado, fila: Fila) -> list[int]:
    """Trimestres medidos, con meta y no posteriores al que se reporta."""
    hasta = [n for n in MIDE[fila["frecuencia"]] if n <= s.trimestre]
    return [n for n in hasta if (p := _p(s, fila, n)) is not None and (p or fila["sentido"] == "Descendente")]


def _mide_ahora(s: Simulado, fila: Fila) -> bool:
    return s.trimestre in vencidos(s, fila)


def _acumulado_mal(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: any(a is not None for a in serie(f, "alcanzado")))
    if fila is None:
        return None
    bueno = acumulado(str(fila.get("acumulacion") or "Suma"), serie(fila, "alcanzado")) or 0
    otros = (0.0, bueno + azar.randint(1, 40)) if bueno else (float(azar.randint(1, 9)),)
    fila["alcanzado_acumulado"] = azar.choice(otros)
    return [Esperado("SEG001", columna="alcanzado_acumulado", fila=fila)]


def _variacion_mal(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: bool(vencidos(s, f)))
    if fila is None:
        return None
    n = azar.choice(vencidos(s, fila))
    fila[f"variacion_t{n}"] = verdad_de(fila, s.trimestre).variacion[n - 1] + azar.choice((-4.0, 3.0, 11.0))
    return [Esperado("SEG002", columna=f"variacion_t{n}", fila=fila)]


def _variacion_acumulada_mal(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: verdad_de(f, 4).meta is not None)
    if fila is None:
        return None
    forma = str(fila.get("acumulacion") or "Suma")
    bueno = (verdad_de(fila, 4).meta or 0) - (acumulado(forma, serie(fila, "alcanzado")) or 0)
    fila["variacion_acumulado"] = bueno + azar.choice((-5.0, 2.0, 30.0))
    return [Esperado("SEG002", columna="variacion_acumulado", fila=fila)]


def _variacion_al_reves(s: Simulado, _azar: Random) -> Hallazgos:
    """Alguien rehízo toda la columna restando al revés; donde daba 0 dejó la fórmula."""
    primera: tuple[Fila, str] | None = None
    for fila in s.renglones:
        forma = str(fila.get("acumulacion") or "Suma")
        total = (verdad_de(fila, 4).meta or 0) - (acumulado(forma, serie(fila, "alcanzado")) or 0)
        for clave, bueno in zip(
            ("t1", "t2", "t3", "t4", "acumulado"), (*verdad_de(fila, s.trimestre).variacion, total), strict=True
        ):
            if bueno:
                fila[f"variacion_{clave}"] = -bueno
                primera = primera or (fila, f"variacion_{clave}")
    return [Esperado("SEG002", columna=primera[1], fila=primera[0])] if primera else None


def _avance_futuro(s: Simulado, azar: Random) -> Hallazgos:
    if s.trimestre == 4:
        return None
    fila = tomar(s, azar, cifras=True)
    if fila is None:
        return None
    columna = f"alcanzado_t{azar.randint(s.trimestre + 1, 4)}"
    fila[columna] = float(azar.randint(1, 30))
    return [Esperado("SEG003", columna=columna, fila=fila)]


def _periodo_sin_actualizar(s: Simulado, azar: Random) -> Hallazgos:
    if s.trimestre == 4:
        return None
    for fila in s.renglones:
        fila[f"alcanzado_t{s.trimestre + 1}"] = float(azar.randint(1, 30))
    return [Esperado("SEG003", columna="periodo", lugar="campo")]


def _sin_reporte(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: _suma(f) and bool(vencidos(s, f)), cifras=True)
    if fila is None:
        return None
    columna = f"alcanzado_t{azar.choice(vencidos(s, fila))}"
    fila[columna] = None
    return [Esperado("SEG004", columna=columna, fila=fila)]


def _nadie_reporta(s: Simulado, _azar: Random) -> Hallazgos:
    if sum(_mide_ahora(s, f) for f in s.renglones) < 2:
        return None
    for fila in s.renglones:
        if _mide_ahora(s, fila):
            fila[f"alcanzado_t{s.trimestre}"] = None
    return [Esperado("SEG004", columna="periodo", lugar="campo")]


def _medio_insuficiente(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: bool(_a(s, f)))
    if fila is None:
        return None
    fila["medios"] = azar.choice((
        None, f"Oficio S/N de fecha 26 de junio de {s.ejercicio}", "archivo", "En trámite",
        "Se cuenta con la evidencia",
    ))
    return [Esperado("SEG005", columna="medios", fila=fila)]


def _sin_explicar(s: Simulado, azar: Random) -> Hallazgos:
    """Un rezago que sí se había explicado pierde su causa, su medida o las dos."""
    fila = tomar(s, azar, lambda f: verdad_de(f, s.trimestre).explicar and _mide_ahora(s, f), cifras=True)
    justificacion = s.justificacion(fila) if fila else None
    if fila is None or justificacion is None:
        return None
    for clave in azar.choice((("causa",), ("medida",), ("causa", "medida"))):
        justificacion[clave] = None
    return [Esperado("SEG006", columna=f"alcanzado_t{s.trimestre}", fila=fila)]


def _rezago(s: Simulado, azar: Random) -> Hallazgos:
    """Un indicador que iba bien informa mucho menos, y no dice por qué."""

    def sirve(f: Fila) -> bool:
        v = verdad_de({**f, f"alcanzado_t{s.trimestre}": 0.0}, s.trimestre)
        return _suma(f) and _mide_ahora(s, f) and not verdad_de(f, s.trimestre).explicar and v.explicar

    fila = tomar(s, azar, sirve, cifras=True)
    if fila is None:
        return None
    columna, p = f"alcanzado_t{s.trimestre}", _p(s, fila) or 0
    posible = {**fila, columna: float(int(p * 0.4))}
    fila[columna] = posible[columna] if verdad_de(posible, s.trimestre).explicar and azar.random() < 0.6 else 0.0
    return [Esperado("SEG006", columna=columna, fila=fila)]


def _adelanto(s: Simulado, azar: Random) -> Hallazgos:
    """Avance en un trimestre sin meta, con meta en otros."""

    def sin_meta(f: Fila) -> list[int]:
        return [n for n in range(1, s.trimestre + 1) if not _p(s, f, n)]

    fila = tomar(
        s, azar, lambda f: f["sentido"] != "Descendente" and bool(sin_meta(f)) and verdad_de(f, 4).meta not in {None, 0}
        and f.get("acumulacion") in {None, "Suma"}, cifras=True,
    )
    if fila is None:
        return None
    columna = f"alcanzado_t{azar.choice(sin_meta(fila))}"
    fila[columna] = float(azar.randint(1, 5))
    _probar(s, fila)
    return [Esperado("SEG007", columna=columna, fila=fila)]


def _sin_meta_en_el_ano(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(
        s, azar, lambda f: sin_modificar(s, f), cifras=True
    )
    if fila is None:
        return None
    for n in (1, 2, 3, 4):
        fila[f"programado_t{n}"] = fila[f"alcanzado_t{n}"] = None
    columna = f"alcanzado_t{azar.randint(1, s.trimestre)}"
    fila[columna] = float(azar.randint(1, 9))
    _probar(s, fila)
    return [
        Esperado("SEG007", columna=columna, fila=fila), Esperado("MIR010", columna="programado_acumulado", fila=fila)
    ]


def _probar(s: Simulado, fila: Fila) -> None:
    """Le da un medio de verificación que sirve."""
    fila["medios"] = fila.get("medios") or f"Oficio {azar_de(fila)}/{s.ejercicio} con el informe del trimestre"


def azar_de(fila: Fila) -> str:
    """Un folio propio de la fila."""
    return "".join(c for c in str(fila["nivel"]) if c.isdigit()).rjust(3, "9")


def _exceso(s: Simulado, azar: Random) -> Hallazgos:
    """Mucho más de lo programado, en una familia sin rezagos (con ellos sería además SEG013)."""

    def sin_rezago(f: Fila) -> bool:
        numero = componente_de(f)
        familia = s.familia(numero) if numero is not None else None
        avances = [verdad_de(h, s.trimestre).porcentaje for h in familia[1]] if familia else []
        return all(pct is None or pct >= VERDE_DESDE for pct in avances)

    fila = tomar(s, azar, lambda f: _suma(f) and _mide_ahora(s, f) and sin_rezago(f), cifras=True)
    if fila is None:
        return None
    v = verdad_de(fila, s.trimestre)
    previos = (v.alcanzado or 0) - (_a(s, fila) or 0)
    llegar = max((v.programado or 0) * LIMITE / 100, (v.programado or 0) + (v.meta or 0) * 0.1) + azar.randint(2, 20)
    fila[f"alcanzado_t{s.trimestre}"] = float(int(llegar - previos) + 1)
    _probar(s, fila)
    return [Esperado("SEG008", columna=f"alcanzado_t{s.trimestre}", fila=fila)]


def _todo_al_cien(s: Simulado, _azar: Random) -> Hallazgos:
    if sum(bool(vencidos(s, f)) for f in s.renglones) < 5:
        return None
    for fila in s.renglones:
        for n in vencidos(s, fila):
            fila[f"alcanzado_t{n}"] = _p(s, fila, n)
        if _a(s, fila):
            _probar(s, fila)
    return [Esperado("SEG009", columna="alcanzado_t1", lugar="banda")]


def _repetidos(hoja: str, columna: str, condicion: Condicion | None = None) -> Plantador[Simulado]:
    def plantar(s: Simulado, azar: Random) -> Hallazgos:
        # En Justificaciones se anota una causa donde no hacía falta: no cambia otra cosa.
        candidatas = [f for f in s.renglones if libre(s, f) and (condicion or (lambda _: True))(f)]
        if len(candidatas) < 3:
            return None
        elegidas = [id(f) for f in azar.sample(candidatas, azar.randint(3, min(5, len(candidatas))))]
        filas = [f for f in s.renglones if id(f) in elegidas]
        s.reservados.update(elegidas)
        destinos = filas if hoja == HOJA else [j for f in filas if (j := s.justificacion(f)) is not None]
        for fila in destinos:
            fila[columna] = f"Oficio 7/{s.ejercicio} con las evidencias del trimestre"
        return [Esperado("SEG010", hoja, columna, destinos[1])]

    return plantar


def _compensacion(s: Simulado, azar: Random) -> Hallazgos:
    """Un Componente en verde con una Actividad muy excedida y otra en rojo, ésta explicada."""

    def elegibles(hijas: list[Fila]) -> list[Fila]:
        return [h for h in hijas if _suma(h) and (_p(s, h) or 0) >= 5]

    def sirve(componente: Fila, hijas: list[Fila]) -> bool:
        pct = verdad_de(componente, s.trimestre).porcentaje
        # Con cuatro o más Actividades las demás sostienen la media.
        return (
            pct is not None and VERDE_DESDE <= pct <= LIMITE and not sigue_la_media(componente, hijas, 3)
            and len(hijas) in {2, 3} and len(elegibles(hijas)) >= 2
        )

    familia = tomar_familia(s, azar, sirve)
    if familia is None:
        return None
    componente, hijas = familia
    alta, baja = azar.sample(elegibles(hijas), 2)
    for n in range(1, s.trimestre + 1):
        if n in vencidos(s, alta):
            alta[f"alcanzado_t{n}"] = (_p(s, alta, n) or 0) * 2
        if n in vencidos(s, baja):
            baja[f"alcanzado_t{n}"] = float(int((_p(s, baja, n) or 0) * 0.3))
    _probar(s, alta)
    _probar(s, baja)
    justificacion = s.justificacion(baja)
    if justificacion is not None:
        justificacion["causa"] = f"Se pospuso una jornada prevista en {baja['nivel']}"
        justificacion["medida"] = "Reponer la jornada en el siguiente trimestre"
    columna = f"alcanzado_t{s.trimestre}"
    esperados = [Esperado("SEG013", columna=columna, fila=componente)]
    v = verdad_de(alta, s.trimestre)
    if (v.alcanzado or 0) - (v.programado or 0) >= (v.meta or 0) * 0.1:
        esperados.append(Esperado("SEG008", columna=columna, fila=alta))
    return esperados


DEFECTOS_SEG: tuple[Defecto[Simulado], ...] = (
    Defecto("SEG001", "acumulado escrito encima", _acumulado_mal),
    Defecto("SEG002", "variación de un trimestre", _variacion_mal),
    Defecto("SEG002", "variación acumulada", _variacion_acumulada_mal),
    Defecto("SEG002", "toda la hoja al revés", _variacion_al_reves, solo=True),
    Defecto("SEG003", "avance de un trimestre futuro", _avance_futuro),
    Defecto("SEG003", "periodo sin actualizar", _periodo_sin_actualizar, solo=True),
    Defecto("SEG004", "trimestre vencido sin reporte", _sin_reporte),
    Defecto("SEG004", "nadie informa el periodo", _nadie_reporta, solo=True),
    Defecto("SEG005", "medio insuficiente", _medio_insuficiente),
    Defecto("SEG006", "rezago al que se le borra la explicación", _sin_explicar),
    Defecto("SEG006", "rezago nuevo", _rezago),
    Defecto("SEG007", "adelanto", _adelanto),
    Defecto("SEG007", "avance sin meta en el año", _sin_meta_en_el_ano),
    Defecto("SEG008", "exceso", _exceso),
    Defecto("SEG009", "todo exactamente al cien", _todo_al_cien, solo=True),
    Defecto("SEG010", "misma evidencia", _repetidos(HOJA, "medios", lambda f: bool(f.get("medios")))),
    Defecto("SEG010", "misma causa", _repetidos("Justificaciones", "causa")),
    Defecto("SEG013", "verde por compensación", _compensacion),
)
