"""Reglas de la MIR: el diseño de cada indicador."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pei_excel.formatos.mir import PERFIL_DE_NIVEL, SIN_LINEA_BASE
from pei_excel.hallazgo import Severidad
from pei_excel.libro import Fila, Libro
from pei_excel.reglas.base import Contexto, Observacion, regla
from pei_excel.reglas.renglones import es_porcentaje, meta_anual, nivel_de, programados, quien, renglones
from pei_excel.textos import enumerar, normalizar, numero, parecido

#: Semejanza desde la que la Definición es otra vez el Método (criterio de este programa).
SEMEJANZA_DE_COPIA = 0.85

_DIVISION = re.compile(r"/|÷|\bentre\b|dividid", re.IGNORECASE)
_POR_CIEN = re.compile(
    r"(?:[*x×·]|\bpor)\s*\(?\s*100\b|\b100\s*\)?\s*[*x×·]|\)\s*\(\s*100\s*\)|\bpor cien\b", re.IGNORECASE
)
_CITA = re.compile(r"anexo|nota metodol[oó]gica|ficha t[eé]cnica|\bpublica|\bfuente\b|definid[oa]s? en|\binegi\b|\bconeval\b|\bconapo\b", re.IGNORECASE)


@regla(
    "MIR005",
    severidad=Severidad.AVISO, diseno=True,
    por_que="El tipo, la dimensión y la frecuencia deben convenir al nivel: lo estratégico se mide a plazo más largo.",
    como_corregir="Revise el Tipo, la Dimensión o la Frecuencia del indicador según su Nivel.",
    fuente="Metodología del Marco Lógico; práctica vista en sistemas públicos",
    mal="""
        | Nivel         | Tipo          | Frecuencia de Medición |
        | Actividad 1.1 | Estratégico ✗ | Mensual                |
        """,
    bien="""
        | Nivel        | Tipo        | Frecuencia de Medición |
        | Componente 1 | Estratégico | Trimestral             |
        """,
)
def tipo_dimension_o_frecuencia_impropios(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El Tipo, la Dimensión y la Frecuencia convienen al Nivel."""
    for fila in renglones(libro):
        nivel = nivel_de(fila)
        if nivel is None:
            continue
        for clave, admitidos in PERFIL_DE_NIVEL.get(nivel.clase, {}).items():
            dato = fila[clave]
            if dato.valor is not None and dato.incidente is None and dato.valor not in admitidos:
                yield Observacion(
                    f"«{dato.valor}» no conviene a {nivel.clase}; se espera {enumerar(sorted(admitidos), 'o')}", dato,
                    lee=(fila["nivel"],), encontrado=str(dato.valor), esperado=", ".join(sorted(admitidos)),
                )


