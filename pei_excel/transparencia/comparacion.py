"""Lo que se va a publicar contra lo ya publicado: filas nuevas, cambiadas y que ya no están, con sus celdas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pei_excel.formatos import transparencia as forma
from pei_excel.lectura.publicado import Publicado
from pei_excel.textos import normalizar
from pei_excel.transparencia.disposicion import reconocer
from pei_excel.transparencia.modelo import Publicacion
from pei_excel.ubicacion import Ubicacion

NUEVA, CAMBIADA, AUSENTE = "nueva", "cambiada", "ya no está"
#: Lo que dice de quién es una fila, lo mismo de un periodo a otro.
_LLAVE = {"IV": ("denominacion", "objetivo"), "V": ("area", "nombre"), "VI": ("programa", "area", "nombre")}
_EXTREMOS = ("inicio", "termino")
_DEL_PERIODO = ("ejercicio", *_EXTREMOS)
#: Cambia siempre, o es un número de orden: no se compara.
_NO_SE_COMPARAN = frozenset({"actualizacion", "validacion", "indicadores"})


class Diferencia(NamedTuple):
    """Una fila nueva o que ya no está, o una celda que cambió."""

    que: str
    fila: str  #: cómo se nombra: «Sesiones impartidas · Instituto de Ejemplo»
    campo: str = ""
    ahora: str = ""
    antes: str = ""
    celda: Ubicacion | None = None  #: en el libro que se va a subir
    publicada: Ubicacion | None = None


@dataclass(slots=True)
class Comparacion:
    """El resultado de comparar una fracción."""

    fraccion: str
    archivo: str
    iguales: int = 0  #: filas
    cambiadas: int = 0  #: filas; cada una puede tener varias diferencias
    diferencias: list[Diferencia] = field(default_factory=list)
    periodo: str = ""  #: con qué se comparó, si lo publicado no trae el periodo: «del 01/01/2024 al 31/03/2024»
    aparte: int = 0  #: filas publicadas de otros periodos
    sin_reconocer: tuple[str, ...] = ()  #: columnas publicadas que no se compararon

    def cuantas(self, que: str) -> int:
        """Filas nuevas, cambiadas o que ya no están."""
        return self.cambiadas if que == CAMBIADA else sum(d.que == que for d in self.diferencias)


Columnas = Mapping[str, int]  #: clave del campo → columna publicada
FilaPublica = tuple[int, dict[int, str]]  #: (número de fila, columna → texto)


def fraccion_de(publicado: Publicado) -> str | None:
    """De qué fracción es una descarga, por sus títulos: la que más reconoce, si tiene su llave."""
    candidatas = [
        (len(columnas), fraccion) for fraccion in forma.FRACCIONES
        if {*_LLAVE[fraccion], *_EXTREMOS} <= set(columnas := _columnas(fraccion, publicado))
    ]
    return max(candidatas, key=lambda c: c[0])[1] if candidatas else None


def _columnas(fraccion: str, publicado: Publicado) -> dict[str, int]:
    halladas: dict[str, int] = {}
    for columna, titulo in publicado.titulos.items():
        conocido = reconocer(fraccion, titulo)
        if conocido is not None:
            halladas.setdefault(conocido.clave, columna)
    return halladas


def comparar(publicacion: Publicacion, publicado: Publicado) -> Comparacion:
    """Empareja las filas por su llave y dice qué cambió; las de otros periodos publicados no se cuentan."""
    columnas = _columnas(publicacion.fraccion, publicado)
    resultado = Comparacion(publicacion.fraccion, publicado.archivo, sin_reconocer=tuple(
        t for c, t in publicado.titulos.items() if c not in columnas.values()
    ))
    llave = _LLAVE[publicacion.fraccion]
    suyas, ignorar = _del_mismo_periodo(publicacion, publicado, columnas, resultado)
    previas: dict[tuple[str, ...], list[FilaPublica]] = {}
    for publica in suyas:
        suya = tuple(normalizar(publica[1].get(columnas[c], "")) for c in llave)
        previas.setdefault(suya, []).append(publica)
    for n, fila in enumerate(publicacion.filas):
        propios = {c.clave: x.texto for c, x in zip(publicacion.campos, fila, strict=True) if c.clave}
        parejas = previas.get(tuple(normalizar(propios.get(c, "")) for c in llave))
        nombre = _nombre(publicacion.fraccion, propios)
        if not parejas:
            celda = Ubicacion(publicacion.archivo, forma.REPORTE, publicacion.celda(n, 0))
            resultado.diferencias.append(Diferencia(NUEVA, nombre, celda=celda))
            continue
        numero, textos = parejas.pop(0)
        cambios = list(_cambios(publicacion, n, columnas, (publicado, numero, textos), ignorar))
        resultado.iguales += not cambios
        resultado.cambiadas += bool(cambios)
        resultado.diferencias += [d._replace(fila=nombre) for d in cambios]
    for numero, textos in sorted((fila for filas in previas.values() for fila in filas), key=lambda f: f[0]):
        nombre = _nombre(publicacion.fraccion, {c: textos.get(n, "") for c, n in columnas.items()})
        celda = Ubicacion(publicado.archivo, publicado.hoja, publicado.celda(numero, min(columnas.values())))
        resultado.diferencias.append(Diferencia(AUSENTE, nombre, publicada=celda))
    return resultado


def _nombre(fraccion: str, propios: Mapping[str, str]) -> str:
    return " · ".join(propios.get(c, "") for c in reversed(_LLAVE[fraccion]))


def _del_mismo_periodo(
    publicacion: Publicacion, publicado: Publicado, columnas: Columnas, resultado: Comparacion
) -> tuple[Sequence[FilaPublica], frozenset[str]]:
    """Las filas publicadas del periodo; si no hay, las del último que sí, y entonces sus fechas no se comparan."""
    por_periodo: dict[tuple[str, ...], list[FilaPublica]] = {}
    for fila in publicado.filas:
        por_periodo.setdefault(tuple(_dia(fila[1].get(columnas[c], "")) for c in _EXTREMOS), []).append(fila)
    if not por_periodo or not publicacion.filas:
        return publicado.filas, _NO_SE_COMPARAN
    suyo = tuple(x.texto if (x := publicacion.casilla(0, c)) else "" for c in _EXTREMOS)
    elegido = suyo if suyo in por_periodo else max(por_periodo, key=lambda p: p[1].split("/")[::-1])
    resultado.aparte = len(publicado.filas) - len(por_periodo[elegido])
    if elegido == suyo:
        return por_periodo[suyo], _NO_SE_COMPARAN
    resultado.periodo = " al ".join(t for t in elegido if t)
    return por_periodo[elegido], _NO_SE_COMPARAN | set(_DEL_PERIODO)


def _dia(texto: str) -> str:
    """«1/4/2024» → «01/04/2024»; otra cosa, igual."""
    partes = texto.split("/")
    return "/".join(p.zfill(2) for p in partes) if len(partes) == 3 else texto


def _iguales(uno: str, otro: str) -> bool:
    """Dicen lo mismo, sin contar los espacios ni cómo se escribe la cifra o la fecha."""
    uno, otro = (_dia(" ".join(t.split())) for t in (uno, otro))
    try:
        return uno == otro or float(uno) == float(otro)
    except ValueError:
        return False


def _cambios(
    publicacion: Publicacion, n: int, columnas: Columnas, antes: tuple[Publicado, int, dict[int, str]],
    ignorar: frozenset[str],
) -> list[Diferencia]:
    publicado, numero, textos = antes
    cambios = []
    for c, (campo, casilla) in enumerate(zip(publicacion.campos, publicacion.filas[n], strict=True)):
        if campo.clave not in columnas or campo.clave in ignorar:
            continue
        previo = textos.get(columnas[campo.clave], "")
        if not _iguales(casilla.texto, previo):
            cambios.append(Diferencia(
                CAMBIADA, "", campo.titulo, casilla.texto, previo,
                Ubicacion(publicacion.archivo, forma.REPORTE, publicacion.celda(n, c)),
                Ubicacion(publicado.archivo, publicado.hoja, publicado.celda(numero, columnas[campo.clave])),
            ))
    return cambios
