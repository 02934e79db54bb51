"""Las hojas de datos de un POI, reconstruidas: lo que la unidad escribió, lo calculado como fórmula y lo observado."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

from pei_excel.actividades import Actividad
from pei_excel.calculos import Cifra, Traer, TraerDeTabla, plegar
from pei_excel.cuadros import Cuadro, DelCampo, SumaDonde
from pei_excel.escritura.bloque import COLUMNA_VALOR, escribir_bloque, escribir_cuadro
from pei_excel.escritura.encargo import Aspecto
from pei_excel.escritura.estilos import SEVERIDAD, Estilos
from pei_excel.escritura.evaluacion_bloques import Celda, numero_visto
from pei_excel.escritura.evaluacion_encargo import Mapa
from pei_excel.escritura.evaluacion_hoja import escribir_celda, formato_de_lo_escrito, poner_notas
from pei_excel.escritura.evaluacion_poi_columnas import PRIMERA as PRIMERA_DE_FAMILIA
from pei_excel.escritura.evaluacion_poi_columnas import TRIMESTRES, HojaDeFamilia
from pei_excel.escritura.evaluacion_poi_encargo import EncargoPOI
from pei_excel.escritura.evaluacion_poi_papel import letra_de_titulo
from pei_excel.escritura.evaluacion_poi_tramos import FISICO, letras_de
from pei_excel.escritura.filas_armadas import CORRIENTES, HojaDeFilas, principio
from pei_excel.escritura.hoja import (
    altos_de_encabezado,
    combinar,
    configurar_impresion,
    escribir_encabezado,
    escribir_valor,
    poner_altos,
    poner_anchos,
)
from pei_excel.escritura.medidas import ALTO_NORMAL, abarcar, alto_de_fila, ancho_combinado, largo
from pei_excel.escritura.plantilla import formato_de_celda, que_se_lea
from pei_excel.formato import Columna, Hoja
from pei_excel.hallazgo import Severidad
from pei_excel.libro import Dato, Fila
from pei_excel.mensual import (
    ACUMULATIVO,
    DelTrimestre,
    TotalMensual,
    claves_de_mes,
    forma_mensual,
    formula_total_mensual,
    total_mensual,
)
from pei_excel.ubicacion import letra


def escribir_hoja_oficial(
    hoja: HojaDeFilas, una: Hoja, encargo: EncargoPOI, trimestres: HojaDeFamilia, estilos: Estilos
) -> None:
    """Una hoja del formato con los valores leídos, tal como se escribieron, y su aviso en cada celda observada."""
    lugar, mapa = una.disposicion, encargo.mapas[una.clave]
    columnas = [c for c in una.columnas if not c.auxiliar]
    hoja.hide_gridlines(2)
    hoja.set_zoom(90)
    poner_anchos(hoja, columnas)
    _escribir_leyenda(hoja, columnas, encargo, estilos)
    texto, anchos = encargo.titulo_de(una), [c.ancho for c in columnas]
    for desde, hasta in lugar.tramos:
        titulo = estilos("titulo", font_size=letra_de_titulo(texto, ancho_combinado(anchos[desde - 1 : hasta])))
        combinar(hoja, (lugar.FILA_TITULO, desde), (lugar.FILA_TITULO, hasta), titulo)
        hoja.write_string(lugar.FILA_TITULO - 1, desde - 1, texto, titulo)
    hoja.set_row(lugar.FILA_TITULO - 1, 22)
    _escribir_campos(hoja, una, encargo, mapa, estilos)
    for cuadro in una.cuadros:
        _escribir_cuadro(hoja, una, cuadro, encargo, estilos)
    cortes = tuple(lugar.columna[clave] for clave in una.paginas)
    escribir_encabezado(hoja, columnas, lugar.fila_encabezado, estilos, profundidad=lugar.profundidad, cortes=cortes)
    poner_altos(hoja, lugar.fila_encabezado, altos_de_encabezado(columnas, lugar.profundidad))
    for fila, columna, rotulo in mapa.encabezados(una):
        formato = estilos("encabezado", bg_color=mapa.relleno(fila, columna))
        hoja.write_string(fila - 1, columna - 1, rotulo, formato)
    ultima = _escribir_filas(hoja, una, columnas, encargo, trimestres, estilos)
    poner_notas(hoja, mapa)
    configurar_impresion(
        hoja, papel=encargo.papel, area=(lugar.FILA_TITULO, 1, ultima, len(columnas)),
        repetir=(lugar.fila_encabezado, lugar.fila_titulos), pie=encargo.pie, cortes=cortes,
        repetir_columnas=(1, una.fijas) if cortes and una.fijas else None,
    )
    hoja.freeze_panes(lugar.fila_titulos, una.fijas or min(2, len(una.llave) + 1))


def _escribir_leyenda(hoja: Any, columnas: Sequence[Columna], encargo: EncargoPOI, estilos: Estilos) -> None:
    """De qué archivo se trata, el vínculo a las observaciones y qué quiere decir cada color."""
    hoja.write_string(0, 0, f"Archivo recibido: {encargo.revision.libro.archivo}", estilos("etiqueta"))
    anchos = [c.ancho for c in columnas]
    enlace = estilos("enlace")
    desde = abarcar(anchos, 1, largo(encargo.cuantas_observaciones) / 5.25 + 3)
    combinar(hoja, (2, 1), (2, desde), enlace)
    hoja.write_url(1, 0, "internal:'Observaciones'!A1", enlace, encargo.cuantas_observaciones)
    for severidad in Severidad:
        if desde >= len(anchos):
            break
        hasta = abarcar(anchos, desde + 1, (largo(severidad.para_la_unidad, 8) + 8) / 5.25)
        chip = estilos("leyenda", bg_color=SEVERIDAD[severidad.value])
        combinar(hoja, (2, desde + 1), (2, hasta), chip)
        hoja.write_string(1, desde, severidad.para_la_unidad, chip)
        desde = hasta
    poner_altos(hoja, 1, (ALTO_NORMAL, 16))


def _escribir_campos(hoja: Any, una: Hoja, encargo: EncargoPOI, mapa: Mapa, estilos: Estilos) -> None:
    """El bloque de identificación como se escribió."""
    libro = encargo.revision.libro
    escribir_bloque(hoja, una, {c.clave: libro.campo(c.clave).crudo for c in una.campos}, estilos, abierto=False)
    for campo in una.campos:
        fila = una.disposicion.fila_campo[campo.clave]
        relleno = mapa.relleno(fila, COLUMNA_VALOR)
        if relleno:
            extra = {} if campo.tipo.formato == "General" else {"num_format": campo.tipo.formato}
            formato = estilos("aprobado", align="left", text_wrap=True, border=0, bg_color=relleno, **extra)
            escribir_valor(hoja, fila, COLUMNA_VALOR, libro.campo(campo.clave).crudo, formato, estilos)


def _escribir_filas(
    hoja: HojaDeFilas, una: Hoja, columnas: Sequence[Columna], encargo: EncargoPOI, trimestres: HojaDeFamilia,
    estilos: Estilos,
) -> int:
    mapa, lugar = encargo.mapas[una.clave], una.disposicion
    normales = [
        formato_de_celda(estilos, c, Aspecto.CALCULADA if c.calculo else Aspecto.APROBADO) for c in columnas
    ]
    inicios = [principio(n, formato) for n, formato in enumerate(normales, 1)]
    observadas = {fila for fila, _ in mapa.observados}
    numero = lugar.fila_titulos
    filas = encargo.revision.libro.filas(una.clave)
    if filas:
        hoja.abarcar(lugar.fila_datos, len(columnas))
    for numero, fila in enumerate(filas, lugar.fila_datos):
        textos: list[tuple[str, float]] = []
        armadas: list[str] = []  # las celdas seguidas que faltan por poner
        observada = numero in observadas
        for n, (columna, normal, inicio) in enumerate(zip(columnas, normales, inicios, strict=True), 1):
            formato = normal
            if observada and (relleno := mapa.relleno(numero, n)):
                formato = estilos.variante(formato, bg_color=relleno)
            celda = _calculada(columna, fila, numero, una, encargo, trimestres) if columna.calculo else None
            if celda is None:
                dato = fila[columna.clave]
                formato = formato_de_lo_escrito(columna, dato, formato, estilos, textos)
                if type(dato.crudo) in CORRIENTES:
                    armadas.append(hoja.celda(inicio if formato is normal else principio(n, formato), dato.crudo))
                    continue
                escribir_valor(hoja, numero, n, dato.crudo, formato, estilos)
            else:
                escribir_celda(hoja, numero, n, celda, que_se_lea(estilos, formato, celda.valor), estilos)
                if isinstance(celda.valor, str):
                    textos.append((celda.valor, columna.ancho))
            hoja.poner(numero, n - len(armadas), armadas)
            armadas = []
        hoja.poner(numero, len(columnas) + 1 - len(armadas), armadas)
        hoja.set_row(numero - 1, alto_de_fila(textos, minimo=20))
    return numero


def _calculada(
    columna: Columna, fila: Fila, numero: int, una: Hoja, encargo: EncargoPOI, trimestres: HojaDeFamilia
) -> Celda | None:
    """Lo que va en una columna que el formato calcula; None: lo que el archivo diga."""
    n = encargo.de_fila.get((fila.hoja, fila.indice))
    actividad = encargo.actividades[n - 1] if n else None
    if isinstance(columna.calculo, TotalMensual):
        return _total(columna.calculo, fila, numero, una, actividad)
    if isinstance(columna.calculo, DelTrimestre):
        return _meta_alcanzada(fila, n, actividad, trimestres)
    if fila[columna.clave].crudo is None:  # nunca se calculó: se trae aquí
        return Celda(None, _traido(columna, fila, actividad, encargo))
    return None


def _total(calculo: TotalMensual, fila: Fila, numero: int, una: Hoja, actividad: Actividad | None) -> Celda:
    """El total de los meses leídos; con fórmula si sobre lo escrito da lo mismo."""
    forma = ACUMULATIVO
    if calculo.forma:
        forma = actividad.forma if actividad else forma_mensual(fila.valor(calculo.forma))
    datos = [fila[clave] for clave in claves_de_mes(calculo.medida)]
    leidas = [d.valor if isinstance(d.valor, float) else None for d in datos]
    vistas = [numero_visto(d) for d in datos]
    esperado = total_mensual(forma, leidas)
    if any(v is not None and isnan(v) for v in vistas) or total_mensual(forma, vistas) != esperado:
        return Celda(None, esperado)
    letras = una.disposicion.letra
    inicio, fin = (f"{letras[clave]}{numero}" for clave in (claves_de_mes(calculo.medida)[i] for i in (0, -1)))
    return Celda(formula_total_mensual(forma, f"{inicio}:{fin}"), esperado)


def _meta_alcanzada(
    fila: Fila, n: int | None, actividad: Actividad | None, trimestres: HojaDeFamilia
) -> Celda | None:
    """Lo ejecutado en el trimestre de la fila, de la hoja `Trimestres`; si no se sabe cuál es, lo escrito."""
    cual = next((q for q, f in actividad.evaluaciones.items() if f is fila), None) if actividad else None
    if actividad is None or cual is None or n is None:
        return None
    tramo = trimestres.tramos[cual - 1]
    columna = letras_de(FISICO, trimestres.inicio[tramo.clave]).ejecutado
    x = f"'{TRIMESTRES}'!${columna}${PRIMERA_DE_FAMILIA + n - 1}"
    return Celda(f'IF({x}="","",{x})', actividad.fisico(tramo).alcanzado)


def _traido(columna: Columna, fila: Fila, actividad: Actividad | None, encargo: EncargoPOI) -> Any:
    calculo = columna.calculo
    if isinstance(calculo, Traer) and actividad is not None:
        return actividad.fila[calculo.columna].crudo
    if isinstance(calculo, TraerDeTabla):
        llave = plegar(fila.valor(calculo.llave))
        filas = encargo.formato.tablas[calculo.tabla].filas
        return next((f[calculo.columna - 1] for f in filas if plegar(f[0]) == llave), None)
    return None


class _Entorno:
    """Lo que un cuadro consulta, en las hojas reconstruidas."""

    def __init__(self, encargo: EncargoPOI) -> None:
        self._encargo = encargo

    def columna_de(self, hoja: str, columna: str) -> str:
        return self._encargo.rectangulo(hoja, columna, columna)

    def valores_de(self, hoja: str, columna: str) -> list[object]:
        return [f.valor(columna) for f in self._encargo.revision.libro.filas(hoja)]

    def campo(self, clave: str) -> object:
        return self._encargo.revision.libro.campo(clave).valor

    def celda_campo(self, clave: str) -> str:
        principal = self._encargo.formato.principal
        lugar = principal.disposicion
        return f"'{principal.clave}'!${letra(COLUMNA_VALOR)}${lugar.fila_campo[clave]}"


class _EntornoVisto(_Entorno):
    """El mismo, con lo que las fórmulas ven en las celdas."""

    def valores_de(self, hoja: str, columna: str) -> list[object]:
        return [_visto(f[columna]) for f in self._encargo.revision.libro.filas(hoja)]

    def campo(self, clave: str) -> object:
        return _visto(self._encargo.revision.libro.campo(clave))


def _visto(dato: Dato) -> object:
    numero: Cifra = numero_visto(dato)
    return dato.crudo if numero is None else numero


def _escribir_cuadro(hoja: Any, una: Hoja, cuadro: Cuadro, encargo: EncargoPOI, estilos: Estilos) -> None:
    """El cuadro resumen; los renglones que leen celdas escritas de otro modo llevan sólo su valor."""
    entorno: Any = _Entorno(encargo)
    valores = cuadro.valores(entorno)
    vistos: Mapping[str, Cifra] = cuadro.valores(_EntornoVisto(encargo))  # type: ignore[arg-type]
    fijos = {
        r.clave for r in cuadro.renglones
        if isinstance(r.calculo, (SumaDonde, DelCampo)) and vistos[r.clave] != valores[r.clave]
    }
    escribir_cuadro(hoja, una, cuadro, entorno, valores, estilos, fijos)
