"""El trabajo completo: de unas rutas a los informes revisados, y de ahí a la carpeta de resultados."""

from __future__ import annotations

import gc
import hashlib
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from io import BytesIO
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pei_excel.anteriores import Anterior, Identidad, por_identidad
from pei_excel.archivos import PROBABLES, Archivo, buscar, espacio_de_salida
from pei_excel.catalogo import Catalogo
from pei_excel.ciclo.bitacora import Bitacora, BitacoraInservible, hoy
from pei_excel.ciclo.cerrados import exigir_abierto
from pei_excel.ciclo.corrida_anterior import CorridaAnterior, leer_corrida, nombre_de_consolidado, seguir
from pei_excel.ciclo.recepciones import elegidos, fechar, leer_listas
from pei_excel.control import Entregado, Memoria, con_plazos, entregados
from pei_excel.decisiones import Decididas, como_datos
from pei_excel.definitivo import Definitivo
from pei_excel.formatos import FORMATOS
from pei_excel.hallazgo import Hallazgo
from pei_excel.indicaciones import indicacion
from pei_excel.lectura.claves import Claves
from pei_excel.lectura.disco import huella
from pei_excel.lectura.lector import Opciones, leer, libro_ilegible
from pei_excel.lectura.limites import LIMITES, Limites, cambiados
from pei_excel.lectura.recepcion import Recepcion
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Revision, revisar, revisar_entrega
from pei_excel.salidas import LARGO_DE_NOMBRE, ULTIMO, Carpeta, NoSePudo, escribir_entero
from pei_excel.semaforo import PERFILES
from pei_excel.textos import cuenta, enumerar, normalizar
from pei_excel.trabajadores import TareaPerdida, Trabajadores, procesos_por_omision

if TYPE_CHECKING:
    from pei_excel.tablas import Tablas

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
    ponderado: bool = False  #: POI: la media pesa cada actividad por su costo anual
    anterior: Path | None = None  #: entregas anteriores o carpeta de un periodo cerrado, con que se compara
    limites: Limites = LIMITES
    claves: Claves | None = None  #: contraseñas de los libros cifrados; nunca salen en los resultados
    catalogo: Catalogo | None = None  #: el de la oficina
    usar: tuple[str, ...] = ()  #: archivos que se eligen a mano entre las entregas repetidas
    sin_bitacora: bool = False  #: ni leerla ni escribirla
    ruta_del_catalogo: Path | None = None
    definitivo: Definitivo | None = None  #: None: PRELIMINAR

    @property
    def contexto(self) -> Contexto:
        """Contexto de las reglas; nuevo cada vez, porque guarda lo calculado."""
        return Contexto(self.periodo, {f: PERFILES[p] for f, p in self.perfiles.items()}, catalogo=self.catalogo)

    @property
    def opciones(self) -> Opciones:
        """Opciones de lectura."""
        pais = self.pais or (self.catalogo.institucion.pais if self.catalogo else None)
        return Opciones(self.periodo, pais, self.limites, self.claves)

    def como_datos(self) -> dict[str, Any]:
        """Las opciones que cambian el resultado, para el JSON."""
        return {
            "periodo": self.periodo.codigo if self.periodo else None,
            "perfil": {f: self.contexto.perfil(f).clave for f in FORMATOS},
            "pais": self.opciones.pais,
            "corte": self.corte.isoformat() if self.corte else None,
            "estricto": self.estricto,
            "ponderado": self.ponderado,
            "catalogo": {"archivo": self.catalogo.archivo, "sha256": self.catalogo.sha256} if self.catalogo else None,
            "limites": cambiados(self.limites),
            "usar": sorted(self.usar),
        }


