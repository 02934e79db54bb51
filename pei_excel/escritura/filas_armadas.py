"""Hojas de muchas filas: cada fila se escribe como un trozo de XML armado de una vez, y cuadros sencillos sobre ellas.

Es la misma hoja de siempre (títulos, gráficas, impresión); sólo las filas de datos van por este camino: enteras
(`agregar`) o como trozos de una fila entre otras celdas (`poner`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Any, NamedTuple

from pei_excel.escritura.estilos import FECHA, Estilos
from pei_excel.escritura.hoja import LibroNuevo
from pei_excel.escritura.medidas import alto_de_fila
from pei_excel.escritura.rapido import HojaRapida, calculada, entidades
from pei_excel.ubicacion import letra

__all__ = [
    "CORRIENTES", "FILA", "ColumnaDeCuadro", "Formula", "HojaDeFilas", "Molde", "con_formula", "con_numero",
    "entidades", "escribir_cuadro", "hoja_de_filas", "llenar", "molde", "principio",
]

#: Marca que ocupa el lugar del número de fila en una celda o una fórmula.
FILA = "\0"
_LARGO_MAXIMO = 32767
#: De cada celda: sin valor, y su principio si da un número y si da un texto.
Molde = Sequence[tuple[str, str, str]]
#: Clases de los valores con que se arman celdas.
CORRIENTES = frozenset({str, int, float, type(None)})


class HojaDeFilas(HojaRapida):
    """Hoja que recibe filas de datos ya armadas."""

    def __init__(self) -> None:
        super().__init__()
        self._filas_armadas: dict[int, str] = {}  #: número (desde 0) → la fila entera
        self._textos: dict[str, str] = {}

    def texto(self, inicio: str, texto: str) -> str:
        """Celda con un texto, que va a la tabla de textos del libro."""
        final = self._textos.get(texto)
        if final is None:
            indice = self.str_table._get_shared_string_index(texto[:_LARGO_MAXIMO])  # noqa: SLF001 - API de xlsxwriter
            final = self._textos[texto] = f' t="s"><v>{indice}</v></c>'
        return inicio + final

    def celdas(self, inicios: Iterable[str], valores: Iterable[str | float | None]) -> str:
        """Celdas seguidas de textos y números; lo vacío no se escribe."""
        textos = self._textos
        partes = []
        for inicio, valor in zip(inicios, valores, strict=True):
            if isinstance(valor, str):
                final = textos.get(valor)
                if final is not None:
                    partes.append(inicio + final)
                elif valor:
                    partes.append(self.texto(inicio, valor))
            elif valor is not None:
                partes.append(f"{inicio}><v>{valor:.16G}</v></c>")
        return "".join(partes)

    def celda(self, inicio: str, valor: str | float | None, formula: str | None = None) -> str:
        """Celda con un valor corriente, como la que da `escribir_valor`, o con una fórmula y el valor exacto que da."""
        if formula is not None:
            return calculada(inicio, formula, valor)
        if valor is None or valor == "":
            return f"{inicio}/>"
        if isinstance(valor, str):
            return self.texto(inicio, valor)
        return f"{inicio}><v>{valor:.16G}</v></c>" if isfinite(valor) else self.texto(inicio, str(valor))

    def renglon(
        self, inicios: Mapping[str, str], valores: Mapping[str, str | float | None], formulas: Mapping[str, str]
    ) -> str:
        """Las celdas de un renglón: por clave de columna, su texto, su número o el valor que da su fórmula.

        Las fórmulas van ya con sus entidades; lo que no tiene valor ni fórmula queda en blanco.
        """
        celdas = []
        for clave, inicio in inicios.items():
            valor = valores.get(clave)
            if clave in formulas:
                celdas.append(con_formula(inicio, formulas[clave], valor))
            elif isinstance(valor, str):
                celdas.append(self.texto(inicio, valor) if valor else con_numero(inicio, None))
            else:
                celdas.append(con_numero(inicio, valor))
        return "".join(celdas)

    def poner(self, fila: int, columna: int, celdas: Iterable[str]) -> None:
        """Pone celdas ya armadas y seguidas, desde esa columna; la marca FILA se cambia por su número."""
        juntas = "".join(celdas)
        if juntas:
            self.table[fila - 1][columna - 1] = juntas.replace(FILA, str(fila))

    def agregar(self, fila: int, celdas: str, alto: float | None = None) -> None:
        """Agrega una fila; en `celdas`, la marca FILA se cambia por su número."""
        atributos = f' ht="{alto:g}" customHeight="1"' if alto else ""
        numero = str(fila)
        self._filas_armadas[fila - 1] = f'<row r="{numero}"{atributos}>{celdas.replace(FILA, numero)}</row>'

    def tabla(self, primera: int, ultima: int, nombre: str, titulos: Sequence[str], encabezado: Any) -> None:
        """Tabla de Excel desde la columna A sobre filas ya agregadas; `primera` es la de los títulos."""
        ancho = len(titulos) - 1
        self.add_table(primera - 1, 0, primera, ancho, {
            "name": nombre, "style": "Table Style Light 1",
            "columns": [{"header": t, "header_format": encabezado} for t in titulos],
        })
        # xlsxwriter recorre todas las celdas del rango buscando datos: se le da uno chico y luego se corrige.
        rango = f"A{primera}:{letra(ancho + 1)}{ultima}"
        self.tables[-1].update({"range": rango, "a_range": rango, "autofilter": rango})

    def abarcar(self, fila: int, columna: int) -> None:
        """Dice hasta qué fila y columna (desde 1) llegan los datos agregados."""
        self._check_dimensions(fila - 1, columna - 1)

    def _write_rows(self) -> None:
        siguiente = self.dim_rowmin
        for fila, armada in sorted(self._filas_armadas.items()):
            if fila > siguiente:
                self._escribir_filas(siguiente, fila - 1)
            self.fh.write(armada)
            siguiente = fila + 1
        self._escribir_filas(siguiente, self.dim_rowmax)
        self._filas_armadas.clear()


def hoja_de_filas(libro: LibroNuevo, nombre: str) -> HojaDeFilas:
    """La hoja de ese nombre, de esta clase; la agrega si el libro no la tiene."""
    hoja: HojaDeFilas = libro.get_worksheet_by_name(nombre) or libro.add_worksheet(nombre, HojaDeFilas)
    return hoja


def principio(columna: int, formato: Any) -> str:
    """Principio de una celda: dirección y estilo (None: el Normal del libro); falta cerrar la etiqueta."""
    if formato is None:
        return f'<c r="{letra(columna)}{FILA}"'
    return f'<c r="{letra(columna)}{FILA}" s="{formato._get_xf_index()}"'  # noqa: SLF001 - API de xlsxwriter


def con_numero(inicio: str, valor: float | None) -> str:
    """Celda con un número, o en blanco."""
    return f"{inicio}/>" if valor is None else f"{inicio}><v>{valor:.16G}</v></c>"


def con_formula(inicio: str, formula: str, valor: float | str | None) -> str:
    """Celda con una fórmula (ya con sus entidades) y el valor que da; los textos son palabras nuestras."""
    if isinstance(valor, (int, float)):
        return f"{inicio}><f>{formula}</f><v>{valor:.16G}</v></c>"
    return f'{inicio} t="str"><f>{formula}</f><v>{valor or ""}</v></c>'


def molde(inicios: Iterable[str], formulas: Iterable[str | None]) -> Molde:
    """Celdas seguidas con fórmulas que se repiten en muchas filas, a falta de sus valores."""
    partes = []
    for inicio, formula in zip(inicios, formulas, strict=True):
        if formula is None:
            partes.append((f"{inicio}/>", f"{inicio}><v>", ""))
        else:
            de = f"<f>{entidades(formula)}</f><v>"
            partes.append((f'{inicio} t="str">{de}</v></c>', f"{inicio}>{de}", f'{inicio} t="str">{de}'))
    return partes


def llenar(vacias: Molde, valores: Iterable[float | str | None]) -> list[str]:
    """Las celdas de un molde con el valor exacto que da cada fórmula; los textos son palabras nuestras."""
    return [
        vacia if valor is None
        else f"{de_texto}{valor}</v></c>" if isinstance(valor, str)
        else f"{de_numero}{valor}</v></c>"
        for (vacia, de_numero, de_texto), valor in zip(vacias, valores, strict=True)
    ]


_PRIMER_DIA = date(1899, 12, 30)  #: el día 0 de Excel


class Formula(NamedTuple):
    """Una fórmula de un cuadro (sin «=»; la marca FILA es el número de su fila) y el valor que da."""

    texto: str
    valor: float | str | None


class ColumnaDeCuadro(NamedTuple):
    """Una columna de un cuadro: título, ancho, de dónde sale su valor y cómo se alinea.

    El valor puede ser un texto, un número, una fecha o una `Formula`.
    """

    titulo: str
    ancho: float
    valor: Callable[[Any], Any]
    alineacion: str = "left"
    mide: bool = True  #: su texto puede hacer crecer la fila
    formato: str = ""  #: de número, si no es el general
    estilo: str = "celda"


def escribir_cuadro(
    hoja: HojaDeFilas, fila: int, columnas: Sequence[ColumnaDeCuadro], objetos: Iterable[Any], estilos: Estilos, *,
    vacio: str = "", relleno: Callable[[Any], tuple[int, str] | None] | None = None,
) -> int:
    """Escribe el encabezado en `fila` y debajo un renglón por objeto; devuelve la última fila.

    `vacio` es lo que se dice si no hay ninguno. `relleno` da, para un objeto, la columna (desde 1) y el color con que
    se resalta.
    """
    encabezado = estilos("encabezado", bold=True)
    for n, columna in enumerate(columnas):
        hoja.set_column(n, n, columna.ancho)
        hoja.write_string(fila - 1, n, columna.titulo, encabezado)
    hoja.set_row(fila - 1, alto_de_fila([(c.titulo, c.ancho * 0.92) for c in columnas], minimo=18))
    propios = [{"num_format": c.formato} if c.formato else {} for c in columnas]
    inicios = [principio(n, estilos(c.estilo, align=c.alineacion, **propios[n - 1])) for n, c in enumerate(columnas, 1)]
    de_fecha = [principio(n, estilos(c.estilo, align="center", num_format=FECHA)) for n, c in enumerate(columnas, 1)]
    de_numero = [principio(n, estilos(c.estilo, align="right")) for n, c in enumerate(columnas, 1)]
    ultima = fila
    for objeto in objetos:
        ultima += 1
        resaltada = relleno(objeto) if relleno else None
        partes, textos = [], []
        for n, (columna, inicio) in enumerate(zip(columnas, inicios, strict=True), 1):
            valor = columna.valor(objeto)
            if resaltada and resaltada[0] == n:
                inicio = principio(  # noqa: PLW2901
                    n, estilos(columna.estilo, align=columna.alineacion, bg_color=resaltada[1], **propios[n - 1])
                )
            if valor is None or valor == "":
                partes.append(con_numero(inicio, None))
            elif isinstance(valor, Formula):
                partes.append(con_formula(inicio, entidades(valor.texto), valor.valor))
            elif isinstance(valor, date):
                partes.append(con_numero(de_fecha[n - 1], (valor - _PRIMER_DIA).days))
            elif isinstance(valor, (int, float)):
                partes.append(con_numero(de_numero[n - 1] if columna.alineacion == "left" else inicio, valor))
            else:
                texto = str(valor)
                partes.append(hoja.texto(inicio, texto))
                if columna.mide:
                    textos.append((texto, columna.ancho))
        hoja.agregar(ultima, "".join(partes), alto_de_fila(textos, minimo=18))
    if ultima == fila and vacio:
        ultima += 1
        hoja.agregar(ultima, hoja.texto(principio(1, estilos("texto")), vacio), 18)
    hoja.abarcar(ultima, len(columnas))
    return ultima
