"""El menú en una terminal de verdad: de una carpeta vacía, con espacios y acentos, a un periodo cerrado."""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from test_cli import escribir

import pei_excel
from pei_excel.oficina import CATALOGO, ENVIAR, RECIBIDOS, RESULTADOS
from pei_excel.oficina.preparacion import preparar

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows no tiene pseudoterminales de Unix")

RAIZ = Path(pei_excel.__file__).parent.parent
DIFICIL = "Usuario con acentos — OneDrive - H. Ayuntamiento (Planeación)"
MENU = "Elija una opción: "


def _tomar_la_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """Una persona frente a `pei-excel`: espera lo que se le pregunta y contesta."""

    def __init__(self, carpeta: Path, casa: Path) -> None:
        import pty

        self._lado, otro = pty.openpty()
        ambiente = {k: v for k, v in os.environ.items() if not k.startswith("PEI_EXCEL")}
        self.proceso = subprocess.Popen(
            [sys.executable, "-m", "pei_excel"], cwd=carpeta, stdin=otro, stdout=otro, stderr=otro,
            env={**ambiente, "PYTHONPATH": str(RAIZ), "HOME": str(casa), "XDG_CONFIG_HOME": str(casa), "TERM": "dumb",
                 "PYTHONUTF8": "1"},
            # La terminal es suya, como en una ventana: así Ctrl-C le llega a él y a sus procesos.
            start_new_session=True, preexec_fn=_tomar_la_terminal,  # noqa: PLW1509 - aquí no hay hilos
        )
        os.close(otro)
        self._leido = b""

    def esperar(self, texto: str, segundos: float = 120) -> str:
        """Lo que apareció hasta ese texto."""
        limite, buscado = time.monotonic() + segundos, texto.encode()
        while buscado not in self._leido:
            listo, _, _ = select.select([self._lado], [], [], max(0, limite - time.monotonic()))
            try:
                nuevo = os.read(self._lado, 65536) if listo else b""
            except OSError:  # el otro lado se cerró
                nuevo = b""
            if not nuevo:
                pytest.fail(f"no apareció «{texto}»; se leyó:\n{self._leido.decode(errors='replace')}")
            self._leido += nuevo.replace(b"\r\n", b"\n")
        antes, _, self._leido = self._leido.partition(buscado)
        return antes.decode()

    def interrumpir(self, pausa: float = 0.5) -> None:
        """Ctrl-C, ya leído lo que apareció: entre escribir la pregunta y leer, Python lo deja para después."""
        time.sleep(pausa)
        os.write(self._lado, b"\x03")

    def responder(self, pregunta: str, respuesta: str) -> str:
        """Espera la pregunta, contesta y da lo que había aparecido antes de ella."""
        antes = self.esperar(pregunta)
        os.write(self._lado, f"{respuesta}\n".encode())
        return antes

    def cerrar(self) -> None:
        """Si sigue abierta, la termina."""
        if self.proceso.poll() is None:
            self.proceso.kill()
        self.proceso.wait()
        os.close(self._lado)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """`pei-excel`, sin más, en una carpeta vacía."""
    (tmp_path / DIFICIL).mkdir()
    (tmp_path / "casa").mkdir()
    una = Terminal(tmp_path / DIFICIL, tmp_path / "casa")
    yield una
    una.cerrar()


