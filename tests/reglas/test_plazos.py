"""ENT002: cuándo vence cada informe y qué se dice de lo que llegó después."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from catalogos import en_memoria, unidad

from pei_excel.catalogo import Catalogo, desde_libro
from pei_excel.lectura.recepcion import SEGUN_ARCHIVO, SEGUN_BITACORA, SEGUN_LISTA, Recepcion
from pei_excel.libro import Dato, Libro
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto, Observacion
from pei_excel.reglas.entregas import Entrega
from pei_excel.reglas.plazos import llego_tarde, vencimiento
from pei_excel.tipos import ClaveNombre

T2 = Periodo(2024, "T", 2)


@pytest.fixture
def catalogo() -> Catalogo:
    """Vence el 8 de julio; B, que antes era A, tiene prórroga hasta el 15 con su clave de antes."""
    return desde_libro(en_memoria({
        "Unidades": [
            unidad("A", hasta=date(2024, 4, 30)), unidad("B", desde=date(2024, 5, 1), clave_anterior=("A",)),
            unidad("C"),
        ],
        "Calendario": [{"periodo": T2, "limite": date(2024, 7, 8)}],
        "Prórrogas": [{"unidad": "A", "periodo": T2, "fecha": date(2024, 7, 15), "oficio": "Oficio 33"}],
    }))


def libro(clave: str, formato: str = "MIR", archivo: str = "x.xlsx") -> Libro:
    uno = Libro(archivo, "", formato)
    uno.campos["unidad"] = Dato((formato, -1, "unidad"), ClaveNombre(clave, ""), clave, formato, "C4")
    return uno


def tarde(
    libros: list[Libro], fechas: dict[str, tuple[date, str]], catalogo: Catalogo | None = None, periodo: Any = T2
) -> list[Observacion]:
    recepciones = {a: Recepcion(a, f, origen) for a, (f, origen) in fechas.items()}
    return list(llego_tarde(Entrega(libros, recepciones=recepciones), Contexto(periodo, catalogo=catalogo)))


@pytest.mark.parametrize(("formato", "pedido", "dia"), [
    ("POI", "2024-T2", date(2024, 7, 10)), ("POI", "2024-S1", date(2024, 7, 10)), ("POI", "2024", date(2025, 1, 10)),
    ("POI", "2024-06", date(2024, 7, 10)), ("POI", "2024-05", None), ("MIR", "2024-T2", None),
])
def test_sin_calendario_el_poi_tiene_diez_dias_y_la_mir_no_tiene_plazo(
    formato: str, pedido: str, dia: date | None
) -> None:
    assert vencimiento(formato, Periodo.de_codigo(pedido), None, ("A",)).ultimo_dia == dia


def test_el_calendario_y_la_prorroga_mandan(catalogo: Catalogo) -> None:
    for pedido in ("2024-T2", "2024-S1"):
        periodo = Periodo.de_codigo(pedido)
        assert vencimiento("POI", periodo, catalogo, ("C",)).ultimo_dia == date(2024, 7, 8)
        assert vencimiento("MIR", periodo, catalogo, ("B", "A")).ultimo_dia == date(2024, 7, 15)


@pytest.mark.parametrize(("clave", "dia", "dice"), [
    ("C", 8, None), ("C", 9, "Lo de C llegó el 09/07/2024, 1 día después de que venció el plazo (08/07/2024)"),
    ("B", 15, None), ("A", 18, "Lo de A llegó el 18/07/2024, 3 días después de que venció la prórroga (15/07/2024)"),
])
def test_los_dias_se_cuentan_desde_el_plazo_o_la_prorroga(
    catalogo: Catalogo, clave: str, dia: int, dice: str | None
) -> None:
    halladas = tarde([libro(clave)], {"x.xlsx": (date(2024, 7, dia), SEGUN_LISTA)}, catalogo)
    assert [o.mensaje[:1].upper() + o.mensaje[1:] for o in halladas] == ([dice] if dice else [])


def test_de_lo_que_no_se_sabe_cuando_llego_no_se_dice_nada(catalogo: Catalogo) -> None:
    assert tarde([libro("C")], {}, catalogo) == []
    assert tarde([libro("C")], {"x.xlsx": (date(2024, 9, 1), SEGUN_ARCHIVO)}, catalogo) == []
    assert len(tarde([libro("C")], {"x.xlsx": (date(2024, 9, 1), SEGUN_BITACORA)}, catalogo)) == 1
    assert tarde([libro("C")], {"x.xlsx": (date(2024, 9, 1), SEGUN_LISTA)}, catalogo, None) == []


def test_quien_entrego_a_tiempo_y_corrigio_despues_no_llego_tarde(catalogo: Catalogo) -> None:
    libros = [libro("C", archivo="uno.xlsx"), libro("C", archivo="dos.xlsx")]
    fechas = {"uno.xlsx": (date(2024, 7, 5), SEGUN_LISTA), "dos.xlsx": (date(2024, 7, 20), SEGUN_LISTA)}
    assert tarde(libros, fechas, catalogo) == []
    fechas["uno.xlsx"] = date(2024, 7, 9), SEGUN_LISTA
    assert [o.archivo for o in tarde(libros, fechas, catalogo)] == ["uno.xlsx"]
