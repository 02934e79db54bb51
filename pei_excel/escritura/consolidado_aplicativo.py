"""La hoja «Captura en el aplicativo» del consolidado del POI: los meses del periodo, en el orden en que se teclean.

El aplicativo nacional lista las actividades por centro de costo, OEI, AEI y código, y pide de cada mes el físico
ejecutado y los soles. Aquí cada cifra es una fórmula viva sobre la hoja «Actividades», con sus celdas de origen.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pei_excel.actividades import Actividad
from pei_excel.calculos import Cifra, acumular
from pei_excel.escritura.consolidado_comun import (
    CIFRA,
    ENCABEZADO,
    SOLES,
    Detalle,
    ancho_de_cifra,
    con_cortes,
    imprimir,
    titular,
)
from pei_excel.escritura.estilos import Estilos
from pei_excel.escritura.filas_armadas import HojaDeFilas, con_formula, entidades, hoja_de_filas, principio
from pei_excel.escritura.hoja import LibroNuevo
from pei_excel.escritura.medidas import alto_de_fila
from pei_excel.formatos.aplicativo import APLICATIVO
from pei_excel.mensual import meses_que_mide
from pei_excel.periodos import MESES
from pei_excel.tablas import Renglon, Tablas
from pei_excel.textos import cuenta, enumerar
from pei_excel.ubicacion import letra

HOJA = "Captura en el aplicativo"
PRIMERA = ENCABEZADO + 1
LISTO = "Sí"
FALTA_LO_FINANCIERO = "lo financiero, que la exportación no trae"
_NOTAS = (
    "Orden: unidad orgánica, OEI, AEI y código, como los lista el aplicativo.",
    "Una celda en blanco es un mes sin programar o sin informar: no es un 0.",
    "«¿Listo para copiar?» dice «Sí» si está informado todo lo que venció en el periodo; si no, qué falta.",
    "«Observado»: el informe de la unidad tiene errores por corregir.",
)
#: Medida → cómo la titula su columna y cómo se nombra si falta.
_MEDIDAS = {"ejecutado": ("físico ejecutado", "físico"), "devengado": ("S/. devengados", "S/.")}


class _Columna(NamedTuple):
    clave: str
    titulo: str
    ancho: float
    estilo: dict[str, Any]


def _columnas(tablas: Tablas) -> list[_Columna]:
    """Las de identificación, dos por mes, si está listo y, fuera de la impresión, de dónde salió."""
    actividades = [r.actividad for r in tablas.renglones]

    def mayor(medida: str) -> float:
        return max((abs(c or 0) for a in actividades for c in getattr(a, medida)), default=0.0)

    derecha = {"align": "right", "text_wrap": False}
    formatos = {"ejecutado": CIFRA, "devengado": SOLES}
    anchos = {"ejecutado": max(10.0, ancho_de_cifra(mayor("ejecutado"))),
              "devengado": max(12.0, ancho_de_cifra(mayor("devengado") * max(len(actividades), 1)))}
    centro, apoyo = {"align": "center"}, {"font_size": 8, "font_color": "#595959"}
    return [
        _Columna("unidad", "Unidad orgánica (centro de costo)", 22, {}), _Columna("oei", "OEI", 7.5, centro),
        _Columna("aei", "AEI", 9.5, centro), _Columna("codigo", "Código", 12, centro),
        _Columna("actividad", "Actividad", 34, {}), _Columna("unidad_medida", "Unidad de medida", 14, {}),
        *(
            _Columna(f"{medida}{mes}", f"{MESES[mes - 1].capitalize()}: {titulo}", anchos[medida],
                     {**derecha, "num_format": formatos[medida]})
            for mes in tablas.periodo.meses for medida, (titulo, _) in _MEDIDAS.items()
        ),
        _Columna("listo", "¿Listo para copiar?", 24, centro),
        _Columna("archivo", "Archivo (apoyo)", 24, apoyo), _Columna("celdas", "Celdas de origen (apoyo)", 30, apoyo),
    ]


def escribir_captura(libro: LibroNuevo, tablas: Tablas, actividades: Detalle, *, papel: str) -> None:
    """Escribe la hoja; `actividades` dice dónde está cada cifra en la hoja «Actividades»."""
    hoja, estilos, columnas = hoja_de_filas(libro, HOJA), libro.estilos, _columnas(tablas)
    titular(hoja, HOJA, tablas, estilos, "Para teclear en el aplicativo nacional lo del periodo, mes por mes.")
    impresas = len(columnas) - 2
    for n, columna in enumerate(columnas):
        hoja.set_column(n, n, columna.ancho)
        formato = estilos("encabezado", bold=True) if n < impresas else estilos("encabezado_apoyo")
        hoja.write_string(ENCABEZADO - 1, n, columna.titulo, formato)
    hoja.set_row(ENCABEZADO - 1, alto_de_fila([(c.titulo, c.ancho * 0.92) for c in columnas]))
    orden = sorted(range(len(tablas.renglones)), key=lambda n: _orden(tablas.renglones[n], tablas))
    inicios = {c.clave: principio(n, estilos("celda", **c.estilo)) for n, c in enumerate(columnas, 1)}
    for fila, posicion in enumerate(orden, PRIMERA):
        _escribir(hoja, fila, tablas.renglones[posicion], posicion, columnas, inicios, actividades)
    ultima = PRIMERA + max(len(orden), 1) - 1
    total = ultima + 1
    _totales(hoja, total, columnas, tablas, ultima, estilos)
    nota = principio(1, estilos("nota", text_wrap=False))
    for n, texto in enumerate(_NOTAS, total + 2):
        hoja.agregar(n, hoja.texto(nota, texto))
    fin = total + 1 + len(_NOTAS)
    hoja.abarcar(fin, len(columnas))
    fijas = [x.clave for x in columnas].index("unidad_medida")
    hoja.freeze_panes(PRIMERA - 1, fijas)
    hoja.autofilter(ENCABEZADO - 1, 0, ultima - 1, len(columnas) - 1)
    c = [x.clave for x in columnas].index("listo")
    hoja.conditional_format(PRIMERA - 1, c, ultima - 1, c, {
        "type": "formula", "criteria": f'=LEFT(${letra(c + 1)}{PRIMERA},{len(LISTO)})<>"{LISTO}"',
        "format": estilos.condicional("pendiente"),
    })
    imprimir(hoja, tablas, (fin, impresas), papel=papel)
    if len(tablas.periodo.meses) > 3:  # un semestre o un año no caben legibles en una página
        primeros = [n for n, x in enumerate(columnas) if x.clave.startswith("ejecutado")]
        con_cortes(hoja, [x.ancho for x in columnas[:impresas]], fijas + 1, primeros[3::3], papel)


def _orden(renglon: Renglon, tablas: Tablas) -> tuple[Any, ...]:
    """Unidad (en el orden del consolidado), OEI, AEI y código; lo que no tiene objetivo va al final de su unidad."""
    fila = renglon.actividad.fila
    unidad = next(n for n, libro in enumerate(tablas.libros) if libro is renglon.libro)
    codigos = [str(fila.valor(c) or "") for c in ("oei", "aei")]
    return unidad, not codigos[0], *codigos, renglon.actividad.codigo


def _escribir(
    hoja: HojaDeFilas, fila: int, renglon: Renglon, posicion: int, columnas: list[_Columna], inicios: dict[str, str],
    actividades: Detalle,
) -> None:
    a = renglon.actividad
    textos = {
        "unidad": str(renglon.libro.unidad or "Sin unidad"), "oei": str(a.fila.valor("oei") or ""),
        "aei": str(a.fila.valor("aei") or ""), "codigo": a.codigo, "actividad": a.nombre,
        "unidad_medida": a.unidad_medida, "listo": _listo(renglon), "archivo": renglon.libro.archivo,
        "celdas": _origen(a),
    }
    celdas = []
    for columna in columnas:
        inicio = inicios[columna.clave]
        if columna.clave in actividades.letras and columna.clave not in textos:
            de = actividades.celda(columna.clave, posicion)
            celdas.append(con_formula(inicio, entidades(f'IF({de}="","",{de})'), _cifra(a, columna.clave)))
        elif textos[columna.clave]:
            celdas.append(hoja.texto(inicio, textos[columna.clave]))
        else:
            celdas.append(f"{inicio}/>")
    medidos = [(textos[c.clave], c.ancho) for c in columnas if c.clave in textos]
    hoja.agregar(fila, "".join(celdas), alto_de_fila(medidos, minimo=18))


def _cifra(a: Actividad, clave: str) -> Cifra:
    medida = clave.rstrip("0123456789")
    cifras: tuple[Cifra, ...] = getattr(a, medida)
    return cifras[int(clave[len(medida):]) - 1]


def _listo(renglon: Renglon) -> str:
    """«Sí», o lo vencido del periodo que no está informado: «Falta: físico de mayo; S/. de mayo y junio».

    De un mes cuya programación o cuyo costo no se leyó no se sabe si vence: se pide. La exportación del aplicativo no
    trae soles, ni costos con que saber si los debe.
    """
    a = renglon.actividad
    meses = a.periodo.meses
    sin_meta, sin_costo = (a.ilegibles.get(medida, ()) for medida in ("programado", "costo"))
    vencen = {
        "ejecutado": [m for m in meses if m in a.vencidos or (m in sin_meta and m in meses_que_mide(a.forma))],
        "devengado": [m for m in meses if a.costo[m - 1] or m in sin_costo],
    }
    faltan = [FALTA_LO_FINANCIERO] if renglon.libro.origen == APLICATIVO else []
    for medida, (_, nombre) in _MEDIDAS.items():
        vacios = [MESES[m - 1] for m in vencen[medida] if _cifra(a, f"{medida}{m}") is None]
        if vacios:
            faltan.append(f"{nombre} de {enumerar(vacios)}")
    texto = f"Falta: {'; '.join(faltan)}" if faltan else LISTO
    return f"{texto} · Observado" if renglon.observado else texto


def _origen(a: Actividad) -> str:
    """«Seguimiento!G6:I6 y Seguimiento!T6:V6»."""
    partes = []
    for medida in _MEDIDAS:
        datos = [d for d in a.datos(medida, a.periodo.meses) if d.celda]
        if datos:
            celdas = datos[0].celda if len(datos) == 1 else f"{datos[0].celda}:{datos[-1].celda}"
            partes.append(f"{datos[0].hoja}!{celdas}")
    return enumerar(partes)


def _totales(
    hoja: HojaDeFilas, fila: int, columnas: list[_Columna], tablas: Tablas, ultima: int, estilos: Estilos
) -> None:
    """El total en soles de cada mes, para cotejarlo; lo físico no se suma: son unidades distintas."""
    negritas = {"bold": True, "bg_color": "#E6ECF1"}
    evaluadas = [r.actividad for r in tablas.renglones]
    celdas = []
    for n, columna in enumerate(columnas, 1):
        inicio = principio(n, estilos("celda", **{**columna.estilo, **negritas}))
        if columna.clave.startswith("devengado"):
            rango = f"{letra(n)}{PRIMERA}:{letra(n)}{ultima}"
            suma = acumular("Suma", [_cifra(a, columna.clave) for a in evaluadas])
            celdas.append(con_formula(inicio, f"SUM({rango})", suma or 0.0))
        elif columna.clave == "unidad":
            celdas.append(hoja.texto(inicio, "Total (S/.)"))
        elif columna.clave == "actividad":
            celdas.append(hoja.texto(inicio, cuenta(len(evaluadas), "actividad", "actividades", "ninguna actividad")))
        else:
            celdas.append(f"{inicio}/>")
    hoja.agregar(fila, "".join(celdas), 18)
