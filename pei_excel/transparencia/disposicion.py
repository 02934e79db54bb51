"""Los renglones del catálogo → la disposición de una fracción, o lo que falta para escribirla y dónde se escribe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pei_excel.catalogo.registros import CampoDeTransparencia
from pei_excel.formatos import transparencia as forma
from pei_excel.formatos.catalogo import TRANSPARENCIA
from pei_excel.textos import cuenta, enumerar, normalizar, sin_plural
from pei_excel.transparencia.modelo import CampoPublicado, Publicacion, Subtabla


@dataclass(frozen=True, slots=True)
class PorLlenar:
    """Lo que el catálogo no dice y hace falta para una fracción; cada frase, con su lugar."""

    fraccion: str
    frases: tuple[str, ...]


#: Columnas del catálogo que valen para toda la fracción y sin las que no se escribe.
_DEL_FORMATO = ("formato", "titulo", "nombre_corto")
_MUCHOS = 4  #: celdas que se nombran una por una


def reconocer(fraccion: str, titulo: str, *, subtabla: bool = False) -> forma.CampoDeFraccion | None:
    """El campo de una fracción al que corresponde un título, por sus palabras; None si no se reconoce."""
    palabras = set(sin_plural(titulo).split())
    propios = [c for c in forma.FRACCIONES[fraccion] if c.subtabla is subtabla]
    exacto = next((c for c in propios if normalizar(c.titulo) == normalizar(titulo)), None)
    return exacto or next((c for c in propios if palabras.issuperset(map(sin_plural, c.palabras))), None)


def disponer(fraccion: str, renglones: Sequence[CampoDeTransparencia]) -> Publicacion | PorLlenar:
    """La publicación vacía de una fracción, con los campos en el orden del catálogo; o lo que falta en él."""
    suyos = [r for r in renglones if r.fraccion.upper() == fraccion]
    faltan = [*_del_formato(fraccion, suyos), *_campos_ausentes(fraccion, suyos), *_repetidos(fraccion, suyos),
              *_vacios(fraccion, suyos)]
    if faltan:
        return PorLlenar(fraccion, tuple(faltan))
    principales = [r for r in suyos if r.tabla is None]
    subtablas = tuple(
        Subtabla(r.id_campo or "", tuple(_campo(fraccion, x, subtabla=True) for x in suyos if x.tabla == r.id_campo))
        for r in principales if _tipo(fraccion, r) == forma.TABLA
    )
    def del_formato(clave: str) -> str:
        return next((str(v) for r in suyos if (v := getattr(r, clave))), "")

    return Publicacion(
        fraccion, del_formato("formato"), del_formato("titulo"), del_formato("nombre_corto"),
        tuple(_campo(fraccion, r) for r in principales), del_formato("descripcion"), del_formato("articulo"),
        subtablas=subtablas,
    )


def _campo(fraccion: str, renglon: CampoDeTransparencia, *, subtabla: bool = False) -> CampoPublicado:
    conocido = reconocer(fraccion, renglon.campo, subtabla=subtabla)
    return CampoPublicado(
        renglon.campo, renglon.id_campo or "", _tipo(fraccion, renglon) or 0, conocido.clave if conocido else "",
        conocido.opciones if conocido else (),
    )


def _tipo(fraccion: str, renglon: CampoDeTransparencia) -> int | None:
    """El que dice el catálogo o, si no, el que se conoce."""
    conocido = reconocer(fraccion, renglon.campo, subtabla=renglon.tabla is not None)
    return renglon.tipo or (conocido.tipo if conocido else None)


def _columna(clave: str) -> str:
    """«“Id del campo” (columna H)»."""
    return f"«{TRANSPARENCIA.por_clave[clave].titulo}» (columna {TRANSPARENCIA.disposicion.letra[clave]})"


def _del_formato(fraccion: str, suyos: Sequence[CampoDeTransparencia]) -> list[str]:
    frases = []
    for clave in _DEL_FORMATO:
        dichos = list(dict.fromkeys(v for r in suyos if (v := getattr(r, clave))))
        if not dichos:
            frases.append(f"escriba {_columna(clave)} en un renglón de la fracción {fraccion}")
        elif len(dichos) > 1:
            frases.append(f"en {_columna(clave)} la fracción {fraccion} dice {enumerar(f'«{d}»' for d in dichos)}; "
                          "deje uno")
    return frases


def _campos_ausentes(fraccion: str, suyos: Sequence[CampoDeTransparencia]) -> list[str]:
    estan = {c.clave for r in suyos if (c := reconocer(fraccion, r.campo, subtabla=r.tabla is not None))}
    faltan = [c for c in forma.FRACCIONES[fraccion] if c.exigido and c.clave not in estan]
    if not faltan:
        return []
    titulos = enumerar(f"«{c.titulo}»" for c in faltan)
    tabla = f" (y {_columna('tabla')} en los de la subtabla)" if any(c.subtabla for c in faltan) else ""
    return [(f"agregue un renglón por cada campo que falta: {titulos}, con {_columna('fraccion')} {fraccion}, "
             f"{_columna('id_campo')} y {_columna('tipo')}{tabla}")]


def _repetidos(fraccion: str, suyos: Sequence[CampoDeTransparencia]) -> list[str]:
    vistos: dict[tuple[str, bool], CampoDeTransparencia] = {}
    frases = []
    for r in suyos:
        conocido = reconocer(fraccion, r.campo, subtabla=r.tabla is not None)
        if conocido is None:
            continue
        previo = vistos.setdefault((conocido.clave, conocido.subtabla), r)
        if previo is not r:
            frases.append(f"«{previo.campo}» ({previo.dato('campo').celda}) y «{r.campo}» ({r.dato('campo').celda}) "
                          f"parecen el mismo campo, «{conocido.titulo}»; deje uno")
    return frases


def _vacios(fraccion: str, suyos: Sequence[CampoDeTransparencia]) -> list[str]:
    """Los renglones sin id, sin tipo o de una subtabla que nadie tiene."""
    frases = []
    for clave, malos in (
        ("id_campo", [r for r in suyos if not r.id_campo]), ("tipo", [r for r in suyos if not _tipo(fraccion, r)]),
    ):
        if malos:
            frases.append(f"falta {_columna(clave)} de {_nombrados(malos, clave)}")
    tablas = {r.id_campo for r in suyos if r.tabla is None and _tipo(fraccion, r) == forma.TABLA}
    sueltos = [r for r in suyos if r.tabla is not None and r.tabla not in tablas]
    if sueltos:
        frases.append(f"{_columna('tabla')} no es el id de ningún campo de tipo {forma.TABLA} en "
                      f"{_nombrados(sueltos, 'tabla')}")
    return frases


def _nombrados(renglones: Sequence[CampoDeTransparencia], clave: str) -> str:
    """«“Nota” (H37)»; si son muchos, cuántos y en qué celdas."""
    if len(renglones) <= _MUCHOS:
        return enumerar(f"«{r.campo}» ({r.dato(clave).celda})" for r in renglones)
    celdas = [str(r.dato(clave).celda) for r in renglones]
    return f"{cuenta(len(celdas), 'campo')} ({', '.join(celdas)})"
