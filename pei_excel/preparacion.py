"""Deja lista la carpeta de trabajo de una oficina, sin tocar nada de lo que ya hubiera en ella."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path

from pei_excel.arranque import INICIOS, archivos_de_inicio, es_nuestro, nombres_para
from pei_excel.formatos.catalogo import CATALOGO as FORMATO
from pei_excel.formatos.catalogo import PAISES
from pei_excel.oficina import CATALOGO, ENVIAR, RECIBIDOS, RESULTADOS, Oficina, proponer_periodo
from pei_excel.periodos import Periodo
from pei_excel.salidas import NoSePudo, escribir_entero, puerta

LEEME, MANUALES = "LÉAME.txt", "Manuales"
#: Renglones libres del catálogo, como en `pei-excel plantilla catalogo`.
_FILAS = 60


@dataclass(slots=True)
class Preparada:
    """Qué se hizo en una carpeta de trabajo."""

    carpeta: Path
    hechos: list[str] = field(default_factory=list)  #: lo que se creó o se puso al día, relativo a la carpeta
    respetados: list[str] = field(default_factory=list)  #: lo que ya estaba y no se tocó


def preparar(
    carpeta: Path, *, hoy: date, ejercicio: int | None = None, pais: str | None = None, sistema: str = sys.platform
) -> Preparada:
    """Crea las carpetas, el catálogo en blanco, los manuales, el LÉAME y los archivos de inicio que falten.

    Sólo se pone al día un archivo de inicio que escribió este programa y nadie ha cambiado.

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
        _escribir_si_es_nuestro(carpeta / LEEME, _leeme(sistema), hecha)
        for nombre, contenido in archivos_de_inicio(carpeta.resolve(), sistema=sistema).items():
            _escribir_si_es_nuestro(carpeta / nombre, contenido, hecha)
    return hecha


def _crear(ruta: Path, hecha: Preparada) -> None:
    nombre = ruta.relative_to(hecha.carpeta).as_posix()
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


def _escribir_si_es_nuestro(ruta: Path, contenido: bytes, hecha: Preparada) -> None:
    if ruta.exists() and (ruta.read_bytes() == contenido or not es_nuestro(ruta.read_bytes())):
        hecha.respetados.append(ruta.name)
        return
    escribir_entero(ruta, contenido)
    if ruta.suffix in {".sh", ".command"}:
        ruta.chmod(0o755)
    hecha.hechos.append(ruta.name)


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
    soltar = (
        f"Abra {revisar} o {consolidar}: le preguntan el periodo." if sistema == "darwin" else
        f"También puede soltar un libro o una carpeta sobre {revisar}, o una carpeta sobre {consolidar};\n"
        "   con doble clic, le preguntan el periodo."
    )
    texto = f"""\
CARPETA DE TRABAJO DE pei-excel

Empiece con doble clic en {iniciar}: abre un menú y pregunta lo que haga falta. No hay que escribir órdenes.

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
   - Puede mover o cambiar de nombre esta carpeta entera. Si mueve sólo un archivo de inicio, no hallará su carpeta.
   - Si cambia de equipo, prepare otra vez la carpeta: se actualizan los archivos de inicio y nada más.

Cómo se hace cada cosa, paso a paso: carpeta {MANUALES}. La del enlace puede enviarse a las unidades.
"""
    return b"\xef\xbb\xbf" + texto.replace("\n", "\r\n").encode()
