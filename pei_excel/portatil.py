"""La copia portátil: Python, el programa y lo que necesita en un .zip, que no se instala ni pide internet.

Uso: `python -m pei_excel.portatil PYTHON.zip RUEDAS`. PYTHON.zip es el «Windows embeddable package» que se descarga de
python.org; RUEDAS, la carpeta que deja `pip download`. Los pasos están en el README.
"""

from __future__ import annotations

import re
import struct
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.parser import HeaderParser
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from pei_excel.empaque import entrada
from pei_excel.oficina.arranque import INICIOS, texto_de_unix, texto_de_windows
from pei_excel.salidas import NoSePudo, escribir_entero
from pei_excel.terminal import Orden, con_red, ejecutar

if TYPE_CHECKING:
    from packaging.requirements import Requirement
    from packaging.version import Version

PROGRAMA = "pei-excel"
_RAIZ = PurePosixPath(PROGRAMA)
_PYTHON = _RAIZ / "python"
_PAQUETES = "Lib/site-packages"
#: Lo que pip dice de cada arquitectura que un ejecutable de Windows declara.
_ARQUITECTURAS = {0x8664: ("win_amd64", "AMD64"), 0x014C: ("win32", "x86"), 0xAA64: ("win_arm64", "ARM64")}

_LEEME = """\
pei-excel, copia portátil

1. Descomprima esta carpeta entera en un lugar suyo, por ejemplo Documentos. No hace falta instalar nada ni ser
   administrador, y no usa internet. Dentro del .zip no funciona.
2. {abrir}. La primera vez le pregunta en qué carpeta va a trabajar y la prepara.
3. Desde entonces abra {inicio} en esa carpeta, que trae su propio LÉAME y los manuales.

Si mueve esta carpeta, o lleva su carpeta de trabajo a otro equipo que tenga la suya: abra {inicio} aquí y elija su
carpeta de trabajo. Los archivos de inicio se ponen al día solos. Si mueve las dos juntas, por ejemplo en una memoria,
no hay que hacer nada.

{aviso}No mueva ni borre la carpeta «python». Para quitar el programa basta borrar esta carpeta.
"""
_AVISO_DE_WINDOWS = """\
Si Windows dice que protegió su equipo, es porque el archivo vino de internet: «Más información», «Ejecutar de todas
formas»; o, antes de descomprimir, botón derecho sobre el .zip, Propiedades, «Desbloquear».
"""
#: Lo que dice su archivo de inicio si no halla su Python: casi siempre se abrió sin descomprimir.
_SIN_CARPETA = (
    "Falta la carpeta python, que va junto a este archivo.",
    "Descomprima la copia entera y abra INICIAR en la carpeta descomprimida; dentro del .zip no funciona.",
)


@dataclass(frozen=True, slots=True)
class Interprete:
    """El Python que viene en el archivo."""

    version: tuple[int, int]
    plataforma: str | None  #: la etiqueta de Windows («win_amd64»); None si es el de este equipo
    maquina: str = ""
    rutas: str = ""  #: el archivo que dice dónde busca sus módulos
    programa: str = "python.exe"

    @property
    def ambiente(self) -> dict[str, str]:
        """Lo que cambia en las condiciones de los requisitos («sys_platform == …»)."""
        if self.plataforma is None:
            return {}
        version = ".".join(map(str, self.version))
        return {
            "sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": self.maquina,
            "python_version": version, "python_full_version": f"{version}.0", "implementation_name": "cpython",
            "platform_python_implementation": "CPython", "implementation_version": f"{version}.0",
            "platform_release": "", "platform_version": "",
        }

    def etiquetas(self) -> frozenset[object]:
        """Las etiquetas de las ruedas que acepta."""
        from packaging.tags import compatible_tags, cpython_tags, sys_tags

        if self.plataforma is None:
            return frozenset(sys_tags())
        de = [self.plataforma]
        return frozenset([*cpython_tags(self.version, platforms=de), *compatible_tags(self.version, platforms=de)])


@dataclass(slots=True)
class Armado:
    """Qué quedó en la copia."""

    ruta: Path
    llevan: list[str] = field(default_factory=list)  #: «nombre versión» de cada paquete
    sobran: list[str] = field(default_factory=list)  #: ruedas que no hacían falta o no son de ese Python


