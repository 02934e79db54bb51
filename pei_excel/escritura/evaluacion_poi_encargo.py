"""Qué va a decir el libro de evaluación de un POI: sus actividades, sus modificaciones y dónde queda cada celda."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pei_excel.actividades import Actividad
from pei_excel.calculos import Cifra
from pei_excel.escritura.evaluacion_encargo import EncargoDeEvaluacion, Mapa, ubicar_hoja
from pei_excel.escritura.observaciones import Observada, para_la_unidad
from pei_excel.formato import Formato, Hoja
from pei_excel.formatos import FORMATOS
from pei_excel.hallazgo import Hallazgo
from pei_excel.libro import Fila
from pei_excel.modificaciones import Direccion, Modificacion, iniciales, modificaciones
from pei_excel.periodos import Periodo
from pei_excel.revision import Revision
from pei_excel.semaforo import Perfil
from pei_excel.textos import normalizar
from pei_excel.ubicacion import direccion


@dataclass(frozen=True, slots=True)
class EncargoPOI(EncargoDeEvaluacion):
    """Lo que va a decir el de un POI."""

    formato: Formato
    actividades: tuple[Actividad, ...]  #: en el orden de `Programación`; su número, desde 1, es el «N.º» de cada hoja
    hojas: tuple[Hoja, ...]  #: las que se reconstruyen
    mapas: Mapping[str, Mapa]  #: de cada una de ellas
    modificadas: tuple[Modificacion, ...]  #: de la más antigua a la más nueva
    iniciales: Mapping[Direccion, Cifra]
    de_fila: Mapping[tuple[str, int], int]  #: (hoja, índice de la fila) → número de su actividad
    renglones: Mapping[tuple[str, int], int]  #: (hoja, índice de la fila) → renglón, desde 1, en la reconstruida
    decimales: bool  #: alguna cifra física los tiene: todas se muestran con ellos

    @property
    def trimestres(self) -> tuple[int, ...]:
        """Los que abarca el periodo: sus factores y medidas son los del informe."""
        return tuple(dict.fromkeys((mes + 2) // 3 for mes in self.periodo.meses))

    @property
    def quien(self) -> str:
        """Unidad orgánica, como está escrita."""
        libro = self.revision.libro
        return str(libro.unidad or libro.campo("unidad").crudo or "—")

    def renglon(self, fila: Fila | None) -> int:
        """Renglón (desde 1) que una fila ocupa en su hoja reconstruida; 0 si no hay fila."""
        return self.renglones[fila.hoja, fila.indice] if fila is not None else 0

    def se_escribe(self, hoja: str) -> bool:
        """La hoja está en este libro."""
        return hoja in self.mapas

    def celda(self, fila: Fila, columna: str) -> str:
        """Referencia absoluta a la celda de una fila en su hoja reconstruida."""
        lugar = self.formato.por_clave[fila.hoja].disposicion
        return f"'{fila.hoja}'!${lugar.letra[columna]}${lugar.fila_datos + self.renglon(fila) - 1}"

    def rectangulo(self, hoja: str, desde: str, hasta: str) -> str:
        """Rango de los renglones de una hoja reconstruida, de una columna a otra."""
        lugar = self.formato.por_clave[hoja].disposicion
        ultima = lugar.fila_datos + max(1, len(self.revision.libro.filas(hoja))) - 1
        return f"'{hoja}'!${lugar.letra[desde]}${lugar.fila_datos}:${lugar.letra[hasta]}${ultima}"

    def observada(self, hallazgo: Hallazgo) -> Observada:
        """El hallazgo con la actividad de la que habla y el vínculo a su celda."""
        donde = (hallazgo.donde.hoja or "", hallazgo.donde.celda or "")
        for hoja, mapa in self.mapas.items():
            sitio = mapa.lugares.get(donde)
            if sitio is not None:
                return Observada(hallazgo, sitio.indicador, f"internal:'{hoja}'!{direccion(sitio.fila, sitio.columna)}")
        return Observada(hallazgo)


def nombre_de(que: str, hoja_o_medida: str) -> str:
    """Nombre definido con que las fórmulas llaman a un rango: «cifras_programado», «codigos_valorizacion»."""
    return f"{que}_{normalizar(hoja_o_medida).replace(' ', '_')}"


def encargar(
    revision: Revision, actividades: Sequence[Actividad], *, periodo: Periodo, corte: date, perfil: Perfil,
    preliminar: bool, papel: str | None,
) -> EncargoPOI:
    """Reúne lo que hace falta para escribir el libro."""
    libro = revision.libro
    formato = FORMATOS[libro.formato or "POI"]
    hallazgos = para_la_unidad(revision.hallazgos)
    de_fila: dict[tuple[str, int], int] = {}
    for n, actividad in enumerate(actividades, 1):
        propias = (actividad.fila, actividad.costos, actividad.seguimiento, *actividad.evaluaciones.values(),
                   *actividad.necesidades)
        de_fila.update({(f.hoja, f.indice): n for f in propias if f is not None})

    def etiqueta(fila: Fila) -> str:
        n = de_fila.get((fila.hoja, fila.indice))
        if n is not None:
            return actividades[n - 1].etiqueta
        hoja = formato.por_clave[fila.hoja]
        return str(fila.valor(hoja.llave[0]) or "") if hoja.llave else ""

    mapas = {h.clave: ubicar_hoja(libro, h, hallazgos, etiqueta) for h in formato.hojas if h.clave in libro.hojas}
    hojas = tuple(
        h for h in formato.hojas
        if h.clave in mapas and (h is formato.principal or libro.filas(h.clave) or mapas[h.clave].observados)
    )
    return EncargoPOI(
        revision, periodo, corte, perfil, preliminar, hallazgos, papel or formato.papel,
        formato=formato, actividades=tuple(actividades), hojas=hojas, mapas={h.clave: mapas[h.clave] for h in hojas},
        modificadas=tuple(modificaciones(libro)), iniciales=iniciales(libro), de_fila=de_fila,
        renglones={(h.clave, f.indice): n for h in formato.hojas for n, f in enumerate(libro.filas(h.clave), 1)},
        decimales=any(c is not None and c != int(c) for a in actividades for c in _fisicas(a)),
    )


def _fisicas(actividad: Actividad) -> tuple[Cifra, ...]:
    propias = (*actividad.programado, *actividad.ejecutado)
    return (*propias, *(c for m in (actividad.al_periodo, actividad.anual) for c in (m.programado, m.alcanzado)))
