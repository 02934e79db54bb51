"""De un paquete .xlsx o .xlsm a un `LibroCrudo`: el libro, sus estilos, sus textos y sus propiedades."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from pei_excel.crudo import ArchivoIlegible, HojaCruda, LibroCrudo
from pei_excel.lectura import hoja_xlsx, numeros, opc
from pei_excel.lectura.partes import atributo, entero, hijos, local, raiz, sin_entidades, texto_llano

if TYPE_CHECKING:
    from lxml.etree import _Element

    from pei_excel.lectura.guardia import Limites, Paquete

#: Un texto compartido sin formato, como casi todos; lo demás se lee elemento por elemento.
_TEXTO = re.compile(r'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')
_TABLA_VACIA = re.compile(r'<sst( [a-zA-Z:]+="[^"<>]*")*>\s*</sst>\s*')


def leer(paquete: Paquete, archivo: str, tipo: str, limites: Limites) -> LibroCrudo:
    """Lee el libro entero."""
    parte_libro = opc.parte_principal(paquete, "xl/workbook.xml")
    libro = raiz(paquete.parte(parte_libro))
    if local(libro) != "workbook":
        raise ArchivoIlegible("no es un libro", "su parte principal no es la de un libro")
    relaciones = opc.relaciones(paquete, parte_libro)
    contexto = hoja_xlsx.Contexto(
        textos=_textos(paquete, opc.destino(relaciones, "sharedStrings"), limites),
        estilos=_estilos(paquete, opc.destino(relaciones, "styles"), desde_1904=_desde_1904(libro)),
        limites=limites,
    )
    leido = LibroCrudo(archivo=archivo, tipo=tipo, hojas=_hojas(paquete, libro, relaciones, contexto))
    if not leido.hojas:
        raise ArchivoIlegible("dañado", "no tiene ninguna hoja")
    leido.nombres = _nombres(libro)
    opc.describir(leido, paquete)
    return leido


def _desde_1904(libro: _Element) -> bool:
    return any(propiedad.get("date1904") in {"1", "true"} for propiedad in libro.iter("{*}workbookPr"))


def _hojas(
    paquete: Paquete, libro: _Element, relaciones: dict[str, opc.Relacion], contexto: hoja_xlsx.Contexto
) -> list[HojaCruda]:
    """Hojas en el orden del libro; las de gráfico y de macros de Excel 4 no tienen celdas que leer."""
    hojas: list[HojaCruda] = []
    leidas: set[str] = set()
    for declarada in libro.iterfind("{*}sheets/{*}sheet"):
        relacion = relaciones.get(atributo(declarada, "id") or "")
        if relacion is None:
            raise ArchivoIlegible("dañado", "una hoja no dice en qué parte está")
        if relacion.tipo != "worksheet":
            continue
        if relacion.destino.lower() in leidas:  # leer mil veces la misma parte también es una bomba
            raise ArchivoIlegible("sospechoso", f"dos hojas comparten la parte «{relacion.destino}»")
        leidas.add(relacion.destino.lower())
        if len(leidas) > contexto.limites.hojas:
            raise ArchivoIlegible("demasiado grande", f"tiene más de {contexto.limites.hojas:,} hojas")
        hoja = HojaCruda(declarada.get("name") or "", oculta=declarada.get("state", "visible") != "visible")
        hoja_xlsx.llenar(hoja, paquete.parte(relacion.destino), contexto)
        hojas.append(hoja)
    return hojas


def _textos(paquete: Paquete, parte: str | None, limites: Limites) -> list[str]:
    """Textos compartidos, en su orden."""
    contenido = paquete.xml.get((parte or "xl/sharedStrings.xml").lower())
    leidos = _textos_de_un_paso(contenido) if contenido is not None else []
    if leidos is not None and len(leidos) <= limites.celdas:
        return leidos
    textos: list[str] = []
    for elemento in hijos(contenido, "si") if contenido is not None else ():
        textos.append(hoja_xlsx.texto_de(elemento))
        if len(textos) > limites.celdas:
            raise ArchivoIlegible("demasiado grande", f"tiene más de {limites.celdas:,} textos")
    return textos


def _textos_de_un_paso(contenido: bytes) -> list[str] | None:
    """Los textos de una tabla pequeña en la que ninguno tiene formato propio; None si hay que leerla con cuidado."""
    texto = texto_llano(contenido)
    partes = _TEXTO.split(texto) if texto is not None else []
    resto = "".join(partes[::2])
    if not resto or not _TABLA_VACIA.fullmatch(resto):
        return None
    return [hoja_xlsx.decodificar(sin_entidades(escrito)) for escrito in partes[1::2]]


def _estilos(paquete: Paquete, parte: str | None, *, desde_1904: bool) -> hoja_xlsx.Estilos:
    """Qué estilos de celda muestran un porcentaje y cuáles una fecha."""
    # Si el libro los declara y faltan, 0.2 dejaría de ser 20 % y 45382 de ser una fecha: no se lee a medias.
    contenido = paquete.parte(parte) if parte is not None else paquete.xml.get("xl/styles.xml")
    # Se comparan con el texto del atributo «s», que es como llega cada celda.
    porcentajes, fechas = _porcentajes_y_fechas(contenido) if contenido is not None else (frozenset(), frozenset())
    return hoja_xlsx.Estilos(porcentajes, fechas, desde_1904)


@lru_cache(maxsize=8)
def _porcentajes_y_fechas(contenido: bytes) -> tuple[frozenset[str], frozenset[str]]:
    """Números de los estilos de una parte; los libros de una misma plantilla traen la misma."""
    porcentajes: set[int] = set()
    fechas: set[int] = set()
    estilos = raiz(contenido)
    propios = {
        entero(formato.get("numFmtId")): formato.get("formatCode") or ""
        for formato in estilos.iterfind("{*}numFmts/{*}numFmt")
    }
    for numero, estilo in enumerate(estilos.iterfind("{*}cellXfs/{*}xf")):
        clave = entero(estilo.get("numFmtId", "0"))
        codigo = propios.get(clave)
        if clave in numeros.PORCENTAJES if codigo is None else numeros.es_porcentaje(codigo):
            porcentajes.add(numero)
        elif clave in numeros.FECHAS if codigo is None else numeros.es_fecha(codigo):
            fechas.add(numero)
    return frozenset(map(str, porcentajes)), frozenset(map(str, fechas))


def _nombres(libro: _Element) -> dict[str, str]:
    """Nombres definidos; el de todo el libro gana al de una hoja."""
    nombres: dict[str, str] = {}
    for definido in libro.iterfind("{*}definedNames/{*}definedName"):
        nombre, contenido = definido.get("name") or "", (definido.text or "").strip().removeprefix("=")
        if definido.get("localSheetId") is None:
            nombres[nombre] = contenido
        else:
            nombres.setdefault(nombre, contenido)
    return nombres
