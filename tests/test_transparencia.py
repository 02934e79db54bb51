"""Los libros de transparencia: su disposición vista por tres lectores, su contenido, sus reglas y la orden entera."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
import xlsxwriter
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from transparencias import FECHAS, T2, catalogo, de_cuadro, ficha, publicacion, renglones

from pei_excel.ayuda import explicar
from pei_excel.cli import orden
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.escritura.transparencia import escribir_publicacion
from pei_excel.formato import Modo
from pei_excel.formatos.catalogo import CATALOGO, TRANSPARENCIA
from pei_excel.formatos.catalogo_modelo import MODELO
from pei_excel.formatos.mir import MIR
from pei_excel.proceso import Encargo, consolidar_carpeta
from pei_excel.publicar import OBSERVACIONES, Pedido, leer_publicados, leer_resultados, publicar
from pei_excel.reglas.base import Regla
from pei_excel.reglas.transparencia import REGLAS, comprobar, origen_de
from pei_excel.salidas import NoSePudo
from pei_excel.transparencia.comparacion import AUSENTE, CAMBIADA, NUEVA, comparar
from pei_excel.transparencia.contenido import llenar
from pei_excel.transparencia.disposicion import PorLlenar, disponer, reconocer
from pei_excel.transparencia.modelo import Publicacion
from pei_excel.ubicacion import Ubicacion

CASOS = [pytest.param(r, f, id=f"{r.codigo}-{f}") for r in REGLAS for f in r.formatos]


# ---------------------------------------------------------------- reglas


def _publicacion_de(regla: Regla, fraccion: str, cual: str) -> tuple[Publicacion, set[tuple[str, str]]]:
    tabla = getattr(regla, cual)[fraccion]
    p, marcas = de_cuadro(fraccion, tabla.texto)
    if tabla.preparar is not None:
        tabla.preparar(p)
    return p, marcas


@pytest.mark.parametrize(("regla", "fraccion"), CASOS)
def test_el_cuadro_mal_da_exactamente_lo_marcado(regla: Regla, fraccion: str) -> None:
    p, marcas = _publicacion_de(regla, fraccion, "mal")
    hallazgos = comprobar(p)
    assert {h.regla for h in hallazgos} == {regla.codigo}, [(h.regla, h.donde, h.mensaje) for h in hallazgos]
    assert {(h.donde.hoja, h.donde.celda) for h in hallazgos} == marcas
    assert {h.donde.archivo for h in hallazgos} == {f"fraccion-{fraccion}.xlsx"}


@pytest.mark.parametrize(("regla", "fraccion"), CASOS)
def test_el_cuadro_bien_no_da_nada(regla: Regla, fraccion: str) -> None:
    assert comprobar(_publicacion_de(regla, fraccion, "bien")[0]) == []


@pytest.mark.parametrize(("fraccion", "campo", "tipo", "columna", "valor", "senalado"), [
    ("IV", "Meta del indicador", 3.0, "programado_anual", "1234567890123", ("TRA006", "C4")),
    ("V", "Método de cálculo", 7.0, "metodo", "www.municipio.example", ("TRA009", "H8")),
])
def test_a_cada_campo_se_le_mira_lo_que_pide_su_tipo(
    fraccion: str, campo: str, tipo: float, columna: str, valor: str, senalado: tuple[str, str]
) -> None:
    """El tipo lo dice el catálogo de la oficina: lo que la fracción no suele tener también se comprueba."""
    suyos = [r | {"tipo": tipo} if r["campo"] == campo else r for r in renglones((fraccion,))]
    p = disponer(fraccion, catalogo(suyos).transparencia)
    assert isinstance(p, Publicacion)
    llenar(p, [ficha(**{columna: valor})], FECHAS)
    assert [(h.regla, h.donde.celda) for h in comprobar(p)] == [senalado]


@pytest.mark.parametrize("regla", REGLAS, ids=lambda r: r.codigo)
def test_cada_regla_se_explica(regla: Regla) -> None:
    texto = explicar(regla.codigo)
    assert regla.que in " ".join(texto.split())
    assert "Fracciones:" in texto


def test_un_hallazgo_nombra_tambien_la_celda_de_donde_salio() -> None:
    p = publicacion("V", [ficha(definicion="")])
    (hallazgo,) = comprobar(p)
    assert hallazgo.donde == Ubicacion("fraccion-V.xlsx", "Reporte de Formatos", "G8")
    assert origen_de(hallazgo) == Ubicacion("504.xlsx", "MIR", "C13")


@pytest.mark.parametrize(("largo", "cuantos"), [(150, 0), (151, 1)])
def test_un_texto_corto_admite_150_y_nunca_se_corta(largo: int, cuantos: int) -> None:
    p = publicacion("V", [ficha(unidad_medida="x" * largo)])
    assert [h.regla for h in comprobar(p)] == ["TRA005"] * cuantos
    assert len(p.filas[0][p.columna("unidad_medida") or 0].texto) == largo


def test_lo_malo_de_la_subtabla_se_senala_en_su_hoja() -> None:
    p = publicacion("IV", [ficha(), ficha("Propósito", nombre="", programado_anual="")])
    assert [(h.regla, h.donde.hoja, h.donde.celda) for h in comprobar(p)] == [
        ("TRA001", "Tabla_348503", "B5"), ("TRA001", "Tabla_348503", "C5")]
    p = publicacion("IV")
    p.subtablas[0].filas[0] = (99, p.subtablas[0].filas[0][1])
    p.filas[0][p.columna("indicadores") or 0].valor = None
    assert ("TRA010", "Tabla_348503", "A4") in [(h.regla, h.donde.hoja, h.donde.celda) for h in comprobar(p)]


@given(st.text(max_size=20), st.sampled_from(["V", "VI"]))
def test_un_sentido_cualquiera_o_es_del_catalogo_o_va_a_la_nota(sentido: str, fraccion: str) -> None:
    """Nunca se escribe una palabra que la plataforma no admite, y nunca falta su explicación."""
    p = publicacion(fraccion, [ficha(sentido=sentido)])
    casilla = p.casilla(0, "sentido")
    assert casilla is not None
    if sentido in {"Ascendente", "Descendente"}:
        assert casilla.valor == sentido
    else:
        assert casilla.vacia
    sin_palabra = not re.search("[a-z0-9]", sentido, re.IGNORECASE)
    if sentido and not sin_palabra:
        assert f"El sentido del indicador es {sentido}," in p.nota(0)
        assert comprobar(p) == []
    elif not sentido:
        assert [h.regla for h in comprobar(p)] == ["TRA001"]


# ---------------------------------------------------------------- contenido


def _valores(p: Publicacion, fila: int = 0) -> dict[str, Any]:
    return {c.clave: x.valor for c, x in zip(p.campos, p.filas[fila], strict=True)}


def test_cada_cifra_y_cada_texto_van_a_su_campo() -> None:
    assert _valores(publicacion("VI", [ficha("Componente 1")])) == {
        "ejercicio": 2024, "inicio": date(2024, 4, 1), "termino": date(2024, 6, 30), "programa": "Planeación",
        "objetivo": "3.2 Mejorar la calidad del gasto.", "nombre": "Sesiones de Componente 1", "dimension": "Eficacia",
        "definicion": "Mide las sesiones.", "metodo": "(A / B) * 100", "unidad_medida": "Porcentaje",
        "frecuencia": "Trimestral", "linea_base": "55 (2023)", "programadas": 100, "ajustadas": None, "avance": 50,
        "sentido": "Ascendente", "fuente": "Oficio 12/2024", "area": "Instituto de Ejemplo",
        "actualizacion": date(2024, 7, 8), "nota": "No hay modificaciones registradas de las metas.",
    }


def test_la_v_lleva_fin_y_proposito_y_la_vi_todos() -> None:
    fichas = [ficha(n) for n in ("Fin", "Propósito", "Componente 1", "Actividad 1.1")]
    assert [len(publicacion(f, fichas).filas) for f in ("V", "VI")] == [2, 4]
    iv = publicacion("IV", [*fichas, ficha(archivo="505.xlsx", unidad_clave="505")])
    assert [f[iv.columna("indicadores") or 0].valor for f in iv.filas] == [1, 2]
    assert [i for i, _ in iv.subtablas[0].filas] == [1, 1, 1, 1, 2]
    assert [c.texto for c in iv.subtablas[0].filas[3][1]] == ["Sesiones de Actividad 1.1", "100", "Porcentaje"]


@pytest.mark.parametrize(("cambios", "clave", "valor", "nota"), [
    ({"base_valor": "Nueva creación", "base_ejercicio": ""}, "linea_base", None,
     "El indicador no tiene línea base: Nueva creación."),
    ({"base_valor": "", "base_ejercicio": "ND"}, "linea_base", None, "El indicador no tiene línea base: ND."),
    ({"base_ejercicio": ""}, "linea_base", "55", "La línea base no tiene año."),
    ({"avance": "", "estado": "Sin reporte"}, "avance", None, "el área no lo ha informado."),
    ({"avance": "0", "estado": "Se mide después", "frecuencia": "Anual"}, "avance", 0,
     "El avance en 0 no es una medición: su frecuencia es anual y todavía no se mide."),
    ({"medios": "", "estado": "No programado"}, "fuente", None, "no tiene meta programada al periodo."),
    ({"avance": "33.3333333333"}, "avance", 33.33, "«Avance de metas» se redondeó a 2 decimales (33.33333333)."),
    ({"avance": "0.30000000000000004"}, "avance", 0.3, ""),
    ({"objetivo": "1 Uno.; 2 Dos."}, "objetivo", "1 Uno; 2 Dos.", ""),
    ({"programado_inicial": "110", "modificaciones": "3er. Trim.: 40 → 30 (Oficio 9/2024)"}, "programadas", 110,
     "La meta se modificó: 3er. Trim.: 40 → 30 (Oficio 9/2024)."),
    ({"programado_inicial": "110", "modificaciones": "x"}, "ajustadas", 100, "La meta se modificó: x."),
    ({"programado_inicial": "100", "modificaciones": "x"}, "ajustadas", None,
     "Las metas por trimestre se modificaron sin cambiar la del año: x."),
    ({"programado_inicial": "", "modificaciones": "x"}, "programadas", None, "no tenía meta antes de modificarse."),
])
def test_lo_que_falta_o_se_aclara_se_dice_en_la_nota(
    cambios: dict[str, str], clave: str, valor: Any, nota: str
) -> None:
    p = publicacion("V", [ficha(**cambios)])
    assert _valores(p)[clave] == valor
    assert nota in p.nota(0)
    assert comprobar(p) == []


@pytest.mark.parametrize("campo", ["definicion", "metodo", "medios", "base_valor", "dimension", "avance", "objetivo"])
def test_lo_que_falta_sin_razon_conocida_no_se_disimula(campo: str) -> None:
    """Un dato que la unidad dejó vacío es un hallazgo, no una nota inventada."""
    p = publicacion("V", [ficha(**{campo: ""})])
    assert [h.regla for h in comprobar(p)] == ["TRA001"]


# ---------------------------------------------------------------- disposición


def test_sin_identificadores_se_dice_cuales_y_donde() -> None:
    filas = renglones(["V"])
    for n in (0, 3):
        filas[n]["id_campo"] = None
    filas[4]["tipo"] = None
    for fila in filas:
        fila["formato"] = None
    falta = disponer("V", catalogo(filas).transparencia)
    assert isinstance(falta, PorLlenar)
    primera = TRANSPARENCIA.disposicion.fila_datos
    assert falta.frases == (
        "escriba «Id del formato» (columna B) en un renglón de la fracción V",
        f"falta «Id del campo» (columna H) de «Ejercicio» (H{primera}) y «Objetivo institucional» (H{primera + 3})",
        f"falta «Tipo» (columna I) de «Nombre del indicador» (I{primera + 4})",
    )


def test_un_campo_que_el_catalogo_no_tiene_se_pide_con_sus_columnas() -> None:
    falta = disponer("V", catalogo([r for r in renglones(["V"]) if "Nota" not in r["campo"]]).transparencia)
    assert isinstance(falta, PorLlenar)
    (frase,) = falta.frases
    assert frase == ("agregue un renglón por cada campo que falta: «Nota», con «Fracción» (columna A) V, «Id del "
                     "campo» (columna H) y «Tipo» (columna I)")
    falta = disponer("VI", ())
    assert isinstance(falta, PorLlenar)
    assert "«Nombre del programa o concepto al que corresponde el indicador»" in falta.frases[-1]


def test_la_iv_no_exige_la_fecha_de_validacion_y_manda_el_orden_del_catalogo() -> None:
    filas = [r for r in renglones(["IV"]) if r["campo"] != "Fecha de validación"]
    p = disponer("IV", catalogo([filas[-1], *filas[:-1]]).transparencia)
    assert isinstance(p, Publicacion)
    assert [p.campos[0].clave, p.campos[1].clave, p.columna("validacion")] == ["nota", "ejercicio", None]


def test_dos_renglones_del_mismo_campo_o_dos_formatos_se_senalan() -> None:
    filas = renglones(["V"])
    filas[-1]["formato"] = "1"
    filas.append({**filas[5], "campo": "Dimensión(es) a medir"})
    falta = disponer("V", catalogo(filas).transparencia)
    assert isinstance(falta, PorLlenar)
    assert "dice «44251» y «1»; deje uno" in falta.frases[0]
    assert "parecen el mismo campo" in falta.frases[1]


@pytest.mark.parametrize(("titulo", "clave"), [
    ("Avance de las metas al periodo que se informa", "avance"), ("Metas ajustadas que existan", "ajustadas"),
    ("Nombre(s) del(os) indicador(es)", "nombre"), ("Dimensión(es) a medir", "dimension"),
    ("Método de cálculo con variables de la fórmula (en su caso)", "metodo"), ("Sentido del indicador", "sentido"),
    ("Definición del indicador", "definicion"), ("SENTIDO DEL INDICADOR (CATÁLOGO)", "sentido"),
    ("Área(s) responsable(s) que genera(n), posee(n) y publica(n) la información", "area"),
    ("Áreas responsables que generan la información", "area"), ("Fecha de término del periodo", "termino"),
    ("Fuente de información que alimenta al indicador", "fuente"), ("Color preferido", None),
])
def test_un_titulo_redactado_de_otra_manera_se_reconoce(titulo: str, clave: str | None) -> None:
    campo = reconocer("V", titulo)
    assert (campo and campo.clave) == clave


# ---------------------------------------------------------------- el libro, contra la tabla de la disposición


def _escrita(ruta: Path, p: Publicacion) -> Path:
    escribir_publicacion(ruta, p, creado=date(2024, 6, 30))
    return ruta


def _celdas_esperadas(p: Publicacion) -> dict[str, dict[tuple[int, int], Any]]:
    """Hoja → (fila, columna) → valor, como lo dice la tabla de la disposición."""
    hoja: dict[tuple[int, int], Any] = {
        (1, 1): p.formato, (2, 1): "TÍTULO", (2, 4): "NOMBRE CORTO", (2, 7): "DESCRIPCIÓN", (3, 1): p.titulo,
        (3, 4): p.nombre_corto, (3, 7): p.descripcion, (6, 1): "Tabla Campos",
    }
    hojas = {"Reporte de Formatos": hoja}
    for c, campo in enumerate(p.campos, 1):
        hoja |= {(4, c): str(campo.tipo), (5, c): campo.id_campo, (7, c): campo.titulo}
        hoja |= {(8 + n, c): fila[c - 1].valor for n, fila in enumerate(p.filas) if not fila[c - 1].vacia}
        if campo.opciones:
            hojas["Hidden_1"] = {(1, 1): "Ascendente", (2, 1): "Descendente"}
    for tabla in p.subtablas:
        suya: dict[tuple[int, int], Any] = {(3, 1): "ID"}
        for c, campo in enumerate(tabla.campos, 2):
            suya |= {(1, c): str(campo.tipo), (2, c): campo.id_campo, (3, c): campo.titulo}
            suya |= {(4 + n, c): fila[c - 2].valor for n, (_, fila) in enumerate(tabla.filas)}
        suya |= {(4 + n, 1): identificador for n, (identificador, _) in enumerate(tabla.filas)}
        hojas[f"Tabla_{tabla.tabla}"] = suya
    return hojas


def _con_openpyxl(ruta: Path) -> dict[str, dict[tuple[int, int], Any]]:
    libro = openpyxl.load_workbook(ruta)
    return {
        h.title: {(c.row, c.column): c.value.date() if isinstance(c.value, datetime) else c.value
                  for fila in h.iter_rows() for c in fila if c.value is not None}
        for h in libro.worksheets
    }


def _con_calamine(ruta: Path) -> dict[str, dict[tuple[int, int], Any]]:
    libro = python_calamine.CalamineWorkbook.from_path(str(ruta))
    return {
        nombre: {(f, c): v.date() if isinstance(v, datetime) else v
                 for f, fila in enumerate(libro.get_sheet_by_name(nombre).to_python(skip_empty_area=False), 1)
                 for c, v in enumerate(fila, 1) if v != ""}
        for nombre in libro.sheet_names
    }


FICHAS = [ficha("Fin"), ficha("Propósito", nombre="=1+1", sentido="Regular", avance="33.3333"),
          ficha("Componente 1", nombre="+52 <b>&", archivo="505.xlsx")]


@pytest.mark.parametrize("fraccion", ["IV", "V", "VI"])
@pytest.mark.parametrize("lector", [_con_openpyxl, _con_calamine])
def test_celda_por_celda_es_la_disposicion(
    fraccion: str, lector: Callable[[Path], dict[str, dict[tuple[int, int], Any]]], tmp_path: Path
) -> None:
    p = publicacion(fraccion, FICHAS)
    assert lector(_escrita(tmp_path / "p.xlsx", p)) == _celdas_esperadas(p)


@pytest.mark.libreoffice
@pytest.mark.parametrize("fraccion", ["VI", "IV", "V"])
def test_guardado_con_libreoffice_sigue_siendo_la_disposicion(
    fraccion: str, soffice: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    p = publicacion(fraccion, FICHAS)
    otro = soffice(_escrita(tmp_path / "p.xlsx", p), "xlsx")
    assert _con_openpyxl(otro) == _celdas_esperadas(p)
    _comprobar_forma(otro, p)


@pytest.mark.parametrize("fraccion", ["IV", "V", "VI"])
def test_filas_ocultas_combinadas_catalogos_y_fechas(fraccion: str, tmp_path: Path) -> None:
    p = publicacion(fraccion, FICHAS)
    _comprobar_forma(_escrita(tmp_path / "p.xlsx", p), p)


def _comprobar_forma(ruta: Path, p: Publicacion) -> None:
    libro = openpyxl.load_workbook(ruta)
    hoja = libro["Reporte de Formatos"]
    ultima = {"IV": "K", "V": "S", "VI": "T"}[p.fraccion]
    assert {str(m) for m in hoja.merged_cells.ranges} == {
        "A2:C2", "D2:F2", "G2:I2", "A3:C3", "D3:F3", "G3:I3", f"A6:{ultima}6"}
    assert {n for n, d in hoja.row_dimensions.items() if d.hidden} == {1, 4, 5}
    assert hoja["B8"].number_format.lower().replace("\\", "") == "dd/mm/yyyy"
    if p.fraccion == "IV":
        assert libro.sheetnames == ["Reporte de Formatos", "Tabla_348503"]
        return
    sentido = {"V": ("O", "Hidden_114"), "VI": ("P", "Hidden_115")}[p.fraccion]
    assert libro.sheetnames == ["Reporte de Formatos", "Hidden_1"]
    assert libro["Hidden_1"].sheet_state == "hidden"
    assert {n: d.attr_text for n, d in libro.defined_names.items()}[sentido[1]].replace("'", "") == (
        "Hidden_1!$A$1:$A$2")
    (validacion,) = hoja.data_validations.dataValidation
    assert (validacion.type, validacion.formula1.lstrip("=")) == ("list", sentido[1])
    assert str(validacion.sqref) == f"{sentido[0]}8:{sentido[0]}201"


def test_los_mismos_datos_dan_los_mismos_bytes() -> None:
    hechos = []
    for _ in range(2):
        memoria = BytesIO()
        escribir_publicacion(memoria, publicacion("VI", FICHAS), creado=date(2024, 6, 30))
        hechos.append(memoria.getvalue())
    assert hechos[0] == hechos[1]


# ---------------------------------------------------------------- lo ya publicado


def _descarga(
    ruta: Path, p: Publicacion, cambiar: Callable[[list[list[Any]]], None] | None = None, hoja: str = "Información"
) -> Path:
    """Una descarga pública con las filas de una publicación: títulos en mayúsculas en la fila 6."""
    filas = [[x.texto for x in fila] for fila in p.filas]
    if cambiar is not None:
        cambiar(filas)
    libro = xlsxwriter.Workbook(str(ruta))
    informacion = libro.add_worksheet(hoja)
    for n, texto in enumerate(("Sujeto obligado", "Normatividad", "Formato", "Periodo")):
        informacion.write_string(n, 0, texto)
    for c, campo in enumerate(p.campos):
        informacion.write_string(5, c, campo.titulo.upper())
        for n, fila in enumerate(filas):
            informacion.write_string(6 + n, c, fila[c])
    libro.close()
    return ruta


@pytest.mark.parametrize("fraccion", ["IV", "V", "VI"])
def test_lo_mismo_publicado_no_da_diferencias(fraccion: str, tmp_path: Path) -> None:
    p = publicacion(fraccion)
    hallados = leer_publicados(_descarga(tmp_path / "d.xlsx", p))
    assert list(hallados) == [fraccion]
    resultado = comparar(p, hallados[fraccion])
    assert (resultado.iguales, resultado.diferencias, resultado.sin_reconocer) == (3, [], ())


def test_lo_nuevo_lo_cambiado_y_lo_que_ya_no_esta_con_sus_celdas(tmp_path: Path) -> None:
    p = publicacion("V")
    avance, nombre = p.columna("avance") or 0, p.columna("nombre") or 0

    def cambiar(filas: list[list[Any]]) -> None:
        filas[0][avance] = "49"
        filas[1][nombre] = "Uno que se dio de baja"
        filas[2][avance] = "50.00"  # la misma cifra, escrita de otra manera

    resultado = comparar(p, leer_publicados(_descarga(tmp_path / "d.xlsx", p, cambiar))["V"])
    assert (resultado.iguales, resultado.cambiadas) == (1, 1)
    assert [(d.que, d.celda and d.celda.celda, d.publicada and d.publicada.celda) for d in resultado.diferencias] == [
        (CAMBIADA, "N8", "N7"), (NUEVA, "A9", None), (AUSENTE, None, "A8")]
    assert (resultado.diferencias[0].antes, resultado.diferencias[0].ahora) == ("49", "50")
    assert resultado.diferencias[2].fila == "Uno que se dio de baja · Otra"


def test_con_lo_publicado_de_otro_periodo_se_compara_el_ultimo_y_se_dice(tmp_path: Path) -> None:
    p = publicacion("V")

    def cambiar(filas: list[list[Any]]) -> None:
        for n, fila in enumerate(filas):
            fila[1], fila[2] = ("1/1/2024", "31/03/2024") if n else ("01/10/2023", "31/12/2023")

    resultado = comparar(p, leer_publicados(_descarga(tmp_path / "d.xlsx", p, cambiar))["V"])
    assert (resultado.periodo, resultado.aparte, resultado.iguales) == ("01/01/2024 al 31/03/2024", 1, 2)
    assert [d.que for d in resultado.diferencias] == [NUEVA]


@pytest.mark.parametrize(("hacer", "dice"), [
    (lambda c: (c / "x.xlsx").write_bytes(b"PK roto"), "No se pudo leer"),
    (lambda c: _descarga(c / "x.xlsx", publicacion("V"), hoja="Otra"), "no parece la descarga pública"),
    (lambda c: [_descarga(c / f"{n}.xlsx", publicacion("V")) for n in "ab"], "son los dos de la fracción V"),
    (lambda c: None, "no hay libros"),
])
def test_una_descarga_que_no_sirve_se_dice_en_una_linea(
    hacer: Callable[[Path], object], dice: str, tmp_path: Path
) -> None:
    hacer(tmp_path)
    with pytest.raises(NoSePudo, match=dice) as error:
        leer_publicados(tmp_path)
    assert "\n" not in str(error.value)


# ---------------------------------------------------------------- la orden


@pytest.fixture(scope="module")
def resultados(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Un informe con una meta modificada y otro sin medios, consolidados."""
    base = tmp_path_factory.mktemp("oficina")
    (base / "recibidos").mkdir()
    cambio = {"fecha": date(2024, 5, 20), "nivel": "Componente 1", "campo": "Programado 3er. Trim.",
              "valor_anterior": 45.0, "valor_nuevo": 30.0, "causa": "Ajuste", "documento": "Oficio 20/2024"}
    for nombre, campos, mas in (
        ("a.xlsx", {}, {"Modificaciones": (cambio,)}),
        ("b.xlsx", {"unidad": "510 - Obras", "programa": "8 - Obra pública"}, {}),
    ):
        escribir_plantilla(
            base / "recibidos" / nombre, MIR, modo=Modo.SEGUIMIENTO, ejercicio=2024, periodo=T2,
            campos={**MIR.modelo.campos, **campos}, filas={**MIR.modelo.filas, **mas},
        )
    consolidar_carpeta(base / "recibidos", base / "salidas", Encargo(T2, procesos=1, sin_bitacora=True))
    return base / "salidas" / "2024-T2"


