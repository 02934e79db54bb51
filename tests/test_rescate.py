"""El rescate: lo que trae un libro maltratado, en la plantilla de hoy; nada se inventa y nada se pierde sin decirlo."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from pei_excel.cli import orden
from pei_excel.ejemplo.historico import escribir_historico
from pei_excel.ejemplo.implan import FILAS, INFORME
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.escritura.rescate import HOJA_RESCATE, Movimiento, Que
from pei_excel.formato import Formato, Modo
from pei_excel.formatos import FORMATOS
from pei_excel.lectura.celdas import abrir, abrir_bytes
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.libro import Dato, Libro
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.rescate.hacer import Pedido, Rescatado, rescatar, rescatar_archivo
from pei_excel.rescate.sobrantes import TOPE
from pei_excel.revision import revisar
from pei_excel.salidas import NoSePudo
from pei_excel.simulacion import DEFECTOS, POI_DEFECTOS, simular_informe, simular_poi
from pei_excel.textos import limpiar, normalizar
from pei_excel.tipos import como_texto
from pei_excel.ubicacion import direccion, fila_y_columna

sys.path[:0] = [str(Path(__file__).parent / carpeta) for carpeta in ("lectura", "escritura")]

from test_danos import DANOS  # noqa: E402
from test_lo_que_llega import con_contrasena  # noqa: E402

MIR, POI = FORMATOS["MIR"], FORMATOS["POI"]
T2 = Periodo.de_codigo("2024-T2")
PRIMERA = MIR.principal.disposicion.fila_datos


def plantilla(formato: Formato = MIR, modo: Modo = Modo.SEGUIMIENTO) -> bytes:
    """El modelo del formato, limpio."""
    memoria = io.BytesIO()
    escribir_plantilla(memoria, formato, modo=modo, ejercicio=2024, periodo=T2, campos=formato.modelo.campos,
                       filas=formato.modelo.filas)
    return memoria.getvalue()


LIMPIO = plantilla()


def columna(clave: str, formato: Formato = MIR) -> int:
    return formato.principal.disposicion.columna[clave]


def tocado(accion: Callable[[Any], None], contenido: bytes = LIMPIO) -> bytes:
    """El libro después de que alguien le hizo algo con su programa."""
    libro = openpyxl.load_workbook(io.BytesIO(contenido))
    accion(libro)
    memoria = io.BytesIO()
    libro.save(memoria)
    return memoria.getvalue()


def de_bytes(contenido: bytes, carpeta: Path, nombre: str = "libro.xlsx", **opciones: Any) -> list[Rescatado]:
    ruta = carpeta / nombre
    ruta.write_bytes(contenido)
    return rescatar_archivo(str(ruta), nombre, Pedido(Opciones(**opciones)))


def uno(contenido: bytes, carpeta: Path, nombre: str = "libro.xlsx", **opciones: Any) -> Rescatado:
    (rescatado,) = de_bytes(contenido, carpeta, nombre, **opciones)
    assert rescatado.problema is None
    return rescatado


def de(rescatado: Rescatado, que: Que) -> list[Movimiento]:
    return [m for m in rescatado.movimientos if m.que is que]


def hojas(rescatado: Rescatado) -> Any:
    return openpyxl.load_workbook(io.BytesIO(rescatado.contenido))


# --- La propiedad -----------------------------------------------------------------------------------------------


def exigir_que_nada_se_pierda(ruta: Path, carpeta: Path) -> list[Rescatado]:
    """Cada valor está igual en su renglón y columna, o su celda está listada; lo demás del archivo, también.

    Y al revisar el libro rescatado no hay errores de lectura que no estén listados o que el original no tuviera.
    """
    rescatados = rescatar_archivo(str(ruta), ruta.name, Pedido())
    libros = leer(ruta, ruta.name, Opciones())
    if all(r.problema for r in rescatados):
        assert all(not libro.hojas or libro.apartado for libro in libros)
        return rescatados
    _exigir_que_este_o_se_liste(ruta, rescatados)
    for rescatado, libro in zip(rescatados, libros, strict=True):
        nuevo = carpeta / "nuevo.xlsx"
        nuevo.write_bytes(rescatado.contenido)
        (pasado,) = leer(nuevo, nuevo.name, Opciones())
        listadas = {(m.hoja, m.celda): m.que for m in rescatado.movimientos}
        for dato, suyo in _pares(libro, pasado):
            que = listadas.get((dato.hoja, dato.celda))
            if que is Que.NO_SE_LEYO:
                assert suyo.valor is None, (dato, suyo)
                continue
            assert suyo.valor == dato.valor, (dato, suyo)
            if suyo.crudo != dato.crudo and not (isinstance(dato.crudo, str) and limpiar(dato.crudo) == suyo.crudo):
                assert que is Que.REPARADA, (dato, suyo)
            elif not dato.vacio and que is None:
                assert suyo.celda == dato.celda
        _exigir_sin_errores_nuevos(libro, pasado, rescatado)
    return rescatados


def _pares(libro: Libro, pasado: Libro) -> list[tuple[Dato, Dato]]:
    """Cada dato capturado del original con el del libro rescatado, por su renglón y su columna."""
    formato = FORMATOS[libro.formato or ""]
    campos = [c.clave for c in formato.principal.campos if c.clave in libro.campos]
    pares = [(libro.campos[c], pasado.campo(c)) for c in campos]
    for hoja in formato.hojas:
        nuevas = {f.numero: f for f in pasado.filas(hoja.clave)}
        for n, fila in enumerate(libro.filas(hoja.clave), hoja.disposicion.fila_datos):
            for c in (c.clave for c in hoja.columnas if c.calculo is None):
                pares.append((fila[c], nuevas[n][c] if n in nuevas else Dato((hoja.clave, n, c))))
    return pares


def _exigir_que_este_o_se_liste(ruta: Path, rescatados: list[Rescatado]) -> None:
    """Todo lo escrito en el archivo, sea de la tabla o no, se encuentra en los libros rescatados (o en su lista)."""
    def dicho(valor: Any) -> object:
        return round(valor, 6) if isinstance(valor, float) else normalizar(como_texto(valor))

    nuevas = [h for r in rescatados for h in abrir_bytes(r.contenido, "").hojas]
    esta = {dicho(c.valor) for h in nuevas for c in h.celdas.values()}
    for hoja in abrir(ruta).hojas:
        sueltas = [c.valor for c in hoja.celdas.values() if c.valor is not None and not c.formula]
        perdidas = [v for v in sueltas if dicho(v) not in esta and dicho(v) and not str(v).startswith("pei-excel;")]
        assert len(perdidas) <= (0 if len(sueltas) < TOPE else len(sueltas) - TOPE), perdidas


def _exigir_sin_errores_nuevos(libro: Libro, pasado: Libro, rescatado: Rescatado) -> None:
    vacias = {
        (m.nueva[0], m.nueva[1] + n, m.nueva[2])
        for m in de(rescatado, Que.NO_SE_LEYO) if m.nueva for n in range(m.renglones)
    }
    hallados = revisar(libro, Contexto()).hallazgos
    antes = {(h.regla, h.mensaje) for h in hallados}
    corrida = any(h.regla == "FMT015" for h in hallados)
    for h in revisar(pasado, Contexto()).hallazgos:
        if corrida and h.regla == "FMT008" and h.sobre.startswith("Justificaciones"):
            continue  # la llave del renglón corrido quedó en blanco y listada: quien la refiere ya no la halla
        if h.regla.startswith("FMT") and h.severidad.value == "ERROR" and (h.regla, h.mensaje) not in antes:
            assert (h.donde.hoja, *fila_y_columna(h.donde.celda or "A1")) in vacias, h


#: Reglas de las que un defecto se prueba siempre.
DE_SIEMPRE = {
    "MIR": {"FMT004", "FMT005", "FMT006", "FMT007", "FMT008", "FMT009", "FMT011", "FMT012", "FMT016", "SEG002"},
    "POI": {"FMT001", "FMT003", "FMT013", "FMT015", "SEG001"},
}


def _casos() -> list[Any]:
    """Un defecto de algunas reglas en las pruebas de siempre; los demás, en las largas."""
    casos, vistas = [], set()
    for formato, defectos in (("MIR", DEFECTOS), ("POI", POI_DEFECTOS)):
        for defecto in defectos:
            corto = defecto.codigo in DE_SIEMPRE[formato] and (formato, defecto.codigo) not in vistas
            vistas.add((formato, defecto.codigo))
            marcas = () if corto else (pytest.mark.larga,)
            casos.append(pytest.param(formato, defecto, id=f"{formato} {defecto}", marks=marcas))
    return casos


@pytest.mark.parametrize(("formato", "defecto"), _casos())
def test_de_un_libro_con_un_defecto_nada_se_pierde(formato: str, defecto: Any, tmp_path: Path) -> None:
    simular: Callable[[int], Any] = simular_informe if formato == "MIR" else simular_poi
    for semilla in range(200):
        simulado = simular(semilla)
        if defecto.plantar(simulado, Random(semilla)) is not None:  # noqa: S311 - no es un secreto
            break
    simulado.escribir(tmp_path / "libro.xlsx")
    (ruta,) = tmp_path.glob("libro.*")
    exigir_que_nada_se_pierda(ruta, tmp_path)


CORTOS = {"filas insertadas", "hoja renombrada", "hoja duplicada", "título borrado", "dos esquinas lejanas"}


@pytest.mark.parametrize("nombre", [pytest.param(n, marks=() if n in CORTOS else pytest.mark.larga) for n in DANOS])
def test_de_un_libro_danado_nada_se_pierde(nombre: str, tmp_path: Path) -> None:
    ruta = tmp_path / "libro.xlsx"
    ruta.write_bytes(DANOS[nombre][0]())
    exigir_que_nada_se_pierda(ruta, tmp_path)


# --- Lo que hace cada cosa --------------------------------------------------------------------------------------


def test_de_un_libro_limpio_todo_queda_en_su_lugar(tmp_path: Path) -> None:
    """Nada se movió: el libro rescatado trae lo mismo, está completo y al rescatarlo otra vez sale igual."""
    rescatado = uno(LIMPIO, tmp_path)
    assert rescatado.movimientos == ()
    assert rescatado.completo
    assert rescatado.contenido == uno(LIMPIO, tmp_path).contenido
    libro = hojas(rescatado)
    original = openpyxl.load_workbook(io.BytesIO(LIMPIO))
    for hoja in MIR.hojas:
        celdas = [(c.coordinate, c.value, c.protection.locked) for fila in libro[hoja.clave] for c in fila]
        assert celdas == [(c.coordinate, c.value, c.protection.locked) for fila in original[hoja.clave] for c in fila]
    otra = uno(rescatado.contenido, tmp_path)
    assert [(m.que, m.hoja) for m in otra.movimientos] == [(Que.SIN_LUGAR, HOJA_RESCATE)]


def test_lo_movido_lo_reparado_lo_restaurado_y_lo_que_no_se_leyo(tmp_path: Path) -> None:
    """Cada celda con su color, su nota, su renglón en la lista y abierta si hay algo que comprobar o escribir."""
    def maltratar(libro: Any) -> None:
        hoja = libro["MIR"]
        hoja.insert_cols(1)
        hoja.cell(PRIMERA + 2, columna("programado_t1") + 1).value = "12,5 "
        hoja.cell(PRIMERA + 2, columna("programado_acumulado") + 1).value = 999
        hoja.cell(PRIMERA + 3, columna("alcanzado_t2") + 1).value = "1,200"
        hoja.cell(PRIMERA + 1, 40).value = "pendiente de firma"

    rescatado = uno(tocado(maltratar), tmp_path)
    lugar = MIR.principal.disposicion
    (reparada,), (formula,) = de(rescatado, Que.REPARADA), de(rescatado, Que.FORMULA)
    (ambigua,), (suelta,) = de(rescatado, Que.NO_SE_LEYO), de(rescatado, Que.SIN_LUGAR)
    donde = direccion(PRIMERA + 2, columna("programado_t1") + 1)
    assert (reparada.celda, reparada.decia, reparada.dice) == (donde, "12,5 ", 12.5)
    assert (formula.decia, formula.dice) == (999, 92.5)
    assert "1200" in ambigua.porque
    assert "1.2" in ambigua.porque
    assert (suelta.decia, suelta.nueva) == ("pendiente de firma", None)
    assert not rescatado.completo
    hoja = hojas(rescatado)["MIR"]
    puesta = hoja[lugar.celda(PRIMERA + 2, "programado_t1")]
    assert (puesta.value, puesta.protection.locked) == (12.5, False)
    assert puesta.comment.text.startswith(f"En su archivo: MIR!{reparada.celda}, decía “12,5 ”")
    assert hoja[lugar.celda(PRIMERA + 2, "programado_acumulado")].value.startswith("=")
    vacia = hoja[lugar.celda(PRIMERA + 3, "alcanzado_t2")]
    assert vacia.value is None
    assert not vacia.protection.locked
    movida = hoja[lugar.celda(PRIMERA, "nombre")]
    assert movida.protection.locked, "lo aprobado que sólo se movió sigue cerrado"
    assert "B1" not in movida.comment.text
    assert "MIR!C" in movida.comment.text
    colores = {c.fill.fgColor.rgb for c in (puesta, vacia, hoja[lugar.celda(PRIMERA + 2, "programado_acumulado")])}
    assert len(colores) == 3


def test_la_hoja_rescate_lista_cada_cosa_con_su_vinculo_y_su_cuenta(tmp_path: Path) -> None:
    def maltratar(libro: Any) -> None:
        libro["MIR"].insert_rows(1)
        libro.create_sheet("Notas")["B2"] = "=1+1"
        libro["Notas"]["B3"] = "llamar el lunes"

    rescatado = uno(tocado(maltratar), tmp_path)
    hoja = hojas(rescatado)[HOJA_RESCATE]
    valores = abrir_bytes(rescatado.contenido, "").hojas
    lista = next(h for h in valores if h.nombre == HOJA_RESCATE)
    cuentas = {str(hoja.cell(f, 1).value): lista.celdas[f, 4].valor for f in range(5, 11)}
    assert cuentas["movida"] == len(de(rescatado, Que.MOVIDA)) > 100
    assert cuentas["en su lugar"] == rescatado.intactas
    renglones = [[c.value for c in fila] for fila in hoja.iter_rows(min_row=14)]
    assert len(renglones) == len(rescatado.movimientos)
    assert ["sin lugar", "Notas", "B3", "llamar el lunes"] in [r[1:5] for r in renglones]
    assert any("sin su resultado" in str(r[8]) for r in renglones)
    movida = next(fila for fila in hoja.iter_rows(min_row=14) if fila[1].value == "movida")
    assert movida[6].hyperlink.location == f"'MIR'!{movida[6].value}"
    assert movida[7].value == "lo mismo"


def test_la_informacion_historica_pasa_a_la_plantilla_de_hoy(tmp_path: Path) -> None:
    """Bloque y encabezados en cada página, hojas con otro nombre y sin fórmulas: sale un libro de formulación."""
    escribir_historico(tmp_path / "viejo.xlsx", INFORME, paginas_por_hoja=2)
    (rescatado,) = exigir_que_nada_se_pierda(tmp_path / "viejo.xlsx", tmp_path)
    (tmp_path / "hoy.xlsx").write_bytes(rescatado.contenido)
    (libro,) = leer(tmp_path / "hoy.xlsx", "hoy.xlsx", Opciones())
    assert (libro.modo, libro.version, libro.periodo) == ("formulacion", MIR.version, T2)
    assert [str(f.valor("nivel")) for f in libro.filas("MIR")] == [f["nivel"] for f in FILAS]
    assert [m.porque for m in de(rescatado, Que.SIN_LUGAR)] == ["está fuera de la tabla"]
    assert [m.dice for m in de(rescatado, Que.FORMULA)] == [35]
    textos = [v for fila in hojas(rescatado)["MIR"].iter_rows(values_only=True) for v in fila]
    firmas = [t for t in textos if t in dict(INFORME.firmas).values()]
    assert len(firmas) == len(INFORME.firmas), "los cargos de quienes firman"


def test_dos_programas_en_un_archivo_dan_dos_libros(tmp_path: Path) -> None:
    def duplicar(libro: Any) -> None:
        otra = libro.copy_worksheet(libro["MIR"])
        otra.cell(MIR.principal.disposicion.fila_campo["programa"], 3).value = "7 - Otro programa"

    (tmp_path / "dos.xlsx").write_bytes(tocado(duplicar))
    rescatados = exigir_que_nada_se_pierda(tmp_path / "dos.xlsx", tmp_path)
    assert [r.clave for r in rescatados] == ["504-6", "504-7"]
    hechos = rescatar([tmp_path / "dos.xlsx"], tmp_path / "r", Pedido())
    assert [r.ruta.name for r in hechos if r.ruta] == ["dos_504-6_rescatado.xlsx", "dos_504-7_rescatado.xlsx"]


def test_la_hoja_de_otro_periodo_se_lista_y_se_puede_pedir(tmp_path: Path) -> None:
    def agregar(libro: Any) -> None:
        otra = libro.copy_worksheet(libro["MIR"])
        otra.cell(MIR.principal.disposicion.fila_campo["periodo"], 3).value = "1er. Trimestre 2024"

    contenido = tocado(agregar)
    rescatado = uno(contenido, tmp_path)
    otras = [m for m in de(rescatado, Que.SIN_LUGAR) if m.hoja == "MIR Copy" and m.decia]
    assert "1er. Trimestre 2024" in otras[0].porque
    assert "pida ese periodo" in otras[0].porque
    assert {"Fin", "Componente 1"} <= {m.decia for m in otras}
    assert uno(contenido, tmp_path, periodo=Periodo.de_codigo("2024-T1")).quien.endswith("1er. trimestre de 2024")


def test_lo_que_pasa_del_tope_se_cuenta(tmp_path: Path) -> None:
    def llenar(libro: Any) -> None:
        hoja = libro.create_sheet("Cálculos")
        for n in range(1, TOPE + 51):
            hoja.cell(n, 2).value = n / 8

    sueltas = de(uno(tocado(llenar), tmp_path), Que.SIN_LUGAR)
    assert len(sueltas) == TOPE + 1
    assert "50 celdas más" in sueltas[-1].porque
    assert sueltas[-1].celda == f"B{TOPE + 1}:B{TOPE + 50}"


def test_una_columna_sin_su_titulo_queda_abierta_y_sus_datos_se_listan(tmp_path: Path) -> None:
    """No se adivina de quién eran: se dice cuál falta, y la unidad puede escribirla aunque sea de seguimiento."""
    def cambiar(libro: Any) -> None:
        titulo = MIR.principal.disposicion.fila_del_titulo(MIR.principal.por_clave["sentido"])
        libro["MIR"].cell(titulo, columna("sentido")).value = "Hacia dónde"

    rescatado = uno(tocado(cambiar), tmp_path)
    (falta,) = de(rescatado, Que.NO_SE_LEYO)
    assert "Sentido Esperado" in falta.porque
    sueltas = [m for m in de(rescatado, Que.SIN_LUGAR) if m.decia == "Ascendente"]
    assert len(sueltas) == len(MIR.modelo.filas["MIR"])
    assert "«Hacia dónde»" in sueltas[0].porque
    hoja = hojas(rescatado)["MIR"]
    for n in range(len(sueltas)):
        celda = hoja.cell(PRIMERA + n, columna("sentido"))
        assert (celda.value, celda.protection.locked) == (None, False)
    listas = [v for v in hoja.data_validations.dataValidation if v.type == "list" and celda.coordinate in v.sqref]
    assert [v.formula1 for v in listas] == ["lista_sentido"]


def test_de_un_renglon_corrido_no_pasa_mas_que_la_llave(tmp_path: Path) -> None:
    def correr(libro: Any) -> None:
        hoja = libro["MIR"]
        hoja.cell(PRIMERA + 2, columna("programado_t1")).value = "De gestión"
        hoja.cell(PRIMERA + 2, columna("programado_t2")).value = "Eficacia"

    rescatado = uno(tocado(correr), tmp_path)
    hoja = hojas(rescatado)["MIR"]
    assert hoja.cell(PRIMERA + 2, 1).value == "Componente 1"
    assert hoja.cell(PRIMERA + 2, columna("nombre")).value is None
    listadas = {m.decia for m in de(rescatado, Que.NO_SE_LEYO)}
    assert {"De gestión", "Eficacia", "Estrategias de planeación implementadas"} <= listadas


def test_la_hoja_que_falta_de_un_poi_vuelve_con_sus_codigos_y_abierta(tmp_path: Path) -> None:
    rescatado = uno(tocado(lambda libro: libro.remove(libro["Valorización"]), plantilla(POI)), tmp_path)
    (falta,) = de(rescatado, Que.NO_SE_LEYO)
    assert "Valorización" in falta.porque
    hoja, lugar = hojas(rescatado)["Valorización"], POI.por_clave["Valorización"].disposicion
    codigos = [hoja.cell(lugar.fila_datos + n, 1).value for n in range(len(POI.modelo.filas["Programación"]))]
    assert codigos == [f["codigo"] for f in POI.modelo.filas["Programación"]]
    assert not hoja[lugar.celda(lugar.fila_datos, "costo_m1")].protection.locked


def test_quien_firma_pasa_y_lo_escrito_en_su_celda_de_porcentaje_tambien(tmp_path: Path) -> None:
    def firmar(libro: Any) -> None:
        hoja = libro["MIR"]
        (celda,) = [c for fila in hoja for c in fila if c.value == "Elaboró"]
        hoja.cell(celda.row + 2, celda.column).value = "Jefatura de planeación"
        meta = hoja.cell(PRIMERA + 2, columna("alcanzado_t2"))
        meta.value, meta.number_format = 0.27, "0%"

    rescatado = uno(tocado(firmar), tmp_path)
    assert [(m.decia, m.dice) for m in rescatado.movimientos] == [(0.27, 27.0)]
    textos = [v for fila in hojas(rescatado)["MIR"].iter_rows(values_only=True) for v in fila]
    assert textos.count("Jefatura de planeación") == 1
    assert textos.count("Nombre y cargo") == 1


def _meses_con_fecha(libro: Any) -> None:
    for hoja, medida in (("Valorización", "costo"), ("Seguimiento", "ejecutado")):
        lugar = POI.por_clave[hoja].disposicion
        for m in range(1, 13):
            titulo = libro[hoja].cell(lugar.fila_titulos, lugar.columna[f"{medida}_m{m}"])
            titulo.value, titulo.number_format = datetime(2024, m, 1), "mmm-yy"  # noqa: DTZ001


def _fisicos_sin_titulo(libro: Any) -> None:
    lugar = POI.por_clave["Seguimiento"].disposicion
    for m in range(1, 13):
        libro["Seguimiento"].cell(lugar.fila_titulos, lugar.columna[f"ejecutado_m{m}"]).value = f"m{m}"


@pytest.mark.parametrize("estropear", [_meses_con_fecha, _fisicos_sin_titulo])
def test_ninguna_cifra_pasa_a_otra_medida(estropear: Callable[[Any], None], tmp_path: Path) -> None:
    """De un devengado nunca sale un costo: cada cifra queda bajo los títulos que tenía, o no queda."""
    bueno = plantilla(POI)
    for sin_costos in (False, True):
        def tocar(libro: Any, *, quitar: bool = sin_costos) -> None:
            estropear(libro)
            if quitar:
                libro.remove(libro["Valorización"])

        rescatado = uno(tocado(tocar, bueno), tmp_path)
        despues, antes = hojas(rescatado), openpyxl.load_workbook(io.BytesIO(bueno))
        medidas = [(h.clave, c) for h in POI.hojas for c in h.columnas if c.mes]
        for clave, columna_ in medidas:
            lugar = POI.por_clave[clave].disposicion
            for n in range(len(POI.modelo.filas[clave])):
                celda = lugar.celda(lugar.fila_datos + n, columna_.clave)
                assert despues[clave][celda].value in {antes[clave][celda].value, None}, (clave, celda)
        if estropear is _meses_con_fecha and not sin_costos:
            assert rescatado.movimientos == ()


def test_una_hoja_duplicada_se_dice_en_una_linea(tmp_path: Path) -> None:
    rescatado = uno(tocado(lambda libro: libro.copy_worksheet(libro["Seguimiento"]), plantilla(POI)), tmp_path)
    assert [(m.que, m.hoja, m.celda) for m in rescatado.movimientos] == [(Que.SIN_LUGAR, "Seguimiento Copy", None)]
    assert "igual a «Seguimiento»" in rescatado.movimientos[0].porque


def test_de_una_duplicada_distinta_se_lista_lo_que_no_se_leyo(tmp_path: Path) -> None:
    def duplicar(libro: Any) -> None:
        copia = libro.copy_worksheet(libro["Seguimiento"])
        copia.cell(POI.por_clave["Seguimiento"].disposicion.fila_datos, 5).value = 9876.5

    rescatado = uno(tocado(duplicar, plantilla(POI)), tmp_path)
    assert {m.hoja for m in rescatado.movimientos} == {"Seguimiento Copy"}
    assert 9876.5 in {m.decia for m in rescatado.movimientos}


def test_lo_que_la_plantilla_calcula_no_se_cuenta_ni_se_lista(tmp_path: Path) -> None:
    """Pegar valores sobre las fórmulas no cambia cuántos datos pasaron, y un error en su primera celda es suyo."""
    from test_danos import DANOS as DE_LA_MIR

    assert uno(DE_LA_MIR["valores pegados sobre las fórmulas"][0](), tmp_path).intactas == uno(
        DE_LA_MIR["partes barajadas"][0](), tmp_path).intactas
    con_error = uno(tocado(lambda libro: libro["MIR"].__setitem__("A1", "#NAME?")), tmp_path)
    assert con_error.movimientos == ()


def test_la_linea_de_una_hoja_que_falta_no_deja_su_direccion_en_blanco(tmp_path: Path) -> None:
    (tmp_path / "libro.xlsx").write_bytes(tocado(lambda libro: libro.remove(libro["Valorización"]), plantilla(POI)))
    hecho = ejecutar(tmp_path / "libro.xlsx", "-o", tmp_path / "r")
    assert "no se leyó         falta la hoja «Valorización»; va en blanco" in hecho.output


def test_de_una_hoja_sin_titulos_se_dice_donde_van(tmp_path: Path) -> None:
    lugar = POI.por_clave["Valorización"].disposicion

    def sin_titulos(libro: Any) -> None:
        for fila in libro["Valorización"].iter_rows(min_row=lugar.fila_encabezado, max_row=lugar.fila_titulos):
            for celda in fila:
                if not isinstance(celda, openpyxl.cell.MergedCell):
                    celda.value = None

    rescatado = uno(tocado(sin_titulos, plantilla(POI)), tmp_path)
    (dicho,) = de(rescatado, Que.NO_SE_LEYO)
    assert (dicho.hoja, dicho.celda) == ("Valorización", lugar.celda(lugar.fila_encabezado, "codigo"))
    sueltas = de(rescatado, Que.SIN_LUGAR)
    assert {m.hoja for m in sueltas} == {"Valorización"}
    assert all("no se leyó" in m.porque for m in sueltas)
    assert "LISTO PARA ENVIAR" not in {m.decia for m in sueltas}


# --- La orden ---------------------------------------------------------------------------------------------------


def ejecutar(*argumentos: object) -> Any:
    return CliRunner().invoke(orden, ["rescatar", *map(str, argumentos)])


def test_la_orden_escribe_cuenta_y_termina_con_su_estado(tmp_path: Path) -> None:
    libro = tmp_path / "Entrega ñ.xlsx"
    libro.write_bytes(LIMPIO)
    antes = libro.read_bytes()
    hecho = ejecutar(libro, "-o", tmp_path / "r")
    assert hecho.exit_code == 0, hecho.output
    assert "1 libro rescatado" in hecho.output
    salida = tmp_path / "r" / "Entrega ñ_rescatado.xlsx"
    assert str(salida) in hecho.output
    assert libro.read_bytes() == antes
    assert ejecutar(libro, "-o", tmp_path / "r").exit_code == 0, "el mismo resultado se puede repetir"
    libro.write_bytes(tocado(lambda xlsx: xlsx.create_sheet("Notas").append(["suelta"])))
    con_sobra = ejecutar(libro, "-o", tmp_path / "otra")
    assert con_sobra.exit_code == 1
    assert "sin lugar          Notas!A1 «suelta»" in con_sobra.output
    assert [p.name for p in (tmp_path / "otra").iterdir()] == ["Entrega ñ_rescatado.xlsx"]


def test_no_pisa_un_libro_rescatado_que_ya_se_corrigio(tmp_path: Path) -> None:
    libro = tmp_path / "libro.xlsx"
    libro.write_bytes(LIMPIO)
    (tmp_path / "libro_rescatado.xlsx").write_bytes(b"corregido a mano")
    with pytest.raises(NoSePudo, match="no se escribe encima"):
        rescatar([libro], tmp_path, Pedido())
    assert (tmp_path / "libro_rescatado.xlsx").read_bytes() == b"corregido a mano"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["libro.xlsx", "libro_rescatado.xlsx"]


def test_nunca_se_escribe_sobre_un_archivo_que_se_leyo(tmp_path: Path) -> None:
    """Una carpeta rescatada en ella misma: lo ya rescatado también se lee, y nada cambia de contenido."""
    (tmp_path / "a.xlsx").write_bytes(LIMPIO)
    (tmp_path / "a_rescatado.xlsx").write_bytes(tocado(lambda libro: libro["MIR"].insert_rows(1)))
    antes = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    hechos = rescatar([tmp_path], tmp_path, Pedido())
    assert {r.ruta.name for r in hechos if r.ruta} == {"a_rescatado-2.xlsx", "a_rescatado_rescatado.xlsx"}
    assert {n: (tmp_path / n).read_bytes() for n in antes} == antes


def test_lo_cifrado_y_lo_comprimido_se_rescatan(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "entrega.zip", "w") as destino:
        destino.writestr("504/libro.xlsx", con_contrasena(LIMPIO, "secreta"))
        destino.writestr("505/libro.xlsx", LIMPIO)
    (tmp_path / "claves.txt").write_text("libro.xlsx = secreta\n", encoding="utf-8")
    hecho = ejecutar(tmp_path / "entrega.zip", "--clave-archivo", tmp_path / "claves.txt", "-o", tmp_path / "r")
    assert hecho.exit_code == 0, hecho.output
    assert sorted(p.name for p in (tmp_path / "r").iterdir()) == ["libro_rescatado-2.xlsx", "libro_rescatado.xlsx"]
    assert "secreta" not in hecho.output
    sin_clave = ejecutar(tmp_path / "entrega.zip" / "504" / "libro.xlsx", "-o", tmp_path / "s")
    assert sin_clave.exit_code == 1
    assert "protegido con contraseña" in sin_clave.output
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(("contenido", "dicho"), [
    (b"%PDF-1.7", "no es un libro"),
    (tocado(lambda libro: libro["MIR"].delete_rows(1, 99)), "no tiene sus títulos"),
])
def test_lo_que_no_se_puede_rescatar_dice_por_que(contenido: bytes, dicho: str, tmp_path: Path) -> None:
    (tmp_path / "libro.xlsx").write_bytes(contenido)
    hecho = ejecutar(tmp_path / "libro.xlsx", "-o", tmp_path / "r")
    assert hecho.exit_code == 1
    assert dicho in hecho.output
    assert "Ningún libro rescatado" in hecho.output


def test_sin_ano_se_pide_y_sin_archivo_es_mal_uso(tmp_path: Path) -> None:
    def sin_ano(libro: Any) -> None:
        hoja = libro["MIR"]
        hoja["A3"] = "Informe Trimestral"
        hoja.cell(MIR.principal.disposicion.fila_campo["periodo"], 3).value = None

    (tmp_path / "libro.xlsx").write_bytes(tocado(sin_ano))
    assert "--ejercicio" in ejecutar(tmp_path / "libro.xlsx", "-o", tmp_path / "r").output
    con_ano = ejecutar(tmp_path / "libro.xlsx", "-o", tmp_path / "r", "--ejercicio", 2024)
    assert con_ano.exit_code == 0, con_ano.output
    assert ejecutar(tmp_path / "no.xlsx").exit_code == 2


@pytest.mark.libreoffice
@pytest.mark.parametrize("tipo", ["xls", "ods"])
def test_de_otros_tipos_de_archivo_sale_lo_mismo(
    tipo: str, soffice: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    (tmp_path / "libro.xlsx").write_bytes(LIMPIO)
    ruta = soffice(tmp_path / "libro.xlsx", tipo)
    (rescatado,) = exigir_que_nada_se_pierda(ruta, tmp_path)
    assert de(rescatado, Que.NO_SE_LEYO) == de(rescatado, Que.SIN_LUGAR) == de(rescatado, Que.FORMULA) == []


@pytest.mark.larga
@pytest.mark.libreoffice
def test_las_formulas_del_libro_rescatado_dan_lo_que_guardan(
    soffice: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    from paridad import diferencias

    escribir_historico(tmp_path / "viejo.xlsx", INFORME)
    (rescatado,) = rescatar_archivo(str(tmp_path / "viejo.xlsx"), "viejo.xlsx", Pedido())
    total, distintas = diferencias(rescatado.contenido, soffice, tmp_path)
    assert (total > 100, distintas) == (True, [])
