"""La carpeta con que trabaja el menú: la que deja de estar, la que no se deja ver y la que no se quiso decir."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from pei_excel import menu
from pei_excel.cli import orden
from pei_excel.menu import lugar
from pei_excel.oficina import CATALOGO, RECIBIDOS, RESULTADOS, hay_libros
from pei_excel.salidas import NoSePudo
from pei_excel.terminal import con_red, ejecutar

HOY = date(2024, 7, 8)
Respuesta = str | Callable[[], str]


def una_oficina(carpeta: Path) -> Path:
    """Lo mínimo para que una carpeta sea de trabajo, con un libro recibido."""
    (carpeta / RECIBIDOS / "2024-T2").mkdir(parents=True)
    (carpeta / RESULTADOS).mkdir()
    (carpeta / RECIBIDOS / "2024-T2" / "504.xlsx").write_bytes(b"x")
    return carpeta


@pytest.fixture
def usar(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Contesta el menú, con las órdenes de verdad, y da lo que se leyó; una respuesta puede hacer algo antes."""

    def recorrer(*respuestas: Respuesta, de_verdad: bool = True) -> str:
        pendientes, preguntas = list(respuestas), []

        def responder(pregunta: str) -> str:
            preguntas.append(pregunta)
            if not pendientes:
                raise EOFError
            respuesta = pendientes.pop(0)
            respuesta = respuesta if isinstance(respuesta, str) else respuesta()
            if respuesta == "^C":
                raise KeyboardInterrupt
            return respuesta

        def hacer(partes: Sequence[str]) -> int:
            return con_red(lambda: ejecutar(orden, partes, "pei-excel")) if de_verdad else 0

        monkeypatch.setattr("builtins.input", responder)
        capsys.readouterr()
        menu.abrir_menu(hacer, hoy=HOY, memoria=tmp_path / "memoria" / "carpeta.json")
        salida = capsys.readouterr()
        assert preguntas[-1] == "Pulse Intro para terminar: "
        assert not pendientes
        dicho = "\n".join([salida.out, salida.err, *preguntas])
        assert "Falla de pei-excel" not in dicho
        return dicho

    return recorrer


