"""Lo que se pregunta en la terminal: una ruta arrastrada a la ventana es la que era, venga como venga."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pei_excel import terminal
from pei_excel.terminal import abrir, confirmar, desarrastrar, preguntar, preguntar_ruta

_SIGNOS = " '\"&()%#[]{}$!;,+=@~^`-_.áñÚü—–\u3000"
NOMBRES = st.text(
    st.one_of(st.sampled_from(_SIGNOS), st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])),
    min_size=1, max_size=12,
)
DE_UNIX = st.lists(NOMBRES.filter(lambda n: "/" not in n and n not in {".", ".."}), min_size=1, max_size=4).map(
    lambda partes: "/" + "/".join(partes)
)
#: Windows no admite estos signos ni un nombre que termine en espacio o punto.
DE_WINDOWS = st.lists(
    NOMBRES.map(lambda n: re.sub(r'[<>:"/\\|?*]', "x", n).strip().rstrip(". ") or "x"), min_size=1, max_size=4
).map(lambda partes: "C:\\" + "\\".join(partes))


def _de_macos(ruta: str) -> str:
    """Terminal.app: una barra antes de lo que no es letra sin acento ni número, y un espacio al final."""
    return re.sub(r"([^A-Za-z0-9/._-])", r"\\\1", ruta) + " "


@given(DE_UNIX)
@example("/Users/x/Planeación 2025/H. Ayuntamiento (Obras) ")
@example("/home/x/d'Angelo's")
@example("/home/x/file:")
def test_en_unix(ruta: str) -> None:
    """macOS pone barras; GNOME, comillas; otras terminales de Linux, una dirección."""
    assert desarrastrar(_de_macos(ruta), windows=False) == ruta
    assert desarrastrar(f"{shlex.quote(ruta)} ", windows=False) == ruta
    assert desarrastrar("'" + ruta.replace("'", "'\\''") + "'", windows=False) == ruta
    uri = PurePosixPath(ruta).as_uri()
    assert desarrastrar(f"{uri} \n", windows=False) == str(PurePosixPath(ruta))


@given(DE_UNIX)
def test_en_unix_lo_escrito_sin_comillas_ni_barras_se_deja(ruta: str) -> None:
    """También con espacios: quien lo escribe no sabe de comillas."""
    assume(not set("'\"\\") & set(ruta))
    assert desarrastrar(ruta, windows=False) == ruta.strip()


@given(DE_WINDOWS)
@example("C:\\Users\\María José\\OneDrive - H. Ayuntamiento\\Planeación")
@example("C:\\O'Higgins\\'x'")
def test_en_windows(ruta: str) -> None:
    """Comillas si hay espacios, la forma de PowerShell, y las barras siempre se respetan."""
    assert desarrastrar(f'"{ruta}"', windows=True) == ruta
    assert desarrastrar(ruta, windows=True) == ruta
    assert desarrastrar("& '" + ruta.replace("'", "''") + "'", windows=True) == ruta
    assert desarrastrar(PureWindowsPath(ruta).as_uri(), windows=True) == ruta


def test_una_carpeta_de_red_de_windows() -> None:
    assert desarrastrar("file://equipo/Planeaci%C3%B3n/2025", windows=True) == "\\\\equipo\\Planeación\\2025"
    assert desarrastrar('"\\\\equipo\\a b"', windows=True) == "\\\\equipo\\a b"


def _responder(monkeypatch: pytest.MonkeyPatch, respuestas: Sequence[str]) -> None:
    pendientes = iter(respuestas)
    monkeypatch.setattr("builtins.input", lambda _: next(pendientes))


def test_la_ruta_que_se_escribe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Una que existe es ésa aunque lleve comillas; la que el sistema no admite se pregunta otra vez."""
    rara = tmp_path / "'con comillas'"
    rara.mkdir()
    monkeypatch.chdir(tmp_path)
    _responder(monkeypatch, ["'con comillas'", "x" * 5000, "~no hay tal usuario/x", "~/x", ""])
    assert preguntar_ruta("Carpeta") == Path("'con comillas'")
    assert preguntar_ruta("Carpeta") == Path.home() / "x"
    assert capsys.readouterr().out.count("no puede usarse") == 2
    assert preguntar_ruta("Carpeta", propuesta=str(rara)) == rara


def test_en_windows_abre_el_archivo_el_sistema(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Y no Click, que en 8.2 no puede; si tampoco se deja, se sabe."""
    abiertos: list[Path] = []

    def startfile(ruta: Path) -> None:
        if not ruta.exists():
            raise FileNotFoundError(ruta)
        abiertos.append(ruta)

    monkeypatch.setattr(terminal.sys, "platform", "win32")
    monkeypatch.setattr(terminal.os, "startfile", startfile, raising=False)
    assert abrir(tmp_path)
    assert not abrir(tmp_path / "nada")
    assert abiertos == [tmp_path]


@pytest.mark.skipif(sys.platform == "win32", reason="en Windows lo abre el sistema")
def test_en_unix_lo_que_no_se_abre_se_sabe_y_no_se_oye(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Lo que el programa del escritorio dice en inglés no se muestra; sin él, tampoco se abre."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin{os.pathsep}/usr/bin")
    monkeypatch.setattr(terminal, "_ESPERA_AL_ABRIR", 0.5)
    monkeypatch.setattr(terminal.sys, "platform", "linux")
    for guion, abre in (("echo no >&2; exit 3", False), ("test -f \"$1\"", True), ("sleep 1", True)):
        (tmp_path / "xdg-open").write_text(f"#!/bin/sh\n{guion}\n")
        (tmp_path / "xdg-open").chmod(0o755)
        assert abrir(tmp_path / "xdg-open") is abre
    monkeypatch.setenv("PATH", str(tmp_path / "nada"))
    assert not abrir(tmp_path / "xdg-open")
    assert capfd.readouterr() == ("", "")


def test_lo_demas_se_toma_como_se_escribe(monkeypatch: pytest.MonkeyPatch) -> None:
    """En un motivo las comillas son suyas; en blanco se pregunta otra vez, salvo que haya algo propuesto."""
    _responder(monkeypatch, ["", "  ", ' Acuerdo "7/2024" ', "", "", "tal vez", "SÍ"])
    assert preguntar("Motivo") == 'Acuerdo "7/2024"'
    assert preguntar("Periodo", propuesta="2024-T2") == "2024-T2"
    assert preguntar("Pulse Intro", vacio=True) == ""
    assert confirmar("¿Sigo?", propuesta=False)
