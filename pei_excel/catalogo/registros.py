"""Cada cosa que el catálogo declara, con sus tipos y la fila de donde salió."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from pei_excel.formatos.catalogo import INSTITUCION
from pei_excel.libro import Dato, Fila
from pei_excel.periodos import Periodo


@dataclass(frozen=True)
class Vigencia:
    """Los días en que algo existe, con los dos extremos incluidos."""

    desde: date | None = None  #: None: desde siempre
    hasta: date | None = None  #: None: sigue vigente

    def contiene(self, dia: date) -> bool:
        """El día cae dentro."""
        return not self.empieza_despues(dia) and not self.acaba_antes(dia)

    def empieza_despues(self, dia: date) -> bool:
        """Ese día todavía no existía."""
        return self.desde is not None and dia < self.desde

    def acaba_antes(self, dia: date) -> bool:
        """Ese día ya no existía."""
        return self.hasta is not None and dia > self.hasta

    def se_cruza(self, otra: Vigencia) -> bool:
        """Hay algún día de las dos."""
        return (self.desde or date.min) <= (otra.hasta or date.max) and (otra.desde or date.min) <= (
            self.hasta or date.max
        )


@dataclass(frozen=True)
class Registro:
    """Un renglón del catálogo, con la fila de donde salió."""

    fila: Fila = field(repr=False, compare=False)

    def dato(self, columna: str) -> Dato:
        """El valor de una columna con su hoja y su celda."""
        return self.fila[columna]


@dataclass(frozen=True)
class Unidad(Registro):
    """Una unidad responsable o unidad orgánica, con el nombre que tuvo en una época."""

    clave: str
    nombre: str
    vigencia: Vigencia = Vigencia()
    nombre_corto: str = ""
    superior: str | None = None  #: clave
    cargo: str = ""  #: del titular
    tratamiento: str = ""
    enlace: str = ""
    correo: str | None = None
    copia: tuple[str, ...] = ()
    anteriores: tuple[str, ...] = ()  #: claves de las que viene
    informa: bool = True
    techo_pia: float | None = None  #: en la moneda del país
    techo_pim: float | None = None

    @property
    def techo(self) -> float | None:
        """El vigente: el modificado, o el inicial si no se ha modificado."""
        return self.techo_pim if self.techo_pim is not None else self.techo_pia


@dataclass(frozen=True)
class Programa(Registro):
    """Un programa presupuestario y quiénes lo ejecutan."""

    clave: str
    nombre: str
    unidades: tuple[str, ...] = ()  #: claves
    vigencia: Vigencia = Vigencia()
    coordina: str | None = None  #: clave escrita como coordinadora

    @property
    def coordinadora(self) -> str | None:
        """La unidad que trae el Fin y el Propósito: la que se dice, o la única."""
        return self.coordina or (self.unidades[0] if len(self.unidades) == 1 else None)


@dataclass(frozen=True)
class IndicadorAprobado(Registro):
    """Lo que el catálogo dice de un indicador aprobado."""

    unidad: str
    programa: str | None
    nivel: str  #: o código, en el POI
    nombre: str = ""
    unidad_medida: str = ""
    frecuencia: str | None = None
    sentido: str | None = None
    acumulacion: str | None = None
    tope: float | None = None
    programado: tuple[float | None, ...] = ()  #: los cuatro trimestres aprobados


@dataclass(frozen=True)
class Alineacion(Registro):
    """Un eje, objetivo, OEI o AEI."""

    clase: str
    codigo: str
    descripcion: str = ""
    padre: str | None = None  #: código del eje o del OEI
    unidades: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plazo(Registro):
    """Cuándo se entrega un periodo."""

    periodo: Periodo
    apertura: date | None = None
    limite: date | None = None
    solventacion: date | None = None


@dataclass(frozen=True)
class Prorroga(Registro):
    """Una fecha límite distinta, concedida a una unidad."""

    unidad: str
    periodo: Periodo
    fecha: date
    oficio: str = ""


@dataclass(frozen=True)
class CampoDeTransparencia(Registro):
    """Una columna de un formato de transparencia, con su identificador."""

    fraccion: str
    campo: str
    id_campo: str | None = None
    tipo: int | None = None  #: 1–14
    tabla: str | None = None  #: id de su subtabla
    formato: str | None = None
    articulo: str = ""
    titulo: str = ""
    nombre_corto: str = ""
    descripcion: str = ""


@dataclass(frozen=True)
class Institucion:
    """Lo que se imprime en todos los libros."""

    campos: tuple[tuple[str, Dato], ...] = field(default=(), repr=False, compare=False)
    nombre: str = ""
    pais: str | None = None  #: «mx», «pe», «sv»
    ejercicio: int | None = None
    logo: str | None = None  #: archivo, junto al catálogo
    color_principal: str | None = None  #: «#1F4E79»
    color_secundario: str | None = None
    papel: str | None = None  #: «oficio», «carta», «a4», «a3»
    firma_elabora: str = ""  #: cargos
    firma_revisa: str = ""
    firma_autoriza: str = ""
    perfil: str | None = None
    perfil_documento: str | None = None
    tesoreria: str | None = None
    contacto: str = ""

    def dato(self, clave: str) -> Dato:
        """Un campo con su hoja y su celda."""
        return dict(self.campos).get(clave) or Dato((INSTITUCION.clave, -1, clave))
