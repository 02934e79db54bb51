"""El Resumen y la Ficha del POI: totales de la institución, sus gráficas y la página de la dirección."""

from __future__ import annotations

from typing import Any, NamedTuple

from pei_excel.escritura import graficas, graficas_poi
from pei_excel.escritura.consolidado_comun import ENCABEZADO, ENTERO, PORCENTAJE, SOLES, Detalle, al_periodo_de
from pei_excel.escritura.consolidado_control import Control
from pei_excel.escritura.consolidado_cuadros import Cuadro
from pei_excel.escritura.consolidado_ficha import CifraDeFicha, Contenido, cifra_de_informes
from pei_excel.escritura.consolidado_poi_presupuesto import Presupuesto
from pei_excel.escritura.consolidado_resumen import (
    empezar_graficas,
    escribir_totales,
    imprimir_resumen,
    preparar,
)
from pei_excel.escritura.estilos import Estilos
from pei_excel.escritura.graficas import Bloque
from pei_excel.escritura.hoja import LibroNuevo, escribir_formula
from pei_excel.frases_poi import lo_que_no_se_leyo
from pei_excel.tablas import Tablas

_ALTO_DE_CURVA = 260  #: píxeles
#: Píxeles entre la gráfica y el borde de la página: en A4, LibreOffice recorta el marco si llega al borde.
_MARGEN = 20
#: El cuadro del que se toman los totales de la institución.
_CUADRO = "Por OEI"
_NOTA_CURVA = (
    "Avance físico acumulado: media, entre las actividades con programación, de la suma de sus meses hasta cada uno "
    "como % de lo programado en el año (en las recurrentes también se suman los meses), topada a 100. Los meses "
    "posteriores al periodo quedan vacíos en lo ejecutado."
)
_NOTA_BARRAS = "Se grafican las {n} unidades de mayor costo anual, o con más actividades por explicar, de {total}."
_NOTA_SIN_LEER = (
    "En las curvas no entran las actividades que dicen «No se pudo leer», que tampoco entran a las medias ni al % "
    "financiero."
)
_TITULO_FISICO, _TITULO_DE_SOLES = "Avance físico acumulado por mes (%)", "Presupuesto acumulado por mes (S/.)"


class ResumenPoi(NamedTuple):
    """Lo que la Ficha toma del Resumen."""

    por_oei: Bloque | None
    curva: graficas_poi.Curva | None


def escribir_resumen_poi(
    libro: LibroNuevo, hoja: Any, tablas: Tablas, cuadros: dict[str, Cuadro], actividades: Detalle,
    presupuesto: Presupuesto, *, papel: str,
) -> ResumenPoi:
    """Escribe la hoja «Resumen» (ya creada, para que quede en su lugar)."""
    estilos, cuadro = libro.estilos, cuadros[_CUADRO]
    preparar(hoja, tablas, estilos)
    fila = escribir_totales(hoja, tablas, cuadro, [("Actividad", "Actividades que entran a la media")], estilos)
    fila = _soles(hoja, tablas, cuadro, estilos, fila + 2)
    hoja.freeze_panes(ENCABEZADO, 0)
    puestas = empezar_graficas(hoja, fila + 2, papel, estilos, margen=_MARGEN)
    curvas = []
    for titulo, (series, filas), soles in (
        (_TITULO_FISICO, graficas_poi.datos_de_curva_fisica(tablas, actividades), False),
        (_TITULO_DE_SOLES, graficas_poi.datos_de_curva_de_soles(tablas, actividades), True),
    ):
        if filas:
            bloque = puestas.datos(titulo, series, filas, estilos, matricial=not soles, formato=SOLES if soles else (
                PORCENTAJE
            ))
            curvas.append(graficas_poi.curva_de(bloque, filas, tablas, soles=soles))
    for n, curva in enumerate(curvas):
        grafica = graficas_poi.grafica_de_curva(libro, tablas, curva)
        puestas.poner(grafica, _ALTO_DE_CURVA, mitad=n if len(curvas) > 1 else None)
    fisica = next((c for c in curvas if not c.soles), None)
    series, filas = graficas_poi.datos_por_oei(tablas, cuadro)
    por_oei = puestas.datos("Avance físico por OEI (%)", series, filas, estilos) if filas else None
    if por_oei:
        puestas.poner(_grafica_por_oei(libro, tablas, por_oei), graficas.alto_de_barras(len(filas)))
    series, filas = graficas.datos_por_unidad(tablas, cuadros["Por unidad"])
    if filas:
        bloque = puestas.datos("Actividades por estado y unidad", series, filas, estilos, formato=ENTERO)
        puestas.poner(graficas.grafica_por_unidad(libro, tablas, bloque), graficas.alto_de_barras(len(filas)))
    series, filas = graficas_poi.datos_de_presupuesto(tablas, presupuesto)
    if filas:
        bloque = puestas.datos("Presupuesto por unidad (S/.)", series, filas, estilos, formato=SOLES)
        puestas.poner(graficas_poi.grafica_de_presupuesto(libro, tablas, bloque), graficas.alto_de_barras(len(filas)))
    unidades = len(tablas.por_unidad)
    notas = [*(texto for _, texto in lo_que_no_se_leyo(tablas)), *([_NOTA_CURVA] if fisica else [])]
    if tablas.institucion.sin_comparar:
        notas.append(_NOTA_SIN_LEER)
    if unidades > graficas.MAXIMO_DE_BARRAS:
        notas.append(_NOTA_BARRAS.format(n=graficas.MAXIMO_DE_BARRAS, total=unidades))
    imprimir_resumen(puestas, tablas, papel, estilos, notas)
    return ResumenPoi(por_oei, fisica)


