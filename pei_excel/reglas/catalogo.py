"""Reglas del catálogo de la oficina: claves, correos y quién depende de quién. Hasta corregirlas no se usa.

Son de este programa, no de ningún municipio. Se aplican además las reglas de lectura de `DE_LECTURA`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial

from pei_excel.calculos import plegar
from pei_excel.catalogo.armado import programas_de, unidades_de, vigencia_de
from pei_excel.catalogo.conjunto import Catalogo
from pei_excel.catalogo.registros import Programa
from pei_excel.formato import Hoja
from pei_excel.formatos.catalogo import (
    ALINEACION,
    CALENDARIO,
    CATALOGO,
    CLASES_DE_ALINEACION,
    INDICADORES,
    PROGRAMAS,
    PRORROGAS,
    UNIDADES,
)
from pei_excel.hallazgo import Destinatario
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.reglas.base import Contexto, Observacion, Regla, regla
from pei_excel.textos import enumerar, mas_cercano
from pei_excel.tipos_oficina import CORREO_INVALIDO

#: Reglas de lectura que valen para cualquier libro, también para éste.
DE_LECTURA = frozenset({
    "FMT001", "FMT002", "FMT003", "FMT004", "FMT005", "FMT006", "FMT008", "FMT011", "FMT012", "FMT013", "FMT014",
    "FMT015",
})

#: Datos que si faltan tienen su propia regla: las unidades de un programa (CAT006) y la fecha límite (CAT009).
_CON_REGLA_PROPIA = {(PROGRAMAS.clave, "unidades"), (CALENDARIO.clave, "limite")}

FUENTE = "Criterio de este programa"
regla_de_catalogo: Callable[..., Callable[[Callable[..., Iterator[Observacion]]], Regla]] = partial(
    regla, formatos=(CATALOGO.clave,), para=Destinatario.PLANEACION, fuente=FUENTE
)


@regla_de_catalogo(
    "CAT001",
    por_que="Esos datos se imprimen en los libros de todas las unidades; sin ellos saldrían incompletos.",
    como_corregir="Llene la celda.",
    mal="""
        Campos
        | Dato                            | Valor |
        | Contacto del área de planeación: | ✗    |
        Unidades
        | Clave | Cargo del titular |
        | U21   | ✗                 |
        """,
    bien="""
        Campos
        | Dato                    | Valor |
        | Correo de la Tesorería: |       |
        """,
)
def dato_que_falta(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Están todos los datos que no pueden faltar."""
    for campo in CATALOGO.principal.campos:
        dato = libro.campo(campo.clave)
        if campo.obligatorio and dato.vacio:
            yield Observacion(f"falta «{campo.etiqueta.rstrip(':')}»", dato)
    for hoja in CATALOGO.hojas:
        obligatorias = [c for c in hoja.columnas if c.obligatoria and (hoja.clave, c.clave) not in _CON_REGLA_PROPIA]
        for fila in libro.filas(hoja.clave):
            for columna in obligatorias:
                if columna.clave in fila.datos and fila[columna.clave].vacio:
                    yield Observacion(f"falta «{columna.titulo}»", fila[columna.clave])


