"""El año de una unidad, entrega contra entrega: continuarlo no da hallazgos; cambiar lo cerrado o lo aprobado, sí."""

from __future__ import annotations

from itertools import count, islice
from pathlib import Path

import pytest

from pei_excel.anteriores import Anterior, de_libro, por_identidad
from pei_excel.hallazgo import Hallazgo
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import revisar
from pei_excel.simulacion import PlanAnual, PoiSimulado
from pei_excel.simulacion.plantar import celda_de
from pei_excel.simulacion.poi import HOJA, SEGUIMIENTO

ENTREGAS = [Periodo.de_codigo(c) for c in ("2024-T1", "2024-04", "2024-T2", "2024-08", "2024-T3", "2024-T4")]


def _plan(semilla: int) -> PlanAnual:
    return PlanAnual(semilla, "801 - Unidad (datos de demostración)", "Gerencia de demostración", 2024, 6)


def _semillas(cuantas: int, *, con_cambios: bool) -> list[int]:
    buenas = (n for n in count() if con_cambios == any(a.cambios for a in _plan(n).actividades))
    return list(islice(buenas, cuantas))


#: Unidades con metas modificadas y registradas, y una sin ellas.
SEMILLAS = [*_semillas(3, con_cambios=True), *_semillas(1, con_cambios=False)]


def _leer(simulado: PoiSimulado, ruta: Path) -> Libro:
    simulado.escribir(ruta)
    (libro,) = leer(ruta, ruta.name, Opciones(periodo=simulado.periodo))
    return libro


def _anterior(libro: Libro) -> Anterior:
    anterior = de_libro(libro)
    assert anterior is not None
    return anterior


def _hallazgos(libro: Libro, periodo: Periodo, anteriores: list[Anterior]) -> list[Hallazgo]:
    return revisar(libro, Contexto(periodo=periodo, anteriores=por_identidad(anteriores))).hallazgos


@pytest.mark.parametrize("semilla", SEMILLAS)
def test_cada_entrega_continua_las_anteriores(semilla: int, tmp_path: Path) -> None:
    """Lo que se modificó como se debe, registrado, tampoco se señala."""
    anteriores: list[Anterior] = []
    for periodo in ENTREGAS:
        libro = _leer(_plan(semilla).al(periodo), tmp_path / "libro.xlsx")
        assert _hallazgos(libro, periodo, anteriores) == []
        anteriores.append(_anterior(libro))


def test_lo_cerrado_que_cambia_y_lo_aprobado_que_se_mueve_sin_registro(tmp_path: Path) -> None:
    plan, antes, ahora = _plan(SEMILLAS[-1]), ENTREGAS[2], ENTREGAS[4]
    anteriores = [_anterior(_leer(plan.al(antes), tmp_path / "antes.xlsx"))]
    simulado = plan.al(ahora)
    cambiada, movida = simulado.renglones[:2]
    hecho = simulado.uno(SEGUIMIENTO, cambiada)
    hecho["ejecutado_m5"] += 1.0
    movida["programado_m11"] += 2.0
    movida["meta"] += 2.0
    libro = _leer(simulado, tmp_path / "ahora.xlsx")
    esperados = {
        ("VER001", SEGUIMIENTO, celda_de(simulado, SEGUIMIENTO, "ejecutado_m5", hecho)),
        ("VER002", HOJA, celda_de(simulado, HOJA, "programado_m11", movida)),
        ("VER002", HOJA, celda_de(simulado, HOJA, "meta", movida)),
    }
    hallados = {(h.regla, h.donde.hoja, h.donde.celda) for h in _hallazgos(libro, ahora, anteriores)}
    assert hallados == esperados
