"""Las dos hojas ocultas de una plantilla, con sus nombres definidos: `Listas` (opciones, frecuencias) e identidad."""

from __future__ import annotations

from typing import Any

from pei_excel.crudo import ErrorExcel
from pei_excel.escritura.encargo import Encargo, nombre_de_columna
from pei_excel.escritura.hoja import LibroNuevo, escribir_formula, rango
from pei_excel.faltantes import DatosQueFaltan, FaltaExplicar, Faltantes, PrimeroQueFalta
from pei_excel.formato import HOJA_IDENTIDAD, NOMBRE_IDENTIDAD, PROPIEDAD_IDENTIDAD, Campo, Columna, Hoja, ListaDeHoja
from pei_excel.periodos import ORDINALES, TRIMESTRES
from pei_excel.tipos import Opcion
from pei_excel.ubicacion import letra

HOJA_LISTAS = "Listas"

#: Opciones → nombre definido que las lista.
Nombres = dict[tuple[str, ...], str]


def nombres_de_listas(encargo: Encargo) -> Nombres:
    """Nombre definido de cada lista de opciones del formato; las iguales comparten el suyo."""
    nombres: Nombres = {encargo.periodos: "lista_periodo"}
    usados = {"lista_periodo"}
    for clave, opciones in encargo.formato.listas.items():
        nombres[opciones] = f"lista_{clave}"
        usados.add(nombres[opciones])
    for hoja in encargo.formato.hojas:
        declarados: list[Columna | Campo] = [*hoja.columnas, *hoja.campos]
        for uno in declarados:
            if isinstance(uno.tipo, Opcion) and uno.tipo.opciones not in nombres:
                nombre = f"lista_{uno.clave}"
                if nombre in usados:
                    nombre = f"lista_{hoja.clave.casefold()}_{uno.clave}"
                usados.add(nombre)
                nombres[uno.tipo.opciones] = nombre
    return nombres


def nombre_de_referencia(hoja: Hoja) -> str | None:
    """Nombre definido de la columna de otra hoja de donde salen los valores de la primera llave."""
    return nombre_de_columna(*hoja.referencia) if hoja.referencia else None


def escribir_listas(libro: LibroNuevo, encargo: Encargo, nombres: Nombres) -> None:
    """La hoja `Listas`: una columna por lista, los catálogos y la tabla de frecuencias × trimestres."""
    hoja = libro.hoja(HOJA_LISTAS)
    titulo, texto = libro.estilos("etiqueta"), libro.estilos("texto")
    for numero, (opciones, nombre) in enumerate(nombres.items()):
        hoja.write_string(0, numero, nombre, titulo)
        for fila, opcion in enumerate(opciones, 1):
            hoja.write_string(fila, numero, opcion, texto)
        libro.define_name(nombre, "=" + rango(HOJA_LISTAS, 2, letra(numero + 1), len(opciones) + 1))
    for una in encargo.formato.hojas:
        if una.referencia:
            encargo.columna_de(*una.referencia)
        for lista in (c.lista for c in una.columnas):
            if isinstance(lista, ListaDeHoja):
                encargo.columna_de(lista.hoja, lista.columna)
    for nombre, donde in encargo.nombrados.items():
        libro.define_name(nombre, f"={donde}")
    columna = _escribir_tablas(libro, hoja, encargo, len(nombres) + 1)
    mide = next((c.calculo.mide for _, c in _con(encargo, DatosQueFaltan) if isinstance(c.calculo, DatosQueFaltan)), {})
    if mide:
        for n, rotulo in enumerate(("frecuencias", *(f"T{t}" for t in TRIMESTRES))):
            hoja.write_string(0, columna + n, rotulo, titulo)
        for fila, (frecuencia, trimestres) in enumerate(mide.items(), 1):
            hoja.write_string(fila, columna, frecuencia, texto)
            for t in TRIMESTRES:
                hoja.write_number(fila, columna + t, int(t in trimestres), texto)
        desde, hasta = letra(columna + 1), letra(columna + 5)
        libro.define_name("tabla_frecuencias", "=" + rango(HOJA_LISTAS, 2, desde, len(mide) + 1, hasta))
    hoja.protect()
    hoja.hide()


