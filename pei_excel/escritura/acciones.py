"""El informe interno «Seguimiento de Acciones»: resultados alcanzados acumulados al trimestre, por programa.

Es el segundo de los productos trimestrales del área de planeación (Programa Operativo Anual 2024, Actividad 3.1). Las
Actividades van en «Acciones»; el Fin, el Propósito y los Componentes, en «Resultados».
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pei_excel.calculos import formula_acumular
from pei_excel.escritura.consolidado_comun import CIFRA, ENCABEZADO, ENTERO, PORCENTAJE, colorear, imprimir, titular
from pei_excel.escritura.consolidado_indicadores import FormulasDeIndicador, valores_de
from pei_excel.escritura.estilos import BANDA, BORDE, Estilos
from pei_excel.escritura.filas_armadas import (
    FILA,
    HojaDeFilas,
    con_formula,
    con_numero,
    entidades,
    hoja_de_filas,
    principio,
)
from pei_excel.escritura.hoja import LibroNuevo, abrir_libro, escribir_formula
from pei_excel.escritura.medidas import alto_de_fila
from pei_excel.escritura.rapido import LibroRapido
from pei_excel.escritura.tesoreria import escribir_firmas
from pei_excel.periodos import ORDINALES
from pei_excel.tablas import Grupo, Renglon, Tablas
from pei_excel.textos import cuenta
from pei_excel.ubicacion import letra

RESUMEN = "Resumen"
_DERECHA: dict[str, Any] = {"align": "right", "text_wrap": False}
_CIFRAS: dict[str, Any] = {**_DERECHA, "num_format": CIFRA}
_APOYO: dict[str, Any] = {"font_size": 8, "font_color": "#595959"}


class _Parte(NamedTuple):
    """Una de las dos partes del informe: su hoja y los niveles que lista."""

    hoja: str
    titulo: str
    clases: tuple[str, ...]
    promedia: str  #: el nivel cuya media se da por programa


PARTES = (
    _Parte("Acciones", "Seguimiento de Acciones", ("Actividad", "Otro"), "Actividad"),
    _Parte("Resultados", "Resultados alcanzados acumulados", ("Fin", "Propósito", "Componente"), "Componente"),
)

#: (clave, título, ancho, propiedades); las de los cálculos llevan la clave con que las nombra `FormulasDeIndicador`.
_COLUMNAS: tuple[tuple[str, str, float, dict[str, Any]], ...] = (
    ("nivel", "Nivel", 13, {}), ("nombre", "Indicador", 36, {}), ("unidad", "Unidad Responsable", 22, {}),
    ("medida", "Unidad de Medida", 12.5, {}), ("meta", "Meta anual", 11, _CIFRAS),
    *((f"a{n}", f"Alcanzado {o} Trim.", 10, _CIFRAS) for n, o in enumerate(ORDINALES, 1)),
    ("al_periodo_p", "Programado acumulado", 11.5, _CIFRAS), ("al_periodo_a", "Alcanzado acumulado", 11, _CIFRAS),
    ("al_periodo_d", "Diferencia", 10.5, _CIFRAS),
    ("al_periodo_pct", "%", 7.5, {**_DERECHA, "num_format": PORCENTAJE}),
    ("al_periodo_s", "Semáforo", 16, {"align": "center"}), ("explica", "Lo que explica la unidad", 36, {}),
    *((f"p{n}", f"Programado {o} Trim. (apoyo)", 10, {**_APOYO, **_CIFRAS}) for n, o in enumerate(ORDINALES, 1)),
    ("topado", "% que entra al promedio (apoyo)", 11, {**_APOYO, "align": "right", "num_format": PORCENTAJE}),
    ("clase", "Clase (apoyo)", 11, _APOYO),
)
_LETRAS = {clave: letra(n) for n, (clave, *_) in enumerate(_COLUMNAS, 1)}
_ANCHO_DEL_SEMAFORO = next(ancho for clave, _, ancho, _ in _COLUMNAS if clave == "al_periodo_s")
_IMPRESAS = list(_LETRAS).index("explica") + 1


class _Bloque(NamedTuple):
    """Dónde quedó un programa en una de las partes."""

    fila: int  #: la de su banda
    primera: int
    ultima: int


def escribir_acciones(destino: Path | BinaryIO, tablas: Tablas, *, papel: str = "oficio") -> None:
    """Escribe el informe; los mismos argumentos dan los mismos bytes."""
    libro = abrir_libro(
        destino, titulo=f"Seguimiento de Acciones {tablas.periodo.al_periodo} de {tablas.periodo.ejercicio}",
        asunto="Resultados alcanzados acumulados por Programa Presupuestario",
        creado=datetime.combine(tablas.corte, time()), clase=LibroRapido,
    )
    resumen = hoja_de_filas(libro, RESUMEN)
    lugares = [_escribir_parte(libro, hoja_de_filas(libro, parte.hoja), tablas, parte, papel) for parte in PARTES]
    _escribir_resumen(libro, resumen, tablas, lugares, papel)
    escribir_firmas(libro, hoja_de_filas(libro, "Firmas"), tablas, papel, ("Elaboró", "Revisó", "Vo. Bo."))
    resumen.activate()
    libro.close()


def _escribir_parte(
    libro: LibroNuevo, hoja: HojaDeFilas, tablas: Tablas, parte: _Parte, papel: str
) -> list[_Bloque | None]:
    estilos = libro.estilos
    titular(
        hoja, f"{parte.titulo} por Programa Presupuestario", tablas, estilos,
        "Lo acumulado se calcula de los trimestres, según la forma de acumular de cada indicador.",
    )
    titulo, apoyo = estilos("encabezado", bold=True), estilos("encabezado_apoyo")
    for n, (_, texto, ancho, _estilo) in enumerate(_COLUMNAS):
        hoja.set_column(n, n, ancho)
        hoja.write_string(ENCABEZADO - 1, n, texto, titulo if n < _IMPRESAS else apoyo)
    hoja.set_row(ENCABEZADO - 1, alto_de_fila([(t, a * 0.9) for _, t, a, _ in _COLUMNAS[:_IMPRESAS]]) + 2)
    escritor = _Escritor(hoja, tablas, estilos)
    fila = ENCABEZADO
    bloques: list[_Bloque | None] = []
    for programa in tablas.por_programa:
        suyos = [r for r in tablas.de(programa) if r.evaluado.clase in parte.clases]
        if not suyos:
            bloques.append(None)
            continue
        bloque = _Bloque(fila + 1, fila + 2, fila + 1 + len(suyos))
        escritor.banda(bloque, programa, parte)
        for fila, renglon in enumerate(suyos, bloque.primera):
            escritor.renglon(fila, renglon)
        bloques.append(bloque)
    ultima = max(fila, ENCABEZADO + 1)
    if fila == ENCABEZADO:
        hoja.agregar(ultima, hoja.texto(principio(1, estilos("texto")), "Ningún indicador."), 18)
    hoja.abarcar(ultima, len(_COLUMNAS))
    hoja.freeze_panes(ENCABEZADO, 2)
    s = list(_LETRAS).index("al_periodo_s") + 1
    colorear(hoja, (ENCABEZADO + 1, s, ultima, s), tablas.perfil, estilos)
    imprimir(hoja, tablas, (ultima, _IMPRESAS), papel=papel)
    return bloques


class _Escritor:
    """Escribe bandas y renglones con sus estilos y fórmulas preparados una vez."""

    def __init__(self, hoja: HojaDeFilas, tablas: Tablas, estilos: Estilos) -> None:
        self._hoja, self._q = hoja, tablas.periodo.trimestre
        numeradas = [(n, clave, estilo) for n, (clave, _, _, estilo) in enumerate(_COLUMNAS, 1)]
        self._inicios = {
            c: principio(n, estilos("futuro" if c in self._futuras() else "celda", **e)) for n, c, e in numeradas
        }
        # Sin líneas verticales: el nombre del programa ocupa varias celdas.
        relleno = {"bold": True, "bg_color": BANDA, "left": 0, "right": 0}
        self._de_banda = {c: principio(n, estilos("celda", **e, **relleno)) for n, c, e in numeradas[:_IMPRESAS]}
        self._texto_de_banda = principio(1, estilos("celda", text_wrap=False, **relleno))
        self._formulas = FormulasDeIndicador(
            tablas.perfil, self._q, tablas.periodo.cierra_el_ejercicio, _LETRAS
        )

    def _futuras(self) -> set[str]:
        return {f"a{n}" for n in range(self._q + 1, 5)}

    def banda(self, bloque: _Bloque, programa: Grupo, parte: _Parte) -> None:
        """El renglón que abre un programa, con la media de lo que se promedia de él en esta parte."""
        topado, clase = (
            f"{_LETRAS[c]}{bloque.primera}:{_LETRAS[c]}{bloque.ultima}" for c in ("topado", "clase")
        )
        de = f'{clase},"{parte.promedia}"'
        media = entidades(f'IF(COUNTIFS({de},{topado},">=0")=0,"–",AVERAGEIFS({topado},{de}))')
        valor = programa.medias[parte.promedia]
        celdas = [self._hoja.texto(self._texto_de_banda, programa.nombre)]
        for n, (clave, inicio) in enumerate(self._de_banda.items()):
            if clave == "al_periodo_pct":
                celdas.append(con_formula(inicio, media, "–" if valor is None else valor))
            elif clave == "al_periodo_d":
                celdas.append(self._hoja.texto(inicio, "Media"))
            elif n:
                celdas.append(con_numero(inicio, None))
        self._hoja.agregar(bloque.fila, "".join(celdas), 20)

    def renglon(self, fila: int, renglon: Renglon) -> None:
        """Un indicador con sus trimestres, lo acumulado y lo que la unidad explica."""
        i = renglon.indicador
        textos = {
            "nivel": i.etiqueta, "nombre": i.nombre, "unidad": str(renglon.libro.unidad or "Sin unidad"),
            "medida": str(i.fila.valor("unidad_medida") or ""), "clase": i.clase, "explica": _explicacion(renglon),
        }
        valores = {**textos, **valores_de(i, renglon.topado), "meta": i.meta_anual}
        valores |= {f"a{n}": v for n, v in enumerate(i.alcanzado, 1)}
        valores |= {f"p{n}": v for n, v in enumerate(i.programado, 1)}
        trimestres = f"{_LETRAS['p1']}{FILA}:{_LETRAS['p4']}{FILA}"
        formulas = {**self._formulas.de(i), "meta": entidades(formula_acumular(i.acumulacion, trimestres))}
        medidos = [(textos[c], a) for c, _, a, _ in _COLUMNAS if c in textos and c != "clase"]
        medidos.append((renglon.palabra, _ANCHO_DEL_SEMAFORO))
        celdas = self._hoja.renglon(self._inicios, valores, formulas)
        self._hoja.agregar(fila, celdas, alto_de_fila(medidos, minimo=18))


def _explicacion(renglon: Renglon) -> str:
    partes = ((renglon.causa, "Causa"), (renglon.medida, "Medida"))
    return ". ".join(f"{nombre}: {texto.rstrip('. ')}" for texto, nombre in partes if texto)


def _escribir_resumen(
    libro: LibroNuevo, hoja: HojaDeFilas, tablas: Tablas, lugares: Sequence[Sequence[_Bloque | None]], papel: str
) -> None:
    """Un renglón por programa, en el orden de sus claves, que cita las bandas de las dos partes."""
    estilos = libro.estilos
    titulos = (
        ("Programa Presupuestario", 52.0), ("Unidades", 10.0), ("Actividades", 12.0), ("Actividades: media (%)", 13.0),
        ("Fin, Propósito y Componentes", 14.0), ("Componentes: media (%)", 14.0), ("Por explicar", 11.0),
        *((f"Ver {p.hoja.lower()}", 13.0) for p in PARTES),
    )
    titular(
        hoja, "Seguimiento de Acciones y resultados alcanzados acumulados", tablas, estilos,
        f"{tablas.cobertura.breve('en «Control de entregas» del consolidado')}. El detalle está en "
        f"«{PARTES[0].hoja}» y «{PARTES[1].hoja}».", anchos=[ancho for _, ancho in titulos],
    )
    encabezado = estilos("encabezado", bold=True)
    for n, (titulo, ancho) in enumerate(titulos):
        hoja.set_column(n, n, ancho)
        hoja.write_string(ENCABEZADO - 1, n, titulo, encabezado)
    hoja.set_row(ENCABEZADO - 1, alto_de_fila([(t, a * 0.9) for t, a in titulos]) + 2)
    texto, enlace = estilos("celda"), estilos("enlace", border=1, border_color=BORDE, align="center")
    entero = estilos("celda", align="right", num_format=ENTERO)
    media = estilos("celda", align="right", num_format=PORCENTAJE)
    fila = ENCABEZADO
    for n, programa in enumerate(tablas.por_programa):
        fila += 1
        renglones = tablas.de(programa)
        hoja.write_string(fila - 1, 0, programa.nombre, texto)
        hoja.write_number(fila - 1, 1, len({r.libro.identidad[0] for r in renglones}), entero)
        for p, (parte, bloques) in enumerate(zip(PARTES, lugares, strict=True)):
            bloque, columna = bloques[n], 3 + 2 * p
            cuantos = sum(r.evaluado.clase in parte.clases for r in renglones)
            if bloque is None:
                hoja.write_number(fila - 1, columna - 1, 0, entero)
                hoja.write_string(fila - 1, columna, "–", estilos("celda", align="right"))
                hoja.write_string(fila - 1, 7 + p, "–", estilos("celda", align="center"))
                continue
            clases = f"'{parte.hoja}'!{_LETRAS['clase']}{bloque.primera}:{_LETRAS['clase']}{bloque.ultima}"
            escribir_formula(hoja, fila, columna, f"COUNTA({clases})", entero, cuantos)
            valor = programa.medias[parte.promedia]
            escribir_formula(
                hoja, fila, columna + 1, f"'{parte.hoja}'!{_LETRAS['al_periodo_pct']}{bloque.fila}", media,
                "–" if valor is None else valor,
            )
            hoja.write_url(fila - 1, 7 + p, f"internal:'{parte.hoja}'!A{bloque.fila}", enlace, "Ver")
        hoja.write_number(fila - 1, 6, sum(r.por_explicar for r in renglones), entero)
        hoja.set_row(fila - 1, alto_de_fila([(programa.nombre, titulos[0][1])], minimo=18))
    if not tablas.por_programa:
        fila += 1
        hoja.write_string(fila - 1, 0, "Ningún programa.", texto)
    nota = estilos("nota", text_wrap=False)
    medias = (
        "Media simple del % al periodo de cada indicador, topado a 100; sin reporte, 0. Por explicar: bajo el verde, "
        "sin reporte o por encima del límite del semáforo."
    )
    indicadores = cuenta(len(tablas.renglones), "indicador", "indicadores")
    notas = (medias, f"Contiene {indicadores} de {cuenta(len(tablas.por_programa), 'programa', 'programas')}.")
    for n, aviso in enumerate(notas, fila + 1):
        hoja.write_string(n, 0, aviso, nota)
    hoja.freeze_panes(ENCABEZADO, 1)
    imprimir(hoja, tablas, (fila + 1 + len(notas), len(titulos)), papel=papel)