def _catalogo(ruta: Path, filas: list[dict[str, Any]]) -> Path:
    escribir_plantilla(ruta, CATALOGO, modo=Modo.FORMULACION, ejercicio=2024, campos=MODELO.campos,
                       filas={**MODELO.filas, "Transparencia": filas}, filas_libres=5)
    return ruta


def _correr(*argumentos: object) -> Any:
    return CliRunner().invoke(orden, ["transparencia", *map(str, argumentos)], prog_name="pei-excel")


def test_de_los_resultados_salen_los_libros_con_la_celda_de_cada_cifra(resultados: Path, tmp_path: Path) -> None:
    p = publicar(resultados, tmp_path, Pedido(catalogo(), hipervinculo=FECHAS.hipervinculo))
    assert sorted(r.name for r in p.carpeta.iterdir()) == [
        "fraccion-IV.xlsx", "fraccion-V.xlsx", "fraccion-VI.xlsx", OBSERVACIONES, "resultado.json"]
    vi = next(h.publicacion for h in p.hechas if h.publicacion.fraccion == "VI")
    modificado = next(n for n in range(len(vi.filas)) if "Oficio 20/2024" in vi.nota(n))
    valores = _valores(vi, modificado)
    assert (valores["programadas"], valores["ajustadas"]) == (115, 100)
    ((libro, hoja, celda),) = {(o.archivo, o.hoja, o.celda) for c in ("programadas", "ajustadas")
                               if (x := vi.casilla(modificado, c)) and (o := x.origen)}
    recibido = openpyxl.load_workbook(resultados.parent.parent / "recibidos" / libro, data_only=True)[hoja]
    assert sum(c.value or 0 for fila in recibido[celda] for c in fila) == valores["ajustadas"]
    for clave in ("nombre", "definicion", "metodo", "dimension"):
        casilla = vi.casilla(modificado, clave)
        assert casilla is not None
        assert casilla.origen is not None
        assert recibido[casilla.origen.celda].value == casilla.valor
    documento = json.loads((p.carpeta / "resultado.json").read_text(encoding="utf-8"))
    assert [f["filas"] for f in documento["fracciones"]][1:] == [
        sum(f.datos["nivel"] in {"Fin", "Propósito"} for f in p.resultados.fichas), len(p.resultados.fichas)]


