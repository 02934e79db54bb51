"""El consolidado del POI: hojas, totales contra un cálculo aparte, gráficas, impresión y paridad con LibreOffice."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from informes_de_prueba import definitivas, en_memoria
from paridad import diferencias
from pois_de_prueba import cambiar, poi, revueltos, tablas_de_poi
from verdad_del_poi import actividades, curva_fisica

from pei_excel.escritura.consolidado_poi import HOJAS, escribir_consolidado_poi
from pei_excel.escritura.datos import COLUMNAS, filas_de_datos
from pei_excel.periodos import Periodo
from pei_excel.revision import Revision
from pei_excel.tablas import Tablas

ENCABEZADO = 4
Caso = tuple[Tablas, list[Revision], bytes]


def _abrir(contenido: bytes, *, valores: bool = True) -> Any:
    return openpyxl.load_workbook(BytesIO(contenido), data_only=valores)


def _cuadro(hoja: Any, desde: int = ENCABEZADO) -> pd.DataFrame:
    """El cuadro de una hoja, hasta su primera fila vacía."""
    filas = list(hoja.iter_rows(min_row=desde, values_only=True))
    datos = []
    for fila in filas[1:]:
        if all(v is None for v in fila):
            break
        datos.append(fila)
    return pd.DataFrame(datos, columns=filas[0], dtype=object)


@pytest.fixture(scope="module")
def varios() -> Caso:
    tablas, revisiones = tablas_de_poi([poi(), *revueltos(5)])
    return tablas, revisiones, en_memoria(escribir_consolidado_poi, tablas, revisiones)


def test_las_hojas_del_contrato_en_su_orden(varios: Caso) -> None:
    libro = _abrir(varios[2])
    assert tuple(libro.sheetnames) == HOJAS
    del_contrato = [
        "Ficha", "Resumen", "Por OEI", "Por AEI", "Por unidad", "Por gerencia", "Actividades", "Presupuesto",
        "Observaciones", "Diseño", "Control de entregas", "Metodología", "Datos",
    ]
    assert [h for h in libro.sheetnames if h in del_contrato] == del_contrato
    assert libro.active.title == "Ficha"


@pytest.mark.parametrize("codigo", ["2024-05", "2024-T2", pytest.param("2024-S2", marks=pytest.mark.larga)])
@pytest.mark.larga
def test_los_totales_son_los_de_un_calculo_aparte(codigo: str) -> None:
    periodo = Periodo.de_codigo(codigo)
    pois = [poi(periodo=periodo), *revueltos(4, periodo)]
    verdad = actividades(pois, periodo)
    tablas, revisiones = tablas_de_poi(pois, periodo)
    libro = _abrir(en_memoria(escribir_consolidado_poi, tablas, revisiones))
    for hoja, columna, llave in (("Por OEI", "oei", "Clave"), ("Por AEI", "aei", "Clave"),
                                 ("Por unidad", "unidad", "Unidad orgánica"), ("Por gerencia", "gerencia", "Gerencia")):
        cuadro = _cuadro(libro[hoja])
        assert set(cuadro[llave].dropna()) - {"Institución"} == set(verdad[columna])
        for _, fila in cuadro.iterrows():
            total = "Institución" in set(fila)
            suyas = verdad if total else verdad[verdad[columna] == fila[llave]]
            assert fila["Actividades"] == len(suyas)
            for palabra in tablas.palabras:
                assert fila[palabra] == (suyas["palabra"] == palabra).sum(), (hoja, fila[llave], palabra)
            topados = suyas["topado"].dropna()
            assert fila["Avance físico: n"] == len(topados)
            media = topados.mean() if len(topados) else None
            assert fila["Avance físico: media (%)"] == ("–" if media is None else pytest.approx(media))
            programado, devengado = suyas["soles_p"].sum(), suyas["soles_a"].sum()
            assert fila["Costo anual (S/.)"] == pytest.approx(suyas["costo_anual"].sum())
            assert fila["Programado al periodo (S/.)"] == pytest.approx(programado)
            assert fila["Devengado al periodo (S/.)"] == pytest.approx(devengado)
            financiero = devengado / programado * 100 if programado else None
            assert fila["% financiero"] == ("–" if financiero is None else pytest.approx(financiero))
            if financiero is not None and media is not None:
                assert fila["Brecha (puntos)"] == pytest.approx(financiero - media)
            if suyas["medida"].nunique() == 1:
                assert fila["Unidad de medida"] == suyas["medida"].iloc[0]
                assert fila["Físico: programado al periodo"] == pytest.approx(suyas["programado"].astype(float).sum())
                assert fila["Físico: ejecutado al periodo"] == pytest.approx(suyas["ejecutado"].astype(float).sum())
            else:
                assert fila["Físico: ejecutado al periodo"] == "–"
    _comprobar_actividades(_cuadro(libro["Actividades"]), verdad)
    _comprobar_presupuesto(libro["Presupuesto"], verdad)
    _comprobar_curvas(libro["Resumen"], verdad, periodo.mes)


def _comprobar_actividades(cuadro: pd.DataFrame, verdad: pd.DataFrame) -> None:
    ordenada = verdad.sort_values(["unidad", "codigo"]).reset_index(drop=True)
    assert list(cuadro["Código"]) == list(ordenada["codigo"])
    for titulo, columna in (
        ("Físico: programado al periodo", "programado"), ("Físico: ejecutado al periodo", "ejecutado"),
        ("Programado al periodo (S/.)", "soles_p"), ("Devengado al periodo (S/.)", "soles_a"),
        ("Costo anual (S/.)", "costo_anual"),
    ):
        for dice, debe in zip(cuadro[titulo], ordenada[columna], strict=True):
            assert (dice or None) == (None if pd.isna(debe) or not debe else pytest.approx(debe)), titulo
    for dice, debe, palabra in zip(cuadro["% físico al periodo"], ordenada["pct"], ordenada["palabra"], strict=True):
        assert dice == (palabra if pd.isna(debe) else pytest.approx(debe))
    assert list(cuadro["Valoración al periodo"]) == list(ordenada["palabra"])
    variacion = ordenada["ejecutado"].astype(float).fillna(0) - ordenada["programado"].astype(float).fillna(0)
    for dice, debe in zip(cuadro["Físico: variación (ejecutado − programado)"], variacion, strict=True):
        assert (dice or 0) == pytest.approx(debe)


def _comprobar_presupuesto(hoja: Any, verdad: pd.DataFrame) -> None:
    cuadro = _cuadro(hoja).set_index("Unidad, gerencia o vinculación")
    tipos = ["Bienes", "Servicios", "Otros"]
    grupos = {**{u: verdad["unidad"] == u for u in verdad["unidad"].unique()},
              **{g: verdad["gerencia"] == g for g in verdad["gerencia"].unique()},
              **{v: verdad["vinculacion"] == v for v in verdad["vinculacion"].unique()},
              "Institución": verdad["unidad"].notna()}
    for nombre, cuales in grupos.items():
        suyas, fila = verdad[cuales], cuadro.loc[nombre]
        for tipo in tipos:
            assert fila[f"{tipo} (S/.)"] == pytest.approx(suyas[tipo].sum()), nombre
        total = suyas[tipos].sum().sum()
        assert fila["Total de necesidades (S/.)"] == pytest.approx(total)
        assert fila["Costo anual (S/.)"] == pytest.approx(suyas["costo_anual"].sum())
        assert fila["Devengado al periodo (S/.)"] == pytest.approx(suyas["soles_a"].sum())
        techos = suyas.drop_duplicates("unidad")["techo"].dropna()
        if nombre in set(verdad["vinculacion"]):
            assert fila["Techo presupuestal (S/.)"] is None
        elif techos.empty:
            assert not fila["Saldo (S/.)"]
        else:
            assert fila["Techo presupuestal (S/.)"] == pytest.approx(techos.sum())
            assert fila["Saldo (S/.)"] == pytest.approx(techos.sum() - total)


def _bloque(hoja: Any, titulo: str) -> list[tuple[Any, ...]]:
    """Las filas de los datos de una gráfica."""
    inicio = next(c.row for c in hoja["I"] if c.value == titulo) + 2
    filas = []
    while hoja.cell(inicio, 9).value:
        filas.append(tuple(hoja.cell(inicio, c).value for c in range(9, 12)))
        inicio += 1
    return filas


def _comprobar_curvas(hoja: Any, verdad: pd.DataFrame, mes: int) -> None:
    fisica, soles = _bloque(hoja, "Avance físico acumulado por mes (%)"), _bloque(
        hoja, "Presupuesto acumulado por mes (S/.)"
    )
    assert len(fisica) == len(soles) == 12
    for n in range(1, 13):
        assert fisica[n - 1][1] == pytest.approx(curva_fisica(verdad, n, "p"))
        costo = verdad[[f"c{m}" for m in range(1, n + 1)]].astype(float).sum().sum()
        assert soles[n - 1][1] == pytest.approx(costo)
        if n > mes:
            assert fisica[n - 1][2] is None
            assert soles[n - 1][2] is None
        else:
            assert fisica[n - 1][2] == pytest.approx(curva_fisica(verdad, n, "e"))
            devengado = verdad[[f"d{m}" for m in range(1, n + 1)]].astype(float).sum().sum()
            assert soles[n - 1][2] == pytest.approx(devengado)


def test_pesado_por_el_costo_anual() -> None:
    periodo = Periodo.de_codigo("2024-T2")
    pois = [poi(), *revueltos(3)]
    verdad = actividades(pois, periodo).dropna(subset=["topado"])
    tablas, revisiones = tablas_de_poi(pois, ponderado=True)
    libro = _abrir(en_memoria(escribir_consolidado_poi, tablas, revisiones))
    total = _cuadro(libro["Por OEI"]).iloc[-1]
    costos = verdad["costo_anual"].astype(float).fillna(0)
    assert total["Avance físico: media (%)"] == pytest.approx((verdad["topado"] * costos).sum() / costos.sum())
    assert "pesado por el costo anual" in " ".join(str(c.value) for c in libro["Ficha"]["A"])


def test_las_cifras_de_la_ficha() -> None:
    tablas, revisiones = tablas_de_poi([poi()])
    contenido = en_memoria(escribir_consolidado_poi, tablas, revisiones)
    ficha = _abrir(contenido)["Ficha"]
    assert (ficha["A5"].value, ficha["F5"].value) == ("1 de 1", 1)
    assert round(ficha["B5"].value, 1) == 92.4
    assert round(ficha["C5"].value, 1) == 94.9
    assert ficha["C6"].value == "S/. 39,110.50 de 41,200.00"
    assert all(_abrir(contenido, valores=False)["Ficha"][c].data_type == "f" for c in ("A5", "B5", "C5", "C6", "F5"))
    textos = [str(c.value) for fila in ficha.iter_rows() for c in fila if c.value is not None]
    assert "AO.02 Actualizar los documentos de gestión" in textos
    assert "El documento de junio recibió observaciones del área legal" in textos
    assert {"Elaboró", "V.º B.º"} <= set(textos)
    assert any("de referencia, no oficial" in t for t in textos)


def test_la_meta_inicial_se_ve_solo_donde_cambio() -> None:
    uno = poi()
    uno[1]["Modificaciones"].append({
        "fecha": date(2024, 4, 15), "codigo": "AO.02", "campo": "Meta anual", "valor_anterior": 4.0, "valor_nuevo": 6.0,
        "causa": "Cambio de prioridades: entorno", "documento": "Resolución de Alcaldía N° 120-2024",
    })
    tablas, revisiones = tablas_de_poi([uno])
    cuadro = _cuadro(_abrir(en_memoria(escribir_consolidado_poi, tablas, revisiones))["Actividades"])
    cuadro = cuadro.set_index("Código")
    assert list(cuadro.loc["AO.02", ["Meta anual", "Meta inicial, si se modificó"]]) == [6, 4]
    assert cuadro.loc["AO.01", "Meta inicial, si se modificó"] is None


def test_una_meta_con_palabras_las_conserva() -> None:
    tablas, revisiones = tablas_de_poi([cambiar(poi(), "Programación", "AO.04", meta="1 por trimestre")])
    hoja = _abrir(en_memoria(escribir_consolidado_poi, tablas, revisiones))["Actividades"]
    assert list(_cuadro(hoja)["Meta anual"])[3] == "1 por trimestre"


def test_las_necesidades_de_un_codigo_ajeno_no_se_pierden() -> None:
    uno = poi()
    uno[1]["Necesidades"][0]["codigo_actividad"] = "AO.99"
    tablas, revisiones = tablas_de_poi([uno])
    cuadro = _cuadro(_abrir(en_memoria(escribir_consolidado_poi, tablas, revisiones))["Presupuesto"])
    cuadro = cuadro.set_index("Unidad, gerencia o vinculación")
    for nombre in ("031 - Unidad orgánica de ejemplo", "Institución", "Gerencia de ejemplo"):
        assert cuadro.loc[nombre, "Sin clasificar (S/.)"] == 6000
        assert cuadro.loc[nombre, "Total de necesidades (S/.)"] == 74000
    assert cuadro.loc["Acciones centrales", "Sin clasificar (S/.)"] is None


def test_cada_actividad_dice_de_donde_salio(varios: Caso) -> None:
    tablas, _, contenido = varios
    cuadro = _cuadro(_abrir(contenido)["Actividades"])
    for (_, fila), r in zip(cuadro.iterrows(), tablas.renglones, strict=True):
        assert fila["Archivo"] == r.libro.archivo
        assert f"Programación: {r.actividad.fila.numero}" in fila["Hojas y filas de origen"]
        assert f"Seguimiento: {r.actividad.seguimiento.numero}" in fila["Hojas y filas de origen"]
        assert fila["Estado del informe"] == ("Observado" if r.observado else "Aceptado")
    assert "Observado" in set(cuadro["Estado del informe"])


def test_datos_es_una_tabla_con_los_renglones_del_csv(varios: Caso) -> None:
    tablas, _, contenido = varios
    hoja = _abrir(contenido)["Datos"]
    filas = filas_de_datos(tablas)
    assert hoja.tables["datos_abiertos"].ref == f"A{ENCABEZADO}:S{ENCABEZADO + len(filas)}"
    assert [c.value for c in hoja[ENCABEZADO]] == [c for c in COLUMNAS if c not in {"programa_clave", "programa"}]
    vistas = list(hoja.iter_rows(min_row=ENCABEZADO + 1, values_only=True))
    for vista, fila in zip(vistas, filas, strict=True):
        assert [v for v in vista if v is not None] == pytest.approx([v for v in fila if v not in {None, ""}])


def test_un_texto_ajeno_nunca_es_formula_y_ninguna_es_posterior_a_excel_2010(varios: Caso) -> None:
    libro = _abrir(varios[2], valores=False)
    nombres = [c for c in libro["Actividades"]["C"][ENCABEZADO:] if c.value]
    assert any(str(c.value).startswith("=1+1") for c in nombres)
    assert all(c.data_type == "s" for c in nombres)
    prohibidas = re.compile(r"\b(FILTER|XLOOKUP|TEXTJOIN|IFS|MAXIFS|MINIFS|CONCAT|TEXT)\(")
    for hoja in libro.worksheets:
        for renglon in hoja.iter_rows():
            for celda in renglon:
                if celda.data_type == "f":
                    assert not prohibidas.search(getattr(celda.value, "text", str(celda.value)))


def test_las_derivadas_son_formulas(varios: Caso) -> None:
    libro = _abrir(varios[2], valores=False)
    titulos = {c.value: c.column for c in libro["Actividades"][ENCABEZADO]}
    for titulo in ("Físico: ejecutado al periodo", "% físico al periodo", "Valoración al periodo", "Costo anual (S/.)",
                   "Devengado al periodo (S/.)", "Brecha: % financiero − % físico (puntos)", "% físico anual"):
        assert libro["Actividades"].cell(ENCABEZADO + 1, titulos[titulo]).data_type == "f", titulo
    for hoja in ("Por OEI", "Por gerencia", "Presupuesto"):
        fila = libro[hoja][ENCABEZADO + 2 if hoja == "Presupuesto" else ENCABEZADO + 1]
        assert sum(c.data_type == "f" for c in fila) > 8, hoja


def _graficas(contenido: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(contenido)) as libro:
        return {
            n: libro.read(n).decode() for n in sorted(libro.namelist()) if re.fullmatch(r"xl/charts/chart\d+\.xml", n)
        }


def test_las_graficas_citan_sus_datos_y_el_futuro_esta_vacio(varios: Caso) -> None:
    graficas = _graficas(varios[2])
    titulos = {re.findall(r"<a:t>([^<]+)</a:t>", x)[0]: x for x in graficas.values()}
    assert {
        "Avance físico acumulado por mes (%), al 2do. trimestre",
        "Presupuesto acumulado por mes (S/.), al 2do. trimestre",
        "Avance físico al 2do. trimestre por objetivo estratégico (%)",
        "Actividades por estado y unidad, al 2do. trimestre",
        "Presupuesto por unidad, al 2do. trimestre (S/.)",
    } == set(titulos)
    assert len(graficas) == 6  # la de los objetivos está también en la Ficha
    with zipfile.ZipFile(BytesIO(varios[2])) as libro:
        xml = libro.read("xl/worksheets/sheet2.xml").decode()
    for titulo, serie in (("Avance físico acumulado", "Ejecutado"), ("Presupuesto acumulado", "Devengado")):
        curva = next(x for t, x in titulos.items() if t.startswith(titulo))
        datos = re.search(rf"{serie} acumulado.*?</c:val>", curva, re.DOTALL).group()
        columna, primera = re.search(r"<c:val><c:numRef><c:f>'Resumen'!\$([A-Z]+)\$(\d+)", datos).groups()
        hay = [re.search(rf'<c r="{columna}{int(primera) + n}"', xml) is not None for n in range(12)]
        assert hay == [True] * 6 + [False] * 6
    resumen = _abrir(varios[2])["Resumen"]
    for texto in graficas.values():
        for columna, primera, ultima in re.findall(
            r"<c:val><c:numRef><c:f>'Resumen'!\$([A-Z]+)\$(\d+):\$\1\$(\d+)</c:f>", texto
        ):
            assert resumen[f"{columna}{int(primera) - 1}"].value
            assert resumen[f"I{primera}"].value
            assert resumen[f"I{ultima}"].value


def test_impresion_en_a4(varios: Caso) -> None:
    libro = _abrir(varios[2])
    for hoja in libro.worksheets:
        assert hoja.page_setup.paperSize == 9, hoja.title
        assert hoja.print_area, hoja.title
        assert "Página" in hoja.oddFooter.right.text
        esperada = "portrait" if hoja.title in {"Ficha", "Resumen"} else "landscape"
        assert hoja.page_setup.orientation == esperada, hoja.title
        assert (hoja.page_setup.scale or 100) * 8 / 100 >= 6, hoja.title  # la letra más chica es de 8 puntos
    assert libro["Ficha"].page_setup.fitToHeight in {None, 1}
    for hoja, columnas, cortes in (("Actividades", "$A:$C", 2), ("Por OEI", "$A:$B", 1), ("Por gerencia", "$A:$A", 1)):
        assert libro[hoja].print_title_cols == columnas
        assert len(libro[hoja].col_breaks.brk) == cortes


@pytest.mark.larga
def test_preliminar_se_dice_hasta_que_se_cierra(varios: Caso) -> None:
    tablas, revisiones, contenido = varios
    for hoja in _abrir(contenido).worksheets:
        assert "PRELIMINAR" in f"{hoja['A1'].value} {hoja['A2'].value}", hoja.title
    cerrado = _abrir(en_memoria(escribir_consolidado_poi, definitivas(tablas), revisiones))
    assert not [h.title for h in cerrado.worksheets for c in h["A"] if "PRELIMINAR" in str(c.value)]


def test_mismos_bytes_dos_veces(varios: Caso) -> None:
    tablas, revisiones, contenido = varios
    assert en_memoria(escribir_consolidado_poi, tablas, revisiones) == contenido
    assert en_memoria(escribir_consolidado_poi, *tablas_de_poi([poi(), *revueltos(5)])) == contenido


def test_sin_ningun_informe() -> None:
    libro = _abrir(en_memoria(escribir_consolidado_poi, *tablas_de_poi([])))
    assert libro["Ficha"]["A5"].value == "0 de 0"
    assert libro["Ficha"]["B5"].value == "–"
    assert libro["Por OEI"]["B5"].value == "Institución"


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    ("codigo", "perfil", "ponderado"),
    [("2024-05", "operativo", False), ("2024-T2", "san-miguel", True), ("2024-S2", "simetrico", False)],
)
@pytest.mark.larga
def test_libreoffice_calcula_lo_mismo(
    codigo: str, perfil: str, ponderado: bool, soffice: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    periodo = Periodo.de_codigo(codigo)
    tablas, revisiones = tablas_de_poi([poi(periodo=periodo), *revueltos(3, periodo)], periodo, perfil,
                                       ponderado=ponderado)
    total, distintas = diferencias(en_memoria(escribir_consolidado_poi, tablas, revisiones), soffice, tmp_path)
    assert total > 1000
    assert distintas == []
