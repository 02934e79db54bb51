"""La hoja «Indicadores»: un renglón por indicador, con fórmulas vivas desde sus trimestres y sus celdas de origen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pei_excel.calculos import Cifra, Estado, acumular, formula_acumular, formula_cumplimiento
from pei_excel.escritura.consolidado_comun import (
    CIFRA,
    ENCABEZADO,
    PORCENTAJE,
    Detalle,
    colorear,
    con_cortes,
    imprimir,
    llaves_de,
    titular,
)
from pei_excel.escritura.datos import rango_de_origen
from pei_excel.escritura.filas_armadas import FILA, HojaDeFilas, entidades, hoja_de_filas, principio
from pei_excel.escritura.hoja import LibroNuevo
from pei_excel.escritura.medidas import alto_de_fila
from pei_excel.evaluacion import HORIZONTES, SE_MIDE_DESPUES, Horizonte, Indicador
from pei_excel.modificaciones import MetaModificada, metas_modificadas
from pei_excel.periodos import ORDINALES
from pei_excel.semaforo import Perfil
from pei_excel.tablas import Renglon, Tablas
from pei_excel.ubicacion import letra

HOJA = "Indicadores"
PRIMERA = ENCABEZADO + 1
_NOMBRES: dict[Horizonte, str] = {"al_periodo": "al periodo", "trimestre": "en el trimestre", "anual": "anual"}
_ORDEN: tuple[Horizonte, ...] = ("al_periodo", "trimestre", "anual")
_CIFRA: dict[str, Any] = {"align": "right", "num_format": CIFRA, "text_wrap": False}
_PCT: dict[str, Any] = {"align": "right", "num_format": PORCENTAJE, "text_wrap": False}
_CENTRO: dict[str, Any] = {"align": "center"}
_APOYO: dict[str, Any] = {"font_size": 8, "font_color": "#595959"}


class ColumnaDeIndicadores(NamedTuple):
    """Una columna: clave, título, ancho y propiedades de sus celdas."""

    clave: str
    titulo: str
    ancho: float
    estilo: dict[str, Any]


def _bloque(horizonte: Horizonte) -> tuple[ColumnaDeIndicadores, ...]:
    de = _NOMBRES[horizonte]
    return (
        ColumnaDeIndicadores(f"{horizonte}_p", f"Programado {de}", 10.6, _CIFRA),
        ColumnaDeIndicadores(f"{horizonte}_a", f"Alcanzado {de}", 9.8, _CIFRA),
        ColumnaDeIndicadores(f"{horizonte}_d", f"Diferencia {de}", 9.8, _CIFRA),
        ColumnaDeIndicadores(f"{horizonte}_pct", f"% {de}", 7.5, _PCT),
        ColumnaDeIndicadores(f"{horizonte}_s", f"Semáforo {de}", 16, _CENTRO),
    )


COLUMNAS: tuple[ColumnaDeIndicadores, ...] = (
    ColumnaDeIndicadores("unidad", "Unidad Responsable", 17, {}),
    ColumnaDeIndicadores("programa", "Programa Presupuestario", 17, {}),
    ColumnaDeIndicadores("nivel", "Nivel", 13.5, {}),
    ColumnaDeIndicadores("nombre", "Indicador", 24.5, {}),
    ColumnaDeIndicadores("unidad_medida", "Unidad de Medida", 10, {}),
    ColumnaDeIndicadores("sentido", "Sentido Esperado", 10.5, _CENTRO),
    ColumnaDeIndicadores("frecuencia", "Frecuencia de Medición", 10.5, _CENTRO),
    ColumnaDeIndicadores("acumulacion", "Acumulación", 11, _CENTRO),
    *(ColumnaDeIndicadores(f"p{n}", f"Prog. {o} Trim.", 7.6, _CIFRA) for n, o in enumerate(ORDINALES, 1)),
    *(ColumnaDeIndicadores(f"a{n}", f"Alc. {o} Trim.", 7.6, _CIFRA) for n, o in enumerate(ORDINALES, 1)),
    ColumnaDeIndicadores("minigrafica", "Alcanzado por trimestre", 9, {}),
    *_bloque("al_periodo"),
    ColumnaDeIndicadores("informe", "Estado del informe", 9, _CENTRO),
    *_bloque("trimestre"),
    *_bloque("anual"),
    ColumnaDeIndicadores("topado", "% que entra al promedio (máx. 100; sin reporte = 0)", 11, _PCT),
    ColumnaDeIndicadores("archivo", "Archivo", 18, {}),
    ColumnaDeIndicadores("hoja", "Hoja", 8, {}),
    ColumnaDeIndicadores("celdas", "Celdas de origen: programado; alcanzado", 15, {}),
    ColumnaDeIndicadores("clase", "Clase de nivel (apoyo)", 11, _APOYO),
    ColumnaDeIndicadores("llave_unidad", "Unidad (apoyo)", 10, _APOYO),
    ColumnaDeIndicadores("llave_programa", "Programa (apoyo)", 10, _APOYO),
    ColumnaDeIndicadores("llave_eje", "Ejes (apoyo)", 10, _APOYO),
)
NUMERO = {c.clave: n for n, c in enumerate(COLUMNAS, 1)}
LETRA = {c.clave: letra(n) for c, n in ((c, NUMERO[c.clave]) for c in COLUMNAS)}
_ULTIMA_SIEMPRE = "celdas"  #: la última impresa si no hay metas modificadas

#: Van después de `_ULTIMA_SIEMPRE`, en una página propia, sólo si alguna meta se modificó.
DE_MODIFICADAS: tuple[ColumnaDeIndicadores, ...] = (
    *(ColumnaDeIndicadores(f"i{n}", f"Prog. inicial {o} Trim.", 8.5, _CIFRA) for n, o in enumerate(ORDINALES, 1)),
    ColumnaDeIndicadores("anual_i", "Programado anual inicial, si se modificó", 11.5, _CIFRA),
    ColumnaDeIndicadores("anual_v", "Programado anual vigente", 11.5, _CIFRA),
    ColumnaDeIndicadores("desde", "En vigor desde", 10.5, _CENTRO),
    ColumnaDeIndicadores("cambios", "Modificaciones registradas", 42, {}),
)


class FormulasDeIndicador:
    """Las fórmulas de un renglón, armadas una vez por cada combinación que las cambia.

    `letras` da la letra de la columna de cada clave de `COLUMNAS`: otra hoja puede tenerlas en otro orden.
    """

    def __init__(self, perfil: Perfil, q: int, cierra: bool, letras: Mapping[str, str] = LETRA) -> None:
        self._perfil, self._q, self._cierra, self._letras = perfil, q, cierra, letras
        self._hechas: dict[tuple[object, ...], dict[str, str]] = {}

    def de(self, i: Indicador) -> dict[str, str]:
        """Clave de columna → fórmula con la marca de fila, en XML."""
        vencen = (bool(i.vencidos), self._q in i.vencidos, self._cierra and bool(i.vencidos))
        llave = (i.sentido, i.acumulacion, i.se_mide_despues, *vencen)
        hechas = self._hechas.get(llave)
        if hechas is None:
            hechas = {}
            for horizonte, vence in zip(_ORDEN, vencen, strict=True):
                if f"{horizonte}_pct" in self._letras:
                    hechas |= self._bloque(i, horizonte, vence)
            pct = f"{self._letras['al_periodo_pct']}{FILA}"
            hechas["topado"] = f'IF(ISNUMBER({pct}),MIN({pct},100),IF({pct}="{Estado.SIN_REPORTE}",0,""))'
            hechas = self._hechas[llave] = {clave: entidades(f) for clave, f in hechas.items()}
        return hechas

    def _bloque(self, i: Indicador, horizonte: Horizonte, vence: bool) -> dict[str, str]:
        q = self._q
        desde = q if horizonte == "trimestre" else 1
        p, a, pct = (f"{self._letras[f'{horizonte}_{c}']}{FILA}" for c in ("p", "a", "pct"))

        def acumulado(medida: str, hasta: int) -> str:
            inicio, fin = self._letras[f"{medida}{desde}"], self._letras[f"{medida}{hasta}"]
            return formula_acumular(i.acumulacion, f"{inicio}{FILA}:{fin}{FILA}")

        cumplimiento = formula_cumplimiento(i.sentido, p, a)
        if not vence:
            cumplimiento = cumplimiento.replace(f'"{Estado.SIN_REPORTE}"', f'"{Estado.POR_VENCER}"')
        if horizonte != "anual" and i.se_mide_despues:
            cumplimiento = cumplimiento.replace(f'"{Estado.NO_PROGRAMADO}"', f'"{SE_MIDE_DESPUES}"')
        sin_color = horizonte == "anual" and not self._cierra
        semaforo = f'IF(ISNUMBER({pct}),"{Estado.REPORTADO}",{pct})' if sin_color else self._perfil.formula(pct)
        return {
            f"{horizonte}_p": acumulado("p", 4 if horizonte == "anual" else q),
            f"{horizonte}_a": acumulado("a", q),
            f"{horizonte}_d": f'IF(COUNT({p},{a})=0,"",N({p})-N({a}))',
            f"{horizonte}_pct": cumplimiento,
            f"{horizonte}_s": semaforo,
        }


def valores_de(i: Indicador, topado: Cifra) -> dict[str, float | str | None]:
    """Clave de columna → lo que da su fórmula."""
    valores: dict[str, float | str | None] = {"topado": topado}
    for horizonte in HORIZONTES:
        m, palabra = i.medicion(horizonte), i.palabra(horizonte)
        valores[f"{horizonte}_p"], valores[f"{horizonte}_a"] = m.programado, m.alcanzado
        valores[f"{horizonte}_d"] = m.diferencia
        valores[f"{horizonte}_pct"] = m.porcentaje if m.porcentaje is not None else palabra
        valores[f"{horizonte}_s"] = palabra
    return valores


def _llaves(tablas: Tablas) -> tuple[list[str], list[str], list[str]]:
    """Por renglón, las llaves de su unidad, su programa y sus ejes: «|504|», «|6|», «|3|10|»."""
    resultado = []
    for grupos in (tablas.por_unidad, tablas.por_programa, tablas.por_eje):
        nombres = llaves_de(grupos)
        columna = ["|"] * len(tablas.renglones)
        for grupo in grupos:
            for n in grupo.renglones:
                columna[n] += f"{nombres[grupo.clave]}|"
        resultado.append(columna)
    return resultado[0], resultado[1], resultado[2]


def escribir_indicadores(libro: LibroNuevo, tablas: Tablas, *, papel: str) -> Detalle:
    """Escribe la hoja y dice dónde quedó cada cosa."""
    hoja, estilos = hoja_de_filas(libro, HOJA), libro.estilos
    titular(
        hoja, "Indicadores", tablas, estilos,
        "Las cifras por trimestre vienen de los informes; lo demás son fórmulas. "
        "«Observado»: el informe tiene errores por corregir y la cifra es la recalculada.",
        fijas=[c.ancho for c in COLUMNAS[: NUMERO["nombre"]]],
    )
    encabezado = estilos("encabezado", bold=True)
    apoyo = estilos("encabezado_apoyo")
    modificadas = {id(libro): metas for libro in tablas.libros if (metas := metas_modificadas(libro))}
    columnas, impresas = _columnas(con_modificadas=bool(modificadas))
    anchos = _anchos(tablas, columnas)
    for n, columna in enumerate(columnas):
        hoja.set_column(n, n, anchos[n])
        hoja.write_string(ENCABEZADO - 1, n, columna.titulo, apoyo if columna.clave in _DE_APOYO else encabezado)
    hoja.set_row(ENCABEZADO - 1, alto_de_fila([(c.titulo, c.ancho * 0.92) for c in columnas]))
    _escribir_filas(hoja, tablas, estilos, columnas, modificadas)
    ultima = PRIMERA + max(len(tablas.renglones), 1) - 1
    hoja.abarcar(ultima, len(columnas))
    hoja.freeze_panes(PRIMERA - 1, NUMERO["nombre"])
    hoja.autofilter(ENCABEZADO - 1, 0, ultima - 1, len(columnas) - 1)
    for horizonte in _ORDEN:
        columna_s = NUMERO[f"{horizonte}_s"]
        colorear(hoja, (PRIMERA, columna_s, ultima, columna_s), tablas.perfil, estilos)
    c = NUMERO["informe"]
    hoja.conditional_format(PRIMERA - 1, c - 1, ultima - 1, c - 1, {
        "type": "cell", "criteria": "==", "value": '"Observado"', "format": estilos.condicional("pendiente"),
    })
    if tablas.renglones:
        filas = range(PRIMERA, ultima + 1)
        inicio, fin, lugar = LETRA["a1"], LETRA["a4"], LETRA["minigrafica"]
        hoja.add_sparkline(PRIMERA - 1, NUMERO["minigrafica"] - 1, {
            "location": [f"{lugar}{f}" for f in filas], "range": [f"'{HOJA}'!{inicio}{f}:{fin}{f}" for f in filas],
            "type": "column", "series_color": "#1F4E79", "min": 0,
        })
    imprimir(hoja, tablas, (ultima, impresas), papel=papel)
    cortes = [NUMERO["al_periodo_s"], *([NUMERO[_ULTIMA_SIEMPRE]] if modificadas else [])]
    con_cortes(hoja, anchos[:impresas], NUMERO["nombre"], cortes, papel)
    return Detalle(HOJA, {c.clave: letra(n) for n, c in enumerate(columnas, 1)}, ultima)


def _columnas(*, con_modificadas: bool) -> tuple[tuple[ColumnaDeIndicadores, ...], int]:
    """Las columnas de la hoja y cuántas se imprimen."""
    siempre = NUMERO[_ULTIMA_SIEMPRE]
    if not con_modificadas:
        return COLUMNAS, siempre
    return (*COLUMNAS[:siempre], *DE_MODIFICADAS, *COLUMNAS[siempre:]), siempre + len(DE_MODIFICADAS)


def _anchos(tablas: Tablas, columnas: Sequence[ColumnaDeIndicadores]) -> list[float]:
    """Anchos de las columnas; los de las cifras crecen para que ninguna se vea como ####."""
    indicadores = [r.indicador for r in tablas.renglones]
    mayor = max((abs(c) for i in indicadores for c in (*i.programado, *i.alcanzado) if c is not None), default=0.0)
    largos = len(f"{mayor:,.2f}") + 1.5, len(f"-{4 * mayor:,.2f}") + 1.5
    return [
        max(c.ancho, largos[c.clave[-2] == "_"]) if c.estilo is _CIFRA else c.ancho for c in columnas
    ]


