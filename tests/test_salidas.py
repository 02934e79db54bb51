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


@pytest.mark.parametrize("cerrojo", [".~lock.datos.csv#", "~$datos.csv"])
@pytest.mark.parametrize("donde", ["2024-T2", "2024-T2.anterior"])
def test_un_archivo_abierto_se_sabe_por_su_cerrojo(tmp_path: Path, cerrojo: str, donde: str) -> None:
    """Fuera de Windows el sistema deja cambiar lo que otro programa tiene abierto."""
    for texto in ("uno", "dos"):
        hacer(tmp_path, texto)
    (tmp_path / donde / cerrojo).write_text(",quien,equipo,hoy;")
    antes = sorted(tmp_path.rglob("*"))
    with pytest.raises(SalidaOcupada, match=r"datos\.csv» está abierto en otro programa\. Ciérrelo y repita") as dicho:
        Carpeta(tmp_path, "2024-T2").preparar()
    assert f"borre «{cerrojo}»" in str(dicho.value)
    assert "\n" not in str(dicho.value)
    assert sorted(tmp_path.rglob("*")) == antes
    with pytest.raises(SalidaOcupada, match="está abierto en otro programa"):
        escribir_entero(tmp_path / donde / "datos.csv", b"otro")
    (tmp_path / donde / cerrojo).rename(tmp_path / donde / ".~lock.otro.csv#")  # el de un archivo que ya no está
    hacer(tmp_path, "tres")
    assert contenido(tmp_path / "2024-T2") == "tres"


def test_al_empezar_se_reparan_los_cambios_interrumpidos_de_los_demas_periodos(tmp_path: Path) -> None:
    hacer(tmp_path, "viejo")
    completa, sin_final, a_medias = (Carpeta(tmp_path, n) for n in ("2024-T2", "2024-S1", "2024-05"))
    completa.final.rename(completa.anterior)
    completa.nueva.mkdir()
    llenar(completa.nueva, "nuevo")
    sin_final.anterior.mkdir()
    llenar(sin_final.anterior, "de antes")
    a_medias.nueva.mkdir()
    (a_medias.nueva / "datos.csv").write_text("a medias")
    ajena = tmp_path / "informe.nuevo"
    ajena.mkdir()
    with Carpeta(tmp_path, "2024-T1") as carpeta:
        llenar(carpeta.preparar(), "otro")
        carpeta.cambiar()
    hallados = {p.name: contenido(p) for p in tmp_path.iterdir() if p != ajena}
    assert hallados == {"2024-T1": "otro", "2024-T2": "nuevo", "2024-T2.anterior": "viejo", "2024-S1": "de antes"}
    assert ajena.is_dir()


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
