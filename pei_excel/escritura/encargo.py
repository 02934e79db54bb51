"""Qué plantilla se va a escribir: de los argumentos a los renglones de cada hoja, con el valor de lo calculado."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pei_excel.calculos import AlPeriodo
from pei_excel.crudo import ErrorExcel
from pei_excel.formato import Apertura, Columna, Formato, Hoja, Modo
from pei_excel.periodos import ORDINALES, Periodo, texto_de_trimestre
from pei_excel.tipos import ClaveNombre, Opcion, ValorNivel

#: Renglones libres de las hojas de apoyo (Justificaciones al formular, Modificaciones).
LIBRES_DE_APOYO = 20

_DIA_CERO = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class ConFormula:
    """En `filas`, para una columna calculada: escribe la fórmula con un resultado guardado que no es el suyo.

    Es el libro que alguien guardó sin recalcular: `ConFormula(12)` guarda 12, `ConFormula("")` el texto vacío y
    `ConFormula(None)` no guarda resultado. Las celdas que dependen de ésta llevan su valor verdadero.
    """

    valor: Any


@dataclass(frozen=True, slots=True)
class ConFormato:
    """En `filas` o `campos`: un valor con otro formato de número (por ejemplo 0.2 con «0%»)."""

    valor: Any
    formato: str


class Aspecto(StrEnum):
    """Cómo se ve y se porta una celda; es también el nombre de su estilo."""

    CAPTURA = "captura"
    APROBADO = "aprobado"
    CERRADO = "cerrado"  #: periodo ya informado
    FUTURO = "futuro"  #: periodo que todavía no se captura
    CALCULADA = "calculada"
    APOYO = "apoyo"  #: calculada, fuera de la impresión


@dataclass(slots=True)
class Renglon:
    """Una fila por escribir."""

    numero: int  #: fila de Excel
    crudos: Mapping[str, Any]  #: lo que se escribe tal cual
    valores: dict[str, Any] = field(default_factory=dict)  #: lo que Excel ve: capturado y calculado


class _Fila(dict[str, object]):
    """Valores de un renglón que saben dónde está, para los cálculos que dan una dirección."""

    hoja: Hoja
    numero: int


@dataclass(slots=True)
class Encargo:
    """Todo lo que hace falta para escribir una plantilla. Cumple también el protocolo `Entorno` de los cálculos."""

    formato: Formato
    modo: Modo
    ejercicio: int
    trimestre: int  #: el que Excel lee en el campo del periodo; 0 si no hay ninguno
    abierto: int  #: el que se reporta, en seguimiento
    papel: str
    campos: dict[str, Any]
    renglones: dict[str, list[Renglon]]
    _indices: dict[str, dict[object, dict[str, Any]]] = field(default_factory=dict)
    _calculadas: set[str] = field(default_factory=set)

    celda_trimestre = "pei_trimestre"

    @property
    def periodos(self) -> tuple[str, ...]:
        """Los cuatro textos que admite el campo del periodo."""
        return tuple(texto_de_trimestre(self.ejercicio, n) for n in (1, 2, 3, 4))

    def ultima(self, hoja: Hoja) -> int:
        """Última fila de las referencias: una más que los renglones, para que insertar al final también cuente."""
        return hoja.disposicion.fila_datos + len(self.renglones[hoja.clave])

    def columna(self, hoja: Hoja, clave: str) -> str:
        """Rango de los datos de una columna, con su hoja."""
        letra = hoja.disposicion.letra[clave]
        return f"'{hoja.clave}'!${letra}${hoja.disposicion.fila_datos}:${letra}${self.ultima(hoja)}"

    def aspecto(self, columna: Columna) -> Aspecto:
        """Cómo se porta una columna en este modo y trimestre."""
        if columna.calculo:
            return Aspecto.APOYO if columna.auxiliar else Aspecto.CALCULADA
        if self.modo is Modo.FORMULACION or columna.apertura is Apertura.SIEMPRE:
            return Aspecto.CAPTURA
        if columna.apertura is Apertura.PERIODO:
            if columna.trimestre is None or columna.trimestre == self.abierto:
                return Aspecto.CAPTURA
            return Aspecto.CERRADO if columna.trimestre < self.abierto else Aspecto.FUTURO
        return Aspecto.APROBADO

    def calcular(self, hoja: Hoja) -> None:
        """Llena los valores calculados de una hoja, en el orden en que unos leen a otros."""
        if hoja.clave in self._calculadas:
            return
        self._calculadas.add(hoja.clave)
        orden = ordenar_calculos(hoja)
        for renglon in self.renglones[hoja.clave]:
            fila = _Fila(renglon.valores)
            fila.hoja, fila.numero = hoja, renglon.numero
            for columna in orden:
                if columna.clave in fila:
                    continue  # escrita encima
                fila[columna.clave] = _con_errores(columna, fila, self)
            renglon.valores = fila

    def buscar(self, hoja: str, llave: object) -> Mapping[str, object]:
        """Renglón de otra hoja por su primera llave, como MATCH: sin distinguir mayúsculas, el primero."""
        if llave is None:
            return {}
        if hoja not in self._indices:
            destino = self.formato.por_clave[hoja]
            self.calcular(destino)
            indice: dict[object, dict[str, Any]] = {}
            for renglon in self.renglones[hoja]:
                indice.setdefault(_plegar(renglon.valores.get(destino.llave[0])), renglon.valores)
            self._indices[hoja] = indice
        return self._indices[hoja].get(_plegar(llave), {})

    def celda_buscada(self, hoja: str, columna: str, celda_llave: str) -> str:
        destino = self.formato.por_clave[hoja]
        llaves = self.columna(destino, destino.llave[0])
        hallada = f"INDEX({self.columna(destino, columna)},MATCH({celda_llave},{llaves},0))"
        if destino.por_clave[columna].calculo is None:  # INDEX da 0 sobre una celda en blanco
            hallada = f'IF({hallada}="","",{hallada})'
        return f'IF({celda_llave}="","",IFERROR({hallada},""))'

    def direccion(self, fila: Mapping[str, object], columna: str) -> str:
        assert isinstance(fila, _Fila)  # noqa: S101 - los cálculos reciben las filas de aquí
        return fila.hoja.disposicion.celda(fila.numero, columna)

    def celda_tabla(self, tabla: str, celda_llave: str, columna: str) -> str:
        return f"IFERROR(VLOOKUP({celda_llave},tabla_{tabla},{columna},FALSE),1)"


def _plegar(valor: object) -> object:
    return valor.casefold() if isinstance(valor, str) else valor


def _con_errores(columna: Columna, fila: Mapping[str, object], entorno: Encargo) -> object:
    """Valor de un cálculo; si lee una celda en error, el error."""
    calculo = columna.calculo
    assert calculo is not None  # noqa: S101 - sólo se llama con columnas calculadas
    leidas = calculo.partes[: entorno.trimestre] if isinstance(calculo, AlPeriodo) else calculo.lee
    for leida in leidas:
        if type(fila.get(leida)) is ErrorExcel:
            return fila[leida]
    return calculo.valor(fila, entorno)


def ordenar_calculos(hoja: Hoja) -> list[Columna]:
    """Columnas calculadas de una hoja, cada una después de las que lee."""
    orden: list[Columna] = []
    vistas: set[str] = set()

    def visitar(columna: Columna) -> None:
        if columna.calculo is None or columna.clave in vistas:
            return
        vistas.add(columna.clave)
        for leida in columna.calculo.lee:
            if leida in hoja.por_clave:
                visitar(hoja.por_clave[leida])
        orden.append(columna)

    for columna in hoja.columnas:
        visitar(columna)
    return orden


def crudo(valor: Any) -> Any:
    """Lo que se escribe en la celda por un valor dado, también si es uno de los tipados de un libro leído."""
    if isinstance(valor, (ValorNivel, ClaveNombre)):
        return str(valor)
    if isinstance(valor, Periodo):
        return texto_de_trimestre(valor.ejercicio, valor.trimestre)
    if isinstance(valor, (tuple, list)):
        return " ".join(str(v) for v in valor)
    return valor


def visto(columna: Columna, valor: Any) -> Any:
    """Lo que una fórmula ve en la celda: fechas como número de serie, opciones sin distinguir mayúsculas."""
    if isinstance(valor, ConFormato):
        valor = valor.valor
    if valor is None or valor == "":
        return None
    if isinstance(valor, datetime):
        return (valor - datetime(1899, 12, 30, tzinfo=valor.tzinfo)).total_seconds() / 86400
    if isinstance(valor, date):
        return float((valor - _DIA_CERO).days)
    if isinstance(valor, str) and type(valor) is not ErrorExcel and isinstance(columna.tipo, Opcion):
        return next((o for o in columna.tipo.opciones if o.casefold() == valor.casefold()), valor)
    return valor


def preparar(
    formato: Formato, *, modo: Modo, ejercicio: int, periodo: Periodo | None, campos: Mapping[str, Any] | None,
    filas: Mapping[str, Sequence[Mapping[str, Any]]] | None, filas_libres: int, papel: str | None,
) -> Encargo:
    """Reúne los argumentos, arma los renglones de cada hoja y calcula lo calculado.

    Raises:
        ValueError: si el seguimiento no dice qué trimestre se reporta.
    """
    escritos = {clave: crudo(valor) for clave, valor in (campos or {}).items()}
    if periodo is not None:
        escritos.setdefault(formato.campo_periodo, texto_de_trimestre(periodo.ejercicio, periodo.trimestre))
    encargo = Encargo(formato, modo, ejercicio, 0, 0, papel or formato.papel, escritos, {})
    texto = escritos.get(formato.campo_periodo)
    textos = [t.casefold() for t in encargo.periodos]
    encargo.trimestre = textos.index(str(texto).casefold()) + 1 if str(texto).casefold() in textos else 0
    encargo.abierto = periodo.trimestre if periodo is not None else encargo.trimestre
    if modo is Modo.SEGUIMIENTO and not encargo.abierto:
        raise ValueError("el libro de seguimiento necesita saber qué trimestre se reporta")
    for hoja in formato.hojas:
        dadas: Iterable[Mapping[str, Any]] = (filas or {}).get(hoja.clave, ())
        lista = [dict(fila) for fila in dadas]
        if modo is Modo.SEGUIMIENTO and not lista:
            lista = _prefabricadas(hoja, filas or {}, encargo.abierto)
        libres = _libres(formato, hoja, modo, len(lista), filas_libres)
        lista += [{} for _ in range(libres)]
        encargo.renglones[hoja.clave] = [
            _renglon(hoja, numero, fila) for numero, fila in enumerate(lista, hoja.disposicion.fila_datos)
        ]
    for hoja in formato.hojas:
        encargo.calcular(hoja)
    return encargo


def _renglon(hoja: Hoja, numero: int, fila: Mapping[str, Any]) -> Renglon:
    crudos = {clave: crudo(valor) for clave, valor in fila.items()}
    valores: dict[str, Any] = {}
    for clave, valor in crudos.items():
        columna = hoja.por_clave[clave]
        if columna.calculo and (valor is None or isinstance(valor, ConFormula)):
            continue  # lleva su fórmula
        valores[clave] = visto(columna, valor)
    return Renglon(numero, crudos, valores)


def _prefabricadas(
    hoja: Hoja, filas: Mapping[str, Sequence[Mapping[str, Any]]], trimestre: int
) -> list[dict[str, Any]]:
    """Un renglón por cada uno de la hoja de referencia, si la hoja se llena por trimestre."""
    if hoja.referencia is None or len(hoja.llave) != 2 or hoja.llave[1] != "trimestre":
        return []
    origen, columna = hoja.referencia
    tipo = hoja.por_clave["trimestre"].tipo
    texto = tipo.opciones[trimestre - 1] if isinstance(tipo, Opcion) else ORDINALES[trimestre - 1]
    llaves = [fila.get(columna) for fila in filas.get(origen, ())]
    return [{hoja.llave[0]: llave, "trimestre": texto} for llave in llaves if llave]


def _libres(formato: Formato, hoja: Hoja, modo: Modo, dadas: int, filas_libres: int) -> int:
    if hoja is formato.principal:
        return max(0, filas_libres - dadas) if modo is Modo.FORMULACION else 0
    if modo is Modo.SEGUIMIENTO and hoja.llave[1:] == ("trimestre",) and dadas:
        return 0
    return max(0, LIBRES_DE_APOYO - dadas)
