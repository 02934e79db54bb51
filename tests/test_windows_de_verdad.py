"""La copia portátil con el Python de Windows que se descarga de python.org, en Windows o en Wine.

Hacen falta ese .zip, en `PEI_EXCEL_PYTHON_WINDOWS`, y en `PEI_EXCEL_RUEDAS_WINDOWS` la carpeta con las ruedas de lo que
el programa pide (los pasos del README); la del programa se hace de su código.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from test_cli import RAIZ, escribir
from test_cli import huellas as todas
from test_portatil import del_programa
from test_preparar import DIFICIL, wine  # noqa: F401 - es una condición de las pruebas

from pei_excel.oficina import RECIBIDOS, RESULTADOS
from pei_excel.portatil import armar
from pei_excel.salidas import BITACORA

VARIABLES = ("PEI_EXCEL_PYTHON_WINDOWS", "PEI_EXCEL_RUEDAS_WINDOWS")
#: El intérprete de Wine, y no el de Windows, vuelve a interpretar los «%» de la carpeta del archivo que abre y los «!».
_POR, _ADMIRA = ("%", "!") if sys.platform == "win32" else ("", "")
#: Lo que hace tropezar a un archivo de inicio que no se cuide.
CON_SIGNOS = f"Oficina & 100{_POR} {_ADMIRA}ya{_ADMIRA} d'ella (Planeación)^"
LIBROS = ("a b.xlsx", f"c&d^(1){_ADMIRA}.xlsx", "Dirección — %PATH%.xlsx")
Correr = Callable[..., "subprocess.CompletedProcess[str]"]

pytestmark = pytest.mark.larga


@pytest.fixture(scope="module")
def lugar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """La copia portátil, descomprimida en una carpeta como las de una oficina."""
    faltan = [v for v in VARIABLES if not os.environ.get(v)]
    if faltan:
        pytest.skip(f"{' y '.join(faltan)} no dicen dónde están el Python de Windows para incrustar y sus ruedas")
    python, ruedas = (Path(os.environ[v]) for v in VARIABLES)
    base = tmp_path_factory.mktemp("copia")
    propias = base / "ruedas"
    propias.mkdir()
    for ruta in ruedas.glob("*.whl"):
        if not ruta.name.startswith("pei_excel-"):
            shutil.copy(ruta, propias)
    del_programa(propias)
    with zipfile.ZipFile(armar(python, propias, base / "copia.zip").ruta) as copia:
        copia.extractall(base / DIFICIL)
    return base / DIFICIL


@pytest.fixture
def correr(lugar: Path, wine: dict[str, str]) -> Correr:  # noqa: F811
    """Corre un programa de Windows, de costumbre en la carpeta de la copia, sin las variables de este Python."""
    de_python = {"PYTHONPATH", "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONDONTWRITEBYTECODE"}

    def _correr(*orden: str, en: Path = lugar, **ambiente: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            orden if sys.platform == "win32" else ["wine", *orden], cwd=en, capture_output=True, text=True,
            env={**{k: v for k, v in wine.items() if k not in de_python}, **ambiente}, input="\n" * 9,
            encoding="utf-8", errors="replace", check=False, timeout=600,
        )

    return _correr


def programa(lugar: Path, *argumentos: str) -> list[str]:
    python = lugar / "pei-excel" / "python" / "python.exe"
    return [en_windows(python), "-X", "utf8", "-P", "-m", "pei_excel", *argumentos]


def en_windows(ruta: Path) -> str:
    return str(ruta) if sys.platform == "win32" else "Z:" + str(ruta).replace("/", "\\")


def aqui(carpeta: Path, *argumentos: str) -> None:
    """Lo mismo con el Python que corre las pruebas."""
    subprocess.run([sys.executable, "-m", "pei_excel", *argumentos], cwd=carpeta, capture_output=True, check=False,
                   env={**os.environ, "PYTHONPATH": str(RAIZ)}, timeout=300)


def huellas(carpeta: Path) -> dict[str, str]:
    """Las de todo menos la bitácora, que dice a qué hora fue."""
    return {nombre: huella for nombre, huella in todas(carpeta).items() if Path(nombre).name != BITACORA}


def test_el_ejemplo_hecho_en_windows_es_igual_al_de_aqui(lugar: Path, correr: Correr, tmp_path: Path) -> None:
    """Cada byte de cada archivo, y por eso también las huellas que `resultado.json` guarda."""
    salida = correr(*programa(lugar, "ejemplo"))
    assert salida.returncode == 0, salida.stdout + salida.stderr
    assert "Abra primero (MIR): salidas\\ejemplo\\2024-T2\\consolidado-mir.xlsx" in salida.stdout
    aqui(tmp_path, "ejemplo")
    hechas = huellas(tmp_path / "salidas")
    assert len(hechas) > 40
    assert huellas(lugar / "salidas") == hechas


def test_lo_que_se_suelta_se_consolida_igual_que_aqui(lugar: Path, correr: Correr, tmp_path: Path) -> None:
    """En los archivos de inicio que `preparar` deja, con los nombres que más estorban."""
    preparada = correr(*programa(lugar, "preparar", CON_SIGNOS, "--ejercicio", "2024"))
    assert preparada.returncode == 0, preparada.stdout + preparada.stderr
    oficina = lugar / CON_SIGNOS
    recibidos = oficina / RECIBIDOS / "2024-T2"
    for n, nombre in enumerate(LIBROS):
        escribir(recibidos / nombre, unidad=f"{510 + n} - Obras", programa=f"{8 + n} - Obra pública")

    def soltar(inicio: str, *rutas: Path) -> subprocess.CompletedProcess[str]:
        # Como el Explorador: entre comillas sólo lo que lleva espacios. Wine no da la línea con que se abrió.
        lo_soltado = [en_windows(r) for r in rutas]
        partes = " ".join(f'"{r}"' if " " in r else r for r in lo_soltado)
        linea = f'C:\\windows\\system32\\cmd.exe /c ""{en_windows(oficina / inicio)}" {partes} "'
        if sys.platform == "win32":
            return subprocess.run(linea, cwd=lugar, capture_output=True, text=True, encoding="utf-8", input="\n" * 9,
                                  check=False, timeout=600)
        return correr("cmd", "/c", inicio, en=oficina, cmdcmdline=linea)

    revisado = soltar("Revisar.cmd", *(recibidos / nombre for nombre in LIBROS))
    assert revisado.returncode == 0, revisado.stdout + revisado.stderr
    assert "3 informes: 3 aceptados" in revisado.stdout
    consolidado = soltar("Consolidar.cmd", recibidos)
    assert consolidado.returncode == 0, consolidado.stdout + consolidado.stderr
    aqui(tmp_path, "consolidar", str(recibidos), "--periodo", "2024-T2", "-o", "aqui")
    hechas = huellas(tmp_path / "aqui")
    assert len(hechas) >= 10
    assert huellas(oficina / RESULTADOS) == hechas
