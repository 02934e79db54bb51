"""El libro consolidado de la MIR: de las tablas y las revisiones a las doce hojas del contrato."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import BinaryIO

from pei_excel.control import Entregado
from pei_excel.escritura.consolidado_comun import al_periodo_de
from pei_excel.escritura.consolidado_control import CONTROL, con_sustituidas, escribir_control
from pei_excel.escritura.consolidado_cuadros import escribir_cuadros
from pei_excel.escritura.consolidado_decididas import con_decididas
from pei_excel.escritura.consolidado_ficha import escribir_ficha, ficha_de_la_mir
from pei_excel.escritura.consolidado_indicadores import escribir_indicadores
from pei_excel.escritura.consolidado_metodologia import escribir_metodologia
from pei_excel.escritura.consolidado_registro import escribir_datos, escribir_hallazgos
from pei_excel.escritura.consolidado_resumen import escribir_resumen
from pei_excel.escritura.filas_armadas import hoja_de_filas
from pei_excel.escritura.hoja import abrir_libro
from pei_excel.escritura.rapido import LibroRapido
from pei_excel.revision import Revision
from pei_excel.tablas import Tablas

#: Las hojas, en su orden.
HOJAS = (
    "Ficha", "Resumen", "Por programa", "Por unidad", "Por eje", "Por nivel", "Indicadores", "Observaciones", "Diseño",
    CONTROL, "Metodología", "Datos",
)


def escribir_consolidado(
    destino: Path | BinaryIO, tablas: Tablas, revisiones: Sequence[Revision], *, formato: str = "MIR",
    papel: str = "oficio", papel_de_ficha: str = "carta", entregas: Sequence[Entregado] | None = None,
) -> None:
    """Escribe el consolidado; los mismos argumentos dan los mismos bytes.

    De las revisiones se usan las del formato y las que no se reconocieron. `entregas` es el control entero; sin él,
    sólo se dice qué llegó.
    """
    suyas = [r for r in revisiones if tablas.es_suyo(r.libro.formato, r.libro.archivo)]
    libro = abrir_libro(
        destino, titulo=f"Consolidado {formato} {al_periodo_de(tablas.periodo)}",
        asunto=tablas.perfil.etiqueta, creado=datetime.combine(tablas.corte, time()), clase=LibroRapido,
    )
    # Todas las hojas nacen en su orden, pero lo citado se escribe antes que lo que lo cita.
    hojas = con_decididas(con_sustituidas(HOJAS, suyas), tablas)
    ficha, resumen, *_ = [hoja_de_filas(libro, nombre) for nombre in hojas]
    indicadores = escribir_indicadores(libro, tablas, papel=papel)
    cuadros = escribir_cuadros(libro, tablas, indicadores, papel=papel)
    escribir_hallazgos(libro, tablas, suyas, papel=papel)
    control = escribir_control(libro, tablas, suyas, entregas, papel=papel)
    escribir_metodologia(libro, tablas, papel=papel)
    escribir_datos(libro, tablas, papel=papel)
    bloques = escribir_resumen(libro, resumen, tablas, cuadros, indicadores, papel=papel)
    contenido = ficha_de_la_mir(libro, tablas, cuadros["Por programa"], bloques, control)
    escribir_ficha(libro, ficha, tablas, contenido, indicadores, papel=papel_de_ficha)
    ficha.activate()
    libro.close()
