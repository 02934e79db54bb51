"""Lo que no se pudo leer de un POI: sus soles no se pierden, no entran a ningún % y nunca dice «No programado»."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from informes_de_prueba import en_memoria
from paridad import diferencias
from pois_de_prueba import poi, tablas_de_poi

from pei_excel.actividades import Actividad, evaluar_actividades
from pei_excel.consolidacion import consolidar
from pei_excel.documento import totales
from pei_excel.escritura.consolidado_poi import escribir_consolidado_poi
from pei_excel.escritura.datos import COLUMNAS, filas_de_datos
from pei_excel.escritura.evaluacion_poi import escribir_evaluacion_poi
from pei_excel.escritura.tesoreria_poi import escribir_tesoreria_poi
from pei_excel.formato import Modo
from pei_excel.formatos.poi import POI
from pei_excel.frases_poi import frase_de_brecha, frase_de_media, frase_de_reporte
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Revision, revisar
from pei_excel.semaforo import PERFILES
from pei_excel.simulacion import PoiSimulado, simular_poi
from pei_excel.simulacion.retoques import cambiar_celda, quitar_hoja
from pei_excel.tablas import Tablas

T2 = Periodo.de_codigo("2024-T2")
OPERATIVO = PERFILES["operativo"]
SIN_LEER = "No se pudo leer"


class Caso(NamedTuple):
    """Cinco unidades: una intacta y cuatro con daño."""

    simulados: list[PoiSimulado]
    tablas: Tablas
    revisiones: list[Revision]


def _sin_titulo(hoja: str, clave: str) -> Callable[[Path], None]:
    lugar = POI.por_clave[hoja].disposicion
    celda = lugar.celda(lugar.fila_del_titulo(POI.por_clave[hoja].por_clave[clave]), clave)
    return cambiar_celda(POI, hoja, celda, "Otro dato")


def _simulados() -> list[PoiSimulado]:
    hechos = [
        simular_poi(40 + n, unidad=f"{701 + n} - Unidad {n}", gerencia=f"Gerencia {n % 2}", actividades=4, periodo=T2)
        for n in range(5)
    ]
    hechos[1].danos.append(quitar_hoja("Valorización"))
    hechos[2].danos.append(_sin_titulo("Valorización", "costo_m5"))
    hechos[3].modo = Modo.FORMULACION
    hechos[3].filas["Seguimiento"][0]["codigo"] = date(2024, 2, 1)
    hechos[4].danos.append(quitar_hoja("Seguimiento"))
    return hechos


def _leer(simulados: list[PoiSimulado], carpeta: Path) -> tuple[Tablas, list[Revision]]:
    contexto = Contexto(periodo=T2)
    revisiones = []
    for n, simulado in enumerate(simulados):
        ruta = carpeta / f"{n}.xlsx"
        simulado.escribir(ruta)
        (libro,) = leer(ruta, f"recibidos/{n}.xlsx", Opciones(periodo=T2))
        revisiones.append(revisar(libro, contexto))
    return consolidar(revisiones, T2, contexto, formato="POI"), revisiones


@pytest.fixture(scope="module")
def caso(tmp_path_factory: pytest.TempPathFactory) -> Caso:
    simulados = _simulados()
    return Caso(simulados, *_leer(simulados, tmp_path_factory.mktemp("sin-leer")))


class Verdad(NamedTuple):
    """Los soles de una unidad contados aparte, desde lo que se escribió."""

    devengado: float  #: todo el que se puede atribuir a una actividad
    entran: tuple[float, float]  #: programado y devengado de lo que se leyó por los dos lados
    suelto: float  #: devengado de filas sin código


def _soles(fila: dict[str, Any], medida: str) -> float:
    return sum(v for n in range(1, 7) if isinstance(v := fila.get(f"{medida}_m{n}"), (int, float)))


def _verdad(n: int, s: PoiSimulado) -> Verdad:
    costos = {f["codigo"]: _soles(f, "costo") for f in s.filas["Valorización"]}
    hecho = {f["codigo"]: _soles(f, "devengado") for f in s.filas["Seguimiento"]}
    suelto = sum(v for c, v in hecho.items() if not isinstance(c, str))
    hecho = {c: v for c, v in hecho.items() if isinstance(c, str)}
    if n == 4:
        hecho = {}
    # Sin la hoja de costos, o sin uno de sus meses, lo devengado no tiene con qué compararse.
    leidas = [c for c in costos if c in hecho and n not in {1, 2}]
    return Verdad(sum(hecho.values()), (sum(costos[c] for c in leidas), sum(hecho[c] for c in leidas)), suelto)


def _abrir(contenido: bytes, *, valores: bool = True) -> Any:
    return openpyxl.load_workbook(BytesIO(contenido), data_only=valores)


def _textos(libro: Any, *hojas: str) -> list[str]:
    elegidas = [libro[h] for h in hojas] or libro.worksheets
    return [str(c.value) for h in elegidas for f in h.iter_rows() for c in f if isinstance(c.value, str)]


def _cuadro(hoja: Any, llave: str) -> dict[Any, dict[str, Any]]:
    """Llave del renglón → título → valor, hasta la primera fila vacía."""
    titulos, *filas = hoja.iter_rows(min_row=4, values_only=True)
    hechos = {}
    for fila in filas:
        if all(v is None for v in fila):
            break
        suya = dict(zip(titulos, fila, strict=True))
        hechos[suya[llave]] = suya
    return hechos


def test_el_porcentaje_solo_compara_lo_leido_y_ningun_sol_se_pierde(caso: Caso) -> None:
    verdades = [_verdad(n, s) for n, s in enumerate(caso.simulados)]
    institucion = caso.tablas.institucion
    programado, devengado = (sum(v.entran[k] for v in verdades) for k in (0, 1))
    assert institucion.soles["devengado"] == pytest.approx(sum(v.devengado for v in verdades))
    assert institucion.porcentaje_financiero == pytest.approx(devengado / programado * 100)
    assert institucion.fuera("devengado") == pytest.approx(sum(v.devengado for v in verdades) - devengado)
    assert institucion.sin_comparar == 4 + 4 + 1 + 4
    assert institucion.conteos[SIN_LEER] == 1 + 4  # lo físico no depende de los costos
    assert "Sin reporte" not in institucion.conteos
    # La regla de antes habría comparado todo lo devengado con lo poco que se programó.
    costo = institucion.soles["programado"] or 0.0
    assert abs((institucion.soles["devengado"] or 0.0) / costo * 100 - (institucion.porcentaje_financiero or 0.0)) > 1
    for grupo, verdad in zip(caso.tablas.por_unidad, verdades, strict=True):
        p, d = verdad.entran
        assert grupo.porcentaje_financiero == (pytest.approx(d / p * 100) if p else None)
        assert (grupo.soles["devengado"] or 0.0) == pytest.approx(verdad.devengado)


def test_los_sueltos_se_nombran_con_su_fila_y_sus_soles(caso: Caso) -> None:
    (una,) = caso.tablas.sin_ubicar
    suelto = _verdad(3, caso.simulados[3]).suelto
    assert suelto > 0
    assert una.libro.identidad[0] == "704"
    assert una.devengado == pytest.approx(suelto)
    fila = POI.por_clave["Seguimiento"].disposicion.fila_datos
    dicho = f"(Seguimiento, fila {fila}): S/. {suelto:,.2f} devengados y S/. 0.00 de costo anual."
    consolidado = _abrir(en_memoria(escribir_consolidado_poi, caso.tablas, caso.revisiones))
    tesoreria = _abrir(en_memoria(escribir_tesoreria_poi, caso.tablas))
    evaluacion = _abrir(_evaluacion(caso, 3))
    for libro, hojas in ((consolidado, ("Resumen",)), (tesoreria, ("Carátula", "Resultados")),
                         (evaluacion, ("Informe", "Al periodo y año"))):
        for hoja in hojas:
            assert any(dicho in t for t in _textos(libro, hoja)), hoja
    assert not any("no se ubica" in t for t in _textos(_abrir(_evaluacion(caso, 0))))


def test_las_frases_dicen_lo_que_no_entra(caso: Caso) -> None:
    i = caso.tablas.institucion
    p, d = i.soles["programado_comparado"] or 0.0, i.soles["devengado_comparado"] or 0.0
    assert frase_de_brecha(caso.tablas).startswith(
        f"Se devengaron S/. {d:,.2f} de S/. {p:,.2f} programados al 2do. trimestre ({d / p * 100:.1f} %); aparte, S/. "
        f"{i.fuera('devengado'):,.2f} devengados y S/. {i.fuera('programado'):,.2f} programados de 13 actividades, "
        "cuyo costo o devengado no se pudo leer: no entran al %;"
    )
    assert frase_de_reporte(caso.tablas) == (
        "Ninguna actividad está sin reporte; 5 no se pudieron leer; 1 fila no se ubica por su código (ver Resumen)."
    )


def test_el_consolidado_lo_muestra_aparte_con_formulas_vivas(caso: Caso) -> None:
    contenido = en_memoria(escribir_consolidado_poi, caso.tablas, caso.revisiones)
    libro, formulas = _abrir(contenido), _abrir(contenido, valores=False)
    i = caso.tablas.institucion
    for hoja, llave in (("Por OEI", "Objetivo estratégico institucional"), ("Por unidad", "Unidad orgánica"),
                        ("Por gerencia", "Gerencia")):
        total = _cuadro(libro[hoja], llave)["Institución"]
        assert total[SIN_LEER] == 5
        assert total["Fuera del %: actividades"] == 13
        assert total["Fuera del %: devengado (S/.)"] == pytest.approx(i.fuera("devengado"))
        assert total["% financiero"] == pytest.approx(i.porcentaje_financiero)
        assert total["Devengado al periodo (S/.)"] == pytest.approx(i.soles["devengado"])
        vivo = _cuadro(formulas[hoja], llave)["Institución"]
        assert all(str(vivo[t]).startswith("=") for t in total if t.startswith(("Fuera", "% fin", "Devengado")))
    unidades = _cuadro(libro["Por unidad"], "Unidad orgánica")
    assert unidades["702 - Unidad 1"]["% financiero"] == "–"
    presupuesto = _cuadro(libro["Presupuesto"], "Unidad, gerencia o vinculación")["Institución"]
    assert presupuesto["% devengado"] == pytest.approx(i.porcentaje_financiero)
    assert presupuesto["Devengado al periodo (S/.)"] == pytest.approx(i.soles["devengado"])
    resumen = {f[0]: f[1] for f in libro["Resumen"].iter_rows(min_row=5, max_col=2, values_only=True) if f[0]}
    assert resumen["% financiero al periodo"] == pytest.approx(i.porcentaje_financiero)
    assert resumen["Fuera del %: devengado (S/.)"] == pytest.approx(i.fuera("devengado"))
    ficha = libro["Ficha"]
    assert ficha["C5"].value == pytest.approx(i.porcentaje_financiero)
    assert ficha["C6"].value == (
        f"S/. {i.soles['devengado_comparado']:,.2f} de {i.soles['programado_comparado']:,.2f}"
    )
    detalle = libro["Actividades"]
    titulos = {c.value: c.column for c in detalle[4]}
    for n, renglon in enumerate(caso.tablas.renglones, 5):
        if renglon.actividad.sin_comparar:
            assert detalle.cell(n, titulos["% financiero al periodo"]).value == SIN_LEER
            assert not detalle.cell(n, titulos["Variación (S/.): devengado − programado"]).value
            assert not detalle.cell(n, titulos["Brecha: % financiero − % físico (puntos)"]).value
            assert not detalle.cell(n, titulos["% devengado del costo anual"]).value


def test_la_curva_de_soles_termina_en_el_porcentaje(caso: Caso) -> None:
    resumen = _abrir(en_memoria(escribir_consolidado_poi, caso.tablas, caso.revisiones))["Resumen"]
    inicio = next(c.row for c in resumen["I"] if c.value == "Presupuesto acumulado por mes (S/.)") + 2
    programado, devengado = (resumen.cell(inicio + 5, c).value for c in (10, 11))
    assert devengado / programado * 100 == pytest.approx(caso.tablas.institucion.porcentaje_financiero)


def test_la_tesoreria_usa_la_misma_regla(caso: Caso) -> None:
    libro = _abrir(en_memoria(escribir_tesoreria_poi, caso.tablas))
    i = caso.tablas.institucion
    total = _cuadro(libro["Resultados"], "Objetivo o unidad")["Institución"]
    assert total["% financiero"] == pytest.approx(i.porcentaje_financiero)
    assert total["Fuera del %: actividades"] == 13
    estados = [f["Valoración"] for f in _cuadro(libro["Actividades"], "Actividad").values()]
    assert estados.count(SIN_LEER) >= 1
    assert "No programado" not in estados


def _evaluadas(caso: Caso, n: int) -> list[Actividad]:
    return evaluar_actividades(caso.revisiones[n].libro, T2, OPERATIVO)


def _evaluacion(caso: Caso, n: int) -> bytes:
    destino = BytesIO()
    escribir_evaluacion_poi(
        destino, caso.revisiones[n], _evaluadas(caso, n), periodo=T2, corte=date(2024, 7, 8), perfil=OPERATIVO
    )
    return destino.getvalue()


@pytest.mark.parametrize("n", [1, 2, 4])
def test_la_evaluacion_no_dice_no_programado_de_lo_que_no_leyo(caso: Caso, n: int) -> None:
    libro = _abrir(_evaluacion(caso, n))
    hoja, cuantas = libro["Al periodo y año"], len(_evaluadas(caso, n))
    titulos = [c.value for c in hoja[6]]
    partes = [k for k, t in enumerate(titulos, 1) if t == "Valoración"]
    financiero = partes[1]
    for fila in range(7, 7 + cuantas):
        variacion, pct, valoracion = (hoja.cell(fila, financiero - k).value for k in (2, 1, 0))
        assert (variacion or None, pct, valoracion) == (None, SIN_LEER, SIN_LEER)
        assert not hoja.cell(fila, financiero + 1).value  # la brecha
    fisico = [hoja.cell(fila, partes[0]).value for fila in range(7, 7 + cuantas)]
    assert (SIN_LEER in fisico) is (n == 4)
    assert "No programado" not in fisico
    total = 7 + cuantas
    devengado = sum(a.financiero_al_periodo.alcanzado or 0.0 for a in _evaluadas(caso, n))
    assert (hoja.cell(total, financiero - 3).value or 0) == pytest.approx(devengado)
    assert hoja.cell(total, financiero).value == SIN_LEER
    colores = {str(r.dxf.fill.bgColor.rgb) for rango in hoja.conditional_formatting for r in rango.rules
               if SIN_LEER in str(r.formula)}
    assert colores == {"FFD9D9D9"}
    informe = _textos(libro, "Informe")
    if n < 4:
        dicho = "sin costo leído, de 4 actividades: no entran al %." if n == 1 else "no se pudo leer: no entran al %."
        assert any(t.startswith(f"S/. {devengado:,.2f} devengados") and t.endswith(dicho) for t in informe)
    assert f"«{SIN_LEER}»" in " ".join(_textos(libro, "Al periodo y año"))


def test_una_celda_ilegible_saca_del_porcentaje_solo_a_su_actividad(tmp_path: Path) -> None:
    simulado = simular_poi(44, actividades=4, periodo=T2)
    simulado.filas["Valorización"][1]["costo_m2"] = "por definir"
    simulado.filas["Seguimiento"][2]["devengado_m9"] = "todavía no"  # después del periodo: no estorba
    tablas, _ = _leer([simulado], tmp_path)
    codigo = simulado.filas["Valorización"][1]["codigo"]
    assert [r.actividad.codigo for r in tablas.renglones if r.actividad.sin_comparar] == [codigo]
    actividad = next(r.actividad for r in tablas.renglones if r.actividad.codigo == codigo)
    assert actividad.ilegibles == {"costo": (2,)}
    columnas = {c: n for n, c in enumerate(COLUMNAS)}
    (dato,) = [
        f for f in filas_de_datos(tablas)
        if f[columnas["clave"]] == codigo and f[columnas["medida"]] == "porcentaje financiero"
    ]
    assert (dato[columnas["valor"]], dato[columnas["estado"]]) == (None, SIN_LEER)


def test_un_costo_en_blanco_si_se_leyo(tmp_path: Path) -> None:
    """Sin nada escrito no hay nada programado: lo devengado es ejecución sin programación y sí entra al %."""
    simulado = simular_poi(44, actividades=4, periodo=T2)
    for clave in [c for c in simulado.filas["Valorización"][0] if c.startswith("costo_m")]:
        simulado.filas["Valorización"][0][clave] = None
    tablas, _ = _leer([simulado], tmp_path)
    assert tablas.institucion.sin_comparar == 0
    assert tablas.institucion.soles["devengado_comparado"] == tablas.institucion.soles["devengado"]


def test_la_brecha_de_una_unidad_es_una_sola_en_todas_las_salidas(tmp_path: Path) -> None:
    simulado = simular_poi(51, actividades=6, periodo=T2)
    # Dos actividades que pesan muy distinto: la media de los % no es el % de los soles.
    for hoja, medida in (("Valorización", "costo"), ("Seguimiento", "devengado")):
        for clave in [c for c, v in simulado.filas[hoja][0].items() if c.startswith(f"{medida}_m") and v]:
            simulado.filas[hoja][0][clave] *= 30 if medida == "costo" else 15
    tablas, revisiones = _leer([simulado], tmp_path)
    (unidad,) = tablas.por_unidad
    costos = sum(_soles(f, "costo") for f in simulado.filas["Valorización"])
    devengado = sum(_soles(f, "devengado") for f in simulado.filas["Seguimiento"])
    topados = [t for r in tablas.renglones if (t := r.topado) is not None]
    fisico = sum(topados) / len(topados)
    esperada = devengado / costos * 100 - fisico
    resultados = [r.actividad.financiero_al_periodo.cumplimiento for r in tablas.renglones]
    financieras = [c.topado for c in resultados if c.topado is not None]
    assert abs(sum(financieras) / len(financieras) - fisico - esperada) > 1  # la definición que había en el informe
    caso = Caso([simulado], tablas, revisiones)
    evaluacion = _abrir(_evaluacion(caso, 0))
    informe = {f[7]: f[13] for f in evaluacion["Informe"].iter_rows(values_only=True) if isinstance(f[7], str)}
    hoja = evaluacion["Al periodo y año"]
    brecha = next(k for k, c in enumerate(hoja[5], 1) if c.value == "Brecha (puntos)")
    consolidado = _abrir(en_memoria(escribir_consolidado_poi, tablas, revisiones))
    fila = _cuadro(consolidado["Por unidad"], "Unidad orgánica")["Institución"]
    resultado = json.loads(json.dumps(totales(tablas)))["por_unidad"][0]
    resumen = {f[0]: f[1:3] for f in consolidado["Resumen"].iter_rows(min_row=5, max_col=3, values_only=True) if f[0]}
    for vista in (
        informe["Brecha: % financiero − media física (puntos)"], hoja.cell(7 + 6 + 1, brecha).value, unidad.brecha,
        fila["Brecha (puntos)"], resultado["brecha"], resumen["Brecha físico-financiera (puntos)"][0],
    ):
        assert vista == pytest.approx(esperada, abs=0.005)
    for vista in (
        informe["% financiero: devengado ÷ costo"], fila["% financiero"], resultado["porcentaje_financiero"],
        unidad.porcentaje_financiero,
    ):
        assert vista == pytest.approx(devengado / costos * 100, abs=0.005)
    (en_frase,) = re.findall(r"\(([\d.]+) %\)", frase_de_brecha(tablas).partition(";")[0])
    (media_en_frase,) = re.findall(r": ([\d.]+) % \(", frase_de_media(tablas))
    assert float(en_frase) - float(media_en_frase) == pytest.approx(esperada, abs=0.1)


def test_lo_observado_en_un_titulo_tiene_su_vinculo(tmp_path: Path) -> None:
    simulado = simular_poi(44, actividades=4, periodo=T2)
    simulado.danos.append(_sin_titulo("Seguimiento", "devengado_m9"))
    caso = Caso([simulado], *_leer([simulado], tmp_path))
    libro = _abrir(_evaluacion(caso, 0))
    hoja = libro["Observaciones"]
    (fila,) = [f for f in hoja.iter_rows(min_row=7) if f[2].value == "FMT003"]
    assert fila[-1].value == "Ver aquí"
    donde, celda = str(fila[-1].hyperlink.location).replace("'", "").split("!")
    assert donde == "Seguimiento"
    vista = libro[donde][celda]
    assert vista.value == POI.por_clave["Seguimiento"].por_clave["devengado_m9"].titulo
    assert vista.comment is not None


def test_los_datos_no_se_imprimen(caso: Caso) -> None:
    hoja = _abrir(en_memoria(escribir_consolidado_poi, caso.tablas, caso.revisiones))["Datos"]
    assert hoja.max_row > 100
    assert str(hoja.print_area).endswith("$3")
    assert "no se imprime" in hoja["A3"].value


@pytest.mark.larga
def test_un_titulo_de_seccion_no_queda_solo_al_pie() -> None:
    tablas, _ = tablas_de_poi([poi(f"{n:03d} - Unidad orgánica número {n}") for n in range(1, 25)])
    for veces in (1, 3, 5):
        # Más objetivos corren el título de la segunda sección hacia el pie.
        tablas.grupos["oei"] = tablas.grupos["oei"] * veces
        hoja = _abrir(en_memoria(escribir_tesoreria_poi, tablas))["Resultados"]
        cortes = [b.id for b in hoja.row_breaks.brk]
        secciones = [c.row for c in hoja["B"] if str(c.value).startswith("Por ")]
        assert cortes
        assert not set(cortes) & set(secciones), "corta justo después de un título"
        assert (hoja.page_setup.scale or 100) >= 60


@pytest.mark.libreoffice
@pytest.mark.parametrize("cual", ["evaluacion", "consolidado", "tesoreria"])
@pytest.mark.larga
def test_libreoffice_calcula_lo_mismo(
    caso: Caso, cual: str, soffice: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    contenidos = {
        "evaluacion": lambda: [_evaluacion(caso, n) for n in (1, 3)],
        "consolidado": lambda: [en_memoria(escribir_consolidado_poi, caso.tablas, caso.revisiones)],
        "tesoreria": lambda: [en_memoria(escribir_tesoreria_poi, caso.tablas)],
    }
    for contenido in contenidos[cual]():
        assert diferencias(contenido, soffice, tmp_path)[1] == []


@pytest.mark.libreoffice
@pytest.mark.larga
def test_una_fila_corrida_y_un_codigo_casi_igual_dan_lo_mismo_en_libreoffice(
    soffice: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    simulado = simular_poi(45, actividades=4, periodo=T2)
    simulado.modo = Modo.FORMULACION
    simulado.filas["Programación"][0]["codigo"] = None
    simulado.filas["Programación"][3].update(programado_m2="por definir", programado_m6="por definir")
    simulado.filas["Seguimiento"][1]["codigo"] = str(simulado.filas["Seguimiento"][1]["codigo"]).replace("0", "O", 1)
    simulado.filas["Valorización"][2]["codigo"] = date(2024, 2, 1)
    caso = Caso([simulado], *_leer([simulado], tmp_path))
    fisico = [r.palabra for r in caso.tablas.renglones]
    assert [palabra == SIN_LEER for palabra in fisico] == [True, True, False, True]
    assert [r.actividad.sin_comparar for r in caso.tablas.renglones] == [True, True, True, False]
    evaluacion = _evaluacion(caso, 0)
    avisos = _textos(_abrir(evaluacion), "Al periodo y año")
    assert any("con datos corridos no se pud" in t for t in avisos)
    consolidado = en_memoria(escribir_consolidado_poi, caso.tablas, caso.revisiones)
    for contenido in (evaluacion, consolidado, en_memoria(escribir_tesoreria_poi, caso.tablas)):
        assert diferencias(contenido, soffice, tmp_path)[1] == []
