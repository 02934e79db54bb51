"""Los informes de Oaxaca al 2do. trimestre de 2024: uno real y once de demostración, con faltas."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pei_excel.ejemplo.demostracion import PERIODO, con_faltas
from pei_excel.ejemplo.historico import escribir_historico
from pei_excel.ejemplo.implan import INFORME
from pei_excel.simulacion import DEFECTOS, Simulado, simular_informe
from pei_excel.simulacion.vocabulario import MARCA


class Unidad(NamedTuple):
    """Una unidad de demostración y lo que su informe trae mal."""

    clave: str
    nombre: str
    programa: str
    indicadores: int = 13
    defectos: tuple[str, ...] = ()  #: «regla nombre», como los muestra `Defecto`


UNIDADES = (
    Unidad("601", "Dirección de Obras Públicas", "11 - Infraestructura y obra", 15),
    Unidad("602", "Dirección de Servicios Municipales", "12 - Servicios públicos", 14, ("FMT005 número como texto",)),
    Unidad("603", "Dirección de Seguridad y Vialidad", "13 - Seguridad y movilidad"),
    Unidad("604", "Dirección de Protección Civil", "14 - Gestión del riesgo", 9,
           ("SEG004 trimestre vencido sin reporte",)),
    Unidad("605", "Dirección de Desarrollo Social", "15 - Bienestar de las familias"),
    Unidad("606", "Dirección de Cultura", "16 - Cultura y patrimonio", 11, ("SEG005 medio insuficiente",)),
    Unidad("607", "Dirección de Deporte", "17 - Activación física", 10),
    Unidad("608", "Dirección de Economía y Turismo", "18 - Economía local", 12,
           ("SEG006 rezago al que se le borra la explicación",)),
    Unidad("609", "Dirección de Medio Ambiente", "19 - Entorno sustentable", 12),
    Unidad("610", "Tesorería", "20 - Hacienda municipal", 13, ("SEG001 acumulado escrito encima",)),
    Unidad("611", "Contraloría", "21 - Control interno y transparencia", 10),
)


def escribir_informes(carpeta: Path) -> list[Path]:
    """Escribe los doce informes en la carpeta y da sus rutas; cada vez son los mismos bytes."""
    carpeta.mkdir(parents=True, exist_ok=True)
    real = carpeta / "504 Instituto Municipal de Planeación.xlsx"
    escribir_historico(real, INFORME)
    rutas = [real]
    for unidad in UNIDADES:
        ruta = carpeta / f"{unidad.clave} {unidad.nombre}.xlsx"
        informe_de(unidad).escribir(ruta)
        rutas.append(ruta)
    return rutas


def informe_de(unidad: Unidad) -> Simulado:
    """El informe de una unidad de demostración, con sus defectos plantados."""

    def simular(semilla: int) -> Simulado:
        return simular_informe(
            semilla, unidad=f"{unidad.clave} - {unidad.nombre} {MARCA}", programa=f"{unidad.programa} {MARCA}",
            ejercicio=PERIODO.ejercicio, trimestre=PERIODO.trimestre, indicadores=unidad.indicadores,
        )

    return con_faltas(simular, unidad.clave, unidad.defectos, DEFECTOS)
