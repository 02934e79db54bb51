"""Reglas del catálogo de la oficina: toda clave que se cita existe, y cada programa tiene quien lo lleve."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pei_excel.catalogo.armado import programas_de, unidades_de
from pei_excel.catalogo.conjunto import Catalogo
from pei_excel.catalogo.registros import Programa
from pei_excel.formato import Hoja
from pei_excel.formatos.catalogo import (
    ALINEACION,
    CALENDARIO,
    CLASES_DE_ALINEACION,
    INDICADORES,
    PROGRAMAS,
    PRORROGAS,
    UNIDADES,
)
from pei_excel.libro import Dato, Libro
from pei_excel.reglas.base import Contexto, Observacion
from pei_excel.reglas.catalogo import regla_de_catalogo
from pei_excel.textos import enumerar, mas_cercano


@regla_de_catalogo(
    "CAT003",
    por_que="Las cifras de una unidad se suman en su superior; si no existe, no se suman en ninguna.",
    como_corregir="Escriba la clave de una unidad de esta hoja, o déjela vacía si no depende de ninguna.",
    mal="""
        Unidades
        | Clave | Superior |
        | U21   | U99 ✗    |
        """,
    bien="""
        Unidades
        | Clave | Superior |
        | U21   | u10      |
        """,
)
def superior_desconocido(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """La unidad superior está en la hoja `Unidades`."""
    conocidas = _claves(libro, UNIDADES)
    for fila in libro.filas(UNIDADES.clave):
        superior = fila.valor("superior")
        if superior is not None and superior not in conocidas:
            yield _desconocida(libro, fila["superior"], superior, "unidad", UNIDADES)


@regla_de_catalogo(
    "CAT006",
    por_que="Sin unidades nadie informa el programa; sin coordinadora no se sabe quién trae el Fin y el Propósito.",
    como_corregir="Escriba las claves de sus unidades y, si son varias, cuál de ellas lo coordina.",
    mal="""
        Programas
        | Clave | Unidades | Unidad coordinadora |
        | P1    | ✗        |                     |
        | P2    | U20, U21 | U10 ✗               |
        """,
    bien="""
        Programas
        | Clave | Unidades | Unidad coordinadora |
        | P1    | U22, U23 |                     |
        """,
)
def programa_sin_unidades_o_sin_coordinadora(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Cada programa tiene unidades y, si lo comparten varias a la vez, una de ellas lo coordina."""
    catalogo = Catalogo(libro.archivo, unidades=unidades_de(libro))
    fechas = sorted({u.vigencia.desde for u in catalogo.unidades if u.vigencia.desde})
    for programa in programas_de(libro):
        unidades, coordina = programa.dato("unidades"), programa.dato("coordinadora")
        if not programa.unidades:
            if unidades.vacio:
                yield Observacion(f"el programa {programa.clave} no tiene unidades", unidades)
            continue
        propias = [f for f in [programa.vigencia.desde, *fechas] if f and programa.vigencia.contiene(f)]
        if programa.coordina is None:
            juntas = [k for f in propias if len(k := _en(catalogo, programa, f)) > 1]
            if juntas and coordina.vacio:
                quienes = enumerar(sorted(juntas[0]))
                yield Observacion(
                    f"{quienes} comparten el programa {programa.clave} y no se dice cuál lo coordina", coordina,
                    lee=(unidades,),
                )
        elif programa.coordina not in programa.unidades and not any(
            set(catalogo.claves_vigentes(programa.coordina, f)) & _en(catalogo, programa, f) for f in propias
        ):
            yield Observacion(
                f"«{programa.coordina}» coordina el programa {programa.clave} y no está entre sus unidades", coordina,
                encontrado=programa.coordina, lee=(unidades,),
            )


def _en(catalogo: Catalogo, programa: Programa, fecha: date) -> set[str]:
    """Las unidades de un programa, con las claves de ese día."""
    return {k for u in programa.unidades for k in catalogo.claves_vigentes(u, fecha)}


