"""De una semilla a un informe trimestral limpio: niveles, metas, avances, evidencia y justificaciones plausibles."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

from pei_excel.formatos.mir import MIR, TRIMESTRES
from pei_excel.periodos import MIDE, Periodo, texto_de_trimestre
from pei_excel.simulacion import vocabulario
from pei_excel.simulacion.plantar import libre
from pei_excel.simulacion.simulado import Fila, LibroSimulado
from pei_excel.simulacion.verdad import LIMITE, VerdadDeFila, cifra, media, porcentaje, serie, verdad_de

HOJA = "MIR"
#: Lo que reservan los defectos que cambian qué niveles hay.
NIVELES = "niveles"

#: Mínimo que se programa en el trimestre que se reporta para que faltar una unidad no sea un gran rezago.
HOLGADO = 10


@dataclass
class Simulado(LibroSimulado):
    """Un informe trimestral por escribir."""

    @property
    def trimestre(self) -> int:
        """El que se reporta."""
        return self.periodo.trimestre

    @property
    def verdad(self) -> dict[str, VerdadDeFila]:
        """Nivel → cifras esperadas con lo que hay escrito."""
        return {str(f["nivel"]): verdad_de(f, self.trimestre) for f in self.renglones}

    def media(self, clase: str) -> tuple[float | None, int]:
        """Media topada del % al periodo de «Componente» o «Actividad», y cuántos la forman."""
        return media(self.renglones, clase, self.trimestre)

    def justificacion(self, fila: Fila) -> Fila | None:
        """Renglón de Justificaciones de un indicador."""
        return next((j for j in self.filas["Justificaciones"] if j["nivel"] == fila["nivel"]), None)

    def familia(self, componente: int) -> tuple[Fila, list[Fila]] | None:
        """Un Componente con sus Actividades."""
        titular = next((f for f in self.renglones if f["nivel"] == f"Componente {componente}"), None)
        hijas = [f for f in self.renglones if str(f["nivel"]).startswith(f"Actividad {componente}.")]
        return (titular, hijas) if titular is not None else None

    def conjunto(self, fila: Fila) -> object:
        """La familia entera, porque sus totales se comparan entre sí."""
        componente = componente_de(fila)
        return ("familia", componente if componente is not None else fila["nivel"])


def componente_de(fila: Fila) -> int | None:
    """Número del Componente al que pertenece una fila (él mismo o una Actividad suya); None si es Fin o Propósito."""
    clase, _, numero = str(fila["nivel"]).partition(" ")
    entero = numero.partition(".")[0]
    return int(entero) if clase in {"Componente", "Actividad"} and entero.isdigit() else None


def sin_modificar(s: Simulado, fila: Fila) -> bool:
    """Ninguna modificación registrada toca sus metas."""
    return not any(m["nivel"] == fila["nivel"] for m in s.filas["Modificaciones"])


def sigue_la_media(componente: Fila, hijas: list[Fila], margen: float = 1.0) -> bool:
    """Todos son Porcentaje con suma y lo programado del Componente es la media de lo de sus Actividades."""
    familia = [componente, *hijas]
    if not hijas or any(
        f["unidad_medida"] != "Porcentaje" or (f.get("acumulacion") or "Suma") != "Suma" for f in familia
    ):
        return False
    series = [serie(h, "programado") for h in hijas]
    propia = serie(componente, "programado")
    return all(abs((propia[k] or 0) - sum(s[k] or 0 for s in series) / len(hijas)) <= margen + 1e-6 for k in range(4))


def tomar_familia(
    s: Simulado, azar: Random, condicion: Callable[[Fila, list[Fila]], bool]
) -> tuple[Fila, list[Fila]] | None:
    """Un Componente con sus Actividades, todos libres, y los reserva."""
    candidatas = []
    for fila in s.renglones:
        numero = componente_de(fila)
        if numero is None or not str(fila["nivel"]).startswith("Componente"):
            continue
        familia = s.familia(numero)
        if familia is None or s.conjunto(fila) in s.reservados:
            continue
        if all(libre(s, f) for f in (familia[0], *familia[1])) and condicion(*familia):
            candidatas.append(familia)
    if not candidatas:
        return None
    elegida = azar.choice(candidatas)
    s.reservados.update((s.conjunto(elegida[0]), *(id(f) for f in (elegida[0], *elegida[1]))))
    return elegida


def simular_informe(
    semilla: int, *, unidad: str = "601 - Unidad de demostración", programa: str = "1 - Programa de demostración",
    ejercicio: int = 2024, trimestre: int = 2, indicadores: int = 13,
) -> Simulado:
    """Un informe limpio: escrito con la plantilla y leído, ninguna regla tiene nada que decir.

    Raises:
        ValueError: si se piden menos de cuatro indicadores (Fin, Propósito, un Componente y una Actividad).
    """
    if indicadores < 4:
        raise ValueError("un informe tiene al menos Fin, Propósito, un Componente y una Actividad")
    return Simulador(semilla, ejercicio, trimestre).informe(unidad, programa, indicadores)


class Simulador:
    """Arma un informe con un solo generador de azar."""

    def __init__(self, semilla: int, ejercicio: int, trimestre: int) -> None:
        self.semilla, self.ejercicio, self.q = semilla, ejercicio, trimestre
        self.reportados: tuple[int, ...] = (trimestre,)  #: trimestres cuyo informe ha de salir limpio
        self.azar = Random(semilla)  # noqa: S311 - no es un secreto
        self.folio = self.azar.randint(10, 400)
        acciones = [(a, lugar) for a in vocabulario.ACCIONES for lugar in vocabulario.LUGARES]
        self.azar.shuffle(acciones)
        self.acciones = acciones
        self.materias: dict[int, tuple[str, str]] = {}

    def informe(self, unidad: str, programa: str, indicadores: int) -> Simulado:
        """El informe completo."""
        niveles = self._niveles(indicadores)
        filas = {nivel: self._datos(nivel) for nivel in niveles}
        eje, objetivo = self.azar.choice(vocabulario.EJES)
        componentes = [n for n in niveles if n.startswith("Componente")]
        hijas = {c: [n for n in niveles if n.startswith(f"Actividad {c.split()[1]}.")] for c in componentes}
        con_media = {c for c in componentes if len(hijas[c]) >= 2 and self.azar.random() < 0.35}
        holgadas = self._holgadas(niveles)
        for nivel in (n for n in niveles if not n.startswith("Componente")):
            de_media = any(nivel in hijas[c] for c in con_media)
            self._medir(filas[nivel], de_media=de_media, holgada=nivel in holgadas)
        for nivel in holgadas:
            self._apartar_del_cien(filas[nivel])
        for nivel in componentes:
            suyas = [filas[h] for h in hijas[nivel]]
            if nivel in con_media:
                self._promediar(filas[nivel], suyas)
                continue
            self._medir(filas[nivel], de_media=False, holgada=False)
            if sigue_la_media(filas[nivel], suyas, 3):
                filas[nivel]["unidad_medida"] = "Acción"
        renglones = list(filas.values())
        for fila in renglones:
            self._base(fila)
            self._documentar(fila)
        return Simulado(
            self.semilla, MIR, Periodo(self.ejercicio, "T", self.q),
            {
                "ejercicio": self.ejercicio, "unidad": unidad, "programa": programa,
                "periodo": texto_de_trimestre(self.ejercicio, self.q), "pmd": "2022 - 2024", "eje": eje,
                "objetivo": objetivo,
            },
            {
                HOJA: renglones,
                "Justificaciones": [self._justificacion(f) for f in renglones],
                "Modificaciones": self._modificaciones(renglones),
            },
        )

    def _holgadas(self, niveles: list[str]) -> list[str]:
        """Las que se miden siempre y nunca cumplen exactamente."""
        return [n for n in niveles if n.startswith("Actividad")][:3]

    def _niveles(self, indicadores: int) -> list[str]:
        restan = indicadores - 2
        componentes = max(1, min(self.azar.randint(2, 4), restan // 2))
        cuantas = [1] * componentes
        for _ in range(restan - 2 * componentes):
            cuantas[self.azar.randrange(componentes)] += 1
        niveles = ["Fin", "Propósito"]
        for c, actividades in enumerate(cuantas, 1):
            niveles += [f"Componente {c}", *(f"Actividad {c}.{m}" for m in range(1, actividades + 1))]
        return niveles

    def _datos(self, nivel: str) -> Fila:
        """Identificación de un indicador, según lo que conviene a su nivel."""
        clase = nivel.partition(" ")[0]
        (cosas, hechas, materia), lugar = self.acciones.pop()
        if clase in {"Fin", "Propósito"}:
            frecuencia = self.azar.choice(("Anual", "Anual", "Semestral", "Bienal"))
        elif clase == "Componente":
            frecuencia = self.azar.choice(("Trimestral", "Trimestral", "Semestral"))
        else:
            frecuencia = self.azar.choice(("Mensual", "Bimestral", "Trimestral"))
        dimensiones = ("Eficacia", "Eficacia", "Eficiencia", "Calidad", *(("Economía",) * (clase == "Actividad")))
        fila: Fila = {
            "nivel": nivel, "tipo": "Estratégico" if clase in {"Fin", "Propósito"} else "De gestión",
            "dimension": self.azar.choice(dimensiones), "frecuencia": frecuencia,
            "definicion": self.azar.choice(vocabulario.DEFINICIONES).format(materia=materia, lugar=lugar),
        }
        if clase == "Componente" and self.azar.random() < 0.2:
            fila["tipo"] = "Estratégico"
        clase_de_unidad = self.azar.random()
        if clase_de_unidad < 0.6:
            por_cien = self.azar.choice(("* 100", "x 100", "por 100"))
            programadas = "programados" if hechas.endswith("os") else "programadas"
            fila |= {
                "nombre": f"Porcentaje de {cosas} {hechas} {lugar}", "unidad_medida": "Porcentaje",
                "metodo": f"({cosas.capitalize()} {hechas} {lugar} / {cosas.capitalize()} {programadas}) {por_cien}",
                "sentido": self.azar.choice(("Ascendente",) * 6 + ("Regular", "Nominal")),
            }
        elif clase_de_unidad < 0.85:
            fila |= {
                "nombre": f"{cosas.capitalize()} {hechas} {lugar}",
                "unidad_medida": self.azar.choice(vocabulario.UNIDADES_DE_CUENTA),
                "metodo": f"Suma de {cosas} {hechas} {lugar} en el periodo",
                "sentido": self.azar.choice(("Ascendente",) * 5 + ("Regular",)),
            }
        else:
            nombre, unidad, materia = self.azar.choice(vocabulario.DESCENDENTES)
            fila |= {
                "nombre": f"{nombre} {lugar}, {cosas}", "unidad_medida": unidad,
                "metodo": f"Medición directa de {materia} {lugar}, {cosas}", "sentido": "Descendente",
            }
        self.materias[id(fila)] = materia, lugar
        return fila

    # --- metas y avances ---

    def _medir(self, fila: Fila, *, de_media: bool, holgada: bool) -> None:
        """Programa la fila e informa hasta el trimestre que se reporta."""
        if de_media:
            fila["unidad_medida"], fila["sentido"], forma = "Porcentaje", "Ascendente", "Suma"
            if "/" not in fila["metodo"]:
                fila["metodo"] = f"({fila['nombre']}, realizado / {fila['nombre']}, previsto) * 100"
            if not fila["nombre"].startswith("Porcentaje"):
                fila["nombre"] = f"Porcentaje de {fila['nombre'][:1].lower()}{fila['nombre'][1:]}"
        else:
            forma = self._forma(fila["sentido"])
        medidos = [n for n in MIDE[fila["frecuencia"]] if holgada or len(MIDE[fila["frecuencia"]]) < 4
                   or self.azar.random() > 0.12] or [4]
        metas = self._metas(fila, forma, medidos)
        vacio = (None, None, 0.0, "NP") if forma == "Suma" and fila["sentido"] != "Descendente" else (None, None, "NP")
        for n in (1, 2, 3, 4):
            fila[f"programado_t{n}"] = metas[n] if n in metas else self.azar.choice(vacio)
        rezagados = self._rezagados()
        for n in range(1, self.q + 1):
            if n in metas:
                fila[f"alcanzado_t{n}"] = self._avance(metas[n], fila["sentido"], rezago=n in rezagados)
            elif forma == "Suma" and fila["sentido"] != "Descendente" and self.azar.random() < 0.3:
                fila[f"alcanzado_t{n}"] = 0.0
        fila["acumulacion"] = forma if forma != "Suma" or self.azar.random() < 0.4 else None
        self._no_rebasar(fila, metas)

    def _rezagados(self) -> tuple[int, ...]:
        """En qué trimestres se queda atrás una fila."""
        return (self.q,) if self.azar.random() < 0.14 else ()

    def _forma(self, sentido: str) -> str:
        if sentido == "Descendente":
            return self.azar.choice(("Promedio", "Último", "Constante", "Suma"))
        if self.azar.random() < 0.65:
            return "Suma"
        return self.azar.choice(("Último", "Promedio", "Máximo", "Mínimo", "Constante"))

    def _metas(self, fila: Fila, forma: str, medidos: list[int]) -> dict[int, float]:
        """Meta de cada trimestre medido."""
        azar = self.azar
        if forma == "Constante":
            return dict.fromkeys(medidos, float(azar.randint(20, 95)))
        if forma == "Último":
            inicio, paso = azar.randint(15, 40), azar.randint(3, 14)
            if fila["sentido"] == "Descendente":
                return {n: float(inicio + (4 - n) * paso) for n in medidos}
            return {n: float(inicio + n * paso) for n in medidos}
        if forma != "Suma":
            return {n: float(azar.randint(30, 95)) for n in medidos}
        if fila["unidad_medida"] != "Porcentaje":
            return {n: float(azar.randint(HOLGADO, 60)) for n in medidos}
        # Un porcentaje se reparte: sus trimestres suman la meta del año.
        total = azar.choice((100, 100, 100, 90, 80))
        partes = [HOLGADO] * len(medidos)
        for _ in range(total - sum(partes)):
            partes[azar.randrange(len(partes))] += 1
        return {n: float(parte) for n, parte in zip(medidos, partes, strict=True)}

    def _avance(self, meta: float, sentido: str, *, rezago: bool) -> float:
        if rezago:
            return float(math.ceil(meta * 1.6)) if sentido == "Descendente" else float(self.azar.choice((0, meta // 2)))
        if self.azar.random() < 0.4:
            return meta
        return float(round(meta * self.azar.uniform(0.86, 1.12)))

    def _no_rebasar(self, fila: Fila, metas: dict[int, float]) -> None:
        """Si en algún corte lo alcanzado pasa del límite del semáforo, queda en lo programado."""
        for n in range(1, self.q + 1):
            v = verdad_de(fila, n)
            tope = porcentaje(fila["sentido"], cifra(fila.get(f"programado_t{n}")), cifra(fila.get(f"alcanzado_t{n}")))
            if max(v.porcentaje or 0, tope or 0) > LIMITE - 1:
                for m in range(1, self.q + 1):
                    if m in metas:
                        fila[f"alcanzado_t{m}"] = metas[m]
                return

    def _apartar_del_cien(self, fila: Fila) -> None:
        """Que no todo cumpla exactamente: una diferencia pequeña en el trimestre que se reporta."""
        for n in self.reportados:
            p, a = cifra(fila.get(f"programado_t{n}")), cifra(fila.get(f"alcanzado_t{n}"))
            if p is not None and a == p:
                fila[f"alcanzado_t{n}"] = p + 1 if fila["sentido"] == "Descendente" else p - 1

    def _promediar(self, componente: Fila, hijas: list[Fila]) -> None:
        """Programa e informa el Componente como la media de sus Actividades."""
        self._medir(componente, de_media=True, holgada=False)
        componente["frecuencia"] = "Trimestral"
        for medida, hasta in (("programado", 4), ("alcanzado", self.q)):
            series = [serie(h, medida) for h in hijas]
            for n in range(1, hasta + 1):
                # Truncar, y no redondear, para que los cuatro trimestres no pasen de 100.
                valor = sum(s[n - 1] or 0 for s in series) / len(hijas)
                componente[f"{medida}_t{n}"] = math.floor(valor * 100 + 1e-6) / 100

    # --- lo que acompaña a las cifras ---

    def _base(self, fila: Fila) -> None:
        if self.azar.random() < 0.15:
            fila["base_valor"] = self.azar.choice(("ND", "No disponible", "Nueva creación"))
            return
        meta = verdad_de(fila, 4).meta or 0
        if fila["sentido"] == "Descendente":
            fila["base_valor"] = math.ceil(meta) + float(self.azar.randint(0, 20))
        else:
            fila["base_valor"] = float(self.azar.randint(0, math.floor(meta)))
        fila["base_ejercicio"] = float(self.ejercicio - self.azar.randint(1, 3))

    def _documentar(self, fila: Fila) -> None:
        if cifra(fila.get(f"alcanzado_t{self.q}")):
            materia, _ = self.materias[id(fila)]
            self.folio += self.azar.randint(1, 9)
            fila["medios"] = self.azar.choice(vocabulario.MEDIOS).format(
                siglas=self.azar.choice(("DIR", "COOR", "JUR")), numero=f"{self.folio:03d}", ejercicio=self.ejercicio,
                materia=materia, dia=self.azar.randint(1, 28),
                mes=self.azar.choice(vocabulario.MESES_DEL_TRIMESTRE[self.q - 1]),
            )

    def _justificacion(self, fila: Fila) -> Fila:
        renglon: Fila = {"nivel": fila["nivel"], "trimestre": TRIMESTRES[self.q - 1]}
        if verdad_de(fila, self.q).explicar:
            materia, lugar = self.materias[id(fila)]
            causa = self.azar.choice(vocabulario.CAUSAS).format(materia=materia, lugar=lugar)
            renglon |= {
                "causa": f"{causa} ({fila['nivel']})",
                "medida": self.azar.choice(vocabulario.MEDIDAS).format(materia=materia),
                "responsable": f"Jefatura de {materia}",
                "fecha": date(self.ejercicio, min(12, self.q * 3 + 1), self.azar.randint(1, 28)),
            }
        return renglon

    def _modificaciones(self, renglones: list[Fila]) -> list[Fila]:
        """A veces, una meta futura que se modificó como se debe."""
        candidatas = [
            (f, n) for f in renglones for n in range(self.q + 1, 5) if cifra(f[f"programado_t{n}"]) is not None
        ]
        if not candidatas or self.azar.random() > 0.3:
            return []
        fila, n = self.azar.choice(candidatas)
        vigente = fila[f"programado_t{n}"]
        return [{
            "fecha": date(self.ejercicio, self.q * 3, self.azar.randint(1, 28)), "nivel": fila["nivel"],
            "campo": f"Programado {TRIMESTRES[n - 1]}", "valor_anterior": vigente + self.azar.randint(1, 9),
            "valor_nuevo": vigente, "causa": "Ajuste del presupuesto autorizado",
            "documento": f"Oficio {self.folio}/{self.ejercicio}",
        }]
