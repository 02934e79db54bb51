"""Informes con que se prueban los consolidados: el real del 2do. trimestre de 2024 y otros con toda clase de casos."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pei_excel.consolidacion import consolidar
from pei_excel.definitivo import Definitivo
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos.mir import MIR, MODELO
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.periodos import Periodo, texto_de_trimestre
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Revision, revisar
from pei_excel.semaforo import PERFILES
from pei_excel.tablas import Tablas

T2 = Periodo.de_codigo("2024-T2")

#: (nivel, programado, alcanzado) del informe real; «-» deja vacía una celda.
REAL = (
    ("Fin", "0 0 0 100", "0 0 - -"), ("Propósito", "0 0 0 100", "0 0 - -"),
    ("Componente 1", "15 20 0 65", "15 20 - -"), ("Actividad 1.1", "20 40 0 40", "20 40 - -"),
    ("Actividad 1.2", "10 0 0 90", "10 0 - -"), ("Componente 2", "13 33 30 24", "13 26 - -"),
    ("Actividad 2.1", "20 20 30 30", "20 0 - -"), ("Actividad 2.2", "0 60 30 10", "0 0 - -"),
    ("Actividad 2.3", "20 20 30 30", "20 80 - -"), ("Componente 3", "12 28 35 25", "9 28 - -"),
    ("Actividad 3.1", "27 17 32 24", "25 17 - -"), ("Actividad 3.2", "0 30 30 40", "0 30 - -"),
    ("Actividad 3.3", "10 38 42 10", "10 38 - -"),
)
Informe = tuple[dict[str, Any], list[dict[str, Any]]]


def fila(nivel: str, programado: str, alcanzado: str, **otros: Any) -> dict[str, Any]:
    """Un renglón con sus cifras por trimestre."""
    frecuencia = {"F": "Anual", "P": "Anual", "C": "Trimestral"}.get(nivel[0], "Mensual")
    base = {
        **MODELO.filas["MIR"][3], "nivel": nivel, "nombre": f"Avance de {nivel}", "frecuencia": frecuencia,
        "tipo": "Estratégico" if frecuencia == "Anual" else "De gestión", "metodo": f"({nivel} / 2) * 100",
        "medios": "Oficio 12/2024 del 28 de junio de 2024",
    }
    for medida, cifras in (("programado", programado), ("alcanzado", alcanzado)):
        for n, texto in enumerate(cifras.split(), 1):
            base[f"{medida}_t{n}"] = None if texto == "-" else float(texto)
    return base | otros


def informe(
    datos: Sequence[tuple[str, str, str]] = REAL, unidad: str = "504 - Instituto Municipal de Planeación",
    programa: str = "6 - Planeación municipal y zona metropolitana", eje: str = "3. Gobierno 10. Gobernanza",
    periodo: Periodo = T2, **otros: Any,
) -> Informe:
    """Campos y renglones de un informe."""
    texto = texto_de_trimestre(periodo.ejercicio, periodo.trimestre)
    campos = {**MODELO.campos, "unidad": unidad, "programa": programa, "eje": eje, "periodo": texto}
    return campos, [fila(*d, **otros) for d in datos]


def revisar_informes(informes: Sequence[Informe], periodo: Periodo = T2, perfil: str = "general") -> list[Revision]:
    """Escribe, lee y revisa los informes."""
    contexto = Contexto(periodo=periodo, perfiles={"MIR": PERFILES[perfil]})
    revisiones = []
    with TemporaryDirectory() as carpeta:
        for n, (campos, filas) in enumerate(informes):
            ruta = Path(carpeta) / f"{n}.xlsx"
            escribir_plantilla(
                ruta, MIR, modo=Modo.SEGUIMIENTO, ejercicio=2024, periodo=periodo, campos=campos, filas={"MIR": filas}
            )
            libros = leer(ruta, f"recibidos/{n:02d}.xlsx", Opciones(periodo=periodo))
            revisiones += [revisar(libro, contexto) for libro in libros]
    return revisiones


def tablas_de(
    informes: Sequence[Informe], periodo: Periodo = T2, perfil: str = "general", **opciones: Any
) -> tuple[Tablas, list[Revision]]:
    """Las tablas de unos informes y sus revisiones."""
    revisiones = revisar_informes(informes, periodo, perfil)
    contexto = Contexto(periodo=periodo, perfiles={"MIR": PERFILES[perfil]})
    return consolidar(revisiones, periodo, contexto, **opciones), revisiones


def revueltos(cuantos: int, periodo: Periodo = T2, semilla: int = 3) -> list[Informe]:
    """Informes con todos los sentidos, frecuencias y acumulaciones, vacíos, ceros y textos que dañarían una hoja."""
    azar, q = random.Random(semilla), periodo.trimestre  # noqa: S311 - no es criptografía
    niveles = [n for n, *_ in REAL[:9]]
    informes = []
    for k in range(cuantos):
        datos = [
            (
                nivel, " ".join(azar.choice(["0", "-", "10", "25.5", "33.33", "0.5"]) for _ in range(4)),
                " ".join(azar.choice(["0", "-", "10", "25.5", "40"]) if n < q else "-" for n in range(4)),
            )
            for nivel in niveles
        ]
        campos, filas = informe(
            datos, f"{500 + k // 2} - Unidad <{k // 2}> & cía", f"{'06' if k == 1 else 16 + k} - Programa *?~ {k}",
            azar.choice(["Sin número de eje * largo", "3. Uno 10. Dos", "2. Otro"]), periodo,
        )
        for una in filas:
            una["sentido"] = azar.choice(["Ascendente", "Descendente", "Regular", "Nominal"])
            una["acumulacion"] = azar.choice(["Suma", "Último", "Promedio", "Máximo", "Mínimo", "Constante", None])
            una["frecuencia"] = azar.choice(["Mensual", "Trimestral", "Semestral", "Anual", "Cuatrimestral"])
            una["nombre"] = azar.choice(["=1+1 ", "+52 tel ", 'Normal <b>&amp; "x" ', "@x "]) + una["nivel"]
        informes.append((campos, filas))
    return informes


def en_memoria(escribir: Any, *argumentos: Any, **opciones: Any) -> bytes:
    """Los bytes que escribe una función."""
    memoria = BytesIO()
    escribir(memoria, *argumentos, **opciones)
    return memoria.getvalue()


def definitivas(tablas: Tablas) -> Tablas:
    """Las mismas tablas con el periodo cerrado."""
    return replace(tablas, cierre=Definitivo(1))
