"""Contraseñas de los libros: el archivo en que el usuario las escribe, y el libro cifrado abierto con ellas."""

from __future__ import annotations

import fnmatch
import io
import re
import unicodedata
from pathlib import Path, PurePosixPath

from pei_excel.crudo import ArchivoIlegible

#: Excel cifra con ella los libros «protegidos sólo contra escritura», y los abre sin preguntar.
_DE_EXCEL = "VelvetSweatshop"
#: Líneas que se prueban con un libro: cada una cuesta una décima de segundo, y si son más el patrón está mal puesto.
_INTENTOS = 10
_COMENTARIO = ("#", ";")

PROTEGIDO = "protegido con contraseña"
EQUIVOCADA = "contraseña equivocada"

_MOTIVOS: dict[type[OSError], str] = {
    FileNotFoundError: "no existe", IsADirectoryError: "es una carpeta", PermissionError: "sin permiso",
}


class Claves:
    """Contraseñas por patrón de nombre; nunca se muestran, ni al imprimir el objeto."""

    __slots__ = ("_lineas",)

    def __init__(self, lineas: tuple[tuple[str, str], ...] = ()) -> None:
        self._lineas = lineas

    def __repr__(self) -> str:
        return f"Claves({len(self._lineas)} líneas)"

    def __len__(self) -> int:
        return len(self._lineas)

    def __reduce__(self) -> tuple[type[Claves], tuple[tuple[tuple[str, str], ...]]]:
        return Claves, (self._lineas,)

    @classmethod
    def de_texto(cls, texto: str) -> Claves:
        """Las de un archivo con líneas «patrón = contraseña».

        Raises:
            ValueError: si una línea no se entiende; el mensaje dice cuál, sin mostrarla.
        """
        lineas: list[tuple[str, str]] = []
        for numero, linea in enumerate(texto.removeprefix("\ufeff").splitlines(), 1):
            limpia = linea.strip()
            if not limpia or limpia.startswith(_COMENTARIO):
                continue
            patron, igual, clave = limpia.partition("=")
            clave = clave.strip()
            if len(clave) >= 2 and clave[0] == clave[-1] == '"':  # para la que empieza o termina con espacios
                clave = clave[1:-1]
            if not igual or not patron.strip() or not clave:
                raise ValueError(f"la línea {numero} no tiene la forma «unidad o nombre = contraseña»")
            lineas.append((patron.strip(), clave))
        return cls(tuple(lineas))

    @classmethod
    def de_archivo(cls, ruta: Path) -> Claves:
        """Las de un archivo de texto.

        Raises:
            ValueError: si no puede leerse o una línea no se entiende.
        """
        try:
            contenido = ruta.read_bytes()
        except OSError as error:
            motivo = _MOTIVOS.get(type(error), "el sistema no lo permite")
            raise ValueError(f"no se puede leer ({motivo})") from None
        for codificacion in ("utf-16" if contenido[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8", "cp1252"):
            try:
                return cls.de_texto(contenido.decode(codificacion))
            except UnicodeDecodeError:
                continue
        raise ValueError("no es un archivo de texto")

    def para(self, archivo: str) -> list[str]:
        """Contraseñas que pueden ser las de un libro, en el orden en que están escritas y sin repetir."""
        return list(dict.fromkeys(clave for patron, clave in self._lineas if corresponde(patron, archivo)))[:_INTENTOS]


def corresponde(patron: str, archivo: str) -> bool:
    """Si una línea es de ese archivo: un patrón con «*» o «?», o palabras de su ruta («504-6», de 504-6_MIR.xlsx)."""
    buscado, ruta = _plano(patron), _plano(archivo)
    if any(caracter in patron for caracter in "*?"):
        return any(fnmatch.fnmatchcase(nombre, buscado) for nombre in (ruta, PurePosixPath(ruta).name))
    # «504-6» no es de 504-61 ni de 1504-6: a los lados no puede seguir otra letra ni cifra.
    return re.search(rf"(?<![^\W_]){re.escape(buscado)}(?![^\W_])", ruta) is not None


def _plano(texto: str) -> str:
    """Sin acentos ni mayúsculas, con su puntuación."""
    separado = unicodedata.normalize("NFKD", texto.replace("\\", "/")).casefold()
    return "".join(caracter for caracter in separado if not unicodedata.combining(caracter))


def descifrar(contenido: bytes, archivo: str, claves: Claves | None, tope: int) -> bytes:
    """Los bytes del libro que estaba cifrado (.xlsx, .xlsm, .xlsb o .xls).

    Raises:
        ArchivoIlegible: si ninguna contraseña lo abre, o si está dañado.
    """
    from msoffcrypto.exceptions import InvalidKeyError

    suyas = claves.para(archivo) if claves is not None else []
    for clave in [_DE_EXCEL, *suyas]:
        try:
            abierto = _abrir(contenido, clave)
        except InvalidKeyError:
            continue
        except Exception:  # noqa: BLE001 - msoffcrypto y olefile dejan escapar cualquiera con un archivo alterado
            if suyas and clave is not suyas[-1]:
                continue
            raise _rechazo(archivo, claves, suyas, danado=True) from None
        if len(abierto) > tope:
            raise ArchivoIlegible("demasiado grande", "su contenido descifrado pasa del límite")
        return abierto
    raise _rechazo(archivo, claves, suyas, danado=False)


def _rechazo(archivo: str, claves: Claves | None, suyas: list[str], *, danado: bool) -> ArchivoIlegible:
    """El motivo, según lo que el usuario dio."""
    if suyas and not danado:
        return ArchivoIlegible(EQUIVOCADA, "la del archivo de contraseñas no lo abre")
    if suyas:
        return ArchivoIlegible("dañado", "está cifrado y no puede descifrarse")
    if claves is not None:
        nombre = PurePosixPath(archivo.replace("\\", "/")).name
        return ArchivoIlegible(
            PROTEGIDO,
            "ninguna línea del archivo de contraseñas es de este libro, que se busca por el nombre del archivo; puede "
            f"agregarla: «{nombre} = su contraseña»",
        )
    return ArchivoIlegible(PROTEGIDO, "pide una contraseña para abrirse")


def _abrir(contenido: bytes, clave: str) -> bytes:
    import msoffcrypto

    documento = msoffcrypto.OfficeFile(io.BytesIO(contenido))
    salida = io.BytesIO()
    if getattr(documento, "format", "") == "ooxml":
        documento.load_key(password=clave, verify_password=True)
    else:
        documento.load_key(password=clave)
    documento.decrypt(salida)
    return salida.getvalue()

