"""Una hoja duplicada en el mismo archivo («Seguimiento (2)»): se lee una sola, y se dice cuál y en qué difieren."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pei_excel.formato import Columna, Hoja
from pei_excel.lectura.informes import Pagina
from pei_excel.libro import Dato, Fila, IncidenteDeLibro
from pei_excel.textos import normalizar
from pei_excel.tipos import como_texto
from pei_excel.ubicacion import direccion

#: Por lo que se reconoce un renglón: su llave o, si en la hoja puede repetirse, todo lo escrito en él.
Renglon = tuple[Any, ...]


def apartar_repetidas(hoja: Hoja, paginas: Sequence[Pagina]) -> tuple[list[Pagina], list[IncidenteDeLibro]]:
    """Las páginas que se leen y lo que se dice de las apartadas.

    Una hoja del archivo repite a otra si más de la mitad de sus renglones ya están en ella. Se lee la que lleva el
    nombre de la plantilla o, si no, la primera.
    """
    por_hoja: dict[str, list[Pagina]] = {}
    for pagina in paginas:
        por_hoja.setdefault(pagina.hallado.cruda.nombre, []).append(pagina)
    if len(por_hoja) < 2:
        return list(paginas), []
    con_llave = all(_llaves_unicas(hoja, _filas(suyas)) for suyas in por_hoja.values())
    leidas: dict[str, dict[Renglon, Fila]] = {}
    incidentes: list[IncidenteDeLibro] = []
    for nombre in sorted(por_hoja, key=lambda n: normalizar(n) != normalizar(hoja.clave)):
        propias = _por_renglon(hoja, _filas(por_hoja[nombre]), con_llave=con_llave)
        original = next((n for n, otras in leidas.items() if len(propias.keys() & otras) * 2 > len(propias)), None)
        if original is None:
            leidas[nombre] = propias
            continue
        titulos = _titulo(hoja, por_hoja[original][0]), _titulo(hoja, por_hoja[nombre][0])
        incidentes.append(_incidente(hoja, (original, leidas[original]), (nombre, propias), titulos))
    return [p for p in paginas if p.hallado.cruda.nombre in leidas], incidentes


def _filas(paginas: Sequence[Pagina]) -> list[Fila]:
    return [fila for pagina in paginas for fila in pagina.filas]


def _capturadas(hoja: Hoja) -> list[Columna]:
    return [c for c in hoja.columnas if c.calculo is None]


def _dicho(dato: Dato) -> Any:
    return dato.valor if dato.valor is not None else dato.crudo


def _llave(hoja: Hoja, fila: Fila) -> Renglon:
    return tuple(_dicho(fila[c]) for c in hoja.llave)


def _llaves_unicas(hoja: Hoja, filas: Sequence[Fila]) -> bool:
    return len({_llave(hoja, f) for f in filas}) == len(filas)


def _por_renglon(hoja: Hoja, filas: Sequence[Fila], *, con_llave: bool) -> dict[Renglon, Fila]:
    if con_llave:
        return {_llave(hoja, f): f for f in filas}
    renglones: dict[Renglon, Fila] = {}
    for fila in filas:
        dicho = tuple(_dicho(fila[c.clave]) for c in _capturadas(hoja))
        veces = sum(r[0] == dicho for r in renglones)  # dos renglones iguales de una hoja son dos
        renglones[dicho, veces] = fila
    return renglones


def _titulo(hoja: Hoja, pagina: Pagina) -> tuple[str, str]:
    celdas = pagina.hallado.celdas
    return pagina.hallado.cruda.nombre, direccion(*(celdas.get(hoja.llave[0]) or next(iter(celdas.values()))))


def _incidente(
    hoja: Hoja, original: tuple[str, dict[Renglon, Fila]], copia: tuple[str, dict[Renglon, Fila]],
    titulos: tuple[tuple[str, str], tuple[str, str]],
) -> IncidenteDeLibro:
    (nombre, suyas), (repetida, otras) = original, copia
    (_, celda), otro_titulo = titulos
    difieren = _primera_diferencia(hoja, suyas, otras)
    if difieren is None:
        mensaje = f"la hoja «{repetida}» es igual a «{nombre}»; sólo se leyó «{nombre}»"
        return IncidenteDeLibro("FMT018", mensaje, nombre, celda, tambien=(otro_titulo,), severidad="NOTA")
    que, uno, otro = difieren
    mensaje = f"la hoja «{repetida}» repite a «{nombre}» y no dicen lo mismo: {que}; sólo se leyó «{nombre}»"
    suyo, ajeno = ((d.hoja or "", d.celda or "") if d else t for d, t in zip((uno, otro), titulos, strict=True))
    return IncidenteDeLibro(
        "FMT018", mensaje, suyo[0], suyo[1], (uno.llave,) if uno else (), tambien=(ajeno,),
        encontrado=como_texto(uno.crudo) if uno and uno.crudo is not None else None,
    )


def _primera_diferencia(
    hoja: Hoja, suyas: dict[Renglon, Fila], otras: dict[Renglon, Fila]
) -> tuple[str, Dato | None, Dato | None] | None:
    """Qué es distinto, y la celda de la hoja leída y la de la otra."""
    primera = hoja.llave[0]
    for renglon, fila in suyas.items():
        if renglon not in otras:
            return f"el renglón de «{fila[primera].escrito}» no está en la otra", fila[primera], None
        for columna in _capturadas(hoja):
            uno, otro = fila[columna.clave], otras[renglon][columna.clave]
            if _dicho(uno) != _dicho(otro):
                dicen = " y ".join(f"«{d.escrito}» en {d.celda}" if d.crudo is not None else f"nada en {d.celda}"
                                   for d in (uno, otro))
                return f"en «{columna.nombre}» de {fila[primera].escrito} hay {dicen}", uno, otro
    for renglon, fila in otras.items():
        if renglon not in suyas:
            return f"el renglón de «{fila[primera].escrito}» sólo está en la otra", None, fila[primera]
    return None
