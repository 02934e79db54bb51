"""El piso: leer con python-calamine y escribir celdas desnudas con xlsxwriter, sin nada más.

    python piso.py RECIBIDOS SALIDA PROCESOS            la hoja MIR de cada libro, leída y escrita
    python piso.py RECIBIDOS SALIDA PROCESOS VOLCADO    las mismas celdas: lee todas las hojas de cada libro y escribe
                                                        las de todos nuestros libros (evaluaciones en los procesos;
                                                        consolidado y tesorería en el principal)

Imprime los segundos que tardó en traer el VOLCADO a memoria, que no son parte del piso y quien mide los resta.
"""

from __future__ import annotations

import gc
import pickle
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

#: Nombre de una salida → sus hojas, cada una con sus filas; los procesos lo heredan.
VOLCADO: dict[str, dict[str, list[list[Any]]]] = {}


def leer(ruta: Path) -> dict[str, list[list[Any]]]:
    """Todas las hojas de un libro."""
    libro = CalamineWorkbook.from_path(str(ruta))
    return {nombre: libro.get_sheet_by_name(nombre).to_python() for nombre in libro.sheet_names}


def escribir(destino: Path, hojas: dict[str, list[list[Any]]]) -> int:
    """Las celdas con contenido, sin formato; devuelve cuántas fueron."""
    cuantas = 0
    with xlsxwriter.Workbook(destino, {"in_memory": True}) as libro:
        for nombre, filas in hojas.items():
            hoja = libro.add_worksheet(nombre)
            for f, fila in enumerate(filas):
                for c, valor in enumerate(fila):
                    if isinstance(valor, str):
                        if valor:
                            hoja.write_string(f, c, valor)
                            cuantas += 1
                    elif isinstance(valor, (int, float)):
                        hoja.write_number(f, c, valor)
                        cuantas += 1
    return cuantas


def una_hoja(ruta: Path, destino: Path) -> int:
    """Sólo la hoja MIR: se lee y se escribe la misma."""
    filas = CalamineWorkbook.from_path(str(ruta)).get_sheet_by_name("MIR").to_python()
    return escribir(destino / ruta.name, {"MIR": filas})


def mismas_celdas(ruta: Path, destino: Path, evaluacion: str | None) -> int:
    """Un libro entero leído y una de las evaluaciones escrita."""
    leer(ruta)
    return escribir(destino / Path(evaluacion).name, VOLCADO[evaluacion]) if evaluacion else 0


def principal(entrada: Path, destino: Path, procesos: int, volcado: Path | None) -> None:
    archivos = sorted(entrada.glob("*.xlsx"))
    inicio = time.perf_counter()
    if volcado is not None:
        VOLCADO.update(pickle.loads(volcado.read_bytes()))  # noqa: S301 - lo acaba de escribir comparar.py
        gc.freeze()
    segundos = time.perf_counter() - inicio
    evaluaciones: list[str | None] = [nombre for nombre in VOLCADO if "/" in nombre]
    evaluaciones += [None] * (len(archivos) - len(evaluaciones))  # los informes rechazados no la tienen
    with ProcessPoolExecutor(procesos, mp_context=get_context("fork")) as grupo:
        if volcado is None:
            total = sum(grupo.map(una_hoja, archivos, [destino] * len(archivos)))
        else:
            escritas = grupo.map(mismas_celdas, archivos, [destino] * len(archivos), evaluaciones)
            total = sum(escribir(destino / nombre, VOLCADO[nombre]) for nombre in VOLCADO if "/" not in nombre)
            total += sum(escritas)
    print(f"{segundos:.6f} {total}")


if __name__ == "__main__":
    principal(
        Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]) if len(sys.argv) > 4 else None
    )
