"""La exportación del aplicativo: títulos de cualquier versión, un POI por centro de costo, y de vuelta a plantillas."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from exportaciones import DEMOSTRACION, IDENTIDAD, MESES, TITULOS, Renglon, escribir_exportacion, renglon

from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos.aplicativo import APLICATIVO, NO_SE_APLICAN
from pei_excel.formatos.mir import MIR
from pei_excel.formatos.poi import POI
from pei_excel.lectura.exportacion import TituloDeMes, leer_titulo
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.libro import Libro
from pei_excel.mensual import ACUMULATIVO, MENSUAL
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.reglas.lista import REGLAS
from pei_excel.revision import Suerte, revisar
from pei_excel.textos import normalizar

T2 = Periodo.de_codigo("2024-T2")


def _leer(ruta: Path, periodo: Periodo | None = T2) -> list[Libro]:
    return leer(ruta, ruta.name, Opciones(periodo))


def _sentido(libros: Sequence[Libro]) -> list[object]:
    """Lo que dicen los libros, sin sus direcciones."""
    return [
        (libro.identidad, str(libro.unidad), {h: [{c: d.valor for c, d in f.datos.items()} for f in leida.filas]
                                              for h, leida in libro.hojas.items()})
        for libro in libros
    ]


@pytest.mark.parametrize(
    ("titulo", "medida", "mes"),
    [
        ("PROG_ENE", "programado", 1), ("EJEC_FEB", "ejecutado", 2), ("M01", None, 1), ("Enero", None, 1),
        ("ENE", None, 1), ("SETIEMBRE", None, 9), ("Sep.", None, 9), ("FR01", "reprogramado", 1),
        ("FRE_12", "reprogramado", 12), ("F_SE_06", "ejecutado", 6), ("F_RE_06", "reprogramado", 6),
        ("F_PO_06", "programado", 6),
        ("Meta física programada enero 26", "programado", 1), ("Ejecución física DIC. 2024", "ejecutado", 12),
        ("MOTIVO_MAR", "motivo", 3), ("DETALLE_MOTIVO 04", "motivo", 4), ("MOTIVOS", "motivo", 0),
        ("TOTAL", None, None), ("EJEC_TOTAL", "ejecutado", None), ("Meta anual", "programado", None),
    ],
)
def test_un_titulo_dice_su_mes_y_su_medida(titulo: str, medida: str | None, mes: int | None) -> None:
    assert leer_titulo(normalizar(titulo)) == TituloDeMes(medida, mes)


@pytest.mark.parametrize(
    "titulo",
    ["EJEC_FIN_ENE", "COSTO_ENE", "PIM", "DEVENGADO ENERO", "% AVANCE ANUAL", "ENE-MAR", "USUARIO", "META",
     "FUNCION_ID", "2024", "M13", "CATEGORIA", "ETAPA 1 de marzo y abril"],
)
def test_lo_que_no_es_fisico_de_un_mes_no_se_toma(titulo: str) -> None:
    assert leer_titulo(normalizar(titulo)) is None


def test_un_poi_por_centro_de_costo_con_la_celda_de_cada_dato(tmp_path: Path) -> None:
    general, obras = _leer(escribir_exportacion(tmp_path / "e.xlsx"))
    assert (general.identidad, str(general.unidad)) == (("03.01", ""), "03.01 - Subgerencia de ejemplo")
    assert (obras.identidad, obras.formato, obras.origen, obras.version) == (("03.02", ""), "POI", APLICATIVO, None)
    assert obras.campo("gerencia").valor == "Gerencia de ejemplo"
    assert (obras.campo("ejercicio").valor, obras.campo("ejercicio").celda) == (2024, "A4")
    primera, segunda = general.filas("Programación")
    letras = {c: primera[c].celda for c in ("codigo", "oei", "programado_m1", "programado_m12", "meta")}
    assert letras == {"codigo": "K2", "oei": "G2", "programado_m1": "P2", "programado_m12": "AA2", "meta": "AB2"}
    assert (primera["codigo"].hoja, primera.numero, segunda.numero) == ("Reporte", 2, 3)
    assert (primera.valor("acumulacion"), segunda.valor("acumulacion")) == (ACUMULATIVO, MENSUAL)
    assert (primera.valor("meta"), segunda.valor("meta")) == (120, 40)
    assert {d.llave for d in primera.datos.values()} == {("Programación", 0, c) for c in primera.datos}


def test_un_mes_ejecutado_en_blanco_no_es_un_cero(tmp_path: Path) -> None:
    _, obras = _leer(escribir_exportacion(tmp_path / "e.xlsx"))
    (fila,) = obras.filas("Seguimiento")
    assert [fila.valor(f"ejecutado_m{m}") for m in range(1, 8)] == [None, 1, None, 0, None, 1, None]
    assert fila["ejecutado_m7"].vacio
    assert fila["ejecutado_m4"].celda == "AF4"
    (explicada,) = obras.filas("Evaluación")
    assert (explicada.valor("trimestre"), explicada.valor("dificultaron")) == (
        "2do. Trimestre", "El proveedor entregó tarde",
    )


def _nombrados(prefijo_p: str, prefijo_e: str, meses: Sequence[str]) -> dict[str, str]:
    return {
        **{f"PROG_{m}": f"{prefijo_p}{n}" for m, n in zip(MESES, meses, strict=True)},
        **{f"EJEC_{m}": f"{prefijo_e}{n}" for m, n in zip(MESES, meses, strict=True)},
    }


_NUMEROS = tuple(f"{n:02d}" for n in range(1, 13))
_LARGOS = ("Enero", "Febrero", "Marzo", "Abril", "Mayo", "Junio", "Julio", "Agosto", "Septiembre", "Octubre",
           "Noviembre", "Diciembre")
_TOTALES = {"PROG_TOTAL": "TOTAL", "EJEC_TOTAL": "TOTAL"}


@pytest.mark.parametrize(
    ("nombres", "arriba"),
    [
        (_nombrados("FRE", "F_SE_", _NUMEROS) | {"PROG_TOTAL": "FRE_TOTAL", "EJEC_TOTAL": "F_SE_TOTAL"}, ()),
        (_nombrados("Programado ", "Ejecutado ", _LARGOS) | {"CENTRO_COSTOS": "Centro de costo", "AÑO": "YEAR"}, ()),
        (_nombrados("", "", MESES) | _TOTALES, ()),
        (_nombrados("", "", _LARGOS) | _TOTALES, ([*[None] * 15, "Ejecución física", *[None] * 12, "PROGRAMACIÓN"],)),
        (_nombrados("", "EJEC ", MESES) | _TOTALES, ()),
        (_nombrados("M", "EJEC_M", _NUMEROS) | {"ACTIVIDAD_OPERATIVA_ID": "AO_ID", "UNIDAD_MEDIDA": "Unidad de medida"},
         ([None, "Reporte al 30 de junio"], [])),
    ],
    ids=["numeros", "largos", "sin_medida", "con_bandas_al_reves", "una_sola_con_medida", "m01"],
)
def test_las_versiones_dicen_lo_mismo(
    tmp_path: Path, nombres: dict[str, str], arriba: Sequence[Sequence[str | None]]
) -> None:
    titulos = TITULOS
    if arriba and "Ejecución" in str(arriba):  # lo ejecutado viene antes
        propios = [t for t in TITULOS if t.startswith("EJEC")], [t for t in TITULOS if t.startswith("PROG")]
        titulos = (*IDENTIDAD, *propios[0], *propios[1], *(f"MOTIVO_{m}" for m in MESES))
    de_siempre = _leer(escribir_exportacion(tmp_path / "a.xlsx"))
    otra = _leer(escribir_exportacion(tmp_path / "b.xlsx", titulos=titulos, nombres=nombres, arriba=arriba))
    assert _sentido(otra) == _sentido(de_siempre)


def test_el_orden_de_las_columnas_y_las_ajenas_no_importan(tmp_path: Path) -> None:
    titulos = [*TITULOS, "ETAPA", "USUARIO", "NRO_REGISTRO_POI", "DEVENGADO_ENE", "% AVANCE"]
    random.Random(7).shuffle(titulos)  # noqa: S311 - siempre el mismo
    revueltos = [dict(r, ETAPA="SEGUIMIENTO", USUARIO="x", DEVENGADO_ENE=99.5) for r in DEMOSTRACION]
    otra = _leer(escribir_exportacion(tmp_path / "b.xlsx", revueltos, titulos))
    assert _sentido(otra) == _sentido(_leer(escribir_exportacion(tmp_path / "a.xlsx")))


@pytest.mark.libreoffice
@pytest.mark.parametrize("tipo", ["xls", "ods"])
@pytest.mark.larga
def test_otros_tipos_de_archivo_dicen_lo_mismo(
    tmp_path: Path, soffice: Callable[[Path, str], Path], tipo: str
) -> None:
    ruta = escribir_exportacion(tmp_path / "e.xlsx")
    assert _sentido(_leer(soffice(ruta, tipo))) == _sentido(_leer(ruta))


def test_lo_reprogramado_es_lo_vigente_y_lo_que_no_se_reprogramo_queda(tmp_path: Path) -> None:
    fila = renglon("AO1") | {"F_RE_12": 4, "F_RE_11": 16}
    (libro,) = _leer(escribir_exportacion(tmp_path / "e.xlsx", [fila], (*TITULOS, "F_RE_11", "F_RE_12")))
    (primera,) = libro.filas("Programación")
    assert [primera.valor(f"programado_m{m}") for m in (10, 11, 12)] == [10, 16, 4]


def test_los_totales_del_pie_y_los_renglones_en_blanco_no_son_actividades(tmp_path: Path) -> None:
    pie: Renglon = {"CENTRO_COSTOS": "TOTAL GENERAL", "PROG_ENE": 30.0, "PROG_TOTAL": 360.0}
    libros = _leer(escribir_exportacion(tmp_path / "e.xlsx", [DEMOSTRACION[0], {}, DEMOSTRACION[1], {}, pie]))
    assert [f.valor("codigo") for x in libros for f in x.filas("Programación")] == ["AOI00030100001", "AOI00030100002"]


def test_sin_clave_el_centro_de_costo_es_su_nombre(tmp_path: Path) -> None:
    titulos = tuple(t for t in TITULOS if t != "CENTRO_COSTOS_ID")
    nombres = ("Subgerencia de Obras", "SUBGERENCIA DE  OBRAS", "04.01 - Subgerencia de Rentas")
    renglones = [renglon(f"AO{n}", centro=("", nombre)) for n, nombre in enumerate(nombres)]
    obras, rentas = _leer(escribir_exportacion(tmp_path / "e.xlsx", renglones, titulos))
    assert (obras.identidad, len(obras.filas("Programación"))) == (("Subgerencia de Obras", ""), 2)
    assert rentas.identidad == ("04.01", "")


@pytest.mark.parametrize(
    ("oei", "aei", "nombres", "esperado"),
    [
        ("OEI.05", "AEI.05.01", {}, ("OEI.05", "AEI.05.01")),
        ("OEI 5 Mejorar la productividad", "aei.5.1", {}, ("OEI.05", "AEI.05.01")),
        (POI.tablas["oei"].filas[4][1].upper(), POI.tablas["aei"].filas[5][1], {}, ("OEI.05", None)),
        (None, None, {"OBJETIVO_ESTRATEGICO": "OEI.05 Mejorar", "ACCION_ESTRATEGICA": "AEI.05.01: Formular"},
         ("OEI.05", "AEI.05.01")),
        ("PEI 2027-5", "LÍNEA 3", {}, ("PEI 2027-5", "LÍNEA 3")),
    ],
)
def test_el_objetivo_se_reconoce_por_codigo_o_por_su_nombre_exacto(
    tmp_path: Path, oei: str | None, aei: str | None, nombres: dict[str, str], esperado: tuple[str, str | None]
) -> None:
    fila = renglon("AO1", oei=oei, aei=aei, **nombres)
    (libro,) = _leer(escribir_exportacion(tmp_path / "e.xlsx", [fila]))
    (primera,) = libro.filas("Programación")
    assert primera.valor("oei") == esperado[0]
    assert primera.valor("aei") == (esperado[1] or next(f[0] for f in POI.tablas["aei"].filas if f[1] == aei))


def test_un_codigo_en_dos_centros_no_se_repite_en_una_unidad(tmp_path: Path) -> None:
    renglones = [renglon("AO1"), renglon("AO1", centro=("03.02", "Otra subgerencia"))]
    libros = _leer(escribir_exportacion(tmp_path / "e.xlsx", renglones))
    assert [len(x.filas("Programación")) for x in libros] == [1, 1]
    hallazgos = [h.regla for x in libros for h in revisar(x, Contexto(T2)).hallazgos]
    assert "POI011" not in hallazgos


def test_lo_que_la_exportacion_no_puede_traer_no_se_le_pide(tmp_path: Path) -> None:
    for libro in _leer(escribir_exportacion(tmp_path / "e.xlsx")):
        revision = revisar(libro, Contexto(T2))
        assert revision.cuenta
        pedidos = {h.regla for h in revision.hallazgos}
        assert not pedidos & ({"FMT003", "FMT007", "FMT016"} | set(NO_SE_APLICAN))


def test_las_reglas_que_no_se_aplican_existen() -> None:
    assert set(NO_SE_APLICAN) <= {r.codigo for r in REGLAS}


def test_lo_que_si_trae_se_revisa_como_en_un_libro(tmp_path: Path) -> None:
    malo = renglon("AO1") | {"PROG_MAR": "veinte", "EJEC_FEB": "#DIV/0!", "EJEC_MAY": None}
    (libro,) = _leer(escribir_exportacion(tmp_path / "e.xlsx", [malo]))
    hallados = {(h.regla, h.donde.celda) for h in revisar(libro, Contexto(T2)).hallazgos}
    assert ("FMT004", "R2") in hallados
    assert revisar(libro, Contexto(T2)).estado is Suerte.OBSERVADO


def test_sin_un_mes_programado_se_rechaza_y_sin_ejecucion_se_dice(tmp_path: Path) -> None:
    sin_mayo = tuple(t for t in TITULOS if t != "PROG_MAY")
    (libro, _) = _leer(escribir_exportacion(tmp_path / "a.xlsx", titulos=sin_mayo))
    revision = revisar(libro, Contexto(T2))
    assert revision.estado is Suerte.RECHAZADO
    assert [(h.regla, h.donde.celda) for h in revision.hallazgos if h.severidad == "ERROR"] == [("FMT003", "K1")]
    solo_programado = tuple(t for t in TITULOS if not t.startswith("EJEC"))
    ruta = escribir_exportacion(tmp_path / "b.xlsx", titulos=solo_programado)
    (libro, _) = _leer(ruta)
    assert "la exportación no trae los meses ejecutados" in [i.mensaje for i in libro.incidentes]
    assert [i.clase for x in _leer(ruta, None) for i in x.incidentes] == []


@pytest.mark.parametrize("formato", [POI, MIR])
def test_un_libro_de_la_plantilla_no_es_una_exportacion(tmp_path: Path, formato: object) -> None:
    assert formato in (POI, MIR)
    propio = POI if formato is POI else MIR
    escribir_plantilla(tmp_path / "x.xlsx", propio, modo=Modo.FORMULACION, ejercicio=2024, campos=propio.modelo.campos,
                       filas=propio.modelo.filas)
    assert [(x.formato, x.origen) for x in _leer(tmp_path / "x.xlsx")] == [(propio.clave, None)]
