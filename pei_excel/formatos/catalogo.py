"""El catálogo de la oficina (`catalogo.xlsx`): institución, unidades, programas, calendario… como página de datos.

No es un formato oficial de ningún municipio ni un informe: lo lleva el área de planeación y de él salen las plantillas
de cada unidad. No tiene periodo que se reporte, nunca se cierra y no se consolida (`Formato.informe`).

- `Institución` sólo lleva campos; las demás hojas son tablas que se unen por clave.
- La historia no se reescribe: una unidad que cambia de nombre o se fusiona conserva su renglón, con su «Vigente
  hasta», y la nueva dice en «Clave anterior» de dónde viene. Los informes viejos siguen siendo de la clave vieja.
"""

from __future__ import annotations

from pei_excel.calculos import ACUMULACIONES
from pei_excel.faltantes import DatosDeLaFila
from pei_excel.formato import Campo, Columna, Formato, Hoja, ListaDeHoja, por_trimestre
from pei_excel.formatos.catalogo_modelo import MODELO, PRECARGADAS
from pei_excel.formatos.comunes import columnas_de_faltantes
from pei_excel.periodos import MIDE
from pei_excel.tipos import Fecha, Numero, Opcion, Texto, Tipo
from pei_excel.tipos_oficina import Clave, Claves, ColorWeb, Correo, Correos, PeriodoDeCalendario

FUENTE = "Criterio de este programa (no es un formato oficial)"

#: País → su clave en la línea de órdenes.
PAISES = {"México": "mx", "Perú": "pe", "El Salvador": "sv"}
#: Clase de alineación → la clase de la que depende.
CLASES_DE_ALINEACION = {"Eje": None, "Objetivo": "Eje", "OEI": None, "AEI": "OEI"}

_SI_NO = Opcion(opciones=("Sí", "No"), estricta=True, sinonimos={"S": "Sí", "N": "No"})
_CLAVES_DE_UNIDAD = ListaDeHoja("Unidades", "clave")
_CLAVES_DE_PROGRAMA = ListaDeHoja("Programas", "clave")
_DINERO = Numero(minimo=0, formato="#,##0.00")
_CARGOS = "Escriba el cargo, no el nombre de la persona."


def _columna(
    clave: str, titulo: str, tipo: Tipo, ancho: float, ayuda: str, *, ejemplo: object = None, falta: bool = True,
    lista: ListaDeHoja | None = None,
) -> Columna:
    """Una columna; `falta`: dejarla vacía es un dato que falta."""
    return Columna(clave=clave, titulo=titulo, tipo=tipo, ancho=ancho, ayuda=ayuda, ejemplo=ejemplo,
                   obligatoria=falta, lista=lista)


def _vigencia() -> tuple[Columna, Columna]:
    return (
        _columna("desde", "Vigente desde", Fecha(), 10.5, "Primer día en que existe con esta clave y este nombre.",
                 ejemplo="01/01/2024"),
        _columna("hasta", "Vigente hasta", Fecha(), 10.5, "Último día; vacío mientras siga vigente.", falta=False),
    )


def _tabla(
    clave: str, titulo: str, columnas: tuple[Columna, ...], *, llave: tuple[str, ...], ayuda: str, por_renglon: int = 0,
) -> Hoja:
    """Una hoja con tabla; las columnas de apoyo que cuentan lo que falta salen de las obligatorias."""
    obligatorias = tuple(c.clave for c in columnas if c.obligatoria)
    apoyo = columnas_de_faltantes(DatosDeLaFila(llave, obligatorias, codigo=llave[0]))
    return Hoja(clave, titulo, (*columnas, *apoyo), llave=llave, ayuda=ayuda, opcional=True, por_renglon=por_renglon)


def _campo(
    clave: str, etiqueta: str, tipo: Tipo, ejemplo: object, ayuda: str, *, falta: bool = True
) -> Campo:
    return Campo(clave=clave, etiqueta=etiqueta, tipo=tipo, ejemplo=ejemplo, ayuda=ayuda, obligatorio=falta)


