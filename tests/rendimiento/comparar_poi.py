"""Mide el programa entero con POI contra un guion de openpyxl y pandas y contra el piso, en una misma corrida.

    python tests/rendimiento/comparar_poi.py [--libros 100] [--actividades 40] [--vueltas 3]

Imprime segundos (mediana), las razones, la memoria máxima de todos los procesos y el tiempo por etapa.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from comparar import AQUI, PROCESOS, correr, etapas

PERIODO = "2024-T2"


def simular(carpeta: Path, cuantos: int, actividades: int) -> None:
    """Escribe los POI que se van a medir, con el simulador."""
    from pei_excel.periodos import Periodo
    from pei_excel.simulacion import escribir_simulado, simular_poi

    carpeta.mkdir(parents=True)
    for n in range(cuantos):
        simulado = simular_poi(
            n, unidad=f"{100 + n} - Unidad {n} (datos de demostración)", periodo=Periodo.de_codigo(PERIODO),
            gerencia=f"Gerencia {n % 12} (datos de demostración)", actividades=actividades,
            siglas=f"{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}",
        )
        escribir_simulado(simulado, carpeta / f"{n:04d}.xlsx")


def principal() -> None:
    opciones = argparse.ArgumentParser(description=__doc__)
    opciones.add_argument("--libros", type=int, nargs="+", default=[100])
    opciones.add_argument("--actividades", type=int, default=40)
    opciones.add_argument("--vueltas", type=int, default=3)
    pedido = opciones.parse_args()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} núcleos, {PROCESOS} procesos, {pedido.vueltas} vueltas")
    with tempfile.TemporaryDirectory() as temporal:
        base = Path(temporal)
        salida = base / "salida"
        for cuantos in pedido.libros:
            entrada = base / f"recibidos{cuantos}"
            simular(entrada, cuantos, pedido.actividades)
            ordenes = {
                "pei-excel": [sys.executable, "-m", "pei_excel", "consolidar", str(entrada), "--periodo", PERIODO,
                              "--procesos", str(PROCESOS), "-o", str(salida)],
                "guion, 1 proceso": [sys.executable, str(AQUI / "guion_poi.py"), str(entrada), str(salida), "1"],
                "guion, 2 procesos": [sys.executable, str(AQUI / "guion_poi.py"), str(entrada), str(salida), "2"],
                "piso, 2 procesos": [sys.executable, str(AQUI / "piso_poi.py"), str(entrada), str(salida), "2"],
            }
            tiempos: dict[str, list[float]] = {nombre: [] for nombre in ordenes}
            for _ in range(pedido.vueltas):  # por turnos: si la máquina cambia de velocidad, cambia para todos
                for nombre, orden in ordenes.items():
                    tiempos[nombre].append(correr(orden, salida)[0])
            medianas = {nombre: statistics.median(lista) for nombre, lista in tiempos.items()}
            nuestro = medianas["pei-excel"]
            print(f"\n{cuantos} POI de {pedido.actividades} actividades")
            for nombre, segundos in medianas.items():
                print(f"  {nombre:18} {segundos:6.2f} s   pei-excel / éste = {nuestro / segundos:5.2f}")
            _, memoria = correr(ordenes["pei-excel"], salida, con_memoria=True)
            print(f"  memoria máxima de todos los procesos: {memoria:.0f} MB")
            print("  por etapa, en un proceso: "
                  + ", ".join(f"{n} {s:.2f} s" for n, s in etapas(entrada, base / "etapas", "POI").items()))


if __name__ == "__main__":
    principal()
