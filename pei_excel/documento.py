"""El documento JSON de una revisión o un consolidado: estricto, UTF-8 y en el orden de las rutas."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

from pei_excel.definitivo import Definitivo
from pei_excel.hallazgo import Hallazgo, Severidad
from pei_excel.lectura.decisiones import de_decision
from pei_excel.revision import Revision, Suerte
from pei_excel.tablas import Grupo, Tablas

VERSION_JSON = 1


def de_hallazgo(h: Hallazgo, *, con_archivo: bool = False) -> dict[str, Any]:
    """Un hallazgo; con el archivo, los de la carpeta."""
    propio: dict[str, Any] = {"archivo": h.donde.archivo or None} if con_archivo else {}
    return propio | {
        "regla": h.regla,
        "severidad": h.severidad.value,
        "destinatario": h.destinatario.value,
        "hoja": h.donde.hoja,
        "celda": h.donde.celda,
        "tambien": [{"hoja": u.hoja, "celda": u.celda} for u in h.tambien],
        "mensaje": h.mensaje,
        "como_corregir": h.como_corregir,
        "encontrado": _valor(h.encontrado),
        "esperado": _valor(h.esperado),
        "sobre": h.sobre,
        "firma": h.firma,
        "decision": de_decision(h.decision) or None,
    }


def _valor(valor: str | float | None) -> str | float | int | None:
    if not isinstance(valor, float):
        return valor
    if not math.isfinite(valor):
        return str(valor)
    return int(valor) if valor == int(valor) and abs(valor) < 1e15 else round(valor, 10)


def de_revision(r: Revision) -> dict[str, Any]:
    """Un informe."""
    libro = r.libro
    return {
        "archivo": libro.archivo,
        "hojas": libro.nombres_de_hojas,
        "sha256": libro.sha256 or None,
        "formato": libro.formato,
        "version_formato": libro.version,
        "unidad": libro.unidad.clave if libro.unidad else None,
        "unidad_nombre": libro.unidad.nombre if libro.unidad else None,
        "programa": libro.programa.clave if libro.programa else None,
        "periodo": libro.periodo.codigo if libro.periodo else None,
        "estado": r.estado.value,
        "hallazgos": [de_hallazgo(h) for h in r.hallazgos],
        **({"entrega_anterior": r.anterior.como_datos()} if r.anterior else {}),
    }


def resumen(revisiones: Sequence[Revision], de_carpeta: Iterable[Hallazgo]) -> dict[str, int]:
    """Cuántos informes por suerte y cuántos hallazgos por severidad."""
    todos = [h for r in revisiones for h in r.hallazgos] + list(de_carpeta)
    return {
        "libros": len(revisiones),
        **{f"{s.value}s": sum(r.estado is s for r in revisiones) for s in Suerte},
        "errores": sum(h.severidad is Severidad.ERROR for h in todos),
        "avisos": sum(h.severidad is Severidad.AVISO for h in todos),
        "notas": sum(h.severidad is Severidad.NOTA for h in todos),
    }


def documento(revisiones: Sequence[Revision], de_carpeta: Sequence[Hallazgo], **mas: Any) -> dict[str, Any]:
    """El documento completo; `mas` agrega totales, opciones y salidas."""
    return {
        "version": VERSION_JSON,
        "libros": [de_revision(r) for r in revisiones],
        "hallazgos": [de_hallazgo(h, con_archivo=True) for h in de_carpeta],
        "resumen": resumen(revisiones, de_carpeta),
        **mas,
    }


_PLURAL = {"Componente": "componentes", "Actividad": "actividades"}


def _de_cierre(cierre: Definitivo) -> dict[str, Any]:
    sustituye = cierre.sustituye and {"version": cierre.sustituye[0], "cerrada": cierre.sustituye[1].isoformat()}
    return {"version": cierre.version, "sustituye": sustituye, "por_solventar": cierre.por_solventar,
            "motivo": cierre.motivo}


def _en_solventacion(tablas: Tablas) -> int:
    """Cifras que el libro de la Tesorería muestra recalculadas, sin las que la oficina resolvió no corregir."""
    from pei_excel.escritura import tesoreria_indicadores, tesoreria_poi_actividades

    if tablas.formato == "POI":
        return sum(
            len(tesoreria_poi_actividades.informado_distinto(r.actividad, r.libro))
            - len(tesoreria_poi_actividades.resueltas(r)) for r in tablas.renglones
        )
    return sum(
        len(tesoreria_indicadores.informado_distinto(r.indicador)) - len(tesoreria_indicadores.resueltas(r))
        for r in tablas.renglones
    )


def totales(tablas: Tablas) -> dict[str, Any]:
    """Los totales del consolidado de un formato: cobertura, institución y cada agrupación."""

    def de_grupo(grupo: Grupo) -> dict[str, Any]:
        return {
            "clave": grupo.clave,
            "nombre": grupo.nombre,
            "indicadores" if tablas.formato == "MIR" else "total": grupo.total,
            "conteos": {p: grupo.conteos[p] for p in tablas.palabras if p in grupo.conteos},
            **{
                _PLURAL[clase]: {"porcentaje": _valor(media), "n": grupo.cuantos[clase]}
                for clase, media in grupo.medias.items()
            },
            **({
                "soles": {suma: _valor(total) for suma, total in grupo.soles.items()},
                "porcentaje_financiero": _valor(grupo.porcentaje_financiero), "brecha": _valor(grupo.brecha),
                "sin_comparar": grupo.sin_comparar,
            } if grupo.soles else {}),
        }

    return {
        "periodo": tablas.periodo.codigo,
        "corte": tablas.corte.isoformat(),
        "perfil": tablas.perfil.clave,
        "preliminar": tablas.cierre is None,
        **({"cierre": _de_cierre(tablas.cierre)} if tablas.cierre else {}),
        "informes": {
            "leidos": tablas.cobertura.leidos,
            "consolidados": tablas.cobertura.consolidados,
            "esperados": tablas.cobertura.esperados,
            "errores_callados": tablas.cobertura.callados,
            "excluidos": [{"informe": quien, "motivo": motivo} for quien, motivo in tablas.cobertura.excluidos],
        },
        "en_solventacion": _en_solventacion(tablas),
        "institucion": de_grupo(tablas.institucion),
        **{f"por_{a.clave}": [de_grupo(g) for g in tablas.grupos[a.clave]] for a in tablas.agrupaciones},
    }


def a_texto(contenido: dict[str, Any]) -> str:
    """El documento como texto JSON estricto."""
    return json.dumps(contenido, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
