"""La carpeta de trabajo: qué se crea, qué no se toca, y los archivos de inicio usados como los usa una persona."""

from __future__ import annotations

import ctypes
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path, PurePosixPath, PureWindowsPath

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pei_excel
from pei_excel.oficina import CATALOGO, ENVIAR, RECIBIDOS, RESULTADOS, Oficina, arranque, preparacion
from pei_excel.oficina.arranque import INICIOS, archivos_de_inicio, es_nuestro, pythons_de_windows, soltados
from pei_excel.oficina.preparacion import LEEME, MANUALES, poner_al_dia, preparar
from pei_excel.salidas import NoSePudo, SalidaOcupada

RAIZ = Path(pei_excel.__file__).parent.parent
HOY = date(2024, 7, 8)
#: Como se llaman de verdad las carpetas de una oficina.
DIFICIL = "Usuario con acentos — OneDrive - H. Ayuntamiento (Planeación)"
CON_SIGNOS = "100% d'ella & (Planeación)"


@pytest.fixture
def carpeta(tmp_path: Path) -> Path:
    """Una carpeta de trabajo recién preparada."""
    lugar = tmp_path / DIFICIL
    preparar(lugar, hoy=HOY, pais="mx", sistema="linux")
    return lugar


def test_crea_lo_que_dice_y_el_catalogo_con_su_pais(carpeta: Path) -> None:
    assert Oficina(carpeta).preparada
    assert sorted(p.name for p in carpeta.iterdir()) == sorted([
        ENVIAR, RECIBIDOS, RESULTADOS, CATALOGO, LEEME, MANUALES,
        *(i.nombre + e for i in INICIOS for e in (".cmd", ".sh")),
    ])
    assert sorted(p.name for p in (carpeta / RECIBIDOS).iterdir()) == ["2024-T1", "2024-T2", "2024-T3", "2024-T4"]
    hoja = openpyxl.load_workbook(carpeta / CATALOGO)["Institución"]
    valores = {c.value for fila in hoja.iter_rows() for c in fila}
    assert {"México", 2024} <= valores
    leeme = (carpeta / LEEME).read_bytes()
    assert leeme.startswith(b"\xef\xbb\xbf")  # para que el Bloc de notas lea los acentos
    assert leeme.count(b"\n") == leeme.count(b"\r\n") <= 45


def test_lo_que_ya_estaba_no_se_toca(carpeta: Path) -> None:
    """Ni el catálogo ni un archivo de inicio que alguien cambió; el nuestro, de otro equipo, se pone al día."""
    for nombre in (CATALOGO, LEEME, "INICIAR.cmd"):
        (carpeta / nombre).write_bytes(b"de la oficina")
    (carpeta / RECIBIDOS / "2024-T2" / "504.xlsx").write_bytes(b"recibido")
    de_otro = archivos_de_inicio(carpeta, sistema="linux", programa="/otro/python")["Consolidar.sh"]
    (carpeta / "Consolidar.sh").write_bytes(de_otro)
    hecha = preparar(carpeta, hoy=HOY, sistema="linux")
    assert hecha.hechos == ["Consolidar.sh"]
    for nombre in (CATALOGO, LEEME, "INICIAR.cmd"):
        assert (carpeta / nombre).read_bytes() == b"de la oficina"
    assert (carpeta / RECIBIDOS / "2024-T2" / "504.xlsx").read_bytes() == b"recibido"
    assert es_nuestro(de_otro)
    assert not es_nuestro(de_otro.replace(b"consolidar", b"revisar"))


#: El LÉAME que dejaba la versión 0.3 en Windows, sin huella.
LEEME_DE_ANTES = Path(__file__).parent / "windows" / "LEAME-0.3.txt"


