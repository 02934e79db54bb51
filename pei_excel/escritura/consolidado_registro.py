"""Las hojas de registro del consolidado: Observaciones, Diseño y Datos. Las de las entregas están aparte."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pei_excel.consolidacion import orden_de_libro
from pei_excel.correcciones import respecto
from pei_excel.decisiones import SIN_DECISION, quien_falta, sellos
from pei_excel.escritura import datos
from pei_excel.escritura.consolidado_comun import ENCABEZADO, con_cortes, imprimir, titular
from pei_excel.escritura.consolidado_decididas import columnas_de_captura, escribir_decididas, preparar_captura
from pei_excel.escritura.estilos import SEVERIDAD
from pei_excel.escritura.filas_armadas import (
    ColumnaDeCuadro,
    HojaDeFilas,
    escribir_cuadro,
    hoja_de_filas,
    principio,
)
from pei_excel.escritura.hoja import LibroNuevo
from pei_excel.escritura.observaciones import COLUMNAS, ColumnaDeTabla, Observada
from pei_excel.frases_comunes import VOCABULARIO
from pei_excel.hallazgo import Destinatario, Hallazgo
from pei_excel.lectura.decisiones import HOJA, Sello
from pei_excel.revision import Revision
from pei_excel.tablas import Tablas

_PARA = {Destinatario.UNIDAD: "Unidad", Destinatario.PLANEACION: "Planeación"}
_COLUMNAS = (
    "severidad", "regla", "unidad", "programa", "archivo", "hoja", "celda", "mensaje", "correccion", "dice", "debe",
)
_LOS = {"MIR": "los indicadores", "POI": "las actividades"}
#: Formato → ancho de las columnas que se estrechan para que, impresa la hoja, la letra no baje de 6 puntos.
_ANGOSTAS = {
    "MIR": {"archivo": 24, "hoja": 10},
    "POI": {"unidad": 22, "archivo": 20, "mensaje": 44, "correccion": 35, "dice": 13, "debe": 13},
}

#: Lo mismo, si además se dice qué pasó desde la entrega anterior.
_CON_RESPECTO = {"MIR": {"respecto": 11, "mensaje": 41, "dice": 14, "debe": 13}, "POI": {"respecto": 11}}


class _Decidible(NamedTuple):
    """Una observación con lo que se anota a su lado."""

    observada: Observada
    sello: Sello


def observadas(tablas: Tablas, revisiones: Sequence[Revision]) -> Iterator[_Decidible]:
    """Todos los hallazgos con su unidad y programa: los de cada informe y, al final, los de la carpeta."""
    vistos: set[Hallazgo] = set()
    for revision in sorted(revisiones, key=lambda r: orden_de_libro(r.libro)):
        libro = revision.libro
        desde = respecto(revision)
        for hallazgo, sello in zip(revision.hallazgos, sellos(revision, revision.hallazgos), strict=True):
            vistos.add(hallazgo)
            yield _Decidible(Observada(
                hallazgo, unidad=str(libro.unidad or ""), programa=str(libro.programa or ""),
                respecto=desde.get(id(hallazgo), ""),
            ), sello)
    de_carpeta = [h for h in tablas.hallazgos if h not in vistos]
    for hallazgo, sello in zip(de_carpeta, sellos(None, de_carpeta), strict=True):
        unidad, programa = quien_falta(hallazgo)
        yield _Decidible(Observada(hallazgo, unidad=unidad, programa=programa), sello)


def escribir_hallazgos(libro: LibroNuevo, tablas: Tablas, revisiones: Sequence[Revision], *, papel: str) -> None:
    """Las hojas «Observaciones» y «Diseño»."""
    todas = list(observadas(tablas, revisiones))
    _escribir(
        libro, HOJA, "Observaciones a los informes",
        "ERROR: debe corregirse · AVISO: favor de aclarar · NOTA: para su conocimiento. La celda es la del archivo que "
        "se recibió.", tablas,
        [o for o in todas if not o.observada.hallazgo.diseno], papel, "Ninguna observación.", decide=True,
    )
    escribir_decididas(libro, tablas, papel=papel)
    _escribir(
        libro, "Diseño", f"Observaciones al diseño de {_LOS[tablas.formato]}, para el próximo ejercicio,",
        "No se envían a las unidades en el seguimiento; sirven para formular el ejercicio siguiente.", tablas,
        [o for o in todas if o.observada.hallazgo.diseno], papel, "Ninguna observación al diseño.",
    )


def _escribir(
    libro: LibroNuevo, nombre: str, titulo: str, subtitulo: str, tablas: Tablas, lista: Sequence[_Decidible],
    papel: str, vacio: str, *, decide: bool = False,
) -> None:
    hoja = hoja_de_filas(libro, nombre)
    angostas = _ANGOSTAS[tablas.formato]
    claves = [c for c in _COLUMNAS if c != "programa" or tablas.formato == "MIR"]
    if any(o.observada.respecto for o in lista):
        claves.insert(claves.index("mensaje"), "respecto")
        angostas = _CON_RESPECTO[tablas.formato] | angostas
    columnas = [_columna(COLUMNAS[clave], angostas.get(clave), clave) for clave in claves]
    columnas.insert(2, ColumnaDeCuadro(
        "Para", 11, lambda o: _PARA[o.observada.hallazgo.destinatario], "center", mide=False
    ))
    propias = len(columnas)
    # Lo anotado, si lo hay, se imprime en una segunda página a lo ancho, que repite de qué unidad y regla se habla.
    hay_decisiones = decide and any(o.observada.hallazgo.decision for o in lista)
    comunes = claves.index("unidad") + 2 if hay_decisiones else 0
    titular(
        hoja, titulo, tablas, libro.estilos, subtitulo, fijas=[c.ancho for c in columnas[:comunes]]
    )
    if decide:
        columnas += columnas_de_captura(
            lambda o: o.observada.hallazgo.decision,
            lambda o: None if o.observada.hallazgo.regla in SIN_DECISION else o.sello,
        )
    ultima = escribir_cuadro(
        hoja, ENCABEZADO, columnas, lista, libro.estilos, vacio=vacio,
        relleno=lambda o: (1, SEVERIDAD[o.observada.hallazgo.severidad.value]),
    )
    hoja.freeze_panes(ENCABEZADO, 2)
    if lista:
        hoja.autofilter(ENCABEZADO - 1, 0, ultima - 1, len(columnas) - 1)
    if decide and lista:
        preparar_captura(hoja, propias, ultima, columnas)
    impresas = len(columnas) - 1 if hay_decisiones else propias
    imprimir(hoja, tablas, (ultima, impresas), papel=papel)
    if hay_decisiones:
        con_cortes(hoja, [c.ancho for c in columnas[:impresas]], comunes, [propias], papel)


def _columna(c: ColumnaDeTabla, ancho: float | None, clave: str) -> ColumnaDeCuadro:
    def valor(o: _Decidible) -> object:
        recuerdo = o.observada.hallazgo.recuerdo if clave == "mensaje" else ""
        return f"{c.valor(o.observada)} {recuerdo}" if recuerdo else c.valor(o.observada)

    return ColumnaDeCuadro(
        c.titulo, c.ancho if ancho is None else ancho, valor, "center" if c.estilo == "corto" else "left", c.ancho > 10
    )


_NO_SE_IMPRIME = (
    "Para filtrar, cruzar o llevar a otro sistema; no se imprime. Los mismos renglones están en datos.csv. Si necesita "
    "una parte en papel, fíltrela, selecciónela e imprima la selección."
)
#: De la hoja «Datos» sólo se imprimen los títulos y este aviso.
_FILA_DEL_AVISO, _ULTIMA_IMPRESA = 3, 12
#: Ancho de cada columna de los datos abiertos.
_ANCHOS = dict(zip(
    datos.COLUMNAS,
    (9, 9, 11, 28, 22, 14, 28, 8, 10, 15, 38, 11, 11, 12, 18, 13, 18, 16, 26, 17, 17), strict=True,
))


def escribir_datos(libro: LibroNuevo, tablas: Tablas, *, papel: str) -> None:
    """La hoja «Datos»: los mismos renglones de datos.csv, como tabla de Excel y con las columnas de su formato."""
    hoja, estilos = hoja_de_filas(libro, "Datos"), libro.estilos
    titular(
        hoja, "Datos abiertos", tablas, estilos,
        f"Un renglón por {VOCABULARIO[tablas.formato].uno}, periodo y medida, con el archivo, la hoja y la celda de "
        "donde salió.",
    )
    columnas = [c for c in datos.COLUMNAS if c not in datos.AJENAS[tablas.formato]]
    for n, columna in enumerate(columnas):
        hoja.set_column(n, n, _ANCHOS[columna])
    cifra = estilos("texto", align="right", num_format="#,##0.00")
    # Los textos llevan el estilo Normal del libro: son tantos que cada atributo pesa.
    inicios = [principio(n, cifra if c == "valor" else None) for n, c in enumerate(columnas, 1)]
    quedan = [n for n, c in enumerate(datos.INICIALES) if c in columnas]
    fila = ENCABEZADO
    for bloque in datos.bloques_de_datos(tablas):
        fila = _agregar_bloque(hoja, bloque, [bloque.iniciales[n] for n in quedan], inicios, fila)
    ultima = max(fila, ENCABEZADO + 1)
    hoja.abarcar(ultima, len(columnas))
    hoja.tabla(ENCABEZADO, ultima, "datos_abiertos", columnas, estilos("encabezado", bold=True))
    hoja.ignore_errors({"number_stored_as_text": f"C{ENCABEZADO + 1}:E{ultima}"})
    hoja.freeze_panes(ENCABEZADO, 0)
    # Son miles de renglones para filtrar o cruzar: impresos ocuparían más que todo lo demás.
    hoja.write_string(2, 0, _NO_SE_IMPRIME, estilos("nota", text_wrap=False))
    imprimir(hoja, tablas, (_FILA_DEL_AVISO, _ULTIMA_IMPRESA), papel=papel)
    hoja.fit_to_pages(2, 0)


def _agregar_bloque(
    hoja: HojaDeFilas, bloque: datos.BloqueDeDatos, iniciales: Sequence[datos.Valor], inicios: Sequence[str], fila: int
) -> int:
    n, propias = len(iniciales), len(bloque.cambian[0]) - datos.DE_ORIGEN
    primeras, archivo, suyos = hoja.celdas(inicios[:n], iniciales), (bloque.archivo,), inicios[n:]
    for cambia in bloque.cambian:
        fila += 1
        hoja.agregar(fila, primeras + hoja.celdas(suyos, cambia[:propias] + archivo + cambia[propias:]))
    return fila
