"""Reglas de la carpeta: una entrega por informe y nada contado dos veces."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import isclose

from pei_excel.formatos import FORMATOS
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.libro import Fila, Libro
from pei_excel.reglas.base import AMBOS, Contexto, Observacion, Tabla, regla
from pei_excel.textos import cuenta, enumerar, numero

#: Nombres que dejan los programas de sincronización cuando dos personas guardan a la vez, y las copias de Windows.
COPIA_EN_CONFLICTO = re.compile(
    r"copia en conflicto|conflicted copy|en conflicto|\(\d+\)\.\w+$| - copia(?: \(\d+\))?\.\w+$", re.IGNORECASE
)


@dataclass(slots=True)
class Entrega:
    """Lo recibido en una carpeta."""

    libros: Sequence[Libro]
    ajenos: Sequence[tuple[str, str]] = ()  #: (archivo, por qué se apartó)
    rechazados: Sequence[Libro] = ()  #: llegaron y no pueden usarse
    sustituidos: dict[int, Libro] = field(default_factory=dict)  #: id del libro sustituido → el que se usa


@regla(
    "ENT003", AMBOS,
    severidad=Severidad.AVISO, para=Destinatario.PLANEACION, alcance="entrega",
    por_que="Si un informe llega dos veces y se cuentan los dos, el consolidado duplica sus cifras.",
    como_corregir="Deje en la carpeta sólo la entrega buena, o confirme que la usada es la última.",
    fuente="Criterio de este programa: se usa la de modificación interna más reciente; si empatan, la última ruta",
    mal=Tabla("✗ archivo", otros=("",)),
    bien={
        "MIR": Tabla("", otros=("""
        Campos
        | Campo                    | Valor                      |
        | Programa Presupuestario: | 7 - Otro programa          |
        """,)),
        "POI": Tabla("", periodo=None, otros=("""
        Campos
        | Campo                   | Valor |
        | Periodo que se reporta: |       |
        """,)),
    },
)
def entrega_repetida(entrega: Entrega, contexto: Contexto) -> Iterator[Observacion]:
    """Hay un solo informe por unidad, programa y periodo; los demás se listan con lo que difiere."""
    grupos: dict[tuple[object, ...], list[Libro]] = {}
    for libro in entrega.libros:
        if not libro.rechazado and _se_sabe_de_quien_es(libro):
            grupos.setdefault((libro.formato, *libro.identidad, _cual_informe(libro, contexto)), []).append(libro)
    for grupo in grupos.values():
        if len(grupo) < 2:
            continue
        usado = max(grupo, key=lambda x: (x.modificado.isoformat() if x.modificado else "", x.archivo, -grupo.index(x)))
        for libro in grupo:
            if libro is usado:
                continue
            entrega.sustituidos[id(libro)] = usado
            programa = f", programa {libro.identidad[1]}" if libro.identidad[1] else ""
            yield Observacion(
                f"{_cual(libro, usado)} de {libro.unidad}{programa}; se usa {_la_usada(libro, usado)} y ésta no se cuenta. {_diferencias(libro, usado)}",
                archivo=libro.archivo, encontrado=libro.archivo, esperado=usado.archivo,
            )


def _se_sabe_de_quien_es(libro: Libro) -> bool:
    """Trae la clave de todo lo que identifica a un informe de su formato: unidad y, si lo hay, programa."""
    campos = {c.clave for c in FORMATOS[libro.formato or "MIR"].principal.campos}
    return all(clave for clave, campo in zip(libro.identidad, ("unidad", "programa"), strict=True) if campo in campos)


def _cual_informe(libro: Libro, contexto: Contexto) -> object:
    """Lo que distingue dos informes de la misma unidad: el periodo; con el suyo en blanco se lee como del pedido.

    De un libro que vive todo el año, cualquiera sirve para el periodo pedido: dos son dos entregas de lo mismo.
    """
    periodo = libro.periodo or contexto.periodo
    if FORMATOS[libro.formato or "MIR"].acumula_el_ano:
        return contexto.periodo or ((periodo.ejercicio, periodo.mes) if periodo else None)
    return periodo.como_trimestre if periodo else None


def _cual(libro: Libro, usado: Libro) -> str:
    if libro.archivo != usado.archivo:
        return "es otra entrega"
    return f"la hoja «{libro.nombres_de_hojas[0]}» es otro informe"


def _la_usada(libro: Libro, usado: Libro) -> str:
    return f"la hoja «{usado.nombres_de_hojas[0]}»" if libro.archivo == usado.archivo else f"«{usado.archivo}»"


def _iguales(uno: object, otro: object) -> bool:
    """Iguales a la vista: un .xls guarda las cifras con dos dígitos más que un .xlsx."""
    if isinstance(uno, float) and isinstance(otro, float):
        return isclose(uno, otro, rel_tol=1e-9)
    return uno == otro


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


def _diferencias(uno: Libro, otro: Libro) -> str:
    distintas = []
    for hoja in uno.hojas:
        previas = _por_llave(otro, hoja)
        for llave, fila in _por_llave(uno, hoja).items():
            pareja = previas.get(llave)
            if pareja is None:
                distintas.append(f"{fila.donde}!{fila.numero} (renglón que no está en la otra)")
                continue
            for clave, dato in fila.datos.items():
                suyo = pareja[clave]
                if not (dato.formula or suyo.formula) and not _iguales(dato.crudo, suyo.crudo):
                    distintas.append(f"{dato.hoja}!{dato.celda} ({_ver(dato.crudo)} aquí, {_ver(suyo.crudo)} en la usada)")
    if not distintas:
        return "Sus datos son iguales"
    mas = f" y {len(distintas) - 4} más" if len(distintas) > 4 else ""
    return f"{cuenta(len(distintas), 'celda difiere', 'celdas difieren')}: {enumerar(distintas[:4]) if not mas else ', '.join(distintas[:4]) + mas}"


def _ver(valor: object) -> str:
    if valor is None:
        return "vacía"
    return numero(valor) if isinstance(valor, float) else f"«{str(valor)[:40]}»"


@regla(
    "ENT004", AMBOS,
    severidad=Severidad.NOTA, para=Destinatario.PLANEACION, alcance="entrega",
    por_que="Lo que no es un informe se aparta y se nombra, para que nada falte sin saberlo.",
    como_corregir="No hace falta nada; si alguno era un informe, pida que lo guarden como libro de Excel.",
    fuente="Criterio de este programa",
    mal=Tabla("✗ archivo", otros=("~$",)),
    bien="",
)
def archivo_apartado(entrega: Entrega, contexto: Contexto) -> Iterator[Observacion]:
    """Los archivos de bloqueo, las copias en conflicto, lo ajeno y las hojas de otros trimestres se nombran."""
    for archivo, motivo in entrega.ajenos:
        yield Observacion(f"se apartó: {motivo}", archivo=archivo, encontrado=motivo)
    for libro in entrega.libros:
        if COPIA_EN_CONFLICTO.search(libro.archivo):
            yield Observacion(
                "por su nombre parece una copia; se leyó como las demás entregas", archivo=libro.archivo,
                encontrado=libro.archivo,
            )
        otras: dict[str, str] = dict(libro.otras_hojas)
        for hoja, trimestre in otras.items():
            yield Observacion(
                f"la hoja «{hoja}» es del {trimestre} y no se usó", archivo=libro.archivo, hoja=hoja,
                encontrado=trimestre,
            )
