"""El año de dos municipios, repetido con las órdenes: en cada paso dicen lo que el simulador sabe que es cierto."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from buzon import Buzon
from correspondencia import Correspondencia
from oficina_simulada import (
    Acompanante,
    Oficina,
    catalogo_leido_una_vez,  # noqa: F401 - es un accesorio
    comparar,
    correr,
    decisiones,
)
from publicaciones import Publicaciones
from recibidos_del_buzon import buzon  # noqa: F401 - es un accesorio

from pei_excel import oficina as oficinas
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import revisar
from pei_excel.simulacion.ano import escribir_recibidos, simular_ano
from pei_excel.simulacion.ano_modelo import Paso
from pei_excel.simulacion.mir_ano import MirAnual
from pei_excel.simulacion.practica import DESPUES

MOTIVO = ("--con-observaciones", "--motivo", "Venció el plazo para corregir")


def repetir(oficina: Oficina, *acompanantes: Acompanante) -> None:
    """Recorre el año entero como lo haría la oficina; todo lo que dice el programa es lo cierto."""
    for paso in oficina.ano.pasos:
        if paso.tanda == 1:
            for uno in acompanantes:
                uno.antes(paso.periodo)
        if paso.tanda == 3:
            motivo = "Llegó lo solventado"
            assert correr("reabrir", paso.periodo.codigo, "--motivo", motivo, "-o", oficina.resultados).estado == 0
        oficina.recibir(paso)
        hecho = oficina.consolidar(paso.periodo)
        con_errores = paso.verdad.por_solventar or any(e.errores for e in paso.envios)
        assert hecho.estado == (1 if con_errores else 0), hecho.error
        _comprobar(oficina, paso)
        for uno in acompanantes:
            uno.consolidado(paso)
        oficina.anotar(paso.periodo, paso.anotaciones)
        for uno in acompanantes:
            uno.anotado(paso)
        if paso.cierra and paso.periodo.clase == "T":
            _cerrar(oficina, paso)
            for uno in acompanantes:
                uno.cerrado(paso)


def _comprobar(oficina: Oficina, paso: Paso) -> None:
    leido = oficina.leer(paso.periodo)
    comparar(leido, paso.verdad, oficina.ano.formato)
    anotadas = [] if paso.tanda == 1 else oficina.ano.de(paso.periodo)[0].anotaciones
    if paso.tanda < 3:
        assert decisiones(leido.documento) == Counter(
            (a.celda[0], f"{a.celda[1]}!{a.celda[2]}", a.que, a.despues) for a in anotadas
        )


def _cerrar(oficina: Oficina, paso: Paso) -> None:
    """Con algo por solventar no cierra si no se dice por qué, y nada cambia."""
    faltan = paso.verdad.por_solventar
    if faltan:
        antes = oficina.leer(paso.periodo)
        negado = oficina.cerrar(paso.periodo)
        assert negado.estado == 2
        assert f"{faltan} " in negado.error or "Queda 1" in negado.error
        assert oficina.leer(paso.periodo) == antes
    hecho = oficina.cerrar(paso.periodo, *(MOTIVO if faltan else ()))
    assert hecho.estado == 0, hecho.error
    version = 2 if paso.tanda == 3 else 1
    archivo = oficina.resultados / "cerrados" / paso.periodo.codigo / f"v{version}"
    cierre = json.loads((archivo / "cierre.json").read_text(encoding="utf-8"))
    assert cierre["con_observaciones"] is bool(faltan)
    assert {e.archivo for e in paso.envios} <= {p.name for p in (archivo / "originales").iterdir()}
    comparar(oficina.leer(paso.periodo), paso.verdad, oficina.ano.formato)
    assert oficina.consolidar(paso.periodo).estado == 2


def _las_filas_van_en_orden(carpeta: Path) -> None:
    """En todos los libros: fuera de orden, Excel los da por dañados."""
    for ruta in carpeta.rglob("*.xlsx"):
        with zipfile.ZipFile(ruta) as libro:
            for parte in libro.namelist():
                if parte.startswith("xl/worksheets/sheet"):
                    filas = [int(n) for n in re.findall(rb'<row r="(\d+)"', libro.read(parte))]
                    assert filas == sorted(set(filas)), (ruta.name, parte)


def _el_expediente_del_que_cambio_de_clave(oficina: Oficina) -> None:
    """Todas sus entregas, con la clave de antes y la de ahora; ninguna ajena."""
    suyo = oficina.ano.renombrado
    clave = "-".join(p for p in (suyo.claves[-1][1], suyo.programa) if p)
    destino = oficina.carpeta / "expediente.zip"
    opciones = ("--catalogo", oficina.catalogo, "--salidas", oficina.resultados, "-o", destino)
    hecho = correr("expediente", clave, "2024", *opciones)
    assert hecho.estado == 0, hecho.error
    ultimos = {p.periodo: p for p in oficina.ano.pasos}
    enviados = Counter(
        (p.codigo, (oficina.recibidos(p) / e.archivo).read_bytes())
        for p, paso in ultimos.items() for e in paso.envios if e.de is suyo and not e.copia_de and not e.rechazado
    )
    with zipfile.ZipFile(destino) as archivo:
        entregas = Counter(
            (n.split("/")[-2], archivo.read(n)) for n in archivo.namelist() if "entregas/" in n and n.endswith(".xlsx")
        )
    assert entregas == enviados


def _sin_la_bitacora_el_tablero_es_el_mismo(oficina: Oficina) -> None:
    """Borrada, y también con los resultados vueltos a hacer en otra carpeta con lo recibido y su recepcion.csv."""
    antes = _sin_correos(oficina)
    (oficina.resultados / "bitacora.sqlite").unlink()
    assert _sin_correos(oficina) == antes
    otra = Oficina(oficina.ano, oficina.carpeta, "otros resultados")
    for periodo in oficina.ano.periodos:
        originales = {p.name for p in oficina.recibidos(periodo).iterdir()}
        assert originales
        assert otra.consolidar(periodo).estado in {0, 1}
        if periodo.clase == "T":
            assert otra.cerrar(periodo, *MOTIVO).estado == 0
    for codigo, tablero in _sin_correos(otra).items():
        for parte, la_de_antes in zip(tablero["formatos"], antes[codigo]["formatos"], strict=True):
            # Lo que la oficina decidió está en el consolidado, no en lo recibido.
            menos = _DE_DECISIONES if _hubo_decisiones(oficina, codigo) else set()
            assert {c: v for c, v in parte.items() if c not in menos} == (
                {c: v for c, v in la_de_antes.items() if c not in menos}
            ), codigo


def _sin_correos(oficina: Oficina) -> dict[str, Any]:
    """Los tableros, sin los correos ni cuándo se consolidó: no están en lo recibido ni en los resultados."""
    sin = {"correos", "consolidado"}
    return {codigo: {c: v for c, v in t.items() if c not in sin} for codigo, t in oficina.tableros().items()}


_DE_DECISIONES = {"aceptados", "observados", "cambios"}


def _hubo_decisiones(oficina: Oficina, codigo: str) -> bool:
    return any(p.anotaciones for p in oficina.ano.de(Periodo.de_codigo(codigo)))


@pytest.mark.usefixtures("catalogo_leido_una_vez")
@pytest.mark.parametrize("formato", ["MIR", pytest.param("POI", marks=pytest.mark.larga)])
def test_dos_trimestres_de_un_municipio_pequeno(formato: str, tmp_path: Path, buzon: Buzon) -> None:  # noqa: F811
    """Reenvíos, decisiones, cierre con observaciones, reapertura, lo retroactivo y lo modificado; y los correos.

    Los del POI, sólo en el año entero.
    """
    oficina = Oficina(simular_ano(formato, 1, 2, trimestres=2), tmp_path)
    correos = [Correspondencia(oficina, buzon, corte=Periodo(2024, "T", 2))] if formato == "MIR" else []
    repetir(oficina, *correos)
    _las_filas_van_en_orden(oficina.resultados / "2024-T2")
    _el_expediente_del_que_cambio_de_clave(oficina)
    for uno in correos:
        _y_lo_escrito(uno)
    _sin_la_bitacora_el_tablero_es_el_mismo(oficina)
    for uno in correos:
        uno.repetido_sin_bitacora_no_sale_nada()


def _y_lo_escrito(correos: Correspondencia) -> None:
    correos.consta_lo_que_llego()
    primero, *_, ultimo = correos.oficina.ano.participantes
    for uno in {p.nombre: p for p in (primero, correos.oficina.ano.renombrado, ultimo)}.values():
        correos.esta_en_el_expediente(uno)


@pytest.mark.larga
@pytest.mark.usefixtures("catalogo_leido_una_vez")
@pytest.mark.parametrize(("formato", "unidades"), [("MIR", 15), ("POI", 15)])
def test_el_ano_entero(formato: str, unidades: int, tmp_path: Path, buzon: Buzon) -> None:  # noqa: F811
    """Los cuatro trimestres (los POI, también cada mes) con todo lo que pasa en una oficina de treinta unidades.

    También lo que la oficina escribe a cada quien y, de la MIR, lo que publica.
    """
    oficina = Oficina(simular_ano(formato, 1, unidades, por_meses=True), tmp_path)
    correos = Correspondencia(oficina, buzon, corte=Periodo(2024, "T", 3))
    repetir(oficina, correos, *([Publicaciones(oficina)] if formato == "MIR" else []))
    _el_expediente_del_que_cambio_de_clave(oficina)
    _y_lo_escrito(correos)
    _sin_la_bitacora_el_tablero_es_el_mismo(oficina)
    correos.repetido_sin_bitacora_no_sale_nada()


@pytest.mark.larga
@pytest.mark.usefixtures("catalogo_leido_una_vez")
@pytest.mark.parametrize(("formato", "unidades", "semilla"), [("MIR", 7, 2), ("POI", 6, 3)])
def test_otro_ano(formato: str, unidades: int, semilla: int, tmp_path: Path) -> None:
    """Otras unidades, con otros sucesos, trimestre por trimestre."""
    oficina = Oficina(simular_ano(formato, semilla, unidades), tmp_path)
    repetir(oficina)
    _el_expediente_del_que_cambio_de_clave(oficina)
    _sin_la_bitacora_el_tablero_es_el_mismo(oficina)


def test_con_la_clave_de_antes_y_la_de_ahora_es_el_mismo_informe(tmp_path: Path) -> None:
    """La unidad manda su libro con la clave que ya no tiene y después con la suya: se cuenta una vez."""
    ano = simular_ano("MIR", 1, 2, trimestres=2)
    oficina, paso, suyo = Oficina(ano, tmp_path), ano.de(Periodo(2024, "T", 2))[0], ano.renombrado
    oficina.recibir(paso)
    recibidos = oficina.recibidos(paso.periodo)
    suyo.libro(paso.periodo, f"{suyo.claves[0][1]} - {suyo.nombre}").escribir(recibidos / "de antes.xlsx")
    with (recibidos / "recepcion.csv").open("a", encoding="utf-8", newline="") as lista:
        lista.write("de antes.xlsx;01/07/2024;;;\r\n")
    assert oficina.consolidar(paso.periodo).estado == 1
    leido = oficina.leer(paso.periodo)
    (parte,) = leido.tablero["formatos"]
    assert (parte["esperados"], parte["entregados"], parte["faltan"]) == (2, 2, [])
    estados = {x["archivo"]: x["estado"] for x in leido.documento["libros"]}
    assert estados["de antes.xlsx"] == "sustituido"
    assert [h["archivo"] for h in leido.documento["hallazgos"] if h["regla"] == "ENT003"] == ["de antes.xlsx"]


def _huellas(carpeta: Path) -> dict[str, str]:
    return {
        p.relative_to(carpeta).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(carpeta.rglob("*"))
        if p.is_file() and not p.name.startswith(("INICIAR", "Revisar", "Consolidar"))
    }


@pytest.mark.larga
def test_simular_deja_un_ano_para_practicar(tmp_path: Path) -> None:
    """Dos carpetas de trabajo, siempre iguales, en las que se puede hacer lo que dice su LÉAME; nada se mezcla."""
    pedir = ("simular", "--semilla", "1", "--unidades", "4", "-o")
    assert correr(*pedir, tmp_path / "una").estado == 0
    huellas = _huellas(tmp_path / "una")
    otra = simular_ano("POI", 1, 2)
    escribir_recibidos(tmp_path / "otra", otra.pasos[0].envios)
    assert set(_huellas(tmp_path / "otra").values()) <= set(huellas.values())
    negado = correr(*pedir, tmp_path / "una")
    assert negado.estado == 2
    assert "ya tiene algo" in negado.error
    assert _huellas(tmp_path / "una") == huellas
    for municipio in sorted((tmp_path / "una").iterdir()):
        assert "DEMOSTRACIÓN" in (municipio / "LÉAME.txt").read_text(encoding="utf-8-sig")
        oficina = oficinas.Oficina(municipio)
        assert oficina.preparada
        periodo = Periodo(2024, "T", 1)
        recibidos, despues = oficina.recibidos(periodo), municipio / DESPUES / periodo.codigo
        orden = ("consolidar", recibidos, "--periodo", "2024-T1", "--catalogo", municipio / oficinas.CATALOGO,
                 "--procesos", "1", "-o", oficina.resultados)
        assert correr(*orden).estado == 1
        for ruta in sorted(despues.rglob("*")):
            if ruta.is_file():
                shutil.copy(ruta, recibidos / ruta.name)
        hecho = correr(*orden)
        assert "2 aceptados y 2 sustituidos" in hecho.dicho, hecho.dicho


@pytest.mark.parametrize("semilla", [3, 41])
def test_el_ano_de_una_mir_sale_limpio_en_cada_trimestre(semilla: int, tmp_path: Path) -> None:
    """Cortado donde sea, ninguna regla tiene nada que decir."""
    ano = MirAnual(semilla, "1 - Programa", 2024)
    for n in range(1, 5):
        periodo = Periodo(2024, "T", n)
        ano.al(periodo, "601 - Unidad").escribir(tmp_path / "libro.xlsx")
        contexto = Contexto(periodo=periodo)
        libros = leer(tmp_path / "libro.xlsx", "libro.xlsx", Opciones(periodo=periodo))
        assert [h.mensaje for x in libros for h in revisar(x, contexto).hallazgos] == []
