"""Lo que recibió el servidor de las pruebas, vuelto a leer; y el servidor, ya encendido y con su cuenta dicha."""

from __future__ import annotations

import hashlib
import html
import re
import zipfile
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from io import BytesIO
from typing import NamedTuple

import pytest
from aiosmtpd.smtp import Envelope
from buzon import CLAVE, USUARIO, Autoridad, Buzon

from pei_excel.correo import ordenes
from pei_excel.correo.servidor import Servidor


class Llegado(NamedTuple):
    """Un mensaje que el servidor recibió."""

    periodo: str
    motivo: str
    para: tuple[str, ...]  #: a quién se le entregó, diga lo que diga el mensaje
    contenido: bytes
    mensaje: EmailMessage
    lugar: int  #: cuántos llevaba recibidos el servidor, con él

    @property
    def identificador(self) -> str:
        """Su Message-ID."""
        return str(self.mensaje["Message-ID"])


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


def bytes_de(sobre: Envelope) -> bytes:
    return bytes(sobre.content or b"")


def leido_de(sobre: Envelope) -> EmailMessage:
    mensaje = message_from_bytes(bytes_de(sobre), policy=policy.default)
    assert isinstance(mensaje, EmailMessage)
    return mensaje


def texto_de(mensaje: EmailMessage) -> str:
    cuerpo = mensaje.get_body(("plain",))
    assert cuerpo is not None
    return str(cuerpo.get_content()).replace("\r\n", "\n")


def adjuntos_de(mensaje: EmailMessage) -> dict[str, bytes]:
    return {str(a.get_filename()): a.get_content() for a in mensaje.iter_attachments()}


def huellas_de(mensaje: EmailMessage) -> dict[str, str]:
    return {n: hashlib.sha256(c).hexdigest() for n, c in adjuntos_de(mensaje).items()}


def textos_del_libro(libro: bytes) -> str:
    """Todo lo que dice un libro."""
    with zipfile.ZipFile(BytesIO(libro)) as archivo:
        partes = [archivo.read(n).decode() for n in archivo.namelist() if n.endswith(".xml")]
    return html.unescape(re.sub(r"<[^>]*>", "", "\n".join(partes)))
