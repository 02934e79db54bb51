"""Lo común a las hojas oficiales que un libro de evaluación reconstruye, de cualquier formato: celdas y notas."""

from __future__ import annotations

from typing import Any

from pei_excel.crudo import ErrorExcel
from pei_excel.escritura.estilos import CUERPO, Estilos
from pei_excel.escritura.evaluacion_bloques import Celda
from pei_excel.escritura.evaluacion_encargo import Mapa
from pei_excel.escritura.hoja import escribir_formula, escribir_valor
from pei_excel.escritura.medidas import letra_que_cabe, renglones
from pei_excel.formato import Columna
from pei_excel.libro import Dato
from pei_excel.tipos import Incidente

_AUTOR = "Área de planeación"
_ANCHO_NOTA = 250  #: píxeles


def escribir_celda(hoja: Any, fila: int, columna: int, celda: Celda, formato: Any, estilos: Estilos) -> None:
    """Una celda calculada: su fórmula con su valor o, si no la tiene, sólo el valor."""
    if celda.formula is not None:
        escribir_formula(hoja, fila, columna, celda.formula, formato, celda.valor)
    else:
        escribir_valor(hoja, fila, columna, celda.valor, formato, estilos)


def formato_de_lo_escrito(
    columna: Columna, dato: Dato, formato: Any, estilos: Estilos, textos: list[tuple[str, float]]
) -> Any:
    """Formato de una celda oficial tal como la unidad la escribió; a `textos` agrega el que haga crecer la fila."""
    valor = dato.crudo
    if isinstance(valor, str) and not isinstance(valor, ErrorExcel) and len(valor) > 8:
        textos.append((valor, columna.ancho))
        if len(valor) > columna.ancho * 25 and (menor := letra_que_cabe(valor, columna.ancho)) < CUERPO:
            return estilos.variante(formato, font_size=menor)
    elif dato.incidente is not None and _en_porcentaje(valor, dato.incidente):
        return estilos.variante(formato, num_format="0%" if round(valor * 100, 6) % 1 == 0 else "0.00%")
    return formato


def _en_porcentaje(valor: Any, incidente: Incidente) -> bool:
    """La celda se veía como porcentaje: es el único FMT005 de una celda con número."""
    return incidente.clase == "FMT005" and isinstance(valor, (int, float)) and not isinstance(valor, bool)


def poner_notas(hoja: Any, mapa: Mapa) -> None:
    """Una nota por celda observada: qué se encontró y qué hacer."""
    hoja.set_comments_author(_AUTOR)
    for (fila, columna), hallazgos in mapa.observados.items():
        texto = "\n\n".join(
            f"{h.severidad.para_la_unidad} · {h.regla}\n{h.mensaje}\n→ {h.como_corregir}" for h in hallazgos
        )
        alto = renglones(texto, _ANCHO_NOTA / 7 - 2, 9) * 14 + 12
        hoja.write_comment(fila - 1, columna - 1, texto, {"width": _ANCHO_NOTA, "height": min(alto, 420)})
