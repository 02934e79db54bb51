"""Las entregas, de principio a fin: cuándo llegó cada libro, cuál se usa, quién falta y qué recuerda la bitácora."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import unicodedata
import warnings
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from escritura.paridad import diferencias
from test_cli import escribir, huellas

import pei_excel
import pei_excel.ciclo.bitacora as modulo
from pei_excel.ciclo.bitacora import Bitacora, BitacoraInservible
from pei_excel.cli import orden
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos.catalogo import CATALOGO
from pei_excel.salidas import BITACORA, ULTIMO

P = "2024-T2"
Unidades = dict[str, str]


def correr(*argumentos: str | Path) -> Result:
    """La orden en este proceso, como la termina el programa."""
    from pei_excel.salidas import NoSePudo

    resultado = CliRunner().invoke(orden, [*map(str, argumentos)])
    if isinstance(resultado.exception, NoSePudo):  # así la termina `terminal.ejecutar`
        resultado.exit_code = 2
    elif resultado.exception is not None and not isinstance(resultado.exception, SystemExit):
        raise resultado.exception
    return resultado


def consolidar(carpeta: Path, *opciones: str | Path, estado: int = 0) -> dict[str, Any]:
    """Consolida en `salidas`, junto a la carpeta, y da el documento."""
    base = carpeta.parent / "salidas"
    salida = correr("consolidar", carpeta, "--periodo", P, "--procesos", "1", "-o", base, *opciones)
    assert salida.exit_code == estado, salida.output
    return documento(base)


def documento(base: Path) -> dict[str, Any]:
    leido: dict[str, Any] = json.loads((base / P / ULTIMO).read_text(encoding="utf-8"))
    return leido


def hoja(carpeta: Path, nombre: str) -> list[dict[str, Any]]:
    """Los renglones de una hoja del consolidado de la MIR, por el título de su columna."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl avisa de las minigráficas, que no guarda
        libro = openpyxl.load_workbook(carpeta.parent / "salidas" / P / "consolidado-mir.xlsx", data_only=True)
    filas = list(libro[nombre].iter_rows(min_row=4, values_only=True))
    return [dict(zip(filas[0], f, strict=True)) for f in filas[1:] if any(f)]


@pytest.fixture
def recibidos(tmp_path: Path) -> Path:
    """Dos informes de dos unidades, uno de ellos en una subcarpeta con acento."""
    carpeta = tmp_path / "recibidos"
    escribir(carpeta / "Planeación" / "informe 504.xlsx", unidad="504 - Instituto", programa="6 - Planeación")
    escribir(carpeta / "obras.xlsx", unidad="510 - Obras", programa="8 - Obra pública")
    return carpeta


@pytest.fixture
def catalogo(tmp_path: Path) -> Path:
    """Tres unidades con su programa; entregan hasta el 10 de julio, y 510 tiene prórroga hasta el 15."""
    nombres = {"504": "Instituto", "510": "Obras", "520": "Parques"}
    programas = {"504": ("6", "Planeación"), "510": ("8", "Obra pública"), "520": ("9", "Parques")}
    desde = date(2024, 1, 1)
    ruta = tmp_path / "catalogo.xlsx"
    escribir_plantilla(
        ruta, CATALOGO, modo=Modo.FORMULACION, ejercicio=2024, filas_libres=3,
        campos={**CATALOGO.modelo.campos, "perfil": None},
        filas={
            "Unidades": tuple({"clave": c, "nombre": n, "cargo": "Titular", "desde": desde}
                              for c, n in nombres.items()),
            "Programas": tuple({"clave": p, "nombre": n, "unidades": u, "desde": desde}
                               for u, (p, n) in programas.items()),
            "Calendario": ({"periodo": "2do. Trimestre 2024", "limite": date(2024, 7, 10)},),
            "Prórrogas": ({"unidad": "510", "periodo": "2do. Trimestre 2024", "fecha": date(2024, 7, 15),
                           "oficio": "Oficio 33/2024"},),
        },
    )
    return ruta


def cambiar(ruta: Path, **celdas: Any) -> None:
    """Cambia unas celdas de la hoja oficial, como lo haría la unidad."""
    libro = openpyxl.load_workbook(ruta)
    for celda, valor in celdas.items():
        libro["MIR"][celda] = valor
    libro.save(ruta)


def anotar(carpeta: Path, *renglones: str, codificacion: str = "utf-8") -> None:
    texto = "\n".join(("Archivo;Fecha;Medio;Oficio;Firmado", *renglones, ""))
    (carpeta / "recepcion.csv").write_text(texto, encoding=codificacion, newline="")


