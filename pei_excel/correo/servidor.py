"""El servidor de correo: una conexión cifrada y con su certificado comprobado, que reintenta lo pasajero.

Los ajustes sólo se toman del ambiente (o del llavero del sistema) y la clave no sale de aquí.
"""

from __future__ import annotations

import base64
import re
import smtplib
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, NoReturn, Self

from pei_excel.ciclo.bitacora import ENVIADO, INCIERTO, RECHAZADO
from pei_excel.correo.mensajes import MensajeImpropio, direccion, en_un_renglon
from pei_excel.salidas import NoSePudo

#: Segundos que se espera una respuesta, y entre un intento y el siguiente.
ESPERA = 60.0
ENTRE_INTENTOS = (2.0, 8.0, 30.0)
PREFIJO = "PEI_EXCEL_"
#: Con este nombre se busca la clave en el llavero del sistema.
LLAVERO = "pei-excel"
_LARGO = 200

#: Código de verificación de OpenSSL → por qué no vale el certificado.
_CERTIFICADO = {
    9: "todavía no es válido", 10: "está vencido", 18: "lo firmó el propio servidor",
    19: "lo firmó una autoridad propia",
    20: "no se conoce a quien lo firmó", 21: "no se conoce a quien lo firmó", 62: "es de otro servidor",
}


class Respuesta(NamedTuple):
    """Cómo terminó el envío a una dirección."""

    estado: str  #: ENVIADO, RECHAZADO o INCIERTO
    dicho: str  #: lo que contestó el servidor, o por qué no salió


class _Fallo(Exception):  # noqa: N818 - no llega al usuario
    """No salió: si es pasajero se reintenta; si es del servidor, lo mismo les pasará a todos los mensajes."""

    def __init__(self, dicho: str, *, pasajero: bool, del_servidor: bool = False, incierto: bool = False) -> None:
        super().__init__(dicho)
        self.dicho, self.pasajero, self.del_servidor, self.incierto = dicho, pasajero, del_servidor, incierto


@dataclass(frozen=True, slots=True)
class Ajustes:
    """Con qué servidor y con qué cuenta se manda."""

    servidor: str
    remitente: str
    puerto: int = 587
    seguridad: str = "starttls"  #: «starttls» o «tls»
    usuario: str = ""
    clave: str = field(default="", repr=False)
    ca: Path | None = None  #: certificados de una autoridad propia

    @classmethod
    def de_ambiente(cls, ambiente: Mapping[str, str]) -> Ajustes:
        """Los de las variables `PEI_EXCEL_…`.

        Raises:
            NoSePudo: si falta alguno o no se entiende; dice cuál y cómo se escribe.
        """
        def tomar(nombre: str, ejemplo: str, omision: str | None = None) -> str:
            valor = ambiente.get(PREFIJO + nombre, "").strip()
            if not valor and omision is None:
                raise NoSePudo(_falta(nombre, ejemplo))
            return valor or omision or ""

        servidor = tomar("SMTP_SERVIDOR", "smtp.ejemplo.gob")
        if not re.fullmatch(r"[A-Za-z0-9.:_-]+", servidor):
            raise NoSePudo(f"{PREFIJO}SMTP_SERVIDOR no es el nombre de un servidor, por ejemplo smtp.ejemplo.gob.")
        try:
            remitente = direccion(tomar("REMITENTE", "planeacion@ejemplo.gob"))
        except MensajeImpropio as error:
            raise NoSePudo(f"En {PREFIJO}REMITENTE, {error}. Escriba sólo la dirección.") from None
        seguridad = tomar("SMTP_SEGURIDAD", "starttls", "starttls").casefold()
        if seguridad not in {"starttls", "tls"}:
            raise NoSePudo(f"{PREFIJO}SMTP_SEGURIDAD puede ser starttls o tls; sin cifrar no se envía nada.")
        puerto = tomar("SMTP_PUERTO", "587", "465" if seguridad == "tls" else "587")
        if not puerto.isdecimal() or not 0 < int(puerto) < 65536:
            raise NoSePudo(f"{PREFIJO}SMTP_PUERTO no es un puerto: escriba por ejemplo 587.")
        ca = tomar("SMTP_CA", "", "")
        if ca and not Path(ca).is_file():
            raise NoSePudo(f"No existe «{ca}», que se dio en {PREFIJO}SMTP_CA. Revise la ruta.")
        usuario = tomar("SMTP_USUARIO", "", "")
        clave = ambiente.get(PREFIJO + "SMTP_CLAVE", "") or (_del_llavero(usuario) if usuario else "")
        if usuario and not clave:
            raise NoSePudo(
                f"{_falta('SMTP_CLAVE', 'su contraseña')} O guárdela en el llavero del sistema: "
                f'pip install "pei-excel[correo]" y después: keyring set {LLAVERO} {en_un_renglon(usuario)}'
            )
        return cls(servidor, remitente, int(puerto), seguridad, usuario, clave, Path(ca) if ca else None)

    def sin_secretos(self, texto: str) -> str:
        """Un texto sin la clave, por si el servidor la repite."""
        limpio = en_un_renglon(texto)
        for secreto in _formas(self.usuario, self.clave):
            limpio = limpio.replace(secreto, "•••")
        return limpio[:_LARGO]


