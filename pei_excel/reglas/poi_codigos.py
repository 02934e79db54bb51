"""Reglas de los códigos del POI, que unen sus hojas: ninguno se repite, sobra ni falta."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pei_excel.formato import Hoja
from pei_excel.formatos.poi import POI as FORMATO
from pei_excel.formatos.poi import PROGRAMACION
from pei_excel.hallazgo import Severidad
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.reglas.base import Contexto, Observacion, regla
from pei_excel.reglas.poi_metas import POI
from pei_excel.reglas.uniones import actividades, emparejar, por_codigo, quien, repetidas, sin_codigo, sin_nada_mas
from pei_excel.textos import casi_iguales, cuenta, enumerar, mas_cercano

if TYPE_CHECKING:
    from pei_excel.reglas.entregas import Entrega


def codigos_de_otra_unidad(entrega: Entrega, contexto: Contexto) -> Iterator[Observacion]:
    """El mismo código no es de dos unidades: al juntarlas no se sabría de cuál es cada cifra."""
    duenos: dict[str, Libro] = {}
    for libro in entrega.libros:
        if libro.formato != FORMATO.clave or libro.unidad is None:
            continue
        repetidas: dict[str, list[Fila]] = {}
        for codigo, filas in por_codigo(libro, PROGRAMACION).items():
            previo = duenos.setdefault(codigo, libro)
            if previo.unidad is not None and previo.unidad.clave != libro.unidad.clave:
                repetidas.setdefault(str(previo.unidad), []).append(filas[0])
        for unidad, filas in repetidas.items():
            primera, *resto = filas
            mas = f", y {cuenta(len(resto), 'código')} más," if resto else ""
            yield Observacion(
                f"{quien(primera)}{mas} también es código de {unidad}", primera["codigo"], severidad=Severidad.AVISO,
                nombra=tuple(f["codigo"] for f in resto), encontrado=quien(primera),
                como_corregir="Antepongan al código la sigla de su unidad, de acuerdo con la otra.",
            )


@regla(
    "POI011", POI,
    por_que="El código une las hojas; si se repite, no se sabe de qué actividad es cada cifra.",
    como_corregir="Dé a cada actividad un código propio, el mismo en todas las hojas.",
    fuente="Criterio de este programa: las hojas se unen por código",
    entre_libros=codigos_de_otra_unidad,
    mal="""
        Seguimiento
        | Código  | Ejecución física mensual/Marzo | …/Junio |
        | AO.04 ✗ | (otra)                         | 1       |
        Programación
        | Código | Código → |
        | AO.06  | AO.05 ✗  |
        """,
    bien="""
        | Código | Código → |
        | AO.06  | AO.60    |
        Valorización
        | Código | Código → |
        | AO.06  | AO.60    |
        Seguimiento
        | Código | Código → |
        | AO.06  | AO.60    |
        Evaluación
        | Código | Código → |
        | AO.06  | AO.60    |
        """,
)
def codigo_repetido(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """El código no se repite en la unidad, ni es el de otra."""
    repetidos = {codigo for codigo, filas in por_codigo(libro, PROGRAMACION).items() if len(filas) > 1}
    for hoja in FORMATO.hojas:
        if hoja.llave != ("codigo",):
            continue
        for codigo, filas in por_codigo(libro, hoja).items():
            if hoja is not PROGRAMACION and codigo in repetidos:
                continue  # se repite aquí porque se repite allá
            for fila in filas[1:]:
                if sin_nada_mas(fila, hoja):
                    continue  # un renglón de más en blanco no esconde ninguna cifra
                yield Observacion(
                    f"{codigo} se repite en «{hoja.clave}»", fila["codigo"], nombra=(filas[0]["codigo"],),
                    encontrado=codigo,
                )


@regla(
    "POI013", POI,
    por_que="Las hojas se unen por código: lo que no encuentra su actividad no cuenta, y la que falta queda sin cifras.",
    como_corregir="Elija el código de la lista, que sale de «Programación»; un renglón por actividad.",
    fuente="Directiva N° 003-2016-MPH/17, artículos 8.1, 8.2.2, 11 y 12",
    mal="""
        Valorización
        | Código | Código → |
        | AO.02  | AO.22 ✗  |
        | AO.05  | (quitar) |
        Programación
        | Código | Código → |
        | AO.05  | AO.05 ✗  |
        """,
    bien="""
        Necesidades
        | Código de actividad | Código | Código de actividad → |
        | AO.04               | O-01   | ao.04                 |
        """,
)
def codigo_desconocido_o_ausente(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Los costos y, al reportar, el seguimiento traen todas las actividades; ninguna hoja, otras."""
    propias = {codigo: filas[0] for codigo, filas in por_codigo(libro, PROGRAMACION).items()}
    uniones = [u for hoja in FORMATO.hojas[1:] if hoja.clave in libro.hojas
               for u in [_unir(hoja, propias, libro, completa=_las_lleva_todas(hoja, libro, contexto))]]
    otros = [u for u in uniones if len(u.desconocidas) > 1 and u.ninguna]
    if otros:
        yield _con_otros_codigos(otros, libro)
    yield from _desconocidos([u for u in uniones if u not in otros], libro)
    yield from _ausentes([u for u in uniones if u not in otros], libro)


