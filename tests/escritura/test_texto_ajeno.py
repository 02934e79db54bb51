"""Lo que escribió otro llega a las salidas como texto: nunca fórmula, vínculo, código de impresión ni marca."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pei_excel.escritura.datos import PELIGROSOS
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Formato, Modo
from pei_excel.formatos import FORMATOS
from pei_excel.lectura.lector import Opciones
from pei_excel.periodos import Periodo
from pei_excel.plantillas import escribir_plantillas
from pei_excel.proceso import Encargo, consolidar_carpeta
from pei_excel.rescate import Pedido, rescatar
from pei_excel.tipos import Texto

#: Con servidores, procesos o muchos libros de verdad: van con las largas.
pytestmark = pytest.mark.larga

#: Está en todos los textos plantados y en ningún otro lugar.
MARCA = "zqx"
HOSTILES = (
    f"=1+1&{MARCA}()",
    f"@SUM({MARCA})",
    f"+cmd|' /C {MARCA}'!A0",
    f"-2+3+{MARCA}",
    f'=HYPERLINK("http://{MARCA}.example/","pulse")',
    f"http://{MARCA}.example/a?b=c#d",
    f"mailto:{MARCA}@example.org",
    f"internal:'{MARCA}'!A1",
    f"external:\\\\{MARCA}\\libro.xlsx",
    f"{{={MARCA}}}",
    f"&P &N &\"{MARCA},Bold\"&24 && &",
    f"<b>{MARCA}</b> <f>1+1</f> ]]> <!-- -->",
    f"<r><t>{MARCA}</t></r>",
    f"uno\x01\x08dos\ttres\r\ncuatro {MARCA}",
    f"_x0041_ _xD800_ _x005F_ {MARCA}",
    f"\ud83d\ude00 {MARCA}".encode("utf-16", "surrogatepass").decode("utf-16"),
    f"\u202excod.{MARCA} (@@)",
    f"' {MARCA}",
    f"{MARCA} {{0}} %s $1 ${{x}} [#TODO]",
    f"{MARCA} " + "largo " * 6_700,
)
ESPACIO = {
    "m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "r": "http://schemas.openxmlformats.org/package/2006/relationships",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
}
#: Lo que sólo puede escribirse a mano en el XML, y de donde ningún programa debe sacar un libro que no abra.
IMPOSIBLES = "_xFFFE__xFFFF__xD800_"
T2 = Periodo.de_codigo("2024-T2")
#: Lo único que un pie de página nuestro dice con «&».
_PIE = re.compile(r"&[LCR]|&\d{1,2}(?!\d)|&P|&N")


def plantar(formato: Formato, semilla: int) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """El modelo del formato con un texto hostil en cada campo y columna de texto, y en los nombres."""
    lista = [*HOSTILES[semilla:], *HOSTILES[:semilla]]
    siguiente = iter(lista * 200).__next__
    campos = dict(formato.modelo.campos)
    for campo in formato.principal.campos:
        if isinstance(campo.tipo, Texto):
            campos[campo.clave] = siguiente()
        elif isinstance(campos.get(campo.clave), str) and " - " in campos[campo.clave]:
            campos[campo.clave] = f"{campos[campo.clave].partition(' - ')[0]} - {siguiente()}"
    filas: dict[str, list[dict[str, Any]]] = {}
    for hoja in formato.hojas:
        filas[hoja.clave] = [dict(fila) for fila in formato.modelo.filas.get(hoja.clave, ())]
        libres = [c for c in hoja.columnas if c.calculo is None and not c.auxiliar and isinstance(c.tipo, Texto)]
        for fila in filas[hoja.clave]:
            fila |= {c.clave: siguiente() for c in libres if c.clave not in hoja.llave}
    return campos, filas


@pytest.fixture(scope="module")
def salidas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Todo lo que se escribe de dos informes de cada formato llenos de textos hostiles."""
    base = tmp_path_factory.mktemp("ajeno")
    recibidos = base / "recibidos"
    recibidos.mkdir()
    for formato in FORMATOS.values():
        for n in range(2):
            campos, filas = plantar(formato, n * 9)
            campos["unidad"] = f"{504 + n}{str(campos['unidad'])[3:]}"
            memoria = io.BytesIO()
            escribir_plantilla(
                memoria, formato, modo=Modo.SEGUIMIENTO, ejercicio=2024, periodo=T2, campos=campos, filas=filas
            )
            ruta = recibidos / f"={formato.clave}{n} & {MARCA}.xlsx"
            with zipfile.ZipFile(memoria) as sano, zipfile.ZipFile(ruta, "w", zipfile.ZIP_DEFLATED) as final:
                for parte in sano.namelist():
                    final.writestr(parte, sano.read(parte).replace(b"(@@)", IMPOSIBLES.encode()))
    consolidar_carpeta(recibidos, base / "salidas", Encargo(T2, procesos=1))
    for clave in FORMATOS:
        hechas = list(escribir_plantillas(
            clave.lower(), salida=base / "plantillas", ejercicio=2024, periodo=Periodo.de_codigo("2024-T3"),
            desde=recibidos, filas=5, papel=None,
        ))
        assert sum(h.problema is None for h in hechas) == 2, hechas
    rescatados = rescatar([recibidos], base / "rescatados", Pedido(Opciones(T2)))
    assert [r.problema for r in rescatados] == [None] * 4
    return base


def libros(base: Path) -> list[Path]:
    return sorted(base.rglob("*.xlsx"))


