"""El año simulado, con sus correos: después de cada consolidación sale lo que es cierto, a quien toca y una vez."""

from __future__ import annotations

import html
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from buzon import CLAVE, USUARIO, Autoridad, Buzon
from oficina_simulada import Oficina, Salida, correr

from pei_excel.correo import ordenes
from pei_excel.correo.composicion import PUNTOS
from pei_excel.correo.servidor import Ajustes, Servidor
from pei_excel.simulacion.ano import AnoMunicipal, simular_ano
from pei_excel.simulacion.ano_guion import limite_de
from pei_excel.simulacion.ano_modelo import (
    DE_PLANEACION,
    DEBEN_CORREGIRSE,
    Celda,
    Envio,
    Participante,
    Paso,
)

_TESORERIA = "tesoreria@demostracion.example"
_PUNTO = re.compile(r"- (?:[\w-]+ · )?([^·]+?)(?:, ([A-Z]+\d+))? · (?:Debe corregirse|Favor de aclarar): ")


class Correspondencia:
    """Los correos de una oficina: se mandan con la orden y se comparan con la verdad del paso."""

    def __init__(self, oficina: Oficina, buzon: Buzon) -> None:
        self.oficina, self.buzon = oficina, buzon
        self.ultimos: dict[tuple[str, str], EmailMessage] = {}  #: (periodo, dirección) → lo último que se le observó

    def _enviar(self, paso: Paso, a: str, *otras: str) -> tuple[Salida, list[EmailMessage]]:
        antes = len(self.buzon.recibidos)
        hecho = correr(
            "enviar", self.oficina.resultados / paso.periodo.codigo, "--a", a, "--catalogo", self.oficina.catalogo,
            "--enviar", *otras,
        )
        return hecho, self.buzon.mensajes()[antes:]

    def observaciones(self, paso: Paso) -> None:
        """A cada unidad con algo por hacer, lo suyo; a nadie más, y la segunda vez nada."""
        esperan = self._por_direccion(paso)
        hecho, llegados = self._enviar(paso, "unidades")
        assert hecho.estado == 0, hecho.error
        nuevos = {str(m["To"]): m for m in llegados}
        assert len(nuevos) == len(llegados)
        assert set(nuevos) <= set(esperan)
        assert all(m["Cc"] is None and m["Bcc"] is None for m in llegados)
        for direccion, mensaje in nuevos.items():
            self.ultimos[paso.periodo.codigo, direccion] = mensaje
        for direccion, envios in esperan.items():  # el de ahora o, si nada cambió, el que ya tenía
            self._comprobar(paso, self.ultimos[paso.periodo.codigo, direccion], envios)
        otra, nada = self._enviar(paso, "unidades")
        assert (otra.estado, nada) == (0, [])
        if esperan:
            assert f"{len(esperan)} ya se " in otra.dicho

    def faltantes(self, paso: Paso) -> None:
        """A quien no ha entregado, y sólo a él."""
        hecho, llegados = self._enviar(paso, "unidades", "--motivo", "faltante")
        assert hecho.estado == 0, hecho.error
        de_quien = [p for p in self.oficina.ano.participantes
                    if (p.clave(paso.periodo), p.programa) in paso.verdad.faltan]
        esperan = {_direccion(p, paso) for p in de_quien}
        assert len(de_quien) == len(paso.verdad.faltan)
        assert {str(m["To"]) for m in llegados} <= esperan
        assert f"{len(esperan)} " in hecho.dicho or not esperan
        assert self._enviar(paso, "unidades", "--motivo", "faltante")[1] == []

    def tesoreria(self, paso: Paso, *, version: int | None) -> None:
        """El consolidado, tal como se escribió, con su cobertura y sin nombrar otra cosa que lo que falta."""
        hecho, (mensaje,) = self._enviar(paso, _TESORERIA)
        assert hecho.estado == 0, hecho.error
        assert str(mensaje["To"]) == _TESORERIA
        formato, carpeta = self.oficina.ano.formato.lower(), self.oficina.resultados / paso.periodo.codigo
        nombres = [f"consolidado-{formato}.xlsx", f"tesoreria-{formato}.xlsx"]
        assert _adjuntos(mensaje) == {n: (carpeta / n).read_bytes() for n in nombres}
        texto, verdad = _texto(mensaje), paso.verdad
        cuentan = verdad.cuantos("aceptado") + verdad.cuantos("observado")
        assert f"({cuentan} de {verdad.esperados} informe" in texto
        assert ("PRELIMINARES" in texto) is (version is None)
        if version is not None:
            assert f"Versión {version}." in texto
        assert self._enviar(paso, _TESORERIA)[1] == []

    def _comprobar(self, paso: Paso, mensaje: EmailMessage, envios: list[Envio]) -> None:
        suyos = [h for e in envios for h in self._para_la_unidad(paso, e)]
        celdas = Counter((hoja or "todo el archivo", celda) for _, hoja, celda in suyos)
        puntos, errores = len(suyos), sum(regla in DEBEN_CORREGIRSE for regla, _, _ in suyos)
        texto = _texto(mensaje)
        dichos = Counter((m[1], m[2] or "") for linea in texto.splitlines() if (m := _PUNTO.match(linea)))
        assert sum(dichos.values()) == min(puntos, PUNTOS), texto
        assert dichos <= celdas
        assert (f"y {puntos - PUNTOS} más en la hoja Observaciones" in texto) is (puntos > PUNTOS)
        asunto = str(mensaje["Subject"])
        for cuantos, que in ((errores, "correcci"), (puntos - errores, "aclaraci")):
            assert (f" {cuantos} {que}" in asunto) is bool(cuantos), asunto
        adjuntos, carpeta = _adjuntos(mensaje), self.oficina.resultados / paso.periodo.codigo / "evaluaciones"
        assert len(adjuntos) == sum(not e.rechazado for e in envios)
        assert {n: (carpeta / n).read_bytes() for n in adjuntos} == adjuntos
        prefijos = {f"{e.de.quien(paso.periodo)}_".casefold() for e in envios}
        assert all(n.casefold().startswith(tuple(prefijos)) for n in adjuntos)
        self._nada_de_planeacion(paso, [texto, *map(_textos_de, adjuntos.values())])

    def _documento(self, paso: Paso) -> dict[str, Any]:
        ruta = self.oficina.resultados / paso.periodo.codigo / "resultado.json"
        documento: dict[str, Any] = json.loads(ruta.read_text(encoding="utf-8"))
        return documento

    def _por_direccion(self, paso: Paso) -> dict[str, list[Envio]]:
        """A quién se le observa algo, y en qué entregas, de las que se usan o no se pudieron leer."""
        esperan: dict[str, list[Envio]] = {}
        for envio in paso.envios:
            if paso.verdad.estados[envio.archivo] != "sustituido" and self._para_la_unidad(paso, envio):
                esperan.setdefault(_direccion(envio.de, paso), []).append(envio)
        return esperan

    def _para_la_unidad(self, paso: Paso, envio: Envio) -> set[Celda]:
        """Lo que se le observa en ese paso: lo decidido después todavía no se calla.

        Lo que estaba en blanco al cerrar y se llenó (VER001) sólo lo lee la oficina.
        """
        llenado = {
            (h["regla"], h["hoja"], h["celda"]) for x in self._documento(paso)["libros"]
            for h in x["hallazgos"]
            if x["archivo"] == envio.archivo and h["regla"] == "VER001" and "estaba en blanco" in h["mensaje"]
        }
        return {h for h in paso.verdad.hallazgos[envio.archivo] if h[0] not in DE_PLANEACION} - llenado

    def _nada_de_planeacion(self, paso: Paso, escritos: list[str]) -> None:
        for secreto in _de_planeacion(self._documento(paso)):
            assert not [e for e in escritos if secreto in e], secreto


