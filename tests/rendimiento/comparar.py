"""Mide el programa entero contra un guion, contra dos pisos y contra su par público, en una misma corrida.

    python tests/rendimiento/comparar.py [--formato MIR] [--libros 100 500] [--vueltas 3] [--par PYTHON]
    python tests/rendimiento/comparar.py --formato POI [--libros 100] [--actividades 40] [--vueltas 3]

- guion: openpyxl y pandas, como lo haría una oficina sin el programa (guion.py);
- piso de sus hojas: leer y escribir desnudas sólo las hojas que la unidad llena (piso.py);
- piso de las mismas celdas: leer todas las hojas y escribir desnudas las celdas de todos nuestros libros (piso.py);
- par: datamaps, que de las MIR hace un maestro y un informe de tipos; PYTHON es el de un ambiente que lo tiene.

Imprime segundos (mediana), las razones (mediana de las de cada vuelta), la memoria máxima de todos los procesos y el
tiempo por etapa.
"""

from __future__ import annotations

import argparse
import csv
import os
import pickle
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
PERIODO = "2024-T2"
#: Formato → las hojas que la unidad llena; después, cuántos libros se miden.
HOJAS = {
    "MIR": ("MIR",),
    "POI": ("Programación", "Valorización", "Necesidades", "Seguimiento", "Evaluación", "Modificaciones"),
}
LIBROS = {"MIR": [100, 500], "POI": [100]}


def simular(carpeta: Path, cuantos: int, formato: str = "MIR", actividades: int = 40) -> None:
    """Escribe los libros que se van a medir, con el simulador."""
    from pei_excel.periodos import Periodo
    from pei_excel.simulacion import escribir_simulado, simular_informe, simular_poi

    carpeta.mkdir(parents=True)
    for n in range(cuantos):
        unidad = f"{100 + n} - Unidad {n} (datos de demostración)"
        if formato == "POI":
            escribir_simulado(simular_poi(
                n, unidad=unidad, periodo=Periodo.de_codigo(PERIODO), actividades=actividades,
                gerencia=f"Gerencia {n % 12} (datos de demostración)",
                siglas=f"{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}",
            ), carpeta / f"{n:04d}.xlsx")
        else:
            programa = f"{1 + n % 20} - Programa {1 + n % 20} (datos de demostración)"
            escribir_simulado(simular_informe(n, unidad=unidad, programa=programa), carpeta / f"{n:04d}.xlsx")


def volcar(salida: Path, destino: Path) -> None:
    """Guarda las celdas de todos los libros de una salida nuestra, para que el piso las escriba."""
    from piso import leer

    libros = sorted(salida.rglob("*.xlsx"))
    destino.write_bytes(pickle.dumps({r.relative_to(salida).as_posix(): leer(r) for r in libros}))


def escribir_datamap(entrada: Path, destino: Path) -> None:
    """El datamap.csv de esos libros: las celdas oficiales del primero, que son las de todos, con su tipo."""
    from pei_excel.formatos import FORMATOS
    from pei_excel.lectura.lector import leer
    from pei_excel.tipos import Numero

    ruta = min(entrada.glob("*.xlsx"))
    libro = leer(ruta, ruta.name)[0]
    hoja = FORMATOS[str(libro.formato)].principal
    with destino.open("w", newline="", encoding="utf-8") as archivo:
        escritor = csv.writer(archivo)
        escritor.writerow(["cell_key", "template_sheet", "cell_reference", "type"])
        escritor.writerows([clave, d.hoja, d.celda, "TEXT"] for clave, d in libro.campos.items() if d.celda)
        for fila in libro.filas(hoja.clave):
            for clave, dato in fila.datos.items():
                columna = hoja.por_clave[clave]
                if not columna.auxiliar:
                    tipo = "NUMBER" if isinstance(columna.tipo, Numero) else "TEXT"
                    escritor.writerow([f"{fila.indice + 1:03d} {clave}", dato.hoja, dato.celda, tipo])


def correr(orden: list[str], destino: Path, *, con_memoria: bool = False) -> tuple[float, float]:
    """Segundos de reloj y, si se pide, el máximo de memoria (MB) sumando todos los procesos."""
    shutil.rmtree(destino, ignore_errors=True)
    destino.mkdir(parents=True)
    ambiente = {**os.environ, "HOME": str(destino)} if "-c" in orden else None  # datamaps escribe en la del usuario
    inicio = time.perf_counter()
    with (destino / "dicho.txt").open("wb") as dicho:
        proceso = subprocess.Popen(orden, stdout=dicho, stderr=subprocess.DEVNULL, env=ambiente)
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
    if "-c" in orden and not (destino / "Documents/datamaps/output/master.xlsx").is_file():
        raise SystemExit("datamaps no dejó su maestro")
    if "piso.py" in orden[1]:
        segundos -= float((destino / "dicho.txt").read_text().split()[0])
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


