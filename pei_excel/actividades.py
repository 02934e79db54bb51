"""Un POI leído → sus actividades evaluadas, físico y financiero, en cualquier tramo del año."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Literal, NamedTuple

from pei_excel.calculos import Cifra, Cumplimiento, Estado, cumplimiento
from pei_excel.evaluacion import Medicion, filas_corridas
from pei_excel.formatos.aplicativo import APLICATIVO
from pei_excel.formatos.poi_modelo import TRIMESTRES_POI
from pei_excel.libro import Dato, Fila, Libro
from pei_excel.mensual import (
    ACUMULATIVO,
    ANO,
    SEMESTRE,
    TRIMESTRE,
    claves_de_mes,
    ejecutado_en,
    forma_mensual,
    meses_que_mide,
    meses_vencidos,
    programado_en,
)
from pei_excel.periodos import MESES, Periodo
from pei_excel.semaforo import Perfil
from pei_excel.textos import casi_iguales
from pei_excel.tipos import MetaEnPalabras

Familia = Literal["mes", "trimestre", "semestre", "anual", "al_periodo"]
FAMILIAS: tuple[Familia, ...] = ("mes", "trimestre", "semestre", "anual", "al_periodo")

_ROMANOS = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True)
class Tramo:
    """Un horizonte del POI: los meses que se comparan juntos."""

    clave: str  #: «m5», «t2», «s1», «anual», «al_periodo»
    titulo: str  #: «Mayo», «II Trimestre», «I Semestre», «Año», «Al 2do. trimestre»
    familia: Familia
    meses: range

    def completo(self, periodo: Periodo) -> bool:
        """Todos sus meses ya vencieron: se califica."""
        return self.meses[-1] <= periodo.mes

    def empezo(self, periodo: Periodo) -> bool:
        """Alguno de sus meses ya venció."""
        return self.meses[0] <= periodo.mes


def tramos(familia: Familia, periodo: Periodo) -> tuple[Tramo, ...]:
    """Los tramos de una familia de horizontes, en orden: doce meses, cuatro trimestres, dos semestres, o uno."""
    if familia == "mes":
        return tuple(Tramo(f"m{n}", mes.capitalize(), "mes", range(n, n + 1)) for n, mes in enumerate(MESES, 1))
    if familia == "trimestre":
        return tuple(Tramo(f"t{n}", f"{_ROMANOS[n - 1]} Trimestre", "trimestre", m) for n, m in TRIMESTRE.items())
    if familia == "semestre":
        return tuple(Tramo(f"s{n}", f"{_ROMANOS[n - 1]} Semestre", "semestre", m) for n, m in SEMESTRE.items())
    if familia == "anual":
        return (Tramo("anual", "Año", "anual", ANO),)
    titulo = periodo.al_periodo
    return (Tramo("al_periodo", titulo[:1].upper() + titulo[1:], "al_periodo", range(1, periodo.mes + 1)),)


@dataclass(frozen=True)
class Actividad:
    """Una actividad del POI con lo que todas las hojas dicen de ella, unidas por su código.

    Las medidas son doce cifras, de enero a diciembre; físico en su unidad de medida, costo y devengado en soles. Un 0
    escrito después del periodo cuenta como vacío.
    """

    fila: Fila  #: su renglón en `Programación`
    costos: Fila | None  #: en `Valorización`
    seguimiento: Fila | None
    evaluaciones: Mapping[int, Fila]  #: trimestre → su renglón en `Evaluación`
    necesidades: tuple[Fila, ...]
    periodo: Periodo
    perfil: Perfil
    forma: str  #: una de ACUMULACIONES_MENSUALES
    programado: tuple[Cifra, ...]
    ejecutado: tuple[Cifra, ...]
    costo: tuple[Cifra, ...]
    devengado: tuple[Cifra, ...]
    ilegibles: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  #: medida → meses que no se pudieron leer
    al_periodo: Medicion = field(init=False)  #: físico, de enero al periodo: lo que se muestra y se promedia
    financiero_al_periodo: Medicion = field(init=False)
    anual: Medicion = field(init=False)  #: físico, contra el año entero; se califica al cierre
    #: Lo que ya se midió: (medida programada, meses) → su medición.
    _hechas: dict[tuple[str, range], Medicion] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        (tramo,) = tramos("al_periodo", self.periodo)
        object.__setattr__(self, "al_periodo", self.fisico(tramo))
        object.__setattr__(self, "financiero_al_periodo", self.financiero(tramo))
        object.__setattr__(self, "anual", self.fisico(tramos("anual", self.periodo)[0]))

    @property
    def codigo(self) -> str:
        """Código de la actividad; vacío si no se pudo leer."""
        return str(self.fila.valor("codigo") or "")

    @property
    def nombre(self) -> str:
        """Nombre de la actividad."""
        return str(self.fila.valor("actividad") or "")

    @property
    def etiqueta(self) -> str:
        """Cómo se nombra en los mensajes: «AO.01»."""
        return self.codigo or f"la fila {self.fila.numero}"

    @property
    def clase(self) -> str:
        """Todas se promedian juntas."""
        return "Actividad"

    @property
    def unidad_medida(self) -> str:
        """En qué se mide lo físico."""
        return str(self.fila.valor("unidad_medida") or "")

    @property
    def meta(self) -> Cifra | MetaEnPalabras:
        """La meta anual como se declaró: un número o palabras."""
        valor: Cifra | MetaEnPalabras = self.fila.valor("meta")
        return valor

    @property
    def costo_anual(self) -> Cifra:
        """Suma de los doce costos, en soles; None si no hay ninguno."""
        return programado_en(ACUMULATIVO, self.costo, ANO)

    @property
    def vencidos(self) -> tuple[int, ...]:
        """Meses medidos, programados y no posteriores al periodo: los que deben estar informados."""
        return meses_vencidos(self.forma, self.programado, ANO, self.periodo.mes)

    @property
    def ultimo_vencido(self) -> int | None:
        """El último mes vencido, cuya celda de `Seguimiento` nombran las reglas de cumplimiento."""
        return self.vencidos[-1] if self.vencidos else None

    @property
    def falta_informar(self) -> bool:
        """Algún mes vencido del periodo que se reporta no está informado."""
        ilegibles = self.ilegibles.get("ejecutado", ())
        return any(
            m in self.periodo.meses and self.ejecutado[m - 1] is None and m not in ilegibles for m in self.vencidos
        )

    @property
    def incompleta(self) -> bool:
        """Algún mes vencido de enero al periodo no está informado: lo suyo al periodo es de los demás."""
        ilegibles = self.ilegibles.get("ejecutado", ())
        return any(self.ejecutado[m - 1] is None and m not in ilegibles for m in self.vencidos)

    @property
    def sin_costo_leido(self) -> bool:
        """No se pudo leer su costo de algún mes de enero al periodo."""
        return any(m <= self.periodo.mes for m in self.ilegibles.get("costo", ()))

    @property
    def sin_comparar(self) -> bool:
        """Su costo o su devengado al periodo no se pudo leer: sus soles se suman, pero no entran a ningún %."""
        return self.financiero_al_periodo.cumplimiento.estado is Estado.SIN_LEER

    @property
    def evaluacion(self) -> Fila | None:
        """Su renglón de `Evaluación` del trimestre que se reporta."""
        return self.evaluaciones.get(self.periodo.trimestre)

    def fisico(self, tramo: Tramo) -> Medicion:
        """Lo programado y lo ejecutado en un tramo, en su unidad de medida."""
        return self._medir(self.forma, ("programado", "ejecutado"), tramo)

    def financiero(self, tramo: Tramo) -> Medicion:
        """Lo costeado y lo devengado en un tramo, en soles."""
        return self._medir(ACUMULATIVO, ("costo", "devengado"), tramo)

    def _medir(self, forma: str, medidas: tuple[str, str], tramo: Tramo) -> Medicion:
        llave = (medidas[0], tramo.meses)
        medicion = self._hechas.get(llave)
        if medicion is None:
            medicion = self._hechas[llave] = self._comparar(forma, medidas, tramo)
        return medicion

    def _comparar(self, forma: str, medidas: tuple[str, str], tramo: Tramo) -> Medicion:
        hasta = self.periodo.mes
        programado: tuple[Cifra, ...] = getattr(self, medidas[0])
        ejecutado: tuple[Cifra, ...] = getattr(self, medidas[1])
        p = programado_en(forma, programado, tramo.meses)
        a = ejecutado_en(forma, programado, ejecutado, tramo.meses, hasta)
        if self.ilegibles and self._falta_leer(forma, medidas, p, tramo):
            return Medicion(p, a, Cumplimiento(Estado.SIN_LEER), None)
        resultado = cumplimiento("Ascendente", p, a)
        if resultado.estado is Estado.SIN_REPORTE and not meses_vencidos(forma, programado, tramo.meses, hasta):
            resultado = Cumplimiento(Estado.POR_VENCER)
        califica = resultado.porcentaje is not None and tramo.completo(self.periodo)
        banda = self.perfil.clasificar(resultado.porcentaje) if califica and resultado.porcentaje is not None else None
        return Medicion(p, a, resultado, banda)

    def _falta_leer(self, forma: str, medidas: tuple[str, str], programado: Cifra, tramo: Tramo) -> bool:
        """Algún mes que cuenta en el tramo no se pudo leer: comparar lo demás daría un % de otra cosa.

        Si se sabe que no hay nada programado, lo ejecutado que no se lee no cambia nada.
        """
        miden = meses_que_mide(forma)
        previstos, hechos = (
            [m for m in self.ilegibles.get(medida, ()) if m in tramo.meses and m in miden] for medida in medidas
        )
        metas = getattr(self, medidas[0])
        if previstos or not programado:
            return bool(previstos)
        return any(m <= self.periodo.mes and (forma == ACUMULATIVO or metas[m - 1]) for m in hechos)

    def brecha(self, tramo: Tramo) -> Cifra:
        """Brecha físico-financiera: % financiero − % físico, en puntos; None si falta alguno."""
        fisico, financiero = self.fisico(tramo).porcentaje, self.financiero(tramo).porcentaje
        return None if fisico is None or financiero is None else financiero - fisico

    @property
    def brecha_al_periodo(self) -> Cifra:
        """La brecha de enero al periodo, en puntos."""
        fisico, financiero = self.al_periodo.porcentaje, self.financiero_al_periodo.porcentaje
        return None if fisico is None or financiero is None else financiero - fisico

    def palabra(self) -> str:
        """Valoración o estado físico al periodo."""
        return self.al_periodo.palabra

    def dato(self, medida: str, mes: int) -> Dato:
        """Celda de una medida («programado», «costo», «ejecutado», «devengado») en un mes."""
        clave = f"{medida}_m{mes}"
        fila = {"programado": self.fila, "costo": self.costos}.get(medida, self.seguimiento)
        return fila[clave] if fila is not None else Dato(("", -1, clave))

    def datos(self, medida: str, meses: range = ANO) -> list[Dato]:
        """Celdas de una medida en varios meses."""
        return [self.dato(medida, mes) for mes in meses]


def _por_codigo(libro: Libro, hoja: str, columna: str = "codigo") -> dict[str, list[Fila]]:
    hallados: dict[str, list[Fila]] = {}
    for fila in libro.filas(hoja):
        codigo = fila.valor(columna)
        if codigo:
            hallados.setdefault(str(codigo), []).append(fila)
    return hallados


def _cifras(fila: Fila | None, medida: str) -> tuple[Cifra, ...]:
    if fila is None:
        return (None,) * 12
    return tuple(v if isinstance(v := fila.valor(clave), float) else None for clave in claves_de_mes(medida))


def _ilegibles(fila: Fila | None, medida: str, *, perdida: bool) -> tuple[int, ...]:
    """Meses de una medida que no se pudieron leer: sin su columna, o con algo que no es una cifra.

    `perdida`: si no hay fila, la hay y no se sabe cuál es.
    """
    if fila is None:
        return tuple(ANO) if perdida else ()
    return tuple(
        n for n, clave in enumerate(claves_de_mes(medida), 1)
        if not isinstance((dato := fila[clave]).valor, float) and (dato.hoja is None or dato.incidente is not None)
    )


def _hoja_perdida(libro: Libro, hoja: str) -> bool:
    """La hoja no está o trae cifras en una fila cuyo código no se lee: una actividad sin fila puede ser de ahí."""
    if hoja not in libro.hojas:
        return True
    return any(not f.valor("codigo") and _con_cifras(f) for f in libro.filas(hoja))


def _quizas_suyas(libro: Libro, hoja: str) -> set[int]:
    """Índices de las actividades sin cifras en una hoja que trae, con un código casi igual, las que pueden ser suyas.

    Su unidad la envió: no está «sin reporte». Pero no se sabe si es suya, y no se le suma. Una hoja cuyos códigos son
    todos otros puede ser de cualquiera. No cuenta el lugar: ordenar una hoja no cambia nada.
    """
    suyos, propios = _por_codigo(libro, hoja), _por_codigo(libro, _PRINCIPAL)
    sueltos = [c for c, filas in suyos.items() if any(map(_con_cifras, filas[len(propios.get(c, ())):]))]
    if not sueltos:
        return set()
    solas = {
        codigo: sin_cifras for codigo, filas in propios.items()
        if (sin_cifras := [f for f, suya in zip_longest(filas, suyos.get(codigo, ())[:len(filas)])
                           if suya is None or not _con_cifras(suya)])
    }
    if len(sueltos) > 1 and len(solas) == len(propios):
        parecen = set(solas)
    else:
        parecen = {codigo for suelto in sueltos for codigo in casi_iguales(suelto, solas)}
    return {fila.indice for codigo in parecen for fila in solas[codigo]}


def _con_cifras(fila: Fila) -> bool:
    medidas = _MEDIDAS_DE.get(fila.hoja, ())
    return any(isinstance(fila.valor(clave), float) for medida in medidas for clave in claves_de_mes(medida))


_PRINCIPAL = "Programación"

def sin_cifras_legibles(libro: Libro) -> bool:
    """Es un POI con algo en sus meses, y nada de lo que hay en ellos se lee como una cifra."""
    if libro.formato != "POI":
        return False
    medidas = {_PRINCIPAL: ("programado",), **_MEDIDAS_DE}
    meses = [
        fila[clave] for hoja, suyas in medidas.items() for fila in libro.filas(hoja)
        for medida in suyas for clave in claves_de_mes(medida)
    ]
    return any(d.incidente is not None for d in meses) and not any(isinstance(d.valor, float) for d in meses)


#: Hoja que se une por código → medidas que lleva.
_MEDIDAS_DE = {"Valorización": ("costo",), "Seguimiento": ("ejecutado", "devengado")}


def _hasta(cifras: Sequence[Cifra], mes: int) -> tuple[Cifra, ...]:
    """Después del periodo, un 0 cuenta como vacío."""
    return tuple(c if n <= mes else (c or None) for n, c in enumerate(cifras, 1))


def _trimestre(fila: Fila) -> int | None:
    valor = fila.valor("trimestre")
    return TRIMESTRES_POI.index(valor) + 1 if valor in TRIMESTRES_POI else None


def evaluar_actividades(libro: Libro, periodo: Periodo, perfil: Perfil) -> list[Actividad]:
    """Las actividades de un POI, en el orden de `Programación`.

    Las hojas se unen por código. Si un código se repite, la segunda vez de una hoja va con la segunda de las otras:
    nada se pierde ni se cuenta dos veces. De una fila corrida (FMT015) no se toma ninguna cifra, y es una actividad
    cuya programación no se pudo leer.
    """
    corridas = filas_corridas(libro, _PRINCIPAL)
    hojas = {clave: _por_codigo(libro, clave) for clave in ("Valorización", "Seguimiento", "Evaluación")}
    necesidades = _por_codigo(libro, "Necesidades", "codigo_actividad")
    perdidas = {m for hoja, medidas in _MEDIDAS_DE.items() if _hoja_perdida(libro, hoja) for m in medidas}
    quizas = {m: suyas for hoja, ms in _MEDIDAS_DE.items() for suyas in [_quizas_suyas(libro, hoja)] for m in ms}
    # La exportación del aplicativo no trae soles: no hay nada que leer.
    se_piden = ("programado", "ejecutado", *(() if libro.origen == APLICATIVO else ("costo", "devengado")))
    vistas: dict[str, int] = {}
    actividades = []
    for fila in libro.filas(_PRINCIPAL):
        codigo = str(fila.valor("codigo") or "")
        vez = vistas.get(codigo, 0)
        vistas[codigo] = vez + 1

        def pareja(hoja: str, codigo: str = codigo, vez: int = vez) -> Fila | None:
            filas = hojas[hoja].get(codigo, [])
            return filas[vez] if vez < len(filas) else None

        evaluaciones: dict[int, Fila] = {}
        for evaluada in hojas["Evaluación"].get(codigo, []) if not vez else ():
            numero = _trimestre(evaluada)
            if numero is not None:
                evaluaciones.setdefault(numero, evaluada)
        costos, seguimiento = pareja("Valorización"), pareja("Seguimiento")
        origenes = {"programado": fila, "costo": costos, "ejecutado": seguimiento, "devengado": seguimiento}
        ilegibles = {}
        for medida in se_piden:
            es_de_otra = fila.indice in quizas.get(medida, ())
            origen = None if es_de_otra else origenes[medida]
            if meses := _ilegibles(origen, medida, perdida=es_de_otra or not codigo or medida in perdidas):
                ilegibles[medida] = meses
        programado = _cifras(fila, "programado")
        if fila.indice in corridas:
            programado, ilegibles["programado"] = _cifras(None, "programado"), tuple(ANO)
        actividades.append(Actividad(
            fila=fila, ilegibles=ilegibles, costos=costos, seguimiento=seguimiento, evaluaciones=evaluaciones,
            necesidades=tuple(necesidades.get(codigo, ())) if not vez else (), periodo=periodo, perfil=perfil,
            forma=forma_mensual(fila.valor("acumulacion")), programado=programado,
            costo=_cifras(costos, "costo"), ejecutado=_hasta(_cifras(seguimiento, "ejecutado"), periodo.mes),
            devengado=_hasta(_cifras(seguimiento, "devengado"), periodo.mes),
        ))
    return actividades


class SinUbicar(NamedTuple):
    """Filas con cifras que no son de ninguna actividad: su código no se lee o no está en `Programación`."""

    libro: Libro
    filas: tuple[Fila, ...]
    costo: float  #: del año, en soles
    devengado: float  #: de enero al periodo, en soles


def sin_ubicar(libro: Libro, actividades: Sequence[Actividad], periodo: Periodo) -> SinUbicar:
    """Lo de `Valorización` y `Seguimiento` que no entra a ningún total, por su código."""
    puestas = {id(fila) for a in actividades for fila in (a.costos, a.seguimiento)}
    sueltas = [f for hoja in _MEDIDAS_DE for f in libro.filas(hoja) if id(f) not in puestas and _con_cifras(f)]
    costo, devengado = (
        sum(c or 0.0 for f in sueltas for c in _cifras(f, medida)[:hasta])
        for medida, hasta in (("costo", 12), ("devengado", periodo.mes))
    )
    return SinUbicar(libro, tuple(sueltas), costo, devengado)
