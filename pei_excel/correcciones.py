"""Las observaciones de la entrega anterior de un informe y las de ahora → atendidas, persistentes y nuevas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pei_excel.hallazgo import Destinatario, Hallazgo
from pei_excel.lectura.recepcion import Llegada

if TYPE_CHECKING:
    from pei_excel.lectura.recepcion import Recepcion
    from pei_excel.revision import Revision

#: Regla y de qué habla: lo que no cambia de una entrega a otra.
Asunto = tuple[str, str]
NUEVA, PERSISTE = "Nueva", "Persiste"
_SUSTITUIDO = "sustituido"


class Pendiente(NamedTuple):
    """Una observación que se hizo a una entrega."""

    regla: str
    sobre: str
    severidad: str = ""
    hoja: str | None = None  #: del archivo de aquella entrega
    celda: str | None = None
    mensaje: str = ""

    @property
    def asunto(self) -> Asunto:
        """Regla y de qué habla."""
        return self.regla, self.sobre


@dataclass(frozen=True, slots=True)
class EntregaAnterior:
    """La entrega de un informe que hubo antes de la de ahora, con lo que se le observó."""

    archivo: str
    sha256: str
    hallazgos: tuple[Pendiente, ...] = ()
    numero: int = 1  #: 1, la primera que se conoce de ese informe

    def como_datos(self) -> dict[str, Any]:
        """Para JSON."""
        return {
            "archivo": self.archivo, "sha256": self.sha256, "numero": self.numero,
            "hallazgos": [h._asdict() for h in self.hallazgos],
        }

    @classmethod
    def de_datos(cls, datos: Mapping[str, Any]) -> EntregaAnterior:
        """Lo contrario de `como_datos`.

        Raises:
            KeyError, TypeError: si no son los de una entrega.
        """
        return cls(datos["archivo"], datos["sha256"] or "", tuple(
            Pendiente(*(h[c] for c in Pendiente._fields)) for h in datos["hallazgos"]
        ), int(datos["numero"]))


class InformePrevio(NamedTuple):
    """Un informe de la corrida anterior."""

    quien: tuple[str, str, str]  #: formato, clave de la unidad y del programa
    entrega: EntregaAnterior  #: la que se usó entonces, con lo que se le observó
    anterior: EntregaAnterior | None  #: la que hubo antes de ésa
    vigente: bool  #: no la sustituía otra

    @classmethod
    def de_datos(cls, datos: Mapping[str, Any]) -> InformePrevio | None:
        """De un libro del documento; None si no se sabe de quién es, es de otro periodo o no se anotó de qué habla.

        Raises:
            KeyError, TypeError: si no es un libro del documento.
        """
        hallazgos = datos["hallazgos"]
        if not datos["formato"] or not datos["unidad"] or any(
            h["regla"] == "ENT005" or "sobre" not in h for h in hallazgos
        ):
            return None
        guardada = datos.get("entrega_anterior")
        anterior = EntregaAnterior.de_datos(guardada) if guardada else None
        return cls(
            (datos["formato"], datos["unidad"], datos["programa"] or ""),
            EntregaAnterior(datos["archivo"], datos["sha256"] or "", tuple(
                Pendiente(*(h[c] for c in Pendiente._fields)) for h in hallazgos
                if h["destinatario"] == Destinatario.UNIDAD.value
            ), anterior.numero + 1 if anterior else 1),
            anterior, datos["estado"] != _SUSTITUIDO,
        )


class Comparacion(NamedTuple):
    """Qué pasó con las observaciones de la entrega anterior."""

    atendidas: tuple[int, ...]  #: posiciones en las de antes
    respecto: tuple[str, ...]  #: de cada una de ahora, NUEVA o PERSISTE


def comparar(
    antes: Sequence[Asunto], ahora: Sequence[Asunto], callados: Iterable[Asunto] = ()
) -> Comparacion:
    """Cada asunto de ahora persiste si estaba antes y, si no, es nuevo; los de antes que ya no están se atendieron.

    Si un asunto se repite, cada vez cuenta una. Lo que la oficina calló no lo atendió nadie: no está en ninguno.
    """
    faltan = Counter(antes)
    respecto = []
    for asunto in ahora:
        respecto.append(PERSISTE if faltan[asunto] > 0 else NUEVA)
        faltan[asunto] -= faltan[asunto] > 0
    faltan -= Counter(callados)
    atendidas = []
    for n in reversed(range(len(antes))):  # de varias iguales, persisten las primeras
        if faltan[antes[n]] > 0:
            faltan[antes[n]] -= 1
            atendidas.append(n)
    return Comparacion(tuple(reversed(atendidas)), tuple(respecto))


def para_comparar(hallazgos: Iterable[Hallazgo]) -> list[Hallazgo]:
    """Los que lee la unidad en el seguimiento, que son los que puede atender."""
    return [h for h in hallazgos if h.destinatario is Destinatario.UNIDAD and not h.diseno]


def asunto_de(hallazgo: Hallazgo) -> Asunto:
    """Regla y de qué habla."""
    return hallazgo.regla, hallazgo.sobre


def atendidas(revision: Revision) -> list[Pendiente]:
    """Lo que se observó a la entrega anterior de un informe y ya no está; vacío si no la hubo."""
    if revision.anterior is None:
        return []
    hecha = _de_revision(revision.anterior, revision)
    return [revision.anterior.hallazgos[n] for n in hecha.atendidas]


def respecto(revision: Revision) -> dict[int, str]:
    """id de cada hallazgo de la unidad → NUEVA o PERSISTE; vacío si es su primera entrega."""
    if revision.anterior is None:
        return {}
    hecha = _de_revision(revision.anterior, revision)
    return {
        id(h): dicho for h, dicho in zip(para_comparar(revision.hallazgos), hecha.respecto, strict=True)
    }


def _de_revision(anterior: EntregaAnterior, revision: Revision) -> Comparacion:
    return comparar(
        [h.asunto for h in anterior.hallazgos], [asunto_de(h) for h in para_comparar(revision.hallazgos)],
        revision.callados,
    )


def fijar_anteriores(
    revisiones: Sequence[Revision], recepciones: Mapping[str, Recepcion], previos: Iterable[InformePrevio]
) -> set[int]:
    """Pone en cada informe vigente su entrega anterior; da los id de los que la tienen.

    Es la última que otra sustituye en la misma carpeta; si no la hay, la del mismo informe en los resultados de la
    corrida anterior (`previos`), si era otro archivo; y si era el mismo, la que ahí tenía.
    """
    grupos: dict[tuple[str, ...], list[Revision]] = {}
    for revision in revisiones:
        libro = revision.libro
        if libro.formato and libro.identidad[0] and not any(h.regla == "ENT005" for h in revision.hallazgos):
            grupos.setdefault((libro.formato, *libro.identidad), []).append(revision)
    guardados: dict[tuple[str, ...], list[InformePrevio]] = {}
    for previo in previos:
        guardados.setdefault(previo.quien, []).append(previo)
    con_anterior = set()
    for quien, suyas in grupos.items():
        for revision in suyas:
            if revision.estado == _SUSTITUIDO:
                continue
            revision.anterior = _en_la_carpeta(revision, suyas, recepciones) or _guardada(
                revision.libro.sha256, guardados.get(quien, ())
            )
            if revision.anterior is not None:
                con_anterior.add(id(revision))
    return con_anterior


def _en_la_carpeta(
    revision: Revision, suyas: Sequence[Revision], recepciones: Mapping[str, Recepcion]
) -> EntregaAnterior | None:
    llegada = Llegada((r.libro.archivo for r in suyas), recepciones)

    def orden(una: Revision) -> tuple[object, ...]:
        return llegada.orden(una.libro.archivo, una.libro.modificado)

    antes = [
        r for r in suyas
        if r.estado == _SUSTITUIDO and r.libro.sha256 != revision.libro.sha256 and orden(r) <= orden(revision)
    ]
    if not antes:
        return None
    ultima = max(antes, key=orden)
    return EntregaAnterior(ultima.libro.archivo, ultima.libro.sha256, tuple(
        Pendiente(h.regla, h.sobre, h.severidad.value, h.donde.hoja, h.donde.celda, h.mensaje)
        for h in para_comparar(ultima.hallazgos)
    ), len({r.libro.sha256 for r in antes}))


def _guardada(sha256: str, previos: Sequence[InformePrevio]) -> EntregaAnterior | None:
    mismo = next((p for p in previos if p.entrega.sha256 == sha256), None)
    if mismo is not None:
        return mismo.anterior
    if not previos:
        return None
    ultimo = ([p for p in previos if p.vigente] or previos)[-1]
    # Si se volvió a la de antes, no es una entrega más.
    return None if ultimo.anterior and ultimo.anterior.sha256 == sha256 else ultimo.entrega
