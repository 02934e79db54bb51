"""Qué plantillas se piden y con qué datos: en blanco, o de seguimiento desde libros aprobados o una exportación."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from pei_excel.anteriores import ejercicio_de
from pei_excel.archivos import buscar, espacio_de_salida
from pei_excel.formato import Formato, Modo
from pei_excel.formatos import FORMATOS, TODOS
from pei_excel.formatos.aplicativo import APLICATIVO
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.salidas import LARGO_DE_NOMBRE, escribir_entero, puerta


class Hecha(NamedTuple):
    """Una plantilla pedida."""

    ruta: str  #: la escrita o, si no salió, el archivo del que debía salir
    problema: str | None = None  #: por qué no salió
    aparte: bool = False  #: no salió porque es de otro formato, en una carpeta con varios: no es una falla
    aviso: str | None = None  #: qué no pudo colocarse


def escribir_plantillas(
    formato: str, *, salida: Path, ejercicio: int, periodo: Periodo | None, desde: Path | None, filas: int,
    papel: str | None,
) -> Iterator[Hecha]:
    """Escribe las plantillas pedidas y da cuenta de cada una.

    Raises:
        SalidaOcupada: si no se puede escribir en la carpeta de salida.
    """
    elegidos = list(TODOS.values()) if formato == "todas" else [TODOS[formato.upper()]]
    with puerta(salida, espacio_de_salida([desde]) if desde else 0):
        for uno in elegidos:
            if desde is None:
                yield _en_blanco(uno, salida, ejercicio, periodo, filas, papel)
            elif periodo is not None and uno.informe:
                yield from _desde_libros(uno, salida, periodo, desde, papel)


def _en_blanco(
    formato: Formato, salida: Path, ejercicio: int, periodo: Periodo | None, filas: int, papel: str | None
) -> Hecha:
    from pei_excel.escritura.plantilla import escribir_plantilla

    memoria = BytesIO()
    escribir_plantilla(
        memoria, formato, modo=Modo.FORMULACION, ejercicio=ejercicio, periodo=periodo if formato.informe else None,
        filas=formato.precargadas, filas_libres=filas, papel=papel,
    )
    ruta = salida / formato.archivo
    if not formato.informe and ruta.exists() and ruta.read_bytes() != memoria.getvalue():
        # Es de la oficina y sólo hay uno: lo que ya se capturó no se pierde por pedir la plantilla otra vez.
        return Hecha(str(ruta), "ya hay uno distinto y no se escribe encima; bórrelo antes o elija otra con -o")
    escribir_entero(ruta, memoria.getvalue())
    return Hecha(str(ruta))


def _desde_libros(
    formato: Formato, salida: Path, periodo: Periodo, desde: Path, papel: str | None
) -> Iterator[Hecha]:
    from pei_excel.lectura.lector import Opciones, leer

    usados: set[str] = set()
    for archivo in buscar([desde]).archivos:
        for libro in leer(archivo.ruta, archivo.nombre, Opciones()):
            if libro.apartado:
                continue
            problema = por_que_no(libro, formato, periodo)
            if problema:
                yield Hecha(archivo.nombre, problema, desde.is_dir() and de_otro_formato(libro, formato))
                continue
            contenido, aviso = _seguimiento(libro, formato, periodo, papel)
            partes = [p for p in libro.identidad if p] or [archivo.ruta.stem]
            nombre = nombre_libre(formato, partes, periodo.codigo, usados)
            escribir_entero(salida / nombre, contenido)
            yield Hecha(os.fspath(salida / nombre), aviso=aviso)


def de_otro_formato(libro: Libro, formato: Formato) -> bool:
    """Es un informe de otro formato: en una carpeta con de todo, no es un problema."""
    return libro.formato in FORMATOS and libro.formato != formato.clave


def nombre_libre(formato: Formato, partes: Sequence[str], cola: str, usados: set[str]) -> str:
    """Nombre del libro de una unidad que nadie ha usado; queda anotado en `usados`."""
    from pei_excel.proceso import nombre_para_archivo

    cola = f"_{cola}"
    base = f"{formato.clave}_{'-'.join(nombre_para_archivo(p) for p in partes)}"
    base = base[: LARGO_DE_NOMBRE - 10 - len(cola)] + cola
    nombre, n = f"{base}.xlsx", 2
    while nombre.casefold() in usados:
        nombre, n = f"{base}-{n}.xlsx", n + 1
    usados.add(nombre.casefold())
    return nombre


def por_que_no(libro: Libro, formato: Formato, periodo: Periodo) -> str | None:
    """Por qué de un libro no puede salir la plantilla; None si puede."""
    if de_otro_formato(libro, formato):
        return f"es un libro de {libro.formato} y se piden los de {formato.clave}"
    if libro.rechazado or libro.formato is None:
        return libro.incidentes[0].mensaje if libro.incidentes else "no es un libro de este formato"
    ejercicio = ejercicio_de(libro)
    if ejercicio is not None and ejercicio != periodo.ejercicio:
        de_quien = f"lo de {libro.unidad} " if libro.origen == APLICATIVO else ""
        return (
            f"{de_quien}es del ejercicio {ejercicio} y se pide {periodo.nombre}; use el libro aprobado de "
            f"{periodo.ejercicio}"
        )
    return None


def _seguimiento(libro: Libro, formato: Formato, periodo: Periodo, papel: str | None) -> tuple[bytes, str | None]:
    """El libro de seguimiento de un informe y qué no pudo colocarse en él."""
    from pei_excel.escritura.desde_libro import desde_exportacion, filas_desde_libro
    from pei_excel.escritura.plantilla import escribir_plantilla

    aviso = None
    if libro.origen == APLICATIVO:
        formato, campos, filas, aviso = desde_exportacion(libro, periodo)
    else:
        campos, filas = filas_desde_libro(libro, formato, periodo)
    campos.pop("ejercicio", None)
    memoria = BytesIO()
    escribir_plantilla(
        memoria, formato, modo=Modo.SEGUIMIENTO, ejercicio=periodo.ejercicio, periodo=periodo, campos=campos,
        filas=filas, papel=papel,
    )
    return memoria.getvalue(), aviso
