"""Las frases que explican el consolidado: de las tablas a oraciones en español, con singular, plural y «ninguno».

Aquí están las de la MIR; las del POI, en `frases_poi`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from pei_excel import frases_comunes
from pei_excel.calculos import Estado
from pei_excel.evaluacion import SE_MIDE_DESPUES, Indicador
from pei_excel.frases_comunes import cobertura_en_frase, en_banda, frase_de_bandas, por_verbos, requieren_atencion
from pei_excel.frases_poi import frases_del_poi
from pei_excel.libro import Libro
from pei_excel.reglas.seguimiento import compensacion
from pei_excel.tablas import Renglon, Tablas
from pei_excel.textos import cuenta, enumerar, numero

__all__ = ["frases", "requieren_atencion"]

#: Nombres de las cantidades de trimestres que faltan.
_EN_LETRAS = {1: "un trimestre", 2: "dos trimestres", 3: "tres trimestres"}


def frases(tablas: Tablas) -> tuple[str, ...]:
    """Las cinco frases de la Ficha, en orden; en la MIR: situación, atención, compensación, ritmo y medias."""
    if tablas.formato == "POI":
        return frases_del_poi(tablas)
    return (
        frase_de_situacion(tablas), frase_de_atencion(tablas), frase_de_compensacion(tablas), frase_de_ritmo(tablas),
        frase_de_medias(tablas),
    )


def frase_de_situacion(tablas: Tablas) -> str:
    """Cuántos indicadores hay en cada banda y cuántos quedan fuera de la cuenta."""
    texto, otros = frase_de_bandas(tablas), _fuera_de_la_cuenta(tablas)
    return f"{texto}; {enumerar(otros)}." if otros else f"{texto}."


def _fuera_de_la_cuenta(tablas: Tablas) -> list[str]:
    conteos = tablas.institucion.conteos
    despues = [r.indicador for r in tablas.renglones if r.palabra == SE_MIDE_DESPUES]
    al_cierre = sum(i.medidos[0] == 4 for i in despues)
    return por_verbos((
        (al_cierre, "se mide al cierre del año", "se miden al cierre del año"),
        (len(despues) - al_cierre, "se mide en un trimestre posterior", "se miden en un trimestre posterior"),
        (conteos.get(Estado.NO_PROGRAMADO, 0), "no tiene programación", "no tienen programación"),
        (conteos.get(Estado.POR_VENCER, 0), "está por vencer", "están por vencer"),
        (conteos.get(Estado.SIN_PROGRAMACION, 0), "tiene ejecución sin programación",
         "tienen ejecución sin programación"),
    ))


def frase_de_atencion(tablas: Tablas) -> str:
    """Qué indicadores requieren atención, con lo alcanzado y lo programado; los primeros, si son muchos."""
    nombres = [f"{r.indicador.etiqueta}{_de_quien(tablas, r.libro)}" for r in tablas.renglones]
    return frases_comunes.frase_de_atencion(tablas, nombres, 7 if len(tablas.por_programa) < 2 else 4)


def frase_de_compensacion(tablas: Tablas) -> str:
    """El Componente en verde que más se debe a que una Actividad excedida compensa a otras en rojo."""
    casos = []
    perfil = tablas.perfil
    for libro, indicadores in _por_informe(tablas):
        for componente in indicadores:
            caso = compensacion(componente, indicadores, perfil.limite, perfil.verde_desde)
            if caso:
                casos.append((caso[2], libro, componente, caso[0], caso[1]))
    if not casos:
        return "Ningún Componente aparece en verde por compensación entre sus Actividades."
    _, libro, componente, arriba, abajo = min(casos, key=lambda c: c[0])
    banda = componente.al_periodo.banda
    color = en_banda(banda.palabra if banda else "Verde")
    texto = (
        f"El {componente.etiqueta}{_de_quien(tablas, libro)} aparece en {color} "
        f"({numero(componente.al_periodo.porcentaje, 1)} %) porque {_actividades(arriba)} "
        f"{'compensa' if len(arriba) == 1 else 'compensan'} a {_actividades(abajo)}"
    )
    mas = len(casos) - 1
    if mas:
        texto += f"; ocurre lo mismo en {cuenta(mas, 'Componente más', 'Componentes más')}"
    return f"{texto}."


def _actividades(indicadores: Sequence[Indicador]) -> str:
    """«la Actividad 2.3 (250 %)» o «las actividades 2.1 (50 %) y 2.2 (0 %)»."""
    def pct(i: Indicador) -> str:
        return f"({numero(i.al_periodo.porcentaje, 1)} %)"

    if len(indicadores) == 1:
        return f"la {indicadores[0].etiqueta} {pct(indicadores[0])}"
    return "las actividades " + enumerar(f"{i.etiqueta.removeprefix('Actividad ')} {pct(i)}" for i in indicadores)


def frase_de_ritmo(tablas: Tablas) -> str:
    """El Componente más atrasado respecto de su programación y el ritmo que necesita; al cierre, los que cumplieron."""
    q = tablas.periodo.trimestre
    componentes = [r for r in tablas.renglones if r.indicador.clase == "Componente" and _acumula(r.indicador)]
    if q == 4:
        return _al_cierre(componentes)
    candidatos = [(atraso, n) for n, r in enumerate(componentes) if (atraso := _atraso(r.indicador, q)) > 0]
    if not candidatos:
        return "Ningún Componente necesita acelerar su ritmo para cumplir su meta anual."
    elegido = componentes[max(candidatos, key=lambda par: (par[0], -par[1]))[1]]
    i = elegido.indicador
    alcanzado = i.al_periodo.alcanzado or 0.0
    falta = numero((i.meta_anual or 0.0) - alcanzado)
    unidad = str(i.fila.valor("unidad_medida") or "")
    es_porcentaje = unidad.casefold() in {"porcentaje", "%"}
    medida = f" (unidad de medida: {unidad})" if unidad and not es_porcentaje else ""
    puntos = (" punto" if falta == "1" else " puntos") if es_porcentaje else ""
    return (
        f"Para cumplir su meta anual, el {i.etiqueta}{_de_quien(tablas, elegido.libro)} necesita {falta}{puntos} en "
        f"{_EN_LETRAS[4 - q]}{medida}; lleva {numero(alcanzado / q)} por trimestre."
    )


def _acumula(i: Indicador) -> bool:
    """Su avance se suma hacia una meta que conviene alcanzar: de él puede decirse un ritmo."""
    return i.acumulacion == "Suma" and i.sentido == "Ascendente" and (i.meta_anual or 0) > 0


def _atraso(i: Indicador, q: int) -> float:
    """Parte de la meta anual que hay que hacer por encima de lo programado para lo que resta; 0 si va a tiempo.

    Sólo cuenta si el ritmo que se necesita es mayor que el que se lleva.
    """
    meta, alcanzado = i.meta_anual or 0.0, i.al_periodo.alcanzado or 0.0
    falta = meta - alcanzado
    programado = meta - (i.al_periodo.programado or 0.0)
    if falta / (4 - q) <= alcanzado / q or not i.vencidos:
        return 0.0
    return round((falta - programado) / meta, 9)


def _al_cierre(componentes: Sequence[Renglon]) -> str:
    if not componentes:
        return "Ningún Componente tiene una meta anual que se acumule."
    logrados = sum((r.indicador.anual.porcentaje or 0) >= 100 - 1e-6 for r in componentes)
    total = cuenta(len(componentes), "Componente", "Componentes")
    if not logrados:
        return f"Al cierre del ejercicio, ninguno de {total} cumplió su meta anual."
    verbo = "cumplió" if logrados == 1 else "cumplieron"
    return f"Al cierre del ejercicio, {logrados} de {total} {verbo} su meta anual."


def frase_de_medias(tablas: Tablas) -> str:
    """Las dos medias de la institución, con cuántos indicadores entran, y la cobertura."""
    partes = []
    for clase, plural in (("Componente", "Componentes"), ("Actividad", "Actividades")):
        cuantos = tablas.institucion.cuantos.get(clase, 0)
        if cuantos:
            indicadores = cuenta(cuantos, "indicador", "indicadores")
            partes.append(f"{plural}, {numero(tablas.institucion.medias[clase], 1)} % ({indicadores})")
    informes = cobertura_en_frase(tablas)
    if not partes:
        return f"No hay Componentes ni Actividades que promediar, {informes}."
    return f"Cumplimiento medio, topado a 100 %: {'; '.join(partes)}, {informes}."


def _por_informe(tablas: Tablas) -> Iterable[tuple[Libro, list[Indicador]]]:
    for _, grupo in groupby(tablas.renglones, key=lambda r: id(r.libro)):
        renglones = list(grupo)
        yield renglones[0].libro, [r.indicador for r in renglones]


def _de_quien(tablas: Tablas, libro: Libro) -> str:
    """De qué programa y unidad se habla, si en el consolidado hay más de uno."""
    unidad, programa = libro.identidad
    partes = []
    if len(tablas.por_programa) > 1:
        partes.append(f"del programa {programa or 'sin clave'}")
    if len(tablas.por_unidad) > 1 and not _programa_de_una_unidad(tablas, programa):
        partes.append(f"de la unidad {unidad or 'sin clave'}")
    return f" {', '.join(partes)}" if partes else ""


def _programa_de_una_unidad(tablas: Tablas, programa: str) -> bool:
    """El programa basta para saber la unidad."""
    if len(tablas.por_programa) < 2:
        return False
    grupo = next((g for g in tablas.por_programa if g.clave == programa), None)
    return grupo is not None and len({tablas.renglones[n].libro.identidad[0] for n in grupo.renglones}) == 1
