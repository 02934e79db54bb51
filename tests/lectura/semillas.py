"""Libros pequeños y variados de donde parte la búsqueda de casos nuevos."""
# ruff: noqa: E501 - el XML se lee mejor sin partir

from __future__ import annotations

from armado import ESPACIO, RELACIONES, armar, armar_ods
from armado_xlsb import armar_xlsb
from test_segundo import A_MANO, ESTILOS, TEXTOS, TIPOS, con_otro_nombre

from pei_excel.crudo import CeldaCruda, ErrorExcel, HojaCruda, LibroCrudo

_TITULOS = ("Nivel", "Resumen Narrativo", "Nombre del Indicador", "Unidad de Medida", "Sentido Esperado", "Medios de Verificación")
_FILAS = "".join(
    f'<row r="{n}">' + "".join(f'<c r="{letra}{n}" t="inlineStr"><is><t>{texto}</t></is></c>' for letra, texto in zip("ABCDEF", textos, strict=True)) + "</row>"
    for n, textos in ((5, _TITULOS), (6, ("Fin", "a", "b", "c", "Ascendente", "d")))
)
_LIBRO = (
    f'<workbook xmlns="{ESPACIO}" xmlns:r="{RELACIONES}"><workbookPr date1904="1"/><sheets><sheet name="MIR" sheetId="1" state="hidden" r:id="b"/></sheets>'
    '<definedNames><definedName name="a" localSheetId="0">x</definedName><definedName name="PEI">"PEI;MIR;1"</definedName></definedNames></workbook>'
)
_PROPIEDADES = {
    "docProps/custom.xml": "<Properties><property name='a'><lpwstr>b</lpwstr></property></Properties>",
    "docProps/core.xml": "<coreProperties><modified>2024-07-01T00:00:00Z</modified></coreProperties>",
}
_ODS = (
    '<table:table table:name="MIR"><table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>'
    '<table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="2"><text:p>1</text:p></table:table-cell>'
    '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
    '<table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="2" office:value-type="string"><text:p>a<text:s text:c="3"/>b<text:tab/></text:p></table:table-cell>'
    '<table:table-cell office:value-type="date" office:date-value="2024-03-31"/><table:table-cell office:value-type="time" office:time-value="PT1H"/>'
    '</table:table-row></table:table><table:named-expressions><table:named-range table:name="a" table:cell-range-address="$MIR.$A$1"/></table:named-expressions>'
)
_BINARIO = LibroCrudo(
    "a", "xlsb",
    [HojaCruda("MIR", {(1, 1): CeldaCruda("Nivel"), (1, 2): CeldaCruda(2.5, formula=True), (2, 1): CeldaCruda(ErrorExcel("#N/A")), (2, 2): CeldaCruda(0.2, porcentaje=True)},
               combinadas=[(3, 1, 4, 2)], filas_ocultas={2}, columnas_ocultas={3})],
    {"PEI": '"PEI;MIR;1"'},
)

SEMILLAS: dict[str, bytes] = {
    **A_MANO,
    "títulos": armar(_FILAS, resto='<mergeCells><mergeCell ref="A1:F1"/></mergeCells>', partes={**TIPOS, **TEXTOS, **ESTILOS, **_PROPIEDADES, "xl/workbook.xml": _LIBRO}),
    "otra parte principal": con_otro_nombre(A_MANO["fórmulas"]),
    "ods": armar_ods(_ODS),
    "xlsb": armar_xlsb(_BINARIO),
}
