"""Las frases que explican el consolidado del POI: valoraciones, reporte, atención, brecha y medias."""

from __future__ import annotations

from pei_excel import frases_comunes
from pei_excel.actividades import SinUbicar
from pei_excel.calculos import Estado
from pei_excel.frases_comunes import VOCABULARIO, cobertura_en_frase, frase_de_bandas, por_verbos
from pei_excel.tablas import Grupo, Tablas
from pei_excel.textos import cuenta, enumerar, numero

#: Cuántas actividades se nombran en una frase.
MAXIMO = 4
_SIN_LEER = Estado.SIN_LEER.value


def frases_del_poi(tablas: Tablas) -> tuple[str, ...]:
    """Las cinco frases de la Ficha, en orden."""
    return (
        f"{frase_de_bandas(tablas)}.", frase_de_reporte(tablas), frase_de_atencion(tablas), frase_de_brecha(tablas),
        frase_de_media(tablas),
    )


def nombres(tablas: Tablas) -> list[str]:
    """«AO.01», o «AO.01 de la unidad 031» si hay varias unidades."""
    varias = len(tablas.por_unidad) > 1
    return [
        r.actividad.etiqueta + (f" de la unidad {r.libro.identidad[0] or 'sin clave'}" if varias else "")
        for r in tablas.renglones
    ]


def frase_de_reporte(tablas: Tablas) -> str:
    """Qué actividades están sin reporte y cuántas no tocan todavía."""
    conteos, al_periodo = tablas.institucion.conteos, tablas.periodo.al_periodo
    faltan = [n for n, r in enumerate(tablas.renglones) if r.palabra == Estado.SIN_REPORTE]
    otras = por_verbos((
        (conteos.get(Estado.NO_PROGRAMADO, 0), f"no tiene programación {al_periodo}",
         f"no tienen programación {al_periodo}"),
        (conteos.get(Estado.POR_VENCER, 0), "está por vencer", "están por vencer"),
        (conteos.get(Estado.SIN_PROGRAMACION, 0), "tiene ejecución sin programación",
         "tienen ejecución sin programación"),
        (conteos.get(Estado.SIN_LEER, 0), "no se pudo leer", "no se pudieron leer"),
    ))
    if not tablas.renglones:
        return "No hay actividades consolidadas."
    ilegibles = conteos.get(_SIN_LEER, 0)
    if faltan:
        todos = nombres(tablas)
        dichas = [todos[n] for n in faltan[:MAXIMO]]
        if len(faltan) > MAXIMO:
            dichas.append(f"{len(faltan) - MAXIMO} más")
        verbo = "está" if len(faltan) == 1 else "están"
        texto = f"{VOCABULARIO['POI'].cuantos(len(faltan))} {verbo} sin reporte: {enumerar(dichas)}"
    elif ilegibles == len(tablas.renglones):
        verbo = "no se pudo leer" if ilegibles == 1 else "no se pudieron leer"
        texto, otras = f"{VOCABULARIO['POI'].cuantos(ilegibles)} {verbo}", []
    else:
        texto = "Ninguna actividad está sin reporte"
    no_cuentan = {Estado.SIN_REPORTE.value, Estado.SIN_LEER.value}
    incompletas = sum(r.actividad.incompleta and r.palabra not in no_cuentan for r in tablas.renglones)
    if incompletas:
        verbos = ("no informa", "se evalúa") if incompletas == 1 else ("no informan", "se evalúan")
        texto += (
            f"; {VOCABULARIO['POI'].cuantos(incompletas)} {verbos[0]} algún mes del periodo y {verbos[1]} con los demás"
        )
    if otras:
        texto += f"; {enumerar(otras)}"
    if sueltas := sum(len(una.filas) for una in tablas.sin_ubicar):
        verbo = "no se ubica" if sueltas == 1 else "no se ubican"
        texto += f"; {cuenta(sueltas, 'fila')} {verbo} por su código (ver Resumen)"
    return f"{texto}."


def frase_de_atencion(tablas: Tablas) -> str:
    """Qué actividades requieren atención, con lo ejecutado y lo programado; las primeras, si son muchas."""
    return frases_comunes.frase_de_atencion(tablas, nombres(tablas), 7 if len(tablas.por_unidad) < 2 else MAXIMO)


