"""Reglas de la MIR: lo programado en el año y lo que de ello se sigue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pei_excel.calculos import ACUMULACIONES, TOLERANCIA, acumulado_coincide, acumular, iguales, programa
from pei_excel.evaluacion import cifras, forma_de_acumular
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.libro import Fila, Libro
from pei_excel.periodos import MIDE, ORDINALES, TRIMESTRES
from pei_excel.reglas.base import Contexto, Observacion, regla
from pei_excel.reglas.modificadas import no_aplicadas
from pei_excel.reglas.renglones import es_porcentaje, nivel_de, programados, quien, renglones
from pei_excel.textos import enumerar, numero

#: Puntos de diferencia con que un Componente todavía es la media de sus Actividades (criterio de este programa).
CERCANIA_A_LA_MEDIA = 1.0

_NO_ACOTADO = re.compile(r"variaci[oó]n|\btasa|incremento|crecimiento", re.IGNORECASE)


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
    for fila in renglones(libro):
        dato = fila["programado_acumulado"]
        trimestres = cifras(fila, "programado")
        lee = (*programados(fila), fila["acumulacion"])
        declarada = fila.valor("acumulacion")
        forma, _ = forma_de_acumular(fila)
        if declarada in ACUMULACIONES and not acumulado_coincide(declarada, trimestres, acumular(declarada, trimestres)):
            yield Observacion(
                f"la Acumulación es {declarada} pero los trimestres no son iguales "
                f"({enumerar(numero(c) for c in trimestres if c is not None)})",
                dato, lee=lee, tambien=programados(fila), encontrado=dato.valor,
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
            dato, lee=lee, tambien=programados(fila), encontrado=dato.valor, esperado=esperado,
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
    for fila in renglones(libro):
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
    for fila in renglones(libro):
        sentido = str(fila.valor("sentido"))
        if not any(programa(sentido, c) for c in cifras(fila, "programado")):
            yield Observacion(
                f"{quien(fila)} no tiene nada programado en el año", fila["programado_acumulado"],
                lee=(*programados(fila), fila["sentido"]), encontrado=fila.valor("programado_acumulado"),
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
    for fila in renglones(libro):
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
                lee=(*lee, *programados(fila), fila["acumulacion"], fila["frecuencia"]),
                encontrado=total, esperado=100, variante="acumulado",
            )


def _bajo_su_componente(libro: Libro) -> Iterator[tuple[Fila, int]]:
    """Cada fila con el número del último Componente escrito arriba de ella; 0 si no hay."""
    debajo = 0
    for fila in renglones(libro):
        nivel = nivel_de(fila)
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
                   if componente.nivel.componente in {debajo, suyo.componente if (suyo := nivel_de(f)) else 0}]
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
