"""De qué se compone un expediente: de quién es, sus piezas y cómo se llaman dentro del .zip."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from pei_excel.catalogo import Catalogo
from pei_excel.periodos import Periodo
from pei_excel.textos import para_nombre

#: Clases de pieza, como se muestran.
ENTREGA, EVALUACION, MENSAJE, DECISIONES, EXTRACTO = "entrega", "evaluación", "mensaje", "decisiones", "bitácora"
BORRADOR = "borrador, no enviado"
#: Nombres que Windows no admite, y el largo que cabe en casi cualquier carpeta.
_RESERVADOS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_LARGO = 80


class Quien(NamedTuple):
    """De quién es el expediente: cada clave que tuvo en el ejercicio, en mayúsculas, con su programa o sin él."""

    escrita: str  #: como la escribió el usuario
    claves: frozenset[str]

    def es(self, unidad: object, programa: object) -> bool:
        """Un informe es suyo."""
        u, p = str(unidad or "").upper(), str(programa or "").upper()
        return bool(u) and (u in self.claves or (bool(p) and f"{u}-{p}" in self.claves))


def de_quien(clave: str, ejercicio: int, catalogo: Catalogo | None) -> Quien:
    """Las claves que la unidad tuvo en el año: con catálogo, también las de antes y después de un cambio."""
    escrita = clave.strip().upper()
    claves = {escrita}
    if catalogo is not None:
        conocidas = {u.clave for u in catalogo.unidades}
        partes = escrita.split("-")
        cortes = [("-".join(partes[:n]), "-".join(partes[n:])) for n in range(len(partes), 0, -1)]
        unidad, programa = next(((u, p) for u, p in cortes if u in conocidas), (escrita, ""))
        for mes in range(1, 13):
            dia = Periodo(ejercicio, "M", mes).ultimo_dia
            claves |= {f"{u}-{programa}" if programa else u for u in catalogo.claves_vigentes(unidad, dia)}
    return Quien(escrita, frozenset(claves))


@dataclass(frozen=True, slots=True)
class Pieza:
    """Un renglón del índice; sin contenido, algo que se sabe que hubo y ya no está."""

    clase: str
    periodo: str
    nombre: str  #: dentro del .zip; vacío si no está
    contenido: bytes = field(repr=False)
    sha256: str
    fecha: str = ""  #: ISO, de recepción
    origen: str = ""  #: quién dice la fecha
    detalle: str = ""


@dataclass(slots=True)
class Expediente:
    """Lo que se reunió."""

    quien: Quien
    ejercicio: int
    piezas: list[Pieza] = field(default_factory=list)
    avisos: list[str] = field(default_factory=list)

    def de(self, clase: str) -> list[Pieza]:
        """Las piezas de una clase, las que están."""
        return [p for p in self.piezas if p.clase == clase and p.nombre]


def segura(ruta: str) -> str:
    """Una ruta que también Windows puede extraer: sin caracteres ni nombres reservados, y de largo moderado."""
    partes = []
    for parte in ruta.split("/"):
        limpia = para_nombre(parte).rstrip(". ") or "-"
        if len(limpia) > _LARGO:
            tallo, punto, extension = limpia.rpartition(".")
            limpia = f"{tallo[: _LARGO - len(extension) - 1]}{punto}{extension}" if tallo else limpia[:_LARGO]
        partes.append(f"_{limpia}" if _RESERVADOS.match(limpia) else limpia)
    return "/".join(partes)
