"""De la ruta o los bytes de un archivo a un `LibroCrudo`; la única puerta por la que se abre una hoja de cálculo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pei_excel.crudo import ArchivoIlegible, CeldaCruda, HojaCruda, LibroCrudo
from pei_excel.lectura import disco, guardia
from pei_excel.lectura.limites import LIMITES, Limites

if TYPE_CHECKING:
    from pei_excel.lectura.claves import Claves


def abrir(
    ruta: Path, archivo: str | None = None, limites: Limites = LIMITES, claves: Claves | None = None
) -> LibroCrudo:
    """Lee un archivo del disco; `archivo` es la ruta como se mostrará al usuario.

    Raises:
        ArchivoIlegible: si no puede leerse; nunca otra excepción.
    """
    return abrir_bytes(disco.leer_bytes(ruta, limites), archivo or str(ruta), limites, claves)


def abrir_bytes(
    contenido: bytes, archivo: str, limites: Limites = LIMITES, claves: Claves | None = None
) -> LibroCrudo:
    """Lee un archivo ya traído a memoria.

    Raises:
        ArchivoIlegible: si no puede leerse; nunca otra excepción.
    """
    clase = guardia.clase(contenido, limites)
    if clase == "cifrado":
        from pei_excel.lectura.claves import descifrar

        contenido = descifrar(contenido, archivo, claves, limites.bytes_archivo)
        clase = guardia.clase(contenido, limites)
    if clase == "xls":
        return _abrir_xls(contenido, archivo, limites, claves)
    if clase == "cifrado":
        raise ArchivoIlegible("sospechoso", "está cifrado dos veces")
    return _abrir_paquete(contenido, archivo, limites)


def _abrir_xls(contenido: bytes, archivo: str, limites: Limites, claves: Claves | None) -> LibroCrudo:
    # Los lectores se importan sólo cuando llega un archivo que los necesita.
    from pei_excel.lectura import xls

    try:
        return xls.leer(contenido, archivo, limites)
    except ArchivoIlegible as error:
        if error.motivo != "protegido con contraseña":
            raise
    from pei_excel.lectura.claves import descifrar

    return xls.leer(descifrar(contenido, archivo, claves, limites.bytes_archivo), archivo, limites)


def _abrir_paquete(contenido: bytes, archivo: str, limites: Limites) -> LibroCrudo:
    paquete = guardia.desempacar(contenido, limites)
    tipo = guardia.tipo_de_paquete(paquete)
    guardia.revisar_xml(paquete, tipo, limites)
    if tipo == "ods":
        from pei_excel.lectura import ods

        return ods.leer(paquete, archivo, limites)
    if tipo == "xlsb":
        from pei_excel.lectura import xlsb

        return xlsb.leer(paquete, archivo, limites)
    from pei_excel.lectura import xlsx

    try:
        return xlsx.leer(paquete, archivo, tipo, limites)
    except ArchivoIlegible as error:
        if error.motivo != "dañado":
            raise
        return _con_el_segundo(contenido, paquete, archivo, tipo, limites, error)


def _con_el_segundo(
    contenido: bytes, paquete: guardia.Paquete, archivo: str, tipo: str, limites: Limites, primero: ArchivoIlegible
) -> LibroCrudo:
    """Lo que el segundo lector saca de un libro que el primero no entendió; si tampoco, lo que dijo el primero."""
    from pei_excel.lectura import segundo

    try:
        libro = segundo.leer(contenido, paquete, archivo, tipo, limites)
    except ArchivoIlegible as error:
        raise (primero if error.motivo == "dañado" else error) from None
    libro.reparado = primero.detalle
    return libro


__all__ = ["LIMITES", "ArchivoIlegible", "CeldaCruda", "HojaCruda", "LibroCrudo", "Limites", "abrir", "abrir_bytes"]
