"""Los manuales: páginas que se bastan solas y que dicen lo que el programa hace."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

import pei_excel
from pei_excel.escritura.consolidado_control import CONTROL
from pei_excel.formatos.mir import MIR
from pei_excel.formatos.poi import POI
from pei_excel.manual import MANUALES, Manual, como_pagina, escribir_manuales
from pei_excel.manual.ilustrar import IMAGENES
from pei_excel.menu.principal import OPCIONES
from pei_excel.oficina import CATALOGO, ENVIAR, RECIBIDOS, RESULTADOS

CARPETA = Path(pei_excel.__file__).parent / "manual"


def test_cada_manual_es_una_pagina_sola(tmp_path: Path) -> None:
    """Sin nada que pedir a la red ni a otro archivo, con sus imágenes dentro y todas descritas o de adorno."""
    rutas = escribir_manuales(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(r.name for r in rutas)
    for manual, ruta in zip(MANUALES, rutas, strict=True):
        pagina = ruta.read_text(encoding="utf-8")
        citadas = re.findall(r"\]\((\S+\.png)\)", (CARPETA / manual.fuente).read_text(encoding="utf-8"))
        assert pagina.count("src=\"data:image/png;base64,") == len(citadas) > 0
        assert not re.search(r"(?:src|href)=\"(?!data:|#)", pagina)
        assert "<figure>" in pagina
        assert "<p><figure" not in pagina
        assert pagina == como_pagina(manual)  # nada del reloj


def test_las_imagenes_son_las_que_se_usan_y_pesan_poco() -> None:
    usadas = {n for m in MANUALES for n in re.findall(r"\]\((\S+)\.png\)", (CARPETA / m.fuente).read_text("utf-8"))}
    assert usadas == {i.nombre for i in IMAGENES} == {p.stem for p in CARPETA.glob("*.png")}
    assert sum(p.stat().st_size for p in CARPETA.glob("*.png")) < 1_500_000


def test_el_paquete_lleva_los_manuales() -> None:
    datos = tomllib.loads((CARPETA.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    tipos = datos["tool"]["setuptools"]["package-data"]["pei_excel.manual"]
    assert {f"*{p.suffix}" for p in CARPETA.iterdir() if p.suffix not in {".py", ""}} == set(tipos)


@pytest.mark.parametrize("manual", MANUALES, ids=lambda m: m.fuente)
def test_nombran_lo_que_existe(manual: Manual) -> None:
    """Cada «hoja» entre comillas de código existe en la plantilla, y cada opción del menú lleva su número."""
    texto = (CARPETA / manual.fuente).read_text(encoding="utf-8")
    hojas = {h.clave for f in (MIR, POI) for h in f.hojas} | {"Institución", "Observaciones", CONTROL}
    for nombrada in re.findall(r"hoja[s]? `([^`]+)`", " ".join(texto.split())):
        assert nombrada in hojas
    if manual.fuente == "oficina.md":
        for nombre in (CATALOGO, ENVIAR, RECIBIDOS, RESULTADOS):
            assert f"`{nombre}`" in texto
        for titulo, tecla in re.findall(r"### \d\. ([^\n]+)\n\nOpción \*\*(\d)\*\*", texto):
            opcion = next(o for o in OPCIONES if o.tecla == tecla)
            palabra = "correos" if tecla == "4" else titulo.split()[0]
            assert palabra.casefold() in opcion.texto.casefold(), (titulo, opcion)


@pytest.mark.larga
@pytest.mark.parametrize("papel", ["letter", "A4"])
def test_la_hoja_del_enlace_cabe_en_una(tmp_path: Path, papel: str) -> None:
    """Impresa por un navegador, en Carta y en A4."""
    navegador = shutil.which("chromium") or shutil.which("google-chrome")
    if navegador is None:
        pytest.skip("no hay un navegador que imprima sin ventana")
    hoja = next(m for m in MANUALES if m.fuente == "enlace-una-pagina.md")
    (tmp_path / "hoja.html").write_text(como_pagina(hoja).replace("size: auto", f"size: {papel}"), encoding="utf-8")
    subprocess.run(
        [navegador, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'perfil'}",
         "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'hoja.pdf'}", (tmp_path / "hoja.html").as_uri()],
        check=True, capture_output=True, timeout=120,
    )
    impreso = (tmp_path / "hoja.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", impreso)) == 1
