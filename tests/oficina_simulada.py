"""Una oficina que sigue el año simulado con sus órdenes, y lo que de cada paso se lee en sus resultados."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from lxml import etree

from pei_excel import catalogo
from pei_excel.cli import orden
from pei_excel.periodos import Periodo
from pei_excel.simulacion.ano import AnoMunicipal, escribir_recibidos
from pei_excel.simulacion.ano_modelo import Anotacion, Celda, Correcciones, Envio, Paso, Verdad
from pei_excel.terminal import ejecutar

_NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


class Salida(NamedTuple):
    """Lo que dejó una orden."""

    estado: int
    dicho: str
    error: str


class Leido(NamedTuple):
    """Lo que dicen de un periodo el tablero, el documento y el control."""

    tablero: dict[str, Any]  #: lo de un periodo de `estado --json`
    documento: dict[str, Any]
    control: dict[str, dict[str, Any]]  #: archivo → título → valor; de lo que no ha llegado, su clave y programa


def correr(*partes: str | Path) -> Salida:
    """Una orden en este mismo proceso."""
    dicho, error = io.StringIO(), io.StringIO()
    with redirect_stdout(dicho), redirect_stderr(error):
        try:
            estado = ejecutar(orden, [str(p) for p in partes], "pei-excel")
        except SystemExit as fin:
            estado = int(fin.code or 0)
    return Salida(estado, dicho.getvalue(), error.getvalue())


@pytest.fixture
def catalogo_leido_una_vez(monkeypatch: pytest.MonkeyPatch) -> None:
    """En el año no cambia, y cada orden lo lee: aquí, sólo la primera."""
    de_verdad, leidos = catalogo.leer_catalogo, {}

    def leer(ruta: Path) -> Any:
        contenido = ruta.read_bytes()
        if contenido not in leidos:
            leidos[contenido] = de_verdad(ruta)
        return leidos[contenido]

    monkeypatch.setattr(catalogo, "leer_catalogo", leer)


class Acompanante:
    """Lo que la oficina hace además en cada momento del año: escribir, publicar…"""

    def antes(self, periodo: Periodo) -> None:
        """Antes de que llegue lo del periodo."""

    def consolidado(self, paso: Paso) -> None:
        """Después de consolidar."""

    def anotado(self, paso: Paso) -> None:
        """Después de escribir las decisiones en el consolidado."""

    def cerrado(self, paso: Paso) -> None:
        """Después de cerrar el periodo."""


class Oficina:
    """La carpeta de trabajo de un municipio simulado."""

    def __init__(self, ano: AnoMunicipal, carpeta: Path, resultados: str = "3 resultados") -> None:
        self.ano, self.carpeta = ano, carpeta
        self.resultados, self.catalogo = carpeta / resultados, carpeta / "catalogo.xlsx"
        self.libro = f"consolidado-{ano.formato.lower()}.xlsx"
        self._llegados: dict[tuple[Periodo, str], Envio] = {}
        carpeta.mkdir(parents=True, exist_ok=True)
        ano.escribir_catalogo(self.catalogo)

    def recibidos(self, periodo: Periodo) -> Path:
        """Donde cae lo que llega."""
        return self.carpeta / "2 recibidos" / periodo.codigo

    def recibir(self, paso: Paso) -> None:
        """Llega lo de un paso; lo que ya estaba no se toca."""
        nuevos = {e.archivo for e in paso.envios if self._llegados.get((paso.periodo, e.archivo)) is not e}
        escribir_recibidos(self.recibidos(paso.periodo), paso.envios, nuevos)
        self._llegados |= {(paso.periodo, e.archivo): e for e in paso.envios}

    def consolidar(self, periodo: Periodo, *otras: str) -> Salida:
        """Consolida el periodo contra lo que se haya cerrado."""
        cerrados = self.resultados / "cerrados"
        comparar = ("--anterior", cerrados) if cerrados.is_dir() else ()
        return correr("consolidar", self.recibidos(periodo), "--periodo", periodo.codigo, "--catalogo", self.catalogo,
                      *comparar, "--procesos", "1", "-o", self.resultados, *otras)

    def cerrar(self, periodo: Periodo, *otras: str) -> Salida:
        """Cierra el periodo."""
        return correr("cerrar", periodo.codigo, "--procesos", "1", "-o", self.resultados, *otras)

    def tableros(self) -> dict[str, Any]:
        """Periodo → lo suyo en `estado --json`."""
        salida = correr("estado", "--json", "-o", self.resultados)
        assert (salida.estado, salida.error) == (0, "")
        return {t["periodo"]: t for t in json.loads(salida.dicho)["periodos"]}

    def leer(self, periodo: Periodo) -> Leido:
        """Lo que quedó de un periodo."""
        carpeta = self.resultados / periodo.codigo
        documento = json.loads((carpeta / "resultado.json").read_text(encoding="utf-8"))
        return Leido(self.tableros()[periodo.codigo], documento, _control(carpeta / self.libro))

    def anotar(self, periodo: Periodo, anotaciones: Iterable[Anotacion]) -> None:
        """Escribe las decisiones en «Observaciones», como una persona: sin tocar nada más del libro."""
        ruta = self.resultados / periodo.codigo / self.libro
        anotar(ruta, list(anotaciones))


def _control(libro: Path) -> dict[str, dict[str, Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        with closing(openpyxl.load_workbook(libro, data_only=True, read_only=True)) as leido:
            filas = list(leido["Control de entregas"].iter_rows(values_only=True))
    titulos = next(n for n, f in enumerate(filas) if "Archivo" in f)
    renglones = {}
    for fila in filas[titulos + 1 :]:
        renglon = {t: v for t, v in zip(filas[titulos], fila, strict=True) if t}
        if not renglon.get("Estado"):
            break
        clave = str(next(iter(renglon.values()))).partition(" - ")[0]
        programa = str(renglon.get("Programa Presupuestario") or "").partition(" - ")[0]
        archivo = renglon["Archivo"] or ""
        renglones[archivo if archivo.endswith(".xlsx") else f"{clave}/{programa}"] = renglon
    return renglones


# ---------------------------------------------------------------- lo que dice el programa, como lo dice la verdad


def comparar(leido: Leido, verdad: Verdad, formato: str) -> None:
    """El tablero, los hallazgos y el control dicen la verdad."""
    partes = {p["formato"]: p for p in leido.tablero["formatos"]}
    suya = partes[formato]
    assert suya["esperados"] == verdad.esperados
    assert {(f["unidad"], f["programa"] or "") for f in suya["faltan"]} == verdad.faltan
    assert {r["informe"]: r["dias"] for r in suya["con_retraso"]} == verdad.tarde
    assert suya["entregados"] == sum(verdad.cuantos(e) for e in ("aceptado", "observado", "rechazado"))
    for estado in ("aceptado", "observado", "sustituido", "rechazado"):
        assert sum(len(p[f"{estado}s"]) for p in partes.values()) == verdad.cuantos(estado), estado
    assert {c["informe"]: Correcciones(c["atendidas"], c["persistentes"], c["nuevas"]) for c in suya["cambios"]} == (
        verdad.correcciones
    )
    veces = sorted(verdad.frecuentes.items(), key=lambda par: (-par[1], par[0]))[:3]
    assert [(f["regla"], f["informes"]) for f in leido.tablero["frecuentes"]] == veces
    assert hallazgos(leido.documento) == verdad.hallazgos
    assert {x["archivo"]: x["estado"] for x in leido.documento["libros"]} == verdad.estados
    assert Counter((h["regla"], h["archivo"] or "") for h in leido.documento["hallazgos"]) == verdad.de_carpeta
    _comparar_control(leido.control, verdad)


def _comparar_control(control: dict[str, dict[str, Any]], verdad: Verdad) -> None:
    llegaron = {c: r for c, r in control.items() if c.endswith(".xlsx")}
    assert {c: r["Estado"] for c, r in llegaron.items()} == verdad.estados
    assert set(control) - set(llegaron) == {f"{unidad}/{programa}" for unidad, programa in verdad.faltan}
    vigentes = [r for r in llegaron.values() if r["Estado"] not in {"sustituido", "rechazado"}]
    assert sorted(r["Días de retraso"] for r in vigentes if r.get("Días de retraso")) == sorted(verdad.tarde.values())
    cambios = ("Atendidas", "Persisten", "Nuevas")
    hechas = [tuple(r[t] for t in cambios) for r in vigentes if r.get("Atendidas") is not None]
    assert sorted(hechas) == sorted(map(tuple, verdad.correcciones.values()))


def hallazgos(documento: dict[str, Any]) -> dict[str, set[Celda]]:
    """Por archivo, lo que se observa; nada dos veces."""
    todos = {
        x["archivo"]: [(h["regla"], h["hoja"] or "", h["celda"] or "") for h in x["hallazgos"]]
        for x in documento["libros"]
    }
    assert all(len(set(suyos)) == len(suyos) for suyos in todos.values())
    return {archivo: set(suyos) for archivo, suyos in todos.items()}


def decisiones(documento: dict[str, Any]) -> Counter[tuple[str, str, str, str | None]]:
    """(regla, hoja, celda y qué se decidió, situación) de las decisiones que el programa lleva."""
    return Counter(
        (d["regla"], f"{d['hoja']}!{d['celda']}", d["decision"], d["situacion"]) for d in documento["decisiones"]
    )


# ---------------------------------------------------------------- escribir en el consolidado


def anotar(ruta: Path, anotaciones: list[Anotacion]) -> None:
    """Escribe las decisiones directamente en las celdas de la hoja; lo demás del libro queda byte por byte."""
    with zipfile.ZipFile(ruta) as libro:
        partes = {n: libro.read(n) for n in libro.namelist()}
    textos = _textos(partes)
    nombre = _parte_de(partes, "Observaciones")
    raiz = etree.fromstring(partes[nombre])
    filas = {
        int(f.get("r")): {_columna(c.get("r")): c for c in f.iterfind("x:c", _NS)}
        for f in raiz.iterfind(".//x:sheetData/x:row", _NS)
    }
    leidas = {n: {c: _valor(celda, textos) for c, celda in f.items()} for n, f in filas.items()}
    titulos = next({v: c for c, v in f.items()} for f in leidas.values() if "Regla" in f.values())
    for anotacion in anotaciones:
        regla, hoja, celda = anotacion.celda
        (numero,) = [
            n for n, f in leidas.items()
            if f.get(titulos["Archivo"]) == anotacion.archivo and f.get(titulos["Regla"]) == regla
            and f.get(titulos["Hoja"]) == hoja and f.get(titulos["Celda en su archivo"], "").split(" ")[0] == celda
        ]
        for titulo, valor in (("Decisión", anotacion.que), ("Motivo", anotacion.motivo), ("Quién", anotacion.quien),
                              ("Fecha", f"{anotacion.fecha:%d/%m/%Y}")):
            _escribir(filas[numero][titulos[titulo]], valor)
    partes[nombre] = etree.tostring(raiz, xml_declaration=True, encoding="UTF-8", standalone=True)
    with zipfile.ZipFile(ruta, "w", zipfile.ZIP_DEFLATED) as libro:
        for n, contenido in partes.items():
            libro.writestr(n, contenido)


def _parte_de(partes: dict[str, bytes], hoja: str) -> str:
    hojas = etree.fromstring(partes["xl/workbook.xml"]).iterfind(".//x:sheet", _NS)
    return next(f"xl/worksheets/sheet{n}.xml" for n, h in enumerate(hojas, 1) if h.get("name") == hoja)


def _textos(partes: dict[str, bytes]) -> list[str]:
    if "xl/sharedStrings.xml" not in partes:
        return []
    raiz = etree.fromstring(partes["xl/sharedStrings.xml"])
    return ["".join(si.itertext()) for si in raiz.iterfind("x:si", _NS)]


def _columna(celda: str) -> str:
    return celda.rstrip("0123456789")


def _valor(celda: Any, textos: list[str]) -> str:
    texto = "".join(celda.itertext())
    return textos[int(texto)] if celda.get("t") == "s" and texto else texto


def _escribir(celda: Any, valor: str) -> None:
    for hijo in list(celda):
        celda.remove(hijo)
    celda.set("t", "inlineStr")
    texto = etree.SubElement(etree.SubElement(celda, f"{{{_NS['x']}}}is"), f"{{{_NS['x']}}}t")
    texto.text = valor


__all__ = [
    "Acompanante", "Oficina", "anotar", "catalogo_leido_una_vez", "comparar", "correr", "decisiones", "hallazgos",
]
