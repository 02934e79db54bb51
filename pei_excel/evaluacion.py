"""Un informe leído → sus indicadores evaluados en los tres horizontes: trimestre, al periodo y anual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from pei_excel.calculos import (
    ACUMULACIONES,
    Cifra,
    Cumplimiento,
    Estado,
    acumulacion_que_explica,
    acumulado_coincide,
    acumular,
    cumplimiento,
    programa,
)
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.periodos import MIDE, TRIMESTRES, Periodo
from pei_excel.semaforo import Banda, Perfil
from pei_excel.tipos import ValorNivel

Horizonte = Literal["trimestre", "al_periodo", "anual"]
HORIZONTES: tuple[Horizonte, ...] = ("trimestre", "al_periodo", "anual")

#: Palabra con la que se muestra un indicador que la Frecuencia todavía no mide.
SE_MIDE_DESPUES = "Se mide después"


class Medicion(NamedTuple):
    """Comparación de lo programado con lo alcanzado en un horizonte."""

    programado: Cifra
    alcanzado: Cifra
    cumplimiento: Cumplimiento
    banda: Banda | None  #: None si no hay % o el horizonte todavía no se colorea

    @property
    def diferencia(self) -> Cifra:
        """Programado − alcanzado, como la columna oficial de Variación; vacía si no hay nada."""
        if self.programado is None and self.alcanzado is None:
            return None
        return (self.programado or 0) - (self.alcanzado or 0)

    @property
    def porcentaje(self) -> Cifra:
        """% de cumplimiento; None si no puede calcularse."""
        return self.cumplimiento.porcentaje

    @property
    def palabra(self) -> str:
        """Lo que dice el semáforo: la palabra de la banda o el estado."""
        return self.banda.palabra if self.banda else self.cumplimiento.estado.value


@dataclass(frozen=True)
class Indicador:
    """Un renglón de la MIR, evaluado."""

    fila: Fila
    nivel: ValorNivel | None
    sentido: str
    frecuencia: str | None
    acumulacion: str
    acumulacion_declarada: bool
    periodo: Periodo
    programado: tuple[Cifra, ...]  #: por trimestre
    alcanzado: tuple[Cifra, ...]  #: por trimestre; un 0 escrito después del periodo cuenta como vacío
    trimestre: Medicion
    al_periodo: Medicion
    anual: Medicion
    vencidos: tuple[int, ...] = field(default=())  #: trimestres medidos, programados y no posteriores al periodo

    @property
    def nombre(self) -> str:
        """Nombre del indicador."""
        return str(self.fila.valor("nombre") or "")

    @property
    def clase(self) -> str:
        """Fin, Propósito, Componente o Actividad; «Otro» si el Nivel no se reconoce."""
        return self.nivel.clase if self.nivel else "Otro"

    @property
    def etiqueta(self) -> str:
        """Cómo se nombra en los mensajes: «Actividad 2.1»."""
        return str(self.nivel) if self.nivel else str(self.fila.valor("nivel") or f"fila {self.fila.numero}")

    @property
    def medidos(self) -> tuple[int, ...]:
        """Trimestres que mide su Frecuencia; todos si no se conoce."""
        return MIDE.get(self.frecuencia or "", TRIMESTRES)

    @property
    def se_mide_despues(self) -> bool:
        """Su primera medición cae después del periodo."""
        return self.medidos[0] > self.periodo.trimestre

    @property
    def falta_informar(self) -> bool:
        """El trimestre que se reporta venció y no está informado: lo acumulado todavía no dice nada."""
        q = self.periodo.trimestre
        return q in self.vencidos and self.alcanzado[q - 1] is None

    @property
    def meta_anual(self) -> Cifra:
        """Programado acumulado del año, calculado por nosotros."""
        return self.anual.programado

    def medicion(self, horizonte: Horizonte) -> Medicion:
        """La medición de un horizonte."""
        medicion: Medicion = getattr(self, horizonte)
        return medicion

    def palabra(self, horizonte: Horizonte = "al_periodo") -> str:
        """Semáforo o estado, con la salvedad de lo que se mide después y de lo anual antes del cierre."""
        medicion = self.medicion(horizonte)
        if medicion.cumplimiento.estado is Estado.NO_PROGRAMADO and horizonte != "anual" and self.se_mide_despues:
            return SE_MIDE_DESPUES
        return medicion.palabra

    def dato(self, medida: str, trimestre: int) -> Dato:
        """Celda de una medida en un trimestre."""
        return self.fila[f"{medida}_t{trimestre}"]

    def datos(self, medida: str, hasta: int = 4) -> list[Dato]:
        """Celdas de una medida, del primer trimestre al dado."""
        return [self.dato(medida, n) for n in TRIMESTRES[:hasta]]


def cifras(fila: Fila, medida: str) -> tuple[Cifra, ...]:
    """Valores por trimestre de una medida; lo que no se pudo leer, vacío."""
    return tuple(fila.valor(f"{medida}_t{n}") for n in TRIMESTRES)


def forma_de_acumular(fila: Fila) -> tuple[str, bool]:
    """Acumulación de una fila y si viene declarada.

    Sin declarar es la suma, salvo que el Acumulado programado la contradiga y otra lo explique.
    """
    declarada = fila.valor("acumulacion")
    if declarada in ACUMULACIONES:
        return declarada, True
    programado = cifras(fila, "programado")
    dato = fila["programado_acumulado"]
    if dato.valor is None or isinstance(dato.valor, str) or acumulado_coincide("Suma", programado, dato.valor):
        return "Suma", False
    return acumulacion_que_explica(programado, dato.valor) or "Suma", False


def evaluar_indicador(fila: Fila, periodo: Periodo, perfil: Perfil) -> Indicador:
    """Evalúa un renglón de la MIR al periodo dado con un perfil de semáforo."""
    q = periodo.trimestre
    nivel = fila.valor("nivel")
    sentido = str(fila.valor("sentido") or "Ascendente")
    frecuencia = fila.valor("frecuencia")
    forma, declarada = forma_de_acumular(fila)
    programado = cifras(fila, "programado")
    alcanzado = tuple(a if n <= q else (a or None) for n, a in zip(TRIMESTRES, cifras(fila, "alcanzado"), strict=True))
    medidos = MIDE.get(str(frecuencia), TRIMESTRES)
    vencidos = tuple(n for n in TRIMESTRES[:q] if n in medidos and programa(sentido, programado[n - 1]))

    def medir(p: Sequence[Cifra], a: Sequence[Cifra], *, colorear: bool = True, vence: bool) -> Medicion:
        pp, aa = acumular(forma, p), acumular(forma, a)
        resultado = cumplimiento(sentido, pp, aa)
        if resultado.estado is Estado.SIN_REPORTE and not vence:
            resultado = Cumplimiento(Estado.POR_VENCER)
        banda = perfil.clasificar(resultado.porcentaje) if colorear and resultado.porcentaje is not None else None
        return Medicion(pp, aa, resultado, banda)

    return Indicador(
        fila=fila,
        nivel=nivel if isinstance(nivel, ValorNivel) else None,
        sentido=sentido,
        frecuencia=frecuencia if isinstance(frecuencia, str) else None,
        acumulacion=forma,
        acumulacion_declarada=declarada,
        periodo=periodo,
        programado=programado,
        alcanzado=alcanzado,
        trimestre=medir(programado[q - 1 : q], alcanzado[q - 1 : q], vence=q in vencidos),
        al_periodo=medir(programado[:q], alcanzado[:q], vence=bool(vencidos)),
        anual=medir(
            programado, alcanzado[:q], colorear=periodo.cierra_el_ejercicio,
            vence=periodo.cierra_el_ejercicio and bool(vencidos),
        ),
        vencidos=vencidos,
    )


def filas_corridas(libro: Libro, hoja: str) -> set[int]:
    """Índices de las filas de una hoja que FMT015 sacó: no tienen valor."""
    return {i.llaves[0][1] for i in libro.incidentes if i.clase == "FMT015" and i.llaves and i.llaves[0][0] == hoja}


def evaluar(libro: Libro, periodo: Periodo, perfil: Perfil, hoja: str = "MIR") -> list[Indicador]:
    """Los indicadores de un informe, en el orden del archivo; las filas corridas (FMT015) no se evalúan."""
    corridas = filas_corridas(libro, hoja)
    return [evaluar_indicador(fila, periodo, perfil) for fila in libro.filas(hoja) if fila.indice not in corridas]
