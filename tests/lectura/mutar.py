"""Alteraciones al azar, siempre las mismas con la misma semilla: de los bytes, del zip y de sus partes."""

from __future__ import annotations

import io
import random
import re
import struct
import warnings
import zipfile
from collections.abc import Callable

Azar = random.Random

#: Números que suelen romper a quien lee: los límites de Excel, de los enteros y de los decimales, y uno más.
_NUMEROS = [
    "0", "-1", "1", "2", "255", "256", "16384", "16385", "65535", "65536", "1048576", "1048577", "2147483647",
    "2147483648", "4294967295", "4294967296", "-2147483648", "99999999999999999999", "1e309", "-1e309", "NaN", "inf",
    "1_000", "0x10", "", " ", "A1", "ZZZ9999999", "A0", "XFD1048576", "A1:XFD1048576", "&#x1F600;", "٣", "1,5",
    "1.5.5", "true", "s",
]
_ETIQUETA = re.compile(rb"<(/?)([A-Za-z_][\w:.-]*)([^<>]*?)(/?)>")
_ATRIBUTO = re.compile(rb'([\w:.-]+)="([^"]*)"')


def partes_de(contenido: bytes) -> list[tuple[str, bytes]]:
    """Partes de un zip, en su orden."""
    with zipfile.ZipFile(io.BytesIO(contenido)) as archivo:
        return [(nombre, archivo.read(nombre)) for nombre in archivo.namelist()]


def empacar(partes: list[tuple[str, bytes]]) -> bytes:
    """Un zip con esas partes, aunque se repitan."""
    memoria = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(memoria, "w", zipfile.ZIP_DEFLATED) as archivo:
        warnings.simplefilter("ignore")
        for nombre, contenido in partes:
            archivo.writestr(zipfile.ZipInfo(nombre, (1980, 1, 1, 0, 0, 0)), contenido, zipfile.ZIP_DEFLATED)
    return memoria.getvalue()


def en_bytes(contenido: bytes, azar: Azar) -> bytes:
    """Unos bytes cambiados, quitados, repetidos o puestos de más."""
    nuevo = bytearray(contenido)
    for _ in range(azar.choice((1, 1, 1, 2, 5, 20))):
        if not nuevo:
            break
        lugar, largo = azar.randrange(len(nuevo)), azar.choice((1, 2, 4, 16, 200))
        cual = azar.randrange(7)
        if cual == 0:
            nuevo[lugar] ^= 1 << azar.randrange(8)
        elif cual == 1:
            nuevo[lugar] = azar.choice((0, 0xFF, 0x7F, 0x80, azar.randrange(256)))
        elif cual == 2:
            del nuevo[lugar : lugar + largo]
        elif cual == 3:
            nuevo[lugar:lugar] = nuevo[lugar : lugar + largo]
        elif cual == 4:
            nuevo[lugar : lugar + largo] = bytes(largo)
        elif cual == 5:
            entero = struct.pack("<I", azar.choice((0, 1, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, azar.getrandbits(32))))
            nuevo[lugar : lugar + 4] = entero
        else:
            nuevo[lugar:lugar] = azar.randbytes(largo)
    return bytes(nuevo)


def truncado(contenido: bytes, azar: Azar) -> bytes:
    """Una copia que no terminó."""
    return contenido[: azar.randrange(len(contenido))]


def en_el_indice(contenido: bytes, azar: Azar) -> bytes:
    """Unos bytes del índice del zip, que es lo que más se usa para engañar."""
    inicio = contenido.find(b"PK\x01\x02")
    if inicio < 0:
        return en_bytes(contenido, azar)
    return contenido[:inicio] + en_bytes(contenido[inicio:], azar)


