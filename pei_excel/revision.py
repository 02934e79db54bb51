"""Un libro → sus hallazgos y su suerte: aceptado, observado o rechazado."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from pei_excel.actividades import sin_cifras_legibles
from pei_excel.correcciones import EntregaAnterior
from pei_excel.formato import Formato
from pei_excel.formatos.aplicativo import APLICATIVO, NO_SE_APLICAN
from pei_excel.hallazgo import Hallazgo, Severidad
from pei_excel.lectura.recepcion import Lista, Recepcion
from pei_excel.libro import Libro
from pei_excel.reglas.base import Contexto, Observacion, Regla, a_hallazgo
from pei_excel.reglas.catalogo import DE_LECTURA
from pei_excel.reglas.entregas import Entrega
from pei_excel.reglas.juntar import juntar
from pei_excel.reglas.lista import REGLAS
from pei_excel.reglas.precedencia import aplicar
from pei_excel.reglas.renglones import nivel_de
from pei_excel.tipos import ValorNivel

#: Los niveles que un programa tiene una sola vez.
SUPERIORES = (ValorNivel("Fin"), ValorNivel("Propósito"))


class Suerte(StrEnum):
    """Qué pasa con un informe."""

    ACEPTADO = "aceptado"
    OBSERVADO = "observado"
    RECHAZADO = "rechazado"
    SUSTITUIDO = "sustituido"


@dataclass(slots=True)
class Revision:
    """Un informe con sus hallazgos."""

    libro: Libro
    hallazgos: list[Hallazgo] = field(default_factory=list)
    estado: Suerte = Suerte.ACEPTADO
    usado: Libro | None = None  #: la entrega que la sustituye
    anterior: EntregaAnterior | None = None  #: la que hubo antes, si no es la primera
    callados: tuple[tuple[str, str], ...] = ()  #: (regla, sobre) de lo que la oficina decidió que no procede
    resueltas: frozenset[tuple[str, str]] = frozenset()  #: (hoja, celda) de las cifras calculadas de las que habla eso

    @property
    def cuenta(self) -> bool:
        """Sus cifras pueden consolidarse."""
        return self.estado in {Suerte.ACEPTADO, Suerte.OBSERVADO}

    def de(self, severidad: Severidad) -> list[Hallazgo]:
        """Hallazgos de una severidad."""
        return [h for h in self.hallazgos if h.severidad is severidad]


def revisar(libro: Libro, contexto: Contexto) -> Revision:
    """Aplica todas las reglas de un libro, calla las que se deben a otra y decide su suerte."""
    observaciones: list[Observacion] = []
    for regla in REGLAS:
        if regla.alcance != "libro" or (libro.formato is not None and not _le_toca(regla, contexto.formato(libro))):
            continue
        if libro.formato is None and regla.codigo not in {"FMT001", "FMT002"}:
            continue
        if libro.origen == APLICATIVO and regla.codigo in NO_SE_APLICAN:
            continue
        observaciones += list(regla(libro, contexto))
    formulacion = contexto.formulacion(libro) if libro.formato else False
    hallazgos = [a_hallazgo(o, libro.archivo, formulacion, libro) for o in juntar(aplicar(observaciones))]
    hallazgos.sort(key=Hallazgo.orden)
    estado = Suerte.ACEPTADO
    if any(h.severidad is Severidad.ERROR for h in hallazgos):
        estado = Suerte.OBSERVADO
    if libro.rechazado or sin_indicadores(libro, contexto) or any(h.regla == "ENT005" for h in hallazgos):
        estado = Suerte.RECHAZADO
    return Revision(libro, hallazgos, estado)


def _le_toca(regla: Regla, formato: Formato) -> bool:
    """La regla es de ese formato; a los libros de la oficina les tocan además las de lectura comunes."""
    return formato.clave in regla.formatos or (not formato.informe and regla.codigo in DE_LECTURA)


def sin_indicadores(libro: Libro, contexto: Contexto) -> bool:
    """Se reconoció el formato y no trae ningún renglón: una plantilla sin llenar no es un informe recibido.

    Tampoco lo es un POI del que no se puede leer ninguna cifra de ninguna actividad.
    """
    if libro.formato is None:
        return False
    formato = contexto.formato(libro)
    if not formato.informe:
        return False
    return not libro.filas(formato.principal.clave) or sin_cifras_legibles(libro)


def _perdonar_a_quien_no_coordina(revisiones: list[Revision], contexto: Contexto) -> None:
    """La MIR de un programa que ejecutan varias unidades se juzga entera.

    El Fin y el Propósito los trae la unidad que coordina: con catálogo se sabe cuál es, y sólo a ella le faltan; sin
    él, a nadie le falta lo que trae otra. Una Actividad y su Componente pueden venir en libros distintos, y mientras no
    llegue el de la coordinadora (ENT001) no se sabe cuáles faltan.
    """
    traen: dict[tuple[str, object], list[tuple[str, ValorNivel]]] = {}  # programa y periodo → (unidad, nivel)
    for revision in revisiones:
        if revision.cuenta and revision.libro.identidad[1]:
            suyos = traen.setdefault(_del_programa(revision.libro, contexto), [])
            suyos += [(revision.libro.identidad[0], n) for f in revision.libro.filas("MIR") if (n := nivel_de(f))]
    for revision in revisiones:
        unidad, programa = revision.libro.identidad
        del_programa = traen.get(_del_programa(revision.libro, contexto), ()) if programa else ()
        ajenos = {nivel for otra, nivel in del_programa if otra != unidad}
        coordinan = _coordinan(revision.libro, contexto)
        incompleto = bool(coordinan) and coordinan.isdisjoint({unidad.upper() for unidad, _ in del_programa})
        quedan = [
            h for h in revision.hallazgos if not _esta_en_otro_libro(
                h, revision.libro, ajenos, unidad.upper() in coordinan if coordinan else None, incompleto=incompleto,
            )
        ]
        if len(quedan) < len(revision.hallazgos):
            revision.hallazgos = quedan
            if revision.estado is Suerte.OBSERVADO and not revision.de(Severidad.ERROR):
                revision.estado = Suerte.ACEPTADO


def _del_programa(libro: Libro, contexto: Contexto) -> tuple[str, object]:
    periodo = libro.periodo or contexto.periodo
    return libro.identidad[1], periodo.como_trimestre if periodo else None


def _coordinan(libro: Libro, contexto: Contexto) -> set[str]:
    """Las claves, de antes y de ahora, de la unidad que coordina su programa; vacío si no se sabe cuál es."""
    catalogo, periodo = contexto.catalogo, libro.periodo or contexto.periodo
    programa = catalogo.programa(libro.identidad[1], periodo.ultimo_dia) if catalogo and periodo else None
    if catalogo is None or periodo is None or programa is None or programa.coordinadora is None:
        return set()
    hoy = set(catalogo.claves_vigentes(programa.coordinadora, periodo.ultimo_dia)) or {programa.coordinadora}
    return {programa.coordinadora} | {
        u.clave for u in catalogo.unidades if hoy & set(catalogo.claves_vigentes(u.clave, periodo.ultimo_dia))
    }


def _esta_en_otro_libro(
    hallazgo: Hallazgo, libro: Libro, ajenos: set[ValorNivel], coordina: bool | None, *, incompleto: bool
) -> bool:
    """Lo que el hallazgo echa de menos lo trae otra unidad del programa, o le toca traerlo a otra."""
    if hallazgo.regla == "MIR002" and hallazgo.esperado in {n.clase for n in SUPERIORES}:
        return any(n.clase == hallazgo.esperado for n in ajenos) if coordina is None else not coordina
    if hallazgo.regla == "MIR003":
        return hallazgo.esperado in set(map(str, ajenos)) or (incompleto and hallazgo.esperado is not None)
    if hallazgo.regla == "MIR004":
        suyos = [n for f in libro.filas("MIR") if f["nivel"].celda == hallazgo.donde.celda and (n := nivel_de(f))]
        return any(a.clase == "Actividad" and a.componente == n.componente for a in ajenos for n in suyos)
    return False


def _agregar(revisiones: list[Revision], observacion: Observacion, contexto: Contexto) -> None:
    """Agrega al informe de una celda un hallazgo de la carpeta, si ahí no se dijo ya otra cosa de ella."""
    dato = observacion.dato
    suya = next(
        r for r in revisiones
        if dato is not None and any(f[dato.llave[2]] is dato for f in r.libro.filas(dato.llave[0]))
    )
    hallazgo = a_hallazgo(
        observacion, suya.libro.archivo, contexto.formulacion(suya.libro), suya.libro
    )
    if not any(h.donde == hallazgo.donde and h.regla == hallazgo.regla for h in suya.hallazgos):
        suya.hallazgos = sorted([*suya.hallazgos, hallazgo], key=Hallazgo.orden)


def revisar_entrega(
    revisiones: list[Revision], ajenos: Iterable[tuple[str, str]], contexto: Contexto,
    recepciones: Mapping[str, Recepcion] | None = None, lista: Lista | None = None, usar: Collection[str] = (),
    primeras: Mapping[tuple[str, str, str], date] | None = None, *, completa: bool = True,
) -> list[Hallazgo]:
    """Hallazgos de la carpeta; marca `sustituido` lo que otra entrega reemplaza.

    `recepciones` dice cuándo llegó cada archivo; `lista`, lo que se leyó de recepcion.csv; `usar`, los archivos que se
    eligieron a mano; `primeras`, cuándo llegó la primera entrega de cada informe, si se recuerda;
    sin `completa` (libros sueltos) no se busca quién falta.
    """
    _perdonar_a_quien_no_coordina(revisiones, contexto)
    vivos = [r.libro for r in revisiones if r.estado is not Suerte.RECHAZADO]
    entrega = Entrega(
        vivos, tuple(ajenos), [r.libro for r in revisiones if r.estado is Suerte.RECHAZADO], recepciones or {},
        lista or Lista(), frozenset(usar), primeras or {}, completa=completa,
    )
    observaciones: list[Observacion] = []
    for regla in REGLAS:
        if regla.alcance == "entrega":
            observaciones += list(regla(entrega, contexto))
    for revision in revisiones:
        if id(revision.libro) in entrega.sustituidos:
            revision.estado, revision.usado = Suerte.SUSTITUIDO, entrega.sustituidos[id(revision.libro)]
    # Lo que se encuentra entre varios libros y es de uno va con los hallazgos de ése, que es quien puede corregirlo.
    entrega.libros = [r.libro for r in revisiones if r.cuenta]
    for regla in REGLAS:
        for observacion in regla.en_la_carpeta(entrega, contexto):
            _agregar(revisiones, observacion, contexto)
    return sorted((a_hallazgo(o, "", formulacion=False) for o in observaciones), key=Hallazgo.orden)
