"""Con el catálogo: un libro por cada unidad y programa que debe informar, con lo suyo ya puesto."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pei_excel.archivos import buscar, espacio_de_salida
from pei_excel.catalogo import Catalogo, Programa, Unidad
from pei_excel.formato import Formato, Modo
from pei_excel.formatos import FORMATOS
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.plantillas import Hecha, de_otro_formato, nombre_libre, por_que_no
from pei_excel.salidas import escribir_entero, puerta
from pei_excel.textos import enumerar
from pei_excel.tipos import ClaveNombre

if TYPE_CHECKING:
    from pei_excel.escritura.membrete import Membrete

#: Campos de identificación que salen del catálogo y la unidad no puede cambiar.
IDENTIDAD = ("unidad", "programa", "gerencia", "techo")


@dataclass(frozen=True, slots=True)
class _Aprobado:
    """Un libro aprobado de la carpeta."""

    libro: Libro
    archivo: str


@dataclass(frozen=True, slots=True)
class _Contenido:
    """Con qué se escribe el libro de una unidad."""

    formato: Formato
    campos: Mapping[str, Any]
    filas: Mapping[str, Sequence[Mapping[str, Any]]]
    aviso: str | None = None  #: qué no pudo colocarse


def escribir_de_unidades(
    formato: str, catalogo: Catalogo, *, carpeta: Path, salida: Path, ejercicio: int, periodo: Periodo | None,
    desde: Path | None, filas: int, papel: str | None,
) -> Iterator[Hecha]:
    """Escribe el libro de cada unidad (y programa) que debe informar, y da cuenta de los que no pudieron salir.

    Con `desde`, los renglones son los del libro aprobado de cada una; sin él, el libro es de formulación. `carpeta` es
    la del catálogo, donde está el logotipo.

    Raises:
        SalidaOcupada: si no se puede escribir en la carpeta de salida.
    """
    with puerta(salida, espacio_de_salida([desde]) if desde else 0):
        yield from _de_unidades(formato, catalogo, carpeta, salida, ejercicio, periodo, desde, filas, papel)


def _de_unidades(
    formato: str, catalogo: Catalogo, carpeta: Path, salida: Path, ejercicio: int, periodo: Periodo | None,
    desde: Path | None, filas: int, papel: str | None,
) -> Iterator[Hecha]:
    uno = FORMATOS[formato.upper()]
    logo, problema = _logo(catalogo, carpeta)
    if problema:
        yield Hecha(catalogo.archivo, problema)
        return
    pedido = periodo or Periodo(ejercicio, "A")
    dia = pedido.ultimo_dia
    esperados = catalogo.esperados(uno.clave, pedido)
    if not esperados:
        problema = f"en {pedido.nombre} ninguna unidad debe informar {uno.clave}; revise sus vigencias"
        yield Hecha(catalogo.archivo, problema)
    aprobados: dict[tuple[str, str], list[_Aprobado]] = {}
    if desde is not None:
        aprobados, malos = _aprobados(uno, catalogo, pedido, desde, {_llave(u, p) for u, p in esperados})
        yield from malos
    usados: set[str] = set()
    for unidad, programa in esperados:
        llave = _llave(unidad, programa)
        quien = str(ClaveNombre(unidad.clave, unidad.nombre)) + (f", programa {programa.clave}" if programa else "")
        suyos = aprobados.get(llave, [])
        motivo = _por_que_no_hay(suyos) if desde is not None else None
        if motivo:
            yield Hecha(quien, motivo)
            continue
        membrete = _membrete(uno, catalogo, unidad, logo, dia)
        contenido = _contenido(uno, catalogo, (unidad, programa), suyos, periodo, dia)
        memoria = BytesIO()
        _escribir(memoria, contenido, membrete, ejercicio, periodo if desde else None, filas,
                  papel or catalogo.institucion.papel)
        cola = periodo.codigo if periodo and desde else str(ejercicio)
        nombre = nombre_libre(uno, [parte for parte in llave if parte], cola, usados)
        escribir_entero(salida / nombre, memoria.getvalue())
        yield Hecha(os.fspath(salida / nombre), aviso=contenido.aviso)


def _escribir(
    memoria: BytesIO, contenido: _Contenido, membrete: Membrete, ejercicio: int, periodo: Periodo | None, libres: int,
    papel: str | None,
) -> None:
    from pei_excel.escritura.plantilla import escribir_plantilla

    modo = Modo.SEGUIMIENTO if periodo else Modo.FORMULACION
    escribir_plantilla(
        memoria, contenido.formato, modo=modo, ejercicio=ejercicio, periodo=periodo, campos=contenido.campos,
        filas=contenido.filas, filas_libres=libres, papel=papel, membrete=membrete,
    )


def _llave(unidad: Unidad, programa: Programa | None) -> tuple[str, str]:
    return unidad.clave, programa.clave if programa else ""


def _aprobados(
    formato: Formato, catalogo: Catalogo, periodo: Periodo, desde: Path, esperados: set[tuple[str, str]]
) -> tuple[dict[tuple[str, str], list[_Aprobado]], list[Hecha]]:
    """Los libros de la carpeta por unidad y programa, con la clave de hoy, y los que no sirven, con su porqué."""
    from pei_excel.lectura.lector import Opciones, leer

    hallados: dict[tuple[str, str], list[_Aprobado]] = {}
    malos: list[Hecha] = []
    for archivo in buscar([desde]).archivos:
        for libro in leer(archivo.ruta, archivo.nombre, Opciones(pais=catalogo.institucion.pais)):
            if libro.apartado:
                continue
            problema = por_que_no(libro, formato, periodo)
            clave, programa = libro.identidad
            actual = catalogo.clave_vigente(clave, periodo.ultimo_dia) if clave else None
            if problema is None and actual is None:
                problema = f"la unidad «{clave or 'sin clave'}» no está vigente en el catálogo en {periodo.nombre}"
            if problema is None and (actual or "", programa.upper()) not in esperados:
                quien = f"{actual}, programa {programa}" if programa else f"{actual}"
                problema = f"según el catálogo, {quien} no informa en {periodo.nombre}"
            if problema is None and actual:
                hallados.setdefault((actual, programa.upper()), []).append(_Aprobado(libro, archivo.nombre))
            else:
                malos.append(Hecha(archivo.nombre, problema, desde.is_dir() and de_otro_formato(libro, formato)))
    return hallados, malos


def _por_que_no_hay(suyos: Sequence[_Aprobado]) -> str | None:
    """Por qué con esos libros aprobados no puede salir el de la unidad; None si puede."""
    if not suyos:
        return "no hay en la carpeta un libro aprobado de esta unidad"
    claves = sorted({a.libro.identidad[0].upper() for a in suyos})
    if len(claves) > 1:
        libros = enumerar(a.archivo for a in suyos)
        return f"viene de {enumerar(claves)}, que tienen cada una su libro ({libros}); reúnalos en uno"
    return None


def _contenido(
    formato: Formato, catalogo: Catalogo, quien: tuple[Unidad, Programa | None], suyos: Sequence[_Aprobado],
    periodo: Periodo | None, dia: date,
) -> _Contenido:
    """Campos y filas del libro: los aprobados, con la identificación del catálogo encima."""
    from pei_excel.escritura.desde_libro import desde_exportacion, filas_desde_libro

    unidad, programa = quien
    campos: dict[str, Any] = {}
    filas: dict[str, list[dict[str, Any]]] = {}
    aviso = None
    if suyos and periodo is not None:
        # El mismo criterio que entre dos entregas: la de modificación interna más reciente; si empatan, la última ruta.
        ultimo = max(suyos, key=lambda a: (a.libro.modificado.isoformat() if a.libro.modificado else "", a.archivo))
        if ultimo.libro.origen:
            formato, campos, filas, aviso = desde_exportacion(ultimo.libro, periodo)
        else:
            campos, filas = filas_desde_libro(ultimo.libro, formato, periodo)
        campos.pop("ejercicio", None)
    superiores = catalogo.superiores(unidad.clave, dia)
    propios = {
        "unidad": str(ClaveNombre(unidad.clave, unidad.nombre)),
        "programa": str(ClaveNombre(programa.clave, programa.nombre)) if programa else None,
        "gerencia": superiores[0].nombre if superiores else None,
        "techo": unidad.techo,
    }
    tiene = {c.clave for c in formato.principal.campos}
    campos |= {clave: valor for clave, valor in propios.items() if valor is not None and clave in tiene}
    principal = formato.principal
    if "acumulacion" in principal.por_clave:
        for fila in filas.get(principal.clave, ()):
            nivel = str(fila.get(principal.llave[0]) or "")
            aprobado = catalogo.indicador(unidad.clave, programa.clave if programa else None, nivel)
            if aprobado and aprobado.acumulacion and not fila.get("acumulacion"):
                fila["acumulacion"] = aprobado.acumulacion
    return _Contenido(formato, campos, filas, aviso)


def _membrete(formato: Formato, catalogo: Catalogo, unidad: Unidad, logo: bytes | None, dia: date) -> Membrete:
    from pei_excel.escritura.membrete import Membrete

    i, superiores = catalogo.institucion, catalogo.superiores(unidad.clave, dia)
    cargos = {
        "enlace": unidad.enlace, "titular": unidad.cargo, "superior": superiores[0].cargo if superiores else "",
    }
    con_valor = {"unidad", "programa"} | ({"gerencia"} if superiores else set())
    con_valor |= {"techo"} if unidad.techo is not None else set()
    tiene = {c.clave for c in formato.principal.campos}
    return Membrete(
        i.nombre, logo, i.color_principal, i.color_secundario, {q: cargo for q, cargo in cargos.items() if cargo},
        i.contacto, frozenset(c for c in IDENTIDAD if c in con_valor & tiene),
    )


def _logo(catalogo: Catalogo, carpeta: Path) -> tuple[bytes | None, str | None]:
    """La imagen del logotipo y, si no puede usarse, por qué."""
    from pei_excel.escritura.membrete import es_imagen

    nombre, dato = catalogo.institucion.logo, catalogo.institucion.dato("logo")
    if not nombre:
        return None, None
    ruta = carpeta / nombre
    donde = f"el logotipo «{nombre}» ({dato.hoja}!{dato.celda})"
    if not ruta.is_file():
        return None, f"no está junto al catálogo {donde}"
    contenido = ruta.read_bytes()
    return (contenido, None) if es_imagen(contenido) else (None, f"no es una imagen PNG o JPG {donde}")
