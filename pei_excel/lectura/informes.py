"""De las páginas de un archivo a sus informes: cuáles van juntas, cuál es del periodo y qué filas toca a cada uno."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pei_excel.formato import Columna, Formato, Hoja
from pei_excel.lectura.encabezados import Hallado
from pei_excel.libro import Dato, Encabezado, Faltante, Fila, HojaLeida, IncidenteDeLibro, Libro
from pei_excel.periodos import Periodo
from pei_excel.textos import mas_cercano, normalizar
from pei_excel.tipos import Nivel, ValorNivel
from pei_excel.ubicacion import direccion


@dataclass(slots=True)
class Pagina:
    """Un encabezado con su bloque y sus filas."""

    hallado: Hallado
    campos: dict[str, Dato]
    filas: list[Fila]

    @property
    def periodo(self) -> Periodo | None:
        dato = self.campos.get("periodo")
        return dato.valor if dato else None

    @property
    def llaves(self) -> list[object]:
        """Los Niveles o códigos de sus filas, los que se reconocen."""
        clave = self.hallado.hoja.llave[0]
        es_nivel = isinstance(self.hallado.hoja.por_clave[clave].tipo, Nivel)
        leidas = [f.valor(clave) for f in self.filas]
        return [v for v in leidas if v is not None and (isinstance(v, ValorNivel) or not es_nivel)]


@dataclass(slots=True)
class Informe:
    """Páginas que forman un mismo informe."""

    campos: dict[str, Dato]
    paginas: list[Pagina] = field(default_factory=list)
    incidentes: list[IncidenteDeLibro] = field(default_factory=list)

    @property
    def identidad(self) -> tuple[str | None, ...]:
        return tuple(_clave(self.campos.get(c)) for c in ("unidad", "programa"))

    @property
    def periodo(self) -> Periodo | None:
        dato = self.campos.get("periodo")
        return dato.valor if dato else None

    @property
    def llaves(self) -> set[object]:
        return {n for p in self.paginas for n in p.llaves}


def _clave(dato: Dato | None) -> str | None:
    return dato.valor.clave if dato is not None and dato.valor is not None else None


def agrupar(paginas: Iterable[Pagina]) -> list[Informe]:
    """Páginas → informes: un bloque con otra unidad o programa empieza otro sólo si sus filas empiezan de nuevo."""
    informes: list[Informe] = []
    actual: Informe | None = None
    for pagina in paginas:
        if actual is None:
            actual = Informe(dict(pagina.campos), [pagina])
            informes.append(actual)
            continue
        otra_hoja = pagina.hallado.cruda is not actual.paginas[-1].hallado.cruda
        identidad = tuple(
            _clave(pagina.campos.get(c)) or propia
            for c, propia in zip(("unidad", "programa"), actual.identidad, strict=True)
        )
        # Lo que el bloque de arriba trae en blanco se completa; no es otro informe.
        distinta = any(a is not None and a != b for a, b in zip(actual.identidad, identidad, strict=True))
        empieza = _empieza_de_nuevo(pagina, actual, otra_hoja=otra_hoja)
        otro_periodo = bool(pagina.periodo and actual.periodo and pagina.periodo != actual.periodo)
        otra_copia = _repite(pagina, actual)
        if empieza and (distinta or (otra_hoja and (otro_periodo or otra_copia)) or (otro_periodo and otra_copia)):
            actual = Informe({**({} if distinta else actual.campos), **pagina.campos}, [pagina])
            informes.append(actual)
            continue
        if distinta:
            actual.incidentes += _bloques_que_chocan(actual, pagina)
        elif otro_periodo:
            previo = next(
                (i for i in informes if i.identidad == identidad and i.periodo == pagina.periodo and i is not actual),
                None,
            )
            if previo is not None and otra_hoja:
                actual = previo
            else:
                actual.incidentes.append(_trimestre_atrasado(actual, pagina))
        for clave, dato in pagina.campos.items():
            if clave not in actual.campos or actual.campos[clave].vacio:
                actual.campos[clave] = dato
        actual.paginas.append(pagina)
    return informes


def _empieza_de_nuevo(pagina: Pagina, informe: Informe, *, otra_hoja: bool) -> bool:
    """Las filas de la página no continúan las del informe: traen un Fin, una llave ya vista o vuelven al código 1.

    Un código no dice si continúa, así que en otra hoja basta su bloque.
    """
    primera = next(iter(pagina.llaves), None)
    if set(pagina.llaves) & informe.llaves:
        return True
    if primera is None or isinstance(primera, ValorNivel):
        return any(isinstance(n, ValorNivel) and n.clase == "Fin" for n in pagina.llaves)
    cifras = re.findall(r"\d+", str(primera))
    return otra_hoja or (bool(cifras) and int(cifras[-1]) == 1)


def _repite(pagina: Pagina, informe: Informe) -> bool:
    """La mayor parte de las llaves de la página ya están en el informe: es otra copia, no una continuación."""
    propias = set(pagina.llaves)
    return len(propias & informe.llaves) * 2 > len(propias)


def _bloques_que_chocan(informe: Informe, pagina: Pagina) -> list[IncidenteDeLibro]:
    incidentes = []
    for clave in ("unidad", "programa"):
        dato, propio = pagina.campos.get(clave), informe.campos.get(clave)
        if dato is not None and dato.valor is not None and propio is not None and _clave(dato) != _clave(propio):
            incidentes.append(
                IncidenteDeLibro(
                    "FMT016",
                    f"aquí el bloque dice «{dato.valor}» y arriba «{propio.valor}», pero las filas continúan las "
                    "del mismo informe",
                    dato.hoja, dato.celda, (dato.llave,), encontrado=str(dato.valor), esperado=str(propio.valor),
                    tambien=((propio.hoja or "", propio.celda or ""),), severidad="ERROR",
                )
            )
    return incidentes


def _trimestre_atrasado(informe: Informe, pagina: Pagina) -> IncidenteDeLibro:
    dato, propio = pagina.campos["periodo"], informe.campos["periodo"]
    return IncidenteDeLibro(
        "FMT016", f"en esta página el bloque dice «{dato.escrito}» y en la primera «{propio.escrito}»",
        dato.hoja, dato.celda, (dato.llave,), severidad="AVISO", encontrado=dato.escrito,
        esperado=propio.escrito, tambien=((propio.hoja or "", propio.celda or ""),),
    )


def elegir_periodo(informes: list[Informe], periodo: Periodo | None) -> tuple[list[Informe], list[Informe]]:
    """De cada unidad y programa, el informe del periodo pedido (o el más reciente); los demás se apartan."""
    elegidos: list[Informe] = []
    apartados: list[Informe] = []
    por_identidad: dict[tuple[str | None, ...], list[Informe]] = {}
    for informe in informes:
        por_identidad.setdefault(informe.identidad, []).append(informe)
    for grupo in por_identidad.values():
        periodos = {i.periodo for i in grupo if i.periodo}
        quedarse = _el_que_sirve(periodos, periodo)
        propios = [i for i in grupo if i.periodo == quedarse or i.periodo is None]
        elegidos += propios
        apartados += [i for i in grupo if not any(i is p for p in propios)]
    return elegidos, apartados


def _el_que_sirve(periodos: set[Periodo], pedido: Periodo | None) -> Periodo | None:
    """El periodo pedido; si no está, el primero que lo incluya y, si ninguno, el más reciente."""
    if pedido is not None:
        iguales = [p for p in periodos if p in {pedido, pedido.como_trimestre}]
        posteriores = [p for p in periodos if p.ejercicio == pedido.ejercicio and p.mes >= pedido.mes]
        if iguales or posteriores:
            return min(iguales or posteriores, key=lambda p: p.mes)
    return max(periodos, key=lambda p: (p.ejercicio, p.mes), default=None)


def reunir(hoja: Hoja, paginas: list[Pagina], *, con_calculadas: bool) -> HojaLeida:
    """Una hoja del formato a partir de sus páginas; `con_calculadas` si también se piden las que llena Excel."""
    primera = paginas[0].hallado
    leida = HojaLeida(
        hoja.clave,
        list(dict.fromkeys(p.hallado.cruda.nombre for p in paginas)),
        [fila for pagina in paginas for fila in pagina.filas],
        _encabezados(primera, primera.celdas),
        _encabezados(primera, primera.bandas),
    )
    for columna in hoja.columnas:
        presentes = [columna.clave in p.hallado.columnas for p in paginas]
        if columna.auxiliar or (columna.calculo is not None and not con_calculadas):
            continue
        if not all(presentes):
            leida.faltantes[columna.clave] = _faltante(hoja, columna, paginas[presentes.index(False)].hallado)
    return leida


def _faltante(hoja: Hoja, columna: Columna, hallado: Hallado) -> Faltante:
    """Dónde se señala una columna que falta: su celda, si se sabe cuál es; si no, su banda o el título de la llave."""
    lugar = hallado.lugar_de(columna)
    if lugar is not None:
        return Faltante(Encabezado(hallado.cruda.nombre, direccion(*lugar[0])), lugar[1], en_su_lugar=True)
    banda = hallado.bandas.get(normalizar(columna.banda[-1])) if columna.banda else None
    ancla = banda or hallado.celdas.get(hoja.llave[0]) or next(iter(hallado.celdas.values()), None)
    return Faltante(
        Encabezado(hallado.cruda.nombre, direccion(*ancla)) if ancla else None,
        mas_cercano(columna.titulo, hallado.ajenos.values()),
    )


def _encabezados(hallado: Hallado, celdas: Mapping[str, tuple[int, int]]) -> dict[str, Encabezado]:
    return {clave: Encabezado(hallado.cruda.nombre, direccion(*celda)) for clave, celda in celdas.items()}


def repartir(
    hoja: Hoja, paginas: list[Pagina], libros: Sequence[Libro], formato: Formato
) -> list[list[Pagina]]:
    """Las páginas de una hoja que tocan a cada informe del archivo.

    Si hay un encabezado (o una hoja del archivo) por informe, se reparten en su orden; si no, cada fila es del informe
    que tiene su llave, y del primero si la tienen varios o ninguno.
    """
    crudas = list(dict.fromkeys(id(p.hallado.cruda) for p in paginas))
    if len(libros) == 1:
        return [paginas]
    if len(paginas) == len(libros):
        return [[pagina] for pagina in paginas]
    if len(crudas) == len(libros):
        return [[p for p in paginas if id(p.hallado.cruda) == cruda] for cruda in crudas]
    llave, principal = hoja.llave[0], formato.principal
    conocidas = [{f.valor(principal.llave[0]) for f in libro.filas(principal.clave)} for libro in libros]

    def dueno(fila: Fila) -> int:
        return next((n for n, suyas in enumerate(conocidas) if fila.valor(llave) in suyas), 0)

    return [
        [Pagina(p.hallado, {}, [f for f in p.filas if dueno(f) == n]) for p in paginas] for n in range(len(libros))
    ]
