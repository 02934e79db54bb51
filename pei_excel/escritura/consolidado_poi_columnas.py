"""Las columnas de la hoja «Actividades» del consolidado del POI: qué hay, dónde queda y qué páginas ocupa."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from pei_excel.escritura.consolidado_comun import CIFRA, PORCENTAJE, PORCENTAJE_O_ESTADO, SOLES
from pei_excel.escritura.filas_armadas import FILA
from pei_excel.formatos.poi import TIPOS_DE_GASTO
from pei_excel.mensual import Franja
from pei_excel.periodos import MESES
from pei_excel.ubicacion import letra

HOJA = "Actividades"
SIN_VINCULACION = "Sin vinculación"
_DERECHA: dict[str, Any] = {"align": "right", "text_wrap": False}
_APOYO: dict[str, Any] = {"font_size": 8, "font_color": "#595959"}
#: Medida mensual → cómo empieza el título de sus meses.
MEDIDAS_MENSUALES = {
    "programado": "Programado", "ejecutado": "Ejecutado", "costo": "Costo S/.", "devengado": "Devengado S/.",
}


class ColumnaDeActividades(NamedTuple):
    """Una columna: clave, título, ancho, propiedades de sus celdas y, si es de cifras, en qué se miden."""

    clave: str
    titulo: str
    ancho: float
    estilo: dict[str, Any]
    en: Literal["", "unidades", "soles"] = ""  #: su ancho crece con la mayor de esas cifras


_Una = ColumnaDeActividades


def _texto(clave: str, titulo: str, ancho: float, alineacion: str = "left") -> _Una:
    return _Una(clave, titulo, ancho, {"align": alineacion} if alineacion != "left" else {})


def _corto(clave: str, titulo: str, ancho: float) -> _Una:
    return _texto(clave, titulo, ancho, "center")


def _cifra(clave: str, titulo: str, ancho: float = 10.5) -> _Una:
    return _Una(clave, titulo, ancho, {**_DERECHA, "num_format": CIFRA}, "unidades")


def _soles(clave: str, titulo: str, ancho: float = 12) -> _Una:
    return _Una(clave, titulo, ancho, {**_DERECHA, "num_format": SOLES}, "soles")


def _pct(clave: str, titulo: str, ancho: float, formato: str = PORCENTAJE) -> _Una:
    return _Una(clave, titulo, ancho, {**_DERECHA, "num_format": formato, "text_wrap": formato != PORCENTAJE})


def _apoyo(una: _Una) -> _Una:
    return una._replace(titulo=f"{una.titulo} (apoyo)", estilo={**_APOYO, **una.estilo})


def _meses(medida: str, titulo: str) -> list[_Una]:
    hacer = _cifra if medida in {"programado", "ejecutado"} else _soles
    return [
        (una := hacer(f"{medida}{n}", f"{titulo} {mes[:3].capitalize()}.", 9))._replace(estilo={**_APOYO, **una.estilo})
        for n, mes in enumerate(MESES, 1)
    ]


COLUMNAS: tuple[ColumnaDeActividades, ...] = (
    _texto("unidad", "Unidad orgánica", 17), _corto("codigo", "Código", 8), _texto("actividad", "Actividad", 27),
    _texto("gerencia", "Gerencia", 20), _corto("oei", "OEI", 7.5), _corto("aei", "AEI", 9.5),
    _texto("unidad_medida", "Unidad de medida", 12), _corto("acumulacion", "Acumulación", 11.5),
    _cifra("meta", "Meta anual", 10), _cifra("meta_inicial", "Meta inicial, si se modificó", 10.5),
    _cifra("al_periodo_p", "Físico: programado al periodo"), _cifra("al_periodo_a", "Físico: ejecutado al periodo"),
    _cifra("al_periodo_d", "Físico: variación (ejecutado − programado)", 11.5),
    _pct("al_periodo_pct", "% físico al periodo", 8), _corto("al_periodo_s", "Valoración al periodo", 14),
    _soles("soles_p", "Programado al periodo (S/.)"), _soles("soles_a", "Devengado al periodo (S/.)"),
    _soles("soles_d", "Variación (S/.): devengado − programado", 13),
    _pct("soles_pct", "% financiero al periodo", 10.5, PORCENTAJE_O_ESTADO),
    _pct("brecha", "Brecha: % financiero − % físico (puntos)", 11), _corto("informe", "Estado del informe", 10),
    _cifra("anual_p", "Físico: programado anual"), _cifra("anual_a", "Físico: ejecutado del año"),
    _pct("anual_pct", "% físico anual", 8), _corto("anual_s", "Valoración anual", 12),
    _soles("costo_anual", "Costo anual (S/.)"), _pct("costo_pct", "% devengado del costo anual", 10),
    _texto("dificultaron", "Factores que dificultaron", 34), _texto("medida", "Medida correctiva", 34),
    _texto("archivo", "Archivo", 22), _texto("origen", "Hojas y filas de origen", 28),
    _apoyo(_pct("topado", "% que entra al promedio (máx. 100; sin reporte = 0)", 11)),
    _apoyo(_soles("peso", "Peso: costo anual", 11)), _apoyo(_soles("pesado", "% × peso", 11)),
    _apoyo(_cifra("suma_anual", "Suma de los meses programados", 11)),
    *(mes for medida, titulo in MEDIDAS_MENSUALES.items() for mes in _meses(medida, titulo)),
    _apoyo(_texto("vinculacion", "Vinculación presupuestal", 16)),
    *(_apoyo(_soles(tipo.casefold(), f"Necesidades: {tipo} S/.")) for tipo in TIPOS_DE_GASTO),
    _apoyo(_texto("llave_oei", "OEI", 10)), _apoyo(_texto("llave_aei", "AEI", 11)),
    _apoyo(_texto("llave_unidad", "Unidad", 10)), _apoyo(_texto("llave_gerencia", "Gerencia", 12)),
)
NUMERO = {c.clave: n for n, c in enumerate(COLUMNAS, 1)}
LETRA = {clave: letra(n) for clave, n in NUMERO.items()}
ANCHO = {c.clave: c.ancho for c in COLUMNAS}
#: Las que se repiten en cada página a lo ancho, la última que se imprime y las que empiezan la 2.ª y la 3.ª.
FIJAS = NUMERO["actividad"]
ULTIMA_IMPRESA = NUMERO["origen"]
CORTES = ("soles_p", "dificultaron")


def franja(medida: str) -> Franja:
    """Los doce meses de una medida en el renglón."""
    todo = f"{LETRA[f'{medida}1']}{FILA}:{LETRA[f'{medida}12']}{FILA}"
    return Franja(todo, lambda mes: f"{LETRA[f'{medida}{mes}']}{FILA}")