INSTITUCION = Hoja(
    "Institución",
    "Catálogo institucional {ejercicio}",
    columnas=(),
    campos=(
        _campo("nombre", "Nombre de la institución:", Texto(), "Municipio de Ejemplo",
               "Como debe imprimirse en los informes."),
        _campo("pais", "País:", Opcion(
            opciones=tuple(PAISES), estricta=True, sinonimos={clave: pais for pais, clave in PAISES.items()},
        ), "México", "Decide si «1,200» son miles y la moneda que se imprime."),
        _campo("ejercicio", "Ejercicio:", Numero(minimo=2000, maximo=2100, entero=True, formato="0", alineacion="left"),
               2024, "Año al que corresponden los techos, los indicadores y el calendario."),
        _campo("logo", "Archivo del logotipo:", Texto(), "logo.png",
               "Imagen PNG o JPG que esté en la misma carpeta que este catálogo.", falta=False),
        _campo("color_principal", "Color principal:", ColorWeb(), "#1F4E79",
               "Para títulos: # y seis cifras o letras de la A a la F.", falta=False),
        _campo("color_secundario", "Color secundario:", ColorWeb(), "#C9D6E0",
               "Para encabezados; que sea claro, porque lleva letra oscura encima.", falta=False),
        _campo("papel", "Papel:", Opcion(opciones=("Oficio", "Carta", "A4", "A3"), estricta=True), "Oficio",
               "En el que imprime la oficina; vacío, el de cada formato.", falta=False),
        _campo("firma_elabora", "Cargo de quien elabora:", Texto(), "Jefatura de seguimiento y evaluación",
               f"Firma de los libros institucionales. {_CARGOS}"),
        _campo("firma_revisa", "Cargo de quien revisa:", Texto(), "Subdirección de planeación",
               f"Firma de los libros institucionales, si la hay. {_CARGOS}", falta=False),
        _campo("firma_autoriza", "Cargo de quien autoriza:", Texto(), "Dirección de planeación",
               f"Firma de los libros institucionales. {_CARGOS}"),
        _campo("perfil", "Semáforo:", Texto(), "general",
               "Uno de la hoja «Perfiles» o de los del programa: general, simetrico, operativo, san-miguel.",
               falta=False),
        _campo("perfil_documento", "Documento que aprueba el semáforo:", Texto(), "Acuerdo 12/2024",
               "Sin él, las salidas dicen «semáforo de referencia, no oficial».", falta=False),
        _campo("tesoreria", "Correo de la Tesorería:", Correo(), "tesoreria@ejemplo.gob",
               "A donde se manda el consolidado.", falta=False),
        _campo("contacto", "Contacto del área de planeación:", Texto(), "Planeación, extensión 104",
               "Se lee en las celdas cerradas de las plantillas."),
    ),
    ayuda="Los datos de la institución, que se imprimen en todos los libros.",
)

