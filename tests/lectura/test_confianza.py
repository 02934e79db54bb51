"""De cualquier copia dañada, cada cifra consolidada es la que la copia dice en la celda nombrada, o se dice que no."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import copias
import openpyxl
import pytest
import python_calamine
from armado_xlsb import armar_xlsb
from catalogo_de_danos import armar, estricto, partes
from copias import MEDIDAS, T2, Copia, Ilegible
from test_segundo import cambiar, con_otro_nombre, con_prefijo

from pei_excel.consolidacion import consolidar
from pei_excel.escritura.datos import COLUMNAS, filas_de_datos
from pei_excel.hallazgo import Hallazgo
from pei_excel.lectura.celdas import abrir_bytes
from pei_excel.proceso import Encargo, leer_y_revisar
from pei_excel.rescate.hacer import Pedido, rescatar_archivo
from pei_excel.revision import Revision, Suerte, revisar_entrega
from pei_excel.tipos import leer_numero
from pei_excel.ubicacion import direccion, fila_y_columna

ENCARGO = Encargo(T2)
#: Reglas que dicen que algo no se leyó o no se sabe de quién es; las que juzgan la cifra no cuentan como aviso.
DICEN = re.compile(r"FMT00[1-8]|FMT01[56]|MIR00[234]|POI01[13]|POI003")
#: Las que lo dicen de todo el archivo.
DEL_ARCHIVO = re.compile(r"FMT00[12]|FMT016")


def barajar(contenido: bytes) -> bytes:
    todas = list(partes(contenido).items())
    random.Random(7).shuffle(todas)  # noqa: S311 - siempre igual
    return armar(dict(todas))


def hojas_con(transformar: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    return lambda contenido: cambiar(
        contenido, {n: transformar for n in partes(contenido) if n.startswith("xl/worksheets/sheet")}
    )


#: Lo que otros programas hacen después, sin cambiar lo que el libro dice.
DE_PROGRAMAS: dict[str, Callable[[bytes], bytes]] = {
    "nada": lambda contenido: contenido,
    "estricto": estricto,
    "prefijos": hojas_con(con_prefijo),
    "barajado": barajar,
    "otra parte principal": con_otro_nombre,
    "xlsb": lambda contenido: armar_xlsb(abrir_bytes(contenido, "a.xlsx")),
}


class Consolidada:
    """Lo que sale de un archivo: sus renglones de datos.csv y lo que se dice de él."""

    def __init__(self, ruta: Path, formato: str) -> None:
        self.revisiones: list[Revision] = leer_y_revisar(str(ruta), "libro.xlsx", ENCARGO)
        de_carpeta = revisar_entrega(self.revisiones, (), ENCARGO.contexto)
        self.hallazgos: list[Hallazgo] = [h for r in self.revisiones for h in r.hallazgos] + de_carpeta
        self.rechazado = all(r.estado is Suerte.RECHAZADO for r in self.revisiones)
        tablas = consolidar(self.revisiones, T2, ENCARGO.contexto, formato=formato)
        self.datos = [dict(zip(COLUMNAS, fila, strict=True)) for fila in filas_de_datos(tablas)]

    def cifras(self, formato: str) -> Iterator[tuple[tuple[str, str, str], object, str, str]]:
        """(cifra, valor, hoja, celda) de cada cifra leída; los porcentajes y los acumulados salen de ellas."""
        for dato in self.datos:
            if dato["horizonte"] not in {"trimestre", "mes"} or dato["medida"] == "porcentaje":
                continue
            columna = f"{dato['medida']}_{'t' if formato == 'MIR' else 'm'}{int(str(dato['periodo'])[-2:].strip('TM'))}"
            hoja = next(h for h, columnas in MEDIDAS[formato].items() if columna in columnas)
            yield (hoja, str(dato["clave"]), columna), dato["valor"], str(dato["hoja"]), str(dato["celda"])


def se_dice(
    salida: Consolidada, copia: Copia, cifra: tuple[str, str, str], hojas: set[str], celda: str, *,
    en_error: bool = False,
) -> bool:
    """Un hallazgo de lectura o de llave nombra su celda, su renglón, su columna, su hoja o el archivo."""
    hoja, llave, columna = cifra
    suya = copia.formato.por_clave[hoja].por_clave[columna]
    renglones = {(v.tabla.title, v.filas[llave]) for v in copia.hojas.values() if llave in v.filas}
    renglones |= {(nombre, fila_y_columna(celda)[0]) for nombre in hojas if celda}
    for h in salida.hallazgos:
        if not DICEN.match(h.regla):
            continue
        nombra = [(u.hoja, fila_y_columna(u.celda)[0]) for u in (h.donde, *h.tambien) if u.celda]
        if DEL_ARCHIVO.match(h.regla) or not renglones.isdisjoint(nombra):
            return True
        # Un renglón sin código puede ser el que otra hoja echa de menos: hasta que se corrija, no se dice de ninguno.
        if h.regla == "FMT015" and h.donde.hoja == copia.hojas[copia.formato.principal.clave].tabla.title:
            sin_principal = llave not in copia.hojas[copia.formato.principal.clave].filas
            if sin_principal and hoja != copia.formato.principal.clave:
                return True
        # Lo que falta en una hoja calla sus errores de Excel (REGLAS): nombra la hoja, y la cifra queda vacía.
        if h.regla == "FMT003" and h.donde.hoja in hojas and en_error:
            return True
        if h.regla == "FMT003" and (h.esperado is None or _es_su_columna(str(h.esperado), suya.nombre, columna)):
            return True
    return salida.rechazado


def _es_su_columna(esperado: str, nombre: str, columna: str) -> bool:
    return esperado == columna or nombre.split("/", maxsplit=1)[0] in esperado


def leido_por_otro(contenido: bytes) -> Callable[[str, str], object]:
    """Lo que calamine ve en una celda."""
    libro = python_calamine.load_workbook(BytesIO(contenido))
    hojas: dict[str, list[list[object]]] = {}

    def ver(hoja: str, celda: str) -> object:
        if not celda:
            return None
        if hoja not in hojas:
            hojas[hoja] = libro.get_sheet_by_name(hoja).to_python(skip_empty_area=False)  # type: ignore[assignment]
        fila, columna = fila_y_columna(celda)
        filas = hojas[hoja]
        return filas[fila - 1][columna - 1] if fila <= len(filas) and columna <= len(filas[fila - 1]) else ""

    return ver


def _iguales(valor: object, visto: object) -> bool:
    if isinstance(visto, str):
        visto = leer_numero(visto).valor
    return isinstance(visto, (int, float)) and isinstance(valor, (int, float)) and abs(valor - visto) < 1e-9


def comprobar(copia: Copia, guardado: bytes, salida: Consolidada) -> list[str]:
    """Las cifras que ni son lo que la copia dice ni se dice que no; `guardado`, como la dejó la persona."""
    malas: list[str] = []
    ver = leido_por_otro(guardado)
    vistas: Counter[tuple[str, str, str]] = Counter()
    for cifra, valor, hoja, celda in salida.cifras(copia.clave):
        lugar = copia.lugar(cifra) if cifra in copia.cifras else None
        donde = direccion(*lugar[1:]) if lugar else ""
        hojas = {hoja, lugar[0] if lugar else hoja}
        debe = copia.cifras.get(cifra) if lugar else None
        if hoja in copia.duplicadas:  # ENT dice que el informe viene dos veces, y cuál se tomó
            donde, debe = copia.duplicadas[hoja].get(cifra, ("", None))
        vistas[cifra] += 1
        bien = valor is None and debe is None
        if valor is not None:
            bien = debe is not Ilegible and _iguales(valor, debe) and celda == donde
            bien = bien and _iguales(valor, ver(hoja, celda))
        # Aunque otra cosa se diga: lo de una medida, un mes o un renglón nunca sale por otro.
        de_otra = valor is not None and (real := copia.de_quien(hoja, celda)) is not None and real != cifra
        if de_otra:
            malas.append(f"{cifra}: se consolida {valor!r} de {hoja}!{celda}, que es {real}")
            continue
        en_error = valor is None and str(ver(hoja, celda)) == ""  # así los da calamine
        if not bien and not se_dice(salida, copia, cifra, hojas, donde or celda, en_error=en_error):
            visto = f"{hoja}!{celda}, donde hay {ver(hoja, celda)!r}"
            malas.append(f"{cifra}: se consolida {valor!r} de {visto}; la copia dice {debe!r} en {lugar}")
    for cifra, debe in copia.cifras.items():
        lugar = copia.lugar(cifra)
        if cifra[1] not in copia.hojas[cifra[0]].filas or debe is None or vistas[cifra]:
            continue
        celda = direccion(*lugar[1:]) if lugar else ""
        if not se_dice(salida, copia, cifra, {lugar[0]} if lugar else set(), celda):
            malas.append(f"{cifra}: la copia dice {debe!r} en {lugar} y no se consolida ni se dice")
    return malas


def comprobar_rescate(copia: Copia, guardado: bytes, ruta: Path) -> list[str]:
    """Las cifras rescatadas que no estaban en la copia bajo esa medida y ese mes, o no en su renglón."""
    libro = openpyxl.load_workbook(BytesIO(guardado))
    de_verdad: dict[tuple[str, str, str], set[float]] = {}
    for hoja in libro:
        for celda in (c for fila in hoja.iter_rows() for c in fila):
            cifra = copia.de_quien(hoja.title, celda.coordinate)
            escrito = leer_numero(celda.value).valor if isinstance(celda.value, str) else celda.value
            if cifra is not None and isinstance(escrito, (int, float)):
                # Un 0.27 que se ve «27 %» se rescata como 27, y se lista.
                de_verdad.setdefault(cifra, set()).update((float(escrito), round(escrito * 100, 6)))
    malas = []
    for rescatado in rescatar_archivo(str(ruta), ruta.name, Pedido()):
        if rescatado.problema is not None:
            continue
        nuevo = openpyxl.load_workbook(BytesIO(rescatado.contenido))
        for hoja_, columnas in MEDIDAS[copia.clave].items():
            lugar = copia.formato.por_clave[hoja_].disposicion
            llave = lugar.columna[copia.formato.por_clave[hoja_].llave[0]]
            for fila in range(lugar.fila_datos, nuevo[hoja_].max_row + 1):
                for columna in columnas:
                    valor = nuevo[hoja_].cell(fila, lugar.columna[columna]).value
                    if not isinstance(valor, (int, float)):
                        continue
                    suyos = de_verdad.get((hoja_, str(nuevo[hoja_].cell(fila, llave).value), columna), set())
                    if round(float(valor), 6) not in {round(s, 6) for s in suyos}:
                        celda_ = lugar.celda(fila, columna)
                        malas.append(f"se rescata {valor!r} en {hoja_}!{celda_}; ahí la copia dice {sorted(suyos)}")
    return malas


@pytest.mark.parametrize("formato", ["MIR", pytest.param("POI", marks=pytest.mark.larga)])
def test_lo_rescatado_es_de_su_medida_y_su_renglon(formato: str, tmp_path: Path) -> None:
    """Nada se inventa: una cifra rescatada es la que la copia tenía bajo esa medida, ese mes y ese renglón."""
    malas = []
    for semilla in range(500, 506):
        copia, guardado, hecho = danar(formato, semilla, tmp_path)
        malas += [f"{hecho}\n    {mala}" for mala in comprobar_rescate(copia, guardado, tmp_path / "libro.xlsx")]
    assert not malas, "\n".join(malas)


def danar(formato: str, semilla: int, carpeta: Path) -> tuple[Copia, bytes, str]:
    """Una copia dañada, como la dejó la persona y como quedó en «libro.xlsx»; y lo que se le hizo."""
    azar = random.Random(semilla)  # noqa: S311 - siempre las mismas
    copia = copias.danada(formato, azar, azar.choice((1, 1, 2, 3, 4)))
    programa = azar.choice(sorted(DE_PROGRAMAS))
    if "formula_en_captura" in copia.hecho:  # un .xlsb no puede guardarla sin resultado
        programa = programa.replace("xlsb", "nada")
    guardado = copia.guardar()
    (carpeta / "libro.xlsx").write_bytes(DE_PROGRAMAS[programa](guardado))
    return copia, guardado, f"{formato} {semilla}: {', '.join(copia.hecho)}; {programa}"


def correr(formato: str, semilla: int, carpeta: Path) -> tuple[list[str], bool, str]:
    """Daña, consolida y comprueba; (lo que está mal, si se consolidó algo, lo que se hizo)."""
    copia, guardado, hecho = danar(formato, semilla, carpeta)
    salida = Consolidada(carpeta / "libro.xlsx", formato)
    return [f"{hecho}\n    {mala}" for mala in comprobar(copia, guardado, salida)], bool(salida.datos), hecho


def muchas(formato: str, semillas: range, carpeta: Path) -> int:
    malas: list[str] = []
    consolidadas = 0
    for semilla in semillas:
        suyas, consolidada, _ = correr(formato, semilla, carpeta)
        malas += suyas
        consolidadas += consolidada
    assert not malas, "\n".join(malas)
    return consolidadas


@pytest.mark.parametrize("formato", ["MIR", "POI"])
def test_toda_cifra_es_la_de_su_celda_o_se_dice(formato: str, tmp_path: Path) -> None:
    """Con unas copias, y la mayor parte se consolida: rechazarlas todas también la cumpliría."""
    assert muchas(formato, range(6), tmp_path) >= 3


@pytest.mark.larga
@pytest.mark.parametrize("formato", ["MIR", "POI"])
def test_muchas_copias_mas(formato: str, tmp_path: Path) -> None:
    assert muchas(formato, range(1_000, 1_080), tmp_path) >= 56
