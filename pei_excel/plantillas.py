"""Qué plantillas se piden y con qué datos: en blanco, o de seguimiento desde libros aprobados o una exportación."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from pei_excel.archivos import espacio_de_salida
from pei_excel.formato import Formato, Modo
from pei_excel.formatos import TODOS
from pei_excel.indicaciones import como_se_escribe, indicacion
from pei_excel.periodos import Periodo
from pei_excel.salidas import LARGO_DE_NOMBRE, escribir_entero, otra_carpeta, puerta
from pei_excel.textos import cuenta

if TYPE_CHECKING:
    from pei_excel.aprobados import Apartado
    from pei_excel.escritura.membrete import Membrete
    from pei_excel.escritura.seguimiento_desde import Seguimiento
    from pei_excel.revision import Revision

#: Errores de un libro aprobado que se escriben en la terminal; los demás se ven al revisarlo.
MAXIMO_DE_ERRORES = 40


class Hecha(NamedTuple):
    """Una plantilla pedida."""

    ruta: str  #: la escrita o, si no salió, el archivo del que debía salir; vacía, si no sale ninguna
    problema: str | None = None  #: por qué no salió
    aparte: bool = False  #: no es una falla: es de otro formato, o ya se usa otro libro de la misma unidad
    aviso: str | None = None  #: qué no pudo colocarse y qué queda por llenar
    de: str = ""  #: el libro aprobado del que sale
    errores: tuple[str, ...] = ()  #: lo que ese libro trae mal y pasa a la plantilla, una línea cada uno


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
        if desde is not None and periodo is not None:
            yield from _desde_libros([uno for uno in elegidos if uno.informe], salida, periodo, desde, papel)
            return
        for uno in elegidos:
            yield _en_blanco(uno, salida, ejercicio, periodo, filas, papel)


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
        return Hecha(str(ruta), f"ya hay uno distinto y no se escribe encima; bórrelo antes o {otra_carpeta()}")
    escribir_entero(ruta, memoria.getvalue())
    return Hecha(str(ruta))


def _desde_libros(
    formatos: Sequence[Formato], salida: Path, periodo: Periodo, desde: Path, papel: str | None
) -> Iterator[Hecha]:
    from pei_excel.aprobados import leer_aprobados, los_que_sobran, mas_reciente
    from pei_excel.escritura.seguimiento_desde import seguimiento_desde

    usados: set[str] = set()
    aprobados = leer_aprobados(desde, formatos, periodo)
    yield from map(de_apartado, aprobados.apartados)
    for grupo in _por_informe(aprobados.usables):
        usada = mas_reciente(grupo)
        libro = usada.libro
        partes = [p for p in libro.identidad if p] or [PurePath(libro.archivo).stem]
        yield from map(de_apartado, los_que_sobran(grupo, usada, "-".join(partes)))
        formato = next(f for f in formatos if f.clave == libro.formato)
        seguimiento = seguimiento_desde(usada, formato, periodo)
        ruta = salida / nombre_libre(formato, partes, periodo.codigo, usados)
        memoria = BytesIO()
        escribir_seguimiento(memoria, seguimiento, periodo, papel)
        escribir_entero(ruta, memoria.getvalue())
        yield hecha_desde(ruta, seguimiento, libro.archivo)


def _por_informe(revisiones: Sequence[Revision]) -> list[list[Revision]]:
    """Los libros de cada unidad y programa; uno del que no se sabe de quién es va solo."""
    grupos: dict[object, list[Revision]] = {}
    for n, revision in enumerate(revisiones):
        libro = revision.libro
        grupos.setdefault((libro.formato, *libro.identidad) if libro.identidad[0] else n, []).append(revision)
    return list(grupos.values())


def de_apartado(apartado: Apartado) -> Hecha:
    """Lo que se dice de un archivo del que no sale plantilla."""
    return Hecha(apartado.archivo, apartado.problema, apartado.aparte)


def hecha_desde(ruta: Path, seguimiento: Seguimiento, archivo: str) -> Hecha:
    """Lo que se dice de una plantilla que salió del libro aprobado `archivo`."""
    return Hecha(os.fspath(ruta), aviso="; ".join(seguimiento.avisos) or None, de=archivo, errores=seguimiento.errores)


def errores_de(hecha: Hecha, desde: Path | None) -> Iterator[str]:
    """Lo que el libro aprobado, que está en `desde`, trae mal y pasó a la plantilla; de muchas líneas, las primeras."""
    if not hecha.errores:
        return
    cuantos = cuenta(len(hecha.errores), "error", "errores")
    yield f"{PurePath(hecha.ruta).name}: el libro aprobado «{hecha.de}» tiene {cuantos}; corríjalo y pídala otra vez:"
    yield from (f"  {linea}" for linea in hecha.errores[:MAXIMO_DE_ERRORES])
    if len(hecha.errores) > MAXIMO_DE_ERRORES:
        donde = indicacion(orden=f"véalos con: {como_se_escribe('revisar', desde)}", menu="véalos con «Revisar»")
        yield f"  … y {len(hecha.errores) - MAXIMO_DE_ERRORES} más; {donde}"


def escribir_seguimiento(
    destino: BinaryIO, seguimiento: Seguimiento, periodo: Periodo, papel: str | None, membrete: Membrete | None = None
) -> None:
    """Escribe el libro de seguimiento de un periodo."""
    from pei_excel.escritura.plantilla import escribir_plantilla

    escribir_plantilla(
        destino, seguimiento.formato, modo=Modo.SEGUIMIENTO, ejercicio=periodo.ejercicio, periodo=periodo,
        campos=seguimiento.campos, filas=seguimiento.filas, papel=papel, membrete=membrete,
    )


def nombre_libre(formato: Formato, partes: Sequence[str], cola: str, usados: set[str]) -> str:
    """Nombre del libro de una unidad que nadie ha usado; queda anotado en `usados`."""
    from pei_excel.proceso import nombre_para_archivo

    cola = f"_{cola}"
    base = f"{formato.clave}_{'-'.join(filter(None, map(nombre_para_archivo, partes))) or 'libro'}"
    base = base[: LARGO_DE_NOMBRE - 10 - len(cola)] + cola
    nombre, n = f"{base}.xlsx", 2
    while nombre.casefold() in usados:
        nombre, n = f"{base}-{n}.xlsx", n + 1
    usados.add(nombre.casefold())
    return nombre
