"""El libro de evaluación del POI: cifras contra un cálculo independiente, fórmulas, notas, vínculos e impresión."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from paridad import diferencias
from poi_de_prueba import LARGO, VARIADO, Filas, avance, leido, muchas

from pei_excel.actividades import Actividad, Tramo, evaluar_actividades, tramos
from pei_excel.escritura.evaluacion_poi import escribir_evaluacion_poi
from pei_excel.escritura.evaluacion_poi_cifras import MEDIDAS
from pei_excel.escritura.evaluacion_poi_cifras import PRIMERA as PRIMERA_DE_CIFRAS
from pei_excel.escritura.evaluacion_poi_columnas import PRIMERA
from pei_excel.escritura.evaluacion_resumen import SIN_OBSERVACIONES
from pei_excel.formatos.poi import POI
from pei_excel.hallazgo import Destinatario, Hallazgo, Severidad
from pei_excel.periodos import Periodo
from pei_excel.revision import Revision
from pei_excel.semaforo import PERFILES
from pei_excel.ubicacion import Ubicacion

T2, MAYO = Periodo.de_codigo("2024-T2"), Periodo.de_codigo("2024-05")
OPERATIVO = PERFILES["operativo"]
FAMILIAS = {"Al periodo y año": ("al_periodo", "anual"), "Trimestres": ("trimestre",), "Semestres": ("semestre",),
            "Meses": ("mes",)}
Caso = tuple[Revision, list[Actividad], bytes]


def _escribir(revision: Revision, actividades: list[Actividad], periodo: Periodo = T2, **otros: Any) -> bytes:
    destino = BytesIO()
    argumentos: dict[str, Any] = {"corte": date(2024, 7, 8), "perfil": OPERATIVO, **otros}
    escribir_evaluacion_poi(destino, revision, actividades, periodo=periodo, **argumentos)
    return destino.getvalue()


def _caso(
    carpeta: Path, filas: Filas, periodo: Periodo = T2, observadas: tuple[tuple[str, int, str], ...] = (),
    perfil: str = "operativo",
) -> Caso:
    libro = leido(carpeta, filas, periodo)
    actividades = evaluar_actividades(libro, periodo, PERFILES[perfil])
    hallazgos = []
    for n, (hoja, fila, columna) in enumerate(observadas):
        dato = libro.filas(hoja)[fila][columna]
        hallazgos.append(Hallazgo(
            "SEG001", tuple(Severidad)[n % 3], Destinatario.UNIDAD, Ubicacion(libro.archivo, dato.hoja, dato.celda),
            f"Mensaje {n} de la prueba.", f"Remedio {n} de la prueba.", 3.0, 5.0,
        ))
    revision = Revision(libro, hallazgos)
    return revision, actividades, _escribir(revision, actividades, periodo, perfil=PERFILES[perfil])


OBSERVADAS = (("Seguimiento", 0, "ejecutado_m6"), ("Programación", 8, "meta"), ("Evaluación", 1, "plazo"),
              ("Valorización", 7, "costo_m1"), ("Modificaciones", 4, "valor_anterior"), ("Necesidades", 0, "costo"))


@pytest.fixture(scope="module")
def variado(tmp_path_factory: pytest.TempPathFactory) -> Caso:
    return _caso(tmp_path_factory.mktemp("variado"), VARIADO, observadas=OBSERVADAS)


def _abrir(contenido: bytes, *, valores: bool = False) -> Workbook:
    return openpyxl.load_workbook(BytesIO(contenido), data_only=valores)


def _columnas(hoja: Worksheet, encabezado: int = 4) -> dict[str, int]:
    """«II Trimestre/Físico/Programado» → su columna, leído de los encabezados combinados."""
    celdas: dict[tuple[int, int], Any] = {}
    for rango in hoja.merged_cells.ranges:
        valor = hoja.cell(rango.min_row, rango.min_col).value
        for fila in range(rango.min_row, rango.max_row + 1):
            for columna in range(rango.min_col, rango.max_col + 1):
                celdas[fila, columna] = valor
    nombres = {}
    for columna in range(1, hoja.max_column + 1):
        partes = [celdas.get((f, columna), hoja.cell(f, columna).value) for f in range(encabezado, encabezado + 3)]
        limpias = [re.sub(r" [(·].*", "", str(p)) for p in dict.fromkeys(partes) if p]
        nombres["/".join(limpias)] = columna
    return nombres


def _titulo(tramo: Tramo) -> str:
    return "Año 2024" if tramo.familia == "anual" else tramo.titulo


# --- cálculo independiente, con las cifras del cuadro y no con el programa -------------------------------------------

def _meses_de(fila: dict[str, Any] | None, medida: str, hasta: int = 12) -> list[float | None]:
    cifras: list[float | None] = []
    for n in range(1, 13):
        valor = (fila or {}).get(f"{medida}_m{n}")
        if isinstance(valor, str):
            texto = valor.replace("S/.", "")
            texto = texto.replace(",", "") if "." in texto else texto.replace(",", ".")
            valor = float(texto) if re.fullmatch(r"[\d.]+", texto) else None
        valor = valor if isinstance(valor, float) and type(valor) is float else None
        cifras.append(None if valor == 0 and n > hasta and medida in {"ejecutado", "devengado"} else valor)
    return cifras


def _a_mano(
    forma: str, programado: list[float | None], ejecutado: list[float | None], meses: range, hasta: int
) -> tuple[float | None, float | None]:
    """Lo programado y lo ejecutado de un horizonte, dichos de la manera más llana."""
    if forma == "Acumulativo":
        p = [programado[m - 1] for m in meses if programado[m - 1] is not None]
        a = [ejecutado[m - 1] for m in meses if m <= hasta and ejecutado[m - 1] is not None]
        return (sum(p) if p else None), (sum(a) if a else None)  # type: ignore[arg-type]
    miden = [m for m in meses if forma == "Recurrente mensual" or m % 3 == 0]
    p = [programado[m - 1] for m in miden if programado[m - 1] is not None]
    a = [ejecutado[m - 1] for m in miden if m <= hasta and programado[m - 1] and ejecutado[m - 1] is not None]
    return (max(p) if p else None), (sum(a) / len(a) if a else None)  # type: ignore[arg-type,type-var]


LIMPIOS = {"AO.01", "AO.02", "AO.03", "AO.04", "AO.05", "AO.06", "AO.07", "AO.08", "AO.09", "AO.12", "AO.13", "AO.14",
           "AO.15", "A*18"}


@pytest.mark.parametrize("codigo", ["2024-05", "2024-T2", "2024-T1", "2024-S1", "2024"])
@pytest.mark.larga
def test_las_cifras_son_las_de_un_calculo_independiente(tmp_path: Path, codigo: str) -> None:
    periodo = Periodo.de_codigo(codigo)
    _, actividades, contenido = _caso(tmp_path, VARIADO, periodo)
    libro = _abrir(contenido, valores=True)
    por_codigo = {h: {f["codigo"]: f for f in VARIADO[h]} for h in ("Programación", "Valorización", "Seguimiento")}
    vistas = 0
    for nombre, familias in FAMILIAS.items():
        hoja = libro[nombre]
        columnas = _columnas(hoja)
        for n, actividad in enumerate(actividades):
            if actividad.codigo not in LIMPIOS:
                continue
            fila, costos, avances = (por_codigo[h].get(actividad.codigo) for h in por_codigo)
            partes = (
                ("Físico", "Programado", "Ejecutado", str(fila["acumulacion"]), _meses_de(fila, "programado"),  # type: ignore[index]
                 _meses_de(avances, "ejecutado", periodo.mes)),
                ("Financiero", "Costo", "Devengado", "Acumulativo", _meses_de(costos, "costo"),
                 _meses_de(avances, "devengado", periodo.mes)),
            )
            for tramo in (t for familia in familias for t in tramos(familia, periodo)):  # type: ignore[arg-type]
                for banda, uno, otro, forma, p12, a12 in partes:
                    p, a = _a_mano(forma, p12, a12, tramo.meses, periodo.mes)
                    leidas = [
                        hoja.cell(PRIMERA + n, columnas[f"{_titulo(tramo)}/{banda}/{x}"]).value
                        for x in (uno, otro, "Variación", "%", "Valoración")
                    ]
                    donde = (nombre, actividad.codigo, tramo.clave, banda, leidas)
                    for leida, esperada in zip(leidas, (p, a), strict=False):
                        assert leida == pytest.approx(esperada) if esperada is not None else not leida, donde
                        assert leida != 0 or esperada == 0, donde
                    if p and a is not None and not _ilegible(actividad.codigo, banda, tramo, periodo):
                        assert leidas[3] == pytest.approx(a / p * 100), donde
                        assert leidas[2] == pytest.approx(a - p), donde
                        completo = tramo.meses[-1] <= periodo.mes
                        assert leidas[4] == (_valoracion(a / p * 100) if completo else "Reportado"), donde
                    elif _ilegible(actividad.codigo, banda, tramo, periodo):
                        assert leidas[3] == leidas[4] == "No se pudo leer", donde
                        assert not leidas[2], donde
                    elif p:
                        assert leidas[3] == leidas[4] in {"Sin reporte", "Por vencer"}, donde
                        assert leidas[2] == ("" if leidas[4] == "Por vencer" else pytest.approx(-p)) or not leidas[2]
                    else:
                        sin_meta = "Ejecución sin programación" if p == 0 and a else "No programado"
                        assert leidas[3] == leidas[4] == sin_meta, donde
                    vistas += 1
    assert vistas > 400


def _ilegible(codigo: str, banda: str, tramo: Tramo, periodo: Periodo) -> bool:
    """En AO.09 lo ejecutado de mayo dice «muchos»: cualquier tramo vencido que lo cuente no tiene %."""
    return (codigo, banda) == ("AO.09", "Físico") and 5 in tramo.meses and periodo.mes >= 5


def _valoracion(pct: float) -> str:
    return "Deficiente" if pct <= 85 else "Regular" if pct <= 90 else "Bueno" if pct <= 120 else "Exceso"


def test_los_cuatro_estados_aparecen_y_lo_que_falta_por_vencer_no_tiene_variacion(variado: Caso) -> None:
    hoja = _abrir(variado[2], valores=True)["Trimestres"]
    columnas = _columnas(hoja)
    palabras = {
        hoja.cell(f, c).value for nombre, c in columnas.items() if nombre.endswith("Valoración")
        for f in range(PRIMERA, PRIMERA + len(variado[1]))
    }
    assert {"Bueno", "Deficiente", "Exceso", "Sin reporte", "No programado", "Por vencer",
            "Ejecución sin programación"} <= palabras
    tercero = [hoja.cell(PRIMERA, columnas[f"III Trimestre/Físico/{x}"]).value
               for x in ("Programado", "Ejecutado", "Variación", "%", "Valoración")]
    assert tercero[0] == 30
    assert [x or None for x in tercero[1:]] == [None, None, "Por vencer", "Por vencer"]


@pytest.mark.parametrize(("codigo", "ejecutado"), [("2024-05", 20.0), ("2024-T1", None)])
def test_un_mes_de_un_trimestre_sin_terminar_cuenta_solo_si_se_pide_por_mes(
    tmp_path: Path, codigo: str, ejecutado: float | None
) -> None:
    hoja = _abrir(_caso(tmp_path, VARIADO, Periodo.de_codigo(codigo))[2], valores=True)["Trimestres"]
    columna = _columnas(hoja)["II Trimestre/Físico/Ejecutado"]
    assert hoja.cell(PRIMERA, columna).value == ejecutado
    assert hoja.cell(PRIMERA, columna + 3).value == ("Reportado" if ejecutado else "Por vencer")


def test_el_total_suma_soles_y_la_media_dice_cuantas_entran(variado: Caso) -> None:
    _, actividades, contenido = variado
    hoja = _abrir(contenido, valores=True)["Al periodo y año"]
    c, fila = _columnas(hoja), PRIMERA + len(actividades)
    tramo = "Al 2do. trimestre"
    costos = sum(a.financiero_al_periodo.programado or 0 for a in actividades)
    devengados = sum(a.financiero_al_periodo.alcanzado or 0 for a in actividades)
    assert hoja.cell(fila, c[f"{tramo}/Financiero/Costo"]).value == pytest.approx(costos)
    assert hoja.cell(fila, c[f"{tramo}/Financiero/Devengado"]).value == pytest.approx(devengados)
    assert hoja.cell(fila, c[f"{tramo}/Financiero/%"]).value == pytest.approx(devengados / costos * 100)
    assert hoja.cell(fila, c[f"{tramo}/Físico/Programado"]).value is None
    topados: list[float] = [
        0.0 if a.al_periodo.palabra == "Sin reporte" else min(100.0, a.al_periodo.porcentaje or 0.0)
        for a in actividades if a.al_periodo.porcentaje is not None or a.al_periodo.palabra == "Sin reporte"
    ]
    medias = [hoja.cell(fila + n, c[f"{tramo}/Físico/%"]).value for n in (1, 2, 3)]
    assert medias == [pytest.approx(sum(topados) / len(topados)), len(topados), len(actividades) - len(topados)]
    assert 0 < len(topados) < len(actividades)


def test_lo_de_cada_codigo_se_une_por_codigo_y_la_segunda_vez_con_la_segunda(variado: Caso) -> None:
    _, actividades, contenido = variado
    formulas, valores = (_abrir(contenido, valores=v)["Cifras"] for v in (False, True))
    repetidas = [n for n, a in enumerate(actividades, PRIMERA_DE_CIFRAS) if a.codigo == "AO.10"]
    assert [[valores.cell(n, c).value for c in (5, 6, 7)] for n in repetidas] == [[10, 2, 11], [11, 7, 12]]
    assert all(str(formulas.cell(n, c).value).startswith("=IFERROR(MATCH(") for n in repetidas for c in (5, 6, 7))
    sin_valorizacion = next(n for n, a in enumerate(actividades, PRIMERA_DE_CIFRAS) if a.codigo == "AO.07")
    assert valores.cell(sin_valorizacion, 6).value == 0
    comodin = next(n for n, a in enumerate(actividades, PRIMERA_DE_CIFRAS) if a.codigo == "A*18")
    assert formulas.cell(comodin, 6).value == valores.cell(comodin, 6).value == 3


def _sin_fila(valor: Any) -> Any:
    """Las notas dicen la fila de lo que no se ubica, que sí cambia."""
    return re.sub(r"fila \d+", "fila", valor) if isinstance(valor, str) else valor


@pytest.mark.larga
def test_ordenar_otra_hoja_no_cambia_ninguna_cifra(tmp_path: Path, variado: Caso) -> None:
    al_reves = VARIADO | {h: VARIADO[h][::-1] for h in ("Necesidades", "Evaluación")}
    for hoja in ("Valorización", "Seguimiento"):
        dobles = [f for f in VARIADO[hoja] if f["codigo"] == "AO.10"]
        otras = [f for f in VARIADO[hoja] if f["codigo"] != "AO.10"]
        al_reves[hoja] = [*otras[::-1], *dobles]
    otro = _abrir(_caso(tmp_path, al_reves)[2], valores=True)
    mio = _abrir(variado[2], valores=True)
    for nombre in FAMILIAS:
        uno, dos = (
            [[_sin_fila(c.value) for c in f] for f in libro[nombre].iter_rows(min_row=PRIMERA)] for libro in (mio, otro)
        )
        assert uno == dos, nombre


def test_toda_cifra_de_los_horizontes_y_del_informe_es_una_formula_viva(variado: Caso) -> None:
    libro = _abrir(variado[2])
    for nombre in FAMILIAS:
        hoja = libro[nombre]
        for fila in hoja.iter_rows(min_row=PRIMERA, max_row=PRIMERA + len(variado[1]) + 3, min_col=5):
            for celda in fila:
                assert not isinstance(celda.value, (int, float)), (nombre, celda.coordinate)
    del_informe = (c for f in libro["Informe"].iter_rows(min_col=2) for c in f)
    assert [c.coordinate for c in del_informe if isinstance(c.value, (int, float))] == []


def test_lo_que_una_formula_no_ve_lleva_el_numero_leido_y_color(variado: Caso) -> None:
    _, actividades, contenido = variado
    hoja = _abrir(contenido)["Cifras"]
    n = next(n for n, a in enumerate(actividades, PRIMERA_DE_CIFRAS) if a.codigo == "AO.09")
    columnas = _columnas(hoja)
    enero = min(c for nombre, c in columnas.items() if nombre.startswith("Programado"))
    assert [hoja.cell(n, enero + m).value for m in (1, 3)] == [12.5, 10]
    assert hoja.cell(n, enero + 1).fill.fgColor.rgb == "FFDCE8F5"
    assert str(hoja.cell(n, enero).value).startswith("=IF(N(")
    escrita = _abrir(contenido)["Programación"].cell(
        POI.principal.disposicion.fila_datos + 8, POI.principal.disposicion.columna["programado_m2"]
    )
    assert escrita.value == "12,5"


def test_las_hojas_de_datos_quedan_como_la_unidad_las_escribio(variado: Caso) -> None:
    libro = _abrir(variado[2], valores=True)
    for una in POI.hojas:
        lugar, hoja = una.disposicion, libro[una.clave]
        for n, fila in enumerate(variado[0].libro.filas(una.clave), lugar.fila_datos):
            for columna in una.columnas:
                dato = fila[columna.clave]
                if columna.calculo is None and not columna.auxiliar and not isinstance(dato.crudo, date):
                    assert hoja.cell(n, lugar.columna[columna.clave]).value == dato.crudo, (una.clave, n, columna.clave)


@pytest.mark.larga
def test_los_totales_oficiales_son_los_nuestros(tmp_path: Path) -> None:
    escrito_encima = avance("AO.03", "40 38", "10 10", ejecutado_total=999.0)
    _, _, contenido = _caso(tmp_path, VARIADO | {"Seguimiento": [escrito_encima, *VARIADO["Seguimiento"][:1]]})
    una = POI.por_clave["Seguimiento"].disposicion
    celda = f"{una.letra['ejecutado_total']}{una.fila_datos}"
    assert _abrir(contenido, valores=True)["Seguimiento"][celda].value == 40
    assert "MAX(" in str(_abrir(contenido)["Seguimiento"][celda].value)


def test_el_cuadro_resumen_se_calcula_con_lo_leido(variado: Caso) -> None:
    hoja = _abrir(variado[2], valores=True)["Necesidades"]
    cifras = {hoja.cell(f, 1).value: next((c.value for c in hoja[f][1:] if c.value is not None), None)
              for f in range(4, 12)}
    assert cifras["Bienes (S/.)"] == 6000.5
    assert cifras["Servicios (S/.)"] == 12000
    assert cifras["Total (S/.)"] == 18000.5
    assert cifras["Saldo: techo menos total (S/.)"] == 71999.5


def test_cada_celda_observada_tiene_su_nota_su_color_y_su_vinculo(variado: Caso) -> None:
    revision, _, contenido = variado
    libro = _abrir(contenido)
    for h in revision.hallazgos:
        celda = libro[str(h.donde.hoja)][str(h.donde.celda)]  # la plantilla tiene la misma disposición
        assert h.mensaje in celda.comment.text
        assert h.como_corregir in celda.comment.text
        assert celda.fill.fgColor.rgb in {"FFF8D0D0", "FFFDE5CE", "FFDCE8F5"}
    con_nota = {(h.title, c.coordinate) for h in libro for f in h.iter_rows() for c in f if c.comment}
    assert con_nota == {(h.donde.hoja, h.donde.celda) for h in revision.hallazgos}
    hoja = libro["Observaciones"]
    encabezado = [c.value for c in hoja[6]]
    assert encabezado[4:6] == ["Celda en su archivo", "Actividad"]
    filas = [f for f in hoja.iter_rows(min_row=7) if f[0].value]
    assert len(filas) == len(OBSERVADAS)
    destinos = set()
    for fila in filas:
        enlace = fila[-1].hyperlink
        destino = re.fullmatch(r"'(.+)'!([A-Z]+\d+)", str(enlace.location) if enlace else "")
        assert destino is not None
        nombre, celda = destino.groups()
        assert (nombre, celda) == (fila[3].value, str(fila[4].value))
        destinos.add((nombre, celda))
    assert destinos == con_nota
    assert {f[5].value for f in filas} == {"AO.17", "AO.09", "AO.05", "AO.03", "AO.01"}


def test_lo_de_planeacion_no_aparece_en_ninguna_hoja(tmp_path: Path) -> None:
    revision, actividades, _ = _caso(tmp_path, VARIADO, observadas=OBSERVADAS)
    revision.hallazgos = [
        replace(h, regla="VER003", mensaje="Secreto de planeación.", destinatario=Destinatario.PLANEACION)
        for h in revision.hallazgos
    ]
    contenido = _escribir(revision, actividades)
    with zipfile.ZipFile(BytesIO(contenido)) as z:
        texto = "\n".join(z.read(n).decode("utf-8") for n in z.namelist())
    assert "Secreto" not in texto
    assert "VER003" not in texto
    assert SIN_OBSERVACIONES in {c.value for f in _abrir(contenido)["Observaciones"].iter_rows() for c in f}


def _textos(hoja: Worksheet) -> list[str]:
    return [str(c.value) for f in hoja.iter_rows() for c in f if c.value is not None]


def test_el_informe_trae_las_cuatro_secciones_del_articulo_12(variado: Caso) -> None:
    hoja = _abrir(variado[2], valores=True)["Informe"]
    textos = _textos(hoja)
    for titulo in ("1. Nivel de cumplimiento al 2do. trimestre", "2. Actividades al 2do. trimestre",
                   "3. Factores que contribuyeron y dificultaron, y medidas correctivas, del 2do. trimestre",
                   "4. Modificaciones a las metas", "Elaboró", "Responsable de la unidad orgánica",
                   "Inmediato superior"):
        assert titulo in textos
    assert textos[0].endswith("2024 al 2do. trimestre (PRELIMINAR)")
    assert "artículo 12" in textos[1]
    assert "recibidos/031 POI.xlsx" in textos
    assert any("de referencia, no oficial" in t for t in textos)
    assert "Aprobar el documento en julio" in textos
    assert "31/07/2024" in textos
    assert "cuando se pueda" in textos, "lo que no se entendió de la unidad se muestra como está"
    assert not any("Se contó con el local" in t for t in textos), "ese factor es de otro trimestre"
    (callan,) = [t for t in textos if t.startswith("No llegan a la banda verde")]
    assert "AO.08" in callan
    assert "AO.02" not in callan


def test_el_informe_cuenta_las_actividades_de_cada_palabra(variado: Caso) -> None:
    _, actividades, contenido = variado
    hoja = _abrir(contenido, valores=True)["Informe"]
    filas = {f[0].value: (f[3].value, f[4].value) for f in hoja.iter_rows(max_row=40, max_col=6)}
    for palabra in ("Bueno", "Regular", "Deficiente", "Exceso", "Sin reporte", "No programado"):
        assert filas[palabra] == (
            sum(a.al_periodo.palabra == palabra for a in actividades),
            sum(a.financiero_al_periodo.palabra == palabra for a in actividades),
        )
    assert filas["Total de actividades"] == (len(actividades), len(actividades))


def test_el_informe_dice_la_meta_inicial_y_la_vigente_de_cada_modificacion(variado: Caso) -> None:
    valores, formulas = (_abrir(variado[2], valores=v)["Informe"] for v in (True, False))
    inicio = next(c.row for f in valores.iter_rows() for c in f if c.value == "4. Modificaciones a las metas")
    vistas = {}
    for fila in range(inicio + 1, valores.max_row):
        campo = valores.cell(fila, 4).value
        if valores.cell(fila, 1).value and campo and campo != "Campo":
            vistas[valores.cell(fila, 1).value, campo, valores.cell(fila, 6).value] = (
                valores.cell(fila, 7).value, valores.cell(fila, 8).value
            )
    assert vistas == {
        ("AO.03", "Programado Mayo", "01/02/2024"): (45.5, 40), ("AO.77", "Programado Mayo", "01/02/2024"): ("—", "—"),
        ("AO.01", "Programado Agosto", "05/03/2024"): (20, 10), ("AO.01", "Meta anual", "05/03/2024"): (130, 120),
        ("AO.02", "Costo Diciembre", "01/06/2024"): ("—", "—"), ("AO.01", "Programado Agosto", "20/07/2024"): (20, 10),
    }
    assert str(formulas.cell(inicio + 2, 7).value).startswith("=IF('Cifras'!")
    hoja = _abrir(variado[2], valores=True)["Al periodo y año"]
    c = _columnas(hoja)
    metas = [hoja.cell(PRIMERA, c[f"Metas del año/{x}"]).value
             for x in ("Meta anual vigente", "Meta anual inicial", "Programado inicial", "Costo inicial S/.")]
    assert metas == [120, 130, 130, 18000]


def test_sin_modificaciones_se_dice_y_no_hay_columnas_iniciales(tmp_path: Path) -> None:
    libro = _abrir(_caso(tmp_path, VARIADO | {"Modificaciones": []})[2])
    assert any("las metas vigentes son las iniciales" in t for t in _textos(libro["Informe"]))
    assert not any("inicial" in n for n in _columnas(libro["Al periodo y año"]))
    assert "Modificaciones" not in libro.sheetnames


def test_los_factores_van_junto_a_las_cifras_que_explican(variado: Caso) -> None:
    libro = _abrir(variado[2])
    trimestres, al_periodo = libro["Trimestres"], libro["Al periodo y año"]
    c, d = _columnas(trimestres), _columnas(al_periodo)
    fila = PRIMERA + 1
    medida = "Lo que explica la unidad/Medidas correctivas"
    assert trimestres.cell(fila, c[f"II Trimestre/{medida}"]).value == "Aprobar el documento en julio"
    assert trimestres.cell(fila, c[f"I Trimestre/{medida}"]).value is None
    assert al_periodo.cell(fila, d[f"Al 2do. trimestre/{medida}"]).value == "Aprobar el documento en julio"
    largo = str(trimestres.cell(fila, c["II Trimestre/Lo que explica la unidad/Factores que dificultaron"]).value)
    assert largo.endswith("…")
    assert LARGO.startswith(largo[:-1])
    en_informe = [t for t in _textos(libro["Informe"]) if t and t in LARGO and len(t) > 40]
    assert " ".join(en_informe) == LARGO.strip(), "en el informe va entero"


def test_en_un_semestre_se_dicen_los_factores_de_sus_trimestres(tmp_path: Path) -> None:
    libro = _abrir(_caso(tmp_path, VARIADO, Periodo.de_codigo("2024-S1"))[2])
    textos = _textos(libro["Informe"])
    assert {"AO.01 · 1er. Trimestre", "AO.02 · 2do. Trimestre"} <= set(textos)
    hoja = libro["Al periodo y año"]
    columna = _columnas(hoja)["Al 1er. semestre/Lo que explica la unidad/Factores que contribuyeron"]
    assert hoja.cell(PRIMERA, columna).value == "1er. Trimestre: Se contó con el local"


def test_el_texto_ajeno_nunca_es_formula_ni_vinculo(variado: Caso) -> None:
    libro = _abrir(variado[2])
    for hoja in libro:
        for fila in hoja.iter_rows():
            for celda in fila:
                if celda.value in {"=1+1", "http://ejemplo.pe/x"}:
                    assert celda.data_type == "s"
                    assert celda.hyperlink is None
    assert sum(t == "=1+1" for h in libro for t in _textos(h)) >= 3


def test_los_mismos_argumentos_dan_los_mismos_bytes(variado: Caso) -> None:
    assert _escribir(variado[0], variado[1]) == variado[2]


def test_el_libro_definitivo_no_dice_preliminar(variado: Caso) -> None:
    libro = _abrir(_escribir(variado[0], variado[1], preliminar=False))
    assert not any("PRELIMINAR" in t for h in libro for t in _textos(h))
    assert libro.sheetnames == [
        "Informe", "Observaciones", "Al periodo y año", "Trimestres", "Semestres", "Meses", "Programación",
        "Valorización", "Necesidades", "Seguimiento", "Evaluación", "Modificaciones", "Cifras",
    ]


@pytest.mark.parametrize(("codigo", "impresos"), [
    ("2024-T2", 2), pytest.param("2024-05", 2, marks=pytest.mark.larga),
    pytest.param("2024", 4, marks=pytest.mark.larga),
])
def test_se_imprime_un_tramo_por_pagina_con_letra_legible(tmp_path: Path, codigo: str, impresos: int) -> None:
    libro = _abrir(_caso(tmp_path, muchas(40), Periodo.de_codigo(codigo))[2])
    hoja = libro["Trimestres"]
    assert hoja.print_title_cols == "$A:$D"
    assert hoja.print_title_rows == "$2:$6"
    assert len(hoja.col_breaks.brk) == impresos - 1
    ultima = _columnas(hoja)[f"{('I', 'II', 'III', 'IV')[impresos - 1]} Trimestre/Lo que explica la unidad/Medidas "
                             "correctivas"]
    assert str(hoja.print_area).split(":")[1].startswith(f"${get_column_letter(ultima)}$")
    for nombre in (*FAMILIAS, "Informe", "Cifras"):
        una = libro[nombre]
        assert una.page_setup.orientation == "landscape"
        assert int(una.page_setup.paperSize or 0) == 9
        letra = min(c.font.sz for f in una.iter_rows() for c in f if c.value is not None)
        assert letra * (una.page_setup.scale or 0) / 100 >= 6, (nombre, letra, una.page_setup.scale)


def test_el_anual_se_califica_solo_al_cierre(tmp_path: Path, variado: Caso) -> None:
    for contenido, cierra in ((variado[2], False), (_caso(tmp_path, VARIADO, Periodo.de_codigo("2024-S2"))[2], True)):
        hoja = _abrir(contenido, valores=True)["Al periodo y año"]
        columna = _columnas(hoja)["Año 2024/Físico/Valoración"]
        assert hoja.cell(PRIMERA, columna).value == ("Deficiente" if cierra else "Reportado")


@pytest.mark.parametrize("cuantas", [0, 1, pytest.param(60, marks=pytest.mark.larga)])
def test_de_ninguna_a_sesenta_actividades(tmp_path: Path, cuantas: int) -> None:
    filas = muchas(max(cuantas, 1))
    if not cuantas:
        filas["Programación"] = []
    libro = _abrir(_caso(tmp_path, filas)[2])
    assert any("no tiene actividades" in t for t in _textos(libro["Meses"])) is (cuantas == 0)
    assert "Seguimiento" in libro.sheetnames


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    ("codigo", "perfil"),
    [("2024-05", "operativo"), ("2024-T2", "simetrico"), ("2024-S1", "operativo"), ("2024", "general")],
)
def test_libreoffice_recalcula_lo_mismo(
    tmp_path: Path, soffice: Callable[[Path, str], Path], codigo: str, perfil: str
) -> None:
    _, actividades, contenido = _caso(tmp_path, VARIADO, Periodo.de_codigo(codigo), OBSERVADAS, perfil)
    total, distintas = diferencias(contenido, soffice, tmp_path)
    assert distintas == []
    assert total > 200 * len(actividades)


@pytest.mark.larga
@pytest.mark.libreoffice
def test_libreoffice_recalcula_lo_mismo_con_cuarenta_y_con_ninguna(
    tmp_path: Path, soffice: Callable[[Path, str], Path]
) -> None:
    for n, filas in enumerate((muchas(40), muchas(1) | {"Programación": []})):
        (tmp_path / str(n)).mkdir()
        contenido = _caso(tmp_path / str(n), filas)[2]
        assert diferencias(contenido, soffice, tmp_path / str(n))[1] == []


def test_lo_oculto_del_cuadro_cubre_las_medidas_del_formato() -> None:
    assert set(MEDIDAS) == {m for h in POI.hojas for m in h.medidas_mensuales}
    for medida, (hoja, _) in MEDIDAS.items():
        assert medida in POI.por_clave[hoja].medidas_mensuales


def test_ninguna_celda_combinada_se_encima_con_otra(variado: Caso) -> None:
    # La escritura rápida no lo revisa, y Excel «repara» el libro que las trae.
    for hoja in _abrir(variado[2]):
        celdas = [celda for rango in hoja.merged_cells.ranges for celda in rango.cells]
        assert len(celdas) == len(set(celdas)), hoja.title