@dataclass(slots=True)
class Resultado:
    """Los informes revisados de una carpeta."""

    revisiones: list[Revision]
    de_carpeta: list[Hallazgo]
    apartados: list[tuple[str, str]] = field(default_factory=list)  #: (archivo, por qué no es un informe)
    anteriores: list[tuple[str, str]] = field(default_factory=list)  #: (archivo, SHA-256) con que se comparó
    empacadas: dict[int, bytes] = field(default_factory=dict)  #: id de la revisión → como llegó, si sigue igual
    recepciones: dict[str, Recepcion] = field(default_factory=dict)  #: archivo → cuándo llegó
    decididas: Decididas | None = None  #: lo que hicieron las decisiones anotadas; None: no se han buscado

    def seguir(self, corrida: CorridaAnterior) -> None:
        """Aplica las decisiones que se anotaron y compara cada informe con su entrega anterior."""
        self.decididas = seguir(corrida, self.revisiones, self.de_carpeta, self.recepciones)
        self.de_carpeta = self.decididas.de_carpeta
        for cual in self.decididas.cambiadas:
            self.empacadas.pop(cual, None)

    @property
    def apartados_por_mes(self) -> list[str]:
        """Archivos que se informan por trimestre y se apartaron porque se pidió un mes."""
        return [archivo for archivo, motivo in self.apartados if motivo in _POR_TRIMESTRE.values()]

    @property
    def con_errores(self) -> bool:
        """Hay un ERROR o un archivo rechazado."""
        todos = [h for r in self.revisiones for h in r.hallazgos] + self.de_carpeta
        return any(h.severidad == "ERROR" for h in todos) or any(r.estado == "rechazado" for r in self.revisiones)


#: Formato que no se informa por mes → por qué se aparta al consolidar un mes.
_POR_TRIMESTRE = {
    f.clave: f"es un {f.titulo} de la {f.clave}, que se consolida por trimestre y no por mes"
    for f in FORMATOS.values() if not f.por_meses
}


class PeriodoImpropio(Exception):  # noqa: N818 - el dominio la llama así
    """Se pidió un mes y lo que hay en la carpeta sólo se consolida por trimestre."""

    def __init__(self, archivos: Sequence[str], ejercicio: int) -> None:
        que, a = enumerar(_POR_TRIMESTRE), ejercicio
        super().__init__(
            f"En la carpeta sólo hay libros de la {que} ({cuenta(len(archivos), 'archivo')}), que se consolida por "
            f"trimestre: use {a}-T1 … {a}-T4, {a}-S1, {a}-S2 o {a}. No se escribió nada."
        )


def leer_y_revisar(ruta: str, nombre: str, encargo: Encargo) -> list[Revision]:
    """Paso *leer*: un archivo → sus informes con los hallazgos propios."""
    contexto = encargo.contexto
    if Path(ruta).suffix.lower() in PROBABLES:
        libros = [
            libro_ilegible(nombre, huella(Path(ruta)), "no es un libro",
                           f"los archivos {Path(ruta).suffix} no se leen; guárdelo como «Libro de Excel (.xlsx)»")
        ]
    else:
        libros = leer(Path(ruta), nombre, encargo.opciones)
        for libro in libros:
            _apartar_si_no_es_por_mes(libro, encargo.periodo)
    return [revisar(libro, contexto) for libro in libros]


def leer_y_empacar(ruta: str, nombre: str, encargo: Encargo) -> list[bytes]:
    """Lo mismo, ya en la forma en que viaja entre procesos: así se empaca una sola vez para los dos pasos."""
    return [pickle.dumps(r, pickle.HIGHEST_PROTOCOL) for r in leer_y_revisar(ruta, nombre, encargo)]


def revisar_con_anteriores(libro: Libro, anteriores: Sequence[Anterior], encargo: Encargo) -> Revision:
    """Un informe ya leído → sus hallazgos, también los que salen de compararlo con sus entregas anteriores."""
    contexto = encargo.contexto
    contexto.anteriores = por_identidad(anteriores)
    return revisar(libro, contexto)


def _apartar_si_no_es_por_mes(libro: Libro, periodo: Periodo | None) -> None:
    """Al consolidar un mes, lo que se informa por trimestre se aparta y se nombra."""
    formato = FORMATOS.get(libro.formato or "")
    if periodo is not None and periodo.clase == "M" and formato is not None and not formato.por_meses:
        libro.apartado = _POR_TRIMESTRE[formato.clave]


