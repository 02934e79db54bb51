"""La copia portátil: lo que lleva, lo que le falta, y una de verdad, con el Python de este equipo en la misma forma."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import pei_excel
from pei_excel.portatil import armar
from pei_excel.salidas import NoSePudo

#: Con servidores, procesos o muchos libros de verdad: van con las largas.
pytestmark = pytest.mark.larga

RAIZ = Path(pei_excel.__file__).parent.parent
DE_WINDOWS = "cp312-cp312-win_amd64"
RUTAS = "python312.zip\r\n.\r\n\r\n# Uncomment to run site.main() automatically\r\n#import site\r\n"


def rueda(carpeta: Path, nombre: str, version: str = "1.0", etiqueta: str = "py3-none-any",
          pide: tuple[str, ...] = (), archivos: dict[str, bytes] | None = None) -> Path:
    """Una rueda con lo que se le diga."""
    carpeta.mkdir(exist_ok=True)
    limpio = nombre.replace("-", "_")
    ficha = f"{limpio}-{version}.dist-info"
    texto = "\n".join(["Metadata-Version: 2.1", f"Name: {nombre}", f"Version: {version}",
                       *(f"Requires-Dist: {p}" for p in pide), "", ""])
    ruta = carpeta / f"{limpio}-{version}-{etiqueta}.whl"
    with zipfile.ZipFile(ruta, "w") as archivo:
        archivo.writestr(f"{ficha}/METADATA", texto)
        for dentro, contenido in (archivos or {f"{limpio}/__init__.py": b""}).items():
            archivo.writestr(dentro, contenido)
    return ruta


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """Un Python de Windows para incrustar, sin contenido."""
    ejecutable = bytearray(512)
    ejecutable[0x3C:0x40] = struct.pack("<I", 0x80)
    ejecutable[0x80:0x86] = b"PE\0\0" + struct.pack("<H", 0x8664)
    ruta = tmp_path / "python-3.12-embed-amd64.zip"
    with zipfile.ZipFile(ruta, "w") as archivo:
        archivo.writestr("python.exe", bytes(ejecutable))
        archivo.writestr("python312.zip", b"")
        archivo.writestr("python312._pth", RUTAS)
    return ruta


def test_lleva_el_python_lo_que_hace_falta_y_nada_mas(tmp_path: Path, python: Path) -> None:
    """Lo condicionado a Windows, sí; lo optativo, lo de otro sistema y lo que nadie pide, no. Siempre igual."""
    ruedas = tmp_path / "ruedas"
    rueda(ruedas, "pei-excel", pide=("a>=2", 'color; sys_platform == "win32"', 'b; sys_platform == "linux"',
                                     'c; extra == "pruebas"', 'd; python_version < "3.12"'))
    rueda(ruedas, "a", "2.5", DE_WINDOWS, archivos={
        "a/x.pyd": b"1", "a-2.5.data/purelib/suelto.py": b"2", "a-2.5.data/scripts/a.exe": b"3"})
    rueda(ruedas, "a", "2.4", DE_WINDOWS)
    rueda(ruedas, "a", "9.0", "cp312-cp312-manylinux_2_17_x86_64")
    rueda(ruedas, "color")
    rueda(ruedas, "sobra")
    hecha = armar(python, ruedas, tmp_path / "copia.zip")
    assert hecha.llevan == ["a 2.5", "color 1.0", "pei-excel 1.0"]
    assert hecha.sobran == [
        "a-2.4-cp312-cp312-win_amd64.whl", "a-9.0-cp312-cp312-manylinux_2_17_x86_64.whl", "sobra-1.0-py3-none-any.whl"]
    with zipfile.ZipFile(hecha.ruta) as copia:
        paquetes = "pei-excel/python/Lib/site-packages"
        assert sorted(n for n in copia.namelist() if "dist-info" not in n) == sorted([
            "pei-excel/INICIAR.cmd", "pei-excel/LÉAME.txt", "pei-excel/python/python.exe",
            "pei-excel/python/python312._pth", "pei-excel/python/python312.zip", f"{paquetes}/a/x.pyd",
            f"{paquetes}/color/__init__.py", f"{paquetes}/pei_excel/__init__.py", f"{paquetes}/suelto.py",
        ])
        assert copia.read("pei-excel/python/python312._pth").decode().splitlines()[:4] == [
            "python312.zip", ".", "", "Lib/site-packages"]
        inicio, leeme = copia.read("pei-excel/INICIAR.cmd"), copia.read("pei-excel/LÉAME.txt").decode("utf-8-sig")
        assert b'"PEI_EXCEL_PYTHON_1=%~dp0python\\python.exe"' in inicio
        assert b"Descomprima la copia entera" in inicio  # no «abra INICIAR en su carpeta», que es ésta
        assert inicio.isascii()
        assert "Doble clic en INICIAR.cmd. " in leeme
        assert "«Más información»" in leeme
    huella = hashlib.sha256(hecha.ruta.read_bytes()).digest()
    assert hashlib.sha256(armar(python, ruedas, tmp_path / "otra.zip").ruta.read_bytes()).digest() == huella


def test_lo_que_falta_se_nombra(tmp_path: Path, python: Path) -> None:
    ruedas = tmp_path / "ruedas"
    ruedas.mkdir()
    with pytest.raises(NoSePudo, match=r"falta la rueda de pei-excel para Python 3\.12 de win_amd64"):
        armar(python, ruedas, tmp_path / "copia.zip")
    rueda(ruedas, "pei-excel", pide=("lxml>=5",))
    rueda(ruedas, "lxml", "6.0", "cp311-cp311-win_amd64")
    with pytest.raises(NoSePudo, match=r"lxml>=5 .*«lxml-6.0-cp311-cp311-win_amd64.whl» es de otro"):
        armar(python, ruedas, tmp_path / "copia.zip")
    with zipfile.ZipFile(tmp_path / "otro.zip", "w") as archivo:
        archivo.writestr("setup.exe", b"")
    with pytest.raises(NoSePudo, match="no es un Python para incrustar"):
        armar(tmp_path / "otro.zip", ruedas, tmp_path / "copia.zip")
    (tmp_path / "roto.zip").write_bytes(b"PK")
    with pytest.raises(NoSePudo, match="No se pudo leer"):
        armar(tmp_path / "roto.zip", ruedas, tmp_path / "copia.zip")
    rueda(ruedas, "lxml", "6.1", DE_WINDOWS, archivos={"../../fuera.py": b""})
    with pytest.raises(NoSePudo, match="se sale de su carpeta"):
        armar(python, ruedas, tmp_path / "copia.zip")
    assert not (tmp_path / "copia.zip").exists()


# ---------------------------------------------------------------- una de verdad


def de_este_equipo(ruta: Path) -> Path:
    """El Python de este equipo con la disposición del que se incrusta: ejecutable, biblioteca en un .zip y rutas."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    corta = version.replace(".", "")
    biblioteca = Path(sysconfig.get_path("stdlib"))
    interna = ruta.with_name("biblioteca.zip")
    with zipfile.ZipFile(interna, "w") as archivo:
        for modulo in sorted(biblioteca.rglob("*.py")):
            partes = modulo.relative_to(biblioteca).parts
            if not {"site-packages", "dist-packages", "test", "idlelib", "tkinter", "ensurepip"} & set(partes):
                archivo.write(modulo, "/".join(partes))
    with zipfile.ZipFile(ruta, "w") as archivo:
        archivo.write(os.path.realpath(sys._base_executable), "python")  # type: ignore[attr-defined]
        archivo.write(interna, f"python{corta}.zip")
        archivo.writestr("python._pth", f"python{corta}.zip\n.\n")
        for modulo in sorted((biblioteca / "lib-dynload").glob("*.so")):
            archivo.write(modulo, modulo.name)
    return ruta


