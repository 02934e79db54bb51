"""Lo que el lector nota al leer un libro y que una regla FMT documenta: columnas ausentes, filas corridas, ocultos…"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from pei_excel.crudo import HojaCruda, LibroCrudo
from pei_excel.formato import Columna, Formato, Hoja
from pei_excel.lectura.corridas import fuera_de_lugar
from pei_excel.lectura.encabezados import buscar_encabezados, textos_normalizados
from pei_excel.lectura.hojas import hoja_llamada
from pei_excel.libro import (
    FILA_DE_COLUMNA,
    FILA_DE_HOJA,
    TODO,
    Dato,
    Faltante,
    Fila,
    HojaLeida,
    IncidenteDeLibro,
    Libro,
    Llave,
)
from pei_excel.periodos import MESES
from pei_excel.textos import enumerar, normalizar
from pei_excel.ubicacion import direccion, fila_y_columna, letra


def notar(libro: Libro, crudo: LibroCrudo, formato: Formato) -> None:
    """Deja en el libro los incidentes de lectura que documentan las reglas FMT."""
    for hoja in libro.hojas.values():
        declarada = formato.por_clave[hoja.clave]
        _notar_faltantes(libro, hoja, declarada)
        for fila in hoja.filas:
            _notar_corrida(libro, fila, declarada, formato)
    for esperada in formato.hojas:
        if esperada.clave not in libro.hojas and libro.origen is None:
            incidente = hoja_ausente(crudo, formato, esperada, leidas=libro.nombres_de_hojas)
            libro.incidentes += [incidente] if incidente else []
    if libro.nuestro:
        _notar_movidos(libro, formato)
        if libro.version != formato.version:
            libro.incidentes.append(
                IncidenteDeLibro(
                    "FMT012", f"la plantilla es de la versión {libro.version} y la vigente es la {formato.version}",
                    encontrado=libro.version, esperado=formato.version,
                )
            )
    _notar_ocultos(libro, crudo.hojas)
    if crudo.ajenos:
        libro.incidentes.append(
            IncidenteDeLibro("FMT014", f"el archivo trae {', '.join(crudo.ajenos)}", encontrado=", ".join(crudo.ajenos))
        )
    if crudo.reparado:
        libro.incidentes.append(
            IncidenteDeLibro(
                "FMT017",
                f"el archivo está dañado ({crudo.reparado}) y se leyó de otra manera; compruebe sus cifras",
                encontrado="reparado", severidad="AVISO",
            )
        )
    if not crudo.formulas_verificables:
        libro.incidentes.append(
            IncidenteDeLibro("FMT017", f"en un archivo .{crudo.tipo} no pueden verificarse las fórmulas")
        )


def hoja_ausente(
    crudo: LibroCrudo, formato: Formato, esperada: Hoja, leidas: Collection[str] = (), *, principal: bool = False
) -> IncidenteDeLibro | None:
    """Lo que se dice de una hoja que no se leyó: que falta o, si una se llama así, que no se reconocen sus títulos."""
    saca: tuple[Llave, ...] = TODO if principal else ((esperada.clave, FILA_DE_HOJA, "*"),)
    llamadas = [
        h for h in crudo.hojas
        if h.nombre not in leidas and esperada.columnas and hoja_llamada(formato, h.nombre) is esperada
    ]
    cruda = min(llamadas, key=lambda h: normalizar(h.nombre) != normalizar(esperada.clave), default=None)
    if cruda is None or (esperada.opcional and not _trae_renglones(cruda)):
        if esperada.opcional:
            return None
        mensaje = f"falta la hoja «{esperada.clave}»"
        mensaje += f"; hojas halladas: {nombres_de_hojas(crudo)}" if principal else ""
        return IncidenteDeLibro("FMT003", mensaje, saca=saca, esperado=esperada.clave if principal else None)
    partes = buscar_encabezados(cruda, textos_normalizados(cruda), esperada)
    mejor = max(partes, key=lambda h: h.cobertura, default=None)
    lugar = esperada.disposicion
    celda = lugar.celda(lugar.fila_encabezado, esperada.llave[0])
    if mejor is not None and mejor.columnas:
        celda = direccion(mejor.primera, mejor.columnas.get(esperada.llave[0]) or min(mejor.columnas.values()))
    faltan = [c for c in esperada.columnas if c.calculo is None and not (mejor and c.clave in mejor.columnas)]
    nombres = list(dict.fromkeys(f"«{c.banda[-1] if c.mes and c.banda else c.titulo}»" for c in faltan))
    mensaje = f"la hoja «{cruda.nombre}» no tiene sus títulos (o no se reconocen): faltan {enumerar(nombres[:5])}"
    mensaje += f" y {len(nombres) - 5} más" if len(nombres) > 5 else ""
    return IncidenteDeLibro(
        "FMT003", mensaje, cruda.nombre, celda, saca=saca, esperado=esperada.clave,
        severidad="AVISO" if esperada.opcional else None,
    )


def _trae_renglones(cruda: HojaCruda) -> bool:
    """Algún renglón tiene dos o más celdas escritas: no es una hoja en blanco."""
    por_fila = Counter(f for (f, _), c in cruda.celdas.items() if c.valor is not None and not c.formula)
    return any(cuantas >= 2 for cuantas in por_fila.values())


def nombres_de_hojas(crudo: LibroCrudo) -> str:
    """Las primeras hojas del archivo que tienen algo: «Hoja1», «Notas»."""
    return ", ".join(f"«{h.nombre}»" for h in [h for h in crudo.hojas if h.celdas][:6]) or "ninguna con datos"


def _notar_faltantes(libro: Libro, hoja: HojaLeida, declarada: Hoja) -> None:
    """Una columna que falta, un incidente; los meses de una misma medida, uno solo."""
    grupos: dict[str, list[Columna]] = {}
    for clave in hoja.faltantes:
        columna = declarada.por_clave[clave]
        grupos.setdefault(f"meses de {columna.medida}" if columna.mes else clave, []).append(columna)
    for columnas in grupos.values():
        if any(c.esencial for c in columnas) and hoja.clave == next(iter(libro.hojas)):
            libro.rechazado = True
        faltantes = [hoja.faltantes[c.clave] for c in columnas]
        anclas = list(dict.fromkeys(f.ancla for f in faltantes if f.ancla))
        libro.incidentes.append(
            IncidenteDeLibro(
                "FMT003", _que_falta(columnas) + _donde_debia(faltantes),
                anclas[0].hoja if anclas else None, anclas[0].celda if anclas else None,
                saca=tuple((hoja.clave, FILA_DE_COLUMNA, c.clave) for c in columnas),
                encontrado=faltantes[0].parecido or None, esperado="; ".join(_titulo(c) for c in columnas),
                tambien=tuple(anclas[1:]),
            )
        )


def _que_falta(columnas: Sequence[Columna]) -> str:
    if len(columnas) == 1:
        return f"falta {_nombre(columnas[0])}"
    meses = "los doce meses" if len(columnas) == len(MESES) else (
        f"los meses de {enumerar(f'{MESES[(c.mes or 1) - 1]} ({c.titulo})' for c in columnas)}")
    return f"faltan {meses}{_bajo_su_banda(columnas[0])}"


def _donde_debia(faltantes: Sequence[Faltante]) -> str:
    dicen = [f"«{f.parecido}»" for f in faltantes if f.parecido]
    if all(f.en_su_lugar for f in faltantes):
        if not dicen:
            return "; su título está vacío" if len(faltantes) == 1 else "; sus títulos están vacíos"
        if len(faltantes) == 1:
            return f"; su título dice {dicen[0]}"
        return f"; sus títulos dicen {enumerar(dicen[:3])}" + ("…" if len(dicen) > 3 else "")
    return f"; hay una columna que dice {dicen[0]}" if dicen else ""


def _bajo_su_banda(columna: Columna) -> str:
    return f" bajo la banda «{columna.banda[-1]}»" if columna.partes_del_nombre[1:] else ""


def _nombre(columna: Columna) -> str:
    """Cómo se dice que falta: «la columna «Prioridad»», «el mes de febrero (F) bajo la banda «…»»."""
    banda = _bajo_su_banda(columna)
    if columna.mes:
        return f"el mes de {MESES[columna.mes - 1]} ({columna.titulo}){banda}"
    return f"la columna «{columna.titulo}»{banda}"


def _titulo(columna: Columna) -> str:
    """Lo que debería decir su celda; el mes, entero: de la inicial no se sabe cuál es."""
    titulo = f"{MESES[columna.mes - 1].capitalize()} ({columna.titulo})" if columna.mes else columna.titulo
    return f"{titulo}, bajo «{columna.banda[-1]}»" if columna.partes_del_nombre[1:] else titulo


def _notar_corrida(libro: Libro, fila: Fila, declarada: Hoja, formato: Formato) -> None:
    if not declarada.llave or declarada.llave[0] not in fila.datos:
        return
    primera = fila[declarada.llave[0]]
    saca: tuple[Llave, ...] = ((fila.hoja, fila.indice, "*"),)
    if primera.vacio:
        claves = list(fila.datos)
        derecha = set(claves[claves.index(declarada.llave[0]):])
        capturados = [(c, d) for c, d in fila.datos.items() if not d.vacio and declarada.por_clave[c].calculo is None]
        otras = [d for c, d in capturados if c in derecha] or [d for _, d in capturados]
        donde = "datos a la derecha" if any(c in derecha for c, _ in capturados) else "otros datos"
        mensaje = f"«{declarada.por_clave[declarada.llave[0]].titulo}» está vacío y la fila tiene {donde}"
        tambien = tuple((d.hoja or "", d.celda or "") for d in otras[:3])
        libro.incidentes.append(
            IncidenteDeLibro("FMT015", mensaje, primera.hoja, primera.celda, (primera.llave,), saca, tambien=tambien)
        )
        return
    textos = fuera_de_lugar(fila, declarada, formato)
    if textos:
        ejemplos = enumerar(dict.fromkeys(f"«{d.crudo}»"[:40] for d in textos[:2]))
        libro.incidentes.append(
            IncidenteDeLibro(
                "FMT015", f"la fila parece corrida: hay {ejemplos} donde va otro dato", primera.hoja, primera.celda,
                (primera.llave,), saca, tambien=tuple((d.hoja or "", d.celda or "") for d in textos),
            )
        )


def _notar_movidos(libro: Libro, formato: Formato) -> None:
    for hoja in libro.hojas.values():
        declarada = formato.por_clave[hoja.clave]
        lugar = declarada.disposicion
        movidos = []
        for clave, titulo in hoja.titulos.items():
            columna = declarada.por_clave[clave]
            fila, numero = fila_y_columna(titulo.celda)
            if (fila, numero) != (lugar.fila_del_titulo(columna), lugar.columna[clave]):
                movidos.append((fila, numero, columna, titulo))
        if movidos:
            _, _, columna, titulo = min(movidos, key=lambda m: m[:2])
            libro.incidentes.append(
                IncidenteDeLibro(
                    "FMT013", f"el título «{_nombre(columna)}» no está en su lugar de la plantilla; se leyó donde está",
                    titulo.hoja, titulo.celda, ((hoja.clave, -1, columna.clave),),
                    esperado=lugar.celda(lugar.fila_del_titulo(columna), columna.clave),
                )
            )


def _notar_ocultos(libro: Libro, hojas: list[HojaCruda]) -> None:
    """La primera celda con datos que está en una hoja, columna o fila oculta del formato."""
    con_algo = {c.nombre: c for c in reversed(hojas) if c.oculta or c.filas_ocultas or c.columnas_ocultas}
    if con_algo.keys().isdisjoint(libro.nombres_de_hojas):
        return
    for hoja in libro.hojas.values():
        for fila in hoja.filas:
            for dato in fila.datos.values():
                cruda = con_algo.get(dato.hoja or "")
                if cruda is None or dato.vacio or dato.celda is None:
                    continue
                que = _oculto(cruda, dato)
                if que:
                    libro.incidentes.append(
                        IncidenteDeLibro(
                            "FMT011", f"{que} está oculta y tiene datos; se leyeron", dato.hoja, dato.celda,
                            encontrado=que,
                        )
                    )
                    return


def _oculto(cruda: HojaCruda, dato: Dato) -> str | None:
    if cruda.oculta:
        return f"la hoja «{cruda.nombre}»"
    if not cruda.filas_ocultas and not cruda.columnas_ocultas:
        return None
    fila, columna = fila_y_columna(dato.celda or "A1")
    if columna in cruda.columnas_ocultas:
        return f"la columna {letra(columna)}"
    return f"la fila {fila}" if fila in cruda.filas_ocultas else None
