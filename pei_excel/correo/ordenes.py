"""La orden `enviar`: arma los mensajes, revisa su tamaño, los deja en borrador o los manda, y dice qué pasó."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pei_excel.catalogo import Catalogo
from pei_excel.ciclo.bitacora import ENVIADO, Bitacora, BitacoraInservible, hoy
from pei_excel.ciclo.cerrados import cerrada
from pei_excel.ciclo.llegadas import desde_lo_consolidado
from pei_excel.correo.borradores import LIBRO, escribir_borradores, guardar_enviado
from pei_excel.correo.composicion import TESORERIA, Composicion, por_entregar, tamano
from pei_excel.correo.constancia import Constancia
from pei_excel.correo.envio import Desenlace, mandar_todos
from pei_excel.correo.mensajes import Mensaje, MensajeImpropio, direccion, peso
from pei_excel.correo.redaccion import TEXTOS, Redaccion, copiar
from pei_excel.correo.resultados import Resultados, abrir_resultados
from pei_excel.correo.servidor import Ajustes, Servidor
from pei_excel.indicaciones import indicacion
from pei_excel.periodos import Periodo
from pei_excel.salidas import NoSePudo, SalidaOcupada, motivo, puerta
from pei_excel.textos import cuenta

#: Megas que un correo puede pesar, ya con sus adjuntos como viajan; casi todos los servidores aceptan hasta 20 o 25.
LIMITE = 20
UNIDADES = "unidades"

_MEGA = 1024**2

Decir = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pedido:
    """Qué se manda y a quién."""

    a: str  #: «tesoreria», «unidades» o una dirección
    motivo: str = "observaciones"  #: a las unidades
    catalogo: Catalogo | None = None
    carpeta_del_catalogo: Path | None = None  #: ahí está la carpeta `textos` de la oficina
    unidades: tuple[str, ...] = ()  #: sólo éstas; vacío: todas
    periodo: Periodo | None = None
    base: Path | None = None
    enviar: bool = False
    comprimir: bool = False
    reenviar: bool = False
    limite: int = LIMITE  #: MB
    hoy: date | None = None  #: el día en que se mandan; None: el de la oficina


@dataclass(slots=True)
class _Cuenta:
    """Lo que va pasando, para decirlo al final."""

    problemas: int = 0
    enviados: int = 0
    ya: int = 0


def enviar(carpeta: Path, pedido: Pedido, decir: Decir, avisar: Decir) -> bool:
    """Compone y deja en borrador o manda los correos; verdadero si ninguno tuvo problema.

    `decir` recibe las líneas del resultado y `avisar`, las de lo que hay que atender.

    Raises:
        NoSePudo: si no hay nada que mandar así, no se puede escribir o la bitácora no sirve.
    """
    resultados = abrir_resultados(carpeta, pedido.periodo, pedido.base)
    _exigir(resultados, pedido)
    ajustes = Ajustes.de_ambiente(os.environ) if pedido.enviar else None
    textos = pedido.carpeta_del_catalogo / TEXTOS if pedido.carpeta_del_catalogo else None
    composicion = Composicion(resultados, pedido.catalogo, Redaccion(textos), pedido.hoy or hoy())
    with puerta(resultados.base):
        mensajes, sin_dueno = _componer(composicion, pedido)
        for aviso in (*_de_despues(resultados), *composicion.avisos):
            avisar(aviso)
        for mensaje in mensajes:
            _medir(mensaje, pedido)
        for archivo in sin_dueno:
            avisar(f"«{archivo}»: no se sabe de qué unidad es. Avise por su cuenta a quien lo envió.")
        if not mensajes:
            decir("No hay a quién escribir: nadie tiene nada pendiente de ese motivo.")
            return not sin_dueno
        que = pedido.motivo if pedido.a == UNIDADES else TESORERIA
        if ajustes is None:
            bien = _dejar(resultados, que, mensajes, pedido, decir, avisar)
        else:
            bien = _mandar(resultados, mensajes, pedido, ajustes, decir, avisar)
    return bien and not sin_dueno


def _de_despues(resultados: Resultados) -> Iterator[str]:
    """Que después de consolidar llegó o cambió algo; ante el menú no, que ya lo preguntó."""
    if not resultados.consolidados:
        return
    codigo = resultados.periodo.codigo
    despues = desde_lo_consolidado(resultados.base, codigo)
    if despues and (frase := indicacion(orden=despues.frase(cerrado=cerrada(resultados.base, codigo) is not None),
                                        menu="")):
        yield frase


def _exigir(resultados: Resultados, pedido: Pedido) -> None:
    """Se puede con lo que hay."""
    if pedido.a not in {TESORERIA, UNIDADES}:
        try:
            direccion(pedido.a)
        except MensajeImpropio as error:
            raise NoSePudo(f"En --a, {error}. Escriba tesoreria, unidades o una dirección de correo.") from None
    antes = pedido.a == UNIDADES and por_entregar(pedido.motivo)
    if not resultados.consolidados and not antes:
        raise NoSePudo(
            f"En «{resultados.carpeta}» no hay resultados que enviar. Consolide primero"
            + indicacion(orden=" y señale la carpeta del periodo, por ejemplo salidas/2024-T2.", menu=" (opción 3).")
        )
    if antes and pedido.catalogo is None and not resultados.consolidados:
        falta = indicacion(orden="--catalogo", menu="el catálogo, lleno y sin errores")
        raise NoSePudo(f"Para escribir a quien no ha entregado hace falta {falta}: ahí dice quién informa.")
    if pedido.unidades and pedido.a != UNIDADES:
        raise NoSePudo("--unidad sólo va con --a unidades.")


def _componer(composicion: Composicion, pedido: Pedido) -> tuple[list[Mensaje], list[str]]:
    if pedido.a == UNIDADES:
        return composicion.a_unidades(pedido.motivo, pedido.unidades)
    return [composicion.a_tesoreria(None if pedido.a == TESORERIA else pedido.a)], []


def _medir(mensaje: Mensaje, pedido: Pedido) -> None:
    """Si pesa más de lo que se admite, va comprimido (con --zip) o se dice."""
    if not mensaje.completo:
        return
    tope = pedido.limite * _MEGA
    pesa = peso(mensaje)
    if pesa > tope and pedido.comprimir:
        mensaje.comprimido = True
        pesa = peso(mensaje)
    if pesa > tope:
        remedio = indicacion(
            orden="Suba --limite-correo o entréguelo de otra manera" if pedido.comprimir else
            "Repita con --zip o suba --limite-correo",
            menu="Entréguelo de otra manera",
        )
        mensaje.problema = f"pesa {tamano(pesa)} y el límite es {pedido.limite} MB. {remedio}"


def _quien(mensaje: Mensaje) -> str:
    copia = f" (con copia a {', '.join(mensaje.copia)})" if mensaje.copia else ""
    return f"{mensaje.quien} → {', '.join(mensaje.para) or 'sin dirección'}{copia}"


def _lineas(mensaje: Mensaje) -> Iterator[str]:
    yield f"  {_quien(mensaje)}"
    yield f"      {mensaje.asunto}"
    for adjunto in mensaje.adjuntos:
        yield f"      + {adjunto.nombre} ({tamano(len(adjunto.contenido))})"


def _dejar(
    resultados: Resultados, que: str, mensajes: Sequence[Mensaje], pedido: Pedido, decir: Decir, avisar: Decir
) -> bool:
    papel = pedido.catalogo.institucion.papel if pedido.catalogo else None
    buenos = [m for m in mensajes if m.completo]
    carpeta = escribir_borradores(resultados.base, resultados.periodo, que, buenos, papel)
    for mensaje in buenos:
        for linea in _lineas(mensaje):
            decir(linea)
    malos = [m for m in mensajes if m.problema]
    for mensaje in malos:
        queda = " El borrador quedó sin dirección." if mensaje.completo and not mensaje.para else ""
        avisar(f"{mensaje.quien}: {mensaje.problema.rstrip('.')}.{queda}")
    cuantos = cuenta(len(buenos), "borrador", "borradores", "Ningún borrador")
    como = indicacion(orden=": para hacerlo, repita con --enviar", menu="")
    decir(f"{cuantos} y {LIBRO} en «{carpeta}». No se envió nada{como}.")
    return not malos


def _mandar(
    resultados: Resultados, mensajes: Sequence[Mensaje], pedido: Pedido, ajustes: Ajustes, decir: Decir, avisar: Decir
) -> bool:
    try:
        bitacora = Bitacora.abrir(resultados.base)
        constancia = Constancia.leer(bitacora, resultados.base, resultados.periodo)
    except BitacoraInservible as error:
        raise NoSePudo(f"{error.a_secas}. Sin ella no se envía: no constaría qué se mandó.") from error
    except OSError as error:
        raise NoSePudo(
            f"No se puede leer «{error.filename}» ({motivo(error)}), que dice qué se mandó. Revise sus permisos."
        ) from error
    if not constancia.alguna:
        decir(f"En «{resultados.base}» no consta ningún envío anterior: si ya se mandaron, se mandan otra vez.")
    total = _Cuenta()
    with Servidor(ajustes, avisar=avisar) as servidor, closing(mandar_todos(
        mensajes, servidor, ajustes.remitente, bitacora, resultados.periodo, constancia=constancia,
        reenviar=pedido.reenviar,
    )) as desenlaces:
        for desenlace in desenlaces:
            _contar(desenlace, total, decir, avisar)
            if recibieron := [d for d, r in desenlace.respuestas.items() if r.estado == ENVIADO]:
                try:
                    guardar_enviado(
                        resultados.base, resultados.periodo, desenlace.mensaje, desenlace.identificador,
                        desenlace.contenido, recibieron,
                    )
                except SalidaOcupada as error:
                    avisar(f"{desenlace.mensaje.quien}: se envió, pero no quedó copia. {error}")
    partes = [cuenta(total.enviados, "correo enviado", "correos enviados", "ningún correo enviado")]
    if total.ya:
        habia = "había" if total.ya == 1 else "habían"
        otra_vez = indicacion(orden=" (con --reenviar se mandan otra vez)", menu="")
        partes.append(f"{total.ya} ya se {habia} enviado{otra_vez}")
    if total.problemas:
        partes.append(f"{total.problemas} con problema: al repetir sólo se manda lo que falta")
    texto = "; ".join(partes)
    decir(f"{texto[0].upper()}{texto[1:]}.")
    return not total.problemas


def _contar(desenlace: Desenlace, total: _Cuenta, decir: Decir, avisar: Decir) -> None:
    mensaje = desenlace.mensaje
    if desenlace.problema:
        total.problemas += 1
        avisar(f"{mensaje.quien}: no se envió: {desenlace.problema.rstrip('.')}.")
        return
    for una, respuesta in desenlace.respuestas.items():
        if respuesta.estado != ENVIADO:
            avisar(f"{mensaje.quien}, {una}: {respuesta.estado}: {respuesta.dicho.rstrip('.')}.")
    if not desenlace.salio:
        total.problemas += 1
    elif desenlace.respuestas:
        total.enviados += 1
        decir(f"  Enviado: {_quien(mensaje)}")
        decir(f"      {mensaje.asunto}")
    else:
        total.ya += 1
        decir(f"  Ya se había enviado: {_quien(mensaje)}")


def hay_cuenta(ambiente: Mapping[str, str]) -> bool:
    """Este equipo tiene completa la cuenta con que se envía."""
    try:
        Ajustes.de_ambiente(ambiente)
    except NoSePudo:
        return False
    return True


def copiar_textos(carpeta: Path, decir: Decir) -> None:
    """Copia las plantillas de los correos para que la oficina las cambie; las que ya tiene no se tocan."""
    with puerta(carpeta):
        hechas, estaban = copiar(carpeta)
    for ruta in hechas:
        decir(str(ruta))
    if estaban:
        decir(f"Ya estaban y no se tocaron: {', '.join(r.name for r in estaban)}.")
    decir(f"Se usan si la carpeta se llama «{TEXTOS}» y está junto al catálogo que se da con --catalogo.")
