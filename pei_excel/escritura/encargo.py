"""Qué plantilla se va a escribir: de los argumentos a los renglones de cada hoja, con el valor de lo calculado."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pei_excel.calculos import AlPeriodo, Cifra, plegar
from pei_excel.crudo import ErrorExcel
from pei_excel.cuadros import Cuadro
from pei_excel.escritura.membrete import Membrete
from pei_excel.formato import Apertura, Columna, Formato, Hoja, Modo
from pei_excel.periodos import ORDINALES, Periodo, texto_de_periodo
from pei_excel.textos import normalizar
from pei_excel.tipos import ClaveNombre, MetaEnPalabras, Opcion, ValorNivel
from pei_excel.ubicacion import letra

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


@dataclass(frozen=True, slots=True)
class Abierta:
    """En `filas`: una celda que queda abierta aunque su columna esté cerrada."""

    mensaje: str  #: por qué, y qué escribir: se lee al pararse en ella
    valor: Any = None  #: lo que lleva mientras tanto


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
    leido: Periodo | None  #: el que Excel lee en el campo del periodo
    abierto: Periodo | None  #: el que se reporta, en seguimiento
    papel: str
    campos: dict[str, Any]
    renglones: dict[str, list[Renglon]]
    membrete: Membrete = field(default_factory=Membrete)
    #: nombres definidos que las fórmulas usan → su rango; se llena mientras se escriben
    nombrados: dict[str, str] = field(default_factory=dict)
    _indices: dict[str, dict[object, dict[str, Any]]] = field(default_factory=dict)
    _calculadas: set[str] = field(default_factory=set)
    _cuadros: dict[tuple[str, str], dict[str, Cifra]] = field(default_factory=dict)

    celda_trimestre = "pei_trimestre"
    celda_mes = "pei_mes"
    celda_desde = "pei_desde"

    @property
    def trimestre(self) -> int:
        """Trimestre que Excel lee en el campo del periodo; 0 si no hay ninguno."""
        return self.leido.trimestre if self.leido else 0

    @property
    def mes(self) -> int:
        """Último mes del periodo leído; 0 si no hay ninguno."""
        return self.leido.mes if self.leido else 0

    @property
    def desde(self) -> int:
        """Primer mes del periodo leído; 0 si no hay ninguno."""
        return self.leido.meses[0] if self.leido else 0

    @property
    def opciones_de_periodo(self) -> tuple[Periodo, ...]:
        """Los periodos que admite el campo."""
        return self.formato.tipo_de_periodo.periodos(self.ejercicio)

    @property
    def periodos(self) -> tuple[str, ...]:
        """Sus textos."""
        return tuple(self.formato.tipo_de_periodo.texto(p) for p in self.opciones_de_periodo)

    def ultima(self, hoja: Hoja) -> int:
        """Última fila de las referencias: una más que los renglones, para que insertar al final también cuente."""
        return hoja.disposicion.fila_datos + len(self.renglones[hoja.clave])

    def columna(self, hoja: Hoja, clave: str) -> str:
        """Rango de los datos de una columna, con su hoja."""
        return self.rectangulo(hoja, clave, clave)

    def rectangulo(self, hoja: Hoja, desde: str, hasta: str) -> str:
        """Rango de los datos de varias columnas contiguas, con su hoja."""
        lugar = hoja.disposicion
        esquina = f"${lugar.letra[desde]}${lugar.fila_datos}"
        return f"'{hoja.clave}'!{esquina}:${lugar.letra[hasta]}${self.ultima(hoja)}"

    def aspecto(self, columna: Columna) -> Aspecto:
        """Cómo se porta una columna en este modo y periodo."""
        if columna.calculo:
            return Aspecto.APOYO if columna.auxiliar else Aspecto.CALCULADA
        if self.modo is Modo.FORMULACION or columna.apertura is Apertura.SIEMPRE:
            return Aspecto.CAPTURA
        if columna.apertura is Apertura.PERIODO:
            abiertos = self.abierto.meses_abiertos if self.abierto else range(0)
            if columna.meses is None or columna.meses[-1] in abiertos:
                return Aspecto.CAPTURA
            return Aspecto.CERRADO if columna.meses[-1] < abiertos[0] else Aspecto.FUTURO
        return Aspecto.APROBADO

    def cerrado(self, hoja: Hoja, renglon: Renglon) -> bool:
        """El renglón es de un trimestre ya informado, de una hoja que los conserva."""
        if not hoja.conserva or self.modo is not Modo.SEGUIMIENTO or self.abierto is None:
            return False
        return renglon.valores.get("trimestre") not in {None, texto_de_trimestre_en(hoja, self.abierto.trimestre)}

    def abiertas(self, hoja: Hoja) -> dict[str, dict[int, str]]:
        """Celdas abiertas de columnas cerradas: columna → fila de Excel → lo que se lee al pararse en ella."""
        halladas: dict[str, dict[int, str]] = {}
        for renglon in self.renglones[hoja.clave]:
            for clave, valor in renglon.crudos.items():
                if isinstance(valor, Abierta):
                    halladas.setdefault(clave, {})[renglon.numero] = valor.mensaje
        return halladas

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
                escritas = {
                    c.clave: renglon.crudos[c.clave]
                    for c in destino.columnas
                    if isinstance(c.tipo, Opcion) and isinstance(renglon.crudos.get(c.clave), str)
                }  # BUSCAR trae la opción como se escribió, no como se reconoce
                indice.setdefault(plegar(renglon.valores.get(destino.llave[0])), {**renglon.valores, **escritas})
            self._indices[hoja] = indice
        return self._indices[hoja].get(plegar(llave), {})

    def valores_de(self, hoja: str, columna: str) -> list[object]:
        return [renglon.valores.get(columna) for renglon in self.renglones[hoja]]

    def columna_de(self, hoja: str, columna: str) -> str:
        return self._nombrar(nombre_de_columna(hoja, columna), hoja, columna, columna)

    def franja(self, hoja: str, medida: str) -> str:
        nombre = f"meses_{nombre_de_columna(hoja, medida).removeprefix('lista_')}"
        return self._nombrar(nombre, hoja, f"{medida}_m1", f"{medida}_m12")

    def _nombrar(self, nombre: str, hoja: str, desde: str, hasta: str) -> str:
        self.nombrados[nombre] = self.rectangulo(self.formato.por_clave[hoja], desde, hasta)
        return nombre

    def en_tabla(self, tabla: str, llave: object, columna: int) -> str | None:
        filas = self.formato.tablas[tabla].filas
        return next((f[columna - 1] for f in filas if plegar(f[0]) == plegar(llave)), None)

    def campo(self, clave: str) -> object:
        valor = self.campos.get(clave)
        return valor.valor if isinstance(valor, ConFormato) else valor

    def celda_campo(self, clave: str) -> str:
        principal = self.formato.principal
        lugar = principal.disposicion
        return f"'{principal.clave}'!${letra(lugar.COLUMNA_VALOR)}${lugar.fila_campo[clave]}"

    def cuadro(self, hoja: Hoja, cuadro: Cuadro) -> dict[str, Cifra]:
        """Los valores de un cuadro de la hoja."""
        llave = hoja.clave, cuadro.clave
        if llave not in self._cuadros:
            self._cuadros[llave] = cuadro.valores(self)
        return self._cuadros[llave]

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

    def celda_tabla(self, tabla: str, celda_llave: str, columna: str, si_no: str = "1") -> str:
        return f"IFERROR(VLOOKUP({celda_llave},tabla_{tabla},{columna},FALSE),{si_no})"


def nombre_de_columna(hoja: str, columna: str) -> str:
    """Nombre definido de los datos de una columna que otras hojas refieren."""
    return f"lista_{normalizar(hoja).replace(' ', '_')}_{columna}"


def texto_de_trimestre_en(hoja: Hoja, trimestre: int) -> str:
    """Cómo se escribe un trimestre en la llave de una hoja."""
    tipo = hoja.por_clave["trimestre"].tipo
    return tipo.opciones[trimestre - 1] if isinstance(tipo, Opcion) else ORDINALES[trimestre - 1]


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
    if isinstance(valor, (ValorNivel, ClaveNombre, MetaEnPalabras)):
        return str(valor)
    if isinstance(valor, Periodo):
        return texto_de_periodo(valor)
    if isinstance(valor, (tuple, list)):
        return " ".join(str(v) for v in valor)
    return valor


def visto(columna: Columna, valor: Any) -> Any:
    """Lo que una fórmula ve en la celda: fechas como número de serie, opciones sin distinguir mayúsculas."""
    if isinstance(valor, (ConFormato, Abierta)):
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
    membrete: Membrete | None = None,
) -> Encargo:
    """Reúne los argumentos, arma los renglones de cada hoja y calcula lo calculado.

    Raises:
        ValueError: si el seguimiento no dice qué trimestre se reporta.
    """
    escritos = {clave: crudo(valor) for clave, valor in (campos or {}).items()}
    if periodo is not None and formato.informe:
        escritos.setdefault(formato.campo_periodo, formato.tipo_de_periodo.texto(periodo))
    if any(c.clave == "ejercicio" for c in formato.principal.campos):
        escritos.setdefault("ejercicio", ejercicio)
    encargo = Encargo(
        formato, modo, ejercicio, None, None, papel or formato.papel, escritos, {}, membrete or Membrete()
    )
    texto = str(escritos.get(formato.campo_periodo)).casefold()
    textos = [t.casefold() for t in encargo.periodos]
    encargo.leido = encargo.opciones_de_periodo[textos.index(texto)] if texto in textos else None
    encargo.abierto = periodo or encargo.leido
    if modo is Modo.SEGUIMIENTO and not encargo.abierto:
        raise ValueError("el libro de seguimiento necesita saber qué trimestre se reporta")
    for hoja in formato.hojas:
        dadas: Iterable[Mapping[str, Any]] = (filas or {}).get(hoja.clave, ())
        lista = [dict(fila) for fila in dadas]
        if modo is Modo.SEGUIMIENTO and encargo.abierto and (not lista or hoja.completa or hoja.conserva):
            lista += _prefabricadas(hoja, filas or {}, lista, encargo.abierto.trimestre)
        libres = _libres(encargo, hoja, len(lista), filas_libres)
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
    hoja: Hoja, filas: Mapping[str, Sequence[Mapping[str, Any]]], dadas: Sequence[Mapping[str, Any]], trimestre: int
) -> list[dict[str, Any]]:
    """Los renglones que faltan para que la hoja tenga uno por cada uno de la de referencia (y del trimestre)."""
    por_trimestre = hoja.llave[1:] == ("trimestre",)
    if hoja.referencia is None or not (por_trimestre or hoja.completa):
        return []
    origen, columna = hoja.referencia
    fija = {"trimestre": texto_de_trimestre_en(hoja, trimestre)} if por_trimestre else {}
    tenidas = {tuple(plegar(fila.get(clave)) for clave in hoja.llave) for fila in dadas}
    llaves = [llave for fila in filas.get(origen, ()) if (llave := fila.get(columna))]
    nuevas = [{hoja.llave[0]: llave, **fija} for llave in llaves if not isinstance(llave, Abierta)]
    nuevas = [n for n in nuevas if tuple(plegar(n.get(clave)) for clave in hoja.llave) not in tenidas]
    # Lo que todavía no se sabe cómo se llama tiene también su renglón, todo abierto.
    por_nombrar = [llave for llave in llaves if isinstance(llave, Abierta)]
    conocidas = {plegar(llave) for llave in llaves if not isinstance(llave, Abierta)}
    propias = [fila.get(hoja.llave[0]) for fila in dadas if fija.items() <= fila.items()]
    ya = sum(isinstance(llave, Abierta) or plegar(llave) not in conocidas for llave in propias)
    libres = [c.clave for c in hoja.columnas if c.apertura is Apertura.PERIODO and c.meses
              and c.meses[-1] <= trimestre * 3]
    return nuevas + [
        {hoja.llave[0]: llave, **fija, **{clave: Abierta(llave.mensaje) for clave in libres}}
        for llave in por_nombrar[ya:]
    ]


def _libres(encargo: Encargo, hoja: Hoja, dadas: int, filas_libres: int) -> int:
    """Renglones libres que se agregan a los dados."""
    if not hoja.columnas:
        return 0
    if encargo.modo is Modo.SEGUIMIENTO:
        cerrada = all(encargo.aspecto(c) is not Aspecto.CAPTURA for c in hoja.columnas)
        unica = hoja is encargo.formato.principal or hoja.completa or (hoja.llave[1:] == ("trimestre",) and dadas > 0)
        return 0 if cerrada or unica else max(0, LIBRES_DE_APOYO - dadas)
    if hoja is encargo.formato.principal:
        return max(0, filas_libres - dadas)
    return max(0, max(LIBRES_DE_APOYO, filas_libres * hoja.por_renglon) - dadas)
