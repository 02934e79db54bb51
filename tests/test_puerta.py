"""Lo que impide escribir se dice en una línea, con su archivo y qué hacer, y todo queda como estaba."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cli import RAIZ, escribir, huellas

from pei_excel import salidas, trabajadores
from pei_excel.archivos import buscar, espacio_de_salida
from pei_excel.lectura.limites import Limites
from pei_excel.libro import Libro
from pei_excel.periodos import Periodo
from pei_excel.plantillas import nombre_libre
from pei_excel.proceso import nombres_de_evaluacion
from pei_excel.revision import Revision, Suerte
from pei_excel.salidas import LARGO_DE_NOMBRE, Carpeta, NoSePudo, SalidaOcupada, escribir_entero, puerta
from pei_excel.trabajadores import Trabajadores

AQUI = Path(__file__).parent
LINUX = sys.platform.startswith("linux")
Correr = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def correr(tmp_path: Path) -> Correr:
    """Corre una orden en la carpeta de la prueba, con algo cambiado (`orden.py` dice cómo)."""

    def _correr(*argumentos: str | Path, **cambios: object) -> subprocess.CompletedProcess[str]:
        cambios_ = {clave.replace("__", "."): valor for clave, valor in cambios.items()}
        return subprocess.run(
            [sys.executable, str(AQUI / "orden.py"), json.dumps(cambios_), *map(str, argumentos)], cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(RAIZ), "PYTHONUTF8": "1"}, text=True, capture_output=True,
            timeout=120, encoding="utf-8", check=False,
        )

    return _correr


@pytest.fixture
def recibidos(tmp_path: Path) -> Path:
    escribir(tmp_path / "recibidos" / "504.xlsx")
    return tmp_path / "recibidos"


CONSOLIDAR = ("consolidar", "recibidos", "--periodo", "2024-T2")


def lo_que_hay(base: Path) -> list[str]:
    """Nombres de una carpeta de resultados, sin la bitácora."""
    return sorted(p.name for p in base.iterdir() if p.name != "bitacora.sqlite")


def una_linea(salida: subprocess.CompletedProcess[str]) -> str:
    """La única línea que se escribió además del avance; el estado es 2."""
    assert salida.returncode == 2, salida.stderr
    assert salida.stdout == ""
    (linea,) = [x for x in salida.stderr.strip().splitlines() if not x.endswith("…")]
    return linea


# --- Dos órdenes a la vez -----------------------------------------------------------------------------------------


@pytest.fixture
def ocupada(tmp_path: Path) -> Iterator[Path]:
    """Una carpeta en la que otra orden está escribiendo."""
    programa = (
        "import sys\nfrom pathlib import Path\nfrom pei_excel.salidas import puerta\n"
        "with puerta(Path('salidas')):\n    print('dentro', flush=True)\n    sys.stdin.read()"
    )
    otra = subprocess.Popen(
        [sys.executable, "-c", programa], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(RAIZ)}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )
    assert otra.stdout is not None
    assert otra.stdout.readline() == "dentro\n"
    yield tmp_path / "salidas"
    otra.communicate("")
    assert otra.returncode == 0


@pytest.mark.parametrize(
    "orden", [CONSOLIDAR, ("ejemplo", "-o", "salidas"), ("plantilla", "mir", "-o", "salidas")], ids=lambda o: o[0]
)
def test_dos_ordenes_a_la_vez(correr: Correr, recibidos: Path, ocupada: Path, orden: tuple[str, ...]) -> None:
    """La segunda espera un poco y lo dice; no lee ni escribe nada, y no estorba a la primera."""
    linea = una_linea(correr(*orden, salidas__ESPERA_DE_LA_CARPETA=0.3))
    assert linea.startswith("Otra consolidación u otra orden de pei-excel está escribiendo en «salidas»")
    assert "espere a que termine" in linea
    assert [p.name for p in ocupada.iterdir()] == [salidas.CANDADO]


@pytest.mark.larga
def test_la_segunda_espera_a_que_la_primera_termine(tmp_path: Path, recibidos: Path) -> None:
    """Dos consolidaciones lanzadas juntas: las dos terminan, una tras otra, y no queda más que lo suyo."""
    ambiente = {**os.environ, "PYTHONPATH": str(RAIZ), "PYTHONUTF8": "1"}
    cambios = json.dumps({"salidas.ESPERA_DE_LA_CARPETA": 60})
    juntas = [
        subprocess.Popen(
            [sys.executable, str(AQUI / "orden.py"), cambios, *CONSOLIDAR], cwd=tmp_path, env=ambiente, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    assert [(p.communicate()[1].count("Falla"), p.returncode) for p in juntas] == [(0, 0), (0, 0)]
    base = tmp_path / "salidas"
    assert lo_que_hay(base) == ["2024-T2", "2024-T2.anterior"]
    assert huellas(base / "2024-T2") == huellas(base / "2024-T2.anterior")


def test_dentro_de_la_misma_orden_se_vuelve_a_abrir(tmp_path: Path) -> None:
    """El ejemplo escribe lo recibido y consolida en la misma carpeta."""
    with puerta(tmp_path / "a"), puerta(tmp_path / "a"):
        escribir_entero(tmp_path / "a" / "b" / "x.txt", b"x")
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["b"]


def test_donde_el_disco_no_sabe_de_candados(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """En algunos discos de red: se usa uno de este equipo, y no queda nada en la carpeta."""
    import errno

    import filelock

    pedidos: list[Path] = []

    class _Candado(filelock.FileLock):  # type: ignore[valid-type,misc]
        def acquire(self, *args: object, **kwargs: object) -> object:
            pedidos.append(Path(self.lock_file))
            if pedidos[-1].parent == tmp_path:
                pedidos[-1].touch()
                raise OSError(errno.ENOLCK, "No locks available")
            return super().acquire(*args, **kwargs)

    monkeypatch.setattr(filelock, "FileLock", _Candado)
    with puerta(tmp_path):
        assert list(tmp_path.iterdir()) == []
        assert pedidos[1].exists()
    assert len(pedidos) == 2
    assert not pedidos[1].exists()


# --- El disco -----------------------------------------------------------------------------------------------------


def test_el_espacio_se_mira_antes_de_leer(tmp_path: Path, recibidos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Con lo recibido se calcula cuánto hará falta."""
    calculado = espacio_de_salida([recibidos])
    assert calculado == 6 * (recibidos / "504.xlsx").stat().st_size
    (recibidos / "foto.jpg").write_bytes(bytes(1000))
    (recibidos / "con imágenes.xlsx").write_bytes(bytes(1_000_000))
    assert espacio_de_salida([recibidos]) == calculado + 6 * 262_144
    libres = shutil.disk_usage(tmp_path)._replace(free=salidas.RESERVA + calculado - 1)
    monkeypatch.setattr(salidas.shutil, "disk_usage", lambda _: libres)
    with pytest.raises(SalidaOcupada, match=r"quedan 10 MB y hacen falta unos .* MB\. Libere espacio"):
        Carpeta(tmp_path / "salidas", "2024-T2", calculado).preparar()
    assert not (tmp_path / "salidas").exists()
    Carpeta(tmp_path / "salidas", "2024-T2", calculado - 1).preparar()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows no limita el tamaño de un archivo")
