"""Las decisiones que la oficina anota en el consolidado: se leen, se aplican, se llevan y nunca se pierden."""

from __future__ import annotations

import json
import os
import shutil
import warnings
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from test_cli import huellas
from test_cli_poi import escribir
from test_entregas import P, consolidar, correr, documento, hoja

from pei_excel.escritura.evaluacion_resumen import SIN_OBSERVACIONES
from pei_excel.formatos.mir import MIR
from pei_excel.formatos.poi import POI
from pei_excel.lectura.decisiones import CAPTURA, HOJA, HOJA_DE_DECIDIDAS, IDENTIDAD, VISIBLES

UNO = {"unidad": "504 - Instituto", "programa": "6 - Planeación"}
DOS = {"unidad": "510 - Obras", "programa": "8 - Obra pública"}
#: (nivel, columna) → lo que se escribe en esa celda
Cambios = Mapping[tuple[str, str], Any]
COMPONENTE, ACTIVIDAD = ("Componente 1", "alcanzado_t2"), ("Actividad 1.1", "alcanzado_t2")


def informe(ruta: Path, cambios: Cambios, campos: Mapping[str, str]) -> None:
    """El informe del modelo con unas celdas cambiadas."""
    escribir(ruta, MIR, P, {("MIR", *cual): valor for cual, valor in cambios.items()}, **campos)


@pytest.fixture
def recibidos(tmp_path: Path) -> Path:
    """Dos informes, cada uno con una cifra escrita con letras, y un archivo que no es un libro."""
    carpeta = tmp_path / "recibidos"
    informe(carpeta / "a.xlsx", {COMPONENTE: "doce"}, UNO)
    informe(carpeta / "b.xlsx", {ACTIVIDAD: "x"}, DOS)
    (carpeta / "oficio.pdf").write_bytes(b"%PDF")
    return carpeta


def consolidado(recibidos: Path) -> Path:
    return recibidos.parent / "salidas" / P / "consolidado-mir.xlsx"


