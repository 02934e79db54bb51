"""Encuentra en una hoja cruda los encabezados de un formato, por títulos y bandas, nunca por posición."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from pei_excel.crudo import HojaCruda
from pei_excel.formato import Columna, Hoja
from pei_excel.lectura.meses import Celda, con_meses, repartir_meses
from pei_excel.textos import normalizar
from pei_excel.tipos import como_texto

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
    celdas: dict[str, Celda]  #: clave → celda de su título
    bandas: dict[str, Celda]  #: banda → celda de su título
    ajenos: dict[Celda, str] = field(default_factory=dict)  #: títulos que no son de ninguna de sus columnas

    @property
    def cobertura(self) -> float:
        """Parte (0–1) de los títulos impresos del formato que se hallaron."""
        impresas = [c.clave for c in self.hoja.columnas if not c.auxiliar]
        return sum(clave in self.columnas for clave in impresas) / len(impresas)

    def lugar_de(self, columna: Columna) -> tuple[Celda, str] | None:
        """Dónde debía estar el título de una columna que falta, y lo que dice ahí («» si nada).

        Se sabe si las que sí están, a sus lados, le dejan un lugar; en las orillas, si ahí hay un título ajeno.
        """
        orden = [c.clave for c in self.hoja.columnas]
        n = orden.index(columna.clave)
        previa = next((i for i in range(n - 1, -1, -1) if orden[i] in self.columnas), None)
        siguiente = next((i for i in range(n + 1, len(orden)) if orden[i] in self.columnas), None)
        desde = self.columnas[orden[previa]] + n - previa if previa is not None else None
        hasta = self.columnas[orden[siguiente]] - siguiente + n if siguiente is not None else None
        if desde is not None and hasta is not None and desde != hasta:
            return None
        lugar = desde if desde is not None else hasta
        if lugar is None or lugar < 1 or lugar in self.columnas.values():
            return None
        dicen = [f for f, c in self.ajenos if c == lugar]
        if not dicen and (desde is None or hasta is None):
            return None
        iguales = [f for clave, (f, _) in self.celdas.items() if self.hoja.por_clave[clave].banda == columna.banda]
        fila = max(dicen or iguales, default=min(self.primera + len(columna.banda), self.ultima))
        escrita = self.cruda.celdas.get((fila, lugar))
        return (fila, lugar), como_texto(escrita.valor) if escrita and escrita.valor is not None else ""


def textos_normalizados(cruda: HojaCruda) -> dict[Celda, str]:
    """Los textos cortos de la hoja, normalizados: los únicos que pueden ser títulos."""
    return {
        posicion: normalizar(celda.valor)
        for posicion, celda in cruda.celdas.items()
        if isinstance(celda.valor, str) and len(celda.valor) < 80
    }


def buscar_encabezados(
    cruda: HojaCruda, textos: Mapping[Celda, str], hoja: Hoja, ajenas: AbstractSet[str] = frozenset()
) -> list[Hallado]:
    """Todos los encabezados de `hoja` en la hoja cruda (se repiten en cada página), de arriba abajo.

    Bajo una banda de otra hoja del formato (`ajenas`) ninguna columna es de ésta.
    """
    titulos, bandas = hoja.titulos, hoja.bandas
    if (titulos.keys() | bandas).isdisjoint(textos.values()):
        return []
    por_fila: dict[int, dict[int, str]] = {}
    textos = con_meses(cruda, textos, hoja)
    for (fila, columna), texto in textos.items():
        if texto in titulos or texto in bandas:
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
    return [_armar(cruda, textos, hoja, por_fila, grupo, ajenas) for grupo in grupos]


def _extension_de_bandas(
    cruda: HojaCruda, textos: Mapping[Celda, str], bandas: AbstractSet[str], filas: list[int]
) -> dict[Celda, tuple[str, Celda]]:
    """(fila, columna) → (banda que la cubre, celda de la banda); sin combinar, hasta el siguiente texto de la fila."""
    combinadas = {(f1, c1): c2 for f1, c1, _, c2 in cruda.combinadas}
    cubre: dict[Celda, tuple[str, Celda]] = {}
    ultima = max((c for f, c in textos if filas[0] <= f <= filas[-1]), default=0)
    for fila in filas:
        columnas = sorted(c for f, c in textos if f == fila)
        for columna, siguiente in zip(columnas, [*columnas[1:], ultima + 1], strict=True):
            texto = textos[fila, columna]
            if texto in bandas:
                fin = combinadas.get((fila, columna), siguiente - 1)
                for c in range(columna, max(fin, columna) + 1):
                    cubre[fila, c] = texto, (fila, columna)
    return cubre


def _armar(
    cruda: HojaCruda,
    textos: Mapping[Celda, str],
    hoja: Hoja,
    por_fila: dict[int, dict[int, str]],
    filas: list[int],
    ajenas: AbstractSet[str],
) -> Hallado:
    cubre = _extension_de_bandas(cruda, textos, hoja.bandas | ajenas, filas)
    hallado = Hallado(hoja, cruda, filas[0], filas[-1], {}, {}, {})
    for banda, celda in cubre.values():
        if banda in hoja.bandas:
            hallado.bandas.setdefault(banda, celda)
    meses: dict[str, dict[int, tuple[int, list[Columna]]]] = {}  # medida → columna → su fila y lo que puede ser
    for columna in sorted({c for fila in filas for c in por_fila.get(fila, ())}):
        propios = [f for f in filas if por_fila[f].get(columna) in hoja.titulos]
        for fila in reversed(propios):
            bandas = [cubre[f, columna][0] for f in reversed(filas) if f <= fila and (f, columna) in cubre]
            pueden = _pueden(hoja.titulos[por_fila[fila][columna]], bandas, hallado.columnas)
            if pueden and pueden[0].mes:
                meses.setdefault(str(pueden[0].medida), {})[columna] = fila, pueden
                break
            if pueden:
                hallado.columnas[pueden[0].clave] = columna
                hallado.celdas[pueden[0].clave] = fila, columna
                break
    for suyos in meses.values():
        repartidos = repartir_meses([(c, tuple(p.mes or 0 for p in pueden)) for c, (_, pueden) in suyos.items()])
        for columna, mes in repartidos.items():
            fila, pueden = suyos[columna]
            clave = next(p.clave for p in pueden if p.mes == mes)
            hallado.columnas[clave] = columna
            hallado.celdas[clave] = fila, columna
    usadas = set(hallado.columnas.values())
    for fila, columna in textos:
        if filas[0] <= fila <= filas[-1] and columna not in usadas and textos[fila, columna] not in hoja.bandas:
            hallado.ajenos[fila, columna] = como_texto(cruda.celdas[fila, columna].valor)
    return hallado


def _pueden(candidatas: tuple[Columna, ...], bandas: list[str], tomadas: dict[str, int]) -> list[Columna]:
    """Las columnas que puede ser un título según las bandas que lo cubren (la más profunda primero).

    Es una sola, o varios meses de la misma medida: sus iniciales se repiten y los distingue su orden.
    """
    libres = [c for c in candidatas if c.clave not in tomadas]
    for banda in bandas:
        propias = [c for c in libres if c.banda and normalizar(c.banda[-1]) == banda]
        if propias:
            return propias if propias[0].mes else propias[:1]
    if not bandas and len({c.medida for c in candidatas}) == 1 and all(c.mes for c in candidatas):
        return libres  # una hoja con una sola medida mensual se entiende aunque venga sin su banda
    sin_disputa = [c for c in libres if c.medida is None]
    return sin_disputa if len(sin_disputa) == len(candidatas) == 1 else []
