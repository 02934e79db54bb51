"""Lo que se lee de libros de verdad: cada campo de una celda, en .xlsx, .ods y .xls."""
# ruff: noqa: E501 - el XML se lee mejor sin partir

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from armado import ESPACIO, ESTRICTO, RELACIONES, alterar, armar, dia, empacar

from pei_excel.crudo import ArchivoIlegible, CeldaCruda, ErrorExcel, HojaCruda, LibroCrudo
from pei_excel.lectura import hoja_xlsx, xlsx
from pei_excel.lectura.celdas import abrir, abrir_bytes


@pytest.fixture(scope="session")
def soffice(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Path]:
    """Convierte un archivo con LibreOffice, con un perfil propio de la prueba."""
    programa = shutil.which("soffice") or shutil.which("libreoffice")
    if programa is None:
        pytest.skip("LibreOffice no está instalado")
    perfil = f"-env:UserInstallation=file://{tmp_path_factory.mktemp('perfil')}"

    def convertir(ruta: Path, tipo: str) -> Path:
        destino = tmp_path_factory.mktemp("convertido")
        subprocess.run(
            [programa, perfil, "--headless", "--convert-to", tipo, "--outdir", str(destino), str(ruta)],
            check=True,
            capture_output=True,
            timeout=180,
        )
        return destino / f"{ruta.stem}.{tipo.partition(':')[0]}"

    return convertir


def escribir_completo(ruta: Path) -> Path:
    """Un libro con todo lo que una celda, una hoja y un libro pueden decir."""
    libro = xlsxwriter.Workbook(ruta)
    libro.set_properties({"created": dia(2024, 7, 1, 10, 30)})
    libro.set_custom_property("formato", "MIR")
    libro.define_name("pei_formato", '="MIR-1"')
    porcentaje, fecha = libro.add_format({"num_format": "0.0%"}), libro.add_format({"num_format": "dd/mm/yyyy"})
    literal, borde = libro.add_format({"num_format": '0" %"'}), libro.add_format({"border": 1})
    hoja = libro.add_worksheet("MIR")
    hoja.write_string("A1", "Nivel")
    hoja.write_number("B1", 25)
    hoja.write_boolean("C1", True)
    hoja.write_datetime("D1", dia(2024, 3, 31), fecha)
    hoja.write_number("E1", 0.2, porcentaje)
    hoja.write_formula("F1", "=B1*2", None, 50)
    hoja.write_formula("G1", "=1/0", None, "#DIV/0!")
    hoja.write_formula("H1", '=""', None, "")
    hoja.write_formula("I1", "=E1", porcentaje, 0.2)
    hoja.write_number("J1", 20, literal)
    hoja.write_blank("K1", None, borde)
    hoja.write_string("L1", "dos\nlíneas  y «ñ»")
    hoja.write_formula("M1", "=NA()", None, "#N/A")
    hoja.merge_range("A3:C4", "combinada")
    hoja.set_row(5, None, None, {"hidden": True})
    hoja.write_string("A6", "oculta")
    hoja.set_column("D:E", None, None, {"hidden": True})
    listas = libro.add_worksheet("Listas")
    listas.write_string("A1", "uno")
    listas.hide()
    libro.close()
    # xlsxwriter guarda el resultado «» como openpyxl una fórmula sin calcular; Excel le pone el tipo «str».
    with zipfile.ZipFile(ruta) as archivo:
        partes: dict[str, bytes | str] = {nombre: archivo.read(nombre) for nombre in archivo.namelist()}
        partes["xl/worksheets/sheet1.xml"] = archivo.read("xl/worksheets/sheet1.xml").replace(b'"H1"', b'"H1" t="str"')
    ruta.write_bytes(empacar(partes))
    return ruta


@pytest.fixture(scope="session")
def completo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """El libro completo, hecho una vez."""
    return escribir_completo(tmp_path_factory.mktemp("libros") / "completo.xlsx")


