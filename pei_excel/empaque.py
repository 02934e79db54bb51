"""Los .zip que se escriben, y un libro de Excel es uno: el mismo contenido da los mismos bytes en cualquier sistema."""

from __future__ import annotations

from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

#: En qué sistema dice cada entrada que se hizo. Python pone 0 en Windows y 3 en los demás, y sólo 3 lleva permisos.
SISTEMA = 3
#: La de toda entrada: la más antigua que un .zip admite.
SIN_FECHA = (1980, 1, 1, 0, 0, 0)


def entrada(nombre: str, permisos: int = 0o600) -> ZipInfo:
    """Una entrada comprimida, sin fecha; `permisos` son los de Unix."""
    nueva = ZipInfo(nombre, SIN_FECHA)
    nueva.compress_type, nueva.create_system, nueva.external_attr = ZIP_DEFLATED, SISTEMA, permisos << 16
    return nueva


class Zip(ZipFile):
    """Un .zip para quien arma sus propias entradas, como xlsxwriter: ninguna dice en qué sistema se hizo."""

    def writestr(
        self, zinfo_or_arcname: Any, data: Any, compress_type: int | None = None, compresslevel: int | None = None
    ) -> None:
        """Agrega una entrada."""
        if isinstance(zinfo_or_arcname, ZipInfo):
            zinfo_or_arcname.create_system = SISTEMA
        super().writestr(zinfo_or_arcname, data, compress_type, compresslevel)
