"""Mide el programa entero contra un guion de openpyxl y pandas y contra el piso, en una misma corrida.

    python tests/rendimiento/comparar.py [--libros 100 500] [--vueltas 3]

Imprime segundos (mediana), las razones, la memoria máxima de todos los procesos y el tiempo por etapa.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

AQUI = Path(__file__).parent
PROCESOS = 2


def simular(carpeta: Path, cuantos: int) -> None:
    """Escribe los libros que se van a medir, con el simulador."""
    from pei_excel.simulacion import escribir_simulado, simular_informe

    carpeta.mkdir(parents=True)
    for n in range(cuantos):
        simulado = simular_informe(n, unidad=f"{100 + n} - Unidad {n} (datos de demostración)",
                                   programa=f"{1 + n % 20} - Programa {1 + n % 20} (datos de demostración)")
        escribir_simulado(simulado, carpeta / f"{n:04d}.xlsx")


def correr(orden: list[str], destino: Path, *, con_memoria: bool = False) -> tuple[float, float]:
    """Segundos de reloj y, si se pide, el máximo de memoria (MB) sumando todos los procesos."""
    shutil.rmtree(destino, ignore_errors=True)
    destino.mkdir(parents=True)
    inicio = time.perf_counter()
    proceso = subprocess.Popen(orden, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    maximo = [0.0]
    if con_memoria:
        hilo = threading.Thread(target=_vigilar, args=(proceso, maximo))
        hilo.start()
    estado = proceso.wait()
    segundos = time.perf_counter() - inicio
    if con_memoria:
        hilo.join()
    if estado not in {0, 1}:
        raise SystemExit(f"falló: {' '.join(orden)}")
    return segundos, maximo[0]


def _vigilar(proceso: subprocess.Popen[bytes], maximo: list[float]) -> None:
    """Suma la memoria proporcional (PSS) del proceso y sus hijos; sólo en Linux."""
    while proceso.poll() is None:
        total = 0.0
        for pid in _familia(proceso.pid):
            try:
                for linea in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    if linea.startswith("Pss:"):
                        total += int(linea.split()[1]) / 1024
            except OSError:
                continue
        maximo[0] = max(maximo[0], total)
        time.sleep(0.02)


def _familia(raiz: int) -> list[int]:
    padres: dict[int, list[int]] = {}
    for estado in Path("/proc").glob("[0-9]*/stat"):
        try:
            campos = estado.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        padres.setdefault(int(campos[1]), []).append(int(estado.parent.name))
    familia, pendientes = [], [raiz]
    while pendientes:
        pid = pendientes.pop()
        familia.append(pid)
        pendientes += padres.get(pid, [])
    return familia


def etapas(entrada: Path, destino: Path) -> dict[str, float]:
    """Segundos por etapa, en un solo proceso, con las funciones del programa."""
    from datetime import date
    from io import BytesIO

    from pei_excel.consolidacion import consolidar
    from pei_excel.escritura.consolidado import escribir_consolidado
    from pei_excel.escritura.datos import escribir_csv
    from pei_excel.escritura.tesoreria import escribir_tesoreria
    from pei_excel.lectura.lector import leer
    from pei_excel.periodos import Periodo
    from pei_excel.proceso import Encargo, escribir_una_evaluacion
    from pei_excel.revision import revisar

    periodo = Periodo.de_codigo("2024-T2")
    encargo = Encargo(periodo)
    tiempos: dict[str, float] = {}

    def medir(nombre: str, inicio: float) -> None:
        tiempos[nombre] = time.perf_counter() - inicio

    inicio = time.perf_counter()
    libros = [x for r in sorted(entrada.glob("*.xlsx")) for x in leer(r, r.name, encargo.opciones)]
    medir("leer", inicio)
    inicio = time.perf_counter()
    revisiones = [revisar(libro, encargo.contexto) for libro in libros]
    medir("revisar", inicio)
    inicio = time.perf_counter()
    destino.mkdir(parents=True, exist_ok=True)
    for n, revision in enumerate(revisiones):
        escribir_una_evaluacion(str(destino / f"{n}.xlsx"), revision, encargo, date(2024, 6, 30))
    medir("evaluaciones", inicio)
    inicio = time.perf_counter()
    tablas = consolidar(revisiones, periodo, encargo.contexto)
    medir("consolidar", inicio)
    inicio = time.perf_counter()
    escribir_consolidado(BytesIO(), tablas, revisiones)
    medir("consolidado.xlsx", inicio)
    inicio = time.perf_counter()
    escribir_tesoreria(BytesIO(), tablas)
    escribir_csv(BytesIO(), tablas)
    medir("tesorería y datos", inicio)
    return tiempos


def principal() -> None:
    opciones = argparse.ArgumentParser(description=__doc__)
    opciones.add_argument("--libros", type=int, nargs="+", default=[100, 500])
    opciones.add_argument("--vueltas", type=int, default=3)
    pedido = opciones.parse_args()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} núcleos, {PROCESOS} procesos, {pedido.vueltas} vueltas")
    with tempfile.TemporaryDirectory() as temporal:
        base = Path(temporal)
        por_libro: list[float] = []
        for cuantos in pedido.libros:
            entrada = base / f"recibidos{cuantos}"
            simular(entrada, cuantos)
            ordenes = {
                "pei-excel": [sys.executable, "-m", "pei_excel", "consolidar", str(entrada), "--periodo", "2024-T2",
                              "--procesos", str(PROCESOS), "-o", str(base / "salida")],
                "guion, 1 proceso": [sys.executable, str(AQUI / "guion.py"), str(entrada), str(base / "salida"), "1"],
                "guion, 2 procesos": [sys.executable, str(AQUI / "guion.py"), str(entrada), str(base / "salida"), "2"],
                "piso, 2 procesos": [sys.executable, str(AQUI / "piso.py"), str(entrada), str(base / "salida"), "2"],
            }
            tiempos: dict[str, list[float]] = {nombre: [] for nombre in ordenes}
            for _ in range(pedido.vueltas):  # por turnos: si la máquina cambia de velocidad, cambia para todos
                for nombre, orden in ordenes.items():
                    tiempos[nombre].append(correr(orden, base / "salida")[0])
            medianas = {nombre: statistics.median(lista) for nombre, lista in tiempos.items()}
            nuestro = medianas["pei-excel"]
            por_libro.append(nuestro / cuantos)
            print(f"\n{cuantos} libros de 13 indicadores")
            for nombre, segundos in medianas.items():
                print(f"  {nombre:18} {segundos:6.2f} s   pei-excel / éste = {nuestro / segundos:5.2f}")
            _, memoria = correr(ordenes["pei-excel"], base / "salida", con_memoria=True)
            print(f"  memoria máxima de todos los procesos: {memoria:.0f} MB")
            print("  por etapa, en un proceso: "
                  + ", ".join(f"{n} {s:.2f} s" for n, s in etapas(entrada, base / "etapas").items()))
        if len(por_libro) > 1:
            print(f"\nTiempo por libro, último entre primero: {por_libro[-1] / por_libro[0]:.2f} (1 es lineal)")


if __name__ == "__main__":
    principal()
