"""Lo que pasa con las entregas de un periodo simulado: quién se retrasa, quién se equivoca y quién corrige."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from pei_excel.periodos import Periodo
from pei_excel.simulacion.ano_modelo import Anotacion, Celda, Envio, Participante
from pei_excel.simulacion.ano_verdad import Cerradas, contra_lo_cerrado
from pei_excel.simulacion.defectos import DEFECTOS, POI_DEFECTOS
from pei_excel.simulacion.plantar import Defecto, Esperado
from pei_excel.simulacion.simulado import LibroSimulado

#: Días naturales después del cierre del periodo: el plazo y, después de él, lo demás.
DIAS_DE_PLAZO, DIAS_PARA_CORREGIR, DIAS_DE_REAPERTURA = 10, 12, 20
PROCEDE, NO_PROCEDE = "Procede", "No procede"
CALLADA, CAMBIO = "No se envía ni se cuenta", "Cambió lo que dice: se observa otra vez"
_QUIEN = "Jefatura de seguimiento (demostración)"

#: Qué puede pasarle a una entrega. Los primeros tocan también en un municipio pequeño.
SUCESOS = (
    "procede", "corrige", "no procede", "a medias", "tarde", "copia", "falta", "prórroga", "dañado",
    "cambia lo decidido", "prórroga vencida", "unos días tarde",
)
#: Los que no dejan al municipio sin el libro de quien coordina un programa.
_CON_LIBRO = frozenset({
    "procede", "corrige", "no procede", "a medias", "copia", "prórroga", "cambia lo decidido", "prórroga vencida",
    "unos días tarde",
})
#: Faltas que no mueven ninguna cifra cerrada: las que deben corregirse y una que sólo se aclara.
_ERRORES = {
    "MIR": ("SEG001 acumulado escrito encima", "SEG004 trimestre vencido sin reporte"),
    "POI": ("POI003 pedidos que no suman el costo", "SEG004 mes vencido sin reporte",
            "POI002 costo anual escrito encima"),
}
_AVISO = "SEG005 medio insuficiente"
_ILEGIBLE = "FMT001 archivo cortado"
_INTENTOS = 12
#: Dos medios de verificación que no bastan; el segundo, en lugar del primero.
_MEDIOS = ("archivo", "En trámite")


@dataclass(frozen=True, slots=True)
class Entregas:
    """Lo que un participante envía en un periodo: al principio, después y ya cerrado; y lo que se decide de ello."""

    primero: tuple[Envio, ...] = ()
    despues: tuple[Envio, ...] = ()
    al_final: tuple[Envio, ...] = ()
    anotaciones: tuple[Anotacion, ...] = ()
    prorroga: date | None = None


def repartir(
    participantes: Sequence[Participante], periodo: Periodo, azar: Random, *, tranquilo: bool
) -> dict[str, str]:
    """Nombre del participante → lo que le pasa; en un periodo tranquilo (un mes), sólo los retrasos y las faltas."""
    posibles = ["tarde", "falta", "unos días tarde"] if tranquilo else list(SUCESOS)
    if not tranquilo and periodo.trimestre % 2 == 0:  # al siguiente le toca otra cosa
        posibles = [*posibles[1:4], posibles[0], *posibles[4:]]
    orden = list(participantes)
    azar.shuffle(orden)
    reparto: dict[str, str] = {}
    for uno in orden:
        cual = next((s for s in posibles if not uno.coordina or s in _CON_LIBRO), None)
        if cual is not None:
            posibles.remove(cual)
            reparto[uno.nombre] = cual
    return reparto


class Guion:
    """Escribe lo que un participante envía en un periodo."""

    def __init__(self, uno: Participante, periodo: Periodo, cerradas: Cerradas, azar: Random) -> None:
        self.uno, self.periodo, self.cerradas, self.azar = uno, periodo, cerradas, azar
        self.limite = limite_de(periodo)
        self.intentos: dict[str, int] = {}  #: falta → con cuál cae donde se puede

    def entregas(self, suceso: str | None, *, reabre: bool) -> Entregas:
        """Lo que envía; `reabre`: lo que dejó sin corregir lo trae cuando el periodo ya está cerrado."""
        a_tiempo = self.limite - timedelta(days=self.azar.randint(1, 6))
        corrige = self.limite + timedelta(days=self.azar.randint(5, 9))
        hacer = {
            "procede": self._procede, "corrige": self._corrige, "no procede": self._no_procede,
            "a medias": self._a_medias, "dañado": self._danado, "cambia lo decidido": self._cambia,
        }.get(suceso or "")
        if hacer is not None:
            hechas = hacer(a_tiempo, corrige)
        elif suceso == "falta":
            hechas = Entregas()
        elif suceso == "tarde":
            hechas = Entregas(despues=(self._envio(corrige),))
        elif suceso == "copia":
            buena = self._envio(a_tiempo)
            raiz, sello = buena.archivo.removesuffix(".xlsx"), "copia en conflicto de Equipo-2"
            otra = self.azar.choice((f"{raiz} (1).xlsx", f"{raiz} ({sello} {a_tiempo}).xlsx"))
            hechas = Entregas((buena, replace(buena, archivo=otra, copia_de=buena.archivo)))
        elif suceso in {"prórroga", "prórroga vencida"}:
            hasta = self.limite + timedelta(days=5)
            dia = hasta + timedelta(days=-1 if suceso == "prórroga" else 2)
            hechas = Entregas((self._envio(dia),), prorroga=hasta)
        else:
            dias = self.azar.randint(1, 3) if suceso == "unos días tarde" else 0
            hechas = Entregas((self._envio(self.limite + timedelta(days=dias) if dias else a_tiempo),))
        if reabre:
            final = self._envio(self.limite + timedelta(days=DIAS_DE_REAPERTURA), " solventado")
            hechas = replace(hechas, al_final=(final,))
        return hechas

    def _envio(self, fecha: date, sufijo: str = "", faltas: Sequence[str] = ()) -> Envio:
        """Un envío con sus faltas plantadas; su libro sale siempre igual."""
        libro, plantados = self._con_faltas(faltas)
        return Envio(
            self.uno, self._nombre(sufijo), libro, fecha, plantados, contra_lo_cerrado(libro, self.cerradas),
            rechazado=_ILEGIBLE in faltas,
        )

    def _nombre(self, sufijo: str) -> str:
        clase = "" if self.uno.programa == "" else "MIR "
        return f"{clase}{self.uno.quien(self.periodo)} {self.periodo.codigo}{sufijo}.xlsx"

    def _con_faltas(self, faltas: Sequence[str]) -> tuple[LibroSimulado, list[Esperado]]:
        """Planta cada falta con su propio azar: la primera cae en el mismo lugar de una entrega a otra."""
        libro = self.uno.entrega(self.periodo)
        movidos = {c.llave for c in self.uno.cambios}
        libro.reservados |= {id(f) for hoja in libro.filas.values() for f in hoja
                             if f.get("nivel") in movidos or f.get("codigo") in movidos}
        plantados: list[Esperado] = []
        for falta in faltas:
            defecto = _defecto(libro, falta)
            suerte = f"{libro.semilla}/{self.periodo.codigo}/{falta}/{self.intentos.get(falta, 0)}"
            plantados += defecto.plantar(libro, Random(suerte)) or []  # noqa: S311 - no es un secreto
        return libro, plantados

    def _errores(self, cuantos: int) -> tuple[str, ...]:
        """Faltas que caben en el libro, que deben corregirse y que no tocan lo ya cerrado."""
        formato = self.uno.entrega(self.periodo).formato.clave
        posibles = [f for f in _ERRORES[formato] if self._cabe(f)]
        self.azar.shuffle(posibles)
        return tuple(posibles[:cuantos])

    def _cabe(self, falta: str) -> bool:
        for self.intentos[falta] in range(_INTENTOS):
            libro, plantados = self._con_faltas((_AVISO, falta))
            abierto = libro.periodo.meses_abiertos[0]
            if len(plantados) > 1 and all(_mes_de(e.columna, libro) >= abierto for e in plantados):
                return True
        return False

    def _anotar(self, envio: Envio, celda: Celda, que: str, despues: str | None) -> Anotacion:
        dia = self.limite + timedelta(days=3)
        return Anotacion(envio.archivo, celda, que, f"Oficio de demostración {self.azar.randint(10, 99)}", _QUIEN, dia,
                         despues)

    # ------------------------------------------------------------ lo que le pasa

    def _procede(self, a_tiempo: date, _: date) -> Entregas:
        """Se observa, la oficina confirma que procede y la unidad no corrige."""
        envio = self._envio(a_tiempo, faltas=self._errores(1))
        return Entregas((envio,), anotaciones=tuple(
            self._anotar(envio, c, PROCEDE, None) for c in _de_faltas(envio)
        ))

    def _corrige(self, a_tiempo: date, corrige: date) -> Entregas:
        return Entregas(
            (self._envio(a_tiempo, faltas=(_AVISO, *self._errores(1))),), (self._envio(corrige, " corregido"),)
        )

    def _a_medias(self, a_tiempo: date, corrige: date) -> Entregas:
        """Atiende una observación, deja otra y trae una nueva."""
        errores = self._errores(2)
        primero = self._envio(a_tiempo, faltas=(_AVISO, *errores[:1]))
        return Entregas((primero,), (self._envio(corrige, " corregido", (_AVISO, *errores[1:])),))

    def _no_procede(self, a_tiempo: date, _: date) -> Entregas:
        """La oficina decide que lo observado no procede: deja de enviarse y de contarse."""
        envio = self._envio(a_tiempo, faltas=self._errores(1))
        celdas = _de_faltas(envio)
        return Entregas((envio,), anotaciones=tuple(self._anotar(envio, c, NO_PROCEDE, CALLADA) for c in celdas))

    def _danado(self, a_tiempo: date, corrige: date) -> Entregas:
        """El archivo no abre; el bueno llega con el mismo nombre y toma su lugar."""
        return Entregas((self._envio(a_tiempo, faltas=(_ILEGIBLE,)),), (self._envio(corrige),))

    def _cambia(self, a_tiempo: date, corrige: date) -> Entregas:
        """Se decide que no procede y la unidad reenvía con otra cosa escrita: se observa otra vez."""
        entregas = []
        for medio, (dia, sufijo) in zip(_MEDIOS, ((a_tiempo, ""), (corrige, " corregido")), strict=True):
            envio = self._envio(dia, sufijo, (_AVISO,))
            for plantado in envio.plantados:
                if plantado.fila is not None:
                    plantado.fila["medios"] = medio
            entregas.append(envio)
        primero, despues = entregas
        return Entregas((primero,), (despues,), anotaciones=tuple(
            self._anotar(primero, c, NO_PROCEDE, CAMBIO) for c in _de_faltas(primero)
        ))


def limite_de(periodo: Periodo) -> date:
    """El último día para entregar a tiempo."""
    return periodo.ultimo_dia + timedelta(days=DIAS_DE_PLAZO)


def _de_faltas(envio: Envio) -> list[Celda]:
    return [(c, h or "", d or "") for c, h, d in (e.celda(envio.libro) for e in envio.plantados)]


def _defecto(libro: LibroSimulado, nombre: str) -> Defecto[LibroSimulado]:
    todos: Sequence[Defecto[LibroSimulado]] = DEFECTOS if libro.formato.clave == "MIR" else POI_DEFECTOS  # type: ignore[assignment]
    return next(d for d in todos if str(d) == nombre)


def _mes_de(columna: str | None, libro: LibroSimulado) -> int:
    """Último mes de la columna; el del libro si no es de un periodo."""
    letra, numero = (columna or "").rpartition("_")[2][:1], (columna or "").rpartition("_")[2][1:]
    if letra not in {"t", "m"} or not numero.isdigit():
        return libro.periodo.mes
    return int(numero) * (3 if letra == "t" else 1)


__all__ = ["Entregas", "Guion", "limite_de", "repartir"]
