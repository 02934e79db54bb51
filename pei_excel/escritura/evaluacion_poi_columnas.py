"""Las hojas de horizontes de la evaluación de un POI: qué tramos y qué columnas lleva cada una, y cómo se ven."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pei_excel.actividades import Familia, Tramo
from pei_excel.escritura.consolidado_comun import PORCENTAJE
from pei_excel.escritura.estilos import CUERPO, Estilos
from pei_excel.escritura.evaluacion_poi_encargo import EncargoPOI
from pei_excel.escritura.evaluacion_poi_tramos import (
    BANDAS,
    COLUMNAS_DE_TRAMO,
    FINANCIERO,
    CeldasDeTramo,
    titulo_de,
    tramos_de,
)
from pei_excel.formato import Columna
from pei_excel.tipos import Numero, Texto

ENCABEZADO = 4
PRIMERA = ENCABEZADO + 3
FIJAS = 4

#: Columnas de `Evaluación` que explican un tramo.
EXPLICAN = ("contribuyeron", "dificultaron", "medidas")
ANCHO_DE_EXPLICACION = 18.0
#: Banda de las metas, al final de la hoja que lleva el año.
METAS = "Metas del año"


@dataclass(frozen=True)
class HojaDeFamilia:
    """Una hoja de horizontes: sus tramos, cuáles explica la unidad y sus columnas."""

    nombre: str
    titulo: str
    tramos: tuple[Tramo, ...]
    explica: tuple[Tramo, ...]  #: los que llevan al lado los factores y las medidas
    con_metas: bool = False
    columnas: list[Columna] = field(default_factory=list)
    inicio: dict[str, int] = field(default_factory=dict)  #: tramo → su primera columna (desde 1)
    bloques: list[CeldasDeTramo] = field(default_factory=list)  #: de cada tramo, sus celdas


#: Hoja → título, familias y si lleva al lado la explicación de la unidad.
_HOJAS: tuple[tuple[str, str, tuple[Familia, ...]], ...] = (
    ("Al periodo y año", "Evaluación {al_periodo} y del año", ("al_periodo", "anual")),
    ("Trimestres", "Evaluación por trimestre", ("trimestre",)),
    ("Semestres", "Evaluación por semestre", ("semestre",)),
    ("Meses", "Evaluación por mes", ("mes",)),
)
AL_PERIODO, TRIMESTRES = _HOJAS[0][0], _HOJAS[1][0]


def hojas_de_familias(encargo: EncargoPOI) -> dict[str, HojaDeFamilia]:
    """Las cuatro hojas, por nombre, con sus columnas ya puestas."""
    hojas = {}
    for nombre, titulo, familias in _HOJAS:
        tramos = tramos_de(familias, encargo.periodo)
        explica = tuple(t for t in tramos if t.familia in {"al_periodo", "trimestre"})
        hoja = HojaDeFamilia(
            nombre, titulo.format(al_periodo=encargo.periodo.al_periodo), tramos, explica,
            con_metas="anual" in familias,
        )
        _poner_columnas(hoja, encargo)
        hoja.bloques.extend(
            CeldasDeTramo(t, hoja.inicio[t.clave], encargo.actividades, encargo.periodo, encargo.perfil) for t in tramos
        )
        hojas[nombre] = hoja
    return hojas


def _columna(clave: str, titulo: str, ancho: float, banda: tuple[str, ...] = (), *, texto: bool = False) -> Columna:
    return Columna(clave=clave, titulo=titulo, ancho=ancho, banda=banda, tipo=Texto() if texto else Numero())


def _poner_columnas(hoja: HojaDeFamilia, encargo: EncargoPOI) -> None:
    evaluacion = encargo.formato.por_clave["Evaluación"].por_clave
    columnas = hoja.columnas
    columnas += [
        _columna("numero", "N.º", 4.2), _columna("codigo", "Código", 8, texto=True),
        _columna("actividad", "Actividad", 24 if hoja.explica else 34, texto=True),
        _columna("unidad_medida", "Unidad de medida", 10.5, texto=True),
    ]
    for tramo in hoja.tramos:
        hoja.inicio[tramo.clave] = len(columnas) + 1
        banda = (titulo_de(tramo, encargo.periodo),)
        columnas += [
            _columna(f"{tramo.clave}_{parte}_{clave}", titulo, ancho, (*banda, *BANDAS[parte]),
                     texto=clave == "valoracion")
            for parte, clave, titulo, ancho in COLUMNAS_DE_TRAMO
        ]
        if tramo in hoja.explica:
            columnas += [
                _columna(f"{tramo.clave}_{c}", evaluacion[c].titulo, ANCHO_DE_EXPLICACION,
                         (*banda, "Lo que explica la unidad"), texto=True)
                for c in EXPLICAN
            ]
    if hoja.con_metas:
        columnas.append(_columna("meta", "Meta anual vigente", 10, (METAS,)))
        if encargo.iniciales:
            columnas += [
                _columna("meta_inicial", "Meta anual inicial", 10, (METAS,)),
                _columna("programado_inicial", "Programado inicial", 10, (METAS,)),
                _columna("costo_inicial", "Costo inicial S/.", 11.5, (METAS,)),
            ]


def formato_de(estilos: Estilos, columna: Columna, *, decimales: bool) -> Any:
    """Formato de las celdas de una columna."""
    if columna.clave == "numero":
        return estilos("apoyo", align="center", num_format="0", font_size=CUERPO)
    if columna.clave.endswith("_valoracion"):
        return estilos("celda", align="center")
    if isinstance(columna.tipo, Texto):
        return estilos("celda")
    if columna.clave.endswith(("_porcentaje", "_brecha")):
        # El estado ya lo dice la valoración, al lado: en la columna del % se ve una raya.
        return estilos("celda", align="right", num_format=PORCENTAJE)
    if columna.clave in {"meta", "meta_inicial"}:
        return estilos("celda", align="right", num_format="#,##0.##")  # puede ser de palabras: se dobla
    dinero = FINANCIERO in columna.clave or columna.clave.startswith("costo")
    numero = "#,##0.00" if dinero or decimales else "#,##0"
    return estilos("aprobado", align="right", num_format=numero, shrink=True)
