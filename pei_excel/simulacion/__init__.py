"""El simulador: de una semilla a un informe limpio con su verdad calculada aparte, y defectos que se le plantan."""

from __future__ import annotations

from pei_excel.simulacion.defectos import DEFECTOS
from pei_excel.simulacion.informe import Simulado, escribir_simulado, simular_informe
from pei_excel.simulacion.plantar import Defecto, Esperado

__all__ = ["DEFECTOS", "Defecto", "Esperado", "Simulado", "escribir_simulado", "simular_informe"]
