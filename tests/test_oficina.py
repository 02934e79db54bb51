"""Dónde está cada cosa de una oficina: de qué carpeta de trabajo es una ruta y qué cuenta como recibido."""

from __future__ import annotations

from pathlib import Path

import pytest

from pei_excel.oficina import RECIBIDOS, RESULTADOS, Oficina, carpeta_de
from pei_excel.periodos import Periodo

SEGUNDO = Periodo.de_codigo("2024-T2")


def una_oficina(carpeta: Path) -> Oficina:
    """Lo mínimo para que una carpeta sea de trabajo."""
    (carpeta / RECIBIDOS / SEGUNDO.codigo).mkdir(parents=True)
    (carpeta / RESULTADOS).mkdir()
    return Oficina(carpeta)


def test_de_que_carpeta_es_una_ruta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """La más cercana, aunque la ruta no exista, sea relativa o pase por «..»; fuera de todas, ninguna."""
    grande = una_oficina(tmp_path / "Municipio")
    chica = una_oficina(grande.carpeta / "práctica")
    assert carpeta_de(grande.carpeta) == grande
    assert carpeta_de(grande.recibidos(SEGUNDO) / "no existe.xlsx") == grande
    assert carpeta_de(chica.recibidos(SEGUNDO)) == chica
    assert carpeta_de(chica.carpeta / ".." / "otra") == grande
    assert carpeta_de(tmp_path) is None
    monkeypatch.chdir(chica.resultados)
    assert carpeta_de(Path("504.xlsx")) == chica


@pytest.mark.parametrize(
    ("nombre", "cuenta"),
    [
        ("504.xlsx", True), ("de la unidad/504.ODS", True), ("entrega.zip", True),
        ("~$504.xlsx", False), (".~lock.504.ods#", False), (".504.xlsx", False), ("recepcion.csv", False),
        ("oficio.pdf", False), ("2024-T2/ultimo.json", False),
    ],
)
def test_que_es_haber_recibido(tmp_path: Path, nombre: str, cuenta: bool) -> None:
    """Un libro que alguien tiene abierto deja su cerrojo, que no es una entrega."""
    oficina = una_oficina(tmp_path)
    assert not oficina.hay_recibidos(SEGUNDO)
    ruta = oficina.recibidos(SEGUNDO) / nombre
    ruta.parent.mkdir(parents=True, exist_ok=True)
    ruta.write_bytes(b"x")
    assert oficina.hay_recibidos(SEGUNDO) is cuenta
