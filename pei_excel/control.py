"""El control de entregas: quién debía informar un periodo, qué llegó, cuándo, a tiempo o no, y cómo terminó.

El mismo renglón sirve a la hoja «Control de entregas», a `resultado.json`, a la bitácora y al tablero (`estado`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from pei_excel import correcciones
from pei_excel.catalogo.conjunto import Catalogo
from pei_excel.catalogo.registros import Programa, Unidad
from pei_excel.consolidacion import orden_de_clave
from pei_excel.correcciones import NUEVA, PERSISTE, Asunto, asunto_de, para_comparar
from pei_excel.hallazgo import Hallazgo, Severidad
from pei_excel.lectura.recepcion import Recepcion
from pei_excel.periodos import Periodo
from pei_excel.reglas.padron import esperados, llego, lo_nombra
from pei_excel.reglas.plazos import vencimiento
from pei_excel.revision import Revision, Suerte

#: Lo que dice el control de quien no ha entregado.
NO_HA_LLEGADO = "no ha llegado"

Quien = tuple[str, str, str]  #: formato, clave de la unidad y del programa
#: De qué hablan las observaciones que se mandaron a una unidad: (regla, sobre).
Asuntos = tuple[tuple[str, str], ...]


class Cambios(NamedTuple):
    """Qué pasó con las observaciones de la entrega anterior de un informe."""

    desde: str  #: el archivo de esa entrega
    atendidas: int
    persistentes: int
    nuevas: int


class Previa(NamedTuple):
    """Una entrega de antes que ya no está en la carpeta; la recuerda la bitácora."""

    sha256: str
    archivo: str
    fecha: str  #: ISO, si se sabe de cierto; o vacía
    asuntos: Asuntos = ()


class Memoria(NamedTuple):
    """Lo que se recuerda de antes: la bitácora lo da."""

    vistas: Mapping[str, tuple[date, str]]  #: SHA-256 → de qué día es y quién lo dice
    previas: Mapping[Quien, Sequence[Previa]]  #: las entregas que se han visto de cada informe de un periodo
    #: Es la primera vez que se lleva la bitácora: haber visto hoy un archivo no dice nada de cuándo llegó.
    se_estrena: bool = False

    def primeras(self) -> dict[Quien, date]:
        """Cuándo llegó la primera entrega de cada informe."""
        fechas = {quien: [p.fecha for p in previas if p.fecha] for quien, previas in self.previas.items()}
        return {quien: date.fromisoformat(min(suyas)) for quien, suyas in fechas.items() if suyas}


@dataclass(frozen=True, slots=True)
class Entregado:
    """Un renglón del control: un informe hallado en la carpeta, o uno que se espera y no ha llegado."""

    formato: str | None  #: None: no se reconoció
    unidad: str = ""  #: clave
    unidad_nombre: str = ""
    programa: str = ""
    programa_nombre: str = ""
    gerencia: str = ""  #: POI
    archivo: str = ""  #: vacío: no ha llegado
    sha256: str = ""
    periodo: str | None = None  #: el escrito en el libro
    estado: str = NO_HA_LLEGADO
    fecha: date | None = None  #: de recepción
    #: de recepción de la primera entrega de ese informe con fecha cierta, que es la que cuenta para el plazo; None: de
    #: ninguna se sabe, porque la fecha de un archivo sólo dice cuándo se guardó
    primera: date | None = None
    origen: str = ""  #: quién dice la fecha
    medio: str = ""
    oficio: str = ""
    firmado: bool | None = None
    version: int | None = None  #: de la plantilla; None: sin marca
    entrega: int | None = None  #: 1 es la primera que se conoce de ese informe; None: no se sabe de quién es
    errores: int = 0
    avisos: int = 0
    notas: int = 0
    esperado: bool | None = None  #: None: sin catálogo
    limite: date | None = None  #: el del calendario
    prorroga: date | None = None
    oficio_de_prorroga: str = ""
    cambios: Cambios | None = None  #: None: es la primera entrega

    @property
    def llego(self) -> bool:
        """Hay un archivo."""
        return self.estado != NO_HA_LLEGADO

    @property
    def vigente(self) -> bool:
        """Llegó y otra entrega no lo sustituye."""
        return self.llego and self.estado != Suerte.SUSTITUIDO

    @property
    def hasta(self) -> date | None:
        """Último día para entregar, con la prórroga si la hay."""
        return max((d for d in (self.limite, self.prorroga) if d), default=None)

    @property
    def retraso(self) -> int | None:
        """Días naturales después del límite; 0 a tiempo; None si falta alguna de las dos fechas, como en ENT002.

        Se cuentan de la primera entrega: corregir después no es llegar tarde.
        """
        return max(0, (self.primera - self.hasta).days) if self.primera and self.hasta else None

    @property
    def identidad(self) -> tuple[str, str]:
        """Claves de unidad y programa."""
        return self.unidad, self.programa

    @property
    def quien(self) -> str:
        """«504-6», o el archivo si no se sabe de quién es."""
        return "-".join(p for p in self.identidad if p) or self.archivo

    def orden(self) -> tuple[object, ...]:
        """Por unidad, programa y entrega; lo que no ha llegado, en el lugar de su unidad."""
        return orden_de_clave(self.unidad), orden_de_clave(self.programa), self.entrega or 0, self.archivo

    def como_datos(self) -> dict[str, Any]:
        """Para JSON; las fechas, ISO."""
        datos = asdict(self) | {"retraso": self.retraso, "cambios": self.cambios and self.cambios._asdict()}
        return {c: v.isoformat() if isinstance(v, date) else v for c, v in datos.items()}

    @classmethod
    def de_datos(cls, datos: Mapping[str, Any]) -> Entregado:
        """Lo contrario de `como_datos`.

        Raises:
            KeyError, TypeError, ValueError: si no son los de un renglón.
        """
        propios = {c: datos[c] for c in cls.__dataclass_fields__}
        for clave in ("fecha", "primera", "limite", "prorroga"):
            propios[clave] = date.fromisoformat(propios[clave]) if propios[clave] else None
        if propios["cambios"] is not None:
            propios["cambios"] = Cambios(**propios["cambios"])
        return cls(**propios)


def asuntos(hallazgos: Iterable[Hallazgo]) -> Asuntos:
    """Las observaciones que lee la unidad, sin las del diseño, por su asunto."""
    return tuple(asunto_de(h) for h in para_comparar(hallazgos))


def comparar(
    desde: str, antes: Sequence[Asunto], ahora: Sequence[Asunto], callados: Iterable[Asunto] = ()
) -> Cambios:
    """Cuántas se atendieron, persisten y son nuevas, como en `correcciones.comparar`."""
    hecha = correcciones.comparar(antes, ahora, callados)
    return Cambios(desde, len(hecha.atendidas), hecha.respecto.count(PERSISTE), hecha.respecto.count(NUEVA))


def entregados(
    revisiones: Sequence[Revision], recepciones: Mapping[str, Recepcion],
    previas: Mapping[Quien, Sequence[Previa]] | None = None,
) -> list[Entregado]:
    """Un renglón por informe hallado, con el número de su entrega y lo que cambió desde la anterior."""
    serie = _series(revisiones, recepciones, previas or {})
    renglones = []
    for revision in revisiones:
        libro, recepcion = revision.libro, recepciones.get(revision.libro.archivo)
        numero, antes, primera = serie.get(id(libro), (None, None, ""))
        cambios = None
        if revision.anterior is not None:  # la que se muestra a la unidad
            numero = max(numero or 1, revision.anterior.numero + 1)
            suyos = [h.asunto for h in revision.anterior.hallazgos]
            cambios = comparar(revision.anterior.archivo, suyos, asuntos(revision.hallazgos), revision.callados)
        elif antes is not None and revision.estado is not Suerte.SUSTITUIDO:
            cambios = comparar(antes.archivo, antes.asuntos, asuntos(revision.hallazgos), revision.callados)
        renglon = Entregado(
            libro.formato, libro.identidad[0], libro.unidad.nombre if libro.unidad else "", libro.identidad[1],
            libro.programa.nombre if libro.programa else "", str(libro.campo("gerencia").valor or ""), libro.archivo,
            libro.sha256, libro.periodo.codigo if libro.periodo else None, revision.estado.value, entrega=numero,
            version=libro.version, cambios=cambios,
            errores=len(revision.de(Severidad.ERROR)), avisos=len(revision.de(Severidad.AVISO)),
            notas=len(revision.de(Severidad.NOTA)),
        )
        if recepcion is not None:
            renglon = replace(
                renglon, fecha=recepcion.fecha, origen=recepcion.origen, medio=recepcion.medio,
                oficio=recepcion.oficio, firmado=recepcion.firmado,
                primera=date.fromisoformat(primera) if primera else recepcion.fecha if recepcion.cierta else None,
            )
        renglones.append(renglon)
    return renglones


def _series(
    revisiones: Sequence[Revision], recepciones: Mapping[str, Recepcion], previas: Mapping[Quien, Sequence[Previa]]
) -> dict[int, tuple[int, Previa | None, str]]:
    """id del libro → qué número de entrega es, la que hubo antes y la primera fecha cierta, ISO (vacía, si no la hay).

    El mismo contenido dos veces es una entrega.
    """
    grupos: dict[Quien, list[Revision]] = {}
    for revision in revisiones:
        if revision.libro.formato and revision.libro.identidad[0] and not _de_otro_periodo(revision):
            grupos.setdefault((revision.libro.formato, *revision.libro.identidad), []).append(revision)
    serie: dict[int, tuple[int, Previa | None, str]] = {}
    for quien, suyas in grupos.items():
        en_carpeta = {r.libro.sha256 for r in suyas}
        filas: list[tuple[tuple[object, ...], Previa, list[Revision]]] = [
            ((p.fecha, 0, "", n, ""), p, []) for n, p in enumerate(previas.get(quien, ())) if p.sha256 not in en_carpeta
        ]
        for sha256 in en_carpeta:
            mismas = sorted((r for r in suyas if r.libro.sha256 == sha256), key=lambda r: r.libro.archivo)
            libro = mismas[0].libro
            fecha = min((x.fecha.isoformat() for r in mismas if (x := recepciones.get(r.libro.archivo))), default="")
            modificado = libro.modificado.isoformat() if libro.modificado else ""
            previa = Previa(sha256, libro.archivo, fecha, asuntos(mismas[0].hallazgos))
            filas.append(((fecha, 1, modificado, 0, libro.archivo), previa, mismas))
        ciertas = [p.fecha for _, p, mismas in filas if p.fecha and not mismas]
        ciertas += [x.fecha.isoformat() for r in suyas if (x := recepciones.get(r.libro.archivo)) and x.cierta]
        primera = min(ciertas, default="")
        filas.sort(key=lambda f: f[0])
        for n, (_, _, mismas) in enumerate(filas):
            for revision in mismas:
                serie[id(revision.libro)] = n + 1, filas[n - 1][1] if n else None, primera
    return serie


def _de_otro_periodo(revision: Revision) -> bool:
    return any(h.regla == "ENT005" for h in revision.hallazgos)


def con_plazos(renglones: Sequence[Entregado], catalogo: Catalogo | None, periodo: Periodo) -> list[Entregado]:
    """Los renglones con lo que se sabe de antemano: hasta cuándo y, con el catálogo, quién debía y quién falta.

    Sirve también para renglones ya guardados: se vuelve a preguntar todo.
    """
    if catalogo is None:
        return [_con_fechas(r, None, periodo, (r.unidad,)) for r in renglones]
    llegaron = [r for r in renglones if r.llego]
    dia = periodo.ultimo_dia
    hechos: list[Entregado] = []
    debian: dict[Quien, tuple[Unidad, Programa | None]] = {}
    for formato, unidad, programa in esperados((r.formato for r in llegaron), catalogo, periodo):
        debian[formato, unidad.clave, programa.clave if programa else ""] = unidad, programa
    for renglon in llegaron:
        claves = catalogo.claves_vigentes(renglon.unidad, dia) if renglon.unidad else ()
        esperado = any((renglon.formato, clave, renglon.programa.upper()) in debian for clave in claves)
        hechos.append(_con_fechas(replace(renglon, esperado=esperado), catalogo, periodo, (renglon.unidad, *claves)))
    buenos, malos = [r for r in llegaron if r.estado != Suerte.RECHAZADO], [
        r for r in llegaron if r.estado == Suerte.RECHAZADO
    ]
    for (formato, _, _), quien in debian.items():
        unidad, programa = quien
        conocidos = [r for r in malos if r.unidad]
        sin_abrir = next((n for n, r in enumerate(hechos) if _es_lo_que_no_abrio(r, quien)), None)
        if sin_abrir is not None and not llego(buenos, conocidos, catalogo, quien, formato, dia):
            suyo = replace(hechos[sin_abrir], formato=formato, esperado=True)
            hechos[sin_abrir] = _con_fechas(suyo, catalogo, periodo, (unidad.clave,))
        elif not llego(buenos, malos, catalogo, quien, formato, dia):
            falta = Entregado(
                formato, unidad.clave, unidad.nombre, programa.clave if programa else "",
                programa.nombre if programa else "", esperado=True,
            )
            hechos.append(_con_fechas(falta, catalogo, periodo, (unidad.clave,)))
    return sorted(hechos, key=Entregado.orden)


def _es_lo_que_no_abrio(renglon: Entregado, quien: tuple[Unidad, Programa | None]) -> bool:
    """Por su nombre es de quien se espera; al volver a preguntar ya lleva su formato."""
    return renglon.estado == Suerte.RECHAZADO and not renglon.unidad and lo_nombra(renglon.archivo, quien)


def de_quien_es(
    renglon: Entregado, catalogo: Catalogo | None, periodo: Periodo
) -> tuple[Unidad, Programa | None] | None:
    """De un libro que no abre, y con el que se cuenta, quién lo debía según su nombre; None si no se sabe."""
    if catalogo is None or not renglon.esperado:
        return None
    posibles = ((unidad, programa) for _, unidad, programa in esperados([renglon.formato], catalogo, periodo))
    suyos = [quien for quien in posibles if _es_lo_que_no_abrio(renglon, quien)]
    return suyos[0] if len(suyos) == 1 else None


def _con_fechas(
    renglon: Entregado, catalogo: Catalogo | None, periodo: Periodo, claves: Collection[str]
) -> Entregado:
    limite, mayor = vencimiento(renglon.formato, periodo, catalogo, claves)
    return replace(
        renglon, limite=limite, prorroga=mayor.fecha if mayor else None,
        oficio_de_prorroga=mayor.oficio if mayor else "",
    )
