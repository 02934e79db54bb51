"""Qué probar con un año de demostración, paso a paso: cada cosa con su unidad, su periodo y su archivo de verdad."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from pei_excel.escritura.consolidado_control import CONTROL
from pei_excel.lectura.decisiones import HOJA as OBSERVACIONES
from pei_excel.lectura.decisiones import HOJA_DE_DECIDIDAS
from pei_excel.lectura.recepcion import NOMBRE as LISTA
from pei_excel.oficina import RECIBIDOS, RESULTADOS
from pei_excel.periodos import Periodo
from pei_excel.simulacion.ano import AnoMunicipal
from pei_excel.simulacion.ano_guion import CALLADA, CAMBIO
from pei_excel.simulacion.ano_modelo import Anotacion, Participante, Paso
from pei_excel.textos import cuenta, enumerar

#: Lo que llega después de consolidar por primera vez, para copiarlo sobre lo recibido.
DESPUES = "4 llega después"
#: Tanda → carpeta donde espera.
TANDAS = {2: "correcciones", 3: "con el periodo ya cerrado"}
#: Las opciones del menú, con sus palabras.
CAMBIAR, CONSOLIDAR, QUIEN_FALTA, CERRAR = (
    "Cambiar de carpeta o de periodo", "Consolidar", "¿Quién falta?", "Cerrar el periodo",
)
MAS, REABRIR, EXPEDIENTE = "Más opciones", "Reabrir un periodo cerrado", "Reunir el expediente de una unidad"
#: Lo que se ve al comparar con lo ya cerrado.
_VER = {
    "VER001": "una cifra ya cerrada que cambió",
    "VER002": "una meta que cambió y nadie registró",
    "VER003": "una meta modificada que conviene mirar",
    "VER004": "una meta modificada varias veces",
}
_DESPUES_DE_DECIDIR = {
    None: f"sigue en «{OBSERVACIONES}», con su decisión al lado",
    CALLADA: f"ya no se envía ni se cuenta (hoja «{HOJA_DE_DECIDIDAS}»)",
    CAMBIO: f"llegó otra cosa escrita y se observa otra vez (hoja «{HOJA_DE_DECIDIDAS}»)",
}
#: Cuántos se nombran de cada clase; del resto, cuántos son.
_DE_MUESTRA = 4
_ANCHO = 100

#: Lo que se hace y lo que se verá entonces.
Indicacion = tuple[str, Sequence[str]]


def guia(ano: AnoMunicipal) -> str:
    """Las indicaciones de cada periodo y, al final, el expediente de la unidad que cambió de clave."""
    partes = []
    for n, periodo in enumerate(ano.periodos):
        carpeta = "conserve la" if n else "elija esta"
        primera = (f"En el menú, «{CAMBIAR}»: {carpeta} carpeta y escriba el periodo {periodo.codigo}.", ())
        partes.append(_parte(f"{periodo.nombre} ({periodo.codigo})", [primera, *_de_un_periodo(ano, periodo)]))
    partes.append(_parte("Al final", [_del_expediente(ano)]))
    return "\n".join(partes)


def llegan(ano: AnoMunicipal, paso: Paso) -> set[str]:
    """Los archivos que llegan en ese paso; los demás ya estaban."""
    antes = {e.archivo: e for p in ano.de(paso.periodo) if p.tanda < paso.tanda for e in p.envios}
    return {e.archivo for e in paso.envios if antes.get(e.archivo) is not e}


def donde_espera(paso: Paso) -> str:
    """La carpeta, dentro de la de trabajo, donde está lo que llega después."""
    return f"{DESPUES}/{paso.periodo.codigo}/{TANDAS[paso.tanda]}"


def _de_un_periodo(ano: AnoMunicipal, periodo: Periodo) -> Iterator[Indicacion]:
    for paso in ano.de(periodo):
        if paso.tanda == 3:
            yield ((f"Con el periodo cerrado llega {_citar(sorted(llegan(ano, paso)))}. En el menú, «{MAS}» y "
                   f"«{REABRIR}»: {periodo.codigo}. Escriba por qué."), ())
        if paso.tanda > 1 and llegan(ano, paso):
            yield ((f"Copie lo que hay en «{donde_espera(paso)}» sobre «{RECIBIDOS}/{periodo.codigo}», y acepte "
                   f"reemplazar {LISTA}."), ())
        yield f"«{CONSOLIDAR}» y después «{QUIEN_FALTA}»:", [*_lo_que_dira(ano, paso), *_decidido(ano, paso)]
        contra = list(_contra_lo_cerrado(paso)) if paso.tanda == 1 else []
        if contra:
            yield f"Se comparó con lo que ya cerró. En el consolidado, hoja «{OBSERVACIONES}»:", contra
        if paso.anotaciones:
            libro = f"{RESULTADOS}/{periodo.codigo}/consolidado-{ano.formato.lower()}.xlsx"
            yield ((f"En «{libro}», hoja «{OBSERVACIONES}», llene Decisión, Motivo, Quién y Fecha en estos renglones; "
                   "guarde y cierre el libro:"), [f"«{a.que}» en {_de(a)}." for a in paso.anotaciones])
        if paso.cierra:
            yield f"«{CERRAR}». {_al_cerrar(paso)}", ()


def _lo_que_dira(ano: AnoMunicipal, paso: Paso) -> Iterator[str]:
    """Lo que se sabe de las entregas después de consolidar ese paso, con las palabras del tablero."""
    verdad, periodo = paso.verdad, paso.periodo
    faltan = sorted("-".join(p for p in quien if p) for quien in verdad.faltan)
    tarde = [f"{quien} ({cuenta(dias, 'día')})" for quien, dias in sorted(verdad.tarde.items())]
    observados = sorted(e.de.quien(periodo) for e in paso.envios if verdad.estados[e.archivo] == "observado")
    rechazados = [f"«{e.archivo}»" for e in paso.envios if verdad.estados[e.archivo] == "rechazado"]
    cambios = [
        f"{quien} ({cuenta(c.atendidas, 'atendida')}, {cuenta(c.persistentes, 'persistente')} y "
        f"{cuenta(c.nuevas, 'nueva')})"
        for quien, c in sorted(verdad.correcciones.items())
    ]
    if not (faltan or tarde or observados or rechazados):
        yield "No falta nadie, nadie se retrasó y nada hay que corregir."
    for titulo, cuales in (
        ("Faltan", faltan), ("Con retraso", tarde), ("Observados, con errores por corregir", observados),
        ("Rechazados, porque no se pueden leer", rechazados), ("Desde la entrega anterior", cambios),
    ):
        if cuales:
            yield f"{titulo}: {_de_muestra(cuales)}."
    if paso.tanda == 1:
        for envio in paso.envios:
            if envio.copia_de:
                yield f"«{envio.archivo}» es otra copia de «{envio.copia_de}»: se cuenta una vez."
        prorrogas = [f"{_quien(ano, clave, periodo)}, hasta el {hasta:%d/%m/%Y}"
                     for (clave, cual), hasta in sorted(ano.prorrogas.items(), key=str) if cual == periodo]
        if prorrogas:
            yield f"Con prórroga (hoja «{CONTROL}» del consolidado): {_de_muestra(prorrogas, '; ')}."


def _decidido(ano: AnoMunicipal, paso: Paso) -> Iterator[str]:
    """En qué quedó lo que se decidió al consolidar por primera vez."""
    if paso.tanda == 2:
        for a in ano.de(paso.periodo)[0].anotaciones:
            yield f"Lo decidido en {_de(a)}: {_DESPUES_DE_DECIDIR[a.despues]}."


def _contra_lo_cerrado(paso: Paso) -> Iterator[str]:
    halladas: dict[str, list[str]] = {}
    for envio in paso.envios:
        if paso.verdad.estados[envio.archivo] in {"aceptado", "observado"}:
            for regla, hoja, celda in sorted(envio.hallazgos):
                if regla in _VER:
                    halladas.setdefault(regla, []).append(f"{hoja}!{celda} de «{envio.archivo}»")
    for regla, celdas in sorted(halladas.items()):
        yield f"{regla}, {_VER[regla]}: {_de_muestra(celdas)}."


def _al_cerrar(paso: Paso) -> str:
    quedan = paso.verdad.por_solventar
    if not quedan:
        return "No queda nada por solventar y cierra sin más."
    dice = "Queda 1 observación" if quedan == 1 else f"Quedan {quedan} observaciones"
    return f"{dice} por solventar: diga que lo cierra con observaciones y escriba el motivo."


def _del_expediente(ano: AnoMunicipal) -> Indicacion:
    uno, primero, ultimo = ano.renombrado, ano.periodos[0], ano.periodos[-1]
    antes, ahora = uno.quien(primero), uno.quien(ultimo)
    trae = " Trae también lo que entregó con la de antes." if _entrego(ano, uno, primero) else ""
    return ((f"La {antes} cambió de clave y es la {ahora}. En el menú, «{MAS}» y «{EXPEDIENTE}»: escriba {ahora} y el "
            f"año {ano.ejercicio}.{trae}"), ())


def _entrego(ano: AnoMunicipal, uno: Participante, periodo: Periodo) -> bool:
    return any(e.de is uno for e in ano.de(periodo)[-1].envios)


def _quien(ano: AnoMunicipal, clave: str, periodo: Periodo) -> str:
    return next(p.quien(periodo) for p in ano.participantes if p.clave(periodo) == clave)


def _de(a: Anotacion) -> str:
    regla, hoja, celda = a.celda
    return f"{regla} de «{a.archivo}», {hoja}!{celda}"


def _citar(archivos: Iterable[str]) -> str:
    return enumerar(f"«{a}»" for a in archivos)


def _de_muestra(cuales: Sequence[str], separador: str = ", ") -> str:
    """Los primeros, y cuántos más son."""
    vistos, resto = cuales[:_DE_MUESTRA], len(cuales) - _DE_MUESTRA
    return separador.join(vistos) + (f" y {resto} más" if resto > 0 else "")


def _parte(titulo: str, indicaciones: Iterable[Indicacion]) -> str:
    lineas = [titulo]
    for n, (texto, puntos) in enumerate(indicaciones, 1):
        lineas += _doblar(f"{n:>4}. ", texto)
        for punto in puntos:
            lineas += _doblar("      - ", punto)
    return "\n".join(lineas) + "\n"


def _doblar(inicio: str, texto: str) -> list[str]:
    """En líneas que caben en la ventana, sin partir lo citado: el nombre de un archivo se puede buscar entero."""
    sin_partir = _con_duros(texto)
    lineas = wrap(sin_partir, _ANCHO, initial_indent=inicio, subsequent_indent=" " * len(inicio),
                  break_long_words=False, break_on_hyphens=False)
    return [linea.replace("\0", " ") for linea in lineas]


def _con_duros(texto: str) -> str:
    dentro, hecho = False, []
    for c in texto:
        dentro = c == "«" or (dentro and c != "»")
        hecho.append("\0" if dentro and c == " " else c)
    return "".join(hecho)


__all__ = ["DESPUES", "TANDAS", "donde_espera", "guia", "llegan"]