def _de_planeacion(documento: dict[str, Any]) -> Iterator[str]:
    """Lo que sólo lee la oficina, sin lo que de otra manera también se dice a la unidad."""
    todos = [h for x in documento["libros"] for h in x["hallazgos"]]
    suyos = {h["mensaje"] for h in todos if h["destinatario"] == "unidad"}
    yield from {h["mensaje"] for h in [*todos, *documento["hallazgos"]] if h["destinatario"] == "planeacion"} - suyos


def _direccion(uno: Participante, paso: Paso) -> str:
    """La de la clave que la unidad tiene el día límite, aunque informe con la de antes."""
    vigentes = [clave for desde, clave in uno.claves if desde <= limite_de(paso.periodo).month or (
        limite_de(paso.periodo).year > paso.periodo.ejercicio
    )]
    return f"u{vigentes[-1]}@demostracion.example"


def _texto(mensaje: EmailMessage) -> str:
    cuerpo = mensaje.get_body(("plain",))
    assert cuerpo is not None
    return str(cuerpo.get_content()).replace("\r\n", "\n")


def _adjuntos(mensaje: EmailMessage) -> dict[str, bytes]:
    return {str(a.get_filename()): a.get_content() for a in mensaje.iter_attachments()}


def _textos_de(libro: bytes) -> str:
    """Todo lo que dice un libro."""
    with zipfile.ZipFile(BytesIO(libro)) as archivo:
        partes = [archivo.read(n).decode() for n in archivo.namelist() if n.endswith(".xml")]
    return html.unescape(re.sub(r"<[^>]*>", "", "\n".join(partes)))


