"""De un paquete de Office a lo que comparten .xlsx y .xlsb: sus relaciones, sus propiedades y lo ajeno que trae."""

from __future__ import annotations

import posixpath
import re
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from pei_excel.crudo import ArchivoIlegible, LibroCrudo
from pei_excel.lectura import hoja_xlsx
from pei_excel.lectura.partes import fecha_iso, raiz

if TYPE_CHECKING:
    from pei_excel.lectura.guardia import Paquete

#: Lo que el libro trae y nunca se sigue ni se ejecuta → por qué partes se reconoce.
_AJENOS = (
    ("macros", ("vbaproject.bin", "/macrosheets/", "/intlmacrosheets/")),
    ("vínculos externos", ("/externallinks/",)),
    ("conexiones", ("/connections.", "/querytables/", "/xl/model/")),
    ("objetos incrustados", ("/embeddings/", "/activex/", "/oleobjects/")),
    ("complementos web", ("/webextensions/",)),
)
#: Una relación que sale del libro y no es un vínculo de una celda: una imagen, un objeto o una plantilla de fuera.
_EXTERNA = re.compile(rb"""<(?=[^<>]*\sTargetMode\s*=\s*["']External["'])(?![^<>]*/hyperlink["'])[^<>]*>""")


class Relacion(NamedTuple):
    tipo: str  #: última palabra del tipo: «worksheet», «styles»…
    destino: str  #: nombre de la parte


def parte_principal(paquete: Paquete, usual: str) -> str:
    """Nombre de la parte del libro; la usual, si el paquete no dice cuál es."""
    parte = destino(relaciones(paquete, ""), "officeDocument") or usual
    if parte.lower() not in paquete.nombres:
        hojas = any(nombre.startswith("xl/worksheets/") for nombre in paquete.nombres)
        raise ArchivoIlegible("dañado" if hojas else "no es un libro", "falta la parte principal del libro")
    return parte


def describir(libro: LibroCrudo, paquete: Paquete) -> None:
    """Pone en el libro sus propiedades, su fecha y lo ajeno que trae."""
    del_paquete = relaciones(paquete, "")
    libro.propiedades = _propiedades(paquete, destino(del_paquete, "custom-properties") or "docProps/custom.xml")
    libro.modificado = _modificado(paquete, destino(del_paquete, "core-properties") or "docProps/core.xml")
    partes = "\n".join(f"/{parte}" for parte in paquete.nombres)
    halladas = {nombre for nombre, marcas in _AJENOS if any(marca in partes for marca in marcas)}
    for parte, contenido in paquete.xml.items():
        if parte.endswith(".rels") and _EXTERNA.search(contenido):
            halladas.add("vínculos externos")
        if parte.startswith("customxml/") and b"DataMashup" in contenido.replace(b"\0", b""):  # Power Query
            halladas.add("conexiones")
    libro.ajenos = tuple(nombre for nombre, _ in _AJENOS if nombre in halladas)


def relaciones(paquete: Paquete, parte: str) -> dict[str, Relacion]:
    """Relaciones de una parte (o del paquete, con «»); las externas no se siguen."""
    carpeta, nombre = posixpath.split(parte)
    contenido = paquete.xml.get(posixpath.join(carpeta, "_rels", f"{nombre}.rels").lower())
    halladas: dict[str, Relacion] = {}
    for relacion in raiz(contenido) if contenido is not None else ():
        parte_destino = (relacion.get("Target") or "").replace("\\", "/")
        if relacion.get("TargetMode") != "External":
            parte_destino = posixpath.normpath(posixpath.join("/", carpeta, parte_destino)).lstrip("/")
            tipo = (relacion.get("Type") or "").rpartition("/")[2]
            halladas[relacion.get("Id") or ""] = Relacion(tipo, parte_destino)
    return halladas


def destino(halladas: dict[str, Relacion], tipo: str) -> str | None:
    return next((relacion.destino for relacion in halladas.values() if relacion.tipo == tipo), None)


def _propiedades(paquete: Paquete, parte: str) -> dict[str, str]:
    """Propiedades personalizadas del documento, como texto."""
    contenido = paquete.xml.get(parte.lower())
    if contenido is None:
        return {}
    propiedades: dict[str, str] = {}
    for propiedad in raiz(contenido).iterfind("{*}property"):
        texto = "".join(str(tramo) for tramo in propiedad.itertext()).strip()
        propiedades[propiedad.get("name") or ""] = hoja_xlsx.decodificar(texto)
    return propiedades


def _modificado(paquete: Paquete, parte: str) -> datetime | None:
    contenido = paquete.xml.get(parte.lower())
    if contenido is None:
        return None
    escrito = raiz(contenido).find("{*}modified")
    return fecha_iso(escrito.text or "") if escrito is not None else None
