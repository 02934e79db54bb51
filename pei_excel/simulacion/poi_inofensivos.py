"""Lo que alguien hace en un POI sin dañar nada: ninguna cifra cambia y no hay hallazgo."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from pei_excel.formato import Modo
from pei_excel.formatos.poi import POI
from pei_excel.periodos import MESES
from pei_excel.simulacion import retoques
from pei_excel.simulacion.plantar import Defecto, Esperado, Plantador, tomar
from pei_excel.simulacion.poi import COSTOS, EVALUACION, NECESIDADES, SEGUIMIENTO, PoiSimulado
from pei_excel.simulacion.poi_defectos_lectura import MEDIDAS, intacta
from pei_excel.simulacion.poi_verdad import cifra
from pei_excel.simulacion.simulado import Fila

Hallazgos = list[Esperado] | None


def _hoja_ordenada(s: PoiSimulado, azar: Random) -> Hallazgos:
    """Una hoja en otro orden que las demás."""
    hojas = [h.clave for h in POI.hojas[1:] if len(s.filas[h.clave]) > 1]
    azar.shuffle(s.filas[azar.choice(hojas)])
    return []


def _mes_con_otro_nombre(s: PoiSimulado, azar: Random) -> Hallazgos:
    """«SETIEMBRE», «Sep.», «enero»: el título de un mes, escrito de otra manera."""
    for hoja, medidas in MEDIDAS.items():
        lugar = POI.por_clave[hoja].disposicion
        for medida in medidas:
            for n in azar.sample(range(1, 13), azar.randint(1, 12)):
                nombre = MESES[n - 1]
                formas = [nombre.upper(), nombre.capitalize(), f"{nombre[:3].capitalize()}.", nombre[:3]]
                formas += ["SETIEMBRE", "Setiembre", "Set.", "Sept."] if n == 9 else []
                columna = POI.por_clave[hoja].por_clave[f"{medida}_m{n}"]
                celda = lugar.celda(lugar.fila_del_titulo(columna), columna.clave)
                s.danos.append(retoques.cambiar_celda(POI, hoja, celda, azar.choice(formas)))
    return []


def _fila_en_blanco(s: PoiSimulado, azar: Random) -> Hallazgos:
    """Una fila en blanco entre los datos de una hoja."""
    hoja = azar.choice((COSTOS, SEGUIMIENTO, EVALUACION))
    inicio = POI.por_clave[hoja].disposicion.fila_datos
    s.danos.append(retoques.insertar_filas(POI, hoja, azar.randint(inicio, inicio + len(s.filas[hoja]))))
    return []


def _renglon_de_totales(s: PoiSimulado, azar: Random) -> Hallazgos:
    """Alguien agregó al pie la suma de los demás."""
    s.modo = Modo.FORMULACION  # la de seguimiento lleva los renglones contados
    hoja = azar.choice((COSTOS, NECESIDADES, SEGUIMIENTO))
    llave = POI.por_clave[hoja].llave[0]
    sumas: Fila = {
        f"{medida}_m{n}": sum(cifra(f.get(f"{medida}_m{n}")) or 0 for f in s.filas[hoja])
        for medida in MEDIDAS.get(hoja, ()) for n in range(1, 13)
    }
    if hoja == NECESIDADES:
        sumas = {"costo": sum(cifra(f.get("costo")) or 0 for f in s.filas[hoja])}
    donde = azar.choice((llave, "detalle" if hoja == NECESIDADES else "actividad"))
    s.filas[hoja].append({donde: azar.choice(("TOTAL", "Total general", "Suma", "Subtotal", "SUMA TOTAL")), **sumas})
    return []


def _con_una(cambiar: Callable[[PoiSimulado, Random, Fila], None]) -> Plantador[PoiSimulado]:
    def plantar(s: PoiSimulado, azar: Random) -> Hallazgos:
        fila = tomar(s, azar, lambda f: intacta(s, f))
        if fila is None:
            return None
        cambiar(s, azar, fila)
        return []

    return plantar


def _codigo_con_otra_letra(s: PoiSimulado, azar: Random, fila: Fila) -> None:
    forma = azar.choice((f" {fila['codigo']}", fila["codigo"].lower(), f"{fila['codigo']} "))
    s.modo = Modo.FORMULACION  # la de seguimiento agregaría el renglón que cree que falta
    s.uno(azar.choice((COSTOS, SEGUIMIENTO)), fila)["codigo"] = forma
    for pedido in s.de(NECESIDADES, fila, "codigo_actividad"):
        pedido["codigo_actividad"] = forma


def _objetivo_con_nombre(_s: PoiSimulado, azar: Random, fila: Fila) -> None:
    numero = fila["oei"][4:]
    fila["oei"] = azar.choice((f"OEI {int(numero)}", f"oei.{numero}", f"OEI.{numero} Objetivo"))
    fila["aei"] = azar.choice((fila["aei"].lower(), fila["aei"].replace(".", " "), f"{fila['aei']} Acción"))


def _acumulacion_con_otro_nombre(_s: PoiSimulado, azar: Random, fila: Fila) -> None:
    fila["acumulacion"] = azar.choice((fila["acumulacion"].upper(), f" {fila['acumulacion']}"))


def _meta_en_palabras(_s: PoiSimulado, azar: Random, fila: Fila) -> None:
    """De las palabras se lee la misma cifra."""
    meta = f"{fila['meta']:g}"
    fila["meta"] = azar.choice((f"{meta} como mínimo", f"{meta} por año", f"no menos de {meta}"))


def _nada_en_lo_futuro(s: PoiSimulado, azar: Random, fila: Fila) -> None:
    """0, «-» o «NP» en los meses que no llegan, y «NP» donde no hay meta."""
    hecho = s.uno(SEGUIMIENTO, fila)
    for n in range(s.hasta + 1, 13):
        hecho[f"ejecutado_m{n}"] = azar.choice((None, 0.0, "-", "NP"))
        hecho[f"devengado_m{n}"] = azar.choice((None, 0.0, "-"))
    for n in range(1, 13):
        if cifra(fila.get(f"programado_m{n}")) is None:
            fila[f"programado_m{n}"] = azar.choice((None, "NP", "N/A", "-"))


POI_INOFENSIVOS: tuple[Defecto[PoiSimulado], ...] = (
    Defecto("", "hoja en otro orden", _hoja_ordenada),
    Defecto("", "meses con otro nombre", _mes_con_otro_nombre),
    Defecto("", "fila en blanco entre los datos", _fila_en_blanco, solo=True),
    Defecto("", "renglón de totales", _renglon_de_totales, solo=True),
    Defecto("", "código con otra letra o con espacios", _con_una(_codigo_con_otra_letra)),
    Defecto("", "objetivo y acción de otra forma", _con_una(_objetivo_con_nombre)),
    Defecto("", "acumulación de otra forma", _con_una(_acumulacion_con_otro_nombre)),
    Defecto("", "meta en palabras con su cifra", _con_una(_meta_en_palabras)),
    Defecto("", "nada en lo futuro", _con_una(_nada_en_lo_futuro)),
)
