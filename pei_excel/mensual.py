"""Las acumulaciones por mes del POI: total y cualquier horizonte, con su valor en Python y su fórmula en Excel.

Fuente: práctica del aplicativo nacional de planes operativos (visto). «Acumulativo»: los meses suman la meta.
«Recurrente mensual»: cada mes programado es la meta. «Recurrente trimestral»: lo son los meses 3, 6, 9 y 12. En las
recurrentes lo programado de cualquier horizonte es la meta, y lo ejecutado, la media de los meses vencidos. Lo vacío
nunca cuenta.

Un *horizonte* es un rango de meses: `range(5, 6)` es mayo, `TRIMESTRE[2]` el segundo trimestre, `range(1, 7)` lo de
enero a junio («al periodo») y `ANO` el año. *Vencido*: medido, programado y no posterior al mes hasta el que se reporta.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pei_excel.calculos import Celda, Cifra, Entorno, Fila, acumular, cifra
from pei_excel.crudo import ErrorExcel

ACUMULATIVO, MENSUAL, TRIMESTRAL = "Acumulativo", "Recurrente mensual", "Recurrente trimestral"
ACUMULACIONES_MENSUALES = (ACUMULATIVO, MENSUAL, TRIMESTRAL)

ANO = range(1, 13)
TRIMESTRE = {n: range(3 * n - 2, 3 * n + 1) for n in (1, 2, 3, 4)}
SEMESTRE = {1: range(1, 7), 2: range(7, 13)}
#: Meses que mide una «Recurrente trimestral».
CIERRES = (3, 6, 9, 12)

#: Da la referencia a un mes de una franja de doce; el mes puede ser un número o una expresión de Excel.
CeldaDeMes = Callable[[int | str], str]


def forma_mensual(valor: object) -> str:
    """La acumulación de una fila; vacía o desconocida equivale a «Acumulativo»."""
    return str(valor) if valor in ACUMULACIONES_MENSUALES else ACUMULATIVO


def meses_que_mide(forma: str) -> tuple[int, ...]:
    """Meses que mide una acumulación."""
    return CIERRES if forma == TRIMESTRAL else tuple(ANO)


def total_mensual(forma: str, cifras: Sequence[Cifra]) -> Cifra:
    """Total de los doce meses, programados o ejecutados: la suma o, en las recurrentes, el mayor."""
    return acumular("Suma" if forma == ACUMULATIVO else "Máximo", cifras)


def meses_vencidos(forma: str, programado: Sequence[Cifra], meses: Iterable[int], hasta: int) -> tuple[int, ...]:
    """Meses del horizonte que deben estar informados: medidos, programados y no posteriores a `hasta`."""
    miden = meses_que_mide(forma)
    return tuple(m for m in meses if m <= hasta and m in miden and programado[m - 1])


def programado_en(forma: str, programado: Sequence[Cifra], meses: Iterable[int]) -> Cifra:
    """Lo programado en un horizonte; en las recurrentes, la meta si algún mes de los que mide la tiene."""
    miden = meses_que_mide(forma)
    return total_mensual(forma, [programado[m - 1] for m in meses if m in miden])


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


def _cierres(celda: CeldaDeMes, desde: int | str, hasta: int | str, si_no: str) -> list[str]:
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


def formula_programado_en(forma: str, programado: CeldaDeMes, desde: int | str, hasta: int | str) -> str:
    """Fórmula de `programado_en` de un mes a otro."""
    tramo = f"{programado(desde)}:{programado(hasta)}"
    contados, mayores = (_cierres(programado, desde, hasta, nada) for nada in ('""', "0"))
    cierres = f'IF(COUNT({",".join(contados)})=0,"",MAX({",".join(mayores)}))' if contados else '""'
    return _segun(forma, {
        ACUMULATIVO: f'IF(COUNT({tramo})=0,"",SUM({tramo}))',
        MENSUAL: f'IF(COUNT({tramo})=0,"",MAX({tramo}))',
        TRIMESTRAL: cierres,
    })


def formula_ejecutado_en(
    forma: str, programado: CeldaDeMes, ejecutado: CeldaDeMes, desde: int | str, hasta: int | str
) -> str:
    """Fórmula de `ejecutado_en` de un mes a otro (`hasta`: el menor entre el fin del horizonte y lo reportado)."""
    p, a = (f"{celda(desde)}:{celda(hasta)}" for celda in (programado, ejecutado))
    vence = f"ISNUMBER({p})*({p}<>0)"

    def media(peso: str) -> str:
        cuantos = f"SUMPRODUCT({peso}*ISNUMBER({a}))"
        return f'IF({cuantos}=0,"",SUMPRODUCT({peso},{a})/{cuantos})'

    de_cierre = f"{vence}*(MOD(COLUMN({p})-COLUMN({programado(1)})+1,3)=0)"
    return _segun(forma, {
        ACUMULATIVO: f'IF(COUNT({a})=0,"",SUM({a}))',
        MENSUAL: media(vence),
        TRIMESTRAL: media(de_cierre) if _cierres(programado, desde, hasta, "0") else '""',
    })


def en_fila(celda: Celda, medida: str) -> CeldaDeMes:
    """Los doce meses de una medida en la misma fila (columnas «medida_m1» … «medida_m12»)."""

    def de_mes(mes: int | str) -> str:
        if isinstance(mes, int):
            return celda(f"{medida}_m{mes}")
        return f"INDEX({celda(medida + '_m1')}:{celda(medida + '_m12')},1,{mes})"

    return de_mes


def en_otra_hoja(nombre: str, renglon: str) -> CeldaDeMes:
    """Los doce meses de un renglón de otra hoja: nombre definido de la franja y celda con el número del renglón."""
    return lambda mes: f"INDEX({nombre},{renglon},{mes})"


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
        return formula_total_mensual(celda(self.forma) if self.forma else ACUMULATIVO, f"{franja(1)}:{franja(12)}")


@dataclass(frozen=True, slots=True)
class EnHorizonte:
    """Lo programado o lo ejecutado de una actividad en un horizonte; vacío si el código no está o falta el periodo.

    Lo programado se toma por código de otra hoja; lo ejecutado, de la misma fila.
    """

    que: str  #: «programado» o «ejecutado»
    origen: tuple[str, str]  #: (hoja, medida) de lo programado
    ejecutado: str  #: medida de lo ejecutado
    renglon: str  #: columna con el número de renglón en la hoja de lo programado
    trimestre: int | None = None  #: sin él, de enero al periodo o, con `reportado`, el periodo que se reporta
    reportado: bool = False
    llave: str = "codigo"
    forma: str = "acumulacion"

    @property
    def lee(self) -> tuple[str, ...]:
        return self.renglon, self.forma, self.llave

    def _meses(self, entorno: Entorno) -> range:
        if self.trimestre:
            return TRIMESTRE[self.trimestre]
        return range(entorno.desde if self.reportado else 1, entorno.mes + 1)

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        programado = entorno.buscar(self.origen[0], fila.get(self.llave))
        if not programado or (not entorno.mes and not self.trimestre):
            return None
        meses, forma = self._meses(entorno), forma_mensual(fila.get(self.forma))
        p = cifras_de(programado, self.origen[1])
        if self.que == "programado":
            return _error(programado, self.origen[1], meses) or programado_en(forma, p, meses)
        error = _error(fila, self.ejecutado, meses)
        if forma != ACUMULATIVO:
            error = _error(programado, self.origen[1], meses) or error
        return error or ejecutado_en(forma, p, cifras_de(fila, self.ejecutado), meses)

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        p = en_otra_hoja(entorno.franja(*self.origen), celda(self.renglon))
        desde: int | str = entorno.celda_desde if self.reportado else 1
        hasta: int | str = entorno.celda_mes
        if self.trimestre:
            desde, hasta = TRIMESTRE[self.trimestre][0], TRIMESTRE[self.trimestre][-1]
        if self.que == "programado":
            formula = formula_programado_en(celda(self.forma), p, desde, hasta)
        else:
            formula = formula_ejecutado_en(celda(self.forma), p, en_fila(celda, self.ejecutado), desde, hasta)
        falta = f"N({celda(self.renglon)})=0"
        return f'IF({falta if self.trimestre else f"OR({falta},{entorno.celda_mes}=0)"},"",{formula})'
