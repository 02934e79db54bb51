"""POI con que se prueban los libros de evaluación: uno con toda clase de casos, y uno de muchas actividades."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from pei_excel.crudo import ErrorExcel
from pei_excel.escritura.plantilla import ConFormato, escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos.poi import CAUSAS, POI, TRIMESTRES_POI
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.libro import Libro
from pei_excel.mensual import ACUMULATIVO, MENSUAL, TRIMESTRAL
from pei_excel.periodos import Periodo

Filas = dict[str, list[dict[str, Any]]]


def meses(medida: str, cifras: str) -> dict[str, Any]:
    """Doce cifras separadas por espacios; «-» deja vacío el mes y lo que no es número queda como texto."""
    dadas: dict[str, Any] = {}
    for n, c in enumerate(cifras.split(), 1):
        if c != "-":
            try:
                dadas[f"{medida}_m{n}"] = float(c)
            except ValueError:
                dadas[f"{medida}_m{n}"] = c
    return dadas


def actividad(codigo: Any, programado: str, **otros: Any) -> dict[str, Any]:
    """Un renglón de `Programación`."""
    base = {
        "oei": "OEI.05", "aei": "AEI.05.01", "codigo": codigo, "actividad": f"Actividad {codigo}",
        "indicador": f"Número de productos de {codigo}", "tipo_indicador": "Proceso", "unidad_medida": "Informe",
        "acumulacion": ACUMULATIVO, "prioridad": "Alta", "meta": 12.0, "elementos": "Local", "responsable": "Jefatura",
    }
    return base | meses("programado", programado) | otros


def costo(codigo: Any, cifras: str) -> dict[str, Any]:
    """Un renglón de `Valorización`."""
    return {"codigo": codigo, "vinculacion": "Acciones centrales", **meses("costo", cifras)}


def avance(codigo: Any, ejecutado: str, devengado: str = "", **otros: Any) -> dict[str, Any]:
    """Un renglón de `Seguimiento`."""
    return {"codigo": codigo, **meses("ejecutado", ejecutado), **meses("devengado", devengado), **otros}


def evaluacion(codigo: Any, trimestre: int, **otros: Any) -> dict[str, Any]:
    """Un renglón de `Evaluación`."""
    return {"codigo": codigo, "trimestre": TRIMESTRES_POI[trimestre - 1], **otros}


def modificacion(codigo: str, campo: str, anterior: Any, nuevo: Any, fecha: date) -> dict[str, Any]:
    """Un renglón de `Modificaciones`."""
    return {"fecha": fecha, "codigo": codigo, "campo": campo, "valor_anterior": anterior, "valor_nuevo": nuevo,
            "causa": CAUSAS[3], "documento": "Resolución de Alcaldía N° 120-2024"}


LARGO = "Se atrasó la entrega de los materiales por causas ajenas a la unidad, según consta en los informes. " * 6

#: Cada renglón de `Programación` es un caso; las demás hojas van en otro orden, para que sólo el código las una.
VARIADO: Filas = {
    "Programación": [
        actividad("AO.01", " ".join(["10"] * 12), meta=120.0, actividad="Acumulativa a tiempo"),
        actividad("AO.02", "- 1 - 1 - 1 - 1 - 1 1", meta=6.0, actividad="Acumulativa con meses vacíos " * 5),
        actividad("AO.03", " ".join(["40"] * 12), meta=40.0, acumulacion=MENSUAL),
        actividad("AO.04", "- - 1 - - 1 - - 1 - - 1", meta=1.0, acumulacion=TRIMESTRAL),
        actividad("AO.05", "3 3 3 3 3 3 3 3 3 3 3 3", meta="3 por mes como mínimo", acumulacion=MENSUAL),
        actividad("AO.06", "0 0 0 0 0 0 5 5", meta=10.0, actividad="Empieza en julio"),
        actividad("AO.07", "4 4 4 4 4 4", meta=24.0, actividad="Sin Valorización"),
        actividad("AO.08", "4 4 4 4 4 4", meta=24.0, actividad="Sin Seguimiento"),
        actividad("AO.09", "10 12,5 10 S/.10 10 10", meta="65,5", actividad="Números como texto"),
        actividad("AO.10", "5 5 5 5 5 5", meta=30.0, actividad="Código repetido, la primera vez"),
        actividad("AO.10", "7 7 7 7 7 7", meta=42.0, actividad="Código repetido, la segunda vez"),
        actividad(None, "1 1 1 1 1 1", meta=6.0, actividad="Sin código"),
        actividad("ao.11 ", "2 2 2 2 2 2", meta=12.0, actividad="Código en minúsculas y con un espacio"),
        actividad("AO.12", "0 0 0 0 0 0", meta=None, actividad="Nada programado y algo ejecutado"),
        actividad("AO.13", "", meta=None, actividad="Programación en blanco"),
        actividad("AO.14", "1 1 1 1 1 1 1 1 1 1 1 1", actividad="Se excede"),
        actividad("AO.15", "3 - 6 - 6 2", meta=6.0, acumulacion=TRIMESTRAL, actividad="Meses que no se miden"),
        actividad("AO.16", "5 5 5 5 5 5", meta=30.0, actividad="Error en una celda"),
        actividad("AO.17", "10 10 10 10 10 10", meta=60.0, actividad="Porcentajes", unidad_medida="Porcentaje"),
        actividad("A*18", "1 1 1 1 1 1", meta=6.0, actividad="Código con comodín"),
    ],
    "Valorización": [
        costo("AO.14", "100 100 100 100 100 100"), costo("AO.10", "50 50 50 50 50 50"), costo("A*18", "5 5 5 5 5 5"),
        costo("AO.13", "10 10 10 10 10 10"), costo("AO.12", "- - - - - 30"), costo("AO.11", "20 20 20 20 20 20.5"),
        costo("AO.10", "70 70 70 70 70 70"), costo("AO.09", "1,200.50 - - - - 900"),
        costo("AO.08", "10 10 10 10 10 10"),
        costo("AO.06", "- - - - - - 500 500"), costo("AO.05", "10 10 10 10 10 10 10 10 10 10 10 10"),
        costo("AO.04", "- - 500 - - 500 - - 500 - - 500"), costo("AO.03", " ".join(["3000"] * 12)),
        costo("AO.02", "- 2000 - 2000 - 2000 - 2000 - 2000 2000"), costo("AO.01", " ".join(["1500"] * 12)),
        costo("AO.15", "0 0 0 0 0 0"), costo("AO.16", "5 5 5 5 5 5"), costo("AO.17", "5 5 5 5 5 5"),
    ],
    "Necesidades": [
        {"codigo_actividad": "AO.01", "codigo": "B-01", "detalle": "Papel bond A4", "tipo_gasto": "Bienes",
         "costo": "6000,50"},
        {"codigo_actividad": "AO.02", "detalle": "Consultoría de documentos", "tipo_gasto": "Servicio",
         "costo": 12000.0},
    ],
    "Seguimiento": [
        avance("AO.17", "10 10 10 10 10 5", "5 5 5 5 5 5", ejecutado_m6=ConFormato(0.5, "0%")),
        avance("AO.16", "5 5 5 5 5 5", "5 5 5 5 5 5", ejecutado_m5=ErrorExcel("#DIV/0!")),
        avance("AO.01", "10 10 9 10 10 10 0 0", "1500 1450 1500 1500 1480.5 1500 0"),
        avance("AO.02", "- 1 - 1 - 0", "- 2000 - 1900 - 600"),
        avance("AO.03", "40 38 40 36 40 40", "3000 2900 3000 2800 3000 3000"),
        avance("AO.04", "- - 1 - - 1", "- - 500 - - 480"),
        avance("AO.05", "3 3 - 2 1 -", "10 10 10 10 10 10"),
        avance("AO.06", "- - - - - 2", "- - - - - 20"),
        avance("AO.07", "4 4 4 4 4 4", "10 10 10 10 10 10"),
        avance("AO.09", "10 12,5 10 10 muchos 10", "1,200.50 - - - - 900"),
        avance("AO.10", "5 5 5 5 5 5", "50 50 50 50 50 50"), avance("AO.10", "7 7 7 7 7 1", "70 70 70 70 70 10"),
        avance("AO.11", "2 2 2 2 2 2", "20 20 20 20 20 20"), avance("AO.12", "0 0 0 0 0 3", ""),
        avance("AO.13", "", ""), avance("AO.14", "2 2 2 2 2 2 4", "100 100 100 100 100 100 90"),
        avance("AO.15", "1 - 6 - 9 1", ""), avance("A*18", "1 1 1 1 1 1", "5 5 5 5 5 5"),
        avance("AO.99", "1 1", "1 1"),
    ],
    "Evaluación": [
        evaluacion("AO.02", 2, contribuyeron="El informe técnico salió a tiempo", dificultaron=LARGO,
                   medidas="Aprobar el documento en julio", responsable="Jefatura de la unidad",
                   plazo=date(2024, 7, 31), medios="Ordenanza Municipal N° 012-2024 del 25 de abril de 2024"),
        evaluacion("AO.05", 2, dificultaron="=1+1", medidas="http://ejemplo.pe/x", plazo="cuando se pueda"),
        evaluacion("AO.01", 1, contribuyeron="Se contó con el local", medios="Listas de asistencia"),
        evaluacion("AO.99", 2, contribuyeron="De una actividad que no existe"),
    ],
    "Modificaciones": [
        modificacion("AO.01", "Programado Agosto", 15.0, 10.0, date(2024, 7, 20)),
        modificacion("AO.01", "Programado Agosto", 20.0, 15.0, date(2024, 3, 5)),
        modificacion("AO.01", "Meta anual", 130.0, 120.0, date(2024, 3, 5)),
        modificacion("AO.02", "Costo Diciembre", None, 2000.0, date(2024, 6, 1)),
        modificacion("AO.03", "Programado Mayo", "45,5", 40.0, date(2024, 2, 1)),
        modificacion("AO.77", "Programado Mayo", 5.0, 4.0, date(2024, 2, 1)),
    ],
}


def leido(carpeta: Path, filas: Filas, periodo: Periodo, **campos: Any) -> Libro:
    """El libro escrito con nuestra plantilla y leído como se lee el de una unidad."""
    ruta = carpeta / "poi.xlsx"
    escribir_plantilla(
        ruta, POI, modo=Modo.FORMULACION, ejercicio=2024, filas=filas, filas_libres=len(filas["Programación"]),
        campos={**POI.modelo.campos, **campos},
    )
    (libro,) = leer(ruta, "recibidos/031 POI.xlsx", Opciones(periodo, "pe"))
    return libro


def muchas(cuantas: int) -> Filas:
    """Un POI limpio con ese número de actividades, de las tres acumulaciones."""
    formas = (ACUMULATIVO, MENSUAL, TRIMESTRAL)
    codigos = [f"AO.{n:02d}" for n in range(1, cuantas + 1)]
    return {
        "Programación": [
            actividad(c, " ".join(str(1 + n % 7) for _ in range(12)), acumulacion=formas[n % 3], meta=12.0 + n,
                      actividad=f"Actividad número {n + 1} de la unidad, con un nombre de largo usual")
            for n, c in enumerate(codigos)
        ],
        "Valorización": [costo(c, " ".join(["1234.5"] * 12)) for c in reversed(codigos)],
        "Seguimiento": [
            avance(c, " ".join([str(n % 8)] * 6), " ".join(["1000.25"] * 6)) for n, c in enumerate(codigos)
        ],
        "Evaluación": [evaluacion(c, 2, dificultaron="Faltó personal", medidas="Contratar") for c in codigos[::3]],
    }
