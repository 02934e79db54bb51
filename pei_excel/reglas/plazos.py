"""Hasta cuándo se recibe cada informe, y la regla que dice cuántos días tarde llegó."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from pei_excel.catalogo.conjunto import Catalogo
from pei_excel.catalogo.registros import Prorroga
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.lectura.recepcion import Recepcion
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import AMBOS, Contexto, Observacion, Tabla, regla
from pei_excel.reglas.entregas import Entrega
from pei_excel.reglas.padron import informan
from pei_excel.textos import cuenta

#: Días naturales que tiene un POI al cerrar el trimestre, si el calendario no dice otra cosa (artículo 12).
DIAS_DEL_POI = 10


class Vencimiento(NamedTuple):
    """Hasta cuándo se recibe un informe."""

    limite: date | None = None  #: el del calendario o, en el POI, el de la directiva; None: no se sabe
    prorroga: Prorroga | None = None  #: la mayor que se concedió a la unidad

    @property
    def ultimo_dia(self) -> date | None:
        """El último para entregar a tiempo, con la prórroga."""
        return max((d for d in (self.limite, self.prorroga and self.prorroga.fecha) if d), default=None)


def vencimiento(
    formato: str | None, periodo: Periodo, catalogo: Catalogo | None, claves: Collection[str]
) -> Vencimiento:
    """Hasta cuándo entrega quien tiene (o tuvo) una de esas claves; un semestre y el año son su último trimestre."""
    del_periodo = (periodo, periodo.como_trimestre)
    plazo = next((p for q in del_periodo if catalogo and (p := catalogo.plazo(q))), None)
    suyas = [
        p for p in (catalogo.prorrogas if catalogo else ())
        if p.periodo in ({plazo.periodo} if plazo else del_periodo) and catalogo and _es_de(p, claves, catalogo, periodo)
    ]
    limite = plazo.limite if plazo else None
    if limite is None and formato == "POI" and periodo.mes % 3 == 0:
        limite = periodo.ultimo_dia + timedelta(days=DIAS_DEL_POI)
    return Vencimiento(limite, max(suyas, key=lambda p: p.fecha, default=None))


def _es_de(prorroga: Prorroga, claves: Collection[str], catalogo: Catalogo, periodo: Periodo) -> bool:
    """La prórroga es de esa unidad, aunque se haya anotado con la clave de antes o con la de después."""
    suyas = {prorroga.unidad, *catalogo.claves_vigentes(prorroga.unidad, periodo.ultimo_dia)}
    return not suyas.isdisjoint(c.upper() for c in claves)


#: Catálogo de los ejemplos: el plazo del segundo trimestre.
_PLAZOS = informan("504") + """
    Calendario
    | Periodo             | Fecha límite |
    | 2do. Trimestre 2024 | 2024-07-08   |
    """


@regla(
    "ENT002", AMBOS,
    severidad=Severidad.AVISO, para=Destinatario.PLANEACION, alcance="entrega",
    por_que="Lo que llega tarde retrasa el informe de la institución y queda en el control de entregas.",
    como_corregir="Anote la prórroga en el catálogo si se concedió, o recuerde el plazo a la unidad.",
    fuente="Catálogo institucional, hojas «Calendario» y «Prórrogas»; sin ellas, en el POI, los 10 días calendario de la "
    "Directiva N° 003-2016-MPH/17, artículo 12",
    mal={
        "MIR": Tabla("✗ archivo", catalogo=_PLAZOS, recepcion="archivo;fecha\nlibro.xlsx;11/07/2024\n"),
        "POI": Tabla("✗ archivo", recepcion="archivo;fecha\nlibro.xlsx;11/07/2024\n"),
    },
    bien={
        "MIR": Tabla("", catalogo=_PLAZOS + """
    Prórrogas
    | Unidad | Periodo             | Nueva fecha límite | Oficio     |
    | '504'  | 2do. Trimestre 2024 | 2024-07-11         | Oficio 033 |
    """, recepcion="archivo;fecha\nlibro.xlsx;11/07/2024\n"),
        "POI": Tabla("", recepcion="archivo;fecha\nlibro.xlsx;10/07/2024\n"),
    },
)
def llego_tarde(entrega: Entrega, contexto: Contexto) -> Iterator[Observacion]:
    """Cada informe llegó dentro de su plazo; si la unidad lo envió varias veces, cuenta la primera."""
    periodo = contexto.periodo
    if periodo is None:
        return
    primeras: dict[tuple[str | None, str, str], tuple[Recepcion, Libro]] = {}
    for libro in entrega.libros:
        recepcion = entrega.recepciones.get(libro.archivo)
        if recepcion is None or not recepcion.cierta or not libro.identidad[0]:
            continue  # de quien no se sabe cuándo llegó, no se dice nada
        quien = libro.formato, *libro.identidad
        if quien not in primeras or recepcion.fecha < primeras[quien][0].fecha:
            primeras[quien] = recepcion, libro
    for (formato, clave, programa), (recepcion, libro) in primeras.items():
        cuando = min(recepcion.fecha, entrega.primeras.get((formato or "", clave, programa), recepcion.fecha))
        catalogo = contexto.catalogo
        claves = (clave, *(catalogo.claves_vigentes(clave, periodo.ultimo_dia) if catalogo else ()))
        plazo = vencimiento(formato, periodo, catalogo, claves)
        hasta = plazo.ultimo_dia
        if hasta is None or cuando <= hasta:
            continue
        de_que = "la prórroga" if plazo.prorroga and plazo.prorroga.fecha == hasta else "el plazo"
        quien_es = f"{libro.unidad}" + (f", programa {programa}," if programa else "")
        yield Observacion(
            f"lo de {quien_es} llegó el {_dia(cuando)}, "
            f"{cuenta((cuando - hasta).days, 'día')} después de que venció {de_que} ({_dia(hasta)})",
            archivo=libro.archivo, encontrado=_dia(cuando), esperado=f"a más tardar el {_dia(hasta)}",
        )


def _dia(fecha: date) -> str:
    return f"{fecha.day:02d}/{fecha.month:02d}/{fecha.year}"
