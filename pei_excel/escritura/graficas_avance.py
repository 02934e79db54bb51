"""El avance acumulado de las Actividades de cada programa de la MIR: sus datos y su gráfica."""

from __future__ import annotations

from math import ceil
from typing import Any

from pei_excel.calculos import promedio
from pei_excel.escritura.consolidado_comun import Detalle
from pei_excel.escritura.estilos import AZUL
from pei_excel.escritura.graficas import LETRA, REJILLA, TITULO, Bloque, Cita, corto
from pei_excel.escritura.hoja import LibroNuevo
from pei_excel.periodos import ORDINALES
from pei_excel.tablas import Grupo, Renglon, Tablas

MAXIMO_DE_PROGRAMAS = 6


def se_acumula(renglon: Renglon) -> bool:
    """Entra al avance acumulado de su programa: Actividad ascendente, de suma y con meta anual."""
    i = renglon.indicador
    return i.clase == "Actividad" and i.acumulacion == "Suma" and i.sentido == "Ascendente" and (i.meta_anual or 0) > 0


def programas_con_avance(tablas: Tablas) -> list[Grupo]:
    """Los programas que se grafican: hasta seis, los de menor media de Actividades, por clave."""
    con = [g for g in tablas.por_programa if any(se_acumula(r) for r in tablas.de(g))]
    elegidos = sorted(con, key=lambda g: g.medias["Actividad"] or 0.0)[:MAXIMO_DE_PROGRAMAS]
    return [g for g in con if g in elegidos]


def datos_de_avance(
    tablas: Tablas, grupo: Grupo, llave: str, ind: Detalle
) -> tuple[list[str], list[tuple[str, list[Cita | float | None]]]]:
    """Por trimestre, la media de lo acumulado como % de la meta anual; lo alcanzado después del periodo queda vacío."""
    q = tablas.periodo.trimestre
    suyos = [r.indicador for r in tablas.de(grupo) if se_acumula(r)]
    filas: list[tuple[str, list[Cita | float | None]]] = []
    for n in (1, 2, 3, 4):
        citas: list[Cita | float | None] = []
        for medida, cifras in (("p", [i.programado for i in suyos]), ("a", [i.alcanzado for i in suyos])):
            if medida == "a" and n > q:
                citas.append(None)
                continue
            media = promedio([
                sum(c or 0 for c in valores[:n]) / (i.meta_anual or 1) * 100
                for valores, i in zip(cifras, suyos, strict=True)
            ])
            citas.append(Cita(_formula_de_avance(ind, llave, medida, n), media or 0.0))
        filas.append((f"{ORDINALES[n - 1]} Trim.", citas))
    return ["Programado acumulado", "Alcanzado acumulado"], filas


def _formula_de_avance(ind: Detalle, llave: str, medida: str, n: int) -> str:
    suma = "+".join(ind.rango(f"{medida}{k}") for k in range(1, n + 1))
    meta = ind.rango("anual_p")
    return (
        f'AVERAGE(IF(({ind.rango("llave_programa")}="|{llave}|")*({ind.rango("clase")}="Actividad")'
        f'*({ind.rango("acumulacion")}="Suma")*({ind.rango("sentido")}="Ascendente")*ISNUMBER({meta}),'
        f"IF({meta}>0,({suma})/{meta}*100)))"
    )


def grafica_de_avance(libro: LibroNuevo, tablas: Tablas, grupo: Grupo, bloque: Bloque) -> Any:
    """Programado acumulado (línea) y alcanzado acumulado (columnas) de un programa, como % de la meta anual."""
    columnas = libro.add_chart({"type": "column"})
    columnas.add_series({
        "name": "Alcanzado acumulado", "categories": bloque.rango(""), "values": bloque.rango("Alcanzado acumulado"),
        "fill": {"color": "#8FB3D1"}, "gap": 60,
        "data_labels": {"value": True, "num_format": "0.0;;", "font": LETRA, "position": "inside_base"},
    })
    linea = libro.add_chart({"type": "line"})
    linea.add_series({
        "name": "Programado acumulado", "categories": bloque.rango(""), "values": bloque.rango("Programado acumulado"),
        "line": {"color": AZUL, "width": 1.75}, "marker": {"type": "circle", "size": 5, "fill": {"color": AZUL}},
    })
    columnas.combine(linea)
    columnas.show_blanks_as("gap")
    columnas.set_title({
        "name": f"{corto(grupo.nombre, 44)}: avance de sus Actividades (% de la meta anual)",
        "name_font": {**TITULO, "size": 8.5},
    })
    columnas.set_x_axis({"num_font": LETRA, "name": f"Trimestres de {tablas.periodo.ejercicio}", "name_font": LETRA})
    columnas.set_y_axis({
        "min": 0, "max": max(120, ceil(bloque.mayor / 20) * 20), "major_unit": 20, "num_font": LETRA,
        "num_format": "0", "name": "% de la meta anual", "name_font": LETRA,
        "major_gridlines": REJILLA,
    })
    columnas.set_legend({"position": "bottom", "font": LETRA})
    columnas.set_plotarea({"layout": {"x": 0.13, "y": 0.22, "width": 0.84, "height": 0.45}})
    return columnas