@regla(
    "MIR006",
    severidad=Severidad.AVISO, diseno=True,
    por_que="Un indicador Ascendente cuya meta baja (o al revés) mide lo contrario de lo que se quiere.",
    como_corregir="Revise el Sentido Esperado, la línea base o la meta.",
    fuente="Metodología del Marco Lógico, sentido del indicador",
    mal="""
        | Nivel        | Sentido Esperado | Línea Base/Valor |
        | Componente 1 | Ascendente ✗     | 120              |
        """,
    bien="""
        | Nivel        | Sentido Esperado | Línea Base/Valor |
        | Componente 1 | Ascendente       | 100              |
        """,
)
def sentido_contra_la_meta(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """La meta no queda del lado contrario de la línea base según el Sentido (igual es «mantener»)."""
    for fila in renglones(libro):
        base, meta, sentido = fila.valor("base_valor"), meta_anual(fila), fila.valor("sentido")
        if not isinstance(base, float) or meta is None:
            continue
        baja = sentido == "Ascendente" and meta < base - 0.01
        sube = sentido == "Descendente" and meta > base + 0.01
        if baja or sube:
            yield Observacion(
                f"el indicador es {sentido} y su meta ({numero(meta)}) queda por "
                f"{'debajo' if baja else 'encima'} de la línea base ({numero(base)})",
                fila["sentido"], encontrado=meta, esperado=base, tambien=(fila["base_valor"], fila["programado_acumulado"]),
                lee=(fila["base_valor"], fila["base_ejercicio"], fila["programado_acumulado"], fila["acumulacion"],
                     *programados(fila)),
            )


@regla(
    "MIR007",
    severidad=Severidad.AVISO, diseno=True,
    por_que="Un porcentaje se calcula con una división por 100; sin ella, dos personas lo calcularían distinto.",
    como_corregir="Escriba el método como (realizado / programado) * 100, o cite el anexo o la nota que lo define.",
    fuente="Metodología del Marco Lógico, método de cálculo",
    mal="""
        | Nivel        | Método de Cálculo                      |
        | Componente 1 | Acciones hechas / acciones previstas ✗ |
        """,
    bien="""
        | Nivel        | Método de Cálculo                                    |
        | Componente 1 | Lo define el Anexo 1 del diagnóstico de la Secretaría |
        """,
)
def porcentaje_sin_metodo(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El método de un Porcentaje tiene división y × 100, o cita un anexo, una nota metodológica o una fuente."""
    for fila in renglones(libro):
        metodo = str(fila.valor("metodo") or "")
        if not metodo or not es_porcentaje(fila) or _CITA.search(metodo):
            continue
        faltas = [n for n, patron in (("la división", _DIVISION), ("el × 100", _POR_CIEN)) if not patron.search(metodo)]
        if faltas:
            yield Observacion(
                f"el método de {quien(fila)} no muestra {enumerar(faltas)} de un porcentaje", fila["metodo"],
                lee=(fila["unidad_medida"],), encontrado=metodo[:200],
            )


@regla(
    "MIR008",
    severidad=Severidad.AVISO, diseno=True,
    por_que="La definición explica qué mide el indicador; si repite el método, no explica nada.",
    como_corregir="Escriba en Definición qué mide y para qué, con palabras distintas de las del método.",
    fuente="Metodología del Marco Lógico, definición del indicador",
    mal="""
        | Nivel        | Definición                                                                            |
        | Componente 1 | (Acciones de Componente 1 realizadas / Acciones de Componente 1 programadas) * 100. ✗ |
        """,
    bien="""
        | Nivel        | Definición                                             |
        | Componente 1 | Mide qué parte de las estrategias ya está en ejecución |
        """,
)
def definicion_copia_del_metodo(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """La Definición no es otra vez el Método de Cálculo."""
    for fila in renglones(libro):
        definicion, metodo = fila.valor("definicion"), fila.valor("metodo")
        if definicion and metodo and parecido(str(definicion), str(metodo)) >= SEMEJANZA_DE_COPIA:
            yield Observacion(
                f"la definición de {quien(fila)} repite el método de cálculo", fila["definicion"],
                lee=(fila["metodo"],), tambien=(fila["metodo"],), encontrado=str(definicion)[:200],
            )


@regla(
    "MIR011",
    severidad=Severidad.AVISO, diseno=True,
    por_que="Dos indicadores con el mismo nombre o método cuentan dos veces lo mismo.",
    como_corregir="Distinga los indicadores o deje uno.",
    fuente="Metodología del Marco Lógico, criterio CREMAA de relevancia",
    mal="""
        | Nivel         | Nombre                                |
        | Actividad 1.2 | Sesiones de capacitación impartidas ✗ |
        """,
    bien="""
        | Nivel         | Nombre                                |
        | Actividad 1.2 | Sesiones de capacitación programadas  |
        """,
)
def nombre_o_metodo_repetido(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """No hay dos renglones con el mismo nombre o método."""
    vistos: dict[tuple[str, str], Fila] = {}
    for fila in renglones(libro):
        dichos = {c: normalizar(str(fila.valor(c) or "")) for c in ("nombre", "metodo")}
        previas = {c: vistos.setdefault((c, texto), fila) for c, texto in dichos.items() if texto}
        for clave, titulo in (("nombre", "nombre"), ("metodo", "método")):
            previa = previas.get(clave, fila)
            if previa is not fila:
                yield Observacion(
                    f"{quien(fila)} tiene el mismo {titulo} que {quien(previa)}", fila[clave],
                    lee=(previa[clave], fila["nivel"]), tambien=(previa[clave],), encontrado=str(fila.valor(clave))[:200],
                )
                break


@regla(
    "MIR012",
    severidad=Severidad.AVISO, diseno=True,
    por_que="Sin línea base no se sabe de dónde se parte.",
    como_corregir="Escriba el valor y el año de la línea base, o «ND» o «Nueva creación» si no existe.",
    fuente="Informe Trimestral 2024, Línea Base",
    mal="""
        | Nivel        | Línea Base/Valor | Línea Base/Año |
        | Componente 1 | 80               | 2024 ✗         |
        """,
    bien="""
        | Nivel        | Línea Base/Valor | Línea Base/Año |
        | Componente 1 | Nueva creación   |                |
        """,
)
def linea_base_incompleta(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """La línea base tiene valor («ND» y «Nueva creación» cuentan) y, si es número, un año anterior al ejercicio."""
    ejercicio = libro.campo("ejercicio").valor or (libro.periodo.ejercicio if libro.periodo else None)
    for fila in renglones(libro):
        valor, ano = fila["base_valor"], fila["base_ejercicio"]
        if valor.valor is None:
            yield Observacion(f"{quien(fila)} no tiene valor de línea base", valor)
        elif isinstance(valor.valor, float):
            if ano.valor is None or ano.valor in SIN_LINEA_BASE:
                yield Observacion(f"la línea base de {quien(fila)} no tiene año", ano, lee=(valor,))
            elif isinstance(ano.valor, float) and ejercicio and ano.valor >= ejercicio:
                yield Observacion(
                    f"el año de la línea base ({ano.valor:.0f}) no es anterior al ejercicio ({ejercicio})", ano,
                    lee=(valor,), encontrado=ano.valor, esperado=f"antes de {ejercicio}",
                )