@pytest.mark.parametrize("tope", [20_000, pytest.param(2_000, marks=pytest.mark.larga)])
def test_se_acaba_a_la_mitad(correr: Correr, tmp_path: Path, recibidos: Path, tope: int) -> None:
    """Lo que no cabe se nombra, no queda nada a medias y el resultado anterior sigue igual."""
    assert correr(*CONSOLIDAR).returncode == 0
    antes = huellas(tmp_path / "salidas" / "2024-T2")
    linea = una_linea(correr(*CONSOLIDAR, "--estricto", tope=tope))
    assert linea.startswith("No se pudo escribir «salidas")
    assert "(el disco no admite un archivo de ese tamaño)" in linea
    assert huellas(tmp_path / "salidas" / "2024-T2") == antes
    assert lo_que_hay(tmp_path / "salidas") == ["2024-T2"]


@pytest.fixture
def disco_chico(tmp_path: Path) -> Iterator[Path]:
    """Un disco de verdad, de unas decenas de KB."""
    disco = tmp_path / "disco"
    disco.mkdir()
    hecho = LINUX and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "prueba", str(disco)], capture_output=True, check=False
    ).returncode == 0
    if not hecho:
        pytest.skip("montar un disco de prueba pide ser superusuario de Linux")
    yield disco
    subprocess.run(["umount", str(disco)], check=True)


