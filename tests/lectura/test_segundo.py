"""Dos lectores, un resultado: lo que los dos abren, lo leen igual; lo que el primero no entiende, lo intenta el segundo."""
# ruff: noqa: E501 - el XML se lee mejor sin partir

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from armado import ESPACIO, RELACIONES, armar, dia, empacar
from test_celdas import escribir_completo
from test_lo_que_llega import LIBRO

from pei_excel.crudo import ArchivoIlegible, CeldaCruda, ErrorExcel, LibroCrudo
from pei_excel.ejemplo import escribir_recibidos
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos import FORMATOS
from pei_excel.lectura import guardia, segundo, xlsx
from pei_excel.lectura.celdas import abrir_bytes
from pei_excel.lectura.lector import Opciones, interpretar
from pei_excel.lectura.limites import LIMITES, Limites

HOJA = "xl/worksheets/sheet1.xml"
TEXTOS = {"xl/sharedStrings.xml": f'<sst xmlns="{ESPACIO}"><si><t>uno</t></si><si><r><t>d</t></r><r><rPr><b/></rPr><t xml:space="preserve">os </t></r></si><si><t>a_x000D_b</t></si></sst>'}
ESTILOS = {
    "xl/styles.xml": f'<styleSheet xmlns="{ESPACIO}"><numFmts count="2"><numFmt numFmtId="170" formatCode="0.0%"/><numFmt numFmtId="171" formatCode="dd/mm/yyyy"/></numFmts>'
    "<fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>"
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="14"/><xf numFmtId="9"/><xf numFmtId="46"/></cellXfs></styleSheet>'
}
TIPOS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
}


def con(filas: str, **otras: str) -> bytes:
    """Un libro a mano con textos, estilos y tipos de contenido."""
    partes: dict[str, bytes | str] = {**TIPOS, **TEXTOS, **ESTILOS, **{k: v for k, v in otras.items() if "/" in k}}
    return armar(filas, resto=otras.get("resto", ""), partes=partes)


def cambiar(contenido: bytes, cambios: dict[str, Callable[[bytes], bytes]]) -> bytes:
    """El mismo libro con unas partes transformadas."""
    with zipfile.ZipFile(io.BytesIO(contenido)) as archivo:
        partes: dict[str, bytes | str] = {nombre: archivo.read(nombre) for nombre in archivo.namelist()}
    for nombre, cambio in cambios.items():
        partes[nombre] = cambio(partes[nombre])  # type: ignore[arg-type]
    return empacar(partes)


def sin_valores(hoja: bytes) -> bytes:
    """La hoja como la guarda un programa que no calcula."""
    import re

    return re.sub(rb"(<f[^>]*>[^<]*</f>|<f[^>]*/>)<v>[^<]*</v>", rb"\1", hoja)


def con_prefijo(hoja: bytes) -> bytes:
    """La hoja con su espacio de nombres detrás de un prefijo."""
    import re

    hoja = re.sub(rb"<(/?)([A-Za-z])", rb"<\1x:\2", hoja)
    return hoja.replace(f'xmlns="{ESPACIO}"'.encode(), f'xmlns:x="{ESPACIO}"'.encode())


def en_linea() -> bytes:
    """Sin textos compartidos: cada celda trae el suyo."""
    memoria = io.BytesIO()
    libro = xlsxwriter.Workbook(memoria, {"constant_memory": True})
    hoja = libro.add_worksheet("MIR")
    for fila in range(5):
        hoja.write_row(fila, 0, [f"texto {fila}", fila / 3, True, "  con espacios "])
    libro.close()
    return memoria.getvalue()


def de_openpyxl() -> bytes:
    """Fórmulas sin calcular, fechas, texto con formato y matrices."""
    libro = openpyxl.Workbook()
    hoja = libro.active
    assert hoja is not None
    hoja.append(["Nivel", 1, 2.5, dia(2024, 3, 31), dia(2024, 3, 31, 10, 30), "=B1+C1", True, None, '=""'])
    hoja["A3"] = "=1/0"
    hoja.merge_cells("A5:C6")
    hoja.row_dimensions[3].hidden = True
    hoja.column_dimensions["E"].hidden = True
    libro.create_sheet("Oculta").sheet_state = "veryHidden"
    memoria = io.BytesIO()
    libro.save(memoria)
    return memoria.getvalue()


def de_1904() -> bytes:
    memoria = io.BytesIO()
    libro = xlsxwriter.Workbook(memoria, {"date_1904": True})
    libro.add_worksheet().write_datetime("A1", dia(2024, 3, 31), libro.add_format({"num_format": "dd/mm/yyyy"}))
    libro.close()
    return memoria.getvalue()


