"""El lector encuentra el informe por sus títulos y bandas, donde esté, y conserva la celda de cada valor."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pei_excel.crudo import CeldaCruda, ErrorExcel, HojaCruda, LibroCrudo
from pei_excel.escritura.plantilla import ConFormato, ConFormula, escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos.mir import MIR
from pei_excel.lectura.celdas import abrir_bytes
from pei_excel.lectura.lector import Opciones, interpretar, leer
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Suerte, revisar
from pei_excel.ubicacion import direccion, fila_y_columna

T2 = Periodo.de_codigo("2024-T2")


def plantilla(modo: Modo = Modo.SEGUIMIENTO, **campos: Any) -> bytes:
    memoria = BytesIO()
    escribir_plantilla(
        memoria, MIR, modo=modo, ejercicio=2024, periodo=T2, campos={**MIR.modelo.campos, **campos},
        filas=MIR.modelo.filas,
    )
    return memoria.getvalue()


ORIGINAL = plantilla()


def crudo() -> LibroCrudo:
    return abrir_bytes(ORIGINAL, "libro.xlsx")


def mover(hoja: HojaCruda, fila: Any, columna: Any) -> None:
    """Lleva cada celda (y cada combinación) a donde digan las dos funciones."""
    hoja.celdas = {(fila(f), columna(c)): celda for (f, c), celda in hoja.celdas.items()}
    hoja.combinadas = [(fila(a), columna(b), fila(c), columna(d)) for a, b, c, d in hoja.combinadas]


def valores(libro: Libro) -> dict[tuple[str, int, str], Any]:
    return {
        (f.hoja, f.indice, clave): dato.valor
        for hoja in libro.hojas.values() for f in hoja.filas for clave, dato in f.datos.items()
    }


def redondos(libro: Libro) -> dict[tuple[str, int, str], Any]:
    # LibreOffice guarda en .xls un 0 como resultado de las fórmulas que dan texto («Sí», «No programado»).
    de_texto = ("debe", "porcentaje", "primero_que_falta")
    return {
        k: round(v, 9) if isinstance(v, float) else v
        for k, v in valores(libro).items() if v is not None and not k[2].startswith(de_texto)
    }


def uno(libro_crudo: LibroCrudo, periodo: Periodo | None = T2) -> Libro:
    libros = interpretar(libro_crudo, "0" * 64, Opciones(periodo))
    assert len(libros) == 1
    return libros[0]


ESPERADO = valores(uno(crudo()))


def test_la_plantilla_se_lee_entera_y_con_su_celda() -> None:
    libro = uno(crudo())
    assert libro.identidad == ("504", "6")
    assert (libro.version, libro.modo, libro.periodo) == (1, "seguimiento", T2)
    componente = libro.filas("MIR")[2]
    assert str(componente.valor("nivel")) == "Componente 1"
    assert componente["alcanzado_t2"].valor == 27
    assert componente["alcanzado_t2"].celda == MIR.principal.disposicion.celda(componente.numero, "alcanzado_t2")
    assert len(libro.filas("MIR")) == len(MIR.modelo.filas["MIR"])


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_insertar_filas_y_columnas_no_cambia_ninguna_cifra(datos: st.DataObject) -> None:
    libro_crudo = crudo()
    hoja = libro_crudo.hojas[0]
    corte_f = datos.draw(st.integers(1, 25), label="antes de la fila")
    cuantas_f = datos.draw(st.integers(0, 4), label="filas")
    corte_c = datos.draw(st.integers(1, 28), label="antes de la columna")
    cuantas_c = datos.draw(st.integers(0, 3), label="columnas")
    antes = {(hoja.nombre, direccion(f, c)): celda.valor for (f, c), celda in hoja.celdas.items()}

    def fila(f: int) -> int:
        return f + cuantas_f * (f >= corte_f)

    def columna(c: int) -> int:
        return c + cuantas_c * (c >= corte_c)

    mover(hoja, fila, columna)
    libro = uno(libro_crudo)
    assert valores(libro) == ESPERADO
    for f in libro.filas("MIR"):
        for dato in f.datos.values():
            assert dato.celda is not None
            movida = fila_y_columna(dato.celda)
            assert hoja.celdas.get(movida, CeldaCruda(None)).valor == dato.crudo or dato.crudo is None
    hallazgos = revisar(libro, Contexto(T2)).hallazgos
    assert {h.regla for h in hallazgos} <= {"FMT013"}
    assert antes


def test_mover_columnas_completas_no_cambia_ninguna_cifra() -> None:
    libro_crudo = crudo()
    hoja = libro_crudo.hojas[0]
    lugar = MIR.principal.disposicion
    a, b = lugar.columna["tipo"], lugar.columna["sentido"]
    desde = lugar.fila_encabezado + 1
    hoja.celdas = {
        (f, {a: b, b: a}.get(c, c) if f >= desde else c): celda for (f, c), celda in hoja.celdas.items()
    }
    libro = uno(libro_crudo)
    assert valores(libro) == ESPERADO
    assert [h.regla for h in revisar(libro, Contexto(T2)).hallazgos] == ["FMT013"]


def test_renombrar_y_reordenar_las_hojas_no_importa() -> None:
    libro_crudo = crudo()
    libro_crudo.hojas[0].nombre = "Hoja1"
    libro_crudo.hojas.reverse()
    libro = uno(libro_crudo)
    assert valores(libro) == ESPERADO
    assert libro.filas("MIR")[0]["nivel"].hoja == "Hoja1"
    assert revisar(libro, Contexto(T2)).hallazgos == []


def test_dos_programas_en_un_archivo_son_dos_informes() -> None:
    libro_crudo = crudo()
    otro = abrir_bytes(plantilla(programa="7 - Otro programa"), "libro.xlsx").hojas[0]
    otro.nombre = "MIR (2)"
    libro_crudo.hojas.insert(1, otro)
    libros = interpretar(libro_crudo, "", Opciones(T2))
    assert [x.identidad for x in libros] == [("504", "6"), ("504", "7")]
    assert [x.nombres_de_hojas[0] for x in libros] == ["MIR", "MIR (2)"]


def test_dos_programas_con_sus_justificaciones_las_reparten_en_su_orden() -> None:
    libro_crudo = crudo()
    otro = abrir_bytes(plantilla(programa="7 - Otro programa"), "libro.xlsx")
    for hoja in otro.hojas[:2]:
        hoja.nombre += " (2)"
    libro_crudo.hojas += otro.hojas[:2]
    libros = interpretar(libro_crudo, "", Opciones(T2))
    assert [x.hojas["Justificaciones"].nombres for x in libros] == [["Justificaciones"], ["Justificaciones (2)"]]
    assert [revisar(x, Contexto(T2)).hallazgos for x in libros] == [[], []]


def test_las_hojas_de_otros_trimestres_se_apartan_y_se_nombran() -> None:
    libro_crudo = crudo()
    viejo = abrir_bytes(plantilla(periodo="1er. Trimestre 2024"), "libro.xlsx").hojas[0]
    viejo.nombre = "T1"
    libro_crudo.hojas.insert(0, viejo)
    libro = uno(libro_crudo)
    assert libro.nombres_de_hojas[0] == "MIR"
    assert libro.otras_hojas == (("T1", "1er. Trimestre 2024"),)
    sin_periodo = uno(libro_crudo, None)
    assert sin_periodo.periodo == T2


def test_una_hoja_copiada_es_otra_entrega_del_mismo_informe() -> None:
    libro_crudo = crudo()
    copia = replace(libro_crudo.hojas[0], nombre="MIR (2)")
    libro_crudo.hojas.insert(1, copia)
    libros = interpretar(libro_crudo, "", Opciones(T2))
    assert len(libros) == 2
    assert libros[0].identidad == libros[1].identidad


def test_un_libro_de_otro_periodo_se_rechaza_con_su_campo() -> None:
    libro = uno(crudo(), Periodo.de_codigo("2024-T3"))
    revision = revisar(libro, Contexto(Periodo.de_codigo("2024-T3")))
    assert revision.estado is Suerte.RECHAZADO
    assert [(h.regla, h.donde.celda) for h in revision.hallazgos] == [("ENT005", "C6")]


def test_la_identidad_se_reconoce_en_cualquiera_de_sus_tres_lugares() -> None:
    for quitar in range(3):
        libro_crudo = crudo()
        if quitar != 0:
            libro_crudo.propiedades.clear()
        if quitar != 1:
            libro_crudo.nombres.clear()
        if quitar != 2:
            libro_crudo.hojas = [h for h in libro_crudo.hojas if h.nombre != "_pei"]
        assert uno(libro_crudo).version == 1
    libro_crudo = crudo()
    libro_crudo.propiedades.clear()
    libro_crudo.nombres.clear()
    libro_crudo.hojas = [h for h in libro_crudo.hojas if h.nombre != "_pei"]
    assert uno(libro_crudo).version is None


def test_una_celda_combinada_de_evidencia_vale_para_sus_renglones() -> None:
    libro_crudo = crudo()
    hoja, lugar = libro_crudo.hojas[0], MIR.principal.disposicion
    fila, columna = lugar.fila_datos + 2, lugar.columna["medios"]
    hoja.celdas.pop((fila + 1, columna))
    hoja.combinadas.append((fila, columna, fila + 1, columna))
    segunda = uno(libro_crudo).filas("MIR")[3]["medios"]
    assert segunda.valor == MIR.modelo.filas["MIR"][2]["medios"]
    assert segunda.celda == direccion(fila, columna)


def test_los_valores_raros_se_leen_como_estan_escritos() -> None:
    evidencia = "Oficio <1> & «2»\n_x000D_"
    raros = {"Componente 1": {"medios": evidencia, "alcanzado_t2": ErrorExcel("#DIV/0!")},
             "Actividad 1.1": {"alcanzado_t2": "27,5", "alcanzado_acumulado": ConFormula(None)},
             "Actividad 1.2": {"alcanzado_t1": ConFormato(0.2, "0%"), "variacion_t1": ConFormula("")}}
    memoria = BytesIO()
    escribir_plantilla(
        memoria, MIR, modo=Modo.FORMULACION, ejercicio=2024, periodo=T2, campos=MIR.modelo.campos,
        filas={"MIR": [{**f, **raros.get(str(f["nivel"]), {})} for f in MIR.modelo.filas["MIR"]]},
    )
    celdas = abrir_bytes(memoria.getvalue(), "libro.xlsx").hojas[0].celdas
    lugar = MIR.principal.disposicion

    def leida(fila: int, clave: str) -> CeldaCruda:
        return celdas[lugar.fila_datos + fila, lugar.columna[clave]]

    assert leida(2, "medios").valor == evidencia
    assert leida(2, "alcanzado_t2") == CeldaCruda(ErrorExcel("#DIV/0!"), formula=True)
    assert isinstance(leida(2, "alcanzado_t2").valor, ErrorExcel)
    assert leida(3, "alcanzado_t2") == CeldaCruda("27,5")
    assert leida(3, "alcanzado_acumulado") == CeldaCruda(None, formula=True, calculada=False)
    assert leida(4, "alcanzado_t1") == CeldaCruda(0.2, porcentaje=True)
    assert leida(4, "variacion_t1") == CeldaCruda(None, formula=True)


@pytest.mark.libreoffice
@pytest.mark.parametrize("tipo", ["xlsx", "ods", "xls"])
def test_guardada_por_libreoffice_da_las_mismas_cifras_y_hallazgos(
    tipo: str, tmp_path: Path, soffice: Any
) -> None:
    filas = [dict(f) for f in MIR.modelo.filas["MIR"]]
    filas[2]["alcanzado_t2"] = "27,5"
    filas[3]["medios"] = None
    filas[4]["alcanzado_t2"] = 2.0
    modificacion = {"fecha": date(2024, 5, 10), "nivel": "Componente 1", "campo": "Programado 3er. Trim.",
                    "valor_anterior": 40.0, "valor_nuevo": 35.0, "causa": "Ajuste", "documento": "Oficio 20/2024"}
    ruta = tmp_path / "libro.xlsx"
    escribir_plantilla(
        ruta, MIR, modo=Modo.SEGUIMIENTO, ejercicio=2024, periodo=T2, campos=MIR.modelo.campos,
        filas={"MIR": filas, "Modificaciones": [modificacion]},
    )
    original = leer(ruta, "libro.xlsx", Opciones(T2))[0]
    convertido = leer(soffice(ruta, tipo), "libro.xlsx", Opciones(T2))[0]
    assert redondos(convertido) == redondos(original)
    antes = [(h.regla, h.donde.hoja, h.donde.celda) for h in revisar(original, Contexto(T2)).hallazgos]
    despues = [(h.regla, h.donde.hoja, h.donde.celda) for h in revisar(convertido, Contexto(T2)).hallazgos]
    assert {r for r, _, _ in antes} == {"FMT005", "SEG005", "SEG006", "MIR015"}
    if tipo == "xls":
        assert ("FMT017", None, None) in despues
        despues.remove(("FMT017", None, None))
    assert despues == antes
    assert convertido.version == 1