UNIDADES = _tabla(
    "Unidades", "Unidades",
    (
        _columna("clave", "Clave", Clave(), 7.5, "La que las unidades escriben en sus informes.", ejemplo="504"),
        _columna("nombre", "Nombre", Texto(), 26, "Nombre completo.", ejemplo="Instituto de Ejemplo"),
        _columna("nombre_corto", "Nombre corto", Texto(), 12, "Para gráficas y nombres de archivo.", ejemplo="IE",
                 falta=False),
        _columna("superior", "Superior", Clave(), 8.5, "Clave de la unidad de la que depende; vacío si de ninguna.",
                 ejemplo="500", falta=False, lista=_CLAVES_DE_UNIDAD),
        _columna("cargo", "Cargo del titular", Texto(), 18, f"Quien firma sus informes. {_CARGOS}",
                 ejemplo="Dirección General"),
        _columna("tratamiento", "Tratamiento", Texto(), 10.5, "Con el que se le escribe: Lic., Ing., C.",
                 ejemplo="Lic.", falta=False),
        _columna("enlace", "Enlace (cargo)", Texto(), 16, f"Quien llena el libro y resuelve dudas. {_CARGOS}",
                 ejemplo="Jefatura de proyectos", falta=False),
        _columna("correo", "Correo", Correo(), 24, "A donde se le manda su plantilla y su evaluación.",
                 ejemplo="unidad@ejemplo.gob", falta=False),
        _columna("copia", "Con copia a", Correos(), 22, "Otros correos, separados por comas.",
                 ejemplo="enlace@ejemplo.gob", falta=False),
        *_vigencia(),
        _columna("clave_anterior", "Clave anterior", Claves(), 9,
                 "Si cambió de clave o nombre, o fusiona a otras: la clave (o claves, con comas) de las que viene.",
                 ejemplo="403", falta=False),
        _columna("informa", "¿Informa?", _SI_NO, 8.5, "«No» si no entrega informes propios; vacío equivale a «Sí».",
                 ejemplo="Sí", falta=False),
        _columna("techo_pia", "Techo PIA", _DINERO, 12, "Techo del presupuesto inicial del ejercicio.",
                 ejemplo=120000.0, falta=False),
        _columna("techo_pim", "Techo PIM", _DINERO, 12, "Techo del presupuesto modificado; vacío si no ha cambiado.",
                 ejemplo=135000.0, falta=False),
    ),
    llave=("clave",), por_renglon=1,
    ayuda="Un renglón por unidad. No borre la que desaparece ni cambie su nombre: póngale «Vigente hasta» y abra otro "
    "renglón para la nueva, con su «Clave anterior».",
)

PROGRAMAS = _tabla(
    "Programas", "Programas presupuestarios",
    (
        _columna("clave", "Clave", Clave(), 9, "La que las unidades escriben en sus informes.", ejemplo="6"),
        _columna("nombre", "Nombre", Texto(), 48, "Nombre completo.", ejemplo="Programa de Ejemplo"),
        _columna("unidades", "Unidades", Claves(), 28, "Claves de las unidades que lo ejecutan, separadas por comas.",
                 ejemplo="504, 505"),
        _columna("coordinadora", "Unidad coordinadora", Clave(), 14,
                 "La que trae el Fin y el Propósito; si la unidad es una sola puede quedar vacía.", ejemplo="504",
                 falta=False, lista=_CLAVES_DE_UNIDAD),
        *_vigencia(),
    ),
    llave=("clave",), por_renglon=1,
    ayuda="Un renglón por programa. Varias unidades pueden compartirlo; entonces diga cuál lo coordina.",
)

INDICADORES = _tabla(
    "Indicadores", "Indicadores aprobados",
    (
        _columna("unidad", "Unidad", Clave(), 8, "Clave de la unidad.", ejemplo="504", lista=_CLAVES_DE_UNIDAD),
        _columna("programa", "Programa", Clave(), 9.5, "Clave del programa; vacío en el POI.", ejemplo="6",
                 falta=False, lista=_CLAVES_DE_PROGRAMA),
        _columna("nivel", "Nivel o código", Texto(), 14, "Como está en el libro aprobado: Componente 1, AO.01…",
                 ejemplo="Componente 1"),
        _columna("nombre", "Nombre", Texto(), 40, "Nombre aprobado del indicador o de la actividad.",
                 ejemplo="Porcentaje de estrategias implementadas"),
        _columna("unidad_medida", "Unidad de medida", Texto(), 12, "La aprobada.", ejemplo="Porcentaje", falta=False),
        _columna("frecuencia", "Frecuencia", Opcion(opciones=tuple(MIDE), estricta=True), 12, "Cada cuánto se mide.",
                 ejemplo="Trimestral", falta=False),
        _columna("sentido", "Sentido", Opcion(
            opciones=("Ascendente", "Descendente", "Regular", "Nominal"), estricta=True,
        ), 12, "Ascendente si la meta es subir; Descendente si es bajar.", ejemplo="Ascendente", falta=False),
        _columna("acumulacion", "Acumulación", Opcion(opciones=ACUMULACIONES, estricta=True), 12,
                 "Cómo se acumulan los trimestres. El formato oficial no la trae: aquí queda por escrito.",
                 ejemplo="Suma"),
        _columna("tope", "Tope", Numero(), 7, "Valor que el acumulado no puede rebasar (100 en un porcentaje); vacío, "
                 "sin tope.", ejemplo=100.0, falta=False),
        *por_trimestre("programado", banda="Programado aprobado", acumulado="Acumulado",
                       ejemplos=(25.0, 25.0, 25.0, 25.0, None), ayuda="Meta aprobada del trimestre."),
    ),
    llave=("unidad", "programa", "nivel"), por_renglon=5,
    ayuda="Un renglón por indicador aprobado. Sirve para decir lo que el formato oficial no dice: cómo se acumula y "
    "hasta dónde puede llegar.",
)

