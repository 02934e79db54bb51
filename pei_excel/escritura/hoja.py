"""Lo común a todos los libros que se escriben: abrir, valores seguros, encabezados con bandas, impresión, protección.

Filas y columnas se cuentan desde 1, como en el resto del programa.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
import xlsxwriter.workbook as modulo_de_libro
from xlsxwriter.worksheet import CellFormulaTuple, Worksheet

from pei_excel.crudo import ErrorExcel
from pei_excel.empaque import Zip
from pei_excel.escritura.estilos import CUERPO, FECHA, FUENTE, Estilos
from pei_excel.escritura.medidas import ALTO_NORMAL, ancho_combinado, renglones
from pei_excel.formato import IDENTIDAD_DE_SALIDA, PROPIEDAD_IDENTIDAD, Columna
from pei_excel.ubicacion import letra

__all__ = [
    "PAPELES", "SIN_CALCULAR", "LibroNuevo", "abrir_libro", "altos_de_encabezado", "combinar", "configurar_impresion",
    "escribir_encabezado", "escribir_formula", "escribir_valor", "poner_altos", "poner_anchos", "proteger", "rango",
]

#: Papel → código de Excel. «oficio» es el de 21.6 × 33 cm (Folio); el de 34 cm no tiene código y lo imprime igual.
PAPELES = {"oficio": 14, "legal": 5, "carta": 1, "a4": 9, "a3": 8}

#: Fórmula que da cada error de Excel: es la única manera de escribir una celda en error.
_ERRORES = {
    "#DIV/0!": "1/0", "#N/A": "NA()", "#VALUE!": 'VALUE("x")', "#NUM!": "SQRT(-1)", "#REF!": "#REF!",
    "#NAME?": "nombre_inexistente", "#NULL!": "#NULL!",
}
_LARGO_MAXIMO = 32767


_COMUNES = frozenset({"String", "Number", "Blank"})

#: Como valor de una fórmula: el libro no guarda su resultado (nunca se calculó).
SIN_CALCULAR = "\0"


class HojaNueva(Worksheet):  # type: ignore[misc]
    """Hoja de xlsxwriter con remedios: filas que crecen solas, texto vacío como resultado, escritura sin rodeos."""

    flexibles: range = range(0)  #: filas con alto dado pero no fijo: Excel las ajusta al escribir en ellas

    def poner_formula(self, fila: int, columna: int, formula: str, formato: Any, valor: Any) -> None:
        """Guarda una fórmula (sin «=»)."""
        if not self._check_dimensions(fila - 1, columna - 1):
            self.table[fila - 1][columna - 1] = CellFormulaTuple(formula, formato, valor)

    def cambiar_formato(self, fila: int, columna: int, cambiar: Callable[[Any], Any]) -> None:
        """Da a una celda ya escrita otro formato, que se hace con el que tiene."""
        celda = self.table[fila - 1][columna - 1]
        self.table[fila - 1][columna - 1] = celda._replace(format=cambiar(celda.format))

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """No busca funciones posteriores a Excel 2010, que aquí no se usan: era la mitad del tiempo de escritura."""
        return formula.removeprefix("=")

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        """Las clases de celda más comunes sin pasar por listas de atributos."""
        clase = cell.__class__.__name__
        if cell.format is None or clase not in _COMUNES:
            super()._write_cell(row, col, cell)
            return
        inicio = f'<c r="{letra(col + 1)}{row + 1}" s="{cell.format._get_xf_index()}"'  # noqa: SLF001 - API de xlsxwriter
        if clase == "String":
            self.fh.write(f'{inicio} t="s"><v>{cell.string}</v></c>')
        elif clase == "Number":
            self.fh.write(f"{inicio}><v>{cell.number:.16G}</v></c>")
        else:
            self.fh.write(f"{inicio}/>")

    def _xml_formula_element(self, formula: str, result: Any, attributes: Any = ()) -> None:
        if result == SIN_CALCULAR:
            atributos = "".join(f' {clave}="{valor}"' for clave, valor in attributes if clave != "t")
            self.fh.write(f"<c{atributos}><f>{self._escape_data(formula)}</f></c>")
            return
        if result == "":  # xlsxwriter lo dejaría como un número sin valor
            attributes = [*attributes, ("t", "str")]
        if isinstance(result, str):  # xlsxwriter sólo cuida los caracteres de control de los textos
            result = self._escape_control_characters(result)
        super()._xml_formula_element(formula, result, attributes)

    def _xml_start_tag_unencoded(self, tag: str, attributes: Any = ()) -> None:
        if tag == "row" and int(attributes[0][1]) in self.flexibles:
            attributes = [a for a in attributes if a[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)


class LibroNuevo(xlsxwriter.Workbook):  # type: ignore[misc]
    """Libro de xlsxwriter con su caché de estilos; puede proteger su estructura (xlsxwriter no sabe)."""

    empaque: type[Zip] = Zip
    estructura_protegida = False
    estilos: Estilos

    def hoja(self, nombre: str) -> Any:
        """Hoja nueva."""
        return self.add_worksheet(nombre, HojaNueva)

    def _write_workbook_pr(self) -> None:
        super()._write_workbook_pr()
        if self.estructura_protegida:
            self._xml_empty_tag("workbookProtection", [("lockStructure", 1)])

    def _store_workbook(self) -> None:
        original = modulo_de_libro.ZipFile
        modulo_de_libro.ZipFile = self.empaque
        try:
            super()._store_workbook()
        finally:
            modulo_de_libro.ZipFile = original


def abrir_libro(
    destino: Path | BinaryIO, *, titulo: str, asunto: str, creado: datetime, estructura_protegida: bool = False,
    comentarios: str = "", clase: type[LibroNuevo] = LibroNuevo, es_salida: bool = True,
) -> LibroNuevo:
    """Libro nuevo: los mismos argumentos y el mismo contenido dan los mismos bytes. Se cierra con `close()`.

    `es_salida` lo marca como resultado nuestro, para que nunca se lea como un informe recibido.
    """
    opciones = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "default_format_properties": {"font_name": FUENTE, "font_size": CUERPO, "font_scheme": False},
    }
    libro = clase(str(destino) if isinstance(destino, Path) else destino, opciones)
    libro.set_properties({"title": titulo, "subject": asunto, "comments": comentarios, "created": creado})
    if es_salida:
        libro.set_custom_property(PROPIEDAD_IDENTIDAD, IDENTIDAD_DE_SALIDA, "text")
    libro.estructura_protegida = estructura_protegida
    libro.estilos = Estilos(libro)
    return libro


def rango(hoja: str, fila: int, columna: str, hasta: int | None = None, hasta_columna: str | None = None) -> str:
    """Referencia absoluta a otra hoja: «'MIR'!$A$14:$A$30»."""
    celda = f"'{hoja}'!${columna}${fila}"
    return f"{celda}:${hasta_columna or columna}${hasta or fila}" if hasta or hasta_columna else celda


def escribir_valor(hoja: Any, fila: int, columna: int, valor: Any, formato: Any, estilos: Estilos) -> None:
    """Escribe un valor ajeno como lo que es: el texto nunca se vuelve fórmula ni vínculo; vacío, celda en blanco."""
    f, c = fila - 1, columna - 1
    if valor is None or valor == "":
        hoja.write_blank(f, c, None, formato)
    elif isinstance(valor, ErrorExcel):
        escribir_formula(hoja, fila, columna, _ERRORES.get(valor, "NA()"), formato, str(valor))
    elif isinstance(valor, str):
        hoja.write_string(f, c, valor[:_LARGO_MAXIMO], formato)
    elif isinstance(valor, bool):
        hoja.write_boolean(f, c, valor, formato)
    elif isinstance(valor, (int, float)):
        if math.isfinite(valor):
            hoja.write_number(f, c, valor, formato)
        else:
            hoja.write_string(f, c, str(valor), formato)
    elif isinstance(valor, (datetime, date)):
        hoja.write_datetime(f, c, valor, estilos.variante(formato, num_format=FECHA))
    else:
        hoja.write_string(f, c, str(valor)[:_LARGO_MAXIMO], formato)


def escribir_formula(hoja: Any, fila: int, columna: int, formula: str, formato: Any, valor: Any) -> None:
    """Escribe una fórmula (sin «=») con el valor que da; None es el texto vacío y SIN_CALCULAR, ninguno guardado."""
    hoja.poner_formula(fila, columna, formula, formato, "" if valor is None else valor)


def combinar(hoja: Any, desde: tuple[int, int], hasta: tuple[int, int], formato: Any) -> None:
    """Combina un rectángulo (fila, columna)–(fila, columna); el contenido se escribe después en su primera celda."""
    if desde != hasta:
        hoja.merge_range(desde[0] - 1, desde[1] - 1, hasta[0] - 1, hasta[1] - 1, "", formato)


def escribir_encabezado(
    hoja: Any, columnas: Sequence[Columna], fila: int, estilos: Estilos, *, columna: int = 1,
    profundidad: int | None = None, estilo: Callable[[Columna, bool], Any] | None = None, cortes: Sequence[int] = (),
) -> None:
    """Escribe las filas de encabezado de unas columnas a partir de una celda: bandas anidadas y títulos combinados.

    `profundidad` son las filas que ocupa (si no se da, las que pidan las bandas). `estilo` recibe una columna y si se
    trata de una banda, y da el formato; sin él se usan los del módulo de estilos. Los altos se ponen aparte. Una banda
    que pasa de un corte de página se repite en cada lado.
    """
    profundidad = profundidad or 1 + max(len(c.banda) for c in columnas)
    ultima = fila + profundidad - 1
    elegir = estilo or (
        lambda c, banda: estilos(("banda" if banda else "encabezado") + ("_apoyo" if c.auxiliar else ""))
    )
    numeradas = list(enumerate(columnas, columna))
    for nivel in range(profundidad - 1):
        paginas = groupby(numeradas, key=lambda par: (par[1].banda[: nivel + 1], bisect(cortes, par[0])))
        for (banda, _), grupo in paginas:
            miembros = list(grupo)
            if len(banda) <= nivel:
                continue
            formato = elegir(miembros[0][1], True)
            combinar(hoja, (fila + nivel, miembros[0][0]), (fila + nivel, miembros[-1][0]), formato)
            hoja.write_string(fila + nivel - 1, miembros[0][0] - 1, banda[nivel], formato)
    for numero, una in numeradas:
        formato = elegir(una, False)
        primera = fila + len(una.banda)
        combinar(hoja, (primera, numero), (ultima, numero), formato)
        hoja.write_string(primera - 1, numero - 1, una.titulo, formato)


def altos_de_encabezado(columnas: Sequence[Columna], profundidad: int | None = None) -> list[float]:
    """Altos, en puntos, de las filas de encabezado para que ningún título ni banda quede cortado."""
    profundidad = profundidad or 1 + max(len(c.banda) for c in columnas)
    altos = [ALTO_NORMAL] * profundidad
    for nivel in range(profundidad - 1):
        for banda, grupo in groupby(columnas, key=lambda c: c.banda[: nivel + 1]):
            if len(banda) > nivel:
                ancho = ancho_combinado([c.ancho for c in grupo])
                altos[nivel] = max(altos[nivel], renglones(banda[nivel], ancho, negritas=True) * 11.8 + 3.2)
    for una in columnas:
        disponibles = sum(altos[len(una.banda) : -1])
        altos[-1] = max(altos[-1], renglones(una.titulo, una.ancho) * 11.8 + 4 - disponibles)
    return [round(alto, 1) for alto in altos]


def poner_anchos(hoja: Any, columnas: Sequence[Columna], columna: int = 1) -> None:
    """Pone el ancho de cada columna."""
    for numero, una in enumerate(columnas, columna - 1):
        hoja.set_column(numero, numero, una.ancho)


def poner_altos(hoja: Any, fila: int, altos: Sequence[float]) -> None:
    """Pone el alto de varias filas seguidas."""
    for numero, alto in enumerate(altos, fila - 1):
        hoja.set_row(numero, alto)


def configurar_impresion(
    hoja: Any, *, papel: str, area: tuple[int, int, int, int], repetir: tuple[int, int] | None = None,
    repetir_columnas: tuple[int, int] | None = None, horizontal: bool = True, pie: str = "", paginas_de_ancho: int = 1,
    cortes: tuple[int, ...] = (),
) -> None:
    """Papel, orientación, una página de ancho, filas que se repiten y pie «Página n de N».

    `area` es (fila, columna, fila, columna); `repetir`, la primera y la última fila del encabezado. Con `cortes`, cada
    una de esas columnas empieza otra página y se imprime a su tamaño (ajustar a páginas anularía los cortes).
    """
    hoja.set_paper(PAPELES[papel])
    if horizontal:
        hoja.set_landscape()
    hoja.set_margins(left=0.25, right=0.25, top=0.4, bottom=0.55)
    hoja.set_footer(f"&L&8{pie.replace('&', '&&')}&R&8Página &P de &N", {"margin": 0.25, "scale_with_doc": False})
    hoja.print_area(area[0] - 1, area[1] - 1, area[2] - 1, area[3] - 1)
    if cortes:
        hoja.set_v_pagebreaks([corte - 1 for corte in cortes])
    else:
        hoja.fit_to_pages(paginas_de_ancho, 0)
    hoja.center_horizontally()
    if repetir:
        hoja.repeat_rows(repetir[0] - 1, repetir[1] - 1)
    if repetir_columnas:
        hoja.repeat_columns(repetir_columnas[0] - 1, repetir_columnas[1] - 1)


def proteger(hoja: Any) -> None:
    """Protege la hoja sin contraseña; permite elegir, filtrar y cambiar formatos, anchos y altos."""
    hoja.protect("", {
        "select_locked_cells": True, "select_unlocked_cells": True, "autofilter": True,
        "format_cells": True, "format_columns": True, "format_rows": True,
    })
