"""El informe del POI para la Tesorería: resultados por clave, actividades con su presupuesto y firmas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import BinaryIO

from pei_excel.escritura.consolidado_comun import Detalle, al_periodo_de, fecha, llaves_de
from pei_excel.escritura.consolidado_cuadros import ColumnaDeGrupo, Suyos, columnas_de_conteo, sin_codigo
from pei_excel.escritura.consolidado_poi_cuadros import columnas_de_avance, columnas_de_soles
from pei_excel.escritura.filas_armadas import FILA, HojaDeFilas, con_formula, entidades, hoja_de_filas, principio
from pei_excel.escritura.graficas import Cita
from pei_excel.escritura.hoja import LibroNuevo, abrir_libro
from pei_excel.escritura.medidas import alto_de_fila
from pei_excel.escritura.rapido import LibroRapido
from pei_excel.escritura.tesoreria import escribir_caratula, escribir_firmas
from pei_excel.escritura.tesoreria_indicadores import ENCABEZADO, LETRA, PRIMERA, encabezado, imprimir, titulos
from pei_excel.escritura.tesoreria_poi_actividades import escribir_actividades
from pei_excel.tablas import AGRUPACIONES, Grupo, Tablas
from pei_excel.textos import cuenta
from pei_excel.ubicacion import letra

HOJAS = ("Carátula", "Resultados", "Actividades", "Firmas")
#: Las agrupaciones que lleva, en su orden.
_SECCIONES = ("oei", "unidad")
_ANCHO_DE_NOMBRE = 44.0
_NOTAS = (
    ("En el orden de las claves. n: actividades que entran a la media. La institución se calcula con todas las "
     "actividades."),
    "% financiero: devengado ÷ programado × 100, de enero al fin del periodo.",
)


def escribir_tesoreria_poi(destino: Path | BinaryIO, tablas: Tablas, *, papel: str = "a4") -> None:
    """Escribe el informe para la Tesorería; los mismos argumentos dan los mismos bytes."""
    libro = abrir_libro(
        destino, titulo=f"Informe consolidado POI {al_periodo_de(tablas.periodo)}",
        asunto="Para la Tesorería Municipal", creado=datetime.combine(tablas.corte, time()), clase=LibroRapido,
    )
    caratula, resultados, actividades, firmas = [hoja_de_filas(libro, nombre) for nombre in HOJAS]
    detalle = escribir_actividades(libro, actividades, tablas, papel)
    soles = _resultados(libro, resultados, tablas, papel, detalle)
    _caratula(libro, caratula, tablas, papel, soles)
    escribir_firmas(libro, firmas, tablas, papel, ("Elaboró", "V.º B.º", "Recibió"))
    caratula.activate()
    libro.close()


def _resultados(
    libro: LibroNuevo, hoja: HojaDeFilas, tablas: Tablas, papel: str, detalle: Detalle
) -> dict[str, Cita]:
    """Un renglón por objetivo y por unidad, en el orden de sus claves, y el de la institución.

    Devuelve dónde quedó cada total en soles.
    """
    estilos = libro.estilos
    titulos(hoja, "Resultados por objetivo y por unidad", tablas, estilos)
    columnas = [
        c._replace(ancho=c.ancho * LETRA / 9)
        for c in (columnas_de_conteo(tablas)[0], *columnas_de_avance(tablas), *columnas_de_soles(tablas)[:-1])
    ]
    encabezado(hoja, [
        ("Clave", 12.0, False), ("Objetivo o unidad", _ANCHO_DE_NOMBRE, False),
        *((c.titulo, c.ancho, False) for c in columnas),
    ], estilos)
    letras = {c.clave: letra(n) for n, c in enumerate(columnas, 3)}
    fila, a = ENCABEZADO, f'"|"&$A{FILA}&"|"'
    for clave in _SECCIONES:
        agrupacion = next(x for x in AGRUPACIONES["POI"] if x.clave == clave)
        llaves = llaves_de(tablas.grupos[clave])
        banda = estilos("celda", bold=True, bg_color="#E6ECF1", font_size=LETRA, text_wrap=False)
        fila += 1
        vacias = "".join(f"{principio(n, banda)}/>" for n in range(3, len(columnas) + 3))
        titulo = hoja.texto(principio(2, banda), f"Por {agrupacion.titulo.lower()}")
        hoja.agregar(fila, f"{principio(1, banda)}/>{titulo}{vacias}", 20)
        suyos = Suyos(detalle, f"{detalle.rango(f'llave_{clave}')},{a}", letras)
        for grupo in tablas.grupos[clave]:
            fila += 1
            _renglon(hoja, fila, libro, columnas, suyos, llaves[grupo.clave], sin_codigo(grupo), grupo)
    fila += 1
    _renglon(hoja, fila, libro, columnas, Suyos(detalle, "", letras), "", "Institución", tablas.institucion)
    nota = estilos("nota", text_wrap=False, font_size=9)
    que = "Media pesada por el costo anual" if tablas.ponderado else "Media simple"
    notas = (f"{que} del % físico al periodo de cada actividad, topado a 100; sin reporte, 0.", *_NOTAS)
    for n, aviso in enumerate(notas, fila + 2):
        hoja.agregar(n, hoja.texto(principio(1, nota), aviso))
    ultima = fila + 1 + len(notas)
    hoja.abarcar(ultima, len(columnas) + 2)
    hoja.ignore_errors({"number_stored_as_text": f"A{PRIMERA}:A{fila}"})
    hoja.freeze_panes(PRIMERA - 1, 2)
    imprimir(hoja, tablas, (ultima, len(columnas) + 2), papel, repetir=True)
    return {
        c: Cita(f"'Resultados'!{letras[c]}{fila}", tablas.institucion.soles.get(c) or 0.0)
        for c in ("costo_anual", "programado", "devengado")
    }


def _renglon(
    hoja: HojaDeFilas, fila: int, libro: LibroNuevo, columnas: Sequence[ColumnaDeGrupo], suyos: Suyos, clave: str,
    nombre: str, grupo: Grupo,
) -> None:
    propio: dict[str, object] = {"font_size": LETRA} | ({} if clave else {"bold": True, "bg_color": "#E6ECF1"})
    texto = libro.estilos("celda", **propio)
    celdas = [
        hoja.texto(principio(1, texto), clave) if clave else f"{principio(1, texto)}/>",
        hoja.texto(principio(2, texto), nombre),
    ]
    for n, columna in enumerate(columnas, 3):
        estilo = libro.estilos("celda", **propio, align="right", text_wrap=False, num_format=columna.formato)
        formula = entidades(columna.formula(suyos)) if columna.formula else ""
        celdas.append(con_formula(principio(n, estilo), formula, columna.valor(grupo)))
    alto = alto_de_fila([(nombre, _ANCHO_DE_NOMBRE), (clave, 12.0)], minimo=20, letra=LETRA)
    hoja.agregar(fila, "".join(celdas), alto)


def _caratula(
    libro: LibroNuevo, hoja: HojaDeFilas, tablas: Tablas, papel: str, soles: dict[str, Cita]
) -> None:
    c = tablas.cobertura
    objetivos = len(tablas.grupos["oei"])
    datos: list[tuple[str, str | Cita]] = [
        ("Dirigido a", "Tesorería Municipal"),
        ("Periodo", tablas.periodo.nombre), ("Corte", fecha(tablas.corte)),
        ("Carácter", "PRELIMINAR" if tablas.preliminar else "Definitivo"),
        ("Informes considerados", c.frase),
        ("Objetivos", cuenta(objetivos, "objetivo estratégico (OEI)", "objetivos estratégicos (OEI)")),
        ("Unidades", cuenta(len(tablas.por_unidad), "unidad orgánica", "unidades orgánicas")),
        ("Actividades", cuenta(len(tablas.renglones), "actividad", "actividades")),
        ("Costo anual (S/.)", soles["costo_anual"]), ("Programado al periodo (S/.)", soles["programado"]),
        ("Devengado al periodo (S/.)", soles["devengado"]), ("Semáforo", tablas.perfil.etiqueta),
        ("Contenido", "Resultados por objetivo y por unidad, Actividades (físico y presupuesto) y Firmas."),
    ]
    que = "Informe consolidado de avance físico y financiero del Plan Operativo Institucional"
    escribir_caratula(libro, hoja, tablas, que, datos, papel)