def _soles(hoja: Any, tablas: Tablas, cuadro: Cuadro, estilos: Estilos, fila: int) -> int:
    """El presupuesto de la institución, citado del mismo cuadro; devuelve la última fila."""
    for n, titulo in enumerate(("Presupuesto", "S/.")):
        hoja.write_string(fila - 1, n, titulo, estilos("encabezado", bold=True))
    institucion = tablas.institucion
    financiero, separacion = institucion.porcentaje_financiero, institucion.brecha
    fuera: tuple[tuple[str, str, float, str], ...] = (
        ("Fuera del %: actividades", "fuera", institucion.sin_comparar, ENTERO),
        ("Fuera del %: programado (S/.)", "fuera_programado", institucion.fuera("programado"), SOLES),
        ("Fuera del %: devengado (S/.)", "fuera_devengado", institucion.fuera("devengado"), SOLES),
    ) if institucion.sin_comparar else ()
    for concepto, clave, valor, formato in (
        ("Costo anual (S/.)", "costo_anual", institucion.soles.get("costo_anual") or 0.0, SOLES),
        ("Programado al periodo (S/.)", "programado", institucion.soles.get("programado") or 0.0, SOLES),
        ("Devengado al periodo (S/.)", "devengado", institucion.soles.get("devengado") or 0.0, SOLES),
        *fuera,
        ("% financiero al periodo", "financiero", "–" if financiero is None else financiero, PORCENTAJE),
        ("Brecha físico-financiera (puntos)", "brecha", "–" if separacion is None else separacion, PORCENTAJE),
    ):
        fila += 1
        hoja.write_string(fila - 1, 0, concepto, estilos("celda"))
        estilo = estilos("celda", align="right", text_wrap=False, num_format=formato)
        escribir_formula(hoja, fila, 2, cuadro.celda(clave), estilo, valor)
    return fila


def _grafica_por_oei(libro: LibroNuevo, tablas: Tablas, bloque: Bloque, alto: int = 0) -> Any:
    titulo = f"Avance físico {tablas.periodo.al_periodo} por objetivo estratégico (%)"
    return graficas.grafica_sobre_bandas(libro, tablas, bloque, titulo, "Objetivo estratégico (OEI)", alto)


def ficha_del_poi(
    libro: LibroNuevo, tablas: Tablas, cuadro: Cuadro, resumen: ResumenPoi, control: Control
) -> Contenido:
    """La Ficha del POI: avance físico, ejecución del presupuesto y los objetivos."""
    institucion = tablas.institucion
    media, n = institucion.medias["Actividad"], institucion.cuantos["Actividad"]
    financiero = institucion.porcentaje_financiero
    entran = {que: institucion.soles.get(f"{que}_comparado") or 0.0 for que in ("programado", "devengado")}
    celdas = {
        que: cuadro.celda(que) + (f"-{cuadro.celda(f'fuera_{que}')}" if institucion.sin_comparar else "")
        for que in entran
    }
    por_explicar = sum(r.por_explicar for r in tablas.renglones)

    def grafica() -> tuple[Any, int] | None:
        """La de los objetivos; con uno solo, la curva de la institución."""
        if resumen.curva and len(tablas.grupos["oei"]) < 2:
            return graficas_poi.grafica_de_curva(libro, tablas, resumen.curva), 240
        if resumen.por_oei is None:
            return None
        alto = min(340, graficas.alto_de_barras(resumen.por_oei.ultima - resumen.por_oei.primera + 1))
        return _grafica_por_oei(libro, tablas, resumen.por_oei, alto), alto

    pesada = "pesada" if tablas.ponderado else "media"
    return Contenido(
        titulo=f"Plan Operativo Institucional: avance físico y financiero {al_periodo_de(tablas.periodo)}",
        subtitulo="por objetivo estratégico institucional",
        cifras=(
            cifra_de_informes(tablas, control),
            CifraDeFicha(
                "Avance físico (% al periodo)", cuadro.celda("Actividad"), "–" if media is None else media, PORCENTAJE,
                f'"{pesada} de "&{cuadro.celda("Actividad n")}&" actividades"', f"{pesada} de {n} actividades",
            ),
            CifraDeFicha(
                "Devengado (% de lo programado)", cuadro.celda("financiero"), "–" if financiero is None else financiero,
                PORCENTAJE, f'"S/. "&FIXED({celdas["devengado"]},2)&" de "&FIXED({celdas["programado"]},2)',
                f"S/. {entran['devengado']:,.2f} de {entran['programado']:,.2f}",
            ),
            CifraDeFicha("Requieren explicación", cuadro.celda("por_explicar"), por_explicar, ENTERO,
                         f'"de "&{cuadro.celda("total")}&" actividades"', f"de {institucion.total} actividades"),
        ),
        lugares=((1, 1), (2, 2), (3, 5), (6, 6)),
        anchos=(25.0, 29.0, 12.5, 12.5, 11.0, 25.0),
        grafica=grafica,
        titulos=("Unidad orgánica", "Actividad", "Programado al periodo", "Ejecutado al periodo", "% al periodo",
                 "Factores que dificultaron"),
        quien=lambda r: (
            str(r.libro.unidad or "Sin unidad"), graficas.corto(f"{r.actividad.codigo} {r.actividad.nombre}", 90)
        ),
        sin_causa="sin factores informados",
        visto_bueno="V.º B.º",
        margen=_MARGEN,
    )
