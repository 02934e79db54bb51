"""Las frases del consolidado del POI: las del modelo, letra por letra, y sus singulares, plurales y «ninguno»."""

from __future__ import annotations

import sys
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

sys.path.insert(0, str(Path(__file__).parent / "escritura"))

from pois_de_prueba import Poi, cambiar, poi, tablas_de_poi

from pei_excel.escritura.consolidado_poi import escribir_consolidado_poi
from pei_excel.frases import frases
from pei_excel.frases_comunes import requieren_atencion
from pei_excel.frases_poi import frase_de_atencion, frase_de_brecha, frase_de_media, frase_de_reporte
from pei_excel.mensual import claves_de_mes
from pei_excel.periodos import Periodo
from pei_excel.revision import Suerte


def _sin_ejecutar(uno: Poi, *codigos: str) -> Poi:
    for codigo in codigos:
        cambiar(uno, "Seguimiento", codigo, **dict.fromkeys(claves_de_mes("ejecutado")))
    return uno


def test_las_del_modelo() -> None:
    assert frases(tablas_de_poi([poi()])[0]) == (
        "De 6 actividades con programación al 2do. trimestre, 5 están en «Bueno» y 1 en «Deficiente».",
        "Ninguna actividad está sin reporte.",
        "Requiere atención: AO.02 (2 de 3).",
        ("Se devengaron S/. 39,110.50 de S/. 41,200.00 programados al 2do. trimestre (94.9 %); la mayor brecha "
         "físico-financiera es la de AO.02: el gasto va 8.3 puntos adelante del avance físico (75 % y 66.7 %)."),
        "Avance físico medio, topado a 100 %: 92.4 % (6 actividades), con 1 de 1 informe.",
    )


def test_con_varias_unidades_dicen_de_cual_se_habla() -> None:
    tablas, _ = tablas_de_poi([poi(), poi("9 - Otra")])
    assert frase_de_atencion(tablas) == (
        "Requieren atención: AO.02 de la unidad 9 (2 de 3) y AO.02 de la unidad 031 (2 de 3)."
    )
    assert "es la de AO.02 de la unidad 9:" in frase_de_brecha(tablas)
    assert frase_de_media(tablas).endswith("(12 actividades), con 2 de 2 informes.")


def test_lo_que_falta_por_informar() -> None:
    una, _ = tablas_de_poi([_sin_ejecutar(poi(), "AO.03")])
    assert frase_de_reporte(una) == "1 actividad está sin reporte: AO.03."
    assert frase_de_atencion(una) == "Requieren atención: AO.03 (sin reporte de 40) y AO.02 (2 de 3)."
    todas, _ = tablas_de_poi([_sin_ejecutar(poi(), *(f"AO.0{n}" for n in range(1, 7)))])
    assert frase_de_reporte(todas) == "6 actividades están sin reporte: AO.01, AO.02, AO.03, AO.04 y 2 más."


def test_lo_informado_a_medias_se_dice_y_no_es_brecha() -> None:
    tablas, _ = tablas_de_poi([cambiar(poi(), "Seguimiento", "AO.02", ejecutado_m6=None)])
    assert frase_de_reporte(tablas) == (
        "Ninguna actividad está sin reporte; 1 actividad no informa algún mes del periodo y se evalúa con los demás."
    )
    assert "AO.02" not in frase_de_brecha(tablas)


def test_un_mes_vencido_de_un_trimestre_anterior_tambien_se_dice() -> None:
    """La cifra es de enero al periodo: el mes que falta puede ser de cualquier trimestre."""
    dicho = "1 actividad no informa algún mes del periodo y se evalúa con los demás."
    for codigo in ("2024-T1", "2024-S1", "2024-T2", "2024-05", "2024-06"):
        periodo = Periodo.de_codigo(codigo)
        tablas, _ = tablas_de_poi([cambiar(poi(periodo=periodo), "Seguimiento", "AO.01", ejecutado_m2=None)], periodo)
        assert dicho in frase_de_reporte(tablas), codigo
        assert "la de AO.01" not in frase_de_brecha(tablas), codigo


def _otro_codigo(uno: Poi, hoja: str, codigo: str, escrito: object) -> Poi:
    return cambiar(uno, hoja, codigo, codigo=escrito)


def _ilegibles(uno: Poi, hoja: str, medida: str) -> Poi:
    for fila in uno[1][hoja]:
        fila.update(dict.fromkeys(claves_de_mes(medida), "según anexo"))
    return uno


