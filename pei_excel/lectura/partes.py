"""De una parte XML ya revisada a sus elementos, sin entidades ni red y con memoria acotada."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lxml import etree

from pei_excel.crudo import ArchivoIlegible

if TYPE_CHECKING:
    from lxml.etree import _Element

#: Hasta este tamaño el árbol entero cabe sin pensarlo y se lee más rápido que en flujo.
_EN_MEMORIA = 1024 * 1024

# Lo que un analizador de XML rechaza o cambia dentro de un texto; un «\r» lo vuelve «\n».
_ENTIDAD_RARA = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)")
_DE_CONTROL = bytes({*range(32)} - {9, 10})
_OTRA_CODIFICACION = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)


def raiz(contenido: bytes) -> _Element:
    """Elemento raíz de una parte pequeña."""
    # Un analizador nuevo cada vez: cuesta microsegundos y no guarda nombres de un archivo a otro.
    analizador = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(contenido, analizador)
    except etree.XMLSyntaxError:
        raise _danado() from None


def texto_llano(contenido: bytes) -> str | None:
    """Una parte pequeña como texto, si es UTF-8 y sus textos no dicen más que sus caracteres y las cinco entidades.

    Sólo así puede leerse con una expresión regular y entender lo mismo que un analizador de XML.
    """
    if len(contenido) > _EN_MEMORIA or _OTRA_CODIFICACION.search(contenido, 0, 200):
        return None
    cuerpo = contenido[contenido.find(b"<", contenido.find(b"?>") + 1) :]
    if len(cuerpo.translate(None, _DE_CONTROL)) != len(cuerpo):
        return None
    try:
        texto = cuerpo.decode()
    except UnicodeDecodeError:
        return None
    raro = "]]>" in texto or "\ufffe" in texto or "\uffff" in texto or _ENTIDAD_RARA.search(texto)
    return None if raro else texto


_IMPOSIBLES = dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "\ufffd")


def sin_imposibles(texto: str) -> str:
    """El texto sin lo que el XML no admite de ningún modo: quien lo escribiera daría un libro que no abre."""
    return texto if texto.isascii() else texto.translate(_IMPOSIBLES)


def sin_entidades(texto: str) -> str:
    """El texto con sus cinco entidades ya como caracteres."""
    if "&" not in texto:
        return texto
    otras = texto.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&apos;", "'")
    return otras.replace("&amp;", "&")


def hijos(contenido: bytes, nombre: str) -> Iterator[_Element]:
    """Elementos con ese nombre, hijos de la raíz; los de partes grandes se sueltan al pasar."""
    if len(contenido) <= _EN_MEMORIA:
        yield from (hijo for hijo in raiz(contenido) if local(hijo) == nombre)
        return
    for _, elemento in en_flujo(contenido, ("end",), [f"{{*}}{nombre}"]):
        yield elemento
        soltar(elemento)


def secciones(contenido: bytes, nombres: dict[str, str]) -> Iterator[tuple[str, _Element]]:
    """Elementos de cada sección (sección → nombre de sus elementos), en orden; los grandes se sueltan al pasar.

    Los nombres son locales: valen el espacio de nombres usual, el estricto y cualquier prefijo.
    """
    if len(contenido) <= _EN_MEMORIA:
        for seccion in raiz(contenido):
            nombre = nombres.get(local(seccion))
            if nombre is not None:
                yield from ((nombre, elemento) for elemento in seccion if local(elemento) == nombre)
        return
    for _, elemento in en_flujo(contenido, ("end",), [f"{{*}}{nombre}" for nombre in nombres.values()]):
        padre, nombre = elemento.getparent(), local(elemento)
        if padre is not None and nombres.get(local(padre)) == nombre:  # los dibujos también tienen «row»
            yield nombre, elemento
        soltar(elemento)


def en_flujo(contenido: bytes, sucesos: tuple[str, ...], etiquetas: list[str]) -> Iterator[tuple[str, _Element]]:
    """Sucesos de una parte a medida que se lee."""
    try:
        yield from etree.iterparse(
            io.BytesIO(contenido),
            events=sucesos,
            tag=etiquetas,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
    except etree.XMLSyntaxError:
        raise _danado() from None


def soltar(elemento: _Element) -> None:
    """Libera un elemento ya leído y los hermanos que quedaron atrás."""
    elemento.clear()
    padre = elemento.getparent()
    if padre is not None:
        while elemento.getprevious() is not None:
            del padre[0]


def local(elemento: _Element) -> str:
    """Nombre del elemento sin su espacio de nombres."""
    return str(elemento.tag).rpartition("}")[2]


def atributo(elemento: _Element, nombre: str) -> str | None:
    """Valor de un atributo por su nombre sin espacio de nombres («id» vale por «r:id»)."""
    for clave, valor in elemento.attrib.items():
        if str(clave).rpartition("}")[2] == nombre:
            return str(valor)
    return None


def entero(texto: str | None) -> int:
    """Entero escrito en un atributo."""
    try:
        return int(texto or "")
    except ValueError:
        raise ArchivoIlegible("dañado", f"«{(texto or '')[:40]}» debía ser un número") from None


def fecha_iso(texto: str) -> datetime | None:
    """Fecha ISO 8601 sin zona (la que la trae se pasa a UTC); None si no lo es."""
    try:
        leida = datetime.fromisoformat(texto.strip())
        return leida if leida.tzinfo is None else leida.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def _danado() -> ArchivoIlegible:
    return ArchivoIlegible("dañado", "el XML de una de sus partes está incompleto o mal formado")
