"""Bordes del catálogo en el POI: cada momento limpio, una causa un hallazgo, y lo que se ve entre hojas o libros."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from pois import T2, celda, crudo, escribir, filas_con, hallados, reglas, revisiones, sin_marca, titulo

from pei_excel.crudo import ErrorExcel
from pei_excel.escritura.plantilla import ConFormula
from pei_excel.formato import Modo
from pei_excel.formatos.poi import POI, PROGRAMACION, SEGUIMIENTO
from pei_excel.hallazgo import Destinatario
from pei_excel.mensual import ANO, MENSUAL, TRIMESTRAL, claves_de_mes
from pei_excel.periodos import Periodo, texto_de_periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Suerte, revisar_entrega
from pei_excel.simulacion import simular_poi

MAYO = Periodo(2024, "M", 5)
CAMPO = {c: f"C{PROGRAMACION.disposicion.fila_campo[c]}" for c in ("unidad", "periodo", "techo")}


def meses(medida: str, valor: Any = None, cuales: Any = ANO) -> dict[str, Any]:
    return {f"{medida}_m{m}": valor for m in cuales}


# Momentos


@pytest.mark.parametrize("modo", list(Modo))
@pytest.mark.parametrize("pedido", ["2024-T2", "2024-06", "2024-S1", "2024-T1", "2024-03", None])
def test_el_modelo_no_da_nada_en_ningun_momento(modo: Modo, pedido: str | None) -> None:
    periodo = Periodo.de_codigo(pedido) if pedido else None
    (revision,) = revisiones(crudo(modo=modo), periodo)
    vistos = [(h.regla, h.donde.celda) for h in revision.hallazgos]
    if pedido in {"2024-T1", "2024-03"}:  # el modelo trae la Evaluación del segundo trimestre, no la del primero
        assert {r for r, _ in vistos} == {"SEG005"}
    else:
        assert vistos == []


@pytest.mark.parametrize(
    ("escrito", "pedido"), [("T4", "2024-S2"), ("T4", "2024"), ("T2", "2024-S1"), ("T3", "2024-09")]
)
def test_un_ano_simulado_no_da_nada_por_semestre_ni_por_ano(escrito: str, pedido: str) -> None:
    simulado = simular_poi(7, periodo=Periodo.de_codigo(f"2024-{escrito}"))
    libro = crudo(filas=simulado.filas, **simulado.campos)
    assert hallados(libro, Periodo.de_codigo(pedido)) == []


def test_al_formular_no_hace_falta_el_seguimiento() -> None:
    libro = crudo(quitar=("Seguimiento", "Evaluación"), periodo=None)
    assert hallados(libro, None) == []
    libro.hojas = [h for h in libro.hojas if h.nombre != "Seguimiento"]
    assert hallados(libro, None) == []
    (revision,) = revisiones(libro, T2)
    assert revision.estado is Suerte.OBSERVADO
    assert [(h.regla, h.donde.celda) for h in revision.hallazgos] == [("FMT003", None), ("FMT016", CAMPO["periodo"])]


def test_el_diseno_va_a_la_unidad_al_formular_y_a_planeacion_al_reportar() -> None:
    sin_elementos = {"Programación": {"AO.01": {"elementos": None}}}

    def destino(periodo: Periodo | None, escrito: str | None) -> tuple[Destinatario, bool]:
        (revision,) = revisiones(crudo(sin_elementos, quitar=("Seguimiento", "Evaluación") if not escrito else (),
                                       periodo=escrito), periodo)
        (hallazgo,) = [h for h in revision.hallazgos if h.regla == "POI010"]
        return hallazgo.destinatario, hallazgo.diseno

    assert destino(None, None) == (Destinatario.UNIDAD, False)
    assert destino(T2, "2do. Trimestre 2024") == (Destinatario.PLANEACION, True)


# Lectura


def test_falta_una_hoja_una_columna_o_un_mes() -> None:
    def quitada(hoja: str) -> Any:
        libro = crudo()
        libro.hojas = [h for h in libro.hojas if h.nombre != hoja]
        return libro

    def sin_titulo(hoja: str, columna: str) -> Any:
        libro = crudo()
        una = next(h for h in libro.hojas if h.nombre == hoja)
        lugar = POI.por_clave[hoja].disposicion
        donde = lugar.fila_del_titulo(POI.por_clave[hoja].por_clave[columna]), lugar.columna[columna]
        una.celdas[donde] = una.celdas[donde]._replace(valor="Otro dato")
        return libro

    def suerte(libro: Any) -> tuple[Suerte, list[tuple[str, str | None, str | None]]]:
        (revision,) = revisiones(libro)
        return revision.estado, [(h.regla, h.donde.hoja, h.donde.celda) for h in revision.hallazgos]

    assert suerte(quitada("Programación")) == (Suerte.RECHAZADO, [("FMT003", None, None)])
    assert suerte(quitada("Valorización")) == (Suerte.OBSERVADO, [("FMT003", None, None)])
    assert suerte(quitada("Evaluación")) == (Suerte.ACEPTADO, [("FMT003", None, None)])  # no tiene cifras: es un aviso
    for columna in ("codigo", "actividad"):
        assert suerte(sin_titulo("Programación", columna))[0] is Suerte.RECHAZADO
    assert suerte(sin_titulo("Programación", "programado_m9")) == (
        Suerte.RECHAZADO, [("FMT003", "Programación", titulo("Programación", "programado_m9"))]
    )
    suya = titulo("Programación", "prioridad")
    assert suerte(sin_titulo("Programación", "prioridad")) == (Suerte.OBSERVADO, [("FMT003", "Programación", suya)])
    assert suerte(sin_titulo("Seguimiento", "ejecutado_m2"))[0] is Suerte.OBSERVADO


def test_un_libro_ajeno_no_necesita_lo_que_calcula_la_plantilla() -> None:
    libro = sin_marca(crudo())
    for hoja in libro.hojas:
        declarada = POI.por_clave.get(hoja.nombre)
        if declarada is None:
            continue
        lugar = declarada.disposicion
        calculadas = {lugar.columna[c.clave] for c in declarada.columnas if c.calculo is not None}
        hoja.celdas = {p: c for p, c in hoja.celdas.items() if p[1] not in calculadas or p[0] < lugar.fila_encabezado}
    assert hallados(libro) == []


def test_un_codigo_vuelto_fecha_es_la_unica_causa() -> None:
    fecha = datetime(2024, 2, 1)  # noqa: DTZ001 - Excel no guarda zona horaria
    libro = crudo({"Programación": {"AO.02": {"codigo": fecha}}})
    assert hallados(libro) == [("FMT004", "Programación", celda("Programación", "AO.02", "codigo"))]


def test_lo_que_se_calcula_de_un_error_no_se_nombra_aunque_este_en_otra_hoja() -> None:
    error = ErrorExcel("#DIV/0!")
    libro = crudo({
        "Programación": {"AO.04": {"programado_m6": error}}, "Seguimiento": {"AO.01": {"ejecutado_m5": error}},
    })
    assert hallados(libro) == [
        ("FMT006", "Programación", celda("Programación", "AO.04", "programado_m6")),
        ("FMT006", "Seguimiento", celda("Seguimiento", "AO.01", "ejecutado_m5")),
    ]


def test_el_renglon_de_totales_y_los_rotulos_no_son_actividades() -> None:
    libro = sin_marca(crudo())
    for hoja in libro.hojas[:2]:
        lugar = POI.por_clave[hoja.nombre].disposicion
        fila = lugar.fila_datos + 6
        for c in range(1, 30):
            hoja.celdas.pop((fila, c), None)
        origen = hoja.celdas[lugar.fila_datos, 1]
        hoja.celdas[fila, 1] = origen._replace(valor="TOTAL GENERAL")
        hoja.celdas[fila, 14] = origen._replace(valor=1200.0)
    assert hallados(libro) == []


def test_una_actividad_sin_codigo_es_una_fila_corrida() -> None:
    libro = crudo({"Programación": {"AO.06": {"codigo": None}}})
    donde = celda("Programación", "AO.06", "codigo")
    # En las otras hojas el código ya no es de nadie: puede ser el que aquí falta.
    assert hallados(libro) == [("FMT015", "Programación", donde)]


@pytest.mark.parametrize(
    ("escrito", "pedido", "aceptado"),
    [("2do. Trimestre 2024", "2024-T1", True), ("Mayo 2024", "2024-T2", True), ("Mayo 2024", "2024-05", True),
     ("Abril 2024", "2024-05", False), ("2do. Trimestre 2024", "2024-05", True), ("Marzo 2024", "2024-T2", False),
     ("2do. Trimestre 2024", "2024-S1", True), ("2do. Trimestre 2024", "2024", False),
     ("1er. Trimestre 2025", "2024-T2", False)],
)
def test_un_poi_sirve_para_su_periodo_y_los_anteriores(escrito: str, pedido: str, aceptado: bool) -> None:
    (revision,) = revisiones(crudo(periodo=escrito), Periodo.de_codigo(pedido))
    ent005 = [h.donde.celda for h in revision.hallazgos if h.regla == "ENT005"]
    assert ent005 == ([] if aceptado else [CAMPO["periodo"]])
    assert (revision.estado is Suerte.RECHAZADO) is not aceptado


# Códigos


def test_un_codigo_repetido_calla_lo_que_se_une_por_el() -> None:
    libro = crudo({"Programación": {"AO.06": {"codigo": "AO.05"}}})
    assert hallados(libro) == [("POI011", "Programación", celda("Programación", "AO.06", "codigo"))]


def test_un_renglon_repetido_en_blanco_no_es_nada() -> None:
    filas = filas_con()
    filas["Seguimiento"].append({"codigo": "ao.01"})
    assert hallados(crudo(filas=filas)) == []


@pytest.mark.parametrize("hoja", ["Valorización", "Seguimiento"])
def test_un_codigo_mal_escrito_es_uno_solo_con_el_que_falta(hoja: str) -> None:
    libro = crudo({hoja: {"AO.02": {"codigo": "AO.22"}}})
    assert hallados(libro) == [("POI013", hoja, celda(hoja, "AO.02", "codigo"))]


def test_un_codigo_desconocido_en_evaluacion_calla_lo_que_la_actividad_no_explico() -> None:
    libro = crudo({"Evaluación": {"AO.02": {"codigo": "AO.22"}}})
    assert hallados(libro) == [("POI013", "Evaluación", celda("Evaluación", "AO.02", "codigo"))]


def test_lo_que_falta_en_dos_hojas_es_un_hallazgo_en_programacion() -> None:
    libro = crudo({"Valorización": {"AO.05": None}, "Seguimiento": {"AO.05": None}})
    (revision,) = revisiones(libro)
    (hallazgo,) = [h for h in revision.hallazgos if h.regla != "POI003"]
    assert (hallazgo.regla, hallazgo.donde.celda) == ("POI013", celda("Programación", "AO.05", "codigo"))
    assert "«Valorización» y «Seguimiento»" in hallazgo.mensaje


def test_una_hoja_sin_ninguna_actividad_es_un_hallazgo() -> None:
    assert hallados(crudo(quitar=("Valorización", "Necesidades"))) == [
        ("POI013", "Programación", celda("Programación", "AO.01", "codigo"))
    ]


def test_el_mismo_codigo_en_dos_unidades_se_dice_en_el_libro_que_llega_despues() -> None:
    propias = [*revisiones(crudo()), *revisiones(crudo(unidad="032 - Otra unidad"))]
    assert revisar_entrega(propias, (), Contexto(T2)) == []
    primera, segunda = propias
    assert primera.hallazgos == []
    (hallazgo,) = segunda.hallazgos
    assert (hallazgo.regla, hallazgo.severidad.value, hallazgo.donde.celda, segunda.estado) == (
        "POI011", "AVISO", celda("Programación", "AO.01", "codigo"), Suerte.ACEPTADO
    )
    assert len(hallazgo.tambien) == 5


def test_dos_entregas_de_una_unidad_son_la_misma_aunque_una_informe_mas() -> None:
    propias = [*revisiones(crudo()), *revisiones(crudo(periodo="3er. Trimestre 2024"))]
    assert [h.regla for h in revisar_entrega(propias, (), Contexto(T2))] == ["ENT003"]
    assert [r.estado for r in propias].count(Suerte.SUSTITUIDO) == 1
    assert all(h.regla != "POI011" for r in propias for h in r.hallazgos)


def test_sin_periodo_pedido_cada_mes_es_otro_informe() -> None:
    propias = [*revisiones(crudo(), None), *revisiones(crudo(periodo="Mayo 2024"), None)]
    assert revisar_entrega(propias, (), Contexto(None)) == []


# Metas y costos


def test_una_meta_que_no_dan_los_meses_calla_lo_que_depende_de_ella() -> None:
    todo_en_diciembre = {"meta": 20, **meses("programado"), "programado_m12": 15}
    cambios = {"Programación": {"AO.06": todo_en_diciembre}, "Seguimiento": {"AO.06": meses("ejecutado")}}
    donde = celda("Programación", "AO.06", "meta")
    assert hallados(crudo(cambios)) == [("POI001", "Programación", donde)]
    cambios["Programación"]["AO.06"] = {**todo_en_diciembre, "meta": 15}
    assert reglas(crudo(cambios)) == ["POI008"]  # y con ella calla POI007, que es la misma causa
    cambios["Programación"]["AO.06"] = {**todo_en_diciembre, "meta": "los que se pueda"}
    assert reglas(crudo(cambios)) == ["POI012"]


@pytest.mark.parametrize(
    ("cambio", "columnas"),
    [
        ({"programado_m7": 41.0}, ["programado_m7"]),
        ({"meta": 30.0}, ["meta"]),
        ({"programado_m1": None}, []),
        ({"programado_total": 45.0}, ["programado_total"]),
    ],
)
def test_una_recurrente_mensual_tiene_la_meta_cada_mes(cambio: dict[str, Any], columnas: list[str]) -> None:
    seguimiento = {"AO.03": {"ejecutado_m1": None}} if "programado_m1" in cambio else {}
    libro = crudo({"Programación": {"AO.03": cambio}, "Seguimiento": seguimiento})
    donde = [("POI001", "Programación", celda("Programación", "AO.03", c)) for c in columnas]
    assert [x for x in hallados(libro) if x[0] != "SEG008"] == donde


def test_una_recurrente_trimestral_se_programa_al_cierre() -> None:
    libro = crudo({"Programación": {"AO.04": {"programado_m10": 1.0, "programado_m9": 2.0}}})
    assert [c for r, _, c in hallados(libro) if r == "POI001"] == [
        celda("Programación", "AO.04", c) for c in ("programado_m9", "programado_m10")
    ]
    assert POI.modelo.filas["Programación"][3]["acumulacion"] == TRIMESTRAL
    assert POI.modelo.filas["Programación"][2]["acumulacion"] == MENSUAL


def test_un_total_escrito_que_no_dan_los_meses_pero_si_la_meta_es_una_causa() -> None:
    libro = crudo({"Programación": {"AO.06": {"programado_m7": 5.0, "programado_total": 20.0}}})
    assert hallados(libro) == [("POI001", "Programación", celda("Programación", "AO.06", "programado_total"))]


def test_un_costo_anual_mal_escrito_calla_las_necesidades_que_lo_miran() -> None:
    libro = crudo({"Valorización": {"AO.01": {"costo_total": 1.0, "costo_m12": 1600.0}}})
    assert hallados(libro) == [("POI002", "Valorización", celda("Valorización", "AO.01", "costo_total"))]


def test_un_costo_como_texto_calla_la_suma_y_no_el_resto() -> None:
    libro = crudo({"Valorización": {"AO.01": {"costo_m12": "S/ 1 600.00"}}})
    assert reglas(libro) == ["FMT005"]


def test_un_oei_que_no_existe_calla_la_accion() -> None:
    libro = crudo({"Programación": {"AO.01": {"oei": "OEI.20", "aei": "AEI.20.09"}}})
    assert hallados(libro) == [("POI004", "Programación", celda("Programación", "AO.01", "oei"))]


# Seguimiento


def test_el_mes_siguiente_en_casi_todas_es_el_campo_que_no_se_actualizo() -> None:
    julio = {f"AO.0{n}": {"ejecutado_m7": 1.0, "devengado_m7": 10.0} for n in range(1, 6)}
    assert hallados(crudo({"Seguimiento": julio})) == [("SEG003", "Programación", CAMPO["periodo"])]
    assert reglas(crudo({"Seguimiento": dict(list(julio.items())[:2])})) == ["SEG003"] * 4
    # Consolidar un periodo anterior al escrito no vuelve futuro lo que el libro ya informa.
    assert reglas(crudo({"Seguimiento": {"AO.01": {"ejecutado_m7": 10.0}}}, periodo="3er. Trimestre 2024")) == []


def test_nada_informado_en_el_periodo_es_un_solo_hallazgo() -> None:
    del_periodo = range(4, 7)
    nada = {**meses("ejecutado", None, del_periodo), **meses("devengado", None, del_periodo)}
    vacio = {f"AO.0{n}": nada for n in range(1, 7)}
    assert hallados(crudo({"Seguimiento": vacio})) == [("SEG004", "Programación", CAMPO["periodo"])]
    todo = {f"AO.0{n}": {**meses("ejecutado"), **meses("devengado")} for n in range(1, 7)}
    assert hallados(crudo({"Seguimiento": todo})) == [("SEG004", "Programación", CAMPO["periodo"])]


def test_un_mes_que_nadie_informa_es_un_solo_hallazgo() -> None:
    junio = {f"AO.0{n}": {"ejecutado_m6": None, "devengado_m6": None} for n in range(1, 7)}
    assert hallados(crudo({"Seguimiento": junio})) == [("SEG004", "Programación", CAMPO["periodo"])]


def test_al_pedir_un_mes_el_resto_del_trimestre_todavia_no_vence() -> None:
    junio = {f"AO.0{n}": {"ejecutado_m6": None, "devengado_m6": None} for n in range(1, 7)}
    assert reglas(crudo({"Seguimiento": junio}, periodo="Mayo 2024"), MAYO) == []
    assert reglas(crudo({"Seguimiento": junio}, periodo="Mayo 2024"), None) == []


def test_devengar_sin_costo_en_el_ano_se_aclara() -> None:
    devengado = meses("devengado") | {"devengado_m2": 5.0}
    libro = crudo({"Valorización": {"AO.06": meses("costo")}, "Seguimiento": {"AO.06": devengado}})
    assert hallados(libro) == [("SEG007", "Seguimiento", celda("Seguimiento", "AO.06", "devengado_m2"))]


def test_la_brecha_se_mira_desde_el_segundo_trimestre_y_se_debe_a_lo_que_la_causa() -> None:
    sin_gasto = {"Seguimiento": {"AO.01": meses("devengado", 0.0, range(2, 7))}}
    assert reglas(crudo(sin_gasto)) == ["SEG012"]
    assert "SEG012" not in reglas(crudo(sin_gasto), Periodo(2024, "T", 1))
    sin_gasto["Seguimiento"]["AO.01"]["devengado_m6"] = None
    assert reglas(crudo(sin_gasto)) == ["SEG004"]


def test_la_misma_evidencia_que_el_trimestre_anterior_se_nota() -> None:
    filas = filas_con()
    anterior = {**filas["Evaluación"][0], "trimestre": "1er. Trimestre"}
    filas["Evaluación"].append(anterior)
    libro = crudo(filas=filas)
    donde = {(r, c) for r, _, c in hallados(libro)}
    assert donde == {("SEG010", celda("Evaluación", "AO.01", c)) for c in ("medios", "contribuyeron")}


# Celdas calculadas


def test_una_formula_vieja_entre_hojas_se_dice_y_una_escrita_con_la_cifra_buena_tambien() -> None:
    libro = crudo({"Evaluación": {"AO.01": {"meta_alcanzada": ConFormula(12.0)}},
                   "Valorización": {"AO.02": {"costo_total": 12000.0}}})
    assert hallados(libro) == [
        ("FMT009", "Evaluación", celda("Evaluación", "AO.01", "meta_alcanzada")),
        ("FMT009", "Valorización", celda("Valorización", "AO.02", "costo_total")),
    ]


@pytest.mark.parametrize("hoja", [h.clave for h in POI.hojas[:5]])
@pytest.mark.parametrize("modo", list(Modo))
def test_ordenar_una_hoja_no_da_ningun_hallazgo(hoja: str, modo: Modo) -> None:
    filas = filas_con()
    filas[hoja].reverse()
    assert hallados(crudo(filas=filas, modo=modo)) == []


@pytest.mark.libreoffice
@pytest.mark.parametrize("modo", list(Modo))
@pytest.mark.parametrize("tipo", ["xlsx", "ods", "xls"])
@pytest.mark.larga
def test_recalculado_y_guardado_por_libreoffice_no_da_ningun_hallazgo(
    tipo: str, modo: Modo, tmp_path: Any, soffice: Any
) -> None:
    from recalculo import sin_resultados

    from pei_excel.lectura.celdas import abrir_bytes

    ruta = tmp_path / "libro.xlsx"
    ruta.write_bytes(sin_resultados(escribir(modo=modo)))
    convertido = soffice(ruta, tipo)
    libro = abrir_bytes(convertido.read_bytes(), convertido.name)
    assert hallados(libro) == ([("FMT017", None, None)] if tipo == "xls" else [])


def test_los_periodos_se_escriben_como_se_leen() -> None:
    assert texto_de_periodo(MAYO) == "Mayo 2024"
    assert SEGUIMIENTO.de_seguimiento
    assert not PROGRAMACION.de_seguimiento
    assert len(claves_de_mes("costo")) == 12


@pytest.mark.parametrize(("campos", "pedido", "regla"), [
    ({"ejercicio": 2023}, "2024-T2", "FMT016"),  # el libro del año pasado con el periodo cambiado
    ({"periodo": "2do. Trimestre 2023"}, None, "FMT016"),
    ({"periodo": "2do. Trimestre 2023"}, "2024-T2", "ENT005"),
])
def test_el_ano_fiscal_y_el_del_periodo_son_el_mismo(campos: dict[str, Any], pedido: str | None, regla: str) -> None:
    periodo = Periodo.de_codigo(pedido) if pedido else None
    (revision,) = revisiones(crudo(**campos), periodo)
    errores = [(h.regla, h.donde.celda) for h in revision.hallazgos if h.severidad == "ERROR"]
    assert errores == [(regla, CAMPO["periodo"])]