def _comprobar_celdas(hoja: HojaCruda, *, con_formulas: bool = True, con_logico: bool = True) -> None:
    """Las celdas del libro completo, iguales venga del tipo de archivo que venga."""
    if not con_logico:  # LibreOffice convierte el VERDADERO constante de un .xlsx en la fórmula «=TRUE()»
        assert hoja.celdas.pop((1, 3)).valor == 1

    def formula(celda: CeldaCruda) -> CeldaCruda:
        return celda if con_formulas else celda._replace(formula=False)

    esperadas = {
        (1, 1): CeldaCruda("Nivel"),
        (1, 2): CeldaCruda(25.0),
        (1, 3): CeldaCruda(True),
        (1, 4): CeldaCruda(dia(2024, 3, 31)),
        (1, 5): CeldaCruda(0.2, porcentaje=True),
        (1, 6): formula(CeldaCruda(50.0, formula=True)),
        (1, 7): formula(CeldaCruda(ErrorExcel("#DIV/0!"), formula=True)),
        (1, 8): CeldaCruda(None, formula=True),
        (1, 9): formula(CeldaCruda(0.2, formula=True, porcentaje=True)),
        (1, 10): CeldaCruda(20.0),
        (1, 12): CeldaCruda("dos\nlíneas  y «ñ»"),
        (1, 13): formula(CeldaCruda(ErrorExcel("#N/A"), formula=True)),
        (3, 1): CeldaCruda("combinada"),
        (6, 1): CeldaCruda("oculta"),
    }
    if not con_logico:
        del esperadas[1, 3]
    if not con_formulas:
        del esperadas[1, 8]
    assert hoja.celdas == esperadas
    assert {lugar: type(celda.valor) for lugar, celda in hoja.celdas.items()} == {
        lugar: type(celda.valor) for lugar, celda in esperadas.items()
    }
    assert hoja.combinadas == [(3, 1, 4, 3)]
    assert hoja.filas_ocultas == {6}
    assert hoja.columnas_ocultas == {4, 5}


def test_xlsx_completo(completo: Path) -> None:
    """Cada campo de la celda, la hoja y el libro."""
    libro = abrir(completo, "entrega/completo.xlsx")
    assert [(hoja.nombre, hoja.oculta) for hoja in libro.hojas] == [("MIR", False), ("Listas", True)]
    _comprobar_celdas(libro.hojas[0])
    assert (libro.archivo, libro.tipo, libro.formulas_verificables) == ("entrega/completo.xlsx", "xlsx", True)
    assert libro.nombres == {"pei_formato": '"MIR-1"'}
    assert libro.propiedades == {"formato": "MIR"}
    assert libro.modificado == dia(2024, 7, 1, 10, 30)
    assert libro.ajenos == ()


@pytest.mark.libreoffice
@pytest.mark.larga
def test_ods_completo(completo: Path, soffice: Callable[[Path, str], Path]) -> None:
    """Las mismas celdas después de que LibreOffice lo guarda como .ods."""
    libro = abrir(soffice(completo, "ods"))
    assert libro.tipo == "ods"
    assert [(hoja.nombre, hoja.oculta) for hoja in libro.hojas] == [("MIR", False), ("Listas", True)]
    _comprobar_celdas(libro.hojas[0], con_logico=False)
    assert libro.nombres == {"pei_formato": '"MIR-1"'}
    assert libro.propiedades["formato"] == "MIR"
    assert libro.modificado is not None
    assert libro.formulas_verificables


@pytest.mark.libreoffice
def test_xls_completo(completo: Path, soffice: Callable[[Path, str], Path]) -> None:
    """Las mismas celdas en .xls, que no deja ver las fórmulas."""
    libro = abrir(soffice(completo, "xls"))
    assert (libro.tipo, libro.formulas_verificables) == ("xls", False)
    assert [(hoja.nombre, hoja.oculta) for hoja in libro.hojas] == [("MIR", False), ("Listas", True)]
    _comprobar_celdas(libro.hojas[0], con_formulas=False)
    assert libro.nombres["pei_formato"] == '"MIR-1"'


@pytest.mark.libreoffice
@pytest.mark.larga
def test_xlsx_de_libreoffice(completo: Path, soffice: Callable[[Path, str], Path]) -> None:
    """Un .xlsx guardado por LibreOffice da las mismas celdas que el de Excel."""
    libro = abrir(soffice(completo, "xlsx"))
    _comprobar_celdas(libro.hojas[0], con_logico=False)


@pytest.mark.libreoffice
@pytest.mark.parametrize("tipo", ["xls", "ods"])
@pytest.mark.larga
def test_alterar_un_byte_nunca_lanza_otra_cosa(completo: Path, soffice: Callable[[Path, str], Path], tipo: str) -> None:
    """xlrd no comprueba lo que lee: ninguna de sus excepciones debe escapar."""
    alterar(soffice(completo, tipo).read_bytes(), 300)


