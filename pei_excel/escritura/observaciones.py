"""La tabla de observaciones: hallazgos → renglones con su celda, qué hacer y un vínculo. La usan varios libros."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from pei_excel.correcciones import para_comparar
from pei_excel.escritura.estilos import BORDE, SEVERIDAD, Estilos
from pei_excel.escritura.hoja import escribir_valor
from pei_excel.escritura.medidas import alto_de_fila, renglones
from pei_excel.hallazgo import Hallazgo
from pei_excel.lectura.decisiones import CARPETA, VACIO, VISIBLES, dicho

#: Cuántas celdas más se nombran junto a la principal.
_OTRAS = 6


class Observada(NamedTuple):
    """Un hallazgo con lo que hace falta para mostrarlo."""

    hallazgo: Hallazgo
    indicador: str = ""  #: «Actividad 2.1» o «AO.01»; vacío si no es de un renglón
    vinculo: str | None = None  #: «internal:'MIR'!U13»; None si su celda no está en el libro que se escribe
    unidad: str = ""
    programa: str = ""
    respecto: str = ""  #: «Nueva» o «Persiste», si hubo una entrega anterior


class ColumnaDeTabla(NamedTuple):
    """Una columna de la tabla: título, ancho y de dónde sale su valor."""

    titulo: str
    ancho: float
    valor: Callable[[Observada], Any]
    estilo: str = "texto"  #: «texto», «corto» (centrado) o «valor» (número o texto ajeno)


def celda_en_su_archivo(hallazgo: Hallazgo) -> str:
    """«U13», «U13 y también Q13», «toda la hoja» o «todo el archivo»."""
    donde = hallazgo.donde
    if donde.hoja is None:
        return "todo el archivo"
    texto = donde.celda or "toda la hoja"
    otras = [u.celda if u.hoja == donde.hoja else f"{u.hoja}!{u.celda}" for u in hallazgo.tambien if u.celda]
    if otras:
        resto = len(otras) - _OTRAS
        texto += " y también " + ", ".join(str(o) for o in otras[:_OTRAS]) + (f" y {resto} más" if resto > 0 else "")
    return texto


COLUMNAS: dict[str, ColumnaDeTabla] = {
    "severidad": ColumnaDeTabla(VISIBLES["severidad"], 10, lambda o: o.hallazgo.severidad.value, "corto"),
    "que_hacer": ColumnaDeTabla("Qué hacer", 15, lambda o: o.hallazgo.severidad.para_la_unidad, "corto"),
    "unidad": ColumnaDeTabla(VISIBLES["unidad"], 24, lambda o: o.unidad),
    "programa": ColumnaDeTabla(VISIBLES["programa"], 24, lambda o: o.programa),
    "archivo": ColumnaDeTabla(VISIBLES["archivo"], 26, lambda o: o.hallazgo.donde.archivo or CARPETA),
    "regla": ColumnaDeTabla(VISIBLES["regla"], 8, lambda o: o.hallazgo.regla, "corto"),
    "hoja": ColumnaDeTabla(VISIBLES["hoja"], 13, lambda o: o.hallazgo.donde.hoja or VACIO),
    "celda": ColumnaDeTabla(VISIBLES["celda"], 17, lambda o: celda_en_su_archivo(o.hallazgo)),
    "indicador": ColumnaDeTabla("Indicador", 13, lambda o: o.indicador or VACIO),
    "actividad": ColumnaDeTabla("Actividad", 13, lambda o: o.indicador or VACIO),
    "mensaje": ColumnaDeTabla(VISIBLES["mensaje"], 46, lambda o: o.hallazgo.mensaje),
    "correccion": ColumnaDeTabla("Cómo corregirlo", 38, lambda o: o.hallazgo.como_corregir),
    "dice": ColumnaDeTabla(VISIBLES["dice"], 16, lambda o: dicho(o.hallazgo.encontrado), "valor"),
    "respecto": ColumnaDeTabla("Respecto de su entrega anterior", 13, lambda o: o.respecto or VACIO, "corto"),
    "debe": ColumnaDeTabla("Debería decir", 16, lambda o: dicho(o.hallazgo.esperado), "valor"),
}
#: Las que lee una unidad de la MIR, y una que formula un POI.
PARA_LA_UNIDAD = (
    "que_hacer", "regla", "hoja", "celda", "indicador", "mensaje", "correccion", "dice", "debe",
)
PARA_LA_UNIDAD_POI = tuple("actividad" if c == "indicador" else c for c in PARA_LA_UNIDAD)
_NUMERO = ("N.º", 5.0)
_VINCULO = ("Ver aquí", 9.0)


def para_la_unidad(hallazgos: Sequence[Hallazgo]) -> list[Hallazgo]:
    """Los que la unidad debe leer, lo más grave primero; nunca lo de planeación ni lo del diseño."""
    return sorted(para_comparar(hallazgos), key=lambda h: (h.severidad.orden, h.orden()))


def anchos_de_tabla(columnas: Sequence[str]) -> list[float]:
    """Ancho de cada columna de la tabla, con su número al principio y su vínculo al final."""
    return [_NUMERO[1], *(COLUMNAS[c].ancho for c in columnas), _VINCULO[1]]


def escribir_tabla_de_observaciones(
    hoja: Any, fila: int, observadas: Sequence[Observada], columnas: Sequence[str], estilos: Estilos
) -> int:
    """Escribe la tabla desde una fila (su encabezado) y la columna A, con anchos y altos; devuelve la última fila."""
    elegidas = [COLUMNAS[c] for c in columnas]
    anchos = anchos_de_tabla(columnas)
    titulos = [_NUMERO[0], *(c.titulo for c in elegidas), _VINCULO[0]]
    encabezado = estilos("banda")
    for numero, (titulo, ancho) in enumerate(zip(titulos, anchos, strict=True)):
        hoja.set_column(numero, numero, ancho)
        hoja.write_string(fila - 1, numero, titulo, encabezado)
    alto = max(renglones(t, a, negritas=True) for t, a in zip(titulos, anchos, strict=True))
    hoja.set_row(fila - 1, alto * 11.8 + 6)
    formatos = {
        "texto": estilos("celda"), "corto": estilos("celda", align="center"),
        "valor": estilos("celda", align="right"),
    }
    por_severidad = {s: estilos("celda", align="center", bg_color=color) for s, color in SEVERIDAD.items()}
    enlace, numero_formato = estilos("enlace", border=1, border_color=BORDE, align="center"), formatos["corto"]
    for n, observada in enumerate(observadas, 1):
        numero = fila + n - 1
        hoja.write_number(numero, 0, n, numero_formato)
        textos = []
        for c, columna in enumerate(elegidas, 1):
            valor = columna.valor(observada)
            formato = formatos[columna.estilo]
            if columna.valor is COLUMNAS["que_hacer"].valor or columna.valor is COLUMNAS["severidad"].valor:
                formato = por_severidad[observada.hallazgo.severidad.value]
            elif columna.estilo == "valor" and isinstance(valor, str):
                formato = formatos["texto"] if len(valor) > 3 else numero_formato
            escribir_valor(hoja, numero + 1, c + 1, valor, formato, estilos)
            if isinstance(valor, str):
                textos.append((valor, columna.ancho))
        ultima = len(elegidas) + 1
        if observada.vinculo:
            hoja.write_url(numero, ultima, observada.vinculo, enlace, _VINCULO[0])
        else:
            hoja.write_string(numero, ultima, VACIO, numero_formato)
        hoja.set_row(numero, alto_de_fila(textos, minimo=18))
    return fila + len(observadas)
