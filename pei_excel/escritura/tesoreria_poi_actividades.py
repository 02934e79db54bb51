"""La hoja «Actividades» del informe del POI para la Tesorería: lo físico, los soles y lo que se recalculó."""

from __future__ import annotations

from typing import Any

from pei_excel.actividades import Actividad
from pei_excel.calculos import TOLERANCIA, Cifra, Estado, formula_cumplimiento
from pei_excel.escritura.consolidado_comun import (
    CIFRA,
    PORCENTAJE,
    PORCENTAJE_O_ESTADO,
    SOLES,
    Detalle,
    ancho_de_cifra,
    colorear,
    llaves_de,
)
from pei_excel.escritura.estilos import Estilos
from pei_excel.escritura.filas_armadas import FILA, HojaDeFilas, entidades, principio
from pei_excel.escritura.hoja import LibroNuevo
from pei_excel.escritura.medidas import alto_de_fila
from pei_excel.escritura.tesoreria_indicadores import (
    DERECHA,
    LETRA,
    MARCADA,
    PRIMERA,
    TENUE,
    encabezado,
    imprimir,
    notas_de_recalculadas,
    titulos,
)
from pei_excel.libro import Dato, Libro
from pei_excel.mensual import ACUMULATIVO, total_mensual
from pei_excel.tablas import Renglon, Tablas
from pei_excel.textos import numero
from pei_excel.ubicacion import letra

HOJA = "Actividades"
_CIFRA, _SOLES = {**DERECHA, "num_format": CIFRA}, {**DERECHA, "num_format": SOLES}
_PCT = {**DERECHA, "num_format": PORCENTAJE}
#: Diferencia en soles que todavía se considera igual (criterio de este programa; la de POI002).
_TOLERANCIA_EN_SOLES = 0.05

#: (clave, título, ancho, propiedades de sus celdas)
COLUMNAS: tuple[tuple[str, str, float, dict[str, Any]], ...] = (
    ("unidad", "Unidad", 8, {}), ("codigo", "Código", 8.5, {}), ("actividad", "Actividad", 30, {}),
    ("medida", "Unidad de medida", 13, {}), ("anual_p", "Físico: programado anual", 12, _CIFRA),
    ("al_periodo_p", "Físico: programado al periodo", 12, _CIFRA),
    ("al_periodo_a", "Físico: ejecutado al periodo", 12, _CIFRA), ("pct", "% físico", 9, _PCT),
    ("s", "Valoración", 15, {"align": "center"}), ("costo_anual", "Costo anual (S/.)", 14, _SOLES),
    ("soles_p", "Programado al periodo (S/.)", 14, _SOLES), ("soles_a", "Devengado al periodo (S/.)", 14, _SOLES),
    ("soles_pct", "% financiero", 11, {**_PCT, "num_format": PORCENTAJE_O_ESTADO, "text_wrap": True}),
    ("informo", "La unidad informó", 22, {}),
    ("topado", "% que entra al promedio (apoyo)", 12, {**TENUE, "align": "right", "num_format": PORCENTAJE}),
    ("peso", "Peso: costo anual (apoyo)", 12, {**TENUE, "align": "right", "num_format": SOLES}),
    ("pesado", "% × peso (apoyo)", 12, {**TENUE, "align": "right", "num_format": SOLES}),
    ("llave_oei", "OEI (apoyo)", 12, TENUE), ("llave_unidad", "Unidad (apoyo)", 12, TENUE),
)
LETRAS = {clave: letra(n) for n, (clave, *_) in enumerate(COLUMNAS, 1)}
_ANCHOS = {clave: ancho for clave, _, ancho, _ in COLUMNAS}
_IMPRESAS = list(LETRAS).index("topado")
_DE_SOLES = frozenset({"costo_anual", "soles_p", "soles_a"})
#: Columnas que se marcan si la unidad informó otra cosa.
_MARCABLES = ("anual_p", "al_periodo_a", "costo_anual", "soles_a")


def informado_distinto(a: Actividad, libro: Libro) -> list[tuple[str, str, float]]:
    """Lo que la unidad informó y no es lo que dan sus meses: (cómo se nombra, columna que se marca, cifra informada).

    Un total con la fórmula de nuestra plantilla no es una cifra informada: su resultado guardado puede ser viejo.
    """
    return [(nombre, columna, dato.valor) for nombre, columna, dato in _distintos(a, libro)]


