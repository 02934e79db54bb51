"""La hoja «Ficha»: una página impresa para la dirección, con cuatro cifras, cinco frases y lo que requiere atención."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from pei_excel.escritura import graficas, graficas_avance
from pei_excel.escritura.consolidado_comun import (
    CIFRA,
    ENTERO,
    PORCENTAJE,
    Detalle,
    al_periodo_de,
    caracter_de,
    fecha,
    pie_de,
    relleno_de,
)
from pei_excel.escritura.consolidado_control import Control
from pei_excel.escritura.consolidado_cuadros import Cuadro
from pei_excel.escritura.consolidado_resumen import Resumen
from pei_excel.escritura.estilos import AZUL, BANDA, GRIS, Estilos
from pei_excel.escritura.hoja import LibroNuevo, configurar_impresion, escribir_formula
from pei_excel.escritura.medidas import ancho_combinado, renglones
from pei_excel.frases import frases, requieren_atencion
from pei_excel.frases_comunes import VOCABULARIO, nadie_requiere_atencion
from pei_excel.tablas import Renglon, Tablas

HOJA = "Ficha"
MAXIMO = 7


class CifraDeFicha(NamedTuple):
    """Una de las cuatro cifras grandes: qué es, su fórmula y su valor, y lo que va debajo."""

    etiqueta: str
    formula: str
    valor: float | str
    formato: str  #: de número; vacío si es un texto
    formula_del_pie: str  #: vacía si el pie es un texto fijo
    pie: str


@dataclass(frozen=True, slots=True)
class Contenido:
    """Lo que cada formato pone en la Ficha."""

    titulo: str
    subtitulo: str  #: sigue al corte
    cifras: tuple[CifraDeFicha, ...]  #: cuatro
    lugares: tuple[tuple[int, int], ...]  #: de qué columna a cuál va cada cifra (desde 1)
    anchos: tuple[float, ...]  #: de las seis columnas
    grafica: Callable[[], tuple[Any, int] | None]  #: la gráfica y su alto, en píxeles
    titulos: tuple[str, ...]  #: de lo que requiere atención: quién, qué, programado, alcanzado, % y causa
    quien: Callable[[Renglon], tuple[str, str]]  #: las dos primeras columnas
    sin_causa: str
    visto_bueno: str
    margen: int = 0  #: píxeles que se dejan a la derecha de la gráfica


def cifra_de_informes(tablas: Tablas, control: Control) -> CifraDeFicha:
    """Cuántos informes hay, contados en «Control de entregas»."""
    cobertura = tablas.cobertura
    leidos, excluidos = control.cuenta(consolidados=False), len(cobertura.excluidos)
    nota = "excluidos: 1 (ver Resumen)" if excluidos == 1 else f"excluidos: {excluidos} (ver Resumen)"
    if cobertura.esperados is None:
        formula, cuantos, de = f'{control.cuenta(consolidados=True)}&" de "&({leidos})', cobertura.consolidados, (
            cobertura.leidos
        )
    else:
        formula, cuantos, de = f'({leidos})&" de {cobertura.esperados}"', cobertura.leidos, cobertura.esperados
    pie = nota if excluidos else "ninguno excluido"
    return CifraDeFicha("Informes recibidos", formula, f"{cuantos} de {de}", "", "", pie)


def ficha_de_la_mir(
    libro: LibroNuevo, tablas: Tablas, cuadro: Cuadro, resumen: Resumen, control: Control
) -> Contenido:
    """La Ficha de la MIR: medias de Componentes y de Actividades, y los programas."""
    total, por_explicar = tablas.institucion.total, sum(r.por_explicar for r in tablas.renglones)

    def media(clase: str) -> CifraDeFicha:
        valor = tablas.institucion.medias[clase]
        return CifraDeFicha(
            f"{graficas.PLURALES[clase]} (% al periodo)", cuadro.celda(clase), "–" if valor is None else valor,
            PORCENTAJE, f'"media de "&{cuadro.celda(f"{clase} n")}&" indicadores"',
            f"media de {tablas.institucion.cuantos[clase]} indicadores",
        )

    def grafica() -> tuple[Any, int] | None:
        """La de los programas; con un solo programa, su avance acumulado."""
        if len(tablas.por_programa) == 1 and resumen.avances:
            return graficas_avance.grafica_de_avance(libro, tablas, *resumen.avances[0]), 220
        if resumen.por_programa is None:
            return None
        barras = resumen.por_programa.ultima - resumen.por_programa.primera + 1
        alto = min(340, graficas.alto_de_barras(barras))
        return graficas.grafica_por_programa(libro, tablas, resumen.por_programa, alto), alto

    return Contenido(
        titulo=f"Seguimiento de Acciones / Resultados alcanzados acumulados {al_periodo_de(tablas.periodo)}",
        subtitulo="por Programa Presupuestario",
        cifras=(
            cifra_de_informes(tablas, control), media("Componente"), media("Actividad"),
            CifraDeFicha("Requieren explicación", cuadro.celda("por_explicar"), por_explicar, ENTERO,
                         f'"de "&{cuadro.celda("total")}&" indicadores"', f"de {total} indicadores"),
        ),
        lugares=((1, 1), (2, 3), (4, 5), (6, 6)),
        anchos=(29.0, 14.0, 12.0, 12.0, 11.0, 28.0),
        grafica=grafica,
        titulos=(
            "Unidad (programa)", "Nivel", "Programado al periodo", "Alcanzado al periodo", "% al periodo", "Causa",
        ),
        quien=lambda r: (
            f"{r.libro.unidad or 'Sin unidad'} (programa {r.libro.identidad[1] or 'sin clave'})", r.indicador.etiqueta
        ),
        sin_causa="sin causa informada",
        visto_bueno="Vo. Bo.",
    )


def escribir_ficha(
    libro: LibroNuevo, hoja: Any, tablas: Tablas, contenido: Contenido, detalle: Detalle, *, papel: str
) -> None:
    """Escribe la hoja «Ficha» (ya creada, para que sea la primera)."""
    estilos = libro.estilos
    hoja.hide_gridlines(2)
    for n, ancho in enumerate(contenido.anchos):
        hoja.set_column(n, n, ancho)
    _titulos(hoja, tablas, contenido, estilos)
    _cifras(hoja, contenido, estilos)
    fila = _frases(hoja, tablas, contenido, estilos, 8)
    fila = _grafica(hoja, contenido, fila)
    fila = _atencion(hoja, tablas, contenido, detalle, estilos, fila)
    fila = _firmas(hoja, tablas, contenido, estilos, fila)
    configurar_impresion(
        hoja, papel=papel, area=(1, 1, fila, len(contenido.anchos)), horizontal=False, pie=pie_de(tablas)
    )
    hoja.fit_to_pages(1, 1)


def _combinada(hoja: Any, fila: int, texto: str, formato: Any, alto: float) -> None:
    hoja.merge_range(fila - 1, 0, fila - 1, 5, "", formato)
    hoja.write_string(fila - 1, 0, texto, formato)
    hoja.set_row(fila - 1, alto)


def _titulos(hoja: Any, tablas: Tablas, contenido: Contenido, estilos: Estilos) -> None:
    titulo = contenido.titulo
    formato = estilos("titulo", align="left", text_wrap=True, font_size=12.5)
    ancho = ancho_combinado(contenido.anchos)
    _combinada(hoja, 1, titulo, formato, 20 * renglones(titulo, ancho, 12.5, negritas=True))
    texto = f"{caracter_de(tablas)} · Corte: {fecha(tablas.corte)} · {contenido.subtitulo}"
    alto = 15 * renglones(texto, ancho, 9, negritas=True)
    _combinada(hoja, 2, texto, estilos("etiqueta", font_color=GRIS, text_wrap=True), alto)


def _cifras(hoja: Any, contenido: Contenido, estilos: Estilos) -> None:
    lado = {"left": 1, "right": 1, "left_color": BANDA, "right_color": BANDA}
    arriba = estilos("encabezado", font_size=8, border=0, top=1, top_color=BANDA, **lado)
    abajo = estilos("nota", align="center", bottom=1, bottom_color=BANDA, text_wrap=False, **lado)
    for (desde, hasta), una in zip(contenido.lugares, contenido.cifras, strict=True):
        grande = estilos(
            "titulo", font_size=20, bold=True, font_color=AZUL, num_format=una.formato or "General", **lado
        )
        for fila, formato in ((4, arriba), (5, grande), (6, abajo)):
            if hasta > desde:
                hoja.merge_range(fila - 1, desde - 1, fila - 1, hasta - 1, "", formato)
        hoja.write_string(3, desde - 1, una.etiqueta, arriba)
        escribir_formula(hoja, 5, desde, una.formula, grande, una.valor)
        if una.formula_del_pie:
            escribir_formula(hoja, 6, desde, una.formula_del_pie, abajo, una.pie)
        else:
            hoja.write_string(5, desde - 1, una.pie, abajo)
    for fila, alto in ((3, 6.0), (4, 15.0), (5, 30.0), (6, 14.0), (7, 6.0)):
        hoja.set_row(fila - 1, alto)


def _frases(hoja: Any, tablas: Tablas, contenido: Contenido, estilos: Estilos, fila: int) -> int:
    formato = estilos("parrafo", valign="vcenter", indent=1)
    ancho = ancho_combinado(contenido.anchos) - 3
    for frase in frases(tablas):
        _combinada(hoja, fila, frase, formato, renglones(frase, ancho) * 11.8 + 4)
        fila += 1
    hoja.set_row(fila - 1, 6)
    return fila + 1


def _grafica(hoja: Any, contenido: Contenido, fila: int) -> int:
    puesta = contenido.grafica()
    if puesta is None:
        return fila
    grafica, alto = puesta
    ancho = sum(int(a * 7 + 5) for a in contenido.anchos) - contenido.margen
    grafica.set_size({"width": ancho, "height": alto})
    hoja.insert_chart(fila - 1, 0, grafica, {"object_position": 2})
    hoja.set_row(fila - 1, alto * 0.75 + 4)
    return fila + 1


def _atencion(
    hoja: Any, tablas: Tablas, contenido: Contenido, detalle: Detalle, estilos: Estilos, fila: int
) -> int:
    todos = requieren_atencion(tablas, None)
    mostrados = todos[:MAXIMO]
    cuantos = f" ({len(mostrados)} de {len(todos)})" if len(todos) > len(mostrados) else ""
    _combinada(hoja, fila, f"Requieren atención{cuantos}", estilos("subtitulo"), 18)
    fila += 1
    if not mostrados:
        nadie = nadie_requiere_atencion(tablas) or (
            "Ninguna." if VOCABULARIO[tablas.formato].femenino else "Ninguno."
        )
        _combinada(hoja, fila, nadie, estilos("texto"), 15)
        return fila + 1
    anchos = contenido.anchos
    for n, titulo in enumerate(contenido.titulos):
        hoja.write_string(fila - 1, n, titulo, estilos("encabezado", bold=True, font_size=8))
    hoja.set_row(fila - 1, 25)
    cifra = estilos("celda", align="right", num_format=CIFRA, text_wrap=False)
    texto = estilos("celda", font_size=8)
    for posicion in mostrados:
        fila += 1
        renglon = tablas.renglones[posicion]
        medicion, palabra = renglon.al_periodo, renglon.palabra
        unidad, cual = contenido.quien(renglon)
        causa = graficas.corto(" ".join((renglon.causa or contenido.sin_causa).split()), 120)
        hoja.write_string(fila - 1, 0, unidad, texto)
        hoja.write_string(fila - 1, 1, cual, texto)
        escribir_formula(hoja, fila, 3, detalle.celda("al_periodo_p", posicion), cifra, medicion.programado)
        escribir_formula(hoja, fila, 4, detalle.celda("al_periodo_a", posicion), cifra, medicion.alcanzado)
        pct = estilos(
            "celda", align="right", num_format="0.0", text_wrap=True, **relleno_de(tablas.perfil, palabra)
        )
        valor = medicion.porcentaje if medicion.porcentaje is not None else palabra
        escribir_formula(hoja, fila, 5, detalle.celda("al_periodo_pct", posicion), pct, valor)
        hoja.write_string(fila - 1, 5, causa, texto)
        mas = max(renglones(t, anchos[n], 8) for n, t in ((0, unidad), (1, cual), (5, causa)))
        mas = max(mas, renglones(palabra, anchos[4])) if isinstance(valor, str) else mas
        hoja.set_row(fila - 1, max(15.0, mas * 10.6 + 4))
    return fila + 1


def _firmas(hoja: Any, tablas: Tablas, contenido: Contenido, estilos: Estilos, fila: int) -> int:
    _combinada(
        hoja, fila, f"{tablas.perfil.etiqueta[:1].upper()}{tablas.perfil.etiqueta[1:]}. Cómo se calcula cada cifra: "
        "hoja «Metodología».", estilos("nota"), 13,
    )
    hoja.set_row(fila, 30)
    titulo, linea, cargo = estilos("firma_titulo"), estilos("firma_linea"), estilos("firma_nombre", font_size=8)
    for desde, hasta, quien in ((0, 1, "Elaboró"), (4, 5, contenido.visto_bueno)):
        for n, (texto, formato) in enumerate(((quien, titulo), ("", linea), ("Cargo", cargo))):
            hoja.merge_range(fila + n, desde, fila + n, hasta, "", formato)
            if texto:
                hoja.write_string(fila + n, desde, texto, formato)
    for n, alto in enumerate((15, 26, 14)):
        hoja.set_row(fila + n, alto)
    return fila + 3
