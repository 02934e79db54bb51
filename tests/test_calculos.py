"""Los cálculos de los formatos, con los ejemplos de su definición."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pei_excel.calculos import (
    ACUMULACIONES,
    Estado,
    Traer,
    acumulacion_que_explica,
    acumulado_coincide,
    acumular,
    cumplimiento,
)
from pei_excel.crudo import ErrorExcel
from pei_excel.semaforo import PERFILES

CIFRAS = st.lists(st.one_of(st.none(), st.integers(0, 200).map(float)), min_size=4, max_size=4)


@pytest.mark.parametrize(
    ("forma", "esperado"),
    [("Suma", 60), ("Último", 30), ("Promedio", 20), ("Máximo", 30), ("Mínimo", 10), ("Constante", 30)],
)
def test_las_formas_de_acumular(forma: str, esperado: float) -> None:
    assert acumular(forma, [10, None, 20, 30]) == esperado
    assert acumular(forma, [None, None]) is None


@given(CIFRAS, st.sampled_from(ACUMULACIONES))
def test_lo_vacio_nunca_cuenta(cifras: list[float | None], forma: str) -> None:
    llenas = [c for c in cifras if c is not None]
    assert acumular(forma, cifras) == acumular(forma, llenas)


@given(CIFRAS)
def test_la_suma_se_prefiere_y_lo_que_explica_coincide(cifras: list[float | None]) -> None:
    assert acumulacion_que_explica(cifras, acumular("Suma", cifras)) == "Suma"
    forma = acumulacion_que_explica(cifras, 57.5)
    assert forma is None or acumulado_coincide(forma, cifras, 57.5)


def test_constante_exige_valores_iguales() -> None:
    assert acumulado_coincide("Constante", [5, 5, 5, 5], 5)
    assert not acumulado_coincide("Constante", [5, 5, 6, 5], 5)


@pytest.mark.parametrize(
    ("sentido", "p", "a", "estado", "porcentaje"),
    [
        ("Ascendente", None, 5, Estado.NO_PROGRAMADO, None),
        ("Ascendente", 0, 0, Estado.NO_PROGRAMADO, None),
        ("Ascendente", 0, None, Estado.NO_PROGRAMADO, None),
        ("Nominal", 0, 3, Estado.SIN_PROGRAMACION, None),
        ("Descendente", 0, 0, Estado.REPORTADO, 100),
        ("Descendente", 0, 2, Estado.REPORTADO, 0),
        ("Ascendente", 40, 20, Estado.REPORTADO, 50),
        ("Descendente", 40, 50, Estado.REPORTADO, 80),
        ("Descendente", 40, 0, Estado.REPORTADO, 100),
        ("Regular", 40, 50, Estado.REPORTADO, 75),
        ("Regular", 40, 100, Estado.REPORTADO, 0),
        ("Nominal", 40, 30, Estado.REPORTADO, 75),
        ("Ascendente", 40, None, Estado.SIN_REPORTE, None),
    ],
)
def test_el_cumplimiento_por_sentido(
    sentido: str, p: float | None, a: float | None, estado: Estado, porcentaje: float | None
) -> None:
    resultado = cumplimiento(sentido, p, a)
    assert (resultado.estado, resultado.porcentaje) == (estado, porcentaje)


def test_a_los_promedios_entra_hasta_cien_y_lo_no_informado_cuenta_cero() -> None:
    assert cumplimiento("Ascendente", 40, 100).topado == 100
    assert cumplimiento("Ascendente", 40, None).topado == 0
    assert cumplimiento("Ascendente", None, None).topado is None
    assert cumplimiento("Ascendente", 0, 4).topado is None


@pytest.mark.parametrize(
    ("perfil", "casos"),
    [
        ("general", {80: "Verde", 79.99: "Amarillo", 60: "Amarillo", 59.9: "Rojo", 130: "Verde",
                     130.1: "Sobrecumplimiento"}),
        ("simetrico", {95: "Verde", 105: "Verde", 94.9: "Amarillo", 115: "Amarillo", 84.9: "Rojo", 250: "Rojo"}),
        ("operativo", {85: "Deficiente", 85.1: "Regular", 90: "Regular", 90.1: "Bueno", 120: "Bueno", 120.1: "Exceso"}),
        ("san-miguel", {90: "Sobresaliente", 80: "Muy Bueno", 70: "Bueno", 60: "Regular", 50: "Deficiente",
                        49: "Sin rango"}),
    ],
)
def test_los_bordes_de_cada_semaforo(perfil: str, casos: dict[float, str]) -> None:
    assert {x: PERFILES[perfil].clasificar(x).palabra for x in casos} == casos


def test_lo_que_se_trae_de_una_celda_con_error_queda_vacio_como_en_su_formula() -> None:
    class Otra:
        def buscar(self, hoja: str, llave: object) -> dict[str, object]:
            return {"Fin": {"pct": ErrorExcel("#DIV/0!")}, "Propósito": {"pct": 80.0}}[str(llave)]

    traer = Traer("MIR", "pct", "nivel")
    assert traer.valor({"nivel": "Fin"}, Otra()) is None  # type: ignore[arg-type]
    assert traer.valor({"nivel": "Propósito"}, Otra()) == 80  # type: ignore[arg-type]
