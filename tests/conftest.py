"""Lo que comparten las pruebas: LibreOffice, si está, y el modelo de la MIR."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

pytest.register_assert_rewrite("oficina_simulada", "correspondencia", "publicaciones", "recibidos_del_buzon")

# La suite es siempre la misma; para buscar casos nuevos: HYPOTHESIS_PROFILE=azar python -m pytest
settings.register_profile("fijo", derandomize=True, deadline=None)
settings.register_profile("azar", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fijo"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """De una prueba con muchos casos, los ordinarios son uno de cada tantos (`muestra`) o, con LibreOffice, el primero.

    Los demás son largos: los corre la integración continua.
    """
    vistas: Counter[tuple[Path, str]] = Counter()
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        muestra = item.get_closest_marker("muestra")
        cada = muestra.args[0] if muestra else 0
        llave = item.path, item.originalname
        if vistas[llave] % cada if cada else vistas[llave] and item.get_closest_marker("libreoffice"):
            item.add_marker("larga")
        vistas[llave] += 1


@pytest.fixture(scope="session")
def soffice(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Path]:
    """Convierte un libro con LibreOffice a otro tipo y da la ruta del resultado."""
    programa = shutil.which("soffice") or shutil.which("libreoffice")
    if programa is None:
        if os.environ.get("CI"):
            pytest.fail("LibreOffice no está instalado y la integración continua no puede omitir estas pruebas")
        pytest.skip("LibreOffice no está instalado")
    perfil = tmp_path_factory.mktemp("perfil")

    def convertir(ruta: Path, tipo: str) -> Path:
        destino = ruta.parent / f"convertido-{tipo}"
        destino.mkdir(exist_ok=True)
        subprocess.run(
            [programa, f"-env:UserInstallation={perfil.as_uri()}", "--headless", "--convert-to", tipo,
             "--outdir", str(destino), str(ruta)],
            check=True, capture_output=True, timeout=180,
        )
        return destino / f"{ruta.stem}.{tipo}"

    return convertir
