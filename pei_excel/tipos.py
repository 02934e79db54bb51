"""Tipos de dato de una celda: cada uno sabe leer lo escrito, validarlo en Excel, mostrarlo y explicarlo."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any, NamedTuple

from pei_excel.crudo import CeldaCruda, ErrorExcel
from pei_excel.periodos import Periodo, leer_periodo, leer_trimestre, texto_de_periodo, texto_de_trimestre
from pei_excel.textos import limpiar, mas_cercano, normalizar, numero, sin_plural

#: Cómo escriben los miles los países que se atienden: todos separan miles con coma y decimales con punto.
SEPARADOR_DE_MILES = {"mx": ",", "pe": ",", "sv": ","}

#: Lo que la gente escribe donde no hay nada programado («NP», «N/A», «-») o no tiene el dato («ND», «S/D»): en una
#: celda de cifras equivalen a dejarla vacía; si el dato se debía, SEG004 lo pide con su celda y lo escrito.
NADA = frozenset({
    "", "np", "n p", "na", "n a", "no aplica", "no programado",
    "nd", "n d", "no disponible", "sd", "s d", "sin dato", "sin datos",
})
_GUIONES = re.compile(r"^[-–—_]+$")
_MONEDA = re.compile(r"^(?:S/\.?|US\$|\$|MXN|PEN)\s*|\s*(?:MXN|PEN|soles|pesos)$", re.IGNORECASE)
_NUMERO = re.compile(r"^[+-]?[\d.,' ]*\d[\d.,' ]*$")


class Incidente(NamedTuple):
    """Algo que pasó al leer una celda; `clase` es la regla que lo documenta."""

    clase: str  #: «FMT004», «FMT005», «FMT006» o «FMT008»
    mensaje: str
    error: bool  #: el valor no pudo tomarse
    esperado: str | float | None = None


class Lectura(NamedTuple):
    """Valor leído e incidente, si lo hubo. Valor None: vacío o inservible."""

    valor: Any
    incidente: Incidente | None = None


#: Una fórmula donde va un dato, en un libro guardado por un programa que no calcula.
SIN_CALCULAR = Incidente("FMT004", "tiene una fórmula que se guardó sin calcular: no se sabe cuánto vale", error=True)


class Contexto(NamedTuple):
    """Lo que hace falta saber fuera de la celda para leerla."""

    pais: str | None = None  #: «mx», «pe», «sv»: costumbre de los separadores
    ejercicio: int | None = None  #: año del libro, para los periodos que no lo repiten
    en_porcentaje: bool = False  #: la fila mide en Porcentaje: un formato de % se lee ×100


class NumeroLeido(NamedTuple):
    """Resultado de leer un número escrito como texto."""

    valor: float | None
    lecturas: tuple[float, float] | None = None  #: como miles y como decimales, si no se sabe cuál es


def es_nada(texto: str) -> bool:
    """«NP», «N/A», «-», «ND», «S/D»: equivale a dejar la celda vacía."""
    return bool(_GUIONES.match(texto.strip())) or normalizar(texto) in NADA


def leer_numero(texto: str, pais: str | None = None) -> NumeroLeido:
    """Número escrito por una persona: «12,5», «1,200.50», «71.739,00», «S/ 1 200.00», «20 %».

    Un solo separador seguido de tres cifras sigue la costumbre del país; sin país, es ambiguo.
    """
    limpio = _MONEDA.sub("", limpiar(texto).rstrip("%").strip())
    limpio = _MONEDA.sub("", limpio).strip()
    if not _NUMERO.match(limpio):
        return NumeroLeido(None)
    limpio = re.sub(r"^([+-]) +| *([.,]) *", r"\1\2", limpio)
    if re.search(r"\d[' ]", limpio) and not re.match(r"^[+-]?\d{1,3}(?:[' ]\d{3})+(?:[.,]\d+)?$", limpio):
        return NumeroLeido(None)  # «12 5» son dos números, no 125
    limpio = re.sub(r"[' ]", "", limpio)
    comas, puntos = limpio.count(","), limpio.count(".")
    if comas and puntos:
        decimal = "," if limpio.rfind(",") > limpio.rfind(".") else "."
        miles = "." if decimal == "," else ","
        if limpio.count(decimal) > 1:
            return NumeroLeido(None)
        return _a_numero(limpio, miles, decimal)
    if not comas and not puntos:
        return _a_numero(limpio, "", "")
    separador = "," if comas else "."
    entero, *grupos = limpio.split(separador)
    tres_cifras = all(len(g) == 3 for g in grupos) and 1 <= len(entero.lstrip("+-")) <= 3
    if len(grupos) > 1:
        return _a_numero(limpio, separador, "") if tres_cifras else NumeroLeido(None)
    if tres_cifras and entero.lstrip("+-") != "0":
        if pais is None:
            return NumeroLeido(None, (float("".join((entero, *grupos))), float(f"{entero}.{grupos[0]}")))
        es_miles = SEPARADOR_DE_MILES[pais] == separador
        return _a_numero(limpio, separador if es_miles else "", "" if es_miles else separador)
    return _a_numero(limpio, "", separador)


def _a_numero(texto: str, miles: str, decimal: str) -> NumeroLeido:
    sin_miles = texto.replace(miles, "") if miles else texto
    try:
        return NumeroLeido(float(sin_miles.replace(decimal, ".") if decimal else sin_miles))
    except ValueError:
        return NumeroLeido(None)


def _dos_lecturas(crudo: str, en_miles: float, en_decimales: float) -> str:
    """«1,200» puede ser 1200 o 1.2: los dos números sin separar los miles, para que no vuelvan a confundirse."""
    separador = "la coma" if "," in crudo else "el punto"
    return (
        f"«{crudo}» puede ser {en_miles:.0f}, si {separador} separa los miles, o {numero(en_decimales, 3)}, si separa "
        "los decimales"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tipo:
    """Base de los tipos: resuelve lo común (vacío, error de Excel) y deja a cada uno su lectura."""

    formato: str = "General"  #: formato de número de Excel
    alineacion: str = "left"

    def leer(self, celda: CeldaCruda | None, contexto: Contexto) -> Lectura:
        """Valor tipado de una celda cruda, con su incidente."""
        if celda is None or celda.valor is None:
            # Tomarla por vacía perdería sin decirlo lo que la unidad veía en su programa.
            sin_calcular = celda is not None and celda.formula and not celda.calculada
            return Lectura(None, SIN_CALCULAR if sin_calcular else None)
        crudo = celda.valor
        if isinstance(crudo, ErrorExcel):
            return Lectura(None, Incidente("FMT006", f"la celda muestra el error {crudo}", error=True))
        if isinstance(crudo, str):
            crudo = limpiar(crudo)
            if not crudo:
                return Lectura(None)
        return self._leer(crudo, celda, contexto)

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        raise NotImplementedError

    def validacion(self) -> dict[str, Any] | None:
        """Opciones de validación de xlsxwriter; la lista de `Opcion` la pone quien escribe, con su nombre definido."""
        return None

    def explicar(self) -> str:
        """Qué se espera en la celda, en una frase."""
        raise NotImplementedError


def como_texto(crudo: Any) -> str:
    """Lo escrito en una celda, como texto: los números enteros sin «.0», las fechas dd/mm/aaaa."""
    if isinstance(crudo, bool):
        return "VERDADERO" if crudo else "FALSO"
    if isinstance(crudo, float):
        return f"{crudo:g}" if crudo == int(crudo) and abs(crudo) < 1e15 else repr(crudo)
    if isinstance(crudo, (datetime, date)):
        return f"{crudo:%d/%m/%Y}"
    return str(crudo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Texto(Tipo):
    """Texto libre."""

    maximo: int = 4000

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        return Lectura(como_texto(crudo))

    def explicar(self) -> str:
        return "Texto libre."


@dataclass(frozen=True, slots=True, kw_only=True)
class Numero(Tipo):
    """Número; «NP», «N/A», «-», «ND» y lo demás de NADA equivalen a vacío si `admite_nada`."""

    minimo: float | None = None
    maximo: float | None = None
    entero: bool = False
    admite_nada: bool = True
    formato: str = "General"
    alineacion: str = "right"

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        if isinstance(crudo, (bool, datetime, date)):
            que = "un valor lógico" if isinstance(crudo, bool) else "una fecha"
            return Lectura(None, self._fuera_de_tipo(f"hay {que} ({como_texto(crudo)}) donde va un número"))
        incidente = None
        if isinstance(crudo, str):
            if self.admite_nada and es_nada(crudo):
                return Lectura(None)
            leido = leer_numero(crudo, contexto.pais)
            if leido.lecturas is not None:
                return Lectura(None, Incidente("FMT005", _dos_lecturas(crudo, *leido.lecturas), error=True))
            if leido.valor is None:
                return Lectura(None, self._fuera_de_tipo(f"«{crudo}» no es un número"))
            valor = leido.valor
            incidente = Incidente(
                "FMT005", f"«{crudo}» está escrito como texto; se leyó {numero(valor)}", error=False, esperado=valor
            )
        else:
            valor = float(crudo)
            if celda.porcentaje:
                visto = f"{numero(valor * 100)} %"
                if valor and not contexto.en_porcentaje:
                    dudas = f"{numero(valor)} o {numero(valor * 100)}"
                    mensaje = f"se ve «{visto}» pero el indicador no se mide en porcentaje: puede ser {dudas}"
                    return Lectura(None, Incidente("FMT005", mensaje, error=True))
                valor = round(valor * 100, 10)
                incidente = Incidente(
                    "FMT005", f"la celda tiene formato de porcentaje; «{visto}» se leyó {numero(valor)}", error=False,
                    esperado=valor,
                )
        if (self.minimo is not None and valor < self.minimo) or (self.maximo is not None and valor > self.maximo):
            return Lectura(None, self._fuera_de_tipo(f"{numero(valor)} está fuera de lo permitido ({self._limites()})"))
        if self.entero and valor != int(valor):
            return Lectura(None, self._fuera_de_tipo(f"{numero(valor)} no es un número entero"))
        return Lectura(valor, incidente)

    def _fuera_de_tipo(self, mensaje: str) -> Incidente:
        return Incidente("FMT004", mensaje, error=True)

    def _limites(self) -> str:
        if self.minimo is not None and self.maximo is not None:
            return f"de {self.minimo:g} a {self.maximo:g}"
        return f"{numero(self.minimo)} o más" if self.minimo is not None else f"hasta {numero(self.maximo)}"

    def validacion(self) -> dict[str, Any]:
        tipo = "integer" if self.entero else "decimal"
        if self.minimo is not None and self.maximo is not None:
            return {"validate": tipo, "criteria": "between", "minimum": self.minimo, "maximum": self.maximo}
        if self.minimo is not None:
            return {"validate": tipo, "criteria": ">=", "value": self.minimo}
        return {"validate": tipo, "criteria": "<=", "value": self.maximo if self.maximo is not None else 1e15}

    def explicar(self) -> str:
        clase = "Número entero" if self.entero else "Número"
        return f"{clase}, {self._limites()}." if (self.minimo, self.maximo) != (None, None) else f"{clase}."


@dataclass(frozen=True, slots=True, kw_only=True)
class NumeroOPalabra(Numero):
    """Número, o una de las palabras que dicen por qué no lo hay («ND», «Nueva creación»)."""

    palabras: tuple[str, ...] = ()

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        if isinstance(crudo, str):
            dicho = normalizar(crudo).replace(" ", "")  # «N/D» y «N.D.» son «ND»
            igual = [p for p in self.palabras if normalizar(p).replace(" ", "") == dicho]
            if igual:
                return Lectura(igual[0])
        return Numero._leer(self, crudo, celda, contexto)  # noqa: SLF001 - super() no funciona con slots

    def validacion(self) -> dict[str, Any]:
        return {"validate": "any"}

    def explicar(self) -> str:
        return f"{Numero.explicar(self)[:-1]}, o {' / '.join(self.palabras)}."


class MetaEnPalabras(NamedTuple):
    """Una meta escrita con palabras («60 % como mínimo»): se conservan, y se toma su número donde se lee uno."""

    palabras: str
    numero: float | None = None  #: None: no puede calcularse
    unidad: str = ""  #: «%» si así se escribió

    def __str__(self) -> str:
        return self.palabras


_CIFRA_EN_TEXTO = re.compile(r"(?<![\d.,])\d[\d.,]*")


def leer_meta(palabras: str, pais: str | None = None) -> MetaEnPalabras:
    """Meta en palabras; si trae dos cifras («de 5 a 10») no se elige ninguna. Los años no son cifras de la meta."""
    texto = limpiar(palabras)
    cifras = [c.rstrip(".,") for c in _CIFRA_EN_TEXTO.findall(texto)]
    cifras = [c for c in cifras if not re.fullmatch(r"(?:19|20)\d\d", c)] or cifras[:1]
    unidad = "%" if re.search(r"\d\s*%", texto) else ""
    leido = leer_numero(cifras[0], pais).valor if len(cifras) == 1 else None
    return MetaEnPalabras(texto, leido, unidad)


def cifra_de_meta(valor: Any) -> float | None:
    """El número de una meta, venga como número o con palabras; None si no lo hay."""
    if isinstance(valor, MetaEnPalabras):
        return valor.numero
    return float(valor) if isinstance(valor, (int, float)) and not isinstance(valor, bool) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta(NumeroOPalabra):
    """Meta: un número, o palabras que se conservan (`MetaEnPalabras`, sin incidente: POI012 dice lo que haga falta)."""

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        if isinstance(crudo, str) and not es_nada(crudo) and leer_numero(crudo, contexto.pais) == NumeroLeido(None):
            return Lectura(leer_meta(crudo, contexto.pais))
        return Numero._leer(self, crudo, celda, contexto)  # noqa: SLF001 - super() no funciona con slots

    def explicar(self) -> str:
        return f"{Numero.explicar(self)[:-1]}; si la meta es de palabras, escríbalas con su cifra: «4 por año»."


@dataclass(frozen=True, slots=True, kw_only=True)
class Codigo(Tipo):
    """Código que une las hojas: texto, sin distinguir mayúsculas; lo que Excel volvió fecha se señala.

    Con `prefijo` se perdona cómo se escribe («OEI 1», «oei.01», «OEI.01 Lograr…» → «OEI.01»); lo que no se reconoce
    queda como está, y la regla de su catálogo lo dice.
    """

    prefijo: str = ""  #: «OEI», «AEI»
    partes: int = 1  #: números de dos cifras que siguen al prefijo
    formato: str = "@"  #: texto: así Excel no convierte 1.2 en fecha

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        if isinstance(crudo, (datetime, date)):
            mensaje = f"Excel convirtió el código en una fecha ({como_texto(crudo)})"
            return Lectura(None, Incidente("FMT004", mensaje, error=True))
        texto = " ".join(como_texto(crudo).split()).upper()
        if self.prefijo:
            numeros = r"[ .\-_]*(\d{1,2})" + r"[ .\-_]+(\d{1,2})" * (self.partes - 1)
            hallado = re.match(rf"{self.prefijo}{numeros}(?![\d])(?!\.\d)", texto)
            if hallado:
                return Lectura(".".join((self.prefijo, *(f"{int(n):02d}" for n in hallado.groups()))))
        return Lectura(texto)

    def explicar(self) -> str:
        if self.prefijo:
            return f"Código de la lista: {self.prefijo}{'.01' * self.partes}…"
        return "Código corto con letra y número; no se repite en la unidad."


@dataclass(frozen=True, slots=True, kw_only=True)
class Opcion(Tipo):
    """Una de varias opciones; se perdonan acentos, mayúsculas, espacios y plural."""

    opciones: tuple[str, ...]
    sinonimos: Mapping[str, str] = field(default_factory=dict)
    estricta: bool = False  #: lo desconocido es ERROR y no se lee; si no, es AVISO y se conserva lo escrito

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        texto = como_texto(crudo)
        llave = sin_plural(texto)
        for opcion in self.opciones:
            if sin_plural(opcion) == llave:
                return Lectura(opcion)
        for sinonimo, opcion in self.sinonimos.items():
            if sin_plural(sinonimo) == llave:
                return Lectura(opcion)
        cercano = mas_cercano(texto, self.opciones)
        mensaje = f"«{texto}» no está en la lista ({', '.join(self.opciones)})"
        if cercano:
            mensaje += f"; ¿quiso decir «{cercano}»?"
        return Lectura(
            None if self.estricta else texto, Incidente("FMT008", mensaje, error=self.estricta, esperado=cercano)
        )

    def explicar(self) -> str:
        return f"Una de la lista: {', '.join(self.opciones)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Fecha(Tipo):
    """Fecha; se acepta escrita dd/mm/aaaa."""

    formato: str = "dd/mm/yyyy"
    alineacion: str = "center"

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        if isinstance(crudo, datetime):
            return Lectura(crudo.date())
        if isinstance(crudo, str):
            partes = re.match(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$", crudo)
            if partes:
                try:
                    return Lectura(date(int(partes[3]), int(partes[2]), int(partes[1])))
                except ValueError:
                    pass
        return Lectura(None, Incidente("FMT004", f"«{como_texto(crudo)}» no es una fecha (dd/mm/aaaa)", error=True))

    def validacion(self) -> dict[str, Any]:
        return {"validate": "date", "criteria": ">=", "value": date(2000, 1, 1)}

    def explicar(self) -> str:
        return "Fecha dd/mm/aaaa."


class ValorNivel(NamedTuple):
    """Nivel de la MIR: clase y números (Componente n, Actividad n.m)."""

    clase: str  #: «Fin», «Propósito», «Componente» o «Actividad»
    componente: int = 0
    actividad: int = 0

    def __str__(self) -> str:
        if self.clase == "Componente":
            return f"Componente {self.componente}"
        return f"Actividad {self.componente}.{self.actividad}" if self.clase == "Actividad" else self.clase


_NIVEL = (
    (re.compile(r"^fin$"), "Fin"),
    (re.compile(r"^proposito$"), "Propósito"),
    (re.compile(r"^(?:componente|comp|c) ?(\d{1,2})$"), "Componente"),
    (re.compile(r"^(?:actividad|act|a) ?(\d{1,2}) (\d{1,2})$"), "Actividad"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nivel(Tipo):
    """Fin, Propósito, Componente n o Actividad n.m; lo que no se reconoce queda como texto (lo dice MIR003)."""

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        texto = como_texto(crudo)
        llave = normalizar(texto)
        for patron, clase in _NIVEL:
            partes = patron.match(llave)
            if partes:
                numeros = [int(n) for n in partes.groups()]
                return Lectura(ValorNivel(clase, *numeros))
        return Lectura(texto)

    def explicar(self) -> str:
        return "Fin, Propósito, Componente 1, Actividad 1.1…"


class ClaveNombre(NamedTuple):
    """Clave y nombre de una unidad o un programa: «504 - Instituto Municipal de Planeación»."""

    clave: str
    nombre: str

    def __str__(self) -> str:
        return f"{self.clave} - {self.nombre}" if self.nombre else self.clave


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaveYNombre(Tipo):
    """«clave - nombre»; sin guion, todo es la clave si es corta y con cifras, si no, el nombre."""

    ejemplo: str = "504 - Instituto Municipal de Planeación"

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        texto = " ".join(como_texto(crudo).split())
        partes = re.match(r"^([0-9A-Za-zÁÉÍÓÚÑ./]{1,12})\s*[-–—:]\s*(\S.*)$", texto)
        if partes and any(c.isdigit() for c in partes[1]):
            return Lectura(ClaveNombre(partes[1].strip(". "), partes[2].strip()))
        partes = re.match(r"^(\d[\d.]{0,11})\.?\s+(\S.*)$", texto)
        if partes:
            return Lectura(ClaveNombre(partes[1].strip(". "), partes[2].strip()))
        if re.fullmatch(r"[0-9./]{1,12}", texto):
            return Lectura(ClaveNombre(texto, ""))
        clave = self.ejemplo.partition(" - ")[0]
        mensaje = f"«{texto}» no trae la clave; se espera «{clave} - Nombre»"
        return Lectura(None, Incidente("FMT016", mensaje, error=True))

    def explicar(self) -> str:
        return f"Clave, guion y nombre: «{self.ejemplo}»."


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimestre(Tipo):
    """Trimestre que se reporta: «2do. Trimestre 2024»."""

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        periodo: Periodo | None = leer_trimestre(como_texto(crudo), contexto.ejercicio)
        if periodo is None:
            mensaje = f"«{como_texto(crudo)}» no se reconoce como trimestre; se espera «2do. Trimestre 2024»"
            return Lectura(None, Incidente("FMT016", mensaje, error=True))
        return Lectura(periodo)

    def explicar(self) -> str:
        return "Trimestre y año: «2do. Trimestre 2024»."

    def periodos(self, ejercicio: int) -> tuple[Periodo, ...]:
        """Los que se pueden elegir en un año."""
        return tuple(Periodo(ejercicio, "T", n) for n in (1, 2, 3, 4))

    def texto(self, periodo: Periodo) -> str:
        """Cómo se escribe en la celda."""
        return texto_de_trimestre(periodo.ejercicio, periodo.trimestre)


@dataclass(frozen=True, slots=True, kw_only=True)
class MesOTrimestre(Trimestre):
    """Periodo que se reporta, por trimestre o por mes: «2do. Trimestre 2024», «Junio 2024»."""

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        if isinstance(crudo, (datetime, date)):  # Excel vuelve fecha lo que se teclea como «junio 2024»
            return Lectura(Periodo(crudo.year, "M", crudo.month))
        periodo = leer_periodo(como_texto(crudo), contexto.ejercicio)
        if periodo is None:
            mensaje = f"«{como_texto(crudo)}» no se reconoce como periodo"
            mensaje += "; se espera «2do. Trimestre 2024» o «Junio 2024»"
            return Lectura(None, Incidente("FMT016", mensaje, error=True))
        return Lectura(periodo)

    def explicar(self) -> str:
        return "Trimestre o mes, y año: «2do. Trimestre 2024», «Junio 2024»."

    def periodos(self, ejercicio: int) -> tuple[Periodo, ...]:
        meses = tuple(Periodo(ejercicio, "M", n) for n in range(1, 13))
        return *Trimestre.periodos(self, ejercicio), *meses

    def texto(self, periodo: Periodo) -> str:
        return texto_de_periodo(periodo)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListaNumerada(Tipo):
    """Varios renglones numerados en una celda sin separador: se parten en «<n>. » o en «<n>.<n> »."""

    profundidad: int = 1  #: 1 para ejes («3. …»), 2 para objetivos («3.2 …»)

    def _leer(self, crudo: Any, celda: CeldaCruda, contexto: Contexto) -> Lectura:
        texto = " ".join(como_texto(crudo).split())
        marca = r"\d{1,2}\. ?(?=\D)" if self.profundidad == 1 else r"\d{1,2}\.\d{1,2}\.? (?=\D)"
        inicios = [m.start() for m in re.finditer(rf"(?:(?<=\s)|^){marca}", texto)]
        if not inicios:
            return Lectura((texto,))
        cortes = [*inicios, len(texto)]
        partes = [texto[i:j].strip() for i, j in pairwise(cortes)]
        if inicios[0] > 0:
            partes.insert(0, texto[: inicios[0]].strip())
        return Lectura(tuple(partes))

    def explicar(self) -> str:
        return "Uno o varios, cada uno con su número: " + ("«3. …»." if self.profundidad == 1 else "«3.2 …».")
