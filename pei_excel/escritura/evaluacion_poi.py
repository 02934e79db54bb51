"""El libro de evaluación que se devuelve a cada unidad orgánica: su POI revisado y evaluado, de vuelta en Excel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from pei_excel.actividades import Actividad
from pei_excel.escritura.evaluacion_poi_cifras import HOJA as HOJA_DE_CIFRAS
from pei_excel.escritura.evaluacion_poi_cifras import Cifras
from pei_excel.escritura.evaluacion_poi_columnas import AL_PERIODO, TRIMESTRES, hojas_de_familias
from pei_excel.escritura.evaluacion_poi_encargo import encargar
from pei_excel.escritura.evaluacion_poi_familias import escribir_familia
from pei_excel.escritura.evaluacion_poi_hojas import escribir_hoja_oficial
from pei_excel.escritura.evaluacion_poi_informe import escribir_informe
from pei_excel.escritura.evaluacion_resumen import escribir_observaciones
from pei_excel.escritura.filas_armadas import hoja_de_filas
from pei_excel.escritura.hoja import abrir_libro
from pei_excel.escritura.observaciones import PARA_LA_UNIDAD_POI
from pei_excel.escritura.rapido import LibroRapido
from pei_excel.periodos import Periodo
from pei_excel.revision import Revision
from pei_excel.semaforo import Perfil

__all__ = ["HOJA_DE_INFORME", "escribir_evaluacion_poi"]

HOJA_DE_INFORME = "Informe"


def escribir_evaluacion_poi(
    destino: Path | BinaryIO, revision: Revision, actividades: Sequence[Actividad], *, periodo: Periodo, corte: date,
    perfil: Perfil, preliminar: bool = True, papel: str | None = None,
) -> None:
    """Escribe el libro de evaluación de un POI; los mismos argumentos dan los mismos bytes.

    `actividades` son las de `evaluar_actividades` sobre el mismo libro. `corte` es la fecha que se muestra. Nunca se
    abre el archivo de la unidad: sus hojas se reconstruyen con los valores leídos, tal como se escribieron. De ellas,
    por código, salen las cifras de `Cifras`; de ésta, las de cada horizonte; y de ahí, las del informe.
    """
    encargo = encargar(
        revision, actividades, periodo=periodo, corte=corte, perfil=perfil, preliminar=preliminar, papel=papel
    )
    nuevo = abrir_libro(
        destino, titulo=f"Evaluación del POI {periodo.al_periodo} de {periodo.ejercicio}",
        asunto=f"{encargo.formato.titulo} · {encargo.quien}", comentarios=f"Archivo recibido: {revision.libro.archivo}",
        creado=datetime(corte.year, corte.month, corte.day),  # noqa: DTZ001 - la fecha de corte, sin reloj
        clase=LibroRapido,
    )
    estilos = nuevo.estilos
    cifras = Cifras(encargo)
    cifras.nombrar(nuevo)
    familias = hojas_de_familias(encargo)
    escribir_informe(nuevo.hoja(HOJA_DE_INFORME), encargo, familias[AL_PERIODO], cifras, estilos)
    escribir_observaciones(nuevo, encargo, [encargo.observada(h) for h in encargo.hallazgos], PARA_LA_UNIDAD_POI)
    for nombre, familia in familias.items():
        escribir_familia(hoja_de_filas(nuevo, nombre), familia, encargo, cifras, estilos)
    for una in encargo.hojas:
        escribir_hoja_oficial(hoja_de_filas(nuevo, una.clave), una, encargo, familias[TRIMESTRES], estilos)
    cifras.escribir(hoja_de_filas(nuevo, HOJA_DE_CIFRAS), estilos)
    nuevo.close()
