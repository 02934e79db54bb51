"""Lo que un correo necesita de una carpeta de resultados: su `resultado.json` y sus archivos, con su huella."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pei_excel.ciclo.cerrados import CERRADOS
from pei_excel.indicaciones import como_se_escribe, indicacion
from pei_excel.periodos import Periodo
from pei_excel.salidas import ULTIMO, NoSePudo, motivo


class AdjuntoImpropio(Exception):  # noqa: N818 - el dominio la llama así
    """Un archivo que no puede adjuntarse; el mensaje dice por qué y qué hacer."""


@dataclass(frozen=True, slots=True)
class Adjunto:
    """Un archivo que acompaña a un correo."""

    nombre: str  #: con el que llega
    archivo: str  #: de dónde sale, dentro de la carpeta
    contenido: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """La huella de lo que se manda."""
        return hashlib.sha256(self.contenido).hexdigest()


@dataclass(frozen=True, slots=True)
class Resultados:
    """La carpeta de la que se mandan correos: la de un periodo consolidado o, en una apertura, las plantillas."""

    carpeta: Path
    periodo: Periodo
    base: Path  #: donde están la bitácora y los borradores
    documento: Mapping[str, Any] = field(default_factory=dict, repr=False)  #: vacío si todavía no se consolida

    @property
    def consolidados(self) -> bool:
        """Hay un `resultado.json`."""
        return bool(self.documento)

    @property
    def huellas(self) -> dict[str, str]:
        """Archivo → SHA-256 de lo que se escribió al consolidar."""
        return {x["archivo"]: x["sha256"] for x in self.documento.get("salidas", ())}

    def adjuntar(self, archivo: str) -> Adjunto:
        """Un archivo de la carpeta; si se consolidó, tal como se escribió entonces.

        Raises:
            AdjuntoImpropio: si falta, no puede leerse o cambió.
        """
        try:
            contenido = (self.carpeta / archivo).read_bytes()
        except FileNotFoundError:
            prepare = indicacion(
                orden="Prepárelo con: " + como_se_escribe(
                    "plantilla", archivo[:3].lower(), "--periodo", self.periodo.codigo, "--desde", "APROBADOS",
                    "--catalogo", "catalogo.xlsx", "-o", self.carpeta,
                ),
                menu="Prepárelo desde los libros aprobados (opción 1)",
            )
            que = "Consolide otra vez." if self.consolidados else prepare
            raise AdjuntoImpropio(f"falta «{archivo}» en «{self.carpeta}». {que}") from None
        except OSError as error:
            raise AdjuntoImpropio(f"no puede leerse «{archivo}» ({motivo(error)})") from error
        adjunto = Adjunto(Path(archivo).name, archivo, contenido)
        if self.consolidados and self.huellas.get(archivo) != adjunto.sha256:
            raise AdjuntoImpropio(f"«{archivo}» cambió desde que se consolidó. Consolide otra vez y repita")
        return adjunto


def abrir_resultados(carpeta: Path, periodo: Periodo | None = None, base: Path | None = None) -> Resultados:
    """Lo que hay en la carpeta; sin `resultado.json` vale mientras se sepa de qué periodo se trata.

    Raises:
        NoSePudo: si no existe, no puede leerse o no se sabe el periodo.
    """
    if not carpeta.is_dir():
        raise NoSePudo(f"No existe la carpeta «{carpeta}». Revise la ruta, por ejemplo salidas/2024-T2.")
    if carpeta.name in {"", ".."}:
        carpeta = carpeta.resolve()
    if not (carpeta / ULTIMO).is_file():
        escrito = periodo or _periodo_de(carpeta.name)
        if escrito is None:
            raise NoSePudo(
                f"En «{carpeta}» no hay un {ULTIMO} y su nombre no dice el periodo: señale la carpeta de un periodo "
                "consolidado (salidas/2024-T2)" + indicacion(orden=" o agregue --periodo.", menu=".")
            )
        return Resultados(carpeta, escrito, base or Path("salidas"))
    try:
        documento = json.loads((carpeta / ULTIMO).read_text(encoding="utf-8"))
        propio = Periodo.de_codigo(documento["opciones"]["periodo"])
        _exigir_forma(documento)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoSePudo(f"«{carpeta / ULTIMO}» no puede leerse. Consolide otra vez y repita.") from error
    if periodo not in {None, propio}:
        senale = indicacion(orden="Quite --periodo o señale", menu="Señale")
        raise NoSePudo(f"«{carpeta}» es de {propio.con_articulo}. {senale} otra carpeta.")
    return Resultados(carpeta, propio, base or _base_de(carpeta), documento)


def _exigir_forma(documento: Mapping[str, Any]) -> None:
    """Está lo que los correos citan; si no, KeyError o TypeError."""
    for libro in documento["libros"]:
        for clave in ("archivo", "sha256", "formato", "unidad", "unidad_nombre", "programa", "estado"):
            libro[clave]
        for hallazgo in libro["hallazgos"]:
            for clave in ("regla", "severidad", "destinatario", "hoja", "celda", "mensaje", "como_corregir"):
                hallazgo[clave]
    for total in documento["totales"].values():
        for clave in ("informes", "preliminar"):
            total[clave]
    for salida in documento["salidas"]:
        salida["archivo"], salida["sha256"]
    documento["entregas"]


def _periodo_de(nombre: str) -> Periodo | None:
    try:
        return Periodo.de_codigo(nombre)
    except ValueError:
        return None


def _base_de(carpeta: Path) -> Path:
    """La carpeta de resultados, también si se señaló la de una versión cerrada (cerrados/<periodo>/v<n>/resultados)."""
    arriba = carpeta.parent
    if re.fullmatch(r"v\d+", arriba.name) and arriba.parent.parent.name == CERRADOS:
        return arriba.parent.parent.parent
    return arriba