def _escribir_tablas(libro: LibroNuevo, hoja: Any, encargo: Encargo, columna: int) -> int:
    """Los catálogos del formato, con sus nombres, a partir de una columna (desde 0); da la siguiente libre."""
    titulo, texto = libro.estilos("etiqueta"), libro.estilos("texto")
    for clave, tabla in encargo.formato.tablas.items():
        for n, rotulo in enumerate(tabla.titulos):
            hoja.write_string(0, columna + n, rotulo, titulo)
            for fila, valores in enumerate(tabla.filas, 1):
                hoja.write_string(fila, columna + n, valores[n], texto)
        desde, ultima = letra(columna + 1), len(tabla.filas) + 1
        nombrados = [(f"tabla_{clave}", desde, letra(columna + len(tabla.titulos))), (f"lista_{clave}", desde, desde)]
        if tabla.padre:
            nombrados.append((f"padre_{clave}", letra(columna + tabla.padre), letra(columna + tabla.padre)))
        for nombre, primera, final in nombrados:
            libro.define_name(nombre, "=" + rango(HOJA_LISTAS, 2, primera, ultima, final))
        columna += len(tabla.titulos) + 1
    return columna


def escribir_identidad(libro: LibroNuevo, encargo: Encargo, celdas_de_campo: dict[str, str]) -> None:
    """La identidad en sus tres lugares y, en la misma hoja, los números que mueven la primera fila de las hojas.

    `celdas_de_campo`: clave del campo → referencia a su valor.
    """
    identidad = f"{encargo.formato.identidad};{encargo.modo}"
    libro.set_custom_property(PROPIEDAD_IDENTIDAD, identidad, "text")
    libro.define_name(NOMBRE_IDENTIDAD, f'="{identidad}"')
    hoja = libro.hoja(HOJA_IDENTIDAD)
    texto = libro.estilos("texto")
    hoja.write_string(0, 0, identidad, texto)
    cuentas = (
        *_cuentas_del_periodo(encargo, celdas_de_campo),
        ("pei_faltan", _formula_faltan(encargo, celdas_de_campo), faltan(encargo)),
        ("pei_primero", _formula_primero(encargo, celdas_de_campo), primero(encargo, celdas_de_campo)),
    )
    for fila, (nombre, formula, valor) in enumerate(cuentas, 2):
        hoja.write_string(fila - 1, 0, nombre, texto)
        escribir_formula(hoja, fila, 2, formula, texto, valor)
        libro.define_name(nombre, "=" + rango(HOJA_IDENTIDAD, fila, "B"))
    hoja.protect()
    hoja.very_hidden()


def obligatorios(encargo: Encargo) -> list[str]:
    """Campos de identificación que cuentan como dato que falta (el periodo no: sin él, el libro es de formulación)."""
    formato = encargo.formato
    return [c.clave for c in formato.principal.campos if c.obligatorio and c.clave != formato.campo_periodo]


def faltan(encargo: Encargo) -> int:
    """Cuántos datos faltan en todo el libro."""
    campos = sum(encargo.campos.get(clave) in {None, ""} for clave in obligatorios(encargo))
    cuentas = (
        renglon.valores.get(columna.clave)
        for hoja, columna in _con(encargo, Faltantes, FaltaExplicar)
        for renglon in encargo.renglones[hoja.clave]
    )
    return campos + int(sum(n for n in cuentas if isinstance(n, (int, float)) and n > 0))


def primero(encargo: Encargo, celdas_de_campo: dict[str, str]) -> str | None:
    """Dirección, con su hoja, del primer dato que falta."""
    for clave in obligatorios(encargo):
        if encargo.campos.get(clave) in {None, ""}:
            return celdas_de_campo[clave].replace("$", "")
    for hoja, columna in _con(encargo, PrimeroQueFalta, FaltaExplicar):
        for renglon in encargo.renglones[hoja.clave]:
            valor = renglon.valores.get(columna.clave)
            if isinstance(columna.calculo, FaltaExplicar):
                if valor == 1:
                    return f"'{hoja.clave}'!{hoja.disposicion.celda(renglon.numero, columna.calculo.explicaciones[0])}"
            elif valor and isinstance(valor, str) and not isinstance(valor, ErrorExcel):
                return f"'{hoja.clave}'!{valor}"
    return None


def _con(encargo: Encargo, *calculos: type[Any]) -> list[tuple[Hoja, Columna]]:
    """Columnas que llevan alguno de esos cálculos, con su hoja."""
    return [(h, c) for h in encargo.formato.hojas for c in h.columnas if isinstance(c.calculo, calculos)]


