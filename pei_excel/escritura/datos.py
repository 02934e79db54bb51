"""Los datos abiertos: cada cifra del consolidado en un renglón, con su celda de origen; a CSV y a la hoja «Datos»."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pei_excel.actividades import Actividad, tramos
from pei_excel.calculos import Cumplimiento, Estado, cumplimiento
from pei_excel.evaluacion import SE_MIDE_DESPUES, Indicador
from pei_excel.libro import Dato
from pei_excel.periodos import Periodo
from pei_excel.tablas import Renglon, Tablas
from pei_excel.ubicacion import numero_de_columna

#: Lo que comparten los renglones de un indicador o de una actividad.
INICIALES = (
    "formato", "ejercicio", "unidad_clave", "unidad", "gerencia", "programa_clave", "programa", "oei", "aei", "clave",
    "nombre", "informe",
)
#: Títulos de los datos abiertos, en orden; son los mismos para todos los formatos.
COLUMNAS = (
    *INICIALES, "periodo", "horizonte", "medida", "valor", "unidad_de_medida", "estado", "archivo", "hoja", "celda",
)
#: Formato → columnas que siempre lleva vacías.
AJENAS = {"MIR": frozenset({"gerencia", "oei", "aei"}), "POI": frozenset({"programa_clave", "programa"})}
#: Cuántas de las que cambian van después del archivo: hoja y celda.
DE_ORIGEN = 2
#: Unidad de medida de lo financiero.
SOLES = "S/."
#: Con lo que empieza un texto que una hoja de cálculo tomaría por fórmula: en el CSV lleva un apóstrofo delante.
PELIGROSOS = ("=", "+", "-", "@", "\t", "\r")

Valor = str | float | int | None


class BloqueDeDatos(NamedTuple):
    """Los renglones de un indicador o de una actividad: lo que comparten, lo que cambia y su archivo."""

    iniciales: tuple[Valor, ...]
    cambian: list[tuple[Valor, ...]]  #: periodo, horizonte, medida, valor, unidad de medida, estado, hoja, celda
    archivo: str


def bloques_de_datos(tablas: Tablas) -> Iterator[BloqueDeDatos]:
    """Un bloque por indicador o actividad, en el orden del consolidado."""
    if tablas.formato == "POI":
        yield from bloques_del_poi(tablas)
        return
    q = tablas.periodo.trimestre
    codigos = [Periodo(tablas.periodo.ejercicio, "T", n).codigo for n in (1, 2, 3, 4)]
    for renglon in tablas.renglones:
        yield _bloque(renglon, tablas, codigos[:q])


def _bloque(renglon: Renglon, tablas: Tablas, codigos: Sequence[str]) -> BloqueDeDatos:
    i, libro = renglon.indicador, renglon.libro
    unidad, programa, hoja = libro.unidad, libro.programa, i.fila.donde
    medida = str(i.fila.valor("unidad_medida") or "")
    cambian: list[tuple[Valor, ...]] = []
    for n, codigo in enumerate(codigos, 1):
        p, a = i.programado[n - 1], i.alcanzado[n - 1]
        resultado, palabra = _del_trimestre(i, n, tablas)
        celda_p, celda_a = i.dato("programado", n).celda or "", i.dato("alcanzado", n).celda or ""
        cambian += (
            (codigo, "trimestre", "programado", p, medida, palabra, hoja, celda_p),
            (codigo, "trimestre", "alcanzado", a, medida, palabra, hoja, celda_a),
            (codigo, "trimestre", "porcentaje", resultado.porcentaje, "%", palabra, hoja, _juntas(celda_p, celda_a)),
        )
    al_periodo, palabra, q = i.al_periodo, i.palabra(), len(codigos)
    celda_p, celda_a = rango_de_origen(i.datos("programado", q)), rango_de_origen(i.datos("alcanzado", q))
    codigo = tablas.periodo.codigo
    cambian += (
        (codigo, "al periodo", "programado", al_periodo.programado, medida, palabra, hoja, celda_p),
        (codigo, "al periodo", "alcanzado", al_periodo.alcanzado, medida, palabra, hoja, celda_a),
        (codigo, "al periodo", "porcentaje", al_periodo.porcentaje, "%", palabra, hoja, _juntas(celda_p, celda_a)),
    )
    return BloqueDeDatos(
        (
            tablas.formato, tablas.periodo.ejercicio, unidad.clave if unidad else "", unidad.nombre if unidad else "",
            "", programa.clave if programa else "", programa.nombre if programa else "", "", "", i.etiqueta, i.nombre,
            "observado" if renglon.observado else "aceptado",
        ),
        cambian,
        libro.archivo,
    )


def bloques_del_poi(tablas: Tablas) -> Iterator[BloqueDeDatos]:
    """Por actividad, cada mes hasta el periodo y lo acumulado: físico, soles, porcentajes y brecha."""
    periodo = tablas.periodo
    meses = [(m.meses[0], Periodo(periodo.ejercicio, "M", m.meses[0]).codigo, m) for m in tramos("mes", periodo)]
    for renglon in tablas.renglones:
        a, libro = renglon.actividad, renglon.libro
        cambian: list[tuple[Valor, ...]] = []
        unidad = a.unidad_medida
        medidas = [
            ("programado", a.programado, unidad, a.fisico), ("ejecutado", a.ejecutado, unidad, a.fisico),
            ("costo", a.costo, SOLES, a.financiero), ("devengado", a.devengado, SOLES, a.financiero),
        ]
        datos = {medida: a.datos(medida, range(1, periodo.mes + 1)) for medida, *_ in medidas}
        for n, codigo, tramo in meses[: periodo.mes]:
            for medida, cifras, suya, medir in medidas:
                dato = datos[medida][n - 1]
                cambian.append((
                    codigo, "mes", medida, cifras[n - 1], suya, medir(tramo).palabra, dato.hoja or "", dato.celda or ""
                ))
        cambian += _al_periodo_del_poi(a, periodo, unidad, [_origen(suyos) for suyos in datos.values()])
        quien = libro.unidad
        yield BloqueDeDatos(
            (
                tablas.formato, periodo.ejercicio, quien.clave if quien else "", quien.nombre if quien else "",
                str(libro.campo("gerencia").valor or ""), "", "", str(a.fila.valor("oei") or ""),
                str(a.fila.valor("aei") or ""), a.codigo, a.nombre, "observado" if renglon.observado else "aceptado",
            ),
            cambian,
            libro.archivo,
        )


def _al_periodo_del_poi(
    a: Actividad, periodo: Periodo, propia: str, origenes: Sequence[tuple[str, str]]
) -> Iterator[tuple[Valor, ...]]:
    """Lo acumulado; `propia` es la unidad de medida de lo físico y `origenes`, de dónde salen sus cuatro medidas."""
    fisico, soles = a.al_periodo, a.financiero_al_periodo
    p, e, c, d = origenes
    for medida, valor, unidad, estado, origen in (
        ("programado", fisico.programado, propia, fisico.palabra, p),
        ("ejecutado", fisico.alcanzado, propia, fisico.palabra, e),
        ("porcentaje físico", fisico.porcentaje, "%", fisico.palabra, _unidos(p, e)),
        ("costo", soles.programado, SOLES, soles.palabra, c),
        ("devengado", soles.alcanzado, SOLES, soles.palabra, d),
        ("porcentaje financiero", soles.porcentaje, "%", soles.palabra, _unidos(c, d)),
        ("brecha", a.brecha_al_periodo, "puntos", "", _unidos(p, e, c, d)),
    ):
        yield (periodo.codigo, "al periodo", medida, valor, unidad, estado, *origen)


def _origen(datos: Sequence[Dato]) -> tuple[str, str]:
    """Hoja y celdas de donde salen los meses de una medida."""
    return next((d.hoja for d in datos if d.hoja), ""), rango_de_origen(datos)


def _unidos(*origenes: tuple[str, str]) -> tuple[str, str]:
    """Varias hojas y celdas, en el mismo orden: («Programación; Seguimiento», «M9:R9; D9:I9»)."""
    hay = [o for o in origenes if o[1]]
    return "; ".join(hoja for hoja, _ in hay), "; ".join(celdas for _, celdas in hay)


def _del_trimestre(i: Indicador, n: int, tablas: Tablas) -> tuple[Cumplimiento, str]:
    """Cumplimiento y palabra de un trimestre solo; el que se reporta ya viene evaluado."""
    if n == i.periodo.trimestre:
        return i.trimestre.cumplimiento, i.palabra("trimestre")
    resultado = cumplimiento(i.sentido, i.programado[n - 1], i.alcanzado[n - 1])
    if resultado.estado is Estado.SIN_REPORTE and n not in i.vencidos:
        resultado = Cumplimiento(Estado.POR_VENCER)
    if resultado.porcentaje is not None:
        return resultado, tablas.perfil.clasificar(resultado.porcentaje).palabra
    if resultado.estado is Estado.NO_PROGRAMADO and i.medidos[0] > n:
        return resultado, SE_MIDE_DESPUES
    return resultado, resultado.estado.value


def rango_de_origen(datos: Iterable[Dato]) -> str:
    """Celdas del archivo enviado: «M13:N13» si son contiguas; si no, «M13, P13»."""
    celdas = [d.celda for d in datos if d.celda]
    if len(celdas) < 2:
        return "".join(celdas)
    letras = [c.rstrip("0123456789") for c in celdas]
    fila = celdas[0][len(letras[0]) :]
    columna = numero_de_columna(letras[0])
    for n, letra in enumerate(letras):
        if numero_de_columna(letra) != columna + n or celdas[n][len(letra) :] != fila:
            return ", ".join(celdas)
    return f"{celdas[0]}:{celdas[-1]}"


def _juntas(una: str, otra: str) -> str:
    return f"{una}, {otra}" if una and otra else una or otra


def filas_de_datos(tablas: Tablas) -> list[tuple[Valor, ...]]:
    """Todos los renglones, con las columnas de COLUMNAS."""
    return [
        (*bloque.iniciales, *cambia[:-DE_ORIGEN], bloque.archivo, *cambia[-DE_ORIGEN:])
        for bloque in bloques_de_datos(tablas)
        for cambia in bloque.cambian
    ]


def escribir_csv(destino: Path | BinaryIO, formatos: Sequence[Tablas]) -> None:
    """Escribe los datos abiertos en CSV."""

    def filas() -> Iterator[list[Any]]:
        for bloque in (b for tablas in formatos for b in bloques_de_datos(tablas)):
            iniciales, archivo = _seguros(bloque.iniciales), _seguros((bloque.archivo,))
            for cambia in bloque.cambian:
                propios = _seguros(cambia)
                yield iniciales + propios[:-DE_ORIGEN] + archivo + propios[-DE_ORIGEN:]

    contenido = _a_csv(COLUMNAS, filas())
    if isinstance(destino, Path):
        destino.write_bytes(contenido)
    else:
        destino.write(contenido)


def en_csv(titulos: Sequence[str], filas: Iterable[Sequence[Valor]]) -> bytes:
    """Una tabla en CSV, UTF-8 con BOM; un texto nunca se abre como fórmula y un número queda igual."""
    return _a_csv(titulos, map(_seguros, filas))


def sin_apostrofo(valor: str) -> str:
    """Deshace lo que `_segura` puso delante de lo que una hoja de cálculo tomaría por fórmula."""
    return valor[1:] if valor.startswith("'") and valor[1:].startswith(PELIGROSOS) else valor


def leer_csv(contenido: bytes) -> list[dict[str, str]]:
    """Los renglones de unos datos abiertos nuestros, cada uno por sus títulos.

    Raises:
        ValueError: si no es un CSV en UTF-8 o un renglón no tiene las columnas de sus títulos.
    """
    filas = list(csv.DictReader(io.StringIO(contenido.decode("utf-8-sig"), newline="")))
    if any(None in fila or None in fila.values() for fila in filas):
        raise ValueError("un renglón no tiene las columnas de sus títulos")
    return [{clave: sin_apostrofo(valor) for clave, valor in fila.items()} for fila in filas]


def _a_csv(titulos: Sequence[str], filas: Iterable[Sequence[Any]]) -> bytes:
    salida = io.StringIO(newline="")
    escritor = csv.writer(salida)
    escritor.writerow(titulos)
    escritor.writerows(filas)
    return salida.getvalue().encode("utf-8-sig")


def _seguros(valores: Iterable[Valor]) -> list[Any]:
    return [
        _texto_seguro(v) if isinstance(v, str) else f"{v:.15g}" if isinstance(v, float) else v for v in valores
    ]


@lru_cache(8192)  # casi todos se repiten: claves, estados, hojas y celdas son los mismos en muchos renglones
def _texto_seguro(texto: str) -> str:
    return f"'{texto}" if texto.startswith(PELIGROSOS) else texto
