"""Defectos de captura y de archivo: lo que el lector nota."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from pei_excel.calculos import Acumulado, Diferencia
from pei_excel.crudo import ErrorExcel
from pei_excel.escritura.encargo import ConFormato, ConFormula
from pei_excel.formatos.mir import MIR
from pei_excel.reglas import danos
from pei_excel.simulacion.informe import NIVELES, Simulado, sin_modificar
from pei_excel.simulacion.plantar import Defecto, Esperado, apartar, del_archivo, fila_insertada, fila_oculta, tomar
from pei_excel.simulacion.simulado import Fila
from pei_excel.simulacion.verdad import acumulado, cifra, serie, verdad_de

Hallazgos = list[Esperado] | None


def _titulo_cambiado(s: Simulado, azar: Random) -> Hallazgos:
    clave = azar.choice(("definicion", "metodo", "unidad_medida", "dimension", "frecuencia", "sentido", "medios"))
    columna = MIR.principal.por_clave[clave]
    s.danos.append(danos.cambiar_titulo(columna.titulo, "Otro dato"))
    return [Esperado("FMT003", columna=clave, lugar="titulo")]


def _columna_con_cifra(azar: Random, fila: Fila) -> str | None:
    """Una columna capturable de cifras con algo escrito."""
    claves = [
        f"{medida}_t{n}" for medida in ("programado", "alcanzado") for n in (1, 2, 3, 4)
        if cifra(fila.get(f"{medida}_t{n}")) is not None
    ]
    return azar.choice(claves) if claves else None


def _fuera_de_tipo(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: sin_modificar(s, f), cifras=True)
    columna = _columna_con_cifra(azar, fila) if fila else None
    if fila is None or columna is None:
        return None
    fila[columna] = azar.choice(("veinte", -5.0, date(s.ejercicio, 2, 1), "pendiente", True))
    return [Esperado("FMT004", columna=columna, fila=fila)]


def _base_fuera_de_tipo(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: isinstance(f["base_valor"], float))
    if fila is None:
        return None
    columna, valor = azar.choice((
        ("base_valor", "ochenta"), ("base_ejercicio", 1890.0), ("base_ejercicio", 2022.5),
        ("base_ejercicio", "hace poco"),
    ))
    fila[columna] = valor
    return [Esperado("FMT004", columna=columna, fila=fila)]


def _fecha_fuera_de_tipo(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar)
    justificacion = s.justificacion(fila) if fila else None
    if justificacion is None:
        return None
    justificacion["fecha"] = azar.choice(("pronto", "31/02/2024", "abril"))
    return [Esperado("FMT004", "Justificaciones", "fecha", justificacion)]


def _numero_en_texto(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: sin_modificar(s, f), cifras=True)
    columna = _columna_con_cifra(azar, fila) if fila else None
    if fila is None or columna is None:
        return None
    escrito = f"{fila[columna]:g}"
    fila[columna] = azar.choice((escrito, f"{escrito} %", f" {escrito}", f"{escrito}\xa0", escrito.replace(".", ",")))
    return [Esperado("FMT005", columna=columna, fila=fila)]


def _con_formato_de_porcentaje(s: Simulado, azar: Random) -> Hallazgos:
    """0.2 que se ve «20 %»: en un Porcentaje es 20; en otra unidad no se sabe."""
    fila = tomar(s, azar, lambda f: sin_modificar(s, f), cifras=True)
    columna = _columna_con_cifra(azar, fila) if fila else None
    if fila is None or columna is None:
        return None
    fila[columna] = ConFormato(fila[columna] / 100, "0%")
    return [Esperado("FMT005", columna=columna, fila=fila)]


def _numero_ambiguo(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: sin_modificar(s, f), cifras=True)
    columna = _columna_con_cifra(azar, fila) if fila else None
    if fila is None or columna is None:
        return None
    fila[columna] = azar.choice(("1,200", "1.200", "12,500"))
    return [Esperado("FMT005", columna=columna, fila=fila)]


def _en_error(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, lambda f: sin_modificar(s, f), cifras=True)
    if fila is None:
        return None
    columna = azar.choice((_columna_con_cifra(azar, fila), "nombre", "medios", "sentido", "programado_acumulado"))
    if columna is None:
        return None
    fila[columna] = ErrorExcel(azar.choice(("#DIV/0!", "#N/A", "#VALUE!")))
    return [Esperado("FMT006", columna=columna, fila=fila)]


def _obligatorio_vacio(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, cifras=True)
    if fila is None:
        return None
    columna = azar.choice(
        ("nombre", "definicion", "metodo", "unidad_medida", "tipo", "dimension", "frecuencia", "sentido")
    )
    fila[columna] = azar.choice((None, " "))
    return [Esperado("FMT007", columna=columna, fila=fila)]


def _fuera_de_lista(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar, cifras=True)
    if fila is None:
        return None
    columna = azar.choice(("tipo", "dimension", "frecuencia", "sentido", "acumulacion"))
    fila[columna] = azar.choice(("Otro", "Pendiente de definir", "A veces"))
    return [Esperado("FMT008", columna=columna, fila=fila)]


def _justificacion_de_nadie(s: Simulado, azar: Random) -> Hallazgos:
    if NIVELES in s.reservados:
        return None
    fila = tomar(s, azar, lambda f: not verdad_de(f, s.trimestre).explicar)
    justificacion = s.justificacion(fila) if fila else None
    if fila is None or justificacion is None:
        return None
    apartar(s, NIVELES)
    justificacion["nivel"] = azar.choice(("Actividad 9.9", "Componente 8", "Otro renglón"))
    return [Esperado("FMT008", "Justificaciones", "nivel", justificacion)]


def _justificacion_repetida(s: Simulado, azar: Random) -> Hallazgos:
    if NIVELES in s.reservados:
        return None
    fila = tomar(s, azar)
    if fila is None:
        return None
    apartar(s, NIVELES)
    previa = s.justificacion(fila)
    renglon: Fila = {"nivel": fila["nivel"], "trimestre": previa["trimestre"] if previa else None}
    s.filas["Justificaciones"].append(renglon)
    return [Esperado("FMT008", "Justificaciones", "nivel", renglon)]


def _calculada(azar: Random, fila: Fila) -> tuple[str, float] | None:
    """Una columna calculada de la fila que da una cifra, y la que debe dar."""
    opciones: list[tuple[str, float]] = []
    forma = str(fila.get("acumulacion") or "Suma")
    totales = {m: acumulado(forma, serie(fila, m)) for m in ("programado", "alcanzado")}
    for columna in MIR.principal.columnas:
        if isinstance(columna.calculo, Acumulado) and not columna.auxiliar and columna.medida:
            total = totales[columna.medida]
            opciones += [(columna.clave, total)] if total is not None else []
        elif isinstance(columna.calculo, Diferencia) and columna.trimestre:
            n = columna.trimestre
            partes = serie(fila, "programado")[n - 1], serie(fila, "alcanzado")[n - 1]
            opciones += [(columna.clave, (partes[0] or 0) - (partes[1] or 0))] if partes != (None, None) else []
    return azar.choice(opciones) if opciones else None


def _sin_formula(s: Simulado, azar: Random) -> Hallazgos:
    """La cifra correcta, escrita encima de la fórmula."""
    fila = tomar(s, azar)
    hallada = _calculada(azar, fila) if fila else None
    if fila is None or hallada is None:
        return None
    columna, valor = hallada
    fila[columna] = valor
    return [Esperado("FMT009", columna=columna, fila=fila)]


def _sin_recalcular(s: Simulado, azar: Random) -> Hallazgos:
    """La fórmula está, con el resultado de antes."""
    fila = tomar(s, azar)
    hallada = _calculada(azar, fila) if fila else None
    if fila is None or hallada is None:
        return None
    columna, valor = hallada
    fila[columna] = ConFormula(valor + azar.randint(1, 9))
    return [Esperado("FMT009", columna=columna, fila=fila)]


def _formula_borrada(s: Simulado, azar: Random) -> Hallazgos:
    """La celda calculada quedó vacía: lo dice la regla de esa cifra, y si aún no vence, FMT009."""
    fila = tomar(s, azar)
    hallada = _calculada(azar, fila) if fila else None
    if fila is None or hallada is None or not hallada[1]:
        return None
    columna = MIR.principal.por_clave[hallada[0]]
    fila[columna.clave] = ""
    if columna.medida == "variacion":
        codigo = "SEG002" if (columna.trimestre or 0) <= s.trimestre else "FMT009"
    else:
        codigo = {"programado": "MIR001", "alcanzado": "SEG001"}[str(columna.medida)]
    return [Esperado(codigo, columna=columna.clave, fila=fila)]


def _justificacion_sin_formula(s: Simulado, azar: Random) -> Hallazgos:
    fila = tomar(s, azar)
    justificacion = s.justificacion(fila) if fila else None
    if justificacion is None:
        return None
    columna = azar.choice(("programado", "alcanzado", "porcentaje", "debe"))
    justificacion[columna] = "Tal vez" if columna == "debe" else float(azar.randint(500, 900))
    return [Esperado("FMT009", "Justificaciones", columna, justificacion)]


def _sin_nivel(s: Simulado, azar: Random) -> Hallazgos:
    return _corrida(s, azar, lambda fila: fila.update(nivel=None))


def _textos_en_cifras(s: Simulado, azar: Random) -> Hallazgos:
    columnas = azar.sample(("programado_t1", "programado_t2", "programado_t3", "alcanzado_t1", "alcanzado_t4"), 2)
    return _corrida(s, azar, lambda fila: fila.update(dict.fromkeys(columnas, "De gestión")))


def _corrida(s: Simulado, azar: Random, correr: Callable[[Fila], None]) -> Hallazgos:
    if NIVELES in s.reservados:
        return None
    fila = tomar(s, azar, lambda f: sin_modificar(s, f), cifras=True)
    if fila is None:
        return None
    apartar(s, NIVELES)
    correr(fila)
    return [Esperado("FMT015", columna="nivel", fila=fila)]


def _campo_incompleto(s: Simulado, azar: Random) -> Hallazgos:
    campo = azar.choice(("unidad", "programa", "periodo", "eje", "objetivo"))
    if not apartar(s, ("campo", campo)):
        return None
    valores = {"unidad": ("", "Dirección de Obras"), "programa": ("", "Planeación"), "periodo": ("", "el segundo")}
    s.campos[campo] = azar.choice(valores.get(campo, ("",)))
    return [Esperado("FMT016", columna=campo, lugar="campo")]


def _hoja_duplicada(s: Simulado, _azar: Random) -> Hallazgos:
    if not s.filas["Justificaciones"]:
        return None
    s.danos.append(danos.hoja_duplicada("Justificaciones"))
    return [Esperado("FMT018", "Justificaciones", "nivel", lugar="titulo")]


DEFECTOS_LECTURA: tuple[Defecto[Simulado], ...] = (
    Defecto("FMT001", "archivo cortado", del_archivo("FMT001", danos.truncar), solo=True),
    Defecto("FMT002", "otro libro", del_archivo("FMT002", danos.sin_titulos), solo=True),
    Defecto("FMT003", "título cambiado", _titulo_cambiado, solo=True),
    Defecto("FMT004", "cifra de otro tipo", _fuera_de_tipo),
    Defecto("FMT004", "línea base de otro tipo", _base_fuera_de_tipo),
    Defecto("FMT004", "fecha ilegible", _fecha_fuera_de_tipo),
    Defecto("FMT005", "número como texto", _numero_en_texto),
    Defecto("FMT005", "formato de porcentaje", _con_formato_de_porcentaje),
    Defecto("FMT005", "miles o decimales", _numero_ambiguo),
    Defecto("FMT006", "error de Excel", _en_error),
    Defecto("FMT007", "obligatorio vacío", _obligatorio_vacio),
    Defecto("FMT008", "fuera de la lista", _fuera_de_lista),
    Defecto("FMT008", "justificación de un nivel que no existe", _justificacion_de_nadie),
    Defecto("FMT008", "justificación repetida", _justificacion_repetida),
    Defecto("FMT009", "cifra en lugar de fórmula", _sin_formula),
    Defecto("FMT009", "fórmula sin recalcular", _sin_recalcular),
    Defecto("FMT009", "fórmula borrada", _formula_borrada),
    Defecto("FMT009", "justificación con cifra propia", _justificacion_sin_formula),
    Defecto("FMT010", "fórmulas sin calcular", del_archivo("FMT010", danos.sin_calcular), solo=True),
    Defecto("FMT011", "fila oculta", fila_oculta),
    Defecto("FMT012", "otra versión", del_archivo("FMT012", danos.otra_version)),
    Defecto("FMT013", "fila insertada", fila_insertada, solo=True),
    Defecto("FMT014", "macros", del_archivo("FMT014", danos.con_macros)),
    Defecto("FMT015", "nivel en blanco", _sin_nivel),
    Defecto("FMT015", "textos donde van cifras", _textos_en_cifras),
    Defecto("FMT016", "bloque incompleto", _campo_incompleto),
    Defecto("FMT018", "hoja duplicada", _hoja_duplicada, solo=True),
)
