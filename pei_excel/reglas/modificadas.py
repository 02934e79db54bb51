"""Lo que MIR015 y POI014 comparten: la última modificación registrada de una celda y su valor vigente."""

from __future__ import annotations

from collections.abc import Iterator

from pei_excel.calculos import iguales
from pei_excel.formatos import FORMATOS
from pei_excel.libro import Libro
from pei_excel.modificaciones import HOJA, Direccion, Modificacion, modificaciones
from pei_excel.reglas.base import Observacion
from pei_excel.textos import numero
from pei_excel.tipos import cifra_de_meta


def no_aplicadas(libro: Libro) -> Iterator[Observacion]:
    """Las últimas modificaciones cuyo valor nuevo no es el vigente."""
    formato = FORMATOS[libro.formato or "MIR"]
    llave = formato.por_clave[HOJA].llave[0]
    ultimas: dict[Direccion, Modificacion] = {}
    for una in modificaciones(libro):
        if una.vigente is not None and una.nuevo is not None:
            ultimas[una.direccion] = una
    for una in ultimas.values():
        dato = una.vigente
        if dato is None:
            continue
        vigente = cifra_de_meta(dato.valor)
        if not iguales(vigente or 0.0, una.nuevo):
            (suya,) = (f for f in libro.filas(dato.llave[0]) if f.indice == dato.llave[1])
            yield Observacion(
                f"la última modificación de {una.llave} ({una.campo}) dice {numero(una.nuevo)} y la meta vigente es "
                f"{numero(vigente)}",
                una.fila["valor_nuevo"], lee=(dato, suya[llave], una.fila[llave], una.fila["campo"]), tambien=(dato,),
                encontrado=una.nuevo, esperado=vigente,
            )
