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
ANCHO_DE_VALORACION = 12.5
_CINCO = ("programado", "ejecutado", "variacion", "porcentaje", "valoracion")
COLUMNAS_DE_TRAMO: tuple[tuple[str, str, str, float], ...] = (
    (FISICO, "programado", "Programado", 10), (FISICO, "ejecutado", "Ejecutado", 9.4),
    (FISICO, "variacion", "Variación", 9.4), (FISICO, "porcentaje", "%", 7),
    (FISICO, "valoracion", "Valoración", ANCHO_DE_VALORACION),
    (FINANCIERO, "programado", "Costo", 11.5), (FINANCIERO, "ejecutado", "Devengado", 11.5),
    (FINANCIERO, "variacion", "Variación", 11.5), (FINANCIERO, "porcentaje", "%", 7),
    (FINANCIERO, "valoracion", "Valoración", ANCHO_DE_VALORACION), ("", "brecha", "Brecha (puntos)", 8),
)
POR_TRAMO = len(COLUMNAS_DE_TRAMO)
#: Lo que cabe, en negritas, en la columna de la valoración.
ANCHO_DE_PALABRA = ANCHO_DE_VALORACION / 1.07
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
    """Ejecutado − programado; vacía si no hay nada que comparar, no se pudo leer o el tramo está por vencer."""
    if medicion.cumplimiento.estado in {Estado.POR_VENCER, Estado.SIN_LEER}:
        return None
    diferencia = medicion.diferencia
    return None if diferencia is None else -diferencia + 0.0


@lru_cache(4096)
def formula_programado(medida: str, forma: str, desde: int, hasta: int) -> str:
    """Lo programado de un mes a otro, según `Cifras`."""
    return formula_programado_en(forma, en_otra_hoja(nombre_de("cifras", medida), f"$A{FILA}"), desde, hasta)


@lru_cache(4096)
def _formula_ejecutado(parte: str, forma: str, desde: int, hasta: int) -> str:
    p, a = (en_otra_hoja(nombre_de("cifras", m), f"$A{FILA}") for m in _ORIGEN[parte])
    return formula_ejecutado_en(forma, p, a, desde, hasta)


