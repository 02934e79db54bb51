"""Lee las filas de datos bajo un encabezado: cada celda con su tipo, su dirección y su incidente."""

from __future__ import annotations

import re

from pei_excel.crudo import CeldaCruda, HojaCruda
from pei_excel.formato import Columna, Hoja
from pei_excel.lectura.encabezados import Hallado
from pei_excel.libro import Dato, Fila
from pei_excel.textos import normalizar
from pei_excel.tipos import Codigo, Contexto, Nivel, Numero, NumeroOPalabra, Tipo, ValorNivel
from pei_excel.ubicacion import letra


def leer_filas(
    hallado: Hallado, hasta: int, contexto: Contexto, indice: int
) -> list[Fila]:
    """Filas con datos entre el encabezado y la fila `hasta` (sin incluirla); `indice` es la primera fila lógica."""
    cruda, hoja = hallado.cruda, hallado.hoja
    columnas = [(hoja.por_clave[clave], c, letra(c)) for clave, c in hallado.columnas.items()]
    capturables = [(columna, c) for columna, c, _ in columnas if columna.calculo is None]
    celdas = cruda.celdas
    ocupadas: dict[int, bool] = {}
    for fila, _ in cruda.celdas:
        if hallado.ultima < fila < hasta:
            ocupadas[fila] = True
    anclas = _anclas(cruda, hallado.ultima, hasta)
    filas: list[Fila] = []
    for fila in sorted(ocupadas):
        llenas = [
            columna for columna, c in capturables if (celda := celdas.get((fila, c))) is not None and _escrita(celda)
        ]
        if not llenas or all(c.auxiliar for c in llenas) or _es_nota(cruda, hallado, fila, llenas):
            continue
        if _es_rotulo(cruda, hallado, fila, llenas) or _es_de_totales(cruda, hallado, fila):
            continue
        filas.append(_leer_fila(hallado, columnas, fila, indice + len(filas), contexto, anclas))
    return filas


def _valor(celda: CeldaCruda | None) -> object:
    if celda is None:
        return None
    valor = celda.valor
    return None if isinstance(valor, str) and not valor.strip() else valor


def _escrita(celda: CeldaCruda) -> bool:
    """Hay algo en la celda; una fórmula sin calcular lo es, y su renglón no debe perderse."""
    return _valor(celda) is not None or (celda.formula and not celda.calculada)


def _es_nota(cruda: HojaCruda, hallado: Hallado, fila: int, llenas: list[Columna]) -> bool:
    """Un renglón con sólo un texto suelto en la primera columna: nota al pie o membrete, no un dato."""
    primera = hallado.hoja.llave[0] if hallado.hoja.llave else ""
    if len(llenas) != 1 or llenas[0].clave != primera:
        return False
    celda = cruda.celdas[fila, hallado.columnas[primera]]
    leido = hallado.hoja.por_clave[primera].tipo.leer(celda, Contexto()).valor
    texto = str(celda.valor).strip()
    return not isinstance(leido, ValorNivel) and (len(texto) > 30 or texto.startswith("*"))


def _tipo_de_llave(hoja: Hoja) -> Tipo | None:
    return hoja.por_clave[hoja.llave[0]].tipo if hoja.llave else None


def _es_rotulo(cruda: HojaCruda, hallado: Hallado, fila: int, llenas: list[Columna]) -> bool:
    """Un renglón de una hoja con códigos que no es una actividad: un título que agrupa a otras."""
    if len(llenas) != 1 or not isinstance(_tipo_de_llave(hallado.hoja), Codigo):
        return False
    columna = hallado.columnas[llenas[0].clave]
    return columna < hallado.columnas.get(hallado.hoja.llave[0], 0) and isinstance(
        _valor(cruda.celdas.get((fila, columna))), str
    )


#: Cómo empieza el rótulo de un renglón de totales: «TOTAL», «Subtotal OEI.05», «Suma S/.», «Total general».
_DICE_TOTAL = re.compile(
    r"\s*(?:gran\s+)?(?:(?:sub[\s-]?)?total|suma(?:toria)?)(?:e?s)?\s*(?:$|[\s:=*(./])", re.IGNORECASE
)