def partes(ruta: Path) -> Iterator[tuple[str, ET.Element]]:
    """Todas las partes XML de un libro; que se puedan leer ya es parte de la prueba."""
    with zipfile.ZipFile(ruta) as paquete:
        for nombre in paquete.namelist():
            if nombre.endswith((".xml", ".rels", ".vml")):
                yield nombre, ET.fromstring(paquete.read(nombre))  # noqa: S314 - lo escribió este programa


def test_hay_de_todo(salidas: Path) -> None:
    """Evaluaciones, consolidados, Tesorería y plantillas de los dos formatos."""
    nombres = [p.relative_to(salidas).as_posix() for p in libros(salidas)]
    assert sum("evaluaciones/" in n for n in nombres) == 4
    assert {n.rpartition("/")[2] for n in nombres} >= {
        "consolidado-mir.xlsx", "consolidado-poi.xlsx", "tesoreria-mir.xlsx", "tesoreria-poi.xlsx",
    }
    for carpeta in ("plantillas/", "rescatados/"):
        assert sum(n.startswith(carpeta) for n in nombres) == 4


def test_ningun_texto_ajeno_en_una_formula(salidas: Path) -> None:
    """Ni en celdas, validaciones, formatos condicionales, nombres definidos ni gráficas."""
    formulas = ("f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula", "sqref")
    for ruta in libros(salidas):
        vistas = 0
        for nombre, raiz in partes(ruta):
            for elemento in raiz.iter():
                if elemento.tag.rpartition("}")[2] in formulas:
                    vistas += 1
                    assert MARCA not in (elemento.text or "").casefold(), (ruta.name, nombre)
        assert vistas > 20, ruta.name


def test_ningun_vinculo_sale_del_libro(salidas: Path) -> None:
    """Los vínculos son a nuestras hojas; ninguna relación apunta fuera."""
    for ruta in libros(salidas):
        for nombre, raiz in partes(ruta):
            if nombre.endswith(".rels"):
                assert not [r for r in raiz if r.get("TargetMode") == "External"], (ruta.name, nombre)
            for vinculo in raiz.iter(f"{{{ESPACIO['m']}}}hyperlink"):
                assert vinculo.get("location")
                assert MARCA not in " ".join(vinculo.attrib.values()), (ruta.name, nombre)


def test_los_pies_de_pagina_solo_dicen_lo_nuestro(salidas: Path) -> None:
    """Un «&» ajeno va doble, y todo el pie cabe en los 255 caracteres de Excel."""
    for ruta in libros(salidas):
        for nombre, raiz in partes(ruta):
            for elemento in raiz.iter():
                if elemento.tag.rpartition("}")[2] in {"oddFooter", "oddHeader"}:
                    texto = elemento.text or ""
                    assert len(texto) <= 255
                    assert "&" not in _PIE.sub("", texto.replace("&&", "")), (ruta.name, nombre, texto)


def test_nombres_de_hojas_y_nombres_definidos_son_nuestros(salidas: Path) -> None:
    for ruta in libros(salidas):
        libro = dict(partes(ruta))["xl/workbook.xml"]
        for hoja in libro.iter(f"{{{ESPACIO['m']}}}sheet"):
            assert MARCA not in (hoja.get("name") or "")
            assert len(hoja.get("name") or "") <= 31
        for definido in libro.iter(f"{{{ESPACIO['m']}}}definedName"):
            assert MARCA not in (definido.get("name") or "").casefold()


@pytest.mark.larga
def test_los_textos_llegan_enteros(salidas: Path) -> None:
    """Lo que la unidad escribió está, letra por letra, en su evaluación; en celdas de texto."""
    vistos: set[str] = set()
    for ruta in sorted(salidas.rglob("*_evaluacion.xlsx")):
        libro = openpyxl.load_workbook(ruta)
        for hoja in libro:
            for fila in hoja.iter_rows():
                for celda in fila:
                    if isinstance(celda.value, str) and MARCA in celda.value:
                        assert celda.data_type in {"s", "inlineStr"}, (ruta.name, hoja.title, celda.coordinate)
                        assert celda.hyperlink is None
                        vistos.add(_leido(celda.value))
    for hostil in HOSTILES:
        assert _leido(hostil.replace("(@@)", IMPOSIBLES).strip()[:32_767]) in vistos, hostil[:60]


def _leido(texto: str) -> str:
    """Un texto sin los códigos con que el XML guarda los controles, y con un solo salto de línea."""
    sin = re.sub(r"_x(?!005F)00(0[0-9A-F]|1[0-9A-F])_", lambda m: chr(int(m[1], 16)), texto).replace("_x005F_", "_")
    return sin.replace("\r\n", "\n").replace("\r", "\n").strip()


def test_csv_y_json(salidas: Path) -> None:
    """En el CSV, un texto que empezaría una fórmula lleva apóstrofo; el JSON es estricto."""
    carpeta = salidas / "salidas" / "2024-T2"
    con_marca = 0
    for ruta in sorted(carpeta.rglob("*.csv")):
        for fila in csv.reader(io.StringIO(ruta.read_text(encoding="utf-8-sig"), newline="")):
            for valor in fila:
                con_marca += MARCA in valor
                if MARCA in valor:
                    assert not valor.startswith(PELIGROSOS)
    assert con_marca > 50

    def prohibido(valor: str) -> None:
        raise AssertionError(valor)

    texto = (carpeta / "resultado.json").read_text(encoding="utf-8")
    documento = json.loads(texto, parse_constant=prohibido)
    assert MARCA in json.dumps(documento)
