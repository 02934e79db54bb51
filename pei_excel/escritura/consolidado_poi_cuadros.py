"""Los cuadros del POI: OEI, AEI, unidad y gerencia, con sus conteos, su avance físico y sus soles."""

from __future__ import annotations

from pei_excel.escritura.consolidado_comun import CIFRA, PORCENTAJE, SOLES, Detalle, ancho_de_cifra
from pei_excel.escritura.consolidado_cuadros import (
    ColumnaDeGrupo,
    Cuadro,
    Suyos,
    columnas_de_conteo,
    columnas_de_media,
    escribir_cuadro_de_grupos,
    nota_del_total,
)
from pei_excel.escritura.hoja import LibroNuevo
from pei_excel.tablas import Grupo, Tablas

#: Clave de la suma en `Grupo.soles` → columna de «Actividades» que se suma, y su título.
_SOLES = {
    "costo_anual": ("costo_anual", "Costo anual (S/.)"),
    "programado": ("soles_p", "Programado al periodo (S/.)"),
    "devengado": ("soles_a", "Devengado al periodo (S/.)"),
}
VARIAS = "(varias)"
_NOTA_MEDIA = (
    "Media simple del % físico al periodo de cada actividad, topado a 100; «Sin reporte» entra como 0. "
    "n: actividades que entran a la media."
)
_NOTA_PESADA = (
    "Media del % físico al periodo de cada actividad, topado a 100 y pesado por su costo anual; «Sin reporte» entra "
    "como 0. n: actividades que entran a la media."
)
_NOTA_BRECHA = (
    "% financiero: devengado ÷ programado × 100, de enero al periodo, sin topar. Brecha: % financiero − media física, "
    "en puntos."
)
_NOTA_FISICO = "Lo físico sólo se suma si todas las actividades del renglón tienen la misma unidad de medida."


def porcentaje_financiero(grupo: Grupo) -> float | None:
    """Devengado ÷ programado al periodo, en %; None si no hay nada programado."""
    programado = grupo.soles.get("programado")
    return (grupo.soles.get("devengado") or 0.0) / programado * 100 if programado else None


def brecha(grupo: Grupo) -> float | None:
    """% financiero − media física, en puntos; None si falta alguno."""
    financiero, fisico = porcentaje_financiero(grupo), grupo.medias.get("Actividad")
    return None if financiero is None or fisico is None else financiero - fisico


def escribir_cuadros_poi(libro: LibroNuevo, tablas: Tablas, actividades: Detalle, *, papel: str) -> dict[str, Cuadro]:
    """Escribe los cuatro cuadros, de los dos árboles; devuelve dónde quedó cada cual."""
    columnas = (
        *columnas_de_conteo(tablas), *columnas_de_avance(tablas), *columnas_de_soles(tablas), *_columnas_de_fisico()
    )
    notas = (
        _NOTA_PESADA if tablas.ponderado else _NOTA_MEDIA, _NOTA_BRECHA, _NOTA_FISICO,
        nota_del_total(tablas, actividades),
    )
    return {
        a.hoja: escribir_cuadro_de_grupos(
            libro, tablas, actividades, a, columnas, papel=papel, notas=notas, corte="costo_anual"
        )
        for a in tablas.agrupaciones
    }


def columnas_de_avance(tablas: Tablas) -> tuple[ColumnaDeGrupo, ...]:
    """La media física y su n."""
    media, n = columnas_de_media("Actividad", "Avance físico: media (%)", "Avance físico: n", (13.0, 11.0), None)
    return (media._replace(formula=_media_pesada), n) if tablas.ponderado else (media, n)


def _media_pesada(s: Suyos) -> str:
    entran = s.y(f'{s.detalle.rango("topado")},">=0"')
    peso = f"SUMIFS({s.detalle.rango('peso')},{entran})"
    return f'IF({peso}=0,"–",SUMIFS({s.detalle.rango("pesado")},{entran})/{peso})'


def columnas_de_soles(tablas: Tablas) -> tuple[ColumnaDeGrupo, ...]:
    """Lo que cuesta, lo programado y lo devengado al periodo, su % y la brecha."""
    ancho = max(13.0, ancho_de_cifra(tablas.institucion.soles.get("costo_anual") or 0.0) * 1.07)
    sumas = tuple(
        ColumnaDeGrupo(
            clave, titulo, ancho, lambda s, de=de: s.suma(de),  # type: ignore[misc]
            lambda g, clave=clave: g.soles.get(clave) or 0.0, SOLES,  # type: ignore[misc]
        )
        for clave, (de, titulo) in _SOLES.items()
    )

    def financiero(s: Suyos) -> str:
        p, d = s.celda("programado"), s.celda("devengado")
        return f'IF({p}=0,"–",{d}/{p}*100)'

    def separacion(s: Suyos) -> str:
        f, m = s.celda("financiero"), s.celda("Actividad")
        return f'IF(COUNT({f},{m})<2,"–",{f}-{m})'

    return (
        *sumas,
        ColumnaDeGrupo("financiero", "% financiero", 11.0, financiero, lambda g: _raya(porcentaje_financiero(g)),
                       PORCENTAJE),
        ColumnaDeGrupo("brecha", "Brecha (puntos)", 10.0, separacion, lambda g: _raya(brecha(g)), PORCENTAJE),
    )


def _columnas_de_fisico() -> tuple[ColumnaDeGrupo, ...]:
    """Lo físico, sólo donde hay una unidad de medida."""

    def suma(clave: str, titulo: str, de: str, cual: int) -> ColumnaDeGrupo:
        return ColumnaDeGrupo(
            clave, titulo, 12.0,
            lambda s: f'IF({s.celda("medida")}="{VARIAS}","–",{s.suma(de)})',
            lambda g: (g.fisico[cual] or 0.0) if g.fisico else "–", CIFRA,
        )

    return (
        ColumnaDeGrupo("medida", "Unidad de medida", 16.0, None, lambda g: g.fisico[0] if g.fisico else VARIAS),
        suma("fisico_p", "Físico: programado al periodo", "al_periodo_p", 1),
        suma("fisico_a", "Físico: ejecutado al periodo", "al_periodo_a", 2),
    )


def _raya(valor: float | None) -> float | str:
    return "–" if valor is None else valor