def de_entregas(leido: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Archivo (o unidad, si no llegó) → fecha, quién la dice, retraso y estado."""
    return {
        e["archivo"] or e["unidad"]: (e["fecha"], e["origen"], e["retraso"], e["estado"]) for e in leido["entregas"]
    }


def test_la_fecha_es_la_anotada_la_de_la_bitacora_o_la_del_archivo(
    recibidos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Se dice siempre de dónde sale; lo que la bitácora vio una vez no cambia aunque el archivo se vuelva a guardar."""
    monkeypatch.setattr(modulo, "ahora", lambda: datetime(2024, 7, 11, 9).astimezone())
    anotar(recibidos, "informe 504.xlsx;08/07/2024;correo;IMPLAN/033;sí")
    dia = datetime(2024, 7, 5, 12).astimezone().timestamp()
    os.utime(recibidos / "obras.xlsx", (dia, dia))
    sin = de_entregas(consolidar(recibidos, "--sin-bitacora"))
    assert sin["obras.xlsx"][:2] == ("2024-07-05", "fecha del archivo")
    assert not (recibidos.parent / "salidas" / BITACORA).exists()
    base = recibidos.parent / "salidas"
    primera = de_entregas(consolidar(recibidos))  # la bitácora se estrena: haberlos visto hoy no dice cuándo llegaron
    assert primera["Planeación/informe 504.xlsx"][:2] == ("2024-07-08", "según recepcion.csv")
    assert primera["obras.xlsx"][:2] == ("2024-07-05", "fecha del archivo")
    escribir(recibidos / "parques.xlsx", unidad="520 - Parques", programa="9 - Parques")
    segunda = consolidar(recibidos)
    assert de_entregas(segunda) == primera | {"parques.xlsx": ("2024-07-11", "visto por primera vez", None, "aceptado")}
    antes = huellas(base / P)
    monkeypatch.setattr(modulo, "ahora", lambda: datetime(2024, 7, 20, 9).astimezone())
    for ruta in recibidos.glob("*.xlsx"):
        os.utime(ruta)
    consolidar(recibidos)
    assert huellas(base / P) == antes
    parques = next(x["sha256"] for x in segunda["libros"] if x["unidad"] == "520")
    assert Bitacora(base).vista(parques) == date(2024, 7, 11)


def test_el_control_compara_lo_recibido_con_el_catalogo(recibidos: Path, catalogo: Path) -> None:
    """Esperados, plazo, prórroga, días de retraso y quién falta; lo que pudo ser fórmula lo es."""
    anotar(recibidos, "informe 504.xlsx;13/07/2024;correo;;sí", "obras.xlsx;14/07/2024")
    leido = consolidar(recibidos, "--catalogo", catalogo, estado=1)
    assert de_entregas(leido) == {
        "Planeación/informe 504.xlsx": ("2024-07-13", "según recepcion.csv", 3, "aceptado"),
        "obras.xlsx": ("2024-07-14", "según recepcion.csv", 0, "aceptado"),
        "520": (None, "", None, "no ha llegado"),
    }
    assert leido["opciones"]["catalogo"]["archivo"] == "catalogo.xlsx"
    assert len(leido["opciones"]["catalogo"]["sha256"]) == 64
    renglones = hoja(recibidos, "Control de entregas")
    assert [(r["Días de retraso"], r["Entrega"], r["Estado"]) for r in renglones[:3]] == [
        (3, "3 días de retraso", "aceptado"), (0, "en tiempo", "aceptado"), (None, None, "no ha llegado"),
    ]
    assert renglones[1]["Oficio de la prórroga"] == "Oficio 33/2024"
    assert {r["Unidad Responsable"]: r["Programa Presupuestario"] for r in renglones[3:]} == {
        "Informes esperados, hallados o no": 3, "Informes recibidos": 2, "No han llegado": 1,
        "Entregados en tiempo": 1, "Entregados con retraso": 1,
    }


@pytest.mark.libreoffice
def test_lo_que_no_abre_y_dice_de_quien_es_se_esperaba(recibidos: Path, catalogo: Path) -> None:
    """Cuenta entre lo esperado de su formato; ya llegó algo suyo, y lo que se dice es por qué no sirve."""
    (recibidos / "MIR 520-9.xlsx").write_bytes(b"PK\3\4 cortado")
    leido = consolidar(recibidos, "--catalogo", catalogo, estado=1)
    suya = next(e for e in leido["entregas"] if e["archivo"] == "MIR 520-9.xlsx")
    assert (suya["formato"], suya["esperado"], suya["estado"], suya["limite"]) == (
        "MIR", True, "rechazado", "2024-07-10"
    )
    base = recibidos.parent / "salidas"
    for opciones in ((), ("--catalogo", catalogo)):
        (tablero,) = json.loads(correr("estado", "--json", "-o", base, *opciones).stdout)["periodos"]
        (parte,) = tablero["formatos"]
        assert (parte["esperados"], parte["entregados"], parte["faltan"]) == (3, 3, [])
        assert parte["rechazados"] == ["MIR 520-9.xlsx"]


@pytest.mark.larga
def test_las_formulas_del_control_dan_lo_que_dicen(
    recibidos: Path, catalogo: Path, tmp_path: Path, soffice: Callable[[Path, str], Path]
) -> None:
    """LibreOffice, sin ver nuestros valores, llega a los mismos; también con prórrogas, sustituidas y faltantes."""
    dos_entregas(recibidos)
    anotar(recibidos, "informe 504.xlsx;13/07/2024", "obras.xlsx;11/07/2024", "obras v2.xlsx;30/07/2024")
    consolidar(recibidos, "--catalogo", catalogo, estado=1)
    contenido = (tmp_path / "salidas" / P / "consolidado-mir.xlsx").read_bytes()
    (tmp_path / "paridad").mkdir()
    total, distintas = diferencias(contenido, soffice, tmp_path / "paridad")
    assert total > 20
    assert [d for d in distintas if d.startswith("Control")] == []


def test_de_lo_que_no_ha_llegado_se_dice_la_unidad(recibidos: Path, catalogo: Path) -> None:
    """En las observaciones y, si se decidió, entre las decididas."""
    consolidar(recibidos, "--catalogo", catalogo, estado=1)
    (renglon,) = [r for r in hoja(recibidos, "Observaciones") if r["Regla"] == "ENT001"]
    assert (renglon["Unidad"], renglon["Programa"]) == ("520 - Parques", "9")
    ruta = recibidos.parent / "salidas" / P / "consolidado-mir.xlsx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        libro = openpyxl.load_workbook(ruta)
    filas = list(libro["Observaciones"].iter_rows(min_row=4))
    columnas = {c.value: c.column for c in filas[0]}
    fila = next(f[0].row for f in filas if f[columnas["Regla"] - 1].value == "ENT001")
    libro["Observaciones"].cell(fila, columnas["Decisión"]).value = "No procede"
    libro["Observaciones"].cell(fila, columnas["Motivo"]).value = "Se extinguió"
    libro.save(ruta)
    consolidar(recibidos, "--catalogo", catalogo)
    (decidida,) = hoja(recibidos, "Decididas")
    assert (decidida["Unidad"], decidida["Regla"]) == ("520 - Parques", "ENT001")


def test_sin_catalogo_no_se_muestra_lo_que_no_puede_saberse(recibidos: Path) -> None:
    consolidar(recibidos, "--limite", "archivo=60")
    renglones = hoja(recibidos, "Control de entregas")
    assert {"Recibido", "La fecha es", "N.º de entrega"} <= set(renglones[0])
    assert not {"¿Se esperaba?", "Fecha límite", "Días de retraso", "Prórroga hasta"} & set(renglones[0])
    opciones = documento(recibidos.parent / "salidas")["opciones"]
    assert (opciones["catalogo"], opciones["limites"], opciones["usar"]) == (None, {"archivo": 60}, [])


def dos_entregas(carpeta: Path) -> tuple[str, str]:
    """La de 510 con un error y, después, la corregida; por modificación interna gana la segunda."""
    cambiar(carpeta / "obras.xlsx", R16="veinte", R17=0)
    shutil.copy(carpeta / "obras.xlsx", carpeta / "obras v2.xlsx")
    cambiar(carpeta / "obras v2.xlsx", R16=30)
    return "obras.xlsx", "obras v2.xlsx"


@pytest.mark.parametrize(
    ("primera", "segunda", "gana"), [("10/07/2024", "12/07/2024", 1), ("2024-07-12", "10-jul-24", 0)]
)
def test_se_usa_la_recibida_al_ultimo(recibidos: Path, primera: str, segunda: str, gana: int) -> None:
    nombres = dos_entregas(recibidos)
    anotar(recibidos, f"{nombres[0]};{primera}", f"{nombres[1]};{segunda}", codificacion="cp1252")
    leido = consolidar(recibidos, estado=1)  # la que se sustituye también trae lo suyo
    suertes = {x["archivo"]: x["estado"] for x in leido["libros"]}
    assert suertes[nombres[1 - gana]] == "sustituido"
    assert suertes[nombres[gana]] != "sustituido"
    entregas = {e["archivo"]: e for e in leido["entregas"]}
    assert (entregas[nombres[1 - gana]]["entrega"], entregas[nombres[gana]]["entrega"]) == (1, 2)


def sin_fecha_interna(ruta: Path) -> None:
    """Lo guarda como un programa que no anota cuándo se modificó."""
    entero = ruta.read_bytes()
    with zipfile.ZipFile(io.BytesIO(entero)) as viejo, zipfile.ZipFile(ruta, "w", zipfile.ZIP_DEFLATED) as nuevo:
        for parte in viejo.infolist():
            contenido = viejo.read(parte)
            if parte.filename == "docProps/core.xml":
                contenido = re.sub(rb"<dcterms:modified.*?</dcterms:modified>", b"", contenido)
            nuevo.writestr(parte, contenido)


@pytest.mark.parametrize("lista", [(), ("obras.xlsx;30/07/2024",), ("obras v2.xlsx;01/07/2024",)])
@pytest.mark.larga
def test_con_bitacora_o_sin_ella_se_usa_la_misma(
    recibidos: Path, lista: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Un reenvío que nadie anotó se ve hoy; elegir no depende de eso, ni de una carpeta de resultados nueva."""
    monkeypatch.setattr(modulo, "ahora", lambda: datetime(2024, 7, 11, 9).astimezone())
    aparte, obras, reenvio = recibidos.parent / "aparte.xlsx", recibidos / "obras.xlsx", recibidos / "obras v2.xlsx"
    shutil.move(obras, aparte)
    consolidar(recibidos)  # la bitácora se estrena
    shutil.copy(aparte, recibidos.parent / "v2.xlsx")
    cambiar(recibidos.parent / "v2.xlsx", R16=1)
    time.sleep(1.1)  # la fecha interna lleva segundos
    cambiar(aparte, R16=29)
    shutil.move(aparte, obras)
    consolidar(recibidos)  # se ve por primera vez el 11; el reenvío, el 20, aunque por dentro es anterior
    shutil.move(recibidos.parent / "v2.xlsx", reenvio)
    if lista:
        anotar(recibidos, *lista)
    monkeypatch.setattr(modulo, "ahora", lambda: datetime(2024, 7, 20, 9).astimezone())
    con = consolidar(recibidos)
    sin = consolidar(recibidos, "--sin-bitacora")
    revisado = json.loads(correr("revisar", recibidos, "--periodo", P, "--json").stdout)
    for leido in (con, sin, revisado):
        suertes = {x["archivo"]: x["estado"] for x in leido["libros"]}
        assert suertes["obras v2.xlsx"] == "sustituido", suertes
    assert con["totales"] == sin["totales"]


@pytest.mark.parametrize("sin_fecha", [("obras.xlsx", "obras corregido.xlsx"), ("obras corregido.xlsx", "obras.xlsx")])
def test_si_no_se_sabe_cual_es_la_ultima_se_dice(recibidos: Path, sin_fecha: tuple[str, str]) -> None:
    """Sin fecha interna gana el nombre más largo del mismo tallo; y --usar lo decide."""
    shutil.copy(recibidos / "obras.xlsx", recibidos / "obras corregido.xlsx")
    cambiar(recibidos / "obras corregido.xlsx", R16=29)
    for nombre in sin_fecha:
        sin_fecha_interna(recibidos / nombre)
    leido = consolidar(recibidos)
    assert {x["archivo"]: x["estado"] for x in leido["libros"]}["obras.xlsx"] == "sustituido"
    (mensaje,) = [h["mensaje"] for h in leido["hallazgos"] if h["regla"] == "ENT003"]
    assert "No se sabe cuál es la última: si no es la usada, anote en recepcion.csv cuándo llegó cada una." in mensaje
    leido = consolidar(recibidos, "--usar", "obras.xlsx")
    (mensaje,) = [h["mensaje"] for h in leido["hallazgos"] if h["regla"] == "ENT003"]
    assert "«obras.xlsx», como se pidió," in mensaje
    assert "No se sabe" not in mensaje


def test_usar_decide_a_mano_y_se_dice_en_que_difieren(recibidos: Path) -> None:
    """La elegida gana a la fecha; las demás, celda por celda en su hoja."""
    nombres = dos_entregas(recibidos)
    anotar(recibidos, f"{nombres[0]};10/07/2024", f"{nombres[1]};12/07/2024")
    leido = consolidar(recibidos, "--usar", "OBRAS.xlsx", estado=1)
    assert {x["archivo"]: x["estado"] for x in leido["libros"]}[nombres[1]] == "sustituido"
    (mensaje,) = [h["mensaje"] for h in leido["hallazgos"] if h["regla"] == "ENT003"]
    assert "se usa «obras.xlsx», como se pidió, y ésta no se cuenta" in mensaje
    assert leido["opciones"]["usar"] == ["OBRAS.xlsx"]
    (renglon,) = hoja(recibidos, "Entregas sustituidas")
    assert tuple(renglon.values()) == (
        "510 - Obras", "obras v2.xlsx", "obras.xlsx", "MIR", "Componente 1 · Valores Alcanzados/2do. Trim.", "R16",
        "30", "R16", "veinte",
    )


@pytest.mark.parametrize("orden_", ["consolidar", "revisar"])
def test_lo_que_se_pide_usar_tiene_que_estar(recibidos: Path, orden_: str, tmp_path: Path) -> None:
    salida = ["-o", tmp_path / "salidas"] if orden_ == "consolidar" else []
    resultado = correr(orden_, recibidos, "--periodo", P, "--usar", "obra.xlsx", *salida)
    assert resultado.exit_code == 2
    assert "«obra.xlsx» no está en la carpeta; ¿quiso decir «obras.xlsx»?" in str(resultado.exception)
    assert not (tmp_path / "salidas").exists()


def test_los_nombres_se_hallan_como_los_escriba_la_gente(recibidos: Path) -> None:
    """Acentos separados (macOS), diagonales invertidas, mayúsculas, sin carpeta o sin extensión."""
    for escrito in (
        unicodedata.normalize("NFD", "Planeación/informe 504.xlsx"), "planeación\\INFORME 504.XLSX", "informe 504.xlsx",
        "informe 504", "./Planeación/informe 504.xlsx ", "Planeación",
    ):
        anotar(recibidos, f"{escrito};08/07/2024")
        leido = consolidar(recibidos, "--sin-bitacora")
        assert de_entregas(leido)["Planeación/informe 504.xlsx"][0] == "2024-07-08", escrito
        assert leido["hallazgos"] == []


def test_un_renglon_malo_de_la_lista_es_un_hallazgo_con_su_celda(recibidos: Path) -> None:
    anotar(recibidos, "obras.xlsx;31/06/2024", "", "no está.xlsx;08/07/2024", "informe 504.xlsx;08/07/2024;;;quizá")
    leido = consolidar(recibidos)
    assert {(h["archivo"], h["regla"], h["celda"]) for h in leido["hallazgos"]} == {
        ("recepcion.csv", "REC001", celda) for celda in ("B2", "A4", "E5")
    }


def test_una_fecha_de_otro_ano_no_se_usa_y_se_dice(recibidos: Path) -> None:
    """Ni para elegir la entrega ni para el plazo; en la terminal, con la celda y el archivo de que habla."""
    nombres = dos_entregas(recibidos)
    anotar(recibidos, f"{nombres[0]};12/07/2042", f"{nombres[1]};12/07/2024", "informe 504.xlsx;31/06/2024")
    leido = consolidar(recibidos, estado=1)
    assert {x["archivo"]: x["estado"] for x in leido["libros"]}[nombres[0]] == "sustituido"
    assert de_entregas(leido)[nombres[0]][1] != "según recepcion.csv"
    dicho = correr("revisar", recibidos, "--periodo", P).stdout
    assert "recepcion.csv, B2: «obras.xlsx» no pudo recibirse el 12/07/2042, si es del periodo 2024-T2" in dicho
    assert "recepcion.csv, B4: De «informe 504.xlsx»: «31/06/2024» no es una fecha" in dicho


def test_otros_titulos_se_dicen(recibidos: Path) -> None:
    (recibidos / "recepcion.csv").write_text("libros;cuándo\nobras.xlsx;08/07/2024\n", encoding="utf-8")
    (h,) = consolidar(recibidos)["hallazgos"]
    assert (h["regla"], h["celda"]) == ("REC001", "A1")
    assert "no se usa; su primer renglón dice «libros», «cuándo»" in h["mensaje"]


def test_lo_sustituido_se_cuenta_aparte(recibidos: Path) -> None:
    """La cifra del encabezado es de lo que se usa."""
    dos_entregas(recibidos)
    resumen = correr("revisar", recibidos, "--periodo", P).stdout.splitlines()[-1]
    usado, _, sustituido = resumen.partition("; en lo sustituido, que no cuenta, ")
    assert usado.startswith("3 informes: 2 aceptados y 1 sustituido; ")
    assert "error" not in usado
    assert sustituido.startswith("1 error, "), resumen


def test_la_fecha_del_archivo_no_dice_que_llego_tarde(recibidos: Path, catalogo: Path) -> None:
    """El tablero, el control y ENT002 cuentan igual: sólo con fecha cierta."""
    dia = datetime(2024, 8, 30, 12).astimezone().timestamp()
    for ruta in recibidos.rglob("*.xlsx"):
        os.utime(ruta, (dia, dia))
    anotar(recibidos, "obras.xlsx;16/07/2024")
    for _ in range(2):  # también después, cuando lo dice la bitácora
        leido = consolidar(recibidos, "--catalogo", catalogo, estado=1)
        assert {e["unidad"]: e["retraso"] for e in leido["entregas"]} == {"504": None, "510": 1, "520": None}
        assert [h["archivo"] for h in leido["hallazgos"] if h["regla"] == "ENT002"] == ["obras.xlsx"]
        dicho = correr("estado", "-o", recibidos.parent / "salidas").output
        assert "1 con retraso · 1 sin fecha cierta" in dicho
        filas = {r["Archivo"]: r["Entrega"] for r in hoja(recibidos, "Control de entregas")[:2]}
        assert filas == {"Planeación/informe 504.xlsx": None, "obras.xlsx": "1 día de retraso"}


def test_una_entrega_que_pisa_a_la_anterior_es_la_segunda(recibidos: Path) -> None:
    """El archivo de antes ya no está: la bitácora recuerda qué se le observó y dice qué se atendió."""
    cambiar(recibidos / "obras.xlsx", R16="veinte", R17=0)
    consolidar(recibidos, estado=1)
    cambiar(recibidos / "obras.xlsx", R16=30, M17="mil")
    leido = consolidar(recibidos, estado=1)
    (obras,) = [e for e in leido["entregas"] if e["unidad"] == "510"]
    assert obras["entrega"] == 2
    assert obras["cambios"] == {"desde": "obras.xlsx", "atendidas": 2, "persistentes": 0, "nuevas": 1}
    for antes, despues in zip(leido["entregas"], consolidar(recibidos, estado=1)["entregas"], strict=True):
        assert {c: (antes[c], v) for c, v in despues.items() if antes[c] != v} == {}
    tablero = correr("estado", "-o", recibidos.parent / "salidas").output
    assert "510-8 (2ª entrega): 2 atendidas, 0 persistentes y 1 nueva." in tablero


def test_corregir_despues_del_plazo_no_es_llegar_tarde(recibidos: Path, catalogo: Path) -> None:
    """Cuenta la primera entrega, aunque su archivo ya no esté; sin quien la recuerde, la que hay."""
    anotar(recibidos, "informe 504.xlsx;09/07/2024", "obras.xlsx;08/07/2024")
    consolidar(recibidos, "--catalogo", catalogo, estado=1)
    cambiar(recibidos / "obras.xlsx", R16=29)
    anotar(recibidos, "informe 504.xlsx;09/07/2024", "obras.xlsx;20/07/2024")
    leido = consolidar(recibidos, "--catalogo", catalogo, estado=1)
    (obras,) = [e for e in leido["entregas"] if e["unidad"] == "510"]
    assert (obras["fecha"], obras["primera"], obras["entrega"], obras["retraso"]) == ("2024-07-20", "2024-07-08", 2, 0)
    assert "ENT002" not in {h["regla"] for h in leido["hallazgos"]}
    assert {r["Entrega"] for r in hoja(recibidos, "Control de entregas")[:2]} == {"en tiempo"}
    sin = consolidar(recibidos, "--catalogo", catalogo, "--sin-bitacora", estado=1)
    assert {e["unidad"]: e["retraso"] for e in sin["entregas"]} == {"504": 0, "510": 5, "520": None}
    assert "ENT002" in {h["regla"] for h in sin["hallazgos"]}


def test_el_tablero_es_el_mismo_con_bitacora_sin_ella_o_sin_los_resultados(
    recibidos: Path, catalogo: Path, tmp_path: Path
) -> None:
    base = tmp_path / "salidas"
    dos_entregas(recibidos)
    anotar(recibidos, "informe 504.xlsx;13/07/2024", "obras.xlsx;09/07/2024", "obras v2.xlsx;11/07/2024")
    consolidar(recibidos, "--catalogo", catalogo, estado=1)
    entero = correr("estado", "-o", base)
    assert entero.exit_code == 0
    assert max(map(len, entero.output.splitlines())) <= 100
    for dice in (
        "MIR: 3 esperados · 2 entregados · falta 1 · 1 con retraso", "Faltan: 520 Parques, programa 9.",
        "504-6, 3 días (recibido el 13/07/2024, según recepcion.csv; límite 10/07/2024)",
        "Desde la entrega anterior: 510-8 (2ª entrega): 1 atendida", "SEG006, en 1 informe.",
    ):
        assert dice in entero.output
    como_datos = correr("estado", "-o", base, "--json").output
    (base / BITACORA).rename(tmp_path / "aparte")
    dice_cuando = re.compile(r"Según la consolidación del \d\d/\d\d/\d{4}\.\n")  # sólo ella lo sabe
    assert len(dice_cuando.findall(entero.output)) == 1
    sin_ella = dice_cuando.sub("", entero.output)
    assert correr("estado", "-o", base).output == sin_ella
    assert correr("estado", "-o", base, "--catalogo", catalogo, "--periodo", P).output.endswith(sin_ella)
    (tmp_path / "aparte").rename(base / BITACORA)
    shutil.rmtree(base / P)
    assert correr("estado", "-o", base).output == entero.output
    assert correr("estado", "-o", base, "--json").output == como_datos
    assert json.loads(como_datos)["periodos"][0]["formatos"][0]["faltan"][0]["limite"] == "2024-07-10"
    (recibidos / "parques.xlsx").write_bytes((recibidos / "obras.xlsx").read_bytes())
    (recibidos / "obras v2.xlsx").write_bytes(b"otro")
    dicho = " ".join(correr("estado", "-o", base).output.split())
    assert "Desde la última consolidación cambió «obras v2.xlsx» y llegó «parques.xlsx»: consolide otra vez" in dicho
    (suyo,) = json.loads(correr("estado", "-o", base, "--json").output)["periodos"]
    assert suyo["sin_consolidar"] == {"llegaron": ["parques.xlsx"], "cambiaron": ["obras v2.xlsx"], "ya_no_estan": []}
    (base / BITACORA).unlink()
    solo = correr("estado", "-o", base, "--periodo", P, "--recibidos", recibidos, "--catalogo", catalogo).output
    assert "Hay 4 libros sin consolidar: consolide para saber quién falta." in solo
    assert "520" not in solo


def test_el_tablero_de_un_periodo_que_no_empieza_dice_quien_falta(catalogo: Path, tmp_path: Path) -> None:
    salida = correr("estado", "--catalogo", catalogo, "--periodo", "2024-T2", "-o", tmp_path / "nada")
    assert "MIR: 3 esperados · 0 entregados · faltan 3" in salida.output
    vacio = correr("estado", "-o", tmp_path / "nada")
    assert (vacio.exit_code, len(vacio.output.splitlines())) == (2, 1)


@pytest.fixture
def con_bitacora(recibidos: Path) -> Path:
    """La base de una consolidación hecha."""
    consolidar(recibidos)
    return recibidos.parent / "salidas"


def _danar(ruta: Path) -> None:
    contenido = bytearray(ruta.read_bytes())
    contenido[4096:] = b"\xff" * (len(contenido) - 4096)
    ruta.write_bytes(contenido)


def _de_otra_version(ruta: Path) -> None:
    with sqlite3.connect(ruta) as conexion:
        conexion.execute("UPDATE meta SET valor = '2'")
    conexion.close()


@pytest.mark.parametrize(
    ("danar", "dice"),
    [
        (_danar, "está dañada: renómbrela"), (lambda r: r.write_bytes(b"otra cosa" * 100), "está dañada: renómbrela"),
        (_de_otra_version, "de una versión más nueva"),
        (lambda r: (r.unlink(), r.mkdir()), "es una carpeta"),
    ],
)
def test_una_bitacora_inservible_se_dice_antes_de_leer_y_se_puede_seguir_sin_ella(
    con_bitacora: Path, recibidos: Path, danar: Callable[[Path], object], dice: str
) -> None:
    danar(con_bitacora / BITACORA)
    antes = huellas(con_bitacora)
    resultado = correr("consolidar", recibidos, "--periodo", P, "-o", con_bitacora)
    assert (resultado.exit_code, "Leyendo" in resultado.output) == (2, False)
    assert dice in str(resultado.exception)
    assert "siga sin ella con --sin-bitacora" in str(resultado.exception)
    assert len(str(resultado.exception).splitlines()) == 1
    assert huellas(con_bitacora) == antes
    assert correr("estado", "-o", con_bitacora).exit_code == 0
    consolidar(recibidos, "--sin-bitacora")


def test_tomada_por_otro_programa(con_bitacora: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modulo, "ESPERA", 0.2)
    otro = sqlite3.connect(con_bitacora / BITACORA, isolation_level=None)
    otro.execute("BEGIN EXCLUSIVE")
    with pytest.raises(BitacoraInservible, match="tiene tomada la bitácora"):
        Bitacora.abrir(con_bitacora)
    otro.execute("ROLLBACK")
    otro.close()
    Bitacora.abrir(con_bitacora)


def test_de_solo_lectura(con_bitacora: Path) -> None:
    (con_bitacora / BITACORA).chmod(0o400)
    with contextlib.suppress(PermissionError), (con_bitacora / BITACORA).open("r+b"):
        pytest.skip("el superusuario escribe en cualquier parte")
    with pytest.raises(BitacoraInservible, match="Quítele la protección"):
        Bitacora.abrir(con_bitacora)
    assert Bitacora.abrir(con_bitacora, para_escribir=False).ultimas()


def test_si_al_final_no_puede_anotarse_los_resultados_quedan_y_se_dice(
    recibidos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def falla(*_: object) -> None:
        raise BitacoraInservible("La tomó otro.", "Espere")

    monkeypatch.setattr(Bitacora, "anotar_corrida", falla)
    base = recibidos.parent / "salidas"
    salida = correr("consolidar", recibidos, "--periodo", P, "-o", base)
    assert salida.exit_code == 0
    assert "sin anotarse. La tomó otro. Espere" in salida.output
    assert documento(base)["entregas"]


def test_dos_ordenes_a_la_vez_no_estropean_nada(recibidos: Path, tmp_path: Path) -> None:
    """La segunda espera o lo dice; la bitácora queda entera y con lo que de verdad se corrió."""
    ambiente = {**os.environ, "PYTHONPATH": str(Path(pei_excel.__file__).parent.parent), "PYTHONUTF8": "1"}
    ordenes = [
        subprocess.Popen(
            [sys.executable, "-m", "pei_excel", "consolidar", str(recibidos), "--periodo", P, "--procesos", "1",
             "-o", str(tmp_path / "salidas")], env=ambiente, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            encoding="utf-8",
        ) for _ in range(2)
    ]
    salidas = [o.communicate(timeout=120) for o in ordenes]
    estados = sorted(o.returncode for o in ordenes)
    assert estados in ([0, 0], [0, 2])
    assert estados == [0, 0] or any("Otra consolidación" in error for _, error in salidas)
    bitacora = Bitacora.abrir(tmp_path / "salidas")
    with sqlite3.connect(bitacora.ruta) as conexion:
        (corridas,) = conexion.execute("SELECT COUNT(*) FROM corridas").fetchone()
        (vistas,) = conexion.execute("SELECT COUNT(*) FROM recepciones").fetchone()
    conexion.close()
    assert (corridas, vistas) == (estados.count(0), 2)
    assert documento(tmp_path / "salidas")["resumen"]["libros"] == 2


def test_la_bitacora_no_guarda_lo_que_dicen_las_celdas_ni_crece_con_cada_orden(recibidos: Path) -> None:
    """Sólo lo que un hallazgo cita; y de un mismo contenido, lo último que se le encontró."""
    cambiar(recibidos / "obras.xlsx", B16="Asunto muy reservado", R17="cifra rara")
    consolidar(recibidos, estado=1)
    ruta = recibidos.parent / "salidas" / BITACORA
    contenido = ruta.read_bytes()
    assert b"reservado" not in contenido
    assert b"cifra rara" in contenido  # está en el mensaje de FMT004
    assert str(recibidos.parent).encode() not in contenido

    def cuantos() -> int:
        with sqlite3.connect(ruta) as conexion:
            (n,) = conexion.execute("SELECT COUNT(*) FROM hallazgos").fetchone()
        conexion.close()
        return int(n)

    antes = cuantos()
    consolidar(recibidos, estado=1)
    assert cuantos() == antes > 0
