"""La carpeta de trabajo de la oficina: dónde está cada cosa y qué periodo toca."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pei_excel.archivos import LEGIBLES, originales
from pei_excel.catalogo import Catalogo
from pei_excel.periodos import Periodo
from pei_excel.salidas import NoSePudo

ENVIAR, RECIBIDOS, RESULTADOS, CATALOGO = "1 enviar", "2 recibidos", "3 resultados", "catalogo.xlsx"
#: Extensiones de lo que se recibe, para saber si una carpeta tiene algo.
RECIBIBLES = LEGIBLES | {".zip"}


@dataclass(frozen=True, slots=True)
class Oficina:
    """Una carpeta de trabajo; no exige que ya esté preparada."""

    carpeta: Path

    @property
    def preparada(self) -> bool:
        """Tiene la disposición de una carpeta de trabajo.

        Raises:
            NoSePudo: si no hay permiso para verlo.
        """
        return _es_carpeta(self.carpeta / RECIBIDOS) and _es_carpeta(self.carpeta / RESULTADOS)

    @property
    def resultados(self) -> Path:
        """Donde se dejan los resultados, los periodos cerrados y la bitácora."""
        return self.carpeta / RESULTADOS

    @property
    def catalogo(self) -> Path | None:
        """El catálogo, si está."""
        ruta = self.carpeta / CATALOGO
        return ruta if ruta.is_file() else None

    def para_enviar(self, periodo: Periodo) -> Path:
        """Donde se dejan los libros preparados para un periodo."""
        return self.carpeta / ENVIAR / periodo.codigo

    def recibidos(self, periodo: Periodo) -> Path:
        """Donde se guarda lo que llega de un periodo."""
        return self.carpeta / RECIBIDOS / periodo.codigo

    def hay_recibidos(self, periodo: Periodo) -> bool:
        """Ya llegó algún libro de ese periodo; sin permiso para saberlo, como `hay_libros`."""
        return hay_libros(self.recibidos(periodo))


def hay_libros(carpeta: Path) -> bool:
    """La carpeta, o alguna de las que contiene, tiene un libro o un .zip, sin contar lo nuestro ni los de bloqueo.

    Raises:
        NoSePudo: si no se halla ninguno y hay algo que no se tiene permiso para leer.
    """
    if not _es_carpeta(carpeta):
        return False
    if any(ruta.suffix.lower() in RECIBIBLES for ruta, _ in originales(carpeta)):
        return True

    def negar(error: OSError) -> None:
        if isinstance(error, PermissionError):
            raise sin_permiso(Path(error.filename or carpeta)) from error

    for _ in os.walk(carpeta, onerror=negar):
        pass
    return False


def sin_permiso(ruta: Path) -> NoSePudo:
    """El sistema no deja ver una carpeta: no se sabe qué tiene."""
    return NoSePudo(f"Sin permiso para leer «{ruta}». Pida acceso a quien cuida los equipos y repita.")


def _es_carpeta(ruta: Path) -> bool:
    """Es una carpeta; lo que falta o no responde no lo es, y lo que no se deja ver se dice."""
    try:
        return stat.S_ISDIR(os.stat(ruta).st_mode)  # noqa: PTH116 - is_dir() calla el permiso en unas versiones
    except PermissionError as error:
        raise sin_permiso(ruta.parent) from error
    except (OSError, ValueError):
        return False


def carpeta_de(ruta: Path) -> Oficina | None:
    """La carpeta de trabajo más cercana que contiene una ruta, que puede ser ella misma; None si no está en ninguna.

    Raises:
        NoSePudo: si no hay permiso para ver la ruta.
    """
    entera = entera_de(ruta)
    if Oficina(entera).preparada:
        return Oficina(entera)
    return next((oficina for lugar in entera.parents if _lo_es(oficina := Oficina(lugar))), None)


def entera_de(ruta: Path) -> Path:
    """La ruta completa, sin seguir vínculos ni unidades de red: cuenta dónde lo ve la persona."""
    return Path(os.path.abspath(ruta))  # noqa: PTH100


def _lo_es(oficina: Oficina) -> bool:
    """Está preparada; de una en la que no se trabaja no importa por qué no se deja ver."""
    try:
        return oficina.preparada
    except NoSePudo:
        return False


#: Hasta dónde se buscan otras carpetas de trabajo dentro de una: niveles y carpetas miradas.
_NIVELES, _MIRADAS = 3, 2000


def oficinas_dentro(carpeta: Path) -> list[Path]:
    """Las carpetas de trabajo que hay dentro de otra, en orden; se miran pocos niveles y no se siguen vínculos."""
    halladas: list[Path] = []
    nivel, miradas = [entera_de(carpeta)], 0
    for _ in range(_NIVELES):
        siguiente: list[Path] = []
        for lugar in nivel:
            if (miradas := miradas + 1) > _MIRADAS:
                return halladas
            for suya in _carpetas_en(lugar):
                (halladas if _lo_es(Oficina(suya)) else siguiente).append(suya)
        nivel = siguiente
    return halladas


def _carpetas_en(carpeta: Path) -> list[Path]:
    try:
        with os.scandir(carpeta) as hay:
            return sorted(Path(x.path) for x in hay if x.is_dir(follow_symlinks=False) and not x.name.startswith("."))
    except OSError:  # no está, o no se deja ver: de ahí no se sabe
        return []


def anterior(periodo: Periodo) -> Periodo | None:
    """El periodo de la misma clase que va antes en el ejercicio; None si es el primero."""
    return Periodo(periodo.ejercicio, periodo.clase, periodo.numero - 1) if periodo.numero > 1 else None


def proponer_periodo(hoy: date, catalogo: Catalogo | None = None) -> Periodo:
    """El periodo que toca informar: el que el calendario tiene abierto o, sin él, el último trimestre terminado."""
    abiertos = [
        p.periodo for p in (catalogo.calendario if catalogo else ())
        if p.apertura and p.apertura <= hoy <= (p.solventacion or p.limite or date.max)
    ]
    if abiertos:
        return max(abiertos)
    trimestre = (hoy.month - 1) // 3
    return Periodo(hoy.year, "T", trimestre) if trimestre else Periodo(hoy.year - 1, "T", 4)
