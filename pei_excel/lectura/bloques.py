"""El bloque de identificación y las firmas de una hoja cruda: etiquetas → valores con su celda."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pei_excel.crudo import CeldaCruda, HojaCruda
from pei_excel.formato import Campo, Hoja
from pei_excel.textos import limpiar, normalizar

#: A cuántas columnas de su etiqueta se busca un valor.
ALCANCE = 12


@dataclass(slots=True)
class ValorDeCampo:
    """Un campo hallado: su celda y lo escrito."""

    campo: Campo
    fila: int
    columna: int
    celda: CeldaCruda | None


@dataclass(slots=True)
class Bloque:
    """Lo que no es tabla en una hoja: campos, años del título y firmas, por fila."""

    campos: dict[int, list[ValorDeCampo]] = field(default_factory=dict)  #: fila → campos
    ejercicios: dict[int, int] = field(default_factory=dict)  #: fila → año del título
    firmas: dict[int, list[tuple[str, int]]] = field(default_factory=dict)  #: fila → (título de la firma, columna)

    def filas(self) -> set[int]:
        """Filas que no son de datos."""
        return set(self.campos) | set(self.ejercicios) | set(self.firmas)


def buscar_bloque(cruda: HojaCruda, textos: dict[tuple[int, int], str], hoja: Hoja) -> Bloque:
    """Campos, títulos y firmas de una hoja."""
    bloque = Bloque()
    etiquetas = {normalizar(c.etiqueta): c for c in hoja.campos}
    titulo = normalizar(hoja.titulo.partition("{")[0])
    firmas = {normalizar(t): f.titulo for f in hoja.firmas for t in (f.titulo, *f.sinonimos)}
    ocupadas: dict[int, int] = {}
    for fila, _ in cruda.celdas:
        ocupadas[fila] = ocupadas.get(fila, 0) + 1
    fin_de = {(f1, c1): c2 for f1, c1, _, c2 in cruda.combinadas}
    candidatas = {p: t for p, t in textos.items() if ocupadas[p[0]] <= 6}
    # Un valor largo escrito en la misma celda que su etiqueta («Objetivo: …») no está entre los textos cortos.
    for posicion, celda in cruda.celdas.items():
        if posicion not in textos and isinstance(celda.valor, str) and ocupadas[posicion[0]] <= 6:
            inicio = celda.valor[:60].partition(":")[0]
            if normalizar(inicio) in etiquetas:
                candidatas[posicion] = normalizar(inicio)
    for (fila, columna), texto in sorted(candidatas.items()):
        ejercicio = re.fullmatch(rf"{titulo} ((?:19|20)\d\d)", texto)
        if ejercicio:
            bloque.ejercicios[fila] = int(ejercicio[1])
            continue
        if texto in firmas:
            bloque.firmas.setdefault(fila, []).append((firmas[texto], columna))
            continue
        for etiqueta, campo in etiquetas.items():
            if texto == etiqueta or (texto.startswith(etiqueta + " ") and _tiene_etiqueta(cruda, fila, columna, campo)):
                valor = _valor(cruda, candidatas, etiquetas, campo, fila, columna, fin_de)
                bloque.campos.setdefault(fila, []).append(valor)
                break
    return bloque


def _tiene_etiqueta(cruda: HojaCruda, fila: int, columna: int, campo: Campo) -> bool:
    texto = str(cruda.celdas[fila, columna].valor)
    return campo.en_etiqueta or normalizar(texto.partition(":")[0]) == normalizar(campo.etiqueta)


def _valor(
    cruda: HojaCruda,
    textos: dict[tuple[int, int], str],
    etiquetas: dict[str, Campo],
    campo: Campo,
    fila: int,
    columna: int,
    fin_de: dict[tuple[int, int], int],
) -> ValorDeCampo:
    propia = cruda.celdas[fila, columna]
    texto = limpiar(str(propia.valor))
    if campo.en_etiqueta:
        cola = re.search(r"((?:19|20)\d\d.*)$", texto)
        return ValorDeCampo(campo, fila, columna, propia._replace(valor=cola[1]) if cola else None)
    cola_texto = texto.partition(":")[2].strip()
    if cola_texto:
        return ValorDeCampo(campo, fila, columna, propia._replace(valor=cola_texto))
    inicio = fin_de.get((fila, columna), columna) + 1
    for c in range(inicio, inicio + ALCANCE):
        celda = cruda.celdas.get((fila, c))
        if celda is not None and (celda.valor is not None or (celda.formula and not celda.calculada)):
            if textos.get((fila, c)) in etiquetas:
                break
            return ValorDeCampo(campo, fila, c, celda)
    return ValorDeCampo(campo, fila, inicio, None)
