"""Lo que las reglas de seguimiento buscan en un POI, mes por mes; sus fichas están con las de la MIR.

«Ese valor del periodo que se reporta» es lo físico del último mes vencido, en `Seguimiento`.
"""

from __future__ import annotations

from collections.abc import Iterator

from pei_excel.actividades import Actividad, Familia, Tramo, tramos
from pei_excel.calculos import iguales
from pei_excel.formatos.poi import EVALUACION, PROGRAMACION, SEGUIMIENTO, TRIMESTRES_POI
from pei_excel.formatos.poi import POI as FORMATO
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.mensual import ACUMULATIVO, ANO, forma_mensual, meses_vencidos, total_mensual
from pei_excel.periodos import Periodo
from pei_excel.reglas.base import Contexto, Observacion
from pei_excel.reglas.evidencia import defecto_del_medio
from pei_excel.reglas.uniones import cifras, de_meses, emparejar, mes, por_codigo, quien, se_juzga
from pei_excel.textos import cuenta, enumerar, normalizar, numero
from pei_excel.tipos import NADA

#: Lo que se informa en `Seguimiento` y contra qué: medida, lo programado, y cómo se dice.
MEDIDAS = (("ejecutado", "programado", "lo ejecutado"), ("devengado", "costo", "lo devengado"))
#: Actividades que debían un mes y lo tienen vacío desde las que es el mes, no la actividad, lo que falta (criterio
#: de este programa).
ACTIVIDADES_DE_UN_MES = 5
#: Cuántas actividades se nombran en un mensaje.
DICHAS = 6


def meses_que_se_reportan(periodo: Periodo) -> range:
    """El mes, o los del último trimestre del periodo."""
    return periodo.meses if periodo.clase == "M" else periodo.como_trimestre.meses


def del_periodo(a: Actividad) -> Tramo:
    """Lo que se reporta, como tramo."""
    familia: Familia = "mes" if a.periodo.clase == "M" else "trimestre"
    return next(t for t in tramos(familia, a.periodo) if a.periodo.mes in t.meses)


def reportado(a: Actividad) -> Dato:
    """La celda que nombran las reglas de cumplimiento: el último mes vencido o, si no hay, el último ejecutado."""
    con_valor = [m for m in range(1, a.periodo.mes + 1) if a.ejecutado[m - 1]]
    return a.dato("ejecutado", a.ultimo_vencido or max(con_valor, default=a.periodo.mes))


def llaves(a: Actividad) -> tuple[Dato, ...]:
    """Los códigos con que se unen sus renglones."""
    return tuple(f["codigo"] for f in (a.fila, a.costos, a.seguimiento) if f is not None)


def leidos(a: Actividad, *medidas: str) -> tuple[Dato, ...]:
    """Lo que se mira para decir cómo va una actividad: sus códigos, su meta y sus meses hasta el periodo."""
    hasta = range(1, a.periodo.mes + 1)
    celdas = [d for medida in medidas or ("programado", "ejecutado") for d in a.datos(medida, hasta)]
    return *llaves(a), a.fila["meta"], a.fila["acumulacion"], *celdas


def con_seguimiento(libro: Libro, contexto: Contexto) -> list[Actividad]:
    """Las actividades que tienen renglón en `Seguimiento`; de las que no, POI013 lo dice."""
    return [a for a in contexto.actividades(libro) if a.seguimiento is not None]


def _con_moneda(medida: str, valor: float | None) -> str:
    """La cifra de un mensaje: lo físico sola, y los soles con su moneda («S/. 1,200.5»)."""
    return numero(valor) if medida == "ejecutado" or valor is None else f"{FORMATO.moneda} {numero(valor)}"


