"""El piso del POI: leer las celdas de sus seis hojas con python-calamine y escribirlas desnudas con xlsxwriter."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

HOJAS = ("Programación", "Valorización", "Necesidades", "Seguimiento", "Evaluación", "Modificaciones")


def uno(ruta: Path, destino: Path) -> int:
    leido = CalamineWorkbook.from_path(str(ruta))
    cuantas = 0
    with xlsxwriter.Workbook(destino / ruta.name, {"in_memory": True}) as libro:
        for nombre in HOJAS:
            hoja = libro.add_worksheet(nombre)
            for f, fila in enumerate(leido.get_sheet_by_name(nombre).to_python()):
                for c, valor in enumerate(fila):
                    if isinstance(valor, str):
                        if valor:
                            hoja.write_string(f, c, valor)
                            cuantas += 1
                    elif isinstance(valor, (int, float)):
                        hoja.write_number(f, c, valor)
                        cuantas += 1
    return cuantas


if __name__ == "__main__":
    entrada, salida, procesos = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    archivos = sorted(entrada.glob("*.xlsx"))
    with ProcessPoolExecutor(procesos) as grupo:
        print(sum(grupo.map(uno, archivos, [salida] * len(archivos))))
