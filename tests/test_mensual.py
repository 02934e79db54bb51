"""Las acumulaciones del POI: contra un cálculo ingenuo, y su fórmula contra LibreOffice."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from recalculo import sin_resultados

from pei_excel.calculos import Cifra
from pei_excel.mensual import (
    ACUMULACIONES_MENSUALES,
    ANO,
    SEMESTRE,
    TRIMESTRE,
    ejecutado_en,
    en_fila,
    formula_ejecutado_en,
    formula_programado_en,
    formula_total_mensual,
    meses_vencidos,
    programado_en,
    total_mensual,
)
from pei_excel.ubicacion import direccion

ACUMULATIVO, MENSUAL, TRIMESTRAL = ACUMULACIONES_MENSUALES
DOCE = st.lists(st.one_of(st.none(), st.integers(0, 60).map(float)), min_size=12, max_size=12)
FORMA = st.sampled_from(ACUMULACIONES_MENSUALES)
HORIZONTES = [range(m, m + 1) for m in ANO] + [*TRIMESTRE.values(), *SEMESTRE.values(), ANO, range(1, 6)]


def ingenuo(forma: str, p: list[Cifra], a: list[Cifra], meses: range, hasta: int) -> tuple[Cifra, Cifra]:
    """Lo mismo, escrito mes por mes y sin ayuda."""
    programados, ejecutados, mayor = [], [], None
    for mes in meses:
        meta, hecho = p[mes - 1], a[mes - 1]
        if forma == "Recurrente trimestral" and mes % 3:
            continue
        if meta is not None:
            programados.append(meta)
            mayor = meta if mayor is None else max(mayor, meta)
        if mes <= hasta and hecho is not None and (forma == "Acumulativo" or meta):
            ejecutados.append(hecho)
    if forma == "Acumulativo":
        return (sum(programados) if programados else None), (sum(ejecutados) if ejecutados else None)
    return mayor, (sum(ejecutados) / len(ejecutados) if ejecutados else None)


@given(FORMA, DOCE, DOCE, st.sampled_from(HORIZONTES), st.integers(1, 12))
def test_cualquier_horizonte_es_el_del_calculo_ingenuo(
    forma: str, p: list[Cifra], a: list[Cifra], meses: range, hasta: int
) -> None:
    programado, ejecutado = ingenuo(forma, p, a, meses, hasta)
    assert programado_en(forma, p, meses) == programado
    assert ejecutado_en(forma, p, a, meses, hasta) == pytest.approx(ejecutado)


@given(DOCE, DOCE, st.integers(1, 12))
def test_en_las_acumulativas_los_trimestres_suman_el_ano(p: list[Cifra], a: list[Cifra], hasta: int) -> None:
    def suma(cifras: list[Cifra]) -> float:
        return sum(c or 0 for c in cifras)

    assert suma([programado_en(ACUMULATIVO, p, t) for t in TRIMESTRE.values()]) == suma(p)
    partes = [ejecutado_en(ACUMULATIVO, p, a, t, hasta) for t in TRIMESTRE.values()]
    assert suma(partes) == (ejecutado_en(ACUMULATIVO, p, a, ANO, hasta) or 0) == suma(a[:hasta])


def test_en_las_recurrentes_lo_programado_de_cualquier_horizonte_es_la_meta() -> None:
    mensual = [40.0] * 12
    trimestral = [5.0 if m % 3 == 0 else None for m in ANO]
    for meses in HORIZONTES:
        assert programado_en(MENSUAL, mensual, meses) == 40
    for meses in (*TRIMESTRE.values(), *SEMESTRE.values(), ANO, range(3, 4)):
        assert programado_en(TRIMESTRAL, trimestral, meses) == 5
    assert programado_en(TRIMESTRAL, trimestral, range(4, 6)) is None
    assert [total_mensual(f, c) for f, c in ((MENSUAL, mensual), (TRIMESTRAL, trimestral))] == [40, 5]


def test_lo_ejecutado_de_las_recurrentes_es_la_media_de_lo_vencido() -> None:
    p, a = [40.0] * 12, [40.0, 38.0, None, 36.0, *[None] * 8]
    assert ejecutado_en(MENSUAL, p, a, ANO, 6) == 38
    assert ejecutado_en(MENSUAL, p, a, ANO, 2) == 39
    cierres, hecho = [2.0 if m % 3 == 0 else None for m in ANO], [9.0, None, 2.0, 9.0, None, 1.0, *[None] * 6]
    assert ejecutado_en(TRIMESTRAL, cierres, hecho, ANO, 6) == 1.5
    assert ejecutado_en(TRIMESTRAL, cierres, hecho, range(4, 6), 6) is None


def test_vence_lo_medido_programado_y_no_posterior() -> None:
    p = [1.0, 0.0, 1.0, None, 1.0, 1.0, *[1.0] * 6]
    assert meses_vencidos(ACUMULATIVO, p, ANO, 6) == (1, 3, 5, 6)
    assert meses_vencidos(TRIMESTRAL, p, ANO, 7) == (3, 6)
    assert meses_vencidos(MENSUAL, p, TRIMESTRE[2], 5) == (5,)


@pytest.mark.libreoffice
@pytest.mark.larga
def test_libreoffice_da_lo_mismo_con_la_formula_viva_y_con_la_especifica(
    soffice: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    azar = random.Random(7)  # noqa: S311 - cifras de prueba
    ruta = tmp_path / "meses.xlsx"
    libro = xlsxwriter.Workbook(str(ruta))
    hoja = libro.add_worksheet()
    casos = []
    columnas = {"forma": 1} | {f"p_m{m}": 1 + m for m in ANO} | {f"a_m{m}": 13 + m for m in ANO}
    for fila in range(1, 40):
        forma = azar.choice(ACUMULACIONES_MENSUALES)
        cifras = [[azar.choice((None, None, 0.0, float(azar.randint(1, 9)), "NP")) for _ in ANO] for _ in "pa"]
        for n, valor in enumerate([forma, *cifras[0], *cifras[1]]):
            hoja.write(fila - 1, n, valor)
        p, a = ([c if isinstance(c, float) else None for c in lista] for lista in cifras)

        def celda(clave: str, fila: int = fila) -> str:
            return direccion(fila, columnas[clave])

        franja_p, franja_a = en_fila(celda, "p"), en_fila(celda, "a")
        hoja.write_number(fila - 1, 25, 7)  # el mes, para un horizonte que se lee de una celda
        n = 30
        for cual in (forma, celda("forma")):
            formulas = [(formula_total_mensual(cual, franja_p.todo), total_mensual(forma, p))]
            for meses in HORIZONTES:
                extremos = meses[0], meses[-1]
                formulas.append((formula_programado_en(cual, franja_p, *extremos), programado_en(forma, p, meses)))
                formulas.append((
                    formula_ejecutado_en(cual, franja_p, franja_a, *extremos), ejecutado_en(forma, p, a, meses),
                ))
            formulas.append((
                formula_programado_en(cual, franja_p, 1, f"Z{fila}"), programado_en(forma, p, range(1, 8)),
            ))
            formulas.append((
                formula_ejecutado_en(cual, franja_p, franja_a, f"Z{fila}-3", f"Z{fila}"),
                ejecutado_en(forma, p, a, range(4, 8)),
            ))
            for formula, esperado in formulas:
                hoja.write_formula(fila - 1, n, f"={formula}", None, "sin calcular")
                casos.append((direccion(fila, n + 1), esperado, formula))
                n += 1
    libro.close()
    ruta.write_bytes(sin_resultados(ruta.read_bytes()))
    hoja = openpyxl.load_workbook(soffice(ruta, "xlsx"), data_only=True).active
    for donde, esperado, formula in casos:
        hallado = hoja[donde].value
        assert (None if hallado == "" else hallado) == pytest.approx(esperado), formula
