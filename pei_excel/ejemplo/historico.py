"""Escribe un informe como lo hacían las unidades antes de la plantilla: páginas que se repiten, sin fórmulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from pei_excel.escritura.estilos import CUERPO, Estilos
from pei_excel.escritura.hoja import (
    abrir_libro,
    altos_de_encabezado,
    combinar,
    configurar_impresion,
    escribir_encabezado,
    escribir_valor,
    poner_altos,
    poner_anchos,
)
from pei_excel.escritura.medidas import abarcar, alto_de_fila, ancho_combinado, letra_que_cabe, puntos
from pei_excel.formato import Columna, Formato, es_numerica
from pei_excel.formatos import FORMATOS
from pei_excel.tipos import Opcion

#: Columna donde va el valor de los campos; la etiqueta ocupa las anteriores.
COLUMNA_VALOR = 3
#: Ancho imprimible de una hoja tamaño oficio apaisada, en puntos.
ANCHO_IMPRIMIBLE = 33 / 2.54 * 72 - 36


class Encabezado(StrEnum):
    """Cómo quedó el encabezado en una página del informe real."""

    NIVEL_FUERA = "nivel fuera"  #: Nivel, Nombre y Definición a la altura de las bandas; Línea Base dentro de la suya
    COMPLETO = "completo"  #: todas las columnas de identificación dentro de «Datos del Indicador»
    SIN_DATOS_DEL_INDICADOR = "sin datos del indicador"  #: sólo Línea Base y los valores llevan banda


@dataclass(frozen=True)
class Pagina:
    """Una página impresa: su encabezado y cuántos renglones lleva."""

    encabezado: Encabezado
    renglones: int
    abreviatura: str = "Trim."  #: cómo abrevia «Trimestre» en los títulos


@dataclass(frozen=True, kw_only=True)
class InformeHistorico:
    """Un informe con lo que la plantilla no guarda: páginas y cargos de quienes firman."""

    campos: Mapping[str, object]
    filas: Sequence[Mapping[str, object]]
    paginas: Sequence[Pagina]
    firmas: Sequence[tuple[str, str]] = ()  #: (título, cargo)
    nota: str = ""  #: renglón arriba del título de la primera página


def escribir_historico(
    destino: Path | BinaryIO, informe: InformeHistorico, *, formato: Formato | None = None,
    paginas_por_hoja: int | None = None,
) -> None:
    """Escribe el informe con bloque y encabezado en cada página; los mismos argumentos dan los mismos bytes.

    Sin `paginas_por_hoja`, todas las páginas van una debajo de otra en una hoja.

    Raises:
        ValueError: si los renglones de las páginas no suman los del informe.
    """
    formato = formato or FORMATOS["MIR"]
    if sum(p.renglones for p in informe.paginas) != len(informe.filas):
        raise ValueError("los renglones de las páginas no suman los del informe")
    ejercicio = int(str(informe.campos["ejercicio"]))
    libro = abrir_libro(
        destino, titulo=f"{formato.titulo} {ejercicio}", asunto=str(informe.campos["unidad"]),
        creado=datetime(ejercicio, 7, 5), comentarios=informe.nota, es_salida=False,  # noqa: DTZ001 - fecha fija, sin reloj
    )
    por_hoja = paginas_por_hoja or len(informe.paginas)
    escritor = _Escritor(informe, formato, libro.estilos)
    grupos = [range(n, min(n + por_hoja, len(informe.paginas))) for n in range(0, len(informe.paginas), por_hoja)]
    for numero, grupo in enumerate(grupos, 1):
        nombre = f"Informe {ejercicio}" if len(grupos) == 1 else f"Página {numero}"
        escritor.hoja(libro.hoja(nombre), grupo)
    libro.close()


class _Escritor:
    """Escribe páginas de un informe, una hoja a la vez."""

    def __init__(self, informe: InformeHistorico, formato: Formato, estilos: Estilos) -> None:
        self.informe, self.una, self.estilos = informe, formato.principal, estilos
        self.columnas = [c for c in self.una.columnas if not c.auxiliar]
        self.anchos = [c.ancho for c in self.columnas]
        self.final = len(self.columnas)

    def hoja(self, hoja: Any, paginas: range) -> None:
        """Escribe algunas páginas, numeradas desde 0, en una hoja."""
        poner_anchos(hoja, self.columnas)
        hoja.hide_gridlines(2)
        fila, cortes, hechas = 1, [], sum(p.renglones for p in self.informe.paginas[: paginas.start])
        for n in paginas:
            pagina = self.informe.paginas[n]
            if n == 0:
                fila = self._titulo(hoja, fila)
            elif fila > 1:
                cortes.append(fila - 1)
            fila = self._encabezado(hoja, self._bloque(hoja, fila) + 1, pagina)
            for datos in self.informe.filas[hechas : hechas + pagina.renglones]:
                self._renglon(hoja, fila, datos)
                fila += 1
            hechas += pagina.renglones
            fila += 1
        fin = fila - 2
        if paginas.stop == len(self.informe.paginas) and self.informe.firmas:
            fin = self._firmas(hoja, fila)
        self._imprimir(hoja, fin, cortes)

    def _imprimir(self, hoja: Any, fin: int, cortes: list[int]) -> None:
        ejercicio = self.informe.campos["ejercicio"]
        configurar_impresion(
            hoja, papel="oficio", area=(1, 1, fin, self.final), pie=self.una.titulo.format(ejercicio=ejercicio),
        )
        if not cortes:
            hoja.fit_to_pages(1, 1)
        else:  # «una página de ancho» borra los cortes puestos a mano: se da la escala
            total = sum(puntos(ancho) + 3 for ancho in self.anchos) / 0.953
            hoja.set_print_scale(int(ANCHO_IMPRIMIBLE / total * 100))
            hoja.set_h_pagebreaks(cortes)

    def _titulo(self, hoja: Any, fila: int) -> int:
        if self.informe.nota:
            nota = self.estilos("nota", text_wrap=False, italic=True)
            hoja.write_string(fila - 1, 0, self.informe.nota, nota)
            fila += 1
        titulo = self.estilos("titulo")
        combinar(hoja, (fila, 1), (fila, self.final), titulo)
        hoja.write_string(fila - 1, 0, self.una.titulo.format(ejercicio=self.informe.campos["ejercicio"]), titulo)
        hoja.set_row(fila - 1, 24)
        return fila + 2

    def _bloque(self, hoja: Any, fila: int) -> int:
        for campo in self.una.campos:
            valor = str(self.informe.campos.get(campo.clave) or "")
            etiqueta = self.estilos("etiqueta")
            if campo.en_etiqueta:
                fila += 1  # el informe deja un renglón antes de la vinculación
                combinar(hoja, (fila, 1), (fila, self.final), etiqueta)
                hoja.write_string(fila - 1, 0, f"{campo.etiqueta} {valor}", etiqueta)
            else:
                texto = self.estilos("texto", text_wrap=True, valign="vcenter")
                combinar(hoja, (fila, 1), (fila, COLUMNA_VALOR - 1), etiqueta)
                combinar(hoja, (fila, COLUMNA_VALOR), (fila, self.final), texto)
                hoja.write_string(fila - 1, 0, campo.etiqueta, etiqueta)
                escribir_valor(hoja, fila, COLUMNA_VALOR, valor, texto, self.estilos)
                hoja.set_row(fila - 1, alto_de_fila([(valor, ancho_combinado(self.anchos[COLUMNA_VALOR - 1 :]))]))
            fila += 1
        return fila

    def _encabezado(self, hoja: Any, fila: int, pagina: Pagina) -> int:
        columnas = [_como_en(c, pagina) for c in self.columnas]
        profundidad = 1 + max(len(c.banda) for c in columnas)
        escribir_encabezado(hoja, columnas, fila, self.estilos, profundidad=profundidad)
        poner_altos(hoja, fila, altos_de_encabezado(columnas, profundidad))
        return fila + profundidad

    def _renglon(self, hoja: Any, fila: int, datos: Mapping[str, object]) -> None:
        textos = []
        for numero, columna in enumerate(self.columnas, 1):
            valor = datos.get(columna.clave)
            centrado = es_numerica(columna) or isinstance(columna.tipo, Opcion)
            formato = self.estilos("celda", align="center" if centrado else "left")
            if isinstance(valor, str):
                textos.append((valor, columna.ancho))
                if (menor := letra_que_cabe(valor, columna.ancho)) < CUERPO:
                    formato = self.estilos.variante(formato, font_size=menor)
            escribir_valor(hoja, fila, numero, valor, formato, self.estilos)
        hoja.set_row(fila - 1, alto_de_fila(textos, minimo=20))

    def _firmas(self, hoja: Any, fila: int) -> int:
        """Recuadros de firma repartidos en la hoja: título, línea y cargo."""
        tramo = self.final // len(self.informe.firmas)
        for numero, (titulo, cargo) in enumerate(self.informe.firmas):
            desde = 2 + numero * tramo
            hasta = abarcar(self.anchos, desde, 62)
            renglones = ((titulo, "firma_titulo"), ("", "firma_linea"), (cargo, "firma_nombre"))
            for n, (texto, estilo) in enumerate(renglones):
                formato = self.estilos(estilo)
                combinar(hoja, (fila + n, desde), (fila + n, hasta), formato)
                if texto:
                    hoja.write_string(fila + n - 1, desde - 1, texto, formato)
        poner_altos(hoja, fila, (15, 22, 15))
        return fila + 2


def _como_en(columna: Columna, pagina: Pagina) -> Columna:
    """La columna con las bandas y el título que lleva en esa página."""
    banda = columna.banda
    if pagina.encabezado is Encabezado.NIVEL_FUERA and columna.clave in {"nivel", "nombre", "definicion"}:
        banda = ()
    elif pagina.encabezado is Encabezado.SIN_DATOS_DEL_INDICADOR and columna.medida is None:
        banda = banda[1:]
    return replace(columna, banda=banda, titulo=columna.titulo.replace("Trim.", pagina.abreviatura))
