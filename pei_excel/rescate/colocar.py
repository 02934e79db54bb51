"""De un informe leído a los valores de la plantilla de hoy: qué va igual, se movió, se reparó o no se leyó."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import NoneType
from typing import Any

from pei_excel.calculos import cifra
from pei_excel.crudo import ErrorExcel
from pei_excel.escritura.bloque import COLUMNA_VALOR
from pei_excel.escritura.encargo import Abierta, Aspecto, Encargo, crudo, preparar
from pei_excel.escritura.rescate import Movimiento, Que
from pei_excel.evaluacion import filas_corridas
from pei_excel.formato import Campo, Columna, Formato, Hoja, Modo
from pei_excel.libro import FILA_DE_HOJA, Dato, Fila, HojaLeida, Libro
from pei_excel.periodos import Periodo
from pei_excel.textos import limpiar, numero
from pei_excel.tipos import Codigo, Fecha, Nivel, Numero, Opcion, Tipo, Trimestre, como_texto, es_nada
from pei_excel.ubicacion import direccion

#: Renglones que trae una plantilla de formulación, y los que quedan libres si el libro trae más.
RENGLONES, LIBRES = 60, 10

#: Tipos que la plantilla sólo admite escritos de una manera; lo demás se deja como se escribió.
_DE_UNA_MANERA = (Opcion, Nivel, Trimestre, Codigo, Numero, Fecha)


@dataclass(slots=True)
class Colocado:
    """Un informe ya puesto en la plantilla, en valores."""

    libro: Libro
    formato: Formato  #: con los campos que quedan abiertos
    modo: Modo
    ejercicio: int
    periodo: Periodo | None
    campos: dict[str, Any] = field(default_factory=dict)
    filas: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    movimientos: list[Movimiento] = field(default_factory=list)
    intactas: int = 0

    @property
    def argumentos(self) -> dict[str, Any]:
        """Con qué se escribe la plantilla."""
        principal = len(self.filas.get(self.formato.con_renglones.clave, ()))
        return {
            "modo": self.modo, "ejercicio": self.ejercicio, "campos": self.campos, "filas": self.filas, "papel": None,
            "periodo": self.periodo if self.modo is Modo.SEGUIMIENTO else None,
            "filas_libres": max(RENGLONES, principal + LIBRES),
        }


def colocar(libro: Libro, formato: Formato, ejercicio: int) -> Colocado:
    """Pone cada dato que se leyó en la celda que le toca; el libro de seguimiento sigue siéndolo si dice su periodo."""
    seguimiento = libro.modo == Modo.SEGUIMIENTO and libro.periodo is not None
    modo = Modo.SEGUIMIENTO if seguimiento else Modo.FORMULACION
    puesto = Colocado(libro, formato, modo, libro.periodo.ejercicio if seguimiento and libro.periodo else ejercicio,
                      libro.periodo)
    _Colocador(puesto).hacer()
    return puesto


class _Colocador:
    """Arma los valores de un informe y anota lo que no pasa tal cual."""

    def __init__(self, puesto: Colocado) -> None:
        self.puesto, self.libro, self.formato = puesto, puesto.libro, puesto.formato
        self.vacio = preparar(self.formato, **puesto.argumentos)  # para saber qué columnas quedan abiertas

    def hacer(self) -> None:
        self._campos()
        for hoja in self.formato.hojas:
            leida = self.libro.hojas.get(hoja.clave)
            if not hoja.columnas or leida is None:
                continue
            self._nombre_de_hoja(hoja, leida)
            self.puesto.filas[hoja.clave] = self._filas(hoja, leida)
            self._columnas_que_faltan(hoja, leida)
        self._hojas_que_faltan()
        self._calculadas(preparar(self.puesto.formato, **self.puesto.argumentos))

    def _anotar(self, que: Que, dato: Dato | None, **otros: Any) -> None:
        hoja, celda, decia = (dato.hoja, dato.celda, dato.crudo) if dato is not None else (None, None, None)
        partes: dict[str, Any] = {"hoja": hoja, "celda": celda, "decia": decia} | otros
        self.puesto.movimientos.append(Movimiento(que=que, **partes))

    # --- campos ---

    def _campos(self) -> None:
        principal = self.formato.principal
        leida = self.libro.hojas.get(principal.clave)
        nombre = leida.nombres[0] if leida else principal.clave
        abiertos = set()
        for campo in principal.campos:
            dato = self.libro.campos.get(campo.clave)
            columna = 1 if campo.en_etiqueta else COLUMNA_VALOR
            nueva = principal.clave, principal.disposicion.fila_campo[campo.clave], columna
            valor, limpio = (None, True) if dato is None or dato.vacio else self._pasar(campo, dato, nueva, nombre)
            if valor is not None:
                self.puesto.campos[campo.clave] = valor
            if not limpio or (valor is None and campo.obligatorio):
                abiertos.add(campo.clave)
        if self.puesto.modo is Modo.SEGUIMIENTO and abiertos:
            campos = tuple(replace(c, abierto=True) if c.clave in abiertos else c for c in principal.campos)
            abierta = replace(principal, campos=campos)
            self.puesto.formato = replace(self.formato, hojas=(abierta, *self.formato.hojas[1:]))

    def _pasar(
        self, cual: Campo | Columna, dato: Dato, nueva: tuple[str, int, int], nombre: str
    ) -> tuple[Any, bool]:
        """El valor que se escribe por un dato y si pasó limpio (igual, aunque sea en otra celda); anota lo demás."""
        if dato.valor is None and dato.incidente is not None and dato.incidente.error:
            self._anotar(Que.NO_SE_LEYO, dato, nueva=nueva, porque=dato.incidente.mensaje)
            return None, False
        valor = valor_que_se_escribe(cual.tipo, dato)
        if dato.formula:
            self._anotar(Que.REPARADA, dato, nueva=nueva, dice=valor, porque="tenía una fórmula; va su resultado")
            return valor, False
        if not mismo_valor(dato.crudo, valor):
            porque = dato.incidente.mensaje if dato.incidente else "se escribió como lo pide la plantilla"
            self._anotar(Que.REPARADA, dato, nueva=nueva, dice=valor, porque=porque)
            return valor, False
        if dato.celda != direccion(*nueva[1:]) or dato.hoja != nombre:
            self._anotar(Que.MOVIDA, dato, nueva=nueva, dice=dato.crudo)
        else:
            self.puesto.intactas += 1
        return valor, True

    # --- renglones ---

    def _nombre_de_hoja(self, hoja: Hoja, leida: HojaLeida) -> None:
        if leida.nombres and leida.nombres[0] != hoja.clave:
            self._anotar(Que.MOVIDA, None, hoja=leida.nombres[0], nueva=(hoja.clave, 1, 1), marcada=False,
                         porque=f"la hoja se llama «{hoja.clave}» en la plantilla")

    def _filas(self, hoja: Hoja, leida: HojaLeida) -> list[dict[str, Any]]:
        corridas = filas_corridas(self.libro, hoja.clave)
        porque = {i.llaves[0][:2]: i.mensaje for i in self.libro.incidentes if i.clase == "FMT015" and i.llaves}
        armadas = []
        for n, fila in enumerate(leida.filas):
            numero_ = hoja.disposicion.fila_datos + n
            if fila.indice in corridas:
                motivo = f"no se sabe qué dato es cada uno: {porque[hoja.clave, fila.indice]}"
                armadas.append(self._corrida(hoja, fila, numero_, leida.nombres[0], motivo))
            else:
                armadas.append(self._fila(hoja, fila, numero_, leida.nombres[0]))
        return armadas

    def _fila(self, hoja: Hoja, fila: Fila, numero_: int, nombre: str) -> dict[str, Any]:
        armada = {}
        for columna, dato in _capturadas(hoja, fila):
            if dato.vacio:
                continue
            nueva = hoja.clave, numero_, hoja.disposicion.columna[columna.clave]
            valor, limpio = self._pasar(columna, dato, nueva, nombre)
            armada[columna.clave] = valor if limpio else self._abrir(hoja, columna, valor)
        return {clave: valor for clave, valor in armada.items() if valor is not None}

    def _corrida(self, hoja: Hoja, fila: Fila, numero_: int, nombre: str, porque: str) -> dict[str, Any]:
        """De un renglón corrido sólo pasa su llave, si se lee; lo demás queda en blanco, abierto y listado."""
        armada: dict[str, Any] = {}
        llave = hoja.llave[0]
        for columna, dato in _capturadas(hoja, fila):
            nueva = hoja.clave, numero_, hoja.disposicion.columna[columna.clave]
            if columna.clave == llave and dato.valor is not None:
                armada[llave] = self._pasar(columna, dato, nueva, nombre)[0]
                continue
            if not dato.vacio:
                self._anotar(Que.NO_SE_LEYO, dato, nueva=nueva, porque=porque)
            if self.puesto.modo is Modo.SEGUIMIENTO:
                armada[columna.clave] = self._abrir(hoja, columna, None)
        return {clave: valor for clave, valor in armada.items() if valor is not None}

    def _abrir(self, hoja: Hoja, columna: Columna, valor: Any) -> Any:
        """El valor en una celda abierta, si su columna no lo está."""
        abierta = self.vacio.aspecto(columna) is Aspecto.CAPTURA and not hoja.conserva
        if abierta or (valor is not None and columna.clave == hoja.llave[0]):  # con la llave se unen las hojas
            return valor
        que = "Se reparó lo que decía su archivo; compruébelo." if valor is not None else (
            "Lo que decía su archivo no se pudo pasar; escríbalo.")
        return Abierta(f"{que} Vea la hoja Rescate.", valor)

    # --- lo que falta ---

    def _columnas_que_faltan(self, hoja: Hoja, leida: HojaLeida) -> None:
        renglones = self.puesto.filas[hoja.clave]
        for clave, faltante in leida.faltantes.items():
            columna = hoja.por_clave[clave]
            if columna.calculo is not None or not renglones:
                continue
            nueva = hoja.clave, hoja.disposicion.fila_datos, hoja.disposicion.columna[clave]
            ancla = faltante.ancla
            dice = "su título dice" if faltante.en_su_lugar else "hay una que dice"
            parecido = f"; {dice} «{faltante.parecido}»" if faltante.parecido else ""
            self._anotar(Que.NO_SE_LEYO, None, hoja=ancla.hoja if ancla else None, celda=ancla.celda if ancla else None,
                         nueva=nueva, renglones=len(renglones), porque=f"falta la columna «{columna.nombre}»{parecido}")
            for fila, leidas in zip(renglones, leida.filas, strict=True):
                if leidas[clave].vacio and (valor := self._abrir(hoja, columna, None)) is not None:
                    fila.setdefault(clave, valor)

    def _hojas_que_faltan(self) -> None:
        """Una hoja obligatoria que no está: en seguimiento, con un renglón abierto por cada uno de la que refiere."""
        for hoja in self.formato.hojas:
            informada = self.puesto.periodo is not None or not hoja.de_seguimiento
            if hoja.opcional or not hoja.columnas or hoja.clave in self.libro.hojas or not informada:
                continue
            dicho = next((i for i in self.libro.incidentes if (hoja.clave, FILA_DE_HOJA, "*") in i.saca), None)
            mensaje = dicho.mensaje if dicho is not None else f"falta la hoja «{hoja.clave}»"
            self._anotar(Que.NO_SE_LEYO, None, hoja=dicho.hoja if dicho else None, celda=dicho.celda if dicho else None,
                         nueva=(hoja.clave, 1, 1), marcada=False, porque=f"{mensaje}; va en blanco")
            if self.puesto.modo is Modo.SEGUIMIENTO and hoja.referencia:
                origen, columna = hoja.referencia
                llaves = [fila.get(columna) for fila in self.puesto.filas.get(origen, ())]
                self.puesto.filas[hoja.clave] = [
                    {hoja.llave[0]: llave} | {
                        c.clave: abierta for c in hoja.columnas
                        if c.calculo is None and c.clave != hoja.llave[0]
                        and (abierta := self._abrir(hoja, c, None)) is not None
                    }
                    for llave in llaves if llave is not None
                ]

    # --- lo calculado ---

    def _calculadas(self, encargo: Encargo) -> None:
        """Lo escrito encima de una fórmula que da otra cosa: la fórmula vuelve, y se dice lo que había."""
        for hoja in self.formato.hojas:
            for renglon, fila in zip(encargo.renglones[hoja.clave], self.libro.filas(hoja.clave), strict=False):
                for columna in (c for c in hoja.columnas if c.calculo is not None):
                    dato = fila[columna.clave]
                    if dato.formula or dato.crudo is None:
                        continue
                    sale = renglon.valores.get(columna.clave)
                    # Un .xls puede guardar un 0 por el resultado de una fórmula que da texto.
                    texto = isinstance(sale, (str, NoneType))
                    mudo = texto and dato.crudo == 0 and not self.libro.formulas_verificables
                    if mudo or _mismo_resultado(dato, sale):
                        continue  # no es de la unidad: la plantilla lo calcula
                    nueva = hoja.clave, renglon.numero, hoja.disposicion.columna[columna.clave]
                    self._anotar(Que.FORMULA, dato, nueva=nueva, dice=sale, porque=f"la fórmula da {_ver(sale)}")


def _capturadas(hoja: Hoja, fila: Fila) -> Iterator[tuple[Columna, Dato]]:
    for columna in hoja.columnas:
        if columna.calculo is None:
            yield columna, fila[columna.clave]


def valor_que_se_escribe(tipo: Tipo, dato: Dato) -> Any:
    """Lo que va en la celda por un dato leído: el valor, o el texto como se escribió donde la plantilla lo admite."""
    escrito = limpiar(dato.crudo) if isinstance(dato.crudo, str) else dato.crudo
    if dato.valor is None:
        return escrito if isinstance(escrito, str) and es_nada(escrito) else None
    if isinstance(tipo, Trimestre):
        return tipo.texto(dato.valor)
    if isinstance(tipo, _DE_UNA_MANERA):
        return crudo(dato.valor)
    return escrito if isinstance(escrito, str) else como_texto(escrito)


def mismo_valor(escrito: Any, puesto: Any) -> bool:
    """La celda nueva dice lo mismo que la del archivo; los espacios de las orillas no cuentan."""
    if isinstance(escrito, ErrorExcel):
        return False
    if isinstance(escrito, str):
        return isinstance(puesto, str) and limpiar(escrito) == puesto
    if isinstance(escrito, datetime):
        return isinstance(puesto, date) and escrito == datetime(puesto.year, puesto.month, puesto.day)  # noqa: DTZ001
    return bool(puesto == escrito or puesto == como_texto(escrito))


def _mismo_resultado(dato: Dato, sale: object) -> bool:
    escrito = dato.valor if dato.valor is not None else dato.crudo
    uno, otro = cifra(escrito), cifra(sale)
    if uno is not None and otro is not None:
        return abs(uno - otro) <= 1e-6 * max(1.0, abs(otro))
    if isinstance(escrito, str) and not isinstance(escrito, ErrorExcel):
        igual = limpiar(escrito).casefold() == limpiar(str(sale or "")).casefold()
        return igual or (sale in {None, ""} and es_nada(escrito))
    return bool(escrito == sale)


def _ver(valor: object) -> str:
    numerico = cifra(valor)
    return numero(numerico, 6) if numerico is not None else ("vacío" if valor in {None, ""} else f"«{valor}»")
