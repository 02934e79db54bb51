"""La gramática de los formatos: qué hojas, campos y columnas tiene un libro. Es lo único que describe un formato."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from pei_excel.calculos import Acumulado, Calculo
from pei_excel.cuadros import Cuadro
from pei_excel.mensual import TotalMensual
from pei_excel.periodos import ORDINALES, formas_de_mes
from pei_excel.textos import normalizar
from pei_excel.tipos import MesOTrimestre, Numero, Tipo, Trimestre
from pei_excel.ubicacion import direccion, letra

__all__ = [
    "Apertura", "Campo", "Columna", "Disposicion", "Firma", "Formato", "Hoja", "ListaDeHoja", "ListaDeTabla", "Modelo",
    "Modo", "Tabla", "por_mes", "por_trimestre",
]


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
    abierto: bool = False  #: se puede escribir también en seguimiento


@dataclass(frozen=True)
class Tabla:
    """Un catálogo del formato: va a la hoja oculta de listas. La primera columna es el código.

    Con `padre`, los renglones vienen juntos por el valor de esa columna y sus listas dependen de él.
    """

    titulos: tuple[str, ...]
    filas: tuple[tuple[str, ...], ...]
    padre: int | None = None  #: columna (desde 1) con el código del que depende


@dataclass(frozen=True)
class ListaDeTabla:
    """Los códigos de una tabla; con `segun`, sólo los que dependen de lo elegido en otra columna de la fila."""

    tabla: str
    segun: str | None = None


@dataclass(frozen=True)
class ListaDeHoja:
    """Los valores escritos en una columna de otra hoja del mismo libro (o de la misma hoja)."""

    hoja: str
    columna: str


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
    mes: int | None = None  #: 1–12 si la columna es de un mes
    calculo: Calculo | None = None
    auxiliar: bool = False  #: fuera del área de impresión; no es parte del formato oficial
    sinonimos: tuple[str, ...] = ()
    lista: ListaDeTabla | ListaDeHoja | None = None  #: de qué tabla del formato, o de qué hoja, se elige

    @property
    def meses(self) -> range | None:
        """Meses que abarca; None si no es de un periodo."""
        if self.mes:
            return range(self.mes, self.mes + 1)
        return range(self.trimestre * 3 - 2, self.trimestre * 3 + 1) if self.trimestre else None

    @property
    def partes_del_nombre(self) -> tuple[str, ...]:
        """Título, con su banda si sin ella se confunde con otro."""
        return (*self.banda[-1:], self.titulo) if self.medida or self.banda[1:] else (self.titulo,)

    @property
    def nombre(self) -> str:
        """Nombre que no se confunde con otro: «Valores Alcanzados/2do. Trim.»."""
        return "/".join(self.partes_del_nombre)


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


#: Iniciales de los meses, como se imprimen en los cuadros de programación. M, A y J se repiten: el lector las
#: distingue por su orden bajo la banda.
INICIALES = tuple("EFMAMJJASOND")


def por_mes(
    medida: str, *, banda: str, total: str, tipo: Tipo | None = None, forma: str | None = "acumulacion",
    apertura: Apertura = Apertura.FORMULACION, ejemplo: Any = None, ayuda: str = "", ancho: float = 4.6,
    ancho_total: float = 8, esencial: bool = False, sinonimos_total: tuple[str, ...] = (),
) -> tuple[Columna, ...]:
    """Las trece columnas de una medida mensual: «medida_m1» … «medida_m12» y «medida_total».

    El total se calcula según la columna `forma` de la fila (None: siempre la suma).
    """
    tipo = tipo or Numero(minimo=0)
    meses = tuple(
        Columna(
            clave=f"{medida}_m{n}", titulo=inicial, sinonimos=formas_de_mes(n), banda=(banda,), tipo=tipo,
            medida=medida, mes=n, ejemplo=ejemplo, ancho=ancho, ayuda=ayuda, esencial=esencial, obligatoria=False,
            apertura=apertura,
        )
        for n, inicial in enumerate(INICIALES, 1)
    )
    ultima = Columna(
        clave=f"{medida}_total", titulo=total, sinonimos=sinonimos_total, banda=(banda,), tipo=tipo, medida=medida,
        ancho=ancho_total, calculo=TotalMensual(medida, forma), apertura=Apertura.NUNCA, obligatoria=False,
    )
    return (*meses, ultima)


@dataclass(frozen=True, kw_only=True)
class Firma:
    """Un recuadro de firma al pie."""

    titulo: str
    sinonimos: tuple[str, ...] = ()
    quien: str = ""  #: de quién es el cargo, según el catálogo: «enlace», «titular» o «superior»


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
    cuadros: tuple[Cuadro, ...] = ()  #: resúmenes sobre la tabla
    por_renglon: int = 0  #: renglones libres por cada uno de los pedidos para la principal; 0: pocos, de apoyo
    completa: bool = False  #: en seguimiento lleva al menos un renglón por cada uno de la hoja de referencia
    conserva: bool = False  #: con llave por trimestre, guarda también los renglones de los anteriores, cerrados
    paginas: tuple[str, ...] = ()  #: al imprimir, cada una de estas columnas empieza otra página a lo ancho
    fijas: int | None = None  #: primeras columnas que se inmovilizan y se repiten en cada página
    #: anchos de una hoja que sólo lleva campos (etiqueta en las dos primeras columnas, valor en las demás)
    anchos_de_campos: tuple[float, ...] = (16, 20, 36, 48)

    @property
    def anchos_impresos(self) -> list[float]:
        """Anchos, en caracteres, de lo que se imprime."""
        return [c.ancho for c in self.columnas if not c.auxiliar] or list(self.anchos_de_campos)

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
        """Las columnas por trimestre o por mes de una medida, en orden."""
        return tuple(c for c in self.columnas if c.medida == medida and c.meses)

    @cached_property
    def medidas_mensuales(self) -> tuple[str, ...]:
        """Medidas que se capturan por mes."""
        return tuple(dict.fromkeys(c.medida for c in self.columnas if c.mes and c.medida))

    @property
    def explicables(self) -> list[Columna]:
        """Columnas que la ayuda explica: los doce meses de una medida, juntos."""
        return [
            replace(c, titulo=f"{c.titulo} … D (enero a diciembre)") if c.mes else c
            for c in self.columnas
            if c.mes in {None, 1}
        ]

    @cached_property
    def de_seguimiento(self) -> bool:
        """Sólo se llena al reportar: lo único que se captura aparte de la llave se abre por periodo."""
        capturadas = [c for c in self.columnas if c.calculo is None and c.clave not in self.llave]
        return bool(capturadas) and all(c.apertura is Apertura.PERIODO for c in capturadas)

    @cached_property
    def disposicion(self) -> Disposicion:
        """Dónde cae cada cosa en nuestra plantilla."""
        return Disposicion(self)


class Disposicion:
    """Filas y columnas (desde 1) de una hoja en la plantilla; sale entera de la gramática."""

    FILA_LISTO = 1  #: «LISTO PARA ENVIAR», fuera de la impresión
    FILA_LEYENDA = 2
    FILA_TITULO = 3
    COLUMNA_VALOR = 3  #: del valor de los campos; la etiqueta ocupa las anteriores

    def __init__(self, hoja: Hoja) -> None:
        self.hoja = hoja
        self.columna = {c.clave: n for n, c in enumerate(hoja.columnas, 1)}
        self.letra = {clave: letra(n) for clave, n in self.columna.items()}
        self.fila_campo = {c.clave: self.FILA_TITULO + n for n, c in enumerate(hoja.campos, 1)}
        self.profundidad = 1 + max((len(c.banda) for c in hoja.columnas), default=0)  #: filas de encabezado
        bloque = len(hoja.campos)
        #: cuadro → fila de su título; sus renglones van en las siguientes
        self.fila_cuadro: dict[str, int] = {}
        for cuadro in hoja.cuadros:
            self.fila_cuadro[cuadro.clave] = self.FILA_TITULO + bloque + 1
            bloque += 1 + len(cuadro.renglones)
        self.fila_encabezado = self.FILA_TITULO + bloque + (2 if bloque else 1)
        self.fila_titulos = self.fila_encabezado + self.profundidad - 1  #: última del encabezado
        self.fila_datos = self.fila_titulos + 1
        self.ultima_impresa = len(hoja.anchos_impresos)

    @property
    def tramos(self) -> list[tuple[int, int]]:
        """Primera y última columna de lo que cada página tiene de propio (sin lo que se repite)."""
        cortes = [self.columna[clave] for clave in self.hoja.paginas]
        inicio = (self.hoja.fijas or 0) + 1 if cortes else 1
        return list(zip([inicio, *cortes], [*(c - 1 for c in cortes), self.ultima_impresa], strict=True))

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
    #: lo entregan las unidades y se revisa y consolida; si no, es un libro de la oficina: sin periodo ni seguimiento
    informe: bool = True
    completo: str = "FORMULACIÓN COMPLETA"  #: lo que dice la primera fila sin periodo y sin faltantes
    #: hoja → renglones con que sale la plantilla en blanco
    precargadas: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    #: para las instrucciones del seguimiento: qué se escribe y dónde; «{periodo}» se sustituye
    que_se_informa: str = ""
    moneda: str = "$"
    acumula_el_ano: bool = False  #: un libro vive todo el año: el de un periodo sirve también para los anteriores
    calculadas_oficiales: bool = True  #: son del documento oficial: a un libro que no es nuestro también se le piden
    listas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: listas largas, a una hoja oculta
    tablas: Mapping[str, Tabla] = field(default_factory=dict)  #: catálogos, a la misma hoja
    #: campo de `Modificaciones` → (hoja, columna) que modifica
    modificables: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def principal(self) -> Hoja:
        """La hoja que identifica el formato y lleva el bloque de identificación."""
        return self.hojas[0]

    @cached_property
    def con_renglones(self) -> Hoja:
        """La primera hoja con tabla: sin renglones en ella, el libro está sin llenar."""
        return next(h for h in self.hojas if h.columnas)

    @property
    def archivo(self) -> str:
        """Nombre de su plantilla en blanco."""
        return f"{self.clave if self.informe else self.clave.lower()}.xlsx"

    @cached_property
    def por_meses(self) -> bool:
        """El periodo que se reporta puede ser un mes."""
        return isinstance(self.tipo_de_periodo, MesOTrimestre)

    @cached_property
    def tipo_de_periodo(self) -> Trimestre:
        """Tipo del campo del periodo que se reporta."""
        donde = self.principal.campos if self.informe else [c for h in self.hojas for c in h.columnas]
        tipo = next((c.tipo for c in donde if c.clave == self.campo_periodo), None)
        return tipo if isinstance(tipo, Trimestre) else Trimestre()

    @cached_property
    def por_clave(self) -> dict[str, Hoja]:
        """Hoja por su clave."""
        return {h.clave: h for h in self.hojas}

    @property
    def identidad(self) -> str:
        """Marca que la plantilla lleva en tres lugares."""
        return f"pei-excel;{self.clave};{self.version}"


def es_numerica(columna: Columna) -> bool:
    """La columna guarda números."""
    return isinstance(columna.tipo, Numero)
