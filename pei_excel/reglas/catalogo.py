"""Reglas del catálogo de la oficina: claves, correos y quién depende de quién. Hasta corregirlas no se usa.

Son de este programa, no de ningún municipio. Se aplican además las reglas de lectura de `DE_LECTURA`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from pei_excel.calculos import plegar
from pei_excel.catalogo.armado import vigencia_de
from pei_excel.formato import Hoja
from pei_excel.formatos.catalogo import (
    CALENDARIO,
    CATALOGO,
    PROGRAMAS,
    UNIDADES,
)
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.libro import Fila, Libro
from pei_excel.reglas.base import Contexto, Observacion, Regla, regla
from pei_excel.textos import enumerar, numero
from pei_excel.tipos_oficina import CORREO_INVALIDO, contraste

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
                quien = " · ".join(fila[c].escrito for c in hoja.llave if not fila[c].vacio)
                yield Observacion(
                    f"«{quien}» se repite: ya está en {antes.celda}", dato, encontrado=quien, tambien=(antes,),
                    nombra=tuple(fila[c] for c in ("superior", "clave_anterior") if c in fila.datos),
                )


def _misma_epoca(hoja: Hoja, una: Fila, otra: Fila) -> bool:
    return hoja.clave not in {UNIDADES.clave, PROGRAMAS.clave} or vigencia_de(una).se_cruza(vigencia_de(otra))


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
            yield Observacion(mensaje, propias[-1][columna], encontrado=propias[-1][columna].escrito, nombra=otras)


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
            yield Observacion(dato.incidente.mensaje, dato, encontrado=dato.escrito)


#: Contraste que pide el nivel AA de WCAG 2 para un texto normal.
CONTRASTE_MINIMO = 4.5
#: Color elegible → sobre (o debajo de) qué se lee: el título, sobre el papel; los encabezados llevan letra oscura.
_SE_LEE_CON = {"color_principal": ("#FFFFFF", "sobre el papel"), "color_secundario": ("#1B2733", "con letra oscura")}


@regla_de_catalogo(
    "CAT011",
    severidad=Severidad.AVISO,
    por_que="Un título pálido o un encabezado oscuro no se leen, y menos fotocopiados.",
    como_corregir="Elija un color principal más oscuro, o un secundario más claro.",
    mal="""
        Campos
        | Dato              | Valor       |
        | Color principal:  | 'F2C14E' ✗  |
        | Color secundario: | '1F4E79' ✗  |
        """,
    bien="""
        Campos
        | Dato              | Valor    |
        | Color principal:  | '7A1F3D' |
        | Color secundario: | 'E7C9D3' |
        """,
)
def color_que_no_se_lee(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Los colores de la institución dejan leer lo que va con ellos."""
    for clave, (otro, como) in _SE_LEE_CON.items():
        dato = libro.campo(clave)
        if dato.valor is not None and contraste(dato.valor, otro) < CONTRASTE_MINIMO:
            yield Observacion(
                f"{dato.valor} apenas se lee {como} (contraste {numero(contraste(dato.valor, otro), 1)}, "
                f"debe ser {numero(CONTRASTE_MINIMO, 1)} o más)", dato, encontrado=dato.valor,
            )
