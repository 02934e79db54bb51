"""Archivos alterados de miles de maneras, leídos por los procesos de verdad: un informe, o un rechazo con su motivo."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import mutar
import pytest
from armado_xlsb import armar_xlsb
from test_lo_que_llega import LIBRO

from pei_excel.ejemplo import PERIODO, escribir_recibidos
from pei_excel.lectura.celdas import abrir_bytes
from pei_excel.lectura.limites import Limites
from pei_excel.proceso import Encargo, leer_y_revisar
from pei_excel.revision import Revision
from pei_excel.trabajadores import TareaPerdida, Trabajadores

MOTIVOS = {
    "dañado", "protegido con contraseña", "contraseña equivocada", "no es un libro", "sólo está en la nube",
    "abierto por otro programa", "sin permiso", "ruta demasiado larga",
    "demasiado grande", "sospechoso", "tiempo agotado",
}
#: Los de la suite: nada de lo que aquí se altera debe acercarse a ellos.
LIMITES = Limites(segundos=30, memoria=1024 * 1024 * 1024)
ENCARGO = Encargo(PERIODO, limites=LIMITES)

Datos = dict[tuple[object, ...], object]


def datos(revisiones: list[Revision]) -> Datos:
    """Lo que dice cada celda de los informes."""
    leidos: Datos = {}
    for revision in revisiones:
        libro = revision.libro
        filas = [fila for hoja in libro.hojas.values() for fila in hoja.filas]
        for dato in [*libro.campos.values(), *(d for fila in filas for d in fila.datos.values())]:
            if dato.celda and not dato.vacio:
                leidos[libro.identidad, dato.hoja, dato.celda] = dato.crudo
    return leidos


@pytest.fixture(scope="module")
def sanos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Los libros que se alteran: nuestra plantilla, un informe histórico y uno binario."""
    carpeta = tmp_path_factory.mktemp("recibidos")
    historico = next(ruta for ruta in escribir_recibidos(carpeta) if "Planeación" in ruta.name)
    return {
        "mir.xlsx": LIBRO, "historico.xlsx": historico.read_bytes(), "mir.xlsb": armar_xlsb(abrir_bytes(LIBRO, "a")),
    }


def comprobar(revisiones: list[Revision]) -> str:
    """Un rechazo trae un solo hallazgo con su motivo; lo demás es un informe. Da cuál de las dos cosas fue."""
    assert revisiones
    for revision in revisiones:
        libro = revision.libro
        if libro.formato is None:
            assert libro.rechazado
            (hallazgo,) = revision.hallazgos
            assert hallazgo.regla in {"FMT001", "FMT002"}
            if hallazgo.regla == "FMT001":
                assert hallazgo.encontrado in MOTIVOS
                assert f"{hallazgo.encontrado} (" in hallazgo.mensaje  # el motivo, y una frase que lo explica
            return str(hallazgo.encontrado or "FMT002")
    return "leído"


def correr(sanos: dict[str, bytes], carpeta: Path, semilla: int, cuantos: int) -> Counter[str]:
    """Altera, lee en los procesos de verdad y comprueba cada resultado."""
    originales = {}
    for nombre, contenido in sanos.items():
        (carpeta / nombre).write_bytes(contenido)
        originales[nombre] = datos(leer_y_revisar(str(carpeta / nombre), nombre, ENCARGO))
        assert len(originales[nombre]) > 100
    casos: list[tuple[str, str]] = []

    def tareas() -> Iterator[tuple[str, str, Encargo]]:
        for n in range(cuantos):
            azar = random.Random(semilla + n)  # noqa: S311 - siempre las mismas
            nombre = azar.choice(sorted(sanos))
            mutacion = azar.choice(mutar.MUTACIONES)
            ruta = carpeta / f"{n}-{nombre}"
            ruta.write_bytes(mutacion(sanos[nombre], azar))
            casos.append((nombre, mutacion.__name__))
            yield str(ruta), nombre, ENCARGO

    cuenta: Counter[str] = Counter()
    with Trabajadores(2, LIMITES) as trabajadores:
        for n, resultado in enumerate(trabajadores.encargar(leer_y_revisar, tareas())):
            nombre, mutacion = casos[n]
            assert not isinstance(resultado, TareaPerdida), (n, nombre, mutacion, resultado)
            fin = comprobar(resultado)
            cuenta[fin] += 1
            if fin == "leído" and mutacion in {m.__name__ for m in mutar.DE_BYTES}:
                assert datos(resultado) == originales[nombre], (n, nombre, mutacion)
    return cuenta


def test_unos_cientos(sanos: dict[str, bytes], tmp_path: Path) -> None:
    """Ni se detiene, ni tarda, ni acepta una cifra que el archivo sano no dice."""
    cuenta = correr(sanos, tmp_path, 1_000, 300)
    assert cuenta.total() == 300
    assert cuenta["leído"] > 30
    assert cuenta["dañado"] > 100


@pytest.mark.larga
def test_miles(sanos: dict[str, bytes], tmp_path: Path) -> None:
    """Lo mismo con mil quinientos; dice cuántos y en cuánto tiempo."""
    inicio = time.perf_counter()
    cuenta = correr(sanos, tmp_path, 1_000_000, 1_500)
    print(f"\n{cuenta.total()} archivos en {time.perf_counter() - inicio:.0f} s: {dict(cuenta)}")
    assert cuenta["leído"] > 150


def _colgar(ruta: str, nombre: str, encargo: Encargo) -> list[Revision]:
    if nombre == "cuelga":
        time.sleep(60)
    if nombre == "memoria":
        len(bytearray(4 * 1024**3))
    if nombre == "muere":
        import os

        os._exit(9)
    return leer_y_revisar(ruta, nombre, encargo)


@pytest.mark.parametrize("arranque", [None, pytest.param("spawn", marks=pytest.mark.larga)])
def test_un_proceso_que_se_cuelga_crece_o_muere_cuesta_solo_su_archivo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arranque: str | None
) -> None:
    """Los demás se leen igual, en su orden, y cada uno tiene su motivo; también como nacen en Windows y macOS."""
    if arranque:
        monkeypatch.setattr("pei_excel.trabajadores._contexto", lambda _: multiprocessing.get_context(arranque))
    (tmp_path / "a.xlsx").write_bytes(LIBRO)
    nombres = ["uno", "cuelga", "dos", "memoria", "muere", "tres"]
    with Trabajadores(2, Limites(segundos=3, memoria=1024 * 1024 * 1024)) as trabajadores:
        resultados = list(trabajadores.encargar(_colgar, ((str(tmp_path / "a.xlsx"), n, ENCARGO) for n in nombres)))
    fines = [r.motivo if isinstance(r, TareaPerdida) else comprobar(r) for r in resultados]
    vistos = dict(zip(nombres, fines, strict=True))
    assert {n: vistos[n] for n in ("uno", "dos", "tres")} == dict.fromkeys(("uno", "dos", "tres"), "leído")
    assert (vistos["cuelga"], vistos["muere"]) == ("tiempo agotado", "sospechoso")
    import sys

    if sys.platform.startswith("linux"):
        assert vistos["memoria"] == "demasiado grande"
