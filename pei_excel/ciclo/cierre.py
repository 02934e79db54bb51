"""Cerrar y reabrir un periodo: se repite su consolidación, ya con carácter definitivo, y se archiva con lo recibido."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pei_excel.catalogo import Catalogo, leer_catalogo
from pei_excel.ciclo.archivado import EnCurso, Repetida, por_solventar_segun
from pei_excel.ciclo.bitacora import Bitacora, BitacoraInservible, ahora
from pei_excel.ciclo.catalogo_usado import se_uso_catalogo
from pei_excel.ciclo.cerrados import ORIGINALES, REAPERTURA, PeriodoCerrado, Version, cerrada, reponer, versiones
from pei_excel.ciclo.llegadas import nombrar
from pei_excel.definitivo import DEFINITIVO, Definitivo
from pei_excel.documento import a_texto
from pei_excel.indicaciones import como_se_escribe, con_resultados_en, indicacion
from pei_excel.lectura.claves import Claves
from pei_excel.lectura.disco import huella
from pei_excel.lectura.limites import limites_con
from pei_excel.periodos import Periodo
from pei_excel.proceso import Avance, Consolidado, Encargo, consolidar_carpeta
from pei_excel.salidas import ULTIMO, Carpeta, NoSePudo, escribir_entero, puerta
from pei_excel.textos import cuenta, limpiar

_LARGO_DEL_MOTIVO = 500


@dataclass(frozen=True, slots=True)
class Pedido:
    """Lo que el usuario pidió cerrar; las rutas, sólo si no son las que recuerda la bitácora."""

    periodo: Periodo
    base: Path  #: carpeta de resultados
    con_observaciones: bool = False
    motivo: str = ""
    recibidos: Path | None = None
    catalogo: Path | None = None
    anterior: Path | None = None
    claves: Claves | None = None
    procesos: int | None = None
    sin_bitacora: bool = False


@dataclass(slots=True)
class Cerrado:
    """Lo que dejó un cierre."""

    version: Version
    consolidado: Consolidado
    definitivo: Definitivo
    catalogo: str = ""  #: el archivo con que se consolidó; vacío: sin él
    avisos: list[str] = field(default_factory=list)

    @property
    def texto(self) -> str:
        """En pocas líneas: qué se cerró, cómo y dónde quedó."""
        v = self.version
        recibidos = sum(n.startswith(f"{ORIGINALES}/") and n != v.catalogo for n in v.huellas or ())
        cuantos = cuenta(recibidos, "archivo recibido", "archivos recibidos")
        return "\n".join([
            f"El periodo {v.periodo} quedó cerrado (versión {v.numero}). Sus resultados ya dicen {DEFINITIVO}.",
            *(f"{frase}." for frase in self.definitivo.frases),
            f"Se consolidó con el catálogo «{self.catalogo}»." if self.catalogo else
            "Se consolidó sin catálogo: no se sabe si falta algún informe.",
            f"Archivado en {v.carpeta}: {cuantos} y los resultados, cada uno con su huella.",
        ]) + "\n"


def cerrar(pedido: Pedido, avance: Avance) -> Cerrado:
    """Repite la última consolidación del periodo, con carácter definitivo, y la archiva con todo lo recibido.

    Raises:
        PeriodoCerrado: si ya lo está.
        NoSePudo: si no se ha consolidado, si algo cambió desde entonces o si quedan observaciones por solventar y no
            se dijo el motivo. Todo queda como estaba.
    """
    codigo = pedido.periodo.codigo
    if not pedido.base.is_dir():
        raise _sin_consolidar(pedido)
    with puerta(pedido.base):
        _exigir_sin_cerrar(pedido)
        # Antes de trabajar: si no puede usarse, que se diga.
        bitacora = None if pedido.sin_bitacora else Bitacora.abrir(pedido.base)
        repetida, encargo = _por_repetir(pedido, bitacora)
        en_curso = EnCurso(repetida, _motivo(pedido.motivo), con_observaciones=pedido.con_observaciones)
        consolidado = consolidar_carpeta(repetida.rutas["recibidos"], pedido.base, encargo, avance, en_curso)
        version = versiones(pedido.base, codigo)[-1]
        catalogo = encargo.catalogo.archivo if encargo.catalogo else ""
        avisos = [consolidado.aviso] if consolidado.aviso else []
        cerrado = Cerrado(version, consolidado, en_curso.definitivo, catalogo, avisos)
        if bitacora is not None:
            try:
                bitacora.anotar_cierre(
                    codigo, version.numero, "cerrar", version.motivo, cuando=version.cuando,
                    con_observaciones=version.con_observaciones,
                )
            except BitacoraInservible as error:
                cerrado.avisos.append(f"El periodo quedó cerrado, sin anotarse en la bitácora. {error}")
    return cerrado


def quedan_por_solventar(pedido: Pedido) -> int:
    """Cuántas observaciones por solventar impiden cerrar, según la última consolidación; 0 si lo impide otra cosa."""
    if cerrada(pedido.base, pedido.periodo.codigo) is not None:
        return 0
    try:
        bitacora = None if pedido.sin_bitacora else Bitacora.abrir(pedido.base, para_escribir=False)
        return por_solventar_segun(_por_repetir(pedido, bitacora)[0].documento)
    except NoSePudo:
        return 0


def _por_repetir(pedido: Pedido, bitacora: Bitacora | None) -> tuple[Repetida, Encargo]:
    """La última consolidación, lista para repetirse.

    Raises:
        NoSePudo: si no la hay, no se sabe con qué se hizo o algo cambió desde entonces.
    """
    documento = _leer_documento(pedido)
    _exigir_el_catalogo(pedido, documento)
    rutas = _rutas(pedido, documento, bitacora)
    limites = limites_con(f"{n}={v}" for n, v in documento["opciones"]["limites"].items())
    repetida = Repetida(pedido.base, pedido.periodo.codigo, documento, rutas, limites, pedido.sin_bitacora)
    repetida.comprobar()
    return repetida, _encargo(pedido, repetida)


def reabrir(base: Path, periodo: Periodo, por_que: str, *, sin_bitacora: bool = False) -> tuple[Version, list[str]]:
    """Anota que un periodo se reabre; lo archivado no se toca. Devuelve la versión y lo que no se pudo anotar.

    Raises:
        NoSePudo: si no está cerrado o no se puede escribir.
    """
    if cerrada(base, periodo.codigo) is None:
        raise _no_esta_cerrado(base, periodo)
    with puerta(base):
        bitacora = None if sin_bitacora else Bitacora.abrir(base)
        version = cerrada(base, periodo.codigo)
        if version is None:
            raise _no_esta_cerrado(base, periodo)
        cuando, escrito = ahora().isoformat(), _motivo(por_que)
        escribir_entero(version.carpeta / REAPERTURA, a_texto({"cuando": cuando, "motivo": escrito}).encode())
        try:
            if bitacora is not None:
                bitacora.anotar_cierre(periodo.codigo, version.numero, "reabrir", escrito, cuando=cuando)
        except BitacoraInservible as error:
            return version, [f"El periodo quedó reabierto, sin anotarse en la bitácora. {error}"]
    return version, []


def _no_esta_cerrado(base: Path, periodo: Periodo) -> NoSePudo:
    ya = versiones(base, periodo.codigo)
    que = f"ya está reabierto (versión {ya[-1].numero})" if ya else f"no está cerrado en «{base}»"
    return NoSePudo(f"El periodo {periodo.codigo} {que}: puede consolidarse.")


def _motivo(texto: str) -> str:
    return " ".join(limpiar(texto).split())[:_LARGO_DEL_MOTIVO]


def _sin_consolidar(pedido: Pedido) -> NoSePudo:
    codigo = pedido.periodo.codigo
    return NoSePudo(
        f"En «{pedido.base}» no hay resultados de {codigo} que cerrar. " + indicacion(
            orden="Consolide primero: " + como_se_escribe(
                "consolidar", "CARPETA", "--periodo", codigo, *con_resultados_en(pedido.base)
            ),
            menu="Consolide primero (opción 3).",
        )
    )


def _exigir_sin_cerrar(pedido: Pedido) -> None:
    version = cerrada(pedido.base, pedido.periodo.codigo)
    if version is None:
        return
    texto = f"El periodo {version.periodo} ya está cerrado (versión {version.numero})"
    cambiados = version.cambiados()
    if cambiados:
        raise PeriodoCerrado(
            f"{texto}, y en «{version.carpeta}» ya no está como se archivó {nombrar(cambiados)}. Restáurelo de un "
            "respaldo."
        )
    # Las dos carpetas: lo que haya dejado a medias un cierre que se interrumpió se arregla aquí.
    with puerta(version.carpeta.parent), Carpeta(pedido.base, version.periodo) as carpeta:
        carpeta.preparar()
        repuesta = reponer(carpeta, version)
    raise PeriodoCerrado(f"{texto}.{' Se repusieron sus resultados definitivos.' if repuesta else ''}")


def _leer_documento(pedido: Pedido) -> dict[str, Any]:
    """El `resultado.json` de lo último que se consolidó."""
    ruta = pedido.base / pedido.periodo.codigo / ULTIMO
    if not ruta.is_file():
        raise _sin_consolidar(pedido)
    try:
        documento = json.loads(ruta.read_text(encoding="utf-8"))
        opciones = documento["opciones"]
        for que in ("perfil", "pais", "corte", "estricto", "ponderado", "catalogo", "limites", "usar", "anterior"):
            opciones[que]
        documento["totales"], documento["libros"], documento["hallazgos"], documento["entregas"]
    except (OSError, KeyError, TypeError, ValueError):
        raise NoSePudo(f"«{ruta}» no se entiende o es de una versión anterior: consolide otra vez y repita.") from None
    return documento  # type: ignore[no-any-return]


def _exigir_el_catalogo(pedido: Pedido, documento: Mapping[str, Any]) -> None:
    """Lo último no se consolidó sin catálogo habiéndolo: su cobertura diría que no falta nadie.

    Raises:
        NoSePudo: si así fue y no se pidió cerrar con observaciones; con un catálogo a la mano, siempre.
    """
    if documento["opciones"]["catalogo"]:
        return
    codigo = pedido.periodo.codigo
    if pedido.catalogo is not None:
        raise NoSePudo(
            f"{codigo} se consolidó sin catálogo, y hay uno («{pedido.catalogo}»): sin él no se sabe quién falta. "
            + indicacion(orden="Consolide otra vez con --catalogo y repita.", menu="Consolide otra vez (opción 3).")
        )
    if not pedido.con_observaciones and se_uso_catalogo(pedido.base, codigo, sin_bitacora=pedido.sin_bitacora):
        raise NoSePudo(
            f"{codigo} se había consolidado con catálogo y la última vez no: no se sabe quién falta. " + indicacion(
                orden="Consolide otra vez con --catalogo; para cerrarlo así, diga por qué con --con-observaciones y "
                "--motivo «…».",
                menu="Regrese el catálogo a su lugar, o corríjalo, y consolide otra vez (opción 3).",
            )
        )


def _rutas(pedido: Pedido, documento: Mapping[str, Any], bitacora: Bitacora | None) -> dict[str, Path]:
    """Dónde está lo que se consolidó: lo que dice el usuario o lo que recuerda la bitácora."""
    opciones = documento["opciones"]
    recordadas = bitacora.rutas(pedido.periodo.codigo) if bitacora is not None else {}
    rutas: dict[str, Path] = {}
    for que, hace_falta, nombre, clase in (
        ("recibidos", True, "la carpeta de lo recibido", "dir"),
        ("catalogo", bool(opciones["catalogo"]), "el catálogo", "file"),
        ("anterior", bool(opciones["anterior"]), "aquello con que se comparó", ""),
    ):
        ruta = getattr(pedido, que) or recordadas.get(que)
        if not hace_falta:
            continue
        if ruta is None:
            raise NoSePudo(f"No se sabe dónde está {nombre} con que se consolidó: {_digalo(que)}.")
        if not {"dir": ruta.is_dir, "file": ruta.is_file}.get(clase, ruta.exists)():
            raise NoSePudo(f"No existe «{ruta}», {nombre} con que se consolidó: {_digalo(que)}.")
        rutas[que] = ruta
    return rutas


def _digalo(que: str) -> str:
    return indicacion(orden=f"dígalo con --{que}", menu="regréselo a su lugar o consolide otra vez")


def _encargo(pedido: Pedido, repetida: Repetida) -> Encargo:
    """El mismo de la última consolidación."""
    opciones, rutas = repetida.documento["opciones"], repetida.rutas
    catalogo = _catalogo(repetida) if "catalogo" in rutas else None
    encargo = Encargo(pedido.periodo, catalogo=catalogo)
    perfiles = {f: p for f, p in opciones["perfil"].items() if encargo.contexto.perfil(f).clave != p}
    return Encargo(
        pedido.periodo, perfiles, opciones["pais"], date.fromisoformat(opciones["corte"]), pedido.procesos,
        opciones["estricto"], opciones["ponderado"], rutas.get("anterior"), repetida.limites, pedido.claves, catalogo,
        tuple(opciones["usar"]), pedido.sin_bitacora, rutas.get("catalogo"),
    )


def _catalogo(repetida: Repetida) -> Catalogo:
    ruta, usado = repetida.rutas["catalogo"], repetida.documento["opciones"]["catalogo"]
    leido = leer_catalogo(ruta)[0] if huella(ruta) == usado["sha256"] else None
    if leido is None:
        raise NoSePudo(f"El catálogo «{ruta}» cambió después de consolidar. {repetida.que_hacer}")
    return leido