@lru_cache(4096)
def _formulas_de_resultado(
    letras: Letras, estado: Estado, completo: bool, perfil: Perfil, comparados: tuple[str, str] | None = None
) -> tuple[str, str, str]:
    """Variación, % y valoración a partir de las celdas de programado y ejecutado, o de lo que de ellas se compara."""
    p, a, _, pct, _ = (f"{x}{FILA}" for x in letras)
    palabra = perfil.formula(pct) if completo else f'IF(ISNUMBER({pct}),"{Estado.REPORTADO}",{pct})'
    if estado is Estado.SIN_LEER:
        return '""', f'"{Estado.SIN_LEER}"', palabra
    p, a = comparados or (p, a)
    del_pct = formula_cumplimiento("Ascendente", p, a)
    if estado is Estado.POR_VENCER:
        del_pct = del_pct.replace(f'"{Estado.SIN_REPORTE}"', f'"{Estado.POR_VENCER}"')
    de_variacion = f'IF(OR(COUNT({p},{a})=0,{pct}="{Estado.POR_VENCER}"),"",N({a})-N({p}))'
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
        self._formulas: dict[tuple[str, Estado, Estado], tuple[str | None, ...]] = {}

    def formulas(self, n: int) -> tuple[str | None, ...]:
        """Las once de la actividad número `n`, en el orden de COLUMNAS_DE_TRAMO; None donde queda en blanco.

        Sólo dependen de su acumulación y de sus estados: son la misma tupla en muchas actividades.
        """
        fisico, financiero = (partes[n - 1].cumplimiento.estado for partes in self.mediciones.values())
        llave = (self.actividades[n - 1].forma, fisico, financiero)
        hechas = self._formulas.get(llave)
        if hechas is None:
            de_lo_fisico = self._parte(FISICO, llave[0], fisico)
            hechas = (*de_lo_fisico, *self._parte(FINANCIERO, ACUMULATIVO, financiero), self._de_brecha)
            self._formulas[llave] = hechas
        return hechas

    def valores(self, n: int) -> tuple[Cifra | str, ...]:
        """Lo que dan las fórmulas de la actividad número `n`."""
        fisico, financiero = (partes[n - 1] for partes in self.mediciones.values())
        return (
            fisico.programado, fisico.alcanzado, *_resultado(fisico),
            financiero.programado, financiero.alcanzado, *_resultado(financiero),
            _brecha(fisico.porcentaje, financiero.porcentaje),
        )

    def _parte(self, parte: str, forma: str, estado: Estado) -> tuple[str | None, ...]:
        programado = formula_programado(_ORIGEN[parte][0], forma, self.desde, self.tramo.meses[-1])
        ejecutado = _formula_ejecutado(parte, forma, self.desde, self.hasta) if self.desde <= self.hasta else '""'
        # Un mes que la acumulación no mide y un tramo que no empieza quedan en blanco.
        return *(None if f == '""' else f for f in (programado, ejecutado)), *self._de_resultado(parte, estado)

    def _de_resultado(
        self, parte: str, estado: Estado, comparados: tuple[str, str] | None = None
    ) -> tuple[str, str, str]:
        return _formulas_de_resultado(self.letras[parte], estado, self.completo, self.perfil, comparados)

    @cached_property
    def _de_brecha(self) -> str:
        uno, otro = (f"{self.letras[parte].porcentaje}{FILA}" for parte in (FISICO, FINANCIERO))
        return f'IF(COUNT({uno},{otro})<2,"",{otro}-{uno})'

    @cached_property
    def fuera(self) -> list[Medicion]:
        """Lo financiero de las actividades cuyo costo o devengado no se pudo leer: se suma y no entra al %."""
        return [m for m in self.mediciones[FINANCIERO] if m.cumplimiento.estado is Estado.SIN_LEER]

    @cached_property
    def comparado(self) -> Medicion:
        """Lo financiero de las que se leyeron por los dos lados: de ello es el % del total."""
        partes = [m for m in self.mediciones[FINANCIERO] if m.cumplimiento.estado is not Estado.SIN_LEER]
        p, a = (_sumar(m.programado for m in partes), _sumar(m.alcanzado for m in partes))
        if self.fuera and not partes:
            return Medicion(p, a, Cumplimiento(Estado.SIN_LEER), None)
        resultado = cumplimiento("Ascendente", p, a)
        if resultado.estado is Estado.SIN_REPORTE and not any(
            m.cumplimiento.estado in {Estado.SIN_REPORTE, Estado.REPORTADO} for m in partes
        ):
            resultado = Cumplimiento(Estado.POR_VENCER)
        califica = resultado.porcentaje is not None and self.completo
        return Medicion(p, a, resultado, self.perfil.clasificar(resultado.porcentaje or 0.0) if califica else None)

    @cached_property
    def total(self) -> tuple[Cifra, Cifra]:
        """Costo y devengado de todas: el dinero se suma, también el que no entra al %."""
        partes = self.mediciones[FINANCIERO]
        return _sumar(m.programado for m in partes), _sumar(m.alcanzado for m in partes)

    def celdas_del_total(self, filas: tuple[int, int]) -> list[Celda]:
        """La fila del total: nada en lo físico, que no se suma entre unidades de medida distintas."""
        letras = self.letras[FINANCIERO]
        rangos = [_rango(x, filas) for x in (letras.programado, letras.ejecutado)]
        sumas = [
            Celda(f'IF(COUNT({r})=0,"",SUM({r}))', valor) for r, valor in zip(rangos, self.total, strict=True)
        ]
        comparados = None
        if self.fuera:
            pct = _rango(letras.porcentaje, filas)
            uno, otro = (
                f'IF(SUMPRODUCT(ISNUMBER({r})*({pct}<>"{Estado.SIN_LEER}"))=0,"",{formula_fuera(r, pct, entra=True)})'
                for r in rangos
            )
            comparados = uno, otro
        formulas = self._de_resultado(FINANCIERO, self.comparado.cumplimiento.estado, comparados)
        resultado = map(Celda, formulas, _resultado(self.comparado))
        return [*[Celda(None, None)] * 5, *sumas, *resultado, Celda(None, None)]

    @cached_property
    def brecha(self) -> Cifra:
        """Brecha de la unidad: % financiero del total − media física, en puntos."""
        return _brecha(promedio(self.topados(FISICO)), self.comparado.porcentaje)

    def celdas_de_la_media(self, filas: tuple[int, int]) -> list[list[Celda]]:
        """Tres filas, debajo de la del total: media del % topado a 100, cuántas actividades entran y cuántas no.

        En la primera va también la brecha de la unidad, que es contra el % del total.
        """
        medias: list[Celda] = [Celda(None, None)] * POR_TRAMO
        entran, fuera = list(medias), list(medias)
        for n, parte in ((3, FISICO), (8, FINANCIERO)):
            rango = _rango(self.letras[parte].porcentaje, filas)
            topados = self.topados(parte)
            media = promedio(topados)
            medias[n] = Celda(formula_media_topada(rango), "–" if media is None else media)
            entran[n] = Celda(formula_cuantas(rango), float(len(topados)))
            fuera[n] = Celda(f"ROWS({rango})-{formula_cuantas(rango)}", float(len(self.actividades) - len(topados)))
        fisico = f"{self.letras[FISICO].porcentaje}{FILA}"
        financiero = f"{self.letras[FINANCIERO].porcentaje}{filas[1] + 1}"
        medias[10] = Celda(f'IF(COUNT({fisico},{financiero})<2,"",{financiero}-{fisico})', self.brecha)
        return [medias, entran, fuera]

    def topados(self, parte: str) -> list[float]:
        """Los % que entran a la media."""
        return [t for m in self.mediciones[parte] if (t := m.cumplimiento.topado) is not None]


def _resultado(medicion: Medicion) -> tuple[Cifra, float | str, str]:
    """Variación, % y valoración."""
    return variacion(medicion), medicion.cumplimiento.mostrado, medicion.palabra


def _brecha(fisico: Cifra, financiero: Cifra) -> Cifra:
    return None if fisico is None or financiero is None else financiero - fisico


def formula_cuantas(rango: str) -> str:
    """Cuántas celdas de % entran a la media: las que tienen número y las «Sin reporte», que cuentan 0."""
    return f'(COUNT({rango})+COUNTIF({rango},"{Estado.SIN_REPORTE}"))'


def formula_media_topada(rango: str) -> str:
    """Fórmula (sin «=») de la media de los % topados a 100; «–» si no entra ninguno."""
    suma = f'SUMIF({rango},"<=100")+100*COUNTIF({rango},">100")'
    return f'IF({formula_cuantas(rango)}=0,"–",({suma})/{formula_cuantas(rango)})'


def formula_fuera(rango: str, pct: str, *, entra: bool = False) -> str:
    """Suma de lo que no entra al % (o de lo que `entra`): las celdas de un rango según lo que dice su %."""
    return f'SUMIFS({rango},{pct},"{"<>" if entra else ""}{Estado.SIN_LEER}")'


def _rango(columna: str, filas: tuple[int, int]) -> str:
    return f"{columna}${filas[0]}:{columna}${filas[1]}"


def _sumar(cifras: Iterable[Cifra]) -> Cifra:
    llenas = [c for c in cifras if c is not None]
    return sum(llenas) if llenas else None
