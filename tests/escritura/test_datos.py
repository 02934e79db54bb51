"""Los datos abiertos: renglones, procedencia y un CSV que ninguna hoja de cálculo abre como fórmula."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from pathlib import Path

from informes_de_prueba import en_memoria, informe, revueltos, tablas_de
from pois_de_prueba import poi, tablas_de_poi
from pois_de_prueba import revueltos as pois_revueltos

from pei_excel.escritura.datos import COLUMNAS, en_csv, escribir_csv, filas_de_datos
from pei_excel.libro import Dato
from pei_excel.periodos import Periodo


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
    _, fila = en_csv(("cifra", "texto", "nada"), [(-60.0, "-60", None)]).decode("utf-8-sig").split()
    assert fila == "-60,'-60,"


def test_ruta_o_memoria_dan_lo_mismo(tmp_path: Path) -> None:
    tablas, _ = tablas_de([informe()])
    escribir_csv(tmp_path / "datos.csv", [tablas])
    memoria = BytesIO()
    escribir_csv(memoria, [tablas])
    assert (tmp_path / "datos.csv").read_bytes() == memoria.getvalue()


def test_el_poi_por_mes_y_al_periodo() -> None:
    tablas, _ = tablas_de_poi([poi()])
    filas = [dict(zip(COLUMNAS, f, strict=True)) for f in filas_de_datos(tablas)]
    assert len(filas) == 6 * (6 * 4 + 7)
    suyas = [f for f in filas if f["clave"] == "AO.02"]
    de_junio = [f for f in suyas if f["periodo"] == "2024-06"]
    assert [(f["medida"], f["valor"], f["unidad_de_medida"], f["estado"]) for f in de_junio] == [
        ("programado", 1, "Documento aprobado", "Deficiente"), ("ejecutado", 0, "Documento aprobado", "Deficiente"),
        ("costo", 2000, "S/.", "Deficiente"), ("devengado", 600, "S/.", "Deficiente"),
    ]
    al_periodo = {f["medida"]: f for f in suyas if f["horizonte"] == "al periodo"}
    assert {m: round(f["valor"], 2) for m, f in al_periodo.items()} == {
        "programado": 3, "ejecutado": 2, "porcentaje físico": 66.67, "costo": 6000, "devengado": 4500,
        "porcentaje financiero": 75, "brecha": 8.33,
    }
    assert {(f["formato"], f["gerencia"], f["programa"], f["oei"], f["aei"], f["informe"]) for f in suyas} == {
        ("POI", "Gerencia de ejemplo", "", "OEI.05", "AEI.05.02", "aceptado")
    }
    assert {f["horizonte"] for f in filas} == {"mes", "al periodo"}


def test_cada_cifra_del_poi_lleva_a_su_hoja_y_su_celda() -> None:
    tablas, _ = tablas_de_poi([poi()])
    a = tablas.renglones[1].actividad
    filas = [dict(zip(COLUMNAS, f, strict=True)) for f in filas_de_datos(tablas)]
    suyas = {(f["periodo"], f["medida"]): (f["hoja"], f["celda"]) for f in filas if f["clave"] == a.codigo}
    hojas = {"programado": "Programación", "ejecutado": "Seguimiento", "costo": "Valorización",
             "devengado": "Seguimiento"}
    for medida, hoja in hojas.items():
        assert suyas["2024-02", medida] == (hoja, a.dato(medida, 2).celda)
    p, e = (a.dato(m, 1).celda for m in ("programado", "ejecutado"))
    q, f = (a.dato(m, 6).celda for m in ("programado", "ejecutado"))
    assert suyas["2024-T2", "porcentaje físico"] == ("Programación; Seguimiento", f"{p}:{q}; {e}:{f}")
    assert suyas["2024-T2", "brecha"][0] == "Programación; Seguimiento; Valorización; Seguimiento"


def test_los_dos_formatos_en_un_archivo() -> None:
    mir, _ = tablas_de([informe()])
    por_mes = Periodo.de_codigo("2024-05")
    del_poi, _ = tablas_de_poi(pois_revueltos(2, por_mes), por_mes)
    filas = _leer(en_memoria(escribir_csv, [mir, del_poi]))
    assert [f["formato"] for f in filas] == ["MIR"] * 13 * 9 + ["POI"] * 16 * (5 * 4 + 7)
    assert all(not str(v).startswith(("=", "+", "-", "@")) for f in filas for c, v in f.items() if c != "valor")
    assert {f["periodo"] for f in filas if f["formato"] == "POI"} == {f"2024-{n:02d}" for n in range(1, 6)}
    brechas = [f["valor"] for f in filas if f["medida"] == "brecha"]
    assert any(v.startswith("-") for v in brechas)