def revisar_rutas(
    rutas: Sequence[Path], encargo: Encargo, trabajadores: Trabajadores, avance: Avance = _sin_avance,
    memoria: Memoria | None = None,
) -> Resultado:
    """Lee y revisa todo lo que hay en las rutas; un archivo malo nunca detiene a los demás.

    `memoria` es lo que recuerda la bitácora; None: no se usa.

    Raises:
        NoSePudo: si un archivo que se pidió usar no está.
    """
    from pei_excel.ciclo.entregas_anteriores import Previas, leer_previas

    hallados = buscar(rutas, encargo.limites)
    usar = elegidos(encargo.usar, hallados.archivos)
    previas = Previas()
    if encargo.anterior:
        previas = leer_previas(encargo.anterior, encargo.opciones, trabajadores, avance)
    total = len(hallados.archivos)
    tareas = ((str(a.ruta), a.nombre, encargo) for a in hallados.archivos)
    revisiones: list[Revision] = []
    empacadas: list[bytes] = []  #: vacío, el de un archivo perdido
    apartados: list[tuple[str, str]] = []
    resultados: Iterator[list[bytes] | TareaPerdida] = trabajadores.encargar(leer_y_empacar, tareas)
    for n, (archivo, resultado) in enumerate(zip(hallados.archivos, resultados, strict=True), 1):
        avance("Leyendo", n, total)
        if isinstance(resultado, TareaPerdida):
            revisiones += _perdido(archivo, resultado, encargo)
            empacadas.append(b"")
            continue
        for empacada in resultado:
            revision: Revision = pickle.loads(empacada)  # noqa: S301 - la empacó otro proceso nuestro
            if revision.libro.apartado:
                apartados.append((revision.libro.archivo, revision.libro.apartado))
            else:
                revisiones.append(revision)
                empacadas.append(empacada)
    leidas = [(r, r.estado, list(r.hallazgos)) for r in revisiones]
    _comparar(revisiones, previas.por_informe, encargo, trabajadores, avance)
    ajenos = sorted([*hallados.ajenos, *apartados, *previas.apartados])
    lista = leer_listas(hallados, encargo.periodo)
    recepciones = fechar(hallados.archivos, (r.libro for r in revisiones), lista, memoria, hoy())
    primeras = memoria.primeras() if memoria else {}
    de_carpeta = revisar_entrega(
        revisiones, ajenos, encargo.contexto, recepciones, lista, usar, primeras,
        completa=any(ruta.is_dir() for ruta in rutas),
    )
    iguales = {
        id(revision): empacada
        for revision, (leida, estado, hallazgos), empacada in zip(revisiones, leidas, empacadas, strict=True)
        if empacada and revision is leida and revision.estado is estado and revision.hallazgos == hallazgos
    }
    return Resultado(revisiones, de_carpeta, sorted(apartados), previas.archivos, iguales, recepciones)


def _comparar(
    revisiones: list[Revision], previas: Mapping[Identidad, Sequence[Anterior]], encargo: Encargo,
    trabajadores: Trabajadores, avance: Avance,
) -> None:
    """Revisa otra vez, ya con sus entregas anteriores, los informes que las tienen."""
    conocidas = [
        (n, suyas) for n, revision in enumerate(revisiones) if (suyas := _previas_de(revision.libro, previas, encargo))
    ]
    tareas = ((revisiones[n].libro, anteriores, encargo) for n, anteriores in conocidas)
    resultados = trabajadores.encargar(revisar_con_anteriores, tareas)
    for hechos, ((n, _), resultado) in enumerate(zip(conocidas, resultados, strict=True), 1):
        avance("Comparando con lo anterior", hechos, len(conocidas))
        if isinstance(resultado, TareaPerdida):
            raise _no_se_pudo("comparar con lo anterior", revisiones[n].libro.archivo, resultado)
        revisiones[n] = resultado


def _previas_de(
    libro: Libro, previas: Mapping[Identidad, Sequence[Anterior]], encargo: Encargo
) -> list[Anterior]:
    """Las entregas anteriores de un informe, también las que su unidad hizo con la clave que tenía entonces."""
    unidad, programa = libro.identidad
    antes = encargo.catalogo.antecesoras(unidad) if encargo.catalogo else ()
    return [
        replace(una, identidad=libro.identidad)
        for clave in (unidad, *antes) for una in previas.get((libro.formato or "", (clave, programa)), ())
    ]


def _no_se_pudo(que: str, archivo: str, tarea: TareaPerdida) -> NoSePudo:
    return NoSePudo(
        f"No se pudo {que} de «{archivo}»: {tarea.detalle}. No se cambió nada. " + indicacion(
            orden="Repita con --procesos 1 o suba el límite, por ejemplo --limite segundos=180.",
            menu="Cierre otros programas y repita; si vuelve a pasar, avise a quien cuida los equipos.",
        )
    )


