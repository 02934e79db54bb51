"""Una publicación → el libro que se sube a la plataforma de transparencia, con su disposición exacta."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from pei_excel.escritura.estilos import FECHA, Estilos
from pei_excel.escritura.hoja import (
    LibroNuevo,
    abrir_libro,
    combinar,
    configurar_impresion,
    escribir_valor,
    rango,
)
from pei_excel.escritura.medidas import alto_de_fila
from pei_excel.formatos import transparencia as forma
from pei_excel.transparencia.modelo import CampoPublicado, Casilla, Publicacion, Subtabla
from pei_excel.ubicacion import direccion, letra

#: Hasta qué fila llega, por lo menos, la lista de un catálogo: quien agregue filas a mano también la tiene.
ULTIMA_CON_LISTA = 201
#: Ancho, en caracteres, que en una página de oficio todavía se lee (letra de 6 puntos).
CABE_EN_UNA = 235.0
_ANCHOS = {
    forma.TEXTO: 22.0, forma.NUMERO: 12.0, forma.MONEDA: 14.0, forma.FECHA: 12.0, forma.FECHA_DE_ACTUALIZACION: 13.5,
    forma.CATALOGO: 14.0, forma.EJERCICIO: 9.5, forma.TABLA: 16.0, forma.NOTA: 40.0,
}
_ANCHO_DE_TEXTO = 30.0
#: Lo que necesita más o menos ancho del que le tocaría por su tipo.
_ANCHOS_PROPIOS = {
    "dimension": 12.0, "unidad_medida": 13.0, "frecuencia": 12.0, "linea_base": 12.0, "programadas": 13.0,
    "ajustadas": 13.0, "avance": 11.0, "sub_meta": 12.0, "sub_unidad": 18.0,
}


def escribir_publicacion(destino: Path | BinaryIO, p: Publicacion, *, creado: date) -> None:
    """Escribe el libro de una fracción; el mismo contenido da los mismos bytes."""
    libro = abrir_libro(
        destino, titulo=p.titulo, asunto=" · ".join(t for t in (f"Fracción {p.fraccion}", p.articulo) if t),
        creado=datetime(creado.year, creado.month, creado.day),  # noqa: DTZ001 - sólo interesa el día
    )
    hoja = libro.hoja(forma.REPORTE)
    _escribir_encabezado(hoja, p, libro.estilos)
    _escribir_filas(hoja, p.campos, p.filas, forma.FILA_DATOS, 1, libro.estilos)
    _poner_catalogos(libro, hoja, p)
    for subtabla in p.subtablas:
        _escribir_subtabla(libro, subtabla)
    # Los códigos e identificadores son textos con cifras, como en los archivos de la plataforma.
    hoja.ignore_errors({"number_stored_as_text": rango_de(1, forma.FILA_DATOS + len(p.filas), len(p.campos))})
    hoja.freeze_panes(forma.FILA_TITULOS, 0)
    configurar_impresion(
        hoja, papel="oficio", area=(forma.FILA_ROTULOS, 1, forma.FILA_TITULOS + max(len(p.filas), 1), len(p.campos)),
        repetir=(forma.FILA_TITULOS, forma.FILA_TITULOS), pie=p.titulo,
        paginas_de_ancho=1 if sum(_ancho(c) for c in p.campos) <= CABE_EN_UNA else 2,
    )
    libro.close()


def rango_de(desde: int, hasta: int, columnas: int) -> str:
    """«A1:T20»."""
    return f"{direccion(desde, 1)}:{direccion(hasta, columnas)}"


def _escribir_encabezado(hoja: Any, p: Publicacion, estilos: Estilos) -> None:
    """Las filas 1 a 7: id, rótulos y sus valores, tipos, identificadores, «Tabla Campos» y títulos."""
    hoja.write_string(forma.FILA_FORMATO - 1, 0, p.formato, estilos("texto"))
    ancho = forma.COLUMNAS_DE_ROTULO
    for n, (rotulo, valor) in enumerate(zip(forma.ROTULOS, (p.titulo, p.nombre_corto, p.descripcion), strict=True)):
        for fila, texto, estilo in (
            (forma.FILA_ROTULOS, rotulo, estilos("banda")), (forma.FILA_VALORES, valor, estilos("celda")),
        ):
            combinar(hoja, (fila, n * ancho + 1), (fila, (n + 1) * ancho), estilo)
            escribir_valor(hoja, fila, n * ancho + 1, texto, estilo, estilos)
    anchos = [_ancho(c) for c in p.campos]
    valores = zip((p.titulo, p.nombre_corto, p.descripcion), range(0, 3 * ancho, ancho), strict=True)
    hoja.set_row(forma.FILA_VALORES - 1, alto_de_fila((t, sum(anchos[c : c + ancho])) for t, c in valores))
    banda = estilos("banda", align="left")  # al centro, el corte de página la partiría al imprimir
    combinar(hoja, (forma.FILA_TABLA, 1), (forma.FILA_TABLA, len(p.campos)), banda)
    hoja.write_string(forma.FILA_TABLA - 1, 0, forma.TABLA_CAMPOS, banda)
    _escribir_titulos(hoja, p.campos, (forma.FILA_TIPOS, forma.FILA_CAMPOS, forma.FILA_TITULOS), 1, estilos)
    for fila in forma.OCULTAS:
        hoja.set_row(fila - 1, None, None, {"hidden": True})


def _escribir_titulos(
    hoja: Any, campos: Sequence[CampoPublicado], filas: tuple[int, int, int], primera: int, estilos: Estilos
) -> None:
    """Tipos, identificadores y títulos de unos campos, y el ancho de sus columnas."""
    for columna, campo in enumerate(campos, primera - 1):
        for fila, texto, estilo in zip(
            filas, (str(campo.tipo), campo.id_campo, campo.titulo), ("texto", "texto", "encabezado"), strict=True
        ):
            hoja.write_string(fila - 1, columna, texto, estilos(estilo))
        hoja.set_column(columna, columna, _ancho(campo))
    hoja.set_row(filas[-1] - 1, alto_de_fila((c.titulo, _ancho(c)) for c in campos))


def _ancho(campo: CampoPublicado) -> float:
    return _ANCHOS_PROPIOS.get(campo.clave) or _ANCHOS.get(campo.tipo, _ANCHO_DE_TEXTO)


def _escribir_filas(
    hoja: Any, campos: Sequence[CampoPublicado], filas: Sequence[Sequence[Casilla]], desde: int, primera: int,
    estilos: Estilos,
) -> None:
    celda = estilos("celda", valign="top")
    fecha = estilos("celda", valign="top", num_format=FECHA, align="center")
    for n, fila in enumerate(filas, desde):
        for columna, (_, casilla) in enumerate(zip(campos, fila, strict=True), primera):
            formato = fecha if isinstance(casilla.valor, date) else celda
            escribir_valor(hoja, n, columna, casilla.valor, formato, estilos)
        hoja.set_row(n - 1, alto_de_fila((x.texto, _ancho(c)) for c, x in zip(campos, fila, strict=True)))


def _poner_catalogos(libro: LibroNuevo, hoja: Any, p: Publicacion) -> None:
    """Una hoja oculta por catálogo, con nombre para su rango, y su lista en la columna."""
    numero = 0
    for columna, campo in enumerate(p.campos):
        if campo.tipo != forma.CATALOGO or not campo.opciones:
            continue
        numero += 1
        nombre = forma.HOJA_DE_CATALOGO.format(numero=numero)
        oculta = libro.hoja(nombre)
        for n, opcion in enumerate(campo.opciones):
            oculta.write_string(n, 0, opcion, libro.estilos("texto"))
        oculta.set_column(0, 0, 30)
        oculta.hide()
        definido = forma.NOMBRE_DE_CATALOGO.format(numero=numero, columna=columna)
        libro.define_name(definido, "=" + rango(nombre, 1, letra(1), len(campo.opciones)))
        ultima = max(ULTIMA_CON_LISTA, forma.FILA_TITULOS + len(p.filas))
        hoja.data_validation(forma.FILA_DATOS - 1, columna, ultima - 1, columna, {
            "validate": "list", "source": f"={definido}", "error_title": campo.titulo[:32],
            "error_message": "Elija un valor de la lista, o deje la celda vacía y explíquelo en la Nota.",
        })


def _escribir_subtabla(libro: LibroNuevo, subtabla: Subtabla) -> None:
    """Tipos, identificadores, títulos con el ID primero, y sus filas."""
    hoja, estilos = libro.hoja(subtabla.hoja), libro.estilos
    filas = (forma.SUB_TIPOS, forma.SUB_CAMPOS, forma.SUB_TITULOS)
    _escribir_titulos(hoja, subtabla.campos, filas, 2, estilos)
    hoja.write_string(forma.SUB_TITULOS - 1, 0, forma.SUB_ID, estilos("encabezado"))
    hoja.set_column(0, 0, 6)
    _escribir_filas(hoja, subtabla.campos, [fila for _, fila in subtabla.filas], forma.SUB_DATOS, 2, estilos)
    for n, (identificador, _) in enumerate(subtabla.filas, forma.SUB_DATOS):
        hoja.write_number(n - 1, 0, identificador, estilos("celda", valign="top"))
    ultima = max(forma.SUB_TITULOS + len(subtabla.filas), forma.SUB_DATOS)
    hoja.ignore_errors({"number_stored_as_text": rango_de(1, ultima, len(subtabla.campos) + 1)})
    hoja.freeze_panes(forma.SUB_TITULOS, 0)
    configurar_impresion(
        hoja, papel="carta", area=(forma.SUB_TITULOS, 1, ultima, len(subtabla.campos) + 1),
        repetir=(forma.SUB_TITULOS, forma.SUB_TITULOS), horizontal=False,
    )
