"""El guion con que una oficina haría esto sin el programa: openpyxl y pandas, un libro de evaluación por archivo.

Lee todas las celdas de cada informe, calcula la variación y el % al periodo, escribe un libro con formato por archivo
y un consolidado. Es competente, pero no revisa nada ni sabe de periodos, firmas o celdas.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import openpyxl
import pandas as pd
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

COLUMNAS = [
    "nivel", "nombre", "definicion", "metodo", "unidad", "tipo", "dimension", "frecuencia", "sentido", "base", "ano",
    "p1", "p2", "p3", "p4", "pa", "a1", "a2", "a3", "a4", "aa", "v1", "v2", "v3", "v4", "va", "medios",
]
LADO = Side(style="thin", color="999999")
BORDE = Border(left=LADO, right=LADO, top=LADO, bottom=LADO)
GRIS = PatternFill("solid", fgColor="DDDDDD")
COLORES = {"Verde": "C6EFCE", "Amarillo": "FFEB9C", "Rojo": "FFC7CE", "Morado": "E4DFEC"}


def leer(ruta: Path) -> pd.DataFrame:
    hoja = openpyxl.load_workbook(ruta, data_only=True)["MIR"]
    filas = list(hoja.iter_rows(values_only=True))
    inicio = next(n for n, f in enumerate(filas) if f[0] == "Fin")
    datos = []
    for fila in filas[inicio:]:
        if fila[0] is None:
            break
        datos.append(fila[:27])
    tabla = pd.DataFrame(datos, columns=COLUMNAS)
    for n in range(1, 5):
        tabla[f"p{n}"] = pd.to_numeric(tabla[f"p{n}"], errors="coerce")
        tabla[f"a{n}"] = pd.to_numeric(tabla[f"a{n}"], errors="coerce")
        tabla[f"v{n}"] = tabla[f"p{n}"].fillna(0) - tabla[f"a{n}"].fillna(0)
    tabla["p"] = tabla[["p1", "p2"]].sum(axis=1)
    tabla["a"] = tabla[["a1", "a2"]].sum(axis=1)
    tabla["pct"] = (tabla["a"] / tabla["p"].where(tabla["p"] != 0) * 100).round(2)
    tabla["color"] = pd.cut(tabla["pct"], [-1, 60, 80, 130, 1e9], labels=["Rojo", "Amarillo", "Verde", "Morado"])
    tabla.insert(0, "archivo", ruta.name)
    return tabla


def escribir(tabla: pd.DataFrame, destino: Path) -> None:
    libro = openpyxl.Workbook()
    hoja = libro.active
    hoja.append(list(tabla.columns))
    for celda in hoja[1]:
        celda.font, celda.fill, celda.border = Font(bold=True), GRIS, BORDE
    for fila in tabla.itertuples(index=False):
        hoja.append([None if pd.isna(v) else v for v in fila])
    for fila in hoja.iter_rows(min_row=2):
        for celda in fila:
            celda.border = BORDE
            celda.alignment = Alignment(wrap_text=True, vertical="top")
        color = COLORES.get(str(fila[-1].value))
        if color:
            fila[-1].fill = PatternFill("solid", fgColor=color)
    for letra in "CDE":
        hoja.column_dimensions[letra].width = 40
    hoja.freeze_panes = "C2"
    libro.save(destino)


def uno(ruta: Path, destino: Path) -> pd.DataFrame:
    tabla = leer(ruta)
    escribir(tabla, destino / f"{ruta.stem}_evaluacion.xlsx")
    return tabla


def principal(entrada: Path, destino: Path, procesos: int) -> None:
    rutas = sorted(entrada.glob("*.xlsx"))
    if procesos == 1:
        tablas = [uno(r, destino) for r in rutas]
    else:
        with ProcessPoolExecutor(procesos) as grupo:
            tablas = list(grupo.map(uno, rutas, [destino] * len(rutas)))
    todo = pd.concat(tablas)
    resumen = todo.groupby("archivo").agg(n=("nivel", "count"), pct=("pct", "mean")).reset_index()
    with pd.ExcelWriter(destino / "consolidado.xlsx", engine="openpyxl") as salida:
        resumen.to_excel(salida, sheet_name="Resumen", index=False)
        todo.to_excel(salida, sheet_name="Datos", index=False)


if __name__ == "__main__":
    principal(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
