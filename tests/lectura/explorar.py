"""Busca archivos que lleven la lectura por líneas nuevas: altera, mira qué líneas se recorrieron y guarda lo nuevo.

    python tests/lectura/explorar.py [--minutos 10] [--semilla 1] [OTROS_LIBROS...]

Lo que llega a líneas que nadie había recorrido se guarda en `tests/lectura/corpus` y desde entonces es parte de la
suite (`test_corpus.py`). Otra excepción que `ArchivoIlegible`, o más de diez segundos, se guarda aparte y se dice.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import Any

import mutar
from semillas import SEMILLAS

from pei_excel.crudo import ArchivoIlegible
from pei_excel.lectura.celdas import abrir_bytes
from pei_excel.lectura.lector import Opciones, interpretar

CORPUS = Path(__file__).parent / "corpus"
_CODIGO = str(Path("pei_excel") / "lectura")
_LENTO = 10.0
#: Bytes de lo que se guarda: el corpus viaja con el proyecto.
_MAYOR = 6_000

Linea = tuple[str, int]


def recorridas(contenido: bytes) -> tuple[set[Linea], str | None]:
    """Líneas de `pei_excel/lectura` por las que pasa ese archivo, y la falla si la hubo."""
    vistas: set[Linea] = set()

    def linea(marco: FrameType, suceso: str, _: Any) -> Any:
        if suceso == "line":
            vistas.add((marco.f_code.co_filename, marco.f_lineno))
        return linea

    def entrar(marco: FrameType, suceso: str, dato: Any) -> Any:
        return linea(marco, suceso, dato) if _CODIGO in marco.f_code.co_filename else None

    falla = None
    inicio = time.perf_counter()
    sys.settrace(entrar)
    try:
        interpretar(abrir_bytes(contenido, "explorado.xlsx"), "", Opciones())
    except ArchivoIlegible:
        pass
    except Exception:  # noqa: BLE001 - es justo lo que se busca
        falla = traceback.format_exc()
    finally:
        sys.settrace(None)
    if falla is None and time.perf_counter() - inicio > _LENTO:
        falla = f"tardó {time.perf_counter() - inicio:.0f} segundos"
    return vistas, falla


def guardar(carpeta: Path, contenido: bytes) -> Path:
    carpeta.mkdir(parents=True, exist_ok=True)
    ruta = carpeta / f"{hashlib.sha256(contenido).hexdigest()[:16]}.bin"
    ruta.write_bytes(contenido)
    return ruta


def explorar(minutos: float, semilla: int, otros: list[Path]) -> int:
    """Explora durante ese tiempo; da cuántas fallas halló."""
    azar = random.Random(semilla)  # noqa: S311 - se puede repetir
    guardados = [*sorted(CORPUS.glob("*.bin")), *otros]
    corpus = [*SEMILLAS.values(), *(ruta.read_bytes() for ruta in guardados)]
    conocidas: set[Linea] = set()
    for contenido in corpus:
        conocidas |= recorridas(contenido)[0]
    print(f"{len(corpus)} archivos recorren {len(conocidas)} líneas")
    fallas: dict[str, Path] = {}
    hasta, vueltas = time.monotonic() + minutos * 60, 0
    while time.monotonic() < hasta:
        contenido = azar.choice(corpus)
        try:
            for _ in range(azar.choice((1, 1, 2, 3))):
                contenido = azar.choice(mutar.MUTACIONES)(contenido, azar)
        except Exception:  # noqa: BLE001, S112 - ya no es un zip: esa alteración no se le puede hacer
            continue
        vueltas += 1
        vistas, falla = recorridas(contenido)
        if falla is not None and falla not in fallas:
            fallas[falla] = guardar(CORPUS.parent / "fallas", contenido)
            print(f"FALLA en {fallas[falla]}\n{falla}")
        if vistas - conocidas and len(contenido) <= _MAYOR:
            conocidas |= vistas
            corpus.append(contenido)
            guardar(CORPUS, contenido)
            print(f"{vueltas}: {len(conocidas)} líneas, {len(corpus)} archivos")
    print(f"{vueltas} alteraciones, {len(conocidas)} líneas, {len(fallas)} fallas")
    return len(fallas)


if __name__ == "__main__":
    argumentos = argparse.ArgumentParser(description=__doc__)
    argumentos.add_argument("--minutos", type=float, default=10)
    argumentos.add_argument("--semilla", type=int, default=1)
    argumentos.add_argument("otros", nargs="*", type=Path)
    opciones = argumentos.parse_args()
    sys.exit(1 if explorar(opciones.minutos, opciones.semilla, opciones.otros) else 0)
