"""El catálogo de la oficina de un año simulado, con la plantilla de verdad."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos.catalogo import CATALOGO
from pei_excel.periodos import Periodo, texto_de_periodo
from pei_excel.simulacion.ano_guion import DIAS_PARA_CORREGIR, limite_de
from pei_excel.simulacion.ano_modelo import Participante
from pei_excel.simulacion.ano_participantes import nombre_del_programa
from pei_excel.simulacion.vocabulario import MARCA

_PAIS = {"MIR": "México", "POI": "Perú"}
#: La unidad de la que dependen todas; no informa.
_SUPERIOR = "100"
#: A quién va el consolidado.
TESORERIA = "tesoreria@demostracion.example"


def escribir_catalogo(
    destino: Path, formato: str, ejercicio: int, participantes: Sequence[Participante], periodos: Sequence[Periodo],
    prorrogas: Mapping[tuple[str, Periodo], date], otras: Mapping[str, Sequence[Mapping[str, Any]]],
) -> None:
    """Escribe el catálogo, con los renglones de `otras` en lugar de los suyos; cada vez son los mismos bytes."""
    escribir_plantilla(
        destino, CATALOGO, modo=Modo.FORMULACION, ejercicio=ejercicio, filas_libres=60, campos={
            "nombre": f"Municipio {MARCA}", "pais": _PAIS[formato], "ejercicio": ejercicio, "papel": "Oficio",
            "firma_elabora": "Jefatura de seguimiento y evaluación", "firma_autoriza": "Dirección de planeación",
            "contacto": "Área de planeación, extensión 104", "tesoreria": TESORERIA,
        },
        filas={
            "Unidades": _unidades(ejercicio, participantes),
            "Programas": _programas(ejercicio, participantes),
            "Calendario": [
                {"periodo": texto_de_periodo(p), "apertura": p.ultimo_dia + timedelta(days=1), "limite": limite_de(p),
                 "solventacion": limite_de(p) + timedelta(days=DIAS_PARA_CORREGIR)} for p in periodos
            ],
            "Prórrogas": [
                {"unidad": clave, "periodo": texto_de_periodo(p), "fecha": hasta,
                 "oficio": f"Oficio de demostración {n}/{ejercicio}"}
                for n, ((clave, p), hasta) in enumerate(sorted(prorrogas.items()), 31)
            ],
            **CATALOGO.precargadas,
            **otras,
        },
    )


def _unidades(ejercicio: int, participantes: Sequence[Participante]) -> list[dict[str, Any]]:
    inicio = date(ejercicio, 1, 1)
    filas: list[dict[str, Any]] = [{
        "clave": _SUPERIOR, "nombre": f"Presidencia {MARCA}", "cargo": "Presidencia", "desde": inicio, "informa": "No",
    }]
    for uno in participantes:
        for n, (desde, clave) in enumerate(uno.claves):
            fila = {
                "clave": clave, "nombre": (uno.nombres or (uno.nombre,))[n], "superior": _SUPERIOR, "cargo": "Titular",
                "correo": f"u{clave}@demostracion.example", "desde": date(ejercicio, desde, 1),
            }
            if n:
                fila["clave_anterior"] = uno.claves[n - 1][1]
            if n + 1 < len(uno.claves):
                fila["hasta"] = date(ejercicio, uno.claves[n + 1][0], 1) - timedelta(days=1)
            filas.append(fila)
    return filas


def _programas(ejercicio: int, participantes: Sequence[Participante]) -> list[dict[str, Any]]:
    por_clave: dict[str, list[Participante]] = {}
    for uno in participantes:
        if uno.programa:
            por_clave.setdefault(uno.programa, []).append(uno)
    return [
        {"clave": clave, "nombre": nombre_del_programa(clave), "unidades": ", ".join(u.claves[0][1] for u in suyos),
         "coordinadora": suyos[0].claves[0][1], "desde": date(ejercicio, 1, 1)}
        for clave, suyos in por_clave.items()
    ]
