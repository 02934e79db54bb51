"""La hoja «Actividades»: un renglón por actividad, con fórmulas vivas desde sus meses y las filas de donde salieron."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pei_excel.actividades import Actividad, tramos
from pei_excel.calculos import Cifra, Estado, formula_cumplimiento
from pei_excel.escritura.consolidado_comun import (
    ENCABEZADO,
    Detalle,
    ancho_de_cifra,
    colorear,
    con_cortes,
    imprimir,
    llaves_de,
    titular,
)
from pei_excel.escritura.consolidado_poi_columnas import (
    ANCHO,
    COLUMNAS,
    CORTES,
    FIJAS,
    HOJA,
    LETRA,
    MEDIDAS_MENSUALES,
    NUMERO,
    SIN_VINCULACION,
    ULTIMA_IMPRESA,
    franja,
)
from pei_excel.escritura.filas_armadas import (
    FILA,
    HojaDeFilas,
    entidades,
    hoja_de_filas,
    principio,
)
from pei_excel.escritura.hoja import LibroNuevo
from pei_excel.escritura.medidas import alto_de_fila
from pei_excel.evaluacion import Medicion
from pei_excel.formatos.poi import TIPOS_DE_GASTO
from pei_excel.mensual import ACUMULATIVO, ANO, formula_ejecutado_en, formula_programado_en, meses_que_mide
from pei_excel.modificaciones import Direccion, iniciales
from pei_excel.semaforo import Perfil
from pei_excel.tablas import Renglon, Tablas
from pei_excel.tipos import MetaEnPalabras

PRIMERA = ENCABEZADO + 1


class _Formulas:
    """Las fórmulas de un renglón, armadas una vez por cada combinación que las cambia."""

    def __init__(self, perfil: Perfil, mes: int) -> None:
        self._perfil, self._mes = perfil, mes
        self._hechas: dict[tuple[object, ...], dict[str, str]] = {}

    def de(self, a: Actividad) -> dict[str, str]:
        """Clave de columna → fórmula con la marca de fila, en XML."""
        vencen = bool(a.vencidos), a.financiero_al_periodo.cumplimiento.estado is not Estado.POR_VENCER
        sin_leer = _sin_leer(a)
        llave = (a.forma, *vencen, *sin_leer)
        if llave not in self._hechas:
            todas = self._todas(a.forma, *vencen)
            for clave in sin_leer:  # lo que no se pudo leer no se calcula
                todas[clave] = f'"{Estado.SIN_LEER}"' if clave.endswith("_pct") and clave != "costo_pct" else '""'
            self._hechas[llave] = {clave: entidades(f) for clave, f in todas.items()}
        return self._hechas[llave]

    def _todas(self, forma: str, vence: bool, vence_el_costo: bool) -> dict[str, str]:
        c = {clave: f"{x}{FILA}" for clave, x in LETRA.items()}
        mes, cierra = self._mes, self._mes == ANO[-1]
        p, a, costo, devengado = map(franja, MEDIDAS_MENSUALES)

        def diferencia(uno: str, otro: str) -> str:
            return f'IF(COUNT({c[uno]},{c[otro]})=0,"",N({c[otro]})-N({c[uno]}))'

        def porcentaje(uno: str, otro: str, *, vencido: bool) -> str:
            formula = formula_cumplimiento("Ascendente", c[uno], c[otro])
            return formula if vencido else formula.replace(f'"{Estado.SIN_REPORTE}"', f'"{Estado.POR_VENCER}"')

        pct, anual = c["al_periodo_pct"], c["anual_pct"]
        miden = meses_que_mide(forma)
        sumandos = p.todo if len(miden) == len(ANO) else ",".join(p.celda(m) for m in miden)
        return {
            "al_periodo_p": formula_programado_en(forma, p, 1, mes),
            "al_periodo_a": formula_ejecutado_en(forma, p, a, 1, mes),
            "al_periodo_d": diferencia("al_periodo_p", "al_periodo_a"),
            "al_periodo_pct": porcentaje("al_periodo_p", "al_periodo_a", vencido=vence),
            "al_periodo_s": self._perfil.formula(pct),
            "soles_p": formula_programado_en(ACUMULATIVO, costo, 1, mes),
            "soles_a": formula_ejecutado_en(ACUMULATIVO, costo, devengado, 1, mes),
            "soles_d": diferencia("soles_p", "soles_a"),
            "soles_pct": porcentaje("soles_p", "soles_a", vencido=vence_el_costo),
            "brecha": f'IF(COUNT({pct},{c["soles_pct"]})<2,"",{c["soles_pct"]}-{pct})',
            "anual_p": formula_programado_en(forma, p, 1, 12),
            "anual_a": formula_ejecutado_en(forma, p, a, 1, mes),
            "anual_pct": porcentaje("anual_p", "anual_a", vencido=vence),
            "anual_s": self._perfil.formula(anual) if cierra else f'IF(ISNUMBER({anual}),"{Estado.REPORTADO}",{anual})',
            "costo_anual": formula_programado_en(ACUMULATIVO, costo, 1, 12),
            "costo_pct": f'IF(OR(N({c["costo_anual"]})=0,{c["soles_a"]}=""),"",{c["soles_a"]}/{c["costo_anual"]}*100)',
            "topado": f'IF(ISNUMBER({pct}),MIN({pct},100),IF({pct}="{Estado.SIN_REPORTE}",0,""))',
            "peso": f"N({c['costo_anual']})",
            "pesado": f"N({c['topado']})*{c['peso']}",
            "suma_anual": f"SUM({sumandos})",
        }


def _sin_leer(a: Actividad) -> tuple[str, ...]:
    """Columnas que no se calculan, porque algo de lo que comparan no se pudo leer."""
    if not a.ilegibles:
        return ()
    (anual,) = tramos("anual", a.periodo)
    partes = (
        (a.al_periodo, ("al_periodo_d", "al_periodo_pct")), (a.financiero_al_periodo, ("soles_d", "soles_pct")),
        (a.anual, ("anual_pct",)), (a.financiero(anual), ("costo_pct",)),
    )
    return tuple(clave for m, claves in partes if m.cumplimiento.estado is Estado.SIN_LEER for clave in claves)


def _valores(r: Renglon) -> dict[str, float | str | None]:
    a, m, s = r.actividad, r.al_periodo, r.actividad.financiero_al_periodo
    costo = a.costo_anual
    devengado_anual = None if "costo_pct" in _sin_leer(a) else s.alcanzado
    return {
        "al_periodo_p": m.programado, "al_periodo_a": m.alcanzado, "al_periodo_d": _variacion(m),
        "al_periodo_pct": _o_estado(m), "al_periodo_s": m.palabra,
        "soles_p": s.programado, "soles_a": s.alcanzado, "soles_d": _variacion(s), "soles_pct": _o_estado(s),
        "brecha": a.brecha_al_periodo,
        "anual_p": a.anual.programado, "anual_a": a.anual.alcanzado, "anual_pct": _o_estado(a.anual),
        "anual_s": a.anual.palabra, "costo_anual": costo,
        "costo_pct": devengado_anual / costo * 100 if costo and devengado_anual is not None else None,
        "topado": r.topado, "peso": costo or 0.0, "pesado": (r.topado or 0.0) * (costo or 0.0),
        "suma_anual": sum(a.programado[m - 1] or 0 for m in meses_que_mide(a.forma)),
    }


def _variacion(m: Medicion) -> Cifra:
    """Ejecutado − programado: al revés que la diferencia de la MIR."""
    return None if m.diferencia is None or m.cumplimiento.estado is Estado.SIN_LEER else -m.diferencia


def _o_estado(m: Medicion) -> float | str:
    return m.porcentaje if m.porcentaje is not None else m.cumplimiento.estado.value


def _numeros(a: Actividad) -> dict[str, Cifra]:
    de_tipo: dict[str, Cifra] = {t.casefold(): None for t in TIPOS_DE_GASTO}
    for fila in a.necesidades:
        tipo, costo = str(fila.valor("tipo_gasto") or "").casefold(), fila.valor("costo")
        if tipo in de_tipo and isinstance(costo, float):
            de_tipo[tipo] = (de_tipo[tipo] or 0.0) + costo
    medidas = dict(zip(MEDIDAS_MENSUALES, (a.programado, a.ejecutado, a.costo, a.devengado), strict=True))
    return {f"{medida}{n}": v for medida, cifras in medidas.items() for n, v in enumerate(cifras, 1)} | de_tipo


def _textos(renglon: Renglon) -> dict[str, str]:
    a, libro = renglon.actividad, renglon.libro
    origen = [f for f in (a.fila, a.costos, a.seguimiento) if f is not None]
    return {
        "unidad": str(libro.unidad or "Sin unidad"), "codigo": a.codigo, "actividad": a.nombre,
        "gerencia": str(libro.campo("gerencia").valor or "Sin gerencia"), "oei": str(a.fila.valor("oei") or ""),
        "aei": str(a.fila.valor("aei") or ""), "unidad_medida": a.unidad_medida, "acumulacion": a.forma,
        "informe": "Observado" if renglon.observado else "Aceptado",
        "dificultaron": renglon.causa or "", "medida": renglon.medida or "", "archivo": libro.archivo,
        "origen": "; ".join(f"{f.donde}: {f.numero}" for f in origen),
        "vinculacion": str((a.costos.valor("vinculacion") if a.costos else None) or SIN_VINCULACION),
    }



def _metas(a: Actividad, modificadas: Mapping[Direccion, Cifra]) -> dict[str, Cifra | str]:
    """La meta vigente, y la inicial sólo si se modificó."""
    direccion = (a.fila.hoja, a.fila.valor("codigo"), "meta")
    antes = modificadas.get(direccion)
    meta = a.meta
    return {
        "meta": str(meta) if isinstance(meta, MetaEnPalabras) else meta,
        "meta_inicial": ("sin meta" if antes is None else antes) if direccion in modificadas else None,
    }


def escribir_actividades(libro: LibroNuevo, tablas: Tablas, *, papel: str) -> Detalle:
    """Escribe la hoja y dice dónde quedó cada cosa."""
    hoja, estilos = hoja_de_filas(libro, HOJA), libro.estilos
    titular(
        hoja, HOJA, tablas, estilos,
        "Las cifras por mes (a la derecha, no se imprimen) vienen de los informes; lo demás son fórmulas. "
        "«Observado»: el informe tiene errores por corregir y la cifra es la recalculada.",
        fijas=[c.ancho for c in COLUMNAS[:FIJAS]],
    )
    encabezado, apoyo = estilos("encabezado", bold=True, font_size=8), estilos("encabezado_apoyo")
    anchos = _anchos(tablas)
    for n, columna in enumerate(COLUMNAS):
        hoja.set_column(n, n, anchos[n])
        hoja.write_string(ENCABEZADO - 1, n, columna.titulo, encabezado if n < ULTIMA_IMPRESA else apoyo)
    hoja.set_row(ENCABEZADO - 1, alto_de_fila([(c.titulo, c.ancho) for c in COLUMNAS]))
    _escribir_filas(hoja, tablas, estilos)
    ultima = PRIMERA + max(len(tablas.renglones), 1) - 1
    hoja.abarcar(ultima, len(COLUMNAS))
    hoja.freeze_panes(PRIMERA - 1, FIJAS)
    hoja.autofilter(ENCABEZADO - 1, 0, ultima - 1, len(COLUMNAS) - 1)
    for clave in ("al_periodo_s", "soles_pct", "anual_s"):
        colorear(hoja, (PRIMERA, NUMERO[clave], ultima, NUMERO[clave]), tablas.perfil, estilos, "POI")
    c = NUMERO["informe"]
    hoja.conditional_format(PRIMERA - 1, c - 1, ultima - 1, c - 1, {
        "type": "cell", "criteria": "==", "value": '"Observado"', "format": estilos.condicional("pendiente"),
    })
    imprimir(hoja, tablas, (ultima, ULTIMA_IMPRESA), papel=papel)
    con_cortes(hoja, anchos[:ULTIMA_IMPRESA], FIJAS, [NUMERO[c] - 1 for c in CORTES], papel)
    return Detalle(HOJA, LETRA, ultima)


def _anchos(tablas: Tablas) -> list[float]:
    """Anchos de las columnas; los de las cifras crecen para que ninguna se vea como ####."""
    actividades = [r.actividad for r in tablas.renglones]

    def mayor(*medidas: str) -> float:
        """El mayor total de doce meses."""
        cifras = (getattr(a, m) for a in actividades for m in medidas)
        return max((sum(abs(c) for c in una if c) for una in cifras), default=0.0)

    pide = {
        "": 0.0, "unidades": ancho_de_cifra(-mayor("programado", "ejecutado")),
        "soles": ancho_de_cifra(-mayor("costo", "devengado")),
    }
    return [max(c.ancho, pide[c.en]) for c in COLUMNAS]