@pytest.mark.parametrize(("archivo", "dice"), [
    ("indicadores.csv", "cambió desde que se consolidó"), ("datos.csv", "cambió desde que se consolidó"),
])
def test_un_dato_cambiado_se_dice_en_una_linea_y_no_se_escribe(
    resultados: Path, tmp_path: Path, archivo: str, dice: str
) -> None:
    copia = tmp_path / "2024-T2"
    copia.mkdir()
    for nombre in ("indicadores.csv", "datos.csv", "resultado.json"):
        (copia / nombre).write_bytes((resultados / nombre).read_bytes())
    assert leer_resultados(copia).fichas
    (copia / archivo).write_bytes((copia / archivo).read_bytes().replace(b"100", b"101", 1))
    with pytest.raises(NoSePudo, match=dice) as error:
        publicar(copia, tmp_path / "s", Pedido(catalogo()))
    assert archivo in str(error.value)
    assert not (tmp_path / "s").exists()


def test_en_la_terminal_lo_que_falta_sus_columnas_y_el_estado(resultados: Path, tmp_path: Path) -> None:
    """La IV se escribe aunque a las otras les falten identificadores; sin ninguna, no se escribe nada."""
    filas = [*renglones(["IV"]), *(r for r in MODELO.filas["Transparencia"] if r["fraccion"] != "IV")]
    parcial = _catalogo(tmp_path / "catalogo.xlsx", list(filas))
    hecho = _correr(resultados, "--catalogo", parcial, "-o", tmp_path / "s", "--hipervinculo", FECHAS.hipervinculo,
                    "--validacion", "2024-07-08", "--actualizacion", "2024-07-08")
    assert hecho.exit_code == 1, hecho.output
    assert "Fracción IV: fraccion-IV.xlsx, 2 filas; nada que corregir." in hecho.output
    assert "Fracción V: no se escribió. En «catalogo.xlsx», hoja «Transparencia»:" in hecho.output
    assert "Falta «Id del campo» (columna H) de 19 campos (H20, " in hecho.output
    assert not (tmp_path / "s/2024-T2/fraccion-V.xlsx").exists()
    sola = _correr(resultados, "--catalogo", parcial, "-o", tmp_path / "t", "--fraccion", "V")
    assert (sola.exit_code, (tmp_path / "t").exists()) == (1, False)
    assert "No se escribió nada." in sola.output
    limpia = _correr(resultados, "--catalogo", parcial, "-o", tmp_path / "s", "--fraccion", "iv", "--hipervinculo",
                     "https://demostracion.example/plan.pdf", "--validacion", "2024-07-08")
    assert limpia.exit_code == 0, limpia.output


