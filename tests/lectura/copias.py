"""Una copia de un libro bueno que sigue, daño tras daño, dónde quedó cada cifra: lo que la copia dice de verdad.

Los daños son de personas (insertar, borrar, ordenar, combinar, pegar…) y se hacen con openpyxl, que no es ninguno de
los dos lectores en su manera de leer ni quien escribió el libro; los de programas transforman después los bytes.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Formato, Modo
from pei_excel.formatos import FORMATOS
from pei_excel.periodos import Periodo
from pei_excel.ubicacion import direccion, fila_y_columna

Azar = random.Random
#: (hoja del formato, llave del renglón, columna): una cifra del libro.
Cifra = tuple[str, str, str]
#: Una fórmula escrita donde va un dato.
SIN_CALCULAR = "=12+15"
T2 = Periodo.de_codigo("2024-T2")
#: Formato → hoja → las medidas que se consolidan, con cuántas columnas hasta el segundo trimestre.
MEDIDAS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "MIR": {"MIR": tuple(f"{m}_t{n}" for m in ("programado", "alcanzado") for n in (1, 2))},
    "POI": {
        "Programación": tuple(f"programado_m{n}" for n in range(1, 7)),
        "Valorización": tuple(f"costo_m{n}" for n in range(1, 7)),
        "Seguimiento": tuple(f"{m}_m{n}" for m in ("ejecutado", "devengado") for n in range(1, 7)),
    },
}


def filas_unicas(formato: Formato) -> dict[str, list[dict[str, Any]]]:
    """El modelo del formato con cada cifra distinta de las demás: una cambiada de lugar no puede pasar por otra."""
    numero = 100.0
    filas: dict[str, list[dict[str, Any]]] = {}
    for hoja, suyas in formato.modelo.filas.items():
        medidas = MEDIDAS[formato.clave].get(hoja, ())
        filas[hoja] = []
        for fila in suyas:
            nueva = dict(fila)
            for columna in medidas:
                if nueva.get(columna) is not None:
                    numero += 1.25
                    nueva[columna] = numero
            filas[hoja].append(nueva)
    return filas


@functools.cache
def original(clave: str) -> bytes:
    """El libro bueno de un formato."""
    formato, memoria = FORMATOS[clave], BytesIO()
    escribir_plantilla(
        memoria, formato, modo=Modo.SEGUIMIENTO, ejercicio=2024, periodo=T2, campos=formato.modelo.campos,
        filas=filas_unicas(formato), filas_libres=3,
    )
    return memoria.getvalue()


@dataclass
class HojaViva:
    """Dónde está cada cosa en una hoja de la copia."""

    clave: str
    tabla: Worksheet
    filas: dict[str, int]  #: llave → renglón
    columnas: dict[str, int]  #: columna del formato → columna
    encabezado: range
    sin_titulo: dict[str, int] = field(default_factory=dict)  #: las que siguen ahí y ya no se sabe qué son

    def correr(self, desde: int, cuantas: int) -> None:
        """Se insertaron (o borraron) columnas."""
        _sumar(self.columnas, desde, cuantas)
        _sumar(self.sin_titulo, desde, cuantas)

    def estropear(self, columna: str) -> None:
        """Su título ya no dice qué es."""
        self.sin_titulo[columna] = self.columnas.pop(columna)


@dataclass
class Copia:
    """La copia, lo que dice, y lo que se le hizo."""

    formato: Formato
    libro: openpyxl.Workbook
    hojas: dict[str, HojaViva]
    cifras: dict[Cifra, object]  #: lo escrito en cada celda que sigue en el libro; un número si se lee como tal
    #: hoja duplicada → cada cifra suya, con su celda y lo que vale ahí
    duplicadas: dict[str, dict[Cifra, tuple[str, object]]] = field(default_factory=dict)
    hecho: list[str] = field(default_factory=list)

    @property
    def clave(self) -> str:
        """«MIR» o «POI»."""
        return self.formato.clave

    def lugar(self, cifra: Cifra) -> tuple[str, int, int] | None:
        """Hoja del archivo, fila y columna; None si su renglón, columna u hoja ya no están."""
        viva = self.hojas.get(cifra[0])
        if viva is None or cifra[1] not in viva.filas or cifra[2] not in viva.columnas:
            return None
        return viva.tabla.title, viva.filas[cifra[1]], viva.columnas[cifra[2]]

    def de_quien(self, hoja: str, celda: str) -> Cifra | None:
        """De qué renglón y qué columna es de verdad una celda, diga lo que diga su título; None si no se sigue."""
        if hoja in self.duplicadas:
            return next((c for c, (suya, _) in self.duplicadas[hoja].items() if suya == celda), None)
        viva = next((v for v in self.hojas.values() if v.tabla.title == hoja), None)
        if viva is None:
            return None
        fila, columna = fila_y_columna(celda)
        llave = next((k for k, n in viva.filas.items() if n == fila), None)
        clave = next((k for k, n in (viva.columnas | viva.sin_titulo).items() if n == columna), None)
        return (viva.clave, llave, clave) if llave and clave else None

    def guardar(self) -> bytes:
        """Los bytes de la copia."""
        memoria = BytesIO()
        self.libro.save(memoria)
        return memoria.getvalue()


def abrir(clave: str, contenido: bytes | None = None) -> Copia:
    """Una copia todavía sana: la del libro con cifras únicas, o la de otro de la misma disposición."""
    formato = FORMATOS[clave]
    libro = openpyxl.load_workbook(BytesIO(contenido or original(clave)))
    hojas, cifras = {}, {}
    llave_principal = formato.principal.llave[0]
    for hoja, suyas in filas_unicas(formato).items():
        declarada = formato.por_clave[hoja]
        d = declarada.disposicion
        vivas = MEDIDAS[clave].get(hoja)
        if vivas is None:
            continue
        filas = {str(f[llave_principal]): d.fila_datos + n for n, f in enumerate(suyas)}
        hojas[hoja] = HojaViva(
            hoja, libro[hoja], filas, dict(d.columna), range(d.fila_encabezado, d.fila_datos)
        )
        for fila in suyas:
            for columna in vivas:
                cifras[hoja, str(fila[llave_principal]), columna] = fila.get(columna)
    return Copia(formato, libro, hojas, cifras)


# --- Herramientas ------------------------------------------------------------------------------------------------


def _viva(copia: Copia, azar: Azar) -> HojaViva:
    return copia.hojas[azar.choice(sorted(copia.hojas))]


def _una(copia: Copia, azar: Azar, *, llena: bool = True) -> tuple[Cifra, Any]:
    """Una cifra que sigue en el libro, y su celda."""
    quedan = [c for c, v in copia.cifras.items() if copia.lugar(c) is not None and (v is not None or not llena)]
    cifra = azar.choice(sorted(quedan))
    nombre, fila, columna = copia.lugar(cifra) or ("", 0, 0)
    return cifra, copia.libro[nombre].cell(fila, columna)


def _escribir(copia: Copia, azar: Azar, escrito: object, vale: object) -> Cifra:
    cifra, celda = _una(copia, azar)
    if isinstance(celda, openpyxl.cell.MergedCell):
        return cifra
    celda.value = escrito
    copia.cifras[cifra] = vale
    return cifra


def _correr_combinadas(tabla: Worksheet, desde: int, cuantas: int, eje: str) -> None:
    """openpyxl no mueve lo combinado al insertar o borrar, y Excel sí."""
    nuevos = set()
    for rango in tabla.merged_cells.ranges:
        bajo, alto = (rango.min_row, rango.max_row) if eje == "row" else (rango.min_col, rango.max_col)
        quedan = [n for n in range(bajo, alto + 1) if cuantas > 0 or n not in range(desde, desde - cuantas)]
        if not quedan:
            continue
        bajo, alto = (n + cuantas if n >= desde else n for n in (quedan[0], quedan[-1]))
        setattr(rango, f"min_{eje}", bajo)
        setattr(rango, f"max_{eje}", alto)
        if rango.size != {"columns": 1, "rows": 1}:
            nuevos.add(rango)
    tabla.merged_cells.ranges = nuevos


def _fila_del_titulo(copia: Copia, viva: HojaViva, columna: str) -> int:
    return viva.encabezado.start + len(copia.formato.por_clave[viva.clave].por_clave[columna].banda)


def _sumar(numeros: dict[str, int], desde: int, cuantas: int) -> None:
    for clave, numero in numeros.items():
        if numero >= desde:
            numeros[clave] = numero + cuantas


# --- Lo que hacen las personas -----------------------------------------------------------------------------------

Dano = Callable[[Copia, Azar], None]


def filas_insertadas(copia: Copia, azar: Azar) -> None:
    """De una a tres filas vacías, arriba del bloque, entre los datos o al final; nunca dentro del encabezado."""
    viva = _viva(copia, azar)
    posibles = [n for n in range(1, max(viva.filas.values(), default=9) + 2) if n not in viva.encabezado[1:]]
    desde, cuantas = azar.choice(posibles), azar.randint(1, 3)
    _insertar_filas(viva, desde, cuantas)


def filas_arriba(copia: Copia, azar: Azar) -> None:
    """Dos filas encima de todo, para un membrete."""
    _insertar_filas(_viva(copia, azar), 1, 2)


def _insertar_filas(viva: HojaViva, desde: int, cuantas: int) -> None:
    viva.tabla.insert_rows(desde, cuantas)
    _correr_combinadas(viva.tabla, desde, cuantas, "row")
    _sumar(viva.filas, desde, cuantas)
    if desde <= viva.encabezado[0]:
        viva.encabezado = range(viva.encabezado.start + cuantas, viva.encabezado.stop + cuantas)


def columnas_insertadas(copia: Copia, azar: Azar) -> None:
    """Una o dos columnas, en cualquier lugar de la tabla."""
    viva = _viva(copia, azar)
    desde, cuantas = azar.randint(1, max(viva.columnas.values()) + 1), azar.randint(1, 2)
    viva.tabla.insert_cols(desde, cuantas)
    _correr_combinadas(viva.tabla, desde, cuantas, "col")
    viva.correr(desde, cuantas)


def fila_borrada(copia: Copia, azar: Azar) -> None:
    """Un renglón de datos."""
    viva = _viva(copia, azar)
    if len(viva.filas) < 3:
        return
    llave = azar.choice(sorted(viva.filas))
    numero = viva.filas.pop(llave)
    viva.tabla.delete_rows(numero)
    _correr_combinadas(viva.tabla, numero, -1, "row")
    _sumar(viva.filas, numero, -1)


def columna_borrada(copia: Copia, azar: Azar) -> None:
    """Una columna de captura, con su título."""
    viva = _viva(copia, azar)
    declarada = copia.formato.por_clave[viva.clave]
    capturadas = [c for c in viva.columnas if declarada.por_clave[c].calculo is None and c != declarada.llave[0]]
    clave = azar.choice(sorted(capturadas))
    numero = viva.columnas.pop(clave)
    viva.tabla.delete_cols(numero)
    _correr_combinadas(viva.tabla, numero, -1, "col")
    viva.correr(numero, -1)


def filas_ordenadas(copia: Copia, azar: Azar) -> None:
    """Los renglones de una hoja, en otro orden."""
    viva = _viva(copia, azar)
    llaves = sorted(viva.filas)
    antes = {llave: [(copy(c.value), c.number_format) for c in viva.tabla[viva.filas[llave]]] for llave in llaves}
    lugares = sorted(viva.filas.values())
    azar.shuffle(llaves)
    for llave, numero in zip(llaves, lugares, strict=True):
        for celda, (valor, formato) in zip(viva.tabla[numero], antes[llave], strict=True):
            if not isinstance(celda, openpyxl.cell.MergedCell):
                celda.value, celda.number_format = valor, formato
        viva.filas[llave] = numero


def oculto(copia: Copia, azar: Azar) -> None:
    """Una fila, una columna o una hoja."""
    viva = _viva(copia, azar)
    cual = azar.randrange(3)
    if cual == 0 and viva.filas:
        viva.tabla.row_dimensions[azar.choice(sorted(viva.filas.values()))].hidden = True
    elif cual == 1:
        viva.tabla.column_dimensions[direccion(1, azar.choice(sorted(viva.columnas.values())))[:-1]].hidden = True
    elif len(copia.libro.worksheets) > 1:
        viva.tabla.sheet_state = "hidden"


def celdas_combinadas(copia: Copia, azar: Azar) -> None:
    """Dos celdas de cifras, a lo alto o a lo ancho: de la segunda sólo queda lo que se ve, que es nada."""
    cifra, celda = _una(copia, azar)
    viva = copia.hojas[cifra[0]]
    fila, columna = celda.row, celda.column
    otra = (fila + 1, columna) if azar.random() < 0.5 else (fila, columna + 1)
    tabla = viva.tabla
    if any(r.min_row <= f <= r.max_row and r.min_col <= c <= r.max_col
           for r in tabla.merged_cells.ranges for f, c in ((fila, columna), otra)):
        return
    tabla.merge_cells(start_row=fila, start_column=columna, end_row=otra[0], end_column=otra[1])
    for suya in copia.cifras:
        if copia.lugar(suya) == (tabla.title, *otra):
            copia.cifras[suya] = None


def hoja_renombrada(copia: Copia, azar: Azar) -> None:
    viva = _viva(copia, azar)
    viva.tabla.title = azar.choice(("Hoja1", "Copia de trabajo", viva.tabla.title[:20] + " (2)", "2do trim"))


def hoja_duplicada(copia: Copia, azar: Azar) -> None:
    """Queda la copia junto a la original, con lo mismo."""
    viva = _viva(copia, azar)
    nueva = copia.libro.copy_worksheet(viva.tabla)
    copia.duplicadas[nueva.title] = {
        cifra: (direccion(*lugar[1:]), vale)
        for cifra, vale in copia.cifras.items() if cifra[0] == viva.clave and (lugar := copia.lugar(cifra))
    }


def hojas_reordenadas(copia: Copia, azar: Azar) -> None:
    for _ in range(3):
        copia.libro.move_sheet(azar.choice(copia.libro.sheetnames), azar.randint(-4, 4))


def pegado_sobre_formulas(copia: Copia, azar: Azar) -> None:
    """«Pegar valores» sobre todas las fórmulas de una hoja."""
    viva = _viva(copia, azar)
    for fila in viva.tabla.iter_rows():
        for celda in fila:
            if celda.data_type == "f" and celda.value != SIN_CALCULAR:
                celda.value = azar.randint(1, 99)


def coma_decimal(copia: Copia, azar: Azar) -> None:
    """Un número escrito como texto, que se lee de una sola manera."""
    numero = azar.choice((27.5, 1234.5, 8.25))
    escrito = azar.choice((f"{numero}".replace(".", ","), f"  {numero} ", f"{numero:,.2f}"))
    _escribir(copia, azar, escrito, numero)


def ambiguo(copia: Copia, azar: Azar) -> None:
    _escribir(copia, azar, azar.choice(("1,234", "1.234", "12.500")), Ilegible)


def texto_en_numero(copia: Copia, azar: Azar) -> None:
    _escribir(copia, azar, azar.choice(("veinte", "12 5", "27.5 aprox.", "1,2,3", "12-15")), Ilegible)


def sin_dato(copia: Copia, azar: Azar) -> None:
    _escribir(copia, azar, azar.choice((None, "NP", "N/A", "-", " ")), None)


def error_en_celda(copia: Copia, azar: Azar) -> None:
    _escribir(copia, azar, azar.choice(("#DIV/0!", "#REF!", "#N/A", "#VALUE!")), Ilegible)


def fecha_en_numero(copia: Copia, azar: Azar) -> None:
    """«1.2» que Excel volvió fecha."""
    _escribir(copia, azar, datetime(2024, azar.randint(1, 12), 2), Ilegible)  # noqa: DTZ001


def con_formato_de_fecha(copia: Copia, azar: Azar) -> None:
    """El número sigue ahí y se ve como una fecha."""
    cifra, celda = _una(copia, azar)
    if isinstance(celda, openpyxl.cell.MergedCell) or not isinstance(celda.value, (int, float)):
        return
    celda.number_format = "dd/mm/yyyy"
    copia.cifras[cifra] = Ilegible


def con_formato_de_porcentaje(copia: Copia, azar: Azar) -> None:
    cifra, celda = _una(copia, azar)
    if isinstance(celda, openpyxl.cell.MergedCell) or not isinstance(celda.value, (int, float)):
        return
    celda.number_format = "0%"
    copia.cifras[cifra] = Ilegible


def formula_en_captura(copia: Copia, azar: Azar) -> None:
    """Guardada por un programa que no calcula: no se sabe cuánto vale."""
    _escribir(copia, azar, SIN_CALCULAR, Ilegible)


def negativo(copia: Copia, azar: Azar) -> None:
    _escribir(copia, azar, -5, Ilegible)


def logico(copia: Copia, azar: Azar) -> None:
    _escribir(copia, azar, True, Ilegible)


def otro_numero(copia: Copia, azar: Azar) -> None:
    """Una cifra corregida a mano: la copia dice otra cosa, y ésa es la que vale."""
    numero = 5_000 + azar.randint(1, 999) + 0.5
    _escribir(copia, azar, numero, numero)


def fila_corrida(copia: Copia, azar: Azar) -> None:
    """Un renglón entero, una celda a la derecha desde su llave."""
    viva = _viva(copia, azar)
    llave = azar.choice(sorted(viva.filas))
    numero = viva.filas[llave]
    declarada = copia.formato.por_clave[viva.clave]
    desde = viva.columnas.get(declarada.llave[0])
    if desde is None:
        return
    valores = [c.value for c in viva.tabla[numero]][desde - 1 :]
    for n, valor in enumerate([None, *valores], desde):
        celda = viva.tabla.cell(numero, n)
        if not isinstance(celda, openpyxl.cell.MergedCell):
            celda.value = valor
    for cifra in copia.cifras:
        if cifra[0] == viva.clave and cifra[1] == llave and copia.cifras[cifra] is not None:
            copia.cifras[cifra] = Ilegible


def titulo_retocado(copia: Copia, azar: Azar) -> None:
    """Mayúsculas, espacios o un salto de línea: sigue siendo el mismo título."""
    viva = _viva(copia, azar)
    celdas = [c for f in viva.encabezado for c in viva.tabla[f] if isinstance(c.value, str)]
    celda = azar.choice(celdas)
    celda.value = azar.choice((celda.value.upper(), f"  {celda.value} ", celda.value.replace(" ", "\n")))


def titulo_cambiado(copia: Copia, azar: Azar) -> None:
    """Otro título en una columna de cifras: ya no se sabe qué son."""
    cifra, celda = _una(copia, azar, llena=False)
    viva = copia.hojas[cifra[0]]
    titulo = viva.tabla.cell(_fila_del_titulo(copia, viva, cifra[2]), celda.column)
    if isinstance(titulo, openpyxl.cell.MergedCell) or titulo.value is None:
        return
    titulo.value = "Otra cosa"
    viva.estropear(cifra[2])


def _una_medida(copia: Copia, azar: Azar, sin: tuple[str, ...] = ()) -> tuple[HojaViva, list[str]]:
    """Las columnas de una medida que conservan su título, en una hoja que no sea de las dadas."""
    posibles = sorted(
        (viva.clave, medida) for viva in copia.hojas.values() if viva.clave not in sin
        for medida in {c.medida for c in copia.formato.por_clave[viva.clave].columnas if c.calculo is None and c.medida}
    )
    clave, medida = azar.choice(posibles)
    viva = copia.hojas[clave]
    return viva, [c.clave for c in copia.formato.por_clave[clave].medida(medida) if c.clave in viva.columnas]


def _titular(copia: Copia, viva: HojaViva, columna: str, valor: object, formato: str = "General") -> bool:
    """Escribe otra cosa en un título; False si está en una celda combinada."""
    titulo = viva.tabla.cell(_fila_del_titulo(copia, viva, columna), viva.columnas[columna])
    if isinstance(titulo, openpyxl.cell.MergedCell):
        return False
    titulo.value, titulo.number_format = valor, formato
    return True


def _con_fecha(copia: Copia, viva: HojaViva, columnas: list[str]) -> None:
    declarada = copia.formato.por_clave[viva.clave]
    if len(columnas) < 12:  # con alguno ya estropeado o borrado, o en la MIR, que va por trimestres
        return
    for columna in columnas:
        _titular(copia, viva, columna, datetime(2024, declarada.por_clave[columna].mes or 1, 1), "mmm-yy")  # noqa: DTZ001


def _con_otra_cosa(copia: Copia, viva: HojaViva, columnas: list[str]) -> None:
    for n, columna in enumerate(columnas, 1):
        if _titular(copia, viva, columna, f"col {n}"):
            viva.estropear(columna)


def _en_dos_hojas(copia: Copia, azar: Azar, estropear: Callable[[Copia, HojaViva, list[str]], None]) -> None:
    viva, columnas = _una_medida(copia, azar)
    estropear(copia, viva, columnas)
    if len(copia.hojas) > 1:
        estropear(copia, *_una_medida(copia, azar, (viva.clave,)))


def meses_con_fecha(copia: Copia, azar: Azar) -> None:
    """Los títulos de los meses, vueltos fechas por Excel («ene-24»): siguen diciendo qué mes es cada columna."""
    _con_fecha(copia, *_una_medida(copia, azar))


def meses_con_fecha_en_dos_hojas(copia: Copia, azar: Azar) -> None:
    _en_dos_hojas(copia, azar, _con_fecha)


def meses_estropeados(copia: Copia, azar: Azar) -> None:
    """Los títulos de toda una medida dicen otra cosa: ya no se sabe qué son, y no son de otra."""
    _con_otra_cosa(copia, *_una_medida(copia, azar))


def meses_estropeados_en_dos_hojas(copia: Copia, azar: Azar) -> None:
    _en_dos_hojas(copia, azar, _con_otra_cosa)


def dos_textos(copia: Copia, azar: Azar) -> None:
    """En un renglón, dos cifras que dicen «pendiente» u otra cosa: el resto del renglón sigue diciendo lo suyo."""
    cifra, _ = _una(copia, azar)
    hermanas = [c for c in copia.cifras if c[:2] == cifra[:2] and c != cifra and copia.lugar(c)]
    if not hermanas:
        return
    textos = azar.choice((("pendiente",) * 2, ("por definir", "20 talleres"), ("ver anexo", "veinte")))
    for suya, texto in zip((cifra, azar.choice(sorted(hermanas))), textos, strict=True):
        nombre, fila, columna = copia.lugar(suya) or ("", 0, 0)
        celda = copia.libro[nombre].cell(fila, columna)
        if not isinstance(celda, openpyxl.cell.MergedCell):
            celda.value = texto
            copia.cifras[suya] = Ilegible


def hoja_duplicada_y_cambiada(copia: Copia, azar: Azar) -> None:
    """Después de duplicarla se siguió escribiendo en una: no dicen lo mismo."""
    antes = set(copia.duplicadas)
    hoja_duplicada(copia, azar)
    (nueva,) = set(copia.duplicadas) - antes
    cifras = sorted(c for c, (_, vale) in copia.duplicadas[nueva].items() if isinstance(vale, float))
    if not cifras:
        return
    cifra = azar.choice(cifras)
    celda, _ = copia.duplicadas[nueva][cifra]
    if not isinstance(copia.libro[nueva][celda], openpyxl.cell.MergedCell):
        copia.libro[nueva][celda].value = 7_777.25
        copia.duplicadas[nueva][cifra] = celda, 7_777.25


def columnas_intercambiadas(copia: Copia, azar: Azar) -> None:
    """Dos columnas de la misma banda, con sus títulos."""
    cifra, celda = _una(copia, azar, llena=False)
    viva = copia.hojas[cifra[0]]
    medida = cifra[2].rpartition("_")[0]
    hermanas = [c for c in MEDIDAS[copia.clave][viva.clave] if c.startswith(f"{medida}_") and c != cifra[2]]
    otras = [c for c in hermanas if c in viva.columnas]
    if copia.clave == "POI" or not otras:  # los meses se llaman por su inicial y su lugar los distingue
        return
    otra = azar.choice(sorted(otras))
    una, dos = celda.column, viva.columnas[otra]
    for fila in range(_fila_del_titulo(copia, viva, cifra[2]), viva.tabla.max_row + 1):
        a, b = viva.tabla.cell(fila, una), viva.tabla.cell(fila, dos)
        if not isinstance(a, openpyxl.cell.MergedCell) and not isinstance(b, openpyxl.cell.MergedCell):
            a.value, b.value = b.value, a.value
        else:  # una celda combinada no se deja mover
            for numero in (una, dos):
                for suya in copia.cifras:
                    if copia.lugar(suya) == (viva.tabla.title, fila, numero):
                        copia.cifras[suya] = Ilegible
    viva.columnas[cifra[2]], viva.columnas[otra] = dos, una


def nota_al_pie(copia: Copia, azar: Azar) -> None:
    viva = _viva(copia, azar)
    viva.tabla.cell(max(viva.filas.values(), default=30) + azar.randint(4, 9), 1).value = "* Cifras preliminares."


def fila_repetida(copia: Copia, azar: Azar) -> None:
    """El mismo renglón otra vez, debajo del último."""
    viva = _viva(copia, azar)
    llave = azar.choice(sorted(viva.filas))
    ultima = max(viva.filas.values()) + 1
    for celda in list(viva.tabla[viva.filas[llave]]):
        nueva = viva.tabla.cell(ultima, celda.column)
        if not isinstance(nueva, openpyxl.cell.MergedCell):
            nueva.value = celda.value
    for cifra in copia.cifras:
        if cifra[0] == viva.clave and cifra[1] == llave and copia.cifras[cifra] is not None:
            copia.cifras[cifra] = Ilegible


class Ilegible:
    """Lo que hay en la celda no vale ningún número, o no se sabe de quién es: debe decirse."""


DE_PERSONAS: tuple[Dano, ...] = (
    filas_insertadas, columnas_insertadas, fila_borrada, columna_borrada, filas_ordenadas, oculto, celdas_combinadas,
    hoja_renombrada, hoja_duplicada, hojas_reordenadas, pegado_sobre_formulas, coma_decimal, ambiguo, texto_en_numero,
    sin_dato, error_en_celda, fecha_en_numero, con_formato_de_fecha, con_formato_de_porcentaje, formula_en_captura,
    negativo, logico, otro_numero, fila_corrida, titulo_retocado, titulo_cambiado, columnas_intercambiadas,
    nota_al_pie, fila_repetida, meses_con_fecha, meses_con_fecha_en_dos_hojas, meses_estropeados,
    meses_estropeados_en_dos_hojas, dos_textos, hoja_duplicada_y_cambiada,
)


def danada(clave: str, azar: Azar, cuantos: int) -> Copia:
    """Una copia con varios daños de persona, uno tras otro."""
    copia = abrir(clave)
    for _ in range(cuantos):
        dano = azar.choice(DE_PERSONAS)
        dano(copia, azar)
        copia.hecho.append(dano.__name__)
    return copia