def abrir(ruta: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return openpyxl.load_workbook(ruta)


def columnas(una: Any) -> dict[str, int]:
    """Título → columna, en la fila que los lleva."""
    fila = next(n for n in range(1, 30) if VISIBLES["regla"] in [c.value for c in una[n]])
    return {c.value: c.column for c in una[fila] if c.value}


def anotar(ruta: Path, archivo: str, en: str = HOJA, **captura: Any) -> str:
    """Escribe una decisión en los renglones de un archivo, como en Excel, y da la celda de la primera."""
    libro = abrir(ruta)
    una = libro[en]
    donde = columnas(una)
    filas = [f for f in range(5, una.max_row + 1) if una.cell(f, donde[VISIBLES["archivo"]]).value == archivo]
    for fila in filas:
        for clave, valor in captura.items():
            una.cell(fila, donde[CAPTURA[clave]]).value = valor
    libro.save(ruta)
    return f"{una.cell(filas[0], donde[CAPTURA['decision']]).coordinate}"


NO_PROCEDE = {
    "decision": "No procede", "motivo": "Lo autorizó el Cabildo", "quien": "Dirección", "fecha": date(2024, 7, 9),
}
COMO_SE_GUARDA = NO_PROCEDE | {"fecha": "2024-07-09"}


def del_libro(doc: dict[str, Any], archivo: str) -> dict[str, Any]:
    libro: dict[str, Any] = next(x for x in doc["libros"] if x["archivo"] == archivo)
    return libro


def reglas(doc: dict[str, Any], archivo: str) -> list[str]:
    return [h["regla"] for h in del_libro(doc, archivo)["hallazgos"]]


def de_decisiones(doc: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(h["hoja"], h["celda"], h["mensaje"]) for h in doc["hallazgos"] if h["regla"] == "DEC001"]


def evaluacion(recibidos: Path, unidad: str) -> Any:
    ruta = next((recibidos.parent / "salidas" / P / "evaluaciones").glob(f"{unidad}*"))
    return abrir(ruta)


def test_lo_que_no_procede_deja_de_enviarse_y_de_contarse_y_se_lista(recibidos: Path) -> None:
    """El informe queda aceptado, la unidad ya no lo lee, la cobertura lo dice y no se pierde en corridas siguientes."""
    antes = consolidar(recibidos, estado=1)
    assert (antes["resumen"]["errores"], del_libro(antes, "a.xlsx")["estado"]) == (2, "observado")
    hallazgo = del_libro(antes, "a.xlsx")["hallazgos"][0]
    assert (hallazgo["sobre"], hallazgo["decision"]) == ("MIR · Componente 1 · alcanzado_t2", None)
    assert len(hallazgo["firma"]) == 16
    anotar(consolidado(recibidos), "a.xlsx", **NO_PROCEDE)
    for _ in range(3):  # la misma en todas las corridas siguientes
        despues = consolidar(recibidos, estado=1)
        assert (despues["resumen"]["errores"], del_libro(despues, "a.xlsx")["estado"]) == (1, "aceptado")
        assert reglas(despues, "a.xlsx") == []
        assert despues["totales"]["MIR"]["informes"]["errores_callados"] == 1
        una, = despues["decisiones"]
        assert {c: una[c] for c in COMO_SE_GUARDA} == COMO_SE_GUARDA
        assert (una["situacion"], una["firma"], una["celda"]) == (
            "No se envía ni se cuenta", hallazgo["firma"], hallazgo["celda"]
        )
        assert evaluacion(recibidos, "504")[HOJA]["A6"].value == SIN_OBSERVACIONES
        renglon, = hoja(recibidos, HOJA_DE_DECIDIDAS)
        assert renglon[VISIBLES["mensaje"]] == hallazgo["mensaje"]
        assert renglon[CAPTURA["fecha"]] == datetime(2024, 7, 9)  # noqa: DTZ001
        metodologia = abrir(consolidado(recibidos))["Metodología"]["B5"].value
        assert "1 error no se cuenta por decisión de planeación" in metodologia
    assert de_decisiones(despues) == []


@pytest.mark.larga
def test_con_las_mismas_decisiones_los_mismos_bytes(recibidos: Path) -> None:
    consolidar(recibidos, "--sin-bitacora", estado=1)
    anotar(consolidado(recibidos), "a.xlsx", **NO_PROCEDE)
    anotar(consolidado(recibidos), "b.xlsx", decision="Procede", motivo="Se pidió corregir")
    base = recibidos.parent / "salidas" / P
    shutil.copytree(base, recibidos.parent / "otra" / P)
    consolidar(recibidos, "--sin-bitacora", estado=1)
    una = huellas(base)
    consolidar(recibidos, "--sin-bitacora", estado=1)  # ahora se leen de lo que este programa escribió
    assert huellas(base) == una
    aparte = recibidos.parent / "otra"
    correr("consolidar", recibidos, "--periodo", P, "--procesos", "2", "--sin-bitacora", "-o", aparte)
    otra = huellas(aparte / P)
    assert {n: h for n, h in otra.items() if "con notas" not in n} == {
        n: h for n, h in una.items() if "con notas" not in n
    }


@pytest.mark.larga
def test_si_cambia_lo_que_dice_vuelve_y_lo_recuerda(recibidos: Path) -> None:
    """Y si vuelve a decir lo mismo, se calla otra vez."""
    consolidar(recibidos, estado=1)
    anotar(consolidado(recibidos), "a.xlsx", **NO_PROCEDE)
    consolidar(recibidos, estado=1)
    informe(recibidos / "a.xlsx", {COMPONENTE: "trece"}, UNO)
    doc = consolidar(recibidos, estado=1)
    assert (del_libro(doc, "a.xlsx")["estado"], reglas(doc, "a.xlsx")) == ("observado", ["FMT004"])
    renglon = next(f for f in hoja(recibidos, HOJA) if f[VISIBLES["archivo"]] == "a.xlsx")
    assert "Se había decidido «No procede» (Dirección, 09/07/2024) cuando decía «doce»." in renglon[VISIBLES["mensaje"]]
    assert renglon[CAPTURA["decision"]] is None
    assert "decidido" not in str([c.value for f in evaluacion(recibidos, "504")[HOJA].iter_rows() for c in f])
    assert [d["situacion"] for d in doc["decisiones"]] == ["Cambió lo que dice: se observa otra vez"]
    doc = consolidar(recibidos, estado=1)
    assert reglas(doc, "a.xlsx") == ["FMT004"]
    informe(recibidos / "a.xlsx", {}, UNO)  # lo corrigió
    doc = consolidar(recibidos, estado=1)
    assert [d["situacion"] for d in doc["decisiones"]] == ["Ya no se observa"]
    informe(recibidos / "a.xlsx", {COMPONENTE: "doce"}, UNO)
    doc = consolidar(recibidos, estado=1)
    assert (del_libro(doc, "a.xlsx")["estado"], reglas(doc, "a.xlsx")) == ("aceptado", [])


def test_si_el_reenvio_dice_otra_cosa_vuelve_aunque_el_anterior_siga_en_la_carpeta(recibidos: Path) -> None:
    consolidar(recibidos, estado=1)
    anotar(consolidado(recibidos), "a.xlsx", **NO_PROCEDE)
    informe(recibidos / "a2.xlsx", {COMPONENTE: "trece"}, UNO)
    lista = "archivo;fecha\na.xlsx;02/07/2024\na2.xlsx;09/07/2024\n"
    (recibidos / "recepcion.csv").write_text(lista, encoding="utf-8")
    for _ in range(2):
        doc = consolidar(recibidos, estado=1)
        assert [(del_libro(doc, a)["estado"], reglas(doc, a)) for a in ("a.xlsx", "a2.xlsx")] == [
            ("sustituido", []), ("observado", ["FMT004"]),
        ]
        renglon = next(f for f in hoja(recibidos, HOJA) if f[VISIBLES["archivo"]] == "a2.xlsx")
        assert "Se había decidido «No procede»" in renglon[VISIBLES["mensaje"]]
        assert [d["situacion"] for d in doc["decisiones"]] == ["Cambió lo que dice: se observa otra vez"]


@pytest.mark.larga
def test_las_demas_se_llevan_al_lado_y_se_quitan_borrandolas(recibidos: Path) -> None:
    consolidar(recibidos, estado=1)
    anotar(consolidado(recibidos), "a.xlsx", decision="procede", motivo="Que lo corrija", fecha="9 de julio de 2024")
    anotar(consolidado(recibidos), "b.xlsx", **NO_PROCEDE)
    doc = consolidar(recibidos, estado=1)
    assert doc["resumen"]["errores"] == 1
    assert del_libro(doc, "a.xlsx")["hallazgos"][0]["decision"] == {
        "decision": "Procede", "motivo": "Que lo corrija", "quien": "", "fecha": "2024-07-09",
    }
    vacia = dict.fromkeys(CAPTURA)
    anotar(consolidado(recibidos), "a.xlsx", **vacia)
    anotar(consolidado(recibidos), "b.xlsx", HOJA_DE_DECIDIDAS, **vacia)
    doc = consolidar(recibidos, estado=1)
    assert (doc["resumen"]["errores"], doc["decisiones"]) == (2, [])
    assert HOJA_DE_DECIDIDAS not in abrir(consolidado(recibidos)).sheetnames


@pytest.mark.parametrize(
    ("captura", "celda", "dice", "calla"),
    [
        ({"decision": "No procede"}, "N", "falta el motivo", False),
        ({"decision": "Quizás", "motivo": "m"}, "M", "«Quizás» no es una decisión", False),
        ({"motivo": "m"}, "M", "falta la decisión", False),
        ({"decision": "No procede", "motivo": "m", "fecha": "mañana"}, "P", "«mañana» no es una fecha", True),
    ],
)
def test_lo_que_no_se_entiende_se_dice_con_su_celda(
    recibidos: Path, captura: dict[str, str], celda: str, dice: str, calla: bool
) -> None:
    """Y sigue diciéndose, con lo escrito en su lugar, hasta que se corrija."""
    consolidar(recibidos, estado=1)
    donde = anotar(consolidado(recibidos), "a.xlsx", **captura)
    for en in (HOJA, HOJA_DE_DECIDIDAS if calla else HOJA):
        doc = consolidar(recibidos, estado=1)
        (hoja_, celda_, mensaje), = de_decisiones(doc)
        assert hoja_ == en
        assert dice.casefold() in mensaje.casefold()
        assert mensaje.startswith(f"En {hoja_}!{celda_} del consolidado anterior, ")
        assert "a.xlsx" in mensaje.partition(": ")[0]  # con qué hallarla en el nuevo
        if en == HOJA:
            assert celda_ == celda + donde[1:]
        assert (reglas(doc, "a.xlsx") == []) is calla
        assert [d["decision"] for d in doc["decisiones"]] == [captura.get("decision", "")]


def test_no_se_calla_lo_que_deja_fuera_un_archivo(recibidos: Path) -> None:
    (recibidos / "roto.xlsx").write_bytes((recibidos / "b.xlsx").read_bytes()[:3000])
    consolidar(recibidos, estado=1)
    anotar(consolidado(recibidos), "roto.xlsx", **NO_PROCEDE)
    doc = consolidar(recibidos, estado=1)
    assert (del_libro(doc, "roto.xlsx")["estado"], reglas(doc, "roto.xlsx")) == ("rechazado", ["FMT001"])
    assert "no puede callarse" in de_decisiones(doc)[0][2]


def test_lo_de_la_carpeta_tambien_se_decide(recibidos: Path) -> None:
    antes = consolidar(recibidos, estado=1)
    assert [h["regla"] for h in antes["hallazgos"]] == ["ENT004"]
    anotar(consolidado(recibidos), "oficio.pdf", **NO_PROCEDE)
    for _ in range(2):
        assert consolidar(recibidos, estado=1)["hallazgos"] == []


@pytest.mark.larga
def test_en_una_carpeta_con_los_dos_formatos(recibidos: Path) -> None:
    """Cada uno lleva las suyas; lo de la carpeta está en los dos, y vale lo que se cambie en cualquiera."""
    escribir(recibidos / "poi.xlsx", POI, P, {("Programación", "AO.01", "programado_m2"): "x"})
    antes = consolidar(recibidos, estado=1)
    del_poi = consolidado(recibidos).with_name("consolidado-poi.xlsx")
    de_antes = reglas(antes, "poi.xlsx")
    assert de_antes
    anotar(del_poi, "poi.xlsx", **NO_PROCEDE)
    anotar(consolidado(recibidos), "oficio.pdf", **NO_PROCEDE)
    for _ in range(2):
        doc = consolidar(recibidos, estado=1)
        assert (del_libro(doc, "poi.xlsx")["estado"], doc["hallazgos"]) == ("aceptado", [])
        assert sorted({d["formato"] for d in doc["decisiones"]}) == ["", "POI"]
        assert "oficio.pdf" in [f[VISIBLES["archivo"]] for f in hoja(recibidos, HOJA_DE_DECIDIDAS)]
    anotar(del_poi, "oficio.pdf", HOJA_DE_DECIDIDAS, **dict.fromkeys(CAPTURA))  # se borra sólo en el otro
    doc = consolidar(recibidos, estado=1)
    assert [h["regla"] for h in doc["hallazgos"]] == ["ENT004"]
    assert {d["formato"] for d in doc["decisiones"]} == {"POI"}


def desordenar(libro: Any) -> None:
    """Como quien ordena, filtra y agrega renglones y columnas."""
    una = libro[HOJA]
    primera, ultima, ancho = 5, una.max_row, una.max_column
    filas = [[una.cell(f, c).value for c in range(1, ancho + 1)] for f in range(primera, ultima + 1)]
    for n, valores in enumerate(reversed(filas)):
        for c, valor in enumerate(valores, 1):
            una.cell(primera + n, c).value = valor
    una.row_dimensions[6].hidden = True
    una.insert_rows(6)
    una.cell(6, 9).value = "Estos los vio el director"
    una.insert_rows(1, 3)
    una.insert_cols(4)
    una.cell(7, 4).value = "Mi columna"


def test_se_halla_aunque_se_ordene_se_filtre_y_se_agregue(recibidos: Path) -> None:
    consolidar(recibidos, estado=1)
    anotar(consolidado(recibidos), "a.xlsx", **NO_PROCEDE)
    libro = abrir(consolidado(recibidos))
    desordenar(libro)
    libro.save(consolidado(recibidos))
    doc = consolidar(recibidos, estado=1)
    assert (reglas(doc, "a.xlsx"), reglas(doc, "b.xlsx"), de_decisiones(doc)) == ([], ["FMT004"], [])


def sin_identidad(ruta: Path) -> None:
    libro = abrir(ruta)
    una = libro[HOJA]
    una.delete_cols(columnas(una)[IDENTIDAD])
    libro.save(ruta)


def test_sin_la_columna_oculta_se_halla_por_su_lugar_o_se_dice(recibidos: Path) -> None:
    consolidar(recibidos, estado=1)
    anotar(consolidado(recibidos), "a.xlsx", **NO_PROCEDE)
    anotar(consolidado(recibidos), "b.xlsx", decision="Procede", motivo="m")
    sin_identidad(consolidado(recibidos))
    (recibidos / "b.xlsx").rename(recibidos / "otro.xlsx")
    doc = consolidar(recibidos, estado=1)
    assert (reglas(doc, "a.xlsx"), reglas(doc, "otro.xlsx")) == ([], ["FMT004"])
    assert [d["situacion"] for d in doc["decisiones"]] == ["No se envía ni se cuenta", "No se sabe de cuál es"]
    assert "perdió su identidad" in de_decisiones(doc)[0][2]
    doc = consolidar(recibidos, estado=1)  # y se conserva
    assert [d["situacion"] for d in doc["decisiones"]] == ["No se envía ni se cuenta", "No se sabe de cuál es"]


@pytest.mark.larga
def test_guardado_con_libreoffice_se_lee_igual(recibidos: Path, soffice: Callable[[Path, str], Path]) -> None:
    consolidar(recibidos, estado=1)
    anotar(consolidado(recibidos), "a.xlsx", **NO_PROCEDE)
    shutil.copy(soffice(consolidado(recibidos), "xlsx"), consolidado(recibidos))
    doc = consolidar(recibidos, estado=1)
    assert (reglas(doc, "a.xlsx"), de_decisiones(doc)) == ([], [])
    shutil.copy(soffice(consolidado(recibidos), "xlsx"), consolidado(recibidos))  # ahora la lleva «Decididas»
    doc = consolidar(recibidos, estado=1)
    assert (reglas(doc, "a.xlsx"), de_decisiones(doc)) == ([], [])
    assert {c: doc["decisiones"][0][c] for c in COMO_SE_GUARDA} == COMO_SE_GUARDA


@pytest.mark.larga
def test_un_consolidado_danado_o_borrado_no_pierde_las_decisiones(recibidos: Path) -> None:
    consolidar(recibidos, estado=1)
    anotar(consolidado(recibidos), "a.xlsx", **NO_PROCEDE)
    consolidar(recibidos, estado=1)
    consolidado(recibidos).unlink()
    assert reglas(consolidar(recibidos, estado=1), "a.xlsx") == []
    consolidado(recibidos).write_bytes(b"esto ya no es un libro")
    doc = consolidar(recibidos, estado=1)
    assert reglas(doc, "a.xlsx") == []
    assert "valen las que ya se conocían" in de_decisiones(doc)[0][2]


def test_lo_cambiado_a_mano_se_conserva_y_no_se_repite(recibidos: Path) -> None:
    """Con la fecha en que se guardó; lo propio de la oficina, con su nombre; nada de eso es resultado nuestro."""
    consolidar(recibidos, estado=1)
    base = recibidos.parent / "salidas" / P
    (base / "mis notas").mkdir()
    (base / "mis notas" / "acta.docx").write_bytes(b"acta")
    (base / "~$acta.docx").write_bytes(b"x")
    tocado = next((base / "evaluaciones").glob("504*"))
    libro = abrir(tocado)
    libro[HOJA]["Z9"] = "ojo"
    libro.save(tocado)
    os.utime(tocado, (datetime(2024, 7, 9, 12).timestamp(),) * 2)  # noqa: DTZ001
    contenido = tocado.read_bytes()
    for _ in range(3):
        doc = consolidar(recibidos, estado=1)
        assert (base / "mis notas" / "acta.docx").read_bytes() == b"acta"
        notas = [p for p in base.rglob("*") if "con notas" in p.name]
        assert [p.name for p in notas] == [f"{tocado.stem} (con notas 2024-07-09).xlsx"]
        assert notas[0].read_bytes() == contenido
        assert tocado.read_bytes() != contenido
        assert not any("con notas" in s["archivo"] or "acta" in s["archivo"] for s in doc["salidas"])
        assert not (base / "~$acta.docx").exists()
    tocado.write_bytes(contenido)  # el mismo otra vez: ya se tiene
    consolidar(recibidos, estado=1)
    assert len([p for p in base.rglob("*") if "con notas" in p.name]) == 1
    tocado.write_bytes(contenido + b" ")
    os.utime(tocado, (datetime(2024, 7, 9, 12).timestamp(),) * 2)  # noqa: DTZ001
    consolidar(recibidos, estado=1)
    assert sorted(p.name for p in base.rglob("*") if "con notas" in p.name) == [
        f"{tocado.stem} (con notas 2024-07-09 2).xlsx", f"{tocado.stem} (con notas 2024-07-09).xlsx",
    ]


def test_el_documento_es_de_antes_de_que_hubiera_decisiones(recibidos: Path) -> None:
    """Los resultados de una versión anterior del programa no dan avisos ni estorban."""
    consolidar(recibidos, estado=1)
    base = recibidos.parent / "salidas"
    doc = documento(base)
    del doc["decisiones"]
    for libro in doc["libros"]:
        for h in libro["hallazgos"]:
            del h["sobre"], h["firma"], h["decision"]
    (base / P / "resultado.json").write_text(json.dumps(doc), encoding="utf-8")
    nuevo = consolidar(recibidos, estado=1)
    assert (de_decisiones(nuevo), nuevo["decisiones"]) == ([], [])
