"""Catálogos con identificadores inventados y publicaciones limpias, para probar la transparencia."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from catalogos import en_memoria

from pei_excel.catalogo import Catalogo
from pei_excel.catalogo.armado import desde_libro
from pei_excel.formatos import transparencia as forma
from pei_excel.formatos.catalogo_modelo import CAMPOS_DE_TRANSPARENCIA
from pei_excel.periodos import Periodo
from pei_excel.transparencia.contenido import Fechas, Ficha, llenar
from pei_excel.transparencia.disposicion import disponer
from pei_excel.transparencia.modelo import Casilla, Publicacion
from pei_excel.ubicacion import Ubicacion

T2 = Periodo.de_codigo("2024-T2")
FECHAS = Fechas(T2, date(2024, 7, 8), date(2024, 7, 8), "https://demostracion.example/plan.pdf")
#: Los que no se conocen, inventados: largos, salvo lo breve; las metas, números.
_TIPOS = {"Dimensión a medir": 1.0, "Unidad de medida": 1.0, "Frecuencia de medición": 1.0, "Línea base": 1.0,
          "Metas programadas": 3.0, "Metas ajustadas, en su caso": 3.0, "Avance de metas": 3.0}
FORMATOS = {"IV": "44250", "V": "44251", "VI": "44252"}


def renglones(fracciones: Sequence[str] = tuple(FORMATOS)) -> list[dict[str, Any]]:
    """La hoja «Transparencia» llena."""
    return [
        {**r, "formato": FORMATOS[r["fraccion"]], "titulo": f"Título {r['fraccion']}",
         "nombre_corto": f"LTG_{r['fraccion']}", "descripcion": "Descripción del formato",
         "id_campo": r.get("id_campo") or str(900000 + n), "tipo": r.get("tipo") or _TIPOS.get(r["campo"], 2.0)}
        for n, r in enumerate(CAMPOS_DE_TRANSPARENCIA) if r["fraccion"] in fracciones
    ]


def catalogo(filas: Sequence[dict[str, Any]] | None = None) -> Catalogo:
    """Un catálogo con esos renglones de transparencia."""
    return desde_libro(en_memoria({"Transparencia": renglones() if filas is None else filas}))


def ficha(nivel: str = "Fin", **otros: str) -> Ficha:
    """Un indicador limpio; `avance` y `estado`, los de su renglón de datos.csv."""
    datos = {
        "archivo": "504.xlsx", "hoja": "MIR", "fila": "13", "unidad_clave": "504", "unidad": "Instituto de Ejemplo",
        "programa_clave": "6", "programa": "Planeación", "objetivo": "3.2 Mejorar la calidad del gasto.",
        "nivel": nivel, "nombre": f"Sesiones de {nivel}", "definicion": "Mide las sesiones.", "metodo": "(A / B) * 100",
        "unidad_medida": "Porcentaje", "dimension": "Eficacia", "frecuencia": "Trimestral", "sentido": "Ascendente",
        "base_valor": "55", "base_ejercicio": "2023", "medios": "Oficio 12/2024", "programado_anual": "100",
        "programado_inicial": "", "modificaciones": "", "informe": "aceptado",
    } | {c: v for c, v in otros.items() if c not in {"avance", "estado"}}
    avance = {"archivo": "504.xlsx", "hoja": "MIR", "celda": "Q13:R13", "valor": otros.get("avance", "50"),
              "estado": otros.get("estado", "Verde")}
    return Ficha(datos, avance, {"nombre": "B13", "definicion": "C13", "programado_anual": "L13:O13"})


def publicacion(fraccion: str, fichas: Sequence[Ficha] | None = None, fechas: Fechas = FECHAS) -> Publicacion:
    """Una fracción llena; sin fichas, con tres filas limpias."""
    dispuesta = disponer(fraccion, catalogo().transparencia)
    assert isinstance(dispuesta, Publicacion), dispuesta
    if fichas is None:
        fichas = [ficha(), ficha(nombre="Otro", archivo="505.xlsx", unidad="Otra"),
                  ficha(nombre="Uno más", archivo="506.xlsx", unidad="Una más")]
    llenar(dispuesta, fichas, fechas)
    return dispuesta


def de_cuadro(fraccion: str, cuadro: str) -> tuple[Publicacion, set[tuple[str, str]]]:
    """La publicación limpia con lo que dice un cuadro, y las celdas que marca con «✗».

    «␣» es un espacio. Una celda vacía del cuadro deja la suya vacía y sin motivo.
    """
    p, marcas = publicacion(fraccion), set()
    lineas = [[c.strip() for c in linea.strip().strip("|").split("|")] for linea in cuadro.strip().splitlines()]
    if not cuadro.strip():
        return p, marcas
    titulos, *filas = lineas
    columnas = [next(n for n, c in enumerate(p.campos) if c.titulo == t) for t in titulos]
    for n, celdas in enumerate(filas):
        for columna, escrito in zip(columnas, celdas, strict=True):
            texto = escrito.replace("✗", "").strip()
            if "✗" in escrito:
                marcas.add((forma.REPORTE, p.celda(n, columna)))
            if titulos == ["Nota"] and not texto:
                continue  # la llena quien prepara el caso
            valor = _como(texto.replace("␣", " "), p.campos[columna].tipo)
            if p.campos[columna].clave == "nota" and valor:
                valor = f"{p.nota(n)} {valor}".strip()
            elif p.campos[columna].clave == "nota":
                continue
            p.filas[n][columna] = Casilla(valor, Ubicacion("504.xlsx", "MIR", f"A{n + 1}"))
    return p, marcas


def _como(texto: str, tipo: int) -> Any:
    if not texto:
        return None
    try:
        if tipo in forma.DE_FECHA:
            return datetime.strptime(texto, "%d/%m/%Y").date()  # noqa: DTZ007 - es una fecha, sin hora
        if tipo in forma.NUMERICOS | {forma.EJERCICIO, forma.TABLA}:
            return float(texto)
    except ValueError:
        pass
    return texto
