"""La puerta por la que se escribe todo resultado: se comprueba antes de trabajar, y queda entero o no queda.

Mientras una orden escribe en una carpeta, las demás esperan o lo dicen; lo que una orden interrumpida dejó a medias lo
arregla la siguiente.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Self

from pei_excel.indicaciones import indicacion

#: El último archivo que se escribe: si está, la carpeta nueva está completa.
ULTIMO = "resultado.json"
#: El último archivo de un periodo cerrado y archivado, con su carpeta.
CIERRE = "cierre.json"
#: La bitácora de la oficina, junto a las carpetas de los periodos.
BITACORA = "bitacora.sqlite"
#: Largo máximo del nombre de un archivo de salida: cabe en rutas largas de Windows y en adjuntos.
LARGO_DE_NOMBRE = 60
#: Segundos que se insiste cuando el antivirus o la sincronización tienen tomado un archivo.
ESPERAS = (0.1, 0.3, 1.0, 2.0)
#: Segundos que se espera a que otra orden deje la carpeta.
ESPERA_DE_LA_CARPETA = 5.0
#: Con este nombre empiezan los archivos que sólo existen mientras se escribe. La virgulilla y «.tmp» son los que
#: OneDrive, Dropbox y Google Drive no sincronizan.
PASAJERO = "~pei-excel"
CANDADO = f"{PASAJERO}.tmp"
#: Bytes libres que se piden siempre; los libros de la institución y los datos de una entrega chica no llegan a 2 MB.
RESERVA = 10 * 1024 * 1024
#: Lo que dice un sistema de archivos (de red, casi siempre) que no sabe de candados.
_SIN_CANDADOS = {errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP}


class NoSePudo(Exception):  # noqa: N818 - el dominio la llama así
    """No puede hacerse lo pedido y no quedó nada a medias; el mensaje es una línea para el usuario (estado 2)."""


class SalidaOcupada(NoSePudo):
    """No se puede escribir en la carpeta de resultados; el mensaje dice qué archivo y qué hacer."""


def insistir(hacer: Callable[[], object]) -> None:
    """Repite unas veces lo que otro programa puede impedir por unos segundos.

    Raises:
        PermissionError: si sigue sin poderse.
    """
    for espera in ESPERAS:
        try:
            hacer()
        except PermissionError:
            time.sleep(espera)
        else:
            return
    hacer()


_abiertas: set[Path] = set()  #: carpetas en que esta orden ya escribe


@contextmanager
def puerta(base: Path, necesita: int = 0) -> Iterator[Path]:
    """La carpeta, creada si hace falta y sólo para esta orden; al salir no queda ni el candado.

    Dentro de ella puede volver a pedirse. `necesita` son los bytes que se calcula escribir.

    Raises:
        SalidaOcupada: si no se puede escribir, otra orden lo hace o no hay espacio.
    """
    donde = _de_verdad(base)
    if donde in _abiertas:
        _exigir_espacio(base, necesita)
        yield base
        return
    hechas = _las_que_faltan(base)
    try:
        with _candado(base):
            _abiertas.add(donde)
            try:
                _exigir_espacio(base, necesita)
                _barrer(base)
                yield base
            finally:
                _abiertas.discard(donde)
    finally:
        for carpeta in hechas:  # las que nadie llenó
            with suppress(OSError):
                carpeta.rmdir()


def _de_verdad(base: Path) -> Path:
    """La carpeta a la que se llega, por cualquier camino; de un vínculo que da vueltas, él mismo."""
    try:
        return Path(os.path.realpath(base))
    except OSError as error:  # en Windows, «con» y otros nombres que son de un aparato
        raise no_se_escribe(base, error) from error


def _las_que_faltan(base: Path) -> list[Path]:
    """Carpetas que habrá que crear, de dentro hacia fuera."""
    try:
        return [p for p in (base, *base.parents) if not p.exists()]
    except OSError as error:  # el sistema ni siquiera admite la pregunta
        raise no_se_escribe(base, error) from error


def no_se_escribe(base: Path, error: OSError) -> SalidaOcupada:
    """El sistema no dejó escribir en una carpeta: por qué y qué hacer."""
    return SalidaOcupada(f"No se puede escribir en «{base}» ({motivo(error)}). {_remedio(error)}")


@contextmanager
def _candado(base: Path) -> Iterator[None]:
    """Crea la carpeta y la toma; el sistema suelta lo que tomó un proceso que murió."""
    from filelock import FileLock, Timeout

    def tomar(ruta: Path) -> FileLock:
        # Que otro usuario pueda tomarlo si éste muere; nunca un candado que sólo sea un archivo que alguien olvidó.
        candado = FileLock(ruta, timeout=ESPERA_DE_LA_CARPETA, mode=0o666, fallback_to_soft=False)
        candado.acquire()
        return candado

    ruta = base / CANDADO
    try:
        base.mkdir(parents=True, exist_ok=True)
        try:
            candado = tomar(ruta)
        except OSError as error:
            if isinstance(error, Timeout) or error.errno not in _SIN_CANDADOS:
                raise
            # Así al menos no chocan dos órdenes de este equipo.
            with suppress(OSError):
                ruta.unlink()
            huella = hashlib.sha256(str(_de_verdad(base)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
            ruta = Path(tempfile.gettempdir(), f"{PASAJERO}-{huella}.tmp")
            candado = tomar(ruta)
    except Timeout:
        raise SalidaOcupada(
            f"Otra consolidación u otra orden de pei-excel está escribiendo en «{base}»; espere a que termine y "
            f"repita, o {otra_carpeta()}."
        ) from None
    except OSError as error:
        raise no_se_escribe(base, error) from error
    try:
        yield
    finally:
        # Se borra antes de soltarlo: quien lo esperaba nota que ya no es el de la carpeta y toma el nuevo. Windows no
        # deja borrar lo que está abierto; ahí lo borra filelock al soltarlo.
        with suppress(OSError):
            ruta.unlink()
        candado.release()


def _exigir_espacio(base: Path, necesita: int) -> None:
    try:
        libres = shutil.disk_usage(base).free
    except OSError:  # hay discos de red que no lo dicen; si falta, se dirá al escribir
        return
    if libres < RESERVA + necesita:
        raise SalidaOcupada(
            f"En el disco de «{base}» quedan {_en_mb(libres)} y hacen falta unos {_en_mb(RESERVA + necesita)}. "
            f"Libere espacio o {otra_carpeta()}."
        )


def _en_mb(cuantos: int) -> str:
    return f"{cuantos / 1024**2:,.0f} MB"


def _barrer(base: Path) -> None:
    """Borra lo que dejó a medias una orden interrumpida; nadie más escribe aquí."""
    for ruta in base.glob(f"{PASAJERO}-*.tmp"):
        with suppress(OSError):
            ruta.unlink()
    try:
        a_medias = {p.stem for p in base.iterdir() if p.suffix in _VECINAS and _ES_DE_PERIODO.fullmatch(p.stem)}
        for nombre in sorted(a_medias):
            _reparar(base / nombre)
    except OSError as error:
        raise no_se_escribe(base, error) from error


def _exigir_sin_cerrojo(ruta: Path) -> None:
    """Nadie tiene abierto el archivo: fuera de Windows el sistema deja cambiarlo, y al guardar se perdería lo nuevo."""
    from pei_excel.lectura.disco import cerrojo_de

    cerrojo = cerrojo_de(ruta)
    if cerrojo is not None:
        raise SalidaOcupada(
            f"«{ruta}» está abierto en otro programa. Ciérrelo y repita, o {otra_carpeta()}; si nadie lo "
            f"tiene abierto, borre «{cerrojo.name}», que está junto a él."
        )


def escribir_entero(ruta: Path, contenido: bytes) -> None:
    """Escribe un archivo completo o no lo toca, y su carpeta si falta; todo lo que este programa deja pasa por aquí.

    Raises:
        SalidaOcupada: si no se puede.
    """
    _exigir_sin_cerrojo(ruta)
    temporal = ruta.with_name(f"{PASAJERO}-{uuid.uuid4().hex[:8]}.tmp")
    try:
        ruta.parent.mkdir(parents=True, exist_ok=True)
        temporal.write_bytes(contenido)
        insistir(lambda: temporal.replace(ruta))
    except OSError as error:
        raise SalidaOcupada(f"No se pudo escribir «{ruta}» ({motivo(error)}). {_remedio(error, ruta)}") from error
    finally:
        with suppress(OSError):
            temporal.unlink(missing_ok=True)


#: Con qué terminan las vecinas de una carpeta de resultados: la nueva, la anterior y la anterior de la anterior.
_VECINAS = (".nuevo", ".anterior", ".sobra")
#: Cómo se llama la carpeta de un periodo (`Periodo.codigo`); una vecina de otra cosa es de la oficina.
_ES_DE_PERIODO = re.compile(r"\d{4}(?:-(?:T[1-4]|S[12]|\d\d))?")


def _vecinas(final: Path) -> tuple[Path, Path, Path]:
    nueva, anterior, sobra = (final.with_name(f"{final.name}{cola}") for cola in _VECINAS)
    return nueva, anterior, sobra


def _reparar(final: Path) -> None:
    """Termina o deshace un cambio de carpeta que se interrumpió; después, sobra lo demás."""
    nueva, anterior, sobra = _vecinas(final)
    if not final.exists():
        if (nueva / ULTIMO).is_file():
            nueva.rename(final)
        elif anterior.exists():
            anterior.rename(final)
    if sobra.exists() and not anterior.exists():
        sobra.rename(anterior)
    for carpeta in (sobra, nueva):
        if carpeta.exists():
            insistir(lambda carpeta=carpeta: shutil.rmtree(carpeta))  # type: ignore[misc]


class Carpeta:
    """La carpeta `<salida>/<periodo>` y sus vecinas: la nueva que se está escribiendo y la anterior.

    Se usa con `with`: al salir se suelta la carpeta, y lo que no llegó a cambiarse se deshace.
    """

    def __init__(self, base: Path, nombre: str, necesita: int = 0) -> None:
        self.final = base / nombre
        #: `_sobra`: la anterior de la anterior, mientras se borra.
        self.nueva, self.anterior, self._sobra = _vecinas(self.final)
        self._necesita = necesita
        self._puerta = ExitStack()
        self._preparada = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.desistir()

    def preparar(self) -> Path:
        """Comprueba que se podrá escribir, repara un cambio interrumpido y da la carpeta nueva, vacía.

        Raises:
            SalidaOcupada: si no se puede escribir, otra orden lo hace o un archivo está abierto.
        """
        self._puerta.enter_context(puerta(self.final.parent, self._necesita))
        self._preparada = True
        try:
            _reparar(self.final)
            self._exigir_cerrada()
            self.nueva.mkdir()
            self._exigir_largo()
        except BaseException as error:
            self.desistir()
            if isinstance(error, OSError):
                raise no_se_escribe(self.final.parent, error) from error
            raise
        return self.nueva

    def _exigir_cerrada(self) -> None:
        """Ningún archivo de las carpetas que van a cambiar de nombre está abierto: en Windows lo impediría."""
        if self.final.exists() and not self.final.is_dir():
            raise SalidaOcupada(f"«{self.final}» es un archivo. Muévalo o {otra_carpeta()}.")
        for ruta in [r for carpeta in (self.final, self.anterior) for r in sorted(carpeta.rglob("*"))]:
            if ruta.is_file():
                _exigir_sin_cerrojo(ruta)
                try:
                    with ruta.open("r+b"):
                        pass
                except OSError as error:
                    raise SalidaOcupada(
                        f"«{ruta}» está abierto o protegido ({motivo(error)}). {_remedio(error, ruta)}"
                    ) from error

    def _exigir_largo(self) -> None:
        """Cabe la ruta más larga que se va a escribir: se prueba, porque cada sistema admite otra cosa."""
        prueba = self.nueva / "evaluaciones" / ("x" * (LARGO_DE_NOMBRE + len("anterior") - len("nuevo")))
        prueba.parent.mkdir()
        prueba.touch()
        shutil.rmtree(prueba.parent)

    def conservar(self) -> None:
        """Pasa a la carpeta nueva lo que alguien puso o cambió a mano en la de ahora; se pide ya escritos los demás.

        Raises:
            SalidaOcupada: si no se pudo copiar.
        """
        from pei_excel.ciclo.conservacion import conservar

        try:
            conservar(self.final, self.nueva)
        except OSError as error:
            raise SalidaOcupada(
                f"No se pudo conservar «{error.filename or self.final}», que no es de este programa "
                f"({motivo(error)}). {_remedio(error)}"
            ) from error

    def desistir(self) -> None:
        """Suelta la carpeta y deja todo como estaba antes de preparar, salvo que ya se haya cambiado."""
        with self._puerta:
            if self._preparada:
                self._preparada = False
                shutil.rmtree(self.nueva, ignore_errors=True)

    def cambiar(self) -> None:
        """La nueva toma el lugar de la final; la que estaba pasa a ser la anterior. Cada paso es un cambio de nombre.

        Raises:
            SalidaOcupada: si otro programa lo impide; las dos carpetas quedan enteras.
        """
        pasos = [(self.nueva, self.final)]
        if self.final.exists():
            pasos.insert(0, (self.final, self.anterior))
            if self.anterior.exists():
                pasos.insert(0, (self.anterior, self._sobra))
        hechos: list[tuple[Path, Path]] = []
        self._preparada = False  # desde aquí, lo nuevo está completo y no se borra
        try:
            for desde, hasta in pasos:
                insistir(lambda desde=desde, hasta=hasta: desde.rename(hasta))  # type: ignore[misc]
                hechos.append((desde, hasta))
        except OSError as error:
            with suppress(OSError):  # si tampoco se deja deshacer, lo arregla la orden siguiente
                for desde, hasta in reversed(hechos):
                    hasta.rename(desde)
            raise SalidaOcupada(
                f"No se pudo cambiar «{self.final}» ({motivo(error)}). Cierre los libros de esa carpeta y repita; "
                f"lo nuevo quedó en «{self.nueva}»."
            ) from error
        shutil.rmtree(self._sobra, ignore_errors=True)


#: Lo que el sistema dice en inglés, en español.
_MOTIVOS = {
    errno.ENOENT: "esa ruta no existe",
    errno.ENOTDIR: "una parte de la ruta es un archivo, no una carpeta",
    errno.EEXIST: "ya hay un archivo con ese nombre",
    errno.ENOSPC: "no queda espacio en el disco",
    errno.EDQUOT: "se acabó el espacio que su usuario tiene en el disco",
    errno.EFBIG: "el disco no admite un archivo de ese tamaño",
    errno.EROFS: "el disco es de sólo lectura",
    errno.ENAMETOOLONG: "la ruta es demasiado larga",
    errno.EINVAL: "el sistema no admite ese nombre",
    errno.EBADF: "el sistema no admite ese nombre",
    errno.ELOOP: "es un vínculo que da vueltas",
    errno.EIO: "el disco o la red fallaron",
}
_FALTA_ESPACIO = {errno.ENOSPC, errno.EDQUOT}
#: Caracteres de una ruta que Windows ya no abre, si no se le ha pedido que admita las largas.
_RUTA_DE_WINDOWS = 260


def motivo(error: OSError) -> str:
    """Por qué el sistema no dejó escribir, en español."""
    if isinstance(error, PermissionError):
        return "abierto por otro programa o sin permiso" if sys.platform == "win32" else "sin permiso"
    if sys.platform == "win32" and len(str(error.filename or "")) >= _RUTA_DE_WINDOWS:
        return _MOTIVOS[errno.ENAMETOOLONG]
    return _MOTIVOS.get(error.errno or 0, f"fallo {error.errno} del sistema")


def otra_carpeta() -> str:
    """Cómo se escribe en otro lugar."""
    return indicacion(orden="elija otra carpeta con -o", menu="elija otra carpeta de trabajo (opción 8)")


def _remedio(error: OSError, ruta: Path | None = None) -> str:
    """Qué puede hacer el usuario."""
    if error.errno in _FALTA_ESPACIO:
        return f"Libere espacio o {otra_carpeta()}."
    if motivo(error) == _MOTIVOS[errno.ENAMETOOLONG]:
        return indicacion(
            orden="Elija una carpeta de ruta más corta con -o.", menu="Pase la carpeta de trabajo a una ruta más corta."
        )
    if isinstance(error, PermissionError) and ruta is not None and ruta.exists():
        return f"Ciérrelo si lo tiene abierto en Excel y repita, o {otra_carpeta()}."
    otra = otra_carpeta()
    return f"{otra[0].upper()}{otra[1:]}."
