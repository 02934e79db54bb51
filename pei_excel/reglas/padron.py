"""Reglas que comparan lo recibido con el catálogo de la oficina; sin catálogo no dicen nada."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Protocol

from pei_excel.catalogo.conjunto import Catalogo
from pei_excel.catalogo.registros import Programa, Unidad
from pei_excel.formatos import FORMATOS
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.libro import Dato, Libro
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import AMBOS, Contexto, Observacion, Tabla, regla
from pei_excel.reglas.entregas import Entrega
from pei_excel.textos import cuenta, enumerar, mas_cercano, normalizar

#: Unidades del catálogo de los ejemplos: las de demostración, las de los libros modelo y otra más.
_UNIDADES = (
    ("U21", "Instituto", "2024-01-01"), ("U22", "Obras", "2024-01-01"), ("U23", "Obras y servicios", "2024-07-01"),
    ("'504'", "Unidad de ejemplo", "2024-01-01"), ("'031'", "Unidad orgánica de ejemplo", "2024-01-01"),
    ("'505'", "Otra unidad", "2024-01-01"),
)


def informan(*claves: str) -> str:
    """Cuadro de un catálogo en el que sólo informan esas unidades; 504 y 505 comparten el programa 6."""
    renglones = "\n".join(
        f"    | {clave} | {nombre} | Titular | {desde} | {'Sí' if clave.strip(chr(39)) in claves else 'No'} |"
        for clave, nombre, desde in _UNIDADES
    )
    return f"""
    Unidades
    | Clave | Nombre | Cargo del titular | Vigente desde | ¿Informa? |
{renglones}
    Programas
    | Clave | Nombre              | Unidades | Unidad coordinadora | Vigente desde |
    | '6'   | Programa de ejemplo | 504, 505 | '504'               | 2024-01-01    |
    """


#: Unidad del libro modelo de cada formato.
_DEL_MODELO = {"MIR": "504", "POI": "031"}


@regla(
    "ENT001", AMBOS,
    para=Destinatario.PLANEACION, alcance="entrega",
    por_que="Un informe que no llega deja incompletas las cifras de su programa y de la institución.",
    como_corregir="Pida el informe a la unidad; si no debe informar, dígalo en el catálogo.",
    fuente="Catálogo institucional, hojas «Unidades» y «Programas»",
    mal={f: Tabla("✗ archivo", catalogo=informan(_DEL_MODELO[f], "505")) for f in AMBOS},
    bien={f: Tabla("", catalogo=informan(_DEL_MODELO[f])) for f in AMBOS},
)
def falta_un_informe(entrega: Entrega, contexto: Contexto) -> Iterator[Observacion]:
    """Entregaron todas las unidades (y programas) que deben informar; de libros sueltos no se juzga."""
    catalogo, periodo = contexto.catalogo, contexto.periodo
    if catalogo is None or periodo is None or not entrega.completa:
        return
    dia = periodo.ultimo_dia
    hallados = [x.formato for x in (*entrega.libros, *entrega.rechazados)]
    for formato, unidad, programa in esperados(hallados, catalogo, periodo):
        if not llego(entrega.libros, entrega.rechazados, catalogo, (unidad, programa), formato, dia):
            quien = f"{unidad.clave} - {unidad.nombre}" + (f", programa {programa.clave}" if programa else "")
            yield Observacion(f"no ha llegado {_QUE_INFORMA[formato]} de {quien}", esperado=f"{formato}: {quien}")


_QUE_INFORMA = {"MIR": "el informe de la MIR", "POI": "el POI"}


class Identificado(Protocol):
    """Algo que llegó: un libro, o el renglón que lo recuerda."""

    @property
    def formato(self) -> str | None:
        """Clave del formato; None si no se reconoció."""

    @property
    def archivo(self) -> str:
        """Su nombre."""

    @property
    def identidad(self) -> tuple[str, str]:
        """Claves de unidad y programa; vacías si se desconocen."""


def esperados(
    hallados: Iterable[str | None], catalogo: Catalogo, periodo: Periodo
) -> list[tuple[str, Unidad, Programa | None]]:
    """Qué se espera de quién: de los formatos que llegaron y, si no llegó ninguno, del que la oficina lleva.

    En una carpeta con los dos, quien ejecuta un programa informa con la MIR y sólo de los demás se espera un POI, salvo
    en Perú, donde el POI es de todas las unidades orgánicas.
    """
    presentes = set(hallados)
    formatos = [f for f in FORMATOS if f in presentes] or ["MIR" if catalogo.programas else "POI"]
    con_mir = {u.clave for u, _ in catalogo.esperados("MIR", periodo)} if "MIR" in formatos else set()
    if catalogo.institucion.pais == "pe":
        con_mir = set()
    return [
        (formato, unidad, programa) for formato in formatos for unidad, programa in catalogo.esperados(formato, periodo)
        if formato == "MIR" or unidad.clave not in con_mir
    ]


def palabras_de_ruta(archivo: str) -> set[str]:
    """Las palabras de una ruta sin su extensión, en mayúsculas: «poi/MIR_504-6.xlsx» → POI, MIR, 504 y 6."""
    return set(re.findall(r"[0-9A-ZÁÉÍÓÚÑ.]+", re.sub(r"\.\w+$", "", archivo).upper()))


def llego(
    aceptados: Iterable[Identificado], rechazados: Iterable[Identificado], catalogo: Catalogo,
    quien: tuple[Unidad, Programa | None], formato: str, dia: date,
) -> bool:
    """Hay un libro suyo, aunque se haya rechazado: entonces lo que se dice es por qué."""
    unidad, programa = quien
    suyo = programa.clave if programa else ""
    for libro in aceptados:
        clave, otro = libro.identidad
        if libro.formato == formato and otro.upper() == suyo and unidad.clave in catalogo.claves_vigentes(clave, dia):
            return True
    for libro in rechazados:
        clave, otro = libro.identidad
        if clave and unidad.clave in catalogo.claves_vigentes(clave, dia) and otro.upper() in {suyo, ""}:
            return True
        if not clave and lo_nombra(libro.archivo, quien):
            return True
    return False


def lo_nombra(archivo: str, quien: tuple[Unidad, Programa | None]) -> bool:
    """El nombre lleva sus claves: de un libro que no abre no se sabe más («MIR_504-6_2024-T2.xlsx»)."""
    unidad, programa = quien
    palabras = palabras_de_ruta(archivo.rpartition("/")[2])
    return unidad.clave in palabras and (programa is None or programa.clave in palabras)


@regla(
    "ENT006", AMBOS,
    por_que="Con una clave que no existe, el informe no se suma a ninguna unidad ni programa.",
    como_corregir="Escriba la clave y el nombre como están en la plantilla que le entregó el área de planeación.",
    fuente="Catálogo institucional, hojas «Unidades» y «Programas»",
    mal={
        "MIR": Tabla("""
        Campos
        | Campo                    | Valor                      |
        | Programa Presupuestario: | 66 - Programa de ejemplo ✗ |
        """, catalogo=informan()),
        "POI": Tabla("""
        Campos
        | Campo            | Valor                              |
        | Unidad orgánica: | 031 - Unidad orgánica que no fue ✗ |
        """, catalogo=informan("031")),
    },
    bien={f: Tabla("", catalogo=informan(_DEL_MODELO[f])) for f in AMBOS},
)
def identidad_fuera_del_catalogo(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """La unidad y el programa están en el catálogo, con ese nombre."""
    catalogo, periodo = contexto.catalogo, contexto.periodo_de(libro)
    if catalogo is None:
        return
    dia = periodo.ultimo_dia if periodo else date(int(libro.campo("ejercicio").valor or 2000), 12, 31)
    if libro.unidad is not None:
        unidad, dato = catalogo.unidad(libro.unidad.clave, dia), libro.campo("unidad")
        if unidad is None:
            yield _desconocida(dato, libro.unidad.clave, "unidad", _que_fue(catalogo, libro.unidad.clave, dia),
                               [u.clave for u in catalogo.unidades if u.vigencia.contiene(dia)])
        else:
            yield from _con_otro_nombre(dato, libro.unidad.nombre, unidad.nombre)
    if libro.programa is not None and "programa" in libro.campos:
        programa, dato = catalogo.programa(libro.programa.clave, dia), libro.campo("programa")
        if programa is None:
            yield _desconocida(dato, libro.programa.clave, "programa", "",
                               [p.clave for p in catalogo.programas if p.vigencia.contiene(dia)])
        else:
            yield from _con_otro_nombre(dato, libro.programa.nombre, programa.nombre)


def _que_fue(catalogo: Catalogo, clave: str, dia: date) -> str:
    """Qué pasó con una clave que se conoce y ese día no está vigente."""
    if not catalogo.conoce(clave):
        return ""
    hoy = catalogo.claves_vigentes(clave, dia)
    return f"; entonces era {enumerar(hoy)}" if hoy else "; entonces no existía"


def _desconocida(dato: Dato, clave: str, que: str, paso: str, claves: list[str]) -> Observacion:
    cercana = None if paso else mas_cercano(clave, claves, 0.75)
    sugerencia = f"; ¿quiso decir «{cercana}»?" if cercana else paso
    vigente = "vigente " if paso else ""
    articulo = "una" if que == "unidad" else "un"
    return Observacion(
        f"«{clave}» no es la clave de {articulo} {que} {vigente}del catálogo{sugerencia}", dato, encontrado=clave,
        esperado=cercana,
    )


def _con_otro_nombre(dato: Dato, escrito: str, suyo: str) -> Iterator[Observacion]:
    if escrito and suyo and normalizar(escrito) != normalizar(suyo):
        yield Observacion(
            f"dice «{escrito}» y en el catálogo esa clave es «{suyo}»", dato, encontrado=escrito, esperado=suyo,
            severidad=Severidad.NOTA, destinatario=Destinatario.PLANEACION,
        )


@regla(
    "POI005", ("POI",),
    severidad=Severidad.AVISO, para=Destinatario.PLANEACION, diseno=True,
    por_que="Una acción estratégica sin actividades no tiene quien la cumpla ni presupuesto.",
    como_corregir="Acuerde con la unidad qué actividad la atiende, o corrija la asignación en el catálogo.",
    fuente="Catálogo institucional, hoja «Alineación»; Directiva N° 003-2016-MPH/17, artículo 7",
    mal=Tabla("""
        | Código   | AEI → | AEI |
        | (título) |       | ✗   |
        """, catalogo=informan("031") + """
    Alineación
    | Clase | Código    | Descripción            | Depende de | Unidades |
    | OEI   | OEI.12    | Un objetivo            |            |          |
    | AEI   | AEI.12.01 | Una acción sin atender | OEI.12     | '031'    |
    """),
    bien=Tabla("", catalogo=informan("031") + """
    Alineación
    | Clase | Código    | Descripción  | Depende de | Unidades |
    | OEI   | OEI.05    | Un objetivo  |            |          |
    | AEI   | AEI.05.01 | Una atendida | OEI.05     | '031'    |
    """),
)
def accion_asignada_sin_actividad(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Toda AEI asignada a la unidad tiene al menos una actividad."""
    hoja = libro.hojas.get(contexto.formato(libro).principal.clave)
    titulo = hoja.titulos.get("aei") if hoja else None
    if contexto.catalogo is None or libro.unidad is None or hoja is None or titulo is None:
        return
    periodo = contexto.periodo_de(libro)
    claves = {libro.unidad.clave.upper()}
    if periodo is not None:  # la asignación pudo escribirse con la clave de antes o la de después
        claves |= {
            u.clave for u in contexto.catalogo.unidades
            if libro.unidad.clave.upper() in contexto.catalogo.claves_vigentes(u.clave, periodo.ultimo_dia)
        }
    asignadas = {a.codigo: a for clave in sorted(claves) for a in contexto.catalogo.asignadas("AEI", clave)}
    escritas = {f.valor("aei") for f in hoja.filas}
    faltan = [a for codigo, a in asignadas.items() if codigo not in escritas]
    if faltan:
        cuales = enumerar(a.codigo for a in faltan)
        verbo = "tiene" if len(faltan) == 1 else "tienen"
        yield Observacion(
            f"{cuenta(len(faltan), 'AEI asignada', 'AEI asignadas')} a la unidad no {verbo} actividades: {cuales}",
            Dato((hoja.clave, -1, "aei"), hoja=titulo.hoja, celda=titulo.celda), esperado=cuales,
            lee=tuple(f["aei"] for f in hoja.filas),
        )
