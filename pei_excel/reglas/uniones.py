"""Las hojas del POI unidas por su código, como las ven las reglas: sin evaluar y sin tropezar con lo que falta."""

from __future__ import annotations

from collections.abc import Iterator

from pei_excel.calculos import Cifra
from pei_excel.formato import Hoja
from pei_excel.formatos.poi import PROGRAMACION
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.mensual import claves_de_mes
from pei_excel.periodos import MESES


def actividades(libro: Libro) -> list[Fila]:
    """Los renglones de `Programación`."""
    return libro.filas(PROGRAMACION.clave)


def quien(fila: Fila) -> str:
    """Cómo se nombra la fila en un mensaje: su código."""
    return str(fila.valor("codigo") or f"la fila {fila.numero}")


def cifras(fila: Fila, medida: str) -> tuple[Cifra, ...]:
    """Los doce meses de una medida; lo que no se pudo leer, vacío."""
    return tuple(v if isinstance(v := fila.valor(clave), float) else None for clave in claves_de_mes(medida))


def de_meses(fila: Fila, medida: str) -> tuple[Dato, ...]:
    """Las doce celdas de una medida."""
    return tuple(fila[clave] for clave in claves_de_mes(medida))


def mes(numero: int) -> str:
    """«enero»."""
    return MESES[numero - 1]


def se_juzga(libro: Libro, total: Dato) -> bool:
    """El total lo escribió alguien, o una fórmula que no es la nuestra: la de nuestra plantilla la mira FMT009."""
    return total.celda is not None and not (total.formula and (libro.nuestro or not total.calculada))


def por_codigo(libro: Libro, hoja: Hoja) -> dict[str, list[Fila]]:
    """Las filas de una hoja por el código de su actividad; las que no lo traen, fuera."""
    halladas: dict[str, list[Fila]] = {}
    for fila in libro.filas(hoja.clave):
        codigo = fila.valor(hoja.llave[0])
        if codigo:
            halladas.setdefault(str(codigo), []).append(fila)
    return halladas


def parejas(libro: Libro, hoja: Hoja) -> Iterator[tuple[Fila, Fila]]:
    """Cada actividad con su renglón de otra hoja, donde lo hay; un código repetido, con el primero."""
    otras = por_codigo(libro, hoja)
    vistas: set[str] = set()
    for fila in actividades(libro):
        codigo = str(fila.valor("codigo") or "")
        if codigo in otras and codigo not in vistas:
            vistas.add(codigo)
            yield fila, otras[codigo][0]
