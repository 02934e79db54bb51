"""Lo que el lector nota al leer un libro y que una regla FMT documenta: columnas ausentes, filas corridas, ocultos…"""

from __future__ import annotations

from pei_excel.crudo import HojaCruda, LibroCrudo
from pei_excel.formato import Columna, Formato, Hoja
from pei_excel.lectura.filas import textos_en_numeros
from pei_excel.libro import Dato, Faltante, Fila, HojaLeida, IncidenteDeLibro, Libro, Llave
from pei_excel.periodos import MESES
from pei_excel.ubicacion import fila_y_columna, letra


def notar(libro: Libro, crudo: LibroCrudo, formato: Formato) -> None:
    """Deja en el libro los incidentes de lectura que documentan las reglas FMT."""
    for hoja in libro.hojas.values():
        declarada = formato.por_clave[hoja.clave]
        for clave, faltante in hoja.faltantes.items():
            _notar_faltante(libro, hoja, declarada, clave, faltante)
        for fila in hoja.filas:
            _notar_corrida(libro, fila, declarada)
    for esperada in formato.hojas:
        if esperada.clave not in libro.hojas and not esperada.opcional and libro.origen is None:
            libro.incidentes.append(
                IncidenteDeLibro("FMT003", f"falta la hoja «{esperada.clave}»", saca=((esperada.clave, -2, "*"),))
            )
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


def _notar_faltante(libro: Libro, hoja: HojaLeida, declarada: Hoja, clave: str, faltante: Faltante) -> None:
    columna = declarada.por_clave[clave]
    if columna.esencial and hoja.clave == next(iter(libro.hojas)):
        libro.rechazado = True
    ancla, parecido = faltante
    nombre = _nombre(columna)
    mensaje = f"falta {nombre}"
    if parecido:
        mensaje += f"; hay una columna que dice «{parecido}»"
    libro.incidentes.append(
        IncidenteDeLibro(
            "FMT003", mensaje, ancla.hoja if ancla else None, ancla.celda if ancla else None,
            saca=((hoja.clave, -3, clave),), encontrado=parecido, esperado=_titulo(columna),
        )
    )


def _nombre(columna: Columna) -> str:
    """Cómo se dice que falta: «la columna «Prioridad»», «el mes de febrero (F) bajo la banda «…»»."""
    banda = f" bajo la banda «{columna.banda[-1]}»" if columna.partes_del_nombre[1:] else ""
    if columna.mes:
        return f"el mes de {MESES[columna.mes - 1]} ({columna.titulo}){banda}"
    return f"la columna «{columna.titulo}»{banda}"


def _titulo(columna: Columna) -> str:
    """Lo que debería decir su celda; el mes, entero: de la inicial no se sabe cuál es."""
    titulo = f"{MESES[columna.mes - 1].capitalize()} ({columna.titulo})" if columna.mes else columna.titulo
    return f"{titulo}, bajo «{columna.banda[-1]}»" if columna.partes_del_nombre[1:] else titulo


def _notar_corrida(libro: Libro, fila: Fila, declarada: Hoja) -> None:
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
    textos = textos_en_numeros(fila, declarada)
    if len(textos) >= 2:
        ejemplos = " y ".join(f"«{d.crudo}»"[:40] for d in textos[:2])
        libro.incidentes.append(
            IncidenteDeLibro(
                "FMT015", f"la fila parece corrida: donde van números hay {ejemplos}", primera.hoja, primera.celda,
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
