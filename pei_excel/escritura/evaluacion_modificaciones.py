"""La hoja `Modificaciones` de una evaluación de la MIR: las metas iniciales y las vigentes de lo que se modificó."""

from __future__ import annotations

from typing import Any

from pei_excel.calculos import acumular, formula_acumular
from pei_excel.escritura.estilos import LISTO, Estilos
from pei_excel.escritura.evaluacion_encargo import Encargo
from pei_excel.escritura.hoja import (
    LibroNuevo,
    altos_de_encabezado,
    configurar_impresion,
    escribir_encabezado,
    escribir_formula,
    escribir_valor,
    poner_altos,
    poner_anchos,
    rango,
)
from pei_excel.escritura.medidas import alto_de_fila
from pei_excel.evaluacion import Indicador
from pei_excel.formato import Columna
from pei_excel.modificaciones import HOJA, MetaModificada, metas_modificadas
from pei_excel.periodos import ORDINALES, TRIMESTRES
from pei_excel.tipos import Numero, Texto
from pei_excel.ubicacion import letra

_INICIAL, _VIGENTE = "Programado inicial", "Programado vigente"
_TITULOS = 5  #: fila de las bandas del encabezado

_COLUMNAS: tuple[Columna, ...] = (
    Columna(clave="nivel", titulo="Nivel", tipo=Texto(), ancho=14),
    Columna(clave="nombre", titulo="Indicador", tipo=Texto(), ancho=32),
    *(
        Columna(clave=f"{clave}{n}", titulo=titulo, banda=(banda,), tipo=Numero(), ancho=ancho)
        for clave, banda in (("i", _INICIAL), ("v", _VIGENTE))
        for n, titulo, ancho in (*((n, f"{ORDINALES[n - 1]} Trim.", 8.0) for n in TRIMESTRES), (5, "Anual", 9.0))
    ),
    Columna(clave="desde", titulo="En vigor desde", tipo=Texto(), ancho=11),
    Columna(clave="cambios", titulo="Cambios registrados", tipo=Texto(), ancho=44),
)
_NUMERO = {c.clave: n for n, c in enumerate(_COLUMNAS, 1)}


def escribir_modificaciones(libro: LibroNuevo, encargo: Encargo) -> bool:
    """Un renglón por indicador con metas modificadas; sin ninguno no hay hoja. Da si la hay."""
    modificadas = metas_modificadas(encargo.revision.libro)
    if not modificadas:
        return False
    hoja, estilos = libro.hoja(HOJA), libro.estilos
    hoja.hide_gridlines(2)
    poner_anchos(hoja, _COLUMNAS)
    hoja.write_string(0, 0, f"Metas modificadas{encargo.marca}", estilos("subtitulo"))
    hoja.write_string(1, 0, f"Archivo recibido: {encargo.revision.libro.archivo}", estilos("etiqueta"))
    hoja.write_string(
        2, 0, "La evaluación usa las metas vigentes; las iniciales son las vigentes con los cambios deshechos, el más "
        "nuevo primero. En verde, lo que cambió.", estilos("texto"),
    )
    escribir_encabezado(hoja, _COLUMNAS, _TITULOS, estilos)
    poner_altos(hoja, _TITULOS, altos_de_encabezado(_COLUMNAS))
    fila = _TITULOS + 1
    por_indice = {i.fila.indice: i for i in encargo.indicadores}
    cifras = [v for m in modificadas.values() for v in m.inicial]
    cifras += [v for i in encargo.indicadores for v in i.programado]
    formato = "#,##0.00" if any(v is not None and v != int(v) for v in cifras) else "#,##0"
    primera = encargo.primera_fila
    for n, leida in enumerate(encargo.revision.libro.filas(encargo.hoja.clave)):
        indicador = por_indice.get(leida.indice)
        if leida.indice in modificadas and indicador is not None:
            fila += 1
            _escribir_fila(hoja, fila, primera + n, indicador, modificadas[leida.indice], encargo, estilos, formato)
    configurar_impresion(
        hoja, papel=encargo.papel, area=(1, 1, fila, len(_COLUMNAS)), repetir=(_TITULOS, _TITULOS + 1), pie=encargo.pie,
    )
    hoja.freeze_panes(_TITULOS + 1, 2)
    return True


def _escribir_fila(
    hoja: Any, fila: int, en_la_oficial: int, i: Indicador, meta: MetaModificada, encargo: Encargo, estilos: Estilos,
    formato_de_cifra: str,
) -> None:
    texto = estilos("celda")
    textos = {"nivel": i.etiqueta, "nombre": i.nombre, "desde": meta.desde, "cambios": meta.frase}
    for clave, valor in textos.items():
        escribir_valor(hoja, fila, _NUMERO[clave], valor, texto, estilos)
    cifra = estilos("celda", align="right", num_format=formato_de_cifra)
    lugar = encargo.hoja.disposicion
    for n, (antes, ahora) in enumerate(zip(meta.inicial, i.programado, strict=True), 1):
        formato = estilos.variante(cifra, bg_color=LISTO) if antes != ahora else cifra
        escribir_valor(hoja, fila, _NUMERO[f"i{n}"], antes, formato, estilos)
        origen = rango(encargo.hoja.clave, en_la_oficial, lugar.letra[f"programado_t{n}"])
        escribir_formula(hoja, fila, _NUMERO[f"v{n}"], f'IF(ISNUMBER({origen}),{origen},"")', formato, ahora)
    for clave, cifras in (("i", meta.inicial), ("v", i.programado)):
        celdas = f"{letra(_NUMERO[f'{clave}1'])}{fila}:{letra(_NUMERO[f'{clave}4'])}{fila}"
        escribir_formula(
            hoja, fila, _NUMERO[f"{clave}5"], formula_acumular(i.acumulacion, celdas),
            estilos.variante(cifra, bold=True), acumular(i.acumulacion, cifras),
        )
    hoja.set_row(fila - 1, alto_de_fila([(textos[c], _COLUMNAS[_NUMERO[c] - 1].ancho) for c in textos], minimo=20))