_QUE_CRECEN = ("unidad", "programa", "nombre", "archivo", "celdas", "cambios")
_DE_APOYO = {"clase", "llave_unidad", "llave_programa", "llave_eje"}


def _escribir_filas(
    hoja: HojaDeFilas, tablas: Tablas, estilos: Any, columnas: Sequence[ColumnaDeIndicadores],
    modificadas: Mapping[int, Mapping[int, MetaModificada]],
) -> None:
    q = tablas.periodo.trimestre
    inicios = {c.clave: principio(n, estilos("celda", **c.estilo)) for n, c in enumerate(columnas, 1)}
    letras = {c.clave: letra(n) for n, c in enumerate(columnas, 1)}
    for n in range(q + 1, 5):
        inicios[f"a{n}"] = principio(NUMERO[f"a{n}"], estilos("futuro", **_CIFRA))
    formulas = FormulasDeIndicador(tablas.perfil, q, tablas.periodo.cierra_el_ejercicio)
    llaves = _llaves(tablas)
    crecen = [(c.clave, c.ancho) for c in columnas if c.clave in _QUE_CRECEN]
    for posicion, renglon in enumerate(tablas.renglones):
        textos = _textos(renglon, [columna[posicion] for columna in llaves], q)
        valores = {**_numeros(renglon.indicador), **valores_de(renglon.indicador, renglon.topado)}
        suyas = formulas.de(renglon.indicador)
        meta = modificadas.get(id(renglon.libro), {}).get(renglon.indicador.fila.indice)
        if meta is not None:
            _agregar_meta(renglon.indicador, meta, letras, (textos, valores, suyas := dict(suyas)))
        celdas = hoja.renglon(inicios, {**textos, **valores}, suyas)
        alto = alto_de_fila([(textos.get(c, ""), ancho) for c, ancho in crecen], minimo=18)
        hoja.agregar(PRIMERA + posicion, celdas, alto)


