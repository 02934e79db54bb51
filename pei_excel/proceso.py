"""El trabajo completo: de unas rutas a los informes revisados, y de ahí a la carpeta de resultados."""

from __future__ import annotations

import gc
import hashlib
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pei_excel.archivos import PROBABLES, Archivo, buscar
from pei_excel.formatos import FORMATOS
from pei_excel.hallazgo import Hallazgo
from pei_excel.lectura.lector import Opciones, leer, libro_ilegible
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Revision, revisar, revisar_entrega
from pei_excel.salidas import ULTIMO, Carpeta
from pei_excel.semaforo import PERFILES
from pei_excel.textos import normalizar
from pei_excel.trabajadores import TareaPerdida, Trabajadores, procesos_por_omision

#: Largo máximo del nombre de un archivo de salida: cabe en rutas largas de Windows y en adjuntos.
LARGO_DE_NOMBRE = 60

#: Lo que usa el paso *leer*, para que los procesos no lo carguen cada uno por su cuenta.
MODULOS_DE_LECTURA = ("pei_excel.lectura.xlsx", "pei_excel.lectura.celdas")

Avance = Callable[[str, int, int], None]


def _sin_avance(*_: object) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Encargo:
    """Lo que el usuario pidió."""

    periodo: Periodo | None = None
    perfiles: Mapping[str, str] = field(default_factory=dict)  #: formato → clave del perfil
    pais: str | None = None
    corte: date | None = None
    procesos: int | None = None
    estricto: bool = False

    @property
    def contexto(self) -> Contexto:
        """Contexto de las reglas; nuevo cada vez, porque guarda lo calculado."""
        return Contexto(self.periodo, {f: PERFILES[p] for f, p in self.perfiles.items()})

    @property
    def opciones(self) -> Opciones:
        """Opciones de lectura."""
        return Opciones(self.periodo, self.pais)

    def como_datos(self) -> dict[str, Any]:
        """Las opciones que cambian el resultado, para el JSON."""
        return {
            "periodo": self.periodo.codigo if self.periodo else None,
            "perfil": {f: self.perfiles.get(f, FORMATOS[f].perfil) for f in FORMATOS},
            "pais": self.pais,
            "corte": self.corte.isoformat() if self.corte else None,
            "estricto": self.estricto,
        }


@dataclass(slots=True)
class Resultado:
    """Los informes revisados de una carpeta."""

    revisiones: list[Revision]
    de_carpeta: list[Hallazgo]
    empacadas: dict[int, bytes] = field(default_factory=dict)  #: id de la revisión → como llegó, si sigue igual

    @property
    def con_errores(self) -> bool:
        """Hay un ERROR o un archivo rechazado."""
        todos = [h for r in self.revisiones for h in r.hallazgos] + self.de_carpeta
        return any(h.severidad == "ERROR" for h in todos) or any(r.estado == "rechazado" for r in self.revisiones)


def leer_y_revisar(ruta: str, nombre: str, encargo: Encargo) -> list[Revision]:
    """Paso *leer*: un archivo → sus informes con los hallazgos propios."""
    contexto = encargo.contexto
    if Path(ruta).suffix.lower() in PROBABLES:
        libros = [
            libro_ilegible(nombre, _huella(Path(ruta)), "no es un libro",
                           f"los archivos {Path(ruta).suffix} no se leen; guárdelo como «Libro de Excel (.xlsx)»")
        ]
    else:
        libros = leer(Path(ruta), nombre, encargo.opciones)
    return [revisar(libro, contexto) for libro in libros]


def leer_y_empacar(ruta: str, nombre: str, encargo: Encargo) -> list[bytes]:
    """Lo mismo, ya en la forma en que viaja entre procesos: así se empaca una sola vez para los dos pasos."""
    return [pickle.dumps(r, pickle.HIGHEST_PROTOCOL) for r in leer_y_revisar(ruta, nombre, encargo)]


def _huella(ruta: Path) -> str:
    try:
        return hashlib.sha256(ruta.read_bytes()).hexdigest()
    except OSError:
        return ""