def test_el_costo_que_no_se_lee_no_es_que_no_lo_haya() -> None:
    dicha = frase_de_brecha(tablas_de_poi([_ilegibles(poi(), "Valorización", "costo")])[0])
    assert dicha == (
        "No se pudo leer el costo programado al 2do. trimestre de 6 actividades; aparte, S/. 39,110.50 devengados sin "
        "costo leído, de 6 actividades: no entran al %; no se puede calcular ninguna brecha físico-financiera."
    )
    dicha = frase_de_brecha(tablas_de_poi([_ilegibles(poi(), "Seguimiento", "devengado")])[0])
    assert dicha.startswith("No se pudo leer lo devengado al 2do. trimestre de 6 actividades; aparte, S/. 41,200.00")


def test_sin_soles_que_decir_no_se_dice_cero() -> None:
    uno = _otro_codigo(poi(), "Programación", "AO.02", date(2024, 2, 1))
    dicha = frase_de_brecha(tablas_de_poi([uno])[0])
    assert "aparte, 1 actividad, cuyo costo o devengado no se pudo leer, no entra al %;" in dicha
    assert "S/. 0.00" not in dicha


def test_la_programacion_que_no_se_lee_deja_la_actividad_y_sus_soles() -> None:
    tablas, (revision,) = tablas_de_poi([_ilegibles(poi(), "Programación", "programado")])
    assert revision.estado is Suerte.OBSERVADO
    assert len(tablas.renglones) == 6
    assert tablas.institucion.conteos == {"No se pudo leer": 6}
    assert frases(tablas) == (
        "No se pudo leer el avance al 2do. trimestre de 6 actividades.",
        "6 actividades no se pudieron leer.",
        "No se sabe qué actividades requieren atención.",
        ("Se devengaron S/. 39,110.50 de S/. 41,200.00 programados al 2do. trimestre (94.9 %); no se puede calcular "
         "ninguna brecha físico-financiera."),
        "No hay actividades que promediar, con 1 de 1 informe.",
    )
    memoria = BytesIO()
    escribir_consolidado_poi(memoria, tablas, [revision])
    ficha = openpyxl.load_workbook(memoria)["Ficha"]
    textos = [c.value for f in ficha.iter_rows() for c in f]
    assert textos.count("No se sabe qué actividades requieren atención.") == 2
    assert "Ninguna." not in textos


def test_una_fila_corrida_es_una_actividad_que_no_se_pudo_leer() -> None:
    """No se toma ninguna cifra de su fila, tampoco las que parecen serlo."""
    tablas, _ = tablas_de_poi([_otro_codigo(poi(), "Programación", "AO.03", None)])
    suya = next(r.actividad for r in tablas.renglones if not r.actividad.codigo)
    assert (suya.palabra(), suya.programado) == ("No se pudo leer", (None,) * 12)
    assert len(tablas.renglones) == 6
    assert tablas.institucion.cuantos["Actividad"] == 5
    assert frase_de_reporte(tablas) == (
        "Ninguna actividad está sin reporte; 1 no se pudo leer; 2 filas no se ubican por su código (ver Resumen)."
    )
    assert frase_de_atencion(tablas) == "Requiere atención: AO.02 (2 de 3)."


def test_los_soles_de_una_programacion_que_no_se_lee_estan_en_el_porcentaje() -> None:
    uno = cambiar(poi(), "Programación", "AO.03", programado_m5="por definir", programado_m6="por definir")
    tablas, _ = tablas_de_poi([uno])
    suya = next(r.actividad for r in tablas.renglones if r.actividad.codigo == "AO.03")
    assert suya.palabra() == "No se pudo leer"
    assert suya.financiero_al_periodo.porcentaje is not None
    assert tablas.institucion.cuantos["Actividad"] == 5
    assert frase_de_reporte(tablas) == "Ninguna actividad está sin reporte; 1 no se pudo leer."


def test_un_libro_del_que_no_se_lee_ninguna_cifra_se_rechaza() -> None:
    uno = poi()
    for hoja, medidas in (("Programación", ("programado",)), ("Valorización", ("costo",)),
                          ("Seguimiento", ("ejecutado", "devengado"))):
        for medida in medidas:
            _ilegibles(uno, hoja, medida)
    tablas, (revision,) = tablas_de_poi([uno])
    assert revision.estado is Suerte.RECHAZADO
    assert "(no se lee ninguna cifra)" in tablas.cobertura.frase
    assert frase_de_media(tablas).endswith("con 0 de 1 informe.")