def repetir(ano: AnoMunicipal, carpeta: Path, buzon: Buzon) -> Correspondencia:
    """El año entero: se recibe, se consolida, se escribe a las unidades y a la Tesorería, se decide y se cierra."""
    oficina = Oficina(ano, carpeta)
    correos = Correspondencia(oficina, buzon)
    for paso in ano.pasos:
        if paso.tanda == 3:
            assert correr("reabrir", paso.periodo.codigo, "--motivo", "Llegó", "-o", oficina.resultados).estado == 0
        oficina.recibir(paso)
        assert oficina.consolidar(paso.periodo).estado in {0, 1}
        correos.observaciones(paso)
        correos.faltantes(paso)
        correos.tesoreria(paso, version=None)
        oficina.anotar(paso.periodo, paso.anotaciones)
        if paso.cierra and paso.periodo.clase == "T":
            motivo = ("--con-observaciones", "--motivo", "Venció el plazo") if paso.verdad.por_solventar else ()
            assert oficina.cerrar(paso.periodo, *motivo).estado == 0
            correos.tesoreria(paso, version=2 if paso.tanda == 3 else 1)
    return correos


@pytest.fixture
def buzon(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Buzon]:
    """Un servidor en el propio equipo, y la cuenta con que se le escribe."""
    propio = Buzon()
    with Autoridad(tmp_path_factory.mktemp("ca")).servidor(propio) as ajustes:
        _cuenta(monkeypatch, ajustes)
        yield propio


def _cuenta(monkeypatch: pytest.MonkeyPatch, ajustes: Ajustes) -> None:
    monkeypatch.setattr(ordenes, "Servidor", partial(Servidor, espera=10, entre_intentos=(0.0,)))
    for nombre, valor in {
        "SMTP_SERVIDOR": ajustes.servidor, "SMTP_PUERTO": str(ajustes.puerto), "SMTP_USUARIO": USUARIO,
        "SMTP_CLAVE": CLAVE, "REMITENTE": ajustes.remitente, "SMTP_CA": str(ajustes.ca),
    }.items():
        monkeypatch.setenv(f"PEI_EXCEL_{nombre}", valor)


@pytest.mark.parametrize(("formato", "unidades", "trimestres"), [
    ("MIR", 2, 1), *(pytest.param(f, n, 2, marks=pytest.mark.larga) for f, n in (("MIR", 6), ("POI", 4))),
])
def test_los_correos_de_medio_ano(
    formato: str, unidades: int, trimestres: int, tmp_path: Path, buzon: Buzon
) -> None:
    correos = repetir(simular_ano(formato, 1, unidades, trimestres=trimestres), tmp_path, buzon)
    assert correos.ultimos
    # Perdida la bitácora, las copias bastan: del último periodo no vuelve a salir nada.
    (correos.oficina.resultados / "bitacora.sqlite").unlink()
    antes = len(buzon.recibidos)
    ultimo = correos.oficina.ano.pasos[-1]
    correr("enviar", correos.oficina.resultados / ultimo.periodo.codigo, "--a", _TESORERIA, "--catalogo",
           correos.oficina.catalogo, "--enviar")
    assert len(buzon.recibidos) == antes
