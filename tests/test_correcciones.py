"""Las correcciones cierran el ciclo: lo que se observó a una entrega, comparado con lo observado a la siguiente."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_cli_poi import escribir
from test_decisiones import (
    ACTIVIDAD,
    COMPONENTE,
    DOS,
    NO_PROCEDE,
    UNO,
    anotar,
    consolidado,
    del_libro,
    evaluacion,
    informe,
)
from test_entregas import P, consolidar, correr, hoja

from pei_excel.correcciones import NUEVA, PERSISTE, comparar
from pei_excel.escritura.evaluacion_resumen import ATENDIDAS
from pei_excel.formatos.poi import POI
from pei_excel.lectura.decisiones import HOJA, VISIBLES

RESPECTO = "Respecto de su entrega anterior"
ASUNTOS = st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("xyz")), max_size=8)


@given(ASUNTOS, ASUNTOS, ASUNTOS)
def test_cada_observacion_cuenta_una_vez(
    antes: list[tuple[str, str]], ahora: list[tuple[str, str]], callados: list[tuple[str, str]]
) -> None:
    """Lo de antes se reparte en atendido, persistente y callado; lo de ahora, en persistente y nuevo."""
    hecha = comparar(antes, ahora, callados)
    assert len(hecha.respecto) == len(ahora)
    viejas, actuales, calladas = Counter(antes), Counter(ahora), Counter(callados)
    persisten = Counter(a for a, r in zip(ahora, hecha.respecto, strict=True) if r == PERSISTE)
    nuevas = Counter(a for a, r in zip(ahora, hecha.respecto, strict=True) if r == NUEVA)
    atendidas = Counter(antes[n] for n in hecha.atendidas)
    assert persisten == viejas & actuales
    assert nuevas == actuales - viejas
    assert atendidas == viejas - actuales - calladas
    assert list(hecha.atendidas) == sorted(set(hecha.atendidas))


@given(ASUNTOS, ASUNTOS)
def test_al_reves_lo_nuevo_es_lo_atendido(antes: list[tuple[str, str]], ahora: list[tuple[str, str]]) -> None:
    ida, vuelta = comparar(antes, ahora), comparar(ahora, antes)
    assert Counter(antes[n] for n in ida.atendidas) == Counter(
        a for a, r in zip(antes, vuelta.respecto, strict=True) if r == NUEVA
    )


def textos(una: Any) -> list[str]:
    return [str(c.value) for f in una.iter_rows() for c in f if c.value is not None]


def cambios(doc: dict[str, Any], archivo: str) -> tuple[int, int, int] | None:
    hechos = next(e for e in doc["entregas"] if e["archivo"] == archivo)["cambios"]
    return hechos and (hechos["atendidas"], hechos["persistentes"], hechos["nuevas"])


@pytest.fixture
def recibidos(tmp_path: Path) -> Path:
    """La primera entrega de dos unidades; la de la 504, con dos cifras escritas con letras."""
    carpeta = tmp_path / "recibidos"
    informe(carpeta / "a.xlsx", {COMPONENTE: "doce", ("Actividad 2.1", "alcanzado_t2"): "tres"}, UNO)
    informe(carpeta / "b.xlsx", {}, DOS)
    return carpeta


def segunda_entrega(ruta: Path) -> None:
    """Corrige el Componente, deja una y trae otra."""
    informe(ruta, {ACTIVIDAD: "x", ("Actividad 2.1", "alcanzado_t2"): "cuatro"}, UNO)


def comprobar(recibidos: Path, doc: dict[str, Any], archivo: str = "a.xlsx") -> None:
    """Lo que debe verse de la segunda entrega en cada parte."""
    assert cambios(doc, archivo) == (1, 1, 1)
    assert {h["sobre"] for h in del_libro(doc, archivo)["entrega_anterior"]["hallazgos"]} == {
        "MIR · Componente 1 · alcanzado_t2", "MIR · Actividad 2.1 · alcanzado_t2",
    }
    una = evaluacion(recibidos, "504")[HOJA]
    vistos = textos(una)
    assert "Gracias: atendió 1 observación a su entrega anterior; están al final de esta hoja." in vistos
    final = vistos[vistos.index(ATENDIDAS):]
    assert any("«doce»" in t for t in final)
    assert not any("«cuatro»" in t or "«x»" in t for t in final)
    columna = next(c.column for c in una[6] if c.value == RESPECTO)
    assert sorted(una.cell(f, columna).value for f in (7, 8)) == [NUEVA, PERSISTE]
    del_consolidado = {f[VISIBLES["celda"]]: f[RESPECTO] for f in hoja(recibidos, HOJA)
                       if f[VISIBLES["archivo"]] == archivo}
    assert sorted(del_consolidado.values()) == [NUEVA, PERSISTE]
    control = next(f for f in hoja(recibidos, "Control de entregas") if f["Archivo"] == archivo)
    assert (control["N.º de entrega"], control["Atendidas"], control["Persisten"], control["Nuevas"]) == (2, 1, 1, 1)
    tablero = correr("estado", "--periodo", P, "-o", recibidos.parent / "salidas").output
    assert "1 atendida, 1 persistente y 1 nueva" in " ".join(tablero.split())


@pytest.mark.parametrize("opciones", [("--sin-bitacora",), pytest.param((), marks=pytest.mark.larga)])
def test_la_cadena_de_varias_corridas(recibidos: Path, opciones: tuple[str, ...]) -> None:
    """La comparación sigue aunque se consolide otra vez lo mismo, con bitácora o sin ella."""
    primera = consolidar(recibidos, *opciones, estado=1)
    assert cambios(primera, "a.xlsx") is None
    assert "entrega_anterior" not in del_libro(primera, "a.xlsx")
    assert RESPECTO not in textos(evaluacion(recibidos, "504")[HOJA])
    assert "Atendidas" not in hoja(recibidos, "Control de entregas")[0]
    segunda_entrega(recibidos / "a.xlsx")
    comprobar(recibidos, consolidar(recibidos, *opciones, estado=1))
    informe(recibidos / "b.xlsx", {ACTIVIDAD: "x"}, DOS)
    tercera = consolidar(recibidos, *opciones, estado=1)
    comprobar(recibidos, tercera)
    assert cambios(tercera, "b.xlsx") == (0, 0, 1)
    informe(recibidos / "a.xlsx", {}, UNO)  # la tercera lo corrige todo
    cuarta = consolidar(recibidos, *opciones, estado=1)
    assert cambios(cuarta, "a.xlsx") == (2, 0, 0)
    assert [e["entrega"] for e in cuarta["entregas"]] == [3, 2]
    vistos = textos(evaluacion(recibidos, "504")[HOJA])
    assert "Su informe no tiene observaciones. Gracias." in vistos
    assert "Gracias: atendió 2 observaciones a su entrega anterior; están al final de esta hoja." in vistos


def test_con_las_dos_entregas_en_la_carpeta(recibidos: Path) -> None:
    """La sustituida se vuelve a revisar: no hace falta haber consolidado antes."""
    segunda_entrega(recibidos / "a2.xlsx")
    (recibidos / "recepcion.csv").write_text(
        "archivo;fecha\na.xlsx;01/07/2024\na2.xlsx;08/07/2024\nb.xlsx;01/07/2024\n", encoding="utf-8"
    )
    comprobar(recibidos, consolidar(recibidos, "--sin-bitacora", estado=1), "a2.xlsx")
    (recibidos / "a.xlsx").unlink()  # la oficina limpia la carpeta
    comprobar(recibidos, consolidar(recibidos, "--sin-bitacora", estado=1), "a2.xlsx")


@pytest.mark.larga
def test_en_el_poi_tambien(recibidos: Path) -> None:
    corregida = ("Programación", "AO.01", "programado_m2")
    escribir(recibidos / "poi.xlsx", POI, P, {corregida: "x"}, unidad="031 - Una")
    consolidar(recibidos, "--sin-bitacora", estado=1)
    escribir(recibidos / "poi.xlsx", POI, P, {("Programación", "AO.01", "programado_m3"): "y"}, unidad="031 - Una")
    doc = consolidar(recibidos, "--sin-bitacora", estado=1)
    atendidas, _, nuevas = cambios(doc, "poi.xlsx") or (0, 0, 0)
    assert atendidas >= 1 <= nuevas
    vistos = textos(evaluacion(recibidos, "031")[HOJA])
    assert {RESPECTO, NUEVA, ATENDIDAS} <= set(vistos)


def test_volver_a_la_de_antes_no_es_otra_entrega(recibidos: Path) -> None:
    consolidar(recibidos, "--sin-bitacora", estado=1)
    primera = (recibidos / "a.xlsx").read_bytes()
    segunda_entrega(recibidos / "a.xlsx")
    consolidar(recibidos, "--sin-bitacora", estado=1)
    (recibidos / "a.xlsx").write_bytes(primera)
    assert cambios(consolidar(recibidos, "--sin-bitacora", estado=1), "a.xlsx") is None


def test_lo_que_no_procede_no_se_agradece(recibidos: Path) -> None:
    """Nadie lo atendió: sigue igual y la oficina decidió no observarlo."""
    consolidar(recibidos, "--sin-bitacora", estado=1)
    anotar(consolidado(recibidos), "a.xlsx", **NO_PROCEDE)
    informe(recibidos / "a.xlsx", {COMPONENTE: "doce", ACTIVIDAD: "x"}, UNO)
    doc = consolidar(recibidos, "--sin-bitacora", estado=1)
    assert cambios(doc, "a.xlsx") == (1, 0, 1)  # la de la Actividad 2.1 sí se atendió


@pytest.mark.larga
def test_un_documento_estropeado_no_estorba(recibidos: Path) -> None:
    consolidar(recibidos, "--sin-bitacora", estado=1)
    ruta = recibidos.parent / "salidas" / P / "resultado.json"
    doc = json.loads(ruta.read_text(encoding="utf-8"))
    for malo in ({**doc, "libros": [{"formato": "MIR"}]}, [], {**doc, "decisiones": [7]}, {**doc, "salidas": None}):
        ruta.write_text(json.dumps(malo), encoding="utf-8")
        assert cambios(consolidar(recibidos, "--sin-bitacora", estado=1), "a.xlsx") is None
