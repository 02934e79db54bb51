"""El catálogo entero y lo que se le pregunta: qué unidad era una clave en una fecha, quién informa, hasta cuándo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from pei_excel.catalogo.registros import (
    Alineacion,
    CampoDeTransparencia,
    IndicadorAprobado,
    Institucion,
    Plazo,
    Programa,
    Prorroga,
    Unidad,
)
from pei_excel.periodos import Periodo
from pei_excel.semaforo import PERFILES, Perfil
from pei_excel.textos import normalizar


@dataclass(frozen=True)
class Catalogo:
    """El catálogo entero. Toda pregunta sobre una época lleva su fecha: la historia no se reescribe."""

    archivo: str
    institucion: Institucion = field(default_factory=Institucion)
    unidades: tuple[Unidad, ...] = ()
    programas: tuple[Programa, ...] = ()
    indicadores: tuple[IndicadorAprobado, ...] = ()
    alineacion: tuple[Alineacion, ...] = ()
    calendario: tuple[Plazo, ...] = ()
    prorrogas: tuple[Prorroga, ...] = ()
    perfiles: tuple[Perfil, ...] = ()
    transparencia: tuple[CampoDeTransparencia, ...] = ()
    sha256: str = ""  #: del archivo

    @cached_property
    def _por_clave(self) -> dict[str, tuple[Unidad, ...]]:
        agrupadas: dict[str, list[Unidad]] = {}
        for unidad in self.unidades:
            agrupadas.setdefault(unidad.clave, []).append(unidad)
        return {clave: tuple(lista) for clave, lista in agrupadas.items()}

    @cached_property
    def _sucesoras(self) -> dict[str, tuple[Unidad, ...]]:
        siguientes: dict[str, list[Unidad]] = {}
        for unidad in self.unidades:
            for anterior in unidad.anteriores:
                if anterior != unidad.clave:
                    siguientes.setdefault(anterior, []).append(unidad)
        return {clave: tuple(lista) for clave, lista in siguientes.items()}

    def conoce(self, clave: str) -> bool:
        """La clave es, o fue, de una unidad."""
        return clave.upper() in self._por_clave

    def unidad(self, clave: str, fecha: date) -> Unidad | None:
        """La unidad con esa clave, con el nombre que tenía ese día; None si ese día no existía."""
        return next((u for u in self._por_clave.get(clave.upper(), ()) if u.vigencia.contiene(fecha)), None)

    def claves_vigentes(self, clave: str, fecha: date) -> tuple[str, ...]:
        """Con qué claves existía ese día la unidad que alguna vez tuvo `clave`.

        Antes de nacer, las de las que viene (varias si fue una fusión); después de desaparecer, las que la siguen
        (varias si se dividió). Vacía si la clave no está en el catálogo o ese día no existía en ninguna forma.
        """
        return tuple(dict.fromkeys(self._seguir(clave.upper(), fecha, set())))

    def _seguir(self, clave: str, fecha: date, vistas: set[str]) -> list[str]:
        if clave in vistas or clave not in self._por_clave:
            return []
        vistas.add(clave)
        propias = self._por_clave[clave]
        if any(u.vigencia.contiene(fecha) for u in propias):
            return [clave]
        if all(u.vigencia.empieza_despues(fecha) for u in propias):
            siguientes: Iterable[str] = (a for u in propias for a in u.anteriores)
        elif all(u.vigencia.acaba_antes(fecha) for u in propias):
            siguientes = (u.clave for u in self._sucesoras.get(clave, ()))
        else:
            return []  # un hueco entre dos épocas de la misma clave
        return [hallada for siguiente in siguientes for hallada in self._seguir(siguiente, fecha, vistas)]

    def clave_vigente(self, clave: str, fecha: date) -> str | None:
        """La clave con la que existía ese día; None si ninguna o si eran varias (fusión o división)."""
        halladas = self.claves_vigentes(clave, fecha)
        return halladas[0] if len(halladas) == 1 else None

    def antecesoras(self, clave: str) -> tuple[str, ...]:
        """Las claves que tuvo antes la misma unidad, de la más reciente a la más antigua.

        Se detiene en una fusión o una división: lo de antes ya no es lo de una sola unidad.
        """
        cadena: list[str] = []
        actual = clave.upper()
        while True:
            previas = {a for u in self._por_clave.get(actual, ()) for a in u.anteriores} - {actual}
            previa = previas.pop() if len(previas) == 1 else None
            if previa is None or previa in {clave.upper(), *cadena}:
                return tuple(cadena)
            if len({u.clave for u in self._sucesoras.get(previa, ())}) != 1:
                return tuple(cadena)
            cadena.append(previa)
            actual = previa

    def superiores(self, clave: str, fecha: date) -> tuple[Unidad, ...]:
        """De quién depende ese día, de la más cercana a la más alta."""
        cadena: list[Unidad] = []
        vistas = {clave.upper()}
        actual = self.unidad(clave, fecha)
        while actual is not None and actual.superior:
            arriba = self.clave_vigente(actual.superior, fecha)
            if arriba is None or arriba in vistas:
                break
            vistas.add(arriba)
            actual = self.unidad(arriba, fecha)
            if actual is not None:
                cadena.append(actual)
        return tuple(cadena)

    def dependientes(self, clave: str, fecha: date) -> tuple[Unidad, ...]:
        """Las unidades que ese día dependen de ella, directa o indirectamente."""
        return tuple(
            u for u in self.unidades
            if u.vigencia.contiene(fecha) and clave.upper() in {s.clave for s in self.superiores(u.clave, fecha)}
        )

    def programa(self, clave: str, fecha: date) -> Programa | None:
        """El programa con esa clave, como era ese día."""
        return next((p for p in self.programas if p.clave == clave.upper() and p.vigencia.contiene(fecha)), None)

    def esperados(self, formato: str, periodo: Periodo) -> tuple[tuple[Unidad, Programa | None], ...]:
        """Quiénes deben informar un periodo, vigentes a su cierre: unidad × programa en la MIR, unidad en el POI."""
        dia = periodo.ultimo_dia
        if formato == "POI":
            return tuple((u, None) for u in self.unidades if u.informa and u.vigencia.contiene(dia))
        vigentes = [p for p in self.programas if p.vigencia.contiene(dia)]
        pares: dict[tuple[str, str], tuple[Unidad, Programa | None]] = {}
        for programa in vigentes:
            for escrita in programa.unidades:
                for clave in self.claves_vigentes(escrita, dia):
                    unidad = self.unidad(clave, dia)
                    if unidad is not None and unidad.informa:
                        pares[unidad.clave, programa.clave] = unidad, programa
        return tuple(pares.values())

    def plazo(self, periodo: Periodo) -> Plazo | None:
        """Las fechas de un periodo."""
        return next((p for p in self.calendario if p.periodo == periodo), None)

    def fecha_limite(self, periodo: Periodo, unidad: str | None = None) -> date | None:
        """Último día para entregar, con la prórroga de la unidad si la tiene (la más larga)."""
        plazo = self.plazo(periodo)
        propias = [
            p.fecha for p in self.prorrogas if unidad and p.unidad == unidad.upper() and p.periodo == periodo
        ]
        fechas = [*propias, *([plazo.limite] if plazo and plazo.limite else [])]
        return max(fechas, default=None)

    def asignadas(self, clase: str, unidad: str) -> tuple[Alineacion, ...]:
        """Los ejes, objetivos, OEI o AEI que una unidad tiene asignados."""
        return tuple(a for a in self.alineacion if a.clase == clase and unidad.upper() in a.unidades)

    def indicador(self, unidad: str, programa: str | None, nivel: str) -> IndicadorAprobado | None:
        """Lo aprobado de un indicador, por su nivel o código."""
        buscado = unidad.upper(), (programa or "").upper(), normalizar(nivel)
        return next((i for i in self.indicadores if (i.unidad, i.programa or "", normalizar(i.nivel)) == buscado), None)

    @cached_property
    def perfil(self) -> Perfil | None:
        """El semáforo elegido, con el documento que lo aprueba; None si no se eligió o no existe."""
        elegido = perfil_llamado(self.institucion.perfil or "", self.perfiles)
        return replace(elegido, oficial=self.institucion.perfil_documento) if elegido else None


def perfil_llamado(nombre: str, propios: Iterable[Perfil]) -> Perfil | None:
    """Un semáforo por su nombre: de los propios del municipio o de los del programa."""
    return next((p for p in (*propios, *PERFILES.values()) if normalizar(p.clave) == normalizar(nombre)), None)