_LARGAS = [pytest.param(o, marks=pytest.mark.larga) for o in (("ejemplo",), ("plantilla", "todas"))]


@pytest.mark.parametrize("orden", [CONSOLIDAR, *_LARGAS], ids=lambda o: o[0])
def test_un_disco_lleno_de_verdad(correr: Correr, recibidos: Path, disco_chico: Path, orden: tuple[str, ...]) -> None:
    """Calculado antes, o a la mitad si el cálculo no lo vio; ni así queda algo a medias."""
    assert "hacen falta unos 10 MB" in una_linea(correr(*orden, "-o", "disco"))
    lleno = correr(*orden, "-o", "disco", salidas__RESERVA=-(10**9))
    assert lleno.returncode == 2
    linea = lleno.stderr.strip().splitlines()[-1]
    assert "(no queda espacio en el disco). Libere espacio o elija otra carpeta con -o." in linea
    for ruta in disco_chico.rglob("*"):  # lo que sí cupo: plantillas y libros de muestra, enteros
        assert ruta.is_dir() or (ruta.suffix == ".xlsx" and zipfile.is_zipfile(ruta))
    assert "2024-T2.nuevo" not in lo_que_hay(disco_chico)


def test_un_disco_de_solo_lectura(correr: Correr, recibidos: Path, disco_chico: Path) -> None:
    """Antes de leer nada."""
    subprocess.run(["mount", "-o", "remount,ro", str(disco_chico)], check=True)
    for orden, donde in ((CONSOLIDAR, "disco"), (("ejemplo",), "disco/otra"), (("plantilla", "mir"), "disco")):
        salida = correr(*orden, "-o", donde)
        assert una_linea(salida) == (
            f"No se puede escribir en «{donde}» (el disco es de sólo lectura). Elija otra carpeta con -o."
        )
        assert "Leyendo" not in salida.stderr


def test_una_plantilla_abierta_en_excel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """En Windows no puede reemplazarse: se dice cuál, y ella sigue igual."""
    (tmp_path / "MIR.xlsx").write_bytes(b"viejo")

    def en_uso(*_: object) -> None:
        raise PermissionError(13, "en uso")

    monkeypatch.setattr(salidas, "ESPERAS", (0.0,))
    monkeypatch.setattr(Path, "replace", en_uso)
    with pytest.raises(SalidaOcupada, match=r"MIR\.xlsx» .*Ciérrelo si lo tiene abierto en Excel"):
        escribir_entero(tmp_path / "MIR.xlsx", b"nuevo")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"MIR.xlsx": b"viejo"}


