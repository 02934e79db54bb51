"""Lo que se imprime en la terminal después de revisar o consolidar: corto, en orden y con la celda de cada cosa."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pei_excel.frases import frases
from pei_excel.hallazgo import Hallazgo, Severidad
from pei_excel.proceso import Consolidado, Resultado
from pei_excel.revision import Revision, Suerte
from pei_excel.textos import cuenta, enumerar


def _lugar(h: Hallazgo) -> str:
    if h.donde.celda:
        return f"{h.donde.hoja}!{h.donde.celda}"
    return h.donde.hoja or "archivo"


def _linea(h: Hallazgo) -> str:
    marca = " (para planeación)" if h.destinatario == "planeacion" else ""
    return f"  {h.severidad.value:5} {h.regla}  {_lugar(h)}: {h.mensaje} {h.como_corregir}{marca}"


def _linea_de_carpeta(h: Hallazgo) -> str:
    remedio = "" if h.severidad is Severidad.NOTA else f" {h.como_corregir}"
    celda = "!".join(p for p in (h.donde.hoja, h.donde.celda) if p)
    donde = ", ".join(p for p in (h.donde.archivo, celda) if p) or "carpeta"  # lo que falta no tiene archivo
    return f"  {h.severidad.value:5} {h.regla}  {donde}: {h.mensaje}{remedio}"


def _titulo(r: Revision) -> str:
    libro = r.libro
    quien = " · ".join(str(x) for x in (libro.unidad, libro.programa) if x)
    periodo = f" · {libro.periodo.nombre}" if libro.periodo else ""
    return f"{libro.archivo}: {r.estado.value}" + (f" · {quien}{periodo}" if quien else "")


def resumen(resultado: Resultado) -> str:
    """«12 informes: 9 aceptados, 2 observados y 1 rechazado; 3 errores, 5 avisos y 4 notas»."""
    suertes = Counter(r.estado for r in resultado.revisiones)
    partes = [cuenta(suertes[s], s.value) for s in Suerte if suertes[s]]
    de_sustituidos = [h for r in resultado.revisiones if r.estado is Suerte.SUSTITUIDO for h in r.hallazgos]
    vigentes = [h for r in resultado.revisiones if r.estado is not Suerte.SUSTITUIDO for h in r.hallazgos]
    texto = cuenta(len(resultado.revisiones), "informe", ninguno="ningún informe")
    if partes:
        texto += f": {enumerar(partes)}"
    texto += f"; {_por_severidad([*vigentes, *resultado.de_carpeta]) or 'sin observaciones'}"
    aparte = _por_severidad(de_sustituidos)
    return f"{texto}; en lo sustituido, que no cuenta, {aparte}." if aparte else f"{texto}."


def _por_severidad(hallazgos: Iterable[Hallazgo]) -> str:
    severidades = Counter(h.severidad.value for h in hallazgos)
    nombres = (("ERROR", "error", "errores"), ("AVISO", "aviso", "avisos"), ("NOTA", "nota", "notas"))
    return enumerar([cuenta(severidades[s], uno, varios) for s, uno, varios in nombres if severidades[s]])


def texto_de_revision(resultado: Resultado) -> str:
    """Cada informe con sus hallazgos, lo de la carpeta y el resumen."""
    lineas: list[str] = []
    for r in resultado.revisiones:
        lineas += [_titulo(r), *(_linea(h) for h in r.hallazgos), ""]
    if resultado.de_carpeta:
        lineas += ["En la carpeta:", *(_linea_de_carpeta(h) for h in resultado.de_carpeta), ""]
    return "\n".join([*lineas, resumen(resultado)]) + "\n"


def texto_de_consolidado(consolidado: Consolidado) -> str:
    """Qué se consolidó de cada formato, qué quedó fuera y qué archivo abrir primero."""
    carpeta = consolidado.carpeta
    lineas = [resumen(consolidado.resultado)]
    hubo = False
    for formato, tablas in consolidado.tablas.items():
        varios = len(consolidado.tablas) > 1
        de_cual = f" ({formato})" if varios else ""
        lineas += [""] * varios
        lineas.append(f"Consolidado{de_cual}: {tablas.cobertura.frase}.")
        if not tablas.cobertura.consolidados:
            continue
        hubo = True
        lineas += frases(tablas)
        lineas += [
            f"Abra primero{de_cual}: {carpeta / f'consolidado-{formato.lower()}.xlsx'} (hoja Ficha).",
            f"Para la Tesorería{de_cual}: {carpeta / f'tesoreria-{formato.lower()}.xlsx'}.",
        ]
    lineas += [""] * (len(consolidado.tablas) > 1)
    if hubo:
        lineas.append(f"Para cada unidad: {carpeta / 'evaluaciones'}.")
    else:
        lineas.append(f"Ningún informe pudo consolidarse: revise el periodo y los motivos. Los libros, en {carpeta}.")
    return "\n".join(lineas) + "\n"


def texto_de_ejemplo(consolidado: Consolidado, recibidos: Path) -> str:
    """En pocas líneas: qué se hizo, qué se encontró y qué abrir primero."""
    aviso = (
        "Son datos de demostración, salvo el informe del Instituto Municipal de Planeación, reconstruido de una "
        "transcripción."
    )
    return f"Libros recibidos (de muestra): {recibidos}\n{aviso}\n" + texto_de_consolidado(consolidado)