@pytest.fixture
def negar(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Quita el permiso de ver una carpeta, también a quien cuida el equipo."""

    def negada(carpeta: Path) -> None:
        for nombre in ("stat", "lstat", "scandir", "listdir"):
            de_verdad = getattr(os, nombre)

            def intentar(
                ruta: object = ".", *resto: object, _de_verdad: Callable[..., object] = de_verdad,
                _lista: bool = nombre.endswith("dir"), **opciones: object,
            ) -> object:
                cual = Path(os.fsdecode(ruta)) if isinstance(ruta, str | bytes | os.PathLike) else Path()
                if carpeta in cual.parents or (_lista and cual == carpeta):
                    raise PermissionError(13, "Permission denied", str(cual))
                return _de_verdad(ruta, *resto, **opciones)

            monkeypatch.setattr(os, nombre, intentar)

    return negada


# ---------------------------------------------------------------- deja de estar


@pytest.mark.parametrize("opcion", ["1", "2", "3", "7"])
def test_la_carpeta_cambia_de_nombre_con_el_menu_abierto(
    usar: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opcion: str
) -> None:
    """Se dice y se elige otra vez; nada vuelve a crear la de antes."""
    vieja, nueva = una_oficina(tmp_path / "Planeación"), tmp_path / "Planeación 2024"
    (otra := tmp_path / "otra").mkdir()
    monkeypatch.chdir(otra)
    dicho = usar(str(vieja), lambda: (vieja.rename(nueva), opcion)[1], str(nueva), "0", "")
    assert f"«{vieja}», ya no está o ya no es una carpeta de trabajo" in dicho
    assert f"Carpeta: {nueva}\n" in dicho
    assert not vieja.exists()


def test_falta_una_de_sus_carpetas(usar: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sin «2 recibidos» ya no es de trabajo: al elegirla otra vez se prepara, y repone lo que falte."""
    carpeta = una_oficina(tmp_path / "Planeación")
    monkeypatch.chdir(tmp_path)
    quitada = tmp_path / "quitada"
    dicho = usar(str(carpeta), lambda: ((carpeta / RECIBIDOS).rename(quitada), "3")[1], str(carpeta), "", "0", "")
    assert "ya no es una carpeta de trabajo" in dicho
    assert (carpeta / RECIBIDOS).is_dir()


# ---------------------------------------------------------------- no se deja ver


@pytest.mark.parametrize("cual", [RECIBIDOS, f"{RECIBIDOS}/2024-T2"])
def test_sin_permiso_para_lo_recibido(
    usar: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, negar: Callable[[Path], None], cual: str
) -> None:
    """Ni se cierra el menú ni se dice que no hay libros."""
    carpeta = una_oficina(tmp_path / "Planeación")
    monkeypatch.chdir(carpeta)
    negar(carpeta / cual)
    dicho = usar("2", "3", "0", "")
    assert dicho.count(f"Sin permiso para leer «{carpeta / cual}»") >= 3
    assert "No hay libros" not in dicho
    with pytest.raises(NoSePudo, match="Sin permiso"):
        hay_libros(carpeta / RECIBIDOS / "2024-T2")


def test_sin_permiso_para_la_carpeta_que_se_escribe(
    usar: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, negar: Callable[[Path], None]
) -> None:
    """Se dice y se pregunta otra vez, también si es la que se recordaba."""
    ajena, propia = una_oficina(tmp_path / "Ajena"), una_oficina(tmp_path / "Propia")
    (otra := tmp_path / "otra").mkdir()
    monkeypatch.chdir(otra)
    usar(str(ajena), "0", "")
    negar(ajena)
    dicho = usar(str(ajena), str(propia), "0", "")
    assert dicho.count(f"Sin permiso para leer «{ajena}»") == 2
    assert f"Carpeta: {propia}\n" in dicho


def test_un_periodo_sin_permiso_no_calla_a_los_demas(
    usar: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, negar: Callable[[Path], None]
) -> None:
    carpeta = una_oficina(tmp_path / "Planeación")
    (carpeta / RECIBIDOS / "2024-T1").mkdir()
    monkeypatch.chdir(carpeta)
    negar(carpeta / RECIBIDOS / "2024-T1")
    dicho = usar("8", "", "2024-T3", "2", "0", "")
    assert f"Sin permiso para leer «{carpeta / RECIBIDOS / '2024-T1'}»" in dicho
    assert "Sí los hay de 2024-T2" in dicho


@pytest.mark.skipif(os.name == "nt", reason="en Windows los nombres son texto")
def test_un_nombre_que_no_es_texto_se_recuerda(tmp_path: Path) -> None:
    """Un disco viejo puede tener nombres en otra codificación."""
    carpeta, memoria = una_oficina(tmp_path / os.fsdecode(b"Planeaci\xf3n")), tmp_path / "memoria.json"
    lugar.recordar(memoria, carpeta)
    assert lugar.recordada(memoria) == carpeta
    assert json.loads(memoria.read_text(encoding="utf-8"))["carpeta"] == str(carpeta)


# ---------------------------------------------------------------- no se quiso decir


def test_una_respuesta_de_otra_pregunta_no_prepara_nada(
    usar: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """«s», «no» o «2» no son carpetas, salvo que existan; lo que se prepara se dice con su ruta completa."""
    (aqui := tmp_path / "aquí").mkdir()
    monkeypatch.chdir(aqui)
    dicho = usar("s", "Si", "sí", "n", "2", "2024", '""', "''", "Planeación", "n", "^C", "", de_verdad=False)
    assert dicho.count("No hay una carpeta «") == 6
    assert f"«{aqui / 'Planeación'}» no está preparada" in dicho
    assert list(aqui.iterdir()) == []
    una_oficina(aqui / "s")
    assert f"Carpeta: {aqui / 's'}\n" in usar("s", "0", "")


def test_cambiar_de_carpeta_y_de_periodo_es_una_sola_cosa(
    usar: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Con Ctrl-C en el periodo no cambia ninguno."""
    una, otra = una_oficina(tmp_path / "Una"), una_oficina(tmp_path / "Otra")
    monkeypatch.chdir(una)
    assert f"Carpeta: {otra}\n" not in usar("8", str(otra), "^C", "0", "")
    assert f"Carpeta: {otra}\n" in usar("8", str(otra), "2024-T1", "0", "")


# ---------------------------------------------------------------- lo que dice


def test_el_catalogo_que_se_quita_mientras_se_elige(
    usar: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogo = una_oficina(tmp_path / "Planeación") / CATALOGO
    catalogo.write_bytes(b"x")
    monkeypatch.chdir(catalogo.parent)
    dicho = usar("7", lambda: (catalogo.unlink(), "f")[1], "0", "")
    assert "«catalogo.xlsx» ya no está." in dicho
    assert "Falta 'RUTA" not in dicho


def test_un_catalogo_danado_no_habla_de_ordenes(
    usar: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carpeta = una_oficina(tmp_path / "Planeación")
    (carpeta / CATALOGO).write_bytes(b"x")
    monkeypatch.chdir(carpeta)
    dicho = usar("0", "")
    assert "no se usa" in dicho
    assert "la orden" not in dicho


def test_una_oficina_de_otro_ano_lo_dice(
    usar: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lo que toca por la fecha no está entre sus carpetas: con qué años sí y cómo cambiar."""
    carpeta = una_oficina(tmp_path / "Planeación")
    monkeypatch.chdir(carpeta)
    assert "sólo hay carpetas de" not in usar("8", "", "2024-T4", "0", "")
    (carpeta / RECIBIDOS / "2024-T2").rename(carpeta / RECIBIDOS / "2023-T4")
    assert "sólo hay carpetas de 2023" in usar("0", "")


def test_control_c_deja_el_intro_en_su_renglon(
    usar: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(una_oficina(tmp_path / "Planeación"))
    assert "  0  Salir\n\n\n\n" in usar("^C", "")
