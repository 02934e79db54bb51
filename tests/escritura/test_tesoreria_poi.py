"""El informe del POI para la Tesorería: por clave, con lo recalculado a la vista y nada de planeación."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from informes_de_prueba import definitivas, en_memoria
from paridad import diferencias
from pois_de_prueba import cambiar, poi, revueltos, tablas_de_poi
from verdad_del_poi import actividades

from pei_excel.escritura.tesoreria_poi import HOJAS, escribir_tesoreria_poi
from pei_excel.escritura.tesoreria_poi_actividades import informado_distinto
from pei_excel.periodos import Periodo
from pei_excel.tablas import Tablas

ENCABEZADO = 4


def _abrir(contenido: bytes, *, valores: bool = True) -> Any:
    return openpyxl.load_workbook(BytesIO(contenido), data_only=valores)


def _filas(hoja: Any) -> list[dict[str, Any]]:
    titulos, *filas = hoja.iter_rows(min_row=ENCABEZADO, values_only=True)
    llenas = []
    for fila in filas:
        if all(v is None for v in fila):
            break
        llenas.append(dict(zip(titulos, fila, strict=True)))
    return llenas


def _con_errores() -> Tablas:
    """El modelo con un Total ejecutado y un Costo anual escritos a mano, y una meta que no da la suma."""
    uno = cambiar(poi(), "Seguimiento", "AO.01", ejecutado_total=99.0)
    cambiar(uno, "Valorización", "AO.03", costo_total=30000.0)
    cambiar(uno, "Programación", "AO.02", meta=8.0)
    return tablas_de_poi([uno])[0]


def test_hojas_y_caratula() -> None:
    libro = _abrir(en_memoria(escribir_tesoreria_poi, _con_errores()))
    assert tuple(libro.sheetnames) == HOJAS
    assert "PRELIMINAR" in libro["Carátula"]["A2"].value
    caratula = {f[0]: f[1] for f in libro["Carátula"].iter_rows(min_row=4, values_only=True) if f[0]}
    assert (caratula["Actividades"], caratula["Unidades"], caratula["Objetivos"]) == (
        "6 actividades", "1 unidad orgánica", "3 objetivos estratégicos (OEI)",
    )
    assert (caratula["Costo anual (S/.)"], caratula["Devengado al periodo (S/.)"]) == (82000, 39110.5)
    cerrado = _abrir(en_memoria(escribir_tesoreria_poi, definitivas(_con_errores())))
    assert not [c for h in cerrado.worksheets for f in h.iter_rows() for c in f if "PRELIMINAR" in str(c.value)]


def test_una_cifra_recalculada_muestra_la_nuestra_y_la_informada() -> None:
    libro = _abrir(en_memoria(escribir_tesoreria_poi, _con_errores()))
    hoja = libro["Actividades"]
    filas = {f["Código"]: f for f in _filas(hoja)}
    assert (filas["AO.01"]["Físico: ejecutado al periodo"], filas["AO.01"]["La unidad informó"]) == (
        59, "total ejecutado: 99",
    )
    assert (filas["AO.03"]["Costo anual (S/.)"], filas["AO.03"]["La unidad informó"]) == (
        36000, "costo anual S/.: 30,000",
    )
    assert (filas["AO.02"]["Físico: programado anual"], filas["AO.02"]["La unidad informó"]) == (6, "meta anual: 8")
    assert filas["AO.04"]["La unidad informó"] is None
    textos = [str(c.value) for f in hoja.iter_rows() for c in f]
    assert any("¹ Cifra recalculada; solventación en trámite. " in t and "(3 renglones)" in t for t in textos)
    titulos = {c.value: c.column for c in hoja[ENCABEZADO]}
    marcadas = ((1, "Físico: ejecutado al periodo"), (2, "Físico: programado anual"), (3, "Costo anual (S/.)"))
    for fila, titulo in marcadas:
        assert "¹" in hoja.cell(ENCABEZADO + fila, titulos[titulo]).number_format
    assert "¹" not in hoja.cell(ENCABEZADO + 4, titulos["Costo anual (S/.)"]).number_format


def test_el_resultado_viejo_de_una_formula_nuestra_no_es_una_cifra_informada() -> None:
    renglon = tablas_de_poi([poi()])[0].renglones[0]
    datos = renglon.actividad.seguimiento.datos
    datos["ejecutado_total"] = datos["ejecutado_total"]._replace(valor=99.0)
    assert datos["ejecutado_total"].formula
    assert informado_distinto(renglon.actividad, renglon.libro) == []
    datos["ejecutado_total"] = datos["ejecutado_total"]._replace(formula=False)
    assert informado_distinto(renglon.actividad, renglon.libro) == [("total ejecutado", "al_periodo_a", 99.0)]


def test_sin_diferencias_no_hay_nota_al_pie() -> None:
    libro = _abrir(en_memoria(escribir_tesoreria_poi, tablas_de_poi([poi()])[0]))
    assert not [c for f in libro["Actividades"].iter_rows() for c in f if "recalculada" in str(c.value)]


def test_resultados_por_clave_son_los_de_un_calculo_aparte() -> None:
    periodo = Periodo.de_codigo("2024-T2")
    pois = [poi(f"{n} - Unidad {n}") for n in (10, 9)] + revueltos(3)
    verdad = actividades(pois, periodo)
    filas = _filas(_abrir(en_memoria(escribir_tesoreria_poi, tablas_de_poi(pois)[0]))["Resultados"])
    claves = [f["Clave"] for f in filas if f["Clave"]]
    assert claves == [*sorted(verdad["oei"].unique()), "9", "10", "040", "041", "042"]
    for fila in filas:
        clave = fila["Clave"]
        if clave is None and fila["Objetivo o unidad"] != "Institución":
            continue
        de_unidad = verdad["unidad"].str.startswith(f"{clave} - ")
        suyas = verdad if clave is None else verdad[(verdad["oei"] == clave) | de_unidad]
        assert fila["Actividades"] == len(suyas)
        topados = suyas["topado"].dropna()
        media = fila["Avance físico: media (%)"]
        assert media == (pytest.approx(topados.mean()) if len(topados) else "–")
        assert fila["Devengado al periodo (S/.)"] == pytest.approx(pd.to_numeric(suyas["soles_a"]).sum())


def test_nada_de_planeacion_ni_observaciones() -> None:
    tablas, revisiones = tablas_de_poi([poi(), *revueltos(4)])
    libro = _abrir(en_memoria(escribir_tesoreria_poi, tablas))
    textos = "\n".join(str(c.value) for h in libro.worksheets for f in h.iter_rows() for c in f if c.value is not None)
    hallazgos = [h for r in revisiones for h in r.hallazgos]
    assert hallazgos
    for h in hallazgos:
        assert h.regla not in textos
        assert h.mensaje not in textos
    for palabra in ("Observado", "observación", "AVISO", "ERROR", "dificultaron", "Medida correctiva"):
        assert palabra not in textos


def test_firmas_sin_nombres_y_mismos_bytes() -> None:
    tablas = _con_errores()
    contenido = en_memoria(escribir_tesoreria_poi, tablas)
    firmas = [c.value for c in _abrir(contenido)["Firmas"]["A"] if c.value]
    assert firmas[2:] == ["Elaboró", "Nombre y cargo", "V.º B.º", "Nombre y cargo", "Recibió", "Nombre y cargo"]
    assert en_memoria(escribir_tesoreria_poi, tablas) == contenido


def test_sin_ningun_informe() -> None:
    libro = _abrir(en_memoria(escribir_tesoreria_poi, tablas_de_poi([])[0]))
    assert libro["Carátula"]["B8"].value == "0 de 0 informes"


@pytest.mark.libreoffice
@pytest.mark.parametrize(("codigo", "ponderado"), [("2024-05", True), ("2024-T2", False)])
@pytest.mark.larga
def test_libreoffice_calcula_lo_mismo(
    codigo: str, ponderado: bool, soffice: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    periodo = Periodo.de_codigo(codigo)
    tablas, _ = tablas_de_poi([poi(periodo=periodo), *revueltos(4, periodo)], periodo, ponderado=ponderado)
    total, distintas = diferencias(en_memoria(escribir_tesoreria_poi, tablas), soffice, tmp_path)
    assert total > 200
    assert distintas == []
