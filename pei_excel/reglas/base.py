"""Qué es una regla: su ficha (documentación y tablas ejecutables), su función y lo que ésta produce."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pei_excel.actividades import Actividad, evaluar_actividades
from pei_excel.anteriores import Anterior, Identidad
from pei_excel.catalogo.conjunto import Catalogo
from pei_excel.evaluacion import Indicador, evaluar
from pei_excel.formato import Formato
from pei_excel.formatos import FORMATOS, TODOS
from pei_excel.hallazgo import Destinatario, Hallazgo, Severidad
from pei_excel.libro import Dato, Libro, Llave
from pei_excel.periodos import Periodo
from pei_excel.semaforo import PERFILES, Perfil
from pei_excel.textos import como_frase
from pei_excel.ubicacion import Ubicacion

#: Los formatos a los que sirve una regla de los dos.
AMBOS = ("MIR", "POI")

Alcance = Literal["libro", "entrega", "tablas", "publicacion"]


@dataclass(slots=True)
class Observacion:
    """Lo que una regla encontró, antes de aplicar la precedencia."""

    mensaje: str  #: qué choca con qué, sin la dirección
    dato: Dato | None = None  #: la celda que nombra; None: se nombra con `hoja` y `celda`, o el archivo entero
    hoja: str | None = None
    celda: str | None = None
    encontrado: str | float | None = None
    esperado: str | float | None = None
    lee: tuple[Dato, ...] = ()  #: celdas que la regla leyó para decidir
    nombra: tuple[Dato, ...] = ()  #: otras celdas que nombra (casos reunidos en un hallazgo)
    tambien: tuple[Dato, ...] = ()  #: celdas que se muestran además
    saca: tuple[Llave, ...] = ()  #: filas, columnas u hojas que quita de la revisión
    variante: str = ""  #: distingue casos de una regla en la precedencia: «acumulado»
    severidad: Severidad | None = None  #: si difiere de la de la regla
    destinatario: Destinatario | None = None
    como_corregir: str | None = None
    archivo: str | None = None  #: sólo en reglas de varios libros
    regla: Regla | None = None  #: la pone el motor


@dataclass(frozen=True, slots=True)
class Tabla:
    """Ejemplo ejecutable: un cuadro y con qué opciones se revisa."""

    texto: str
    periodo: str | None = "2024-T2"
    perfil: str | None = None  #: None: el del formato
    preparar: Callable[[Any], None] | None = None  #: daña el archivo ya escrito (recibe su ruta)
    otros: tuple[str, ...] = ()  #: cuadros de otros libros de la misma carpeta
    #: (periodo o None si es la formulación, cuadro) de las entregas anteriores con que se compara
    anterior: tuple[tuple[str | None, str], ...] = ()
    catalogo: str | None = None  #: cuadro del catálogo con que se revisa; None: sin catálogo
    recepcion: str | None = None  #: lo que dice recepcion.csv en esa carpeta; None: no está
    decisiones: tuple[tuple[str, str, str, str], ...] = ()  #: regla, decisión, motivo y fecha anotadas


@dataclass(frozen=True, slots=True)
class Regla:
    """Una regla con su ficha."""

    codigo: str
    severidad: Severidad
    destinatario: Destinatario
    formatos: tuple[str, ...]
    que: str  #: lo que debe cumplirse, una frase (el docstring de la función)
    por_que: str
    como_corregir: str
    fuente: str
    mal: Mapping[str, Tabla]  #: formato → el cuadro que da el hallazgo
    bien: Mapping[str, Tabla]  #: formato → el que no
    funcion: Callable[..., Iterator[Observacion]]
    diseno: bool = False  #: juzga el diseño (marca «f» del catálogo)
    alcance: Alcance = "libro"
    #: en una regla de alcance «libro», lo que además se busca entre los libros de la carpeta; recibe la entrega
    entre_libros: Callable[..., Iterator[Observacion]] | None = None

    def __call__(self, *argumentos: Any) -> Iterator[Observacion]:
        yield from self._firmadas(self.funcion, argumentos)

    def en_la_carpeta(self, *argumentos: Any) -> Iterator[Observacion]:
        """Lo que la regla encuentra entre los libros de la carpeta, si busca algo ahí."""
        if self.entre_libros is not None:
            yield from self._firmadas(self.entre_libros, argumentos)

    def _firmadas(
        self, funcion: Callable[..., Iterator[Observacion]], argumentos: tuple[Any, ...]
    ) -> Iterator[Observacion]:
        for observacion in funcion(*argumentos):
            observacion.regla = self
            yield observacion


#: Un ejemplo vale para todos los formatos de la regla; un diccionario lo da por formato.
Ejemplo = str | Tabla | Mapping[str, str | Tabla]


def _por_formato(ejemplo: Ejemplo, formatos: tuple[str, ...]) -> Mapping[str, Tabla]:
    dados = ejemplo if isinstance(ejemplo, Mapping) else dict.fromkeys(formatos, ejemplo)
    return {formato: una if isinstance(una, Tabla) else Tabla(una) for formato, una in dados.items()}


def regla(
    codigo: str,
    formatos: Iterable[str] = ("MIR",),
    *,
    severidad: Severidad = Severidad.ERROR,
    para: Destinatario = Destinatario.UNIDAD,
    por_que: str,
    como_corregir: str,
    fuente: str,
    mal: Ejemplo,
    bien: Ejemplo,
    diseno: bool = False,
    alcance: Alcance = "libro",
    entre_libros: Callable[..., Iterator[Observacion]] | None = None,
) -> Callable[[Callable[..., Iterator[Observacion]]], Regla]:
    """Convierte una función en una regla; el docstring de la función dice lo que debe cumplirse."""

    claves = tuple(formatos)

    def decorar(funcion: Callable[..., Iterator[Observacion]]) -> Regla:
        return Regla(
            codigo, severidad, para, claves, " ".join((funcion.__doc__ or "").split()), por_que, como_corregir, fuente,
            _por_formato(mal, claves), _por_formato(bien, claves), funcion, diseno, alcance, entre_libros,
        )

    return decorar


@dataclass(slots=True)
class Contexto:
    """Con qué se revisa: periodo, semáforo y lo que las reglas comparten de cada libro."""

    periodo: Periodo | None = None  #: el pedido; None: el que cada libro trae escrito
    perfiles: Mapping[str, Perfil] = field(default_factory=dict)  #: formato → perfil elegido
    anteriores: Mapping[Identidad, Sequence[Anterior]] = field(default_factory=dict)  #: entregas de antes
    catalogo: Catalogo | None = None  #: el de la oficina; None: no se dio
    _indicadores: dict[int, list[Indicador]] = field(default_factory=dict)
    _actividades: dict[int, list[Actividad]] = field(default_factory=dict)

    def formato(self, libro: Libro) -> Formato:
        """Formato del libro."""
        return TODOS[libro.formato or "MIR"]

    def perfil(self, formato: str | None) -> Perfil:
        """Semáforo con que se evalúa un formato."""
        clave = formato or "MIR"
        del_catalogo = self.catalogo.perfil if self.catalogo else None
        return self.perfiles.get(clave) or del_catalogo or PERFILES[FORMATOS[clave].perfil]

    def periodo_de(self, libro: Libro) -> Periodo | None:
        """Periodo con que se revisa el libro; None: formulación, o periodo ilegible."""
        if self.periodo is not None:
            return self.periodo
        return libro.periodo

    def formulacion(self, libro: Libro) -> bool:
        """No se pidió periodo y el del libro está en blanco."""
        return self.periodo is None and libro.campo("periodo").vacio

    def anteriores_de(self, libro: Libro) -> tuple[Anterior, ...]:
        """Entregas anteriores del informe en su ejercicio, de la más antigua (lo aprobado) a la más nueva."""
        periodo = self.periodo_de(libro)
        if periodo is None or libro.formato is None:
            return ()
        return tuple(
            a for a in self.anteriores.get((libro.formato, libro.identidad), ())
            if a.ejercicio == periodo.ejercicio and a.mes <= periodo.mes and (a.sha256 != libro.sha256 or not a.sha256)
        )

    def indicadores(self, libro: Libro) -> list[Indicador]:
        """Indicadores evaluados de una MIR; vacío en formulación y en otro formato."""
        periodo = self.periodo_de(libro)
        if periodo is None or libro.formato != "MIR":
            return []
        llave = id(libro)
        if llave not in self._indicadores:
            self._indicadores[llave] = evaluar(libro, periodo, self.perfil(libro.formato))
        return self._indicadores[llave]

    def actividades(self, libro: Libro) -> list[Actividad]:
        """Actividades evaluadas de un POI; vacío en formulación y en otro formato."""
        periodo = self.periodo_de(libro)
        if periodo is None or libro.formato != "POI":
            return []
        llave = id(libro)
        if llave not in self._actividades:
            self._actividades[llave] = evaluar_actividades(libro, periodo, self.perfil(libro.formato))
        return self._actividades[llave]


def _sobre(observacion: Observacion, libro: Libro | None) -> str:
    """De qué habla una observación, por las claves de su hoja, renglón y columna y no por su dirección."""
    if observacion.dato is None or libro is None:
        partes = [observacion.hoja, observacion.celda or observacion.variante, None if libro else observacion.archivo,
                  None if libro else observacion.esperado]
        return " · ".join(str(p) for p in partes if p)
    hoja, indice, columna = observacion.dato.llave
    fila = next((f for f in libro.filas(hoja) if f.indice == indice), None) if indice >= 0 else None
    if fila is None:
        return " · ".join(p for p in (hoja, columna) if p)
    llaves = TODOS[libro.formato or "MIR"].por_clave[hoja].llave
    textos = [str(v) for c in llaves if (v := fila.valor(c)) is not None] or [f"fila {fila.numero}"]
    return " · ".join((hoja, *textos, columna))


def a_hallazgo(observacion: Observacion, archivo: str, formulacion: bool, libro: Libro | None = None) -> Hallazgo:
    """La observación como hallazgo, con su destinatario según el momento; `libro`, el informe del que habla."""
    if observacion.regla is None:
        raise ValueError("la observación no dice de qué regla viene")
    ficha = observacion.regla
    archivo = observacion.archivo or archivo
    dato = observacion.dato
    hoja, celda = (dato.hoja, dato.celda) if dato else (observacion.hoja, observacion.celda)
    donde = Ubicacion(archivo, hoja, celda)
    destinatario = observacion.destinatario or ficha.destinatario
    en_diseno = ficha.diseno and not formulacion
    if en_diseno:
        destinatario = Destinatario.PLANEACION
    otras = tuple(Ubicacion(archivo, d.hoja, d.celda) for d in (*observacion.nombra, *observacion.tambien) if d.celda)
    return Hallazgo(
        regla=ficha.codigo,
        severidad=observacion.severidad or ficha.severidad,
        destinatario=destinatario,
        donde=donde,
        mensaje=como_frase(observacion.mensaje),
        como_corregir=observacion.como_corregir or ficha.como_corregir,
        encontrado=observacion.encontrado,
        esperado=observacion.esperado,
        tambien=tuple(dict.fromkeys(u for u in otras if u != donde)),
        diseno=en_diseno,
        sobre=_sobre(observacion, libro),
    )
