"""Lo que un libro rescatado lleva además de la plantilla: celdas marcadas y la hoja `Rescate`, que las lista."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from pei_excel.crudo import ErrorExcel
from pei_excel.escritura.encargo import Encargo
from pei_excel.escritura.estilos import AZUL, BORDE, CUERPO, LISTO, REVISAR, SEMAFORO, Estilos
from pei_excel.escritura.hoja import (
    LibroNuevo,
    combinar,
    configurar_impresion,
    escribir_formula,
    escribir_valor,
    proteger,
)
from pei_excel.escritura.medidas import alto_de_fila, ancho_combinado, letra_que_cabe, renglones
from pei_excel.tipos import como_texto
from pei_excel.ubicacion import direccion

HOJA_RESCATE = "Rescate"
_ANCHO_NOTA = 220  #: píxeles


class Que(StrEnum):
    """Qué pasó con una celda del archivo, lo que más importa primero."""

    NO_SE_LEYO = "no se leyó"
    SIN_LUGAR = "sin lugar"
    REPARADA = "reparada"
    FORMULA = "fórmula restaurada"
    MOVIDA = "movida"


#: Qué quiere decir cada cosa, y cómo se ve la celda que la lleva.
SIGNIFICADO: dict[Que, tuple[str, dict[str, Any]]] = {
    Que.NO_SE_LEYO: ("No se sabe qué valor es y no se inventó: la celda quedó en blanco. Escríbalo.",
                     {"bg_color": REVISAR}),
    Que.SIN_LUGAR: ("La plantilla no tiene dónde ponerlo. Si hace falta, páselo a mano.", {}),
    Que.REPARADA: ("Se escribió como debe ir: un número que era texto, una opción de la lista. Compruébelo.",
                   {"bg_color": LISTO}),
    Que.FORMULA: ("Estaba escrito encima de una fórmula que da otra cosa: va la fórmula.",
                  {"bg_color": SEMAFORO["morado"][0]}),
    Que.MOVIDA: ("El mismo valor, en otra celda (o en una hoja con otro nombre).", {"font_color": AZUL}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Movimiento:
    """Algo del archivo que no pasó tal cual a la misma celda."""

    que: Que
    hoja: str | None = None  #: en el archivo
    celda: str | None = None
    decia: Any = None
    nueva: tuple[str, int, int] | None = None  #: hoja, fila y columna (desde 1) en el libro rescatado
    dice: Any = None
    porque: str = ""
    marcada: bool = True  #: la celda nueva lleva color y nota
    renglones: int = 1  #: cuántos, hacia abajo, llevan el color


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescate:
    """Lo que hay que marcar, abrir y listar en un libro rescatado."""

    archivo: str
    intactas: int  #: datos que pasaron iguales y a la misma celda
    movimientos: tuple[Movimiento, ...]

    @property
    def cuentas(self) -> Counter[Que]:
        """Cuántos hay de cada cosa."""
        return Counter(m.que for m in self.movimientos)


def anexar(libro: LibroNuevo, encargo: Encargo, rescate: Rescate) -> None:
    """Marca las celdas de una plantilla ya escrita y le agrega la hoja `Rescate`."""
    _marcar(libro, encargo, rescate.movimientos)
    _escribir_lista(libro, encargo, rescate)


def _marcar(libro: LibroNuevo, encargo: Encargo, movimientos: Iterable[Movimiento]) -> None:
    """Color y nota en cada celda nueva; si una lleva varias cosas, el color de la que más importa."""
    por_celda: dict[tuple[str, int, int], list[Movimiento]] = {}
    for m in movimientos:
        if m.nueva is not None and m.marcada:
            por_celda.setdefault(m.nueva, []).append(m)
    orden = list(Que)
    principal = encargo.formato.principal
    campos = {principal.disposicion.fila_campo[c.clave] for c in principal.campos}
    for (clave, fila, columna), suyos in por_celda.items():
        hoja = libro.get_worksheet_by_name(clave)
        aspecto = SIGNIFICADO[min((m.que for m in suyos), key=orden.index)][1]
        es_campo = clave == principal.clave and fila in campos
        hasta = len(principal.anchos_impresos) if es_campo else columna  # el valor de un campo va combinado
        for abajo in range(max(m.renglones for m in suyos)):
            for una in range(columna, hasta + 1):
                hoja.cambiar_formato(fila + abajo, una, partial(_con_aspecto, libro.estilos, aspecto))
        texto = "\n".join(nota(m) for m in suyos[:4])
        alto = renglones(texto, _ANCHO_NOTA / 7 - 2) * 14 + 12
        hoja.write_comment(fila - 1, columna - 1, texto, {"width": _ANCHO_NOTA, "height": min(alto, 420)})


def _con_aspecto(estilos: Estilos, aspecto: Mapping[str, Any], formato: Any) -> Any:
    return estilos.variante(formato, **aspecto)


def nota(m: Movimiento) -> str:
    """«En su archivo: MIR!U13, decía “12,5 ”»."""
    decia = "" if m.decia is None else f", decía “{recortado(m.decia)}”"
    lugar = f"En su archivo: {lugar_de(m)}{decia}" if m.hoja else ""
    return ". ".join(p for p in (lugar, m.porque) if p)


def lugar_de(m: Movimiento) -> str:
    """«MIR!U13», o la hoja sola."""
    return f"{m.hoja}!{m.celda}" if m.celda else str(m.hoja or "")


def recortado(valor: Any, largo: int = 200) -> str:
    """Un valor como texto, para una nota o una línea."""
    texto = como_texto(valor)
    return texto if len(texto) <= largo else texto[: largo - 1] + "…"


#: Título, banda y ancho de cada columna de la lista.
_COLUMNAS = (
    ("N.º", "", 5.0), ("Qué pasó", "", 16.5), ("Hoja", "En su archivo", 15.0), ("Celda", "En su archivo", 8.0),
    ("Decía", "En su archivo", 36.0), ("Hoja", "En este libro", 15.0), ("Celda", "En este libro", 8.0),
    ("Dice", "En este libro", 28.0), ("Por qué", "", 46.0),
)
_ANCHOS = [ancho for *_, ancho in _COLUMNAS]
_LO_MISMO = "lo mismo"


def _escribir_lista(libro: LibroNuevo, encargo: Encargo, rescate: Rescate) -> None:
    """La hoja `Rescate`: cuántas celdas hay de cada cosa y, una por una, dónde estaban y dónde quedaron."""
    hoja, estilos = libro.hoja(HOJA_RESCATE), libro.estilos
    hoja.hide_gridlines(2)
    for numero, ancho in enumerate(_ANCHOS):
        hoja.set_column(numero, numero, ancho)
    hoja.write_string(0, 0, "Rescate: qué pasó con lo que traía su archivo", estilos("titulo", align="left"))
    hoja.set_row(0, 24)
    parrafo = estilos("parrafo")
    texto = (
        f"Este libro es la plantilla de hoy con lo que traía «{rescate.archivo}», que no se modificó. Aquí está, una "
        "por una, cada celda que no pasó igual y a su mismo lugar; en las hojas llevan color y una nota."
    )
    combinar(hoja, (2, 1), (2, len(_ANCHOS)), parrafo)
    hoja.write_string(1, 0, texto, parrafo)
    hoja.set_row(1, alto_de_fila([(texto, ancho_combinado(_ANCHOS))]))
    movimientos = sorted(rescate.movimientos, key=lambda m: list(Que).index(m.que))
    inicio = _escribir_resumen(hoja, estilos, rescate, len(movimientos))
    _escribir_titulos(hoja, estilos, inicio)
    for n, m in enumerate(movimientos, 1):
        _escribir_renglon(hoja, estilos, inicio + 1 + n, n, m)
    ultima = inicio + 1 + len(movimientos)
    if movimientos:
        hoja.autofilter(inicio, 0, ultima - 1, len(_ANCHOS) - 1)
    hoja.freeze_panes(inicio + 1, 0)
    configurar_impresion(
        hoja, papel=encargo.papel, area=(1, 1, ultima, len(_ANCHOS)), repetir=(inicio, inicio + 1), pie=HOJA_RESCATE
    )
    proteger(hoja)


def _escribir_resumen(hoja: Any, estilos: Estilos, rescate: Rescate, total: int) -> int:
    """Cuántas de cada cosa; da la fila donde empieza el encabezado de la lista."""
    fila = 4
    banda, celda = estilos("banda"), estilos("celda")
    que_quiere_decir = (5, len(_ANCHOS))
    combinar(hoja, (fila, 1), (fila, 3), banda)
    hoja.write_string(fila - 1, 0, "Qué pasó", banda)
    hoja.write_string(fila - 1, 3, "Cuántas", banda)
    combinar(hoja, (fila, que_quiere_decir[0]), (fila, que_quiere_decir[1]), banda)
    hoja.write_string(fila - 1, que_quiere_decir[0] - 1, "Qué quiere decir", banda)
    primera = fila + len(Que) + 5  # de la lista
    rango = f"$B${primera}:$B${primera + max(total, 1) - 1}"
    cuentas = rescate.cuentas
    for que, (significado, aspecto) in SIGNIFICADO.items():
        fila += 1
        chip = estilos("celda", **aspecto)
        combinar(hoja, (fila, 1), (fila, 3), chip)
        hoja.write_string(fila - 1, 0, que, chip)
        escribir_formula(hoja, fila, 4, f'COUNTIF({rango},A{fila})', estilos("celda", align="center"), cuentas[que])
        combinar(hoja, (fila, que_quiere_decir[0]), (fila, que_quiere_decir[1]), celda)
        hoja.write_string(fila - 1, que_quiere_decir[0] - 1, significado, celda)
    fila += 1
    combinar(hoja, (fila, 1), (fila, 3), celda)
    hoja.write_string(fila - 1, 0, "en su lugar", celda)
    hoja.write_number(fila - 1, 3, rescate.intactas, estilos("celda", align="center"))
    combinar(hoja, (fila, que_quiere_decir[0]), (fila, que_quiere_decir[1]), celda)
    hoja.write_string(fila - 1, que_quiere_decir[0] - 1, "Datos que pasaron iguales y a la misma celda.", celda)
    return primera - 2


def _escribir_titulos(hoja: Any, estilos: Estilos, fila: int) -> None:
    banda = estilos("banda")
    numero = 1
    while numero <= len(_COLUMNAS):
        titulo, suya, _ = _COLUMNAS[numero - 1]
        hasta = numero
        if suya:
            while hasta < len(_COLUMNAS) and _COLUMNAS[hasta][1] == suya:
                hasta += 1
            combinar(hoja, (fila, numero), (fila, hasta), banda)
            hoja.write_string(fila - 1, numero - 1, suya, banda)
            for n in range(numero, hasta + 1):
                hoja.write_string(fila, n - 1, _COLUMNAS[n - 1][0], banda)
        else:
            combinar(hoja, (fila, numero), (fila + 1, numero), banda)
            hoja.write_string(fila - 1, numero - 1, titulo, banda)
        numero = hasta + 1


def _escribir_renglon(hoja: Any, estilos: Estilos, fila: int, n: int, m: Movimiento) -> None:
    centrado, celda = estilos("celda", align="center"), estilos("celda", align="left")
    hoja.write_number(fila - 1, 0, n, centrado)
    hoja.write_string(fila - 1, 1, m.que, estilos("celda", **SIGNIFICADO[m.que][1]))
    igual = m.que is Que.MOVIDA and m.decia is not None and m.dice == m.decia
    valores = {3: m.hoja, 4: m.celda, 5: m.decia, 6: m.nueva[0] if m.nueva else None,
               8: _LO_MISMO if igual else m.dice, 9: m.porque}
    textos = []
    for columna, valor in valores.items():
        mostrado = str(valor) if isinstance(valor, ErrorExcel) else valor
        formato = centrado if columna == 4 else celda
        if isinstance(mostrado, str):
            mostrado = str.__str__(mostrado)
            textos.append((mostrado, _ANCHOS[columna - 1]))
            menor = letra_que_cabe(mostrado, _ANCHOS[columna - 1])
            formato = estilos.variante(formato, font_size=menor) if menor < CUERPO else formato
        escribir_valor(hoja, fila, columna, mostrado, formato, estilos)
    if m.nueva is None:
        hoja.write_blank(fila - 1, 6, None, centrado)
    else:
        enlace = estilos("enlace", border=1, border_color=BORDE, align="center")
        donde = direccion(*m.nueva[1:])
        hoja.write_url(fila - 1, 6, f"internal:'{m.nueva[0]}'!{donde}", enlace, donde)
    hoja.set_row(fila - 1, alto_de_fila(textos, minimo=15))
