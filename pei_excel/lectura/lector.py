"""Un archivo → los informes que contiene, con la celda de cada dato y lo que el lector notó al leerlos."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pei_excel.crudo import ArchivoIlegible, HojaCruda, LibroCrudo
from pei_excel.formato import HOJA_IDENTIDAD, IDENTIDAD_DE_SALIDA, NOMBRE_IDENTIDAD, PROPIEDAD_IDENTIDAD, Formato, Hoja
from pei_excel.formatos import FORMATOS, TODOS
from pei_excel.lectura.bloques import Bloque, ValorDeCampo, buscar_bloque
from pei_excel.lectura.claves import Claves
from pei_excel.lectura.encabezados import MINIMO_DE_TITULOS, Hallado, buscar_encabezados, textos_normalizados
from pei_excel.lectura.exportacion import leer_exportacion
from pei_excel.lectura.filas import leer_filas
from pei_excel.lectura.hojas import CON_OTRA_PRUEBA, hallar
from pei_excel.lectura.informes import Pagina, agrupar, elegir_periodo, repartir, reunir
from pei_excel.lectura.limites import LIMITES, Limites
from pei_excel.lectura.notas import hoja_ausente, nombres_de_hojas, notar
from pei_excel.lectura.repetidas import apartar_repetidas
from pei_excel.libro import TODO, Dato, IncidenteDeLibro, Libro
from pei_excel.periodos import Periodo
from pei_excel.textos import limpiar, normalizar
from pei_excel.tipos import Contexto
from pei_excel.ubicacion import direccion

#: Lo que dice la marca de la plantilla: formato, versión y modo.
Marca = tuple[str, int, str | None]


class Opciones(NamedTuple):
    """Lo que el usuario eligió y cambia la lectura."""

    periodo: Periodo | None = None  #: el que se consolida; None: el que cada libro trae escrito
    pais: str | None = None  #: costumbre de los separadores
    limites: Limites = LIMITES
    claves: Claves | None = None  #: contraseñas de los libros cifrados


#: Libro abierto, su SHA-256 y las opciones → lo leído.
Interprete = Callable[[LibroCrudo, str, Opciones], list[Libro]]


def leer(
    ruta: Path, archivo: str, opciones: Opciones = Opciones(), interprete: Interprete | None = None  # noqa: B008 - es inmutable
) -> list[Libro]:
    """Informes de un archivo; si no puede leerse, un solo Libro rechazado con su FMT001 o FMT002.

    `interprete` es quien entiende el libro ya abierto; sin él, `interpretar`, que busca informes.
    """
    from pei_excel.lectura.celdas import abrir_bytes
    from pei_excel.lectura.disco import huella, leer_bytes

    sha256 = ""
    try:
        contenido = leer_bytes(ruta, opciones.limites)
        sha256 = hashlib.sha256(contenido).hexdigest()
        crudo = abrir_bytes(contenido, archivo, opciones.limites, opciones.claves)
    except ArchivoIlegible as error:
        if not sha256 or error.motivo == "demasiado grande":  # no se leyó entero
            sha256 = huella(ruta)
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
    if not hallados[formato.principal.clave]:
        return [_sin_principal(crudo, sha256, formato, marca)]
    paginas = _paginas(formato.principal, textos, hallados[formato.principal.clave], opciones)
    informes = agrupar(paginas)
    elegidos, apartados = elegir_periodo(informes, opciones.periodo)
    libros = []
    for informe in elegidos:
        libro = Libro(
            crudo.archivo, sha256, formato.clave, tipo=crudo.tipo, campos=informe.campos,
            periodo=informe.periodo, modificado=crudo.modificado,
            formulas_verificables=crudo.formulas_verificables, incidentes=list(informe.incidentes),
        )
        if marca is not None:
            libro.version, libro.modo = marca[1], marca[2]
        libro.otras_hojas = tuple(
            (p.hallado.cruda.nombre, formato.tipo_de_periodo.texto(otro.periodo))
            for otro in apartados
            if otro.periodo and otro.identidad == informe.identidad
            for p in otro.paginas
        )
        libro.hojas[formato.principal.clave] = reunir(
            formato.principal, informe.paginas, con_calculadas=_se_piden_calculadas(libro, formato)
        )
        libros.append(libro)
    _leer_secundarias(libros, formato, hallados, opciones)
    for libro in libros:
        notar(libro, crudo, formato)
    return libros


def _sin_principal(crudo: LibroCrudo, sha256: str, formato: Formato, marca: Marca | None) -> Libro:
    """Es de este formato y le falta la hoja que lo identifica: no hay informe que leer."""
    libro = Libro(crudo.archivo, sha256, formato.clave, tipo=crudo.tipo, rechazado=True, modificado=crudo.modificado)
    if marca is not None:
        libro.version, libro.modo = marca[1], marca[2]
    libro.incidentes += [i for i in [hoja_ausente(crudo, formato, formato.principal, principal=True)] if i]
    return libro


def identidad_de(crudo: LibroCrudo) -> Marca | None:
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
    textos: list[tuple[HojaCruda, dict[tuple[int, int], str]]], marca: Marca | None
) -> tuple[Formato | None, dict[str, list[Hallado]], Hallado | None]:
    """El formato del libro, los encabezados hallados por hoja del formato y el mejor parecido si no hay formato."""
    mejor: Hallado | None = None
    for formato in FORMATOS.values():
        marcado = marca is not None and marca[0] == formato.clave
        if marca is not None and marca[0] in FORMATOS and not marcado:
            continue
        minimo = CON_OTRA_PRUEBA if marca is not None else MINIMO_DE_TITULOS
        todos = [h for cruda, normales in textos for h in hallar(cruda, normales, formato, minimo=minimo)]
        hallados = {hoja.clave: [h for h in todos if h.hoja is hoja] for hoja in formato.hojas}
        exigidas = [h.clave for h in formato.hojas if not h.opcional]
        if marcado or any(h.cobertura >= minimo for clave in exigidas for h in hallados[clave]):
            return formato, hallados, None
        parecidos = [h for cruda, normales in textos for h in buscar_encabezados(cruda, normales, formato.principal)]
        mejor = max([h for h in [mejor, *parecidos] if h], key=lambda h: h.cobertura, default=None)
    return None, {}, mejor


def _sin_formato(crudo: LibroCrudo, mejor: Hallado | None) -> IncidenteDeLibro:
    mensaje = f"no se reconoce ningún formato; hojas halladas: {nombres_de_hojas(crudo)}"
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
    propios = [hallado for fila in sorted(bloque.campos) if fila in filas for hallado in bloque.campos[fila]]
    # El año se lee primero: un periodo puede no repetirlo («Junio»).
    for hallado in sorted(propios, key=lambda h: h.campo.clave != "ejercicio"):
        dato = _dato_de_campo(hoja, cruda, hallado, contexto)
        campos[hallado.campo.clave] = dato
        if hallado.campo.clave == "ejercicio" and isinstance(dato.valor, float):
            contexto = contexto._replace(ejercicio=int(dato.valor))
    return campos


def _dato_de_campo(hoja: Hoja, cruda: HojaCruda, hallado: ValorDeCampo, contexto: Contexto) -> Dato:
    valor, incidente = hallado.campo.tipo.leer(hallado.celda, contexto)
    crudo = hallado.celda.valor if hallado.celda is not None else None
    return Dato(
        (hoja.clave, -1, hallado.campo.clave), valor,
        (limpiar(crudo) or None) if isinstance(crudo, str) else crudo, cruda.nombre,
        direccion(hallado.fila, hallado.columna), incidente=incidente,
    )


def _leer_secundarias(
    libros: Sequence[Libro], formato: Formato, hallados: Mapping[str, list[Hallado]], opciones: Opciones
) -> None:
    """Las demás hojas del formato, que no dicen de qué informe del archivo son."""
    for hoja in formato.hojas[1:]:
        propios = hallados.get(hoja.clave, [])
        if not propios:
            continue
        ejercicio = libros[0].periodo.ejercicio if libros[0].periodo else None
        paginas = leer_paginas(propios, Contexto(opciones.pais, ejercicio))
        for libro, todas in zip(libros, repartir(hoja, paginas, libros, formato), strict=True):
            suyas, repetidas = apartar_repetidas(hoja, todas)
            libro.incidentes += repetidas
            if suyas:
                libro.hojas[hoja.clave] = reunir(hoja, suyas, con_calculadas=_se_piden_calculadas(libro, formato))


def _se_piden_calculadas(libro: Libro, formato: Formato) -> bool:
    return libro.nuestro or formato.calculadas_oficiales


def leer_paginas(propios: list[Hallado], contexto: Contexto) -> list[Pagina]:
    paginas: list[Pagina] = []
    indice = 0
    for n, hallado in enumerate(propios):
        siguiente = propios[n + 1] if n + 1 < len(propios) else None
        if siguiente is not None and siguiente.cruda is hallado.cruda:
            hasta = _fin_de_pagina(hallado, siguiente.primera)
        else:
            hasta = max((f for f, _ in hallado.cruda.celdas), default=0) + 1
        filas = leer_filas(hallado, hasta, contexto, indice)
        indice += len(filas)
        paginas.append(Pagina(hallado, {}, filas))
    return paginas


def _fin_de_pagina(hallado: Hallado, siguiente: int) -> int:
    """Primera fila que ya es de la página siguiente: la de su título, si lo repite, o la de su encabezado."""
    titulo = normalizar(hallado.hoja.titulo.partition("{")[0])
    textos = ((f, c.valor) for (f, _), c in hallado.cruda.celdas.items() if hallado.ultima < f < siguiente)
    repetidos = [f for f, texto in textos if isinstance(texto, str) and normalizar(texto).startswith(titulo)]
    return min(repetidos, default=siguiente)
