"""POI con que se prueban los consolidados: el modelo del formato y otros con toda clase de casos."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pei_excel.consolidacion import consolidar
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos.anexo01 import FILAS_DE_AEI
from pei_excel.formatos.poi import POI, TIPOS_DE_GASTO, VINCULACIONES
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.mensual import ACUMULACIONES_MENSUALES
from pei_excel.periodos import Periodo, texto_de_periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Revision, revisar
from pei_excel.semaforo import PERFILES
from pei_excel.tablas import Tablas

T2 = Periodo.de_codigo("2024-T2")
GERENCIAS = (
    "Gerencia *?~ Uno", "Gerencia Dos",
    "Gerencia de Desarrollo Económico, Ambiental y de otras cosas con un nombre que no cabe en cuarenta letras",
)
Poi = tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]


def poi(
    unidad: str = "031 - Unidad orgánica de ejemplo", gerencia: str = "Gerencia de ejemplo", periodo: Periodo = T2,
    **campos: Any,
) -> Poi:
    """Campos y filas de un POI: los del modelo, con otra identidad."""
    filas = {hoja: [dict(f) for f in propias] for hoja, propias in POI.modelo.filas.items()}
    texto = texto_de_periodo(periodo if periodo.clase == "M" else periodo.como_trimestre)
    return {**POI.modelo.campos, "unidad": unidad, "gerencia": gerencia, "periodo": texto, **campos}, filas


def cambiar(uno: Poi, hoja: str, codigo: str, /, **valores: Any) -> Poi:
    """Cambia celdas del primer renglón de un código en una hoja."""
    llave = POI.por_clave[hoja].llave[0]
    next(f for f in uno[1][hoja] if f[llave] == codigo).update(valores)
    return uno


def _meses(medida: str, azar: random.Random, valores: Sequence[str], hasta: int = 12) -> dict[str, float | None]:
    return {
        f"{medida}_m{n}": None if n > hasta or (v := azar.choice(valores)) == "-" else float(v) for n in range(1, 13)
    }


def revueltos(cuantos: int, periodo: Periodo = T2, semilla: int = 7) -> list[Poi]:
    """POI de varias gerencias con todas las acumulaciones, vacíos, ceros y textos que dañarían una hoja."""
    azar = random.Random(semilla)  # noqa: S311 - no es criptografía
    hechos = []
    for k in range(cuantos):
        campos, _ = poi(
            f"{40 + k:03d} - Unidad <{k}> & cía", azar.choice(GERENCIAS), periodo,
            techo=azar.choice([20000.0, 1e6, None]),
        )
        filas: dict[str, list[dict[str, Any]]] = {hoja: [] for hoja in POI.modelo.filas}
        for n in range(1, 9):
            codigo = f"AO.{n:02d}"
            oei_aei = azar.choice(FILAS_DE_AEI)
            filas["Programación"].append({
                **POI.modelo.filas["Programación"][0], "codigo": codigo, "oei": oei_aei[2], "aei": oei_aei[0],
                "actividad": azar.choice(["=1+1 ", "+52 tel ", 'Normal <b>&amp; "x" ', "@x "]) + codigo,
                "unidad_medida": "Informe" if k == 1 else azar.choice(["Informe", "Taller"]),
                "acumulacion": azar.choice(ACUMULACIONES_MENSUALES),
                "meta": azar.choice([10.0, 120.0, "4 por año", "las que se pidan"]),
                **_meses("programado", azar, ["0", "-", "1", "2.5", "10"]),
            })
            filas["Valorización"].append({
                "codigo": codigo, "vinculacion": azar.choice([*VINCULACIONES, None]),
                **_meses("costo", azar, ["0", "-", "100", "2500.55", "12000"]),
            })
            filas["Seguimiento"].append({
                "codigo": codigo, **_meses("ejecutado", azar, ["0", "-", "1", "2.5", "10", "25"], periodo.mes),
                **_meses("devengado", azar, ["0", "-", "90", "2500.55", "12000"], periodo.mes),
            })
            for tipo in TIPOS_DE_GASTO:
                if azar.random() < 0.5:
                    filas["Necesidades"].append({
                        "codigo_actividad": codigo, "codigo": None, "detalle": f"Algo de {tipo}", "tipo_gasto": tipo,
                        "costo": float(azar.choice([10, 250.25, 9000])),
                    })
        hechos.append((campos, filas))
    return hechos


def revisar_pois(pois: Sequence[Poi], periodo: Periodo = T2, perfil: str = "operativo") -> list[Revision]:
    """Escribe, lee y revisa los POI."""
    contexto = Contexto(periodo=periodo, perfiles={"POI": PERFILES[perfil]})
    revisiones = []
    with TemporaryDirectory() as carpeta:
        for n, (campos, filas) in enumerate(pois):
            ruta = Path(carpeta) / f"{n}.xlsx"
            escribir_plantilla(
                ruta, POI, modo=Modo.SEGUIMIENTO, ejercicio=2024, periodo=periodo, campos=campos, filas=filas
            )
            libros = leer(ruta, f"recibidos/poi-{n:02d}.xlsx", Opciones(periodo=periodo))
            revisiones += [revisar(libro, contexto) for libro in libros]
    return revisiones


def tablas_de_poi(
    pois: Sequence[Poi], periodo: Periodo = T2, perfil: str = "operativo", **opciones: Any
) -> tuple[Tablas, list[Revision]]:
    """Las tablas de unos POI y sus revisiones."""
    revisiones = revisar_pois(pois, periodo, perfil)
    contexto = Contexto(periodo=periodo, perfiles={"POI": PERFILES[perfil]})
    return consolidar(revisiones, periodo, contexto, formato="POI", **opciones), revisiones
