"""De un libro ya leído a los valores con que se escribe su libro de seguimiento."""

from __future__ import annotations

from typing import Any

from pei_excel.crudo import ErrorExcel
from pei_excel.escritura.encargo import crudo
from pei_excel.formato import Apertura, Formato, Hoja
from pei_excel.libro import Dato, Libro
from pei_excel.periodos import Periodo

#: Valores crudos de un libro: campo → valor, y hoja → renglones (columna → valor).
Campos = dict[str, Any]
Filas = dict[str, list[dict[str, Any]]]


def filas_desde_libro(libro: Libro, formato: Formato, periodo: Periodo | None = None) -> tuple[Campos, Filas]:
    """Campos y filas para `escribir_plantilla` en seguimiento: lo aprobado y los trimestres ya informados.

    Lo que se captura cada trimestre (Medios) queda vacío, igual que lo del trimestre de `periodo` y los siguientes;
    sin `periodo` se conserva todo lo alcanzado. Las Justificaciones se arman de nuevo; las Modificaciones y la
    Evaluación de cada trimestre se conservan.
    Lo que el lector no entendió pasa como estaba escrito.
    """
    campos = {clave: valor_de(dato) for clave, dato in libro.campos.items() if clave != formato.campo_periodo}
    if periodo is not None:
        campos[formato.campo_periodo] = formato.tipo_de_periodo.texto(periodo)
    filas = {}
    for hoja in formato.hojas:
        if hoja.llave[1:] == ("trimestre",) and not hoja.conserva:
            continue
        conservadas = que_se_conservan(hoja, hoja is formato.principal, periodo)
        filas[hoja.clave] = [
            {clave: valor for clave in conservadas if (valor := valor_de(fila[clave])) is not None}
            for fila in libro.filas(hoja.clave)
        ]
    return campos, filas


def que_se_conservan(hoja: Hoja, principal: bool, periodo: Periodo | None) -> list[str]:
    """Columnas de una hoja que pasan de lo aprobado al seguimiento de un periodo."""
    cerrados = periodo.meses_abiertos[0] if periodo else 13
    return [
        c.clave
        for c in hoja.columnas
        if c.calculo is None
        and not (principal and c.apertura is Apertura.SIEMPRE)
        and not (c.apertura is Apertura.PERIODO and c.meses is not None and c.meses[-1] >= cerrados)
    ]


def valor_de(dato: Dato) -> Any:
    """Lo que se escribe por un dato leído; un error de Excel no se copia."""
    valor = crudo(dato.valor) if dato.valor is not None else dato.crudo
    return None if isinstance(valor, ErrorExcel) else valor