def test_lo_no_pedido_sigue_y_lo_corregido_a_mano_no_se_pisa(resultados: Path, tmp_path: Path) -> None:
    pedido = Pedido(catalogo())
    carpeta = publicar(resultados, tmp_path, pedido).carpeta
    antes = (carpeta / "fraccion-VI.xlsx").read_bytes()
    libro = openpyxl.load_workbook(carpeta / "fraccion-V.xlsx")
    libro["Reporte de Formatos"]["S8"] = "Lo que la oficina escribió"
    libro.save(carpeta / "fraccion-V.xlsx")
    editado = (carpeta / "fraccion-V.xlsx").read_bytes()
    publicar(resultados, tmp_path, Pedido(catalogo(), ("V",)))
    assert (carpeta / "fraccion-VI.xlsx").read_bytes() == antes
    (guardado,) = carpeta.glob("fraccion-V (con notas *).xlsx")
    assert guardado.read_bytes() == editado
    documento = json.loads((carpeta / "resultado.json").read_text(encoding="utf-8"))
    assert [f["fraccion"] for f in documento["fracciones"]] == ["IV", "V", "VI"]


def test_no_se_escribe_encima_de_los_resultados(resultados: Path) -> None:
    antes = sorted(p.name for p in resultados.iterdir())
    with pytest.raises(NoSePudo, match="tiene otra cosa"):
        publicar(resultados, resultados.parent, Pedido(catalogo()))
    assert sorted(p.name for p in resultados.iterdir()) == antes


