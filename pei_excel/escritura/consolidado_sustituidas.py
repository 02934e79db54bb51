"""La hoja «Entregas sustituidas» del consolidado: las entregas que no se usan y, celda por celda, en qué difieren."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from pei_excel.consolidacion import orden_de_libro
from pei_excel.escritura.consolidado_comun import ENCABEZADO, imprimir, titular
from pei_excel.escritura.filas_armadas import ColumnaDeCuadro, escribir_cuadro, hoja_de_filas
from pei_excel.escritura.hoja import LibroNuevo
from pei_excel.frases_comunes import VOCABULARIO
from pei_excel.libro import Libro
from pei_excel.reglas.diferencias import Diferencia, diferencias
from pei_excel.revision import Revision
from pei_excel.tablas import Tablas
from pei_excel.textos import numero

SUSTITUIDAS = "Entregas sustituidas"
#: Celdas que se listan; dos libros sin nada en común dan unas mil.
TOPE = 20_000
_LARGO = 500  #: caracteres de cada valor
_IGUALES = "Sus datos son iguales"


class _Fila(NamedTuple):
    libro: Libro  #: la entrega que no se usa
    usado: Libro
    diferencia: Diferencia | None  #: None: dicen lo mismo


def escribir_sustituidas(libro: LibroNuevo, tablas: Tablas, revisiones: Sequence[Revision], *, papel: str) -> None:
    """La hoja; si no se sustituyó ninguna, no la hace."""
    suyas = sorted(
        ((r.libro, r.usado) for r in revisiones if r.usado is not None), key=lambda par: orden_de_libro(par[0])
    )
    if not suyas:
        return
    filas = list(islice(_filas(suyas), TOPE + 1))
    hay_mas = len(filas) > TOPE
    hoja = hoja_de_filas(libro, SUSTITUIDAS)
    sobran = f" Sólo se listan las primeras {TOPE:,}: hay más." if hay_mas else ""
    titular(
        hoja, "Entregas sustituidas por otra del mismo informe", tablas, libro.estilos,
        f"Cada celda que no dice lo mismo en las dos; las que llevan fórmula no se comparan.{sobran}",
    )

    def valor(fila: _Fila, usado: bool) -> str | None:
        d = fila.diferencia
        if d is None or not (d.celda_usada if usado else d.celda):
            return None
        crudo = d.valor_usado if usado else d.valor
        if crudo is None:
            return None
        return numero(crudo, 6) if isinstance(crudo, float) else str(crudo)[:_LARGO]

    columnas = (
        ColumnaDeCuadro(VOCABULARIO[tablas.formato].unidad, 26, lambda f: f.libro.unidad or ""),
        ColumnaDeCuadro("Entrega que no se usa", 26, lambda f: f.libro.archivo),
        ColumnaDeCuadro("Entrega que se usa", 26, lambda f: f.usado.archivo),
        ColumnaDeCuadro("Hoja", 14, lambda f: f.diferencia.hoja if f.diferencia else None),
        ColumnaDeCuadro("Renglón y columna", 28, lambda f: f.diferencia.que if f.diferencia else _IGUALES),
        ColumnaDeCuadro("Celda en la que no se usa", 12, lambda f: f.diferencia and f.diferencia.celda, "center"),
        ColumnaDeCuadro("Dice la que no se usa", 30, lambda f: valor(f, usado=False)),
        ColumnaDeCuadro("Celda en la que se usa", 12, lambda f: f.diferencia and f.diferencia.celda_usada, "center"),
        ColumnaDeCuadro("Dice la que se usa", 30, lambda f: valor(f, usado=True)),
    )
    ultima = escribir_cuadro(hoja, ENCABEZADO, columnas, filas[:TOPE], libro.estilos)
    hoja.freeze_panes(ENCABEZADO, 2)
    hoja.autofilter(ENCABEZADO - 1, 0, ultima - 1, len(columnas) - 1)
    imprimir(hoja, tablas, (ultima, len(columnas)), papel=papel)


def _filas(pares: Sequence[tuple[Libro, Libro | None]]) -> Iterator[_Fila]:
    for libro, usado in pares:
        if usado is None:
            continue
        distintas = False
        for diferencia in diferencias(libro, usado):
            distintas = True
            yield _Fila(libro, usado, diferencia)
        if not distintas:
            yield _Fila(libro, usado, None)
