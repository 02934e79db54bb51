"""recepcion.csv se entiende como lo guarde cada quien, y lo que no se entiende se dice con su celda."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pei_excel.lectura.recepcion import de_texto, es_lista, hallar, leer_fecha, leer_lista

ARCHIVOS = ("a.xlsx", "norte/b.xlsx", "sur/b.xlsx", "entrega.zip/c.xlsx", "entrega.zip/d.xlsx")
RENGLONES = (("archivo", "fecha", "medio"), ("a.xlsx", "08/07/2024", "oficialía"), ("norte/b.xlsx", "2024-07-09", ""))


@pytest.mark.parametrize("separador", [",", ";", "\t"])
@pytest.mark.parametrize("codificacion", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("salto", ["\n", "\r\n", "\r"])
def test_como_lo_guarde_excel(tmp_path: Path, separador: str, codificacion: str, salto: str) -> None:
    texto = salto.join(separador.join(r) for r in RENGLONES)
    (tmp_path / "recepcion.csv").write_bytes(texto.encode(codificacion))
    lista = leer_lista(tmp_path / "recepcion.csv", ARCHIVOS)
    assert {a: (r.fecha, r.medio) for a, r in lista.recepciones.items()} == {
        "a.xlsx": (date(2024, 7, 8), "oficialía"), "norte/b.xlsx": (date(2024, 7, 9), ""),
    }
    assert lista.problemas == ()


@pytest.mark.parametrize(
    ("texto", "dia"),
    [
        ("2024-07-08", 8), ("2024-07-08 10:30", 8), ("2024-07-08T10:30:00", 8), ("08/07/2024", 8), ("8/7/24", 8),
        ("08-07-2024 09:15 a. m.", 8), ("8.7.2024", 8), ("8 de julio de 2024", 8), ("8-jul-24", 8), ("08 jul. 2024", 8),
        ("45481", 8), (" 08/07/2024\xa0", 8), ("07/13/2024", None), ("31/06/2024", None), ("08/07", None), ("", None),
        ("ayer", None), ("08/07/20245", None), ("1999-07-08", None),
    ],
)
def test_las_fechas(texto: str, dia: int | None) -> None:
    assert leer_fecha(texto) == (date(2024, 7, dia) if dia else None)


@pytest.mark.parametrize(
    ("renglones", "celda", "dice"),
    [
        ("a.xlsx;;", "B2", "no dice la fecha"), (";08/07/2024;", "A2", "no dice de qué archivo"),
        ("b.xlsx;08/07/2024;", "A2", "hay 2 archivos con ese nombre"),
        ("aa.xlsx;08/07/2024;", "A2", "¿quiso decir «a.xlsx»?"),
        ("zzz.xlsx;08/07/2024;", "A2", "no está en la carpeta"),
        ("a.xlsx;08/07/2024;\n\na.xlsx;09/07/2024", "A4", "ya está en el renglón 2"),
    ],
)
def test_lo_que_no_se_entiende(renglones: str, celda: str, dice: str) -> None:
    (problema,) = de_texto(f"Archivo;Fecha;Medio\n{renglones}\n", ARCHIVOS).problemas
    assert (problema.celda, dice in problema.mensaje) == (celda, True)


def test_de_un_archivo_anotado_dos_veces_vale_la_fecha_mas_reciente_y_de_un_zip_lo_propio_de_cada_libro() -> None:
    lista = de_texto(
        "archivo,fecha\na.xlsx,09/07/2024\na.xlsx,08/07/2024\nentrega.zip,01/07/2024\nentrega.zip/d.xlsx,02/07/2024\n"
        "nota.pdf,01/07/2024\n", ARCHIVOS, ("nota.pdf",),
    )
    assert {a: r.fecha.day for a, r in lista.recepciones.items()} == {
        "a.xlsx": 9, "entrega.zip/c.xlsx": 1, "entrega.zip/d.xlsx": 2,
    }
    assert [p.celda for p in lista.problemas] == ["A3"]


def test_los_titulos_pueden_ser_otros_o_ir_debajo_de_un_encabezado() -> None:
    texto = "sep=;\nRecepción de informes;;\n;;\nFECHA DE RECEPCIÓN;N.º de oficio;Nombre del archivo;¿Firmado?\n"
    lista = de_texto(f"{texto}08/07/2024;OF/1;A;X\n08/07/2024;;norte\\b;n\n", ARCHIVOS)
    assert [(r.oficio, r.firmado) for r in lista.recepciones.values()] == [("OF/1", True), ("", False)]
    (problema,) = de_texto("libro;cuándo\na.xlsx;08/07/2024", ARCHIVOS).problemas
    assert (problema.celda, "«archivo» y «fecha»" in problema.mensaje) == ("A1", True)


def test_los_nombres() -> None:
    assert es_lista("Recepción.CSV")
    assert not es_lista("recepcion.xlsx")
    assert hallar("NORTE\\B", ARCHIVOS) == ("norte/b.xlsx", "")
    assert hallar("b", ARCHIVOS)[0] is None
    assert hallar("./norte/b.xlsx", ARCHIVOS) == ("norte/b.xlsx", "")


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda t: f"archivo;fecha\n{t}".encode("utf-8", "replace")))
def test_nada_la_detiene(contenido: bytes) -> None:
    """Cualquier contenido da una lista: lo que no se entiende son problemas con una celda, nunca una falla."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as carpeta:
        ruta = Path(carpeta, "recepcion.csv")
        ruta.write_bytes(contenido)
        lista = leer_lista(ruta, ARCHIVOS)
    assert set(lista.recepciones) <= set(ARCHIVOS)
    assert all(p.mensaje and p.celda for p in lista.problemas)