def resueltas(renglon: Renglon) -> set[str]:
    """De lo que informó distinto, lo que la oficina resolvió que no procede corregir."""
    datos = {nombre: dato for nombre, _, dato in _distintos(renglon.actividad, renglon.libro)}
    ya = {nombre for nombre, dato in datos.items() if renglon.resuelta(dato)}
    total, meta = datos.get("total programado"), datos.get("meta anual")
    # Si la meta y el total dicen lo mismo se observa una vez, en el total (POI001).
    if total and meta and "total programado" in ya and abs(meta.valor - total.valor) <= TOLERANCIA:
        ya.add("meta anual")
    return ya


def _distintos(a: Actividad, libro: Libro) -> list[tuple[str, str, Dato]]:
    nada = Dato(("", -1, ""))
    seguimiento, costos = a.seguimiento, a.costos
    pares: tuple[tuple[str, str, Dato, Cifra, float], ...] = (
        ("meta anual", "anual_p", a.fila["meta"], a.anual.programado, TOLERANCIA),
        ("total programado", "anual_p", a.fila["programado_total"], total_mensual(a.forma, a.programado), TOLERANCIA),
        ("total ejecutado", "al_periodo_a", seguimiento["ejecutado_total"] if seguimiento else nada,
         total_mensual(a.forma, a.ejecutado), TOLERANCIA),
        ("costo anual S/.", "costo_anual", costos["costo_total"] if costos else nada, a.costo_anual,
         _TOLERANCIA_EN_SOLES),
        ("total devengado S/.", "soles_a", seguimiento["devengado_total"] if seguimiento else nada,
         total_mensual(ACUMULATIVO, a.devengado), _TOLERANCIA_EN_SOLES),
    )
    return [
        (nombre, columna, dato)
        for nombre, columna, dato, nuestro, tolerancia in pares
        if isinstance(dato.valor, float) and not (dato.formula and libro.nuestro)
        and abs(dato.valor - (nuestro or 0.0)) > tolerancia + 1e-9
    ]


def escribir_actividades(libro: LibroNuevo, hoja: HojaDeFilas, tablas: Tablas, papel: str) -> Detalle:
    """Escribe la hoja; devuelve dónde quedó cada cosa."""
    estilos = libro.estilos
    titulos(hoja, HOJA, tablas, estilos)
    soles = tablas.institucion.soles
    ancho = ancho_de_cifra(max(soles.get("costo_anual") or 0.0, soles.get("devengado") or 0.0)) * LETRA / 9
    encabezado(hoja, [
        (titulo, max(a, ancho) if clave in _DE_SOLES else a, n >= _IMPRESAS)
        for n, (clave, titulo, a, _) in enumerate(COLUMNAS)
    ], estilos)
    escritor = _Escritor(hoja, tablas, estilos)
    for fila, renglon in enumerate(tablas.renglones, PRIMERA):
        escritor.escribir(fila, fila - PRIMERA, renglon)
    fin = PRIMERA + max(len(tablas.renglones), 1) - 1
    notas = ["% físico y % financiero: lo ejecutado o devengado frente a lo programado, de enero al fin del periodo."]
    if any(r.palabra == Estado.SIN_LEER or r.actividad.sin_comparar for r in tablas.renglones):
        notas.append(
            f"«{Estado.SIN_LEER}»: en el libro recibido falta la hoja o la columna, o hay algo que no es una cifra."
        )
    notas[:0] = notas_de_recalculadas(escritor.recalculadas, escritor.resueltos)
    nota = estilos("nota", text_wrap=False, font_size=9)
    for n, texto in enumerate(notas, fin + 2):
        hoja.agregar(n, hoja.texto(principio(1, nota), texto))
    ultima = fin + 1 + len(notas)
    hoja.abarcar(ultima, len(COLUMNAS))
    hoja.ignore_errors({"number_stored_as_text": f"A{PRIMERA}:B{fin}"})
    hoja.freeze_panes(PRIMERA - 1, 2)
    for clave in ("s", "soles_pct"):
        c = list(LETRAS).index(clave) + 1
        colorear(hoja, (PRIMERA, c, fin, c), tablas.perfil, estilos, "POI")
    imprimir(hoja, tablas, (ultima, _IMPRESAS), papel, repetir=True)
    return Detalle(HOJA, LETRAS, fin)