ALINEACION = _tabla(
    "Alineación", "Alineación a los planes",
    (
        _columna("clase", "Clase", Opcion(opciones=tuple(CLASES_DE_ALINEACION), estricta=True), 11,
                 "Eje y Objetivo, del plan municipal; OEI y AEI, del plan estratégico.", ejemplo="Objetivo"),
        _columna("codigo", "Código", Clave(), 13, "Como se escribe en los informes: 3, 3.2, OEI.05, AEI.05.01.",
                 ejemplo="3.2"),
        _columna("descripcion", "Descripción", Texto(), 70, "Texto oficial.",
                 ejemplo="Mejorar la calidad del gasto público"),
        _columna("padre", "Depende de", Clave(), 13, "Código del eje del objetivo, o del OEI de la AEI.", ejemplo="3",
                 falta=False),
        _columna("unidades", "Unidades", Claves(), 26, "Claves de las unidades que lo tienen asignado, con comas.",
                 ejemplo="504, 505", falta=False),
    ),
    llave=("clase", "codigo"), por_renglon=1,
    ayuda="Los ejes y objetivos del plan municipal, o los OEI y AEI del plan estratégico, con las unidades a las que "
    "corresponden.",
)

CALENDARIO = _tabla(
    "Calendario", "Calendario de entregas",
    (
        _columna("periodo", "Periodo", PeriodoDeCalendario(), 24, "Periodo que se reporta.",
                 ejemplo="2do. Trimestre 2024"),
        _columna("apertura", "Apertura", Fecha(), 16, "Desde qué día se reciben los informes.", ejemplo="01/07/2024",
                 falta=False),
        _columna("limite", "Fecha límite", Fecha(), 16, "Último día para entregar a tiempo.", ejemplo="10/07/2024"),
        _columna("solventacion", "Límite de solventación", Fecha(), 20, "Último día para corregir lo observado.",
                 ejemplo="20/07/2024", falta=False),
    ),
    llave=("periodo",),
    ayuda="Un renglón por periodo que se reporta, con su fecha límite.",
)

PRORROGAS = _tabla(
    "Prórrogas", "Prórrogas concedidas",
    (
        _columna("unidad", "Unidad", Clave(), 12, "Clave de la unidad.", ejemplo="504", lista=_CLAVES_DE_UNIDAD),
        _columna("periodo", "Periodo", PeriodoDeCalendario(), 24, "Periodo cuya entrega se prorroga.",
                 ejemplo="2do. Trimestre 2024"),
        _columna("fecha", "Nueva fecha límite", Fecha(), 18, "Último día concedido.", ejemplo="15/07/2024"),
        _columna("oficio", "Oficio", Texto(), 40, "Documento que la concede: número y fecha.",
                 ejemplo="Oficio 033/2024 del 9 de julio de 2024"),
    ),
    llave=("unidad", "periodo"),
    ayuda="Sólo si se concedió una prórroga: un renglón por unidad y periodo.",
)

