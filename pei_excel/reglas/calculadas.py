"""Reglas de las celdas calculadas: en nuestras plantillas conservan su fórmula y un valor al día."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pei_excel.calculos import cifra, plegar
from pei_excel.formato import Columna, Formato, Hoja
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.reglas import danos
from pei_excel.reglas.base import AMBOS, Contexto, Observacion, Tabla, regla
from pei_excel.reglas.celdas import mostrable
from pei_excel.textos import cuenta, numero


class EntornoDeLectura:
    """Lo que un cálculo de la plantilla consulta fuera de su fila, con las celdas tal como están."""

    celda_trimestre = celda_mes = celda_desde = ""

    def __init__(self, libro: Libro, formato: Formato) -> None:
        self.trimestre = libro.periodo.trimestre if libro.periodo else 0
        self.mes = libro.periodo.mes if libro.periodo else 0
        self.desde = libro.periodo.meses[0] if libro.periodo else 0
        self._libro = libro
        self._formato = formato
        self._indices: dict[str, dict[object, dict[str, object]]] = {}

    def buscar(self, hoja: str, llave: object) -> Mapping[str, object]:
        """Como MATCH: sin distinguir mayúsculas, el primero; un espacio de más ya no es la misma llave."""
        if hoja not in self._indices:
            columna = self._formato.por_clave[hoja].llave[0]
            self._indices[hoja] = {plegar(f[columna].crudo): crudos(f) for f in reversed(self._libro.filas(hoja))}
        return self._indices[hoja].get(plegar(llave), {}) if llave is not None else {}

    def celda_buscada(self, hoja: str, columna: str, celda_llave: str) -> str:
        return ""

    def celda_tabla(self, tabla: str, celda_llave: str, columna: str, si_no: str = "1") -> str:
        return ""

    def en_tabla(self, tabla: str, llave: object, columna: int) -> str | None:
        filas = self._formato.tablas[tabla].filas
        return next((f[columna - 1] for f in filas if plegar(f[0]) == plegar(llave)), None)

    def valores_de(self, hoja: str, columna: str) -> list[object]:
        return [f[columna].crudo for f in self._libro.filas(hoja)]

    def columna_de(self, hoja: str, columna: str) -> str:
        return ""

    def franja(self, hoja: str, medida: str) -> str:
        return ""

    def direccion(self, fila: Mapping[str, object], columna: str) -> str:
        return ""


def crudos(fila: Fila) -> dict[str, object]:
    """Una fila con sus celdas tal como están escritas."""
    return {clave: dato.crudo for clave, dato in fila.datos.items()}


def _fresco(esperado: object, dato: Dato) -> tuple[bool, object]:
    uno, otro = cifra(esperado), cifra(dato.crudo)
    if uno is not None and otro is not None:
        return abs(uno - otro) <= 1e-6 * max(1.0, abs(uno)), esperado
    return (esperado or None) == dato.crudo, esperado


#: Celdas con la fórmula reemplazada que se muestran cuando el archivo entero está sin calcular.
_SE_MUESTRAN = 20

#: Regla que ya señala una cifra calculada equivocada.
_REGLA_DE_LA_CIFRA = (
    "programado_acumulado", "alcanzado_acumulado", "variacion_",
    "programado_total", "costo_total", "ejecutado_total", "devengado_total",
)


@regla(
    "FMT009", AMBOS,
    severidad=Severidad.AVISO,
    por_que="Si la fórmula se borró, la cifra ya no cambia con sus datos; si no se recalculó, muestra lo de antes.",
    como_corregir="Copie la fórmula de otro renglón, o abra y guarde el libro en Excel para recalcularlo.",
    fuente="Plantilla de este programa, columnas calculadas",
    mal={
        "MIR": """
        | Nivel        | Valores Alcanzados/Acumulado * |
        | Componente 1 | 47 ✗                           |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución física mensual/Total | Actividad                      |
        | AO.01  | 59 ✗                           | Capacitar a todo el personal ✗ |
        """,
    },
    bien={
        "MIR": """
        | Nivel        | Valores Alcanzados/2do. Trim. |
        | Componente 1 | 28                            |
        """,
        "POI": """
        Seguimiento
        | Código | Ejecución física mensual/Mayo |
        | AO.01  | 11                            |
        """,
    },
)
def calculada_sin_formula_o_atrasada(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """En nuestras plantillas, una celda calculada conserva su fórmula y un valor al día."""
    if not libro.nuestro or not libro.formulas_verificables:
        return
    formato = contexto.formato(libro)
    entorno = EntornoDeLectura(libro, formato)
    periodo = contexto.periodo_de(libro)
    ultimo = periodo.trimestre if periodo else 4
    if _lo_guardo_un_programa_que_no_calcula(libro, formato):
        return  # lo dice FMT010, una vez
    for hoja in libro.hojas.values():
        declarada = formato.por_clave[hoja.clave]
        calculadas = [(c, c.calculo) for c in declarada.columnas if c.calculo is not None and not c.auxiliar]
        for fila in hoja.filas:
            valores = crudos(fila)
            atrasadas: set[str] = set()
            for columna, calculo in calculadas:
                dato = fila.datos.get(columna.clave)
                if dato is None:
                    continue
                fresco, esperado = _fresco(calculo.valor(valores, entorno), dato)
                if dato.formula and not dato.calculada:
                    fresco = False
                if dato.formula and not fresco:
                    if atrasadas & _lee_a_fondo(columna, declarada):
                        continue  # sólo difiere porque lee otra que se quedó atrás
                    atrasadas.add(columna.clave)
                if not (dato.formula and fresco):
                    # SEG002 calla ante una variación vacía de un trimestre que no ha llegado.
                    futura = columna.medida == "variacion" and (columna.trimestre or 0) > ultimo
                    for observacion in _calculada_mala(columna, fila, dato, fresco, esperado, declarada, futura=futura):
                        observacion.lee += _de_la_misma_llave(libro, formato, declarada, fila)
                        if dato.formula:
                            observacion.lee += _ausentes(libro, formato, declarada)
                        yield observacion


def _de_la_misma_llave(libro: Libro, formato: Formato, hoja: Hoja, fila: Fila) -> tuple[Dato, ...]:
    """Lo mal leído en los renglones de otras hojas con la llave de esta fila: de ellos salen los cálculos por código."""
    llave = fila.valor(hoja.llave[0]) if hoja.llave else None
    if llave is None:
        return ()
    return tuple(
        dato
        for otra in formato.hojas if otra is not hoja and otra.llave
        for suya in libro.filas(otra.clave) if suya.valor(otra.llave[0]) == llave
        for dato in suya.datos.values() if dato.incidente is not None
    )


def _ausentes(libro: Libro, formato: Formato, hoja: Hoja) -> tuple[Dato, ...]:
    """Las columnas que faltan en otras hojas, o las hojas enteras: una fórmula que las leía no está atrasada por sí."""
    return tuple(
        Dato((otra.clave, -1, columna))
        for otra in formato.hojas if otra is not hoja
        for columna in (libro.hojas[otra.clave].faltantes if otra.clave in libro.hojas else ("*",))
    )


def _lee_a_fondo(columna: Columna, hoja: Hoja) -> set[str]:
    """Columnas de las que depende una calculada, también a través de otras calculadas."""
    vistas: set[str] = set()
    pendientes = [columna.clave]
    while pendientes:
        calculo = hoja.por_clave[pendientes.pop()].calculo
        nuevas = set(calculo.lee) - vistas if calculo else set()
        vistas |= nuevas
        pendientes += nuevas
    return vistas


def _calculada_mala(
    columna: Columna, fila: Fila, dato: Dato, fresco: bool, esperado: object, declarada: Hoja, *, futura: bool
) -> Iterator[Observacion]:
    """Qué le pasa a una celda calculada, por sus tres hechos: si tiene fórmula, lo que guarda y lo que nos da."""
    mostrado = esperado if isinstance(esperado, (str, float)) else None
    if dato.formula and not dato.calculada:
        mensaje = f"nunca calculado: la fórmula de «{columna.nombre}» no guarda su resultado, que es {_ver(esperado)}"
        remedio = "Abra y guarde el libro en Excel para calcularlo."
    elif dato.formula:
        mensaje = (
            f"desactualizado: la fórmula de «{columna.nombre}» muestra {_ver(dato.crudo)} y, con las celdas como están, "
            f"la de la plantilla da {_ver(esperado)}"
        )
        # Del texto de la fórmula no se sabe nada: cada programa la guarda escrita de otra manera.
        remedio = "Abra y guarde el libro en Excel; si sigue igual, la fórmula fue cambiada: copie la de otro renglón."
    elif fresco or not columna.clave.startswith(_REGLA_DE_LA_CIFRA) or (dato.vacio and futura):
        if dato.vacio:
            mensaje = f"fórmula borrada: «{columna.nombre}» está vacía"
        else:
            mensaje = f"fórmula reemplazada: «{columna.nombre}» tiene escrito {_ver(dato.crudo)} en lugar de su fórmula"
        mensaje += f", que da {_ver(esperado)}" if not fresco else ", que hoy da lo mismo"
        remedio = "Copie la fórmula de otro renglón."
    else:
        return
    yield Observacion(
        mensaje, dato, encontrado=mostrable(dato.crudo), esperado=mostrado, como_corregir=remedio,
        lee=tuple(fila[c] for c in _lee_a_fondo(columna, declarada)),
    )


def _ver(valor: object) -> str:
    numerico = cifra(valor)
    return numero(numerico) if numerico is not None else ("vacío" if valor in {None, ""} else f"«{valor}»")


def _con_formula(libro: Libro, formato: Formato) -> tuple[list[Dato], list[Dato]]:
    """Celdas que la plantilla calcula: las que conservan su fórmula, y las que tienen algo escrito en su lugar."""
    calculadas = {(h.clave, c.clave): c.auxiliar for h in formato.hojas for c in h.columnas if c.calculo is not None}
    con: list[Dato] = []
    escritas: list[Dato] = []
    for hoja in libro.hojas.values():
        for fila in hoja.filas:
            for clave, dato in fila.datos.items():
                auxiliar = calculadas.get((hoja.clave, clave))
                if auxiliar is None:
                    continue
                if dato.formula:
                    con.append(dato)
                elif not dato.vacio and not auxiliar:
                    escritas.append(dato)
    return con, escritas


def _lo_guardo_un_programa_que_no_calcula(libro: Libro, formato: Formato) -> bool:
    """La mayor parte de sus fórmulas no guarda resultado: no es de una celda, es de quien guardó el archivo."""
    con, _ = _con_formula(libro, formato)
    return 0 < len(con) <= 2 * sum(not d.calculada for d in con)


@regla(
    "FMT010", AMBOS,
    severidad=Severidad.NOTA, para=Destinatario.PLANEACION,
    por_que="Algunos programas guardan las fórmulas sin su resultado; aquí se calculan de nuevo.",
    como_corregir="No hace falta nada; si quiere ver los resultados, abra y guarde el libro en Excel.",
    fuente="Plantilla de este programa, columnas calculadas",
    mal=Tabla("✗ archivo", preparar=danos.sin_calcular),
    bien="",
)
def formulas_sin_calcular(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Las fórmulas se calcularon antes de guardar."""
    formato = contexto.formato(libro)
    con, escritas = _con_formula(libro, formato)
    sin_calcular = sum(not d.calculada for d in con)
    if not sin_calcular or (libro.nuestro and not _lo_guardo_un_programa_que_no_calcula(libro, formato)):
        return  # en nuestras plantillas, si son unas pocas, FMT009 las nombra
    mensaje = f"nunca calculado: {cuenta(sin_calcular, 'fórmula')} sin resultado guardado; se calcularon aquí"
    if libro.nuestro and escritas:
        mensaje += f"; además, {cuenta(len(escritas), 'fórmula reemplazada', 'fórmulas reemplazadas')} por lo escrito"
    yield Observacion(
        mensaje, encontrado=sin_calcular, tambien=tuple(escritas[:_SE_MUESTRAN]) if libro.nuestro else (),
    )
