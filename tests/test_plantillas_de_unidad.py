"""Con el catálogo sale un libro por cada unidad y programa que debe informar, con lo suyo puesto y cerrado."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from pei_excel.catalogo import Catalogo, leer_catalogo
from pei_excel.cli import orden
from pei_excel.escritura.estilos import AZUL, BANDA
from pei_excel.escritura.membrete import aclarar
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos import FORMATOS
from pei_excel.formatos.catalogo import CATALOGO
from pei_excel.lectura.lector import leer
from pei_excel.periodos import Periodo
from pei_excel.plantillas import Hecha
from pei_excel.plantillas_de_unidad import escribir_de_unidades

T3 = Periodo(2024, "T", 3)
MIR, POI = FORMATOS["MIR"], FORMATOS["POI"]


def png(ancho: int = 30, alto: int = 20) -> bytes:
    """Una imagen lisa."""
    def trozo(tipo: bytes, datos: bytes) -> bytes:
        return struct.pack(">I", len(datos)) + tipo + datos + struct.pack(">I", zlib.crc32(tipo + datos))

    lineas = (b"\x00" + b"\x7a\x1f\x3d" * ancho) * alto
    cabecera = struct.pack(">IIBBBBB", ancho, alto, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + trozo(b"IHDR", cabecera) + trozo(b"IDAT", zlib.compress(lineas)) + trozo(b"IEND", b"")


Preparar = Callable[..., tuple[Catalogo, Path]]


@pytest.fixture
def preparar(tmp_path: Path) -> Preparar:
    """Escribe un catálogo y los libros aprobados que se digan; da el catálogo leído y la carpeta."""

    def hacer(
        libros: Sequence[tuple[str, str]], formato: str = "MIR", unidades: Sequence[dict[str, Any]] | None = None,
        **campos: Any,
    ) -> tuple[Catalogo, Path]:
        filas = {**CATALOGO.modelo.filas, **({"Unidades": tuple(unidades)} if unidades else {})}
        escribir_plantilla(
            tmp_path / "catalogo.xlsx", CATALOGO, modo=Modo.FORMULACION, ejercicio=2024, filas=filas,
            campos={**CATALOGO.modelo.campos, **campos}, filas_libres=12,
        )
        (tmp_path / "aprobados").mkdir()
        suyo = FORMATOS[formato]
        for unidad, programa in libros:
            identidad = {"unidad": unidad} | ({"programa": programa} if programa else {})
            escribir_plantilla(
                tmp_path / "aprobados" / f"{unidad[:3]}{programa[:2]}.xlsx", suyo, modo=Modo.FORMULACION,
                ejercicio=2024, campos={**suyo.modelo.campos, **identidad}, filas=suyo.modelo.filas, filas_libres=12,
            )
        catalogo, hallazgos = leer_catalogo(tmp_path / "catalogo.xlsx")
        assert catalogo is not None, hallazgos
        return catalogo, tmp_path

    return hacer


def hacer(catalogo: Catalogo, carpeta: Path, formato: str = "mir", **otros: Any) -> list[Hecha]:
    argumentos = {"ejercicio": 2024, "periodo": T3, "desde": carpeta / "aprobados", "filas": 12, "papel": None} | otros
    return list(escribir_de_unidades(formato, catalogo, carpeta=carpeta, salida=carpeta / "salida", **argumentos))


TRES = (("U21 - Instituto", "P1 - Planeación"), ("U21 - Instituto", "P2 - Obra"), ("U22 - Obras", "P2 - Obra"))


def test_sale_un_libro_por_unidad_y_programa_con_la_identificacion_de_hoy(preparar: Preparar) -> None:
    catalogo, carpeta = preparar(TRES)
    hechas = hacer(catalogo, carpeta)
    assert [h.problema for h in hechas] == [None] * 3
    leidos = [leer(Path(h.ruta), Path(h.ruta).name)[0] for h in hechas]
    assert [(str(x.unidad), str(x.programa), x.periodo) for x in leidos] == [
        ("U21 - Instituto de Ejemplo (demostración)", "P1 - Planeación de Ejemplo (demostración)", T3),
        ("U21 - Instituto de Ejemplo (demostración)", "P2 - Obra pública de Ejemplo (demostración)", T3),
        # La U22 es hoy la U23: su libro aprobado sigue valiendo.
        ("U23 - Dirección de Obras y Servicios de Ejemplo (demostración)",
         "P2 - Obra pública de Ejemplo (demostración)", T3),
    ]
    acumulaciones = {str(f.valor("nivel")): f.valor("acumulacion") for f in leidos[0].filas("MIR")}
    assert acumulaciones["Componente 1"] == "Suma"  # la que dice el catálogo
    assert acumulaciones["Componente 2"] is None
    assert all(f.valor("programado_t1") is not None for f in leidos[2].filas("MIR") if "Act" in str(f.valor("nivel")))


def test_la_identificacion_queda_cerrada_y_dice_a_quien_preguntar(preparar: Preparar) -> None:
    catalogo, carpeta = preparar(TRES[:1], contacto="Planeación, extensión 9")
    hecha = next(h for h in hacer(catalogo, carpeta) if h.problema is None)
    hoja = openpyxl.load_workbook(hecha.ruta)["MIR"]
    filas = MIR.principal.disposicion.fila_campo
    assert all(hoja.cell(filas[c], 3).protection.locked for c in ("unidad", "programa"))
    mensajes = {str(v.sqref).split(":")[0]: v.prompt for v in hoja.data_validations.dataValidation}
    assert mensajes[f"C{filas['unidad']}"].endswith("comuníquese con el área de planeación: Planeación, extensión 9.")
    nombre = MIR.principal.disposicion.celda(MIR.principal.disposicion.fila_datos, "nombre")
    assert "extensión 9" in mensajes[nombre]


def test_llevan_el_logotipo_los_colores_y_los_cargos(preparar: Preparar, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(png())
    catalogo, carpeta = preparar(
        TRES[:1], logo="logo.png", color_principal="#7A1F3D", color_secundario="#E7C9D3", papel="A4"
    )
    hecha = next(h for h in hacer(catalogo, carpeta) if h.problema is None)
    with zipfile.ZipFile(hecha.ruta) as partes:
        assert partes.read("xl/media/image1.png") == png()
        estilos = partes.read("xl/styles.xml").decode()
        assert "Logotipo de Municipio de Demostración" in partes.read("xl/drawings/drawing1.xml").decode()
    for puesto in ("7A1F3D", "E7C9D3", aclarar("#E7C9D3").lstrip("#")):
        assert f"FF{puesto}" in estilos
    for propio in (AZUL, BANDA):
        assert f"FF{propio.lstrip('#')}" not in estilos
    hoja = openpyxl.load_workbook(hecha.ruta)["MIR"]
    textos = [c.value for f in hoja.iter_rows() for c in f if isinstance(c.value, str)]
    assert "Nombre\nJefatura de proyectos" in textos
    assert "Nombre\nTitular de la unidad U21" in textos
    assert hoja.page_setup.paperSize == 9


def test_en_el_poi_la_gerencia_y_el_techo_salen_del_catalogo(preparar: Preparar) -> None:
    catalogo, carpeta = preparar((("U21 - Instituto", ""), ("U22 - Obras", "")), "POI")
    hechas = hacer(catalogo, carpeta, "poi")
    assert [Path(h.ruta).name for h in hechas] == ["POI_u21_2024-T3.xlsx", "POI_u23_2024-T3.xlsx"]
    leido = leer(Path(hechas[0].ruta), "x")[0]
    assert leido.campo("gerencia").valor == "Secretaría de Ejemplo (demostración)"
    assert leido.campo("techo").valor == 135000
    hoja = openpyxl.load_workbook(hechas[0].ruta)["Programación"]
    textos = [c.value for f in hoja.iter_rows() for c in f if isinstance(c.value, str)]
    assert "Nombre\nTitular de la unidad U20" in textos  # el inmediato superior


def test_se_nombra_lo_que_no_pudo_salir_y_lo_que_sobra(preparar: Preparar) -> None:
    catalogo, carpeta = preparar((TRES[0], ("U99 - Otra", "P1 - Planeación"), ("U22 - Obras", "P1 - Planeación")))
    problemas = {h.ruta: h.problema for h in hacer(catalogo, carpeta) if h.problema}
    assert problemas == {
        "U99P1.xlsx": "la unidad «U99» no está en el catálogo",
        "U22P1.xlsx": "según el catálogo, U23, programa P1 no informa en el 3er. trimestre de 2024",
        "U21 - Instituto de Ejemplo (demostración), programa P2":
            "no hay en la carpeta un libro aprobado de esta unidad",
        "U23 - Dirección de Obras y Servicios de Ejemplo (demostración), programa P2":
            "no hay en la carpeta un libro aprobado de esta unidad",
    }


def test_de_la_unidad_cuyo_libro_no_sirve_se_dice_una_sola_linea(preparar: Preparar) -> None:
    catalogo, carpeta = preparar(TRES)
    ruta = carpeta / "aprobados" / "U21P2.xlsx"
    libro = openpyxl.load_workbook(ruta)
    lugar = MIR.principal.disposicion
    libro["MIR"][lugar.celda(lugar.fila_del_titulo(MIR.principal.por_clave["nombre"]), "nombre")] = "Otra cosa"
    libro.save(ruta)
    (carpeta / "aprobados" / "otro.xlsx").write_bytes((carpeta / "aprobados" / "U21P1.xlsx").read_bytes())
    dichas = [(h.ruta, h.problema, h.aparte) for h in hacer(catalogo, carpeta) if h.problema]
    assert [(quien.split(" - ")[0], aparte) for quien, _, aparte in dichas] == [("U21P1.xlsx", True), ("U21", False)]
    assert "se usa «otro.xlsx», el más reciente" in str(dichas[0][1])
    assert str(dichas[1][1]).startswith("su libro «U21P2.xlsx» no sirve: ")
    assert "«Nombre»" in str(dichas[1][1])


def test_de_dos_unidades_que_se_fusionan_no_se_elige_una(preparar: Preparar) -> None:
    base, fin, nuevo = CATALOGO.modelo.filas["Unidades"], date(2024, 6, 30), date(2024, 7, 1)
    unidades = [
        *base[:2], {**base[2], "hasta": fin}, base[3], {**base[4], "clave_anterior": "U21, U22", "desde": nuevo},
    ]
    catalogo, carpeta = preparar((TRES[1], TRES[2]), unidades=unidades)
    problemas = [h.problema for h in hacer(catalogo, carpeta) if h.ruta.startswith("U23") and "P2" in h.ruta]
    assert problemas == ["viene de U21 y U22, que tienen cada una su libro (U21P2.xlsx y U22P2.xlsx); reúnalos en uno"]


def test_sin_libros_aprobados_son_de_formulacion_con_la_identificacion_cerrada(preparar: Preparar) -> None:
    catalogo, carpeta = preparar(())
    hechas = hacer(catalogo, carpeta, desde=None, periodo=None, ejercicio=2025)
    assert [Path(h.ruta).name for h in hechas] == [f"MIR_{x}_2025.xlsx" for x in ("u21-p1", "u21-p2", "u23-p2")]
    hoja = openpyxl.load_workbook(hechas[0].ruta)["MIR"]
    filas, lugar = MIR.principal.disposicion.fila_campo, MIR.principal.disposicion
    assert hoja.cell(filas["unidad"], 3).protection.locked
    assert not hoja.cell(filas["eje"], 3).protection.locked
    assert not hoja[lugar.celda(lugar.fila_datos, "nivel")].protection.locked


@pytest.mark.parametrize(("contenido", "dice"), [(None, "no está junto al catálogo"), (b"no", "no es una imagen")])
def test_sin_el_logotipo_que_se_nombra_no_se_hace_ninguno(
    preparar: Preparar, tmp_path: Path, contenido: bytes | None, dice: str
) -> None:
    if contenido is not None:
        (tmp_path / "logo.png").write_bytes(contenido)
    catalogo, carpeta = preparar(TRES, logo="logo.png")
    (hecha,) = hacer(catalogo, carpeta)
    assert dice in (hecha.problema or "")
    assert "(Institución!C" in (hecha.problema or "")
    assert not (carpeta / "salida").exists()


def test_los_mismos_argumentos_dan_los_mismos_bytes(preparar: Preparar, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(png())
    catalogo, carpeta = preparar(TRES, logo="logo.png")
    primera = [Path(h.ruta).read_bytes() for h in hacer(catalogo, carpeta)]
    assert [Path(h.ruta).read_bytes() for h in hacer(catalogo, carpeta)] == primera


# --- la orden


def correr(*argumentos: str) -> Result:
    return CliRunner().invoke(orden, argumentos)


def test_la_orden_dice_lo_que_hizo(preparar: Preparar) -> None:
    _, carpeta = preparar(TRES)
    resultado = correr("plantilla", "mir", "--catalogo", str(carpeta / "catalogo.xlsx"), "--desde",
                       str(carpeta / "aprobados"), "--periodo", "2024-T3", "-o", str(carpeta / "s"))
    assert resultado.exit_code == 0, resultado.output
    assert len(resultado.stdout.splitlines()) == len(list((carpeta / "s").iterdir())) == 3


def test_con_un_catalogo_que_tiene_errores_no_se_hace_nada(preparar: Preparar) -> None:
    _, carpeta = preparar(TRES)
    ruta = carpeta / "catalogo.xlsx"
    libro = openpyxl.load_workbook(ruta)
    celda = CATALOGO.por_clave["Unidades"].disposicion.celda(8, "superior")
    libro["Unidades"][celda] = "U77"
    libro.save(ruta)
    resultado = correr("plantilla", "mir", "--catalogo", str(ruta), "--desde", str(carpeta / "aprobados"),
                       "--periodo", "2024-T3", "-o", str(carpeta / "s"))
    assert resultado.exit_code == 1
    assert f"ERROR  Unidades!{celda}  CAT003" in resultado.stderr
    assert not (carpeta / "s").exists()


@pytest.mark.parametrize("argumentos", [
    ("todas", "--catalogo", "x.xlsx"), ("catalogo", "--periodo", "2024-T3"), ("mir", "--catalogo", "no-existe.xlsx"),
])
def test_lo_que_no_tiene_sentido_se_dice_en_una_linea(argumentos: tuple[str, ...], tmp_path: Path) -> None:
    resultado = correr("plantilla", *argumentos, "-o", str(tmp_path / "s"))
    assert resultado.exit_code == 2
    assert len(resultado.stderr.splitlines()) == 1
    assert not (tmp_path / "s").exists()