@pytest.mark.parametrize(
    ("cambios", "fuera"),
    [
        ({"AO.01": "AO.1", "AO.02": "AO02", "AO.03": "AO.O3"}, {"AO.01", "AO.02", "AO.03"}),
        ({f"AO.0{n}": f"AO-0{n}" for n in range(1, 7)}, {f"AO.0{n}" for n in range(1, 7)}),
        ({f"AO.0{n}": f"{n}" for n in range(1, 7)}, {f"AO.0{n}" for n in range(1, 7)}),
        ({"AO.02": "AO.03"}, {"AO.02"}),
    ],
)
@pytest.mark.parametrize("al_reves", [False, True])
def test_lo_enviado_con_un_codigo_casi_igual_no_es_sin_reporte_ni_se_suma(
    cambios: dict[str, str], fuera: set[str], al_reves: bool
) -> None:
    uno = poi()
    for de, a in cambios.items():
        _otro_codigo(uno, "Seguimiento", de, a)
    if al_reves and len(set(cambios.values()) - set(cambios)) == len(cambios):
        uno[1]["Seguimiento"].reverse()
    tablas, _ = tablas_de_poi([uno])
    palabras = {r.actividad.codigo: r.palabra for r in tablas.renglones}
    assert {c for c, p in palabras.items() if p == "No se pudo leer"} == fuera
    assert "Sin reporte" not in palabras.values()
    assert all(r.actividad.al_periodo.alcanzado is None for r in tablas.renglones if r.actividad.codigo in fuera)
    assert tablas.institucion.cuantos["Actividad"] == 6 - len(fuera)
    (suelta,) = tablas.sin_ubicar
    assert len(suelta.filas) == len(cambios)


def test_la_que_falta_no_se_disculpa_con_un_codigo_que_no_se_parece() -> None:
    uno = _otro_codigo(poi(), "Seguimiento", "AO.02", "AO.99")
    tablas, _ = tablas_de_poi([uno])
    assert tablas.institucion.conteos["Sin reporte"] == 1


def test_lo_devengado_sin_costo_se_dice() -> None:
    tablas, _ = tablas_de_poi([cambiar(poi(), "Valorización", "AO.04", **dict.fromkeys(claves_de_mes("costo")))])
    assert frase_de_brecha(tablas).startswith(
        "Se devengaron S/. 39,110.50 de S/. 40,200.00 programados al 2do. trimestre (97.3 %), de ellos S/. 980.00 en "
        "actividades sin costo programado;"
    )


def test_lo_que_todavia_no_toca() -> None:
    uno = cambiar(poi(), "Programación", "AO.05", **{f"programado_m{n}": None for n in range(1, 7)})
    tablas, _ = tablas_de_poi([_sin_ejecutar(uno, "AO.05")])
    assert frase_de_reporte(tablas) == (
        "Ninguna actividad está sin reporte; 1 no tiene programación al 2do. trimestre."
    )
    enero = Periodo.de_codigo("2024-01")
    tablas, _ = tablas_de_poi([poi(periodo=enero)], enero)
    assert frase_de_reporte(tablas).endswith("; 3 no tienen programación a enero.")
    assert frases(tablas)[0].startswith("De 3 actividades con programación a enero")


def test_sin_brecha_y_sin_costo() -> None:
    uno = poi()
    for fila in uno[1]["Seguimiento"]:
        fila.update(dict.fromkeys(claves_de_mes("devengado")))
    assert frase_de_brecha(tablas_de_poi([uno])[0]) == (
        "Se devengaron S/. 0.00 de S/. 41,200.00 programados al 2do. trimestre (0 %); ninguna actividad tiene brecha "
        "físico-financiera."
    )
    for fila in uno[1]["Valorización"]:
        fila.update(dict.fromkeys(claves_de_mes("costo")))
    assert frase_de_brecha(tablas_de_poi([uno])[0]).startswith("No hay costo programado al 2do. trimestre;")


def test_el_gasto_puede_ir_atras() -> None:
    tablas, _ = tablas_de_poi([cambiar(poi(), "Seguimiento", "AO.04", devengado_m6=0.0)])
    assert "AO.04: el gasto va 50 puntos atrás del avance físico (50 % y 100 %)." in frase_de_brecha(tablas)


def test_ninguna_actividad() -> None:
    assert frases(tablas_de_poi([])[0]) == (
        "No hay actividades que evaluar al 2do. trimestre.",
        "No hay actividades consolidadas.",
        "Ninguna actividad requiere atención.",
        "No hay costo programado al 2do. trimestre; ninguna actividad tiene brecha físico-financiera.",
        "No hay actividades que promediar, con 0 de 0 informes.",
    )


def test_si_empatan_va_antes_la_de_mas_soles() -> None:
    uno = _sin_ejecutar(poi(), "AO.04", "AO.01", "AO.03")
    tablas, _ = tablas_de_poi([uno])
    assert [tablas.renglones[n].actividad.codigo for n in requieren_atencion(tablas)] == [
        "AO.03", "AO.01", "AO.04", "AO.02",
    ]


def test_pesado_lo_dice() -> None:
    assert "pesado por el costo anual: " in frase_de_media(tablas_de_poi([poi()], ponderado=True)[0])
