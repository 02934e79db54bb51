"""Lo que la oficina puso o cambió a mano en una carpeta de resultados pasa a la que toma su lugar: nunca se pierde."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from pei_excel.lectura.disco import huella
from pei_excel.salidas import LARGO_DE_NOMBRE, PASAJERO, ULTIMO

#: Lo que dejan Excel y LibreOffice mientras un libro está abierto, y los sistemas en cualquier carpeta.
_PASAJEROS = ("~$", ".~lock.", PASAJERO)
_DEL_SISTEMA = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})
_CON_NOTAS = re.compile(r" \(con notas \d{4}-\d\d-\d\d(?: \d+)?\)$")


def conservar(final: Path, nueva: Path) -> None:
    """Copia a `nueva` lo que hay en `final` y no está como este programa lo dejó.

    Lo propio de la oficina conserva su nombre; un resultado que se cambió a mano queda como «… (con notas
    aaaa-mm-dd).xlsx», con la fecha en que se guardó, salvo que ya se tenga uno igual.

    Raises:
        OSError: si el sistema no deja leer o copiar.
    """
    nuestros = huellas(final)
    for ruta in _archivos(final):
        relativa = ruta.relative_to(final)
        nombre = relativa.as_posix()
        destino = nueva / relativa
        if nombre in nuestros:
            if huella(ruta) != nuestros[nombre]:
                _con_notas(ruta, destino)
        elif not destino.exists():
            _copiar(ruta, destino)
        elif huella(ruta) != huella(destino):  # la oficina usó un nombre que ahora es de un resultado
            _con_notas(ruta, destino)
    for carpeta in sorted(p for p in final.rglob("*") if p.is_dir() and not p.is_symlink()):
        (nueva / carpeta.relative_to(final)).mkdir(parents=True, exist_ok=True)  # las vacías también son de alguien


def huellas(carpeta: Path) -> Mapping[str, str]:
    """Archivo → SHA-256 con que este programa lo dejó; vacío si no se sabe."""
    try:
        documento = json.loads((carpeta / ULTIMO).read_text(encoding="utf-8"))
        return {str(s["archivo"]): str(s["sha256"]) for s in documento["salidas"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _archivos(carpeta: Path) -> Iterator[Path]:
    for lugar, carpetas, nombres in os.walk(carpeta):
        carpetas.sort()
        for nombre in sorted([*nombres, *(c for c in carpetas if Path(lugar, c).is_symlink())]):
            ruta = Path(lugar, nombre)
            propio = nombre.lower().startswith(_PASAJEROS) or nombre.lower() in _DEL_SISTEMA
            if not propio and ruta != carpeta / ULTIMO:
                yield ruta


def _con_notas(ruta: Path, destino: Path) -> None:
    """Lo copia junto al resultado nuevo, con su fecha en el nombre; si ya se tiene uno igual, no."""
    tallo = _CON_NOTAS.sub("", ruta.stem)
    suya = huella(ruta)
    guardados = [*ruta.parent.glob(f"*{ruta.suffix}"), *destino.parent.glob(f"*{ruta.suffix}")]
    if any(p != ruta and _CON_NOTAS.search(p.stem) and huella(p) == suya for p in guardados):
        return
    dia = datetime.fromtimestamp(ruta.stat().st_mtime).astimezone().date()
    n = 1
    while True:
        cola = f" (con notas {dia:%Y-%m-%d}{f' {n}' if n > 1 else ''}){ruta.suffix}"
        nombre = tallo[: LARGO_DE_NOMBRE - len(cola)] + cola
        # Ni sobre lo que ya está en la nueva ni sobre lo que todavía va a pasar a ella.
        if not (destino.parent / nombre).exists() and not (ruta.parent / nombre).exists():
            break
        n += 1
    _copiar(ruta, destino.parent / nombre)


def _copiar(ruta: Path, destino: Path) -> None:
    destino.parent.mkdir(parents=True, exist_ok=True)
    if ruta.is_symlink():
        destino.symlink_to(ruta.readlink())
    else:
        shutil.copy2(ruta, destino)
