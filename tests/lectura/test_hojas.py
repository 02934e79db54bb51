"""Cada hoja se toma por la que es: por su nombre, sus bandas y su llave; y sus meses, como quiera que se escriban."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from test_lector_poi import crudo, leidos

from pei_excel.crudo import CeldaCruda, HojaCruda, LibroCrudo
from pei_excel.formatos.poi import POI, SEGUIMIENTO, VALORIZACION
from pei_excel.lectura.hojas import hoja_llamada
from pei_excel.lectura.meses import repartir_meses
from pei_excel.libro import Libro
from pei_excel.periodos import MESES, Periodo
from pei_excel.reglas.base import Contexto
from pei_excel.revision import revisar

T2 = Periodo.de_codigo("2024-T2")
Escribir = Callable[[int], Any]
MANERAS: dict[str, Escribir] = {
    "fecha": lambda m: datetime(2024, m, 1),  # noqa: DTZ001
    "fecha que Excel tomó por un día": lambda m: datetime(2026, m, 24),  # noqa: DTZ001
    "ene-24": lambda m: f"{MESES[m - 1][:3]}-24",
    "Enero 2024": lambda m: f"{MESES[m - 1].capitalize()} 2024",
    "01/01/2024": lambda m: f"01/{m:02d}/2024",
    "2024-01": lambda m: f"2024-{m:02d}",
    "número": float,
}


def hoja_de(libro: LibroCrudo, nombre: str) -> HojaCruda:
    return next(h for h in libro.hojas if h.nombre == nombre)


def titular(libro: LibroCrudo, hoja: str, medida: str, escribir: Escribir, meses: Any = range(1, 13)) -> list[str]:
    """Escribe así los títulos de esos meses; da sus celdas."""
    declarada = POI.por_clave[hoja]
    lugar, celdas = declarada.disposicion, []
    for m in meses:
        columna = declarada.por_clave[f"{medida}_m{m}"]
        fila = lugar.fila_del_titulo(columna)
        hoja_de(libro, hoja).celdas[fila, lugar.columna[columna.clave]] = CeldaCruda(escribir(m))
        celdas.append(lugar.celda(fila, columna.clave))
    return celdas


def cifras(libro: Libro) -> dict[tuple[str, str, str], object]:
    """(hoja, llave, columna) → valor de lo que se captura por mes."""
    return {
        (hoja, str(f.valor("codigo")), c.clave): f.valor(c.clave)
        for hoja in ("Programación", "Valorización", "Seguimiento")
        for f in libro.filas(hoja) for c in POI.por_clave[hoja].columnas if c.mes
    }


def hallazgos(libro: Libro) -> list[tuple[str, str | None, str | None]]:
    return [(h.regla, h.donde.hoja, h.donde.celda) for h in revisar(libro, Contexto(T2)).hallazgos]


SANAS = cifras(leidos(crudo())[0])


@pytest.mark.parametrize("manera", MANERAS)
@pytest.mark.parametrize("hojas", [
    (("Valorización", "costo"), ("Seguimiento", "ejecutado")), (("Valorización", "costo"),),
    (("Seguimiento", "ejecutado"),), (("Seguimiento", "ejecutado"), ("Seguimiento", "devengado")),
    (("Programación", "programado"),),
])
def test_los_meses_con_fecha_o_numero_son_los_meses(manera: str, hojas: tuple[tuple[str, str], ...]) -> None:
    """En una hoja, en dos o en las dos bandas: nada cambia de hoja ni de mes."""
    libro = crudo()
    for hoja, medida in hojas:
        titular(libro, hoja, medida, MANERAS[manera])
    (leido,) = leidos(libro)
    assert cifras(leido) == SANAS
    assert "FMT003" not in {r for r, *_ in hallazgos(leido)}


def test_unos_meses_con_fecha_entre_otros_con_inicial() -> None:
    libro = crudo()
    titular(libro, "Valorización", "costo", MANERAS["fecha"], (1, 4, 5, 11))
    assert cifras(leidos(libro)[0]) == SANAS


def test_fechas_que_no_son_los_doce_meses_no_se_toman_por_tales() -> None:
    """Doce días de enero: no se sabe qué mes es cada columna, y se dice."""
    libro = crudo()
    celdas = titular(libro, "Valorización", "costo", lambda m: datetime(2024, 1, m))  # noqa: DTZ001
    (leido,) = leidos(libro)
    assert all(v is None for (hoja, *_), v in cifras(leido).items() if hoja == "Valorización")
    assert [h for h in hallazgos(leido) if h[0] == "FMT003"] == [("FMT003", "Valorización", celdas[0])]


@pytest.mark.parametrize("marca", [True, False])
@pytest.mark.parametrize("tambien_costos", [True, False])
def test_una_hoja_sin_los_titulos_de_sus_meses_no_se_toma_por_otra(*, tambien_costos: bool, marca: bool) -> None:
    """«Seguimiento» con los físicos estropeados conserva los financieros, y ninguno es un costo."""
    libro = crudo(sin_marca=not marca)
    celdas = titular(libro, "Seguimiento", "ejecutado", "mes {}".format)
    if tambien_costos:
        titular(libro, "Valorización", "costo", "costo {}".format)
    (leido,) = leidos(libro)
    assert {clave: hoja.nombres for clave, hoja in leido.hojas.items()}["Seguimiento"] == ["Seguimiento"]
    assert "Seguimiento" not in (leido.hojas["Valorización"].nombres if "Valorización" in leido.hojas else ())
    for llave, valor in cifras(leido).items():
        perdida = llave[2].startswith("ejecutado") or (tambien_costos and llave[2].startswith("costo"))
        assert valor == (None if perdida else SANAS[llave]), llave
    assert ("FMT003", "Seguimiento", celdas[0]) in hallazgos(leido)
    assert not [h for h in hallazgos(leido) if h[0] == "FMT003" and h[1] is None]


def test_sin_sus_bandas_una_hoja_no_es_la_de_costos() -> None:
    """Aunque traiga la llave y doce meses, en una hoja con nombre ajeno o con el de otra."""
    for nombre in ("Seguimiento", "Hoja1"):
        libro = crudo()
        libro.hojas = [h for h in libro.hojas if h.nombre != "Valorización"]
        seguimiento = hoja_de(libro, "Seguimiento")
        seguimiento.nombre = nombre
        bandas = {b for c in SEGUIMIENTO.columnas for b in c.banda}
        seguimiento.celdas = {
            d: c._replace(valor="Lo de cada mes") if c.valor in bandas else c for d, c in seguimiento.celdas.items()
        }
        (leido,) = leidos(libro)
        assert "Valorización" not in leido.hojas, nombre


def test_dos_hojas_con_los_nombres_cambiados_se_leen_por_sus_titulos() -> None:
    """Traen las bandas y la llave de la otra, y nada de la suya: el nombre es lo que está mal."""
    libro = crudo()
    una, otra = hoja_de(libro, "Valorización"), hoja_de(libro, "Seguimiento")
    una.nombre, otra.nombre = otra.nombre, una.nombre
    assert cifras(leidos(libro)[0]) == SANAS


def test_sin_titulos_se_dice_de_la_hoja_y_no_que_falta() -> None:
    libro = crudo()
    hoja = hoja_de(libro, "Valorización")
    lugar = VALORIZACION.disposicion
    hoja.celdas = {d: c for d, c in hoja.celdas.items() if d[0] not in range(lugar.fila_encabezado, lugar.fila_datos)}
    (leido,) = leidos(libro)
    (hallazgo,) = [h for h in revisar(leido, Contexto(T2)).hallazgos if h.regla == "FMT003"]
    assert (hallazgo.donde.hoja, hallazgo.donde.celda) == (
        "Valorización", lugar.celda(lugar.fila_encabezado, "codigo"))
    assert "no tiene sus títulos" in hallazgo.mensaje
    assert "«Vinculación presupuestal»" in hallazgo.mensaje
    assert "Falta la hoja" not in hallazgo.mensaje


def test_una_hoja_opcional_con_datos_y_sin_titulos_no_se_calla() -> None:
    libro = crudo()
    hoja = hoja_de(libro, "Necesidades")
    lugar = POI.por_clave["Necesidades"].disposicion
    hoja.celdas = {d: c for d, c in hoja.celdas.items() if d[0] not in range(lugar.fila_encabezado, lugar.fila_datos)}
    (leido,) = leidos(libro)
    (hallazgo,) = [h for h in revisar(leido, Contexto(T2)).hallazgos if h.regla == "FMT003"]
    assert (hallazgo.severidad, hallazgo.donde.hoja) == ("AVISO", "Necesidades")
    hoja.celdas = {}
    assert "FMT003" not in {r for r, *_ in hallazgos(leidos(libro)[0])}, "vacía es como si no estuviera"


@pytest.mark.parametrize("escrito", ["xx", None, 7.0])
def test_el_mes_que_falta_se_nombra_en_su_celda(escrito: object) -> None:
    libro = crudo()
    (celda,) = titular(libro, "Valorización", "costo", lambda _: escrito, (3,))
    (leido,) = leidos(libro)
    (hallazgo,) = [h for h in revisar(leido, Contexto(T2)).hallazgos if h.regla == "FMT003"]
    assert hallazgo.donde.celda == celda
    dice = "está vacío" if escrito is None else f"dice «{escrito:g}»" if isinstance(escrito, float) else "dice «xx»"
    assert hallazgo.mensaje == f"Falta el mes de marzo (M) bajo la banda «Costo mensual S/.»; su título {dice}."


@pytest.mark.parametrize("estropeado", [6, 7])
def test_la_inicial_repetida_se_sabe_por_su_columna(estropeado: int) -> None:
    """Con una de las dos J estropeada la otra sigue siendo la suya."""
    libro = crudo()
    titular(libro, "Valorización", "costo", lambda _: "xx", (estropeado,))
    for (hoja, llave, columna), valor in cifras(leidos(libro)[0]).items():
        assert valor == (None if columna == f"costo_m{estropeado}" else SANAS[hoja, llave, columna])


def test_la_inicial_que_puede_ser_dos_meses_no_es_ninguno() -> None:
    """Se borró una columna «J»: la que queda puede ser junio o julio, y de ninguno se inventa una cifra."""
    puede = {letra: tuple(n for n, m in enumerate("EFMAMJJASOND", 1) if m == letra) for letra in "EFMAJSOND"}
    quedan = [(c, puede[letra]) for c, letra in enumerate("EFMAMJASOND", 4)]
    repartidos = repartir_meses(quedan)
    assert [repartidos.get(c) for c, _ in quedan] == [1, 2, 3, 4, 5, None, 8, 9, 10, 11, 12]


def test_una_columna_de_mas_no_corre_los_meses() -> None:
    puede = {letra: tuple(n for n, m in enumerate("EFMAMJJASOND", 1) if m == letra) for letra in "EFMAJSOND"}
    con_hueco = [(c + (c > 8), puede[letra]) for c, letra in enumerate("EFMAMJJASOND", 4)]
    assert list(repartir_meses(con_hueco).values()) == list(range(1, 13))


@pytest.mark.parametrize(("nombre", "hoja"), [
    ("Seguimiento", "Seguimiento"), ("SEGUIMIENTO ", "Seguimiento"), ("Valorizacion", "Valorización"),
    ("Seguimiento (2)", "Seguimiento"), ("Seguimiento Copy", "Seguimiento"), ("Copia de Seguimiento", "Seguimiento"),
    ("Hoja1", None), ("Seguimiento viejo", None),
])
def test_de_que_hoja_es_un_nombre(nombre: str, hoja: str | None) -> None:
    hallada = hoja_llamada(POI, nombre)
    assert (hallada.clave if hallada else None) == hoja
