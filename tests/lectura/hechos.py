"""Vuelve a medir, con las bibliotecas instaladas, los hechos por los que la lectura es como es.

    python tests/lectura/hechos.py

Cada hecho se mide en un proceso aparte, con tope de tiempo y, en Linux, de memoria: algunos lo tiran.
"""

from __future__ import annotations

import importlib.metadata
import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import openpyxl
from armado import armar
from catalogo_de_danos import filas_vacias, sano

_SEGUNDOS = 60
_MEMORIA = 2 * 1024**3
_CALAMINE = "import python_calamine as c; h = c.load_workbook(r'{}').get_sheet_by_index(0); print(h.to_python())"
_OPENPYXL = "import openpyxl as o; print(o.load_workbook(r'{}').worksheets[0].dimensions)"
_GUARDAR = (
    "import io, openpyxl as o; l = o.load_workbook(r'{0}'); m = io.BytesIO(); l.save(m); "
    "v = o.load_workbook(io.BytesIO(m.getvalue()), data_only=True); f = o.load_workbook(r'{0}'); "
    "print(sum(c.data_type == 'f' and v[h.title][c.coordinate].value is not None for h in f for r in h for c in r))"
)


def _con_errores() -> bytes:
    libro, memoria = openpyxl.Workbook(), io.BytesIO()
    libro.worksheets[0].append(["#DIV/0!", 1])
    libro.save(memoria)
    return memoria.getvalue()


def _esquinas() -> bytes:
    return armar('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def _lejana() -> bytes:
    cerca = '<row r="1"><c r="A1"><v>1</v></c></row>'
    return armar(cerca + '<row r="2147483647"><c r="A2147483647"><v>1</v></c></row>')


#: Hecho → (libro, orden que lo muestra).
HECHOS = {
    "calamine da un error de Excel como texto vacío": (_con_errores, _CALAMINE),
    "dos esquinas lejanas tiran a calamine": (_esquinas, _CALAMINE),
    "la fila 2147483647 tira a calamine": (
        _lejana, _CALAMINE,
    ),
    "openpyxl tarda con un millón de filas vacías": (
        lambda: sano("MIR").con(hoja=filas_vacias(1_000_000)), _OPENPYXL,
    ),
    "openpyxl guarda las fórmulas sin su resultado (con resultado:)": (lambda: sano("MIR").contenido, _GUARDAR),
}


def _con_tope() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORIA, _MEMORIA))


def medir(orden: str) -> str:
    """Cómo terminó y en cuánto tiempo."""
    inicio = time.perf_counter()
    try:
        fin = subprocess.run(
            [sys.executable, "-c", orden], capture_output=True, text=True, timeout=_SEGUNDOS, check=False,
            preexec_fn=_con_tope if sys.platform.startswith("linux") else None,
        )
    except subprocess.TimeoutExpired:
        return f"no termina en {_SEGUNDOS} s"
    dicho = (fin.stdout.strip() or (fin.stderr.strip().splitlines() or [""])[-1])[:90]
    como = "sale bien" if fin.returncode == 0 else f"cae ({fin.returncode})"
    return f"{como} en {time.perf_counter() - inicio:.1f} s: {dicho}"


if __name__ == "__main__":
    for biblioteca in ("python-calamine", "openpyxl"):
        print(f"{biblioteca} {importlib.metadata.version(biblioteca)}")
    with tempfile.TemporaryDirectory() as carpeta:
        for hecho, (hacer, orden) in HECHOS.items():
            ruta = Path(carpeta) / "libro.xlsx"
            ruta.write_bytes(hacer())
            print(f"{hecho}: {medir(orden.format(ruta))}")