def totales(libro: Libro, _contexto: Contexto) -> Iterator[Observacion]:
    """SEG001: cada total de `Seguimiento` es el de sus meses."""
    propias = {codigo: filas[0] for codigo, filas in por_codigo(libro, PROGRAMACION).items()}
    for fila in libro.filas(SEGUIMIENTO.clave):
        suya = propias.get(str(fila.valor("codigo")))
        for medida, _, dicho in MEDIDAS:
            total, meses = fila[f"{medida}_total"], cifras(fila, medida)
            fisica = medida == "ejecutado"
            forma = forma_mensual((suya or fila).valor("acumulacion")) if fisica else ACUMULATIVO
            esperado = total_mensual(forma, meses)
            bien = iguales(esperado, total.valor) or (esperado in {None, 0} and total.valor in {None, 0})
            if bien or not se_juzga(libro, total):
                continue
            dice = "está vacío" if total.vacio else f"dice {_con_moneda(medida, total.valor)}"
            origen = (suya["codigo"], suya["acumulacion"]) if suya is not None and fisica else ()
            yield Observacion(
                f"el total de {dicho} por {quien(fila)} {dice} y los meses dan {_con_moneda(medida, esperado)} ({forma})",
                total,
                lee=(fila["codigo"], *origen, *de_meses(fila, medida)), encontrado=total.valor, esperado=esperado,
                tambien=tuple(d for d in de_meses(fila, medida) if not d.vacio),
                como_corregir="Restaure la fórmula del total o corrija los meses.",
            )


