"""El expediente de una unidad: todo lo suyo, nada ajeno, cada archivo con su huella y siempre igual."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from catalogos import en_memoria, unidad
from test_cierre import Orden, informe, orden  # noqa: F401 - «orden» es un accesorio
from test_cli import escribir
from test_decisiones import anotar

from pei_excel.catalogo import desde_libro
from pei_excel.ciclo.bitacora import Bitacora, Envio
from pei_excel.expediente import de_quien
from pei_excel.expediente.piezas import segura

#: openpyxl no conoce los minigráficos.
pytestmark = [pytest.mark.filterwarnings("ignore:Sparkline"), pytest.mark.larga]  # muchas órdenes de verdad
ZIP = Path("salidas/expedientes/expediente_504-6_2024.zip")


def contenido(ruta: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(ruta) as archivo:
        assert archivo.testzip() is None
        return {n: archivo.read(n) for n in archivo.namelist()}


def tabla(archivos: dict[str, bytes], nombre: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archivos[nombre].decode("utf-8-sig"))))


def un_ano(orden: Orden, tmp_path: Path) -> tuple[bytes, bytes]:  # noqa: F811
    """Un periodo cerrado dos veces y otro abierto; da la entrega que sustituyó otra y la que ya no está."""
    r1, r2 = tmp_path / "r1", tmp_path / "r2"
    informe(r1 / "504 primera.xlsx", "2024-T1")
    escribir(tmp_path / "otro" / "ajeno.xlsx", periodo="2024-T1", unidad="510 - Obras", programa="8 - Obra pública")
    with zipfile.ZipFile(r1 / "entrega.zip", "w") as archivo:
        archivo.write(tmp_path / "otro" / "ajeno.xlsx", "ajeno.xlsx")
    (r1 / "recepcion.csv").write_text("archivo;fecha\n504 primera.xlsx;05/04/2024\n", encoding="utf-8")
    cerrar = ("--con-observaciones", "--motivo", "Plazo")
    orden("consolidar", "r1", "--periodo", "2024-T1")
    assert orden("cerrar", "2024-T1", *cerrar).estado == 0
    assert orden("reabrir", "2024-T1", "--motivo", "Corrigió").estado == 0
    primera = (r1 / "504 primera.xlsx").read_bytes()
    (r1 / "504 primera.xlsx").unlink()
    informe(r1 / "504 segunda.xlsx", "2024-T1", alcanzado_t1=19.0)
    orden("consolidar", "r1", "--periodo", "2024-T1")
    assert orden("cerrar", "2024-T1", *cerrar).estado == 0
    informe(r2 / "504.xlsx", "2024-T2", alcanzado_t2=1.0)
    orden("consolidar", "r2", "--periodo", "2024-T2")
    borrada = (r2 / "504.xlsx").read_bytes()
    informe(r2 / "504.xlsx", "2024-T2", alcanzado_t2=2.0)
    orden("consolidar", "r2", "--periodo", "2024-T2")
    anotar(tmp_path / "salidas/2024-T2/consolidado-mir.xlsx", "504.xlsx", decision="Procede", motivo="+Se confirma")
    orden("consolidar", "r2", "--periodo", "2024-T2")
    for nombre in (
        "2024-T1/observaciones/504-6.eml", "2024-T2/enviados/504_acuse_0a1b2c3d.eml",
        "2024-T2/enviados/510_acuse_1.eml", "2023-T4/enviados/504_acuse_1.eml", "2024-T2/acuse/5041.eml",
    ):
        ruta = tmp_path / "salidas" / "correos" / nombre
        ruta.parent.mkdir(parents=True, exist_ok=True)
        ruta.write_bytes(nombre.encode())
    comunes = {"motivo": "observaciones", "copia": False, "asunto": "a", "huella": "h", "adjuntos": {"a.xlsx": "1"},
               "estado": "enviado", "respuesta": "250 OK"}
    Bitacora(tmp_path / "salidas").anotar_envios([
        Envio(message_id=f"<{n}>", periodo=periodo, unidad=clave, para=f"{n}@municipio.gob.mx", **comunes)
        for n, (periodo, clave) in enumerate((("2024-T1", "504"), ("2024-T1", "510"), ("2023-T1", "504")))
    ])
    return primera, borrada


def test_todo_lo_de_la_unidad_y_nada_de_las_demas(orden: Orden, tmp_path: Path) -> None:  # noqa: F811
    """Cada versión que entregó, cada evaluación, la decisión y los mensajes; de lo que falta, su huella."""
    primera, borrada = un_ano(orden, tmp_path)
    hecho = orden("expediente", "504-6", "2024")
    assert hecho.estado == 0, hecho.error
    assert "3 entregas, 3 evaluaciones, 1 mensaje enviado, 1 borrador" in hecho.dicho
    assert "Ya no está 1 entrega que se conoció" in hecho.dicho
    hallado = contenido(tmp_path / ZIP)
    assert sorted(n for n in hallado if not n.startswith("bitacora/")) == [
        "borradores/2024-T1/observaciones/504-6.eml", "decisiones.csv",
        "entregas/2024-T1/01 2024-04-05 504 primera.xlsx",
        next(n for n in hallado if n.endswith("504 segunda.xlsx")), next(n for n in hallado if n.endswith(" 504.xlsx")),
        "evaluaciones/2024-T1/v1/504-6_2024-T1_evaluacion.xlsx",
        "evaluaciones/2024-T1/v2/504-6_2024-T1_evaluacion.xlsx",
        "evaluaciones/2024-T2/sin cerrar/504-6_2024-T2_evaluacion.xlsx",
        "mensajes/2024-T2/504_acuse_0a1b2c3d.eml", "índice.csv", "índice.txt",
    ]
    assert hallado["entregas/2024-T1/01 2024-04-05 504 primera.xlsx"] == primera
    assert (tmp_path / "salidas/2024-T2/evaluaciones/504-6_2024-T2_evaluacion.xlsx").read_bytes() == (
        hallado["evaluaciones/2024-T2/sin cerrar/504-6_2024-T2_evaluacion.xlsx"]
    )
    indice = tabla(hallado, "índice.csv")
    assert {f["archivo"]: f["sha256"] for f in indice if f["archivo"]} == {
        n: hashlib.sha256(c).hexdigest() for n, c in hallado.items() if not n.startswith("índice")
    }
    (falta,) = [f for f in indice if not f["archivo"]]
    assert falta["sha256"] == hashlib.sha256(borrada).hexdigest()
    assert {(d["decision"], d["motivo"]) for d in tabla(hallado, "decisiones.csv")} == {("Procede", "'+Se confirma")}
    assert {f["unidad"] for f in tabla(hallado, "bitacora/informes.csv")} == {"504"}
    assert [f["accion"] for f in tabla(hallado, "bitacora/cierres.csv")] == ["cerrar", "reabrir", "cerrar"]
    assert [f["para"] for f in tabla(hallado, "bitacora/envios.csv")] == ["0@municipio.gob.mx"]
    texto = hallado["índice.txt"].decode("utf-8-sig")
    assert "recibido el 2024-04-05 (según recepcion.csv)" in texto
    assert "ajeno.xlsx" not in texto
    escrito, no_enviado = texto.partition("Lo que se le escribió")[2].split("Borradores, no enviados")
    assert "504_acuse" in escrito
    assert "504-6.eml" not in escrito
    assert "504-6.eml" in no_enviado.partition("Lo que la oficina decidió")[0]
    columnas = {c for n in hallado if n.endswith(".csv") for c in tabla(hallado, n)[0]}
    assert not {"firma", "huella", "message_id"} & columnas
    antes = (tmp_path / ZIP).read_bytes()
    assert orden("expediente", "504-6", "2024", "-o", "otra/copia.zip").estado == 0
    assert (tmp_path / "otra" / "copia.zip").read_bytes() == antes

    # Lo de la otra unidad sale de dentro de su .zip; con la bitácora dañada va lo que dicen los archivos.
    (tmp_path / "salidas" / "bitacora.sqlite").write_bytes(b"x" * 5000)
    otro = orden("expediente", "510", "2024", "-o", "510.zip")
    assert (otro.estado, "va sin ella" in otro.error) == (0, True)
    (libro,) = [c for n, c in contenido(tmp_path / "510.zip").items() if n.startswith("entregas/")]
    assert libro == (tmp_path / "otro" / "ajeno.xlsx").read_bytes()
    nada = orden("expediente", "504-7", "2024")
    assert (nada.estado, nada.error.splitlines()[-1]) == (
        2, "En «salidas» no hay nada de «504-7» en 2024. ¿Quiso decir «504-6»?"
    )
    copiada = orden("expediente", "504 - Instituto", "2024")
    assert copiada.error.endswith("¿Quiso decir «504»?"), copiada.error
    assert orden("expediente", "504-6", "2023").estado == 2
    assert orden("expediente", "504-6", "2024", "--salidas", "no").estado == 2
    assert orden("expediente", "504-6", "2024", "-o", "r1").estado == 2


def test_las_entregas_se_numeran_en_el_orden_en_que_llegaron(orden: Orden, tmp_path: Path) -> None:  # noqa: F811
    """Aunque por su nombre la segunda vaya antes."""
    informe(tmp_path / "r1" / "504.xlsx", "2024-T1")
    informe(tmp_path / "r1" / "504 corregido.xlsx", "2024-T1", alcanzado_t1=19.0)
    (tmp_path / "r1" / "recepcion.csv").write_text(
        "archivo;fecha\n504 corregido.xlsx;09/04/2024\n504.xlsx;05/04/2024\n", encoding="utf-8"
    )
    orden("consolidar", "r1", "--periodo", "2024-T1")
    assert orden("expediente", "504-6", "2024").estado == 0
    assert [n for n in contenido(tmp_path / ZIP) if n.startswith("entregas/")] == [
        "entregas/2024-T1/01 2024-04-05 504.xlsx", "entregas/2024-T1/02 2024-04-09 504 corregido.xlsx",
    ]


def test_con_catalogo_se_siguen_las_claves_del_ejercicio() -> None:
    """Una unidad que cambió de clave a medio año es la misma; con su programa también."""
    corte = date(2024, 7, 1)
    catalogo = desde_libro(en_memoria({"Unidades": [
        unidad("504", hasta=date(2024, 6, 30)), unidad("610", desde=corte, clave_anterior=("504",)), unidad("700"),
    ]}))
    assert de_quien("504", 2024, catalogo).claves == {"504", "610"}
    assert de_quien("610-6", 2024, catalogo).claves == {"504-6", "610-6"}
    assert de_quien("610-6", 2024, None).claves == {"610-6"}
    quien = de_quien("610-6", 2024, catalogo)
    assert [quien.es(u, p) for u, p in (("504", "6"), ("610", "6"), ("504", "7"), ("700", "6"), (None, None))] == [
        True, True, False, False, False
    ]


@pytest.mark.parametrize(("nombre", "queda"), [
    ("e/informe: final?.xlsx", "e/informe- final-.xlsx"), ("e/CON.xlsx", "e/_CON.xlsx"), ("e/x. ", "e/x"),
    ("e/" + "á" * 200 + ".xlsx", "e/" + "á" * 75 + ".xlsx"), ("e/a\nb\x00.xls", "e/a-b-.xls"), ("e/...", "e/-"),
])
def test_los_nombres_los_admite_windows(nombre: str, queda: str) -> None:
    assert segura(nombre) == queda
