"""Un renglón que suma a los demás se reconoce en cualquier hoja, se diga donde se diga, y no estorba."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from pois import celda, crudo, filas_con, hallados, reglas, revisiones, sin_marca

from pei_excel.crudo import CeldaCruda
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos.mir import MIR
from pei_excel.formatos.poi import POI
from pei_excel.lectura.celdas import abrir_bytes

ROTULOS = ["TOTAL", "Total general", "Suma", "Subtotal", "SUB-TOTAL OEI.05", "Totales:", "Gran total", "SUMATORIA S/."]


def con_renglon(hoja: str, columna: str, texto: str, numeros: tuple[str, ...], **otros: Any) -> Any:
    """El modelo con un renglón más en una hoja: un rótulo en una columna y cifras en otras."""
    filas = filas_con()
    filas[hoja].append({columna: texto, **dict.fromkeys(numeros, 900.0), **otros})
    return crudo(filas=filas)


@pytest.mark.muestra(5)
@pytest.mark.parametrize("texto", ROTULOS)
@pytest.mark.parametrize(("hoja", "columna", "numero"), [
    ("Programación", "codigo", "programado_m6"), ("Programación", "actividad", "programado_total"),
    ("Valorización", "codigo", "costo_m3"), ("Valorización", "actividad", "costo_total"),
    ("Necesidades", "codigo_actividad", "costo"), ("Necesidades", "detalle", "costo"),
    ("Seguimiento", "codigo", "ejecutado_m6"), ("Seguimiento", "actividad", "devengado_m6"),
    ("Evaluación", "codigo", "meta_alcanzada"), ("Modificaciones", "codigo", "valor_nuevo"),
])
def test_el_renglon_de_totales_no_es_una_actividad(hoja: str, columna: str, numero: str, texto: str) -> None:
    assert hallados(con_renglon(hoja, columna, texto, (numero,))) == []


@pytest.mark.parametrize("texto", ["TOTAL", "Suma"])
@pytest.mark.parametrize("columna", ["nivel", "nombre"])
def test_en_la_mir_tampoco_es_un_nivel(columna: str, texto: str) -> None:
    memoria = BytesIO()
    total = {columna: texto, "programado_t1": 100.0, "alcanzado_t1": 90.0, "programado_acumulado": 400.0}
    escribir_plantilla(
        memoria, MIR, modo=Modo.FORMULACION, ejercicio=2024, campos=MIR.modelo.campos, filas_libres=12,
        filas={**MIR.modelo.filas, "MIR": [*MIR.modelo.filas["MIR"], total]},
    )
    libro = abrir_bytes(memoria.getvalue(), "libro.xlsx")
    (revision,) = revisiones(libro)
    assert revision.hallazgos == []
    assert len(revision.libro.filas("MIR")) == len(MIR.modelo.filas["MIR"])


def test_en_un_libro_ajeno_con_el_rotulo_sobre_lo_calculado() -> None:
    libro = sin_marca(crudo())
    hoja = next(h for h in libro.hojas if h.nombre == "Seguimiento")
    lugar = POI.por_clave["Seguimiento"].disposicion
    fila = lugar.fila_datos + 8
    hoja.celdas[fila, lugar.columna["actividad"]] = CeldaCruda("TOTAL GENERAL")
    for n in range(1, 7):
        hoja.celdas[fila, lugar.columna[f"ejecutado_m{n}"]] = CeldaCruda(50.0, formula=True)
    assert hallados(libro) == []


def test_una_actividad_que_empieza_con_total_y_no_tiene_codigo_no_se_pierde() -> None:
    libro = crudo({"Programación": {"AO.06": {"codigo": None, "actividad": "Total de talleres a la población"}}})
    assert hallados(libro) == [("FMT015", "Programación", celda("Programación", "AO.06", "codigo"))]
    pedido = con_renglon("Necesidades", "detalle", "Total de butacas", ("costo",), tipo_gasto="Bienes")
    assert reglas(pedido) == ["FMT015"]


def test_un_codigo_que_empieza_con_suma_es_un_codigo() -> None:
    hojas = ("Programación", "Valorización", "Seguimiento", "Evaluación")
    cambio = {hoja: {"AO.06": {"codigo": "SUMA-06"}} for hoja in hojas}
    assert hallados(crudo(cambio)) == []
    assert len(revisiones(crudo(cambio))[0].libro.filas("Seguimiento")) == 6
