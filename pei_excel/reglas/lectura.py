"""Reglas de lectura: lo que el lector notó en el archivo, la hoja o la celda."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pei_excel.calculos import cifra, plegar
from pei_excel.formato import Apertura, Columna, Formato, Hoja
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.libro import Dato, Fila, IncidenteDeLibro, Libro
from pei_excel.periodos import texto_de_trimestre
from pei_excel.reglas import danos
from pei_excel.reglas.base import Contexto, Observacion, Tabla, regla
from pei_excel.reglas.mir import renglon_ausente
from pei_excel.textos import numero
from pei_excel.tipos import ValorNivel, como_texto

#: Columnas obligatorias que tienen su propia regla y por eso no pasan por FMT007.
_CON_REGLA_PROPIA = frozenset({"nivel", "base_valor", "base_ejercicio", "medios"})


#: Qué hacer según por qué no se pudo leer; lo demás usa el texto de la ficha.
_COMO_ABRIRLO = {
    "protegido con contraseña": "Quite la contraseña de apertura (Archivo, Información, Proteger libro) y reenvíelo.",
    "contraseña equivocada": "Corrija la contraseña de este libro en el archivo de contraseñas, o pida el libro sin ella.",
    "sin permiso": "Dé permiso de lectura a su usuario, o copie el archivo a una carpeta suya, y repita.",
    "no es un libro": "Guárdelo en Excel como «Libro de Excel (.xlsx)» y reenvíelo.",
    "sólo está en la nube": "Ábralo una vez para que se descargue a esta computadora y repita.",
    "abierto por otro programa": "Cierre el libro en Excel y repita.",
    "demasiado grande": "Guarde sólo las hojas del informe en un libro nuevo y reenvíelo.",
    "sospechoso": "Copie los datos a la plantilla oficial y reenvíela; si se repite, avise a sistemas.",
    "tiempo agotado": "Guarde sólo las hojas del informe en un libro nuevo y reenvíelo.",
}


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


def _datos(libro: Libro) -> Iterator[Dato]:
    """Todos los datos del informe: campos y celdas de todas las hojas."""
    yield from libro.campos.values()
    for hoja in libro.hojas.values():
        for fila in hoja.filas:
            yield from fila.datos.values()


def _de_celdas(libro: Libro, codigo: str) -> Iterator[Observacion]:
    for dato in _datos(libro):
        i = dato.incidente
        if i is not None and i.clase == codigo:
            yield Observacion(
                i.mensaje, dato, encontrado=_mostrable(dato.crudo), esperado=i.esperado,
                severidad=Severidad.ERROR if i.error else Severidad.AVISO,
            )


def _mostrable(crudo: object) -> str | float | None:
    return crudo if crudo is None or (isinstance(crudo, float)) else como_texto(crudo)[:200]


@regla(
    "FMT001",
    por_que="Un archivo que no abre no puede contarse ni como entregado.",
    como_corregir="Abra el archivo en Excel, guárdelo de nuevo como «Libro de Excel (.xlsx)» sin contraseña y reenvíelo.",
    fuente="Lectura de archivos (criterio de este programa)",
    mal=Tabla("✗ archivo", preparar=danos.truncar),
    bien="",
)
def archivo_ilegible(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El archivo se puede abrir."""
    for observacion in _de_incidentes(libro, "FMT001"):
        observacion.como_corregir = _COMO_ABRIRLO.get(str(observacion.encontrado))
        yield observacion


