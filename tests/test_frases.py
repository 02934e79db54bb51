"""Las frases que explican el consolidado: las del informe real, letra por letra, y sus singulares y plurales."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "escritura"))

from informes_de_prueba import REAL, informe, tablas_de

from pei_excel.frases import (
    frase_de_atencion,
    frase_de_compensacion,
    frase_de_ritmo,
    frase_de_situacion,
    frases,
    requieren_atencion,
)
from pei_excel.periodos import Periodo
from pei_excel.textos import como_frase


def test_las_del_informe_real() -> None:
    tablas, _ = tablas_de([informe()])
    assert frases(tablas) == (
        ("De 11 indicadores con programación al 2do. trimestre, 8 están en verde, 2 en rojo y 1 rebasa 130 %; "
         "2 se miden al cierre del año."),
        "Requieren atención: Actividad 2.2 (0 de 60) y Actividad 2.1 (20 de 40).",
        ("El Componente 2 aparece en verde (84.8 %) porque la Actividad 2.3 (250 %) compensa a las actividades "
         "2.1 (50 %) y 2.2 (0 %)."),
        "Para cumplir su meta anual, el Componente 2 necesita 61 puntos en dos trimestres; lleva 19.5 por trimestre.",
        ("Cumplimiento medio, topado a 100 %: Componentes, 92.4 % (3 indicadores); Actividades, 80.7 % "
         "(8 indicadores), con 1 de 1 informe."),
    )


def test_con_varios_programas_dicen_de_cual_se_habla() -> None:
    otro = informe(unidad="505 - Otra", programa="7 - Otro", unidad_medida="Persona")
    tablas, _ = tablas_de([informe(), otro])
    assert "Actividad 2.2 del programa 6 (0 de 60), Actividad 2.2 del programa 7 (0 de 60)" in frase_de_atencion(tablas)
    assert frase_de_compensacion(tablas).startswith("El Componente 2 del programa 6 aparece en verde")
    assert frase_de_compensacion(tablas).endswith("; ocurre lo mismo en 1 Componente más.")


def test_un_programa_de_dos_unidades_se_dice_con_su_unidad() -> None:
    tablas, _ = tablas_de([informe(), informe(unidad="505 - Otra")])
    assert "Actividad 2.2 de la unidad 505 (0 de 60)" in frase_de_atencion(tablas)


def test_la_unidad_de_medida_se_dice_si_no_es_porcentaje() -> None:
    tablas, _ = tablas_de([informe(unidad_medida="Persona")])
    assert frase_de_ritmo(tablas) == (
        "Para cumplir su meta anual, el Componente 2 necesita 61 en dos trimestres (unidad de medida: Persona); "
        "lleva 19.5 por trimestre."
    )


def test_ninguno() -> None:
    tablas, _ = tablas_de([informe([("Componente 1", "10 10 10 10", "10 10 - -"), ("Actividad 1.1", *_A_TIEMPO)])])
    assert frase_de_situacion(tablas) == "De 2 indicadores con programación al 2do. trimestre, 2 están en verde."
    assert frase_de_atencion(tablas) == "Ningún indicador requiere atención."
    assert frase_de_compensacion(tablas).startswith("Ningún Componente")
    assert frase_de_ritmo(tablas).startswith("Ningún Componente necesita")


_A_TIEMPO = ("10 10 10 10", "10 10 - -")


def test_uno() -> None:
    tablas, _ = tablas_de([informe([("Componente 1", "10 10 10 10", "2 - - -")])])
    assert frase_de_situacion(tablas) == "De 1 indicador con programación al 2do. trimestre, 1 está en rojo."
    assert frase_de_atencion(tablas) == "Requiere atención: Componente 1 (2 de 20)."


def test_sin_programacion_ni_reporte() -> None:
    tablas, _ = tablas_de([informe([("Componente 1", "- - - -", "- - - -"), ("Actividad 1.1", "5 5 5 5", "- - - -")])])
    assert frase_de_situacion(tablas) == (
        "De 1 indicador con programación al 2do. trimestre, 1 está sin reporte; 1 no tiene programación."
    )
    assert frase_de_atencion(tablas) == "Requiere atención: Actividad 1.1 (sin reporte de 10)."


def test_al_cierre_no_se_habla_de_ritmo() -> None:
    t4 = Periodo.de_codigo("2024-T4")
    datos = [("Componente 1", "10 10 10 10", "10 10 10 10"), ("Componente 2", "10 10 10 10", "10 10 10 5")]
    tablas, _ = tablas_de([informe(datos, periodo=t4)], t4)
    assert frase_de_ritmo(tablas) == "Al cierre del ejercicio, 1 de 2 Componentes cumplió su meta anual."


def test_atencion_ordena_por_faltante_y_se_detiene_en_siete() -> None:
    tablas, _ = tablas_de([informe(), informe(programa="7 - Otro"), informe(programa="8 - Otro"), informe(
        REAL[6:8], programa="9 - Otro"), informe(REAL[6:8], programa="10 - Otro")])
    elegidos = requieren_atencion(tablas)
    assert len(elegidos) == 7
    assert len(requieren_atencion(tablas, None)) == 10
    etiquetas = [tablas.renglones[n].indicador.etiqueta for n in elegidos]
    assert etiquetas == ["Actividad 2.2"] * 5 + ["Actividad 2.1"] * 2


@pytest.mark.parametrize(
    ("perfil", "dice"), [("san-miguel", "8 están en «Muy Bueno»"), ("general", "8 están en verde")]
)
def test_las_palabras_que_no_son_colores_van_entre_comillas(perfil: str, dice: str) -> None:
    datos = [(f"Actividad 1.{n}", "50 50 50 50", "40 42 - -") for n in range(1, 9)]
    tablas, _ = tablas_de([informe([("Componente 1", "1 1 1 1", "- - - -"), *datos])], perfil=perfil)
    assert dice in frase_de_situacion(tablas)


def test_una_frase_lleva_un_solo_punto() -> None:
    assert como_frase("el acumulado dice 0") == "El acumulado dice 0."
    assert como_frase("¿actualizó el trimestre?") == "¿actualizó el trimestre?"
    assert como_frase("la celda muestra el error #DIV/0!") == "La celda muestra el error #DIV/0!."
    assert como_frase("Sus datos son iguales.") == "Sus datos son iguales."
