"""Los formatos de transparencia (fracciones IV, V y VI del artículo 70, México) como página de datos.

Qué campos tiene cada fracción y cómo es el libro que se sube. Fuente: archivos publicados en la plataforma (visto). Los
identificadores, los tipos y los títulos exactos los dice el catálogo de la oficina, hoja «Transparencia»; aquí están
los que se conocen, con los que sale su plantilla en blanco.
"""

from __future__ import annotations

from typing import NamedTuple

#: Nombre del libro de una fracción.
ARCHIVO = "fraccion-{fraccion}.xlsx"
#: Hoja principal del libro que se sube, y sus filas.
REPORTE = "Reporte de Formatos"
ROTULOS = ("TÍTULO", "NOMBRE CORTO", "DESCRIPCIÓN")
COLUMNAS_DE_ROTULO = 3  #: cada rótulo, y su valor, se combina en tres columnas
FILA_FORMATO, FILA_ROTULOS, FILA_VALORES, FILA_TIPOS, FILA_CAMPOS, FILA_TABLA, FILA_TITULOS, FILA_DATOS = range(1, 9)
OCULTAS = (FILA_FORMATO, FILA_TIPOS, FILA_CAMPOS)
TABLA_CAMPOS = "Tabla Campos"
#: Hoja de un catálogo: un valor por fila en la columna A, con un nombre para su rango.
HOJA_DE_CATALOGO = "Hidden_{numero}"
NOMBRE_DE_CATALOGO = "Hidden_{numero}{columna}"  #: la columna, contada desde 0
#: Hoja de una subtabla, y sus filas; su primera columna es el ID que lleva la celda de la hoja principal.
HOJA_DE_SUBTABLA = "Tabla_{tabla}"
SUB_TIPOS, SUB_CAMPOS, SUB_TITULOS, SUB_DATOS = range(1, 5)
SUB_ID = "ID"

#: La descarga pública de la plataforma: metadatos en las filas 1–4, títulos en mayúsculas y datos.
HOJA_PUBLICA = "Información"
FILA_TITULOS_PUBLICA, FILA_DATOS_PUBLICA = 6, 7


class TipoDeCampo(NamedTuple):
    """Qué admite la plataforma en un campo."""

    nombre: str
    largo: int | None = None  #: caracteres; None: no es un texto con tope


(TEXTO, TEXTO_LARGO, NUMERO, FECHA, HORA, MONEDA, WEB, ADJUNTO, CATALOGO, TABLA, SEPARADOR, EJERCICIO,
 FECHA_DE_ACTUALIZACION, NOTA) = range(1, 15)
TIPOS = {
    TEXTO: TipoDeCampo("texto", 150), TEXTO_LARGO: TipoDeCampo("texto largo", 4000), NUMERO: TipoDeCampo("número"),
    FECHA: TipoDeCampo("fecha"), HORA: TipoDeCampo("hora"), MONEDA: TipoDeCampo("moneda"),
    WEB: TipoDeCampo("dirección web"), ADJUNTO: TipoDeCampo("archivo"), CATALOGO: TipoDeCampo("catálogo"),
    TABLA: TipoDeCampo("tabla"), SEPARADOR: TipoDeCampo("separador"), EJERCICIO: TipoDeCampo("año"),
    FECHA_DE_ACTUALIZACION: TipoDeCampo("fecha de actualización"), NOTA: TipoDeCampo("nota", 4000),
}
NUMERICOS = frozenset({NUMERO, MONEDA})
DE_FECHA = frozenset({FECHA, FECHA_DE_ACTUALIZACION})
DE_DIRECCION = frozenset({WEB, ADJUNTO})
DIGITOS, DECIMALES = 12, 2  #: lo más que admite un número

SENTIDOS = ("Ascendente", "Descendente")


class CampoDeFraccion(NamedTuple):
    """Un campo que la fracción pide y que se sabe llenar."""

    clave: str
    titulo: str
    palabras: tuple[str, ...]  #: las que trae su título, aunque esté redactado de otra manera (sin acentos)
    tipo: int | None = None  #: None: lo dice el catálogo de la oficina
    id_campo: str | None = None
    opciones: tuple[str, ...] = ()  #: las del catálogo de la plataforma
    subtabla: bool = False  #: es de la subtabla
    exigido: bool = True  #: sin él no se escribe la fracción; False: hay versiones del formato que no lo traen


