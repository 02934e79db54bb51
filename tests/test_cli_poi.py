"""La línea de órdenes con POI: carpetas mezcladas, meses, exportaciones y lo anterior, como los usa una persona."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from exportaciones import DEMOSTRACION, escribir_exportacion, renglon

import pei_excel
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Formato, Modo
from pei_excel.formatos.mir import MIR
from pei_excel.formatos.poi import POI
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.periodos import Periodo
from pei_excel.proceso import nombres_de_evaluacion
from pei_excel.revision import Revision

RAIZ = Path(pei_excel.__file__).parent.parent
Salida = subprocess.CompletedProcess[str]
Correr = Callable[..., Salida]


@pytest.fixture
def correr(tmp_path: Path) -> Correr:
    """Corre `pei-excel …` en una carpeta vacía."""

    def _correr(*argumentos: str | Path) -> Salida:
        ambiente = {**os.environ, "PYTHONPATH": str(RAIZ), "PYTHONUTF8": "1"}
        return subprocess.run(
            [sys.executable, "-m", "pei_excel", *map(str, argumentos)], cwd=tmp_path, env=ambiente, text=True,
            capture_output=True, timeout=120, encoding="utf-8", check=False,
        )

    return _correr


def escribir(
    ruta: Path, formato: Formato, periodo: str = "2024-T2", cambios: Mapping[tuple[str, str, str], Any] | None = None,
    **campos: Any,
) -> None:
    """El modelo de un formato como libro de seguimiento, con otros campos y celdas."""
    ruta.parent.mkdir(parents=True, exist_ok=True)
    filas = {h: [dict(f) for f in propias] for h, propias in formato.modelo.filas.items()}
    for (hoja, llave, columna), valor in (cambios or {}).items():
        next(f for f in filas[hoja] if f[formato.por_clave[hoja].llave[0]] == llave)[columna] = valor
    del_modelo = {clave: v for clave, v in formato.modelo.campos.items() if clave != formato.campo_periodo}
    escribir_plantilla(
        ruta, formato, modo=Modo.SEGUIMIENTO, ejercicio=2024, periodo=Periodo.de_codigo(periodo),
        campos={**del_modelo, **campos}, filas=filas,
    )


#: Los medios de verificación del primer trimestre eran otros.
OTROS_MEDIOS = {("MIR", str(f["nivel"]), "medios"): None for f in MIR.modelo.filas["MIR"]}


def huellas(carpeta: Path) -> dict[str, str]:
    """Archivo → SHA-256."""
    return {
        p.relative_to(carpeta).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(carpeta.rglob("*")) if p.is_file()
    }


def resultado(carpeta: Path) -> dict[str, Any]:
    """El JSON de una consolidación."""
    documento: dict[str, Any] = json.loads((carpeta / "resultado.json").read_text(encoding="utf-8"))
    return documento


@pytest.fixture
def mezclados(tmp_path: Path) -> Path:
    """Una carpeta con un informe de la MIR y dos POI."""
    carpeta = tmp_path / "recibidos"
    escribir(carpeta / "mir.xlsx", MIR)
    escribir(carpeta / "Gerencia" / "poi 031.xlsx", POI)
    escribir(carpeta / "Gerencia" / "poi 032.xlsx", POI, unidad="032 - Otra unidad")
    return carpeta


# carpetas mezcladas y periodos


def test_cada_formato_se_consolida_por_su_lado(correr: Correr, mezclados: Path, tmp_path: Path) -> None:
    antes = huellas(mezclados)
    salida = correr("consolidar", mezclados, "--periodo", "2024-T2")
    assert salida.returncode == 0, salida.stderr + salida.stdout
    carpeta = tmp_path / "salidas/2024-T2"
    assert sorted(huellas(carpeta)) == [
        "acciones-mir.xlsx", "actividades.csv", "consolidado-mir.xlsx", "consolidado-poi.xlsx", "datapackage.json",
        "datos.csv", "diccionario.csv", "evaluaciones/031_2024-T2_evaluacion.xlsx",
        "evaluaciones/032_2024-T2_evaluacion.xlsx", "evaluaciones/504-6_2024-T2_evaluacion.xlsx", "indicadores.csv",
        "resultado.json", "tesoreria-mir.xlsx", "tesoreria-poi.xlsx",
    ]
    assert huellas(mezclados) == antes
    documento = resultado(carpeta)
    assert {f: t["informes"]["consolidados"] for f, t in documento["totales"].items()} == {"MIR": 1, "POI": 2}
    assert documento["totales"]["MIR"]["institucion"]["indicadores"] == 8
    assert documento["totales"]["POI"]["institucion"]["total"] == 12
    de_poi = [x for x in documento["libros"] if x["formato"] == "POI"]
    assert [(x["unidad"], x["programa"], x["periodo"]) for x in de_poi] == [
        ("031", None, "2024-T2"), ("032", None, "2024-T2"),
    ]
    assert {x["archivo"]: x["sha256"] for x in documento["salidas"]} == {
        n: h for n, h in huellas(carpeta).items() if n != "resultado.json"
    }
    assert "Captura en el aplicativo" in openpyxl.load_workbook(carpeta / "consolidado-poi.xlsx").sheetnames
    for formato in ("mir", "poi"):
        assert f"consolidado-{formato}.xlsx" in salida.stdout
    assert salida.stdout.count("Para cada unidad") == 1


def test_de_un_mes_se_consolidan_los_poi_y_se_nombran_los_de_la_mir(
    correr: Correr, mezclados: Path, tmp_path: Path
) -> None:
    salida = correr("consolidar", mezclados, "--periodo", "2024-05")
    assert salida.returncode == 0, salida.stderr
    carpeta = tmp_path / "salidas/2024-05"
    assert "consolidado-mir.xlsx" not in huellas(carpeta)
    documento = resultado(carpeta)
    assert list(documento["totales"]) == ["POI"]
    (apartado,) = [h for h in documento["hallazgos"] if h["regla"] == "ENT004"]
    assert (apartado["archivo"], apartado["severidad"]) == ("mir.xlsx", "NOTA")
    assert "se consolida por trimestre y no por mes" in apartado["mensaje"]


@pytest.mark.parametrize("salidas", ["salidas", "nueva/honda"])
def test_de_un_mes_con_solo_mir_se_dice_que_periodos_y_no_se_escribe_nada(
    correr: Correr, tmp_path: Path, salidas: str
) -> None:
    escribir(tmp_path / "recibidos/a.xlsx", MIR)
    antes = sorted(p.as_posix() for p in tmp_path.rglob("*"))
    salida = correr("consolidar", "recibidos", "--periodo", "2024-05", "-o", salidas)
    assert (salida.returncode, salida.stdout) == (2, "")
    assert "2024-T1 … 2024-T4, 2024-S1, 2024-S2 o 2024. No se escribió nada." in salida.stderr
    assert sorted(p.as_posix() for p in tmp_path.rglob("*")) == antes


@pytest.mark.larga
def test_desistir_conserva_lo_que_ya_habia(correr: Correr, tmp_path: Path) -> None:
    escribir(tmp_path / "recibidos/a.xlsx", MIR)
    (tmp_path / "salidas/2024-05").mkdir(parents=True)
    (tmp_path / "salidas/2024-05/resultado.json").write_text("{}")
    antes = huellas(tmp_path)
    assert correr("consolidar", "recibidos", "--periodo", "2024-05").returncode == 2
    assert huellas(tmp_path) == antes


def test_sin_periodo_cada_poi_se_revisa_con_el_suyo(correr: Correr, mezclados: Path) -> None:
    sin_junio = {("Seguimiento", f"AO.0{n}", f"{m}_m6"): None for n in range(1, 7) for m in ("ejecutado", "devengado")}
    escribir(mezclados / "de mayo.xlsx", POI, "2024-05", sin_junio, unidad="033 - Unidad que informa por mes")
    salida = correr("revisar", mezclados, "--json")
    assert salida.returncode == 0, salida.stdout
    documento = json.loads(salida.stdout)
    assert {x["archivo"]: x["periodo"] for x in documento["libros"]} == {
        "mir.xlsx": "2024-T2", "Gerencia/poi 031.xlsx": "2024-T2", "Gerencia/poi 032.xlsx": "2024-T2",
        "de mayo.xlsx": "2024-05",
    }
    poi = next(x for x in documento["libros"] if x["unidad"] == "031")
    assert (poi["formato"], poi["version_formato"], poi["programa"], poi["estado"]) == ("POI", 1, None, "aceptado")
    assert poi["hojas"] == [h.clave for h in POI.hojas]


def test_un_mes_en_que_nada_se_reconoce_no_hace_un_consolidado_de_la_mir(correr: Correr, tmp_path: Path) -> None:
    (tmp_path / "recibidos").mkdir()
    (tmp_path / "recibidos/roto.xlsx").write_bytes(b"PK\x03\x04nada")
    salida = correr("consolidar", "recibidos", "--periodo", "2024-05")
    assert salida.returncode == 1
    assert list(resultado(tmp_path / "salidas/2024-05")["totales"]) == ["POI"]


@pytest.mark.larga
def test_el_perfil_y_la_ponderacion_se_dicen_en_las_opciones(correr: Correr, mezclados: Path, tmp_path: Path) -> None:
    correr("consolidar", mezclados, "--periodo", "2024-T2", "--perfil", "poi=general", "--ponderado", "-o", "pesado")
    correr("consolidar", mezclados, "--periodo", "2024-T2", "-o", "simple")
    pesado, simple = (resultado(tmp_path / d / "2024-T2") for d in ("pesado", "simple"))
    assert pesado["opciones"]["perfil"] == {"MIR": "general", "POI": "general"}
    assert simple["opciones"]["perfil"] == {"MIR": "general", "POI": "operativo"}
    assert (pesado["opciones"]["ponderado"], simple["opciones"]["ponderado"]) == (True, False)
    medias = [d["totales"]["POI"]["institucion"]["actividades"] for d in (pesado, simple)]
    assert medias[0]["porcentaje"] != medias[1]["porcentaje"]
    assert medias[0]["n"] == medias[1]["n"] == 12
    assert pesado["totales"]["MIR"] == simple["totales"]["MIR"]


def test_los_nombres_de_las_evaluaciones_no_chocan(tmp_path: Path) -> None:
    def revision(nombre: str, formato: Formato, **campos: Any) -> Revision:
        escribir(tmp_path / nombre, formato, **campos)
        return Revision(leer(tmp_path / nombre, nombre, Opciones())[0])

    nombres = nombres_de_evaluacion([
        revision("a.xlsx", MIR, unidad="504 - Unidad"), revision("b.xlsx", POI, unidad="504 - Unidad"),
        revision("c.xlsx", MIR, unidad="504 - Unidad", programa=""), revision("d.xlsx", POI, unidad="504.6 - Otra"),
    ], Periodo.de_codigo("2024-T2"))
    assert nombres == [
        "504-6_2024-T2_evaluacion.xlsx", "504_2024-T2_evaluacion.xlsx", "504_2024-T2_evaluacion-2.xlsx",
        "504-6_2024-T2_evaluacion-2.xlsx",
    ]


def test_la_salida_se_comprueba_antes_de_leer_los_poi(correr: Correr, mezclados: Path, tmp_path: Path) -> None:
    (tmp_path / "salidas").write_text("soy un archivo")
    salida = correr("consolidar", mezclados, "--periodo", "2024-05")
    assert salida.returncode == 2
    assert "No se puede escribir" in salida.stderr
    assert "Leyendo" not in salida.stderr


def test_lo_mismo_da_bytes_identicos(correr: Correr, mezclados: Path, tmp_path: Path) -> None:
    escribir_exportacion(mezclados / "EXPORT.xlsx")
    for n, procesos in enumerate(("1", "3")):
        correr("consolidar", mezclados, "--periodo", "2024-T2", "--procesos", procesos, "-o", f"s{n}")
    uno, otro = (huellas(tmp_path / f"s{n}" / "2024-T2") for n in (0, 1))  # la bitácora, al lado, lleva la hora
    assert len(uno) == 16
    assert uno == otro


# la exportación del aplicativo


def test_la_exportacion_se_revisa_y_se_consolida(correr: Correr, tmp_path: Path) -> None:
    escribir_exportacion(tmp_path / "recibidos/EXPORT.xlsx")
    salida = correr("revisar", "recibidos", "--periodo", "2024-T2", "--json")
    assert salida.returncode == 0, salida.stdout
    libros = json.loads(salida.stdout)["libros"]
    assert [(x["archivo"], x["unidad"], x["formato"], x["version_formato"]) for x in libros] == [
        ("EXPORT.xlsx", "03.01", "POI", None), ("EXPORT.xlsx", "03.02", "POI", None),
    ]
    salida = correr("consolidar", "recibidos", "--periodo", "2024-T2")
    assert salida.returncode == 0, salida.stderr + salida.stdout
    carpeta = tmp_path / "salidas/2024-T2"
    assert sorted(p.name for p in (carpeta / "evaluaciones").iterdir()) == [
        "03-01_2024-T2_evaluacion.xlsx", "03-02_2024-T2_evaluacion.xlsx",
    ]
    institucion = resultado(carpeta)["totales"]["POI"]["institucion"]
    # (59/60 + 97.5 + 2/3) / 3 actividades
    assert institucion["actividades"] == {"porcentaje": pytest.approx((59 / 60 + 0.975 + 2 / 3) / 3 * 100), "n": 3}


@pytest.mark.larga
def test_una_exportacion_de_otro_ano_se_rechaza(correr: Correr, tmp_path: Path) -> None:
    escribir_exportacion(tmp_path / "recibidos/EXPORT.xlsx", [r | {"AÑO": 2023} for r in DEMOSTRACION])
    salida = correr("consolidar", "recibidos", "--periodo", "2024-T2")
    assert salida.returncode == 1
    documento = resultado(tmp_path / "salidas/2024-T2")
    assert {x["estado"] for x in documento["libros"]} == {"rechazado"}
    assert {h["regla"] for x in documento["libros"] for h in x["hallazgos"] if h["severidad"] == "ERROR"} == {"ENT005"}


@pytest.mark.larga
def test_de_la_exportacion_sale_un_libro_por_unidad(correr: Correr, tmp_path: Path) -> None:
    escribir_exportacion(tmp_path / "EXPORT.xlsx", [
        *DEMOSTRACION, renglon("AO9", centro=("0301", "Otra con clave parecida"), oei="Modernizar", aei="Línea 3"),
        renglon("AO10", centro=("0301", "Otra con clave parecida"), oei=None),
    ])
    salida = correr("plantilla", "poi", "--desde", "EXPORT.xlsx", "--periodo", "2024-T3", "-o", "carpeta")
    assert salida.returncode == 0, salida.stderr
    assert sorted(p.name for p in (tmp_path / "carpeta").iterdir()) == [
        "POI_03-01_2024-T3.xlsx", "POI_03-02_2024-T3.xlsx", "POI_0301_2024-T3.xlsx",
    ]
    avisos = [linea.strip() for linea in salida.stderr.splitlines() if linea.startswith("  ")]
    assert len(avisos) == 3
    assert "no se reconoció el OEI de 1 actividad (AO9); no se reconoció el AEI de 1 actividad (AO9)" in avisos[2]
    assert "«Indicador»" in avisos[0]
    (libro,) = leer(tmp_path / "carpeta/POI_0301_2024-T3.xlsx", "x.xlsx", Opciones())
    assert (libro.modo, str(libro.unidad)) == ("seguimiento", "0301 - Otra con clave parecida")
    sin, con = libro.filas("Programación")
    assert sin["oei"].vacio
    assert sin["aei"].vacio
    assert (con.valor("oei"), con.valor("aei")) == ("OEI.05", "AEI.05.01")
    assert [sin.valor(f"programado_m{m}") for m in (1, 12)] == [10, 10]
    assert [f.valor("ejecutado_m6") for f in libro.filas("Seguimiento")] == [10, 10]
    assert {f.valor("codigo") for f in libro.filas("Valorización")} == {"AO9", "AO10"}


def test_en_el_libro_de_la_exportacion_se_llena_lo_que_no_traia(correr: Correr, tmp_path: Path) -> None:
    escribir_exportacion(tmp_path / "EXPORT.xlsx")
    correr("plantilla", "poi", "--desde", "EXPORT.xlsx", "--periodo", "2024-T3", "-o", "carpeta")
    hoja = openpyxl.load_workbook(tmp_path / "carpeta/POI_03-01_2024-T3.xlsx")
    lugar = POI.principal.disposicion

    def abierta(clave: str, columna: str, fila: int | None = None) -> bool:
        propio = POI.por_clave[clave].disposicion
        return not hoja[clave][propio.celda(fila or propio.fila_datos, columna)].protection.locked

    assert not hoja["Programación"][f"C{lugar.fila_campo['techo']}"].protection.locked
    assert hoja["Programación"][f"C{lugar.fila_campo['unidad']}"].protection.locked
    assert [abierta("Programación", c) for c in ("indicador", "elementos", "responsable")] == [True] * 3
    assert [abierta("Programación", c) for c in ("codigo", "actividad", "programado_m1", "oei")] == [False] * 4
    assert [abierta("Valorización", c) for c in ("codigo", "vinculacion", "costo_m1")] == [False, True, True]
    assert [abierta("Seguimiento", f"ejecutado_m{m}") for m in (6, 7, 10)] == [False, True, False]
    assert [abierta("Seguimiento", f"devengado_m{m}") for m in (6, 7, 10)] == [True, True, False]


def test_dos_unidades_no_chocan_por_el_nombre_y_de_cada_una_sale_un_libro(correr: Correr, tmp_path: Path) -> None:
    escribir_exportacion(tmp_path / "aprobados/a.xlsx", [renglon("AO1")])
    escribir_exportacion(tmp_path / "aprobados/b.xlsx", [renglon("AO1"), renglon("AO2", centro=("03/01", "Otra"))])
    escribir(tmp_path / "aprobados/mir.xlsx", MIR)
    salida = correr("plantilla", "poi", "--desde", "aprobados", "--periodo", "2024-T3", "-o", "carpeta")
    assert salida.returncode == 0
    assert "Se deja aparte mir.xlsx: es un libro de MIR y se piden los de POI." in salida.stderr
    assert "Se deja aparte a.xlsx: de 03.01 se usa «b.xlsx», el más reciente; si debe ser éste" in salida.stderr
    assert sorted(p.name for p in (tmp_path / "carpeta").iterdir()) == [
        "POI_03-01_2024-T3-2.xlsx", "POI_03-01_2024-T3.xlsx",
    ]


@pytest.mark.larga
def test_de_un_solo_libro_de_otro_formato_no_sale_plantilla(correr: Correr, tmp_path: Path) -> None:
    escribir(tmp_path / "aprobados/mir.xlsx", MIR)
    for desde, dice in (("aprobados/mir.xlsx", "No se hizo la de mir.xlsx"), ("aprobados", "Se deja aparte mir.xlsx")):
        salida = correr("plantilla", "poi", "--desde", desde, "--periodo", "2024-T3", "-o", "carpeta")
        assert (salida.returncode, salida.stdout) == (1, "")
        assert dice in salida.stderr


# --anterior


def test_lo_anterior_se_compara_y_queda_en_las_opciones(correr: Correr, tmp_path: Path) -> None:
    escribir(tmp_path / "t1/poi.xlsx", POI, "2024-T1")
    escribir(tmp_path / "t1/mir.xlsx", MIR, "2024-T1", OTROS_MEDIOS)
    escribir(tmp_path / "t2/poi.xlsx", POI, cambios={("Seguimiento", "AO.01", "ejecutado_m2"): 11.0})
    escribir(tmp_path / "t2/mir.xlsx", MIR, cambios={("MIR", "Componente 1", "programado_t4"): 15.0})
    (tmp_path / "t1/roto.xlsx").write_bytes(b"PK\x03\x04nada")
    salida = correr("revisar", "t2", "--periodo", "2024-T2", "--anterior", "t1", "--json")
    assert salida.returncode == 1
    documento = json.loads(salida.stdout)
    assert {x["archivo"]: [h["regla"] for h in x["hallazgos"]] for x in documento["libros"]} == {
        "poi.xlsx": ["VER001"], "mir.xlsx": ["VER002"],
    }
    (nota,) = documento["hallazgos"]
    assert (nota["regla"], nota["archivo"]) == ("ENT004", "t1/roto.xlsx")
    assert "es de las entregas de antes y no se comparó" in nota["mensaje"]
    correr("consolidar", "t2", "--periodo", "2024-T2", "--anterior", "t1")
    anterior = resultado(tmp_path / "salidas/2024-T2")["opciones"]["anterior"]
    assert anterior == [{"archivo": f"t1/{n}", "sha256": h} for n, h in huellas(tmp_path / "t1").items()]
    assert str(tmp_path) not in (tmp_path / "salidas/2024-T2/resultado.json").read_text(encoding="utf-8")


@pytest.mark.larga
def test_la_carpeta_de_un_periodo_cerrado_sirve_de_anterior(correr: Correr, tmp_path: Path) -> None:
    escribir(tmp_path / "t1/poi.xlsx", POI, "2024-T1")
    escribir(tmp_path / "t1/mir.xlsx", MIR, "2024-T1", OTROS_MEDIOS)
    correr("consolidar", "t1", "--periodo", "2024-T1")
    shutil.rmtree(tmp_path / "t1")  # los libros ya no están: bastan los resultados
    cambios_poi = {("Seguimiento", "AO.01", "ejecutado_m2"): 11.0, ("Seguimiento", "AO.01", "devengado_m1"): 1500.5,
                   ("Programación", "AO.03", "programado_m1"): 41.0, ("Seguimiento", "AO.02", "ejecutado_m4"): 0.0}
    escribir(tmp_path / "t2/poi.xlsx", POI, cambios=cambios_poi)
    escribir(tmp_path / "t2/mir.xlsx", MIR, cambios={("MIR", "Actividad 2.1", "alcanzado_t1"): 24.0})
    documento = json.loads(correr("revisar", "t2", "--anterior", "salidas/2024-T1", "--json").stdout)
    hallados = {
        x["archivo"]: sorted((h["regla"], h["encontrado"], h["esperado"]) for h in x["hallazgos"]
                             if h["regla"].startswith("VER")) for x in documento["libros"]
    }
    assert hallados == {
        "mir.xlsx": [("VER001", 24, 25)],
        "poi.xlsx": [("VER001", 11, 10), ("VER001", 1500.5, 1500), ("VER002", 41, 40)],
    }
    de_todo = correr("revisar", "t2", "--anterior", "salidas", "--json").stdout
    assert json.loads(de_todo)["resumen"] == documento["resumen"]


@pytest.mark.larga
def test_unos_datos_abiertos_cambiados_a_mano_se_apartan(correr: Correr, tmp_path: Path) -> None:
    escribir(tmp_path / "t1/mir.xlsx", MIR, "2024-T1", OTROS_MEDIOS)
    correr("consolidar", "t1", "--periodo", "2024-T1")
    datos = tmp_path / "salidas/2024-T1/datos.csv"
    datos.write_text(datos.read_text(encoding="utf-8-sig").replace(",20,", ",veinte,"), encoding="utf-8-sig")
    escribir(tmp_path / "t2/mir.xlsx", MIR)
    salida = correr("revisar", "t2", "--anterior", "salidas/2024-T1", "--json")
    assert salida.returncode == 0
    (nota,) = json.loads(salida.stdout)["hallazgos"]
    assert (nota["regla"], nota["archivo"]) == ("ENT004", "2024-T1/datos.csv")


def test_una_exportacion_sirve_de_aprobado(correr: Correr, tmp_path: Path) -> None:
    escribir_exportacion(tmp_path / "EXPORT.xlsx", [renglon("AO1", ejecutado="")])
    escribir_exportacion(tmp_path / "ahora/EXPORT.xlsx", [renglon("AO1") | {"PROG_DIC": 30.0, "PROG_TOTAL": 140.0}])
    salida = correr("revisar", "ahora", "--periodo", "2024-T2", "--anterior", "EXPORT.xlsx", "--json")
    (libro,) = json.loads(salida.stdout)["libros"]
    assert {(h["regla"], h["celda"]) for h in libro["hallazgos"]} == {("VER002", "AA2"), ("VER002", "AB2")}


@pytest.mark.parametrize("orden", ["revisar", "consolidar"])
def test_un_anterior_que_no_esta_o_no_tiene_nada_es_uso_incorrecto(correr: Correr, tmp_path: Path, orden: str) -> None:
    escribir(tmp_path / "t2/mir.xlsx", MIR)
    (tmp_path / "vacia").mkdir()
    for ruta, dice in (("no-existe", "No existe «no-existe»"), ("vacia", "no hay libros ni la carpeta")):
        salida = correr(orden, "t2", "--periodo", "2024-T2", "--anterior", ruta)
        assert (salida.returncode, salida.stdout) == (2, "")
        assert dice in salida.stderr
        assert len(salida.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "salidas").exists()
