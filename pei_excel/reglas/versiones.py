"""Reglas de versiones: lo que hoy dice un informe contra lo aprobado y lo ya entregado (`--anterior`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from pei_excel.actividades import Actividad
from pei_excel.anteriores import Anterior, Registro, comparables, llave_de
from pei_excel.calculos import iguales
from pei_excel.evaluacion import Indicador
from pei_excel.formato import Columna, Hoja
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.modificaciones import Direccion, Modificacion, modificaciones
from pei_excel.periodos import MESES, ORDINALES, Periodo
from pei_excel.reglas.base import Contexto, Observacion, Tabla, regla
from pei_excel.textos import numero
from pei_excel.tipos import MetaEnPalabras, cifra_de_meta

#: Modificaciones de una meta en el año desde las que llama la atención (criterio de este programa).
MODIFICACIONES_MAXIMAS = 2

_FORMATOS = ("MIR", "POI")
#: Cómo se nombra cada medida en los mensajes.
_NOMBRES = {
    "programado": "lo programado para", "costo": "el costo de", "meta": "la meta anual de",
    "alcanzado": "lo alcanzado por", "ejecutado": "lo ejecutado por", "devengado": "lo devengado por",
}


def _renglones(libro: Libro, hoja: Hoja) -> list[tuple[Any, Fila]]:
    """(llave, fila) de una hoja; de una llave repetida, la primera (la otra ya se señala)."""
    vistas: dict[Any, Fila] = {}
    for fila in libro.filas(hoja.clave):
        llave = llave_de(hoja, fila)
        if llave is not None:
            vistas.setdefault(llave, fila)
    return list(vistas.items())


def _cuando(columna: Columna) -> str:
    """« en el 2do. trimestre», « en marzo»; nada si la columna no es de un periodo."""
    if columna.trimestre:
        return f" en el {ORDINALES[columna.trimestre - 1]} trimestre"
    return f" en {MESES[columna.mes - 1]}" if columna.mes else ""


def _que(columna: Columna, llave: object) -> str:
    """«lo programado para AO.01 en agosto»."""
    return f"{_NOMBRES[columna.medida or columna.clave]} {llave}{_cuando(columna)}"


def _ver(valor: object, ser: str, estar: str) -> str:
    """«era 10», «estaba en blanco»."""
    if valor is None:
        return f"{estar} en blanco"
    return f"{ser} «{valor}»" if isinstance(valor, MetaEnPalabras) else f"{ser} {numero(cifra_de_meta(valor))}"


def _antes_y_ahora(antes: object, cuando: str, ahora: object) -> str:
    return f"{_ver(antes, 'era', 'estaba')} en {cuando} y ahora {_ver(ahora, 'es', 'está')}"


def _mostrable(valor: Any) -> str | float | None:
    return str(valor) if isinstance(valor, MetaEnPalabras) else cifra_de_meta(valor)


def _mismo(uno: Any, otro: Any) -> bool:
    """Dicen lo mismo; lo vacío sólo es igual a lo vacío."""
    if isinstance(uno, float) and isinstance(otro, float):
        return iguales(uno, otro)
    return bool(uno == otro)


def _misma_meta(uno: Any, otro: Any, sentido: object) -> bool:
    """Lo mismo programado: un 0 equivale a nada, salvo donde la meta es bajar, que un 0 sí es meta."""
    if sentido == "Descendente":
        return _mismo(uno, otro)
    return _mismo(uno or 0.0, otro or 0.0)


@regla(
    "VER001", _FORMATOS,
    por_que="Lo de un periodo cerrado ya se informó a la Tesorería; si cambia sin decirlo, los dos informes se contradicen.",
    como_corregir="Restituya la cifra informada o pida por escrito que se corrija el periodo cerrado.",
    fuente="Criterio de este programa: un periodo cerrado no se vuelve a capturar; lo que quedó en blanco y después se llena "
    "sólo se hace saber al área de planeación",
    mal={
        "MIR": Tabla("""
            | Nivel        | Valores Alcanzados/1er. Trim. | …/2do. Trim. |
            | Componente 1 | 23 ✗                          | 27           |
            """, anterior=(("2024-T1", ""),)),
        "POI": Tabla("""
            Seguimiento
            | Código | Ejecución física mensual/Febrero |
            | AO.03  | 40 ✗                             |
            """, anterior=(("2024-T1", ""),)),
    },
    bien={
        "MIR": Tabla("""
            | Nivel        | Valores Alcanzados/2do. Trim. |
            | Componente 1 | 28                            |
            """, anterior=(("2024-T1", ""),)),
        "POI": Tabla("""
            Seguimiento
            | Código | Ejecución física mensual/Abril |
            | AO.03  | 38                           |
            """, anterior=(("2024-T1", ""),)),
    },
)
def cambio_un_periodo_cerrado(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Lo alcanzado o ejecutado en un periodo ya cerrado es lo que entonces se informó."""
    anteriores, periodo = contexto.anteriores_de(libro), contexto.periodo_de(libro)
    if not anteriores or periodo is None:
        return
    formato = contexto.formato(libro)
    metas = set(formato.modificables.values())
    for hoja in formato.hojas:
        columnas = [c for c in hoja.columnas if c.medida and c.meses and c.calculo is None
                    and (hoja.clave, c.clave) not in metas and c.meses[-1] < periodo.meses_abiertos[0]]
        for llave, fila in _renglones(libro, hoja) if columnas else ():
            for columna in columnas:
                yield from _cambio_cerrado(anteriores, columna, llave, fila)


