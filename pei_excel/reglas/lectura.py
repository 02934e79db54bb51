"""Reglas de lectura: lo que el lector notó en el archivo, la hoja o la celda."""

from __future__ import annotations

from collections.abc import Iterator

from pei_excel.formato import Formato
from pei_excel.formatos.aplicativo import APLICATIVO, CAMPOS_QUE_NO_TRAE
from pei_excel.formatos.poi import EVALUACION
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.libro import FILA_DE_HOJA, Dato, IncidenteDeLibro, Libro
from pei_excel.periodos import Periodo, texto_de_periodo, texto_de_trimestre
from pei_excel.reglas import danos
from pei_excel.reglas.base import AMBOS, Contexto, Observacion, Tabla, regla
from pei_excel.reglas.celdas import de_celdas
from pei_excel.reglas.explicaciones import medio_insuficiente, rezago_sin_explicar
from pei_excel.textos import cuenta

#: Qué hacer según por qué no se pudo leer; lo demás usa el texto de la ficha.
_COMO_ABRIRLO = {
    "protegido con contraseña": "Quite la contraseña de apertura (Archivo, Información, Proteger libro) y reenvíelo.",
    "contraseña equivocada": "Corrija la contraseña de este libro en el archivo de contraseñas, o pida el libro sin ella.",
    "sin permiso": "Dé permiso de lectura a su usuario, o copie el archivo a una carpeta suya, y repita.",
    "ruta demasiado larga": "Acorte los nombres de las carpetas, o copie el archivo a una de ruta corta, y repita.",
    "no es un libro": "Guárdelo en Excel como «Libro de Excel (.xlsx)» y reenvíelo.",
    "sólo está en la nube": "Ábralo una vez para que se descargue a esta computadora y repita.",
    "abierto por otro programa": "Cierre el libro en Excel y repita.",
    "demasiado grande": "Guarde sólo las hojas del informe en un libro nuevo y reenvíelo.",
    "sospechoso": "Copie los datos a la plantilla oficial y reenvíela; si se repite, avise a sistemas.",
    "tiempo agotado": "Guarde sólo las hojas del informe en un libro nuevo y reenvíelo.",
}
#: Lo que parece un archivo que no es un libro → qué hacer; lo demás, lo de arriba.
_COMO_CAMBIARLO = {
    "está vacío": "Vuelva a copiarlo o a descargarlo; si sigue vacío, pídalo de nuevo.",
    "es un PDF": "Pida el libro de Excel del que se hizo el PDF.",
    "es una foto": "Pida el libro de Excel, no su foto ni su captura de pantalla.",
    "documento de Word": "Pida el libro de Excel; si sólo hay el documento, pase sus datos a la plantilla.",
    "una presentación": "Pida el libro de Excel; si sólo hay la presentación, pase sus datos a la plantilla.",
    "zip dentro de otro": "Saque del primer .zip el que trae los libros y repita.",
    "zip que no": "Pida el libro de Excel: el .zip no trae ninguno.",
    "zip con libros dentro": "Cámbiele el nombre para que termine en .zip, o saque de él los libros, y repita.",
    "es un archivo RAR": "Saque de él los libros y repita.", "es un archivo 7z": "Saque de él los libros y repita.",
    "es un archivo gzip": "Saque de él los libros y repita.",
}


def _como_abrirlo(motivo: str, mensaje: str) -> str | None:
    """El remedio de un archivo que no pudo leerse, según lo que es."""
    if motivo == "no es un libro":
        suyo = next((remedio for parece, remedio in _COMO_CAMBIARLO.items() if parece in mensaje), None)
        if suyo is not None:
            return suyo
    remedio = _COMO_ABRIRLO.get(motivo)
    if motivo == "protegido con contraseña" and "ninguna línea" in mensaje:
        return f"Agregue su línea al archivo de contraseñas, que se busca por el nombre del archivo, o: {remedio}"
    return remedio


_COPIE_LA_HOJA = "Copie de nuevo la hoja, con el mismo nombre, desde la plantilla o desde su envío anterior."
_PONGA_LOS_TITULOS = "Restituya los títulos de la hoja, en su lugar y como en la plantilla."
#: Hojas para explicar que pide el documento oficial: se piden también a un libro que no es de nuestra plantilla.
_PEDIDAS_A_TODOS = frozenset({EVALUACION.clave})


def _de_incidentes(libro: Libro, codigo: str) -> Iterator[Observacion]:
    """Los incidentes que el lector dejó con ese código, como observaciones."""
    for i in libro.incidentes:
        if i.clase == codigo:
            yield _observar(i)


