"""Los formatos oficiales que el programa conoce, uno por archivo."""

from __future__ import annotations

from pei_excel.formato import Formato
from pei_excel.formatos.catalogo import CATALOGO
from pei_excel.formatos.mir import MIR
from pei_excel.formatos.poi import POI

#: Los informes que entregan las unidades.
FORMATOS: dict[str, Formato] = {f.clave: f for f in (MIR, POI)}

#: Además de los informes, los libros de la oficina: tienen plantilla y ayuda, pero ni se reciben ni se consolidan.
TODOS: dict[str, Formato] = FORMATOS | {CATALOGO.clave: CATALOGO}
