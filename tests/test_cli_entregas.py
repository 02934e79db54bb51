"""De principio a fin: entregas en .zip, cifradas, sin resultados guardados o por encima de un límite."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import msoffcrypto.format.ooxml as cifrado
import pytest
from click.testing import CliRunner
from test_cli import Correr, correr, escribir  # noqa: F401 - «correr» es un accesorio

from pei_excel.cli import orden
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos.catalogo import CATALOGO


def sin_resultados(ruta: Path) -> None:
    """Lo guarda como un programa que no calcula: las fórmulas quedan y sus resultados no."""
    with zipfile.ZipFile(ruta) as archivo:
        partes = {nombre: archivo.read(nombre) for nombre in archivo.namelist()}
    quitados = 0
    with zipfile.ZipFile(ruta, "w", zipfile.ZIP_DEFLATED) as archivo:
        for nombre, contenido in partes.items():
            nuevo, n = re.subn(rb"(<f[^>]*>[^<]*</f>)<v>[^<]*</v>", rb"\1", contenido)
            es_hoja = nombre.startswith("xl/worksheets/")
            quitados += n if es_hoja else 0
            archivo.writestr(nombre, nuevo if es_hoja else contenido)
    assert quitados > 50


def sin_procedencia(carpeta: Path) -> list[str]:
    """Los datos abiertos, que traen cada cifra consolidada."""
    return (carpeta / "datos.csv").read_text(encoding="utf-8-sig").splitlines()


def test_sin_resultados_guardados_se_consolida_lo_mismo(
    correr: Correr, tmp_path: Path  # noqa: F811
) -> None:
    """Las cifras son las nuestras: que el archivo guarde o no las suyas no cambia ninguna, y sólo se anota."""
    recibidos = tmp_path / "recibidos"
    escribir(recibidos / "a.xlsx")
    escribir(recibidos / "b.xlsx", unidad="510 - Obras", programa="8 - Obra pública")
    correr("consolidar", recibidos, "--periodo", "2024-T2", "-o", "como_llego")
    for ruta in recibidos.iterdir():
        sin_resultados(ruta)
    salida = correr("consolidar", recibidos, "--periodo", "2024-T2", "-o", "sin")
    assert salida.returncode == 0, salida.stdout + salida.stderr
    con, sin = (json.loads((tmp_path / c / "2024-T2/resultado.json").read_text("utf-8")) for c in ("como_llego", "sin"))
    assert con["totales"] == sin["totales"]
    assert sin_procedencia(tmp_path / "como_llego" / "2024-T2") == sin_procedencia(tmp_path / "sin" / "2024-T2")
    assert {h["regla"] for libro in sin["libros"] for h in libro["hallazgos"]} == {"FMT010"}


@pytest.mark.larga
def test_un_zip_con_los_libros_da_lo_mismo_que_la_carpeta(correr: Correr, tmp_path: Path) -> None:  # noqa: F811
    """Las mismas cifras; cada libro se nombra con el zip delante y guarda su propia huella."""
    sueltos, junto = tmp_path / "sueltos", tmp_path / "junto"
    escribir(sueltos / "a.xlsx")
    escribir(sueltos / "b.xlsx", unidad="510 - Obras", programa="8 - Obra pública")
    junto.mkdir()
    with zipfile.ZipFile(junto / "entrega.zip", "w") as archivo:
        for ruta in sorted(sueltos.iterdir()):
            archivo.write(ruta, f"segundo trimestre/{ruta.name}")
    assert correr("consolidar", sueltos, "--periodo", "2024-T2", "-o", "uno").returncode == 0
    assert correr("consolidar", junto, "--periodo", "2024-T2", "-o", "dos").returncode == 0
    uno, dos = (json.loads((tmp_path / x / "2024-T2" / "resultado.json").read_text("utf-8")) for x in ("uno", "dos"))
    assert uno["totales"] == dos["totales"]
    assert [x["archivo"] for x in dos["libros"]] == [f"entrega.zip/segundo trimestre/{n}.xlsx" for n in "ab"]
    assert [x["sha256"] for x in dos["libros"]] == [x["sha256"] for x in uno["libros"]]
    plantillas = correr("plantilla", "mir", "--desde", junto, "--periodo", "2024-T3", "-o", "plantillas")
    assert plantillas.returncode == 0
    assert len(plantillas.stdout.splitlines()) == 2


@pytest.mark.larga
def test_las_contrasenas_van_en_un_archivo_y_no_salen_de_el(correr: Correr, tmp_path: Path) -> None:  # noqa: F811
    """Con el archivo se lee; sin él, o con otra, se dice; y la contraseña no queda en ninguna parte."""
    recibidos = tmp_path / "recibidos"
    escribir(recibidos / "504-6 MIR.xlsx")
    cerrado = io.BytesIO()
    cifrado.OOXMLFile(io.BytesIO((recibidos / "504-6 MIR.xlsx").read_bytes())).encrypt("clave-muy-secreta", cerrado)
    (recibidos / "504-6 MIR.xlsx").write_bytes(cerrado.getvalue())
    claves = tmp_path / "claves.txt"
    claves.write_text("# de las unidades\n504-6 = clave-muy-secreta\n", encoding="utf-8")
    bien = correr("consolidar", recibidos, "--periodo", "2024-T2", "--clave-archivo", claves)
    assert bien.returncode == 0, bien.stdout + bien.stderr
    for ruta in [p for p in (tmp_path / "salidas").rglob("*") if p.is_file()]:
        assert b"muy-secreta" not in ruta.read_bytes()
        if ruta.suffix == ".xlsx":
            with zipfile.ZipFile(ruta) as libro:
                assert all(b"muy-secreta" not in libro.read(n) for n in libro.namelist())
    assert "muy-secreta" not in bien.stdout + bien.stderr
    sin_archivo = correr("revisar", recibidos)
    assert sin_archivo.returncode == 1
    assert "protegido con contraseña" in sin_archivo.stdout
    claves.write_text("504-6 = otra\n", encoding="utf-8")
    assert "contraseña equivocada" in correr("revisar", recibidos, "--clave-archivo", claves).stdout
    claves.write_text("sin igual y muy-secreta\n", encoding="utf-8")
    mal = correr("revisar", recibidos, "--clave-archivo", claves)
    assert (mal.returncode, mal.stdout) == (2, "")
    assert "línea 1" in mal.stderr
    assert "muy-secreta" not in mal.stderr
    assert correr("revisar", recibidos, "--clave-archivo", tmp_path / "no.txt").returncode == 2


@pytest.mark.parametrize(
    ("opcion", "estado", "dice"),
    [
        ("celdas=10", 1, "demasiado grande (tiene más de 10"), ("celdas=100000", 0, ""),
        ("megas=3", 2, "no es un límite"), ("celdas=x", 2, "entero"),
    ],
)
def test_los_limites_se_cambian(correr: Correr, tmp_path: Path, opcion: str, estado: int, dice: str) -> None:  # noqa: F811
    escribir(tmp_path / "recibidos" / "a.xlsx")
    salida = correr("revisar", tmp_path / "recibidos", "--periodo", "2024-T2", "--limite", opcion)
    assert salida.returncode == estado
    assert dice in " ".join((salida.stdout + salida.stderr).split())


def test_revisar_un_catalogo_dice_lo_que_le_falta(tmp_path: Path) -> None:
    """Con su celda y estado 1; si puede usarse, estado 0; a la oficina no se le pide que lo reenvíe."""
    ruta, malo = tmp_path / "catalogo.xlsx", tmp_path / "catalogo.csv"
    escribir_plantilla(ruta, CATALOGO, modo=Modo.FORMULACION, ejercicio=2024, filas_libres=2)
    hecho = CliRunner().invoke(orden, ["revisar", str(ruta)])
    assert hecho.exit_code == 1
    assert "ERROR CAT001  catalogo.xlsx, Institución!" in hecho.stdout
    assert "El catálogo «catalogo.xlsx» tiene errores: hasta corregirlos" in hecho.stdout.splitlines()[-1]
    modelo = CATALOGO.modelo
    escribir_plantilla(
        ruta, CATALOGO, modo=Modo.FORMULACION, ejercicio=2024, campos=modelo.campos, filas=modelo.filas
    )
    bueno = CliRunner().invoke(orden, ["revisar", str(ruta)])
    assert (bueno.exit_code, bueno.stdout.splitlines()[-1]) == (0, "El catálogo «catalogo.xlsx» puede usarse.")
    malo.write_text("clave;nombre\n504;Instituto\n", encoding="utf-8")
    dicho = CliRunner().invoke(orden, ["plantilla", "mir", "--catalogo", str(malo), "-o", str(tmp_path / "p")])
    assert dicho.exit_code == 1
    assert "y repita." in dicho.output
    assert "reenvíe" not in dicho.output
