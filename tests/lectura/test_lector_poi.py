"""El lector con libros del POI: varias unidades en un archivo, páginas repetidas, libros ajenos y hojas movidas."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pei_excel.crudo import CeldaCruda, HojaCruda, LibroCrudo
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import HOJA_IDENTIDAD, Modo
from pei_excel.formatos.poi import POI
from pei_excel.lectura.celdas import abrir_bytes
from pei_excel.lectura.lector import Opciones, interpretar
from pei_excel.libro import Libro
from pei_excel.periodos import MESES, Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Suerte, revisar

T2 = Periodo.de_codigo("2024-T2")
TITULO = POI.principal.disposicion.FILA_TITULO
NOMBRES = [h.clave for h in POI.hojas]


def escribir(sigla: str = "AO", **campos: Any) -> bytes:
    """El modelo, con otra sigla en sus códigos."""
    memoria = BytesIO()

    def con_sigla(fila: Any) -> dict[str, Any]:
        return {c: v.replace("AO.", f"{sigla}.") if c.startswith("codigo") and str(v).startswith("AO.") else v
                for c, v in fila.items()}

    escribir_plantilla(
        memoria, POI, modo=Modo.FORMULACION, ejercicio=2024, periodo=T2, campos={**POI.modelo.campos, **campos},
        filas={h: [con_sigla(f) for f in filas] for h, filas in POI.modelo.filas.items()}, filas_libres=8,
    )
    return memoria.getvalue()


ORIGINAL = escribir()
OTRA = escribir("GD", unidad="040 - Otra unidad")


def crudo(contenido: bytes = ORIGINAL, *, sin_marca: bool = False) -> LibroCrudo:
    libro = abrir_bytes(contenido, "libro.xlsx")
    if sin_marca:
        libro.propiedades.clear()
        libro.nombres.clear()
        libro.hojas = [h for h in libro.hojas if h.nombre != HOJA_IDENTIDAD]
    return libro


def leidos(libro: LibroCrudo, periodo: Periodo | None = T2) -> list[Libro]:
    return interpretar(libro, "", Opciones(periodo))


def cifras(libro: Libro) -> dict[tuple[str, int, str], Any]:
    return {d.llave: d.valor for hoja in libro.hojas.values() for f in hoja.filas for d in f.datos.values()}


def sin_hallazgos(libro: Libro, periodo: Periodo | None = T2) -> bool:
    return revisar(libro, Contexto(periodo)).hallazgos == []


ESPERADO = cifras(leidos(crudo())[0])


def renombradas(libro: LibroCrudo, cola: str) -> list[HojaCruda]:
    return [replace(h, nombre=h.nombre + cola) for h in libro.hojas if h.nombre in NOMBRES]


def test_dos_unidades_con_todas_sus_hojas_son_dos_informes() -> None:
    libro = crudo()
    libro.hojas += renombradas(crudo(OTRA), " (2)")
    uno, otro = leidos(libro)
    assert [x.unidad.clave for x in (uno, otro) if x.unidad] == ["031", "040"]
    assert otro.hojas["Seguimiento"].nombres == ["Seguimiento (2)"]
    assert [sin_hallazgos(x) for x in (uno, otro)] == [True, True]


def test_dos_unidades_que_comparten_las_demas_hojas_se_reparten_por_codigo() -> None:
    libro, otra = crudo(sin_marca=True), crudo(OTRA)
    libro.hojas += [h for h in renombradas(otra, " (2)") if h.nombre == "Programación (2)"]
    for hoja in libro.hojas:
        if hoja.nombre in NOMBRES[1:]:
            _agregar_abajo(hoja, next(h for h in otra.hojas if h.nombre == hoja.nombre))
    uno, otro = leidos(libro)
    assert [{f.valor("codigo")[:2] for f in x.filas("Seguimiento")} for x in (uno, otro)] == [{"AO"}, {"GD"}]
    assert [len(x.filas("Necesidades")) for x in (uno, otro)] == [8, 8]
    assert [sin_hallazgos(x) for x in (uno, otro)] == [True, True]


def _agregar_abajo(hoja: HojaCruda, otra: HojaCruda) -> None:
    """Los renglones de datos de otra hoja, al pie de ésta."""
    primera = POI.por_clave[otra.nombre].disposicion.fila_datos
    salto = max(f for f, _ in hoja.celdas) + 1 - primera
    hoja.celdas.update({(f + salto, c): celda for (f, c), celda in otra.celdas.items() if f >= primera})


def test_dos_unidades_apiladas_en_una_hoja() -> None:
    libro = crudo(sin_marca=True)
    otra = crudo(escribir("AO", unidad="040 - Otra unidad"))
    for hoja in libro.hojas:
        if hoja.nombre in NOMBRES:
            suya = next(h for h in otra.hojas if h.nombre == hoja.nombre)
            hoja.celdas.update({(f + 60, c): celda for (f, c), celda in suya.celdas.items() if f >= TITULO})
            hoja.combinadas += [(a + 60, b, c + 60, d) for a, b, c, d in suya.combinadas]
    uno, otro = leidos(libro)
    assert [x.unidad.clave for x in (uno, otro) if x.unidad] == ["031", "040"]
    assert [len(x.filas("Valorización")) for x in (uno, otro)] == [6, 6]
    assert [sin_hallazgos(x) for x in (uno, otro)] == [True, True]


def test_el_encabezado_que_se_repite_por_pagina_no_repite_ni_pierde_filas() -> None:
    libro = crudo(sin_marca=True)
    for hoja in libro.hojas:
        declarada = POI.por_clave.get(hoja.nombre)
        if declarada is None:
            continue
        lugar = declarada.disposicion
        corte, alto = lugar.fila_datos + 3, lugar.profundidad
        arriba = {p: c for p, c in hoja.celdas.items() if p[0] < corte}
        abajo = {(f + alto, c): celda for (f, c), celda in hoja.celdas.items() if f >= corte}
        titulos = {
            (f + corte - lugar.fila_encabezado, c): celda for (f, c), celda in hoja.celdas.items()
            if lugar.fila_encabezado <= f <= lugar.fila_titulos
        }
        baja = corte - lugar.fila_encabezado
        hoja.combinadas += [(a + baja, b, c + baja, d) for a, b, c, d in hoja.combinadas
                            if lugar.fila_encabezado <= a <= lugar.fila_titulos]
        hoja.celdas = {**arriba, **titulos, **abajo}
    (leido,) = leidos(libro)
    assert cifras(leido) == ESPERADO
    assert sin_hallazgos(leido)


def test_otra_unidad_escrita_en_la_segunda_pagina_es_un_error_del_bloque() -> None:
    libro = crudo(sin_marca=True)
    hoja = libro.hojas[0]
    lugar = POI.principal.disposicion
    corte, salto = lugar.fila_datos + 3, 40
    abajo = {(f + salto, c): celda for (f, c), celda in hoja.celdas.items() if f >= corte}
    bloque = {(f + salto + 3, c): celda for (f, c), celda in hoja.celdas.items() if TITULO <= f < lugar.fila_datos}
    abajo = {(f + 6, c): celda for (f, c), celda in abajo.items()}
    hoja.combinadas += [(a + salto + 3, b, c + salto + 3, d) for a, b, c, d in hoja.combinadas if a < lugar.fila_datos]
    hoja.celdas = {**{p: c for p, c in hoja.celdas.items() if p[0] < corte}, **bloque, **abajo}
    unidad = lugar.fila_campo["unidad"] + salto + 3
    hoja.celdas[unidad, 3] = hoja.celdas[unidad, 3]._replace(valor="040 - Otra unidad")
    (leido,) = leidos(libro)
    assert [(h.regla, h.donde.celda) for h in revisar(leido, Contexto(T2)).hallazgos] == [("FMT016", f"C{unidad}")]


def test_de_dos_copias_se_toma_la_que_llega_al_periodo() -> None:
    libro = crudo()
    viejas = renombradas(crudo(escribir(periodo="Marzo 2024")), " (marzo)")
    libro.hojas = [*viejas, *libro.hojas]
    (leido,) = leidos(libro)
    assert leido.hojas["Programación"].nombres == ["Programación"]
    assert leido.otras_hojas == (("Programación (marzo)", "Marzo 2024"),)


def _ajeno(meses: list[str], *, bandas: bool, nombres: dict[str, str]) -> LibroCrudo:
    """Un libro de antes de la plantilla: sin marca, sin lo que calcula, con otros nombres de hojas y de meses."""
    libro = crudo(sin_marca=True)
    libro.hojas = [h for h in libro.hojas if h.nombre in NOMBRES[:5]]
    for hoja in libro.hojas:
        declarada = POI.por_clave[hoja.nombre]
        lugar = declarada.disposicion
        for columna in declarada.columnas:
            n, fila = lugar.columna[columna.clave], lugar.fila_del_titulo(columna)
            if columna.calculo is not None:
                hoja.celdas = {p: c for p, c in hoja.celdas.items() if p[1] != n or p[0] < lugar.fila_encabezado}
            elif columna.mes:
                hoja.celdas[fila, n] = CeldaCruda(meses[columna.mes - 1])
        if not bandas and len(declarada.medidas_mensuales) == 1:
            hoja.celdas = {p: c for p, c in hoja.celdas.items() if str(c.valor) not in
                           {b for columna in declarada.columnas for b in columna.banda}}
        hoja.nombre = nombres.get(hoja.nombre, hoja.nombre)
    return libro


@pytest.mark.parametrize("bandas", [True, False])
@pytest.mark.parametrize("meses", [
    [m.upper() if m != "septiembre" else "SETIEMBRE" for m in MESES], [f"{m[:3].capitalize()}." for m in MESES],
])
def test_un_libro_ajeno_se_reconoce_por_sus_titulos(meses: list[str], bandas: bool) -> None:
    (leido,) = leidos(_ajeno(meses, bandas=bandas, nombres={"Programación": "POI 2024", "Seguimiento": "Avance"}))
    assert (leido.formato, leido.version, leido.identidad) == ("POI", None, ("031", ""))
    capturadas = {k: v for k, v in ESPERADO.items() if POI.por_clave[k[0]].por_clave[k[2]].calculo is None}
    assert cifras(leido) == {k: v for k, v in capturadas.items() if k[0] != "Modificaciones"}
    assert sin_hallazgos(leido)


def test_sin_su_hoja_principal_se_dice_cual_falta() -> None:
    for sin_marca in (False, True):
        libro = crudo(sin_marca=sin_marca)
        libro.hojas = [h for h in libro.hojas if h.nombre != "Programación"]
        (leido,) = leidos(libro)
        revision = revisar(leido, Contexto(T2))
        assert (leido.formato, revision.estado) == ("POI", Suerte.RECHAZADO)
        (hallazgo,) = revision.hallazgos
        assert (hallazgo.regla, hallazgo.donde.celda) == ("FMT003", None)
        assert "falta la hoja «Programación»" in hallazgo.mensaje.replace("Falta", "falta")


def test_el_periodo_sin_ano_lo_toma_del_ano_fiscal() -> None:
    libro = crudo(escribir(periodo="Junio"))
    hoja = libro.hojas[0]
    hoja.celdas = {p: c for p, c in hoja.celdas.items() if not str(c.valor).startswith("Plan Operativo")}
    (leido,) = leidos(libro)
    assert leido.periodo == Periodo(2024, "M", 6)


@settings(max_examples=25)
@given(st.data())
def test_insertar_filas_y_columnas_en_cualquier_hoja_no_cambia_nada(datos: st.DataObject) -> None:
    libro = crudo()
    hoja = datos.draw(st.sampled_from([h for h in libro.hojas if h.nombre in NOMBRES]))
    corte_f, cuantas_f = datos.draw(st.integers(1, 25)), datos.draw(st.integers(0, 4))
    corte_c, cuantas_c = datos.draw(st.integers(1, 34)), datos.draw(st.integers(0, 3))

    def fila(f: int) -> int:
        return f + cuantas_f * (f >= corte_f)

    def columna(c: int) -> int:
        return c + cuantas_c * (c >= corte_c)

    hoja.celdas = {(fila(f), columna(c)): celda for (f, c), celda in hoja.celdas.items()}
    hoja.combinadas = [(fila(a), columna(b), fila(c), columna(d)) for a, b, c, d in hoja.combinadas]
    (leido,) = leidos(libro)
    assert cifras(leido) == ESPERADO
    assert {h.regla for h in revisar(leido, Contexto(T2)).hallazgos} <= {"FMT013"}
