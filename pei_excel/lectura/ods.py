"""De un paquete .ods a un `LibroCrudo`, en una sola pasada por su contenido."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from pei_excel.crudo import ArchivoIlegible, CeldaCruda, ErrorExcel, HojaCruda, LibroCrudo
from pei_excel.lectura.partes import atributo, en_flujo, entero, fecha_iso, local, raiz, soltar

if TYPE_CHECKING:
    from lxml.etree import _Element

    from pei_excel.lectura.guardia import Limites, Paquete
    from pei_excel.lectura.numeros import Valor

_ETIQUETAS = ["{*}style", "{*}table", "{*}table-source", "{*}table-column", "{*}table-row"]
_ETIQUETAS += ["{*}named-range", "{*}named-expression"]

#: LibreOffice guarda el texto del error en el idioma de la PC; Excel, siempre en inglés.
_ERRORES = {
    "#¡DIV/0!": "#DIV/0!",
    "#¡VALOR!": "#VALUE!",
    "#¡REF!": "#REF!",
    "#¿NOMBRE?": "#NAME?",
    "#¡NÚM!": "#NUM!",
    "#¡NUM!": "#NUM!",
    "#N/D": "#N/A",
    "#¡NULO!": "#NULL!",
}
_PARECE_ERROR = re.compile(r"^(#.*[!?]|#N/[AD]|Err:\d{3})$")
_DURACION = re.compile(r"^(-?)PT?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$")

#: «Ocultar hasta el final» oculta un millón de filas: de un tramo así sólo importan las que tienen contenido.
_TRAMO_OCULTO = 10_000


def leer(paquete: Paquete, archivo: str, limites: Limites) -> LibroCrudo:
    """Lee el libro entero."""
    lectura = _Lectura(limites)
    for suceso, elemento in en_flujo(paquete.parte("content.xml"), ("start", "end"), _ETIQUETAS):
        lectura.suceso(suceso, elemento)
    if not lectura.hojas:
        raise ArchivoIlegible("dañado", "no tiene ninguna hoja")
    libro = LibroCrudo(archivo=archivo, tipo="ods", hojas=lectura.hojas, nombres=lectura.nombres)
    _metadatos(paquete, libro)
    macros = any(nombre.startswith(("basic/", "scripts/")) for nombre in paquete.nombres)
    objetos = b'"application/vnd.sun.star.oleobject"' in paquete.xml.get("meta-inf/manifest.xml", b"")
    hay = (("macros", macros), ("vínculos externos", lectura.externas), ("objetos incrustados", objetos))
    libro.ajenos = tuple(nombre for nombre, esta in hay if esta)
    return libro


class _Lectura:
    """Estado de la pasada: la hoja abierta, por qué fila y columna va, y lo ya leído."""

    def __init__(self, limites: Limites) -> None:
        self.limites = limites
        self.hojas: list[HojaCruda] = []
        self.nombres: dict[str, str] = {}
        self.externas = False  #: hay copias de hojas de otros archivos
        self._estilos_ocultos: set[str] = set()
        self._hoja: HojaCruda | None = None
        self._profundidad = 0  #: tablas abiertas; sólo la primera es una hoja
        self._fila = self._columna = 0
        self._tramos_ocultos: list[tuple[int, int]] = []
        self._celdas = 0

    def suceso(self, suceso: str, elemento: _Element) -> None:
        """Atiende el comienzo o el fin de un elemento."""
        nombre = local(elemento)
        if nombre == "table":
            if suceso == "start":
                self._abrir(elemento)
            else:
                self._cerrar(elemento)
        elif suceso == "start":
            return
        elif nombre == "style":
            self._estilo(elemento)
        elif nombre.startswith("named-"):
            contenido = atributo(elemento, "expression") or atributo(elemento, "cell-range-address") or ""
            self.nombres.setdefault(atributo(elemento, "name") or "", contenido.removeprefix("of:").removeprefix("="))
            if len(self.nombres) > self.limites.nombres:
                raise ArchivoIlegible("sospechoso", f"tiene más de {self.limites.nombres:,} nombres definidos")
        elif self._profundidad == 1 and self._hoja is not None:
            if nombre == "table-source":  # copia de una hoja de otro archivo: no es de este libro
                self.externas, self._hoja = True, None
            elif nombre == "table-column":
                self._ocultar_columnas(elemento)
            elif nombre == "table-row":
                self._leer_fila(self._hoja, elemento)
                soltar(elemento)

    def _abrir(self, elemento: _Element) -> None:
        self._profundidad += 1
        if self._profundidad > 1:
            return
        nombre = atributo(elemento, "name") or ""
        if nombre.startswith("'file:"):
            self.externas, self._hoja = True, None
            return
        self._hoja = HojaCruda(nombre, oculta=atributo(elemento, "style-name") in self._estilos_ocultos)
        self._fila = self._columna = 0
        self._tramos_ocultos = []

    def _cerrar(self, elemento: _Element) -> None:
        self._profundidad -= 1
        if self._profundidad:
            return
        if self._hoja is not None:
            ultima = max((fila for fila, _ in self._hoja.celdas), default=0)
            for desde, hasta in self._tramos_ocultos:
                tope = hasta if hasta - desde < _TRAMO_OCULTO else min(hasta, ultima)
                self._hoja.filas_ocultas.update(range(desde, tope + 1))
            self.hojas.append(self._hoja)
            if len(self.hojas) > self.limites.hojas:
                raise ArchivoIlegible("demasiado grande", f"tiene más de {self.limites.hojas:,} hojas")
            self._hoja = None
        soltar(elemento)

    def _estilo(self, elemento: _Element) -> None:
        if any(local(hijo) == "table-properties" and atributo(hijo, "display") == "false" for hijo in elemento):
            self._estilos_ocultos.add(atributo(elemento, "name") or "")

    def _ocultar_columnas(self, elemento: _Element) -> None:
        desde = self._columna + 1
        self._columna += _veces(elemento, "number-columns-repeated")
        if self._hoja is not None and atributo(elemento, "visibility") in {"collapse", "filter"}:
            self._hoja.columnas_ocultas.update(range(desde, min(self._columna, self.limites.columna) + 1))

    def _leer_fila(self, hoja: HojaCruda, elemento: _Element) -> None:
        """Una fila, que puede valer por muchas iguales; sólo se repite lo que tiene contenido."""
        veces = _veces(elemento, "number-rows-repeated")
        primera, self._fila = self._fila + 1, self._fila + veces
        if atributo(elemento, "visibility") in {"collapse", "filter"}:
            self._tramos_ocultos.append((primera, min(self._fila, self.limites.fila)))
        columna = 0
        for celda in elemento:
            if local(celda) not in {"table-cell", "covered-table-cell"}:
                continue
            atributos = {str(clave).rpartition("}")[2]: str(valor) for clave, valor in celda.attrib.items()}
            desde = columna + 1
            repetida = _veces(celda, "number-columns-repeated") if "number-columns-repeated" in atributos else 1
            columna += repetida
            if "number-columns-spanned" in atributos or "number-rows-spanned" in atributos:
                self._combinar(hoja, primera, desde, celda)
            leida = _leer_celda(celda, atributos)
            if leida is None:
                continue
            self._celdas += veces * repetida
            if self._fila > self.limites.fila or columna > self.limites.columna:
                raise ArchivoIlegible("sospechoso", "tiene celdas fuera de los límites de Excel")
            if self._celdas > self.limites.celdas:
                raise ArchivoIlegible("demasiado grande", f"tiene más de {self.limites.celdas:,} celdas con contenido")
            for fila in range(primera, self._fila + 1):
                for lugar in range(desde, columna + 1):
                    hoja.celdas[fila, lugar] = leida

    def _combinar(self, hoja: HojaCruda, fila: int, columna: int, celda: _Element) -> None:
        alto, ancho = _veces(celda, "number-rows-spanned"), _veces(celda, "number-columns-spanned")
        if alto * ancho == 1:
            return
        hoja.combinadas.append((fila, columna, fila + alto - 1, columna + ancho - 1))
        if fila + alto - 1 > self.limites.fila or columna + ancho - 1 > self.limites.columna:
            raise ArchivoIlegible("sospechoso", "combina celdas fuera de los límites de Excel")
        if len(hoja.combinadas) > self.limites.combinadas:
            raise ArchivoIlegible("sospechoso", f"una hoja tiene más de {self.limites.combinadas:,} rangos combinados")


def _veces(elemento: _Element, nombre: str) -> int:
    """Valor de un atributo de repetición; 1 si no está."""
    escrito = atributo(elemento, nombre)
    veces = 1 if escrito is None else entero(escrito)
    if veces < 1:
        raise ArchivoIlegible("dañado", "una repetición no es un número positivo")
    return veces


def _leer_celda(celda: _Element, atributos: dict[str, str]) -> CeldaCruda | None:
    """Una celda; None si no tiene ni contenido ni fórmula. `atributos`: los suyos por nombre local."""
    formula = "formula" in atributos
    tipo = atributos.get("value-type")  # el de «calcext» va después y gana: es el único que dice «error»
    if tipo is None and not len(celda):
        return CeldaCruda(None, True, False) if formula else None
    escrito = "\n".join(_texto(hijo) for hijo in celda if local(hijo) == "p")
    valor: Valor = None
    if tipo == "error" or (formula and _PARECE_ERROR.match(escrito)):
        valor = ErrorExcel(_ERRORES.get(escrito, escrito) or "#VALUE!")
    elif tipo is not None or escrito:
        valor = _valor(tipo, atributos, escrito)
    if valor is None and not formula:
        return None
    # Llegar aquí es tener tipo o un párrafo, aunque vacío: LibreOffice ya la calculó.
    return CeldaCruda(valor, formula, True, tipo == "percentage")


def _valor(tipo: str | None, atributos: dict[str, str], escrito: str) -> Valor:
    """Valor de una celda según su tipo declarado; lo que no se entiende se queda como está escrito."""
    if tipo in {"float", "percentage", "currency"}:
        texto = atributos.get("value", "")
        try:
            numero = float(texto)
        except ValueError:
            return escrito or texto or None
        return numero if math.isfinite(numero) and "_" not in texto else texto
    if tipo == "date":
        return fecha_iso(atributos.get("date-value", "")) or escrito or None
    if tipo == "time":
        return _duracion(atributos.get("time-value", "")) if "time-value" in atributos else escrito or None
    if tipo == "boolean":
        return atributos.get("boolean-value") == "true"
    return atributos.get("string-value") or escrito or None


def _duracion(texto: str) -> float | str:
    """Fracción de día de una hora como «PT10H30M00S», igual que la guarda Excel."""
    partes = _DURACION.match(texto)
    if not partes:
        return texto
    horas, minutos, segundos = (float(parte or 0) for parte in partes.groups()[1:])
    dias = (horas * 3600 + minutos * 60 + segundos) / 86_400
    return -dias if partes[1] else dias


def _texto(elemento: _Element) -> str:
    """Texto de un párrafo con sus espacios, tabuladores y saltos; sin los comentarios de la celda."""
    if len(elemento) == 0:
        return elemento.text or ""
    tramos = [elemento.text or ""]
    for hijo in elemento:
        nombre = local(hijo)
        if nombre == "s":
            # El tope es el de los caracteres de una celda: «c="2000000000"» también es una bomba.
            tramos.append(" " * min(_veces(hijo, "c"), 32_767))
        elif nombre == "tab":
            tramos.append("\t")
        elif nombre == "line-break":
            tramos.append("\n")
        elif nombre != "annotation":
            tramos.append(_texto(hijo))
        tramos.append(hijo.tail or "")
    return "".join(tramos)


def _metadatos(paquete: Paquete, libro: LibroCrudo) -> None:
    """Propiedades personalizadas y fecha de modificación."""
    contenido = paquete.xml.get("meta.xml")
    if contenido is None:
        return
    for elemento in raiz(contenido).iterfind("{*}meta/*"):
        nombre = local(elemento)
        if nombre == "user-defined":
            libro.propiedades[atributo(elemento, "name") or ""] = "".join(str(t) for t in elemento.itertext()).strip()
        elif nombre == "date":
            libro.modificado = fecha_iso(elemento.text or "")
