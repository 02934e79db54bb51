"""Reglas de la MIR: la lógica de los niveles, el diseño de los indicadores y lo programado."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pei_excel.calculos import ACUMULACIONES, TOLERANCIA, Cifra, acumulado_coincide, acumular, iguales, programa
from pei_excel.evaluacion import cifras, forma_de_acumular
from pei_excel.formatos.mir import PERFIL_DE_NIVEL, SIN_LINEA_BASE
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.periodos import MIDE, ORDINALES, TRIMESTRES
from pei_excel.reglas.base import Contexto, Observacion, regla
from pei_excel.reglas.modificadas import no_aplicadas
from pei_excel.textos import enumerar, normalizar, numero, parecido
from pei_excel.tipos import ValorNivel

#: Semejanza desde la que la Definición es otra vez el Método (criterio de este programa).
SEMEJANZA_DE_COPIA = 0.85
#: Puntos de diferencia con que un Componente todavía es la media de sus Actividades (criterio de este programa).
CERCANIA_A_LA_MEDIA = 1.0

_DIVISION = re.compile(r"/|÷|\bentre\b|dividid", re.IGNORECASE)
_POR_CIEN = re.compile(
    r"(?:[*x×·]|\bpor)\s*\(?\s*100\b|\b100\s*\)?\s*[*x×·]|\)\s*\(\s*100\s*\)|\bpor cien\b", re.IGNORECASE
)
_CITA = re.compile(r"anexo|nota metodol[oó]gica|ficha t[eé]cnica|\bpublica|\bfuente\b|definid[oa]s? en|\binegi\b|\bconeval\b|\bconapo\b", re.IGNORECASE)
_NO_ACOTADO = re.compile(r"variaci[oó]n|\btasa|incremento|crecimiento", re.IGNORECASE)


def _filas(libro: Libro) -> list[Fila]:
    return libro.filas("MIR")


def _nivel(fila: Fila) -> ValorNivel | None:
    valor = fila.valor("nivel")
    return valor if isinstance(valor, ValorNivel) else None


def _niveles(libro: Libro) -> tuple[Dato, ...]:
    return tuple(fila["nivel"] for fila in _filas(libro))


def _programados(fila: Fila) -> tuple[Dato, ...]:
    return tuple(fila[f"programado_t{n}"] for n in TRIMESTRES)


def _titulo_nivel(libro: Libro) -> tuple[str | None, str | None]:
    titulo = libro.hojas["MIR"].titulos.get("nivel") if "MIR" in libro.hojas else None
    return (titulo.hoja, titulo.celda) if titulo else (None, None)


def meta_anual(fila: Fila) -> Cifra:
    """Acumulado de lo programado en el año, calculado por nosotros."""
    return acumular(forma_de_acumular(fila)[0], cifras(fila, "programado"))


def es_porcentaje(fila: Fila) -> bool:
    """El indicador se mide en Porcentaje."""
    return normalizar(str(fila.valor("unidad_medida") or "")).startswith(("porcentaje", "%"))


def renglon_ausente(clase: str) -> Dato:
    """El renglón de Fin o de Propósito que no está: con él, la precedencia calla lo que se debe a su falta."""
    return Dato(("MIR", -1, clase))


def quien(fila: Fila) -> str:
    """Cómo se nombra la fila en un mensaje."""
    return str(fila.valor("nivel") or f"la fila {fila.numero}")


@regla(
    "MIR001",
    por_que="La meta anual es la base del avance; si el acumulado no sale de los trimestres, nadie sabe cuál vale.",
    como_corregir="Corrija los trimestres o el acumulado, o declare en «Acumulación» cómo se acumulan.",
    fuente="Informe Trimestral 2024, columna «Acumulado *» de Valores Programados",
    mal="""
        | Nivel        | Valores Programados/Acumulado * |
        | Componente 1 | 90 ✗                            |
        """,
    bien="""
        | Nivel        | Valores Programados/1er. Trim. | …/2do. Trim. | …/3er. Trim. | …/4to. Trim. | Valores Alcanzados/1er. Trim. | Acumulación | Línea Base/Valor |
        | Componente 1 | 30                             | 30           | 30           | 30           | 30                            | Promedio    | 20               |
        """,
)
def acumulado_programado_no_coincide(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El acumulado programado es el de sus trimestres, con la Acumulación declarada o con alguna si no hay."""
    for fila in _filas(libro):
        dato = fila["programado_acumulado"]
        trimestres = cifras(fila, "programado")
        lee = (*_programados(fila), fila["acumulacion"])
        declarada = fila.valor("acumulacion")
        forma, _ = forma_de_acumular(fila)
        if declarada in ACUMULACIONES and not acumulado_coincide(declarada, trimestres, acumular(declarada, trimestres)):
            yield Observacion(
                f"la Acumulación es {declarada} pero los trimestres no son iguales "
                f"({enumerar(numero(c) for c in trimestres if c is not None)})",
                dato, lee=lee, tambien=_programados(fila), encontrado=dato.valor,
            )
            continue
        if dato.celda is None or (libro.nuestro and dato.formula) or (dato.formula and not dato.calculada):
            continue
        if acumulado_coincide(forma, trimestres, dato.valor):
            if forma != "Suma" and declarada is None:
                yield Observacion(
                    f"no declara Acumulación y su acumulado ({numero(dato.valor)}) no es la suma; se adoptó «{forma}»",
                    dato, lee=lee, severidad=Severidad.NOTA, destinatario=Destinatario.PLANEACION, variante="adoptada",
                    encontrado=dato.valor, esperado=acumular("Suma", trimestres),
                    como_corregir="Si es correcto, anote la Acumulación del indicador para el próximo ejercicio.",
                )
            continue
        esperado = acumular(forma, trimestres)
        dice = "está vacío" if dato.vacio else f"dice {numero(dato.valor)}"
        yield Observacion(
            f"el acumulado programado de {quien(fila)} {dice} y los trimestres dan {numero(esperado)} ({forma})",
            dato, lee=lee, tambien=_programados(fila), encontrado=dato.valor, esperado=esperado,
        )


