"""Reglas de lo programado en el POI: la meta anual, sus meses y en qué se mide."""

from __future__ import annotations

from collections.abc import Iterator

from pei_excel.calculos import Cifra, iguales
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.mensual import ACUMULATIVO, CIERRES, TRIMESTRAL, forma_mensual, total_mensual
from pei_excel.reglas.base import Contexto, Observacion, regla
from pei_excel.reglas.uniones import actividades, cifras, de_meses, mes, quien, se_juzga
from pei_excel.textos import enumerar, normalizar, numero, sin_plural
from pei_excel.tipos import MetaEnPalabras, cifra_de_meta

POI = ("POI",)

#: Parte de la meta que, programada en octubre a diciembre, ya es demasiada (criterio de este programa).
PARTE_DEL_CIERRE = 0.5
#: Meta desde la que importa cómo se reparte en el año: una o dos veces puede ser en cualquier mes (criterio propio).
META_QUE_SE_REPARTE = 2.0
#: Unidades de medida que no dicen qué se cuenta (criterio de este programa).
UNIDADES_VAGAS = (
    "Acción", "Actividad", "Apoyo", "Cosa", "Estimado", "General", "Gestión", "Global", "Meta", "Otro", "Proceso",
    "Tarea", "Unidad", "Varios",
)
#: Principio de las unidades que admiten fracciones: lo demás se cuenta entero (criterio de este programa).
UNIDADES_CON_FRACCION = (
    "%", "porcentaje", "kilómetro", "km", "metro", "m", "m2", "m3", "ml", "hectárea", "ha", "tonelada", "tn",
    "kilogramo", "kilo", "kg", "litro", "galón", "hora", "sol", "millón", "punto", "índice", "tasa", "razón", "ratio",
    "promedio",
)


def leidos_de_la_meta(fila: Fila) -> tuple[Dato, ...]:
    """Celdas de que depende la meta de una actividad, año y meses."""
    return fila["meta"], fila["acumulacion"], *de_meses(fila, "programado")


