"""El segundo lector de .xlsx: las mismas celdas leídas con openpyxl, para los archivos que el primero no entiende.

Sólo se usa después de la guardia y cuando el primero dijo «dañado»; sus topes son los mismos.
"""

from __future__ import annotations

import io
import math
import re
import warnings
from typing import TYPE_CHECKING, Any

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel
from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser

from pei_excel.crudo import ArchivoIlegible, CeldaCruda, ErrorExcel, HojaCruda, LibroCrudo
from pei_excel.lectura import numeros, opc
from pei_excel.lectura.hoja_xlsx import decodificar
from pei_excel.lectura.partes import fecha_iso

if TYPE_CHECKING:
    from pei_excel.lectura.guardia import Paquete
    from pei_excel.lectura.limites import Limites
    from pei_excel.lectura.numeros import Valor

_SI = frozenset({"1", "true"})
_ENTERO = re.compile(r"[0-9]{1,9}$")
_NUMERO = re.compile(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]{1,3})?$")


class _Analizador(WorkSheetParser):  # type: ignore[misc] # openpyxl no trae tipos
    """El de openpyxl, que además dice si la celda trae fórmula y si trae resultado."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        tipo, escrito = element.get("t", "n"), element.findtext(VALUE_TAG) or ""
        # Python cuenta los índices negativos desde el final y admite «1_000»: serían valores que el libro no dice.
        if (tipo == "s" and not _ENTERO.match(escrito or "0")) or (tipo == "n" and not _NUMERO.match(escrito or "0")):
            raise ArchivoIlegible("dañado", "una celda guarda un número que no se entiende")
        if tipo == "d":  # openpyxl no admite las fechas sin hora
            celda: dict[str, Any] = super().parse_cell(_sin_tipo(element))
            celda.update(value=element.findtext(VALUE_TAG), data_type="iso")
        else:
            celda = super().parse_cell(element)
        celda["formula"] = element.find(FORMULA_TAG) is not None
        celda["calculada"] = element.find(VALUE_TAG) is not None and (
            celda["value"] is not None or element.get("t", "n") != "n"
        )
        return celda


def _sin_tipo(elemento: Any) -> Any:
    """La misma celda vacía: sólo importan su lugar y su estilo."""
    return elemento.makeelement(elemento.tag, {k: v for k, v in elemento.attrib.items() if k != "t"})


def leer(contenido: bytes, paquete: Paquete, archivo: str, tipo: str, limites: Limites) -> LibroCrudo:
    """Lee el libro entero; cualquier tropiezo es un archivo dañado.

    Raises:
        ArchivoIlegible: si tampoco puede leerlo, o si leería menos de lo que el libro declara.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _leer(contenido, paquete, archivo, tipo, limites)
    except (ArchivoIlegible, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - openpyxl deja escapar cualquiera con un archivo alterado
        raise ArchivoIlegible("dañado", "está incompleto o alterado") from None


def _leer(contenido: bytes, paquete: Paquete, archivo: str, tipo: str, limites: Limites) -> LibroCrudo:
    lector = ExcelReader(io.BytesIO(contenido), read_only=True, data_only=True, keep_links=False)
    lector.read()
    libro = lector.wb
    # openpyxl sigue sin los estilos que faltan, y entonces 0.2 dejaría de ser 20 %.
    for declarada in lector.package.Override:
        if declarada.ContentType.endswith("styles+xml") and declarada.PartName.lstrip("/").lower() not in paquete.xml:
            raise ArchivoIlegible("dañado", "le faltan los estilos que declara")
    leido = LibroCrudo(archivo=archivo, tipo=tipo, hojas=[])
    celdas = 0
    tipos = {hoja.name: relacion.Type.rpartition("/")[2] for hoja, relacion in lector.parser.find_sheets()}
    for hoja in libro.worksheets:
        if tipos.get(hoja.title) != "worksheet":  # las de diálogo y de macros no tienen celdas que leer
            continue
        leida = HojaCruda(hoja.title, oculta=hoja.sheet_state != "visible")
        celdas = _llenar(leida, hoja, libro, limites, celdas)
        leido.hojas.append(leida)
    # openpyxl pasa por alto las hojas cuya parte falta; aquí eso sería perder datos sin decirlo.
    declaradas = sum(tipo == "worksheet" for tipo in tipos.values())
    if len(leido.hojas) < declaradas or len(tipos) < len(lector.parser.sheets) or not celdas:
        raise ArchivoIlegible("dañado", "le faltan hojas que declara")
    leido.nombres = {nombre: (definido.value or "") for nombre, definido in libro.defined_names.items()}
    for hoja in libro.worksheets:
        for nombre, definido in getattr(hoja, "defined_names", {}).items():
            leido.nombres.setdefault(nombre, definido.value or "")
    opc.describir(leido, paquete)
    return leido


def _llenar(leida: HojaCruda, hoja: Any, libro: Any, limites: Limites, antes: int) -> int:
    """Pone en la hoja sus celdas, combinaciones y lo oculto; da cuántas celdas van en el libro."""
    desde_1904 = libro.epoch == CALENDAR_MAC_1904
    formatos: dict[int, tuple[bool, bool]] = {}
    with hoja._get_source() as parte:  # noqa: SLF001 - su acceso público rellena las filas que faltan
        analizador = _Analizador(parte, hoja._shared_strings, data_only=True, epoch=libro.epoch)  # noqa: SLF001
        for fila, celdas in analizador.parse():
            if not 1 <= fila <= limites.fila:
                raise ArchivoIlegible("sospechoso", "tiene celdas fuera de los límites de Excel")
            for celda in celdas:
                valor = _valor(celda, formatos, libro, desde_1904=desde_1904)
                if valor is None and not celda["formula"]:
                    continue
                lugar = celda["row"], celda["column"]
                if not (1 <= lugar[0] <= limites.fila and 1 <= lugar[1] <= limites.columna):
                    raise ArchivoIlegible("sospechoso", "tiene celdas fuera de los límites de Excel")
                porcentaje = _formato(celda["style_id"], formatos, libro)[0]
                leida.celdas[lugar] = CeldaCruda(
                    valor, celda["formula"], celda["calculada"] or not celda["formula"], porcentaje
                )
            if antes + len(leida.celdas) > limites.celdas:
                raise ArchivoIlegible("demasiado grande", f"tiene más de {limites.celdas:,} celdas con contenido")
    for rango in analizador.merged_cells.mergeCell if analizador.merged_cells else ():
        columna_1, fila_1, columna_2, fila_2 = rango.bounds
        leida.combinadas.append((fila_1, columna_1, fila_2, columna_2))
    if len(leida.combinadas) > limites.combinadas:
        raise ArchivoIlegible("sospechoso", f"una hoja tiene más de {limites.combinadas:,} rangos combinados")
    leida.filas_ocultas = {int(n) for n, fila in analizador.row_dimensions.items() if fila.get("hidden") in _SI}
    for columna in analizador.column_dimensions.values():
        if columna.get("hidden") in _SI:
            ultima = min(int(columna["max"]), limites.columna)
            leida.columnas_ocultas.update(range(int(columna["min"]), ultima + 1))
    return antes + len(leida.celdas)


def _formato(estilo: int, formatos: dict[int, tuple[bool, bool]], libro: Any) -> tuple[bool, bool]:
    """(es porcentaje, es fecha) de un estilo de celda."""
    if estilo not in formatos:
        numero = libro._cell_styles[estilo].numFmtId  # noqa: SLF001 - no hay otro acceso
        if numero >= 164:
            codigo = libro._number_formats[numero - 164]  # noqa: SLF001
            porcentaje = numeros.es_porcentaje(codigo)
            formatos[estilo] = porcentaje, not porcentaje and numeros.es_fecha(codigo)
        else:
            formatos[estilo] = numero in numeros.PORCENTAJES, numero in numeros.FECHAS
    return formatos[estilo]


def _valor(celda: dict[str, Any], formatos: dict[int, tuple[bool, bool]], libro: Any, *, desde_1904: bool) -> Valor:
    """Valor de una celda, en los tipos del primer lector."""
    valor, tipo = celda["value"], celda["data_type"]
    if valor is None or valor == "":
        return None
    if tipo == "e":
        return ErrorExcel(valor)
    if tipo == "b":
        return bool(valor)
    if tipo == "iso":
        return fecha_iso(valor) or str(valor)
    if tipo == "n":
        numero = float(valor if isinstance(valor, (int, float)) else to_excel(valor, libro.epoch))
        if not math.isfinite(numero):
            raise ArchivoIlegible("dañado", "una celda guarda un número que no existe")
        if _formato(celda["style_id"], formatos, libro)[1]:
            return numeros.fecha(numero, desde_1904=desde_1904)
        return numero
    return decodificar(str(valor))
