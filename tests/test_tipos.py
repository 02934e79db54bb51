"""Números, periodos y listas como la gente los escribe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pei_excel.crudo import CeldaCruda, ErrorExcel
from pei_excel.formatos.mir import MIR
from pei_excel.periodos import Periodo, leer_trimestre, texto_de_trimestre
from pei_excel.textos import cuenta, enumerar, numero
from pei_excel.tipos import ClaveYNombre, Contexto, ListaNumerada, Nivel, Numero, NumeroLeido, Opcion, leer_numero

NADA = Contexto()


@pytest.mark.parametrize(
    ("texto", "valor"),
    [
        ("12,5", 12.5), ("1,200.50", 1200.5), ("71.739,00", 71739), ("S/ 1 200.00", 1200), ("20 %", 20), ("S/. 5", 5),
        ("1,234,567", 1234567), ("0,200", 0.2), ("\xa035 ", 35), ("-4", -4), ("$1,200.5", 1200.5), ("1'200", 1200),
    ],
)
def test_un_numero_escrito_como_texto(texto: str, valor: float) -> None:
    assert leer_numero(texto).valor == pytest.approx(valor)


@pytest.mark.parametrize("texto", ["veinte", "", "12-5", "1,2,3", "20 de 40", "1.200.5,3.1", "--"])
def test_lo_que_no_es_un_numero(texto: str) -> None:
    leido = leer_numero(texto)
    assert leido.valor is None
    assert leido.lecturas is None


def test_un_solo_separador_con_tres_cifras_sigue_al_pais() -> None:
    for escrito in ("1,200", "1.200", "S/ 1,200"):
        assert leer_numero(escrito) == NumeroLeido(None, (1200.0, 1.2))
    assert leer_numero("-12.505").lecturas == (-12505.0, -12.505)
    assert leer_numero("1,200", "mx").valor == 1200
    assert leer_numero("1.200", "mx").valor == pytest.approx(1.2)


@given(st.floats(-1e9, 1e9, allow_nan=False))
def test_lo_que_se_muestra_se_vuelve_a_leer(valor: float) -> None:
    assert leer_numero(numero(valor), "mx").valor == pytest.approx(round(valor, 2), abs=0.006)


def test_un_porcentaje_con_formato_se_lee_por_cien_y_se_dice() -> None:
    celda = CeldaCruda(0.2, porcentaje=True)
    leido = Numero(minimo=0).leer(celda, Contexto(en_porcentaje=True))
    assert leido.valor == 20
    assert leido.incidente is not None
    assert leido.incidente.clase == "FMT005"
    ambiguo = Numero(minimo=0).leer(celda, NADA)
    assert ambiguo.valor is None
    assert ambiguo.incidente is not None
    assert ambiguo.incidente.error


@pytest.mark.parametrize("texto", ["NP", "N/A", "-", "–", "np", "No aplica", "  ", "ND", "n/d", "S/D", "Sin dato"])
def test_lo_que_equivale_a_vacio(texto: str) -> None:
    assert Numero().leer(CeldaCruda(texto), NADA) == (None, None)


def test_un_error_de_excel_nunca_es_vacio() -> None:
    leido = Numero().leer(CeldaCruda(ErrorExcel("#REF!")), NADA)
    assert leido.incidente is not None
    assert leido.incidente.clase == "FMT006"


@pytest.mark.parametrize(
    "texto",
    ["2do. Trimestre 2024", "Segundo trimestre de 2024", "2° TRIMESTRE 2024", "II Trimestre 2024", "2024-T2",
     "abril - junio de 2024", "Trimestre 2 de 2024", "T2 2024"],
)
def test_un_trimestre_se_reconoce(texto: str) -> None:
    assert leer_trimestre(texto) == Periodo(2024, "T", 2)


@given(st.integers(2000, 2099), st.integers(1, 4))
def test_el_trimestre_que_escribimos_se_lee(ejercicio: int, trimestre: int) -> None:
    assert leer_trimestre(texto_de_trimestre(ejercicio, trimestre)) == Periodo(ejercicio, "T", trimestre)


@pytest.mark.parametrize("texto", ["Trimestre", "5to. Trimestre 2024", "2do. Trimestre", "2023 y 2024 trimestre 2"])
def test_un_trimestre_que_no_se_entiende(texto: str) -> None:
    assert leer_trimestre(texto) is None


def test_los_periodos_se_leen_como_el_trimestre_en_que_terminan() -> None:
    casos = {"2024-S1": 2, "2024-S2": 4, "2024": 4, "2024-05": 2, "2024-T3": 3}
    assert {c: Periodo.de_codigo(c).trimestre for c in casos} == casos
    assert all(Periodo.de_codigo(c).codigo == c for c in casos)
    assert Periodo.de_codigo("2024-T1").ultimo_dia.isoformat() == "2024-03-31"


def test_los_ejes_y_objetivos_se_parten_por_su_numero() -> None:
    ejes = "3. Gobierno Abierto, Moderno y Eficaz 10. Gobernanza Metropolitana"
    assert ListaNumerada().leer(CeldaCruda(ejes), NADA).valor == (
        "3. Gobierno Abierto, Moderno y Eficaz", "10. Gobernanza Metropolitana",
    )
    objetivos = "3.2 Ejercer con eficacia el gasto público. 10.1 Contribuir a la zona metropolitana."
    assert len(ListaNumerada(profundidad=2).leer(CeldaCruda(objetivos), NADA).valor) == 2


def test_nivel_unidad_y_opciones_perdonan_lo_inocuo() -> None:
    assert str(Nivel().leer(CeldaCruda("ACT. 2.3"), NADA).valor) == "Actividad 2.3"
    assert str(Nivel().leer(CeldaCruda(" proposito "), NADA).valor) == "Propósito"
    assert Nivel().leer(CeldaCruda("Componente"), NADA).valor == "Componente"
    unidad = ClaveYNombre().leer(CeldaCruda("504 – Instituto  Municipal"), NADA).valor
    assert (unidad.clave, unidad.nombre) == ("504", "Instituto Municipal")
    sentido = MIR.principal.por_clave["sentido"].tipo
    assert isinstance(sentido, Opcion)
    assert sentido.leer(CeldaCruda("ascendentes "), NADA).valor == "Ascendente"
    raro = sentido.leer(CeldaCruda("acendente"), NADA)
    assert raro.valor is None
    assert raro.incidente is not None
    assert "¿quiso decir «Ascendente»?" in raro.incidente.mensaje


def test_singular_plural_y_ninguno() -> None:
    assert cuenta(1, "informe") == "1 informe"
    assert cuenta(3, "informe") == "3 informes"
    assert cuenta(0, "informe", ninguno="ningún informe") == "ningún informe"
    assert enumerar(["a", "b", "c"]) == "a, b y c"
    assert enumerar(["agua", "iluminación"]) == "agua e iluminación"
    assert enumerar([]) == ""
