"""El libro consolidado del POI: las trece hojas del contrato y la de captura en el aplicativo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import BinaryIO

from pei_excel.control import Entregado
from pei_excel.escritura import consolidado_aplicativo
from pei_excel.escritura.consolidado_comun import al_periodo_de
from pei_excel.escritura.consolidado_control import CONTROL, con_sustituidas, escribir_control
from pei_excel.escritura.consolidado_decididas import con_decididas
from pei_excel.escritura.consolidado_ficha import escribir_ficha
from pei_excel.escritura.consolidado_metodologia import escribir_metodologia
from pei_excel.escritura.consolidado_poi_actividades import escribir_actividades
from pei_excel.escritura.consolidado_poi_cuadros import escribir_cuadros_poi
from pei_excel.escritura.consolidado_poi_presupuesto import escribir_presupuesto
from pei_excel.escritura.consolidado_poi_resumen import escribir_resumen_poi, ficha_del_poi
from pei_excel.escritura.consolidado_registro import escribir_datos, escribir_hallazgos
from pei_excel.escritura.filas_armadas import hoja_de_filas
from pei_excel.escritura.hoja import abrir_libro
from pei_excel.escritura.rapido import LibroRapido
from pei_excel.revision import Revision
from pei_excel.tablas import Tablas

#: Las hojas, en su orden.
HOJAS = (
    "Ficha", "Resumen", "Por OEI", "Por AEI", "Por unidad", "Por gerencia", "Actividades", consolidado_aplicativo.HOJA,
    "Presupuesto", "Observaciones", "Diseño", CONTROL, "Metodología", "Datos",
)


def escribir_consolidado_poi(
    destino: Path | BinaryIO, tablas: Tablas, revisiones: Sequence[Revision], *, papel: str = "a4",
    entregas: Sequence[Entregado] | None = None,
) -> None:
    """Escribe el consolidado; los mismos argumentos dan los mismos bytes.

    De las revisiones se usan las del POI y las que no se reconocieron. `entregas` es el control entero; sin él, sólo se
    dice qué llegó.
    """
    suyas = [r for r in revisiones if tablas.es_suyo(r.libro.formato, r.libro.archivo)]
    libro = abrir_libro(
        destino, titulo=f"Consolidado POI {al_periodo_de(tablas.periodo)}", asunto=tablas.perfil.etiqueta,
        creado=datetime.combine(tablas.corte, time()), clase=LibroRapido,
    )
    # Todas las hojas nacen en su orden, pero lo citado se escribe antes que lo que lo cita.
    hojas = con_decididas(con_sustituidas(HOJAS, suyas), tablas)
    ficha, resumen, *_ = [hoja_de_filas(libro, nombre) for nombre in hojas]
    actividades = escribir_actividades(libro, tablas, papel=papel)
    consolidado_aplicativo.escribir_captura(libro, tablas, actividades, papel=papel)
    presupuesto = escribir_presupuesto(libro, tablas, actividades, papel=papel)
    cuadros = escribir_cuadros_poi(libro, tablas, actividades, papel=papel)
    escribir_hallazgos(libro, tablas, suyas, papel=papel)
    control = escribir_control(libro, tablas, suyas, entregas, papel=papel)
    escribir_metodologia(libro, tablas, papel=papel)
    escribir_datos(libro, tablas, papel=papel)
    bloques = escribir_resumen_poi(libro, resumen, tablas, cuadros, actividades, presupuesto, papel=papel)
    contenido = ficha_del_poi(libro, tablas, cuadros["Por OEI"], bloques, control)
    escribir_ficha(libro, ficha, tablas, contenido, actividades, papel=papel)
    ficha.activate()
    libro.close()
