"""Las reglas de versiones entre entregas de verdad: cuál cerró un periodo, qué es lo aprobado y qué las calla."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pei_excel.anteriores import de_libro, por_identidad
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Formato, Modo
from pei_excel.formatos.mir import MIR
from pei_excel.formatos.poi import CAUSAS, POI
from pei_excel.hallazgo import Hallazgo
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import revisar

#: (hoja, llave del renglón, columna) → valor; con columna «*», None quita el renglón y un diccionario lo agrega.
Cambios = Mapping[tuple[str, str, str], Any]
Escribir = Callable[..., Libro]


@pytest.fixture
def libro(tmp_path: Path) -> Escribir:
    """Escribe el modelo de un formato con cambios y lo lee."""
    vistos: list[Path] = []

    def _libro(
        formato: Formato, periodo: str | None, cambios: Cambios | None = None, *,
        modificaciones: tuple[dict[str, Any], ...] = (), **campos: Any,
    ) -> Libro:
        filas = {h: [dict(f) for f in propias] for h, propias in formato.modelo.filas.items()}
        for (hoja, llave, columna), valor in (cambios or {}).items():
            clave = formato.por_clave[hoja].llave[0]
            if columna == "*" and valor is not None:
                filas[hoja].append({clave: llave, **valor})
            elif columna == "*":
                filas[hoja] = [f for f in filas[hoja] if f[clave] != llave]
            else:
                next(f for f in filas[hoja] if f[clave] == llave)[columna] = valor
        filas["Modificaciones"] = list(modificaciones)
        ruta = tmp_path / f"{len(vistos)}.xlsx"
        vistos.append(ruta)
        tipo = formato.tipo_de_periodo
        escrito = tipo.texto(Periodo.de_codigo(periodo)) if periodo else ""
        escribir_plantilla(ruta, formato, modo=Modo.FORMULACION, ejercicio=2024, filas=filas,
                           campos={**formato.modelo.campos, formato.campo_periodo: escrito, **campos})
        (leido,) = leer(ruta, ruta.name, Opciones(Periodo.de_codigo(periodo) if periodo else None))
        return leido

    return _libro


def _ver(ahora: Libro, periodo: str, *antes: Libro) -> list[Hallazgo]:
    anteriores = [a for x in antes if (a := de_libro(x)) is not None]
    contexto = Contexto(Periodo.de_codigo(periodo), anteriores=por_identidad(anteriores))
    return [h for h in revisar(ahora, contexto).hallazgos if h.regla.startswith("VER")]


def _celdas(hallazgos: list[Hallazgo]) -> list[tuple[str, str | None, str | None]]:
    return [(h.regla, h.donde.hoja, h.donde.celda) for h in hallazgos]


def _celda(formato: Formato, hoja: str, columna: str, n: int) -> str:
    lugar = formato.por_clave[hoja].disposicion
    return lugar.celda(lugar.fila_datos + n, columna)


def _cambio(codigo: str, campo: str, antes: float | None, nuevo: float, fecha: date | None = None) -> dict[str, Any]:
    return {"fecha": fecha or date(2024, 2, 10), "codigo": codigo, "campo": campo, "valor_anterior": antes,
            "valor_nuevo": nuevo, "causa": CAUSAS[0], "documento": "Resolución 20-2024"}


def test_cierra_un_trimestre_la_primera_entrega_que_lo_informa(libro: Escribir) -> None:
    primero = libro(MIR, "2024-T1")
    segundo = libro(MIR, "2024-T2", {("MIR", "Componente 1", "alcanzado_t1"): 22.0})
    igual_al_segundo = libro(MIR, "2024-T3", {("MIR", "Componente 1", "alcanzado_t1"): 22.0})
    (hallazgo,) = _ver(igual_al_segundo, "2024-T3", segundo, primero)
    assert (hallazgo.regla, hallazgo.encontrado, hallazgo.esperado) == ("VER001", 22, 20)
    assert hallazgo.mensaje == (
        "Lo alcanzado por Componente 1 en el 1er. trimestre era 20 en su entrega del 1er. trimestre de 2024 y ahora es "
        "22."
    )
    restituido = libro(MIR, "2024-T3")
    assert _ver(restituido, "2024-T3", segundo, primero) == []


def test_llenar_lo_que_quedo_en_blanco_no_es_un_error_de_la_unidad(libro: Escribir) -> None:
    """Se hace saber a la oficina; la cifra con que se llenó ya no cambia, ni vuelve a quedar en blanco."""
    donde = ("MIR", "Componente 1", "alcanzado_t1")
    primero, segundo = libro(MIR, "2024-T1", {donde: None}), libro(MIR, "2024-T2", {donde: 20.0})
    (nota,) = _ver(segundo, "2024-T2", primero)
    assert (nota.regla, nota.severidad, nota.destinatario) == ("VER001", "NOTA", "planeacion")
    assert "estaba en blanco en su entrega del 1er. trimestre de 2024 y ahora es 20" in nota.mensaje
    assert "Restituya" not in nota.como_corregir
    assert _ver(libro(MIR, "2024-T3", {donde: 20.0}), "2024-T3", primero, segundo) == []
    for valor in (22.0, None):
        (error,) = _ver(libro(MIR, "2024-T3", {donde: valor}), "2024-T3", primero, segundo)
        assert (error.severidad, error.destinatario, error.esperado) == ("ERROR", "unidad", 20)


def test_el_trimestre_abierto_puede_cambiar_y_un_mes_no_lo_cierra(libro: Escribir) -> None:
    abril = libro(POI, "2024-04")
    mayo = libro(POI, "2024-05", {("Seguimiento", "AO.01", "ejecutado_m4"): 8.0,
                                  ("Seguimiento", "AO.01", "ejecutado_m3"): 10.0,
                                  ("Seguimiento", "AO.04", "devengado_m3"): None})
    assert _celdas(_ver(mayo, "2024-05", abril)) == [
        ("VER001", "Seguimiento", _celda(POI, "Seguimiento", "ejecutado_m3", 0)),
        ("VER001", "Seguimiento", _celda(POI, "Seguimiento", "devengado_m3", 3)),
    ]
    assert "estaba" not in _ver(mayo, "2024-05", abril)[0].mensaje
    assert "ahora está en blanco" in _ver(mayo, "2024-05", abril)[1].mensaje


def test_una_entrega_posterior_o_de_otro_ejercicio_no_se_compara(libro: Escribir) -> None:
    ahora = libro(MIR, "2024-T1", {("MIR", "Componente 1", "programado_t4"): 10.0})
    posterior = libro(MIR, "2024-T2")
    assert _ver(ahora, "2024-T1", posterior) == []
    anterior = de_libro(posterior)
    assert anterior is not None
    de_2023 = replace(anterior, ejercicio=2023, periodo=Periodo(2023, "T", 4))
    contexto = Contexto(Periodo.de_codigo("2024-T1"), anteriores=por_identidad([de_2023]))
    assert [h for h in revisar(ahora, contexto).hallazgos if h.regla.startswith("VER")] == []
    assert _ver(ahora, "2024-T1", ahora) == []  # el mismo archivo no es anterior a sí mismo


def test_sin_anteriores_no_hay_nada_que_comparar(libro: Escribir) -> None:
    ahora = libro(POI, "2024-T2", {("Programación", "AO.06", "programado_m12"): 5.0},
                  modificaciones=tuple(_cambio("AO.01", "Programado Octubre", 1.0, 10.0) for _ in range(4)))
    assert _ver(ahora, "2024-T2") == []


def test_lo_aprobado_es_lo_mas_antiguo(libro: Escribir) -> None:
    aprobado = libro(POI, None)
    primero = libro(POI, "2024-T1", {("Programación", "AO.06", "programado_m12"): 5.0})
    ahora = libro(POI, "2024-T2", {("Programación", "AO.06", "programado_m12"): 5.0})
    (hallazgo,) = _ver(ahora, "2024-T2", primero, aprobado)
    assert _celdas([hallazgo]) == [("VER002", "Programación", _celda(POI, "Programación", "programado_m12", 5))]
    assert hallazgo.mensaje == (
        "Lo programado para AO.06 en diciembre estaba en blanco en lo aprobado y ahora es 5, sin una modificación "
        "registrada."
    )


def test_lo_registrado_no_se_senala_y_lo_demas_del_renglon_si(libro: Escribir) -> None:
    aprobado = libro(POI, None)
    ahora = libro(
        POI, "2024-T2",
        {("Programación", "AO.01", "programado_m10"): 5.0, ("Programación", "AO.01", "programado_m11"): 15.0,
         ("Valorización", "AO.01", "costo_m11"): 2000.0},
        modificaciones=(_cambio("AO.01", "Programado Octubre", 10.0, 5.0),),
    )
    assert _celdas(_ver(ahora, "2024-T2", aprobado)) == [
        ("VER002", "Programación", _celda(POI, "Programación", "programado_m11", 0)),
        ("VER002", "Valorización", _celda(POI, "Valorización", "costo_m11", 0)),
    ]


def test_la_meta_en_palabras_se_compara_como_se_escribio(libro: Escribir) -> None:
    aprobado = libro(POI, None, {("Programación", "AO.05", "meta"): "10 talleres como mínimo"})
    igual = libro(POI, "2024-T2", {("Programación", "AO.05", "meta"): "10 talleres como mínimo"})
    assert _ver(igual, "2024-T2", aprobado) == []
    otra = libro(POI, "2024-T2", {("Programación", "AO.05", "meta"): "9 talleres como mínimo"})
    (hallazgo,) = _ver(otra, "2024-T2", aprobado)
    assert (hallazgo.encontrado, hallazgo.esperado) == ("9 talleres como mínimo", "10 talleres como mínimo")


def test_un_renglon_nuevo_o_quitado_es_un_solo_hallazgo(libro: Escribir) -> None:
    aprobado = libro(MIR, None)
    nuevo = dict(MIR.modelo.filas["MIR"][7], nivel="Actividad 2.3", nombre="Visitas de seguimiento efectuadas")
    ahora = libro(MIR, "2024-T2", {("MIR", "Actividad 2.3", "*"): nuevo, ("MIR", "Actividad 1.2", "*"): None})
    quitado, agregado = _ver(ahora, "2024-T2", aprobado)
    lugar, nivel = MIR.principal.disposicion, MIR.principal.por_clave["nivel"]
    assert _celdas([quitado]) == [("VER002", "MIR", lugar.celda(lugar.fila_del_titulo(nivel), "nivel"))]
    assert quitado.mensaje == "Actividad 1.2 tenía metas en lo aprobado y ya no está."
    assert _celdas([agregado]) == [("VER002", "MIR", _celda(MIR, "MIR", "programado_t1", 7))]
    assert len(agregado.tambien) == 3


def test_un_nivel_mal_escrito_no_parece_un_renglon_quitado(libro: Escribir) -> None:
    aprobado = libro(MIR, None)
    ahora = libro(MIR, "2024-T2", {("MIR", "Actividad 1.2", "nivel"): "Actividad uno dos"})
    assert [h.regla for h in _ver(ahora, "2024-T2", aprobado) if "ya no está" in h.mensaje] == []


def test_lo_ilegible_lo_dice_su_propia_regla(libro: Escribir) -> None:
    primero = libro(MIR, "2024-T1")
    ahora = libro(MIR, "2024-T2", {("MIR", "Componente 1", "alcanzado_t1"): "veinte",
                                   ("MIR", "Componente 1", "programado_t4"): "mucho"})
    assert _ver(ahora, "2024-T2", primero) == []
    ilegible_antes = libro(MIR, "2024-T1", {("MIR", "Componente 1", "alcanzado_t1"): "veinte"})
    assert _ver(libro(MIR, "2024-T2"), "2024-T2", ilegible_antes) == []


def test_un_codigo_desconocido_o_repetido_calla_lo_suyo(libro: Escribir) -> None:
    primero = libro(POI, "2024-T1")
    ahora = libro(POI, "2024-T2", {("Seguimiento", "AO.06", "codigo"): "AO.99"})
    assert _ver(ahora, "2024-T2", primero) == []
    repetido = libro(POI, "2024-T2", {("Programación", "AO.06", "codigo"): "AO.05"})
    assert _ver(repetido, "2024-T2", primero) == []


def test_un_libro_de_otro_periodo_no_se_compara(libro: Escribir) -> None:
    primero = libro(MIR, "2024-T1")
    atrasado = libro(MIR, "2024-T2", {("MIR", "Componente 1", "alcanzado_t1"): 22.0})
    assert _ver(atrasado, "2024-T3", primero) == []


@pytest.mark.parametrize(
    ("nuevo", "alcanzado", "sentido", "fecha", "hay"),
    [
        (27.0, 27.0, "Ascendente", date(2024, 6, 20), True),
        (27.0, 27.0, "Ascendente", None, True),
        (27.0, 30.0, "Ascendente", date(2024, 6, 20), False),  # se habría alcanzado
        (33.0, 27.0, "Ascendente", date(2024, 6, 20), False),  # se subió
        (27.0, 27.0, "Ascendente", date(2024, 3, 31), False),  # se bajó antes del periodo
        (33.0, 33.0, "Descendente", date(2024, 6, 20), True),
        (27.0, 33.0, "Descendente", date(2024, 6, 20), False),  # se hizo más exigente
        (33.0, 28.0, "Descendente", date(2024, 6, 20), False),  # no hacía falta
    ],
)
def test_bajar_la_meta_en_el_mismo_periodo(
    libro: Escribir, nuevo: float, alcanzado: float, sentido: str, fecha: date | None, hay: bool
) -> None:
    anterior = libro(MIR, "2024-T1", {("MIR", "Componente 1", "sentido"): sentido})
    registro = {"fecha": fecha, "nivel": "Componente 1", "campo": "Programado 2do. Trim.", "valor_anterior": 30.0,
                "valor_nuevo": nuevo, "causa": "Ajuste", "documento": "Oficio 20/2024"}
    ahora = libro(MIR, "2024-T2", {
        ("MIR", "Componente 1", "programado_t2"): nuevo, ("MIR", "Componente 1", "alcanzado_t2"): alcanzado,
        ("MIR", "Componente 1", "sentido"): sentido,
    }, modificaciones=(registro,))
    assert [h.regla for h in _ver(ahora, "2024-T2", anterior)] == (["VER003"] if hay else [])


def test_bajada_sin_registrar_es_solo_de_ver002(libro: Escribir) -> None:
    ahora = libro(MIR, "2024-T2", {("MIR", "Componente 1", "programado_t2"): 27.0})
    assert [h.regla for h in _ver(ahora, "2024-T2", libro(MIR, "2024-T1"))] == ["VER002"]


def test_las_modificaciones_borradas_de_la_hoja_tambien_cuentan(libro: Escribir) -> None:
    una, otra, tercera = (
        _cambio("AO.06", "Programado Octubre", antes, nuevo, date(2024, mes, 1))
        for antes, nuevo, mes in ((2.0, 3.0, 1), (3.0, 1.0, 2), (1.0, 2.0, 5))
    )
    previo = libro(POI, "2024-T1", {("Programación", "AO.06", "programado_m10"): 1.0}, modificaciones=(una, otra))
    conservadas = libro(POI, "2024-T2", modificaciones=(una, otra, tercera))
    borradas = libro(POI, "2024-T2", modificaciones=(tercera,))
    for ahora in (conservadas, borradas):
        (hallazgo,) = (h for h in _ver(ahora, "2024-T2", previo) if h.regla == "VER004")
        assert (hallazgo.encontrado, hallazgo.destinatario) == (3, "planeacion")
        assert hallazgo.donde.celda == _celda(POI, "Programación", "programado_m10", 5)
    dos = libro(POI, "2024-T2", {("Programación", "AO.06", "programado_m10"): 1.0}, modificaciones=(una, otra))
    assert [h.regla for h in _ver(dos, "2024-T2", previo) if h.regla == "VER004"] == []


def test_los_mismos_medios_que_la_vez_anterior_son_un_solo_hallazgo(libro: Escribir) -> None:
    primero, ahora = libro(MIR, "2024-T1"), libro(MIR, "2024-T2")
    anterior = de_libro(primero)
    assert anterior is not None
    contexto = Contexto(Periodo.de_codigo("2024-T2"), anteriores=por_identidad([anterior]))
    hallazgos = [h for h in revisar(ahora, contexto).hallazgos if h.regla == "SEG010"]
    # El modelo trae los mismos medios en los dos trimestres: se dice una vez, con todos.
    assert [(h.donde.celda, len(h.tambien)) for h in hallazgos] == [(_celda(MIR, "MIR", "medios", 2), 5)]
    assert hallazgos[0].mensaje == (
        "6 renglones repiten el texto de medio de verificación de la entrega del 1er. trimestre de 2024."
    )
    sin_anterior = revisar(ahora, Contexto(Periodo.de_codigo("2024-T2"))).hallazgos
    assert [h for h in sin_anterior if h.regla == "SEG010"] == []