def seguimiento() -> bytes:
    memoria = io.BytesIO()
    escribir_plantilla(
        memoria, FORMATOS["POI"], modo=Modo.SEGUIMIENTO, ejercicio=2024, campos=FORMATOS["POI"].modelo.campos,
        filas=FORMATOS["POI"].modelo.filas, periodo=None,
    )
    return memoria.getvalue()


A_MANO = {
    "en línea": con('<row r="1"><c r="A1" t="inlineStr"><is><t>uno</t></is></c><c r="B1" t="inlineStr"><is><r><t>d</t></r><r><t>os</t></r></is></c></row>'),
    "compartidos y con formato": con('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>'),
    "sin direcciones": con('<row><c><v>1</v></c><c t="s"><v>0</v></c></row><row r="4"><c><v>2</v></c><c r="D4"><v>3</v></c><c><v>4</v></c></row>'),
    "fórmulas": con('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>A1</f></c><c r="C1" t="str"><f>""</f><v></v></c><c r="D1" t="str"><f>"x"</f><v>x</v></c><c r="E1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="F1" t="b"><f>TRUE()</f><v>1</v></c><c r="G1"><f>B1</f><v></v></c><c r="H1" t="str"><f>B1</f></c></row>'),
    "fórmula compartida": con('<row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1*2</f><v>2</v></c></row><row r="2"><c r="A2"><f t="shared" si="0"/><v>4</v></c></row><row r="3"><c r="A3"><f t="shared" si="0"/></c></row>'),
    "matriz": con('<row r="1"><c r="A1"><f t="array" ref="A1:A2">B1:B2</f><v>2</v></c></row>'),
    "errores": con('<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="e"><v>#REF!</v></c><c r="C1" t="e"><v>#NAME?</v></c></row>'),
    "porcentajes y fechas": con('<row r="1"><c r="A1" s="1"><v>0.2</v></c><c r="B1" s="2"><v>45382</v></c><c r="C1" s="3"><v>45382.5</v></c><c r="D1" s="4"><v>1</v></c><c r="E1" s="5"><v>1.5</v></c><c r="F1" s="2"><v>0.25</v></c><c r="G1" s="2"><v>99999999</v></c></row>'),
    "fechas ISO": con('<row r="1"><c r="A1" t="d"><v>2024-03-31T00:00:00</v></c><c r="B1" t="d"><v>2024-03-31</v></c></row>'),
    "bajo una combinada": con('<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>', resto='<mergeCells><mergeCell ref="A1:C3"/></mergeCells>'),
    "dimensión equivocada": armar("", partes={**TIPOS, **TEXTOS, **ESTILOS, HOJA: f'<worksheet xmlns="{ESPACIO}"><dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'}),
    "ocultos": armar("", partes={**TIPOS, **TEXTOS, **ESTILOS, HOJA: f'<worksheet xmlns="{ESPACIO}"><cols><col min="2" max="4" hidden="1"/><col min="9" max="9" hidden="true" width="3"/></cols><sheetData><row r="1" hidden="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'}),
    "números raros": con('<row r="1"><c r="A1"><v>1E3</v></c><c r="B1"><v>-0.0</v></c><c r="C1"><v>1.7976931348623157E+308</v></c><c r="D1"><v>00012</v></c></row>'),
    "textos vacíos": con('<row r="1"><c r="A1" t="str"><v></v></c><c r="B1" t="inlineStr"><is><t/></is></c><c r="C1" t="inlineStr"/><c r="D1" t="s"/><c r="E1"><v/></c></row>'),
    "guía fonética": con('<row r="1"><c r="A1" t="inlineStr"><is><t>東</t><rPh sb="0" eb="1"><t>ひがし</t></rPh></is></c></row>'),
    "prefijos": con('<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1</f><v>1</v></c></row>'),
}
A_MANO["prefijos"] = cambiar(A_MANO["prefijos"], {HOJA: con_prefijo})


def programas() -> Iterator[tuple[str, bytes]]:
    """Lo que escriben nuestros programas y otros."""
    yield "plantilla", LIBRO
    yield "plantilla sin calcular", cambiar(LIBRO, {HOJA: sin_valores})
    yield "POI", seguimiento()
    yield "en línea", en_linea()
    yield "openpyxl", de_openpyxl()
    yield "1904", de_1904()


