"""Los manuales, en Markdown, y la página HTML de cada uno: un solo archivo, con sus imágenes dentro."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pei_excel import VERSION
from pei_excel.salidas import escribir_entero, puerta

_AQUI = Path(__file__).parent


class Manual(NamedTuple):
    """Un manual: su Markdown, el nombre de su página y sus hojas de estilo."""

    fuente: str
    pagina: str
    estilos: tuple[str, ...] = ("pagina.css",)


MANUALES = (
    Manual("enlace.md", "Manual del enlace.html"),
    Manual("enlace-una-pagina.md", "El libro en una página.html", ("pagina.css", "una-pagina.css")),
    Manual("oficina.md", "Manual de la oficina.html"),
)


def escribir_manuales(carpeta: Path) -> list[Path]:
    """Escribe la página de cada manual y da sus rutas.

    Raises:
        SalidaOcupada: si no se puede escribir en la carpeta.
    """
    with puerta(carpeta):
        for manual in MANUALES:
            escribir_entero(carpeta / manual.pagina, como_pagina(manual).encode())
    return [carpeta / manual.pagina for manual in MANUALES]


def como_pagina(manual: Manual) -> str:
    """La página HTML completa: no pide nada a la red ni a otro archivo."""
    from markdown_it import MarkdownIt

    convertidor = MarkdownIt("commonmark", {"html": False}).enable("table")
    convertidor.add_render_rule("image", _imagen)
    texto = (_AQUI / manual.fuente).read_text(encoding="utf-8")
    titulo = texto.splitlines()[0].removeprefix("# ")
    # Una imagen sola en su párrafo es una figura, que no cabe dentro de él.
    cuerpo = convertidor.render(texto).replace("<p><figure>", "<figure>").replace("</figure></p>", "</figure>")
    estilos = "".join((_AQUI / nombre).read_text(encoding="utf-8") for nombre in manual.estilos)
    return (
        f'<!DOCTYPE html>\n<html lang="es">\n<head>\n<meta charset="utf-8">\n<title>{html.escape(titulo)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>\n{estilos}</style>\n</head>\n<body>\n{cuerpo}<footer>pei-excel {VERSION}</footer>\n</body>\n</html>\n"
    )


def _imagen(_: Any, piezas: Sequence[Any], indice: int, __: Any, ___: Any) -> str:
    """La imagen, dentro de la página, con su pie."""
    pieza = piezas[indice]
    contenido = base64.b64encode((_AQUI / str(pieza.attrGet("src"))).read_bytes()).decode()
    pie = html.escape(pieza.content)
    leyenda = f"<figcaption>{pie}</figcaption>" if pie else ""
    return f'<figure><img alt="{pie}" src="data:image/png;base64,{contenido}">{leyenda}</figure>'