@dataclass(slots=True)
class _Union:
    """Cómo se une una hoja con `Programación`."""

    hoja: Hoja
    desconocidas: dict[str, list[Fila]]  #: código que no está en `Programación` → sus renglones
    ninguna: bool  #: ningún código suyo está en `Programación`
    vacia: bool  #: no trae ningún código
    completa: bool  #: las lleva todas
    parejas: dict[str, Fila]  #: código desconocido → la actividad que falta y parece ser la suya
    faltan: list[Fila]  #: actividades sin renglón ni quien parezca serlo
    dudosas: dict[int, Dato]  #: índice de la actividad que falta → el código repetido o en blanco que parece el suyo


def _unir(hoja: Hoja, propias: dict[str, Fila], libro: Libro, *, completa: bool) -> _Union:
    presentes, columna = por_codigo(libro, hoja), hoja.llave[0]
    desconocidas = {codigo: filas for codigo, filas in presentes.items() if codigo not in propias}
    faltan = [fila for codigo, fila in propias.items() if codigo not in presentes] if completa else []
    sueltas = [filas[0][columna] for filas in desconocidas.values()]
    parejas = {str(suelta.valor): suya for suelta, suya in emparejar(sueltas, faltan)}
    faltan = [f for f in faltan if not any(f is suya for suya in parejas.values())]
    # Una llave repetida, en blanco o ilegible puede ser la de una que falta: ya se dice en su celda.
    dudosas = [*(repetidas(libro, hoja) if hoja.llave == ("codigo",) else []), *sin_codigo(libro, hoja)]
    de_quien = {suya.indice: suelta for suelta, suya in emparejar([f[columna] for f in dudosas], faltan)}
    return _Union(
        hoja, desconocidas, not any(c in propias for c in presentes), not presentes, completa, parejas, faltan,
        de_quien,
    )


def _las_lleva_todas(hoja: Hoja, libro: Libro, contexto: Contexto) -> bool:
    """La hoja es obligatoria en el momento en que se revisa."""
    return not hoja.opcional and not (hoja.de_seguimiento and contexto.formulacion(libro))


def _con_otros_codigos(uniones: list[_Union], libro: Libro) -> Observacion:
    """Hojas enteras con otros códigos: se renumeraron en una parte y no en la otra."""
    celdas = [f[u.hoja.llave[0]] for u in uniones for filas in u.desconocidas.values() for f in filas]
    suyas = tuple(f["codigo"] for f in actividades(libro))
    hojas = enumerar(f"«{u.hoja.clave}»" for u in uniones)
    primera = next((f for u in uniones for c, f in u.parejas.items() if c == str(celdas[0].valor)), None)
    pregunta = ""
    if primera is not None and casi_iguales(str(celdas[0].valor), [quien(primera)]):
        pregunta = f": en vez de «{celdas[0].escrito}», ¿quiso decir «{quien(primera)}»?"
    return Observacion(
        f"ningún código de {hojas} está en «{PROGRAMACION.clave}»{pregunta}", celdas[0],
        nombra=(*celdas[1:], *(f["codigo"] for u in uniones for f in u.parejas.values())), lee=suyas,
        encontrado=celdas[0].escrito, esperado=quien(actividades(libro)[0]) if suyas else None,
        como_corregir="Use los mismos códigos en todas las hojas; elíjalos de la lista.",
    )


