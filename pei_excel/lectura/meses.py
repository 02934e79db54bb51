"""Los meses de un encabezado: escritos con su nombre, su inicial, su número o como una fecha («ene-24»)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import cache, lru_cache

from pei_excel.crudo import HojaCruda
from pei_excel.formato import Hoja
from pei_excel.periodos import MESES, formas_de_mes
from pei_excel.textos import normalizar

#: Meses seguidos que hacen falta para que una fila sin otro título sea de encabezado.
SEGUIDOS = 3

#: Columnas que se miran después del último título de la fila.
_MAS_ALLA = 14

#: Fila y columna, desde 1.
Celda = tuple[int, int]

_CON_ANO = re.compile(r"([a-z]+) (?:de )?(?:20)?\d\d")
#: «01/02/2024», «02/2024», «2024-02» y «2024-02-01», ya normalizados; de un día que no es el primero no se sabe.
_FECHAS = tuple(map(re.compile, (
    r"0?1 (?P<mes>0?[1-9]|1[0-2]) (?:20)?\d\d", r"(?P<mes>0?[1-9]|1[0-2]) 20\d\d",
    r"20\d\d (?P<mes>0?[1-9]|1[0-2])(?: 0?1)?(?: 00 00 00)?",
)))


@cache
def _por_nombre() -> Mapping[str, int]:
    return {normalizar(forma): mes for mes in range(1, 13) for forma in formas_de_mes(mes)}


def titulo_del_mes(mes: int) -> str:
    """Cómo se llama un mes (1–12) entre los títulos normalizados."""
    return normalizar(MESES[mes - 1])


@lru_cache(maxsize=4096)
def mes_con_fecha(texto: str) -> int | None:
    """El mes de un texto normalizado con su año: «ene 24», «enero de 2024», «01 01 2024»; None si no es uno."""
    con_ano = _CON_ANO.fullmatch(texto)
    if con_ano:
        return _por_nombre().get(con_ano[1])
    for patron in _FECHAS:
        partes = patron.fullmatch(texto)
        if partes:
            return int(partes["mes"])
    return None


def con_meses(cruda: HojaCruda, textos: Mapping[Celda, str], hoja: Hoja) -> Mapping[Celda, str]:
    """Los textos de la hoja más los meses que su encabezado trae como fechas o números, dichos por su nombre.

    Se buscan en las filas que ya tienen títulos y, si ninguno es un mes, en la que sigue cuando no es un renglón de
    datos (su llave está vacía).
    """
    if not hoja.medidas_mensuales:
        return textos
    conocidos = hoja.titulos.keys() | hoja.bandas
    por_fila: dict[int, list[int]] = {}
    for (fila, columna), texto in textos.items():
        if texto in conocidos:
            por_fila.setdefault(fila, []).append(columna)
    nuevos: dict[Celda, str] = {}
    for fila, columnas in sorted(por_fila.items()):
        titulos = [textos[fila, c] for c in columnas]
        de_banda = any(t in hoja.bandas for t in titulos)
        if len(columnas) < 2 and not de_banda:
            continue
        tramo = range(1, max(columnas) + _MAS_ALLA)
        propios = _meses_de_la_fila(cruda, textos, fila, tramo, seguidos=SEGUIDOS if de_banda else 1)
        nuevos |= propios
        con_mes = propios or any(c.mes for t in titulos for c in hoja.titulos.get(t, ()))
        if not con_mes and not _es_de_datos(cruda, textos, fila + 1, tramo, conocidos):
            nuevos |= _meses_de_la_fila(cruda, textos, fila + 1, tramo, seguidos=SEGUIDOS)
    return {**textos, **nuevos} if nuevos else textos


def _es_de_datos(
    cruda: HojaCruda, textos: Mapping[Celda, str], fila: int, tramo: range, conocidos: AbstractSet[str]
) -> bool:
    """La fila trae algún texto que no es un título ni un mes: un código, un nombre, una unidad de medida."""
    escritos = (
        textos.get((fila, c), "") for c in tramo
        if (celda := cruda.celdas.get((fila, c))) is not None and isinstance(celda.valor, str)
    )
    return any(texto not in conocidos and mes_con_fecha(texto) is None for texto in escritos)


def _meses_de_la_fila(
    cruda: HojaCruda, textos: Mapping[Celda, str], fila: int, tramo: range, *, seguidos: int
) -> dict[Celda, str]:
    """Los meses escritos como fecha, de `seguidos` en adelante, y como número, si son varios del 1 al 12."""
    hallados: dict[Celda, str] = {}
    escritas = [(c, celda) for c in tramo if (celda := cruda.celdas.get((fila, c))) is not None]
    for leer, minimo in ((_de_fecha, seguidos), (_de_numero, SEGUIDOS)):
        meses = [(c, mes) for c, celda in escritas if (mes := leer(celda.valor, textos.get((fila, c), ""))) is not None]
        for serie in _series(meses):
            if len(serie) >= minimo:
                hallados |= {(fila, c): titulo_del_mes(m) for c, m in serie}
    return hallados


def _series(meses: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Los (columna, mes) en tramos que siguen el calendario, aunque entre dos haya columnas sin mes."""
    series: list[list[tuple[int, int]]] = []
    for columna, mes in meses:
        previa, anterior = series[-1][-1] if series else (0, 0)
        if series and mes - anterior in {1, columna - previa}:
            series[-1].append((columna, mes))
        else:
            series.append([(columna, mes)])
    return series