@pytest.mark.libreoffice
@pytest.mark.larga
def test_un_xls_con_sectores_en_circulo(completo: Path, soffice: Callable[[Path, str], Path]) -> None:
    """Una cadena de sectores que vuelve sobre sí misma no deja a xlrd dando vueltas."""
    contenido = bytearray(soffice(completo, "xls").read_bytes())
    tabla = 512 + 512 * int.from_bytes(contenido[60:64], "little")  # la de los sectores pequeños
    for sector in range(128):
        contenido[tabla + 4 * sector : tabla + 4 * sector + 4] = sector.to_bytes(4, "little")
    with pytest.raises(ArchivoIlegible, match="dañado"):
        abrir_bytes(bytes(contenido), "prueba.xls")


# --- Libros hechos a mano: lo que ningún programa de las pruebas escribe ---


def leer(contenido: bytes) -> LibroCrudo:
    """Lee bytes con un nombre cualquiera."""
    return abrir_bytes(contenido, "prueba.xlsx")


def celdas_de(contenido: bytes) -> dict[tuple[int, int], CeldaCruda]:
    """Celdas de la primera hoja."""
    return leer(contenido).hojas[0].celdas


@pytest.mark.parametrize(
    ("celda", "esperada"),
    [
        ('<c r="A1"><v>7</v></c>', CeldaCruda(7.0)),
        ('<c r="A1" t="n"><v>-1.5E-3</v></c>', CeldaCruda(-0.0015)),
        ('<c r="A1"><v>nan</v></c>', CeldaCruda("nan")),
        ('<c r="A1"><v>1_000</v></c>', CeldaCruda("1_000")),
        ('<c r="A1"><v>1e999</v></c>', CeldaCruda("1e999")),
        ('<c r="A1" t="b"><v>0</v></c>', CeldaCruda(False)),
        ('<c r="A1" t="e"><v>#REF!</v></c>', CeldaCruda(ErrorExcel("#REF!"))),
        ('<c r="A1" t="d"><v>2024-03-31T00:00:00</v></c>', CeldaCruda(dia(2024, 3, 31))),
        ('<c r="A1" t="d"><v>2024-03-31T05:00:00+05:00</v></c>', CeldaCruda(dia(2024, 3, 31))),
        ('<c r="A1" t="d"><v>ayer</v></c>', CeldaCruda("ayer")),
        ('<c r="A1" t="inlineStr"><is><t>hola</t></is></c>', CeldaCruda("hola")),
        (
            '<c r="A1" t="inlineStr"><is><r><t>ho</t></r><r><t xml:space="preserve">la </t></r></is></c>',
            CeldaCruda("hola "),
        ),
        ('<c r="A1" t="inlineStr"><is><t>東</t><rPh sb="0" eb="1"><t>guía</t></rPh></is></c>', CeldaCruda("東")),
        ('<c r="A1" t="str"><v>a_x000D_b_x005F_x000D_</v></c>', CeldaCruda("a\rb_x000D_")),
        ('<c r="A1" t="str"><v>_xD83D_</v></c>', CeldaCruda("_xD83D_")),
        ('<c r="A1"><f>B1</f></c>', CeldaCruda(None, formula=True, calculada=False)),
        ('<c r="A1"><f>B1</f><v/></c>', CeldaCruda(None, formula=True, calculada=False)),
        ('<c r="A1" t="str"><f>B1</f><v/></c>', CeldaCruda(None, formula=True)),
        ('<c r="A1" t="str"><f>B1</f><v></v></c>', CeldaCruda(None, formula=True)),
        ('<c r="A1" t="str"><f>B1</f></c>', CeldaCruda(None, formula=True, calculada=False)),
        ('<c r="A1"><f t="shared" si="0"/><v>3</v></c>', CeldaCruda(3.0, formula=True)),
        ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', CeldaCruda(ErrorExcel("#DIV/0!"), formula=True)),
        ('<c r="a1"><v>7</v></c>', CeldaCruda(7.0)),
    ],
)
def test_cada_clase_de_celda(celda: str, esperada: CeldaCruda) -> None:
    """El tipo declarado, el texto guardado y la fórmula dan la celda esperada."""
    leida = celdas_de(armar(f'<row r="1">{celda}</row>'))[1, 1]
    assert leida == esperada
    assert type(leida.valor) is type(esperada.valor)


