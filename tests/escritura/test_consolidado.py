"""El consolidado: hojas, totales contra un cálculo aparte, gráficas, impresión y fórmulas que LibreOffice repite."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from informes_de_prueba import REAL, definitivas, en_memoria, informe, revueltos, tablas_de
from paridad import diferencias

from pei_excel.escritura.consolidado import HOJAS, escribir_consolidado
from pei_excel.escritura.consolidado_comun import llaves_de
from pei_excel.escritura.datos import COLUMNAS, filas_de_datos
from pei_excel.escritura.graficas_avance import se_acumula
from pei_excel.periodos import Periodo
from pei_excel.revision import Revision, Suerte
from pei_excel.tablas import Tablas

ENCABEZADO = 4
PERIODOS = (("2024-T1", "simetrico"), ("2024-T4", "san-miguel"))


def _abrir(contenido: bytes, *, valores: bool = True) -> Any:
    with pytest.warns(UserWarning, match="Sparkline"):
        return openpyxl.load_workbook(BytesIO(contenido), data_only=valores)


def _cuadro(hoja: Any) -> pd.DataFrame:
    """El cuadro de una hoja, hasta su primera fila vacía."""
    filas = list(hoja.iter_rows(min_row=ENCABEZADO, values_only=True))
    datos = []
    for fila in filas[1:]:
        if all(v is None for v in fila):
            break
        datos.append(fila)
    return pd.DataFrame(datos, columns=filas[0], dtype=object)


@pytest.fixture(scope="module")
def real() -> tuple[Tablas, list[Revision], bytes]:
    tablas, revisiones = tablas_de([informe()])
    return tablas, revisiones, en_memoria(escribir_consolidado, tablas, revisiones)


@pytest.fixture(scope="module")
def varios() -> tuple[Tablas, list[Revision], bytes]:
    tablas, revisiones = tablas_de([informe(), *revueltos(5)])
    return tablas, revisiones, en_memoria(escribir_consolidado, tablas, revisiones)


def test_las_hojas_del_contrato_en_su_orden(varios: tuple[Tablas, list[Revision], bytes]) -> None:
    libro = _abrir(varios[2])
    assert tuple(libro.sheetnames) == HOJAS
    assert all(h.sheet_state == "visible" for h in libro.worksheets)
    assert libro.active.title == "Ficha"


def test_las_cifras_del_informe_real(real: tuple[Tablas, list[Revision], bytes]) -> None:
    ficha = _abrir(real[2])["Ficha"]
    assert (ficha["A5"].value, ficha["F5"].value) == ("1 de 1", 3)
    assert round(ficha["B5"].value, 1) == 92.4
    assert round(ficha["D5"].value, 1) == 80.7
    textos = [c.value for fila in ficha.iter_rows() for c in fila if isinstance(c.value, str)]
    assert "Requieren atención: Actividad 2.2 (0 de 60) y Actividad 2.1 (20 de 40)." in textos
    assert "Actividad 2.2" in textos
    assert "sin causa informada" in textos
    assert any("de referencia, no oficial" in t for t in textos)
    assert {"Elaboró", "Vo. Bo."} <= set(textos)


def test_los_totales_son_los_de_un_calculo_aparte(varios: tuple[Tablas, list[Revision], bytes]) -> None:
    tablas, _, contenido = varios
    libro = _abrir(contenido)
    filas = []
    for r in tablas.renglones:
        m = r.indicador.al_periodo
        topado = 0.0 if r.palabra == "Sin reporte" else None if m.porcentaje is None else min(m.porcentaje, 100)
        for eje in r.ejes or ("",):
            filas.append({
                "unidad": str(r.libro.unidad), "programa": str(r.libro.programa), "eje": eje,
                "clase": r.indicador.clase, "palabra": r.palabra, "topado": topado, "renglon": id(r),
            })
    todos = pd.DataFrame(filas)
    unicos = todos.drop_duplicates("renglon")
    for hoja, columna, origen in (
        ("Por programa", "programa", unicos), ("Por unidad", "unidad", unicos), ("Por eje", "eje", todos),
        ("Por nivel", "clase", unicos),
    ):
        cuadro = _cuadro(libro[hoja]).set_index(_cuadro(libro[hoja]).columns[0 if columna == "clase" else 1])
        assert set(cuadro.index) == {*origen[columna], "Institución"}
        for nombre, fila in cuadro.iterrows():
            suyos = unicos if nombre == "Institución" else origen[origen[columna] == nombre]
            assert fila["Indicadores"] == len(suyos)
            for palabra in tablas.palabras:
                assert fila[palabra] == (suyos["palabra"] == palabra).sum(), (hoja, nombre, palabra)
            for clase, plural in (("Componente", "Componentes"), ("Actividad", "Actividades")):
                topados = suyos.loc[suyos["clase"] == clase, "topado"].dropna()
                assert fila[f"{plural}: n"] == len(topados)
                if len(topados):
                    assert fila[f"{plural}: media (%)"] == pytest.approx(topados.mean())
                else:
                    assert fila[f"{plural}: media (%)"] == "–"


def test_indicadores_lleva_todo_y_su_procedencia(varios: tuple[Tablas, list[Revision], bytes]) -> None:
    tablas, _, contenido = varios
    cuadro = _cuadro(_abrir(contenido)["Indicadores"])
    assert len(cuadro) == len(tablas.renglones)
    for (_, fila), r in zip(cuadro.iterrows(), tablas.renglones, strict=True):
        i, m = r.indicador, r.indicador.al_periodo
        assert (fila["Indicador"], fila["Nivel"]) == (i.nombre, i.etiqueta)
        assert fila["Semáforo al periodo"] == r.palabra
        assert fila["Semáforo en el trimestre"] == i.palabra("trimestre")
        assert fila["Semáforo anual"] == i.palabra("anual")
        for titulo, valor in (("Programado al periodo", m.programado), ("Alcanzado al periodo", m.alcanzado)):
            assert (fila[titulo] or None) == (valor or None)
        assert fila["Archivo"] == r.libro.archivo
        assert i.dato("programado", 1).celda in fila["Celdas de origen: programado; alcanzado"]
        assert fila["Estado del informe"] == ("Observado" if r.observado else "Aceptado")


def test_las_cifras_derivadas_son_formulas(real: tuple[Tablas, list[Revision], bytes]) -> None:
    libro = _abrir(real[2], valores=False)
    indicadores = libro["Indicadores"]
    titulos = {c.value: c.column for c in indicadores[ENCABEZADO]}
    for titulo in ("Programado al periodo", "% al periodo", "Semáforo al periodo", "Diferencia anual"):
        assert indicadores.cell(ENCABEZADO + 1, titulos[titulo]).data_type == "f"
    for celda in ("A5", "B5", "D5", "F5"):
        assert libro["Ficha"][celda].data_type == "f"
    prohibidas = re.compile(r"\b(FILTER|XLOOKUP|TEXTJOIN|IFS|MAXIFS|MINIFS|CONCAT|TEXT)\(")
    for hoja in libro.worksheets:
        for renglon in hoja.iter_rows():
            for celda in renglon:
                if celda.data_type == "f":
                    assert not prohibidas.search(getattr(celda.value, "text", str(celda.value)))


def test_datos_es_una_tabla_con_los_renglones_del_csv(varios: tuple[Tablas, list[Revision], bytes]) -> None:
    tablas, _, contenido = varios
    hoja = _abrir(contenido)["Datos"]
    filas = filas_de_datos(tablas)
    assert hoja.tables["datos_abiertos"].ref == f"A{ENCABEZADO}:R{ENCABEZADO + len(filas)}"
    assert [c.value for c in hoja[ENCABEZADO]] == [c for c in COLUMNAS if c not in {"gerencia", "oei", "aei"}]
    vistas = list(hoja.iter_rows(min_row=ENCABEZADO + 1, max_col=18, values_only=True))
    for vista, fila in zip(vistas, filas, strict=True):
        assert [v for v in vista if v is not None] == pytest.approx([v for v in fila if v not in {None, ""}])


def test_un_texto_ajeno_nunca_es_formula(varios: tuple[Tablas, list[Revision], bytes]) -> None:
    hoja = _abrir(varios[2], valores=False)["Indicadores"]
    nombres = [hoja.cell(f, 4) for f in range(ENCABEZADO + 1, hoja.max_row + 1)]
    assert any(str(c.value).startswith("=1+1") for c in nombres)
    assert all(c.data_type == "s" for c in nombres)


def test_observaciones_y_diseno_se_reparten_los_hallazgos(varios: tuple[Tablas, list[Revision], bytes]) -> None:
    tablas, _, contenido = varios
    libro = _abrir(contenido)
    observaciones, diseno = _cuadro(libro["Observaciones"]), _cuadro(libro["Diseño"])
    assert len(observaciones) == sum(not h.diseno for h in tablas.hallazgos)
    assert len(diseno) == sum(h.diseno for h in tablas.hallazgos)
    assert set(diseno["Para"]) == {"Planeación"}
    assert "para el próximo ejercicio" in libro["Diseño"]["A1"].value


def test_control_de_entregas_cuenta_como_la_cobertura() -> None:
    tablas, revisiones = tablas_de([informe(), informe(programa="7 - Otro"), informe(programa="8 - Otro")])
    revisiones[1].estado = Suerte.SUSTITUIDO
    revisiones[2].estado = Suerte.RECHAZADO
    otras = tablas_de([informe()])[0]
    tablas = replace(otras, cobertura=replace(otras.cobertura, leidos=2, excluidos=(("x.xlsx", "no pudo leerse"),)))
    libro = _abrir(en_memoria(escribir_consolidado, tablas, revisiones))
    cuadro = _cuadro(libro["Control de entregas"])
    assert list(cuadro["Estado"]) == ["aceptado", "sustituido", "rechazado"]
    assert list(cuadro["Se consolidó"]) == ["Sí", "No", "No"]
    assert all(len(v) == 64 for v in cuadro["SHA-256 del archivo"])
    assert libro["Ficha"]["A5"].value == "1 de 2"
    assert "excluidos: x.xlsx (no pudo leerse)" in libro["Resumen"]["A3"].value


def test_preliminar_se_dice_hasta_que_se_cierra(real: tuple[Tablas, list[Revision], bytes]) -> None:
    tablas, revisiones, contenido = real
    for hoja in _abrir(contenido).worksheets:
        titulos = f"{hoja['A1'].value} {hoja['A2'].value}"
        assert "PRELIMINAR" in titulos, hoja.title
        assert "30/06/2024" in titulos
    cerrado = _abrir(en_memoria(escribir_consolidado, definitivas(tablas), revisiones))
    assert not [h.title for h in cerrado.worksheets for c in h["A"] if "PRELIMINAR" in str(c.value)]


def _graficas(contenido: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(contenido)) as libro:
        return {
            n: libro.read(n).decode() for n in sorted(libro.namelist()) if re.fullmatch(r"xl/charts/chart\d+\.xml", n)
        }


def test_las_graficas_citan_sus_datos(varios: tuple[Tablas, list[Revision], bytes]) -> None:
    tablas, _, contenido = varios
    titulos = [re.findall(r"<a:t>([^<]+)</a:t>", x)[0] for x in _graficas(contenido).values()]
    assert titulos.count("Cumplimiento al 2do. trimestre por programa (%)") == 2  # Resumen y Ficha
    assert "Indicadores por estado y unidad, al 2do. trimestre" in titulos
    con_avance = {r.libro.identidad[1] for r in tablas.renglones if se_acumula(r)}
    assert sum("% de la meta anual" in t for t in titulos) == min(6, len(con_avance)) > 1
    resumen = _abrir(contenido)["Resumen"]
    for texto in _graficas(contenido).values():
        for valores in re.findall(r"<c:val><c:numRef><c:f>'Resumen'!\$([A-Z]+)\$(\d+):\$\1\$(\d+)</c:f>", texto):
            columna, primera, ultima = valores[0], int(valores[1]), int(valores[2])
            assert resumen[f"{columna}{primera - 1}"].value  # el nombre de la serie está encima
            assert resumen[f"I{primera}"].value
            assert resumen[f"I{ultima}"].value


@pytest.mark.larga
def test_la_barra_mas_baja_queda_arriba_y_no_hay_mas_de_veinte() -> None:
    informes = [informe(REAL[:9], programa=f"{n} - Programa {n}") for n in range(1, 25)]
    for n, (_, filas) in enumerate(informes):
        filas[2]["alcanzado_t2"] = float(n)
    tablas, revisiones = tablas_de(informes)
    resumen = _abrir(en_memoria(escribir_consolidado, tablas, revisiones))["Resumen"]
    inicio = next(c.row for c in resumen["I"] if c.value == "Cumplimiento por programa (%)") + 2
    barras = []
    while resumen.cell(inicio + len(barras), 9).value:
        barras.append(resumen.cell(inicio + len(barras), 10).value)
    assert len(barras) == 20
    assert barras == sorted(barras, reverse=True)


def test_los_puntos_futuros_estan_vacios_de_verdad(real: tuple[Tablas, list[Revision], bytes]) -> None:
    contenido = real[2]
    with zipfile.ZipFile(BytesIO(contenido)) as libro:
        xml = libro.read("xl/worksheets/sheet2.xml").decode()
    grafica = next(x for x in _graficas(contenido).values() if "% de la meta anual" in x)
    columna, primera = re.search(r"<c:val><c:numRef><c:f>'Resumen'!\$([A-Z]+)\$(\d+)", grafica).groups()
    celdas = [re.search(rf'<c r="{columna}{int(primera) + n}"', xml) is not None for n in range(4)]
    assert celdas == [True, True, False, False]
    assert '<c:dispBlanksAs val="gap"/>' in grafica or "dispBlanksAs" not in grafica
    datos = re.search(r"Alcanzado acumulado.*?</c:val>", grafica, re.DOTALL).group()
    assert '<c:pt idx="1">' in datos
    assert '<c:pt idx="2"><c:v>' not in datos.split("<c:val>")[1]


def test_impresion_y_paneles(varios: tuple[Tablas, list[Revision], bytes]) -> None:
    libro = _abrir(varios[2])
    for hoja in libro.worksheets:
        assert hoja.print_area, hoja.title
        assert not hoja.protection.sheet
        assert "Página" in hoja.oddFooter.right.text
        if hoja.title not in {"Ficha", "Resumen"}:
            assert hoja.print_title_rows == f"${ENCABEZADO}:${ENCABEZADO}", hoja.title
        if hoja.title != "Ficha":
            assert hoja.freeze_panes, hoja.title
    ficha = libro["Ficha"]
    assert ficha.sheet_properties.pageSetUpPr.fitToPage
    assert ficha.page_setup.fitToHeight in {None, 1}
    assert ficha.page_setup.orientation == "portrait"


def test_mismos_bytes_dos_veces(varios: tuple[Tablas, list[Revision], bytes]) -> None:
    tablas, revisiones, contenido = varios
    assert en_memoria(escribir_consolidado, tablas, revisiones) == contenido
    de_nuevo = tablas_de([informe(), *revueltos(5)])
    assert en_memoria(escribir_consolidado, *de_nuevo) == contenido


def test_sin_ningun_informe() -> None:
    tablas, revisiones = tablas_de([])
    libro = openpyxl.load_workbook(BytesIO(en_memoria(escribir_consolidado, tablas, revisiones)), data_only=True)
    assert libro["Ficha"]["A5"].value == "0 de 0"
    assert libro["Ficha"]["B5"].value == "–"


def test_llaves_sin_comodines_ni_repetidas() -> None:
    tablas, _ = tablas_de([informe()])
    molde = tablas.por_programa[0]
    grupos = [replace(molde, clave=c) for c in ("6", "06", "a*", "A?", "", "x" * 90)]
    llaves = list(llaves_de(grupos).values())
    assert llaves[:5] == ["6", "06", "a", "A (2)", "sin clave"]
    assert len(llaves[5]) == 40


@pytest.mark.libreoffice
def test_libreoffice_calcula_lo_mismo(
    varios: tuple[Tablas, list[Revision], bytes], soffice: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    total, distintas = diferencias(varios[2], soffice, tmp_path)
    assert total > 1000
    assert distintas == []


@pytest.mark.larga
@pytest.mark.libreoffice
@pytest.mark.parametrize(("codigo", "perfil"), PERIODOS)
def test_libreoffice_calcula_lo_mismo_en_cada_periodo_y_perfil(
    codigo: str, perfil: str, soffice: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    periodo = Periodo.de_codigo(codigo)
    tablas, revisiones = tablas_de(revueltos(4, periodo), periodo, perfil)
    assert tablas.renglones
    total, distintas = diferencias(en_memoria(escribir_consolidado, tablas, revisiones), soffice, tmp_path)
    assert total > 500
    assert distintas == []
