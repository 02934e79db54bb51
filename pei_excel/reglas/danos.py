"""Daños que una persona o un programa le hacen a un libro; sólo para los ejemplos ejecutables de las reglas."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

Cambio = Callable[[dict[str, bytes]], None]


def _reescribir(ruta: Path, cambiar: Cambio) -> None:
    with zipfile.ZipFile(ruta) as origen:
        partes = {nombre: origen.read(nombre) for nombre in origen.namelist()}
    cambiar(partes)
    with zipfile.ZipFile(ruta, "w", zipfile.ZIP_DEFLATED) as destino:
        for nombre, contenido in partes.items():
            destino.writestr(nombre, contenido)


def _sustituir(ruta: Path, parte: str, patron: str, nuevo: str, veces: int = 0) -> None:
    def cambiar(partes: dict[str, bytes]) -> None:
        for nombre, contenido in partes.items():
            if re.fullmatch(parte, nombre):
                partes[nombre] = re.sub(patron, nuevo, contenido.decode(), count=veces).encode()

    _reescribir(ruta, cambiar)


def truncar(ruta: Path) -> None:
    """El archivo se cortó a la mitad al copiarlo."""
    contenido = ruta.read_bytes()
    ruta.write_bytes(contenido[: len(contenido) // 2])


def sin_titulos(ruta: Path) -> None:
    """Otro libro cualquiera: sin los títulos del formato ni la marca de la plantilla."""

    def cambiar(partes: dict[str, bytes]) -> None:
        for nombre, contenido in partes.items():
            if nombre.endswith(("sharedStrings.xml", "custom.xml", "workbook.xml")):
                texto = contenido.decode().replace("pei-excel;", "otro;")
                texto = re.sub(r">[EFMAJSOND]<", ">Dato<", texto)  # los meses
                titulos = r"(Trim\.|Nivel|Acumulado|Definición|Método|Medios|Sentido|Tipo|Código|Actividad|mensual|Total)"
                partes[nombre] = re.sub(titulos, "Dato", texto).encode()

    _reescribir(ruta, cambiar)


def cambiar_titulo(viejo: str, nuevo: str) -> Callable[[Path], None]:
    """Alguien reescribió un título."""
    return lambda ruta: _sustituir(ruta, r"xl/sharedStrings\.xml", rf">{re.escape(viejo)}<", f">{nuevo}<")


def sin_calcular(ruta: Path) -> None:
    """Lo guardó un programa que no calcula: fórmulas sin resultado."""
    _sustituir(ruta, r"xl/worksheets/sheet\d+\.xml", r"(</f>)<v>[^<]*</v>", r"\1")


def fila_oculta(texto: str) -> Callable[[Path], None]:
    """Oculta la fila cuyo número se da (de la primera hoja)."""
    return lambda ruta: _sustituir(ruta, r"xl/worksheets/sheet1\.xml", rf'<row r="{texto}"', f'<row r="{texto}" hidden="1"')


def otra_version(ruta: Path) -> None:
    """La plantilla es de otra versión."""
    _sustituir(ruta, r".*\.xml", r"pei-excel;([A-Z]+);\d+", r"pei-excel;\1;99")


def fila_insertada(ruta: Path) -> None:
    """Alguien insertó una fila arriba del bloque de identificación."""

    def mover(texto: str) -> str:
        def uno(m: re.Match[str]) -> str:
            return f"{m[1]}{int(m[2]) + 1}"

        texto = re.sub(r'(<row r=")(\d+)', uno, texto)
        texto = re.sub(r'(<c r="[A-Z]+)(\d+)', uno, texto)
        return re.sub(r'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"',
                      lambda m: f'<mergeCell ref="{m[1]}{int(m[2]) + 1}:{m[3]}{int(m[4]) + 1}"', texto)

    def cambiar(partes: dict[str, bytes]) -> None:
        nombre = "xl/worksheets/sheet1.xml"
        partes[nombre] = mover(partes[nombre].decode()).encode()

    _reescribir(ruta, cambiar)


def hoja_duplicada(nombre: str) -> Callable[[Path], None]:
    """Alguien duplicó una hoja («… (2)») y no borró la copia."""

    def cambiar(partes: dict[str, bytes]) -> None:
        libro, relaciones, tipos = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
        hallada = re.search(rf'<sheet name="{nombre}"[^>]*r:id="(\w+)"', partes[libro].decode())
        destino = re.search(rf'Id="{hallada[1]}"[^>]*Target="([^"]+)"', partes[relaciones].decode()) if hallada else None
        if hallada is None or destino is None:
            raise LookupError(nombre)
        copia = "worksheets/copia.xml"
        partes[f"xl/{copia}"] = partes[f"xl/{destino[1]}"]
        tipo = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
        clase = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
        nuevas = {
            libro: (b"</sheets>", f'<sheet name="{nombre} (2)" sheetId="999" r:id="rIdCopia"/>'),
            relaciones: (b"</Relationships>", f'<Relationship Id="rIdCopia" Type="{tipo}" Target="{copia}"/>'),
            tipos: (b"</Types>", f'<Override PartName="/xl/{copia}" ContentType="{clase}"/>'),
        }
        for parte, (antes_de, xml) in nuevas.items():
            partes[parte] = partes[parte].replace(antes_de, xml.encode() + antes_de, 1)

    return lambda ruta: _reescribir(ruta, cambiar)


def con_macros(ruta: Path) -> None:
    """El archivo trae macros."""
    _reescribir(ruta, lambda partes: partes.update({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}))


def como_xls(ruta: Path) -> None:
    """Guardado como .xls antiguo con LibreOffice; deja el resultado junto al original y borra éste.

    Raises:
        FileNotFoundError: si LibreOffice no está instalado.
    """
    import shutil
    import subprocess
    import tempfile

    programa = shutil.which("soffice") or shutil.which("libreoffice")
    if programa is None:
        raise FileNotFoundError("LibreOffice")
    with tempfile.TemporaryDirectory() as perfil:
        subprocess.run(  # noqa: S603 - orden fija, sin intérprete
            [programa, f"-env:UserInstallation={Path(perfil).as_uri()}", "--headless", "--convert-to", "xls",
             "--outdir", str(ruta.parent), str(ruta)],
            check=True, capture_output=True, timeout=120,
        )
    ruta.unlink()
