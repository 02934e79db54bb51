"""De una actividad y un tramo del año a sus once celdas: físico, financiero y brecha, como fórmulas vivas.

Las fórmulas llevan la marca FILA donde va el número de fila, y llaman a `Cifras` por el «N.º» de la actividad.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from pei_excel.actividades import Actividad, Familia, Tramo, tramos
from pei_excel.calculos import Cifra, Cumplimiento, Estado, cumplimiento, formula_cumplimiento, promedio
from pei_excel.escritura.evaluacion_bloques import Celda
from pei_excel.escritura.evaluacion_poi_encargo import nombre_de
from pei_excel.escritura.filas_armadas import FILA
from pei_excel.evaluacion import Medicion
from pei_excel.mensual import ACUMULATIVO, en_otra_hoja, formula_ejecutado_en, formula_programado_en
from pei_excel.periodos import MESES, Periodo
from pei_excel.semaforo import Perfil
from pei_excel.ubicacion import letra

#: Las columnas de un tramo, en orden: parte, clave, título y ancho. `fisico` y `financiero` llevan las mismas cinco.
FISICO, FINANCIERO = "fisico", "financiero"
_CINCO = ("programado", "ejecutado", "variacion", "porcentaje", "valoracion")
COLUMNAS_DE_TRAMO: tuple[tuple[str, str, str, float], ...] = (
    (FISICO, "programado", "Programado", 10), (FISICO, "ejecutado", "Ejecutado", 9.4),
    (FISICO, "variacion", "Variación", 9.4), (FISICO, "porcentaje", "%", 7), (FISICO, "valoracion", "Valoración", 12.5),
    (FINANCIERO, "programado", "Costo", 11.5), (FINANCIERO, "ejecutado", "Devengado", 11.5),
    (FINANCIERO, "variacion", "Variación", 11.5), (FINANCIERO, "porcentaje", "%", 7),
    (FINANCIERO, "valoracion", "Valoración", 12.5), ("", "brecha", "Brecha (puntos)", 8),
)
POR_TRAMO = len(COLUMNAS_DE_TRAMO)
BANDAS = {FISICO: ("Físico (en su unidad de medida)",), FINANCIERO: ("Financiero (S/.)",), "": ()}
_ORIGEN = {FISICO: ("programado", "ejecutado"), FINANCIERO: ("costo", "devengado")}


class Letras(NamedTuple):
    """Letras de las cinco columnas de una parte de un tramo."""

    programado: str
    ejecutado: str
    variacion: str
    porcentaje: str
    valoracion: str


def letras_de(parte: str, columna: int) -> Letras:
    """Las de una parte del tramo que empieza en `columna` (desde 1)."""
    inicio = columna + (0 if parte == FISICO else len(_CINCO))
    return Letras(*(letra(inicio + n) for n in range(len(_CINCO))))


def titulo_de(tramo: Tramo, periodo: Periodo) -> str:
    """«II Trimestre (abril–junio)», y si todavía no termina o no empieza, que así es."""
    titulo = tramo.titulo if tramo.familia != "anual" else f"Año {periodo.ejercicio}"
    if len(tramo.meses) > 1:
        titulo += f" ({MESES[tramo.meses[0] - 1]}–{MESES[tramo.meses[-1] - 1]})"
    if tramo.completo(periodo):
        return titulo
    return f"{titulo} · {'en curso, sin calificar' if tramo.empezo(periodo) else 'por vencer'}"


def tramos_de(familias: Iterable[Familia], periodo: Periodo) -> tuple[Tramo, ...]:
    """Los de varias familias, en orden."""
    return tuple(t for familia in familias for t in tramos(familia, periodo))


def variacion(medicion: Medicion) -> Cifra:
    """Ejecutado − programado; vacía si no hay nada que comparar o el tramo está por vencer."""
    if medicion.cumplimiento.estado is Estado.POR_VENCER:
        return None
    diferencia = medicion.diferencia
    return None if diferencia is None else -diferencia + 0.0


@lru_cache(4096)
def _formula_programado(medida: str, forma: str, desde: int, hasta: int) -> str:
    return formula_programado_en(forma, en_otra_hoja(nombre_de("cifras", medida), f"$A{FILA}"), desde, hasta)


@lru_cache(4096)
def _formula_ejecutado(parte: str, forma: str, desde: int, hasta: int) -> str:
    p, a = (en_otra_hoja(nombre_de("cifras", m), f"$A{FILA}") for m in _ORIGEN[parte])
    return formula_ejecutado_en(forma, p, a, desde, hasta)


@lru_cache(4096)
def _formulas_de_resultado(letras: Letras, por_vencer: bool, completo: bool, perfil: Perfil) -> tuple[str, str, str]:
    """Variación, % y valoración a partir de las celdas de programado y ejecutado."""
    p, a, _, pct, _ = (f"{x}{FILA}" for x in letras)
    del_pct = formula_cumplimiento("Ascendente", p, a)
    if por_vencer:
        del_pct = del_pct.replace(f'"{Estado.SIN_REPORTE}"', f'"{Estado.POR_VENCER}"')
    de_variacion = f'IF(OR(COUNT({p},{a})=0,{pct}="{Estado.POR_VENCER}"),"",N({a})-N({p}))'
    palabra = perfil.formula(pct) if completo else f'IF(ISNUMBER({pct}),"{Estado.REPORTADO}",{pct})'
    return de_variacion, del_pct, palabra


class CeldasDeTramo:
    """Las celdas de un tramo que empieza en una columna: las de cada actividad, el total y la media."""

    def __init__(
        self, tramo: Tramo, columna: int, actividades: Sequence[Actividad], periodo: Periodo, perfil: Perfil
    ) -> None:
        self.tramo = tramo
        self.actividades = actividades
        self.columna = columna  #: desde 1
        self.perfil = perfil
        self.completo = tramo.completo(periodo)
        self.desde, self.hasta = tramo.meses[0], min(tramo.meses[-1], periodo.mes)
        self.letras = {parte: letras_de(parte, columna) for parte in (FISICO, FINANCIERO)}
        self.mediciones = {
            FISICO: [a.fisico(tramo) for a in actividades], FINANCIERO: [a.financiero(tramo) for a in actividades],
        }

    def de_actividad(self, n: int) -> list[Celda]:
        """Once celdas de la actividad número `n`, en el orden de COLUMNAS_DE_TRAMO."""
        fisico, financiero = (self.mediciones[parte][n - 1] for parte in (FISICO, FINANCIERO))
        return [
            *self._parte(FISICO, self.actividades[n - 1].forma, fisico),
            *self._parte(FINANCIERO, ACUMULATIVO, financiero),
            self._brecha(fisico.porcentaje, financiero.porcentaje),
        ]

    def _parte(self, parte: str, forma: str, medicion: Medicion) -> list[Celda]:
        programado = _formula_programado(_ORIGEN[parte][0], forma, self.desde, self.tramo.meses[-1])
        ejecutado = _formula_ejecutado(parte, forma, self.desde, self.hasta) if self.desde <= self.hasta else '""'
        return [
            # Un mes que la acumulación no mide y un tramo que no empieza quedan en blanco.
            Celda(None if programado == '""' else programado, medicion.programado),
            Celda(None if ejecutado == '""' else ejecutado, medicion.alcanzado),
            *self._resultado(parte, medicion),
        ]

    def _resultado(self, parte: str, medicion: Medicion) -> list[Celda]:
        por_vencer = medicion.cumplimiento.estado is Estado.POR_VENCER
        uno, dos, tres = _formulas_de_resultado(self.letras[parte], por_vencer, self.completo, self.perfil)
        return [
            Celda(uno, variacion(medicion)), Celda(dos, medicion.cumplimiento.mostrado), Celda(tres, medicion.palabra),
        ]

    def _brecha(self, fisico: Cifra, financiero: Cifra) -> Celda:
        uno, otro = (f"{self.letras[parte].porcentaje}{FILA}" for parte in (FISICO, FINANCIERO))
        valor = None if fisico is None or financiero is None else financiero - fisico
        return Celda(f'IF(COUNT({uno},{otro})<2,"",{otro}-{uno})', valor)

    @cached_property
    def total(self) -> Medicion:
        """Lo financiero de todas: el dinero se suma."""
        partes = self.mediciones[FINANCIERO]
        p, a = (_sumar(m.programado for m in partes), _sumar(m.alcanzado for m in partes))
        resultado = cumplimiento("Ascendente", p, a)
        if resultado.estado is Estado.SIN_REPORTE and not any(
            m.cumplimiento.estado in {Estado.SIN_REPORTE, Estado.REPORTADO} for m in partes
        ):
            resultado = Cumplimiento(Estado.POR_VENCER)
        califica = resultado.porcentaje is not None and self.completo
        return Medicion(p, a, resultado, self.perfil.clasificar(resultado.porcentaje or 0.0) if califica else None)

    def celdas_del_total(self, filas: tuple[int, int]) -> list[Celda]:
        """La fila del total: nada en lo físico, que no se suma entre unidades de medida distintas."""
        medicion, letras = self.total, self.letras[FINANCIERO]
        sumas = [
            Celda(f'IF(COUNT({r})=0,"",SUM({r}))', valor)
            for r, valor in (
                (_rango(letras.programado, filas), medicion.programado),
                (_rango(letras.ejecutado, filas), medicion.alcanzado),
            )
        ]
        return [*[Celda(None, None)] * 5, *sumas, *self._resultado(FINANCIERO, medicion), Celda(None, None)]

    def celdas_de_la_media(self, filas: tuple[int, int]) -> list[list[Celda]]:
        """Tres filas: media del % topado a 100, cuántas actividades entran y cuántas quedan fuera."""
        medias: list[Celda] = [Celda(None, None)] * POR_TRAMO
        entran, fuera = list(medias), list(medias)
        valores: dict[str, Cifra] = {}
        for n, parte in ((3, FISICO), (8, FINANCIERO)):
            rango = _rango(self.letras[parte].porcentaje, filas)
            topados = self.topados(parte)
            valores[parte] = promedio(topados)
            medias[n] = Celda(formula_media_topada(rango), "–" if valores[parte] is None else valores[parte])
            entran[n] = Celda(formula_cuantas(rango), float(len(topados)))
            fuera[n] = Celda(f"ROWS({rango})-{formula_cuantas(rango)}", float(len(self.actividades) - len(topados)))
        medias[10] = self._brecha(valores[FISICO], valores[FINANCIERO])
        return [medias, entran, fuera]

    def topados(self, parte: str) -> list[float]:
        """Los % que entran a la media."""
        return [t for m in self.mediciones[parte] if (t := m.cumplimiento.topado) is not None]


def formula_cuantas(rango: str) -> str:
    """Cuántas celdas de % entran a la media: las que tienen número y las «Sin reporte», que cuentan 0."""
    return f'(COUNT({rango})+COUNTIF({rango},"{Estado.SIN_REPORTE}"))'


def formula_media_topada(rango: str) -> str:
    """Fórmula (sin «=») de la media de los % topados a 100; «–» si no entra ninguno."""
    suma = f'SUMIF({rango},"<=100")+100*COUNTIF({rango},">100")'
    return f'IF({formula_cuantas(rango)}=0,"–",({suma})/{formula_cuantas(rango)})'


def _rango(columna: str, filas: tuple[int, int]) -> str:
    return f"{columna}${filas[0]}:{columna}${filas[1]}"


def _sumar(cifras: Iterable[Cifra]) -> Cifra:
    llenas = [c for c in cifras if c is not None]
    return sum(llenas) if llenas else None
