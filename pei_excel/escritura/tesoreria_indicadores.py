"""La hoja «Indicadores» del informe para la Tesorería, y lo común a sus hojas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

from pei_excel.calculos import TOLERANCIA, Cifra, Estado, acumular, formula_cumplimiento
from pei_excel.escritura.consolidado_comun import (
    CIFRA,
    PORCENTAJE,
    al_periodo_de,
    colorear,
    fecha,
    llaves_de,
    pie_de,
)
from pei_excel.escritura.estilos import Estilos
from pei_excel.escritura.filas_armadas import FILA, HojaDeFilas, entidades, principio
from pei_excel.escritura.hoja import LibroNuevo, configurar_impresion
from pei_excel.escritura.medidas import alto_de_fila
from pei_excel.evaluacion import SE_MIDE_DESPUES, Indicador
from pei_excel.modificaciones import MetaModificada, metas_modificadas
from pei_excel.tablas import Renglon, Tablas
from pei_excel.textos import cuenta, numero
from pei_excel.ubicacion import letra

RECALCULADA = "¹ Cifra recalculada; solventación en trámite."
RESUELTA = "³ Cifra recalculada; la oficina resolvió que no procede corregirla."
#: Letra de todo el libro: se lee en un teléfono sin ampliar.
LETRA = 10
ENCABEZADO = 4
PRIMERA = ENCABEZADO + 1
MODIFICADA = "² Meta modificada"
MARCADA = '#,##0.00"¹"'
TENUE: dict[str, Any] = {"font_size": 9, "font_color": "#595959"}
DERECHA: dict[str, Any] = {"align": "right", "font_size": LETRA, "text_wrap": False}

#: (clave, título, ancho, propiedades de sus celdas)
COLUMNAS: tuple[tuple[str, str, float, dict[str, Any]], ...] = (
    ("programa", "Unidad y programa", 11, {}), ("nivel", "Nivel", 15, {}), ("nombre", "Indicador", 34, {}),
    ("medida", "Unidad de Medida", 13, {}), ("meta", "Meta anual", 13, {**DERECHA, "num_format": CIFRA}),
    ("p", "Programado al periodo", 13, {**DERECHA, "num_format": CIFRA}),
    ("a", "Alcanzado al periodo", 13, {**DERECHA, "num_format": CIFRA}),
    ("pct", "% al periodo", 10, {**DERECHA, "num_format": PORCENTAJE}), ("s", "Semáforo", 18, {"align": "center"}),
    ("informo", "La unidad informó", 19, {}),
    ("topado", "% que entra al promedio (apoyo)", 12, {**TENUE, "align": "right", "num_format": PORCENTAJE}),
    ("clase", "Clase (apoyo)", 12, TENUE), ("llave", "Programa (apoyo)", 12, TENUE),
)
LETRAS = {clave: letra(n) for n, (clave, *_) in enumerate(COLUMNAS, 1)}
_ANCHOS = {clave: ancho for clave, _, ancho, _ in COLUMNAS}
_IMPRESAS = 10
_ANCHO_DE_NOTA = 165  #: caracteres de una nota que caben en lo que se imprime


#: Lo que la unidad informa calculado y su columna.
_INFORMADAS = {"alcanzado": "alcanzado_acumulado", "meta anual": "programado_acumulado"}


def resueltas(renglon: Renglon) -> set[str]:
    """De lo que informó distinto, lo que la oficina resolvió que no procede corregir."""
    i = renglon.indicador
    return {nombre for nombre, _ in informado_distinto(i) if renglon.resuelta(i.fila[_INFORMADAS[nombre]])}


def notas_de_recalculadas(en_tramite: int, resueltos: int) -> list[str]:
    """Las notas al pie de las cifras recalculadas: de cuántos renglones son, por si se solventan o no."""
    return [
        f"{nota} Se muestra la nuestra y, a su lado, la que informó la unidad ({cuenta(n, 'renglón', 'renglones')})."
        for nota, n in ((RECALCULADA, en_tramite), (RESUELTA, resueltos)) if n
    ]


def informado_distinto(i: Indicador) -> list[tuple[str, Cifra]]:
    """Lo que la unidad informó y no es lo que dan sus trimestres: («alcanzado», 0.0), («meta anual», 90.0)."""
    distintos: list[tuple[str, Cifra]] = []
    for nombre, nuestro in (("alcanzado", i.al_periodo.alcanzado), ("meta anual", i.meta_anual)):
        dato = i.fila[_INFORMADAS[nombre]]
        if isinstance(dato.valor, (int, float)) and abs(dato.valor - (nuestro or 0)) > TOLERANCIA + 1e-9:
            distintos.append((nombre, float(dato.valor)))
    return distintos


def titulos(hoja: Any, titulo: str, tablas: Tablas, estilos: Estilos) -> None:
    hoja.hide_gridlines(2)
    texto = f"{titulo} {al_periodo_de(tablas.periodo)} · {tablas.caracter}"
    hoja.write_string(0, 0, texto, estilos("subtitulo", font_size=14))
    hoja.set_row(0, 22)
    linea = f"Corte: {fecha(tablas.corte)} · {tablas.perfil.etiqueta}"
    hoja.write_string(1, 0, linea, estilos("nota", text_wrap=False, font_size=9))


def encabezado(hoja: Any, columnas: Sequence[tuple[str, float, bool]], estilos: Estilos) -> None:
    """(título, ancho, es de apoyo) de cada columna."""
    de_apoyo, propio = estilos("encabezado_apoyo", font_size=9), estilos("encabezado", bold=True, font_size=LETRA)
    for n, (titulo, ancho, apoyo) in enumerate(columnas):
        hoja.set_column(n, n, ancho)
        hoja.write_string(ENCABEZADO - 1, n, titulo, de_apoyo if apoyo else propio)
    hoja.set_row(ENCABEZADO - 1, alto_de_fila([(t, a * 0.9) for t, a, _ in columnas], letra=LETRA) + 2)


def imprimir(hoja: Any, tablas: Tablas, ultima: tuple[int, int], papel: str, *, repetir: bool = False) -> None:
    configurar_impresion(
        hoja, papel=papel, area=(1, 1, *ultima), repetir=(ENCABEZADO, ENCABEZADO) if repetir else None,
        horizontal=ultima[1] > 7, pie=pie_de(tablas),
    )


def escribir_indicadores(libro: LibroNuevo, hoja: HojaDeFilas, tablas: Tablas, papel: str) -> int:
    """Escribe la hoja; devuelve la última fila de datos."""
    estilos = libro.estilos
    titulos(hoja, "Indicadores", tablas, estilos)
    encabezado(hoja, [(t, a, n >= _IMPRESAS) for n, (_, t, a, _) in enumerate(COLUMNAS)], estilos)
    escritor = _Escritor(hoja, tablas, estilos)
    for fila, renglon in enumerate(tablas.renglones, PRIMERA):
        escritor.escribir(fila, fila - PRIMERA, renglon)
    fin = PRIMERA + max(len(tablas.renglones), 1) - 1
    nota = estilos("nota", text_wrap=False, font_size=9)
    notas = [
        *escritor.modificadas,
        "% al periodo: lo alcanzado frente a lo programado de enero al fin del periodo, según el Sentido del indicador."
    ]
    notas[:0] = notas_de_recalculadas(escritor.recalculadas, escritor.resueltos)
    for n, texto in enumerate(notas, fin + 2):
        hoja.agregar(n, hoja.texto(principio(1, nota), texto))
    ultima = fin + 1 + len(notas)
    hoja.abarcar(ultima, len(COLUMNAS))
    hoja.ignore_errors({"number_stored_as_text": f"A{PRIMERA}:A{fin}"})
    hoja.freeze_panes(PRIMERA - 1, 1)  # dos columnas fijas ocupan media pantalla de un teléfono
    s = list(LETRAS).index("s") + 1
    colorear(hoja, (PRIMERA, s, fin, s), tablas.perfil, estilos)
    imprimir(hoja, tablas, (ultima, _IMPRESAS), papel, repetir=True)
    return fin


def _nota_de_meta(textos: Mapping[str, str], i: Indicador, meta: MetaModificada) -> list[str]:
    """La nota en las líneas que caben en la página, sin partir «3er. Trim.»."""
    inicial = acumular(i.acumulacion, meta.inicial)
    nota = (
        f"{MODIFICADA} · {textos['programa']}, {i.etiqueta}: anual inicial {numero(inicial)}, vigente "
        f"{numero(i.meta_anual)} desde el {meta.desde} Cambios: {meta.frase}."
    )
    lineas = wrap(nota.replace(". Trim.", ".\xa0Trim."), _ANCHO_DE_NOTA, subsequent_indent="    ")
    return [linea.replace("\xa0", " ") for linea in lineas]


class _Escritor:
    """Escribe renglones con sus estilos y fórmulas preparados una vez."""

    def __init__(self, hoja: HojaDeFilas, tablas: Tablas, estilos: Estilos) -> None:
        self._hoja = hoja
        self.recalculadas = self.resueltos = 0  #: renglones con una cifra por solventar o ya resuelta
        self.modificadas: list[str] = []  #: una nota por indicador con metas modificadas
        self._metas = {id(libro): metas_modificadas(libro) for libro in tablas.libros}
        self._llaves = [""] * len(tablas.renglones)
        nombres = llaves_de(tablas.por_programa)
        for grupo in tablas.por_programa:
            for n in grupo.renglones:
                self._llaves[n] = f"|{nombres[grupo.clave]}|"
        numeradas = [(n, clave, {"font_size": LETRA, **estilo}) for n, (clave, _, _, estilo) in enumerate(COLUMNAS, 1)]
        self._inicios = {clave: principio(n, estilos("celda", **estilo)) for n, clave, estilo in numeradas}
        self._marcadas = {
            (clave, marcas): principio(n, estilos("celda", **{
                **estilo, "num_format": MARCADA.replace("¹", marcas), "bold": marcas != "²",
            }))
            for n, clave, estilo in numeradas
            if clave in {"meta", "a"}
            for marcas in ("¹", "²", "³", "¹ ²", "² ³")
        }
        self._formulas: dict[tuple[object, ...], dict[str, str]] = {}
        self._semaforo = entidades(tablas.perfil.formula(f"{LETRAS['pct']}{FILA}"))

    def escribir(self, fila: int, posicion: int, renglon: Renglon) -> None:
        """Un renglón."""
        i, m = renglon.indicador, renglon.indicador.al_periodo
        distintos = dict(informado_distinto(i))
        ya = resueltas(renglon)
        self.recalculadas += bool(distintos.keys() - ya)
        self.resueltos += bool(ya)
        textos = {
            "programa": " · ".join(c or "—" for c in renglon.libro.identidad), "nivel": i.etiqueta, "nombre": i.nombre,
            "medida": str(i.fila.valor("unidad_medida") or ""), "clase": i.clase, "llave": self._llaves[posicion],
            "informo": "; ".join(f"{nombre}: {numero(valor)}" for nombre, valor in distintos.items()),
        }
        valores: dict[str, float | str | None] = {
            **textos, "meta": i.meta_anual, "p": m.programado, "a": m.alcanzado,
            "pct": m.porcentaje if m.porcentaje is not None else renglon.palabra, "s": renglon.palabra,
            "topado": renglon.topado,
        }
        modificada = self._metas.get(id(renglon.libro), {}).get(i.fila.indice)
        if modificada is not None:
            self.modificadas += _nota_de_meta(textos, i, modificada)
        suya = {n: "" if n not in distintos else "³" if n in ya else "¹" for n in _INFORMADAS}
        de_la_meta = sorted(suya["meta anual"] + ("²" if modificada is not None else ""), key="¹²³".index)
        marcas = {"meta": " ".join(de_la_meta), "a": suya["alcanzado"]}
        inicios = {c: self._marcadas.get((c, marcas.get(c, "")), inicio) for c, inicio in self._inicios.items()}
        celdas = self._hoja.renglon(inicios, valores, self._de(i))
        medidos = [(textos[c], _ANCHOS[c]) for c in ("nombre", "nivel", "medida", "informo")]
        self._hoja.agregar(fila, celdas, alto_de_fila(medidos, minimo=20, letra=LETRA))

    def _de(self, i: Indicador) -> dict[str, str]:
        llave = (i.sentido, bool(i.vencidos), i.se_mide_despues)
        if llave not in self._formulas:
            p, a, pct = (f"{LETRAS[c]}{FILA}" for c in ("p", "a", "pct"))
            formula = formula_cumplimiento(i.sentido, p, a)
            if not i.vencidos:
                formula = formula.replace(f'"{Estado.SIN_REPORTE}"', f'"{Estado.POR_VENCER}"')
            if i.se_mide_despues:
                formula = formula.replace(f'"{Estado.NO_PROGRAMADO}"', f'"{SE_MIDE_DESPUES}"')
            topado = f'IF(ISNUMBER({pct}),MIN({pct},100),IF({pct}="{Estado.SIN_REPORTE}",0,""))'
            self._formulas[llave] = {"pct": entidades(formula), "s": self._semaforo, "topado": entidades(topado)}
        return self._formulas[llave]
