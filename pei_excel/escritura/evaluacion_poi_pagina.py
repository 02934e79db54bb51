"""La página del informe de un POI: su cuadrícula, y escribir de arriba abajo cortando las páginas entre trozos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from pei_excel.escritura.estilos import CUERPO, Estilos
from pei_excel.escritura.evaluacion_bloques import Celda
from pei_excel.escritura.evaluacion_hoja import escribir_celda
from pei_excel.escritura.evaluacion_poi_encargo import EncargoPOI
from pei_excel.escritura.evaluacion_poi_papel import cabe_de_alto, escala, partir
from pei_excel.escritura.evaluacion_poi_tramos import COLUMNAS_DE_TRAMO
from pei_excel.escritura.hoja import combinar
from pei_excel.escritura.medidas import alto_de_fila, ancho_combinado

#: Las primeras columnas, iguales a las de las hojas de horizontes pero con sus propios anchos.
FIJAS: tuple[tuple[str, str, float], ...] = (
    ("numero", "N.º", 4.5), ("codigo", "Código", 11.0), ("actividad", "Actividad", 30.0),
    ("unidad_medida", "Unidad de medida", 13.0),
)
ANCHOS = [ancho for *_, ancho in FIJAS] + [max(ancho, 9.0) for *_, ancho in COLUMNAS_DE_TRAMO]
ULTIMA = len(ANCHOS)
#: Renglones de un texto en una fila de tabla; lo que sobra sigue en otra, para que no se achique ni deje huecos.
_MAXIMO_DE_RENGLONES = 14


class Tramo(NamedTuple):
    """Unas columnas combinadas de la cuadrícula: primera, última y título."""

    desde: int
    hasta: int
    titulo: str

    @property
    def ancho(self) -> float:
        """En caracteres."""
        return ancho_combinado(ANCHOS[self.desde - 1 : self.hasta])


class Pagina:
    """Una hoja que se llena hacia abajo."""

    def __init__(self, hoja: Any, encargo: EncargoPOI, estilos: Estilos) -> None:
        self.hoja, self.encargo, self.estilos = hoja, encargo, estilos
        self.fila = 1  #: la siguiente
        self.cortes: list[int] = []
        self.escala = escala([ANCHOS], encargo.papel)
        self._cabe = cabe_de_alto(encargo.papel, self.escala)
        self._usado = 0.0
        for n, ancho in enumerate(ANCHOS):
            hoja.set_column(n, n, ancho)

    def agregar(self, puntos: float, *, con: float = 0.0) -> int:
        """Ocupa una fila de ese alto y da su número; si no cabe junto con `con` puntos más, empieza otra página."""
        if self._usado and self._usado + puntos + con > self._cabe:
            self.cortes.append(self.fila - 1)
            self._usado = 0.0
        self._usado += puntos
        self.hoja.set_row(self.fila - 1, puntos)
        self.fila += 1
        return self.fila - 1

    def no_cabe(self, puntos: float) -> bool:
        """Una fila de ese alto empezaría otra página."""
        return self._usado + puntos > self._cabe

    def combinar(self, fila: int, desde: int, hasta: int, texto: str, formato: Any) -> None:
        """Un texto en varias columnas."""
        combinar(self.hoja, (fila, desde), (fila, hasta), formato)
        self.hoja.write_string(fila - 1, desde - 1, texto, formato)

    def celda(self, fila: int, desde: int, hasta: int, celda: Celda, formato: Any) -> None:
        """Una celda calculada en varias columnas."""
        combinar(self.hoja, (fila, desde), (fila, hasta), formato)
        escribir_celda(self.hoja, fila, desde, celda, formato, self.estilos)

    def seccion(self, titulo: str, *, con: float) -> None:
        """Un título de sección, que no se separa de los `con` puntos que le siguen."""
        self.agregar(8)
        fila = self.agregar(18, con=con)
        self.hoja.write_string(fila - 1, 0, titulo, self.estilos("subtitulo"))

    def parrafo(self, texto: str, estilo: str = "parrafo") -> None:
        """Un párrafo a todo lo ancho."""
        letra = 8 if estilo == "nota" else CUERPO
        fila = self.agregar(alto_de_fila([(texto, ancho_combinado(ANCHOS))], letra=letra, minimo=13))
        self.combinar(fila, 1, ULTIMA, texto, self.estilos(estilo))

    def tabla(self, tramos: Sequence[Tramo], renglones: Sequence[Sequence[Celda]], formatos: Sequence[str]) -> None:
        """Una tabla de celdas combinadas; el encabezado se repite en cada página que ocupe.

        `formatos` da el formato de número de cada columna; vacío, es de texto.
        """
        alto_de_titulos = alto_de_fila([(t.titulo, t.ancho * 0.92) for t in tramos], minimo=16)
        encabezar = True
        for renglon in (parte for entero in renglones for parte in _partes(tramos, entero)):
            textos = [
                (str(c.valor), t.ancho) for t, c in zip(tramos, renglon, strict=True) if isinstance(c.valor, str)
            ]
            alto = alto_de_fila(textos, minimo=16)
            if encabezar or self.no_cabe(alto):
                fila = self.agregar(alto_de_titulos, con=alto)
                for t in tramos:
                    self.combinar(fila, t.desde, t.hasta, t.titulo, self.estilos("banda"))
                encabezar = False
            fila = self.agregar(alto)
            for t, celda, numero in zip(tramos, renglon, formatos, strict=True):
                extra = {"num_format": numero, "align": "right", "valign": "top"} if numero else {"valign": "top"}
                self.celda(fila, t.desde, t.hasta, celda, self.estilos("celda", **extra))


def _partes(tramos: Sequence[Tramo], renglon: Sequence[Celda]) -> list[list[Celda]]:
    """Un renglón con textos muy largos, en varios seguidos; la primera columna dice que sigue."""
    trozos = [
        partir(c.valor, t.ancho, _MAXIMO_DE_RENGLONES) if c.formula is None and isinstance(c.valor, str) else [c.valor]
        for t, c in zip(tramos, renglon, strict=True)
    ]
    partes = [list(renglon)]
    for n in range(1, max(map(len, trozos))):
        partes.append([Celda(None, trozo[n] if n < len(trozo) else "") for trozo in trozos])
        partes[n][0] = Celda(None, f"{renglon[0].valor} (sigue)")
    for k, trozo in enumerate(trozos):
        if len(trozo) > 1:
            partes[0][k] = Celda(None, trozo[0])
    return partes
