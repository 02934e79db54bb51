"""De un indicador evaluado a sus celdas: lo oficial que se calcula y nuestros tres horizontes, como fórmulas vivas."""

from __future__ import annotations

from functools import lru_cache
from math import isnan, nan
from typing import Any, NamedTuple

from pei_excel.calculos import (
    Acumulado,
    Cifra,
    Diferencia,
    Estado,
    acumular,
    formula_acumular,
    formula_cumplimiento,
)
from pei_excel.crudo import ErrorExcel
from pei_excel.evaluacion import HORIZONTES, SE_MIDE_DESPUES, Horizonte, Indicador
from pei_excel.formato import Columna, Hoja
from pei_excel.libro import Dato, Fila
from pei_excel.periodos import MESES, TRIMESTRES, Periodo
from pei_excel.semaforo import Perfil
from pei_excel.tipos import Numero, Texto
from pei_excel.ubicacion import letra

#: Columnas de cada horizonte, en orden: clave, título y ancho. Juntas miden poco menos que la hoja oficial: así el
#: corte de página cae justo antes de ellas.
_DE_HORIZONTE = (
    ("programado", "Programado", 11.0),
    ("alcanzado", "Alcanzado", 11.0),
    ("diferencia", "Diferencia", 11.0),
    ("porcentaje", "% de cumplimiento", 14.5),
    ("semaforo", "Semáforo", 17.0),
)
POR_HORIZONTE = len(_DE_HORIZONTE)
APOYO = ("Apoyo (no se imprime)",)

#: Lo que dice el semáforo de una fila que no se evaluó porque sus datos están corridos.
SIN_EVALUAR = "Sin evaluar"


#: Las diferencias no consultan nada fuera de su fila.
_SIN_ENTORNO: Any = None


#: Las mismas fórmulas se repiten en cada libro: el renglón 14 de una unidad es el renglón 14 de todas.
_formula_acumular = lru_cache(4096)(formula_acumular)
_formula_cumplimiento = lru_cache(4096)(formula_cumplimiento)


@lru_cache(4096)
def _formula_diferencia(minuendo: str, sustraendo: str) -> str:
    return Diferencia("p", "a").excel({"p": minuendo, "a": sustraendo}.__getitem__, _SIN_ENTORNO)


@lru_cache(4096)
def _formula_semaforo(perfil: Perfil, celda: str) -> str:
    return perfil.formula(celda)


class Celda(NamedTuple):
    """Una celda calculada; sin fórmula, es un valor fijo porque la fórmula no daría la cifra nuestra."""

    formula: str | None  #: sin «=»
    valor: Cifra | str


@lru_cache(maxsize=32)
def columnas_de_evaluacion(periodo: Periodo) -> tuple[Columna, ...]:
    """Las columnas que agregamos a la hoja oficial: cinco por horizonte y dos de apoyo."""
    fin = periodo.trimestre * 3
    bandas = {
        "trimestre": f"Trimestre ({MESES[fin - 3]}–{MESES[fin - 1]})",
        "al_periodo": f"Al periodo (enero–{MESES[fin - 1]})",
        "anual": "Anual (meta del año)",
    }
    columnas = [
        Columna(
            clave=f"{horizonte}_{clave}", titulo=titulo, banda=(bandas[horizonte],), ancho=ancho,
            tipo=Texto() if clave == "semaforo" else Numero(),
        )
        for horizonte in HORIZONTES
        for clave, titulo, ancho in _DE_HORIZONTE
    ]
    columnas += [
        Columna(clave="clase", titulo="Nivel leído", banda=APOYO, ancho=12, tipo=Texto(), auxiliar=True),
        Columna(clave="topado", titulo="% que se promedia (máximo 100)", banda=APOYO, ancho=13, tipo=Numero(),
                auxiliar=True),
    ]
    return tuple(columnas)


def numero_visto(dato: Dato) -> float | None:
    """El número que una fórmula encontraría en la celda; NaN si no puede asegurarse."""
    crudo = dato.crudo
    if crudo is None or (isinstance(crudo, str) and not isinstance(crudo, ErrorExcel)):
        return None
    return nan if isinstance(crudo, bool) or not isinstance(crudo, (int, float)) else float(crudo)


def _acumulado(forma: str, vistas: tuple[Cifra, ...], rango: str, esperado: Cifra) -> Celda:
    """Fórmula del acumulado de un rango, si sobre lo que hay en las celdas da la cifra esperada."""
    if any(v is not None and isnan(v) for v in vistas) or acumular(forma, vistas) != esperado:
        return Celda(None, esperado)
    return Celda(_formula_acumular(forma, rango), esperado)


def _distinta(una: Any, otra: Any) -> bool:
    return bool(una != otra)  # NaN es distinto de todo


