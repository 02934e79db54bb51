"""Cada regla se prueba con su propia ficha: el cuadro «mal» da exactamente las celdas marcadas; el «bien», nada."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest
from cuadros import Cuadro, escribir, leer

import pei_excel.reglas
from pei_excel.anteriores import Anterior, Identidad, de_libro, por_identidad
from pei_excel.catalogo import Catalogo, leer_catalogo
from pei_excel.crudo import CeldaCruda, HojaCruda
from pei_excel.formato import Apertura, Formato
from pei_excel.formatos import TODOS
from pei_excel.formatos.catalogo import CATALOGO
from pei_excel.hallazgo import Hallazgo
from pei_excel.lectura.de_oficina import leer_de_oficina
from pei_excel.lectura.decisiones import CAPTURA, HOJA, VISIBLES, Anotada, ProblemaDeDecision, de_hoja
from pei_excel.lectura.lector import Opciones
from pei_excel.lectura.lector import leer as leer_libro
from pei_excel.lectura.recepcion import Lista, de_texto
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto, Regla, Tabla
from pei_excel.reglas.decisiones import avisos_de
from pei_excel.reglas.lista import REGLAS
from pei_excel.revision import revisar, revisar_entrega
from pei_excel.semaforo import PERFILES

CONSOLIDADO = "consolidado-mir.xlsx"
#: Cada regla con cada formato al que sirve.
CASOS = [
    pytest.param(r, f, id=f"{r.codigo}-{f}")
    for r in REGLAS if r.alcance in {"libro", "entrega"} for f in r.formatos
]


def _anteriores(formato: Formato, tabla: Tabla, carpeta: Path) -> dict[Identidad, tuple[Anterior, ...]]:
    leidos = []
    for n, (periodo, texto) in enumerate(tabla.anterior):
        cuadro, ruta = leer(texto, formato), carpeta / f"antes{n}.xlsx"
        tipo = formato.tipo_de_periodo
        cuadro.campos[formato.campo_periodo] = tipo.texto(Periodo.de_codigo(periodo)) if periodo else ""
        for columna in formato.principal.columnas:
            if columna.apertura is Apertura.SIEMPRE:  # los medios de otro trimestre eran otros
                cuadro.filas[formato.principal.clave] = [
                    {c: v for c, v in f.items() if c != columna.clave}
                    for f in cuadro.filas[formato.principal.clave]
                ]
        escribir(cuadro, formato, ruta)
        leidos += [de_libro(x) for x in leer_libro(ruta, ruta.name)]
        ruta.unlink()  # lo que se revisa es sólo lo de ahora
    return por_identidad(a for a in leidos if a is not None)


def _catalogo(tabla: Tabla, ruta: Path) -> Catalogo | None:
    if tabla.catalogo is None:
        return None
    escribir(leer(tabla.catalogo, CATALOGO), CATALOGO, ruta)
    catalogo, hallazgos = leer_catalogo(ruta)
    assert catalogo is not None, hallazgos
    return catalogo


def _caso(formato: Formato, tabla: Tabla, carpeta: Path) -> tuple[list[Hallazgo], Cuadro]:
    anteriores = _anteriores(formato, tabla, carpeta)
    cuadro = leer(tabla.texto, formato)
    ruta = carpeta / "libro.xlsx"
    escribir(cuadro, formato, ruta)
    if tabla.preparar is not None:
        tabla.preparar(ruta)
    ajenos = []
    for n, otro in enumerate(tabla.otros):
        if otro == "~$":
            ajenos.append(("~$libro.xlsx", "archivo de bloqueo de Excel"))
        else:
            escribir(leer(otro, formato), formato, carpeta / f"a{n}.xlsx")
    periodo = Periodo.de_codigo(tabla.periodo) if tabla.periodo else None
    perfiles = {formato.clave: PERFILES[tabla.perfil or formato.perfil]}
    contexto = Contexto(periodo=periodo, perfiles=perfiles, anteriores=anteriores)
    opciones = Opciones(periodo=periodo)
    contexto.catalogo = _catalogo(tabla, carpeta.parent / f"{carpeta.name}.xlsx")
    libros = [x for r in sorted(carpeta.iterdir()) for x in leer_libro(r, r.name, opciones)]
    if not formato.informe:
        assert [x.rechazado for x in libros] == [True]  # nunca se toma por un informe
        libros = [leer_de_oficina(ruta, ruta.name, formato)]
    revisiones = [revisar(x, contexto) for x in libros]
    # En la carpeta también se agrega y se perdona en cada informe; un libro de la oficina no se entrega.
    lista = de_texto(tabla.recepcion, [x.archivo for x in libros]) if tabla.recepcion else Lista()
    de_carpeta = (
        revisar_entrega(revisiones, ajenos, contexto, lista.recepciones, lista) if formato.informe else []
    )
    if tabla.decisiones:
        de_carpeta = [*de_carpeta, *avisos_de(_anotadas(tabla)[1])]
    return [*(h for r in revisiones for h in r.hallazgos), *de_carpeta], cuadro


def _anotadas(tabla: Tabla) -> tuple[list[Anotada], list[ProblemaDeDecision]]:
    """Las decisiones del cuadro, como se leen de una hoja del consolidado."""
    titulos = (VISIBLES["regla"], CAPTURA["decision"], CAPTURA["motivo"], CAPTURA["fecha"])
    return de_hoja(HojaCruda(HOJA, {
        (fila, columna): CeldaCruda(texto) for fila, renglon in enumerate((titulos, *tabla.decisiones), 1)
        for columna, texto in enumerate(renglon, 1) if texto
    }), CONSOLIDADO)


def _celdas(hallazgos: list[Hallazgo]) -> set[tuple[str, str | None] | None]:
    # Los casos reunidos en un hallazgo («y en otras celdas…») también están marcados en el cuadro.
    celdas: set[tuple[str, str | None] | None] = set()
    for h in hallazgos:
        ajena = h.donde.archivo == CONSOLIDADO  # su celda es de otro libro que el del cuadro
        celdas.add((h.donde.hoja, h.donde.celda) if h.donde.hoja and h.donde.celda and not ajena else None)
    return celdas


@pytest.mark.parametrize(("regla", "formato"), CASOS)
def test_el_cuadro_mal_da_exactamente_lo_marcado(
    regla: Regla, formato: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if regla.codigo == "FMT017":
        request.getfixturevalue("soffice")
    hallazgos, cuadro = _caso(TODOS[formato], regla.mal[formato], tmp_path)
    assert {h.regla for h in hallazgos} == {regla.codigo}, [(h.regla, h.donde, h.mensaje) for h in hallazgos]
    senaladas = _celdas(hallazgos)
    assert senaladas <= cuadro.marcas
    restantes = cuadro.marcas - senaladas
    tambien = {(u.hoja, u.celda) for h in hallazgos for u in h.tambien}
    assert restantes <= tambien


@pytest.mark.parametrize(("regla", "formato"), CASOS)
def test_el_cuadro_bien_no_da_nada(regla: Regla, formato: str, tmp_path: Path) -> None:
    hallazgos, _ = _caso(TODOS[formato], regla.bien[formato], tmp_path)
    assert [(h.regla, h.donde, h.mensaje) for h in hallazgos] == []


@pytest.mark.parametrize("regla", REGLAS, ids=lambda r: r.codigo)
def test_la_ficha_esta_completa(regla: Regla) -> None:
    assert regla.que.endswith(".")
    assert regla.por_que.endswith(".")
    assert regla.como_corregir.endswith(".")
    assert regla.fuente
    assert set(regla.mal) == set(regla.bien) == set(regla.formatos)
    assert all("✗" in tabla.texto for tabla in regla.mal.values())


def test_ninguna_regla_declarada_falta_en_la_lista() -> None:
    declaradas = {
        valor.codigo
        for modulo in pkgutil.iter_modules(pei_excel.reglas.__path__)
        for valor in vars(importlib.import_module(f"pei_excel.reglas.{modulo.name}")).values()
        if isinstance(valor, Regla)
    }
    assert declaradas == {r.codigo for r in REGLAS}
    assert len(REGLAS) == len(declaradas)
