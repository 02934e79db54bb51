"""El catálogo de daños: cada uno con su nombre, cómo se hace y qué se espera exactamente de él.

Lo que se espera se escribe «igual» (todo lo capturado se lee igual), «3 cambian» (tres datos capturados se leen de otra
manera) o un motivo de FMT001; después de «+», las reglas que lo dicen: ésas y ninguna otra.
"""
# ruff: noqa: E501 - el XML se lee mejor sin partir

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

import copias
import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from test_lo_que_llega import con_contrasena
from test_segundo import cambiar, con_otro_nombre, con_prefijo, sin_valores

from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Formato, Modo
from pei_excel.formatos import FORMATOS
from pei_excel.periodos import Periodo

T2 = Periodo.de_codigo("2024-T2")
HOJA = "xl/worksheets/sheet1.xml"
TRANSICION = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def partes(contenido: bytes) -> dict[str, bytes]:
    """Las partes de un libro, en su orden."""
    with zipfile.ZipFile(io.BytesIO(contenido)) as archivo:
        return {nombre: archivo.read(nombre) for nombre in archivo.namelist()}


def armar(todas: dict[str, bytes], *, compresion: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Un libro con esas partes."""
    memoria = io.BytesIO()
    with zipfile.ZipFile(memoria, "w", compresion) as archivo:
        for nombre, contenido in todas.items():
            archivo.writestr(nombre, contenido)
    return memoria.getvalue()


@dataclass(frozen=True)
class Sano:
    """Un libro sano y lo que hace falta para dañarlo."""

    formato: Formato
    contenido: bytes
    cifra: tuple[str, str]  #: hoja y columna de lo que se informa en el periodo
    opcional: tuple[str, str]  #: hoja y columna sin la cual el informe se observa y no se rechaza

    def partes(self) -> dict[str, bytes]:
        """Sus partes, en su orden."""
        return partes(self.contenido)

    def con(self, **cambios: Callable[[bytes], bytes]) -> bytes:
        """Cambios por parte: `hoja`, `libro`, `textos`, `estilos`, `tipos`, `relaciones`."""
        nombres = {
            "hoja": HOJA, "libro": "xl/workbook.xml", "textos": "xl/sharedStrings.xml", "estilos": "xl/styles.xml",
            "tipos": "[Content_Types].xml", "relaciones": "xl/_rels/workbook.xml.rels", "principal": "_rels/.rels",
        }
        return cambiar(self.contenido, {nombres[clave]: cambio for clave, cambio in cambios.items()})

    def en_las_hojas(self, cambio: Callable[[bytes], bytes]) -> bytes:
        """El mismo cambio en todas sus hojas."""
        return cambiar(self.contenido, {n: cambio for n in self.partes() if n.startswith("xl/worksheets/sheet")})

    def sin(self, *fuera: str) -> bytes:
        """Sin esas partes."""
        return armar({nombre: contenido for nombre, contenido in self.partes().items() if nombre not in fuera})

    def mas(self, **otras: bytes) -> bytes:
        """Con otras partes, o con otro contenido en las suyas."""
        return armar(self.partes() | otras)


@cache
def sano(clave: str) -> Sano:
    """El modelo de un formato, escrito con su plantilla."""
    formato, memoria = FORMATOS[clave], io.BytesIO()
    escribir_plantilla(
        memoria, formato, modo=Modo.SEGUIMIENTO, ejercicio=2024, periodo=T2, campos=formato.modelo.campos,
        filas=formato.modelo.filas, filas_libres=3,
    )
    cifra = {"MIR": ("MIR", "alcanzado_t2"), "POI": ("Seguimiento", "ejecutado_m6")}[clave]
    opcional = {"MIR": ("MIR", "sentido"), "POI": ("Programación", "prioridad")}[clave]
    return Sano(formato, memoria.getvalue(), cifra, opcional)


Hacer = Callable[[Sano], bytes]


def poner(texto: bytes, *, antes: bytes) -> Callable[[bytes], bytes]:
    """Añade un XML justo antes de otro."""

    def _poner(xml: bytes) -> bytes:
        assert antes in xml
        return xml.replace(antes, texto + antes, 1)

    return _poner


def en_lugar_de(patron: bytes, nuevo: bytes) -> Callable[[bytes], bytes]:
    """Sustituye lo que casa con el patrón, que debe estar."""

    def _sustituir(xml: bytes) -> bytes:
        resultado = re.sub(patron, nuevo, xml)
        assert resultado != xml
        return resultado

    return _sustituir


def con_textos_en_linea(s: Sano) -> bytes:
    """Como lo escriben los programas que no comparten textos."""
    todas = s.partes()
    textos = re.findall(rb"<si>(.*?)</si>", todas.pop("xl/sharedStrings.xml"), re.DOTALL)
    for nombre in [n for n in todas if n.startswith("xl/worksheets/sheet")]:
        todas[nombre] = re.sub(
            rb't="s"><v>(\d+)</v>', lambda m: b't="inlineStr"><is>' + textos[int(m[1])] + b"</is>", todas[nombre]
        )
    return armar(todas)


def estricto(contenido: bytes) -> bytes:
    """Guardado como «Libro Open XML estricto»."""
    todas = partes(contenido)
    for nombre in [n for n in todas if n.endswith((".xml", ".rels"))]:
        todas[nombre] = (
            todas[nombre].replace(TRANSICION.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")
            .replace(b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/")
        )
    return armar(todas)


def barajado(s: Sano) -> bytes:
    todas = list(s.partes().items())
    random.Random(1).shuffle(todas)  # noqa: S311 - siempre igual
    return armar(dict(todas))


def girados(s: Sano, cuantos: int) -> bytes:
    """Bytes al azar, cada uno con un bit girado."""
    contenido, azar = bytearray(s.contenido), random.Random(3)  # noqa: S311 - siempre los mismos
    for _ in range(cuantos):
        contenido[azar.randrange(len(contenido) // 4, len(contenido) // 2)] ^= 1 << azar.randrange(8)
    return bytes(contenido)


def miente_el_tamano(s: Sano) -> bytes:
    contenido = bytearray(s.contenido)
    lugar = contenido.rindex(b"PK\x01\x02")
    struct.pack_into("<I", contenido, lugar + 24, 7)
    return bytes(contenido)


def filas_vacias(cuantas: int) -> Callable[[bytes], bytes]:
    """Filas con formato y sin nada, al final de la hoja."""
    primera = 1_048_577 - cuantas
    filas = b"".join(b'<row r="%d" s="3" customFormat="1"/>' % n for n in range(max(primera, 5_000), 1_048_577))
    return poner(filas, antes=b"</sheetData>")


def combinar(rangos: bytes) -> Callable[[bytes], bytes]:
    return lambda xml: re.sub(rb"(<mergeCells[^>]*>)", rb"\1" + rangos, xml, count=1)


def con_fechas_de_1904(s: Sano) -> bytes:
    """Como lo guarda un Excel de Mac: los días se cuentan desde 1904, y sus fechas siguen siendo las mismas."""
    estilos = s.partes()["xl/styles.xml"].decode()
    formatos = re.search(r"<cellXfs.*?</cellXfs>", estilos, re.DOTALL)
    propios = dict(re.findall(r'numFmtId="(\d+)" formatCode="([^"]*)"', estilos))
    de_fecha = {
        str(n) for n, xf in enumerate(re.findall(r'<xf numFmtId="(\d+)"', formatos[0] if formatos else ""))
        if "yy" in propios.get(xf, "") or xf == "14"
    }

    def correr(m: re.Match[bytes]) -> bytes:
        return m[1] + b"%d</v>" % (int(m[3]) - 1462) if m[2].decode() in de_fecha else m[0]

    libro = cambiar(s.contenido, {"xl/workbook.xml": lambda x: x.replace(b"<workbookPr ", b'<workbookPr date1904="1" ')})
    return replace(s, contenido=libro).en_las_hojas(
        lambda x: re.sub(rb'(<c r="[A-Z]+\d+" s="(\d+)"><v>)(\d{5})</v>', correr, x)
    )


def celda(libro: openpyxl.Workbook, s: Sano, renglon: int = 2) -> Any:
    """La celda de lo que se informa, en un renglón."""
    hoja, clave = s.cifra
    disposicion = s.formato.por_clave[hoja].disposicion
    return libro[hoja].cell(disposicion.fila_datos + renglon, disposicion.columna[clave])


def a_mano(accion: Callable[[openpyxl.Workbook, Sano], Any]) -> Hacer:
    """Lo que hace una persona en su programa; al guardar así, las fórmulas quedan sin resultado."""

    def _hacer(s: Sano) -> bytes:
        libro = openpyxl.load_workbook(io.BytesIO(s.contenido))
        accion(libro, s)
        memoria = io.BytesIO()
        libro.save(memoria)
        return memoria.getvalue()

    return _hacer


def de(dano: copias.Dano, semilla: int = 1) -> Hacer:
    """Un daño de los que la propiedad de confianza combina, en un lugar cualquiera y siempre el mismo."""

    def _hacer(s: Sano) -> bytes:
        copia = copias.abrir(s.formato.clave, s.contenido)
        dano(copia, random.Random(semilla))  # noqa: S311 - siempre igual
        return copia.guardar()

    return _hacer


def escribir(valor: object) -> Hacer:
    def _escribir(libro: openpyxl.Workbook, s: Sano) -> None:
        celda(libro, s).value = valor

    return a_mano(_escribir)


def con_estilo(formato: str) -> Hacer:
    def _formato(libro: openpyxl.Workbook, s: Sano) -> None:
        celda(libro, s).number_format = formato

    return a_mano(_formato)


def ocultar(libro: openpyxl.Workbook, s: Sano) -> None:
    principal = s.formato.principal
    libro[principal.clave].row_dimensions[principal.disposicion.fila_datos].hidden = True
    libro[principal.clave].column_dimensions["C"].hidden = True


def hoja_oculta(libro: openpyxl.Workbook, s: Sano) -> None:
    libro[s.cifra[0]].sheet_state = "hidden"


def otro_nombre(libro: openpyxl.Workbook, s: Sano) -> None:
    libro[s.formato.principal.clave].title = "Hoja1 (2)"


def duplicada(libro: openpyxl.Workbook, s: Sano) -> None:
    libro.copy_worksheet(libro[s.formato.principal.clave])


def apoyo_duplicado(libro: openpyxl.Workbook, s: Sano) -> Worksheet:
    """La hoja donde se informa, si no es la principal; en la MIR, la de justificaciones."""
    return libro.copy_worksheet(libro[s.formato.hojas[1 if s.cifra[0] == s.formato.principal.clave else 3].clave])


def apoyo_duplicado_y_cambiado(libro: openpyxl.Workbook, s: Sano) -> None:
    copia = apoyo_duplicado(libro, s)
    if s.cifra[0] != s.formato.principal.clave:
        copia[celda(libro, s).coordinate].value = 7_777


def al_final(libro: openpyxl.Workbook, s: Sano) -> None:
    libro.move_sheet(s.formato.principal.clave, 99)


def hoja_borrada(libro: openpyxl.Workbook, s: Sano) -> None:
    del libro[s.formato.principal.clave]


def _titulo(libro: openpyxl.Workbook, s: Sano, hoja: str, clave: str) -> Any:
    declarada = s.formato.por_clave[hoja]
    fila = declarada.disposicion.fila_del_titulo(declarada.por_clave[clave])
    return libro[hoja].cell(fila, declarada.disposicion.columna[clave])


def titulo_borrado(libro: openpyxl.Workbook, s: Sano) -> None:
    _titulo(libro, s, *s.opcional).value = None


def titulo_esencial_cambiado(libro: openpyxl.Workbook, s: Sano) -> None:
    _titulo(libro, s, s.formato.principal.clave, s.formato.principal.llave[0]).value = "Otra cosa"


def insertar_filas(libro: openpyxl.Workbook, s: Sano) -> None:
    principal = s.formato.principal
    libro[principal.clave].insert_rows(principal.disposicion.fila_datos, 3)


def valores_sobre_formulas(s: Sano) -> bytes:
    """«Pegar valores» sobre todas las fórmulas de las hojas: quedan las cifras, iguales."""
    return s.en_las_hojas(lambda x: re.sub(rb"<f[^>]*>[^<]*</f>", b"", x))


def atrasadas(s: Sano) -> bytes:
    """Una cifra cambiada por un programa que no recalcula: las fórmulas que la leen muestran lo de antes."""
    hoja, clave = s.cifra
    numero = [h.clave for h in s.formato.hojas].index(hoja) + 1
    d = s.formato.por_clave[hoja].disposicion
    lugar = d.celda(d.fila_datos + 2, clave).encode()
    cambio = en_lugar_de(rb'(<c r="' + lugar + rb'"[^>]*><v>)[^<]*</v>', rb"\g<1>7</v>")
    return cambiar(s.contenido, {f"xl/worksheets/sheet{numero}.xml": cambio})


#: Nombre del daño → (cómo se hace, qué se espera del informe de la MIR, y del POI si no es lo mismo).
DANOS: Mapping[str, tuple[Hacer, str] | tuple[Hacer, str, str]] = {
    # El archivo
    "vacío": (lambda s: b"", "no es un libro"),
    "sólo ceros": (lambda s: bytes(len(s.contenido)), "dañado"),
    "cortado a la mitad": (lambda s: s.contenido[: len(s.contenido) // 2], "dañado"),
    "sin el final": (lambda s: s.contenido[:-30], "dañado"),
    "un byte girado": (lambda s: girados(s, 1), "dañado"),
    "cien bytes girados al azar": (lambda s: girados(s, 100), "dañado"),
    "basura delante": (lambda s: b"basura" + s.contenido, "no es un libro"),
    "basura detrás": (lambda s: s.contenido + b"basura", "igual"),
    "una página web": (lambda s: b"<html><table><tr><td>Nivel</td></tr></table></html>", "no es un libro"),
    "un CSV": (lambda s: b"Nivel,Meta\nFin,20\n", "no es un libro"),
    "XML de Excel 2003": (lambda s: b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "no es un libro"),
    "con contraseña": (lambda s: con_contrasena(s.contenido, "secreta"), "protegido con contraseña"),
    # El zip
    "sin comprimir": (lambda s: armar(s.partes(), compresion=zipfile.ZIP_STORED), "igual"),
    "comprimido con LZMA": (lambda s: armar(s.partes(), compresion=zipfile.ZIP_LZMA), "dañado"),
    "partes barajadas": (barajado, "igual"),
    "tamaño de cabecera mentiroso": (miente_el_tamano, "igual"),
    "una parte que sale de su carpeta": (lambda s: s.mas(**{"../../fuera.xml": b"<a/>"}), "sospechoso"),
    "dos partes que sólo cambian en mayúsculas": (lambda s: s.mas(**{"xl/Workbook.xml": b"<a/>"}), "sospechoso"),
    "una bomba": (lambda s: s.mas(**{"xl/media/a.bin": bytes(8_000_000)}), "sospechoso"),
    "seis mil partes": (lambda s: s.mas(**{f"xl/media/{n}.png": b"" for n in range(6_000)}), "sospechoso"),
    # Las partes
    "sin textos compartidos": (lambda s: s.sin("xl/sharedStrings.xml"), "dañado"),
    "sin estilos": (lambda s: s.sin("xl/styles.xml"), "dañado"),
    "sin la hoja": (lambda s: s.sin(HOJA), "dañado"),
    "sin el libro": (lambda s: s.sin("xl/workbook.xml"), "dañado"),
    "sin tipos de contenido": (lambda s: s.sin("[Content_Types].xml"), "no es un libro"),
    "sin propiedades": (lambda s: s.sin("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml"), "igual"),
    "sin relaciones de paquete": (lambda s: s.sin("_rels/.rels"), "igual"),
    "con otra parte principal": (lambda s: con_otro_nombre(s.contenido), "igual+FMT017"),
    "hoja vacía de bytes": (lambda s: armar(s.partes() | {HOJA: b""}), "dañado"),
    "rutas absolutas": (lambda s: s.con(relaciones=lambda x: x.replace(b'Target="', b'Target="/xl/')), "igual"),
    "rutas con diagonal invertida": (lambda s: s.con(relaciones=lambda x: x.replace(b"worksheets/", b"worksheets\\")), "igual"),
    "estricto": (lambda s: estricto(s.contenido), "igual"),
    "textos en línea": (con_textos_en_linea, "igual"),
    # El XML
    "espacios de nombres con prefijo": (lambda s: s.con(hoja=con_prefijo), "igual"),
    "en UTF-16": (lambda s: s.con(hoja=lambda x: x.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")), "igual"),
    "con DOCTYPE": (lambda s: s.con(hoja=poner(b"<!DOCTYPE a>", antes=b"<worksheet")), "sospechoso"),
    "DOCTYPE en una parte que no se lee": (lambda s: s.mas(**{"xl/otra.xml": b"<!DOCTYPE a><a/>"}), "sospechoso"),
    "XML sin cerrar": (lambda s: s.con(hoja=lambda x: x[:-12]), "dañado"),
    "sin dimensión": (lambda s: s.con(hoja=en_lugar_de(rb"<dimension[^>]*/>", b"")), "igual"),
    "dimensión falsa": (lambda s: s.con(hoja=lambda x: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:B2"', x)), "igual"),
    "un millón de filas vacías": (lambda s: s.con(hoja=filas_vacias(1_000_000)), "igual"),
    "dos esquinas lejanas": (lambda s: s.con(hoja=poner(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', antes=b"</sheetData>")), "igual"),
    "fila 2147483647": (lambda s: s.con(hoja=poner(b'<row r="2147483647"><c r="A2147483647"><v>1</v></c></row>', antes=b"</sheetData>")), "sospechoso"),
    "columna que no existe": (lambda s: s.con(hoja=poner(b'<row r="9999"><c r="ZZZ9999"><v>1</v></c></row>', antes=b"</sheetData>")), "sospechoso"),
    "cincuenta mil combinadas": (lambda s: s.con(hoja=combinar(b'<mergeCell ref="BA900:BB900"/>' * 50_000)), "sospechoso"),
    "cien mil validaciones": (lambda s: s.con(hoja=lambda x: re.sub(rb"(<dataValidations[^>]*>)", rb"\1" + b'<dataValidation sqref="A1"/>' * 100_000, x)), "sospechoso"),
    "texto compartido que no existe": (lambda s: s.con(hoja=poner(b'<row r="9999"><c r="A9999" t="s"><v>99999</v></c></row>', antes=b"</sheetData>")), "dañado"),
    "entidades": (lambda s: s.con(hoja=poner(b'<row r="9999"><c r="A9999" t="inlineStr"><is><t>&x;</t></is></c></row>', antes=b"</sheetData>")), "dañado"),
    "sin resultados guardados": (lambda s: s.en_las_hojas(sin_valores), "igual+FMT010"),
    "una hoja sin resultados guardados": (lambda s: s.con(hoja=sin_valores), "igual+FMT010", "igual+FMT009"),
    "con macros": (lambda s: s.mas(**{"xl/vbaProject.bin": b"x"}), "igual+FMT014"),
    "con vínculos": (lambda s: s.mas(**{"xl/externalLinks/externalLink1.xml": b"<a/>"}), "igual+FMT014"),
    "con conexiones": (lambda s: s.mas(**{"xl/connections.xml": b"<a/>"}), "igual+FMT014"),
    "con objetos": (lambda s: s.mas(**{"xl/embeddings/oleObject1.bin": b"x"}), "igual+FMT014"),
    "fechas de 1904": (con_fechas_de_1904, "igual"),
    # La persona: filas y columnas
    "guardado sin calcular": (a_mano(lambda *_: None), "igual+FMT010"),
    "filas insertadas": (a_mano(insertar_filas), "igual+FMT010"),
    "filas insertadas arriba": (de(copias.filas_arriba), "igual+FMT010+FMT013"),
    "columnas insertadas": (de(copias.columnas_insertadas), "igual+FMT010+FMT013"),
    "fila borrada": (de(copias.fila_borrada), "18 cambian+FMT008+FMT010", "17 cambian+FMT010+POI013"),
    "columna borrada": (de(copias.columna_borrada), "8 cambian+FMT003+FMT010", "4 cambian+FMT003+FMT010"),
    "filas ordenadas": (de(copias.filas_ordenadas), "igual+FMT010"),
    "fila y columna ocultas": (a_mano(ocultar), "igual+FMT010+FMT011"),
    "hoja oculta": (a_mano(hoja_oculta), "igual+FMT010+FMT011"),
    "celdas combinadas": (de(copias.celdas_combinadas), "1 cambian+FMT010+SEG004", "igual+FMT010"),
    "fila corrida": (de(copias.fila_corrida), "30 cambian+FMT010+FMT015", "32 cambian+FMT010+FMT015"),
    "fila repetida": (de(copias.fila_repetida), "igual+FMT010+MIR003", "igual+FMT010+POI011"),
    "nota al pie": (de(copias.nota_al_pie), "igual+FMT010"),
    # La persona: hojas
    "hoja renombrada": (a_mano(otro_nombre), "igual+FMT010"),
    "hoja duplicada": (a_mano(duplicada), "igual+FMT010"),
    "hoja de apoyo duplicada": (a_mano(apoyo_duplicado), "igual+FMT010+FMT018"),
    "hoja de apoyo duplicada y cambiada": (a_mano(apoyo_duplicado_y_cambiado), "igual+FMT010+FMT018"),
    "hoja al final": (a_mano(al_final), "igual+FMT010"),
    "hoja borrada": (a_mano(hoja_borrada), "148 cambian+FMT003", "306 cambian+FMT003"),
    # La persona: títulos
    "título borrado": (a_mano(titulo_borrado), "8 cambian+FMT003+FMT010", "6 cambian+FMT003+FMT010"),
    "título esencial cambiado": (a_mano(titulo_esencial_cambiado), "149 cambian+FMT003+FMT010", "144 cambian+FMT003+FMT010"),
    "título retocado": (de(copias.titulo_retocado), "igual+FMT010"),
    "meses con fecha": (de(copias.meses_con_fecha), "igual+FMT010"),
    "meses con fecha en dos hojas": (de(copias.meses_con_fecha_en_dos_hojas), "igual+FMT010"),
    "meses sin título en una hoja": (de(copias.meses_estropeados), "12 cambian+FMT003+FMT010", "25 cambian+FMT003+FMT010"),
    "meses sin título en dos hojas": (de(copias.meses_estropeados_en_dos_hojas), "12 cambian+FMT003+FMT010", "74 cambian+FMT003+FMT010"),
    # La persona: celdas
    "un error en una celda": (escribir("#REF!"), "1 cambian+FMT006+FMT010"),
    "coma decimal": (escribir("8,5"), "1 cambian+FMT005+FMT010"),
    "un número ambiguo": (escribir("1,234"), "1 cambian+FMT005+FMT010"),
    "una palabra donde va un número": (escribir("veinte"), "1 cambian+FMT004+FMT010"),
    "dos textos en un renglón": (de(copias.dos_textos), "2 cambian+FMT004+FMT010", "1 cambian+FMT004+FMT010"),
    "una fecha donde va un número": (escribir(datetime(2024, 2, 1)), "1 cambian+FMT004+FMT010"),  # noqa: DTZ001
    "un número con formato de fecha": (con_estilo("dd/mm/yyyy"), "1 cambian+FMT004+FMT010"),
    "un número con formato de porcentaje": (con_estilo("0%"), "1 cambian+FMT005+FMT010"),
    "un valor lógico donde va un número": (escribir(valor=True), "1 cambian+FMT004+FMT010"),
    "un negativo": (escribir(-5), "1 cambian+FMT004+FMT010"),
    "una fórmula sin calcular donde va un dato": (escribir("=12+15"), "1 cambian+FMT004+FMT010"),
    "«NP» donde va un número": (escribir("NP"), "1 cambian+FMT010+SEG004"),
    "valores pegados sobre las fórmulas": (valores_sobre_formulas, "igual+FMT009"),
    "una cifra cambiada sin recalcular": (atrasadas, "1 cambian+FMT009+SEG006"),
}

#: Los que tardan segundos: son pruebas largas.
LENTOS = frozenset({"un millón de filas vacías", "cien mil validaciones"})
