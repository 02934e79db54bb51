"""Una exportación de demostración del aplicativo, escrita por código: las pruebas dicen qué títulos y qué renglones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

MESES = ("ENE", "FEB", "MAR", "ABR", "MAY", "JUN", "JUL", "AGO", "SET", "OCT", "NOV", "DIC")

IDENTIDAD = ("AÑO", "UE_ID", "UE", "CC_RESPONSABLE", "CENTRO_COSTOS_ID", "CENTRO_COSTOS", "OEI", "OBJETIVO_ESTRATEGICO",
             "AEI", "ACCION_ESTRATEGICA", "ACTIVIDAD_OPERATIVA_ID", "ACTIVIDAD_OPERATIVA", "UNIDAD_MEDIDA",
             "TRAZADORA_TAREA", "ACUMULADO")
TITULOS = (
    *IDENTIDAD, *(f"PROG_{m}" for m in MESES), "PROG_TOTAL", *(f"EJEC_{m}" for m in MESES), "EJEC_TOTAL",
    *(f"MOTIVO_{m}" for m in MESES),
)

Renglon = dict[str, Any]


def renglon(
    codigo: str, *, centro: tuple[str, str] = ("03.01", "Subgerencia de ejemplo"), oei: Any = "OEI.05",
    aei: Any = "AEI.05.01", acumulado: Any = "SI", programado: str = " ".join(["10"] * 12),
    ejecutado: str = "10 10 9 10 10 10", motivos: dict[str, str] | None = None, **otros: Any,
) -> Renglon:
    """Un renglón por título; «-» deja vacío el mes, y lo que falte al final también."""
    fila: Renglon = {
        "AÑO": 2024, "UE_ID": "300100", "UE": "Municipalidad de ejemplo", "CC_RESPONSABLE": "Gerencia de ejemplo",
        "CENTRO_COSTOS_ID": centro[0], "CENTRO_COSTOS": centro[1], "OEI": oei, "AEI": aei,
        "ACTIVIDAD_OPERATIVA_ID": codigo, "ACTIVIDAD_OPERATIVA": f"Actividad de ejemplo {codigo}",
        "UNIDAD_MEDIDA": "Persona capacitada", "TRAZADORA_TAREA": "TRAZADORA", "ACUMULADO": acumulado,
    }
    for medida, cifras in (("PROG", programado), ("EJEC", ejecutado)):
        leidas = [None if c == "-" else float(c) for c in cifras.split()]
        fila |= {f"{medida}_{m}": c for m, c in zip(MESES, leidas, strict=False)}
        fila[f"{medida}_TOTAL"] = sum(c for c in leidas if c is not None)
    fila |= {f"MOTIVO_{m}": texto for m, texto in (motivos or {}).items()}
    return fila | otros


DEMOSTRACION: tuple[Renglon, ...] = (
    renglon("AOI00030100001"),
    renglon("AOI00030100002", oei="OEI.04", aei="AEI.04.01", acumulado="NO", programado=" ".join(["40"] * 12),
            ejecutado="40 38 40 36 40 40", UNIDAD_MEDIDA="Equipo atendido"),
    renglon("AOI00030100003", centro=("03.02", "Subgerencia de obras"), oei="OEI.10", aei="AEI.10.01",
            programado="- 1 - 1 - 1 - 1 - 1 - 1", ejecutado="- 1 - 0 - 1", UNIDAD_MEDIDA="Estudio aprobado",
            motivos={"ABR": "El proveedor entregó tarde"}),
)


def escribir_exportacion(
    ruta: Path, renglones: Iterable[Renglon] = DEMOSTRACION, titulos: Sequence[str] = TITULOS,
    nombres: dict[str, str] | None = None, arriba: Sequence[Sequence[str | None]] = (),
) -> Path:
    """Escribe la exportación; `nombres` cambia títulos, `titulos` su orden, y `arriba` pone renglones encima."""
    ruta.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(ruta)) as libro:
        hoja = libro.add_worksheet("Reporte")
        for n, fila in enumerate(arriba):
            hoja.write_row(n, 0, fila)
        desde = len(arriba)
        hoja.write_row(desde, 0, [(nombres or {}).get(t, t) for t in titulos])
        for n, una in enumerate(renglones, desde + 1):
            for columna, titulo in enumerate(titulos):
                if una.get(titulo) is not None:
                    hoja.write(n, columna, una[titulo])
    return ruta
