"""De un generador de azar a una actividad del POI con su año entero: metas, costos y lo que se irá ejecutando."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from pei_excel.formatos.anexo01 import OBJETIVOS
from pei_excel.mensual import ACUMULATIVO, CIERRES, MENSUAL, TRIMESTRAL
from pei_excel.simulacion import poi_vocabulario as vocabulario
from pei_excel.simulacion.poi_verdad import BRECHA_TOLERADA, Cifra, Cuatro, suma, vencidos
from pei_excel.simulacion.simulado import Fila

Valor = float | str | None

#: Acción estratégica → su objetivo.
ACCIONES = {a.codigo: o.codigo for o in OBJETIVOS for a in o.acciones}
#: Lo más que se deja pasar de la meta a una actividad limpia (%), lejos del límite del semáforo.
MAS_ALTO = 117
#: Lo que se deja de brecha, lejos de la tolerada.
BRECHA = BRECHA_TOLERADA - 3
INTENTOS = 500


@dataclass
class Cambio:
    """Una meta que se modificó: hasta el mes en que se aprueba rige el valor anterior."""

    mes: int  #: en que se aprueba
    dia: int
    mes_cambiado: int  #: de la meta; posterior a `mes`
    medida: str  #: «programado» o «costo»
    anterior: float
    causa: str


@dataclass
class ActividadAnual:
    """Una actividad con su año entero, antes de cortarlo al mes que se reporta."""

    datos: Fila  #: las columnas de `Programación` que no son cifras
    materia: str
    programado: list[Valor] = field(default_factory=list)  #: los meses, como se escriben
    costo: list[Cifra] = field(default_factory=list)
    ejecutado: list[Cifra] = field(default_factory=list)
    devengado: list[Cifra] = field(default_factory=list)
    vinculacion: str = ""
    necesidades: list[tuple[str, str, float]] = field(default_factory=list)  #: (detalle, tipo, parte del costo)
    cambios: list[Cambio] = field(default_factory=list)

    @property
    def forma(self) -> str:
        """Su acumulación."""
        return str(self.datos["acumulacion"])

    def meta(self, hasta: int = 12) -> float:
        """La meta anual que rige al mes."""
        metas = [p for p in self.al_mes("programado", hasta) if isinstance(p, float)]
        return round(sum(metas), 2) if self.forma == ACUMULATIVO else max(metas)

    def al_mes(self, medida: str, hasta: int) -> list[Valor]:
        """Los doce meses de «programado» o «costo» que rigen al mes: sin los cambios que aún no se aprueban."""
        valores: list[Valor] = list(self.programado if medida == "programado" else self.costo)
        for cambio in self.cambios:
            if cambio.medida == medida and cambio.mes > hasta:
                valores[cambio.mes_cambiado - 1] = cambio.anterior
        return valores

    @property
    def verdad(self) -> Cuatro:
        """Sus series, para calcular la verdad aparte."""
        numeros = [p if isinstance(p, float) else None for p in self.programado]
        return Cuatro(self.forma, numeros, self.ejecutado, self.costo, self.devengado)


def actividad_anual(azar: Random, datos: Fila, labor: vocabulario.Labor, *, holgada: bool) -> ActividadAnual:
    """Una actividad que en ningún mes del año da hallazgos; `holgada`: nunca va exactamente al 100 %.

    Raises:
        RuntimeError: si tras muchos intentos ninguna queda limpia.
    """
    for _ in range(INTENTOS):
        actividad = _intento(azar, dict(datos), labor, holgada=holgada)
        if _limpia(actividad, holgada=holgada):
            return actividad
    raise RuntimeError(f"no salió limpia ninguna actividad de {labor.materia}")


def _limpia(actividad: ActividadAnual, *, holgada: bool) -> bool:
    verdad = actividad.verdad
    for mes in range(1, 13):
        v = verdad.al(mes)
        if v.porcentaje is not None and (v.porcentaje > MAS_ALTO or (holgada and v.porcentaje == 100)):
            return False
        if v.brecha is not None and abs(v.brecha) > BRECHA:
            return False
        if (v.porcentaje_financiero or 0) > MAS_ALTO:
            return False
    return not holgada or bool(actividad.programado[0])


def _intento(azar: Random, datos: Fila, labor: vocabulario.Labor, *, holgada: bool) -> ActividadAnual:
    datos["acumulacion"] = ACUMULATIVO if holgada else azar.choice((ACUMULATIVO,) * 3 + (MENSUAL, TRIMESTRAL))
    a = ActividadAnual(datos, labor.materia)
    a.programado = _programar(azar, a.forma, labor, holgada=holgada)
    numeros = [p if isinstance(p, float) else None for p in a.programado]
    a.costo = _costear(azar, a.forma, numeros)
    a.ejecutado = _ejecutar(azar, a.forma, numeros, decimal=labor.decimal)
    a.devengado = _devengar(azar, a)
    a.vinculacion = azar.choice(("Programa presupuestal", "Acciones centrales", "APNOP"))
    if suma(a.costo) and azar.random() < 0.75:
        a.necesidades = _necesidades(azar, labor.materia)
    return a


def _programar(azar: Random, forma: str, labor: vocabulario.Labor, *, holgada: bool) -> list[Valor]:
    """Las metas de los doce meses."""
    tope = 4 if labor.pocas else 30

    def meta(minimo: int, maximo: int) -> float:
        return float(azar.randint(minimo * 4, maximo * 4)) / 4 if labor.decimal else float(azar.randint(minimo, maximo))

    if forma == TRIMESTRAL:
        cuanto = meta(1, min(tope, 12))
        return [cuanto if n in CIERRES else None for n in range(1, 13)]
    if forma == MENSUAL:
        cuanto, desde, hasta = meta(2, 2 * tope), azar.choice((1, 1, 1, 2, 3)), azar.choice((10, 12, 12, 12))
        return [cuanto if desde <= n <= hasta else None for n in range(1, 13)]
    if holgada:
        return [meta(10, 40) for _ in range(12)]
    meses = azar.choice((
        tuple(range(1, 13)), tuple(range(1, 13)), (2, 4, 6, 8, 10, 12), (3, 6, 9, 12), tuple(range(1, 11)),
        tuple(range(3, 12)), (1, 3, 5, 7, 9, 11), tuple(range(2, 10)), tuple(range(4, 12)), (5, 7, 9, 11),
    ))
    libre: tuple[Valor, ...] = (None,) * 6 + (0.0, "NP", "-")
    valores: list[Valor] = [meta(1, tope) if n in meses else azar.choice(libre) for n in range(1, 13)]
    numeros = [v if isinstance(v, float) else 0.0 for v in valores]
    if sum(numeros[9:]) * 2 > sum(numeros) * 0.9 or sum(numeros) <= 4:
        return _programar(azar, forma, labor, holgada=holgada)
    return valores


def _costear(azar: Random, forma: str, programado: list[Cifra]) -> list[Cifra]:
    """Los costos: en los meses con programación y, a veces, en uno que los prepara."""
    costo: list[Cifra] = [None] * 12
    if azar.random() < 0.08:
        return costo  # la hace el personal de la unidad, sin gasto propio
    base, centavos = azar.randint(2, 60) * 50, azar.random() < 0.25
    con_meta = [n for n in range(1, 13) if programado[n - 1]]
    if forma == TRIMESTRAL and azar.random() < 0.4:
        con_meta = list(range(1, 13))
    elif con_meta[0] > 1 and azar.random() < 0.3:
        con_meta.insert(0, con_meta[0] - 1)
    for n in con_meta:
        monto = float(base) if azar.random() < 0.6 else float(round(base * azar.uniform(0.7, 1.4)))
        costo[n - 1] = round(monto + azar.randint(1, 99) / 100, 2) if centavos else monto
    return costo


def _ejecutar(azar: Random, forma: str, programado: list[Cifra], *, decimal: bool) -> list[Cifra]:
    """Lo ejecutado cada mes: casi siempre cerca de la meta, a veces con un tramo de rezago."""
    tocan = vencidos(forma, programado, range(1, 13), 12)
    rezago: set[int] = set()
    if azar.random() < 0.35:
        inicio = azar.choice(tocan)
        rezago = set(range(inicio, inicio + azar.randint(1, 4)))
    hecho: list[Cifra] = [None] * 12
    for n in range(1, 13):
        meta = programado[n - 1] or 0.0
        if n not in tocan:
            hecho[n - 1] = 0.0 if azar.random() < 0.2 and forma == ACUMULATIVO else None
        elif n in rezago:
            hecho[n - 1] = _redondo(meta * azar.choice((0, 0.3, 0.5)), decimal=decimal)
        elif azar.random() < 0.45:
            hecho[n - 1] = meta
        else:
            hecho[n - 1] = _redondo(meta * azar.uniform(0.88, 1.1), decimal=decimal)
    return hecho


def _redondo(valor: float, *, decimal: bool) -> float:
    return round(valor, 2) if decimal else float(round(valor))


def _devengar(azar: Random, a: ActividadAnual) -> list[Cifra]:
    """El gasto sigue de cerca a lo físico."""
    devengado: list[Cifra] = [None] * 12
    ritmo, acumulado, previsto = azar.uniform(-8, 6), 0.0, 0.0
    for n in range(1, 13):
        previsto += a.costo[n - 1] or 0
        fisico = a.verdad._replace(devengado=devengado).al(n).porcentaje
        if a.costo[n - 1] is None:
            continue
        avance = (100 if fisico is None else fisico) + ritmo + azar.uniform(-4, 4)
        monto = max(0.0, round(previsto * min(avance, 112) / 100 - acumulado, 2))
        devengado[n - 1] = monto if azar.random() < 0.3 else float(round(monto))
        acumulado += devengado[n - 1] or 0
    return devengado


def _necesidades(azar: Random, materia: str) -> list[tuple[str, str, float]]:
    partes = azar.choice(((1.0,), (0.6, 0.4), (0.5, 0.3, 0.2)))
    pedidos = []
    for parte in partes:
        tipo = azar.choice(("Bienes", "Bienes", "Servicios", "Servicios", "Otros"))
        pedidos.append((azar.choice(vocabulario.NECESIDADES[tipo]).format(materia=materia), tipo, parte))
    return pedidos
