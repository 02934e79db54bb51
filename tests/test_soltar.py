"""Lo que se suelta sobre un archivo de inicio: en qué carpeta de trabajo, de qué periodo, y qué se pregunta antes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from pei_excel import menu
from pei_excel.ciclo.bitacora import Bitacora
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos.catalogo import CATALOGO as FORMATO_DEL_CATALOGO
from pei_excel.oficina import CATALOGO, ENVIAR, RECIBIDOS, RESULTADOS, Oficina
from pei_excel.oficina.soltar import soltar
from pei_excel.periodos import Periodo
from pei_excel.salidas import ULTIMO, NoSePudo

HOY = date(2024, 7, 8)
SEGUNDO = Periodo.de_codigo("2024-T2")


def una_oficina(carpeta: Path) -> Oficina:
    """Una carpeta de trabajo con un libro recibido en el segundo trimestre."""
    oficina = Oficina(carpeta)
    oficina.recibidos(SEGUNDO).mkdir(parents=True)
    oficina.resultados.mkdir()
    (oficina.recibidos(SEGUNDO) / "504.xlsx").write_bytes(b"x")
    return oficina


def catalogo_en_blanco(oficina: Oficina) -> None:
    """Como lo deja preparar la carpeta: todavía no se usa, y no estorba."""
    escribir_plantilla(oficina.carpeta / CATALOGO, FORMATO_DEL_CATALOGO, modo=Modo.FORMULACION, ejercicio=2024)


@pytest.fixture
def aqui(tmp_path: Path) -> Oficina:
    """La carpeta de trabajo del archivo de inicio."""
    return una_oficina(tmp_path / "Municipio de aquí")


@pytest.fixture
def otra(tmp_path: Path) -> Oficina:
    """La carpeta de trabajo de otra oficina."""
    return una_oficina(tmp_path / "Otro municipio")


class Persona:
    """Suelta cosas, contesta lo que se le diga y apunta qué órdenes salieron; sin respuestas, no hay nadie."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, memoria: Path) -> None:
        self.memoria = memoria
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(menu, "lugar_de_la_memoria", lambda: memoria)

    def recuerda(self, carpeta: Path) -> None:
        self.memoria.write_text(json.dumps({"carpeta": str(carpeta)}), encoding="utf-8")

    def suelta(
        self, accion: str, rutas: Sequence[Path], lugar: Path, *, contesta: Sequence[str] | None = None,
        periodo: Periodo | None = None,
    ) -> tuple[int, list[list[str]]]:
        """El estado y las órdenes; si pregunta de más, o de menos, falla."""
        pendientes, ordenes = list(contesta or ()), []

        def ejecutar(partes: Sequence[str]) -> int:
            ordenes.append(list(partes))
            return 0

        def responder(pregunta: str) -> str:
            assert pendientes, f"no se esperaba: {pregunta}"
            return pendientes.pop(0)

        self._monkeypatch.setattr("builtins.input", responder)
        estado = soltar(accion, rutas, lugar, ejecutar, hoy=HOY, periodo=periodo, preguntando=contesta is not None)
        assert not pendientes, f"no se preguntó por: {pendientes}"
        return estado, ordenes


