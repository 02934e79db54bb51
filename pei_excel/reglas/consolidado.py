"""Reglas del consolidado: los totales concuerdan con los renglones que suman."""

from __future__ import annotations

from collections.abc import Iterator

from pei_excel.calculos import iguales
from pei_excel.hallazgo import Destinatario
from pei_excel.reglas.base import Contexto, Observacion, Tabla, regla
from pei_excel.tablas import Grupo, Tablas, resumir
from pei_excel.textos import numero


@regla(
    "CON001", ("MIR", "POI"),
    para=Destinatario.PLANEACION, alcance="tablas",
    por_que="Un total que no sale de sus renglones haría dudar de todo el consolidado.",
    como_corregir="Envíenos este mensaje y los libros: es una falla de este programa.",
    fuente="Criterio de este programa",
    mal=Tabla("✗ total"),
    bien="",
)
def total_no_coincide(tablas: Tablas, contexto: Contexto) -> Iterator[Observacion]:
    """Los totales de cada cuadro concuerdan con los renglones que suman."""
    cuadros: list[tuple[str, tuple[Grupo, ...], bool]] = [("Resumen", (tablas.institucion,), True)]
    cuadros += [(a.hoja, tablas.grupos[a.clave], a.reparte) for a in tablas.agrupaciones]
    for cuadro, grupos, reparte in cuadros:
        for grupo in grupos:
            bueno = resumir(
                grupo.clave, grupo.nombre, grupo.renglones, tablas.renglones, formato=tablas.formato,
                ponderado=tablas.ponderado,
            )
            for palabra in {*bueno.conteos, *grupo.conteos}:
                dice, debe = grupo.conteos.get(palabra, 0), bueno.conteos.get(palabra, 0)
                if dice != debe:
                    yield _falla(cuadro, f"{grupo.nombre}: «{palabra}» dice {dice} y sus renglones dan {debe}", dice, debe)
            for clase in bueno.medias:
                dice_media, debe_media = grupo.medias.get(clase), bueno.medias[clase]
                if not iguales(dice_media, debe_media) or grupo.cuantos.get(clase) != bueno.cuantos[clase]:
                    yield _falla(
                        cuadro, f"{grupo.nombre}: la media de {clase} dice {numero(dice_media)} y sus renglones dan "
                        f"{numero(debe_media)}", dice_media, debe_media,
                    )
            for suma, debe_suma in bueno.soles.items():
                if not iguales(grupo.soles.get(suma), debe_suma):
                    yield _falla(
                        cuadro, f"{grupo.nombre}: {suma.replace('_', ' ')} dice S/. {numero(grupo.soles.get(suma))} y "
                        f"sus renglones dan S/. {numero(debe_suma)}", grupo.soles.get(suma), debe_suma,
                    )
        sumados = {n for g in grupos for n in g.renglones}
        if reparte and sumados != set(range(len(tablas.renglones))):
            yield _falla(cuadro, f"suma {len(sumados)} renglones de {len(tablas.renglones)}", len(sumados),
                         len(tablas.renglones))


def _falla(hoja: str, mensaje: str, encontrado: float | None, esperado: float | None) -> Observacion:
    return Observacion(mensaje, archivo="", hoja=hoja, encontrado=encontrado, esperado=esperado)
