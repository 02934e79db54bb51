"""Los cuadros «Por …» del consolidado: un renglón por grupo, contado y sumado en la hoja de detalle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from pei_excel.escritura.consolidado_comun import (
    ENCABEZADO,
    ENTERO,
    PORCENTAJE,
    Detalle,
    con_cortes,
    imprimir,
    llaves_de,
    relleno_de,
    titular,
)
from pei_excel.escritura.estilos import Estilos
from pei_excel.escritura.filas_armadas import (
    FILA,
    HojaDeFilas,
    entidades,
    hoja_de_filas,
    principio,
)
from pei_excel.escritura.hoja import LibroNuevo
from pei_excel.escritura.medidas import alto_de_fila, largo
from pei_excel.frases_comunes import VOCABULARIO
from pei_excel.tablas import PROMEDIADOS, Agrupacion, Grupo, Tablas
from pei_excel.ubicacion import letra

PRIMERA = ENCABEZADO + 1
_NOTA_MEDIAS = (
    "Media simple del % al periodo de cada indicador, topado a 100; «Sin reporte» entra como 0. Componentes y "
    "Actividades por separado; Fin y Propósito no se promedian. n: indicadores que entran a la media."
)
_NOTA_TOTAL = (
    "El renglón de la institución se calcula con todos los {varios} de la hoja «{hoja}»; no es suma ni media "
    "de los renglones de este cuadro."
)
_NOTA_EJES = (
    "Un programa vinculado a dos ejes cuenta en los dos: los ejes no se suman entre sí ni dan el total de la "
    "institución."
)
#: Agrupaciones sin una clave que se lea: la llave con que se cuentan va al final y no se imprime.
_SIN_CLAVE = frozenset({"nivel", "gerencia"})
_ANCHO_DE_NOMBRE = 44.0


class Cuadro(NamedTuple):
    """Un cuadro ya escrito: dónde está cada cifra, para citarla."""

    hoja: str
    columnas: dict[str, str]  #: palabra, «total», «por_explicar», «Componente», «Componente n»… → letra
    filas: dict[str, int]  #: clave del grupo → fila
    fila_total: int

    def celda(self, columna: str, clave: str | None = None) -> str:
        """Referencia a una cifra de un grupo; sin clave, la de la institución."""
        fila = self.fila_total if clave is None else self.filas[clave]
        return f"'{self.hoja}'!{self.columnas[columna]}{fila}"


class Suyos(NamedTuple):
    """Los renglones del detalle que son de un grupo, para contarlos y sumarlos por condición."""

    detalle: Detalle
    criterio: str  #: «rango,condición» del grupo; vacío en la institución
    columnas: Mapping[str, str]

    def y(self, *pares: str) -> str:
        """El criterio del grupo y otros pares «rango,condición»."""
        return ",".join(p for p in (self.criterio, *pares) if p)

    def celda(self, clave: str) -> str:
        """La celda de otra columna del mismo renglón del cuadro."""
        return f"{self.columnas[clave]}{FILA}"

    def suma(self, clave: str) -> str:
        """Suma de una columna del detalle."""
        rango = self.detalle.rango(clave)
        return f"SUMIFS({rango},{self.criterio})" if self.criterio else f"SUM({rango})"


class ColumnaDeGrupo(NamedTuple):
    """Una columna de un cuadro: su título, su fórmula para un grupo y el valor que da; sin fórmula, un texto."""

    clave: str
    titulo: str
    ancho: float
    formula: Callable[[Suyos], str] | None
    valor: Callable[[Grupo], float | str | None]
    formato: str = ENTERO


def escribir_cuadros(libro: LibroNuevo, tablas: Tablas, indicadores: Detalle, *, papel: str) -> dict[str, Cuadro]:
    """Escribe los cuatro cuadros de la MIR en su orden; devuelve dónde quedó cada cual."""
    columnas = (*columnas_de_conteo(tablas), *_columnas_de_medias())
    return {
        a.hoja: escribir_cuadro_de_grupos(
            libro, tablas, indicadores, a, columnas, papel=papel,
            notas=(*((_NOTA_EJES,) if a.clave == "eje" else ()), _NOTA_MEDIAS, nota_del_total(tablas, indicadores)),
        )
        for a in tablas.agrupaciones
    }


def nota_del_total(tablas: Tablas, detalle: Detalle) -> str:
    """Que el total no sale de los renglones del cuadro."""
    nota = _NOTA_TOTAL.format(varios=VOCABULARIO[tablas.formato].varios, hoja=detalle.hoja)
    return nota.replace("todos los act", "todas las act")


def columnas_de_conteo(tablas: Tablas) -> tuple[ColumnaDeGrupo, ...]:
    """Cuántos hay en total, con cada palabra del semáforo y por explicar."""
    explican = por_explicar(tablas)

    def de_palabra(palabra: str) -> ColumnaDeGrupo:
        return ColumnaDeGrupo(
            palabra, palabra, _ancho(palabra),
            lambda s: f"COUNTIFS({s.y(s.detalle.rango('al_periodo_s'))},{s.columnas[palabra]}${ENCABEZADO})",
            lambda g: g.conteos.get(palabra, 0),
        )

    def total(s: Suyos) -> str:
        return f"COUNTIFS({s.criterio or s.detalle.rango('llave_unidad') + ',' + chr(34) + '|*' + chr(34)})"

    return (
        ColumnaDeGrupo(
            "total", VOCABULARIO[tablas.formato].varios.capitalize(), 11.0, total, lambda g: g.total
        ),
        *map(de_palabra, tablas.palabras),
        ColumnaDeGrupo(
            "por_explicar", "Requieren explicación", 12.0, lambda s: "+".join(s.celda(p) for p in explican),
            lambda g: sum(g.conteos.get(p, 0) for p in explican),
        ),
    )


def _columnas_de_medias() -> tuple[ColumnaDeGrupo, ...]:
    columnas: list[ColumnaDeGrupo] = []
    for clase, plural, anchos in zip(
        PROMEDIADOS, ("Componentes", "Actividades"), ((13.0, 12.5), (12.0, 11.5)), strict=True
    ):
        columnas += columnas_de_media(clase, f"{plural}: media (%)", f"{plural}: n", anchos, clase)
    return tuple(columnas)


def columnas_de_media(
    clave: str, titulo: str, titulo_n: str, anchos: tuple[float, float], clase: str | None
) -> tuple[ColumnaDeGrupo, ColumnaDeGrupo]:
    """La media simple de lo que entra al promedio y cuántos son; con `clase`, sólo los renglones de esa clase."""

    def criterio(s: Suyos) -> str:
        return s.y(f'{s.detalle.rango("clase")},"{clase}"' if clase else "")

    def media(s: Suyos) -> str:
        topado, suyos = s.detalle.rango("topado"), criterio(s)
        promedio = f"AVERAGEIFS({topado},{suyos})" if suyos else f"AVERAGE({topado})"
        return f'IF({s.celda(f"{clave} n")}=0,"–",{promedio})'

    def cuantos(s: Suyos) -> str:
        return f'COUNTIFS({",".join(p for p in (criterio(s), s.detalle.rango("topado")) if p)},">=0")'

    return (
        ColumnaDeGrupo(clave, titulo, anchos[0], media, lambda g: _o_raya(g.medias.get(clave)), PORCENTAJE),
        ColumnaDeGrupo(f"{clave} n", titulo_n, anchos[1], cuantos, lambda g: g.cuantos.get(clave, 0)),
    )


def _o_raya(valor: float | None) -> float | str:
    return "–" if valor is None else valor


def escribir_cuadro_de_grupos(
    libro: LibroNuevo, tablas: Tablas, detalle: Detalle, agrupacion: Agrupacion, columnas: Sequence[ColumnaDeGrupo], *,
    papel: str, notas: Sequence[str], corte: str | None = None,
) -> Cuadro:
    """Escribe la hoja de una agrupación; con `corte`, de esa columna en adelante se imprime en otra página."""
    hoja, estilos = hoja_de_filas(libro, agrupacion.hoja), libro.estilos
    palabras = VOCABULARIO[tablas.formato]
    por = agrupacion.hoja[:1].lower() + agrupacion.hoja[1:]
    grupos = tablas.grupos[agrupacion.clave]
    sin_clave = agrupacion.clave in _SIN_CLAVE
    fijas = 1 if sin_clave else 2
    clave = ("clave", "Clave" if not sin_clave else "Llave (apoyo)", 9.0)
    titulos = [("nombre", agrupacion.titulo, _ANCHO_DE_NOMBRE), *((c.clave, c.titulo, c.ancho) for c in columnas)]
    titulos.insert(len(titulos) if sin_clave else 0, clave)
    letras = {clave: letra(n) for n, (clave, *_) in enumerate(titulos, 1)}
    anchos = [ancho for *_, ancho in titulos]
    titulo = f"{palabras.cuadros} {por}"
    titular(hoja, titulo, tablas, estilos, tablas.perfil.etiqueta, fijas=anchos[:fijas] if corte else ())
    for n, (clave_propia, titulo, ancho) in enumerate(titulos):
        hoja.set_column(n, n, ancho)
        apoyo = sin_clave and clave_propia == "clave"
        formato = estilos("encabezado", bold=True, **relleno_de(tablas.perfil, titulo))
        hoja.write_string(ENCABEZADO - 1, n, titulo, estilos("encabezado_apoyo") if apoyo else formato)
    hoja.set_row(ENCABEZADO - 1, alto_de_fila([(t, a * 0.92) for _, t, a in titulos]))
    filas = {g.clave: n for n, g in enumerate(grupos, PRIMERA)}
    cuadro = Cuadro(agrupacion.hoja, letras, filas, PRIMERA + len(grupos))
    _escribir_grupos(hoja, tablas, detalle, cuadro, agrupacion, columnas, estilos)
    hoja.abarcar(cuadro.fila_total, len(titulos))
    hoja.ignore_errors({"number_stored_as_text": f"A{PRIMERA}:A{cuadro.fila_total}"})
    hoja.freeze_panes(PRIMERA - 1, fijas)
    ultima = _notas(hoja, cuadro.fila_total + 2, notas, anchos, estilos, columna=fijas + 1 if corte else 1)
    impresas = len(titulos) - sin_clave
    imprimir(hoja, tablas, (ultima, impresas), papel=papel)
    if corte:
        con_cortes(hoja, anchos[:impresas], fijas, [list(letras).index(corte)], papel)
    return cuadro


def _ancho(palabra: str) -> float:
    """Ancho de una columna de conteo: el de la palabra más larga de su título."""
    return max(10.0, *(round(largo(p, negritas=True) / 5 + 2, 1) for p in palabra.split()))


def _notas(
    hoja: HojaDeFilas, fila: int, notas: Sequence[str], anchos: Sequence[float], estilos: Estilos, *, columna: int
) -> int:
    # Las filas agregadas van al final del XML: una nota escrita por el camino normal quedaría antes que ellas.
    formato = estilos("nota", text_wrap=False)
    for n, nota in enumerate(notas, fila):
        hoja.agregar(n, hoja.texto(principio(columna, formato), nota))
    hoja.abarcar(fila + len(notas) - 1, len(anchos))
    return fila + len(notas) - 1


def _escribir_grupos(
    hoja: HojaDeFilas, tablas: Tablas, detalle: Detalle, cuadro: Cuadro, agrupacion: Agrupacion,
    columnas: Sequence[ColumnaDeGrupo], estilos: Estilos,
) -> None:
    grupos = tablas.grupos[agrupacion.clave]
    nombres = {g.clave: g.clave for g in grupos} if agrupacion.clave == "nivel" else llaves_de(grupos)
    a = f"${cuadro.columnas['clave']}{FILA}"
    criterio = {"eje": f'"*|"&{a}&"|*"', "nivel": a}.get(agrupacion.clave, f'"|"&{a}&"|"')
    de_clave = "clase" if agrupacion.clave == "nivel" else f"llave_{agrupacion.clave}"
    de_grupo = f"{detalle.rango(de_clave)},{criterio}"
    suyas = {c.clave: c for c in columnas}
    apoyo = list(cuadro.columnas)[-1] == "clave"
    for total in (False, True):
        suyos = Suyos(detalle, "" if total else de_grupo, cuadro.columnas)
        formulas = {c.clave: entidades(c.formula(suyos)) for c in columnas if c.formula}
        propio = {"bold": True, "bg_color": "#E6ECF1"} if total else {}
        inicios = {
            clave: principio(n, _estilo(estilos, suyas.get(clave), propio, apoyo=apoyo and clave == "clave"))
            for n, clave in enumerate(cuadro.columnas, 1)
        }
        for fila, grupo in [(cuadro.fila_total, tablas.institucion)] if total else [
            (cuadro.filas[g.clave], g) for g in grupos
        ]:
            textos = {
                "clave": "" if total else nombres[grupo.clave],
                "nombre": "Institución" if total else sin_codigo(grupo),
                **{c.clave: str(c.valor(grupo) or "") for c in columnas if c.formula is None},
            }
            valores = {clave: suyas[clave].valor(grupo) for clave in formulas}
            medidos = [(textos["nombre"], _ANCHO_DE_NOMBRE), ("" if apoyo else textos["clave"], 9.0)]
            medidos += [(textos[c.clave], c.ancho) for c in columnas if c.formula is None]
            hoja.agregar(fila, hoja.renglon(inicios, {**textos, **valores}, formulas), alto_de_fila(medidos, minimo=18))


def sin_codigo(grupo: Grupo) -> str:
    """El nombre sin el código que ya va en su columna: «OEI.03 Consolidar…» → «Consolidar…»."""
    resto = grupo.nombre.removeprefix(f"{grupo.clave} ")
    return grupo.nombre if resto.startswith("- ") else resto


def _estilo(estilos: Estilos, columna: ColumnaDeGrupo | None, propio: dict[str, object], *, apoyo: bool) -> object:
    if apoyo:
        return estilos("apoyo")
    if columna is None or columna.formula is None:
        return estilos("celda", **propio)
    return estilos("celda", **propio, align="right", text_wrap=False, num_format=columna.formato)


def por_explicar(tablas: Tablas) -> tuple[str, ...]:
    """Palabras del semáforo que piden una explicación: debajo del verde, sin reporte o por encima del límite."""
    bandas = [b.palabra for b in tablas.perfil.bandas if b.color != "verde"]
    return tuple(p for p in tablas.palabras if p in bandas or p == "Sin reporte")


__all__ = ["ColumnaDeGrupo", "Cuadro", "Suyos", "columnas_de_conteo", "columnas_de_media", "escribir_cuadro_de_grupos",
           "escribir_cuadros", "nota_del_total", "por_explicar", "sin_codigo"]
