"""Cerrar, reabrir y comparar con lo cerrado, como lo hace la oficina con sus órdenes."""

from __future__ import annotations

import html
import json
import os
import re
import shlex
import shutil
import signal
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from test_cli import Correr, correr, escribir, huellas  # noqa: F401 - «correr» es un accesorio
from test_decisiones import anotar

from pei_excel.__main__ import principal
from pei_excel.ciclo.bitacora import Bitacora
from pei_excel.ciclo.cerrados import cerrada, versiones
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos.catalogo import CATALOGO
from pei_excel.formatos.mir import MIR
from pei_excel.periodos import Periodo

#: openpyxl no conoce los minigráficos.
pytestmark = pytest.mark.filterwarnings("ignore:Sparkline")


class Salida(NamedTuple):
    """Lo que dejó una orden."""

    estado: int
    dicho: str
    error: str


Orden = Callable[..., Salida]


@pytest.fixture
def orden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Orden:
    """Corre `pei-excel …` en una carpeta vacía, en este mismo proceso."""
    monkeypatch.chdir(tmp_path)

    def _orden(*argumentos: str | Path) -> Salida:
        monkeypatch.setattr(sys, "argv", ["pei-excel", *map(str, argumentos)])
        estado = 0
        try:
            principal()
        except SystemExit as salida:
            estado = int(salida.code or 0)
        captura = capsys.readouterr()
        errores = [linea for linea in captura.err.splitlines() if not linea.endswith("…")]
        return Salida(estado, captura.out, "\n".join(errores))

    return _orden


def informe(ruta: Path, periodo: str, **cifras: float | str | None) -> None:
    """Un informe del modelo, con otras cifras en el Componente 1."""
    ruta.parent.mkdir(parents=True, exist_ok=True)
    filas = {hoja: [dict(f) for f in suyas] for hoja, suyas in MIR.modelo.filas.items()}
    if periodo == "2024-T1":
        for fila in filas["MIR"]:
            fila["alcanzado_t2"] = None
    next(f for f in filas["MIR"] if f["nivel"] == "Componente 1").update(cifras)
    campos = {c: v for c, v in MIR.modelo.campos.items() if c != "periodo"}
    escribir_plantilla(ruta, MIR, modo=Modo.SEGUIMIENTO, ejercicio=2024, periodo=Periodo.de_codigo(periodo),
                       campos=campos, filas=filas)


def documento(carpeta: Path) -> dict[str, Any]:
    leido: dict[str, Any] = json.loads((carpeta / "resultado.json").read_text(encoding="utf-8"))
    return leido


def textos(libro: Path) -> list[str]:
    with zipfile.ZipFile(libro) as partes:
        xml = "".join(partes.read(n).decode() for n in partes.namelist() if n.endswith(".xml"))
    return [html.unescape(t) for t in re.findall(r"<(?:t|oddFooter)(?: [^>]*)?>([^<]*)</", xml)]


def lo_archivado(version: Path) -> dict[str, str]:
    """Lo que hay en una versión cerrada, sin lo que dice de ella."""
    return {n: h for n, h in huellas(version).items() if n not in {"cierre.json", "reapertura.json"}}


