"""La plantilla escrita, leída de vuelta con openpyxl y recalculada por LibreOffice."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.workbook import Workbook
from recalculo import comparar

from pei_excel.crudo import ErrorExcel
from pei_excel.escritura.bloque import COLUMNA_VALOR
from pei_excel.escritura.desde_libro import filas_desde_libro
from pei_excel.escritura.estilos import CONDICIONALES, ESTILOS, TINTA, Estilos
from pei_excel.escritura.hoja import PAPELES
from pei_excel.escritura.medidas import ALTO_MAXIMO, alto_de_fila, letra_que_cabe, renglones
from pei_excel.escritura.plantilla import ConFormato, ConFormula, escribir_plantilla, que_se_lea
from pei_excel.formato import HOJA_IDENTIDAD, Modo
from pei_excel.formatos.mir import INFORME, JUSTIFICACIONES, MIR
from pei_excel.libro import Dato, Fila, HojaLeida, Libro
from pei_excel.periodos import Periodo
from pei_excel.tipos import ClaveNombre, ValorNivel

T2 = Periodo(2024, "T", 2)
LUGAR = INFORME.disposicion

OFICIALES = (
    "Nivel", "Nombre", "Definición", "Método de Cálculo", "Unidad de Medida", "Tipo", "Dimensión",
    "Frecuencia de Medición", "Sentido Esperado", "Valor", "Año",
    *("1er. Trim.", "2do. Trim.", "3er. Trim.", "4to. Trim.", "Acumulado *") * 2,
    "1er. Trim.", "2do. Trim.", "3er. Trim.", "4to. Trim.", "Acumulado", "Medios de Verificación",
)


def escribir(modo: Modo = Modo.FORMULACION, **otros: Any) -> bytes:
    destino = BytesIO()
    argumentos: dict[str, Any] = {"campos": MIR.modelo.campos, "filas": MIR.modelo.filas, "filas_libres": 12} | otros
    if modo is Modo.SEGUIMIENTO:
        argumentos.setdefault("periodo", T2)
    escribir_plantilla(destino, MIR, modo=modo, ejercicio=2024, **argumentos)
    return destino.getvalue()


def abrir(contenido: bytes, *, valores: bool = False) -> Workbook:
    return openpyxl.load_workbook(BytesIO(contenido), data_only=valores)


def primera_hoja(contenido: bytes) -> str:
    """El XML de la hoja principal."""
    return zipfile.ZipFile(BytesIO(contenido)).read("xl/worksheets/sheet1.xml").decode()


def con(clave: str, valor: Any, renglon: int = 2) -> dict[str, Any]:
    """Las filas del modelo con un valor cambiado."""
    filas = [dict(fila) for fila in MIR.modelo.filas["MIR"]]
    filas[renglon][clave] = valor
    return {"MIR": filas}


def celda(clave: str, renglon: int = 2) -> str:
    return LUGAR.celda(LUGAR.fila_datos + renglon, clave)


@pytest.fixture(scope="module")
def formulacion() -> Workbook:
    return abrir(escribir())


@pytest.fixture(scope="module")
def seguimiento() -> Workbook:
    return abrir(escribir(Modo.SEGUIMIENTO))


def test_los_27_titulos_oficiales_en_su_orden_y_con_sus_bandas(formulacion: Workbook) -> None:
    hoja = formulacion["MIR"]
    leidos = [hoja.cell(LUGAR.fila_del_titulo(c), n).value for n, c in enumerate(INFORME.columnas[:27], 1)]
    assert tuple(leidos) == OFICIALES
    combinadas = {str(r) for r in hoja.merged_cells.ranges}
    fila = LUGAR.fila_encabezado
    esperadas = {
        "Datos del Indicador": f"A{fila}:K{fila}", "Línea Base": f"J{fila + 1}:K{fila + 1}",
        "Valores Programados": f"L{fila}:P{fila}", "Valores Alcanzados": f"Q{fila}:U{fila}",
        "Variación *": f"V{fila}:Z{fila}", "Medios de Verificación": f"AA{fila}:AA{fila + 2}",
    }
    for banda, rango in esperadas.items():
        assert rango in combinadas
        assert hoja[rango.split(":", maxsplit=1)[0]].value == banda


def test_las_hojas_en_orden_y_las_nuestras_ocultas(formulacion: Workbook) -> None:
    assert formulacion.sheetnames == ["MIR", "Justificaciones", "Modificaciones", "Instrucciones", "Listas", "_pei"]
    assert formulacion["Listas"].sheet_state == "hidden"
    assert formulacion["_pei"].sheet_state == "veryHidden"


@pytest.mark.parametrize("modo", list(Modo))
def test_toda_lista_existe_y_tiene_valores(modo: Modo) -> None:
    libro = abrir(escribir(modo))
    vistas = 0
    for hoja in libro.worksheets:
        for validacion in hoja.data_validations.dataValidation:
            if validacion.type != "list":
                continue
            vistas += 1
            donde, rango = libro.defined_names[validacion.formula1].attr_text.split("!")
            celdas = libro[donde.strip("'")][rango.replace("$", "")]
            assert all(c[0].value for c in celdas[:2]), validacion.formula1
    assert vistas == {Modo.FORMULACION: 10, Modo.SEGUIMIENTO: 2}[modo]


def test_las_listas_ofrecen_las_opciones_declaradas(formulacion: Workbook) -> None:
    rango = formulacion.defined_names["lista_frecuencia"].attr_text.partition("!")[2].replace("$", "")
    assert [c[0].value for c in formulacion["Listas"][rango]] == list(INFORME.por_clave["frecuencia"].tipo.opciones)  # type: ignore[attr-defined]
    rango = formulacion.defined_names["lista_periodo"].attr_text.partition("!")[2].replace("$", "")
    assert [c[0].value for c in formulacion["Listas"][rango]][1] == "2do. Trimestre 2024"


def abiertas(hoja: Any, fila: int) -> set[str]:
    lugar = MIR.por_clave[hoja.title].disposicion
    return {clave for clave, n in lugar.columna.items() if not hoja.cell(fila, n).protection.locked}


def test_al_formular_se_abre_todo_lo_que_se_captura(formulacion: Workbook) -> None:
    esperadas = {c.clave for c in INFORME.columnas if c.calculo is None}
    assert abiertas(formulacion["MIR"], LUGAR.fila_datos) == esperadas
    assert abiertas(formulacion["MIR"], LUGAR.fila_datos + 11) == esperadas
    assert {"nivel", "trimestre", "causa"} <= abiertas(formulacion["Justificaciones"], 5)
    assert not formulacion["MIR"].cell(LUGAR.fila_campo["periodo"], COLUMNA_VALOR).protection.locked


def test_en_seguimiento_solo_se_abre_lo_del_trimestre(seguimiento: Workbook) -> None:
    hoja = seguimiento["MIR"]
    for n in range(len(MIR.modelo.filas["MIR"])):
        assert abiertas(hoja, LUGAR.fila_datos + n) == {"alcanzado_t2", "medios"}
    assert abiertas(seguimiento["Justificaciones"], 5) == {"causa", "medida", "responsable", "fecha"}
    assert len(abiertas(seguimiento["Modificaciones"], 5)) == 7
    assert all(hoja.cell(fila, COLUMNA_VALOR).protection.locked for fila in LUGAR.fila_campo.values())


def test_los_mensajes_dicen_por_que_no_se_puede_o_cuando(seguimiento: Workbook) -> None:
    mensajes = {}
    for validacion in seguimiento["MIR"].data_validations.dataValidation:
        mensajes[str(validacion.sqref).split(":", maxsplit=1)[0]] = validacion.prompt
    fila = LUGAR.fila_datos
    assert mensajes[LUGAR.celda(fila, "programado_t1")].startswith("Esta cifra es la aprobada.")
    assert mensajes[LUGAR.celda(fila, "alcanzado_t3")].startswith("Se captura en octubre")
    assert mensajes[LUGAR.celda(fila, "alcanzado_t4")].startswith("Se captura en enero")
    assert "para 20 % escriba 20" in mensajes[LUGAR.celda(fila, "alcanzado_t2")]


def test_justificaciones_trae_un_renglon_por_indicador(seguimiento: Workbook) -> None:
    hoja = seguimiento["Justificaciones"]
    niveles = [fila["nivel"] for fila in MIR.modelo.filas["MIR"]]
    assert [hoja.cell(5 + n, 1).value for n in range(len(niveles))] == niveles
    assert hoja.cell(5, 2).value == "2do. Trim."
    assert hoja.cell(5 + len(niveles), 1).value is None


def test_en_seguimiento_hay_exactamente_los_renglones_dados(seguimiento: Workbook) -> None:
    hoja, n = seguimiento["MIR"], len(MIR.modelo.filas["MIR"])
    assert hoja.cell(LUGAR.fila_datos + n - 1, 1).value == "Actividad 2.2"
    assert hoja.cell(LUGAR.fila_datos + n, LUGAR.columna["programado_acumulado"]).value is None
    firmas = [c.value for fila in hoja.iter_rows(min_row=LUGAR.fila_datos + n) for c in fila if c.value]
    assert firmas == ["Elaboró", "Vo. Bo.", "Nombre y cargo", "Nombre y cargo"]


def test_los_resultados_guardados_son_los_verdaderos() -> None:
    hoja = abrir(escribir(), valores=True)["MIR"]
    assert hoja["A1"].value == "LISTO PARA ENVIAR"
    assert hoja[celda("programado_acumulado")].value == 100
    assert hoja[celda("alcanzado_acumulado")].value == 47
    assert hoja[celda("variacion_t3")].value == 30
    assert hoja[celda("porcentaje_al_periodo")].value == 94
    assert hoja[celda("porcentaje_al_periodo", 0)].value == "No programado"
    assert not hoja[celda("programado_acumulado", 9)].value
    vacia = re.search(rf'<c r="{celda("programado_acumulado", 9)}"[^>]*>.*?</c>', primera_hoja(escribir()))
    assert vacia
    assert 't="str"' in vacia[0]


@pytest.mark.parametrize(
    ("filas", "modo", "texto"),
    [
        (con("medios", None), Modo.FORMULACION, "Falta 1 dato del 2do. trimestre"),
        (con("alcanzado_t2", 0.0), Modo.SEGUIMIENTO, "Falta 1 dato del 2do. trimestre"),
        (con("alcanzado_t2", None), Modo.SEGUIMIENTO, "Falta 1 dato del 2do. trimestre"),
        ({"MIR": ()}, Modo.FORMULACION, "SIN RENGLONES: empiece por la columna Nivel"),
    ],
)
def test_la_primera_fila_dice_cuanto_falta(filas: dict[str, Any], modo: Modo, texto: str) -> None:
    libro = abrir(escribir(modo, filas=filas), valores=True)
    assert libro["MIR"]["A1"].value == texto
    assert libro["Justificaciones"]["A1"].value == texto


def test_sin_periodo_dice_que_la_formulacion_esta_completa() -> None:
    campos = {**MIR.modelo.campos, "periodo": None}
    filas = {"MIR": [{k: v for k, v in f.items() if not k.startswith("alcanzado")} for f in MIR.modelo.filas["MIR"]]}
    assert abrir(escribir(campos=campos, filas=filas), valores=True)["MIR"]["A1"].value == "FORMULACIÓN COMPLETA"
    vacia = abrir(escribir(campos={}, filas={}), valores=True)["MIR"]
    assert vacia["A1"].value == "Faltan 4 datos"
    assert vacia["D1"].value == "Ir al primer dato que falta: MIR!C4"


def test_el_vinculo_lleva_a_la_primera_celda_que_falta() -> None:
    libro = abrir(escribir(filas=con("medios", None)), valores=True)
    assert libro["MIR"]["D1"].value == f"Ir al primer dato que falta: MIR!{celda('medios')}"
    assert libro[HOJA_IDENTIDAD]["B4"].value == f"'MIR'!{celda('medios')}"


def test_el_seguimiento_pide_saber_el_trimestre() -> None:
    with pytest.raises(ValueError, match="trimestre"):
        escribir(Modo.SEGUIMIENTO, periodo=None, campos={})


RAROS = (
    "=1+1", "{=1}", "http://x.mx", "veinte", "1.200", " ", -5.0, 0.1 + 0.2, True, date(2024, 2, 1),
    ErrorExcel("#DIV/0!"), "x" * 40000, float("nan"),
)


@pytest.mark.parametrize("clave", ["nivel", "tipo", "alcanzado_t2", "programado_acumulado", "faltan", "acumulacion"])
def test_cualquier_valor_cabe_en_cualquier_columna(clave: str) -> None:
    filas = {"MIR": [dict(MIR.modelo.filas["MIR"][2], **{clave: valor}) for valor in RAROS]}
    hoja = abrir(escribir(filas=filas))["MIR"]
    leidos = [hoja[celda(clave, n)] for n in range(len(RAROS))]
    assert [c.value for c in leidos[:6]] == list(RAROS[:6])
    assert all(c.data_type in {"s", "f"} for c in leidos[:6])
    assert [c.data_type for c in leidos[:2]] == ["s", "s"] or leidos[0].value == "=1+1"
    assert leidos[6].value == -5
    assert leidos[9].is_date
    assert leidos[10].value == "=1/0"
    assert "<f>1+1</f>" not in primera_hoja(escribir(filas=filas))


def test_una_constante_sustituye_a_la_formula_y_conformula_guarda_un_resultado_viejo() -> None:
    clave = "alcanzado_acumulado"
    direccion = celda(clave)
    assert abrir(escribir(filas=con(clave, 0.0)))["MIR"][direccion].value == 0
    assert abrir(escribir(filas=con(clave, "")))["MIR"][direccion].value is None
    assert str(abrir(escribir(filas=con(clave, None)))["MIR"][direccion].value).startswith("=IF(")
    viejo = escribir(filas=con(clave, ConFormula(12)))
    assert str(abrir(viejo)["MIR"][direccion].value).startswith("=IF(")
    assert abrir(viejo, valores=True)["MIR"][direccion].value == 12
    sin_calcular = primera_hoja(escribir(filas=con(clave, ConFormula(None))))
    hallada = re.search(rf'<c r="{direccion}"[^>]*>(.*?)</c>', sin_calcular)
    assert hallada
    assert "<v>" not in hallada[1]


def test_un_valor_puede_llevar_otro_formato_de_numero() -> None:
    leida = abrir(escribir(filas=con("alcanzado_t2", ConFormato(0.2, "0%"))))["MIR"][celda("alcanzado_t2")]
    assert (leida.value, leida.number_format) == (0.2, "0%")


def test_se_imprime_lo_oficial_y_no_lo_de_apoyo(seguimiento: Workbook) -> None:
    hoja = seguimiento["MIR"]
    assert hoja.print_area.startswith("'MIR'!$A$3:$AA$")
    assert hoja.print_title_rows == f"${LUGAR.fila_encabezado}:${LUGAR.fila_titulos}"
    assert hoja.page_setup.paperSize == PAPELES["oficio"]
    assert hoja.page_setup.orientation == "landscape"
    assert hoja.sheet_properties.pageSetUpPr
    assert hoja.sheet_properties.pageSetUpPr.fitToPage
    assert hoja.page_setup.fitToHeight == 0
    assert hoja.freeze_panes == f"C{LUGAR.fila_datos}"


def luminancia(color: str) -> float:
    partes = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in partes)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("nombre", [*ESTILOS, *CONDICIONALES])
def test_todo_texto_se_lee_sobre_su_fondo(nombre: str) -> None:
    estilo = {**ESTILOS, **CONDICIONALES}[nombre]
    claro, oscuro = sorted(
        (luminancia(estilo.get("bg_color", "#FFFFFF")), luminancia(estilo.get("font_color", TINTA))), reverse=True
    )
    assert (claro + 0.05) / (oscuro + 0.05) >= 4.5


def test_el_alto_crece_con_el_texto_y_el_muy_largo_se_encoge() -> None:
    assert alto_de_fila([("corto", 20)]) == 15.8
    assert renglones("palabra " * 40, 20) >= 13
    assert renglones("uno\ndos", 20) == 2
    largo = "Oficio número 15 de fecha 26 de junio. " * 40
    assert alto_de_fila([(largo, 24)]) == ALTO_MAXIMO
    assert 6 <= letra_que_cabe(largo, 24) < 9


def libro_leido() -> Libro:
    valores: dict[str, Any] = {
        "nivel": ValorNivel("Componente", 1), "nombre": "Estrategias", "programado_t1": 20.0,
        "programado_acumulado": 20.0, "alcanzado_t1": 20.0, "alcanzado_t2": 5.0, "medios": "Oficio 1",
    }
    datos = {k: Dato(("MIR", 0, k), v, str(v), "MIR", "A1") for k, v in valores.items()}
    datos["frecuencia"] = Dato(("MIR", 0, "frecuencia"), None, "Cada tres meses", "MIR", "H14")
    fila = Fila("MIR", 0, "MIR", 14, datos)
    cambio = {"nivel": ValorNivel("Componente", 1), "valor_nuevo": 20.0}
    otra = Fila("Modificaciones", 0, "M", 5, {k: Dato(("Modificaciones", 0, k), v, str(v)) for k, v in cambio.items()})
    return Libro(
        "a.xlsx", "", "MIR",
        campos={"unidad": Dato(("MIR", -1, "unidad"), ClaveNombre("504", "Instituto"), "504 - Instituto"),
                "eje": Dato(("MIR", -1, "eje"), ("3. Uno", "10. Otro"), "3. Uno 10. Otro")},
        hojas={"MIR": HojaLeida("MIR", ["MIR"], [fila], {}, {}),
               "Modificaciones": HojaLeida("Modificaciones", ["M"], [otra], {}, {})},
    )


def test_de_un_libro_leido_salen_los_valores_del_seguimiento() -> None:
    campos, filas = filas_desde_libro(libro_leido(), MIR, T2)
    assert campos == {"unidad": "504 - Instituto", "eje": "3. Uno 10. Otro", "periodo": "2do. Trimestre 2024"}
    assert filas["MIR"] == [
        {"nivel": "Componente 1", "nombre": "Estrategias", "frecuencia": "Cada tres meses", "programado_t1": 20.0,
         "alcanzado_t1": 20.0}
    ]
    assert filas["Modificaciones"] == [{"nivel": "Componente 1", "valor_nuevo": 20.0}]
    assert "Justificaciones" not in filas
    hoja = abrir(escribir(Modo.SEGUIMIENTO, campos=campos, filas=filas))["Justificaciones"]
    assert [hoja["A5"].value, hoja["B5"].value] == ["Componente 1", "2do. Trim."]


RAREZAS: tuple[dict[str, Any], ...] = (
    {"alcanzado_t2": "veinte"},
    {"alcanzado_t2": -5.0, "sentido": "descendente", "acumulacion": "Último"},
    {"alcanzado_t2": date(2024, 2, 1), "sentido": "Regular", "acumulacion": "Promedio"},
    {"alcanzado_t2": 0.0, "sentido": "Descendente", "acumulacion": "Máximo"},
    {"alcanzado_t2": "NP", "sentido": "Nominal", "acumulacion": "mínimo"},
    {"alcanzado_t2": None, "acumulacion": "Constante"},
    {"alcanzado_t2": 12.345, "sentido": "otro", "acumulacion": "Inventada"},
    {"frecuencia": "Cada mes", "programado_t1": 0.0, "alcanzado_t1": 3.0, "nombre": None},
)


def renglon_raro(n: int, cambios: dict[str, Any]) -> dict[str, Any]:
    return {**MIR.modelo.filas["MIR"][2], "nivel": f"Componente {n}", **cambios}


CASOS: dict[str, tuple[Modo, dict[str, Any]]] = {
    "formulación": (Modo.FORMULACION, {}),
    "formulación en blanco": (Modo.FORMULACION, {"campos": {}, "filas": {}}),
    "seguimiento": (Modo.SEGUIMIENTO, {}),
    "faltan datos": (Modo.SEGUIMIENTO, {"filas": con("alcanzado_t2", 0.0)}),
    "sin informar": (Modo.SEGUIMIENTO, {"filas": con("alcanzado_t2", None)}),
    "valores raros": (Modo.FORMULACION, {"filas": {"MIR": [
        renglon_raro(n, cambios) for n, cambios in enumerate(RAREZAS)
    ]}}),
    "un error": (Modo.FORMULACION, {"filas": con("alcanzado_t2", ErrorExcel("#DIV/0!"))}),
}


@pytest.mark.libreoffice
@pytest.mark.parametrize("caso", CASOS)
def test_libreoffice_calcula_lo_mismo_que_esta_guardado(
    caso: str, soffice: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    modo, argumentos = CASOS[caso]
    assert comparar(escribir(modo, **argumentos), soffice, tmp_path) > 150


@pytest.mark.libreoffice
@pytest.mark.larga
def test_impreso_en_oficio_la_letra_no_baja_de_6_puntos(soffice: Callable[[Path, str], Path], tmp_path: Path) -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext no está instalado")
    (tmp_path / "libro.xlsx").write_bytes(escribir(Modo.SEGUIMIENTO))
    pdf = soffice(tmp_path / "libro.xlsx", "pdf")
    texto = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    palabra = re.search(r'xMin="([\d.]+)"[^>]*xMax="([\d.]+)"[^>]*>Ponderación<', texto)
    assert palabra
    ancho_a_un_punto = 5.614  # suma de los avances de Arial
    assert (float(palabra[2]) - float(palabra[1])) / ancho_a_un_punto >= 6
    assert "faltan</word>" not in texto.split("</page>", maxsplit=1)[0]
    hojas = re.findall(r'<page width="([\d.]+)"', texto)
    assert len(hojas) <= 6


def test_cada_columna_calculada_de_justificaciones_trae_lo_suyo() -> None:
    hoja = abrir(escribir(Modo.SEGUIMIENTO), valores=True)["Justificaciones"]
    lugar = JUSTIFICACIONES.disposicion
    fila = [hoja.cell(7, lugar.columna[c]).value for c in ("programado", "alcanzado", "porcentaje", "debe", "falta")]
    assert fila == [50, 47, 94, "No", 0]


def test_una_cifra_calculada_con_muchos_decimales_muestra_dos(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "x.xlsx") as libro:
        estilos = Estilos(libro)
        formato = estilos("celda")
        assert que_se_lea(estilos, formato, 242 / 3).num_format == "#,##0.00"
        assert que_se_lea(estilos, formato, 80.66) is que_se_lea(estilos, formato, "") is formato
