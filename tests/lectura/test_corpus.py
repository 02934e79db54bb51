"""Lo que la búsqueda de casos nuevos (`explorar.py`) ha guardado se lee o se rechaza, siempre."""

from __future__ import annotations

from pathlib import Path

from armado import intentar
from semillas import SEMILLAS

CORPUS = Path(__file__).parent / "corpus"


def test_el_corpus_guardado() -> None:
    """Cada archivo llevó una vez la lectura por líneas que ningún otro recorría."""
    archivos = sorted(CORPUS.glob("*.bin"))
    assert len(archivos) > 20
    for ruta in archivos:
        intentar(ruta.read_bytes())


def test_las_semillas() -> None:
    for contenido in SEMILLAS.values():
        intentar(contenido)
