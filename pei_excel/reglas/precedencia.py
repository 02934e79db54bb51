"""Una causa, un hallazgo: qué regla calla a cuál, como datos, y quien lo aplica."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Literal, NamedTuple

from pei_excel.hallazgo import Severidad
from pei_excel.libro import FILA_DE_COLUMNA, FILA_DE_HOJA, Llave
from pei_excel.reglas.base import Observacion

Ambito = Literal["celda", "fila", "hoja", "libro"]

#: (las que callan, las que callan ante ellas, ámbito). Una regla con variante se escribe «MIR013:trimestre»;
#: sin ella vale por todas sus variantes; «SEG*» vale por la familia. La relación es transitiva.
PRECEDENCIA: tuple[tuple[str, str, Ambito], ...] = (
    # lectura
    ("FMT001 FMT002 FMT003", "*", "celda"),
    ("FMT003", "FMT013 FMT006 FMT009", "hoja"),
    ("FMT012", "FMT003 FMT013", "libro"),
    ("FMT015", "*", "celda"),
    ("FMT006", "FMT004 FMT009 MIR* SEG* POI001 POI002 POI003", "celda"),
    ("FMT010", "FMT009", "libro"),
    ("FMT004", "FMT005", "celda"),
    ("FMT005", "MIR001 MIR013 SEG001 SEG002 FMT009 POI001 POI002 POI003", "celda"),
    ("FMT008", "MIR005", "celda"),
    ("FMT016", "ENT005 ENT006", "celda"),
    ("MIR002 MIR003 FMT015 POI011 POI013", "FMT008:llave", "celda"),
    # MIR
    ("MIR002", "MIR003", "celda"),
    ("MIR003", "MIR004 MIR011 SEG010 MIR014", "fila"),
    ("MIR001", "MIR006 MIR010 MIR013:acumulado SEG002 SEG008", "celda"),
    ("MIR005", "MIR009", "celda"),
    ("MIR009", "SEG004 SEG006 SEG007 MIR013:acumulado", "celda"),
    ("MIR010", "MIR006 MIR014 SEG007:formulacion", "celda"),
    ("MIR012", "MIR006", "celda"),
    ("MIR013:trimestre", "MIR013:acumulado SEG006 SEG008 MIR014", "celda"),
    # seguimiento
    ("SEG003", "SEG001 SEG002 SEG007 SEG008 SEG012 MIR013 MIR014", "celda"),
    ("SEG001", "SEG002:acumulado", "celda"),
    ("SEG004", "SEG005 SEG006 SEG012", "celda"),
    ("SEG007", "SEG008 SEG006", "celda"),
    ("SEG008", "SEG006", "celda"),
    ("SEG005", "SEG010", "celda"),
    ("SEG006 SEG007 SEG008", "SEG012", "celda"),
    ("*", "MIR014", "celda"),
    # POI
    ("POI011", "POI002 POI003 POI007 POI013 POI014 SEG* VER*", "celda"),
    ("POI013", "POI003 POI007 POI014 SEG* VER*", "celda"),
    ("POI012", "FMT004 FMT005 POI001 POI006 POI007 POI008 SEG006 SEG007 SEG008 SEG012", "celda"),
    ("POI001", "POI007 POI008 SEG012", "celda"),
    ("POI002", "POI003", "celda"),
    ("POI004:oei", "POI004:aei", "celda"),
    ("POI004", "POI005", "celda"),
    ("POI008", "POI007", "celda"),
    ("POI007", "SEG012", "celda"),
    # catálogo
    ("CAT002", "CAT004 CAT008 CAT010", "celda"),
    ("CAT003 CAT007", "CAT006", "celda"),
    ("CAT004", "CAT008", "celda"),
    # varios archivos
    ("ENT005", "SEG* VER*", "libro"),
)

#: Con severidad ERROR, su celda (o su fila) no tiene valor: calla todo lo que la lea, menos la lectura misma.
SIN_VALOR = frozenset({"FMT004", "FMT005", "FMT006", "FMT007", "FMT008", "FMT015"})


def _vale(patron: str, codigo: str, variante: str) -> bool:
    base, _, pedida = patron.partition(":")
    if pedida and pedida != variante:
        return False
    return base in {"*", codigo} or (base.endswith("*") and codigo.startswith(base[:-1]))


@cache
def _directa(uno: str, variante_uno: str, otro: str, variante_otro: str) -> frozenset[Ambito]:
    if uno == otro and variante_uno == variante_otro:
        return frozenset()
    return frozenset(
        ambito
        for calla, callan, ambito in PRECEDENCIA
        if any(_vale(p, uno, variante_uno) for p in calla.split())
        and any(_vale(p, otro, variante_otro) for p in callan.split())
        and not ("*" in {calla, callan} and _directa_explicita(otro, variante_otro, uno, variante_uno))
    )


@cache
def _directa_explicita(uno: str, variante_uno: str, otro: str, variante_otro: str) -> bool:
    """Hay una línea, sin comodín total, en que `uno` calla a `otro`."""
    return any(
        any(_vale(p, uno, variante_uno) for p in calla.split() if p != "*")
        and any(_vale(p, otro, variante_otro) for p in callan.split() if p != "*")
        for calla, callan, _ in PRECEDENCIA
    )


@cache
def _por_cadena(uno: str, otro: str) -> bool:
    """`uno` calla a `otro` a través de otras reglas (A > B > C), sin contar comodines totales."""
    nodos = {p for calla, callan, _ in PRECEDENCIA for p in (*calla.split(), *callan.split()) if p != "*"}
    pendientes = [uno]
    vistos: set[str] = set()
    while pendientes:
        actual = pendientes.pop()
        codigo, _, variante = actual.partition(":")
        for nodo in nodos - vistos:
            base, _, suya = nodo.partition(":")
            if base.endswith("*"):
                continue
            if _directa_explicita(codigo, variante, base, suya):
                vistos.add(nodo)
                pendientes.append(nodo)
    return any(_vale(v, otro.partition(":")[0], otro.partition(":")[2]) for v in vistos)


def _nombradas(o: Observacion) -> set[Llave]:
    datos = (o.dato, *o.nombra) if o.dato is not None else o.nombra
    return {d.llave for d in datos}


def _codigo(o: Observacion) -> str:
    return o.regla.codigo if o.regla else ""


def _toca(a: _Vista, b: _Vista) -> bool:
    """A nombra una celda que B nombra o lee, o B está en una fila, columna u hoja que A saca."""
    if not a.nombra.isdisjoint(b.toca):
        return True
    for hoja, fila, columna in a.observacion.saca:
        if hoja == "*":
            return True
        if fila == FILA_DE_HOJA and hoja in b.hojas:
            return True
        if fila == FILA_DE_COLUMNA and any(h == hoja and c == columna for h, _, c in b.toca):
            return True
        if fila >= 0 and any(h == hoja and f == fila for h, f, _ in b.toca):
            return True
    return False


def aplicar(observaciones: Iterable[Observacion]) -> list[Observacion]:
    """Las observaciones de un libro que quedan después de callar las que se deben a otra."""
    todas = [_vista(o) for o in observaciones]
    por_clase: dict[tuple[str, str, bool], list[_Vista]] = {}
    for una in todas:
        por_clase.setdefault(una.clase, []).append(una)

    def callada(b: _Vista) -> bool:
        return any(
            a is not b and _calla(a, b, ambitos, si_la_toca=si_la_toca)
            for clase, suyas in por_clase.items()
            for ambitos, si_la_toca in [_relacion(clase, b.clase)] if ambitos or si_la_toca
            for a in suyas
        )

    return [b.observacion for b in todas if not callada(b)]


class _Vista(NamedTuple):
    """Una observación con lo que hace falta para compararla con las demás."""

    observacion: Observacion
    clase: tuple[str, str, bool]  #: código, variante y si su celda queda sin valor
    nombra: frozenset[Llave]
    toca: frozenset[Llave]  #: lo que nombra o lee
    hojas: frozenset[str]


def _vista(o: Observacion) -> _Vista:
    nombra = frozenset(_nombradas(o))
    toca = nombra | {d.llave for d in o.lee}
    return _Vista(o, (_codigo(o), o.variante, _sin_valor(o)), nombra, toca, frozenset(h for h, _, _ in toca))


def _calla(a: _Vista, b: _Vista, ambitos: frozenset[Ambito], *, si_la_toca: bool) -> bool:
    if "libro" in ambitos:
        return True
    if "hoja" in ambitos and {h for h, _, _ in (*a.nombra, *a.observacion.saca)} & b.hojas:
        return True
    if "fila" in ambitos and {ll[:2] for ll in a.nombra} & {ll[:2] for ll in b.toca}:
        return True
    return (si_la_toca or "celda" in ambitos) and _toca(a, b)


@cache
def _relacion(uno: tuple[str, str, bool], otro: tuple[str, str, bool]) -> tuple[frozenset[Ambito], bool]:
    """Con qué ámbitos `uno` calla a `otro` y si basta con que toque sus celdas: sin valor, o por otras reglas."""
    (codigo, variante, sin_valor), (suyo, su_variante, _) = uno, otro
    por_valor = sin_valor and not suyo.startswith("FMT")
    cadena = _por_cadena(_etiqueta(codigo, variante), _etiqueta(suyo, su_variante))
    return _directa(codigo, variante, suyo, su_variante), por_valor or cadena


def _etiqueta(codigo: str, variante: str) -> str:
    return f"{codigo}:{variante}" if variante else codigo


def _sin_valor(o: Observacion) -> bool:
    severidad = o.severidad or (o.regla.severidad if o.regla else None)
    return _codigo(o) in SIN_VALOR and severidad is Severidad.ERROR