def del_programa(carpeta: Path) -> list[str]:
    """La rueda del programa, de su código; da lo que pide."""
    datos = tomllib.loads((RAIZ / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    programa = {p.relative_to(RAIZ).as_posix(): p.read_bytes() for p in (RAIZ / "pei_excel").rglob("*")
                if p.is_file() and p.suffix != ".pyc"}
    rueda(carpeta, "pei-excel", pei_excel.VERSION, pide=tuple(datos), archivos=programa)
    return list(datos)


def de_lo_instalado(carpeta: Path) -> None:
    """Ruedas del programa y de lo que pide, hechas de lo que está instalado."""
    datos = del_programa(carpeta)
    pendientes, hechas = [Requirement(d) for d in datos], set()
    while pendientes:
        nombre = canonicalize_name(pendientes.pop().name)
        if nombre in hechas:
            continue
        hechas.add(nombre)
        de = distribution(nombre)
        pide = tuple(de.requires or ())
        pendientes += [r for p in pide if (r := Requirement(p)).marker is None or r.marker.evaluate({"extra": ""})]
        etiquetas = [linea.removeprefix("Tag: ").split("-") for linea in (de.read_text("WHEEL") or "").splitlines()
                     if linea.startswith("Tag: ")]
        etiqueta = "-".join(".".join(sorted(set(parte))) for parte in zip(*etiquetas, strict=True))
        archivos = {str(f): Path(str(de.locate_file(f))).read_bytes() for f in de.files or ()
                    if ".." not in f.parts and f.suffix != ".pyc" and ".dist-info" not in str(f)}
        rueda(carpeta, nombre, de.version, etiqueta, pide, archivos)


@pytest.mark.larga
@pytest.mark.skipif(sys.platform != "linux", reason="la de Windows la arma y la usa su integración continua")
def test_una_copia_de_verdad_sin_nada_instalado(tmp_path: Path) -> None:
    """Descomprimida en otra carpeta y sin ver lo instalado: el ejemplo entero, con sus procesos, y preparar."""
    de_lo_instalado(tmp_path / "ruedas")
    hecha = armar(de_este_equipo(tmp_path / "python.zip"), tmp_path / "ruedas", tmp_path / "copia.zip")
    lugar = tmp_path / "Usuario con acentos — OneDrive (Planeación)"
    with zipfile.ZipFile(hecha.ruta) as copia:
        copia.extractall(lugar)
    carpeta = lugar / "pei-excel"
    interprete = carpeta / "python" / "python"
    for ejecutable in (interprete, carpeta / "INICIAR.sh"):
        ejecutable.chmod(0o755)
    ambiente = {"PATH": os.defpath, "HOME": str(tmp_path), "PYTHONPATH": "/no/se/usa"}

    def correr(*orden: str | Path) -> str:
        salida = subprocess.run([*map(str, orden)], cwd=tmp_path, env=ambiente, capture_output=True, text=True,
                                encoding="utf-8", stdin=subprocess.DEVNULL, check=False, timeout=300)
        assert salida.returncode == 0, salida.stdout + salida.stderr
        return salida.stdout

    programa = "import sys, pei_excel, lxml; print(pei_excel.__file__, lxml.__file__, *sys.path, sep=chr(10))"
    assert all(linea.startswith(str(carpeta)) for linea in correr(interprete, "-P", "-c", programa).splitlines())
    assert "Órdenes" in correr(carpeta / "INICIAR.sh")
    assert "Abra primero (MIR)" in correr(interprete, "-X", "utf8", "-P", "-m", "pei_excel", "ejemplo")
    assert (tmp_path / "salidas/ejemplo/2024-T2/consolidado-poi.xlsx").is_file()
    oficina = lugar / "oficina"
    correr(interprete, "-X", "utf8", "-P", "-m", "pei_excel", "preparar", oficina)
    assert "Órdenes" in correr(oficina / "INICIAR.sh")
    assert "Doble clic" not in (carpeta / "LÉAME.txt").read_text(encoding="utf-8-sig")
    # La copia y la oficina cambian de lugar juntas, como en una memoria; y después la copia sola.
    lugar.rename(otro := tmp_path / "otro lugar")
    assert "Órdenes" in correr(otro / "oficina" / "INICIAR.sh")
    (otro / "pei-excel").rename(nueva := tmp_path / "pei-excel")
    perdida = subprocess.run([str(otro / "oficina" / "INICIAR.sh")], env=ambiente, capture_output=True, text=True,
                             encoding="utf-8", stdin=subprocess.DEVNULL, check=False, timeout=60)
    assert (perdida.returncode, perdida.stdout.splitlines()[0][:21]) == (2, "No se encuentra pei-e")
    al_dia = ("import pathlib, sys, pei_excel.oficina.preparacion as p\n"
              "print(*p.poner_al_dia(pathlib.Path(sys.argv[1])))")
    hechos = correr(nueva / "python" / "python", "-X", "utf8", "-P", "-c", al_dia, otro / "oficina").split()
    assert hechos == ["INICIAR.sh", "Revisar.sh", "Consolidar.sh"]
    assert "Órdenes" in correr(otro / "oficina" / "INICIAR.sh")
