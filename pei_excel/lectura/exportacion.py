"""La exportación plana del aplicativo nacional → un POI por centro de costo, con la celda de cada dato."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pei_excel.calculos import iguales
from pei_excel.crudo import HojaCruda, LibroCrudo
from pei_excel.formatos.aplicativo import (
    APLICATIVO,
    EXPORTACION,
    PALABRAS_DE_DINERO,
    PALABRAS_DE_MEDIDA,
    PALABRAS_DE_PASO,
    PALABRAS_DE_TOTAL,
    SENAS,
    SIN_MES,
)
from pei_excel.formatos.poi import EVALUACION, POI, PROGRAMACION, SEGUIMIENTO, TRIMESTRES_POI
from pei_excel.lectura.encabezados import Hallado
from pei_excel.lectura.filas import leer_filas
from pei_excel.lectura.notas import notar
from pei_excel.libro import Dato, Encabezado, Faltante, Fila, HojaLeida, IncidenteDeLibro, Libro
from pei_excel.mensual import ACUMULATIVO, ANO, TRIMESTRE, claves_de_mes, forma_mensual, total_mensual
from pei_excel.periodos import Periodo, formas_de_mes
from pei_excel.textos import normalizar
from pei_excel.tipos import ClaveNombre, Contexto, como_texto
from pei_excel.ubicacion import direccion

_MESES = {normalizar(forma): mes for mes in ANO for forma in formas_de_mes(mes)}
_TITULOS = {t: c.clave for t, (c, *_) in EXPORTACION.titulos.items() if c.medida is None}
#: Textos en que se reconoce el renglón de títulos.
_LLAVES = frozenset(t for t, clave in _TITULOS.items() if clave == EXPORTACION.llave[0])
_FISICAS = ("programado", "ejecutado")
#: Catálogo → nombre normalizado → su código.
_POR_NOMBRE = {tabla: {normalizar(f[1]): f[0] for f in POI.tablas[tabla].filas} for tabla in ("oei", "aei")}


class TituloDeMes(NamedTuple):
    """Lo que dice el título de una columna de cifras."""

    medida: str | None  #: «programado», «reprogramado», «ejecutado», «motivo»; None si el título sólo dice el mes
    mes: int | None  #: 1–12; None: el total


def leer_titulo(normal: str) -> TituloDeMes | None:
    """Mes y medida de un título normalizado: «prog ene», «f se 02», «m01»; None si no es de un mes ni un total."""
    piezas = re.findall(r"[a-z]+|\d+", normal)
    palabras = {p for p in piezas if p.isalpha()}
    numeros = [int(p) for p in piezas if p.isdigit() and len(p) <= 2]
    if "%" in normal or not palabras or palabras & PALABRAS_DE_DINERO:
        return None
    meses = palabras & _MESES.keys()
    resto = palabras - meses - PALABRAS_DE_TOTAL
    medida = next((m for m, propias in PALABRAS_DE_MEDIDA.items() if resto & propias), None)
    if resto - PALABRAS_DE_PASO - frozenset().union(*PALABRAS_DE_MEDIDA.values()):
        return None
    if len(meses) == 1:
        return TituloDeMes(medida, _MESES[next(iter(meses))])
    if meses:
        return None
    if len(numeros) == 1 and numeros[0] in ANO:
        return TituloDeMes(medida, numeros[0])
    if palabras & PALABRAS_DE_TOTAL:
        return TituloDeMes(medida, None)
    return TituloDeMes(medida, SIN_MES) if medida == "motivo" and not numeros else None


def leer_exportacion(
    crudo: LibroCrudo, sha256: str, textos: Sequence[tuple[HojaCruda, dict[tuple[int, int], str]]],
    periodo: Periodo | None = None, pais: str | None = None,
) -> list[Libro]:
    """Los POI de una exportación, uno por centro de costo y año, en el orden del archivo; ninguno si no lo es."""
    filas: list[Fila] = []
    hallados = [h for cruda, normales in textos if (h := buscar_exportacion(cruda, normales)) is not None]
    for hallado in hallados:
        ultima = max(fila for fila, _ in hallado.cruda.celdas)
        filas += leer_filas(hallado, ultima + 1, Contexto(pais), len(filas))
    grupos: dict[tuple[object, ...], list[Fila]] = {}
    for fila in filas:
        if not fila["codigo"].vacio or not fila["actividad"].vacio:  # si no, es un renglón de totales
            grupos.setdefault((fila.valor("ejercicio"), *_quien(fila)), []).append(fila)
    libros = [_libro(crudo, sha256, grupo, hallados, periodo) for grupo in grupos.values()]
    for libro in libros:
        notar(libro, crudo, POI)
        # La misma celda da el código a las dos hojas: lo que se nota en ella se dice una vez.
        libro.incidentes = list({(i.clase, i.hoja, i.celda, i.mensaje): i for i in libro.incidentes}.values())
    return libros


def buscar_exportacion(cruda: HojaCruda, textos: dict[tuple[int, int], str]) -> Hallado | None:
    """El renglón de títulos de una exportación en una hoja cruda; None si no está."""
    for fila in sorted({f for (f, _), texto in textos.items() if texto in _LLAVES}):
        columnas = _columnas(textos, fila)
        conocidas = all(any(clave in columnas for clave in sena) for sena in SENAS)
        if conocidas and any(clave in columnas for clave in claves_de_mes("programado")):
            celdas = {clave: (fila, c) for clave, c in columnas.items()}
            return Hallado(EXPORTACION, cruda, fila, fila, columnas, celdas, {})
    return None


def _columnas(textos: dict[tuple[int, int], str], fila: int) -> dict[str, int]:
    """Clave → columna, según los títulos de un renglón y, para los meses sin medida, la banda de arriba o su orden."""
    columnas: dict[str, int] = {}
    series: dict[str, dict[int | None, int]] = {}
    sueltos: list[tuple[int | None, int]] = []
    for columna, texto in sorted((c, t) for (f, c), t in textos.items() if f == fila):
        if texto in _TITULOS:
            columnas.setdefault(_TITULOS[texto], columna)
        elif (leido := leer_titulo(texto)) is not None:
            medida = leido.medida or _banda(textos, fila, columna)
            if medida is None:
                sueltos.append((leido.mes, columna))
            else:
                series.setdefault(medida, {}).setdefault(leido.mes, columna)
    if "reprogramado" in series:  # lo vigente; un mes que no se reprogramó conserva lo programado
        series["programado"] = series.get("programado", {}) | series.pop("reprogramado")
    _repartir(series, sueltos)
    for medida, meses in series.items():
        for mes, columna in meses.items():
            clave = f"{medida}_total" if mes is None else f"{medida}_m{mes}"
            if clave in EXPORTACION.por_clave:
                columnas[clave] = columna
    return columnas


def _repartir(series: dict[str, dict[int | None, int]], sueltos: list[tuple[int | None, int]]) -> None:
    """Los meses que no dicen su medida, por su orden: primero lo programado; los totales, con el mes a su izquierda."""
    libres = [m for m in _FISICAS if not any(series.get(m, {}))]
    vistos: Counter[int | None] = Counter()
    for mes, columna in sueltos:
        if mes is not None and vistos[mes] < len(libres):
            series.setdefault(libres[vistos[mes]], {})[mes] = columna
        vistos[mes] += 1
    for columna in (c for mes, c in sueltos if mes is None):
        previos = [(c, m) for m, meses in series.items() for mes, c in meses.items() if mes is not None and c < columna]
        if previos:
            series[max(previos)[1]].setdefault(None, columna)


def _banda(textos: dict[tuple[int, int], str], fila: int, columna: int) -> str | None:
    """Medida que dice el texto de arriba, a la izquierda, más cercano a una columna."""
    for arriba in (fila - 1, fila - 2):
        previos = [(c, t) for (f, c), t in textos.items() if f == arriba and c <= columna]
        palabras = set(max(previos)[1].split()) if previos else set()
        medida = next((m for m, propias in PALABRAS_DE_MEDIDA.items() if palabras & propias), None)
        if medida is not None and not palabras & PALABRAS_DE_DINERO:
            return medida
    return None


def _quien(fila: Fila) -> tuple[str, str]:
    """Con qué se agrupan los renglones de un centro de costo: su clave o, si no la hay, su nombre."""
    unidad = _unidad(fila)
    return (unidad.clave.casefold(), "") if unidad else ("", normalizar(str(fila["unidad"].crudo or "")))


def _unidad(fila: Fila) -> ClaveNombre | None:
    """«03.02» y «Subgerencia de Obras», vengan en dos columnas o en una; con sólo el nombre, él es la clave."""
    escrita = fila.valor("unidad")
    nombre = como_texto(fila["unidad"].crudo).strip() if fila["unidad"].crudo is not None else ""
    clave = str(fila.valor("unidad_clave") or "").strip()
    if not clave:
        return escrita or (ClaveNombre(" ".join(nombre.split()), "") if nombre else None)
    if isinstance(escrita, ClaveNombre) and escrita.clave == clave:
        return escrita
    return ClaveNombre(clave, " ".join(nombre.split()))


def _libro(
    crudo: LibroCrudo, sha256: str, filas: list[Fila], hallados: list[Hallado], periodo: Periodo | None
) -> Libro:
    columnas = {clave for h in hallados for clave in h.columnas}
    libro = Libro(
        crudo.archivo, sha256, POI.clave, tipo=crudo.tipo, modificado=crudo.modificado,
        formulas_verificables=crudo.formulas_verificables, origen=APLICATIVO, campos=_campos(filas[0]),
    )
    principal = [_programacion(fila, n) for n, fila in enumerate(filas)]
    libro.hojas[PROGRAMACION.clave] = _hoja(PROGRAMACION.clave, principal, hallados, claves_de_mes("programado"))
    if any(clave in columnas for clave in claves_de_mes("ejecutado")):
        con_codigo = [f for f in filas if not f["codigo"].vacio]
        seguimiento = [_seguimiento(fila, n) for n, fila in enumerate(con_codigo)]
        libro.hojas[SEGUIMIENTO.clave] = _hoja(SEGUIMIENTO.clave, seguimiento, hallados, claves_de_mes("ejecutado"))
    elif periodo is not None:
        libro.incidentes.append(IncidenteDeLibro(
            "FMT003", "la exportación no trae los meses ejecutados", saca=((SEGUIMIENTO.clave, -2, "*"),),
        ))
    explicadas = [dato for fila in filas for dato in _explicaciones(fila, periodo)]
    if explicadas:
        filas_de_evaluacion = [_evaluacion(n, *una) for n, una in enumerate(explicadas)]
        libro.hojas[EVALUACION.clave] = _hoja(EVALUACION.clave, filas_de_evaluacion, hallados, ())
    return libro


def _campos(fila: Fila) -> dict[str, Dato]:
    unidad = _unidad(fila)
    origen = fila["unidad_clave"] if not fila["unidad_clave"].vacio else fila["unidad"]
    campos = {"unidad": origen._replace(valor=unidad, incidente=None, crudo=str(unidad) if unidad else None)}
    campos |= {clave: fila[clave] for clave in ("ejercicio", "gerencia") if not fila[clave].vacio}
    principal = PROGRAMACION.clave
    return {clave: dato._replace(llave=(principal, -1, clave)) for clave, dato in campos.items()}


def _hoja(clave: str, filas: list[Fila], hallados: list[Hallado], piden: Iterable[str]) -> HojaLeida:
    primero = hallados[0]
    titulos = {c: Encabezado(primero.cruda.nombre, direccion(*celda)) for c, celda in primero.celdas.items()}
    ancla = titulos.get(EXPORTACION.llave[0])
    faltan = {c: Faltante(ancla, None) for c in piden if not all(c in h.columnas for h in hallados)}
    propios = POI.por_clave[clave].por_clave
    return HojaLeida(
        clave, list(dict.fromkeys(h.cruda.nombre for h in hallados)), filas,
        {c: t for c, t in titulos.items() if c in propios}, {}, faltan,
    )


def _mudar(fila: Fila, hoja: str, indice: int, datos: dict[str, Dato]) -> Fila:
    """Una fila de la exportación como fila de una hoja del POI."""
    return Fila(hoja, indice, fila.donde, fila.numero, {
        clave: dato._replace(llave=(hoja, indice, clave)) for clave, dato in datos.items()
    })


def _programacion(fila: Fila, indice: int) -> Fila:
    claves = [c for c in fila.datos if c in PROGRAMACION.por_clave and c != "programado_total"]
    datos = {clave: fila[clave] for clave in claves}
    for codigo, nombre in (("oei", "objetivo"), ("aei", "accion")):
        datos.update(_estrategico(fila, codigo, nombre))
    datos.update(_meta(fila))
    return _mudar(fila, PROGRAMACION.clave, indice, datos)


def _estrategico(fila: Fila, codigo: str, nombre: str) -> dict[str, Dato]:
    """El código de un objetivo o una acción; si no viene escrito, el del catálogo que se llama exactamente así."""
    dato, nombrado = fila[codigo], fila[nombre]
    conocidos = set(_POR_NOMBRE[codigo].values())
    if dato.valor in conocidos:
        return {}
    for otro in (dato, nombrado):
        hallado = _POR_NOMBRE[codigo].get(normalizar(str(otro.crudo))) if isinstance(otro.crudo, str) else None
        hallado = hallado or _codigo_al_principio(codigo, otro, conocidos)
        if hallado:
            return {codigo: otro._replace(valor=hallado, incidente=None)}
    return {}


def _codigo_al_principio(codigo: str, dato: Dato, conocidos: set[str]) -> str | None:
    """«OEI.05 Mejorar la productividad», escrito en la columna del nombre."""
    if not isinstance(dato.crudo, str):
        return None
    partes = re.match(rf"{codigo}[ .\-_]*(\d{{1,2}})(?:[ .\-_]+(\d{{1,2}}))?(?!\d)", normalizar(dato.crudo))
    hallado = ".".join((codigo.upper(), *(f"{int(n):02d}" for n in partes.groups() if n))) if partes else ""
    return hallado if hallado in conocidos else None


def _meta(fila: Fila) -> dict[str, Dato]:
    """La meta anual: el total programado o, en una recurrente, lo programado de cada mes si es igual en todos."""
    total = fila["programado_total"]
    if forma_mensual(fila.valor("acumulacion")) == ACUMULATIVO:
        return {} if total.vacio else {"meta": total}
    meses = [fila[clave] for clave in claves_de_mes("programado") if fila.valor(clave)]
    iguales_todos = bool(meses) and all(iguales(m.valor, meses[0].valor) for m in meses)
    return {"meta": meses[0]._replace(incidente=None)} if iguales_todos else {}


def _seguimiento(fila: Fila, indice: int) -> Fila:
    """Lo ejecutado; en las recurrentes cada versión calcula el total a su modo: sólo se toma si es el de aquí."""
    datos = _traidos(fila, "codigo", "actividad", "unidad_medida")
    datos |= {clave: fila[clave] for clave in claves_de_mes("ejecutado") if clave in fila.datos}
    forma = forma_mensual(fila.valor("acumulacion"))
    total = fila["ejecutado_total"]
    calculado = total_mensual(forma, [_cifra(fila, c) for c in claves_de_mes("ejecutado")])
    if not total.vacio and (forma == ACUMULATIVO or iguales(total.valor or 0.0, calculado or 0.0)):
        datos["ejecutado_total"] = total
    return _mudar(fila, SEGUIMIENTO.clave, indice, datos)


def _traidos(fila: Fila, *claves: str) -> dict[str, Dato]:
    """Lo que otra hoja repite; lo que se notó al leerlo ya va en `Programación`."""
    return {clave: fila[clave]._replace(incidente=None) for clave in claves if clave in fila.datos}


def _cifra(fila: Fila, clave: str) -> float | None:
    valor = fila.valor(clave)
    return valor if isinstance(valor, float) else None


def _explicaciones(fila: Fila, periodo: Periodo | None) -> list[tuple[Fila, int, list[Dato]]]:
    """(fila, trimestre, motivos) de los trimestres en que la actividad dice sus motivos."""
    halladas = []
    for numero, meses in TRIMESTRE.items():
        datos = [fila[f"motivo_m{mes}"] for mes in meses]
        if periodo is not None and periodo.trimestre == numero:
            datos.append(fila[f"motivo_m{SIN_MES}"])
        dichos = [d for d in datos if isinstance(d.valor, str) and d.valor]
        if dichos and not fila["codigo"].vacio:
            halladas.append((fila, numero, dichos))
    return halladas


def _evaluacion(indice: int, fila: Fila, trimestre: int, motivos: list[Dato]) -> Fila:
    ultimo = motivos[-1]
    textos = list(dict.fromkeys(str(m.valor) for m in motivos))
    return _mudar(fila, EVALUACION.clave, indice, _traidos(fila, "codigo", "actividad") | {
        "trimestre": ultimo._replace(valor=TRIMESTRES_POI[trimestre - 1], crudo=TRIMESTRES_POI[trimestre - 1]),
        "dificultaron": ultimo._replace(valor="; ".join(textos)),
    })
