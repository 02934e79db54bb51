"""La hoja «Resumen»: cobertura, totales de la institución y las gráficas con sus datos al lado."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pei_excel.escritura import graficas
from pei_excel.escritura.consolidado_comun import (
    ENCABEZADO,
    ENTERO,
    MEDIDAS,
    PORCENTAJE,
    Detalle,
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
from pei_excel.tablas import Grupo, Tablas

HOJA = "Resumen"
#: Anchos de la parte que se imprime; los datos de las gráficas van más a la derecha.
ANCHOS = (40.0, 14.0, 14.0, 14.0, 14.0, 14.0)
_DATOS = 9  #: columna donde empiezan los datos de las gráficas
_PIXELES = int(sum(int(a * 7 + 5) for a in ANCHOS))
_ALTO_DE_AVANCE = 200  #: píxeles
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
    titular(hoja, "Resumen de la institución", tablas, estilos, tablas.perfil.etiqueta)
    for n, ancho in enumerate(ANCHOS):
        hoja.set_column(n, n, ancho)
    hoja.set_column(_DATOS - 1, _DATOS - 1, 34)
    hoja.set_column(_DATOS, _DATOS + 14, 11)
    cobertura = f"Cobertura: {tablas.cobertura.frase}."
    formato = estilos("parrafo", bold=True)
    hoja.merge_range(2, 0, 2, len(ANCHOS) - 1, "", formato)
    hoja.write_string(2, 0, cobertura, formato)
    hoja.set_row(2, max(ALTO_NORMAL, renglones(cobertura, ancho_combinado(ANCHOS) * 0.95) * 11.8 + 4))
    fila = _totales(hoja, tablas, cuadros["Por programa"], estilos)
    hoja.freeze_panes(ENCABEZADO, 0)
    resumen = _poner_graficas(libro, hoja, tablas, cuadros, ind, fila + 2, papel)
    return _imprimir(hoja, tablas, resumen, papel, estilos)


def _totales(hoja: Any, tablas: Tablas, cuadro: Cuadro, estilos: Estilos) -> int:
    """El cuadro de la institución; todo son referencias al renglón total de «Por programa»."""
    encabezado = estilos("encabezado", bold=True)
    for n, titulo in enumerate(("Concepto", "Indicadores", "% del total", "Media (%)")):
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
    hoja.write_string(fila - 1, 0, "Total de indicadores", estilos("celda", bold=True))
    escribir_formula(hoja, fila, 2, total, estilos("celda", align="right", bold=True), grupo.total)
    escribir_formula(
        hoja, fila, 3, f"SUM(C{ENCABEZADO + 1}:C{fila - 1})", pct, 100 if grupo.total else 0
    )
    hoja.write_blank(fila - 1, 3, None, blanco)
    for clase, plural in (("Componente", "Componentes"), ("Actividad", "Actividades")):
        fila += 1
        hoja.write_string(fila - 1, 0, f"{plural} que entran a la media", texto)
        escribir_formula(hoja, fila, 2, cuadro.celda(f"{clase} n"), entero, grupo.cuantos[clase])
        hoja.write_blank(fila - 1, 2, None, blanco)
        media = grupo.medias[clase]
        escribir_formula(hoja, fila, 4, cuadro.celda(clase), pct, "–" if media is None else media)
    return fila


@dataclass(slots=True)
class _Puestas:
    """Las gráficas que se van poniendo, una debajo de otra."""

    hoja: Any
    fila: int  #: donde va la siguiente
    caben: int  #: filas por página impresa
    inicio: int = 1  #: primera fila de la página en curso
    cortes: list[int] = field(default_factory=list)
    por_programa: Bloque | None = None
    avances: list[tuple[Grupo, Bloque]] = field(default_factory=list)

    def poner(self, grafica: Any, alto: int, *, mitad: int | None = None) -> None:
        """Pone una gráfica a todo lo ancho, o en la mitad izquierda (0) o derecha (1)."""
        if mitad != 1 and self.fila + _filas(alto) - self.inicio > self.caben:
            self.cortes.append(self.fila - 1)
            self.inicio = self.fila
        ancho = _PIXELES if mitad is None else _PIXELES // 2 - 6
        grafica.set_size({"width": ancho, "height": alto})
        opciones = {"x_offset": (_PIXELES // 2 + 6) if mitad else 0, "object_position": 2}
        self.hoja.insert_chart(self.fila - 1, 0, grafica, opciones)
        if mitad != 0:
            self.fila += _filas(alto)


def _poner_graficas(
    libro: LibroNuevo, hoja: Any, tablas: Tablas, cuadros: dict[str, Cuadro], ind: Detalle, fila: int, papel: str
) -> _Puestas:
    estilos = libro.estilos
    aviso = "Datos de las gráficas (no se imprimen); las cifras son referencias a los cuadros"
    hoja.write_string(1, _DATOS - 1, aviso, estilos("nota", text_wrap=False))
    lugar, puestas = ENCABEZADO, _Puestas(hoja, fila, _filas_que_caben(papel))
    series, filas = graficas.datos_por_programa(tablas, cuadros["Por programa"])
    if filas:
        bloque = graficas.escribir_bloque(
            hoja, HOJA, (lugar, _DATOS), "Cumplimiento por programa (%)", series, filas, estilos
        )
        lugar = bloque.ultima + 2
        puestas.por_programa = bloque
        puestas.poner(graficas.grafica_por_programa(libro, tablas, bloque), graficas.alto_de_barras(len(filas)))
    series, filas = graficas.datos_por_unidad(tablas, cuadros["Por unidad"])
    if filas:
        bloque = graficas.escribir_bloque(
            hoja, HOJA, (lugar, _DATOS), "Indicadores por estado y unidad", series, filas, estilos
        )
        lugar = bloque.ultima + 2
        puestas.poner(graficas.grafica_por_unidad(libro, tablas, bloque), graficas.alto_de_barras(len(filas)))
    llaves = llaves_de(tablas.por_programa)
    for n, grupo in enumerate(graficas.programas_con_avance(tablas)):
        series, filas = graficas.datos_de_avance(tablas, grupo, llaves[grupo.clave], ind)
        titulo = f"Avance acumulado de las Actividades, {graficas.corto(grupo.nombre)} (% de la meta anual)"
        bloque = graficas.escribir_bloque(
            hoja, HOJA, (lugar, _DATOS), titulo, series, filas, estilos, matricial=True
        )
        lugar = bloque.ultima + 2
        puestas.avances.append((grupo, bloque))
        puestas.poner(graficas.grafica_de_avance(libro, tablas, grupo, bloque), _ALTO_DE_AVANCE, mitad=n % 2)
    if len(puestas.avances) % 2:
        puestas.fila += _filas(_ALTO_DE_AVANCE)
    return puestas


def _filas(alto: int) -> int:
    return -(-alto // 20) + 1


def _escala(papel: str) -> int:
    """% con que la hoja cabe a lo ancho; con «ajustar a una página» Excel no respetaría los saltos puestos a mano."""
    return min(100, int((MEDIDAS[papel][0] - 36) / (_PIXELES * 0.75) * 100) - 2)


def _filas_que_caben(papel: str) -> int:
    """Filas de alto normal que caben en una página, con holgura para los títulos."""
    return int((MEDIDAS[papel][1] - 72) / (_escala(papel) / 100) / ALTO_NORMAL) - 2


def _imprimir(hoja: Any, tablas: Tablas, puestas: _Puestas, papel: str, estilos: Estilos) -> Resumen:
    fila = puestas.fila
    if puestas.avances:
        notas = [_NOTA_AVANCE]
        if len(tablas.por_programa) > graficas.MAXIMO_DE_PROGRAMAS:
            notas.append(
                f"Se grafican {len(puestas.avances)} de {len(tablas.por_programa)} programas: los de menor media de "
                "Actividades."
            )
        fila = notas_al_pie(hoja, fila, notas, ANCHOS, estilos) + 1
    imprimir(hoja, tablas, (fila, len(ANCHOS)), papel=papel, horizontal=False, repetir=False)
    hoja.set_print_scale(_escala(papel))
    hoja.set_h_pagebreaks(puestas.cortes)
    return Resumen(puestas.por_programa, puestas.avances)
