"""Las hojas del POI unidas por su código, como las ven las reglas: sin evaluar y sin tropezar con lo que falta."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pei_excel.calculos import Cifra
from pei_excel.formato import Hoja
from pei_excel.formatos.poi import PROGRAMACION
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.mensual import claves_de_mes
from pei_excel.periodos import MESES
from pei_excel.textos import parecido


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


def emparejar(sueltas: Sequence[Dato], sin_renglon: Sequence[Fila]) -> list[tuple[Dato, Fila]]:
    """(código suelto, actividad) de lo que parece ser lo mismo, con el código mal escrito, repetido o en blanco.

    Decide lo parecido de los códigos y, si está en el mismo lugar, también eso; cada uno se usa una sola vez.
    """
    def semejanza(suelta: Dato, actividad: Fila) -> float:
        igual_lugar = 0.5 if suelta.llave[1] == actividad.indice else 0.0
        return parecido(str(suelta.valor or ""), quien(actividad)) + igual_lugar

    posibles = sorted(
        ((semejanza(s, a), s, a) for s in sueltas for a in sin_renglon), key=lambda x: (-x[0], x[1].llave, x[2].indice)
    )
    usadas: set[tuple[str, int]] = set()
    parejas_: list[tuple[Dato, Fila]] = []
    for _, suelta, actividad in posibles:
        suyas = {suelta.llave[:2], (actividad.hoja, actividad.indice)}
        if not suyas & usadas:
            usadas |= suyas
            parejas_.append((suelta, actividad))
    return parejas_


def repetidas(libro: Libro, hoja: Hoja) -> list[Fila]:
    """Los renglones de una hoja cuyo código ya está en otro de arriba, y traen algo más."""
    return [f for filas in por_codigo(libro, hoja).values() for f in filas[1:] if not sin_nada_mas(f, hoja)]


def sin_nada_mas(fila: Fila, hoja: Hoja) -> bool:
    """Sólo trae su llave: un renglón de más en blanco no esconde ninguna cifra."""
    return all(d.vacio for c, d in fila.datos.items() if c not in hoja.llave and hoja.por_clave[c].calculo is None)


def sin_codigo(libro: Libro, hoja: Hoja) -> list[Fila]:
    """Los renglones de una hoja cuyo código está en blanco o no pudo leerse."""
    return [f for f in libro.filas(hoja.clave) if not f.valor(hoja.llave[0])]