def test_si_el_cambio_no_puede_terminarse_se_deshace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """La final no desaparece mientras alguien cierra un libro; lo nuevo queda aparte, entero."""
    for texto in ("cero", "uno"):
        with Carpeta(tmp_path, "2024-T2") as carpeta:
            escribir_entero(carpeta.preparar() / salidas.ULTIMO, texto.encode())
            carpeta.cambiar()
    renombrar = Path.rename

    def impedir(ruta: Path, destino: Path) -> Path:
        if ruta.name.endswith(".nuevo"):
            raise PermissionError(13, "en uso")
        return renombrar(ruta, destino)

    monkeypatch.setattr(salidas, "ESPERAS", (0.0,))
    monkeypatch.setattr(Path, "rename", impedir)
    with Carpeta(tmp_path, "2024-T2") as carpeta:
        escribir_entero(carpeta.preparar() / salidas.ULTIMO, b"dos")
        with pytest.raises(SalidaOcupada, match=r"Cierre los libros de esa carpeta y repita"):
            carpeta.cambiar()
    dicen = {p.name: (p / salidas.ULTIMO).read_text() for p in tmp_path.iterdir()}
    assert dicen == {"2024-T2": "uno", "2024-T2.anterior": "cero", "2024-T2.nuevo": "dos"}


def test_un_proceso_perdido_al_escribir_no_cambia_nada(correr: Correr, tmp_path: Path, recibidos: Path) -> None:
    """Una línea, y el resultado anterior sigue igual."""
    assert correr(*CONSOLIDAR).returncode == 0
    antes = huellas(tmp_path / "salidas" / "2024-T2")
    # En un módulo, porque un proceso que nace de cero lo carga por su nombre.
    (tmp_path / "letal.py").write_text("import os\ndef muere(*_): os._exit(9)\n", encoding="utf-8")
    programa = (
        "import sys, letal\nfrom pei_excel import proceso\n"
        "proceso.escribir_una_evaluacion = letal.muere\n"
        "from pei_excel.__main__ import principal\n"
        f"sys.argv = ['pei-excel', *{CONSOLIDAR!r}]\nprincipal()"
    )
    salida = subprocess.run(
        [sys.executable, "-c", programa], cwd=tmp_path, text=True, encoding="utf-8", capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(RAIZ), str(tmp_path)])},
    )
    assert una_linea(salida).startswith("No se pudo escribir la evaluación de «504.xlsx»")
    assert huellas(tmp_path / "salidas" / "2024-T2") == antes
    assert lo_que_hay(tmp_path / "salidas") == ["2024-T2"]


@pytest.mark.parametrize("_vez", range(4))
def test_si_el_equipo_no_deja_abrir_procesos_se_dice(monkeypatch: pytest.MonkeyPatch, _vez: int) -> None:
    """Como un antivirus que los cierra al nacer: una línea que dice qué hacer, y no se espera para siempre."""
    monkeypatch.setattr(trabajadores, "_preparar", os._exit)
    with (
        pytest.raises(NoSePudo, match=r"Este equipo cerró los procesos .* Cierre otros programas y repita"),
        Trabajadores(2, Limites(memoria=9)) as grupo,
    ):
        list(grupo.encargar(len, [("a",)] * 3))


# --- Nombres y rutas ----------------------------------------------------------------------------------------------


