"""ENT001, ENT006 y POI005 más allá de sus fichas: cambios de clave, rechazados y nombres de archivo."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from catalogos import en_memoria, unidad
from click.testing import CliRunner

from pei_excel.catalogo import Catalogo, desde_libro
from pei_excel.cli import orden
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos import FORMATOS
from pei_excel.formatos.catalogo import CATALOGO
from pei_excel.libro import Dato, Libro
from pei_excel.periodos import Periodo
from pei_excel.reglas import padron
from pei_excel.reglas.base import Contexto
from pei_excel.reglas.entregas import Entrega
from pei_excel.tipos import ClaveNombre

T1, T3 = Periodo(2024, "T", 1), Periodo(2024, "T", 3)


@pytest.fixture
def catalogo() -> Catalogo:
    """A es B desde julio; C comparte con ella el programa P."""
    return desde_libro(en_memoria({
        "Unidades": [
            unidad("A", hasta=date(2024, 6, 30), nombre="Vieja"),
            unidad("B", desde=date(2024, 7, 1), nombre="Nueva", clave_anterior=("A",)), unidad("C"),
        ],
        "Programas": [{"clave": "P", "nombre": "Programa", "unidades": ("A", "B", "C"), "coordinadora": "C",
                       "desde": date(2024, 1, 1)}],
    }))


def informe(clave: str, programa: str = "P", nombre: str = "", archivo: str = "x.xlsx", **otros: Any) -> Libro:
    libro = Libro(archivo, "", "MIR", **otros)
    for campo, valor in (("unidad", ClaveNombre(clave, nombre)), ("programa", ClaveNombre(programa, ""))):
        libro.campos[campo] = Dato(("MIR", -1, campo), valor, str(valor), "MIR", "C4")
    return libro


def faltan(
    catalogo: Catalogo, periodo: Periodo, libros: Sequence[Libro], rechazados: Sequence[Libro] = ()
) -> list[object]:
    contexto = Contexto(periodo, catalogo=catalogo)
    return [o.esperado for o in padron.falta_un_informe(Entrega(libros, rechazados=rechazados), contexto)]


def test_quien_cambio_de_clave_entrega_con_cualquiera_de_las_dos(catalogo: Catalogo) -> None:
    assert faltan(catalogo, T1, [informe("A"), informe("C")]) == []
    assert faltan(catalogo, T3, [informe("B"), informe("C")]) == []
    assert faltan(catalogo, T3, [informe("A"), informe("c", "p")]) == []
    assert faltan(catalogo, T1, [informe("C")]) == ["MIR: A - Vieja, programa P"]
    assert faltan(catalogo, T3, [informe("C", "Q")]) == ["MIR: B - Nueva, programa P", "MIR: C - Unidad C, programa P"]


def test_lo_que_llego_y_se_rechazo_no_falta(catalogo: Catalogo) -> None:
    assert faltan(catalogo, T3, [informe("C")], [informe("B", rechazado=True)]) == []
    ilegible = Libro("enviados/MIR_b-p_2024-T3.xlsx", "", None, rechazado=True)
    assert faltan(catalogo, T3, [informe("C")], [ilegible]) == []
    otro = Libro("enviados/cambios.xlsx", "", None, rechazado=True)
    assert faltan(catalogo, T3, [informe("C")], [otro]) == ["MIR: B - Nueva, programa P"]


def test_sin_catalogo_o_sin_periodo_no_se_dice_nada(catalogo: Catalogo) -> None:
    entrega = Entrega([])
    assert list(padron.falta_un_informe(entrega, Contexto(T3))) == []
    assert list(padron.falta_un_informe(entrega, Contexto(catalogo=catalogo))) == []
    assert list(padron.identidad_fuera_del_catalogo(informe("Z"), Contexto(T3))) == []


@pytest.mark.parametrize(("periodo", "clave", "nombre", "dice"), [
    (T1, "A", "VIEJA", []),
    (T3, "B", "Nueva", []),
    (T3, "A", "Vieja", ["«A» no es la clave de una unidad vigente del catálogo; entonces era B"]),
    (T3, "Z", "Otra", ["«Z» no es la clave de una unidad del catálogo"]),
    (T3, "B", "Vieja", ["dice «Vieja» y en el catálogo esa clave es «Nueva»"]),
])
def test_la_clave_y_el_nombre_se_comparan_con_los_de_su_fecha(
    catalogo: Catalogo, periodo: Periodo, clave: str, nombre: str, dice: list[str]
) -> None:
    contexto = Contexto(periodo, catalogo=catalogo)
    assert [o.mensaje for o in padron.identidad_fuera_del_catalogo(informe(clave, nombre=nombre), contexto)] == dice


def test_la_aei_asignada_a_la_clave_vieja_es_de_la_nueva(catalogo: Catalogo) -> None:
    libro = en_memoria({"Alineación": [
        {"clase": "AEI", "codigo": "AEI.01.01", "unidades": ("A",)}, {"clase": "AEI", "codigo": "AEI.01.02"},
    ]})
    con_aei = replace(catalogo, alineacion=desde_libro(libro).alineacion)
    assert [a.codigo for a in con_aei.asignadas("AEI", "a")] == ["AEI.01.01"]
    assert con_aei.asignadas("AEI", "C") == ()


def test_consolidar_con_el_catalogo_dice_quien_falta_y_con_que_semaforo(tmp_path: Path) -> None:
    mir = FORMATOS["MIR"]
    (tmp_path / "recibidos").mkdir()
    escribir_plantilla(
        tmp_path / "catalogo.xlsx", CATALOGO, modo=Modo.FORMULACION, ejercicio=2024, campos=CATALOGO.modelo.campos,
        filas=CATALOGO.modelo.filas, filas_libres=12,
    )
    escribir_plantilla(
        tmp_path / "recibidos/uno.xlsx", mir, modo=Modo.FORMULACION, ejercicio=2024, filas=mir.modelo.filas,
        campos={**mir.modelo.campos, "unidad": "U21 - Otro nombre", "programa": "P1 - Planeación"}, filas_libres=12,
    )
    hecho = CliRunner().invoke(orden, [
        "consolidar", str(tmp_path / "recibidos"), "--periodo", "2024-T2", "--catalogo",
        str(tmp_path / "catalogo.xlsx"), "--procesos", "1", "--json", "-o", str(tmp_path / "s"),
    ])
    assert hecho.exit_code == 1, hecho.output
    documento = json.loads(hecho.stdout)
    assert [(h["regla"], h["archivo"], h["esperado"]) for h in documento["hallazgos"] if h["regla"] == "ENT001"] == [
        ("ENT001", None, "MIR: U21 - Instituto de Ejemplo (demostración), programa P2"),
        ("ENT001", None, "MIR: U22 - Dirección de Obras de Ejemplo (demostración), programa P2"),
    ]
    assert documento["totales"]["MIR"]["informes"] == {
        "leidos": 1, "consolidados": 1, "errores_callados": 0, "esperados": 3, "excluidos": [
            {"informe": "U21 - Instituto de Ejemplo (demostración), programa P2", "motivo": "no ha llegado"},
            {"informe": "U22 - Dirección de Obras de Ejemplo (demostración), programa P2", "motivo": "no ha llegado"},
        ],
    }
    (libro,) = documento["libros"]
    assert {(h["severidad"], h["destinatario"]) for h in libro["hallazgos"] if h["regla"] == "ENT006"} == {
        ("NOTA", "planeacion")
    }
    assert documento["opciones"]["perfil"]["MIR"] == "demostración"
    assert documento["opciones"]["pais"] == "mx"


def _mixto(pais: str | None = None) -> Catalogo:
    libro = en_memoria({
        "Unidades": [unidad("A"), unidad("B"), unidad("C")],
        "Programas": [{"clave": "P", "nombre": "Programa", "unidades": ("A",), "desde": date(2024, 1, 1)}],
    }, {"pais": pais})
    return desde_libro(libro)


def _poi(clave: str) -> Libro:
    libro = Libro(f"{clave}.xlsx", "", "POI")
    libro.campos["unidad"] = Dato(("Programación", -1, "unidad"), ClaveNombre(clave, ""), clave, "Programación", "C4")
    return libro


@pytest.mark.parametrize(("pais", "libros", "faltan_"), [
    (None, [informe("A"), _poi("B")], ["POI: C - Unidad C"]),  # A ejecuta un programa: informa con la MIR
    ("México", [informe("A"), _poi("A"), _poi("B"), _poi("C")], []),
    ("Perú", [informe("A"), _poi("B")], ["POI: A - Unidad A", "POI: C - Unidad C"]),
    ("México", [_poi("B")], ["POI: A - Unidad A", "POI: C - Unidad C"]),  # una carpeta sólo de POI
])
def test_en_una_carpeta_con_los_dos_formatos_quien_tiene_programa_informa_con_la_mir(
    pais: str | None, libros: list[Libro], faltan_: list[str]
) -> None:
    assert faltan(_mixto(pais), T3, libros) == faltan_


def test_de_libros_sueltos_no_se_dice_quien_falta(tmp_path: Path) -> None:
    """Sólo de la carpeta de lo recibido: de un libro suelto no se sabe qué más llegó."""
    mir, catalogo = FORMATOS["MIR"], tmp_path / "catalogo.xlsx"
    escribir_plantilla(
        catalogo, CATALOGO, modo=Modo.FORMULACION, ejercicio=2024, campos=CATALOGO.modelo.campos,
        filas=CATALOGO.modelo.filas, filas_libres=12,
    )
    libro = tmp_path / "recibidos" / "uno.xlsx"
    libro.parent.mkdir()
    escribir_plantilla(
        libro, mir, modo=Modo.FORMULACION, ejercicio=2024, filas=mir.modelo.filas,
        campos={**mir.modelo.campos, "unidad": "U99 - Otra", "programa": "P1 - Planeación"}, filas_libres=12,
    )

    def observado(ruta: Path) -> tuple[list[str], list[str]]:
        hecho = CliRunner().invoke(orden, [
            "revisar", str(ruta), "--periodo", "2024-T2", "--catalogo", str(catalogo), "--procesos", "1", "--json",
        ])
        documento = json.loads(hecho.stdout)
        (suyo,) = documento["libros"]
        return [h["regla"] for h in suyo["hallazgos"]], [h["regla"] for h in documento["hallazgos"]]

    suelto, de_carpeta = observado(libro), observado(libro.parent)
    assert (suelto[1], de_carpeta[1]) == ([], ["ENT001"] * 3)
    assert suelto[0] == de_carpeta[0]
    assert "ENT006" in suelto[0]  # el catálogo sí se usa
