"""Las dos primeras secciones del informe de un POI: el nivel de cumplimiento y las actividades, con fórmulas vivas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pei_excel.calculos import Cifra, Estado, promedio
from pei_excel.escritura.consolidado_comun import PORCENTAJE, colorear, relleno_de
from pei_excel.escritura.estilos import CALCULADA
from pei_excel.escritura.evaluacion_bloques import Celda
from pei_excel.escritura.evaluacion_poi_columnas import AL_PERIODO, PRIMERA
from pei_excel.escritura.evaluacion_poi_pagina import ANCHOS, FIJAS, Pagina
from pei_excel.escritura.evaluacion_poi_tramos import (
    ANCHO_DE_PALABRA,
    ANCHO_DE_VALORACION,
    BANDAS,
    COLUMNAS_DE_TRAMO,
    FINANCIERO,
    FISICO,
    POR_TRAMO,
    CeldasDeTramo,
    formula_cuantas,
    formula_fuera,
    formula_media_topada,
)
from pei_excel.escritura.hoja import altos_de_encabezado, combinar, escribir_encabezado, escribir_valor
from pei_excel.escritura.medidas import alto_de_fila
from pei_excel.formato import Columna
from pei_excel.tablas import palabras
from pei_excel.tipos import Numero
from pei_excel.ubicacion import letra

_ENTERO, _DINERO = "0", "#,##0.00"


def _rango(pagina: Pagina, fuente: CeldasDeTramo, parte: str, que: str) -> str:
    """Rango de una columna del tramo en la hoja `Al periodo y año`."""
    columna = getattr(fuente.letras[parte], que)
    return f"'{AL_PERIODO}'!${columna}${PRIMERA}:${columna}${PRIMERA + len(pagina.encargo.actividades) - 1}"


def escribir_nivel(pagina: Pagina, fuente: CeldasDeTramo) -> None:
    """Dos cuadros, uno junto al otro: cuántas actividades dice cada palabra, y las medias y los totales."""
    palabras_ = palabras(pagina.encargo.perfil, pagina.encargo.formato.clave)
    resultados = _resultados(pagina, fuente)
    inicio = pagina.fila
    for _ in range(2 + max(len(palabras_), len(resultados) - 1)):
        pagina.agregar(16)
    _escribir_conteos(pagina, fuente, inicio, palabras_)
    estilos = pagina.estilos
    pagina.combinar(inicio, 8, 13, "Resultado de la unidad", estilos("banda"))
    pagina.combinar(inicio, 14, 15, "Cifra", estilos("banda"))
    por_clave = {clave: f"$N${inicio + n}" for n, (clave, *_) in enumerate(resultados, 1)}
    for fila, (_, rotulo, celda, numero) in enumerate(resultados, inicio + 1):
        formula = str(celda.formula).format(**por_clave)
        pagina.combinar(fila, 8, 13, rotulo, estilos("celda"))
        pagina.celda(fila, 14, 15, Celda(formula, celda.valor), estilos("celda", align="right", num_format=numero))


def _escribir_conteos(pagina: Pagina, fuente: CeldasDeTramo, inicio: int, palabras_: tuple[str, ...]) -> None:
    actividades, estilos = pagina.encargo.actividades, pagina.estilos
    pagina.combinar(inicio, 1, 3, "Actividades por valoración", estilos("banda"))
    columnas = (
        (4, 4, FISICO, "Físico", Counter(a.al_periodo.palabra for a in actividades)),
        (5, 6, FINANCIERO, "Financiero", Counter(a.financiero_al_periodo.palabra for a in actividades)),
    )
    for desde, hasta, _, titulo, _ in columnas:
        pagina.combinar(inicio, desde, hasta, titulo, estilos("banda"))
    numero = estilos("celda", align="right", num_format=_ENTERO)
    total = estilos("celda", align="right", num_format=_ENTERO, bold=True, bg_color=CALCULADA)
    for fila, palabra in enumerate(palabras_, inicio + 1):
        pagina.combinar(fila, 1, 3, palabra, estilos("celda", **relleno_de(pagina.encargo.perfil, palabra)))
        for desde, hasta, parte, _, cuantas in columnas:
            formula = f"COUNTIF({_rango(pagina, fuente, parte, 'valoracion')},$A{fila})"
            pagina.celda(fila, desde, hasta, Celda(formula, float(cuantas[palabra])), numero)
    fila = inicio + len(palabras_) + 1
    pagina.combinar(fila, 1, 3, "Total de actividades", estilos("celda", bold=True, bg_color=CALCULADA))
    for desde, hasta, *_ in columnas:
        formula = f"SUM({letra(desde)}{inicio + 1}:{letra(desde)}{fila - 1})"
        pagina.celda(fila, desde, hasta, Celda(formula, float(len(actividades))), total)


def _resultados(pagina: Pagina, fuente: CeldasDeTramo) -> list[tuple[str, str, Celda, str]]:
    """Clave, rótulo, fórmula con las claves de otros renglones entre llaves, y formato."""
    filas: list[tuple[str, str, Celda, str]] = []
    for parte in (FISICO, FINANCIERO):
        topados = fuente.topados(parte)
        rango = _rango(pagina, fuente, parte, "porcentaje")
        valor = promedio(topados)
        filas += [
            (parte, f"Media del % {_ADJETIVO[parte]} (cada actividad, 100 como máximo)",
             Celda(formula_media_topada(rango), "–" if valor is None else valor), "0.0"),
            (f"n_{parte}", f"Actividades que entran a la media del % {_ADJETIVO[parte]}",
             Celda(formula_cuantas(rango), float(len(topados))), _ENTERO),
        ]
    en_soles = {que: _rango(pagina, fuente, FINANCIERO, que) for que in ("programado", "ejecutado", "porcentaje")}
    for clave, rotulo, que, suma in zip(
        ("costo", "devengado"), ("Costo programado (S/.)", "Devengado (S/.)"), ("programado", "ejecutado"),
        fuente.total, strict=True,
    ):
        rango = en_soles[que]
        filas.append((clave, rotulo, Celda(f'IF(COUNT({rango})=0,"–",SUM({rango}))', "–" if suma is None else suma),
                      _DINERO))
    if fuente.fuera:
        filas += _fuera_del_porcentaje(fuente, en_soles)
    ultima = PRIMERA + len(pagina.encargo.actividades) - 1
    del_total = f"'{AL_PERIODO}'!${fuente.letras[FINANCIERO].porcentaje}${ultima + 1}"
    pct: Cifra = fuente.comparado.porcentaje
    filas.append(("pct", "% financiero: devengado ÷ costo", Celda(
        f'IF(ISNUMBER({del_total}),{del_total},"–")', "–" if pct is None else pct,
    ), "0.0"))
    filas.append(("brecha", "Brecha: % financiero − media física (puntos)", Celda(
        'IF(COUNT({fisico},{pct})<2,"–",{pct}-{fisico})', "–" if fuente.brecha is None else fuente.brecha,
    ), "0.0"))
    return filas


def _fuera_del_porcentaje(fuente: CeldasDeTramo, rangos: Mapping[str, str]) -> list[tuple[str, str, Celda, str]]:
    """Lo que se sumó y no entra al %, porque no se leyó su costo o su devengado."""
    cuantas = Celda(f'COUNTIF({rangos["porcentaje"]},"{Estado.SIN_LEER}")', float(len(fuente.fuera)))
    return [
        ("n_fuera", "Fuera del %: actividades sin costo o devengado leído", cuantas, _ENTERO),
        *(
            (f"fuera_{que}", f"Fuera del %: {rotulo} (S/.)",
             Celda(formula_fuera(rangos[que], rangos["porcentaje"]), sum(suyas)), _DINERO)
            for que, rotulo, suyas in (
                ("programado", "costo programado", [m.programado or 0.0 for m in fuente.fuera]),
                ("ejecutado", "devengado", [m.alcanzado or 0.0 for m in fuente.fuera]),
            )
        ),
    ]


_ADJETIVO = {FISICO: "físico", FINANCIERO: "financiero"}


def escribir_actividades(pagina: Pagina, fuente: CeldasDeTramo) -> None:
    """Lo programado y lo ejecutado de cada actividad, traído de la hoja `Al periodo y año`."""
    encargo, estilos = pagina.encargo, pagina.estilos
    columnas = [Columna(clave=c, titulo=t, ancho=a, tipo=Numero()) for c, t, a in FIJAS] + [
        Columna(clave=f"{parte}_{clave}", titulo=titulo, ancho=ancho, tipo=Numero(), banda=BANDAS[parte])
        for (parte, clave, titulo, _), ancho in zip(COLUMNAS_DE_TRAMO, ANCHOS[len(FIJAS):], strict=True)
    ]
    altos = altos_de_encabezado(columnas)
    formatos = [_formato(pagina, (parte, clave)) for parte, clave, *_ in COLUMNAS_DE_TRAMO]
    de_fijas = [estilos("apoyo", align="center", num_format="0"), *[estilos("celda")] * (len(FIJAS) - 1)]
    primera = 0
    for n, actividad in enumerate(encargo.actividades, 1):
        valores = fuente.valores(n)
        textos = [(actividad.nombre, ANCHOS[2]), (actividad.unidad_medida, ANCHOS[3])]
        textos += [(v, ANCHO_DE_VALORACION) for v in valores if isinstance(v, str)]
        alto = alto_de_fila(textos, minimo=16)
        if n == 1 or pagina.no_cabe(alto):
            fila = pagina.agregar(altos[0], con=sum(altos[1:]) + alto)
            pagina.agregar(altos[1])
            escribir_encabezado(pagina.hoja, columnas, fila, estilos)
        fila = pagina.agregar(alto)
        primera = primera or fila
        for k, valor in enumerate((float(n), actividad.codigo, actividad.nombre, actividad.unidad_medida), 1):
            escribir_valor(pagina.hoja, fila, k, valor, de_fijas[k - 1], estilos)
        for k, dado in enumerate(valores):
            x = f"'{AL_PERIODO}'!${letra(fuente.columna + k)}${PRIMERA + n - 1}"
            columna = len(FIJAS) + 1 + k
            pagina.celda(fila, columna, columna, Celda(f'IF({x}="","",{x})', dado), formatos[k])
    _escribir_total(pagina, fuente)
    for columna in (len(FIJAS) + 5, len(FIJAS) + 10):
        colorear(pagina.hoja, (primera, columna, pagina.fila - 1, columna), encargo.perfil, estilos, "POI")


def _escribir_total(pagina: Pagina, fuente: CeldasDeTramo) -> None:
    encargo = pagina.encargo
    filas = (PRIMERA, PRIMERA + len(encargo.actividades) - 1)
    celdas = fuente.celdas_del_total(filas)
    dichas = [(c.valor, ANCHO_DE_PALABRA) for c in celdas if isinstance(c.valor, str)]
    fila = pagina.agregar(alto_de_fila(dichas, minimo=16))
    extra = {"bold": True, "bg_color": CALCULADA}
    rotulo = pagina.estilos("celda", **extra)
    combinar(pagina.hoja, (fila, 1), (fila, len(FIJAS)), rotulo)
    pagina.hoja.write_string(fila - 1, 0, "Total en soles (lo físico no se suma)", rotulo)
    for k in range(POR_TRAMO):
        formato = pagina.estilos.variante(_formato(pagina, COLUMNAS_DE_TRAMO[k][:2]), **extra)
        x = f"'{AL_PERIODO}'!${letra(fuente.columna + k)}${filas[1] + 1}"
        formula = f'IF({x}="","",{x})' if celdas[k].formula else None
        pagina.celda(fila, len(FIJAS) + 1 + k, len(FIJAS) + 1 + k, Celda(formula, celdas[k].valor), formato)


def _formato(pagina: Pagina, cual: tuple[str, str]) -> Any:
    parte, clave = cual
    if clave == "valoracion":
        return pagina.estilos("celda", align="center")
    if clave in {"porcentaje", "brecha"}:
        return pagina.estilos("celda", align="right", num_format=PORCENTAJE)
    numero = _DINERO if parte == FINANCIERO or pagina.encargo.decimales else "#,##0"
    return pagina.estilos("aprobado", align="right", num_format=numero, shrink=True)
