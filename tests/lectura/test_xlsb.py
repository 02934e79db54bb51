"""El libro binario de Excel: las mismas celdas que el .xlsx del que salió, con sus errores y sus fórmulas."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import python_calamine
from armado import alterar, dia, intentar
from armado_xlsb import armar_xlsb, registro
from test_lo_que_llega import LIBRO

from pei_excel.crudo import ArchivoIlegible, CeldaCruda, ErrorExcel, HojaCruda, LibroCrudo
from pei_excel.lectura.celdas import abrir_bytes
from pei_excel.lectura.lector import Opciones, interpretar
from pei_excel.lectura.limites import Limites

HOJA = HojaCruda(
    "MIR",
    {
        (1, 1): CeldaCruda("Nivel"), (1, 2): CeldaCruda(25.0), (1, 3): CeldaCruda(True), (1, 4): CeldaCruda(-12.75),
        (1, 5): CeldaCruda(0.2, porcentaje=True), (1, 6): CeldaCruda(50.0, formula=True),
        (1, 7): CeldaCruda(ErrorExcel("#DIV/0!"), formula=True), (1, 8): CeldaCruda(None, formula=True),
        (2, 1): CeldaCruda("dos\nlíneas «ñ» 𝄞"), (2, 2): CeldaCruda(ErrorExcel("#N/A")), (2, 3): CeldaCruda(-7.0),
        (2, 4): CeldaCruda(dia(2024, 3, 31)), (2, 5): CeldaCruda("texto", formula=True),
        (2, 6): CeldaCruda(False, formula=True), (1_048_576, 16_384): CeldaCruda(1.0),
    },
    combinadas=[(3, 1, 4, 3)], filas_ocultas={6}, columnas_ocultas={4, 5},
)
CRUDO = LibroCrudo("a", "xlsb", [HOJA, HojaCruda("Listas", {(1, 1): CeldaCruda("uno")}, oculta=True)], {"m": '"a;1"'})


def motivo(contenido: bytes, limites: Limites | None = None) -> str:
    with pytest.raises(ArchivoIlegible) as fallo:
        abrir_bytes(contenido, "a.xlsb", limites or Limites())
    return fallo.value.motivo


def test_cada_celda() -> None:
    """Valor, error, fórmula, porcentaje, fecha, combinadas, ocultas y nombres."""
    leido = abrir_bytes(armar_xlsb(CRUDO), "a.xlsb")
    assert leido.tipo == "xlsb"
    assert leido.hojas == CRUDO.hojas
    assert leido.nombres == CRUDO.nombres
    assert all(type(c.valor) is type(leido.hojas[0].celdas[k].valor) for k, c in HOJA.celdas.items())


def test_numeros_abreviados_y_celdas_cortas() -> None:
    """Un decimal entre cien, las cifras altas de un decimal, y celdas que siguen a la anterior sin decir su columna."""
    altas = struct.unpack("<II", struct.pack("<d", 1.5))[1]
    hoja = b"".join([
        registro(129), registro(145), registro(0, struct.pack("<IIHBBBI", 0, 0, 300, 0, 0, 0, 0)),
        registro(2, struct.pack("<IIi", 0, 0, 1234 << 2 | 3)), registro(13, struct.pack("<II", 0, altas)),
        registro(16, struct.pack("<Id", 0, 2.5)), registro(12, struct.pack("<I", 0)),
        registro(13, struct.pack("<Ii", 0, -5 << 2 | 2)), registro(146), registro(130),
    ])
    celdas = abrir_bytes(armar_xlsb(CRUDO, **{"xl/worksheets/sheet0.bin": hoja}), "a.xlsb").hojas[0].celdas
    assert {lugar: celda.valor for lugar, celda in celdas.items()} == {
        (1, 1): 12.34, (1, 2): 1.5, (1, 3): 2.5, (1, 5): -5.0,
    }


def test_calamine_lee_lo_mismo_salvo_los_errores(tmp_path: Path) -> None:
    """Otro lector, independiente, ve las mismas celdas; los errores los da vacíos, y por eso no se usa."""
    cerca = LibroCrudo("a", "xlsb", [HojaCruda("MIR", {k: v for k, v in HOJA.celdas.items() if k[0] < 9})])
    (tmp_path / "a.xlsb").write_bytes(armar_xlsb(cerca))
    filas = python_calamine.load_workbook(str(tmp_path / "a.xlsb")).get_sheet_by_name("MIR").to_python()
    suyas = {(f, c): valor for f, fila in enumerate(filas, 1) for c, valor in enumerate(fila, 1) if valor != ""}
    nuestras = {
        lugar: celda.valor.date() if lugar == (2, 4) else celda.valor  # type: ignore[union-attr]
        for lugar, celda in HOJA.celdas.items()
        if celda.valor is not None and not isinstance(celda.valor, ErrorExcel) and lugar[0] < 9
    }
    assert suyas == nuestras


@pytest.mark.libreoffice
def test_libreoffice_lo_abre_y_ve_lo_mismo(tmp_path: Path, soffice: Callable[[Path, str], Path]) -> None:
    """El escritor de las pruebas escribe libros de verdad: LibreOffice los abre y los guarda como .xlsx."""
    # Sin fórmulas, que recalcularía, ni fechas, que piden estilos más completos que los del escritor de las pruebas.
    celdas = {k: c for k, c in HOJA.celdas.items() if k[0] < 9 and k != (2, 4) and not c.formula}
    (tmp_path / "a.xlsb").write_bytes(armar_xlsb(LibroCrudo("a", "xlsb", [HojaCruda("MIR", celdas)])))
    guardado = abrir_bytes(soffice(tmp_path / "a.xlsb", "xlsx").read_bytes(), "a.xlsx").hojas[0].celdas
    assert {k: c.valor for k, c in guardado.items()} == {k: c.valor for k, c in celdas.items()}


def test_una_plantilla_guardada_como_xlsb_es_el_mismo_informe() -> None:
    """Con su marca, sus campos y cada dato."""
    original = abrir_bytes(LIBRO, "libro.xlsx")
    binario = abrir_bytes(armar_xlsb(original), "libro.xlsx")
    ((uno,), (otro,)) = (interpretar(crudo, "", Opciones()) for crudo in (original, binario))
    assert otro.nuestro
    assert (otro.formato, otro.version, otro.campos) == (uno.formato, uno.version, uno.campos)
    assert [f.datos for f in otro.filas("MIR")] == [f.datos for f in uno.filas("MIR")]


def test_lo_danado_y_lo_sospechoso() -> None:
    """Cortado, con un texto que no existe, con celdas fuera de la hoja, o con más de lo que se acepta."""
    bueno = armar_xlsb(CRUDO)
    assert abrir_bytes(bueno, "a").hojas

    def con(contenido: bytes) -> bytes:
        return armar_xlsb(CRUDO, **{"xl/worksheets/sheet0.bin": contenido})

    fila = registro(0, struct.pack("<IIHBBBI", 0, 0, 300, 0, 0, 0, 0))
    assert motivo(con(fila + registro(7, struct.pack("<III", 0, 0, 999)))) == "dañado"
    assert motivo(con(fila + registro(5, b"\0"))) == "dañado"
    assert motivo(con(fila + b"\x05")) == "dañado"
    assert motivo(con(fila + b"\x05\xff\xff\xff\x7f")) == "dañado"
    assert motivo(con(fila + registro(6, struct.pack("<III", 0, 0, 2_000_000_000)))) == "dañado"
    assert motivo(con(fila + registro(5, struct.pack("<IId", 0, 0, float("nan"))))) == "dañado"
    assert motivo(con(registro(0, struct.pack("<IIHBBBI", 2_147_483_646, 0, 300, 0, 0, 0, 0)))) == "sospechoso"
    assert motivo(con(fila + registro(5, struct.pack("<IId", 16_384, 0, 1)))) == "sospechoso"
    assert motivo(con(registro(176, struct.pack("<4I", 0, 9_999_999, 0, 0)))) == "sospechoso"
    assert motivo(bueno, Limites(celdas=5)) == "demasiado grande"
    assert motivo(bueno, Limites(hojas=1)) == "demasiado grande"
    assert motivo(con(registro(176, struct.pack("<4I", 0, 1, 0, 1)) * 9), Limites(combinadas=8)) == "sospechoso"


def test_alterar_un_byte_nunca_lanza_otra_cosa() -> None:
    """Del archivo entero, y dentro de cada parte con el zip correcto."""
    alterar(armar_xlsb(CRUDO), 200)
    azar = random.Random(5)  # noqa: S311 - siempre las mismas
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(armar_xlsb(CRUDO))) as archivo:
        partes = {nombre: archivo.read(nombre) for nombre in archivo.namelist() if nombre.endswith(".bin")}
    for _ in range(600):
        nombre = azar.choice(sorted(partes))
        alterada = bytearray(partes[nombre])
        for _ in range(azar.randint(1, 4)):
            alterada[azar.randrange(len(alterada))] = azar.randrange(256)
        intentar(armar_xlsb(CRUDO, **{nombre: bytes(alterada)}))
