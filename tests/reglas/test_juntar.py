"""Dos textos no corren un renglón, y lo mismo muchas veces es un solo hallazgo que nombra todas sus celdas."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Formato, Modo
from pei_excel.formatos import FORMATOS
from pei_excel.hallazgo import Hallazgo
from pei_excel.lectura.celdas import abrir_bytes
from pei_excel.lectura.lector import Opciones, interpretar
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.reglas.juntar import MUCHAS_CALCULADAS, MUCHOS_TEXTOS
from pei_excel.revision import revisar

T2 = Periodo.de_codigo("2024-T2")
MIR, POI = FORMATOS["MIR"], FORMATOS["POI"]
#: (hoja, renglón desde 0, columna) → lo que se escribe ahí.
Cambios = Mapping[tuple[str, int, str], Any]


@cache
def modelo(formato: str) -> bytes:
    """El modelo del formato, escrito una vez."""
    memoria, de = BytesIO(), FORMATOS[formato].modelo
    escribir_plantilla(memoria, FORMATOS[formato], modo=Modo.SEGUIMIENTO, ejercicio=2024, periodo=T2,
                       campos=de.campos, filas=de.filas)
    return memoria.getvalue()


@cache
def sano(formato: str) -> Libro:
    """El modelo del formato, guardado con openpyxl y sin cambios."""
    return leido(FORMATOS[formato], {})


def leido(formato: Formato, cambios: Cambios) -> Libro:
    """El modelo del formato con unas celdas cambiadas, que se guarda con openpyxl (sin resultados de fórmulas)."""
    libro = openpyxl.load_workbook(BytesIO(modelo(formato.clave)))
    for (hoja, renglon, columna), valor in cambios.items():
        libro[hoja][celda(formato, hoja, renglon, columna)].value = valor
    guardado = BytesIO()
    libro.save(guardado)
    return interpretar(abrir_bytes(guardado.getvalue(), "libro.xlsx"), "", Opciones(T2))[0]


def celda(formato: Formato, hoja: str, renglon: int, columna: str) -> str:
    lugar = formato.por_clave[hoja].disposicion
    return lugar.celda(lugar.fila_datos + renglon, columna)


def de(libro: Libro, regla: str) -> list[Hallazgo]:
    return [h for h in revisar(libro, Contexto(T2)).hallazgos if h.regla == regla]


@pytest.mark.muestra(5)
@pytest.mark.parametrize(("uno", "otro"), [
    ("pendiente", "pendiente"), ("por definir", "s/f"), ("20 talleres", "10 (diez)"), ("ver anexo", "veinte"),
])
@pytest.mark.parametrize(("formato", "hoja", "medida"), [
    (POI, "Seguimiento", "ejecutado_m"), (POI, "Seguimiento", "devengado_m"), (POI, "Programación", "programado_m"),
    (POI, "Valorización", "costo_m"), (MIR, "MIR", "alcanzado_t"), (MIR, "MIR", "programado_t"),
])
def test_dos_textos_no_corren_el_renglon(formato: Formato, hoja: str, medida: str, uno: str, otro: str) -> None:
    """Cada uno es FMT004, juntos si son el mismo, y lo demás del renglón se lee."""
    igual = sano(formato.clave).filas(hoja)[2]
    puestas = {(hoja, 2, f"{medida}1"): uno, (hoja, 2, f"{medida}2"): otro}
    libro = leido(formato, puestas)
    assert de(libro, "FMT015") == []
    hallados = de(libro, "FMT004")
    celdas = [celda(formato, *c) for c in puestas]
    assert {c for h in hallados for c in (h.donde.celda, *(u.celda for u in h.tambien))} == set(celdas)
    assert len(hallados) == (1 if uno == otro else 2)
    for columna in formato.por_clave[hoja].columnas:
        if columna.calculo is None and (hoja, 2, columna.clave) not in puestas:
            assert libro.filas(hoja)[2].valor(columna.clave) == igual.valor(columna.clave), columna.clave


@pytest.mark.parametrize(("formato", "cambios"), [
    (MIR, {("MIR", 2, "programado_t1"): "De gestión", ("MIR", 2, "programado_t2"): "Eficacia"}),
    (MIR, {("MIR", 2, "alcanzado_t1"): "De gestión", ("MIR", 2, "programado_t2"): "De gestión"}),
    (POI, {("Programación", 2, "programado_m1"): "Acumulativo", ("Programación", 2, "programado_m2"): "Alta"}),
    (POI, {("Seguimiento", 2, "ejecutado_m1"): "OEI.05", ("Seguimiento", 2, "ejecutado_m2"): "AEI.05.01"}),
    # Una celda a la derecha desde «Tipo de indicador»: sólo listas y textos, ningún número.
    (POI, {("Programación", 2, "tipo_indicador"): None, ("Programación", 2, "unidad_medida"): "Proceso",
           ("Programación", 2, "acumulacion"): "Informe", ("Programación", 2, "prioridad"): "Acumulativo",
           ("Programación", 2, "meta"): "Alta"}),
    # Textos libres, y donde iban no quedó ninguno.
    (POI, {("Programación", 2, "elementos"): 5, ("Programación", 2, "responsable"): None,
           ("Programación", 2, "programado_m11"): "Disponibilidad del local",
           ("Programación", 2, "programado_m12"): "Jefatura de la unidad"}),
])
def test_un_renglon_corrido_se_prueba(formato: Formato, cambios: Cambios) -> None:
    libro = leido(formato, cambios)
    (hallazgo,) = de(libro, "FMT015")
    hoja = next(iter(cambios))[0]
    assert hallazgo.donde.celda == celda(formato, hoja, 2, formato.por_clave[hoja].llave[0])
    assert de(libro, "FMT004") == []


def _como_texto(hoja: str, cuantas: int) -> Cambios:
    columnas = [c for c in POI.por_clave[hoja].columnas if c.mes]
    filas = POI.modelo.filas[hoja]
    llenas = [(hoja, n, c.clave) for n, f in enumerate(filas) for c in columnas if f.get(c.clave) is not None]
    return {lugar: f"{filas[lugar[1]][lugar[2]]:g}" for lugar in llenas[:cuantas]}


@pytest.mark.parametrize("cuantas", [MUCHOS_TEXTOS - 1, MUCHOS_TEXTOS, 30])
def test_los_numeros_como_texto_de_una_hoja_se_juntan_si_son_muchos(cuantas: int) -> None:
    cambios = {**_como_texto("Valorización", cuantas), **_como_texto("Programación", 2)}
    hallados = de(leido(POI, cambios), "FMT005")
    assert len(hallados) == 2 + (1 if cuantas >= MUCHOS_TEXTOS else cuantas)
    nombradas = [(u.hoja, u.celda) for h in hallados for u in (h.donde, *h.tambien)]
    assert sorted(nombradas) == sorted((lugar[0], celda(POI, *lugar)) for lugar in cambios)


def test_un_numero_ambiguo_no_se_pierde_entre_los_que_se_leyeron() -> None:
    cambios = {**_como_texto("Valorización", 20)}
    primero = next(iter(cambios))
    hallados = de(leido(POI, {**cambios, primero: "1,234"}), "FMT005")
    assert sorted((h.severidad, h.donde.celda == celda(POI, *primero)) for h in hallados) == [
        ("AVISO", False), ("ERROR", True)]


def test_los_valores_pegados_sobre_una_columna_calculada_se_juntan() -> None:
    renglones = len(POI.modelo.filas["Seguimiento"])
    assert renglones >= MUCHAS_CALCULADAS
    pegadas = {("Seguimiento", n, "ejecutado_total"): 7777 for n in range(renglones)}
    sueltas = {("Seguimiento", n, "devengado_total"): 7777 for n in range(2)}
    hallados = de(leido(POI, {**pegadas, **sueltas}), "SEG001")
    assert [h.donde.celda for h in hallados] == [celda(POI, *c) for c in (*[next(iter(pegadas))], *sueltas)]
    (junto,) = [h for h in hallados if "otras" in h.mensaje]
    assert {u.celda for u in junto.tambien} >= {celda(POI, *c) for c in list(pegadas)[1:]}