@pytest.mark.parametrize(
    "celda", ['<c r="A1" s="0"/>', '<c r="A1" t="str"><v></v></c>', '<c r="A1"></c>', '<c r="A1"><v/></c>']
)
def test_una_celda_sin_contenido_no_esta(celda: str) -> None:
    """Una celda que sólo tiene formato o un texto vacío no se guarda."""
    assert celdas_de(armar(f'<row r="1">{celda}</row>')) == {}


_CELDAS_RARAS = (
    '<c r="A1" t="str"><v>a&amp;b &lt;c&gt; &quot;d&quot; &apos;e&apos; &amp;lt;</v></c>',
    '<c r="A1" t="str"><v>&#65;&#x42;&#128;</v></c>',
    '<c r="A1" t="str"><v>&eacute;</v></c>',
    '<c r="A1" t="str"><v>]]></v></c>',
    '<c r="A1" t="str"><v>a\r\nb\rc\td</v></c>',
    '<c r="A1" t="str"><v>a\x01b</v></c>',
    '<c r="A1" t="str"><v>\ufffe</v></c>',
    '<c r="A1"><v>1</v></c><!-- <c r="B1"><v>2</v></c> -->',
    '<c r="A1"><![CDATA[<c r="B1"><v>2</v></c>]]><v>1</v></c>',
    '<c r="A1"><f t="shared" ref="A1:B1" si="0">1+1</f><v>2</v></c><c r="B1"><f t="shared" si="0"/><v>2</v></c>',
    '<c r="A1"><f>1+1</f></c><c r="B1"><f/><v/></c><c r="C1"><f>""</f><v></v></c><c r="D1" t="str"><f>1</f><v/></c>',
    '<c r="A1"><f sin comillas>1</f><v>1</v></c>',
    '<c r="A1" s="3" t="s"><v>0</v></c><c r="B1" t="s"><v>9</v></c>',
    '<c r="A1"><v> 7 </v></c><c r="B1"><v>1_0</v></c><c r="C1"><v>nan</v></c><c r="D1"><v>1E-3</v></c>',
    '<c r="A1"><v>\u0661\u0662</v></c>',
    '<c r="A0"><v>1</v></c>', '<c r="ZZZ1"><v>1</v></c>', '<c r="A9999999"><v>1</v></c>', '<c><v>1</v></c>',
    '<c r="A1"><v>1</v><v>2</v></c>', '<c r="A1" t="e"><v>#N/A</v></c>', '<c r="A1" t="b"><v>1</v></c>',
    '<c r="A1" t="d"><v>2024-01-01</v></c>', '<c r="A1" t="inlineStr"><is><t>x</t></is></c>',
)


