"""Lo que dejó la consolidación anterior de un periodo y sirve a la de ahora: decisiones anotadas y lo observado."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pei_excel.ciclo.conservacion import huellas
from pei_excel.correcciones import InformePrevio, fijar_anteriores
from pei_excel.crudo import ArchivoIlegible
from pei_excel.decisiones import Decididas, aplicar
from pei_excel.formatos import FORMATOS
from pei_excel.hallazgo import Hallazgo
from pei_excel.lectura.decisiones import CAPTURA, HOJA, VISIBLES, Anotada, Lugar, ProblemaDeDecision, leer_anotadas
from pei_excel.lectura.disco import huella
from pei_excel.lectura.recepcion import Recepcion
from pei_excel.reglas.decisiones import avisos_de
from pei_excel.revision import Revision
from pei_excel.salidas import ULTIMO


@dataclass(slots=True)
class CorridaAnterior:
    """Lo que hay en la carpeta de resultados antes de cambiarla."""

    anotadas: list[Anotada] = field(default_factory=list)
    problemas: list[ProblemaDeDecision] = field(default_factory=list)
    informes: list[InformePrevio] = field(default_factory=list)


def nombre_de_consolidado(formato: str) -> str:
    """Archivo del consolidado de un formato."""
    return f"consolidado-{formato.lower()}.xlsx"


def leer_corrida(carpeta: Path) -> CorridaAnterior:
    """Lo que dejó la corrida anterior; nada si no la hubo.

    Las decisiones se leen del consolidado, que es donde la oficina las anota; si no puede leerse, o ya no está, valen
    las guardadas en el documento. Sin ninguna guardada, uno que nadie tocó no se abre.
    """
    corrida = CorridaAnterior()
    guardadas: list[Anotada] | None = None  #: None: no se sabe qué decisiones había
    try:
        documento = json.loads((carpeta / ULTIMO).read_text(encoding="utf-8"))
        corrida.informes = [i for x in documento["libros"] if (i := InformePrevio.de_datos(x)) is not None]
        if "decisiones" in documento:
            guardadas = [Anotada.de_datos(d) for d in documento["decisiones"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass  # sin documento, o cambiado a mano, queda lo que digan los libros
    nuestros, leidos = huellas(carpeta), set()
    for formato in FORMATOS:
        nombre = nombre_de_consolidado(formato)
        ruta = carpeta / nombre
        if not ruta.is_file() or (not guardadas and huella(ruta) == nuestros.get(nombre)):
            continue
        try:
            leidas = leer_anotadas(ruta, nombre)
            por_que_no = f"no tiene las columnas {CAPTURA['decision']} y {VISIBLES['regla']}"
        except ArchivoIlegible as error:
            leidas, por_que_no = None, error.motivo + (f" ({error.detalle})" if error.detalle else "")
        if leidas is not None:
            leidos.add(formato)
            corrida.anotadas += leidas[0]
            corrida.problemas += leidas[1]
        elif guardadas is not None:  # uno de antes de que hubiera decisiones no las trae
            conserva = "; valen las que ya se conocían" if guardadas else ""
            corrida.problemas.append(ProblemaDeDecision(
                Lugar(nombre, HOJA, "A1"), f"no se pudieron leer las decisiones: {por_que_no}{conserva}",
            ))
    # Las que no son de un formato están en todos los consolidados: si en uno se cambió, vale ése.
    corrida.anotadas += [
        a for a in guardadas or () if (not leidos if a.sello is None else a.sello.formato not in leidos)
    ]
    return corrida


def seguir(
    corrida: CorridaAnterior, revisiones: Sequence[Revision], de_carpeta: Sequence[Hallazgo],
    recepciones: Mapping[str, Recepcion],
) -> Decididas:
    """Aplica las decisiones anotadas a lo revisado y compara cada informe con su entrega anterior.

    Cambia las revisiones; entre los hallazgos de la carpeta quedan los de las decisiones que no se entienden.
    """
    hechas = aplicar(revisiones, de_carpeta, corrida.anotadas)
    hechas.de_carpeta = sorted(
        [*hechas.de_carpeta, *avisos_de([*corrida.problemas, *hechas.problemas])], key=Hallazgo.orden
    )
    hechas.cambiadas |= fijar_anteriores(revisiones, recepciones, corrida.informes)
    return hechas
