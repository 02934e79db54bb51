"""De lo que se da con `--anterior` a lo que se compara: libros de antes o carpetas de periodos consolidados."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pei_excel.anteriores import Anterior, Identidad, comparables, de_libro, por_identidad
from pei_excel.archivos import LEGIBLES, buscar
from pei_excel.ciclo.cerrados import ORIGINALES, RESULTADOS, Version, bajo, ultimas
from pei_excel.crudo import CeldaCruda
from pei_excel.escritura.datos import COLUMNAS, sin_apostrofo
from pei_excel.formato import Formato
from pei_excel.formatos import FORMATOS
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.modificaciones import Direccion
from pei_excel.periodos import Periodo
from pei_excel.revision import Suerte
from pei_excel.salidas import ULTIMO
from pei_excel.tipos import Contexto
from pei_excel.trabajadores import TareaPerdida, Trabajadores

#: Los datos abiertos de un periodo ya consolidado: lo único de su carpeta que hace falta.
DATOS = "datos.csv"
#: Carpetas que acompañan a la de un periodo y ya no son la buena.
_VIEJAS = (".anterior", ".nuevo")
#: Cómo terminan los informes que se consolidan.
_CONSOLIDADOS = frozenset({Suerte.ACEPTADO.value, Suerte.OBSERVADO.value})
_HORIZONTES = {"trimestre": "t", "mes": "m"}

Avance = Callable[[str, int, int], None]


@dataclass(slots=True)
class Previas:
    """Las entregas anteriores que se leyeron."""

    por_informe: dict[Identidad, tuple[Anterior, ...]] = field(default_factory=dict)
    archivos: list[tuple[str, str]] = field(default_factory=list)  #: (nombre, SHA-256) de cada archivo, en orden
    apartados: list[tuple[str, str]] = field(default_factory=list)  #: (nombre, por qué no se comparó)


def hay_que_leer(ruta: Path) -> bool:
    """La ruta tiene algún libro o la carpeta de un periodo ya consolidado."""
    return bool(_consolidadas(ruta)) or any(a.ruta.suffix.lower() in LEGIBLES for a in buscar([ruta]).archivos)


def _consolidadas(ruta: Path, menos: Periodo | None = None) -> list[tuple[Path, Version | None]]:
    """Las carpetas de resultados que hay en una ruta y, si están archivadas, su versión.

    De cada periodo cerrado, sólo la última, que vale por la carpeta de resultados que la acompaña; no la del periodo
    `menos`, que es el que se consolida: al corregirlo, lo que se había cerrado no es de antes.
    """
    if not ruta.is_dir():
        return []
    archivadas = bajo(ruta)
    suyas = {v.carpeta for v in archivadas}
    repetidas = {v.carpeta.parents[2] / v.periodo for v in archivadas}
    sueltas = [
        c for c in (p.parent for p in ruta.rglob(ULTIMO))
        if not c.name.endswith(_VIEJAS) and c not in repetidas and suyas.isdisjoint(c.parents) and (c / DATOS).is_file()
    ]
    halladas = [(v.carpeta / RESULTADOS, v) for v in ultimas(archivadas, menos)]
    return sorted([*halladas, *((c, None) for c in sueltas)], key=lambda par: par[0])


def leer_previas(ruta: Path, opciones: Opciones, trabajadores: Trabajadores, avance: Avance) -> Previas:
    """Lee lo que hay en la ruta; un archivo malo se aparta con su porqué y nunca detiene a los demás."""
    previas = Previas()
    leidos: list[Anterior] = []
    libros = [a for a in buscar([ruta], opciones.limites).archivos if a.ruta.suffix.lower() in LEGIBLES]
    nombres = [f"{ruta.name}/{a.nombre}" if ruta.is_dir() else a.nombre for a in libros]
    tareas = ((str(a.ruta), nombre, opciones._replace(periodo=None)) for a, nombre in zip(libros, nombres, strict=True))
    resultados = trabajadores.encargar(leer_una_previa, tareas)
    for n, (nombre, resultado) in enumerate(zip(nombres, resultados, strict=True), 1):
        avance("Leyendo lo anterior", n, len(libros))
        if isinstance(resultado, TareaPerdida):
            previas.apartados.append((nombre, f"es de las entregas de antes y no pudo leerse: {resultado.motivo}"))
            continue
        huella, propios, motivo = resultado
        leidos += propios
        previas.archivos.append((nombre, huella))
        if motivo:
            previas.apartados.append((nombre, f"es de las entregas de antes y no se comparó: {motivo}"))
    for carpeta, version in _consolidadas(ruta, opciones.periodo):
        nombre = f"{ruta.name}/{(carpeta / DATOS).relative_to(ruta).as_posix()}"
        cambiados = version.cambiados(RESULTADOS) if version else []
        if cambiados:
            cual = cambiados[0].removeprefix(f"{RESULTADOS}/")
            previas.apartados.append((
                nombre,
                f"es de las entregas de antes y no se comparó: la carpeta ya no es la que se cerró (cambió «{cual}»)",
            ))
            continue
        contenido = (carpeta / DATOS).read_bytes()
        previas.archivos.append((nombre, hashlib.sha256(contenido).hexdigest()))
        try:
            de_datos = list(_de_datos(contenido.decode("utf-8-sig"), nombre))
        except ValueError:  # alguien lo cambió a mano
            de_datos = []
        leidos += _con_lo_archivado(version, de_datos, ruta, opciones, trabajadores) if version else de_datos
        if not de_datos:
            previas.apartados.append((
                nombre, "es de las entregas de antes y no se comparó: no trae los datos de ningún informe"
            ))
    previas.archivos.sort()
    previas.por_informe = por_identidad(leidos)
    return previas


def _con_lo_archivado(
    version: Version, de_datos: Sequence[Anterior], ruta: Path, opciones: Opciones, trabajadores: Trabajadores
) -> list[Anterior]:
    """Lo de un periodo cerrado como lo dicen los libros que se archivaron con él.

    Los datos abiertos llegan hasta su periodo y no traen las metas de lo que sigue; donde un libro ya no es el que se
    archivó, o no puede leerse, quedan ellos.
    """
    documento = json.loads((version.carpeta / RESULTADOS / ULTIMO).read_text(encoding="utf-8"))
    huellas = {x["archivo"]: x["sha256"] for x in documento["libros"] if x["estado"] in _CONSOLIDADOS}
    usados = {
        (x["formato"], (x["unidad"], x["programa"] or "")): x["archivo"]
        for x in documento["libros"] if x["estado"] in _CONSOLIDADOS
    }
    originales = version.carpeta / ORIGINALES
    suyas = opciones._replace(periodo=Periodo.de_codigo(version.periodo))
    nombre = f"{ruta.name}/{originales.relative_to(ruta).as_posix()}"
    tareas = ((str(originales / a), f"{nombre}/{a}", suyas) for a in huellas)
    leidos: dict[Identidad, Anterior] = {}
    resultados = trabajadores.encargar(leer_una_previa, tareas)
    for (archivo, huella), resultado in zip(huellas.items(), resultados, strict=True):
        if isinstance(resultado, TareaPerdida) or resultado[0] != huella:
            continue
        leidos |= {(a.formato, a.identidad): a for a in resultado[1] if usados.get((a.formato, a.identidad)) == archivo}
    return [
        replace(leidos[quien], periodo=uno.periodo) if (quien := (uno.formato, uno.identidad)) in leidos else uno
        for uno in de_datos
    ]


def leer_una_previa(ruta: str, nombre: str, opciones: Opciones) -> tuple[str, list[Anterior], str]:
    """Paso *leer* de una entrega anterior: su SHA-256, lo que decía cada informe y por qué no sirve, si no sirve."""
    libros = leer(Path(ruta), nombre, opciones)
    propios = [a for x in libros if (a := de_libro(x)) is not None]
    if propios or any(x.apartado for x in libros):
        return libros[0].sha256, propios, next((x.apartado for x in libros if x.apartado), "") or ""
    incidentes = [i.mensaje for x in libros for i in x.incidentes]
    return libros[0].sha256, [], incidentes[0] if incidentes else "no dice de qué unidad o de qué año es"


def _de_datos(texto: str, nombre: str) -> Iterator[Anterior]:
    """Los informes de unos datos abiertos, cada uno con sus cifras por trimestre o por mes."""
    filas = list(csv.DictReader(io.StringIO(texto, newline="")))
    if not filas or not set(COLUMNAS) <= set(filas[0]):
        return
    grupos: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for fila in filas:
        propia = {clave: sin_apostrofo(valor) for clave, valor in fila.items() if isinstance(valor, str)}
        quien = tuple(propia[c] for c in ("formato", "unidad_clave", "programa_clave", "ejercicio", "archivo"))
        grupos.setdefault(quien, []).append(propia)
    for (clave, unidad, programa, ejercicio, archivo), propias in grupos.items():
        formato = FORMATOS.get(clave)
        periodos = {f["periodo"] for f in propias if f["horizonte"] == "al periodo"}
        if formato is None or not unidad or len(periodos) != 1:
            continue
        yield Anterior(
            f"{nombre}: {archivo}", clave, (unidad, programa), int(ejercicio), Periodo.de_codigo(periodos.pop()),
            valores=_valores(formato, propias),
        )


def _valores(formato: Formato, filas: Sequence[dict[str, str]]) -> dict[Direccion, Any]:
    lugares = {columna: hoja for hoja, columnas in comparables(formato).items() for columna in columnas}
    valores: dict[Direccion, Any] = {}
    for fila in filas:
        sufijo = _HORIZONTES.get(fila["horizonte"])
        if sufijo is None or not fila["celda"]:
            continue
        columna = f"{fila['medida']}_{sufijo}{Periodo.de_codigo(fila['periodo']).numero}"
        if columna in lugares:
            hoja = formato.por_clave[lugares[columna]]
            llave = hoja.por_clave[hoja.llave[0]].tipo.leer(CeldaCruda(fila["clave"]), Contexto()).valor
            valores[hoja.clave, llave, columna] = float(fila["valor"]) if fila["valor"] else None
    return valores
