"""Un libro de la oficina (el catálogo) → su `Libro`: se sabe qué formato es, y una hoja puede llevar sólo campos."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pei_excel.crudo import HojaCruda, LibroCrudo
from pei_excel.formato import HOJA_IDENTIDAD, Formato, Hoja
from pei_excel.lectura.bloques import buscar_bloque
from pei_excel.lectura.encabezados import textos_normalizados
from pei_excel.lectura.hojas import hallar
from pei_excel.lectura.informes import reunir
from pei_excel.lectura.lector import Opciones, identidad_de, leer, leer_campos, leer_paginas
from pei_excel.lectura.notas import notar
from pei_excel.libro import TODO, Dato, HojaLeida, IncidenteDeLibro, Libro
from pei_excel.tipos import Contexto

Textos = list[tuple[HojaCruda, dict[tuple[int, int], str]]]


def leer_de_oficina(ruta: Path, archivo: str, formato: Formato) -> Libro:
    """Lee un libro que debe ser del formato dado; si no lo es, sale rechazado con su FMT001 o FMT002."""
    return leer(ruta, archivo, Opciones(), partial(_interpretar, formato))[0]


def _interpretar(formato: Formato, crudo: LibroCrudo, sha256: str, opciones: Opciones) -> list[Libro]:
    libro = Libro(
        crudo.archivo, sha256, formato.clave, tipo=crudo.tipo, modificado=crudo.modificado,
        formulas_verificables=crudo.formulas_verificables,
    )
    marca = identidad_de(crudo)
    textos = [(hoja, textos_normalizados(hoja)) for hoja in crudo.hojas if hoja.nombre != HOJA_IDENTIDAD]
    principal = formato.principal
    campos, nombres = _campos_de(principal, textos, opciones)
    ejercicio = campos["ejercicio"].valor if "ejercicio" in campos else None
    tablas = _tablas(formato, textos, Contexto(opciones.pais, int(ejercicio) if ejercicio else None))
    if (marca is None or marca[0] != formato.clave) and (
        not tablas or (marca is not None and marca[0] != formato.clave) or len(campos) * 2 < len(principal.campos)
    ):
        libro.formato, libro.rechazado = None, True
        mensaje = f"no es un {formato.titulo.lower()}"
        mensaje += f": es una plantilla de la {marca[0]}" if marca else "; no se hallan sus hojas ni sus datos"
        libro.incidentes.append(IncidenteDeLibro("FMT002", mensaje, saca=TODO))
        return [libro]
    if marca is not None:
        libro.version, libro.modo = marca[1], marca[2]
    libro.campos = campos
    if nombres:
        libro.hojas[principal.clave] = HojaLeida(principal.clave, nombres, [], {}, {})
    for hoja in formato.hojas:
        if hoja.clave in tablas:
            libro.hojas[hoja.clave] = tablas[hoja.clave]
    notar(libro, crudo, formato)
    return [libro]


def _campos_de(hoja: Hoja, textos: Textos, opciones: Opciones) -> tuple[dict[str, Dato], list[str]]:
    """Los campos de una hoja sin tabla, y la hoja del archivo donde más de ellos se hallaron."""
    mejor: dict[str, Dato] = {}
    nombres: list[str] = []
    for cruda, normales in textos:
        bloque = buscar_bloque(cruda, normales, hoja)
        campos = leer_campos(hoja, cruda, bloque, range(1, max((f for f, _ in cruda.celdas), default=0) + 1), opciones)
        if len(campos) > len(mejor):
            mejor, nombres = campos, [cruda.nombre]
    return mejor, nombres


def _tablas(formato: Formato, textos: Textos, contexto: Contexto) -> dict[str, HojaLeida]:
    """Las hojas con tabla que se hallaron, con sus filas."""
    todos = [h for cruda, normales in textos for h in hallar(cruda, normales, formato)]
    leidas: dict[str, HojaLeida] = {}
    for hoja in formato.hojas:
        propios = [h for h in todos if h.hoja is hoja]
        if propios:
            leidas[hoja.clave] = reunir(hoja, leer_paginas(propios, contexto), con_calculadas=True)
    return leidas
