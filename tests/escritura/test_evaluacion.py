"""El libro de evaluación: valores, notas, vínculos, lo que la unidad no debe ver y fórmulas que LibreOffice repite."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pei_excel.calculos import Estado
from pei_excel.escritura.evaluacion import escribir_evaluacion
from pei_excel.escritura.evaluacion_bloques import SIN_EVALUAR
from pei_excel.escritura.evaluacion_resumen import SIN_OBSERVACIONES
from pei_excel.escritura.plantilla import ConFormato, escribir_plantilla
from pei_excel.evaluacion import HORIZONTES, SE_MIDE_DESPUES, Indicador
from pei_excel.formato import Modo
from pei_excel.formatos.mir import MIR, MODELO
from pei_excel.hallazgo import Destinatario
from pei_excel.lectura.lector import leer
from pei_excel.libro import IncidenteDeLibro
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Revision, revisar
from pei_excel.semaforo import PERFILES

T2 = Periodo.de_codigo("2024-T2")
T4 = Periodo.de_codigo("2024-T4")
PRIMERA = MIR.principal.disposicion.fila_datos
BLOQUES = 28  #: columna donde empiezan los nuestros


def _fila(nivel: str, programado: tuple[Any, ...], alcanzado: tuple[Any, ...], **otros: Any) -> dict[str, Any]:
    base = {
        **MODELO.filas["MIR"][3], "nivel": nivel, "nombre": f"Indicador de {nivel}", "metodo": f"({nivel} / 2) * 100",
        "definicion": f"Mide {nivel}", "medios": f"Oficio 1{nivel[-1]}/2024 del 26 de junio",
    }
    for medida, cifras in (("programado", programado), ("alcanzado", alcanzado)):
        base |= {f"{medida}_t{n}": c for n, c in enumerate(cifras, 1)}
    return base | otros


VARIADAS: tuple[dict[str, Any], ...] = (
    _fila("Fin", (None, None, None, 100.0), (None, None, 0.0, 0.0), frecuencia="Anual", tipo="Estratégico"),
    _fila("Propósito", (None, 40.0, None, 60.0), (None, 30.0, None, None), frecuencia="Semestral"),
    _fila("Componente 1", (20.0, 30.0, 30.0, 20.0), (20.0, 12.0, None, None), alcanzado_acumulado=0.0),
    _fila("Actividad 1.1", (10.0, 8.0, 6.0, 4.0), (9.0, 10.0, None, None), sentido="Descendente"),
    _fila("Actividad 1.2", (0.0, 0.0, 0.0, 0.0), (0.0, 0.0, None, None), sentido="Descendente"),
    _fila("Actividad 1.3", (50.0, 50.0, 50.0, 50.0), (50.0, 45.0, None, None), sentido="Regular", acumulacion="Último"),
    _fila("Actividad 1.4", (7.0, 7.0, 7.0, 7.0), (7.0, 7.0, None, None), sentido="Nominal", acumulacion="Constante"),
    _fila("Componente 2", (10.0, 20.0, 30.0, 40.0), (10.0, 15.0, 0.0, 0.0), acumulacion="Último"),
    _fila("Actividad 2.1", (10.0, 20.0, 30.0, 40.0), (10.0, 15.5, None, None), acumulacion="Promedio"),
    _fila("Actividad 2.2", (10.0, 20.0, 30.0, 5.0), (10.0, 15.0, None, None), acumulacion="Máximo"),
    _fila("Actividad 2.3", (10.0, 20.0, 30.0, 5.0), (10.0, 15.0, 0.0, None), acumulacion="Mínimo"),
    _fila("Actividad 2.4", (25.0, 25.0, 25.0, 25.0), (None, None, None, None)),
    _fila("Actividad 2.5", (25.0, None, 25.0, 25.0), (20.0, 6.0, None, None)),
    _fila("Actividad 2.6", (0.0, 0.0, 50.0, 50.0), (0.0, 5.0, None, None)),
    _fila("Actividad 2.7", (25.0, 25.0, 25.0, 25.0), (25.0, "24,5", None, None)),
    _fila("Actividad 2.8", (25.0, 25.0, 25.0, 25.0), (25.0, "no se sabe", None, None)),
    _fila("Actividad 2.9", (25.0, 25.0, 25.0, 25.0), (25.0, ConFormato(0.2, "0%"), None, None)),
    _fila("Actividad 3.1", (25.0, 25.0, 25.0, 25.0), (25.0, 120.0, None, None)),
)


def _revisar(
    carpeta: Path, filas: tuple[dict[str, Any], ...], periodo: Periodo = T2, perfil: str = "general",
    campos: dict[str, Any] | None = None,
) -> tuple[Revision, list[Indicador]]:
    ruta = carpeta / "informe.xlsx"
    escribir_plantilla(
        ruta, MIR, modo=Modo.SEGUIMIENTO, ejercicio=2024, periodo=periodo,
        campos={**MODELO.campos, "periodo": f"{periodo.numero}{'do' if periodo.numero == 2 else 'to'}. Trimestre 2024",
                **(campos or {})},
        filas={**MODELO.filas, "MIR": filas},
    )
    (libro,) = leer(ruta, "recibidos/504 informe.xlsx")
    contexto = Contexto(periodo=periodo, perfiles={"MIR": PERFILES[perfil]})
    return revisar(libro, contexto), contexto.indicadores(libro)


def _escribir(revision: Revision, indicadores: list[Indicador], periodo: Periodo = T2, **otros: Any) -> bytes:
    destino = BytesIO()
    argumentos: dict[str, Any] = {"corte": date(2024, 7, 8), "perfil": PERFILES["general"], **otros}
    escribir_evaluacion(destino, revision, indicadores, periodo=periodo, **argumentos)
    return destino.getvalue()


@pytest.fixture(scope="module")
def variado(tmp_path_factory: pytest.TempPathFactory) -> tuple[Revision, list[Indicador], bytes]:
    revision, indicadores = _revisar(tmp_path_factory.mktemp("variado"), VARIADAS)
    return revision, indicadores, _escribir(revision, indicadores)


def _abrir(contenido: bytes, *, valores: bool = False) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(contenido), data_only=valores)


def test_de_quien_es_se_lee_entero_aunque_sea_largo(tmp_path: Path) -> None:
    """En «Observaciones», en una línea si cabe en lo que se imprime; si no, doblado a todo lo ancho."""
    largo = " de Ordenamiento, Vinculación Ciudadana y Seguimiento de Acuerdos del Cabildo" * 2
    for cola in ("", largo):
        campos = {"unidad": f"504 - Dirección{cola}", "programa": f"6 - Programa{cola}"}
        hoja = _abrir(_escribir(*_revisar(tmp_path, VARIADAS, campos=campos)))["Observaciones"]
        assert hoja["A3"].value == f"{campos['unidad']} · {campos['programa']} · 2do. trimestre de 2024"
        assert bool(hoja["A3"].alignment.wrap_text) is bool(cola)
        assert any("A3" in rango for rango in hoja.merged_cells.ranges) is bool(cola)
        assert ((hoja.row_dimensions[3].height or 0) > 25) is bool(cola)


def test_los_mismos_argumentos_dan_los_mismos_bytes(variado: tuple[Revision, list[Indicador], bytes]) -> None:
    revision, indicadores, contenido = variado
    assert _escribir(revision, indicadores) == contenido


def test_las_hojas_y_los_titulos_dicen_de_que_se_trata(variado: tuple[Revision, list[Indicador], bytes]) -> None:
    libro = _abrir(variado[2])
    assert libro.sheetnames == ["MIR", "Observaciones", "Resumen"]
    assert libro["MIR"]["C3"].value == "Informe Trimestral 2024 · Evaluación al 2do. trimestre (PRELIMINAR)"
    assert libro["MIR"]["A1"].value == "Archivo recibido: recibidos/504 informe.xlsx"
    assert libro["Observaciones"]["A2"].value == "Archivo recibido: recibidos/504 informe.xlsx"
    definitivo = _abrir(_escribir(variado[0], variado[1], preliminar=False))
    assert "PRELIMINAR" not in str(definitivo["MIR"]["C3"].value)


def test_lo_oficial_queda_como_la_unidad_lo_escribio(variado: tuple[Revision, list[Indicador], bytes]) -> None:
    hoja = _abrir(variado[2], valores=True)["MIR"]
    columnas = MIR.principal.disposicion.columna
    for n, fila in enumerate(variado[0].libro.filas("MIR"), PRIMERA):
        for columna in MIR.principal.columnas:
            if columna.calculo is None and not columna.auxiliar:
                assert hoja.cell(n, columnas[columna.clave]).value == fila[columna.clave].crudo, (n, columna.clave)
    assert hoja.cell(PRIMERA + 16, columnas["alcanzado_t2"]).number_format == "0%"


def test_los_bloques_llevan_las_cifras_de_la_evaluacion(variado: tuple[Revision, list[Indicador], bytes]) -> None:
    hoja = _abrir(variado[2], valores=True)["MIR"]
    for n, i in enumerate(variado[1], PRIMERA):
        for h, horizonte in enumerate(HORIZONTES):
            m, palabra = i.medicion(horizonte), i.palabra(horizonte)
            vistas = [hoja.cell(n, BLOQUES + h * 5 + c).value for c in range(5)]
            esperadas = [m.programado, m.alcanzado, m.diferencia, palabra if m.porcentaje is None else m.porcentaje]
            for vista, esperada in zip(vistas, esperadas, strict=False):
                numero = isinstance(esperada, (int, float))
                assert (vista or None if not numero else vista) == (pytest.approx(esperada) if numero else esperada)
            assert vistas[4] == palabra


def test_aparecen_todos_los_estados_con_palabras(variado: tuple[Revision, list[Indicador], bytes]) -> None:
    hoja = _abrir(variado[2], valores=True)["MIR"]
    palabras = {hoja.cell(n, c).value for n in range(PRIMERA, PRIMERA + len(VARIADAS)) for c in (32, 37, 42)}
    assert {"Verde", "Rojo", "Sobrecumplimiento", SE_MIDE_DESPUES} <= palabras
    estados = (Estado.SIN_REPORTE, Estado.NO_PROGRAMADO, Estado.SIN_PROGRAMACION, Estado.POR_VENCER)
    assert {e.value for e in estados} <= palabras


def test_el_acumulado_mal_sumado_lleva_nuestra_cifra_en_una_formula(
    variado: tuple[Revision, list[Indicador], bytes],
) -> None:
    celda = f"U{PRIMERA + 2}"
    assert _abrir(variado[2], valores=True)["MIR"][celda].value == 32
    assert str(_abrir(variado[2])["MIR"][celda].value).startswith("=IF(COUNT(")


def test_cada_celda_observada_tiene_su_nota_y_su_color(variado: tuple[Revision, list[Indicador], bytes]) -> None:
    revision, _, contenido = variado
    hoja = _abrir(contenido)["MIR"]
    suyos = [h for h in revision.hallazgos if h.destinatario is Destinatario.UNIDAD and not h.diseno]
    celdas = {str(h.donde.celda) for h in suyos if h.donde.hoja == "MIR"}  # la plantilla tiene la misma disposición
    assert celdas
    assert {c.coordinate for fila in hoja.iter_rows() for c in fila if c.comment} == celdas
    for h in suyos:
        if h.donde.hoja == "MIR":
            celda = hoja[str(h.donde.celda)]
            assert h.mensaje in celda.comment.text
            assert h.como_corregir in celda.comment.text
            assert celda.fill.fgColor.rgb in {"FFF8D0D0", "FFFDE5CE", "FFDCE8F5"}


def test_lo_de_planeacion_no_aparece_en_ninguna_hoja(variado: tuple[Revision, list[Indicador], bytes]) -> None:
    revision, _, contenido = variado
    ajenos = [h for h in revision.hallazgos if h.destinatario is Destinatario.PLANEACION or h.diseno]
    assert ajenos
    with zipfile.ZipFile(BytesIO(contenido)) as z:
        texto = "\n".join(z.read(n).decode("utf-8") for n in z.namelist())
    propios = {h.regla for h in revision.hallazgos} - {h.regla for h in ajenos}
    for h in ajenos:
        assert h.mensaje not in texto
        assert h.regla not in texto or h.regla in propios


def test_las_observaciones_van_por_severidad_y_sus_vinculos_llegan(
    variado: tuple[Revision, list[Indicador], bytes],
) -> None:
    libro = _abrir(variado[2])
    hoja = libro["Observaciones"]
    filas = [f for f in hoja.iter_rows(min_row=7, values_only=False) if f[0].value]
    orden = ["Debe corregirse", "Favor de aclarar", "Para su conocimiento"]
    severidades = [orden.index(str(f[1].value)) for f in filas]
    assert severidades == sorted(severidades)
    assert len(filas) == sum(h.destinatario is Destinatario.UNIDAD and not h.diseno for h in variado[0].hallazgos)
    for fila in filas:
        destino = fila[-1].hyperlink
        assert destino is not None
        nombre, celda = re.fullmatch(r"'(.+)'!([A-Z]+\d+)", destino.location).groups()  # type: ignore[union-attr]
        assert libro[nombre][celda].comment is not None
        assert str(fila[4].value).startswith(celda)


def test_una_clave_que_es_un_numero_se_escribe_sin_decimales(tmp_path: Path) -> None:
    """Excel guarda como número la clave sola; el periodo del Plan, que va en la celda de su etiqueta, también."""
    revision, indicadores = _revisar(tmp_path, MODELO.filas["MIR"], campos={"unidad": 504.0, "pmd": 2024.0})
    pmd = revision.libro.campos["pmd"]
    revision.libro.campos["pmd"] = pmd._replace(crudo=2024.0)
    hoja = _abrir(_escribir(revision, indicadores))["MIR"]
    unidad = next(c for f in hoja.iter_rows(max_row=12) for c in f if c.value == "504")
    assert unidad.data_type == "s"
    textos = [str(c.value) for f in hoja.iter_rows(max_row=12) for c in f if c.value is not None]
    assert any(t.endswith("Desarrollo 2024") for t in textos)
    assert not any(t.endswith(".0") for t in textos)


def test_un_informe_limpio_dice_que_no_hay_observaciones(tmp_path: Path) -> None:
    revision, indicadores = _revisar(tmp_path, tuple(dict(f) for f in MODELO.filas["MIR"]))
    libro = _abrir(_escribir(revision, indicadores))
    assert SIN_OBSERVACIONES in {c.value for f in libro["Observaciones"].iter_rows() for c in f}
    assert not [c for f in libro["MIR"].iter_rows() for c in f if c.comment]


def test_el_texto_ajeno_nunca_es_formula_ni_vinculo(tmp_path: Path) -> None:
    malos = ("=1+1", "http://ejemplo.mx/x", "<r><t>x</t></r>", "@SUM(A1)", "{=1}")
    filas = tuple(dict(f) for f in MODELO.filas["MIR"])
    revision, indicadores = _revisar(tmp_path, filas, campos={"unidad": "504 - =HYPERLINK(1)"})
    for fila, malo in zip(revision.libro.filas("MIR"), malos, strict=False):
        fila.datos["nombre"] = fila["nombre"]._replace(crudo=malo)
    hoja = _abrir(_escribir(revision, indicadores))["MIR"]
    for n, malo in enumerate(malos, PRIMERA):
        celda = hoja.cell(n, 2)
        assert celda.value == malo
        assert celda.data_type == "s"
        assert celda.hyperlink is None


def test_una_fila_corrida_se_muestra_sin_evaluar(tmp_path: Path) -> None:
    revision, indicadores = _revisar(tmp_path, VARIADAS)
    revision.libro.incidentes.append(IncidenteDeLibro("FMT015", "corrida", llaves=(("MIR", 2, "*"),)))
    indicadores = [i for i in indicadores if i.fila.indice != 2]
    hoja = _abrir(_escribir(revision, indicadores), valores=True)["MIR"]
    assert hoja.cell(PRIMERA + 2, 37).value == SIN_EVALUAR
    assert hoja.cell(PRIMERA + 2, 21).value == 0


def test_se_imprime_en_dos_paginas_de_ancho_que_repiten_nivel_y_nombre(
    variado: tuple[Revision, list[Indicador], bytes],
) -> None:
    hoja = _abrir(variado[2])["MIR"]
    assert hoja.page_setup.fitToWidth == 2
    assert hoja.print_title_cols == "$A:$B"
    assert hoja.print_title_rows is not None
    assert str(hoja.print_area).endswith(f"$AP${PRIMERA + len(VARIADAS)}")
    anchos = {n: d.width for d in hoja.column_dimensions.values() for n in range(d.min, d.max + 1)}
    oficial = sum(anchos[n] for n in range(1, BLOQUES))
    nuestra = anchos[1] + anchos[2] + sum(anchos[n] for n in range(BLOQUES, 43))
    assert oficial - anchos[27] < nuestra <= oficial, "el corte de página ya no cae antes de nuestros bloques"


def test_lo_anual_se_colorea_solo_al_cierre(tmp_path: Path, variado: tuple[Revision, list[Indicador], bytes]) -> None:
    assert not any("AP" in str(r.sqref) for r in _abrir(variado[2])["MIR"].conditional_formatting)
    revision, indicadores = _revisar(tmp_path, VARIADAS, T4)
    hoja = _abrir(_escribir(revision, indicadores, T4))["MIR"]
    assert any("AP" in str(r.sqref) for r in hoja.conditional_formatting)


def _sin_valores(contenido: bytes, destino: Path) -> None:
    """Quita los resultados guardados de las fórmulas: si no, LibreOffice los conservaría."""
    with zipfile.ZipFile(BytesIO(contenido)) as origen, zipfile.ZipFile(destino, "w") as z:
        for nombre in origen.namelist():
            parte = origen.read(nombre)
            if nombre.startswith("xl/worksheets/sheet"):
                parte = re.sub(rb"</f><v>[^<]*</v>", b"</f>", parte)
            z.writestr(nombre, parte)


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    ("periodo", "perfil"), [(T2, "general"), (T4, "simetrico"), (Periodo.de_codigo("2024-T1"), "san-miguel")]
)
@pytest.mark.larga
def test_libreoffice_recalcula_lo_mismo(
    tmp_path: Path, soffice: Callable[[Path, str], Path], periodo: Periodo, perfil: str
) -> None:
    revision, indicadores = _revisar(tmp_path, VARIADAS, periodo, perfil)
    contenido = _escribir(revision, indicadores, periodo, perfil=PERFILES[perfil])
    ruta = tmp_path / "sin.xlsx"
    _sin_valores(contenido, ruta)
    nuestro, formulas = _abrir(contenido, valores=True), _abrir(contenido)
    suyo = openpyxl.load_workbook(soffice(ruta, "xlsx"), data_only=True)
    revisadas = 0
    for hoja in formulas:
        for fila in hoja.iter_rows():
            for celda in fila:
                if celda.data_type != "f":
                    continue
                revisadas += 1
                uno = nuestro[hoja.title][celda.coordinate].value
                otro = suyo[hoja.title][celda.coordinate].value
                donde = (hoja.title, celda.coordinate, celda.value)
                if isinstance(uno, (int, float)):
                    assert otro == pytest.approx(uno, abs=1e-9), donde
                else:
                    assert (otro or "") == (uno or ""), donde
    assert revisadas > 15 * len(VARIADAS)
