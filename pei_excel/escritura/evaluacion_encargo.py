"""Qué va a decir un libro de evaluación, y dónde queda en él cada celda del archivo que envió la unidad."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from pei_excel.escritura.estilos import SEVERIDAD
from pei_excel.escritura.observaciones import Observada
from pei_excel.escritura.plantilla import COLUMNA_VALOR
from pei_excel.evaluacion import Indicador
from pei_excel.formato import Hoja
from pei_excel.hallazgo import Hallazgo
from pei_excel.periodos import Periodo
from pei_excel.revision import Revision
from pei_excel.semaforo import Perfil
from pei_excel.textos import cuenta
from pei_excel.ubicacion import direccion


@dataclass(frozen=True, slots=True)
class Encargo:
    """Lo que un libro de evaluación va a decir."""

    revision: Revision
    indicadores: tuple[Indicador, ...]
    periodo: Periodo
    corte: date
    perfil: Perfil
    preliminar: bool
    hoja: Hoja
    primera_fila: int  #: de los renglones, en la hoja reconstruida
    hallazgos: list[Hallazgo]  #: los de la unidad, en su orden
    papel: str

    @property
    def filas(self) -> tuple[int, int]:
        """Primera y última fila de los renglones."""
        return self.primera_fila, self.primera_fila + len(self.revision.libro.filas(self.hoja.clave)) - 1

    @property
    def marca(self) -> str:
        """«(PRELIMINAR)» hasta que el periodo se cierra."""
        return " (PRELIMINAR)" if self.preliminar else ""

    @property
    def titulo(self) -> str:
        """Título de la hoja oficial."""
        titulo = self.hoja.titulo.format(ejercicio=self.periodo.ejercicio)
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


def ubicar(encargo: Encargo) -> Mapa:
    """Dónde queda cada celda del archivo enviado y qué se observó de ella."""
    libro, una = encargo.revision.libro, encargo.hoja
    lugar = una.disposicion
    buscadas = {(h.donde.hoja or "", h.donde.celda or "") for h in encargo.hallazgos if h.donde.celda}
    lugares: dict[tuple[str, str], Lugar] = {}
    if not buscadas:
        return Mapa(lugares)

    def poner(hoja: str | None, celda: str | None, destino: Lugar) -> None:
        if (hoja, celda) in buscadas:
            lugares.setdefault((str(hoja), str(celda)), destino)

    etiquetas = {i.fila.indice: i.etiqueta for i in encargo.indicadores}
    for numero, fila in enumerate(libro.filas(una.clave), lugar.fila_datos):
        for clave, dato in fila.datos.items():
            if (dato.hoja, dato.celda) in buscadas and not una.por_clave[clave].auxiliar:
                etiqueta = etiquetas.get(fila.indice) or str(fila.valor(una.llave[0]) or "")
                poner(dato.hoja, dato.celda, Lugar(numero, lugar.columna[clave], etiqueta))
    for clave, numero in lugar.fila_campo.items():
        dato = libro.campo(clave)
        poner(dato.hoja, dato.celda, Lugar(numero, COLUMNA_VALOR))
    leida = libro.hojas.get(una.clave)
    for clave, titulo in leida.titulos.items() if leida else ():
        columna = una.por_clave[clave]
        if not columna.auxiliar:
            poner(titulo.hoja, titulo.celda, Lugar(lugar.fila_del_titulo(columna), lugar.columna[clave]))
    _ubicar_justificaciones(encargo, poner)
    mapa = Mapa(lugares)
    for h in encargo.hallazgos:
        sitio = lugares.get((h.donde.hoja or "", h.donde.celda or ""))
        if sitio is not None and sitio.oficial:
            mapa.observados.setdefault((sitio.fila, sitio.columna), []).append(h)
    return mapa


def _ubicar_justificaciones(encargo: Encargo, poner: Callable[[str | None, str | None, Lugar], None]) -> None:
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
                    poner(dato.hoja, dato.celda, destino)


def observada(hallazgo: Hallazgo, mapa: Mapa, una: Hoja) -> Observada:
    """El hallazgo con el indicador del que habla y el vínculo a su celda en la hoja reconstruida."""
    sitio = mapa.lugares.get((hallazgo.donde.hoja or "", hallazgo.donde.celda or ""))
    if sitio is None:
        return Observada(hallazgo)
    return Observada(hallazgo, sitio.indicador, f"internal:'{una.clave}'!{direccion(sitio.fila, sitio.columna)}")