@pytest.mark.parametrize("celdas", _CELDAS_RARAS)
def test_de_un_paso_se_lee_lo_mismo_que_elemento_por_elemento(celdas: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """El camino corto entiende lo que entendería el analizador de XML, o le deja la hoja."""
    textos = "<sst><si><t>a &amp; b</t></si><si><t xml:space='preserve'> c </t></si></sst>"
    libro = armar(f'<row r="1">{celdas}</row><row r="2" hidden="1"/>', partes={"xl/sharedStrings.xml": textos})

    def leido() -> object:
        try:
            return abrir_bytes(libro, "l.xlsx").hojas
        except ArchivoIlegible as fallo:
            return fallo.motivo

    de_un_paso = leido()
    monkeypatch.setattr(hoja_xlsx, "_leer_de_un_paso", lambda *_: None)
    monkeypatch.setattr(xlsx, "_textos_de_un_paso", lambda *_: None)
    assert de_un_paso == leido()


def test_direcciones_que_faltan_salen_del_orden() -> None:
    """Sin «r», la fila y la columna siguen a las anteriores, también a las vacías con formato."""
    filas = '<row><c><v>1</v></c><c/><c><v>3</v></c></row><row r="5"><c r="D5" s="1"/><c><v>5</v></c></row><row><c><v>6</v></c></row>'
    assert {lugar: celda.valor for lugar, celda in celdas_de(armar(filas)).items()} == {
        (1, 1): 1.0, (1, 3): 3.0, (5, 5): 5.0, (6, 1): 6.0,
    }


def test_textos_compartidos() -> None:
    """Los tramos con formato se unen y la guía fonética no cuenta."""
    textos = (
        f'<sst xmlns="{ESPACIO}"><si><t>uno</t></si><si><r><t>d</t></r><r><rPr><b/></rPr><t>os</t></r></si>'
        "<si><t>tres</t><rPh><t>x</t></rPh></si><si><t/></si><si/></sst>"
    )
    filas = (
        '<row r="1">' + "".join(f'<c r="{letra}1" t="s"><v>{n}</v></c>' for n, letra in enumerate("ABCDE")) + "</row>"
    )
    leidas = celdas_de(armar(filas, partes={"xl/sharedStrings.xml": textos}))
    assert [celda.valor for celda in leidas.values()] == ["uno", "dos", "tres"]


@pytest.mark.parametrize("espacio", [ESPACIO, ESTRICTO])
def test_espacio_estricto_y_prefijos(espacio: str) -> None:
    """El espacio de nombres estricto y los prefijos se leen igual."""
    hoja = (
        f'<x:worksheet xmlns:x="{espacio}"><x:sheetData><x:row r="2"><x:c r="B2" s="0"/><x:c r="C2" t="inlineStr"><x:is>'
        '<x:t>hola</x:t></x:is></x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref="C2:D3"/></x:mergeCells></x:worksheet>'
    )
    leida = leer(armar("", espacio=espacio, partes={"xl/worksheets/sheet1.xml": hoja})).hojas[0]
    assert leida.celdas == {(2, 3): CeldaCruda("hola")}
    assert leida.combinadas == [(2, 3, 3, 4)]


def test_una_parte_en_utf_16() -> None:
    """El XML en UTF-16 es raro pero válido."""
    hoja = f'<?xml version="1.0" encoding="UTF-16"?><worksheet xmlns="{ESPACIO}"><sheetData><row r="1"><c r="A1"><v>7</v></c>'
    hoja += "</row></sheetData></worksheet>"
    assert celdas_de(armar("", partes={"xl/worksheets/sheet1.xml": hoja.encode("utf-16")})) == {(1, 1): CeldaCruda(7.0)}


def test_esquinas_opuestas() -> None:
    """Dos celdas en las esquinas de la hoja se leen sin ocupar lo que hay entre ellas."""
    filas = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    leida = leer(armar(filas, resto='<cols><col min="5" max="2000000000" hidden="1"/></cols>')).hojas[0]
    assert set(leida.celdas) == {(1, 1), (1_048_576, 16_384)}
    assert max(leida.columnas_ocultas) == 16_384


def test_una_hoja_grande_se_lee_en_flujo() -> None:
    """Más allá de un megabyte se lee por filas y da lo mismo."""
    filas = "".join(
        f'<row r="{n}" hidden="1"><c r="A{n}" t="inlineStr"><is><t>texto {n}</t></is></c></row>'
        for n in range(1, 20_001)
    )
    resto = '<mergeCells><mergeCell ref="A1:B1"/></mergeCells><drawing><from><row>7</row><col hidden="1">7</col></from></drawing>'
    leida = leer(armar(filas, resto=resto)).hojas[0]
    assert len(leida.celdas) == 20_000
    assert leida.celdas[20_000, 1].valor == "texto 20000"
    assert len(leida.filas_ocultas) == 20_000
    assert leida.combinadas == [(1, 1, 1, 2)]
    assert leida.columnas_ocultas == set()


@pytest.mark.parametrize(
    ("formato", "serie", "esperado"),
    [
        ("dd/mm/yyyy", "45382", dia(2024, 3, 31)),
        ("dd/mm/yyyy hh:mm", "45382.5", dia(2024, 3, 31, 12)),
        ("dd/mm/yyyy", "1", dia(1900, 1, 1)),
        ("hh:mm", "0.5", 0.5),
        ("[h]:mm", "45382", 45382.0),
        ("dd/mm/yyyy", "99999999", 99999999.0),
        ("dd/mm/yyyy", "-3", -3.0),
        ('0.0" días"', "45382", 45382.0),
        ("[Red]#,##0.00", "45382", 45382.0),
        ("_-[$S/-280A]\\ * #,##0.00_-", "45382", 45382.0),
    ],
)
def test_fechas_segun_el_formato(formato: str, serie: str, esperado: datetime | float) -> None:
    """Sólo un formato de fecha convierte un número en fecha."""
    escrito = formato.replace("&", "&amp;").replace('"', "&quot;")
    estilos = (
        f'<styleSheet xmlns="{ESPACIO}"><numFmts><numFmt numFmtId="170" formatCode="{escrito}"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>'
    )
    contenido = armar(f'<row r="1"><c r="A1" s="1"><v>{serie}</v></c></row>', partes={"xl/styles.xml": estilos})
    assert celdas_de(contenido)[1, 1].valor == esperado


def test_sistema_de_1904(tmp_path: Path) -> None:
    """Los libros de Mac cuentan las fechas desde 1904."""
    libro = xlsxwriter.Workbook(tmp_path / "mac.xlsx", {"date_1904": True})
    libro.add_worksheet().write_datetime("A1", dia(2024, 3, 31), libro.add_format({"num_format": 14}))
    libro.close()
    assert abrir(tmp_path / "mac.xlsx").hojas[0].celdas[1, 1].valor == dia(2024, 3, 31)


@pytest.mark.parametrize(
    ("formato", "es"), [(9, True), (10, True), (2, False), ("0.0%", True), ('0"%"', False), ("0\\%", False)]
)
def test_porcentaje_segun_el_formato(tmp_path: Path, formato: int | str, es: bool) -> None:
    """Un «%» entre comillas o escapado es un adorno: el número no está dividido entre cien."""
    libro = xlsxwriter.Workbook(tmp_path / "p.xlsx")
    libro.add_worksheet().write_number("A1", 0.2, libro.add_format({"num_format": formato}))
    libro.close()
    assert abrir(tmp_path / "p.xlsx").hojas[0].celdas[1, 1] == CeldaCruda(0.2, porcentaje=es)


def test_hojas_de_grafico_se_omiten_y_muy_ocultas_son_ocultas(tmp_path: Path) -> None:
    """Una hoja de gráfico no tiene celdas; «muy oculta» cuenta como oculta."""
    libro = xlsxwriter.Workbook(tmp_path / "g.xlsx")
    datos = libro.add_worksheet("Datos")
    datos.write("A1", 1)
    grafico = libro.add_chart({"type": "bar"})
    grafico.add_series({"values": "=Datos!$A$1:$A$1"})
    libro.add_chartsheet("Gráfico").set_chart(grafico)
    libro.add_worksheet("Identidad").very_hidden()
    libro.close()
    assert [(hoja.nombre, hoja.oculta) for hoja in abrir(tmp_path / "g.xlsx").hojas] == [
        ("Datos", False),
        ("Identidad", True),
    ]


def test_nombres_del_libro_y_de_una_hoja() -> None:
    """El nombre de todo el libro gana al de una hoja."""
    libro = (
        f'<workbook xmlns="{ESPACIO}" xmlns:r="{RELACIONES}"><sheets><sheet name="MIR" sheetId="1" r:id="b"/></sheets>'
        '<definedNames><definedName name="a" localSheetId="0">local</definedName><definedName name="a">=MIR!$A$1</definedName>'
        '<definedName name="a" localSheetId="0">otro</definedName></definedNames></workbook>'
    )
    assert leer(armar("", partes={"xl/workbook.xml": libro})).nombres == {"a": "MIR!$A$1"}


def test_lo_ajeno_se_nombra_y_no_se_sigue() -> None:
    """Macros, vínculos, conexiones y objetos, en ese orden."""
    partes: dict[str, bytes | str] = {
        "xl/embeddings/oleObject1.bin": b"x",
        "xl/connections.xml": "<connections/>",
        "xl/externalLinks/externalLink1.xml": "<externalLink/>",
        "xl/vbaProject.bin": b"x",
        "[Content_Types].xml": '<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>',
    }
    libro = leer(armar("", partes=partes))
    assert libro.ajenos == ("macros", "vínculos externos", "conexiones", "objetos incrustados")
    assert libro.tipo == "xlsm"


def test_la_celda_de_openpyxl_sin_calcular(tmp_path: Path) -> None:
    """openpyxl escribe fórmulas sin resultado: son fórmulas no calculadas."""
    import openpyxl

    libro = openpyxl.Workbook()
    assert libro.active is not None
    libro.active["A1"] = "=1+1"
    libro.save(tmp_path / "o.xlsx")
    assert abrir(tmp_path / "o.xlsx").hojas[0].celdas == {(1, 1): CeldaCruda(None, formula=True, calculada=False)}


def test_las_mismas_celdas_que_openpyxl(completo: Path) -> None:
    """Otro lector, independiente, ve los mismos valores."""
    import openpyxl

    otro = openpyxl.load_workbook(completo, data_only=True)["MIR"]
    suyas = {(c.row, c.column): c.value for fila in otro.iter_rows() for c in fila if c.value is not None}
    nuestras = {
        lugar: celda.valor for lugar, celda in abrir(completo).hojas[0].celdas.items() if celda.valor is not None
    }
    assert nuestras == suyas
