"""Los borradores: un `.eml` por mensaje, que Outlook abre como no enviado, y `correos.xlsx` para el correo web."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pei_excel.correo.constancia import CORREOS, ENVIADOS, encabezados_de_copia, leer_copia
from pei_excel.correo.mensajes import Mensaje, como_correo, en_un_renglon
from pei_excel.escritura.correos import Renglon, escribir_correos
from pei_excel.periodos import Periodo
from pei_excel.salidas import SalidaOcupada, escribir_entero, insistir, motivo

LIBRO = "correos.xlsx"
#: Lo que sólo lleva un borrador nuestro: así se sabe cuáles de antes sobran.
_MARCA = b"X-Unsent: 1"


def carpeta_de_borradores(base: Path, periodo: Periodo, que: str) -> Path:
    """Donde se dejan los borradores de un motivo."""
    return base / CORREOS / periodo.codigo / que


def escribir_borradores(
    base: Path, periodo: Periodo, que: str, mensajes: Sequence[Mensaje], papel: str | None = None
) -> Path:
    """Los borradores de un motivo, en su carpeta; los de antes que ya no tocan se quitan. Da la carpeta.

    Raises:
        SalidaOcupada: si no se puede escribir.
        MensajeImpropio: si un texto no puede ir en un correo.
    """
    carpeta = carpeta_de_borradores(base, periodo, que)
    nombres = _nombres(mensajes)
    contenidos = [como_correo(m) for m in mensajes]
    for nombre, contenido in zip(nombres, contenidos, strict=True):
        escribir_entero(carpeta / nombre, contenido)
    for vieja in sorted(carpeta.glob("*.eml")):
        if vieja.name not in nombres and _MARCA in vieja.read_bytes()[:8192]:
            insistir(vieja.unlink)
    memoria = io.BytesIO()
    escribir_correos(
        memoria,
        [
            Renglon(
                m.quien, ", ".join(m.para), ", ".join(m.copia), en_un_renglon(m.asunto), m.texto.rstrip(),
                "\n".join(a.archivo for a in m.adjuntos), m.problema,
            )
            for m in mensajes
        ],
        titulo=f"Correos {periodo.del_periodo} de {periodo.ejercicio}: {que}",
        nota="Los archivos adjuntos están en la carpeta de resultados del periodo; los borradores .eml ya los llevan.",
        creado=datetime(*periodo.ultimo_dia.timetuple()[:3], tzinfo=UTC).replace(tzinfo=None), papel=papel or "oficio",
    )
    escribir_entero(carpeta / LIBRO, memoria.getvalue())
    return carpeta


def guardar_enviado(
    base: Path, periodo: Periodo, mensaje: Mensaje, identificador: str, contenido: bytes, recibieron: Sequence[str]
) -> None:
    """La copia de lo que se mandó y quién lo recibió: la reúne el expediente y suple a la bitácora si se pierde.

    Raises:
        SalidaOcupada: si no se puede escribir; el correo ya salió.
    """
    tallo = mensaje.archivo.removesuffix(".eml")[:30]
    nombre = f"{tallo}_{mensaje.motivo}_{identificador.strip('<>')[:8]}.eml"
    ruta = base / CORREOS / periodo.codigo / ENVIADOS / nombre
    try:
        huella, antes, de_antes = leer_copia(ruta)
    except FileNotFoundError:
        huella, antes, de_antes = "", [], ""
    except OSError as error:
        raise SalidaOcupada(f"No se puede leer «{ruta}» ({motivo(error)}).") from error
    # El mismo correo, que se completa: la copia dice todas las direcciones que ya lo tienen.
    previas = antes if (huella, de_antes) == (mensaje.huella, identificador) else []
    todas = list({d.casefold(): d for d in (*previas, *recibieron)}.values())
    escribir_entero(ruta, encabezados_de_copia(mensaje.huella, todas) + contenido)


def _nombres(mensajes: Sequence[Mensaje]) -> list[str]:
    """El nombre de cada borrador; los que chocan llevan -2, -3…"""
    usados: set[str] = set()
    nombres = []
    for mensaje in mensajes:
        tallo, n = mensaje.archivo.removesuffix(".eml")[:50], 1
        nombre = f"{tallo}.eml"
        while nombre.casefold() in usados:
            n += 1
            nombre = f"{tallo}-{n}.eml"
        usados.add(nombre.casefold())
        nombres.append(nombre)
    return nombres