def _c(clave: str, titulo: str, palabras: str, tipo: int | None = None, id_campo: str | None = None,
       **otros: object) -> CampoDeFraccion:
    return CampoDeFraccion(clave, titulo, tuple(palabras.split()), tipo, id_campo, **otros)  # type: ignore[arg-type]


_INICIO = ("inicio", "Fecha de inicio del periodo que se informa", "fecha inicio", FECHA)
_TERMINO = ("termino", "Fecha de término del periodo que se informa", "fecha termino", FECHA)
_ACTUALIZACION = ("actualizacion", "Fecha de actualización", "fecha actualizacion", FECHA_DE_ACTUALIZACION)
#: De la fracción V en adelante no se conocen identificadores, ni si los textos son cortos o largos.
_DEL_INDICADOR = (
    _c("objetivo", "Objetivo institucional", "objetivo"),
    _c("nombre", "Nombre del indicador", "nombre indicador"),
    _c("dimension", "Dimensión a medir", "dimension"),
    _c("definicion", "Definición", "definicion"),
    _c("metodo", "Método de cálculo", "metodo calculo"),
    _c("unidad_medida", "Unidad de medida", "unidad medida"),
    _c("frecuencia", "Frecuencia de medición", "frecuencia"),
    _c("linea_base", "Línea base", "linea base"),
    _c("programadas", "Metas programadas", "metas programadas"),
    _c("ajustadas", "Metas ajustadas, en su caso", "metas ajustadas"),
    _c("avance", "Avance de metas", "avance"),
    _c("sentido", "Sentido del indicador (catálogo)", "sentido", CATALOGO, opciones=SENTIDOS),
    _c("fuente", "Fuente de información", "fuente informacion"),
    _c("area", "Área responsable", "area responsable"),
    _c(*_ACTUALIZACION),
    _c("nota", "Nota", "nota", NOTA),
)
_DEL_PERIODO = (_c("ejercicio", "Ejercicio", "ejercicio", EJERCICIO), _c(*_INICIO), _c(*_TERMINO))
_PROGRAMA = _c("programa", "Nombre del programa o concepto al que corresponde el indicador", "programa concepto")

#: Fracción → sus campos, en su orden.
FRACCIONES: dict[str, tuple[CampoDeFraccion, ...]] = {
    "IV": (
        _c("ejercicio", "Ejercicio", "ejercicio", EJERCICIO, "348492"),
        _c(*_INICIO, "348500"),
        _c(*_TERMINO, "348501"),
        _c("denominacion", "Denominación del Área", "denominacion area", TEXTO, "348499"),
        _c("objetivo", "Descripción breve y clara de cada objetivo", "descripcion objetivo", TEXTO_LARGO, "348493"),
        _c("indicadores", "Cada uno de sus indicadores y metas", "indicadores metas", TABLA, "348503"),
        _c("sub_nombre", "Indicadores asociados", "indicadores asociados", TEXTO_LARGO, "44864", subtabla=True),
        _c("sub_meta", "Meta del indicador", "meta indicador", TEXTO_LARGO, "44865", subtabla=True),
        _c("sub_unidad", "Unidad de medida", "unidad medida", TEXTO_LARGO, "44866", subtabla=True),
        _c("hipervinculo", "Hipervínculo al documento del programa", "hipervinculo", WEB, "348502"),
        _c("area", "Área(s) responsable(s)", "area responsable", TEXTO_LARGO, "348497"),
        _c("validacion", "Fecha de validación", "fecha validacion", FECHA, "348494", exigido=False),
        _c(*_ACTUALIZACION, "348496"),
        _c("nota", "Nota", "nota", NOTA, "348498"),
    ),
    "V": (*_DEL_PERIODO, *_DEL_INDICADOR),
    "VI": (*_DEL_PERIODO, _PROGRAMA, *_DEL_INDICADOR),
}
#: Niveles de la MIR que publica cada fracción.
NIVELES = {"V": ("Fin", "Propósito"), "IV": None, "VI": None}
#: Con qué artículo sale la plantilla del catálogo; la ley de marzo de 2025 cambió la numeración.
ARTICULO = "Artículo 70 (antes de 2025)"
