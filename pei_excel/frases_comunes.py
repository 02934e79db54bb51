"""Lo que comparten las frases de todos los formatos: cómo se llaman las cosas, la situación y qué requiere atención."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pei_excel.calculos import Estado
from pei_excel.tablas import Renglon, Tablas
from pei_excel.textos import enumerar, numero


@dataclass(frozen=True, slots=True)
class Vocabulario:
    """Cómo se llaman las cosas de un formato en lo que lee la institución."""

    uno: str
    varios: str
    unidad: str
    cuadros: str  #: con qué empieza el título de los cuadros
    femenino: bool = False

    @property
    def ninguno(self) -> str:
        """«Ningún indicador», «Ninguna actividad»."""
        return f"{'Ninguna' if self.femenino else 'Ningún'} {self.uno}"

    def cuantos(self, n: int) -> str:
        """«1 actividad», «3 actividades»."""
        return f"{n} {self.uno if n == 1 else self.varios}"


VOCABULARIO = {
    "MIR": Vocabulario("indicador", "indicadores", "Unidad Responsable", "Indicadores y cumplimiento"),
    "POI": Vocabulario("actividad", "actividades", "Unidad orgánica", "Actividades y avance", femenino=True),
}


def requieren_atencion(tablas: Tablas, maximo: int | None = 7) -> list[int]:
    """Posiciones de los renglones por atender: primero el menor % topado y, si empatan, lo que más pesa.

    Pesa lo que falta por alcanzar; en el POI, cuyas unidades de medida no se comparan, los soles programados.
    """
    posiciones = [n for n, r in enumerate(tablas.renglones) if r.atencion]
    posiciones.sort(key=lambda n: (_topado(tablas.renglones[n]), -_peso(tablas, tablas.renglones[n]), n))
    return posiciones if maximo is None else posiciones[:maximo]


def _topado(renglon: Renglon) -> float:
    # Debajo del verde por exceso (semáforo simétrico) el topado es 100: va al final.
    return renglon.topado or 0.0


def _peso(tablas: Tablas, renglon: Renglon) -> float:
    if tablas.formato == "POI":
        return renglon.actividad.financiero_al_periodo.programado or 0.0
    return renglon.al_periodo.diferencia or 0.0


def frase_de_bandas(tablas: Tablas) -> str:
    """«De 11 indicadores con programación al 2do. trimestre, 8 están en verde y 1 rebasa 130 %», sin punto."""
    conteos, perfil, palabras = tablas.institucion.conteos, tablas.perfil, VOCABULARIO[tablas.formato]
    al_periodo = tablas.periodo.al_periodo
    partes: list[str] = []
    bandas = [b for color in ("verde", "amarillo", "rojo") for b in perfil.bandas if b.color == color]
    for banda in bandas:
        cuantos = conteos.get(banda.palabra, 0)
        if cuantos:
            verbo = "" if partes else ("está " if cuantos == 1 else "están ")
            partes.append(f"{cuantos} {verbo}en {en_banda(banda.palabra)}")
    sin_reporte = conteos.get(Estado.SIN_REPORTE, 0)
    if sin_reporte:
        verbo = "" if partes else ("está " if sin_reporte == 1 else "están ")
        partes.append(f"{sin_reporte} {verbo}sin reporte")
    arriba = sum(conteos.get(b.palabra, 0) for b in perfil.bandas if b.color == "morado")
    if arriba:
        partes.append(f"{arriba} {'rebasa' if arriba == 1 else 'rebasan'} {numero(perfil.limite, 1)} %")
    programados = sum(conteos.get(b.palabra, 0) for b in perfil.bandas) + sin_reporte
    if not tablas.renglones:
        return f"No hay {palabras.varios} que evaluar {al_periodo}"
    if not programados and (ilegibles := conteos.get(Estado.SIN_LEER, 0)):
        return f"No se pudo leer el avance {al_periodo} de {palabras.cuantos(ilegibles)}"
    if not programados:
        return f"{palabras.ninguno} tiene programación {al_periodo}"
    return f"De {palabras.cuantos(programados)} con programación {al_periodo}, {enumerar(partes)}"


def en_banda(palabra: str) -> str:
    """Los colores se dicen en minúscula; las demás palabras del semáforo, entre comillas."""
    return palabra.lower() if palabra in {"Verde", "Amarillo", "Rojo"} else f"«{palabra}»"


def por_verbos(pares: Sequence[tuple[int, str, str]]) -> list[str]:
    """(cuántos, verbo en singular, en plural) → «2 están por vencer»; los que no hay no se dicen."""
    return [f"{n} {uno if n == 1 else varios}" for n, uno, varios in pares if n]


def frase_de_atencion(tablas: Tablas, nombres: Sequence[str], maximo: int) -> str:
    """«Requieren atención: …» con lo alcanzado y lo programado; los primeros, si son muchos.

    `nombres` da el de cada renglón, con lo que haga falta para distinguirlo.
    """
    todos = requieren_atencion(tablas, None)
    if not todos:
        return nadie_requiere_atencion(tablas) or f"{VOCABULARIO[tablas.formato].ninguno} requiere atención."
    partes = []
    for n in todos[:maximo]:
        medicion = tablas.renglones[n].al_periodo
        alcanzado = "sin reporte" if medicion.alcanzado is None else numero(medicion.alcanzado)
        partes.append(f"{nombres[n]} ({alcanzado} de {numero(medicion.programado)})")
    if len(todos) > maximo:
        partes.append(f"{len(todos) - maximo} más")
    return f"{'Requiere' if len(todos) == 1 else 'Requieren'} atención: {enumerar(partes)}."


def nadie_requiere_atencion(tablas: Tablas) -> str:
    """Si de algo no se pudo leer el avance, que sólo se habla de lo demás, o que no se sabe; si no, nada."""
    palabras, ilegibles = VOCABULARIO[tablas.formato], tablas.institucion.conteos.get(Estado.SIN_LEER, 0)
    if ilegibles and ilegibles == len(tablas.renglones):
        return f"No se sabe qué {palabras.varios} requieren atención."
    leidas = f"{palabras.ninguno} de {'las' if palabras.femenino else 'los'} que se pudieron leer requiere atención."
    return leidas if ilegibles else ""


def cobertura_en_frase(tablas: Tablas) -> str:
    """«con 12 de 14 informes»."""
    c = tablas.cobertura
    de = c.leidos if c.esperados is None else c.esperados
    return f"con {c.consolidados} de {de} {'informe' if de == 1 else 'informes'}"
