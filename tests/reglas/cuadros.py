"""Lee los cuadros ejecutables de las reglas: un libro de verdad y las celdas que deben señalarse."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pei_excel.crudo import ErrorExcel
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Columna, Formato, Hoja, Modo
from pei_excel.periodos import Periodo
from pei_excel.ubicacion import direccion

MARCA = "✗"


@dataclass
class Cuadro:
    """Un libro por escribir y las celdas marcadas con ✗; None es el archivo entero."""

    campos: dict[str, Any]
    filas: dict[str, list[dict[str, Any]]]
    marcas: set[tuple[str, str] | None] = field(default_factory=set)


def leer(texto: str, formato: Formato) -> Cuadro:
    """El modelo del formato con los cambios del cuadro encima."""
    filas = {h: [dict(f) for f in propias] for h, propias in formato.modelo.filas.items()}
    cuadro = Cuadro(dict(formato.modelo.campos), filas)
    pendientes: list[tuple[Hoja, dict[str, Any], str]] = []
    hoja, titulos = formato.principal, None
    en_campos = False
    for linea in (una.strip() for una in texto.strip().splitlines()):
        if not linea:
            continue
        if linea.startswith(MARCA):
            cuadro.marcas.add(None)
        elif not linea.startswith("|"):
            en_campos, titulos = linea == "Campos", None
            hoja = formato.principal if en_campos else formato.por_clave[linea]
        else:
            celdas = [c.strip() for c in linea.strip("|").split("|")]
            if titulos is None:
                titulos = celdas if en_campos else _columnas(hoja, celdas)
            elif en_campos:
                _poner_campo(cuadro, formato, *celdas)
            else:
                pendientes += _poner_fila(cuadro, hoja, titulos, celdas)
    for hoja_marcada, fila, clave in pendientes:
        lugar = hoja_marcada.disposicion
        numero = next(n for n, f in enumerate(cuadro.filas[hoja_marcada.clave]) if f is fila)
        cuadro.marcas.add((hoja_marcada.clave, lugar.celda(lugar.fila_datos + numero, clave)))
    return cuadro


def _columnas(hoja: Hoja, titulos: list[str]) -> list[Columna]:
    columnas: list[Columna] = []
    for titulo in titulos:
        columnas.append(_columna(hoja, titulo, columnas))
    return columnas


def _columna(hoja: Hoja, titulo: str, previas: list[Columna]) -> Columna:
    """La columna de un título: solo, con su banda («Banda/Título») o con la de la anterior («…/Título»)."""
    if titulo.endswith("→"):
        return next(c for c in hoja.columnas if c.titulo == titulo[:-1].strip())
    candidatas = list(hoja.columnas)
    if titulo.startswith("…/"):
        banda = next(c.banda for c in reversed(previas) if c.banda)
        candidatas, titulo = [c for c in candidatas if c.banda == banda], titulo[2:]

    def nombres(columna: Columna) -> set[str]:
        # Los meses se escriben por su nombre («Marzo»): sus iniciales se repiten.
        titulos = (columna.titulo, *columna.sinonimos) if columna.mes else (columna.titulo,)
        return {columna.nombre, *titulos, *("/".join((*columna.banda[-1:], t)) for t in titulos)}

    halladas = [c for c in candidatas if titulo in nombres(c)]
    assert len(halladas) == 1, f"«{titulo}» no es una columna de {hoja.clave}"
    return halladas[0]


def _valor(texto: str) -> Any:
    texto = texto.replace(MARCA, "").strip()
    if not texto:
        return None
    if texto.startswith("'") and texto.endswith("'"):
        return texto[1:-1]
    if re.fullmatch(r"-?\d+(\.\d+)?", texto):
        return float(texto)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", texto):
        return date.fromisoformat(texto)
    return ErrorExcel(texto) if texto.startswith("#") else texto


def _poner_campo(cuadro: Cuadro, formato: Formato, etiqueta: str, valor: str) -> None:
    campo = next(c for c in formato.principal.campos if c.etiqueta == etiqueta)
    cuadro.campos[campo.clave] = _valor(valor)
    if MARCA in valor:
        fila = formato.principal.disposicion.fila_campo[campo.clave]
        cuadro.marcas.add((formato.principal.clave, f"C{fila}"))


def _poner_fila(
    cuadro: Cuadro, hoja: Hoja, columnas: list[Columna], celdas: list[str]
) -> list[tuple[Hoja, dict[str, Any], str]]:
    filas = cuadro.filas[hoja.clave]
    lugar = hoja.disposicion
    llave = _valor(celdas[0])
    if llave in {"(título)", "(título+1)", "(banda)"}:
        for columna, celda in zip(columnas[1:], celdas[1:], strict=True):
            if MARCA in celda:
                fila = lugar.fila_encabezado if llave == "(banda)" else lugar.fila_del_titulo(columna)
                fila += llave.endswith("+1)")
                primera = next(c for c in hoja.columnas if c.banda == columna.banda) if llave == "(banda)" else columna
                cuadro.marcas.add((hoja.clave, direccion(fila, lugar.columna[primera.clave])))
        return []
    suyas = {c.clave: _valor(celda) for c, celda in zip(columnas, celdas, strict=True) if c.clave in _identifican(hoja)}
    suyas |= {columnas[0].clave: llave}  # «Nivel →» da otro valor a la misma columna
    fila = next((f for f in filas if all(f.get(clave) == valor for clave, valor in suyas.items())), None)
    if "(quitar)" in celdas:
        filas.remove(fila)
        return []
    se_repite = hoja.llave[1:] == ("campo",)  # una celda puede modificarse varias veces
    if fila is None or se_repite or "(otra)" in celdas:
        fila = {}
        filas.append(fila)
        celdas = ["" if c == "(otra)" else c for c in celdas]
        fila |= {columnas[0].clave: llave}
    marcadas = [(hoja, fila, columnas[0].clave)] if MARCA in celdas[0] else []
    for columna, celda in zip(columnas[1:], celdas[1:], strict=True):
        fila[columna.clave] = _valor(celda)
        if MARCA in celda:
            marcadas.append((hoja, fila, columna.clave))
    return marcadas


def _identifican(hoja: Hoja) -> set[str]:
    """Columnas que dicen qué fila del modelo se cambia; en `Necesidades`, una actividad tiene varias."""
    return {*hoja.llave, "codigo"} if hoja.llave == ("codigo_actividad",) else set(hoja.llave)


def escribir(cuadro: Cuadro, formato: Formato, ruta: Path) -> None:
    """Escribe el libro con el escritor de plantillas de verdad, en formulación (todo abierto)."""
    escribir_plantilla(
        ruta, formato, modo=Modo.FORMULACION, ejercicio=2024, periodo=Periodo.de_codigo("2024-T2"),
        campos=cuadro.campos, filas=cuadro.filas, filas_libres=12,
    )
