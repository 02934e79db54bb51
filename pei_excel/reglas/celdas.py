"""Reglas de lectura de las celdas: tipo, números como texto, errores de Excel, vacíos y catálogos."""

from __future__ import annotations

from collections.abc import Iterator

from pei_excel.formato import Apertura, Formato, Hoja
from pei_excel.hallazgo import Severidad
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.reglas.base import AMBOS, Contexto, Observacion, regla
from pei_excel.reglas.renglones import renglon_ausente
from pei_excel.tipos import SIN_CALCULAR, Nivel, ValorNivel, como_texto

#: Columnas obligatorias que tienen su propia regla y por eso no pasan por FMT007; la llave de la hoja, tampoco.
_CON_REGLA_PROPIA = frozenset({"base_valor", "base_ejercicio", "medios", "elementos"})
#: Columnas cuyo valor decide el cálculo: fuera de su lista, la cifra no puede saberse.
_DECIDEN = frozenset({"sentido", "frecuencia", "acumulacion"})


def datos(libro: Libro) -> Iterator[Dato]:
    """Todos los datos del informe: campos y celdas de todas las hojas."""
    yield from libro.campos.values()
    for hoja in libro.hojas.values():
        for fila in hoja.filas:
            yield from fila.datos.values()


def de_celdas(libro: Libro, codigo: str) -> Iterator[Observacion]:
    """Los incidentes que las celdas traen con ese código, como observaciones."""
    for dato in datos(libro):
        i = dato.incidente
        if i is not None and i.clase == codigo:
            yield Observacion(
                i.mensaje, dato, encontrado=mostrable(dato.crudo), esperado=i.esperado,
                severidad=Severidad.ERROR if i.error else Severidad.AVISO,
            )


def mostrable(crudo: object) -> str | float | None:
    """Lo escrito en una celda, para `encontrado`."""
    return crudo if crudo is None or (isinstance(crudo, float)) else como_texto(crudo)[:200]


