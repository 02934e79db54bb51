"""Lo que recibió el servidor de las pruebas, vuelto a leer; y el servidor, ya encendido y con su cuenta dicha."""

from __future__ import annotations

import hashlib
import html
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from io import BytesIO

import pytest
from aiosmtpd.smtp import Envelope
from buzon import CLAVE, REMITENTE, USUARIO, Autoridad, Buzon

from pei_excel.correo import ordenes
from pei_excel.correo.servidor import Servidor


@dataclass(frozen=True, slots=True)
class Llegado:
    """Un mensaje que el servidor recibió; de sus archivos, sólo la huella, que un año entero no cabe en la memoria."""

    periodo: str
    motivo: str
    para: str  #: a quién se le entregó, que es lo que dice el mensaje
    identificador: str  #: su Message-ID
    asunto: str
    texto: str
    adjuntos: dict[str, str]  #: archivo → SHA-256
    sha256: str  #: de todo el mensaje, como llegó
    lugar: int  #: cuántos llevaba recibidos el servidor, con él


@pytest.fixture
def buzon(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Buzon]:
    """Un servidor en el propio equipo, y la cuenta con que se le escribe."""
    propio = Buzon()
    with Autoridad(tmp_path_factory.mktemp("ca")).servidor(propio) as ajustes:
        monkeypatch.setattr(ordenes, "Servidor", partial(Servidor, espera=10, entre_intentos=(0.0,)))
        for nombre, valor in {
            "SMTP_SERVIDOR": ajustes.servidor, "SMTP_PUERTO": str(ajustes.puerto), "SMTP_USUARIO": USUARIO,
            "SMTP_CLAVE": CLAVE, "REMITENTE": ajustes.remitente, "SMTP_CA": str(ajustes.ca),
        }.items():
            monkeypatch.setenv(f"PEI_EXCEL_{nombre}", valor)
        yield propio


def recibir(sobre: Envelope, periodo: str, motivo: str, lugar: int) -> tuple[Llegado, dict[str, bytes]]:
    """Un mensaje y sus archivos; de una sola dirección, sin copias. El servidor lo olvida."""
    contenido = bytes(sobre.content or b"")
    sobre.content = b""
    mensaje = message_from_bytes(contenido, policy=policy.default)
    assert isinstance(mensaje, EmailMessage)
    assert (mensaje["Cc"], mensaje["Bcc"], str(mensaje["From"])) == (None, None, REMITENTE)
    assert sobre.rcpt_tos == [str(mensaje["To"])]
    cuerpo = mensaje.get_body(("plain",))
    assert cuerpo is not None
    adjuntos = {str(a.get_filename()): a.get_content() for a in mensaje.iter_attachments()}
    return Llegado(
        periodo, motivo, sobre.rcpt_tos[0], str(mensaje["Message-ID"]), str(mensaje["Subject"]),
        str(cuerpo.get_content()).replace("\r\n", "\n"), {n: huella(c) for n, c in adjuntos.items()},
        huella(contenido), lugar,
    ), adjuntos


def huella(contenido: bytes) -> str:
    """Su SHA-256."""
    return hashlib.sha256(contenido).hexdigest()


def textos_del_libro(libro: bytes) -> str:
    """Todo lo que dice un libro."""
    with zipfile.ZipFile(BytesIO(libro)) as archivo:
        partes = [archivo.read(n).decode() for n in archivo.namelist() if n.endswith(".xml")]
    return html.unescape(re.sub(r"<[^>]*>", "", "\n".join(partes)))