def en_las_partes(contenido: bytes, azar: Azar) -> bytes:
    """Partes que faltan, sobran, se repiten, se vacían, cambian de nombre o de contenido."""
    partes = partes_de(contenido)
    uno, otro = azar.randrange(len(partes)), azar.randrange(len(partes))
    cual = azar.randrange(8)
    if cual == 0:
        del partes[uno]
    elif cual == 1:
        partes.append(partes[uno])
    elif cual == 2:
        partes[uno] = (partes[uno][0], b"")
    elif cual == 3:
        partes[uno], partes[otro] = (partes[uno][0], partes[otro][1]), (partes[otro][0], partes[uno][1])
    elif cual == 4:
        partes[uno] = (partes[uno][0].swapcase(), partes[uno][1])
    elif cual == 5:
        partes[uno] = (azar.choice(("../", "/", "C:/", "a\\", "./")) + partes[uno][0], partes[uno][1])
    elif cual == 6:
        azar.shuffle(partes)
    else:
        partes[uno] = (partes[uno][0], partes[uno][1] + azar.choice((b" ", b"\0", b"<a/>", b"\n\n")))
    return empacar(partes)


def dentro(contenido: bytes, azar: Azar) -> bytes:
    """Unos bytes de una parte, con el zip bien hecho."""
    partes = partes_de(contenido)
    uno = azar.randrange(len(partes))
    partes[uno] = (partes[uno][0], en_bytes(partes[uno][1], azar))
    return empacar(partes)


def en_los_elementos(contenido: bytes, azar: Azar) -> bytes:
    """Elementos quitados, repetidos, anidados o con otros atributos, de modo que el XML suele seguir bien formado."""
    partes = partes_de(contenido)
    con_xml = [n for n, (_, parte) in enumerate(partes) if parte.lstrip()[:1] == b"<"]
    if not con_xml:
        return dentro(contenido, azar)
    uno = azar.choice(con_xml)
    nombre, xml = partes[uno]
    for _ in range(azar.choice((1, 1, 2, 4))):
        xml = _elemento(xml, azar)
    partes[uno] = (nombre, xml)
    return empacar(partes)


def _elemento(xml: bytes, azar: Azar) -> bytes:
    etiquetas = list(_ETIQUETA.finditer(xml))
    if not etiquetas:
        return xml
    hallada = azar.choice(etiquetas)
    inicio, fin = hallada.span()
    if not hallada[1] and not hallada[4]:  # un elemento abierto: hasta su cierre más cercano
        cierre = xml.find(b"</" + hallada[2] + b">", fin)
        if cierre >= 0:
            fin = cierre + len(hallada[2]) + 3
    elemento = xml[inicio:fin]
    cual = azar.randrange(6)
    if cual == 0:
        return xml[:inicio] + xml[fin:]
    if cual == 1:
        return xml[:fin] + elemento * azar.choice((1, 2, 50)) + xml[fin:]
    if cual == 2:
        return xml[:inicio] + b"<x>" + elemento + b"</x>" + xml[fin:]
    if cual == 3 and hallada[2] and not hallada[1]:
        otra = azar.choice((b"c", b"row", b"f", b"v", b"is", b"t"))
        return xml[:inicio] + elemento.replace(hallada[2], otra) + xml[fin:]
    atributos = list(_ATRIBUTO.finditer(elemento))
    if cual == 4 and atributos:
        atributo = azar.choice(atributos)
        valor = azar.choice(_NUMEROS).encode()
        return xml[: inicio + atributo.start(2)] + valor + xml[inicio + atributo.end(2) :]
    texto = re.search(rb">([^<>]+)<", elemento)
    if texto:
        return xml[: inicio + texto.start(1)] + azar.choice(_NUMEROS).encode() + xml[inicio + texto.end(1) :]
    return xml[:inicio] + xml[fin:]


MUTACIONES: tuple[Callable[[bytes, Azar], bytes], ...] = (
    en_bytes, truncado, en_el_indice, en_las_partes, dentro, en_los_elementos,
)
#: Las que sólo tocan los bytes del archivo: el zip guarda una suma de cada parte, y ninguna cifra puede cambiar.
DE_BYTES = (en_bytes, truncado, en_el_indice)
