"""Lo que una entrega anterior decía: sus cifras y textos por renglón y columna, para compararlos con los de ahora.

Sale de un libro leído o de los datos abiertos de un periodo ya consolidado (`datos.csv`). Es pequeño y viaja entre
procesos; no guarda las celdas, porque lo que se señala es siempre la celda del libro de ahora.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pei_excel.calculos import Cifra
from pei_excel.formato import Formato, Hoja
from pei_excel.formatos import FORMATOS
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.modificaciones import Direccion, modificaciones
from pei_excel.periodos import Periodo

#: (formato, (clave de la unidad, clave del programa)).
Identidad = tuple[str, tuple[str, str]]

#: Columnas de texto que se comparan con las del periodo anterior (SEG010), por formato y hoja.
_TEXTOS = {"MIR": (("MIR", "medios"), ("Justificaciones", "causa")),
           "POI": (("Evaluación", "medios"), ("Evaluación", "dificultaron"))}

#: (dirección, fecha, valor anterior, valor nuevo) de una modificación registrada.
Registro = tuple[Direccion, date | None, Cifra, Cifra]


@dataclass(frozen=True, slots=True)
class Anterior:
    """Una entrega anterior de un informe."""

    archivo: str
    formato: str
    identidad: tuple[str, str]
    ejercicio: int
    periodo: Periodo | None  #: None: la formulación aprobada
    modificado: str = ""  #: fecha interna, para elegir entre dos del mismo periodo
    sha256: str = ""
    valores: Mapping[Direccion, Any] = field(default_factory=dict)  #: (hoja, llave, columna) → cifra o texto
    registros: tuple[Registro, ...] = ()

    @property
    def mes(self) -> int:
        """Último mes que informa; 0, la formulación."""
        return self.periodo.mes if self.periodo else 0

    @property
    def cuando(self) -> str:
        """Cómo se nombra en los mensajes."""
        if self.periodo is None:
            return "lo aprobado"
        return f"la entrega de {self.periodo.con_articulo}".replace(" de el ", " del ")

    def orden(self) -> tuple[int, str, str]:
        """De la más antigua a la más nueva."""
        return self.mes, self.modificado, self.archivo

    def llaves(self, hoja: str) -> set[object]:
        """Llaves de los renglones de una hoja."""
        return {llave for h, llave, _ in self.valores if h == hoja}


def llave_de(hoja: Hoja, fila: Fila) -> Any:
    """Con qué se reconoce un renglón de una entrega a otra: su código o su Nivel, y el trimestre si lo lleva."""
    partes = tuple(fila.valor(c) for c in hoja.llave)
    return partes[0] if len(partes) == 1 else partes


def comparables(formato: Formato) -> dict[str, tuple[str, ...]]:
    """Hoja → columnas que se comparan: las metas que pueden modificarse, lo ejecutado por periodo y los textos."""
    columnas: dict[str, list[str]] = {}
    for hoja, columna in (*formato.modificables.values(), *_TEXTOS.get(formato.clave, ())):
        columnas.setdefault(hoja, []).append(columna)
    for hoja in formato.hojas:
        propias = [c.clave for c in hoja.columnas if c.medida and c.meses and c.calculo is None]
        columnas.setdefault(hoja.clave, []).extend(propias)
    return {hoja: tuple(dict.fromkeys(claves)) for hoja, claves in columnas.items() if claves}


def ejercicio_de(libro: Libro) -> int | None:
    """Año del informe: el de su periodo o, en blanco, el del bloque o el título."""
    if libro.periodo is not None:
        return libro.periodo.ejercicio
    valor = libro.campo("ejercicio").valor
    return int(valor) if isinstance(valor, (int, float)) else None


def de_libro(libro: Libro) -> Anterior | None:
    """Lo que decía un libro; None si no se sabe de quién o de qué año es, o no se pudo leer."""
    ejercicio = ejercicio_de(libro)
    if libro.formato is None or libro.rechazado or ejercicio is None or not libro.identidad[0]:
        return None
    formato = FORMATOS[libro.formato]
    valores: dict[Direccion, Any] = {}
    for clave, columnas in comparables(formato).items():
        hoja = formato.por_clave[clave]
        for fila in libro.filas(clave):
            llave = llave_de(hoja, fila)
            if llave is None or (clave, llave, columnas[0]) in valores:
                continue  # sin llave, o repetida: vale la primera
            datos = ((c, fila[c]) for c in columnas)
            # Una celda que no se pudo leer no dice qué había.
            valores |= {(clave, llave, c): d.valor for c, d in datos if d.celda is not None and _se_leyo(d)}
    return Anterior(
        libro.archivo, libro.formato, libro.identidad, ejercicio, libro.periodo,
        libro.modificado.isoformat() if libro.modificado else "", libro.sha256, valores,
        tuple((m.direccion, m.fecha, m.anterior, m.nuevo) for m in modificaciones(libro)),
    )


def _se_leyo(dato: Dato) -> bool:
    return dato.valor is not None or dato.incidente is None


def por_identidad(anteriores: Iterable[Anterior]) -> dict[Identidad, tuple[Anterior, ...]]:
    """Las entregas de cada informe, de la más antigua a la más nueva."""
    grupos: dict[Identidad, list[Anterior]] = {}
    for uno in sorted(anteriores, key=Anterior.orden):
        grupos.setdefault((uno.formato, uno.identidad), []).append(uno)
    return {identidad: tuple(grupo) for identidad, grupo in grupos.items()}
