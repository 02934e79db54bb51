"""Un POI de prueba: el modelo con cambios por código en cualquier hoja, escrito con la plantilla y leído."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from pei_excel.crudo import LibroCrudo
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import HOJA_IDENTIDAD, Modo
from pei_excel.formatos.poi import POI
from pei_excel.lectura.celdas import abrir_bytes
from pei_excel.lectura.lector import Opciones, interpretar
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Revision, revisar

T2 = Periodo.de_codigo("2024-T2")

Cambios = Mapping[str, Mapping[str, Mapping[str, Any] | None]]


def filas_con(cambios: Cambios | None = None, quitar: tuple[str, ...] = ()) -> dict[str, list[dict[str, Any]]]:
    """Las filas del modelo con cambios por hoja y código (None quita su renglón); `quitar` vacía hojas enteras."""
    filas = {
        hoja: [] if hoja in quitar else [dict(f) for f in propias] for hoja, propias in POI.modelo.filas.items()
    }
    for hoja, por_codigo in (cambios or {}).items():
        llave = POI.por_clave[hoja].llave[0]
        for codigo, suyos in por_codigo.items():
            if suyos is None:
                filas[hoja] = [f for f in filas[hoja] if f[llave] != codigo]
                continue
            propias = [f for f in filas[hoja] if f[llave] == codigo]
            assert propias, f"{codigo} no está en {hoja}"
            propias[0].update(suyos)
    return filas


def escribir(
    cambios: Cambios | None = None, *, filas: Any = None, modo: Modo = Modo.FORMULACION,
    quitar: tuple[str, ...] = (), **campos: Any,
) -> bytes:
    """El libro; un campo en None se deja en blanco."""
    memoria = BytesIO()
    propios = {c: v for c, v in {**POI.modelo.campos, **campos}.items() if v is not None}
    escribir_plantilla(
        memoria, POI, modo=modo, ejercicio=2024, periodo=T2 if "periodo" in propios else None, campos=propios,
        filas=filas if filas is not None else filas_con(cambios, quitar), filas_libres=12,
    )
    return memoria.getvalue()


def crudo(cambios: Cambios | None = None, **otros: Any) -> LibroCrudo:
    """El libro, ya abierto."""
    return abrir_bytes(escribir(cambios, **otros), "libro.xlsx")


def sin_marca(libro: LibroCrudo) -> LibroCrudo:
    """Como si no fuera de nuestra plantilla."""
    libro.propiedades.clear()
    libro.nombres.clear()
    libro.hojas = [h for h in libro.hojas if h.nombre != HOJA_IDENTIDAD]
    return libro


def revisiones(libro: LibroCrudo, periodo: Periodo | None = T2) -> list[Revision]:
    """Sus informes, revisados."""
    return [revisar(x, Contexto(periodo)) for x in interpretar(libro, "", Opciones(periodo))]


def hallados(libro: LibroCrudo, periodo: Periodo | None = T2) -> list[tuple[str, str | None, str | None]]:
    """Regla, hoja y celda de cada hallazgo, en su orden."""
    return [(h.regla, h.donde.hoja, h.donde.celda) for r in revisiones(libro, periodo) for h in r.hallazgos]


def reglas(libro: LibroCrudo, periodo: Periodo | None = T2) -> list[str]:
    """Sólo las reglas."""
    return [regla for regla, _, _ in hallados(libro, periodo)]


def celda(hoja: str, codigo: str, columna: str) -> str:
    """Dirección de una celda del modelo."""
    una = POI.por_clave[hoja]
    numero = next(n for n, f in enumerate(POI.modelo.filas[hoja]) if f[una.llave[0]] == codigo)
    return una.disposicion.celda(una.disposicion.fila_datos + numero, columna)


def titulo(hoja: str, columna: str) -> str:
    """Dirección del título de una columna."""
    una = POI.por_clave[hoja]
    return una.disposicion.celda(una.disposicion.fila_del_titulo(una.por_clave[columna]), columna)
