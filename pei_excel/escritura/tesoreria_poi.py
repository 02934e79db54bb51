"""El informe del POI para la Tesorería: resultados por clave, actividades con su presupuesto y firmas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import BinaryIO

from pei_excel.escritura.consolidado_comun import Detalle, al_periodo_de, caracter_de, fecha, llaves_de
from pei_excel.escritura.consolidado_cuadros import ColumnaDeGrupo, Suyos, columnas_de_conteo, sin_codigo
from pei_excel.escritura.consolidado_poi_cuadros import NOTA_FUERA, columnas_de_avance, columnas_de_soles
from pei_excel.escritura.evaluacion_poi_papel import cabe_de_alto, escala
from pei_excel.escritura.filas_armadas import FILA, HojaDeFilas, con_formula, entidades, hoja_de_filas, principio
from pei_excel.escritura.hoja import LibroNuevo, abrir_libro
from pei_excel.escritura.medidas import ALTO_NORMAL, alto_de_fila
from pei_excel.escritura.rapido import LibroRapido
from pei_excel.escritura.tesoreria import CifraCitada, escribir_caratula, escribir_firmas
from pei_excel.escritura.tesoreria_indicadores import ENCABEZADO, LETRA, PRIMERA, encabezado, imprimir, titulos
from pei_excel.escritura.tesoreria_poi_actividades import escribir_actividades
from pei_excel.frases_poi import lo_que_no_se_leyo
from pei_excel.tablas import AGRUPACIONES, Grupo, Tablas
from pei_excel.textos import cuenta
from pei_excel.ubicacion import letra

HOJAS = ("Carátula", "Resultados", "Actividades", "Firmas")
#: Las agrupaciones que lleva, en su orden.
_SECCIONES = ("oei", "unidad")
_ANCHO_DE_NOMBRE = 44.0
#: Clave de columna → cómo se llama su total en la carátula.
_EN_LA_CARATULA = {
    "Actividad": "Avance físico: media (%)", "financiero": "% financiero", "costo_anual": "Costo anual (S/.)",
    "programado": "Programado al periodo (S/.)", "devengado": "Devengado al periodo (S/.)",
}
#: Puntos: el título de una sección, el encabezado (con holgura: se dobla) y lo que va encima en la primera página.
_ALTO_DE_SECCION, _ALTO_DE_ENCABEZADO, _ALTO_DE_TITULO = 20.0, 60.0, 52.0
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
    citadas = _resultados(libro, resultados, tablas, papel, detalle)
    _caratula(libro, caratula, tablas, papel, citadas)
    escribir_firmas(libro, firmas, tablas, papel, ("Elaboró", "V.º B.º", "Recibió"))
    caratula.activate()
    libro.close()


def _resultados(
    libro: LibroNuevo, hoja: HojaDeFilas, tablas: Tablas, papel: str, detalle: Detalle
) -> dict[str, CifraCitada]:
    """Un renglón por objetivo y por unidad, en el orden de sus claves, y el de la institución.

    Devuelve dónde quedó cada cifra de la carátula.
    """
    estilos = libro.estilos
    titulos(hoja, "Resultados por objetivo y por unidad", tablas, estilos)
    columnas = [
        c._replace(ancho=c.ancho * LETRA / 9)
        for c in (columnas_de_conteo(tablas)[0], *columnas_de_avance(tablas), *columnas_de_soles(tablas)[:-1])
    ]
    titulos_y_anchos = [
        ("Clave", 12.0, False), ("Objetivo o unidad", _ANCHO_DE_NOMBRE, False),
        *((c.titulo, c.ancho, False) for c in columnas),
    ]
    encabezado(hoja, titulos_y_anchos, estilos)
    hojeo = _Hojeo(papel, [ancho for _, ancho, _ in titulos_y_anchos])
    letras = {c.clave: letra(n) for n, c in enumerate(columnas, 3)}
    fila, a = ENCABEZADO, f'"|"&$A{FILA}&"|"'
    for clave in _SECCIONES:
        agrupacion = next(x for x in AGRUPACIONES["POI"] if x.clave == clave)
        llaves = llaves_de(tablas.grupos[clave])
        banda = estilos("celda", bold=True, bg_color="#E6ECF1", font_size=LETRA, text_wrap=False)
        fila += 1
        vacias = "".join(f"{principio(n, banda)}/>" for n in range(3, len(columnas) + 3))
        titulo = hoja.texto(principio(2, banda), f"Por {agrupacion.titulo.lower()}")
        hoja.agregar(fila, f"{principio(1, banda)}/>{titulo}{vacias}", _ALTO_DE_SECCION)
        hojeo.pasar(fila, _ALTO_DE_SECCION, con_la_siguiente=True)
        suyos = Suyos(detalle, f"{detalle.rango(f'llave_{clave}')},{a}", letras)
        for grupo in tablas.grupos[clave]:
            fila += 1
            hojeo.pasar(fila, _renglon(
                hoja, fila, libro, columnas, suyos, llaves[grupo.clave], sin_codigo(grupo), grupo
            ))
    fila += 1
    hojeo.pasar(fila, _renglon(
        hoja, fila, libro, columnas, Suyos(detalle, "", letras), "", "Institución", tablas.institucion
    ))
    nota = estilos("nota", text_wrap=False, font_size=9)
    que = "Media pesada por el costo anual" if tablas.ponderado else "Media simple"
    notas = (
        f"{que} del % físico al periodo de cada actividad, topado a 100; sin reporte, 0.", *_NOTAS,
        *((NOTA_FUERA,) if tablas.institucion.sin_comparar else ()), *(texto for _, texto in lo_que_no_se_leyo(tablas)),
    )
    for n, aviso in enumerate(notas, fila + 2):
        hoja.agregar(n, hoja.texto(principio(1, nota), aviso), ALTO_NORMAL)
        hojeo.pasar(n, ALTO_NORMAL)
    ultima = fila + 1 + len(notas)
    hoja.abarcar(ultima, len(columnas) + 2)
    hoja.ignore_errors({"number_stored_as_text": f"A{PRIMERA}:A{fila}"})
    hoja.freeze_panes(PRIMERA - 1, 1)
    imprimir(hoja, tablas, (ultima, len(columnas) + 2), papel, repetir=True)
    # Con «ajustar a una página» Excel no respetaría los cortes.
    hoja.set_print_scale(hojeo.escala)
    hoja.set_h_pagebreaks(hojeo.cortes)
    return {
        c.clave: CifraCitada(f"'{HOJAS[1]}'!{letras[c.clave]}{fila}", c.valor(tablas.institucion), c.formato)
        for c in columnas if c.clave in _EN_LA_CARATULA
    }


def _renglon(
    hoja: HojaDeFilas, fila: int, libro: LibroNuevo, columnas: Sequence[ColumnaDeGrupo], suyos: Suyos, clave: str,
    nombre: str, grupo: Grupo,
) -> float:
    """Escribe un renglón y da su alto, en puntos."""
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
    return alto


class _Hojeo:
    """Dónde empieza cada página, para que un título no quede solo al pie de la anterior."""

    def __init__(self, papel: str, anchos: Sequence[float]) -> None:
        self.escala = escala([anchos], papel)
        self.cortes: list[int] = []  #: filas (desde 0) antes de las que empieza otra página
        # En cada página van el encabezado, que se repite, y en la primera el título.
        self._cabe = cabe_de_alto(papel, self.escala) - _ALTO_DE_ENCABEZADO
        self._usado = _ALTO_DE_TITULO
        self._pegadas: list[tuple[int, float]] = []

    def pasar(self, fila: int, alto: float, *, con_la_siguiente: bool = False) -> None:
        """Pone una fila; la que va `con_la_siguiente` espera a que ésta se ponga."""
        self._pegadas.append((fila, alto))
        if con_la_siguiente:
            return
        altos = sum(alto for _, alto in self._pegadas)
        if self._usado + altos > self._cabe:
            self.cortes.append(self._pegadas[0][0] - 1)
            self._usado = 0.0
        self._usado += altos
        self._pegadas.clear()


def _caratula(
    libro: LibroNuevo, hoja: HojaDeFilas, tablas: Tablas, papel: str, citadas: dict[str, CifraCitada]
) -> None:
    objetivos = len(tablas.grupos["oei"])
    datos: list[tuple[str, str | CifraCitada]] = [
        ("Dirigido a", "Tesorería Municipal"),
        ("Periodo", tablas.periodo.nombre), ("Corte", fecha(tablas.corte)),
        ("Carácter", caracter_de(tablas)),
        ("Informes considerados", tablas.cobertura.breve("al final de esta hoja")),
        *((titulo, citadas[clave]) for clave, titulo in _EN_LA_CARATULA.items()),
        ("Objetivos", cuenta(objetivos, "objetivo estratégico (OEI)", "objetivos estratégicos (OEI)")),
        ("Unidades", cuenta(len(tablas.por_unidad), "unidad orgánica", "unidades orgánicas")),
        ("Actividades", cuenta(len(tablas.renglones), "actividad", "actividades")),
        *((f"No entra {a_que}", texto) for a_que, texto in lo_que_no_se_leyo(tablas)),
        ("Semáforo", tablas.perfil.etiqueta),
        ("Contenido", "Resultados por objetivo y por unidad, Actividades (físico y presupuesto) y Firmas."),
    ]
    que = "Informe consolidado de avance físico y financiero del Plan Operativo Institucional"
    escribir_caratula(libro, hoja, tablas, que, datos, papel)