def comparar(contenido: bytes) -> LibroCrudo:
    """Lee con los dos y exige lo mismo; da lo leído por el primero."""
    paquete = guardia.desempacar(contenido)
    uno = xlsx.leer(paquete, "a.xlsx", "xlsx", LIMITES)
    otro = segundo.leer(contenido, paquete, "a.xlsx", "xlsx", LIMITES)
    assert [h.nombre for h in uno.hojas] == [h.nombre for h in otro.hojas]
    for suya, nuestra in zip(otro.hojas, uno.hojas, strict=True):
        assert suya.celdas == nuestra.celdas
        assert {k: type(c.valor) for k, c in suya.celdas.items()} == {k: type(c.valor) for k, c in nuestra.celdas.items()}
        assert (suya.oculta, suya.combinadas) == (nuestra.oculta, nuestra.combinadas)
        assert (suya.filas_ocultas, suya.columnas_ocultas) == (nuestra.filas_ocultas, nuestra.columnas_ocultas)
    sin_reservados = {k: v for k, v in uno.nombres.items() if not k.startswith("_xlnm")}
    assert sin_reservados == otro.nombres
    assert (uno.propiedades, uno.modificado, uno.ajenos) == (otro.propiedades, otro.modificado, otro.ajenos)
    return uno


@pytest.mark.parametrize("nombre", A_MANO)
def test_a_mano(nombre: str) -> None:
    """Cada manera de escribir una celda."""
    comparar_o_vacio = comparar if nombre != "textos vacíos" else _los_dos_vacios
    comparar_o_vacio(A_MANO[nombre])


def _los_dos_vacios(contenido: bytes) -> None:
    paquete = guardia.desempacar(contenido)
    assert xlsx.leer(paquete, "a", "xlsx", LIMITES).hojas[0].celdas == {}
    with pytest.raises(ArchivoIlegible):  # sin ninguna celda, el segundo no asegura nada
        segundo.leer(contenido, paquete, "a", "xlsx", LIMITES)


@pytest.mark.parametrize(("nombre", "contenido"), list(programas()), ids=lambda v: v if isinstance(v, str) else "")
def test_de_cada_programa(nombre: str, contenido: bytes) -> None:
    """Nuestras plantillas, con y sin resultados guardados, y libros de otros programas."""
    leido = comparar(contenido)
    formulas = [c for h in leido.hojas for c in h.celdas.values() if c.formula]
    assert any(not c.calculada for c in formulas) == (nombre in {"plantilla sin calcular", "openpyxl"})


@pytest.mark.larga
def test_los_recibidos_del_ejemplo(tmp_path: Path) -> None:
    """Los informes de un municipio, con sus errores, y el histórico."""
    escribir_recibidos(tmp_path)
    leidos = [comparar(ruta.read_bytes()) for ruta in sorted(tmp_path.rglob("*.xlsx"))]
    assert len(leidos) >= 10
    assert all(any(h.celdas for h in libro.hojas) for libro in leidos)


def test_un_libro_completo(tmp_path: Path) -> None:
    libro = comparar(escribir_completo(tmp_path / "a.xlsx").read_bytes())
    assert any(isinstance(c.valor, ErrorExcel) for c in libro.hojas[0].celdas.values())


@pytest.mark.libreoffice
@pytest.mark.larga
def test_lo_que_guarda_libreoffice(tmp_path: Path, soffice: Callable[[Path, str], Path]) -> None:
    """La plantilla y el libro completo, abiertos y guardados por LibreOffice."""
    (tmp_path / "plantilla.xlsx").write_bytes(LIBRO)
    escribir_completo(tmp_path / "completo.xlsx")
    for nombre in ("plantilla", "completo"):
        comparar(soffice(tmp_path / f"{nombre}.xlsx", "xlsx").read_bytes())


# --- Lo que sólo entiende el segundo -----------------------------------------------------------------------------


def con_otro_nombre(contenido: bytes) -> bytes:
    """El libro sin relaciones de paquete y con su parte principal en otro lugar: sólo los tipos dicen cuál es."""
    with zipfile.ZipFile(io.BytesIO(contenido)) as archivo:
        partes: dict[str, bytes | str] = {n: archivo.read(n) for n in archivo.namelist() if n != "_rels/.rels"}
    partes["xl/libro.xml"] = partes.pop("xl/workbook.xml")
    partes["xl/_rels/libro.xml.rels"] = partes.pop("xl/_rels/workbook.xml.rels")
    tipos = partes["[Content_Types].xml"]
    assert isinstance(tipos, bytes)
    partes["[Content_Types].xml"] = tipos.replace(b"/xl/workbook.xml", b"/xl/libro.xml")
    return empacar(partes)