@regla(
    "MIR002",
    por_que="La MIR de un programa tiene un solo Fin y un solo Propósito; de ellos cuelga todo lo demás.",
    como_corregir="Deje un renglón de Fin y uno de Propósito por programa.",
    fuente="Metodología del Marco Lógico; Informe Trimestral 2024",
    mal="""
        | Nivel     | Nivel →   |
        | (título)  | Nivel ✗   |
        | Fin       | (quitar)  |
        """,
    bien="""
        | Nivel     | Nombre                        |
        | Fin       | Calidad de vida del municipio |
        """,
)
def falta_o_sobra_fin_o_proposito(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Hay un Fin y un Propósito por programa."""
    for clase in ("Fin", "Propósito"):
        filas = [f for f in _filas(libro) if (n := _nivel(f)) and n.clase == clase]
        if not filas:
            hoja, celda = _titulo_nivel(libro)
            yield Observacion(
                f"falta el renglón de {clase}", hoja=hoja, celda=celda, esperado=clase,
                lee=(*_niveles(libro), Dato(("MIR", -1, "nivel"))), nombra=(renglon_ausente(clase),),
            )
        for sobra in filas[1:]:
            yield Observacion(
                f"hay más de un {clase}", sobra["nivel"], tambien=(filas[0]["nivel"],), encontrado=len(filas), esperado=1
            )


@regla(
    "MIR003",
    por_que="El Nivel es la clave con que se siguen los indicadores de un trimestre a otro.",
    como_corregir="Escriba Fin, Propósito, Componente n o Actividad n.m, sin repetir y con su Componente.",
    fuente="Metodología del Marco Lógico; Informe Trimestral 2024, columna «Nivel»",
    mal="""
        | Nivel         | Nivel →         |
        | Actividad 2.2 | Actividad 5.1 ✗ |
        """,
    bien="""
        | Nivel         | Nivel →   |
        | Actividad 2.2 | ACT. 2.2  |
        """,
)
def nivel_mal_formado_repetido_o_huerfano(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Cada Nivel está bien formado, no se repite, y cada Actividad n.m tiene su Componente n."""
    vistos: dict[ValorNivel, Fila] = {}
    causa = False
    for fila in _filas(libro):
        dato, nivel = fila["nivel"], _nivel(fila)
        if nivel is None:
            if not dato.vacio:
                causa = True
                yield Observacion(f"«{dato.crudo}» no es un Nivel", dato, encontrado=str(dato.crudo))
        elif nivel in vistos:
            if nivel.clase in {"Componente", "Actividad"}:
                causa = True
                yield Observacion(f"{nivel} se repite", dato, tambien=(vistos[nivel]["nivel"],), encontrado=str(nivel))
        else:
            vistos[nivel] = fila
    if causa or any(f["nivel"].vacio for f in _filas(libro)):
        return
    componentes = {n.componente for n in vistos if n.clase == "Componente"}
    huerfanas: dict[int, list[Fila]] = {}
    for nivel, fila in vistos.items():
        if nivel.clase == "Actividad" and nivel.componente not in componentes:
            huerfanas.setdefault(nivel.componente, []).append(fila)
    for componente, filas in huerfanas.items():
        yield Observacion(
            f"falta el Componente {componente}, del que cuelga {enumerar(quien(f) for f in filas)}", filas[0]["nivel"],
            lee=_niveles(libro), nombra=tuple(f["nivel"] for f in filas[1:]), esperado=f"Componente {componente}",
        )
    if not huerfanas:
        yield from _huecos(vistos)


def _huecos(vistos: dict[ValorNivel, Fila]) -> Iterator[Observacion]:
    grupos: dict[tuple[str, int], list[ValorNivel]] = {}
    for nivel in vistos:
        if nivel.clase == "Componente":
            grupos.setdefault(("Componente", 0), []).append(nivel)
        elif nivel.clase == "Actividad":
            grupos.setdefault(("Actividad", nivel.componente), []).append(nivel)
    for (clase, componente), niveles in grupos.items():
        orden = sorted(niveles)
        for esperado, nivel in enumerate(orden, 1):
            tiene = nivel.componente if clase == "Componente" else nivel.actividad
            if tiene != esperado:
                falta = ValorNivel(clase, esperado) if clase == "Componente" else ValorNivel(clase, componente, esperado)
                yield Observacion(
                    f"la numeración salta: falta {falta}", vistos[nivel]["nivel"], severidad=Severidad.AVISO,
                    esperado=str(falta), encontrado=str(nivel), variante="hueco",
                )
                break


@regla(
    "MIR004",
    severidad=Severidad.AVISO, diseno=True,
    por_que="Un Componente sin Actividades no dice cómo se produce.",
    como_corregir="Agregue las Actividades del Componente o revise si debe permanecer.",
    fuente="Metodología del Marco Lógico",
    mal="""
        | Nivel         | Nivel →        |
        | Componente 2  | Componente 2 ✗ |
        | Actividad 2.1 | (quitar)       |
        | Actividad 2.2 | (quitar)       |
        """,
    bien="""
        | Nivel         | Nivel →  |
        | Actividad 2.2 | (quitar) |
        """,
)
def componente_sin_actividades(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Cada Componente tiene al menos una Actividad."""
    con_actividad = {n.componente for f in _filas(libro) if (n := _nivel(f)) and n.clase == "Actividad"}
    for fila in _filas(libro):
        nivel = _nivel(fila)
        if nivel and nivel.clase == "Componente" and nivel.componente not in con_actividad:
            yield Observacion(f"{nivel} no tiene ninguna Actividad", fila["nivel"], lee=_niveles(libro))


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
    for fila in _filas(libro):
        nivel = _nivel(fila)
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
    for fila in _filas(libro):
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
                     *_programados(fila)),
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
    for fila in _filas(libro):
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
    for fila in _filas(libro):
        definicion, metodo = fila.valor("definicion"), fila.valor("metodo")
        if definicion and metodo and parecido(str(definicion), str(metodo)) >= SEMEJANZA_DE_COPIA:
            yield Observacion(
                f"la definición de {quien(fila)} repite el método de cálculo", fila["definicion"],
                lee=(fila["metodo"],), tambien=(fila["metodo"],), encontrado=str(definicion)[:200],
            )


@regla(
    "MIR009",
    severidad=Severidad.AVISO, diseno=True,
    por_que="Lo programado en un trimestre que la Frecuencia no mide nunca podrá informarse.",
    como_corregir="Programe sólo en los trimestres que mide la Frecuencia, o corrija la Frecuencia.",
    fuente="Informe Trimestral 2024, columna «Frecuencia de Medición»",
    mal="""
        | Nivel | Valores Programados/3er. Trim. | …/4to. Trim. |
        | Fin   | 40 ✗                           | 60           |
        """,
    bien="""
        | Nivel | Valores Programados/3er. Trim. | …/4to. Trim. |
        | Fin   | 0                              | 100          |
        """,
)
def programado_donde_no_se_mide(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """No se programa (distinto de 0) en un trimestre que la Frecuencia no mide."""
    for fila in _filas(libro):
        frecuencia = fila.valor("frecuencia")
        medidos = MIDE.get(str(frecuencia))
        if medidos is None:
            continue
        for n, valor in zip(TRIMESTRES, cifras(fila, "programado"), strict=True):
            if valor and n not in medidos:
                yield Observacion(
                    f"la frecuencia {frecuencia} no mide el {ORDINALES[n - 1]} trimestre y hay {numero(valor)} programado",
                    fila[f"programado_t{n}"], lee=(fila["frecuencia"],), encontrado=valor, esperado=0,
                )


@regla(
    "MIR010",
    severidad=Severidad.AVISO, diseno=True,
    por_que="Un indicador sin nada programado en el año no puede evaluarse.",
    como_corregir="Programe la meta en los trimestres que le tocan, o retire el indicador.",
    fuente="Informe Trimestral 2024, Valores Programados",
    mal="""
        | Nivel | Valores Programados/4to. Trim. | …/Acumulado * |
        | Fin   | 0                              | ✗             |
        """,
    bien="""
        | Nivel | Valores Programados/4to. Trim. | Línea Base/Valor |
        | Fin   | 5                              | ND               |
        """,
)
def nada_programado(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Algo se programa en el año."""
    for fila in _filas(libro):
        sentido = str(fila.valor("sentido"))
        if not any(programa(sentido, c) for c in cifras(fila, "programado")):
            yield Observacion(
                f"{quien(fila)} no tiene nada programado en el año", fila["programado_acumulado"],
                lee=(*_programados(fila), fila["sentido"]), encontrado=fila.valor("programado_acumulado"),
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
    for fila in _filas(libro):
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
    for fila in _filas(libro):
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


@regla(
    "MIR013",
    severidad=Severidad.AVISO,
    por_que="Un porcentaje de lo programado no pasa de 100, ni sus trimestres sumados.",
    como_corregir="Revise la meta: la suma de los trimestres de un porcentaje no debe pasar de 100.",
    fuente="Criterio de este programa sobre la unidad Porcentaje",
    mal="""
        | Nivel        | Valores Programados/3er. Trim. | …/Acumulado * |
        | Componente 1 | 60                             | ✗             |
        """,
    bien="""
        | Nivel        | Nombre                             | Valores Programados/3er. Trim. |
        | Componente 1 | Tasa de crecimiento de estrategias | 60                             |
        """,
)
def porcentaje_fuera_de_rango(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Lo programado en Porcentaje está entre 0 y 100, y su suma también, salvo variaciones y tasas."""
    for fila in _filas(libro):
        textos = f"{fila.valor('nombre') or ''} {fila.valor('metodo') or ''}"
        if not es_porcentaje(fila) or _NO_ACOTADO.search(textos):
            continue
        lee = (fila["unidad_medida"], fila["nombre"], fila["metodo"])
        for n, valor in zip(TRIMESTRES, cifras(fila, "programado"), strict=True):
            if valor is not None and valor > 100 + TOLERANCIA:
                yield Observacion(
                    f"{numero(valor)} programado en Porcentaje pasa de 100", fila[f"programado_t{n}"], lee=lee,
                    encontrado=valor, esperado="0 a 100", variante="trimestre",
                )
        forma, _ = forma_de_acumular(fila)
        total = acumular(forma, cifras(fila, "programado"))
        if forma == "Suma" and total is not None and total > 100 + TOLERANCIA:
            yield Observacion(
                f"los trimestres programados de {quien(fila)} suman {numero(total)} % y el máximo es 100",
                fila["programado_acumulado"],
                lee=(*lee, *_programados(fila), fila["acumulacion"], fila["frecuencia"]),
                encontrado=total, esperado=100, variante="acumulado",
            )


def _bajo_su_componente(libro: Libro) -> Iterator[tuple[Fila, int]]:
    """Cada fila con el número del último Componente escrito arriba de ella; 0 si no hay."""
    debajo = 0
    for fila in _filas(libro):
        nivel = _nivel(fila)
        if nivel and nivel.clase == "Componente":
            debajo = nivel.componente
        yield fila, debajo


@regla(
    "MIR014",
    severidad=Severidad.NOTA, para=Destinatario.PLANEACION,
    por_que="Si la meta de un Componente es la media de sus Actividades, su avance también debería serlo.",
    como_corregir="Pregunte a la unidad cómo calculó lo alcanzado por el Componente.",
    fuente="Criterio de este programa, visto en el Informe Trimestral 2024",
    mal="""
        | Nivel         | Valores Programados/1er. Trim. | …/2do. Trim. | …/3er. Trim. | …/4to. Trim. | Valores Alcanzados/1er. Trim. | …/2do. Trim. |
        | Componente 1  | 17.5                           | 32.5         | 27.5         | 22.5         | 15 ✗                          | 30           |
        """,
    bien="""
        | Nivel         | Valores Programados/1er. Trim. | …/2do. Trim. | …/3er. Trim. | …/4to. Trim. | Valores Alcanzados/1er. Trim. | …/2do. Trim. |
        | Componente 1  | 17.5                           | 32.5         | 27.5         | 22.5         | 17.5                          | 30           |
        """,
)
def componente_distinto_de_sus_actividades(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Si lo programado del Componente es la media de sus Actividades, lo alcanzado también."""
    indicadores = contexto.indicadores(libro)
    ubicadas = {i.nivel: i.fila.indice for i in reversed(indicadores) if i.nivel}
    sueltas = [(f, debajo) for f, debajo in _bajo_su_componente(libro) if f.indice not in ubicadas.values()]
    for componente in indicadores:
        if componente.clase != "Componente" or componente.nivel is None:
            continue
        hijas = [
            i for i in indicadores
            if i.clase == "Actividad" and i.nivel and i.nivel.componente == componente.nivel.componente
        ]
        familia = [componente, *hijas]
        if not hijas or not all(es_porcentaje(i.fila) and i.acumulacion == "Suma" for i in familia):
            continue
        # Una fila de esta familia sin Nivel reconocible, con uno repetido o corrida cambiaría la media.
        dudosas = [f["nivel"] for f, debajo in sueltas
                   if componente.nivel.componente in {debajo, suyo.componente if (suyo := _nivel(f)) else 0}]
        medias = [sum(i.programado[k] or 0 for i in hijas) / len(hijas) for k in range(4)]
        sigue = all(
            iguales(componente.programado[k] or 0.0, medias[k], CERCANIA_A_LA_MEDIA) for k in range(4)
        )
        if not sigue:
            continue
        for n in TRIMESTRES[: componente.periodo.trimestre]:
            alcanzado = componente.alcanzado[n - 1]
            if alcanzado is None or any(i.alcanzado[n - 1] is None and n in i.vencidos for i in hijas):
                continue
            media = sum(i.alcanzado[n - 1] or 0 for i in hijas) / len(hijas)
            if not iguales(alcanzado, media, CERCANIA_A_LA_MEDIA):
                del_trimestre = [i.dato(m, n) for i in familia for m in ("programado", "alcanzado")]
                yield Observacion(
                    f"{componente.etiqueta} informa {numero(alcanzado)} en el {ORDINALES[n - 1]} trimestre y la media de "
                    f"sus Actividades es {numero(media)}",
                    componente.dato("alcanzado", n), encontrado=alcanzado, esperado=round(media, 2),
                    lee=(*del_trimestre, *(i.fila["nivel"] for i in familia), *(i.fila["unidad_medida"] for i in familia),
                         *(i.fila["programado_acumulado"] for i in familia),
                         *(i.fila["acumulacion"] for i in familia), *dudosas),
                    tambien=tuple(i.dato("alcanzado", n) for i in hijas),
                )


@regla(
    "MIR015",
    por_que="Lo vigente debe ser lo último que se aprobó.",
    como_corregir="Corrija la meta vigente o el renglón de Modificaciones.",
    fuente="Hoja «Modificaciones» de la plantilla (criterio de este programa)",
    mal="""
        Modificaciones
        | Fecha      | Nivel        | Campo                 | Valor anterior | Valor nuevo | Causa  | Documento que la aprueba |
        | 2024-05-10 | Componente 1 | Programado 3er. Trim. | 40             | 35 ✗        | Ajuste | Oficio 20/2024           |
        """,
    bien="""
        Modificaciones
        | Fecha      | Nivel        | Campo                 | Valor anterior | Valor nuevo | Causa  | Documento que la aprueba |
        | 2024-05-10 | Componente 1 | Programado 3er. Trim. | 40             | 30          | Ajuste | Oficio 20/2024           |
        """,
)
def modificacion_no_aplicada(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El último Valor nuevo registrado es el valor vigente."""
    yield from no_aplicadas(libro)