def test_cerrar_archiva_lo_recibido_y_deja_todo_definitivo(orden: Orden, tmp_path: Path) -> None:
    """Con un zip y un oficio entre lo recibido: cada archivo queda como llegó, con su huella."""
    recibidos, salidas = tmp_path / "recibidos", tmp_path / "salidas"
    escribir(tmp_path / "otro" / "obras.xlsx", unidad="510 - Obras", programa="8 - Obra pública")
    informe(recibidos / "Planeación" / "504.xlsx", "2024-T2")
    with zipfile.ZipFile(recibidos / "entrega.zip", "w") as archivo:
        archivo.write(tmp_path / "otro" / "obras.xlsx", "obras.xlsx")
    (recibidos / "oficio.pdf").write_bytes(b"%PDF")
    (recibidos / "recepcion.csv").write_text("archivo;fecha\n504.xlsx;08/07/2024\n", encoding="utf-8")
    antes = huellas(recibidos)
    (recibidos / "~$504.xlsx").write_bytes(b"x")
    assert orden("cerrar", "2024-T2").estado == 2
    assert orden("consolidar", recibidos, "--periodo", "2024-T2").estado == 0
    preliminar = documento(salidas / "2024-T2")

    cerrado = orden("cerrar", "2024-T2")
    assert (cerrado.estado, cerrado.error) == (0, "")
    v1 = salidas / "cerrados" / "2024-T2" / "v1"
    acta = json.loads((v1 / "cierre.json").read_text(encoding="utf-8"))
    assert (acta["version"], acta["sustituye"], acta["con_observaciones"]) == (1, None, False)
    assert {a["archivo"]: a["sha256"] for a in acta["archivos"]} == lo_archivado(v1)
    assert huellas(v1 / "originales") == antes
    definitivo = documento(salidas / "2024-T2")
    assert huellas(v1 / "resultados") == huellas(salidas / "2024-T2")
    assert definitivo["libros"] == preliminar["libros"]
    assert not definitivo["totales"]["MIR"]["preliminar"]
    for libro in (salidas / "2024-T2").rglob("*.xlsx"):
        dichos = textos(libro)
        assert not [t for t in dichos if "PRELIMINAR" in t], libro.name
        assert [t for t in dichos if "DEFINITIVO" in t], libro.name

    otra = orden("cerrar", "2024-T2")
    assert (otra.estado, otra.error) == (2, "El periodo 2024-T2 ya está cerrado (versión 1).")
    no = orden("consolidar", recibidos, "--periodo", "2024-T2")
    assert (no.estado, no.error.count("\n")) == (2, 0)
    assert "pei-excel reabrir 2024-T2 --motivo" in no.error
    assert "Cerrado, versión 1" in orden("estado").dicho
    assert huellas(v1 / "resultados") == huellas(salidas / "2024-T2")


def test_lo_reabierto_se_cierra_en_otra_version_que_lo_dice(orden: Orden, tmp_path: Path) -> None:
    """La primera no se toca; la segunda dice a cuál sustituye. Lo cerrado se sabe aunque no haya bitácora."""
    recibidos, salidas = tmp_path / "recibidos", tmp_path / "salidas"
    informe(recibidos / "504.xlsx", "2024-T2")
    assert orden("consolidar", recibidos, "--periodo", "2024-T2").estado == 0
    preliminar = huellas(salidas / "2024-T2")
    assert orden("reabrir", "2024-T2", "--motivo", "x").estado == 2
    assert orden("cerrar", "2024-T2").estado == 0
    v1 = salidas / "cerrados" / "2024-T2" / "v1"
    acta, archivado = json.loads((v1 / "cierre.json").read_text(encoding="utf-8")), lo_archivado(v1)

    assert orden("reabrir", "2024-T2").estado == 2
    assert orden("reabrir", "2024-T2", "--motivo", "Obras corrigió").estado == 0
    assert orden("reabrir", "2024-T2", "--motivo", "otra vez").estado == 2
    assert json.loads((v1 / "reapertura.json").read_text(encoding="utf-8"))["motivo"] == "Obras corrigió"
    assert "Reabierto, versión 1: Obras corrigió" in orden("estado").dicho
    assert orden("consolidar", recibidos, "--periodo", "2024-T2").estado == 0
    assert huellas(salidas / "2024-T2") == preliminar
    assert orden("cerrar", "2024-T2").estado == 0
    assert lo_archivado(v1) == archivado
    dia = f"{acta['cuando'][8:10]}/{acta['cuando'][5:7]}/{acta['cuando'][:4]}"
    frase = f"Versión 2; sustituye a la versión 1, cerrada el {dia}"
    consolidado = openpyxl.load_workbook(salidas / "2024-T2" / "consolidado-mir.xlsx")
    for hoja in ("Ficha", "Resumen", "Metodología", "Control de entregas"):
        assert any(frase in str(c.value) for f in consolidado[hoja].iter_rows() for c in f), hoja
    caratula = openpyxl.load_workbook(salidas / "2024-T2" / "tesoreria-mir.xlsx")["Carátula"]
    assert sum(frase in str(c.value) for f in caratula.iter_rows() for c in f) == 2
    assert [v.reapertura is not None for v in versiones(salidas, "2024-T2")] == [True, False]
    anotado = [(c.version, c.accion) for c in Bitacora(salidas).cierres()]
    assert anotado == [(1, "cerrar"), (1, "reabrir"), (2, "cerrar")]

    shutil.rmtree(salidas / "2024-T2")
    (salidas / "bitacora.sqlite").unlink()
    repuesto = orden("cerrar", "2024-T2", "--sin-bitacora")
    assert repuesto.error.startswith("El periodo 2024-T2 ya está cerrado (versión 2). Se repusieron")
    assert huellas(salidas / "2024-T2") == huellas(salidas / "cerrados" / "2024-T2" / "v2" / "resultados")