def test_el_nombre_de_un_aparato_se_dice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows no deja preguntar por «con» como por una carpeta."""

    def de_windows(_: object) -> str:
        raise OSError(errno.EBADF, "Invalid handle")

    monkeypatch.setattr(os.path, "realpath", de_windows)
    with pytest.raises(SalidaOcupada, match=r"«con» .el sistema no admite ese nombre"), puerta(Path("con")):
        pass


def test_una_ruta_que_el_sistema_no_abre_se_dice_antes_de_leer(correr: Correr, tmp_path: Path, recibidos: Path) -> None:
    """Se prueba con el nombre más largo que se va a escribir."""
    larga = correr(*CONSOLIDAR, "-o", "x" * 300)
    assert "la ruta es demasiado larga" in una_linea(larga) or sys.platform == "win32"
    assert "Leyendo" not in larga.stderr
    if not LINUX:
        return
    # Justo antes del tope de Linux (4,096): la carpeta se puede crear y las evaluaciones ya no.
    tope = os.pathconf("/", "PC_PATH_MAX")
    base = tmp_path
    while len(os.fsencode(base)) < tope - 300:
        base /= "carpeta " + "á" * 50
    base /= "y" * (tope - 70 - len(os.fsencode(base)))
    with pytest.raises(SalidaOcupada, match=r"ruta es demasiado larga\)\. Elija una carpeta de ruta más corta"):
        Carpeta(base, "2024-T2").preparar()
    assert [p.name for p in tmp_path.iterdir()] == ["recibidos"]


@pytest.mark.larga
def test_acentos_espacios_y_nombres_de_macos(correr: Correr, tmp_path: Path) -> None:
    """macOS da «ó» en dos caracteres: el mismo orden, los mismos mensajes y los mismos bytes."""
    nombres = ("Planeación y Evaluación.xlsx", "ÁREA DE ÑANDÚES/informe  dos.xlsx", "planeacion z.xlsx")
    for forma in ("NFC", "NFD"):
        for n, nombre in enumerate(nombres):
            unidad, programa = f"{504 + n} - Unidad {n}", f"{n + 1} - Programa {n}"
            escribir(tmp_path / forma / unicodedata.normalize(forma, nombre), unidad=unidad, programa=programa)
        (tmp_path / forma / "roto ó.xlsx").write_bytes(b"")
        salida = correr("consolidar", forma, "--periodo", "2024-T2", "-o", f"Salidas de {forma} ó/año 2024")
        assert salida.returncode == 1, salida.stderr
    una, otra = (huellas(tmp_path / f"Salidas de {f} ó" / "año 2024" / "2024-T2") for f in ("NFC", "NFD"))
    assert una == otra
    assert len(una) >= 8
    documento = json.loads((tmp_path / "Salidas de NFD ó/año 2024/2024-T2/resultado.json").read_text("utf-8"))
    assert {x["archivo"] for x in documento["libros"]} == {*nombres, "roto ó.xlsx"}


def test_una_clave_encuentra_un_nombre_escrito_de_las_dos_maneras() -> None:
    from pei_excel.lectura.claves import Claves

    claves = Claves.de_texto(unicodedata.normalize("NFD", "Planeación*.xlsx = uno\nÑandú = dos"))
    for forma in ("NFC", "NFD"):
        assert claves.para(unicodedata.normalize(forma, "Planeación 2.xlsx")) == ["uno"]
        assert claves.para(unicodedata.normalize(forma, "recibidos/ñandú/a.xlsx")) == ["dos"]


@pytest.mark.skipif(not LINUX, reason="sólo en Linux caben en una carpeta nombres que los demás toman por el mismo")
def test_nombres_que_otros_discos_toman_por_el_mismo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Por mayúsculas o por acentos: se leen todos, siempre en el mismo orden, como los dé el disco."""
    doble = unicodedata.normalize("NFD", "acción.xlsx")
    for nombre in ("Informe.xlsx", "informe.xlsx", "INFORME.xlsx", "acción.xlsx", doble):
        (tmp_path / nombre).write_bytes(b"x")
    orden = [a.ruta.name for a in buscar([tmp_path]).archivos]
    assert len(orden) == 5
    caminar = os.walk
    monkeypatch.setattr(os, "walk", lambda *a, **k: ((r, c, n[::-1]) for r, c, n in caminar(*a, **k)))
    assert [a.ruta.name for a in buscar([tmp_path]).archivos] == orden


