"""De una semilla al año entero de una MIR limpia, que se corta en cada trimestre."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from random import Random

from pei_excel.formatos.mir import MIR, TRIMESTRES
from pei_excel.periodos import Periodo, texto_de_trimestre
from pei_excel.simulacion import vocabulario
from pei_excel.simulacion.informe import HOJA, Simulado, Simulador, componente_de
from pei_excel.simulacion.simulado import Fila
from pei_excel.simulacion.verdad import cifra, verdad_de

JUSTIFICACIONES = "Justificaciones"


class _SimuladorAnual(Simulador):
    """Arma los cuatro trimestres: cada uno, por sí solo, sale limpio."""

    def __init__(self, semilla: int, ejercicio: int) -> None:
        super().__init__(semilla, ejercicio, 4)
        self.reportados = (1, 2, 3, 4)

    def _rezagados(self) -> tuple[int, ...]:
        return (self.azar.randint(1, 4),) if self.azar.random() < 0.3 else ()

    def _holgadas(self, niveles: list[str]) -> list[str]:
        """Las tres primeras Actividades de cada Componente: de ellos puede informar cada uno por su lado."""
        return [n for n in niveles if n.startswith("Actividad") and int(n.rpartition(".")[2]) <= 3]


class MirAnual:
    """El año entero de un programa; `al(periodo)` da el informe como está entonces."""

    def __init__(self, semilla: int, programa: str, ejercicio: int, indicadores: int = 13) -> None:
        self.semilla, self.programa, self.ejercicio = semilla, programa, ejercicio
        simulador = _SimuladorAnual(semilla, ejercicio)
        entero = simulador.informe("", programa, indicadores)
        self._campos, self.folio = entero.campos, simulador.folio
        self._palabras = {str(f["nivel"]): simulador.materias[id(f)] for f in entero.renglones}
        self._filas = [{c: v for c, v in f.items() if c != "medios"} for f in entero.renglones]

    @property
    def componentes(self) -> tuple[int, ...]:
        """Los números de sus Componentes."""
        return tuple(sorted({n for f in self._filas if (n := componente_de(f)) is not None}))

    def al(self, periodo: Periodo, unidad: str, componentes: Collection[int | None] | None = None) -> Simulado:
        """El informe de una unidad en un trimestre, de los `componentes` dados (None: Fin y Propósito) o entero."""
        q = periodo.trimestre
        filas = [
            self._documentada(n, {c: v for c, v in f.items() if not _despues(c, q)}, q)
            for n, f in enumerate(self._filas) if componentes is None or componente_de(f) in componentes
        ]
        campos = {**self._campos, "unidad": unidad, "periodo": texto_de_trimestre(self.ejercicio, q)}
        return Simulado(self.semilla, MIR, periodo, campos, {
            HOJA: filas, JUSTIFICACIONES: [self._justificacion(f, q) for f in filas], "Modificaciones": [],
        })

    def _documentada(self, n: int, fila: Fila, q: int) -> Fila:
        """La fila con el medio de verificación de su trimestre."""
        if cifra(fila.get(f"alcanzado_t{q}")):
            azar = Random(f"{self.semilla}/{fila['nivel']}/{q}")  # noqa: S311 - no es un secreto
            fila["medios"] = azar.choice(vocabulario.MEDIOS).format(
                siglas=azar.choice(("DIR", "COOR", "JUR")), numero=f"{self.folio + 100 * q + n:03d}",
                ejercicio=self.ejercicio, materia=self._palabras[fila["nivel"]][0], dia=azar.randint(1, 28),
                mes=azar.choice(vocabulario.MESES_DEL_TRIMESTRE[q - 1]),
            )
        return fila

    def _justificacion(self, fila: Fila, q: int) -> Fila:
        renglon: Fila = {"nivel": fila["nivel"], "trimestre": TRIMESTRES[q - 1]}
        if verdad_de(fila, q).explicar:
            azar = Random(f"{self.semilla}/{fila['nivel']}/{q}/causa")  # noqa: S311 - no es un secreto
            materia, lugar = self._palabras[fila["nivel"]]
            causa = azar.choice(vocabulario.CAUSAS).format(materia=materia, lugar=lugar)
            renglon |= {
                "causa": f"{causa} ({fila['nivel']}, {TRIMESTRES[q - 1]})",
                "medida": azar.choice(vocabulario.MEDIDAS).format(materia=materia),
                "responsable": f"Jefatura de {materia}",
                "fecha": date(self.ejercicio, min(12, q * 3 + 1), azar.randint(1, 28)),
            }
        return renglon


def _despues(columna: str, q: int) -> bool:
    """La columna es lo alcanzado en un trimestre que aún no se informa."""
    return columna.startswith("alcanzado_t") and int(columna[-1]) > q
