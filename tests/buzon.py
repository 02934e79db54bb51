"""Un servidor de correo de verdad en el propio equipo, con TLS y usuario, que recibe, rechaza, se calla o corta."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from pei_excel.correo.servidor import Ajustes

USUARIO, CLAVE = "planeación", "cl4ve-muy-secreta-ñ"
REMITENTE = "planeacion@municipio.example"


@dataclass
class Buzon:
    """Lo que llegó, y cómo debe portarse el servidor."""

    recibidos: list[Envelope] = field(default_factory=list)
    sesiones: int = 0
    rechaza: dict[str, str] = field(default_factory=dict)  #: dirección → respuesta a su RCPT
    respuestas: list[str] = field(default_factory=list)  #: a los siguientes DATA, antes de portarse bien
    corta: list[str] = field(default_factory=list)  #: dónde corta las siguientes veces: «rcpt», «cuerpo» o «después»
    calla: list[float] = field(default_factory=list)  #: segundos que se calla las siguientes veces
    corta_a: set[str] = field(default_factory=set)  #: direcciones a cuyo mensaje corta siempre, a la mitad

    def mensajes(self) -> list[EmailMessage]:
        """Los mensajes recibidos, vueltos a leer."""
        return [message_from_bytes(bytes(e.content or b""), policy=policy.default) for e in self.recibidos]  # type: ignore[misc]

    async def handle_EHLO(  # noqa: N802 - así los llama aiosmtpd
        self, server: SMTP, session: Session, envelope: Envelope, host: str, lista: list[str]
    ) -> list[str]:
        self.sesiones += 1
        session.host_name = host
        return lista

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, una: str, _: list[str]
    ) -> str:
        if self.corta[:1] == ["rcpt"]:
            self.corta.pop(0)
            server.transport.abort()
        if una in self.rechaza:
            return self.rechaza[una]
        envelope.rcpt_tos.append(una)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.calla:
            await asyncio.sleep(self.calla.pop(0))
        if self.respuestas:
            return self.respuestas.pop(0)
        self.recibidos.append(envelope)
        if self.corta[:1] == ["después"]:
            self.corta.pop(0)
            server.transport.abort()
        return f"250 recibido {len(self.recibidos)}"


class _Servidor(SMTP):
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        buzon: Buzon = self.event_handler
        a_medias = buzon.corta[:1] == ["cuerpo"]
        if a_medias or not buzon.corta_a.isdisjoint(self.envelope.rcpt_tos):
            del buzon.corta[: int(a_medias)]
            await self.push("354 siga")
            await self._reader.read(10)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class _Control(Controller):
    def factory(self) -> SMTP:
        return _Servidor(self.handler, **self.SMTP_kwargs)


def _puerto_libre() -> int:
    with socket.socket() as enchufe:
        enchufe.bind(("127.0.0.1", 0))
        return int(enchufe.getsockname()[1])


@dataclass
class Autoridad:
    """Quien firma los certificados de las pruebas."""

    carpeta: Path
    ca: trustme.CA = field(default_factory=trustme.CA)

    @property
    def archivo(self) -> Path:
        ruta = self.carpeta / "autoridad.pem"
        if not ruta.exists():
            self.ca.cert_pem.write_to_path(str(ruta))
        return ruta

    @contextmanager
    def servidor(
        self, buzon: Buzon, *, seguridad: str = "starttls", nombre: str = "localhost", cifra: bool = True,
        tope: int = 2**25, **otros: Any
    ) -> Iterator[Ajustes]:
        """Un servidor encendido, y los ajustes con que se llega a él."""
        contexto = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(nombre, **otros).configure_cert(contexto)

        def autenticar(servidor: Any, sesion: Any, sobre: Any, mecanismo: str, datos: Any) -> AuthResult:
            bien = isinstance(datos, LoginPassword) and (datos.login, datos.password) == (
                USUARIO.encode(), CLAVE.encode()
            )
            return AuthResult(success=bien, handled=False)

        control = _Control(
            buzon, hostname="localhost", server_hostname="localhost", port=_puerto_libre(),
            authenticator=autenticar,
            # aiosmtpd sólo llama cifrado a lo que pasó por STARTTLS
            **({"ssl_context": contexto} if seguridad == "tls" else {}),
            **({"tls_context": contexto, "require_starttls": True} if seguridad == "starttls" and cifra else {}),
            **({"auth_required": True} if seguridad == "starttls" and cifra else {"auth_require_tls": False}),
            data_size_limit=tope,
        )
        control.start()
        try:
            yield Ajustes("localhost", REMITENTE, control.port, seguridad, USUARIO, CLAVE, self.archivo)
        finally:
            control.stop()


Encender = Callable[..., Any]
