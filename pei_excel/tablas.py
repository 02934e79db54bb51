"""Las tablas del consolidado como valores: renglones (un indicador de un informe) y grupos que los suman."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from pei_excel.calculos import Cifra, Estado, promedio
from pei_excel.evaluacion import SE_MIDE_DESPUES, Indicador
from pei_excel.hallazgo import Hallazgo
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.semaforo import Perfil

#: Niveles que se promedian, siempre por separado; Fin y Propósito se listan y no se promedian.
PROMEDIADOS = ("Componente", "Actividad")
CLASES = ("Fin", "Propósito", "Componente", "Actividad")


def palabras(perfil: Perfil) -> tuple[str, ...]:
    """Todo lo que puede decir el semáforo al periodo, en el orden en que se muestra."""
    bandas = [b.palabra for color in ("verde", "amarillo", "rojo", "morado") for b in perfil.bandas if b.color == color]
    estados = (Estado.SIN_REPORTE, Estado.NO_PROGRAMADO, Estado.SIN_PROGRAMACION, Estado.POR_VENCER)
    return (*bandas, *(e.value for e in estados), SE_MIDE_DESPUES)


@dataclass(frozen=True, slots=True)
class Renglon:
    """Un indicador de un informe consolidado."""

    libro: Libro
    indicador: Indicador
    observado: bool  #: su informe tiene ERRORes: la cifra es la nuestra y va marcada
    causa: str | None = None  #: la que dio la unidad en Justificaciones
    medida: str | None = None

    @property
    def palabra(self) -> str:
        """Semáforo o estado al periodo."""
        return self.indicador.palabra("al_periodo")

    @property
    def topado(self) -> Cifra:
        """% al periodo que entra a los promedios (máximo 100; sin reporte, 0); None queda fuera."""
        return self.indicador.al_periodo.cumplimiento.topado

    @property
    def atencion(self) -> bool:
        """Queda debajo del verde o sin reporte al periodo."""
        banda = self.indicador.al_periodo.banda
        return (banda is not None and banda.color in {"rojo", "amarillo"}) or (
            self.indicador.al_periodo.cumplimiento.estado is Estado.SIN_REPORTE
        )

    @property
    def por_explicar(self) -> bool:
        """Requiere atención o rebasa el límite del semáforo."""
        banda = self.indicador.al_periodo.banda
        return self.atencion or (banda is not None and banda.color == "morado")

    @property
    def ejes(self) -> tuple[str, ...]:
        """Ejes del plan a los que se vincula su informe."""
        valor = self.libro.campo("eje").valor
        return valor if isinstance(valor, tuple) else ()


@dataclass(slots=True)
class Grupo:
    """Renglones que se resumen juntos: un programa, una unidad, un eje, un nivel o la institución."""

    clave: str
    nombre: str
    renglones: tuple[int, ...]  #: posiciones en `Tablas.renglones`: de ellas sale cada total
    conteos: dict[str, int] = field(default_factory=dict)  #: palabra del semáforo → cuántos
    medias: dict[str, Cifra] = field(default_factory=dict)  #: Componente / Actividad → media topada, en %
    cuantos: dict[str, int] = field(default_factory=dict)  #: Componente / Actividad → cuántos entran a la media

    @property
    def total(self) -> int:
        """Indicadores del grupo."""
        return len(self.renglones)


@dataclass(slots=True)
class Cobertura:
    """Qué informes se consideraron."""

    leidos: int  #: informes hallados, sin contar los sustituidos
    consolidados: int
    esperados: int | None = None  #: los del catálogo, si lo hay
    excluidos: tuple[tuple[str, str], ...] = ()  #: (quién o qué archivo, por qué)

    @property
    def frase(self) -> str:
        """«12 de 14 informes; excluidos: …»."""
        de = self.esperados if self.esperados is not None else self.leidos
        texto = f"{self.consolidados} de {de} {'informe' if de == 1 else 'informes'}"
        if self.excluidos:
            texto += "; excluidos: " + ", ".join(f"{quien} ({motivo})" for quien, motivo in self.excluidos)
        return texto


@dataclass(slots=True)
class Tablas:
    """El consolidado de un formato."""

    periodo: Periodo
    corte: date  #: fecha que se muestra
    perfil: Perfil
    renglones: tuple[Renglon, ...]
    institucion: Grupo
    por_programa: tuple[Grupo, ...]
    por_unidad: tuple[Grupo, ...]
    por_eje: tuple[Grupo, ...]
    por_nivel: tuple[Grupo, ...]
    cobertura: Cobertura
    hallazgos: tuple[Hallazgo, ...] = ()  #: todos: de libros y de carpeta
    preliminar: bool = True

    @property
    def palabras(self) -> tuple[str, ...]:
        """Columnas de conteo: las palabras del semáforo."""
        return palabras(self.perfil)

    def de(self, grupo: Grupo) -> list[Renglon]:
        """Renglones de un grupo."""
        return [self.renglones[n] for n in grupo.renglones]


def resumir(clave: str, nombre: str, posiciones: Sequence[int], renglones: Sequence[Renglon]) -> Grupo:
    """Un grupo con sus conteos y medias, calculados de sus renglones (nunca media de medias)."""
    grupo = Grupo(clave, nombre, tuple(posiciones))
    for n in posiciones:
        palabra = renglones[n].palabra
        grupo.conteos[palabra] = grupo.conteos.get(palabra, 0) + 1
    for clase in PROMEDIADOS:
        topados = [
            t for n in posiciones if renglones[n].indicador.clase == clase and (t := renglones[n].topado) is not None
        ]
        grupo.medias[clase] = promedio(topados)
        grupo.cuantos[clase] = len(topados)
    return grupo
