"""Un libro sano, dañado de muchas maneras con nombre: cada una da las mismas cifras, o el motivo que le toca."""
# ruff: noqa: E501 - el XML se lee mejor sin partir

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from test_lo_que_llega import con_contrasena
from test_segundo import cambiar, con_otro_nombre, con_prefijo, sin_valores

from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos.mir import MIR
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.proceso import Encargo, leer_y_revisar

T2 = Periodo.de_codigo("2024-T2")
HOJA = "xl/worksheets/sheet1.xml"
TRANSICION = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _sano() -> bytes:
    memoria = io.BytesIO()
    escribir_plantilla(
        memoria, MIR, modo=Modo.SEGUIMIENTO, ejercicio=2024, periodo=T2, campos=MIR.modelo.campos, filas=MIR.modelo.filas
    )
    return memoria.getvalue()


SANO = _sano()


def partes(contenido: bytes = SANO) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(contenido)) as archivo:
        return {nombre: archivo.read(nombre) for nombre in archivo.namelist()}


def armar(todas: dict[str, bytes], *, compresion: int = zipfile.ZIP_DEFLATED) -> bytes:
    memoria = io.BytesIO()
    with zipfile.ZipFile(memoria, "w", compresion) as archivo:
        for nombre, contenido in todas.items():
            archivo.writestr(nombre, contenido)
    return memoria.getvalue()


def con(**cambios: Callable[[bytes], bytes]) -> bytes:
    """Cambios por parte: `hoja`, `libro`, `textos`, `estilos`, `tipos`, `relaciones`."""
    nombres = {
        "hoja": HOJA, "libro": "xl/workbook.xml", "textos": "xl/sharedStrings.xml", "estilos": "xl/styles.xml",
        "tipos": "[Content_Types].xml", "relaciones": "xl/_rels/workbook.xml.rels", "principal": "_rels/.rels",
    }
    return cambiar(SANO, {nombres[clave]: cambio for clave, cambio in cambios.items()})


def sin(*fuera: str) -> bytes:
    return armar({nombre: contenido for nombre, contenido in partes().items() if nombre not in fuera})


def mas(**otras: bytes) -> bytes:
    return armar(partes() | otras)


def poner(texto: bytes, *, antes: bytes) -> Callable[[bytes], bytes]:
    """Añade un XML justo antes de otro."""

    def _poner(xml: bytes) -> bytes:
        assert antes in xml
        return xml.replace(antes, texto + antes, 1)

    return _poner


def quitar(patron: bytes) -> Callable[[bytes], bytes]:
    def _quitar(xml: bytes) -> bytes:
        nuevo = re.sub(patron, b"", xml)
        assert nuevo != xml
        return nuevo

    return _quitar


def con_textos_en_linea(contenido: bytes = SANO) -> bytes:
    """Como lo escriben los programas que no comparten textos."""
    todas = partes(contenido)
    textos = re.findall(rb"<si>(.*?)</si>", todas.pop("xl/sharedStrings.xml"), re.DOTALL)
    for nombre in [n for n in todas if n.startswith("xl/worksheets/sheet")]:
        todas[nombre] = re.sub(
            rb't="s"><v>(\d+)</v>', lambda m: b't="inlineStr"><is>' + textos[int(m[1])] + b"</is>", todas[nombre]
        )
    return armar(todas)


