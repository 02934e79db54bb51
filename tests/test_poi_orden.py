"""Ordenar o insertar filas o columnas en cualquier hoja de un POI no cambia ninguna cifra ni da otro hallazgo."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pei_excel.actividades import FAMILIAS, Actividad, tramos
from pei_excel.formatos.poi import POI
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.modificaciones import modificaciones
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Revision, revisar
from pei_excel.simulacion import PoiSimulado, simular_poi
from pei_excel.simulacion.retoques import insertar_columnas, insertar_filas, ordenar_filas

PERIODO = Periodo.de_codigo("2024-T3")
HOJAS = [h.clave for h in POI.hojas]
#: Una unidad con modificaciones registradas y varios trimestres evaluados.
SEMILLA = next(n for n in range(100) if simular_poi(n, periodo=PERIODO).filas["Modificaciones"])


def _figuras(a: Actividad) -> dict[str, Any]:
    """Todo lo que se dice de una actividad, sin sus direcciones."""
    return {
        "tramos": {t.clave: (a.fisico(t), a.financiero(t), a.brecha(t)) for f in FAMILIAS for t in tramos(f, PERIODO)},
        "palabra": a.palabra(),
        "evaluaciones": {n: {c: d.valor for c, d in f.datos.items()} for n, f in sorted(a.evaluaciones.items())},
        "necesidades": sorted((f.valor("detalle"), f.valor("tipo_gasto"), f.valor("costo")) for f in a.necesidades),
        "datos": {c: d.valor for c, d in a.fila.datos.items() if not POI.principal.por_clave[c].auxiliar},
    }


def _leido(ruta: Path) -> tuple[dict[str, Any], Revision]:
    contexto = Contexto(periodo=PERIODO)
    (libro,) = leer(ruta, ruta.name, Opciones(periodo=PERIODO))
    revision = revisar(libro, contexto)
    figuras: dict[str, Any] = {a.codigo: _figuras(a) for a in contexto.actividades(libro)}
    figuras["campos"] = {clave: dato.valor for clave, dato in libro.campos.items()}
    figuras["modificaciones"] = sorted((str(m.llave), m.campo, m.anterior, m.nuevo) for m in modificaciones(libro))
    return figuras, revision


@dataclass(repr=False)  # su texto llenaría los mensajes de hypothesis
class Original:
    """El libro limpio, escrito, y sus cifras."""

    simulado: PoiSimulado
    ruta: Path
    figuras: dict[str, Any]

    def copia(self) -> Path:
        """Otro archivo igual, para moverlo."""
        copia = self.ruta.with_name("copia.xlsx")
        shutil.copyfile(self.ruta, copia)
        return copia

    def comparar(self, ruta: Path, hoja: str, *, con_nota: bool) -> None:
        """Las mismas cifras, y a lo más la nota de que algo se movió."""
        nuevas, revision = _leido(ruta)
        assert nuevas == self.figuras
        halladas = [(h.regla, h.donde.hoja) for h in revision.hallazgos]
        assert halladas == ([("FMT013", hoja)] if con_nota else [])


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    simulado = simular_poi(SEMILLA, periodo=PERIODO)
    ruta = tmp_path_factory.mktemp("orden") / "poi.xlsx"
    simulado.escribir(ruta)
    figuras, revision = _leido(ruta)
    assert revision.hallazgos == []
    assert len(figuras) > 6
    return Original(simulado, ruta, figuras)


@pytest.mark.parametrize("hoja", HOJAS)
@settings(max_examples=4, database=None)
@given(semilla=st.integers(0, 10**6))
def test_ordenar_una_hoja(original: Original, hoja: str, semilla: int) -> None:
    inicio = POI.por_clave[hoja].disposicion.fila_datos
    filas = list(range(inicio, inicio + len(original.simulado.filas[hoja])))
    revueltas = list(filas)
    Random(semilla).shuffle(revueltas)  # noqa: S311 - no es un secreto
    copia = original.copia()
    ordenar_filas(POI, hoja, dict(zip(filas, revueltas, strict=True)))(copia)
    original.comparar(copia, hoja, con_nota=False)


@pytest.mark.parametrize("hoja", HOJAS)
@settings(max_examples=5, database=None)
@given(hueco=st.integers(0, 100), cuantas=st.integers(1, 3))
def test_insertar_filas_en_una_hoja(original: Original, hoja: str, hueco: int, cuantas: int) -> None:
    lugar = POI.por_clave[hoja].disposicion
    en = 1 + hueco % (lugar.fila_datos + len(original.simulado.filas[hoja]) + 1)
    copia = original.copia()
    insertar_filas(POI, hoja, en, cuantas)(copia)
    original.comparar(copia, hoja, con_nota=en <= lugar.fila_titulos)


@pytest.mark.parametrize("hoja", HOJAS)
@settings(max_examples=5, database=None)
@given(hueco=st.integers(0, 100), cuantas=st.integers(1, 2))
def test_insertar_columnas_en_una_hoja(original: Original, hoja: str, hueco: int, cuantas: int) -> None:
    columnas = POI.por_clave[hoja].columnas
    en = 1 + hueco % (len(columnas) + 1)
    copia = original.copia()
    insertar_columnas(POI, hoja, en, cuantas)(copia)
    # Lo que sólo ayuda a las fórmulas no es del formato: moverlo no se anota.
    original.comparar(copia, hoja, con_nota=en <= len(columnas))
