"""Los formatos oficiales que el programa conoce, uno por archivo."""

from __future__ import annotations

from pei_excel.formato import Formato
from pei_excel.formatos.mir import MIR
from pei_excel.formatos.poi import POI

FORMATOS: dict[str, Formato] = {f.clave: f for f in (MIR, POI)}