def revisar_rutas(
    rutas: Sequence[Path], encargo: Encargo, trabajadores: Trabajadores, avance: Avance = _sin_avance
) -> Resultado:
    """Lee y revisa todo lo que hay en las rutas; un archivo malo nunca detiene a los demás."""
    hallados = buscar(rutas)
    total = len(hallados.archivos)
    tareas = ((str(a.ruta), a.nombre, encargo) for a in hallados.archivos)
    revisiones: list[Revision] = []
    empacadas: dict[int, bytes] = {}
    apartados: list[tuple[str, str]] = []
    resultados: Iterator[list[bytes] | TareaPerdida] = trabajadores.encargar(leer_y_empacar, tareas)
    for n, (archivo, resultado) in enumerate(zip(hallados.archivos, resultados, strict=True), 1):
        avance("Leyendo", n, total)
        if isinstance(resultado, TareaPerdida):
            revisiones += _perdido(archivo, resultado, encargo)
            continue
        for empacada in resultado:
            revision: Revision = pickle.loads(empacada)  # noqa: S301 - la empacó otro proceso nuestro
            if revision.libro.apartado:
                apartados.append((revision.libro.archivo, revision.libro.apartado))
            else:
                revisiones.append(revision)
                empacadas[id(revision)] = empacada
    ajenos = sorted([*hallados.ajenos, *apartados])
    antes = [(r.estado, list(r.hallazgos)) for r in revisiones]
    de_carpeta = revisar_entrega(revisiones, ajenos, encargo.contexto)
    for revision, (estado, hallazgos) in zip(revisiones, antes, strict=True):
        if revision.estado is not estado or revision.hallazgos != hallazgos:
            empacadas.pop(id(revision), None)
    return Resultado(revisiones, de_carpeta, empacadas)


def _perdido(archivo: Archivo, tarea: TareaPerdida, encargo: Encargo) -> list[Revision]:
    libro = libro_ilegible(archivo.nombre, _huella(archivo.ruta), tarea.motivo, tarea.detalle)
    return [revisar(libro, encargo.contexto)]


def escribir_una_evaluacion(destino: str, revision: Revision | bytes, encargo: Encargo, corte: date) -> str:
    """Paso *evaluar*: el libro de evaluación de un informe (o de uno empacado); devuelve su SHA-256."""
    from io import BytesIO

    from pei_excel.escritura.evaluacion import escribir_evaluacion

    propia: Revision = pickle.loads(revision) if isinstance(revision, bytes) else revision  # noqa: S301 - es nuestra
    contexto = encargo.contexto
    memoria = BytesIO()
    periodo = contexto.periodo_de(propia.libro)
    if periodo is None:
        raise RuntimeError("no puede evaluarse un informe sin periodo")
    escribir_evaluacion(
        memoria, propia, contexto.indicadores(propia.libro), periodo=periodo, corte=corte,
        perfil=contexto.perfil(propia.libro.formato),
    )
    contenido = memoria.getvalue()
    Path(destino).write_bytes(contenido)
    return hashlib.sha256(contenido).hexdigest()


def nombres_de_evaluacion(revisiones: Sequence[Revision], periodo: Periodo) -> list[str]:
    """`<unidad>[-<programa>]_<periodo>_evaluacion.xlsx`; los que chocan (también sólo por mayúsculas) llevan -2, -3…"""
    usados: set[str] = set()
    nombres = []
    cola = f"_{periodo.codigo}_evaluacion"
    for revision in revisiones:
        partes = [nombre_para_archivo(p) for p in revision.libro.identidad if p]
        base = "-".join(partes) or nombre_para_archivo(Path(revision.libro.archivo).stem) or "informe"
        nombre, n = "", 1
        while not nombre or nombre.casefold() in usados:
            sufijo = cola + (f"-{n}" if n > 1 else "")
            nombre = base[: LARGO_DE_NOMBRE - 6 - len(sufijo)] + sufijo + ".xlsx"
            n += 1
        usados.add(nombre.casefold())
        nombres.append(nombre)
    return nombres


def nombre_para_archivo(texto: str) -> str:
    limpio = "".join(c if c.isalnum() or c in "-." else "-" for c in normalizar(texto).replace(" ", "-"))
    return limpio.strip("-.")


@dataclass(slots=True)
class Consolidado:
    """Lo que dejó una consolidación."""

    resultado: Resultado
    carpeta: Path
    tablas: Any  #: Tablas del formato; None si no hubo informes suyos
    frases: list[str]


@contextmanager
def _sin_buscar_ciclos() -> Iterator[None]:
    """Al leer informes no queda ningún ciclo que soltar; después, como viven hasta el final, no se recorren más."""
    estaba = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if estaba:
            gc.enable()