def estricto(contenido: bytes = SANO) -> bytes:
    """Guardado como «Libro Open XML estricto»."""
    todas = partes(contenido)
    for nombre in [n for n in todas if n.endswith((".xml", ".rels"))]:
        todas[nombre] = (
            todas[nombre].replace(TRANSICION.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")
            .replace(b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/")
        )
    return armar(todas)


def barajado() -> bytes:
    todas = list(partes().items())
    random.Random(1).shuffle(todas)  # noqa: S311 - siempre igual
    return armar(dict(todas))


def girar(lugar: int) -> bytes:
    contenido = bytearray(SANO)
    contenido[lugar] ^= 0x10
    return bytes(contenido)


def miente_el_tamano() -> bytes:
    contenido = bytearray(SANO)
    lugar = contenido.rindex(b"PK\x01\x02")
    struct.pack_into("<I", contenido, lugar + 24, 7)
    return bytes(contenido)


def filas_vacias(cuantas: int) -> Callable[[bytes], bytes]:
    primera = 5_000
    return poner(b"".join(b'<row r="%d" s="3" customFormat="1"/>' % n for n in range(primera, primera + cuantas)), antes=b"</sheetData>")


def combinar(rangos: bytes) -> Callable[[bytes], bytes]:
    return lambda xml: re.sub(rb"(<mergeCells[^>]*>)", rb"\1" + rangos, xml, count=1)


def a_mano(accion: Callable[[Worksheet], Any]) -> Callable[[], bytes]:
    """Lo que hace una persona en su programa; al guardar así, las fórmulas quedan sin resultado."""

    def _hacer() -> bytes:
        libro = openpyxl.load_workbook(io.BytesIO(SANO))
        accion(libro["MIR"])
        memoria = io.BytesIO()
        libro.save(memoria)
        return memoria.getvalue()

    return _hacer


def celda(hoja: Worksheet, clave: str, renglon: int = 0) -> Any:
    disposicion = MIR.principal.disposicion
    return hoja.cell(disposicion.fila_datos + renglon, disposicion.columna[clave])


def escribir(clave: str, valor: object) -> Callable[[Worksheet], None]:
    def _escribir(hoja: Worksheet) -> None:
        celda(hoja, clave).value = valor

    return _escribir


def ocultar(hoja: Worksheet) -> None:
    hoja.row_dimensions[MIR.principal.disposicion.fila_datos].hidden = True
    hoja.column_dimensions["C"].hidden = True


def otro_nombre(hoja: Worksheet) -> None:
    hoja.title = "Hoja1 (2)"


def duplicada(hoja: Worksheet) -> None:
    assert hoja.parent is not None
    hoja.parent.copy_worksheet(hoja)


def al_final(hoja: Worksheet) -> None:
    assert hoja.parent is not None
    hoja.parent.move_sheet(hoja, 99)


#: Nombre del daño → (cómo se hace, qué se espera: «igual», un motivo de FMT001 o el código de una regla).
#: «igual+REGLA»: las mismas cifras, y ese hallazgo y ningún otro.
DANOS: dict[str, tuple[Callable[[], bytes], str]] = {
    # El archivo
    "vacío": (lambda: b"", "no es un libro"),
    "sólo ceros": (lambda: bytes(len(SANO)), "dañado"),
    "cortado a la mitad": (lambda: SANO[: len(SANO) // 2], "dañado"),
    "sin el final": (lambda: SANO[:-30], "dañado"),
    "un byte girado": (lambda: girar(len(SANO) // 3), "dañado"),
    "basura delante": (lambda: b"basura" + SANO, "no es un libro"),
    "basura detrás": (lambda: SANO + b"basura", "igual"),
    "una página web": (lambda: b"<html><table><tr><td>Nivel</td></tr></table></html>", "no es un libro"),
    "un CSV": (lambda: b"Nivel,Meta\nFin,20\n", "no es un libro"),
    "XML de Excel 2003": (lambda: b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "no es un libro"),
    "con contraseña": (lambda: con_contrasena(SANO, "secreta"), "protegido con contraseña"),
    # El zip
    "sin comprimir": (lambda: armar(partes(), compresion=zipfile.ZIP_STORED), "igual"),
    "comprimido con LZMA": (lambda: armar(partes(), compresion=zipfile.ZIP_LZMA), "dañado"),
    "partes barajadas": (barajado, "igual"),
    "tamaño de cabecera mentiroso": (miente_el_tamano, "igual"),
    "una parte que sale de su carpeta": (lambda: mas(**{"../../fuera.xml": b"<a/>"}), "sospechoso"),
    "dos partes que sólo cambian en mayúsculas": (lambda: mas(**{"xl/Workbook.xml": b"<a/>"}), "sospechoso"),
    "una bomba": (lambda: mas(**{"xl/media/a.bin": bytes(8_000_000)}), "sospechoso"),
    "seis mil partes": (lambda: mas(**{f"xl/media/{n}.png": b"" for n in range(6_000)}), "sospechoso"),
    # Las partes
    "sin textos compartidos": (lambda: sin("xl/sharedStrings.xml"), "dañado"),
    "sin estilos": (lambda: sin("xl/styles.xml"), "dañado"),
    "sin la hoja": (lambda: sin(HOJA), "dañado"),
    "sin el libro": (lambda: sin("xl/workbook.xml"), "dañado"),
    "sin tipos de contenido": (lambda: sin("[Content_Types].xml"), "no es un libro"),
    "sin propiedades": (lambda: sin("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml"), "igual"),
    "sin relaciones de paquete": (lambda: sin("_rels/.rels"), "igual"),
    "con otra parte principal": (lambda: con_otro_nombre(SANO), "igual+FMT017"),
    "hoja vacía de bytes": (lambda: armar(partes() | {HOJA: b""}), "dañado"),
    "rutas absolutas": (lambda: con(relaciones=lambda x: x.replace(b'Target="', b'Target="/xl/')), "igual"),
    "rutas con diagonal invertida": (lambda: con(relaciones=lambda x: x.replace(b"worksheets/", b"worksheets\\")), "igual"),
    "estricto": (estricto, "igual"),
    "textos en línea": (con_textos_en_linea, "igual"),
    # El XML
    "espacios de nombres con prefijo": (lambda: con(hoja=con_prefijo), "igual"),
    "en UTF-16": (lambda: con(hoja=lambda x: x.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")), "igual"),
    "con DOCTYPE": (lambda: con(hoja=poner(b"<!DOCTYPE a>", antes=b"<worksheet")), "sospechoso"),
    "DOCTYPE en una parte que no se lee": (lambda: mas(**{"xl/otra.xml": b"<!DOCTYPE a><a/>"}), "sospechoso"),
    "XML sin cerrar": (lambda: con(hoja=lambda x: x[:-12]), "dañado"),
    "sin dimensión": (lambda: con(hoja=quitar(rb"<dimension[^>]*/>")), "igual"),
    "dimensión falsa": (lambda: con(hoja=lambda x: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:B2"', x)), "igual"),
    "medio millón de filas vacías": (lambda: con(hoja=filas_vacias(500_000)), "igual"),
    "dos esquinas lejanas": (lambda: con(hoja=poner(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', antes=b"</sheetData>")), "igual"),
    "fila 2147483647": (lambda: con(hoja=poner(b'<row r="2147483647"><c r="A2147483647"><v>1</v></c></row>', antes=b"</sheetData>")), "sospechoso"),
    "columna que no existe": (lambda: con(hoja=poner(b'<row r="9999"><c r="ZZZ9999"><v>1</v></c></row>', antes=b"</sheetData>")), "sospechoso"),
    "cincuenta mil combinadas": (lambda: con(hoja=combinar(b'<mergeCell ref="BA900:BB900"/>' * 50_000)), "sospechoso"),
    "cien mil validaciones": (lambda: con(hoja=lambda x: re.sub(rb"(<dataValidations[^>]*>)", rb"\1" + b'<dataValidation sqref="A1"/>' * 100_000, x)), "sospechoso"),
    "texto compartido que no existe": (lambda: con(hoja=poner(b'<row r="9999"><c r="A9999" t="s"><v>99999</v></c></row>', antes=b"</sheetData>")), "dañado"),
    "entidades": (lambda: con(hoja=poner(b'<row r="9999"><c r="A9999" t="inlineStr"><is><t>&x;</t></is></c></row>', antes=b"</sheetData>")), "dañado"),
    "sin resultados guardados": (lambda: con(hoja=sin_valores), "igual+FMT010"),
    "con macros": (lambda: mas(**{"xl/vbaProject.bin": b"x"}), "igual+FMT014"),
    "con vínculos": (lambda: mas(**{"xl/externalLinks/externalLink1.xml": b"<a/>"}), "igual+FMT014"),
    "con conexiones": (lambda: mas(**{"xl/connections.xml": b"<a/>"}), "igual+FMT014"),
    "con objetos": (lambda: mas(**{"xl/embeddings/oleObject1.bin": b"x"}), "igual+FMT014"),
    # La persona
    "guardado sin calcular": (a_mano(lambda _: None), "igual+FMT010"),
    "filas insertadas": (a_mano(lambda hoja: hoja.insert_rows(MIR.principal.disposicion.fila_datos, 3)), "igual+FMT010"),
    "hoja renombrada": (a_mano(otro_nombre), "igual+FMT010"),
    "hoja duplicada": (a_mano(duplicada), "igual+FMT010"),
    "hoja al final": (a_mano(al_final), "igual+FMT010"),
    "fila y columna ocultas": (a_mano(ocultar), "igual+FMT010+FMT011"),
    "un error en una celda": (a_mano(escribir("alcanzado_t2", "#REF!")), "FMT006"),
    "coma decimal": (a_mano(escribir("alcanzado_t2", "12,5")), "FMT005"),
    "una palabra donde va un número": (a_mano(escribir("alcanzado_t2", "veinte")), "FMT004"),
    "título borrado": (a_mano(lambda hoja: setattr(hoja.cell(MIR.principal.disposicion.fila_del_titulo(MIR.principal.por_clave["sentido"]), MIR.principal.disposicion.columna["sentido"]), "value", None)), "FMT003"),
}


def cifras(libro: Libro) -> dict[object, dict[str, object]]:
    """Lo capturado por la unidad, por nivel: lo que se consolida y no depende de dónde esté."""
    capturadas = [c.clave for c in MIR.principal.columnas if c.calculo is None and not c.auxiliar]
    return {f.valor("nivel"): {clave: f.valor(clave) for clave in capturadas} for f in libro.filas("MIR")}


@pytest.fixture(scope="module")
def sanas(tmp_path_factory: pytest.TempPathFactory) -> dict[object, dict[str, object]]:
    ruta = tmp_path_factory.mktemp("sano") / "libro.xlsx"
    ruta.write_bytes(SANO)
    (revision,) = leer_y_revisar(str(ruta), "libro.xlsx", Encargo(T2))
    assert len(revision.libro.filas("MIR")) > 3
    return cifras(revision.libro)


@pytest.mark.parametrize("nombre", DANOS)
def test_cada_dano(nombre: str, tmp_path: Path, sanas: dict[object, dict[str, object]]) -> None:
    """Las mismas cifras, o el motivo; nunca otra cosa, y nunca en silencio."""
    hacer, esperado = DANOS[nombre]
    ruta = tmp_path / "libro.xlsx"
    ruta.write_bytes(hacer())
    revision = leer_y_revisar(str(ruta), "libro.xlsx", Encargo(T2))[0]
    reglas = [h.regla for h in revision.hallazgos]
    clase, *ademas = esperado.split("+")
    if clase == "igual":
        assert cifras(revision.libro) == sanas
        assert sorted(set(reglas)) == sorted(ademas)
    elif clase.startswith("FMT"):
        assert clase in reglas
        otras = cifras(revision.libro)
        distintas = {n for n in sanas if otras.get(n) != sanas[n]}
        assert len(distintas) <= 1 or clase == "FMT003"
    else:
        assert [(h.regla, h.encontrado) for h in revision.hallazgos] == [("FMT001", clase)]
        assert revision.libro.rechazado


def test_son_al_menos_cuarenta() -> None:
    assert len(DANOS) >= 60
