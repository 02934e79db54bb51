"""La hoja «Ficha»: una página impresa para la dirección, con cuatro cifras, cinco frases y lo que requiere atención."""

from __future__ import annotations

from typing import Any, NamedTuple

from pei_excel.escritura import graficas
from pei_excel.escritura.consolidado_comun import (
    CIFRA,
    ENTERO,
    PORCENTAJE,
    Detalle,
    al_periodo_de,
    fecha,
    pie_de,
    relleno_de,
)
from pei_excel.escritura.consolidado_cuadros import Cuadro
from pei_excel.escritura.consolidado_resumen import Resumen
from pei_excel.escritura.estilos import AZUL, BANDA, GRIS, Estilos
from pei_excel.escritura.hoja import LibroNuevo, configurar_impresion, escribir_formula
from pei_excel.escritura.medidas import ancho_combinado, renglones
from pei_excel.frases import frases, requieren_atencion
from pei_excel.tablas import Tablas

HOJA = "Ficha"
#: Unidad, nivel, programado, alcanzado, % y causa.
ANCHOS = (29.0, 14.0, 12.0, 12.0, 11.0, 28.0)
_PIXELES = sum(int(a * 7 + 5) for a in ANCHOS)
MAXIMO = 7
#: De qué columna a cuál va cada cifra (desde 1).
_CIFRAS = ((1, 1), (2, 3), (4, 5), (6, 6))


class Informes(NamedTuple):
    """Cuántos informes hay y la fórmula que los cuenta en «Control de entregas»."""

    etiqueta: str
    cuantos: int
    de: int
    formula: str


def escribir_ficha(
    libro: LibroNuevo, hoja: Any, tablas: Tablas, cuadro: Cuadro, ind: Detalle, resumen: Resumen,
    informes: Informes, *, papel: str,
) -> None:
    """Escribe la hoja «Ficha» (ya creada, para que sea la primera)."""
    estilos = libro.estilos
    hoja.hide_gridlines(2)
    for n, ancho in enumerate(ANCHOS):
        hoja.set_column(n, n, ancho)
    _titulos(hoja, tablas, estilos)
    _cifras(hoja, tablas, cuadro, informes, estilos)
    fila = _frases(hoja, tablas, estilos, 8)
    fila = _grafica(libro, hoja, tablas, resumen, fila)
    fila = _atencion(hoja, tablas, ind, estilos, fila)
    fila = _firmas(hoja, tablas, estilos, fila)
    configurar_impresion(hoja, papel=papel, area=(1, 1, fila, len(ANCHOS)), horizontal=False, pie=pie_de(tablas))
    hoja.fit_to_pages(1, 1)


def _combinada(hoja: Any, fila: int, texto: str, formato: Any, alto: float) -> None:
    hoja.merge_range(fila - 1, 0, fila - 1, len(ANCHOS) - 1, "", formato)
    hoja.write_string(fila - 1, 0, texto, formato)
    hoja.set_row(fila - 1, alto)


def _titulos(hoja: Any, tablas: Tablas, estilos: Estilos) -> None:
    titulo = f"Seguimiento de Acciones / Resultados alcanzados acumulados {al_periodo_de(tablas.periodo)}"
    formato = estilos("titulo", align="left", text_wrap=True, font_size=12.5)
    _combinada(hoja, 1, titulo, formato, 20 * renglones(titulo, ancho_combinado(ANCHOS), 12.5, negritas=True))
    preliminar = "PRELIMINAR · " if tablas.preliminar else ""
    _combinada(
        hoja, 2, f"{preliminar}Corte: {fecha(tablas.corte)} · por Programa Presupuestario",
        estilos("etiqueta", font_color=GRIS), 15,
    )


def _cifras(hoja: Any, tablas: Tablas, cuadro: Cuadro, informes: Informes, estilos: Estilos) -> None:
    institucion = tablas.institucion
    por_explicar = sum(r.por_explicar for r in tablas.renglones)
    c, a = institucion.medias["Componente"], institucion.medias["Actividad"]
    datos: tuple[tuple[str, str, float | str, str, str], ...] = (
        (informes.etiqueta, informes.formula, f"{informes.cuantos} de {informes.de}", "", ""),
        ("Componentes (% al periodo)", cuadro.celda("Componente"), "–" if c is None else c, PORCENTAJE,
         f'"media de "&{cuadro.celda("Componente n")}&" indicadores"'),
        ("Actividades (% al periodo)", cuadro.celda("Actividad"), "–" if a is None else a, PORCENTAJE,
         f'"media de "&{cuadro.celda("Actividad n")}&" indicadores"'),
        ("Requieren explicación", cuadro.celda("por_explicar"), por_explicar, ENTERO,
         f'"de "&{cuadro.celda("total")}&" indicadores"'),
    )
    pies = (
        "", f"media de {institucion.cuantos['Componente']} indicadores",
        f"media de {institucion.cuantos['Actividad']} indicadores", f"de {institucion.total} indicadores",
    )
    excluidos = len(tablas.cobertura.excluidos)
    nota = "excluidos: 1 (ver Resumen)" if excluidos == 1 else f"excluidos: {excluidos} (ver Resumen)"
    lado = {"left": 1, "right": 1, "left_color": BANDA, "right_color": BANDA}
    arriba = estilos("encabezado", font_size=8, border=0, top=1, top_color=BANDA, **lado)
    abajo = estilos("nota", align="center", bottom=1, bottom_color=BANDA, text_wrap=False, **lado)
    for (desde, hasta), dato, texto in zip(_CIFRAS, datos, pies, strict=True):
        etiqueta, formula, valor, formato_numero, pie = dato
        grande = estilos(
            "titulo", font_size=20, bold=True, font_color=AZUL, num_format=formato_numero or "General", **lado
        )
        for fila, formato in ((4, arriba), (5, grande), (6, abajo)):
            if hasta > desde:
                hoja.merge_range(fila - 1, desde - 1, fila - 1, hasta - 1, "", formato)
        hoja.write_string(3, desde - 1, etiqueta, arriba)
        escribir_formula(hoja, 5, desde, formula, grande, valor)
        if pie:
            escribir_formula(hoja, 6, desde, pie, abajo, texto)
        else:
            hoja.write_string(5, desde - 1, nota if excluidos else "ninguno excluido", abajo)
    for fila, alto in ((3, 6.0), (4, 15.0), (5, 30.0), (6, 14.0), (7, 6.0)):
        hoja.set_row(fila - 1, alto)


