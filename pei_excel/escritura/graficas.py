"""Las gráficas del consolidado: sus datos (con referencias a los cuadros) y las gráficas nativas de Excel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from pei_excel.escritura.consolidado_comun import PORCENTAJE, relleno_de
from pei_excel.escritura.consolidado_cuadros import Cuadro, por_explicar
from pei_excel.escritura.estilos import AZUL, GRIS, Estilos
from pei_excel.escritura.hoja import LibroNuevo, escribir_formula
from pei_excel.frases_comunes import VOCABULARIO
from pei_excel.semaforo import Perfil
from pei_excel.tablas import Grupo, Tablas
from pei_excel.ubicacion import letra

REJILLA: dict[str, Any] = {"visible": True, "line": {"color": "#E3E3E3", "width": 0.5}}
#: Barras que caben sin estorbarse.
MAXIMO_DE_BARRAS = 20
LETRA: dict[str, Any] = {"name": "Arial", "size": 8, "color": "#1B2733", "bold": False}
TITULO: dict[str, Any] = {"name": "Arial", "size": 10, "color": AZUL, "bold": True}
_COLOR = {"Componentes": AZUL, "Actividades": "#7BA3C4"}
_FONDOS = {"verde": "#E4F2E7", "amarillo": "#FBF0CF", "rojo": "#F8DEDB", "morado": "#EBE2F5"}
#: Hasta dónde llega el eje de los porcentajes topados: deja sitio al rótulo de las barras de 100.
ESCALA = 110.0
_TONOS = {"verde": ("#5BAA6E", "#9BD0A8"), "amarillo": ("#F2C230", "#F7DD8A"), "rojo": ("#D6584C", "#EDA49C"),
          "morado": ("#8E63BF", "#BDA3DA")}
_GRISES = {"Sin reporte": "#8C8C8C", "No programado": "#BFBFBF", "Ejecución sin programación": "#8C6D46",
           "Por vencer": "#D9D9D9", "Se mide después": "#ECECEC", "No se pudo leer": "#5F6B76"}
PLURALES = {"Componente": "Componentes", "Actividad": "Actividades"}


class Bloque(NamedTuple):
    """Datos de una gráfica en una hoja: de qué fila a qué fila y qué hay en cada columna."""

    hoja: str
    primera: int
    ultima: int
    columnas: dict[str, str]  #: nombre de la serie → letra; «» es la de las categorías
    mayor: float = 0.0  #: el valor más grande

    def rango(self, columna: str) -> str:
        """Rango absoluto de una serie."""
        c = self.columnas[columna]
        return f"='{self.hoja}'!${c}${self.primera}:${c}${self.ultima}"


class Cita(NamedTuple):
    """Una cifra tomada de otra hoja: la referencia y su valor."""

    formula: str
    valor: float


#: Etiqueta de cada punto o barra y el valor de cada serie; None deja la celda de verdad vacía.
FilasDeGrafica = Sequence[tuple[str, Sequence[Cita | float | None]]]


def escribir_bloque(
    hoja: Any, nombre: str, esquina: tuple[int, int], titulo: str, series: Sequence[str], filas: FilasDeGrafica,
    estilos: Estilos, *, matricial: bool = False, formato: str = PORCENTAJE,
) -> Bloque:
    """Escribe los datos de una gráfica desde una esquina (fila, columna); None deja la celda de verdad vacía."""
    fila, columna = esquina
    hoja.write_string(fila - 1, columna - 1, titulo, estilos("nota", text_wrap=False, bold=True))
    for n, serie in enumerate(("", *series)):
        hoja.write_string(fila, columna - 1 + n, serie, estilos("encabezado_apoyo"))
    texto, cifra = estilos("apoyo"), estilos("apoyo", num_format=formato)
    for f, (etiqueta, valores) in enumerate(filas, fila + 2):
        hoja.write_string(f - 1, columna - 1, etiqueta, texto)
        for c, valor in enumerate(valores, columna + 1):
            if isinstance(valor, Cita) and matricial:
                hoja.write_array_formula(f - 1, c - 1, f - 1, c - 1, f"={valor.formula}", cifra, valor.valor)
            elif isinstance(valor, Cita):
                escribir_formula(hoja, f, c, valor.formula, cifra, valor.valor)
            elif valor is not None:
                hoja.write_number(f - 1, c - 1, valor, cifra)
    letras = {serie: letra(n) for n, serie in enumerate(("", *series), columna)}
    escritos = [v.valor if isinstance(v, Cita) else v for _, valores in filas for v in valores if v is not None]
    return Bloque(nombre, fila + 2, fila + 1 + len(filas), letras, max(escritos, default=0.0))


def corto(texto: str, maximo: int = 38) -> str:
    """Un nombre recortado por palabra para que quepa junto a su barra."""
    if len(texto) <= maximo:
        return texto
    return texto[:maximo].rsplit(" ", 1)[0].rstrip(" ,;.-") + "…"


def datos_por_programa(tablas: Tablas, cuadro: Cuadro) -> tuple[list[str], list[tuple[str, list[Cita | float | None]]]]:
    """Series y filas, de la barra más alta a la más baja (en la gráfica, la más baja queda arriba).

    Con pocos programas, dos barras por cada uno: la de sus Actividades (A) y la de sus Componentes (C).
    """
    con_media = [g for g in tablas.por_programa if any(m is not None for m in g.medias.values())]
    clases = ["Componente", "Actividad"] if 2 * len(con_media) <= MAXIMO_DE_BARRAS else ["Componente"]
    if len(clases) == 1:
        con_media = [g for g in con_media if g.medias["Componente"] is not None]
    con_media.sort(key=lambda g: (-_menor(g, clases), g.clave))
    fondo = [valor for _, valor, _ in bandas_de_fondo(tablas)]
    series = [PLURALES[c] for c in reversed(clases)]
    filas: list[tuple[str, list[Cita | float | None]]] = []
    for grupo in con_media[-MAXIMO_DE_BARRAS:]:
        for clase in reversed(clases):
            media = grupo.medias[clase]
            if media is None:
                continue
            etiqueta = corto(grupo.nombre) if len(clases) == 1 else f"{corto(grupo.nombre, 32)} ({clase[0]})"
            cita = Cita(cuadro.celda(clase, grupo.clave), media)
            filas.append((etiqueta, [*(cita if s == PLURALES[clase] else None for s in series), *fondo]))
    return [*series, *(nombre for nombre, _, _ in bandas_de_fondo(tablas))], filas


def _menor(grupo: Grupo, clases: Sequence[str]) -> float:
    medias = [m for c in clases if (m := grupo.medias[c]) is not None]
    return min(medias)


def bandas_de_fondo(tablas: Tablas) -> list[tuple[str, float, str]]:
    """(serie, valor, color) de las barras anchas del fondo: cada una tapa a la anterior y deja su tramo a la vista.

    Entre dos tramos queda una raya: el umbral del semáforo.
    """
    perfil = tablas.perfil
    todos = (100 - b.desde if perfil.por_desviacion else b.desde for b in perfil.bandas)
    cortes = sorted({u for u in todos if 0 < u < 100}, reverse=True)
    limites = [(ESCALA, perfil.clasificar(100).color)]
    for corte in cortes:
        color = perfil.clasificar(corte - 0.01).color
        if color != limites[-1][1]:
            limites.append((corte, color))
    desde = [u for u, _ in limites[1:]]
    series: list[tuple[str, float, str]] = []
    for n, (hasta, color) in enumerate(limites):
        if n:
            series.append((f"Umbral {hasta:g} %", hasta + 0.15, GRIS))
        tramo = f"{_desde(perfil, desde[n])} {desde[n]:g}" if n < len(desde) else _menos(perfil, hasta)
        series.append((f"{color.capitalize()}: {tramo} %", hasta - 0.15 if n else hasta, _FONDOS[color]))
    return series


def _desde(perfil: Perfil, corte: float) -> str:
    """«desde», o «más de» si el límite pertenece a la banda de abajo."""
    abierta = not perfil.por_desviacion and any(b.desde == corte and not b.incluye for b in perfil.bandas)
    return "más de" if abierta else "desde"


def _menos(perfil: Perfil, corte: float) -> str:
    return f"{'hasta' if _desde(perfil, corte) == 'más de' else 'menos de'} {corte:g}"


def grafica_por_programa(libro: LibroNuevo, tablas: Tablas, bloque: Bloque, alto: int = 0) -> Any:
    """«Cumplimiento al <n> trimestre por programa (%)»."""
    titulo = f"Cumplimiento {tablas.periodo.al_periodo} por programa (%)"
    return grafica_sobre_bandas(libro, tablas, bloque, titulo, "Programa Presupuestario", alto)


def grafica_sobre_bandas(
    libro: LibroNuevo, tablas: Tablas, bloque: Bloque, titulo: str, eje: str, alto: int = 0
) -> Any:
    """Barras horizontales de porcentajes topados, sobre las bandas del semáforo."""
    grafica = libro.add_chart({"type": "bar", "subtype": "clustered"})
    barras = libro.add_chart({"type": "bar", "subtype": "clustered"})
    fondo = {nombre: color for nombre, _, color in bandas_de_fondo(tablas)}
    for nombre, color in fondo.items():
        grafica.add_series({
            "name": nombre, "categories": bloque.rango(""), "values": bloque.rango(nombre), "gap": 0, "overlap": 100,
            "fill": {"color": color}, "border": {"none": True},
        })
    # Una barra por renglón, con el mismo hueco y traslape que el fondo: LibreOffice usa los mismos en los dos ejes.
    for serie in (s for s in bloque.columnas if s and s not in fondo):
        barras.add_series({
            "name": serie, "categories": bloque.rango(""), "values": bloque.rango(serie), "y2_axis": True,
            "gap": 0, "overlap": 100, "fill": {"color": _COLOR.get(serie, AZUL), "transparency": 15},
            "border": {"color": "#FFFFFF", "width": 2.5},
            "data_labels": {"value": True, "num_format": "0.0;;", "font": LETRA},
        })
    grafica.combine(barras)
    barras.set_y2_axis({"min": 0, "max": ESCALA, "visible": False, "major_gridlines": {"visible": False}})
    grafica.set_x_axis({
        "min": 0, "max": ESCALA, "major_unit": 20, "name": "% de cumplimiento al periodo, topado a 100",
        "name_font": LETRA, "num_font": LETRA, "num_format": "0", "major_gridlines": {"visible": False},
    })
    grafica.set_y_axis({"num_font": LETRA, "name": eje, "name_font": LETRA})
    grafica.set_title({"name": titulo, "name_font": TITULO})
    grafica.set_plotarea(area_de_barras(bloque, alto))
    grafica.set_legend({"position": "bottom", "font": LETRA})
    return grafica


def datos_por_unidad(tablas: Tablas, cuadro: Cuadro) -> tuple[list[str], list[tuple[str, list[Cita | float | None]]]]:
    """Una barra por unidad (las que más indicadores tienen por explicar) y una serie por estado que aparezca."""
    pide = por_explicar(tablas)
    unidades = sorted(tablas.por_unidad, key=lambda g: sum(g.conteos.get(p, 0) for p in pide))[-MAXIMO_DE_BARRAS:]
    series = [p for p in tablas.palabras if any(g.conteos.get(p) for g in unidades)]
    return series, [
        (corto(g.nombre), [Cita(cuadro.celda(p, g.clave), g.conteos.get(p, 0)) for p in series]) for g in unidades
    ]


def grafica_por_unidad(libro: LibroNuevo, tablas: Tablas, bloque: Bloque) -> Any:
    """«Indicadores por estado y unidad»: barras apiladas con los colores del semáforo."""
    palabras = VOCABULARIO[tablas.formato]
    grafica = libro.add_chart({"type": "bar", "subtype": "stacked"})
    for serie in (s for s in bloque.columnas if s):
        grafica.add_series({
            "name": serie, "categories": bloque.rango(""), "values": bloque.rango(serie), "gap": 45,
            "fill": {"color": _tono(tablas, serie)}, "border": {"color": "#FFFFFF", "width": 0.5},
            "data_labels": {"value": True, "num_format": "0;;", "font": LETRA},
        })
    grafica.set_x_axis({
        "name": f"Número de {palabras.varios}", "name_font": LETRA, "num_font": LETRA, "num_format": "0", "min": 0,
        "major_gridlines": REJILLA,
    })
    grafica.set_y_axis({"num_font": LETRA, "name": palabras.unidad, "name_font": LETRA})
    titulo = f"{palabras.varios.capitalize()} por estado y unidad, {tablas.periodo.al_periodo}"
    grafica.set_title({"name": titulo, "name_font": TITULO})
    grafica.set_legend({"position": "bottom", "font": LETRA})
    grafica.set_plotarea(area_de_barras(bloque))
    return grafica


def area_de_barras(bloque: Bloque, alto: int = 0) -> dict[str, Any]:
    """Lugar de las barras dentro de la gráfica: lo que sobra es para el título, el eje y la leyenda."""
    barras = bloque.ultima - bloque.primera + 1
    alto = alto or alto_de_barras(barras)
    return {"layout": {"x": 0.32, "y": 34 / alto, "width": 0.65, "height": (alto - 134) / alto}}


def alto_de_barras(barras: int) -> int:
    """Alto en píxeles de una gráfica de barras."""
    return min(640, 150 + barras * 24)


def _tono(tablas: Tablas, palabra: str) -> str:
    for color, tonos in _TONOS.items():
        palabras = [b.palabra for b in tablas.perfil.bandas if b.color == color]
        if palabra in palabras:
            return tonos[min(palabras.index(palabra), 1)]
    return _GRISES.get(palabra) or str(relleno_de(tablas.perfil, palabra).get("bg_color", "#D9D9D9"))
