"""La documentación de reglas y formatos, escrita de sus propias fichas: lo que imprime `pei-excel explicar`."""

from __future__ import annotations

import textwrap

from pei_excel.formato import Columna, Formato, Hoja
from pei_excel.formatos import TODOS
from pei_excel.indicaciones import como_se_escribe, indicacion
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Regla, Tabla
from pei_excel.reglas.lista import POR_CODIGO, REGLAS
from pei_excel.semaforo import PERFILES
from pei_excel.textos import enumerar


def explicar(tema: str | None, *, markdown: bool = False) -> str:
    """La página de una regla o un formato; sin tema, la lista de reglas o, en Markdown, la referencia completa.

    Raises:
        KeyError: si el tema no es ni una regla ni un formato.
    """
    if tema is None:
        return referencia() if markdown else indice()
    clave = tema.strip().upper()
    if clave in POR_CODIGO:
        return pagina_de_regla(POR_CODIGO[clave], markdown=markdown)
    if clave in TODOS:
        return pagina_de_formato(TODOS[clave], markdown=markdown)
    raise KeyError(tema)


def indice() -> str:
    """Una línea por regla."""
    lineas = [f"{r.codigo}  {r.severidad.value:5}  {r.destinatario.value:10}  {r.que}" for r in REGLAS]
    como = indicacion(orden=f" (detalle con: {como_se_escribe('explicar', 'SEG001')})", menu="")
    return "\n".join([f"Reglas{como}", "", *lineas, "",
                      f"Formatos: {', '.join(TODOS).lower()}"]) + "\n"


def referencia() -> str:
    """Todas las reglas, los formatos y los semáforos, en Markdown."""
    partes = ["# Referencia de pei-excel\n", "## Reglas\n"]
    partes += [pagina_de_regla(r, markdown=True, nivel=3) for r in REGLAS]
    partes.append("## Formatos\n")
    partes += [pagina_de_formato(f, markdown=True, nivel=3) for f in TODOS.values()]
    partes.append("## Semáforos\n")
    partes.append("| Perfil | Bandas | Fuente |\n|---|---|---|\n" + "".join(
        f"| {p.clave} | {p.describir()} | {p.fuente} |\n" for p in PERFILES.values()
    ))
    return "\n".join(partes)


def pagina_de_regla(regla: Regla, *, markdown: bool = False, nivel: int = 1) -> str:
    """La ficha de una regla con sus dos ejemplos, que son los mismos que ejecutan las pruebas."""
    titulo = f"{regla.codigo} · {_titulo(regla)}"
    datos = [
        ("Severidad", f"{regla.severidad.value} («{regla.severidad.para_la_unidad}»)"),
        ("Fracciones" if regla.alcance == "publicacion" else "Formatos", enumerar(regla.formatos)),
        ("Se dirige a", "la unidad" if regla.destinatario.value == "unidad" else "planeación, nunca a la unidad"),
        ("Debe cumplirse", regla.que),
        ("Por qué", regla.por_que),
        ("Cómo corregir", regla.como_corregir),
        ("Fuente", regla.fuente),
    ]
    if regla.diseno:
        datos.append(("Momento", "Juzga el diseño: en seguimiento va a la hoja «Diseño», para el próximo ejercicio."))
    if markdown:
        lineas = [f"{'#' * nivel} {titulo}\n", *(f"- **{n}:** {t}" for n, t in datos), ""]
    else:
        lineas = [titulo, "=" * len(titulo), ""]
        for nombre, texto in datos:
            lineas += textwrap.wrap(f"{nombre}: {texto}", 100, subsequent_indent="    ")
        lineas.append("")
    for formatos, mal, bien in _ejemplos(regla):
        donde = f", {enumerar(formatos)}" if len(formatos) < len(regla.formatos) else ""
        lineas += _ejemplo(f"Con hallazgo (✗){donde}", mal, markdown)
        lineas += _ejemplo(f"Sin hallazgo{donde}", bien, markdown)
    return "\n".join(lineas).rstrip() + "\n"


def _titulo(regla: Regla) -> str:
    return regla.funcion.__name__.replace("_", " ")


def _ejemplos(regla: Regla) -> list[tuple[list[str], Tabla, Tabla]]:
    """Los ejemplos de una regla; los formatos que comparten los suyos van juntos."""
    juntos: list[tuple[list[str], Tabla, Tabla]] = []
    for formato in regla.formatos:
        mal, bien = regla.mal[formato], regla.bien[formato]
        previo = next((formatos for formatos, m, b in juntos if (m, b) == (mal, bien)), None)
        if previo is None:
            juntos.append(([formato], mal, bien))
        else:
            previo.append(formato)
    return juntos