def armar(python: Path, ruedas: Path, destino: Path) -> Armado:
    """Arma la copia portátil; los mismos archivos dan los mismos bytes.

    Raises:
        NoSePudo: si el Python no es de los que se incrustan, o falta una rueda o no es para él.
    """
    try:
        with zipfile.ZipFile(python) as archivo:
            interprete = _reconocer(python, archivo)
            elegidas, sobran = _elegir(ruedas, interprete)
            partes = {
                **{str(_PYTHON / n): (archivo.read(n), archivo.getinfo(n).external_attr) for n in _archivos(archivo)},
                **_paquetes(elegidas),
            }
    except (OSError, zipfile.BadZipFile) as error:
        raise NoSePudo(
            f"No se pudo leer «{python}» o una rueda de «{ruedas}» ({error}). Descárguelos otra vez."
        ) from error
    rutas = str(_PYTHON / interprete.rutas)
    partes[rutas] = (_con_paquetes(partes[rutas][0].decode()).encode(), partes[rutas][1])
    partes |= _de_inicio(interprete)
    memoria = BytesIO()
    with zipfile.ZipFile(memoria, "w", zipfile.ZIP_DEFLATED) as nuevo:
        for nombre in sorted(partes):
            contenido, atributos = partes[nombre]
            nuevo.writestr(entrada(nombre, atributos >> 16 or 0o644), contenido)
    escribir_entero(destino, memoria.getvalue())
    return Armado(destino, [f"{nombre} {version}" for nombre, (version, _) in sorted(elegidas.items())], sobran)


def _archivos(archivo: zipfile.ZipFile) -> Iterator[str]:
    """Los archivos de un .zip, si ninguno se sale de su carpeta."""
    for nombre in archivo.namelist():
        ruta = PurePosixPath(nombre)
        if ruta.is_absolute() or ".." in ruta.parts or "\\" in nombre or ":" in nombre:
            raise NoSePudo(f"«{archivo.filename}» trae un nombre que se sale de su carpeta: «{nombre}». No lo use.")
        if not nombre.endswith("/"):
            yield nombre


def _reconocer(ruta: Path, archivo: zipfile.ZipFile) -> Interprete:
    nombres = set(_archivos(archivo))
    rutas = next((n for n in sorted(nombres) if n.endswith("._pth")), None)
    version = next((v for n in sorted(nombres) if (v := re.fullmatch(r"python(\d)(\d+)\.zip", n))), None)
    if rutas is None or version is None:
        raise NoSePudo(
            f"«{ruta.name}» no es un Python para incrustar: descargue de python.org el «Windows embeddable package».")
    de = (int(version[1]), int(version[2]))
    if "python.exe" not in nombres:
        return Interprete(de, None, rutas=rutas, programa=rutas.removesuffix("._pth"))
    contenido = archivo.read("python.exe")
    (lugar,) = struct.unpack_from("<I", contenido, 0x3C)
    (maquina,) = struct.unpack_from("<H", contenido, lugar + 4)
    if maquina not in _ARQUITECTURAS:
        raise NoSePudo(f"«{ruta.name}» es de una arquitectura que no se conoce ({maquina:#x}).")
    return Interprete(de, *_ARQUITECTURAS[maquina], rutas=rutas)


def _elegir(carpeta: Path, interprete: Interprete) -> tuple[dict[str, tuple[str, Path]], list[str]]:
    """Por paquete, su versión y su rueda: el programa y todo lo que pide en ese Python."""
    from packaging.requirements import Requirement
    from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

    etiquetas = interprete.etiquetas()
    hay: dict[str, list[tuple[Version, Path]]] = {}
    sobran: list[str] = []
    for ruta in sorted(carpeta.glob("*.whl")):
        try:
            nombre, version, _, suyas = parse_wheel_filename(ruta.name)
        except InvalidWheelFilename:
            sobran.append(ruta.name)
            continue
        if suyas & etiquetas:
            hay.setdefault(nombre, []).append((version, ruta))
        else:
            sobran.append(ruta.name)
    elegidas: dict[str, tuple[str, Path]] = {}
    pendientes = [Requirement(PROGRAMA)]
    while pendientes:
        pedido = pendientes.pop()
        nombre = canonicalize_name(pedido.name)
        if nombre in elegidas and pedido.specifier.contains(elegidas[nombre][0], prereleases=True):
            continue
        sirven = [(v, r) for v, r in hay.get(nombre, ()) if pedido.specifier.contains(str(v), prereleases=True)]
        if not sirven or nombre in elegidas:
            raise NoSePudo(_falta(pedido, interprete, carpeta, sobran))
        version, ruta = max(sirven, key=lambda par: par[0])
        elegidas[nombre] = (str(version), ruta)
        pendientes += _requisitos(ruta, interprete)
    usadas = {ruta for _, ruta in elegidas.values()}
    sobran += [r.name for pares in hay.values() for _, r in pares if r not in usadas]
    return elegidas, sorted(sobran)


def _falta(pedido: Requirement, interprete: Interprete, carpeta: Path, sobran: Sequence[str]) -> str:
    version = ".".join(map(str, interprete.version))
    lugar = interprete.plataforma or "este equipo"
    parecida = [n for n in sobran if n.casefold().startswith(pedido.name.casefold().replace("-", "_") + "-")]
    otra = f" («{parecida[0]}» es de otro)" if parecida else ""
    return (
        f"En «{carpeta}» falta la rueda de {pedido.name}{pedido.specifier or ''} para Python {version} de {lugar}"
        f"{otra}. "
        f"Descárguela con pip download, con --platform {interprete.plataforma or '…'} --python-version {version}."
    )


