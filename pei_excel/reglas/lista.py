"""Todas las reglas, en el orden del catálogo; una prueba comprueba que ninguna declarada falte aquí."""

from __future__ import annotations

from pei_excel.reglas import consolidado, entregas, lectura, mir, seguimiento
from pei_excel.reglas.base import Regla

REGLAS: tuple[Regla, ...] = (
    lectura.archivo_ilegible,
    lectura.formato_desconocido,
    lectura.falta_una_columna,
    lectura.tipo_equivocado,
    lectura.numero_como_texto,
    lectura.error_de_excel,
    lectura.dato_obligatorio_vacio,
    lectura.fuera_de_catalogo,
    lectura.calculada_sin_formula_o_atrasada,
    lectura.formulas_sin_calcular,
    lectura.datos_ocultos,
    lectura.plantilla_de_otra_version,
    lectura.titulos_movidos,
    lectura.contenido_ajeno,
    lectura.fila_corrida,
    lectura.bloque_incompleto,
    lectura.formulas_no_verificables,
    mir.acumulado_programado_no_coincide,
    mir.falta_o_sobra_fin_o_proposito,
    mir.nivel_mal_formado_repetido_o_huerfano,
    mir.componente_sin_actividades,
    mir.tipo_dimension_o_frecuencia_impropios,
    mir.sentido_contra_la_meta,
    mir.porcentaje_sin_metodo,
    mir.definicion_copia_del_metodo,
    mir.programado_donde_no_se_mide,
    mir.nada_programado,
    mir.nombre_o_metodo_repetido,
    mir.linea_base_incompleta,
    mir.porcentaje_fuera_de_rango,
    mir.componente_distinto_de_sus_actividades,
    mir.modificacion_no_aplicada,
    seguimiento.acumulado_alcanzado_no_coincide,
    seguimiento.variacion_no_coincide,
    seguimiento.alcanzado_despues_del_periodo,
    seguimiento.vencido_sin_reporte,
    seguimiento.medio_insuficiente,
    seguimiento.rezago_sin_explicar,
    seguimiento.ejecucion_sin_programacion,
    seguimiento.sobrecumplimiento,
    seguimiento.todo_exactamente_al_cien,
    seguimiento.evidencia_repetida,
    seguimiento.verde_por_compensacion,
    entregas.entrega_repetida,
    entregas.archivo_apartado,
    lectura.otro_periodo,
    consolidado.total_no_coincide,
)

POR_CODIGO: dict[str, Regla] = {r.codigo: r for r in REGLAS}
