"""Lo mismo muchas veces es un solo hallazgo que nombra todas sus celdas: se lee y se corrige de una vez."""

from __future__ import annotations

from collections.abc import Iterable

from pei_excel.hallazgo import Severidad
from pei_excel.reglas.base import Observacion
from pei_excel.ubicacion import fila_y_columna

#: Números como texto de una hoja que se juntan en un hallazgo; menos se dicen uno por uno.
MUCHOS_TEXTOS = 8
#: Celdas de una columna calculada con lo mismo que se juntan: se pegaron valores sobre sus fórmulas, o se movió algo.
MUCHAS_CALCULADAS = 5
#: Las reglas que señalan una cifra calculada, escrita encima de su fórmula o borrada.
_DE_CALCULADAS = frozenset({"FMT009", "MIR001", "SEG001", "POI001", "POI002"})


def juntar(observaciones: Iterable[Observacion]) -> list[Observacion]:
    """Las observaciones de un libro que ya pasaron la precedencia, con las repetidas reunidas en la primera.

    Se reúnen: el mismo texto en celdas seguidas de un renglón (FMT004), los números como texto de una hoja (FMT005) y
    las celdas de una columna calculada (FMT009 y las reglas de esas cifras).
    """
    juntas = _textos_seguidos(list(observaciones))
    grupos: dict[tuple[str, str, object], list[Observacion]] = {}
    for observacion in juntas:
        grupo = _grupo(observacion)
        if grupo is not None:
            grupos.setdefault(grupo, []).append(observacion)
    reunidas: set[int] = set()
    for (codigo, *_), suyas in grupos.items():
        if len(suyas) >= (MUCHOS_TEXTOS if codigo == "FMT005" else MUCHAS_CALCULADAS):
            primera, *otras = suyas
            _reunir(primera, otras)
            reunidas |= {id(o) for o in otras}
    return [o for o in juntas if id(o) not in reunidas]


def _codigo(observacion: Observacion) -> str:
    return observacion.regla.codigo if observacion.regla else ""


def _grupo(observacion: Observacion) -> tuple[str, str, object] | None:
    """Regla, hoja y qué es lo mismo, si puede reunirse con otras."""
    dato, codigo = observacion.dato, _codigo(observacion)
    if dato is None or dato.hoja is None or dato.llave[1] < 0:
        return None
    if codigo == "FMT005" and observacion.severidad is not Severidad.ERROR:
        return codigo, dato.hoja, isinstance(dato.crudo, str)
    if codigo in _DE_CALCULADAS and (codigo == "FMT009" or not dato.formula):
        que = observacion.mensaje.partition(":")[0] if codigo == "FMT009" else ""
        return codigo, dato.hoja, (dato.llave[2], que)
    return None


def _reunir(primera: Observacion, otras: list[Observacion]) -> None:
    datos = [d for o in otras for d in (o.dato, *o.nombra) if d is not None]
    primera.nombra += tuple(datos)
    de_donde = "esta hoja" if _codigo(primera) == "FMT005" else "su columna"
    primera.mensaje += f"; hay otras {len(datos)} celdas así en {de_donde}"


def _textos_seguidos(observaciones: list[Observacion]) -> list[Observacion]:
    """«pendiente», «pendiente»… en celdas seguidas de un renglón, en una sola observación."""
    juntas: list[Observacion] = []
    for observacion in observaciones:
        previa = juntas[-1] if juntas else None
        if previa is not None and observacion.dato is not None and _sigue(previa, observacion):
            previa.nombra += (observacion.dato,)
        else:
            juntas.append(observacion)
    for observacion in juntas:
        if _codigo(observacion) == "FMT004" and observacion.nombra and observacion.dato is not None:
            rango = f"{observacion.dato.celda}:{observacion.nombra[-1].celda}"
            observacion.mensaje += f"; así está en {len(observacion.nombra) + 1} celdas seguidas ({rango})"
    return juntas


def _sigue(previa: Observacion, otra: Observacion) -> bool:
    ultimo, dato = (previa.nombra or (previa.dato,))[-1], otra.dato
    if _codigo(previa) != "FMT004" or _codigo(otra) != "FMT004" or previa.mensaje != otra.mensaje:
        return False
    if ultimo is None or dato is None or not isinstance(dato.crudo, str) or not ultimo.celda or not dato.celda:
        return False
    (fila, columna), (suya, siguiente) = fila_y_columna(ultimo.celda), fila_y_columna(dato.celda)
    return (ultimo.hoja, ultimo.llave[:2], fila, columna + 1) == (dato.hoja, dato.llave[:2], suya, siguiente)
