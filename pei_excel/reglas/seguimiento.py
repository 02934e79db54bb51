"""Reglas de seguimiento: lo informado contra lo programado, en el periodo y al periodo."""

from __future__ import annotations

from collections.abc import Iterator

from pei_excel.calculos import acumulado_coincide, acumular, iguales
from pei_excel.evaluacion import Indicador, cifras, forma_de_acumular
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.periodos import ORDINALES, TRIMESTRES
from pei_excel.reglas import seguimiento_poi as poi
from pei_excel.reglas.base import AMBOS, Contexto, Observacion, Tabla, regla
from pei_excel.reglas.explicaciones import leidos, reportado
from pei_excel.reglas.mir import quien
from pei_excel.textos import cuenta, enumerar, normalizar, numero

#: Parte de la meta anual que debe rebasarse para pedir explicación (criterio de este programa).
EXCESO_MINIMO = 0.10
#: Puntos entre el % financiero y el físico que se toleran (criterio de este programa).
BRECHA_TOLERADA = 20.0
#: Renglones desde los que «todo exactamente 100 %» llama la atención (criterio de este programa).
RENGLONES_AL_100 = 5


@regla(
    "SEG001", AMBOS,
    por_que="El acumulado es lo que se informa a la Tesorería; si no sale de los trimestres, el avance anual engaña.",
    como_corregir="Restaure la fórmula del acumulado o corrija los trimestres.",
    fuente="Informe Trimestral 2024, columna «Acumulado *» de Valores Alcanzados; Directiva N° 003-2016-MPH/17, artículos 11 y 12",
    mal={
        "MIR": """
        | Nivel        | Valores Alcanzados/1er. Trim. | …/2do. Trim. | …/Acumulado * |
        | Componente 1 | 15                            | 25           | 0 ✗           |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución física mensual/Total | Ejecución financiera mensual S/./Total |
        | AO.01  | 60 ✗                           | 9000 ✗                                 |
        """,
    },
    bien={
        "MIR": """
        | Nivel        | Valores Alcanzados/1er. Trim. | …/2do. Trim. | …/3er. Trim. |
        | Componente 1 | 20                            | 25           | 0            |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución física mensual/Mayo |
        | AO.03  | 39                            |
        """,
    },
)
def acumulado_alcanzado_no_coincide(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El acumulado de lo alcanzado (en el POI, el total de los meses) es el de lo informado."""
    if libro.formato == "POI":
        yield from poi.totales(libro, contexto)
        return
    por_indice = {i.fila.indice: i for i in contexto.indicadores(libro)}
    for fila in libro.filas("MIR"):
        dato = fila["alcanzado_acumulado"]
        if dato.celda is None or (dato.formula and (libro.nuestro or not dato.calculada)):
            continue
        indicador = por_indice.get(fila.indice)
        informado = indicador.alcanzado if indicador else cifras(fila, "alcanzado")
        forma, _ = forma_de_acumular(fila)
        if not acumulado_coincide(forma if forma != "Constante" else "Último", informado, dato.valor):
            esperado = acumular(forma, informado)
            dice = "está vacío" if dato.vacio else f"dice {numero(dato.valor)}"
            trimestres = tuple(fila[f"alcanzado_t{n}"] for n in TRIMESTRES)
            yield Observacion(
                f"el acumulado alcanzado de {quien(fila)} {dice} y los trimestres dan {numero(esperado)} ({forma})",
                dato, lee=(*trimestres, fila["acumulacion"]), encontrado=dato.valor, esperado=esperado,
                tambien=tuple(d for d in trimestres if not d.vacio),
            )


@regla(
    "SEG002",
    severidad=Severidad.AVISO,
    por_que="La Variación es la columna oficial con que se compara lo programado y lo alcanzado.",
    como_corregir="Restaure la fórmula: programado menos alcanzado, con lo vacío como 0.",
    fuente="Informe Trimestral 2024, columnas «Variación *»",
    mal="""
        | Nivel        | Variación */2do. Trim. |
        | Componente 1 | -3 ✗                   |
        """,
    bien="""
        | Nivel        | Valores Alcanzados/2do. Trim. |
        | Componente 1 | 28                            |
        """,
)
def variacion_no_coincide(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """La Variación es lo programado menos lo alcanzado; las celdas vacías de trimestres futuros no cuentan."""
    periodo = contexto.periodo_de(libro)
    limite = periodo.trimestre if periodo else 4
    fallas: list[tuple[Observacion, float, float]] = []
    buenas = 0
    for fila in libro.filas("MIR"):
        por_trimestre = [(f"t{n}", n > limite) for n in TRIMESTRES]
        for sufijo, futura in [*por_trimestre, ("acumulado", False)]:
            dato, p, a = fila[f"variacion_{sufijo}"], fila[f"programado_{sufijo}"], fila[f"alcanzado_{sufijo}"]
            if dato.celda is None or (dato.formula and (libro.nuestro or not dato.calculada)):
                continue
            programado, alcanzado = _cifra(fila, p, sufijo, "programado"), _cifra(fila, a, sufijo, "alcanzado")
            if dato.vacio and (futura or (programado is None and alcanzado is None)):
                continue  # sin ninguna cifra («NP» tampoco lo es), la fórmula también da vacío
            esperado = (programado or 0) - (alcanzado or 0)
            encontrado = dato.valor if isinstance(dato.valor, float) else None
            if encontrado is not None and iguales(encontrado, esperado):
                buenas += bool(esperado)
                continue
            dice = "está vacía" if dato.vacio else f"dice {numero(encontrado)}"
            observacion = Observacion(
                f"la variación de {quien(fila)} {dice} y lo programado menos lo alcanzado es {numero(esperado)}", dato,
                lee=(p, a), tambien=(p, a), encontrado=encontrado, esperado=esperado,
                variante="acumulado" if sufijo == "acumulado" else "trimestre",
            )
            fallas.append((observacion, encontrado or 0.0, esperado))
    volteadas = [o for o, encontrado, esperado in fallas if esperado and iguales(encontrado, -esperado)]
    if len(volteadas) >= 2 and len(volteadas) == len(fallas) and not buenas:
        primera, *resto = volteadas
        primera.mensaje = "la hoja entera calcula la variación al revés (alcanzado menos programado)"
        primera.nombra = tuple(o.dato for o in resto if o.dato is not None)
        primera.lee = tuple(d for o in volteadas for d in o.lee)
        yield primera
        return
    yield from (o for o, _, _ in fallas)


def _cifra(fila: Fila, dato: Dato, sufijo: str, medida: str) -> float | None:
    if dato.valor is None and sufijo == "acumulado":
        return acumular(forma_de_acumular(fila)[0], cifras(fila, medida))
    return dato.valor if isinstance(dato.valor, float) else None


@regla(
    "SEG003", AMBOS,
    por_que="Lo que aún no ocurre no puede informarse; suele ser un periodo que no se actualizó.",
    como_corregir="Borre lo capturado después del periodo o actualice «Trimestre que se reporta».",
    fuente="Informe Trimestral 2024, campo «Trimestre que se reporta»; Directiva N° 003-2016-MPH/17, artículo 12",
    mal={
        "MIR": """
        | Nivel        | Valores Alcanzados/3er. Trim. |
        | Componente 1 | 10 ✗                          |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución física mensual/Julio | Ejecución financiera mensual S/./Agosto |
        | AO.01  | 10 ✗                           | 1500 ✗                                  |
        """,
    },
    bien={
        "MIR": """
        | Nivel        | Valores Alcanzados/3er. Trim. |
        | Componente 1 | 0                             |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución física mensual/Julio | Ejecución financiera mensual S/./Julio |
        | AO.01  | 0                              | 0                                      |
        """,
    },
)
def alcanzado_despues_del_periodo(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Después del periodo escrito en el libro no hay nada alcanzado distinto de 0."""
    if libro.formato == "POI":
        yield from poi.despues_del_periodo(libro, contexto)
        return
    periodo = libro.periodo or contexto.periodo_de(libro)
    if periodo is None:
        return
    q = periodo.trimestre
    futuros = [
        (fila, n) for fila in libro.filas("MIR") for n in TRIMESTRES[q:] if fila.valor(f"alcanzado_t{n}") not in {None, 0}
    ]
    siguiente = [fila for fila, n in futuros if n == q + 1]
    celdas = tuple(fila[f"alcanzado_t{n}"] for fila, n in futuros)
    if len(siguiente) >= 2 and len(siguiente) * 2 > len(libro.filas("MIR")):
        campo = libro.campo("periodo")
        yield Observacion(
            f"dice «{campo.crudo}» y {cuenta(len(siguiente), 'renglón ya trae', 'renglones ya traen')} el "
            f"{ORDINALES[q]} trimestre; ¿actualizó el trimestre que se reporta?",
            campo, nombra=celdas, encontrado=str(campo.crudo),
        )
        return
    for (fila, n), dato in zip(futuros, celdas, strict=True):
        yield Observacion(
            f"{quien(fila)} trae {numero(dato.valor)} en el {ORDINALES[n - 1]} trimestre y se reporta el "
            f"{ORDINALES[q - 1]}",
            dato, encontrado=dato.valor, esperado=0,
        )


@regla(
    "SEG004", AMBOS,
    por_que="Una celda vacía no dice si no hubo avance o si se olvidó informarlo.",
    como_corregir="Escriba lo alcanzado; si no hubo avance, escriba 0.",
    fuente="Informe Trimestral 2024, Valores Alcanzados; Directiva N° 003-2016-MPH/17, artículos 11 y 12",
    mal={
        "MIR": """
        | Nivel        | Valores Alcanzados/2do. Trim. | Medios de Verificación |
        | Componente 1 | ✗                             |                        |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución física mensual/Junio | Ejecución financiera mensual S/./Junio |
        | AO.01  | ✗                              | 1500                                   |
        | AO.03  | 40                             | ✗                                      |
        """,
    },
    bien={
        "MIR": """
        | Nivel        | Valores Programados/2do. Trim. | …/3er. Trim. | Valores Alcanzados/2do. Trim. | Medios de Verificación |
        | Componente 1 | NP                             | 60           | NP                            |                        |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución física mensual/Junio | Ejecución financiera mensual S/./Junio |
        | AO.05  | NP                             |                                        |
        """,
    },
)
def vencido_sin_reporte(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Todo trimestre o mes medido, programado y vencido está informado (0 es un informe)."""
    if libro.formato == "POI":
        yield from poi.sin_reporte(libro, contexto)
        return
    indicadores = contexto.indicadores(libro)
    periodo = contexto.periodo_de(libro)
    if periodo is None:
        return
    q = periodo.trimestre
    del_periodo = [i for i in indicadores if q in i.vencidos]
    vacios = [i for i in del_periodo if i.alcanzado[q - 1] is None and reportado(i).vacio]
    campo = libro.campo("periodo")
    todos = len(del_periodo) >= 2 and len(vacios) == len(del_periodo)
    en_blanco: dict[int, list[Indicador]] = {}  # trimestres vencidos que ningún renglón informa: la misma causa
    if todos:
        for n in TRIMESTRES[:q]:
            suyos = [i for i in indicadores if n in i.vencidos]
            if len(suyos) >= 2 and all(i.dato("alcanzado", n).vacio for i in suyos):
                en_blanco[n] = suyos
        celdas = [(i, n) for n, suyos in en_blanco.items() for i in suyos]
        yield Observacion(
            f"el libro no informa el periodo: ninguno de los {len(del_periodo)} indicadores trae lo alcanzado en el "
            f"{ORDINALES[q - 1]} trimestre",
            campo, nombra=tuple(i.dato("alcanzado", n) for i, n in celdas), encontrado=0, esperado=len(del_periodo),
            lee=tuple(d for i, n in celdas for d in (i.dato("programado", n), i.fila["frecuencia"])),
        )
    for i in indicadores:
        for n in i.vencidos:
            dato = i.dato("alcanzado", n)
            if i.alcanzado[n - 1] is None and n not in en_blanco:
                escrito = "está vacío" if dato.vacio else f"dice «{dato.crudo}»"
                yield Observacion(
                    f"lo alcanzado por {i.etiqueta} en el {ORDINALES[n - 1]} trimestre {escrito} y hay "
                    f"{numero(i.programado[n - 1])} programado",
                    dato, lee=(i.dato("programado", n), i.fila["frecuencia"], i.fila["sentido"]),
                    esperado=f"un número (programado {numero(i.programado[n - 1])})",
                )


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
