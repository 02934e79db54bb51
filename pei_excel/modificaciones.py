"""Un libro leído → sus modificaciones registradas y las metas iniciales: las vigentes con aquéllas deshechas.

Sirve a todo formato con hoja `Modificaciones` (la de `formatos/comunes.py`): qué celda cambia cada campo lo dice
`Formato.modificables`. Las hojas de programación muestran siempre lo vigente.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pei_excel.calculos import Cifra
from pei_excel.formatos import FORMATOS
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.periodos import ORDINALES
from pei_excel.textos import numero

HOJA = "Modificaciones"

#: (hoja, llave del renglón —el código en el POI, el Nivel en la MIR—, columna).
Direccion = tuple[str, Hashable, str]


@dataclass(frozen=True, slots=True)
class Modificacion:
    """Un renglón de `Modificaciones` y la celda vigente que dice haber cambiado."""

    fila: Fila  #: en `Modificaciones`
    llave: Hashable  #: código o Nivel de lo modificado
    campo: str  #: «Programado Agosto», «Costo Julio», «Meta anual»
    hoja: str  #: la de la celda modificada
    columna: str
    mes: int | None  #: desde qué mes está en vigor, 1–12; None si la celda no es de un mes ni de un trimestre
    vigente: Dato | None  #: lo que hoy dice la celda; None si la llave no está en su hoja

    @property
    def direccion(self) -> Direccion:
        """Con la que se busca su valor inicial."""
        return self.hoja, self.llave, self.columna

    @property
    def fecha(self) -> date | None:
        """Cuándo se aprobó; None si no se lee."""
        fecha: date | None = self.fila.valor("fecha")
        return fecha

    @property
    def anterior(self) -> Cifra:
        """La meta antes del cambio; None si no la había."""
        anterior: Cifra = self.fila.valor("valor_anterior")
        return anterior

    @property
    def nuevo(self) -> Cifra:
        """La meta después del cambio; None si no se lee."""
        nuevo: Cifra = self.fila.valor("valor_nuevo")
        return nuevo

    @property
    def se_puede_deshacer(self) -> bool:
        """Se sabe qué había antes: una celda vacía es que no había nada; una ilegible, que no se sabe."""
        dato = self.fila["valor_anterior"]
        return dato.valor is not None or dato.incidente is None


def modificaciones(libro: Libro) -> list[Modificacion]:
    """Las registradas que dicen qué cambian, de la más antigua a la más nueva; sin fecha van primero, en su orden.

    Si la llave se repite en la hoja modificada, vale el primer renglón.
    """
    formato = FORMATOS.get(libro.formato or "")
    if formato is None or HOJA not in formato.por_clave:
        return []
    llave = formato.por_clave[HOJA].llave[0]
    renglones: dict[str, dict[Hashable, Fila]] = {}
    for clave in {hoja for hoja, _ in formato.modificables.values()}:
        propios = renglones.setdefault(clave, {})
        for fila in libro.filas(clave):
            if fila.valor(llave) is not None:
                propios.setdefault(fila.valor(llave), fila)
    halladas = []
    for fila in sorted(libro.filas(HOJA), key=lambda f: (f.valor("fecha") or date.min, f.indice)):
        de, campo = fila.valor(llave), fila.valor("campo")
        if de is None or campo not in formato.modificables:
            continue
        hoja, columna = formato.modificables[campo]
        renglon = renglones[hoja].get(de)
        meses = formato.por_clave[hoja].por_clave[columna].meses
        halladas.append(Modificacion(
            fila, de, campo, hoja, columna, meses[0] if meses else None, renglon[columna] if renglon else None,
        ))
    return halladas


def iniciales(libro: Libro) -> dict[Direccion, Cifra]:
    """Valor inicial de cada celda modificada: el vigente con sus modificaciones deshechas, la más nueva primero.

    Lo que no aparece aquí nunca se modificó: su valor inicial es el vigente (`inicial` lo resuelve). None es que al
    principio no había meta. Una modificación cuyo valor anterior no se puede leer no se deshace.
    """
    valores: dict[Direccion, Cifra] = {}
    for una in reversed(modificaciones(libro)):
        if una.vigente is not None and una.se_puede_deshacer:
            valores[una.direccion] = una.anterior
    return valores


@dataclass(frozen=True, slots=True)
class MetaModificada:
    """Las metas por trimestre de un renglón que se modificaron alguna vez."""

    cambios: tuple[Modificacion, ...]  #: de la más antigua a la más nueva
    inicial: tuple[Cifra, ...]  #: por trimestre, antes de modificarse

    @property
    def desde(self) -> str:
        """Desde cuándo rige la meta vigente: «3er. Trim.», el primero que cambió."""
        return f"{ORDINALES[min(_trimestre(c) for c in self.cambios) - 1]} Trim."

    @property
    def frase(self) -> str:
        """«3er. Trim.: 30 → 20 (05/07/2024, Oficio 20/2024)», un cambio tras otro."""
        return "; ".join(map(_frase, self.cambios))


def _trimestre(una: Modificacion) -> int:
    return ((una.mes or 1) + 2) // 3


def _frase(una: Modificacion) -> str:
    antes, despues = ("sin meta" if v is None else numero(v) for v in (una.anterior, una.nuevo))
    if not una.se_puede_deshacer:
        antes = "no se lee"
    documento = una.fila.valor("documento")
    datos = ", ".join(x for x in (f"{una.fecha:%d/%m/%Y}" if una.fecha else "", str(documento or "")) if x)
    return f"{ORDINALES[_trimestre(una) - 1]} Trim.: {antes} → {despues}" + (f" ({datos})" if datos else "")


def metas_modificadas(libro: Libro, medida: str = "programado") -> dict[int, MetaModificada]:
    """Índice del renglón de la hoja principal → sus metas por trimestre modificadas; vacío si nada se modificó."""
    formato = FORMATOS.get(libro.formato or "")
    if formato is None or HOJA not in formato.por_clave:
        return {}
    hoja, llave = formato.principal, formato.principal.llave[0]
    columnas = [c.clave for c in hoja.medida(medida)]
    cambios: dict[int, list[Modificacion]] = {}
    for una in modificaciones(libro):
        if una.vigente is not None and una.hoja == hoja.clave and una.columna in columnas:
            cambios.setdefault(una.vigente.llave[1], []).append(una)
    if not cambios:
        return {}
    antes = iniciales(libro)
    return {
        fila.indice: MetaModificada(
            tuple(cambios[fila.indice]), tuple(inicial(antes, fila, llave, columna) for columna in columnas)
        )
        for fila in libro.filas(hoja.clave) if fila.indice in cambios
    }


def inicial(valores: Mapping[Direccion, Cifra], fila: Fila, llave: str, columna: str) -> Any:
    """Valor inicial de una celda de una fila; `llave` es la columna que la identifica («codigo», «nivel»)."""
    direccion = (fila.hoja, fila.valor(llave), columna)
    return valores[direccion] if direccion in valores else fila.valor(columna)
