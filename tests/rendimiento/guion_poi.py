"""La parte del guion de oficina que lee y calcula un POI, al segundo trimestre.

Une sus hojas por código y calcula trimestres, semestres, año y al periodo, físico y financiero.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

SE_RESUME_POR = ("archivo", "OEI", "AEI")
MES = 6
INICIALES = list("EFMAMJJASOND")
TRAMOS = {
    "T1": range(1, 4), "T2": range(4, 7), "T3": range(7, 10), "T4": range(10, 13), "S1": range(1, 7),
    "S2": range(7, 13), "Año": range(1, 13), "Al periodo": range(1, MES + 1),
}


def hoja(libro: openpyxl.Workbook, nombre: str, *bandas: str) -> pd.DataFrame:
    """Una hoja como tabla; los meses de cada banda se llaman banda1 … banda12."""
    filas = list(libro[nombre].iter_rows(values_only=True))
    inicio = next(n for n, f in enumerate(filas) if any(str(c).startswith("Código") for c in f if c))
    arriba, abajo = filas[inicio], filas[inicio + 1] if bandas else filas[inicio]
    titulos = [a or b for a, b in zip(arriba, abajo, strict=True)]
    if bandas:
        meses = [n for n in range(len(abajo) - 11) if list(abajo[n : n + 12]) == INICIALES]
        for banda, primera in zip(bandas, meses, strict=True):
            titulos[primera : primera + 12] = [f"{banda}{m}" for m in range(1, 13)]
    datos = filas[inicio + (2 if bandas else 1) :]
    tabla = pd.DataFrame(datos, columns=[str(t) if t else f"_{n}" for n, t in enumerate(titulos)])
    llave = next(c for c in tabla.columns if c.startswith("Código"))
    return tabla[tabla[llave].notna()].rename(columns={llave: "codigo"})


def cifras(tabla: pd.DataFrame, banda: str) -> np.ndarray:
    return tabla[[f"{banda}{m}" for m in range(1, 13)]].apply(pd.to_numeric, errors="coerce").to_numpy(float)


def medir(p: np.ndarray, a: np.ndarray, forma: np.ndarray, meses: range) -> tuple[np.ndarray, np.ndarray]:
    """Programado y ejecutado de un tramo según la acumulación de cada fila."""
    columnas = np.array([m - 1 for m in meses])
    cierre = np.array([m % 3 == 0 for m in meses])
    vencen = np.array([m <= MES for m in meses])
    pt, at = p[:, columnas], np.where(vencen, a[:, columnas], np.nan)
    mide = np.where((forma == "Recurrente trimestral")[:, None], cierre, True)
    recurre = forma != "Acumulativo"
    suma_p = np.where(np.isnan(pt).all(axis=1), np.nan, np.nansum(pt, axis=1))
    suma_a = np.where(np.isnan(at).all(axis=1), np.nan, np.nansum(at, axis=1))
    vale = mide & (np.nan_to_num(pt) > 0)
    mayor = np.where(vale, pt, -np.inf).max(axis=1)
    cuenta = (vale & ~np.isnan(at)).sum(axis=1)
    media = np.where(cuenta > 0, np.where(vale, np.nan_to_num(at), 0).sum(axis=1) / np.maximum(cuenta, 1), np.nan)
    return (np.where(recurre, np.where(np.isinf(mayor), np.nan, mayor), suma_p), np.where(recurre, media, suma_a))


def leer(ruta: Path) -> dict[str, pd.DataFrame]:
    """Cada actividad en todos los horizontes; aparte, lo pedido y lo explicado."""
    libro = openpyxl.load_workbook(ruta, data_only=True)
    plan = hoja(libro, "Programación", "p")
    hecho = hoja(libro, "Seguimiento", "e", "d").set_index("codigo").reindex(plan["codigo"]).reset_index()
    costo = hoja(libro, "Valorización", "c").set_index("codigo").reindex(plan["codigo"]).reset_index()
    pedidos = hoja(libro, "Necesidades")
    factores = hoja(libro, "Evaluación")
    forma = plan["Acumulación"].to_numpy(str)
    datos = plan[["codigo", "OEI", "AEI", "Actividad", "Unidad de medida", "Acumulación"]].reset_index(drop=True)
    salida = {}
    for nombre, p, a, como in (
        ("Físico", cifras(plan, "p"), cifras(hecho, "e"), forma),
        ("Financiero", cifras(costo, "c"), cifras(hecho, "d"), np.full(len(plan), "Acumulativo")),
    ):
        columnas: dict[str, object] = {}
        for m in range(12):
            columnas |= {f"{INICIALES[m]}{m + 1} prog": p[:, m], f"{INICIALES[m]}{m + 1} ejec": a[:, m]}
        for tramo, meses in TRAMOS.items():
            pt, at = medir(p, a, como, meses)
            with np.errstate(divide="ignore", invalid="ignore"):
                pct = np.where(pt > 0, at / pt * 100, np.nan)
            columnas |= {f"{tramo} prog": pt, f"{tramo} ejec": at, f"{tramo} var": at - pt, f"{tramo} %": pct}
        tabla = pd.concat([datos, pd.DataFrame(columnas)], axis=1)
        tabla["valoración"] = pd.cut(
            tabla["Al periodo %"], [-1, 85, 90, 120, 1e9], labels=["Deficiente", "Regular", "Bueno", "Exceso"]
        )
        tabla.insert(0, "archivo", ruta.name)
        salida[nombre] = tabla
    salida["Físico"]["brecha"] = salida["Financiero"]["Al periodo %"] - salida["Físico"]["Al periodo %"]
    salida["Necesidades"], salida["Evaluación"] = pedidos.iloc[:, :6], factores.iloc[:, :10]
    return salida
