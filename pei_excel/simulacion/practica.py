"""`pei-excel simular`: dos carpetas de trabajo con un año de demostración, para practicar sin arriesgar nada."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from pei_excel.lectura.recepcion import NOMBRE as LISTA
from pei_excel.oficina import CATALOGO, RECIBIDOS, RESULTADOS, Oficina
from pei_excel.oficina.preparacion import LEEME, preparar
from pei_excel.salidas import NoSePudo, escribir_entero, puerta
from pei_excel.simulacion.ano import AnoMunicipal, escribir_recibidos, simular_ano
from pei_excel.simulacion.ano_modelo import Paso
from pei_excel.simulacion.practica_guia import DESPUES, donde_espera, guia, llegan

#: Formato → carpeta de su municipio.
MUNICIPIOS = {"MIR": "Municipio con MIR (demostración)", "POI": "Municipio con POI (demostración)"}

Avance = Callable[[str, int, int], None]


@dataclass(slots=True)
class Practica:
    """Lo que se dejó para practicar."""

    carpetas: list[Path] = field(default_factory=list)  #: una de trabajo por municipio
    unidades: int = 0
    libros: int = 0


def escribir_practica(destino: Path, *, semilla: int, unidades: int, ejercicio: int, avance: Avance) -> Practica:
    """Escribe una carpeta de trabajo por municipio, con la mitad de las unidades en cada una.

    Raises:
        NoSePudo: si la carpeta ya tiene algo, o no se puede escribir en ella.
    """
    if destino.is_file() or (destino.is_dir() and any(destino.iterdir())):
        raise NoSePudo(f"«{destino}» ya tiene algo: diga una carpeta nueva o vacía con -o, para no mezclar.")
    hecha = Practica()
    with TemporaryDirectory() as temporal, puerta(destino):
        for formato, cuantas in (("MIR", (unidades + 1) // 2), ("POI", unidades // 2)):
            ano = simular_ano(formato, semilla, cuantas, ejercicio=ejercicio)
            hecha.libros += _escribir(ano, Oficina(destino / MUNICIPIOS[formato]), Path(temporal) / formato, avance)
            hecha.carpetas.append(destino / MUNICIPIOS[formato])
            hecha.unidades += cuantas
    return hecha


def _escribir(ano: AnoMunicipal, oficina: Oficina, temporal: Path, avance: Avance) -> int:
    """Una carpeta de trabajo con todo lo suyo; cuántos libros escribió."""
    temporal.mkdir()
    ano.escribir_catalogo(temporal / CATALOGO)
    escribir_entero(oficina.carpeta / CATALOGO, (temporal / CATALOGO).read_bytes())
    libros = 0
    for n, paso in enumerate(ano.pasos, 1):
        avance(f"Escribiendo {MUNICIPIOS[ano.formato].partition(' (')[0]}", n, len(ano.pasos))
        suya, nuevos = temporal / f"{n}", llegan(ano, paso)
        if not nuevos:
            continue
        escribir_recibidos(suya, paso.envios, nuevos)
        for ruta in sorted(suya.iterdir()):
            escribir_entero(_donde(oficina, paso) / ruta.name, ruta.read_bytes())
        shutil.rmtree(suya)
        libros += len(nuevos)
    escribir_entero(oficina.carpeta / LEEME, _leeme(ano))
    preparar(oficina.carpeta, hoy=date(ano.ejercicio, 12, 31), ejercicio=ano.ejercicio)  # lo que ya está no se toca
    return libros


def _donde(oficina: Oficina, paso: Paso) -> Path:
    if paso.tanda == 1:
        return oficina.recibidos(paso.periodo)
    return oficina.carpeta / donde_espera(paso)


def _leeme(ano: AnoMunicipal) -> bytes:
    libros = "POI" if ano.formato == "POI" else "informes de la MIR"
    texto = f"""\
DATOS DE DEMOSTRACIÓN: NADA DE ESTO EXISTE

El año {ano.ejercicio} de un municipio inventado, con {len(ano.participantes)} unidades, para practicar con pei-excel.
Las unidades, las cifras y los oficios salen de un simulador. No mezcle esta carpeta con la de su oficina.

Qué hay aquí
   {CATALOGO:<17} Las unidades, los plazos y las prórrogas, ya llenos.
   {RECIBIDOS:<17} Los {libros} que llegaron al principio, por periodo, y su {LISTA}.
   {RESULTADOS:<17} Vacía: aquí quedará lo que usted haga.
   {DESPUES:<17} Lo que llegó después: cópielo sobre lo recibido cuando le toque.

Qué probar, en orden
Abra el menú con INICIAR: no hay que escribir órdenes. Lo que sigue es lo que verá si hace todo lo anterior.
{_como_se_nombra(ano)}

{guia(ano)}
Cuando termine, puede borrar esta carpeta entera.
"""
    return b"\xef\xbb\xbf" + texto.replace("\n", "\r\n").encode()


def _como_se_nombra(ano: AnoMunicipal) -> str:
    uno = ano.participantes[0]
    quien, clave = uno.quien(ano.periodos[0]), uno.clave(ano.periodos[0])
    if uno.programa:
        return f"«{quien}» es la unidad {clave} con su programa {uno.programa}."
    return f"«{quien}» es la unidad de esa clave en {CATALOGO}."