def test_las_observaciones_y_la_comparacion_quedan_en_csv(resultados: Path, tmp_path: Path) -> None:
    primera = publicar(resultados, tmp_path / "s", Pedido(catalogo()))
    v = next(h.publicacion for h in primera.hechas if h.publicacion.fraccion == "V")
    descarga = _descarga(tmp_path / "v.xlsx", v, lambda filas: filas.pop())
    hecho = publicar(resultados, tmp_path / "s", Pedido(catalogo(), publicado=descarga))
    texto = (hecho.carpeta / "comparacion.csv").read_text(encoding="utf-8-sig")
    (fila,) = csv.DictReader(io.StringIO(texto))
    assert (fila["fraccion"], fila["que"], fila["celda"]) == ("V", NUEVA, v.celda(len(v.filas) - 1, 0))
    observaciones = list(csv.DictReader(io.StringIO(
        (hecho.carpeta / OBSERVACIONES).read_text(encoding="utf-8-sig"))))
    assert len(observaciones) == sum(len(h.hallazgos) for h in hecho.hechas) > 0


@pytest.mark.parametrize(("argumentos", "dice"), [
    (["no-existe", "--catalogo", "c.xlsx"], "No existe la carpeta"),
    ([".", "--catalogo", "c.xlsx", "--publicado", "nada"], "No existe «nada»"),
    ([".", "--catalogo", "c.xlsx"], "No existe el catálogo"),
])
def test_un_uso_equivocado_da_una_linea_y_estado_2(
    argumentos: list[str], dice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    hecho = _correr(*argumentos)
    assert (hecho.exit_code, hecho.output.count("\n")) == (2, 1)
    assert dice in hecho.output


@pytest.mark.parametrize(("documento", "dice"), [
    (None, "no hay resultado.json"), ("{", "no se entiende"), ("[]", "no se entiende"),
    ('{"salidas": [], "totales": {}, "opciones": {"periodo": "2024-T2"}}', "no trae informes de la MIR"),
    ('{"salidas": [], "totales": {"MIR": {}}, "opciones": {"periodo": "2024-T2"}}', "se hizo sin indicadores.csv"),
])
def test_una_carpeta_que_no_es_de_resultados_se_dice(documento: str | None, dice: str, tmp_path: Path) -> None:
    if documento is not None:
        (tmp_path / "resultado.json").write_text(documento, encoding="utf-8")
    with pytest.raises(NoSePudo, match=dice):
        leer_resultados(tmp_path)
