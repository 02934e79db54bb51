"""De la ruta o los bytes de un archivo a un `LibroCrudo`; la única puerta por la que se abre una hoja de cálculo."""

from __future__ import annotations

from pathlib import Path

from pei_excel.crudo import ArchivoIlegible, CeldaCruda, HojaCruda, LibroCrudo
from pei_excel.lectura import guardia
from pei_excel.lectura.guardia import LIMITES, Limites


def abrir(ruta: Path, archivo: str | None = None, limites: Limites = LIMITES) -> LibroCrudo:
    """Lee un archivo del disco; `archivo` es la ruta como se mostrará al usuario.

    Raises:
        ArchivoIlegible: si no puede leerse; nunca otra excepción.
    """
    return abrir_bytes(guardia.leer_bytes(ruta, limites), archivo or str(ruta), limites)


def abrir_bytes(contenido: bytes, archivo: str, limites: Limites = LIMITES) -> LibroCrudo:
    """Lee un archivo ya traído a memoria.

    Raises:
        ArchivoIlegible: si no puede leerse; nunca otra excepción.
    """
    # lxml y xlrd se importan sólo cuando llega un archivo que los necesita.
    if guardia.clase(contenido, limites) == "xls":
        from pei_excel.lectura import xls

        return xls.leer(contenido, archivo, limites)
    paquete = guardia.desempacar(contenido, limites)
    tipo = guardia.tipo_de_paquete(paquete)
    guardia.revisar_xml(paquete, tipo)
    if tipo == "ods":
        from pei_excel.lectura import ods

        return ods.leer(paquete, archivo, limites)
    from pei_excel.lectura import xlsx

    return xlsx.leer(paquete, archivo, tipo, limites)


__all__ = ["LIMITES", "ArchivoIlegible", "CeldaCruda", "HojaCruda", "LibroCrudo", "Limites", "abrir", "abrir_bytes"]
