"""Del POI de una unidad en la exportación del aplicativo a los valores con que se escribe su libro de seguimiento."""

from __future__ import annotations

from typing import Any, NamedTuple

from pei_excel.escritura.desde_libro import Campos, Filas, filas_desde_libro, valor_de
from pei_excel.escritura.encargo import Abierta
from pei_excel.formato import Formato
from pei_excel.formatos.aplicativo import por_completar
from pei_excel.formatos.poi import NECESIDADES, POI, PROGRAMACION, SEGUIMIENTO, VALORIZACION
from pei_excel.mensual import ANO, claves_de_mes
from pei_excel.periodos import MESES, Periodo
from pei_excel.revision import Revision
from pei_excel.textos import cuenta, enumerar

_ESTRATEGICAS = ("oei", "aei")


class DeExportacion(NamedTuple):
    """Lo que hace falta para escribir el libro de seguimiento de una unidad desde la exportación del aplicativo."""

    formato: Formato  #: el POI, con lo que la exportación no trae abierto para que la unidad lo llene
    campos: Campos
    filas: Filas
    avisos: list[str]  #: qué no pudo colocarse, qué se puso para comprobar y qué queda por llenar
    dichas: frozenset[str]  #: columnas de `Programación` de las que ya habla un aviso


def desde_exportacion(revision: Revision, periodo: Periodo) -> DeExportacion:
    """Actividades, meses y unidad como vienen; nada se inventa: lo que no se reconoce queda vacío, abierto y dicho.

    Lo ejecutado en el periodo que se pide se pone en sus celdas, abiertas: la unidad lo comprueba y no lo teclea.
    """
    libro = revision.libro
    campos, filas = filas_desde_libro(libro, POI, periodo)
    principal = filas[PROGRAMACION.clave]
    avisos = _reconocer_estrategicos(principal)
    sin_campo = [c for c in PROGRAMACION.campos if c.obligatorio and campos.get(c.clave) is None]
    incompletas = [c for c in PROGRAMACION.columnas if c.obligatoria and c.calculo is None
                   and any(c.clave not in fila for fila in principal)]
    # Lo que traen sólo algunas actividades se abre celda por celda.
    ausentes = [c for c in incompletas if not any(c.clave in fila for fila in principal)]
    abiertas = [
        *((PROGRAMACION.clave, c.clave) for c in ausentes),
        *((h.clave, c.clave) for h in (VALORIZACION, NECESIDADES) for c in h.columnas
          if c.calculo is None and not (h is VALORIZACION and c.clave == "codigo")),
        *((SEGUIMIENTO.clave, f"devengado_m{mes}") for mes in range(1, periodo.meses_abiertos[0])),
    ]
    avisos += _abrir_lo_que_no_cuadra(revision, principal)
    avisos += _poner_lo_ejecutado(revision, filas.get(SEGUIMIENTO.clave, []), periodo)
    por_llenar = [f"«{t}»" for t in (*(c.etiqueta.rstrip(":") for c in sin_campo), *(c.titulo for c in incompletas))]
    avisos.append(f"queda por llenar {enumerar([*por_llenar, 'los costos'])}")
    formato = por_completar((c.clave for c in sin_campo), abiertas)
    return DeExportacion(formato, campos, filas, avisos, frozenset(_ESTRATEGICAS))


def _reconocer_estrategicos(principal: list[dict[str, Any]]) -> list[str]:
    """Deja el OEI y el AEI que son del catálogo; el de las demás actividades queda vacío y se dice."""
    sueltas: dict[str, list[str]] = {}
    padres = {f[0]: f[2] for f in POI.tablas["aei"].filas}
    for fila in principal:
        if fila.get("aei") in padres:
            fila.setdefault("oei", padres[fila["aei"]])
        for columna in _ESTRATEGICAS:
            if fila.get(columna) not in {f[0] for f in POI.tablas[columna].filas}:
                fila.pop(columna, None)
                sueltas.setdefault(columna, []).append(str(fila.get("codigo") or "sin código"))
    return [
        f"no se reconoció el {columna.upper()} de {cuenta(len(quienes), 'actividad', 'actividades')} "
        f"({enumerar(quienes[:4])}{' y otras' if len(quienes) > 4 else ''})"
        for columna, quienes in sueltas.items()
    ]


def _abrir_lo_que_no_cuadra(revision: Revision, principal: list[dict[str, Any]]) -> list[str]:
    """Donde el total que trae la exportación no es lo que dan sus meses no se elige: los dos quedan abiertos."""
    celdas = {(h.donde.hoja, h.donde.celda): h for h in revision.hallazgos if h.regla == "POI001"}
    quienes = []
    for fila, valores in zip(revision.libro.filas(PROGRAMACION.clave), principal, strict=True):
        meta = fila["meta"]
        hallazgo = celdas.get((meta.hoja, meta.celda))
        if hallazgo is None:
            continue
        quienes.append(str(valores.get("codigo") or "sin código"))
        mensaje = f"{hallazgo.mensaje} Deje los meses y la meta como se aprobaron."
        for clave in ("meta", *claves_de_mes("programado")):
            valores[clave] = Abierta(mensaje[:255], valores.get(clave))
    if not quienes:
        return []
    return [f"el total programado y los meses no concuerdan en {enumerar(quienes)}: quedan abiertos meta y meses"]


def _poner_lo_ejecutado(revision: Revision, seguimiento: list[dict[str, Any]], periodo: Periodo) -> list[str]:
    """Lo ejecutado en los meses que se capturan, en sus celdas; lo posterior no se pone, y se dice."""
    puestos: dict[int, int] = {}
    sobran: dict[int, int] = {}
    for fila, valores in zip(revision.libro.filas(SEGUIMIENTO.clave), seguimiento, strict=True):
        for mes in (m for m in ANO if m >= periodo.meses_abiertos[0]):
            clave = f"ejecutado_m{mes}"
            valor = valor_de(fila[clave])
            if mes in periodo.meses_abiertos and valor is not None:
                valores[clave] = valor
                puestos[mes] = puestos.get(mes, 0) + 1
            elif mes > periodo.mes and valor:
                sobran[mes] = sobran.get(mes, 0) + 1
    avisos = []
    if puestos:
        avisos.append(
            f"lo ejecutado en {_meses(puestos)} que ya trae la exportación "
            f"({cuenta(sum(puestos.values()), 'cifra')}) queda puesto y abierto, para que la unidad lo compruebe"
        )
    if sobran:
        avisos.append(
            f"lo ejecutado en {_meses(sobran)} ({cuenta(sum(sobran.values()), 'cifra')}) es posterior al periodo y no "
            "se pone"
        )
    return avisos


def _meses(de_cada_mes: dict[int, int]) -> str:
    return enumerar(MESES[mes - 1] for mes in sorted(de_cada_mes))
