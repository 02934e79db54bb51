"""Las tablas del consolidado como valores: renglones (un indicador o una actividad) y grupos que los suman."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from pei_excel.actividades import Actividad, SinUbicar, sin_ubicar
from pei_excel.calculos import Cifra, Estado, acumular, promedio
from pei_excel.definitivo import DEFINITIVO, PRELIMINAR, Definitivo
from pei_excel.evaluacion import SE_MIDE_DESPUES, Indicador, Medicion
from pei_excel.hallazgo import Hallazgo
from pei_excel.libro import Dato, Libro
from pei_excel.periodos import Periodo
from pei_excel.semaforo import Perfil
from pei_excel.textos import normalizar

if TYPE_CHECKING:
    from pei_excel.decisiones import Decidida

#: Niveles de la MIR que se promedian, siempre por separado; Fin y Propósito se listan y no se promedian.
PROMEDIADOS = ("Componente", "Actividad")
CLASES = ("Fin", "Propósito", "Componente", "Actividad")

#: Lo que se promedia de cada formato.
PROMEDIADOS_DE: Mapping[str, tuple[str, ...]] = {"MIR": PROMEDIADOS, "POI": ("Actividad",)}


class Agrupacion(NamedTuple):
    """Una manera de agrupar los renglones: la hoja del consolidado que la muestra."""

    clave: str  #: «programa»
    hoja: str  #: «Por programa»
    titulo: str  #: «Programa Presupuestario»
    reparte: bool = True  #: cada renglón está en un solo grupo: sus grupos suman el total


AGRUPACIONES: Mapping[str, tuple[Agrupacion, ...]] = {
    "MIR": (
        Agrupacion("programa", "Por programa", "Programa Presupuestario"),
        Agrupacion("unidad", "Por unidad", "Unidad Responsable"),
        Agrupacion("eje", "Por eje", "Eje del Plan Municipal de Desarrollo", reparte=False),
        Agrupacion("nivel", "Por nivel", "Nivel de la MIR"),
    ),
    "POI": (
        Agrupacion("oei", "Por OEI", "Objetivo estratégico institucional"),
        Agrupacion("aei", "Por AEI", "Acción estratégica institucional"),
        Agrupacion("unidad", "Por unidad", "Unidad orgánica"),
        Agrupacion("gerencia", "Por gerencia", "Gerencia"),
    ),
}


def palabras(perfil: Perfil, formato: str = "MIR") -> tuple[str, ...]:
    """Todo lo que puede decir el semáforo al periodo, en el orden en que se muestra."""
    bandas = [b.palabra for color in ("verde", "amarillo", "rojo", "morado") for b in perfil.bandas if b.color == color]
    estados = (Estado.SIN_REPORTE, Estado.NO_PROGRAMADO, Estado.SIN_PROGRAMACION, Estado.POR_VENCER)
    return (*bandas, *(e.value for e in estados), SE_MIDE_DESPUES if formato == "MIR" else Estado.SIN_LEER.value)


@dataclass(frozen=True, slots=True)
class Renglon:
    """Un indicador (MIR) o una actividad (POI) de un informe consolidado."""

    libro: Libro
    evaluado: Indicador | Actividad
    observado: bool  #: su informe tiene ERRORes: la cifra es la nuestra y va marcada
    causa: str | None = None  #: la que dio la unidad en Justificaciones, o los factores de Evaluación
    medida: str | None = None
    #: (hoja, celda) de las cifras suyas que la oficina resolvió que no procede corregir.
    resueltas: frozenset[tuple[str, str]] = frozenset()

    def resuelta(self, dato: Dato) -> bool:
        """De esa cifra la oficina resolvió que no procede corregirla."""
        return (dato.hoja, dato.celda) in self.resueltas

    @property
    def indicador(self) -> Indicador:
        """El de la MIR.

        Raises:
            TypeError: si el renglón es de un POI.
        """
        if isinstance(self.evaluado, Indicador):
            return self.evaluado
        raise TypeError("el renglón es de un POI")

    @property
    def actividad(self) -> Actividad:
        """La del POI.

        Raises:
            TypeError: si el renglón es de una MIR.
        """
        if isinstance(self.evaluado, Actividad):
            return self.evaluado
        raise TypeError("el renglón es de una MIR")

    @property
    def al_periodo(self) -> Medicion:
        """Lo que se muestra, se promedia y se califica: de enero al periodo (en el POI, lo físico)."""
        return self.evaluado.al_periodo

    @property
    def palabra(self) -> str:
        """Semáforo o estado al periodo."""
        return self.evaluado.palabra()

    @property
    def topado(self) -> Cifra:
        """% al periodo que entra a los promedios (máximo 100; sin reporte, 0); None queda fuera."""
        return self.al_periodo.cumplimiento.topado

    @property
    def atencion(self) -> bool:
        """Queda debajo del verde o sin reporte al periodo."""
        banda = self.al_periodo.banda
        return (banda is not None and banda.color in {"rojo", "amarillo"}) or (
            self.al_periodo.cumplimiento.estado is Estado.SIN_REPORTE
        )

    @property
    def por_explicar(self) -> bool:
        """Requiere atención o rebasa el límite del semáforo."""
        banda = self.al_periodo.banda
        return self.atencion or (banda is not None and banda.color == "morado")

    @property
    def ejes(self) -> tuple[str, ...]:
        """Ejes del plan a los que se vincula su informe."""
        valor = self.libro.campo("eje").valor
        return valor if isinstance(valor, tuple) else ()


@dataclass(slots=True)
class Grupo:
    """Renglones que se resumen juntos: un programa, una unidad, un objetivo… o la institución."""

    clave: str
    nombre: str
    renglones: tuple[int, ...]  #: posiciones en `Tablas.renglones`: de ellas sale cada total
    conteos: dict[str, int] = field(default_factory=dict)  #: palabra del semáforo → cuántos
    medias: dict[str, Cifra] = field(default_factory=dict)  #: Componente / Actividad → media topada, en %
    cuantos: dict[str, int] = field(default_factory=dict)  #: Componente / Actividad → cuántos entran a la media
    #: POI, en S/.: costo_anual, programado y devengado; y de los dos últimos, lo «comparado», que entra al %
    soles: dict[str, Cifra] = field(default_factory=dict)
    sin_comparar: int = 0  #: POI: actividades cuyo costo o devengado no se leyó: sus soles no entran al %
    fisico: tuple[str, Cifra, Cifra] | None = None  #: POI: (unidad de medida, programado, ejecutado) si es una sola

    @property
    def total(self) -> int:
        """Indicadores o actividades del grupo."""
        return len(self.renglones)

    @property
    def porcentaje_financiero(self) -> Cifra:
        """Devengado ÷ programado al periodo, en %, sólo de lo que se leyó por los dos lados; None sin programado."""
        programado = self.soles.get("programado_comparado")
        return (self.soles.get("devengado_comparado") or 0.0) / programado * 100 if programado else None

    @property
    def brecha(self) -> Cifra:
        """Brecha físico-financiera: % financiero − media física, en puntos; None si falta alguno."""
        financiero, fisico = self.porcentaje_financiero, self.medias.get("Actividad")
        return None if financiero is None or fisico is None else financiero - fisico

    def fuera(self, que: str) -> float:
        """Lo «programado» o «devengado» que no entra al %, en S/."""
        return (self.soles.get(que) or 0.0) - (self.soles.get(f"{que}_comparado") or 0.0) if self.sin_comparar else 0.0


#: Hasta cuántos excluidos se nombran donde no cabe una lista larga.
MUCHOS_EXCLUIDOS = 3


@dataclass(slots=True)
class Cobertura:
    """Qué informes se consideraron."""

    leidos: int  #: informes hallados, sin contar los sustituidos
    consolidados: int
    esperados: int | None = None  #: los del catálogo, si lo hay
    excluidos: tuple[tuple[str, str], ...] = ()  #: (quién o qué archivo, por qué)
    callados: int = 0  #: ERRORES que no se cuentan porque planeación decidió que no proceden
    #: (archivo sin reconocer, formato en cuya cobertura se cuenta) de una carpeta con varios formatos
    aparte: tuple[tuple[str, str], ...] = ()
    cierre: Definitivo | None = None  #: None mientras el periodo no se cierra

    @property
    def frase(self) -> str:
        """«12 de 14 informes; excluidos: …»; de un periodo cerrado, también cómo se cerró."""
        return self._con(self.excluidos)

    def breve(self, donde: str) -> str:
        """La frase; si los excluidos son muchos, sólo con los primeros y dónde se nombran los demás («abajo»)."""
        if len(self.excluidos) <= MUCHOS_EXCLUIDOS:
            return self.frase
        return self._con(self.excluidos[:MUCHOS_EXCLUIDOS], donde)

    def _con(self, nombrados: Sequence[tuple[str, str]], donde: str = "") -> str:
        de = self.esperados if self.esperados is not None else self.leidos
        texto = f"{self.consolidados} de {de} {'informe' if de == 1 else 'informes'}"
        if nombrados:
            texto += "; excluidos: " + ", ".join(f"{quien} ({motivo})" for quien, motivo in nombrados)
        if resto := len(self.excluidos) - len(nombrados):
            texto += f" y {resto} más, que se {'nombra' if resto == 1 else 'nombran'} {donde}"
        if self.aparte:
            texto += "; sin reconocer: " + ", ".join(f"{que} (se cuenta en {otro})" for que, otro in self.aparte)
        if self.callados:
            no_se = "error no se cuenta" if self.callados == 1 else "errores no se cuentan"
            texto += f"; {self.callados} {no_se} por decisión de planeación"
        return ". ".join((texto, *(self.cierre.frases if self.cierre else ())))


@dataclass(slots=True)
class Tablas:
    """El consolidado de un formato."""

    periodo: Periodo
    corte: date  #: fecha que se muestra
    perfil: Perfil
    renglones: tuple[Renglon, ...]
    institucion: Grupo
    grupos: dict[str, tuple[Grupo, ...]]  #: clave de la agrupación → sus grupos, por clave
    cobertura: Cobertura
    hallazgos: tuple[Hallazgo, ...] = ()  #: todos: de libros y de carpeta
    cierre: Definitivo | None = None  #: None: PRELIMINAR, hasta que el periodo se cierre
    formato: str = "MIR"
    decididas: tuple[Decidida, ...] = ()  #: decisiones que no están junto a un hallazgo
    libros: tuple[Libro, ...] = ()  #: los consolidados, en el orden de las salidas
    ponderado: bool = False  #: POI: la media pesa cada actividad por su costo anual

    @property
    def caracter(self) -> str:
        """PRELIMINAR o DEFINITIVO, como lo dicen los títulos."""
        return DEFINITIVO if self.cierre else PRELIMINAR

    def es_suyo(self, formato: str | None, archivo: str) -> bool:
        """Un archivo es de este formato, o no se reconoció y se cuenta en éste."""
        return formato == self.formato or (formato is None and archivo not in dict(self.cobertura.aparte))

    @property
    def palabras(self) -> tuple[str, ...]:
        """Columnas de conteo: las palabras del semáforo."""
        return palabras(self.perfil, self.formato)

    @property
    def agrupaciones(self) -> tuple[Agrupacion, ...]:
        """Cómo se agrupan sus renglones."""
        return AGRUPACIONES[self.formato]

    @property
    def por_programa(self) -> tuple[Grupo, ...]:
        """Los programas (MIR)."""
        return self.grupos["programa"]

    @property
    def por_unidad(self) -> tuple[Grupo, ...]:
        """Las unidades."""
        return self.grupos["unidad"]

    @property
    def por_eje(self) -> tuple[Grupo, ...]:
        """Los ejes del plan (MIR)."""
        return self.grupos["eje"]

    @property
    def sin_ubicar(self) -> tuple[SinUbicar, ...]:
        """Por informe (POI), las filas que no se pudieron ubicar por su código; sólo donde las hay."""
        if self.formato != "POI":
            return ()
        suyas: dict[int, list[Actividad]] = {}
        for renglon in self.renglones:
            suyas.setdefault(id(renglon.libro), []).append(renglon.actividad)
        todas = (sin_ubicar(libro, suyas.get(id(libro), ()), self.periodo) for libro in self.libros)
        return tuple(una for una in todas if una.filas)

    def de(self, grupo: Grupo) -> list[Renglon]:
        """Renglones de un grupo."""
        return [self.renglones[n] for n in grupo.renglones]


def resumir(
    clave: str, nombre: str, posiciones: Sequence[int], renglones: Sequence[Renglon], *, formato: str = "MIR",
    ponderado: bool = False,
) -> Grupo:
    """Un grupo con sus conteos, medias y sumas, calculados de sus renglones (nunca media de medias)."""
    grupo = Grupo(clave, nombre, tuple(posiciones))
    suyos = [renglones[n] for n in posiciones]
    for renglon in suyos:
        palabra = renglon.palabra
        grupo.conteos[palabra] = grupo.conteos.get(palabra, 0) + 1
    for clase in PROMEDIADOS_DE[formato]:
        entran = [r for r in suyos if r.evaluado.clase == clase and r.topado is not None]
        grupo.medias[clase] = _media_ponderada(entran) if ponderado else promedio([r.topado for r in entran])
        grupo.cuantos[clase] = len(entran)
    if formato == "POI":
        actividades = [r.actividad for r in suyos]
        comparadas = [a for a in actividades if not a.sin_comparar]
        grupo.sin_comparar = len(actividades) - len(comparadas)
        grupo.soles = {"costo_anual": acumular("Suma", [a.costo_anual for a in actividades])} | {
            f"{que}{cuales}": acumular("Suma", [getattr(a.financiero_al_periodo, cual) for a in suyas])
            for cuales, suyas in (("", actividades), ("_comparado", comparadas))
            for que, cual in (("programado", "programado"), ("devengado", "alcanzado"))
        }
        grupo.fisico = _fisico_de_una_medida(actividades)
    return grupo


def _media_ponderada(renglones: Sequence[Renglon]) -> Cifra:
    """Media del % topado, pesada por el costo anual; sin ningún costo, no hay media."""
    pesos = [(r.actividad.costo_anual or 0.0, r.topado or 0.0) for r in renglones]
    total = sum(peso for peso, _ in pesos)
    return sum(peso * topado for peso, topado in pesos) / total if total else None


def _fisico_de_una_medida(actividades: Sequence[Actividad]) -> tuple[str, Cifra, Cifra] | None:
    """Lo físico sólo se suma dentro de una misma unidad de medida."""
    medidas = {normalizar(a.unidad_medida): a.unidad_medida for a in actividades}
    if len(medidas) != 1 or "" in medidas:
        return None
    programado = acumular("Suma", [a.al_periodo.programado for a in actividades])
    ejecutado = acumular("Suma", [a.al_periodo.alcanzado for a in actividades])
    return next(iter(medidas.values())), programado, ejecutado