def _escribir_filas(hoja: HojaDeFilas, tablas: Tablas, estilos: Any) -> None:
    mes = tablas.periodo.mes
    inicios = {c.clave: principio(NUMERO[c.clave], estilos("celda", **c.estilo)) for c in COLUMNAS}
    for n in range(mes + 1, 13):
        for medida in ("ejecutado", "devengado"):
            numero = NUMERO[f"{medida}{n}"]
            inicios[f"{medida}{n}"] = principio(numero, estilos("futuro", **COLUMNAS[numero - 1].estilo))
    en_palabras = {clave: principio(NUMERO[clave], estilos("celda")) for clave in ("meta", "meta_inicial")}
    formulas = _Formulas(tablas.perfil, mes)
    llaves = _llaves(tablas)
    modificadas = {id(libro): iniciales(libro) for libro in tablas.libros}
    for posicion, renglon in enumerate(tablas.renglones):
        a = renglon.actividad
        textos = _textos(renglon) | {clave: columna[posicion] for clave, columna in llaves.items()}
        sueltos = _numeros(a) | _metas(a, modificadas.get(id(renglon.libro), {}))
        valores, suyas = _valores(renglon), formulas.de(a)
        de_palabra = {c: inicio for c, inicio in en_palabras.items() if isinstance(sueltos[c], str)}
        celdas = hoja.renglon(inicios | de_palabra, {**textos, **sueltos, **valores}, suyas)
        medidos = [(textos[c], ANCHO[c]) for c in _QUE_CRECEN]
        if isinstance(estado := valores["soles_pct"], str):
            medidos.append((estado, ANCHO["soles_pct"]))
        medidos += [(suelto, ANCHO[c]) for c in en_palabras if isinstance(suelto := sueltos[c], str)]
        alto = alto_de_fila(medidos, minimo=18)
        hoja.agregar(PRIMERA + posicion, celdas, alto)


_QUE_CRECEN = ("unidad", "actividad", "gerencia", "unidad_medida", "acumulacion", "dificultaron", "medida", "archivo",
               "origen")


def _llaves(tablas: Tablas) -> dict[str, list[str]]:
    """Por renglón, la llave con que cada cuadro lo cuenta: «|031|»."""
    columnas = {}
    for agrupacion in tablas.agrupaciones:
        grupos = tablas.grupos[agrupacion.clave]
        nombres, columna = llaves_de(grupos), [""] * len(tablas.renglones)
        for grupo in grupos:
            for n in grupo.renglones:
                columna[n] = f"|{nombres[grupo.clave]}|"
        columnas[f"llave_{agrupacion.clave}"] = columna
    return columnas