#: (hoja, columna) que cita claves → hoja donde deben estar y cómo se llaman.
_CITAS = (
    (UNIDADES, "clave_anterior", UNIDADES, "unidad"),
    (PROGRAMAS, "unidades", UNIDADES, "unidad"),
    (PROGRAMAS, "coordinadora", UNIDADES, "unidad"),
    (INDICADORES, "unidad", UNIDADES, "unidad"),
    (INDICADORES, "programa", PROGRAMAS, "programa"),
    (ALINEACION, "unidades", UNIDADES, "unidad"),
    (PRORROGAS, "unidad", UNIDADES, "unidad"),
)


@regla_de_catalogo(
    "CAT007",
    por_que="Lo que se dice de una clave que no existe se pierde sin aviso.",
    como_corregir="Escriba una clave que esté en su hoja, o agregue ahí el renglón que falta.",
    mal="""
        Programas
        | Clave | Unidades        |
        | P2    | U21, U22, U32 ✗ |
        Indicadores
        | Unidad | Programa | Nivel o código | Nombre   | Acumulación |
        | U21    | P8 ✗     | Componente 2   | Estudios | Suma        |
        Alineación
        | Clase | Código    | Depende de |
        | AEI   | AEI.01.01 | OEI.07 ✗   |
        """,
    bien="""
        Programas
        | Clave | Unidades      |
        | P2    | u21; U22; u23 |
        """,
)
def clave_desconocida(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Toda clave que se cita está en su hoja."""
    for hoja, columna, destino, que in _CITAS:
        conocidas = _claves(libro, destino)
        for fila in libro.filas(hoja.clave):
            valor = fila.valor(columna) or ()
            for clave in (valor,) if isinstance(valor, str) else valor:
                if clave not in conocidas:
                    yield _desconocida(libro, fila[columna], clave, que, destino)
    yield from _alineacion_suelta(libro)
    periodos = {f.valor("periodo") for f in libro.filas(CALENDARIO.clave)}
    for fila in libro.filas(PRORROGAS.clave):
        dato = fila["periodo"]
        if dato.valor is not None and dato.valor not in periodos:
            yield Observacion(
                f"«{dato.escrito}» no está en la hoja «{CALENDARIO.clave}»", dato, encontrado=dato.escrito
            )


def _alineacion_suelta(libro: Libro) -> Iterator[Observacion]:
    codigos = {(f.valor("clase"), f.valor("codigo")) for f in libro.filas(ALINEACION.clave)}
    for fila in libro.filas(ALINEACION.clave):
        arriba, dato = CLASES_DE_ALINEACION.get(fila.valor("clase") or ""), fila["padre"]
        if arriba is None or (arriba, dato.valor) in codigos:
            continue
        quien = f"{fila.valor('clase')} {fila['codigo'].escrito}"
        que = f"no dice de qué {arriba} depende" if dato.vacio else f"depende de «{dato.escrito}», que no está como {arriba}"
        yield Observacion(f"{quien} {que}", dato, encontrado=dato.crudo, lee=(fila["clase"],))


def _claves(libro: Libro, hoja: Hoja) -> set[str]:
    return {clave for f in libro.filas(hoja.clave) if isinstance(clave := f.valor("clave"), str)}


def _desconocida(libro: Libro, dato: Dato, clave: str, que: str, destino: Hoja) -> Observacion:
    cercana = mas_cercano(clave, sorted(_claves(libro, destino)), 0.75)
    # Si una clave no pudo leerse, puede ser ésta: se calla ante lo que se diga de aquella celda.
    ilegibles = tuple(f["clave"] for f in libro.filas(destino.clave) if f.valor("clave") is None)
    sugerencia = f"; ¿quiso decir «{cercana}»?" if cercana else ""
    return Observacion(
        f"«{clave}» no es la clave de {'una' if que == 'unidad' else 'un'} {que} de la hoja «{destino.clave}»{sugerencia}",
        dato, encontrado=clave, esperado=cercana, lee=ilegibles,
    )