def _observar(i: IncidenteDeLibro) -> Observacion:
    dato = Dato(i.llaves[0], hoja=i.hoja, celda=i.celda) if i.llaves else None
    return Observacion(
        i.mensaje, dato, hoja=i.hoja, celda=i.celda, encontrado=i.encontrado, esperado=i.esperado, saca=i.saca,
        tambien=tuple(Dato(("", -9, ""), hoja=hoja, celda=celda) for hoja, celda in i.tambien),
        severidad=Severidad(i.severidad) if i.severidad else None,
    )


@regla(
    "FMT001", AMBOS,
    por_que="Un archivo que no abre no puede contarse ni como entregado.",
    como_corregir="Abra el archivo en Excel, guárdelo de nuevo como «Libro de Excel (.xlsx)» sin contraseña y reenvíelo.",
    fuente="Lectura de archivos (criterio de este programa)",
    mal=Tabla("✗ archivo", preparar=danos.truncar),
    bien="",
)
def archivo_ilegible(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El archivo se puede abrir."""
    for observacion in _de_incidentes(libro, "FMT001"):
        observacion.como_corregir = _como_abrirlo(str(observacion.encontrado), observacion.mensaje)
        yield observacion


@regla(
    "FMT002", AMBOS,
    por_que="Sin los títulos del formato no se sabe qué es cada cifra.",
    como_corregir="Use la plantilla oficial; si es un libro anterior, conserve sus títulos.",
    fuente="Criterio de este programa: 60 % de los títulos bajo un mismo encabezado",
    mal=Tabla("✗ archivo", preparar=danos.sin_titulos),
    bien="",
)
def formato_desconocido(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Se reconoce un formato, por la marca de la plantilla o por sus títulos."""
    yield from _de_incidentes(libro, "FMT002")


@regla(
    "FMT003", AMBOS,
    por_que="Una columna que falta deja sin cifra a todos los renglones.",
    como_corregir="Restituya el título de la columna como en la plantilla.",
    fuente="Informe Trimestral 2024, encabezado; Directiva N° 003-2016-MPH/17, artículos 7, 8, 11 y 12",
    mal={
        "MIR": Tabla(
            """
        | Nivel    | Sentido Esperado |
        | (título) | ✗                |
        """,
            preparar=danos.cambiar_titulo("Sentido Esperado", "Hacia dónde va"),
        ),
        "POI": Tabla(
            """
        | Código   | Prioridad |
        | (título) | ✗         |
        """,
            preparar=danos.cambiar_titulo("Prioridad", "Urgencia"),
        ),
    },
    bien={
        "MIR": Tabla("", preparar=danos.cambiar_titulo("Sentido Esperado", "SENTIDO  ESPERADO")),
        "POI": Tabla("", preparar=danos.cambiar_titulo("Unidad de medida", "UNIDAD DE MEDIDA")),
    },
)
def falta_una_columna(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Están todas las columnas y hojas obligatorias."""
    formulacion = contexto.formulacion(libro)
    for incidente in libro.incidentes:
        if incidente.clase == "FMT003" and not (formulacion and _es_de_seguimiento(contexto.formato(libro), incidente)):
            observacion = _observar(incidente)
            if any(fila == FILA_DE_HOJA for _, fila, _ in incidente.saca):
                observacion.como_corregir = _PONGA_LOS_TITULOS if incidente.celda else _COPIE_LA_HOJA
            yield observacion
    yield from _sin_hoja_donde_explicar(libro, contexto)


def _sin_hoja_donde_explicar(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """La hoja donde se explica y prueba lo informado, si no está y hacía falta: una causa, y no una por renglón."""
    sin_titulos = {hoja for i in libro.incidentes if i.clase == "FMT003" for hoja, fila, _ in i.saca if fila == FILA_DE_HOJA}
    for hoja in contexto.formato(libro).hojas:
        if hoja.clave in sin_titulos:
            continue  # está, y ya se dijo que no se reconoce
        pedida = libro.nuestro or hoja.clave in _PEDIDAS_A_TODOS
        if hoja.llave[1:] != ("trimestre",) or hoja.clave in libro.hojas or not pedida or libro.origen is not None:
            continue
        renglones = {
            o.dato.llave[:2] for una in (medio_insuficiente, rezago_sin_explicar) for o in una(libro, contexto)
            if o.dato is not None and any(d.llave[:2] == (hoja.clave, -1) for d in o.lee)
        }
        if renglones:
            yield Observacion(
                f"falta la hoja «{hoja.clave}», donde se explica y se prueba lo informado; "
                f"{cuenta(len(renglones), 'renglón la necesita', 'renglones la necesitan')}",
                saca=((hoja.clave, FILA_DE_HOJA, "*"),), esperado=hoja.clave, severidad=Severidad.AVISO,
                como_corregir=_COPIE_LA_HOJA,
            )


def _es_de_seguimiento(formato: Formato, incidente: IncidenteDeLibro) -> bool:
    """Al formular todavía no hace falta la hoja donde se captura lo que se reporta."""
    faltan = {hoja for hoja, fila, _ in incidente.saca if fila == FILA_DE_HOJA}
    return any(formato.por_clave[h].de_seguimiento for h in faltan if h in formato.por_clave)


@regla(
    "FMT011", AMBOS,
    severidad=Severidad.NOTA, para=Destinatario.PLANEACION,
    por_que="Lo oculto no se ve al revisar en pantalla ni al imprimir.",
    como_corregir="Muestre la fila, la columna o la hoja, o pida a la unidad que la muestre.",
    fuente="Criterio de este programa",
    mal={
        "MIR": Tabla(
            """
        | Nivel         | Nivel →         |
        | Actividad 1.1 | Actividad 1.1 ✗ |
        """,
            preparar=danos.fila_oculta("17"),
        ),
        "POI": Tabla(
            """
        | Código | OEI      |
        | AO.06  | OEI.04 ✗ |
        """,
            preparar=danos.fila_oculta("17"),
        ),
    },
    bien="",
)
def datos_ocultos(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Ninguna fila, columna u hoja oculta del formato tiene datos."""
    yield from _de_incidentes(libro, "FMT011")


@regla(
    "FMT012", AMBOS,
    severidad=Severidad.AVISO, para=Destinatario.PLANEACION,
    por_que="Una plantilla de otra versión puede traer columnas o listas distintas.",
    como_corregir="Entregue a la unidad la plantilla vigente para el próximo trimestre.",
    fuente="Plantilla de este programa, versión",
    mal=Tabla("✗ archivo", preparar=danos.otra_version),
    bien="",
)
def plantilla_de_otra_version(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """La plantilla es de la versión vigente."""
    yield from _de_incidentes(libro, "FMT012")


@regla(
    "FMT013", AMBOS,
    severidad=Severidad.NOTA, para=Destinatario.PLANEACION,
    por_que="Se movieron o insertaron filas o columnas; los datos se leyeron por sus títulos, no por su lugar.",
    como_corregir="No hace falta nada; si se repite, recuerde a la unidad que no inserte filas ni columnas.",
    fuente="Plantilla de este programa, disposición",
    mal={
        "MIR": Tabla(
            """
        | Nivel      | Medios de Verificación |
        | (título+1) | ✗                      |
        """,
            preparar=danos.fila_insertada,
        ),
        "POI": Tabla(
            """
        | Código     | OEI |
        | (título+1) | ✗   |
        """,
            preparar=danos.fila_insertada,
        ),
    },
    bien="",
)
def titulos_movidos(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Los títulos están en su lugar de la plantilla."""
    yield from _de_incidentes(libro, "FMT013")


@regla(
    "FMT014", AMBOS,
    severidad=Severidad.AVISO, para=Destinatario.PLANEACION,
    por_que="Las macros y los vínculos a otros archivos pueden cambiar las cifras o traer riesgos.",
    como_corregir="Pida a la unidad el libro sin macros ni vínculos; aquí nunca se ejecutan ni se siguen.",
    fuente="Criterio de este programa",
    mal=Tabla("✗ archivo", preparar=danos.con_macros),
    bien="",
)
def contenido_ajeno(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El archivo no trae vínculos externos, macros, conexiones ni objetos incrustados."""
    yield from _de_incidentes(libro, "FMT014")


@regla(
    "FMT015", AMBOS,
    por_que="En una fila corrida cada cifra está bajo el título de otra; leerla sería inventar.",
    como_corregir="Acomode la fila: cada dato bajo su título, empezando por Nivel.",
    fuente="Informe Trimestral 2024, una fila corrida en la transcripción",
    mal={
        "MIR": """
        | Nivel         | Valores Programados/1er. Trim. | …/2do. Trim. | Nivel →         |
        | Actividad 2.2 | De gestión                     | Eficacia     | Actividad 2.2 ✗ |
        """,
        "POI": """
        | Código | Programación mensual/Febrero | …/Marzo  | Código → |
        | AO.06  | Alta                         | Proceso  | AO.06 ✗  |
        """,
    },
    bien={
        "MIR": """
        | Nivel         | Valores Programados/1er. Trim. | …/2do. Trim. | …/3er. Trim. | …/4to. Trim. | Valores Alcanzados/1er. Trim. | …/2do. Trim. | Línea Base/Valor |
        | Actividad 2.2 | NP                             | N/A          | -            | 50           | -                             | NP           | 40               |
        """,
        "POI": """
        | Código | Programación mensual/Enero | …/Febrero | …/Abril | Meta anual  |
        | AO.05  | NP                         | N/A       | -       | 10 talleres |
        """,
    },
)
def fila_corrida(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """La fila no está corrida: Nivel o Código lleno y ningún valor de una columna bajo el título de otra."""
    llave = contexto.formato(libro).con_renglones
    for observacion in _de_incidentes(libro, "FMT015"):
        if libro.formato != "MIR":
            titulo = llave.por_clave[llave.llave[0]].titulo
            observacion.como_corregir = f"Acomode la fila: cada dato bajo su título, con su {titulo}."
        yield observacion


@regla(
    "FMT016", AMBOS,
    por_que="Sin unidad, programa y trimestre no se sabe de quién es la cifra.",
    como_corregir="Complete el bloque de identificación.",
    fuente="Informe Trimestral 2024, bloque de identificación; Directiva N° 003-2016-MPH/17, artículos 8 y 10",
    mal={
        "MIR": """
        Campos
        | Campo               | Valor |
        | Unidad Responsable: | ✗     |
        """,
        "POI": """
        Campos
        | Campo            | Valor |
        | Unidad orgánica: | ✗     |
        """,
    },
    bien={
        "MIR": """
        Campos
        | Campo                     | Valor                     |
        | Trimestre que se reporta: | Segundo trimestre de 2024 |
        """,
        "POI": """
        Campos
        | Campo                   | Valor |
        | Periodo que se reporta: | JUNIO |
        """,
    },
)
def bloque_incompleto(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El bloque de identificación está completo (el trimestre, sólo en seguimiento) y no se contradice."""
    yield from _de_incidentes(libro, "FMT016")
    yield from de_celdas(libro, "FMT016")
    formato = contexto.formato(libro)
    if libro.formato is None or not libro.hojas:
        return
    for campo in formato.principal.campos:
        dato = libro.campos.get(campo.clave)
        if not campo.obligatorio or (dato is not None and not dato.vacio):
            continue
        if campo.clave == formato.campo_periodo and contexto.formulacion(libro):
            continue
        if libro.origen == APLICATIVO and campo.clave in CAMPOS_QUE_NO_TRAE:
            continue
        mensaje = f"falta «{campo.etiqueta.rstrip(':')}»"
        if dato is not None:
            yield Observacion(mensaje, dato, esperado=campo.tipo.explicar(), variante=campo.clave)
        else:
            principal = libro.hojas[formato.principal.clave]
            yield Observacion(mensaje, hoja=principal.nombres[0], esperado=campo.tipo.explicar(), variante=campo.clave)
    yield from _periodo_de_otro_ano(libro, formato, contexto.periodo)


def _periodo_de_otro_ano(libro: Libro, formato: Formato, pedido: Periodo | None) -> Iterator[Observacion]:
    """El año fiscal y el del periodo, cuando el bloque trae los dos en campos propios, son el mismo."""
    periodo, ejercicio = libro.campo(formato.campo_periodo), libro.campo("ejercicio")
    if not ejercicio.celda or not isinstance(periodo.valor, Periodo) or ejercicio.valor is None:
        return
    if pedido is not None and periodo.valor.ejercicio != pedido.ejercicio:
        return  # es de otro periodo (ENT005)
    if periodo.valor.ejercicio != int(ejercicio.valor):
        yield Observacion(
            f"el bloque dice año fiscal {int(ejercicio.valor)} y se reporta «{periodo.escrito}»", periodo,
            tambien=(ejercicio,), encontrado=periodo.escrito, esperado=f"un periodo de {int(ejercicio.valor)}",
            variante=formato.campo_periodo,
            como_corregir="Corrija el año fiscal o el periodo; si es el libro de otro año, envíe el de éste.",
        )


@regla(
    "FMT017", AMBOS,
    severidad=Severidad.NOTA, para=Destinatario.PLANEACION,
    por_que="El tipo de archivo .xls no deja ver las fórmulas ni todo lo que trae.",
    como_corregir="No hace falta nada; si puede, guarde como «Libro de Excel (.xlsx)».",
    fuente="Formato de archivo .xls",
    mal=Tabla("✗ archivo", preparar=danos.como_xls),
    bien="",
)
def formulas_no_verificables(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El tipo de archivo deja verificar las fórmulas."""
    for observacion in _de_incidentes(libro, "FMT017"):
        if observacion.encontrado == "reparado":
            observacion.como_corregir = "Ábralo en Excel, acepte que lo repare, compruebe sus cifras y guárdelo de nuevo."
        yield observacion


@regla(
    "FMT018", AMBOS,
    por_que="De una hoja y su copia no se sabe cuál vale; sumarlas contaría dos veces lo mismo.",
    como_corregir="Borre del libro la hoja que sobra y deje la que vale, con el nombre de la plantilla.",
    fuente="Criterio de este programa",
    mal={
        "MIR": Tabla(
            """
        Justificaciones
        | Nivel        | Nivel →      | Trimestre  | Causa           |
        | (título)     | ✗            |            |                 |
        | Componente 1 | Componente 1 | 2do. Trim. | Faltó el quórum |
        """,
            preparar=danos.hoja_duplicada("Justificaciones"),
        ),
        "POI": Tabla(
            """
        Seguimiento
        | Código   | Código → |
        | (título) | ✗        |
        """,
            preparar=danos.hoja_duplicada("Seguimiento"),
        ),
    },
    bien="",
)
def hoja_repetida(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Ninguna hoja viene dos veces en el libro; si son iguales se lee una, y si no, se dice en qué difieren."""
    for observacion in _de_incidentes(libro, "FMT018"):
        if observacion.severidad is Severidad.NOTA:
            observacion.destinatario = Destinatario.PLANEACION
        yield observacion


@regla(
    "ENT005", AMBOS,
    por_que="Un informe de otro periodo mezclaría cifras de fechas distintas.",
    como_corregir="Envíe el informe del trimestre pedido o corrija «Trimestre que se reporta».",
    fuente="Informe Trimestral 2024, campo «Trimestre que se reporta»; Directiva N° 003-2016-MPH/17, artículo 12",
    mal={
        "MIR": """
        Campos
        | Campo                     | Valor                 |
        | Trimestre que se reporta: | 1er. Trimestre 2024 ✗ |
        """,
        "POI": """
        Campos
        | Campo                   | Valor                 |
        | Periodo que se reporta: | 1er. Trimestre 2024 ✗ |
        """,
    },
    bien={
        "MIR": """
        Campos
        | Campo                     | Valor               |
        | Trimestre que se reporta: | 2do. Trimestre 2024 |
        """,
        "POI": """
        Campos
        | Campo                   | Valor               |
        | Periodo que se reporta: | 3er. Trimestre 2024 |
        """,
    },
)
def otro_periodo(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El informe es del periodo que se consolida; un POI, que vive todo el año, no es de uno anterior."""
    pedido, propio = contexto.periodo, libro.periodo
    dato, formato = libro.campo("periodo"), contexto.formato(libro)
    if pedido is None:
        return
    if propio is None:
        if formato.acumula_el_ano:
            yield from _de_otro_ano(libro.campo("ejercicio"), pedido)
        return
    if formato.acumula_el_ano:
        if propio.ejercicio == pedido.ejercicio and not _es_anterior(propio, pedido):
            return
        buscado = pedido if pedido.clase == "M" else pedido.como_trimestre
        yield Observacion(
            f"el POI informa hasta {propio.con_articulo} y se pide {pedido.con_articulo}", dato, encontrado=dato.escrito,
            esperado=texto_de_periodo(buscado),
            como_corregir="Envíe el POI con lo ejecutado del periodo pedido, o corrija «Periodo que se reporta».",
        )
    elif propio != pedido.como_trimestre:
        yield Observacion(
            f"el informe es del {propio.nombre} y se pide el {pedido.como_trimestre.nombre}", dato,
            encontrado=dato.escrito, esperado=texto_de_trimestre(pedido.ejercicio, pedido.trimestre),
        )


def _de_otro_ano(dato: Dato, pedido: Periodo) -> Iterator[Observacion]:
    """Sin periodo escrito (o si viene del aplicativo, que no lo dice), el año decide."""
    if isinstance(dato.valor, float) and dato.valor != pedido.ejercicio:
        yield Observacion(
            f"es del año {dato.valor:.0f} y se pide {pedido.con_articulo}", dato, encontrado=dato.valor,
            esperado=float(pedido.ejercicio), como_corregir=f"Envíe lo del año {pedido.ejercicio}.",
        )


def _es_anterior(propio: Periodo, pedido: Periodo) -> bool:
    """Un mes contra otro se comparan como meses; si no, cada uno es de su trimestre."""
    if propio.clase == pedido.clase == "M":
        return propio.mes < pedido.mes
    return propio.trimestre < pedido.trimestre