def test_el_segundo_lee_lo_que_el_primero_no_entiende_y_se_dice() -> None:
    """Con las mismas celdas que el libro sano, y una nota que pide comprobar sus cifras."""
    raro = con_otro_nombre(LIBRO)
    with pytest.raises(ArchivoIlegible):
        xlsx.leer(guardia.desempacar(raro), "a", "xlsx", LIMITES)
    leido, sano = abrir_bytes(raro, "a.xlsx"), abrir_bytes(LIBRO, "a.xlsx")
    assert [h.celdas for h in leido.hojas] == [h.celdas for h in sano.hojas]
    assert leido.reparado
    assert not sano.reparado
    (libro,) = interpretar(leido, "", Opciones())
    assert [i.mensaje for i in libro.incidentes if i.clase == "FMT017"] == [
        "el archivo está dañado (falta la parte principal del libro) y se leyó de otra manera; compruebe sus cifras"
    ]


@pytest.mark.parametrize(
    "partes",
    [
        {"xl/_rels/workbook.xml.rels": "<Relationships/>"},
        {"xl/worksheets/sheet1.xml": "<worksheet><sheetData><row"},
        {"xl/workbook.xml": f'<workbook xmlns="{ESPACIO}" xmlns:r="{RELACIONES}"><sheets><sheet name="MIR" sheetId="1" r:id="b"/><sheet name="Otra" sheetId="2" r:id="z"/></sheets></workbook>'},
        {"xl/workbook.xml": f'<workbook xmlns="{ESPACIO}" xmlns:r="{RELACIONES}"><sheets><sheet name="MIR" sheetId="1" r:id="b"/><sheet name="Otra" sheetId="2"/></sheets></workbook>'},
        {
            "xl/workbook.xml": f'<workbook xmlns="{ESPACIO}" xmlns:r="{RELACIONES}"><sheets><sheet name="MIR" sheetId="1" r:id="b"/><sheet name="Otra" sheetId="2" r:id="z"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="b" Type="{RELACIONES}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="z" Type="{RELACIONES}/worksheet" Target="worksheets/no-esta.xml"/></Relationships>',
        },
    ],
)
def test_si_leeria_menos_de_lo_que_el_libro_declara_se_rechaza(partes: dict[str, str]) -> None:
    """Perder una hoja en silencio es peor que no leer el archivo; se dice lo que dijo el primero."""
    contenido = armar('<row r="1"><c r="A1"><v>1</v></c></row>', partes={**TIPOS, **TEXTOS, **ESTILOS, **partes})
    with pytest.raises(ArchivoIlegible) as fallo:
        abrir_bytes(contenido, "a.xlsx")
    assert fallo.value.motivo == "dañado"
    assert fallo.value.detalle != "está incompleto o alterado"


def test_el_segundo_tiene_los_mismos_topes() -> None:
    """Celdas, filas, columnas y rangos combinados."""
    celdas = '<row r="1">' + "".join(f'<c r="{c}1"><v>1</v></c>' for c in "ABCDEF") + "</row>"

    def motivo(contenido: bytes, limites: Limites) -> str:
        with pytest.raises(ArchivoIlegible) as fallo:
            segundo.leer(contenido, guardia.desempacar(contenido), "a", "xlsx", limites)
        return fallo.value.motivo

    assert motivo(con(celdas), Limites(celdas=5)) == "demasiado grande"
    assert motivo(con('<row r="2147483647"><c r="A2147483647"><v>1</v></c></row>'), LIMITES) == "sospechoso"
    assert motivo(con('<row r="1"><c r="XFE1"><v>1</v></c></row>'), LIMITES) == "sospechoso"
    combinadas = "<mergeCells>" + '<mergeCell ref="A1:B1"/>' * 9 + "</mergeCells>"
    assert motivo(con(celdas, resto=combinadas), Limites(combinadas=8)) == "sospechoso"


def test_una_imagen_rota_no_impide_leer() -> None:
    """Sólo se comprueba lo que se lee; una parte que se lee y no coincide con su suma sí es un daño."""
    contenido = bytearray(armar('<row r="1"><c r="A1"><v>7</v></c></row>', partes={"xl/media/imagen.png": b"\x89PNG" * 50}))
    lugar = contenido.rindex(b"xl/media/imagen.png") - 46
    contenido[lugar + 16] ^= 0xFF
    assert abrir_bytes(bytes(contenido), "a").hojas[0].celdas == {(1, 1): CeldaCruda(7.0)}


@pytest.mark.parametrize(
    "celda",
    ['<c r="A1" t="s"><v>-1</v></c>', '<c r="A1"><v>1_000</v></c>', '<c r="A1"><v>1e309</v></c>', '<c r="A1"><v>٣</v></c>'],
)
def test_lo_que_python_entiende_y_excel_no(celda: str) -> None:
    """El segundo no inventa un valor donde el libro no lo dice."""
    contenido = con(f'<row r="1">{celda}</row>')
    with pytest.raises(ArchivoIlegible, match="número"):
        segundo.leer(contenido, guardia.desempacar(contenido), "a", "xlsx", LIMITES)
