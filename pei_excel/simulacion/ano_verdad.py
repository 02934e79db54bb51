"""Lo que debe decirse de cada paso de un año simulado, calculado aparte: sólo con lo enviado, sin el programa."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from pei_excel.periodos import Periodo
from pei_excel.simulacion.ano_modelo import (
    DE_PLANEACION,
    DEBEN_CORREGIRSE,
    Correcciones,
    Envio,
    Participante,
    Verdad,
    llave_de,
)
from pei_excel.simulacion.plantar import Esperado
from pei_excel.simulacion.simulado import Fila, LibroSimulado
from pei_excel.simulacion.verdad import cifra

#: Las entregas cerradas de una unidad, de la más antigua a la más nueva.
Cerradas = Sequence[tuple[Periodo, LibroSimulado]]
#: Por formato: (hoja, medida) de lo que se logra y de lo que se programa.
_LOGRADO = {"MIR": (("MIR", "alcanzado"),), "POI": (("Seguimiento", "ejecutado"), ("Seguimiento", "devengado"))}
_METAS = {
    "MIR": (("MIR", "programado"),),
    "POI": (("Programación", "programado"), ("Valorización", "costo"), ("Programación", "meta")),
}
_MAXIMO_DE_MODIFICACIONES = 2


def columnas(libro: LibroSimulado, medida: str) -> Iterator[tuple[str, int, int]]:
    """(columna, su primer mes, su último mes) de una medida; la meta anual es una sola."""
    if medida == "meta":
        yield medida, 1, 12
        return
    for n in range(1, 5 if libro.formato.clave == "MIR" else 13):
        if libro.formato.clave == "MIR":
            yield f"{medida}_t{n}", 3 * n - 2, 3 * n
        else:
            yield f"{medida}_m{n}", n, n


def _por_llave(libro: LibroSimulado, hoja: str) -> dict[str, Fila]:
    return {f[llave_de(libro)]: f for f in libro.filas[hoja]}


def contra_lo_cerrado(libro: LibroSimulado, cerradas: Cerradas) -> list[Esperado]:
    """Lo que se ve al comparar una entrega con lo que se cerró antes."""
    if not cerradas:
        return []
    return [*_cambios_de_lo_cerrado(libro, cerradas), *_cambios_de_metas(libro, cerradas[0][1]),
            *_metas_bajadas(libro, cerradas), *_metas_muy_cambiadas(libro)]


def _cambios_de_lo_cerrado(libro: LibroSimulado, cerradas: Cerradas) -> Iterator[Esperado]:
    """VER001: contra la primera entrega que informó ese mes con una cifra; si quedó en blanco, sólo se hace saber."""
    abierto = libro.periodo.meses_abiertos[0]
    for hoja, medida in _LOGRADO[libro.formato.clave]:
        for fila in libro.filas[hoja]:
            for columna, _, ultimo in columnas(libro, medida):
                llave, previas = fila[llave_de(libro)], [x for p, x in cerradas if p.mes >= ultimo]
                dichas = [cifra(_por_llave(x, hoja)[llave].get(columna)) for x in previas]
                if ultimo >= abierto or not dichas:
                    continue
                cerrada = next((c for c in dichas if c is not None), None)
                if cerrada != cifra(fila.get(columna)):
                    yield Esperado("VER001", hoja, columna, fila, se_hace_saber=cerrada is None)


def _cambios_de_metas(libro: LibroSimulado, aprobado: LibroSimulado) -> Iterator[Esperado]:
    """VER002: contra la primera entrega del año, si la modificación no está registrada."""
    registradas = {(m[llave_de(libro)], m["campo"]) for m in libro.filas["Modificaciones"]}
    for hoja, medida in _METAS[libro.formato.clave]:
        antes = _por_llave(aprobado, hoja)
        for fila in libro.filas[hoja]:
            for columna, *_ in columnas(libro, medida):
                uno, otro = cifra(antes[fila[llave_de(libro)]].get(columna)), cifra(fila.get(columna))
                if fila.get("sentido") != "Descendente":
                    uno, otro = uno or 0.0, otro or 0.0
                if uno != otro and (fila[llave_de(libro)], _campo(libro, columna)) not in registradas:
                    yield Esperado("VER002", hoja, columna, fila)


def _metas_bajadas(libro: LibroSimulado, cerradas: Cerradas) -> Iterator[Esperado]:
    """VER003: una meta del periodo que se baja en él, y que no se habría alcanzado."""
    (hoja, medida), (hecho_en, hecho) = _METAS[libro.formato.clave][0], _LOGRADO[libro.formato.clave][0]
    previas = [x for p, x in cerradas if p.mes < libro.periodo.mes]
    for fila in libro.filas[hoja]:
        llave = fila[llave_de(libro)]
        for columna, primero, ultimo in columnas(libro, medida):
            suyas = [m for m in libro.filas["Modificaciones"]
                     if (m[llave_de(libro)], m["campo"]) == (llave, _campo(libro, columna))]
            if not suyas or not previas or ultimo not in libro.periodo.meses:
                continue
            if max(m["fecha"] for m in suyas) < date(libro.periodo.ejercicio, primero, 1):
                continue
            antes, ahora = cifra(_por_llave(previas[-1], hoja)[llave].get(columna)), cifra(fila.get(columna))
            logrado = cifra(_por_llave(libro, hecho_en)[llave].get(columna.replace(medida, hecho)))
            if antes is None or ahora is None or logrado is None:
                continue
            al_reves = -1 if fila.get("sentido") == "Descendente" else 1
            if (antes - ahora) * al_reves > 0 and (antes - logrado) * al_reves > 0:
                yield Esperado("VER003", hoja, columna, fila)


def _metas_muy_cambiadas(libro: LibroSimulado) -> Iterator[Esperado]:
    """VER004: más de dos modificaciones registradas de una meta; se señala la meta."""
    veces = Counter((m[llave_de(libro)], m["campo"]) for m in libro.filas["Modificaciones"])
    for (llave, campo), cuantas in veces.items():
        if cuantas > _MAXIMO_DE_MODIFICACIONES:
            hoja, columna = libro.formato.modificables[campo]
            yield Esperado("VER004", hoja, columna, _por_llave(libro, hoja)[llave])


def _campo(libro: LibroSimulado, columna: str) -> str:
    """Cómo se llama en `Modificaciones`."""
    return next((c for c, (_, suya) in libro.formato.modificables.items() if suya == columna), "")


class Tirada:
    """Los envíos de un periodo que hay en su carpeta, por participante y en el orden en que llegaron."""

    def __init__(self, periodo: Periodo, envios: Sequence[Envio]) -> None:
        self.periodo, self.envios = periodo, envios

    def de(self, uno: Participante) -> list[Envio]:
        """Sus entregas, sin las copias ni lo que no abre."""
        return [e for e in self.envios if e.de is uno and not e.copia_de and not e.rechazado]

    def usada(self, uno: Participante) -> Envio | None:
        """La última que llegó."""
        return max(self.de(uno), key=lambda e: e.fecha, default=None)


def verdad_de(
    tirada: Tirada, participantes: Collection[Participante], limite: date, prorrogas: Mapping[str, date]
) -> Verdad:
    """Lo que debe decirse de una carpeta; `prorrogas` va por clave de unidad."""
    periodo = tirada.periodo
    estados = {e.archivo: "rechazado" if e.rechazado else "sustituido" for e in tirada.envios}
    faltan, tarde, correcciones = set(), {}, {}
    de_carpeta: Counter[tuple[str, str]] = Counter()
    observadas: Counter[str] = Counter()
    por_solventar = 0
    for uno in participantes:
        clave, usada = uno.clave(periodo), tirada.usada(uno)
        rechazados = [e for e in tirada.envios if e.de is uno and e.rechazado]
        por_solventar += sum(e.errores for e in rechazados)
        observadas.update(regla for e in rechazados for regla in {h[0] for h in e.para_la_unidad})
        if usada is None:
            if not rechazados:
                faltan.add((clave, uno.programa))
                de_carpeta["ENT001", ""] += 1
                por_solventar += 1
            continue
        estados[usada.archivo] = usada.estado
        por_solventar += usada.errores
        observadas.update({h[0] for h in usada.para_la_unidad})
        entregas = sorted(tirada.de(uno), key=lambda e: e.fecha)
        hasta = max(limite, prorrogas.get(clave, limite))
        if entregas[0].fecha > hasta:
            tarde[uno.quien(periodo)] = (entregas[0].fecha - hasta).days
            de_carpeta["ENT002", entregas[0].archivo] += 1
        if len(entregas) > 1:
            antes, ahora = entregas[-2].para_la_unidad, usada.para_la_unidad
            correcciones[uno.quien(periodo)] = Correcciones(
                len(antes - ahora - usada.callados), len(antes & ahora), len(ahora - antes)
            )
    for envio in tirada.envios:
        if estados[envio.archivo] == "sustituido":
            de_carpeta["ENT003", envio.archivo] += 1
        if envio.copia_de:
            de_carpeta["ENT004", envio.archivo] += 1
    return Verdad(
        len(participantes), faltan, tarde, estados, {e.archivo: e.hallazgos for e in tirada.envios}, de_carpeta,
        correcciones, dict(observadas), por_solventar,
    )


__all__ = ["DEBEN_CORREGIRSE", "DE_PLANEACION", "Cerradas", "Tirada", "contra_lo_cerrado", "verdad_de"]
