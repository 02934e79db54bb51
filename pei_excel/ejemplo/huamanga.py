"""Los POI de Huamanga al 2do. trimestre de 2024, todos de demostración y algunos con faltas de todos los días.

Objetivos y acciones son los del Anexo 01; ninguna actividad, cifra ni unidad orgánica viene de un POI real.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pei_excel.ejemplo.demostracion import PERIODO, con_faltas
from pei_excel.simulacion import POI_DEFECTOS, PoiSimulado, simular_poi
from pei_excel.simulacion.vocabulario import MARCA


class Unidad(NamedTuple):
    """Una unidad orgánica de demostración y lo que su POI trae mal."""

    clave: str
    siglas: str  #: con que empiezan sus códigos de actividad, que no se repiten entre unidades
    nombre: str
    gerencia: str
    objetivos: tuple[str, ...]  #: los del Anexo 01 a los que contribuye
    actividades: int = 8
    defectos: tuple[str, ...] = ()  #: «regla nombre», como los muestra `Defecto`
    #: lo que traía mal una primera entrega, que después se corrigió y se volvió a enviar
    primera_entrega: tuple[str, ...] = ()


_PLANEAMIENTO = "Gerencia de Planeamiento y Presupuesto"
_SERVICIOS = "Gerencia de Servicios Municipales"
_TERRITORIO = "Gerencia de Desarrollo Territorial"

UNIDADES = (
    Unidad("031", "PL", "Subgerencia de Planeamiento", _PLANEAMIENTO, ("OEI.03", "OEI.05"), 7),
    Unidad("032", "SI", "Subgerencia de Sistemas", _PLANEAMIENTO, ("OEI.04", "OEI.01"), 7,
           ("FMT005 soles en la celda",)),
    Unidad("033", "RE", "Subgerencia de Rentas", _PLANEAMIENTO, ("OEI.06", "OEI.01"), 6,
           ("SEG005 medio insuficiente", "POI012 meta que no puede calcularse")),
    Unidad("041", "LP", "Subgerencia de Limpieza Pública y Áreas Verdes", _SERVICIOS, ("OEI.11", "OEI.02"), 9,
           ("SEG004 mes vencido sin reporte",)),
    Unidad("042", "SC", "Subgerencia de Seguridad Ciudadana", _SERVICIOS, ("OEI.09",), 8,
           primera_entrega=("POI001 meta que no es la suma", "SEG004 mes vencido sin reporte")),
    Unidad("043", "CM", "Subgerencia de Comercio y Mercados", _SERVICIOS, ("OEI.07", "OEI.08"), 8,
           ("SEG006 rezago al que se le borra la explicación",)),
    Unidad("051", "CV", "Subgerencia de Caminos y Vías", _TERRITORIO, ("OEI.10",), 8,
           ("FMT003 mes sin título en Programación",)),
    Unidad("052", "GR", "Subgerencia de Gestión del Riesgo", _TERRITORIO, ("OEI.12", "OEI.02"), 7,
           ("POI003 pedidos que no suman el costo",)),
)


def escribir_planes(carpeta: Path) -> list[Path]:
    """Escribe los POI en la carpeta y da sus rutas; cada vez son los mismos bytes."""
    carpeta.mkdir(parents=True, exist_ok=True)
    rutas = []
    for unidad in UNIDADES:
        for archivo, defectos in entregas(unidad).items():
            rutas.append(carpeta / archivo)
            poi_de(unidad, defectos).escribir(rutas[-1])
    return rutas


def entregas(unidad: Unidad) -> dict[str, tuple[str, ...]]:
    """Los archivos que la unidad envió, con lo que cada uno trae mal; entre iguales vale el último por su nombre."""
    nombre = f"{unidad.clave} {unidad.nombre}"
    if not unidad.primera_entrega:
        return {f"{nombre}.xlsx": unidad.defectos}
    return {f"{nombre}.xlsx": unidad.primera_entrega, f"{nombre}_corregido.xlsx": unidad.defectos}


def poi_de(unidad: Unidad, defectos: tuple[str, ...]) -> PoiSimulado:
    """El POI de una unidad de demostración, con los defectos plantados."""

    def simular(semilla: int) -> PoiSimulado:
        return simular_poi(
            semilla, unidad=f"{unidad.clave} - {unidad.nombre} {MARCA}", gerencia=f"{unidad.gerencia} {MARCA}",
            periodo=PERIODO, actividades=unidad.actividades, objetivos=unidad.objetivos,
            siglas=unidad.siglas,
        )

    return con_faltas(simular, unidad.clave, defectos, POI_DEFECTOS)
