"""Reglas de seguimiento: lo que se informó cuadra, está completo y es del periodo."""

from __future__ import annotations

from collections.abc import Iterator

from pei_excel.calculos import acumulado_coincide, acumular, iguales
from pei_excel.evaluacion import Indicador, cifras, forma_de_acumular
from pei_excel.hallazgo import Severidad
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.periodos import ORDINALES, TRIMESTRES
from pei_excel.reglas import seguimiento_poi as poi
from pei_excel.reglas.base import AMBOS, Contexto, Observacion, regla
from pei_excel.reglas.explicaciones import reportado
from pei_excel.reglas.renglones import quien
from pei_excel.textos import cuenta, numero


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
            f"dice «{campo.escrito}» y {cuenta(len(siguiente), 'renglón ya trae', 'renglones ya traen')} el "
            f"{ORDINALES[q]} trimestre; ¿actualizó el trimestre que se reporta?",
            campo, nombra=celdas, encontrado=campo.escrito,
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
                escrito = "está vacío" if dato.vacio else f"dice «{dato.escrito}»"
                yield Observacion(
                    f"lo alcanzado por {i.etiqueta} en el {ORDINALES[n - 1]} trimestre {escrito} y hay "
                    f"{numero(i.programado[n - 1])} programado",
                    dato, lee=(i.dato("programado", n), i.fila["frecuencia"], i.fila["sentido"]),
                    esperado=f"un número (programado {numero(i.programado[n - 1])})",
                )
