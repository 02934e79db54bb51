"""La orden enviar de principio a fin, contra un servidor de verdad: qué llega, qué consta y qué no se repite."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import zipfile
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from buzon import CLAVE, USUARIO, Autoridad, Buzon
from correos import consolidar, copiar, hallazgo

from pei_excel.ciclo.bitacora import Bitacora
from pei_excel.cli import orden
from pei_excel.correo import ordenes
from pei_excel.correo.servidor import Ajustes, Servidor
from pei_excel.indicaciones import por_menu
from pei_excel.terminal import con_red, ejecutar


class Ventana:
    """Una ventana de comandos con la cuenta de correo ya dicha."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, base: Path) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch
        self.visto = ""
        monkeypatch.chdir(base)
        monkeypatch.setattr(ordenes, "hoy", lambda: date(2024, 7, 15))  # antes de que venza la solventación
        monkeypatch.setattr(ordenes, "Servidor", partial(Servidor, espera=5, entre_intentos=(0.0,)))

    def cuenta(self, ajustes: Ajustes, **cambios: str) -> None:
        for nombre, valor in {
            "SMTP_SERVIDOR": ajustes.servidor, "SMTP_PUERTO": str(ajustes.puerto), "SMTP_USUARIO": USUARIO,
            "SMTP_CLAVE": CLAVE, "REMITENTE": ajustes.remitente, "SMTP_CA": str(ajustes.ca),
        }.items():
            self._monkeypatch.setenv(f"PEI_EXCEL_{nombre}", cambios.get(nombre, valor))

    def orden(self, *partes: str) -> tuple[int, str, str]:
        estado = con_red(lambda: ejecutar(orden, partes, "pei-excel"))
        dicho, avisado = self._capsys.readouterr()
        self.visto += dicho + avisado
        return estado, dicho, avisado


