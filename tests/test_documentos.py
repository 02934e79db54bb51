"""Lo que los documentos mandan escribir se puede escribir así: órdenes, opciones y vínculos que existen."""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pei_excel.cli import orden
from pei_excel.reglas.lista import POR_CODIGO

RAIZ = Path(__file__).parent.parent
DOCUMENTOS = [RAIZ / "README.md", RAIZ / "pei_excel/LEEME.md", *sorted((RAIZ / "pei_excel/manual").glob("*.md"))]
_BLOQUE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CODIGO = re.compile(r"`([^`\n]+)`")
_SUELTA = re.compile(r"(?:\S*[\\/])?pei-excel +([a-z].*)")


def _codigos(texto: str) -> Iterator[str]:
    for bloque in _BLOQUE.findall(texto):
        yield from bloque.splitlines()
    yield from _CODIGO.findall(_BLOQUE.sub("", texto))


def _ordenes(ruta: Path) -> Iterator[str]:
    """Lo que sigue a `pei-excel` en cada código, hasta donde termina esa orden."""
    for codigo in _codigos(ruta.read_text(encoding="utf-8")):
        for escrita in re.split(r"&&|;", codigo):
            if (hallada := _SUELTA.match(escrita.strip())) and "[" not in hallada[1]:
                yield hallada[1].strip()


ESCRITAS = [
    *((ruta.name, escrita) for ruta in DOCUMENTOS for escrita in _ordenes(ruta)),
    *((nombre, ejemplo) for nombre, suya in orden.commands.items()
      for ejemplo in re.findall(r"Ejemplo:\s+pei-excel (.+)", suya.epilog or "")),
]


def _analizar(escrita: str) -> None:
    """Como la leería el programa, sin ejecutarla.

    Raises:
        click.UsageError: si no es una orden completa.
    """
    nombre, *partes = shlex.split(escrita)
    suya = orden.commands.get(nombre)
    if suya is None:
        raise click.UsageError(f"No existe la orden «{nombre}».")
    suya.make_context(nombre, partes, parent=click.Context(orden))


@pytest.mark.parametrize(("donde", "escrita"), [e for e in ESCRITAS if " " in e[1]], ids=lambda t: str(t)[:60])
def test_lo_que_se_manda_escribir_se_puede_escribir(
    donde: str, escrita: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # --copiar-textos se cumple al leerse, y termina
    with contextlib.suppress(click.exceptions.Exit):
        _analizar(escrita)


@pytest.mark.parametrize("donde", sorted({e[0] for e in ESCRITAS if " " not in e[1]}))
def test_las_ordenes_que_se_nombran_existen(donde: str) -> None:
    assert [e for d, e in ESCRITAS if d == donde and " " not in e and e not in orden.commands] == []


def test_hay_ordenes_que_comprobar() -> None:
    assert len(ESCRITAS) > 30
    for mala in ("consolidar recibidos", "consolidar recibidos --periodo 2024-T9", "consolida x", "estado --jsn"):
        with pytest.raises(click.UsageError):
            _analizar(mala)


def test_las_opciones_que_se_nombran_existen() -> None:
    existen = {o for suya in orden.commands.values() for p in suya.params for o in p.opts}
    nombradas = {o for ruta in DOCUMENTOS for codigo in _codigos(ruta.read_text(encoding="utf-8"))
                 if codigo.startswith("--") for o in re.findall(r"(?<![\w-])--[a-z][a-z-]+", codigo)}
    assert len(nombradas) > 20
    assert nombradas <= existen


def test_las_observaciones_que_se_nombran_existen() -> None:
    for ruta in DOCUMENTOS:
        nombradas = set(re.findall(r"\b[A-Z]{3}\d{3}\b", ruta.read_text(encoding="utf-8")))
        assert nombradas <= set(POR_CODIGO), ruta.name


def test_los_vinculos_llevan_a_algo() -> None:
    for ruta in DOCUMENTOS:
        for destino in re.findall(r"\]\(([^)#\s]+)\)", ruta.read_text(encoding="utf-8")):
            assert destino.startswith("https://") or (ruta.parent / destino).exists(), (ruta.name, destino)
