"""Los renglones de una MIR como los ven las reglas: su nivel, lo programado y cómo se nombran."""

from __future__ import annotations

from pei_excel.calculos import Cifra, acumular
from pei_excel.evaluacion import cifras, forma_de_acumular
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.periodos import TRIMESTRES
from pei_excel.textos import normalizar
from pei_excel.tipos import ValorNivel


def renglones(libro: Libro) -> list[Fila]:
    """Los renglones del informe."""
    return libro.filas("MIR")


def nivel_de(fila: Fila) -> ValorNivel | None:
    """Su nivel; None si no se reconoce."""
    valor = fila.valor("nivel")
    return valor if isinstance(valor, ValorNivel) else None


def niveles(libro: Libro) -> tuple[Dato, ...]:
    """La celda del Nivel de cada renglón."""
    return tuple(fila["nivel"] for fila in renglones(libro))


def programados(fila: Fila) -> tuple[Dato, ...]:
    """Las cuatro celdas de lo programado."""
    return tuple(fila[f"programado_t{n}"] for n in TRIMESTRES)


def titulo_nivel(libro: Libro) -> tuple[str | None, str | None]:
    """Hoja y celda del título «Nivel», si se halló."""
    titulo = libro.hojas["MIR"].titulos.get("nivel") if "MIR" in libro.hojas else None
    return (titulo.hoja, titulo.celda) if titulo else (None, None)


def meta_anual(fila: Fila) -> Cifra:
    """Acumulado de lo programado en el año, calculado por nosotros."""
    return acumular(forma_de_acumular(fila)[0], cifras(fila, "programado"))


def es_porcentaje(fila: Fila) -> bool:
    """El indicador se mide en Porcentaje."""
    return normalizar(str(fila.valor("unidad_medida") or "")).startswith(("porcentaje", "%"))


def renglon_ausente(clase: str) -> Dato:
    """El renglón de Fin o de Propósito que no está: con él, la precedencia calla lo que se debe a su falta."""
    return Dato(("MIR", -1, clase))


def quien(fila: Fila) -> str:
    """Cómo se nombra la fila en un mensaje."""
    return str(fila.valor("nivel") or f"la fila {fila.numero}")
