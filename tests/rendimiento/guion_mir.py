"""La parte del guion de oficina que lee y calcula una MIR, al segundo trimestre."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd

SE_RESUME_POR = ("archivo",)
COLUMNAS = [
    "nivel", "nombre", "definicion", "metodo", "unidad", "tipo", "dimension", "frecuencia", "sentido", "base", "ano",
    "p1", "p2", "p3", "p4", "pa", "a1", "a2", "a3", "a4", "aa", "v1", "v2", "v3", "v4", "va", "medios",
]


def leer(ruta: Path) -> dict[str, pd.DataFrame]:
    """Cada indicador con sus variaciones y su % al segundo trimestre."""
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
    tabla["Al periodo %"] = (tabla["a"] / tabla["p"].where(tabla["p"] != 0) * 100).round(2)
    tabla["valoración"] = pd.cut(
        tabla["Al periodo %"], [-1, 60, 80, 130, 1e9], labels=["Rojo", "Amarillo", "Verde", "Morado"]
    )
    tabla.insert(0, "archivo", ruta.name)
    return {"MIR": tabla}
