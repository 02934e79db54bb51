"""Los mensajes: qué se dice a quién y con qué archivos, y el correo (`EmailMessage`) que se manda o se deja."""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import format_datetime
from pathlib import PurePosixPath

from pei_excel.correo.resultados import Adjunto
from pei_excel.empaque import entrada
from pei_excel.tipos_oficina import es_correo

#: Sólo ASCII por dentro: ningún servidor lo rechaza ni lo cambia.
_POLITICA = policy.SMTP.clone(cte_type="7bit")
_ASCII = re.compile(r"[!-~]{3,254}")
#: Lo que puede llevar un correo nuestro; cualquier otro encabezado vendría de un texto ajeno.
_ENCABEZADOS = frozenset({
    "to", "cc", "subject", "from", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding",
    "x-unsent",
})
_TIPOS = {".xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".zip": "zip"}
#: Con qué remitente se mide un correo antes de tener el de verdad.
_CUALQUIERA = "remitente.de.la.oficina@municipio.example"
_POR_CODIFICAR = "por-codificar"


class MensajeImpropio(ValueError):  # noqa: N818 - el dominio la llama así
    """No puede hacerse un correo con esto; el mensaje dice qué está mal."""


@dataclass(slots=True)
class Mensaje:
    """Un correo por mandar."""

    motivo: str  #: «tesoreria», «observaciones»…
    clave: str  #: de la unidad; vacía si no es a una unidad
    quien: str  #: a quién, para leer
    asunto: str
    texto: str
    html: str
    para: tuple[str, ...] = ()
    copia: tuple[str, ...] = ()
    adjuntos: list[Adjunto] = field(default_factory=list)
    comprimido: bool = False  #: los adjuntos van en un .zip
    problema: str = ""  #: por qué no puede mandarse; con `completo`, al menos queda su borrador
    completo: bool = True  #: tiene todo, salvo quizá la dirección

    @property
    def direcciones(self) -> tuple[str, ...]:
        """Todas, sin repetir."""
        return _sin_repetir((*self.para, *self.copia))

    @property
    def huella(self) -> str:
        """SHA-256 de lo que dice y de lo que lleva: lo mismo no se manda dos veces a una dirección."""
        partes = [self.motivo, self.clave, self.asunto, self.texto, [[a.nombre, a.sha256] for a in self.adjuntos]]
        return hashlib.sha256(json.dumps(partes, ensure_ascii=True).encode()).hexdigest()

    @property
    def archivo(self) -> str:
        """Con qué nombre se deja su borrador."""
        from pei_excel.proceso import nombre_para_archivo

        return f"{nombre_para_archivo(self.clave or self.motivo) or 'correo'}.eml"

    def identificador(self, remitente: str, veces: int = 0) -> str:
        """Message-ID: el mismo al repetir un envío que se cortó, para que quien lo reciba dos veces lo junte."""
        texto = "\n".join((self.huella, *self.direcciones, str(veces)))
        return f"<{hashlib.sha256(texto.encode()).hexdigest()[:32]}@{remitente.rpartition('@')[2]}>"


def direccion(escrita: str) -> str:
    """La dirección, si puede ir en un correo.

    Raises:
        MensajeImpropio: si no lo es.
    """
    limpia = escrita.strip()
    if not es_correo(limpia) or not _ASCII.fullmatch(limpia):
        raise MensajeImpropio(f"{_citado(escrita)} no es una dirección a la que se pueda escribir")
    try:
        leida = Address(addr_spec=limpia)
    except (ValueError, IndexError) as error:  # IndexError: direcciones muy mal formadas
        raise MensajeImpropio(f"{_citado(escrita)} no es una dirección a la que se pueda escribir") from error
    if leida.addr_spec != limpia:
        raise MensajeImpropio(f"{_citado(escrita)} no es una dirección a la que se pueda escribir")
    return limpia


def _sin_repetir(direcciones: Iterable[str]) -> tuple[str, ...]:
    vistas: dict[str, str] = {}
    for una in direcciones:
        vistas.setdefault(una.casefold(), una)
    return tuple(vistas.values())


def _citado(texto: str) -> str:
    return f"«{en_un_renglon(texto)[:80]}»"


def en_un_renglon(texto: str) -> str:
    """Sin saltos ni caracteres de control: así nada de lo ajeno puede empezar otro encabezado."""
    seguro = texto.encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(c if c.isprintable() else " " for c in seguro).split())


