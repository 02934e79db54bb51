"""`recepcion.csv`, donde la oficina anota cuándo y cómo llegó cada libro → una `Recepcion` por archivo y lo que no se
entiende de él, con su celda."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple

from pei_excel.crudo import ArchivoIlegible
from pei_excel.lectura.disco import leer_bytes
from pei_excel.periodos import MESES, formas_de_mes
from pei_excel.textos import limpiar, mas_cercano, normalizar
from pei_excel.ubicacion import direccion

NOMBRE = "recepcion.csv"

#: De dónde sale una fecha de recepción, como se muestra; de la que más vale a la que menos.
SEGUN_LISTA, SEGUN_BITACORA, SEGUN_ARCHIVO = "según recepcion.csv", "visto por primera vez", "fecha del archivo"

#: Columna → cómo la titula la gente.
_TITULOS = {
    "archivo": ("archivo", "nombre del archivo", "nombre de archivo", "nombre", "libro", "fichero"),
    "fecha": ("fecha", "fecha de recepcion", "fecha recepcion", "fecha de recibido", "fecha de entrega", "recepcion",
              "recibido", "recibido el", "dia"),
    "medio": ("medio", "medio de entrega", "via", "forma", "forma de entrega"),
    "oficio": ("oficio", "numero de oficio", "no oficio", "no de oficio", "n o de oficio", "n o oficio",
               "oficio de entrega", "documento"),
    "firmado": ("firmado", "firmado si no", "firma", "firmas", "con firma", "viene firmado"),
}
_COLUMNA = {titulo: columna for columna, titulos in _TITULOS.items() for titulo in titulos}
_SEPARADORES = (";", ",", "\t")
#: Renglones en que se buscan los títulos, por si antes hay un encabezado de la oficina.
_HASTA_TITULOS = 10
_LARGO = 200  #: caracteres que se guardan del medio y del oficio
_SI, _NO = frozenset({"si", "s", "x", "1", "verdadero", "true"}), frozenset({"no", "n", "0", "falso", "false"})
_EXCEL = range(36526, 73051)  #: números de serie de Excel de 2000 a 2099
_MES = {normalizar(forma): mes for mes in range(1, len(MESES) + 1) for forma in formas_de_mes(mes)}


#: Nombres que dejan los programas de sincronización cuando dos personas guardan a la vez, y las copias de Windows.
COPIA_EN_CONFLICTO = re.compile(
    r"copia en conflicto|conflicted copy|en conflicto|\(\d+\)\.\w+$| - copia(?: \(\d+\))?\.\w+$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Recepcion:
    """Cuándo llegó un libro y quién lo dice."""

    archivo: str  #: como se nombra en los resultados: relativo a la carpeta, con «/»
    fecha: date
    origen: str  #: SEGUN_LISTA, SEGUN_BITACORA o SEGUN_ARCHIVO
    medio: str = ""
    oficio: str = ""
    firmado: bool | None = None  #: None: no se dice
    lista: str = field(default="", compare=False)  #: el recepcion.csv que lo dice, y la celda de la fecha
    celda: str = field(default="", compare=False)

    @property
    def cierta(self) -> bool:
        """La fecha es de cuando llegó; la del archivo sólo dice cuándo se guardó."""
        return self.origen != SEGUN_ARCHIVO


class ProblemaDeRecepcion(NamedTuple):
    """Algo de `recepcion.csv` que no se entiende."""

    archivo: str  #: el propio CSV
    celda: str  #: «B4», como la muestra Excel al abrirlo
    mensaje: str
    encontrado: str = ""


@dataclass(frozen=True, slots=True)
class Lista:
    """Lo que dice `recepcion.csv`."""

    recepciones: Mapping[str, Recepcion] = field(default_factory=dict)  #: por archivo
    problemas: tuple[ProblemaDeRecepcion, ...] = ()


class Llegada:
    """El orden en que llegaron las entregas de un informe, según lo que viaja con ellas.

    Las fechas sólo ordenan si recepcion.csv las trae todas. Las de la bitácora y las de los archivos no: con ella o sin
    ella, y en cualquier copia de la carpeta, el orden es el mismo.
    """

    def __init__(self, archivos: Iterable[str], recepciones: Mapping[str, Recepcion]) -> None:
        cuales = set(archivos)
        anotadas = {a: r.fecha for a in cuales if (r := recepciones.get(a)) is not None and r.origen == SEGUN_LISTA}
        self._fechas = anotadas if len(anotadas) == len(cuales) else {}

    def fecha(self, archivo: str) -> date | None:
        """La que ordena; None si de alguna entrega no se anotó."""
        return self._fechas.get(archivo)

    def orden(self, archivo: str, modificado: datetime | None) -> tuple[object, ...]:
        """La llave con que se ordenan: recepción, modificación interna y nombre."""
        dia = self.fecha(archivo)
        return dia.isoformat() if dia else "", modificado.isoformat() if modificado else "", _por_nombre(archivo)


def _por_nombre(archivo: str) -> tuple[object, ...]:
    """Orden de los nombres como los lee la gente: «v2» antes que «v10» y «obras» antes que «obras corregido».

    Lo que por su nombre parece una copia («(1)», «copia en conflicto») nunca va después del libro del que es copia.
    """
    ruta = PurePosixPath(archivo)

    def natural(texto: str) -> list[tuple[int, int, str]]:
        partes = re.findall(r"\d+|\D+", texto.casefold())
        return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in partes]

    es_copia = COPIA_EN_CONFLICTO.search(ruta.name) is not None
    return not es_copia, natural(ruta.stem), natural(str(ruta.parent)), archivo


def es_lista(nombre: str) -> bool:
    """El archivo se llama `recepcion.csv` (también «Recepción.CSV»)."""
    ruta = PurePath(nombre)
    return ruta.suffix.lower() == ".csv" and normalizar(ruta.stem) == "recepcion"


def leer_lista(ruta: Path, archivos: Iterable[str], apartados: Iterable[str] = ()) -> Lista:
    """Las recepciones de los libros de una carpeta.

    `archivos` son los nombres con que se muestran los libros; `apartados`, los de lo demás que hay en la carpeta: un
    renglón que hable de ellos no es un error. Nada de lo que diga el archivo detiene la lectura.
    """
    propio = limpiar(ruta.name)
    try:
        texto = _decodificar(leer_bytes(ruta))
    except ArchivoIlegible as error:
        return Lista(problemas=(ProblemaDeRecepcion(propio, "A1", f"no se pudo leer: {error.detalle}"),))
    except ValueError:
        return Lista(problemas=(ProblemaDeRecepcion(propio, "A1", "no es un archivo de texto"),))
    return de_texto(texto, archivos, apartados, propio)


def de_texto(texto: str, archivos: Iterable[str], apartados: Iterable[str] = (), propio: str = NOMBRE) -> Lista:
    """Lo mismo, de su texto ya leído."""
    renglones, roto = _renglones(texto)
    titulos = next(
        ((n, suyos) for n, celdas in enumerate(renglones[:_HASTA_TITULOS])
         if {"archivo", "fecha"} <= (suyos := _titulos(celdas)).keys()), None,
    )
    problemas: list[ProblemaDeRecepcion] = []
    if roto:
        problemas.append(ProblemaDeRecepcion(propio, direccion(roto, 1), "desde este renglón no se entiende el texto"))
    if titulos is None:
        dice = ", ".join(f"«{limpiar(c)[:40]}»" for c in (renglones[0] if renglones else [])[:5] if limpiar(c))
        en_su_lugar = f"; su primer renglón dice {dice}" if dice else ""
        problemas.append(ProblemaDeRecepcion(
            propio, "A1", f"no trae los títulos «archivo» y «fecha», y no se usa{en_su_lugar}"
        ))
        return Lista(problemas=tuple(problemas))
    nombres = _Nombres(archivos, apartados)
    exactas: dict[str, tuple[int, Recepcion]] = {}
    de_grupo: dict[str, Recepcion] = {}
    for n, celdas in enumerate(renglones[titulos[0] + 1 :], titulos[0] + 2):
        valores = {c: limpiar(celdas[k]) if k < len(celdas) else "" for c, k in titulos[1].items()}
        if not any(valores.values()):
            continue
        lector = _Renglon(propio, n, titulos[1], valores, problemas)
        recepcion = lector.recepcion()
        hallados = lector.hallados(nombres) if valores["archivo"] else ()
        if recepcion is None:
            continue
        for archivo in hallados:
            suya = replace(recepcion, archivo=archivo)
            if len(hallados) > 1 or archivo != nombres.uno(valores["archivo"]):
                de_grupo.setdefault(archivo, suya)  # de una carpeta o de un .zip enteros: vale si no se dice otra cosa
                continue
            previa = exactas.get(archivo)
            if previa is not None and previa[1].fecha != suya.fecha:
                lector.anotar("archivo", f"ya está en el renglón {previa[0]} con otra fecha; se toma la más reciente")
            if previa is None or suya.fecha > previa[1].fecha:
                exactas[archivo] = n, suya
    return Lista(de_grupo | {a: r for a, (_, r) in exactas.items()}, tuple(problemas))


def _decodificar(contenido: bytes) -> str:
    """El texto, guardado como lo guarde Excel.

    Raises:
        ValueError: si no es texto.
    """
    if contenido[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        texto = contenido.decode("utf-16")
    else:
        try:
            texto = contenido.decode("utf-8-sig")
        except UnicodeDecodeError:
            texto = contenido.decode("cp1252", "replace")
    if "\0" in texto:
        raise ValueError("no es texto")
    return texto


def _renglones(texto: str) -> tuple[list[list[str]], int]:
    """Las celdas de cada renglón, como las parte Excel, y el renglón (desde 1) en que dejó de entenderse, o 0."""
    primera = texto.lstrip().partition("\n")[0].strip()
    declarado = re.fullmatch(r"sep=(.)", primera, re.IGNORECASE)
    cabeza = "\n".join(texto.splitlines()[:_HASTA_TITULOS])
    separador = declarado[1] if declarado else max(
        _SEPARADORES,
        key=lambda s: max((len(_titulos(celdas)) for celdas in _partir(cabeza, s)[0]), default=0),
    )
    renglones, roto = _partir(texto, separador)
    if declarado and renglones:
        renglones[0] = []
    return renglones, roto


def _partir(texto: str, separador: str) -> tuple[list[list[str]], int]:
    renglones: list[list[str]] = []
    try:
        renglones.extend(csv.reader(io.StringIO(texto, newline=""), delimiter=separador))
    except csv.Error:
        return renglones, len(renglones) + 1
    return renglones, 0


def _titulos(celdas: Sequence[str]) -> dict[str, int]:
    """Columna → su posición; si un título se repite, la primera."""
    halladas: dict[str, int] = {}
    for n, celda in enumerate(celdas):
        columna = _COLUMNA.get(normalizar(celda))
        if columna is not None:
            halladas.setdefault(columna, n)
    return halladas


class _Nombres:
    """Los archivos de la carpeta, para hallarlos como los escriba la gente."""

    def __init__(self, archivos: Iterable[str], apartados: Iterable[str]) -> None:
        self.todos = tuple(archivos)
        self._apartados = {_llano(a) for a in apartados}
        self._apartados |= {PurePath(a).name for a in self._apartados}
        #: por su ruta, por ella sin extensión, por su nombre y por él sin extensión
        self._indices: tuple[dict[str, list[str]], ...] = ({}, {}, {}, {})
        for archivo in self.todos:
            llano = _llano(archivo)
            nombre = llano.rpartition("/")[2]
            formas = (llano, llano.rpartition(".")[0], nombre, nombre.rpartition(".")[0])
            for indice, forma in zip(self._indices, formas, strict=True):
                indice.setdefault(forma, []).append(archivo)

    def candidatos(self, escrito: str) -> list[str]:
        """Los que pueden ser."""
        llano = _llano(escrito)
        return next((hallados for indice in self._indices if (hallados := indice.get(llano))), [])

    def uno(self, escrito: str) -> str | None:
        """El archivo de que se habla, si es uno solo."""
        halladas = self.candidatos(escrito)
        exactas = [a for a in halladas if a == limpiar(escrito)]
        return (exactas or halladas)[0] if len(exactas or halladas) == 1 else None

    def de_carpeta(self, escrito: str) -> tuple[str, ...]:
        """Los que hay en una carpeta o en un .zip con ese nombre."""
        dentro = f"{_llano(escrito)}/"
        return tuple(a for a in self.todos if _llano(a).startswith(dentro))

    def apartado(self, escrito: str) -> bool:
        """Es otra cosa de la carpeta que no se lee como informe."""
        return _llano(escrito) in self._apartados

    def parecido(self, escrito: str) -> str | None:
        """El que más se parece."""
        nombres = {a.rpartition("/")[2]: a for a in self.todos}
        cercano = mas_cercano(escrito.replace("\\", "/").rpartition("/")[2], nombres, 0.75)
        return nombres[cercano] if cercano is not None else None


def _llano(nombre: str) -> str:
    """Sin mayúsculas, sin «./» y con «/», para comparar rutas; los acentos se conservan, compuestos."""
    return limpiar(nombre).strip("\"'").replace("\\", "/").removeprefix("./").rstrip("/").casefold()


def hallar(escrito: str, archivos: Iterable[str]) -> tuple[str | None, str]:
    """El archivo que alguien nombró y, si no se sabe cuál es, por qué: no está o hay varios.

    Lo usan las opciones con que se nombra un archivo de la carpeta.
    """
    nombres = _Nombres(archivos, ())
    uno = nombres.uno(escrito)
    return (uno, "") if uno is not None else (None, _por_que_no(escrito, nombres))


def _por_que_no(escrito: str, nombres: _Nombres) -> str:
    varios = nombres.candidatos(escrito)
    if len(varios) > 1:
        return f"hay {len(varios)} archivos con ese nombre: escriba también su carpeta («{varios[0]}»)"
    parecido = nombres.parecido(escrito)
    return "no está en la carpeta" + (f"; ¿quiso decir «{parecido}»?" if parecido else "")


class _Renglon(NamedTuple):
    """Un renglón de la lista, con dónde anotar lo que no se entiende."""

    propio: str
    numero: int
    lugares: Mapping[str, int]
    valores: Mapping[str, str]
    problemas: list[ProblemaDeRecepcion]

    def anotar(self, columna: str, mensaje: str) -> None:
        """Agrega un problema en la celda de una columna."""
        celda = direccion(self.numero, self.lugares[columna] + 1)
        de_cual = self.valores["archivo"][:80] if columna != "archivo" else ""
        completo = f"de «{de_cual}»: {mensaje}" if de_cual else mensaje
        self.problemas.append(ProblemaDeRecepcion(self.propio, celda, completo, self.valores[columna][:_LARGO]))

    def recepcion(self) -> Recepcion | None:
        """Lo que dice el renglón, todavía sin saber de qué archivo; None si no sirve."""
        valores = self.valores
        if not valores["archivo"]:
            self.anotar("archivo", "no dice de qué archivo es")
        fecha = leer_fecha(valores["fecha"])
        if not valores["fecha"]:
            self.anotar("fecha", "no dice la fecha de recepción")
        elif fecha is None:
            self.anotar("fecha", f"«{valores['fecha'][:40]}» no es una fecha; escriba por ejemplo 08/07/2024")
        firmado, escrito = None, normalizar(valores.get("firmado", ""))
        if escrito in _SI | _NO:
            firmado = escrito in _SI
        elif escrito:
            self.anotar("firmado", f"«{valores['firmado'][:40]}» no es «sí» ni «no»")
        if fecha is None or not valores["archivo"]:
            return None
        return Recepcion(
            valores["archivo"], fecha, SEGUN_LISTA, valores.get("medio", "")[:_LARGO],
            valores.get("oficio", "")[:_LARGO], firmado, self.propio, direccion(self.numero, self.lugares["fecha"] + 1),
        )

    def hallados(self, nombres: _Nombres) -> tuple[str, ...]:
        """Los archivos de que habla el renglón: uno, o los de una carpeta o un .zip; vacío si no se sabe."""
        escrito = self.valores["archivo"]
        uno = nombres.uno(escrito)
        if uno is not None:
            return (uno,)
        todos = nombres.de_carpeta(escrito)
        if not todos and not nombres.apartado(escrito):
            self.anotar("archivo", f"«{escrito[:80]}» {_por_que_no(escrito, nombres)}")
        return todos


def leer_fecha(texto: str) -> date | None:
    """Una fecha como la escriben las personas y Excel: 2024-07-08, 08/07/2024, 8-jul-24, 8 de julio de 2024.

    El día va antes que el mes; se admite la hora detrás. None si no es una fecha de 2000 a 2099.
    """
    limpio = limpiar(texto)
    if limpio.isascii() and limpio.isdigit() and int(limpio) in _EXCEL:
        return date(1899, 12, 30) + timedelta(days=int(limpio))
    partes = re.match(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", limpio)
    if partes:
        return _fecha(int(partes[1]), int(partes[2]), int(partes[3]))
    partes = re.match(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)", limpio)
    if partes:
        return _fecha(_ano(partes[3]), int(partes[2]), int(partes[1]))
    partes = re.match(r"(\d{1,2})(?:\s+de\s+|[-\s/.])([a-z]+)\.?(?:\s+del?\s+|[-\s/.])(\d{4}|\d{2})(?!\d)",
                      limpio.casefold())
    if partes and partes[2] in _MES:
        return _fecha(_ano(partes[3]), _MES[partes[2]], int(partes[1]))
    return None


def _ano(texto: str) -> int:
    return int(texto) + (2000 if len(texto) == 2 else 0)


def _fecha(ano: int, mes: int, dia: int) -> date | None:
    try:
        return date(ano, mes, dia) if 2000 <= ano <= 2099 else None
    except ValueError:
        return None
