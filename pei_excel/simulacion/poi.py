"""De una semilla al POI limpio de una unidad orgánica: su año entero, y el libro como está en cada periodo."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from random import Random

from pei_excel.formatos.poi import CAUSAS, POI, TRIMESTRES_POI
from pei_excel.mensual import ACUMULATIVO, claves_de_mes
from pei_excel.periodos import MESES, Periodo, texto_de_periodo
from pei_excel.simulacion import poi_vocabulario as vocabulario
from pei_excel.simulacion.poi_actividades import ACCIONES, ActividadAnual, Cambio, Valor, actividad_anual
from pei_excel.simulacion.poi_verdad import HORIZONTES, Cuatro, VerdadDeTramo, cifra, serie
from pei_excel.simulacion.simulado import Fila, LibroSimulado

HOJA = POI.principal.clave
#: Hojas del POI con un renglón por actividad.
COSTOS, SEGUIMIENTO = "Valorización", "Seguimiento"
NECESIDADES, EVALUACION, MODIFICACIONES = "Necesidades", "Evaluación", "Modificaciones"
#: Causas por las que una meta o un costo baja.
REDUCCIONES = tuple(causa for causa in CAUSAS if "incremento" not in causa)
#: Meses en que se aprueban modificaciones: los de cierre de trimestre, menos diciembre.
MESES_DE_CAMBIO = (3, 6, 9)


@dataclass
class PoiSimulado(LibroSimulado):
    """El POI de una unidad por escribir, como está en un periodo."""

    @property
    def hasta(self) -> int:
        """Último mes que se reporta."""
        return self.periodo.mes

    def de(self, hoja: str, actividad: Fila, llave: str = "codigo") -> list[Fila]:
        """Renglones de otra hoja que son de una actividad."""
        return [f for f in self.filas[hoja] if f.get(llave) == actividad["codigo"]]

    def uno(self, hoja: str, actividad: Fila) -> Fila:
        """Su renglón en `Valorización` o `Seguimiento`."""
        return self.de(hoja, actividad)[0]

    def evaluacion(self, actividad: Fila) -> Fila:
        """Su renglón de `Evaluación` del trimestre que se reporta."""
        trimestre = TRIMESTRES_POI[self.periodo.trimestre - 1]
        return next(f for f in self.de("Evaluación", actividad) if f["trimestre"] == trimestre)

    def cuatro(self, actividad: Fila) -> Cuatro:
        """Las series de una actividad con lo que hay escrito; después del periodo, un 0 es vacío."""
        costos, hecho = self.uno(COSTOS, actividad), self.uno(SEGUIMIENTO, actividad)

        def informado(medida: str) -> list[float | None]:
            return [v if n <= self.hasta else (v or None) for n, v in enumerate(serie(hecho, medida), 1)]

        return Cuatro(
            str(actividad["acumulacion"]), serie(actividad, "programado"), informado("ejecutado"),
            serie(costos, "costo"), informado("devengado"),
        )

    @property
    def verdad(self) -> dict[str, dict[str, VerdadDeTramo]]:
        """Código → horizonte → cifras esperadas con lo que hay escrito."""
        horizontes = {**HORIZONTES, "al_periodo": tuple(range(1, self.hasta + 1))}
        return {
            str(a["codigo"]): {h: self.cuatro(a).en(meses, self.hasta) for h, meses in horizontes.items()}
            for a in self.renglones
        }

    def explicar(self, actividad: Fila) -> bool:
        """La actividad debe decir qué dificultó y qué se hará."""
        return self.cuatro(actividad).explicar(self.periodo.meses[0], self.hasta)


def simular_poi(
    semilla: int, *, unidad: str = "701 - Unidad orgánica de demostración", gerencia: str = "Gerencia de demostración",
    periodo: Periodo = Periodo(2024, "T", 2), actividades: int | None = None,  # noqa: B008 - es inmutable
    objetivos: Collection[str] | None = None, siglas: str = "AO",
) -> PoiSimulado:
    """Un POI limpio: escrito con la plantilla y leído, ninguna regla tiene nada que decir.

    La misma semilla da, en otro periodo del mismo año, el mismo plan con más o menos meses informados. Las actividades
    son de cualquier objetivo del Anexo 01, o sólo de los `objetivos` dados («OEI.05»); su código lleva las siglas.

    Raises:
        ValueError: si se piden menos de tres actividades.
    """
    return PlanAnual(semilla, unidad, gerencia, periodo.ejercicio, actividades, objetivos, siglas).al(periodo)


class PlanAnual:
    """El año entero de una unidad; `al(periodo)` da su libro como está entonces."""

    def __init__(
        self, semilla: int, unidad: str, gerencia: str, ejercicio: int, actividades: int | None = None,
        objetivos: Collection[str] | None = None, siglas: str = "AO",
    ) -> None:
        if actividades is not None and actividades < 3:
            raise ValueError("un POI simulado tiene al menos tres actividades")
        self.semilla, self.unidad, self.gerencia, self.ejercicio = semilla, unidad, gerencia, ejercicio
        azar = Random(semilla)  # noqa: S311 - no es un secreto
        cuantas = actividades or azar.randint(6, 12)
        self.folio = azar.randint(10, 400)
        labores = [(aei, labor, lugar) for aei, oei in ACCIONES.items() if objetivos is None or oei in objetivos
                   for labor in vocabulario.LABORES[oei] for lugar in vocabulario.LUGARES]
        azar.shuffle(labores)
        elegidas = sorted(labores[:cuantas], key=lambda e: e[0])
        # Tres con metas grandes y nunca exactamente cumplidas: no todo va al 100 %.
        holgadas = sorted(range(cuantas), key=lambda n: (elegidas[n][1].pocas, n))[:3]
        self.actividades = [
            actividad_anual(azar, _datos(azar, f"{siglas}.{n + 1:02d}", *eleccion), eleccion[1], holgada=n in holgadas)
            for n, eleccion in enumerate(elegidas)
        ]
        if azar.random() < 0.4:
            self._modificar(azar)
        total = sum(c for a in self.actividades for c in a.al_mes("costo", 1) if isinstance(c, float))
        self.techo = float(round(total * 1.1 + 500, -2))

    def _modificar(self, azar: Random) -> None:
        """Una o dos metas que se cambian como se debe."""
        acumulativas = [a for a in self.actividades if a.forma == ACUMULATIVO]
        for a in azar.sample(acumulativas, min(len(acumulativas), azar.randint(1, 2))):
            aprobado = azar.choice(MESES_DE_CAMBIO[:2])
            for medida, valores in (("programado", a.programado), ("costo", a.costo)):
                posibles = [n for n in range(aprobado + 1, 10) if isinstance(valores[n - 1], float) and valores[n - 1]]
                if not posibles or (medida == "costo" and azar.random() < 0.5):
                    continue
                mes = azar.choice(posibles)
                anterior = float(valores[mes - 1] or 0) + azar.randint(1, 5) * (100 if medida == "costo" else 1)
                a.cambios.append(Cambio(aprobado, 1 + self.folio % 28, mes, medida, anterior, azar.choice(REDUCCIONES)))

    def al(self, periodo: Periodo) -> PoiSimulado:
        """El libro de la unidad como está en un periodo."""
        hasta = periodo.mes
        campos = {
            "ejercicio": self.ejercicio, "unidad": self.unidad, "gerencia": self.gerencia,
            "periodo": texto_de_periodo(periodo), "techo": self.techo,
        }
        filas: dict[str, list[Fila]] = {hoja.clave: [] for hoja in POI.hojas}
        for a in self.actividades:
            codigo, costo = a.datos["codigo"], a.al_mes("costo", hasta)
            programado = _meses("programado", a.al_mes("programado", hasta))
            hecho = {**_meses("ejecutado", a.ejecutado[:hasta]), **_meses("devengado", a.devengado[:hasta])}
            filas[HOJA].append({**a.datos, "meta": a.meta(hasta), **programado})
            filas[COSTOS].append({"codigo": codigo, "vinculacion": a.vinculacion, **_meses("costo", costo)})
            filas["Necesidades"] += _necesidades(a, [c for c in costo if isinstance(c, float)])
            filas[SEGUIMIENTO].append({"codigo": codigo, **hecho})
        filas["Evaluación"] = [
            self._evaluacion(n, a, trimestre, periodo)
            for trimestre in range(1, periodo.trimestre + 1) for n, a in enumerate(self.actividades)
        ]
        filas["Modificaciones"] = [
            renglon for a in self.actividades for cambio in a.cambios if cambio.mes <= hasta
            for renglon in self._modificacion(a, cambio)
        ]
        return PoiSimulado(self.semilla, POI, periodo, campos, filas)

    def _evaluacion(self, n: int, a: ActividadAnual, trimestre: int, periodo: Periodo) -> Fila:
        """El renglón de una actividad: los trimestres cerrados, como quedaron; el que corre, al periodo."""
        cerrado = trimestre < periodo.trimestre
        corte = Periodo(self.ejercicio, "T", trimestre) if cerrado else periodo
        hasta = corte.mes
        azar = Random(f"{self.semilla}/{n}/{trimestre}")  # noqa: S311 - no es un secreto
        numero = self.folio + trimestre * 100 + n
        palabras = {
            "materia": a.materia, "codigo": f"{a.datos['codigo']}, {MESES[hasta - 1]}", "numero": f"{numero:03d}",
            "siguiente": f"{numero + 1:03d}", "ejercicio": self.ejercicio, "dia": azar.randint(1, 28),
            "mes": MESES[hasta - 1],
        }
        fila: Fila = {"codigo": a.datos["codigo"], "trimestre": TRIMESTRES_POI[trimestre - 1]}
        if any(a.ejecutado[3 * trimestre - 3 : hasta]):
            fila["medios"] = azar.choice(vocabulario.MEDIOS).format(**palabras)
            if azar.random() < 0.6:
                fila["contribuyeron"] = azar.choice(vocabulario.CONTRIBUYERON).format(**palabras)
        if a.verdad.explicar(corte.meses[0], hasta):
            fila |= {
                "dificultaron": azar.choice(vocabulario.DIFICULTARON).format(**palabras),
                "medidas": azar.choice(vocabulario.MEDIDAS).format(**palabras),
                "responsable": a.datos["responsable"],
                "plazo": date(self.ejercicio, min(12, hasta + 1), 28),
            }
        return fila

    def _modificacion(self, a: ActividadAnual, cambio: Cambio) -> list[Fila]:
        """Los renglones que la registran: si cambia lo programado, también la meta anual."""
        nuevo = cifra((a.programado if cambio.medida == "programado" else a.costo)[cambio.mes_cambiado - 1]) or 0.0
        comun: Fila = {
            "fecha": date(self.ejercicio, cambio.mes, cambio.dia), "codigo": a.datos["codigo"], "causa": cambio.causa,
            "documento": f"Resolución N° {self.folio + cambio.mes:03d}-{self.ejercicio}",
        }
        mes = MESES[cambio.mes_cambiado - 1].capitalize()
        renglones = [{
            **comun, "campo": f"{cambio.medida.capitalize()} {mes}", "valor_anterior": cambio.anterior,
            "valor_nuevo": nuevo,
        }]
        if cambio.medida == "programado":
            renglones.append({
                **comun, "campo": "Meta anual", "valor_anterior": round(a.meta() + cambio.anterior - nuevo, 2),
                "valor_nuevo": a.meta(),
            })
        return renglones


def _datos(azar: Random, codigo: str, aei: str, labor: vocabulario.Labor, lugar: str) -> Fila:
    """Lo que no son cifras de una actividad."""
    return {
        "oei": ACCIONES[aei], "aei": aei, "codigo": codigo, "actividad": f"{labor.actividad} {lugar}",
        "indicador": f"{labor.indicador} {lugar}", "tipo_indicador": azar.choice(("Proceso", "Proceso", "Insumo")),
        "unidad_medida": labor.unidad, "prioridad": azar.choice(("Alta", "Media", "Baja")),
        "elementos": labor.elemento,
        "responsable": azar.choice(vocabulario.RESPONSABLES).format(materia=labor.materia),
    }


def _meses(medida: str, valores: list[Valor] | list[float | None]) -> Fila:
    return {clave: v for clave, v in zip(claves_de_mes(medida), valores, strict=False) if v is not None}


def _necesidades(a: ActividadAnual, costo: list[float]) -> list[Fila]:
    """Sus pedidos, que suman el costo anual al centavo."""
    resta = round(sum(costo), 2)
    renglones: list[Fila] = []
    for n, (detalle, tipo, parte) in enumerate(a.necesidades, 1):
        monto = resta if n == len(a.necesidades) else round(round(sum(costo), 2) * parte, 2)
        resta = round(resta - monto, 2)
        renglones.append({
            "codigo_actividad": a.datos["codigo"], "codigo": f"{tipo[0]}-{n:02d}", "detalle": detalle,
            "tipo_gasto": tipo, "costo": monto,
        })
    return renglones