def test_lo_que_cambio_despues_de_consolidar_no_se_cierra(orden: Orden, tmp_path: Path) -> None:
    """Un libro cambiado, uno nuevo, uno que falta, otra fecha de recepción u otra cifra: se dice y no queda nada."""
    recibidos, salidas = tmp_path / "recibidos", tmp_path / "salidas"
    informe(recibidos / "504.xlsx", "2024-T2")
    (recibidos / "recepcion.csv").write_text("archivo;fecha\n504.xlsx;08/07/2024\n", encoding="utf-8")
    assert orden("consolidar", recibidos, "--periodo", "2024-T2").estado == 0
    original, antes = (recibidos / "504.xlsx").read_bytes(), huellas(salidas)

    def no_se_cierra(*dicen: str) -> None:
        salida = orden("cerrar", "2024-T2")
        assert (salida.estado, salida.error.count("\n")) == (2, 0), salida.error
        for dice in (*dicen, "onsolide otra vez"):
            assert dice in salida.error
        assert huellas(salidas) == antes

    informe(recibidos / "504.xlsx", "2024-T2", alcanzado_t2=20.0)
    no_se_cierra("cambió «504.xlsx»")
    (recibidos / "504.xlsx").unlink()
    escribir(recibidos / "nuevo.xlsx")
    no_se_cierra("llegó «nuevo.xlsx»", "ya no está «504.xlsx»")
    (recibidos / "nuevo.xlsx").unlink()
    (recibidos / "504.xlsx").write_bytes(original)
    (recibidos / "recepcion.csv").write_text("archivo;fecha\n504.xlsx;09/07/2024\n", encoding="utf-8")
    no_se_cierra("la recepción de «504.xlsx» era 2024-07-08 (según recepcion.csv) y ahora es 2024-07-09")
    (recibidos / "recepcion.csv").write_text("archivo;fecha\n504.xlsx;08/07/2024\n", encoding="utf-8")
    resultado = salidas / "2024-T2" / "resultado.json"
    doc = documento(salidas / "2024-T2")
    doc["totales"]["MIR"]["institucion"]["conteos"]["Verde"] += 1
    resultado.write_text(json.dumps(doc), encoding="utf-8")
    antes = huellas(salidas)
    no_se_cierra("MIR · institucion · conteos · Verde era")


def test_con_observaciones_hace_falta_el_motivo(orden: Orden, tmp_path: Path) -> None:
    """Sin decirlo no se cierra; dicho, se imprime en la cobertura. Sin bitácora, las rutas las da el usuario."""
    recibidos, salidas = tmp_path / "recibidos", tmp_path / "salidas"
    informe(recibidos / "504.xlsx", "2024-T2")
    (recibidos / "roto.xlsx").write_bytes((recibidos / "504.xlsx").read_bytes()[:3000])
    assert orden("consolidar", recibidos, "--periodo", "2024-T2", "--sin-bitacora").estado == 1
    assert "dígalo con --recibidos" in orden("cerrar", "2024-T2").error
    pedido = ("cerrar", "2024-T2", "--sin-bitacora", "--recibidos", recibidos)
    no = orden(*pedido)
    assert (no.estado, "Queda 1 observación por solventar" in no.error) == (2, True)
    assert orden(*pedido, "--con-observaciones").estado == 2
    assert not (salidas / "cerrados").exists()
    si = orden(*pedido, "--con-observaciones", "--motivo", "=Vence el plazo de la Tesorería.")
    assert si.estado == 0, si.error
    frase = "Cerrado con 1 observación por solventar: =Vence el plazo de la Tesorería"
    assert frase in si.dicho
    dichos = textos(salidas / "2024-T2" / "consolidado-mir.xlsx")
    assert [t for t in dichos if "excluidos: roto.xlsx" in t and frase in t]
    version = cerrada(salidas, "2024-T2")
    assert version is not None
    assert version.con_observaciones
    assert not (salidas / "bitacora.sqlite").exists()