@pytest.fixture(scope="module")
def autoridad(tmp_path_factory: pytest.TempPathFactory) -> Autoridad:
    return Autoridad(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def origen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("correo")
    consolidar(base)
    return base


@pytest.fixture
def ventana(
    origen: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Ventana:
    def cambiar(documento: dict[str, Any]) -> None:
        documento["libros"][0]["hallazgos"] = [hallazgo(9, severidad="ERROR")]

    copiar(origen, tmp_path / "c", cambiar)
    capsys.readouterr()
    return Ventana(capsys, monkeypatch, tmp_path / "c")


ENVIAR = ("enviar", "salidas/2024-T2", "--catalogo", "catalogo.xlsx", "--enviar", "--a")


def test_se_envia_consta_y_la_segunda_vez_no_se_repite(autoridad: Autoridad, ventana: Ventana) -> None:
    buzon = Buzon()
    with autoridad.servidor(buzon) as ajustes:
        ventana.cuenta(ajustes)
        assert ventana.orden(*ENVIAR, "unidades")[0] == 0
        assert ventana.orden(*ENVIAR, "tesoreria")[0] == 0
        estado, dicho, _ = ventana.orden(*ENVIAR, "unidades")
        assert estado == 0
        assert "1 ya se había enviado" in dicho
        assert len(buzon.recibidos) == 2
        ventana.orden(*ENVIAR, "unidades", "--reenviar")
        assert len(buzon.recibidos) == 3
    observaciones, tesoreria = buzon.mensajes()[:2]
    carpeta = Path("salidas/2024-T2")
    for mensaje, nombres in (
        (observaciones, ["evaluaciones/u21-p2_2024-T2_evaluacion.xlsx"]),
        (tesoreria, ["consolidado-mir.xlsx", "tesoreria-mir.xlsx"]),
    ):
        assert [a.get_content() for a in mensaje.iter_attachments()] == [(carpeta / n).read_bytes() for n in nombres]
    copias = sorted(Path("salidas/correos/2024-T2/enviados").iterdir())
    assert [c.name.rpartition("_")[0] for c in copias] == ["tesoreria_tesoreria", *["u21_observaciones"] * 2]
    huella = next(e.huella for e in Bitacora(Path("salidas")).envios() if e.motivo == "tesoreria")
    assert copias[0].read_bytes() == (
        f"X-Pei-Huella: {huella}\r\nX-Pei-Recibieron: tesoreria@demostracion.example\r\n".encode()
        + bytes(buzon.recibidos[1].content or b"")
    )
    _, tablero, _ = ventana.orden("estado")
    seguido = " ".join(tablero.split())
    assert re.search(r"Correos enviados a \d direcciones.*: 1 de consolidado y 4 de observaciones", seguido)
    _, documento, _ = ventana.orden("estado", "--json")
    correos = json.loads(documento)["periodos"][0]["correos"]
    assert [(e["motivo"], e["para"]) for e in correos["enviados"]][:3] == [
        ("observaciones", "u21@demostracion.example"), ("observaciones", "enlace.u21@demostracion.example"),
        ("tesoreria", "tesoreria@demostracion.example"),
    ]
    assert correos["sin_salir"] == []


def test_lo_que_no_salio_se_dice_consta_y_es_lo_unico_que_se_manda_despues(
    autoridad: Autoridad, ventana: Ventana
) -> None:
    buzon = Buzon(rechaza={"enlace.u21@demostracion.example": "550 no existe"})
    with autoridad.servidor(buzon) as ajustes:
        ventana.cuenta(ajustes)
        estado, _, avisado = ventana.orden(*ENVIAR, "unidades")
        assert estado == 1
        assert avisado.splitlines()[-1] == (
            "U21 Instituto de Ejemplo (demostración), enlace.u21@demostracion.example: no enviado: 550 no existe."
        )
        assert "no han salido: observaciones a U21, enlace.u21@" in " ".join(ventana.orden("estado")[1].split())
        buzon.rechaza.clear()
        assert ventana.orden(*ENVIAR, "unidades")[0] == 0
        assert "no han salido" not in ventana.orden("estado")[1]
    assert [e.rcpt_tos for e in buzon.recibidos] == [
        ["u21@demostracion.example"], ["enlace.u21@demostracion.example"],
    ]


@pytest.mark.parametrize("en_otra_carpeta", [False, True])
def test_perdida_la_bitacora_las_copias_dicen_a_quien_se_mando_ya(
    en_otra_carpeta: bool, autoridad: Autoridad, ventana: Ventana
) -> None:
    """Sólo sale lo que no había salido; si tampoco hay copias, se dice que no consta nada."""
    buzon = Buzon(rechaza={"enlace.u21@demostracion.example": "550 no existe"})
    bitacora = Path("salidas/bitacora.sqlite")
    with autoridad.servidor(buzon) as ajustes:
        ventana.cuenta(ajustes)
        primera = ventana.orden(*ENVIAR, "unidades")[1]
        assert "no consta ningún envío anterior" in primera
        bitacora.rename("otra.sqlite") if en_otra_carpeta else bitacora.unlink()
        buzon.rechaza.clear()
        estado, dicho, _ = ventana.orden(*ENVIAR, "unidades")
        assert (estado, "no consta" in dicho) == (0, False)
        assert [e.rcpt_tos for e in buzon.recibidos] == [
            ["u21@demostracion.example"], ["enlace.u21@demostracion.example"],
        ]
        assert "La bitácora no tiene" not in ventana.orden("estado")[1]
        bitacora.unlink()
        seguido = " ".join(ventana.orden("estado")[1].split())
        assert "La bitácora no tiene 1 correo enviado: su copia está en «correos/2024-T2/enviados»" in seguido
        assert "1 ya se había enviado" in ventana.orden(*ENVIAR, "unidades")[1]
        assert len(buzon.recibidos) == 2
        ventana.orden(*ENVIAR, "unidades", "--reenviar")
        assert len({m["Message-ID"] for m in buzon.mensajes()}) == 2
        bitacora.unlink()
        shutil.rmtree("salidas/correos")
        assert "no consta ningún envío anterior" in ventana.orden(*ENVIAR, "unidades")[1]
    assert len(buzon.recibidos) == 4


def test_lo_que_llego_despues_de_consolidar_se_dice_a_quien_escribe_la_orden(ventana: Ventana) -> None:
    borradores = ("enviar", "salidas/2024-T2", "--a", "tesoreria", "--catalogo", "catalogo.xlsx")
    assert "última consolidación" not in ventana.orden(*borradores)[2]
    shutil.copy("recibidos/uno.xlsx", "recibidos/tres.xlsx")
    with por_menu():  # que ya lo preguntó
        assert "última consolidación" not in ventana.orden(*borradores)[2]
    estado, _, avisado = ventana.orden(*borradores)
    assert estado == 0
    assert "Desde la última consolidación llegó «tres.xlsx»: consolide otra vez para que cuente." in avisado


def test_sin_servidor_se_dice_que_se_intenta_otra_vez(ventana: Ventana) -> None:
    """Nadie espera sin saber qué pasa."""
    import socket

    with socket.socket() as ocupado:  # un puerto en que nadie escucha
        ocupado.bind(("127.0.0.1", 0))
        puerto = ocupado.getsockname()[1]
        ventana.cuenta(Ajustes("127.0.0.1", "planeacion@demostracion.example", puerto), SMTP_CA="")
        estado, _, avisado = ventana.orden(*ENVIAR, "unidades")
    assert estado == 1
    assert avisado.splitlines()[0] == (
        f"No hay conexión con «127.0.0.1:{puerto}». Se intenta otra vez en 0 segundos…"
    )


def test_con_la_bitacora_danada_no_se_envia_nada(autoridad: Autoridad, ventana: Ventana) -> None:
    Path("salidas/bitacora.sqlite").write_bytes(b"no es una base" * 100)
    buzon = Buzon()
    with autoridad.servidor(buzon) as ajustes:
        ventana.cuenta(ajustes)
        estado, _, avisado = ventana.orden(*ENVIAR, "unidades")
    assert (estado, buzon.recibidos) == (2, [])
    assert "no constaría qué se mandó" in avisado


def test_una_bitacora_de_antes_de_los_correos_se_completa(autoridad: Autoridad, ventana: Ventana) -> None:
    import sqlite3
    from contextlib import closing

    Bitacora(Path("salidas")).anotar_envios([])  # hace las tablas
    with closing(sqlite3.connect("salidas/bitacora.sqlite")) as conexion, conexion:
        conexion.execute("DROP TABLE envios")
        conexion.execute(
            "CREATE TABLE envios (id INTEGER PRIMARY KEY, message_id TEXT, para TEXT NOT NULL, asunto TEXT, "
            "huella TEXT, adjuntos TEXT, cuando TEXT NOT NULL, respuesta TEXT)"
        )
        conexion.execute("INSERT INTO envios (para, cuando) VALUES ('x@y.example', '2024-07-01T10:00:00-06:00')")
    assert [e.para for e in Bitacora(Path("salidas")).envios()] == ["x@y.example"]
    with autoridad.servidor(Buzon()) as ajustes:
        ventana.cuenta(ajustes)
        assert ventana.orden(*ENVIAR, "unidades")[0] == 0
    assert len(Bitacora(Path("salidas")).envios("2024-T2")) == 2


def test_la_contrasena_no_queda_en_ninguna_parte(autoridad: Autoridad, ventana: Ventana) -> None:
    """Ni en lo que se ve, ni en un archivo, ni en lo que se manda; tampoco cuando el servidor la repite."""
    formas = [CLAVE, base64.b64encode(CLAVE.encode()).decode(), base64.b64encode(
        f"\0{USUARIO}\0{CLAVE}".encode()).decode()]
    buzon = Buzon(respuestas=[f"550 no entiendo {forma}" for forma in formas])
    with autoridad.servidor(buzon) as ajustes:
        ventana.cuenta(ajustes)
        for _ in formas:
            assert ventana.orden(*ENVIAR, "unidades")[0] == 1
        assert ventana.orden(*ENVIAR, "unidades")[0] == 0
        ventana.cuenta(ajustes, SMTP_CLAVE=CLAVE + "x")
        assert ventana.orden(*ENVIAR, "tesoreria")[0] == 1
    assert ventana.orden("enviar", "salidas/2024-T2", "--catalogo", "catalogo.xlsx", "--a", "unidades")[0] == 0
    todo = [ventana.visto.encode(), *(bytes(e.content or b"") for e in buzon.recibidos)]
    for ruta in [Path(raiz, n) for raiz, _, nombres in os.walk(".") for n in nombres]:
        todo.append(ruta.read_bytes())
        if zipfile.is_zipfile(ruta):
            with zipfile.ZipFile(ruta) as libro:
                todo += [libro.read(n) for n in libro.namelist()]
    assert len(todo) > 50
    for forma in formas:
        assert not any(forma.encode() in cosa for cosa in todo), forma
    assert "•••" in ventana.visto
