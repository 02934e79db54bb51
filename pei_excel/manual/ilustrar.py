"""Rehace las imágenes de los manuales a partir de los libros que escribe el propio programa.

Uso: `python -m pei_excel.manual.ilustrar`. Necesita LibreOffice, `pdftoppm` y `pdftotext` (Poppler) e ImageMagick; sólo
los usa quien cambia los manuales. Después hay que mirarlas.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

CARPETA = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Imagen:
    """Un recorte de la página de un libro."""

    nombre: str
    libro: str  #: parte del nombre del libro, dentro de lo que escribe `escribir_libros`
    dice: str  #: la primera página con este texto
    recorte: tuple[float, float, float, float]  #: izquierda, arriba, ancho y alto, en fracción de la página
    ancho: int  #: píxeles
    colores: int = 64


IMAGENES = (
    Imagen("seguimiento", "seguimiento/MIR_602", "Unidad Responsable", (0.01, 0.04, 0.527, 0.30), 1000),
    Imagen("alcanzado", "seguimiento/MIR_602", "Unidad Responsable", (0.5268, 0.165, 0.462, 0.395), 1000),
    Imagen("justificaciones", "oaxaca/605", "Justificaciones del trimestre", (0.02, 0.04, 0.96, 0.415), 1000),
    Imagen("colores", "seguimiento/MIR_602", "Instrucciones ·", (0.03, 0.199, 0.16, 0.096), 300),
    Imagen("observaciones", "504-6", "Observaciones a su informe", (0.02, 0.03, 0.96, 0.46), 1000),
    Imagen("resumen", "504-6", "Resumen de la evaluación", (0.02, 0.02, 0.96, 0.375), 820),
    Imagen("ficha", "consolidado-mir", "Requieren atención", (0.08, 0.03, 0.84, 0.92), 820),
    Imagen("control", "consolidado-mir", "Control de los informes", (0.02, 0.03, 0.96, 0.5), 1000),
    Imagen("catalogo", "catalogo", "Nombre de la institución", (0.03, 0.03, 0.94, 0.385), 820),
)


def escribir_libros(carpeta: Path) -> list[Path]:
    """Los libros de los que salen las imágenes: el ejemplo, sus evaluaciones, un seguimiento y un catálogo."""
    from pei_excel.ejemplo import PERIODO, escribir_lista, escribir_recibidos
    from pei_excel.escritura.plantilla import escribir_plantilla
    from pei_excel.formato import Modo
    from pei_excel.formatos.catalogo import CATALOGO
    from pei_excel.periodos import Periodo
    from pei_excel.plantillas import escribir_plantillas
    from pei_excel.proceso import Encargo, consolidar_carpeta

    recibidos = carpeta / "recibidos"
    escribir_lista(recibidos, escribir_recibidos(recibidos))
    consolidar_carpeta(recibidos, carpeta / "salidas", Encargo(PERIODO, pais="mx", sin_bitacora=True), lambda *_: None)
    una = next((recibidos / "oaxaca").glob("602*.xlsx"))
    siguiente = Periodo(PERIODO.ejercicio, "T", PERIODO.numero + 1)
    list(escribir_plantillas(
        "mir", salida=carpeta / "seguimiento", ejercicio=PERIODO.ejercicio, periodo=siguiente, desde=una, filas=60,
        papel=None,
    ))
    catalogo = carpeta / "catalogo.xlsx"
    escribir_plantilla(
        catalogo, CATALOGO, modo=Modo.FORMULACION, ejercicio=PERIODO.ejercicio, campos=CATALOGO.modelo.campos,
        filas=CATALOGO.modelo.filas,
    )
    return sorted(carpeta.rglob("*.xlsx"))


def _con_aviso(libro: Path) -> None:
    """El libro con sus dos primeras filas (lo que falta y los colores) dentro de lo que se imprime."""
    nuevo = libro.with_suffix(".tmp")
    with zipfile.ZipFile(libro) as viejo, zipfile.ZipFile(nuevo, "w", zipfile.ZIP_DEFLATED) as otro:
        for parte in viejo.infolist():
            contenido = viejo.read(parte)
            if parte.filename == "xl/workbook.xml":
                contenido = re.sub(rb">MIR!\$A\$3:", b">MIR!$A$1:", contenido)
            otro.writestr(parte, contenido)
    nuevo.replace(libro)


def _en_pdf(libro: Path, perfil: Path) -> Path:
    subprocess.run(  # noqa: S603 - programas de quien cambia los manuales, sin intérprete de órdenes
        [_programa("soffice"), f"-env:UserInstallation={perfil.as_uri()}", "--headless", "--convert-to", "pdf",
         "--outdir", str(libro.parent), str(libro)],
        check=True, capture_output=True, timeout=300,
    )
    return libro.with_suffix(".pdf")


def _programa(nombre: str) -> str:
    ruta = shutil.which(nombre)
    if ruta is None:
        sys.exit(f"Para rehacer las imágenes hace falta «{nombre}».")
    return ruta


def _salida(*orden: str) -> str:
    return subprocess.run(orden, check=True, capture_output=True, text=True, encoding="utf-8").stdout  # noqa: S603


def _recortar(imagen: Imagen, pdf: Path, destino: Path) -> None:
    paginas = _salida(_programa("pdftotext"), "-layout", str(pdf), "-").split("\f")
    numero = next(n for n, texto in enumerate(paginas, 1) if imagen.dice in texto)
    tamano = re.search(r"size:\s+([\d.]+) x ([\d.]+)", _salida(
        _programa("pdfinfo"), "-f", str(numero), "-l", str(numero), str(pdf)))
    assert tamano is not None  # noqa: S101 - pdfinfo siempre lo dice
    izquierda, arriba, ancho, alto = imagen.recorte
    puntos = imagen.ancho / (float(tamano[1]) * ancho) * 72
    x, y, w, h = (
        str(round(parte * float(lado) * puntos / 72))
        for parte, lado in zip((izquierda, arriba, ancho, alto), (tamano[1], tamano[2]) * 2, strict=True)
    )
    crudo = destino / imagen.nombre
    _salida(_programa("pdftoppm"), "-png", "-singlefile", "-r", f"{puntos:.2f}", "-f", str(numero), "-x", x, "-y", y,
            "-W", w, "-H", h, str(pdf), str(crudo))
    archivo = str(crudo.with_suffix(".png"))
    _salida(_programa("convert"), archivo, "-strip", "-trim", "+repage", "-bordercolor", "white", "-border", "6",
            "-dither", "None", "-colors", str(imagen.colores), "-define", "png:compression-level=9",
            f"PNG8:{archivo}")


def ilustrar(destino: Path = CARPETA) -> list[Path]:
    """Escribe todas las imágenes y da sus rutas."""
    with tempfile.TemporaryDirectory() as temporal:
        carpeta = Path(temporal, "libros")
        carpeta.mkdir()
        libros = escribir_libros(carpeta)
        pdf: dict[Path, Path] = {}
        for imagen in IMAGENES:
            libro = next(r for r in libros if imagen.libro in r.relative_to(carpeta).as_posix())
            if libro not in pdf:
                if "seguimiento/" in imagen.libro:
                    _con_aviso(libro)
                pdf[libro] = _en_pdf(libro, Path(temporal, "perfil"))
            _recortar(imagen, pdf[libro], destino)
    return [destino / f"{imagen.nombre}.png" for imagen in IMAGENES]


if __name__ == "__main__":
    for ruta in ilustrar():
        sys.stdout.write(f"{ruta.name}: {ruta.stat().st_size // 1024} KB\n")
