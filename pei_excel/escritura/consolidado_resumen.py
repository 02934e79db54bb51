"""La hoja «Resumen»: cobertura, totales de la institución y las gráficas con sus datos al lado."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pei_excel.escritura import graficas, graficas_avance
from pei_excel.escritura.consolidado_comun import (
    ENCABEZADO,
    ENTERO,
    MEDIDAS,
    PORCENTAJE,
    Detalle,
    cobertura_que_cabe,
    imprimir,
    llaves_de,
    notas_al_pie,
    relleno_de,
    titular,
)
from pei_excel.escritura.consolidado_cuadros import Cuadro
from pei_excel.escritura.estilos import Estilos
from pei_excel.escritura.graficas import Bloque
from pei_excel.escritura.hoja import LibroNuevo, escribir_formula
from pei_excel.escritura.medidas import ALTO_NORMAL, ancho_combinado, renglones
from pei_excel.frases_comunes import VOCABULARIO
from pei_excel.tablas import Grupo, Tablas

HOJA = "Resumen"
#: Anchos de la parte que se imprime; los datos de las gráficas van más a la derecha.
ANCHOS = (40.0, 14.0, 14.0, 14.0, 14.0, 14.0)
DATOS = 9  #: columna donde empiezan los datos de las gráficas
_PIXELES = int(sum(int(a * 7 + 5) for a in ANCHOS))
_ALTO_DE_AVANCE = 200  #: píxeles
#: La cobertura queda entre lo que no se desplaza; más llenaría una pantalla chica y movería los cortes de página.
_LINEAS_DE_COBERTURA = 4
_NOTA_AVANCE = (
    "Avance acumulado: media, entre las Actividades ascendentes de acumulación «Suma» de cada programa, de lo "
    "programado o alcanzado hasta cada trimestre como % de su meta anual; lo no reportado cuenta como 0. Los "
    "porcentajes de indicadores distintos no se suman. Los trimestres posteriores al periodo quedan vacíos."
)


class Resumen(NamedTuple):
    """Lo que la Ficha toma del Resumen."""

    por_programa: Bloque | None
    avances: list[tuple[Grupo, Bloque]]


def escribir_resumen(
    libro: LibroNuevo, hoja: Any, tablas: Tablas, cuadros: dict[str, Cuadro], ind: Detalle, *, papel: str
) -> Resumen:
    """Escribe la hoja «Resumen» (ya creada, para que quede en su lugar)."""
    estilos = libro.estilos
    preparar(hoja, tablas, estilos)
    entran = [(clase, f"{plural} que entran a la media") for clase, plural in graficas.PLURALES.items()]
    fila = escribir_totales(hoja, tablas, cuadros["Por programa"], entran, estilos)
    hoja.freeze_panes(ENCABEZADO, 0)
    puestas = empezar_graficas(hoja, fila + 2, papel, estilos)
    resumen = _poner_graficas(libro, puestas, tablas, cuadros, ind)
    notas = []
    if resumen.avances:
        notas.append(_NOTA_AVANCE)
        if len(tablas.por_programa) > graficas_avance.MAXIMO_DE_PROGRAMAS:
            notas.append(
                f"Se grafican {len(resumen.avances)} de {len(tablas.por_programa)} programas: los de menor media de "
                "Actividades."
            )
    imprimir_resumen(puestas, tablas, papel, estilos, notas)
    return resumen


def preparar(hoja: Any, tablas: Tablas, estilos: Estilos) -> None:
    """Título, cobertura y anchos."""
    titular(hoja, "Resumen de la institución", tablas, estilos, tablas.perfil.etiqueta)
    for n, ancho in enumerate(ANCHOS):
        hoja.set_column(n, n, ancho)
    hoja.set_column(DATOS - 1, DATOS - 1, 34)
    hoja.set_column(DATOS, DATOS + 14, 11)
    ancho = ancho_combinado(ANCHOS) * 0.9  # va en negritas
    cobertura = f"Cobertura: {cobertura_que_cabe(tablas, ancho, _LINEAS_DE_COBERTURA)}."
    formato = estilos("parrafo", bold=True)
    hoja.merge_range(2, 0, 2, len(ANCHOS) - 1, "", formato)
    hoja.write_string(2, 0, cobertura, formato)
    hoja.set_row(2, max(ALTO_NORMAL, renglones(cobertura, ancho) * 11.8 + 4))


def escribir_totales(
    hoja: Any, tablas: Tablas, cuadro: Cuadro, entran: Sequence[tuple[str, str]], estilos: Estilos
) -> int:
    """El cuadro de la institución; todo son referencias al renglón total de un cuadro. Devuelve la última fila.

    `entran` da, de cada media, su clave en el cuadro y cómo se nombran los que entran a ella.
    """
    varios = VOCABULARIO[tablas.formato].varios
    encabezado = estilos("encabezado", bold=True)
    for n, titulo in enumerate(("Concepto", varios.capitalize(), "% del total", "Media (%)")):
        hoja.write_string(ENCABEZADO - 1, n, titulo, encabezado)
    hoja.set_row(ENCABEZADO - 1, 18)
    grupo, fila = tablas.institucion, ENCABEZADO
    entero = estilos("celda", align="right", num_format=ENTERO)
    pct = estilos("celda", align="right", num_format=PORCENTAJE)
    texto, blanco = estilos("celda"), estilos("celda", bg_color="#F7F7F7")
    total = cuadro.celda("total")
    for palabra in tablas.palabras:
        cuantos = grupo.conteos.get(palabra, 0)
        fila += 1
        hoja.write_string(fila - 1, 0, palabra, estilos("celda", **relleno_de(tablas.perfil, palabra)))
        escribir_formula(hoja, fila, 2, cuadro.celda(palabra), entero, cuantos)
        parte = cuantos / grupo.total * 100 if grupo.total else 0
        escribir_formula(hoja, fila, 3, f"IF({total}=0,0,B{fila}/{total}*100)", pct, parte)
        hoja.write_blank(fila - 1, 3, None, blanco)
    fila += 1
    hoja.write_string(fila - 1, 0, f"Total de {varios}", estilos("celda", bold=True))
    escribir_formula(hoja, fila, 2, total, estilos("celda", align="right", bold=True), grupo.total)
    escribir_formula(
        hoja, fila, 3, f"SUM(C{ENCABEZADO + 1}:C{fila - 1})", pct, 100 if grupo.total else 0
    )
    hoja.write_blank(fila - 1, 3, None, blanco)
    for clase, concepto in entran:
        fila += 1
        hoja.write_string(fila - 1, 0, concepto, texto)
        escribir_formula(hoja, fila, 2, cuadro.celda(f"{clase} n"), entero, grupo.cuantos[clase])
        hoja.write_blank(fila - 1, 2, None, blanco)
        media = grupo.medias[clase]
        escribir_formula(hoja, fila, 4, cuadro.celda(clase), pct, "–" if media is None else media)
    return fila


@dataclass(slots=True)
class Puestas:
    """Las gráficas que se van poniendo, una debajo de otra, y dónde van sus datos."""

    hoja: Any
    fila: int  #: donde va la siguiente
    caben: int  #: filas por página impresa
    inicio: int = 1  #: primera fila de la página en curso
    cortes: list[int] = field(default_factory=list)
    lugar: int = ENCABEZADO  #: fila donde van los datos de la siguiente
    margen: int = 0  #: píxeles que se dejan a la derecha

    def datos(
        self, titulo: str, series: Sequence[str], filas: graficas.FilasDeGrafica, estilos: Estilos, *,
        matricial: bool = False, formato: str = PORCENTAJE,
    ) -> Bloque:
        """Escribe los datos de una gráfica debajo de los anteriores."""
        bloque = graficas.escribir_bloque(
            self.hoja, HOJA, (self.lugar, DATOS), titulo, series, filas, estilos, matricial=matricial, formato=formato
        )
        self.lugar = bloque.ultima + 2
        return bloque

    def poner(self, grafica: Any, alto: int, *, mitad: int | None = None) -> None:
        """Pone una gráfica a todo lo ancho, o en la mitad izquierda (0) o derecha (1)."""
        if mitad != 1 and self.fila + _filas(alto) - self.inicio > self.caben:
            self.cortes.append(self.fila - 1)
            self.inicio = self.fila
        ancho = _PIXELES if mitad is None else _PIXELES // 2 - 6
        grafica.set_size({"width": ancho - self.margen, "height": alto})
        # Un marco justo en el salto se imprimiría en la página anterior.
        opciones = {"x_offset": (_PIXELES // 2 + 6) if mitad else 0, "y_offset": 2, "object_position": 2}
        self.hoja.insert_chart(self.fila - 1, 0, grafica, opciones)
        if mitad != 0:
            self.fila += _filas(alto)


def empezar_graficas(hoja: Any, fila: int, papel: str, estilos: Estilos, *, margen: int = 0) -> Puestas:
    """Prepara el lugar de las gráficas, desde una fila, y el de sus datos."""
    aviso = "Datos de las gráficas (no se imprimen); las cifras son referencias a los cuadros"
    hoja.write_string(1, DATOS - 1, aviso, estilos("nota", text_wrap=False))
    return Puestas(hoja, fila, _filas_que_caben(papel), margen=margen)


def _poner_graficas(
    libro: LibroNuevo, puestas: Puestas, tablas: Tablas, cuadros: dict[str, Cuadro], ind: Detalle
) -> Resumen:
    estilos, por_programa = libro.estilos, None
    series, filas = graficas.datos_por_programa(tablas, cuadros["Por programa"])
    if filas:
        por_programa = puestas.datos("Cumplimiento por programa (%)", series, filas, estilos)
        puestas.poner(
            graficas.grafica_por_programa(libro, tablas, por_programa), graficas.alto_de_barras(len(filas))
        )
    series, filas = graficas.datos_por_unidad(tablas, cuadros["Por unidad"])
    if filas:
        bloque = puestas.datos("Indicadores por estado y unidad", series, filas, estilos)
        puestas.poner(graficas.grafica_por_unidad(libro, tablas, bloque), graficas.alto_de_barras(len(filas)))
    llaves, avances = llaves_de(tablas.por_programa), []
    for n, grupo in enumerate(graficas_avance.programas_con_avance(tablas)):
        series, filas = graficas_avance.datos_de_avance(tablas, grupo, llaves[grupo.clave], ind)
        titulo = f"Avance acumulado de las Actividades, {graficas.corto(grupo.nombre)} (% de la meta anual)"
        bloque = puestas.datos(titulo, series, filas, estilos, matricial=True)
        avances.append((grupo, bloque))
        puestas.poner(graficas_avance.grafica_de_avance(libro, tablas, grupo, bloque), _ALTO_DE_AVANCE, mitad=n % 2)
    if len(avances) % 2:
        puestas.fila += _filas(_ALTO_DE_AVANCE)
    return Resumen(por_programa, avances)


def _filas(alto: int) -> int:
    return -(-alto // 20) + 1


def _escala(papel: str) -> int:
    """% con que la hoja cabe a lo ancho; con «ajustar a una página» Excel no respetaría los saltos puestos a mano."""
    return min(100, int((MEDIDAS[papel][0] - 36) / (_PIXELES * 0.75) * 100) - 2)


def _filas_que_caben(papel: str) -> int:
    """Filas de alto normal que caben en una página, con holgura para los títulos."""
    return int((MEDIDAS[papel][1] - 72) / (_escala(papel) / 100) / ALTO_NORMAL) - 2


def imprimir_resumen(puestas: Puestas, tablas: Tablas, papel: str, estilos: Estilos, notas: Sequence[str]) -> None:
    """Notas al pie y página, con los saltos donde una gráfica no cabía."""
    fila = notas_al_pie(puestas.hoja, puestas.fila, notas, ANCHOS, estilos) + 1 if notas else puestas.fila
    imprimir(puestas.hoja, tablas, (fila, len(ANCHOS)), papel=papel, horizontal=False, repetir=False)
    puestas.hoja.set_print_scale(_escala(papel))
    puestas.hoja.set_h_pagebreaks(puestas.cortes)
