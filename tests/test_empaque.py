"""Un libro o un .zip hechos en Windows tienen los mismos bytes que en otro sistema."""

from __future__ import annotations

import zipfile
from datetime import datetime
from io import BytesIO
from types import SimpleNamespace

import pytest

from pei_excel.correo.mensajes import Mensaje, por_mandar
from pei_excel.correo.resultados import Adjunto
from pei_excel.empaque import SISTEMA, entrada
from pei_excel.escritura.hoja import LibroNuevo, abrir_libro
from pei_excel.escritura.rapido import LibroRapido


def _libro(clase: type[LibroNuevo]) -> bytes:
    memoria = BytesIO()
    libro = abrir_libro(memoria, titulo="T", asunto="A", creado=datetime(2024, 7, 8), clase=clase)  # noqa: DTZ001
    libro.hoja("MIR").write_string(0, 0, "Planeación")
    libro.close()
    return memoria.getvalue()


def _de_correo() -> bytes:
    adjuntos = [Adjunto("evaluación.xlsx", "", b"1" * 500)]
    mensaje = Mensaje("acuse", "U21", "U21", "A", "T\n", "<p>T</p>", ("a@b.example",), (), adjuntos, comprimido=True)
    return por_mandar(mensaje)[0].contenido


def _con_entrada() -> bytes:
    memoria = BytesIO()
    with zipfile.ZipFile(memoria, "w") as archivo:
        archivo.writestr(entrada("ñ/índice.txt", 0o644), b"x" * 500)
    return memoria.getvalue()


@pytest.mark.parametrize("hacer", [lambda: _libro(LibroNuevo), lambda: _libro(LibroRapido), _de_correo, _con_entrada],
                         ids=["libro", "libro rápido", "correo", "entrada"])
@pytest.mark.parametrize("sistema", ["win32", "linux"])
def test_no_dice_en_que_sistema_se_hizo(hacer, sistema: str, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    aqui = hacer()
    monkeypatch.setattr(zipfile, "sys", SimpleNamespace(platform=sistema))
    assert hacer() == aqui
    with zipfile.ZipFile(BytesIO(aqui)) as archivo:
        assert {parte.create_system for parte in archivo.infolist()} == {SISTEMA}
        assert archivo.testzip() is None
