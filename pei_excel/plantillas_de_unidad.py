"""Con el catálogo: un libro por cada unidad y programa que debe informar, con lo suyo ya puesto."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pei_excel.aprobados import Apartado, leer_aprobados, los_que_sobran, mas_reciente
from pei_excel.archivos import espacio_de_salida
from pei_excel.catalogo import Catalogo, Programa, Unidad
from pei_excel.formato import Formato, Modo
from pei_excel.formatos import FORMATOS
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.plantillas import Hecha, de_apartado, escribir_seguimiento, hecha_desde, nombre_libre
from pei_excel.revision import Revision
from pei_excel.salidas import escribir_entero, puerta
from pei_excel.textos import enumerar
from pei_excel.tipos import ClaveNombre

if TYPE_CHECKING:
    from pei_excel.escritura.membrete import Membrete

#: Campos de identificación que salen del catálogo y la unidad no puede cambiar.
IDENTIDAD = ("unidad", "programa", "gerencia", "techo")


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
    from pei_excel.escritura.plantilla import escribir_plantilla
    from pei_excel.escritura.seguimiento_desde import seguimiento_desde

    uno = FORMATOS[formato.upper()]
    logo, problema = _logo(catalogo, carpeta)
    if problema:
        yield Hecha("", problema)
        return
    pedido = periodo or Periodo(ejercicio, "A")
    dia = pedido.ultimo_dia
    esperados = catalogo.esperados(uno.clave, pedido)
    if not esperados:
        problema = f"en {pedido.con_articulo} ninguna unidad debe informar {uno.clave}; revise sus vigencias"
        yield Hecha("", problema)
    aprobados = _Repartidos()
    if desde is not None:
        aprobados = _repartir(uno, catalogo, pedido, desde, {_llave(u, p) for u, p in esperados})
        yield from map(de_apartado, aprobados.apartados)
    usados: set[str] = set()
    for unidad, programa in esperados:
        llave = _llave(unidad, programa)
        quien = str(ClaveNombre(unidad.clave, unidad.nombre)) + (f", programa {programa.clave}" if programa else "")
        suyos = aprobados.de_cada_uno.get(llave, [])
        motivo = _por_que_no_hay(suyos, aprobados.no_sirven.get(llave, [])) if desde is not None else None
        if motivo:
            yield Hecha(quien, motivo)
            continue
        membrete = _membrete(uno, catalogo, unidad, logo, dia)
        memoria = BytesIO()
        nombrar = [parte for parte in llave if parte]
        if desde is not None:
            usada = mas_reciente(suyos)
            yield from map(de_apartado, los_que_sobran(suyos, usada, quien))
            seguimiento = seguimiento_desde(usada, uno, pedido)
            propios = _del_catalogo(uno, catalogo, (unidad, programa), seguimiento.filas, dia)
            seguimiento = seguimiento._replace(campos=seguimiento.campos | propios)
            escribir_seguimiento(memoria, seguimiento, pedido, papel or catalogo.institucion.papel, membrete)
            ruta = salida / nombre_libre(uno, nombrar, pedido.codigo, usados)
            hecha = hecha_desde(ruta, seguimiento, usada.libro.archivo)
        else:
            escribir_plantilla(
                memoria, uno, modo=Modo.FORMULACION, ejercicio=ejercicio, filas_libres=filas,
                campos=_del_catalogo(uno, catalogo, (unidad, programa), {}, dia),
                papel=papel or catalogo.institucion.papel, membrete=membrete,
            )
            ruta = salida / nombre_libre(uno, nombrar, str(ejercicio), usados)
            hecha = Hecha(os.fspath(ruta))
        escribir_entero(ruta, memoria.getvalue())
        yield hecha


def _llave(unidad: Unidad, programa: Programa | None) -> tuple[str, str]:
    return unidad.clave, programa.clave if programa else ""


@dataclass(slots=True)
class _Repartidos:
    """Los libros de la carpeta, según el catálogo."""

    de_cada_uno: dict[tuple[str, str], list[Revision]] = field(default_factory=dict)
    no_sirven: dict[tuple[str, str], list[Apartado]] = field(default_factory=dict)  #: de quien debe informar
    apartados: list[Apartado] = field(default_factory=list)  #: de los que no se sabe, o que no tocan


def _repartir(
    formato: Formato, catalogo: Catalogo, periodo: Periodo, desde: Path, esperados: set[tuple[str, str]]
) -> _Repartidos:
    """Los libros de la carpeta por unidad y programa, con la clave de hoy, y los que no sirven, con su porqué."""
    aprobados = leer_aprobados(desde, (formato,), periodo, catalogo.institucion.pais)
    repartidos = _Repartidos()
    for apartado in aprobados.apartados:
        llave = _llave_de_hoy(apartado.libro, catalogo, periodo) if not apartado.aparte else None
        if llave in esperados and llave is not None:
            repartidos.no_sirven.setdefault(llave, []).append(apartado)
        else:
            repartidos.apartados.append(apartado)
    for revision in aprobados.usables:
        libro = revision.libro
        llave = _llave_de_hoy(libro, catalogo, periodo)
        if llave in esperados and llave is not None:
            repartidos.de_cada_uno.setdefault(llave, []).append(revision)
        elif llave is None:
            repartidos.apartados.append(Apartado(libro.archivo, _por_que_no_es(libro, catalogo, periodo), libro=libro))
        else:
            quien = f"{llave[0]}, programa {libro.identidad[1]}" if llave[1] else llave[0]
            que = f"según el catálogo, {quien} no informa en {periodo.con_articulo}"
            repartidos.apartados.append(Apartado(libro.archivo, que, libro=libro))
    return repartidos


def _por_que_no_es(libro: Libro, catalogo: Catalogo, periodo: Periodo) -> str:
    """Por qué no se sabe de qué unidad del catálogo es un libro."""
    clave = libro.identidad[0]
    if not clave:
        return "no dice de qué unidad es"
    if not catalogo.conoce(clave):
        return f"la unidad «{clave}» no está en el catálogo"
    if hoy := catalogo.claves_vigentes(clave, periodo.ultimo_dia):
        return f"la unidad «{clave}» es ahora {enumerar(hoy)}, según el catálogo: no se sabe de cuál es"
    return f"la unidad «{clave}» no estaba vigente en {periodo.con_articulo}, según el catálogo"


def _llave_de_hoy(libro: Libro | None, catalogo: Catalogo, periodo: Periodo) -> tuple[str, str] | None:
    """Unidad y programa de un libro, con su clave de hoy; None si no se sabe o no está vigente."""
    clave, programa = libro.identidad if libro is not None else ("", "")
    actual = catalogo.clave_vigente(clave, periodo.ultimo_dia) if clave else None
    return (actual, programa.upper()) if actual else None


def _por_que_no_hay(suyos: Sequence[Revision], no_sirven: Sequence[Apartado]) -> str | None:
    """Por qué con esos libros aprobados no puede salir el de la unidad; None si puede."""
    if not suyos:
        if no_sirven:
            return "; ".join(f"su libro «{a.archivo}» no sirve: {a.problema}" for a in no_sirven)
        return "no hay en la carpeta un libro aprobado de esta unidad"
    claves = sorted({r.libro.identidad[0].upper() for r in suyos})
    if len(claves) > 1:
        libros = enumerar(r.libro.archivo for r in suyos)
        return f"viene de {enumerar(claves)}, que tienen cada una su libro ({libros}); reúnalos en uno"
    return None


def _del_catalogo(
    formato: Formato, catalogo: Catalogo, quien: tuple[Unidad, Programa | None],
    filas: Mapping[str, Sequence[dict[str, Any]]], dia: date,
) -> dict[str, Any]:
    """La identificación que el catálogo pone encima de la aprobada; en las filas, la Acumulación que falte."""
    unidad, programa = quien
    superiores = catalogo.superiores(unidad.clave, dia)
    propios = {
        "unidad": str(ClaveNombre(unidad.clave, unidad.nombre)),
        "programa": str(ClaveNombre(programa.clave, programa.nombre)) if programa else None,
        "gerencia": superiores[0].nombre if superiores else None,
        "techo": unidad.techo,
    }
    principal = formato.principal
    if "acumulacion" in principal.por_clave:
        for fila in filas.get(principal.clave, ()):
            nivel = str(fila.get(principal.llave[0]) or "")
            aprobado = catalogo.indicador(unidad.clave, programa.clave if programa else None, nivel)
            if aprobado and aprobado.acumulacion and not fila.get("acumulacion"):
                fila["acumulacion"] = aprobado.acumulacion
    tiene = {c.clave for c in principal.campos}
    return {clave: valor for clave, valor in propios.items() if valor is not None and clave in tiene}


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
