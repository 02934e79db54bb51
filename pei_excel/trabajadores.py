"""Los procesos que leen y escriben libros: cada tarea tiene su tiempo, y si uno muere sólo cuesta su archivo."""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from concurrent.futures import TimeoutError as TiempoAgotado
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection
from typing import Any, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from pei_excel.indicaciones import indicacion
from pei_excel.lectura.limites import LIMITES, Limites
from pei_excel.salidas import NoSePudo

T = TypeVar("T")

#: Segundos entre dos miradas de un proceso a si el principal sigue vivo, y de éste a si el grupo sirve.
_CADA = 1.0


class TareaPerdida(Exception):  # noqa: N818 - el dominio la llama así
    """La tarea no terminó; `motivo` es uno de los de FMT001."""

    def __init__(self, motivo: str, detalle: str) -> None:
        super().__init__(motivo, detalle)
        self.motivo = motivo
        self.detalle = detalle


def procesos_por_omision() -> int:
    """Uno por núcleo, hasta 4: leer y escribir libros no gana con más."""
    return max(1, min(4, os.cpu_count() or 1))


def _contexto(precargar: Sequence[str]) -> Any:
    # En Linux, «fork» hereda los módulos ya cargados; desde Python 3.12 avisa si hay hilos y se usa un servidor.
    if not sys.platform.startswith("linux"):
        return multiprocessing.get_context("spawn")
    if sys.version_info < (3, 12):
        for modulo in precargar:
            importlib.import_module(modulo)
        return multiprocessing.get_context("fork")
    contexto = multiprocessing.get_context("forkserver")
    contexto.set_forkserver_preload(list(precargar))
    return contexto


def _terminar_con_el_principal() -> None:
    """Un proceso no sobrevive a quien le encarga: si lo matan, ya nadie espera lo que éste haga."""
    principal = multiprocessing.parent_process()
    if principal is None:
        return
    padre = os.getppid()

    def vigilar() -> None:
        # La señal del sistema vale en los tres; mirar de quién se es hijo, para cuando otro proceso la retiene.
        while not connection.wait([principal.sentinel], _CADA) and os.getppid() == padre:
            pass
        os._exit(1)

    threading.Thread(target=vigilar, daemon=True).start()


def _preparar(memoria: int) -> None:
    _terminar_con_el_principal()
    if sys.platform.startswith("linux"):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memoria, memoria))
    # Un libro crea decenas de miles de objetos que duran lo que él: buscar ciclos cada 700, como acostumbra Python, es
    # trabajo en balde, y lo ya cargado no se vuelve a mirar. Los libros escritos sí son ciclos: se sueltan de a pocos.
    gc.enable()
    gc.freeze()
    gc.set_threshold(50_000, 4, 1)


@contextmanager
def _si_no_se_abren() -> Iterator[None]:
    """Un antivirus, o la falta de memoria, puede cerrar los procesos antes de su primera tarea."""
    try:
        yield
    except BrokenProcessPool as error:
        raise NoSePudo(
            "Este equipo cerró los procesos del programa antes de que empezaran; casi siempre lo hace el antivirus, o "
            "falta memoria. No se cambió nada. " + indicacion(
                orden="Cierre otros programas y repita; si vuelve a pasar, permita a Python abrir procesos.",
                menu="Cierre otros programas y repita; si vuelve a pasar, avise a quien cuida los equipos.",
            )
        ) from error


class Trabajadores:
    """Un grupo de procesos; se usa con `with`. `precargar` son los módulos que sus tareas van a usar."""

    def __init__(self, procesos: int, limites: Limites = LIMITES, precargar: Sequence[str] = ()) -> None:
        self._segundos = limites.segundos
        self._grupo = ProcessPool(
            max_workers=procesos, initializer=_preparar, initargs=(limites.memoria,), context=_contexto(precargar)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, tipo: object, *_: object) -> None:
        if tipo is None:
            self._grupo.close()  # type: ignore[no-untyped-call]
        else:
            self._grupo.stop()  # type: ignore[no-untyped-call]
        self._grupo.join()

    def encargar(self, hacer: Callable[..., T], tareas: Iterable[tuple[Any, ...]]) -> Iterator[T | TareaPerdida]:
        """Encarga ya todas las tareas; sus resultados llegan en orden, y lo perdido como `TareaPerdida`.

        Raises:
            NoSePudo: si los procesos no llegan a abrirse, ya sea aquí o al pedir un resultado.
        """
        with _si_no_se_abren():
            futuros = [self._grupo.schedule(hacer, args=tarea, timeout=self._segundos) for tarea in tareas]

        def resultados() -> Iterator[T | TareaPerdida]:
            for futuro in futuros:
                try:
                    yield self._esperar(futuro)
                except TiempoAgotado:
                    yield TareaPerdida("tiempo agotado", f"tardó más de {self._segundos} segundos")
                except MemoryError:
                    yield TareaPerdida("demasiado grande", "no cupo en la memoria permitida")
                except ProcessExpired:
                    yield TareaPerdida("sospechoso", "el proceso que lo leía se interrumpió")

        return resultados()

    def _esperar(self, futuro: Future[T]) -> T:
        """El resultado de una tarea; la que pebble tenía en la cola cuando su grupo se rompió no lo tendría nunca."""
        with _si_no_se_abren():
            while not wait([futuro], _CADA).done:
                if not self._grupo.active:
                    raise BrokenProcessPool
            return futuro.result()
