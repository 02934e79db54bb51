"""La exportación plana del aplicativo nacional de planes operativos, como datos: un renglón por actividad.

Fuente: exportaciones de ese sistema (vistas; no hay una norma que fije sus columnas). Los títulos y las letras cambian
entre versiones: aquí están los que se conocen, y se buscan por título, nunca por lugar. De cada exportación sale un POI
por centro de costo, con los mismos datos y las mismas reglas que un libro de la plantilla.

Lecturas de este programa, que el aplicativo no dice:

- `ACUMULADO` «SI» es *Acumulativo* y «NO», *Recurrente mensual*.
- La meta anual es el total programado; en una recurrente, lo programado de cada mes si es igual en todos.
- El centro de costo es la unidad orgánica y su responsable, la gerencia.
- De dos programaciones (la aprobada y la reprogramada) vale la reprogramada, que es la vigente.
- Los motivos son los factores que dificultaron; si vienen en una sola columna, los del periodo que se pide.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pei_excel.formato import Apertura, Campo, Columna, Formato, Hoja, por_mes
from pei_excel.formatos.poi import POI, PROGRAMACION
from pei_excel.mensual import ACUMULATIVO, MENSUAL
from pei_excel.tipos import ClaveYNombre, Opcion, Texto, Tipo

#: Valor de `Libro.origen` de los POI que salen de una exportación.
APLICATIVO = "aplicativo"

#: Mes de la columna de motivos que no dice de cuál es.
SIN_MES = 0


def _como_en_el_poi(clave: str, titulo: str, *sinonimos: str, tipo: Tipo | None = None) -> Columna:
    """Columna que en el POI está en `Programación`, con el mismo tipo."""
    return Columna(clave=clave, titulo=titulo, tipo=tipo or PROGRAMACION.por_clave[clave].tipo, sinonimos=sinonimos,
                   obligatoria=False)


def _campo(clave: str, titulo: str, *sinonimos: str, tipo: Tipo | None = None) -> Columna:
    """Columna que en el POI es un campo del bloque."""
    propio = next((c.tipo for c in PROGRAMACION.campos if c.clave == clave), Texto())
    return Columna(clave=clave, titulo=titulo, tipo=tipo or propio, sinonimos=sinonimos, obligatoria=False)


EXPORTACION = Hoja(
    "Exportación",
    "Exportación del aplicativo",
    columnas=(
        _campo("ejercicio", "AÑO", "YEAR", "ANIO", "AÑO_FISCAL", "EJERCICIO", "PERIODO_ANUAL"),
        _campo("ejecutora", "UE", "UNIDAD_EJECUTORA", "UE_ID", "EJECUTORA"),
        _campo("gerencia", "CC_RESPONSABLE", "CENTRO_COSTO_RESPONSABLE", "GERENCIA"),
        _campo("unidad_clave", "CENTRO_COSTOS_ID", "CENTRO_COSTO_ID", "CC_ID", "ID_CENTRO_COSTO", "COD_CENTRO_COSTO",
               "CODIGO_CENTRO_COSTO", tipo=Texto()),
        _campo("unidad", "CENTRO_COSTOS", "CENTRO_COSTO", "CENTRO DE COSTO", "CENTRO DE COSTOS", "UNIDAD ORGÁNICA",
               tipo=ClaveYNombre(ejemplo="03.01 - Nombre del centro de costo")),
        _como_en_el_poi("oei", "OEI", "COD_OEI", "CODIGO_OEI", "OEI_ID", "ID_OEI"),
        _como_en_el_poi("objetivo", "OBJETIVO_ESTRATEGICO", "OBJETIVO_ESTRATEGICO_INSTITUCIONAL", "NOMBRE_OEI"),
        _como_en_el_poi("aei", "AEI", "COD_AEI", "CODIGO_AEI", "AEI_ID", "ID_AEI"),
        _como_en_el_poi("accion", "ACCION_ESTRATEGICA", "ACCION_ESTRATEGICA_INSTITUCIONAL", "NOMBRE_AEI"),
        _como_en_el_poi("codigo", "ACTIVIDAD_OPERATIVA_ID", "AO_ID", "ID_AO", "COD_AO", "CODIGO_AO",
                        "ID_ACTIVIDAD_OPERATIVA", "COD_ACTIVIDAD_OPERATIVA", "CODIGO_ACTIVIDAD_OPERATIVA"),
        _como_en_el_poi("actividad", "ACTIVIDAD_OPERATIVA", "NOMBRE_ACTIVIDAD_OPERATIVA", "ACTIVIDAD OPERATIVA (AO)",
                        "NOMBRE_AO", "DENOMINACION_AO"),
        _como_en_el_poi("unidad_medida", "UNIDAD_MEDIDA", "UNIDAD_DE_MEDIDA", "UM"),
        _campo("trazadora", "TRAZADORA_TAREA", "TRAZADORA", tipo=Texto()),
        _como_en_el_poi("acumulacion", "ACUMULADO", "ES_ACUMULADO", "ACUMULABLE", "TIPO_ACUMULACION", tipo=Opcion(
            opciones=(ACUMULATIVO, MENSUAL), estricta=True, sinonimos={
                **dict.fromkeys(("SI", "S", "1", "VERDADERO", "TRUE", "ACUMULADO", "ACUMULABLE"), ACUMULATIVO),
                **dict.fromkeys(("NO", "N", "0", "FALSO", "FALSE", "NO ACUMULADO", "NO ACUMULABLE"), MENSUAL),
            },
        )),
        *por_mes("programado", banda="Programado", total="TOTAL", esencial=True),
        *por_mes("ejecutado", banda="Ejecutado", total="TOTAL"),
        *(Columna(clave=f"motivo_m{mes}", titulo="MOTIVOS", tipo=Texto(), medida="motivo", mes=mes or None,
                  obligatoria=False)
          for mes in range(SIN_MES, 13)),
    ),
    llave=("codigo",),
)

#: Sin estas columnas (y, de cada grupo, al menos una) no es una exportación.
SENAS: tuple[tuple[str, ...], ...] = (("codigo",), ("actividad",), ("unidad_clave", "unidad"))

#: Palabras con que un título de mes dice su medida: «PROG_ENE», «F_SE_02», «Meta física programada enero 26».
PALABRAS_DE_MEDIDA: dict[str, frozenset[str]] = {
    "motivo": frozenset({"motivo", "motivos", "detalle", "justificacion", "limitacion", "observacion"}),
    "ejecutado": frozenset({"ejec", "ej", "e", "ejecutado", "ejecutada", "ejecucion", "se", "fse", "seg",
                            "seguimiento", "avance", "realizado", "logrado"}),
    "reprogramado": frozenset({"re", "fre", "fr", "rep", "repr", "reprog", "reprogramado", "reprogramada",
                               "reprogramacion", "modificado", "modificada", "vigente"}),
    "programado": frozenset({"prog", "pr", "p", "po", "fpo", "programado", "programada", "programacion", "meta"}),
}
#: Palabras que acompañan a las de medida sin cambiarla.
PALABRAS_DE_PASO = frozenset({"f", "fis", "fisico", "fisica", "m", "mes", "mensual", "de", "del", "la", "valor"})
#: Con cualquiera de éstas, la cifra no es física: la exportación no la aporta al POI.
PALABRAS_DE_DINERO = frozenset({"fin", "financiero", "financiera", "soles", "s", "costo", "monto", "pim", "pia",
                                "presupuesto", "devengado", "girado", "certificado"})
PALABRAS_DE_TOTAL = frozenset({"total", "anual"})

#: Reglas que no se aplican a lo que viene del aplicativo, y por qué.
NO_SE_APLICAN: dict[str, str] = {
    "POI002": "la exportación no trae costos",
    "POI003": "la exportación no trae costos, necesidades ni techo",
    "POI007": "la exportación no trae costos",
    "POI010": "la exportación no trae elementos críticos",
    "POI013": "es una sola hoja: no hay otras que unir por código",
    "SEG003": "la exportación no dice hasta qué mes se informa",
    "SEG005": "la exportación no trae medios de verificación",
    "SEG012": "la exportación no trae devengado",
}
#: Campos del bloque que la exportación no puede traer.
CAMPOS_QUE_NO_TRAE = frozenset({"gerencia", "techo", POI.campo_periodo})


def por_completar(campos: Iterable[str], columnas: Iterable[tuple[str, str]]) -> Formato:
    """El POI con campos y columnas abiertos también en seguimiento: lo que la exportación no trajo lo llena la unidad.

    En las hojas que quedan abiertas hay un renglón por actividad, sin renglones libres, si se llenan por actividad.
    """
    abiertos, abiertas = set(campos), set(columnas)

    def abrir_campo(campo: Campo) -> Campo:
        return replace(campo, abierto=True) if campo.clave in abiertos else campo

    def abrir_hoja(hoja: Hoja) -> Hoja:
        propias = {clave for h, clave in abiertas if h == hoja.clave}
        if not propias and not (hoja is PROGRAMACION and abiertos):
            return hoja
        return replace(
            hoja, campos=tuple(abrir_campo(c) for c in hoja.campos),
            columnas=tuple(replace(c, apertura=Apertura.SIEMPRE) if c.clave in propias else c for c in hoja.columnas),
            completa=hoja.completa or (hoja.por_renglon == 1 and bool(propias)),
        )

    return replace(
        POI, hojas=tuple(abrir_hoja(h) for h in POI.hojas),
        que_se_informa=f"{POI.que_se_informa} Complete también las celdas amarillas que estén vacías: la exportación "
        "del aplicativo no traía esos datos.",
    )
