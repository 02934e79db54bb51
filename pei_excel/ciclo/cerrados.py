"""Los periodos cerrados, como los cuentan sus propias carpetas: `<salidas>/cerrados/<periodo>/v<n>`.

La bitácora también los anota, pero si un periodo está cerrado se sabe de aquí.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pei_excel.ciclo.bitacora import Cierre
from pei_excel.indicaciones import como_se_escribe, con_resultados_en, indicacion
from pei_excel.lectura.disco import huella
from pei_excel.periodos import Periodo
from pei_excel.salidas import CIERRE, ULTIMO, Carpeta, NoSePudo, insistir, no_se_escribe

CERRADOS = "cerrados"
REAPERTURA = "reapertura.json"
#: Lo que hay en la carpeta de una versión.
ORIGINALES, RESULTADOS = "originales", "resultados"


class PeriodoCerrado(NoSePudo):
    """El periodo está cerrado y no se ha reabierto."""


@dataclass(frozen=True, slots=True)
class Reapertura:
    """Cuándo y por qué se reabrió una versión."""

    cuando: str
    motivo: str


@dataclass(frozen=True, slots=True)
class Version:
    """Una versión cerrada de un periodo."""

    carpeta: Path
    periodo: str
    numero: int
    cuando: str = ""  #: ISO, con la hora de la oficina; vacío si su cierre.json no se entiende
    motivo: str = ""
    con_observaciones: bool = False
    huellas: Mapping[str, str] | None = None  #: archivo → SHA-256; None: su cierre.json no se entiende
    catalogo: str | None = None  #: el que se usó, dentro de la carpeta
    reapertura: Reapertura | None = None

    @property
    def dia(self) -> date:
        """El día en que se cerró.

        Raises:
            NoSePudo: si su cierre.json no lo dice.
        """
        try:
            return datetime.fromisoformat(self.cuando).date()
        except ValueError:
            raise NoSePudo(
                f"«{self.carpeta / CIERRE}» no se entiende: restáurelo de un respaldo y repita."
            ) from None

    def cambiados(self, dentro: str = "") -> list[str]:
        """Los archivos de la carpeta (o de una de las suyas) que ya no son los que se archivaron, en orden.

        También los que faltan y los que alguien agregó.
        """
        if self.huellas is None:
            return [CIERRE]
        prefijo = f"{dentro}/" if dentro else ""
        esperados = {n: h for n, h in self.huellas.items() if n.startswith(prefijo)}
        hallados = {
            nombre for p in (self.carpeta / dentro).rglob("*")
            if p.is_file() and (nombre := p.relative_to(self.carpeta).as_posix()) not in {CIERRE, REAPERTURA}
        }
        return sorted(
            {n for n, h in esperados.items() if n not in hallados or huella(self.carpeta / n) != h}
            | (hallados - esperados.keys())
        )


def versiones(base: Path, periodo: str) -> list[Version]:
    """Las versiones cerradas de un periodo, de la primera a la última, reabiertas o no."""
    return _de_carpetas((base / CERRADOS / periodo).glob("v*"))


def bajo(ruta: Path) -> list[Version]:
    """Las versiones cerradas que hay en una carpeta, en ella misma o más adentro."""
    return _de_carpetas(cierre.parent for cierre in ruta.rglob(CIERRE))


def _de_carpetas(carpetas: Iterable[Path]) -> list[Version]:
    leidas = [_leer(c) for c in carpetas if c.is_dir() and c.name[:1] == "v" and c.name[1:].isdecimal()]
    return sorted(leidas, key=lambda v: (v.carpeta.parent, v.numero))


def _leer(carpeta: Path) -> Version:
    carpeta_del_periodo, numero = carpeta.parent.name, int(carpeta.name[1:])
    reapertura = None
    if (carpeta / REAPERTURA).exists():
        datos = _json(carpeta / REAPERTURA)
        reapertura = Reapertura(str(datos.get("cuando") or ""), str(datos.get("motivo") or ""))
    datos = _json(carpeta / CIERRE)
    try:
        return Version(
            carpeta, carpeta_del_periodo, numero, datos["cuando"], datos["motivo"], bool(datos["con_observaciones"]),
            {a["archivo"]: a["sha256"] for a in datos["archivos"]}, datos["catalogo"], reapertura,
        )
    except (KeyError, TypeError):
        return Version(carpeta, carpeta_del_periodo, numero, reapertura=reapertura)


def _json(ruta: Path) -> dict[str, Any]:
    """Lo que dice un documento; vacío si no se entiende."""
    with suppress(OSError, ValueError):
        datos = json.loads(ruta.read_text(encoding="utf-8"))
        if isinstance(datos, dict):
            return datos
    return {}


def cerrada(base: Path, periodo: str) -> Version | None:
    """La versión con que el periodo está cerrado; None si no se ha cerrado o se reabrió."""
    todas = versiones(base, periodo)
    return todas[-1] if todas and todas[-1].reapertura is None else None


def cerrados(base: Path) -> list[str]:
    """Los códigos de los periodos que están cerrados, en orden."""
    return sorted(carpeta.name for carpeta in (base / CERRADOS).glob("*") if cerrada(base, carpeta.name) is not None)


def exigir_abierto(carpeta: Carpeta, base: Path, periodo: str) -> None:
    """Comprueba que el periodo pueda consolidarse; `carpeta` es la de sus resultados, ya preparada.

    Raises:
        PeriodoCerrado: si está cerrado.
    """
    version = cerrada(base, periodo)
    if version is not None:
        reponer(carpeta, version)
        raise PeriodoCerrado(
            f"El periodo {periodo} está cerrado (versión {version.numero}); para corregirlo" + indicacion(
                orden=": " + como_se_escribe("reabrir", periodo, "--motivo", "…", *con_resultados_en(base)),
                menu=" hay que reabrirlo: en el menú, «Más opciones».",
            )
        )


def reponer(carpeta: Carpeta, version: Version) -> bool:
    """Si el cierre se interrumpió ya archivado, pone en la carpeta del periodo los resultados definitivos.

    `carpeta` ha de estar preparada; si los puso, ya se cambió.

    Raises:
        SalidaOcupada: si no se pudo.
    """
    totales = _json(carpeta.final / ULTIMO).get("totales")
    with suppress(AttributeError, KeyError, TypeError):  # si no se entienden, se reponen
        if totales and all(t["cierre"]["version"] == version.numero for t in totales.values()):
            return False
    if version.cambiados(RESULTADOS):
        return False
    try:
        shutil.copytree(version.carpeta / RESULTADOS, carpeta.nueva, dirs_exist_ok=True)
    except OSError as error:
        raise no_se_escribe(carpeta.nueva, error) from error
    carpeta.conservar()
    carpeta.cambiar()
    return True


def quitar(carpeta: Path) -> None:
    """Deshace una versión recién archivada: antes de borrarla deja de tener nombre de versión."""
    sobra = carpeta.with_name(f"{carpeta.name}.nuevo")
    insistir(lambda: carpeta.rename(sobra))
    shutil.rmtree(sobra, ignore_errors=True)


def cierres(base: Path) -> list[Cierre]:
    """Lo que se cerró y se reabrió, por periodo y en el orden en que pasó."""
    hechos = []
    for v in _de_carpetas((base / CERRADOS).glob("*/v*")):
        hechos.append(Cierre(v.periodo, v.numero, v.cuando, "cerrar", v.motivo, v.con_observaciones))
        if v.reapertura is not None:
            hechos.append(Cierre(v.periodo, v.numero, v.reapertura.cuando, "reabrir", v.reapertura.motivo, False))
    return hechos


def ultimas(todas: Iterable[Version], menos: Periodo | None = None) -> list[Version]:
    """De cada periodo, su última versión; sin el que se está consolidando."""
    elegidas = {v.carpeta.parent: v for v in todas if menos is None or v.periodo != menos.codigo}
    return list(elegidas.values())


def anteriores_a(base: Path, periodo: Periodo) -> list[str]:
    """Los periodos del mismo ejercicio que terminaron antes y se han cerrado, en orden; sus códigos."""
    hallados = []
    for carpeta in {v.carpeta.parent for v in _de_carpetas((base / CERRADOS).glob("*/v*"))}:
        with suppress(ValueError):
            hallados.append(Periodo.de_codigo(carpeta.name))
    previos = [p for p in hallados if p.ejercicio == periodo.ejercicio and p.ultimo_dia < periodo.ultimo_dia]
    return [p.codigo for p in sorted(previos, key=lambda p: (p.ultimo_dia, p.codigo))]
