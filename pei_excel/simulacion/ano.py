"""Un año institucional simulado: lo que un municipio recibe en cada periodo y lo que el programa debe decir de ello.

De una semilla salen siempre los mismos archivos. La verdad de cada paso se calcula aparte (`ano_verdad`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from pei_excel.lectura.recepcion import NOMBRE as LISTA
from pei_excel.periodos import Periodo
from pei_excel.simulacion.ano_catalogo import escribir_catalogo
from pei_excel.simulacion.ano_guion import NO_PROCEDE, Entregas, Guion, limite_de, repartir
from pei_excel.simulacion.ano_modelo import Anotacion, Envio, Participante, Paso
from pei_excel.simulacion.ano_participantes import (
    Mudanzas,
    cambiar_de_clave,
    unidades_de_la_mir,
    unidades_del_poi,
)
from pei_excel.simulacion.ano_verdad import Tirada, verdad_de
from pei_excel.simulacion.simulado import LibroSimulado


@dataclass
class AnoMunicipal:
    """El año de un municipio, con un solo formato."""

    formato: str  #: «MIR» o «POI»
    ejercicio: int
    participantes: list[Participante]
    periodos: list[Periodo]
    pasos: list[Paso] = field(default_factory=list)
    prorrogas: dict[tuple[str, Periodo], date] = field(default_factory=dict)

    @property
    def renombrado(self) -> Participante:
        """El que cambia de clave en el año."""
        return next(p for p in self.participantes if len(p.claves) > 1)

    def de(self, periodo: Periodo) -> list[Paso]:
        """Los pasos de un periodo, en orden."""
        return [p for p in self.pasos if p.periodo == periodo]

    def escribir_catalogo(
        self, destino: Path, otras: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
    ) -> None:
        """El `catalogo.xlsx` de su oficina; `otras`: renglones que sustituyen a los de esas hojas."""
        del_ano = {Periodo(self.ejercicio, "T", n) for n in range(1, 5)} | set(self.periodos)
        escribir_catalogo(
            destino, self.formato, self.ejercicio, self.participantes, sorted(del_ano, key=lambda p: (p.mes, p.clase)),
            self.prorrogas, otras or {},
        )


def simular_ano(
    formato: str, semilla: int, unidades: int, *, ejercicio: int = 2024, trimestres: int = 4, por_meses: bool = False
) -> AnoMunicipal:
    """El año de un municipio con ese formato; `por_meses`: sus POI llegan también los meses que no cierran trimestre.

    Raises:
        ValueError: si son menos de dos unidades.
    """
    if unidades < 2:
        raise ValueError("un año simulado tiene al menos dos unidades por municipio")
    azar = Random(f"{semilla}/{formato}")  # noqa: S311 - no es un secreto
    participantes = (unidades_de_la_mir if formato == "MIR" else unidades_del_poi)(semilla, ejercicio, unidades)
    _mudar(participantes, ejercicio, azar)
    periodos = [Periodo(ejercicio, "T", n) for n in range(1, trimestres + 1)]
    if por_meses and formato == "POI":
        meses = (Periodo(ejercicio, "M", n) for n in range(1, 3 * trimestres + 1) if n % 3)
        periodos = sorted([*periodos, *meses], key=lambda p: p.mes)
    ano = AnoMunicipal(formato, ejercicio, participantes, periodos)
    cerradas: dict[str, list[tuple[Periodo, LibroSimulado]]] = {}
    for periodo in periodos:
        _un_periodo(ano, periodo, cerradas, azar)
    return ano


def _mudar(participantes: Sequence[Participante], ejercicio: int, azar: Random) -> None:
    """Reparte lo que en el año cambia de metas y cifras, y quién cambia de clave."""
    cambiar_de_clave(participantes[min(2, len(participantes) - 1)])
    mudanzas = [Mudanzas(uno, ejercicio, azar) for uno in participantes]
    hacer = ("editar_lo_cerrado", "meta_sin_registrar", "mover_la_meta_tres_veces", "bajar_la_meta")
    for n in range(max(len(hacer), len(mudanzas) // 2)):
        getattr(mudanzas[n % len(mudanzas)], hacer[n % len(hacer)])()


def _un_periodo(
    ano: AnoMunicipal, periodo: Periodo, cerradas: dict[str, list[tuple[Periodo, LibroSimulado]]], azar: Random
) -> None:
    tranquilo = periodo.clase == "M"
    reparto = repartir(ano.participantes, periodo, azar, tranquilo=tranquilo)
    reabre = ""
    if not tranquilo and periodo.trimestre == 1:
        reabre = next(n for n, suceso in reparto.items() if suceso == "procede")
    hechas: list[Entregas] = []
    for uno in ano.participantes:
        guion = Guion(uno, periodo, cerradas.get(uno.nombre, ()), azar)
        hechas.append(guion.entregas(reparto.get(uno.nombre), reabre=uno.nombre == reabre))
        prorroga = hechas[-1].prorroga
        if prorroga is not None:
            ano.prorrogas[uno.clave(periodo), periodo] = prorroga
    suyas = {clave: hasta for (clave, cual), hasta in ano.prorrogas.items() if cual == periodo}
    anotaciones = [a for e in hechas for a in e.anotaciones]
    en_carpeta: list[Envio] = []
    for tanda, llegan in enumerate(("primero", "despues", "al_final"), 1):
        nuevos = [envio for e in hechas for envio in getattr(e, llegan)]
        if tanda == 3 and not nuevos:
            break
        pisados = {e.archivo for e in nuevos}
        en_carpeta = [e for e in en_carpeta if e.archivo not in pisados] + nuevos
        if tanda == 2:
            _callar(en_carpeta, anotaciones)
        tirada = Tirada(periodo, list(en_carpeta))
        ano.pasos.append(Paso(
            periodo, tanda, list(en_carpeta), verdad_de(tirada, ano.participantes, limite_de(periodo), suyas),
            anotaciones if tanda == 1 else [],
        ))
    if not tranquilo:
        for uno in ano.participantes:
            usada = tirada.usada(uno)
            if usada is not None:
                cerradas.setdefault(uno.nombre, []).append((periodo, usada.libro))


def _callar(envios: Iterable[Envio], anotaciones: Sequence[Anotacion]) -> None:
    """Lo que se decidió que no procede deja de observarse en ese archivo y en sus copias, aunque otro lo sustituya."""
    for envio in envios:
        for anotacion in anotaciones:
            if anotacion.que == NO_PROCEDE and anotacion.archivo in {envio.archivo, envio.copia_de}:
                envio.callados.add(anotacion.celda)


def escribir_recibidos(carpeta: Path, envios: Sequence[Envio], nuevos: Collection[str] | None = None) -> None:
    """Deja en la carpeta los archivos (o sólo los `nuevos`) y el recepcion.csv de todos, como lo guarda Excel."""
    carpeta.mkdir(parents=True, exist_ok=True)
    for envio in envios:
        if nuevos is None or envio.archivo in nuevos:
            envio.libro.escribir(carpeta / envio.archivo)
    (carpeta / LISTA).write_text("\n".join(_lista(envios)), encoding="utf-8-sig", newline="\r\n")


def _lista(envios: Sequence[Envio]) -> Iterator[str]:
    yield "archivo;fecha;medio;oficio;firmado"
    for n, envio in enumerate(envios):
        medio = "correo" if n % 3 else "oficialía de partes"
        yield f"{envio.archivo};{envio.fecha:%d/%m/%Y};{medio};;{'sí' if n % 4 else 'no'}"
    yield ""
