"""Reglas de lo que se explica al reportar: la evidencia, las causas y las medidas."""

from __future__ import annotations

from collections.abc import Iterator

from pei_excel.calculos import iguales
from pei_excel.evaluacion import Indicador
from pei_excel.formatos.mir import JUSTIFICACIONES
from pei_excel.formatos.mir import TRIMESTRES as NOMBRES_DE_TRIMESTRE
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.periodos import TRIMESTRES
from pei_excel.reglas import seguimiento_poi as poi
from pei_excel.reglas.base import AMBOS, Contexto, Observacion, regla
from pei_excel.reglas.evidencia import defecto_del_medio
from pei_excel.textos import cuenta, enumerar, normalizar, numero
from pei_excel.tipos import NADA

#: Renglones con las mismas palabras desde los que llama la atención (criterio de este programa).
RENGLONES_IGUALES = 3


def reportado(i: Indicador) -> Dato:
    """Lo alcanzado en el trimestre que se reporta: la celda que nombran las reglas de cumplimiento."""
    return i.dato("alcanzado", i.periodo.trimestre)


def leidos(i: Indicador) -> tuple[Dato, ...]:
    """Lo que se mira para decir cómo va un indicador."""
    q = i.periodo.trimestre
    otros = (i.fila[c] for c in ("sentido", "frecuencia", "acumulacion"))
    return (*i.datos("programado", q), *i.datos("alcanzado", q), *otros)


