"""El libro de evaluación que se devuelve a cada unidad: su informe revisado y evaluado, de vuelta en Excel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from pei_excel.calculos import Estado
from pei_excel.escritura.encargo import Aspecto
from pei_excel.escritura.estilos import SEVERIDAD, Estilos
from pei_excel.escritura.evaluacion_bloques import (
    POR_HORIZONTE,
    SIN_EVALUAR,
    Celda,
    CeldasDeFila,
    columnas_de_evaluacion,
)
from pei_excel.escritura.evaluacion_encargo import Encargo, Mapa, observada, ubicar
from pei_excel.escritura.evaluacion_hoja import escribir_celda, formato_de_lo_escrito, poner_notas
from pei_excel.escritura.evaluacion_modificaciones import escribir_modificaciones
from pei_excel.escritura.evaluacion_resumen import escribir_observaciones, escribir_resumen
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
from pei_excel.escritura.medidas import ALTO_NORMAL, alto_de_fila, ancho_combinado
from pei_excel.escritura.observaciones import para_la_unidad
from pei_excel.escritura.plantilla import COLUMNA_VALOR, formato_de_celda, que_se_lea
from pei_excel.escritura.rapido import LibroRapido
from pei_excel.evaluacion import HORIZONTES, Indicador
from pei_excel.formato import Columna
from pei_excel.formatos import FORMATOS
from pei_excel.hallazgo import Severidad
from pei_excel.modificaciones import HOJA as MODIFICACIONES
from pei_excel.modificaciones import metas_modificadas
from pei_excel.periodos import Periodo
from pei_excel.revision import Revision
from pei_excel.semaforo import Perfil
from pei_excel.tipos import como_texto
from pei_excel.ubicacion import letra

__all__ = ["escribir_evaluacion"]

#: Si el encabezado fijo midiera más puntos, taparía la pantalla: sólo se fijan las columnas.
_FIJO_MAXIMO = 300.0


def escribir_evaluacion(
    destino: Path | BinaryIO, revision: Revision, indicadores: Sequence[Indicador], *, periodo: Periodo, corte: date,
    perfil: Perfil, preliminar: bool = True, papel: str | None = None,
) -> None:
    """Escribe el libro de evaluación de un informe; los mismos argumentos dan los mismos bytes.

    `indicadores` son los de `evaluar` sobre el mismo libro. `corte` es la fecha que se muestra. Nunca se abre el
    archivo de la unidad: la hoja oficial se reconstruye con los valores leídos, tal como se escribieron.
    """
    libro = revision.libro
    formato = FORMATOS[libro.formato or "MIR"]
    una = formato.principal
    encargo = Encargo(
        revision, periodo, corte, perfil, preliminar, para_la_unidad(revision.hallazgos), papel or formato.papel,
        indicadores=tuple(indicadores), hoja=una, primera_fila=una.disposicion.fila_datos,
    )
    mapa = ubicar(encargo)
    nuevo = abrir_libro(
        destino, titulo=f"Evaluación {periodo.al_periodo} de {periodo.ejercicio}",
        asunto=f"{formato.titulo} · {libro.unidad or ''}", comentarios=f"Archivo recibido: {libro.archivo}",
        creado=datetime(corte.year, corte.month, corte.day),  # noqa: DTZ001 - la fecha de corte, sin reloj
        clase=LibroRapido,
    )
    _escribir_hoja(nuevo.hoja(una.clave), encargo, mapa, nuevo.estilos)
    escribir_observaciones(nuevo, encargo, [observada(h, mapa, una) for h in encargo.hallazgos])
    escribir_resumen(nuevo, encargo)
    escribir_modificaciones(nuevo, encargo)
    nuevo.close()


def _escribir_hoja(hoja: Any, encargo: Encargo, mapa: Mapa, estilos: Estilos) -> None:
    una, lugar = encargo.hoja, encargo.hoja.disposicion
    oficiales = [c for c in una.columnas if not c.auxiliar]
    nuestras = columnas_de_evaluacion(encargo.periodo)
    impresas = [c for c in nuestras if not c.auxiliar]
    primera = len(oficiales) + 1  # de nuestros bloques
    ultima_columna = len(oficiales) + len(impresas)
    hoja.hide_gridlines(2)
    hoja.set_zoom(90)
    poner_anchos(hoja, oficiales)
    poner_anchos(hoja, nuestras, primera)
    alto = _escribir_cabeza(hoja, encargo, mapa, estilos, (oficiales, impresas))
    escribir_encabezado(hoja, oficiales, lugar.fila_encabezado, estilos, profundidad=lugar.profundidad)
    escribir_encabezado(
        hoja, nuestras, lugar.fila_encabezado, estilos, columna=primera, profundidad=lugar.profundidad
    )
    altos = [
        max(par) for par in zip(
            altos_de_encabezado(oficiales, lugar.profundidad), altos_de_encabezado(nuestras, lugar.profundidad),
            strict=True,
        )
    ]
    poner_altos(hoja, lugar.fila_encabezado, altos)
    for fila, columna, rotulo in mapa.encabezados(una):
        formato = estilos("encabezado", bg_color=mapa.relleno(fila, columna))
        hoja.write_string(fila - 1, columna - 1, rotulo, formato)
    fin = _escribir_filas(hoja, encargo, mapa, estilos, oficiales, nuestras)
    _colorear_semaforo(hoja, encargo, primera, estilos)
    fin = _escribir_pie(hoja, encargo, fin, (len(oficiales), ultima_columna), estilos)
    poner_notas(hoja, mapa)
    configurar_impresion(
        hoja, papel=encargo.papel, area=(lugar.FILA_TITULO, 1, fin, ultima_columna),
        repetir=(lugar.fila_encabezado, lugar.fila_titulos), repetir_columnas=(1, COLUMNA_VALOR - 1),
        pie=encargo.pie, paginas_de_ancho=2,
    )
    hoja.print_across()
    hoja.set_v_pagebreaks([len(oficiales)])
    fijas = lugar.fila_titulos if alto + sum(altos) <= _FIJO_MAXIMO else 0
    hoja.freeze_panes(fijas, COLUMNA_VALOR - 1)


def _escribir_cabeza(
    hoja: Any, encargo: Encargo, mapa: Mapa, estilos: Estilos, columnas: tuple[Sequence[Columna], Sequence[Columna]]
) -> float:
    """Archivo, leyenda, título y bloque de identificación, éste repetido en la segunda página; da el alto en puntos."""
    una, lugar, libro = encargo.hoja, encargo.hoja.disposicion, encargo.revision.libro
    hoja.write_string(0, 0, f"Archivo recibido: {libro.archivo}", estilos("etiqueta"))
    hoja.write_url(1, 0, "internal:'Observaciones'!A1", estilos("enlace"), encargo.cuantas_observaciones)
    for columna, severidad in enumerate(Severidad, COLUMNA_VALOR - 1):
        chip = estilos("leyenda", bg_color=SEVERIDAD[severidad.value])
        if columna == COLUMNA_VALOR + 1:
            combinar(hoja, (2, columna + 1), (2, columna + 2), chip)
        hoja.write_string(1, columna, severidad.para_la_unidad, chip)
    zonas = []  # (primera, última, ancho) de cada página
    total = [c.ancho for c in columnas[0]]
    zonas.append((COLUMNA_VALOR, len(total), ancho_combinado(total[COLUMNA_VALOR - 1 :])))
    anchos = [c.ancho for c in columnas[1]]
    zonas.append((len(total) + 1, len(total) + len(anchos), ancho_combinado(anchos)))
    titulo = estilos("titulo")
    for desde, hasta, _ in zonas:
        combinar(hoja, (lugar.FILA_TITULO, desde), (lugar.FILA_TITULO, hasta), titulo)
        hoja.write_string(lugar.FILA_TITULO - 1, desde - 1, encargo.titulo_de(una), titulo)
    altos = [ALTO_NORMAL, 16.0, 22.0]
    etiqueta = estilos("etiqueta")
    for campo in una.campos:
        fila = lugar.fila_campo[campo.clave]
        crudo = libro.campo(campo.clave).crudo
        if isinstance(crudo, float):  # una clave sola, que Excel guarda como número: es un texto, «504»
            crudo = como_texto(crudo)
        normal = estilos("aprobado", border=0, text_wrap=True, bold=campo.en_etiqueta or campo.negritas)
        valor = crudo
        if campo.en_etiqueta:
            valor = campo.etiqueta if crudo is None else f"{campo.etiqueta} {crudo}"
        else:
            hoja.write_string(fila - 1, 0, campo.etiqueta, etiqueta)
        for n, (desde, hasta, _) in enumerate(zonas):
            relleno = mapa.relleno(fila, desde) if n == 0 else None
            con_color = estilos.variante(normal, bg_color=relleno) if relleno else normal
            combinar(hoja, (fila, desde), (fila, hasta), con_color)
            escribir_valor(hoja, fila, desde, valor, con_color, estilos)
        texto = valor if isinstance(valor, str) else ""
        altos.append(alto_de_fila([(texto, min(z[2] for z in zonas))]))
    altos.append(6.0)
    poner_altos(hoja, 1, altos)
    return sum(altos)


def _escribir_filas(
    hoja: Any, encargo: Encargo, mapa: Mapa, estilos: Estilos, oficiales: Sequence[Columna],
    nuestras: Sequence[Columna],
) -> int:
    """Los renglones: lo oficial como se escribió, lo calculado como fórmula viva y nuestros bloques."""
    una, lugar = encargo.hoja, encargo.hoja.disposicion
    por_indice = {i.fila.indice: i for i in encargo.indicadores}
    decimales = any(
        v is not None and v != int(v)
        for i in encargo.indicadores for h in HORIZONTES for v in (i.medicion(h).programado, i.medicion(h).alcanzado)
    )
    normales = [
        formato_de_celda(estilos, c, Aspecto.CALCULADA if c.calculo else Aspecto.APROBADO) for c in oficiales
    ]
    propios = [_formato_nuestro(estilos, c, decimales) for c in nuestras]
    rellenas = {fila for fila, _ in mapa.observados}
    numero = lugar.fila_titulos
    for numero, fila in enumerate(encargo.revision.libro.filas(una.clave), lugar.fila_datos):
        indicador = por_indice.get(fila.indice)
        celdas = CeldasDeFila(indicador, una, numero, len(oficiales) + 1) if indicador else None
        calculadas: dict[str, Celda] = celdas.oficiales() if celdas else {}
        textos: list[tuple[str, float]] = []
        for n, columna in enumerate(oficiales, 1):
            formato = normales[n - 1]
            if numero in rellenas and (relleno := mapa.relleno(numero, n)):
                formato = estilos.variante(formato, bg_color=relleno)
            calculada = calculadas.get(columna.clave)
            if calculada is not None:
                escribir_celda(hoja, numero, n, calculada, que_se_lea(estilos, formato, calculada.valor), estilos)
            else:
                dato = fila[columna.clave]
                formato = formato_de_lo_escrito(columna, dato, formato, estilos, textos)
                escribir_valor(hoja, numero, n, dato.crudo, formato, estilos)
        desde = len(oficiales) + 1
        if celdas is not None:
            for n, celda in enumerate(celdas.bloques(encargo.perfil)):
                escribir_celda(hoja, numero, desde + n, celda, propios[n], estilos)
                if isinstance(celda.valor, str):
                    textos.append((celda.valor, nuestras[n].ancho))
        else:
            for n, columna in enumerate(nuestras):
                es_semaforo = columna.clave.endswith("_semaforo")
                escribir_valor(hoja, numero, desde + n, SIN_EVALUAR if es_semaforo else None, propios[n], estilos)
        hoja.set_row(numero - 1, alto_de_fila(textos, minimo=20))
    return numero


def _formato_nuestro(estilos: Estilos, columna: Columna, decimales: bool) -> Any:
    if columna.auxiliar:
        return estilos("apoyo", num_format="0.0" if columna.clave == "topado" else "General")
    if columna.clave.endswith("_semaforo"):
        return estilos("celda", align="center")
    if columna.clave.endswith("_porcentaje"):
        return estilos("celda", align="right", num_format="0.0")
    return estilos("celda", align="right", num_format="#,##0.00" if decimales else "#,##0")


def _colorear_semaforo(hoja: Any, encargo: Encargo, primera: int, estilos: Estilos) -> None:
    """El color sigue a la palabra, también si alguien cambia una cifra; lo anual sólo al cerrar el ejercicio."""
    desde, hasta = encargo.filas
    if hasta < desde:
        return
    horizontes = 3 if encargo.periodo.cierra_el_ejercicio else 2
    letras = [letra(primera + n * POR_HORIZONTE + POR_HORIZONTE - 1) for n in range(horizontes)]
    rangos = " ".join(f"{x}{desde}:{x}{hasta}" for x in letras)
    reglas = [(b.palabra, f"semaforo_{b.color}") for b in encargo.perfil.bandas]
    for palabra, estilo in (*reglas, (Estado.SIN_REPORTE.value, "pendiente")):
        hoja.conditional_format(f"{letras[0]}{desde}:{letras[0]}{hasta}", {
            "type": "cell", "criteria": "==", "value": f'"{palabra}"', "format": estilos.condicional(estilo),
            "multi_range": rangos,
        })


def _escribir_pie(hoja: Any, encargo: Encargo, fin: int, columnas: tuple[int, int], estilos: Estilos) -> int:
    """Lo que hay que saber para leer la hoja, bajo cada página."""
    nota = estilos("nota")
    oficial = (
        "* Calculado con fórmula sobre lo que usted informó. Las demás celdas muestran lo escrito en su archivo; las "
        "de color tienen una nota."
    )
    nuestra = f"Diferencia = programado − alcanzado. {encargo.semaforo}"
    if metas_modificadas(encargo.revision.libro):
        nuestra += f" Hay metas modificadas: las iniciales y las vigentes están en la hoja {MODIFICACIONES}."
    for texto, desde, hasta in ((oficial, COLUMNA_VALOR, columnas[0]), (nuestra, columnas[0] + 1, columnas[1])):
        combinar(hoja, (fin + 1, desde), (fin + 1, hasta), nota)
        hoja.write_string(fin, desde - 1, texto, nota)
    hoja.set_row(fin, alto_de_fila([(oficial, 190), (nuestra, 180)], letra=8, minimo=24))
    return fin + 1
