"""Las hojas `Observaciones` y `Resumen` de un libro de evaluación."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from pei_excel.calculos import promedio
from pei_excel.correcciones import Pendiente, atendidas, respecto
from pei_excel.escritura.estilos import SEMAFORO, SEVERIDAD, Estilos
from pei_excel.escritura.evaluacion_bloques import columnas_de_evaluacion
from pei_excel.escritura.evaluacion_encargo import Encargo, EncargoDeEvaluacion
from pei_excel.escritura.hoja import LibroNuevo, combinar, configurar_impresion, escribir_formula, escribir_valor, rango
from pei_excel.escritura.medidas import alto_de_fila, ancho_combinado, renglones
from pei_excel.escritura.observaciones import (
    PARA_LA_UNIDAD,
    Observada,
    anchos_de_tabla,
    escribir_tabla_de_observaciones,
)
from pei_excel.hallazgo import Hallazgo, Severidad
from pei_excel.lectura.decisiones import VISIBLES
from pei_excel.revision import Suerte
from pei_excel.tablas import PROMEDIADOS, palabras
from pei_excel.textos import cuenta, enumerar
from pei_excel.ubicacion import letra

HOJA_OBSERVACIONES = "Observaciones"
HOJA_RESUMEN = "Resumen"
ATENDIDAS = "Atendidas desde su entrega anterior"
SIN_OBSERVACIONES = "Su informe no tiene observaciones. Gracias."

_ANCHOS = (30.0, 16.0, 16.0, 62.0)
_PLURAL = {"Componente": "Componentes", "Actividad": "Actividades"}


def escribir_observaciones(
    libro: LibroNuevo, encargo: EncargoDeEvaluacion, observadas: Sequence[Observada],
    columnas: Sequence[str] = PARA_LA_UNIDAD,
) -> None:
    """La hoja `Observaciones`: sólo lo que la unidad debe leer, con su celda, su remedio y un vínculo."""
    hoja, estilos = libro.hoja(HOJA_OBSERVACIONES), libro.estilos
    recibido = encargo.revision.libro
    hoja.hide_gridlines(2)
    hoja.write_string(0, 0, f"Observaciones a su informe{encargo.marca}", estilos("subtitulo"))
    quien = " · ".join(str(x) for x in (recibido.unidad, recibido.programa, encargo.periodo.nombre) if x)
    atendidas_ = atendidas(encargo.revision)
    if encargo.revision.anterior is not None:
        n = columnas.index("mensaje")
        columnas = (*columnas[:n], "respecto", *columnas[n:])
        desde = respecto(encargo.revision)
        observadas = [o._replace(respecto=desde[id(o.hallazgo)]) for o in observadas]
    anchos = anchos_de_tabla(columnas)
    _a_lo_ancho(hoja, 2, f"Archivo recibido: {recibido.archivo}", estilos("etiqueta"), anchos, estilos)
    _a_lo_ancho(hoja, 3, quien, estilos("texto"), anchos, estilos)
    if observadas:
        hoja.write_string(3, 0, _conteo(encargo.hallazgos), estilos("texto"))
        fin = escribir_tabla_de_observaciones(hoja, 6, observadas, columnas, estilos)
        hoja.freeze_panes(6, 0)
    else:
        for numero, ancho in enumerate(anchos):
            hoja.set_column(numero, numero, ancho)
        hoja.write_string(5, 0, SIN_OBSERVACIONES, estilos("subtitulo"))
        fin = 6
    if atendidas_:
        fin = _escribir_atendidas(hoja, fin + 2, atendidas_, anchos, estilos)
        gracias = f"Gracias: atendió {_de_antes(len(atendidas_))}; están al final de esta hoja."
        hoja.write_string(4, 0, gracias, estilos("etiqueta"))
    hoja.set_row(0, 20)
    configurar_impresion(
        hoja, papel=encargo.papel, area=(1, 1, fin, len(anchos)), repetir=(6, 6) if observadas else None,
        pie=encargo.pie,
    )


def _a_lo_ancho(
    hoja: Any, fila: int, texto: str, formato: Any, anchos: Sequence[float], estilos: Estilos
) -> None:
    """Un texto en una línea; si no cabe en lo que se imprime, doblado a todo lo ancho."""
    ancho = ancho_combinado(anchos) * 0.93  # puede ir en negritas
    if renglones(texto, ancho) > 1:
        formato = estilos.variante(formato, text_wrap=True, valign="top")
        combinar(hoja, (fila, 1), (fila, len(anchos)), formato)
        hoja.set_row(fila - 1, alto_de_fila([(texto, ancho)]))
    hoja.write_string(fila - 1, 0, texto, formato)


def _de_antes(cuantas: int) -> str:
    return cuenta(cuantas, "observación", "observaciones") + " a su entrega anterior"


def _escribir_atendidas(
    hoja: Any, fila: int, lista: Sequence[Pendiente], anchos: Sequence[float], estilos: Estilos
) -> int:
    """El cuadro de lo que se observó a la entrega anterior y ya no está; da la última fila."""
    hoja.write_string(fila - 1, 0, ATENDIDAS, estilos("subtitulo"))
    hoja.set_row(fila - 1, 18)
    # Ocupa las columnas de la tabla de arriba: las dos primeras sueltas y lo demás para lo que se había encontrado.
    tramos = ((1, 1), (2, 2), (3, 3), (4, 5), (6, len(anchos)))
    titulos = ("N.º", VISIBLES["severidad"], VISIBLES["regla"], "Celda en la entrega anterior", VISIBLES["mensaje"])
    banda, celda = estilos("banda"), estilos("celda")
    centrada = estilos("celda", align="center")
    for n, valores in enumerate([titulos, *_filas_de_atendidas(lista)]):
        numero = fila + 1 + n
        textos = []
        for (desde, hasta), valor in zip(tramos, valores, strict=True):
            formato = banda if n == 0 else celda if desde > 3 else centrada
            if desde < hasta:
                combinar(hoja, (numero, desde), (numero, hasta), formato)
            escribir_valor(hoja, numero, desde, valor, formato, estilos)
            textos.append((str(valor), ancho_combinado(anchos[desde - 1 : hasta])))
        hoja.set_row(numero - 1, alto_de_fila(textos, minimo=18))
    return fila + 1 + len(lista)


def _filas_de_atendidas(lista: Sequence[Pendiente]) -> Iterator[tuple[int | str, ...]]:
    for n, una in enumerate(lista, 1):
        donde = " · ".join(x for x in (una.hoja, una.celda) if x) or "todo el archivo"
        yield n, una.severidad, una.regla, donde, una.mensaje


def _conteo(hallazgos: Sequence[Hallazgo]) -> str:
    """«3 observaciones: 1 debe corregirse, 2 por aclarar.»."""
    cuantos = Counter(h.severidad for h in hallazgos)
    partes = [
        (Severidad.ERROR, "debe corregirse", "deben corregirse"), (Severidad.AVISO, "por aclarar", "por aclarar"),
        (Severidad.NOTA, "para su conocimiento", "para su conocimiento"),
    ]
    dichas = enumerar(cuenta(cuantos[s], uno, varios) for s, uno, varios in partes if cuantos[s])
    return f"{cuenta(len(hallazgos), 'observación', 'observaciones')}: {dichas}."


def escribir_resumen(libro: LibroNuevo, encargo: Encargo) -> None:
    """La hoja `Resumen`: de quién es, cómo quedó, promedios y conteos vivos, y cómo se calculó."""
    hoja, estilos = libro.hoja(HOJA_RESUMEN), libro.estilos
    hoja.hide_gridlines(2)
    for numero, ancho in enumerate(_ANCHOS):
        hoja.set_column(numero, numero, ancho)
    titulo = f"Resumen de la evaluación {encargo.periodo.al_periodo} de {encargo.periodo.ejercicio}{encargo.marca}"
    hoja.write_string(0, 0, titulo, estilos("subtitulo"))
    hoja.set_row(0, 20)
    fila = _escribir_identidad(hoja, encargo, estilos, 3)
    fila = _escribir_promedios(hoja, encargo, estilos, fila + 1)
    fila = _escribir_conteos(hoja, encargo, estilos, fila + 1)
    hoja.write_string(fila, 0, "Cómo se calculó", estilos("subtitulo"))
    hoja.set_row(fila, 18)
    parrafo = estilos("parrafo")
    for texto in _explicacion(encargo):
        fila += 1
        combinar(hoja, (fila + 1, 1), (fila + 1, 4), parrafo)
        hoja.write_string(fila, 0, texto, parrafo)
        hoja.set_row(fila, alto_de_fila([(texto, ancho_combinado(_ANCHOS))]))
    configurar_impresion(hoja, papel=encargo.papel, area=(1, 1, fila + 1, 4), pie=encargo.pie, horizontal=False)


def _escribir_identidad(hoja: Any, encargo: Encargo, estilos: Estilos, fila: int) -> int:
    recibido = encargo.revision.libro
    etiqueta, valor = estilos("etiqueta"), estilos("celda")
    datos = (
        ("Unidad Responsable", str(recibido.unidad or recibido.campo("unidad").crudo or "—")),
        ("Programa Presupuestario", str(recibido.programa or recibido.campo("programa").crudo or "—")),
        ("Periodo", encargo.periodo.nombre),
        ("Fecha de corte", f"{encargo.corte:%d/%m/%Y}"),
        ("Archivo recibido", recibido.archivo),
        ("Estado del informe", estado(encargo)),
    )
    for numero, (rotulo, texto) in enumerate(datos, fila):
        relleno = color_de_estado(encargo) if rotulo.startswith("Estado") else None
        formato = estilos("celda", bg_color=relleno) if relleno else valor
        hoja.write_string(numero - 1, 0, rotulo, etiqueta)
        combinar(hoja, (numero, 2), (numero, 4), formato)
        hoja.write_string(numero - 1, 1, texto, formato)
        hoja.set_row(numero - 1, alto_de_fila([(texto, ancho_combinado(_ANCHOS[1:]))], minimo=16))
    return fila + len(datos)


def estado(encargo: EncargoDeEvaluacion) -> str:
    """Cómo quedó el informe y qué le falta, en una frase."""
    palabra = encargo.revision.estado.value.capitalize()
    por_corregir = sum(h.severidad is Severidad.ERROR for h in encargo.hallazgos)
    if encargo.revision.estado is Suerte.OBSERVADO and por_corregir:
        return f"{palabra}: {cuenta(por_corregir, 'dato debe', 'datos deben')} corregirse. Vea la hoja Observaciones."
    if encargo.revision.estado is Suerte.ACEPTADO and encargo.hallazgos:
        return f"{palabra}, con {cuenta(len(encargo.hallazgos), 'observación', 'observaciones')} por atender."
    return f"{palabra}."


def color_de_estado(encargo: EncargoDeEvaluacion) -> str:
    """Relleno con que se muestra `estado`."""
    return SEMAFORO["verde"][0] if encargo.revision.estado is Suerte.ACEPTADO else SEVERIDAD["ERROR"]


def _rango(encargo: Encargo, clave: str) -> str:
    """Rango de una de nuestras columnas en la hoja reconstruida."""
    columnas = columnas_de_evaluacion(encargo.periodo)
    desplazamiento = next(n for n, c in enumerate(columnas) if c.clave == clave)
    oficiales = sum(not c.auxiliar for c in encargo.hoja.columnas)
    desde, hasta = encargo.filas
    return rango(encargo.hoja.clave, desde, letra(oficiales + 1 + desplazamiento), max(desde, hasta))


def _escribir_promedios(hoja: Any, encargo: Encargo, estilos: Estilos, fila: int) -> int:
    """Media topada de Componentes y de Actividades, por separado, y cuántos indicadores entran."""
    _encabezar(hoja, estilos, fila, ("Cumplimiento al periodo", "Promedio (%)", "Indicadores"))
    clase, topado = _rango(encargo, "clase"), _rango(encargo, "topado")
    for numero, nivel in enumerate(PROMEDIADOS, fila + 1):
        topados = [
            t for i in encargo.indicadores
            if i.clase == nivel and (t := i.al_periodo.cumplimiento.topado) is not None
        ]
        media = promedio(topados)
        hoja.write_string(numero - 1, 0, _PLURAL[nivel], estilos("celda"))
        escribir_formula(
            hoja, numero, 2, f'IFERROR(AVERAGEIFS({topado},{clase},"{nivel}"),"–")',
            estilos("celda", align="right", num_format="0.0"), "–" if media is None else media,
        )
        escribir_formula(
            hoja, numero, 3, f'SUMPRODUCT(({clase}="{nivel}")*ISNUMBER({topado}))',
            estilos("celda", align="right", num_format="0"), len(topados),
        )
    return fila + len(PROMEDIADOS) + 1


def _escribir_conteos(hoja: Any, encargo: Encargo, estilos: Estilos, fila: int) -> int:
    """Cuántos indicadores dice cada palabra del semáforo al periodo."""
    _encabezar(hoja, estilos, fila, ("Semáforo al periodo", "Indicadores"))
    cuantos = Counter(i.palabra("al_periodo") for i in encargo.indicadores)
    colores = {b.palabra: b.color for b in encargo.perfil.bandas}
    dichas = _rango(encargo, "al_periodo_semaforo")
    numero_formato = estilos("celda", align="right", num_format="0")
    numero = fila
    for numero, palabra in enumerate(palabras(encargo.perfil), fila + 1):
        color = SEMAFORO.get(colores.get(palabra, ""))
        formato = estilos("celda", bg_color=color[0], font_color=color[1]) if color else estilos("celda")
        hoja.write_string(numero - 1, 0, palabra, formato)
        escribir_formula(hoja, numero, 2, f"COUNTIF({dichas},A{numero})", numero_formato, cuantos[palabra])
    hoja.write_string(numero, 0, "Total", estilos("celda", bold=True))
    escribir_formula(
        hoja, numero + 1, 2, f"SUM(B{fila + 1}:B{numero})", estilos("celda", align="right", num_format="0", bold=True),
        len(encargo.indicadores),
    )
    return numero + 2


def _encabezar(hoja: Any, estilos: Estilos, fila: int, titulos: Sequence[str]) -> None:
    for numero, titulo in enumerate(titulos):
        hoja.write_string(fila - 1, numero, titulo, estilos("banda"))
    hoja.set_row(fila - 1, 18)


def _explicacion(encargo: Encargo) -> tuple[str, ...]:
    cierra = encargo.periodo.cierra_el_ejercicio
    cierre = "se califica porque el ejercicio cierra" if cierra else "no se califica hasta que el ejercicio cierra"
    return (
        (
            "Las cifras salen de su archivo; los acumulados, diferencias y porcentajes los calculamos de nuevo con "
            f"fórmulas que puede revisar en la hoja {encargo.hoja.clave}."
        ),
        (
            "Trimestre es el que se reporta; al periodo va de enero al cierre del trimestre que se reporta; anual "
            f"compara lo alcanzado con la meta del año y {cierre}."
        ),
        (
            "Los trimestres se acumulan como lo dice la columna Acumulación; si su archivo no la tiene, se suman, "
            "salvo que su acumulado programado corresponda a otra forma."
        ),
        (
            "En un indicador Ascendente el % es alcanzado entre programado; en uno Descendente, programado entre "
            "alcanzado; en Regular y Nominal, 100 menos la desviación. Lo que no tiene meta programada se dice con "
            "palabras y no se promedia."
        ),
        (
            "El promedio de Componentes y el de Actividades se calculan por separado: cada indicador cuenta 100 como "
            "máximo y lo que no se reportó cuenta 0. Fin y Propósito no se promedian."
        ),
        f"{encargo.semaforo} Fuente: {encargo.perfil.fuente}.",
    )
