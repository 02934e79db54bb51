"""Reglas de la MIR: la lógica de sus niveles."""

from __future__ import annotations

from collections.abc import Iterator

from pei_excel.hallazgo import Severidad
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.reglas.base import Contexto, Observacion, regla
from pei_excel.reglas.renglones import nivel_de, niveles, quien, renglon_ausente, renglones, titulo_nivel
from pei_excel.textos import enumerar
from pei_excel.tipos import ValorNivel


@regla(
    "MIR002",
    por_que="La MIR de un programa tiene un solo Fin y un solo Propósito; de ellos cuelga todo lo demás.",
    como_corregir="Deje un renglón de Fin y uno de Propósito por programa.",
    fuente="Metodología del Marco Lógico; Informe Trimestral 2024",
    mal="""
        | Nivel     | Nivel →   |
        | (título)  | Nivel ✗   |
        | Fin       | (quitar)  |
        """,
    bien="""
        | Nivel     | Nombre                        |
        | Fin       | Calidad de vida del municipio |
        """,
)
def falta_o_sobra_fin_o_proposito(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Hay un Fin y un Propósito por programa."""
    for clase in ("Fin", "Propósito"):
        filas = [f for f in renglones(libro) if (n := nivel_de(f)) and n.clase == clase]
        if not filas:
            hoja, celda = titulo_nivel(libro)
            yield Observacion(
                f"falta el renglón de {clase}", hoja=hoja, celda=celda, esperado=clase,
                lee=(*niveles(libro), Dato(("MIR", -1, "nivel"))), nombra=(renglon_ausente(clase),),
            )
        for sobra in filas[1:]:
            yield Observacion(
                f"hay más de un {clase}", sobra["nivel"], tambien=(filas[0]["nivel"],), encontrado=len(filas), esperado=1
            )


@regla(
    "MIR003",
    por_que="El Nivel es la clave con que se siguen los indicadores de un trimestre a otro.",
    como_corregir="Escriba Fin, Propósito, Componente n o Actividad n.m, sin repetir y con su Componente.",
    fuente="Metodología del Marco Lógico; Informe Trimestral 2024, columna «Nivel»",
    mal="""
        | Nivel         | Nivel →         |
        | Actividad 2.2 | Actividad 5.1 ✗ |
        """,
    bien="""
        | Nivel         | Nivel →   |
        | Actividad 2.2 | ACT. 2.2  |
        """,
)
def nivel_mal_formado_repetido_o_huerfano(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Cada Nivel está bien formado, no se repite, y cada Actividad n.m tiene su Componente n."""
    vistos: dict[ValorNivel, Fila] = {}
    causa = False
    for fila in renglones(libro):
        dato, nivel = fila["nivel"], nivel_de(fila)
        if nivel is None:
            if not dato.vacio:
                causa = True
                yield Observacion(f"«{dato.escrito}» no es un Nivel", dato, encontrado=dato.escrito)
        elif nivel in vistos:
            if nivel.clase in {"Componente", "Actividad"}:
                causa = True
                yield Observacion(f"{nivel} se repite", dato, tambien=(vistos[nivel]["nivel"],), encontrado=str(nivel))
        else:
            vistos[nivel] = fila
    if causa or any(f["nivel"].vacio for f in renglones(libro)):
        return
    componentes = {n.componente for n in vistos if n.clase == "Componente"}
    huerfanas: dict[int, list[Fila]] = {}
    for nivel, fila in vistos.items():
        if nivel.clase == "Actividad" and nivel.componente not in componentes:
            huerfanas.setdefault(nivel.componente, []).append(fila)
    for componente, filas in huerfanas.items():
        yield Observacion(
            f"falta el Componente {componente}, del que cuelga {enumerar(quien(f) for f in filas)}", filas[0]["nivel"],
            lee=niveles(libro), nombra=tuple(f["nivel"] for f in filas[1:]), esperado=f"Componente {componente}",
        )
    if not huerfanas:
        yield from _huecos(vistos)


def _huecos(vistos: dict[ValorNivel, Fila]) -> Iterator[Observacion]:
    grupos: dict[tuple[str, int], list[ValorNivel]] = {}
    for nivel in vistos:
        if nivel.clase == "Componente":
            grupos.setdefault(("Componente", 0), []).append(nivel)
        elif nivel.clase == "Actividad":
            grupos.setdefault(("Actividad", nivel.componente), []).append(nivel)
    for (clase, componente), suyos in grupos.items():
        orden = sorted(suyos)
        for esperado, nivel in enumerate(orden, 1):
            tiene = nivel.componente if clase == "Componente" else nivel.actividad
            if tiene != esperado:
                falta = ValorNivel(clase, esperado) if clase == "Componente" else ValorNivel(clase, componente, esperado)
                yield Observacion(
                    f"la numeración salta: falta {falta}", vistos[nivel]["nivel"], severidad=Severidad.AVISO,
                    esperado=str(falta), encontrado=str(nivel), variante="hueco",
                )
                break


@regla(
    "MIR004",
    severidad=Severidad.AVISO, diseno=True,
    por_que="Un Componente sin Actividades no dice cómo se produce.",
    como_corregir="Agregue las Actividades del Componente o revise si debe permanecer.",
    fuente="Metodología del Marco Lógico",
    mal="""
        | Nivel         | Nivel →        |
        | Componente 2  | Componente 2 ✗ |
        | Actividad 2.1 | (quitar)       |
        | Actividad 2.2 | (quitar)       |
        """,
    bien="""
        | Nivel         | Nivel →  |
        | Actividad 2.2 | (quitar) |
        """,
)
def componente_sin_actividades(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Cada Componente tiene al menos una Actividad."""
    con_actividad = {n.componente for f in renglones(libro) if (n := nivel_de(f)) and n.clase == "Actividad"}
    for fila in renglones(libro):
        nivel = nivel_de(fila)
        if nivel and nivel.clase == "Componente" and nivel.componente not in con_actividad:
            yield Observacion(f"{nivel} no tiene ninguna Actividad", fila["nivel"], lee=niveles(libro))
