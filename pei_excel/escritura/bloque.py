"""El bloque de identificación de una hoja y sus firmas al pie: lo oficial que no es tabla."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pei_excel.calculos import Cifra
from pei_excel.cuadros import Cuadro, EntornoDeCuadro
from pei_excel.escritura.encargo import ConFormato, crudo
from pei_excel.escritura.estilos import Estilos
from pei_excel.escritura.hoja import combinar, escribir_formula, escribir_valor, poner_altos
from pei_excel.escritura.medidas import ALTO_NORMAL, abarcar, alto_de_fila, ancho_combinado
from pei_excel.formato import Campo, Disposicion, Firma, Hoja
from pei_excel.tipos import como_texto
from pei_excel.ubicacion import letra

#: Columna donde va el valor de los campos; la etiqueta ocupa las anteriores.
COLUMNA_VALOR = Disposicion.COLUMNA_VALOR


def escribir_bloque(
    hoja: Any, una: Hoja, campos: Mapping[str, Any], estilos: Estilos, *, abierto: bool,
    cerrados: Collection[str] = (),
) -> None:
    """El bloque de identificación: etiqueta en las primeras columnas y valor combinado hasta la última impresa.

    Los campos `cerrados` no se abren ni al formular.
    """
    lugar = una.disposicion
    anchos = una.anchos_impresos
    final = len(anchos)
    for campo in una.campos:
        fila = lugar.fila_campo[campo.clave]
        desde = 1 if campo.en_etiqueta else COLUMNA_VALOR
        suyo = (abierto or campo.abierto) and campo.clave not in cerrados
        formato = estilos(
            "captura" if suyo else "aprobado", align="left", text_wrap=True,
            bold=campo.en_etiqueta or campo.negritas, **({} if suyo else {"border": 0}),
            **({} if campo.tipo.formato == "General" else {"num_format": campo.tipo.formato}),
        )
        combinar(hoja, (fila, desde), (fila, final), formato)
        if not campo.en_etiqueta:
            etiqueta = estilos("etiqueta")
            combinar(hoja, (fila, 1), (fila, COLUMNA_VALOR - 1), etiqueta)
            hoja.write_string(fila - 1, 0, campo.etiqueta, etiqueta)
        valor = _valor_de_campo(campo, crudo(campos.get(campo.clave)))
        if isinstance(valor, ConFormato):
            formato, valor = estilos.variante(formato, num_format=valor.formato), valor.valor
        escribir_valor(hoja, fila, desde, valor, formato, estilos)
        texto = valor if isinstance(valor, str) else ""
        hoja.set_row(fila - 1, alto_de_fila([(texto, ancho_combinado(anchos[desde - 1 :]))]))


def _valor_de_campo(campo: Campo, valor: Any) -> Any:
    """Un campo escrito en su etiqueta lleva las dos cosas en la celda: «… Desarrollo 2022 - 2024»."""
    if not campo.en_etiqueta:
        return valor
    return campo.etiqueta if valor is None or valor == "" else f"{campo.etiqueta} {como_texto(valor)}"


def escribir_cuadro(
    hoja: Any, una: Hoja, cuadro: Cuadro, entorno: EntornoDeCuadro, valores: Mapping[str, Cifra], estilos: Estilos,
    fijos: Collection[str] = (),
) -> None:
    """Un cuadro de resumen sobre la tabla: título, y por renglón su rótulo y su cifra, con fórmulas vivas.

    De los renglones `fijos` se escribe sólo el valor: su fórmula no lo daría.
    """
    lugar = una.disposicion
    fila = lugar.fila_cuadro[cuadro.clave]
    anchos = [c.ancho for c in una.columnas if not c.auxiliar]
    hasta = abarcar(anchos, 1, 34)
    titulo = estilos("banda", align="left")
    combinar(hoja, (fila, 1), (fila, hasta + 1), titulo)
    hoja.write_string(fila - 1, 0, cuadro.titulo, titulo)
    hoja.set_row(fila - 1, ALTO_NORMAL)
    celdas = {r.clave: f"${letra(hasta + 1)}${fila + n}" for n, r in enumerate(cuadro.renglones, 1)}
    for n, renglon in enumerate(cuadro.renglones, fila + 1):
        rotulo = estilos("aprobado", bold=renglon.total)
        combinar(hoja, (n, 1), (n, hasta), rotulo)
        hoja.write_string(n - 1, 0, renglon.titulo, rotulo)
        formato = estilos("calculada", bold=renglon.total, align="right", num_format=cuadro.formato)
        valor = valores[renglon.clave]
        if renglon.clave in fijos:
            escribir_valor(hoja, n, hasta + 1, valor, formato, estilos)
        else:
            escribir_formula(hoja, n, hasta + 1, renglon.calculo.excel(celdas, entorno), formato, valor)
        if renglon.no_negativo:
            hoja.conditional_format(n - 1, hasta, n - 1, hasta, {
                "type": "formula", "criteria": f"=N({celdas[renglon.clave]})<0",
                "format": estilos.condicional("revisar"),
            })
        hoja.set_row(n - 1, ALTO_NORMAL)


def escribir_firmas(
    hoja: Any, una: Hoja, fila: int, estilos: Estilos, cargos: Mapping[str, str] | None = None,
    firmantes: Mapping[str, str] | None = None,
) -> int:
    """Las firmas al pie de una hoja; devuelve la última fila que ocupan."""
    anchos = [c.ancho for c in una.columnas if not c.auxiliar]
    return firmar(hoja, una.firmas, anchos, fila, estilos, cargos, firmantes)


def firmar(
    hoja: Any, firmas: Sequence[Firma], anchos: Sequence[float], fila: int, estilos: Estilos,
    cargos: Mapping[str, str] | None = None, firmantes: Mapping[str, str] | None = None,
) -> int:
    """Las firmas, centradas cada una en su parte del ancho de la hoja; devuelve la última fila que ocupan.

    `cargos` dice el de quien firma cada una, por su `quien`; sin él queda por escribir. `firmantes`, por el título de
    la firma, lo que va tal cual en lugar de eso.
    """
    total, corte, acumulado = sum(anchos), 0, 0.0
    bordes = []  # ancho acumulado al terminar cada columna
    for ancho in anchos:
        acumulado += ancho
        bordes.append(acumulado)
    for numero, firma in enumerate(firmas):
        centro = total * (numero + 0.5) / len(firmas)
        desde = next(n for n, borde in enumerate(bordes, 1) if borde > centro - 24 and n > max(corte, 1))
        hasta = max(desde, next((n for n, borde in enumerate(bordes, 1) if borde >= centro + 24), len(anchos)))
        corte = hasta + 1
        cargo = (cargos or {}).get(firma.quien)
        nombre = (firmantes or {}).get(firma.titulo) or (f"Nombre\n{cargo}" if cargo else "Nombre y cargo")
        for n, (texto, estilo) in enumerate(
            ((firma.titulo, "firma_titulo"), ("", "firma_linea"), (nombre, "firma_nombre"))
        ):
            formato = estilos(estilo)
            combinar(hoja, (fila + n, desde), (fila + n, hasta), formato)
            if texto:
                hoja.write_string(fila + n - 1, desde - 1, texto, formato)
    poner_altos(hoja, fila - 1, (12, 16, 34, 30))
    return fila + 2