def frase_de_brecha(tablas: Tablas) -> str:
    """Lo devengado de lo programado, y la actividad cuyo gasto y cuyo avance físico más se separan."""
    institucion, al_periodo = tablas.institucion, tablas.periodo.al_periodo
    soles = institucion.soles
    programado, devengado = (soles.get(f"{que}_comparado") or 0.0 for que in ("programado", "devengado"))
    if programado:
        texto = (
            f"Se devengaron S/. {devengado:,.2f} de S/. {programado:,.2f} programados {al_periodo} "
            f"({numero(devengado / programado * 100, 1)} %)"
        )
    else:
        texto = _sin_programado(tablas) + (f" y se devengaron S/. {devengado:,.2f}" if devengado else "")
    sin_costo = sum(
        r.actividad.financiero_al_periodo.alcanzado or 0.0
        for r in tablas.renglones if r.actividad.costo_anual is None and not r.actividad.sin_comparar
    )
    if sin_costo and programado:
        texto += f", de ellos S/. {sin_costo:,.2f} en actividades sin costo programado"
    if institucion.sin_comparar:
        texto += f"; aparte, {_fuera(institucion)}"
    brechas = [  # a medio informar, la brecha sólo diría qué falta
        (n, b) for n, r in enumerate(tablas.renglones)
        if (b := r.actividad.brecha_al_periodo) is not None and not r.actividad.incompleta
    ]
    if not brechas and (institucion.sin_comparar or institucion.conteos.get(_SIN_LEER)):
        return f"{texto}; no se puede calcular ninguna brecha físico-financiera."
    n, mayor = max(brechas, key=lambda par: (round(abs(par[1]), 9), -par[0]), default=(0, 0.0))
    if round(abs(mayor), 1) == 0:
        return f"{texto}; ninguna actividad tiene brecha físico-financiera."
    a = tablas.renglones[n].actividad
    puntos = numero(abs(mayor), 1)
    sentido = "adelante" if mayor > 0 else "atrás"
    return (
        f"{texto}; la mayor brecha físico-financiera es la de {nombres(tablas)[n]}: el gasto va {puntos} "
        f"{'punto' if puntos == '1' else 'puntos'} {sentido} del avance físico "
        f"({numero(a.financiero_al_periodo.porcentaje, 1)} % y {numero(a.al_periodo.porcentaje, 1)} %)."
    )


def _sin_programado(tablas: Tablas) -> str:
    """Por qué no hay costo con que comparar: no lo hay, o no se pudo leer el costo o lo devengado."""
    fuera = [r.actividad for r in tablas.renglones if r.actividad.sin_comparar]
    sin_costo, al_periodo = sum(a.sin_costo_leido for a in fuera), tablas.periodo.al_periodo
    if not fuera:
        return f"No hay costo programado {al_periodo}"
    que, cuantas = ("el costo programado", sin_costo) if sin_costo else ("lo devengado", len(fuera))
    return f"No se pudo leer {que} {al_periodo} de {VOCABULARIO['POI'].cuantos(cuantas)}"


def no_entra_al_porcentaje(devengado: float, programado: float, actividades: int) -> str:
    """«S/. 980.00 devengados sin costo leído, de 3 actividades: no entran al %», sin punto."""
    de = f"de {VOCABULARIO['POI'].cuantos(actividades)}"
    if round(programado, 2) == round(devengado, 2) == 0:
        verbo = "no entra" if actividades == 1 else "no entran"
        return f"{de.removeprefix('de ')}, cuyo costo o devengado no se pudo leer, {verbo} al %"
    if round(programado, 2) == 0:
        return f"S/. {devengado:,.2f} devengados sin costo leído, {de}: no entran al %"
    if round(devengado, 2) == 0:
        return f"S/. {programado:,.2f} programados sin devengado leído, {de}: no entran al %"
    return (
        f"S/. {devengado:,.2f} devengados y S/. {programado:,.2f} programados {de}, cuyo costo o devengado no se pudo "
        "leer: no entran al %"
    )


def _fuera(grupo: Grupo) -> str:
    return no_entra_al_porcentaje(grupo.fuera("devengado"), grupo.fuera("programado"), grupo.sin_comparar)


def no_se_ubican(una: SinUbicar, de_quien: str = "") -> str:
    """Cuáles filas no pudieron ubicarse por su código y cuántos soles llevan."""
    dichas = [f"{f.donde}, fila {f.numero}" for f in una.filas[:MAXIMO]]
    if len(una.filas) > MAXIMO:
        dichas.append(f"{len(una.filas) - MAXIMO} más")
    verbos = ("no se ubica", "no entra") if len(una.filas) == 1 else ("no se ubican", "no entran")
    return (
        f"{cuenta(len(una.filas), 'fila')}{de_quien} {verbos[0]} por su código y {verbos[1]} en ningún total "
        f"({'; '.join(dichas)}): S/. {una.devengado:,.2f} devengados y S/. {una.costo:,.2f} de costo anual."
    )


def lo_que_no_se_leyo(tablas: Tablas) -> list[tuple[str, str]]:
    """(a qué no entran, cuáles): los soles que no entran al % financiero y, por informe, los que a ningún total."""
    institucion = tablas.institucion
    dichos = [("al % financiero", f"{_fuera(institucion)}.")] if institucion.sin_comparar else []
    return dichos + [
        ("a los totales", no_se_ubican(una, f" de {una.libro.unidad or una.libro.archivo}"))
        for una in tablas.sin_ubicar
    ]


def frase_de_media(tablas: Tablas) -> str:
    """La media de la institución, con cuántas actividades entran, y la cobertura."""
    cuantas, media = tablas.institucion.cuantos["Actividad"], tablas.institucion.medias["Actividad"]
    informes = cobertura_en_frase(tablas)
    if media is None:
        return f"No hay actividades que promediar, {informes}."
    pesada = ", pesado por el costo anual" if tablas.ponderado else ""
    return (
        f"Avance físico medio, topado a 100 %{pesada}: {numero(media, 1)} % ({VOCABULARIO['POI'].cuantos(cuantas)}), "
        f"{informes}."
    )
