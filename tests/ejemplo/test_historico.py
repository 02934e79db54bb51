"""El informe real, en la disposición histórica: se lee entero y da exactamente los hallazgos que trae."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from pei_excel.consolidacion import consolidar
from pei_excel.ejemplo.historico import InformeHistorico, escribir_historico
from pei_excel.ejemplo.implan import FILAS, INFORME
from pei_excel.hallazgo import Severidad
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Revision, revisar

PERIODO = Periodo.de_codigo("2024-T2")

#: (regla, nivel, columna): lo que el informe real debe señalar, y nada más.
ESPERADOS = {
    ("SEG001", "Componente 1", "alcanzado_acumulado"),
    ("SEG006", "Actividad 2.1", "alcanzado_t2"),
    ("SEG006", "Actividad 2.2", "alcanzado_t2"),
    ("SEG008", "Actividad 2.3", "alcanzado_t2"),
    ("SEG005", "Componente 2", "medios"),
    ("SEG005", "Actividad 2.3", "medios"),
    ("MIR007", "Componente 2", "metodo"),
    ("MIR008", "Componente 2", "definicion"),
    ("MIR014", "Componente 3", "alcanzado_t1"),
    ("SEG013", "Componente 2", "alcanzado_t2"),
}


def _leer(ruta: Path, paginas_por_hoja: int | None) -> Libro:
    escribir_historico(ruta, INFORME, paginas_por_hoja=paginas_por_hoja)
    libros = leer(ruta, ruta.name, Opciones(periodo=PERIODO))
    assert len(libros) == 1
    return libros[0]


def _revisar(libro: Libro) -> tuple[Revision, Contexto]:
    contexto = Contexto(periodo=PERIODO)
    return revisar(libro, contexto), contexto


@pytest.fixture(params=[None, 1, 2], ids=["una hoja", "una página por hoja", "dos páginas por hoja"])
def libro(request: pytest.FixtureRequest, tmp_path: Path) -> Libro:
    return _leer(tmp_path / "informe.xlsx", request.param)


def test_cada_valor_se_lee_de_su_celda(libro: Libro, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    hojas = load_workbook(tmp_path / "informe.xlsx")
    filas = libro.filas("MIR")
    assert [str(f.valor("nivel")) for f in filas] == [f["nivel"] for f in FILAS]
    for fila, datos in zip(filas, FILAS, strict=True):
        assert len(fila.datos) == 27
        for clave, valor in datos.items():
            dato = fila[clave]
            assert dato.crudo == valor, (fila.numero, clave)
            assert dato.hoja is not None
            assert dato.celda is not None
            assert hojas[dato.hoja][dato.celda].value == valor


def test_el_bloque_y_lo_que_no_es_tabla(libro: Libro) -> None:
    assert libro.identidad == ("504", "6")
    assert libro.periodo == PERIODO
    assert libro.campo("ejercicio").valor == 2024
    assert libro.campo("pmd").valor == "2022 - 2024"
    assert libro.campo("eje").valor == ("3. Gobierno Abierto, Moderno y Eficaz", "10. Gobernanza Metropolitana")
    assert [o[:4] for o in libro.campo("objetivo").valor] == ["3.2 ", "10.1"]
    assert not libro.nuestro
    assert libro.otras_hojas == ()


def test_da_exactamente_sus_hallazgos(libro: Libro) -> None:
    revision, _ = _revisar(libro)
    lugares = {(f[c].hoja, f[c].celda): (str(f.valor("nivel")), c) for f in libro.filas("MIR") for c in f.datos}
    hallados = [(h.regla, *lugares[h.donde.hoja, h.donde.celda]) for h in revision.hallazgos]
    assert set(hallados) == ESPERADOS
    assert len(hallados) == len(ESPERADOS)
    assert [h.regla for h in revision.de(Severidad.ERROR)] == ["SEG001"]
    assert {h.regla for h in revision.hallazgos if h.diseno} == {"MIR007", "MIR008"}
    mir014 = next(h for h in revision.hallazgos if h.regla == "MIR014")
    assert (mir014.encontrado, mir014.esperado) == (9, 11.67)


def test_componentes_y_actividades_del_informe_real(libro: Libro) -> None:
    revision, contexto = _revisar(libro)
    tablas = consolidar([revision], PERIODO, contexto)
    medias, cuantos = tablas.institucion.medias, tablas.institucion.cuantos
    assert (round(medias["Componente"] or 0, 1), cuantos["Componente"]) == (92.4, 3)
    assert (round(medias["Actividad"] or 0, 1), cuantos["Actividad"]) == (80.7, 8)


def test_los_mismos_argumentos_dan_los_mismos_bytes() -> None:
    uno, otro = io.BytesIO(), io.BytesIO()
    escribir_historico(uno, INFORME)
    escribir_historico(otro, INFORME)
    assert uno.getvalue() == otro.getvalue()


def test_las_paginas_deben_sumar_los_renglones(tmp_path: Path) -> None:
    corto = InformeHistorico(campos=INFORME.campos, filas=FILAS, paginas=INFORME.paginas[:2])
    with pytest.raises(ValueError, match="no suman"):
        escribir_historico(tmp_path / "x.xlsx", corto)
