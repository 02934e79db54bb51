"""Cada daño del catálogo da exactamente lo que de él se espera: las mismas cifras, o su motivo y sus reglas."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import catalogo_de_danos as catalogo
import pytest
from catalogo_de_danos import T2, sano

from pei_excel.archivos import buscar
from pei_excel.crudo import ArchivoIlegible
from pei_excel.formatos import FORMATOS
from pei_excel.lectura import guardia, segundo, xlsx
from pei_excel.lectura.limites import LIMITES
from pei_excel.proceso import Encargo, leer_y_revisar
from pei_excel.revision import Revision, revisar_entrega

#: Los del informe de la MIR, listos para hacerse.
DANOS = {nombre: (partial(hacer, sano("MIR")), espera[0]) for nombre, (hacer, *espera) in catalogo.DANOS.items()}

Capturado = dict[tuple[str, object, str], object]


def capturado(revision: Revision) -> Capturado:
    """Lo que la unidad escribió, por hoja, llave del renglón y columna: no depende de dónde esté."""
    libro = revision.libro
    formato = FORMATOS[libro.formato or "MIR"]
    leido: Capturado = {}
    for hoja in libro.hojas.values():
        declarada = formato.por_clave[hoja.clave]
        for fila in hoja.filas:
            llave = tuple(fila.valor(c) for c in declarada.llave)
            if hoja.clave == "Necesidades":
                llave = (*llave, fila.valor("detalle"))
            for columna in declarada.columnas:
                if columna.calculo is None and fila.valor(columna.clave) is not None:
                    leido[hoja.clave, llave, columna.clave] = fila.valor(columna.clave)
    return leido


def leer(contenido: bytes, carpeta: Path) -> Revision:
    ruta = carpeta / "libro.xlsx"
    ruta.write_bytes(contenido)
    return leer_y_revisar(str(ruta), "libro.xlsx", Encargo(T2))[0]


@pytest.fixture(scope="module")
def sanas(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Capturado]:
    carpeta = tmp_path_factory.mktemp("sano")
    leidas = {clave: leer(sano(clave).contenido, carpeta) for clave in ("MIR", "POI")}
    assert all(not r.hallazgos for r in leidas.values())
    return {clave: capturado(r) for clave, r in leidas.items()}


def visto(revision: Revision, sana: Capturado) -> str:
    """Lo que pasó, escrito como lo que se espera."""
    reglas = sorted({h.regla for h in revision.hallazgos})
    if revision.libro.formato is None and reglas == ["FMT001"]:
        (hallazgo,) = revision.hallazgos
        return str(hallazgo.encontrado)
    leido = capturado(revision)
    cambian = sum(leido.get(k) != sana.get(k) for k in {*leido, *sana})
    return "+".join([f"{cambian} cambian" if cambian else "igual", *reglas])


def _largo(formato: str, nombre: str) -> bool:
    """Los que cuestan segundos, y los del POI de los que se espera lo mismo que de la MIR."""
    return nombre in catalogo.LENTOS or (formato == "POI" and len(catalogo.DANOS[nombre]) == 2)


CASOS = [
    pytest.param(formato, nombre, marks=[pytest.mark.larga] if _largo(formato, nombre) else [])
    for formato in ("MIR", "POI") for nombre in catalogo.DANOS
]


@pytest.mark.parametrize(("formato", "nombre"), CASOS)
def test_cada_dano(formato: str, nombre: str, tmp_path: Path, sanas: dict[str, Capturado]) -> None:
    """Lo mismo, o lo que se espera; nunca otra cosa, y nunca en silencio."""
    hacer, *espera = catalogo.DANOS[nombre]
    revision = leer(hacer(sano(formato)), tmp_path)
    assert visto(revision, sanas[formato]) == espera[-1 if formato == "POI" else 0]
    if not re.match(r"igual|\d+ cambian", espera[0]):
        assert revision.libro.rechazado


@pytest.mark.parametrize("nombre", [
    "MIR (1).xlsx", "MIR (copia en conflicto 2024-07-01).xlsx", "MIR - copia.xlsx",
])
def test_copias_en_conflicto(nombre: str, tmp_path: Path) -> None:
    """La misma entrega dos veces y una distinta: cuenta una, y se dice de cuál se trata."""
    (tmp_path / "MIR.xlsx").write_bytes(sano("MIR").contenido)
    (tmp_path / nombre).write_bytes(catalogo.escribir(26)(sano("MIR")))
    revisiones = [
        r for a in buscar([tmp_path]).archivos for r in leer_y_revisar(str(a.ruta), a.nombre, Encargo(T2))
    ]
    reglas = {h.regla for h in revisar_entrega(revisiones, (), Encargo(T2).contexto)}
    assert sorted(r.estado.value for r in revisiones) == ["aceptado", "sustituido"]
    assert {"ENT003", "ENT004"} <= reglas


@pytest.mark.larga
@pytest.mark.parametrize(("formato", "nombre"), [
    (f, n) for f in ("MIR", "POI") for n in catalogo.DANOS if n not in catalogo.LENTOS
])
def test_los_dos_lectores_leen_lo_mismo_de_cada_libro_danado(formato: str, nombre: str) -> None:
    """Errores, fórmulas sin calcular, combinadas y ocultas: lo que los dos abren, lo abren igual."""
    contenido = catalogo.DANOS[nombre][0](sano(formato))
    try:
        paquete = guardia.desempacar(contenido)
        tipo = guardia.tipo_de_paquete(paquete)
        guardia.revisar_xml(paquete, tipo)
        uno = xlsx.leer(paquete, "a", tipo, LIMITES)
        otro = segundo.leer(contenido, paquete, "a", tipo, LIMITES)
    except ArchivoIlegible:
        return
    assert uno.hojas == otro.hojas


def test_son_al_menos_cuarenta() -> None:
    assert len(catalogo.DANOS) >= 80
