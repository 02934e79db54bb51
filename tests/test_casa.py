"""La casa: cada módulo importa de su piso o de uno más bajo, y cada biblioteca vive sólo donde le toca."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pei_excel

RAIZ = Path(pei_excel.__file__).parent

#: Piso de cada módulo o carpeta de primer nivel.
PISOS = {
    "__init__": 0, "crudo": 0, "ubicacion": 0, "hallazgo": 0, "periodos": 0, "textos": 0, "tipos": 0, "calculos": 0,
    "mensual": 0, "faltantes": 0, "cuadros": 0, "indicaciones": 0, "tipos_oficina": 0, "definitivo": 0,
    "semaforo": 0, "empaque": 0,
    "formato": 1, "formatos": 1, "libro": 1,
    "lectura": 2,
    "evaluacion": 3, "actividades": 3, "modificaciones": 3, "anteriores": 3, "tablas": 3, "reglas": 3, "revision": 3,
    "catalogo": 3, "decisiones": 3, "correcciones": 3, "transparencia": 3,
    "consolidacion": 4, "frases": 4, "frases_comunes": 4, "frases_poi": 4, "control": 4,
    "escritura": 5, "ayuda": 5,
    "ciclo": 6, "correo": 6, "expediente": 6, "archivos": 6, "salidas": 6, "trabajadores": 6, "documento": 6,
    "proceso": 6, "plantillas": 6, "plantillas_de_unidad": 6, "aprobados": 6, "rescate": 6, "informe": 6,
    "oficina": 6, "menu": 6, "publicar": 6, "informe_transparencia": 6, "manual": 6, "portatil": 6,
    "simulacion": 6, "ejemplo": 6, "terminal": 6, "cli": 6, "ordenes": 6, "__main__": 6,
}

#: Biblioteca → módulos de primer nivel que pueden importarla.
DUENOS = {
    "xlsxwriter": {"escritura", "ejemplo"},
    "lxml": {"lectura"},
    "xlrd": {"lectura"},
    "click": {"cli", "menu", "oficina", "ordenes", "portatil", "terminal"},
    "markdown_it": {"manual"},
    "packaging": {"portatil"},
    "pebble": {"trabajadores"},
    "filelock": {"salidas"},
    "jinja2": {"correo"},
    "keyring": {"correo"},
    "smtplib": {"correo"},
    "rapidfuzz": {"textos"},
    "openpyxl": {"lectura"},
    "msoffcrypto": {"lectura"},
    "pandas": set(),
}


def _modulos() -> list[tuple[str, Path]]:
    return [(ruta.relative_to(RAIZ).parts[0].removesuffix(".py"), ruta) for ruta in sorted(RAIZ.rglob("*.py"))]


@cache
def _importa(ruta: Path) -> set[str]:
    nombres: set[str] = set()
    for nodo in ast.walk(ast.parse(ruta.read_text(encoding="utf-8"))):
        if isinstance(nodo, ast.Import):
            nombres |= {a.name for a in nodo.names}
        elif isinstance(nodo, ast.ImportFrom) and nodo.module:
            nombres.add(nodo.module)
            nombres |= {f"{nodo.module}.{a.name}" for a in nodo.names if nodo.module == "pei_excel"}
    return nombres


def test_cada_modulo_tiene_piso() -> None:
    assert {nombre for nombre, _ in _modulos()} == set(PISOS)


def test_nadie_importa_de_un_piso_mas_alto() -> None:
    faltas = [
        f"{ruta.relative_to(RAIZ)} importa {importado}"
        for nombre, ruta in _modulos()
        for importado in _importa(ruta)
        if importado.startswith("pei_excel.") and (otro := importado.split(".")[1]) in PISOS
        and PISOS[otro] > PISOS[nombre]
    ]
    assert faltas == []


def test_cada_biblioteca_vive_donde_le_toca() -> None:
    faltas = [
        f"{ruta.relative_to(RAIZ)} importa {importado}"
        for nombre, ruta in _modulos()
        for importado in _importa(ruta)
        if (raiz := importado.split(".")[0]) in DUENOS and nombre not in DUENOS[raiz]
    ]
    assert faltas == []


def test_la_ayuda_no_carga_nada_pesado() -> None:
    programa = (
        "import sys\nfrom pei_excel.terminal import ejecutar\nfrom pei_excel.cli import orden\n"
        "ejecutar(orden, ['--help'], 'pei-excel')\n"
        "pesados = ('lxml', 'xlsxwriter', 'xlrd', 'openpyxl', 'msoffcrypto', 'pebble', 'filelock', 'rapidfuzz', "
        "'jinja2', 'pandas')\n"
        "print([m for m in pesados if m in sys.modules])"
    )
    salida = subprocess.run([sys.executable, "-c", programa], capture_output=True, text=True, check=True).stdout
    assert salida.strip().splitlines()[-1] == "[]"
