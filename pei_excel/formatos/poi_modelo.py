"""Un POI completo y limpio, de una unidad orgánica inventada: base de las pruebas y de la ayuda.

Objetivos y acciones son los del Anexo 01; las actividades y cifras son de demostración.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pei_excel.formato import Modelo
from pei_excel.mensual import ACUMULATIVO, MENSUAL, TRIMESTRAL
from pei_excel.periodos import ORDINALES

#: Los trimestres de `Evaluación`, como se escriben.
TRIMESTRES_POI = tuple(f"{o} Trimestre" for o in ORDINALES)


def _meses(medida: str, cifras: str) -> dict[str, float]:
    """Doce cifras separadas por espacios («-» deja vacío el mes); las que falten al final quedan vacías."""
    return {f"{medida}_m{n}": float(c) for n, c in enumerate(cifras.split(), 1) if c != "-"}


def _actividad(codigo: str, aei: str, actividad: str, indicador: str, unidad: str, **otros: Any) -> dict[str, Any]:
    return {
        "oei": f"OEI.{aei[4:6]}", "aei": aei, "codigo": codigo, "actividad": actividad, "indicador": indicador,
        "tipo_indicador": "Proceso", "unidad_medida": unidad, "acumulacion": ACUMULATIVO, "prioridad": "Alta",
        "responsable": "Jefatura de la unidad", **otros,
    }


_PROGRAMADO = {
    "AO.01": " ".join(["10"] * 12), "AO.02": "- 1 - 1 - 1 - 1 - 1 1", "AO.03": " ".join(["40"] * 12),
    "AO.04": "- - 1 - - 1 - - 1 - - 1", "AO.05": "- - 2 - 2 - 2 - 2 - 2", "AO.06": " ".join(["2"] * 10),
}
_COSTO = {
    "AO.01": " ".join(["1500"] * 12), "AO.02": "- 2000 - 2000 - 2000 - 2000 - 2000 2000",
    "AO.03": " ".join(["3000"] * 12), "AO.04": "- - 500 - - 500 - - 500 - - 500",
    "AO.05": "- - 1200 - 1200 - 1200 - 1200 - 1200", "AO.06": " ".join(["800"] * 10),
}
_EJECUTADO = {
    "AO.01": "10 10 9 10 10 10", "AO.02": "- 1 - 1 - 0", "AO.03": "40 38 40 36 40 40", "AO.04": "- - 1 - - 1",
    "AO.05": "- - 2 - 2", "AO.06": "2 2 2 2 2 1",
}
_DEVENGADO = {
    "AO.01": "1500 1450 1500 1500 1480.5 1500", "AO.02": "- 2000 - 1900 - 600",
    "AO.03": "3000 2900 3000 2800 3000 3000", "AO.04": "- - 500 - - 480", "AO.05": "- - 1200 - 1100",
    "AO.06": "800 800 800 800 800 700",
}
_VINCULACION = {"AO.04": "APNOP", "AO.05": "Programa presupuestal"}


def _necesidad(actividad: str, codigo: str, detalle: str, tipo: str, costo: float) -> dict[str, Any]:
    return {"codigo_actividad": actividad, "codigo": codigo, "detalle": detalle, "tipo_gasto": tipo, "costo": costo}


def _evaluacion(codigo: str, contribuyeron: str, medios: str, **otros: Any) -> dict[str, Any]:
    return {"codigo": codigo, "trimestre": TRIMESTRES_POI[1], "contribuyeron": contribuyeron, "medios": medios, **otros}


MODELO = Modelo(
    campos={
        "ejercicio": 2024, "unidad": "031 - Unidad orgánica de ejemplo", "gerencia": "Gerencia de ejemplo",
        "periodo": "2do. Trimestre 2024", "techo": 90000.0,
    },
    filas={
        "Programación": tuple(
            fila | _meses("programado", _PROGRAMADO[str(fila["codigo"])])
            for fila in (
                _actividad("AO.01", "AEI.05.01", "Capacitar al personal según su perfil de puesto",
                           "Número de personas capacitadas según su perfil de puesto", "Persona capacitada", meta=120.0,
                           elementos="Disponibilidad del local y de los expositores"),
                _actividad("AO.02", "AEI.05.02", "Actualizar los documentos de gestión",
                           "Número de documentos de gestión aprobados", "Documento aprobado", meta=6.0,
                           elementos="Informe técnico favorable de cada área", prioridad="Media"),
                _actividad("AO.03", "AEI.04.01", "Mantener los equipos de la red interna",
                           "Número de equipos con mantenimiento al mes", "Equipo atendido", meta=40.0,
                           acumulacion=MENSUAL, tipo_indicador="Insumo", elementos="Entrega oportuna de repuestos"),
                _actividad("AO.04", "AEI.03.01", "Evaluar la ejecución del plan operativo",
                           "Número de informes de evaluación presentados por trimestre", "Informe presentado", meta=1.0,
                           acumulacion=TRIMESTRAL, elementos="Información mensual de las unidades orgánicas"),
                _actividad("AO.05", "AEI.03.02", "Realizar talleres con los sectores de la provincia",
                           "Número de talleres interinstitucionales realizados", "Taller realizado", meta=10.0,
                           elementos="Asistencia de los sectores convocados", prioridad="Media"),
                _actividad("AO.06", "AEI.04.01", "Publicar trámites en el portal municipal",
                           "Número de trámites publicados en el portal", "Trámite publicado", meta=20.0,
                           elementos="Conexión a Internet en las oficinas", prioridad="Baja"),
            )
        ),
        "Valorización": tuple(
            {"codigo": codigo, "vinculacion": _VINCULACION.get(codigo, "Acciones centrales"), **_meses("costo", cifras)}
            for codigo, cifras in _COSTO.items()
        ),
        "Necesidades": (
            _necesidad("AO.01", "B-01", "Papel bond A4, 300 millares", "Bienes", 6000.0),
            _necesidad("AO.01", "S-01", "Dictado de doce cursos de capacitación", "Servicios", 12000.0),
            _necesidad("AO.02", "S-02", "Consultoría de seis documentos de gestión", "Servicios", 12000.0),
            _necesidad("AO.03", "B-02", "Repuestos de equipos de cómputo, cuatro lotes", "Bienes", 20000.0),
            _necesidad("AO.03", "S-03", "Mantenimiento de la red interna por doce meses", "Servicios", 16000.0),
            _necesidad("AO.04", "O-01", "Pasajes y viáticos de cuatro visitas", "Otros", 2000.0),
            _necesidad("AO.05", "B-03", "Materiales de taller, cinco juegos", "Bienes", 1500.0),
            _necesidad("AO.05", "S-04", "Facilitación de cinco jornadas", "Servicios", 4500.0),
        ),
        "Seguimiento": tuple(
            {"codigo": codigo, **_meses("ejecutado", cifras), **_meses("devengado", _DEVENGADO[codigo])}
            for codigo, cifras in _EJECUTADO.items()
        ),
        "Evaluación": (
            _evaluacion("AO.01", "Las oficinas liberaron al personal convocado",
                        "Listas de asistencia de abril, mayo y junio de 2024"),
            _evaluacion("AO.02", "El informe técnico de abril salió en la fecha prevista",
                        "Ordenanza Municipal N° 012-2024 del 25 de abril de 2024",
                        dificultaron="El documento de junio recibió observaciones del área legal",
                        medidas="Levantar las observaciones y aprobarlo en julio",
                        responsable="Jefatura de la unidad", plazo=date(2024, 7, 31)),
            _evaluacion("AO.03", "Los repuestos llegaron en mayo",
                        "Fichas de mantenimiento 101 a 216 del segundo trimestre"),
            _evaluacion("AO.04", "Las unidades enviaron sus datos completos",
                        "Informe N° 045-2024 del 28 de junio de 2024"),
            _evaluacion("AO.05", "Los sectores confirmaron su asistencia por escrito",
                        "Actas 3 y 4 de los talleres de mayo de 2024"),
            _evaluacion("AO.06", "El área de sistemas entregó los formularios",
                        "Reporte del portal municipal al 30 de junio de 2024"),
        ),
        "Modificaciones": (),
    },
)
