"""Mandar lo que falta y que la bitácora diga la verdad: se anota antes de mandar y, después, cómo terminó."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field

from pei_excel.ciclo.bitacora import EN_CURSO, ENVIADO, INCIERTO, Bitacora, BitacoraInservible, Envio, ahora
from pei_excel.correo.constancia import Constancia
from pei_excel.correo.mensajes import Mensaje, MensajeImpropio, como_correo
from pei_excel.correo.servidor import Respuesta, Servidor
from pei_excel.periodos import Periodo
from pei_excel.salidas import NoSePudo


@dataclass(slots=True)
class Desenlace:
    """Qué pasó con un mensaje."""

    mensaje: Mensaje
    respuestas: dict[str, Respuesta] = field(default_factory=dict)  #: de lo que se mandó esta vez
    ya_enviado: tuple[str, ...] = ()  #: direcciones a las que ya se había mandado lo mismo
    problema: str = ""  #: por qué no se intentó
    identificador: str = ""
    contenido: bytes = b""  #: lo que se mandó, tal cual

    @property
    def salio(self) -> bool:
        """Todas las direcciones lo tienen, de ahora o de antes."""
        return not self.problema and all(r.estado == ENVIADO for r in self.respuestas.values())


def mandar_todos(
    mensajes: Iterable[Mensaje], servidor: Servidor, remitente: str, bitacora: Bitacora, periodo: Periodo, *,
    constancia: Constancia | None = None, reenviar: bool = False, avance: Callable[[Mensaje], object] = lambda _: None,
) -> Generator[Desenlace]:
    """Manda cada mensaje a las direcciones que todavía no lo tienen; lo que le pase a uno no detiene a los demás.

    `constancia` es lo que ya consta que se mandó; sin ella, lo que diga la bitácora.

    Raises:
        NoSePudo: si la bitácora no pudo anotarlo; se deja de mandar, porque lo siguiente no constaría.
    """
    if constancia is None:
        constancia = Constancia.leer(bitacora, bitacora.ruta.parent, periodo)
    for mensaje in mensajes:
        if mensaje.problema:
            yield Desenlace(mensaje, problema=mensaje.problema)
            continue
        avance(mensaje)
        yield _mandar(mensaje, servidor, remitente, bitacora, periodo, constancia, reenviar=reenviar)


def _mandar(
    mensaje: Mensaje, servidor: Servidor, remitente: str, bitacora: Bitacora, periodo: Periodo,
    constancia: Constancia, *, reenviar: bool,
) -> Desenlace:
    huella = mensaje.huella
    faltan = [d for d in mensaje.direcciones if reenviar or not constancia.tiene(huella, d)]
    ya = tuple(d for d in mensaje.direcciones if d not in faltan)
    if not faltan:
        return Desenlace(mensaje, ya_enviado=ya)
    # Uno que se reenvía a propósito es otro mensaje; uno que se completa o se repite por un corte, el mismo.
    veces = constancia.veces(huella) if reenviar else 0
    identificador = mensaje.identificador(remitente, veces)
    try:
        contenido = como_correo(mensaje, remitente=remitente, identificador=identificador, fecha=ahora())
    except MensajeImpropio as error:
        return Desenlace(mensaje, problema=str(error))
    principales = {d.casefold() for d in mensaje.para}
    envios = [
        Envio(
            identificador, periodo.codigo, mensaje.motivo, mensaje.clave, d, d.casefold() not in principales,
            mensaje.asunto, huella, {a.nombre: a.sha256 for a in mensaje.adjuntos}, EN_CURSO, "",
        )
        for d in faltan
    ]
    try:
        numeros = bitacora.anotar_envios(envios)
    except BitacoraInservible as error:
        raise _no_consta(error, f"No se envió el correo a {mensaje.quien}") from error
    respuestas = servidor.mandar(faltan, contenido)
    try:
        bitacora.terminar_envios({
            n: (respuestas[d].estado, respuestas[d].dicho) for n, d in zip(numeros, faltan, strict=True)
        })
    except BitacoraInservible as error:
        como = {r.estado for r in respuestas.values()}
        que = "Se envió" if como == {ENVIADO} else "No se sabe si salió" if INCIERTO in como else "No salió"
        raise _no_consta(error, f"{que} el correo a {mensaje.quien}, y no pudo anotarse cómo terminó") from error
    if recibieron := [d for d in faltan if respuestas[d].estado == ENVIADO]:
        constancia.agregar(huella, recibieron, identificador)
    return Desenlace(mensaje, respuestas, ya, identificador=identificador, contenido=contenido)


def _no_consta(error: BitacoraInservible, que: str) -> NoSePudo:
    return NoSePudo(f"{que}. {error.a_secas}. Se dejó de enviar.")
