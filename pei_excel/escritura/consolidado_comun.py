"""Lo que comparten las hojas del consolidado: títulos, notas, impresión y las claves con que se agrupa."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from pei_excel.calculos import Estado
from pei_excel.escritura.estilos import CONDICIONALES, CUERPO, Estilos
from pei_excel.escritura.hoja import configurar_impresion
from pei_excel.escritura.medidas import ALTO_DE_RENGLON, ancho_combinado, renglones
from pei_excel.periodos import Periodo
from pei_excel.semaforo import Perfil
from pei_excel.tablas import Grupo, Tablas, palabras

#: Fila del encabezado de todos los cuadros; los datos empiezan en la siguiente.
ENCABEZADO = 4
#: Papel → ancho y alto en puntos, de pie.
MEDIDAS = {"oficio": (612, 936), "legal": (612, 1008), "carta": (612, 792), "a4": (595, 842), "a3": (842, 1191)}
CIFRA = "#,##0.00"
#: Un texto en una columna de porcentajes (el estado) se ve como una raya: la palabra está al lado, en el semáforo.
PORCENTAJE = '0.0;-0.0;0.0;"–"'
#: Un % sin semáforo al lado: el estado se lee en su celda.
PORCENTAJE_O_ESTADO = "0.0;-0.0;0.0;@"
ENTERO = "#,##0"
#: Los soles se dicen en el título de la columna.
SOLES = "#,##0.00"


class Detalle(NamedTuple):
    """Dónde quedó cada cosa en la hoja que lleva un renglón por indicador o actividad, para que las demás la citen."""

    hoja: str
    letras: Mapping[str, str]  #: clave de columna → letra
    ultima: int  #: última fila de datos

    def rango(self, clave: str, hasta: str | None = None) -> str:
        """Rango absoluto de una columna, o de una columna a otra."""
        desde, fin = self.letras[clave], self.letras[hasta or clave]
        return f"'{self.hoja}'!${desde}${ENCABEZADO + 1}:${fin}${self.ultima}"

    def celda(self, clave: str, posicion: int) -> str:
        """Celda de una columna en el renglón de una posición de `Tablas.renglones`."""
        return f"'{self.hoja}'!{self.letras[clave]}{ENCABEZADO + 1 + posicion}"


def fecha(dia: date) -> str:
    """«08/07/2024»."""
    return f"{dia.day:02d}/{dia.month:02d}/{dia.year}"


def caracter_de(tablas: Tablas) -> str:
    """«DEFINITIVO. Versión 2; sustituye a la versión 1, cerrada el 08/08/2024»."""
    return ". ".join(p for p in (tablas.caracter, tablas.cierre.sustitucion if tablas.cierre else "") if p)


def ancho_de_cifra(valor: float) -> float:
    """Ancho que pide una cifra con dos decimales y miles."""
    return len(f"{valor:,.2f}") + 1.5


def al_periodo_de(periodo: Periodo) -> str:
    """«al 2do. trimestre de 2024»."""
    return f"{periodo.al_periodo} de {periodo.ejercicio}"


def titular(
    hoja: Any, titulo: str, tablas: Tablas, estilos: Estilos, subtitulo: str = "", *, fijas: Sequence[float] = (),
    anchos: Sequence[float] = (),
) -> None:
    """Filas 1 a 3: título con su periodo, corte y carácter; una frase de lo que contiene la hoja.

    `fijas` son los anchos de las columnas que se repiten en cada página a lo ancho: el título se dobla para caber en
    ellas y la frase va a su derecha, sólo en la primera. `anchos`, los de las columnas de la primera página: una frase
    que puede ser larga se dobla para caber en ellas.
    """
    hoja.hide_gridlines(2)
    texto = f"{titulo} {al_periodo_de(tablas.periodo)} · {tablas.caracter}"
    ancho = ancho_combinado(fijas) if fijas else 0.0
    lineas = renglones(texto, ancho, 14, negritas=True) if fijas else 1
    formato = estilos("subtitulo", font_size=14, **({"text_wrap": True} if lineas > 1 else {}))
    if lineas > 1 and len(fijas) > 1:
        hoja.merge_range(0, 0, 0, len(fijas) - 1, "", formato)
    hoja.write_string(0, 0, texto, formato)
    hoja.set_row(0, 18 * lineas + 4)
    nota, corte = estilos("nota", text_wrap=False, font_size=CUERPO), f"Corte: {fecha(tablas.corte)}"
    frase = subtitulo if fijas else " · ".join(p for p in (corte, subtitulo) if p)
    if fijas:
        hoja.write_string(1, 0, corte, nota)
    lineas = renglones(frase, ancho_combinado(anchos[len(fijas) :]) * 0.95) if anchos else 1
    if lineas > 1:
        nota = estilos("nota", font_size=CUERPO)
        hoja.merge_range(1, len(fijas), 1, len(anchos) - 1, "", nota)
        hoja.set_row(1, lineas * ALTO_DE_RENGLON + 4)
    if frase:
        hoja.write_string(1, len(fijas), frase, nota)


def cobertura_que_cabe(tablas: Tablas, ancho: float, lineas: int, letra: float = CUERPO) -> str:
    """La cobertura; si en ese ancho (en caracteres) no cabe en esas líneas, la breve."""
    entera = tablas.cobertura.frase
    return entera if renglones(entera, ancho, letra) <= lineas else tablas.cobertura.breve("en «Control de entregas»")


def notas_al_pie(hoja: Any, fila: int, notas: Iterable[str], anchos: Sequence[float], estilos: Estilos) -> int:
    """Notas bajo el cuadro, cada una combinada a lo ancho; devuelve la última fila."""
    formato = estilos("nota")
    ancho = ancho_combinado(anchos)
    for nota in notas:
        hoja.merge_range(fila - 1, 0, fila - 1, len(anchos) - 1, "", formato)
        hoja.write_string(fila - 1, 0, nota, formato)
        hoja.set_row(fila - 1, renglones(nota, ancho, 8) * 10.8 + 4)
        fila += 1
    return fila - 1


def imprimir(
    hoja: Any, tablas: Tablas, ultima: tuple[int, int], *, papel: str, horizontal: bool = True,
    repetir: bool = True,
) -> None:
    """Impresión de una página de ancho, con el encabezado repetido."""
    configurar_impresion(
        hoja, papel=papel, area=(1, 1, *ultima), repetir=(ENCABEZADO, ENCABEZADO) if repetir else None,
        horizontal=horizontal, pie=pie_de(tablas),
    )


def con_cortes(hoja: Any, anchos: Sequence[float], comunes: int, cortes: Sequence[int], papel: str) -> None:
    """Reparte las columnas en varias páginas que repiten las primeras; cada corte es la columna (desde 0) que empieza.

    La escala es la mayor con que cabe la página más ancha: con «ajustar a una página» Excel no respetaría los cortes.
    """
    hoja.repeat_columns(0, comunes - 1)
    hoja.set_print_scale(escala_de(anchos, comunes, cortes, papel))
    hoja.set_v_pagebreaks(list(cortes))


def escala_de(anchos: Sequence[float], comunes: int, cortes: Sequence[int], papel: str) -> int:
    """% con que cabe, apaisada, la más ancha de las páginas en que se reparten las columnas."""
    repetidas = sum(a * 7 + 5 for a in anchos[:comunes])
    paginas = [
        sum(a * 7 + 5 for a in anchos[desde:hasta]) + (repetidas if desde else 0)
        for desde, hasta in pairwise([0, *cortes, len(anchos)])
    ]
    return min(100, max(10, int((MEDIDAS[papel][1] - 36) / (max(paginas) * 0.75) * 100)))


def pie_de(tablas: Tablas) -> str:
    """Lo que se imprime al pie de cada página."""
    version = f" · versión {tablas.cierre.version}" if tablas.cierre and tablas.cierre.sustituye else ""
    return f"Seguimiento {al_periodo_de(tablas.periodo)} · {tablas.perfil.etiqueta} · {tablas.caracter}{version}"


def llaves_de(grupos: Sequence[Grupo]) -> dict[str, str]:
    """Clave de cada grupo → texto único y sin comodines con que las fórmulas lo cuentan."""
    llaves: dict[str, str] = {}
    usadas: set[str] = set()
    for grupo in grupos:
        limpia = "".join(c for c in grupo.clave if c not in '*?~|<>="').strip()[:40] or "sin clave"
        llave, n = limpia, 1
        while llave.casefold() in usadas:
            n += 1
            llave = f"{limpia} ({n})"
        usadas.add(llave.casefold())
        llaves[grupo.clave] = llave
    return llaves


def color_de(perfil: Perfil, palabra: str) -> str | None:
    """Nombre del formato condicional de una palabra del semáforo; None si no tiene color."""
    if palabra == Estado.SIN_LEER:
        return "sin_leer"
    banda = next((b for b in perfil.bandas if b.palabra == palabra), None)
    return f"semaforo_{banda.color}" if banda else None


def colorear(
    hoja: Any, rango: tuple[int, int, int, int], perfil: Perfil, estilos: Estilos, formato: str = "MIR"
) -> None:
    """Formatos condicionales de una columna de semáforo: cada palabra con su color, y «Sin reporte» resaltado."""
    for palabra in palabras(perfil, formato):
        nombre = color_de(perfil, palabra) or ("pendiente" if palabra == "Sin reporte" else None)
        if nombre:
            hoja.conditional_format(
                rango[0] - 1, rango[1] - 1, rango[2] - 1, rango[3] - 1,
                {"type": "cell", "criteria": "==", "value": f'"{palabra}"', "format": estilos.condicional(nombre)},
            )


def relleno_de(perfil: Perfil, palabra: str) -> dict[str, Any]:
    """Propiedades del color de una palabra, para encabezados y series."""
    nombre = color_de(perfil, palabra)
    return {k: v for k, v in CONDICIONALES[nombre].items() if k in {"bg_color", "font_color"}} if nombre else {}
