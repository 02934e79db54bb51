"""Una causa, un hallazgo en lo que une las hojas del POI: códigos equivocados, repetidos o ausentes; hojas borradas."""

from __future__ import annotations

from typing import Any

import pytest
from pois import T2, celda, crudo, filas_con, hallados, revisiones, sin_marca

from pei_excel.formatos.poi import POI
from pei_excel.hallazgo import Severidad

HOJAS = [h.clave for h in POI.hojas[:5]]


def sin(*hojas: str, libro: Any = None) -> Any:
    propio = libro or crudo()
    propio.hojas = [h for h in propio.hojas if h.nombre not in hojas]
    return propio


@pytest.mark.parametrize("ajeno", [False, True])
def test_la_hoja_evaluacion_borrada_es_un_solo_aviso_que_la_nombra(ajeno: bool) -> None:
    libro = sin("Evaluación", libro=sin_marca(crudo()) if ajeno else None)
    (revision,) = revisiones(libro)
    (hallazgo,) = revision.hallazgos
    assert (hallazgo.regla, hallazgo.severidad, hallazgo.donde.celda) == ("FMT003", Severidad.AVISO, None)
    assert "«Evaluación»" in hallazgo.mensaje
    assert "6 renglones" in hallazgo.mensaje
    assert hallazgo.como_corregir.startswith("Copie de nuevo la hoja")


def test_sin_nada_que_explicar_no_se_pide_la_hoja() -> None:
    en_cero = {f"ejecutado_m{m}": None for m in range(1, 7)} | {f"devengado_m{m}": None for m in range(1, 7)}
    sin_meta = {f"programado_m{m}": None for m in range(1, 7)}
    libro = sin("Evaluación", libro=crudo({
        "Programación": {f"AO.0{n}": sin_meta for n in range(1, 7)},
        "Seguimiento": {f"AO.0{n}": en_cero for n in range(1, 7)},
    }))
    assert "FMT003" not in {regla for regla, _, _ in hallados(libro)}
    assert hallados(sin("Evaluación", "Seguimiento", libro=crudo(periodo=None)), None) == []


@pytest.mark.parametrize("hoja", ["Seguimiento", "Valorización"])
def test_una_hoja_obligatoria_borrada_es_un_solo_error(hoja: str) -> None:
    assert hallados(sin(hoja)) == [("FMT003", None, None)]


@pytest.mark.parametrize("codigo", ["AO.99", 2.0])
@pytest.mark.parametrize("hoja", HOJAS)
def test_un_codigo_equivocado_es_un_hallazgo_en_su_celda(hoja: str, codigo: object) -> None:
    llave = POI.por_clave[hoja].llave[0]
    libro = crudo({hoja: {"AO.01": {llave: codigo}}})
    (revision,) = revisiones(libro)
    (hallazgo,) = revision.hallazgos
    assert (hallazgo.regla, hallazgo.donde.hoja, hallazgo.donde.celda) == ("POI013", hoja, celda(hoja, "AO.01", llave))
    assert ("AO.99" if codigo == "AO.99" else "2") in hallazgo.mensaje.replace("«", " ").replace("»", " ").split()
    assert "2.0" not in f"{hallazgo.mensaje}{hallazgo.encontrado}"


@pytest.mark.parametrize(
    ("hoja", "escrito", "dicho"),
    [
        ("Seguimiento", "AO.1", "; en «Seguimiento» falta AO.01; ¿quiso decir «AO.01»?"),
        ("Seguimiento", "AO.O1", "¿quiso decir «AO.01»?"), ("Valorización", "AO01.", "¿quiso decir «AO.01»?"),
        ("Necesidades", "AO-01", "; ¿quiso decir «AO.01»?"), ("Seguimiento", "AO.99", "falta AO.01."),
        # Casi igual a varios: no se adivina cuál.
        ("Necesidades", "AO.00", "no es un código de «Programación»."),
    ],
)
def test_pregunta_por_el_codigo_casi_igual(hoja: str, escrito: str, dicho: str) -> None:
    (revision,) = revisiones(crudo({hoja: {"AO.01": {POI.por_clave[hoja].llave[0]: escrito}}}))
    (hallazgo,) = revision.hallazgos
    assert hallazgo.regla == "POI013"
    assert hallazgo.mensaje.endswith(dicho)


def test_una_hoja_entera_con_guiones_dice_cual_quiso() -> None:
    cambios: Any = {"Seguimiento": {f"AO.0{n}": {"codigo": f"AO-0{n}"} for n in range(1, 7)}}
    (revision,) = revisiones(crudo(cambios))
    (hallazgo,) = revision.hallazgos
    assert hallazgo.mensaje == (
        "Ningún código de «Seguimiento» está en «Programación»: en vez de «AO-01», ¿quiso decir «AO.01»?"
    )


