"""Los datos del POI: el Anexo 01, los periodos por mes, los códigos y las metas con palabras."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pei_excel.crudo import CeldaCruda
from pei_excel.formatos.anexo01 import OBJETIVOS
from pei_excel.formatos.mir import MIR
from pei_excel.formatos.poi import POI
from pei_excel.mensual import ACUMULATIVO, cifras_de, ejecutado_en, programado_en
from pei_excel.periodos import Periodo, leer_periodo, texto_de_periodo
from pei_excel.tipos import Codigo, Contexto, MesOTrimestre, Meta, MetaEnPalabras, Tipo, cifra_de_meta, leer_meta


def leer(tipo: Tipo, valor: Any) -> Any:
    return tipo.leer(CeldaCruda(valor), Contexto("pe", 2024))


def test_el_anexo_tiene_doce_objetivos_catorce_acciones_y_quince_metas() -> None:
    assert [o.codigo for o in OBJETIVOS] == [f"OEI.{n:02d}" for n in range(1, 13)]
    acciones = [a.codigo for o in OBJETIVOS for a in o.acciones]
    assert acciones[2:6] == ["AEI.03.01", "AEI.03.02", "AEI.04.01", "AEI.05.01"]
    assert sum(len(o.acciones) for o in OBJETIVOS) == 14
    assert sum(len(o.metas) for o in OBJETIVOS) == 15
    assert OBJETIVOS[4].metas == (
        MetaEnPalabras("100% al 2018", 100.0, "%"), MetaEnPalabras("1 al año como mínimo", 1.0),
    )
    assert all(m.numero is not None for o in OBJETIVOS for m in o.metas)


@pytest.mark.parametrize(
    ("texto", "codigo"),
    [("2do. Trimestre 2024", "2024-T2"), ("Junio 2024", "2024-06"), ("SETIEMBRE", "2024-09"), ("Sep. 2024", "2024-09"),
     ("II Trimestre 2024", "2024-T2"), ("2024-05", "2024-05"), ("2024-S1", "2024-T2"), ("2024", "2024-T4"),
     ("abril - junio 2024", "2024-T2"), ("mes de marzo de 2024", "2024-03")],
)
def test_el_periodo_puede_ser_mes_o_trimestre(texto: str, codigo: str) -> None:
    assert leer_periodo(texto, 2024) == Periodo.de_codigo(codigo)
    assert leer(MesOTrimestre(), texto).valor == Periodo.de_codigo(codigo)


@pytest.mark.parametrize("texto", ["", "enero y mayo 2024", "junio 2023 2024", "pronto", "2024-13", "María 2024",
                                   "Mari\u0301a 2024", "Según 2024", "Agósto-dic"])
def test_lo_que_no_es_un_periodo_se_dice(texto: str) -> None:
    assert leer_periodo(texto, 2024) is None


def test_los_periodos_que_se_ofrecen_se_leen_igual() -> None:
    for periodo in MesOTrimestre().periodos(2024):
        assert leer_periodo(texto_de_periodo(periodo)) == periodo
    assert leer(MesOTrimestre(), date(2024, 6, 1)).valor == Periodo(2024, "M", 6)
    assert Periodo(2024, "M", 5).meses_abiertos == range(4, 6)
    assert [Periodo.de_codigo(c).del_periodo for c in ("2024-T2", "2024-05", "2024", "2024-S1")] == [
        "del 2do. trimestre", "de mayo", "del ejercicio", "del 1er. semestre",
    ]


@pytest.mark.parametrize(
    ("prefijo", "partes", "escrito", "leido"),
    [("OEI", 1, "oei 1", "OEI.01"), ("OEI", 1, "OEI.01 Lograr que…", "OEI.01"), ("OEI", 1, "OEI12", "OEI.12"),
     ("AEI", 2, "AEI 3.2", "AEI.03.02"), ("AEI", 2, "AEI.03", "AEI.03"), ("", 1, " ao.01 ", "AO.01"),
     ("", 1, 7.0, "7")],
)
def test_los_codigos_se_leen_aunque_se_escriban_de_otro_modo(
    prefijo: str, partes: int, escrito: Any, leido: str
) -> None:
    assert leer(Codigo(prefijo=prefijo, partes=partes), escrito).valor == leido


def test_un_codigo_que_excel_volvio_fecha_no_se_adivina() -> None:
    leido = leer(Codigo(), date(2024, 2, 1))
    assert leido.valor is None
    assert leido.incidente.clase == "FMT004"


@pytest.mark.parametrize(
    ("palabras", "numero", "unidad"),
    [("60 % como mínimo", 60, "%"), ("4 por año", 4, ""), ("100% al 2018", 100, "%"), ("1,200 vecinos", 1200, ""),
     ("de 5 a 10", None, ""), ("las que se pidan", None, "")],
)
def test_las_metas_con_palabras_conservan_sus_palabras(palabras: str, numero: float | None, unidad: str) -> None:
    assert leer_meta(palabras, "pe") == MetaEnPalabras(palabras, numero, unidad)
    leido = leer(Meta(minimo=0), palabras)
    assert (str(leido.valor), leido.incidente, cifra_de_meta(leido.valor)) == (palabras, None, numero)


def test_una_meta_en_numero_es_un_numero() -> None:
    assert leer(Meta(minimo=0), 120.0) == (120.0, None)
    assert leer(Meta(minimo=0), "NP").valor is None
    assert leer(Meta(minimo=0), "1,200").valor == 1200
    assert leer(Meta(minimo=0), -1.0).incidente.clase == "FMT004"


@pytest.mark.parametrize("formato", [MIR, POI], ids=lambda f: f.clave)
def test_cada_campo_modificable_existe(formato: Any) -> None:
    campos = formato.por_clave["Modificaciones"].por_clave["campo"].tipo.opciones
    assert set(formato.modificables) == set(campos)
    for hoja, columna in formato.modificables.values():
        assert columna in formato.por_clave[hoja].por_clave


def test_el_modelo_cuadra_y_tres_actividades_no_llegan_a_cien() -> None:
    filas = POI.modelo.filas
    hechas = {f["codigo"]: cifras_de(f, "ejecutado") for f in filas["Seguimiento"]}
    avances = []
    for fila in filas["Programación"]:
        forma, p = fila["acumulacion"], cifras_de(fila, "programado")
        meta = sum(c or 0 for c in p) if forma == ACUMULATIVO else max(c or 0 for c in p)
        assert meta == fila["meta"]
        al_periodo = programado_en(forma, p, range(1, 7))
        avances.append((ejecutado_en(forma, p, hechas[fila["codigo"]], range(1, 7)) or 0) / (al_periodo or 1) * 100)
    assert sum(round(a, 6) != 100 for a in avances) >= 3
    costo = {f["codigo"]: sum(c or 0 for c in cifras_de(f, "costo")) for f in filas["Valorización"]}
    pedido: dict[str, float] = {}
    for fila in filas["Necesidades"]:
        pedido[fila["codigo_actividad"]] = pedido.get(fila["codigo_actividad"], 0) + fila["costo"]
    assert all(costo[codigo] == suma for codigo, suma in pedido.items())
    assert sum(costo.values()) <= POI.modelo.campos["techo"]
