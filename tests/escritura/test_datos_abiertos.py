"""Los datos abiertos que acompañan a `datos.csv`: completos, descritos y válidos para una herramienta ajena."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import frictionless
import openpyxl
import pytest
from informes_de_prueba import T2, en_memoria, informe, revueltos, tablas_de
from pois_de_prueba import revueltos as pois_revueltos
from pois_de_prueba import tablas_de_poi

from pei_excel.consolidacion import consolidar
from pei_excel.escritura import datos_abiertos as abiertos
from pei_excel.escritura.datos import COLUMNAS, escribir_csv
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos import FORMATOS
from pei_excel.formatos.mir import MIR
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.reglas.base import Contexto
from pei_excel.revision import revisar
from pei_excel.tablas import Tablas


def _paquete(carpeta: Path, tablas: list[Tablas]) -> Path:
    contenidos = {abiertos.DATOS: en_memoria(escribir_csv, tablas)}
    contenidos |= {abiertos.FICHAS[t.formato]: abiertos.escribir_fichas(t) for t in tablas}
    contenidos[abiertos.PAQUETE] = abiertos.escribir_paquete(tablas, contenidos, "Municipio de muestra")
    for nombre, contenido in contenidos.items():
        (carpeta / nombre).write_bytes(contenido)
    return carpeta / abiertos.PAQUETE


def _leer(contenido: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(contenido.decode("utf-8-sig"), newline="")))


def test_frictionless_acepta_el_paquete_y_nota_un_cambio(tmp_path: Path) -> None:
    """Valida tipos, valores, tamaño y huella; con una cifra cambiada por una palabra, lo dice."""
    paquete = _paquete(tmp_path, [tablas_de([informe(), *revueltos(4)])[0]])
    informe_de_validez = frictionless.validate(str(paquete))
    assert informe_de_validez.valid, informe_de_validez.to_summary()
    fichas = tmp_path / abiertos.FICHAS["MIR"]
    fichas.write_bytes(fichas.read_bytes().replace(b",2024,", b",dos mil,", 1))
    assert not frictionless.validate(str(paquete)).valid


def test_cada_renglon_tiene_su_ficha_con_todo_lo_que_lo_describe() -> None:
    """Ningún texto de la hoja principal se pierde, tampoco una línea base en palabras."""
    campos, filas = informe()
    filas[0]["base_valor"] = "Nueva creación"
    tablas = tablas_de([(campos, filas)])[0]
    fichas = _leer(abiertos.escribir_fichas(tablas))
    assert [f["nivel"] for f in fichas] == [r.indicador.etiqueta for r in tablas.renglones]
    assert fichas[0]["base_valor"] == "Nueva creación"
    for ficha, renglon in zip(fichas, tablas.renglones, strict=True):
        assert ficha["definicion"] == renglon.evaluado.fila.valor("definicion")
        assert (ficha["hoja"], int(ficha["fila"])) == (renglon.evaluado.fila.donde, renglon.evaluado.fila.numero)


@pytest.mark.parametrize("formato", list(FORMATOS))
def test_el_diccionario_y_el_paquete_describen_cada_columna(formato: str, tmp_path: Path) -> None:
    """Las columnas que se escriben son las descritas, en su orden, y ninguna queda sin explicar."""
    tablas = tablas_de([informe()])[0] if formato == "MIR" else tablas_de_poi(pois_revueltos(3))[0]
    paquete = json.loads(_paquete(tmp_path, [tablas]).read_text(encoding="utf-8"))
    diccionario = _leer(abiertos.escribir_diccionario([formato]))
    assert [c.nombre for c in abiertos.CAMPOS_DE_DATOS] == list(COLUMNAS)
    for recurso in paquete["resources"]:
        titulos = (tmp_path / recurso["path"]).read_text(encoding="utf-8-sig").partition("\n")[0].strip().split(",")
        assert titulos == [c["name"] for c in recurso["schema"]["fields"]]
        assert titulos == [d["columna"] for d in diccionario if d["archivo"] == recurso["path"]]
    assert all(d["descripcion"] for d in diccionario)


def test_la_ficha_dice_de_que_celda_salio_cada_columna_y_lo_que_se_habia_programado(tmp_path: Path) -> None:
    """Lo inicial y sus modificaciones, sólo donde las hay; la celda, la del archivo aunque tenga columnas de más."""
    campos, filas = informe()
    cambio = {"fecha": date(2024, 5, 20), "nivel": "Componente 2", "campo": "Programado 3er. Trim.",
              "valor_anterior": 40.0, "valor_nuevo": 30.0, "causa": "Ajuste", "documento": "Oficio 20/2024"}
    ruta = tmp_path / "mir.xlsx"
    escribir_plantilla(ruta, MIR, modo=Modo.SEGUIMIENTO, ejercicio=2024, periodo=T2, campos=campos,
                       filas={"MIR": filas, "Modificaciones": [cambio]})
    contexto = Contexto(periodo=T2)
    revisiones = [revisar(x, contexto) for x in leer(ruta, "mir.xlsx", Opciones(periodo=T2))]
    fichas = _leer(abiertos.escribir_fichas(consolidar(revisiones, T2, contexto)))
    (modificada,) = [f for f in fichas if f["modificaciones"]]
    assert (modificada["nivel"], modificada["programado_inicial"], modificada["programado_anual"]) == (
        "Componente 2", "110", "100")
    assert modificada["modificaciones"] == "3er. Trim.: 40 → 30 (20/05/2024, Oficio 20/2024)"
    hoja = openpyxl.load_workbook(ruta)[modificada["hoja"]]
    celdas = abiertos.celdas_de_ficha(modificada["celdas"])
    assert {c: hoja[celdas[c]].value for c in ("nombre", "metodo", "medios")} == {
        c: modificada[c] for c in ("nombre", "metodo", "medios")}
    assert sum(c.value for c in hoja[celdas["programado_anual"]][0]) == 100