@regla(
    "FMT002",
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
    "FMT003",
    por_que="Una columna que falta deja sin cifra a todos los renglones.",
    como_corregir="Restituya el título de la columna como en la plantilla.",
    fuente="Informe Trimestral 2024, encabezado",
    mal=Tabla(
        """
        | Nivel   | Sentido Esperado |
        | (banda) | ✗                |
        """,
        preparar=danos.cambiar_titulo("Sentido Esperado", "Hacia dónde va"),
    ),
    bien=Tabla("", preparar=danos.cambiar_titulo("Sentido Esperado", "SENTIDO  ESPERADO")),
)
def falta_una_columna(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Están todas las columnas y hojas obligatorias."""
    yield from _de_incidentes(libro, "FMT003")


@regla(
    "FMT004",
    por_que="Un valor de otro tipo no puede sumarse ni compararse.",
    como_corregir="Escriba el dato como lo pide la columna; en las cifras, sólo el número.",
    fuente="Informe Trimestral 2024, columnas de valores",
    mal="""
        | Nivel        | Valores Alcanzados/2do. Trim. |
        | Componente 1 | veinte ✗                      |
        """,
    bien="""
        | Nivel         | Valores Programados/3er. Trim. | Línea Base/Valor |
        | Actividad 1.1 | NP                             | 60               |
        """,
)
def tipo_equivocado(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El valor tiene el tipo y los límites de su columna."""
    yield from _de_celdas(libro, "FMT004")


@regla(
    "FMT005",
    severidad=Severidad.AVISO,
    por_que="Excel no suma un número guardado como texto; el total que ve la unidad no es el real.",
    como_corregir="Escriba de nuevo el número, sin signos ni formato de porcentaje: para 20 % escriba 20.",
    fuente="Informe Trimestral 2024, columnas de valores",
    mal="""
        | Nivel        | Valores Alcanzados/2do. Trim. |
        | Componente 1 | '27,5' ✗                      |
        """,
    bien="""
        | Nivel        | Valores Alcanzados/2do. Trim. |
        | Componente 1 | 27.5                          |
        """,
)
def numero_como_texto(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Los números están escritos como números; lo que se entiende se lee y se dice."""
    yield from _de_celdas(libro, "FMT005")


@regla(
    "FMT006",
    por_que="Un error de Excel oculta la cifra verdadera; tomarlo como vacío sería cambiarla.",
    como_corregir="Corrija la fórmula o escriba el dato.",
    fuente="Valores de error de Excel",
    mal="""
        | Nivel        | Valores Alcanzados/2do. Trim. |
        | Componente 1 | #DIV/0! ✗                     |
        """,
    bien="""
        | Nivel        | Valores Alcanzados/2do. Trim. |
        | Componente 1 | 27                            |
        """,
)
def error_de_excel(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Ninguna celda muestra un error de Excel; una calculada sólo se nombra si sus datos no lo tienen."""
    formato = contexto.formato(libro)
    for dato in libro.campos.values():
        if dato.incidente is not None and dato.incidente.clase == "FMT006":
            yield Observacion(dato.incidente.mensaje, dato, encontrado=str(dato.crudo))
    hay_arriba = False
    for hoja in libro.hojas.values():
        columnas = formato.por_clave[hoja.clave].por_clave
        con_error = False
        for fila in hoja.filas:
            malos = {c for c, d in fila.datos.items() if d.incidente is not None and d.incidente.clase == "FMT006"}
            con_error = con_error or bool(malos)
            for clave in malos:
                calculo = columnas[clave].calculo
                if calculo is not None and (set(calculo.lee) & malos or (hay_arriba and hoja.clave != "MIR")):
                    continue
                dato = fila[clave]
                mensaje = dato.incidente.mensaje if dato.incidente else ""
                yield Observacion(mensaje, dato, encontrado=str(dato.crudo))
        hay_arriba = hay_arriba or con_error


@regla(
    "FMT007",
    por_que="Sin ese dato no se sabe qué se mide o cómo.",
    como_corregir="Llene la celda.",
    fuente="Informe Trimestral 2024, Datos del Indicador",
    mal="""
        | Nivel        | Definición |
        | Componente 1 | ✗          |
        """,
    bien="""
        | Nivel        | Definición                     |
        | Componente 1 | Mide el avance comprometido    |
        """,
)
def dato_obligatorio_vacio(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Las celdas obligatorias están llenas."""
    formato = contexto.formato(libro)
    for hoja in libro.hojas.values():
        for columna in formato.por_clave[hoja.clave].columnas:
            if not columna.obligatoria or columna.clave in _CON_REGLA_PROPIA or columna.calculo is not None:
                continue
            if columna.apertura is Apertura.NUNCA:
                continue
            for fila in hoja.filas:
                if columna.clave in fila.datos and fila[columna.clave].vacio:
                    yield Observacion(f"falta «{columna.titulo}»", fila[columna.clave])


@regla(
    "FMT008",
    severidad=Severidad.AVISO,
    por_que="Un valor fuera de la lista no puede agruparse ni, si decide el cálculo, evaluarse.",
    como_corregir="Elija un valor de la lista.",
    fuente="Informe Trimestral 2024 y Metodología del Marco Lógico, catálogos",
    mal="""
        | Nivel        | Sentido Esperado |
        | Componente 1 | Hacia arriba ✗   |
        """,
    bien="""
        | Nivel        | Sentido Esperado |
        | Componente 1 | ASCENDENTES      |
        """,
)
def fuera_de_catalogo(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El valor está en su catálogo; se perdonan acentos, mayúsculas, espacios y plural."""
    yield from _de_celdas(libro, "FMT008")
    formato = contexto.formato(libro)
    principal = libro.filas(formato.principal.clave)
    conocidos = {f.valor("nivel") for f in principal}
    niveles = tuple(f["nivel"] for f in principal)
    for hoja in formato.hojas[1:]:
        if not hoja.llave or hoja.referencia is None:
            continue
        vistas: dict[tuple[object, ...], Fila] = {}
        for fila in libro.filas(hoja.clave):
            dato = fila[hoja.llave[0]]
            if dato.vacio:
                continue
            if dato.valor not in conocidos or not isinstance(dato.valor, ValorNivel):
                ausente = (renglon_ausente(dato.valor.clase),) if isinstance(dato.valor, ValorNivel) else ()
                yield Observacion(
                    f"«{dato.crudo}» no es un Nivel de este informe", dato, encontrado=_mostrable(dato.crudo),
                    severidad=Severidad.ERROR, lee=(*niveles, *ausente), variante="llave",
                )
                continue
            if hoja.clave == "Modificaciones":
                continue  # una misma celda puede modificarse varias veces
            llave = tuple(fila.valor(c) for c in hoja.llave)
            previa = vistas.setdefault(llave, fila)
            if previa is not fila:
                yield Observacion(
                    f"{dato.valor} se repite en el mismo trimestre", dato, tambien=(previa[hoja.llave[0]],),
                    severidad=Severidad.ERROR, lee=niveles, variante="llave", encontrado=str(dato.valor),
                )


class EntornoDeLectura:
    """Lo que un cálculo de la plantilla consulta fuera de su fila, con las celdas tal como están."""

    celda_trimestre = celda_mes = celda_desde = ""

    def __init__(self, libro: Libro, formato: Formato) -> None:
        self.trimestre = libro.periodo.trimestre if libro.periodo else 0
        self.mes = libro.periodo.mes if libro.periodo else 0
        self.desde = libro.periodo.meses[0] if libro.periodo else 0
        self._libro = libro
        self._formato = formato
        self._indices: dict[str, dict[str, dict[str, object]]] = {}

    def buscar(self, hoja: str, llave: object) -> Mapping[str, object]:
        if hoja not in self._indices:
            columna = self._formato.por_clave[hoja].llave[0]
            self._indices[hoja] = {str(f[columna].crudo).strip(): crudos(f) for f in reversed(self._libro.filas(hoja))}
        return self._indices[hoja].get(str(llave).strip(), {}) if llave is not None else {}

    def celda_buscada(self, hoja: str, columna: str, celda_llave: str) -> str:
        return ""

    def celda_tabla(self, tabla: str, celda_llave: str, columna: str, si_no: str = "1") -> str:
        return ""

    def en_tabla(self, tabla: str, llave: object, columna: int) -> str | None:
        filas = self._formato.tablas[tabla].filas
        return next((f[columna - 1] for f in filas if plegar(f[0]) == plegar(llave)), None)

    def valores_de(self, hoja: str, columna: str) -> list[object]:
        return [f[columna].crudo for f in self._libro.filas(hoja)]

    def columna_de(self, hoja: str, columna: str) -> str:
        return ""

    def franja(self, hoja: str, medida: str) -> str:
        return ""

    def direccion(self, fila: Mapping[str, object], columna: str) -> str:
        return ""


def crudos(fila: Fila) -> dict[str, object]:
    """Una fila con sus celdas tal como están escritas."""
    return {clave: dato.crudo for clave, dato in fila.datos.items()}


def _fresco(esperado: object, dato: Dato) -> tuple[bool, object]:
    uno, otro = cifra(esperado), cifra(dato.crudo)
    if uno is not None and otro is not None:
        return abs(uno - otro) <= 1e-6 * max(1.0, abs(uno)), esperado
    return (esperado or None) == dato.crudo, esperado


#: Regla que ya señala una cifra calculada equivocada.
_REGLA_DE_LA_CIFRA = ("programado_acumulado", "alcanzado_acumulado", "variacion_")


@regla(
    "FMT009",
    severidad=Severidad.AVISO,
    por_que="Si la fórmula se borró, la cifra ya no cambia con sus datos; si no se recalculó, muestra lo de antes.",
    como_corregir="Copie la fórmula de otro renglón, o abra y guarde el libro en Excel para recalcularlo.",
    fuente="Plantilla de este programa, columnas calculadas",
    mal="""
        | Nivel        | Valores Alcanzados/Acumulado * |
        | Componente 1 | 47 ✗                           |
        """,
    bien="""
        | Nivel        | Valores Alcanzados/2do. Trim. |
        | Componente 1 | 28                            |
        """,
)
def calculada_sin_formula_o_atrasada(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """En nuestras plantillas, una celda calculada conserva su fórmula y un valor al día."""
    if not libro.nuestro or not libro.formulas_verificables:
        return
    formato = contexto.formato(libro)
    entorno = EntornoDeLectura(libro, formato)
    periodo = contexto.periodo_de(libro)
    ultimo = periodo.trimestre if periodo else 4
    for hoja in libro.hojas.values():
        declarada = formato.por_clave[hoja.clave]
        calculadas = [(c, c.calculo) for c in declarada.columnas if c.calculo is not None and not c.auxiliar]
        for fila in hoja.filas:
            valores = crudos(fila)
            atrasadas: set[str] = set()
            for columna, calculo in calculadas:
                dato = fila.datos.get(columna.clave)
                if dato is None or (dato.formula and not dato.calculada):
                    continue
                fresco, esperado = _fresco(calculo.valor(valores, entorno), dato)
                if dato.formula and not fresco:
                    if atrasadas & _lee_a_fondo(columna, declarada):
                        continue  # sólo difiere porque lee otra que se quedó atrás
                    atrasadas.add(columna.clave)
                if not (dato.formula and fresco):
                    # SEG002 calla ante una variación vacía de un trimestre que no ha llegado.
                    futura = columna.medida == "variacion" and (columna.trimestre or 0) > ultimo
                    yield from _calculada_mala(columna, fila, dato, fresco, esperado, declarada, futura=futura)


def _lee_a_fondo(columna: Columna, hoja: Hoja) -> set[str]:
    """Columnas de las que depende una calculada, también a través de otras calculadas."""
    vistas: set[str] = set()
    pendientes = [columna.clave]
    while pendientes:
        calculo = hoja.por_clave[pendientes.pop()].calculo
        nuevas = set(calculo.lee) - vistas if calculo else set()
        vistas |= nuevas
        pendientes += nuevas
    return vistas


def _calculada_mala(
    columna: Columna, fila: Fila, dato: Dato, fresco: bool, esperado: object, declarada: Hoja, *, futura: bool
) -> Iterator[Observacion]:
    mostrado = esperado if isinstance(esperado, (str, float)) else None
    if dato.formula:
        mensaje = (
            f"la fórmula de «{columna.nombre}» muestra {_ver(dato.crudo)} y con las celdas como están da {_ver(esperado)}"
        )
    elif fresco or not columna.clave.startswith(_REGLA_DE_LA_CIFRA) or (dato.vacio and futura):
        estado = "está vacía" if dato.vacio else f"tiene escrito {_ver(dato.crudo)}"
        mensaje = f"«{columna.nombre}» {estado} en lugar de su fórmula"
    else:
        return
    yield Observacion(
        mensaje, dato, encontrado=_mostrable(dato.crudo), esperado=mostrado,
        lee=tuple(fila[c] for c in _lee_a_fondo(columna, declarada)),
    )


def _ver(valor: object) -> str:
    numerico = cifra(valor)
    return numero(numerico) if numerico is not None else ("vacío" if valor in {None, ""} else f"«{valor}»")


@regla(
    "FMT010",
    severidad=Severidad.NOTA, para=Destinatario.PLANEACION,
    por_que="Algunos programas guardan las fórmulas sin su resultado; aquí se calculan de nuevo.",
    como_corregir="No hace falta nada; si quiere ver los resultados, abra y guarde el libro en Excel.",
    fuente="Plantilla de este programa, columnas calculadas",
    mal=Tabla("✗ archivo", preparar=danos.sin_calcular),
    bien="",
)
def formulas_sin_calcular(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Las fórmulas se calcularon antes de guardar."""
    sin_calcular = [d for d in _datos(libro) if d.formula and not d.calculada]
    if sin_calcular:
        yield Observacion(
            f"{len(sin_calcular)} fórmulas se guardaron sin calcular; se calcularon aquí", encontrado=len(sin_calcular)
        )


@regla(
    "FMT011",
    severidad=Severidad.NOTA, para=Destinatario.PLANEACION,
    por_que="Lo oculto no se ve al revisar en pantalla ni al imprimir.",
    como_corregir="Muestre la fila, la columna o la hoja, o pida a la unidad que la muestre.",
    fuente="Criterio de este programa",
    mal=Tabla(
        """
        | Nivel         | Nivel →         |
        | Actividad 1.1 | Actividad 1.1 ✗ |
        """,
        preparar=danos.fila_oculta("17"),
    ),
    bien="",
)
def datos_ocultos(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Ninguna fila, columna u hoja oculta del formato tiene datos."""
    yield from _de_incidentes(libro, "FMT011")


@regla(
    "FMT012",
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
    "FMT013",
    severidad=Severidad.NOTA, para=Destinatario.PLANEACION,
    por_que="Se movieron o insertaron filas o columnas; los datos se leyeron por sus títulos, no por su lugar.",
    como_corregir="No hace falta nada; si se repite, recuerde a la unidad que no inserte filas ni columnas.",
    fuente="Plantilla de este programa, disposición",
    mal=Tabla(
        """
        | Nivel      | Medios de Verificación |
        | (título+1) | ✗                      |
        """,
        preparar=danos.fila_insertada,
    ),
    bien="",
)
def titulos_movidos(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Los títulos están en su lugar de la plantilla."""
    yield from _de_incidentes(libro, "FMT013")


@regla(
    "FMT014",
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
    "FMT015",
    por_que="En una fila corrida cada cifra está bajo el título de otra; leerla sería inventar.",
    como_corregir="Acomode la fila: cada dato bajo su título, empezando por Nivel.",
    fuente="Informe Trimestral 2024, una fila corrida en la transcripción",
    mal="""
        | Nivel         | Valores Programados/1er. Trim. | …/2do. Trim. | Nivel →         |
        | Actividad 2.2 | De gestión                     | Eficacia     | Actividad 2.2 ✗ |
        """,
    bien="""
        | Nivel         | Valores Programados/1er. Trim. | …/2do. Trim. | …/3er. Trim. | …/4to. Trim. | Valores Alcanzados/1er. Trim. | …/2do. Trim. | Línea Base/Valor |
        | Actividad 2.2 | NP                             | N/A          | -            | 50           | -                             | NP           | 40               |
        """,
)
def fila_corrida(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """La fila no está corrida: Nivel lleno y sin textos donde van números."""
    yield from _de_incidentes(libro, "FMT015")


@regla(
    "FMT016",
    por_que="Sin unidad, programa y trimestre no se sabe de quién es la cifra.",
    como_corregir="Complete el bloque de identificación.",
    fuente="Informe Trimestral 2024, bloque de identificación",
    mal="""
        Campos
        | Campo               | Valor |
        | Unidad Responsable: | ✗     |
        """,
    bien="""
        Campos
        | Campo                     | Valor                     |
        | Trimestre que se reporta: | Segundo trimestre de 2024 |
        """,
)
def bloque_incompleto(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El bloque de identificación está completo (el trimestre, sólo en seguimiento) y no se contradice."""
    yield from _de_incidentes(libro, "FMT016")
    yield from _de_celdas(libro, "FMT016")
    formato = contexto.formato(libro)
    if libro.formato is None or not libro.hojas:
        return
    for campo in formato.principal.campos:
        dato = libro.campos.get(campo.clave)
        if not campo.obligatorio or (dato is not None and not dato.vacio):
            continue
        if campo.clave == formato.campo_periodo and contexto.formulacion(libro):
            continue
        mensaje = f"falta «{campo.etiqueta.rstrip(':')}»"
        if dato is not None:
            yield Observacion(mensaje, dato, esperado=campo.tipo.explicar(), variante=campo.clave)
        else:
            principal = libro.hojas[formato.principal.clave]
            yield Observacion(mensaje, hoja=principal.nombres[0], esperado=campo.tipo.explicar(), variante=campo.clave)


@regla(
    "FMT017",
    severidad=Severidad.NOTA, para=Destinatario.PLANEACION,
    por_que="El tipo de archivo .xls no deja ver las fórmulas ni todo lo que trae.",
    como_corregir="No hace falta nada; si puede, guarde como «Libro de Excel (.xlsx)».",
    fuente="Formato de archivo .xls",
    mal=Tabla("✗ archivo", preparar=danos.como_xls),
    bien="",
)
def formulas_no_verificables(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El tipo de archivo deja verificar las fórmulas."""
    yield from _de_incidentes(libro, "FMT017")


@regla(
    "ENT005",
    por_que="Un informe de otro periodo mezclaría cifras de fechas distintas.",
    como_corregir="Envíe el informe del trimestre pedido o corrija «Trimestre que se reporta».",
    fuente="Informe Trimestral 2024, campo «Trimestre que se reporta»",
    mal="""
        Campos
        | Campo                     | Valor                 |
        | Trimestre que se reporta: | 1er. Trimestre 2024 ✗ |
        """,
    bien="""
        Campos
        | Campo                     | Valor               |
        | Trimestre que se reporta: | 2do. Trimestre 2024 |
        """,
)
def otro_periodo(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Alguna hoja del archivo es del periodo que se consolida."""
    pedido = contexto.periodo
    if pedido is None or libro.periodo is None or libro.periodo == pedido.como_trimestre:
        return
    dato = libro.campo("periodo")
    esperado = texto_de_trimestre(pedido.ejercicio, pedido.trimestre)
    yield Observacion(
        f"el informe es del {libro.periodo.nombre} y se pide el {pedido.como_trimestre.nombre}", dato,
        encontrado=str(dato.crudo), esperado=esperado,
    )
