"""La línea de órdenes como la usa una persona: qué escribe, qué lee, el estado y los archivos que quedan."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import pei_excel
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos.mir import MIR
from pei_excel.periodos import Periodo

RAIZ = Path(pei_excel.__file__).parent.parent
Correr = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def correr(tmp_path: Path) -> Correr:
    """Corre `pei-excel …` en una carpeta vacía."""

    def _correr(*argumentos: str | Path) -> subprocess.CompletedProcess[str]:
        ambiente = {**os.environ, "PYTHONPATH": str(RAIZ), "PYTHONUTF8": "1"}
        return subprocess.run(
            [sys.executable, "-m", "pei_excel", *map(str, argumentos)], cwd=tmp_path, env=ambiente, text=True,
            capture_output=True, timeout=120, encoding="utf-8", check=False,
        )

    return _correr


def escribir(ruta: Path, *, periodo: str = "2024-T2", **campos: object) -> None:
    ruta.parent.mkdir(parents=True, exist_ok=True)
    del_modelo = {clave: valor for clave, valor in MIR.modelo.campos.items() if clave != "periodo"}
    escribir_plantilla(
        ruta, MIR, modo=Modo.SEGUIMIENTO, ejercicio=2024, periodo=Periodo.de_codigo(periodo),
        campos={**del_modelo, **campos}, filas=MIR.modelo.filas,
    )


def huellas(carpeta: Path) -> dict[str, str]:
    return {
        p.relative_to(carpeta).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(carpeta.rglob("*")) if p.is_file()
    }


@pytest.fixture
def recibidos(tmp_path: Path) -> Path:
    """Una carpeta con dos informes buenos, basura, un archivo de bloqueo y un oficio."""
    carpeta = tmp_path / "recibidos"
    escribir(carpeta / "Planeación" / "informe 504.xlsx")
    escribir(carpeta / "obras.xlsx", unidad="510 - Obras", programa="8 - Obra pública")
    (carpeta / "roto.xlsx").write_bytes((carpeta / "obras.xlsx").read_bytes()[:3000])
    (carpeta / "~$obras.xlsx").write_bytes(b"x")
    (carpeta / "oficio.pdf").write_bytes(b"%PDF")
    return carpeta


def test_consolidar_deja_lo_que_dice_el_contrato(correr: Correr, recibidos: Path, tmp_path: Path) -> None:
    antes = huellas(recibidos)
    salida = correr("consolidar", recibidos, "--periodo", "2024-T2")
    assert salida.returncode == 1, salida.stderr
    assert "roto.xlsx" in salida.stdout
    carpeta = tmp_path / "salidas" / "2024-T2"
    assert sorted(huellas(carpeta)) == [
        "acciones-mir.xlsx", "consolidado-mir.xlsx", "datapackage.json", "datos.csv", "diccionario.csv",
        "evaluaciones/504-6_2024-T2_evaluacion.xlsx", "evaluaciones/510-8_2024-T2_evaluacion.xlsx", "indicadores.csv",
        "resultado.json", "tesoreria-mir.xlsx",
    ]
    assert huellas(recibidos) == antes
    documento = json.loads((carpeta / "resultado.json").read_text(encoding="utf-8"))
    assert [(x["archivo"], x["estado"]) for x in documento["libros"]] == [
        ("obras.xlsx", "aceptado"), ("Planeación/informe 504.xlsx", "aceptado"), ("roto.xlsx", "rechazado"),
    ]
    assert {x["archivo"]: x["sha256"] for x in documento["salidas"]} == {
        n: h for n, h in huellas(carpeta).items() if n != "resultado.json"
    }
    assert {h["archivo"] for h in documento["hallazgos"]} == {"~$obras.xlsx", "oficio.pdf"}
    assert documento["totales"]["MIR"]["informes"]["consolidados"] == 2
    assert str(tmp_path) not in (carpeta / "resultado.json").read_text(encoding="utf-8")


@pytest.mark.larga
def test_lo_mismo_da_bytes_identicos_con_cualquier_numero_de_procesos(
    correr: Correr, recibidos: Path, tmp_path: Path
) -> None:
    for n, procesos in enumerate(("1", "3")):
        correr("consolidar", recibidos, "--periodo", "2024-T2", "--procesos", procesos, "-o", f"s{n}")
    uno, otro = (huellas(tmp_path / f"s{n}" / "2024-T2") for n in (0, 1))
    assert "consolidado-mir.xlsx" in uno
    assert uno == otro


def test_revisar_sin_errores_termina_en_cero_y_no_escribe_nada(correr: Correr, tmp_path: Path) -> None:
    escribir(tmp_path / "r" / "a.xlsx")
    antes = huellas(tmp_path)
    salida = correr("revisar", "r")
    assert (salida.returncode, salida.stdout.splitlines()[-1]) == (0, "1 informe: 1 aceptado; sin observaciones.")
    assert huellas(tmp_path) == antes


def test_el_json_cumple_el_contrato(correr: Correr, recibidos: Path) -> None:
    salida = correr("revisar", recibidos, "--json", "--periodo", "2024-T2")
    documento = json.loads(salida.stdout)
    assert set(documento) == {"version", "libros", "hallazgos", "resumen"}
    assert set(documento["libros"][0]) == {
        "archivo", "hojas", "sha256", "formato", "version_formato", "unidad", "unidad_nombre", "programa", "periodo",
        "estado", "hallazgos",
    }
    roto = documento["libros"][-1]
    assert (roto["formato"], roto["unidad"], roto["estado"]) == (None, None, "rechazado")
    assert set(roto["hallazgos"][0]) == {
        "regla", "severidad", "destinatario", "hoja", "celda", "tambien", "mensaje", "como_corregir", "encontrado",
        "esperado", "sobre", "firma", "decision",
    }
    assert documento["resumen"] == {
        "libros": 3, "aceptados": 2, "observados": 0, "rechazados": 1, "sustituidos": 0, "errores": 1, "avisos": 0,
        "notas": 2,
    }


def test_una_carpeta_nunca_se_cuenta_dos_veces(correr: Correr, tmp_path: Path) -> None:
    escribir(tmp_path / "r" / "a.xlsx")
    shutil.copy(tmp_path / "r" / "a.xlsx", tmp_path / "r" / "a (1).xlsx")
    correr("consolidar", "r", "--periodo", "2024-T2", "-o", "r/salidas")
    salida = correr("revisar", "r", "--json", "--periodo", "2024-T2")
    documento = json.loads(salida.stdout)
    assert sorted(x["estado"] for x in documento["libros"]) == ["aceptado", "sustituido"]
    assert {h["regla"] for h in documento["hallazgos"]} == {"ENT003", "ENT004"}
    apartados = [h["archivo"] for h in documento["hallazgos"] if "salida de este programa" in h["mensaje"]]
    assert len(apartados) == len(huellas(tmp_path / "r/salidas/2024-T2"))
    suelta = tmp_path / "otra" / "evaluacion.xlsx"
    suelta.parent.mkdir()
    shutil.copy(next((tmp_path / "r/salidas/2024-T2/evaluaciones").iterdir()), suelta)
    documento = json.loads(correr("revisar", "otra", "--json").stdout)
    assert documento["libros"] == []
    assert "salida de este programa" in documento["hallazgos"][0]["mensaje"]


@pytest.mark.parametrize(
    ("argumentos", "dice"),
    [
        (["consolidar", "no-existe", "--periodo", "2024-T2"], "No existe la carpeta"),
        (["consolidar", "vacia", "--periodo", "2024-T2"], "No hay libros que leer"),
        (["consolidar", "vacia", "--periodo", "2024-T7"], "no es un periodo"),
        (["consolidar", "vacia"], "Falta '--periodo'"),
        (["revisar", "no-existe.xlsx"], "No existe"),
        (["plantilla", "mir", "--desde", "no-existe", "--periodo", "2024-T2"], "No existe"),
        (["explicar", "XYZ999"], "No hay una regla"),
        (["revisar", "vacia", "--perfil", "raro"], "no es un perfil"),
        (["inventada"], "no existe"),
    ],
)
def test_el_uso_incorrecto_da_una_linea_en_espanol_y_dos(
    correr: Correr, tmp_path: Path, argumentos: list[str], dice: str
) -> None:
    (tmp_path / "vacia").mkdir()
    salida = correr(*argumentos)
    assert salida.returncode == 2
    assert dice in salida.stderr
    assert len(salida.stderr.strip().splitlines()) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["vacia"]


def test_una_salida_en_que_no_se_puede_escribir_se_dice_antes_de_leer(
    correr: Correr, recibidos: Path, tmp_path: Path
) -> None:
    (tmp_path / "salidas").write_text("soy un archivo")
    salida = correr("consolidar", recibidos, "--periodo", "2024-T2")
    assert salida.returncode == 2
    assert "No se puede escribir" in salida.stderr
    assert "Leyendo" not in salida.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="ahí «sólo lectura» no impide escribir en una carpeta")
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="el superusuario escribe en cualquier parte")
def test_una_carpeta_de_solo_lectura(correr: Correr, recibidos: Path, tmp_path: Path) -> None:
    cerrada = tmp_path / "cerrada"
    cerrada.mkdir()
    cerrada.chmod(stat.S_IRUSR | stat.S_IXUSR)
    salida = correr("consolidar", recibidos, "--periodo", "2024-T2", "-o", cerrada / "salidas")
    cerrada.chmod(stat.S_IRWXU)
    assert salida.returncode == 2


def test_otro_periodo_se_rechaza_y_se_nombra_en_la_cobertura(correr: Correr, recibidos: Path, tmp_path: Path) -> None:
    escribir(recibidos / "viejo.xlsx", periodo="2024-T1", unidad="520 - Parques", programa="9 - Parques")
    correr("consolidar", recibidos, "--periodo", "2024-T2")
    documento = json.loads((tmp_path / "salidas/2024-T2/resultado.json").read_text(encoding="utf-8"))
    viejo = next(x for x in documento["libros"] if x["archivo"] == "viejo.xlsx")
    assert [h["regla"] for h in viejo["hallazgos"] if h["severidad"] == "ERROR"] == ["ENT005"]
    assert {x["informe"]: x["motivo"] for x in documento["totales"]["MIR"]["informes"]["excluidos"]} == {
        "520-9 «viejo.xlsx»": "de otro periodo", "roto.xlsx": "no pudo leerse",
    }


def test_la_plantilla_de_seguimiento_sale_de_un_libro_o_de_una_carpeta(
    correr: Correr, recibidos: Path, tmp_path: Path
) -> None:
    salida = correr("plantilla", "mir", "--desde", recibidos, "--periodo", "2024-T3", "-o", "nuevas")
    assert salida.returncode == 1
    assert "roto.xlsx" in salida.stderr
    assert sorted(p.name for p in (tmp_path / "nuevas").iterdir()) == [
        "MIR_504-6_2024-T3.xlsx", "MIR_510-8_2024-T3.xlsx",
    ]
    llena = correr("revisar", "nuevas", "--json")
    documento = json.loads(llena.stdout)
    assert {h["regla"] for x in documento["libros"] for h in x["hallazgos"]} == {"SEG004"}
    assert {x["periodo"] for x in documento["libros"]} == {"2024-T3"}


def test_la_plantilla_de_seguimiento_no_sale_de_un_libro_de_otro_ejercicio(
    correr: Correr, recibidos: Path, tmp_path: Path
) -> None:
    salida = correr("plantilla", "mir", "--desde", recibidos / "obras.xlsx", "--periodo", "2025-T1", "-o", "nuevas")
    assert salida.returncode == 1
    assert "es del ejercicio 2024 y se pide el 1er. trimestre de 2025" in salida.stderr
    assert not (tmp_path / "nuevas").exists()
    de_un_mes = correr("plantilla", "mir", "--desde", recibidos, "--periodo", "2024-05")
    assert (de_un_mes.returncode, de_un_mes.stdout) == (2, "")
    assert de_un_mes.stderr.startswith("La MIR se informa por trimestre")


def test_una_plantilla_sin_llenar_no_cuenta_como_informe(correr: Correr, recibidos: Path, tmp_path: Path) -> None:
    shutil.copy(RAIZ / "plantillas/MIR.xlsx", recibidos / "en blanco.xlsx")
    salida = correr("consolidar", recibidos, "--periodo", "2024-T2")
    assert salida.returncode == 1
    assert "en blanco.xlsx (sin indicadores)" in salida.stdout
    assert not list((tmp_path / "salidas/2024-T2/evaluaciones").glob("en-blanco*"))


def test_de_una_hoja_duplicada_se_usa_la_primera_y_se_nombran_las_dos(correr: Correr, tmp_path: Path) -> None:
    escribir(tmp_path / "doble.xlsx")
    libro = openpyxl.load_workbook(tmp_path / "doble.xlsx")
    libro.copy_worksheet(libro["MIR"]).title = "MIR (2)"
    libro.save(tmp_path / "doble.xlsx")
    salida = correr("revisar", "doble.xlsx")
    linea = next(x for x in salida.stdout.splitlines() if "ENT003" in x)
    assert "La hoja «MIR (2)» es otro informe" in linea
    assert "se usa la hoja «MIR»" in linea
    assert linea.endswith("Deje en la carpeta sólo la entrega buena, o confirme que la usada es la última.")


def test_plantillas_guardadas_son_las_que_se_regeneran(correr: Correr, tmp_path: Path) -> None:
    correr("plantilla", "todas", "--ejercicio", "2024", "-o", "p")
    assert huellas(tmp_path / "p") == huellas(RAIZ / "plantillas")


def test_una_plantilla_del_poi_sin_llenar_se_rechaza_y_se_dice(correr: Correr, recibidos: Path) -> None:
    correr("plantilla", "poi", "--ejercicio", "2024", "-o", recibidos)
    salida = correr("revisar", recibidos, "--json")
    poi = next(x for x in json.loads(salida.stdout)["libros"] if x["archivo"] == "POI.xlsx")
    assert (poi["formato"], poi["estado"]) == ("POI", "rechazado")
    # Como en la MIR: lo que falta es el bloque; de lo demás no hay renglón de qué hablar.
    assert {(h["regla"], h["celda"]) for h in poi["hallazgos"]} == {("FMT016", c) for c in ("C4", "C5", "C8")}
    assert "rechazado" in correr("revisar", recibidos).stdout


def test_explicar_imprime_fichas_formatos_y_la_referencia(correr: Correr) -> None:
    assert "0 ✗" in correr("explicar", "seg001").stdout
    assert "Medios de Verificación" in correr("explicar", "mir").stdout
    poi = correr("explicar", "poi").stdout
    assert "Ejecución física mensual" in poi
    assert "POI013  ERROR" in poi
    assert "MIR001" not in poi
    referencia = correr("explicar", "--markdown").stdout
    assert referencia.count("\n### ") >= 47
    assert "FMT001" in correr("explicar").stdout


def test_el_ejemplo_hace_todo_el_trabajo(correr: Correr, tmp_path: Path) -> None:
    salida = correr("ejemplo")
    assert salida.returncode == 0
    assert 8 <= len(salida.stdout.splitlines()) <= 24
    assert "Abra primero (MIR)" in salida.stdout
    assert "Abra primero (POI)" in salida.stdout
    documento = json.loads((tmp_path / "salidas/ejemplo/2024-T2/resultado.json").read_text(encoding="utf-8"))
    assert documento["resumen"]["libros"] == 21
    implan = next(x for x in documento["libros"] if x["unidad"] == "504")
    assert {(h["regla"], h["severidad"]) for h in implan["hallazgos"] if h["severidad"] == "ERROR"} == {
        ("SEG001", "ERROR")
    }


def test_una_falla_nuestra_da_una_linea_y_tres(tmp_path: Path) -> None:
    programa = (
        "import pei_excel.ayuda as a\n"
        "def falla(*_, **__): raise RuntimeError('prueba')\n"
        "a.explicar = falla\n"
        "import sys; sys.argv = ['pei-excel', 'explicar']\n"
        "from pei_excel.__main__ import principal; principal()"
    )
    salida = subprocess.run([sys.executable, "-c", programa], capture_output=True, text=True, cwd=RAIZ, check=False)
    assert salida.returncode == 3
    assert "Traceback" not in salida.stderr
    assert len(salida.stderr.strip().splitlines()) == 1