def test_lo_cerrado_se_compara_y_lo_alterado_se_aparta(orden: Orden, tmp_path: Path) -> None:
    """Se cierra el primer trimestre; en el segundo la unidad cambia lo que ya había informado: VER001 con los dos."""
    informe(tmp_path / "r1" / "504.xlsx", "2024-T1")
    assert orden("consolidar", "r1", "--periodo", "2024-T1").estado == 0
    assert orden("cerrar", "2024-T1").estado == 0
    informe(tmp_path / "r2" / "504.xlsx", "2024-T2", alcanzado_t1=23.0)
    pedido = ("consolidar", "r2", "--periodo", "2024-T2", "--anterior", "salidas/cerrados")
    assert orden(*pedido).estado == 1
    doc = documento(tmp_path / "salidas" / "2024-T2")
    (uno,) = [h for x in doc["libros"] for h in x["hallazgos"] if h["regla"] == "VER001"]
    assert (uno["encontrado"], uno["esperado"]) == (23, 20)
    assert "era 20" in uno["mensaje"]
    assert "ahora es 23" in uno["mensaje"]
    assert [a["archivo"] for a in doc["opciones"]["anterior"]] == ["cerrados/2024-T1/v1/resultados/datos.csv"]
    # Con toda la carpeta de resultados, lo cerrado no se cuenta dos veces; un periodo de ella sirve igual.
    assert orden(*pedido[:-1], "salidas").estado == 1
    leidos = [a["archivo"] for a in documento(tmp_path / "salidas" / "2024-T2")["opciones"]["anterior"]]
    assert leidos == ["salidas/2024-T2/datos.csv", "salidas/cerrados/2024-T1/v1/resultados/datos.csv"]
    assert orden(*pedido[:-1], "salidas/cerrados/2024-T1").estado == 1

    # Otra versión: sólo cuenta la última.
    assert orden("reabrir", "2024-T1", "--motivo", "La unidad corrigió").estado == 0
    informe(tmp_path / "r1" / "504.xlsx", "2024-T1", alcanzado_t1=23.0)
    assert orden("consolidar", "r1", "--periodo", "2024-T1", "--anterior", "salidas/cerrados").estado in {0, 1}
    assert documento(tmp_path / "salidas" / "2024-T1")["opciones"]["anterior"] == []
    assert orden("cerrar", "2024-T1", "--con-observaciones", "--motivo", "Plazo").estado == 0
    orden(*pedido)
    doc = documento(tmp_path / "salidas" / "2024-T2")
    assert [a["archivo"] for a in doc["opciones"]["anterior"]] == ["cerrados/2024-T1/v2/resultados/datos.csv"]
    assert not [h for x in doc["libros"] for h in x["hallazgos"] if h["regla"] == "VER001"]

    # Una carpeta cerrada que alguien cambió no se compara, y se dice; cerrar lo dice también.
    datos = tmp_path / "salidas" / "cerrados" / "2024-T1" / "v2" / "resultados" / "datos.csv"
    datos.write_bytes(datos.read_bytes().replace(b",23,", b",20,"))
    orden(*pedido)
    doc = documento(tmp_path / "salidas" / "2024-T2")
    assert doc["opciones"]["anterior"] == []
    assert [h["archivo"] for h in doc["hallazgos"] if "ya no es la que se cerró" in h["mensaje"]] == [
        "cerrados/2024-T1/v2/resultados/datos.csv"
    ]
    assert "ya no está como se archivó «resultados/datos.csv»" in orden("cerrar", "2024-T1").error


