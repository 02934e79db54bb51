"""Lo que se lee de un .ods: tipos, repeticiones, errores y hojas ajenas."""
# ruff: noqa: E501 - el XML se lee mejor sin partir

from __future__ import annotations

import pytest
from armado import armar_ods, dia

from pei_excel.crudo import CeldaCruda, ErrorExcel
from pei_excel.lectura.celdas import abrir_bytes


def celdas_ods(filas: str) -> dict[tuple[int, int], CeldaCruda]:
    """Celdas de una hoja .ods con esas filas."""
    return abrir_bytes(armar_ods(f'<table:table table:name="MIR">{filas}</table:table>'), "a.ods").hojas[0].celdas


@pytest.mark.parametrize(
    ("celda", "esperada"),
    [
        ('office:value-type="percentage" office:value="0.2"><text:p>20%</text:p>', CeldaCruda(0.2, porcentaje=True)),
        ('office:value-type="currency" office:value="1200"><text:p>S/ 1200</text:p>', CeldaCruda(1200.0)),
        ('office:value-type="time" office:time-value="PT12H00M00S"><text:p>12:00</text:p>', CeldaCruda(0.5)),
        (
            'office:value-type="date" office:date-value="2024-03-31"><text:p>31/03/24</text:p>',
            CeldaCruda(dia(2024, 3, 31)),
        ),
        ('office:value-type="boolean" office:boolean-value="false"><text:p>FALSO</text:p>', CeldaCruda(False)),
        (
            (
                'office:value-type="string"><office:annotation><text:p>nota</text:p></office:annotation>'
                '<text:p>a<text:s text:c="2"/>b<text:tab/><text:span>c</text:span></text:p><text:p>d<text:line-break/>e</text:p>'
            ),
            CeldaCruda("a  b\tc\nd\ne"),
        ),
        (
            (
                'table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error">'
                "<text:p>#¡DIV/0!</text:p>"
            ),
            CeldaCruda(ErrorExcel("#DIV/0!"), formula=True),
        ),
        (
            'table:formula="of:=X" office:value-type="float" office:value="0"><text:p>Err:502</text:p>',
            CeldaCruda(ErrorExcel("Err:502"), formula=True),
        ),
        ('table:formula="of:=[.B1]">', CeldaCruda(None, formula=True, calculada=False)),
        ('table:formula="of:=&quot;&quot;" office:value-type="string">', CeldaCruda(None, formula=True)),
    ],
)
def test_cada_clase_de_celda_ods(celda: str, esperada: CeldaCruda) -> None:
    """El tipo, el valor y el texto de una celda de LibreOffice."""
    leida = celdas_ods(f"<table:table-row><table:table-cell {celda}</table:table-cell></table:table-row>")[1, 1]
    assert leida == esperada
    assert type(leida.valor) is type(esperada.valor)


def test_repeticiones_ods() -> None:
    """Las celdas y filas repetidas con contenido se expanden; las vacías sólo cuentan."""
    filas = (
        '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="3"/>'
        '<table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="1"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048570"/><table:table-row><table:covered-table-cell/>'
        '<table:table-cell office:value-type="float" office:value="9"/><table:table-cell table:number-columns-repeated="16382"/>'
        "</table:table-row>"
    )
    assert set(celdas_ods(filas)) == {(1, 4), (1, 5), (2, 4), (2, 5), (1_048_573, 2)}


def test_hoja_externa_y_oculta_hasta_el_final_ods() -> None:
    """La copia de una hoja ajena no es una hoja; un millón de filas ocultas no se enumera."""
    tablas = (
        "<table:table table:name=\"'file:///otro.ods'#$Hoja\"><table:table-row/></table:table>"
        '<table:table table:name="MIR"><table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>'
        '<table:table-row table:visibility="filter"><table:table-cell office:value-type="float" office:value="9"/></table:table-row>'
        '<table:table-row table:visibility="collapse" table:number-rows-repeated="1048575"/></table:table>'
    )
    libro = abrir_bytes(armar_ods(tablas), "a.ods")
    assert [hoja.nombre for hoja in libro.hojas] == ["MIR"]
    assert libro.hojas[0].filas_ocultas == {1}
    assert libro.hojas[0].columnas_ocultas == {1, 2}
    assert libro.ajenos == ("vínculos externos",)
