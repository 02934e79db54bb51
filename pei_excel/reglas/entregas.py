"""Reglas de la carpeta: una entrega por informe y nada contado dos veces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pei_excel.formatos import FORMATOS
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.lectura.decisiones import ProblemaDeDecision
from pei_excel.lectura.recepcion import COPIA_EN_CONFLICTO, Lista, Llegada, Recepcion
from pei_excel.libro import Libro
from pei_excel.reglas.base import AMBOS, Contexto, Observacion, Tabla, regla
from pei_excel.reglas.diferencias import resumen


@dataclass(slots=True)
class Entrega:
    """Lo recibido en una carpeta."""

    libros: Sequence[Libro]
    ajenos: Sequence[tuple[str, str]] = ()  #: (archivo, por qué se apartó)
    rechazados: Sequence[Libro] = ()  #: llegaron y no pueden usarse
    recepciones: Mapping[str, Recepcion] = field(default_factory=dict)  #: por archivo
    lista: Lista = field(default_factory=Lista)  #: lo que dice recepcion.csv
    usar: frozenset[str] = frozenset()  #: archivos que se pidió usar
    #: (formato, unidad, programa) → cuándo llegó su primera entrega, aunque el archivo ya no esté; de la bitácora
    primeras: Mapping[tuple[str, str, str], date] = field(default_factory=dict)
    sustituidos: dict[int, Libro] = field(default_factory=dict)  #: id del libro sustituido → el que se usa
    completa: bool = True  #: es la carpeta de lo recibido: lo que no está no ha llegado; de libros sueltos no se sabe
    decisiones: Sequence[ProblemaDeDecision] = ()  #: lo que no se entiende de las anotadas en el consolidado


_NO_SE_SABE = "No se sabe cuál es la última: si no es la usada, anote en recepcion.csv cuándo llegó cada una. "


@regla(
    "ENT003", AMBOS,
    severidad=Severidad.AVISO, para=Destinatario.PLANEACION, alcance="entrega",
    por_que="Si un informe llega dos veces y se cuentan los dos, el consolidado duplica sus cifras.",
    como_corregir="Deje en la carpeta sólo la entrega buena, o confirme que la usada es la última.",
    fuente="Criterio de este programa: se usa la que se pide; si no, la recibida al último según "
    "recepcion.csv, si las trae todas; si no o si empatan, la de modificación interna más reciente; si también o si a "
    "alguna le falta, la última por su nombre, y se dice que no se sabe. La bitácora no decide",
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
            quien = _clave_de_hoy(libro, contexto), libro.identidad[1], _cual_informe(libro, contexto)
            grupos.setdefault((libro.formato, *quien), []).append(libro)
    for grupo in grupos.values():
        if len(grupo) < 2:
            continue
        usado, por_que, se_sabe = _elegir(grupo, entrega)
        for libro in grupo:
            if libro is usado:
                continue
            entrega.sustituidos[id(libro)] = usado
            programa = f", programa {libro.identidad[1]}" if libro.identidad[1] else ""
            iguales = libro.archivo == usado.archivo or libro.sha256 == usado.sha256 != ""
            duda = "" if se_sabe or iguales else _NO_SE_SABE
            yield Observacion(
                f"{_cual(libro, usado)} de {libro.unidad}{programa}; se usa {_la_usada(libro, usado)}{por_que} y ésta no se "
                f"cuenta. {duda}{resumen(libro, usado)}",
                archivo=libro.archivo, encontrado=libro.archivo, esperado=usado.archivo,
            )
    for libro in entrega.rechazados:
        if libro.archivo in entrega.usar:
            yield Observacion("se pidió usar este archivo y no puede usarse: está rechazado", archivo=libro.archivo)


def _elegir(grupo: Sequence[Libro], entrega: Entrega) -> tuple[Libro, str, bool]:
    """La entrega que se usa, por qué (si no es sólo por la modificación interna) y si se sabe que es la última.

    Sólo mira lo que viaja con los archivos: con la bitácora o sin ella se elige la misma.
    """
    pedidos = [x for x in grupo if x.archivo in entrega.usar]
    candidatos = pedidos or list(grupo)
    llegada = Llegada((x.archivo for x in candidatos), entrega.recepciones)
    usado = max(candidatos, key=lambda x: (llegada.orden(x.archivo, x.modificado), -grupo.index(x)))
    if pedidos:
        return usado, ", como se pidió,", len(pedidos) == 1 or _es_la_ultima(usado, pedidos)
    empatan = [x for x in candidatos if llegada.fecha(x.archivo) == llegada.fecha(usado.archivo)]
    dia, por_que = llegada.fecha(usado.archivo), ""
    if dia is not None and len(empatan) < len(candidatos):
        por_que = f", recibida el {dia.day:02d}/{dia.month:02d}/{dia.year},"
    return usado, por_que, _es_la_ultima(usado, empatan)


def _modificado(libro: Libro) -> str:
    return libro.modificado.isoformat() if libro.modificado else ""


def _es_la_ultima(usado: Libro, empatan: Sequence[Libro]) -> bool:
    """Su modificación interna es posterior a la de las demás, y todas la traen; o no hay otra."""
    otras = [_modificado(x) for x in empatan if x.archivo != usado.archivo]
    return not otras or (all(otras) and _modificado(usado) > max(otras))


def _se_sabe_de_quien_es(libro: Libro) -> bool:
    """Trae la clave de todo lo que identifica a un informe de su formato: unidad y, si lo hay, programa."""
    campos = {c.clave for c in FORMATOS[libro.formato or "MIR"].principal.campos}
    return all(clave for clave, campo in zip(libro.identidad, ("unidad", "programa"), strict=True) if campo in campos)


def _clave_de_hoy(libro: Libro, contexto: Contexto) -> str:
    """La clave que su unidad tenía ese periodo, aunque el libro traiga la de antes: son el mismo informe."""
    clave, periodo = libro.identidad[0], contexto.periodo_de(libro)
    if contexto.catalogo is None or periodo is None:
        return clave
    return contexto.catalogo.clave_vigente(clave, periodo.ultimo_dia) or clave


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
