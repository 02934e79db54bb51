"""De los bytes de un .xls antiguo a un `LibroCrudo`; ese tipo de archivo no deja ver las fórmulas."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import xlrd
from xlrd.compdoc import CompDoc, CompDocError
from xlrd.formula import FormulaError

from pei_excel.crudo import ArchivoIlegible, CeldaCruda, ErrorExcel, HojaCruda, LibroCrudo
from pei_excel.lectura import numeros
from pei_excel.lectura.guardia import tiene_carpeta
from pei_excel.lectura.partes import sin_imposibles

if TYPE_CHECKING:
    from pei_excel.lectura.guardia import Limites
    from pei_excel.lectura.numeros import Valor

#: Familias de lo que xlrd deja escapar con un archivo alterado: lee desplazamientos sin comprobarlos.
_FALLOS = (
    xlrd.XLRDError,
    CompDocError,
    FormulaError,
    struct.error,
    AssertionError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    NameError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
    OSError,
)


def leer(contenido: bytes, archivo: str, limites: Limites) -> LibroCrudo:
    """Lee el libro entero."""
    try:
        _sin_vueltas(contenido)
        # Filas sin rellenar: con dos celdas en esquinas opuestas, el relleno pesa 16 millones de celdas.
        libro = xlrd.open_workbook(
            file_contents=contenido, logfile=io.StringIO(), formatting_info=True, ragged_rows=True
        )
        # Las carpetas del contenedor: las macros en una, y cada objeto incrustado en la suya («MBD0014A1B2»).
        hay = {"macros": "_VBA_PROJECT", "objetos incrustados": "MBD"}
        ajenos = tuple(que for que, carpeta in hay.items() if tiene_carpeta(contenido, carpeta))
        return _convertir(libro, archivo, limites, ajenos)
    except _FALLOS as error:
        if "encrypted" in str(error):
            raise ArchivoIlegible("protegido con contraseña", "pide una contraseña para abrirse") from None
        raise ArchivoIlegible("dañado", "está incompleto o alterado") from None


def _sin_vueltas(contenido: bytes) -> None:
    """Rechaza una cadena de sectores pequeños que vuelve sobre sí misma: xlrd la seguiría hasta agotar la memoria."""
    contenedor = CompDoc(contenido, logfile=io.StringIO())
    for nodo in contenedor.dirlist:
        if nodo.name.lower() not in {"workbook", "book"} or nodo.tot_size >= contenedor.min_size_std_stream:
            continue
        sector = nodo.first_SID
        for _ in range(len(contenedor.SSAT) + 1):
            if sector < 0:
                break
            sector = contenedor.SSAT[sector]
        else:
            raise CompDocError("cadena de sectores sin fin")


def _convertir(libro: xlrd.Book, archivo: str, limites: Limites, ajenos: tuple[str, ...]) -> LibroCrudo:
    codigos = [libro.format_map[estilo.format_key].format_str for estilo in libro.xf_list]
    porcentajes = {numero for numero, codigo in enumerate(codigos) if numeros.es_porcentaje(codigo)}
    fechas = {numero for numero, codigo in enumerate(codigos) if numeros.es_fecha(codigo)} - porcentajes
    leido = LibroCrudo(archivo=archivo, tipo="xls", hojas=[], ajenos=ajenos, formulas_verificables=False)
    total = 0
    if libro.nsheets > limites.hojas:
        raise ArchivoIlegible("demasiado grande", f"tiene más de {limites.hojas:,} hojas")
    for hoja in libro.sheets():
        leida = HojaCruda(hoja.name, oculta=hoja.visibility != 0)
        for fila in range(hoja.nrows):
            for columna, celda in enumerate(hoja.row(fila)):
                valor = _valor(celda, fechas, desde_1904=bool(libro.datemode))
                if valor is not None:
                    leida.celdas[fila + 1, columna + 1] = CeldaCruda(valor, porcentaje=celda.xf_index in porcentajes)
        if hoja.ncols > limites.columna or any(columna > limites.columna for *_, columna in hoja.merged_cells):
            raise ArchivoIlegible("sospechoso", "tiene celdas fuera de los límites de Excel")
        total += len(leida.celdas)
        if total > limites.celdas:
            raise ArchivoIlegible("demasiado grande", f"tiene más de {limites.celdas:,} celdas con contenido")
        if len(hoja.merged_cells) > limites.combinadas:
            raise ArchivoIlegible("sospechoso", f"una hoja tiene más de {limites.combinadas:,} rangos combinados")
        # xlrd cuenta desde 0 y deja fuera el último: sólo el comienzo cambia.
        leida.combinadas = [(fila + 1, columna + 1, f, c) for fila, f, columna, c in hoja.merged_cells]
        leida.filas_ocultas = {fila + 1 for fila, datos in hoja.rowinfo_map.items() if datos.hidden}
        leida.columnas_ocultas = {columna + 1 for columna, datos in hoja.colinfo_map.items() if datos.hidden}
        leido.hojas.append(leida)
    leido.nombres = {
        nombre.name: nombre.result.text.removeprefix("=")
        for nombre in libro.name_obj_list
        if nombre.result is not None and isinstance(nombre.result.text, str)
    }
    if not leido.hojas:
        raise ArchivoIlegible("dañado", "no tiene ninguna hoja")
    return leido


def _valor(celda: xlrd.sheet.Cell, fechas: set[int], *, desde_1904: bool) -> Valor:
    """Valor de una celda; None si está vacía o es un texto vacío."""
    if celda.ctype == xlrd.XL_CELL_ERROR:
        return ErrorExcel(xlrd.error_text_from_code.get(celda.value, "#VALUE!"))
    if celda.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(celda.value)
    if celda.ctype in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE}:
        numero = float(celda.value)
        return numeros.fecha(numero, desde_1904=desde_1904) if celda.xf_index in fechas else numero
    return sin_imposibles(celda.value) or None if celda.ctype == xlrd.XL_CELL_TEXT else None
