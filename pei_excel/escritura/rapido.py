"""El mismo libro de xlsxwriter, escrito en menos tiempo: para lo que se escribe una vez por cada unidad.

Quita rodeos de xlsxwriter que aquí no hacen falta (revisar argumentos, medir la hoja en cada celda, rehacer formatos
iguales en cada libro) y comprime menos. Da el mismo contenido que `LibroNuevo`; lo que no conoce lo deja a xlsxwriter.
No admite texto con formato mixto.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.worksheet import CellBlankTuple, CellFormulaTuple, CellNumberTuple, CellStringTuple
from xlsxwriter.xmlwriter import XMLwriter

from pei_excel.empaque import Zip
from pei_excel.escritura.hoja import SIN_CALCULAR, HojaNueva, LibroNuevo
from pei_excel.ubicacion import letra

__all__ = ["HojaRapida", "LibroRapido", "calculada", "entidades"]

#: 1 comprime tres veces más rápido que el 6 acostumbrado y el archivo crece como un quinto.
_COMPRESION = 1
_ERRORES = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})


class _ZipLigero(Zip):
    """Archivo zip que comprime con el nivel de aquí."""

    def writestr(
        self, zinfo_or_arcname: Any, data: Any, compress_type: int | None = None, compresslevel: int | None = None
    ) -> None:
        super().writestr(zinfo_or_arcname, data, compress_type, _COMPRESION)


class _Formato(Format):  # type: ignore[misc]
    """Formato que se copia de otro igual; sus llaves de letra y borde, que nunca cambian, se calculan una vez."""

    llave_letra: str | None = None
    llave_borde: str | None = None

    def _get_font_key(self) -> str:
        return self.llave_letra or str(super()._get_font_key())

    def _get_border_key(self) -> str:
        return self.llave_borde or str(super()._get_border_key())


@lru_cache(8192)
def entidades(texto: str) -> str:
    """El texto como se escribe en XML."""
    if "&" in texto or "<" in texto or ">" in texto:
        return texto.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return texto


@lru_cache(8192)
def _visible(texto: str) -> str:
    """El texto en XML, con sus caracteres de control escritos como los escribe Excel."""
    return entidades(str(XMLwriter._escape_control_characters(texto)))  # noqa: SLF001 - API de xlsxwriter


def calculada(inicio: str, formula: str, valor: float | str | None) -> str:
    """Celda con una fórmula y el valor exacto que da; `inicio` es su etiqueta sin cerrar, y None el texto vacío."""
    if valor is None or isinstance(valor, str):
        tipo = "e" if valor in _ERRORES else "str"
        return f'{inicio} t="{tipo}"><f>{entidades(formula)}</f><v>{_visible(valor or "")}</v></c>'
    return f"{inicio}><f>{entidades(formula)}</f><v>{valor}</v></c>"


@lru_cache(8192)
def _elemento_de_texto(texto: str) -> str:
    """El texto como elemento de la tabla de textos; uno que parezca XML («<r>…») se escapa como cualquiera."""
    conservar = ' xml:space="preserve"' if texto != texto.strip() else ""
    return f"<si><t{conservar}>{_visible(texto)}</t></si>"


class _Empacador(Packager):  # type: ignore[misc]
    """Escribe de una vez la tabla de textos, y copia los estilos de un libro anterior con los mismos formatos."""

    _estilos: dict[tuple[Any, ...], str] = {}  # noqa: RUF012 - es de la clase a propósito

    def _write_styles_file(self) -> None:
        libro = self.workbook
        formatos = (*libro.xf_formats, None, *libro.dxf_formats)
        llave = (libro.has_comments, *(f and f._get_format_key() for f in formatos))  # noqa: SLF001 - API de xlsxwriter
        hecha = self._estilos.get(llave)
        if hecha is not None:
            self._filename("xl/styles.xml").write(hecha)
            return
        super()._write_styles_file()
        if len(self._estilos) < 256:
            self._estilos[llave] = self.filenames[-1][0].getvalue()

    def _write_shared_strings_file(self) -> None:
        tabla = self.workbook.str_table
        if tabla.count:
            self._filename("xl/sharedStrings.xml").write(
                '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
                '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
                f'count="{tabla.count}" uniqueCount="{tabla.unique_count}">'
                f"{''.join(map(_elemento_de_texto, tabla.string_array))}</sst>"
            )


class HojaRapida(HojaNueva):
    """Hoja que guarda y escribe sus celdas sin rodeos; filas y columnas van desde 0 y dentro de la hoja."""

    def write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> int:
        self.table[row][col] = CellStringTuple(self.str_table._get_shared_string_index(string), cell_format)  # noqa: SLF001
        return 0

    def write_number(self, row: int, col: int, number: float, cell_format: Any = None) -> int:
        self.table[row][col] = CellNumberTuple(number, cell_format)
        return 0

    def write_blank(self, row: int, col: int, blank: Any, cell_format: Any = None) -> int:
        if cell_format is not None:
            self.table[row][col] = CellBlankTuple(cell_format)
        return 0

    def poner_formula(self, fila: int, columna: int, formula: str, formato: Any, valor: Any) -> None:
        self.table[fila - 1][columna - 1] = CellFormulaTuple(formula, formato, valor)

    def merge_range(
        self, first_row: int, first_col: int, last_row: int, last_col: int, data: Any, cell_format: Any = None
    ) -> int:
        """Combina sin revisar si se encima con otra; las celdas tapadas sólo existen si hay un borde que pintar."""
        self.merge.append([first_row, first_col, last_row, last_col])
        blanco = CellBlankTuple(cell_format)
        if cell_format is not None and (cell_format.left or cell_format.top or cell_format.bottom):
            for fila in range(first_row, last_row + 1):
                renglon = self.table[fila]
                for columna in range(first_col, last_col + 1):
                    renglon[columna] = blanco
        return 0

    def _assemble_xml_file(self) -> None:
        filas = [f for f, celdas in self.table.items() if celdas]
        if filas:
            self._check_dimensions(min(filas), min(min(self.table[f]) for f in filas))
            self._check_dimensions(max(filas), max(max(self.table[f]) for f in filas))
        super()._assemble_xml_file()

    def _write_rows(self) -> None:
        self._escribir_filas(self.dim_rowmin, self.dim_rowmax)

    def _escribir_filas(self, primera: int, ultima: int) -> None:
        """Las filas de ese tramo (desde 0) que tengan algo, en su orden: fuera de él Excel da el libro por dañado."""
        escribir = self.fh.write
        for fila in range(primera, ultima + 1):
            celdas = self.table.get(fila)
            atributos = self.row_info.get(fila)
            if celdas:
                self._write_row(fila, None, atributos)
                sufijo = str(fila + 1)
                for columna in sorted(celdas):
                    celda = celdas[columna]
                    if type(celda) is not str:  # una cadena es una o varias celdas ya armadas
                        celda = self._celda(celda, f"{letra(columna + 1)}{sufijo}", fila, columna)
                    escribir(celda)
                escribir("</row>")
            elif atributos is not None or fila in self.comments:
                self._write_empty_row(fila, None, atributos)

    def _celda(self, celda: Any, direccion: str, fila: int, columna: int) -> str:
        formato = celda.format
        if formato is None:
            estilo = ""
        else:
            indice = formato.xf_index
            estilo = f' s="{formato._get_xf_index() if indice is None else indice}"'  # noqa: SLF001 - API de xlsxwriter
        if type(celda) is CellStringTuple:
            return f'<c r="{direccion}"{estilo} t="s"><v>{celda.string}</v></c>'
        if type(celda) is CellNumberTuple:
            return f'<c r="{direccion}"{estilo}><v>{celda.number:.16G}</v></c>'
        if type(celda) is CellBlankTuple:
            return f'<c r="{direccion}"{estilo}/>'
        valor = getattr(celda, "value", None)
        if type(celda) is CellFormulaTuple and not isinstance(valor, bool) and valor != SIN_CALCULAR:
            return calculada(f'<c r="{direccion}"{estilo}', celda.formula, valor)
        self._write_cell(fila, columna, celda)
        return ""


class LibroRapido(LibroNuevo):
    """Libro con hojas rápidas, formatos que se copian de los de libros anteriores y compresión ligera."""

    empaque = _ZipLigero
    #: Propiedades → formato ya calculado, sin índices de ningún libro.
    _moldes: dict[tuple[tuple[str, Any], ...], dict[str, Any]] = {}  # noqa: RUF012 - es de la clase a propósito

    def hoja(self, nombre: str) -> Any:
        return self.add_worksheet(nombre, HojaRapida)

    def add_format(self, properties: dict[str, Any] | None = None) -> Any:
        todas = {**self.default_format_properties, **(properties or {})}
        llave = tuple(todas.items())
        molde = self._moldes.get(llave)
        if molde is None:
            modelo = _Formato(todas, {}, {})
            modelo.llave_letra = modelo._get_font_key()  # noqa: SLF001 - API de xlsxwriter
            modelo.llave_borde = modelo._get_border_key()  # noqa: SLF001
            modelo._get_format_key()  # noqa: SLF001 - la deja guardada
            molde = self._moldes[llave] = dict(modelo.__dict__)
        formato = _Formato.__new__(_Formato)
        formato.__dict__.update(
            molde, xf_format_indices=self.xf_format_indices, dxf_format_indices=self.dxf_format_indices
        )
        self.formats.append(formato)
        return formato

    def _get_packager(self) -> Any:
        return _Empacador()
