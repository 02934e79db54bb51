"""Las gráficas del POI: curvas acumuladas por mes, avance por OEI y presupuesto por unidad, con sus datos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from pei_excel.actividades import Actividad
from pei_excel.calculos import Cifra, Estado
from pei_excel.escritura.consolidado_comun import Detalle
from pei_excel.escritura.consolidado_cuadros import Cuadro
from pei_excel.escritura.consolidado_poi_presupuesto import Presupuesto
from pei_excel.escritura.estilos import AZUL
from pei_excel.escritura.graficas import (
    LETRA,
    MAXIMO_DE_BARRAS,
    REJILLA,
    TITULO,
    Bloque,
    Cita,
    FilasDeGrafica,
    area_de_barras,
    bandas_de_fondo,
    corto,
)
from pei_excel.escritura.hoja import LibroNuevo
from pei_excel.mensual import CIERRES, TRIMESTRAL, meses_que_mide
from pei_excel.periodos import MESES
from pei_excel.tablas import Tablas

Datos = tuple[list[str], list[tuple[str, list[Cita | float | None]]]]

_PROGRAMADO, _EJECUTADO, _DEVENGADO = "Programado acumulado", "Ejecutado acumulado", "Devengado acumulado"
_CLARO = "#B9CFE2"


def datos_por_oei(tablas: Tablas, cuadro: Cuadro) -> Datos:
    """Una barra por OEI, de la más alta a la más baja (en la gráfica, la más baja queda arriba)."""
    con_media = [(m, g) for g in tablas.grupos["oei"] if (m := g.medias["Actividad"]) is not None]
    con_media.sort(key=lambda par: (-par[0], par[1].clave))
    fondo = bandas_de_fondo(tablas)
    filas: list[tuple[str, list[Cita | float | None]]] = [
        (corto(g.nombre), [Cita(cuadro.celda("Actividad", g.clave), media), *(valor for _, valor, _ in fondo)])
        for media, g in con_media[-MAXIMO_DE_BARRAS:]
    ]
    return ["Avance físico medio", *(nombre for nombre, _, _ in fondo)], filas


def datos_de_curva_fisica(tablas: Tablas, actividades: Detalle) -> Datos:
    """Por mes, la media de lo acumulado como % de lo programado en el año; lo ejecutado después, vacío."""
    suyas = [r.actividad for r in tablas.renglones if r.palabra != Estado.SIN_LEER]
    pesos = [(a.costo_anual or 0.0) if tablas.ponderado else 1.0 for a in suyas]
    anuales = [_acumulado(a, a.programado, 12) for a in suyas]
    if not sum(p for p, anual in zip(pesos, anuales, strict=True) if anual > 0):
        return [], []
    filas: list[tuple[str, list[Cita | float | None]]] = []
    for n, mes in enumerate(MESES, 1):
        citas: list[Cita | float | None] = []
        for medida in ("programado", "ejecutado"):
            if medida == "ejecutado" and n > tablas.periodo.mes:
                citas.append(None)
                continue
            partes = [
                (peso, min(_acumulado(a, getattr(a, medida), n) / anual, 1.0) * 100)
                for a, peso, anual in zip(suyas, pesos, anuales, strict=True) if anual > 0
            ]
            media = sum(peso * parte for peso, parte in partes) / sum(peso for peso, _ in partes)
            citas.append(Cita(_formula_fisica(tablas, actividades, medida, n), media))
        filas.append((mes[:3].capitalize(), citas))
    return [_PROGRAMADO, _EJECUTADO], filas


def _acumulado(a: Actividad, cifras: Sequence[Cifra], hasta: int) -> float:
    """Suma de los meses que la actividad mide, hasta uno; también en las recurrentes."""
    return sum(cifras[m - 1] or 0.0 for m in meses_que_mide(a.forma) if m <= hasta)


def _formula_fisica(tablas: Tablas, det: Detalle, medida: str, n: int) -> str:
    forma, anual = det.rango("acumulacion"), det.rango("suma_anual")
    suma = "+".join(
        det.rango(f"{medida}{m}") + ("" if m in CIERRES else f'*({forma}<>"{TRIMESTRAL}")') for m in range(1, n + 1)
    )
    parte = f"IF({suma}>{anual},100,({suma})/{anual}*100)"
    entra = f'({anual}>0)*({det.rango("al_periodo_pct")}<>"{Estado.SIN_LEER}")>0'
    if not tablas.ponderado:
        return f"AVERAGE(IF({entra},{parte}))"
    peso = det.rango("peso")
    return f"SUM(IF({entra},{parte}*{peso}))/SUM(IF({entra},{peso}))"


def datos_de_curva_de_soles(tablas: Tablas, actividades: Detalle) -> Datos:
    """Por mes, los soles acumulados de lo que se compara; lo devengado después del periodo, vacío."""
    suyas = [r.actividad for r in tablas.renglones if not r.actividad.sin_comparar]
    entra = f'({actividades.rango("soles_pct")}<>"{Estado.SIN_LEER}")'
    if not any(c for a in suyas for c in a.costo):
        return [], []
    filas: list[tuple[str, list[Cita | float | None]]] = []
    for n, mes in enumerate(MESES, 1):
        citas: list[Cita | float | None] = []
        for medida in ("costo", "devengado"):
            if medida == "devengado" and n > tablas.periodo.mes:
                citas.append(None)
                continue
            total = sum(c or 0.0 for a in suyas for c in getattr(a, medida)[:n])
            meses = actividades.rango(f"{medida}1", f"{medida}{n}")
            citas.append(Cita(f"SUMPRODUCT({entra}*{meses})", total))
        filas.append((mes[:3].capitalize(), citas))
    return [_PROGRAMADO, _DEVENGADO], filas


class Curva(NamedTuple):
    """Los datos de una curva y si lo ejecutado va debajo de lo programado (ahí va su rótulo)."""

    bloque: Bloque
    debajo: bool
    soles: bool


def curva_de(bloque: Bloque, filas: FilasDeGrafica, tablas: Tablas, *, soles: bool) -> Curva:
    """La curva de unos datos ya escritos."""
    programado, ejecutado = filas[tablas.periodo.mes - 1][1]
    debajo = isinstance(programado, Cita) and isinstance(ejecutado, Cita) and ejecutado.valor < programado.valor
    return Curva(bloque, debajo, soles)


def grafica_de_curva(libro: LibroNuevo, tablas: Tablas, curva: Curva) -> Any:
    """La curva S: lo programado y lo ejecutado acumulados por mes; el último punto ejecutado lleva su rótulo."""
    bloque, debajo, soles = curva
    grafica = libro.add_chart({"type": "line"})
    ejecutado = _DEVENGADO if soles else _EJECUTADO
    formato = "#,##0" if soles else "0.0"
    callados: list[dict[str, Any] | None] = [{"delete": True}] * (tablas.periodo.mes - 1)
    for serie, color, ancho, guiones in ((_PROGRAMADO, "#8C8C8C", 1.75, "dash"), (ejecutado, AZUL, 2.5, "solid")):
        opciones: dict[str, Any] = {
            "name": serie, "categories": bloque.rango(""), "values": bloque.rango(serie),
            "line": {"color": color, "width": ancho, "dash_type": guiones},
            "marker": {"type": "circle", "size": 4, "fill": {"color": color}, "border": {"color": color}},
        }
        if serie == ejecutado:
            opciones["data_labels"] = {
                "value": True, "num_format": formato, "font": {**LETRA, "bold": True},
                "position": "below" if debajo else "above",
                "custom": callados,
            }
        grafica.add_series(opciones)
    grafica.show_blanks_as("gap")
    que = "Presupuesto acumulado por mes (S/.)" if soles else "Avance físico acumulado por mes (%)"
    grafica.set_title({"name": f"{que}, {tablas.periodo.al_periodo}", "name_font": {**TITULO, "size": 9}})
    grafica.set_x_axis({"num_font": LETRA, "name": f"Meses de {tablas.periodo.ejercicio}", "name_font": LETRA})
    eje = {"num_font": LETRA, "num_format": "#,##0", "name_font": LETRA, "min": 0, "major_gridlines": REJILLA}
    if soles:
        grafica.set_y_axis({**eje, "name": "S/."})
    else:
        grafica.set_y_axis({**eje, "name": "% del año", "max": 110, "major_unit": 20})
    grafica.set_legend({"position": "bottom", "font": LETRA})
    izquierda = 0.19 if soles else 0.12
    grafica.set_plotarea({"layout": {"x": izquierda, "y": 0.17, "width": 0.96 - izquierda, "height": 0.52}})
    return grafica


def datos_de_presupuesto(tablas: Tablas, presupuesto: Presupuesto) -> Datos:
    """Una barra por unidad, las de mayor costo anual; en la gráfica, la menor queda arriba."""
    unidades = sorted(
        (g for g in tablas.por_unidad if g.soles.get("costo_anual")), key=lambda g: -(g.soles["costo_anual"] or 0.0)
    )[:MAXIMO_DE_BARRAS]
    return ["Costo anual", "Devengado al periodo"], [
        (corto(g.nombre), [
            Cita(presupuesto.celda("costo_anual", g.clave), g.soles["costo_anual"] or 0.0),
            Cita(presupuesto.celda("soles_a", g.clave), g.soles["devengado"] or 0.0),
        ])
        for g in unidades
    ]


def grafica_de_presupuesto(libro: LibroNuevo, tablas: Tablas, bloque: Bloque) -> Any:
    """El costo anual de cada unidad y, encima, lo devengado."""
    grafica = libro.add_chart({"type": "bar", "subtype": "clustered"})
    rotulo = {"value": True, "num_format": "#,##0;;", "font": LETRA}
    for serie, color, donde in (("Costo anual", _CLARO, "outside_end"), ("Devengado al periodo", AZUL, "inside_base")):
        letra = {**LETRA, "color": "#FFFFFF"} if donde == "inside_base" else LETRA
        grafica.add_series({
            "name": serie, "categories": bloque.rango(""), "values": bloque.rango(serie), "gap": 45, "overlap": 100,
            "fill": {"color": color}, "border": {"none": True},
            "data_labels": {**rotulo, "position": donde, "font": letra},
        })
    grafica.set_x_axis({
        "name": "S/.", "name_font": LETRA, "num_font": LETRA, "num_format": "#,##0", "min": 0,
        "major_gridlines": REJILLA,
    })
    grafica.set_y_axis({"num_font": LETRA, "name": "Unidad orgánica", "name_font": LETRA})
    titulo = f"Presupuesto por unidad, {tablas.periodo.al_periodo} (S/.)"
    grafica.set_title({"name": titulo, "name_font": TITULO})
    grafica.set_legend({"position": "bottom", "font": LETRA})
    grafica.set_plotarea(area_de_barras(bloque))
    return grafica
