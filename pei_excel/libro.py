"""Un libro leído: los datos de un informe con la celda de donde salió cada uno. Es lo que ven las reglas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from sys import intern
from typing import Any, NamedTuple

from pei_excel.periodos import Periodo
from pei_excel.tipos import ClaveNombre, Incidente, como_texto

#: Identifica un dato dentro del libro: (hoja, fila lógica desde 0, columna); los campos llevan fila −1.
Llave = tuple[str, int, str]

#: Fila de la llave que, en `saca`, abarca una hoja o una columna entera.
FILA_DE_HOJA, FILA_DE_COLUMNA = -2, -3

#: Llave que abarca el archivo entero. En las de `saca`, fila −2 es la hoja entera y −3 una columna entera.
TODO: tuple[Llave, ...] = (("*", -2, "*"),)


class Dato(NamedTuple):
    """Un valor y su procedencia."""

    llave: Llave
    valor: Any = None  #: valor tipado; None si está vacío o no pudo leerse
    crudo: Any = None  #: lo que la celda guarda
    hoja: str | None = None  #: hoja del archivo enviado; None si la columna no existe en él
    celda: str | None = None  #: dirección en el archivo enviado
    formula: bool = False
    calculada: bool = True
    incidente: Incidente | None = None

    @property
    def vacio(self) -> bool:
        """No hay nada escrito; una fórmula sin calcular es algo escrito, aunque no se sepa qué vale."""
        return self.crudo is None and self.incidente is None

    @property
    def escrito(self) -> str:
        """Lo escrito, como se ve en un mensaje: «2» y no «2.0», las fechas dd/mm/aaaa; «» si no hay nada."""
        return "" if self.crudo is None else como_texto(self.crudo)


@dataclass(frozen=True, slots=True)
class Fila:
    """Una fila de datos de una hoja."""

    hoja: str  #: clave de la hoja en el formato
    indice: int  #: lógica, desde 0, corrida en todas las páginas
    donde: str  #: hoja del archivo
    numero: int  #: fila de Excel
    datos: dict[str, Dato]

    def __getitem__(self, columna: str) -> Dato:
        dato = self.datos.get(columna)
        return dato if dato is not None else Dato((self.hoja, self.indice, columna))

    def valor(self, columna: str) -> Any:
        """Valor tipado de una columna; None si falta."""
        dato = self.datos.get(columna)
        return dato.valor if dato is not None else None

    def __reduce__(self) -> tuple[Any, ...]:
        # Entre procesos viaja por columnas: cuesta la cuarta parte que un objeto por celda, y todas viajan.
        _, *partes = zip(*self.datos.values(), strict=True) if self.datos else ((),) * 8
        return _rehacer_fila, (self.hoja, self.indice, self.donde, self.numero, tuple(self.datos), *partes)


def _rehacer_fila(hoja: str, indice: int, donde: str, numero: int, claves: Iterable[str], *partes: Any) -> Fila:
    """La fila de vuelta de otro proceso: la llave de cada dato se arma, y su dirección se comparte entre libros."""
    nuevo, comun = tuple.__new__, intern
    datos = {
        clave: nuevo(Dato, ((hoja, indice, clave), valor, crudo, origen, celda and comun(celda), *resto))
        for clave, valor, crudo, origen, celda, *resto in zip(claves, *partes, strict=True)
    }
    return Fila(hoja, indice, donde, numero, datos)


class Encabezado(NamedTuple):
    """Dónde se encontró un título."""

    hoja: str
    celda: str


class Faltante(NamedTuple):
    """Una columna que no se halló en alguna página."""

    ancla: Encabezado | None  #: el título que se señala: donde debía estar, el de su banda o el de la llave
    parecido: str | None  #: título parecido hallado ahí; si está en su lugar, lo que dice éste («» si nada)
    en_su_lugar: bool = False  #: se sabe en qué celda debía estar


@dataclass(slots=True)
class HojaLeida:
    """Una hoja del formato, reunida de todas sus páginas."""

    clave: str
    nombres: list[str]  #: hojas del archivo que la forman
    filas: list[Fila]
    titulos: dict[str, Encabezado]  #: columna → su título (el de la primera página)
    bandas: dict[str, Encabezado]  #: banda → su título
    faltantes: dict[str, Faltante] = field(default_factory=dict)  #: columna ausente → dónde se señala


@dataclass(slots=True)
class IncidenteDeLibro:
    """Algo que el lector notó y que una regla FMT documenta."""

    clase: str  #: código de la regla
    mensaje: str
    hoja: str | None = None
    celda: str | None = None
    llaves: tuple[Llave, ...] = ()  #: lo que nombra
    saca: tuple[Llave, ...] = ()  #: filas, columnas u hojas que quita de la revisión («*» vale por cualquiera)
    severidad: str | None = None  #: si difiere de la de la regla
    encontrado: str | float | None = None
    esperado: str | float | None = None
    tambien: tuple[tuple[str, str], ...] = ()  #: (hoja, celda)


@dataclass(slots=True)
class Libro:
    """Un informe leído de un archivo."""

    archivo: str  #: ruta relativa a la carpeta revisada
    sha256: str
    formato: str | None  #: clave del formato; None si no se reconoció
    tipo: str = "xlsx"
    version: int | None = None  #: None si no lleva nuestra marca
    modo: str | None = None  #: «formulacion» o «seguimiento», si lleva nuestra marca
    campos: dict[str, Dato] = field(default_factory=dict)
    hojas: dict[str, HojaLeida] = field(default_factory=dict)
    incidentes: list[IncidenteDeLibro] = field(default_factory=list)
    periodo: Periodo | None = None  #: el escrito en el libro
    otras_hojas: tuple[tuple[str, str], ...] = ()  #: (hoja, trimestre) apartadas por ser de otro periodo
    modificado: datetime | None = None
    formulas_verificables: bool = True
    rechazado: bool = False  #: no se pudo leer, o falta una columna esencial
    apartado: str | None = None  #: por qué no es un informe, si es una salida nuestra
    origen: str | None = None  #: «aplicativo» si sale de su exportación: no se le pide lo que ésta no puede traer

    @property
    def nuestro(self) -> bool:
        """Viene de una de nuestras plantillas."""
        return self.version is not None

    @property
    def unidad(self) -> ClaveNombre | None:
        """Unidad que informa."""
        dato = self.campos.get("unidad")
        return dato.valor if dato is not None else None

    @property
    def programa(self) -> ClaveNombre | None:
        """Programa Presupuestario (MIR)."""
        dato = self.campos.get("programa")
        return dato.valor if dato is not None else None

    @property
    def identidad(self) -> tuple[str, str]:
        """Claves de unidad y programa; vacías si se desconocen."""
        return (self.unidad.clave if self.unidad else ""), (self.programa.clave if self.programa else "")

    @property
    def nombres_de_hojas(self) -> list[str]:
        """Hojas del archivo que forman el informe, sin repetir."""
        return list(dict.fromkeys(n for h in self.hojas.values() for n in h.nombres))

    def filas(self, hoja: str) -> list[Fila]:
        """Filas de una hoja del formato; vacía si la hoja no está."""
        leida = self.hojas.get(hoja)
        return leida.filas if leida else []

    def campo(self, clave: str) -> Dato:
        """Dato del bloque de identificación."""
        return self.campos.get(clave) or Dato(("", -1, clave))

