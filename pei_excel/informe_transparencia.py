"""Lo que se imprime en la terminal después de escribir los libros de transparencia."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from pei_excel.hallazgo import Hallazgo
from pei_excel.publicar import COMPARACION, OBSERVACIONES, Hecha, Transparencia
from pei_excel.reglas.transparencia import origen_de
from pei_excel.textos import como_frase, cuenta, enumerar
from pei_excel.transparencia.comparacion import AUSENTE, CAMBIADA, NUEVA, Comparacion, Diferencia
from pei_excel.transparencia.disposicion import PorLlenar
from pei_excel.ubicacion import Ubicacion

#: Renglones que se imprimen de cada lista; los demás se cuentan y están en su archivo.
MUESTRA = 20
ANCHO = 110


def texto_de_transparencia(hecho: Transparencia, catalogo: Path) -> str:
    """Cada fracción: dónde quedó y qué hay que corregir, o qué falta en el catálogo; y lo que cambió."""
    r = hecho.resultados
    caracter = " (PRELIMINAR: el periodo no se ha cerrado)" if r.preliminar else ""
    lineas = [f"Transparencia, {r.periodo.nombre}{caracter}", ""]
    observados = sum(f.datos["informe"] == "observado" for f in r.fichas)
    if observados and hecho.hechas:
        cuantos = cuenta(observados, "indicador es", "indicadores son")
        lineas += [f"{cuantos} de informes con errores por corregir: van las cifras recalculadas.", ""]
    for una in hecho.hechas:
        lineas += [*_de_hecha(una), ""]
    for pendiente in hecho.por_llenar:
        lineas += [*_de_pendiente(pendiente, catalogo), ""]
    for archivo in hecho.sin_pareja:
        lineas += [f"«{archivo}» es de una fracción que no se escribió: no se comparó.", ""]
    lineas.append(f"Quedó en: {hecho.carpeta}" if hecho.hechas else "No se escribió nada.")
    return "\n".join(lineas) + "\n"


def _de_hecha(una: Hecha) -> list[str]:
    p = una.publicacion
    lineas = [f"Fracción {p.fraccion}: {p.archivo}, {cuenta(len(p.filas), 'fila', ninguno='ninguna fila')}; "
              + cuenta(len(una.hallazgos), "cosa por corregir", "cosas por corregir", "nada que corregir") + "."]
    lineas += _muestra(list(_de_hallazgos(una.hallazgos)), OBSERVACIONES)
    return lineas + (_de_comparacion(una.comparacion) if una.comparacion else [])


def _de_hallazgos(hallazgos: Sequence[Hallazgo]) -> Iterator[str]:
    """Lo mismo de varias celdas se dice una vez, con todas; cada una con la celda de donde salió."""
    grupos: dict[tuple[str, ...], list[Hallazgo]] = {}
    for h in hallazgos:
        grupos.setdefault((h.regla, h.donde.hoja or "", h.mensaje, h.como_corregir), []).append(h)
    for (regla, hoja, mensaje, remedio), suyos in grupos.items():
        yield f"  {suyos[0].severidad.value:5} {regla}  {hoja}: {mensaje} {remedio}"
        celdas = [f"{h.donde.celda} (de {_lugar(o)})" if (o := origen_de(h)) else h.donde.celda or "" for h in suyos]
        yield from textwrap.wrap(
            "; ".join(celdas), ANCHO, initial_indent=" " * 8, subsequent_indent=" " * 8, break_long_words=False,
            break_on_hyphens=False,
        )


def _lugar(u: Ubicacion) -> str:
    partes = [u.archivo, f"{u.hoja}!{u.celda}" if u.celda else u.hoja or ""]
    return ", ".join(x for x in partes if x)


def _muestra(lineas: Sequence[str], archivo: str) -> list[str]:
    sobran = len(lineas) - MUESTRA
    return [*lineas[:MUESTRA], *([f"  … y {sobran} más en {archivo}"] if sobran > 0 else [])]


def _de_pendiente(pendiente: PorLlenar, catalogo: Path) -> list[str]:
    donde = f"Fracción {pendiente.fraccion}: no se escribió. En «{catalogo.name}», hoja «Transparencia»:"
    return [donde, *(f"  - {como_frase(f)}" for f in pendiente.frases)]


def _de_comparacion(c: Comparacion) -> list[str]:
    ausentes = c.cuantas(AUSENTE)
    partes = [cuenta(c.iguales, "fila igual", "filas iguales"), cuenta(c.cuantas(NUEVA), "nueva"),
              cuenta(c.cuantas(CAMBIADA), "cambiada"),
              f"{ausentes} que ya no está{'' if ausentes == 1 else 'n'}"]
    con = f" del periodo {c.periodo}, porque no trae éste" if c.periodo else ""
    lineas = [f"  Comparada con «{c.archivo}»{con}: {enumerar(partes)}."]
    if c.aparte:
        lineas.append(f"  No se miraron {cuenta(c.aparte, 'fila publicada', 'filas publicadas')} de otros periodos.")
    if c.sin_reconocer:
        lineas.append(f"  No se compararon sus columnas {enumerar(f'«{t}»' for t in c.sin_reconocer)}.")
    return lineas + _muestra([_de_diferencia(d) for d in c.diferencias], COMPARACION)


def _de_diferencia(d: Diferencia) -> str:
    if d.que == CAMBIADA and d.celda and d.publicada:
        return (f"  cambiada    {d.celda.celda} (publicada en {d.publicada.celda}), {d.fila}, {d.campo}: "
                f"«{d.antes}» → «{d.ahora}»")
    lugar = d.celda or d.publicada
    return f"  {d.que:11} {'publicada en ' if d.que == AUSENTE else ''}{lugar.celda if lugar else ''}, {d.fila}"
