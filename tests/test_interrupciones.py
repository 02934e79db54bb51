"""Una orden que muere en cualquier momento deja uno de los dos resultados enteros, ningún proceso y nada de más."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_cli import RAIZ, escribir, huellas

from pei_excel.salidas import CANDADO, ULTIMO, Carpeta, escribir_entero, puerta

if sys.platform == "win32":
    pytest.skip("Windows no mata procesos con señales", allow_module_level=True)

PERIODO = "2024-T2"


def llenar(nueva: Path, texto: str) -> None:
    """Lo que deja una consolidación, en chico: un libro en su carpeta, los datos y, al final, el documento."""
    (nueva / "evaluaciones").mkdir()
    for nombre in ("evaluaciones/504.xlsx", "datos.csv", ULTIMO):
        escribir_entero(nueva / nombre, texto.encode())


def lo_que_dice(carpeta: Path) -> str | None:
    """El texto de una carpeta entera; None si no está. Falla si está a medias."""
    if not carpeta.exists():
        return None
    archivos = {p.relative_to(carpeta).as_posix(): p.read_text() for p in carpeta.rglob("*") if p.is_file()}
    assert sorted(archivos) == ["datos.csv", "evaluaciones/504.xlsx", ULTIMO], carpeta.name
    (texto,) = set(archivos.values())
    return texto


def una_orden(base: Path, texto: str) -> None:
    with Carpeta(base, PERIODO) as carpeta:
        llenar(carpeta.preparar(), texto)
        carpeta.cambiar()


class _Mortal:
    """Cuenta lo que se le hace al disco y, en el paso dado, mata al proceso: antes, a la mitad o después de hacerlo."""

    def __init__(self, paso: int, cuando: str) -> None:
        self.paso, self.cuando, self.van = paso, cuando, 0

    def envolver(self, hacer: Callable[..., Any], a_medias: Callable[..., Any] | None = None) -> Callable[..., Any]:
        def hecho(*args: Any, **kwargs: Any) -> Any:
            self.van += 1
            if self.van != self.paso:
                return hacer(*args, **kwargs)
            try:
                if self.cuando == "después":
                    hacer(*args, **kwargs)
                elif self.cuando == "a medias" and a_medias is not None:
                    a_medias(*args, **kwargs)
            finally:
                os.kill(os.getpid(), signal.SIGKILL)

        return hecho

    def vigilar(self) -> None:
        for nombre in ("rename", "replace", "mkdir", "rmdir", "unlink"):
            setattr(os, nombre, self.envolver(getattr(os, nombre)))
        escribir_bytes = Path.write_bytes
        Path.write_bytes = self.envolver(  # type: ignore[method-assign]
            escribir_bytes, lambda ruta, contenido: escribir_bytes(ruta, contenido[: len(contenido) // 2])
        )


def _en_un_hijo(hacer: Callable[[], None]) -> int:
    """Corre algo en un proceso copia de éste; da la señal que lo mató, o 0."""
    hijo = os.fork()
    if hijo == 0:
        try:
            hacer()
            os._exit(0)
        finally:
            os._exit(1)  # lo que haya fallado
    estado = os.waitpid(hijo, 0)[1]
    assert not os.WIFEXITED(estado) or os.WEXITSTATUS(estado) == 0
    return os.WTERMSIG(estado) if os.WIFSIGNALED(estado) else 0


@pytest.mark.parametrize("cuando", ["a medias", "después"])
@pytest.mark.parametrize(
    "habia", [("cero", "uno"), *(pytest.param(antes, marks=pytest.mark.larga) for antes in ((), ("uno",)))]
)
def test_muere_en_cada_paso(tmp_path: Path, habia: tuple[str, ...], cuando: str) -> None:
    """En todos los pasos, uno por uno: lo que hay está entero, y la orden siguiente lo arregla y trabaja."""
    viejo = habia[-1] if habia else None
    paso = 0
    vistos = set()
    while True:
        paso += 1
        base = tmp_path / f"{paso}"
        for texto in habia:
            una_orden(base, texto)

        def morir(base: Path = base, paso: int = paso) -> None:
            _Mortal(paso, cuando).vigilar()
            una_orden(base, "dos")

        murio = _en_un_hijo(morir)
        final = base / PERIODO
        assert lo_que_dice(final) in {viejo, "dos", None}
        if habia and lo_que_dice(final) is None:  # entre los dos cambios de nombre, los dos están enteros
            assert lo_que_dice(base / f"{PERIODO}.anterior") == viejo
            assert lo_que_dice(base / f"{PERIODO}.nuevo") == "dos"
        with Carpeta(base, PERIODO) as siguiente:
            siguiente.preparar()
            vistos.add(lo_que_dice(final))
            assert lo_que_dice(final) in {viejo, "dos"}
            assert lo_que_dice(base / f"{PERIODO}.anterior") in {*habia, None}
        hay = lo_que_dice(final)
        una_orden(base, "tres")
        assert lo_que_dice(final) == "tres"
        assert lo_que_dice(base / f"{PERIODO}.anterior") == hay
        assert sorted(p.name for p in base.iterdir()) == [PERIODO, *([f"{PERIODO}.anterior"] if hay else [])]
        if not murio:
            break
    assert paso > 15
    assert vistos == {viejo, "dos"}


# --- Con procesos de verdad ---------------------------------------------------------------------------------------


def lanzar(carpeta: Path, *argumentos: str | Path) -> subprocess.Popen[str]:
    """`pei-excel …` en su propia sesión, para poder buscar después a sus procesos."""
    return subprocess.Popen(
        [sys.executable, "-m", "pei_excel", *map(str, argumentos)], cwd=carpeta, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(RAIZ), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )


def vivos(sesion: int) -> list[int]:
    """Procesos de una sesión que no han terminado (Linux)."""
    hallados = []
    for carpeta in Path("/proc").iterdir():
        try:
            campos = (carpeta / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(campos[3]) == sesion and campos[0] not in "ZX":
            hallados.append(int(carpeta.name))
    return hallados


def esperar_que_terminen(sesion: int, segundos: float = 8) -> list[int]:
    limite = time.monotonic() + segundos
    while (quedan := vivos(sesion)) and time.monotonic() < limite:
        time.sleep(0.05)
    return quedan


_DORMILONES = """
import sys, time
from pei_excel.trabajadores import Trabajadores
from pei_excel.lectura.limites import Limites