def _perdido(archivo: Archivo, tarea: TareaPerdida, encargo: Encargo) -> list[Revision]:
    libro = libro_ilegible(archivo.nombre, huella(archivo.ruta), tarea.motivo, tarea.detalle)
    return [revisar(libro, encargo.contexto)]


def escribir_una_evaluacion(destino: str, revision: Revision | bytes, encargo: Encargo, corte: date) -> str:
    """Paso *evaluar*: el libro de evaluación de un informe (o de uno empacado); devuelve su SHA-256."""
    propia: Revision = pickle.loads(revision) if isinstance(revision, bytes) else revision  # noqa: S301 - es nuestra
    contexto, libro = encargo.contexto, propia.libro
    memoria = BytesIO()
    periodo = contexto.periodo_de(libro)
    if periodo is None:
        raise RuntimeError("no puede evaluarse un informe sin periodo")
    perfil = contexto.perfil(libro.formato)
    if libro.formato == "POI":
        from pei_excel.escritura.evaluacion_poi import escribir_evaluacion_poi

        escribir_evaluacion_poi(
            memoria, propia, contexto.actividades(libro), periodo=periodo, corte=corte, perfil=perfil,
            preliminar=encargo.definitivo is None,
        )
    else:
        from pei_excel.escritura.evaluacion import escribir_evaluacion

        escribir_evaluacion(
            memoria, propia, contexto.indicadores(libro), periodo=periodo, corte=corte, perfil=perfil,
            preliminar=encargo.definitivo is None,
        )
    contenido = memoria.getvalue()
    escribir_entero(Path(destino), contenido)
    return hashlib.sha256(contenido).hexdigest()


def nombres_de_evaluacion(revisiones: Sequence[Revision], periodo: Periodo) -> list[str]:
    """El nombre del libro de evaluación de cada informe."""
    return nombres_de_evaluaciones([(r.libro.identidad, r.libro.archivo) for r in revisiones], periodo)


def nombres_de_evaluaciones(informes: Iterable[tuple[Sequence[str], str]], periodo: Periodo) -> list[str]:
    """`<unidad>[-<programa>]_<periodo>_evaluacion.xlsx` de cada informe, dicho por sus claves y su archivo.

    Los que chocan (también sólo por mayúsculas) llevan -2, -3…
    """
    usados: set[str] = set()
    nombres = []
    cola = f"_{periodo.codigo}_evaluacion"
    for identidad, archivo in informes:
        partes = [nombre_para_archivo(p) for p in identidad if p]
        base = "-".join(p for p in partes if p) or nombre_para_archivo(Path(archivo).stem) or "informe"
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
    tablas: dict[str, Tablas]  #: por formato, los que hubo en la carpeta
    entregas: list[Entregado] = field(default_factory=list)  #: el control
    salidas: dict[str, str] = field(default_factory=dict)  #: archivo que se escribió → SHA-256
    aviso: str = ""  #: lo que no se pudo anotar; lo consolidado está entero
    entrada: Path | None = None  #: la carpeta de lo recibido


