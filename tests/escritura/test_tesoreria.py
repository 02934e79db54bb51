"""El informe para la Tesorería: resultados por clave, cifras recalculadas a la vista y nada de planeación."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from informes_de_prueba import definitivas, en_memoria, informe, revueltos, tablas_de
from paridad import diferencias

from pei_excel.escritura.tesoreria import HOJAS, escribir_tesoreria
from pei_excel.hallazgo import Destinatario
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


def _con_error() -> Tablas:
    """El informe real, con el Acumulado alcanzado del Componente 1 en 0 y la meta anual del Componente 2 en 90."""
    campos, filas = informe()
    filas[2]["alcanzado_acumulado"] = 0.0
    filas[5]["programado_acumulado"] = 90.0
    return tablas_de([(campos, filas)])[0]


def test_hojas() -> None:
    libro = _abrir(en_memoria(escribir_tesoreria, _con_error()))
    assert tuple(libro.sheetnames) == HOJAS
    assert "PRELIMINAR" in libro["Carátula"]["A2"].value
    cerrado = _abrir(en_memoria(escribir_tesoreria, definitivas(_con_error())))
    assert not [c for h in cerrado.worksheets for f in h.iter_rows() for c in f if "PRELIMINAR" in str(c.value)]


def test_una_cifra_recalculada_muestra_la_nuestra_y_la_informada() -> None:
    libro = _abrir(en_memoria(escribir_tesoreria, _con_error()))
    hoja = libro["Indicadores"]
    filas = {f["Nivel"]: f for f in _filas(hoja)}
    assert (filas["Componente 1"]["Alcanzado al periodo"], filas["Componente 1"]["La unidad informó"]) == (
        35, "alcanzado: 0",
    )
    assert (filas["Componente 2"]["Meta anual"], filas["Componente 2"]["La unidad informó"]) == (100, "meta anual: 90")
    assert filas["Fin"]["La unidad informó"] is None
    textos = [str(c.value) for f in hoja.iter_rows() for c in f]
    assert any("¹ Cifra recalculada; solventación en trámite. " in t and "(2 renglones)" in t for t in textos)
    titulos = {c.value: c.column for c in hoja[ENCABEZADO]}
    assert "¹" in hoja.cell(ENCABEZADO + 3, titulos["Alcanzado al periodo"]).number_format


def test_sin_diferencias_no_hay_nota_al_pie() -> None:
    libro = _abrir(en_memoria(escribir_tesoreria, tablas_de([informe()])[0]))
    assert not [c for f in libro["Indicadores"].iter_rows() for c in f if "recalculada" in str(c.value)]


def test_resultados_por_clave_y_no_por_lugar() -> None:
    informes = [informe(programa=f"{n} - Programa {n}") for n in (10, 9, 6)]
    informes[1][1][2]["alcanzado_t2"] = 0.0
    filas = _filas(_abrir(en_memoria(escribir_tesoreria, tablas_de(informes)[0]))["Resultados"])
    assert [f["Clave"] for f in filas] == ["6", "9", "10", None]
    assert [round(f["Componentes: media (%)"], 1) for f in filas] == [92.4, 73.4, 92.4, 86.1]
    assert filas[-1]["Actividades: n"] == 24


def test_nada_de_planeacion_ni_observaciones() -> None:
    tablas, revisiones = tablas_de([informe(), *revueltos(4)])
    libro = _abrir(en_memoria(escribir_tesoreria, tablas))
    textos = "\n".join(str(c.value) for h in libro.worksheets for f in h.iter_rows() for c in f if c.value is not None)
    hallazgos = [h for r in revisiones for h in r.hallazgos]
    assert any(h.destinatario is Destinatario.PLANEACION for h in hallazgos)
    for h in hallazgos:
        assert h.regla not in textos
        assert h.mensaje not in textos
        assert h.como_corregir not in textos
    for palabra in ("Observado", "observación", "AVISO", "ERROR", "causa"):
        assert palabra not in textos


def test_firmas_sin_nombres_y_mismos_bytes() -> None:
    tablas = _con_error()
    contenido = en_memoria(escribir_tesoreria, tablas)
    firmas = [c.value for c in _abrir(contenido)["Firmas"]["A"] if c.value]
    assert firmas[2:] == ["Elaboró", "Nombre y cargo", "Vo. Bo.", "Nombre y cargo", "Recibió", "Nombre y cargo"]
    assert en_memoria(escribir_tesoreria, tablas) == contenido


@pytest.mark.libreoffice
@pytest.mark.larga
def test_libreoffice_calcula_lo_mismo(soffice: Callable[[Path, str], Path], tmp_path: Path) -> None:
    tablas, _ = tablas_de([informe(), *revueltos(5)])
    total, distintas = diferencias(en_memoria(escribir_tesoreria, tablas), soffice, tmp_path)
    assert total > 200
    assert distintas == []