def _frases(hoja: Any, tablas: Tablas, estilos: Estilos, fila: int) -> int:
    formato = estilos("parrafo", valign="vcenter", indent=1)
    ancho = ancho_combinado(ANCHOS) - 3
    for frase in frases(tablas):
        _combinada(hoja, fila, frase, formato, renglones(frase, ancho) * 11.8 + 4)
        fila += 1
    hoja.set_row(fila - 1, 6)
    return fila + 1


def _grafica(libro: LibroNuevo, hoja: Any, tablas: Tablas, resumen: Resumen, fila: int) -> int:
    """La de los programas; con un solo programa, su avance acumulado."""
    if len(tablas.por_programa) == 1 and resumen.avances:
        grupo, bloque = resumen.avances[0]
        grafica, alto = graficas.grafica_de_avance(libro, tablas, grupo, bloque), 220
    elif resumen.por_programa is not None:
        barras = resumen.por_programa.ultima - resumen.por_programa.primera + 1
        alto = min(340, graficas.alto_de_barras(barras))
        grafica = graficas.grafica_por_programa(libro, tablas, resumen.por_programa, alto)
    else:
        return fila
    grafica.set_size({"width": _PIXELES, "height": alto})
    hoja.insert_chart(fila - 1, 0, grafica, {"object_position": 2})
    hoja.set_row(fila - 1, alto * 0.75 + 4)
    return fila + 1


def _atencion(hoja: Any, tablas: Tablas, ind: Detalle, estilos: Estilos, fila: int) -> int:
    todos = requieren_atencion(tablas, None)
    mostrados = todos[:MAXIMO]
    cuantos = f" ({len(mostrados)} de {len(todos)})" if len(todos) > len(mostrados) else ""
    _combinada(hoja, fila, f"Requieren atención{cuantos}", estilos("subtitulo"), 18)
    fila += 1
    if not mostrados:
        _combinada(hoja, fila, "Ninguno.", estilos("texto"), 15)
        return fila + 1
    titulos = ("Unidad (programa)", "Nivel", "Programado al periodo", "Alcanzado al periodo", "% al periodo", "Causa")
    for n, titulo in enumerate(titulos):
        hoja.write_string(fila - 1, n, titulo, estilos("encabezado", bold=True, font_size=8))
    hoja.set_row(fila - 1, 25)
    cifra = estilos("celda", align="right", num_format=CIFRA, text_wrap=False)
    texto = estilos("celda", font_size=8)
    for posicion in mostrados:
        fila += 1
        renglon = tablas.renglones[posicion]
        medicion, palabra = renglon.indicador.al_periodo, renglon.palabra
        unidad = f"{renglon.libro.unidad or 'Sin unidad'} (programa {renglon.libro.identidad[1] or 'sin clave'})"
        causa = graficas.corto(" ".join((renglon.causa or "sin causa informada").split()), 120)
        hoja.write_string(fila - 1, 0, unidad, texto)
        hoja.write_string(fila - 1, 1, renglon.indicador.etiqueta, texto)
        escribir_formula(hoja, fila, 3, ind.celda("al_periodo_p", posicion), cifra, medicion.programado)
        escribir_formula(hoja, fila, 4, ind.celda("al_periodo_a", posicion), cifra, medicion.alcanzado)
        pct = estilos(
            "celda", align="right", num_format="0.0", text_wrap=True, **relleno_de(tablas.perfil, palabra)
        )
        valor = medicion.porcentaje if medicion.porcentaje is not None else palabra
        escribir_formula(hoja, fila, 5, ind.celda("al_periodo_pct", posicion), pct, valor)
        hoja.write_string(fila - 1, 5, causa, texto)
        mas = max(renglones(unidad, ANCHOS[0], 8), renglones(causa, ANCHOS[5], 8))
        mas = max(mas, renglones(palabra, ANCHOS[4])) if isinstance(valor, str) else mas
        hoja.set_row(fila - 1, max(15.0, mas * 10.6 + 4))
    return fila + 1


def _firmas(hoja: Any, tablas: Tablas, estilos: Estilos, fila: int) -> int:
    _combinada(
        hoja, fila, f"{tablas.perfil.etiqueta[:1].upper()}{tablas.perfil.etiqueta[1:]}. Cómo se calcula cada cifra: "
        "hoja «Metodología».", estilos("nota"), 13,
    )
    hoja.set_row(fila, 30)
    titulo, linea, cargo = estilos("firma_titulo"), estilos("firma_linea"), estilos("firma_nombre", font_size=8)
    for desde, hasta, quien in ((0, 1, "Elaboró"), (4, 5, "Vo. Bo.")):
        for n, (texto, formato) in enumerate(((quien, titulo), ("", linea), ("Cargo", cargo))):
            hoja.merge_range(fila + n, desde, fila + n, hasta, "", formato)
            if texto:
                hoja.write_string(fila + n, desde, texto, formato)
    for n, alto in enumerate((15, 26, 14)):
        hoja.set_row(fila + n, alto)
    return fila + 3