@regla(
    "SEG005", AMBOS,
    severidad=Severidad.AVISO,
    por_que="Sin un documento identificable, lo alcanzado no puede comprobarse en una auditoría.",
    como_corregir="Anote el tipo, el número y la fecha del documento que prueba lo alcanzado en el trimestre.",
    fuente="Informe Trimestral 2024, columna «Medios de Verificación»; Directiva N° 003-2016-MPH/17, artículo 12",
    mal={
        "MIR": """
        | Nivel        | Medios de Verificación               |
        | Componente 1 | Oficio S/N de fecha 26 de junio ✗    |
        """,
        "POI": """
        Evaluación
        | Código | Trimestre      | Medio de verificación                    |
        | AO.01  | 2do. Trimestre | Informe S/N de la jefatura, junio 2024 ✗ |
        | AO.05  | 2do. Trimestre | (quitar)                                 |
        Seguimiento
        | Código | Ejecución física mensual/Mayo |
        | AO.05  | 2 ✗                           |
        """,
    },
    bien={
        "MIR": """
        | Nivel        | Medios de Verificación                   |
        | Componente 1 | Minutas de las sesiones de abril y junio |
        """,
        "POI": """
        Evaluación
        | Código | Trimestre      | Medio de verificación                 |
        | AO.01  | 2do. Trimestre | Actas de entrega de abril, mayo y junio |
        """,
    },
)
def medio_insuficiente(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Lo alcanzado en el periodo, si es mayor que 0, tiene un medio con documento, número o fecha."""
    if libro.formato == "POI":
        yield from poi.medios(libro, contexto)
        return
    for i in contexto.indicadores(libro):
        alcanzado = i.alcanzado[i.periodo.trimestre - 1]
        if not alcanzado:
            continue
        dato = i.fila["medios"]
        defecto = defecto_del_medio(None if dato.valor is None else str(dato.valor))
        if defecto:
            yield Observacion(
                f"{i.etiqueta} informa {numero(alcanzado)} y su medio de verificación {defecto}", dato,
                lee=(reportado(i),), encontrado=None if dato.vacio else str(dato.valor)[:200],
            )


def justificacion(libro: Libro, i: Indicador) -> Fila | None:
    """Renglón de Justificaciones de un indicador en el trimestre que se reporta."""
    trimestre = NOMBRES_DE_TRIMESTRE[i.periodo.trimestre - 1]
    return next(
        (
            f for f in libro.filas(JUSTIFICACIONES.clave)
            if f.valor("nivel") == i.nivel and i.nivel is not None and f.valor("trimestre") == trimestre
        ),
        None,
    )


def _quedo_atras(sentido: str, programado: float, alcanzado: float) -> bool:
    """Lo alcanzado en un trimestre queda del lado que incumple."""
    if sentido in {"Regular", "Nominal"}:
        return not iguales(programado, alcanzado)
    return alcanzado > programado if sentido == "Descendente" else alcanzado < programado


@regla(
    "SEG006", AMBOS,
    severidad=Severidad.AVISO,
    por_que="Un rezago sin causa ni medida correctiva no puede atenderse ni explicarse a la Tesorería.",
    como_corregir="Diga la causa y la medida correctiva.",
    fuente="Semáforo de referencia (no oficial); Informe Trimestral 2024; Directiva N° 003-2016-MPH/17, artículo 12",
    mal={
        "MIR": """
        | Nivel         | Valores Alcanzados/1er. Trim. | …/2do. Trim. |
        | Actividad 2.2 | 20                            | 12 ✗         |
        """,
        "POI": """
        Evaluación
        | Código | Trimestre      | Factores que dificultaron | Medidas correctivas |
        | AO.02  | 2do. Trimestre |                           |                     |
        Seguimiento
        | Código | Ejecución física mensual/Junio |
        | AO.02  | 0 ✗                            |
        """,
    },
    bien={
        "MIR": """
        | Nivel         | Valores Alcanzados/1er. Trim. | …/2do. Trim. |
        | Actividad 2.2 | 20                            | 12           |
        Justificaciones
        | Nivel         | Trimestre  | Causa                 | Medida correctiva          |
        | Actividad 2.2 | 2do. Trim. | Se pospuso una sesión | Sesión adicional en agosto |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución física mensual/Junio |
        | AO.02  | 0                              |
        Evaluación
        | Código | Trimestre      | Factores que dificultaron           | Medidas correctivas |
        | AO.02  | 2do. Trimestre | Observaciones del área legal        | Aprobarlo en julio  |
        """,
    },
)
def rezago_sin_explicar(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Lo que queda debajo del verde al periodo, o en 0 con meta en el periodo, dice su causa y su medida."""
    if libro.formato == "POI":
        yield from poi.rezagos(libro, contexto)
        return
    perfil = contexto.perfil(libro.formato)
    for i in contexto.indicadores(libro):
        q = i.periodo.trimestre
        p, a, pct = i.programado[q - 1], i.alcanzado[q - 1], i.al_periodo.porcentaje
        en_cero = bool(p) and a == 0 and i.sentido != "Descendente"
        bajo = q in i.medidos and pct is not None and perfil.debajo_del_verde(pct)
        if not (en_cero or bajo) or i.falta_informar:
            continue
        fila = justificacion(libro, i)
        faltan = [t for t, c in (("la causa", "causa"), ("la medida correctiva", "medida"))
                  if fila is None or fila[c].vacio]
        if not faltan:
            continue
        hecho = (
            f"{i.etiqueta} lleva {numero(i.al_periodo.alcanzado)} de {numero(i.al_periodo.programado)} "
            f"({numero(pct, 1)} %)" if bajo else f"{i.etiqueta} informa 0 de {numero(p)} en el trimestre"
        )
        con_hoja = JUSTIFICACIONES.clave in libro.hojas
        # Los trimestres que lo dejaron atrás: los nombra sin mostrarlos, para que callen a MIR014.
        rezagados = tuple(
            Dato(i.dato("alcanzado", n).llave) for n in TRIMESTRES[:q]
            if _quedo_atras(i.sentido, i.programado[n - 1] or 0, i.alcanzado[n - 1] or 0)
        )
        yield Observacion(
            f"{hecho} y no dice {enumerar(faltan)}", reportado(i), nombra=rezagados,
            lee=(*leidos(i), *(() if con_hoja else (Dato((JUSTIFICACIONES.clave, -1, JUSTIFICACIONES.llave[0])),))),
            tambien=tuple(fila[c] for c in ("causa", "medida") if fila is not None and fila[c].vacio),
            encontrado=pct if pct is not None else a, esperado=f"{numero(perfil.verde_desde)} % o más, o su explicación",
            como_corregir=f"Anote {enumerar(faltan)} en la hoja «{JUSTIFICACIONES.clave}»." if con_hoja
            else f"Indique {enumerar(faltan)} en su respuesta.",
        )


@regla(
    "SEG010", AMBOS,
    severidad=Severidad.NOTA, para=Destinatario.PLANEACION,
    por_que="La misma evidencia en varios renglones suele haberse copiado sin revisar.",
    como_corregir="Pregunte a la unidad si el mismo documento prueba todos los renglones.",
    fuente="Criterio de este programa",
    mal={
        "MIR": """
        | Nivel         | Medios de Verificación     |
        | Componente 1  | Oficio 16/2024 de junio    |
        | Actividad 1.1 | Oficio 16/2024 de junio ✗  |
        | Actividad 1.2 | Oficio 16/2024 de junio ✗  |
        """,
        "POI": """
        Evaluación
        | Código | Trimestre      | Medio de verificación                |
        | AO.01  | 2do. Trimestre | Informe N° 045-2024 de junio de 2024   |
        | AO.03  | 2do. Trimestre | Informe N° 045-2024 de junio de 2024 ✗ |
        | AO.04  | 2do. Trimestre | Informe N° 045-2024 de junio de 2024 ✗ |
        """,
    },
    bien={
        "MIR": """
        | Nivel         | Medios de Verificación     |
        | Componente 1  | Oficio 16/2024 de junio    |
        | Actividad 1.1 | Oficio 16/2024 de junio    |
        """,
        "POI": """
        Evaluación
        | Código | Trimestre      | Medio de verificación                |
        | AO.01  | 2do. Trimestre | Informe N° 045-2024 de junio de 2024 |
        | AO.03  | 2do. Trimestre | Informe N° 045-2024 de junio de 2024 |
        """,
    },
)
def evidencia_repetida(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """La evidencia o las causas no son las mismas palabras en tres renglones o más, ni las del periodo anterior."""
    if libro.formato == "POI":
        for columna, que in _QUE_SE_COPIA:
            for origen, filas, hecho in poi.copiadas(libro, contexto, columna, RENGLONES_IGUALES):
                yield _copiada(filas[0], columna, f"{hecho} de {que}", origen, filas[1:], "codigo")
        return
    for hoja, columna, que in (("MIR", "medios", "medio de verificación"), (JUSTIFICACIONES.clave, "causa", "causa")):
        grupos: dict[str, list[Fila]] = {}
        for fila in libro.filas(hoja):
            texto = normalizar(str(fila.valor(columna) or ""))
            if texto and texto not in NADA:
                grupos.setdefault(texto, []).append(fila)
        for filas in grupos.values():
            if len(filas) >= RENGLONES_IGUALES:
                hecho = f"{len(filas)} renglones tienen el mismo texto de {que}"
                yield _copiada(filas[1], columna, hecho, filas[0], filas[2:], "nivel")
        pocas = {texto: filas for texto, filas in grupos.items() if len(filas) < RENGLONES_IGUALES}
        yield from _como_la_vez_anterior(libro, contexto, columna, que, pocas)


def _como_la_vez_anterior(
    libro: Libro, contexto: Contexto, columna: str, que: str, grupos: dict[str, list[Fila]]
) -> Iterator[Observacion]:
    """Con `--anterior`: los renglones que dicen lo mismo que en la última entrega de otro periodo."""
    periodo = contexto.periodo_de(libro)
    previas = [a for a in contexto.anteriores_de(libro) if periodo is not None and 0 < a.mes < periodo.mes]
    if not previas:
        return
    antes = {
        llave[0] if type(llave) is tuple else llave: normalizar(str(valor))  # en Justificaciones lleva el trimestre
        for (_, llave, clave), valor in previas[-1].valores.items() if clave == columna and valor
    }
    repetidas = [f for texto, filas in grupos.items() for f in filas if antes.get(f.valor("nivel")) == texto]
    if repetidas:
        primera, *otras = sorted(repetidas, key=lambda f: f.indice)
        cuantas = cuenta(len(repetidas), "renglón repite", "renglones repiten")
        yield Observacion(
            f"{cuantas} el texto de {que} de {previas[-1].cuando}", primera[columna],
            nombra=tuple(f[columna] for f in otras), lee=tuple(f["nivel"] for f in repetidas),
            encontrado=str(primera.valor(columna))[:200],
            como_corregir="Pregunte a la unidad si el documento o la causa son también los de este periodo.",
        )


#: Columnas de `Evaluación` cuyas palabras no debieran repetirse, y cómo se dice.
_QUE_SE_COPIA = (
    ("medios", "medio de verificación"), ("dificultaron", "factores que dificultaron"),
    ("contribuyeron", "factores que contribuyeron"),
)


def _copiada(
    segunda: Fila, columna: str, mensaje: str, primera: Fila, otras: list[Fila], llave: str
) -> Observacion:
    return Observacion(
        mensaje, segunda[columna], nombra=tuple(f[columna] for f in otras), tambien=(primera[columna],),
        lee=(primera[columna], *(f[llave] for f in (primera, segunda, *otras))),
        encontrado=str(segunda.valor(columna))[:200],
        como_corregir=None if columna == "medios" else "Pregunte a la unidad si la misma causa explica todos los renglones.",
    )
