"""Las frases del consolidado del POI: las del modelo, letra por letra, y sus singulares, plurales y «ninguno»."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "escritura"))

from pois_de_prueba import Poi, cambiar, poi, tablas_de_poi

from pei_excel.frases import frases
from pei_excel.frases_comunes import requieren_atencion
from pei_excel.frases_poi import frase_de_atencion, frase_de_brecha, frase_de_media, frase_de_reporte
from pei_excel.mensual import claves_de_mes
from pei_excel.periodos import Periodo


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
        "Ninguna actividad tiene programación al 2do. trimestre.",
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
