"""Qué tiene cada unidad por hacer o por saber en un periodo: lo que se le dice en un solo mensaje."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pei_excel.catalogo import Catalogo, Unidad
from pei_excel.control import Entregado, con_plazos, de_quien_es
from pei_excel.correo.resultados import Resultados
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.lectura.decisiones import ATENDIDA
from pei_excel.periodos import Periodo
from pei_excel.reglas.lista import POR_CODIGO
from pei_excel.revision import Suerte

#: Motivos en que se escribe a quien no ha entregado.
POR_ENTREGAR = ("apertura", "recordatorio", "faltante")
_CUENTAN = frozenset({Suerte.ACEPTADO.value, Suerte.OBSERVADO.value})


@dataclass(frozen=True, slots=True)
class Informe:
    """Un informe que llegó o que falta, y lo que se le observó a la unidad."""

    entrega: Entregado
    evaluacion: str | None = None  #: su libro, dentro de la carpeta de resultados
    #: Lo que la unidad debe corregir o aclarar, lo más grave primero; nunca lo de planeación.
    por_hacer: tuple[Mapping[str, Any], ...] = ()

    @property
    def clave(self) -> str:
        """«504-6»; en el POI, «031»."""
        return "-".join(p for p in self.entrega.identidad if p)

    def cuantos(self, severidad: Severidad) -> int:
        """Cuántas cosas de esa severidad tiene por hacer."""
        return sum(h["severidad"] == severidad for h in self.por_hacer)


@dataclass(slots=True)
class DeUnidad:
    """Todo lo de una unidad: un solo mensaje aunque informe de dos programas."""

    clave: str
    nombre: str
    unidad: Unidad | None = None  #: como está en el catálogo
    informes: list[Informe] = field(default_factory=list)

    @property
    def quien(self) -> str:
        """«504 Instituto de Ejemplo»."""
        return f"{self.clave} {self.nombre}".strip()

    @property
    def llegaron(self) -> list[Informe]:
        """Los que se recibieron, sin los que otra entrega sustituye."""
        return [i for i in self.informes if i.entrega.vigente]

    @property
    def faltan(self) -> list[Informe]:
        """Los que no han llegado."""
        return [i for i in self.informes if not i.entrega.llego]

    def para(self, motivo: str) -> list[Informe]:
        """Los informes de los que se habla en un correo de ese motivo; ninguno: no se le escribe."""
        if motivo in POR_ENTREGAR:
            return self.faltan
        return [i for i in self.llegaron if i.por_hacer] if motivo == "observaciones" else self.llegaron

    @property
    def limite(self) -> date | None:
        """Hasta cuándo entrega lo que le falta, con su prórroga: el primero de sus plazos."""
        return min((i.entrega.hasta for i in self.faltan if i.entrega.hasta), default=None)


def repartir(resultados: Resultados, catalogo: Catalogo | None) -> tuple[list[DeUnidad], list[str]]:
    """Lo de cada unidad, por clave, y los archivos de los que no se sabe de quién son."""
    periodo = resultados.periodo
    dia = (catalogo.fecha_limite(periodo) if catalogo else None) or periodo.ultimo_dia
    guardadas = [Entregado.de_datos(e) for e in resultados.documento.get("entregas", ())]
    entregas = con_plazos(guardadas, catalogo, periodo) if catalogo is not None else guardadas
    libros = _libros(resultados)
    unidades: dict[str, DeUnidad] = {}
    sin_dueno: list[str] = []
    for entrega in entregas:
        propia = entrega if entrega.unidad else _segun_su_nombre(entrega, catalogo, periodo)
        if propia is None:
            sin_dueno += [entrega.archivo] if entrega.vigente else []
            continue
        unidad = _en_el_catalogo(propia.unidad, catalogo, dia)
        clave = unidad.clave if unidad else propia.unidad
        nombre = unidad.nombre if unidad else propia.unidad_nombre
        suya = unidades.setdefault(clave.upper(), DeUnidad(clave, nombre, unidad))
        evaluacion, hallazgos = libros.get(_llave(entrega), (None, ()))
        suya.informes.append(Informe(propia, evaluacion, tuple(_por_hacer(hallazgos))))
    return [unidades[c] for c in sorted(unidades)], sorted(set(sin_dueno))


def _segun_su_nombre(entrega: Entregado, catalogo: Catalogo | None, periodo: Periodo) -> Entregado | None:
    """Lo que no abre, como de quien dice su nombre: el control ya lo cuenta suyo; None si no se sabe de quién es."""
    quien = de_quien_es(entrega, catalogo, periodo)
    if quien is None:
        return None
    unidad, programa = quien
    return replace(
        entrega, unidad=unidad.clave, unidad_nombre=unidad.nombre, programa=programa.clave if programa else "",
        programa_nombre=programa.nombre if programa else "",
    )


def _llave(entrega: Entregado) -> tuple[str, str, str, str]:
    # El formato de lo que no abre lo supone el control.
    return entrega.archivo, (entrega.formato or "") if entrega.unidad else "", entrega.unidad, entrega.programa


def _libros(resultados: Resultados) -> dict[tuple[str, str, str, str], tuple[str | None, Iterable[Mapping[str, Any]]]]:
    """Informe → su libro de evaluación y sus hallazgos, como los dice `resultado.json`."""
    from pei_excel.proceso import nombres_de_evaluaciones

    libros = resultados.documento.get("libros", ())
    evaluados = [x for x in libros if x["estado"] in _CUENTAN]
    identidades = [((x["unidad"] or "", x["programa"] or ""), x["archivo"]) for x in evaluados]
    nombres = dict(zip(map(id, evaluados), nombres_de_evaluaciones(identidades, resultados.periodo), strict=True))
    return {
        (x["archivo"], x["formato"] or "", x["unidad"] or "", x["programa"] or ""):
            (f"evaluaciones/{nombres[id(x)]}" if id(x) in nombres else None, x["hallazgos"])
        for x in libros
    }


def _por_hacer(hallazgos: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Lo que la unidad debe corregir o aclarar: sin lo de planeación, el diseño, las notas ni lo ya atendido."""
    suyos = [
        h for h in hallazgos
        if h["destinatario"] == Destinatario.UNIDAD and h["severidad"] in {Severidad.ERROR, Severidad.AVISO}
        and not (h["regla"] in POR_CODIGO and POR_CODIGO[h["regla"]].diseno)
        and (h.get("decision") or {}).get("decision") != ATENDIDA
    ]
    return sorted(suyos, key=lambda h: Severidad(h["severidad"]).orden)


def _en_el_catalogo(clave: str, catalogo: Catalogo | None, dia: date) -> Unidad | None:
    """La unidad a la que hoy se escribe por esa clave: la misma o, si cambió de clave, la que le sigue."""
    if catalogo is None:
        return None
    vigente = catalogo.clave_vigente(clave, dia)
    return catalogo.unidad(vigente, dia) if vigente else None
