"""El informe consolidado para la Tesorería: resultados por clave, indicadores y firmas; sin observaciones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pei_excel.escritura.consolidado_comun import (
    ENTERO,
    PORCENTAJE,
    al_periodo_de,
    caracter_de,
    fecha,
    llaves_de,
)
from pei_excel.escritura.filas_armadas import (
    FILA,
    HojaDeFilas,
    con_formula,
    con_numero,
    entidades,
    hoja_de_filas,
    principio,
)
from pei_excel.escritura.hoja import LibroNuevo, abrir_libro, escribir_formula
from pei_excel.escritura.medidas import alto_de_fila, ancho_combinado, renglones
from pei_excel.escritura.rapido import LibroRapido
from pei_excel.escritura.tesoreria_indicadores import (
    ENCABEZADO,
    LETRA,
    LETRAS,
    PRIMERA,
    encabezado,
    escribir_indicadores,
    imprimir,
    titulos,
)
from pei_excel.tablas import MUCHOS_EXCLUIDOS, PROMEDIADOS, Tablas
from pei_excel.textos import como_frase, cuenta
from pei_excel.ubicacion import letra

HOJAS = ("Carátula", "Resultados", "Indicadores", "Firmas")
#: Juntas caben en la pantalla de un teléfono.
_ANCHOS_DE_CARATULA = (23.5, 35.0)


def escribir_tesoreria(
    destino: Path | BinaryIO, tablas: Tablas, *, formato: str = "MIR", papel: str = "oficio"
) -> None:
    """Escribe el informe para la Tesorería; los mismos argumentos dan los mismos bytes."""
    libro = abrir_libro(
        destino, titulo=f"Informe consolidado {formato} {al_periodo_de(tablas.periodo)}",
        asunto="Para la Dirección de Contabilidad de la Tesorería Municipal",
        creado=datetime.combine(tablas.corte, time()), clase=LibroRapido,
    )
    caratula, resultados, indicadores, firmas = [hoja_de_filas(libro, nombre) for nombre in HOJAS]
    fin = escribir_indicadores(libro, indicadores, tablas, papel)
    medias = _resultados(libro, resultados, tablas, papel, fin)
    _caratula(libro, caratula, tablas, papel, medias)
    escribir_firmas(libro, firmas, tablas, papel)
    caratula.activate()
    libro.close()


# ---------------------------------------------------------------- Resultados


class CifraCitada(NamedTuple):
    """Una cifra de la carátula, tomada de otra hoja."""

    referencia: str
    valor: float | str | None
    formato: str


def _resultados(
    libro: LibroNuevo, hoja: HojaDeFilas, tablas: Tablas, papel: str, fin: int
) -> list[tuple[str, CifraCitada]]:
    """Un renglón por programa, en el orden de sus claves, y el de la institución; da dónde quedaron sus medias."""
    estilos = libro.estilos
    titulos(hoja, "Resultados por Programa Presupuestario", tablas, estilos)
    columnas = [
        ("Clave", 9.0, False), ("Programa Presupuestario", 40.0, False), ("Indicadores", 13.0, False),
        ("Componentes: media (%)", 15.0, False), ("Componentes: n", 16.5, False),
        ("Actividades: media (%)", 14.0, False), ("Actividades: n", 16.0, False),
    ]
    encabezado(hoja, columnas, estilos)
    rango = {c: f"'Indicadores'!${x}${PRIMERA}:${x}${fin}" for c, x in LETRAS.items()}
    llaves, todos = llaves_de(tablas.por_programa), f'{rango["llave"]},"|*"'
    fila = ENCABEZADO
    for grupo in (*tablas.por_programa, tablas.institucion):
        fila += 1
        total = grupo is tablas.institucion
        extra: dict[str, Any] = {"font_size": LETRA, **({"bold": True, "bg_color": "#E6ECF1"} if total else {})}
        texto = estilos("celda", **extra)
        entero = estilos("celda", align="right", num_format=ENTERO, **extra)
        pct = estilos("celda", align="right", num_format=PORCENTAJE, **extra)
        y = "" if total else f'{rango["llave"]},"|"&$A{FILA}&"|"'
        celdas = [
            con_numero(principio(1, texto), None) if total else hoja.texto(principio(1, texto), llaves[grupo.clave]),
            hoja.texto(principio(2, texto), "Institución" if total else _nombre(grupo.nombre)),
            con_formula(principio(3, entero), entidades(f"COUNTIFS({y or todos})"), grupo.total),
        ]
        for n, clase in enumerate(PROMEDIADOS):
            de = f'{y}{"," if y else ""}{rango["clase"]},"{clase}"'
            lugar = f"{letra(5 + 2 * n)}{FILA}"
            media = grupo.medias[clase]
            celdas += [
                con_formula(
                    principio(4 + 2 * n, pct), entidades(f'IF({lugar}=0,"–",AVERAGEIFS({rango["topado"]},{de}))'),
                    "–" if media is None else media,
                ),
                con_formula(
                    principio(5 + 2 * n, entero), entidades(f'COUNTIFS({de},{rango["topado"]},">=0")'),
                    grupo.cuantos[clase],
                ),
            ]
        hoja.agregar(fila, "".join(celdas), alto_de_fila([(grupo.nombre, 40.0)], minimo=20, letra=LETRA))
    notas = (
        "En el orden de las claves. Media simple del % al periodo de cada indicador, topado a 100; sin reporte, 0.",
        "n: indicadores que entran a la media. La institución se calcula con todos los indicadores.",
    )
    nota = estilos("nota", text_wrap=False, font_size=9)
    for n, aviso in enumerate(notas, fila + 2):
        hoja.agregar(n, hoja.texto(principio(1, nota), aviso))
    medias = [
        (columnas[3 + 2 * n][0], CifraCitada(
            f"'{HOJAS[1]}'!{letra(4 + 2 * n)}{fila}", "–" if media is None else media, PORCENTAJE,
        ))
        for n, media in enumerate(tablas.institucion.medias[clase] for clase in PROMEDIADOS)
    ]
    hoja.abarcar(fila + 1 + len(notas), len(columnas))
    hoja.ignore_errors({"number_stored_as_text": f"A{PRIMERA}:A{fila}"})
    hoja.freeze_panes(PRIMERA - 1, 1)
    imprimir(hoja, tablas, (fila + 1 + len(notas), len(columnas)), papel, repetir=True)
    return medias


def _nombre(nombre: str) -> str:
    """El nombre del programa sin su clave, que va en su columna."""
    _, guion, resto = nombre.partition(" - ")
    return resto if guion else nombre


# ---------------------------------------------------------------- Carátula y firmas


def _caratula(
    libro: LibroNuevo, hoja: Any, tablas: Tablas, papel: str, medias: Sequence[tuple[str, CifraCitada]]
) -> None:
    datos: list[tuple[str, str | CifraCitada]] = [
        ("Dirigido a", "Dirección de Contabilidad de la Tesorería Municipal"),
        ("Periodo", tablas.periodo.nombre), ("Corte", fecha(tablas.corte)),
        ("Carácter", caracter_de(tablas)),
        ("Informes considerados", tablas.cobertura.breve("al final de esta hoja")), *medias,
        ("Programas", cuenta(len(tablas.por_programa), "Programa Presupuestario", "Programas Presupuestarios")),
        ("Unidades", cuenta(len(tablas.por_unidad), "Unidad Responsable", "Unidades Responsables")),
        ("Indicadores", cuenta(len(tablas.renglones), "indicador", "indicadores")),
        ("Semáforo", tablas.perfil.etiqueta),
        ("Contenido", "Resultados por Programa Presupuestario, Indicadores (programado, alcanzado y %) y Firmas."),
    ]
    escribir_caratula(libro, hoja, tablas, "Informe consolidado de avance de indicadores", datos, papel)


def escribir_caratula(
    libro: LibroNuevo, hoja: Any, tablas: Tablas, que: str, datos: Sequence[tuple[str, str | CifraCitada]], papel: str
) -> None:
    """Título, un renglón por dato y, si son muchos, los informes excluidos."""
    estilos = libro.estilos
    hoja.hide_gridlines(2)
    anchos = _ANCHOS_DE_CARATULA
    for n, ancho in enumerate(anchos):
        hoja.set_column(n, n, ancho)
    titulo = f"{que} {al_periodo_de(tablas.periodo)} · {tablas.caracter}"
    formato = estilos("titulo", align="left", text_wrap=True)
    hoja.merge_range(1, 0, 1, 1, "", formato)
    hoja.write_string(1, 0, titulo, formato)
    hoja.set_row(1, 20 * renglones(titulo, ancho_combinado(anchos) * 0.95, 14, negritas=True))
    etiqueta, valor = estilos("celda", bold=True, font_size=LETRA), estilos("celda", font_size=LETRA)
    fila = 3
    for fila, (nombre, dato) in enumerate((*datos, *_excluidos(tablas)), 4):
        hoja.write_string(fila - 1, 0, nombre, etiqueta)
        if isinstance(dato, CifraCitada):
            cifra = estilos("celda", font_size=LETRA, align="left", num_format=dato.formato)
            escribir_formula(hoja, fila, 2, dato.referencia, cifra, dato.valor)
        else:
            hoja.write_string(fila - 1, 1, dato, valor)
        textos = [(nombre, anchos[0] * 0.93), (dato if isinstance(dato, str) else "", anchos[1])]
        hoja.set_row(fila - 1, alto_de_fila(textos, minimo=20, letra=LETRA))
    imprimir(hoja, tablas, (fila, 2), papel)


def _excluidos(tablas: Tablas) -> list[tuple[str, str]]:
    """(por qué, cuál) de los informes que no se consolidaron, si la frase de la cobertura no los nombra a todos."""
    excluidos = tablas.cobertura.excluidos
    if len(excluidos) <= MUCHOS_EXCLUIDOS:
        return []
    suyos = ((como_frase(motivo)[:-1], quien) for quien, motivo in excluidos)
    return [("Informes excluidos", cuenta(len(excluidos), "informe")), *suyos]


def escribir_firmas(
    libro: LibroNuevo, hoja: Any, tablas: Tablas, papel: str, quienes: Sequence[str] = ("Elaboró", "Vo. Bo.", "Recibió")
) -> None:
    """Sólo el lugar de cada firma y su cargo: nunca un nombre inventado."""
    estilos = libro.estilos
    titulos(hoja, "Firmas", tablas, estilos)
    hoja.set_column(0, 0, 72)
    fila = 4
    for quien in quienes:
        hoja.write_string(fila, 0, quien, estilos("firma_titulo", font_size=LETRA))
        hoja.set_row(fila + 1, 44)
        hoja.write_blank(fila + 1, 0, None, estilos("firma_linea"))
        hoja.write_string(fila + 2, 0, "Nombre y cargo", estilos("firma_nombre", font_size=LETRA))
        hoja.set_row(fila + 3, 20)
        fila += 4
    imprimir(hoja, tablas, (fila, 1), papel)
