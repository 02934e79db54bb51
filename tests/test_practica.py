"""Lo que dice el LÉAME de un año de demostración está ahí; y haciéndolo, sólo con el menú, pasa lo que anuncia."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Generator, Mapping, Sequence
from contextlib import redirect_stdout
from datetime import date
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

import pytest
from oficina_simulada import anotar, correr

from pei_excel import menu
from pei_excel.oficina.preparacion import preparar
from pei_excel.periodos import Periodo
from pei_excel.simulacion.ano import AnoMunicipal, simular_ano
from pei_excel.simulacion.ano_modelo import Anotacion
from pei_excel.simulacion.ano_participantes import unidades_de_la_mir
from pei_excel.simulacion.practica import MUNICIPIOS, escribir_practica
from pei_excel.simulacion.practica_guia import guia

#: Recibe cada pregunta y da su respuesta.
Dialogo = Generator[str, str, Any]
_PASO = re.compile(r" {2,3}\d+\. (.*)")
_PUNTO = re.compile(r" {6}- (.*)")
_QUIEN = re.compile(r"\b\d{3}(?:-\d+)?\b(?=[,.;: )]| \()")


class Indicado(NamedTuple):
    """Un paso del LÉAME con lo que anuncia."""

    periodo: str  #: vacío en lo del final
    texto: str
    puntos: list[str]


def leer(texto: str) -> list[Indicado]:
    """Los pasos, cada uno en una sola línea."""
    pasos: list[Indicado] = []
    periodo, abierto = "", False
    for linea in texto.splitlines():
        if titulo := re.fullmatch(r"(?:.* \((\d{4}-T\d)\)|Al final)", linea):
            periodo, abierto = titulo[1] or "", True
        elif not abierto or not linea:
            abierto = abierto and bool(linea)
        elif paso := _PASO.fullmatch(linea):
            pasos.append(Indicado(periodo, paso[1], []))
        elif punto := _PUNTO.fullmatch(linea):
            pasos[-1].puntos.append(punto[1])
        elif pasos[-1].puntos:
            pasos[-1].puntos[-1] += f" {linea.strip()}"
        else:
            pasos[-1] = pasos[-1]._replace(texto=f"{pasos[-1].texto} {linea.strip()}")
    return pasos


def _archivos(texto: str) -> list[str]:
    return [a for a in re.findall(r"«([^»]*\.xlsx)»", texto) if "/" not in a]


@cache
def _ano(formato: str, semilla: int, unidades: int) -> AnoMunicipal:
    return simular_ano(formato, semilla, unidades)


def _esta_todo(ano: AnoMunicipal) -> None:
    """Cada archivo, unidad y celda que se nombra es de ese periodo."""
    for paso in leer(guia(ano)):
        dicho = "\n".join((paso.texto, *paso.puntos))
        pasos = ano.de(Periodo.de_codigo(paso.periodo)) if paso.periodo else ano.pasos
        envios = {e.archivo: e for p in pasos for e in p.envios}
        assert set(_archivos(dicho)) <= envios.keys()
        quienes = {u.quien(p.periodo) for u in ano.participantes for p in pasos}
        sin_archivos = re.sub(r"«[^»]*»|el año \d+|\d+/\d+/\d+", "«»", dicho)
        assert set(_QUIEN.findall(sin_archivos)) <= quienes, dicho
        for regla, archivo, hoja, celda in re.findall(r"([A-Z]{3}\d{3}) de «([^»]+)», ([^!]+)!([A-Z]+\d+)", dicho):
            assert (regla, hoja, celda) in envios[archivo].todos
        for punto in paso.puntos if paso.texto.startswith("Se comparó") else ():
            for hoja, celda, archivo in re.findall(r"(\w+)!([A-Z]+\d+) de «([^»]+)»", punto):
                assert (punto[:6], hoja, celda) in envios[archivo].todos


@pytest.mark.parametrize(("formato", "unidades", "semilla"), [
    ("MIR", 2, 1), ("POI", 2, 2), ("MIR", 3, 4), ("POI", 4, 1), ("MIR", 7, 3), ("POI", 11, 1), ("MIR", 14, 2),
])
def test_lo_que_nombra_esta_en_el_ano(formato: str, unidades: int, semilla: int) -> None:
    _esta_todo(_ano(formato, semilla, unidades))


@pytest.mark.parametrize("semilla", [133, 600])
def test_de_cualquier_semilla_sale_un_ano(semilla: int) -> None:
    """También de las que tardan en dar un programa que dos unidades puedan compartir."""
    assert len(unidades_de_la_mir(semilla, 2024, 2)) == 2


@pytest.mark.larga
@pytest.mark.parametrize("unidades", range(2, 21))
def test_lo_que_nombra_esta_en_cualquier_ano(unidades: int) -> None:
    for formato in MUNICIPIOS:
        _esta_todo(simular_ano(formato, 7 * unidades, unidades))


def test_solo_anuncia_lo_que_hay() -> None:
    """Con dos unidades no hay faltas ni archivos dañados, y no los menciona; con doce, los nombra."""
    pocas, muchas = guia(_ano("MIR", 1, 2)), guia(_ano("MIR", 1, 12))
    for palabra in ("Faltan:", "Rechazados", "otra copia", "prórroga"):
        assert palabra not in pocas
        assert palabra in muchas


# ---------------------------------------------------------------- una persona que lo sigue


_PRINCIPAL = "Elija una opción"
#: Lo que contesta a cada pregunta del menú, si no le dicen otra cosa.
_RESPUESTAS = {
    "carpeta": "", "ficha": "n", "¿cierro": "s", "con observaciones": "s", "motivo": "Venció el plazo (práctica)",
    }
_SITUACIONES = {
    "sigue en": None, "ya no se envía": "No se envía ni se cuenta",
    "llegó otra cosa": "Cambió lo que dice: se observa otra vez",
}
_NADA = "No falta nadie, nadie se retrasó y nada hay que corregir."


class Persona:
    """Quien practica: sigue el LÉAME paso a paso, elige en el menú por sus palabras y mira si pasa lo que anuncia."""

    def __init__(self, carpeta: Path) -> None:
        self._carpeta = carpeta
        self._leeme = leer((carpeta / "LÉAME.txt").read_text(encoding="utf-8-sig"))
        self._aparecido = StringIO()
        self._orden: list[str] = []
        self.hechos = 0

    def seguir(self, memoria: Path, monkeypatch: pytest.MonkeyPatch, hasta: str) -> None:
        """Hace los pasos, en una sola sesión del menú, hasta acabar ese periodo, y los del final."""
        fallas: list[BaseException] = []
        persona = self._contestar([p for p in self._leeme if p.periodo <= hasta])
        next(persona)

        def responder(pregunta: str) -> str:
            try:
                return persona.send(pregunta)
            except StopIteration:
                raise EOFError from None
            except BaseException as error:  # noqa: BLE001 - el menú lo tomaría por una falla suya
                fallas.append(error)
                raise EOFError from None

        monkeypatch.chdir(self._carpeta)
        monkeypatch.setattr("builtins.input", responder)
        with redirect_stdout(self._aparecido):
            menu.abrir_menu(self._ejecutar, hoy=date(2025, 1, 20), memoria=memoria)
        for falla in fallas:
            raise falla

    def _ejecutar(self, partes: Sequence[str]) -> int:
        self._orden = list(partes)
        hecho = correr(*partes, *(("--procesos", "1") if partes[0] in {"consolidar", "cerrar"} else ()))
        self._aparecido.write(hecho.dicho + hecho.error)
        return hecho.estado

    def _contestar(self, pasos: Sequence[Indicado]) -> Dialogo:
        pregunta = yield ""
        assert _PRINCIPAL in pregunta
        for paso in pasos:
            yield from self._hacer(paso)
            self.hechos += 1

    def _elegir(self, *opciones: str, **respuestas: str) -> Dialogo:
        """Elige una opción por sus palabras (y otra dentro de ella), contesta lo demás y da lo que apareció."""
        inicio = len(self._aparecido.getvalue())
        pregunta = ""
        for opcion in opciones:
            teclas = re.findall(rf"^ *(\w) +{re.escape(opcion)}(?!\w)", self._aparecido.getvalue(), re.MULTILINE)
            assert teclas, f"el menú no tiene «{opcion}»"
            pregunta = yield teclas[-1]
        while _PRINCIPAL not in pregunta:
            dichas = [r for clave, r in {**respuestas, **_RESPUESTAS}.items() if clave in pregunta.casefold()]
            assert dichas, pregunta
            assert self._aparecido.tell() - inicio < 20_000, "el menú no entiende lo que se le contesta"
            pregunta = yield dichas[0]
        return self._aparecido.getvalue()[inicio:]

    # ------------------------------------------------------------ cada clase de paso

    def _hacer(self, paso: Indicado) -> Dialogo:
        codigo, texto = paso.periodo, paso.texto
        if hallado := re.fullmatch(r"En el menú, «(.*?)»: (?:elija|conserve).* escriba el periodo (\S+)\.", texto):
            yield from self._elegir(hallado[1], periodo=hallado[2])
        elif texto == "«Consolidar» y después «¿Quién falta?»:":
            yield from self._elegir("Consolidar")
            yield from self._elegir("¿Quién falta?")
            self._comprobar(codigo, paso.puntos)
        elif texto.startswith("Se comparó con lo que ya cerró."):
            self._comparar_con_lo_cerrado(codigo, paso.puntos)
        elif hallado := re.match(r"En «(.*?)», hoja «Observaciones», llene Decisión, Motivo, Quién y Fecha", texto):
            anotar(self._carpeta / hallado[1], [_anotacion(p) for p in paso.puntos])
        elif hallado := re.match(r"Copie lo que hay en «(.*?)» sobre «(.*?)»", texto):
            shutil.copytree(self._carpeta / hallado[1], self._carpeta / hallado[2], dirs_exist_ok=True)
        elif texto.startswith("«Cerrar el periodo». "):
            dicho = yield from self._elegir("Cerrar el periodo")
            self._comprobar_el_cierre(texto, dicho)
        elif hallado := re.match(r"Con el periodo cerrado llega «(.*?)»\. .* «(.*?)» y «(.*?)»: (\S+)\.", texto):
            assert list(self._carpeta.glob(f"4 llega después/{codigo}/*/{hallado[1]}"))
            yield from self._elegir(hallado[2], hallado[3], reabro=hallado[4])
            assert self._orden[:2] == ["reabrir", codigo]
        elif hallado := re.match(r"La (\S+) cambió .* «(.*?)» y «(.*?)»: escriba (\S+) y el año (\d+)\.", texto):
            dicho = yield from self._elegir(hallado[2], hallado[3], clave=hallado[4], año=hallado[5])
            self._comprobar_el_expediente(hallado[1], dicho, trae="Trae también" in texto)
        else:
            pytest.fail(f"no se sabe hacer: {texto}")

    def _documento(self, codigo: str) -> dict[str, Any]:
        ruta = self._carpeta / "3 resultados" / codigo / "resultado.json"
        documento: dict[str, Any] = json.loads(ruta.read_text(encoding="utf-8"))
        return documento

    def _comprobar(self, codigo: str, puntos: Sequence[str]) -> None:
        """Lo que anuncia es lo que dicen el tablero y los resultados; lo que no anuncia, no lo hay."""
        dicho = dict(p.partition(": ")[::2] for p in puntos if ": " in p)
        tablero = json.loads(correr("estado", "--json", "-o", self._carpeta / "3 resultados").dicho)
        (suyo,) = (t for t in tablero["periodos"] if t["periodo"] == codigo)
        (parte,) = (p for p in suyo["formatos"] if p["esperados"])
        documento = self._documento(codigo)
        observados = {_quien(x) for x in documento["libros"] if x["estado"] == "observado"}
        rechazados = {x["archivo"] for x in documento["libros"] if x["estado"] == "rechazado"}
        _son(dicho.get("Faltan"), {_quien(f) for f in parte["faltan"]}, r"[\d-]+")
        _son(dicho.get("Observados, con errores por corregir"), observados, r"[\d-]+")
        _son(dicho.get("Rechazados, porque no se pueden leer"), rechazados, r"(?<=«)[^»]+")
        tarde = {f"{r['informe']} ({r['dias']} día{'s'[: r['dias'] != 1]})" for r in parte["con_retraso"]}
        _son(dicho.get("Con retraso"), tarde, r"[\d-]+ \([^)]*\)")
        cambios = {(c["informe"], str(c["atendidas"]), str(c["persistentes"]), str(c["nuevas"]))
                   for c in parte["cambios"]}
        _son(dicho.get("Desde la entrega anterior"), cambios,
             r"([\d-]+) \((\d+) atendidas?, (\d+) persistentes? y (\d+) nuevas?\)")
        assert (_NADA in puntos) == (not (parte["faltan"] or tarde or observados or rechazados))
        copias = {h["archivo"] for h in documento["hallazgos"] if h["regla"] == "ENT004"}
        if codigo not in {p.periodo for p in self._leeme[: self.hechos] if p.texto.startswith("Copie")}:
            assert {p.split("»")[0][1:] for p in puntos if "otra copia" in p} == copias
        for punto in puntos:
            if punto.startswith("Lo decidido en "):
                self._quedo(documento, punto)

    def _quedo(self, documento: Mapping[str, Any], punto: str) -> None:
        regla, archivo, hoja, celda, que = re.fullmatch(  # type: ignore[union-attr]
            r"Lo decidido en (\w+) de «(.*?)», ([^!]+)!(\w+): (.*)", punto
        ).groups()
        (situacion,) = (s for palabras, s in _SITUACIONES.items() if que.startswith(palabras))
        suyas = [d for d in documento["decisiones"] if (d["regla"], d["hoja"], d["celda"]) == (regla, hoja, celda)]
        assert situacion in {d["situacion"] for d in suyas}, punto
        (libro,) = (x for x in documento["libros"] if x["archivo"] == archivo)
        observada = any((h["regla"], h["hoja"], h["celda"]) == (regla, hoja, celda) for h in libro["hallazgos"])
        assert observada is (situacion is None), punto

    def _comparar_con_lo_cerrado(self, codigo: str, puntos: Sequence[str]) -> None:
        halladas: dict[str, set[tuple[str, ...]]] = {}
        for libro in self._documento(codigo)["libros"]:
            for h in libro["hallazgos"] if libro["estado"] in {"aceptado", "observado"} else ():
                if h["regla"].startswith("VER"):
                    halladas.setdefault(h["regla"], set()).add((h["hoja"], h["celda"], libro["archivo"]))
        assert {p[:6] for p in puntos} == halladas.keys()
        for punto in puntos:
            _son(punto, halladas[punto[:6]], r"(\w+)!(\w+) de «([^»]+)»")

    def _comprobar_el_cierre(self, texto: str, dicho: str) -> None:
        """Cerró; y si algo quedaba, primero dijo cuánto y pidió el motivo."""
        assert self._orden[0] == "cerrar"
        assert ("--motivo" in self._orden) is ("No queda nada" not in texto)
        if anunciado := re.search(r"(Queda 1 observación|Quedan \d+ observaciones) por solventar", texto):
            assert anunciado[0] in dicho
        carpeta = self._carpeta / "3 resultados" / "cerrados" / self._orden[1]
        ultimo = max(carpeta.glob("v*/cierre.json"), key=lambda r: r.parent.name)
        assert ("No queda nada" not in texto) is json.loads(ultimo.read_text(encoding="utf-8"))["con_observaciones"]

    def _comprobar_el_expediente(self, antes: str, dicho: str, *, trae: bool) -> None:
        assert self._orden[0] == "expediente"
        (zip_,) = {*self._carpeta.rglob("*.zip"), *Path.cwd().glob("*.zip")}
        with ZipFile(zip_) as expediente:
            entregas = [n for n in expediente.namelist() if "entregas/" in n]
        assert entregas
        assert any(antes in n for n in entregas) is trae
        assert str(zip_.name) in dicho


def _quien(x: Mapping[str, Any]) -> str:
    return "-".join(p for p in (x["unidad"], x["programa"]) if p)


def _anotacion(punto: str) -> Anotacion:
    que, regla, archivo, hoja, celda = re.fullmatch(  # type: ignore[union-attr]
        r"«(.*?)» en (\w+) de «(.*?)», ([^!]+)!(\w+)\.", punto
    ).groups()
    return Anotacion(archivo, (regla, hoja, celda), que, "Oficio de práctica", "Jefatura", date(2024, 12, 1), None)


def _son(dicho: str | None, reales: set[Any], patron: str) -> None:
    """Los nombrados están entre los que hay, y con los que dice que faltan por nombrar son todos."""
    nombrados = re.findall(patron, (dicho or "").partition(" más.")[0] if dicho else "")
    sobran = re.search(r" y (\d+) más\.$", dicho or "")
    if sobran and nombrados and nombrados[-1] == sobran[1]:
        nombrados.pop()
    assert set(nombrados) <= reales
    assert len(nombrados) + int(sobran[1] if sobran else 0) == len(reales), (dicho, reales)


@pytest.fixture(scope="module")
def practica(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Un año de cuatro unidades: dos con MIR y dos con POI."""
    carpeta = tmp_path_factory.mktemp("práctica") / "año"
    escribir_practica(carpeta, semilla=1, unidades=4, ejercicio=2024, avance=lambda *_: None)
    return carpeta


