"""Todos los defectos que el simulador sabe plantar."""

from __future__ import annotations

from pei_excel.simulacion.defectos_lectura import DEFECTOS_LECTURA
from pei_excel.simulacion.defectos_mir import DEFECTOS_MIR
from pei_excel.simulacion.defectos_seg import DEFECTOS_SEG
from pei_excel.simulacion.informe import Simulado
from pei_excel.simulacion.plantar import Defecto

DEFECTOS: tuple[Defecto[Simulado], ...] = (*DEFECTOS_LECTURA, *DEFECTOS_MIR, *DEFECTOS_SEG)
