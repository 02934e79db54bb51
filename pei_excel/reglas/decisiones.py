"""Regla de las decisiones que la oficina anota en el consolidado: se entienden y tienen a qué aplicarse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pei_excel.hallazgo import Destinatario, Hallazgo, Severidad
from pei_excel.lectura.decisiones import ProblemaDeDecision
from pei_excel.reglas.base import AMBOS, Contexto, Observacion, Tabla, a_hallazgo, regla
from pei_excel.reglas.entregas import Entrega


@regla(
    "DEC001", AMBOS,
    severidad=Severidad.NOTA, para=Destinatario.PLANEACION, alcance="entrega",
    por_que="Una decisión sin motivo no puede explicarse después, y la que no se entiende no tiene efecto.",
    como_corregir="Busque esa observación en las hojas Observaciones o Decididas del consolidado nuevo y escriba ahí "
    "Procede, No procede o Atendida, el motivo y la fecha; o borre la decisión.",
    fuente="Criterio de este programa",
    mal=Tabla("✗ archivo", decisiones=(("MIR001", "No procede", "", "08/07/2024"),)),
    bien=Tabla("", decisiones=(("MIR001", "No procede", "Así lo aprobó el Cabildo", "08/07/2024"),)),
)
def decision_que_no_puede_aplicarse(entrega: Entrega, contexto: Contexto) -> Iterator[Observacion]:
    """Cada decisión del consolidado es una de las tres, con su motivo y su fecha, y se sabe de qué observación es."""
    for problema in entrega.decisiones:
        de_cual = f", {problema.de_cual}" if problema.de_cual else ""
        yield Observacion(
            f"en {problema.donde.hoja}!{problema.donde.celda} del consolidado anterior{de_cual}: {problema.mensaje}",
            archivo=problema.donde.libro, hoja=problema.donde.hoja, celda=problema.donde.celda,
            encontrado=problema.encontrado or None,
        )


def avisos_de(problemas: Sequence[ProblemaDeDecision]) -> list[Hallazgo]:
    """Los hallazgos de lo que no se entiende de las decisiones."""
    entrega = Entrega((), decisiones=problemas)
    return [
        a_hallazgo(o, "", formulacion=False) for o in decision_que_no_puede_aplicarse(entrega, Contexto())
    ]
