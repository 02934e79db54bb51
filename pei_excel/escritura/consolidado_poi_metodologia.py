"""Los temas de la hoja «Metodología» del POI: cómo se calcula cada cifra y qué es oficial."""

from __future__ import annotations

from collections.abc import Iterator

from pei_excel.escritura.consolidado_comun import cobertura_que_cabe
from pei_excel.mensual import ACUMULACIONES_MENSUALES
from pei_excel.tablas import Tablas
from pei_excel.textos import enumerar

OFICIAL = "Directiva N° 003-2016-MPH/17"
CRITERIO = "Criterio de este programa"
USO = "Uso común en la evaluación de planes operativos (visto; no es norma de la municipalidad)"

#: Columna donde va cómo se hace cada cosa, y líneas que en su celda pueden darse a la cobertura: caben unas treinta.
ANCHO_DE_TEXTO, LINEAS_DE_COBERTURA = 88.0, 22

Tema = tuple[str, str, tuple[str, ...]]


def sobre_el_caracter(tablas: Tablas) -> tuple[str, ...]:
    """Qué significa que las cifras sean preliminares o definitivas."""
    if tablas.cierre is None:
        return ("Las cifras pueden cambiar hasta que el periodo se cierre.",)
    return ("El periodo está cerrado: estas cifras sólo cambian si se reabre y se cierra otra versión.",
            *(f"{frase}." for frase in tablas.cierre.frases))


def temas_del_poi(tablas: Tablas) -> Iterator[Tema]:
    """(tema, fuente, oraciones)."""
    perfil = tablas.perfil
    formas = [r.actividad.forma for r in tablas.renglones]
    cuantas = [f"{formas.count(f)} de {f}" for f in ACUMULACIONES_MENSUALES if f in formas]
    yield "Qué informes entran", CRITERIO, (
        "Los aceptados y los observados.",
        ("Un informe observado tiene errores por corregir: se consolida con las cifras recalculadas de sus meses y va "
        "marcado."),
        ("Los rechazados (ilegibles, de otro periodo o sin una columna esencial) y los sustituidos por otra entrega no "
        "entran."),
        f"Cobertura: {cobertura_que_cabe(tablas, ANCHO_DE_TEXTO, LINEAS_DE_COBERTURA)}.",
    )
    yield tablas.caracter, CRITERIO, sobre_el_caracter(tablas)
    yield "Horizontes", CRITERIO, (
        (f"Al periodo: de enero al fin del periodo ({tablas.periodo.nombre}); es el que llevan la valoración y los "
        "promedios."),
        "Anual: contra lo programado en los doce meses; sólo se valora al cierre del ejercicio.",
        "Un mes de un trimestre sin terminar sólo vence si el periodo se pide por mes.",
    )
    yield "Cómo se unen las hojas", CRITERIO, (
        ("Cada actividad reúne por su código lo que dicen Programación, Valorización, Necesidades, Seguimiento y "
        "Evaluación; nunca por el lugar de su fila."),
    )
    yield "Acumulación", USO, (
        "Acumulativo: los meses suman la meta.",
        ("Recurrente mensual: cada mes programado es la meta. Recurrente trimestral: lo son marzo, junio, septiembre y "
        "diciembre."),
        ("En las recurrentes lo programado de cualquier horizonte es la meta, y lo ejecutado, la media de los meses "
        "vencidos. Lo vacío no cuenta."),
        *((f"Aquí hay {enumerar(cuantas)}.",) if cuantas else ()),
    )
    yield "% y variación", CRITERIO, (
        "% físico: ejecutado ÷ programado × 100. % financiero: devengado ÷ costo programado × 100.",
        ("Un % sólo compara lo que se leyó por los dos lados. Los soles de una actividad cuyo costo o devengado no se "
        "pudo leer se suman a los totales y no entran a ningún % financiero; lo que queda fuera se muestra aparte."),
        "Variación: ejecutado − programado (negativa si falta).",
        ("Brecha físico-financiera: % financiero − % físico al periodo, en puntos; en un grupo, su % financiero menos "
        "su media física."),
    )
    yield "Estados", CRITERIO, (
        "No programado: no hay meta en el horizonte. Sin reporte: ya toca y no hay cifra; un 0 es un reporte.",
        "Ejecución sin programación: hay ejecutado sin meta. Un 0 escrito después del periodo cuenta como vacío.",
        ("No se pudo leer: falta la hoja o la columna de algún mes que cuenta, o hay en él algo que no es una cifra; "
        "no tiene % ni variación."),
        "Las filas que no se ubican por su código no entran a los totales y se nombran en Resumen.",
    )
    yield "Medias", CRITERIO, (
        "Media pesada por el costo anual" if tablas.ponderado else "Media simple",
        "entre actividades (nunca media de medias) del % físico al periodo topado a 100, con su n.",
        ("«Sin reporte» entra como 0. «No programado», «Por vencer», «Ejecución sin programación» y «No se pudo leer» "
        "quedan fuera y se cuentan."),
    )
    yield "Los dos árboles", CRITERIO, (
        "Actividad → AEI → OEI → institución, y actividad → unidad → gerencia → institución.",
        "Los soles se suman. Lo físico sólo se suma dentro de una misma unidad de medida.",
    )
    yield "OEI y AEI", f"{OFICIAL}, Anexo 01 (los códigos de las AEI, criterio de este programa)", (
        "Los doce objetivos del anexo son OEI.01 a OEI.12.",
        "Los códigos de las AEI (una por estrategia, en su orden) son de este programa.",
    )
    yield "Presupuesto", OFICIAL, (
        "Necesidades por tipo de gasto frente al techo de cada unidad (artículos 8.2.2 y 8.4).",
        "Costo anual: la suma de los doce meses de Valorización. Devengado: la de Seguimiento, hasta el periodo.",
    )
    yield "Meta inicial", CRITERIO, (
        ("La meta vigente con las modificaciones registradas deshechas, la más nueva primero (artículo 8.2.3); sólo se "
        "muestra donde hubo cambio."),
    )
    yield "Valoración", perfil.oficial or perfil.fuente, (f"Perfil: {perfil.etiqueta}.", f"{perfil.describir()}.")
    yield "Requieren atención", CRITERIO, (
        ("Actividades debajo del verde o sin reporte al periodo: primero el menor % topado y, si empatan, la de más "
        "soles programados."),
        "Requieren explicación: las mismas y las que rebasan el límite del semáforo.",
    )
    yield "Curvas acumuladas", CRITERIO, (
        ("Físico: media, entre las actividades con programación, de la suma de sus meses como % de la del año, topada "
        "a 100; en las recurrentes también se suman los meses."),
        "Soles: suma de los meses de las actividades que entran al % financiero.",
    )
    yield "Cómo seguir una cifra", CRITERIO, (
        ("Cada total cuenta, promedia o suma la hoja «Actividades»; cada actividad se calcula de sus meses, a la "
        "derecha de la misma hoja, y dice el archivo, las hojas y las filas de donde salieron. La celda de cada mes "
        "está en «Datos»."),
    )
