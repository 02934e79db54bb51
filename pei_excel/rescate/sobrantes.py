"""Lo que hay en el archivo y no es de la plantilla ni pasó a ella: cada celda escrita, para que nada se pierda."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any, NamedTuple

from pei_excel.crudo import CeldaCruda, ErrorExcel, HojaCruda, LibroCrudo
from pei_excel.escritura.listas import HOJA_LISTAS
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.escritura.rescate import HOJA_RESCATE, Movimiento, Que
from pei_excel.formato import HOJA_IDENTIDAD, Formato, Hoja, Modo
from pei_excel.formatos import FORMATOS
from pei_excel.lectura.bloques import Bloque, buscar_bloque
from pei_excel.lectura.celdas import abrir_bytes
from pei_excel.lectura.encabezados import Hallado, textos_normalizados
from pei_excel.lectura.hojas import CON_OTRA_PRUEBA, hallar, hoja_llamada
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.textos import cuenta, normalizar
from pei_excel.tipos import como_texto
from pei_excel.ubicacion import direccion, fila_y_columna

#: Celdas sin lugar que se listan por hoja; de las demás se dice cuántas son y dónde están.
TOPE = 300
#: Hojas de la plantilla en que nadie captura.
DE_LA_PLANTILLA = ("Instrucciones", HOJA_LISTAS, HOJA_IDENTIDAD)
#: Filas bajo el título de una firma en que se busca quién firma.
_BAJO_LA_FIRMA = 4
#: Lo que dice la primera fila de las hojas, según lo que falte.
_ESTADO = re.compile(
    r"listo para enviar|faltan? \d+ datos?(?: de.{1,30})?|sin renglones .*|ir al primer dato que falta .*"
)

#: Letras con que se reconoce un texto largo de las instrucciones.
_BASTA = 25

#: Lo que dice una celda, para compararlo: el texto normalizado, o el número.
Dicho = str | float
Celda = tuple[int, int]


class _Vista(NamedTuple):
    """Una hoja del archivo con lo que se reconoce en ella."""

    cruda: HojaCruda
    hoja: Hoja | None  #: la del formato que más se le parece; None si no es de la plantilla
    hallados: Sequence[Hallado]
    bloque: Bloque
    leidas: frozenset[int]  #: filas de datos
    propios: frozenset[Dicho]  #: lo que la plantilla dice en esa hoja
    rotulos: Mapping[int, int]  #: fila de un cuadro → columna de su rótulo


@lru_cache(maxsize=8)
def textos_de_plantilla(clave: str, ejercicio: int, periodo: Periodo | None) -> dict[str, frozenset[Dicho]]:
    """Lo que dice cada hoja de la plantilla vacía de un formato, en sus dos modos: lo que no es de la unidad."""
    formato = FORMATOS[clave]
    dichos: dict[str, set[Dicho]] = {}
    for modo in Modo:
        memoria = BytesIO()
        propio = periodo or Periodo(ejercicio, "T", 1)
        escribir_plantilla(memoria, formato, modo=modo, ejercicio=ejercicio, periodo=propio, filas_libres=1)
        for hoja in abrir_bytes(memoria.getvalue(), "").hojas:
            dichos.setdefault(hoja.nombre, set()).update(_dicho(c) for c in hoja.celdas.values())
    return {nombre: frozenset(suyos) for nombre, suyos in dichos.items()}


def _dicho(celda: CeldaCruda) -> Dicho:
    if isinstance(celda.valor, float) and not isinstance(celda.valor, bool):
        return celda.valor
    return normalizar(como_texto(celda.valor)) if celda.valor is not None else ""


def firmas_de(crudo: LibroCrudo, libro: Libro, formato: Formato) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """Quién firma, por el título de su firma, y las celdas (hoja, celda) en que lo dice."""
    firmas: dict[str, str] = {}
    usadas: set[tuple[str, str]] = set()
    filas: dict[str, int] = {}
    for fila in libro.filas(formato.principal.clave):
        filas[fila.donde] = max(fila.numero, filas.get(fila.donde, 0))
    for cruda in (h for h in crudo.hojas if h.nombre in filas):
        bloque = buscar_bloque(cruda, textos_normalizados(cruda), formato.principal)
        debajo = [f for f in sorted(bloque.firmas) if f > filas[cruda.nombre]]
        for titulo, columna in bloque.firmas[debajo[0]] if debajo else ():
            lugares = [(f, columna) for f in range(debajo[0] + 1, debajo[0] + 1 + _BAJO_LA_FIRMA)]
            escritas = [(lugar, cruda.celdas[lugar].valor) for lugar in lugares if lugar in cruda.celdas]
            textos = [(lugar, t.strip()) for lugar, t in escritas if isinstance(t, str) and t.strip()]
            if textos and textos[0][1] != "Nombre y cargo":
                firmas.setdefault(titulo, "\n".join(t for _, t in textos))
                usadas |= {(cruda.nombre, direccion(*lugar)) for lugar, _ in textos}
    return firmas, usadas


def sobrantes(
    crudo: LibroCrudo, formato: Formato, libros: Sequence[Libro], conocidos: Mapping[str, frozenset[Dicho]],
    usadas: set[tuple[str, str]],
) -> list[Movimiento]:
    """Las celdas con algo que no pasaron a ningún libro rescatado (`usadas`, las que sí), por hoja y en orden."""
    usadas = usadas | {(d.hoja or "", d.celda or "") for d in _datos(libros)}
    movimientos: list[Movimiento] = []
    por_nombre = {h.nombre: h for h in crudo.hojas}
    originales = {
        copia: por_nombre[str(i.hoja)] for libro in libros for i in libro.incidentes if i.clase == "FMT018"
        for copia, _ in i.tambien
    }
    for vista in _vistas(crudo, formato, libros, conocidos):
        nombre = vista.cruda.nombre
        if nombre == HOJA_RESCATE:
            movimientos += _de_otro_rescate(vista.cruda)
            continue
        original = originales.get(nombre)
        if original is not None and _valores(original) == _valores(vista.cruda):
            porque = f"es igual a «{original.nombre}», que sí se pasó"
            movimientos.append(Movimiento(que=Que.SIN_LUGAR, hoja=nombre, porque=porque))
            continue
        suyas = [
            (lugar, celda) for lugar, celda in sorted(vista.cruda.celdas.items())
            if (nombre, direccion(*lugar)) not in usadas and _dice_algo(celda)
            and not _es_de_la_plantilla(vista, lugar, celda, formato, libros)
        ]
        aparte = next((p for libro in libros for h, p in libro.otras_hojas if h == nombre), None)
        movimientos += _en_lista(vista, suyas, aparte)
        movimientos += _sin_resultado(vista, usadas)
    return movimientos


def _datos(libros: Sequence[Libro]) -> Iterator[Any]:
    for libro in libros:
        yield from libro.campos.values()
        for hoja in libro.hojas.values():
            for fila in hoja.filas:
                yield from fila.datos.values()


def _valores(cruda: HojaCruda) -> dict[Celda, object]:
    return {lugar: celda.valor for lugar, celda in cruda.celdas.items() if _dice_algo(celda)}


def _dice_algo(celda: CeldaCruda) -> bool:
    return celda.valor is not None and not (isinstance(celda.valor, str) and not celda.valor.strip())


def _vistas(
    crudo: LibroCrudo, formato: Formato, libros: Sequence[Libro], conocidos: Mapping[str, frozenset[Dicho]]
) -> Iterator[_Vista]:
    leidas: dict[str, set[int]] = {}
    for libro in libros:
        for leida in libro.hojas.values():
            for fila in leida.filas:
                leidas.setdefault(fila.donde, set()).add(fila.numero)
    nombres = {n for libro in libros for n in libro.nombres_de_hojas}
    completo = normalizar(formato.completo)
    for cruda in crudo.hojas:
        textos = textos_normalizados(cruda)
        hallados = hallar(cruda, textos, formato, minimo=CON_OTRA_PRUEBA) if cruda.nombre in nombres else []
        hoja = max(hallados, key=lambda h: h.cobertura).hoja if hallados else hoja_llamada(formato, cruda.nombre)
        bloque = buscar_bloque(cruda, textos, hoja) if hoja else Bloque()
        propios = conocidos.get(hoja.clave if hoja else cruda.nombre, frozenset()) | {completo}
        propios |= {normalizar(t) for f in (hoja.firmas if hoja else ()) for t in (f.titulo, *f.sinonimos)}
        cuadros = {normalizar(r.titulo) for cuadro in (hoja.cuadros if hoja else ()) for r in cuadro.renglones}
        rotulos = {f: c for (f, c), texto in textos.items() if texto in cuadros}
        leidas_aqui = frozenset(leidas.get(cruda.nombre, ()))
        yield _Vista(cruda, hoja, hallados, bloque, leidas_aqui, propios, rotulos)


def _es_de_la_plantilla(
    vista: _Vista, lugar: Celda, celda: CeldaCruda, formato: Formato, libros: Sequence[Libro]
) -> bool:
    """Títulos, etiquetas, leyendas y lo demás que la plantilla nueva ya trae: no es un dato de la unidad."""
    if vista.hoja is None:
        nombre = vista.cruda.nombre
        if nombre not in DE_LA_PLANTILLA:
            return False
        # De otra versión no se sabe qué textos traía; ahí nadie captura, y una cifra en las instrucciones sería ajena.
        de_otra = libros[0].version not in {None, formato.version} and (
            nombre != DE_LA_PLANTILLA[0] or isinstance(celda.valor, str)
        )
        dicho = _dicho(celda)
        # Un paso de las instrucciones puede nombrar otro periodo: se reconoce por cómo empieza.
        empieza = isinstance(dicho, str) and any(
            isinstance(p, str) and p.startswith(dicho[:_BASTA]) for p in vista.propios
        )
        calculada = celda.formula or (nombre == HOJA_IDENTIDAD and not libros[0].formulas_verificables)
        return calculada or de_otra or dicho in vista.propios or (empieza and len(str(dicho)) >= _BASTA)
    fila, _ = lugar
    if fila in vista.leidas:
        return False
    if any(lugar in h.celdas.values() for h in vista.hallados):
        return True  # el título de una columna que se leyó, aunque sea una fecha
    if not vista.hallados and celda.formula and libros[0].nuestro:
        return True  # lo calcula la plantilla, aunque sus títulos no se reconozcan
    if isinstance(celda.valor, ErrorExcel) or not isinstance(celda.valor, str):
        # En un .xls no se ve qué es fórmula: la de la primera fila y las de los cuadros son de la plantilla.
        en_error = isinstance(celda.valor, ErrorExcel)
        calculada = celda.formula or en_error or not libros[0].formulas_verificables
        del_cuadro = vista.rotulos.get(fila, lugar[1]) < lugar[1]
        return calculada and (del_cuadro or (libros[0].nuestro and fila == vista.hoja.disposicion.FILA_LISTO))
    dicho = normalizar(celda.valor)
    if any(h.primera <= fila <= h.ultima and dicho in h.hoja.titulos.keys() | h.hoja.bandas for h in vista.hallados):
        return True
    return (
        dicho in vista.propios or bool(_ESTADO.fullmatch(dicho)) or _es_el_titulo(vista.hoja, dicho, libros)
        or _repite_un_campo(vista, lugar, libros)
    )


def _es_el_titulo(hoja: Hoja, dicho: str, libros: Sequence[Libro]) -> bool:
    partes = re.fullmatch(rf"{normalizar(hoja.titulo.partition('{')[0])}(?: ((?:19|20)\d\d))?", dicho)
    anos = {libro.campo("ejercicio").valor for libro in libros} | {
        libro.periodo.ejercicio for libro in libros if libro.periodo
    }
    return partes is not None and (partes[1] is None or int(partes[1]) in anos)


def _repite_un_campo(vista: _Vista, lugar: Celda, libros: Sequence[Libro]) -> bool:
    """El bloque se repite en cada página: si dice lo mismo que el primero, ya pasó."""
    for campo in vista.bloque.campos.get(lugar[0], ()):
        if (campo.fila, campo.columna) == lugar and campo.celda is not None:
            dicho = _dicho(campo.celda)
            return any(normalizar(como_texto(libro.campo(campo.campo.clave).crudo)) == dicho for libro in libros)
    return False


def _en_lista(vista: _Vista, suyas: list[tuple[Celda, CeldaCruda]], aparte: str | None) -> Iterator[Movimiento]:
    nombre = vista.cruda.nombre
    for lugar, celda in suyas[:TOPE]:
        porque = f"la hoja es de otro periodo ({aparte}); para rescatarla, pida ese periodo" if aparte else (
            _por_que(vista, lugar))
        yield Movimiento(que=Que.SIN_LUGAR, hoja=nombre, celda=direccion(*lugar), decia=celda.valor, porque=porque)
    if resto := suyas[TOPE:]:
        filas, columnas = [f for (f, _), _ in resto], [c for (_, c), _ in resto]
        rango = f"{direccion(min(filas), min(columnas))}:{direccion(max(filas), max(columnas))}"
        yield Movimiento(
            que=Que.SIN_LUGAR, hoja=nombre, celda=rango,
            porque=f"y {cuenta(len(resto), 'celda más', 'celdas más')} de esta hoja con algo escrito, que siguen en "
            "su archivo y aquí no se listan",
        )


def _por_que(vista: _Vista, lugar: Celda) -> str:
    fila, columna = lugar
    if vista.hoja is None:
        return f"la hoja «{vista.cruda.nombre}» no es de la plantilla, o no se reconoce en ella ninguna"
    if not vista.hallados:
        return f"la hoja «{vista.cruda.nombre}» no se leyó"
    if fila not in vista.leidas:
        dentro = any(h.primera <= fila <= h.ultima for h in vista.hallados)
        return "es un título que la plantilla no tiene" if dentro else "está fuera de la tabla"
    anteriores = [h for h in vista.hallados if h.ultima < fila]
    for n in range(anteriores[-1].ultima, anteriores[-1].primera - 1, -1) if anteriores else ():
        celda = vista.cruda.celdas.get((n, columna))
        if celda is not None and isinstance(celda.valor, str) and celda.valor.strip():
            return f"está bajo el título «{' '.join(celda.valor.split())[:60]}», que aquí no se usa"
    return "está en una columna sin título"


def _sin_resultado(vista: _Vista, usadas: set[tuple[str, str]]) -> Iterator[Movimiento]:
    """Fórmulas ajenas guardadas sin su resultado: no hay valor que listar, y se dice cuántas son."""
    nombre = vista.cruda.nombre
    if nombre in DE_LA_PLANTILLA:
        return
    sin = [
        direccion(*lugar) for lugar, celda in sorted(vista.cruda.celdas.items())
        if celda.formula and not celda.calculada and (vista.hoja is None or lugar[0] in vista.leidas)
        and (nombre, direccion(*lugar)) not in usadas
    ]
    if sin:
        cuantas = cuenta(len(sin), "fórmula se guardó", "fórmulas se guardaron")
        porque = f"{cuantas} sin su resultado: no hay qué pasar"
        yield Movimiento(que=Que.SIN_LUGAR, hoja=nombre, celda=sin[0], porque=porque)


def _de_otro_rescate(cruda: HojaCruda) -> Iterator[Movimiento]:
    cuantas = sum(_dice_algo(c) for c in cruda.celdas.values())
    if cuantas:
        yield Movimiento(que=Que.SIN_LUGAR, hoja=cruda.nombre,
                         porque=f"es la lista de un rescate anterior y no se pasó ({cuenta(cuantas, 'celda')})")


def en_orden(m: Movimiento) -> tuple[int, str, int, int]:
    """Lo que más importa primero y, de cada cosa, como se lee."""
    celda = (m.celda or "A1").partition(":")[0]
    fila, columna = fila_y_columna(celda)
    return list(Que).index(m.que), m.hoja or "", fila, columna
