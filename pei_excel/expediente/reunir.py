"""Lo que se sabe de una unidad en un ejercicio → las piezas de su expediente.

Sale de los periodos cerrados, de los resultados de los abiertos, de las carpetas recibidas que la bitácora recuerda y
de ella misma.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from pei_excel.ciclo.bitacora import Bitacora, BitacoraInservible, Envio
from pei_excel.ciclo.cerrados import CERRADOS, ORIGINALES, RESULTADOS, versiones
from pei_excel.correo.constancia import CORREOS, ENVIADOS
from pei_excel.crudo import ArchivoIlegible
from pei_excel.escritura.datos import Valor, en_csv
from pei_excel.expediente.piezas import (
    BORRADOR,
    DECISIONES,
    ENTREGA,
    EVALUACION,
    EXTRACTO,
    MENSAJE,
    Expediente,
    Pieza,
    Quien,
    segura,
)
from pei_excel.lectura import disco
from pei_excel.lectura.limites import LIMITES, MB
from pei_excel.periodos import Periodo
from pei_excel.proceso import nombre_para_archivo, nombres_de_evaluaciones
from pei_excel.revision import Suerte
from pei_excel.salidas import ULTIMO, NoSePudo
from pei_excel.textos import cuenta, mas_cercano

#: Columnas que sólo le sirven al programa, y las que se titulan de otro modo para quien lee.
_INTERNAS = frozenset({"firma", "veces", "huella"})
_TITULOS = {
    "corrida": "consolidado_el", "visto": "visto_por_primera_vez", "sobre": "de_que_habla", "dice": "decia",
    "message_id": "identificador_del_mensaje", "unidad_vista": "unidad_como_aparecia",
    "programa_visto": "programa_como_aparecia", "con_observaciones": "cerrado_con_observaciones",
}
#: Lo entregado se guarda aunque pase del límite con que se lee.
_ENTERO = replace(LIMITES, bytes_archivo=512 * MB, bytes_zip=2048 * MB)


def reunir(base: Path, quien: Quien, ejercicio: int) -> Expediente:
    """Todo lo de una unidad en un ejercicio.

    Raises:
        NoSePudo: si no hay nada.
    """
    expediente = Expediente(quien, ejercicio)
    bitacora, extracto = Bitacora(base), {}
    carpetas: list[Path] = []
    envios: list[Envio] = []
    try:
        bitacora = Bitacora.abrir(base, para_escribir=False)
        extracto, carpetas, envios = bitacora.extracto(ejercicio), bitacora.rutas_de(ejercicio), bitacora.envios()
    except BitacoraInservible as error:
        expediente.avisos.append(f"{error.a_secas}. El expediente va sin ella.")
    corridas = list(_corridas(base, ejercicio))
    _Entregas(expediente).agregar(corridas, extracto.get("informes", ()), carpetas)
    _agregar_evaluaciones(expediente, corridas)
    decisiones = [d for c in corridas for d in c.decisiones(quien)]
    _agregar_mensajes(expediente, base)
    if not expediente.piezas:
        raise _no_hay(base, quien, ejercicio, corridas)
    _agregar_tabla(expediente, DECISIONES, "decisiones.csv", decisiones)
    suyos = {
        "informes": [f for f in extracto.get("informes", ()) if quien.es(f["unidad"], f["programa"])],
        "hallazgos": [f for f in extracto.get("hallazgos", ()) if quien.es(f["unidad"], f["programa"])],
        "cierres": extracto.get("cierres", ()),
        "envios": [e._asdict() for e in envios if _es_su_envio(e, quien, ejercicio)],
    }
    for que, filas in suyos.items():
        _agregar_tabla(expediente, EXTRACTO, f"bitacora/{que}.csv", filas)
    return expediente


def _no_hay(base: Path, quien: Quien, ejercicio: int, corridas: Sequence[_Corrida]) -> NoSePudo:
    conocidas = {i for c in corridas for x in c.libros if (i := "-".join(p for p in _identidad(x) if p))}
    sola = quien.escrita.partition(" ")[0]  # «601 - Alumbrado», como se ve en los libros
    unidades = {i.partition("-")[0] for i in conocidas}
    parecida = sola if sola in conocidas | unidades else mas_cercano(quien.escrita, conocidas) if conocidas else None
    pista = f" ¿Quiso decir «{parecida}»?" if parecida else ""
    return NoSePudo(f"En «{base}» no hay nada de «{quien.escrita}» en {ejercicio}.{pista}")


class _Corrida(NamedTuple):
    """Lo consolidado de un periodo: una versión cerrada o los resultados de ahora."""

    periodo: str
    version: str  #: «v1»; vacío, los de ahora
    resultados: Path
    originales: Path | None  #: None: lo recibido no está archivado
    documento: Mapping[str, Any]

    @property
    def libros(self) -> list[Mapping[str, Any]]:
        """Sus informes."""
        return list(self.documento["libros"])

    def recepcion(self, archivo: str) -> tuple[str, str]:
        """Cuándo llegó un archivo y quién lo dice."""
        suya = next((e for e in self.documento.get("entregas", ()) if e["archivo"] == archivo and e["fecha"]), None)
        return (str(suya["fecha"]), str(suya["origen"])) if suya else ("", "")

    def decisiones(self, quien: Quien) -> Iterator[dict[str, Any]]:
        """Las que la oficina anotó de lo suyo."""
        for d in self.documento.get("decisiones", ()):
            if quien.es(d.get("unidad"), d.get("programa")):
                yield {"periodo": self.periodo, "version": self.version or "sin cerrar", **d}


def _corridas(base: Path, ejercicio: int) -> Iterator[_Corrida]:
    """Los periodos del ejercicio, en orden: de cada uno sus versiones cerradas y, si es otra cosa, lo de ahora."""
    codigos = set()
    for carpeta in (base, base / CERRADOS):
        for ruta in carpeta.iterdir() if carpeta.is_dir() else ():
            try:
                if Periodo.de_codigo(ruta.name).ejercicio == ejercicio:
                    codigos.add(ruta.name)
            except ValueError:
                continue
    for codigo in sorted(codigos):
        vistos = set()
        cerradas = [(f"v{v.numero}", v.carpeta / RESULTADOS, v.carpeta / ORIGINALES) for v in versiones(base, codigo)]
        for version, resultados, originales in (*cerradas, ("", base / codigo, None)):
            try:
                contenido = (resultados / ULTIMO).read_bytes()
                documento = json.loads(contenido)
                documento["libros"]
            except (OSError, ValueError, KeyError, TypeError):
                continue
            if contenido not in vistos:
                yield _Corrida(codigo, version, resultados, originales, documento)
            vistos.add(contenido)


def _identidad(libro: Mapping[str, Any]) -> tuple[str, str]:
    return str(libro["unidad"] or ""), str(libro["programa"] or "")


class _Entregas:
    """Cada versión que llegó, una vez por su contenido."""

    def __init__(self, expediente: Expediente) -> None:
        self._expediente, self._quien = expediente, expediente.quien
        self._vistas: set[tuple[str, str]] = set()  #: (periodo, SHA-256)
        self._halladas: list[tuple[str, Pieza]] = []  #: con su archivo, todavía sin nombre
        self._faltan: dict[tuple[str, str], Pieza] = {}

    def agregar(
        self, corridas: Iterable[_Corrida], anotados: Iterable[Mapping[str, Any]], carpetas: Sequence[Path]
    ) -> None:
        """Lo archivado, lo de las carpetas recibidas y, de lo que ya no está, lo que se sabe."""
        for c in corridas:
            for x in c.libros:
                if self._quien.es(x["unidad"], x["programa"]) and x["sha256"]:
                    lugares = [c.originales] if c.originales else carpetas
                    self._una(c.periodo, x["archivo"], x["sha256"], *c.recepcion(x["archivo"]), x["estado"], lugares)
        for f in anotados:
            if self._quien.es(f["unidad"], f["programa"]) and f["sha256"]:
                self._una(f["periodo"], f["archivo"], f["sha256"], f["recibido"] or "", f["origen"] or "",
                          f["estado"], carpetas)
        cuantas: Counter[str] = Counter()
        for archivo, pieza in sorted(self._halladas, key=lambda par: (par[1].periodo, par[1].fecha or "9", par[0])):
            cuantas[pieza.periodo] += 1  # en el orden en que llegaron
            nombre = f"{cuantas[pieza.periodo]:02d} {pieza.fecha or 'sin fecha'} {PurePosixPath(archivo).name}"
            self._expediente.piezas.append(replace(pieza, nombre=segura(f"entregas/{pieza.periodo}/{nombre}")))
        for llave, falta in sorted(self._faltan.items()):
            if llave not in self._vistas:
                self._expediente.piezas.append(falta)

    def _una(
        self, periodo: str, archivo: str, sha256: str, fecha: str, origen: str, estado: str, lugares: Iterable[Path]
    ) -> None:
        if (periodo, sha256) in self._vistas:
            return
        for lugar in lugares:
            contenido = _leer(lugar / archivo)
            if hashlib.sha256(contenido).hexdigest() == sha256:
                self._vistas.add((periodo, sha256))
                self._halladas.append(
                    (archivo, Pieza(ENTREGA, periodo, "", contenido, sha256, fecha, origen, f"{estado}; {archivo}"))
                )
                return
        self._faltan.setdefault((periodo, sha256), Pieza(
            ENTREGA, periodo, "", b"", sha256, fecha, origen, f"ya no está en lo recibido ni se archivó; {archivo}"
        ))


def _leer(ruta: Path) -> bytes:
    """Los bytes de un archivo, o de un libro dentro de un .zip; vacío si no se puede."""
    try:
        return disco.leer_bytes(ruta, _ENTERO)
    except (ArchivoIlegible, OSError):
        return b""


def _agregar_evaluaciones(expediente: Expediente, corridas: Iterable[_Corrida]) -> None:
    vistas = set()
    for c in corridas:
        cuentan = [x for x in c.libros if x["estado"] in {Suerte.ACEPTADO, Suerte.OBSERVADO}]
        nombres = nombres_de_evaluaciones(
            [(_identidad(x), x["archivo"]) for x in cuentan], Periodo.de_codigo(c.periodo)
        )
        for x, nombre in zip(cuentan, nombres, strict=True):
            if not expediente.quien.es(x["unidad"], x["programa"]):
                continue
            contenido = _leer(c.resultados / "evaluaciones" / nombre)
            huella = hashlib.sha256(contenido).hexdigest()
            if contenido and (c.periodo, huella) not in vistas:
                vistas.add((c.periodo, huella))
                lugar = segura(f"evaluaciones/{c.periodo}/{c.version or 'sin cerrar'}/{nombre}")
                que = f"versión {c.version[1:]}, definitiva" if c.version else "sin cerrar, preliminar"
                expediente.piezas.append(Pieza(EVALUACION, c.periodo, lugar, contenido, huella, detalle=que))


def _agregar_mensajes(expediente: Expediente, base: Path) -> None:
    """Los correos que llevan su clave en el nombre; los de la unidad también son de cada uno de sus programas."""
    suyos = {nombre_para_archivo(c).casefold() for c in expediente.quien.claves}
    patrones = [rf"{re.escape(n)}(?![0-9a-z])" for n in suyos]
    if expediente.piezas:  # los de la unidad, sólo si de ese programa hay algo
        patrones += [rf"{re.escape(n.rpartition('-')[0])}(?![0-9a-z-])" for n in suyos if "-" in n]
    rutas = sorted({*(base / CORREOS).rglob("*.eml"), *base.glob(f"*/{CORREOS}/**/*.eml")})
    for ruta in rutas:
        relativa = ruta.relative_to(base)
        periodos = [p for p in relativa.parts if _ejercicio(p)]
        propio = any(re.match(patron, ruta.stem.casefold()) for patron in patrones)
        if not propio or any(_ejercicio(p) != expediente.ejercicio for p in periodos):
            continue
        contenido = _leer_entero(ruta)
        # Lo que salió tiene su copia aparte; lo demás son borradores, aunque también se hayan mandado.
        clase, donde = (MENSAJE, "mensajes") if ENVIADOS in relativa.parts else (BORRADOR, "borradores")
        lugar = segura(PurePosixPath(donde, *(p for p in relativa.parts if p not in {CORREOS, ENVIADOS})).as_posix())
        expediente.piezas.append(Pieza(
            clase, periodos[0] if periodos else "", lugar, contenido, hashlib.sha256(contenido).hexdigest()
        ))


def _leer_entero(ruta: Path) -> bytes:
    try:
        return ruta.read_bytes()
    except OSError as error:
        raise NoSePudo(f"No se puede leer «{ruta}»: {disco.ilegible(ruta, error).motivo}.") from error


def _ejercicio(texto: str) -> int | None:
    try:
        return Periodo.de_codigo(texto).ejercicio
    except ValueError:
        return None


def _es_su_envio(envio: Envio, quien: Quien, ejercicio: int) -> bool:
    """Un correo es por unidad: también es de cada uno de sus programas."""
    del_ano = (_ejercicio(envio.periodo) or envio.cuando[:4]) in {ejercicio, str(ejercicio)}
    unidad = envio.unidad.upper()
    return bool(unidad) and del_ano and any(c == unidad or c.startswith(f"{unidad}-") for c in quien.claves)


def _agregar_tabla(
    expediente: Expediente, clase: str, nombre: str, filas: Sequence[Mapping[str, Any]]
) -> None:
    if not filas:
        return
    columnas = list(dict.fromkeys(c for f in filas for c in f if c not in _INTERNAS))
    contenido = en_csv([_TITULOS.get(c, c) for c in columnas], [[_celda(f.get(c)) for c in columnas] for f in filas])
    huella, cuantos = hashlib.sha256(contenido).hexdigest(), cuenta(len(filas), "renglón", "renglones")
    expediente.piezas.append(Pieza(clase, "", nombre, contenido, huella, detalle=cuantos))


def _celda(valor: Any) -> Valor:
    return valor if valor is None or isinstance(valor, (str, int, float)) else json.dumps(valor, ensure_ascii=False)
