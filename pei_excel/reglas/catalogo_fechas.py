"""Reglas del catálogo de la oficina: vigencias, calendario, prórrogas y perfiles de semáforo."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from pei_excel.catalogo.armado import bandas_de_perfil, perfil_de
from pei_excel.catalogo.conjunto import perfil_llamado
from pei_excel.formatos.catalogo import CALENDARIO, PROGRAMAS, PRORROGAS, UNIDADES
from pei_excel.hallazgo import Severidad
from pei_excel.libro import Fila, Libro
from pei_excel.periodos import TRIMESTRES, Periodo, texto_de_trimestre
from pei_excel.reglas.base import Contexto, Observacion
from pei_excel.reglas.catalogo import regla_de_catalogo
from pei_excel.semaforo import PERFILES
from pei_excel.textos import cuenta, enumerar, numero
from pei_excel.tipos import como_texto

#: (hoja, columna que va primero, columna que va después)
_EN_ORDEN = (
    (UNIDADES, "desde", "hasta"),
    (PROGRAMAS, "desde", "hasta"),
    (CALENDARIO, "apertura", "limite"),
    (CALENDARIO, "limite", "solventacion"),
)


@regla_de_catalogo(
    "CAT008",
    por_que="Con las fechas al revés, una unidad no existe ningún día o un plazo se acaba antes de empezar.",
    como_corregir="Corrija la fecha señalada.",
    mal="""
        Unidades
        | Clave | Vigente hasta |
        | U21   | 2023-12-31 ✗  |
        Calendario
        | Periodo             | Fecha límite | Límite de solventación |
        | 2do. Trimestre 2024 | 2024-07-10   | 2024-07-05 ✗           |
        """,
    bien="""
        Unidades
        | Clave | Vigente hasta |
        | U21   | 2024-12-31    |
        """,
)
def fechas_en_desorden(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Lo que empieza va antes de lo que termina, y quien sucede, después de quien le precede."""
    for hoja, primero, despues in _EN_ORDEN:
        for fila in libro.filas(hoja.clave):
            antes, luego = fila[primero], fila[despues]
            if antes.valor is not None and luego.valor is not None and luego.valor < antes.valor:
                titulo = hoja.por_clave[primero].titulo
                yield Observacion(
                    f"{como_texto(luego.valor)} es anterior a «{titulo}», que dice {como_texto(antes.valor)}", luego,
                    encontrado=como_texto(luego.valor), lee=(antes,), tambien=(antes,),
                )
    yield from _sucesiones(libro)
    yield from _plazos(libro)


def _sucesiones(libro: Libro) -> Iterator[Observacion]:
    """Una unidad empieza después que aquella de la que viene; de varias épocas, basta una."""
    filas = [f for f in libro.filas(UNIDADES.clave) if f.valor("clave") and f.valor("desde")]
    for fila in filas:
        desde = fila["desde"]
        for anterior in fila.valor("clave_anterior") or ():
            epocas = [f for f in filas if f is not fila and f.valor("clave") == anterior]
            previas = [f for f in epocas if f.valor("desde") < desde.valor]
            if not epocas:
                continue
            previa = max(previas, key=lambda f: f.valor("desde")) if previas else epocas[0]
            hasta = previa.valor("hasta")
            if not previas:
                que, severidad = f"que empieza el {como_texto(previa.valor('desde'))}", None
            elif hasta is not None and hasta >= desde.valor:
                que, severidad = f"que sigue vigente hasta el {como_texto(hasta)}", Severidad.AVISO
            else:
                continue
            yield Observacion(
                f"empieza el {como_texto(desde.valor)} y viene de {anterior}, {que}", desde, severidad=severidad,
                encontrado=como_texto(desde.valor), lee=(fila["clave_anterior"], previa["desde"], previa["hasta"]),
            )


def _plazos(libro: Libro) -> Iterator[Observacion]:
    limites = {}
    for fila in libro.filas(CALENDARIO.clave):
        periodo, limite = fila.valor("periodo"), fila["limite"]
        if periodo is None or limite.valor is None:
            continue
        limites[periodo] = limite
        if limite.valor < periodo.ultimo_dia:
            yield Observacion(
                f"la fecha límite es anterior al último día del periodo ({como_texto(periodo.ultimo_dia)})", limite,
                encontrado=como_texto(limite.valor), severidad=Severidad.AVISO, lee=(fila["periodo"],),
            )
    for fila in libro.filas(PRORROGAS.clave):
        original, nueva = limites.get(fila.valor("periodo")), fila["fecha"]
        if original is not None and nueva.valor is not None and nueva.valor <= original.valor:
            yield Observacion(
                f"la prórroga no da más tiempo: la fecha límite es {como_texto(original.valor)}", nueva,
                encontrado=como_texto(nueva.valor), severidad=Severidad.AVISO, lee=(original, fila["periodo"]),
            )


