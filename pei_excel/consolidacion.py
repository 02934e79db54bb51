"""Muchos informes revisados → las tablas del consolidado."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from pei_excel.actividades import sin_cifras_legibles
from pei_excel.decisiones import Decidida
from pei_excel.formatos import FORMATOS
from pei_excel.hallazgo import Hallazgo, Severidad
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto, a_hallazgo
from pei_excel.reglas.explicaciones import justificacion
from pei_excel.reglas.lista import REGLAS
from pei_excel.reglas.padron import esperados, palabras_de_ruta
from pei_excel.revision import Revision, Suerte
from pei_excel.tablas import AGRUPACIONES, CLASES, Cobertura, Grupo, Renglon, Tablas, resumir
from pei_excel.textos import normalizar


def orden_de_clave(clave: str) -> tuple[tuple[int, int | str], ...]:
    """«504» antes que «1003»; las claves con letras, después."""
    return tuple((0, int(p)) if p.isdigit() else (1, p) for p in clave.replace("-", ".").split("."))


def orden_de_libro(libro: Libro) -> tuple[object, ...]:
    """Orden de los informes en las salidas: unidad, programa, ruta."""
    unidad, programa = libro.identidad
    return orden_de_clave(unidad), orden_de_clave(programa), libro.archivo


def se_consolida(revision: Revision, estricto: bool) -> bool:
    """El informe entra al consolidado; con `estricto`, los observados no."""
    return revision.cuenta and not (estricto and revision.estado is Suerte.OBSERVADO)


def _renglones(revision: Revision, contexto: Contexto) -> Iterable[Renglon]:
    libro, observado = revision.libro, revision.estado is Suerte.OBSERVADO
    if libro.formato == "POI":
        for actividad in contexto.actividades(libro):
            fila = actividad.evaluacion
            yield Renglon(
                libro, actividad, observado,
                causa=fila.valor("dificultaron") if fila else None, medida=fila.valor("medidas") if fila else None,
                resueltas=revision.resueltas,
            )
        return
    for indicador in contexto.indicadores(libro):
        fila = justificacion(libro, indicador)
        yield Renglon(
            libro, indicador, observado,
            causa=fila.valor("causa") if fila else None, medida=fila.valor("medida") if fila else None,
            resueltas=revision.resueltas,
        )


def _agrupar(
    renglones: Sequence[Renglon], claves: Callable[[Renglon], Iterable[tuple[str, str]]], formato: str, ponderado: bool
) -> tuple[Grupo, ...]:
    posiciones: dict[str, list[int]] = {}
    nombres: dict[str, str] = {}
    for n, renglon in enumerate(renglones):
        for clave, nombre in claves(renglon):
            posiciones.setdefault(clave, []).append(n)
            nombres.setdefault(clave, nombre)
    orden = sorted(posiciones, key=orden_de_clave)
    return tuple(
        resumir(clave, nombres[clave], posiciones[clave], renglones, formato=formato, ponderado=ponderado)
        for clave in orden
    )


def _programa(renglon: Renglon) -> list[tuple[str, str]]:
    programa = renglon.libro.programa
    return [(programa.clave, str(programa))] if programa else [("", "Sin programa")]


def _unidad(renglon: Renglon) -> list[tuple[str, str]]:
    unidad = renglon.libro.unidad
    return [(unidad.clave, str(unidad))] if unidad else [("", "Sin unidad")]


def _eje(renglon: Renglon) -> list[tuple[str, str]]:
    return [(_numero_de_eje(eje), eje) for eje in renglon.ejes] or [("", "Sin eje")]


def _numero_de_eje(eje: str) -> str:
    numero = eje.partition(".")[0].strip()
    return numero if numero.isdigit() else normalizar(eje)


def _de_tabla(tabla: str, columna: str) -> Callable[[Renglon], list[tuple[str, str]]]:
    """Agrupa por un código del catálogo del formato, con el nombre que el catálogo le da."""

    def agrupar(renglon: Renglon) -> list[tuple[str, str]]:
        codigo = renglon.evaluado.fila.valor(columna)
        if not codigo:
            return [("", f"Sin {columna.upper()}")]
        filas = FORMATOS["POI"].tablas[tabla].filas
        nombre = next((f[1] for f in filas if f[0] == codigo), "fuera del Anexo 01")
        return [(str(codigo), f"{codigo} {nombre}")]

    return agrupar


def _gerencia(renglon: Renglon) -> list[tuple[str, str]]:
    nombre = renglon.libro.campo("gerencia").valor
    return [(normalizar(nombre), nombre)] if isinstance(nombre, str) and nombre else [("", "Sin gerencia")]


#: Clave de la agrupación → de qué grupo o grupos es un renglón.
_GRUPOS_DE: dict[str, Callable[[Renglon], Iterable[tuple[str, str]]]] = {
    "programa": _programa, "unidad": _unidad, "eje": _eje, "oei": _de_tabla("oei", "oei"),
    "aei": _de_tabla("aei", "aei"), "gerencia": _gerencia,
}


def consolidar(
    revisiones: Sequence[Revision],
    periodo: Periodo,
    contexto: Contexto,
    *,
    formato: str = "MIR",
    corte: date | None = None,
    estricto: bool = False,
    ponderado: bool = False,
    de_carpeta: Sequence[Hallazgo] = (),
    decididas: Sequence[Decidida] = (),
) -> Tablas:
    """Las tablas de un formato a partir de los informes revisados; CON001 ya comprobado y agregado."""
    en_cual = _donde_se_cuentan(revisiones, contexto)
    del_formato = [
        r for r in revisiones if r.libro.formato == formato
        or (r.libro.formato is None and en_cual.get(id(r), formato) == formato)
    ]
    elegidas = sorted(
        (r for r in del_formato if r.libro.formato and se_consolida(r, estricto)), key=lambda r: orden_de_libro(r.libro)
    )
    renglones = tuple(renglon for r in elegidas for renglon in _renglones(r, contexto))
    incluidas = set(map(id, elegidas))
    excluidas = [r for r in del_formato if id(r) not in incluidas and r.estado is not Suerte.SUSTITUIDO]
    leidos = sum(r.estado is not Suerte.SUSTITUIDO for r in del_formato)
    callados = [d.hallazgo for d in decididas if d.hallazgo is not None]  # lo que falta, falta aunque no se observe
    faltan = [
        str(h.esperado).removeprefix(f"{formato}: ") for h in (*de_carpeta, *callados)
        if h.regla == "ENT001" and str(h.esperado).startswith(f"{formato}: ")
    ]
    cobertura = Cobertura(
        leidos=leidos,
        consolidados=len(elegidas),
        esperados=leidos + len(faltan) if contexto.catalogo is not None else None,
        excluidos=(
            *((_quien(r), _motivo(r)) for r in sorted(excluidas, key=lambda r: orden_de_libro(r.libro))),
            *((quien, "no ha llegado") for quien in faltan),
        ),
        aparte=tuple(
            sorted((r.libro.archivo, en_cual[id(r)]) for r in revisiones if en_cual.get(id(r), formato) != formato)
        ),
    )
    todos = range(len(renglones))
    grupos = {
        a.clave: _agrupar(renglones, _GRUPOS_DE[a.clave], formato, ponderado)
        for a in AGRUPACIONES[formato] if a.clave in _GRUPOS_DE
    }
    if formato == "MIR":  # los cuatro niveles se muestran siempre, aunque falte alguno
        grupos["nivel"] = tuple(
            resumir(clase, clase, [n for n in todos if renglones[n].evaluado.clase == clase], renglones)
            for clase in (*CLASES, "Otro")
            if clase in CLASES or any(r.evaluado.clase == clase for r in renglones)
        )
    tablas = Tablas(
        periodo=periodo,
        corte=corte or periodo.ultimo_dia,
        perfil=contexto.perfil(formato),
        renglones=renglones,
        institucion=resumir("", "Institución", list(todos), renglones, formato=formato, ponderado=ponderado),
        grupos=grupos,
        formato=formato,
        libros=tuple(r.libro for r in elegidas),
        ponderado=ponderado,
        cobertura=cobertura,
        hallazgos=tuple(h for r in del_formato for h in r.hallazgos) + tuple(de_carpeta),
    )
    tablas.decididas = tuple(d for d in decididas if tablas.es_suyo(d.formato, d.visto.archivo))
    tablas.cobertura.callados = sum(
        d.hallazgo is not None and d.hallazgo.severidad is Severidad.ERROR for d in tablas.decididas
    )
    tablas.hallazgos += tuple(comprobar(tablas, contexto))
    return tablas


def comprobar(tablas: Tablas, contexto: Contexto) -> list[Hallazgo]:
    """Los totales contra sus renglones (CON001)."""
    return [
        a_hallazgo(o, "", formulacion=False)
        for regla in REGLAS
        if regla.alcance == "tablas"
        for o in regla(tablas, contexto)
    ]


def _donde_se_cuentan(revisiones: Sequence[Revision], contexto: Contexto) -> dict[int, str]:
    """id de cada archivo sin reconocer → el formato, de los que hay en la carpeta, en cuya cobertura se cuenta.

    Se decide por su ruta: si nombra un formato («MIR_504-6.xlsx», «poi/031.xlsx»), o una unidad de la que sólo se
    espera (o sólo llegó) uno; si no dice nada, el primero.
    """
    presentes = [f for f in FORMATOS if any(r.libro.formato == f for r in revisiones)]
    if len(presentes) < 2:
        return {}
    unidades = {f: {r.libro.identidad[0].upper() for r in revisiones if r.libro.formato == f} for f in presentes}
    if contexto.catalogo is not None and contexto.periodo is not None:
        for formato, unidad, _ in esperados(presentes, contexto.catalogo, contexto.periodo):
            unidades[formato].add(unidad.clave)
    cuenta: dict[int, str] = {}
    for revision in revisiones:
        if revision.libro.formato is None:
            palabras = palabras_de_ruta(revision.libro.archivo)
            nombrados = [f for f in presentes if f in palabras]
            posibles = nombrados or [f for f in presentes if unidades[f] & palabras]
            cuenta[id(revision)] = posibles[0] if len(posibles) == 1 else presentes[0]
    return cuenta


def _quien(revision: Revision) -> str:
    unidad, programa = revision.libro.identidad
    nombre = "-".join(p for p in (unidad, programa) if p)
    return f"{nombre} «{revision.libro.archivo}»" if nombre else revision.libro.archivo


def _motivo(revision: Revision) -> str:
    if revision.estado is Suerte.OBSERVADO:
        return "con errores por corregir"
    causas = [h for h in revision.hallazgos if h.regla in {"FMT001", "FMT002", "FMT003", "ENT005"}]
    cortos = {"FMT001": "no pudo leerse", "FMT002": "formato no reconocido", "FMT003": "faltan columnas",
              "ENT005": "de otro periodo"}
    nada = "sin actividades" if revision.libro.formato == "POI" else "sin indicadores"
    if sin_cifras_legibles(revision.libro):
        nada = "no se lee ninguna cifra"
    return cortos[causas[0].regla] if causas else nada
