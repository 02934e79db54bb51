"""Qué va a decir un libro de evaluación, y dónde queda en él cada celda del archivo que envió la unidad.

`EncargoDeEvaluacion`, `Mapa` y `ubicar_hoja` sirven a todos los formatos; lo demás es de la MIR.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from pei_excel.definitivo import DEFINITIVO, PRELIMINAR
from pei_excel.escritura.estilos import SEVERIDAD
from pei_excel.escritura.observaciones import Observada
from pei_excel.escritura.plantilla import COLUMNA_VALOR
from pei_excel.evaluacion import Indicador
from pei_excel.formato import Hoja
from pei_excel.hallazgo import Hallazgo
from pei_excel.libro import Fila, Libro
from pei_excel.periodos import Periodo
from pei_excel.revision import Revision
from pei_excel.semaforo import Perfil
from pei_excel.textos import cuenta, normalizar
from pei_excel.ubicacion import direccion


@dataclass(frozen=True, slots=True)
class EncargoDeEvaluacion:
    """Lo que un libro de evaluación va a decir, de cualquier formato."""

    revision: Revision
    periodo: Periodo
    corte: date
    perfil: Perfil
    preliminar: bool
    hallazgos: list[Hallazgo]  #: los de la unidad, en su orden
    papel: str

    @property
    def marca(self) -> str:
        """«(PRELIMINAR)» hasta que el periodo se cierra; después, «(DEFINITIVO)»."""
        return f" ({PRELIMINAR if self.preliminar else DEFINITIVO})"

    def titulo_de(self, una: Hoja) -> str:
        """Título de una hoja oficial."""
        titulo = una.titulo.format(ejercicio=self.periodo.ejercicio)
        return f"{titulo} · Evaluación {self.periodo.al_periodo}{self.marca}"

    @property
    def semaforo(self) -> str:
        """El perfil que se usó, con sus bandas."""
        etiqueta = self.perfil.etiqueta
        return f"{etiqueta[0].upper()}{etiqueta[1:]}. {self.perfil.describir()}."

    @property
    def pie(self) -> str:
        """Pie de página: de qué archivo se trata y con qué semáforo; cabe en los 255 caracteres de Excel."""
        archivo = self.revision.libro.archivo
        corto = archivo if len(archivo) <= 90 else f"…{archivo[-89:]}"
        return f"Archivo recibido: {corto} · {self.perfil.etiqueta[:80]}"

    @property
    def cuantas_observaciones(self) -> str:
        """Rótulo del vínculo a la hoja de observaciones."""
        return "Ver " + cuenta(len(self.hallazgos), "observación", "observaciones", "las observaciones (ninguna)")


@dataclass(frozen=True, slots=True)
class Encargo(EncargoDeEvaluacion):
    """Lo que va a decir el de una MIR."""

    indicadores: tuple[Indicador, ...]
    hoja: Hoja
    primera_fila: int  #: de los renglones, en la hoja reconstruida

    @property
    def filas(self) -> tuple[int, int]:
        """Primera y última fila de los renglones."""
        return self.primera_fila, self.primera_fila + len(self.revision.libro.filas(self.hoja.clave)) - 1


@dataclass(slots=True)
class Lugar:
    """Dónde quedó en la hoja reconstruida una celda del archivo."""

    fila: int
    columna: int
    indicador: str = ""
    oficial: bool = True  #: la celda misma; si no, sólo el renglón del que habla


@dataclass(slots=True)
class Mapa:
    """(hoja, celda) del archivo enviado → su lugar en la hoja reconstruida, y lo observado de cada lugar."""

    lugares: dict[tuple[str, str], Lugar]
    observados: dict[tuple[int, int], list[Hallazgo]] = field(default_factory=dict)

    def relleno(self, fila: int, columna: int) -> str | None:
        """Color de la celda según lo más grave que se observó en ella."""
        hallazgos = self.observados.get((fila, columna))
        return SEVERIDAD[min(hallazgos, key=lambda h: h.severidad.orden).severidad.value] if hallazgos else None

    def encabezados(self, una: Hoja) -> Iterator[tuple[int, int, str]]:
        """Fila, columna y texto de los títulos y las bandas observados de la hoja."""
        lugar = una.disposicion
        for fila, numero in self.observados:
            if lugar.fila_encabezado <= fila <= lugar.fila_titulos:
                columna = una.columnas[numero - 1]
                yield fila, numero, (*columna.banda, columna.titulo)[fila - lugar.fila_encabezado]


def ubicar(encargo: Encargo) -> Mapa:
    """Dónde queda cada celda del archivo enviado y qué se observó de ella."""
    libro, una = encargo.revision.libro, encargo.hoja
    etiquetas = {i.fila.indice: i.etiqueta for i in encargo.indicadores}

    def etiqueta(fila: Fila) -> str:
        return etiquetas.get(fila.indice) or str(fila.valor(una.llave[0]) or "")

    buscadas = _buscadas(encargo.hallazgos)
    lugares = _lugares_de_hoja(libro, una, buscadas, etiqueta)
    if buscadas:
        _ubicar_justificaciones(encargo, buscadas, lugares)
    return _con_observados(lugares, encargo.hallazgos)


def ubicar_hoja(libro: Libro, una: Hoja, hallazgos: Sequence[Hallazgo], etiqueta: Callable[[Fila], str]) -> Mapa:
    """Dónde queda, en una hoja reconstruida, cada celda observada; `etiqueta` nombra aquello de lo que habla una fila.
    """
    return _con_observados(_lugares_de_hoja(libro, una, _buscadas(hallazgos), etiqueta), hallazgos)


def _buscadas(hallazgos: Sequence[Hallazgo]) -> set[tuple[str, str]]:
    return {(h.donde.hoja or "", h.donde.celda or "") for h in hallazgos if h.donde.celda}


def _lugares_de_hoja(
    libro: Libro, una: Hoja, buscadas: set[tuple[str, str]], etiqueta: Callable[[Fila], str]
) -> dict[tuple[str, str], Lugar]:
    lugar = una.disposicion
    lugares: dict[tuple[str, str], Lugar] = {}
    if not buscadas:
        return lugares

    def poner(hoja: str | None, celda: str | None, destino: Lugar) -> None:
        if (hoja, celda) in buscadas:
            lugares.setdefault((str(hoja), str(celda)), destino)

    for numero, fila in enumerate(libro.filas(una.clave), lugar.fila_datos):
        for clave, dato in fila.datos.items():
            if (dato.hoja, dato.celda) in buscadas and not una.por_clave[clave].auxiliar:
                poner(dato.hoja, dato.celda, Lugar(numero, lugar.columna[clave], etiqueta(fila)))
    for clave, numero in lugar.fila_campo.items():
        dato = libro.campo(clave)
        poner(dato.hoja, dato.celda, Lugar(numero, COLUMNA_VALOR))
    leida = libro.hojas.get(una.clave)
    for clave, titulo in leida.titulos.items() if leida else ():
        columna = una.por_clave[clave]
        if not columna.auxiliar:
            poner(titulo.hoja, titulo.celda, Lugar(lugar.fila_del_titulo(columna), lugar.columna[clave]))
    for clave, faltante in leida.faltantes.items() if leida else ():
        columna = una.por_clave[clave]
        if faltante.ancla and not columna.auxiliar:  # la celda donde debía estar el título, aunque diga otra cosa
            destino = Lugar(lugar.fila_del_titulo(columna), lugar.columna[clave])
            poner(faltante.ancla.hoja, faltante.ancla.celda, destino)
    for banda, titulo in leida.bandas.items() if leida else ():
        for columna in una.columnas:
            niveles = [normalizar(b) for b in columna.banda]
            if banda in niveles:
                nivel = lugar.fila_encabezado + niveles.index(banda)
                poner(titulo.hoja, titulo.celda, Lugar(nivel, lugar.columna[columna.clave]))
                break
    return lugares


def _con_observados(lugares: dict[tuple[str, str], Lugar], hallazgos: Sequence[Hallazgo]) -> Mapa:
    mapa = Mapa(lugares)
    for h in hallazgos:
        sitio = lugares.get((h.donde.hoja or "", h.donde.celda or ""))
        if sitio is not None and sitio.oficial:
            mapa.observados.setdefault((sitio.fila, sitio.columna), []).append(h)
    return mapa


def _ubicar_justificaciones(
    encargo: Encargo, buscadas: set[tuple[str, str]], lugares: dict[tuple[str, str], Lugar]
) -> None:
    """Lo observado en otra hoja del informe lleva al renglón del indicador del que habla."""
    libro, una = encargo.revision.libro, encargo.hoja
    llave = una.llave[0]
    filas = {f.valor(llave): n for n, f in enumerate(libro.filas(una.clave), una.disposicion.fila_datos)}
    for otra in libro.hojas.values():
        for fila in otra.filas if otra.clave != una.clave else ():
            nivel = fila.valor(llave)
            if nivel is not None and nivel in filas:
                destino = Lugar(filas[nivel], una.disposicion.columna[llave], str(nivel), oficial=False)
                for dato in fila.datos.values():
                    if dato.celda and (dato.hoja or "", dato.celda) in buscadas:
                        lugares.setdefault((dato.hoja or "", dato.celda), destino)


def observada(hallazgo: Hallazgo, mapa: Mapa, una: Hoja) -> Observada:
    """El hallazgo con el indicador del que habla y el vínculo a su celda en la hoja reconstruida."""
    sitio = mapa.lugares.get((hallazgo.donde.hoja or "", hallazgo.donde.celda or ""))
    if sitio is None:
        return Observada(hallazgo)
    return Observada(hallazgo, sitio.indicador, f"internal:'{una.clave}'!{direccion(sitio.fila, sitio.columna)}")
