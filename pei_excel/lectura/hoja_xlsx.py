"""De la parte XML de una hoja de .xlsx a sus celdas, combinaciones, filas y columnas ocultas."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from pei_excel.crudo import ArchivoIlegible, CeldaCruda, ErrorExcel, HojaCruda
from pei_excel.lectura import numeros
from pei_excel.lectura.partes import entero, fecha_iso, secciones, sin_entidades, texto_llano
from pei_excel.ubicacion import fila_y_columna, numero_de_columna

if TYPE_CHECKING:
    from lxml.etree import _Element

    from pei_excel.lectura.guardia import Limites
    from pei_excel.lectura.numeros import Valor


class Estilos(NamedTuple):
    """Números de estilo (el atributo «s» de la celda) que dicen algo de su valor."""

    porcentajes: frozenset[str]
    fechas: frozenset[str]
    desde_1904: bool


class Contexto:
    """Lo que comparten las hojas de un libro; cuenta las celdas de todas."""

    def __init__(self, textos: list[str], estilos: Estilos, limites: Limites) -> None:
        self.textos = textos
        self.porcentajes, self.fechas, self.desde_1904 = estilos
        self.limites = limites
        self.celdas = 0
        self.columnas: dict[str, int] = {}  #: letras ya vistas → número


# Las celdas vacías con formato son la mayor parte de un libro de captura. Quitarlas antes de analizar el XML baja la
# lectura a la mitad; sólo se hace cuando toda celda dice su dirección, porque si no su lugar sale de contarlas.
_VACIA = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]{1,6}")?(?:/>|></c>)')
_SIN_DIRECCION = re.compile(rb'<(?:[\w.-]+:)?c[\s/>](?!r=")')
# Lo mismo con las filas vacías cuando son muchas («toda la columna con formato» escribe un millón).
_FILA_VACIA = re.compile(rb'<row r="[1-9][0-9]{0,5}"(?: (?!hidden=)[a-zA-Z0-9:]+="[^"<>]*")*(?:/>|></row>)')
_FILA_SIN_NUMERO = re.compile(rb'<(?:[\w.-]+:)?row[\s/>](?!r=")')
_MUCHO = 1024 * 1024
_CODIFICADO = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SECCIONES = {"cols": "col", "sheetData": "row", "mergeCells": "mergeCell"}
_CIFRAS = "0123456789"
_SI = frozenset({"1", "true"})


# Una celda como la escriben Excel, LibreOffice, xlsxwriter y openpyxl: columna, fila, estilo, tipo, fórmula, valor.
_CELDA = re.compile(
    r'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="([0-9]{1,6})")?(?: t="([a-z]{1,3})")?'
    r'(?:/>|>(?:(<f)(?: [a-zA-Z:]+="[^"<>]*")*(?:/>|>[^<]*</f>))?(?:(<v)(?:/>|>([^<]*)</v>))?</c>)'
)
_OTRA_CELDA = re.compile(r"<(?:[\w.-]+:)?c[\s/>]")

class _Etiquetas(NamedTuple):
    """Nombres de la hoja con su espacio de nombres, armados una vez: hay miles de celdas."""

    fila: str
    celda: str
    valor: str
    formula: str
    texto: str


def _etiquetas(fila: str) -> _Etiquetas:
    espacio = fila.removesuffix("row")  # con llaves; el del estándar, el estricto o ninguno
    return _Etiquetas(fila, f"{espacio}c", f"{espacio}v", f"{espacio}f", f"{espacio}is")


def llenar(hoja: HojaCruda, contenido: bytes, contexto: Contexto) -> None:
    """Pone en la hoja lo que dice su parte XML."""
    limites = contexto.limites
    resto = _leer_de_un_paso(hoja, contenido, contexto)
    if resto is not None:
        contenido = resto
    elif not _SIN_DIRECCION.search(contenido):
        contenido = _VACIA.sub(b"", contenido)
    if (len(contenido) > _MUCHO or resto is not None) and not _FILA_SIN_NUMERO.search(contenido):
        contenido = _FILA_VACIA.sub(b"", contenido)
    etiquetas: _Etiquetas | None = None
    fila = 0
    for nombre, elemento in secciones(contenido, _SECCIONES):
        if nombre == "row":
            escrita = elemento.get("r")
            fila = fila + 1 if escrita is None else entero(escrita)
            _dentro(fila, 1, limites)
            if elemento.get("hidden") in _SI:
                hoja.filas_ocultas.add(fila)
            if len(elemento):
                etiqueta = str(elemento.tag)
                if etiquetas is None or etiquetas.fila != etiqueta:
                    etiquetas = _etiquetas(etiqueta)
                _leer_fila(hoja, elemento, fila, etiquetas, contexto)
        elif nombre == "mergeCell":
            _combinar(hoja, elemento, limites)
        elif elemento.get("hidden") in _SI:
            primera, ultima = entero(elemento.get("min")), entero(elemento.get("max"))
            hoja.columnas_ocultas.update(range(max(1, primera), min(ultima, limites.columna) + 1))


def _leer_de_un_paso(hoja: HojaCruda, contenido: bytes, contexto: Contexto) -> bytes | None:
    """Lee las celdas con una expresión y devuelve la parte sin ellas; None, sin leer, si alguna no es de las usuales.

    Así el analizador de XML sólo ve filas, columnas y combinaciones, y no se crea un objeto por cada elemento. Lo que
    él tendría que interpretar (otra codificación, prefijos, comentarios, textos en línea) va por donde siempre.
    """
    texto = texto_llano(contenido)
    if texto is None:
        return None
    partes = _CELDA.split(texto)
    nueva = tuple.__new__
    resto = "".join(partes[::8])
    if "<!" in resto or _OTRA_CELDA.search(resto):
        return None
    celdas, limites, textos, porcentajes = hoja.celdas, contexto.limites, contexto.textos, contexto.porcentajes
    columnas, fechas, total = contexto.columnas, contexto.fechas, len(contexto.textos)
    for letras, cifras, estilo, tipo, formula, con_valor, escrito in zip(
        *(partes[n::8] for n in range(1, 8)), strict=True
    ):
        if not (con_valor or formula):
            continue
        fila = int(cifras)
        columna = columnas.get(letras) or _columna(letras, columnas)
        if not (0 < fila <= limites.fila and columna <= limites.columna):
            _dentro(fila, columna, limites)
        if escrito and not formula and escrito.isdecimal():  # la mayor parte: un texto compartido o un entero
            if tipo == "s" and int(escrito) < total:
                valor = textos[int(escrito)]
                if valor:
                    celdas[fila, columna] = nueva(CeldaCruda, (valor, False, True, estilo in porcentajes))
                continue
            if tipo is None and estilo not in fechas:
                celdas[fila, columna] = nueva(CeldaCruda, (float(escrito), False, True, estilo in porcentajes))
                continue
        if con_valor:
            escrito = sin_entidades(escrito or "")  # noqa: PLW2901 - el mismo texto, como lo daría el analizador
        celda = _celda(formula is not None, escrito, tipo or "n", estilo or "", contexto)
        if celda is not None:
            celdas[fila, columna] = celda
    contexto.celdas += len(celdas)
    if contexto.celdas > limites.celdas:
        raise ArchivoIlegible("demasiado grande", f"tiene más de {limites.celdas:,} celdas con contenido")
    return resto.encode()


def _dentro(fila: int, columna: int, limites: Limites) -> None:
    """Rechaza una fila o columna que no existe en Excel: quien la escribió no usó Excel."""
    if not (1 <= fila <= limites.fila and 1 <= columna <= limites.columna):
        raise ArchivoIlegible("sospechoso", "tiene celdas fuera de los límites de Excel")


def _leer_fila(hoja: HojaCruda, elemento: _Element, fila: int, etiquetas: _Etiquetas, contexto: Contexto) -> None:
    """Las celdas con contenido de una fila."""
    celdas, limites, columnas = hoja.celdas, contexto.limites, contexto.columnas
    escrita = str(fila)
    antes = len(celdas)
    columna = 0
    for celda in elemento:
        if celda.tag != etiquetas.celda:
            continue
        lugar = celda.get("r")
        suya = fila
        if lugar is None:
            columna += 1
        else:
            letras = lugar.rstrip(_CIFRAS)
            columna = columnas.get(letras) or _columna(letras, columnas)
            cifras = lugar[len(letras) :]
            if cifras != escrita:
                suya = entero(cifras)
        if len(celda) == 0:
            continue
        if suya != fila or columna > limites.columna:
            _dentro(suya, columna, limites)
        leida = _leer_celda(celda, etiquetas, contexto)
        if leida is not None:
            celdas[suya, columna] = leida
    contexto.celdas += len(celdas) - antes
    if contexto.celdas > limites.celdas:
        raise ArchivoIlegible("demasiado grande", f"tiene más de {limites.celdas:,} celdas con contenido")


def _columna(letras: str, columnas: dict[str, int]) -> int:
    """Número de una columna que aparece por primera vez."""
    if not (letras.isascii() and letras.isalpha() and len(letras) <= 3):
        raise ArchivoIlegible("dañado", f"«{letras[:20]}» no es una columna")
    return columnas.setdefault(letras, numero_de_columna(letras.upper()))


def _leer_celda(celda: _Element, etiquetas: _Etiquetas, contexto: Contexto) -> CeldaCruda | None:
    """Una celda; None si sólo tiene formato o un texto vacío escrito a mano."""
    formula = False
    escrito: str | None = None
    tipo = celda.get("t", "n")
    for hijo in celda:
        etiqueta = hijo.tag
        if etiqueta == etiquetas.valor:
            escrito = hijo.text or ""
        elif etiqueta == etiquetas.formula:
            formula = True
        elif etiqueta == etiquetas.texto:
            escrito, tipo = texto_de(hijo), "inlineStr"
    return _celda(formula, escrito, tipo, celda.get("s", ""), contexto)


def _celda(formula: bool, escrito: str | None, tipo: str, estilo: str, contexto: Contexto) -> CeldaCruda | None:
    """Una celda por sus partes; `escrito` es None si no tiene valor guardado."""
    valor = _valor(tipo, escrito, estilo, contexto) if escrito else None
    if not formula:
        return None if valor is None else CeldaCruda(valor, False, True, estilo in contexto.porcentajes)
    # Un texto vacío es un resultado; un <v/> sin tipo es de quien escribió la fórmula y no la calculó.
    calculada = valor is not None or (escrito is not None and tipo != "n")
    return CeldaCruda(valor, True, calculada, estilo in contexto.porcentajes)


def _valor(tipo: str, escrito: str, estilo: str, contexto: Contexto) -> Valor:
    """Valor de una celda según su tipo declarado."""
    if tipo == "s":
        indice = entero(escrito)
        if not 0 <= indice < len(contexto.textos):
            raise ArchivoIlegible("dañado", "una celda apunta a un texto que no existe")
        return contexto.textos[indice] or None
    if tipo == "n":
        return _numero(escrito, estilo, contexto)
    if tipo == "b":
        return escrito.strip() in _SI
    if tipo == "e":
        return ErrorExcel(escrito)
    if tipo == "d":
        return fecha_iso(escrito) or escrito
    return escrito if tipo == "inlineStr" else decodificar(escrito)


def _numero(escrito: str, estilo: str, contexto: Contexto) -> Valor:
    """Número o, si su estilo lo muestra así, fecha; lo que no es un número se queda como está escrito."""
    try:
        numero = float(escrito)
    except ValueError:
        return escrito
    if not math.isfinite(numero) or "_" in escrito:  # Python acepta «nan» y «1_000»; Excel no
        return escrito
    if estilo in contexto.fechas:
        return numeros.fecha(numero, desde_1904=contexto.desde_1904)
    return numero


def texto_de(elemento: _Element) -> str:
    """Texto de un elemento «si» o «is»: sus tramos con formato unidos, sin la guía fonética."""
    if len(elemento) == 1:  # casi todos: un solo tramo sin formato, o un «r» con su «t»
        tramo = elemento[0]
        if len(tramo) == 0:
            return decodificar(tramo.text or "")
    tramos: list[str] = []
    for hijo in elemento:
        etiqueta = str(hijo.tag)
        if etiqueta.endswith("}t") or etiqueta == "t":
            tramos.append(hijo.text or "")
        elif etiqueta.endswith("}r") or etiqueta == "r":
            tramos.extend(texto.text or "" for texto in hijo.iterfind("{*}t"))
    return decodificar("".join(tramos))


def decodificar(texto: str) -> str:
    """Deshace los «_x000D_» con que Excel guarda los caracteres que el XML no admite."""
    return _CODIFICADO.sub(_caracter, texto) if "_x" in texto else texto


def _caracter(codigo: re.Match[str]) -> str:
    numero = int(codigo[1], 16)
    # Medio carácter suelto, o uno que el XML no admite, haría fallar a quien lo escriba después.
    return codigo[0] if 0xD800 <= numero <= 0xDFFF or numero >= 0xFFFE else chr(numero)


def _combinar(hoja: HojaCruda, elemento: _Element, limites: Limites) -> None:
    """Añade un rango combinado."""
    inicio, _, fin = (elemento.get("ref") or "").partition(":")
    try:
        (fila_1, columna_1), (fila_2, columna_2) = fila_y_columna(inicio), fila_y_columna(fin or inicio)
    except ValueError:
        raise ArchivoIlegible("dañado", "un rango combinado no se entiende") from None
    _dentro(fila_1, columna_1, limites)
    _dentro(fila_2, columna_2, limites)
    hoja.combinadas.append((fila_1, columna_1, fila_2, columna_2))
    if len(hoja.combinadas) > limites.combinadas:
        raise ArchivoIlegible("sospechoso", f"una hoja tiene más de {limites.combinadas:,} rangos combinados")
