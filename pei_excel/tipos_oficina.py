"""Tipos de dato propios de los libros de la oficina: claves, correos, colores y periodos de un calendario."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pei_excel.crudo import CeldaCruda
from pei_excel.periodos import Periodo
from pei_excel.tipos import Contexto, Incidente, Lectura, MesOTrimestre, Tipo, como_texto

#: En una validación, donde va la dirección de la celda.
CELDA = "{celda}"
#: Regla que documenta un correo que no lo es.
CORREO_INVALIDO = "CAT005"

_CORREO = re.compile(r"[^@\s,;<>()\"]+@(?:[^@\s.,;<>()\"]+\.)+[A-Za-z]{2,}")
_SEPARADOR = re.compile(r"[,;\n]+")


def es_correo(texto: str) -> bool:
    """Tiene la forma de una dirección de correo."""
    return _CORREO.fullmatch(texto) is not None


def partir(texto: str) -> tuple[str, ...]:
    """Lo escrito en una celda, separado por comas, punto y coma o renglones; sin repetir."""
    return tuple(dict.fromkeys(parte.strip() for parte in _SEPARADOR.split(texto) if parte.strip()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Clave(Tipo):
    """Clave de una unidad, un programa o un objetivo: texto, para que 0504 no pierda su cero."""

    formato: str = "@"
    alineacion: str = "center"

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        if isinstance(crudo, (datetime, date)):
            mensaje = f"Excel convirtió la clave en una fecha ({como_texto(crudo)})"
            return Lectura(None, Incidente("FMT004", mensaje, error=True))
        return Lectura(" ".join(como_texto(crudo).split()).upper())

    def explicar(self) -> str:
        return "Clave corta."


@dataclass(frozen=True, slots=True, kw_only=True)
class Claves(Clave):
    """Una o varias claves separadas por comas."""

    alineacion: str = "left"

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        leida = Clave._leer(self, crudo, celda, contexto)  # noqa: SLF001 - super() no funciona con slots
        if leida.valor is None:
            return leida
        partes = partir(como_texto(crudo).upper())
        return Lectura(tuple(" ".join(p.split()) for p in partes) or None)

    def explicar(self) -> str:
        return "Una o varias claves, separadas por comas."


@dataclass(frozen=True, slots=True, kw_only=True)
class Correo(Tipo):
    """Una dirección de correo."""

    formato: str = "@"

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        texto = como_texto(crudo).strip()
        malos = _que_no_son([texto])
        return Lectura(None, malos) if malos else Lectura(texto)

    def validacion(self) -> dict[str, Any]:
        # Excel sólo comprueba la forma general; al leer se comprueba entera.
        una_arroba = f'LEN({CELDA})-LEN(SUBSTITUTE({CELDA},"@",""))=1'
        punto = f'ISNUMBER(FIND(".",{CELDA},FIND("@",{CELDA})+2))'
        return {"validate": "custom", "value": f'=AND({una_arroba},{punto},ISERROR(FIND(" ",{CELDA})))'}

    def explicar(self) -> str:
        return "Una dirección de correo: nombre@dominio."


@dataclass(frozen=True, slots=True, kw_only=True)
class Correos(Tipo):
    """Una o varias direcciones de correo separadas por comas."""

    formato: str = "@"

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        partes = partir(como_texto(crudo))
        malos = _que_no_son(partes)
        return Lectura(None, malos) if malos else Lectura(partes or None)

    def validacion(self) -> dict[str, Any]:
        return {"validate": "custom", "value": f'=ISNUMBER(FIND(".",{CELDA},FIND("@",{CELDA})+2))'}

    def explicar(self) -> str:
        return "Una o varias direcciones de correo, separadas por comas."


def _que_no_son(partes: Iterable[str]) -> Incidente | None:
    malos = [parte for parte in partes if not es_correo(parte)]
    if not malos:
        return None
    # Un salto dentro de la dirección partiría la línea en que se dice.
    dichos = ", ".join(f"«{' '.join(m.split())}»" for m in malos[:3])
    que = "no es una dirección de correo" if len(malos) == 1 else "no son direcciones de correo"
    return Incidente(CORREO_INVALIDO, f"{dichos} {que}", error=True)


def contraste(uno: str, otro: str) -> float:
    """Contraste entre dos colores (#RRGGBB), de 1 a 21, como lo define WCAG 2."""

    def luz(color: str) -> float:
        partes = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        rojo, verde, azul = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in partes]
        return 0.2126 * rojo + 0.7152 * verde + 0.0722 * azul

    clara, oscura = sorted((luz(uno), luz(otro)), reverse=True)
    return (clara + 0.05) / (oscura + 0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColorWeb(Tipo):
    """Un color como #1F4E79."""

    formato: str = "@"

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        texto = como_texto(crudo).strip().upper()
        if re.fullmatch(r"#?[0-9A-F]{6}", texto):
            return Lectura("#" + texto.removeprefix("#"))
        mensaje = f"«{como_texto(crudo)}» no es un color; se espera # y seis cifras o letras de la A a la F"
        return Lectura(None, Incidente("FMT004", mensaje, error=True))

    def validacion(self) -> dict[str, Any]:
        return {"validate": "custom", "value": f'=AND(LEFT({CELDA},1)="#",LEN({CELDA})=7)'}

    def explicar(self) -> str:
        return "Color con # y seis cifras o letras de la A a la F: #1F4E79."


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodoDeCalendario(MesOTrimestre):
    """Un trimestre o un mes del calendario; la lista ofrece los del ejercicio y los del siguiente."""

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        leida = MesOTrimestre._leer(self, crudo, celda, contexto)  # noqa: SLF001 - super() no funciona con slots
        # FMT016 habla del bloque de identificación de un informe; aquí es una celda como las demás.
        return leida if leida.incidente is None else Lectura(None, leida.incidente._replace(clase="FMT004"))

    def periodos(self, ejercicio: int) -> tuple[Periodo, ...]:
        propios, siguientes = (MesOTrimestre.periodos(self, ejercicio + n) for n in (0, 1))
        return *propios, *siguientes
