"""Un escritor mínimo de .xlsb, de las mismas celdas que lee el lector; lo comprueban otros dos programas."""
# ruff: noqa: E501 - el XML se lee mejor sin partir

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import datetime

from armado import RELACIONES, empacar

from pei_excel.crudo import CeldaCruda, ErrorExcel, HojaCruda, LibroCrudo

_ERRORES = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}
_FORMULA = struct.pack("<HI3sI", 0, 3, b"\x1e\x01\x00", 0)  # «=1»: su texto no importa, sólo que esté
_NORMAL, _PORCENTAJE, _FECHA = 0, 1, 2


def registro(numero: int, cuerpo: bytes = b"") -> bytes:
    """Un registro con su número y su tamaño en tramos de siete bits."""
    cabeza = bytes([numero]) if numero < 128 else bytes([numero & 0x7F | 0x80, numero >> 7])
    largo, tramos = len(cuerpo), b""
    while True:
        tramos += bytes([largo & 0x7F | (0x80 if largo > 127 else 0)])
        largo >>= 7
        if not largo:
            return cabeza + tramos + cuerpo


def texto(escrito: str) -> bytes:
    """Un texto con su largo delante."""
    codificado = escrito.encode("utf-16-le")
    return struct.pack("<I", len(codificado) // 2) + codificado


def _celda(columna: int, celda: CeldaCruda, compartir: Callable[[str], int]) -> bytes:
    valor = celda.valor
    estilo = _PORCENTAJE if celda.porcentaje else _FECHA if isinstance(valor, datetime) else _NORMAL
    lugar = struct.pack("<II", columna - 1, estilo)
    if isinstance(valor, ErrorExcel):
        numero, cuerpo = (11, 3), bytes([_ERRORES[valor]])
    elif isinstance(valor, bool):
        numero, cuerpo = (10, 4), bytes([valor])
    elif isinstance(valor, datetime):
        numero, cuerpo = (9, 5), struct.pack("<d", (valor - datetime(1899, 12, 30)).total_seconds() / 86400)  # noqa: DTZ001
    elif isinstance(valor, (int, float)):
        numero, cuerpo = (9, 5), struct.pack("<d", valor)
        if not celda.formula and valor == int(valor) and abs(valor) < 2**29:  # los enteros, abreviados
            return registro(2, lugar + struct.pack("<i", int(valor) << 2 | 2))
    elif celda.formula or not valor:
        numero, cuerpo = (8, 6), texto(valor or "")
    else:
        return registro(7, lugar + struct.pack("<I", compartir(valor)))
    return registro(numero[0], lugar + cuerpo + _FORMULA) if celda.formula else registro(numero[1], lugar + cuerpo)


def parte_de_hoja(hoja: HojaCruda, compartir: Callable[[str], int]) -> bytes:
    """La parte .bin de una hoja."""
    salida = [registro(129), registro(148, struct.pack("<4I", 0, 1_048_575, 0, 16_383))]
    if hoja.columnas_ocultas:
        ocultas = [registro(60, struct.pack("<4IH", c - 1, c - 1, 2560, 0, 1)) for c in sorted(hoja.columnas_ocultas)]
        salida += [registro(390), *ocultas, registro(391)]
    salida.append(registro(145))
    for fila in sorted({f for f, _ in hoja.celdas} | hoja.filas_ocultas):
        oculta = 0x10 if fila in hoja.filas_ocultas else 0
        salida.append(registro(0, struct.pack("<IIHBBBI", fila - 1, 0, 300, 0, oculta, 0, 0)))
        salida += [_celda(c, hoja.celdas[f, c], compartir) for f, c in sorted(hoja.celdas) if f == fila]
    salida.append(registro(146))
    if hoja.combinadas:
        rangos = [registro(176, struct.pack("<4I", a - 1, c - 1, b - 1, d - 1)) for a, b, c, d in hoja.combinadas]
        salida += [registro(177, struct.pack("<I", len(rangos))), *rangos, registro(178)]
    return b"".join([*salida, registro(130)])


def armar_xlsb(libro: LibroCrudo, **partes: bytes | str) -> bytes:
    """Bytes de un .xlsb con las hojas y los nombres de un libro ya leído."""
    textos: dict[str, int] = {}

    def compartir(valor: str) -> int:
        return textos.setdefault(valor, len(textos))

    hojas = [parte_de_hoja(hoja, compartir) for hoja in libro.hojas]
    declaradas = [
        registro(156, struct.pack("<II", 1 if hoja.oculta else 0, n + 1) + texto(f"rId{n}") + texto(hoja.nombre))
        for n, hoja in enumerate(libro.hojas)
    ]
    nombres = []
    for nombre, contenido in libro.nombres.items():
        if contenido.startswith('"'):
            letras = contenido.strip('"').encode("utf-16-le")
            formula = struct.pack("<BH", 0x17, len(letras) // 2) + letras
            cuerpo = struct.pack("<IBI", 0, 0, 0xFFFFFFFF) + texto(nombre) + struct.pack("<I", len(formula)) + formula
            nombres.append(registro(39, cuerpo + struct.pack("<II", 0, 0xFFFFFFFF)))
    estilos = [registro(47, struct.pack("<HHHHHBBHBB", 0, formato, 0, 0, 0, 0, 0, 0, 0, 0)) for formato in (0, 10, 14)]
    compartidos = [registro(19, b"\0" + texto(valor)) for valor in textos]
    relacion = '<Relationship Id="rId{0}" Type="{1}/{2}" Target="{3}"/>'
    relaciones = [relacion.format(n, RELACIONES, "worksheet", f"worksheets/sheet{n}.bin") for n in range(len(hojas))]
    relaciones.append(relacion.format("s", RELACIONES, "styles", "styles.bin"))
    relaciones.append(relacion.format("t", RELACIONES, "sharedStrings", "sharedStrings.bin"))
    xmlns = "http://schemas.openxmlformats.org/package/2006"
    return empacar({
        "[Content_Types].xml": f'<Types xmlns="{xmlns}/content-types"><Default Extension="rels" ContentType="application/'
        'vnd.openxmlformats-package.relationships+xml"/><Default Extension="bin" ContentType="application/'
        'vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{xmlns}/relationships">'
        + relacion.format("l", RELACIONES, "officeDocument", "xl/workbook.bin") + "</Relationships>",
        "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{xmlns}/relationships">{"".join(relaciones)}</Relationships>',
        "xl/workbook.bin": b"".join(
            [registro(131), registro(153, struct.pack("<III", 0, 0, 0)), registro(143), *declaradas, registro(144),
             *nombres, registro(132)]
        ),
        "xl/styles.bin": b"".join(
            [registro(278), registro(617, struct.pack("<I", 3)), *estilos, registro(618), registro(279)]
        ),
        "xl/sharedStrings.bin": b"".join(
            [registro(159, struct.pack("<II", len(textos), len(textos))), *compartidos, registro(160)]
        ),
        **{f"xl/worksheets/sheet{n}.bin": contenido for n, contenido in enumerate(hojas)},
        **partes,
    })
