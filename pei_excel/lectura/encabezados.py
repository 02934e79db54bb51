"""Encuentra en una hoja cruda los encabezados de un formato, por títulos y bandas, nunca por posición."""

from __future__ import annotations

from dataclasses import dataclass, field

from pei_excel.crudo import HojaCruda
from pei_excel.formato import Columna, Hoja
from pei_excel.textos import normalizar

#: Parte de los títulos del formato que debe aparecer para reconocerlo (FMT002).
MINIMO_DE_TITULOS = 0.6


@dataclass(slots=True)
class Hallado:
    """Un encabezado hallado en una hoja."""

    hoja: Hoja
    cruda: HojaCruda
    primera: int  #: primera fila del encabezado
    ultima: int  #: última fila; los datos empiezan en la siguiente
    columnas: dict[str, int]  #: clave → columna del archivo
    celdas: dict[str, tuple[int, int]]  #: clave → celda de su título
    bandas: dict[str, tuple[int, int]]  #: banda → celda de su título
    ajenos: dict[str, tuple[int, int]] = field(default_factory=dict)  #: títulos que el formato no conoce

    @property
    def cobertura(self) -> float:
        """Parte (0–1) de los títulos impresos del formato que se hallaron."""
        impresas = [c.clave for c in self.hoja.columnas if not c.auxiliar]
        return sum(clave in self.columnas for clave in impresas) / len(impresas)


def textos_normalizados(cruda: HojaCruda) -> dict[tuple[int, int], str]:
    """Los textos cortos de la hoja, normalizados: los únicos que pueden ser títulos."""
    return {
        posicion: normalizar(celda.valor)
        for posicion, celda in cruda.celdas.items()
        if isinstance(celda.valor, str) and len(celda.valor) < 80
    }


def buscar_encabezados(cruda: HojaCruda, textos: dict[tuple[int, int], str], hoja: Hoja) -> list[Hallado]:
    """Todos los encabezados de `hoja` en la hoja cruda (se repiten en cada página), de arriba abajo."""
    titulos, bandas = hoja.titulos, hoja.bandas
    por_fila: dict[int, dict[int, str]] = {}
    conocidos = (titulos.keys() | bandas).intersection(textos.values())
    if not conocidos:
        return []
    for (fila, columna), texto in textos.items():
        if texto in conocidos:
            por_fila.setdefault(fila, {})[columna] = texto
    ocupadas = {fila for fila, _ in cruda.celdas}
    grupos: list[list[int]] = []
    for fila in sorted(por_fila):
        aciertos = por_fila[fila]
        if len(aciertos) < 2 and not any(t in bandas for t in aciertos.values()):
            continue
        if grupos and not any(f in ocupadas for f in range(grupos[-1][-1] + 1, fila)):
            grupos[-1].append(fila)
        else:
            grupos.append([fila])
    return [_armar(cruda, textos, hoja, por_fila, grupo) for grupo in grupos]


def _extension_de_bandas(
    cruda: HojaCruda, textos: dict[tuple[int, int], str], hoja: Hoja, filas: list[int]
) -> dict[tuple[int, int], tuple[str, tuple[int, int]]]:
    """(fila, columna) → (banda que la cubre, celda de la banda); sin combinar, hasta el siguiente texto de la fila."""
    combinadas = {(f1, c1): c2 for f1, c1, _, c2 in cruda.combinadas}
    cubre: dict[tuple[int, int], tuple[str, tuple[int, int]]] = {}
    ultima = max((c for f, c in textos if filas[0] <= f <= filas[-1]), default=0)
    for fila in filas:
        columnas = sorted(c for f, c in textos if f == fila)
        for columna, siguiente in zip(columnas, [*columnas[1:], ultima + 1], strict=True):
            texto = textos[fila, columna]
            if texto in hoja.bandas:
                fin = combinadas.get((fila, columna), siguiente - 1)
                for c in range(columna, max(fin, columna) + 1):
                    cubre[fila, c] = texto, (fila, columna)
    return cubre


def _armar(
    cruda: HojaCruda,
    textos: dict[tuple[int, int], str],
    hoja: Hoja,
    por_fila: dict[int, dict[int, str]],
    filas: list[int],
) -> Hallado:
    cubre = _extension_de_bandas(cruda, textos, hoja, filas)
    hallado = Hallado(hoja, cruda, filas[0], filas[-1], {}, {}, {})
    for banda, celda in cubre.values():
        hallado.bandas.setdefault(banda, celda)
    columnas = sorted({c for fila in filas for c in por_fila[fila]})
    for columna in columnas:
        propios = [f for f in filas if por_fila[f].get(columna) in hoja.titulos]
        for fila in reversed(propios):
            texto = por_fila[fila][columna]
            bandas = [cubre[f, columna][0] for f in reversed(filas) if f <= fila and (f, columna) in cubre]
            elegida = _elegir(hoja.titulos[texto], bandas, hallado.columnas)
            if elegida is not None:
                hallado.columnas[elegida.clave] = columna
                hallado.celdas[elegida.clave] = fila, columna
                break
    usadas = set(hallado.columnas.values())
    for fila, columna in textos:
        if filas[0] <= fila <= filas[-1] and columna not in usadas and columna not in por_fila.get(fila, ()):
            hallado.ajenos[str(cruda.celdas[fila, columna].valor)] = fila, columna
    return hallado


def _elegir(candidatas: tuple[Columna, ...], bandas: list[str], tomadas: dict[str, int]) -> Columna | None:
    """La columna que corresponde a un título según las bandas que lo cubren (la más profunda primero).

    Si bajo una banda el mismo título es de varias columnas (las iniciales de los meses: E F M A M J J A…), se toma la
    primera que siga a la última ya hallada de su medida: las columnas se recorren de izquierda a derecha.
    """
    libres = [c for c in candidatas if c.clave not in tomadas]
    for banda in bandas:
        propias = [c for c in candidatas if c.banda and normalizar(c.banda[-1]) == banda]
        if len(propias) > 1:
            propias = [c for c in propias if not any(f"{c.medida}_m{m}" in tomadas for m in range(c.mes or 13, 13))]
        for columna in propias:
            if columna in libres:
                return columna
    if not bandas and len({c.medida for c in candidatas}) == 1 and all(c.mes for c in candidatas):
        # Una hoja con una sola medida mensual se entiende aunque venga sin su banda.
        siguen = [c for c in libres if not any(f"{c.medida}_m{m}" in tomadas for m in range(c.mes or 13, 13))]
        return siguen[0] if siguen else None
    sin_disputa = [c for c in libres if c.medida is None]
    return sin_disputa[0] if len(sin_disputa) == 1 and len(candidatas) == 1 else None
