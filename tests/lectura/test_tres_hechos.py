"""Tres hechos de cada celda calculada (si tiene fórmula, lo que guarda, lo que nos da) en cada tipo de archivo."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from armado_xlsb import armar_xlsb
from test_segundo import cambiar

from pei_excel.crudo import CeldaCruda, HojaCruda, LibroCrudo
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.evaluacion import Medicion
from pei_excel.formato import Modo
from pei_excel.formatos import FORMATOS
from pei_excel.hallazgo import Hallazgo
from pei_excel.lectura import guardia, segundo
from pei_excel.lectura.celdas import abrir_bytes
from pei_excel.lectura.lector import Opciones, interpretar
from pei_excel.lectura.limites import LIMITES
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import revisar
from pei_excel.ubicacion import direccion, fila_y_columna

T2 = Periodo.de_codigo("2024-T2")
#: Formato → una columna calculada que ninguna otra regla mira, y una captura de la que sale.
CALCULADA = {"MIR": ("Justificaciones", "alcanzado"), "POI": ("Evaluación", "meta_alcanzada")}


def libro(clave: str) -> bytes:
    formato, memoria = FORMATOS[clave], BytesIO()
    escribir_plantilla(
        memoria, formato, modo=Modo.SEGUIMIENTO, ejercicio=2024, periodo=T2, campos=formato.modelo.campos,
        filas=formato.modelo.filas,
    )
    return memoria.getvalue()


LIBROS = {clave: libro(clave) for clave in CALCULADA}


def lugar(clave: str, renglon: int = 0, columna: tuple[str, str] | None = None) -> tuple[str, tuple[int, int]]:
    """Hoja y celda de la calculada (o de otra columna) en un renglón."""
    hoja, de = columna or CALCULADA[clave]
    disposicion = FORMATOS[clave].por_clave[hoja].disposicion
    return hoja, (disposicion.fila_datos + renglon, disposicion.columna[de])


def con(crudo: LibroCrudo, hoja: str, donde: tuple[int, int], celda: CeldaCruda | None) -> LibroCrudo:
    """El libro abierto, con una celda cambiada."""

    def cambiada(suya: HojaCruda) -> HojaCruda:
        celdas = {k: c for k, c in suya.celdas.items() if k != donde}
        return replace(suya, celdas=celdas | ({donde: celda} if celda is not None else {}))

    return replace(crudo, hojas=[cambiada(h) if h.nombre == hoja else h for h in crudo.hojas])


def hallazgos(crudo: LibroCrudo) -> list[Hallazgo]:
    (leido,) = interpretar(crudo, "", Opciones(T2))
    return revisar(leido, Contexto(T2)).hallazgos


def dicho(hallazgo: Hallazgo) -> str:
    """Lo primero que dice, que es el hecho."""
    return hallazgo.mensaje.partition(":")[0].casefold()


def dichos(crudo: LibroCrudo) -> list[tuple[str, str]]:
    """(regla, con qué empieza su mensaje) de lo que se dice del libro."""
    return [(h.regla, dicho(h)) for h in hallazgos(crudo)]


@pytest.mark.parametrize("clave", LIBROS)
@pytest.mark.parametrize(("hacer", "esperado"), [
    (lambda buena: buena._replace(valor=None, calculada=False), "nunca calculado"),
    (lambda buena: buena._replace(valor=12345.0), "desactualizado"),
    (lambda buena: buena._replace(formula=False), "fórmula reemplazada"),
    (lambda _: CeldaCruda(12345.0), "fórmula reemplazada"),
    (lambda _: None, "fórmula borrada"),
], ids=["nunca calculado", "desactualizado", "reemplazada, igual", "reemplazada, distinta", "borrada"])
def test_cada_hecho_con_su_mensaje_y_su_celda(
    clave: str, hacer: Callable[[CeldaCruda], CeldaCruda | None], esperado: str
) -> None:
    """Un solo hallazgo, FMT009, en esa celda y con lo que le pasa; lo demás del libro sigue sano."""
    crudo = abrir_bytes(LIBROS[clave], "a.xlsx")
    assert dichos(crudo) == []
    hoja, _ = lugar(clave)
    celdas = next(h for h in crudo.hojas if h.nombre == hoja).celdas
    donde = next(d for n in range(9) if celdas[d := lugar(clave, n)[1]].valor is not None)
    buena = celdas[donde]
    assert buena.formula
    (hallazgo,) = hallazgos(con(crudo, hoja, donde, hacer(buena)))
    assert (hallazgo.regla, dicho(hallazgo)) == ("FMT009", esperado)
    assert hallazgo.donde.hoja == hoja
    assert "12345" not in str(hallazgo.esperado)


def test_los_tres_dan_tres_remedios() -> None:
    crudo = abrir_bytes(LIBROS["MIR"], "a.xlsx")
    hoja, donde = lugar("MIR")
    remedios = {
        hallazgos(con(crudo, hoja, donde, celda))[0].como_corregir
        for celda in (CeldaCruda(None, True, False), CeldaCruda(99.0, True), CeldaCruda(99.0))
    }
    assert len(remedios) == 3


# --- Un archivo que nadie calculó --------------------------------------------------------------------------------


def guardado_sin_calcular(contenido: bytes, accion: Callable[[openpyxl.Workbook], object] = lambda _: None) -> bytes:
    """Abierto y guardado por un programa que no calcula."""
    abierto, memoria = openpyxl.load_workbook(BytesIO(contenido)), BytesIO()
    accion(abierto)
    abierto.save(memoria)
    return memoria.getvalue()


@pytest.mark.parametrize("clave", LIBROS)
def test_sin_resultados_se_lee_con_nuestras_cifras_y_se_dice_una_vez(clave: str) -> None:
    (antes,) = interpretar(abrir_bytes(LIBROS[clave], "a.xlsx"), "", Opciones(T2))
    crudo = abrir_bytes(guardado_sin_calcular(LIBROS[clave]), "a.xlsx")
    (despues,) = interpretar(crudo, "", Opciones(T2))
    assert dichos(crudo) == [("FMT010", "nunca calculado")]
    def evaluado(libro: Libro) -> list[Medicion]:
        contexto = Contexto(T2)
        return [e.al_periodo for e in (*contexto.indicadores(libro), *contexto.actividades(libro))]

    assert evaluado(despues) == evaluado(antes) != []


@pytest.mark.parametrize("clave", LIBROS)
def test_sin_resultados_y_con_una_formula_reemplazada_tambien_se_dice(clave: str) -> None:
    """Sigue siendo un solo hallazgo del archivo, que además muestra la celda donde se escribió."""
    hoja, (fila, columna) = lugar(clave)
    accion = lambda abierto: abierto[hoja].cell(fila, columna, 12345)  # noqa: E731
    (hallazgo,) = hallazgos(abrir_bytes(guardado_sin_calcular(LIBROS[clave], accion), "a.xlsx"))
    assert hallazgo.regla == "FMT010"
    assert hallazgo.mensaje.endswith("además, 1 fórmula reemplazada por lo escrito.")
    assert [(u.hoja, u.celda) for u in hallazgo.tambien] == [(hoja, direccion(fila, columna))]


# --- Una fórmula donde va un dato --------------------------------------------------------------------------------

CAPTURA = {"MIR": ("MIR", "alcanzado_t2"), "POI": ("Seguimiento", "ejecutado_m6")}


@pytest.mark.parametrize("clave", LIBROS)
def test_una_formula_sin_calcular_donde_va_un_dato_no_es_una_celda_vacia(clave: str) -> None:
    """«=12+15» guardada sin resultado: no se sabe qué vale, y se dice en su celda; calculada, es un dato como otro."""
    hoja, (fila, columna) = lugar(clave, 2, CAPTURA[clave])
    accion = lambda abierto: abierto[hoja].cell(fila, columna, "=12+15")  # noqa: E731
    crudo = abrir_bytes(guardado_sin_calcular(LIBROS[clave], accion), "a.xlsx")
    assert ("FMT004", hoja, direccion(fila, columna)) in [
        (h.regla, h.donde.hoja, h.donde.celda) for h in hallazgos(crudo)
    ]
    assert {h.regla for h in hallazgos(crudo)} == {"FMT004", "FMT010"}
    sano = abrir_bytes(LIBROS[clave], "a.xlsx")
    buena = next(h for h in sano.hojas if h.nombre == hoja).celdas[fila, columna]
    assert hallazgos(con(sano, hoja, (fila, columna), buena._replace(formula=True))) == []


@pytest.mark.parametrize("clave", LIBROS)
def test_un_renglon_traido_con_formulas_sin_calcular_no_se_pierde(clave: str) -> None:
    """Todo el renglón son fórmulas a otra hoja, sin resultado: sigue siendo un renglón, y se dice que no se lee."""
    crudo = abrir_bytes(LIBROS[clave], "a.xlsx")
    principal = FORMATOS[clave].principal
    for columna in principal.columnas:
        hoja, donde = lugar(clave, 1, (principal.clave, columna.clave))
        crudo = con(crudo, hoja, donde, CeldaCruda(None, True, False))
    (leido,) = interpretar(crudo, "", Opciones(T2))
    (sano,) = interpretar(abrir_bytes(LIBROS[clave], "a.xlsx"), "", Opciones(T2))
    assert len(leido.filas(principal.clave)) == len(sano.filas(principal.clave))
    fila = principal.disposicion.fila_datos + 1
    assert any(h.regla == "FMT004" and re.fullmatch(rf"[A-Z]+{fila}", h.donde.celda or "") for h in hallazgos(crudo))


def test_un_campo_con_formula_sin_calcular_no_toma_lo_de_al_lado() -> None:
    crudo = abrir_bytes(LIBROS["MIR"], "a.xlsx")
    (sano,) = interpretar(crudo, "", Opciones(T2))
    celda = fila_y_columna(sano.campo("unidad").celda or "")
    crudo = con(crudo, "MIR", celda, CeldaCruda(None, True, False))
    (leido,) = interpretar(con(crudo, "MIR", (celda[0], celda[1] + 1), CeldaCruda("999 - Otra")), "", Opciones(T2))
    assert leido.unidad is None
    assert [(h.regla, h.donde.celda) for h in hallazgos(crudo)] == [("FMT004", sano.campo("unidad").celda)]


# --- Los mismos hechos en cada tipo de archivo -------------------------------------------------------------------


def hechos(crudo: LibroCrudo, clave: str) -> dict[tuple[str, tuple[int, int]], tuple[bool, bool]]:
    """Hoja y celda → (tiene fórmula, se calculó), en las hojas del formato."""
    nombres = {h.clave for h in FORMATOS[clave].hojas}
    return {
        (h.nombre, donde): (c.formula, c.calculada)
        for h in crudo.hojas if h.nombre in nombres for donde, c in h.celdas.items() if c.formula
    }


@pytest.mark.parametrize("clave", LIBROS)
def test_el_segundo_lector_ve_los_mismos(clave: str) -> None:
    for contenido in (LIBROS[clave], guardado_sin_calcular(LIBROS[clave])):
        uno = abrir_bytes(contenido, "a.xlsx")
        otro = segundo.leer(contenido, guardia.desempacar(contenido), "a.xlsx", "xlsx", LIMITES)
        assert hechos(uno, clave) == hechos(otro, clave) != {}


@pytest.mark.parametrize("clave", LIBROS)
def test_en_xlsb(clave: str) -> None:
    """Un .xlsb siempre guarda un resultado: ahí no hay «nunca calculado», y lo demás se dice igual."""
    crudo = abrir_bytes(LIBROS[clave], "a.xlsx")
    hoja, donde = lugar(clave)
    _, otra = lugar(clave, 1)
    danado = con(con(crudo, hoja, donde, CeldaCruda(12345.0)), hoja, otra, CeldaCruda(12345.0, True))
    binario = abrir_bytes(armar_xlsb(danado), "a.xlsb")
    assert hechos(binario, clave) == hechos(danado, clave)
    assert dichos(binario) == dichos(danado) == [("FMT009", "fórmula reemplazada"), ("FMT009", "desactualizado")]


@pytest.mark.libreoffice
@pytest.mark.parametrize("clave", LIBROS)
@pytest.mark.larga
def test_en_ods_y_en_xlsx_guardado_por_libreoffice(
    clave: str, tmp_path: Path, soffice: Callable[[Path, str], Path]
) -> None:
    """LibreOffice deja lo guardado como está: lo desactualizado sigue así, y lo reemplazado también."""
    hoja, donde = lugar(clave)
    coordenada = direccion(*donde).encode()
    ruta = tmp_path / "libro.xlsx"
    nombre = f"xl/worksheets/sheet{[h.clave for h in FORMATOS[clave].hojas].index(hoja) + 1}.xml"
    patron = rb'(<c r="' + coordenada + rb'"(?: s="\d+")?)[^>]*><f>[^<]*</f><v>[^<]*</v>'
    ruta.write_bytes(cambiar(LIBROS[clave], {nombre: lambda xml: re.sub(patron, rb"\1><v>12345</v>", xml)}))
    esperado = [("FMT009", "fórmula reemplazada")]
    assert dichos(abrir_bytes(ruta.read_bytes(), "a.xlsx")) == esperado
    for tipo in ("ods", "xlsx"):
        leido = abrir_bytes(soffice(ruta, tipo).read_bytes(), f"a.{tipo}")
        assert [d for d in dichos(leido) if d[0] != "FMT012"] == esperado, tipo
        assert all(calculada for _, calculada in hechos(leido, clave).values())
    en_xls = interpretar(abrir_bytes(soffice(ruta, "xls").read_bytes(), "a.xls"), "", Opciones(T2))[0]
    assert [h.regla for h in revisar(en_xls, Contexto(T2)).hallazgos] == ["FMT017"]
