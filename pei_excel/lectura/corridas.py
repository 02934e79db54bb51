"""Cuándo un renglón está corrido: sus datos están bajo los títulos de otros, y algo lo prueba."""

from __future__ import annotations

from pei_excel.crudo import CeldaCruda
from pei_excel.formato import Columna, Formato, Hoja
from pei_excel.lectura.filas import textos_en_numeros
from pei_excel.libro import Dato, Fila
from pei_excel.tipos import Codigo, Contexto, Nivel, Opcion, Texto, ValorNivel
from pei_excel.ubicacion import fila_y_columna

_SIN_CONTEXTO = Contexto()
#: Lecturas que no son de su columna: de otro tipo o fuera de su lista.
_OTRO_TIPO = frozenset({"FMT004", "FMT008"})
#: Textos que deben estar fuera de su lugar para que la causa sea el renglón y no cada celda.
_PRUEBAS = 2


def fuera_de_lugar(fila: Fila, hoja: Hoja, formato: Formato) -> list[Dato]:
    """Los textos que prueban que el renglón está corrido, en su orden; ninguno si no se prueba.

    Vale como prueba lo que sólo puede ser de otra columna (una opción de su lista, un OEI, un Nivel), dos veces bajo un
    número o dos a la misma distancia de su título; y dos textos distintos bajo números, si a esa distancia las columnas
    de texto quedaron sin el suyo. «pendiente», «por definir» o «20 talleres» no lo son: lo dice FMT004.
    """
    if not any(_no_es_de_su_columna(d) and isinstance(d.crudo, str) for d in fila.datos.values()):
        return []
    en_numeros = textos_en_numeros(fila, hoja)
    cerrados = [d for d in en_numeros if any(_columnas_de(d.crudo, h) for h in formato.hojas)]
    if len(cerrados) >= _PRUEBAS:
        return cerrados
    lugares = {c.clave: fila_y_columna(d.celda)[1] for c in hoja.columnas if (d := fila[c.clave]).celda}
    por_distancia: dict[int, list[Dato]] = {}
    for clave in (c.clave for c in hoja.columnas if c.calculo is None and c.clave in lugares):
        dato = fila[clave]
        if not isinstance(dato.crudo, str):
            continue
        for columna in _columnas_de(dato.crudo, hoja):
            distancia = lugares[clave] - lugares.get(columna.clave, lugares[clave])
            if distancia and columna not in _columnas_de(fila[columna.clave].crudo, hoja):
                por_distancia.setdefault(distancia, []).append(dato)
    for _, probados in sorted(por_distancia.items(), key=lambda par: (-len(par[1]), abs(par[0]))):
        if len(probados) >= _PRUEBAS and any(_no_es_de_su_columna(d) for d in probados):
            return probados
    return _patron_movido(fila, hoja, en_numeros, lugares)


def _no_es_de_su_columna(dato: Dato) -> bool:
    return dato.incidente is not None and dato.incidente.clase in _OTRO_TIPO


def _columnas_de(crudo: object, hoja: Hoja) -> list[Columna]:
    """Las columnas de las que un texto es un valor inconfundible."""
    celda = CeldaCruda(crudo if isinstance(crudo, str) else None)
    halladas: list[Columna] = []
    if celda.valor is None:
        return halladas
    for columna in hoja.columnas:
        if columna.calculo is not None or not isinstance(columna.tipo, (Opcion, Codigo, Nivel)):
            continue
        leido = columna.tipo.leer(celda, _SIN_CONTEXTO)
        if isinstance(columna.tipo, Opcion):
            es_suyo = leido.incidente is None
        elif isinstance(columna.tipo, Codigo):
            es_suyo = bool(columna.tipo.prefijo) and str(leido.valor).startswith(f"{columna.tipo.prefijo}.")
        else:
            es_suyo = isinstance(leido.valor, ValorNivel)
        if es_suyo:
            halladas.append(columna)
    return halladas


def _patron_movido(fila: Fila, hoja: Hoja, en_numeros: list[Dato], lugares: dict[str, int]) -> list[Dato]:
    """Los textos que están bajo números a la distancia de unas columnas de texto que quedaron sin el suyo."""
    distintos = {str(d.crudo) for d in en_numeros}
    if len(distintos) < _PRUEBAS or len(distintos) < len(en_numeros):
        return []
    de_texto = {
        lugares[c.clave]: fila[c.clave] for c in hoja.columnas
        if c.clave in lugares and c.calculo is None and isinstance(c.tipo, (Texto, Opcion, Codigo))
    }
    suyos = {lugares[d.llave[2]] for d in en_numeros}
    for distancia in (k for paso in range(1, 7) for k in (paso, -paso)):
        origen = {lugar - distancia for lugar in suyos}
        if origen <= de_texto.keys() and not any(
            isinstance(de_texto[lugar].crudo, str) for lugar in origen
        ):
            return en_numeros
    return []