PERFILES_PROPIOS = _tabla(
    "Perfiles", "Perfiles de semáforo propios",
    (
        _columna("perfil", "Perfil", Texto(), 18, "Nombre con el que se elige en «Institución».", ejemplo="municipal"),
        _columna("medida", "Mide", Opcion(opciones=("Cumplimiento", "Desviación"), estricta=True), 15,
                 "El % de cumplimiento, o cuántos puntos se aparta de 100 %.", ejemplo="Cumplimiento"),
        _columna("color", "Color", Opcion(opciones=("Verde", "Amarillo", "Rojo", "Morado"), estricta=True), 12,
                 "Color de la banda; Morado es sobrecumplimiento.", ejemplo="Verde"),
        _columna("palabra", "Palabra", Texto(), 22, "La que acompaña al color: se lee en blanco y negro.",
                 ejemplo="Bueno"),
        _columna("desde", "Desde %", Numero(minimo=0), 11, "Donde empieza la banda; la más baja empieza en 0.",
                 ejemplo=80.0),
        _columna("hasta", "Hasta %", Numero(minimo=0), 11, "Donde termina, que es donde empieza la siguiente; vacío en "
                 "la más alta.", ejemplo=100.0, falta=False),
        _columna("incluye", "¿El inicio es suyo?", _SI_NO, 14, "«Sí» si el valor exacto de «Desde» es de esta banda; "
                 "vacío equivale a «Sí».", ejemplo="Sí", falta=False),
    ),
    llave=("perfil", "desde"),
    ayuda="Sólo si el municipio aprobó un semáforo propio: un renglón por banda, sin huecos entre ellas.",
)

TRANSPARENCIA = _tabla(
    "Transparencia", "Formatos de transparencia",
    (
        _columna("fraccion", "Fracción", Clave(), 10, "Obligación a la que pertenece: IV, V, VI…", ejemplo="IV"),
        _columna("formato", "Id del formato", Clave(), 12, "Número del formato en la plataforma.", ejemplo="44250",
                 falta=False),
        _columna("articulo", "Artículo", Texto(), 24, "Artículo y ley vigentes.", ejemplo="Artículo 70", falta=False),
        _columna("titulo", "Título", Texto(), 24, "Título del formato.", ejemplo="Objetivos y metas institucionales",
                 falta=False),
        _columna("nombre_corto", "Nombre corto", Texto(), 16, "Nombre corto del formato.", ejemplo="LTG_IV",
                 falta=False),
        _columna("descripcion", "Descripción", Texto(), 20, "Descripción del formato.", falta=False),
        _columna("campo", "Campo", Texto(), 38, "Título de la columna, tal como lo pide la plataforma.",
                 ejemplo="Denominación del Área"),
        _columna("id_campo", "Id del campo", Clave(), 11, "Número del campo en la plataforma.", ejemplo="348499",
                 falta=False),
        _columna("tipo", "Tipo", Numero(minimo=1, maximo=14, entero=True), 7, "Código del tipo de campo, de 1 a 14.",
                 ejemplo=2.0, falta=False),
        _columna("tabla", "Tabla", Clave(), 10, "Id de la subtabla a la que pertenece el campo; vacío si es del "
                 "formato.", ejemplo="348503", falta=False),
    ),
    llave=("fraccion", "tabla", "campo"),
    ayuda="Los identificadores que da la plataforma de transparencia; sin ellos no se escriben sus archivos. Los de la "
    "fracción IV vienen puestos como se publicaron: compruébelos, porque la ley de 2025 cambió la numeración.",
)

CATALOGO = Formato(
    clave="CATALOGO",
    titulo="Catálogo institucional",
    fuente=FUENTE,
    version=1,
    hojas=(
        INSTITUCION, UNIDADES, PROGRAMAS, INDICADORES, ALINEACION, CALENDARIO, PRORROGAS, PERFILES_PROPIOS,
        TRANSPARENCIA,
    ),
    modelo=MODELO,
    papel="carta",
    perfil="general",
    informe=False,
    completo="CATÁLOGO COMPLETO",
    precargadas=PRECARGADAS,
)
