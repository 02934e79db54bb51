"""Los libros aprobados de que salen las plantillas de seguimiento: leídos, revisados, y uno solo de cada quien."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pei_excel.anteriores import ejercicio_de
from pei_excel.formato import Formato
from pei_excel.formatos import FORMATOS
from pei_excel.formatos.aplicativo import APLICATIVO
from pei_excel.hallazgo import Severidad
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.proceso import MODULOS_DE_LECTURA, Encargo, revisar_rutas
from pei_excel.revision import Revision, Suerte
from pei_excel.textos import enumerar
from pei_excel.trabajadores import Trabajadores, procesos_por_omision


@dataclass(frozen=True, slots=True)
class Apartado:
    """Un archivo, o un informe de él, del que no sale plantilla."""

    archivo: str
    problema: str
    aparte: bool = False  #: no es una falla: no toca, o se usa otro
    libro: Libro | None = None


@dataclass(slots=True)
class Aprobados:
    """Lo que hay en la ruta señalada."""

    usables: list[Revision] = field(default_factory=list)
    apartados: list[Apartado] = field(default_factory=list)


def leer_aprobados(
    desde: Path, formatos: Collection[Formato], periodo: Periodo, pais: str | None = None
) -> Aprobados:
    """Lee y revisa lo que hay en un libro o una carpeta; lo que no sirve va con su porqué.

    Se revisa cada libro con el periodo que trae escrito, no con el que se pide: lo que se juzga es lo aprobado.
    """
    varios = desde.is_dir() or desde.suffix.lower() == ".zip"
    procesos = procesos_por_omision() if varios else 1
    with Trabajadores(procesos, precargar=MODULOS_DE_LECTURA) as trabajadores:
        resultado = revisar_rutas([desde], Encargo(pais=pais), trabajadores)
    aprobados = Aprobados(apartados=[
        Apartado(h.donde.archivo, str(h.encontrado), aparte=True)
        for h in resultado.de_carpeta
        # Una copia que sí se leyó, y una hoja de otro trimestre, no son archivos apartados.
        if h.regla == "ENT004" and h.donde.hoja is None and h.encontrado != h.donde.archivo
    ])
    for revision in resultado.revisiones:
        libro = revision.libro
        problema = _por_que_no(revision, formatos, periodo)
        if problema is None:
            aprobados.usables.append(revision)
        else:
            ajeno = varios and _de_otro_formato(libro, formatos)
            aprobados.apartados.append(Apartado(libro.archivo, problema, ajeno, libro))
    if not resultado.revisiones and not aprobados.apartados:
        aprobados.apartados.append(Apartado(desde.name or str(desde), "no hay en ella ningún libro"))
    return aprobados


def _de_otro_formato(libro: Libro, formatos: Collection[Formato]) -> bool:
    return libro.formato in FORMATOS and all(libro.formato != f.clave for f in formatos)


def _por_que_no(revision: Revision, formatos: Collection[Formato], periodo: Periodo) -> str | None:
    """Por qué de un informe no puede salir la plantilla; None si puede."""
    libro = revision.libro
    if _de_otro_formato(libro, formatos):
        return f"es un libro de {libro.formato} y se piden los de {enumerar(f.clave for f in formatos)}"
    if libro.formato is None or revision.estado is Suerte.RECHAZADO:
        grave = next((h for h in revision.hallazgos if h.severidad is Severidad.ERROR), None)
        if grave is None or (libro.formato is not None and not libro.rechazado):
            return "no trae ningún renglón: es una plantilla sin llenar"
        mensaje = grave.mensaje[:1].lower() + grave.mensaje[1:]
        donde = f"{grave.donde.hoja}!{grave.donde.celda}: " if grave.donde.celda else ""
        return f"{donde}{mensaje} {grave.como_corregir}".rstrip(".")
    ejercicio = ejercicio_de(libro)
    if ejercicio is not None and ejercicio != periodo.ejercicio:
        de_quien = f"lo de {libro.unidad} " if libro.origen == APLICATIVO else ""
        return (
            f"{de_quien}es del ejercicio {ejercicio} y se pide {periodo.con_articulo}; use el libro aprobado de "
            f"{periodo.ejercicio}"
        )
    return None


def mas_reciente(revisiones: Sequence[Revision]) -> Revision:
    """De varios libros de un mismo informe, el que se usa.

    El que informa hasta más tarde, que trae también lo anterior; después, como entre dos entregas: el de modificación
    interna más reciente y, si empatan, la última ruta.
    """
    def orden(revision: Revision) -> tuple[int, str, str]:
        libro = revision.libro
        mes = libro.periodo.mes if libro.periodo else 0
        return mes, libro.modificado.isoformat() if libro.modificado else "", libro.archivo

    return max(revisiones, key=orden)


def los_que_sobran(revisiones: Iterable[Revision], usado: Revision, quien: str) -> Iterator[Apartado]:
    """Los demás libros del mismo informe, con cuál se usa."""
    for revision in revisiones:
        if revision is not usado:
            yield Apartado(
                revision.libro.archivo,
                f"de {quien} se usa «{usado.libro.archivo}», el más reciente; si debe ser éste, quite el otro",
                aparte=True, libro=revision.libro,
            )
