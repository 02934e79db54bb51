"""Las secciones del informe de un POI que la unidad redacta: factores, medidas correctivas y modificaciones."""

from __future__ import annotations

from pei_excel.actividades import Actividad
from pei_excel.calculos import Estado
from pei_excel.escritura.evaluacion_bloques import Celda
from pei_excel.escritura.evaluacion_poi_cifras import MEDIDAS, Cifras
from pei_excel.escritura.evaluacion_poi_encargo import EncargoPOI
from pei_excel.escritura.evaluacion_poi_pagina import Pagina, Tramo
from pei_excel.formatos.poi_modelo import TRIMESTRES_POI
from pei_excel.libro import Dato
from pei_excel.modificaciones import HOJA as MODIFICACIONES
from pei_excel.modificaciones import Modificacion
from pei_excel.textos import enumerar
from pei_excel.tipos import como_texto

#: Columna de `Evaluación` → las que ocupa en la cuadrícula del informe.
_EXPLICACIONES = {"contribuyeron": (4, 5), "dificultaron": (6, 8), "medidas": (9, 10), "responsable": (11, 11),
                  "plazo": (12, 12), "medios": (13, 15)}


def escribir_factores(pagina: Pagina) -> None:
    """Lo que la unidad escribió en `Evaluación` sobre el periodo, y quién no llegó al verde y no escribió nada."""
    encargo = pagina.encargo
    columnas = encargo.formato.por_clave["Evaluación"].por_clave
    tramos = [Tramo(1, 2, "Código"), Tramo(3, 3, "Actividad")]
    tramos += [Tramo(*donde, columnas[clave].titulo) for clave, donde in _EXPLICACIONES.items()]
    renglones = []
    for actividad in encargo.actividades:
        for n in encargo.trimestres:
            textos = _textos(actividad, n)
            if any(textos):
                codigo = actividad.etiqueta
                if len(encargo.trimestres) > 1:
                    codigo += f" · {TRIMESTRES_POI[n - 1]}"
                renglones.append([Celda(None, t) for t in (codigo, actividad.nombre, *textos)])
    if renglones:
        pagina.tabla(tramos, renglones, [""] * len(tramos))
    else:
        pagina.parrafo("La unidad no registró factores ni medidas de este periodo en la hoja Evaluación.")
    callan = [a.etiqueta for a in encargo.actividades if _debe_explicar(a, encargo) and not _explica(a, encargo)]
    if callan:
        quienes = "No llega a la banda verde y no dice" if len(callan) == 1 else "No llegan a la banda verde y no dicen"
        pagina.parrafo(f"{quienes} factores que dificultaron ni medidas correctivas: {enumerar(callan)}.")


def _textos(actividad: Actividad, trimestre: int) -> list[str]:
    fila = actividad.evaluaciones.get(trimestre)
    return ["" if fila is None else _escrito(fila[clave]) for clave in _EXPLICACIONES]


def _escrito(dato: Dato) -> str:
    """Lo que se entendió de una celda o, si no se entendió, lo que dice."""
    valor = dato.valor if dato.valor is not None else dato.crudo
    return "" if valor is None else como_texto(valor)


def _debe_explicar(actividad: Actividad, encargo: EncargoPOI) -> bool:
    medicion = actividad.al_periodo
    if medicion.porcentaje is None:
        return medicion.cumplimiento.estado is Estado.SIN_REPORTE
    return encargo.perfil.debajo_del_verde(medicion.porcentaje)


def _explica(actividad: Actividad, encargo: EncargoPOI) -> bool:
    filas = [actividad.evaluaciones[n] for n in encargo.trimestres if n in actividad.evaluaciones]
    return any(not fila[clave].vacio for fila in filas for clave in ("dificultaron", "medidas"))


_TRAMOS_DE_MODIFICACIONES = {
    "codigo": (1, 2), "actividad": (3, 3), "campo": (4, 5), "fecha": (6, 6), "inicial": (7, 7), "vigente": (8, 9),
    "causa": (10, 12), "documento": (13, 15),
}


def escribir_modificaciones(pagina: Pagina, cifras: Cifras) -> None:
    """Cada modificación registrada, con la meta inicial y la vigente de su celda."""
    encargo = pagina.encargo
    if not encargo.modificadas:
        pagina.parrafo("La unidad no registró modificaciones: las metas vigentes son las iniciales.")
        return
    propias = encargo.formato.por_clave[MODIFICACIONES].por_clave
    titulos = {"codigo": "Código", "actividad": "Actividad", "inicial": "Meta inicial", "vigente": "Meta vigente"}
    tramos = [
        Tramo(*donde, titulos.get(clave) or propias[clave].titulo)
        for clave, donde in _TRAMOS_DE_MODIFICACIONES.items()
    ]
    numeros = ["#,##0.00" if clave in {"inicial", "vigente"} else "" for clave in _TRAMOS_DE_MODIFICACIONES]
    pagina.tabla(tramos, [_de_modificacion(una, encargo, cifras) for una in encargo.modificadas], numeros)


def _de_modificacion(una: Modificacion, encargo: EncargoPOI, cifras: Cifras) -> list[Celda]:
    n = encargo.de_fila.get(una.vigente.llave[:2]) if una.vigente is not None else None
    actividad = encargo.actividades[n - 1] if n else None
    inicial = vigente = Celda(None, "—")
    if n is not None:
        medida, _, mes = una.columna.partition("_m")
        columna = una.columna if medida in MEDIDAS else "meta"
        de_inicial = f"{medida}_inicial_m{mes}" if medida in MEDIDAS else "meta_inicial"
        vigente = cifras.referencia(columna, n, "—")
        if encargo.iniciales:
            inicial = cifras.referencia(de_inicial, n, "—")
    return [
        Celda(None, str(una.llave)), Celda(None, actividad.nombre if actividad else "No está en Programación"),
        Celda(None, una.campo), Celda(None, _escrito(una.fila["fecha"])), inicial, vigente,
        Celda(None, _escrito(una.fila["causa"])), Celda(None, _escrito(una.fila["documento"])),
    ]
