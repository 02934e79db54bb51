"""El piso: leer con python-calamine y escribir celdas desnudas con xlsxwriter, sin nada más.

    python piso.py RECIBIDOS SALIDA PROCESOS --hojas MIR         esas hojas de cada libro, leídas y escritas
    python piso.py RECIBIDOS SALIDA PROCESOS --volcado VOLCADO   las mismas celdas: lee todas las hojas de cada libro y
                                                                 escribe las de todos nuestros libros (evaluaciones en
                                                                 los procesos; lo institucional, en el principal)

Imprime los segundos que tardó en traer el VOLCADO a memoria, que no son parte del piso y quien mide los resta.
"""

from __future__ import annotations

import argparse
import gc
import pickle
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
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


def sus_hojas(ruta: Path, destino: Path, hojas: Sequence[str]) -> int:
    """Sólo las hojas que la unidad llena: se leen y se escriben las mismas."""
    libro = CalamineWorkbook.from_path(str(ruta))
    return escribir(destino / ruta.name, {nombre: libro.get_sheet_by_name(nombre).to_python() for nombre in hojas})


def mismas_celdas(ruta: Path, destino: Path, evaluacion: str | None) -> int:
    """Un libro entero leído y una de las evaluaciones escrita."""
    leer(ruta)
    return escribir(destino / Path(evaluacion).name, VOLCADO[evaluacion]) if evaluacion else 0


def principal(entrada: Path, destino: Path, procesos: int, hojas: Sequence[str], volcado: Path | None) -> None:
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
            total = sum(grupo.map(partial(sus_hojas, destino=destino, hojas=hojas), archivos))
        else:
            escritas = grupo.map(mismas_celdas, archivos, [destino] * len(archivos), evaluaciones)
            total = sum(escribir(destino / nombre, VOLCADO[nombre]) for nombre in VOLCADO if "/" not in nombre)
            total += sum(escritas)
    print(f"{segundos:.6f} {total}")


if __name__ == "__main__":
    opciones = argparse.ArgumentParser(description=__doc__)
    opciones.add_argument("entrada", type=Path)
    opciones.add_argument("destino", type=Path)
    opciones.add_argument("procesos", type=int)
    opciones.add_argument("--hojas", nargs="+", default=())
    opciones.add_argument("--volcado", type=Path)
    principal(**vars(opciones.parse_args()))
