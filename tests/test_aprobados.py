"""Plantillas de seguimiento desde libros aprobados de toda calidad: nada ilegible se cierra, y todo se dice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from exportaciones import escribir_exportacion, renglon
from recalculo import comparar

from pei_excel.cli import orden
from pei_excel.crudo import ErrorExcel
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Formato, Modo
from pei_excel.formatos.mir import MIR
from pei_excel.formatos.poi import POI
from pei_excel.lectura.lector import leer
from pei_excel.periodos import Periodo

Cambios = Mapping[tuple[str, int, str], Any]  #: (hoja, renglón desde 0, columna) → valor

ABIERTAS = "(queda abierta)"


def escribir(
    ruta: Path, formato: Formato, cambios: Cambios | None = None, *, periodo: str | None = "2024-T2", **campos: Any
) -> Path:
    """El modelo de un formato con otros valores: lo que una oficina tiene por aprobado."""
    ruta.parent.mkdir(parents=True, exist_ok=True)
    filas = {h: [dict(f) for f in propias] for h, propias in formato.modelo.filas.items()}
    for (hoja, n, columna), valor in (cambios or {}).items():
        filas[hoja][n][columna] = valor
    del_modelo = {clave: v for clave, v in formato.modelo.campos.items() if clave != formato.campo_periodo}
    escribir_plantilla(
        ruta, formato, modo=Modo.SEGUIMIENTO if periodo else Modo.FORMULACION, ejercicio=2024,
        periodo=Periodo.de_codigo(periodo) if periodo else None, campos={**del_modelo, **campos}, filas=filas,
    )
    return ruta


def pedir(formato: str, desde: Path, salida: Path, periodo: str = "2024-T3", *mas: str) -> Result:
    return CliRunner().invoke(
        orden, ["plantilla", formato, "--desde", str(desde), "--periodo", periodo, "-o", str(salida), *mas]
    )


def abiertas(ruta: Path, formato: Formato, hoja: str) -> dict[tuple[int, str], Any]:
    """(renglón, columna) → valor de las celdas abiertas de columnas que en seguimiento se cierran."""
    libro, una = openpyxl.load_workbook(ruta)[hoja], formato.por_clave[hoja]
    lugar = una.disposicion
    cerradas = {}
    for n in range(len(formato.modelo.filas[hoja])):
        for columna in una.columnas:
            celda = libro[lugar.celda(lugar.fila_datos + n, columna.clave)]
            if not celda.protection.locked:
                cerradas[n, columna.clave] = celda.value
    return cerradas


MALO_POI: Cambios = {
    ("Programación", 0, "codigo"): ErrorExcel("#REF!"), ("Programación", 1, "codigo"): date(2024, 2, 1),
    ("Programación", 3, "programado_m2"): "veinte", ("Programación", 3, "acumulacion"): "Sumado",
    ("Programación", 4, "oei"): "OEI.99", ("Programación", 5, "actividad"): None,
    ("Valorización", 2, "costo_m3"): "1,200", ("Seguimiento", 3, "ejecutado_m2"): -4.0,
}
MALO_MIR: Cambios = {
    ("MIR", 2, "nivel"): None, ("MIR", 3, "programado_t1"): "veinte", ("MIR", 4, "sentido"): "Arriba",
    ("MIR", 6, "alcanzado_t1"): ErrorExcel("#N/A"), ("MIR", 7, "programado_acumulado"): 77.0,
}


def test_del_poi_lo_ilegible_queda_abierto_vacio_y_dicho(tmp_path: Path) -> None:
    """Códigos, metas, costos y lo ejecutado que no se leen: nunca cerrados, ni con algo inventado."""
    escribir(tmp_path / "a/poi.xlsx", POI, MALO_POI)
    pedido = pedir("poi", tmp_path / "a", tmp_path / "s")
    assert pedido.exit_code == 1
    hecha = tmp_path / "s/POI_031_2024-T3.xlsx"
    principal = abiertas(hecha, POI, "Programación")
    assert principal == dict.fromkeys(
        [(0, "codigo"), (1, "codigo"), (3, "programado_m2"), (3, "acumulacion"), (5, "actividad")]
    )
    assert abiertas(hecha, POI, "Valorización") == {(2, "costo_m3"): None}
    assert abiertas(hecha, POI, "Seguimiento")[3, "ejecutado_m2"] is None
    lugar = POI.principal.disposicion
    for n, columna in principal:
        assert f"Programación!{lugar.celda(lugar.fila_datos + n, columna)} {ABIERTAS}" in pedido.stderr
    assert f"Programación!{lugar.celda(lugar.fila_datos + 4, 'oei')} (queda cerrada como está)  POI004" in pedido.stderr
    (leido,) = leer(hecha, "x.xlsx")
    codigos = {f.valor("codigo") for h in ("Valorización", "Seguimiento", "Evaluación") for f in leido.filas(h)}
    assert codigos - {None} == {f"AO.0{n}" for n in range(1, 7)}  # ninguno inventado


def test_de_la_mir_lo_ilegible_queda_abierto_y_lo_contradictorio_se_dice(tmp_path: Path) -> None:
    escribir(tmp_path / "mir.xlsx", MIR, MALO_MIR)
    pedido = pedir("mir", tmp_path / "mir.xlsx", tmp_path / "s")
    assert pedido.exit_code == 1
    hechas = abiertas(tmp_path / "s/MIR_504-6_2024-T3.xlsx", MIR, "MIR")
    del_periodo = {"alcanzado_t3", "medios", "acumulacion"}
    sueltas = {(n, c): v for (n, c), v in hechas.items() if n != 2 and c not in del_periodo}
    assert sueltas == dict.fromkeys([(3, "programado_t1"), (4, "sentido"), (6, "alcanzado_t1")])
    # El renglón corrido queda abierto entero, con lo que traía: no se sabe si está en su lugar.
    assert (hechas[2, "nivel"], hechas[2, "programado_t1"]) == (None, 20)
    lugar = MIR.principal.disposicion
    acumulado = lugar.celda(lugar.fila_datos + 7, "programado_acumulado")
    assert f"MIR!{acumulado} (queda cerrada como está)  MIR001" in pedido.stderr
    assert "dice 77 y los trimestres dan 100" in pedido.stderr


def test_la_celda_abierta_dice_que_habia_y_se_resalta(tmp_path: Path) -> None:
    escribir(tmp_path / "mir.xlsx", MIR, {("MIR", 3, "programado_t1"): "veinte"})
    pedir("mir", tmp_path / "mir.xlsx", tmp_path / "s")
    hoja = openpyxl.load_workbook(tmp_path / "s/MIR_504-6_2024-T3.xlsx")["MIR"]
    lugar = MIR.principal.disposicion
    celda = lugar.celda(lugar.fila_datos + 3, "programado_t1")
    (suya,) = [v for v in hoja.data_validations.dataValidation if celda in v.sqref]
    assert "no se pudo leer: «veinte»" in suya.prompt
    assert suya.type in {"custom", "decimal"}
    assert any(celda in str(zona.sqref) for zona in hoja.conditional_formatting)


def test_de_un_libro_limpio_no_se_dice_nada(tmp_path: Path) -> None:
    for formato in (POI, MIR):
        escribir(tmp_path / f"{formato.clave}.xlsx", formato)
        pedido = pedir(formato.clave.lower(), tmp_path / f"{formato.clave}.xlsx", tmp_path / "s")
        assert (pedido.exit_code, pedido.stderr) == (0, "")


def test_los_errores_de_lo_que_se_va_a_capturar_no_importan(tmp_path: Path) -> None:
    """Lo del mismo trimestre que se pide se vacía y se abre: sus errores no pasan a la plantilla."""
    escribir(tmp_path / "mir.xlsx", MIR, {("MIR", 3, "alcanzado_t2"): "veinte", ("MIR", 4, "alcanzado_t2"): None})
    pedido = pedir("mir", tmp_path / "mir.xlsx", tmp_path / "s", "2024-T2")
    assert (pedido.exit_code, pedido.stderr) == (0, "")


def test_lo_anterior_que_nadie_informo_no_queda_cerrado_y_vacio(tmp_path: Path) -> None:
    """La primera fila lo pediría y nadie podría escribirlo."""
    sin_t1 = {("MIR", n, "alcanzado_t1"): None for n in range(2, 8)}
    escribir(tmp_path / "mir.xlsx", MIR, sin_t1, periodo=None)
    pedido = pedir("mir", tmp_path / "mir.xlsx", tmp_path / "s", "2024-T2")
    assert pedido.exit_code == 0
    assert "no trae informado todo lo anterior al periodo: 6 celdas quedan abiertas" in pedido.stderr
    hechas = abiertas(tmp_path / "s/MIR_504-6_2024-T2.xlsx", MIR, "MIR")
    assert sum(clave == "alcanzado_t1" for _, clave in hechas) == 6


def test_la_actividad_sin_costos_lleva_su_renglon_abierto(tmp_path: Path) -> None:
    filas = {h: [dict(f) for f in propias] for h, propias in POI.modelo.filas.items()}
    filas["Valorización"] = [f for f in filas["Valorización"] if f["codigo"] != "AO.04"]
    escribir_plantilla(
        tmp_path / "poi.xlsx", POI, modo=Modo.SEGUIMIENTO, ejercicio=2024, periodo=Periodo(2024, "T", 2), filas=filas,
        campos={c: v for c, v in POI.modelo.campos.items() if c != "periodo"},
    )
    pedido = pedir("poi", tmp_path / "poi.xlsx", tmp_path / "s")
    assert pedido.exit_code == 1
    assert "POI013" in pedido.stderr
    (leido,) = leer(tmp_path / "s/POI_031_2024-T3.xlsx", "x.xlsx")
    assert [f.valor("codigo") for f in leido.filas("Valorización")][-1] == "AO.04"
    hechas = abiertas(tmp_path / "s/POI_031_2024-T3.xlsx", POI, "Valorización")
    assert {n for n, _ in hechas} == {5}
    assert (5, "codigo") not in hechas


def test_lo_que_no_sirve_o_no_es_se_nombra_en_una_linea(tmp_path: Path) -> None:
    carpeta = tmp_path / "a"
    escribir(carpeta / "bueno.xlsx", POI)
    escribir_plantilla(carpeta / "blanco.xlsx", POI, modo=Modo.FORMULACION, ejercicio=2024)
    (carpeta / "roto.xlsx").write_bytes(b"PK\x03\x04nada")
    (carpeta / "notas.txt").write_text("hola")
    (carpeta / "datos.csv").write_text("a,b")
    escribir(carpeta / "otro.xlsx", POI, unidad="044 - Otra", ejercicio=2023, periodo=None)
    pedido = pedir("poi", carpeta, tmp_path / "s")
    assert pedido.exit_code == 1
    assert [p.name for p in (tmp_path / "s").iterdir()] == ["POI_031_2024-T3.xlsx"]
    lineas = {linea.split(":")[0]: linea for linea in pedido.stderr.splitlines()}
    assert set(lineas) == {
        "Se deja aparte notas.txt", "No se hizo la de blanco.xlsx", "No se hizo la de datos.csv",
        "No se hizo la de otro.xlsx", "No se hizo la de roto.xlsx",
    }
    assert "plantilla sin llenar" in lineas["No se hizo la de blanco.xlsx"]
    assert "es del ejercicio 2023" in lineas["No se hizo la de otro.xlsx"]


@pytest.mark.parametrize("que", ["vacía", "resultados"])
def test_de_una_carpeta_sin_aprobados_se_dice_por_que(tmp_path: Path, que: str) -> None:
    carpeta = tmp_path / "a"
    carpeta.mkdir()
    if que == "resultados":
        (carpeta / "resultado.json").write_text("{}")
        escribir(carpeta / "poi.xlsx", POI)
    pedido = pedir("poi", carpeta, tmp_path / "s")
    assert (pedido.exit_code, pedido.stdout) == (1, "")
    assert ("ningún libro" if que == "vacía" else "es una salida de este programa") in pedido.stderr


def test_de_dos_entregas_de_una_unidad_se_usa_la_que_informa_mas(tmp_path: Path) -> None:
    escribir(tmp_path / "a/1.xlsx", POI, periodo="2024-T2")
    escribir(tmp_path / "a/2.xlsx", POI, {("Seguimiento", 0, "ejecutado_m5"): 3.0}, periodo="2024-T1")
    pedido = pedir("poi", tmp_path / "a", tmp_path / "s")
    assert pedido.exit_code == 0
    assert "Se deja aparte 2.xlsx: de 031 se usa «1.xlsx», el más reciente" in pedido.stderr
    (leido,) = leer(tmp_path / "s/POI_031_2024-T3.xlsx", "x.xlsx")
    esperado = POI.modelo.filas["Seguimiento"][0]["ejecutado_m5"]
    assert leido.filas("Seguimiento")[0].valor("ejecutado_m5") == esperado


def test_con_todas_cada_libro_se_lee_y_se_nombra_una_vez(tmp_path: Path) -> None:
    escribir(tmp_path / "a/mir.xlsx", MIR)
    escribir(tmp_path / "a/poi.xlsx", POI)
    (tmp_path / "a/roto.xlsx").write_bytes(b"PK\x03\x04nada")
    pedido = pedir("todas", tmp_path / "a", tmp_path / "s")
    assert sorted(p.name for p in (tmp_path / "s").iterdir()) == ["MIR_504-6_2024-T3.xlsx", "POI_031_2024-T3.xlsx"]
    assert [linea.split(":")[0] for linea in pedido.stderr.splitlines()] == ["No se hizo la de roto.xlsx"]


# la exportación del aplicativo


def test_el_total_que_no_cuadra_con_sus_meses_no_se_cierra(tmp_path: Path) -> None:
    escribir_exportacion(tmp_path / "e.xlsx", [renglon("AO1") | {"PROG_TOTAL": 130.0}, renglon("AO2")])
    pedido = pedir("poi", tmp_path / "e.xlsx", tmp_path / "s")
    assert pedido.exit_code == 1
    assert "Reporte!AB2 (queda abierta)  POI001: La meta anual de AO1" in pedido.stderr
    assert "130 y sus meses suman 120" in pedido.stderr
    hechas = abiertas(tmp_path / "s/POI_03-01_2024-T3.xlsx", POI, "Programación")
    assert {c: v for (n, c), v in hechas.items() if n == 0 and c.startswith(("meta", "programado"))} == {
        "meta": 130, **{f"programado_m{m}": 10 for m in range(1, 13)},
    }
    assert not [c for n, c in hechas if n == 1 and c.startswith(("meta", "programado"))]


def test_lo_ejecutado_del_periodo_que_trae_la_exportacion_se_pone_y_se_dice(tmp_path: Path) -> None:
    escribir_exportacion(tmp_path / "e.xlsx", [renglon("AO1", ejecutado="10 10 9 10 10 10 8 - 7 5")])
    pedido = pedir("poi", tmp_path / "e.xlsx", tmp_path / "s")
    assert pedido.exit_code == 0
    assert "lo ejecutado en julio y septiembre que ya trae la exportación (2 cifras) queda puesto y abierto" in (
        pedido.stderr
    )
    assert "lo ejecutado en octubre (1 cifra) es posterior al periodo y no se pone" in pedido.stderr
    hechas = abiertas(tmp_path / "s/POI_03-01_2024-T3.xlsx", POI, "Seguimiento")
    assert {c: v for (n, c), v in hechas.items() if n == 0 and c.startswith("ejecutado")} == {
        "ejecutado_m7": 8, "ejecutado_m8": None, "ejecutado_m9": 7,
    }
    (leido,) = leer(tmp_path / "s/POI_03-01_2024-T3.xlsx", "x.xlsx")
    assert leido.filas("Seguimiento")[0].valor("ejecutado_m10") is None


@pytest.mark.libreoffice
@pytest.mark.parametrize(("formato", "cambios"), [(POI, MALO_POI), (MIR, MALO_MIR)])
@pytest.mark.larga
def test_libreoffice_calcula_lo_mismo_en_una_plantilla_con_celdas_abiertas(
    tmp_path: Path, soffice: Callable[[Path, str], Path], formato: Formato, cambios: Cambios
) -> None:
    escribir(tmp_path / "a.xlsx", formato, cambios)
    pedir(formato.clave.lower(), tmp_path / "a.xlsx", tmp_path / "s")
    (hecha,) = (tmp_path / "s").iterdir()
    assert comparar(hecha.read_bytes(), soffice, tmp_path) > 50
