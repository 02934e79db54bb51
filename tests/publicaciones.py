"""Los libros de transparencia al cerrar cada trimestre: los leídos aparte, contra los datos abiertos y lo publicado."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from oficina_simulada import Acompanante, Oficina, correr
from transparencias import renglones

from pei_excel.calculos import Estado
from pei_excel.evaluacion import SE_MIDE_DESPUES
from pei_excel.formatos.mir import SIN_LINEA_BASE
from pei_excel.formatos.transparencia import ARCHIVO, FRACCIONES
from pei_excel.periodos import Periodo
from pei_excel.simulacion.ano_modelo import Paso

_VALIDACION, _VINCULO = date(2025, 2, 3), "https://demostracion.example/plan.pdf"
_PROGRAMA = "Nombre del programa o concepto al que corresponde el indicador"
#: Columna del libro → columna de indicadores.csv que lleva tal cual.
_TAL_CUAL = {
    "Denominación del Área": "unidad", "Área(s) responsable(s)": "unidad", "Área responsable": "unidad",
    _PROGRAMA: "programa", "Nombre del indicador": "nombre",
    "Dimensión a medir": "dimension", "Definición": "definicion", "Método de cálculo": "metodo",
    "Unidad de medida": "unidad_medida", "Frecuencia de medición": "frecuencia", "Fuente de información": "medios",
}
_OBJETIVO = frozenset({"Descripción breve y clara de cada objetivo", "Objetivo institucional"})
#: Lo que puede estar vacío con su Nota: por qué, lo sabe el programa sin preguntar.
_CON_SU_NOTA = frozenset({
    "Metas ajustadas, en su caso", "Avance de metas", "Sentido del indicador (catálogo)", "Nota",
})
#: De un indicador que todavía no tiene qué informar, tampoco hay medios.
_TODAVIA = frozenset({SE_MIDE_DESPUES, Estado.NO_PROGRAMADO.value, Estado.POR_VENCER.value})
_NO_SE_COMPARA = frozenset({
    "Ejercicio", "Fecha de inicio del periodo que se informa", "Fecha de término del periodo que se informa",
    "Fecha de actualización", "Fecha de validación", "Cada uno de sus indicadores y metas",
})
_LLAVE = {
    "IV": ("Descripción breve y clara de cada objetivo", "Denominación del Área"),
    "V": ("Nombre del indicador", "Área responsable"),
    "VI": ("Nombre del indicador", "Área responsable", _PROGRAMA),
}
Fila = dict[str, Any]
Ficha = dict[str, str]  #: un renglón de indicadores.csv, con su avance y su estado


class Publicaciones(Acompanante):
    """Lo que la oficina publica al cerrar cada trimestre."""

    def __init__(self, oficina: Oficina) -> None:
        self.oficina = oficina
        oficina.ano.escribir_catalogo(oficina.catalogo, {"Transparencia": renglones()})
        self._publicado: dict[str, list[Fila]] = {}  #: fracción → lo del trimestre anterior

    def cerrado(self, paso: Paso) -> None:
        """Escribe las tres fracciones; dicen lo que los datos abiertos, y lo que cambió es lo que cambió."""
        descargas, salida = self.oficina.carpeta / "descargas" / paso.periodo.codigo, self.oficina.carpeta / "publicar"
        comparar = ("--publicado", _descargar(self._publicado, descargas)) if self._publicado else ()
        hecho = correr("transparencia", self.oficina.resultados / paso.periodo.codigo, "--catalogo",
                       self.oficina.catalogo, "--validacion", _VALIDACION.isoformat(), "--hipervinculo", _VINCULO,
                       "--actualizacion", _VALIDACION.isoformat(), *comparar, "-o", salida)
        carpeta = salida / paso.periodo.codigo
        fichas = _fichas(self.oficina.resultados / paso.periodo.codigo)
        libros = {f: openpyxl.load_workbook(carpeta / ARCHIVO.format(fraccion=f)) for f in FRACCIONES}
        filas = {f: _filas(libro["Reporte de Formatos"], 7) for f, libro in libros.items()}
        suyos = {"V": [x for x in fichas if x["nivel"] in {"Fin", "Propósito"}], "VI": fichas}
        for fraccion, los_suyos in suyos.items():
            _comparar(filas[fraccion], [self._de_un_indicador(x, paso.periodo) for x in los_suyos])
        suyos["IV"] = self._comparar_la_iv(libros["IV"], filas["IV"], fichas, paso.periodo)
        sin_dato = [(f, celda) for f, suyas in filas.items() for n, fila in enumerate(suyas, 8)
                    for celda in _sin_explicar(fila, n, suyos[f][n - 8])]
        observadas = _csv(carpeta / "observaciones.csv")
        assert {(o["archivo"], o["celda"], o["regla"]) for o in observadas} == {
            (ARCHIVO.format(fraccion=f), celda, "TRA001") for f, celda in sin_dato
        }, observadas
        assert hecho.estado == int(bool(sin_dato)), hecho.error
        if self._publicado:
            dichas = [(d["fraccion"], d["que"], d["fila"], d["campo"], d["antes"], d["ahora"])
                      for d in _csv(carpeta / "comparacion.csv")]
            assert sorted(dichas) == sorted(d for f in FRACCIONES for d in _cambios(f, self._publicado[f], filas[f]))
        self._publicado = filas

    @staticmethod
    def _de_un_indicador(ficha: Ficha, periodo: Periodo) -> Fila:
        """Lo que debe decir la fila de un indicador."""
        cambio, inicial, anual = ficha["modificaciones"], ficha["programado_inicial"], ficha["programado_anual"]
        return _del_periodo(periodo) | {t: ficha[c] or None for t, c in _TAL_CUAL.items()} | {
            "Objetivo institucional": ficha["objetivo"].replace(".; ", "; "),
            "Línea base": f"{ficha['base_valor']} ({ficha['base_ejercicio']})" if ficha["base_ejercicio"] else None,
            "Metas programadas": _cifra(inicial if cambio else anual),
            "Metas ajustadas, en su caso": _cifra(anual) if cambio and _cifra(anual) != _cifra(inicial) else None,
            "Avance de metas": _cifra(ficha["avance"]), "Sentido del indicador (catálogo)": _sentido(ficha),
        }

    @staticmethod
    def _comparar_la_iv(libro: Any, filas: list[Fila], fichas: list[Ficha], periodo: Periodo) -> list[Ficha]:
        """Una fila por informe, y en su tabla todos sus indicadores con la meta del año; da el primero de cada uno."""
        (tabla,) = [h for h in libro if h.title.startswith("Tabla_")]
        informes: dict[tuple[str, str, str], list[Ficha]] = {}
        for ficha in fichas:
            informes.setdefault((ficha["archivo"], ficha["unidad_clave"], ficha["programa_clave"]), []).append(ficha)
        primeras = [x[0] for x in informes.values()]
        _comparar(filas, [
            _del_periodo(periodo) | {t: x[c] for t, c in _TAL_CUAL.items()} | {
                "Descripción breve y clara de cada objetivo": x["objetivo"].replace(".; ", "; "),
                "Cada uno de sus indicadores y metas": n, "Hipervínculo al documento del programa": _VINCULO,
            } for n, x in enumerate(primeras, 1)
        ])
        assert [(f["ID"], f["Indicadores asociados"], float(f["Meta del indicador"]), f["Unidad de medida"])
                for f in _filas(tabla, 3)] == [
            (n, x["nombre"], _cifra(x["programado_anual"]), x["unidad_medida"])
            for n, suyos in enumerate(informes.values(), 1) for x in suyos
        ]
        return primeras


def _del_periodo(periodo: Periodo) -> Fila:
    return {
        "Ejercicio": periodo.ejercicio, "Fecha de inicio del periodo que se informa": date(
            periodo.ejercicio, periodo.meses[0], 1),
        "Fecha de término del periodo que se informa": periodo.ultimo_dia, "Fecha de validación": _VALIDACION,
        "Fecha de actualización": _VALIDACION,
    }


def _comparar(filas: list[Fila], esperadas: list[Fila]) -> None:
    """Celda por celda, todas las columnas menos la Nota; toda celda vacía tiene Nota."""
    assert len(filas) == len(esperadas)
    for fila, esperada in zip(filas, esperadas, strict=True):
        assert [(t, v, esperada[t]) for t, v in fila.items() if t != "Nota" and v != esperada[t]] == []


def _sin_explicar(fila: Fila, numero: int, ficha: Ficha) -> Iterator[str]:
    """Las celdas vacías de las que nadie sabe por qué lo están."""
    for n, (titulo, valor) in enumerate(fila.items()):
        todavia = titulo == "Fuente de información" and ficha["estado"] in _TODAVIA
        conocida = titulo == "Línea base" and ficha["base_valor"] in SIN_LINEA_BASE
        if valor is None and titulo not in _CON_SU_NOTA and not todavia and not conocida:
            yield f"{chr(65 + n)}{numero}"


def _sentido(ficha: Ficha) -> str | None:
    """Sólo los dos de la plataforma; otro va en la Nota."""
    return ficha["sentido"] if ficha["sentido"] in {"Ascendente", "Descendente"} else None


def _cambios(fraccion: str, antes: list[Fila], ahora: list[Fila]) -> Iterator[tuple[str, ...]]:
    """Lo que cambió de un trimestre a otro: (fracción, qué, fila, campo, antes, ahora)."""
    previas: dict[tuple[Any, ...], list[Fila]] = {}
    for fila in antes:
        previas.setdefault(tuple(fila[t] for t in _LLAVE[fraccion]), []).append(fila)
    for fila in ahora:
        llave = tuple(fila[t] for t in _LLAVE[fraccion])
        nombre = " · ".join(llave)
        if not previas.get(llave):
            yield fraccion, "nueva", nombre, "", "", ""
            continue
        previa = previas[llave].pop(0)
        for titulo, valor in fila.items():
            if titulo not in _NO_SE_COMPARA and valor != previa[titulo]:
                yield fraccion, "cambiada", nombre, titulo, _texto(previa[titulo]), _texto(valor)
    for llave, sobran in previas.items():
        for _ in sobran:
            yield fraccion, "ya no está", " · ".join(llave), "", "", ""


def _descargar(publicado: dict[str, list[Fila]], carpeta: Path) -> Path:
    """La descarga pública de cada fracción: títulos en mayúsculas en la fila 6 y todo como texto."""
    carpeta.mkdir(parents=True, exist_ok=True)
    for fraccion, filas in publicado.items():
        libro = xlsxwriter.Workbook(str(carpeta / f"{fraccion}.xlsx"))
        hoja = libro.add_worksheet("Información")
        for columna, titulo in enumerate(filas[0]):
            hoja.write_string(5, columna, titulo.upper())
            for n, fila in enumerate(filas, 6):
                hoja.write_string(n, columna, _texto(fila[titulo]))
        libro.close()
    return carpeta


def _filas(hoja: Any, titulos: int) -> list[Fila]:
    """Las filas de una hoja, por título; las fechas, sin hora."""
    todas = list(hoja.iter_rows(min_row=titulos, values_only=True))
    return [
        {str(t): v.date() if isinstance(v, datetime) else v for t, v in zip(todas[0], fila, strict=True) if t}
        for fila in todas[1:] if any(v is not None for v in fila)
    ]


def _fichas(carpeta: Path) -> list[Ficha]:
    """Los indicadores consolidados, cada uno con lo que lleva alcanzado."""
    avances = [d for d in _csv(carpeta / "datos.csv") if (d["horizonte"], d["medida"]) == ("al periodo", "alcanzado")]
    fichas = _csv(carpeta / "indicadores.csv")
    assert [(f["archivo"], f["nombre"]) for f in fichas] == [(d["archivo"], d["nombre"]) for d in avances]
    return [f | {"avance": d["valor"], "estado": d["estado"]} for f, d in zip(fichas, avances, strict=True)]


def _csv(ruta: Path) -> list[dict[str, str]]:
    with ruta.open(encoding="utf-8-sig", newline="") as archivo:
        return list(csv.DictReader(archivo))


def _cifra(texto: str) -> float | None:
    return round(float(texto), 2) if texto else None


def _texto(valor: Any) -> str:
    if isinstance(valor, date):
        return f"{valor:%d/%m/%Y}"
    return f"{valor:g}" if isinstance(valor, (int, float)) else valor or ""


__all__ = ["Publicaciones"]
