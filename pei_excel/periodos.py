"""Periodos de reporte: año, semestre, trimestre o mes, cómo se escriben y qué trimestres mide cada frecuencia."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

TRIMESTRES = (1, 2, 3, 4)
ORDINALES = ("1er.", "2do.", "3er.", "4to.")
MESES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)

#: Trimestres que mide un indicador según su Frecuencia de Medición (anual y más largas: al cierre del año).
#: Fuente: práctica de los sistemas de evaluación del desempeño; concuerda con el informe de 2024.
MIDE: dict[str, tuple[int, ...]] = {
    "Mensual": (1, 2, 3, 4),
    "Bimestral": (1, 2, 3, 4),
    "Trimestral": (1, 2, 3, 4),
    "Cuatrimestral": (2, 3, 4),
    "Semestral": (2, 4),
    "Anual": (4,),
    "Bienal": (4,),
    "Trienal": (4,),
    "Quinquenal": (4,),
    "Sexenal": (4,),
}

_CODIGO = re.compile(r"^(\d{4})(?:-(?:T([1-4])|S([12])|(0[1-9]|1[0-2])))?$", re.IGNORECASE)
_PALABRAS_ORDINALES = (
    ("1", "1er", "1ro", "1o", "1°", "1º", "primer", "primero", "i"),
    ("2", "2do", "2o", "2°", "2º", "segundo", "ii"),
    ("3", "3er", "3ro", "3o", "3°", "3º", "tercer", "tercero", "iii"),
    ("4", "4to", "4o", "4°", "4º", "cuarto", "iv"),
)
_RANGOS_DE_MESES = (("enero", "marzo"), ("abril", "junio"), ("julio", "septiembre"), ("octubre", "diciembre"))


@dataclass(frozen=True, slots=True, order=True)
class Periodo:
    """Un periodo de reporte."""

    ejercicio: int  #: año fiscal, cuatro cifras
    clase: Literal["A", "S", "T", "M"]  #: año, semestre, trimestre o mes
    numero: int = 1  #: 1 para el año; 1–2, 1–4 o 1–12

    @classmethod
    def de_codigo(cls, codigo: str) -> Periodo:
        """Lee «2024-T2», «2024-S1», «2024» o «2024-05».

        Raises:
            ValueError: con la explicación, si no es un periodo.
        """
        partes = _CODIGO.match(codigo.strip())
        if not partes:
            raise ValueError(f"«{codigo}» no es un periodo; escriba por ejemplo 2024-T2, 2024-S1, 2024 o 2024-05")
        ejercicio = int(partes[1])
        if partes[2]:
            return cls(ejercicio, "T", int(partes[2]))
        if partes[3]:
            return cls(ejercicio, "S", int(partes[3]))
        if partes[4]:
            return cls(ejercicio, "M", int(partes[4]))
        return cls(ejercicio, "A")

    @property
    def codigo(self) -> str:
        """«2024-T2», como se escribe en la línea de órdenes y en el JSON."""
        if self.clase == "A":
            return str(self.ejercicio)
        numero = f"{self.numero:02d}" if self.clase == "M" else f"{self.clase}{self.numero}"
        return f"{self.ejercicio}-{numero}"

    @property
    def mes(self) -> int:
        """Último mes del periodo, 1–12."""
        return {"A": 12, "S": 6, "T": 3, "M": 1}[self.clase] * (1 if self.clase == "A" else self.numero)

    @property
    def trimestre(self) -> int:
        """Trimestre hasta el que llega: S1 se lee como T2; S2 y el año, como T4."""
        return (self.mes + 2) // 3

    @property
    def como_trimestre(self) -> Periodo:
        """El mismo periodo visto como el trimestre en que termina."""
        return Periodo(self.ejercicio, "T", self.trimestre)

    @property
    def cierra_el_ejercicio(self) -> bool:
        """El periodo termina en diciembre: el horizonte anual ya se colorea."""
        return self.mes == 12

    @property
    def meses(self) -> range:
        """Meses que abarca: el 2do. trimestre, 4–6."""
        return range(self.mes - {"A": 12, "S": 6, "T": 3, "M": 1}[self.clase] + 1, self.mes + 1)

    @property
    def meses_abiertos(self) -> range:
        """Meses que se capturan al reportarlo: los de su último trimestre, hasta el último del periodo.

        Un trimestre no se cierra hasta que se entrega: con «mayo» siguen abiertos abril y mayo.
        """
        return range(self.trimestre * 3 - 2, self.mes + 1)

    @property
    def ultimo_dia(self) -> date:
        """Último día del periodo."""
        return date(self.ejercicio, self.mes, monthrange(self.ejercicio, self.mes)[1])

    @property
    def nombre(self) -> str:
        """«2do. trimestre de 2024», «1er. semestre de 2024», «mayo de 2024», «ejercicio 2024»."""
        if self.clase == "A":
            return f"ejercicio {self.ejercicio}"
        if self.clase == "M":
            return f"{MESES[self.numero - 1]} de {self.ejercicio}"
        clase = "trimestre" if self.clase == "T" else "semestre"
        return f"{ORDINALES[self.numero - 1]} {clase} de {self.ejercicio}"

    @property
    def con_articulo(self) -> str:
        """«el 2do. trimestre de 2024», «mayo de 2024», «el ejercicio 2024»: lo que sigue a «en» o «hasta»."""
        return self.nombre if self.clase == "M" else f"el {self.nombre}"

    @property
    def del_periodo(self) -> str:
        """«del 2do. trimestre», «de mayo», «del ejercicio»."""
        if self.clase == "A":
            return "del ejercicio"
        return self.al_periodo.replace("al ", "del ", 1) if self.clase != "M" else f"de {MESES[self.numero - 1]}"

    @property
    def al_periodo(self) -> str:
        """«al 2do. trimestre», «al 1er. semestre», «a mayo», «al cierre del ejercicio»."""
        if self.clase == "A":
            return "al cierre del ejercicio"
        if self.clase == "M":
            return f"a {MESES[self.numero - 1]}"
        return f"al {ORDINALES[self.numero - 1]} {'trimestre' if self.clase == 'T' else 'semestre'}"


def texto_de_trimestre(ejercicio: int, trimestre: int) -> str:
    """Cómo se escribe en el informe: «2do. Trimestre 2024»."""
    return f"{ORDINALES[trimestre - 1]} Trimestre {ejercicio}"


def texto_de_periodo(periodo: Periodo) -> str:
    """Cómo se escribe en un libro que también se informa por mes: «Junio 2024», «2do. Trimestre 2024»."""
    if periodo.clase == "M":
        return f"{MESES[periodo.numero - 1].capitalize()} {periodo.ejercicio}"
    return texto_de_trimestre(periodo.ejercicio, periodo.trimestre)


def formas_de_mes(mes: int) -> tuple[str, ...]:
    """Cómo escribe la gente un mes (1–12) en un título: «Enero», «Ene»; septiembre, además, «Setiembre», «Set»."""
    nombre = MESES[mes - 1].capitalize()
    formas = (nombre, nombre[:3], nombre[:4]) if mes == 9 else (nombre, nombre[:3])
    return (*formas, "Setiembre", "Set") if mes == 9 else formas


def leer_periodo(texto: str, ejercicio: int | None = None) -> Periodo | None:
    """Trimestre o mes escrito por una persona: «2do. Trimestre 2024», «Junio 2024», «SETIEMBRE», «2024-06»."""
    trimestre = leer_trimestre(texto, ejercicio)
    if trimestre is not None:
        return trimestre
    try:
        periodo = Periodo.de_codigo(texto)
    except ValueError:
        pass
    else:
        return periodo if periodo.clase == "M" else periodo.como_trimestre
    anos = set(re.findall(r"\b(?:19|20)\d\d\b", texto))
    if len(anos) > 1:
        return None
    ano = int(anos.pop()) if anos else ejercicio
    # Palabras enteras y sin acentos: «María» no trae «mar».
    sin_acentos = "".join(c for c in unicodedata.normalize("NFD", texto) if not unicodedata.combining(c))
    palabras = set(re.findall(r"[^\W\d_]+", sin_acentos.casefold()))
    meses = [mes for mes in range(1, 13) if palabras & {forma.casefold() for forma in formas_de_mes(mes)}]
    return Periodo(ano, "M", meses[0]) if ano is not None and len(meses) == 1 else None


def leer_trimestre(texto: str, ejercicio: int | None = None) -> Periodo | None:
    """Trimestre escrito por una persona; None si no se reconoce o falta el año y `ejercicio` no lo da."""
    try:
        periodo = Periodo.de_codigo(texto)
    except ValueError:
        pass
    else:
        return periodo.como_trimestre if periodo.clase != "M" else None
    limpio = unicodedata.normalize("NFC", texto).casefold()
    anos = re.findall(r"\b(?:19|20)\d\d\b", limpio)
    if len(set(anos)) > 1:
        return None
    ano = int(anos[0]) if anos else ejercicio
    if ano is None:
        return None
    sin_ano = re.sub(r"\b(?:19|20)\d\d\b", " ", limpio)
    palabras = re.findall(r"[^\s.,;:()\-–/]+", sin_ano)
    if any(palabra.startswith(("trim", "trím")) for palabra in palabras):
        for numero, formas in enumerate(_PALABRAS_ORDINALES, 1):
            if any(palabra in formas for palabra in palabras):
                return Periodo(ano, "T", numero)
    for numero, (inicio, fin) in enumerate(_RANGOS_DE_MESES, 1):
        if inicio in palabras and (fin in palabras or (fin == "septiembre" and "setiembre" in palabras)):
            return Periodo(ano, "T", numero)
    for numero in TRIMESTRES:
        if f"t{numero}" in palabras:
            return Periodo(ano, "T", numero)
    return None