@pytest.mark.skipif(not LINUX, reason="los demás sistemas no admiten esos nombres")
def test_un_nombre_que_no_es_texto(correr: Correr, tmp_path: Path) -> None:
    """Bytes sueltos, como quedan al copiar de un disco viejo, y marcas que un documento no admite."""
    escribir(tmp_path / "recibidos" / "a.xlsx")
    for n, nombre in enumerate((b"oficina \xf3.xlsx", b"=1+1.xlsx", b"dos\nlineas.xlsx", b"\xed\xa0\x80.xlsx")):
        escribir(tmp_path / f"{n}.xlsx", unidad=f"{600 + n} - Unidad", programa="9 - Programa")
        (tmp_path / f"{n}.xlsx").rename(tmp_path / "recibidos" / os.fsdecode(nombre))
    salida = correr(*CONSOLIDAR)
    assert salida.returncode == 0, salida.stderr
    documento = json.loads((tmp_path / "salidas/2024-T2/resultado.json").read_text("utf-8"))
    assert len(documento["libros"]) == 5
    assert {x["archivo"] for x in documento["libros"]} >= {"oficina \ufffd.xlsx", "=1+1.xlsx", "dos\ufffdlineas.xlsx"}


def _revision(unidad: str, programa: str) -> Revision:
    from pei_excel.formatos import FORMATOS
    from pei_excel.libro import Dato
    from pei_excel.tipos import ClaveNombre

    libro = Libro("a.xlsx", "", "MIR")
    assert "unidad" in {c.clave for c in FORMATOS["MIR"].principal.campos}
    for clave, valor in (("unidad", unidad), ("programa", programa)):
        libro.campos[clave] = Dato(("MIR", -1, clave), ClaveNombre(valor, "x"), valor)
    return Revision(libro, [], Suerte.ACEPTADO)


_RESERVADOS = {"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in "0123456789")}


@settings(max_examples=40)
@given(st.lists(st.tuples(st.text(max_size=80) | st.sampled_from(["CON", "nul.", "COM1.x", "a. ", "..", "%TEMP%"]),
                          st.text(max_size=8)), max_size=6))
def test_los_nombres_que_se_escriben_valen_en_cualquier_sistema(claves: list[tuple[str, str]]) -> None:
    """Ni reservados de Windows, ni puntos o espacios al final, ni largos, ni iguales salvo por mayúsculas."""
    usados: set[str] = set()
    nombres = nombres_de_evaluacion([_revision(u, p) for u, p in claves], Periodo.de_codigo("2024-T2"))
    from pei_excel.formatos import FORMATOS

    nombres += [nombre_libre(FORMATOS["MIR"], [p for p in c if p] or ["libro"], "2024-T2", usados) for c in claves]
    assert len({n.casefold() for n in nombres}) == len(nombres)
    for nombre in nombres:
        assert len(nombre) <= LARGO_DE_NOMBRE
        assert nombre.isascii()
        assert not set(nombre) & set('<>:"/\\|?*%\n\t ')
        assert nombre.partition(".")[0].casefold() not in _RESERVADOS
        assert nombre[0] not in ".-~"


# --- Como en Windows y macOS --------------------------------------------------------------------------------------


@pytest.mark.parametrize("arranque", ["spawn", pytest.param("forkserver", marks=pytest.mark.larga)])
def test_con_procesos_que_nacen_de_cero(correr: Correr, tmp_path: Path, recibidos: Path, arranque: str) -> None:
    """Los mismos bytes que con los que heredan la memoria; y el mismo error si uno no puede escribir."""
    if arranque not in multiprocessing.get_all_start_methods():
        pytest.skip("este sistema no tiene esa manera de abrir procesos")
    (recibidos / "roto.xlsx").write_bytes(b"PK\x03\x04")
    assert correr(*CONSOLIDAR, "-o", "de siempre").returncode == 1
    salida = correr(*CONSOLIDAR, "-o", arranque, arranque=arranque)
    assert salida.returncode == 1, salida.stderr
    assert huellas(tmp_path / arranque / "2024-T2") == huellas(tmp_path / "de siempre" / "2024-T2")


def test_la_espera_no_es_larga() -> None:
    """Cinco segundos: lo que tarda una consolidación chica."""
    assert 1 <= salidas.ESPERA_DE_LA_CARPETA <= 10
    inicio = time.monotonic()
    with puerta(Path.cwd()):
        pass
    assert time.monotonic() - inicio < 1
