"""Hojas y columnas que varios formatos llevan igual."""

from __future__ import annotations

from collections.abc import Mapping

from pei_excel.calculos import Calculo
from pei_excel.faltantes import Faltantes, PrimeroQueFalta
from pei_excel.formato import Apertura, Columna, Hoja
from pei_excel.tipos import Fecha, Numero, Opcion, Texto, Tipo

APOYO = ("Apoyo (no se imprime)",)


def calculada(clave: str, titulo: str, calculo: Calculo, tipo: Tipo, ancho: float, *, apoyo: bool = False) -> Columna:
    """Una columna que llena Excel; con `apoyo`, fuera de la impresión."""
    return Columna(
        clave=clave, titulo=titulo, tipo=tipo, ancho=ancho, apertura=Apertura.NUNCA, obligatoria=False,
        auxiliar=apoyo, banda=APOYO if apoyo else (), calculo=calculo,
    )


def columnas_de_faltantes(calculo: Faltantes) -> tuple[Columna, Columna]:
    """Las dos columnas de apoyo que mueven la primera fila: cuántos datos faltan en el renglón y cuál es el primero."""
    return (
        calculada("faltan", "Datos que faltan", calculo, Numero(formato="0"), 9, apoyo=True),
        calculada("primero_que_falta", "Primero que falta", PrimeroQueFalta(calculo), Texto(), 9, apoyo=True),
    )


def modificaciones(
    llave: Columna, *, de: str, campos: tuple[str, ...], ejemplo: str, causa: Columna, documento: str,
    ancho: float = 10, sinonimos: Mapping[str, str] | None = None,
) -> Hoja:
    """La hoja `Modificaciones`: un renglón por cada celda programada que cambia, en vigor desde su mes o trimestre.

    `llave` es la columna que identifica lo modificado, que sale de la hoja `de`; `campos`, los que pueden cambiar (su
    correspondencia con las columnas es `Formato.modificables`), y `sinonimos`, otras maneras de escribirlos. Las hojas
    de programación muestran las metas vigentes; las iniciales son las vigentes con las modificaciones deshechas, la más
    nueva primero.
    """
    siempre, cifra = Apertura.SIEMPRE, Numero(minimo=0)
    return Hoja(
        "Modificaciones",
        "Modificaciones a las metas programadas",
        columnas=(
            Columna(clave="fecha", titulo="Fecha", tipo=Fecha(), ancho=12, apertura=siempre,
                    ayuda="Fecha en que se aprobó (dd/mm/aaaa)."),
            llave,
            Columna(clave="campo", titulo="Campo", ancho=22, esencial=True, apertura=siempre,
                    tipo=Opcion(opciones=campos, estricta=True, sinonimos=sinonimos or {}), ejemplo=ejemplo,
                    ayuda="Meta que cambia; un renglón por celda."),
            Columna(clave="valor_anterior", titulo="Valor anterior", tipo=cifra, ancho=ancho, obligatoria=False,
                    apertura=siempre, ejemplo=25.0, ayuda="Meta antes del cambio."),
            Columna(clave="valor_nuevo", titulo="Valor nuevo", tipo=cifra, ancho=ancho, esencial=True,
                    apertura=siempre, ejemplo=20.0, ayuda="Meta vigente después del cambio."),
            causa,
            Columna(clave="documento", titulo="Documento que la aprueba", tipo=Texto(), ancho=32,
                    apertura=siempre, ejemplo=documento, ayuda="Tipo, número y fecha."),
        ),
        llave=(llave.clave, "campo"),
        referencia=(de, llave.clave),
        opcional=True,
        ayuda="Sólo si se aprobó un cambio de metas: un renglón por cada celda que cambia.",
    )
