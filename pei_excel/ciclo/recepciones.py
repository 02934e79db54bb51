"""Cuándo llegó cada archivo de una carpeta: según recepcion.csv, la bitácora o, si nadie lo anotó, su propia fecha."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from pei_excel.archivos import Archivo, Hallados
from pei_excel.control import Memoria
from pei_excel.lectura import zips
from pei_excel.lectura.recepcion import (
    SEGUN_ARCHIVO,
    SEGUN_BITACORA,
    Lista,
    ProblemaDeRecepcion,
    Recepcion,
    hallar,
    leer_lista,
)
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.salidas import NoSePudo


def leer_listas(hallados: Hallados, periodo: Periodo | None = None) -> Lista:
    """Lo que dicen los recepcion.csv de las carpetas señaladas; las fechas que no pueden ser del periodo no se usan."""
    recepciones: dict[str, Recepcion] = {}
    problemas: list[ProblemaDeRecepcion] = []
    nombres, ajenos = [a.nombre for a in hallados.archivos], [nombre for nombre, _ in hallados.ajenos]
    for ruta in hallados.listas:
        # Cada lista habla de su carpeta; con una sola, de todo lo que se halló.
        suyos = [a.nombre for a in hallados.archivos if ruta.parent in a.ruta.parents]
        leida = leer_lista(ruta, suyos if len(hallados.listas) > 1 else nombres, ajenos)
        recepciones |= leida.recepciones
        problemas += leida.problemas
    imposibles = _imposibles(recepciones.values(), periodo) if periodo else {}
    posibles = {a: r for a, r in recepciones.items() if a not in imposibles}
    return Lista(posibles, (*problemas, *imposibles.values()))


def _imposibles(recepciones: Iterable[Recepcion], periodo: Periodo) -> dict[str, ProblemaDeRecepcion]:
    """Las de antes del ejercicio o de más de un año después: tienen mal el año."""
    desde, hasta = date(periodo.ejercicio, 1, 1), date(periodo.ejercicio + 1, 12, 31)
    return {
        r.archivo: ProblemaDeRecepcion(
            r.lista, r.celda, f"«{r.archivo}» no pudo recibirse el {r.fecha:%d/%m/%Y}, si es del periodo "
            f"{periodo.codigo}: la fecha no se usa", f"{r.fecha:%d/%m/%Y}",
        ) for r in recepciones if not desde <= r.fecha <= hasta
    }


def fechar(
    archivos: Iterable[Archivo], libros: Iterable[Libro], lista: Lista, memoria: Memoria | None = None,
    hoy: date | None = None,
) -> dict[str, Recepcion]:
    """Archivo → cuándo llegó y quién lo dice: la lista, la bitácora (lo que no conocía se ve hoy) o el propio archivo.

    Sin `memoria` la bitácora no se usa; la primera vez que se lleva, sólo aprende.
    """
    huellas = {libro.archivo: libro.sha256 for libro in libros}
    recepciones: dict[str, Recepcion] = {}
    for archivo in archivos:
        sha256, nombre = huellas.get(archivo.nombre, ""), archivo.nombre
        if nombre in lista.recepciones:
            recepciones[nombre] = lista.recepciones[nombre]
        elif memoria and sha256 in memoria.vistas:
            recepciones[nombre] = Recepcion(nombre, *memoria.vistas[sha256])
        elif memoria and sha256 and not memoria.se_estrena and hoy:
            recepciones[nombre] = Recepcion(nombre, hoy, SEGUN_BITACORA)
        elif (dia := _fecha_del_archivo(archivo.ruta)) is not None:
            recepciones[nombre] = Recepcion(nombre, dia, SEGUN_ARCHIVO)
    return recepciones


def _fecha_del_archivo(ruta: Path) -> date | None:
    """El día en que se guardó, según el disco (el de su .zip si viene en uno); None si no se sabe."""
    try:
        return datetime.fromtimestamp((zips.contenedor_de(ruta) or ruta).stat().st_mtime).astimezone().date()
    except (OSError, OverflowError, ValueError):
        return None


def elegidos(pedidos: Sequence[str], archivos: Iterable[Archivo]) -> tuple[str, ...]:
    """Los archivos que se pidió usar, con el nombre con que se muestran.

    Raises:
        NoSePudo: si alguno no está o hay varios con ese nombre.
    """
    nombres = [a.nombre for a in archivos]
    hallados = []
    for pedido in pedidos:
        archivo, por_que_no = hallar(pedido, nombres)
        if archivo is None:
            raise NoSePudo(f"En --usar, «{pedido}» {por_que_no}.".replace("?.", "?"))
        hallados.append(archivo)
    return tuple(hallados)