@pytest.fixture
def persona(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Persona:
    """Nadie ha usado todavía el menú."""
    return Persona(monkeypatch, tmp_path / "memoria.json")


def destino(orden: list[str]) -> str:
    """Dónde deja sus resultados una orden."""
    return orden[orden.index("-o") + 1]


Dicho = Callable[[], str]


@pytest.fixture
def dicho(capsys: pytest.CaptureFixture[str]) -> Dicho:
    """Lo que se ha dicho desde la vez anterior."""
    return lambda: capsys.readouterr().out


# ---------------------------------------------------------------- en qué carpeta de trabajo


def test_movido_usa_la_carpeta_de_lo_soltado_y_no_la_recordada(
    persona: Persona, aqui: Oficina, otra: Oficina, tmp_path: Path, dicho: Dicho
) -> None:
    """Los resultados de un municipio nunca caen en la carpeta de otro."""
    persona.recuerda(aqui.carpeta)
    for contesta in (["2024-T2"], None):
        estado, ordenes = persona.suelta("consolidar", [otra.recibidos(SEGUNDO)], tmp_path, contesta=contesta)
        assert (estado, [destino(o) for o in ordenes]) == (0, [str(otra.resultados)])
        assert f"donde está lo que soltó: «{otra.carpeta}»" in dicho()
    (otra.carpeta / "oficio").mkdir()
    libro = otra.carpeta / "oficio" / "504.xlsx"
    libro.write_bytes(b"x")
    assert persona.suelta("revisar", [libro], tmp_path) == (0, [["revisar", str(libro)]])
    assert f"«{otra.carpeta}»" in dicho()


def test_lo_de_otra_carpeta_se_pregunta(persona: Persona, aqui: Oficina, otra: Oficina, dicho: Dicho) -> None:
    """En la suya cada archivo de inicio no pregunta; si lo soltado es de otra, se propone la de lo soltado."""
    de_otra = otra.recibidos(SEGUNDO)
    estado, ordenes = persona.suelta("consolidar", [aqui.recibidos(SEGUNDO)], aqui.carpeta, contesta=[""])
    assert (estado, destino(ordenes[0])) == (0, str(aqui.resultados))
    assert "otra carpeta de trabajo" not in dicho()
    for contesta, resultado in ((["", ""], otra), (["7", "2", ""], aqui), (None, otra)):
        estado, ordenes = persona.suelta("consolidar", [de_otra], aqui.carpeta, contesta=contesta)
        assert (estado, destino(ordenes[0])) == (0, str(resultado.resultados))
        assert "Lo que soltó está en otra carpeta de trabajo" in dicho()
    with pytest.raises(NoSePudo, match="No se hizo nada"):
        persona.suelta("consolidar", [de_otra], aqui.carpeta, contesta=["0"])


def test_lo_de_dos_carpetas_de_trabajo_no_se_mezcla(
    persona: Persona, aqui: Oficina, otra: Oficina, tmp_path: Path
) -> None:
    """Ni al revisar, que usaría el catálogo de una con los libros de la otra."""
    las_dos = [aqui.recibidos(SEGUNDO), otra.recibidos(SEGUNDO)]
    for accion in ("revisar", "consolidar"):
        for lugar in (aqui.carpeta, tmp_path):
            with pytest.raises(NoSePudo, match=r"es de dos carpetas de trabajo.*No se hizo nada"):
                persona.suelta(accion, las_dos, lugar, contesta=[])


def test_la_recordada_solo_tras_decirla_y_preguntar(
    persona: Persona, aqui: Oficina, tmp_path: Path, dicho: Dicho
) -> None:
    """De algo que no está en ninguna: al consolidar se propone que no; al revisar, que no escribe, que sí."""
    suelta = tmp_path / "Descargas" / "2024-T1"
    suelta.mkdir(parents=True)
    (suelta / "504.xlsx").write_bytes(b"x")
    with pytest.raises(NoSePudo, match=r"no es una carpeta de trabajo.*INICIAR"):
        persona.suelta("consolidar", [suelta], tmp_path, contesta=[])
    persona.recuerda(aqui.carpeta)
    with pytest.raises(NoSePudo, match="No se hizo nada"):
        persona.suelta("consolidar", [suelta], tmp_path, contesta=[""])
    assert f"La última que se usó es «{aqui.carpeta}»" in dicho()
    for contesta in (["s", ""], None):
        estado, ordenes = persona.suelta("consolidar", [suelta], tmp_path, contesta=contesta)
        assert (estado, destino(ordenes[0])) == (0, str(aqui.resultados))
        assert f"La última que se usó es «{aqui.carpeta}»" in dicho()
    for contesta, falta in (([""], False), (["n"], True)):
        assert persona.suelta("revisar", [suelta / "504.xlsx"], tmp_path, contesta=contesta)[0] == 0
        assert ("Se revisa sin catálogo" in dicho()) is falta


def test_sin_soltar_nada(persona: Persona, aqui: Oficina, otra: Oficina, tmp_path: Path, dicho: Dicho) -> None:
    """Lo recibido del periodo que toca, en su carpeta; movido, en la última, si se dice que sí."""
    recibidos = aqui.recibidos(SEGUNDO)
    revisar = ["revisar", str(recibidos), "--periodo", "2024-T2"]
    assert persona.suelta("revisar", [], aqui.carpeta, contesta=["2024-T9", ""]) == (0, [revisar])
    assert "no es un periodo" in dicho()
    assert persona.suelta("revisar", [], aqui.carpeta, contesta=["2024-T1"]) == (2, [])
    assert "No hay libros en" in dicho()
    with pytest.raises(NoSePudo, match="no es una carpeta de trabajo"):
        persona.suelta("revisar", [], tmp_path, contesta=[])
    persona.recuerda(aqui.carpeta)
    assert persona.suelta("revisar", [], tmp_path, contesta=["", ""]) == (0, [revisar])
    with pytest.raises(NoSePudo, match="No se hizo nada"):
        persona.suelta("revisar", [], tmp_path, contesta=["n"])
    (recibidos / "504.xlsx").rename(recibidos / "~$504.xlsx")
    assert persona.suelta("consolidar", [], aqui.carpeta) == (2, [])


def test_lo_que_ya_no_existe(persona: Persona, aqui: Oficina) -> None:
    with pytest.raises(NoSePudo, match="No existe"):
        persona.suelta("revisar", [aqui.carpeta / "nada.xlsx"], aqui.carpeta)


# ---------------------------------------------------------------- de qué periodo


@pytest.mark.parametrize(
    ("nombre", "frase", "propuesto"),
    [
        ("2024-T3", None, "2024-T3"),
        ("2024-T5", "no dice el periodo", "2024-T2"),
        ("de la Tesorería", "no dice el periodo", "2024-T2"),
        ("2do trim 2024", "parece decir el 2do. trimestre de 2024", "2024-T2"),
        ("1er. Trimestre 2024 (copia)", "parece decir el 1er. trimestre de 2024", "2024-T1"),
        ("Mayo 2024", "parece decir mayo de 2024", "2024-05"),
    ],
)
def test_el_nombre_de_la_carpeta(
    persona: Persona, aqui: Oficina, dicho: Dicho, nombre: str, frase: str | None, propuesto: str
) -> None:
    """Lo que no se reconoce se dice antes de proponer otro periodo."""
    carpeta = aqui.carpeta / nombre
    carpeta.mkdir()
    (carpeta / "504.xlsx").write_bytes(b"x")
    for contesta in ([""], None):
        _, ordenes = persona.suelta("consolidar", [carpeta], aqui.carpeta, contesta=contesta)
        assert [(o[1], o[3]) for o in ordenes] == [(str(carpeta), propuesto)]
        texto = dicho()
        assert (f"El nombre de «{nombre}»" in texto) is (frase is not None)
        assert frase is None or frase in texto
    _, ordenes = persona.suelta("consolidar", [carpeta], aqui.carpeta, contesta=[], periodo=Periodo(2023, "T", 4))
    assert ordenes[0][3] == "2023-T4"


def test_un_archivo_pide_confirmar_su_carpeta(persona: Persona, aqui: Oficina, dicho: Dicho) -> None:
    libro = aqui.recibidos(SEGUNDO) / "504.xlsx"
    assert persona.suelta("consolidar", [libro], aqui.carpeta, contesta=[""]) == (2, [])
    assert "«504.xlsx» es un archivo" in dicho()
    _, ordenes = persona.suelta("consolidar", [libro], aqui.carpeta, contesta=["s", ""])
    assert [(o[1], o[3]) for o in ordenes] == [(str(libro.parent), "2024-T2")]


def test_revisar_lo_de_la_carpeta_de_un_periodo(persona: Persona, aqui: Oficina, tmp_path: Path, dicho: Dicho) -> None:
    """Como lo revisaría el menú: un libro de otro trimestre se nota; con lo de dos carpetas no se sabe."""
    libro, suelto = aqui.recibidos(SEGUNDO) / "504.xlsx", tmp_path / "505.xlsx"
    suelto.write_bytes(b"x")
    for rutas in ([libro], [libro.parent]):
        assert persona.suelta("revisar", rutas, aqui.carpeta)[1][0][-2:] == ["--periodo", "2024-T2"]
        assert "el 2do. trimestre de 2024, por la carpeta" in dicho()
    assert persona.suelta("revisar", [libro, suelto], aqui.carpeta)[1] == [["revisar", str(libro), str(suelto)]]


# ---------------------------------------------------------------- qué carpeta


@pytest.mark.parametrize("cual", [".", RECIBIDOS, ".."])
def test_una_carpeta_de_periodos_no_se_consolida_como_uno(
    persona: Persona, aqui: Oficina, dicho: Dicho, cual: str
) -> None:
    """La de lo recibido, la de trabajo y la que guarda varias: se listan los que tienen libros y se pregunta cuál."""
    for nombre in ("2024-T1", "2024-T3", "2023/2023-T4", "504 Planeación/2024"):
        (aqui.carpeta / RECIBIDOS / nombre).mkdir(parents=True)
    for nombre in (f"{RECIBIDOS}/2024-T1", f"{RECIBIDOS}/2023/2023-T4", f"{ENVIAR}/2024-T4", f"{RESULTADOS}/2024-T1"):
        (aqui.carpeta / nombre).mkdir(parents=True, exist_ok=True)
        (aqui.carpeta / nombre / "504.xlsx").write_bytes(b"x")
    (aqui.carpeta / RECIBIDOS / "504 Planeación" / "2024" / "504.xlsx").write_bytes(b"x")
    catalogo_en_blanco(aqui)
    soltada = (aqui.carpeta / cual).resolve()
    estado, ordenes = persona.suelta("consolidar", [soltada], aqui.carpeta, contesta=["9", "2", ""])
    assert estado == 0
    assert [(o[1], o[3]) for o in ordenes] == [(str(aqui.carpeta / RECIBIDOS / "2024-T1"), "2024-T1")]
    texto = dicho()
    assert "guarda carpetas de periodos" in texto
    hay = [linea.split("  ")[-1] for linea in texto.splitlines() if linea.startswith("  ")]
    assert [n.replace("\\", "/").rpartition(f"{RECIBIDOS}/")[2] for n in hay] == [
        "2023/2023-T4", "2024-T1", "2024-T2", "Ninguna",
    ]
    assert persona.suelta("consolidar", [soltada], aqui.carpeta, contesta=["0"]) == (2, [])
    assert persona.suelta("consolidar", [soltada], aqui.carpeta) == (2, [])
    assert "Suelte sólo una: «" in dicho()
    _, ordenes = persona.suelta("consolidar", [soltada], aqui.carpeta, contesta=["", ""])
    assert ordenes[0][3] == "2024-T2"  # el que toca
    _, ordenes = persona.suelta("consolidar", [soltada], aqui.carpeta, periodo=SEGUNDO)
    assert ordenes[0][1] == str(aqui.recibidos(SEGUNDO))


def test_la_carpeta_que_guarda_dos_oficinas(
    persona: Persona, aqui: Oficina, otra: Oficina, dicho: Dicho
) -> None:
    """La que se elige dice de quién son los resultados, aunque el archivo de inicio sea de la primera."""
    contesta = ["2", "1", ""]
    _, ordenes = persona.suelta("consolidar", [aqui.carpeta.parent], aqui.carpeta, contesta=contesta)
    assert (ordenes[0][1], destino(ordenes[0])) == (str(otra.recibidos(SEGUNDO)), str(otra.resultados))
    assert "Lo que soltó está en otra carpeta de trabajo" in dicho()


def test_un_ano_entero_o_una_carpeta_de_ano(persona: Persona, aqui: Oficina) -> None:
    """«2024» es un periodo si tiene libros; si guarda trimestres, se pregunta cuál."""
    ano = aqui.carpeta / RECIBIDOS / "2024"
    ano.mkdir()
    (ano / "504.xlsx").write_bytes(b"x")
    assert persona.suelta("consolidar", [ano], aqui.carpeta)[1][0][3] == "2024"
    (ano / "2024-T4").mkdir()
    (ano / "504.xlsx").rename(ano / "2024-T4" / "504.xlsx")
    _, ordenes = persona.suelta("consolidar", [ano], aqui.carpeta, contesta=["1", ""])
    assert (ordenes[0][1], ordenes[0][3]) == (str(ano / "2024-T4"), "2024-T4")


def test_sin_libros_no_se_escribe_nada(persona: Persona, aqui: Oficina, dicho: Dicho) -> None:
    vacia = aqui.carpeta / RECIBIDOS / "2024-T1"
    vacia.mkdir()
    for nombre in ("~$504.xlsx", "oficio.pdf", "recepcion.csv"):
        (vacia / nombre).write_bytes(b"x")
    assert persona.suelta("consolidar", [vacia], aqui.carpeta, contesta=[]) == (2, [])
    assert f"No hay libros en «{vacia}»" in dicho()


def test_la_carpeta_de_trabajo_sin_periodos(persona: Persona, aqui: Oficina, dicho: Dicho) -> None:
    """De ella sólo cuenta lo recibido: ni el catálogo ni los libros por enviar son informes."""
    (aqui.recibidos(SEGUNDO) / "504.xlsx").rename(aqui.carpeta / RECIBIDOS / "504.xlsx")
    catalogo_en_blanco(aqui)
    _, ordenes = persona.suelta("consolidar", [aqui.carpeta], aqui.carpeta, contesta=[""])
    assert [(o[1], o[3]) for o in ordenes] == [(str(aqui.carpeta / RECIBIDOS), "2024-T2")]
    (aqui.carpeta / RECIBIDOS / "504.xlsx").unlink()
    assert persona.suelta("consolidar", [aqui.carpeta], aqui.carpeta, contesta=[]) == (2, [])
    assert f"No hay libros en «{aqui.carpeta / RECIBIDOS}»" in dicho()


@pytest.mark.parametrize("parte", [ENVIAR, RESULTADOS])
def test_lo_que_no_se_recibio_no_se_consolida(persona: Persona, aqui: Oficina, dicho: Dicho, parte: str) -> None:
    """Ni los libros en blanco que se envían ni las evaluaciones que se devuelven."""
    carpeta = aqui.carpeta / parte / "2024-T2"
    carpeta.mkdir(parents=True)
    (carpeta / "504.xlsx").write_bytes(b"x")
    for soltada in (carpeta, carpeta.parent):
        assert persona.suelta("consolidar", [soltada], aqui.carpeta, contesta=[]) == (2, [])
        assert f"está en «{parte}», y lo que llega se guarda en «{RECIBIDOS}»" in dicho()


# ---------------------------------------------------------------- lo que ya se había consolidado


def con_resultado(oficina: Oficina, monkeypatch: pytest.MonkeyPatch, de: Path | None) -> None:
    """Como queda después de consolidar el segundo trimestre con una carpeta."""
    (oficina.resultados / "2024-T2").mkdir()
    (oficina.resultados / "2024-T2" / ULTIMO).write_text("{}")
    monkeypatch.setattr(Bitacora, "rutas", lambda _, codigo: {"recibidos": de} if de and codigo == "2024-T2" else {})


def test_reemplazar_lo_hecho_con_otra_carpeta_se_pregunta(
    persona: Persona, aqui: Oficina, monkeypatch: pytest.MonkeyPatch, dicho: Dicho
) -> None:
    """La misma carpeta no pregunta; con otra se propone que no, y sin nadie no se reemplaza."""
    con_resultado(aqui, monkeypatch, aqui.recibidos(SEGUNDO))
    otra = aqui.carpeta / "corregidos 2024-T2"
    otra.mkdir()
    (otra / "504.xlsx").write_bytes(b"x")
    assert persona.suelta("consolidar", [aqui.recibidos(SEGUNDO)], aqui.carpeta, contesta=[""])[0] == 0
    dicho()
    for contesta in (["", ""], None):
        assert persona.suelta("consolidar", [otra], aqui.carpeta, contesta=contesta) == (2, [])
        texto = dicho()
        assert f"«{aqui.recibidos(SEGUNDO)}»" in texto
        assert f"«{otra}»" in texto
    assert persona.suelta("consolidar", [otra], aqui.carpeta, contesta=["", "s"])[0] == 0
    assert persona.suelta("consolidar", [otra], aqui.carpeta, contesta=["2024-T1"])[0] == 0


def test_si_no_se_sabe_con_que_se_hizo_no_se_pregunta(
    persona: Persona, aqui: Oficina, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sin bitácora no hay con qué comparar; queda la copia anterior."""
    con_resultado(aqui, monkeypatch, None)
    assert persona.suelta("consolidar", [aqui.recibidos(SEGUNDO)], aqui.carpeta, contesta=[""])[0] == 0


def test_dos_carpetas_del_mismo_periodo(aqui: Oficina, persona: Persona) -> None:
    """De verdad, con su bitácora: la segunda no reemplaza a la primera sin preguntar."""
    from test_cli import escribir

    from pei_excel.cli import orden as todas
    from pei_excel.terminal import con_red, ejecutar

    (aqui.recibidos(SEGUNDO) / "504.xlsx").unlink()
    otra = aqui.carpeta / "2do trim 2024"
    escribir(aqui.recibidos(SEGUNDO) / "504.xlsx")
    escribir(otra / "510.xlsx", unidad="510 - Obras", programa="8 - Obra pública")
    estado = soltar("consolidar", [aqui.recibidos(SEGUNDO), otra], aqui.carpeta,
                    lambda partes: con_red(lambda: ejecutar(todas, partes, "pei-excel")), hoy=HOY, preguntando=False)
    assert estado == 2
    resultado = json.loads((aqui.resultados / "2024-T2" / ULTIMO).read_text(encoding="utf-8"))
    assert [libro["archivo"] for libro in resultado["libros"]] == ["504.xlsx"]
    assert not (aqui.resultados / "2024-T2.anterior").exists()


def test_sin_nadie_no_se_consolida_sin_el_catalogo_que_se_usaba(
    persona: Persona, aqui: Oficina, capsys: pytest.CaptureFixture[str]
) -> None:
    """Con alguien se pregunta; si el resultado de antes tampoco lo tenía, nada lo estorba."""
    recibidos, documento = aqui.recibidos(SEGUNDO), aqui.resultados / SEGUNDO.codigo / "resultado.json"
    documento.parent.mkdir()
    documento.write_text(json.dumps({"opciones": {"catalogo": {"archivo": CATALOGO}}}), encoding="utf-8")
    assert persona.suelta("consolidar", [recibidos], aqui.carpeta, periodo=SEGUNDO) == (2, [])
    assert "Falta «catalogo.xlsx». Sin él no se sabe quién debe informar" in capsys.readouterr().out
    assert persona.suelta("consolidar", [recibidos], aqui.carpeta, periodo=SEGUNDO, contesta=[""]) == (2, [])
    estado, ordenes = persona.suelta("consolidar", [recibidos], aqui.carpeta, periodo=SEGUNDO, contesta=["s"])
    assert (estado, len(ordenes)) == (0, 1)
    documento.write_text(json.dumps({"opciones": {"catalogo": None}}), encoding="utf-8")
    assert len(persona.suelta("consolidar", [recibidos], aqui.carpeta, periodo=SEGUNDO)[1]) == 1
