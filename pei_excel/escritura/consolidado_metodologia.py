"""La hoja «Metodología»: cómo se calcula cada cifra, en frases, y qué es oficial y qué es criterio de este programa."""

from __future__ import annotations

from collections.abc import Iterator

from pei_excel.escritura.consolidado_comun import cobertura_que_cabe, imprimir, titular
from pei_excel.escritura.consolidado_poi_metodologia import (
    ANCHO_DE_TEXTO,
    LINEAS_DE_COBERTURA,
    sobre_el_caracter,
    temas_del_poi,
)
from pei_excel.escritura.filas_armadas import hoja_de_filas
from pei_excel.escritura.hoja import LibroNuevo
from pei_excel.escritura.medidas import renglones
from pei_excel.tablas import Tablas
from pei_excel.textos import cuenta

_ANCHOS = (28.0, ANCHO_DE_TEXTO, 40.0)
OFICIAL = "Informe Trimestral 2024, Instituto Municipal de Planeación"
CRITERIO = "Criterio de este programa"
USO = "Uso común en sistemas públicos de evaluación (visto; no es norma del municipio)"


def parrafos(tablas: Tablas) -> Iterator[tuple[str, str, str]]:
    """(tema, explicación, fuente)."""
    for tema, fuente, oraciones in temas_del_poi(tablas) if tablas.formato == "POI" else _temas(tablas):
        yield tema, " ".join(oraciones), fuente


def _temas(tablas: Tablas) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    periodo, perfil = tablas.periodo.nombre, tablas.perfil
    no_suma = [r.indicador for r in tablas.renglones if r.indicador.acumulacion != "Suma"]
    adoptadas = sum(not i.acumulacion_declarada for i in no_suma)
    yield "Qué informes entran", CRITERIO, (
        "Los aceptados y los observados.",
        ("Un informe observado tiene errores por corregir: se consolida con las cifras recalculadas de sus trimestres "
        "y va marcado."),
        ("Los rechazados (ilegibles, de otro periodo o sin una columna esencial) y los sustituidos por otra entrega no "
        "entran."),
        f"Cobertura: {cobertura_que_cabe(tablas, ANCHO_DE_TEXTO, LINEAS_DE_COBERTURA)}.",
    )
    yield tablas.caracter, CRITERIO, sobre_el_caracter(tablas)
    yield "Horizontes", CRITERIO, (
        f"En el trimestre: el {periodo} solo.",
        "Al periodo: de enero al fin de ese trimestre; es el que llevan el semáforo y los promedios.",
        "Anual: contra la meta del año; sólo se colorea al cierre del ejercicio.",
    )
    yield "Qué trimestres se miden", USO, (
        "Mensual, Bimestral y Trimestral: los cuatro. Cuatrimestral: 2.º, 3.º y 4.º. Semestral: 2.º y 4.º.",
        "Anual y más largas: el 4.º. Si la primera medición cae después del periodo se dice «Se mide después».",
    )
    yield "Estados", CRITERIO, (
        "No programado: no hay meta en el horizonte. Por vencer: todavía no toca medirlo.",
        "Sin reporte: ya toca y la celda está vacía. Reportado: hay cifra; un 0 es un reporte.",
        "Ejecución sin programación: hay alcanzado sin meta. Un 0 escrito después del periodo cuenta como vacío.",
    )
    yield "% de cumplimiento", CRITERIO, (
        "Ascendente: alcanzado ÷ programado × 100.",
        "Descendente: programado ÷ alcanzado × 100 (100 si lo alcanzado es 0).",
        "Regular y Nominal: 100 − |alcanzado − programado| ÷ programado × 100, no menor que 0.",
        "Con meta 0, un Descendente da 100 si alcanzó 0 y, si no, 0; en los demás no hay porcentaje.",
    )
    yield "Diferencia", OFICIAL, (
        "Programado − alcanzado, como la columna oficial «Variación *»: lo vacío cuenta como 0.",
    )
    yield "Acumulación", CRITERIO, (
        "La que declara cada indicador (Suma, Último, Promedio, Máximo, Mínimo, Constante).",
        "Sin declarar es la suma, salvo que el Acumulado programado la contradiga y otra lo explique: se adopta ésa.",
        (f"Aquí {cuenta(len(no_suma), 'indicador no es', 'indicadores no son', 'ninguno deja de ser')} de suma y "
        f"{cuenta(adoptadas, 'se adoptó', 'se adoptaron', 'ninguna se adoptó')} sin estar declarada."),
        "La hoja «Indicadores» dice la de cada uno.",
    )
    yield "Medias", CRITERIO, (
        ("Media simple entre indicadores (nunca media de medias) del % al periodo topado a 100, con Componentes y "
        "Actividades por separado y su n."),
        ("«Sin reporte» entra como 0. «No programado», «Por vencer», «Se mide después» y «Ejecución sin programación» "
        "quedan fuera y se cuentan."),
        "Fin y Propósito se listan y no se promedian.",
    )
    yield "Por eje", CRITERIO, ("Un programa vinculado a dos ejes cuenta en los dos; por eso los ejes no se suman.",)
    yield "Semáforo", perfil.oficial or perfil.fuente, (f"Perfil: {perfil.etiqueta}.", f"{perfil.describir()}.")
    yield "Requieren atención", CRITERIO, (
        ("Indicadores debajo del verde o sin reporte al periodo, del mayor faltante al menor (menor % topado; si "
        "empatan, mayor diferencia)."),
        "Requieren explicación: los mismos y los que rebasan el límite del semáforo.",
    )
    yield "Ritmo para la meta anual", CRITERIO, (
        ("Se nombra al Componente ascendente de suma cuyo faltante para la meta anual supera más, como parte de esa "
        "meta, a lo programado para los trimestres que restan, y que necesita un ritmo mayor que el que lleva."),
    )
    yield "Avance acumulado", CRITERIO, (
        "Media, entre las Actividades ascendentes de suma de un programa, de lo acumulado como % de su meta anual.",
        "No se suman porcentajes de indicadores distintos.",
    )
    yield "Cómo seguir una cifra", CRITERIO, (
        ("Cada total cuenta o promedia la hoja «Indicadores»; cada indicador se calcula de sus trimestres y dice el "
        "archivo, la hoja y las celdas de donde salieron."),
    )


def escribir_metodologia(libro: LibroNuevo, tablas: Tablas, *, papel: str) -> None:
    """Escribe la hoja."""
    hoja, estilos = hoja_de_filas(libro, "Metodología"), libro.estilos
    titular(hoja, "Metodología de las cifras", tablas, estilos, "«Criterio de este programa»: no es una regla oficial.")
    encabezado, celda = estilos("encabezado", bold=True), estilos("celda", valign="top")
    tema = estilos("celda", bold=True, valign="top")
    for n, (titulo, ancho) in enumerate(zip(("Tema", "Cómo se hace", "Fuente"), _ANCHOS, strict=True)):
        hoja.set_column(n, n, ancho)
        hoja.write_string(3, n, titulo, encabezado)
    fila = 4
    for textos in parrafos(tablas):
        fila += 1
        for n, (texto, formato) in enumerate(zip(textos, (tema, celda, celda), strict=True)):
            hoja.write_string(fila - 1, n, texto, formato)
        lineas = max(renglones(t, a) for t, a in zip(textos, _ANCHOS, strict=True))
        hoja.set_row(fila - 1, lineas * 11.8 + 5)
    hoja.freeze_panes(4, 0)
    imprimir(hoja, tablas, (fila, len(_ANCHOS)), papel=papel)
