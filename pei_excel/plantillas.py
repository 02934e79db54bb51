"""Qué plantillas se piden y con qué datos: en blanco, o de seguimiento desde libros aprobados."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from pei_excel.archivos import buscar
from pei_excel.formato import Formato, Modo
from pei_excel.formatos import TODOS
from pei_excel.periodos import Periodo
from pei_excel.salidas import escribir_entero


def escribir_plantillas(
    formato: str, *, salida: Path, ejercicio: int, periodo: Periodo | None, desde: Path | None, filas: int,
    papel: str | None,
) -> Iterator[tuple[str, str | None]]:
    """Escribe las plantillas pedidas y da, de cada una, su ruta y el problema que la impidió (None si salió).

    Raises:
        OSError: si no se puede escribir en la carpeta de salida.
    """
    salida.mkdir(parents=True, exist_ok=True)
    elegidos = list(TODOS.values()) if formato == "todas" else [TODOS[formato.upper()]]
    for uno in elegidos:
        if desde is None:
            yield _en_blanco(uno, salida, ejercicio, periodo, filas, papel), None
        elif periodo is not None and uno.informe:
            yield from _desde_libros(uno, salida, periodo, desde, papel)


def _en_blanco(
    formato: Formato, salida: Path, ejercicio: int, periodo: Periodo | None, filas: int, papel: str | None
) -> str:
    from pei_excel.escritura.plantilla import escribir_plantilla

    memoria = BytesIO()
    escribir_plantilla(
        memoria, formato, modo=Modo.FORMULACION, ejercicio=ejercicio, periodo=periodo if formato.informe else None,
        filas=formato.precargadas, filas_libres=filas, papel=papel,
    )
    ruta = salida / formato.archivo
    escribir_entero(ruta, memoria.getvalue())
    return str(ruta)


def _desde_libros(
    formato: Formato, salida: Path, periodo: Periodo, desde: Path, papel: str | None
) -> Iterator[tuple[str, str | None]]:
    from pei_excel.escritura.desde_libro import filas_desde_libro
    from pei_excel.escritura.plantilla import escribir_plantilla
    from pei_excel.lectura.lector import Opciones, leer
    from pei_excel.proceso import nombre_para_archivo

    usados: set[str] = set()
    for archivo in buscar([desde]).archivos:
        for libro in leer(archivo.ruta, archivo.nombre, Opciones()):
            if libro.apartado:
                continue
            if libro.rechazado or libro.formato != formato.clave:
                motivo = libro.incidentes[0].mensaje if libro.incidentes else "no es un libro de este formato"
                yield archivo.nombre, motivo
                continue
            if libro.periodo is not None and libro.periodo.ejercicio != periodo.ejercicio:
                yield archivo.nombre, (
                    f"es del ejercicio {libro.periodo.ejercicio} y se pide {periodo.nombre}; use el libro aprobado de "
                    f"{periodo.ejercicio}"
                )
                continue
            campos, filas = filas_desde_libro(libro, formato, periodo)
            campos.pop("ejercicio", None)
            partes = [nombre_para_archivo(p) for p in libro.identidad if p] or [nombre_para_archivo(archivo.ruta.stem)]
            base = f"{formato.clave}_{'-'.join(partes)}_{periodo.codigo}"
            nombre, n = f"{base}.xlsx", 2
            while nombre.casefold() in usados:
                nombre, n = f"{base}-{n}.xlsx", n + 1
            usados.add(nombre.casefold())
            memoria = BytesIO()
            escribir_plantilla(
                memoria, formato, modo=Modo.SEGUIMIENTO, ejercicio=periodo.ejercicio, periodo=periodo, campos=campos,
                filas=filas, papel=papel,
            )
            escribir_entero(salida / nombre, memoria.getvalue())
            yield os.fspath(salida / nombre), None