def _agregar_meta(
    i: Indicador, meta: MetaModificada, letras: Mapping[str, str],
    destino: tuple[dict[str, str], dict[str, float | str | None], dict[str, str]],
) -> None:
    """Lo que se agrega de un indicador con metas modificadas: las iniciales, las anuales y desde cuándo rigen."""
    textos, valores, formulas = destino
    textos |= {"desde": meta.desde, "cambios": meta.frase}
    valores |= {f"i{n}": v for n, v in enumerate(meta.inicial, 1)}
    for clave, medida, cifras in (("anual_i", "i", meta.inicial), ("anual_v", "p", i.programado)):
        valores[clave] = acumular(i.acumulacion, cifras)
        inicio, fin = letras[f"{medida}1"], letras[f"{medida}4"]
        formulas[clave] = entidades(formula_acumular(i.acumulacion, f"{inicio}{FILA}:{fin}{FILA}"))


def _numeros(i: Indicador) -> dict[str, Cifra]:
    return {f"p{n}": v for n, v in enumerate(i.programado, 1)} | {f"a{n}": v for n, v in enumerate(i.alcanzado, 1)}


def _textos(renglon: Renglon, llaves: Sequence[str], q: int) -> dict[str, str]:
    i, libro = renglon.indicador, renglon.libro
    celdas = (rango_de_origen(i.datos("programado")), rango_de_origen(i.datos("alcanzado", q)))
    return {
        "unidad": str(libro.unidad or "Sin unidad"), "programa": str(libro.programa or "Sin programa"),
        "nivel": i.etiqueta, "nombre": i.nombre, "unidad_medida": str(i.fila.valor("unidad_medida") or ""),
        "sentido": i.sentido, "frecuencia": i.frecuencia or "", "acumulacion": i.acumulacion,
        "informe": "Observado" if renglon.observado else "Aceptado",
        "archivo": libro.archivo, "hoja": i.fila.donde, "celdas": "; ".join(c for c in celdas if c),
        "clase": i.clase, "llave_unidad": llaves[0], "llave_programa": llaves[1], "llave_eje": llaves[2],
    }
