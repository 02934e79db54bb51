"""Los textos de los correos: plantillas que la oficina puede cambiar en la carpeta `textos`, junto a su catálogo.

Una plantilla sólo ve las palabras que se le dan: no abre archivos, no ejecuta nada y su HTML escapa lo ajeno.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pei_excel.salidas import NoSePudo, escribir_entero
from pei_excel.textos import mas_cercano

if TYPE_CHECKING:
    from jinja2 import Environment

#: Las que vienen con el programa.
PROPIOS = Path(__file__).parent / "textos"
#: Cómo se llama la carpeta de la oficina, junto al catálogo.
TEXTOS = "textos"
_HTML = "correo.html"
_ASUNTO = re.compile(r"\s*Asunto:[^\S\n]*(.*)\n")
_CON_TEXTO = re.compile(r"(?m)^(?!\s*\{%[^%]*%\}\s*$)(.*%\})[ \t]*$")
#: Caracteres que un correo puede llegar a tener; más es una plantilla que se equivoca.
_TOPE = 100_000


@dataclass(frozen=True, slots=True)
class Redactado:
    """Un correo ya escrito."""

    asunto: str
    texto: str
    html: str


class Redaccion:
    """Las plantillas de la oficina y, donde ella no tiene, las del programa."""

    def __init__(self, carpeta: Path | None = None) -> None:
        self._carpeta = carpeta if carpeta is not None and carpeta.is_dir() else None
        self._texto, self._html = self._ambiente(html=False), self._ambiente(html=True)

    def _ambiente(self, *, html: bool) -> Environment:
        from jinja2 import FileSystemLoader, StrictUndefined
        from jinja2.exceptions import SecurityError
        from jinja2.ext import Extension
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        class Caja(ImmutableSandboxedEnvironment):
            # Sin multiplicaciones: «'a' * 10**9» llenaría la memoria.
            intercepted_binops = frozenset({"*", "**"})

            def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
                raise SecurityError("una plantilla no multiplica")

        class Renglones(Extension):
            # Un renglón que sólo es una etiqueta no deja nada; el que además tiene texto conserva su final.
            def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
                return _CON_TEXTO.sub(r"\1{{ '' }}", source)

        carpetas = [c for c in (self._carpeta, PROPIOS) if c is not None]
        ambiente = Caja(
            extensions=[Renglones], loader=FileSystemLoader(carpetas, encoding="utf-8-sig"), autoescape=html,
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        )
        ambiente.filters["inicial"] = lambda texto: texto[:1].upper() + texto[1:]
        return ambiente

    def redactar(self, motivo: str, palabras: Mapping[str, Any]) -> Redactado:
        """El correo de un motivo: su primera línea dice «Asunto: …» y lo demás es el texto.

        Raises:
            NoSePudo: si una plantilla no se entiende o cita algo que no existe; dice cuál, la línea y qué.
        """
        nombre = f"{motivo}.txt"
        escrito = self._llenar(self._texto, nombre, palabras)
        asunto = _ASUNTO.match(escrito)
        if not asunto or not asunto[1].strip():
            raise NoSePudo(f"La plantilla {self._donde(nombre)} no empieza con una línea «Asunto: …». Escríbala.")
        texto = re.sub(r"\n{3,}", "\n\n", escrito[asunto.end():]).strip() + "\n"
        titulo = " ".join(asunto[1].split())
        html = self._llenar(self._html, _HTML, {**palabras, "asunto": titulo, "bloques": _bloques(texto)})
        return Redactado(titulo, texto, html)

    def _llenar(self, ambiente: Environment, nombre: str, palabras: Mapping[str, Any]) -> str:
        from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError, UndefinedError

        try:
            escrito = ambiente.get_template(nombre).render(palabras)
        except TemplateNotFound as error:
            raise NoSePudo(f"La plantilla {self._donde(nombre)} pide «{error.name}», que no está.") from None
        except TemplateSyntaxError as error:
            raise NoSePudo(
                f"La plantilla {self._donde(error.name or nombre)} no se entiende en la línea {error.lineno}. "
                "Corríjala o bórrela para usar la del programa."
            ) from None
        except UndefinedError as error:
            raise NoSePudo(self._que_no_existe(nombre, _linea(error), str(error), palabras)) from None
        except UnicodeDecodeError:
            raise NoSePudo(f"La plantilla {self._donde(nombre)} no está en UTF-8. Guárdela así.") from None
        except (TemplateError, TypeError, ValueError, ArithmeticError, RecursionError, LookupError) as error:
            raise NoSePudo(
                f"La plantilla {self._donde(nombre)} no se puede usar: su línea {_linea(error)} hace algo que no está "
                "permitido o no da un texto. Corríjala o bórrela para usar la del programa."
            ) from None
        if len(escrito) > _TOPE:
            raise NoSePudo(f"La plantilla {self._donde(nombre)} da un texto de más de {_TOPE:,} letras. Corríjala.")
        return escrito

    def _que_no_existe(self, nombre: str, linea: str, dicho: str, palabras: Mapping[str, Any]) -> str:
        hallada = re.search(r"'([^']*)' is undefined", dicho) or re.search(r"has no attribute '([^']*)'", dicho)
        cual = hallada[1] if hallada else "algo"
        parecida = mas_cercano(cual, palabras)
        sugerencia = f" ¿Quiso decir «{parecida}»?" if parecida else ""
        return (
            f"La plantilla {self._donde(nombre)} usa en la línea {linea} «{cual}», que no existe.{sugerencia} "
            f"Las que hay: {', '.join(sorted(palabras))}."
        )

    def _donde(self, nombre: str) -> str:
        suya = self._carpeta is not None and (self._carpeta / nombre).is_file()
        return f"«{self._carpeta / nombre}»" if suya and self._carpeta else f"«{nombre}» del programa"


def _linea(error: BaseException) -> str:
    """La línea de la plantilla en que falló."""
    numero, rastro = "?", error.__traceback__
    while rastro is not None:
        if rastro.tb_frame.f_code.co_filename.endswith((".txt", ".html")):
            numero = str(rastro.tb_lineno)
        rastro = rastro.tb_next
    return numero


def _bloques(texto: str) -> list[dict[str, Any]]:
    """El texto en párrafos y listas, para que el HTML diga exactamente lo mismo."""
    bloques: list[dict[str, Any]] = []
    for parrafo in re.split(r"\n\s*\n", texto.strip()):
        for linea in parrafo.split("\n"):
            es_lista = linea.startswith("- ")
            limpia = linea.removeprefix("- ").strip()
            seguido = bloques and bloques[-1]["lista"] == es_lista and not bloques[-1]["cerrado"]
            if seguido:
                bloques[-1]["lineas"].append(limpia)
            else:
                bloques.append({"lista": es_lista, "lineas": [limpia], "cerrado": False})
        if bloques:
            bloques[-1]["cerrado"] = True
    return bloques


def copiar(carpeta: Path) -> tuple[list[Path], list[Path]]:
    """Copia las plantillas del programa para que la oficina las cambie; las que ya tiene se quedan.

    Devuelve las que se copiaron y las que ya estaban.
    """
    hechas, estaban = [], []
    for propia in sorted(PROPIOS.iterdir()):
        ruta = carpeta / propia.name
        if ruta.exists():
            estaban.append(ruta)
        else:
            escribir_entero(ruta, propia.read_bytes())
            hechas.append(ruta)
    return hechas, estaban
