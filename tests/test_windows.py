"""Lo de Windows que aquí puede emularse: procesos de cero, archivos tomados, consolas viejas, rutas de OneDrive."""

from __future__ import annotations

import ast
import functools
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from test_cli import escribir

import pei_excel
from pei_excel.oficina import CATALOGO, RECIBIDOS, RESULTADOS
from pei_excel.salidas import LARGO_DE_NOMBRE

PAQUETE = Path(pei_excel.__file__).parent
EMULADO = Path(__file__).parent / "windows"
DIFICIL = "Usuario con acentos — OneDrive - H. Ayuntamiento (Planeación)"
#: Módulos que sólo tiene un sistema parecido a Unix.
DE_UNIX = {"curses", "fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}
#: Funciones de `os` que Windows no tiene.
DE_UNIX_EN_OS = {"fork", "getuid", "geteuid", "getgid", "uname", "sysconf", "mkfifo", "killpg", "getpgid", "setsid",
                 "sched_getaffinity", "getloadavg", "wait", "nice", "chown"}
RESERVADOS = re.compile(r'[<>:"|?*\\]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE)

Correr = Callable[..., "subprocess.CompletedProcess[bytes]"]

#: Largas: repiten en otras condiciones lo que ya prueban las demás.
pytestmark = pytest.mark.larga


@pytest.fixture
def oficina(tmp_path: Path) -> Path:
    """Una carpeta de trabajo con dos informes recibidos."""
    carpeta = tmp_path / DIFICIL / "Oficina"
    recibidos = carpeta / RECIBIDOS / "2024-T2"
    escribir(recibidos / "Planeación — 504.xlsx")
    escribir(recibidos / "obras.xlsx", unidad="510 - Obras", programa="8 - Obra pública")
    return carpeta


@pytest.fixture
def correr(tmp_path: Path) -> Correr:
    """Corre `pei-excel …` sin lo que Windows no tiene y con procesos que nacen de cero."""

    def _correr(*argumentos: str | Path, en: Path | None = None, opciones: tuple[str, ...] = (),
                **ambiente: str) -> subprocess.CompletedProcess[bytes]:
        rutas = os.pathsep.join([str(EMULADO), str(PAQUETE.parent)])
        todo = {k: v for k, v in os.environ.items() if k not in {"PYTHONUTF8", "PYTHONIOENCODING"}}
        return subprocess.run(
            [sys.executable, *opciones, "-m", "pei_excel", *map(str, argumentos)], cwd=en or tmp_path,
            env={**todo, "PYTHONPATH": rutas, **ambiente}, capture_output=True, timeout=180, check=False,
            stdin=subprocess.DEVNULL,
        )

    return _correr


def huellas(carpeta: Path) -> dict[str, str]:
    return {p.relative_to(carpeta).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(carpeta.rglob("*")) if p.is_file()}


@pytest.mark.larga
@pytest.mark.parametrize("codificacion", ["cp850", "cp1252"])
def test_el_camino_de_siempre_en_una_consola_vieja(correr: Correr, oficina: Path, codificacion: str) -> None:
    """De preparar a cerrar: ninguna orden falla por lo que la consola no sabe escribir, y los acentos se leen."""
    consola = {"PYTHONIOENCODING": codificacion}
    recibidos, resultados = oficina / RECIBIDOS / "2024-T2", oficina / RESULTADOS
    pasos: tuple[tuple[str | Path, ...], ...] = (
        ("preparar", oficina, "--ejercicio", "2024"),
        ("plantilla", "mir", "--desde", recibidos, "--periodo", "2024-T3", "-o", oficina / "1 enviar" / "2024-T3"),
        ("revisar", recibidos, "--periodo", "2024-T2"),
        ("consolidar", recibidos, "--periodo", "2024-T2", "--procesos", "2", "-o", resultados),
        ("estado", "-o", resultados),
        ("rescatar", recibidos / "obras.xlsx", "-o", oficina / "rescatados"),
        ("cerrar", "2024-T2", "-o", resultados),
        ("explicar", "SEG001"),
        ("--help",),
    )
    for paso in pasos:
        salida = correr(*paso, **consola)
        dicho = salida.stdout.decode(codificacion) + salida.stderr.decode(codificacion)
        assert salida.returncode == 0, (paso, dicho)
        assert not re.search(r"Traceback|Unicode|Falla de", dicho), (paso, dicho)
        assert "Ã" not in dicho
        if paso[0] == "consolidar":
            assert (resultados / "2024-T2" / "consolidado-mir.xlsx").is_file()


@pytest.mark.larga
def test_los_nombres_caben_y_windows_los_admite(correr: Correr, oficina: Path) -> None:
    """Ninguno pasa del límite ni lleva lo que Windows prohíbe, y la ruta dentro de la oficina es corta."""
    escribir(oficina / RECIBIDOS / "2024-T2" / ("largo " * 20 + ".xlsx"),
             unidad="511 - Dirección: «Aseo/Ornato» ¿y? *Limpia* | del Centro", programa="9 - Limpia")
    correr("preparar", oficina, "--ejercicio", "2024")
    salida = correr("consolidar", oficina / RECIBIDOS / "2024-T2", "--periodo", "2024-T2", "-o", oficina / RESULTADOS)
    assert salida.returncode in {0, 1}, salida.stderr.decode()
    for ruta in oficina.rglob("*"):
        dentro = ruta.relative_to(oficina)
        if dentro.parts[0] == RECIBIDOS:
            continue
        assert not RESERVADOS.search(ruta.name), ruta.name
        assert len(ruta.name) <= LARGO_DE_NOMBRE
        assert len(str(dentro)) <= 120  # deja a la ruta de la oficina la mitad de las 260 de Windows


def test_un_resultado_abierto_en_excel_no_se_pierde(correr: Correr, oficina: Path) -> None:
    """Se dice cuál y qué hacer, antes de leer nada, y queda como estaba."""
    orden = ("consolidar", oficina / RECIBIDOS / "2024-T2", "--periodo", "2024-T2", "-o", oficina / RESULTADOS)
    assert correr(*orden).returncode == 0
    antes = huellas(oficina / RESULTADOS / "2024-T2")
    salida = correr(*orden, TOMADOS="w:2024-T2/consolidado-mir.xlsx")
    assert salida.returncode == 2
    linea = salida.stderr.decode()
    assert "consolidado-mir.xlsx» está abierto o protegido" in linea
    assert "Ciérrelo" in linea
    assert "Leyendo" not in linea
    assert huellas(oficina / RESULTADOS / "2024-T2") == antes


@pytest.mark.parametrize("codificacion", ["cp850", "cp1252"])
def test_un_recibido_que_otro_programa_tiene_no_detiene_a_los_demas(
    correr: Correr, oficina: Path, codificacion: str
) -> None:
    """Se nombra con su razón; y la consola vieja no se atora con «—», que cp850 no tiene."""
    salida = correr("revisar", oficina / RECIBIDOS / "2024-T2", "--periodo", "2024-T2", TOMADOS="r:obras.xlsx",
                    PYTHONIOENCODING=codificacion)
    dicho = salida.stdout.decode(codificacion)
    assert salida.returncode == 1, salida.stderr
    assert "obras.xlsx" in dicho
    assert re.search("sin permiso|abierto por otro programa", dicho)
    assert "1 aceptado y 1 rechazado" in dicho
    assert f"Planeación {'?' if codificacion == 'cp850' else '—'} 504.xlsx" in dicho


@pytest.mark.larga
def test_un_catalogo_tomado_se_dice(correr: Correr, oficina: Path) -> None:
    correr("preparar", oficina, "--ejercicio", "2024")
    salida = correr("revisar", oficina / RECIBIDOS / "2024-T2", "--catalogo", oficina / CATALOGO,
                    TOMADOS=f"r:{CATALOGO}")
    assert salida.returncode in {1, 2}
    assert CATALOGO in salida.stderr.decode()
    assert "Falla de" not in salida.stderr.decode()


@pytest.mark.larga
def test_lo_recibido_de_solo_lectura_no_se_toca(correr: Correr, oficina: Path) -> None:
    """Ni se modifica ni hace falta poder modificarlo."""
    recibidos = oficina / RECIBIDOS
    antes = huellas(recibidos)
    salida = correr("consolidar", recibidos / "2024-T2", "--periodo", "2024-T2", "-o", oficina / RESULTADOS,
                    TOMADOS=f"w:{RECIBIDOS}/")
    assert salida.returncode == 0, salida.stderr.decode()
    assert huellas(recibidos) == antes


@pytest.mark.larga
def test_todo_archivo_de_texto_dice_su_codificacion(correr: Correr, oficina: Path) -> None:
    """En Windows la de omisión no es UTF-8: cualquier apertura nuestra sin ella sería otra cosa."""
    estricto = ("-X", "warn_default_encoding", "-W", "error::EncodingWarning:pei_excel")
    avisos = ("-X", "warn_default_encoding", "-W", "always::EncodingWarning")
    salida = correr("consolidar", oficina / RECIBIDOS / "2024-T2", "--periodo", "2024-T2", "--procesos", "1", "-o",
                    oficina / RESULTADOS, opciones=avisos)
    assert salida.returncode == 0, salida.stderr.decode()
    assert not [linea for linea in salida.stderr.decode().splitlines()
                if "EncodingWarning" in linea and "pei_excel" in linea]
    assert correr("preparar", oficina, opciones=estricto).returncode == 0


# ---------------------------------------------------------------- leyendo el código


@functools.cache
def _modulos() -> list[tuple[str, ast.Module]]:
    return [(r.relative_to(PAQUETE).as_posix(), ast.parse(r.read_text(encoding="utf-8")))
            for r in sorted(PAQUETE.rglob("*.py"))]


def _protegidas(arbol: ast.AST) -> set[int]:
    """Líneas que sólo corren en un sistema que se pregunta antes."""
    lineas: set[int] = set()
    for nodo in ast.walk(arbol):
        if isinstance(nodo, ast.If) and "sys.platform" in ast.unparse(nodo.test):
            lineas |= {hijo.lineno for cuerpo in nodo.body for hijo in ast.walk(cuerpo) if hasattr(hijo, "lineno")}
    return lineas


def test_nada_que_solo_tenga_linux() -> None:
    """Ni módulos ni funciones, salvo tras preguntar en qué sistema se está."""
    faltas: list[str] = []
    for nombre, arbol in _modulos():
        protegidas = _protegidas(arbol)
        for nodo in ast.walk(arbol):
            importa = (
                {a.name.split(".")[0] for a in nodo.names} if isinstance(nodo, ast.Import)
                else {(nodo.module or "").split(".")[0]} if isinstance(nodo, ast.ImportFrom) else set()
            )
            usa = isinstance(nodo, ast.Attribute) and ast.unparse(nodo.value) == "os" and nodo.attr in DE_UNIX_EN_OS
            if (importa & DE_UNIX or usa) and nodo.lineno not in protegidas:
                faltas.append(f"{nombre}:{nodo.lineno}")
    assert faltas == []


def test_sin_interprete_de_ordenes_ni_vinculos() -> None:
    """Ningún «shell», y sólo se rehace un vínculo que la oficina ya tuviera en sus resultados."""
    faltas = [
        f"{nombre}:{nodo.lineno}" for nombre, arbol in _modulos() for nodo in ast.walk(arbol)
        if isinstance(nodo, ast.Call) and (
            ast.unparse(nodo.func) in {"os.system", "os.popen", "os.symlink", "subprocess.getoutput"}
            or any(k.arg == "shell" for k in nodo.keywords)
            or (ast.unparse(nodo.func).endswith(("symlink_to", "hardlink_to")) and nombre != "ciclo/conservacion.py")
        )
    ]
    assert faltas == []


def test_todos_los_modulos_cargan_sin_lo_de_unix(tmp_path: Path) -> None:
    """Cada uno, en un proceso sin ninguno de los módulos que Windows no tiene."""
    programa = (
        "import importlib, pkgutil, warnings, pei_excel\n"
        "warnings.simplefilter('ignore')\n"
        "for m in pkgutil.walk_packages(pei_excel.__path__, 'pei_excel.'):\n"
        "    if not m.name.endswith('__main__'): importlib.import_module(m.name)\n"
        "print('todos')\n"
    )
    salida = subprocess.run(
        [sys.executable, "-c", programa], capture_output=True, text=True, cwd=tmp_path, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(EMULADO), str(PAQUETE.parent)]),
             "AUSENTES": "fcntl,resource"},
    )
    assert salida.stdout.strip() == "todos", salida.stderr