def etapas(entrada: Path, destino: Path, formato: str) -> dict[str, float]:
    """Segundos por etapa, en un solo proceso, con las funciones del programa."""
    from datetime import date
    from io import BytesIO

    from pei_excel.consolidacion import consolidar
    from pei_excel.escritura.datos import escribir_csv
    from pei_excel.lectura.lector import leer
    from pei_excel.periodos import Periodo
    from pei_excel.proceso import Encargo, escribir_una_evaluacion, escritores
    from pei_excel.revision import revisar

    periodo = Periodo.de_codigo(PERIODO)
    encargo = Encargo(periodo)
    escribir_consolidado, escribir_tesoreria = escritores(formato)
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
    tablas = consolidar(revisiones, periodo, encargo.contexto, formato=formato)
    medir("consolidar", inicio)
    inicio = time.perf_counter()
    escribir_consolidado(BytesIO(), tablas, revisiones)
    medir("consolidado.xlsx", inicio)
    inicio = time.perf_counter()
    escribir_tesoreria(BytesIO(), tablas)
    medir("tesorería", inicio)
    inicio = time.perf_counter()
    escribir_csv(BytesIO(), [tablas])
    medir("datos.csv", inicio)
    return tiempos


def _ordenes(base: Path, entrada: Path, formato: str, par: str | None) -> dict[str, list[str]]:
    salida, nuestro, dos = str(base / "salida"), [sys.executable, "-m", "pei_excel"], str(PROCESOS)
    guion, piso = ([sys.executable, str(AQUI / nombre), str(entrada), salida] for nombre in ("guion.py", "piso.py"))
    ordenes = {
        "pei-excel": [*nuestro, "consolidar", str(entrada), "--periodo", PERIODO, "--procesos", dos, "-o", salida],
        "guion, 1 proceso": [*guion, "1", formato],
        f"guion, {dos} procesos": [*guion, dos, formato],
        "piso de sus hojas": [*piso, dos, "--hojas", *HOJAS[formato]],
        "piso de las mismas celdas": [*piso, dos, "--volcado", str(base / "volcado.pickle")],
    }
    if par is not None:
        mapa = base / "datamap.csv"
        escribir_datamap(entrada, mapa)
        orden = "from datamaps.main import cli; cli()"
        ordenes["datamaps, 1 proceso"] = [par, "-c", orden, "import", "templates", "-m", "-d", str(mapa), "--inputdir",
                                          str(entrada)]
    return ordenes


def _medir(base: Path, entrada: Path, formato: str, de_que: str, vueltas: int, par: str | None) -> float:
    """Mide e imprime una cantidad de libros; devuelve nuestra mediana."""
    ordenes = _ordenes(base, entrada, formato, par)
    correr(ordenes["pei-excel"], base / "salida")
    volcar(base / "salida" / PERIODO, base / "volcado.pickle")
    tiempos: dict[str, list[float]] = {nombre: [] for nombre in ordenes}
    for _ in range(vueltas):  # por turnos: si la máquina cambia de velocidad, cambia para todos
        for nombre, orden in ordenes.items():
            tiempos[nombre].append(correr(orden, base / "salida")[0])
    print(f"\n{de_que}")
    for nombre, lista in tiempos.items():
        razon = statistics.median(n / otro for n, otro in zip(tiempos["pei-excel"], lista, strict=True))
        print(f"  {nombre:25} {statistics.median(lista):6.2f} s   pei-excel / éste = {razon:5.2f}")
    _, memoria = correr(ordenes["pei-excel"], base / "salida", con_memoria=True)
    print(f"  memoria máxima de todos los procesos: {memoria:.0f} MB")
    print("  por etapa, en un proceso: "
          + ", ".join(f"{n} {s:.2f} s" for n, s in etapas(entrada, base / "etapas", formato).items()))
    return statistics.median(tiempos["pei-excel"])


def principal() -> None:
    opciones = argparse.ArgumentParser(description=__doc__)
    opciones.add_argument("--formato", choices=tuple(HOJAS), default="MIR")
    opciones.add_argument("--libros", type=int, nargs="+")
    opciones.add_argument("--actividades", type=int, default=40, help="de cada POI")
    opciones.add_argument("--vueltas", type=int, default=3)
    opciones.add_argument("--par", metavar="PYTHON", help="el de un ambiente con datamaps; sin él, no se mide")
    pedido = opciones.parse_args()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} núcleos, {PROCESOS} procesos, {pedido.vueltas} vueltas")
    if pedido.par is None and pedido.formato == "MIR":
        print("Sin --par: no se compara con datamaps")
    libros = pedido.libros or LIBROS[pedido.formato]
    de_que = "MIR de 13 indicadores" if pedido.formato == "MIR" else f"POI de {pedido.actividades} actividades"
    with tempfile.TemporaryDirectory() as temporal:
        base = Path(temporal)
        por_libro: list[float] = []
        for cuantos in libros:
            entrada = base / f"recibidos{cuantos}"
            simular(entrada, cuantos, pedido.formato, pedido.actividades)
            nuestro = _medir(base, entrada, pedido.formato, f"{cuantos} {de_que}", pedido.vueltas, pedido.par)
            por_libro.append(nuestro / cuantos)
        if len(por_libro) > 1:
            print(f"\nTiempo por libro, último entre primero: {por_libro[-1] / por_libro[0]:.2f} (1 es lineal)")


if __name__ == "__main__":
    principal()