def _formas(usuario: str, clave: str) -> list[str]:
    """La clave como puede aparecer: tal cual y como viaja al entrar."""
    if not clave:
        return []
    viajan = (clave, f"\0{usuario}\0{clave}", usuario)
    return [clave, *(base64.b64encode(x.encode()).decode() for x in viajan if x)]


def _falta(nombre: str, ejemplo: str) -> str:
    return (
        f"Para enviar falta la variable {PREFIJO}{nombre}. En PowerShell: $env:{PREFIJO}{nombre} = \"{ejemplo}\" "
        f"(en otros sistemas: export {PREFIJO}{nombre}='{ejemplo}')."
    )


def _del_llavero(usuario: str) -> str:
    """La clave guardada en el llavero del sistema; vacía si no hay llavero o no la tiene."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(LLAVERO, usuario) or ""
    except KeyringError:  # el equipo no tiene llavero, o está cerrado: se pide la variable
        return ""


class Servidor:
    """Una conexión que se abre al primer mensaje y se rehace si se corta. Se usa con `with`."""

    def __init__(
        self, ajustes: Ajustes, *, espera: float = ESPERA, entre_intentos: Sequence[float] = ENTRE_INTENTOS,
        dormir: Callable[[float], object] = time.sleep, avisar: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._ajustes, self._espera, self._entre, self._dormir = ajustes, espera, tuple(entre_intentos), dormir
        self._avisar = avisar  #: recibe una línea antes de cada espera
        self._smtp: smtplib.SMTP | None = None
        self.inservible = ""  #: por qué ya no tiene caso intentar con los demás mensajes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
        self._soltar()

    def mandar(self, para: Sequence[str], contenido: bytes) -> dict[str, Respuesta]:
        """Manda un mensaje a unas direcciones y dice cómo terminó con cada una; nunca lanza por culpa del servidor."""
        respuestas: dict[str, Respuesta] = {}
        faltan = list(para)
        for espera in (*self._entre, None):
            if self.inservible:
                return respuestas | dict.fromkeys(faltan, Respuesta(RECHAZADO, self.inservible))
            try:
                hechas, pasajeras = self._una_vez(faltan, contenido)
            except _Fallo as fallo:
                self._soltar()
                ultimas = dict.fromkeys(faltan, Respuesta(INCIERTO if fallo.incierto else RECHAZADO, fallo.dicho))
                if not fallo.pasajero or espera is None:
                    self.inservible = fallo.dicho if fallo.del_servidor else ""
                    return respuestas | ultimas
                que = fallo.dicho
            else:
                respuestas |= hechas
                faltan = list(pasajeras)
                if not faltan or espera is None:
                    return respuestas | pasajeras
                que = next(iter(pasajeras.values())).dicho
            self._avisar(f"{que[:1].upper()}{que[1:]}. Se intenta otra vez en {espera:.0f} segundos…")
            self._dormir(espera)
        return respuestas

    def _una_vez(
        self, para: Sequence[str], contenido: bytes
    ) -> tuple[dict[str, Respuesta], dict[str, Respuesta]]:
        """Un intento: lo que ya quedó decidido y lo que conviene reintentar."""
        smtp = self._conectar()
        hechas: dict[str, Respuesta] = {}
        pasajeras: dict[str, Respuesta] = {}
        aceptadas: list[str] = []
        with _traduciendo(self._ajustes):
            tope = smtp.esmtp_features.get("size", "")
            if tope.isdecimal() and 0 < int(tope) < len(contenido):
                megas = int(tope) / 1024**2
                dicho = f"pesa {len(contenido) / 1024**2:.1f} MB y el servidor admite {megas:.1f} MB"
                return dict.fromkeys(para, Respuesta(RECHAZADO, f"{dicho}; ha de ir comprimido o de otra manera")), {}
            opciones = [f"size={len(contenido)}"] if "size" in smtp.esmtp_features else []
            self._exigir(*smtp.mail(self._ajustes.remitente, opciones), que="no aceptó el remitente")
            for una in para:
                codigo, dicho_ = smtp.rcpt(una)
                respuesta = Respuesta(RECHAZADO, self._dijo(codigo, dicho_))
                if codigo in {250, 251}:
                    aceptadas.append(una)
                elif codigo == 421:
                    self._exigir(codigo, dicho_, que="se retiró")
                else:
                    (pasajeras if 400 <= codigo < 500 else hechas)[una] = respuesta
            if not aceptadas:
                smtp.rset()
                return hechas, pasajeras
            self._exigir(*smtp.docmd("DATA"), que="no aceptó el mensaje", bueno=354)
            smtp.send(_con_puntos(contenido))
        with _traduciendo(self._ajustes, incierto=True):
            codigo, dicho_ = smtp.getreply()
        self._exigir(codigo, dicho_, que="no aceptó el mensaje")
        return hechas | dict.fromkeys(aceptadas, Respuesta(ENVIADO, self._dijo(codigo, dicho_))), pasajeras

    def _conectar(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        a = self._ajustes
        try:
            contexto = ssl.create_default_context()
            if a.ca is not None:
                contexto.load_verify_locations(a.ca)
        except (OSError, ssl.SSLError) as error:
            raise _Fallo(
                f"«{a.ca}», que se dio en SMTP_CA, no trae certificados", pasajero=False, del_servidor=True
            ) from error
        nombre = a.remitente.rpartition("@")[2]  # y no el del equipo, que a nadie le importa
        with _traduciendo(a, del_servidor=True):
            if a.seguridad == "tls":
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    a.servidor, a.puerto, local_hostname=nombre, timeout=self._espera, context=contexto
                )
            else:
                smtp = smtplib.SMTP(a.servidor, a.puerto, local_hostname=nombre, timeout=self._espera)
            self._smtp = smtp
            smtp.ehlo_or_helo_if_needed()
            if a.seguridad == "starttls":
                smtp.starttls(context=contexto)
                smtp.ehlo()
            if a.usuario:
                _entrar(smtp, a)
        return smtp

    def _exigir(self, codigo: int, dicho: bytes | str, *, que: str, bueno: int = 250) -> None:
        if codigo == bueno:
            return
        raise _Fallo(f"el servidor {que}: {self._dijo(codigo, dicho)}", pasajero=400 <= codigo < 500 or codigo < 0)

    def _dijo(self, codigo: int, dicho: bytes | str) -> str:
        texto = dicho.decode("utf-8", "replace") if isinstance(dicho, bytes) else dicho
        return self._ajustes.sin_secretos(f"{codigo} {texto}")

    def _soltar(self) -> None:
        if self._smtp is not None:
            with suppress(OSError):
                self._smtp.close()
        self._smtp = None


def _entrar(smtp: smtplib.SMTP, ajustes: Ajustes) -> None:
    if ajustes.usuario.isascii() and ajustes.clave.isascii():
        smtp.login(ajustes.usuario, ajustes.clave)
        return
    # smtplib no admite eñes ni acentos en una contraseña.
    credencial = base64.b64encode(f"\0{ajustes.usuario}\0{ajustes.clave}".encode()).decode()
    codigo, dicho = smtp.docmd("AUTH", f"PLAIN {credencial}")
    if codigo != 235:
        raise smtplib.SMTPAuthenticationError(codigo, dicho)


def _con_puntos(contenido: bytes) -> bytes:
    """El mensaje como viaja: una línea que empieza con punto lo dobla, y un punto solo lo termina."""
    cuerpo = re.sub(rb"(?m)^\.", b"..", contenido)
    return cuerpo + (b"" if cuerpo.endswith(b"\r\n") else b"\r\n") + b".\r\n"


class _traduciendo:  # noqa: N801 - se usa como una función
    """Lo que el servidor o la red hacen mal, como un `_Fallo` con su línea en español."""

    def __init__(self, ajustes: Ajustes, *, del_servidor: bool = False, incierto: bool = False) -> None:
        self._a, self._del_servidor, self._incierto = ajustes, del_servidor, incierto

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, (OSError, smtplib.SMTPException)):
            self._traducir(error)

    def _traducir(self, error: OSError | smtplib.SMTPException) -> NoReturn:
        donde = f"«{self._a.servidor}:{self._a.puerto}»"
        if isinstance(error, ssl.SSLCertVerificationError):
            por_que = _CERTIFICADO.get(error.verify_code, "no pudo comprobarse")
            raise _Fallo(
                f"el certificado de {donde} no vale: {por_que}. Revise el servidor (SMTP_SERVIDOR) o, si lo firma su "
                "propia institución, señale su autoridad (SMTP_CA)", pasajero=False, del_servidor=True,
            ) from error
        if isinstance(error, ssl.SSLError):
            raise _Fallo(
                f"no pudo cifrarse la conexión con {donde}: revise el puerto (SMTP_PUERTO), que es 587 con starttls y "
                "465 con tls", pasajero=False, del_servidor=True,
            ) from error
        if isinstance(error, smtplib.SMTPAuthenticationError):
            dicho = self._a.sin_secretos(f"{error.smtp_code} {_texto(error.smtp_error)}")
            raise _Fallo(
                f"{donde} no aceptó el usuario o la contraseña ({dicho}). Revíselos en la cuenta de correo "
                "(SMTP_USUARIO y SMTP_CLAVE)", pasajero=400 <= error.smtp_code < 500, del_servidor=True,
            ) from error
        if isinstance(error, smtplib.SMTPNotSupportedError):
            que = "cifrado (STARTTLS)" if "STARTTLS" in str(error) else "la manera de entrar que hace falta"
            raise _Fallo(f"{donde} no ofrece {que}: no se envía nada", pasajero=False, del_servidor=True) from error
        if isinstance(error, smtplib.SMTPResponseException) and not isinstance(error, smtplib.SMTPServerDisconnected):
            dicho = self._a.sin_secretos(f"{error.smtp_code} {_texto(error.smtp_error)}")
            raise _Fallo(
                f"{donde} contestó {dicho}", pasajero=not 500 <= error.smtp_code < 600, del_servidor=self._del_servidor,
                incierto=self._incierto,
            ) from error
        if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
            que = f"{donde} dejó de contestar"
        elif isinstance(error, (smtplib.SMTPServerDisconnected, ConnectionError)):
            que = f"no hay conexión con {donde}" if self._del_servidor else f"{donde} cortó la conexión"
        else:
            que = f"no se encuentra {donde}"
        if self._incierto:
            que += (
                " cuando ya se le había mandado el mensaje: no se sabe si llegó; al repetir se manda con el mismo "
                "identificador"
            )
        raise _Fallo(que, pasajero=True, del_servidor=self._del_servidor, incierto=self._incierto) from error


def _texto(dicho: bytes | str) -> str:
    return dicho.decode("utf-8", "replace") if isinstance(dicho, bytes) else str(dicho)