def test_de_nada_a_un_periodo_cerrado(terminal: Terminal, tmp_path: Path) -> None:
    """Con respuestas fuera de lugar de vez en cuando, que nunca cierran el menú."""
    oficina = tmp_path / DIFICIL / "Planeación 2024"
    t = terminal
    t.responder("Carpeta de trabajo (puede arrastrarla aquí)", f"'{oficina}'")
    t.responder("no está preparada. ¿La preparo? [S]: ", "")
    assert "todavía no se usa" in t.responder(MENU, "9")  # el catálogo está en blanco
    assert "no está en el menú" in t.responder(MENU, "8")
    t.responder("Carpeta de trabajo (puede arrastrarla aquí)", "")
    t.responder("Periodo, por ejemplo 2024-T2", "segundo")
    assert "no es un periodo" in t.responder("Periodo, por ejemplo 2024-T2", "2024-T2")

    t.responder(MENU, "3")
    assert "No hay libros en" in t.responder(MENU, "1")
    recibidos = oficina / RECIBIDOS / "2024-T2"
    escribir(recibidos / "informe 504 — Planeación.xlsx")
    escribir(recibidos / "obras (1).xlsx", unidad="510 - Obras", programa="8 - Obra pública")
    t.responder("¿Qué formato?", "mir")
    t.responder("Libros aprobados", "no existe")
    assert "No existe «no existe»" in t.responder("Libros aprobados", str(recibidos))
    dicho = t.responder(MENU, "2")
    assert "ya puede enviarlos" in dicho, dicho
    assert len(list((oficina / ENVIAR / "2024-T2").glob("*.xlsx"))) == 2
    dicho = t.responder(MENU, "3")
    assert "2 informes: 2 aceptados; 1 nota." in dicho, dicho  # la nota: «(1)» parece una copia
    t.responder("¿Abro la Ficha? [S]: ", "quizá")
    assert "Responda S" in t.responder("¿Abro la Ficha? [S]: ", "n")
    assert (oficina / RESULTADOS / "2024-T2" / "consolidado-mir.xlsx").is_file()
    t.responder(MENU, "4")
    t.responder("¿Qué se manda? [g]: ", "x")
    assert "Escriba a, b, c, d, e, f o g" in t.responder("¿Qué se manda? [g]: ", "a")
    dicho = t.responder(MENU, "5")
    assert "Tesorería → sin dirección" in dicho  # el catálogo en blanco no la trae
    assert "doble clic en cada borrador" in dicho
    assert "¿Los envío" not in dicho  # este equipo no tiene cuenta
    assert re.search("2 informes|Entregaron|recibid", t.responder(MENU, "6"))
    t.responder("¿Cierro el", "s")
    cerrado = t.responder(MENU, "0")
    assert "cerrad" in cerrado.casefold(), cerrado
    t.responder("Pulse Intro para terminar: ", "")
    assert t.proceso.wait(timeout=20) == 0
    assert (oficina / RESULTADOS / "cerrados" / "2024-T2" / "v1" / "cierre.json").is_file()
    assert (oficina / CATALOGO).is_file()


def test_control_c_no_cierra_la_ventana(tmp_path: Path) -> None:
    """A la mitad de una orden o de una pregunta vuelve al menú y no queda nada a medias; en el menú, es salir."""
    (tmp_path / "casa").mkdir()
    oficina = tmp_path / DIFICIL
    preparar(oficina, hoy=date(2024, 7, 8), ejercicio=2024)
    recibidos = oficina / RECIBIDOS / "2024-T2"
    escribir(recibidos / "0.xlsx")
    for n in range(1, 12):
        shutil.copy(recibidos / "0.xlsx", recibidos / f"{n}.xlsx")
    t = Terminal(oficina, tmp_path / "casa")
    try:
        t.responder(MENU, "8")
        t.responder("Carpeta de trabajo", "")
        t.responder("Periodo, por ejemplo", "2024-T2")
        t.responder(MENU, "3")
        t.esperar("Leyendo")
        t.interrumpir(pausa=0)
        assert "Interrumpido. Lo que tenía sigue entero." in t.responder(MENU, "6")
        assert list((oficina / RESULTADOS).iterdir()) == []
        t.esperar("¿Cierro el")
        t.interrumpir()
        assert "Se dejó lo que estaba contestando" in t.esperar(MENU)
        t.interrumpir()
        t.esperar("Pulse Intro para terminar: ")
        t.interrumpir()
        assert t.proceso.wait(timeout=20) == 0
    finally:
        t.cerrar()


def test_recuerda_la_carpeta_y_sale_con_control_d(tmp_path: Path) -> None:
    """La segunda vez, desde otro lugar, ya no la pregunta; y al final siempre espera un Intro."""
    (tmp_path / "casa").mkdir()
    (tmp_path / DIFICIL).mkdir()
    for vez in range(2):
        t = Terminal(tmp_path, tmp_path / "casa")
        try:
            if vez == 0:
                t.responder("Carpeta de trabajo (puede arrastrarla aquí)", str(tmp_path / DIFICIL))
                t.responder("¿La preparo? [S]: ", "")
                t.responder(MENU, "4")
                t.responder("¿Qué se manda? [g]: ", "a")
                assert "Primero consolide" in t.responder(MENU, "0")
            else:
                assert f"Carpeta: {tmp_path / DIFICIL}" in t.responder(MENU, "\x04")
            t.responder("Pulse Intro para terminar: ", "")
            assert t.proceso.wait(timeout=20) == 0
        finally:
            t.cerrar()
