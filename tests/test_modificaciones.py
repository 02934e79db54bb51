"""Las modificaciones registradas y las metas iniciales, en los dos formatos y leídas de libros de verdad."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Formato, Modo
from pei_excel.formatos.mir import MIR
from pei_excel.formatos.poi import CAUSAS, POI
from pei_excel.lectura.lector import leer
from pei_excel.libro import Libro
from pei_excel.modificaciones import inicial, iniciales, modificaciones
from pei_excel.tipos import ValorNivel


def _libro(carpeta: Path, formato: Formato, *renglones: dict[str, Any], **otras: Any) -> Libro:
    ruta = carpeta / f"{formato.clave}.xlsx"
    escribir_plantilla(
        ruta, formato, modo=Modo.FORMULACION, ejercicio=2024, campos=formato.modelo.campos,
        filas={**formato.modelo.filas, **otras, "Modificaciones": renglones},
    )
    (libro,) = leer(ruta, ruta.name)
    return libro


def _poi(codigo: str, campo: str, anterior: Any, nuevo: Any, fecha: Any = None) -> dict[str, Any]:
    return {"fecha": fecha, "codigo": codigo, "campo": campo, "valor_anterior": anterior, "valor_nuevo": nuevo,
            "causa": CAUSAS[0], "documento": "Resolución de Alcaldía N° 120-2024"}


def test_se_deshacen_de_la_mas_nueva_a_la_mas_antigua(tmp_path: Path) -> None:
    libro = _libro(
        tmp_path, POI,
        _poi("AO.01", "Programado Agosto", 15.0, 10.0, date(2024, 7, 20)),  # la más nueva, escrita primero
        _poi("AO.01", "Programado Agosto", 20.0, 15.0, date(2024, 3, 5)),
        _poi("AO.02", "Costo Diciembre", None, 2000.0, date(2024, 6, 1)),
        _poi("AO.01", "Meta anual", 130.0, 120.0, date(2024, 3, 5)),
    )
    assert iniciales(libro) == {
        ("Programación", "AO.01", "programado_m8"): 20.0,
        ("Valorización", "AO.02", "costo_m12"): None,
        ("Programación", "AO.01", "meta"): 130.0,
    }
    todas = modificaciones(libro)
    assert [(m.campo, m.fecha, m.mes) for m in todas] == [
        ("Programado Agosto", date(2024, 3, 5), 8), ("Meta anual", date(2024, 3, 5), None),
        ("Costo Diciembre", date(2024, 6, 1), 12), ("Programado Agosto", date(2024, 7, 20), 8),
    ]
    ultima = todas[-1]
    assert (ultima.anterior, ultima.nuevo) == (15.0, 10.0)
    assert ultima.vigente is not None
    lugar = POI.principal.disposicion
    assert (ultima.vigente.valor, ultima.vigente.celda) == (10.0, lugar.celda(lugar.fila_datos, "programado_m8"))


def test_lo_que_no_se_modifico_conserva_su_valor(tmp_path: Path) -> None:
    libro = _libro(tmp_path, POI, _poi("ao.01", "Programado Agosto", 20.0, 10.0, date(2024, 7, 20)))
    valores = iniciales(libro)
    fila, otra = libro.filas("Programación")[:2]
    assert inicial(valores, fila, "codigo", "programado_m8") == 20.0
    assert inicial(valores, fila, "codigo", "programado_m7") == 10.0
    assert inicial(valores, otra, "codigo", "programado_m8") == 1.0


def test_el_mes_se_escribe_como_la_gente_lo_escribe(tmp_path: Path) -> None:
    escritos = {"Programado SETIEMBRE": "programado_m9", "programado sep.": "programado_m9", "Costo Set": "costo_m9",
                "Programado: agosto": "programado_m8", "COSTO ENE.": "costo_m1"}
    libro = _libro(
        tmp_path, POI,
        *(_poi("AO.01", campo, 5.0, 4.0, date(2024, 3, n)) for n, campo in enumerate(escritos, 1)),
    )
    assert [m.columna for m in modificaciones(libro)] == list(escritos.values())
    assert {m.campo for m in modificaciones(libro)} <= set(POI.modificables)


def test_sin_fecha_van_primero_y_en_su_orden(tmp_path: Path) -> None:
    libro = _libro(
        tmp_path, POI,
        _poi("AO.01", "Programado Mayo", 12.0, 11.0, date(2024, 1, 5)),
        _poi("AO.01", "Programado Mayo", 14.0, 13.0),
        _poi("AO.01", "Programado Mayo", 13.0, 12.0),
    )
    assert [m.anterior for m in modificaciones(libro)] == [14.0, 13.0, 12.0]
    assert iniciales(libro)["Programación", "AO.01", "programado_m5"] == 14.0


def test_lo_ilegible_no_se_deshace_y_lo_desconocido_no_estorba(tmp_path: Path) -> None:
    libro = _libro(
        tmp_path, POI,
        _poi("AO.01", "Programado Mayo", "muchos", 10.0, date(2024, 2, 1)),
        _poi("AO.03", "Programado Mayo", "45,5", 40.0, date(2024, 2, 1)),
        _poi("AO.99", "Programado Mayo", 5.0, 4.0, date(2024, 2, 1)),
        _poi("AO.01", "Programado Brumario", 5.0, 4.0, date(2024, 2, 1)),
    )
    assert iniciales(libro) == {("Programación", "AO.03", "programado_m5"): 45.5}
    assert [(m.llave, m.vigente is None) for m in modificaciones(libro)] == [
        ("AO.01", False), ("AO.03", False), ("AO.99", True),
    ]


def test_con_un_codigo_repetido_vale_el_primer_renglon(tmp_path: Path) -> None:
    filas = [dict(f) for f in POI.modelo.filas["Programación"]]
    filas[1]["codigo"] = "AO.01"
    libro = _libro(tmp_path, POI, _poi("AO.01", "Programado Mayo", 9.0, 10.0, date(2024, 2, 1)), Programación=filas)
    (una,) = modificaciones(libro)
    assert una.vigente is not None
    assert una.vigente.llave == ("Programación", 0, "programado_m5")


def test_en_la_mir_la_llave_es_el_nivel(tmp_path: Path) -> None:
    libro = _libro(tmp_path, MIR, {
        "fecha": date(2024, 5, 10), "nivel": "Componente 1", "campo": "Programado 3er. Trim.", "valor_anterior": 40.0,
        "valor_nuevo": 30.0, "causa": "Ajuste", "documento": "Oficio 20/2024",
    })
    assert iniciales(libro) == {("MIR", ValorNivel("Componente", 1), "programado_t3"): 40.0}
    assert [m.mes for m in modificaciones(libro)] == [7]


def test_sin_hoja_de_modificaciones_no_hay_ninguna() -> None:
    assert modificaciones(Libro("x.xlsx", "", None)) == []
    assert iniciales(Libro("x.xlsx", "", "POI")) == {}
