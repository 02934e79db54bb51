"""La hoja «Presupuesto»: necesidades, techo y ejecución por unidad, por gerencia y por vinculación presupuestal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pei_excel.calculos import Cifra
from pei_excel.escritura.consolidado_comun import (
    ENCABEZADO,
    PORCENTAJE,
    SOLES,
    Detalle,
    ancho_de_cifra,
    imprimir,
    llaves_de,
    titular,
)
from pei_excel.escritura.consolidado_poi_columnas import SIN_VINCULACION
from pei_excel.escritura.consolidado_poi_cuadros import criterio_comparado
from pei_excel.escritura.filas_armadas import (
    FILA,
    HojaDeFilas,
    con_formula,
    con_numero,
    entidades,
    hoja_de_filas,
    principio,
)
from pei_excel.escritura.hoja import LibroNuevo
from pei_excel.escritura.medidas import alto_de_fila
from pei_excel.formatos.poi import TIPOS_DE_GASTO, VINCULACIONES
from pei_excel.tablas import Renglon, Tablas
from pei_excel.ubicacion import letra

HOJA = "Presupuesto"
_TIPOS = tuple(t.casefold() for t in TIPOS_DE_GASTO)
_NOTAS = (
    ("Necesidades: lo que pide la hoja «Necesidades» de cada unidad. Saldo: techo presupuestal menos total de "
     "necesidades. % devengado: devengado ÷ programado, de enero al periodo."),
    ("Cada cifra suma los renglones de su unidad, gerencia o vinculación en la hoja «Actividades»; el techo es el que "
     "declara cada unidad."),
)
_NOTA_SUELTAS = (
    "Sin clasificar: necesidades sin tipo de gasto, o de un código que no está en la hoja «Programación» de la unidad."
)
_NOTA_FUERA = (
    "El % no compara los soles de las actividades cuyo costo o devengado no se pudo leer, que sí están en las sumas; "
    "cuántos son está en las hojas «Por unidad» y «Por gerencia»."
)
_ANCHO_DE_CLAVE, _ANCHO_DE_NOMBRE = 9.0, 40.0
#: Sección → columna de este cuadro con que se buscan sus renglones en «Actividades».
_SE_BUSCA_POR = {"llave_unidad": "clave", "llave_gerencia": "gerencia", "vinculacion": "nombre"}


class _Columna(NamedTuple):
    clave: str
    titulo: str
    estilo: Mapping[str, Any]


@dataclass(slots=True)
class Presupuesto:
    """Dónde quedó cada cifra, para citarla."""

    columnas: dict[str, str]
    unidades: dict[str, int] = field(default_factory=dict)  #: clave de la unidad → fila
    total: int = 0

    def celda(self, columna: str, unidad: str) -> str:
        """La cifra de una unidad."""
        return f"'{HOJA}'!{self.columnas[columna]}{self.unidades[unidad]}"


class _Renglon(NamedTuple):
    """Un renglón por escribir: quién es, de qué actividades sale y, si lo tiene, su techo."""

    nombre: str
    suyos: Sequence[Renglon]
    techo: Cifra | str  #: una cifra o la fórmula que la suma
    valor_del_techo: Cifra
    sueltas: float  #: necesidades sin clasificar
    clave: str = ""  #: la de la unidad
    gerencia: str = ""


def escribir_presupuesto(libro: LibroNuevo, tablas: Tablas, actividades: Detalle, *, papel: str) -> Presupuesto:
    """Escribe la hoja; devuelve dónde quedó cada cifra."""
    hoja, estilos = hoja_de_filas(libro, HOJA), libro.estilos
    titular(hoja, HOJA, tablas, estilos, "En soles (S/.).")
    escritor = _Escritor(hoja, tablas, actividades, estilos)
    llaves = {a.clave: llaves_de(tablas.grupos[a.clave]) for a in tablas.agrupaciones}
    fila, hecho = ENCABEZADO, escritor.hecho
    gerencias = {n: llaves["gerencia"][g.clave] for g in tablas.grupos["gerencia"] for n in g.renglones}
    unidades = [
        _Renglon(g.nombre, tablas.de(g), techo := escritor.techo(tablas.de(g)), techo, escritor.sueltas(tablas.de(g)),
                 llaves["unidad"][g.clave], gerencias[g.renglones[0]])
        for g in tablas.por_unidad
    ]
    fila = escritor.seccion(fila, "Por unidad orgánica", unidades, "llave_unidad")
    hecho.unidades = {g.clave: ENCABEZADO + 2 + n for n, g in enumerate(tablas.por_unidad)}
    fila = hecho.total = escritor.total(fila, unidades)
    ultima_unidad = fila - 1
    por_gerencia = [
        _Renglon(
            g.nombre, tablas.de(g), escritor.suma_de_unidades("techo", ultima_unidad),
            _suma([u.valor_del_techo for u in unidades if u.gerencia == llaves["gerencia"][g.clave]]),
            sum(u.sueltas for u in unidades if u.gerencia == llaves["gerencia"][g.clave]),
            gerencia=llaves["gerencia"][g.clave],
        )
        for g in tablas.grupos["gerencia"]
    ]
    fila = escritor.seccion(fila, "Por gerencia", por_gerencia, "llave_gerencia", ultima_unidad)
    por_vinculacion = [
        _Renglon(v, suyos, None, None, 0.0)
        for v in (*VINCULACIONES, SIN_VINCULACION)
        if (suyos := [r for r in tablas.renglones if _vinculacion(r) == v])
    ]
    fila = escritor.seccion(fila, "Por vinculación presupuestal", por_vinculacion, "vinculacion")
    nota = estilos("nota", text_wrap=False)
    notas = (
        *_NOTAS, *((_NOTA_SUELTAS,) if escritor.con_sueltas else ()),
        *((_NOTA_FUERA,) if tablas.institucion.sin_comparar else ()),
    )
    for n, texto in enumerate(notas, fila + 2):
        hoja.agregar(n, hoja.texto(principio(1, nota), texto))
    ultima = fila + 1 + len(notas)
    hoja.abarcar(ultima, len(escritor.columnas))
    hoja.ignore_errors({"number_stored_as_text": f"A{ENCABEZADO + 1}:A{ultima}"})
    hoja.freeze_panes(ENCABEZADO, 2)
    saldo = list(hecho.columnas).index("saldo")
    hoja.conditional_format(ENCABEZADO, saldo, fila - 1, saldo, {
        "type": "cell", "criteria": "<", "value": 0, "format": estilos.condicional("revisar"),
    })
    imprimir(hoja, tablas, (ultima, escritor.impresas), papel=papel)
    return hecho


def _vinculacion(renglon: Renglon) -> str:
    costos = renglon.actividad.costos
    return str((costos.valor("vinculacion") if costos else None) or SIN_VINCULACION)


def _suma(cifras: Sequence[Cifra]) -> Cifra:
    llenas = [c for c in cifras if c is not None]
    return sum(llenas) if llenas else None


class _Escritor:
    """Escribe las secciones con sus estilos y fórmulas preparados."""

    def __init__(self, hoja: HojaDeFilas, tablas: Tablas, actividades: Detalle, estilos: Any) -> None:
        self._hoja, self._tablas, self._actividades, self._estilos = hoja, tablas, actividades, estilos
        self.con_sueltas = round(self.sueltas(tablas.renglones), 2) != 0
        derecha = {"align": "right", "text_wrap": False}
        soles, pct = {**derecha, "num_format": SOLES}, {**derecha, "num_format": PORCENTAJE}
        self.columnas = (
            _Columna("clave", "Clave", {}), _Columna("nombre", "Unidad, gerencia o vinculación", {}),
            *(_Columna(t.casefold(), f"{t} (S/.)", soles) for t in TIPOS_DE_GASTO),
            *((_Columna("sueltas", "Sin clasificar (S/.)", soles),) if self.con_sueltas else ()),
            _Columna("necesidades", "Total de necesidades (S/.)", soles),
            _Columna("techo", "Techo presupuestal (S/.)", soles), _Columna("saldo", "Saldo (S/.)", soles),
            _Columna("costo_anual", "Costo anual (S/.)", soles),
            _Columna("soles_p", "Programado al periodo (S/.)", soles),
            _Columna("soles_a", "Devengado al periodo (S/.)", soles),
            _Columna("pct", "% devengado", pct),
            _Columna("gerencia", "Gerencia (apoyo)", {}),
        )
        self.impresas = len(self.columnas) - 1
        self.hecho = Presupuesto({c.clave: letra(n) for n, c in enumerate(self.columnas, 1)})
        mayor = max((abs(c or 0.0) for c in (
            tablas.institucion.soles.get("costo_anual"), *map(self.techo, map(tablas.de, tablas.por_unidad)),
        )), default=0.0) * max(1, len(tablas.por_unidad))
        ancho = max(12.5, ancho_de_cifra(-mayor))
        anchos = {"clave": _ANCHO_DE_CLAVE, "nombre": _ANCHO_DE_NOMBRE, "pct": 11.0, "gerencia": 12.0}
        for n, c in enumerate(self.columnas):
            hoja.set_column(n, n, anchos.get(c.clave, ancho))
            formato = estilos("encabezado_apoyo") if c.clave == "gerencia" else estilos("encabezado", bold=True)
            hoja.write_string(ENCABEZADO - 1, n, c.titulo, formato)
        medidos = [(c.titulo, anchos.get(c.clave, ancho) * 0.92) for c in self.columnas[:-1]]
        hoja.set_row(ENCABEZADO - 1, alto_de_fila(medidos))

    def techo(self, suyos: Sequence[Renglon]) -> Cifra:
        """El techo que declaran los informes de una unidad."""
        libros = {id(r.libro): r.libro for r in suyos}.values()
        valores = [libro.campo("techo").valor for libro in libros]
        return _suma([v if isinstance(v, float) else None for v in valores])

    def sueltas(self, suyos: Sequence[Renglon]) -> float:
        """Necesidades de los informes que no entran a ninguna columna de «Actividades»."""
        libros = {id(r.libro): r.libro for r in suyos}.values()
        todas = sum(
            c for libro in libros for f in libro.filas("Necesidades") if isinstance(c := f.valor("costo"), float)
        )
        return todas - sum(self._necesidades(suyos, tipo) for tipo in _TIPOS)

    @staticmethod
    def _necesidades(suyos: Sequence[Renglon], tipo: str) -> float:
        return sum(
            c for r in suyos for f in r.actividad.necesidades
            if str(f.valor("tipo_gasto") or "").casefold() == tipo and isinstance(c := f.valor("costo"), float)
        )

    def suma_de_unidades(self, clave: str, ultima: int) -> str:
        """Fórmula que suma una columna de los renglones de las unidades de una gerencia."""
        c, g = self.hecho.columnas[clave], self.hecho.columnas["gerencia"]
        desde = ENCABEZADO + 2
        return f"SUMIFS(${c}${desde}:${c}${ultima},${g}${desde}:${g}${ultima},${g}{FILA})"

    def seccion(
        self, fila: int, titulo: str, renglones: Sequence[_Renglon], llave: str, ultima_unidad: int | None = None
    ) -> int:
        """Un título y sus renglones debajo de una fila; devuelve la última."""
        banda = self._estilos("celda", bold=True, bg_color="#E6ECF1", text_wrap=False)
        inicios = [principio(n, banda) for n in range(1, self.impresas + 1)]
        fila += 1
        vacias = "".join(f"{i}/>" for i in inicios[2:])
        self._hoja.agregar(fila, f"{inicios[0]}/>{self._hoja.texto(inicios[1], titulo)}{vacias}", 18)
        a = f"${self.hecho.columnas[_SE_BUSCA_POR[llave]]}{FILA}"
        a = a if llave == "vinculacion" else f'"|"&{a}&"|"'
        criterio = f"{self._actividades.rango(llave)},{a}"
        for r in renglones:
            fila += 1
            sueltas: Any = None
            if self.con_sueltas and llave != "vinculacion":
                sueltas = r.sueltas if ultima_unidad is None else self.suma_de_unidades("sueltas", ultima_unidad)
            self._renglon(fila, r, lambda c: f"SUMIFS({self._actividades.rango(c)},{criterio})", sueltas, criterio)
        return fila

    def total(self, fila: int, unidades: Sequence[_Renglon]) -> int:
        """El renglón de la institución."""
        c = self.hecho.columnas

        def rango(clave: str) -> str:
            return f"{c[clave]}{ENCABEZADO + 2}:{c[clave]}{fila}"

        def suma(clave: str) -> str:
            return f"SUM({rango(clave)})" if unidades else "0"

        techos = _suma([u.valor_del_techo for u in unidades])
        techo = f'IF(COUNT({rango("techo")})=0,"",{suma("techo")})'
        sueltas = sum(u.sueltas for u in unidades)
        todo = _Renglon("Institución", self._tablas.renglones, techo, techos, sueltas)
        self._renglon(fila + 1, todo, suma, suma("sueltas") if self.con_sueltas else None, negritas=True)
        return fila + 1

    def _renglon(
        self, fila: int, r: _Renglon, suma: Callable[[str], str], sueltas: Any, criterio: str = "", *,
        negritas: bool = False,
    ) -> None:
        extra = {"bold": True, "bg_color": "#E6ECF1"} if negritas else {}
        c = {clave: f"{x}{FILA}" for clave, x in self.hecho.columnas.items()}
        de_tipo = {t: self._necesidades(r.suyos, t) for t in _TIPOS}
        total = sum(de_tipo.values()) + (r.sueltas if sueltas is not None else 0.0)
        costo = _suma([x.actividad.costo_anual for x in r.suyos]) or 0.0
        (programado, devengado), (entra_p, entra_a) = (
            tuple(
                _suma([getattr(x.actividad.financiero_al_periodo, que) for x in suyos]) or 0.0
                for que in ("programado", "alcanzado")
            )
            for suyos in (r.suyos, [x for x in r.suyos if not x.actividad.sin_comparar])
        )

        def entra(clave: str) -> str:
            pares = ",".join(p for p in (criterio, criterio_comparado(self._actividades)) if p)
            return f"SUMIFS({self._actividades.rango(clave)},{pares})"

        p, a = entra("soles_p"), entra("soles_a")
        partes = [*_TIPOS, *(("sueltas",) if self.con_sueltas else ())]
        formulas: dict[str, tuple[str, float | str | None]] = {
            **{t: (suma(t), v) for t, v in de_tipo.items()},
            "necesidades": ("+".join(f"N({c[p]})" for p in partes), total),
            "saldo": (f'IF({c["techo"]}="","",{c["techo"]}-{c["necesidades"]})',
                      None if r.valor_del_techo is None else r.valor_del_techo - total),
            "costo_anual": (suma("costo_anual"), costo), "soles_p": (suma("soles_p"), programado),
            "soles_a": (suma("soles_a"), devengado),
            "pct": (f'IF({p}=0,"–",{a}/{p}*100)', entra_a / entra_p * 100 if entra_p else "–"),
        }
        if isinstance(r.techo, str):
            formulas["techo"] = r.techo, r.valor_del_techo
        if isinstance(sueltas, str):
            formulas["sueltas"] = sueltas, r.sueltas
        numeros = {"techo": r.techo, "sueltas": sueltas}
        textos = {"clave": r.clave, "nombre": r.nombre, "gerencia": r.gerencia}
        celdas = []
        for n, columna in enumerate(self.columnas, 1):
            clave = columna.clave
            apoyo = clave == "gerencia"
            estilo = self._estilos("apoyo") if apoyo else self._estilos("celda", **columna.estilo, **extra)
            inicio = principio(n, estilo)
            if clave in formulas:
                formula, valor = formulas[clave]
                celdas.append(con_formula(inicio, entidades(formula), valor))
            elif clave in numeros:
                celdas.append(con_numero(inicio, numeros[clave]))
            else:
                celdas.append(self._hoja.texto(inicio, textos[clave]) if textos[clave] else f"{inicio}/>")
        alto = alto_de_fila([(r.nombre, _ANCHO_DE_NOMBRE), (r.clave, _ANCHO_DE_CLAVE)], minimo=18)
        self._hoja.agregar(fila, "".join(celdas), alto)