def test_poner_al_dia_lo_nuestro_y_solo_eso(carpeta: Path) -> None:
    """Otro Python u otra versión: se actualizan; lo que alguien cambió o borró, y lo que está al día, no se toca."""
    assert poner_al_dia(carpeta, sistema="linux") == []
    de_otro = archivos_de_inicio(carpeta, sistema="linux", programa="/otro/python")
    (carpeta / "INICIAR.sh").write_bytes(de_otro["INICIAR.sh"])
    (carpeta / "Revisar.sh").write_bytes(de_otro["Revisar.sh"] + b"# mi cambio\n")
    (carpeta / "Consolidar.cmd").unlink()
    assert poner_al_dia(carpeta, sistema="linux") == ["INICIAR.sh"]
    puesto = (carpeta / "INICIAR.sh").read_bytes()
    assert arranque.pythons_citados(puesto)[-2:] == [sys.executable, "/otro/python"]
    assert os.access(carpeta / "INICIAR.sh", os.X_OK)
    assert (carpeta / "Revisar.sh").read_bytes().endswith(b"# mi cambio\n")
    assert not (carpeta / "Consolidar.cmd").exists()
    assert poner_al_dia(carpeta, sistema="linux") == []


def test_el_leeme_se_pone_al_dia_si_nadie_lo_cambio(carpeta: Path) -> None:
    """El de hoy lleva su huella; los de antes se conocen; el de otro sistema se deja si nadie pide preparar."""
    leeme, hoy = carpeta / LEEME, (carpeta / LEEME).read_bytes()
    assert es_nuestro(hoy)
    assert "Ejecutar como programa" in hoy.decode("utf-8-sig")
    viejo = arranque.con_huella_al_pie("De otra versión.\n")
    for anterior in (LEEME_DE_ANTES.read_bytes(), viejo):
        leeme.write_bytes(anterior)
        assert poner_al_dia(carpeta, sistema="linux") == [LEEME]
        assert leeme.read_bytes() == hoy
    for cambiado in (LEEME_DE_ANTES.read_bytes() + b"Tel. 2\r\n", viejo.replace(b"otra", b"esta"), viejo + b"Tel. 2"):
        leeme.write_bytes(cambiado)
        assert LEEME not in [*poner_al_dia(carpeta, sistema="linux"), *preparar(carpeta, hoy=HOY).hechos]
        assert leeme.read_bytes() == cambiado
    leeme.unlink()
    preparar(carpeta, hoy=HOY, sistema="win32")
    assert LEEME not in poner_al_dia(carpeta, sistema="linux")
    assert LEEME in preparar(carpeta, hoy=HOY, sistema="linux").hechos


