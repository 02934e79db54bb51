"""Los doce meses de una banda se encuentran por sus iniciales, que se repiten, o por sus nombres."""

from __future__ import annotations

import pytest

from pei_excel.crudo import CeldaCruda, HojaCruda
from pei_excel.formatos.poi import PROGRAMACION, SEGUIMIENTO
from pei_excel.lectura.encabezados import Hallado, buscar_encabezados, textos_normalizados

INICIALES = tuple("EFMAMJJASOND")
NOMBRES = ("Enero", "Feb.", "MARZO", "Abr", "mayo", "Junio", "Jul", "AGOSTO", "SETIEMBRE", "Oct.", "Nov", "Dic")


def hallar(*meses: str, banda: bool = True) -> Hallado:
    celdas = {(1, 1): CeldaCruda("Código"), (1, 2): CeldaCruda("Actividad")}
    if banda:
        celdas[1, 3] = CeldaCruda("Programación mensual")
    celdas |= {(2, n): CeldaCruda(titulo) for n, titulo in enumerate((*meses, "Total"), 3)}
    hoja = HojaCruda("Programación", celdas, combinadas=[(1, 3, 1, 3 + len(meses))])
    (hallado,) = buscar_encabezados(hoja, textos_normalizados(hoja), PROGRAMACION)
    return hallado


def meses_de(hallado: Hallado) -> list[str]:
    columnas = sorted((c, clave) for clave, c in hallado.columnas.items() if clave.startswith("programado_m"))
    return [clave.removeprefix("programado_m") for _, clave in columnas]


@pytest.mark.parametrize("titulos", [INICIALES, NOMBRES, ("Ene", "F", "Mar", *"AMJJA", "Set.", *"OND")])
@pytest.mark.parametrize("banda", [True, False])
def test_los_doce_meses_en_su_orden(titulos: tuple[str, ...], banda: bool) -> None:
    assert meses_de(hallar(*titulos, banda=banda)) == [str(m) for m in range(1, 13)]


@pytest.mark.parametrize("falta", [1, 2, 4, 9, 10, 12])
def test_si_falta_un_mes_los_demas_no_se_corren(falta: int) -> None:
    titulos = [t for m, t in enumerate(INICIALES, 1) if m != falta]
    esperados = [str(m) for m in range(1, 13) if m != falta]
    if falta == 4:  # E F M M J J A: la A que sigue a julio es agosto
        assert meses_de(hallar(*titulos)) == esperados
    assert meses_de(hallar(*titulos)) == esperados


def test_cada_banda_tiene_sus_meses() -> None:
    celdas = {(1, 1): CeldaCruda("Código"), (1, 3): CeldaCruda("Ejecución física mensual"),
              (1, 16): CeldaCruda("Ejecución financiera mensual S/.")}
    celdas |= {(2, n): CeldaCruda(t) for n, t in enumerate((*INICIALES, "Total") * 2, 3)}
    hoja = HojaCruda("Seguimiento", celdas, combinadas=[(1, 3, 1, 15), (1, 16, 1, 28)])
    (hallado,) = buscar_encabezados(hoja, textos_normalizados(hoja), SEGUIMIENTO)
    assert [hallado.columnas[f"ejecutado_m{m}"] for m in range(1, 13)] == list(range(3, 15))
    assert [hallado.columnas[f"devengado_m{m}"] for m in range(1, 13)] == list(range(16, 28))
    assert (hallado.columnas["ejecutado_total"], hallado.columnas["devengado_total"]) == (15, 28)
