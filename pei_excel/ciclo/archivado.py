"""Lo que pasa a la mitad de un cierre: se comprueba que nada cambió y se archiva lo recibido con sus resultados."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from pei_excel import VERSION as PROGRAMA
from pei_excel.archivos import originales
from pei_excel.ciclo.bitacora import ahora
from pei_excel.ciclo.cerrados import CERRADOS, ORIGINALES, RESULTADOS, quitar, versiones
from pei_excel.ciclo.llegadas import comparar
from pei_excel.definitivo import Definitivo
from pei_excel.documento import a_texto, totales
from pei_excel.hallazgo import Severidad
from pei_excel.indicaciones import como_se_escribe, con_resultados_en, indicacion
from pei_excel.lectura.limites import LIMITES, Limites
from pei_excel.periodos import Periodo
from pei_excel.proceso import Consolidado, Resultado
from pei_excel.reglas.base import Contexto
from pei_excel.revision import Suerte
from pei_excel.salidas import CIERRE, Carpeta, NoSePudo, escribir_entero, motivo
from pei_excel.textos import cuenta

#: Archivos o diferencias que se nombran en una línea.
_SE_NOMBRAN = 5


class Repetida(NamedTuple):
    """La consolidación que se repite al cerrar."""

    base: Path  #: carpeta de resultados
    periodo: str  #: su código
    documento: Mapping[str, Any]  #: el resultado.json de entonces
    rutas: Mapping[str, Path]  #: «recibidos» y, si se usaron, «catalogo» y «anterior»
    limites: Limites = LIMITES
    sin_bitacora: bool = False

    @property
    def que_hacer(self) -> str:
        """Lo que resuelve casi todo."""
        partes = [self.rutas["recibidos"], "--periodo", self.periodo, *self._opciones()]
        return indicacion(
            orden=f"Consolide otra vez: {como_se_escribe('consolidar', *partes)}", menu="Consolide otra vez (opción 3)."
        )

    def _opciones(self) -> Iterator[object]:
        """Las demás con que se consolidó; el archivo de contraseñas no se recuerda."""
        opciones, periodo = self.documento["opciones"], Periodo.de_codigo(self.periodo)
        for que in ("catalogo", "anterior"):
            if que in self.rutas:
                yield from (f"--{que}", self.rutas[que])
        de_siempre = Contexto(periodo)
        for formato, clave in sorted(opciones["perfil"].items()):
            if de_siempre.perfil(formato).clave != clave:
                yield from ("--perfil", f"{formato.lower()}={clave}")
        if opciones["pais"]:
            yield from ("--pais", opciones["pais"])
        if opciones["corte"] != periodo.ultimo_dia.isoformat():
            yield from ("--corte", opciones["corte"])
        yield from (f"--{que}" for que in ("estricto", "ponderado") if opciones[que])
        for nombre, numero in sorted(opciones["limites"].items()):
            yield from ("--limite", f"{nombre}={numero}")
        for archivo in opciones["usar"]:
            yield from ("--usar", archivo)
        if self.sin_bitacora:
            yield "--sin-bitacora"
        yield from con_resultados_en(self.base)

    def comprobar(self, carpeta: Path | None = None) -> None:
        """Comprueba que en la carpeta (la de lo recibido, si no se dice) estén los mismos libros, y ninguno más.

        Raises:
            NoSePudo: nombra los que no.
        """
        _comprobar(carpeta or self.rutas["recibidos"], self)


def _comprobar(carpeta: Path, repetida: Repetida) -> None:
    if despues := comparar(carpeta, repetida.documento, repetida.limites):
        raise NoSePudo(f"En «{carpeta}», después de consolidar, {despues.que_paso}. {repetida.que_hacer}")


def por_solventar(resultado: Resultado) -> int:
    """Observaciones que deben corregirse y siguen en pie; las que se decidió que no proceden ya no están."""
    vigentes = [r for r in resultado.revisiones if r.estado is not Suerte.SUSTITUIDO]
    errores = sum(h.severidad is Severidad.ERROR for r in vigentes for h in r.hallazgos)
    sin_decirlo = sum(r.estado is Suerte.RECHAZADO and not r.de(Severidad.ERROR) for r in vigentes)
    return errores + sin_decirlo + sum(h.severidad is Severidad.ERROR for h in resultado.de_carpeta)


def por_solventar_segun(documento: Mapping[str, Any]) -> int:
    """Lo mismo que `por_solventar`, según el resultado.json de una consolidación."""
    vigentes = [x for x in documento["libros"] if x["estado"] != Suerte.SUSTITUIDO]
    errores = [_cuantos_errores(x["hallazgos"]) for x in vigentes]
    sin_decirlo = [x for x, n in zip(vigentes, errores, strict=True) if x["estado"] == Suerte.RECHAZADO and not n]
    return sum(errores) + len(sin_decirlo) + _cuantos_errores(documento["hallazgos"])


def _cuantos_errores(hallazgos: list[dict[str, Any]]) -> int:
    return sum(h["severidad"] == Severidad.ERROR for h in hallazgos)


class EnCurso:
    """Un cierre a la mitad de su consolidación.

    `por_que` es el motivo con que se cierra; sólo si `con_observaciones` puede quedar algo por solventar.
    """

    def __init__(self, repetida: Repetida, por_que: str, *, con_observaciones: bool) -> None:
        self._repetida, self._por_que, self._con_observaciones = repetida, por_que, con_observaciones
        previas = versiones(repetida.base, repetida.periodo)
        self._previa = previas[-1] if previas else None
        self.definitivo = Definitivo(self._previa.numero + 1 if self._previa else 1)

    def decidir(self, resultado: Resultado) -> Definitivo:
        """Con observaciones por solventar hace falta decirlo y por qué."""
        cuantas, por_que = por_solventar(resultado), self._por_que
        if cuantas and not (self._con_observaciones and por_que):
            quedan = "Queda" if cuantas == 1 else "Quedan"
            raise NoSePudo(
                f"{quedan} {cuenta(cuantas, 'observación', 'observaciones')} por solventar. Pida que se atiendan o "
                "anote en el consolidado las que no proceden, y consolide otra vez; o cierre así y diga por qué"
                + indicacion(orden=": --con-observaciones --motivo «…»", menu=".")
            )
        sustituye = (self._previa.numero, self._previa.dia) if self._previa else None
        self.definitivo = Definitivo(self.definitivo.version, sustituye, cuantas, por_que if cuantas else "")
        return self.definitivo

    @contextmanager
    def archivando(self, nueva: Path, consolidado: Consolidado) -> Iterator[None]:
        """Lo archivado queda entero antes de cambiar los resultados; si no se dejan cambiar, se quita."""
        self._exigir_lo_mismo(consolidado)
        base, codigo, rutas = self._repetida.base, self._repetida.periodo, self._repetida.rutas
        recibidos, version = originales(rutas["recibidos"]), f"v{self.definitivo.version}"
        with Carpeta(base / CERRADOS / codigo, version, _espacio(recibidos, nueva)) as archivo:
            copia = archivo.preparar()
            huellas = _copiar(recibidos, copia / ORIGINALES)
            self._repetida.comprobar(copia / ORIGINALES)
            catalogo = self._copiar_catalogo(recibidos, copia / ORIGINALES, huellas)
            de_salida = [(p, p.relative_to(nueva).as_posix()) for p in sorted(nueva.rglob("*")) if p.is_file()]
            hechas = {f"{ORIGINALES}/{n}": h for n, h in huellas.items()} | {
                f"{RESULTADOS}/{n}": h for n, h in _copiar(de_salida, copia / RESULTADOS).items()
            }
            acta = self._acta(hechas, f"{ORIGINALES}/{catalogo}" if catalogo else None)
            escribir_entero(copia / CIERRE, a_texto(acta).encode())
            archivo.cambiar()
            try:
                yield
            except BaseException:
                quitar(archivo.final)
                raise

    def _copiar_catalogo(
        self, recibidos: list[tuple[Path, str]], destino: Path, huellas: dict[str, str]
    ) -> str | None:
        """El catálogo que se usó, junto a lo recibido; su nombre ahí."""
        ruta = self._repetida.rutas.get("catalogo")
        if ruta is None:
            return None
        propio = next((nombre for suyo, nombre in recibidos if suyo.resolve() == ruta.resolve()), None)
        if propio is not None:
            return propio
        usados, nombre, n = {h.casefold() for h in huellas}, ruta.name, 1
        while nombre.casefold() in usados:
            n += 1
            nombre = f"{ruta.stem}-{n}{ruta.suffix}"
        huellas |= _copiar([(ruta, nombre)], destino)
        return nombre

    def _acta(self, huellas: Mapping[str, str], catalogo: str | None) -> dict[str, Any]:
        d = self.definitivo
        return {
            "version": d.version, "periodo": self._repetida.periodo, "cuando": ahora().isoformat(),
            "programa": PROGRAMA, "motivo": self._por_que, "con_observaciones": bool(d.por_solventar),
            "por_solventar": d.por_solventar,
            "sustituye": d.sustituye and {"version": d.sustituye[0], "cerrada": d.sustituye[1].isoformat()},
            "catalogo": catalogo,
            "archivos": [{"archivo": n, "sha256": huellas[n]} for n in sorted(huellas)],
        }

    def _exigir_lo_mismo(self, consolidado: Consolidado) -> None:
        """Las cifras y las fechas de recepción son las que se habían consolidado.

        Raises:
            NoSePudo: dice qué no lo es.
        """
        anteriores = [{"archivo": n, "sha256": h} for n, h in consolidado.resultado.anteriores]
        if anteriores != self._repetida.documento["opciones"]["anterior"]:
            que = indicacion(orden="Lo que se dio en --anterior", menu="Aquello con que se comparó")
            raise NoSePudo(f"{que} cambió después de consolidar. {self._repetida.que_hacer}")
        hechos = json.loads(a_texto({f: totales(t) for f, t in consolidado.tablas.items()}))
        distintas = list(_diferencias(self._repetida.documento["totales"], hechos, ()))
        antes = _fechas(self._repetida.documento["entregas"])
        hoy = _fechas([e.como_datos() for e in consolidado.entregas])
        distintas += [
            f"la recepción de «{n}» era {antes.get(n)} y ahora es {hoy.get(n)}"
            for n in sorted(antes.keys() | hoy.keys()) if antes.get(n) != hoy.get(n)
        ]
        if distintas:
            mas = f"; y {len(distintas) - _SE_NOMBRAN} más" if len(distintas) > _SE_NOMBRAN else ""
            raise NoSePudo(
                f"Al repetir la consolidación no salió lo mismo: {'; '.join(distintas[:_SE_NOMBRAN])}{mas}. "
                f"{self._repetida.que_hacer}"
            )


def _fechas(entregas: list[dict[str, Any]]) -> dict[str, str]:
    return {e["archivo"]: f"{e['fecha']} ({e['origen']})" for e in entregas if e["archivo"]}


#: De los totales, lo que cambia al cerrar.
_DEL_CARACTER = frozenset({"preliminar", "cierre"})


def _diferencias(antes: Any, hoy: Any, donde: tuple[str, ...]) -> Iterator[str]:
    """Lo que no es igual en dos documentos: «MIR · institucion · conteos · Verde era 10 y ahora es 11»."""
    if isinstance(antes, dict) and isinstance(hoy, dict):
        for clave in sorted((antes.keys() | hoy.keys()) - _DEL_CARACTER):
            yield from _diferencias(antes.get(clave), hoy.get(clave), (*donde, clave))
    elif isinstance(antes, list) and isinstance(hoy, list) and len(antes) == len(hoy):
        for n, (uno, otro) in enumerate(zip(antes, hoy, strict=True), 1):
            nombre = str(uno.get("clave") or n) if isinstance(uno, dict) else str(n)
            yield from _diferencias(uno, otro, (*donde, nombre))
    elif antes != hoy:
        yield f"{' · '.join(donde)} era {_escrito(antes)} y ahora es {_escrito(hoy)}"


def _escrito(valor: Any) -> str:
    if isinstance(valor, list):
        return cuenta(len(valor), "renglón", "renglones", "ninguno")
    return "nada" if valor is None else "otra cosa" if isinstance(valor, dict) else str(valor)


def _espacio(recibidos: list[tuple[Path, str]], nueva: Path) -> int:
    """Bytes que se van a copiar."""
    total = 0
    for ruta in [*(r for r, _ in recibidos), *nueva.rglob("*")]:
        try:
            total += ruta.stat().st_size
        except OSError:
            continue  # al copiarlo se dirá
    return total


def _copiar(archivos: list[tuple[Path, str]], destino: Path) -> dict[str, str]:
    """Copia cada archivo, con su fecha; devuelve el SHA-256 de lo copiado, por su nombre.

    Raises:
        NoSePudo: si alguno no se deja leer o escribir.
    """
    huellas = {}
    destino.mkdir(exist_ok=True)
    for ruta, nombre in archivos:
        copia = destino / nombre
        try:
            copia.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ruta, copia)
            datos = ruta.stat()
            os.utime(copia, ns=(datos.st_atime_ns, datos.st_mtime_ns))
            with copia.open("rb") as archivo:
                huellas[nombre] = hashlib.file_digest(archivo, "sha256").hexdigest()
        except OSError as error:
            raise NoSePudo(
                f"No se pudo archivar «{nombre}» ({motivo(error)}); no se cerró nada. Quítelo de la carpeta o permita "
                "leerlo, consolide otra vez y repita."
            ) from error
    return huellas