def test_cerrar_es_una_orden_de_verdad(correr: Correr, tmp_path: Path) -> None:  # noqa: F811
    """Desde otra carpeta y con rutas absolutas; el expediente de órdenes lo muestra con su ejemplo."""
    informe(tmp_path / "recibidos" / "504.xlsx", "2024-T2")
    assert correr("consolidar", tmp_path / "recibidos", "--periodo", "2024-T2", "-o", "s").returncode == 0
    salida = correr("cerrar", "2024-T2", "-o", tmp_path / "s")
    assert (salida.returncode, "versión 1" in salida.stdout) == (0, True), salida.stderr
    assert "Ejemplo:  pei-excel cerrar 2024-T2" in correr("cerrar", "--help").stdout
    assert "Ejemplo:  pei-excel reabrir" in correr("reabrir", "--help").stdout


PASOS = ("copiar", "archivar", "apartar", "poner")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows no mata procesos con señales")
@pytest.mark.parametrize("paso", PASOS)
def test_si_muere_al_cerrar_no_queda_nada_a_medias(orden: Orden, tmp_path: Path, paso: str) -> None:
    """O está cerrado y entero, o no está cerrado; la orden siguiente deja los resultados que tocan."""
    recibidos, salidas = tmp_path / "recibidos", tmp_path / "salidas"
    informe(recibidos / "504.xlsx", "2024-T2")
    assert orden("consolidar", recibidos, "--periodo", "2024-T2").estado == 0
    hijo = os.fork()
    if hijo == 0:
        _morir_al(paso)
        try:
            orden("cerrar", "2024-T2")
        finally:
            os._exit(1)  # no murió
    assert os.WTERMSIG(os.waitpid(hijo, 0)[1]) == signal.SIGKILL
    version = cerrada(salidas, "2024-T2")
    assert (version is not None) == (paso in {"apartar", "poner"})
    if version is not None:
        assert version.cambiados() == []
    siguiente = orden("cerrar", "2024-T2")
    assert siguiente.estado == (2 if version else 0), siguiente.error
    cerrado = cerrada(salidas, "2024-T2")
    assert cerrado is not None
    assert (cerrado.numero, cerrado.cambiados()) == (1, [])
    assert huellas(salidas / "2024-T2") == huellas(cerrado.carpeta / "resultados")
    assert sorted(p.name for p in (salidas / "cerrados" / "2024-T2").iterdir()) == ["v1"]
    assert sorted(p.name for p in salidas.iterdir() if not p.name.endswith((".anterior", ".sqlite"))) == [
        "2024-T2", "cerrados"
    ]


def _morir_al(paso: str) -> None:
    """El proceso muere al empezar ese paso: la mitad de una copia o uno de los cambios de nombre."""
    cambiar, copiar = Path.rename, shutil.copyfile

    def renombrar(desde: Path, hasta: Path) -> Path:
        cual = {"v1": "archivar", "2024-T2.anterior": "apartar", "2024-T2": "poner"}.get(Path(hasta).name)
        if cual == paso:
            os.kill(os.getpid(), signal.SIGKILL)
        return cambiar(desde, hasta)

    def a_medias(desde: Path, hasta: Path) -> Path:
        if paso == "copiar":
            Path(hasta).write_bytes(Path(desde).read_bytes()[:100])
            os.kill(os.getpid(), signal.SIGKILL)
        return copiar(desde, hasta)

    Path.rename = renombrar  # type: ignore[method-assign,assignment]
    shutil.copyfile = a_medias  # type: ignore[assignment]


