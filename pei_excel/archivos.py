"""Qué archivos hay en lo que el usuario señaló: los que pueden ser informes y los que se apartan, con su porqué."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import NamedTuple

from pei_excel.crudo import ArchivoIlegible
from pei_excel.lectura import recepcion, zips
from pei_excel.lectura.limites import LIMITES, MB, Limites
from pei_excel.salidas import BITACORA, CIERRE, PASAJERO, ULTIMO

#: Extensiones que se leen; un .zip, por los libros que trae.
LEGIBLES = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".xlt", ".ods", ".ots"})
_ZIP = ".zip"
#: Extensiones con que alguien pudo entregar su informe y que no se leen: se rechazan con su nombre.
PROBABLES = frozenset({".csv", ".numbers", ".gsheet", ".rar", ".7z"})
_DE_BLOQUEO = ("~$", ".~lock.", "~wr")
_DEL_SISTEMA = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})


#: Bytes de resultados por cada byte recibido: con libros de unidades se midieron de 2 a 4.
_CRECE = 6
#: Bytes de un archivo que cuentan para el espacio: más que eso son imágenes o restos, que no se copian.
_CUENTAN = {_ZIP: 32 * MB}
_CUENTA_UN_LIBRO = MB // 4


class Archivo(NamedTuple):
    """Un archivo por leer."""

    ruta: Path  #: la de un libro dentro de un .zip sigue dentro de él: «recibidos/entrega.zip/libro.xlsx»
    nombre: str  #: relativo a la carpeta señalada, con «/», como se muestra


class Hallados(NamedTuple):
    """Lo que hay en las rutas señaladas."""

    archivos: list[Archivo]
    ajenos: list[tuple[str, str]]  #: (nombre, por qué se apartó)
    listas: tuple[Path, ...] = ()  #: el recepcion.csv de cada carpeta señalada


def buscar(rutas: Iterable[Path], limites: Limites = LIMITES) -> Hallados:
    """Archivos de las rutas (las carpetas, con todo lo que contienen; los .zip, con sus libros), en orden de nombre."""
    archivos: dict[str, Archivo] = {}
    ajenos: list[tuple[str, str]] = []
    listas: list[Path] = []
    for ruta in rutas:
        es_carpeta = ruta.is_dir()
        candidatos, inaccesibles = _contenido(ruta) if es_carpeta else ([ruta], [])
        ajenos += inaccesibles
        de_resultados = _nuestras(candidatos)
        for candidato in candidatos:
            nombre = candidato.relative_to(ruta).as_posix() if es_carpeta else candidato.name
            nombre = _mostrable(nombre)
            # Nuestros y de nadie: lo que se está escribiendo y la bitácora, si los resultados van entre lo recibido.
            if candidato.name.startswith((PASAJERO, BITACORA)):
                continue
            nuestra = any(carpeta in de_resultados for carpeta in candidato.parents)
            if es_carpeta and not nuestra and recepcion.es_lista(nombre):
                if candidato.parent == ruta and not any(lista.parent == ruta for lista in listas):
                    listas.append(candidato)
                else:
                    ajenos.append((nombre, "sólo se usa el recepcion.csv de la carpeta señalada"))
                continue
            motivo = "es una salida de este programa" if nuestra else _motivo_para_apartar(PurePath(nombre))
            if motivo:
                ajenos.append((nombre, motivo))
                continue
            dentro = _del_zip(candidato, limites) if candidato.suffix.lower() == _ZIP else None
            if dentro is None:
                archivos.setdefault(_unico(candidato), Archivo(candidato, nombre))
            for libro in sorted(dentro or (), key=lambda texto: _orden(PurePath(texto))):
                apartado = _motivo_para_apartar(PurePath(libro))
                if apartado:
                    ajenos.append((f"{nombre}/{libro}", apartado))
                else:
                    archivos.setdefault(
                        f"{_unico(candidato)}/{libro}", Archivo(candidato / libro, f"{nombre}/{libro}")
                    )
    return Hallados(list(archivos.values()), ajenos, tuple(listas))


def _nuestras(candidatos: Iterable[Path]) -> set[Path]:
    """Carpetas que dejó este programa: resultados y periodos cerrados."""
    return {c.parent for c in candidatos if c.name in {ULTIMO, CIERRE}}


def originales(carpeta: Path) -> list[tuple[Path, str]]:
    """Lo que se recibió en una carpeta, sin lo nuestro ni lo que sólo es del equipo: (ruta, nombre como se muestra).

    Los .zip van como un archivo; también están los que no se leen, como un oficio en PDF.
    """
    candidatos = _contenido(carpeta)[0]
    nuestras = _nuestras(candidatos)
    hallados = []
    for ruta in candidatos:
        nombre, bajo = _mostrable(ruta.relative_to(carpeta).as_posix()), ruta.name.lower()
        nuestro = ruta.name.startswith((PASAJERO, BITACORA)) or any(c in nuestras for c in ruta.parents)
        if not nuestro and not bajo.startswith((*_DE_BLOQUEO, ".")) and bajo not in _DEL_SISTEMA:
            hallados.append((ruta, nombre))
    return hallados


def espacio_de_salida(rutas: Iterable[Path]) -> int:
    """Bytes que pueden ocupar los resultados de lo que hay en las rutas, con holgura; sólo mira tamaños."""
    total = 0
    for ruta in rutas:
        for candidato in _contenido(ruta)[0] if ruta.is_dir() else [ruta]:
            extension = candidato.suffix.lower()
            if extension in LEGIBLES | {_ZIP}:
                try:
                    tamano = candidato.stat().st_size
                except OSError:
                    continue  # al leerlo se dirá
                total += min(tamano, _CUENTAN.get(extension, _CUENTA_UN_LIBRO))
    return total * _CRECE


def _contenido(carpeta: Path) -> tuple[list[Path], list[tuple[str, str]]]:
    """Archivos de una carpeta y de las que contiene, y las carpetas que no pueden verse."""
    hallados: list[Path] = []
    sin_ver: list[tuple[str, str]] = []

    def anotar(error: OSError) -> None:
        lugar = Path(error.filename or carpeta)
        nombre = lugar.relative_to(carpeta).as_posix() if lugar.is_relative_to(carpeta) else lugar.name
        sin_ver.append((_mostrable(nombre), "es una carpeta que el sistema no permite ver"))

    for lugar, carpetas, nombres in os.walk(carpeta, onerror=anotar):
        hallados += [Path(lugar, nombre) for nombre in nombres]
        for nombre in carpetas:
            if Path(lugar, nombre).is_symlink():  # podría dar vueltas sin fin
                relativo = Path(lugar, nombre).relative_to(carpeta).as_posix()
                sin_ver.append((_mostrable(relativo), "es un vínculo a otra carpeta; no se sigue"))
    return sorted(hallados, key=_orden), sin_ver


def _mostrable(nombre: str) -> str:
    """El nombre como se escribe en los resultados: los acentos en un carácter y «�» donde el disco no da un texto."""
    texto = unicodedata.normalize("NFC", os.fsencode(nombre).decode("utf-8", "replace"))
    return "".join("�" if unicodedata.category(c) in {"Cc", "Cn"} or c in zips.INVIERTEN else c for c in texto)


def _unico(ruta: Path) -> str:
    """El mismo archivo señalado por dos caminos se lee una vez."""
    try:
        return str(ruta.resolve())
    except (OSError, RuntimeError):  # un vínculo que da vueltas: al leerlo se dirá
        return str(ruta.absolute())


def _del_zip(ruta: Path, limites: Limites) -> list[str] | None:
    """Lo que trae un .zip; None si ha de leerse como un archivo (es un libro, está dañado o no trae ninguno)."""
    try:
        nombres = zips.listar(ruta, limites)
    except ArchivoIlegible:
        return None  # el mismo motivo se dice al leerlo
    legibles = LEGIBLES | PROBABLES | {_ZIP}
    if nombres is None or not any(PurePath(n).suffix.lower() in legibles for n in nombres):
        return None
    return nombres


def _orden(ruta: PurePath) -> tuple[str, str, str]:
    """El mismo en cualquier disco: macOS da los acentos por separado, y en Linux caben los dos nombres a la vez."""
    escrito = ruta.as_posix()
    texto = unicodedata.normalize("NFC", escrito)
    return texto.casefold(), texto, escrito


def _motivo_para_apartar(ruta: PurePath) -> str | None:
    nombre, extension = ruta.name.lower(), ruta.suffix.lower()
    if extension == ".icloud":  # así guarda macOS lo que no está en el equipo: «.libro.xlsx.icloud»
        return "sólo está en la nube: ábralo una vez para que se descargue y repita"
    if nombre.startswith(_DE_BLOQUEO):
        return "es un archivo de bloqueo: alguien tenía abierto el libro"
    if nombre in _DEL_SISTEMA or nombre.startswith(".") or "__MACOSX" in ruta.parts:
        return "es un archivo del sistema"
    if extension not in LEGIBLES | PROBABLES | {_ZIP}:
        return f"no es un libro de Excel ({extension or 'sin extensión'})"
    return None