def test_el_codigo_cambiado_en_programacion_muestra_las_demas_hojas() -> None:
    (revision,) = revisiones(crudo({"Programación": {"AO.02": {"codigo": "AO.22"}}}))
    (hallazgo,) = revision.hallazgos
    assert {u.hoja for u in hallazgo.tambien} == {"Valorización", "Necesidades", "Seguimiento", "Evaluación"}
    assert (hallazgo.encontrado, hallazgo.esperado) == ("AO.22", "AO.02")


@pytest.mark.parametrize("hoja", [h for h in HOJAS if h != "Necesidades"])
def test_un_codigo_escrito_encima_de_otro_es_un_solo_hallazgo(hoja: str) -> None:
    """El repetido y el que falta son el mismo renglón."""
    libro = crudo({hoja: {"AO.02": {"codigo": "AO.03"}}})
    regla = "FMT008" if hoja == "Evaluación" else "POI011"
    assert [(r, h) for r, h, _ in hallados(libro)] == [(regla, hoja)]


def test_dos_codigos_equivocados_en_dos_hojas_son_dos_hallazgos() -> None:
    libro = crudo({"Valorización": {"AO.02": {"codigo": "AO.22"}}, "Seguimiento": {"AO.05": {"codigo": "AO.55"}}})
    assert hallados(libro) == [
        ("POI013", "Seguimiento", celda("Seguimiento", "AO.05", "codigo")),
        ("POI013", "Valorización", celda("Valorización", "AO.02", "codigo")),
    ]


def test_un_codigo_repetido_no_tapa_otro_mal_escrito() -> None:
    libro = crudo({"Programación": {"AO.06": {"codigo": "AO.05"}}, "Valorización": {"AO.02": {"codigo": "AO.22"}}})
    assert hallados(libro) == [
        ("POI011", "Programación", celda("Programación", "AO.06", "codigo")),
        ("POI013", "Valorización", celda("Valorización", "AO.02", "codigo")),
    ]


def test_un_renglon_repetido_no_tapa_a_todas_las_que_faltan() -> None:
    libro = crudo({"Seguimiento": {"AO.02": {"codigo": "AO.03"}, "AO.05": None, "AO.06": None}})
    assert [(r, c) for r, _, c in hallados(libro)] == [
        ("POI013", celda("Programación", "AO.05", "codigo")), ("POI013", celda("Programación", "AO.06", "codigo")),
        ("POI011", celda("Seguimiento", "AO.03", "codigo")),
    ]


def test_la_misma_actividad_de_mas_en_dos_hojas_es_un_hallazgo() -> None:
    filas = filas_con()
    for hoja in ("Valorización", "Seguimiento"):
        filas[hoja].append({**filas[hoja][0], "codigo": "AO.40"})
    (revision,) = revisiones(crudo(filas=filas))
    (hallazgo,) = [h for h in revision.hallazgos if h.regla == "POI013"]
    assert hallazgo.donde.hoja == "Valorización"
    assert [u.hoja for u in hallazgo.tambien] == ["Seguimiento"]


@pytest.mark.parametrize("hojas", [("Seguimiento",), ("Valorización", "Seguimiento", "Evaluación", "Necesidades")])
def test_hojas_enteras_con_otros_codigos_son_una_causa(hojas: tuple[str, ...]) -> None:
    filas = filas_con()
    for hoja in hojas:
        llave = POI.por_clave[hoja].llave[0]
        filas[hoja] = [{**f, llave: float(str(f[llave])[-1])} for f in filas[hoja]]
    (revision,) = revisiones(crudo(filas=filas), T2)
    (hallazgo,) = revision.hallazgos
    assert (hallazgo.regla, hallazgo.donde.hoja) == ("POI013", next(h for h in HOJAS if h in hojas))
    assert (hallazgo.encontrado, hallazgo.esperado) == ("1", "AO.01")


def test_un_renglon_suelto_de_evaluacion_no_tapa_a_todas_las_que_no_explican() -> None:
    libro = crudo({"Evaluación": {"AO.01": {"codigo": "AO.99"}, "AO.03": None, "AO.04": None}})
    assert [(r, h) for r, h, _ in hallados(libro)] == [
        ("POI013", "Evaluación"), ("SEG005", "Seguimiento"), ("SEG005", "Seguimiento"),
    ]
