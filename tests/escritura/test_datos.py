"""Los datos abiertos: renglones, procedencia y un CSV que ninguna hoja de cálculo abre como fórmula."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from pathlib import Path

from informes_de_prueba import en_memoria, informe, revueltos, tablas_de

from pei_excel.escritura.datos import COLUMNAS, escribir_csv, filas_de_datos
from pei_excel.libro import Dato


def _leer(contenido: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(contenido.decode("utf-8-sig"), newline="")))


def test_un_renglon_por_indicador_periodo_y_medida() -> None:
    tablas, _ = tablas_de([informe()])
    filas = [dict(zip(COLUMNAS, f, strict=True)) for f in filas_de_datos(tablas)]
    assert len(filas) == 13 * (2 + 1) * 3
    de_21 = [f for f in filas if f["clave"] == "Actividad 2.1"]
    assert [(f["periodo"], f["horizonte"], f["medida"], f["valor"]) for f in de_21] == [
        ("2024-T1", "trimestre", "programado", 20), ("2024-T1", "trimestre", "alcanzado", 20),
        ("2024-T1", "trimestre", "porcentaje", 100), ("2024-T2", "trimestre", "programado", 20),
        ("2024-T2", "trimestre", "alcanzado", 0), ("2024-T2", "trimestre", "porcentaje", 0),
        ("2024-T2", "al periodo", "programado", 40), ("2024-T2", "al periodo", "alcanzado", 20),
        ("2024-T2", "al periodo", "porcentaje", 50),
    ]
    assert [f["estado"] for f in de_21[::3]] == ["Verde", "Rojo", "Rojo"]
    assert {f["unidad_de_medida"] for f in de_21 if f["medida"] == "porcentaje"} == {"%"}
    assert {f["estado"] for f in filas if f["clave"] == "Fin"} == {"Se mide después"}


def test_cada_cifra_lleva_a_su_celda() -> None:
    tablas, _ = tablas_de([informe()])
    i = tablas.renglones[6].indicador
    celdas = [f[-1] for f in filas_de_datos(tablas)[6 * 9 : 7 * 9]]
    p, a = ([d.celda for d in i.datos(m, 2)] for m in ("programado", "alcanzado"))
    assert celdas == [
        p[0], a[0], f"{p[0]}, {a[0]}", p[1], a[1], f"{p[1]}, {a[1]}",
        f"{p[0]}:{p[1]}", f"{a[0]}:{a[1]}", f"{p[0]}:{p[1]}, {a[0]}:{a[1]}",
    ]


def test_columnas_separadas_se_nombran_una_por_una() -> None:
    from pei_excel.escritura.datos import rango_de_origen

    def datos(*celdas: str | None) -> list[Dato]:
        return [Dato(("MIR", 0, "x"), celda=c) for c in celdas]

    assert rango_de_origen(datos("Z9", "AA9", "AB9")) == "Z9:AB9"
    assert rango_de_origen(datos("L9", "N9")) == "L9, N9"
    assert rango_de_origen(datos("L9", "M10")) == "L9, M10"
    assert rango_de_origen(datos(None, "M9")) == "M9"
    assert rango_de_origen(datos(None)) == ""


def test_csv_con_bom_textos_inofensivos_y_numeros_intactos() -> None:
    tablas, _ = tablas_de(revueltos(4))
    contenido = en_memoria(escribir_csv, [tablas])
    assert contenido.startswith(b"\xef\xbb\xbf")
    filas = _leer(contenido)
    assert len(filas) == len(filas_de_datos(tablas))
    assert all(not str(v).startswith(("=", "+", "-", "@", "\t", "\r")) for f in filas for v in f.values())
    assert any(f["nombre"].startswith("'=1+1") for f in filas)
    for fila, original in zip(filas, filas_de_datos(tablas), strict=True):
        valor = original[COLUMNAS.index("valor")]
        assert fila["valor"] == "" if valor is None else abs(float(fila["valor"]) - float(valor)) < 1e-9


def test_un_numero_negativo_no_lleva_apostrofo() -> None:
    from pei_excel.escritura.datos import _segura

    assert _segura(-60.0) == "-60"
    assert _segura("-60") == "'-60"
    assert _segura(None) is None


def test_ruta_o_memoria_dan_lo_mismo(tmp_path: Path) -> None:
    tablas, _ = tablas_de([informe()])
    escribir_csv(tmp_path / "datos.csv", [tablas])
    memoria = BytesIO()
    escribir_csv(memoria, [tablas])
    assert (tmp_path / "datos.csv").read_bytes() == memoria.getvalue()