def _es_de_totales(cruda: HojaCruda, hallado: Hallado, fila: int) -> bool:
    """Un renglón que suma a los demás, que alguien agregó: no es un dato y no estorba.

    Lo dice en la llave o, sin llave, en el único texto del renglón: «Total de talleres» con su indicador y su unidad
    de medida es una actividad a la que le falta el código.
    """
    hoja = hallado.hoja
    if not isinstance(_tipo_de_llave(hoja), (Codigo, Nivel)):
        return False
    llave = _valor(cruda.celdas.get((fila, hallado.columnas.get(hoja.llave[0], 0))))
    if llave is not None:
        return isinstance(llave, str) and bool(_DICE_TOTAL.match(llave))
    textos = [
        (hoja.por_clave[clave], valor) for clave, c in hallado.columnas.items()
        if isinstance(valor := _valor(cruda.celdas.get((fila, c))), str)
    ]
    dicen = [bool(_DICE_TOTAL.match(texto)) for _, texto in textos]
    escritos = [c for (c, _), dice in zip(textos, dicen, strict=True) if not dice and c.calculo is None]
    return any(dicen) and all(isinstance(c.tipo, Numero) for c in escritos)


def _anclas(cruda: HojaCruda, desde: int, hasta: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Celdas tapadas por una combinación vertical → la celda que guarda su valor."""
    anclas = {}
    for f1, c1, f2, c2 in cruda.combinadas:
        if desde < f1 and f2 < hasta and f2 > f1 and c1 == c2 and f2 - f1 < 200:
            for f in range(f1 + 1, f2 + 1):
                anclas[f, c1] = f1, c1
    return anclas


def _leer_fila(
    hallado: Hallado,
    columnas: list[tuple[Columna, int, str]],
    fila: int,
    indice: int,
    contexto: Contexto,
    anclas: dict[tuple[int, int], tuple[int, int]],
) -> Fila:
    hoja: Hoja = hallado.hoja
    celdas = hallado.cruda.celdas
    nombre = hallado.cruda.nombre
    donde = fila, hallado.columnas.get(hoja.unidad_medida, 0)
    unidad = celdas.get(donde) or celdas.get(anclas.get(donde, donde))
    en_porcentaje = unidad is not None and normalizar(str(unidad.valor)).startswith(("porcentaje", "%"))
    propio = contexto._replace(en_porcentaje=en_porcentaje)
    datos: dict[str, Dato] = {}
    de_la_hoja, nuevo = hoja.clave, tuple.__new__  # sin pasar por el constructor: son decenas por renglón
    for columna, c, letras in columnas:
        posicion = fila, c
        celda = celdas.get(posicion)
        if celda is None and posicion in anclas and not isinstance(columna.tipo, Numero):
            posicion = anclas[posicion]
            celda = celdas.get(posicion)
        clave = columna.clave
        llave = (de_la_hoja, indice, clave)
        direccion = f"{letras}{posicion[0]}"
        if celda is None:
            datos[clave] = nuevo(Dato, (llave, None, None, nombre, direccion, False, True, None))
            continue
        valor, incidente = columna.tipo.leer(celda, propio)
        crudo = _valor(celda)
        if incidente is not None and columna.calculo is not None:
            if incidente.clase == "FMT004" and celda.formula:
                incidente = None  # una fórmula que da texto («No programado») no es un dato mal capturado
                valor = crudo
            # Un .xls pasa el formato de % a las celdas de apoyo que calcula Excel: no es cómo lo escribió la unidad.
            elif columna.medida is None and incidente.clase == "FMT005" and not isinstance(crudo, str):
                incidente = None
        partes = (llave, valor, crudo, nombre, direccion, celda.formula, celda.calculada, incidente)
        datos[clave] = nuevo(Dato, partes)
    return Fila(hoja.clave, indice, nombre, fila, datos)


def textos_en_numeros(fila: Fila, hoja: Hoja) -> list[Dato]:
    """Celdas numéricas de la fila (línea base aparte) cuyo texto no se lee ni como número ni como «NP»."""
    return [
        dato
        for clave, dato in fila.datos.items()
        if isinstance(hoja.por_clave[clave].tipo, Numero)
        and not isinstance(hoja.por_clave[clave].tipo, NumeroOPalabra)
        and not hoja.por_clave[clave].auxiliar
        and isinstance(dato.crudo, str)
        and dato.incidente is not None
        and dato.incidente.clase == "FMT004"
    ]