class CeldasDeFila:
    """Calcula las celdas de un indicador puesto en una fila de la hoja reconstruida."""

    def __init__(self, indicador: Indicador, hoja: Hoja, fila: int, primera_columna: int) -> None:
        self.indicador = indicador
        self.hoja = hoja
        self.fila = fila  #: de Excel
        self.primera = primera_columna  #: de nuestros bloques, desde 1
        datos: Fila = indicador.fila
        self._vistas: dict[str, tuple[Cifra, ...]] = {
            medida: tuple(numero_visto(datos[f"{medida}_t{n}"]) for n in TRIMESTRES)
            for medida in ("programado", "alcanzado")
        }

    def _rango(self, medida: str, desde: int, hasta: int) -> str:
        letras = self.hoja.disposicion.letra
        inicio, fin = f"{letras[f'{medida}_t{desde}']}{self.fila}", f"{letras[f'{medida}_t{hasta}']}{self.fila}"
        return inicio if desde == hasta else f"{inicio}:{fin}"

    def oficiales(self) -> dict[str, Celda]:
        """Las columnas oficiales que se calculan: acumulados y variaciones."""
        i = self.indicador
        vistos: dict[str, Any] = {}
        propios: dict[str, Any] = {}
        for medida, vistas in self._vistas.items():
            for n in TRIMESTRES:
                clave = f"{medida}_t{n}"
                vistos[clave], propios[clave] = vistas[n - 1], i.fila.valor(clave)
        celdas: dict[str, Celda] = {}
        for columna in self.hoja.columnas:
            if columna.auxiliar or columna.calculo is None:
                continue
            if isinstance(columna.calculo, Acumulado):
                celda = self._acumulado_oficial(str(columna.medida))
            elif isinstance(columna.calculo, Diferencia):
                celda = self._variacion(columna.calculo, vistos, propios)
            else:
                continue
            vistos[columna.clave] = propios[columna.clave] = celda.valor
            celdas[columna.clave] = celda
        return celdas

    def _acumulado_oficial(self, medida: str) -> Celda:
        """Sobre los cuatro trimestres; si un 0 escrito después del periodo estorba, hasta el último que cuenta."""
        i = self.indicador
        cifras = i.programado if medida == "programado" else i.alcanzado
        esperado = acumular(i.acumulacion, cifras)
        celda = Celda(None, esperado)
        for hasta in (4, max((n for n in TRIMESTRES if cifras[n - 1] is not None), default=i.periodo.trimestre)):
            celda = _acumulado(i.acumulacion, self._vistas[medida][:hasta], self._rango(medida, 1, hasta), esperado)
            if celda.formula:
                break
        return celda

    def _variacion(self, calculo: Diferencia, vistos: dict[str, Any], propios: dict[str, Any]) -> Celda:
        esperado = calculo.valor(propios, _SIN_ENTORNO)
        if _distinta(calculo.valor(vistos, _SIN_ENTORNO), esperado):
            return Celda(None, esperado)
        letras = self.hoja.disposicion.letra
        minuendo, sustraendo = f"{letras[calculo.minuendo]}{self.fila}", f"{letras[calculo.sustraendo]}{self.fila}"
        return Celda(_formula_diferencia(minuendo, sustraendo), esperado)

    def bloques(self, perfil: Perfil) -> list[Celda]:
        """Nuestras columnas: tres horizontes y las dos de apoyo."""
        i = self.indicador
        celdas: list[Celda] = []
        for n, horizonte in enumerate(HORIZONTES):
            celdas += self._horizonte(horizonte, self.primera + n * POR_HORIZONTE, perfil)
        pct = f"{letra(self.primera + POR_HORIZONTE + 3)}{self.fila}"
        celdas += [
            Celda(None, i.clase),
            Celda(formula_topado(pct), i.al_periodo.cumplimiento.topado),
        ]
        return celdas

    def _horizonte(self, horizonte: Horizonte, columna: int, perfil: Perfil) -> list[Celda]:
        i, q = self.indicador, self.indicador.periodo.trimestre
        medicion = i.medicion(horizonte)
        p, a, pct = (f"{letra(columna + n)}{self.fila}" for n in (0, 1, 3))
        desde = q if horizonte == "trimestre" else 1
        forma = "Suma" if horizonte == "trimestre" else i.acumulacion  # de una sola cifra, cualquiera da lo mismo
        meta = 4 if horizonte == "anual" else q
        palabra = i.palabra(horizonte)
        numero = medicion.porcentaje
        return [
            _acumulado(forma, self._vistas["programado"][desde - 1 : meta], self._rango("programado", desde, meta),
                       medicion.programado),
            _acumulado(forma, self._vistas["alcanzado"][desde - 1 : q], self._rango("alcanzado", desde, q),
                       medicion.alcanzado),
            Celda(_formula_diferencia(p, a), medicion.diferencia),
            Celda(_formula_porcentaje(i, horizonte, p, a), palabra if numero is None else numero),
            Celda(
                _formula_semaforo(perfil, pct) if i.periodo.cierra_el_ejercicio or horizonte != "anual"
                else f'IF(ISNUMBER({pct}),"{Estado.REPORTADO}",{pct})',
                palabra,
            ),
        ]


def _formula_porcentaje(i: Indicador, horizonte: Horizonte, programado: str, alcanzado: str) -> str:
    """La de `formula_cumplimiento`, con la palabra que toca cuando el plazo o la medición todavía no llegan."""
    formula = _formula_cumplimiento(i.sentido, programado, alcanzado)
    if i.medicion(horizonte).cumplimiento.estado is Estado.POR_VENCER:
        formula = formula.replace(f'"{Estado.SIN_REPORTE}"', f'"{Estado.POR_VENCER}"')
    if i.palabra(horizonte) == SE_MIDE_DESPUES:
        formula = formula.replace(f'"{Estado.NO_PROGRAMADO}"', f'"{SE_MIDE_DESPUES}"')
    return formula


def formula_topado(celda: str) -> str:
    """Fórmula (sin «=») del % que entra a los promedios: no pasa de 100, sin reporte es 0 y lo demás queda fuera."""
    return f'IF(ISNUMBER({celda}),MIN(100,{celda}),IF({celda}="{Estado.SIN_REPORTE}",0,""))'
