"""Un consolidado en que la oficina anotó decisiones → lo anotado en cada renglón, y lo que no se entiende.

Se leen por sus títulos, estén donde estén: el libro pudo ordenarse, filtrarse o llevar renglones y columnas de más.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pei_excel.crudo import CeldaCruda, HojaCruda
from pei_excel.hallazgo import Decision
from pei_excel.lectura.recepcion import leer_fecha
from pei_excel.textos import limpiar, normalizar
from pei_excel.tipos import como_texto
from pei_excel.ubicacion import direccion, fila_y_columna

PROCEDE, NO_PROCEDE, ATENDIDA = "Procede", "No procede", "Atendida"
OPCIONES = (PROCEDE, NO_PROCEDE, ATENDIDA)
_OPCION = {normalizar(o): o for o in OPCIONES} | {"atendido": ATENDIDA, "si procede": PROCEDE}

#: Las hojas del consolidado en que se anota.
HOJA, HOJA_DE_DECIDIDAS = "Observaciones", "Decididas"
#: Lo que se anota y, oculta, la identidad del renglón; los títulos son los mismos al escribir y al leer.
CAPTURA = {"decision": "Decisión", "motivo": "Motivo", "quien": "Quién", "fecha": "Fecha"}
IDENTIDAD = "Identidad (no cambiar)"
#: De qué habla un renglón, tal como se ve.
VISIBLES = {
    "severidad": "Severidad", "regla": "Regla", "unidad": "Unidad", "programa": "Programa", "archivo": "Archivo",
    "hoja": "Hoja", "celda": "Celda en su archivo", "mensaje": "Qué se encontró", "dice": "Dice",
}
_COLUMNA = {normalizar(t): c for c, t in {**CAPTURA, **VISIBLES, "identidad": IDENTIDAD}.items()}
#: Renglones en que se buscan los títulos.
_HASTA_TITULOS = 40
_LARGO = 2000  #: caracteres que se conservan de cada anotación
#: Lo que se muestra donde no hay valor, y el archivo de lo que es de toda la carpeta.
VACIO, CARPETA = "—", "carpeta"


def dicho(valor: str | float | None) -> str | float:
    """Lo que un archivo dice, como se muestra en «Dice»."""
    if valor is None:
        return VACIO
    if not isinstance(valor, (int, float)):
        return valor
    return round(valor, 4) if math.isfinite(valor) else str(valor)


class Sello(NamedTuple):
    """La identidad de un hallazgo entre corridas."""

    formato: str  #: vacío, el de la carpeta o el de un archivo que no se reconoció
    unidad: str
    programa: str
    regla: str
    sobre: str
    firma: str
    veces: int = 1  #: si un informe tiene varios iguales, cuál de ellos

    @property
    def asunto(self) -> tuple[str, ...]:
        """Lo mismo, diga lo que diga la celda."""
        return self[:5]


class Visto(NamedTuple):
    """Lo que un renglón deja ver del hallazgo; así se conserva aunque el hallazgo ya no esté."""

    severidad: str = ""
    regla: str = ""
    unidad: str = ""
    programa: str = ""
    archivo: str = ""  #: vacío, la carpeta
    hoja: str = ""
    celda: str = ""
    mensaje: str = ""
    dice: str | float = VACIO

    @property
    def nombrada(self) -> str:
        """«MIR001 de 504 - Instituto, en 504.xlsx, MIR!B6»: con qué hallarla en otro consolidado."""
        quien = f" de {self.unidad}" if self.unidad else ""
        lugar = "!".join(p for p in (self.hoja, self.celda) if p)
        return ", ".join(p for p in (f"{self.regla}{quien}", self.archivo and f"en {self.archivo}", lugar) if p)


class Lugar(NamedTuple):
    """Una celda del consolidado."""

    libro: str
    hoja: str
    celda: str


class ProblemaDeDecision(NamedTuple):
    """Algo de lo anotado que no se entiende o no puede aplicarse."""

    donde: Lugar  #: en el consolidado de que se leyó, que al consolidar otra vez es el anterior
    mensaje: str
    encontrado: str = ""
    de_cual: str = ""  #: la observación de que es


@dataclass(frozen=True, slots=True)
class Anotada:
    """La decisión de un renglón."""

    decision: Decision | None  #: None: se borró la que había
    sello: Sello | None  #: None: el renglón perdió su identidad
    visto: Visto
    cambiada: bool = False  #: dice otra cosa que la que este programa escribió
    donde: Lugar | None = None  #: None: no viene de un libro sino de lo guardado

    def como_datos(self) -> dict[str, Any]:
        """Para JSON."""
        sello = self.sello._asdict() if self.sello else dict.fromkeys(Sello._fields)
        visto = {c: v for c, v in self.visto._asdict().items() if c not in {"regla", "unidad", "programa"}}
        return sello | {"regla": self.visto.regla, "unidad_vista": self.visto.unidad,
                        "programa_visto": self.visto.programa, **visto, **de_decision(self.decision or Decision(""))}

    @classmethod
    def de_datos(cls, datos: Mapping[str, Any]) -> Anotada:
        """Lo contrario de `como_datos`.

        Raises:
            KeyError, TypeError: si no son los de una decisión.
        """
        sello = None if datos["firma"] is None else Sello(*(datos[c] for c in Sello._fields))
        propios = {c: datos[c] for c in Visto._fields if c not in {"unidad", "programa"}}
        visto = Visto(**propios, unidad=datos["unidad_vista"], programa=datos["programa_visto"])
        return cls(Decision(datos["decision"], datos["motivo"], datos["quien"], datos["fecha"]), sello, visto)


def de_decision(decision: Decision | None) -> dict[str, str]:
    """Una decisión para JSON, con los nombres de sus columnas."""
    return dict(zip(CAPTURA, decision, strict=True)) if decision is not None else {}


def identidad_escrita(sello: Sello | None, decision: Decision | None) -> str:
    """Lo que lleva la columna oculta: la identidad y una señal de lo que se escribió a su lado."""
    return json.dumps([*(sello or ()), _senal(decision)], ensure_ascii=False, separators=(",", ":"))


def _senal(decision: Decision | None) -> str:
    if decision is None:
        return ""
    return hashlib.sha256(json.dumps(decision, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()[:8]


def _identidad(escrita: str) -> tuple[Sello | None, str | None]:
    """El sello y la señal de una celda oculta; sin ellos si se perdió o no se entiende."""
    try:
        *partes, senal = json.loads(escrita)
        if not isinstance(senal, str):
            return None, None
        if not partes:
            return None, senal
        *textos, veces = partes
        if len(partes) != len(Sello._fields) or not all(isinstance(t, str) for t in textos):
            return None, None
        formato, unidad, programa, regla, sobre, firma = textos
        return Sello(formato, unidad, programa, regla, sobre, firma, int(veces)), senal
    except (ValueError, TypeError):
        return None, None


def leer_anotadas(ruta: Path, libro: str) -> tuple[list[Anotada], list[ProblemaDeDecision]] | None:
    """Lo anotado en un consolidado, en el orden de sus renglones, y lo que no se entiende.

    None si ninguna hoja tiene las columnas de las decisiones.

    Raises:
        ArchivoIlegible: si el libro no puede abrirse.
    """
    from pei_excel.lectura.celdas import abrir

    anotadas: list[Anotada] = []
    problemas: list[ProblemaDeDecision] = []
    hallada = False
    for hoja in abrir(ruta, libro).hojas:
        titulos = _titulos(hoja)
        if titulos is not None:
            hallada = True
            for anotada, suyos in _de_hoja(hoja, libro, *titulos):
                anotadas.append(anotada)
                problemas += suyos
    return (anotadas, problemas) if hallada else None


def de_hoja(hoja: HojaCruda, libro: str) -> tuple[list[Anotada], list[ProblemaDeDecision]]:
    """Lo mismo, de una hoja ya leída."""
    titulos = _titulos(hoja)
    leidas = list(_de_hoja(hoja, libro, *titulos)) if titulos else []
    return [a for a, _ in leidas], [p for _, suyos in leidas for p in suyos]


def _titulos(hoja: HojaCruda) -> tuple[int, dict[str, int]] | None:
    """La fila de los títulos y la columna de cada uno; None si la hoja no es de las que llevan decisiones."""
    filas: dict[int, dict[str, int]] = {}
    for (fila, columna), celda in sorted(hoja.celdas.items()):
        if fila <= _HASTA_TITULOS and isinstance(celda.valor, str):
            clave = _COLUMNA.get(normalizar(celda.valor))
            if clave is not None:
                filas.setdefault(fila, {}).setdefault(clave, columna)
    return next(((f, suyas) for f, suyas in filas.items() if {"decision", "regla"} <= suyas.keys()), None)


def _de_hoja(
    hoja: HojaCruda, libro: str, fila_de_titulos: int, lugares: Mapping[str, int]
) -> Iterator[tuple[Anotada, list[ProblemaDeDecision]]]:
    for fila in sorted({f for f, _ in hoja.celdas if f > fila_de_titulos}):
        celdas = {c: hoja.celdas.get((fila, columna)) for c, columna in lugares.items()}
        sello, senal = _identidad(_texto(celdas.get("identidad"), como_esta=True))
        regla = _texto(celdas["regla"])
        if not regla and sello is None and senal is None:
            continue  # un renglón de la oficina
        donde = Lugar(libro, hoja.nombre, direccion(fila, lugares["decision"]))
        decision, problemas = _decision(celdas, donde, {c: direccion(fila, k) for c, k in lugares.items()})
        if decision is None and not senal:
            continue
        visto = Visto(*(_visible(c, celdas.get(c)) for c in Visto._fields))
        if sello is not None:
            visto = visto._replace(regla=sello.regla)
        yield Anotada(decision, sello, visto, cambiada=_senal(decision) != senal, donde=donde), [
            p._replace(de_cual=visto.nombrada) for p in problemas
        ]


def _decision(
    celdas: Mapping[str, CeldaCruda | None], donde: Lugar, direcciones: Mapping[str, str]
) -> tuple[Decision | None, list[ProblemaDeDecision]]:
    """Lo anotado en un renglón; None si no hay nada."""
    que, motivo, quien = (_texto(celdas.get(c))[:_LARGO] for c in ("decision", "motivo", "quien"))
    fecha, es_fecha = _fecha(celdas.get("fecha"))
    if not (que or motivo or quien or fecha):
        return None, []
    problemas = []
    canonica = _OPCION.get(normalizar(que))
    if not que:
        problemas.append(ProblemaDeDecision(donde, f"falta la decisión: {_lista()}"))
    elif canonica is None:
        mensaje = f"«{que[:40]}» no es una decisión; las hay: {_lista()}"
        problemas.append(ProblemaDeDecision(donde, mensaje, que[:200]))
    elif not motivo:
        efecto = "; mientras no se diga, la observación no se calla" if canonica == NO_PROCEDE else ""
        celda = direcciones.get("motivo", donde.celda)
        problemas.append(ProblemaDeDecision(donde._replace(celda=celda), f"falta el motivo de «{canonica}»{efecto}"))
    if not es_fecha:
        problemas.append(ProblemaDeDecision(
            donde._replace(celda=direcciones.get("fecha", donde.celda)),
            f"«{fecha[:40]}» no es una fecha; escriba por ejemplo 08/07/2024", fecha[:200],
        ))
    return Decision(canonica or que, motivo, quien, fecha), problemas


def _lista() -> str:
    return f"{', '.join(OPCIONES[:-1])} o {OPCIONES[-1]}"


def _fecha(celda: CeldaCruda | None) -> tuple[str, bool]:
    """La fecha, ISO, o lo escrito si no lo es."""
    valor = celda.valor if celda else None
    if isinstance(valor, (datetime, date)):
        return f"{valor:%Y-%m-%d}", True
    texto = _texto(celda)[:200]
    leida = leer_fecha(texto) if texto else None
    return (leida.isoformat(), True) if leida else (texto, not texto)


def _texto(celda: CeldaCruda | None, *, como_esta: bool = False) -> str:
    if celda is None or celda.valor is None:
        return ""
    texto = como_texto(celda.valor)
    return texto.strip() if como_esta else limpiar(texto)


def _visible(columna: str, celda: CeldaCruda | None) -> Any:
    valor = celda.valor if celda else None
    if columna == "dice":
        return float(valor) if isinstance(valor, (int, float)) and not isinstance(valor, bool) else (
            _texto(celda, como_esta=True) or VACIO
        )
    texto = _texto(celda)
    if columna == "celda":
        primera = texto.partition(" ")[0]
        try:
            fila_y_columna(primera)
        except ValueError:
            return ""
        return primera
    if columna == "archivo" and texto == CARPETA:
        return ""
    return "" if texto == VACIO else texto