def test_si_los_resultados_no_se_dejan_cambiar_no_queda_archivado(
    orden: Orden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lo archivado se quita: el periodo sigue abierto y todo como estaba."""
    informe(tmp_path / "recibidos" / "504.xlsx", "2024-T2")
    assert orden("consolidar", "recibidos", "--periodo", "2024-T2").estado == 0
    salidas = tmp_path / "salidas"
    antes, cambiar = huellas(salidas), Path.rename

    def renombrar(desde: Path, hasta: Path) -> Path:
        if desde.name == "2024-T2":
            raise PermissionError(13, "tomado", str(desde))
        return cambiar(desde, hasta)

    monkeypatch.setattr(Path, "rename", renombrar)
    monkeypatch.setattr("pei_excel.salidas.ESPERAS", ())
    no = orden("cerrar", "2024-T2")
    assert (no.estado, "Cierre los libros de esa carpeta" in no.error) == (2, True)
    assert {n: h for n, h in huellas(salidas).items() if ".nuevo/" not in n} == antes
    assert cerrada(salidas, "2024-T2") is None
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert orden("cerrar", "2024-T2").estado == 0


def test_lo_que_no_procede_no_impide_cerrar(orden: Orden, tmp_path: Path) -> None:
    """Decidida en el consolidado y consolidado otra vez, se cierra sin decir motivo; lo anotado también se archiva."""
    informe(tmp_path / "recibidos" / "a.xlsx", "2024-T2", alcanzado_t2="doce")
    assert orden("consolidar", "recibidos", "--periodo", "2024-T2").estado == 1
    assert "por solventar" in orden("cerrar", "2024-T2").error
    anotar(tmp_path / "salidas" / "2024-T2" / "consolidado-mir.xlsx", "a.xlsx", decision="No procede", motivo="Cabildo")
    aun = orden("cerrar", "2024-T2")
    assert (aun.estado, "onsolide otra vez" in aun.error) == (2, True)
    assert orden("consolidar", "recibidos", "--periodo", "2024-T2").estado == 0
    assert orden("cerrar", "2024-T2").estado == 0
    version = cerrada(tmp_path / "salidas", "2024-T2")
    assert version is not None
    assert not version.con_observaciones
    assert any("(con notas" in n for n in version.huellas or ())


@pytest.mark.larga
def test_el_catalogo_y_lo_anterior_se_recuerdan_y_se_comprueban(orden: Orden, tmp_path: Path) -> None:
    """El catálogo se archiva con lo recibido; cambiado, como lo que se dio en --anterior, pide consolidar otra vez."""
    informe(tmp_path / "r1" / "504.xlsx", "2024-T1")
    informe(tmp_path / "r2" / "504.xlsx", "2024-T2")
    shutil.copyfile(tmp_path / "r2" / "504.xlsx", tmp_path / "r2" / "catalogo.xlsx")  # otro libro con ese nombre
    catalogo = tmp_path / "catalogo.xlsx"
    modelo = CATALOGO.modelo
    escribir_plantilla(catalogo, CATALOGO, modo=Modo.FORMULACION, ejercicio=2024, campos=dict(modelo.campos),
                       filas=modelo.filas)
    pedido = ("consolidar", "r2", "--periodo", "2024-T2", "--anterior", "r1", "--catalogo", "catalogo.xlsx")
    cerrar = ("cerrar", "2024-T2", "--con-observaciones", "--motivo", "Plazo")
    orden(*pedido)
    original = catalogo.read_bytes()
    catalogo.write_bytes(original + b"x")
    assert "El catálogo «catalogo.xlsx» cambió" in orden(*cerrar).error
    catalogo.write_bytes(original)
    informe(tmp_path / "r1" / "504.xlsx", "2024-T1", alcanzado_t1=21.0)
    assert "Lo que se dio en --anterior cambió" in orden(*cerrar).error
    orden(*pedido)
    hecho = orden(*cerrar)
    assert hecho.estado == 0, hecho.error
    version = cerrada(tmp_path / "salidas", "2024-T2")
    assert version is not None
    assert version.catalogo == "originales/catalogo-2.xlsx"
    assert (version.carpeta / version.catalogo).read_bytes() == original


def test_la_orden_que_se_sugiere_lleva_las_opciones_de_entonces(orden: Orden, tmp_path: Path) -> None:
    """Con ella se repite la misma consolidación, también si la carpeta lleva espacios."""
    recibidos = tmp_path / "lo recibido"
    informe(recibidos / "504.xlsx", "2024-T2")
    informe(recibidos / "504 corregido.xlsx", "2024-T2")
    informe(tmp_path / "antes" / "504.xlsx", "2024-T1")
    opciones = ("--anterior", "antes", "--perfil", "mir=operativo", "--pais", "mx", "--corte", "2024-07-08",
                "--ponderado", "--limite", "archivo=60", "--usar", "504.xlsx", "--sin-bitacora", "-o", "otras salidas")
    orden("consolidar", "lo recibido", "--periodo", "2024-T2", *opciones)
    antes = documento(tmp_path / "otras salidas" / "2024-T2")["opciones"]
    informe(recibidos / "504 corregido.xlsx", "2024-T2", alcanzado_t2=1.0)
    hecho = orden("cerrar", "2024-T2", "--recibidos", "lo recibido", "--anterior", "antes", "--sin-bitacora", "-o",
                  "otras salidas")
    assert hecho.estado == 2
    sugerida = shlex.split(hecho.error.partition("Consolide otra vez: pei-excel ")[2])
    assert sugerida[:2] == ["consolidar", "lo recibido"]
    repetida = orden(*sugerida)
    assert repetida.estado in {0, 1}, repetida.error
    assert documento(tmp_path / "otras salidas" / "2024-T2")["opciones"] == antes


def test_lo_que_se_consolido_con_catalogo_no_se_cierra_sin_el(orden: Orden, tmp_path: Path) -> None:
    """Sin él parecería que no falta nadie: se consolida otra vez, o se dice por qué se cierra así."""
    modelo = CATALOGO.modelo
    informe(tmp_path / "r" / "504.xlsx", "2024-T2")
    escribir_plantilla(tmp_path / "catalogo.xlsx", CATALOGO, modo=Modo.FORMULACION, ejercicio=2024,
                       campos=dict(modelo.campos), filas=modelo.filas)
    pedido = ("consolidar", "r", "--periodo", "2024-T2")
    assert "catálogo" not in orden(*pedido, "--catalogo", "catalogo.xlsx").error
    for _ in range(3):  # ni la última ni su «.anterior» lo tienen: lo recuerda la bitácora
        assert "2024-T2 ya se había consolidado con catálogo, y esta vez no" in orden(*pedido).error
    hecho = orden("cerrar", "2024-T2")
    assert hecho.estado == 2
    assert "2024-T2 se había consolidado con catálogo y la última vez no: no se sabe quién falta." in hecho.error
    con_motivo = ("cerrar", "2024-T2", "--con-observaciones", "--motivo", "Plazo")
    hecho = orden(*con_motivo, "--catalogo", "catalogo.xlsx")
    assert (hecho.estado, cerrada(tmp_path / "salidas", "2024-T2")) == (2, None)
    assert "2024-T2 se consolidó sin catálogo, y hay uno («catalogo.xlsx»)" in hecho.error
    orden(*pedido, "--catalogo", "catalogo.xlsx")
    (tmp_path / "catalogo.xlsx").replace(tmp_path / "otro.xlsx")
    (tmp_path / "catalogo.xlsx").write_bytes((tmp_path / "otro.xlsx").read_bytes() + b"x")
    assert "cambió después de consolidar" in orden(*con_motivo, "--catalogo", "catalogo.xlsx").error
    assert "Se consolidó con el catálogo «otro.xlsx»." in orden(*con_motivo, "--catalogo", "otro.xlsx").dicho
    orden("reabrir", "2024-T2", "--motivo", "Se extravió")
    orden(*pedido)
    assert "Se consolidó sin catálogo: no se sabe si falta algún informe." in orden(*con_motivo).dicho


def test_si_hay_periodos_cerrados_y_no_se_comparan_se_dice(orden: Orden, tmp_path: Path) -> None:
    """Sólo los anteriores del ejercicio; los resultados no cambian por eso."""
    informe(tmp_path / "r1" / "504.xlsx", "2024-T1")
    informe(tmp_path / "r2" / "504.xlsx", "2024-T2")
    orden("consolidar", "r1", "--periodo", "2024-T1")
    assert orden("cerrar", "2024-T1", "--con-observaciones", "--motivo", "Plazo").estado == 0
    hecho = orden("consolidar", "r2", "--periodo", "2024-T2")
    cerrados = Path("salidas", "cerrados")
    sin = "Sin catálogo no se sabe quién falta."
    assert hecho.error == (
        f"{sin}\n"
        f"Hay periodos cerrados en «{cerrados}» (2024-T1) con los que no se compara; para compararlos agregue "
        f"--anterior {cerrados}"
    )
    assert orden("consolidar", "r2", "--periodo", "2024-T2", "--anterior", "salidas/cerrados").error == sin
    assert orden("consolidar", "r1", "--periodo", "2025-T1").error == sin
