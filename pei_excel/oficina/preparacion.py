"""Deja lista la carpeta de trabajo de una oficina, sin tocar nada de lo que ya hubiera en ella."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from pei_excel.formatos.catalogo import CATALOGO as FORMATO
from pei_excel.formatos.catalogo import PAISES
from pei_excel.oficina import (
    CATALOGO,
    ENVIAR,
    RECIBIDOS,
    RESULTADOS,
    Oficina,
    carpeta_de,
    entera_de,
    oficinas_dentro,
    proponer_periodo,
)
from pei_excel.oficina.arranque import INICIOS, archivos_de_inicio, con_huella_al_pie, en_uso, es_nuestro, nombres_para
from pei_excel.periodos import Periodo
from pei_excel.salidas import NoSePudo, escribir_entero, puerta
from pei_excel.textos import cuenta

LEEME, MANUALES = "LÉAME.txt", "Manuales"
#: Renglones libres del catálogo, como en `pei-excel plantilla catalogo`.
_FILAS = 60
_SISTEMAS = ("win32", "darwin", "linux")
#: Comienzo del SHA-256 de los LÉAME de la 0.2 y la 0.3, que no llevan huella al pie.
_LEEME_SIN_HUELLA = frozenset({
    "3a3ad2d34db4", "a0a7c7478820", "bd726fec9e38", "ece687bf09e4", "b632ae3490a7", "4d699e86cf64",
})


@dataclass(slots=True)
class Preparada:
    """Qué se hizo en una carpeta de trabajo."""

    carpeta: Path
    hechos: list[str] = field(default_factory=list)  #: lo que se creó o se puso al día, relativo a la carpeta
    respetados: list[str] = field(default_factory=list)  #: lo que ya estaba y no se tocó


def otra_oficina(carpeta: Path) -> str | None:
    """Qué carpeta de trabajo contiene a la que se va a preparar, o está en ella; None si ninguna, o ya está preparada.

    Raises:
        NoSePudo: si no hay permiso para ver la carpeta.
    """
    entera = entera_de(carpeta)
    de_quien = carpeta_de(entera)
    if de_quien is not None:
        if de_quien.carpeta == entera:
            return None
        return f"«{entera}» está dentro de la carpeta de trabajo «{de_quien.carpeta}»."
    if dentro := oficinas_dentro(entera):
        mas = "" if len(dentro) == 1 else f" y {cuenta(len(dentro) - 1, 'otra', 'otras')}"
        return f"«{entera}» contiene la carpeta de trabajo «{dentro[0]}»{mas}."
    return None


def preparar(
    carpeta: Path, *, hoy: date, ejercicio: int | None = None, pais: str | None = None, sistema: str = sys.platform
) -> Preparada:
    """Crea las carpetas, el catálogo en blanco, los manuales, el LÉAME y los archivos de inicio que falten.

    Sólo se ponen al día los archivos de inicio y el LÉAME que escribió este programa y nadie ha cambiado.

    Raises:
        NoSePudo: si la carpeta es un archivo o no se puede escribir en ella.
    """
    if carpeta.exists() and not carpeta.is_dir():
        raise NoSePudo(f"«{carpeta}» es un archivo. Elija una carpeta, o un nombre que no exista.")
    propuesto = proponer_periodo(hoy)
    ejercicio = ejercicio or propuesto.ejercicio
    oficina, hecha = Oficina(carpeta), Preparada(carpeta)
    with puerta(carpeta):
        trimestres = [oficina.recibidos(Periodo(ejercicio, "T", n)) for n in range(1, 5)]
        for ruta in (carpeta / ENVIAR, *trimestres, oficina.resultados):
            _crear(ruta, hecha)
        if oficina.catalogo is None:
            escribir_entero(carpeta / CATALOGO, _catalogo(ejercicio, pais))
            hecha.hechos.append(CATALOGO)
        else:
            hecha.respetados.append(CATALOGO)
        _manuales(carpeta / MANUALES, hecha)
        for nombre, contenido in _al_dia(carpeta, sistema).items():
            if _puede_escribirse(carpeta / nombre, contenido):
                _escribir(carpeta / nombre, contenido)
                hecha.hechos.append(nombre)
            else:
                hecha.respetados.append(nombre)
    return hecha


def poner_al_dia(carpeta: Path, *, sistema: str = sys.platform) -> list[str]:
    """Actualiza los archivos de inicio y el LÉAME que este programa dejó en una carpeta; da los nombres que cambió.

    No crea los que falten ni toca los que alguien cambió. Nunca falla: lo que no se deja escribir (una carpeta de sólo
    lectura, un archivo abierto) queda como estaba y no se nombra.
    """
    hechos: list[str] = []
    for nombre, contenido in _al_dia(carpeta, sistema).items():
        ruta = carpeta / nombre
        # El LÉAME de otro sistema está al día: si no, dos equipos se lo cambiarían el uno al otro.
        if not ruta.is_file() or (nombre == LEEME and (_leer(ruta) or b"") in map(_leeme, _SISTEMAS)):
            continue
        if _puede_escribirse(ruta, contenido):
            with suppress(NoSePudo):  # no estorba a quien abrió el menú; ahí se verá al usarlos
                _escribir(ruta, contenido)
                hechos.append(nombre)
    return hechos


def _crear(ruta: Path, hecha: Preparada) -> None:
    nombre = str(ruta.relative_to(hecha.carpeta))
    if ruta.is_dir():
        hecha.respetados.append(nombre)
        return
    try:
        ruta.mkdir(parents=True)
    except OSError as error:
        from pei_excel.salidas import motivo

        raise NoSePudo(f"No se pudo crear la carpeta «{ruta}» ({motivo(error)}). Elija otra carpeta.") from error
    hecha.hechos.append(nombre)


def _manuales(carpeta: Path, hecha: Preparada) -> None:
    if carpeta.exists():
        hecha.respetados.append(carpeta.name)
        return
    from pei_excel.manual import escribir_manuales

    escribir_manuales(carpeta)
    hecha.hechos.append(carpeta.name)


def _al_dia(carpeta: Path, sistema: str) -> dict[str, bytes]:
    """Nombre → contenido de hoy del LÉAME y de los archivos de inicio; de los nuestros que haya, con sus Python."""
    nombres = [inicio.nombre + extension for inicio in INICIOS for extension in nombres_para(sistema)]
    hay = {n: suyo for n in nombres if (suyo := _leer(carpeta / n)) is not None and es_nuestro(suyo)}
    # Completa: se cita desde donde la persona ve la carpeta.
    return {LEEME: _leeme(sistema)} | archivos_de_inicio(entera_de(carpeta), sistema=sistema, anteriores=hay)


def _leer(ruta: Path) -> bytes | None:
    """Lo que tiene un archivo; None si no está o el sistema no deja verlo."""
    try:
        return ruta.read_bytes()
    except OSError:
        return None


def _puede_escribirse(ruta: Path, contenido: bytes) -> bool:
    """Falta, o es nuestro, nadie lo cambió y no está al día; Windows lee de a poco el que está en uso: no se toca."""
    if not os.path.lexists(ruta):
        return True
    actual = _leer(ruta)
    if actual is None or actual == contenido:
        return False
    suyo = es_nuestro(actual) or (ruta.name == LEEME and sha256(actual).hexdigest()[:12] in _LEEME_SIN_HUELLA)
    uso = en_uso()
    return suyo and not (uso is not None and uso.exists() and uso.samefile(ruta))


def _escribir(ruta: Path, contenido: bytes) -> None:
    escribir_entero(ruta, contenido)
    if ruta.suffix in {".sh", ".command"}:
        ruta.chmod(0o755)


def _catalogo(ejercicio: int, pais: str | None) -> bytes:
    """El catálogo en blanco, con el ejercicio y, si se dijo, el país."""
    from pei_excel.escritura.plantilla import escribir_plantilla
    from pei_excel.formato import Modo

    memoria = BytesIO()
    nombre = next((nombre for nombre, clave in PAISES.items() if clave == pais), None)
    escribir_plantilla(
        memoria, FORMATO, modo=Modo.FORMULACION, ejercicio=ejercicio, campos={"ejercicio": ejercicio, "pais": nombre},
        filas=FORMATO.precargadas, filas_libres=_FILAS,
    )
    return memoria.getvalue()


def _leeme(sistema: str) -> bytes:
    iniciar, revisar, consolidar = (inicio.nombre + nombres_para(sistema)[-1] for inicio in INICIOS)
    abrir = f"Empiece con doble clic en {iniciar}: abre un menú y pregunta lo que haga falta. No se escriben órdenes."
    if sistema == "win32":
        soltar = (
            f"También puede soltar un libro o una carpeta sobre {revisar}, o una carpeta sobre {consolidar};\n"
            "   con doble clic, le preguntan el periodo. Para tenerlos en el escritorio, haga accesos directos."
        )
    elif sistema == "darwin":
        soltar = f"También puede abrir {revisar} o {consolidar}: le preguntan el periodo."
    else:
        abrir = (
            f"Empiece por {iniciar}: botón derecho, «Ejecutar como programa». Si su escritorio no lo ofrece, abra una\n"
            f"terminal en esta carpeta y escriba: sh {iniciar}\nLo demás lo pregunta un menú: no se escriben órdenes."
        )
        soltar = (
            f"También, en una terminal: sh {revisar} seguido de libros o carpetas, o sh {consolidar} y una carpeta\n"
            "   (pueden arrastrarse a la terminal). Sin nada más, le preguntan el periodo."
        )
    return con_huella_al_pie(f"""\
