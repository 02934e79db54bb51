"""La bitácora de la oficina (`bitacora.sqlite`, junto a los resultados): qué se recibió y cuándo se vio, qué se corrió,
qué se encontró y qué se escribió.

Ninguna cifra depende de ella y nada de lo que dice una celda se guarda, salvo lo que un hallazgo ya cita. Es el único
lugar, con el cierre, donde se anota la hora.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pei_excel import VERSION as PROGRAMA
from pei_excel.control import Entregado, Memoria, Previa, Quien
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.indicaciones import indicacion
from pei_excel.lectura.recepcion import SEGUN_ARCHIVO, SEGUN_BITACORA, Recepcion
from pei_excel.revision import Suerte
from pei_excel.salidas import BITACORA, NoSePudo

if TYPE_CHECKING:
    from pei_excel.hallazgo import Hallazgo
    from pei_excel.proceso import Consolidado, Encargo

VERSION = 1
#: Segundos que se espera a que otro programa la suelte.
ESPERA = 4.0

_TABLAS: Mapping[str, str] = {
    "meta": "clave TEXT PRIMARY KEY, valor TEXT NOT NULL",
    "recepciones": "sha256 TEXT NOT NULL, archivo TEXT NOT NULL, visto TEXT NOT NULL, fecha TEXT, origen TEXT, "
    "medio TEXT, oficio TEXT, firmado INTEGER, PRIMARY KEY (sha256, archivo)",
    "corridas": "id INTEGER PRIMARY KEY, cuando TEXT NOT NULL, orden TEXT NOT NULL, periodo TEXT, "
    "version TEXT NOT NULL, opciones TEXT NOT NULL, estado TEXT NOT NULL, entregas TEXT NOT NULL",
    "informes": "corrida INTEGER NOT NULL, sha256 TEXT, archivo TEXT NOT NULL, formato TEXT, unidad TEXT, "
    "programa TEXT, periodo TEXT, estado TEXT NOT NULL, errores INTEGER, avisos INTEGER, notas INTEGER",
    "hallazgos": "corrida INTEGER NOT NULL, sha256 TEXT, formato TEXT, unidad TEXT, programa TEXT, "
    "regla TEXT NOT NULL, "
    "severidad TEXT NOT NULL, destinatario TEXT NOT NULL, sobre TEXT, firma TEXT, hoja TEXT, celda TEXT, mensaje TEXT",
    "salidas": "corrida INTEGER NOT NULL, archivo TEXT NOT NULL, sha256 TEXT NOT NULL",
    "cierres": "id INTEGER PRIMARY KEY, periodo TEXT NOT NULL, version INTEGER NOT NULL, cuando TEXT NOT NULL, "
    "accion TEXT NOT NULL, motivo TEXT, con_observaciones INTEGER NOT NULL DEFAULT 0",
    "envios": "id INTEGER PRIMARY KEY, message_id TEXT, para TEXT NOT NULL, asunto TEXT, huella TEXT, adjuntos TEXT, "
    "cuando TEXT NOT NULL, respuesta TEXT, periodo TEXT, motivo TEXT, unidad TEXT, copia INTEGER, estado TEXT",
}
_INDICES = ("informes (corrida)", "hallazgos (corrida, sha256)", "salidas (corrida)", "corridas (periodo)")


class BitacoraInservible(NoSePudo):
    """La bitácora no puede usarse; el mensaje dice por qué y qué hacer."""

    def __init__(self, que: str, remedio: str) -> None:
        self.a_secas = f"{que} {remedio}"  #: sin punto final ni la salida de seguir sin ella
        sin_ella = indicacion(orden=", o siga sin ella con --sin-bitacora", menu="")
        super().__init__(f"{self.a_secas}{sin_ella}.")


class Cierre(NamedTuple):
    """Un periodo que se cerró o se reabrió."""

    periodo: str
    version: int
    cuando: str  #: ISO, con la hora de la oficina
    accion: str  #: «cerrar» o «reabrir»
    motivo: str
    con_observaciones: bool


class Envio(NamedTuple):
    """Un correo a una dirección: un renglón por cada una, porque el servidor puede aceptar unas y no otras."""

    message_id: str
    periodo: str
    motivo: str  #: «tesoreria», «observaciones»…
    unidad: str  #: clave; vacía si es a la Tesorería o a una dirección que se dio
    para: str
    copia: bool
    asunto: str
    huella: str  #: SHA-256 de lo que dice y de lo que lleva
    adjuntos: Mapping[str, str]  #: archivo → SHA-256
    estado: str  #: ENVIADO, RECHAZADO, INCIERTO o EN_CURSO
    respuesta: str  #: lo que contestó el servidor, o por qué no salió
    cuando: str = ""  #: ISO; lo pone la bitácora


#: Cómo terminó un correo. INCIERTO: la conexión se cortó cuando el servidor ya lo tenía; EN_CURSO: la orden murió.
ENVIADO, RECHAZADO, INCIERTO, EN_CURSO = "enviado", "no enviado", "incierto", "en curso"


class Corrida(NamedTuple):
    """Lo último que se consolidó de un periodo."""

    periodo: str
    cuando: str
    opciones: Mapping[str, Any]
    entregas: tuple[Entregado, ...]
    hallazgos: tuple[tuple[str, str], ...]  #: (regla, informe que la trae) de lo que leen las unidades


def ahora() -> datetime:
    """La hora de la oficina, con su zona; el único reloj."""
    return datetime.now().astimezone().replace(microsecond=0)


def hoy() -> date:
    """El día de la oficina."""
    return ahora().date()


class Bitacora:
    """La bitácora de una carpeta de resultados. No queda abierta: cada consulta la abre y la suelta."""

    def __init__(self, base: Path) -> None:
        self.ruta = base / BITACORA

    @classmethod
    def abrir(cls, base: Path, *, para_escribir: bool = True) -> Bitacora:
        """Comprueba que pueda usarse; si todavía no existe, se hará al anotar.

        Raises:
            BitacoraInservible: dañada, de una versión más nueva, tomada por otro programa o de sólo lectura.
        """
        bitacora = cls(base)
        if bitacora._hay():
            with bitacora._conexion() as conexion:
                bitacora._comprobar(conexion)
                if para_escribir:
                    conexion.execute("BEGIN IMMEDIATE")
                    conexion.execute("ROLLBACK")
        elif bitacora.ruta.exists() and not bitacora.ruta.is_file():
            raise BitacoraInservible(f"«{bitacora.ruta}» es una carpeta y no la bitácora.", "Muévala")
        return bitacora

    def _hay(self) -> bool:
        return self.ruta.is_file() and self.ruta.stat().st_size > 0

    @contextmanager
    def _conexion(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.ruta, timeout=ESPERA, isolation_level=None)) as conexion:
                conexion.execute("PRAGMA journal_mode=DELETE")  # WAL no sirve en carpetas de red ni sincronizadas
                yield conexion
        except sqlite3.Error as error:
            raise self._inservible(error) from error

    def _inservible(self, error: sqlite3.Error) -> BitacoraInservible:
        clase = getattr(error, "sqlite_errorname", "") or ""
        if clase.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return BitacoraInservible(
                f"Otra orden u otro programa tiene tomada la bitácora «{self.ruta}».", "Espere y repita"
            )
        if clase.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
            return BitacoraInservible(f"No se puede escribir en la bitácora «{self.ruta}».", "Quítele la protección")
        if clase.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
            return BitacoraInservible(
                f"El disco no dejó usar la bitácora «{self.ruta}».", "Libere espacio y repita"
            )
        return self._danada()

    def _danada(self) -> BitacoraInservible:
        return BitacoraInservible(
            f"La bitácora «{self.ruta}» está dañada:", "renómbrela, se rehará con la siguiente consolidación"
        )

    def _comprobar(self, conexion: sqlite3.Connection) -> None:
        if conexion.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise self._danada()
        tablas = {nombre for (nombre,) in conexion.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        escrita = conexion.execute("SELECT valor FROM meta WHERE clave = 'version'").fetchone() if (
            "meta" in tablas
        ) else None
        if escrita is not None and str(escrita[0]).isdigit() and int(escrita[0]) > VERSION:
            raise BitacoraInservible(
                f"La bitácora «{self.ruta}» es de una versión más nueva de pei-excel.", "Actualice el programa"
            )
        if escrita is None or not set(_TABLAS) <= tablas:
            raise self._danada()

    def _consultar(self, pregunta: str, *valores: object) -> list[tuple[Any, ...]]:
        if not self._hay():
            return []
        with self._conexion() as conexion:
            return conexion.execute(pregunta, valores).fetchall()

    def vistas(self) -> dict[str, tuple[date, str]]:
        """SHA-256 → el día en que se vio por primera vez o, si la bitácora se estrenaba, el que tenía el archivo."""
        vistas: dict[str, tuple[date, str]] = {}
        for sha256, visto, fecha, origen in self._consultar(
            "SELECT sha256, visto, fecha, origen FROM recepciones ORDER BY visto, archivo"
        ):
            de_archivo = origen == SEGUN_ARCHIVO and fecha
            dia = date.fromisoformat(fecha if de_archivo else visto[:10])
            vistas.setdefault(sha256, (dia, SEGUN_ARCHIVO if de_archivo else SEGUN_BITACORA))
        return vistas

    def vista(self, sha256: str) -> date | None:
        """El día en que ese contenido se vio por primera vez."""
        filas = self._consultar("SELECT MIN(visto) FROM recepciones WHERE sha256 = ?", sha256)
        return date.fromisoformat(filas[0][0][:10]) if filas and filas[0][0] else None

    def recepciones(self) -> list[tuple[str, Recepcion]]:
        """(SHA-256, recepción) de todo lo que ha llegado, en orden."""
        return [
            (sha256, Recepcion(archivo, date.fromisoformat(fecha), origen, medio or "", oficio or "",
                               None if firmado is None else bool(firmado)))
            for sha256, archivo, fecha, origen, medio, oficio, firmado in self._consultar(
                "SELECT sha256, archivo, fecha, origen, medio, oficio, firmado FROM recepciones "
                "WHERE fecha IS NOT NULL ORDER BY fecha, archivo, sha256"
            )
        ]

    def cierres(self, periodo: str | None = None) -> list[Cierre]:
        """Los periodos que se cerraron o reabrieron, en el orden en que pasó."""
        return [
            Cierre(p, version, cuando, accion, motivo or "", bool(con))
            for p, version, cuando, accion, motivo, con in self._consultar(
                "SELECT periodo, version, cuando, accion, motivo, con_observaciones FROM cierres ORDER BY id"
            )
            if periodo in {None, p}
        ]

    def envios(self, periodo: str | None = None) -> list[Envio]:
        """Los correos, en el orden en que se mandaron; los de un periodo si se dice."""
        if not self._hay():
            return []
        with self._conexion() as conexion:
            lectura = conexion.execute("SELECT * FROM envios ORDER BY id")
            columnas = [c[0] for c in lectura.description]
            filas = [dict(zip(columnas, fila, strict=True)) for fila in lectura]
        return [
            Envio(
                fila["message_id"] or "", fila.get("periodo") or "", fila.get("motivo") or "", fila.get("unidad") or "",
                fila["para"], bool(fila.get("copia")), fila["asunto"] or "", fila["huella"] or "",
                json.loads(fila["adjuntos"] or "{}"), fila.get("estado") or ENVIADO, fila["respuesta"] or "",
                fila["cuando"],
            )
            for fila in filas if periodo in {None, fila.get("periodo")}
        ]

    def ya_enviado(self, huella: str, para: str) -> bool:
        """Ese mismo contenido ya se mandó a esa dirección."""
        return bool(self._consultar(
            "SELECT 1 FROM envios WHERE huella = ? AND para = ? COLLATE NOCASE AND estado = ? LIMIT 1",
            huella, para, ENVIADO,
        ))

    def anotar_envios(self, envios: Iterable[Envio]) -> list[int]:
        """Anota unos correos y da sus números; se anotan antes de mandarlos, y después se dice cómo terminaron.

        Raises:
            BitacoraInservible: si no se puede.
        """
        cuando = ahora().isoformat()
        with self._anotando() as conexion:
            return [
                int(conexion.execute(
                    "INSERT INTO envios (message_id, periodo, motivo, unidad, para, copia, asunto, huella, adjuntos, "
                    "estado, respuesta, cuando) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*e[:8], _json(dict(e.adjuntos)), e.estado, e.respuesta, cuando),
                ).lastrowid or 0)
                for e in envios
            ]

    def terminar_envios(self, finales: Mapping[int, tuple[str, str]]) -> None:
        """Dice de cada correo anotado cómo terminó y qué contestó el servidor: número → (estado, respuesta).

        Raises:
            BitacoraInservible: si no se puede.
        """
        cuando = ahora().isoformat()
        with self._anotando() as conexion:
            conexion.executemany(
                "UPDATE envios SET estado = ?, respuesta = ?, cuando = ? WHERE id = ?",
                [(estado, respuesta, cuando, numero) for numero, (estado, respuesta) in finales.items()],
            )

    def previas(self, periodo: str) -> dict[Quien, list[Previa]]:
        """Las entregas que se han visto de cada informe de un periodo, de la primera a la última."""
        asuntos: dict[tuple[str, Quien], list[tuple[str, str]]] = {}
        for sha256, formato, unidad, programa, regla, sobre in self._consultar(
            "SELECT h.sha256, h.formato, h.unidad, h.programa, h.regla, h.sobre FROM hallazgos h "
            "JOIN corridas c ON c.id = h.corrida WHERE c.periodo = ? AND h.destinatario = ? ORDER BY h.rowid",
            periodo, Destinatario.UNIDAD.value,
        ):
            asuntos.setdefault((sha256, (formato, unidad, programa)), []).append((regla, sobre))
        previas: dict[Quien, list[Previa]] = {}
        for sha256, archivo, formato, unidad, programa, fecha in self._consultar(
            "SELECT i.sha256, i.archivo, i.formato, i.unidad, i.programa, MIN(r.fecha) FROM informes i "
            "JOIN corridas c ON c.id = i.corrida "
            "LEFT JOIN recepciones r ON r.sha256 = i.sha256 AND r.archivo = i.archivo AND r.origen <> ? "
            "WHERE c.periodo = ? AND i.formato <> '' AND i.unidad <> '' AND i.estado <> 'de otro periodo' "
            "GROUP BY i.sha256, i.formato, i.unidad, i.programa ORDER BY MIN(i.corrida), i.archivo",
            SEGUN_ARCHIVO, periodo,
        ):
            quien = (formato, unidad, programa)
            suyos = tuple(asuntos.get((sha256, quien), ()))
            previas.setdefault(quien, []).append(Previa(sha256, archivo, fecha or "", suyos))
        return previas

    def memoria(self, periodo: str) -> Memoria:
        """Lo que hace falta recordar para consolidar un periodo."""
        corridas = self._consultar("SELECT 1 FROM corridas LIMIT 1")
        return Memoria(self.vistas(), self.previas(periodo), not corridas)

    def ultimas(self) -> list[Corrida]:
        """La última corrida de cada periodo, por periodo."""
        corridas = []
        for numero, periodo, cuando, opciones, entregas in self._consultar(
            "SELECT id, periodo, cuando, opciones, entregas FROM corridas "
            "WHERE id IN (SELECT MAX(id) FROM corridas GROUP BY periodo) ORDER BY periodo"
        ):
            hallazgos = self._consultar(
                "SELECT h.regla, h.sha256 || '|' || h.formato || '|' || h.unidad || '|' || h.programa "
                "FROM hallazgos h WHERE h.corrida = ? AND h.destinatario = ? AND h.severidad <> ? AND EXISTS ("
                "SELECT 1 FROM informes i WHERE i.corrida = h.corrida AND i.sha256 = h.sha256 "
                "AND i.formato = h.formato AND i.unidad = h.unidad AND i.programa = h.programa AND i.estado <> ?) "
                "ORDER BY h.rowid",
                numero, Destinatario.UNIDAD.value, Severidad.NOTA.value, Suerte.SUSTITUIDO.value,
            )
            try:
                leidas = tuple(Entregado.de_datos(e) for e in json.loads(entregas))
                leida = Corrida(periodo, cuando, json.loads(opciones), leidas, tuple((r, q) for r, q in hallazgos))
            except (KeyError, TypeError, ValueError) as error:
                raise self._danada() from error
            corridas.append(leida)
        return corridas

    def rutas(self, periodo: str) -> dict[str, Path]:
        """De dónde salió la última corrida de un periodo: «recibidos», «anterior» y «catalogo», los que hubo."""
        return self._rutas("WHERE id = (SELECT MAX(id) FROM corridas WHERE periodo = ?)", periodo).get(periodo, {})

    def con_catalogo(self, periodo: str | None = None) -> list[bool]:
        """De cada corrida, de un periodo o de todos, si llevó catálogo; la última primero."""
        filas = self._consultar(
            "SELECT opciones FROM corridas WHERE ? IS NULL OR periodo = ? ORDER BY id DESC", periodo, periodo
        )
        try:
            return [bool(json.loads(opciones).get("catalogo")) for (opciones,) in filas]
        except (AttributeError, TypeError, ValueError) as error:
            raise self._danada() from error

    def rutas_de(self, ejercicio: int) -> list[Path]:
        """Las carpetas de lo recibido que se consolidaron en un ejercicio, la última primero."""
        corridas = self._consultar("SELECT id FROM corridas WHERE periodo LIKE ? ORDER BY id DESC", f"{ejercicio}%")
        todas = [r for (n,) in corridas for s in self._rutas("WHERE id = ?", n).values() if (r := s.get("recibidos"))]
        return list(dict.fromkeys(todas))

    def extracto(self, ejercicio: int) -> dict[str, list[dict[str, Any]]]:
        """Lo anotado de un ejercicio, para mostrarse: «informes», «hallazgos» y «cierres», por columna."""
        preguntas = {
            "informes": "SELECT i.sha256, i.archivo, c.periodo, c.cuando AS corrida, i.formato, i.unidad, i.programa, "
            "i.estado, i.errores, i.avisos, i.notas, MIN(r.visto) AS visto, MIN(r.fecha) AS recibido, "
            "MIN(r.origen) AS origen, MIN(r.medio) AS medio, MIN(r.oficio) AS oficio, MIN(r.firmado) AS firmado "
            "FROM informes i JOIN corridas c ON c.id = i.corrida "
            "LEFT JOIN recepciones r ON r.sha256 = i.sha256 AND r.archivo = i.archivo "
            "WHERE c.periodo LIKE ? GROUP BY i.rowid ORDER BY i.rowid",
            "hallazgos": "SELECT c.periodo, c.cuando AS corrida, h.formato, h.unidad, h.programa, h.regla, "
            "h.severidad, h.destinatario, h.hoja, h.celda, h.sobre, h.mensaje, h.sha256 FROM hallazgos h "
            "JOIN corridas c ON c.id = h.corrida WHERE c.periodo LIKE ? ORDER BY h.rowid",
            "cierres": "SELECT periodo, version, cuando, accion, motivo, con_observaciones FROM cierres "
            "WHERE periodo LIKE ? ORDER BY id",
        }
        if not self._hay():
            return {que: [] for que in preguntas}
        with self._conexion() as conexion:
            conexion.row_factory = sqlite3.Row
            return {
                que: [dict(fila) for fila in conexion.execute(pregunta, (f"{ejercicio}%",))]
                for que, pregunta in preguntas.items()
            }

    def _rutas(self, cuales: str, *valores: object) -> dict[str, dict[str, Path]]:
        halladas: dict[str, dict[str, Path]] = {}
        filas = self._consultar(f"SELECT periodo, opciones FROM corridas {cuales} ORDER BY id", *valores)  # noqa: S608
        try:
            for periodo, opciones in filas:
                suyas = json.loads(opciones).get("rutas") or {}
                halladas[periodo] = {
                    que: Path(os.path.normpath(self.ruta.parent / ruta)) for que, ruta in suyas.items()
                }
        except (AttributeError, TypeError, ValueError) as error:
            raise self._danada() from error
        return halladas

    def anotar_corrida(self, consolidado: Consolidado, encargo: Encargo, orden: str = "consolidar") -> None:
        """Anota de una vez, o nada: lo recibido, la corrida, sus informes, sus hallazgos y lo que se escribió.

        Raises:
            BitacoraInservible: si no se puede; lo ya consolidado no cambia.
        """
        cuando, resultado = ahora().isoformat(), consolidado.resultado
        rutas = {"recibidos": consolidado.entrada, "anterior": encargo.anterior, "catalogo": encargo.ruta_del_catalogo}
        opciones = encargo.como_datos() | {"rutas": _relativas(self.ruta.parent, rutas)}
        with self._anotando() as conexion:
            corrida = conexion.execute(
                "INSERT INTO corridas (cuando, orden, periodo, version, opciones, estado, entregas) "
                "VALUES (?, ?, ?, ?, ?, 'terminada', ?)",
                (cuando, orden, opciones["periodo"], PROGRAMA, _json(opciones),
                 _json([e.como_datos() for e in consolidado.entregas])),
            ).lastrowid
            conexion.executemany(
                "INSERT INTO recepciones VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sha256, archivo) DO UPDATE SET "
                "fecha = excluded.fecha, origen = excluded.origen, medio = excluded.medio, oficio = excluded.oficio, "
                "firmado = excluded.firmado",
                {(r.libro.sha256, r.libro.archivo, cuando, x.fecha.isoformat(), x.origen, x.medio, x.oficio, x.firmado)
                 for r in resultado.revisiones
                 if r.libro.sha256 and (x := resultado.recepciones.get(r.libro.archivo))},
            )
            # De un contenido que ya se había revisado para este periodo sólo se guarda lo último que se le encontró.
            conexion.executemany(
                "DELETE FROM hallazgos WHERE sha256 = ? AND corrida IN (SELECT id FROM corridas WHERE periodo = ?)",
                [(sha256, opciones["periodo"]) for sha256 in {r.libro.sha256 for r in resultado.revisiones} | {""}],
            )
            for revision in resultado.revisiones:
                libro = revision.libro
                quien = (libro.formato or "", *libro.identidad)
                ajeno = any(h.regla == "ENT005" for h in revision.hallazgos)
                conexion.execute(
                    "INSERT INTO informes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (corrida, libro.sha256, libro.archivo, *quien, libro.periodo.codigo if libro.periodo else None,
                     "de otro periodo" if ajeno else revision.estado.value,
                     *(sum(h.severidad == s for h in revision.hallazgos) for s in ("ERROR", "AVISO", "NOTA"))),
                )
                _anotar_hallazgos(conexion, corrida, libro.sha256, quien, revision.hallazgos)
            _anotar_hallazgos(conexion, corrida, "", ("", "", ""), resultado.de_carpeta)
            conexion.executemany(
                "INSERT INTO salidas VALUES (?, ?, ?)", [(corrida, *par) for par in sorted(consolidado.salidas.items())]
            )

    def anotar_cierre(
        self, periodo: str, version: int, accion: str, motivo: str = "", *, cuando: str,
        con_observaciones: bool = False,
    ) -> None:
        """Anota que un periodo se cerró o se reabrió.

        Raises:
            BitacoraInservible: si no se puede.
        """
        with self._anotando() as conexion:
            conexion.execute(
                "INSERT INTO cierres (periodo, version, cuando, accion, motivo, con_observaciones) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (periodo, version, cuando, accion, motivo, int(con_observaciones)),
            )

    @contextmanager
    def _anotando(self) -> Iterator[sqlite3.Connection]:
        """Una transacción; hace las tablas la primera vez."""
        with self._conexion() as conexion:
            conexion.execute("BEGIN IMMEDIATE")
            try:
                for tabla, columnas in _TABLAS.items():
                    conexion.execute(f"CREATE TABLE IF NOT EXISTS {tabla} ({columnas})")
                for indice in _INDICES:
                    nombre = f"de_{indice.partition(' ')[0]}"
                    conexion.execute(f"CREATE INDEX IF NOT EXISTS {nombre} ON {indice}")
                _agregar_columnas(conexion)
                conexion.execute("INSERT OR IGNORE INTO meta VALUES ('version', ?)", (str(VERSION),))
                self._comprobar_version(conexion)
                yield conexion
                conexion.execute("COMMIT")
            except BaseException:
                if conexion.in_transaction:
                    conexion.execute("ROLLBACK")
                raise

    def _comprobar_version(self, conexion: sqlite3.Connection) -> None:
        (escrita,) = conexion.execute("SELECT valor FROM meta WHERE clave = 'version'").fetchone()
        if escrita != str(VERSION):  # otra orden la cambió mientras ésta trabajaba
            raise BitacoraInservible(f"La bitácora «{self.ruta}» cambió de versión.", "Actualice el programa")


def _agregar_columnas(conexion: sqlite3.Connection) -> None:
    """Las columnas de los correos, en una bitácora que se hizo cuando todavía no se enviaban."""
    hay = {fila[1] for fila in conexion.execute("PRAGMA table_info(envios)")}
    for columna in _TABLAS["envios"].split(", "):
        if columna.split()[0] not in hay:
            conexion.execute(f"ALTER TABLE envios ADD COLUMN {columna}")


def _anotar_hallazgos(
    conexion: sqlite3.Connection, corrida: int | None, sha256: str, quien: Sequence[str], hallazgos: Iterable[Hallazgo]
) -> None:
    conexion.executemany(
        "INSERT INTO hallazgos VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(corrida, sha256, *quien, h.regla, h.severidad.value, h.destinatario.value, h.sobre, h.firma, h.donde.hoja,
          h.donde.celda, h.mensaje) for h in hallazgos],
    )


def _relativas(base: Path, rutas: Mapping[str, Path | None]) -> dict[str, str]:
    """Desde la carpeta de resultados, para que valgan si todo cambia de lugar; lo de otro disco no se anota."""
    anotadas = {}
    for que, ruta in rutas.items():
        try:
            if ruta is not None:
                anotadas[que] = Path(os.path.relpath(ruta.resolve(), base.resolve())).as_posix()
        except ValueError:  # Windows: no hay camino de un disco a otro
            continue
    return anotadas


def _json(valor: object) -> str:
    return json.dumps(valor, ensure_ascii=False, sort_keys=True)
