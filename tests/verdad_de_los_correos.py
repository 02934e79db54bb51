"""Lo que es cierto de los correos de un año simulado: a quién, por qué y hasta cuándo; sin usar el programa."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pei_excel.periodos import MESES, Periodo
from pei_excel.simulacion.ano import AnoMunicipal
from pei_excel.simulacion.ano_guion import DIAS_PARA_CORREGIR, limite_de
from pei_excel.simulacion.ano_modelo import DE_PLANEACION, Celda, Envio, Participante, Paso


def por_direccion(paso: Paso) -> dict[str, list[Envio]]:
    """A quién se le observa algo, y en qué entregas, de las que se usan o no se pudieron leer."""
    esperan: dict[str, list[Envio]] = {}
    for envio in paso.envios:
        if paso.verdad.estados[envio.archivo] != "sustituido" and para_la_unidad(paso, envio):
            esperan.setdefault(direccion(envio.de, paso.periodo), []).append(envio)
    return esperan


def para_la_unidad(paso: Paso, envio: Envio) -> set[Celda]:
    """Lo que se le observa en ese paso: lo que se decide después todavía no se calla."""
    return {h for h in paso.verdad.hallazgos[envio.archivo] if h[0] not in DE_PLANEACION} - envio.notas


def direccion(uno: Participante, periodo: Periodo) -> str:
    """La de la clave que la unidad tiene el día límite, aunque informe con la de antes."""
    limite = limite_de(periodo)
    vigentes = [c for desde, c in uno.claves if desde <= limite.month or limite.year > periodo.ejercicio]
    return f"u{vigentes[-1]}@demostracion.example"


def hasta(ano: AnoMunicipal, uno: Participante, periodo: Periodo) -> str:
    """Su plazo, con su prórroga: «10 de abril de 2024»."""
    return dia_escrito(ano.prorrogas.get((uno.clave(periodo), periodo), limite_de(periodo)))


def plazo(periodo: Periodo, *, cerrado: bool) -> Iterator[str]:
    """Hasta cuándo se corrige o, ya cerrado, hasta cuándo se pudo."""
    dia = dia_escrito(limite_de(periodo) + timedelta(days=DIAS_PARA_CORREGIR))
    if cerrado:
        yield "El periodo ya está cerrado y su consolidado es DEFINITIVO"
        yield dia
    else:
        yield f"a más tardar el {dia}"


def dia_escrito(dia: date) -> str:
    """«15 de julio de 2024»."""
    return f"{dia.day} de {MESES[dia.month - 1]} de {dia.year}"


def de_planeacion(carpeta: Path) -> Iterator[str]:
    """Lo que sólo lee la oficina, sin lo que de otra manera también se dice a la unidad."""
    documento: dict[str, Any] = json.loads((carpeta / "resultado.json").read_text(encoding="utf-8"))
    todos = [h for x in documento["libros"] for h in x["hallazgos"]]
    suyos = {h["mensaje"] for h in todos if h["destinatario"] == "unidad"}
    yield from {h["mensaje"] for h in [*todos, *documento["hallazgos"]] if h["destinatario"] == "planeacion"} - suyos
