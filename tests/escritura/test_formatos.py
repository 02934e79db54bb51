"""Lo que toda plantilla cumple, sea cual sea su formato: se prueba con cada uno y en todos sus modos."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from recalculo import comparar

from pei_excel.escritura.hoja import PAPELES
from pei_excel.escritura.medidas import renglones
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import HOJA_IDENTIDAD, NOMBRE_IDENTIDAD, PROPIEDAD_IDENTIDAD, Formato, Hoja, Modo
from pei_excel.formatos import TODOS
from pei_excel.periodos import Periodo

T2 = Periodo(2024, "T", 2)
CADA_HOJA = [(f, h) for f in TODOS.values() for h in f.hojas if h.columnas]
#: Un libro de la oficina no tiene seguimiento.
CADA_MODO = [(f, m) for f in TODOS.values() for m in Modo if f.informe or m is Modo.FORMULACION]

#: Funciones que tiene Excel 2010.
PERMITIDAS = {
    "IF", "OR", "AND", "COUNT", "SUM", "INDEX", "SUMPRODUCT", "MAX", "MIN", "AVERAGE", "ISNUMBER", "COLUMN", "ABS",
    "ROUND", "IFERROR", "MATCH", "VLOOKUP", "ADDRESS", "ROW", "HYPERLINK", "SUBSTITUTE", "SUMIF", "COUNTA", "COUNTIF",
    "CHOOSE", "ISTEXT", "ISERROR", "ISNA", "ISBLANK", "N", "MOD", "INT", "OFFSET", "FIND", "LEN", "LEFT",
}


def escribir(formato: Formato, modo: Modo, **otros: Any) -> bytes:
    destino = BytesIO()
    argumentos: dict[str, Any] = {"campos": formato.modelo.campos, "filas": formato.modelo.filas, "filas_libres": 12}
    if modo is Modo.SEGUIMIENTO:
        argumentos["periodo"] = T2
    escribir_plantilla(destino, formato, modo=modo, ejercicio=2024, **argumentos | otros)
    return destino.getvalue()


_ABIERTOS: dict[tuple[str, Modo], Workbook] = {}


def libro_de(formato: Formato, modo: Modo = Modo.FORMULACION) -> Workbook:
    llave = formato.clave, modo
    if llave not in _ABIERTOS:
        _ABIERTOS[llave] = openpyxl.load_workbook(BytesIO(escribir(formato, modo)))
    return _ABIERTOS[llave]


def _ultimo(formato: Formato) -> Modo:
    """El modo con que más se imprime."""
    return [m for f, m in CADA_MODO if f is formato][-1]


def identificar(valor: object) -> str:
    return str(getattr(valor, "clave", valor))


@pytest.mark.parametrize(("formato", "una"), CADA_HOJA, ids=identificar)
def test_cada_titulo_esta_en_su_lugar_bajo_sus_bandas(formato: Formato, una: Hoja) -> None:
    hoja, lugar = libro_de(formato)[una.clave], una.disposicion
    for columna in una.columnas:
        assert hoja.cell(lugar.fila_del_titulo(columna), lugar.columna[columna.clave]).value == columna.titulo
    combinadas = {str(r) for r in hoja.merged_cells.ranges}
    cortes = [lugar.columna[clave] for clave in una.paginas]
    for nivel in range(lugar.profundidad - 1):
        for (banda, _), grupo in groupby(
            una.columnas, key=lambda c: (c.banda[: nivel + 1], sum(n <= lugar.columna[c.clave] for n in cortes))
        ):
            miembros = list(grupo)
            if len(banda) <= nivel:
                continue
            fila = lugar.fila_encabezado + nivel
            inicio, fin = (lugar.letra[miembros[n].clave] for n in (0, -1))
            assert hoja[f"{inicio}{fila}"].value == banda[nivel]
            assert inicio == fin or f"{inicio}{fila}:{fin}{fila}" in combinadas


@pytest.mark.parametrize("formato", TODOS.values(), ids=identificar)
def test_las_hojas_en_orden_y_las_nuestras_ocultas(formato: Formato) -> None:
    libro = libro_de(formato)
    assert libro.sheetnames == [*(h.clave for h in formato.hojas), "Instrucciones", "Listas", HOJA_IDENTIDAD]
    assert libro["Listas"].sheet_state == "hidden"
    assert libro[HOJA_IDENTIDAD].sheet_state == "veryHidden"


@pytest.mark.parametrize(("formato", "modo"), CADA_MODO, ids=identificar)
def test_la_identidad_esta_en_tres_lugares(formato: Formato, modo: Modo) -> None:
    libro = libro_de(formato, modo)
    identidad = f"pei-excel;{formato.clave};{formato.version};{modo}"
    assert libro.custom_doc_props[PROPIEDAD_IDENTIDAD].value == identidad  # type: ignore[attr-defined]
    assert libro.defined_names[NOMBRE_IDENTIDAD].attr_text == f'"{identidad}"'
    assert libro[HOJA_IDENTIDAD]["A1"].value == identidad


@pytest.mark.parametrize(("formato", "modo"), CADA_MODO, ids=identificar)
def test_toda_lista_existe_y_tiene_valores(formato: Formato, modo: Modo) -> None:
    libro = libro_de(formato, modo)
    for hoja in libro.worksheets:
        for validacion in hoja.data_validations.dataValidation:
            if validacion.type != "list":
                continue
            for nombre in re.findall(r"[a-z]+_[a-z_]+", validacion.formula1):
                donde, rango = libro.defined_names[nombre].attr_text.split("!")
                celdas = libro[donde.strip("'")][rango.replace("$", "")]
                assert all(c[0].value for c in celdas[:2]), validacion.formula1


@pytest.mark.parametrize(("formato", "modo"), CADA_MODO, ids=identificar)
def test_cada_nombre_se_define_una_vez_y_no_parece_una_celda(formato: Formato, modo: Modo) -> None:
    xml = zipfile.ZipFile(BytesIO(escribir(formato, modo))).read("xl/workbook.xml").decode()
    nombres = re.findall(r'<definedName name="([^"]+)">', xml)  # los de una hoja llevan además localSheetId
    assert len(nombres) == len({n.casefold() for n in nombres})
    assert not [n for n in nombres if re.fullmatch(r"[A-Za-z]{1,3}\d+", n)]


@pytest.mark.parametrize(("formato", "modo"), CADA_MODO, ids=identificar)
def test_las_formulas_son_de_excel_2010(formato: Formato, modo: Modo) -> None:
    libro = libro_de(formato, modo)
    formulas = [str(c.value) for h in libro.worksheets for f in h.iter_rows() for c in f if c.data_type == "f"]
    avisos = [f for h in libro.worksheets for r in h.conditional_formatting for x in r.rules for f in x.formula]
    listas = [str(v.formula1) for h in libro.worksheets for v in h.data_validations.dataValidation]
    # En avisos y listas, otra hoja sólo puede citarse con un nombre definido.
    assert not [f for f in avisos + listas if "!" in f]
    todas = formulas + avisos + listas
    usadas = {nombre for f in todas for nombre in re.findall(r"([A-Z][A-Z0-9.]+)\(", re.sub(r'"[^"]*"', "", f))}
    assert usadas <= PERMITIDAS
    assert max(len(f) for f in todas) < 4000


def abiertas(formato: Formato, modo: Modo, una: Hoja, renglon: int = 0) -> set[str]:
    hoja, lugar = libro_de(formato, modo)[una.clave], una.disposicion
    return {c for c, n in lugar.columna.items() if not hoja.cell(lugar.fila_datos + renglon, n).protection.locked}


@pytest.mark.parametrize(("formato", "una"), CADA_HOJA, ids=identificar)
def test_al_formular_se_abre_todo_lo_que_se_captura(formato: Formato, una: Hoja) -> None:
    esperadas = {c.clave for c in una.columnas if c.calculo is None}
    for renglon in (0, 11):
        assert abiertas(formato, Modo.FORMULACION, una, renglon) == esperadas


@pytest.mark.parametrize(("formato", "modo"), CADA_MODO, ids=identificar)
def test_la_proteccion_no_lleva_clave_y_deja_filtrar_y_dar_formato(formato: Formato, modo: Modo) -> None:
    libro = libro_de(formato, modo)
    assert libro.security.lockStructure
    assert libro.security.workbookPassword is None
    for hoja in libro.worksheets:
        assert hoja.protection.sheet
        assert hoja.protection.password is None
    p = libro[formato.principal.clave].protection
    # En el archivo, «0» quiere decir permitido.
    assert not any((p.autoFilter, p.formatColumns, p.formatRows, p.formatCells))
    assert p.insertRows
    assert p.deleteRows


@pytest.mark.parametrize("formato", TODOS.values(), ids=identificar)
def test_instrucciones_explica_todas_las_columnas(formato: Formato) -> None:
    textos = {str(c.value) for fila in libro_de(formato)["Instrucciones"].iter_rows() for c in fila}
    for hoja in formato.hojas:
        assert {c.clave for c in hoja.columnas} - {c.clave for c in hoja.explicables} == {
            c.clave for c in hoja.columnas if (c.mes or 0) > 1
        }
        for columna in hoja.explicables:
            assert " · ".join(columna.partes_del_nombre) in textos
    assert any(("LISTO PARA ENVIAR" if formato.informe else formato.completo) in texto for texto in textos)


@pytest.mark.parametrize(("formato", "modo"), CADA_MODO, ids=identificar)
def test_los_mismos_argumentos_dan_los_mismos_bytes(formato: Formato, modo: Modo, tmp_path: Path) -> None:
    assert escribir(formato, modo) == escribir(formato, modo)
    escribir_plantilla(tmp_path / "uno.xlsx", formato, modo=Modo.FORMULACION, ejercicio=2024)
    en_blanco = BytesIO()
    escribir_plantilla(en_blanco, formato, modo=Modo.FORMULACION, ejercicio=2024)
    assert (tmp_path / "uno.xlsx").read_bytes() == en_blanco.getvalue()


@pytest.mark.parametrize(("formato", "modo"), CADA_MODO, ids=identificar)
def test_el_modelo_esta_listo_para_enviar(formato: Formato, modo: Modo) -> None:
    libro = openpyxl.load_workbook(BytesIO(escribir(formato, modo)), data_only=True)
    listo = "LISTO PARA ENVIAR" if formato.informe else formato.completo
    assert {libro[h.clave]["A1"].value for h in formato.hojas} == {listo}


@pytest.mark.parametrize(("formato", "una"), CADA_HOJA, ids=identificar)
def test_se_imprime_lo_oficial_en_su_papel(formato: Formato, una: Hoja) -> None:
    hoja, lugar = libro_de(formato, _ultimo(formato))[una.clave], una.disposicion
    ultima = [c for c in una.columnas if not c.auxiliar][-1]
    assert re.fullmatch(rf"'{una.clave}'!\$A\$3:\${lugar.letra[ultima.clave]}\$\d+", hoja.print_area)
    assert hoja.print_title_rows == f"${lugar.fila_encabezado}:${lugar.fila_titulos}"
    assert (hoja.page_setup.paperSize, hoja.page_setup.orientation) == (PAPELES[formato.papel], "landscape")
    assert [c.id + 1 for c in hoja.col_breaks.brk] == [lugar.columna[clave] for clave in una.paginas]


@pytest.mark.libreoffice
@pytest.mark.parametrize(("formato", "modo"), CADA_MODO, ids=identificar)
def test_libreoffice_calcula_lo_mismo_que_esta_guardado(
    formato: Formato, modo: Modo, soffice: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    assert comparar(escribir(formato, modo), soffice, tmp_path) > 150


@pytest.mark.libreoffice
@pytest.mark.parametrize("formato", TODOS.values(), ids=identificar)
@pytest.mark.larga
def test_impresa_en_su_papel_la_letra_no_baja_de_6_puntos(
    formato: Formato, soffice: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    if not shutil.which("pdftohtml"):
        pytest.skip("pdftohtml no está instalado")
    (tmp_path / "libro.xlsx").write_bytes(escribir(formato, _ultimo(formato)))
    pdf = soffice(tmp_path / "libro.xlsx", "pdf")
    texto = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    # El alto de la caja de una palabra de Liberation Sans es 1.15 veces su letra.
    altos = [float(b) - float(a) for a, b in re.findall(r'yMin="([\d.]+)"[^>]*yMax="([\d.]+)"[^>]*>[^<]{4,}<', texto)]
    assert min(altos) / 1.15 >= 5.99


@pytest.mark.parametrize("palabra", ["Documento", "Expediente", "Beneficiario", "Porcentaje"])
def test_una_unidad_de_medida_usual_no_se_parte(palabra: str) -> None:
    columnas = [c for f in TODOS.values() for h in f.hojas for c in h.columnas if c.clave == "unidad_medida"]
    assert columnas
    assert [c.ancho for c in columnas if renglones(palabra, c.ancho) > 1] == []
