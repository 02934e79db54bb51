"""El simulador: de una semilla a un libro limpio con su verdad calculada aparte, y defectos que se le plantan."""

from __future__ import annotations

from pei_excel.simulacion.defectos import DEFECTOS, POI_DEFECTOS
from pei_excel.simulacion.informe import Simulado, simular_informe
from pei_excel.simulacion.plantar import Defecto, Esperado
from pei_excel.simulacion.poi import PlanAnual, PoiSimulado, simular_poi
from pei_excel.simulacion.simulado import LibroSimulado, escribir_simulado

__all__ = [
    "DEFECTOS", "POI_DEFECTOS", "Defecto", "Esperado", "LibroSimulado", "PlanAnual", "PoiSimulado", "Simulado",
    "escribir_simulado", "simular_informe", "simular_poi",
]
