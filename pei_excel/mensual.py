"""Las acumulaciones por mes del POI: total y cualquier horizonte, con su valor en Python y su fórmula en Excel.

Fuente: práctica del aplicativo nacional de planes operativos (visto). «Acumulativo»: los meses suman la meta.
«Recurrente mensual»: cada mes programado es la meta. «Recurrente trimestral»: lo son los meses 3, 6, 9 y 12. En las
recurrentes lo programado de cualquier horizonte es la meta, y lo ejecutado, la media de los meses vencidos. Lo vacío
nunca cuenta.

Un *horizonte* es un rango de meses: `range(5, 6)` es mayo, `TRIMESTRE[2]` el segundo trimestre, `range(1, 7)` lo de
enero a junio («al periodo») y `ANO` el año. *Vencido*: medido, programado y no posterior al mes hasta el que se
reporta: un mes de un trimestre sin terminar sólo vence si el periodo se pide por mes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from pei_excel.calculos import Celda, Cifra, Entorno, Fila, acumular, cifra, plegar
from pei_excel.crudo import ErrorExcel

ACUMULATIVO, MENSUAL, TRIMESTRAL = "Acumulativo", "Recurrente mensual", "Recurrente trimestral"
ACUMULACIONES_MENSUALES = (ACUMULATIVO, MENSUAL, TRIMESTRAL)

ANO = range(1, 13)
TRIMESTRE = {n: range(3 * n - 2, 3 * n + 1) for n in (1, 2, 3, 4)}
SEMESTRE = {1: range(1, 7), 2: range(7, 13)}
#: Meses que mide una «Recurrente trimestral».
CIERRES = (3, 6, 9, 12)
_TODOS = tuple(ANO)


@dataclass(frozen=True, slots=True)
class Franja:
    """Doce celdas contiguas, una por mes, en Excel."""

    todo: str  #: referencia a las doce
    celda: Callable[[int | str], str]  #: referencia a un mes: su número, o una expresión de Excel que lo da

    def tramo(self, desde: int | str, hasta: int | str) -> str:
        """Referencia de un mes a otro."""
        return self.todo if (desde, hasta) == (1, 12) else f"{self.celda(desde)}:{self.celda(hasta)}"

    @property
    def numeros(self) -> str:
        """Los números de mes, 1 a 12, como matriz."""
        return f"(COLUMN({self.todo})-COLUMN({self.celda(1)})+1)"


def forma_mensual(valor: object) -> str:
    """La acumulación de una fila; vacía o desconocida equivale a «Acumulativo»."""
    return next((f for f in ACUMULACIONES_MENSUALES if plegar(f) == plegar(valor)), ACUMULATIVO)


def meses_que_mide(forma: str) -> tuple[int, ...]:
    """Meses que mide una acumulación."""
    return CIERRES if forma == TRIMESTRAL else _TODOS


def total_mensual(forma: str, cifras: Sequence[Cifra]) -> Cifra:
    """Total de los doce meses, programados o ejecutados: la suma o, en las recurrentes, el mayor."""
    return acumular("Suma" if forma == ACUMULATIVO else "Máximo", cifras)


def meses_vencidos(forma: str, programado: Sequence[Cifra], meses: Iterable[int], hasta: int) -> tuple[int, ...]:
    """Meses del horizonte que deben estar informados: medidos, programados y no posteriores a `hasta`."""
    todos = forma != TRIMESTRAL
    return tuple([m for m in meses if m <= hasta and programado[m - 1] and (todos or m in CIERRES)])


def programado_en(forma: str, programado: Sequence[Cifra], meses: Iterable[int]) -> Cifra:
    """Lo programado en un horizonte; en las recurrentes, la meta si algún mes de los que mide la tiene."""
    todos = forma != TRIMESTRAL
    return total_mensual(forma, [programado[m - 1] for m in meses if todos or m in CIERRES])


def ejecutado_en(
    forma: str, programado: Sequence[Cifra], ejecutado: Sequence[Cifra], meses: Iterable[int], hasta: int = 12
) -> Cifra:
    """Lo ejecutado en un horizonte hasta un mes: la suma o, en las recurrentes, la media de los meses vencidos."""
    if forma == ACUMULATIVO:
        return acumular("Suma", [ejecutado[m - 1] for m in meses if m <= hasta])
    return acumular("Promedio", [ejecutado[m - 1] for m in meses_vencidos(forma, programado, meses, hasta)])


# Las mismas, en Excel. `forma` es el texto de una acumulación (fórmula específica) o la celda que la guarda (viva).


def _segun(forma: str, expresiones: dict[str, str]) -> str:
    if forma in expresiones:
        return expresiones[forma]
    suma, mensual, trimestral = (expresiones[f] for f in ACUMULACIONES_MENSUALES)
    if mensual == trimestral:
        return f'IF(OR({forma}="{MENSUAL}",{forma}="{TRIMESTRAL}"),{mensual},{suma})'
    return f'IF({forma}="{MENSUAL}",{mensual},IF({forma}="{TRIMESTRAL}",{trimestral},{suma}))'


def formula_total_mensual(forma: str, rango: str) -> str:
    """Fórmula (sin «=») de `total_mensual` sobre el rango de los doce meses."""
    mayor = f"MAX({rango})"
    return f'IF(COUNT({rango})=0,"",{_segun(forma, {ACUMULATIVO: f"SUM({rango})", MENSUAL: mayor, TRIMESTRAL: mayor})})'


def _cierres(celda: Callable[[int | str], str], desde: int | str, hasta: int | str, si_no: str) -> list[str]:
    """Referencias a los meses de cierre del horizonte; si un extremo es una expresión, con su condición."""
    hallados = []
    for mes in CIERRES:
        fuera = []
        for extremo, signo in ((desde, "<"), (hasta, ">")):
            if isinstance(extremo, str):
                fuera.append(f"{mes}{signo}{extremo}")
            elif (mes < extremo) if signo == "<" else (mes > extremo):
                break
        else:
            prueba = fuera[0] if len(fuera) == 1 else f"OR({','.join(fuera)})"
            hallados.append(f"IF({prueba},{si_no},{celda(mes)})" if fuera else celda(mes))
    return hallados


def formula_programado_en(forma: str, programado: Franja, desde: int | str, hasta: int | str) -> str:
    """Fórmula de `programado_en` de un mes a otro (números, o expresiones de Excel que los dan)."""
    tramo = programado.tramo(desde, hasta)
    contados, mayores = (_cierres(programado.celda, desde, hasta, nada) for nada in ('""', "0"))
    cierres = f'IF(COUNT({",".join(contados)})=0,"",MAX({",".join(mayores)}))' if contados else '""'
    return _segun(forma, {
        ACUMULATIVO: f'IF(COUNT({tramo})=0,"",SUM({tramo}))',
        MENSUAL: f'IF(COUNT({tramo})=0,"",MAX({tramo}))',
        TRIMESTRAL: cierres,
    })


def formula_vencidos(
    forma: str, programado: Franja, propios: Franja, desde: int | str, hasta: int | str
) -> str:
    """Matriz de doce 1 y 0: qué meses del horizonte están vencidos. `propios` es una franja de la misma fila."""
    p, n = programado.todo, propios.numeros
    partes = [f"ISNUMBER({p})*ISNUMBER(1/{p})"]  # distinto de 0, sin tropezar con textos ni errores
    partes += [f"({n}>={desde})"] if desde != 1 else []
    partes += [f"({n}<={hasta})"] if hasta != 12 else []
    if forma == TRIMESTRAL:
        partes.append(f"(MOD({n},3)=0)")
    elif forma not in ACUMULACIONES_MENSUALES:
        partes.append(f'(({forma}<>"{TRIMESTRAL}")+(MOD({n},3)=0)>0)')
    return "*".join(partes)


def formula_ejecutado_en(
    forma: str, programado: Franja, ejecutado: Franja, desde: int | str, hasta: int | str
) -> str:
    """Fórmula de `ejecutado_en` de un mes a otro (`hasta`: el menor entre el fin del horizonte y lo reportado)."""
    tramo, a = ejecutado.tramo(desde, hasta), ejecutado.todo
    vence = formula_vencidos(forma, programado, ejecutado, desde, hasta)
    cuantos = f"SUMPRODUCT({vence}*ISNUMBER({a}))"
    media = f'IF({cuantos}=0,"",SUMPRODUCT({vence},{a})/{cuantos})'
    return _segun(forma, {ACUMULATIVO: f'IF(COUNT({tramo})=0,"",SUM({tramo}))', MENSUAL: media, TRIMESTRAL: media})


def en_fila(celda: Celda, medida: str) -> Franja:
    """Los doce meses de una medida en la misma fila (columnas «medida_m1» … «medida_m12»)."""
    todo = f"{celda(medida + '_m1')}:{celda(medida + '_m12')}"

    def de_mes(mes: int | str) -> str:
        return celda(f"{medida}_m{mes}") if isinstance(mes, int) else f"INDEX({todo},1,{mes})"

    return Franja(todo, de_mes)


def en_otra_hoja(nombre: str, renglon: str) -> Franja:
    """Los doce meses de un renglón de otra hoja: nombre definido del rectángulo y celda con el número del renglón."""
    return Franja(f"INDEX({nombre},{renglon},0)", lambda mes: f"INDEX({nombre},{renglon},{mes})")


@cache
def claves_de_mes(medida: str) -> tuple[str, ...]:
    """Claves de las doce columnas de una medida: «programado_m1» … «programado_m12»."""
    return tuple(f"{medida}_m{mes}" for mes in ANO)


def cifras_de(fila: Fila, medida: str) -> tuple[Cifra, ...]:
    """Los doce valores de una medida en una fila."""
    return tuple(cifra(fila.get(clave)) for clave in claves_de_mes(medida))


def _error(fila: Fila, medida: str, meses: Iterable[int]) -> ErrorExcel | None:
    leidos = [fila.get(f"{medida}_m{m}") for m in meses]
    if all(cifra(v) is None for v in leidos):
        return None  # CONTAR no ve los errores: sin cifras no se llega a sumar
    return next((v for v in leidos if isinstance(v, ErrorExcel)), None)


def _ejecutado(forma: str, programado: Sequence[Cifra], fila: Fila, medida: str, meses: range) -> Cifra | str:
    """`ejecutado_en` de una fila, tal como lo da Excel si hay celdas en error (la media ve las de todo el año)."""
    valor = ejecutado_en(forma, programado, cifras_de(fila, medida), meses)
    return None if valor is None else _error(fila, medida, meses if forma == ACUMULATIVO else ANO) or valor


@dataclass(frozen=True, slots=True)
class TotalMensual:
    """Total de doce meses contiguos según la columna de Acumulación de la fila; sin ella, su suma."""

    medida: str
    forma: str | None = "acumulacion"

    @property
    def lee(self) -> tuple[str, ...]:
        return *claves_de_mes(self.medida), *((self.forma,) if self.forma else ())

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        forma = forma_mensual(fila.get(self.forma)) if self.forma else ACUMULATIVO
        return total_mensual(forma, cifras_de(fila, self.medida))

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        franja = en_fila(celda, self.medida)
        return formula_total_mensual(celda(self.forma) if self.forma else ACUMULATIVO, franja.todo)


@dataclass(frozen=True, slots=True)
class AlMes:
    """Lo programado o lo ejecutado de enero al periodo que se reporta; vacío si el código no está o falta el periodo.

    Lo programado se toma por código de otra hoja; lo ejecutado, de la misma fila.
    """

    que: str  #: «programado» o «ejecutado»
    origen: tuple[str, str]  #: (hoja, medida) de lo programado
    ejecutado: str  #: medida de lo ejecutado
    renglon: str = "renglon"  #: columna con el número de renglón en la hoja de lo programado
    llave: str = "codigo"
    forma: str = "acumulacion"

    @property
    def lee(self) -> tuple[str, ...]:
        return self.renglon, self.forma, self.llave

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        programado = entorno.buscar(self.origen[0], fila.get(self.llave))
        if not programado or not entorno.mes:
            return None
        meses, forma = range(1, entorno.mes + 1), forma_mensual(fila.get(self.forma))
        p = cifras_de(programado, self.origen[1])
        if self.que == "programado":
            miden = [m for m in meses if m in meses_que_mide(forma)]
            return _error(programado, self.origen[1], miden) or programado_en(forma, p, meses)
        return _ejecutado(forma, p, fila, self.ejecutado, meses)

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        p = en_otra_hoja(entorno.franja(*self.origen), celda(self.renglon))
        forma, mes = celda(self.forma), entorno.celda_mes
        if self.que == "programado":
            formula = formula_programado_en(forma, p, 1, mes)
        else:
            formula = formula_ejecutado_en(forma, p, en_fila(celda, self.ejecutado), 1, mes)
        return f'IF(OR(N({celda(self.renglon)})=0,{mes}=0),"",{formula})'


@dataclass(frozen=True, slots=True)
class DelTrimestre:
    """Lo ejecutado en el trimestre de la fila; lo programado y lo ejecutado se toman por código de otras hojas."""

    programado: tuple[str, str, str]  #: (hoja, medida, columna con el número de renglón en esa hoja)
    ejecutado: tuple[str, str, str]
    numero: str  #: columna con el número del trimestre
    llave: str = "codigo"
    forma: str = "acumulacion"

    @property
    def lee(self) -> tuple[str, ...]:
        return self.llave, self.numero, self.forma, self.programado[2], self.ejecutado[2]

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        numero = cifra(fila.get(self.numero))
        uno, otro = (entorno.buscar(hoja, fila.get(self.llave)) for hoja, *_ in (self.programado, self.ejecutado))
        if not numero or not uno or not otro:
            return None
        meses, forma = TRIMESTRE[int(numero)], forma_mensual(fila.get(self.forma))
        return _ejecutado(forma, cifras_de(uno, self.programado[1]), otro, self.ejecutado[1], meses)

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        p, a = (
            en_otra_hoja(entorno.franja(hoja, medida), celda(renglon))
            for hoja, medida, renglon in (self.programado, self.ejecutado)
        )
        n = celda(self.numero)
        guarda = ",".join(f"N({c})=0" for c in (n, celda(self.programado[2]), celda(self.ejecutado[2])))
        return f'IF(OR({guarda}),"",{formula_ejecutado_en(celda(self.forma), p, a, f"3*{n}-2", f"3*{n}")})'


@dataclass(frozen=True, slots=True)
class DebeExplicar:
    """«Sí» si la actividad no llega al verde al periodo, o no ejecutó nada de lo que tocaba en el que se reporta.

    El umbral es el del semáforo de referencia del formato; el borde pertenece a la banda inferior.
    """

    porcentaje: str
    origen: tuple[str, str]  #: (hoja, medida) de lo programado
    ejecutado: str  #: medida de lo ejecutado
    hasta: float  #: el % que todavía no es verde
    renglon: str = "renglon"
    llave: str = "codigo"
    forma: str = "acumulacion"

    @property
    def lee(self) -> tuple[str, ...]:
        return self.porcentaje, self.renglon, self.llave, self.forma

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        pct = fila.get(self.porcentaje)
        if pct is None or isinstance(pct, ErrorExcel):
            return pct
        p, a = cifras_de(entorno.buscar(self.origen[0], fila.get(self.llave)), self.origen[1]), cifras_de(
            fila, self.ejecutado
        )
        forma = forma_mensual(fila.get(self.forma))
        vencidos = meses_vencidos(forma, p, range(entorno.desde, entorno.mes + 1), entorno.mes)
        informados = [a[m - 1] for m in vencidos if a[m - 1] is not None]
        en_cero = bool(informados) and not any(informados)
        return "Sí" if en_cero or (cifra(pct) is not None and round(cifra(pct) or 0, 6) <= self.hasta) else "No"

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        pct, a = celda(self.porcentaje), en_fila(celda, self.ejecutado)
        p = en_otra_hoja(entorno.franja(*self.origen), celda(self.renglon))
        vence = formula_vencidos(celda(self.forma), p, a, entorno.celda_desde, entorno.celda_mes)
        informados, distintos = (f"SUMPRODUCT({vence}*ISNUMBER({x}))" for x in (a.todo, f"1/{a.todo}"))
        en_cero = f"({informados}>0)*({distintos}=0)"
        debajo = f"ISNUMBER({pct})*(ROUND(N({pct}),6)<={self.hasta:g})"
        return f'IF({pct}="","",IF({debajo}+{en_cero}>0,"Sí","No"))'
