"""Los cálculos de los formatos: cada uno sabe su valor en Python y su fórmula en Excel. Las cifras vacías son None."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from pei_excel.crudo import ErrorExcel

Cifra = float | None

#: Formas de acumular, en el orden en que se prueban cuando el libro no declara ninguna.
ACUMULACIONES = ("Suma", "Último", "Promedio", "Máximo", "Mínimo", "Constante")

#: Diferencia que todavía se considera igual (criterio de este programa).
TOLERANCIA = 0.01


def iguales(uno: Cifra, otro: Cifra, tolerancia: float = TOLERANCIA) -> bool:
    """Las dos cifras coinciden dentro de la tolerancia; vacía sólo es igual a vacía."""
    if uno is None or otro is None:
        return uno is otro
    return abs(uno - otro) <= tolerancia + 1e-9


def acumular(forma: str, cifras: Sequence[Cifra]) -> Cifra:
    """Acumulado de varias cifras; las vacías no cuentan y sin ninguna no hay acumulado.

    «Constante» con valores distintos da el último: el desacuerdo lo dice la regla, no el cálculo.

    Raises:
        KeyError: si la forma no es una de ACUMULACIONES.
    """
    llenas = [c for c in cifras if c is not None]
    if not llenas:
        return None
    funciones: dict[str, Callable[[list[float]], float]] = {
        "Suma": sum,
        "Último": lambda c: c[-1],
        "Promedio": lambda c: sum(c) / len(c),
        "Máximo": max,
        "Mínimo": min,
        "Constante": lambda c: c[-1],
    }
    return funciones[forma](llenas)


def acumulado_coincide(forma: str, cifras: Sequence[Cifra], acumulado: Cifra) -> bool:
    """El acumulado es el de esas cifras; «Constante» exige además que todas sean iguales."""
    llenas = [c for c in cifras if c is not None]
    if forma == "Constante" and any(not iguales(a, b) for a, b in pairwise(llenas)):
        return False
    esperado = acumular(forma, cifras)
    return iguales(esperado, acumulado) or (esperado in {None, 0} and acumulado in {None, 0})


def acumulacion_que_explica(cifras: Sequence[Cifra], acumulado: Cifra) -> str | None:
    """La primera forma de ACUMULACIONES que da ese acumulado, o None."""
    return next((forma for forma in ACUMULACIONES if acumulado_coincide(forma, cifras, acumulado)), None)


def formula_acumular(forma: str, rango: str) -> str:
    """Fórmula (sin «=») del acumulado de un rango de una fila; cadena vacía si no hay cifras."""
    ultimo = f"INDEX({rango},SUMPRODUCT(MAX(ISNUMBER({rango})*(COLUMN({rango})-MIN(COLUMN({rango}))+1))))"
    expresion = {
        "Suma": f"SUM({rango})",
        "Último": ultimo,
        "Promedio": f"AVERAGE({rango})",
        "Máximo": f"MAX({rango})",
        "Mínimo": f"MIN({rango})",
        "Constante": ultimo,
    }[forma]
    return f'IF(COUNT({rango})=0,"",{expresion})'


def formula_acumular_segun(celda_forma: str, rango: str) -> str:
    """Fórmula viva del acumulado: la forma se lee de una celda y, si está vacía, es la suma."""
    ultimo = f"INDEX({rango},SUMPRODUCT(MAX(ISNUMBER({rango})*(COLUMN({rango})-MIN(COLUMN({rango}))+1))))"
    return (
        f'IF(COUNT({rango})=0,"",IF(OR({celda_forma}="Último",{celda_forma}="Constante"),{ultimo},'
        f'IF({celda_forma}="Promedio",AVERAGE({rango}),IF({celda_forma}="Máximo",MAX({rango}),'
        f'IF({celda_forma}="Mínimo",MIN({rango}),SUM({rango}))))))'
    )


def programa(sentido: str, programado: Cifra) -> bool:
    """Hay algo programado: una cifra distinta de 0, o el 0 que es la meta de un indicador Descendente."""
    return programado is not None and (programado != 0 or sentido == "Descendente")


class Estado(StrEnum):
    """Situación de una cifra o de un cumplimiento; los cuatro primeros nunca se mezclan."""

    NO_PROGRAMADO = "No programado"
    POR_VENCER = "Por vencer"
    SIN_REPORTE = "Sin reporte"
    REPORTADO = "Reportado"
    SIN_PROGRAMACION = "Ejecución sin programación"


@dataclass(frozen=True, slots=True)
class Cumplimiento:
    """Resultado de comparar lo alcanzado con lo programado."""

    estado: Estado
    porcentaje: Cifra = None  #: 100 = meta cumplida; None fuera de promedios

    @property
    def topado(self) -> Cifra:
        """El porcentaje que entra a los promedios: no pasa de 100; sin reporte cuenta 0."""
        if self.estado is Estado.SIN_REPORTE:
            return 0.0
        return None if self.porcentaje is None else min(self.porcentaje, 100.0)

    @property
    def mostrado(self) -> float | str:
        """Lo que se escribe en la celda de %: el número, o el estado con palabras."""
        return self.porcentaje if self.porcentaje is not None else self.estado.value


def cumplimiento(sentido: str, programado: Cifra, alcanzado: Cifra) -> Cumplimiento:
    """% de cumplimiento de una meta según el Sentido Esperado (Ascendente, Descendente, Regular o Nominal).

    Programado vacío: no programado. Programado 0: una meta de cero si es Descendente; si no, no hay qué
    comparar. Alcanzado vacío con programado mayor que 0: sin reporte.
    """
    if programado is None:
        return Cumplimiento(Estado.NO_PROGRAMADO)
    if programado == 0:
        if sentido != "Descendente":
            return Cumplimiento(Estado.SIN_PROGRAMACION if alcanzado else Estado.NO_PROGRAMADO)
        if alcanzado is None:
            return Cumplimiento(Estado.SIN_REPORTE)
        return Cumplimiento(Estado.REPORTADO, 100.0 if alcanzado == 0 else 0.0)
    if alcanzado is None:
        return Cumplimiento(Estado.SIN_REPORTE)
    if sentido == "Descendente":
        return Cumplimiento(Estado.REPORTADO, 100.0 if alcanzado == 0 else programado / alcanzado * 100)
    if sentido in {"Regular", "Nominal"}:
        return Cumplimiento(Estado.REPORTADO, max(0.0, 100 - abs(alcanzado - programado) / programado * 100))
    return Cumplimiento(Estado.REPORTADO, alcanzado / programado * 100)


def formula_cumplimiento(sentido: str, programado: str, alcanzado: str) -> str:
    """La fórmula (sin «=») de `cumplimiento` sobre dos celdas; da el % o el estado con palabras."""
    p, a = programado, alcanzado
    if sentido == "Descendente":
        cero = f'IF({a}="","{Estado.SIN_REPORTE}",IF({a}=0,100,0))'
        positivo = f"IF({a}=0,100,{p}/{a}*100)"
    else:
        cero = f'IF(N({a})=0,"{Estado.NO_PROGRAMADO}","{Estado.SIN_PROGRAMACION}")'
        positivo = f"MAX(0,100-ABS({a}-{p})/{p}*100)" if sentido in {"Regular", "Nominal"} else f"{a}/{p}*100"
    return f'IF({p}="","{Estado.NO_PROGRAMADO}",IF({p}=0,{cero},IF({a}="","{Estado.SIN_REPORTE}",{positivo})))'


def promedio(cifras: Sequence[Cifra]) -> Cifra:
    """Media simple de las cifras que no están vacías; None si no hay ninguna."""
    return acumular("Promedio", cifras)


class Entorno(Protocol):
    """Lo que un cálculo puede consultar fuera de su fila, en Python y en Excel."""

    @property
    def trimestre(self) -> int:
        """Trimestre que se reporta; 0 si todavía no se elige."""
        ...

    @property
    def celda_trimestre(self) -> str:
        """Referencia (nombre definido) al número del trimestre que se reporta."""
        ...

    def buscar(self, hoja: str, llave: object) -> Mapping[str, object]:
        """Fila de otra hoja por su llave; vacía si no está."""
        ...

    def celda_buscada(self, hoja: str, columna: str, celda_llave: str) -> str:
        """Fórmula que trae una columna de otra hoja por la llave escrita en una celda («» si no está)."""
        ...

    def direccion(self, fila: Mapping[str, object], columna: str) -> str:
        """Dirección A1 de una columna en la fila dada."""
        ...

    def celda_tabla(self, tabla: str, celda_llave: str, columna: str) -> str:
        """Fórmula que consulta una tabla de `Listas` (por ejemplo, si una frecuencia mide un trimestre)."""
        ...


Fila = Mapping[str, object]
Celda = Callable[[str], str]


class Calculo(Protocol):
    """Un cálculo declarado en un formato: valor en Python y fórmula en Excel a partir de columnas de la misma fila."""

    @property
    def lee(self) -> tuple[str, ...]:
        """Claves de las columnas de la fila que lee."""
        ...

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        """Valor del cálculo con los datos de una fila (clave de columna → valor)."""
        ...

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        """Fórmula sin «=»; `celda` da la dirección de una columna en la fila."""
        ...


def cifra(valor: object) -> Cifra:
    """El valor si es un número; si no, vacío (como N() o COUNT() en Excel)."""
    return float(valor) if isinstance(valor, (int, float)) and not isinstance(valor, bool) else None


@dataclass(frozen=True, slots=True)
class Acumulado:
    """Acumulado de columnas contiguas según la columna de Acumulación de la fila (vacía: suma)."""

    partes: tuple[str, ...]
    forma: str = "acumulacion"

    @property
    def lee(self) -> tuple[str, ...]:
        return *self.partes, self.forma

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra:
        return acumular(_forma(fila, self.forma), [cifra(fila.get(parte)) for parte in self.partes])

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        return formula_acumular_segun(celda(self.forma), f"{celda(self.partes[0])}:{celda(self.partes[-1])}")


@dataclass(frozen=True, slots=True)
class AlPeriodo(Acumulado):
    """Acumulado de enero al trimestre que se reporta; vacío si todavía no se elige el trimestre."""

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra:
        hasta = self.partes[: entorno.trimestre]
        return acumular(_forma(fila, self.forma), [cifra(fila.get(parte)) for parte in hasta])

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        inicio, fin, q = celda(self.partes[0]), celda(self.partes[-1]), entorno.celda_trimestre
        viva = formula_acumular_segun(celda(self.forma), f"{inicio}:INDEX({inicio}:{fin},1,MAX(1,{q}))")
        return f'IF({q}=0,"",{viva})'


def _forma(fila: Fila, columna: str) -> str:
    forma = str(fila.get(columna) or ACUMULACIONES[0])
    return forma if forma in ACUMULACIONES else ACUMULACIONES[0]


@dataclass(frozen=True, slots=True)
class Diferencia:
    """Minuendo − sustraendo, con lo vacío como 0; vacía si las dos lo están.

    Fuente: Informe Trimestral 2024, columnas «Variación *» (programado − alcanzado, también en lo no informado).
    """

    minuendo: str
    sustraendo: str

    @property
    def lee(self) -> tuple[str, ...]:
        return self.minuendo, self.sustraendo

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra:
        uno, otro = cifra(fila.get(self.minuendo)), cifra(fila.get(self.sustraendo))
        return None if uno is None and otro is None else (uno or 0) - (otro or 0)

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        uno, otro = celda(self.minuendo), celda(self.sustraendo)
        return f'IF(COUNT({uno},{otro})=0,"",N({uno})-N({otro}))'


@dataclass(frozen=True, slots=True)
class Porcentaje:
    """% de cumplimiento de dos columnas según la columna de Sentido; con palabras cuando no hay número."""

    programado: str
    alcanzado: str
    sentido: str = "sentido"

    @property
    def lee(self) -> tuple[str, ...]:
        return self.programado, self.alcanzado, self.sentido

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        if not fila.get(self.sentido):
            return None
        p, a = cifra(fila.get(self.programado)), cifra(fila.get(self.alcanzado))
        return cumplimiento(str(fila[self.sentido]), p, a).mostrado

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        s, p, a = celda(self.sentido), celda(self.programado), celda(self.alcanzado)
        return (
            f'IF({s}="","",IF({s}="Descendente",{formula_cumplimiento("Descendente", p, a)},'
            f'IF(OR({s}="Regular",{s}="Nominal"),{formula_cumplimiento("Regular", p, a)},'
            f"{formula_cumplimiento('Ascendente', p, a)})))"
        )


@dataclass(frozen=True, slots=True)
class DebeJustificar:
    """«Sí» si lo alcanzado queda debajo del verde, en cero, o por encima del límite; «No» si no.

    Los umbrales son los del semáforo de referencia del formato (criterio de este programa).
    """

    porcentaje: str
    programado: str  #: columnas de los trimestres: prefijo de la clave
    alcanzado: str
    sentido: str
    verde_desde: float
    limite: float

    @property
    def lee(self) -> tuple[str, ...]:
        columnas = [f"{medida}_t{n}" for medida in (self.programado, self.alcanzado) for n in (1, 2, 3, 4)]
        return self.porcentaje, self.sentido, *columnas

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        if not fila.get(self.sentido) or not entorno.trimestre:
            return None
        pct = cifra(fila.get(self.porcentaje))
        p = cifra(fila.get(f"{self.programado}_t{entorno.trimestre}"))
        a = cifra(fila.get(f"{self.alcanzado}_t{entorno.trimestre}"))
        if p and fila.get(f"{self.alcanzado}_t{entorno.trimestre}") is None:
            return "No"  # primero hay que informar; eso ya lo cuenta «Datos que faltan»
        en_cero = (p or 0) > 0 and a == 0 and fila[self.sentido] != "Descendente"
        fuera = pct is not None and (round(pct, 6) < self.verde_desde or round(pct, 6) > self.limite)
        return "Sí" if en_cero or fuera else "No"

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        q, pct, s = entorno.celda_trimestre, celda(self.porcentaje), celda(self.sentido)

        def del_trimestre(medida: str) -> str:
            return f"INDEX({celda(medida + '_t1')}:{celda(medida + '_t4')},1,MAX(1,{q}))"

        p, a = del_trimestre(self.programado), del_trimestre(self.alcanzado)
        # Con productos en vez de Y() y O(): un .xls no admite más de siete funciones anidadas.
        informado = f'(1-(N({p})<>0)*({a}=""))'
        en_cero = f'(N({p})>0)*ISNUMBER({a})*(N({a})=0)*({s}<>"Descendente")'
        fuera = f"ISNUMBER({pct})*((ROUND(N({pct}),6)<{self.verde_desde:g})+(ROUND(N({pct}),6)>{self.limite:g}))"
        return f'IF(OR({s}="",{q}=0),"",IF({informado}*({en_cero}+{fuera})>0,"Sí","No"))'


@dataclass(frozen=True, slots=True)
class Traer:
    """Valor de una columna de otra hoja, por la llave de esta fila; vacío si la llave no está."""

    hoja: str
    columna: str
    llave: str

    @property
    def lee(self) -> tuple[str, ...]:
        return (self.llave,)

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        hallado = entorno.buscar(self.hoja, fila.get(self.llave)).get(self.columna)
        if isinstance(hallado, ErrorExcel):
            return None  # la fórmula muestra vacío: el error ya se ve en su propia celda
        return hallado if isinstance(hallado, str) else cifra(hallado)

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        return entorno.celda_buscada(self.hoja, self.columna, celda(self.llave))


@dataclass(frozen=True, slots=True)
class DatosQueFaltan:
    """Cuántos datos faltan en la fila para poder enviarla: obligatorios vacíos y, de lo vencido, lo no informado."""

    obligatorias: tuple[str, ...]
    programado: str
    alcanzado: str
    frecuencia: str
    evidencia: str  #: se pide cuando lo alcanzado en el trimestre que se reporta es mayor que 0
    primera: str  #: la columna que dice si la fila se usa
    mide: Mapping[str, tuple[int, ...]]
    sentido: str = "sentido"

    @property
    def lee(self) -> tuple[str, ...]:
        columnas = [f"{medida}_t{n}" for medida in (self.programado, self.alcanzado) for n in (1, 2, 3, 4)]
        return *self.obligatorias, *columnas, self.frecuencia, self.sentido, self.evidencia, self.primera

    def faltan(self, fila: Fila, trimestre: int) -> list[str]:
        """Claves de las columnas que faltan por llenar, en orden."""
        if fila.get(self.primera) is None:
            return []
        vacias = [clave for clave in self.obligatorias if fila.get(clave) is None]
        medidos = self.mide.get(str(fila.get(self.frecuencia)), (1, 2, 3, 4))
        vacias += [
            f"{self.alcanzado}_t{n}"
            for n in medidos
            if n <= trimestre
            and programa(str(fila.get(self.sentido)), cifra(fila.get(f"{self.programado}_t{n}")))
            and fila.get(f"{self.alcanzado}_t{n}") is None
        ]
        informado = cifra(fila.get(f"{self.alcanzado}_t{trimestre}")) if trimestre else None
        if (informado or 0) > 0 and fila.get(self.evidencia) is None:
            vacias.append(self.evidencia)
        return vacias

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        return None if fila.get(self.primera) is None else float(len(self.faltan(fila, entorno.trimestre)))

    def condiciones(self, celda: Celda, entorno: Entorno) -> list[tuple[str, str]]:
        """Pares (columna, condición de Excel verdadera cuando falta), en el orden de `faltan`."""
        q = entorno.celda_trimestre
        pares = [(clave, f'{celda(clave)}=""') for clave in self.obligatorias]
        for n in (1, 2, 3, 4):
            p, a = celda(f"{self.programado}_t{n}"), celda(f"{self.alcanzado}_t{n}")
            mide = entorno.celda_tabla("frecuencias", celda(self.frecuencia), str(n + 1))
            hay_meta = f'OR(N({p})<>0,AND(ISNUMBER({p}),{celda(self.sentido)}="Descendente"))'
            pares.append((f"{self.alcanzado}_t{n}", f'AND({q}>={n},{hay_meta},{a}="",{mide}=1)'))
        rango = f"{celda(self.alcanzado + '_t1')}:{celda(self.alcanzado + '_t4')}"
        informado = f"N(INDEX({rango},1,MAX(1,{q})))"
        pares.append((self.evidencia, f'AND({q}>0,{informado}>0,{celda(self.evidencia)}="")'))
        return pares

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        suma = "+".join(f"IF({condicion},1,0)" for _, condicion in self.condiciones(celda, entorno))
        return f'IF({celda(self.primera)}="","",{suma})'


@dataclass(frozen=True, slots=True)
class PrimeroQueFalta:
    """Dirección de la primera celda que falta en la fila, o vacío."""

    faltan: DatosQueFaltan

    @property
    def lee(self) -> tuple[str, ...]:
        return self.faltan.lee

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        vacias = self.faltan.faltan(fila, entorno.trimestre)
        return entorno.direccion(fila, vacias[0]) if vacias else None

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        anidada = '""'
        for clave, condicion in reversed(self.faltan.condiciones(celda, entorno)):
            c = celda(clave)
            anidada = f"IF({condicion},ADDRESS(ROW({c}),COLUMN({c}),4),{anidada})"
        return f'IF({celda(self.faltan.primera)}="","",{anidada})'


@dataclass(frozen=True, slots=True)
class FaltaExplicar:
    """1 si la fila debe justificarse y no dice causa o medida; 0 si no; vacío si la fila no se usa."""

    debe: str
    explicaciones: tuple[str, ...]
    primera: str

    @property
    def lee(self) -> tuple[str, ...]:
        return self.debe, *self.explicaciones, self.primera

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        if fila.get(self.primera) is None:
            return None
        return 1.0 if fila.get(self.debe) == "Sí" and any(fila.get(e) is None for e in self.explicaciones) else 0.0

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        vacias = ",".join(f'{celda(e)}=""' for e in self.explicaciones)
        return f'IF({celda(self.primera)}="","",IF(AND({celda(self.debe)}="Sí",OR({vacias})),1,0))'
