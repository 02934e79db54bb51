"""Lo que consta de envíos anteriores: la bitácora y, si se perdió, las copias de lo que se mandó."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import TYPE_CHECKING

from pei_excel.ciclo.bitacora import ENVIADO, Bitacora

if TYPE_CHECKING:
    from pei_excel.periodos import Periodo

#: Carpeta de los correos, junto a las de los periodos.
CORREOS = "correos"
#: Dónde queda, dentro de la de un periodo, la copia de lo que se mandó.
ENVIADOS = "enviados"
#: Encabezados que sólo lleva esa copia: la huella de lo que se mandó y las direcciones que lo recibieron.
HUELLA, RECIBIERON = "X-Pei-Huella", "X-Pei-Recibieron"
#: Bytes de un renglón de sus encabezados, a lo más.
_TOPE = 64 * 1024


@dataclass(slots=True)
class Constancia:
    """A quién se le mandó ya cada contenido en un periodo."""

    alguna: bool = False  #: consta algún envío, de este periodo o de otro
    _direcciones: dict[str, set[str]] = field(default_factory=dict)
    _identificadores: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def leer(cls, bitacora: Bitacora, base: Path, periodo: Periodo) -> Constancia:
        """La de la bitácora y la de las copias: lo que diga cualquiera de las dos, se mandó.

        Raises:
            BitacoraInservible: si la bitácora no puede leerse.
            OSError: si una copia no puede leerse.
        """
        envios = bitacora.envios()
        constancia = cls(bool(envios) or any((base / CORREOS).glob(f"*/{ENVIADOS}/*.eml")))
        for envio in envios:
            if envio.periodo == periodo.codigo and envio.estado == ENVIADO:
                constancia.agregar(envio.huella, [envio.para], envio.message_id)
        for ruta in copias(base, periodo.codigo):
            huella, direcciones, identificador = leer_copia(ruta)
            constancia.agregar(huella, direcciones, identificador)
        return constancia

    def agregar(self, huella: str, direcciones: Iterable[str], identificador: str) -> None:
        """Consta que se mandó."""
        self._direcciones.setdefault(huella, set()).update(d.casefold() for d in direcciones)
        self._identificadores.setdefault(huella, set()).add(identificador)

    def tiene(self, huella: str, direccion: str) -> bool:
        """A esa dirección ya se le mandó lo mismo."""
        return direccion.casefold() in self._direcciones.get(huella, ())

    def veces(self, huella: str) -> int:
        """Con cuántos identificadores se ha mandado lo mismo."""
        return len(self._identificadores.get(huella, ()))


def copias(base: Path, periodo: str) -> list[Path]:
    """Las copias de lo que se mandó en un periodo, por nombre."""
    return sorted((base / CORREOS / periodo / ENVIADOS).glob("*.eml"))


def sin_anotar(base: Path, periodo: str, anotados: Iterable[str]) -> int:
    """De cuántas copias de un periodo no está su Message-ID entre los anotados: la bitácora se perdió o es otra.

    Raises:
        OSError: si una copia no puede leerse.
    """
    conocidos = set(anotados)
    return sum(leer_copia(ruta)[2] not in conocidos for ruta in copias(base, periodo))


def leer_copia(ruta: Path) -> tuple[str, list[str], str]:
    """(huella, direcciones que lo recibieron, Message-ID) de la copia de un envío; vacíos si no los dice.

    Raises:
        OSError: si no puede leerse.
    """
    with ruta.open("rb") as copia:  # sólo sus encabezados, que los adjuntos pesan
        cabeza = b""
        while (renglon := copia.readline(_TOPE)).strip():
            cabeza += renglon
    leido = BytesHeaderParser(policy=policy.compat32).parsebytes(cabeza + b"\r\n")
    direcciones = str(leido.get(RECIBIERON, "")).replace("\r\n", "").replace("\n", "").split(",")
    return (
        str(leido.get(HUELLA, "")).strip(), [d.strip() for d in direcciones if d.strip()],
        str(leido.get("Message-ID", "")).strip(),
    )


def encabezados_de_copia(huella: str, direcciones: Iterable[str]) -> bytes:
    """Los renglones que van antes de la copia; una dirección por renglón, que puede haber muchas."""
    juntas = ",\r\n ".join(direcciones)
    return f"{HUELLA}: {huella}\r\n{RECIBIERON}: {juntas}\r\n".encode("ascii")