def _ejemplo(titulo: str, tabla: Tabla, markdown: bool) -> list[str]:
    texto = textwrap.dedent(tabla.texto).strip("\n")
    dano = (getattr(tabla.preparar, "__doc__", None) or "").strip().split("\n")[0] if tabla.preparar else ""
    if tabla.otros:
        dano = "Con otro libro en la misma carpeta." if tabla.otros != ("~$",) else "Con un archivo de bloqueo al lado."
    if tabla.anterior:
        antes = enumerar("lo aprobado" if p is None else Periodo.de_codigo(p).nombre for p, _ in tabla.anterior)
        dano = f"Comparado con entregas anteriores del modelo ({antes})."
    cuerpo = texto or "El modelo del formato, sin cambios."
    if dano:
        cuerpo = f"{dano}\n{cuerpo}" if texto else dano
    if tabla.catalogo is not None:
        cuerpo += f"\n\nComparado con el catálogo modelo y además:\n{textwrap.dedent(tabla.catalogo).strip()}"
    if markdown:
        return [f"{titulo}:\n", "```", cuerpo, "```", ""]
    return [f"{titulo}:", *(f"  {linea}" for linea in cuerpo.splitlines()), ""]


def pagina_de_formato(formato: Formato, *, markdown: bool = False, nivel: int = 1) -> str:
    """Las hojas y columnas de un formato: qué se escribe en cada una y con qué ejemplo."""
    titulo = f"{formato.clave} · {formato.titulo}"
    partes = [f"{'#' * nivel} {titulo}\n" if markdown else f"{titulo}\n{'=' * len(titulo)}\n"]
    partes.append(f"Fuente: {formato.fuente}. Versión {formato.version} de la plantilla.\n")
    for hoja in formato.hojas:
        partes += _pagina_de_hoja(hoja, markdown, nivel + 1)
    partes += _reglas_del_formato(formato, markdown, nivel + 1)
    return "\n".join(partes).rstrip() + "\n"


def _pagina_de_hoja(hoja: Hoja, markdown: bool, nivel: int) -> list[str]:
    lineas = [f"{'#' * nivel} Hoja «{hoja.clave}»\n" if markdown else f"Hoja «{hoja.clave}»", hoja.ayuda, ""]
    if not hoja.columnas:
        datos = [(c.etiqueta.rstrip(":"), c.tipo.explicar(), c.ayuda) for c in hoja.campos]
        if markdown:
            return [*lineas, "| Dato | Qué se espera | Ayuda |", "|---|---|---|",
                    *(f"| {nombre} | {que} | {ayuda} |" for nombre, que, ayuda in datos), ""]
        return [*lineas, *(f"  {nombre:38}  {que}" for nombre, que, _ in datos), ""]
    if hoja.campos:
        nombres = ", ".join(f"«{c.etiqueta.rstrip(':')}»" for c in hoja.campos)
        lineas += [f"Bloque de identificación: {nombres}.", ""]
    if markdown:
        lineas += ["| Columna | Qué se espera | Ayuda |", "|---|---|---|"]
        lineas += [f"| {_nombre(c)} | {_que(c)} | {c.ayuda} |" for c in hoja.explicables if not _de_apoyo(c)]
    else:
        lineas += [f"  {_nombre(c):38}  {_que(c)}" for c in hoja.explicables if not _de_apoyo(c)]
    return [*lineas, ""]


def _reglas_del_formato(formato: Formato, markdown: bool, nivel: int) -> list[str]:
    """Las reglas con que se revisa un formato, una por línea."""
    propias = [r for r in REGLAS if formato.clave in r.formatos]
    if markdown:
        cuerpo = ["| Regla | Severidad | Debe cumplirse |", "|---|---|---|"]
        cuerpo += [f"| {r.codigo} | {r.severidad.value} | {r.que} |" for r in propias]
        return [f"{'#' * nivel} Reglas\n", *cuerpo, ""]
    return ["Reglas con que se revisa", *(f"  {r.codigo}  {r.severidad.value:5}  {r.que}" for r in propias), ""]


def _nombre(columna: Columna) -> str:
    return "/".join((*columna.banda[-1:], columna.titulo)) if columna.banda else columna.titulo


def _que(columna: Columna) -> str:
    return "La calcula Excel." if columna.calculo is not None else columna.tipo.explicar()


def _de_apoyo(columna: Columna) -> bool:
    return columna.auxiliar and columna.calculo is not None
