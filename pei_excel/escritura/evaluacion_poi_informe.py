"""La hoja `Informe`: la evaluación trimestral de la unidad (artículo 12 de la Directiva), lista para imprimirse."""

from __future__ import annotations

from typing import Any

from pei_excel.calculos import Estado
from pei_excel.escritura.bloque import firmar
from pei_excel.escritura.estilos import Estilos
from pei_excel.escritura.evaluacion_poi_cifras import Cifras
from pei_excel.escritura.evaluacion_poi_columnas import HojaDeFamilia
from pei_excel.escritura.evaluacion_poi_encargo import EncargoPOI
from pei_excel.escritura.evaluacion_poi_factores import escribir_factores, escribir_modificaciones
from pei_excel.escritura.evaluacion_poi_familias import SIN_ACTIVIDADES, lo_que_no_entra
from pei_excel.escritura.evaluacion_poi_nivel import escribir_actividades, escribir_nivel
from pei_excel.escritura.evaluacion_poi_pagina import ANCHOS, ULTIMA, Pagina
from pei_excel.escritura.evaluacion_resumen import color_de_estado, estado
from pei_excel.escritura.hoja import configurar_impresion
from pei_excel.escritura.medidas import alto_de_fila, ancho_combinado

#: Alto de las firmas, con su espacio.
_FIRMAS = (12.0, 16.0, 34.0, 30.0)


def escribir_informe(
    hoja: Any, encargo: EncargoPOI, al_periodo: HojaDeFamilia, cifras: Cifras, estilos: Estilos
) -> None:
    """La hoja entera."""
    hoja.hide_gridlines(2)
    pagina = Pagina(hoja, encargo, estilos)
    _escribir_cabeza(pagina)
    fuente = al_periodo.bloques[0]
    cuando = encargo.periodo.al_periodo
    pagina.seccion(f"1. Nivel de cumplimiento {cuando}", con=180)
    if encargo.actividades:
        escribir_nivel(pagina, fuente)
        for texto in lo_que_no_entra(encargo, fuente):
            pagina.parrafo(texto)
        pagina.seccion(f"2. Actividades {cuando}", con=90)
        escribir_actividades(pagina, fuente)
    else:
        pagina.parrafo(SIN_ACTIVIDADES)
        pagina.seccion(f"2. Actividades {cuando}", con=20)
        pagina.parrafo("Ninguna.")
    pagina.seccion(f"3. Factores que contribuyeron y dificultaron, y medidas correctivas, {_de_que(encargo)}", con=70)
    escribir_factores(pagina)
    pagina.seccion("4. Modificaciones a las metas", con=50)
    escribir_modificaciones(pagina, cifras)
    pagina.seccion("Cómo se calculó", con=60)
    for texto in _notas(encargo):
        pagina.parrafo(texto, "nota")
    for n, alto in enumerate(_FIRMAS):
        pagina.agregar(alto, con=sum(_FIRMAS[n + 1 :]))
    fin = firmar(hoja, encargo.formato.principal.firmas, ANCHOS, pagina.fila - len(_FIRMAS) + 1, estilos)
    configurar_impresion(hoja, papel=encargo.papel, area=(1, 1, fin, ULTIMA), pie=encargo.pie)
    hoja.set_print_scale(pagina.escala)
    hoja.set_h_pagebreaks(pagina.cortes)


def _de_que(encargo: EncargoPOI) -> str:
    """Los factores se escriben por trimestre, aunque se evalúe un mes."""
    periodo = encargo.periodo.como_trimestre if len(encargo.trimestres) == 1 else encargo.periodo
    return periodo.del_periodo


def _escribir_cabeza(pagina: Pagina) -> None:
    encargo, estilos = pagina.encargo, pagina.estilos
    libro, periodo = encargo.revision.libro, encargo.periodo
    titulo = f"Informe de evaluación del {encargo.formato.titulo} {periodo.ejercicio} {periodo.al_periodo}"
    pagina.combinar(pagina.agregar(24), 1, ULTIMA, f"{titulo}{encargo.marca}", estilos("titulo"))
    pagina.combinar(pagina.agregar(14), 1, ULTIMA, f"{encargo.formato.fuente}, artículo 12",
                    estilos("nota", align="center"))
    datos = (
        ("Unidad orgánica", encargo.quien), ("Gerencia", str(libro.campo("gerencia").valor or "—")),
        ("Periodo evaluado", f"{periodo.nombre} · corte al {encargo.corte:%d/%m/%Y}"),
        ("Archivo recibido", libro.archivo), ("Estado", estado(encargo)),
    )
    for rotulo, texto in datos:
        fila = pagina.agregar(alto_de_fila([(texto, ancho_combinado(ANCHOS[2:]))], minimo=15))
        pagina.combinar(fila, 1, 2, rotulo, estilos("etiqueta"))
        extra = {"bg_color": color_de_estado(encargo)} if rotulo == "Estado" else {}
        pagina.combinar(fila, 3, ULTIMA, texto, estilos("celda", border=0, **extra))
    fila = pagina.agregar(15)
    pagina.hoja.write_url(fila - 1, 0, "internal:'Observaciones'!A1", estilos("enlace"), encargo.cuantas_observaciones)


def _notas(encargo: EncargoPOI) -> tuple[str, ...]:
    return (
        (
            f"Las cifras salen de su archivo y van de enero a lo que se evalúa ({encargo.periodo.al_periodo}); son "
            "fórmulas que puede seguir a las hojas Al periodo y año, Cifras, Programación, Valorización y Seguimiento."
        ),
        (
            "% = ejecutado ÷ programado × 100. Variación = ejecutado − programado. Brecha = % financiero − % físico, "
            "en puntos; la de la unidad, % financiero del total en soles − media física. En las actividades "
            "acumulativas los meses se suman; en las recurrentes lo programado es la meta y lo ejecutado, la media de "
            "los meses vencidos."
        ),
        (
            f"A la media entran las actividades con % (100 como máximo) y las que dicen «{Estado.SIN_REPORTE}», que "
            f"cuentan 0. {encargo.semaforo} Fuente: {encargo.perfil.fuente}."
        ),
    )
