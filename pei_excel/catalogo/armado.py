"""Del libro leído al catálogo: cada fila, su registro."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pei_excel.catalogo.conjunto import Catalogo
from pei_excel.catalogo.registros import (
    Alineacion,
    CampoDeTransparencia,
    IndicadorAprobado,
    Institucion,
    Plazo,
    Programa,
    Prorroga,
    Unidad,
    Vigencia,
)
from pei_excel.formato import Hoja
from pei_excel.formatos.catalogo import (
    ALINEACION,
    CALENDARIO,
    CATALOGO,
    INDICADORES,
    PAISES,
    PERFILES_PROPIOS,
    PROGRAMAS,
    PRORROGAS,
    TRANSPARENCIA,
    UNIDADES,
)
from pei_excel.hallazgo import Hallazgo, Severidad
from pei_excel.libro import Fila, Libro
from pei_excel.semaforo import Banda, Perfil
from pei_excel.textos import normalizar


def desde_libro(libro: Libro) -> Catalogo:
    """El catálogo de un libro leído. Lo que no pudo leerse se omite: las reglas CAT lo dicen, y quien usa, no sigue."""
    return Catalogo(
        libro.archivo, _institucion(libro), unidades_de(libro), programas_de(libro), _indicadores(libro),
        tuple(
            Alineacion(f, f.valor("clase"), f.valor("codigo"), f.valor("descripcion") or "", f.valor("padre"),
                       f.valor("unidades") or ())
            for f in _con(libro, ALINEACION, "clase", "codigo")
        ),
        tuple(
            Plazo(f, f.valor("periodo"), f.valor("apertura"), f.valor("limite"), f.valor("solventacion"))
            for f in _con(libro, CALENDARIO, "periodo")
        ),
        tuple(
            Prorroga(f, f.valor("unidad"), f.valor("periodo"), f.valor("fecha"), f.valor("oficio") or "")
            for f in _con(libro, PRORROGAS, "unidad", "periodo", "fecha")
        ),
        _perfiles(libro), _transparencia(libro), libro.sha256,
    )


def leer_catalogo(ruta: Path, archivo: str | None = None) -> tuple[Catalogo | None, list[Hallazgo]]:
    """El catálogo de un archivo y sus hallazgos; sin catálogo si alguno es un ERROR: hasta corregirlo no se usa."""
    from pei_excel.lectura.de_oficina import leer_de_oficina
    from pei_excel.reglas.base import Contexto
    from pei_excel.revision import revisar

    libro = leer_de_oficina(ruta, archivo or ruta.name, CATALOGO)
    hallazgos = [
        # El catálogo es de la propia oficina: no hay a quién reenviárselo.
        replace(h, como_corregir=h.como_corregir.replace(" y reenvíelo", " y repita"))
        for h in revisar(libro, Contexto()).hallazgos
    ]
    if libro.rechazado or any(h.severidad is Severidad.ERROR for h in hallazgos):
        return None, hallazgos
    return desde_libro(libro), hallazgos


def _con(libro: Libro, hoja: Hoja, *columnas: str) -> list[Fila]:
    """Las filas de una hoja que tienen esas columnas."""
    return [f for f in libro.filas(hoja.clave) if all(f.valor(c) is not None for c in columnas)]


def _institucion(libro: Libro) -> Institucion:
    valores: dict[str, Any] = {c: d.valor for c, d in libro.campos.items() if d.valor is not None}
    valores["pais"] = PAISES.get(valores.get("pais", ""))
    if "ejercicio" in valores:
        valores["ejercicio"] = int(valores["ejercicio"])
    if "papel" in valores:
        valores["papel"] = valores["papel"].lower()
    return Institucion(tuple(libro.campos.items()), **valores)


def vigencia_de(fila: Fila) -> Vigencia:
    """La vigencia escrita en una fila."""
    return Vigencia(fila.valor("desde"), fila.valor("hasta"))


def unidades_de(libro: Libro) -> tuple[Unidad, ...]:
    """Las unidades que pueden leerse."""
    return tuple(
        Unidad(
            f, f.valor("clave"), f.valor("nombre") or "", vigencia_de(f), f.valor("nombre_corto") or "",
            f.valor("superior"), f.valor("cargo") or "", f.valor("tratamiento") or "", f.valor("enlace") or "",
            f.valor("correo"), f.valor("copia") or (), f.valor("clave_anterior") or (), f.valor("informa") != "No",
            f.valor("techo_pia"), f.valor("techo_pim"),
        )
        for f in _con(libro, UNIDADES, "clave")
    )


def programas_de(libro: Libro) -> tuple[Programa, ...]:
    """Los programas que pueden leerse."""
    return tuple(
        Programa(f, f.valor("clave"), f.valor("nombre") or "", f.valor("unidades") or (), vigencia_de(f),
                 f.valor("coordinadora"))
        for f in _con(libro, PROGRAMAS, "clave")
    )


def _indicadores(libro: Libro) -> tuple[IndicadorAprobado, ...]:
    return tuple(
        IndicadorAprobado(
            f, f.valor("unidad"), f.valor("programa"), f.valor("nivel"), f.valor("nombre") or "",
            f.valor("unidad_medida") or "", f.valor("frecuencia"), f.valor("sentido"), f.valor("acumulacion"),
            f.valor("tope"), tuple(f.valor(f"programado_t{n}") for n in (1, 2, 3, 4)),
        )
        for f in _con(libro, INDICADORES, "unidad", "nivel")
    )


def _transparencia(libro: Libro) -> tuple[CampoDeTransparencia, ...]:
    def texto(fila: Fila, columna: str) -> str:
        return fila.valor(columna) or ""

    return tuple(
        CampoDeTransparencia(
            f, f.valor("fraccion"), f.valor("campo"), f.valor("id_campo"),
            int(f.valor("tipo")) if f.valor("tipo") is not None else None, f.valor("tabla"), f.valor("formato"),
            texto(f, "articulo"), texto(f, "titulo"), texto(f, "nombre_corto"), texto(f, "descripcion"),
        )
        for f in _con(libro, TRANSPARENCIA, "fraccion", "campo")
    )


def bandas_de_perfil(libro: Libro) -> dict[str, list[Fila]]:
    """Los renglones de cada perfil, de la banda más alta a la más baja; los incompletos quedan fuera."""
    grupos: dict[str, list[Fila]] = {}
    for fila in _con(libro, PERFILES_PROPIOS, "perfil", "medida", "color", "palabra", "desde"):
        grupos.setdefault(normalizar(fila.valor("perfil")), []).append(fila)
    return {nombre: sorted(filas, key=lambda f: -f.valor("desde")) for nombre, filas in grupos.items()}


def _perfiles(libro: Libro) -> tuple[Perfil, ...]:
    return tuple(perfil_de(filas, libro.archivo) for filas in bandas_de_perfil(libro).values())


def perfil_de(filas: Sequence[Fila], archivo: str) -> Perfil:
    """Un perfil, de sus renglones de la banda más alta a la más baja."""
    bandas = tuple(
        Banda(f.valor("color").lower(), f.valor("palabra"), f.valor("desde"), f.valor("incluye") != "No")
        for f in filas
    )
    desviacion = filas[0].valor("medida") == "Desviación"
    return Perfil(filas[0].valor("perfil"), f"Catálogo institucional, hoja «Perfiles» ({archivo})", bandas, desviacion)
