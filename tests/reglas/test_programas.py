"""La MIR de un programa que ejecutan varias unidades se juzga entera (MIR002, MIR003 y MIR004)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from catalogos import en_memoria, unidad
from test_bordes import MODELO, crudo, revisiones

from pei_excel.catalogo import Catalogo, desde_libro
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Revision, Suerte, revisar_entrega

T2 = Periodo.de_codigo("2024-T2")


def catalogo(coordina: str | None) -> Catalogo:
    return desde_libro(en_memoria({
        "Unidades": [unidad("504"), unidad("505")],
        "Programas": [{"clave": "6", "nombre": "Programa de ejemplo", "unidades": ("504", "505"),
                       "coordinadora": coordina, "desde": date(2024, 1, 1)}],
    }))


def libro(clave: str, *niveles: str, **campos: Any) -> Revision:
    """El libro de una unidad con sólo esos renglones del modelo."""
    filas = [f for f in MODELO if str(f["nivel"]) in niveles]
    (revision,) = revisiones(crudo(filas=filas, unidad=f"{clave} - Unidad {clave}", **campos))
    return revision


COMPONENTE_1 = ("Componente 1", "Actividad 1.1", "Actividad 1.2")
COMPONENTE_2 = ("Componente 2", "Actividad 2.1", "Actividad 2.2")


def de_diseno(revision: Revision) -> list[tuple[str, object]]:
    return [(h.regla, h.esperado) for h in revision.hallazgos if h.regla in {"MIR002", "MIR003", "MIR004"}]


@pytest.mark.parametrize(("coordina", "le_falta"), [("504", "504"), ("505", "505"), (None, None)])
def test_el_fin_y_el_proposito_le_faltan_a_quien_coordina(coordina: str | None, le_falta: str | None) -> None:
    """Nadie los trae: con catálogo lo dice uno; sin saber quién coordina, los dos."""
    uno, otro = libro("504", *COMPONENTE_1), libro("505", *COMPONENTE_2)
    revisar_entrega([uno, otro], (), Contexto(T2, catalogo=catalogo(coordina)))
    faltan = [("MIR002", "Fin"), ("MIR002", "Propósito")]
    for revision, clave in ((uno, "504"), (otro, "505")):
        con_error = le_falta in {None, clave}
        assert de_diseno(revision) == (faltan if con_error else [])
        assert (revision.estado is Suerte.OBSERVADO) is con_error


def test_al_que_coordina_le_faltan_aunque_otro_los_traiga() -> None:
    uno, otro = libro("504", "Fin", "Propósito", *COMPONENTE_1), libro("505", *COMPONENTE_2)
    revisar_entrega([uno, otro], (), Contexto(T2, catalogo=catalogo("505")))
    assert (de_diseno(uno), de_diseno(otro)) == ([], [("MIR002", "Fin"), ("MIR002", "Propósito")])


def test_si_lo_de_la_coordinadora_no_ha_llegado_a_los_demas_no_les_falta() -> None:
    otro = libro("505", *COMPONENTE_2)
    de_carpeta = revisar_entrega([otro], (), Contexto(T2, catalogo=catalogo("504")))
    assert de_diseno(otro) == []
    assert [h.esperado for h in de_carpeta if h.regla == "ENT001"] == ["MIR: 504 - Unidad 504, programa 6"]


@pytest.mark.parametrize("dado", [None, catalogo("504")])
def test_un_componente_y_sus_actividades_pueden_venir_en_libros_distintos(dado: Catalogo | None) -> None:
    coordina = libro("504", "Fin", "Propósito", "Componente 1", "Componente 2", "Actividad 1.1", "Actividad 1.2")
    otro = libro("505", "Actividad 2.1", "Actividad 2.2")
    assert de_diseno(coordina) == [("MIR004", None)]
    assert ("MIR003", "Componente 2") in de_diseno(otro)
    revisar_entrega([coordina, otro], (), Contexto(T2, catalogo=dado))
    assert (de_diseno(coordina), de_diseno(otro)) == ([], [])
    assert otro.estado is Suerte.ACEPTADO


def test_el_componente_que_no_trae_nadie_sigue_faltando() -> None:
    coordina = libro("504", "Fin", "Propósito", *COMPONENTE_1)
    otro = libro("505", "Actividad 2.1", "Actividad 2.2")
    revisar_entrega([coordina, otro], (), Contexto(T2, catalogo=catalogo("504")))
    assert de_diseno(otro) == [("MIR003", "Componente 2")]


def test_otra_entrega_de_la_misma_unidad_no_es_otro_libro_del_programa() -> None:
    completa, parte = libro("504", *(str(f["nivel"]) for f in MODELO)), libro("504", "Actividad 2.1", "Actividad 2.2")
    revisar_entrega([completa, parte], (), Contexto(T2))
    assert {r for r, _ in de_diseno(parte)} == {"MIR002", "MIR003"}