def _cuentas_del_periodo(encargo: Encargo, celdas: dict[str, str]) -> list[tuple[str, str, int]]:
    """Nombre, fórmula y valor de los números del periodo que se reporta: el trimestre, o el lugar y los meses."""
    if not encargo.formato.informe:
        return []
    celda = celdas.get(encargo.formato.campo_periodo)
    periodos = encargo.opciones_de_periodo
    leido = periodos.index(encargo.leido) + 1 if encargo.leido else 0
    lugar = f"IFERROR(MATCH({celda},lista_periodo,0),0)" if celda else str(leido)
    if not encargo.formato.por_meses:
        return [("pei_trimestre", lugar, leido)]

    def elegir(numeros: list[int]) -> str:
        return f"IF(pei_periodo=0,0,CHOOSE(pei_periodo,{','.join(map(str, numeros))}))"

    return [
        ("pei_periodo", lugar, leido),
        (encargo.celda_mes, elegir([p.mes for p in periodos]), encargo.mes),
        (encargo.celda_desde, elegir([p.meses[0] for p in periodos]), encargo.desde),
    ]


def _formula_faltan(encargo: Encargo, celdas: dict[str, str]) -> str:
    campos = [f'IF({celdas[clave]}="",1,0)' for clave in obligatorios(encargo)]
    # SUMIF y no SUM: no se detiene si una celda muestra un error.
    sumas = [f'SUMIF({encargo.columna(h, c.clave)},">0")' for h, c in _con(encargo, Faltantes, FaltaExplicar)]
    return "+".join((*campos, *sumas)) or "0"


def _formula_primero(encargo: Encargo, celdas: dict[str, str]) -> str:
    anidada = '""'
    for hoja, columna in reversed(_con(encargo, PrimeroQueFalta, FaltaExplicar)):
        datos = encargo.columna(hoja, columna.clave)
        if isinstance(columna.calculo, FaltaExplicar):
            explicacion = encargo.columna(hoja, columna.calculo.explicaciones[0])
            hallada = f"INDEX({explicacion},MATCH(1,{datos},0))"
            direccion = f"ADDRESS(ROW({hallada}),COLUMN({explicacion}),4)"
        else:
            direccion = f'INDEX({datos},MATCH("?*",{datos},0))'
        anidada = f"IFERROR(\"'{hoja.clave}'!\"&{direccion},{anidada})"
    for clave in reversed(obligatorios(encargo)):
        celda = celdas[clave]
        anidada = f'IF({celda}="","{celda.replace("$", "")}",{anidada})'
    return anidada


def texto_de_estado(encargo: Encargo) -> str:
    """Lo que dice la primera fila: «LISTO PARA ENVIAR», «Faltan 4 datos del 2do. trimestre»…"""
    cuantos = faltan(encargo)
    if cuantos:
        del_trimestre = f" {encargo.leido.del_periodo}" if encargo.leido else ""
        return f"{'Falta 1 dato' if cuantos == 1 else f'Faltan {cuantos} datos'}{del_trimestre}"
    tabla = encargo.formato.con_renglones
    if not any(r.valores.get(tabla.llave[0]) is not None for r in encargo.renglones[tabla.clave]):
        return _sin_renglones(encargo)
    return "LISTO PARA ENVIAR" if encargo.leido else encargo.formato.completo


def _sin_renglones(encargo: Encargo) -> str:
    tabla = encargo.formato.con_renglones
    if tabla is not encargo.formato.principal:
        return f"SIN RENGLONES: siga con la hoja {tabla.clave}"
    return f"SIN RENGLONES: empiece por la columna {tabla.por_clave[tabla.llave[0]].titulo}"


def formula_de_estado(encargo: Encargo) -> str:
    """La fórmula viva de `texto_de_estado`."""
    tabla, completo = encargo.formato.con_renglones, encargo.formato.completo
    llaves = encargo.columna(tabla, tabla.llave[0])
    cuantos = 'IF(pei_faltan=1,"Falta 1 dato","Faltan "&pei_faltan&" datos")'
    if not encargo.formato.informe:
        return f'IF(pei_faltan>0,{cuantos},IF(COUNTA({llaves})=0,"{_sin_renglones(encargo)}","{completo}"))'
    if encargo.formato.por_meses:
        periodo = "pei_periodo"
        nombres = ",".join(f'"{p.del_periodo}"' for p in encargo.opciones_de_periodo)
        cual = f'" "&CHOOSE(pei_periodo,{nombres})'
    else:
        periodo = "pei_trimestre"
        ordinales = ",".join(f'"{o}"' for o in ORDINALES)
        cual = f'" del "&CHOOSE(pei_trimestre,{ordinales})&" trimestre"'
    return (
        f'IF(pei_faltan>0,{cuantos}&IF({periodo}=0,"",{cual}),'
        f'IF(COUNTA({llaves})=0,"{_sin_renglones(encargo)}",'
        f'IF({periodo}=0,"{completo}","LISTO PARA ENVIAR")))'
    )