def dormir(n):
    time.sleep(60)

if __name__ == "__main__":
    with Trabajadores(3, Limites(segundos=60)) as trabajadores:
        resultados = trabajadores.encargar(dormir, [(n,) for n in range(6)])
        time.sleep(1)
        print("listos", flush=True)
        next(resultados)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="los procesos de una sesión se buscan en /proc")
@pytest.mark.parametrize("arranque", ["", "spawn", "forkserver"])
def test_los_procesos_no_sobreviven_a_quien_los_creo(tmp_path: Path, arranque: str) -> None:
    """Ni con SIGKILL, que no deja avisar a nadie; con cualquiera de las tres maneras de nacer."""
    guion = tmp_path / "guion.py"
    cambio = (
        f"from pei_excel import trabajadores\nimport multiprocessing\n"
        f"trabajadores._contexto = lambda _: multiprocessing.get_context({arranque!r})\n"
    )
    guion.write_text((cambio if arranque else "") + _DORMILONES, encoding="utf-8")
    padre = subprocess.Popen(
        [sys.executable, str(guion)], text=True, start_new_session=True, stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(RAIZ)},
    )
    assert padre.stdout is not None
    assert padre.stdout.readline() == "listos\n"
    assert len(vivos(padre.pid)) >= 4
    padre.kill()
    padre.wait()
    padre.stdout.close()
    assert esperar_que_terminen(padre.pid) == []


def test_el_candado_de_un_muerto_no_estorba(tmp_path: Path) -> None:
    """Aunque su archivo siga ahí."""

    def morir() -> None:
        with puerta(tmp_path / "salidas"):
            os.kill(os.getpid(), signal.SIGKILL)

    assert _en_un_hijo(morir) == signal.SIGKILL
    assert (tmp_path / "salidas" / CANDADO).exists()
    with puerta(tmp_path / "salidas"):
        pass
    assert not (tmp_path / "salidas" / CANDADO).exists()


@pytest.mark.larga
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="los procesos de una sesión se buscan en /proc")
def test_cincuenta_muertes_al_azar(tmp_path: Path) -> None:
    """La consolidación entera, con sus procesos: siempre se halla uno de los dos resultados, byte por byte."""
    for n in (504, 510, 520):
        escribir(tmp_path / "recibidos" / f"{n}.xlsx", unidad=f"{n} - Unidad {n}", programa=f"{n - 500} - Programa")
    cortes = ("2024-07-08", "2024-07-15")

    def orden(corte: str, base: str) -> tuple[str | Path, ...]:
        return "consolidar", "recibidos", "--periodo", PERIODO, "--corte", corte, "--procesos", "2", "-o", base

    enteros = []
    for n, corte in enumerate(cortes):
        inicio = time.monotonic()
        proceso = lanzar(tmp_path, *orden(corte, f"patron{n}"))
        assert proceso.communicate()[1]
        assert proceso.returncode == 0
        dura = time.monotonic() - inicio
        enteros.append(huellas(tmp_path / f"patron{n}" / PERIODO))
    assert enteros[0] != enteros[1]
    azar = random.Random(4)  # noqa: S311 - siempre los mismos momentos
    base = tmp_path / "salidas"
    lanzar(tmp_path, *orden(cortes[0], "salidas")).communicate()
    muertas = vez = 0
    while muertas < 50:  # las que terminaron antes de morir no cuentan
        assert vez < 200
        proceso = lanzar(tmp_path, *orden(cortes[vez % 2], "salidas"))
        # La mitad, hacia el final: ahí se escribe y se cambia.
        time.sleep(azar.uniform(0, dura) if vez % 2 else azar.uniform(0.6 * dura, 1.05 * dura))
        proceso.kill()
        proceso.communicate()
        murio = proceso.returncode == -signal.SIGKILL
        muertas, dura = muertas + murio, dura if murio else 0.95 * dura
        assert esperar_que_terminen(proceso.pid) == []
        if vez % 10 == 9:  # la orden siguiente de verdad, hasta el final
            otra = lanzar(tmp_path, *orden(cortes[vez % 2], "salidas"))
            otra.communicate()
            assert otra.returncode == 0
            assert huellas(base / PERIODO) == enteros[vez % 2]
            assert sorted(p.name for p in base.iterdir()) == [PERIODO, f"{PERIODO}.anterior", "bitacora.sqlite"]
        else:
            with Carpeta(base, PERIODO) as carpeta:
                carpeta.preparar()
                assert huellas(base / PERIODO) in enteros
        vez += 1
