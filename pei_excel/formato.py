"""La gramática de los formatos: qué hojas, campos y columnas tiene un libro. Es lo único que describe un formato."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from pei_excel.calculos import Acumulado, Calculo
from pei_excel.periodos import ORDINALES
from pei_excel.textos import normalizar
from pei_excel.tipos import Nivel, Numero, Opcion, Texto, Tipo
from pei_excel.ubicacion import direccion, letra

__all__ = ["Apertura", "Campo", "Columna", "Disposicion", "Firma", "Formato", "Hoja", "Modelo", "Modo", "por_trimestre"]


#: Los tres lugares donde la plantilla guarda su identidad (LibreOffice y los navegadores pierden alguno).
PROPIEDAD_IDENTIDAD = "pei-excel"
NOMBRE_IDENTIDAD = "pei_identidad"
HOJA_IDENTIDAD = "_pei"
#: Lo que llevan los libros que este programa escribe como resultado, para no leerlos como informes.
IDENTIDAD_DE_SALIDA = "pei-excel;salida"


class Modo(StrEnum):
    """Para qué se entrega la plantilla."""

    FORMULACION = "formulacion"  #: renglones libres, todo abierto
    SEGUIMIENTO = "seguimiento"  #: renglones aprobados; sólo se captura el periodo que se reporta


class Apertura(StrEnum):
    """Cuándo se puede escribir en una columna."""

    FORMULACION = "formulacion"  #: sólo al formular
    PERIODO = "periodo"  #: al formular y, en seguimiento, sólo el periodo que se reporta
    SIEMPRE = "siempre"
    NUNCA = "nunca"  #: la calcula Excel


@dataclass(frozen=True, kw_only=True)
class Campo:
    """Un dato del bloque de identificación: etiqueta y valor."""

    clave: str
    etiqueta: str  #: como se imprime, con sus dos puntos
    tipo: Tipo
    obligatorio: bool = True
    ejemplo: Any = None
    ayuda: str = ""
    en_etiqueta: bool = False  #: el valor va en la misma celda que la etiqueta («… Desarrollo 2022 - 2024»)
    negritas: bool = False


@dataclass(frozen=True, kw_only=True)
class Columna:
    """Una columna de una hoja; con `calculo`, la llena Excel."""

    clave: str
    titulo: str
    tipo: Tipo
    banda: tuple[str, ...] = ()  #: títulos que la agrupan, de fuera hacia dentro
    ejemplo: Any = None
    ancho: float = 10  #: en caracteres
    ayuda: str = ""
    obligatoria: bool = True
    esencial: bool = False  #: sin ella el libro se rechaza
    apertura: Apertura = Apertura.FORMULACION
    medida: str | None = None  #: «programado», «alcanzado», «variacion»
    trimestre: int | None = None  #: 1–4 si la columna es de un trimestre
    calculo: Calculo | None = None
    auxiliar: bool = False  #: fuera del área de impresión; no es parte del formato oficial
    sinonimos: tuple[str, ...] = ()

    @property
    def nombre(self) -> str:
        """Nombre que no se confunde con otro: «Valores Alcanzados/2do. Trim.»."""
        return "/".join((*self.banda[-1:], self.titulo)) if self.medida or self.banda[1:] else self.titulo


_SINONIMOS_DE_TRIMESTRE = tuple(
    (f"{ordinal} Trimestre", f"{palabra} trimestre", f"Trimestre {n}", f"Trim. {n}", f"T{n}", f"{romano} Trim.")
    for n, (ordinal, palabra, romano) in enumerate(
        zip(ORDINALES, ("Primer", "Segundo", "Tercer", "Cuarto"), ("I", "II", "III", "IV"), strict=True), 1
    )
)


def por_trimestre(
    medida: str, *, banda: str, acumulado: str, tipo: Tipo | None = None, calculo: Any = None,
    apertura: Apertura = Apertura.FORMULACION, ejemplos: tuple[Any, ...] = (None,) * 5, ayuda: str = "",
) -> tuple[Columna, ...]:
    """Las cinco columnas de una medida: los cuatro trimestres y su acumulado.

    `calculo` recibe la clave de la columna sin la medida («t1», «acumulado») y da su cálculo; sin él, los
    trimestres se capturan y el acumulado se calcula con la Acumulación de la fila.
    """
    tipo = tipo or Numero(minimo=0)
    partes = tuple(f"{medida}_t{n}" for n in (1, 2, 3, 4))
    trimestres = tuple(
        Columna(
            clave=clave, titulo=f"{ORDINALES[n - 1]} Trim.", sinonimos=_SINONIMOS_DE_TRIMESTRE[n - 1],
            banda=(banda,), tipo=tipo, medida=medida, trimestre=n, ejemplo=ejemplos[n - 1], ancho=4.8, ayuda=ayuda,
            esencial=calculo is None, obligatoria=False,
            calculo=calculo(f"t{n}") if calculo else None,
            apertura=Apertura.NUNCA if calculo else apertura,
        )
        for n, clave in enumerate(partes, 1)
    )
    ultima = Columna(
        clave=f"{medida}_acumulado", titulo=acumulado, banda=(banda,), tipo=tipo, medida=medida, ancho=9.3,
        calculo=calculo("acumulado") if calculo else Acumulado(partes), apertura=Apertura.NUNCA, obligatoria=False,
    )
    return (*trimestres, ultima)


@dataclass(frozen=True, kw_only=True)
class Firma:
    """Un recuadro de firma al pie."""

    titulo: str
    sinonimos: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hoja:
    """Una hoja del formato."""

    clave: str  #: también su nombre en el libro
    titulo: str  #: lo que se imprime arriba; «{ejercicio}» se sustituye
    columnas: tuple[Columna, ...]
    campos: tuple[Campo, ...] = ()
    llave: tuple[str, ...] = ()  #: columnas que identifican una fila
    referencia: tuple[str, str] | None = None  #: (hoja, columna) de donde salen los valores de la primera llave
    opcional: bool = False
    firmas: tuple[Firma, ...] = ()
    ayuda: str = ""
    unidad_medida: str = "unidad_medida"  #: columna que dice en qué mide la fila

    @cached_property
    def por_clave(self) -> dict[str, Columna]:
        """Columna por su clave."""
        return {c.clave: c for c in self.columnas}

    @cached_property
    def bandas(self) -> frozenset[str]:
        """Títulos de banda, normalizados."""
        return frozenset(normalizar(b) for c in self.columnas for b in c.banda)

    @cached_property
    def titulos(self) -> dict[str, tuple[Columna, ...]]:
        """Título normalizado → columnas que lo llevan."""
        resultado: dict[str, list[Columna]] = {}
        for columna in self.columnas:
            for titulo in (columna.titulo, *columna.sinonimos):
                resultado.setdefault(normalizar(titulo), []).append(columna)
        return {t: tuple(c) for t, c in resultado.items()}

    def medida(self, medida: str) -> tuple[Columna, ...]:
        """Las columnas por trimestre de una medida, en orden."""
        return tuple(c for c in self.columnas if c.medida == medida and c.trimestre)

    @cached_property
    def disposicion(self) -> Disposicion:
        """Dónde cae cada cosa en nuestra plantilla."""
        return Disposicion(self)


class Disposicion:
    """Filas y columnas (desde 1) de una hoja en la plantilla; sale entera de la gramática."""

    FILA_LISTO = 1  #: «LISTO PARA ENVIAR», fuera de la impresión
    FILA_LEYENDA = 2
    FILA_TITULO = 3

    def __init__(self, hoja: Hoja) -> None:
        self.hoja = hoja
        self.columna = {c.clave: n for n, c in enumerate(hoja.columnas, 1)}
        self.letra = {clave: letra(n) for clave, n in self.columna.items()}
        self.fila_campo = {c.clave: self.FILA_TITULO + n for n, c in enumerate(hoja.campos, 1)}
        self.profundidad = 1 + max(len(c.banda) for c in hoja.columnas)  #: filas de encabezado
        self.fila_encabezado = self.FILA_TITULO + len(hoja.campos) + (2 if hoja.campos else 1)
        self.fila_titulos = self.fila_encabezado + self.profundidad - 1  #: última del encabezado
        self.fila_datos = self.fila_titulos + 1
        self.ultima_impresa = sum(not c.auxiliar for c in hoja.columnas)

    def celda(self, fila: int, clave: str) -> str:
        """Dirección A1 de una columna en una fila."""
        return direccion(fila, self.columna[clave])

    def fila_del_titulo(self, columna: Columna) -> int:
        """Primera fila que ocupa el título de una columna (debajo de sus bandas)."""
        return self.fila_encabezado + len(columna.banda)


@dataclass(frozen=True)
class Modelo:
    """Un libro completo y limpio, declarado con el formato: base de las pruebas y de la ayuda."""

    campos: Mapping[str, Any]
    filas: Mapping[str, tuple[Mapping[str, Any], ...]]  #: hoja → filas (columna → valor); lo calculado no se declara


@dataclass(frozen=True)
class Formato:
    """Un formato oficial completo."""

    clave: str
    titulo: str
    fuente: str
    version: int
    hojas: tuple[Hoja, ...]
    modelo: Modelo
    papel: str  #: papel por omisión: «oficio», «carta», «a4», «a3»
    perfil: str  #: semáforo por omisión
    campo_periodo: str = "periodo"
    listas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: listas largas, a una hoja oculta

    @property
    def principal(self) -> Hoja:
        """La hoja que identifica el formato y lleva el bloque de identificación."""
        return self.hojas[0]

    @cached_property
    def por_clave(self) -> dict[str, Hoja]:
        """Hoja por su clave."""
        return {h.clave: h for h in self.hojas}

    @property
    def identidad(self) -> str:
        """Marca que la plantilla lleva en tres lugares."""
        return f"pei-excel;{self.clave};{self.version}"


def lista_de(tipo: Tipo) -> tuple[str, ...]:
    """Las opciones que Excel ofrece para un tipo; vacía si no es una lista."""
    return tipo.opciones if isinstance(tipo, Opcion) else ()


def es_numerica(columna: Columna) -> bool:
    """La columna guarda números."""
    return isinstance(columna.tipo, Numero)


def es_texto_largo(columna: Columna) -> bool:
    """La columna guarda texto libre."""
    return isinstance(columna.tipo, Texto) and not isinstance(columna.tipo, Nivel)
