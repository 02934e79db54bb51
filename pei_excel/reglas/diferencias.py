"""Dos entregas del mismo informe, celda por celda."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import isclose
from typing import Any, NamedTuple

from pei_excel.formatos import FORMATOS
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.periodos import MESES
from pei_excel.textos import cuenta, enumerar, numero

#: Diferencias que caben en un mensaje; todas están en la hoja «Entregas sustituidas».
_EN_EL_MENSAJE = 4


class Diferencia(NamedTuple):
    """Una celda que no dice lo mismo en las dos entregas, o un renglón que sólo está en una."""

    hoja: str  #: la del archivo donde está
    que: str  #: de qué renglón y columna se habla: «Componente 1 · Valores Alcanzados/2do. Trim.»
    celda: str  #: en la entrega que no se usa; vacía si no la tiene
    celda_usada: str  #: en la que se usa; vacía si no la tiene
    valor: Any = None  #: crudo, como lo guarda la celda
    valor_usado: Any = None


def diferencias(libro: Libro, usado: Libro) -> Iterator[Diferencia]:
    """Lo que difiere entre una entrega y la que se usa: el bloque de identificación y cada renglón, por su llave.

    Las celdas con fórmula no se comparan: sale de las otras.
    """
    formato = FORMATOS[libro.formato or "MIR"]
    etiquetas = {c.clave: c.etiqueta.rstrip(": ") for c in formato.principal.campos}
    for clave in dict.fromkeys((*libro.campos, *usado.campos)):
        yield from _de_datos(etiquetas.get(clave, clave), libro.campo(clave), usado.campo(clave))
    for hoja in dict.fromkeys((*libro.hojas, *usado.hojas)):
        suyas, usadas = _por_llave(libro, hoja), _por_llave(usado, hoja)
        titulos = {
            c.clave: "/".join((*c.banda[-1:], MESES[c.mes - 1])) if c.mes else c.nombre
            for c in formato.por_clave[hoja].columnas
        }
        for llave in dict.fromkeys((*suyas, *usadas)):
            fila, pareja = suyas.get(llave), usadas.get(llave)
            que = " · ".join(str(parte) for parte in llave[:-1] if parte != "None")
            if fila is None or pareja is None:
                sola = fila or pareja
                if sola is not None:
                    celda = f"renglón {sola.numero}"
                    yield Diferencia(sola.donde, que, *((celda, "") if fila else ("", celda)))
                continue
            for clave in dict.fromkeys((*fila.datos, *pareja.datos)):
                yield from _de_datos(f"{que} · {titulos.get(clave, clave)}", fila[clave], pareja[clave])


def _de_datos(que: str, dato: Dato, usado: Dato) -> Iterator[Diferencia]:
    if dato.formula or usado.formula or _iguales(dato.crudo, usado.crudo):
        return
    yield Diferencia(dato.hoja or usado.hoja or "", que, dato.celda or "", usado.celda or "", dato.crudo, usado.crudo)


def _por_llave(libro: Libro, hoja: str) -> dict[tuple[object, ...], Fila]:
    """Las filas de una hoja por su llave; si se repite, también por la vez que aparece."""
    llave = FORMATOS[libro.formato or "MIR"].por_clave[hoja].llave
    veces: Counter[tuple[object, ...]] = Counter()
    filas = {}
    for fila in libro.filas(hoja):
        suya = tuple(str(fila.valor(c)) for c in llave)
        filas[*suya, veces[suya]] = fila
        veces[suya] += 1
    return filas


def _iguales(uno: object, otro: object) -> bool:
    """Iguales a la vista: un .xls guarda las cifras con dos dígitos más que un .xlsx."""
    if isinstance(uno, float) and isinstance(otro, float):
        return isclose(uno, otro, rel_tol=1e-9)
    return uno == otro


def resumen(libro: Libro, usado: Libro) -> str:
    """«2 celdas difieren: MIR!Q13 (20 aquí, 35 en la usada) y …», o que sus datos son iguales."""
    todas = [_texto(d) for d in diferencias(libro, usado)]
    if not todas:
        return "Sus datos son iguales"
    primeras, resto = todas[:_EN_EL_MENSAJE], len(todas) - _EN_EL_MENSAJE
    lista = f"{', '.join(primeras)} y {resto} más" if resto > 0 else enumerar(primeras)
    return f"{cuenta(len(todas), 'celda difiere', 'celdas difieren')}: {lista}"


def _texto(d: Diferencia) -> str:
    if d.celda.startswith("renglón"):
        return f"{d.hoja}!{d.celda.removeprefix('renglón ')} (renglón que no está en la otra)"
    if d.celda_usada.startswith("renglón"):
        return f"{d.hoja}!{d.celda_usada.removeprefix('renglón ')} (renglón que sólo está en la usada)"
    return f"{d.hoja}!{d.celda or d.celda_usada} ({ver(d.valor)} aquí, {ver(d.valor_usado)} en la usada)"


def ver(valor: object, largo: int = 40) -> str:
    """Un valor crudo para leer, recortado."""
    if valor is None:
        return "vacía"
    return numero(valor) if isinstance(valor, float) else f"«{str(valor)[:largo]}»"
