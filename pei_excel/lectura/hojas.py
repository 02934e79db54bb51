"""De qué hoja del formato es cada hoja de un archivo: por su nombre y por lo que dicen sus títulos."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from pei_excel.crudo import HojaCruda
from pei_excel.formato import Formato, Hoja
from pei_excel.formatos import TODOS
from pei_excel.lectura.encabezados import MINIMO_DE_TITULOS, Hallado, buscar_encabezados
from pei_excel.lectura.meses import Celda
from pei_excel.textos import normalizar

#: Parte de los títulos que basta si el nombre de la hoja dice cuál es, o el libro lleva la marca de la plantilla.
CON_OTRA_PRUEBA = 0.25
#: Títulos que sólo son de una hoja, y que hacen falta para tomar por ella a otra con nombre ajeno.
_TITULOS_PROPIOS = 3

#: Cómo nombran los programas la copia de una hoja: «Seguimiento (2)», «Seguimiento_2», «Copia de Seguimiento».
_COPIA = re.compile(r"^(?:copia de )?(.+?)(?: copy| copia)?(?: ?\d{1,2})?$")


class _Propio(NamedTuple):
    """Lo que distingue a una hoja de las demás de su formato."""

    titulos: frozenset[str]
    bandas: frozenset[str]
    ajenas: frozenset[str]  #: bandas que sólo son de otras


@cache
def _propio(formato: str, hoja: str) -> _Propio:
    suya = TODOS[formato].por_clave[hoja]
    otras = [h for h in TODOS[formato].hojas if h is not suya]
    bandas = frozenset().union(*(h.bandas for h in otras))
    titulos = frozenset().union(*(h.titulos for h in otras))
    return _Propio(frozenset(suya.titulos) - titulos, suya.bandas - bandas, bandas - suya.bandas)


def hoja_llamada(formato: Formato, nombre: str, *, exacto: bool = False) -> Hoja | None:
    """La hoja del formato que se llama así (sin distinguir acentos), o de la que ese nombre es una copia."""
    escrito = normalizar(nombre)
    por_nombre = {normalizar(h.clave): h for h in formato.hojas}
    copia = _COPIA.match(escrito)
    return por_nombre.get(escrito) or (por_nombre.get(copia[1]) if copia and not exacto else None)


def hallar(
    cruda: HojaCruda, textos: Mapping[Celda, str], formato: Formato, *, minimo: float = MINIMO_DE_TITULOS
) -> list[Hallado]:
    """Los encabezados de la hoja cruda que se toman por los de una hoja del formato, de arriba abajo.

    Una hoja que se llama como una del formato no se toma por otra, salvo que traiga las bandas, la llave y los títulos
    de ésa y nada de la suya. A la que tiene otro nombre le hace falta algo que sólo sea de la hoja que parece.
    """
    todos = [
        h for hoja in formato.hojas if hoja.columnas
        for h in buscar_encabezados(cruda, textos, hoja, _propio(formato.clave, hoja.clave).ajenas)
    ]
    suya = hoja_llamada(formato, cruda.nombre)
    valen = [h for h in todos if _vale(h, textos, formato, suya, minimo, todos)]
    return [h for h in valen if _es_el_mejor(h, valen)]


def _vale(
    hallado: Hallado, textos: Mapping[Celda, str], formato: Formato, suya: Hoja | None, minimo: float,
    todos: Sequence[Hallado],
) -> bool:
    if suya is hallado.hoja:
        return hallado.cobertura >= min(minimo, CON_OTRA_PRUEBA)
    propios, bandas = _marcas(hallado, textos, formato, hallado.hoja)
    propio = _propio(formato.clave, hallado.hoja.clave)
    if suya is None:
        return hallado.cobertura >= minimo and bool(propios or bandas or not (propio.titulos or propio.bandas))
    de_la_suya = [sum(_marcas(h, textos, formato, suya)) for h in todos if h.hoja is suya and _se_cruzan(h, hallado)]
    pocos = not bandas and (bool(propio.bandas) or propios < _TITULOS_PROPIOS)
    con_llave = hallado.hoja.llave[0] in hallado.columnas
    return hallado.cobertura >= MINIMO_DE_TITULOS and con_llave and not pocos and not any(de_la_suya)


def _marcas(hallado: Hallado, textos: Mapping[Celda, str], formato: Formato, hoja: Hoja) -> tuple[int, int]:
    """Cuántos títulos y bandas del encabezado son sólo de esa hoja del formato."""
    propio = _propio(formato.clave, hoja.clave)
    dichos = {t for (f, _), t in textos.items() if hallado.primera <= f <= hallado.ultima}
    return len(dichos & propio.titulos), len(dichos & propio.bandas)


def _se_cruzan(uno: Hallado, otro: Hallado) -> bool:
    return uno.primera <= otro.ultima and otro.primera <= uno.ultima


def _es_el_mejor(hallado: Hallado, todos: Sequence[Hallado]) -> bool:
    """Ninguna otra hoja del formato explica mejor ese mismo encabezado (comparten títulos como «Nivel»)."""
    return not any(_se_cruzan(otro, hallado) and otro.cobertura > hallado.cobertura for otro in todos)
