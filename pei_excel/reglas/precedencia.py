"""Una causa, un hallazgo: qué regla calla a cuál, como datos, y quien lo aplica."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Literal

from pei_excel.hallazgo import Severidad
from pei_excel.libro import Llave
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


def _toca(a: Observacion, llaves_a: set[Llave], llaves_b: set[Llave], hojas_b: set[str]) -> bool:
    """A nombra una celda que B nombra o lee, o B está en una fila, columna u hoja que A saca."""
    if llaves_a & llaves_b:
        return True
    for hoja, fila, columna in a.saca:
        if hoja == "*":
            return True
        if fila == -2 and hoja in hojas_b:
            return True
        if fila == -3 and any(h == hoja and c == columna for h, _, c in llaves_b):
            return True
        if fila >= 0 and any(h == hoja and f == fila for h, f, _ in llaves_b):
            return True
    return False


def aplicar(observaciones: Iterable[Observacion]) -> list[Observacion]:
    """Las observaciones de un libro que quedan después de callar las que se deben a otra."""
    todas = list(observaciones)
    nombradas = [_nombradas(o) for o in todas]
    tocadas = [n | {d.llave for d in o.lee} for n, o in zip(nombradas, todas, strict=True)]
    hojas = [{h for h, _, _ in t} for t in tocadas]
    quedan = []
    for j, b in enumerate(todas):
        callada = False
        for i, a in enumerate(todas):
            if i == j or callada:
                continue
            ambitos = _directa(_codigo(a), a.variante, _codigo(b), b.variante)
            toca = _toca(a, nombradas[i], tocadas[j], hojas[j])
            hojas_a = {h for h, _, _ in (*nombradas[i], *a.saca)}
            filas_a = {(h, f) for h, f, _ in nombradas[i]}
            callada = (
                ("libro" in ambitos)
                or ("hoja" in ambitos and bool(hojas_a & hojas[j]))
                or ("fila" in ambitos and bool(filas_a & {(h, f) for h, f, _ in tocadas[j]}))
                or ("celda" in ambitos and toca)
                or (toca and _sin_valor(a) and not _codigo(b).startswith("FMT"))
                or (toca and _por_cadena(_etiqueta(a), _etiqueta(b)))
            )
        if not callada:
            quedan.append(b)
    return quedan


def _etiqueta(o: Observacion) -> str:
    return f"{_codigo(o)}:{o.variante}" if o.variante else _codigo(o)


def _sin_valor(o: Observacion) -> bool:
    severidad = o.severidad or (o.regla.severidad if o.regla else None)
    return _codigo(o) in SIN_VALOR and severidad is Severidad.ERROR