CARPETA DE TRABAJO DE pei-excel

{abrir}

Qué hay aquí
   {CATALOGO}      Las unidades, los programas, los plazos, el logotipo y las firmas. Llénelo una vez y ciérrelo.
   {ENVIAR}           Los libros preparados para las unidades.
   {RECIBIDOS}        Lo que llega, en la carpeta de su periodo: 2024-T2 es el segundo trimestre de 2024.
   {RESULTADOS}       Los consolidados, la evaluación de cada unidad, los periodos cerrados y la bitácora.

Cada trimestre
   1. Llene o actualice {CATALOGO}.
   2. En el menú, «Preparar libros», y envíelos a las unidades.
   3. Guarde lo que llegue, tal como llegó, en su carpeta de «{RECIBIDOS}».
   4. En el menú, «Revisar lo recibido» dice qué debe corregirse y en qué celda; no escribe nada.
   5. En el menú, «Consolidar» y, cuando todo esté atendido, «Cerrar el periodo».
   {soltar}

Si algo no sale
   - Si un libro está abierto en Excel, se dice cuál: ciérrelo y repita. Lo que tenía sigue entero.
   - Lo que envían las unidades nunca se modifica.
   - Puede mover o cambiar de nombre esta carpeta entera. Un archivo de inicio que se mueve solo trabaja con la
     carpeta de lo que se le suelta o, si no está en ninguna, dice cuál fue la última y pregunta si la usa.
   - Si cambia de equipo, o de lugar la copia que no se instala, abra el INICIAR de la carpeta pei-excel y elija ésta:
     los archivos de inicio se ponen al día y nada más.

Cómo se hace cada cosa, paso a paso: carpeta {MANUALES}. La del enlace puede enviarse a las unidades.

""")