def despues_del_periodo(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """SEG003: después del periodo escrito en el libro no hay nada distinto de 0."""
    periodo = libro.periodo or contexto.periodo_de(libro)
    if periodo is None:
        return
    filas = libro.filas(SEGUIMIENTO.clave)
    futuros = [
        (fila, medida, m) for fila in filas for medida, *_ in MEDIDAS for m in range(periodo.mes + 1, 13)
        if fila.valor(f"{medida}_m{m}") not in {None, 0}
    ]
    largo = 1 if periodo.clase == "M" else 3
    siguiente = {fila.indice for fila, _, m in futuros if m <= periodo.mes + largo}
    celdas = tuple(fila[f"{medida}_m{m}"] for fila, medida, m in futuros)
    if len(siguiente) >= 2 and len(siguiente) * 2 > len(filas):
        campo = libro.campo("periodo")
        yield Observacion(
            f"dice «{campo.escrito}» y {cuenta(len(siguiente), 'actividad ya trae', 'actividades ya traen')} lo que sigue; "
            "¿actualizó el periodo que se reporta?",
            campo, nombra=celdas, encontrado=campo.escrito,
            como_corregir="Actualice «Periodo que se reporta» o borre lo capturado después del periodo.",
        )
        return
    for (fila, medida, m), dato in zip(futuros, celdas, strict=True):
        trae = _con_moneda(medida, dato.valor)
        yield Observacion(
            f"{quien(fila)} trae {trae} en {mes(m)} y se reporta hasta {mes(periodo.mes)}", dato,
            lee=(fila["codigo"],), encontrado=dato.valor, esperado=0,
            como_corregir="Borre lo capturado después del periodo o actualice «Periodo que se reporta».",
        )


def _debidas(a: Actividad, medida: str, programada: str) -> list[tuple[Dato, int, Dato]]:
    """(celda, mes, lo programado) de los meses vencidos de una medida que no traen cifra."""
    forma = a.forma if medida == "ejecutado" else ACUMULATIVO
    programado, hecho = getattr(a, programada), getattr(a, medida)
    vencidos = meses_vencidos(forma, programado, ANO, a.periodo.mes)
    return [(a.dato(medida, m), m, a.dato(programada, m)) for m in vencidos if hecho[m - 1] is None]


def sin_reporte(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """SEG004: todo mes vencido está informado, en lo físico y en lo financiero."""
    actividades = con_seguimiento(libro, contexto)
    if not actividades:
        return
    periodo = actividades[0].periodo
    pendientes: list[tuple[Actividad, str, list[tuple[Dato, int, Dato]]]] = []
    de_todos: dict[str, set[int]] = {}  # medida → meses que ninguna actividad informa: la misma causa
    for medida, programada, dicho in MEDIDAS:
        suyas = [(a, _debidas(a, medida, programada)) for a in actividades]
        pendientes += [(a, dicho, faltan) for a, faltan in suyas]
        de_todos[medida] = _meses_sin_nadie(actividades, medida, programada, periodo)
    gobierna = [
        (a, dato, p) for a, _, faltan in pendientes for dato, m, p in faltan if m in de_todos[_medida(dato)] and dato.vacio
    ]
    if gobierna:
        meses = sorted({m for conjunto in de_todos.values() for m in conjunto})
        que = enumerar(dicho for medida, _, dicho in MEDIDAS if de_todos[medida])
        cuantas = len({a.fila.indice for a, _, _ in gobierna})
        yield Observacion(
            f"el libro no informa el periodo: ninguna de las {cuantas} actividades que tenían programado trae {que} de "
            f"{enumerar(mes(m) for m in meses)}",
            libro.campo("periodo"), nombra=tuple(dato for _, dato, _ in gobierna), encontrado=0, esperado=cuantas,
            lee=tuple(d for a, _, p in gobierna for d in (p, a.fila["acumulacion"])),
        )
    reunidas = {dato.llave for _, dato, _ in gobierna}
    for a, dicho, faltan in pendientes:
        for dato, m, p in faltan:
            if dato.llave in reunidas:
                continue
            escrito = "está vacío" if dato.vacio else f"dice «{dato.escrito}»"
            hay = _con_moneda(_medida(dato), p.valor)
            yield Observacion(
                f"{dicho} por {a.etiqueta} en {mes(m)} {escrito} y hay {hay} programado", dato,
                lee=(*llaves(a), p, a.fila["acumulacion"]), esperado=f"un número (programado {hay})",
                como_corregir=f"Escriba {dicho}; si no hubo, escriba 0.",
            )


def _medida(dato: Dato) -> str:
    return dato.llave[2].rpartition("_m")[0]


def _meses_sin_nadie(actividades: list[Actividad], medida: str, programada: str, periodo: Periodo) -> set[int]:
    """Meses que nadie informa: los del periodo si está todo en blanco (y los trimestres así), o uno de tantos."""

    def deben(meses: range) -> list[list[Dato]]:
        """Por actividad que debe algo en esos meses, sus celdas."""
        todas = []
        for a in actividades:
            forma = a.forma if medida == "ejecutado" else ACUMULATIVO
            vencidos = meses_vencidos(forma, getattr(a, programada), meses, periodo.mes)
            todas.append([a.dato(medida, m) for m in vencidos])
        return [celdas for celdas in todas if celdas]

    def en_blanco(meses: range, minimo: int) -> bool:
        suyas = deben(meses)
        return len(suyas) >= minimo and all(d.vacio for celdas in suyas for d in celdas)

    hallados: set[int] = set()
    if en_blanco(meses_que_se_reportan(periodo), 2):
        hallados |= set(meses_que_se_reportan(periodo))
        for fin in range(3, periodo.mes + 1, 3):
            if en_blanco(range(fin - 2, fin + 1), 2):
                hallados |= set(range(fin - 2, fin + 1))
    for m in meses_que_se_reportan(periodo):
        if m <= periodo.mes and en_blanco(range(m, m + 1), ACTIVIDADES_DE_UN_MES):
            hallados.add(m)
    return hallados


def sin_evaluacion(actividades: list[Actividad], libro: Libro) -> dict[int, tuple[Dato, ...]]:
    """Lo que se mira de las actividades sin renglón en `Evaluación`, por índice: si falta la hoja, ella; si no, las
    llaves que no encuentran su actividad o su trimestre, o se repiten, y pueden ser las suyas.
    """
    solas = [a.fila for a in actividades if a.evaluacion is None]
    hoja = libro.hojas.get(EVALUACION.clave)
    if hoja is None:
        return {f.indice: (Dato((EVALUACION.clave, -1, EVALUACION.llave[0])),) for f in solas}
    propias = por_codigo(libro, PROGRAMACION)
    vistas: set[tuple[str, object]] = set()
    sueltas: list[Dato] = []
    leidas: dict[int, tuple[Dato, ...]] = {}
    for fila in hoja.filas:
        codigo, trimestre = str(fila.valor("codigo")), fila.valor("trimestre")
        if codigo in propias and trimestre is None:
            suya = propias[codigo][0].indice
            leidas[suya] = (*leidas.get(suya, ()), fila["trimestre"])
        elif codigo not in propias or (codigo, trimestre) in vistas:
            sueltas.append(fila["codigo"])
        vistas.add((codigo, trimestre))
    for dato, fila in emparejar(sueltas, [f for f in solas if f.indice not in leidas]):
        leidas[fila.indice] = (*leidas.get(fila.indice, ()), dato)
    return leidas


def medios(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """SEG005: lo ejecutado en el periodo, si es mayor que 0, tiene en `Evaluación` un medio que lo prueba."""
    seguidas = con_seguimiento(libro, contexto)
    con_avance = [a for a in seguidas if a.fisico(del_periodo(a)).alcanzado]
    if len(con_avance) > 1 and _nadie_evalua(libro, con_avance[0].periodo):
        yield _sin_ningun_medio(con_avance, libro)
        return
    sin_renglon = sin_evaluacion(seguidas, libro)
    for a in con_avance:
        hecho, fila = a.fisico(del_periodo(a)).alcanzado, a.evaluacion
        escrito = fila.valor("medios") if fila is not None else None
        defecto = defecto_del_medio(None if escrito is None else str(escrito))
        if not defecto:
            continue
        valor = _ultimo_en(a, meses_que_se_reportan(a.periodo))
        dato = fila["medios"] if fila is not None and fila["medios"].celda else valor
        que = f"su medio de verificación {defecto}" if fila is not None else "no tiene renglón en «Evaluación»"
        yield Observacion(
            f"{a.etiqueta} informa {numero(hecho)} y {que}", dato, encontrado=None if escrito is None else str(escrito)[:200],
            lee=(*llaves(a), *a.datos("ejecutado", meses_que_se_reportan(a.periodo)),
                 *((fila["codigo"], fila["trimestre"]) if fila is not None else sin_renglon.get(a.fila.indice, ()))),
            como_corregir="Anote en «Evaluación» el tipo, el número y la fecha del documento que prueba lo ejecutado.",
        )


def _nadie_evalua(libro: Libro, periodo: Periodo) -> bool:
    """Está `Evaluación` y ningún renglón suyo es, ni puede ser, del trimestre que se reporta."""
    del_trimestre = {None, TRIMESTRES_POI[periodo.trimestre - 1]}
    return EVALUACION.clave in libro.hojas and not any(
        f.valor("trimestre") in del_trimestre for f in libro.filas(EVALUACION.clave)
    )


def _sin_ningun_medio(con_avance: list[Actividad], libro: Libro) -> Observacion:
    """Una sola causa: la hoja no trae el trimestre, y no un medio por actividad."""
    trimestre = TRIMESTRES_POI[con_avance[0].periodo.trimestre - 1]
    titulo = libro.hojas[EVALUACION.clave].titulos.get("medios")
    meses = meses_que_se_reportan(con_avance[0].periodo)
    celdas = tuple(_ultimo_en(a, meses) for a in con_avance)
    dichas = [a.etiqueta for a in con_avance[:DICHAS]]
    if len(con_avance) > DICHAS:
        dichas.append(f"{len(con_avance) - DICHAS} más")
    vacia = not libro.filas(EVALUACION.clave)
    return Observacion(
        f"«{EVALUACION.clave}» {'está vacía' if vacia else f'no trae ningún renglón del {trimestre}'} y "
        f"{len(con_avance)} actividades informan avance sin medio de verificación: {enumerar(dichas)}",
        Dato((EVALUACION.clave, -1, "medios"), hoja=titulo.hoja if titulo else None, celda=titulo.celda if titulo else None),
        nombra=celdas, lee=tuple(d for a in con_avance for d in llaves(a)), encontrado=0, esperado=len(con_avance),
        como_corregir=f"Agregue en «{EVALUACION.clave}» un renglón por actividad con el tipo, el número y la fecha del "
        "documento que prueba lo ejecutado.",
    )


def _ultimo_en(a: Actividad, meses: range) -> Dato:
    """La celda del último mes vencido de un tramo o, si no hay, del último ejecutado."""
    vencidos = [m for m in a.vencidos if m in meses]
    con_valor = [m for m in meses if a.ejecutado[m - 1]]
    return a.dato("ejecutado", max(vencidos or con_valor, default=meses[-1]))


def rezagos(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """SEG006: lo que no llega al verde al periodo, o quedó en 0 con meta, dice qué lo dificultó y qué se hará."""
    perfil = contexto.perfil(libro.formato)
    seguidas = con_seguimiento(libro, contexto)
    sin_renglon = sin_evaluacion(seguidas, libro)
    for a in seguidas:
        periodo, pct = a.fisico(del_periodo(a)), a.al_periodo.porcentaje
        en_cero = bool(periodo.programado) and periodo.alcanzado == 0
        bajo = pct is not None and perfil.debajo_del_verde(pct)
        if not (en_cero or bajo) or a.falta_informar:
            continue
        fila = a.evaluacion
        faltan = [t for t, c in (("qué lo dificultó", "dificultaron"), ("la medida correctiva", "medidas"))
                  if fila is None or fila[c].vacio]
        if not faltan:
            continue
        hecho = (
            f"{a.etiqueta} lleva {numero(a.al_periodo.alcanzado)} de {numero(a.al_periodo.programado)} "
            f"({numero(pct, 1)} %)" if bajo else f"{a.etiqueta} informa 0 de {numero(periodo.programado)} en el periodo"
        )
        con_hoja = EVALUACION.clave in libro.hojas and libro.origen is None
        yield Observacion(
            f"{hecho} y no dice {enumerar(faltan)}", reportado(a),
            lee=(*leidos(a), *((fila["codigo"], fila["trimestre"]) if fila is not None else sin_renglon.get(a.fila.indice, ()))),
            tambien=tuple(fila[c] for c in ("dificultaron", "medidas") if fila is not None and fila[c].vacio),
            encontrado=pct if pct is not None else periodo.alcanzado,
            esperado=f"más de {numero(perfil.verde_desde)} %, o su explicación",
            como_corregir=f"Anote {enumerar(faltan)} en la hoja «{EVALUACION.clave}»." if con_hoja
            else f"Indique {enumerar(faltan)} en su respuesta.",
        )


def sin_programacion(libro: Libro, contexto: Contexto) -> Iterator[Observacion]:
    """SEG007: nada se ejecuta donde no se programó; se devenga sólo donde el año tiene costo."""
    for a in con_seguimiento(libro, contexto):
        hasta = range(1, a.periodo.mes + 1)
        del_ano, con_costo = any(a.programado), a.costos is None or any(a.costo)
        for m in hasta:
            if a.ejecutado[m - 1] and not a.programado[m - 1]:
                meta = "hay meta en otros meses: es un adelanto o un atraso" if del_ano else "no hay nada programado en el año"
                yield Observacion(
                    f"{a.etiqueta} informa {numero(a.ejecutado[m - 1])} en {mes(m)}, donde no programó; {meta}",
                    a.dato("ejecutado", m), encontrado=a.ejecutado[m - 1], esperado=0,
                    lee=(*llaves(a), a.fila["meta"], a.fila["acumulacion"], *a.datos("programado")),
                    severidad=Severidad.NOTA if del_ano else Severidad.AVISO,
                    destinatario=Destinatario.PLANEACION if del_ano else Destinatario.UNIDAD,
                    como_corregir="Aclare si la meta se omitió al programar o si lo ejecutado es de otra actividad.",
                )
            if a.devengado[m - 1] and not con_costo:
                yield Observacion(
                    f"{a.etiqueta} devengó S/. {numero(a.devengado[m - 1])} en {mes(m)} y no tiene costo en el año",
                    a.dato("devengado", m), encontrado=a.devengado[m - 1], esperado=0,
                    lee=(*llaves(a), *a.datos("costo")),
                    como_corregir="Aclare si el costo se omitió en «Valorización» o si el gasto es de otra actividad.",
                )


def excesos(libro: Libro, contexto: Contexto, minimo: float) -> Iterator[Observacion]:
    """SEG008: lo ejecutado al periodo no rebasa el límite del semáforo y en una parte de la meta anual."""
    perfil = contexto.perfil(libro.formato)
    if perfil.limite is None:
        return
    for a in con_seguimiento(libro, contexto):
        pct, p, e = a.al_periodo.porcentaje, a.al_periodo.programado, a.al_periodo.alcanzado
        if pct is None or p is None or e is None or a.falta_informar:
            continue
        if round(pct, 6) > perfil.limite and e - p >= minimo * (a.anual.programado or 0) - 1e-9:
            yield Observacion(
                f"{a.etiqueta} lleva {numero(e)} y tenía programado {numero(p)} ({numero(pct, 1)} %); pasa de "
                f"{numero(perfil.limite)} %",
                reportado(a), lee=(*leidos(a), *a.datos("programado")), encontrado=round(pct, 2),
                esperado=f"hasta {numero(perfil.limite)} %",
            )


def todo_al_cien(libro: Libro, contexto: Contexto, minimo: int) -> Iterator[Observacion]:
    """SEG009: no todas las cifras físicas vencidas son exactamente lo programado."""
    con_cifra = [a for a in con_seguimiento(libro, contexto) if a.vencidos]
    vencidas = [(a, m) for a in con_cifra for m in a.vencidos]
    if len(con_cifra) >= minimo and all(a.ejecutado[m - 1] == a.programado[m - 1] for a, m in vencidas):
        titulo = SEGUIMIENTO.por_clave["ejecutado_m1"].banda[-1]
        banda = libro.hojas[SEGUIMIENTO.clave].bandas.get(normalizar(titulo))
        yield Observacion(
            f"las {len(vencidas)} cifras vencidas de {len(con_cifra)} actividades son exactamente lo programado",
            hoja=banda.hoja if banda else None, celda=banda.celda if banda else None, encontrado=100,
            lee=tuple(d for a, m in vencidas for d in (*llaves(a), a.dato("programado", m), a.dato("ejecutado", m))),
        )


def brechas(libro: Libro, contexto: Contexto, tolerada: float) -> Iterator[Observacion]:
    """SEG012: desde el segundo trimestre, lo gastado y lo avanzado no se separan demasiado."""
    for a in con_seguimiento(libro, contexto):
        brecha = a.brecha_al_periodo
        if a.seguimiento is None or brecha is None or a.periodo.trimestre < 2 or abs(brecha) <= tolerada + 1e-9:
            continue
        total = a.seguimiento["devengado_total"]
        fisico, financiero = a.al_periodo.porcentaje, a.financiero_al_periodo.porcentaje
        yield Observacion(
            f"de lo programado {a.periodo.al_periodo}, {a.etiqueta} lleva {numero(financiero, 1)} % en soles y "
            f"{numero(fisico, 1)} % en físico: {numero(abs(brecha), 1)} puntos de {'más' if brecha > 0 else 'menos'}",
            total if total.celda else a.seguimiento["codigo"], encontrado=round(brecha, 2),
            esperado=f"de −{numero(tolerada)} a {numero(tolerada)} puntos",
            lee=leidos(a, "programado", "ejecutado", "costo", "devengado"),
        )


def copiadas(libro: Libro, contexto: Contexto, columna: str, minimo: int) -> Iterator[tuple[Fila, list[Fila], str]]:
    """SEG010: de una columna de `Evaluación`, el renglón de origen, los que lo copian y por qué se dice.

    Se copian los del trimestre que dicen lo mismo, si son muchos, y los que repiten lo que dijeron en el anterior.
    """
    periodo = contexto.periodo_de(libro)
    if periodo is None:
        return
    dichas: dict[int, dict[str, tuple[str, Fila]]] = {}  # trimestre → código → (texto, renglón)
    for fila in libro.filas(EVALUACION.clave):
        texto, trimestre = normalizar(str(fila.valor(columna) or "")), fila.valor("trimestre")
        if texto and texto not in NADA and trimestre in TRIMESTRES_POI:
            numero_ = TRIMESTRES_POI.index(trimestre) + 1
            dichas.setdefault(numero_, {}).setdefault(str(fila.valor("codigo")), (texto, fila))
    grupos: dict[str, list[Fila]] = {}
    for texto, fila in dichas.get(periodo.trimestre, {}).values():
        grupos.setdefault(texto, []).append(fila)
    muchas = {texto: filas for texto, filas in grupos.items() if len(filas) >= minimo}
    for filas in muchas.values():
        yield filas[0], filas[1:], f"{len(filas)} renglones tienen el mismo texto"
    antes = dichas.get(periodo.trimestre - 1, {})
    repetidas = [
        (antes[codigo][1], fila) for codigo, (texto, fila) in dichas.get(periodo.trimestre, {}).items()
        if texto not in muchas and codigo in antes and antes[codigo][0] == texto
    ]
    if repetidas:
        cuantas = cuenta(len(repetidas), "renglón repite", "renglones repiten")
        yield repetidas[0][0], [fila for _, fila in repetidas], f"{cuantas} el texto del trimestre anterior"
