"""Los datos abiertos: cada cifra del consolidado en un renglón, con su celda de origen; a CSV y a la hoja «Datos»."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pei_excel.calculos import Cumplimiento, Estado, cumplimiento
from pei_excel.evaluacion import SE_MIDE_DESPUES, Indicador
from pei_excel.libro import Dato
from pei_excel.periodos import Periodo
from pei_excel.tablas import Renglon, Tablas
from pei_excel.ubicacion import numero_de_columna

#: Títulos de los datos abiertos, en orden.
COLUMNAS = (
    "ejercicio", "unidad_clave", "unidad", "programa_clave", "programa", "nivel", "indicador", "informe",
    "periodo", "horizonte", "medida", "valor", "unidad_de_medida", "estado", "archivo", "hoja", "celda",
)
_PELIGROSOS = ("=", "+", "-", "@", "\t", "\r")

Valor = str | float | int | None


class BloqueDeDatos(NamedTuple):
    """Los renglones de un indicador: lo que comparten, lo que cambia y, entre lo último y la celda, su procedencia."""

    iniciales: tuple[Valor, ...]
    cambian: list[tuple[Valor, ...]]  #: periodo, horizonte, medida, valor, unidad de medida, estado, celda
    finales: tuple[Valor, ...]


def bloques_de_datos(tablas: Tablas) -> Iterator[BloqueDeDatos]:
    """Un bloque por indicador, en el orden del consolidado."""
    q = tablas.periodo.trimestre
    codigos = [Periodo(tablas.periodo.ejercicio, "T", n).codigo for n in (1, 2, 3, 4)]
    for renglon in tablas.renglones:
        yield _bloque(renglon, tablas, codigos[:q])


def _bloque(renglon: Renglon, tablas: Tablas, codigos: Sequence[str]) -> BloqueDeDatos:
    i, libro = renglon.indicador, renglon.libro
    unidad, programa = libro.unidad, libro.programa
    medida = str(i.fila.valor("unidad_medida") or "")
    cambian: list[tuple[Valor, ...]] = []
    for n, codigo in enumerate(codigos, 1):
        p, a = i.programado[n - 1], i.alcanzado[n - 1]
        resultado, palabra = _del_trimestre(i, n, tablas)
        celda_p, celda_a = i.dato("programado", n).celda or "", i.dato("alcanzado", n).celda or ""
        cambian += (
            (codigo, "trimestre", "programado", p, medida, palabra, celda_p),
            (codigo, "trimestre", "alcanzado", a, medida, palabra, celda_a),
            (codigo, "trimestre", "porcentaje", resultado.porcentaje, "%", palabra, _juntas(celda_p, celda_a)),
        )
    al_periodo, palabra, q = i.al_periodo, i.palabra(), len(codigos)
    celda_p, celda_a = rango_de_origen(i.datos("programado", q)), rango_de_origen(i.datos("alcanzado", q))
    codigo = tablas.periodo.codigo
    cambian += (
        (codigo, "al periodo", "programado", al_periodo.programado, medida, palabra, celda_p),
        (codigo, "al periodo", "alcanzado", al_periodo.alcanzado, medida, palabra, celda_a),
        (codigo, "al periodo", "porcentaje", al_periodo.porcentaje, "%", palabra, _juntas(celda_p, celda_a)),
    )
    return BloqueDeDatos(
        (
            tablas.periodo.ejercicio, unidad.clave if unidad else "", unidad.nombre if unidad else "",
            programa.clave if programa else "", programa.nombre if programa else "", i.etiqueta, i.nombre,
            "observado" if renglon.observado else "aceptado",
        ),
        cambian,
        (libro.archivo, i.fila.donde),
    )


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
        (*bloque.iniciales, *cambia[:-1], *bloque.finales, cambia[-1])
        for bloque in bloques_de_datos(tablas)
        for cambia in bloque.cambian
    ]


def escribir_csv(destino: Path | BinaryIO, formatos: Sequence[Tablas]) -> None:
    """Escribe los datos abiertos en CSV, UTF-8 con BOM; un texto nunca se abre como fórmula y un número queda igual."""
    salida = io.StringIO(newline="")
    escritor = csv.writer(salida)
    escritor.writerow(COLUMNAS)
    for bloque in (b for tablas in formatos for b in bloques_de_datos(tablas)):
        iniciales = [_segura(v) for v in bloque.iniciales]
        finales = [_segura(v) for v in bloque.finales]
        for cambia in bloque.cambian:
            *propios, celda = [_segura(v) for v in cambia]
            escritor.writerow([*iniciales, *propios, *finales, celda])
    contenido = salida.getvalue().encode("utf-8-sig")
    if isinstance(destino, Path):
        destino.write_bytes(contenido)
    else:
        destino.write(contenido)


def _segura(valor: Valor) -> Any:
    if isinstance(valor, str):
        return f"'{valor}" if valor.startswith(_PELIGROSOS) else valor
    return f"{valor:.15g}" if isinstance(valor, float) else valor