def test_preparar_otra_vez_no_toca_el_leeme(practica: Path) -> None:
    """No es el de una carpeta de trabajo corriente, aunque también lo escriba este programa."""
    carpeta = practica / MUNICIPIOS["POI"]
    antes = (carpeta / "LÉAME.txt").read_bytes()
    assert "LÉAME.txt" in preparar(carpeta, hoy=date(2025, 1, 20), ejercicio=2024).respetados
    assert (carpeta / "LÉAME.txt").read_bytes() == antes


def test_quien_lo_sigue_con_el_menu_ve_lo_que_anuncia(
    practica: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """El primer trimestre de un municipio pequeño: consolidar, decidir, corregir, cerrar y reabrir."""
    shutil.copytree(practica / MUNICIPIOS["MIR"], carpeta := tmp_path / "Municipio (práctica)")
    persona = Persona(carpeta)
    persona.seguir(tmp_path / "memoria.json", monkeypatch, "2024-T1")
    assert persona.hechos == 11


@pytest.mark.larga
@pytest.mark.parametrize(("unidades", "semilla", "formato", "hasta"), [
    (4, 2, "POI", "2024-T2"), (6, 1, "MIR", "2024-T2"), (24, 3, "MIR", "2024-T1"),
])
def test_quien_lo_sigue_en_otros_municipios(
    unidades: int, semilla: int, formato: str, hasta: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """También lo que se compara con lo ya cerrado y, con doce unidades, faltas, copias, prórrogas y lo que no abre."""
    escribir_practica(tmp_path / "año", semilla=semilla, unidades=unidades, ejercicio=2024, avance=lambda *_: None)
    persona = Persona(tmp_path / "año" / MUNICIPIOS[formato])
    persona.seguir(tmp_path / "memoria.json", monkeypatch, hasta)
    assert persona.hechos >= 10
