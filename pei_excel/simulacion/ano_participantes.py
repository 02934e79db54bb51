"""Quiénes informan en un año simulado: sus unidades y programas, y lo que cambia de sus metas y sus cifras."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from random import Random
from typing import TypeVar

from pei_excel.formatos.mir import TRIMESTRES
from pei_excel.formatos.poi import CAUSAS
from pei_excel.mensual import ACUMULATIVO
from pei_excel.periodos import MESES, Periodo
from pei_excel.simulacion import vocabulario
from pei_excel.simulacion.ano_modelo import Cambio, Participante, Registro
from pei_excel.simulacion.informe import HOJA as MIR_HOJA
from pei_excel.simulacion.informe import HOLGADO, Simulado, componente_de, sigue_la_media
from pei_excel.simulacion.mir_ano import MirAnual
from pei_excel.simulacion.poi import HOJA as POI_HOJA
from pei_excel.simulacion.poi import SEGUIMIENTO, PlanAnual
from pei_excel.simulacion.simulado import Fila, LibroSimulado
from pei_excel.simulacion.verdad import VerdadDeFila, cifra, verdad_de

T = TypeVar("T")

#: Semillas que se prueban por unidad hasta hallar una con renglones que admitan cambios: sirve una de cada cuarenta.
INTENTOS = 1000
#: Desde qué mes tiene su nueva clave la unidad que la cambia.
MES_DEL_CAMBIO = 4
#: Entre qué partes de la meta ha de quedar lo hecho, y lo que puede bajar ésta.
_MINIMO, _MAXIMO, _MARGEN = 0.81, 1.16, 4
#: Renglones que han de poder cambiar sin que nada más se note.
_CAMBIABLES = 2
_CAUSA = {"MIR": "Ajuste del presupuesto autorizado", "POI": CAUSAS[0]}


def unidades_de_la_mir(semilla: int, ejercicio: int, cuantas: int) -> list[Participante]:
    """Unidades con su programa; las dos primeras comparten uno, que coordina la primera."""
    hechos: list[Participante] = []
    for n in range(cuantas):
        if n == 1:  # va con la primera
            continue
        programa = str(11 + max(0, n - 1))
        comparte = n == 0 and cuantas > 1
        hacer = partial(
            MirAnual, programa=f"{programa} - {nombre_del_programa(programa)}", ejercicio=ejercicio,
            indicadores=26 if comparte else 13,
        )
        ano = _primero(hacer, semilla + 1000 * n, partial(_mir_sirve, comparte=comparte))
        for m, parte in enumerate(_partes(ano) if comparte else (None,)):
            hechos.append(Participante(
                _nombre("Dirección", n + m), ((1, str(601 + n + m)),), programa, partial(ano.al, componentes=parte),
                coordina=comparte and m == 0,
            ))
    return hechos


def unidades_del_poi(semilla: int, ejercicio: int, cuantas: int) -> list[Participante]:
    """Unidades orgánicas, cada una con su plan; sus códigos de actividad no se repiten."""
    hechos = []
    for n in range(cuantas):
        clave, siglas, nombre = f"{31 + n:03d}", chr(65 + n // 26) + chr(65 + n % 26), _nombre("Subgerencia", n)
        hacer = partial(
            PlanAnual, unidad=nombre, gerencia=f"Gerencia {vocabulario.MARCA}", ejercicio=ejercicio, actividades=7,
            siglas=siglas,
        )
        plan = _primero(hacer, semilla + 1000 * n, _poi_sirve)

        def al(periodo: Periodo, unidad: str, plan: PlanAnual = plan) -> LibroSimulado:
            simulado = plan.al(periodo)
            simulado.campos["unidad"] = unidad
            return simulado

        hechos.append(Participante(nombre, ((1, clave),), "", al))
    return hechos


def cambiar_de_clave(uno: Participante) -> None:
    """Desde el segundo trimestre es otra unidad, que viene de la primera."""
    clave = uno.claves[0][1]
    uno.claves = ((1, clave), (MES_DEL_CAMBIO, f"9{clave[1:]}"))
    uno.nombres = (uno.nombre, f"Nueva {uno.nombre}")


def _nombre(clase: str, n: int) -> str:
    vuelta, cual = divmod(n, len(vocabulario.ACCIONES))
    materia = vocabulario.ACCIONES[cual][2]
    return f"{clase} de {materia}{f' {vuelta + 1}' if vuelta else ''} {vocabulario.MARCA}"


def nombre_del_programa(clave: str) -> str:
    """Como se llama en el catálogo y en los informes."""
    return f"Programa {clave} {vocabulario.MARCA}"


def _primero(hacer: Callable[[int], T], semilla: int, sirve: Callable[[T], bool]) -> T:
    for intento in range(INTENTOS):
        hecho = hacer(semilla + intento)
        if sirve(hecho):
            return hecho
    raise LookupError(semilla)


def _partes(ano: MirAnual) -> tuple[tuple[int | None, ...], ...]:
    """Los Componentes de cada unidad que comparte el programa; el Fin y el Propósito (None), de la primera."""
    mitad = (len(ano.componentes) + 1) // 2
    return (None, *ano.componentes[:mitad]), ano.componentes[mitad:]


def _mir_sirve(ano: MirAnual, *, comparte: bool) -> bool:
    partes = _partes(ano) if comparte else (None,)
    return all(
        parte != () and len(cambiables(partial(ano.al, unidad="", componentes=parte), ano.ejercicio)) >= _CAMBIABLES
        for parte in partes
    )


def _poi_sirve(plan: PlanAnual) -> bool:
    return len(cambiables(plan.al, plan.ejercicio)) >= _CAMBIABLES


# ---------------------------------------------------------------- lo que cambia en el año


def cambiables(al: Callable[[Periodo], LibroSimulado], ejercicio: int) -> list[str]:
    """Renglones cuyas metas y cifras pueden bajar un poco sin que ninguna otra regla lo note; el primero, bajable.

    Bajable es el que no alcanzó su meta en el segundo trimestre. Vacío si ninguno lo es.
    """
    libro = al(Periodo(ejercicio, "T", 4))
    clave = "nivel" if isinstance(libro, Simulado) else "codigo"
    filas = [_con_lo_hecho(libro, f) for f in libro.renglones]
    buenas = [f for f in filas if (_cambiable_mir(libro, f) if isinstance(libro, Simulado) else _cambiable(libro, f))]
    bajable = next((f for f in buenas if _mes_bajable(f)), None)
    if bajable is None:
        return []
    return [str(f[clave]) for f in (bajable, *(f for f in buenas if f is not bajable))]


def _con_lo_hecho(libro: LibroSimulado, fila: Fila) -> Fila:
    if isinstance(libro, Simulado):
        return fila
    return {**fila, **next(f for f in libro.filas[SEGUIMIENTO] if f["codigo"] == fila["codigo"])}


def _cambiable_mir(libro: Simulado, fila: Fila) -> bool:
    if not str(fila["nivel"]).startswith("Actividad") or fila["sentido"] != "Ascendente":
        return False
    componente, hijas = libro.familia(componente_de(fila) or 0) or (fila, [])
    return (
        (fila.get("acumulacion") or "Suma") == "Suma" and not sigue_la_media(componente, hijas, 3)
        and all(_entre(fila, f"programado_t{n}", f"alcanzado_t{n}") for n in range(1, 5))
        and all(_holgada(verdad_de(fila, n)) for n in range(1, 5))
    )


def _holgada(v: VerdadDeFila) -> bool:
    """Con una unidad menos sigue lejos de los umbrales."""
    return v.programado is not None and v.alcanzado is not None and (
        _MINIMO < (v.alcanzado - 1) / v.programado < v.alcanzado / (v.programado - _MARGEN) < _MAXIMO
    )


def _cambiable(libro: LibroSimulado, fila: Fila) -> bool:
    registradas = {m["codigo"] for m in libro.filas["Modificaciones"]}
    return (
        fila["acumulacion"] == ACUMULATIVO and fila["codigo"] not in registradas
        and all(_entre(fila, f"programado_m{n}", f"ejecutado_m{n}") for n in range(1, 13))
    )


def _mes_bajable(fila: Fila) -> int:
    """El mes, o el último del segundo trimestre, en que no se alcanzó la meta; 0 si se alcanzó."""
    if "nivel" in fila:
        return 6 if _cifra(fila, "alcanzado_t2") < _cifra(fila, "programado_t2") else 0
    return next((n for n in (5, 6) if _cifra(fila, f"ejecutado_m{n}") < _cifra(fila, f"programado_m{n}")), 0)


def _entre(fila: Fila, meta: str, hecho: str) -> bool:
    """Hay meta, no es pequeña y lo hecho anda cerca."""
    p, h = _cifra(fila, meta), _cifra(fila, hecho)
    return p >= HOLGADO and 0.84 * p <= h <= 1.13 * p and p == int(p)


def _cifra(fila: Fila, columna: str) -> float:
    return cifra(fila.get(columna)) or 0.0


class Mudanzas:
    """Lo que en el año cambia de los renglones de un participante; cada cambio toma uno distinto."""

    def __init__(self, uno: Participante, ejercicio: int, azar: Random) -> None:
        self.uno, self.ejercicio, self.azar = uno, ejercicio, azar

        def al(periodo: Periodo) -> LibroSimulado:
            return uno.libro(periodo, "")

        self.final = al(Periodo(ejercicio, "T", 4))
        self.libres = cambiables(al, ejercicio)
        self.es_mir = self.final.formato.clave == "MIR"
        self.hoja = MIR_HOJA if self.es_mir else POI_HOJA

    def _tomar(self, cual: int = -1) -> tuple[str, Fila]:
        llave = self.libres.pop(cual)
        clave = "nivel" if self.es_mir else "codigo"
        return llave, _con_lo_hecho(self.final, next(f for f in self.final.renglones if f[clave] == llave))

    def editar_lo_cerrado(self, hasta: int = 12) -> None:
        """Desde el segundo trimestre, una cifra del primero ya no es la que se informó."""
        llave, fila = self._tomar()
        hoja, columna = (MIR_HOJA, "alcanzado_t1") if self.es_mir else (SEGUIMIENTO, "ejecutado_m2")
        self.uno.cambios.append(Cambio(MES_DEL_CAMBIO, hoja, llave, columna, _cifra(fila, columna) - 1, hasta))

    def meta_sin_registrar(self) -> None:
        """Desde el segundo trimestre, una meta del cuarto es otra y nadie lo dice."""
        llave, fila = self._tomar()
        columna = "programado_t4" if self.es_mir else "programado_m11"
        self._poner(llave, fila, columna, MES_DEL_CAMBIO, _cifra(fila, columna) - 1)

    def bajar_la_meta(self) -> None:
        """En el segundo trimestre se baja, con su registro, una meta que no se iba a alcanzar."""
        llave, fila = self._tomar(0)
        mes = _mes_bajable(fila)
        cual, medida = ("t2", "alcanzado") if self.es_mir else (f"m{mes}", "ejecutado")
        columna, hecho = f"programado_{cual}", f"{medida}_{cual}"
        antes, ahora = _cifra(fila, columna), _cifra(fila, hecho)
        self._poner(llave, fila, columna, mes, ahora)
        self._registrar(llave, fila, columna, mes, antes, ahora)

    def mover_la_meta_tres_veces(self) -> None:
        """Una meta que se modifica en febrero, en marzo y en mayo, siempre con su registro."""
        llave, fila = self._tomar()
        columna = "programado_t4" if self.es_mir else "programado_m10"
        final = _cifra(fila, columna)
        desde = 1
        for mes, falta in ((2, 3), (3, 2), (5, 1)):
            self._poner(llave, fila, columna, desde, final - falta, mes - 1)
            self._registrar(llave, fila, columna, mes, final - falta, final - falta + 1)
            desde = mes

    def _poner(self, llave: str, fila: Fila, columna: str, desde: int, valor: float, hasta: int = 12) -> None:
        self.uno.cambios.append(Cambio(desde, self.hoja, llave, columna, valor, hasta))
        if not self.es_mir:  # la meta anual es la suma de sus meses
            meta = round(_cifra(fila, "meta") + valor - _cifra(fila, columna), 2)
            self.uno.cambios.append(Cambio(desde, self.hoja, llave, "meta", meta, hasta))

    def _registrar(self, llave: str, fila: Fila, columna: str, mes: int, antes: float, ahora: float) -> None:
        numero = int(columna.rpartition("_")[2][1:])
        campo = f"Programado {TRIMESTRES[numero - 1] if self.es_mir else MESES[numero - 1].capitalize()}"
        valores: Sequence[tuple[str, float, float]] = [(campo, antes, ahora)]
        if not self.es_mir:
            base = _cifra(fila, "meta") - _cifra(fila, columna)
            valores = [*valores, ("Meta anual", round(base + antes, 2), round(base + ahora, 2))]
        clave = "nivel" if self.es_mir else "codigo"
        for que, anterior, nuevo in valores:
            self.uno.registros.append(Registro(mes, {
                "fecha": date(self.ejercicio, mes, self.azar.randint(2, 27)), clave: llave,
                "campo": que, "valor_anterior": anterior, "valor_nuevo": nuevo,
                "causa": _CAUSA[self.final.formato.clave],
                "documento": f"Oficio {self.azar.randint(10, 99)}/{self.ejercicio}",
            }))
