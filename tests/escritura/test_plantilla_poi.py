"""Lo propio de la plantilla del POI: meses, listas que dependen de otra, hojas unidas por código y cuadro resumen."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from recalculo import comparar

from pei_excel.crudo import ErrorExcel
from pei_excel.escritura.desde_libro import filas_desde_libro
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Hoja, Modo
from pei_excel.formatos.anexo01 import OBJETIVOS
from pei_excel.formatos.poi import EVALUACION, NECESIDADES, POI, PROGRAMACION, SEGUIMIENTO, VALORIZACION
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.periodos import Periodo

T2, MAYO = Periodo(2024, "T", 2), Periodo(2024, "M", 5)


def escribir(modo: Modo = Modo.FORMULACION, **otros: Any) -> bytes:
    destino = BytesIO()
    argumentos: dict[str, Any] = {"campos": POI.modelo.campos, "filas": POI.modelo.filas, "filas_libres": 12} | otros
    if modo is Modo.SEGUIMIENTO:
        argumentos.setdefault("periodo", T2)
    escribir_plantilla(destino, POI, modo=modo, ejercicio=2024, **argumentos)
    return destino.getvalue()


def abrir(contenido: bytes, *, valores: bool = False) -> Workbook:
    return openpyxl.load_workbook(BytesIO(contenido), data_only=valores)


def con(hoja: str, cual: str, /, **cambios: Any) -> dict[str, list[dict[str, Any]]]:
    """Las filas del modelo con unos valores cambiados en la de un código."""
    filas = {clave: [dict(f) for f in propias] for clave, propias in POI.modelo.filas.items()}
    next(f for f in filas[hoja] if f.get("codigo") == cual).update(cambios)
    return filas


def abiertas(libro: Workbook, una: Hoja, renglon: int = 0) -> set[str]:
    hoja, lugar = libro[una.clave], una.disposicion
    return {c for c, n in lugar.columna.items() if not hoja.cell(lugar.fila_datos + renglon, n).protection.locked}


def meses(*numeros: int) -> set[str]:
    return {f"{medida}_m{m}" for medida in ("ejecutado", "devengado") for m in numeros}


EXPLICACIONES = {"contribuyeron", "dificultaron", "medidas", "responsable", "plazo", "medios"}


@pytest.mark.parametrize(
    ("periodo", "abiertos"), [(T2, (4, 5, 6)), (MAYO, (4, 5)), (Periodo(2024, "S", 2), (10, 11, 12))]
)
def test_en_seguimiento_solo_se_abren_los_meses_que_se_reportan(periodo: Periodo, abiertos: tuple[int, ...]) -> None:
    libro = abrir(escribir(Modo.SEGUIMIENTO, periodo=periodo, campos={}))
    for n in range(6):
        assert abiertas(libro, SEGUIMIENTO, n) == meses(*abiertos)
    for una in (PROGRAMACION, VALORIZACION, NECESIDADES):
        assert abiertas(libro, una) == set()
    assert libro["Programación"].cell(PROGRAMACION.disposicion.fila_campo["techo"], 3).protection.locked


def test_en_evaluacion_se_abre_el_trimestre_que_se_reporta_y_se_guardan_los_anteriores() -> None:
    filas = con("Evaluación", "AO.01", trimestre="1er. Trimestre")
    libro = abrir(escribir(Modo.SEGUIMIENTO, filas=filas))
    hoja, lugar = libro["Evaluación"], EVALUACION.disposicion
    llaves = [lugar.columna[c] for c in ("codigo", "trimestre")]
    leidas = [tuple(hoja.cell(lugar.fila_datos + n, c).value for c in llaves) for n in range(8)]
    assert leidas == [
        ("AO.01", "1er. Trimestre"), *((f"AO.0{n}", "2do. Trimestre") for n in (2, 3, 4, 5, 6, 1)), (None, None)
    ]
    assert abiertas(libro, EVALUACION, 0) == set()
    assert abiertas(libro, EVALUACION, 1) == EXPLICACIONES


def test_el_seguimiento_lleva_todas_las_actividades_aunque_no_tuvieran_renglon() -> None:
    filas = {**POI.modelo.filas, "Seguimiento": (), "Evaluación": ()}
    libro = abrir(escribir(Modo.SEGUIMIENTO, filas=filas))
    for una, hay in ((SEGUIMIENTO, 6), (EVALUACION, 6)):
        fila = una.disposicion.fila_datos
        assert [libro[una.clave].cell(fila + n, 1).value for n in range(hay + 1)] == [
            *(f"AO.0{n}" for n in range(1, 7)), None,
        ]


def test_la_lista_de_aei_depende_del_oei_elegido() -> None:
    libro = abrir(escribir())
    validaciones = libro["Programación"].data_validations.dataValidation
    formulas = {str(v.sqref).partition(":")[0]: v.formula1 for v in validaciones}
    fila = PROGRAMACION.disposicion.fila_datos
    assert formulas[f"A{fila}"] == "lista_oei"
    assert formulas[f"C{fila}"] == f"OFFSET(lista_aei,MATCH($A{fila},padre_aei,0)-1,0,COUNTIF(padre_aei,$A{fila}),1)"
    rangos = [libro.defined_names[n].attr_text.partition("!")[2].replace("$", "") for n in ("lista_aei", "padre_aei")]
    codigos, padres = ([c[0].value for c in libro["Listas"][rango]] for rango in rangos)
    for objetivo in OBJETIVOS:
        inicio = padres.index(objetivo.codigo)
        ofrecidas = codigos[inicio : inicio + padres.count(objetivo.codigo)]
        assert ofrecidas == [a.codigo for a in objetivo.acciones]


def test_el_codigo_se_elige_de_programacion_y_el_nombre_llega_solo() -> None:
    libro = abrir(escribir())
    for clave in ("Valorización", "Necesidades", "Seguimiento", "Evaluación", "Modificaciones"):
        formulas = [v.formula1 for v in libro[clave].data_validations.dataValidation]
        assert "lista_programacion_codigo" in formulas
    hoja = abrir(escribir(), valores=True)["Seguimiento"]
    fila = SEGUIMIENTO.disposicion.fila_datos + 2
    assert [hoja.cell(fila, n).value for n in (1, 2, 3)] == [
        "AO.03", "Mantener los equipos de la red interna", "Equipo atendido",
    ]


def test_los_nombres_de_objetivo_y_accion_salen_del_anexo() -> None:
    hoja = abrir(escribir(), valores=True)["Programación"]
    fila = PROGRAMACION.disposicion.fila_datos
    assert hoja.cell(fila, 2).value == OBJETIVOS[4].nombre
    assert hoja.cell(fila, 4).value == OBJETIVOS[4].estrategias[0]


def test_el_cuadro_resumen_compara_las_necesidades_con_el_techo() -> None:
    fila = NECESIDADES.disposicion.fila_cuadro["presupuesto"]

    def cuadro(**otros: Any) -> list[tuple[str, float | None]]:
        hoja = abrir(escribir(**otros), valores=True)["Necesidades"]
        renglones = hoja.iter_rows(fila + 1, fila + 6, min_col=2)
        cifras = [next((c.value for c in f if c.value is not None), None) for f in renglones]
        return [(str(hoja.cell(fila + n, 1).value), cifra) for n, cifra in enumerate(cifras, 1)]

    assert cuadro() == [
        ("Bienes (S/.)", 27500), ("Servicios (S/.)", 44500), ("Otros (S/.)", 2000), ("Total (S/.)", 74000),
        ("Techo presupuestal (S/.)", 90000), ("Saldo: techo menos total (S/.)", 16000),
    ]
    sin_otros = {**POI.modelo.filas, "Necesidades": tuple(
        f for f in POI.modelo.filas["Necesidades"] if f["tipo_gasto"] != "Otros"
    )}
    otro = cuadro(filas=sin_otros, campos={**POI.modelo.campos, "techo": None})
    assert [cifra for _, cifra in otro] == [27500, 44500, None, 72000, None, None]


def test_los_totales_siguen_la_acumulacion_y_el_dinero_siempre_se_suma() -> None:
    libro = abrir(escribir(), valores=True)
    for una, clave, esperados in (
        (PROGRAMACION, "programado_total", [120, 6, 40, 1, 10, 20]),
        (SEGUIMIENTO, "ejecutado_total", [59, 2, 40, 1, 4, 11]),
        (VALORIZACION, "costo_total", [18000, 12000, 36000, 2000, 6000, 8000]),
        (SEGUIMIENTO, "devengado_total", [8930.5, 4500, 17700, 980, 2300, 4700]),
        (SEGUIMIENTO, "ejecutado_al_periodo", [59, 2, 39, 1, 4, 11]),
        (SEGUIMIENTO, "debe_explicar", ["No", "Sí", "No", "No", "No", "No"]),
    ):
        lugar = una.disposicion
        celdas = [libro[una.clave].cell(lugar.fila_datos + n, lugar.columna[clave]) for n in range(6)]
        assert [c.value for c in celdas] == esperados, clave


def test_el_dinero_se_muestra_con_miles() -> None:
    libro = abrir(escribir())
    techo = libro["Programación"].cell(PROGRAMACION.disposicion.fila_campo["techo"], 3)
    assert techo.number_format == '"S/. "#,##0.00'
    for una, clave in ((VALORIZACION, "costo_m1"), (NECESIDADES, "costo"), (SEGUIMIENTO, "devengado_total")):
        celda = libro[una.clave].cell(una.disposicion.fila_datos, una.disposicion.columna[clave])
        assert celda.number_format == "#,##0.00"


@pytest.mark.parametrize(
    ("filas", "periodo", "texto", "primero"),
    [
        (con("Seguimiento", "AO.03", ejecutado_m5=None), "2do. Trimestre 2024", "Falta 1 dato del 2do. trimestre",
         "Seguimiento!H8"),
        (con("Seguimiento", "AO.03", ejecutado_m6=None), "Mayo 2024", "LISTO PARA ENVIAR", None),
        (con("Seguimiento", "AO.03", devengado_m4=None, ejecutado_m4=None), "Abril 2024", "Faltan 2 datos de abril",
         "Seguimiento!G8"),
        (con("Evaluación", "AO.02", medidas=None), "2do. Trimestre 2024", "Falta 1 dato del 2do. trimestre",
         "Evaluación!G7"),
        (con("Evaluación", "AO.01", medios=None), "2do. Trimestre 2024", "Falta 1 dato del 2do. trimestre",
         "Evaluación!J6"),
        (con("Valorización", "AO.06", codigo="AO.05"), "2do. Trimestre 2024", "Falta 1 dato del 2do. trimestre",
         "Programación!E17"),
        (con("Programación", "AO.04", elementos=None), None, "Falta 1 dato", "Programación!Z15"),
        ({}, None, "SIN RENGLONES: empiece por la columna Código", None),
    ],
)
def test_la_primera_fila_dice_cuanto_falta_y_lleva_a_lo_primero(
    filas: dict[str, Any], periodo: str | None, texto: str, primero: str | None
) -> None:
    libro = abrir(escribir(filas=filas, campos={**POI.modelo.campos, "periodo": periodo}), valores=True)
    for hoja in POI.hojas:
        assert libro[hoja.clave]["A1"].value == texto
    vinculos = {c.value for c in libro["Programación"][1] if c.value} - {texto}
    assert vinculos == ({f"Ir al primer dato que falta: {primero}"} if primero else set())


def test_la_formulacion_completa_no_pide_seguimiento() -> None:
    filas = {c: f for c, f in POI.modelo.filas.items() if c not in {"Seguimiento", "Evaluación"}}
    campos = {**POI.modelo.campos, "periodo": None}
    hoja = abrir(escribir(filas=filas, campos=campos), valores=True)["Programación"]
    assert hoja["A1"].value == "FORMULACIÓN COMPLETA"


RAREZAS: tuple[dict[str, Any], ...] = (
    {"programado_m4": "NP", "programado_m5": 0.0}, {"acumulacion": "recurrente mensual", "programado_m2": None},
    {"acumulacion": "Recurrente trimestral"}, {"acumulacion": "Inventada", "meta": "4 por año"}, {"oei": "OEI.99"},
    {"codigo": "ao.09", "aei": None},
)


def raras() -> dict[str, list[dict[str, Any]]]:
    """Las filas del modelo con algo fuera de lo común en cada actividad y en lo que informa."""
    filas = {clave: [dict(f) for f in propias] for clave, propias in POI.modelo.filas.items()}
    for fila, cambios in zip(filas["Programación"], RAREZAS, strict=True):
        fila.update(cambios)
    for n, valor in enumerate(("veinte", None, -3.0, "S/ 5", 0.0, 1e6)):
        filas["Seguimiento"][n]["ejecutado_m5"] = valor
        filas["Seguimiento"][n]["devengado_m6"] = valor
    filas["Seguimiento"].append({"codigo": "XX.01", "ejecutado_m3": 4.0})
    filas["Evaluación"][1]["trimestre"] = "3er. Trimestre"
    filas["Evaluación"][2]["codigo"] = "XX.01"
    return filas


CASOS: dict[str, tuple[Modo, dict[str, Any]]] = {
    "en blanco": (Modo.FORMULACION, {"campos": {}, "filas": {}}),
    "mayo": (Modo.SEGUIMIENTO, {"periodo": MAYO, "campos": {**POI.modelo.campos, "periodo": "Mayo 2024"}}),
    "valores raros": (Modo.FORMULACION, {"filas": raras()}),
    "un error en lo ejecutado": (
        Modo.FORMULACION, {"filas": con("Seguimiento", "AO.03", ejecutado_m5=ErrorExcel("#DIV/0!"))},
    ),
    "un error en lo programado": (
        Modo.FORMULACION, {"filas": con("Programación", "AO.01", programado_m5=ErrorExcel("#N/A"))},
    ),
}


@pytest.mark.libreoffice
@pytest.mark.parametrize("caso", CASOS)
@pytest.mark.larga
def test_libreoffice_calcula_lo_mismo_que_esta_guardado(
    caso: str, soffice: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    modo, argumentos = CASOS[caso]
    assert comparar(escribir(modo, **argumentos), soffice, tmp_path) > 150


def test_de_un_poi_leido_sale_su_seguimiento(tmp_path: Path) -> None:
    ruta = tmp_path / "poi.xlsx"
    ruta.write_bytes(escribir())
    (libro,) = leer(ruta, "poi.xlsx", Opciones())
    assert libro.periodo == T2
    campos, filas = filas_desde_libro(libro, POI, Periodo(2024, "T", 3))
    assert campos["periodo"] == "3er. Trimestre 2024"
    assert filas["Programación"] == [dict(f) for f in POI.modelo.filas["Programación"]]
    assert filas["Seguimiento"] == [dict(f) for f in POI.modelo.filas["Seguimiento"]]
    assert len(filas["Evaluación"]) == 6
    sin_abril, _ = filas_desde_libro(libro, POI, MAYO)
    assert sin_abril["periodo"] == "Mayo 2024"
    destino = abrir(escribir(Modo.SEGUIMIENTO, campos=campos, filas=filas, periodo=Periodo(2024, "T", 3)))
    assert abiertas(destino, SEGUIMIENTO) == meses(7, 8, 9)