def _cambio_cerrado(
    anteriores: Sequence[Anterior], columna: Columna, llave: Any, fila: Fila
) -> Iterator[Observacion]:
    """La primera entrega que informó el periodo de la columna es la que lo cerró; si lo dejó en blanco, la que lo llenó.

    Llenar lo que estaba en blanco no cambia ninguna cifra informada: se dice a la oficina y nada se pide a la unidad.
    """
    dato, donde = fila[columna.clave], (fila.hoja, llave, columna.clave)
    cierre = columna.meses[-1] if columna.meses else 0
    suyas = [a for a in anteriores if a.mes >= cierre and donde in a.valores]
    entrega = next((a for a in suyas if a.valores[donde] is not None), suyas[0] if suyas else None)
    if entrega is None or dato.celda is None or _mismo(entrega.valores[donde], dato.valor):
        return
    antes = entrega.valores[donde]
    # Sin la ruta de su archivo: lo cerrado está en una carpeta de la oficina, que la unidad no conoce.
    cuando = f"su {entrega.cuando.removeprefix('la ')}"
    yield Observacion(
        f"{_que(columna, llave)} {_antes_y_ahora(antes, cuando, dato.valor)}",
        dato, lee=tuple(fila[c] for c in _llaves(fila)), encontrado=_mostrable(dato.valor), esperado=_mostrable(antes),
        **(_DE_LO_LLENADO if antes is None else {}),
    )


#: Lo que estaba en blanco al cerrar y ya trae una cifra.
_DE_LO_LLENADO: dict[str, Any] = {
    "variante": "llenado", "severidad": Severidad.NOTA, "destinatario": Destinatario.PLANEACION,
    "como_corregir": "La unidad no tiene que hacer nada. Si la cifra debe constar en el periodo cerrado, reábralo.",
}


def _llaves(fila: Fila) -> tuple[str, ...]:
    return tuple(c for c in ("codigo", "codigo_actividad", "nivel") if c in fila.datos)


