"""Lo que dicen los hallazgos, como lo diría quien llena el libro: sin claves internas ni decimales que sobran."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from pois import T2, crudo, filas_con, revisiones, titulo

from pei_excel.formatos.poi import POI
from pei_excel.hallazgo import Hallazgo
from pei_excel.libro import Dato
from pei_excel.periodos import Periodo


def unico(libro: Any, periodo: Periodo | None = T2) -> Hallazgo:
    (revision,) = revisiones(libro, periodo)
    (hallazgo,) = revision.hallazgos
    return hallazgo


@pytest.mark.parametrize(("cambio", "dicho"), [
    ({"devengado_m7": 1200.5}, "trae S/. 1,200.5 en julio"), ({"ejecutado_m7": 38.0}, "trae 38 en julio"),
    ({"devengado_m6": None}, "en junio está vacío y hay S/. 1,500 programado"),
    ({"ejecutado_m6": None}, "en junio está vacío y hay 10 programado"),
])
def test_los_soles_llevan_su_moneda(cambio: dict[str, float | None], dicho: str) -> None:
    assert dicho in unico(crudo({"Seguimiento": {"AO.01": cambio}})).mensaje


@pytest.mark.parametrize("escrito", ["ND", "N/D", "n.d.", "s/d", "S/D", "No disponible", "N/A", "NP", "-"])
def test_lo_que_dice_que_no_hay_dato_se_pide_igual_que_lo_vacio(escrito: str) -> None:
    hallazgo = unico(crudo({"Seguimiento": {"AO.01": {"ejecutado_m6": escrito}}}))
    assert hallazgo.regla == "SEG004"
    assert f"dice «{escrito}» y hay 10 programado" in hallazgo.mensaje


def test_sin_clave_el_ejemplo_es_el_del_formato() -> None:
    hallazgo = unico(crudo(unidad="Subgerencia de ejemplo"))
    assert hallazgo.regla == "FMT016"
    assert hallazgo.mensaje.endswith("se espera «031 - Nombre».")


def test_evaluacion_vacia_o_sin_el_trimestre_es_un_hallazgo() -> None:
    filas = filas_con(quitar=("Evaluación",))
    (revision,) = revisiones(crudo(filas=filas))
    (hallazgo,) = [h for h in revision.hallazgos if h.regla == "SEG005"]
    assert (hallazgo.donde.hoja, hallazgo.donde.celda) == ("Evaluación", titulo("Evaluación", "medios"))
    assert hallazgo.mensaje == (
        "«Evaluación» está vacía y 6 actividades informan avance sin medio de verificación: AO.01, AO.02, AO.03, "
        "AO.04, AO.05 y AO.06."
    )
    assert len(hallazgo.tambien) == 6
    filas = filas_con()
    for fila in filas["Evaluación"]:
        fila["trimestre"] = "1er. Trimestre"
    (revision,) = revisiones(crudo(filas=filas))
    (hallazgo,) = [h for h in revision.hallazgos if h.regla == "SEG005"]
    assert hallazgo.mensaje.startswith("«Evaluación» no trae ningún renglón del 2do. Trimestre y 6 actividades")


@pytest.mark.parametrize(("hoja", "columna", "mensaje", "esperado"), [
    ("Programación", "programado_m2", "Falta el mes de febrero (F) bajo la banda «Programación mensual»",
     "Febrero (F), bajo «Programación mensual»"),
    ("Seguimiento", "devengado_m8", "Falta el mes de agosto (A) bajo la banda «Ejecución financiera mensual S/.»",
     "Agosto (A), bajo «Ejecución financiera mensual S/.»"),
    ("Programación", "prioridad", "Falta la columna «Prioridad»", "Prioridad"),
])
def test_la_columna_que_falta_se_dice_como_se_lee_en_la_hoja(
    hoja: str, columna: str, mensaje: str, esperado: str
) -> None:
    libro = crudo()
    una = next(h for h in libro.hojas if h.nombre == hoja)
    lugar = POI.por_clave[hoja].disposicion
    del una.celdas[lugar.fila_del_titulo(POI.por_clave[hoja].por_clave[columna]), lugar.columna[columna]]
    hallazgo = unico(libro)
    assert (hallazgo.regla, hallazgo.esperado) == ("FMT003", esperado)
    assert hallazgo.mensaje.startswith(mensaje)


@pytest.mark.parametrize("escrito", ["1,200", "1.200", "S/. 1,200"])
def test_un_numero_ambiguo_muestra_sus_dos_lecturas(escrito: str) -> None:
    hallazgo = unico(crudo({"Seguimiento": {"AO.01": {"devengado_m6": escrito}}}))
    assert (hallazgo.regla, hallazgo.severidad) == ("FMT005", "ERROR")
    assert {"1200", "1.2"} <= set(hallazgo.mensaje.replace(",", " ").split())
    assert "sin separar los miles" in hallazgo.como_corregir


@pytest.mark.parametrize(("crudo_", "texto"), [
    (2.0, "2"), (2.5, "2.5"), ("2.0", "2.0"), (datetime(2024, 6, 1), "01/06/2024"), (None, ""),  # noqa: DTZ001 - Excel no guarda zona
])
def test_lo_escrito_se_muestra_como_se_ve(crudo_: object, texto: str) -> None:
    assert Dato(("", 0, ""), crudo=crudo_).escrito == texto


def test_un_periodo_vuelto_fecha_no_se_muestra_con_su_hora() -> None:
    hallazgo = unico(crudo(periodo=datetime(2024, 3, 1)))  # noqa: DTZ001 - Excel no guarda zona horaria
    assert (hallazgo.regla, hallazgo.encontrado) == ("ENT005", "01/03/2024")
