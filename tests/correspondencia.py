"""Los correos de una oficina que sigue el año simulado: se mandan con la orden y se comparan con la verdad del paso."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

from buzon import Buzon
from oficina_simulada import Acompanante, Oficina, Salida, correr
from recibidos_del_buzon import Llegado, huella, recibir, textos_del_libro
from verdad_de_los_correos import de_planeacion, dia_escrito, direccion, hasta, para_la_unidad, plazo, por_direccion

from pei_excel.ciclo.bitacora import ENVIADO, Bitacora
from pei_excel.correo.composicion import PUNTOS
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.periodos import Periodo
from pei_excel.simulacion.ano_catalogo import TESORERIA as A_TESORERIA
from pei_excel.simulacion.ano_guion import limite_de
from pei_excel.simulacion.ano_modelo import DEBEN_CORREGIRSE, Envio, Participante, Paso
from pei_excel.textos import cuenta

_ENCABEZADOS_DE_COPIA = re.compile(rb"\AX-Pei-[^\r]*\r\nX-Pei-[^\r]*\r\n")
_PUNTO = re.compile(r"- (?:[\w-]+ · )?([^·]+?)(?:, ([A-Z]+\d+))? · (?:Debe corregirse|Favor de aclarar): ")
_APERTURA, _RECORDATORIO, _FALTANTE, _ACUSE, _OBSERVACIONES, _TESORERIA = (
    "apertura", "recordatorio", "faltante", "acuse", "observaciones", "tesoreria"
)


class Correspondencia(Acompanante):
    """Lo que la oficina escribe en el año; en el periodo `corte` la conexión se corta al escribirle a una unidad."""

    def __init__(self, oficina: Oficina, buzon: Buzon, corte: Periodo) -> None:
        self.oficina, self.buzon, self.corte = oficina, buzon, corte
        self.llegados: list[Llegado] = []
        self.cortado = ""  #: la dirección a la que no se le pudo escribir la primera vez
        self.ordenes: dict[tuple[str, str], tuple[Path, int]] = {}  #: (periodo, motivo) → carpeta y estado en que acabó

    def _dia(self, periodo: Periodo, motivo: str) -> date:
        """Cuándo se manda: antes del plazo; a quien falta, ya vencidos todos, y antes de que venza la solventación."""
        if motivo != _FALTANTE:
            return limite_de(periodo)
        prorrogas = [dia for (_, cual), dia in self.oficina.ano.prorrogas.items() if cual == periodo]
        return max([limite_de(periodo), *prorrogas]) + timedelta(days=1)

    def _enviar(self, periodo: Periodo, motivo: str, carpeta: Path | None = None) -> tuple[Salida, dict[str, Llegado]]:
        """Manda la orden en su día; da lo que dijo y lo que llegó, por dirección. A una unidad, nada de planeación."""
        antes = len(self.buzon.recibidos)
        donde = carpeta or self.oficina.resultados / periodo.codigo
        a_quien = (motivo,) if motivo == _TESORERIA else ("unidades", "--motivo", motivo)
        with patch("pei_excel.correo.ordenes.hoy", lambda: self._dia(periodo, motivo)):
            hecho = correr("enviar", donde, "--a", *a_quien, "--catalogo", self.oficina.catalogo, "--enviar",
                           "-o", self.oficina.resultados)
        self.ordenes[periodo.codigo, motivo] = donde, hecho.estado
        llegados: dict[str, Llegado] = {}
        for n, sobre in enumerate(self.buzon.recibidos[antes:], antes + 1):
            uno, adjuntos = recibir(sobre, periodo.codigo, motivo, n)
            assert uno.para not in llegados
            llegados[uno.para] = uno
            if motivo in {_OBSERVACIONES, _ACUSE}:
                escritos = [uno.texto, *map(textos_del_libro, adjuntos.values())]
                assert [x for x in de_planeacion(donde) if any(x in e for e in escritos)] == []
        self.llegados += llegados.values()
        return hecho, llegados

    def _el_que_vale(self, paso: Paso, motivo: str, quien: str, *, cerrado: bool) -> Llegado:
        """Lo de ahora o, si ya tenía lo mismo, aquello: al reabrir, lo de antes de cerrar."""
        carpeta = self.oficina.resultados / paso.periodo.codigo / "evaluaciones"
        return next(
            x for x in reversed(self.llegados)
            if (x.periodo, x.motivo, x.para) == (paso.periodo.codigo, motivo, quien)
            if motivo == _ACUSE or ("El periodo ya está cerrado" in x.texto) is cerrado
            if x.adjuntos == _huellas_de(carpeta, x.adjuntos)
        )

    # ------------------------------------------------------------ antes de que entreguen

    def antes(self, periodo: Periodo) -> None:
        """A cada quien su libro y, unos días antes del plazo, un recordatorio."""
        if periodo.clase != "T":
            return
        libros, informan = self._preparar(periodo), self.oficina.ano.participantes
        con_libro = {direccion(p, periodo): p for p in informan if self._tiene_de_donde(p, periodo)}
        carpeta = self.oficina.carpeta / "1 enviar" / periodo.codigo
        hecho, llegados = self._enviar(periodo, _APERTURA, carpeta)
        assert hecho.estado == int(len(con_libro) < len(informan)), hecho.error
        assert hecho.error.count("falta «") == len(informan) - len(con_libro)
        assert set(llegados) == set(con_libro)
        for quien, mensaje in llegados.items():
            uno = con_libro[quien]
            ((nombre, sha256),) = mensaje.adjuntos.items()
            assert sha256 == libros.pop(nombre)
            (leido,) = leer(carpeta / nombre, nombre, Opciones(periodo=periodo))
            assert leido.identidad == (uno.clave(periodo), uno.programa)
            self._dice(mensaje, uno, periodo, "LISTO PARA ENVIAR", hasta(self.oficina.ano, uno, periodo))
        assert not libros
        hecho, llegados = self._enviar(periodo, _RECORDATORIO, carpeta)
        assert (hecho.estado, set(llegados)) == (0, {direccion(p, periodo) for p in informan}), hecho.error
        for uno in informan:
            mensaje = llegados[direccion(uno, periodo)]
            self._dice(mensaje, uno, periodo, "Le recordamos", hasta(self.oficina.ano, uno, periodo))
            assert not mensaje.adjuntos

    def _preparar(self, periodo: Periodo) -> dict[str, str]:
        """Las huellas de los libros del periodo: de lo del trimestre anterior o, en el primero, de lo aprobado."""
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
        return _huellas_de(carpeta, [p.name for p in carpeta.iterdir()])

    def _tiene_de_donde(self, uno: Participante, periodo: Periodo) -> bool:
        """Entregó el trimestre anterior algo que se pudo leer."""
        if periodo.trimestre == 1:
            return True
        ultimo = self.oficina.ano.de(Periodo(periodo.ejercicio, "T", periodo.trimestre - 1))[-1]
        return any(e.de is uno and not e.rechazado for e in ultimo.envios)

    # ------------------------------------------------------------ después de cada consolidación

    def consolidado(self, paso: Paso) -> None:
        """Lo que se observa, a quien no ha entregado y, la primera vez, qué se recibió y el consolidado preliminar.

        De un mes que no cierra trimestre, una sola vez y sin preliminar.
        """
        if paso.periodo.clase != "T" and not paso.cierra:
            return
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
            hecho, llegados = self._enviar(paso.periodo, _TESORERIA)
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
        esperan = por_direccion(paso)
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
        esperan = por_direccion(paso)
        hecho, llegados = self._enviar(paso.periodo, _OBSERVACIONES)
        assert hecho.estado == 0, hecho.error
        assert set(llegados) <= set(esperan)
        for quien, envios in esperan.items():
            mensaje = self._el_que_vale(paso, _OBSERVACIONES, quien, cerrado=cerrado)
            self._comprobar(paso, mensaje, envios)
            hasta_cuando = plazo(paso.periodo, cerrado=cerrado)
            self._dice(mensaje, envios[0].de, paso.periodo, "Muchas gracias por su", *hasta_cuando)

    def faltantes(self, paso: Paso, *, cerrado: bool = False) -> None:
        """A quien no ha entregado, y sólo a él, con su plazo y su prórroga."""
        hecho, llegados = self._enviar(paso.periodo, _FALTANTE)
        assert hecho.estado == 0, hecho.error
        faltan = [p for p in self.oficina.ano.participantes
                  if (p.clave(paso.periodo), p.programa) in paso.verdad.faltan]
        assert len(faltan) == len(paso.verdad.faltan)
        assert set(llegados) <= {direccion(p, paso.periodo) for p in faltan}
        for uno in faltan:
            mensaje = self._el_que_vale(paso, _FALTANTE, direccion(uno, paso.periodo), cerrado=cerrado)
            plazos = (hasta(self.oficina.ano, uno, paso.periodo), *plazo(paso.periodo, cerrado=cerrado))
            self._dice(mensaje, uno, paso.periodo, "No ha llegado 1 informe", *plazos)

    def acuses(self, paso: Paso, *, cerrado: bool = False) -> None:
        """A cada unidad que entregó, qué se recibió, con su huella; la evaluación, a quien no tiene nada por hacer."""
        vigentes = [e for e in paso.envios if paso.verdad.estados[e.archivo] != "sustituido"]
        hecho, llegados = self._enviar(paso.periodo, _ACUSE)
        assert hecho.estado == 0, hecho.error
        assert set(llegados) <= {direccion(e.de, paso.periodo) for e in vigentes}
        for envio in vigentes:
            mensaje = self._el_que_vale(paso, _ACUSE, direccion(envio.de, paso.periodo), cerrado=cerrado)
            suya = huella((self.oficina.recibidos(paso.periodo) / envio.archivo).read_bytes())
            dia = "" if envio.rechazado else f", el {dia_escrito(envio.fecha)}"
            self._dice(mensaje, envio.de, paso.periodo, f"«{envio.archivo}»{dia}", f"SHA-256 {suya}")
            assert bool(mensaje.adjuntos) is not bool(para_la_unidad(paso, envio))

    def tesoreria(self, paso: Paso, *, version: int | None = None) -> None:
        """El consolidado, tal como se escribió, con su cobertura, lo que falta y lo que está en solventación."""
        hecho, llegados = self._enviar(paso.periodo, _TESORERIA)
        assert (hecho.estado, set(llegados)) == (0, {A_TESORERIA}), hecho.error
        mensaje, formato = llegados[A_TESORERIA], self.oficina.ano.formato.lower()
        carpeta = self.oficina.resultados / paso.periodo.codigo
        nombres = [f"consolidado-{formato}.xlsx", f"tesoreria-{formato}.xlsx"]
        assert list(mensaje.adjuntos.items()) == list(_huellas_de(carpeta, nombres).items())
        texto, verdad = mensaje.texto, paso.verdad
        cuentan = verdad.cuantos("aceptado") + verdad.cuantos("observado")
        (frase,) = [x for x in texto.splitlines() if x.startswith("Se remite el consolidado")]
        fuera = [*(unidad for unidad, _ in verdad.faltan),
                 *(e.archivo for e in paso.envios if verdad.estados[e.archivo] == "rechazado")]
        assert f"({cuentan} de {verdad.esperados} informe" in frase
        assert ("pendientes: " in frase) is bool(fuera)
        assert [x for x in fuera if x not in frase] == []
        assert frase.endswith(f"). Versión {'preliminar' if version is None else version}.")
        assert ("PRELIMINARES" in texto) is (version is None)
        assert all(sha256 in texto for sha256 in mensaje.adjuntos.values())
        al_pie = textos_del_libro((carpeta / nombres[1]).read_bytes())
        assert ("en solventación" in frase) is ("solventación en trámite" in al_pie), frase

    # ------------------------------------------------------------ lo que consta

    def tablero(self, periodo: Periodo) -> None:
        """`estado` dice a quién se le ha escrito qué, como lo recibió el servidor."""
        suyos = [x for x in self.llegados if x.periodo == periodo.codigo]
        dichos = self.oficina.tableros()[periodo.codigo]["correos"]
        assert [(e["message_id"], e["motivo"], e["para"], e["asunto"]) for e in dichos["enviados"]] == [
            (x.identificador, x.motivo, x.para, x.asunto) for x in suyos
        ]
        assert dichos["sin_salir"] == []
        motivos = Counter("consolidado" if x.motivo == _TESORERIA else x.motivo for x in suyos)
        texto = " ".join(correr("estado", "--periodo", periodo.codigo, "-o", self.oficina.resultados).dicho.split())
        assert ("Correos" in texto) is bool(suyos)
        if suyos:
            cuantas = cuenta(len({x.para for x in suyos}), "dirección", "direcciones")
            assert f"Correos enviados a {cuantas}, en {cuenta(len(suyos), 'envío')}: " in texto
        assert all(f"{n} de {motivo}" in texto for motivo, n in motivos.items())

    def consta_lo_que_llego(self) -> None:
        """La bitácora es lo que recibió el servidor: identificador, dirección, adjuntos y respuesta; nada dos veces."""
        anotados = Bitacora.abrir(self.oficina.resultados, para_escribir=False).envios()
        assert [
            (e.periodo, e.motivo, e.message_id, e.para, e.unidad, dict(e.adjuntos), e.respuesta)
            for e in anotados if e.estado == ENVIADO
        ] == [
            (x.periodo, x.motivo, x.identificador, x.para, _unidad(x.para), x.adjuntos, f"250 recibido {x.lugar}")
            for x in self.llegados
        ]
        assert len(self.llegados) == len(self.buzon.recibidos)
        assert [(e.periodo, e.para) for e in anotados if e.estado != ENVIADO] == [(self.corte.codigo, self.cortado)]
        assert max(Counter((x.para, x.asunto, x.texto, *x.adjuntos.items()) for x in self.llegados).values()) == 1
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
        esperados = sorted(x.sha256 for x in self.llegados if x.para in suyas)
        assert sorted(huella(_ENCABEZADOS_DE_COPIA.sub(b"", c)) for c in copias) == esperados

    def repetido_sin_bitacora_no_sale_nada(self) -> None:
        """Perdida la bitácora, cada orden otra vez: las copias de lo enviado bastan."""
        (self.oficina.resultados / "bitacora.sqlite").unlink(missing_ok=True)
        for (codigo, motivo), (carpeta, estado) in list(self.ordenes.items()):
            hecho, llegados = self._enviar(Periodo.de_codigo(codigo), motivo, carpeta)
            assert (hecho.estado, llegados) == (estado, {}), (codigo, motivo, hecho)

    # ------------------------------------------------------------ lo que debe decir un mensaje

    @staticmethod
    def _dice(mensaje: Llegado, uno: Participante, periodo: Periodo, *partes: str) -> None:
        assert mensaje.asunto.startswith(f"[{uno.quien(periodo)}] ")
        assert "\n\nMuchas gracias" in mensaje.texto
        assert [p for p in partes if p not in mensaje.texto] == [], mensaje.texto

    def _comprobar(self, paso: Paso, mensaje: Llegado, envios: list[Envio]) -> None:
        suyos = [h for e in envios for h in para_la_unidad(paso, e)]
        celdas = Counter((hoja or "todo el archivo", celda) for _, hoja, celda in suyos)
        puntos, errores = len(suyos), sum(regla in DEBEN_CORREGIRSE for regla, _, _ in suyos)
        texto, asunto = mensaje.texto, mensaje.asunto
        dichos = Counter((m[1], m[2] or "") for linea in texto.splitlines() if (m := _PUNTO.match(linea)))
        assert sum(dichos.values()) == min(puntos, PUNTOS), texto
        assert dichos <= celdas
        assert (f"y {puntos - PUNTOS} más en la hoja Observaciones" in texto) is (puntos > PUNTOS)
        for cuantos, que in ((errores, "correcci"), (puntos - errores, "aclaraci")):
            assert (f" {cuantos} {que}" in asunto) is bool(cuantos), asunto
        assert len(mensaje.adjuntos) == sum(not e.rechazado for e in envios)
        prefijos = {f"{e.de.quien(paso.periodo)}_".casefold() for e in envios}
        assert all(n.casefold().startswith(tuple(prefijos)) for n in mensaje.adjuntos)


def _huellas_de(carpeta: Path, nombres: Iterable[str]) -> dict[str, str]:
    """Las de esos archivos, como están ahora; el que no está, sin ella."""
    return {n: huella((carpeta / n).read_bytes()) if (carpeta / n).is_file() else "" for n in nombres}


def _unidad(quien: str) -> str:
    return "" if quien == A_TESORERIA else quien.partition("@")[0].removeprefix("u")


__all__ = ["Correspondencia"]