class CierreEnCurso(Protocol):
    """Lo que cerrar un periodo agrega a su consolidación."""

    def decidir(self, resultado: Resultado) -> Definitivo:
        """Con qué carácter quedan los resultados.

        Raises:
            NoSePudo: si así no puede cerrarse.
        """

    def archivando(self, nueva: Path, consolidado: Consolidado) -> AbstractContextManager[None]:
        """Archiva lo recibido y los resultados ya escritos; si después falla algo, los quita.

        Raises:
            NoSePudo: si lo de ahora no es lo que se había consolidado, o no se puede escribir.
        """


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
    entrada: Path, base: Path, encargo: Encargo, avance: Avance = _sin_avance, cierre: CierreEnCurso | None = None
) -> Consolidado:
    """Lee, revisa, consolida y escribe la carpeta `<base>/<periodo>` entera; con `cierre`, además la archiva.

    Raises:
        NoSePudo: si no se puede escribir o el periodo está cerrado (se comprueba antes de leer), o un proceso se
            perdió; todo queda como estaba.
        PeriodoImpropio: si se pide un mes y no hay nada que se informe por mes; no queda nada escrito.
        ValueError: si el encargo no dice el periodo.
    """
    if encargo.periodo is None:
        raise ValueError("para consolidar hace falta el periodo")
    periodo = encargo.periodo
    corte = encargo.corte or periodo.ultimo_dia
    carpeta = Carpeta(base, periodo.codigo, espacio_de_salida([entrada]))
    modulos = (*MODULOS_DE_LECTURA, "pei_excel.escritura.evaluacion")
    with carpeta:
        nueva = carpeta.preparar()
        if cierre is None:
            exigir_abierto(carpeta, base, periodo.codigo)
        bitacora = None if encargo.sin_bitacora else Bitacora.abrir(base)
        memoria = bitacora.memoria(periodo.codigo) if bitacora else None
        with Trabajadores(encargo.procesos or procesos_por_omision(), encargo.limites, modulos) as trabajadores:
            with _sin_buscar_ciclos():
                resultado = revisar_rutas([entrada], encargo, trabajadores, avance, memoria)
            if resultado.apartados_por_mes and not any(r.libro.formato for r in resultado.revisiones):
                gc.unfreeze()
                raise PeriodoImpropio(resultado.apartados_por_mes, periodo.ejercicio)
            resultado.seguir(leer_corrida(carpeta.final))
            if cierre is not None:
                encargo = replace(encargo, definitivo=cierre.decidir(resultado))
            hallados = entregados(resultado.revisiones, resultado.recepciones, memoria.previas if memoria else {})
            entregas = con_plazos(hallados, encargo.catalogo, periodo)
            salidas: dict[str, str] = {}
            evaluables = [r for r in resultado.revisiones if r.cuenta]
            nombres = nombres_de_evaluacion(evaluables, periodo)
            (nueva / "evaluaciones").mkdir()
            tareas = (
                (str(nueva / "evaluaciones" / nombre), resultado.empacadas.pop(id(revision), revision), encargo, corte)
                for nombre, revision in zip(nombres, evaluables, strict=True)
            )
            evaluaciones = trabajadores.encargar(escribir_una_evaluacion, tareas)
            tablas = _escribir_institucionales(nueva, resultado, encargo, corte, salidas, entregas)
            for n, (nombre, huella) in enumerate(zip(nombres, evaluaciones, strict=True), 1):
                avance("Escribiendo evaluaciones", n, len(nombres))
                if isinstance(huella, TareaPerdida):
                    raise _no_se_pudo("escribir la evaluación", evaluables[n - 1].libro.archivo, huella)
                salidas[f"evaluaciones/{nombre}"] = huella
        _escribir_json(nueva, resultado, encargo, corte, salidas, tablas, entregas)
        consolidado = Consolidado(resultado, carpeta.final, tablas, entregas, salidas, entrada=entrada)
        carpeta.conservar()
        with cierre.archivando(nueva, consolidado) if cierre is not None else nullcontext():
            carpeta.cambiar()
        if bitacora is not None:
            try:
                bitacora.anotar_corrida(consolidado, encargo, "consolidar" if cierre is None else "cerrar")
            except BitacoraInservible as error:
                consolidado.aviso = f"Los resultados quedaron en «{carpeta.final}», sin anotarse. {error}"
    gc.unfreeze()
    return consolidado


