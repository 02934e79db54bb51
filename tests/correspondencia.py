"""Los correos de una oficina que sigue el año simulado: se mandan con la orden y se comparan con la verdad del paso."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from buzon import REMITENTE, Buzon
from oficina_simulada import Acompanante, Oficina, Salida, correr
from recibidos_del_buzon import Llegado, adjuntos_de, bytes_de, huellas_de, leido_de, texto_de, textos_del_libro

from pei_excel.bitacora import ENVIADO, Bitacora
from pei_excel.correo.composicion import PUNTOS
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.periodos import MESES, Periodo
from pei_excel.simulacion.ano_guion import DIAS_PARA_CORREGIR, limite_de
from pei_excel.simulacion.ano_modelo import DE_PLANEACION, DEBEN_CORREGIRSE, Celda, Envio, Participante, Paso

TESORERIA = "tesoreria@demostracion.example"
_PUNTO = re.compile(r"- (?:[\w-]+ · )?([^·]+?)(?:, ([A-Z]+\d+))? · (?:Debe corregirse|Favor de aclarar): ")
_APERTURA, _RECORDATORIO, _FALTANTE, _ACUSE, _OBSERVACIONES = (
    "apertura", "recordatorio", "faltante", "acuse", "observaciones"
)


class Correspondencia(Acompanante):
    """Lo que la oficina escribe en el año; en el periodo `corte` la conexión se corta al escribirle a una unidad."""

    def __init__(self, oficina: Oficina, buzon: Buzon, corte: Periodo) -> None:
        self.oficina, self.buzon, self.corte = oficina, buzon, corte
        self.llegados: list[Llegado] = []
        self.cortado = ""  #: la dirección a la que no se le pudo escribir la primera vez
        self.ordenes: dict[tuple[str, str], tuple[Path, int]] = {}  #: (periodo, motivo) → carpeta y estado en que acabó
        self._leidos: dict[str, str] = {}  #: SHA-256 de un libro → lo que dice

    def _enviar(
        self, periodo: Periodo, motivo: str, carpeta: Path | None = None
    ) -> tuple[Salida, dict[str, EmailMessage]]:
        """Manda la orden; da lo que dijo y lo que llegó, por dirección, que es una y la del mensaje."""
        antes = len(self.buzon.recibidos)
        donde = carpeta or self.oficina.resultados / periodo.codigo
        a_quien = ("tesoreria",) if motivo == "tesoreria" else ("unidades", "--motivo", motivo)
        hecho = correr("enviar", donde, "--a", *a_quien, "--catalogo", self.oficina.catalogo, "--enviar",
                       "-o", self.oficina.resultados)
        self.ordenes[periodo.codigo, motivo] = donde, hecho.estado
        llegados: dict[str, EmailMessage] = {}
        for n, sobre in enumerate(self.buzon.recibidos[antes:], antes + 1):
            uno = Llegado(periodo.codigo, motivo, tuple(sobre.rcpt_tos), bytes_de(sobre), leido_de(sobre), n)
            self.llegados.append(uno)
            assert (uno.mensaje["Cc"], uno.mensaje["Bcc"], str(uno.mensaje["From"])) == (None, None, REMITENTE)
            assert uno.para == (str(uno.mensaje["To"]),)
            assert uno.para[0] not in llegados
            llegados[uno.para[0]] = uno.mensaje
        return hecho, llegados

    def _el_que_vale(self, paso: Paso, motivo: str, direccion: str, *, cerrado: bool) -> EmailMessage:
        """Lo de ahora o, si ya tenía lo mismo, aquello: al reabrir, lo de antes de cerrar."""
        carpeta = self.oficina.resultados / paso.periodo.codigo / "evaluaciones"
        suyos = [x.mensaje for x in self.llegados if (x.periodo, x.motivo, x.para) == (
            paso.periodo.codigo, motivo, (direccion,))]
        return next(
            m for m in reversed(suyos)
            if ("El periodo ya está cerrado" in texto_de(m)) is cerrado or motivo == _ACUSE
            if all((carpeta / n).is_file() and (carpeta / n).read_bytes() == c for n, c in adjuntos_de(m).items())
        )

    # ------------------------------------------------------------ antes de que entreguen

    def antes(self, periodo: Periodo) -> None:
        """A cada quien su libro y, unos días antes del plazo, un recordatorio."""
        if periodo.clase != "T":
            return
        libros, informan = self._preparar(periodo), self.oficina.ano.participantes
        con_libro = {self._direccion(p, periodo): p for p in informan if self._tiene_de_donde(p, periodo)}
        carpeta = self.oficina.carpeta / "1 enviar" / periodo.codigo
        hecho, llegados = self._enviar(periodo, _APERTURA, carpeta)
        assert hecho.estado == int(len(con_libro) < len(informan)), hecho.error
        assert hecho.error.count("falta «") == len(informan) - len(con_libro)
        assert set(llegados) == set(con_libro)
        for direccion, mensaje in llegados.items():
            uno = con_libro[direccion]
            ((nombre, contenido),) = adjuntos_de(mensaje).items()
            assert contenido == libros.pop(nombre)
            (leido,) = leer(carpeta / nombre, nombre, Opciones(periodo=periodo))
            assert leido.identidad == (uno.clave(periodo), uno.programa)
            self._dice(mensaje, uno, periodo, "LISTO PARA ENVIAR", self._hasta(uno, periodo))
        assert not libros
        hecho, llegados = self._enviar(periodo, _RECORDATORIO, carpeta)
        assert (hecho.estado, set(llegados)) == (0, {self._direccion(p, periodo) for p in informan}), hecho.error
        for uno in informan:
            mensaje = llegados[self._direccion(uno, periodo)]
            self._dice(mensaje, uno, periodo, "Le recordamos", self._hasta(uno, periodo))
            assert not adjuntos_de(mensaje)

    def _preparar(self, periodo: Periodo) -> dict[str, bytes]:
        """Los libros del periodo: de lo entregado el trimestre anterior o, en el primero, de lo aprobado."""
        desde = self.oficina.recibidos(Periodo(periodo.ejercicio, "T", periodo.trimestre - 1))
        if periodo.trimestre == 1:
            desde = self.oficina.carpeta / "aprobados"
            desde.mkdir()
            for uno in self.oficina.ano.participantes:
                quien = f"{uno.clave(periodo)} - {uno.nombre_en(periodo)}"
                uno.libro(periodo, quien).escribir(desde / f"{uno.quien(periodo)}.xlsx")
        carpeta = self.oficina.carpeta / "1 enviar" / periodo.codigo
        hecho = correr("plantilla", self.oficina.ano.formato.lower(), "--catalogo", self.oficina.catalogo,
                       "--desde", desde, "--periodo", periodo.codigo, "-o", carpeta)
        assert hecho.estado in {0, 1}, hecho.error
        return {p.name: p.read_bytes() for p in carpeta.iterdir()}

    def _tiene_de_donde(self, uno: Participante, periodo: Periodo) -> bool:
        """Entregó el trimestre anterior algo que se pudo leer."""
        if periodo.trimestre == 1:
            return True
        ultimo = self.oficina.ano.de(Periodo(periodo.ejercicio, "T", periodo.trimestre - 1))[-1]
        return any(e.de is uno and not e.rechazado for e in ultimo.envios)

    # ------------------------------------------------------------ después de cada consolidación

    def consolidado(self, paso: Paso) -> None:
        """Lo que se observa, a quien no ha entregado y, la primera vez, qué se recibió y el consolidado preliminar."""
        if paso.tanda == 1 and paso.periodo == self.corte:
            self._con_un_corte(paso)
        self.observaciones(paso)
        self.faltantes(paso)
        if paso.tanda == 1:
            self.acuses(paso)
            self.tesoreria(paso)
        if paso.cierra and paso.periodo.clase != "T":
            self.tablero(paso.periodo)

    def anotado(self, paso: Paso) -> None:
        """Con las decisiones anotadas en el consolidado, ése ya no es el que se escribió: no va a la Tesorería."""
        if paso.anotaciones:
            hecho, llegados = self._enviar(paso.periodo, "tesoreria")
            assert (hecho.estado, llegados) == (1, {})
            assert f"«consolidado-{self.oficina.ano.formato.lower()}.xlsx» cambió desde que se consolidó" in hecho.error

    def cerrado(self, paso: Paso) -> None:
        """Ya cerrado: lo definitivo a la Tesorería y, a las unidades, que para corregir hay que reabrir."""
        self.observaciones(paso, cerrado=True)
        self.faltantes(paso, cerrado=True)
        self.acuses(paso, cerrado=True)
        self.tesoreria(paso, version=2 if paso.tanda == 3 else 1)
        self.tablero(paso.periodo)

    def _con_un_corte(self, paso: Paso) -> None:
        """El servidor corta a la mitad de un mensaje: los demás salen, y ese solo la siguiente vez."""
        esperan = self._por_direccion(paso)
        self.cortado = min(esperan)
        self.buzon.corta_a = {self.cortado}
        hecho, llegados = self._enviar(paso.periodo, _OBSERVACIONES)
        assert (hecho.estado, set(llegados)) == (1, set(esperan) - {self.cortado})
        # Con un mensaje pequeño, quien lo manda ya había terminado: no puede saber si llegó.
        assert re.search(f", {self.cortado}: (no enviado|incierto): ", hecho.error)
        assert "cortó la conexión" in hecho.error
        sin_salir = self.oficina.tableros()[paso.periodo.codigo]["correos"]["sin_salir"]
        assert [(e["para"], e["motivo"]) for e in sin_salir] == [(self.cortado, _OBSERVACIONES)]
        self.buzon.corta_a = set()
        hecho, llegados = self._enviar(paso.periodo, _OBSERVACIONES)
        assert (hecho.estado, set(llegados)) == (0, {self.cortado}), hecho.error
        assert self.oficina.tableros()[paso.periodo.codigo]["correos"]["sin_salir"] == []

    def observaciones(self, paso: Paso, *, cerrado: bool = False) -> None:
        """A cada unidad con algo por hacer, lo suyo; a nadie más."""
        esperan = self._por_direccion(paso)
        hecho, llegados = self._enviar(paso.periodo, _OBSERVACIONES)
        assert hecho.estado == 0, hecho.error
        assert set(llegados) <= set(esperan)
        for direccion, envios in esperan.items():
            mensaje = self._el_que_vale(paso, _OBSERVACIONES, direccion, cerrado=cerrado)
            self._comprobar(paso, mensaje, envios)
            self._dice(mensaje, envios[0].de, paso.periodo, "Muchas gracias por su", *_plazo(paso.periodo, cerrado))

    def faltantes(self, paso: Paso, *, cerrado: bool = False) -> None:
        """A quien no ha entregado, y sólo a él, con su plazo y su prórroga."""
        hecho, llegados = self._enviar(paso.periodo, _FALTANTE)
        assert hecho.estado == 0, hecho.error
        faltan = [p for p in self.oficina.ano.participantes
                  if (p.clave(paso.periodo), p.programa) in paso.verdad.faltan]
        assert len(faltan) == len(paso.verdad.faltan)
        assert set(llegados) <= {self._direccion(p, paso.periodo) for p in faltan}
        for uno in faltan:
            mensaje = self._el_que_vale(paso, _FALTANTE, self._direccion(uno, paso.periodo), cerrado=cerrado)
            self._dice(mensaje, uno, paso.periodo, "No ha llegado 1 informe", self._hasta(uno, paso.periodo),
                       *_plazo(paso.periodo, cerrado))

    def acuses(self, paso: Paso, *, cerrado: bool = False) -> None:
        """A cada unidad que entregó, qué se recibió, con su huella; la evaluación, a quien no tiene nada por hacer."""
        vigentes = [e for e in paso.envios if paso.verdad.estados[e.archivo] != "sustituido"]
        hecho, llegados = self._enviar(paso.periodo, _ACUSE)
        assert hecho.estado == 0, hecho.error
        assert set(llegados) <= {self._direccion(e.de, paso.periodo) for e in vigentes}
        for envio in vigentes:
            mensaje = self._el_que_vale(paso, _ACUSE, self._direccion(envio.de, paso.periodo), cerrado=cerrado)
            huella = hashlib.sha256((self.oficina.recibidos(paso.periodo) / envio.archivo).read_bytes()).hexdigest()
            dia = "" if envio.rechazado else f", el {_dia(envio.fecha)}"
            self._dice(mensaje, envio.de, paso.periodo, f"«{envio.archivo}»{dia}", f"SHA-256 {huella}")
            adjuntos = adjuntos_de(mensaje)
            assert bool(adjuntos) is not bool(self._para_la_unidad(paso, envio))
            self._son_los_escritos(paso, adjuntos, "evaluaciones")
            self._nada_de_planeacion(paso, mensaje)

    def tesoreria(self, paso: Paso, *, version: int | None = None) -> None:
        """El consolidado, tal como se escribió, con su cobertura, lo que falta y lo que está en solventación."""
        hecho, llegados = self._enviar(paso.periodo, "tesoreria")
        assert (hecho.estado, set(llegados)) == (0, {TESORERIA}), hecho.error
        mensaje, formato = llegados[TESORERIA], self.oficina.ano.formato.lower()
        adjuntos = adjuntos_de(mensaje)
        assert list(adjuntos) == [f"consolidado-{formato}.xlsx", f"tesoreria-{formato}.xlsx"]
        self._son_los_escritos(paso, adjuntos)
        texto, verdad = texto_de(mensaje), paso.verdad
        cuentan = verdad.cuantos("aceptado") + verdad.cuantos("observado")
        (frase,) = [x for x in texto.splitlines() if x.startswith("Se remite el consolidado")]
        fuera = [*(unidad for unidad, _ in verdad.faltan),
                 *(e.archivo for e in paso.envios if verdad.estados[e.archivo] == "rechazado")]
        assert f"({cuentan} de {verdad.esperados} informe" in frase
        assert ("pendientes: " in frase) is bool(fuera)
        assert [x for x in fuera if x not in frase] == []
        assert frase.endswith(f"). Versión {'preliminar' if version is None else version}.")
        assert ("PRELIMINARES" in texto) is (version is None)
        assert all(hashlib.sha256(c).hexdigest() in texto for c in adjuntos.values())
        al_pie = textos_del_libro(adjuntos[f"tesoreria-{formato}.xlsx"])
        assert ("en solventación" in frase) is ("solventación en trámite" in al_pie), frase

    # ------------------------------------------------------------ lo que consta

    def tablero(self, periodo: Periodo) -> None:
        """`estado` dice a quién se le ha escrito qué, como lo recibió el servidor."""
        suyos = [x for x in self.llegados if x.periodo == periodo.codigo]
        dichos = self.oficina.tableros()[periodo.codigo]["correos"]
        assert [(e["message_id"], e["motivo"], e["para"], e["asunto"]) for e in dichos["enviados"]] == [
            (x.identificador, x.motivo, x.para[0], str(x.mensaje["Subject"])) for x in suyos
        ]
        assert dichos["sin_salir"] == []
        motivos = Counter("consolidado" if x.motivo == "tesoreria" else x.motivo for x in suyos)
        texto = " ".join(correr("estado", "--periodo", periodo.codigo, "-o", self.oficina.resultados).dicho.split())
        assert f"Correos enviados a {len({x.para for x in suyos})} direcciones, en {len(suyos)} envíos: " in texto
        assert all(f"{n} de {motivo}" in texto for motivo, n in motivos.items())

    def consta_lo_que_llego(self) -> None:
        """La bitácora es lo que recibió el servidor: identificador, dirección, adjuntos y respuesta; nada dos veces."""
        anotados = Bitacora.abrir(self.oficina.resultados, para_escribir=False).envios()
        assert [
            (e.periodo, e.motivo, e.message_id, e.para, e.unidad, dict(e.adjuntos), e.respuesta)
            for e in anotados if e.estado == ENVIADO
        ] == [
            (x.periodo, x.motivo, x.identificador, x.para[0], _unidad(x.para[0]), huellas_de(x.mensaje),
             f"250 recibido {x.lugar}") for x in self.llegados
        ]
        assert len(self.llegados) == len(self.buzon.recibidos)
        assert [(e.periodo, e.para) for e in anotados if e.estado != ENVIADO] == [(self.corte.codigo, self.cortado)]
        veces = Counter((x.para, str(x.mensaje["Subject"]), texto_de(x.mensaje), *huellas_de(x.mensaje).items())
                        for x in self.llegados)
        assert max(veces.values()) == 1
        assert len({x.identificador for x in self.llegados}) == len(self.llegados)

    def esta_en_el_expediente(self, uno: Participante) -> None:
        """El expediente de una unidad trae todo lo que se le escribió, como salió, y nada que no sea suyo."""
        suyas = {f"u{clave}@demostracion.example" for _, clave in uno.claves}
        clave = "-".join(p for p in (uno.claves[-1][1], uno.programa) if p)
        destino = self.oficina.carpeta / f"mensajes {clave}.zip"
        hecho = correr("expediente", clave, str(self.oficina.ano.ejercicio), "--catalogo", self.oficina.catalogo,
                       "--salidas", self.oficina.resultados, "-o", destino)
        assert hecho.estado == 0, hecho.error
        with zipfile.ZipFile(destino) as archivo:
            copias = [archivo.read(n) for n in archivo.namelist() if n.startswith("mensajes/")]
        esperados = sorted(x.contenido for x in self.llegados if x.para[0] in suyas)
        assert sorted(re.sub(rb"\AX-Pei-[^\r]*\r\nX-Pei-[^\r]*\r\n", b"", c) for c in copias) == esperados

    def repetido_sin_bitacora_no_sale_nada(self) -> None:
        """Perdida la bitácora, cada orden otra vez: las copias de lo enviado bastan."""
        (self.oficina.resultados / "bitacora.sqlite").unlink(missing_ok=True)
        for (codigo, motivo), (carpeta, estado) in list(self.ordenes.items()):
            hecho, llegados = self._enviar(Periodo.de_codigo(codigo), motivo, carpeta)
            assert (hecho.estado, llegados) == (estado, {}), (codigo, motivo, hecho)

    # ------------------------------------------------------------ lo que debe decir un mensaje

    def _dice(self, mensaje: EmailMessage, uno: Participante, periodo: Periodo, *partes: str) -> None:
        texto = texto_de(mensaje)
        assert str(mensaje["Subject"]).startswith(f"[{uno.quien(periodo)}] ")
        assert "\n\nMuchas gracias" in texto
        assert [p for p in partes if p not in texto] == [], texto

    def _comprobar(self, paso: Paso, mensaje: EmailMessage, envios: list[Envio]) -> None:
        suyos = [h for e in envios for h in self._para_la_unidad(paso, e)]
        celdas = Counter((hoja or "todo el archivo", celda) for _, hoja, celda in suyos)
        puntos, errores = len(suyos), sum(regla in DEBEN_CORREGIRSE for regla, _, _ in suyos)
        texto = texto_de(mensaje)
        dichos = Counter((m[1], m[2] or "") for linea in texto.splitlines() if (m := _PUNTO.match(linea)))
        assert sum(dichos.values()) == min(puntos, PUNTOS), texto
        assert dichos <= celdas
        assert (f"y {puntos - PUNTOS} más en la hoja Observaciones" in texto) is (puntos > PUNTOS)
        asunto = str(mensaje["Subject"])
        for cuantos, que in ((errores, "correcci"), (puntos - errores, "aclaraci")):
            assert (f" {cuantos} {que}" in asunto) is bool(cuantos), asunto
        adjuntos = adjuntos_de(mensaje)
        assert len(adjuntos) == sum(not e.rechazado for e in envios)
        self._son_los_escritos(paso, adjuntos, "evaluaciones")
        prefijos = {f"{e.de.quien(paso.periodo)}_".casefold() for e in envios}
        assert all(n.casefold().startswith(tuple(prefijos)) for n in adjuntos)
        self._nada_de_planeacion(paso, mensaje)

    def _son_los_escritos(self, paso: Paso, adjuntos: dict[str, bytes], donde: str = "") -> None:
        carpeta = self.oficina.resultados / paso.periodo.codigo / donde
        assert {n: (carpeta / n).read_bytes() for n in adjuntos} == adjuntos

    def _nada_de_planeacion(self, paso: Paso, mensaje: EmailMessage) -> None:
        escritos = [texto_de(mensaje)]
        for contenido in adjuntos_de(mensaje).values():
            huella = hashlib.sha256(contenido).hexdigest()
            if huella not in self._leidos:
                self._leidos[huella] = textos_del_libro(contenido)
            escritos.append(self._leidos[huella])
        for secreto in _de_planeacion(self._documento(paso)):
            assert not [e for e in escritos if secreto in e], secreto

    # ------------------------------------------------------------ la verdad

    def _documento(self, paso: Paso) -> dict[str, Any]:
        ruta = self.oficina.resultados / paso.periodo.codigo / "resultado.json"
        documento: dict[str, Any] = json.loads(ruta.read_text(encoding="utf-8"))
        return documento

    def _por_direccion(self, paso: Paso) -> dict[str, list[Envio]]:
        """A quién se le observa algo, y en qué entregas, de las que se usan o no se pudieron leer."""
        esperan: dict[str, list[Envio]] = {}
        for envio in paso.envios:
            if paso.verdad.estados[envio.archivo] != "sustituido" and self._para_la_unidad(paso, envio):
                esperan.setdefault(self._direccion(envio.de, paso.periodo), []).append(envio)
        return esperan

    def _para_la_unidad(self, paso: Paso, envio: Envio) -> set[Celda]:
        """Lo que se le observa en ese paso: lo que se decide después todavía no se calla."""
        return {h for h in paso.verdad.hallazgos[envio.archivo] if h[0] not in DE_PLANEACION} - envio.notas

    def _direccion(self, uno: Participante, periodo: Periodo) -> str:
        """La de la clave que la unidad tiene el día límite, aunque informe con la de antes."""
        limite = limite_de(periodo)
        vigentes = [c for desde, c in uno.claves if desde <= limite.month or limite.year > periodo.ejercicio]
        return f"u{vigentes[-1]}@demostracion.example"

    def _hasta(self, uno: Participante, periodo: Periodo) -> str:
        """Su plazo, con su prórroga."""
        return _dia(self.oficina.ano.prorrogas.get((uno.clave(periodo), periodo), limite_de(periodo)))


def _plazo(periodo: Periodo, cerrado: bool) -> Iterator[str]:
    """Hasta cuándo se corrige o, ya cerrado, hasta cuándo se pudo."""
    dia = _dia(limite_de(periodo) + timedelta(days=DIAS_PARA_CORREGIR))
    if cerrado:
        yield "El periodo ya está cerrado y su consolidado es DEFINITIVO"
        yield dia
    else:
        yield f"a más tardar el {dia}"


def _de_planeacion(documento: dict[str, Any]) -> Iterator[str]:
    """Lo que sólo lee la oficina, sin lo que de otra manera también se dice a la unidad."""
    todos = [h for x in documento["libros"] for h in x["hallazgos"]]
    suyos = {h["mensaje"] for h in todos if h["destinatario"] == "unidad"}
    yield from {h["mensaje"] for h in [*todos, *documento["hallazgos"]] if h["destinatario"] == "planeacion"} - suyos


def _dia(dia: date) -> str:
    return f"{dia.day} de {MESES[dia.month - 1]} de {dia.year}"


def _unidad(direccion: str) -> str:
    return "" if direccion == TESORERIA else direccion.partition("@")[0].removeprefix("u")


__all__ = ["TESORERIA", "Correspondencia"]
