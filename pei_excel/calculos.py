"""Los cálculos de los formatos: cada uno sabe su valor en Python y su fórmula en Excel. Las cifras vacías son None."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple, Protocol

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


_ACUMULAR: dict[str, Callable[[list[float]], float]] = {
    "Suma": sum,
    "Último": lambda c: c[-1],
    "Promedio": lambda c: sum(c) / len(c),
    "Máximo": max,
    "Mínimo": min,
    "Constante": lambda c: c[-1],
}


def acumular(forma: str, cifras: Sequence[Cifra]) -> Cifra:
    """Acumulado de varias cifras; las vacías no cuentan y sin ninguna no hay acumulado.

    «Constante» con valores distintos da el último: el desacuerdo lo dice la regla, no el cálculo.

    Raises:
        KeyError: si la forma no es una de ACUMULACIONES.
    """
    llenas = [c for c in cifras if c is not None]
    if not llenas:
        return None
    return _ACUMULAR[forma](llenas)


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
    SIN_LEER = "No se pudo leer"  #: está en el archivo, o debería estar, y no se supo qué dice


class Cumplimiento(NamedTuple):
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

    @property
    def mes(self) -> int:
        """Último mes del periodo que se reporta, 1–12; 0 si todavía no se elige."""
        ...

    @property
    def desde(self) -> int:
        """Primer mes del periodo que se reporta; 0 si todavía no se elige."""
        ...

    @property
    def celda_mes(self) -> str:
        """Referencia al número de `mes`."""
        ...

    @property
    def celda_desde(self) -> str:
        """Referencia al número de `desde`."""
        ...

    def buscar(self, hoja: str, llave: object) -> Mapping[str, object]:
        """Fila de otra hoja por su llave; vacía si no está."""
        ...

    def en_tabla(self, tabla: str, llave: object, columna: int) -> str | None:
        """Valor de la columna n (desde 1) de una tabla del formato, por su llave."""
        ...

    def columna_de(self, hoja: str, columna: str) -> str:
        """Rango de los datos de una columna de otra hoja, o el nombre definido que lo abarca."""
        ...

    def valores_de(self, hoja: str, columna: str) -> Sequence[object]:
        """Los valores de una columna de otra hoja."""
        ...

    def franja(self, hoja: str, medida: str) -> str:
        """Nombre definido del rectángulo de los doce meses de una medida."""
        ...

    def celda_buscada(self, hoja: str, columna: str, celda_llave: str) -> str:
        """Fórmula que trae una columna de otra hoja por la llave escrita en una celda («» si no está)."""
        ...

    def direccion(self, fila: Mapping[str, object], columna: str) -> str:
        """Dirección A1 de una columna en la fila dada."""
        ...

    def celda_tabla(self, tabla: str, celda_llave: str, columna: str, si_no: str = "1") -> str:
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
    """% de cumplimiento de dos columnas según la de Sentido (sin ella, Ascendente); con palabras si no hay número.

    Si depende de otra hoja, `si_hay` es la columna sin la cual no se calcula.
    """

    programado: str
    alcanzado: str
    sentido: str | None = "sentido"
    si_hay: str | None = None

    @property
    def lee(self) -> tuple[str, ...]:
        return self.programado, self.alcanzado, *(c for c in (self.sentido, self.si_hay) if c)

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        condicion = self.sentido or self.si_hay
        if condicion and not fila.get(condicion):
            return None
        p, a = cifra(fila.get(self.programado)), cifra(fila.get(self.alcanzado))
        return cumplimiento(str(fila[self.sentido]) if self.sentido else "Ascendente", p, a).mostrado

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        p, a = celda(self.programado), celda(self.alcanzado)
        if self.sentido is None:
            formula = formula_cumplimiento("Ascendente", p, a)
            return f'IF(N({celda(self.si_hay)})=0,"",{formula})' if self.si_hay else formula
        s = celda(self.sentido)
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
class TraerDeTabla:
    """Valor de una tabla del formato (por ejemplo, el nombre de un objetivo) por el código de esta fila."""

    tabla: str
    columna: int  #: desde 1; la 1 es el código
    llave: str

    @property
    def lee(self) -> tuple[str, ...]:
        return (self.llave,)

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        return entorno.en_tabla(self.tabla, fila.get(self.llave), self.columna)

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        return entorno.celda_tabla(self.tabla, celda(self.llave), str(self.columna), '""')


@dataclass(frozen=True, slots=True)
class RenglonEn:
    """Número de renglón (desde 1) que la llave de esta fila tiene en otra hoja; 0 si no está, vacío sin llave."""

    hoja: str
    columna: str
    llave: str

    @property
    def lee(self) -> tuple[str, ...]:
        return (self.llave,)

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        if fila.get(self.llave) is None:
            return None
        buscada = plegar(fila[self.llave])
        llaves = [plegar(v) for v in entorno.valores_de(self.hoja, self.columna)]
        return float(llaves.index(buscada) + 1) if buscada in llaves else 0.0

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        llave = celda(self.llave)
        return f'IF({llave}="","",IFERROR(MATCH({llave},{entorno.columna_de(self.hoja, self.columna)},0),0))'


@dataclass(frozen=True, slots=True)
class NumeroDeOpcion:
    """Lugar (desde 1) del texto de una columna entre sus opciones; vacío si no está."""

    columna: str
    opciones: tuple[str, ...]

    @property
    def lee(self) -> tuple[str, ...]:
        return (self.columna,)

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        escrito = plegar(fila.get(self.columna))
        return next((float(n) for n, opcion in enumerate(self.opciones, 1) if plegar(opcion) == escrito), None)

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        textos = ",".join(f'"{o}"' for o in self.opciones)
        return f'IFERROR(MATCH({celda(self.columna)},{{{textos}}},0),"")'


@dataclass(frozen=True, slots=True)
class SiEsDelPeriodo:
    """Valor de otra hoja por llave, sólo en las filas del trimestre que se reporta."""

    hoja: str
    columna: str
    llave: str
    numero: str  #: columna con el número del trimestre de la fila

    @property
    def lee(self) -> tuple[str, ...]:
        return self.llave, self.numero

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        if not entorno.mes or cifra(fila.get(self.numero)) != (entorno.mes + 2) // 3:
            return None
        return Traer(self.hoja, self.columna, self.llave).valor(fila, entorno)

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        traida = entorno.celda_buscada(self.hoja, self.columna, celda(self.llave))
        mes = entorno.celda_mes
        return f'IF(OR({mes}=0,N({celda(self.numero)})<>INT(({mes}+2)/3)),"",{traida})'


def plegar(valor: object) -> object:
    """Como comparan las búsquedas de Excel: sin distinguir mayúsculas."""
    return valor.casefold() if isinstance(valor, str) else valor