def consolidar_carpeta(
    entrada: Path, base: Path, encargo: Encargo, avance: Avance = _sin_avance
) -> Consolidado:
    """Lee, revisa, consolida y escribe la carpeta `<base>/<periodo>` entera.

    Raises:
        SalidaOcupada: si no se puede escribir (se comprueba antes de leer).
        ValueError: si el encargo no dice el periodo.
    """
    if encargo.periodo is None:
        raise ValueError("para consolidar hace falta el periodo")
    periodo = encargo.periodo
    corte = encargo.corte or periodo.ultimo_dia
    carpeta = Carpeta(base, periodo.codigo)
    nueva = carpeta.preparar()
    modulos = (*MODULOS_DE_LECTURA, "pei_excel.escritura.evaluacion")
    with Trabajadores(encargo.procesos or procesos_por_omision(), modulos) as trabajadores:
        with _sin_buscar_ciclos():
            resultado = revisar_rutas([entrada], encargo, trabajadores, avance)
        salidas: dict[str, str] = {}
        evaluables = [r for r in resultado.revisiones if r.cuenta]
        nombres = nombres_de_evaluacion(evaluables, periodo)
        (nueva / "evaluaciones").mkdir()
        tareas = (
            (str(nueva / "evaluaciones" / nombre), resultado.empacadas.pop(id(revision), revision), encargo, corte)
            for nombre, revision in zip(nombres, evaluables, strict=True)
        )
        evaluaciones = trabajadores.encargar(escribir_una_evaluacion, tareas)
        tablas, frases = _escribir_institucionales(nueva, resultado, encargo, corte, salidas)
        for n, (nombre, huella) in enumerate(zip(nombres, evaluaciones, strict=True), 1):
            avance("Escribiendo evaluaciones", n, len(nombres))
            if isinstance(huella, TareaPerdida):
                raise huella
            salidas[f"evaluaciones/{nombre}"] = huella
    _escribir_json(nueva, resultado, encargo, corte, salidas, tablas)
    carpeta.cambiar()
    gc.unfreeze()
    return Consolidado(resultado, carpeta.final, tablas, frases)


def _escribir_institucionales(
    nueva: Path, resultado: Resultado, encargo: Encargo, corte: date, salidas: dict[str, str]
) -> tuple[Any, list[str]]:
    from io import BytesIO

    from pei_excel.consolidacion import consolidar
    from pei_excel.escritura.consolidado import escribir_consolidado
    from pei_excel.escritura.datos import escribir_csv
    from pei_excel.escritura.tesoreria import escribir_tesoreria
    from pei_excel.frases import frases

    if encargo.periodo is None:
        return None, []
    tablas = consolidar(
        resultado.revisiones, encargo.periodo, encargo.contexto, corte=corte, estricto=encargo.estricto,
        de_carpeta=resultado.de_carpeta,
    )
    nuevos = [h for h in tablas.hallazgos if h.regla == "CON001"]
    resultado.de_carpeta += nuevos

    def escribir(nombre: str, hacer: Callable[[BytesIO], None]) -> None:
        memoria = BytesIO()
        hacer(memoria)
        (nueva / nombre).write_bytes(memoria.getvalue())
        salidas[nombre] = hashlib.sha256(memoria.getvalue()).hexdigest()
        gc.collect()  # el libro terminado, que es un ciclo y ocupa decenas de MB

    escribir("consolidado-mir.xlsx", lambda m: escribir_consolidado(m, tablas, resultado.revisiones))
    escribir("tesoreria-mir.xlsx", lambda m: escribir_tesoreria(m, tablas))
    escribir("datos.csv", lambda m: escribir_csv(m, tablas))
    return tablas, list(frases(tablas))


def _escribir_json(
    nueva: Path, resultado: Resultado, encargo: Encargo, corte: date, salidas: dict[str, str], tablas: Any
) -> None:
    from pei_excel.documento import a_texto, documento, totales

    contenido = documento(
        resultado.revisiones, resultado.de_carpeta,
        opciones=encargo.como_datos() | {"corte": corte.isoformat()},
        totales=totales(tablas),
        salidas=[{"archivo": nombre, "sha256": salidas[nombre]} for nombre in sorted(salidas)],
    )
    (nueva / ULTIMO).write_text(a_texto(contenido), encoding="utf-8", newline="\n")
