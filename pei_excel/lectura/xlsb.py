"""De un paquete .xlsb (el libro binario de Excel) a un `LibroCrudo`; su estructura está en [MS-XLSB] de Microsoft."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from pei_excel.crudo import ArchivoIlegible, CeldaCruda, ErrorExcel, HojaCruda, LibroCrudo
from pei_excel.lectura import numeros, opc
from pei_excel.lectura.hoja_xlsx import decodificar
from pei_excel.lectura.partes import sin_imposibles

if TYPE_CHECKING:
    from pei_excel.lectura.guardia import Paquete
    from pei_excel.lectura.limites import Limites
    from pei_excel.lectura.numeros import Valor

# Números de registro de [MS-XLSB] 2.3; sólo los que se leen.
_FILA = 0
_CELDAS = range(1, 12)
_CELDAS_CORTAS = range(12, 19)  #: como las 1 a 7, sin su columna: siguen a la anterior
_CELDA_CON_FORMATOS = 62
_TEXTO_COMPARTIDO, _NOMBRE, _FORMATO, _ESTILO, _COLUMNA = 19, 39, 44, 47, 60
_PROPIEDADES, _HOJA, _COMBINADA = 153, 156, 176
_EMPIEZAN_ESTILOS, _TERMINAN_ESTILOS = 617, 618

_ERRORES = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
_SIN_TEXTO = 0xFFFFFFFF


class _Estilos(NamedTuple):
    porcentajes: frozenset[int]
    fechas: frozenset[int]


def leer(paquete: Paquete, archivo: str, limites: Limites) -> LibroCrudo:
    """Lee el libro entero."""
    try:
        return _leer(paquete, archivo, limites)
    except (struct.error, IndexError, UnicodeDecodeError):
        raise ArchivoIlegible("dañado", "una de sus partes está incompleta o alterada") from None


def _leer(paquete: Paquete, archivo: str, limites: Limites) -> LibroCrudo:
    parte = opc.parte_principal(paquete, "xl/workbook.bin")
    relaciones = opc.relaciones(paquete, parte)
    textos = _textos(paquete, opc.destino(relaciones, "sharedStrings"), limites)
    estilos = _estilos(paquete, opc.destino(relaciones, "styles"))
    leido = LibroCrudo(archivo=archivo, tipo="xlsb", hojas=[])
    declaradas: list[tuple[int, str | None, str]] = []
    desde_1904 = False
    for registro, cuerpo in _registros(paquete.parte(parte)):
        if registro == _PROPIEDADES:
            desde_1904 = bool(cuerpo[0] & 1)
        elif registro == _HOJA:
            relacion, sigue = _texto(cuerpo, 8)
            declaradas.append((struct.unpack_from("<I", cuerpo)[0], relacion, _texto(cuerpo, sigue)[0] or ""))
        elif registro == _NOMBRE:
            _leer_nombre(cuerpo, leido.nombres)
            if len(leido.nombres) > limites.nombres:
                raise ArchivoIlegible("sospechoso", f"tiene más de {limites.nombres:,} nombres definidos")
    vistas: set[str] = set()
    cuenta = 0
    for estado, relacion, nombre in declaradas:
        hallada = relaciones.get(relacion or "")
        if hallada is None:
            raise ArchivoIlegible("dañado", "una hoja no dice en qué parte está")
        if hallada.tipo != "worksheet":
            continue
        if hallada.destino.lower() in vistas:
            raise ArchivoIlegible("sospechoso", f"dos hojas comparten la parte «{hallada.destino}»")
        vistas.add(hallada.destino.lower())
        if len(vistas) > limites.hojas:
            raise ArchivoIlegible("demasiado grande", f"tiene más de {limites.hojas:,} hojas")
        lectura = _Hoja(HojaCruda(nombre, oculta=estado != 0), textos, estilos, limites, desde_1904=desde_1904)
        cuenta = lectura.llenar(paquete.parte(hallada.destino), cuenta)
        leido.hojas.append(lectura.hoja)
    if not leido.hojas:
        raise ArchivoIlegible("dañado", "no tiene ninguna hoja")
    opc.describir(leido, paquete)
    return leido


def _registros(contenido: bytes) -> Iterator[tuple[int, bytes]]:
    """(número, cuerpo) de cada registro; su número y su tamaño van en tramos de siete bits."""
    lugar, final = 0, len(contenido)
    while lugar < final:
        registro = contenido[lugar]
        lugar += 1
        if registro & 0x80:
            registro = (registro & 0x7F) | (contenido[lugar] & 0x7F) << 7
            lugar += 1
        largo = 0
        for corrimiento in (0, 7, 14, 21):
            byte = contenido[lugar]
            lugar += 1
            largo |= (byte & 0x7F) << corrimiento
            if not byte & 0x80:
                break
        if lugar + largo > final:
            raise ArchivoIlegible("dañado", "una de sus partes está incompleta")
        yield registro, contenido[lugar : lugar + largo]
        lugar += largo


def _texto(cuerpo: bytes, lugar: int) -> tuple[str | None, int]:
    """Un texto con su largo delante, y dónde termina; None si el registro dice que no lo hay."""
    (largo,) = struct.unpack_from("<I", cuerpo, lugar)
    if largo == _SIN_TEXTO:
        return None, lugar + 4
    fin = lugar + 4 + 2 * largo
    if fin > len(cuerpo):
        raise ArchivoIlegible("dañado", "un texto está incompleto")
    # Medio carácter suelto no es texto: haría fallar a quien lo escriba después.
    return decodificar(sin_imposibles(cuerpo[lugar + 4 : fin].decode("utf-16-le", "replace"))), fin


def _leer_nombre(cuerpo: bytes, nombres: dict[str, str]) -> None:
    """Un nombre definido; de su fórmula sólo interesa la que es un texto («"PEI;MIR;1"»), que es nuestra marca."""
    nombre, lugar = _texto(cuerpo, 9)
    (largo,) = struct.unpack_from("<I", cuerpo, lugar)
    formula = cuerpo[lugar + 4 : lugar + 4 + largo]
    if nombre and len(formula) >= 3 and formula[0] == 0x17:  # PtgStr
        (letras,) = struct.unpack_from("<H", formula, 1)
        texto = sin_imposibles(formula[3 : 3 + 2 * letras].decode("utf-16-le", "replace"))
        nombres.setdefault(nombre, f'"{texto}"')


def _textos(paquete: Paquete, parte: str | None, limites: Limites) -> list[str]:
    contenido = paquete.binarias.get((parte or "xl/sharedStrings.bin").lower(), b"")
    textos = []
    for registro, cuerpo in _registros(contenido):
        if registro == _TEXTO_COMPARTIDO:
            textos.append(_texto(cuerpo, 1)[0] or "")
            if len(textos) > limites.celdas:
                raise ArchivoIlegible("demasiado grande", f"tiene más de {limites.celdas:,} textos")
    return textos


def _estilos(paquete: Paquete, parte: str | None) -> _Estilos:
    """Qué estilos de celda muestran un porcentaje y cuáles una fecha."""
    contenido = paquete.parte(parte) if parte is not None else paquete.binarias.get("xl/styles.bin", b"")
    codigos: dict[int, str] = {}
    formatos: list[int] = []
    de_celda = False
    for registro, cuerpo in _registros(contenido):
        if registro == _FORMATO:
            codigos[struct.unpack_from("<H", cuerpo)[0]] = _texto(cuerpo, 2)[0] or ""
        elif registro in {_EMPIEZAN_ESTILOS, _TERMINAN_ESTILOS}:
            de_celda = registro == _EMPIEZAN_ESTILOS
        elif registro == _ESTILO and de_celda:
            formatos.append(struct.unpack_from("<H", cuerpo, 2)[0])
    porcentajes, fechas = set(), set()
    for numero, formato in enumerate(formatos):
        codigo = codigos.get(formato)
        if formato in numeros.PORCENTAJES if codigo is None else numeros.es_porcentaje(codigo):
            porcentajes.add(numero)
        elif formato in numeros.FECHAS if codigo is None else numeros.es_fecha(codigo):
            fechas.add(numero)
    return _Estilos(frozenset(porcentajes), frozenset(fechas))


class _Hoja:
    """La pasada por una hoja: por qué fila y columna va."""

    def __init__(
        self, hoja: HojaCruda, textos: list[str], estilos: _Estilos, limites: Limites, *, desde_1904: bool
    ) -> None:
        self.hoja = hoja
        self.textos = textos
        self.estilos = estilos
        self.limites = limites
        self.desde_1904 = desde_1904
        self.fila = self.columna = 0

    def llenar(self, contenido: bytes, cuenta: int) -> int:
        """Lee la parte; da cuántas celdas van en el libro."""
        hoja, limites = self.hoja, self.limites
        for registro, cuerpo in _registros(contenido):
            if registro == _FILA:
                self.fila, self.columna = struct.unpack_from("<I", cuerpo)[0] + 1, 0
                self._dentro(self.fila, 1)
                if cuerpo[11] & 0x10:
                    hoja.filas_ocultas.add(self.fila)
            elif registro in _CELDAS or registro == _CELDA_CON_FORMATOS:
                self.columna = struct.unpack_from("<I", cuerpo)[0] + 1
                self._celda(registro, cuerpo, 4)
            elif registro in _CELDAS_CORTAS:
                self.columna += 1
                self._celda(registro - _CELDAS_CORTAS[0] + 1, cuerpo, 0)
            elif registro == _COMBINADA:
                fila_1, fila_2, columna_1, columna_2 = (n + 1 for n in struct.unpack_from("<4I", cuerpo))
                self._dentro(fila_1, columna_1)
                self._dentro(fila_2, columna_2)
                hoja.combinadas.append((fila_1, columna_1, fila_2, columna_2))
                if len(hoja.combinadas) > limites.combinadas:
                    raise ArchivoIlegible(
                        "sospechoso", f"una hoja tiene más de {limites.combinadas:,} rangos combinados"
                    )
            elif registro == _COLUMNA and cuerpo[16] & 1:
                primera, ultima = struct.unpack_from("<2I", cuerpo)
                hoja.columnas_ocultas.update(range(primera + 1, min(ultima, limites.columna - 1) + 2))
            if cuenta + len(hoja.celdas) > limites.celdas:
                raise ArchivoIlegible("demasiado grande", f"tiene más de {limites.celdas:,} celdas con contenido")
        return cuenta + len(hoja.celdas)

    def _dentro(self, fila: int, columna: int) -> None:
        if not (1 <= fila <= self.limites.fila and 1 <= columna <= self.limites.columna):
            raise ArchivoIlegible("sospechoso", "tiene celdas fuera de los límites de Excel")

    def _celda(self, registro: int, cuerpo: bytes, lugar: int) -> None:
        """Una celda; su estilo ocupa tres bytes desde `lugar` y su valor va después del cuarto."""
        estilo = int.from_bytes(cuerpo[lugar : lugar + 3], "little")
        valor = self._valor(registro, cuerpo, lugar + 4, estilo)
        formula = 8 <= registro <= 11
        if valor is None and not formula:
            return
        self._dentro(self.fila, self.columna)
        self.hoja.celdas[self.fila, self.columna] = CeldaCruda(
            valor, formula, True, estilo in self.estilos.porcentajes
        )

    def _valor(self, registro: int, cuerpo: bytes, lugar: int, estilo: int) -> Valor:
        if registro == 1:  # vacía con formato
            return None
        if registro in {3, 11}:
            return ErrorExcel(_ERRORES.get(cuerpo[lugar], "#VALUE!"))
        if registro in {4, 10}:
            return bool(cuerpo[lugar])
        if registro in {6, 8}:
            return _texto(cuerpo, lugar)[0] or None
        if registro == _CELDA_CON_FORMATOS:
            return _texto(cuerpo, lugar + 1)[0] or None
        if registro == 7:
            (indice,) = struct.unpack_from("<I", cuerpo, lugar)
            if indice >= len(self.textos):
                raise ArchivoIlegible("dañado", "una celda apunta a un texto que no existe")
            return self.textos[indice] or None
        numero = _rk(cuerpo, lugar) if registro == 2 else float(struct.unpack_from("<d", cuerpo, lugar)[0])
        if not math.isfinite(numero):
            raise ArchivoIlegible("dañado", "una celda guarda un número que no existe")
        return numeros.fecha(numero, desde_1904=self.desde_1904) if estilo in self.estilos.fechas else numero


def _rk(cuerpo: bytes, lugar: int) -> float:
    """Número abreviado a cuatro bytes: entero o las cifras altas de un decimal, quizá dividido entre cien."""
    (crudo,) = struct.unpack_from("<i", cuerpo, lugar)
    if crudo & 2:
        numero = float(crudo >> 2)  # entero con signo
    else:
        numero = float(struct.unpack("<d", struct.pack("<II", 0, crudo & 0xFFFFFFFC))[0])
    return numero / 100 if crudo & 1 else numero
