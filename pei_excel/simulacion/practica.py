"""`pei-excel simular`: dos carpetas de trabajo con un año de demostración, para practicar sin arriesgar nada."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from pei_excel.oficina import CATALOGO, RECIBIDOS, RESULTADOS, Oficina
from pei_excel.preparacion import LEEME, preparar
from pei_excel.salidas import NoSePudo, escribir_entero, puerta
from pei_excel.simulacion.ano import AnoMunicipal, escribir_recibidos, simular_ano
from pei_excel.simulacion.ano_modelo import Paso

#: Lo que llega después de consolidar por primera vez, para copiarlo sobre lo recibido.
DESPUES = "4 llega después"
#: Formato → carpeta de su municipio.
MUNICIPIOS = {"MIR": "Municipio con MIR (demostración)", "POI": "Municipio con POI (demostración)"}
_TANDAS = {2: "correcciones", 3: "con el periodo ya cerrado"}

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
        suya, nuevos = temporal / f"{n}", _nuevos(ano, paso)
        escribir_recibidos(suya, paso.envios, nuevos)
        for ruta in sorted(suya.iterdir()):
            escribir_entero(_donde(oficina, paso) / ruta.name, ruta.read_bytes())
        shutil.rmtree(suya)
        libros += len(nuevos)
    escribir_entero(oficina.carpeta / LEEME, _leeme(ano))
    preparar(oficina.carpeta, hoy=date(ano.ejercicio, 12, 31), ejercicio=ano.ejercicio)  # lo que ya está no se toca
    return libros


def _nuevos(ano: AnoMunicipal, paso: Paso) -> set[str]:
    """Los archivos que llegan en ese paso; los demás ya estaban."""
    antes = {e.archivo: e for p in ano.de(paso.periodo) if p.tanda < paso.tanda for e in p.envios}
    return {e.archivo for e in paso.envios if antes.get(e.archivo) is not e}


def _donde(oficina: Oficina, paso: Paso) -> Path:
    if paso.tanda == 1:
        return oficina.recibidos(paso.periodo)
    return oficina.carpeta / DESPUES / paso.periodo.codigo / _TANDAS[paso.tanda]


def _leeme(ano: AnoMunicipal) -> bytes:
    uno, dos = (p.codigo for p in ano.periodos[:2])
    antes, ahora = (clave for _, clave in ano.renombrado.claves)
    expediente = "-".join(p for p in (ahora, ano.renombrado.programa) if p)
    libros = "POI" if ano.formato == "POI" else "informes de la MIR"
    texto = f"""\
DATOS DE DEMOSTRACIÓN: NADA DE ESTO EXISTE

El año {ano.ejercicio} de un municipio inventado, con {len(ano.participantes)} unidades, para practicar con pei-excel.
Las unidades, las cifras y los oficios salen de un simulador. No mezcle esta carpeta con la de su oficina.

Qué hay aquí
   {CATALOGO}      Las unidades, los plazos y las prórrogas, ya llenos.
   {RECIBIDOS}        Los {libros} que llegaron al principio, por periodo, y su recepcion.csv.
   {RESULTADOS}       Vacía: aquí quedará lo que usted haga.
   {DESPUES}      Lo que llegó después: cópielo sobre lo recibido cuando le toque.

Qué probar, en orden, con el menú (doble clic en INICIAR) o con las órdenes
   1. En el menú, con la opción 7, escriba el periodo: {uno}.
   2. Consolide y mire «¿Quién falta?»: hay faltas, atrasos y libros por corregir; en un municipio
      de diez o más unidades, también un archivo que no abre y copias del mismo informe.
   3. En el consolidado, hoja «Observaciones», anote en alguna «No procede», con su motivo. Guarde
      y cierre el libro.
   4. Copie lo de «{DESPUES}/{uno}/{_TANDAS[2]}» sobre «{RECIBIDOS}/{uno}», también su
      recepcion.csv, y consolide otra vez: lo corregido aparece como atendido y lo que no procede
      ya no cuenta.
   5. Cierre el periodo. Si queda algo por solventar pedirá el motivo.
   6. Alguien corrige con el periodo ya cerrado: ábralo otra vez, copie lo de
      «{_TANDAS[3]}», consolide y cierre. Lo primero se hace con
      pei-excel reabrir {uno} --motivo "Llegó lo solventado" -o "{RESULTADOS}"
   7. Consolide {dos}, que se compara con lo cerrado. Busque VER001 (una cifra ya cerrada que alguien
      cambió), VER002 (una meta que cambió sin registrarse), VER003 y VER004 (metas modificadas que
      conviene mirar).
   8. La unidad {antes} pasó a ser la {ahora}. Pida su expediente, que trae también lo de antes:
      pei-excel expediente {expediente} {ano.ejercicio} --catalogo {CATALOGO} --salidas "{RESULTADOS}"

Las órdenes se escriben en una ventana de comandos abierta en esta carpeta. Cuando termine, puede borrarla entera.
"""
    return b"\xef\xbb\xbf" + texto.replace("\n", "\r\n").encode()