@regla_de_catalogo(
    "CAT009",
    por_que="Sin fecha límite no puede decirse quién entregó tarde ni quién falta.",
    como_corregir="Escriba la fecha límite del periodo, o agregue el renglón del trimestre que falta.",
    mal="""
        Calendario
        | Periodo             | Fecha límite |
        | 3er. Trimestre 2024 | ✗            |
        """,
    bien="""
        Calendario
        | Periodo    | Fecha límite |
        | Junio 2024 | 2024-07-05   |
        """,
)
def periodo_sin_fecha_limite(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Cada trimestre del ejercicio está en el calendario con su fecha límite."""
    hay: set[Periodo] = set()
    for fila in libro.filas(CALENDARIO.clave):
        dato = fila["periodo"]
        if dato.valor is None:
            if dato.incidente is not None:
                return  # con un periodo ilegible no puede decirse cuál falta
            continue
        hay.add(dato.valor)
        if fila["limite"].vacio:
            yield Observacion(f"el {dato.escrito} no tiene fecha límite", fila["limite"])
    ejercicio = libro.campo("ejercicio").valor
    hoja = libro.hojas.get(CALENDARIO.clave)
    if ejercicio is None or hoja is None or any(p.ejercicio == ejercicio and p.clase == "M" for p in hay):
        return
    faltan = [t for t in TRIMESTRES if Periodo(int(ejercicio), "T", t) not in hay]
    titulo = hoja.titulos.get("periodo")
    if faltan and titulo is not None:
        cuales = enumerar(texto_de_trimestre(int(ejercicio), t) for t in faltan)
        que = cuenta(len(faltan), "falta del calendario", "faltan del calendario").partition(" ")[2]
        yield Observacion(
            f"{que}: {cuales}", hoja=titulo.hoja, celda=titulo.celda, severidad=Severidad.AVISO, esperado=cuales,
        )


@regla_de_catalogo(
    "CAT010",
    por_que="Un porcentaje que cae en un hueco, o en dos bandas, no tiene color.",
    como_corregir="Haga que cada banda termine donde empieza la siguiente, la más baja empiece en 0 y la más alta no termine.",
    mal="""
        Perfiles
        | Perfil       | Desde % | Hasta % |
        | demostración | 70      | 80 ✗    |
        """,
    bien="""
        Perfiles
        | Perfil       | Desde % | Hasta % |
        | demostración | 70      | 85      |
        Campos
        | Dato      | Valor    |
        | Semáforo: | operativo |
        """,
)
def perfil_con_huecos(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Las bandas de un semáforo cubren todos los porcentajes, una sola vez, y el elegido existe."""
    for filas in bandas_de_perfil(libro).values():
        yield from _bandas(filas)
    elegido = libro.campo("perfil")
    propios = [perfil_de(filas, libro.archivo) for filas in bandas_de_perfil(libro).values()]
    if elegido.valor is not None and perfil_llamado(elegido.valor, propios) is None:
        hay = enumerar([*(p.clave for p in propios), *PERFILES], "o")
        yield Observacion(f"no hay un semáforo «{elegido.valor}»; puede ser {hay}", elegido, encontrado=elegido.valor)


def _bandas(filas: list[Fila]) -> Iterator[Observacion]:
    """Un perfil, de la banda más alta a la más baja."""
    alta, baja = filas[0], filas[-1]
    medidas = {f.valor("medida") for f in filas}
    if len(medidas) > 1:
        yield Observacion("las bandas de un mismo perfil miden cosas distintas", baja["medida"], tambien=(alta["medida"],))
        return
    colores = {f.valor("color") for f in filas}
    necesarios = {"Verde", "Amarillo"} if medidas == {"Desviación"} else {"Verde"}
    if necesarios - colores:
        yield Observacion(f"el perfil no tiene banda {enumerar(sorted(necesarios - colores))}", alta["color"])
    if alta["hasta"].valor is not None:
        yield Observacion("es la banda más alta y termina: lo que la rebase queda sin color", alta["hasta"],
                          encontrado=alta.valor("hasta"))
    if baja.valor("desde") != 0:
        yield Observacion(f"es la banda más baja y empieza en {numero(baja.valor('desde'))}, no en 0", baja["desde"],
                          encontrado=baja.valor("desde"), esperado=0)
    for arriba, abajo in pairwise(filas):
        empieza, termina = arriba.valor("desde"), abajo["hasta"]
        if termina.valor == empieza or (termina.valor is None and not termina.vacio):
            continue
        if termina.vacio:
            que = "no dice dónde termina"
        else:
            que = f"termina en {numero(termina.valor)}"
        yield Observacion(
            f"la banda «{abajo.valor('palabra')}» {que} y la siguiente empieza en {numero(empieza)}", termina,
            encontrado=termina.valor, esperado=empieza, lee=(arriba["desde"],), tambien=(arriba["desde"],),
        )
