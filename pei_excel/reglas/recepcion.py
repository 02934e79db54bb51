"""Regla de `recepcion.csv`: lo que la oficina anotó se entiende y habla de lo que hay en la carpeta."""

from __future__ import annotations

from collections.abc import Iterator

from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.reglas.base import AMBOS, Contexto, Observacion, Tabla, regla
from pei_excel.reglas.entregas import Entrega


@regla(
    "REC001", AMBOS,
    severidad=Severidad.AVISO, para=Destinatario.PLANEACION, alcance="entrega",
    por_que="La fecha en que se recibió un informe decide si llegó a tiempo y cuál de dos entregas es la última.",
    como_corregir="Corrija el renglón de recepcion.csv: el nombre del archivo como está en la carpeta y la fecha con "
    "día, mes y año.",
    fuente="Criterio de este programa",
    mal=Tabla("✗ archivo", recepcion="archivo;fecha\nlibro.xlsx;13/25/2024\n"),
    bien=Tabla("", recepcion="archivo;fecha;medio;oficio;firmado\nlibro.xlsx;08/07/2024;correo;;sí\n"),
)
def renglon_de_recepcion_que_no_se_entiende(entrega: Entrega, contexto: Contexto) -> Iterator[Observacion]:
    """Cada renglón de recepcion.csv nombra un archivo de la carpeta y dice cuándo llegó."""
    for problema in entrega.lista.problemas:
        yield Observacion(
            problema.mensaje, archivo=problema.archivo, celda=problema.celda, encontrado=problema.encontrado or None
        )
