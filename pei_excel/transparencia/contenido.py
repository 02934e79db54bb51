"""Las fichas y cifras de los indicadores → las filas de cada fracción; nada se inventa: lo vacío dice por qué.

Equivalencias (fuente: criterio de la oficina de planeación para las fracciones IV, V y VI): el programado del año va a
«Metas programadas» y, si se modificó, el inicial a ésas y el vigente a «Metas ajustadas»; lo alcanzado de enero al
periodo, a «Avance de metas»; los medios de verificación, a «Fuente de información»; la unidad, al área.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from pei_excel.calculos import Estado
from pei_excel.evaluacion import SE_MIDE_DESPUES
from pei_excel.formatos import transparencia as forma
from pei_excel.formatos.mir import SIN_LINEA_BASE
from pei_excel.periodos import Periodo
from pei_excel.textos import normalizar
from pei_excel.transparencia.modelo import CampoPublicado, Casilla, Publicacion, Valor
from pei_excel.ubicacion import Ubicacion


class Ficha(NamedTuple):
    """Un indicador, como lo dicen los datos abiertos."""

    datos: Mapping[str, str]  #: su renglón de indicadores.csv
    avance: Mapping[str, str]  #: lo alcanzado de enero al periodo: su renglón de datos.csv
    celdas: Mapping[str, str]  #: columna → celda o rango del libro recibido

    def origen(self, columna: str) -> Ubicacion:
        """De dónde salió una columna; sin celda conocida, la hoja."""
        return Ubicacion(self.datos["archivo"], self.datos["hoja"], self.celdas.get(columna))

    @property
    def informe(self) -> tuple[str, ...]:
        """De qué informe es."""
        return tuple(self.datos[c] for c in ("archivo", "unidad_clave", "programa_clave"))


class Fechas(NamedTuple):
    """Lo que vale para todas las filas de un periodo."""

    periodo: Periodo
    actualizacion: date
    validacion: date | None = None  #: None: no se dio
    hipervinculo: str = ""  #: del documento del programa; vacío: no se dio

    @property
    def inicio(self) -> date:
        """Primer día del periodo que se informa."""
        return date(self.periodo.ejercicio, self.periodo.meses[0], 1)


#: Por qué un indicador no tiene todavía qué informar, según la palabra del consolidado.
_TODAVIA = {
    SE_MIDE_DESPUES: "su frecuencia es {frecuencia} y todavía no se mide",
    Estado.NO_PROGRAMADO: "no tiene meta programada al periodo",
    Estado.POR_VENCER: "su meta todavía no vence",
}
_SIN_INFORMAR = "El indicador no tiene avance: el área no lo ha informado"


def llenar(publicacion: Publicacion, fichas: Sequence[Ficha], fechas: Fechas) -> None:
    """Pone las filas de una fracción, en el orden del consolidado, y lo que se sabe en su Nota."""
    if publicacion.fraccion == "IV":
        _por_informe(publicacion, fichas, fechas)
    else:
        niveles = forma.NIVELES[publicacion.fraccion]
        for ficha in fichas:
            if niveles is None or ficha.datos["nivel"] in niveles:
                publicacion.filas.append([_casilla(c, ficha, fechas) for c in publicacion.campos])
    publicacion.anotar()


def _por_informe(publicacion: Publicacion, fichas: Sequence[Ficha], fechas: Fechas) -> None:
    """Una fila por informe; sus indicadores, en la subtabla con el ID de la fila."""
    for identificador, (_, grupo) in enumerate(groupby(fichas, key=lambda f: f.informe), 1):
        suyas = list(grupo)
        fila = [_casilla(c, suyas[0], fechas) for c in publicacion.campos]
        for campo, casilla in zip(publicacion.campos, fila, strict=True):
            if campo.tipo == forma.TABLA and campo.clave:
                casilla.valor = float(identificador)
        publicacion.filas.append(fila)
        for subtabla in publicacion.subtablas:
            subtabla.filas += [(identificador, [_casilla(c, f, fechas) for c in subtabla.campos]) for f in suyas]


def _casilla(campo: CampoPublicado, ficha: Ficha, fechas: Fechas) -> Casilla:
    """El contenido de un campo, como lo pide su tipo."""
    hacer = _CONTENIDOS.get(campo.clave)
    casilla = hacer(ficha, fechas) if hacer else Casilla()
    casilla.valor = _como_su_tipo(casilla, campo)
    return casilla


def _como_su_tipo(casilla: Casilla, campo: CampoPublicado) -> Valor:
    """Un número con dos decimales, como número o como texto; si se redondeó, queda para la Nota."""
    valor = casilla.valor
    if isinstance(valor, date) or valor is None:
        return valor
    if isinstance(valor, str):
        # Un texto con una cifra en un campo numérico es esa cifra; lo demás lo señala TRA006.
        numerico = _numero(valor) if campo.tipo in forma.NUMERICOS else None
        return valor if numerico is None else numerico
    if campo.tipo in {forma.EJERCICIO, forma.TABLA}:
        return valor
    redondeado = round(valor, forma.DECIMALES)
    if abs(redondeado - valor) > 1e-9 * max(1.0, abs(valor)):
        casilla.nota = ". ".join(t for t in (
            casilla.nota, f"«{campo.titulo}» se redondeó a {forma.DECIMALES} decimales ({valor:.10g})",
        ) if t)
    return redondeado if campo.tipo in forma.NUMERICOS else Casilla(redondeado).texto


def _numero(texto: str) -> float | None:
    """La cifra de unos datos abiertos; None si está vacía o es otra cosa."""
    try:
        return float(texto)
    except ValueError:
        return None


def _texto(columna: str) -> Callable[[Ficha, Fechas], Casilla]:
    return lambda f, _: Casilla(f.datos[columna] or None, f.origen(columna))


def _linea_base(f: Ficha, _: Fechas) -> Casilla:
    valor, ano, origen = f.datos["base_valor"], f.datos["base_ejercicio"], f.origen("base_valor")
    palabras = {normalizar(p) for p in SIN_LINEA_BASE}
    dicha = next((t for t in (valor, ano) if normalizar(t) in palabras), None)
    if normalizar(valor) in palabras or (not valor and dicha):
        return Casilla(None, origen, motivo=f"El indicador no tiene línea base: {dicha}")
    if not valor:
        return Casilla(None, origen)
    if not ano or dicha:
        return Casilla(valor, origen, nota=f"La línea base no tiene año{f': {dicha}' if dicha else ''}")
    return Casilla(f"{valor} ({ano})", origen)


def _programadas(f: Ficha, _: Fechas) -> Casilla:
    origen = f.origen("programado_anual")
    if f.datos["modificaciones"]:
        return Casilla(_numero(f.datos["programado_inicial"]), origen,
                       motivo="El indicador no tenía meta antes de modificarse")
    return Casilla(_numero(f.datos["programado_anual"]), origen)


def _ajustadas(f: Ficha, _: Fechas) -> Casilla:
    origen, cambios = f.origen("programado_anual"), f.datos["modificaciones"]
    if not cambios:
        return Casilla(None, origen, motivo="No hay modificaciones registradas de las metas")
    vigente = _numero(f.datos["programado_anual"])
    if vigente == _numero(f.datos["programado_inicial"]):
        return Casilla(None, origen, motivo=f"Las metas por trimestre se modificaron sin cambiar la del año: {cambios}")
    return Casilla(vigente, origen, motivo=f"La meta se modificó: {cambios}", nota=f"La meta se modificó: {cambios}")


def _todavia(f: Ficha) -> str:
    """Por qué no tiene todavía qué informar; vacío si sí, o si no se sabe."""
    frecuencia = f.datos["frecuencia"].lower()
    return _TODAVIA.get(f.avance["estado"], "").format(frecuencia=frecuencia) if frecuencia else ""


def _avance(f: Ficha, _: Fechas) -> Casilla:
    valor, porque = _numero(f.avance["valor"]), _todavia(f)
    motivo = f"El indicador no tiene avance: {porque}" if porque else ""
    if f.avance["estado"] == Estado.SIN_REPORTE:
        motivo = _SIN_INFORMAR
    # Un cero de lo que todavía no se mide no es una medición: se dice.
    sin_medir = f.avance["estado"] == SE_MIDE_DESPUES and valor == 0 and porque
    nota = f"El avance en 0 no es una medición: {porque}" if sin_medir else ""
    return Casilla(valor, Ubicacion(f.avance["archivo"], f.avance["hoja"], f.avance["celda"] or None), motivo, nota)


def _sentido(f: Ficha, _: Fechas) -> Casilla:
    dicho, origen = f.datos["sentido"], f.origen("sentido")
    if not dicho or dicho in forma.SENTIDOS:
        return Casilla(dicho or None, origen)
    return Casilla(None, origen, motivo=f"El sentido del indicador es {dicho}, que no está en el catálogo de la "
                   "plataforma")


def _fuente(f: Ficha, _: Fechas) -> Casilla:
    porque = _todavia(f)
    return Casilla(f.datos["medios"] or None, f.origen("medios"),
                   motivo=f"El indicador no tiene medios de verificación: {porque}" if porque else "")


def _objetivo(f: Ficha, _: Fechas) -> Casilla:
    # Varios objetivos vienen separados por punto y coma, y cada uno puede traer su punto final.
    return Casilla(f.datos["objetivo"].replace(".; ", "; ") or None, f.origen("objetivo"))


def _meta(f: Ficha, _: Fechas) -> Casilla:
    return Casilla(_numero(f.datos["programado_anual"]), f.origen("programado_anual"))


_CONTENIDOS: dict[str, Callable[[Ficha, Fechas], Casilla]] = {
    "ejercicio": lambda _, fechas: Casilla(float(fechas.periodo.ejercicio)),
    "inicio": lambda _, fechas: Casilla(fechas.inicio),
    "termino": lambda _, fechas: Casilla(fechas.periodo.ultimo_dia),
    "actualizacion": lambda _, fechas: Casilla(fechas.actualizacion),
    "validacion": lambda _, fechas: Casilla(fechas.validacion),
    "hipervinculo": lambda _, fechas: Casilla(fechas.hipervinculo or None),
    "denominacion": _texto("unidad"), "area": _texto("unidad"), "programa": _texto("programa"),
    "objetivo": _objetivo, "nombre": _texto("nombre"), "dimension": _texto("dimension"),
    "definicion": _texto("definicion"), "metodo": _texto("metodo"), "unidad_medida": _texto("unidad_medida"),
    "frecuencia": _texto("frecuencia"), "linea_base": _linea_base, "programadas": _programadas,
    "ajustadas": _ajustadas, "avance": _avance, "sentido": _sentido, "fuente": _fuente,
    "sub_nombre": _texto("nombre"), "sub_meta": _meta, "sub_unidad": _texto("unidad_medida"),
}