def como_correo(
    mensaje: Mensaje, *, remitente: str | None = None, identificador: str | None = None, fecha: datetime | None = None
) -> bytes:
    """El correo, listo para mandarse; sin remitente es un borrador, que Outlook abre como no enviado.

    Raises:
        MensajeImpropio: si alguna dirección o texto no puede ir en un correo.
    """
    correo = EmailMessage(policy=_POLITICA)
    asunto = en_un_renglon(mensaje.asunto)
    correo["Subject"] = _POR_CODIFICAR
    principales = {d.casefold() for d in mensaje.para}
    en_copia = [d for d in mensaje.copia if d.casefold() not in principales]
    for nombre, direcciones in (("To", mensaje.para), ("Cc", en_copia)):
        if direcciones:
            correo[nombre] = [Address(addr_spec=direccion(d)) for d in _sin_repetir(direcciones)]
    if remitente is None:
        correo["X-Unsent"] = "1"
    else:
        correo["From"] = Address(addr_spec=direccion(remitente))
        if fecha is not None:
            correo["Date"] = format_datetime(fecha)
        correo["Message-ID"] = identificador or mensaje.identificador(remitente)
    correo.set_content(_sin_control(mensaje.texto), cte="quoted-printable")
    correo.add_alternative(_sin_control(mensaje.html), subtype="html", cte="quoted-printable")
    for adjunto in por_mandar(mensaje):
        nombre = en_un_renglon(adjunto.nombre)
        tipo = _TIPOS.get(PurePosixPath(nombre).suffix.lower(), "octet-stream")
        correo.add_attachment(adjunto.contenido, maintype="application", subtype=tipo, filename=nombre)
    # El separador sale del contenido y no del azar: el mismo borrador da los mismos bytes.
    for n, parte in enumerate(p for p in correo.walk() if p.is_multipart()):
        parte.set_boundary(f"=_pei_{mensaje.huella[:32]}_{n}")
    hecho = correo.as_bytes()
    # EmailMessage agrega espacios donde dobla un asunto largo; Header, no.
    llano = asunto.isascii() and "=?" not in asunto and max(map(len, asunto.split()), default=0) < 60
    codificado = Header(asunto, "us-ascii" if llano else "utf-8", 75, "Subject").encode(linesep="\r\n")
    hecho = hecho.replace(f"Subject: {_POR_CODIFICAR}\r\n".encode(), f"Subject: {codificado}\r\n".encode(), 1)
    _comprobar(hecho, mensaje, asunto, remitente)
    return hecho


def _sin_control(texto: str) -> str:
    """Un texto de varios renglones, sin otros caracteres de control."""
    return "\n".join(map(_linea, texto.rstrip().split("\n"))) + "\n"


def _linea(linea: str) -> str:
    seguro = linea.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() else " " for c in seguro).rstrip()


def _comprobar(hecho: bytes, mensaje: Mensaje, asunto: str, remitente: str | None) -> None:
    """Lo que leerá el servidor es lo que se quiso: ni un encabezado ni una dirección de más."""
    leido = BytesHeaderParser(policy=policy.default).parsebytes(hecho.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    nombres = [n.casefold() for n in leido]
    direcciones = [a.addr_spec for n in ("To", "Cc") if leido[n] for a in leido[n].addresses]
    bien = (
        set(nombres) <= _ENCABEZADOS and len(set(nombres)) == len(nombres)
        and [d.casefold() for d in direcciones] == [d.casefold() for d in mensaje.direcciones]
        and str(leido["Subject"] or "") == asunto
        and (remitente is None or [a.addr_spec for a in leido["From"].addresses] == [remitente])
    )
    if not bien:
        raise MensajeImpropio("su asunto o sus direcciones tienen algo que no puede ir en un correo")


def peso(mensaje: Mensaje) -> int:
    """Bytes que ocupará al mandarse, sin tener que armarlo con sus adjuntos: en base64 crecen más de un tercio."""
    adjuntos = sum(math.ceil(len(a.contenido) / 57) * 78 + 400 for a in por_mandar(mensaje))
    return len(como_correo(replace(mensaje, adjuntos=[]), remitente=_CUALQUIERA)) + adjuntos + 400


def por_mandar(mensaje: Mensaje) -> Sequence[Adjunto]:
    """Los adjuntos como viajan: tal cual, o juntos en un .zip."""
    if not mensaje.comprimido or not mensaje.adjuntos:
        return mensaje.adjuntos
    memoria = io.BytesIO()
    with zipfile.ZipFile(memoria, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zip_:
        for adjunto in mensaje.adjuntos:
            zip_.writestr(entrada(adjunto.nombre), adjunto.contenido, zipfile.ZIP_DEFLATED, 9)
    return [Adjunto(f"{mensaje.clave or mensaje.motivo}.zip", "", memoria.getvalue())]