def _desconocidos(uniones: list[_Union], libro: Libro) -> Iterator[Observacion]:
    """Un hallazgo por código que `Programación` no conoce, aunque esté en varias hojas."""
    donde: dict[str, list[_Union]] = {}
    for union in uniones:
        for codigo in union.desconocidas:
            donde.setdefault(codigo, []).append(union)
    en_otra = {str(f.valor(u.hoja.llave[0])) for u in uniones for f in libro.filas(u.hoja.clave)}
    # Lo que no tiene pareja puede ser el código repetido o en blanco de `Programación`: ya se dice allá.
    sin_pareja = [us[0].desconocidas[codigo][0][us[0].hoja.llave[0]] for codigo, us in donde.items()
                  if not any(codigo in u.parejas for u in us)]
    dudosas = [*repetidas(libro, PROGRAMACION), *sin_codigo(libro, PROGRAMACION)]
    de_quien = {str(suelta.valor): dudosa["codigo"] for suelta, dudosa in emparejar(sin_pareja, dudosas)}
    for codigo, us in donde.items():
        celdas = [f[u.hoja.llave[0]] for u in us for f in u.desconocidas[codigo]]
        suya = next((u.parejas[codigo] for u in us if codigo in u.parejas), None)
        escrito, hojas = celdas[0].escrito, enumerar(f"«{u.hoja.clave}»" for u in us)
        if suya is not None and len(us) > 1 and quien(suya) not in en_otra:
            # Las demás hojas concuerdan entre sí: el distinto es el de `Programación`.
            yield Observacion(
                f"el código {quien(suya)} no está en ninguna otra hoja; en {hojas} dice {escrito}", suya["codigo"],
                nombra=tuple(celdas), encontrado=quien(suya), esperado=escrito,
                como_corregir="Escriba el mismo código en todas las hojas.",
            )
            continue
        mensaje = f"«{escrito}» no es un código de «{PROGRAMACION.clave}»"
        mensaje += f" y está en {hojas}" if len(us) > 1 else ""
        dicho = _quiso_decir(codigo, suya, us, libro)
        if suya is not None:
            mensaje += f"; en «{us[0].hoja.clave}» falta {quien(suya)}"
        if dicho is not None:
            mensaje += f"; ¿quiso decir «{dicho}»?"
        lee = (suya["codigo"],) if suya is not None else tuple(d for d in [de_quien.get(codigo)] if d is not None)
        yield Observacion(
            mensaje, celdas[0], nombra=tuple(celdas[1:]), lee=lee, encontrado=escrito,
            esperado=quien(suya) if suya is not None else dicho or mas_cercano(codigo, map(quien, actividades(libro)), 0),
        )


def _quiso_decir(codigo: str, suya: Fila | None, uniones: list[_Union], libro: Libro) -> str | None:
    """El código casi igual que se quiso escribir: el de la actividad que falta o, si no se busca ninguna, el único."""
    if suya is not None:
        return next(iter(casi_iguales(codigo, [quien(suya)])), None)
    if any(u.completa for u in uniones):
        return None  # ahí las demás ya tienen su renglón
    posibles = casi_iguales(codigo, map(quien, actividades(libro)))
    return posibles[0] if len(posibles) == 1 else None


def _ausentes(uniones: list[_Union], libro: Libro) -> Iterator[Observacion]:
    """Una actividad sin renglón es un hallazgo, falte en una hoja o en dos; una hoja sin ninguna, también uno."""
    ausentes: dict[int, list[_Union]] = {}
    for union in uniones:
        if union.vacia and len(union.faltan) > 1:
            primera, *otras = union.faltan
            yield _falta(primera, [union], nombra=tuple(f["codigo"] for f in otras))
            continue
        for fila in union.faltan:
            ausentes.setdefault(fila.indice, []).append(union)
    filas = {f.indice: f for f in actividades(libro)}
    for indice, suyas in ausentes.items():
        yield _falta(filas[indice], suyas)


def _falta(fila: Fila, uniones: list[_Union], *, nombra: tuple[Dato, ...] = ()) -> Observacion:
    hojas = [u.hoja for u in uniones]
    donde = enumerar(f"«{h.clave}»" for h in hojas)
    que = f"«{hojas[0].clave}» no trae ninguna actividad" if nombra else f"{quien(fila)} falta en {donde}"
    dudosas = [u.dudosas[fila.indice] for u in uniones if fila.indice in u.dudosas]
    return Observacion(
        que, fila["codigo"], nombra=nombra, encontrado=quien(fila),
        lee=(*dudosas, *(Dato((h.clave, -1, h.llave[0])) for h in hojas)),
        como_corregir=f"Agregue su renglón en {donde}, aunque sea con ceros.",
    )
