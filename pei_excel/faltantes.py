"""Lo que falta en una fila para poder enviar el libro: cuántos datos y cuál es el primero, en Python y en Excel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pei_excel.calculos import Celda, Cifra, Entorno, Fila, cifra, plegar, programa
from pei_excel.mensual import (
    ACUMULATIVO,
    ANO,
    CIERRES,
    TRIMESTRAL,
    Franja,
    cifras_de,
    en_fila,
    en_otra_hoja,
    forma_mensual,
    formula_vencidos,
    meses_vencidos,
)


class Faltantes:
    """Base de los cálculos que cuentan datos que faltan en una fila; las subclases dicen cuáles."""

    __slots__ = ()

    @property
    def lee(self) -> tuple[str, ...]:
        """Claves de las columnas de la fila que lee."""
        raise NotImplementedError

    @property
    def usan(self) -> tuple[str, ...]:
        """Columnas que dicen que la fila se usa: basta una llena."""
        raise NotImplementedError

    def faltan(self, fila: Fila, entorno: Entorno) -> list[str]:
        """Claves de las columnas que faltan por llenar, en orden; sólo se pide de filas que se usan."""
        raise NotImplementedError

    def condiciones(self, celda: Celda, entorno: Entorno) -> list[tuple[str, str]]:
        """Pares (columna, condición de Excel verdadera cuando falta), en el orden de `faltan`."""
        raise NotImplementedError

    def en_uso(self, fila: Fila) -> bool:
        """La fila se usa."""
        return any(fila.get(clave) is not None for clave in self.usan)

    def llave(self, celda: Celda) -> str:
        """Expresión de Excel que es el texto vacío si la fila no se usa."""
        return "&".join(celda(clave) for clave in self.usan)

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        return float(len(self.faltan(fila, entorno))) if self.en_uso(fila) else None

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        return f'IF({self.llave(celda)}="","",{self.cuantos(celda, entorno)})'

    def cuantos(self, celda: Celda, entorno: Entorno) -> str:
        """Expresión de Excel: cuántos faltan en una fila que se usa."""
        return "+".join(f"IF({condicion},1,0)" for _, condicion in self.condiciones(celda, entorno))

    def primero(self, celda: Celda, entorno: Entorno) -> str:
        """Expresión de Excel: dirección del primero que falta, o vacío."""
        anidada = '""'
        for clave, condicion in reversed(self.condiciones(celda, entorno)):
            c = celda(clave)
            anidada = f"IF({condicion},ADDRESS(ROW({c}),COLUMN({c}),4),{anidada})"
        return anidada


@dataclass(frozen=True, slots=True)
class DatosQueFaltan(Faltantes):
    """Cuántos datos faltan en la fila para poder enviarla: obligatorios vacíos y, de lo vencido, lo no informado."""

    obligatorias: tuple[str, ...]
    programado: str
    alcanzado: str
    frecuencia: str
    evidencia: str  #: se pide cuando lo alcanzado en el trimestre que se reporta es mayor que 0
    primera: str  #: la columna que dice si la fila se usa
    mide: Mapping[str, tuple[int, ...]]
    sentido: str = "sentido"

    @property
    def lee(self) -> tuple[str, ...]:
        columnas = [f"{medida}_t{n}" for medida in (self.programado, self.alcanzado) for n in (1, 2, 3, 4)]
        return *self.obligatorias, *columnas, self.frecuencia, self.sentido, self.evidencia, self.primera

    @property
    def usan(self) -> tuple[str, ...]:
        return (self.primera,)

    def faltan(self, fila: Fila, entorno: Entorno) -> list[str]:
        trimestre = entorno.trimestre
        vacias = [clave for clave in self.obligatorias if fila.get(clave) is None]
        medidos = self.mide.get(str(fila.get(self.frecuencia)), (1, 2, 3, 4))
        vacias += [
            f"{self.alcanzado}_t{n}"
            for n in medidos
            if n <= trimestre
            and programa(str(fila.get(self.sentido)), cifra(fila.get(f"{self.programado}_t{n}")))
            and fila.get(f"{self.alcanzado}_t{n}") is None
        ]
        informado = cifra(fila.get(f"{self.alcanzado}_t{trimestre}")) if trimestre else None
        if (informado or 0) > 0 and fila.get(self.evidencia) is None:
            vacias.append(self.evidencia)
        return vacias

    def condiciones(self, celda: Celda, entorno: Entorno) -> list[tuple[str, str]]:
        q = entorno.celda_trimestre
        pares = [(clave, f'{celda(clave)}=""') for clave in self.obligatorias]
        for n in (1, 2, 3, 4):
            p, a = celda(f"{self.programado}_t{n}"), celda(f"{self.alcanzado}_t{n}")
            mide = entorno.celda_tabla("frecuencias", celda(self.frecuencia), str(n + 1))
            hay_meta = f'OR(N({p})<>0,AND(ISNUMBER({p}),{celda(self.sentido)}="Descendente"))'
            pares.append((f"{self.alcanzado}_t{n}", f'AND({q}>={n},{hay_meta},{a}="",{mide}=1)'))
        rango = f"{celda(self.alcanzado + '_t1')}:{celda(self.alcanzado + '_t4')}"
        informado = f"N(INDEX({rango},1,MAX(1,{q})))"
        pares.append((self.evidencia, f'AND({q}>0,{informado}>0,{celda(self.evidencia)}="")'))
        return pares


@dataclass(frozen=True, slots=True)
class DatosDeLaFila(Faltantes):
    """Obligatorios vacíos, ninguno de varios, y hojas donde falta el renglón de esta llave."""

    en_uso_si: tuple[str, ...]  #: columnas que dicen que la fila se usa
    obligatorias: tuple[str, ...]
    alguna: tuple[str, ...] = ()  #: de éstas, contiguas, basta una
    llave_en: tuple[tuple[str, str, bool], ...] = ()  #: (hoja, columna, sólo cuando se reporta un periodo)
    codigo: str = "codigo"

    @property
    def usan(self) -> tuple[str, ...]:
        return self.en_uso_si

    @property
    def lee(self) -> tuple[str, ...]:
        return *self.usan, *self.obligatorias, self.codigo  # CONTAR no tropieza con un error en `alguna`

    def faltan(self, fila: Fila, entorno: Entorno) -> list[str]:
        vacias = [clave for clave in self.obligatorias if fila.get(clave) is None]
        if self.alguna and all(cifra(fila.get(clave)) is None for clave in self.alguna):
            vacias.append(self.alguna[0])
        for hoja, columna, al_reportar in self.llave_en:
            llaves = {plegar(v) for v in entorno.valores_de(hoja, columna)}
            if fila.get(self.codigo) is not None and plegar(fila[self.codigo]) not in llaves:
                vacias += [self.codigo] if entorno.mes or not al_reportar else []
        return vacias

    def condiciones(self, celda: Celda, entorno: Entorno) -> list[tuple[str, str]]:
        pares = [(clave, f'{celda(clave)}=""') for clave in self.obligatorias]
        if self.alguna:
            pares.append((self.alguna[0], f"COUNT({celda(self.alguna[0])}:{celda(self.alguna[-1])})=0"))
        for hoja, columna, al_reportar in self.llave_en:
            c = celda(self.codigo)
            partes = [f"{entorno.celda_mes}>0"] * al_reportar
            partes += [f'{c}<>""', f"ISNA(MATCH({c},{entorno.columna_de(hoja, columna)},0))"]
            pares.append((self.codigo, f"AND({','.join(partes)})"))
        return pares


class Informada(NamedTuple):
    """Una medida que se informa por mes y de dónde sale lo programado."""

    medida: str
    hoja: str
    programada: str  #: medida de lo programado en esa hoja
    renglon: str  #: columna con el número de renglón en esa hoja
    forma: str | None = None  #: columna de Acumulación; sin ella, acumulativa (el dinero)


@dataclass(frozen=True, slots=True)
class MesesSinReporte(Faltantes):
    """Meses vencidos de unas medidas que no están informados; lo programado se toma por código."""

    medidas: tuple[Informada, ...]
    codigo: str = "codigo"

    @property
    def usan(self) -> tuple[str, ...]:
        return (self.codigo,)

    @property
    def lee(self) -> tuple[str, ...]:
        return self.codigo, *(c for m in self.medidas for c in (m.renglon, m.forma) if c)

    def faltan(self, fila: Fila, entorno: Entorno) -> list[str]:
        vacias = []
        for medida, hoja, programada, _, columna in self.medidas:
            programado = cifras_de(entorno.buscar(hoja, fila.get(self.codigo)), programada)
            forma = forma_mensual(fila.get(columna) if columna else None)
            vencidos = meses_vencidos(forma, programado, ANO, entorno.mes)
            vacias += [f"{medida}_m{m}" for m in vencidos if fila.get(f"{medida}_m{m}") is None]
        return vacias

    def condiciones(self, celda: Celda, entorno: Entorno) -> list[tuple[str, str]]:
        pares = []
        for medida, hoja, programada, columna_renglon, columna_forma in self.medidas:
            franja, renglon = entorno.franja(hoja, programada), celda(columna_renglon)
            for mes in ANO:
                informada = celda(f"{medida}_m{mes}")
                partes = [
                    f"{entorno.celda_mes}>={mes}", f'{informada}=""', f"N({renglon})>0",
                    f"N(IFERROR(INDEX({franja},{renglon},{mes}),0))<>0",
                ]
                if columna_forma and mes not in CIERRES:
                    partes.append(f'{celda(columna_forma)}<>"{TRIMESTRAL}"')
                pares.append((f"{medida}_m{mes}", f"AND({','.join(partes)})"))
        return pares

    def _sin_reporte(self, celda: Celda, entorno: Entorno) -> Iterator[tuple[str, Franja, str]]:
        """Por medida: guarda (hay renglón), franja que se informa y matriz de los meses vencidos sin informar."""
        for medida, hoja, programada, renglon, forma in self.medidas:
            p, a = en_otra_hoja(entorno.franja(hoja, programada), celda(renglon)), en_fila(celda, medida)
            vence = formula_vencidos(celda(forma) if forma else ACUMULATIVO, p, a, 1, entorno.celda_mes)
            yield f"N({celda(renglon)})=0", a, f"{vence}*ISBLANK({a.todo})"

    def cuantos(self, celda: Celda, entorno: Entorno) -> str:
        # Con matrices y no condición por condición: veinticuatro harían pesado el libro.
        return "+".join(f"IF({g},0,SUMPRODUCT({m}))" for g, _, m in self._sin_reporte(celda, entorno))

    def primero(self, celda: Celda, entorno: Entorno) -> str:
        anidada = '""'
        for guarda, a, matriz in reversed(list(self._sin_reporte(celda, entorno))):
            cuanto_queda = f"IF({guarda},0,SUMPRODUCT(MAX({matriz}*(13-{a.numeros}))))"
            c = a.celda(1)
            anidada = f"IF({cuanto_queda}>0,ADDRESS(ROW({c}),COLUMN({c})+12-{cuanto_queda},4),{anidada})"
        return anidada


@dataclass(frozen=True, slots=True)
class ExplicacionesQueFaltan(Faltantes):
    """Lo que falta explicar de lo que se reporta: causa y medida donde se debe, y la evidencia de lo alcanzado."""

    debe: str  #: «Sí», «No», o vacío si la fila no es del periodo
    explicaciones: tuple[str, ...]
    alcanzado: str
    evidencia: str  #: se pide cuando lo alcanzado es mayor que 0
    codigo: str

    @property
    def usan(self) -> tuple[str, ...]:
        return (self.codigo,)

    @property
    def lee(self) -> tuple[str, ...]:
        return self.debe, *self.explicaciones, self.alcanzado, self.evidencia, self.codigo

    def faltan(self, fila: Fila, entorno: Entorno) -> list[str]:
        vacias = [e for e in self.explicaciones if fila.get(self.debe) == "Sí" and fila.get(e) is None]
        if fila.get(self.debe) and (cifra(fila.get(self.alcanzado)) or 0) > 0 and fila.get(self.evidencia) is None:
            vacias.append(self.evidencia)
        return vacias

    def condiciones(self, celda: Celda, entorno: Entorno) -> list[tuple[str, str]]:
        debe = celda(self.debe)
        pares = [(e, f'AND({debe}="Sí",{celda(e)}="")') for e in self.explicaciones]
        sin_evidencia = f'AND({debe}<>"",N({celda(self.alcanzado)})>0,{celda(self.evidencia)}="")'
        return [*pares, (self.evidencia, sin_evidencia)]


@dataclass(frozen=True, slots=True)
class PrimeroQueFalta:
    """Dirección de la primera celda que falta en la fila, o vacío."""

    faltan: Faltantes

    @property
    def lee(self) -> tuple[str, ...]:
        return self.faltan.lee

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        vacias = self.faltan.faltan(fila, entorno) if self.faltan.en_uso(fila) else []
        return entorno.direccion(fila, vacias[0]) if vacias else None

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        return f'IF({self.faltan.llave(celda)}="","",{self.faltan.primero(celda, entorno)})'


@dataclass(frozen=True, slots=True)
class FaltaExplicar:
    """1 si la fila debe justificarse y no dice causa o medida; 0 si no; vacío si la fila no se usa."""

    debe: str
    explicaciones: tuple[str, ...]
    primera: str

    @property
    def lee(self) -> tuple[str, ...]:
        return self.debe, *self.explicaciones, self.primera

    def valor(self, fila: Fila, entorno: Entorno) -> Cifra | str:
        if fila.get(self.primera) is None:
            return None
        return 1.0 if fila.get(self.debe) == "Sí" and any(fila.get(e) is None for e in self.explicaciones) else 0.0

    def excel(self, celda: Celda, entorno: Entorno) -> str:
        vacias = ",".join(f'{celda(e)}=""' for e in self.explicaciones)
        return f'IF({celda(self.primera)}="","",IF(AND({celda(self.debe)}="Sí",OR({vacias})),1,0))'
