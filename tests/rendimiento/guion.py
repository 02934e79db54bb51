"""El guion con que una oficina haría esto sin el programa: openpyxl y pandas, un libro de evaluación por archivo.

    python guion.py RECIBIDOS SALIDA PROCESOS MIR|POI

Lee los informes, calcula como los evalúa cada formato (guion_mir.py, guion_poi.py), escribe un libro con formato por
archivo y un consolidado. Es competente, pero no revisa nada ni sabe de firmas o celdas.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import import_module
from pathlib import Path

import openpyxl
import pandas as pd
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

LADO = Side(style="thin", color="999999")
BORDE = Border(left=LADO, right=LADO, top=LADO, bottom=LADO)
GRIS = PatternFill("solid", fgColor="DDDDDD")
COLORES = {
    "Verde": "C6EFCE", "Amarillo": "FFEB9C", "Rojo": "FFC7CE", "Morado": "E4DFEC",
    "Bueno": "C6EFCE", "Regular": "FFEB9C", "Deficiente": "FFC7CE", "Exceso": "E4DFEC",
}


def escribir(tablas: dict[str, pd.DataFrame], destino: Path) -> None:
    """Una hoja por tabla, con bordes y su valoración en color."""
    libro = openpyxl.Workbook()
    libro.remove(libro.active)
    for nombre, tabla in tablas.items():
        hoja = libro.create_sheet(nombre)
        hoja.append(list(tabla.columns))
        for celda in hoja[1]:
            celda.font, celda.fill, celda.border = Font(bold=True), GRIS, BORDE
        for fila in tabla.itertuples(index=False):
            hoja.append([None if pd.isna(v) else v for v in fila])
        valorada = list(tabla.columns).index("valoración") if "valoración" in tabla.columns else None
        for fila in hoja.iter_rows(min_row=2):
            for celda in fila:
                celda.border = BORDE
                celda.alignment = Alignment(wrap_text=True, vertical="top")
            color = COLORES.get(str(fila[valorada].value)) if valorada is not None else None
            if color:
                fila[valorada].fill = PatternFill("solid", fgColor=color)
        for letra in "CDE":
            hoja.column_dimensions[letra].width = 40
        hoja.freeze_panes = "C2"
    libro.save(destino)


def uno(ruta: Path, destino: Path, formato: str) -> pd.DataFrame:
    """Evalúa un archivo; devuelve su primera tabla, que es la que se consolida."""
    tablas: dict[str, pd.DataFrame] = import_module(f"guion_{formato.lower()}").leer(ruta)
    escribir(tablas, destino / f"{ruta.stem}_evaluacion.xlsx")
    return next(iter(tablas.values()))


def principal(entrada: Path, destino: Path, procesos: int, formato: str) -> None:
    rutas = sorted(entrada.glob("*.xlsx"))
    evaluar = partial(uno, destino=destino, formato=formato)
    if procesos == 1:
        tablas = [evaluar(r) for r in rutas]
    else:
        with ProcessPoolExecutor(procesos) as grupo:
            tablas = list(grupo.map(evaluar, rutas))
    todo = pd.concat(tablas)
    with pd.ExcelWriter(destino / "consolidado.xlsx", engine="openpyxl") as salida:
        for llave in import_module(f"guion_{formato.lower()}").SE_RESUME_POR:
            resumen = todo.groupby(llave)["Al periodo %"].agg(["size", "mean"]).reset_index()
            resumen.to_excel(salida, sheet_name=f"Por {llave}", index=False)
        todo.to_excel(salida, sheet_name="Datos", index=False)


if __name__ == "__main__":
    principal(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
