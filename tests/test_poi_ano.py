"""Un año simulado mes por mes: los totales de cada consolidación son los de un cálculo independiente con pandas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pei_excel.consolidacion import consolidar
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Revision, Suerte, revisar
from pei_excel.simulacion import PlanAnual, PoiSimulado
from pei_excel.tablas import Grupo, Tablas

GERENCIAS = ("Gerencia de Servicios", "Gerencia de Desarrollo", "GERENCIA DE SERVICIOS")
#: Cómo agrupa cada árbol del consolidado las columnas del cuadro de pandas.
ARBOLES = {"oei": "oei", "aei": "aei", "unidad": "unidad", "gerencia": "gerencia"}
#: Periodo con que se entrega un libro → los que se consolidan con él.
CONSOLIDACIONES = {
    **{f"2024-{m:02d}": [f"2024-{m:02d}"] for m in range(1, 13)},
    "2024-T1": ["2024-T1"], "2024-T2": ["2024-T2", "2024-S1"], "2024-T3": ["2024-T3"],
    "2024-T4": ["2024-T4", "2024-S2", "2024"],
}


def _planes(cuantos: int, primera: int, actividades: int | None = 6) -> list[PlanAnual]:
    """Unidades limpias, menos dos faltas: una actividad que nunca informa y otra que se adelanta a su meta."""
    planes = [
        PlanAnual(primera + n, f"{801 + n} - Unidad {n} (datos de demostración)", GERENCIAS[n % 3], 2024, actividades)
        for n in range(cuantos)
    ]
    callada = planes[-1].actividades[-1]
    callada.ejecutado, callada.devengado = [None] * 12, [None] * 12
    tardias = [a for p in planes for a in p.actividades if a.forma == "Acumulativo" and not a.verdad.programado[0]]
    tardias[0].programado[0], tardias[0].ejecutado[0] = 0.0, 2.0
    return planes


def _cuadro(simulados: list[PoiSimulado]) -> pd.DataFrame:
    """Un renglón por actividad y mes con lo que se escribió en los libros, sin nada calculado."""
    filas: list[dict[str, Any]] = []
    for s in simulados:
        costos = {f["codigo"]: f for f in s.filas["Valorización"]}
        hecho = {f["codigo"]: f for f in s.filas["Seguimiento"]}
        for a in s.filas["Programación"]:
            for mes in range(1, 13):
                filas.append({
                    "unidad": s.campos["unidad"].split(" - ")[0], "gerencia": s.campos["gerencia"].casefold(),
                    "oei": a["oei"], "aei": a["aei"], "codigo": a["codigo"], "forma": a["acumulacion"],
                    "medida": a["unidad_medida"], "mes": mes, "p": a.get(f"programado_m{mes}"),
                    "e": hecho[a["codigo"]].get(f"ejecutado_m{mes}"), "c": costos[a["codigo"]].get(f"costo_m{mes}"),
                    "d": hecho[a["codigo"]].get(f"devengado_m{mes}"),
                })
    cuadro = pd.DataFrame(filas)
    for columna in "pecd":
        cuadro[columna] = pd.to_numeric(cuadro[columna], errors="coerce")
    return cuadro


def _por_actividad(cuadro: pd.DataFrame, hasta: int) -> pd.DataFrame:
    """Al periodo, por actividad: programado, ejecutado, %, palabra del semáforo, lo que se promedia y soles."""
    llaves = ["unidad", "codigo"]
    acumula = cuadro["forma"] == "Acumulativo"
    cierre = (cuadro["forma"] != "Recurrente trimestral") | (cuadro["mes"] % 3 == 0)
    al_periodo = cuadro["mes"] <= hasta
    vence = al_periodo & cierre & cuadro["p"].gt(0)
    t = cuadro.groupby(llaves)[["gerencia", "oei", "aei", "medida"]].first()
    suma = cuadro[al_periodo & acumula].groupby(llaves)[["p", "e"]].sum(min_count=1)
    recurre = pd.DataFrame({
        "p": cuadro[al_periodo & cierre & ~acumula].groupby(llaves)["p"].max(),
        "e": cuadro[vence & ~acumula].groupby(llaves)["e"].mean(),
    })
    t = t.join(pd.concat([suma, recurre]))
    t["vencen"] = vence.groupby([cuadro[k] for k in llaves]).sum()
    t["pct"] = np.where(t["p"] > 0, t["e"] / t["p"] * 100, np.nan)
    palabras = pd.cut(t["pct"].round(6), [-1, 85, 90, 120, np.inf], labels=["Deficiente", "Regular", "Bueno", "Exceso"])
    t["palabra"] = palabras.astype(object)
    t.loc[t["pct"].isna(), "palabra"] = "No programado"
    t.loc[(t["p"] == 0) & (t["e"] > 0), "palabra"] = "Ejecución sin programación"
    t.loc[(t["p"] > 0) & t["e"].isna(), "palabra"] = np.where(
        t.loc[(t["p"] > 0) & t["e"].isna(), "vencen"] > 0, "Sin reporte", "Por vencer"
    )
    t["topado"] = t["pct"].clip(upper=100).mask(t["palabra"] == "Sin reporte", 0.0)
    t["costo_anual"] = cuadro.groupby(llaves)["c"].sum(min_count=1)
    dinero = cuadro[al_periodo].groupby(llaves)[["c", "d"]].sum(min_count=1)
    return t.join(dinero.rename(columns={"c": "programado", "d": "devengado"})).reset_index()


def _igual(uno: float | None, otro: float) -> bool:
    return pd.isna(otro) if uno is None else uno == pytest.approx(otro, abs=1e-6)


def _comparar(grupo: Grupo, filas: pd.DataFrame, *, ponderado: bool) -> None:
    assert grupo.total == len(filas)
    assert grupo.conteos == filas["palabra"].value_counts().to_dict()
    entran = filas[filas["topado"].notna()]
    assert grupo.cuantos["Actividad"] == len(entran)
    if ponderado:
        pesos = entran["costo_anual"].fillna(0)
        media = (entran["topado"] * pesos).sum() / pesos.sum() if pesos.sum() else np.nan
    else:
        media = entran["topado"].mean()
    assert _igual(grupo.medias["Actividad"], media), grupo.nombre
    for suma in ("costo_anual", "programado", "devengado"):
        assert _igual(grupo.soles[suma], filas[suma].sum(min_count=1)), (grupo.nombre, suma)
    if filas["medida"].nunique() == 1:
        assert grupo.fisico is not None
        medida, programado, ejecutado = grupo.fisico
        assert medida == filas["medida"].iloc[0]
        assert _igual(programado, filas["p"].sum(min_count=1))
        assert _igual(ejecutado, filas["e"].sum(min_count=1))
    else:
        assert grupo.fisico is None


def _comparar_todo(tablas: Tablas, filas: pd.DataFrame, *, ponderado: bool) -> None:
    _comparar(tablas.institucion, filas, ponderado=ponderado)
    for arbol, columna in ARBOLES.items():
        esperados = dict(list(filas.groupby(columna)))
        assert {g.clave for g in tablas.grupos[arbol]} == set(esperados)
        for grupo in tablas.grupos[arbol]:
            _comparar(grupo, esperados[grupo.clave], ponderado=ponderado)


def _entregar(planes: list[PlanAnual], periodo: Periodo, carpeta: Path) -> tuple[list[PoiSimulado], list[Path]]:
    """Los libros como están en el periodo, escritos."""
    simulados = [plan.al(periodo) for plan in planes]
    rutas = [carpeta / f"{n}-{periodo.codigo}.xlsx" for n in range(len(planes))]
    for simulado, ruta in zip(simulados, rutas, strict=True):
        simulado.escribir(ruta)
    return simulados, rutas


def _consolidar(rutas: list[Path], periodo: Periodo, *, ponderado: bool = False) -> tuple[Tablas, list[Revision]]:
    contexto = Contexto(periodo=periodo)
    libros = [libro for ruta in rutas for libro in leer(ruta, ruta.name, Opciones(periodo=periodo))]
    revisiones = [revisar(libro, contexto) for libro in libros]
    return consolidar(revisiones, periodo, contexto, formato="POI", ponderado=ponderado), revisiones


def _un_periodo(planes: list[PlanAnual], entregado: str, carpeta: Path) -> None:
    simulados, rutas = _entregar(planes, Periodo.de_codigo(entregado), carpeta)
    cuadro = _cuadro(simulados)
    for codigo in CONSOLIDACIONES[entregado]:
        periodo = Periodo.de_codigo(codigo)
        tablas, revisiones = _consolidar(rutas, periodo)
        assert [r.estado for r in revisiones[:-1]].count(Suerte.RECHAZADO) == 0
        assert tablas.cobertura.consolidados == len(planes)
        assert not [h for h in tablas.hallazgos if h.regla == "CON001"]
        _comparar_todo(tablas, _por_actividad(cuadro, periodo.mes), ponderado=False)


@pytest.mark.muestra(3)
@pytest.mark.parametrize("entregado", CONSOLIDACIONES)
def test_los_totales_de_cada_periodo_son_los_de_pandas(entregado: str, tmp_path: Path) -> None:
    _un_periodo(_planes(3, 11), entregado, tmp_path)


def test_la_media_ponderada_pesa_por_el_costo_anual(tmp_path: Path) -> None:
    simulados, rutas = _entregar(_planes(3, 11), Periodo.de_codigo("2024-T3"), tmp_path)
    tablas, _ = _consolidar(rutas, Periodo.de_codigo("2024-T3"), ponderado=True)
    _comparar_todo(tablas, _por_actividad(_cuadro(simulados), 9), ponderado=True)


def test_el_ano_pasa_por_todos_los_estados() -> None:
    """Lo que se compara no es siempre lo mismo: el año de la prueba tiene de todo."""
    planes = _planes(3, 11)
    vistas = {
        palabra
        for mes in range(1, 13)
        for palabra in _por_actividad(_cuadro([p.al(Periodo(2024, "M", mes)) for p in planes]), mes)["palabra"]
    }
    assert vistas >= {"Bueno", "Regular", "Deficiente", "Sin reporte", "No programado", "Ejecución sin programación"}
    formas = {a.forma for p in planes for a in p.actividades}
    assert formas == {"Acumulativo", "Recurrente mensual", "Recurrente trimestral"}


@pytest.mark.larga
@pytest.mark.parametrize("tanda", range(2))
def test_mas_unidades_y_mas_anos(tanda: int, tmp_path: Path) -> None:
    planes = _planes(8, 500 + 100 * tanda, None)
    for entregado in CONSOLIDACIONES:
        _un_periodo(planes, entregado, tmp_path)
