"""Reglas de seguimiento: lo informado contra lo programado, en el periodo y al periodo."""

from __future__ import annotations

from collections.abc import Iterator

from pei_excel.evaluacion import Indicador, cifras
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.libro import Libro
from pei_excel.periodos import ORDINALES, TRIMESTRES
from pei_excel.reglas import seguimiento_poi as poi
from pei_excel.reglas.base import AMBOS, Contexto, Observacion, Tabla, regla
from pei_excel.reglas.explicaciones import leidos, reportado
from pei_excel.reglas.renglones import quien
from pei_excel.textos import enumerar, normalizar, numero

#: Parte de la meta anual que debe rebasarse para pedir explicación (criterio de este programa).
EXCESO_MINIMO = 0.10
#: Puntos entre el % financiero y el físico que se toleran (criterio de este programa).
BRECHA_TOLERADA = 20.0
#: Renglones desde los que «todo exactamente 100 %» llama la atención (criterio de este programa).
RENGLONES_AL_100 = 5


@regla(
    "SEG007", AMBOS,
    severidad=Severidad.AVISO,
    por_que="Lo ejecutado sin meta no puede evaluarse; si había meta en otro trimestre, es un adelanto.",
    como_corregir="Aclare si la meta se omitió al programar o si lo alcanzado corresponde a otro indicador.",
    fuente="Informe Trimestral 2024, Valores Programados y Alcanzados; Directiva N° 003-2016-MPH/17, artículo 12",
    mal={
        "MIR": """
        | Nivel | Valores Programados/4to. Trim. | Valores Alcanzados/2do. Trim. | Medios de Verificación | Frecuencia de Medición |
        | Fin   | 100                            | 5 ✗                           | Oficio 12/2024         | Anual                  |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución física mensual/Junio |
        | AO.05  | 1 ✗                            |
        """,
    },
    bien={
        "MIR": """
        | Nivel | Valores Alcanzados/2do. Trim. |
        | Fin   | 0                             |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución física mensual/Junio |
        | AO.05  | 0                              |
        """,
    },
)
def ejecucion_sin_programacion(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """No se ejecuta nada donde no se programó («adelanto» si el año tiene programación)."""
    if libro.formato == "POI":
        yield from poi.sin_programacion(libro, contexto)
        return
    formulacion = contexto.formulacion(libro)
    indicadores = {i.fila.indice: i for i in contexto.indicadores(libro)}
    for fila in libro.filas("MIR"):
        i = indicadores.get(fila.indice)
        if i is None and not formulacion:
            continue
        limite = i.periodo.trimestre if i else 4
        programado, alcanzado = cifras(fila, "programado"), cifras(fila, "alcanzado")
        del_ano = any(programado)
        for n in TRIMESTRES[:limite]:
            p, a = programado[n - 1], alcanzado[n - 1]
            if not a or p or (p == 0 and fila.valor("sentido") == "Descendente"):
                continue
            meta = "hay meta en otros trimestres: es un adelanto" if del_ano else "no hay nada programado en el año"
            yield Observacion(
                f"{quien(fila)} informa {numero(a)} en el {ORDINALES[n - 1]} trimestre, donde no programó; {meta}",
                fila[f"alcanzado_t{n}"], encontrado=a, esperado=0,
                lee=(*(fila[f"programado_t{k}"] for k in TRIMESTRES), fila["frecuencia"], fila["programado_acumulado"]),
                severidad=Severidad.NOTA if del_ano else Severidad.AVISO,
                destinatario=Destinatario.PLANEACION if del_ano else Destinatario.UNIDAD,
                variante="formulacion" if formulacion else "",
            )


@regla(
    "SEG008", AMBOS,
    severidad=Severidad.AVISO,
    por_que="Rebasar mucho la meta suele indicar una meta mal calculada o un error de captura.",
    como_corregir="Explique el exceso o corrija lo alcanzado.",
    fuente="Límite del semáforo de referencia y criterio de este programa",
    mal={
        "MIR": """
        | Nivel         | Valores Alcanzados/2do. Trim. |
        | Actividad 2.2 | 60 ✗                          |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución física mensual/Junio |
        | AO.01  | 30 ✗                           |
        """,
    },
    bien={
        "MIR": """
        | Nivel         | Valores Alcanzados/1er. Trim. | …/2do. Trim. |
        | Actividad 2.2 | 30                            | 25           |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución física mensual/Junio |
        | AO.01  | 22                             |
        """,
    },
)
def sobrecumplimiento(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Lo alcanzado al periodo no rebasa el límite del semáforo y en 10 % o más de la meta anual."""
    if libro.formato == "POI":
        yield from poi.excesos(libro, contexto, EXCESO_MINIMO)
        return
    perfil = contexto.perfil(libro.formato)
    if perfil.limite is None:
        return
    for i in contexto.indicadores(libro):
        pct, p, a = i.al_periodo.porcentaje, i.al_periodo.programado, i.al_periodo.alcanzado
        if pct is None or p is None or a is None or i.periodo.trimestre not in i.medidos or i.falta_informar:
            continue
        exceso = abs(a - p)
        if round(pct, 6) > perfil.limite and exceso >= EXCESO_MINIMO * (i.meta_anual or 0) - 1e-9:
            yield Observacion(
                f"{i.etiqueta} lleva {numero(a)} y tenía programado {numero(p)} ({numero(pct, 1)} %); pasa de "
                f"{numero(perfil.limite)} %",
                reportado(i), lee=(*leidos(i), i.fila["programado_acumulado"], *i.datos("programado")),
                encontrado=round(pct, 2), esperado=f"hasta {numero(perfil.limite)} %",
            )


@regla(
    "SEG009", AMBOS,
    severidad=Severidad.NOTA, para=Destinatario.PLANEACION,
    por_que="Que todo cumpla exactamente lo programado es posible, pero poco frecuente; conviene mirar la evidencia.",
    como_corregir="Revise los medios de verificación del informe.",
    fuente="Criterio de este programa",
    mal={
        "MIR": """
        | Nivel         | Valores Alcanzados/1er. Trim. | …/2do. Trim. |
        | (banda)       | ✗                             |              |
        | Componente 1  | 20                            | 30           |
        | Actividad 1.1 | 25                            | 25           |
        | Actividad 1.2 | 10                            | 40           |
        | Actividad 2.2 | 30                            | 20           |
        """,
        "POI": """
        Seguimiento
        | Código  | Ejecución física mensual/Enero | …/Febrero | …/Marzo | …/Abril | …/Junio | Ejecución financiera mensual S/./Junio |
        | (banda) | ✗                              |           |         |         |         |                                        |
        | AO.01   | 10                             | 10        | 10      | 10      | 10      | 1500                                   |
        | AO.02   |                                | 1         |         | 1       | 1       | 2000                                   |
        | AO.03   | 40                             | 40        | 40      | 40      | 40      | 3000                                   |
        | AO.06   | 2                              | 2         | 2       | 2       | 2       | 800                                    |
        """,
    },
    bien={
        "MIR": """
        | Nivel         | Valores Alcanzados/2do. Trim. |
        | Componente 1  | 30                            |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución física mensual/Marzo |
        | AO.01  | 10                             |
        """,
    },
)
def todo_exactamente_al_cien(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """No todas las cifras vencidas son exactamente 100 % (cinco renglones o más)."""
    if libro.formato == "POI":
        yield from poi.todo_al_cien(libro, contexto, RENGLONES_AL_100)
        return
    con_cifra = [i for i in contexto.indicadores(libro) if i.vencidos]
    vencidas = [(i, n) for i in con_cifra for n in i.vencidos]
    exactas = all(
        i.alcanzado[n - 1] is not None and i.alcanzado[n - 1] == i.programado[n - 1] for i, n in vencidas
    )
    if len(con_cifra) >= RENGLONES_AL_100 and exactas:
        banda = libro.hojas["MIR"].bandas.get(normalizar("Valores Alcanzados"))
        yield Observacion(
            f"las {len(vencidas)} cifras vencidas de {len(con_cifra)} indicadores son exactamente lo programado",
            hoja=banda.hoja if banda else None, celda=banda.celda if banda else None, encontrado=100,
            lee=tuple(i.dato(m, n) for i, n in vencidas for m in ("programado", "alcanzado")),
        )


@regla(
    "SEG012", ("POI",),
    severidad=Severidad.AVISO,
    por_que="Gastar mucho más, o mucho menos, de lo que se avanza suele decir que una de las dos cifras está mal.",
    como_corregir="Explique la diferencia entre lo gastado y lo avanzado, o corrija la cifra.",
    fuente="Criterio de este programa: 20 puntos; Directiva N° 003-2016-MPH/17, artículo 12",
    mal="""
        Seguimiento
        | Código | Ejecución financiera mensual S/./Abril | …/Mayo | …/Junio | …/Total |
        | AO.01  | 0                                      | 0      | 0       | ✗       |
        """,
    bien="""
        Seguimiento
        | Código | Ejecución financiera mensual S/./Junio |
        | AO.01  | 0                                      |
        """,
)
def brecha_fisico_financiera(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Desde el segundo trimestre, el % financiero y el físico al periodo no se separan más de 20 puntos."""
    yield from poi.brechas(libro, contexto, BRECHA_TOLERADA)


@regla(
    "SEG013",
    severidad=Severidad.NOTA, para=Destinatario.PLANEACION,
    por_que="Un Componente puede verse en verde sólo porque una Actividad muy excedida compensa a otras rezagadas.",
    como_corregir="Mire las Actividades del Componente antes de darlo por cumplido.",
    fuente="Criterio de este programa, visto en el Informe Trimestral 2024",
    mal=Tabla("""
        | Nivel         | Valores Programados/1er. Trim. | …/2do. Trim. | …/3er. Trim. | …/4to. Trim. | Valores Alcanzados/1er. Trim. | …/2do. Trim. |
        | Componente 2  | 15                             | 35           | 25           | 25           | 15                            | 35 ✗         |
        | Actividad 2.1 | 25                             | 25           | 25           | 25           | 5                             | 5            |
        | Actividad 2.2 | 5                              | 5            | 45           | 45           | 7                             | 7            |
        Justificaciones
        | Nivel         | Trimestre  | Causa                 | Medida correctiva          |
        | Actividad 2.1 | 2do. Trim. | Se pospuso una sesión | Sesión adicional en agosto |
        """),
    bien="""
        | Nivel         | Valores Alcanzados/1er. Trim. | …/2do. Trim. |
        | Actividad 2.1 | 25                            | 20           |
        """,
)
def verde_por_compensacion(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Un Componente en verde no se debe a que una Actividad excedida compensa a otra en rojo."""
    perfil = contexto.perfil(libro.formato)
    indicadores = contexto.indicadores(libro)
    for componente in indicadores:
        caso = compensacion(componente, indicadores, perfil.limite, perfil.verde_desde)
        if caso is None:
            continue
        arriba, abajo, media = caso
        yield Observacion(
            f"{componente.etiqueta} aparece en verde ({numero(componente.al_periodo.porcentaje, 1)} %) porque "
            f"{enumerar(f'{i.etiqueta} ({numero(i.al_periodo.porcentaje, 1)} %)' for i in arriba)} compensa a "
            f"{enumerar(f'{i.etiqueta} ({numero(i.al_periodo.porcentaje, 1)} %)' for i in abajo)}; la media topada de "
            f"sus Actividades es {numero(media, 1)} %",
            reportado(componente), lee=(*leidos(componente), *(d for i in (*arriba, *abajo) for d in leidos(i))),
            tambien=tuple(reportado(i) for i in (*arriba, *abajo)),
            encontrado=round(componente.al_periodo.porcentaje or 0, 2), esperado=round(media, 2),
        )


def compensacion(
    componente: Indicador, indicadores: list[Indicador], limite: float | None, verde_desde: float
) -> tuple[list[Indicador], list[Indicador], float] | None:
    """Actividades excedidas, en rojo y media topada, si el verde del Componente se debe a ellas; si no, None."""
    banda = componente.al_periodo.banda
    if componente.nivel is None or componente.clase != "Componente" or banda is None or banda.color != "verde":
        return None
    hijas = [
        i for i in indicadores
        if i.clase == "Actividad" and i.nivel and i.nivel.componente == componente.nivel.componente
        and i.al_periodo.porcentaje is not None
    ]
    if any(i.falta_informar for i in (componente, *hijas)):
        return None
    arriba = [i for i in hijas if limite is not None and (i.al_periodo.porcentaje or 0) > limite]
    abajo = [i for i in hijas if i.al_periodo.banda and i.al_periodo.banda.color == "rojo"]
    if not arriba or not abajo:
        return None
    media = sum(min(i.al_periodo.porcentaje or 0, 100) for i in hijas) / len(hijas)
    return (arriba, abajo, media) if media < verde_desde else None