def test_poner_al_dia_no_estorba(carpeta: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lo que no se deja escribir queda como estaba, y el que Windows está leyendo no se cambia a media lectura."""
    assert poner_al_dia(tmp_path / "no existe", sistema="linux") == []
    de_otro = arranque.texto_de_windows(INICIOS[0], ["X:\\viejo\\python.exe"]).replace(b"- Si ", b"- si ")
    cuerpo = de_otro.decode().partition("\r\n")[2].partition("\r\n")[2]
    de_otro = de_otro.replace(de_otro.split()[5], arranque._huella(cuerpo).encode())
    assert es_nuestro(de_otro)
    (carpeta / "INICIAR.cmd").write_bytes(de_otro)
    monkeypatch.setenv(arranque.OFICINA, f"{carpeta}/.")
    monkeypatch.setenv(arranque.ARCHIVO, "INICIAR.cmd")
    assert poner_al_dia(carpeta, sistema="linux") == []
    assert "INICIAR.cmd" in preparar(carpeta, hoy=HOY, sistema="linux").respetados
    monkeypatch.delenv(arranque.ARCHIVO)

    def negar(ruta: Path, _: bytes) -> None:
        raise SalidaOcupada(f"No se pudo escribir «{ruta}».")

    with monkeypatch.context() as solo_lectura:
        solo_lectura.setattr(preparacion, "escribir_entero", negar)
        assert poner_al_dia(carpeta, sistema="linux") == []
    assert poner_al_dia(carpeta, sistema="linux") == ["INICIAR.cmd"]
    assert b"X:\\viejo\\python.exe" in (carpeta / "INICIAR.cmd").read_bytes()


def _preparar(carpeta: Path, monkeypatch: pytest.MonkeyPatch, *contesta: str) -> tuple[int, str]:
    """El estado y lo que dice `pei-excel preparar`; sin respuestas, no hay terminal."""
    from click.testing import CliRunner

    from pei_excel import menu
    from pei_excel.cli import orden

    pendientes = list(contesta)
    with monkeypatch.context() as terminal:
        terminal.setattr(menu, "hay_terminal", lambda: bool(contesta))
        terminal.setattr("builtins.input", lambda _: pendientes.pop(0))
        hecho = CliRunner().invoke(orden, ["preparar", str(carpeta)])
    assert not pendientes
    return hecho.exit_code, hecho.output


def test_una_carpeta_de_trabajo_dentro_de_otra_solo_si_se_confirma(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """La que contiene otra y la que está en otra; la que ya lo es se repone sin preguntar."""
    suya = tmp_path / "Municipios" / "2024" / "Uno"
    for parte in (RECIBIDOS, RESULTADOS):
        (suya / parte).mkdir(parents=True)
    for nueva, dice in ((tmp_path / "Municipios", "contiene la carpeta de trabajo"),
                        (suya / "nueva", "está dentro de la carpeta de trabajo")):
        for contesta in ((), ("",)):
            estado, dicho = _preparar(nueva, monkeypatch, *contesta)
            assert (estado, f"{dice} «{suya}»." in dicho) == (2, True), dicho
            assert not (nueva / RECIBIDOS).exists()
    assert _preparar(tmp_path / "Municipios", monkeypatch, "s")[0] == 0
    assert (tmp_path / "Municipios" / RECIBIDOS).is_dir()
    assert _preparar(tmp_path / "Municipios", monkeypatch)[0] == 0


def test_un_archivo_no_es_una_carpeta(tmp_path: Path) -> None:
    (tmp_path / "algo.txt").write_text("x")
    with pytest.raises(NoSePudo, match="es un archivo"):
        preparar(tmp_path / "algo.txt", hoy=HOY)


# ---------------------------------------------------------------- los textos de Windows


def test_los_de_windows_llevan_lo_que_windows_pide() -> None:
    """Fin de línea, UTF-8, sólo letras sin acento, su carpeta por su propio lugar y una pausa."""
    for nombre, contenido in archivos_de_inicio(
        Path("C:/Oficina"), sistema="win32", programa="C:\\Python\\python.exe", ambiente={}
    ).items():
        assert nombre.endswith(".cmd")
        assert contenido.isascii()
        assert contenido.count(b"\n") == contenido.count(b"\r\n")
        texto = contenido.decode()
        for pieza in ("chcp 65001", 'set "PYTHONUTF8=1"', "%~dp0", "pause\r\n", "C:\\Python\\python.exe", "py -3"):
            assert pieza in texto, (nombre, pieza)
        etiquetas = {linea[1:] for linea in texto.splitlines() if linea.startswith(":")}
        saltos = {linea.rpartition("goto ")[2] for linea in texto.splitlines() if "goto " in linea}
        assert saltos <= etiquetas
        # Otro equipo puede cambiarlo mientras se usa: después de trabajar no se lee ni un renglón más.
        trabajan = [linea for linea in texto.splitlines() if re.search(r"-m pei_excel|^pei-excel", linea)]
        assert len(trabajan) == 4  # los dos Python citados, py y la orden
        assert all(linea.endswith(" & exit !PEI_EXCEL_ESTADO!") for linea in trabajan)


@pytest.mark.parametrize(
    ("carpeta", "programa", "ambiente", "citas"),
    [
        ("C:\\Oficina", "D:\\Py 100%\\python.exe", {}, ["D:\\Py 100%%\\python.exe"]),
        ("C:\\Oficina", "C:\\Users\\Peña\\Py\\pythonw.exe", {"USERPROFILE": "C:\\Users\\Peña"},
         ["%USERPROFILE%\\Py\\python.exe"]),
        ("E:\\kit\\Oficina", "E:\\kit\\python\\python.exe", {},
         ["%~dp0..\\python\\python.exe", "E:\\kit\\python\\python.exe"]),
        ("E:\\kit", "E:\\kit\\python\\python.exe", {}, ["%~dp0python\\python.exe", "E:\\kit\\python\\python.exe"]),
        ("E:\\Oficina", "E:\\kit\\python\\python.exe", {},
         ["%~dp0..\\kit\\python\\python.exe", "E:\\kit\\python\\python.exe"]),
        ("C:\\Oficina", "C:\\Program Files\\Python\\python.exe", {"PROGRAMFILES": "C:\\Program Files"},
         ["%PROGRAMFILES%\\Python\\python.exe"]),
    ],
)
def test_como_se_cita_el_python(carpeta: str, programa: str, ambiente: dict[str, str], citas: list[str]) -> None:
    assert pythons_de_windows(PureWindowsPath(carpeta), programa, ambiente) == citas


@pytest.mark.parametrize(
    ("carpeta", "programa", "citas"),
    [
        ("/home/x/oficina", "/usr/bin/python3", ["/usr/bin/python3"]),
        ("/media/x/usb/oficina", "/media/x/usb/kit/python/python",
         ["./../kit/python/python", "/media/x/usb/kit/python/python"]),
        ("/media/x/usb/kit", "/media/x/usb/kit/python/python", ["./python/python", "/media/x/usb/kit/python/python"]),
    ],
)
def test_como_se_cita_el_python_de_unix(carpeta: str, programa: str, citas: list[str]) -> None:
    assert arranque.pythons_de_unix(PurePosixPath(carpeta), programa) == citas


@given(st.lists(st.text(st.characters(exclude_characters='"\r\n\0', exclude_categories=["C", "Zl", "Zp"]), min_size=1),
                max_size=4))
def test_los_python_citados_se_leen_como_se_escribieron(rutas: list[str]) -> None:
    """De un archivo de inicio nuestro se recuperan los de los demás equipos, letra por letra."""
    inicio = INICIOS[1]
    assert arranque.pythons_citados(arranque.texto_de_windows(inicio, rutas)) == rutas
    en_unix = ["/" + r for r in rutas] + ["./../" + r for r in rutas]
    assert arranque.pythons_citados(arranque.texto_de_unix(inicio, en_unix)) == en_unix


def test_dos_equipos_con_la_misma_carpeta() -> None:
    """Cada uno agrega su Python y ninguno quita el del otro; al volver a abrir ya no cambia nada."""
    def al_dia(letra: str, antes: dict[str, bytes], sistema: str = "win32") -> dict[str, bytes]:
        return archivos_de_inicio(Path("C:/Oficina"), sistema=sistema, programa=f"{letra}:\\Py\\python.exe",
                                  ambiente={}, anteriores=antes)

    uno = al_dia("D", {})
    dos = al_dia("E", uno)
    assert arranque.pythons_citados(dos["INICIAR.cmd"]) == ["E:\\Py\\python.exe", "D:\\Py\\python.exe"]
    assert al_dia("D", dos) == al_dia("E", dos) == dos
    assert al_dia("F", dos, "linux")["Revisar.cmd"] == dos["Revisar.cmd"]
    muchos = dos
    for letra in "GHIJKLM":
        muchos = al_dia(letra, muchos)
    assert len(arranque.pythons_citados(muchos["INICIAR.cmd"])) == 6


@pytest.mark.parametrize(
    ("llamada", "rutas"),
    [
        ('C:\\WINDOWS\\system32\\cmd.exe /c ""C:\\O & (x)\\Revisar.cmd" "C:\\a b.xlsx" C:\\a&b^(1)%PATH%!.xlsx "',
         ["C:\\a b.xlsx", "C:\\a&b^(1)%PATH%!.xlsx"]),
        ('cmd.exe /c ""C:\\revisar.CMD" "', []),
        ('cmd /c Revisar.cmd "C:\\a b.xlsx"', ["C:\\a b.xlsx"]),
        ('cmd.exe /c ""C:\\Revisar.cmd\\Revisar.cmd" C:\\x.xlsx "', ["C:\\x.xlsx"]),
        ('"C:\\W n\\cmd.exe" /d /s /C ""C:\\O\\Revisar.cmd" "C:\\Revisar.cmd" "', ["C:\\Revisar.cmd"]),
        ('cmd.exe /k ""C:\\O\\otro.cmd" "C:\\Revisar.cmd" "', ["de los argumentos"]),
        ('cmd.exe /c "cd /d C:\\O && Revisar.cmd a.xlsx"', ["de los argumentos"]),
        ('cmd.exe /c ""C:\\O\\No Revisar.cmd" C:\\x.xlsx "', ["de los argumentos"]),
        ('"C:\\WINDOWS\\system32\\cmd.exe" ', ["de los argumentos"]),
        ("", ["de los argumentos"]),
    ],
)
def test_lo_soltado_se_lee_de_la_linea_de_windows(llamada: str, rutas: list[str]) -> None:
    """Un «&», un «%» o un «^» en el nombre llegan enteros; escrito en una ventana, valen los argumentos."""
    ambiente = {arranque.LLAMADA: llamada, arranque.ARCHIVO: "Revisar.cmd"}
    assert [str(r) for r in soltados(["de los argumentos"], ambiente)] == rutas


#: Lo que Windows admite en el nombre de una carpeta o de un archivo; también el de un archivo de inicio.
_NOMBRES = st.one_of(
    st.sampled_from(["Revisar.cmd", "REVISAR.CMD", "Revisar.cmd Revisar.cmd", "cmd.exe", "a /c b", "x\u00a0y"]),
    st.text(st.characters(exclude_characters='<>:"/\\|?*', exclude_categories=["C", "Zl", "Zp"]), min_size=1)
    .map(lambda n: "_" + n.strip(" .") + "_"),
)
_RUTAS = st.lists(_NOMBRES, min_size=1, max_size=4).map(lambda partes: "C:\\" + "\\".join(partes))


@given(st.sampled_from(["cmd.exe", "C:\\WINDOWS\\system32\\cmd.exe", '"C:\\W n\\cmd.exe"']), _RUTAS, st.lists(_RUTAS))
def test_lo_soltado_llega_entero_se_llame_como_se_llame(interprete: str, lugar: str, rutas: list[str]) -> None:
    """Como el Explorador arma la línea: entre comillas sólo lo que lleva espacios, y otras alrededor de todo."""
    puestas = "".join(f' "{r}"' if " " in r else f" {r}" for r in rutas)
    llamada = f'{interprete} /c ""{lugar}\\Revisar.cmd"{puestas} "'
    ambiente = {arranque.LLAMADA: llamada, arranque.ARCHIVO: "Revisar.cmd"}
    assert soltados(["de los argumentos"], ambiente) == [Path(r) for r in rutas]


# ---------------------------------------------------------------- usados de verdad


def eco(lugar: Path) -> Path:
    """Un «Python» que sólo apunta con qué lo llamaron."""
    programa = lugar / "eco.py"
    programa.write_text(
        f"#!{sys.executable}\nimport json, os, sys\nfrom pathlib import Path\n"
        "if '-c' not in sys.argv:\n"
        "    Path(__file__).with_name('eco.json').write_text(json.dumps(\n"
        "        {'argumentos': sys.argv[1:], 'ambiente': dict(os.environ), 'en': os.getcwd()}))\n    sys.exit(5)\n"
    )
    programa.chmod(0o755)
    return programa


def oido(lugar: Path) -> dict[str, object]:
    return dict(json.loads((lugar / "eco.json").read_text()))


@pytest.mark.skipif(sys.platform == "win32", reason="los de Windows tienen su prueba")
def test_el_de_unix_con_varios_argumentos_y_desde_otra_parte(tmp_path: Path) -> None:
    """Halla su carpeta aunque se haya movido, y cada cosa soltada llega entera."""
    programa = eco(tmp_path)
    hecho = archivos_de_inicio(tmp_path, sistema="linux", programa=str(programa))["Consolidar.sh"]
    movida = tmp_path / CON_SIGNOS
    movida.mkdir()
    (movida / "Consolidar.sh").write_bytes(hecho)
    (movida / "Consolidar.sh").chmod(0o755)
    raras = ["/a b/c&d.xlsx", "/x'y (1).xlsx", "/$HOME `id` *.xlsx"]
    salida = subprocess.run(
        [str(movida / "Consolidar.sh"), *raras], cwd=tmp_path, stdin=subprocess.DEVNULL, check=False
    )
    assert salida.returncode == 5
    llamado = oido(tmp_path)
    assert llamado["argumentos"] == ["-X", "utf8", "-P", "-m", "pei_excel", "soltar", "consolidar", *raras]
    assert llamado["ambiente"][arranque.OFICINA] == str(movida)  # type: ignore[index]
    assert llamado["en"] == str(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="los de Windows tienen su prueba")
@pytest.mark.parametrize("nombre", ["INICIAR.sh", "Revisar.sh"])
def test_control_c_no_termina_el_de_unix(tmp_path: Path, nombre: str) -> None:
    """Llega también a su intérprete: el programa lo atiende, sigue hasta terminar y da su estado."""
    (programa := tmp_path / "python").write_text(
        '#!/bin/sh\ncase "$*" in *"-m pei_excel"*) trap "" INT; kill -INT 0; exit 7;; esac\n'
    )
    programa.chmod(0o755)
    (tmp_path / nombre).write_bytes(archivos_de_inicio(tmp_path, sistema="linux", programa=str(programa))[nombre])
    salida = subprocess.run(
        ["sh", str(tmp_path / nombre)], stdin=subprocess.DEVNULL, start_new_session=True, check=False
    )
    assert salida.returncode == 7


@pytest.mark.skipif(sys.platform == "win32", reason="los de Windows tienen su prueba")
def test_el_de_unix_sin_python_lo_dice(tmp_path: Path) -> None:
    (tmp_path / "INICIAR.sh").write_bytes(archivos_de_inicio(tmp_path, sistema="linux", programa="/no")["INICIAR.sh"])
    for orden in ("dirname", "sh"):
        (tmp_path / orden).symlink_to(shutil.which(orden) or "")
    salida = subprocess.run(
        [str(tmp_path / "sh"), str(tmp_path / "INICIAR.sh")], env={"PATH": str(tmp_path)}, capture_output=True,
        text=True, stdin=subprocess.DEVNULL, check=False,
    )
    assert salida.returncode == 2
    assert salida.stdout.startswith("No se encuentra pei-excel")


@pytest.mark.skipif(sys.platform == "win32", reason="los de Windows tienen su prueba")
@pytest.mark.larga
def test_soltar_varias_cosas_de_verdad(carpeta: Path, tmp_path: Path) -> None:
    """Dos libros sobre Revisar y una carpeta sobre Consolidar, con el programa de verdad."""
    from test_cli import escribir

    periodo = carpeta / RECIBIDOS / "2024-T2"
    escribir(periodo / "informe 504 & (copia).xlsx")
    escribir(tmp_path / "otro.xlsx", unidad="510 - Obras", programa="8 - Obra pública")
    for nombre, contenido in archivos_de_inicio(carpeta, sistema="linux").items():
        (carpeta / nombre).write_bytes(contenido)
    ambiente = {**os.environ, "PYTHONPATH": str(RAIZ)}

    def abrir(nombre: str, *que: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(carpeta / nombre), *map(str, que)], cwd=tmp_path, env=ambiente, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, encoding="utf-8",
        )

    revisado = abrir("Revisar.sh", periodo / "informe 504 & (copia).xlsx", tmp_path / "otro.xlsx")
    assert (revisado.returncode, revisado.stdout.splitlines()[-1]) == (
        0, "2 informes: 2 aceptados; sin observaciones."), revisado.stderr
    consolidado = abrir("Consolidar.sh", periodo)
    assert consolidado.returncode == 0, consolidado.stderr
    assert (carpeta / RESULTADOS / "2024-T2" / "consolidado-mir.xlsx").is_file()
    assert not (tmp_path / "salidas").exists()


@pytest.fixture(scope="module")
def wine(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """El intérprete de órdenes de Windows, emulado; en Windows, el suyo."""
    if sys.platform == "win32":
        return dict(os.environ)
    if shutil.which("wine") is None:
        pytest.skip("no hay un intérprete de órdenes de Windows (ni Wine)")
    ambiente = {
        **os.environ, "WINEPREFIX": str(tmp_path_factory.mktemp("wine")), "WINEDEBUG": "-all", "LC_ALL": "C.UTF-8",
        "DISPLAY": "",
    }
    subprocess.run(["wine", "wineboot", "-i"], env=ambiente, capture_output=True, timeout=300, check=False)
    return ambiente


@pytest.mark.larga
@pytest.mark.parametrize("inicio", INICIOS, ids=lambda i: i.nombre)
def test_los_de_windows_en_su_interprete(tmp_path: Path, wine: dict[str, str], inicio: arranque.Inicio) -> None:
    """Del segundo Python citado, que sí está, y con lo soltado en la línea con que Windows lo abrió."""
    if sys.platform == "win32":
        pytest.skip("en Windows se prueban con el Python de verdad")
    lugar = tmp_path / "O & (Planeación)^"
    lugar.mkdir()
    archivo = f"{inicio.nombre}.cmd"
    eco(tmp_path)
    (lugar / archivo).write_bytes(arranque.texto_de_windows(inicio, ["C:\\no está\\python.exe", "%~dp0..\\eco.py"]))
    llamada = f'C:\\windows\\system32\\cmd.exe /c ""Z:\\{lugar.name}\\{archivo}" "Z:\\a b.xlsx" Z:\\a&b^(1)100%.xlsx "'
    salida = subprocess.run(
        ["wine", "cmd", "/c", archivo, "Z:\\con espacio", "Z:\\a"], cwd=lugar, env={**wine, "cmdcmdline": llamada},
        input=b"\n", capture_output=True, timeout=120, check=False,
    )
    assert b"recognize" not in salida.stdout + salida.stderr, salida
    llamado = oido(tmp_path)
    argumentos, ambiente = llamado["argumentos"], llamado["ambiente"]
    assert isinstance(ambiente, dict)
    assert argumentos == [
        "-X", "utf8", "-P", "-m", "pei_excel", *inicio.orden, *(["Z:\\con espacio", "Z:\\a"] if inicio.recibe else []),
    ]
    assert (ambiente[arranque.LLAMADA], ambiente[arranque.ARCHIVO]) == (llamada, archivo)
    assert ambiente[arranque.OFICINA].endswith(f"{lugar.name}\\.")
    assert ambiente["PYTHONUTF8"] == "1"
    assert [str(r) for r in soltados([], ambiente)] == ["Z:\\a b.xlsx", "Z:\\a&b^(1)100%.xlsx"]


@pytest.mark.skipif(sys.platform != "win32", reason="es de Windows")
def test_en_windows_varias_cosas_de_verdad(tmp_path: Path) -> None:  # pragma: no cover - la corre el CI de Windows
    """En Windows, el archivo de inicio, su intérprete y el Python que lo preparó."""
    from test_cli import escribir

    lugar = tmp_path / CON_SIGNOS
    preparar(lugar, hoy=HOY)
    libros = [lugar / RECIBIDOS / "2024-T2" / "a b.xlsx", lugar / RECIBIDOS / "2024-T2" / "c&d^(1).xlsx"]
    escribir(libros[0])
    escribir(libros[1], unidad="510 - Obras", programa="8 - Obra pública")
    linea = f'cmd.exe /c ""{lugar / "Revisar.cmd"}" "{libros[0]}" "{libros[1]}" "'
    ambiente = {**os.environ, "PYTHONPATH": str(RAIZ)}
    if hasattr(ctypes.WinDLL("ntdll"), "wine_get_version"):  # type: ignore[attr-defined]
        ambiente["cmdcmdline"] = linea  # el intérprete de Wine no la da
    salida = subprocess.run(
        linea, cwd=tmp_path, env=ambiente, input="\n", capture_output=True, text=True,
        encoding="utf-8", check=False, timeout=120,
    )
    assert "2 informes: 2 aceptados" in salida.stdout, salida.stdout + salida.stderr
    assert salida.returncode == 0
