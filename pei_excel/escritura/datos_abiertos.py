"""Lo que acompaña a `datos.csv`: una ficha por indicador o actividad, el diccionario y el paquete que los describe.

El paquete (`datapackage.json`) sigue la especificación pública «Tabular Data Package» de Frictionless, versión 1.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from pei_excel.actividades import tramos
from pei_excel.calculos import acumular
from pei_excel.escritura.datos import COLUMNAS, Valor, en_csv, rango_de_origen
from pei_excel.evaluacion import Indicador
from pei_excel.formato import Columna, Formato
from pei_excel.formatos import FORMATOS
from pei_excel.libro import Libro
from pei_excel.modificaciones import MetaModificada, metas_modificadas
from pei_excel.periodos import Periodo
from pei_excel.tablas import Renglon, Tablas
from pei_excel.textos import como_frase, enumerar
from pei_excel.tipos import Numero

DATOS, DICCIONARIO, PAQUETE = "datos.csv", "diccionario.csv", "datapackage.json"
#: Formato → archivo con la ficha de cada uno de sus renglones.
FICHAS = {"MIR": "indicadores.csv", "POI": "actividades.csv"}


class CampoAbierto(NamedTuple):
    """Una columna de los datos abiertos."""

    nombre: str
    descripcion: str
    tipo: str = "string"  #: el de Frictionless: string, number, integer
    valores: tuple[str, ...] = ()  #: los únicos posibles, si se conocen


def _campo(nombre: str, descripcion: str, tipo: str = "string", valores: Sequence[str] = ()) -> CampoAbierto:
    return CampoAbierto(nombre, descripcion, tipo, tuple(valores))


_FORMATO = _campo("formato", "Formato del que sale el renglón", valores=tuple(FORMATOS))
_COMUNES = {
    c.nombre: c for c in (
        _FORMATO,
        _campo("ejercicio", "Año", "integer"),
        _campo("unidad_clave", "Clave de la unidad que informa"),
        _campo("unidad", "Nombre de la unidad que informa"),
        _campo("gerencia", "Gerencia de la que depende (POI)"),
        _campo("programa_clave", "Clave del Programa Presupuestario (MIR)"),
        _campo("programa", "Nombre del Programa Presupuestario (MIR)"),
        _campo("oei", "Código del objetivo estratégico institucional (POI)"),
        _campo("aei", "Código de la acción estratégica institucional (POI)"),
        _campo("clave", "Nivel del indicador (MIR) o código de la actividad (POI)"),
        _campo("nombre", "Nombre del indicador o de la actividad"),
        _campo("informe", "Estado del informe: observado si tiene errores por corregir",
               valores=("aceptado", "observado")),
        _campo("periodo", "Periodo de la cifra: 2024-T2 (trimestre), 2024-05 (mes), 2024-S1, 2024"),
        _campo("horizonte", "Si la cifra es de ese trimestre o mes solo, o lo acumulado de enero al periodo",
               valores=("trimestre", "mes", "al periodo")),
        _campo("medida", "Qué mide la cifra"),
        _campo("valor", "La cifra; vacía si no hay o no se pudo leer", "number"),
        _campo("unidad_de_medida", "Unidad en que está la cifra"),
        _campo("estado", "Palabra del semáforo, o por qué no hay porcentaje"),
        _campo("archivo", "Libro de donde salió"),
        _campo("hoja", "Hoja de ese libro"),
        _campo("celda", "Celda o celdas de esa hoja"),
        _campo("fila", "Fila de esa hoja", "integer"),
    )
}
CAMPOS_DE_DATOS = tuple(_COMUNES[nombre] for nombre in COLUMNAS)
_INICIAL = _campo(
    "programado_inicial",
    "Lo programado en todo el año antes de modificarse; vacío si no había meta o no se ha modificado", "number",
)
_MODIFICACIONES = _campo(
    "modificaciones", "Modificaciones registradas de sus metas: trimestre, antes, después, fecha y documento",
)
_CELDAS = _campo("celdas", "De dónde salió cada columna en esa hoja: nombre B13; metodo D13…")
_DE_QUIEN = ("formato", "ejercicio", "unidad_clave", "unidad", "gerencia", "programa_clave", "programa")
_DE_DONDE = ("informe", "archivo", "hoja", "fila")


def _descriptivas(formato: Formato) -> list[Columna]:
    """Las columnas de la hoja principal que describen al renglón: ni cifras por periodo ni cálculos."""
    return [c for c in formato.con_renglones.columnas if c.medida is None and c.calculo is None and not c.meses]


def campos_de_ficha(formato: Formato) -> tuple[CampoAbierto, ...]:
    """Las columnas de la ficha de un indicador o actividad; salen de la declaración del formato."""
    del_bloque = [
        _campo(c.clave, como_frase(c.ayuda or c.etiqueta.rstrip(":")).rstrip("."))
        for c in formato.principal.campos if c.clave not in {"unidad", "programa", "periodo", "ejercicio", "gerencia"}
    ]
    propios = [
        _campo(c.clave, ": ".join(t for t in (" · ".join((*c.banda, c.titulo)), c.ayuda.rstrip(".")) if t),
               "number" if type(c.tipo) is Numero else "string")  # las demás admiten palabras: «ND», «4 por año»
        for c in _descriptivas(formato)
    ]
    return (
        *(_COMUNES[n] for n in _DE_QUIEN), *del_bloque, *propios,
        _campo("programado_anual", "Lo programado en todo el año, según su forma de acumular", "number"),
        *((_INICIAL, _MODIFICACIONES) if formato.clave == "MIR" else ()),
        *(_COMUNES[n] for n in _DE_DONDE),
        *((_CELDAS,) if formato.clave == "MIR" else ()),
    )


def _texto(valor: Any) -> Valor:
    if valor is None or isinstance(valor, (int, float)):
        return valor
    if isinstance(valor, (date, datetime)):
        return valor.isoformat()[:10]
    return "; ".join(map(str, valor)) if isinstance(valor, tuple) and not hasattr(valor, "_fields") else str(valor)


def _ficha(
    renglon: Renglon, tablas: Tablas, campos: Sequence[CampoAbierto], modificada: MetaModificada | None
) -> list[Valor]:
    libro, fila = renglon.libro, renglon.evaluado.fila
    unidad, programa = libro.unidad, libro.programa
    conocidos: dict[str, Valor] = {
        "formato": tablas.formato, "ejercicio": tablas.periodo.ejercicio,
        "unidad_clave": unidad.clave if unidad else "", "unidad": unidad.nombre if unidad else "",
        "gerencia": _texto(libro.campo("gerencia").valor), "programa_clave": programa.clave if programa else "",
        "programa": programa.nombre if programa else "", "informe": "observado" if renglon.observado else "aceptado",
        "archivo": libro.archivo, "hoja": fila.donde, "fila": fila.numero,
        "programado_anual": _programado_anual(renglon, tablas.periodo),
    }
    if isinstance(renglon.evaluado, Indicador):
        conocidos |= {
            "programado_inicial": acumular(renglon.evaluado.acumulacion, modificada.inicial) if modificada else None,
            "modificaciones": modificada.frase if modificada else "",
            "celdas": _celdas(renglon.evaluado, libro, campos),
        }
    return [
        conocidos[c.nombre] if c.nombre in conocidos
        else _texto(fila.valor(c.nombre) if c.nombre in fila.datos else libro.campo(c.nombre).valor)
        for c in campos
    ]


def _celdas(indicador: Indicador, libro: Libro, campos: Sequence[CampoAbierto]) -> str:
    """«nombre B13; programado_anual L13:O13; …»: la celda de cada columna, y la del bloque de identificación."""
    fila = indicador.fila
    datos = {c.nombre: fila[c.nombre] if c.nombre in fila.datos else libro.campo(c.nombre) for c in campos}
    lugares = {nombre: dato.celda for nombre, dato in datos.items() if dato.celda}
    lugares["programado_anual"] = rango_de_origen(indicador.datos("programado"))
    return "; ".join(f"{nombre} {celda}" for nombre, celda in lugares.items() if celda)


def celdas_de_ficha(texto: str) -> dict[str, str]:
    """La columna «celdas» de una ficha: columna → celda o rango."""
    return dict(parte.split(" ", 1) for parte in texto.split("; ") if " " in parte)


def _programado_anual(renglon: Renglon, periodo: Periodo) -> float | None:
    if isinstance(renglon.evaluado, Indicador):
        return renglon.evaluado.meta_anual
    return renglon.evaluado.fisico(tramos("anual", periodo)[0]).programado


def escribir_fichas(tablas: Tablas) -> bytes:
    """Un renglón por indicador o actividad, con todo lo que lo describe y su lugar en el libro recibido."""
    campos = campos_de_ficha(FORMATOS[tablas.formato])
    modificadas = {id(libro): metas_modificadas(libro) for libro in tablas.libros} if tablas.formato == "MIR" else {}
    return en_csv([c.nombre for c in campos], (
        _ficha(r, tablas, campos, modificadas.get(id(r.libro), {}).get(r.evaluado.fila.indice))
        for r in tablas.renglones
    ))


def _recursos(formatos: Sequence[str]) -> dict[str, tuple[CampoAbierto, ...]]:
    return {DATOS: CAMPOS_DE_DATOS} | {FICHAS[f]: campos_de_ficha(FORMATOS[f]) for f in formatos}


def escribir_diccionario(formatos: Sequence[str]) -> bytes:
    """Qué significa cada columna de cada archivo."""
    filas = (
        (archivo, c.nombre, _TIPOS[c.tipo], c.descripcion, enumerar(c.valores))
        for archivo, campos in _recursos(formatos).items() for c in campos
    )
    return en_csv(("archivo", "columna", "tipo", "descripcion", "valores_posibles"), filas)


_TIPOS = {"string": "texto", "number": "número", "integer": "entero"}


def escribir_paquete(tablas: Sequence[Tablas], contenidos: Mapping[str, bytes], institucion: str) -> bytes:
    """La descripción de los archivos para otros programas, con el tamaño y el SHA-256 de cada uno."""
    periodo = tablas[0].periodo
    recursos = [
        {
            "name": archivo.removesuffix(".csv"), "path": archivo, "profile": "tabular-data-resource",
            "format": "csv", "mediatype": "text/csv", "encoding": "utf-8-sig",
            "bytes": len(contenidos[archivo]), "hash": "sha256:" + hashlib.sha256(contenidos[archivo]).hexdigest(),
            "dialect": {"delimiter": ",", "doubleQuote": True, "header": True},
            "schema": {"fields": [_de_frictionless(c) for c in campos], "missingValues": [""]},
        }
        for archivo, campos in _recursos([t.formato for t in tablas]).items()
    ]
    paquete = {
        "profile": "tabular-data-package",
        "name": f"avance-{periodo.codigo.lower()}",
        "title": f"Avance de indicadores y actividades {periodo.al_periodo} de {periodo.ejercicio}",
        **({"contributors": [{"title": institucion, "role": "publisher"}]} if institucion else {}),
        "resources": recursos,
    }
    return (json.dumps(paquete, ensure_ascii=False, indent=1) + "\n").encode()


def _de_frictionless(campo: CampoAbierto) -> dict[str, Any]:
    restricciones = {"constraints": {"enum": list(campo.valores)}} if campo.valores else {}
    return {"name": campo.nombre, "type": campo.tipo, "description": campo.descripcion, **restricciones}

