"""Todos los defectos que el simulador sabe plantar, por formato."""

from __future__ import annotations

from pei_excel.simulacion.defectos_lectura import DEFECTOS_LECTURA
from pei_excel.simulacion.defectos_mir import DEFECTOS_MIR
from pei_excel.simulacion.defectos_seg import DEFECTOS_SEG
from pei_excel.simulacion.informe import Simulado
from pei_excel.simulacion.plantar import Defecto
from pei_excel.simulacion.poi import PoiSimulado
from pei_excel.simulacion.poi_defectos_lectura import POI_DEFECTOS_LECTURA
from pei_excel.simulacion.poi_defectos_plan import POI_DEFECTOS_PLAN
from pei_excel.simulacion.poi_defectos_seg import POI_DEFECTOS_SEG

DEFECTOS: tuple[Defecto[Simulado], ...] = (*DEFECTOS_LECTURA, *DEFECTOS_MIR, *DEFECTOS_SEG)
POI_DEFECTOS: tuple[Defecto[PoiSimulado], ...] = (*POI_DEFECTOS_LECTURA, *POI_DEFECTOS_PLAN, *POI_DEFECTOS_SEG)
