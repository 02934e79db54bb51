"""El menú, por una terminal de verdad: de nada a un periodo consolidado, y con las respuestas que da una persona."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from pei_excel import menu, oficina
from pei_excel.ciclo import cierre
from pei_excel.periodos import Periodo

Menu = Callable[..., list[list[str]]]


@pytest.fixture
def carpeta(tmp_path: Path) -> Path:
    """Una carpeta de trabajo preparada, con espacios y acentos en su nombre."""
    lugar = tmp_path / "H. Ayuntamiento (Planeación)"
    (lugar / oficina.RECIBIDOS).mkdir(parents=True)
    (lugar / oficina.RESULTADOS).mkdir()
    return lugar


@pytest.fixture
def usar(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Menu:
    """Recorre el menú con unas respuestas y da las órdenes que ejecutó; `estados`, lo que cada una devuelve."""

    def recorrer(respuestas: Sequence[str], estados: Sequence[int] = ()) -> list[list[str]]:
        pendientes, resultados = iter(respuestas), iter(estados)
        ordenes: list[list[str]] = []

        def responder(_: str) -> str:
            try:
                return next(pendientes)
            except StopIteration:
                raise EOFError from None

        def ejecutar(partes: Sequence[str]) -> int:
            ordenes.append(list(partes))
            return next(resultados, 0)

        monkeypatch.setattr("builtins.input", responder)
        menu.abrir_menu(ejecutar, hoy=date(2024, 7, 8), memoria=tmp_path / "memoria" / "carpeta.json")
        return ordenes

    return recorrer


def test_lo_que_toca_informar() -> None:
    """El último trimestre terminado; en enero, el cuarto del año anterior."""
    assert oficina.proponer_periodo(date(2024, 7, 8)) == Periodo.de_codigo("2024-T2")
    assert oficina.proponer_periodo(date(2025, 1, 3)) == Periodo.de_codigo("2024-T4")
    assert oficina.anterior(Periodo.de_codigo("2024-T1")) is None


def test_cada_opcion_es_la_orden_que_se_escribiria(
    usar: Menu, carpeta: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Revisar, consolidar, ¿quién falta? y cerrar llevan la carpeta y el periodo propuesto."""
    monkeypatch.chdir(carpeta)
    recibidos = carpeta / oficina.RECIBIDOS / "2024-T2"
    recibidos.mkdir()
    (recibidos / "504.xlsx").write_bytes(b"algo")
    resultados = str(carpeta / oficina.RESULTADOS)
    ordenes = usar(["2", "3", "5", "6", "s", "0", ""])
    assert ordenes == [
        ["revisar", str(recibidos), "--periodo", "2024-T2"],
        ["consolidar", str(recibidos), "--periodo", "2024-T2", "-o", resultados],
        ["estado", "--periodo", "2024-T2", "--recibidos", str(recibidos), "-o", resultados],
        ["cerrar", "2024-T2", "-o", resultados],
    ]


@pytest.mark.parametrize(("quedan", "ofrece"), [(2, True), (0, False)])
def test_solo_ofrece_cerrar_con_observaciones_si_es_lo_que_lo_impide(
    usar: Menu, carpeta: Path, monkeypatch: pytest.MonkeyPatch, quedan: int, ofrece: bool
) -> None:
    """Si cerrar falla por otra cosa no se ofrece; y el motivo no puede quedar en blanco."""
    monkeypatch.chdir(carpeta)
    monkeypatch.setattr(cierre, "quedan_por_solventar", lambda _: quedan)
    respuestas = ["s", "", "  ", "Acuerdo del comité"] if ofrece else []
    ordenes = usar(["6", "s", *respuestas, "0", ""], estados=[2])
    assert [o[-3:] for o in ordenes[1:]] == (
        [["--con-observaciones", "--motivo", "Acuerdo del comité"]] if ofrece else []
    )


def test_respuestas_que_no_estan_y_carpetas_vacias(
    usar: Menu, carpeta: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ninguna cierra el menú: dice qué hacer y vuelve a preguntar."""
    monkeypatch.chdir(carpeta)
    assert usar(["9", "x", "2", "3", "4", "b", "6", "quizá", "n", "0", ""]) == []
    dicho = capsys.readouterr().out
    assert "«9» no está en el menú" in dicho
    assert "No hay libros en" in dicho
    assert "Primero consolide" in dicho
    assert "Responda S" in dicho


def test_prepara_una_carpeta_y_la_recuerda(
    usar: Menu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fuera de una carpeta de trabajo pregunta cuál, la prepara, y la próxima vez la propone sin preguntar."""
    monkeypatch.chdir(tmp_path)
    nueva = tmp_path / "Planeación 2024"

    ordenes = usar([f'"{nueva}"', "s", "", "0"])
    assert ordenes == [["preparar", str(nueva)]]
    (nueva / oficina.RECIBIDOS).mkdir(parents=True)
    (nueva / oficina.RESULTADOS).mkdir()
    usar([str(nueva), "8", str(nueva), "2024-T9", "2024-T1", "0", ""])
    assert json.loads((tmp_path / "memoria" / "carpeta.json").read_text(encoding="utf-8"))["carpeta"] == str(nueva)
    ordenes = usar(["5", "0", ""])
    assert ordenes[0][0] == "estado"
