"""La plantilla oficial de un formato, en blanco o con datos: de la gramática y unos valores a un libro de Excel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from pei_excel.escritura.bloque import COLUMNA_VALOR, escribir_bloque, escribir_cuadro, escribir_firmas
from pei_excel.escritura.encargo import Abierta, Aspecto, ConFormato, ConFormula, Encargo, Renglon, preparar
from pei_excel.escritura.estilos import CUERPO, Estilos
from pei_excel.escritura.hoja import (
    SIN_CALCULAR,
    LibroNuevo,
    abrir_libro,
    altos_de_encabezado,
    combinar,
    configurar_impresion,
    escribir_encabezado,
    escribir_formula,
    escribir_valor,
    poner_altos,
    poner_anchos,
    proteger,
)
from pei_excel.escritura.instrucciones import escribir_instrucciones, leyenda_de, muestra_de
from pei_excel.escritura.listas import (
    Nombres,
    escribir_identidad,
    escribir_listas,
    formula_de_estado,
    nombres_de_listas,
    primero,
    texto_de_estado,
)
from pei_excel.escritura.medidas import ALTO_NORMAL, abarcar, alto_de_fila, largo, letra_que_cabe, puntos
from pei_excel.escritura.membrete import Membrete, poner_logo
from pei_excel.escritura.validaciones import (
    mensaje_de_identidad,
    poner_condicionales,
    validar_campo,
    validar_columna,
)
from pei_excel.formato import Columna, Formato, Hoja, Modo, es_numerica
from pei_excel.periodos import Periodo
from pei_excel.tipos import Opcion
from pei_excel.ubicacion import letra

__all__ = [
    "COLUMNA_VALOR", "ConFormato", "ConFormula", "escribir_bloque", "escribir_firmas", "escribir_plantilla",
    "formato_de_celda", "que_se_lea",
]

def escribir_plantilla(
    destino: Path | BinaryIO, formato: Formato, *, modo: Modo, ejercicio: int, periodo: Periodo | None = None,
    campos: Mapping[str, Any] | None = None, filas: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    filas_libres: int = 60, papel: str | None = None, membrete: Membrete | None = None,
    anexar: Callable[[LibroNuevo, Encargo], None] | None = None,
) -> None:
    """Escribe la plantilla de un formato; los mismos argumentos dan los mismos bytes.

    `campos` y `filas` son valores crudos por clave y pueden ser cualquier cosa. En una columna calculada, None o la
    ausencia escribe la fórmula, un valor la sustituye como constante, el texto vacío la borra y `ConFormula` guarda un
    resultado viejo; `ConFormato` da otro formato de número y `Abierta` deja abierta una celda de una columna cerrada.
    El campo del periodo se llena con `periodo` si `campos` no lo trae; si lo trae, se escribe como viene, coincida o
    no. En formulación hay `filas_libres` renglones en total; en seguimiento, exactamente los dados, y sólo se abre el
    trimestre de `periodo`. `membrete` es lo que la oficina pone en el libro de cada unidad; `anexar`, lo que se
    agrega ya escrito lo demás.

    Raises:
        ValueError: si el seguimiento no dice qué trimestre se reporta.
    """
    encargo = preparar(
        formato, modo=modo, ejercicio=ejercicio, periodo=periodo, campos=campos, filas=filas,
        filas_libres=filas_libres, papel=papel, membrete=membrete,
    )
    libro = abrir_libro(
        destino, titulo=f"{formato.titulo} {ejercicio}", asunto=f"{formato.fuente} · {modo}",
        creado=datetime(ejercicio, 1, 1), estructura_protegida=True, es_salida=False,  # noqa: DTZ001 - fecha fija, sin reloj
    )
    libro.estilos.colores = encargo.membrete.colores
    nombres = nombres_de_listas(encargo)
    celdas = {clave: encargo.celda_campo(clave) for clave in formato.principal.disposicion.fila_campo}
    for hoja in formato.hojas:
        _escribir_hoja(libro, encargo, hoja, nombres, celdas)
    escribir_instrucciones(libro, encargo)
    escribir_listas(libro, encargo, nombres)
    escribir_identidad(libro, encargo, celdas)
    if anexar is not None:
        anexar(libro, encargo)
    libro.close()


def _escribir_hoja(libro: LibroNuevo, encargo: Encargo, una: Hoja, nombres: Nombres, celdas: dict[str, str]) -> None:
    hoja, estilos, lugar = libro.hoja(una.clave), libro.estilos, una.disposicion
    if not una.columnas:
        _escribir_hoja_de_campos(hoja, una, encargo, estilos, nombres, celdas)
        return
    renglones = encargo.renglones[una.clave]
    ultima = lugar.fila_datos + max(len(renglones), 1) - 1
    hoja.hide_gridlines(2)
    hoja.set_zoom(90)
    poner_anchos(hoja, una.columnas)
    _escribir_estado(hoja, una, encargo, estilos, celdas)
    _escribir_titulo_y_campos(hoja, una, encargo, estilos, nombres)
    for cuadro in una.cuadros:
        escribir_cuadro(hoja, una, cuadro, encargo, encargo.cuadro(una, cuadro), estilos)
    cortes = tuple(lugar.columna[clave] for clave in una.paginas)
    escribir_encabezado(
        hoja, una.columnas, lugar.fila_encabezado, estilos, profundidad=lugar.profundidad, cortes=cortes
    )
    if lugar.fila_encabezado > lugar.FILA_TITULO + 1:
        hoja.set_row(lugar.fila_encabezado - 2, 6)
    poner_altos(hoja, lugar.fila_encabezado, altos_de_encabezado(una.columnas, lugar.profundidad))
    if renglones:
        _escribir_renglones(hoja, una, encargo, estilos, renglones)
        abiertas = encargo.abiertas(una)
        for columna in una.columnas:
            validar_columna(hoja, columna, encargo.aspecto(columna), (lugar.fila_datos, ultima), nombres, una,
                            encargo.membrete.contacto, abiertas.get(columna.clave))
        poner_condicionales(hoja, una, encargo, estilos, (lugar.fila_datos, ultima))
    quienes = encargo.membrete
    fin = ultima
    if una.firmas:
        fin = escribir_firmas(hoja, una, ultima + 2, estilos, quienes.cargos, quienes.firmantes)
    configurar_impresion(
        hoja, papel=encargo.papel, area=(lugar.FILA_TITULO, 1, fin, lugar.ultima_impresa),
        repetir=(lugar.fila_encabezado, lugar.fila_titulos), pie=f"{encargo.formato.titulo} {encargo.ejercicio}",
        cortes=cortes,
        repetir_columnas=(1, una.fijas) if una.paginas and una.fijas else None,
    )
    hoja.freeze_panes(lugar.fila_titulos, una.fijas or min(2, len(una.llave) + 1))
    _filtrar(hoja, una, ultima)
    elegida = next((n for n, c in enumerate(una.columnas) if encargo.aspecto(c) is Aspecto.CAPTURA), 0)
    hoja.set_selection(lugar.fila_datos - 1, elegida, lugar.fila_datos - 1, elegida)
    proteger(hoja)


def _escribir_titulo_y_campos(hoja: Any, una: Hoja, encargo: Encargo, estilos: Estilos, nombres: Nombres) -> None:
    lugar, titulo = una.disposicion, estilos("titulo")
    for desde, hasta in lugar.tramos:
        combinar(hoja, (lugar.FILA_TITULO, desde), (lugar.FILA_TITULO, hasta), titulo)
        hoja.write_string(lugar.FILA_TITULO - 1, desde - 1, una.titulo.format(ejercicio=encargo.ejercicio), titulo)
    con_logo = poner_logo(hoja, encargo.membrete, lugar.FILA_TITULO) if una is encargo.formato.principal else 0
    hoja.set_row(lugar.FILA_TITULO - 1, max(22, con_logo))
    abierto, cerrados = encargo.modo is Modo.FORMULACION, encargo.membrete.cerrados
    escribir_bloque(hoja, una, encargo.campos, estilos, abierto=abierto, cerrados=cerrados)
    for clave in (c.clave for c in una.campos if c.clave in cerrados):
        hoja.data_validation(lugar.fila_campo[clave] - 1, COLUMNA_VALOR - 1, lugar.fila_campo[clave] - 1,
                             COLUMNA_VALOR - 1, {"validate": "any", "input_title": "Dato de la institución",
                                                 "input_message": mensaje_de_identidad(encargo.membrete.contacto)})
    for campo in (c for c in una.campos if (abierto or c.abierto) and c.clave not in cerrados):
        fila = lugar.fila_campo[campo.clave]
        validar_campo(hoja, campo, fila, 1 if campo.en_etiqueta else COLUMNA_VALOR, nombres)
        if campo.obligatorio and campo.clave != encargo.formato.campo_periodo:
            hoja.conditional_format(fila - 1, COLUMNA_VALOR - 1, fila - 1, COLUMNA_VALOR - 1, {
                "type": "formula", "criteria": f'=${letra(COLUMNA_VALOR)}${fila}=""',
                "format": estilos.condicional("falta"),
            })


def _escribir_hoja_de_campos(
    hoja: Any, una: Hoja, encargo: Encargo, estilos: Estilos, nombres: Nombres, celdas: dict[str, str]
) -> None:
    """Una hoja sin tabla: un dato por fila, con su etiqueta a la izquierda."""
    lugar = una.disposicion
    hoja.hide_gridlines(2)
    for numero, ancho in enumerate(una.anchos_impresos):
        hoja.set_column(numero, numero, ancho)
    _escribir_estado(hoja, una, encargo, estilos, celdas)
    _escribir_titulo_y_campos(hoja, una, encargo, estilos, nombres)
    ultima = max(lugar.fila_campo.values())
    configurar_impresion(
        hoja, papel=encargo.papel, area=(lugar.FILA_TITULO, 1, ultima, lugar.ultima_impresa),
        pie=f"{encargo.formato.titulo} {encargo.ejercicio}",
    )
    hoja.freeze_panes(lugar.FILA_TITULO, 0)
    hoja.set_selection(lugar.FILA_TITULO, COLUMNA_VALOR - 1, lugar.FILA_TITULO, COLUMNA_VALOR - 1)
    proteger(hoja)


def _filtrar(hoja: Any, una: Hoja, ultima: int) -> None:
    """Pone el filtro en las columnas de texto del principio: en las de cifras el botón taparía el título."""
    cuantas = 0
    for columna in una.columnas:
        if es_numerica(columna):
            break
        cuantas += 1
    if cuantas:
        hoja.autofilter(una.disposicion.fila_titulos - 1, 0, ultima - 1, cuantas - 1)


def formato_de_celda(estilos: Estilos, columna: Columna, aspecto: Aspecto) -> Any:
    """Formato de las celdas de datos de una columna; las cifras y las opciones se encogen antes que cortarse.

    Una opción que tendría que encogerse demasiado se dobla en renglones.
    """
    opciones = columna.tipo.opciones if isinstance(columna.tipo, Opcion) else ()
    doblada = any(largo(opcion, CUERPO) > 1.4 * puntos(columna.ancho) for opcion in opciones)
    corta = es_numerica(columna) or (bool(opciones) and not doblada)
    ajuste = {"shrink": True} if corta else {"text_wrap": True}
    alineacion = "center" if isinstance(columna.tipo, Opcion) else columna.tipo.alineacion
    return estilos(str(aspecto), align=alineacion, num_format=columna.tipo.formato, **ajuste)


def que_se_lea(estilos: Estilos, formato: Any, valor: Any) -> Any:
    """Dos decimales a la vista si la cifra tiene más: «80.6666666666667», encogida, no se lee."""
    if isinstance(valor, float) and abs(valor - round(valor, 2)) > 1e-9:
        return estilos.variante(formato, num_format="#,##0.00")
    return formato


def _escribir_renglones(hoja: Any, una: Hoja, encargo: Encargo, estilos: Estilos, renglones: list[Renglon]) -> None:
    lugar = una.disposicion
    columnas = []
    for numero, columna in enumerate(una.columnas, 1):
        # La fórmula se arma una vez, con una marca donde va el número de fila.
        formula = columna.calculo.excel(lambda c: f"{lugar.letra[c]}\0", encargo) if columna.calculo else ""
        aspecto = encargo.aspecto(columna)
        cerrado = Aspecto.CERRADO if una.conserva and aspecto is Aspecto.CAPTURA else aspecto
        propios = ((False, aspecto), (True, cerrado), (None, Aspecto.CAPTURA))  # None: una celda abierta
        formatos = {c: formato_de_celda(estilos, columna, a) for c, a in propios}
        columnas.append((numero, columna, formatos, formula))
    hoja.flexibles = range(renglones[0].numero, renglones[-1].numero + 1)
    for renglon in renglones:
        fila, crudos = renglon.numero, renglon.crudos
        textos = []
        cerrado_ = encargo.cerrado(una, renglon)
        for numero, columna, formatos, formula in columnas:
            valor = crudos.get(columna.clave)
            formato = formatos[None if isinstance(valor, Abierta) else cerrado_]
            valor = valor.valor if isinstance(valor, Abierta) else valor
            if formula and (valor is None or isinstance(valor, ConFormula)):
                visto = renglon.valores[columna.clave]
                if valor is not None:
                    visto = SIN_CALCULAR if valor.valor is None else valor.valor
                visible = formato if columna.auxiliar else que_se_lea(estilos, formato, visto)
                escribir_formula(hoja, fila, numero, formula.replace("\0", str(fila)), visible, visto)
                if isinstance(visto, str) and len(visto) > 8 and not columna.auxiliar:
                    textos.append((visto, columna.ancho))
            elif isinstance(valor, ConFormato):
                otro = estilos.variante(formato, num_format=valor.formato)
                escribir_valor(hoja, fila, numero, valor.valor, otro, estilos)
            elif valor is None:
                hoja.write_blank(fila - 1, numero - 1, None, formato)
            else:
                if isinstance(valor, str) and len(valor) > 8 and not columna.auxiliar:
                    textos.append((valor, columna.ancho))
                    if len(valor) > columna.ancho * 25 and (menor := letra_que_cabe(valor, columna.ancho)) < CUERPO:
                        formato = estilos.variante(formato, font_size=menor)
                escribir_valor(hoja, fila, numero, valor, formato, estilos)
        if crudos:
            hoja.set_row(fila - 1, alto_de_fila(textos, minimo=20))


def _escribir_estado(hoja: Any, una: Hoja, encargo: Encargo, estilos: Estilos, celdas: dict[str, str]) -> None:
    """Fila 1: si está listo o cuánto falta, con un vínculo a lo primero. Fila 2: qué quiere decir cada color."""
    lugar, anchos = una.disposicion, [c.ancho for c in una.columnas] or una.anchos_impresos
    formato = estilos("estado")
    hasta = abarcar(anchos, 1, 42)
    combinar(hoja, (lugar.FILA_LISTO, 1), (lugar.FILA_LISTO, hasta), formato)
    es_principal = una is encargo.formato.principal
    formula = formula_de_estado(encargo) if es_principal else f"'{encargo.formato.principal.clave}'!$A$1"
    escribir_formula(hoja, lugar.FILA_LISTO, 1, formula, formato, texto_de_estado(encargo))
    hoja.conditional_format(0, 0, 0, hasta - 1, {
        "type": "formula", "criteria": f'=AND($A$1<>"LISTO PARA ENVIAR",$A$1<>"{encargo.formato.completo}")',
        "format": estilos.condicional("pendiente"),
    })
    destino = primero(encargo, celdas)
    enlace = estilos("enlace")
    fin = abarcar(anchos, hasta + 1, 42)
    combinar(hoja, (lugar.FILA_LISTO, hasta + 1), (lugar.FILA_LISTO, fin), enlace)
    rotulo = "Ir al primer dato que falta: "
    escribir_formula(
        hoja, lugar.FILA_LISTO, hasta + 1,
        f'IF(pei_primero="","",HYPERLINK("#"&pei_primero,"{rotulo}"&SUBSTITUTE(pei_primero,"\'","")))', enlace,
        rotulo + destino.replace("'", "") if destino else None,
    )
    hoja.set_row(lugar.FILA_LISTO - 1, 18)
    desde = 1
    for aspecto, texto in leyenda_de(encargo.formato):
        if desde > len(anchos):
            break
        fin = abarcar(anchos, desde, (largo(texto, 8) + 8) / 5.25)
        chip = estilos("leyenda", **muestra_de(aspecto))
        combinar(hoja, (lugar.FILA_LEYENDA, desde), (lugar.FILA_LEYENDA, fin), chip)
        hoja.write_string(lugar.FILA_LEYENDA - 1, desde - 1, texto, chip)
        desde = fin + 1
    hoja.set_row(lugar.FILA_LEYENDA - 1, ALTO_NORMAL)
