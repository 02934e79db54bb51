"""El .zip de un expediente y su índice; con las mismas piezas es idéntico byte por byte."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from pei_excel.empaque import entrada
from pei_excel.escritura.datos import en_csv
from pei_excel.expediente.piezas import (
    BORRADOR,
    DECISIONES,
    ENTREGA,
    EVALUACION,
    EXTRACTO,
    MENSAJE,
    Expediente,
    Pieza,
    Quien,
)
from pei_excel.proceso import nombre_para_archivo
from pei_excel.salidas import escribir_entero, puerta
from pei_excel.textos import cuenta

_TITULOS = ("clase", "periodo", "archivo", "fecha_de_recepcion", "segun", "sha256", "detalle")


def a_zip(expediente: Expediente) -> bytes:
    """El .zip: las piezas y su índice, en orden y con fecha fija."""
    piezas = _sin_choques(sorted(expediente.piezas, key=lambda p: (p.nombre == "", p.nombre, p.periodo, p.sha256)))
    indice = en_csv(_TITULOS, [
        (p.clase, p.periodo, p.nombre or None, p.fecha or None, p.origen or None, p.sha256, p.detalle) for p in piezas
    ])
    contenidos = {"índice.csv": indice, "índice.txt": _texto(expediente, piezas).encode("utf-8-sig")}
    contenidos |= {p.nombre: p.contenido for p in piezas if p.nombre}
    memoria = io.BytesIO()
    with zipfile.ZipFile(memoria, "w", zipfile.ZIP_DEFLATED) as archivo:
        for nombre in sorted(contenidos):
            archivo.writestr(entrada(nombre, 0o644), contenidos[nombre])
    return memoria.getvalue()


def _sin_choques(piezas: Iterable[Pieza]) -> list[Pieza]:
    """Dos nombres que sólo difieren en mayúsculas, o iguales tras acortarse, llevan -2, -3…"""
    usados: set[str] = set()
    hechas = []
    for pieza in piezas:
        ruta, n = PurePosixPath(pieza.nombre), 1
        while pieza.nombre and str(ruta).casefold() in usados:
            n += 1
            original = PurePosixPath(pieza.nombre)
            ruta = original.with_name(f"{original.stem}-{n}{original.suffix}")
        usados.add(str(ruta).casefold())
        hechas.append(replace(pieza, nombre=str(ruta)) if pieza.nombre else pieza)
    return hechas


def _texto(expediente: Expediente, piezas: Sequence[Pieza]) -> str:
    """El índice para leerse."""
    q = expediente.quien
    otras = sorted(q.claves - {q.escrita})
    lineas = [
        f"Expediente de {q.escrita}, ejercicio {expediente.ejercicio}",
        *([f"También con las claves: {', '.join(otras)}"] if otras else []),
        "Cada archivo con su SHA-256; lo mismo, para Excel, en «índice.csv».", "",
    ]
    for clase, titulo in (
        (ENTREGA, "Lo que entregó, como llegó"), (EVALUACION, "Sus evaluaciones"), (MENSAJE, "Lo que se le escribió"),
        (BORRADOR, "Borradores, no enviados"), (DECISIONES, "Lo que la oficina decidió"),
        (EXTRACTO, "Lo anotado en la bitácora"),
    ):
        suyas = [p for p in piezas if p.clase == clase]
        lineas += [titulo, *(_renglon(p) for p in suyas), *(["  nada"] if not suyas else []), ""]
    return "\r\n".join(lineas)


def _renglon(p: Pieza) -> str:
    recibido = f"recibido el {p.fecha} ({p.origen})" if p.fecha else ""
    return "  " + "; ".join(t for t in (p.nombre or "(falta)", recibido, p.detalle, f"SHA-256 {p.sha256}") if t)


def escribir_expediente(expediente: Expediente, destino: Path) -> None:
    """Deja el .zip entero o no deja nada.

    Raises:
        SalidaOcupada: si no se puede escribir.
    """
    contenido = a_zip(expediente)
    with puerta(destino.parent, len(contenido)):
        escribir_entero(destino, contenido)


def nombre_de_expediente(quien: Quien, ejercicio: int) -> str:
    """`expediente_504-6_2024.zip`."""
    return f"expediente_{nombre_para_archivo(quien.escrita) or 'unidad'}_{ejercicio}.zip"


def resumen(expediente: Expediente, destino: Path) -> str:
    """En una o dos líneas: qué trae y dónde quedó."""
    nombres = ((ENTREGA, "entrega", None), (EVALUACION, "evaluación", "evaluaciones"),
               (MENSAJE, "mensaje enviado", "mensajes enviados"))
    partes = [cuenta(len(expediente.de(clase)), uno, varios) for clase, uno, varios in nombres]
    if borradores := expediente.de(BORRADOR):
        partes.append(cuenta(len(borradores), "borrador", "borradores"))
    faltan = sum(not p.nombre for p in expediente.piezas)
    texto = f"{destino}: {', '.join(partes)}; qué es cada cosa, en «índice.txt».\n"
    if faltan:
        estan = "está 1 entrega que se conoció" if faltan == 1 else f"están {faltan} entregas que se conocieron"
        texto += f"Ya no {estan}; su huella está en el índice.\n"
    return texto