@regla(
    "FMT004", AMBOS,
    por_que="Un valor de otro tipo no puede sumarse ni compararse.",
    como_corregir="Escriba el dato como lo pide la columna; en las cifras, sólo el número.",
    fuente="Informe Trimestral 2024, columnas de valores; Directiva N° 003-2016-MPH/17, artículo 8.1",
    mal={
        "MIR": """
        | Nivel        | Valores Alcanzados/2do. Trim. |
        | Componente 1 | veinte ✗                      |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución física mensual/Junio |
        | AO.01  | veinte ✗                       |
        """,
    },
    bien={
        "MIR": """
        | Nivel         | Valores Programados/3er. Trim. | Línea Base/Valor |
        | Actividad 1.1 | NP                             | 60               |
        """,
        "POI": """
        | Código | Programación mensual/Enero |
        | AO.05  | NP                         |
        """,
    },
)
def tipo_equivocado(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El valor tiene el tipo y los límites de su columna."""
    for observacion in de_celdas(libro, "FMT004"):
        if observacion.mensaje == SIN_CALCULAR.mensaje:
            observacion.como_corregir = "Abra y guarde el libro en Excel para que se calcule, o escriba el dato."
        yield observacion


@regla(
    "FMT005", AMBOS,
    severidad=Severidad.AVISO,
    por_que="Excel no suma un número guardado como texto; el total que ve la unidad no es el real.",
    como_corregir="Escriba de nuevo el número, sin signos ni formato de porcentaje: para 20 % escriba 20.",
    fuente="Informe Trimestral 2024, columnas de valores; Directiva N° 003-2016-MPH/17, artículo 8.1",
    mal={
        "MIR": """
        | Nivel        | Valores Alcanzados/2do. Trim. |
        | Componente 1 | '27,5' ✗                      |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución financiera mensual S/./Junio |
        | AO.01  | 'S/ 1 500.00' ✗                        |
        """,
    },
    bien={
        "MIR": """
        | Nivel        | Valores Alcanzados/2do. Trim. |
        | Componente 1 | 27.5                          |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución financiera mensual S/./Junio |
        | AO.01  | 1499.5                                 |
        """,
    },
)
def numero_como_texto(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Los números están escritos como números; lo que se entiende se lee y se dice."""
    for observacion in de_celdas(libro, "FMT005"):
        crudo = observacion.dato.crudo if observacion.dato else None
        if isinstance(crudo, str) and observacion.severidad is Severidad.ERROR:
            observacion.como_corregir = "Escriba de nuevo el número sin separar los miles y con punto en los decimales."
        elif isinstance(crudo, str) and "%" not in crudo:
            observacion.como_corregir = "Escriba de nuevo sólo el número, sin letras, signos ni espacios."
        yield observacion


@regla(
    "FMT006", AMBOS,
    por_que="Un error de Excel oculta la cifra verdadera; tomarlo como vacío sería cambiarla.",
    como_corregir="Corrija la fórmula o escriba el dato.",
    fuente="Valores de error de Excel",
    mal={
        "MIR": """
        | Nivel        | Valores Alcanzados/2do. Trim. |
        | Componente 1 | #DIV/0! ✗                     |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución física mensual/Junio |
        | AO.01  | #DIV/0! ✗                      |
        """,
    },
    bien={
        "MIR": """
        | Nivel        | Valores Alcanzados/2do. Trim. |
        | Componente 1 | 27                            |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución física mensual/Junio |
        | AO.01  | 10                             |
        """,
    },
)
def error_de_excel(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Ninguna celda muestra un error de Excel; una calculada sólo se nombra si sus datos no lo tienen."""
    formato = contexto.formato(libro)
    for dato in libro.campos.values():
        if _en_error(dato):
            yield _del_error(dato)
    renglones = [(hoja, fila, malos) for hoja in formato.hojas for fila in libro.filas(hoja.clave)
                 if (malos := {c for c, d in fila.datos.items() if _en_error(d)})]
    de_llave: dict[object, set[str]] = {}  # llave del renglón → hojas donde un dato suyo está en error
    for hoja, fila, malos in renglones:
        capturado = any(hoja.por_clave[c].calculo is None for c in malos)
        if hoja.llave and (capturado or hoja is formato.principal):
            de_llave.setdefault(fila.valor(hoja.llave[0]), set()).add(hoja.clave)
    for hoja, fila, malos in renglones:
        llave = fila.valor(hoja.llave[0]) if hoja.llave else None
        en_otra = llave is not None and bool(de_llave.get(llave, set()) - {hoja.clave})
        oficiales = {c for c in malos if not hoja.por_clave[c].auxiliar}
        for clave in sorted(malos):
            columna = hoja.por_clave[clave]
            # Las de apoyo se calculan con toda la fila.
            leidas = set(columna.calculo.lee) | (oficiales if columna.auxiliar else set()) if columna.calculo else set()
            if columna.calculo is None or not (leidas & malos or en_otra):
                yield _del_error(fila[clave])


def _en_error(dato: Dato) -> bool:
    return dato.incidente is not None and dato.incidente.clase == "FMT006"


def _del_error(dato: Dato) -> Observacion:
    return Observacion(dato.incidente.mensaje if dato.incidente else "", dato, encontrado=dato.escrito)


@regla(
    "FMT007", AMBOS,
    por_que="Sin ese dato no se sabe qué se mide o cómo.",
    como_corregir="Llene la celda.",
    fuente="Informe Trimestral 2024, Datos del Indicador; Directiva N° 003-2016-MPH/17, artículos 8 y 10",
    mal={
        "MIR": """
        | Nivel        | Definición |
        | Componente 1 | ✗          |
        """,
        "POI": """
        | Código | Indicador |
        | AO.01  | ✗         |
        """,
    },
    bien={
        "MIR": """
        | Nivel        | Definición                     |
        | Componente 1 | Mide el avance comprometido    |
        """,
        "POI": """
        | Código | Indicador                     |
        | AO.01  | Número de personas graduadas  |
        """,
    },
)
def dato_obligatorio_vacio(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Las celdas obligatorias están llenas."""
    formato = contexto.formato(libro)
    for hoja in libro.hojas.values():
        declarada = formato.por_clave[hoja.clave]
        for columna in declarada.columnas:
            propia = columna.clave in _CON_REGLA_PROPIA or columna.clave in declarada.llave[:1]
            if not columna.obligatoria or propia or columna.calculo is not None:
                continue
            if columna.apertura is Apertura.NUNCA:
                continue
            for fila in hoja.filas:
                if columna.clave in fila.datos and fila[columna.clave].vacio:
                    yield Observacion(f"falta «{columna.titulo}»", fila[columna.clave])


@regla(
    "FMT008", AMBOS,
    severidad=Severidad.AVISO,
    por_que="Un valor fuera de la lista no puede agruparse ni, si decide el cálculo, evaluarse.",
    como_corregir="Elija un valor de la lista.",
    fuente="Informe Trimestral 2024 y Metodología del Marco Lógico, catálogos; Directiva N° 003-2016-MPH/17",
    mal={
        "MIR": """
        | Nivel        | Sentido Esperado |
        | Componente 1 | Hacia arriba ✗   |
        """,
        "POI": """
        | Código | Tipo de indicador |
        | AO.01  | Producto ✗        |
        Evaluación
        | Código  | Trimestre      | Plazo  |
        | AO.01 ✗ | 2do. Trimestre | (otra) |
        """,
    },
    bien={
        "MIR": """
        | Nivel        | Sentido Esperado |
        | Componente 1 | ASCENDENTES      |
        """,
        "POI": """
        | Código | Tipo de indicador | Acumulación |
        | AO.01  | PROCESOS          | ACUMULATIVO |
        """,
    },
)
def fuera_de_catalogo(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El valor está en su catálogo; se perdonan acentos, mayúsculas, espacios y plural."""
    formato = contexto.formato(libro)
    for observacion in de_celdas(libro, "FMT008"):
        hoja, _, columna = observacion.dato.llave if observacion.dato else ("", 0, "")
        llaves = formato.por_clave[hoja].llave if hoja in formato.por_clave else ()
        if formato.informe and columna not in _DECIDEN and columna not in llaves:
            observacion.severidad = Severidad.AVISO
        yield observacion
    for hoja_ in formato.hojas[1:]:
        if hoja_.llave and hoja_.referencia is not None:
            yield from _llaves_malas(libro, formato, hoja_)


def _llaves_malas(libro: Libro, formato: Formato, hoja: Hoja) -> Iterator[Observacion]:
    """Las llaves repetidas de una hoja y, si son Niveles, las que no conoce la principal (las del POI: POI013)."""
    clave = formato.principal.llave[0]
    suyas = tuple(f[clave] for f in libro.filas(formato.principal.clave))
    conocidas = {d.valor for d in suyas}
    son_niveles = isinstance(formato.principal.por_clave[clave].tipo, Nivel)
    vistas: dict[tuple[object, ...], Fila] = {}
    for fila in libro.filas(hoja.clave):
        dato = fila[hoja.llave[0]]
        if dato.vacio:
            continue
        if son_niveles and (dato.valor not in conocidas or not isinstance(dato.valor, ValorNivel)):
            ausente = (renglon_ausente(dato.valor.clase),) if isinstance(dato.valor, ValorNivel) else ()
            yield Observacion(
                f"«{dato.escrito}» no es un Nivel de este informe", dato, encontrado=mostrable(dato.crudo),
                severidad=Severidad.ERROR, lee=(*suyas, *ausente), variante="llave",
            )
            continue
        # Una misma celda puede modificarse varias veces, y una llave sola que se repite es de POI011.
        if hoja.llave[1:] != ("trimestre",) or fila.valor("trimestre") is None:
            continue
        llave = tuple(fila.valor(c) for c in hoja.llave)
        previa = vistas.setdefault(llave, fila)
        if previa is not fila:
            yield Observacion(
                f"{dato.valor} se repite en el mismo trimestre", dato, tambien=(previa[hoja.llave[0]],),
                severidad=Severidad.ERROR, variante="llave", encontrado=str(dato.valor),
                lee=suyas if son_niveles else tuple(d for d in suyas if d.valor == dato.valor),
                como_corregir="Deje un solo renglón para ese trimestre.",
            )
