"""Qué pasó con lo recibido después de consolidarlo: qué llegó, qué cambió y qué ya no está."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pei_excel.archivos import buscar
from pei_excel.ciclo.bitacora import Bitacora, BitacoraInservible
from pei_excel.indicaciones import indicacion
from pei_excel.lectura.disco import huella
from pei_excel.lectura.limites import LIMITES, Limites, limites_con
from pei_excel.salidas import ULTIMO
from pei_excel.textos import cuenta, enumerar

#: Archivos que se nombran en una línea.
_SE_NOMBRAN = 5


class Llegadas(NamedTuple):
    """Lo que hay en una carpeta y la última consolidación no vio."""

    llegaron: tuple[str, ...] = ()
    cambiaron: tuple[str, ...] = ()
    ya_no_estan: tuple[str, ...] = ()
    consolidado: bool = True  #: hay una consolidación con que compararla; si no, todos llegaron

    def __bool__(self) -> bool:
        return bool(self.llegaron or self.cambiaron or self.ya_no_estan)

    @property
    def que_paso(self) -> str:
        """«cambió «a.xlsx» y llegaron «b.xlsx» y «c.xlsx»»."""
        return enumerar(
            f"{una if len(cuales) == 1 else varias} {nombrar(cuales)}" for una, varias, cuales in (
                ("cambió", "cambiaron", self.cambiaron), ("llegó", "llegaron", self.llegaron),
                ("ya no está", "ya no están", self.ya_no_estan),
            ) if cuales
        )

    def frase(self, *, cerrado: bool = False) -> str:
        """Qué pasó y qué hacer, en una línea; vacía si nada."""
        if not self:
            return ""
        menu = " (opción 3)"
        if not self.consolidado:
            n = cuenta(len(self.llegaron), "libro")
            return f"Hay {n} sin consolidar: consolide{indicacion(orden='', menu=menu)} para saber quién falta."
        if cerrado:
            que_hacer = "el periodo está cerrado, y para que cuente hay que reabrirlo"
        else:
            que_hacer = f"consolide otra vez{indicacion(orden='', menu=menu)} para que cuente"
        return f"Desde la última consolidación {self.que_paso}: {que_hacer}."


def comparar(carpeta: Path, documento: Mapping[str, Any] | None, limites: Limites = LIMITES) -> Llegadas:
    """Los libros de una carpeta contra los de un `resultado.json`, por nombre y huella; None: no se ha consolidado.

    Raises:
        KeyError, TypeError: si el documento no es uno.
    """
    hay = {a.nombre: a.ruta for a in buscar([carpeta], limites).archivos}
    if documento is None:
        return Llegadas(tuple(sorted(hay)), consolidado=False)
    antes = {x["archivo"]: x["sha256"] or "" for x in documento["libros"]}
    conocidos = antes.keys() | {h["archivo"] for h in documento["hallazgos"]}
    return Llegadas(
        tuple(sorted(hay.keys() - conocidos)),
        tuple(sorted(n for n in antes.keys() & hay.keys() if huella(hay[n]) != antes[n])),
        tuple(sorted(antes.keys() - hay.keys())),
    )


def desde_lo_consolidado(
    base: Path, periodo: str, propuesta: Path | None = None, segun: Mapping[str, Any] | None = None
) -> Llegadas:
    """Lo que la última consolidación no vio, en la carpeta que se consolidó o, si no se sabe, la propuesta.

    Se compara con su `resultado.json` o, si ya no está, con `segun`. Nada, si no hay carpeta que mirar o aquél no se
    entiende.
    """
    carpeta = recordada(base, periodo) or propuesta
    if carpeta is None or not carpeta.is_dir():
        return Llegadas()
    ruta = base / periodo / ULTIMO
    if not ruta.is_file():
        return comparar(carpeta, segun)
    try:
        documento = json.loads(ruta.read_text(encoding="utf-8"))
        limites = limites_con(f"{n}={v}" for n, v in documento["opciones"]["limites"].items())
        return comparar(carpeta, documento, limites)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # quien lo lee ya dice que no se entiende
        return Llegadas()


def recordada(base: Path, periodo: str) -> Path | None:
    """La carpeta que se consolidó la última vez, si la bitácora lo dice y todavía está."""
    try:
        carpeta = Bitacora.abrir(base, para_escribir=False).rutas(periodo).get("recibidos")
    except BitacoraInservible:  # el tablero ya dice que no se pudo leer
        return None
    return carpeta if carpeta is not None and carpeta.is_dir() else None


def nombrar(nombres: Sequence[str]) -> str:
    """«a», «b» y 3 más."""
    visibles = [f"«{n}»" for n in nombres[:_SE_NOMBRAN]]
    if len(nombres) > _SE_NOMBRAN:
        visibles.append(f"{len(nombres) - _SE_NOMBRAN} más")
    return enumerar(visibles)
