"""La carpeta de resultados se cambia entera o no se cambia, y un cambio interrumpido se repara."""

from __future__ import annotations

from pathlib import Path

import pytest

from pei_excel.salidas import ULTIMO, Carpeta, SalidaOcupada, escribir_entero, motivo


def llenar(carpeta: Path, texto: str) -> None:
    (carpeta / "datos.csv").write_text(texto)
    (carpeta / ULTIMO).write_text(texto)


def hacer(base: Path, texto: str) -> None:
    with Carpeta(base, "2024-T2") as carpeta:
        llenar(carpeta.preparar(), texto)
        carpeta.cambiar()


def contenido(carpeta: Path) -> str:
    return (carpeta / ULTIMO).read_text()


def test_la_nueva_toma_el_lugar_y_la_vieja_queda_como_anterior(tmp_path: Path) -> None:
    for texto in ("uno", "dos", "tres"):
        hacer(tmp_path, texto)
    assert contenido(tmp_path / "2024-T2") == "tres"
    assert contenido(tmp_path / "2024-T2.anterior") == "dos"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["2024-T2", "2024-T2.anterior"]


def test_se_repara_un_cambio_interrumpido_con_la_nueva_completa(tmp_path: Path) -> None:
    hacer(tmp_path, "viejo")
    carpeta = Carpeta(tmp_path, "2024-T2")
    carpeta.final.rename(carpeta.anterior)  # aquí se fue la luz
    carpeta.nueva.mkdir()
    llenar(carpeta.nueva, "nuevo")
    with carpeta:
        carpeta.preparar()
    assert contenido(carpeta.final) == "nuevo"


def test_se_repara_un_cambio_interrumpido_con_la_nueva_a_medias(tmp_path: Path) -> None:
    hacer(tmp_path, "viejo")
    carpeta = Carpeta(tmp_path, "2024-T2")
    carpeta.final.rename(carpeta.anterior)
    carpeta.nueva.mkdir()
    (carpeta.nueva / "datos.csv").write_text("a medias")
    with carpeta:
        carpeta.preparar()
    assert contenido(carpeta.final) == "viejo"


def test_una_carpeta_en_que_no_se_puede_escribir_se_dice_antes_de_trabajar(tmp_path: Path) -> None:
    estorbo = tmp_path / "salidas"
    estorbo.write_text("soy un archivo")
    with pytest.raises(SalidaOcupada, match="No se puede escribir"):
        Carpeta(estorbo, "2024-T2").preparar()


def test_un_archivo_abierto_se_nombra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hacer(tmp_path, "viejo")
    carpeta = Carpeta(tmp_path, "2024-T2")
    abrir = Path.open

    def ocupado(ruta: Path, *args: object, **kwargs: object) -> object:
        if ruta.name == "datos.csv":
            raise PermissionError(13, "en uso")
        return abrir(ruta, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", ocupado)
    with pytest.raises(SalidaOcupada, match=r"datos\.csv.*Ciérrelo si lo tiene abierto en Excel"):
        carpeta.preparar()
    monkeypatch.undo()
    assert contenido(carpeta.final) == "viejo"


def test_un_archivo_se_escribe_completo_o_no_se_toca(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ruta = tmp_path / "a.txt"
    ruta.write_bytes(b"viejo")

    escribir = Path.write_bytes

    def falla(lugar: Path, contenido: bytes) -> None:
        escribir(lugar, contenido[:2])  # así queda lo que no cupo
        raise OSError(28, "sin espacio")

    monkeypatch.setattr(Path, "write_bytes", falla)
    with pytest.raises(SalidaOcupada, match=r"a\.txt» \(no queda espacio en el disco\)\. Libere espacio"):
        escribir_entero(ruta, b"nuevo")
    monkeypatch.undo()
    assert ruta.read_bytes() == b"viejo"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_el_motivo_se_dice_en_espanol(tmp_path: Path) -> None:
    (tmp_path / "archivo").write_text("x", encoding="utf-8")
    with pytest.raises(SalidaOcupada, match=r"archivo, no una carpeta|ya hay un archivo"):
        Carpeta(tmp_path / "archivo" / "salidas", "2024-T2").preparar()
    assert motivo(OSError(28, "No space left on device")) == "no queda espacio en el disco"
    assert motivo(OSError(99999, "Unknown error")) == "fallo 99999 del sistema"