def _de_fecha(valor: object, texto: str) -> int | None:
    return valor.month if isinstance(valor, datetime) else mes_con_fecha(texto)


def _de_numero(valor: object, _texto: str) -> int | None:
    return int(valor) if type(valor) is float and valor in range(1, 13) else None


def repartir_meses(titulos: Sequence[tuple[int, tuple[int, ...]]]) -> dict[int, int]:
    """Qué mes es cada columna de una banda; recibe (columna, meses que su título puede ser), de izquierda a derecha.

    Las iniciales se repiten (M, A, J): vale el reparto en orden que da mes a más columnas y, entre ésos, el que menos
    se aparta de una columna por mes. Lo que aun así puede ser dos meses, o dos columnas el mismo, queda sin repartir:
    al borrar «J» no se sabe si la que queda es de junio o de julio.
    """
    opciones = [(c, m) for c, meses in titulos for m in meses]
    hacia, desde = _mejores(opciones), _mejores([(-c, -m) for c, m in opciones])
    totales = {
        o: (hacia[o][0] + desde[-o[0], -o[1]][0], hacia[o][1] + desde[-o[0], -o[1]][1]) for o in opciones
    }
    mejor = max(totales.values(), default=(0, 0))
    buenas = [o for o in opciones if totales[o] == mejor]
    de_columna = Counter(c for c, _ in buenas)
    sueltas = [(c, meses[0]) for c, meses in titulos if len(meses) == 1 and not de_columna[c]]
    # Un mes con su nombre entero lo es aunque no venga en orden.
    quedan = [o for o in buenas if de_columna[o[0]] == 1] + [o for o in sueltas if o[1] not in {m for _, m in buenas}]
    de_mes = Counter(m for _, m in quedan)
    return {c: m for c, m in quedan if de_mes[m] == 1}


def _mejores(opciones: Sequence[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, int]]:
    """De cada (columna, mes), lo mejor que puede ser el reparto que termina ahí: cuántos meses, y saltos en contra."""
    mejores: dict[tuple[int, int], tuple[int, int]] = {}
    for columna, mes in sorted(opciones):
        previas = [
            (cuantos + 1, saltos - (columna - c != mes - m))
            for (c, m), (cuantos, saltos) in mejores.items() if c < columna and m < mes
        ]
        mejores[columna, mes] = max(previas, default=(1, 0))
    return mejores
