"""Una carpeta de resultados → los libros de transparencia, lo que hay que corregir y lo que cambió de lo publicado."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from pei_excel.archivos import LEGIBLES
from pei_excel.catalogo.conjunto import Catalogo
from pei_excel.ciclo.conservacion import huellas
from pei_excel.crudo import ArchivoIlegible
from pei_excel.documento import VERSION_JSON, a_texto, de_hallazgo
from pei_excel.escritura.datos import en_csv, leer_csv
from pei_excel.escritura.datos_abiertos import DATOS, FICHAS, celdas_de_ficha
from pei_excel.formatos import transparencia as forma
from pei_excel.hallazgo import Hallazgo, Severidad
from pei_excel.indicaciones import indicacion
from pei_excel.lectura.publicado import Publicado, leer_publicado
from pei_excel.periodos import Periodo
from pei_excel.reglas.transparencia import comprobar, origen_de
from pei_excel.salidas import ULTIMO, Carpeta, NoSePudo, escribir_entero
from pei_excel.transparencia.comparacion import Comparacion, Diferencia, comparar, fraccion_de
from pei_excel.transparencia.contenido import Fechas, Ficha, llenar
from pei_excel.transparencia.disposicion import PorLlenar, disponer
from pei_excel.transparencia.modelo import Publicacion
from pei_excel.ubicacion import Ubicacion

FORMATO = "MIR"
OBSERVACIONES, COMPARACION = "observaciones.csv", "comparacion.csv"
_OTRA_VEZ = "Consolide otra vez y repita."


@dataclass(frozen=True, slots=True)
class Pedido:
    """Qué se publica y con qué fechas."""

    catalogo: Catalogo
    fracciones: tuple[str, ...] = tuple(forma.FRACCIONES)
    actualizacion: date | None = None  #: None: la fecha de corte de los resultados
    validacion: date | None = None
    hipervinculo: str = ""
    publicado: Path | None = None  #: descarga pública, o carpeta de descargas


@dataclass(frozen=True, slots=True)
class Resultados:
    """Lo que hace falta de una carpeta de resultados, comprobado."""

    periodo: Periodo
    corte: date
    preliminar: bool
    fichas: tuple[Ficha, ...]
    huella: str  #: SHA-256 de su resultado.json


@dataclass(slots=True)
class Hecha:
    """Una fracción escrita."""

    publicacion: Publicacion
    hallazgos: list[Hallazgo]
    comparacion: Comparacion | None = None


@dataclass(slots=True)
class Transparencia:
    """Lo que dejó la orden."""

    carpeta: Path
    resultados: Resultados
    hechas: list[Hecha] = field(default_factory=list)
    por_llenar: list[PorLlenar] = field(default_factory=list)
    sin_pareja: list[str] = field(default_factory=list)  #: descargas de fracciones que no se escribieron

    @property
    def completa(self) -> bool:
        """Se escribió todo lo pedido y nada hay que corregir."""
        return not self.por_llenar and not any(
            h.severidad is Severidad.ERROR for una in self.hechas for h in una.hallazgos
        )


def leer_resultados(carpeta: Path) -> Resultados:
    """Los indicadores de una carpeta de resultados, si sus datos son los que se consolidaron.

    Raises:
        NoSePudo: si no lo es, le falta algo o alguien lo cambió; el mensaje dice qué archivo.
    """
    ruta = carpeta / ULTIMO
    try:
        contenido = ruta.read_bytes()
        documento = json.loads(contenido)
        esperadas = {str(s["archivo"]): str(s["sha256"]) for s in documento["salidas"]}
        totales = documento["totales"].get(FORMATO)
        periodo = Periodo.de_codigo(documento["opciones"]["periodo"])
    except FileNotFoundError:
        raise NoSePudo(f"En «{carpeta}» no hay {ULTIMO}: señale la carpeta de un periodo consolidado, por ejemplo "
                       "salidas/2024-T2.") from None
    except OSError as error:
        raise NoSePudo(f"No se pudo leer «{ruta}» ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NoSePudo(f"«{ruta}» no se entiende: no es el de una consolidación. {_OTRA_VEZ}") from None
    if totales is None or FICHAS[FORMATO] not in esperadas:
        falta = "no trae informes de la MIR" if totales is None else f"se hizo sin {FICHAS[FORMATO]}"
        raise NoSePudo(f"La consolidación de «{carpeta}» {falta}, de donde salen las fracciones. {_OTRA_VEZ}")
    tablas = {nombre: _comprobado(carpeta / nombre, esperadas[nombre]) for nombre in (FICHAS[FORMATO], DATOS)}
    try:
        fichas = _juntar(leer_csv(tablas[FICHAS[FORMATO]]), leer_csv(tablas[DATOS]))
        corte = date.fromisoformat(totales["corte"])
    except (ValueError, KeyError, TypeError):
        raise NoSePudo(f"Los datos de «{carpeta}» son de otra versión de este programa. {_OTRA_VEZ}") from None
    return Resultados(periodo, corte, bool(totales["preliminar"]), fichas, hashlib.sha256(contenido).hexdigest())


def _comprobado(ruta: Path, sha256: str) -> bytes:
    """Su contenido, si es el que dice resultado.json."""
    try:
        contenido = ruta.read_bytes()
    except OSError as error:
        raise NoSePudo(f"No se pudo leer «{ruta}» ({error.strerror}). {_OTRA_VEZ}") from error
    if hashlib.sha256(contenido).hexdigest() != sha256:
        raise NoSePudo(f"«{ruta}» cambió desde que se consolidó: no es el que dice {ULTIMO}. {_OTRA_VEZ}")
    return contenido


def _juntar(fichas: Sequence[Mapping[str, str]], datos: Sequence[Mapping[str, str]]) -> tuple[Ficha, ...]:
    """Cada indicador con lo que alcanzó al periodo; los dos archivos van en el mismo orden."""
    avances = [d for d in datos if d["formato"] == FORMATO and (d["horizonte"], d["medida"]) == (
        "al periodo", "alcanzado")]
    for ficha, avance in zip(fichas, avances, strict=True):
        if (ficha["archivo"], ficha["nombre"]) != (avance["archivo"], avance["nombre"]):
            raise ValueError("no concuerdan")
    return tuple(Ficha(f, a, celdas_de_ficha(f["celdas"])) for f, a in zip(fichas, avances, strict=True))


def leer_publicados(ruta: Path) -> dict[str, Publicado]:
    """Fracción → su descarga pública.

    Raises:
        NoSePudo: si un archivo no se lee, no es una descarga o hay dos de la misma fracción.
    """
    archivos = sorted(p for p in ruta.iterdir() if p.suffix.lower() in LEGIBLES and not p.name.startswith("~$")
                      ) if ruta.is_dir() else [ruta]
    if not archivos:
        raise NoSePudo(f"En «{ruta}», que se dio en --publicado, no hay libros.")
    hallados: dict[str, Publicado] = {}
    for archivo in archivos:
        try:
            leido = leer_publicado(archivo)
        except ArchivoIlegible as error:
            raise NoSePudo(f"No se pudo leer «{archivo}», que se dio en --publicado: {error.motivo}.") from None
        fraccion = fraccion_de(leido) if leido else None
        if leido is None or fraccion is None:
            raise NoSePudo(f"«{archivo}» no parece la descarga pública de una fracción: se busca la hoja "
                           f"«{forma.HOJA_PUBLICA}» con sus títulos en la fila {forma.FILA_TITULOS_PUBLICA}.")
        if fraccion in hallados:
            raise NoSePudo(f"«{hallados[fraccion].archivo}» y «{leido.archivo}» son los dos de la fracción {fraccion}; "
                           "deje uno en --publicado.")
        hallados[fraccion] = leido
    return hallados


def publicar(carpeta: Path, salida: Path, pedido: Pedido) -> Transparencia:
    """Escribe `<salida>/<periodo>` con un libro por fracción; la carpeta se cambia entera o no se cambia.

    Si a ninguna fracción le alcanza el catálogo, no se escribe nada.

    Raises:
        NoSePudo: si los resultados no sirven, cambiaron, o no se puede escribir.
    """
    resultados = leer_resultados(carpeta)
    publicados = leer_publicados(pedido.publicado) if pedido.publicado else {}
    hecho = Transparencia(salida / resultados.periodo.codigo, resultados)
    fechas = Fechas(resultados.periodo, pedido.actualizacion or resultados.corte, pedido.validacion,
                    pedido.hipervinculo)
    for fraccion in pedido.fracciones:
        dispuesta = disponer(fraccion, pedido.catalogo.transparencia)
        if isinstance(dispuesta, PorLlenar):
            hecho.por_llenar.append(dispuesta)
            continue
        llenar(dispuesta, resultados.fichas, fechas)
        una = Hecha(dispuesta, comprobar(dispuesta))
        if fraccion in publicados:
            una.comparacion = comparar(dispuesta, publicados[fraccion])
        hecho.hechas.append(una)
    escritas = {una.publicacion.fraccion for una in hecho.hechas}
    hecho.sin_pareja = [p.archivo for fraccion, p in publicados.items() if fraccion not in escritas]
    if hecho.hechas:
        _escribir(hecho, salida, pedido)
    return hecho


def _escribir(hecho: Transparencia, salida: Path, pedido: Pedido) -> None:
    from pei_excel.escritura.transparencia import escribir_publicacion

    previo = _documento_previo(hecho.carpeta)
    with Carpeta(salida, hecho.carpeta.name) as carpeta:
        nueva = carpeta.preparar()
        contenidos = dict(_de_otras_fracciones(hecho.carpeta, pedido.fracciones))
        for una in hecho.hechas:
            memoria = BytesIO()
            escribir_publicacion(memoria, una.publicacion, creado=hecho.resultados.periodo.ultimo_dia)
            contenidos[una.publicacion.archivo] = memoria.getvalue()
        contenidos[OBSERVACIONES] = _observaciones(hecho.hechas)
        if any(una.comparacion for una in hecho.hechas):
            contenidos[COMPARACION] = _comparaciones(hecho.hechas)
        for nombre, contenido in sorted(contenidos.items()):
            escribir_entero(nueva / nombre, contenido)
        otras = [f for f in previo.get("fracciones", ()) if f["fraccion"] not in pedido.fracciones]
        documento = {
            "version": VERSION_JSON, "periodo": hecho.resultados.periodo.codigo,
            "resultados": hecho.resultados.huella, "preliminar": hecho.resultados.preliminar,
            "catalogo": pedido.catalogo.sha256 or None,
            "fracciones": sorted([*otras, *map(_de_fraccion, hecho.hechas)], key=lambda f: str(f["fraccion"])),
            "salidas": [{"archivo": n, "sha256": hashlib.sha256(c).hexdigest()} for n, c in sorted(contenidos.items())],
        }
        escribir_entero(nueva / ULTIMO, a_texto(documento).encode())
        carpeta.conservar()
        carpeta.cambiar()


def _documento_previo(carpeta: Path) -> dict[str, Any]:
    """El resultado.json de la vez anterior; vacío si no lo hay.

    Raises:
        NoSePudo: si esa carpeta es la de una consolidación u otra cosa.
    """
    if not carpeta.exists():
        return {}
    try:
        previo = json.loads((carpeta / ULTIMO).read_text(encoding="utf-8"))
        if isinstance(previo.get("fracciones"), list):
            return dict(previo)
    except FileNotFoundError:
        if not any(carpeta.iterdir()):
            return {}
    except (OSError, ValueError, AttributeError):
        pass
    remedio = indicacion(orden="Elija otra carpeta con -o.", menu="Cámbiele el nombre y repita.")
    raise NoSePudo(f"«{carpeta}» tiene otra cosa, no libros de transparencia. {remedio}")


def _de_otras_fracciones(final: Path, pedidas: Iterable[str]) -> Iterable[tuple[str, bytes]]:
    """Los libros que no se pidieron siguen como estaban; los cambiados a mano los conserva la carpeta."""
    nuestras = huellas(final)
    for fraccion in forma.FRACCIONES:
        nombre = forma.ARCHIVO.format(fraccion=fraccion)
        if fraccion in pedidas or not (final / nombre).is_file():
            continue
        contenido = (final / nombre).read_bytes()
        if hashlib.sha256(contenido).hexdigest() == nuestras.get(nombre):
            yield nombre, contenido


def _de_fraccion(una: Hecha) -> dict[str, Any]:
    def de_lugar(lugar: Ubicacion | None) -> dict[str, str | None] | None:
        return lugar._asdict() if lugar else None

    p, c = una.publicacion, una.comparacion
    return {
        "fraccion": p.fraccion, "archivo": p.archivo, "formato": p.formato, "filas": len(p.filas),
        "hallazgos": [de_hallazgo(h) | {"origen": de_lugar(origen_de(h))} for h in una.hallazgos],
        "comparacion": c and {
            "con": c.archivo, "periodo": c.periodo or None, "iguales": c.iguales, "de_otros_periodos": c.aparte,
            "diferencias": [d._asdict() | {"celda": de_lugar(d.celda), "publicada": de_lugar(d.publicada)}
                            for d in c.diferencias],
        },
    }


def _lugar(u: Ubicacion | None) -> tuple[str, str, str]:
    return (u.archivo, u.hoja or "", u.celda or "") if u else ("", "", "")


def _observaciones(hechas: Sequence[Hecha]) -> bytes:
    """Lo que hay que corregir, para abrir en Excel."""
    titulos = ("archivo", "hoja", "celda", "regla", "severidad", "mensaje", "como_corregir", "encontrado",
               "origen_archivo", "origen_hoja", "origen_celda")
    return en_csv(titulos, (
        (*_lugar(h.donde), h.regla, h.severidad.value, h.mensaje, h.como_corregir, h.encontrado, *_lugar(origen_de(h)))
        for una in hechas for h in una.hallazgos
    ))


def _comparaciones(hechas: Sequence[Hecha]) -> bytes:
    """Lo que cambió de lo publicado, para abrir en Excel."""
    titulos = ("fraccion", "que", "fila", "campo", "ahora", "antes", "archivo", "hoja", "celda", "publicado_archivo",
               "publicado_hoja", "publicado_celda")

    def fila(fraccion: str, d: Diferencia) -> tuple[str, ...]:
        return (fraccion, d.que, d.fila, d.campo, d.ahora, d.antes, *_lugar(d.celda), *_lugar(d.publicada))

    return en_csv(titulos, (
        fila(una.publicacion.fraccion, d) for una in hechas if una.comparacion for d in una.comparacion.diferencias
    ))
