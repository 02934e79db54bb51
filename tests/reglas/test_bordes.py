"""Bordes del catálogo de reglas que un solo cuadro por regla no alcanza a mostrar."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest

from pei_excel.crudo import LibroCrudo
from pei_excel.escritura.plantilla import ConFormato, escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos.mir import MIR
from pei_excel.hallazgo import Destinatario
from pei_excel.lectura.celdas import abrir_bytes
from pei_excel.lectura.lector import Opciones, interpretar
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Revision, Suerte, revisar, revisar_entrega
from pei_excel.tipos import leer_numero

T2 = Periodo.de_codigo("2024-T2")
LUGAR = MIR.principal.disposicion
MODELO = MIR.modelo.filas["MIR"]
#: Filas entre dos páginas apiladas en una hoja.
SALTO = 40


def crudo(
    cambios: dict[str, dict[str, Any]] | None = None, *, filas: Any = MODELO, otras: dict[str, Any] | None = None,
    **campos: Any,
) -> LibroCrudo:
    """El modelo con cambios por Nivel y en el bloque; un campo en None se borra."""
    memoria = BytesIO()
    propias = [{**f, **(cambios or {}).get(str(f["nivel"]), {})} for f in filas]
    escribir_plantilla(
        memoria, MIR, modo=Modo.FORMULACION, ejercicio=2024, periodo=T2, campos=MIR.modelo.campos,
        filas={"MIR": propias, **(otras or {})}, filas_libres=12,
    )
    libro = abrir_bytes(memoria.getvalue(), "libro.xlsx")
    celdas = libro.hojas[0].celdas
    for clave, valor in campos.items():
        donde = LUGAR.fila_campo[clave], 3
        celdas[donde] = celdas[donde]._replace(valor=valor)
    return libro


def apilar(arriba: LibroCrudo, abajo: LibroCrudo) -> LibroCrudo:
    """Dos páginas en una hoja, como en los libros de antes de la plantilla."""
    uno, otro = arriba.hojas[0], abajo.hojas[0]
    uno.celdas.update({(f + SALTO, c): celda for (f, c), celda in otro.celdas.items()})
    uno.combinadas += [(a + SALTO, b, c + SALTO, d) for a, b, c, d in otro.combinadas]
    return replace(arriba, hojas=[uno], propiedades={}, nombres={})


def revisiones(libro: LibroCrudo, periodo: Periodo | None = T2) -> list[Revision]:
    return [revisar(x, Contexto(periodo)) for x in interpretar(libro, "", Opciones(periodo))]


def hallados(libro: LibroCrudo, periodo: Periodo | None = T2) -> list[tuple[str, str, str | None]]:
    return [
        (h.regla, h.severidad.value, h.donde.celda) for r in revisiones(libro, periodo) for h in r.hallazgos
    ]


def test_en_formulacion_el_diseno_va_a_la_unidad_y_en_seguimiento_a_planeacion() -> None:
    def destinos(periodo: Periodo | None, escrito: str | None) -> dict[str, tuple[Destinatario, bool]]:
        libro = crudo({"Actividad 1.1": {"tipo": "Estratégico"}}, periodo=escrito)
        return {h.regla: (h.destinatario, h.diseno) for r in revisiones(libro, periodo) for h in r.hallazgos}

    assert destinos(None, None) == {"MIR005": (Destinatario.UNIDAD, False)}
    assert destinos(None, "2do. Trimestre 2024") == {"MIR005": (Destinatario.PLANEACION, True)}
    assert destinos(T2, None)["MIR005"] == (Destinatario.PLANEACION, True)
    assert "FMT016" in destinos(T2, None)


def test_un_informe_sin_renglones_no_tiene_fin_ni_proposito() -> None:
    titulo = LUGAR.celda(LUGAR.fila_del_titulo(MIR.principal.por_clave["nivel"]), "nivel")
    assert hallados(crudo(filas=())) == [("MIR002", "ERROR", titulo)] * 2


def test_la_justificacion_de_un_fin_que_no_esta_se_debe_a_su_falta() -> None:
    otras = {"Justificaciones": [{"nivel": "Fin", "trimestre": "2do. Trim."}]}
    assert [r for r, _, _ in hallados(crudo(filas=MODELO[1:], otras=otras))] == ["MIR002"]


def test_una_columna_que_falta_calla_los_titulos_movidos_de_su_hoja() -> None:
    libro = crudo()
    hoja = libro.hojas[0]
    hoja.celdas = {
        (f + 1, c): celda._replace(valor="Otro dato") if celda.valor == "Sentido Esperado" else celda
        for (f, c), celda in hoja.celdas.items()
    }
    hoja.combinadas = [(a + 1, b, c + 1, d) for a, b, c, d in hoja.combinadas]
    assert [r for r, _, _ in hallados(libro)] == ["FMT003"]


def test_la_columna_que_falta_en_una_pagina_se_senala_en_esa_pagina() -> None:
    segunda = crudo(filas=MODELO[5:])
    celdas = segunda.hojas[0].celdas
    for donde, celda in celdas.items():
        if celda.valor == "Sentido Esperado":
            celdas[donde] = celda._replace(valor="Otro dato")
    suya = LUGAR.celda(LUGAR.fila_del_titulo(MIR.principal.por_clave["sentido"]) + SALTO, "sentido")
    assert hallados(apilar(crudo(filas=MODELO[:5]), segunda)) == [("FMT003", "ERROR", suya)]


def test_el_rezago_de_un_trimestre_calla_la_media_de_ese_trimestre() -> None:
    componente = {
        "programado_t1": 17.5, "programado_t2": 32.5, "programado_t3": 27.5, "programado_t4": 22.5,
        "alcanzado_t1": 15.0, "alcanzado_t2": 30.5,
    }
    actividad = {"alcanzado_t1": 2.0, "alcanzado_t2": 25.0}
    sin_rezago = hallados(crudo({"Componente 1": componente}))
    assert [r for r, _, _ in sin_rezago] == ["MIR014"]
    con_rezago = hallados(crudo({"Componente 1": componente, "Actividad 1.1": actividad}))
    assert [r for r, _, _ in con_rezago] == ["SEG006"]


def test_la_linea_base_perdona_nd_con_signos_y_pide_lo_que_no_dice_nada() -> None:
    cambios = {
        "Componente 1": {"base_valor": "N/D"}, "Actividad 1.1": {"base_valor": "n.d.", "base_ejercicio": None},
        "Actividad 1.2": {"base_valor": "-"}, "Componente 2": {"base_ejercicio": "N/A"},
    }
    fila = {str(f["nivel"]): LUGAR.fila_datos + n for n, f in enumerate(MODELO)}
    assert hallados(crudo(cambios)) == [
        ("MIR012", "AVISO", LUGAR.celda(fila["Actividad 1.2"], "base_valor")),
        ("MIR012", "AVISO", LUGAR.celda(fila["Componente 2"], "base_ejercicio")),
    ]


def test_un_cero_con_formato_de_porcentaje_no_es_ambiguo() -> None:
    libro = crudo({"Actividad 1.1": {"unidad_medida": "Acción", "programado_t3": ConFormato(0.0, "0%")}})
    assert [(r, s) for r, s, _ in hallados(libro)] == [("FMT005", "AVISO")]


def test_dos_numeros_en_una_celda_no_se_juntan() -> None:
    assert [(r, s) for r, s, _ in hallados(crudo({"Componente 1": {"alcanzado_t2": "12 15"}}))] == [("FMT004", "ERROR")]
    assert leer_numero("S/ 1 200.50").valor == 1200.5
    assert leer_numero("- 5 ,5").valor == -5.5


def test_cien_con_el_redondeo_de_la_tolerancia_no_pasa_de_cien() -> None:
    cuotas = {"programado_t1": None, "programado_t2": None, "programado_t3": None}
    assert hallados(crudo({"Fin": cuotas | {"programado_t4": 100.01}})) == []
    assert {r for r, _, _ in hallados(crudo({"Fin": cuotas | {"programado_t4": 100.02}}))} == {"MIR013"}


def test_el_metodo_repetido_se_ve_aunque_la_fila_previa_repita_el_nombre() -> None:
    cambios = {
        "Actividad 1.2": {"nombre": MODELO[3]["nombre"], "metodo": "(Hechas / Previstas) * 100"},
        "Actividad 2.2": {"metodo": "(Hechas / Previstas) * 100"},
    }
    assert [r for r, _, _ in hallados(crudo(cambios))] == ["MIR011", "MIR011"]


def test_nada_informado_en_todo_el_ano_es_un_solo_hallazgo() -> None:
    vacio = {str(f["nivel"]): {"alcanzado_t1": None, "alcanzado_t2": None, "medios": None} for f in MODELO}
    assert [(r, c) for r, _, c in hallados(crudo(vacio))] == [("SEG004", f"C{LUGAR.fila_campo['periodo']}")]


def test_no_aplica_no_es_evidencia_repetida() -> None:
    sin_avance = {f["nivel"]: {"medios": "No aplica", "alcanzado_t2": 0.0} for f in MODELO[2:]}
    assert "SEG010" not in {r for r, _, _ in hallados(crudo(sin_avance))}


def test_dos_trimestres_apilados_en_una_hoja_son_dos_informes() -> None:
    (revision,) = revisiones(apilar(crudo(periodo="1er. Trimestre 2024"), crudo()))
    assert revision.hallazgos == []
    assert revision.libro.otras_hojas == (("MIR", "1er. Trimestre 2024"),)


def test_la_unidad_que_falta_en_una_pagina_se_toma_de_la_siguiente() -> None:
    (revision,) = revisiones(apilar(crudo(filas=MODELO[:5], unidad=None), crudo(filas=MODELO[5:])))
    assert revision.hallazgos == []
    assert revision.libro.identidad == ("504", "6")


@pytest.mark.parametrize("ajeno", [False, True])
def test_la_hoja_justificaciones_borrada_es_un_solo_aviso(ajeno: bool) -> None:
    """Un libro que no es nuestro no tiene por qué traerla: ahí se pide explicar en la respuesta."""
    libro = crudo({n: {"alcanzado_t2": 5.0} for n in ("Actividad 1.1", "Actividad 2.2")})
    libro.hojas = [h for h in libro.hojas if h.nombre != "Justificaciones"]
    if ajeno:
        libro = replace(libro, hojas=libro.hojas[:1], propiedades={}, nombres={})
    (revision,) = revisiones(libro)
    vistos = [(h.regla, h.severidad.value, h.como_corregir.endswith("en su respuesta.")) for h in revision.hallazgos]
    assert vistos == ([("SEG006", "AVISO", True)] * 2 if ajeno else [("FMT003", "AVISO", False)])


def test_sin_nada_que_justificar_no_hace_falta_la_hoja() -> None:
    libro = crudo()
    libro.hojas = [h for h in libro.hojas if h.nombre != "Justificaciones"]
    assert hallados(libro) == []


def test_una_fila_oculta_de_justificaciones_tambien_se_dice() -> None:
    explicada = {"nivel": "Actividad 2.2", "trimestre": "2do. Trim.", "causa": "Lluvias"}
    libro = crudo(otras={"Justificaciones": [explicada]})
    primera = MIR.por_clave["Justificaciones"].disposicion.fila_datos
    libro.hojas[1].filas_ocultas.add(primera)
    assert [(r, c) for r, _, c in hallados(libro)] == [("FMT011", f"A{primera}")]


def test_una_entrega_con_el_trimestre_en_blanco_no_se_cuenta_dos_veces() -> None:
    propias = [*revisiones(crudo()), *revisiones(crudo(periodo=None))]
    assert [h.regla for h in revisar_entrega(propias, (), Contexto(T2))] == ["ENT003"]
    assert [r.cuenta for r in propias].count(True) == 1


def test_el_fin_y_el_proposito_los_trae_la_unidad_que_coordina_el_programa() -> None:
    (coordina,), (otra,) = revisiones(crudo()), revisiones(crudo(filas=MODELO[2:], unidad="505 - Otra unidad"))
    assert [h.regla for h in otra.hallazgos] == ["MIR002", "MIR002"]
    (ajena,) = revisiones(crudo(filas=MODELO[2:], unidad="505 - Otra unidad", programa="7 - Otro programa"))
    assert revisar_entrega([coordina, otra, ajena], (), Contexto(T2)) == []
    assert (otra.hallazgos, otra.estado) == ([], Suerte.ACEPTADO)
    assert (len(ajena.hallazgos), ajena.estado) == (2, Suerte.OBSERVADO)


@pytest.mark.parametrize("metodo", ["(A / B)(100)", "A / B · 100", "A entre B por cien", "Según el INEGI"])
def test_el_por_cien_y_la_fuente_se_reconocen_como_se_escriben(metodo: str) -> None:
    assert hallados(crudo({"Actividad 1.1": {"metodo": metodo}})) == []
