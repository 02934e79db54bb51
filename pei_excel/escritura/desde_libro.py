"""De un libro ya leído a los valores con que se escribe su libro de seguimiento."""

from __future__ import annotations

from typing import Any, NamedTuple

from pei_excel.crudo import ErrorExcel
from pei_excel.escritura.encargo import crudo
from pei_excel.formato import Apertura, Formato, Hoja
from pei_excel.formatos.aplicativo import por_completar
from pei_excel.formatos.poi import NECESIDADES, POI, PROGRAMACION, SEGUIMIENTO, VALORIZACION
from pei_excel.libro import Dato, Libro
from pei_excel.periodos import Periodo
from pei_excel.textos import cuenta, enumerar


def filas_desde_libro(
    libro: Libro, formato: Formato, periodo: Periodo | None = None
) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """Campos y filas para `escribir_plantilla` en seguimiento: lo aprobado y los trimestres ya informados.

    Lo que se captura cada trimestre (Medios) queda vacío, igual que lo del trimestre de `periodo` y los siguientes;
    sin `periodo` se conserva todo lo alcanzado. Las Justificaciones se arman de nuevo; las Modificaciones y la
    Evaluación de cada trimestre se conservan.
    Lo que el lector no entendió pasa como estaba escrito.
    """
    campos = {clave: _valor(dato) for clave, dato in libro.campos.items() if clave != formato.campo_periodo}
    if periodo is not None:
        campos[formato.campo_periodo] = formato.tipo_de_periodo.texto(periodo)
    filas = {}
    for hoja in formato.hojas:
        if hoja.llave[1:] == ("trimestre",) and not hoja.conserva:
            continue
        conservadas = _que_se_conservan(hoja, hoja is formato.principal, periodo)
        filas[hoja.clave] = [
            {clave: valor for clave in conservadas if (valor := _valor(fila[clave])) is not None}
            for fila in libro.filas(hoja.clave)
        ]
    return campos, filas


class DeExportacion(NamedTuple):
    """Lo que hace falta para escribir el libro de seguimiento de una unidad desde la exportación del aplicativo."""

    formato: Formato  #: el POI, con lo que la exportación no trae abierto para que la unidad lo llene
    campos: dict[str, Any]
    filas: dict[str, list[dict[str, Any]]]
    aviso: str  #: qué no pudo colocarse y qué queda por llenar, en una línea


def desde_exportacion(libro: Libro, periodo: Periodo) -> DeExportacion:
    """Actividades, meses y unidad como vienen; nada se inventa: lo que no se reconoce queda vacío, abierto y dicho."""
    campos, filas = filas_desde_libro(libro, POI, periodo)
    sueltas: dict[str, list[str]] = {}
    principal = filas[PROGRAMACION.clave]
    padres = {f[0]: f[2] for f in POI.tablas["aei"].filas}
    for fila in principal:
        if fila.get("aei") in padres:
            fila.setdefault("oei", padres[fila["aei"]])
        for columna in ("oei", "aei"):
            if fila.get(columna) not in {f[0] for f in POI.tablas[columna].filas}:
                fila.pop(columna, None)
                sueltas.setdefault(columna, []).append(str(fila.get("codigo") or "sin código"))
    filas[VALORIZACION.clave] = [{"codigo": fila["codigo"]} for fila in principal if "codigo" in fila]
    faltan = [c for c in PROGRAMACION.columnas if c.obligatoria and c.calculo is None
              and any(c.clave not in fila for fila in principal)]
    sin_campo = [c for c in PROGRAMACION.campos if c.obligatorio and campos.get(c.clave) is None]
    cerrados = range(1, periodo.meses_abiertos[0])
    abiertas = [
        *((PROGRAMACION.clave, c.clave) for c in faltan),
        *((h.clave, c.clave) for h in (VALORIZACION, NECESIDADES) for c in h.columnas
          if c.calculo is None and not (h is VALORIZACION and c.clave == "codigo")),
        *((SEGUIMIENTO.clave, f"devengado_m{mes}") for mes in cerrados),
    ]
    partes = [
        f"no se reconoció el {columna.upper()} de {cuenta(len(quienes), 'actividad', 'actividades')} "
        f"({enumerar(quienes[:4])}{' y otras' if len(quienes) > 4 else ''})"
        for columna, quienes in sueltas.items()
    ]
    por_llenar = [f"«{t}»" for t in (*(c.etiqueta.rstrip(":") for c in sin_campo), *(c.titulo for c in faltan))]
    partes.append(f"queda por llenar {enumerar([*por_llenar, 'los costos'])}")
    return DeExportacion(
        por_completar((c.clave for c in sin_campo), abiertas), campos, filas, "; ".join(partes),
    )


def _que_se_conservan(hoja: Hoja, principal: bool, periodo: Periodo | None) -> list[str]:
    cerrados = periodo.meses_abiertos[0] if periodo else 13
    return [
        c.clave
        for c in hoja.columnas
        if c.calculo is None
        and not (principal and c.apertura is Apertura.SIEMPRE)
        and not (c.apertura is Apertura.PERIODO and c.meses is not None and c.meses[-1] >= cerrados)
    ]


def _valor(dato: Dato) -> Any:
    valor = crudo(dato.valor) if dato.valor is not None else dato.crudo
    return None if isinstance(valor, ErrorExcel) else valor