@regla(
    "VER002", _FORMATOS,
    por_que="Una meta que cambia sin aprobarse deja sin sentido el avance que se mide contra ella.",
    como_corregir="Restituya la meta aprobada o registre el cambio en «Modificaciones», con su documento.",
    fuente="Hoja «Modificaciones» de la plantilla; Directiva N° 003-2016-MPH/17, artículo 8.2.3",
    mal={
        "MIR": Tabla("""
            | Nivel        | Valores Programados/4to. Trim. |
            | Componente 1 | 15 ✗                           |
            """, anterior=((None, ""),)),
        "POI": Tabla("""
            Valorización
            | Código | Costo mensual S/./Enero |
            | AO.06  | 700 ✗                   |
            """, anterior=((None, ""),)),
    },
    bien={
        "MIR": Tabla("""
            | Nivel        | Valores Programados/4to. Trim. |
            | Componente 1 | 15                             |
            Modificaciones
            | Fecha      | Nivel        | Campo                 | Valor anterior | Valor nuevo | Causa  | Documento que la aprueba |
            | 2024-05-10 | Componente 1 | Programado 4to. Trim. | 20             | 15          | Ajuste | Oficio 20/2024           |
            """, anterior=((None, ""),)),
        "POI": Tabla("""
            Valorización
            | Código | Costo mensual S/./Enero |
            | AO.06  | 700                     |
            Modificaciones
            | Fecha      | Código | Campo       | Valor anterior | Valor nuevo | Causa                               | Documento que la aprueba |
            | 2024-02-10 | AO.06  | Costo Enero | 800            | 700         | Modificación presupuestal: reducción | Resolución 20-2024      |
            """, anterior=((None, ""), ("2024-T1", ""))),
    },
)
def meta_distinta_de_la_aprobada(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Lo programado es lo aprobado, o su modificación está registrada."""
    anteriores = contexto.anteriores_de(libro)
    if not anteriores:
        return
    aprobado, formato = anteriores[0], contexto.formato(libro)
    registradas = {m.direccion for m in modificaciones(libro)}
    for clave, columnas in comparables(formato).items():
        hoja = formato.por_clave[clave]
        metas = [hoja.por_clave[c] for c in columnas if (clave, c) in set(formato.modificables.values())]
        renglones = _renglones(libro, hoja) if metas and clave in libro.hojas else []
        conocidas = aprobado.llaves(clave)
        for llave, fila in renglones:
            cambios = [c for c in metas if (clave, llave, c.clave) not in registradas
                       and fila[c.clave].celda is not None and _cambio(aprobado, clave, llave, c, fila)]
            if cambios and llave not in conocidas:
                yield _renglon_nuevo(aprobado, hoja, llave, fila, cambios)
                continue
            for columna in cambios:
                dato, antes = fila[columna.clave], aprobado.valores[clave, llave, columna.clave]
                yield Observacion(
                    f"{_que(columna, llave)} {_antes_y_ahora(antes, aprobado.cuando, dato.valor)}, sin una "
                    "modificación registrada",
                    dato, lee=tuple(fila[c] for c in _llaves(fila)), encontrado=_mostrable(dato.valor),
                    esperado=_mostrable(antes),
                )
        if hoja is formato.principal:
            yield from _renglones_quitados(libro, aprobado, hoja, renglones, metas)


def _cambio(aprobado: Anterior, hoja: str, llave: Any, columna: Columna, fila: Fila) -> bool:
    """La celda no dice lo aprobado; en un renglón nuevo, lo aprobado es nada."""
    donde = hoja, llave, columna.clave
    if donde not in aprobado.valores and llave in aprobado.llaves(hoja):
        return False  # lo aprobado no dice qué había en esa celda
    return not _misma_meta(aprobado.valores.get(donde), fila.valor(columna.clave), fila.valor("sentido"))


def _renglon_nuevo(
    aprobado: Anterior, hoja: Hoja, llave: Any, fila: Fila, cambios: Sequence[Columna]
) -> Observacion:
    primera, *resto = (fila[c.clave] for c in cambios)
    return Observacion(
        f"{llave} no estaba en {aprobado.cuando} y sus metas no están registradas como modificación", primera,
        nombra=tuple(resto), lee=tuple(fila[c] for c in _llaves(fila)), encontrado=_mostrable(primera.valor),
        como_corregir=f"Quite el renglón de «{hoja.clave}» o registre sus metas en «Modificaciones», con su documento.",
    )


def _renglones_quitados(
    libro: Libro, aprobado: Anterior, hoja: Hoja, renglones: Sequence[tuple[Any, Fila]], metas: Sequence[Columna]
) -> Iterator[Observacion]:
    """Lo aprobado que ya no está; si algún renglón no dice bien quién es, puede ser él y no se señala."""
    primera = hoja.llave[0]
    datos = [fila[primera] for fila in libro.filas(hoja.clave)]
    tipos = {type(llave) for llave in aprobado.llaves(hoja.clave)}
    if any(d.valor is None or d.incidente is not None or type(d.valor) not in tipos for d in datos):
        return
    tenidas = {llave for llave, _ in renglones}
    titulo = libro.hojas[hoja.clave].titulos.get(primera)
    for llave in sorted(aprobado.llaves(hoja.clave) - tenidas, key=str):
        previas = [aprobado.valores.get((hoja.clave, llave, c.clave)) for c in metas]
        if any(previas):
            yield Observacion(
                f"{llave} tenía metas en {aprobado.cuando} y ya no está", hoja=titulo.hoja if titulo else None,
                celda=titulo.celda if titulo else None, lee=tuple(datos), encontrado=str(llave),
                como_corregir=f"Restituya el renglón en «{hoja.clave}»; para dejarlo sin efecto, registre sus metas en 0.",
            )


@regla(
    "VER003", _FORMATOS,
    severidad=Severidad.NOTA, para=Destinatario.PLANEACION,
    por_que="Bajar la meta en el mismo periodo en que no se iba a alcanzar hace que el avance se vea cumplido.",
    como_corregir="Mire la causa y el documento de la modificación antes de dar por cumplida la meta.",
    fuente="Criterio de este programa",
    mal={
        "MIR": Tabla("""
            | Nivel        | Valores Programados/2do. Trim. |
            | Componente 1 | 27 ✗                           |
            Modificaciones
            | Fecha      | Nivel        | Campo                 | Valor anterior | Valor nuevo | Causa  | Documento que la aprueba |
            | 2024-06-20 | Componente 1 | Programado 2do. Trim. | 30             | 27          | Ajuste | Oficio 20/2024           |
            """, anterior=((None, ""), ("2024-T1", ""))),
        "POI": Tabla("""
            | Código | Meta anual | Programación mensual/Junio |
            | AO.06  | 19         | 1 ✗                        |
            Modificaciones
            | Fecha      | Código | Campo            | Valor anterior | Valor nuevo | Causa                                           | Documento que la aprueba |
            | 2024-06-20 | AO.06  | Programado Junio | 2              | 1           | Cambio de prioridades: estrategia sin resultado | Resolución 20-2024       |
            | 2024-06-20 | AO.06  | Meta anual       | 20             | 19          | Cambio de prioridades: estrategia sin resultado | Resolución 20-2024       |
            """, anterior=((None, ""), ("2024-T1", ""))),
    },
    bien={
        "MIR": Tabla("""
            | Nivel        | Valores Programados/2do. Trim. |
            | Componente 1 | 27                             |
            Modificaciones
            | Fecha      | Nivel        | Campo                 | Valor anterior | Valor nuevo | Causa  | Documento que la aprueba |
            | 2024-02-20 | Componente 1 | Programado 2do. Trim. | 30             | 27          | Ajuste | Oficio 20/2024           |
            """, anterior=((None, ""), ("2024-T1", ""))),
        "POI": Tabla("""
            | Código | Meta anual | Programación mensual/Octubre |
            | AO.06  | 19         | 1                            |
            Modificaciones
            | Fecha      | Código | Campo              | Valor anterior | Valor nuevo | Causa                                           | Documento que la aprueba |
            | 2024-06-20 | AO.06  | Programado Octubre | 2              | 1           | Cambio de prioridades: estrategia sin resultado | Resolución 20-2024       |
            | 2024-06-20 | AO.06  | Meta anual         | 20             | 19          | Cambio de prioridades: estrategia sin resultado | Resolución 20-2024       |
            """, anterior=((None, ""), ("2024-T1", ""))),
    },
)
def meta_bajada_en_el_periodo(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """La meta de un periodo no se baja en el mismo periodo en que no se habría alcanzado."""
    anteriores, periodo = contexto.anteriores_de(libro), contexto.periodo_de(libro)
    if not anteriores or periodo is None:
        return
    ultimas: dict[Direccion, Modificacion] = {m.direccion: m for m in modificaciones(libro)}
    evaluados: list[Indicador | Actividad] = [*contexto.indicadores(libro), *contexto.actividades(libro)]
    for evaluado in evaluados:
        fila = evaluado.fila
        medida, lograda = "programado", "alcanzado" if libro.formato == "MIR" else "ejecutado"
        sentido = fila.valor("sentido")
        hoja = contexto.formato(libro).por_clave[fila.hoja]
        for columna in hoja.medida(medida):
            ultima = ultimas.get((fila.hoja, fila.valor(hoja.llave[0]), columna.clave))
            if columna.meses is None or columna.meses[-1] not in periodo.meses or ultima is None:
                continue
            if ultima.fecha is not None and ultima.fecha < date(periodo.ejercicio, columna.meses[0], 1):
                continue
            cual = columna.trimestre or columna.mes or 0
            ahora, hecho = evaluado.dato(medida, cual), evaluado.dato(lograda, cual)
            antes = _antes(anteriores, ultima.direccion, periodo)
            if antes is None or not isinstance(hecho.valor, float) or not isinstance(ahora.valor, float):
                continue
            bajada = ahora.valor > antes if sentido == "Descendente" else ahora.valor < antes
            faltaba = hecho.valor > antes if sentido == "Descendente" else hecho.valor < antes
            if bajada and faltaba and not iguales(ahora.valor, antes) and not iguales(hecho.valor, antes):
                yield Observacion(
                    f"la meta de {ultima.llave}{_cuando(columna)} pasó de {numero(antes)} a {numero(ahora.valor)} en el "
                    f"mismo periodo, y se informa {numero(hecho.valor)}",
                    ahora, lee=(hecho, *(fila[c] for c in _llaves(fila))), tambien=(ultima.fila["valor_nuevo"], hecho),
                    encontrado=ahora.valor, esperado=antes,
                )


def _antes(anteriores: Sequence[Anterior], donde: Direccion, periodo: Periodo) -> float | None:
    """La meta en la última entrega de un periodo anterior."""
    previas = [a.valores[donde] for a in anteriores if a.mes < periodo.mes and donde in a.valores]
    return previas[-1] if previas and isinstance(previas[-1], float) else None


@regla(
    "VER004", _FORMATOS,
    severidad=Severidad.NOTA, para=Destinatario.PLANEACION,
    por_que="Una meta que se mueve varias veces en el año deja de ser un compromiso.",
    como_corregir="Revise con la unidad si la meta estuvo bien planteada; téngalo en cuenta al formular.",
    fuente="Criterio de este programa: más de dos modificaciones de una meta en el año",
    mal={
        "MIR": Tabla("""
            | Nivel        | Valores Programados/4to. Trim. |
            | Componente 1 | 17 ✗                           |
            Modificaciones
            | Fecha      | Nivel        | Campo                 | Valor anterior | Valor nuevo | Causa  | Documento que la aprueba |
            | 2024-02-10 | Componente 1 | Programado 4to. Trim. | 20             | 15          | Ajuste | Oficio 10/2024           |
            | 2024-04-10 | Componente 1 | Programado 4to. Trim. | 15             | 18          | Ajuste | Oficio 20/2024           |
            | 2024-05-10 | Componente 1 | Programado 4to. Trim. | 18             | 17          | Ajuste | Oficio 30/2024           |
            """, anterior=((None, ""),)),
        "POI": Tabla("""
            | Código | Programación mensual/Octubre |
            | AO.06  | 2 ✗                          |
            Modificaciones
            | Fecha      | Código | Campo              | Valor anterior | Valor nuevo | Causa                             | Documento que la aprueba |
            | 2024-02-10 | AO.06  | Programado Octubre | 2              | 3           | Cambio de prioridades: entorno    | Resolución 10-2024       |
            | 2024-04-10 | AO.06  | Programado Octubre | 3              | 1           | Cambio de prioridades: entorno    | Resolución 20-2024       |
            | 2024-05-10 | AO.06  | Programado Octubre | 1              | 2           | Cambio de prioridades: entorno    | Resolución 30-2024       |
            """, anterior=((None, ""),)),
    },
    bien={
        "MIR": Tabla("""
            | Nivel        | Valores Programados/4to. Trim. |
            | Componente 1 | 18                             |
            Modificaciones
            | Fecha      | Nivel        | Campo                 | Valor anterior | Valor nuevo | Causa  | Documento que la aprueba |
            | 2024-02-10 | Componente 1 | Programado 4to. Trim. | 20             | 15          | Ajuste | Oficio 10/2024           |
            | 2024-04-10 | Componente 1 | Programado 4to. Trim. | 15             | 18          | Ajuste | Oficio 20/2024           |
            """, anterior=((None, ""),)),
        "POI": Tabla("""
            Modificaciones
            | Fecha      | Código | Campo              | Valor anterior | Valor nuevo | Causa                          | Documento que la aprueba |
            | 2024-02-10 | AO.06  | Programado Octubre | 2              | 3           | Cambio de prioridades: entorno | Resolución 10-2024       |
            | 2024-04-10 | AO.06  | Programado Octubre | 3              | 2           | Cambio de prioridades: entorno | Resolución 20-2024       |
            """, anterior=((None, ""),)),
    },
)
def meta_modificada_muchas_veces(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """Una meta no se modifica más de dos veces en el año, contando lo registrado en las entregas anteriores."""
    anteriores = contexto.anteriores_de(libro)
    if not anteriores:
        return
    propias = [m for m in modificaciones(libro) if m.vigente is not None]
    registros: dict[Direccion, set[Registro]] = {}
    for registro in [r for a in anteriores for r in a.registros] + [
        (m.direccion, m.fecha, m.anterior, m.nuevo) for m in propias
    ]:
        registros.setdefault(registro[0], set()).add(registro)
    por_direccion: dict[Direccion, list[Modificacion]] = {}
    for una in propias:
        por_direccion.setdefault(una.direccion, []).append(una)
    for donde, suyas in por_direccion.items():
        vigente, cuantas = suyas[-1].vigente, len(registros[donde])
        if vigente is not None and cuantas > MODIFICACIONES_MAXIMAS:
            columna = contexto.formato(libro).por_clave[donde[0]].por_clave[donde[2]]
            yield Observacion(
    f"{_que(columna, donde[1])} se ha modificado {cuantas} veces en el año", vigente,
                lee=_leidas(suyas), tambien=tuple(m.fila["valor_nuevo"] for m in suyas), encontrado=cuantas,
                esperado=MODIFICACIONES_MAXIMAS,
            )


def _leidas(suyas: Sequence[Modificacion]) -> tuple[Dato, ...]:
    return tuple(m.fila[c] for m in suyas for c in ("valor_nuevo", *_llaves(m.fila)))