def _escribir_institucionales(
    nueva: Path, resultado: Resultado, encargo: Encargo, corte: date, salidas: dict[str, str],
    entregas: Sequence[Entregado],
) -> dict[str, Tablas]:
    """Los libros de la institución: los de cada formato que haya en la carpeta, y los datos de todos juntos."""
    from pei_excel.consolidacion import consolidar

    if encargo.periodo is None:
        raise ValueError("para consolidar hace falta el periodo")

    def escribir(nombre: str, hacer: Callable[[BytesIO], None]) -> None:
        memoria = BytesIO()
        hacer(memoria)
        escribir_entero(nueva / nombre, memoria.getvalue())
        salidas[nombre] = hashlib.sha256(memoria.getvalue()).hexdigest()
        gc.collect()  # el libro terminado, que es un ciclo y ocupa decenas de MB

    presentes = {r.libro.formato for r in resultado.revisiones}
    tablas: dict[str, Tablas] = {}
    por_mes = encargo.periodo.clase == "M"
    posibles = [f.clave for f in FORMATOS.values() if f.por_meses or not por_mes]
    for formato in [f for f in posibles if f in presentes] or posibles[:1]:
        propias = consolidar(
            resultado.revisiones, encargo.periodo, encargo.contexto, formato=formato, corte=corte,
            estricto=encargo.estricto, ponderado=encargo.ponderado and formato == "POI",
            de_carpeta=resultado.de_carpeta, decididas=resultado.decididas.fuera if resultado.decididas else (),
        )
        propias.cierre = propias.cobertura.cierre = encargo.definitivo
        tablas[formato] = propias
        resultado.de_carpeta += [h for h in propias.hallazgos if h.regla == "CON001"]
        consolidado, tesoreria = escritores(formato)
        consolidado = partial(consolidado, entregas=entregas)
        escribir(nombre_de_consolidado(formato), partial(_con, consolidado, propias, resultado.revisiones))
        escribir(f"tesoreria-{formato.lower()}.xlsx", partial(_con, tesoreria, propias))
        if formato == "MIR":
            from pei_excel.escritura.acciones import escribir_acciones

            escribir("acciones-mir.xlsx", partial(_con, escribir_acciones, propias))
    _escribir_abiertos(escribir, list(tablas.values()), encargo)
    return tablas


def _escribir_abiertos(
    escribir: Callable[[str, Callable[[BytesIO], None]], None], tablas: Sequence[Tablas], encargo: Encargo
) -> None:
    """Los datos abiertos, la ficha de cada renglón, y el diccionario y el paquete que los describen."""
    from pei_excel.escritura import datos_abiertos as abiertos
    from pei_excel.escritura.datos import escribir_csv

    memoria = BytesIO()
    escribir_csv(memoria, tablas)
    contenidos = {abiertos.DATOS: memoria.getvalue()}
    contenidos |= {abiertos.FICHAS[t.formato]: abiertos.escribir_fichas(t) for t in tablas}
    institucion = encargo.catalogo.institucion.nombre if encargo.catalogo else ""
    contenidos |= {
        abiertos.DICCIONARIO: abiertos.escribir_diccionario([t.formato for t in tablas]),
        abiertos.PAQUETE: abiertos.escribir_paquete(tablas, contenidos, institucion),
    }
    for nombre, contenido in contenidos.items():
        escribir(nombre, methodcaller("write", contenido))


def escritores(formato: str) -> tuple[Callable[..., None], Callable[..., None]]:
    """El del consolidado y el de la Tesorería de un formato; se importan al usarse."""
    if formato == "POI":
        from pei_excel.escritura.consolidado_poi import escribir_consolidado_poi
        from pei_excel.escritura.tesoreria_poi import escribir_tesoreria_poi

        return escribir_consolidado_poi, escribir_tesoreria_poi
    from pei_excel.escritura.consolidado import escribir_consolidado
    from pei_excel.escritura.tesoreria import escribir_tesoreria

    return escribir_consolidado, escribir_tesoreria


def _con(escritor: Callable[..., None], *argumentos_y_destino: Any) -> None:
    *argumentos, destino = argumentos_y_destino
    escritor(destino, *argumentos)


def _escribir_json(
    nueva: Path, resultado: Resultado, encargo: Encargo, corte: date, salidas: dict[str, str],
    tablas: Mapping[str, Tablas], entregas: Sequence[Entregado],
) -> None:
    from pei_excel.documento import a_texto, documento, totales

    contenido = documento(
        resultado.revisiones, resultado.de_carpeta,
        opciones=encargo.como_datos() | {
            "corte": corte.isoformat(),
            "anterior": [{"archivo": nombre, "sha256": huella} for nombre, huella in resultado.anteriores],
        },
        totales={formato: totales(propias) for formato, propias in tablas.items()},
        entregas=[e.como_datos() for e in entregas],
        decisiones=como_datos(resultado.decididas) if resultado.decididas else [],
        salidas=[{"archivo": nombre, "sha256": salidas[nombre]} for nombre in sorted(salidas)],
    )
    escribir_entero(nueva / ULTIMO, a_texto(contenido).encode())
