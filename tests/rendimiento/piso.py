"""El piso: leer las mismas celdas con python-calamine y escribirlas desnudas con xlsxwriter, sin nada más."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook


def uno(ruta: Path, destino: Path) -> int:
    filas = CalamineWorkbook.from_path(str(ruta)).get_sheet_by_name("MIR").to_python()
    with xlsxwriter.Workbook(destino / ruta.name, {"in_memory": True}) as libro:
        hoja = libro.add_worksheet("MIR")
        for f, fila in enumerate(filas):
            for c, valor in enumerate(fila):
                if isinstance(valor, str):
                    if valor:
                        hoja.write_string(f, c, valor)
                elif isinstance(valor, (int, float)):
                    hoja.write_number(f, c, valor)
    return len(filas)


if __name__ == "__main__":
    entrada, salida, procesos = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    archivos = sorted(entrada.glob("*.xlsx"))
    with ProcessPoolExecutor(procesos) as grupo:
        print(sum(grupo.map(uno, archivos, [salida] * len(archivos))))