def _requisitos(rueda: Path, interprete: Interprete) -> list[Requirement]:
    """Lo que una rueda pide en ese Python, sin lo optativo."""
    from packaging.requirements import Requirement

    with zipfile.ZipFile(rueda) as archivo:
        nombre = next(n for n in archivo.namelist() if n.endswith(".dist-info/METADATA"))
        pedidos = HeaderParser().parsestr(archivo.read(nombre).decode("utf-8")).get_all("Requires-Dist") or []
    requisitos = [Requirement(p) for p in pedidos]
    return [r for r in requisitos if r.marker is None or r.marker.evaluate({**interprete.ambiente, "extra": ""})]


def _paquetes(elegidas: dict[str, tuple[str, Path]]) -> dict[str, tuple[bytes, int]]:
    """Lo que cada rueda pone en `site-packages`; sus órdenes y documentos no hacen falta."""
    partes: dict[str, tuple[bytes, int]] = {}
    for _, ruta in elegidas.values():
        with zipfile.ZipFile(ruta) as archivo:
            for nombre in _archivos(archivo):
                raiz, _, resto = nombre.partition("/")
                clase, _, dentro = resto.partition("/")
                if raiz.endswith(".data") and clase not in {"purelib", "platlib"}:
                    continue
                destino = dentro if raiz.endswith(".data") else nombre
                partes[str(_PYTHON / _PAQUETES / destino)] = (archivo.read(nombre), 0o644 << 16)
    return partes


def _con_paquetes(rutas: str) -> str:
    """El archivo de rutas, que además busca en `site-packages`."""
    lineas = rutas.splitlines()
    if _PAQUETES not in (linea.replace("\\", "/") for linea in lineas):
        comentarios = (n for n, linea in enumerate(lineas) if "import site" in linea or linea.startswith("#"))
        lineas.insert(next(comentarios, len(lineas)), _PAQUETES)
    return "\r\n".join([*lineas, ""])


def _de_inicio(interprete: Interprete) -> dict[str, tuple[bytes, int]]:
    iniciar = INICIOS[0]
    if interprete.plataforma:
        nombre, aviso = f"{iniciar.nombre}.cmd", _AVISO_DE_WINDOWS
        abrir = f"Doble clic en {nombre}"
        contenido = texto_de_windows(iniciar, ["%~dp0python\\" + interprete.programa], _SIN_CARPETA)
    else:
        nombre, aviso = f"{iniciar.nombre}.sh", ""
        abrir = f"En una terminal abierta en esta carpeta: sh {nombre}"
        contenido = texto_de_unix(iniciar, [f"./python/{interprete.programa}"], _SIN_CARPETA)
    leeme = _LEEME.format(inicio=nombre, abrir=abrir, aviso=aviso).replace("\n", "\r\n")
    return {
        str(_RAIZ / nombre): (contenido, 0o755 << 16),
        str(_RAIZ / "LÉAME.txt"): (b"\xef\xbb\xbf" + leeme.encode(), 0o644 << 16),
    }


@click.command(cls=Orden, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("python", type=click.Path(path_type=Path), metavar="PYTHON.zip")
@click.argument("ruedas", type=click.Path(path_type=Path), metavar="RUEDAS")
@click.option("-o", "destino", type=click.Path(path_type=Path), default=Path("pei-excel-portatil.zip"),
              show_default=True, metavar="ARCHIVO", help="La copia portátil.")
def orden(python: Path, ruedas: Path, destino: Path) -> None:
    """Arma la copia portátil de pei-excel.

    PYTHON.zip es el «Windows embeddable package» de python.org, y RUEDAS la carpeta que deja pip download.
    """
    for ruta, que in ((python, python.is_file()), (ruedas, ruedas.is_dir())):
        if not que:
            raise NoSePudo(f"No existe «{ruta}». Revise la ruta.")
    try:
        hecha = armar(python, ruedas, destino)
    except ModuleNotFoundError as error:
        if error.name != "packaging":
            raise
        raise NoSePudo('Instale antes lo que hace falta: python -m pip install "pei-excel[portatil]"') from None
    click.echo(f"{hecha.ruta} ({hecha.ruta.stat().st_size / 1024**2:.0f} MB)")
    click.echo(f"Lleva: {', '.join(hecha.llevan)}.")
    if hecha.sobran:
        click.echo(f"No hicieron falta: {', '.join(hecha.sobran)}.", err=True)


if __name__ == "__main__":
    sys.exit(con_red(lambda: ejecutar(orden, None, "pei_excel.portatil")))
