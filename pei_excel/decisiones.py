"""Los informes revisados y las decisiones anotadas → lo que se calla, lo que se lleva al lado y lo que se conserva.

Ninguna decisión se pierde: la que no queda junto a su hallazgo queda entre las decididas, con el porqué.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from pei_excel.correcciones import asunto_de
from pei_excel.hallazgo import Decision, Hallazgo, Severidad
from pei_excel.lectura.decisiones import (
    NO_PROCEDE,
    OPCIONES,
    Anotada,
    ProblemaDeDecision,
    Sello,
    Visto,
    dicho,
)
from pei_excel.revision import Revision, Suerte
from pei_excel.textos import limpiar

#: Por qué una decisión está en la hoja de las decididas y no junto a un hallazgo.
CALLADA = "No se envía ni se cuenta"
CAMBIO = "Cambió lo que dice: se observa otra vez"
YA_NO_ESTA = "Ya no se observa"
SIN_UBICAR = "No se sabe de cuál es"
#: Reglas de las que no se decide: la primera comprueba nuestras sumas; la otra habla de las propias decisiones.
SIN_DECISION = frozenset({"CON001", "DEC001"})

#: Reglas de una cifra calculada que no es la que dan sus meses o trimestres.
DE_CALCULADAS = frozenset({"FMT009", "MIR001", "SEG001", "POI001", "POI002"})


@dataclass(frozen=True, slots=True)
class Decidida:
    """Una decisión que no está junto a un hallazgo vigente."""

    situacion: str
    decision: Decision
    sello: Sello | None
    visto: Visto
    hallazgo: Hallazgo | None = None  #: el que se calla

    @property
    def formato(self) -> str | None:
        """De qué formato es; None si es de la carpeta o de un archivo que no se reconoció."""
        return (self.sello.formato or None) if self.sello else None

    def orden(self) -> tuple[object, ...]:
        """Primero lo que se calla; dentro, como en las observaciones."""
        lugar = (CALLADA, CAMBIO, SIN_UBICAR, YA_NO_ESTA).index(self.situacion)
        return lugar, self.visto.unidad, self.visto.programa, self.visto.archivo, self.visto.hoja, self.visto.regla, (
            self.sello or (), self.decision
        )


@dataclass(slots=True)
class Decididas:
    """Lo que dejaron las decisiones."""

    de_carpeta: list[Hallazgo]  #: los hallazgos de la carpeta que quedan
    fuera: list[Decidida] = field(default_factory=list)  #: en su orden
    cambiadas: set[int] = field(default_factory=set)  #: id de las revisiones cuyos hallazgos cambiaron
    problemas: list[ProblemaDeDecision] = field(default_factory=list)
    juntas: list[Anotada] = field(default_factory=list)  #: las que van al lado de un hallazgo


class _Sitio(NamedTuple):
    """Un hallazgo y dónde está."""

    revision: Revision | None  #: None: es de la carpeta
    posicion: int
    hallazgo: Hallazgo
    sello: Sello

    @property
    def visto(self) -> Visto:
        """Cómo se ve en el consolidado."""
        h, libro = self.hallazgo, self.revision.libro if self.revision else None
        unidad, programa = (str(libro.unidad or ""), str(libro.programa or "")) if libro else quien_falta(h)
        return Visto(
            h.severidad.value, h.regla, unidad, programa, h.donde.archivo, h.donde.hoja or "", h.donde.celda or "",
            h.mensaje, dicho(h.encontrado),
        )


def quien_falta(hallazgo: Hallazgo) -> tuple[str, str]:
    """La unidad y el programa de que habla uno de la carpeta: los del informe que no ha llegado (ENT001); o vacíos."""
    if hallazgo.regla != "ENT001":
        return "", ""
    unidad, _, programa = str(hallazgo.esperado).partition(": ")[2].partition(", programa ")
    return unidad, programa


def sellos(revision: Revision | None, hallazgos: Iterable[Hallazgo]) -> list[Sello]:
    """La identidad de cada hallazgo de un informe (None: de la carpeta), en su orden."""
    formato, unidad, programa = "", "", ""
    if revision is not None:
        formato, (unidad, programa) = revision.libro.formato or "", revision.libro.identidad
    # De un archivo sin identidad no se sabe más que su nombre.
    return [
        Sello(
            formato, unidad, programa, h.regla,
            h.sobre if formato or revision is None else f"{h.donde.archivo} · {h.sobre}", h.firma, h.veces,
        ) for h in hallazgos
    ]


def _numerar(hallazgos: Iterable[Hallazgo]) -> list[Hallazgo]:
    """Los mismos, con su número los que un informe tiene iguales: así lo conservan aunque se calle alguno."""
    cuantos: Counter[tuple[str, str]] = Counter()
    numerados = []
    for h in hallazgos:
        igual = h.donde.archivo, h.firma
        cuantos[igual] += 1
        numerados.append(h if cuantos[igual] == h.veces else replace(h, veces=cuantos[igual]))
    return numerados


def aplicar(
    revisiones: Sequence[Revision], de_carpeta: Sequence[Hallazgo], anotadas: Sequence[Anotada]
) -> Decididas:
    """Pone cada decisión en su lugar; cambia los hallazgos y la suerte de las revisiones a las que toca.

    «No procede», con su motivo, calla el hallazgo mientras su regla, de qué habla y lo que dice sean los mismos; si
    cambia lo que dice, vuelve y lo recuerda.
    """
    for revision in revisiones:
        revision.hallazgos = _numerar(revision.hallazgos)
    de_carpeta = _numerar(de_carpeta)
    sitios = [
        _Sitio(r, n, h, sello)
        for r, hallazgos in [*((r, r.hallazgos) for r in revisiones), (None, de_carpeta)]
        for n, (h, sello) in enumerate(zip(hallazgos, sellos(r, hallazgos), strict=True))
    ]
    hechas = Decididas(list(de_carpeta))
    vigentes = _Vigentes(sitios, hechas)
    for anotada in _sin_repetir([vigentes.con_sello(a) for a in anotadas]):
        vigentes.poner(anotada)
    vigentes.terminar()
    hechas.fuera.sort(key=Decidida.orden)
    return hechas


def _sin_repetir(anotadas: Sequence[Anotada]) -> list[Anotada]:
    """Una por identidad: la que la oficina cambió; de varias, la de fecha más reciente."""
    grupos: dict[object, list[Anotada]] = {}
    for n, anotada in enumerate(anotadas):
        grupos.setdefault(anotada.sello or n, []).append(anotada)
    elegidas = []
    for suyas in grupos.values():
        candidatas = [a for a in suyas if a.cambiada] or suyas
        elegida = max(candidatas, key=lambda a: a.decision.fecha if a.decision else "")
        if elegida.decision is not None:
            elegidas.append(elegida)
    return elegidas


class _Vigentes:
    """Los hallazgos de esta corrida, para hallar el de cada decisión."""

    def __init__(self, sitios: Sequence[_Sitio], hechas: Decididas) -> None:
        self._hechas = hechas
        self._por_sello: dict[Sello, list[_Sitio]] = {}
        self._por_asunto: dict[tuple[str, ...], list[_Sitio]] = {}
        self._por_lugar: dict[tuple[str, ...], list[_Sitio]] = {}
        #: Lo que toma el lugar de un hallazgo; None: se calla
        self._cambios: dict[tuple[int, int], tuple[_Sitio, Hallazgo | None]] = {}
        for sitio in sitios:
            self._por_sello.setdefault(sitio.sello, []).append(sitio)
            self._por_asunto.setdefault(sitio.sello.asunto, []).append(sitio)
            self._por_lugar.setdefault(_lugar(sitio.visto), []).append(sitio)

    def con_sello(self, anotada: Anotada) -> Anotada:
        """La misma; si perdió su identidad y se sabe de qué hallazgo es, con la de él."""
        if anotada.sello is not None or anotada.decision is None:
            return anotada
        sellos_ = {
            s.sello for s in self._por_lugar.get(_lugar(anotada.visto), ())
            if _mismo(dicho(s.hallazgo.encontrado), anotada.visto.dice)
        }
        return replace(anotada, sello=sellos_.pop()) if len(sellos_) == 1 else anotada

    def poner(self, anotada: Anotada) -> None:
        """Pone una decisión donde le toca."""
        if anotada.decision is None:
            return
        mismos = self._por_sello.get(anotada.sello, []) if anotada.sello else []
        if not mismos:
            otros = (
                self._por_asunto.get(anotada.sello.asunto, []) if anotada.sello
                else self._por_lugar.get(_lugar(anotada.visto), [])
            )
            if anotada.sello is None and len(otros) != 1:
                self._no_se_pudo(
                    anotada, "el renglón perdió su identidad y no se sabe de qué observación es esta decisión; si aún "
                    "vale, anótela en el renglón que corresponda y borre ésta",
                )
                self._fuera(SIN_UBICAR, anotada)
                return
            for sitio in otros:
                self._recordar(sitio, anotada)
            self._fuera(CAMBIO if otros else YA_NO_ESTA, anotada)
            return
        calla = self._calla(anotada, mismos)
        ahora = self._en_la_que_se_usa(anotada, mismos)
        if ahora:  # lo decidido está en una entrega que otra sustituye, y la otra dice otra cosa
            for sitio in mismos if calla else ():
                self._cambiar(sitio, None)
            for sitio in ahora:
                self._recordar(sitio, anotada)
            self._fuera(CAMBIO, anotada)
            return
        for sitio in mismos:
            self._cambiar(sitio, None if calla else replace(self._actual(sitio), decision=anotada.decision))
        # De dos entregas del mismo informe se muestra la que se usa.
        uno = min(mismos, key=_sustituida)
        if calla:
            self._hechas.fuera.append(Decidida(CALLADA, anotada.decision, uno.sello, uno.visto, uno.hallazgo))
        else:
            self._hechas.juntas.append(Anotada(anotada.decision, uno.sello, uno.visto))

    def _en_la_que_se_usa(self, anotada: Anotada, mismos: Sequence[_Sitio]) -> list[_Sitio]:
        """Si lo decidido sólo está en entregas sustituidas, lo mismo, con otro valor, en la que se usa."""
        if anotada.sello is None or not all(_sustituida(s) for s in mismos):
            return []
        return [s for s in self._por_asunto.get(anotada.sello.asunto, ()) if not _sustituida(s)]

    def terminar(self) -> None:
        """Cambia los hallazgos y vuelve a decidir la suerte de los informes que sólo tenían errores callados."""
        hechas = self._hechas
        por_revision: dict[int, tuple[Revision | None, dict[int, Hallazgo | None]]] = {}
        for sitio, nuevo in self._cambios.values():
            por_revision.setdefault(id(sitio.revision), (sitio.revision, {}))[1][sitio.posicion] = nuevo
        for revision, cambios in por_revision.values():
            antes = hechas.de_carpeta if revision is None else revision.hallazgos
            quedan = [q for n, h in enumerate(antes) if (q := cambios.get(n, h)) is not None]
            if revision is None:
                hechas.de_carpeta = quedan
                continue
            callados = [h for n, h in enumerate(antes) if cambios.get(n, h) is None]
            revision.hallazgos, revision.callados = quedan, tuple(sorted(map(asunto_de, callados)))
            revision.resueltas = frozenset(
                (u.hoja, u.celda) for h in callados if h.regla in DE_CALCULADAS for u in (h.donde, *h.tambien)
                if u.hoja and u.celda
            )
            hechas.cambiadas.add(id(revision))
            if revision.estado is Suerte.OBSERVADO and not revision.de(Severidad.ERROR):
                revision.estado = Suerte.ACEPTADO

    def _calla(self, anotada: Anotada, sitios: Sequence[_Sitio]) -> bool:
        decision = anotada.decision
        if decision is None or decision.que != NO_PROCEDE:
            return False
        if any(s.hallazgo.regla in SIN_DECISION for s in sitios):
            self._no_se_pudo(anotada, "de esta observación no se decide: se corrige")
            return False
        if any(
            s.revision is not None and s.revision.estado is Suerte.RECHAZADO
            and s.hallazgo.severidad is Severidad.ERROR for s in sitios
        ):
            self._no_se_pudo(anotada, "por esta observación el archivo no se consolida: no puede callarse")
            return False
        return bool(decision.motivo)

    def _recordar(self, sitio: _Sitio, anotada: Anotada) -> None:
        decision = anotada.decision
        if decision is None or decision.que not in OPCIONES:
            return
        actual = self._actual(sitio)
        partes = [p for p in (decision.quien, _dia(decision.fecha)) if p]
        quien = f" ({', '.join(partes)})" if partes else ""
        frase = f"Se había decidido «{decision.que}»{quien} cuando decía {_escrito(anotada.visto.dice)}."
        if frase not in actual.recuerdo:
            self._cambiar(sitio, replace(actual, recuerdo=f"{actual.recuerdo} {frase}".strip()))

    def _actual(self, sitio: _Sitio) -> Hallazgo:
        cambiado = self._cambios.get((id(sitio.revision), sitio.posicion))
        return (cambiado[1] if cambiado else None) or sitio.hallazgo

    def _cambiar(self, sitio: _Sitio, nuevo: Hallazgo | None) -> None:
        llave = id(sitio.revision), sitio.posicion
        if llave not in self._cambios or self._cambios[llave][1] is not None:  # lo callado sigue callado
            self._cambios[llave] = sitio, nuevo

    def _fuera(self, situacion: str, anotada: Anotada) -> None:
        if anotada.decision is not None:
            self._hechas.fuera.append(Decidida(situacion, anotada.decision, anotada.sello, anotada.visto))

    def _no_se_pudo(self, anotada: Anotada, mensaje: str) -> None:
        if anotada.donde is not None:
            self._hechas.problemas.append(ProblemaDeDecision(
                anotada.donde, mensaje, anotada.visto.regla, anotada.visto.nombrada,
            ))


def _sustituida(sitio: _Sitio) -> bool:
    return sitio.revision is not None and sitio.revision.estado is Suerte.SUSTITUIDO


def _lugar(visto: Visto) -> tuple[str, ...]:
    return visto.regla, visto.archivo, visto.hoja, visto.celda


def _mismo(uno: str | float, otro: str | float) -> bool:
    if isinstance(uno, str) or isinstance(otro, str):
        return limpiar(str(uno)) == limpiar(str(otro))
    return abs(uno - otro) < 1e-6


def _escrito(valor: str | float) -> str:
    if isinstance(valor, str):
        return f"«{valor[:80]}»" if any(c.isalnum() for c in valor) else "otra cosa"
    return f"{valor:,.4f}".rstrip("0").rstrip(".")


def _dia(fecha: str) -> str:
    ano, _, resto = fecha.partition("-")
    mes, _, dia = resto.partition("-")
    return f"{dia}/{mes}/{ano}" if dia else fecha


def como_datos(decididas: Decididas) -> list[dict[str, Any]]:
    """Todas las decisiones, para JSON: las que van junto a un hallazgo y las demás, con su situación."""
    return [
        *({"situacion": None, **a.como_datos()} for a in decididas.juntas),
        *({"situacion": d.situacion, **Anotada(d.decision, d.sello, d.visto).como_datos()} for d in decididas.fuera),
    ]