class _Escritor:
    """Escribe renglones con sus estilos y fórmulas preparados una vez."""

    def __init__(self, hoja: HojaDeFilas, tablas: Tablas, estilos: Estilos) -> None:
        self._hoja = hoja
        self.recalculadas = self.resueltos = 0  #: renglones con una cifra por solventar o ya resuelta
        self._llaves = {c: [""] * len(tablas.renglones) for c in ("llave_oei", "llave_unidad")}
        for columna, propias in self._llaves.items():
            grupos = tablas.grupos[columna.removeprefix("llave_")]
            nombres = llaves_de(grupos)
            for grupo in grupos:
                for n in grupo.renglones:
                    propias[n] = f"|{nombres[grupo.clave]}|"
        numeradas = [(n, clave, {"font_size": LETRA, **estilo}) for n, (clave, _, _, estilo) in enumerate(COLUMNAS, 1)]
        self._inicios = {clave: principio(n, estilos("celda", **estilo)) for n, clave, estilo in numeradas}
        self._marcadas = {
            (clave, marca): principio(n, estilos("celda", **{
                **estilo, "num_format": MARCADA.replace("¹", marca), "bold": True,
            }))
            for n, clave, estilo in numeradas if clave in _MARCABLES for marca in "¹³"
        }
        c = {clave: f"{x}{FILA}" for clave, x in LETRAS.items()}
        formulas = {
            "pct": formula_cumplimiento("Ascendente", c["al_periodo_p"], c["al_periodo_a"]),
            "s": tablas.perfil.formula(c["pct"]),
            "soles_pct": formula_cumplimiento("Ascendente", c["soles_p"], c["soles_a"]),
            "topado": f'IF(ISNUMBER({c["pct"]}),MIN({c["pct"]},100),IF({c["pct"]}="{Estado.SIN_REPORTE}",0,""))',
            "peso": f"N({c['costo_anual']})", "pesado": f"N({c['topado']})*{c['peso']}",
        }
        self._formulas = {clave: entidades(f) for clave, f in formulas.items()}
        self._sin_leer = entidades(f'"{Estado.SIN_LEER}"')

    def escribir(self, fila: int, posicion: int, renglon: Renglon) -> None:
        """Un renglón."""
        a, m, s = renglon.actividad, renglon.al_periodo, renglon.actividad.financiero_al_periodo
        distintos = informado_distinto(a, renglon.libro)
        ya = resueltas(renglon)
        self.recalculadas += any(nombre not in ya for nombre, _, _ in distintos)
        self.resueltos += bool(ya)
        marcas = {columna: "³" for nombre, columna, _ in distintos if nombre in ya}
        marcas |= {columna: "¹" for nombre, columna, _ in distintos if nombre not in ya}
        costo = a.costo_anual
        textos = {
            "unidad": renglon.libro.identidad[0] or "—", "codigo": a.codigo, "actividad": a.nombre,
            "medida": a.unidad_medida, "informo": "; ".join(f"{n}: {numero(v)}" for n, _, v in distintos),
            **{clave: propias[posicion] for clave, propias in self._llaves.items()},
        }
        valores: dict[str, float | str | None] = {
            **textos, "anual_p": a.anual.programado, "al_periodo_p": m.programado, "al_periodo_a": m.alcanzado,
            "costo_anual": costo, "soles_p": s.programado, "soles_a": s.alcanzado,
            "pct": m.porcentaje if m.porcentaje is not None else m.cumplimiento.estado.value, "s": m.palabra,
            "soles_pct": s.porcentaje if s.porcentaje is not None else s.cumplimiento.estado.value,
            "topado": renglon.topado, "peso": costo or 0.0, "pesado": (renglon.topado or 0.0) * (costo or 0.0),
        }
        inicios = {c: self._marcadas.get((c, marcas.get(c, "")), inicio) for c, inicio in self._inicios.items()}
        sin_leer = {c: self._sin_leer for c in ("pct", "soles_pct") if valores[c] == Estado.SIN_LEER}
        celdas = self._hoja.renglon(inicios, valores, self._formulas | sin_leer)
        medidos = [(textos[c], _ANCHOS[c]) for c in ("actividad", "codigo", "medida", "informo")]
        medidos += [(estado, _ANCHOS["soles_pct"])] if isinstance(estado := valores["soles_pct"], str) else []
        self._hoja.agregar(fila, celdas, alto_de_fila(medidos, minimo=20, letra=LETRA))