@regla(
    "POI001", POI,
    por_que="La meta anual es la base del avance; si los meses no la dan, nadie sabe cuál de los dos vale.",
    como_corregir="Corrija la meta anual, los meses o la Acumulación, de modo que concuerden.",
    fuente="Directiva N° 003-2016-MPH/17, artículo 8.1; acumulaciones del aplicativo nacional (visto)",
    mal="""
        | Código | Meta anual |
        | AO.01  | 130 ✗      |
        """,
    bien="""
        | Código | Meta anual | Acumulación        | Programación mensual/Diciembre |
        | AO.01  | 10         | Recurrente mensual | -                              |
        """,
)
def los_meses_no_dan_la_meta(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Los meses programados dan la meta anual según la Acumulación de la actividad."""
    for fila in actividades(libro):
        forma, meses = forma_mensual(fila.valor("acumulacion")), cifras(fila, "programado")
        meta, esperado = cifra_de_meta(fila.valor("meta")), total_mensual(forma, meses)
        total = fila["programado_total"]
        if se_juzga(libro, total) and not _coinciden(esperado, total.valor):
            dice = "está vacío" if total.vacio else f"dice {numero(total.valor)}"
            yield Observacion(
                f"el total programado de {quien(fila)} {dice} y los meses dan {numero(esperado)} ({forma})", total,
                lee=(fila["acumulacion"], *de_meses(fila, "programado")), encontrado=total.valor, esperado=esperado,
                variante="total", como_corregir="Restaure la fórmula del total o corrija los meses.",
            )
            if meta is not None and iguales(total.valor, meta):
                continue  # la meta y el total dicen lo mismo: lo que no concuerda son los meses, y ya se dijo
        if meta is None:
            continue
        if forma == ACUMULATIVO:
            if not iguales(esperado or 0.0, meta):
                yield _en_la_meta(fila, f"sus meses suman {numero(esperado or 0)}", meta, esperado or 0.0)
        else:
            yield from _recurrente(fila, forma, meses, meta)


def _coinciden(uno: Cifra, otro: Cifra) -> bool:
    return iguales(uno, otro) or (uno in {None, 0} and otro in {None, 0})


def _en_la_meta(fila: Fila, pero: str, meta: float, esperado: Cifra) -> Observacion:
    return Observacion(
        f"la meta anual de {quien(fila)} es {numero(meta)} y {pero} ({forma_mensual(fila.valor('acumulacion'))})",
        fila["meta"], lee=leidos_de_la_meta(fila), encontrado=meta, esperado=esperado,
        tambien=tuple(d for d in de_meses(fila, "programado") if not d.vacio),
    )


def _recurrente(fila: Fila, forma: str, meses: tuple[Cifra, ...], meta: float) -> Iterator[Observacion]:
    programados = {m: c for m, c in enumerate(meses, 1) if c}
    fuera = [m for m in programados if forma == TRIMESTRAL and m not in CIERRES]
    dentro = {m: c for m, c in programados.items() if m not in fuera}
    distintos = [m for m, c in dentro.items() if not iguales(c, meta)]
    if not programados and meta:
        yield _en_la_meta(fila, "no tiene ningún mes programado", meta, None)
    elif len(distintos) > 1 and len(distintos) == len(dentro) and len(set(dentro.values())) == 1:
        # Todos los meses dicen lo mismo: la causa es una, la meta.
        yield _en_la_meta(fila, f"todos sus meses dicen {numero(dentro[distintos[0]])}", meta, dentro[distintos[0]])
        distintos = []
    for m in fuera:
        yield Observacion(
            f"{quien(fila)} es {forma} y tiene {numero(programados[m])} en {mes(m)}, que no cierra un trimestre",
            fila[f"programado_m{m}"], lee=leidos_de_la_meta(fila), encontrado=programados[m],
            como_corregir="Programe sólo marzo, junio, septiembre y diciembre, o corrija la Acumulación.",
        )
    for m in distintos:
        yield Observacion(
            f"{quien(fila)} es {forma} con meta {numero(meta)} y en {mes(m)} tiene {numero(dentro[m])}",
            fila[f"programado_m{m}"], lee=leidos_de_la_meta(fila), tambien=(fila["meta"],), encontrado=dentro[m],
            esperado=meta,
        )


@regla(
    "POI006", POI,
    severidad=Severidad.NOTA, para=Destinatario.PLANEACION, diseno=True,
    por_que="Una unidad de medida vaga no puede comprobarse, y lo que se cuenta no viene en fracciones.",
    como_corregir="Diga qué se cuenta (informe, taller, expediente) y ponga la meta en enteros.",
    fuente="Criterio de este programa; Directiva N° 003-2016-MPH/17, artículo 7",
    mal="""
        | Código | Unidad de medida | Meta anual | Programación mensual/Diciembre |
        | AO.01  | Acciones ✗       | 120        | 10                             |
        | AO.06  | Trámite          | 20.5 ✗     | 0.5                            |
        """,
    bien="""
        | Código | Unidad de medida | Meta anual | Programación mensual/Diciembre |
        | AO.01  | Acción de calle  | 120        | 10                             |
        | AO.06  | Kilómetro        | 20.5       | 0.5                            |
        """,
)
def unidad_vaga_o_cuenta_con_fraccion(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """La unidad de medida es concreta y lo que se cuenta es entero."""
    vagas = {sin_plural(u) for u in UNIDADES_VAGAS}
    con_fraccion = {sin_plural(u) for u in UNIDADES_CON_FRACCION}
    for fila in actividades(libro):
        unidad, meta = str(fila.valor("unidad_medida") or ""), cifra_de_meta(fila.valor("meta"))
        if not unidad:
            continue
        if sin_plural(unidad) in vagas:
            yield Observacion(
                f"«{unidad}» no dice qué se cuenta en {quien(fila)}", fila["unidad_medida"], encontrado=unidad,
            )
        elif meta is not None and not iguales(meta, round(meta)) and not _admite_fraccion(unidad, con_fraccion):
            yield Observacion(
                f"la meta de {quien(fila)} es {numero(meta)} y «{unidad}» se cuenta en enteros", fila["meta"],
                lee=(fila["unidad_medida"],), encontrado=meta, esperado=f"{numero(int(meta))} o {numero(int(meta) + 1)}",
            )


def _admite_fraccion(unidad: str, con_fraccion: set[str]) -> bool:
    palabras = normalizar(unidad).split()
    return "%" in unidad or (bool(palabras) and sin_plural(palabras[0]) in con_fraccion)


@regla(
    "POI008", POI,
    severidad=Severidad.AVISO, diseno=True,
    por_que="Lo que se deja para el final del año, o para un solo mes, ya no puede corregirse si falla.",
    como_corregir="Reparta la meta en el año, o explique por qué sólo puede hacerse entonces.",
    fuente="Criterio de este programa: más de la mitad en octubre a diciembre, o todo en un mes",
    mal="""
        | Código | Programación mensual/Julio | …/Agosto | …/Septiembre | …/Octubre | Meta anual | …/Total |
        | AO.06  | -                          | -        | -           | 13        | 25         | ✗       |
        """,
    bien="""
        | Código | Programación mensual/Julio | …/Agosto | …/Septiembre | …/Octubre | Meta anual |
        | AO.06  | -                          | -        | -           | 8         | 20         |
        """,
)
def meta_al_final_o_en_un_mes(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """No más de la mitad de lo acumulativo se programa en octubre a diciembre, ni todo en un mes."""
    for fila in actividades(libro):
        meses, meta = cifras(fila, "programado"), cifra_de_meta(fila.valor("meta"))
        if forma_mensual(fila.valor("acumulacion")) != ACUMULATIVO or meta is None or meta <= META_QUE_SE_REPARTE:
            continue
        llenos = [m for m, c in enumerate(meses, 1) if c]
        total, al_final = sum(c or 0 for c in meses), sum(c or 0 for c in meses[9:])
        hechos = []
        if total and al_final > PARTE_DEL_CIERRE * total + 1e-9:
            hechos.append(f"{numero(al_final)} de {numero(total)} en octubre a diciembre")
        if len(llenos) == 1:
            hechos.append(f"todo en {mes(llenos[0])}")
        if hechos:
            yield Observacion(
                f"{quien(fila)} programa {enumerar(hechos)}", fila["programado_total"], lee=leidos_de_la_meta(fila),
                tambien=tuple(fila[f"programado_m{m}"] for m in llenos), encontrado=al_final,
            )


@regla(
    "POI012", POI,
    severidad=Severidad.AVISO, diseno=True,
    por_que="De una meta sin cifra no puede calcularse ningún avance contra el año.",
    como_corregir="Escriba la cifra de la meta; si es de palabras, con una sola: «4 por año».",
    fuente="Directiva N° 003-2016-MPH/17, Anexo 01 (metas en palabras)",
    mal="""
        | Código | Meta anual                     |
        | AO.05  | Los que convoquen los sectores ✗ |
        """,
    bien="""
        | Código | Meta anual      |
        | AO.05  | 10 como mínimo  |
        """,
)
def meta_sin_cifra(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """De una meta en palabras, que se conservan, puede leerse una cifra, que es la que se usa."""
    for fila in actividades(libro):
        meta = fila.valor("meta")
        if isinstance(meta, MetaEnPalabras) and meta.numero is None:
            yield Observacion(
                f"de la meta «{meta}» de {quien(fila)} no se lee una sola cifra: no puede calcularse contra el año",
                fila["meta"], encontrado=str(meta)[:200], esperado="una cifra",
            )