@regla_de_catalogo(
    "CAT002",
    por_que="La clave une todas las hojas: repetida, no se sabe de cuál de los dos renglones se habla.",
    como_corregir="Deje un solo renglón; si la unidad cambió de nombre con la misma clave, que sus vigencias no se crucen.",
    mal="""
        Unidades
        | Clave | Nombre         | Nombre corto | Cargo del titular | Vigente desde |
        | U21 ✗ | Otro instituto | (otra)       | Dirección         | 2024-03-01    |
        Calendario
        | Periodo               | Apertura | Fecha límite |
        | 2do. Trimestre 2024 ✗ | (otra)   | 2024-07-12   |
        """,
    bien="""
        Unidades
        | Clave | Nombre                   | Nombre corto | Cargo del titular | Vigente desde |
        | U22   | Dirección de Obras nueva | (otra)       | Dirección         | 2024-07-01    |
        """,
)
def clave_repetida(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Cada clave está una sola vez en su hoja, o en épocas que no se cruzan."""
    for hoja in CATALOGO.hojas:
        vistas: dict[tuple[object, ...], list[Fila]] = {}
        for fila in libro.filas(hoja.clave):
            llave = tuple(plegar(fila.valor(c)) for c in hoja.llave)
            if llave and llave[0] is None:
                continue
            previa = next((p for p in vistas.get(llave, ()) if _misma_epoca(hoja, p, fila)), None)
            vistas.setdefault(llave, []).append(fila)
            if previa is not None:
                dato, antes = fila[hoja.llave[-1]], previa[hoja.llave[-1]]
                quien = " · ".join(str(fila[c].crudo) for c in hoja.llave if not fila[c].vacio)
                yield Observacion(
                    f"«{quien}» se repite: ya está en {antes.celda}", dato, encontrado=quien, tambien=(antes,),
                    nombra=tuple(fila[c] for c in ("superior", "clave_anterior") if c in fila.datos),
                )


def _misma_epoca(hoja: Hoja, una: Fila, otra: Fila) -> bool:
    return hoja.clave not in {UNIDADES.clave, PROGRAMAS.clave} or vigencia_de(una).se_cruza(vigencia_de(otra))


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
    "CAT004",
    por_que="Una unidad que depende de sí misma, aunque sea a través de otras, no puede sumarse ni seguirse en el tiempo.",
    como_corregir="Corrija el renglón señalado para que la cadena termine.",
    mal="""
        Unidades
        | Clave | Superior |
        | U10   | U21      |
        | U21   | U20 ✗    |
        """,
    bien="""
        Unidades
        | Clave | Superior |
        | U21   | U10      |
        """,
)
def unidades_en_circulo(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Ni las unidades superiores ni las claves anteriores dan la vuelta hasta la misma unidad."""
    filas = [f for f in libro.filas(UNIDADES.clave) if f.valor("clave") is not None]
    for columna, que in (("superior", "depende de"), ("clave_anterior", "viene de")):
        hacia = {f.indice: [o.indice for o in _siguientes(f, columna, filas)] for f in filas}
        for circulo in _circulos(hacia):
            propias = [f for f in filas if f.indice in circulo]
            claves = enumerar(f.valor("clave") for f in propias)
            mensaje = f"{claves} {que} sí misma" if len(propias) == 1 else f"{claves} dan la vuelta: cada una {que} otra"
            otras = tuple(f[columna] for f in propias[:-1])
            yield Observacion(mensaje, propias[-1][columna], encontrado=str(propias[-1][columna].crudo), nombra=otras)


def _siguientes(fila: Fila, columna: str, filas: Iterable[Fila]) -> Iterator[Fila]:
    """Los renglones que una fila cita; sólo los de su época, si habla de su superior."""
    valor = fila.valor(columna) or ()
    citadas = (valor,) if isinstance(valor, str) else valor
    for otra in filas:
        if otra.valor("clave") not in citadas:
            continue
        if columna == "superior":
            if vigencia_de(fila).se_cruza(vigencia_de(otra)):
                yield otra
        elif otra is fila or otra.valor("clave") != fila.valor("clave"):
            yield otra  # un cambio de nombre con la misma clave viene de su otra época, no de sí misma


def _circulos(hacia: dict[int, list[int]]) -> list[set[int]]:
    """Los grupos de nodos que se alcanzan unos a otros (o a sí mismos)."""
    alcanza: dict[int, set[int]] = {}
    for inicio, primeros in hacia.items():
        vistos: set[int] = set()
        pendientes = list(primeros)
        while pendientes:
            nodo = pendientes.pop()
            if nodo not in vistos:
                vistos.add(nodo)
                pendientes += hacia[nodo]
        alcanza[inicio] = vistos
    grupos: list[set[int]] = []
    for nodo, vistos in alcanza.items():
        if nodo in vistos and not any(nodo in g for g in grupos):
            grupos.append({n for n in vistos if nodo in alcanza[n]})
    return grupos


@regla_de_catalogo(
    CORREO_INVALIDO,
    por_que="A una dirección mal escrita no llega ni la plantilla ni la evaluación, y nadie se entera.",
    como_corregir="Escriba la dirección completa, como nombre@dominio; varias, separadas por comas.",
    mal="""
        Unidades
        | Clave | Correo          | Con copia a                 |
        | U21   | u21@ejemplo ✗   | uno@ejemplo.mx, dos ✗       |
        """,
    bien="""
        Unidades
        | Clave | Correo         | Con copia a                    |
        | U21   | u21@ejemplo.mx | uno@ejemplo.mx; dos@ejemplo.mx |
        """,
)
def correo_que_no_lo_es(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Los correos tienen forma de correo."""
    datos = [*libro.campos.values(), *(d for h in libro.hojas.values() for f in h.filas for d in f.datos.values())]
    for dato in datos:
        if dato.incidente is not None and dato.incidente.clase == CORREO_INVALIDO:
            yield Observacion(dato.incidente.mensaje, dato, encontrado=str(dato.crudo))


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
                f"«{dato.crudo}» no está en la hoja «{CALENDARIO.clave}»", dato, encontrado=str(dato.crudo)
            )


def _alineacion_suelta(libro: Libro) -> Iterator[Observacion]:
    codigos = {(f.valor("clase"), f.valor("codigo")) for f in libro.filas(ALINEACION.clave)}
    for fila in libro.filas(ALINEACION.clave):
        arriba, dato = CLASES_DE_ALINEACION.get(fila.valor("clase") or ""), fila["padre"]
        if arriba is None or (arriba, dato.valor) in codigos:
            continue
        quien = f"{fila.valor('clase')} {fila['codigo'].crudo}"
        que = f"no dice de qué {arriba} depende" if dato.vacio else f"depende de «{dato.crudo}», que no está como {arriba}"
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
