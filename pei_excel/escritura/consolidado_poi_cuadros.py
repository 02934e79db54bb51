"""Los cuadros del POI: OEI, AEI, unidad y gerencia, con sus conteos, su avance físico y sus soles."""

from __future__ import annotations

from pei_excel.calculos import Estado
from pei_excel.escritura.consolidado_comun import CIFRA, ENTERO, PORCENTAJE, SOLES, Detalle, ancho_de_cifra
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
from pei_excel.tablas import Tablas

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
NOTA_FUERA = (
    "«Fuera del %»: actividades cuyo costo o devengado no se pudo leer; sus soles están en los totales y no en el % "
    "financiero, que sólo compara lo que se leyó por los dos lados."
)
#: Clave de la columna de lo que no entra al % → columna de «Actividades» y su nombre en `Grupo.fuera`.
_FUERA = {"fuera_programado": ("soles_p", "programado"), "fuera_devengado": ("soles_a", "devengado")}
_NOTA_FISICO = "Lo físico sólo se suma si todas las actividades del renglón tienen la misma unidad de medida."


def criterio_comparado(detalle: Detalle, *, entra: bool = True) -> str:
    """«rango,condición» de las actividades que entran al % financiero, o de las que no."""
    return f'{detalle.rango("soles_pct")},"{"<>" if entra else ""}{Estado.SIN_LEER}"'


def escribir_cuadros_poi(libro: LibroNuevo, tablas: Tablas, actividades: Detalle, *, papel: str) -> dict[str, Cuadro]:
    """Escribe los cuatro cuadros, de los dos árboles; devuelve dónde quedó cada cual."""
    columnas = (
        *columnas_de_conteo(tablas), *columnas_de_avance(tablas), *columnas_de_soles(tablas), *_columnas_de_fisico()
    )
    notas = (
        _NOTA_PESADA if tablas.ponderado else _NOTA_MEDIA, _NOTA_BRECHA,
        *((NOTA_FUERA,) if tablas.institucion.sin_comparar else ()), _NOTA_FISICO,
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
    media, n = columnas_de_media("Actividad", "Avance físico: media (%)", "Avance físico: n", (10.0, 7.5), None)
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

    def entra(s: Suyos, de: str) -> str:
        return f"SUMIFS({s.detalle.rango(de)},{s.y(criterio_comparado(s.detalle))})"

    def financiero(s: Suyos) -> str:
        p, d = entra(s, "soles_p"), entra(s, "soles_a")
        return f'IF({p}=0,"–",{d}/{p}*100)'

    def separacion(s: Suyos) -> str:
        f, m = s.celda("financiero"), s.celda("Actividad")
        return f'IF(COUNT({f},{m})<2,"–",{f}-{m})'

    return (
        *sumas,
        *(_columnas_de_fuera(ancho) if tablas.institucion.sin_comparar else ()),
        ColumnaDeGrupo("financiero", "% financiero", 11.0, financiero, lambda g: _raya(g.porcentaje_financiero),
                       PORCENTAJE),
        ColumnaDeGrupo("brecha", "Brecha (puntos)", 10.0, separacion, lambda g: _raya(g.brecha), PORCENTAJE),
    )


def _columnas_de_fuera(ancho: float) -> tuple[ColumnaDeGrupo, ...]:
    """Lo que no entra al % financiero: cuántas actividades y cuántos soles."""

    def suma(clave: str, de: str, que: str) -> ColumnaDeGrupo:
        return ColumnaDeGrupo(
            clave, f"Fuera del %: {que} (S/.)", ancho,
            lambda s: f"SUMIFS({s.detalle.rango(de)},{s.y(criterio_comparado(s.detalle, entra=False))})",
            lambda g: g.fuera(que), SOLES,
        )

    return (
        ColumnaDeGrupo(
            "fuera", "Fuera del %: actividades", 11.0,
            lambda s: f"COUNTIFS({s.y(criterio_comparado(s.detalle, entra=False))})", lambda g: g.sin_comparar, ENTERO,
        ),
        *(suma(clave, *de) for clave, de in _FUERA.items()),
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
