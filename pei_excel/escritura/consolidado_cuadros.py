"""Los cuadros «Por programa», «Por unidad», «Por eje» y «Por nivel»: un renglón por grupo, contado en «Indicadores»."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pei_excel.escritura.consolidado_comun import (
    ENCABEZADO,
    ENTERO,
    PORCENTAJE,
    imprimir,
    llaves_de,
    relleno_de,
    titular,
)
from pei_excel.escritura.consolidado_indicadores import Indicadores
from pei_excel.escritura.estilos import Estilos
from pei_excel.escritura.filas_armadas import (
    FILA,
    HojaDeFilas,
    con_formula,
    entidades,
    hoja_de_filas,
    principio,
)
from pei_excel.escritura.hoja import LibroNuevo
from pei_excel.escritura.medidas import alto_de_fila, largo
from pei_excel.tablas import PROMEDIADOS, Grupo, Tablas
from pei_excel.ubicacion import letra

PRIMERA = ENCABEZADO + 1
_NOTA_MEDIAS = (
    "Media simple del % al periodo de cada indicador, topado a 100; «Sin reporte» entra como 0. Componentes y "
    "Actividades por separado; Fin y Propósito no se promedian. n: indicadores que entran a la media."
)
_NOTA_TOTAL = (
    "El renglón de la institución se calcula con todos los indicadores de la hoja «Indicadores»; no es suma ni media "
    "de los renglones de este cuadro."
)
_NOTA_EJES = (
    "Un programa vinculado a dos ejes cuenta en los dos: los ejes no se suman entre sí ni dan el total de la "
    "institución."
)


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


def escribir_cuadros(
    libro: LibroNuevo, tablas: Tablas, indicadores: Indicadores, *, papel: str
) -> dict[str, Cuadro]:
    """Escribe los cuatro cuadros en su orden; devuelve dónde quedó cada cual."""
    notas = (_NOTA_MEDIAS, _NOTA_TOTAL)
    return {
        nombre: _escribir_cuadro(libro, tablas, indicadores, nombre, grupos, columna, titulo_nombre, avisos, papel)
        for nombre, grupos, columna, titulo_nombre, avisos in (
            ("Por programa", tablas.por_programa, "llave_programa", "Programa Presupuestario", notas),
            ("Por unidad", tablas.por_unidad, "llave_unidad", "Unidad Responsable", notas),
            ("Por eje", tablas.por_eje, "llave_eje", "Eje del Plan Municipal de Desarrollo", (_NOTA_EJES, *notas)),
            ("Por nivel", tablas.por_nivel, "clase", "Nivel de la MIR", notas),
        )
    }


def _escribir_cuadro(
    libro: LibroNuevo, tablas: Tablas, indicadores: Indicadores, nombre: str, grupos: Sequence[Grupo], columna: str,
    titulo_nombre: str, notas: Sequence[str], papel: str,
) -> Cuadro:
    hoja, estilos = hoja_de_filas(libro, nombre), libro.estilos
    titular(hoja, f"Indicadores y cumplimiento {nombre.lower()}", tablas, estilos, tablas.perfil.etiqueta)
    palabras = tablas.palabras
    titulos = ["Clave", titulo_nombre, "Indicadores", *palabras, "Requieren explicación"]
    claves = ["clave", "nombre", "total", *palabras, "por_explicar"]
    for clase, plural in zip(PROMEDIADOS, ("Componentes", "Actividades"), strict=True):
        titulos += [f"{plural}: media (%)", f"{plural}: n"]
        claves += [clase, f"{clase} n"]
    letras = {clave: letra(n) for n, clave in enumerate(claves, 1)}
    anchos = [12.0 if columna == "clase" else 9.0, 44.0, 11.0, *map(_ancho, palabras), 12.0, 13.0, 12.5, 12.0, 11.5]
    for n, (titulo, ancho) in enumerate(zip(titulos, anchos, strict=True)):
        hoja.set_column(n, n, ancho)
        relleno = relleno_de(tablas.perfil, titulo)
        hoja.write_string(ENCABEZADO - 1, n, titulo, estilos("encabezado", bold=True, **relleno))
    hoja.set_row(ENCABEZADO - 1, alto_de_fila([(t, a * 0.92) for t, a in zip(titulos, anchos, strict=True)]))
    filas = {g.clave: n for n, g in enumerate(grupos, PRIMERA)}
    cuadro = Cuadro(nombre, letras, filas, PRIMERA + len(grupos))
    _escribir_grupos(hoja, tablas, indicadores, cuadro, grupos, columna, anchos[1], estilos)
    hoja.abarcar(cuadro.fila_total, len(titulos))
    hoja.ignore_errors({"number_stored_as_text": f"A{PRIMERA}:A{cuadro.fila_total}"})
    hoja.freeze_panes(PRIMERA - 1, 2)
    ultima = _notas(hoja, cuadro.fila_total + 2, notas, anchos, estilos)
    imprimir(hoja, tablas, (ultima, len(titulos)), papel=papel)
    return cuadro


def _ancho(palabra: str) -> float:
    """Ancho de una columna de conteo: el de la palabra más larga de su título."""
    return max(10.0, *(round(largo(p, negritas=True) / 5 + 2, 1) for p in palabra.split()))


def _notas(hoja: HojaDeFilas, fila: int, notas: Sequence[str], anchos: Sequence[float], estilos: Estilos) -> int:
    # Las filas agregadas van al final del XML: una nota escrita por el camino normal quedaría antes que ellas.
    formato = estilos("nota", text_wrap=False)
    for n, nota in enumerate(notas, fila):
        hoja.agregar(n, hoja.texto(principio(1, formato), nota))
    hoja.abarcar(fila + len(notas) - 1, len(anchos))
    return fila + len(notas) - 1


def _escribir_grupos(
    hoja: HojaDeFilas, tablas: Tablas, ind: Indicadores, cuadro: Cuadro, grupos: Sequence[Grupo], columna: str,
    ancho_nombre: float, estilos: Estilos,
) -> None:
    nombres = llaves_de(grupos)
    a = f"$A{FILA}"
    criterio = {"llave_eje": f'"*|"&{a}&"|*"', "clase": a}.get(columna, f'"|"&{a}&"|"')
    de_grupo = f"{ind.rango(columna)},{criterio}"
    for total in (False, True):
        formulas = _formulas(tablas, ind, cuadro, "" if total else de_grupo)
        propio = {"bold": True, "bg_color": "#E6ECF1"} if total else {}
        inicios = {
            clave: principio(n, estilos("celda", **propio, **_formato(clave, tablas.palabras)))
            for n, clave in enumerate(cuadro.columnas, 1)
        }
        for fila, grupo in [(cuadro.fila_total, tablas.institucion)] if total else [
            (cuadro.filas[g.clave], g) for g in grupos
        ]:
            clave = "" if total else nombres[grupo.clave] if columna != "clase" else grupo.clave
            nombre = "Institución" if total else grupo.nombre
            valores = _valores(grupo, tablas)
            celdas = [
                hoja.texto(inicios["clave"], clave) if clave else f"{inicios['clave']}/>",
                hoja.texto(inicios["nombre"], nombre),
                *(con_formula(inicios[c], f, valores[c]) for c, f in formulas.items()),
            ]
            hoja.agregar(fila, "".join(celdas), alto_de_fila([(nombre, ancho_nombre)], minimo=18))


def _formato(clave: str, palabras: Sequence[str]) -> dict[str, object]:
    if clave in {"clave", "nombre"}:
        return {}
    es_media = clave in PROMEDIADOS and clave not in palabras
    return {"align": "right", "text_wrap": False, "num_format": PORCENTAJE if es_media else ENTERO}


def _formulas(tablas: Tablas, ind: Indicadores, cuadro: Cuadro, de_grupo: str) -> dict[str, str]:
    """Clave de columna → fórmula, para los renglones de un grupo o (sin `de_grupo`) para la institución."""
    y = f"{de_grupo}," if de_grupo else ""
    estado = ind.rango("al_periodo_s")
    formulas = {"total": f"COUNTIFS({de_grupo})" if de_grupo else f'COUNTIFS({ind.rango("llave_unidad")},"|*")'}
    for palabra in tablas.palabras:
        formulas[palabra] = f"COUNTIFS({y}{estado},{cuadro.columnas[palabra]}${ENCABEZADO})"
    formulas["por_explicar"] = "+".join(f"{cuadro.columnas[p]}{FILA}" for p in por_explicar(tablas))
    topado, clases = ind.rango("topado"), ind.rango("clase")
    for clase in PROMEDIADOS:
        de_clase = f'{y}{clases},"{clase}"'
        n = f"{cuadro.columnas[f'{clase} n']}{FILA}"
        formulas[clase] = f'IF({n}=0,"–",AVERAGEIFS({topado},{de_clase}))'
        formulas[f"{clase} n"] = f'COUNTIFS({de_clase},{topado},">=0")'
    return {clave: entidades(f) for clave, f in formulas.items()}


def _valores(grupo: Grupo, tablas: Tablas) -> dict[str, float | str | None]:
    valores: dict[str, float | str | None] = {p: grupo.conteos.get(p, 0) for p in tablas.palabras}
    valores["total"] = grupo.total
    valores["por_explicar"] = sum(grupo.conteos.get(p, 0) for p in por_explicar(tablas))
    for clase in PROMEDIADOS:
        media = grupo.medias.get(clase)
        valores[clase] = "–" if media is None else media
        valores[f"{clase} n"] = grupo.cuantos.get(clase, 0)
    return valores


def por_explicar(tablas: Tablas) -> tuple[str, ...]:
    """Palabras del semáforo que piden una explicación: debajo del verde, sin reporte o por encima del límite."""
    bandas = [b.palabra for b in tablas.perfil.bandas if b.color != "verde"]
    return tuple(p for p in tablas.palabras if p in bandas or p == "Sin reporte")


__all__ = ["Cuadro", "escribir_cuadros", "por_explicar"]
