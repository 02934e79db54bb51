"""Un archivo → los informes que contiene, con la celda de cada dato y lo que el lector notó al leerlos."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pei_excel.crudo import ArchivoIlegible, HojaCruda, LibroCrudo
from pei_excel.formato import HOJA_IDENTIDAD, IDENTIDAD_DE_SALIDA, NOMBRE_IDENTIDAD, PROPIEDAD_IDENTIDAD, Formato, Hoja
from pei_excel.formatos import FORMATOS, TODOS
from pei_excel.lectura.bloques import Bloque, ValorDeCampo, buscar_bloque
from pei_excel.lectura.encabezados import MINIMO_DE_TITULOS, Hallado, buscar_encabezados, textos_normalizados
from pei_excel.lectura.exportacion import leer_exportacion
from pei_excel.lectura.filas import leer_filas
from pei_excel.lectura.notas import notar
from pei_excel.libro import TODO, Dato, Encabezado, Faltante, Fila, HojaLeida, IncidenteDeLibro, Libro
from pei_excel.periodos import Periodo, texto_de_trimestre
from pei_excel.textos import limpiar, mas_cercano, normalizar
from pei_excel.tipos import Contexto, ValorNivel
from pei_excel.ubicacion import direccion


class Opciones(NamedTuple):
    """Lo que el usuario eligió y cambia la lectura."""

    periodo: Periodo | None = None  #: el que se consolida; None: el que cada libro trae escrito
    pais: str | None = None  #: costumbre de los separadores


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
    def niveles(self) -> set[object]:
        clave = self.hallado.hoja.llave[0]
        return {f.valor(clave) for f in self.filas if isinstance(f.valor(clave), ValorNivel)}


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
    def niveles(self) -> set[object]:
        return {n for p in self.paginas for n in p.niveles}


#: Libro abierto, su SHA-256 y las opciones → lo leído.
Interprete = Callable[[LibroCrudo, str, Opciones], list[Libro]]


def _clave(dato: Dato | None) -> str | None:
    return dato.valor.clave if dato is not None and dato.valor is not None else None


def leer(
    ruta: Path, archivo: str, opciones: Opciones = Opciones(), interprete: Interprete | None = None  # noqa: B008 - es inmutable
) -> list[Libro]:
    """Informes de un archivo; si no puede leerse, un solo Libro rechazado con su FMT001 o FMT002.

    `interprete` es quien entiende el libro ya abierto; sin él, `interpretar`, que busca informes.
    """
    from pei_excel.lectura.celdas import abrir_bytes
    from pei_excel.lectura.guardia import leer_bytes

    sha256 = ""
    try:
        contenido = leer_bytes(ruta)
        sha256 = hashlib.sha256(contenido).hexdigest()
        crudo = abrir_bytes(contenido, archivo)
    except ArchivoIlegible as error:
        return [libro_ilegible(archivo, sha256, error.motivo, error.detalle)]
    return (interprete or interpretar)(crudo, sha256, opciones)


def libro_ilegible(archivo: str, sha256: str, motivo: str, detalle: str = "") -> Libro:
    """El libro rechazado que representa a un archivo que no pudo abrirse."""
    libro = Libro(archivo, sha256, None, rechazado=True)
    mensaje = f"el archivo no pudo leerse: {motivo}" + (f" ({detalle})" if detalle else "")
    libro.incidentes.append(IncidenteDeLibro("FMT001", mensaje, saca=TODO, encontrado=motivo))
    return libro


def interpretar(crudo: LibroCrudo, sha256: str, opciones: Opciones) -> list[Libro]:
    """Informes de un libro ya abierto."""
    if crudo.propiedades.get(PROPIEDAD_IDENTIDAD) == IDENTIDAD_DE_SALIDA:
        return [Libro(crudo.archivo, sha256, None, rechazado=True, apartado="es una salida de este programa")]
    marca = identidad_de(crudo)
    if marca is not None and marca[0] in TODOS and not TODOS[marca[0]].informe:
        apartado = f"es un {TODOS[marca[0]].titulo.lower()} de la oficina, no un informe"
        return [Libro(crudo.archivo, sha256, None, rechazado=True, apartado=apartado)]
    textos = [(hoja, textos_normalizados(hoja)) for hoja in crudo.hojas if hoja.nombre != HOJA_IDENTIDAD]
    if marca is None and (exportados := leer_exportacion(crudo, sha256, textos, opciones.periodo, opciones.pais)):
        return exportados
    formato, hallados, mejor = _reconocer(textos, marca)
    if formato is None:
        libro = Libro(crudo.archivo, sha256, None, tipo=crudo.tipo, rechazado=True)
        libro.incidentes.append(_sin_formato(crudo, mejor))
        return [libro]
    paginas = _paginas(formato.principal, textos, hallados[formato.principal.clave], opciones)
    informes = _agrupar(paginas)
    elegidos, apartados = _elegir_periodo(informes, opciones.periodo)
    libros = []
    for numero, informe in enumerate(elegidos):
        libro = Libro(
            crudo.archivo, sha256, formato.clave, tipo=crudo.tipo, campos=informe.campos,
            periodo=informe.periodo, modificado=crudo.modificado,
            formulas_verificables=crudo.formulas_verificables, incidentes=list(informe.incidentes),
        )
        if marca is not None:
            libro.version, libro.modo = marca[1], marca[2]
        libro.otras_hojas = tuple(
            (p.hallado.cruda.nombre, texto_de_trimestre(otro.periodo.ejercicio, otro.periodo.numero))
            for otro in apartados
            if otro.periodo and otro.identidad == informe.identidad
            for p in otro.paginas
        )
        libro.hojas[formato.principal.clave] = reunir(formato.principal, informe.paginas)
        _leer_secundarias(libro, formato, hallados, opciones, (numero, len(elegidos)))
        notar(libro, crudo, formato)
        libros.append(libro)
    return libros


def identidad_de(crudo: LibroCrudo) -> tuple[str, int, str | None] | None:
    """(formato, versión, modo) según la marca de la plantilla, en cualquiera de sus tres lugares."""
    marcas = [crudo.propiedades.get(PROPIEDAD_IDENTIDAD), crudo.nombres.get(NOMBRE_IDENTIDAD)]
    marcas += [
        celda.valor
        for hoja in crudo.hojas
        if hoja.nombre == HOJA_IDENTIDAD
        for celda in hoja.celdas.values()
        if isinstance(celda.valor, str)
    ]
    for marca in marcas:
        partes = (marca or "").strip('"').split(";")
        if len(partes) >= 3 and partes[0] == PROPIEDAD_IDENTIDAD and partes[2].isdigit():
            return partes[1], int(partes[2]), partes[3] if len(partes) > 3 else None
    return None


def _reconocer(
    textos: list[tuple[HojaCruda, dict[tuple[int, int], str]]], marca: tuple[str, int, str | None] | None
) -> tuple[Formato | None, dict[str, list[Hallado]], Hallado | None]:
    """El formato del libro, los encabezados hallados por hoja del formato y el mejor parecido si no hay formato."""
    mejor: Hallado | None = None
    for formato in FORMATOS.values():
        if marca is not None and marca[0] in FORMATOS and marca[0] != formato.clave:
            continue
        todos = [
            h for cruda, normales in textos for hoja in formato.hojas for h in buscar_encabezados(cruda, normales, hoja)
        ]
        mejores = [h for h in todos if es_el_mejor(h, todos)]
        hallados = {hoja.clave: [h for h in mejores if h.hoja is hoja] for hoja in formato.hojas}
        principal = hallados[formato.principal.clave]
        mejor = max([h for h in [mejor, *principal] if h], key=lambda h: h.cobertura, default=None)
        minimo = 0.25 if marca is not None else MINIMO_DE_TITULOS
        utiles = {clave: [h for h in lista if h.cobertura >= minimo] for clave, lista in hallados.items()}
        if utiles[formato.principal.clave]:
            return formato, utiles, mejor
    return None, {}, mejor


def es_el_mejor(hallado: Hallado, todos: list[Hallado]) -> bool:
    """Ninguna otra hoja del formato explica mejor ese mismo encabezado (comparten títulos como «Nivel»)."""
    return not any(
        otro.cruda is hallado.cruda
        and otro.primera <= hallado.ultima
        and hallado.primera <= otro.ultima
        and otro.cobertura > hallado.cobertura
        for otro in todos
    )


def _sin_formato(crudo: LibroCrudo, mejor: Hallado | None) -> IncidenteDeLibro:
    con_datos = [h.nombre for h in crudo.hojas if h.celdas]
    hojas = ", ".join(f"«{n}»" for n in con_datos[:6]) or "ninguna con datos"
    mensaje = f"no se reconoce ningún formato; hojas halladas: {hojas}"
    if mejor is not None and mejor.columnas:
        faltan = [c.nombre for c in mejor.hoja.columnas if not c.auxiliar and c.clave not in mejor.columnas]
        mensaje += (
            f". Lo más parecido es la hoja «{mejor.cruda.nombre}», con {mejor.cobertura:.0%} de los títulos de "
            f"{mejor.hoja.titulo.partition('{')[0].strip()}; faltan {', '.join(faltan[:5])}"
        )
        mensaje += f" y {len(faltan) - 5} más" if len(faltan) > 5 else ""
    return IncidenteDeLibro("FMT002", mensaje, saca=TODO)


def _paginas(
    hoja: Hoja,
    textos: list[tuple[HojaCruda, dict[tuple[int, int], str]]],
    hallados: list[Hallado],
    opciones: Opciones,
) -> list[Pagina]:
    paginas: list[Pagina] = []
    indice = 0
    for cruda, normales in textos:
        propios = [h for h in hallados if h.cruda is cruda]
        if not propios:
            continue
        bloque = buscar_bloque(cruda, normales, hoja)
        ultima = max((f for f, _ in cruda.celdas), default=0)
        for n, hallado in enumerate(propios):
            anterior = propios[n - 1].ultima if n else 0
            siguiente = propios[n + 1].primera if n + 1 < len(propios) else ultima + 1
            cortes = [f for f in bloque.filas() if hallado.ultima < f < siguiente]
            hasta = min(cortes, default=siguiente)
            campos = leer_campos(hoja, cruda, bloque, range(anterior + 1, hallado.primera + 1), opciones)
            ejercicio = campos["ejercicio"].valor if "ejercicio" in campos else None
            contexto = Contexto(opciones.pais, ejercicio)
            filas = leer_filas(hallado, hasta, contexto, indice)
            indice += len(filas)
            paginas.append(Pagina(hallado, campos, filas))
    return paginas


def leer_campos(hoja: Hoja, cruda: HojaCruda, bloque: Bloque, filas: range, opciones: Opciones) -> dict[str, Dato]:
    campos: dict[str, Dato] = {}
    for fila, ejercicio in bloque.ejercicios.items():
        if fila in filas:
            campos["ejercicio"] = Dato((hoja.clave, -1, "ejercicio"), ejercicio, ejercicio, cruda.nombre)
    contexto = Contexto(opciones.pais, campos["ejercicio"].valor if "ejercicio" in campos else None)
    for fila in sorted(bloque.campos):
        if fila in filas:
            for hallado in bloque.campos[fila]:
                campos[hallado.campo.clave] = _dato_de_campo(hoja, cruda, hallado, contexto)
    return campos


def _dato_de_campo(hoja: Hoja, cruda: HojaCruda, hallado: ValorDeCampo, contexto: Contexto) -> Dato:
    valor, incidente = hallado.campo.tipo.leer(hallado.celda, contexto)
    crudo = hallado.celda.valor if hallado.celda is not None else None
    return Dato(
        (hoja.clave, -1, hallado.campo.clave), valor,
        (limpiar(crudo) or None) if isinstance(crudo, str) else crudo, cruda.nombre,
        direccion(hallado.fila, hallado.columna), incidente=incidente,
    )


def _agrupar(paginas: Iterable[Pagina]) -> list[Informe]:
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
        empieza = any(getattr(n, "clase", "") == "Fin" for n in pagina.niveles) or bool(
            pagina.niveles & actual.niveles
        )
        # Lo que el bloque de arriba trae en blanco se completa; no es otro informe.
        distinta = any(a is not None and a != b for a, b in zip(actual.identidad, identidad, strict=True))
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


def _repite(pagina: Pagina, informe: Informe) -> bool:
    """La mayor parte de los niveles de la página ya están en el informe: es otra copia, no una continuación."""
    return len(pagina.niveles & informe.niveles) * 2 > len(pagina.niveles)


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
        "FMT016", f"en esta página el bloque dice «{dato.crudo}» y en la primera «{propio.crudo}»",
        dato.hoja, dato.celda, (dato.llave,), severidad="AVISO", encontrado=str(dato.crudo),
        esperado=str(propio.crudo), tambien=((propio.hoja or "", propio.celda or ""),),
    )


def _elegir_periodo(informes: list[Informe], periodo: Periodo | None) -> tuple[list[Informe], list[Informe]]:
    """De cada unidad y programa, el informe del periodo pedido (o el más reciente); los demás se apartan."""
    elegidos: list[Informe] = []
    apartados: list[Informe] = []
    por_identidad: dict[tuple[str | None, ...], list[Informe]] = {}
    for informe in informes:
        por_identidad.setdefault(informe.identidad, []).append(informe)
    pedido = periodo.como_trimestre if periodo else None
    for grupo in por_identidad.values():
        periodos = {i.periodo for i in grupo if i.periodo}
        quedarse = pedido if pedido in periodos else max(periodos, default=None)
        propios = [i for i in grupo if i.periodo == quedarse or i.periodo is None]
        elegidos += propios
        apartados += [i for i in grupo if not any(i is p for p in propios)]
    return elegidos, apartados


def reunir(hoja: Hoja, paginas: list[Pagina]) -> HojaLeida:
    """Una hoja del formato a partir de sus páginas."""
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
        if not columna.auxiliar and not all(presentes):
            pagina = paginas[presentes.index(False)]
            hallado = pagina.hallado
            banda = hallado.bandas.get(normalizar(columna.banda[-1])) if columna.banda else None
            ancla = banda or hallado.celdas.get(hoja.llave[0]) or next(iter(hallado.celdas.values()), None)
            leida.faltantes[columna.clave] = Faltante(
                Encabezado(hallado.cruda.nombre, direccion(*ancla)) if ancla else None,
                mas_cercano(columna.titulo, hallado.ajenos),
            )
    return leida


def _encabezados(hallado: Hallado, celdas: Mapping[str, tuple[int, int]]) -> dict[str, Encabezado]:
    return {clave: Encabezado(hallado.cruda.nombre, direccion(*celda)) for clave, celda in celdas.items()}


def _leer_secundarias(
    libro: Libro, formato: Formato, hallados: dict[str, list[Hallado]], opciones: Opciones, lugar: tuple[int, int]
) -> None:
    """Las demás hojas del formato; `lugar` es (número del informe, cuántos hay en el archivo).

    Esas hojas no dicen su programa: si hay una por informe se reparten en su orden; si no, son del primero.
    """
    numero, cuantos = lugar
    contexto = Contexto(opciones.pais, libro.periodo.ejercicio if libro.periodo else None)
    for hoja in formato.hojas[1:]:
        paginas = []
        indice = 0
        propios = hallados.get(hoja.clave, [])
        if cuantos > 1:
            propios = propios[numero : numero + 1] if len(propios) == cuantos else propios * (numero == 0)
        for hallado in propios:
            ultima = max((f for f, _ in hallado.cruda.celdas), default=0)
            filas = leer_filas(hallado, ultima + 1, contexto, indice)
            indice += len(filas)
            paginas.append(Pagina(hallado, {}, filas))
        if paginas:
            libro.hojas[hoja.clave] = reunir(hoja, paginas)
