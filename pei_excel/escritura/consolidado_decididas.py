"""Lo que la oficina anota de cada observación en el consolidado: las columnas de captura y la hoja «Decididas»."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from pei_excel.decisiones import Decidida
from pei_excel.escritura.consolidado_comun import ENCABEZADO, con_cortes, imprimir, titular
from pei_excel.escritura.filas_armadas import ColumnaDeCuadro, HojaDeFilas, escribir_cuadro, hoja_de_filas
from pei_excel.escritura.hoja import LibroNuevo
from pei_excel.hallazgo import Decision
from pei_excel.lectura.decisiones import (
    CAPTURA,
    CARPETA,
    HOJA,
    HOJA_DE_DECIDIDAS,
    IDENTIDAD,
    OPCIONES,
    VACIO,
    VISIBLES,
    Sello,
    identidad_escrita,
)
from pei_excel.tablas import Tablas

_ANCHOS = {"decision": 13.0, "motivo": 40.0, "quien": 24.0, "fecha": 12.0}
_AYUDAS = {
    "decision": "Procede, No procede o Atendida. «No procede», con su motivo, deja de enviarse y de contarse mientras "
    "la celda diga lo mismo.",
    "fecha": "Día de la decisión, por ejemplo 08/07/2024.",
}
_ANCHOS_DE_DECIDIDAS = {
    "severidad": 10, "regla": 8, "unidad": 24, "programa": 22, "archivo": 22, "hoja": 10, "celda": 11, "mensaje": 42,
    "dice": 14,
}

#: Columnas que se repiten en las dos páginas a lo ancho: hasta la unidad.
_COMUNES = 4


def columnas_de_captura(
    decision: Callable[[Any], Decision | None], sello: Callable[[Any], Sello | None]
) -> list[ColumnaDeCuadro]:
    """Las cuatro que se llenan y, al final, la que se oculta; dicen lo anotado en el renglón y su identidad."""

    def valor(clave: str) -> Callable[[Any], Any]:
        posicion = list(CAPTURA).index(clave)

        def dar(renglon: Any) -> Any:
            tomada = decision(renglon)
            escrito = tomada[posicion] if tomada else None
            return _dia(escrito) if clave == "fecha" and escrito else escrito

        return dar

    def identidad(renglon: Any) -> str:
        return identidad_escrita(sello(renglon), decision(renglon))

    return [
        *(
            ColumnaDeCuadro(titulo, _ANCHOS[clave], valor(clave), "left" if clave in {"motivo", "quien"} else "center",
                            estilo="captura_de_texto")
            for clave, titulo in CAPTURA.items()
        ),
        ColumnaDeCuadro(IDENTIDAD, 10, identidad, mide=False, estilo="apoyo"),
    ]


def _dia(escrito: str) -> date | str:
    try:
        return date.fromisoformat(escrito)
    except ValueError:
        return escrito


def preparar_captura(hoja: HojaDeFilas, desde: int, ultima: int, columnas: Sequence[ColumnaDeCuadro]) -> None:
    """Listas y ayudas de las columnas de captura, que empiezan en `desde` (desde 0), y oculta la última."""
    for n, clave in enumerate(CAPTURA, desde):
        ayuda = _AYUDAS.get(clave)
        if ayuda is None:
            continue
        regla: dict[str, Any] = {"validate": "list", "source": list(OPCIONES)} if clave == "decision" else {
            "validate": "date", "criteria": "between", "minimum": date(2000, 1, 1), "maximum": date(2099, 12, 31),
        }
        hoja.data_validation(ENCABEZADO, n, ultima - 1, n, regla | {
            "input_title": CAPTURA[clave], "input_message": ayuda, "error_title": CAPTURA[clave],
            "error_message": ayuda,
        })
    final = desde + len(CAPTURA)
    hoja.set_column(final, final, columnas[final].ancho, None, {"hidden": True})


def con_decididas(hojas: Sequence[str], tablas: Tablas) -> list[str]:
    """Los nombres de las hojas del libro; si hay decididas, con la suya tras las observaciones."""
    lista = list(hojas)
    if tablas.decididas:
        lista.insert(lista.index(HOJA) + 1, HOJA_DE_DECIDIDAS)
    return lista


def escribir_decididas(libro: LibroNuevo, tablas: Tablas, *, papel: str) -> None:
    """La hoja de las decisiones que no están junto a una observación; si no hay ninguna, no la hace."""
    if not tablas.decididas:
        return
    hoja = hoja_de_filas(libro, HOJA_DE_DECIDIDAS)
    visibles = [c for c in VISIBLES if c != "programa" or tablas.formato == "MIR"]
    columnas = [
        ColumnaDeCuadro("Situación", 16, lambda d: d.situacion),
        *(ColumnaDeCuadro(VISIBLES[c], _ANCHOS_DE_DECIDIDAS[c], _visible(c), "center" if c in {"severidad", "regla"}
                          else "left") for c in visibles),
    ]
    propias = len(columnas)
    titular(
        hoja, "Observaciones decididas por el área de planeación", tablas, libro.estilos,
        "Lo que no procede no se envía ni se cuenta mientras la celda diga lo mismo; para que vuelva, borre aquí su "
        "decisión.", fijas=[c.ancho for c in columnas[:_COMUNES]],
    )
    columnas += columnas_de_captura(lambda d: d.decision, lambda d: d.sello)
    ultima = escribir_cuadro(hoja, ENCABEZADO, columnas, tablas.decididas, libro.estilos)
    hoja.freeze_panes(ENCABEZADO, _COMUNES)
    hoja.autofilter(ENCABEZADO - 1, 0, ultima - 1, len(columnas) - 1)
    preparar_captura(hoja, propias, ultima, columnas)
    imprimir(hoja, tablas, (ultima, len(columnas) - 1), papel=papel)
    con_cortes(hoja, [c.ancho for c in columnas[:-1]], _COMUNES, [propias], papel)


def _visible(clave: str) -> Callable[[Decidida], Any]:
    vacio = CARPETA if clave == "archivo" else VACIO
    return lambda d: vacio if getattr(d.visto, clave) == "" else getattr(d.visto, clave)
