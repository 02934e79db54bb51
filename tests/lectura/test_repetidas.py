"""Una hoja duplicada se lee una sola vez, y un solo hallazgo nombra las dos."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from test_hojas import SANAS, cifras, hoja_de
from test_lector_poi import crudo, leidos

from pei_excel.crudo import CeldaCruda, HojaCruda, LibroCrudo
from pei_excel.formatos.poi import POI
from pei_excel.hallazgo import Hallazgo
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Suerte, revisar

T2 = Periodo.de_codigo("2024-T2")
SECUNDARIAS = ("Valorización", "Necesidades", "Seguimiento", "Evaluación")


def duplicar(libro: LibroCrudo, nombre: str, otro: str = "", *, delante: bool = False) -> HojaCruda:
    """Como «Mover o copiar…»: la copia queda detrás, o delante de todas."""
    copia = deepcopy(hoja_de(libro, nombre))
    copia.nombre = otro or f"{nombre} (2)"
    libro.hojas.insert(0 if delante else len(libro.hojas), copia)
    return copia


def de_una(libro: Libro) -> Hallazgo:
    """El único hallazgo del libro."""
    revision = revisar(libro, Contexto(T2))
    (hallazgo,) = revision.hallazgos
    assert hallazgo.regla == "FMT018"
    return hallazgo


def renglones(libro: Libro) -> dict[str, list[Any]]:
    return {h.clave: [f.valor(h.llave[0]) for f in libro.filas(h.clave)] for h in POI.hojas}


@pytest.mark.parametrize("hoja", SECUNDARIAS)
@pytest.mark.parametrize("otro", ["", "Hoja1"])
@pytest.mark.parametrize("delante", [True, False])
def test_la_copia_igual_no_cuenta_y_se_dice_una_vez(hoja: str, otro: str, *, delante: bool) -> None:
    libro = crudo()
    copia = duplicar(libro, hoja, otro, delante=delante)
    (leido,) = leidos(libro)
    assert cifras(leido) == SANAS
    assert renglones(leido) == renglones(leidos(crudo())[0])
    hallazgo = de_una(leido)
    assert hallazgo.severidad == "NOTA"
    assert f"«{copia.nombre}» es igual a «{hoja}»" in hallazgo.mensaje
    assert [u.hoja for u in (hallazgo.donde, *hallazgo.tambien)] == [hoja, copia.nombre]
    assert leido.hojas[hoja].nombres == [hoja]


def test_la_copia_distinta_nombra_la_primera_diferencia() -> None:
    libro = crudo()
    copia = duplicar(libro, "Seguimiento", delante=True)
    lugar = POI.por_clave["Seguimiento"].disposicion
    fila = lugar.fila_datos + 2
    copia.celdas[fila, lugar.columna["ejecutado_m4"]] = CeldaCruda(9876.0)
    copia.celdas[fila + 1, lugar.columna["ejecutado_m4"]] = CeldaCruda(9876.0)
    (leido,) = leidos(libro)
    assert cifras(leido) == SANAS, "se lee la que lleva el nombre de la plantilla"
    revision = revisar(leido, Contexto(T2))
    (hallazgo,) = revision.hallazgos
    assert (hallazgo.regla, hallazgo.severidad, revision.estado) == ("FMT018", "ERROR", Suerte.OBSERVADO)
    celda = lugar.celda(fila, "ejecutado_m4")
    assert [(u.hoja, u.celda) for u in (hallazgo.donde, *hallazgo.tambien)] == [
        ("Seguimiento", celda), ("Seguimiento (2)", celda)]
    assert "«9876»" in hallazgo.mensaje
    assert "sólo se leyó «Seguimiento»" in hallazgo.mensaje


@pytest.mark.parametrize("de_mas", [True, False])
def test_un_renglon_que_solo_esta_en_una_tambien_difiere(*, de_mas: bool) -> None:
    libro = crudo()
    copia = duplicar(libro, "Valorización")
    lugar = POI.por_clave["Valorización"].disposicion
    original = hoja_de(libro, "Valorización")
    cual = original if de_mas else copia
    cual.celdas = {d: c for d, c in cual.celdas.items() if d[0] != lugar.fila_datos}
    (leido,) = leidos(libro)
    dichos = [h.mensaje for h in revisar(leido, Contexto(T2)).hallazgos if h.regla == "FMT018"]
    assert len(dichos) == 1
    assert ("sólo está en la otra" if de_mas else "no está en la otra") in dichos[0]
    assert len(leido.filas("Valorización")) == len(POI.modelo.filas["Valorización"]) - de_mas


def test_dos_hojas_que_se_continuan_no_son_una_repetida() -> None:
    """La mitad de los renglones en cada una: se leen las dos."""
    libro = crudo()
    lugar = POI.por_clave["Seguimiento"].disposicion
    una, otra = hoja_de(libro, "Seguimiento"), duplicar(libro, "Seguimiento", "Seguimiento 2")
    corte = lugar.fila_datos + 3
    una.celdas = {d: c for d, c in una.celdas.items() if d[0] < corte}
    otra.celdas = {d: c for d, c in otra.celdas.items() if not lugar.fila_datos <= d[0] < corte}
    (leido,) = leidos(libro)
    assert cifras(leido) == SANAS
    assert "FMT018" not in {h.regla for h in revisar(leido, Contexto(T2)).hallazgos}
