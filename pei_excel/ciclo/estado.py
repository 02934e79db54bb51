"""El tablero de la oficina: de cada periodo, quién entregó, quién falta, quién se retrasó, qué se observó y qué cambió.

Sale de lo último que se consolidó (`resultado.json`) y, donde ya no está, de la bitácora; los dos dicen lo mismo. No
mira el reloj: lo que falta es lo que faltaba al consolidar, y si después llegó algo lo dice.
"""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pei_excel.catalogo import Catalogo
from pei_excel.ciclo import cerrados
from pei_excel.ciclo.bitacora import ENVIADO, Bitacora, BitacoraInservible, Cierre, Corrida, Envio
from pei_excel.ciclo.llegadas import Llegadas, desde_lo_consolidado
from pei_excel.control import Entregado, con_plazos
from pei_excel.correo.constancia import CORREOS, ENVIADOS, sin_anotar
from pei_excel.formatos import FORMATOS
from pei_excel.hallazgo import Destinatario, Severidad
from pei_excel.indicaciones import indicacion
from pei_excel.periodos import Periodo
from pei_excel.reglas.lista import POR_CODIGO
from pei_excel.revision import Suerte
from pei_excel.salidas import BITACORA, ULTIMO, motivo
from pei_excel.textos import cuenta, enumerar

#: Cuántos hallazgos frecuentes se muestran.
FRECUENTES = 3
ANCHO = 100
#: Motivo de un correo → cómo se dice.
_MOTIVO = {"tesoreria": "consolidado"}
_GRAVES = frozenset({Severidad.ERROR.value, Severidad.AVISO.value})


@dataclass(slots=True)
class Parte:
    """Lo que se sabe de un formato en un periodo."""

    formato: str | None  #: None: lo que no se reconoció
    entregas: list[Entregado]

    @property
    def vigentes(self) -> list[Entregado]:
        """Lo que llegó, sin lo sustituido."""
        return [e for e in self.entregas if e.vigente]

    @property
    def esperados(self) -> int | None:
        """Cuántos informes se esperaban; None sin catálogo."""
        if all(e.esperado is None for e in self.entregas):
            return None
        return sum(bool(e.esperado) and e.estado != Suerte.SUSTITUIDO for e in self.entregas)

    @property
    def faltan(self) -> list[Entregado]:
        """Los que no han llegado."""
        return [e for e in self.entregas if not e.llego]

    @property
    def tarde(self) -> list[Entregado]:
        """Los que llegaron después de su plazo."""
        return [e for e in self.vigentes if e.retraso]

    def de(self, estado: Suerte) -> list[Entregado]:
        """Los que terminaron así."""
        return [e for e in self.entregas if e.estado == estado]

    def como_datos(self) -> dict[str, Any]:
        """Para JSON."""
        return {
            "formato": self.formato,
            "esperados": self.esperados,
            "entregados": len(self.vigentes),
            "faltan": [{"unidad": e.unidad, "unidad_nombre": e.unidad_nombre, "programa": e.programa or None,
                        "limite": e.hasta.isoformat() if e.hasta else None} for e in self.faltan],
            "con_retraso": [_de_retraso(e) for e in self.tarde],
            **{f"{s.value}s": [e.quien for e in self.de(s)] for s in Suerte},
            "cambios": [{"informe": e.quien, "entrega": e.entrega, **e.cambios._asdict()}
                        for e in self.vigentes if e.cambios],
        }


@dataclass(slots=True)
class Tablero:
    """Lo que se sabe de un periodo."""

    periodo: Periodo
    partes: list[Parte]
    frecuentes: list[tuple[str, int]] = field(default_factory=list)  #: (regla, en cuántos informes)
    cierres: list[Cierre] = field(default_factory=list)
    envios: list[Envio] = field(default_factory=list)  #: los correos, en el orden en que se mandaron
    sin_anotar: int = 0  #: copias de correos enviados que la bitácora no tiene
    cuando: date | None = None  #: de qué día es la consolidación, si la bitácora lo dice
    despues: Llegadas = field(default_factory=Llegadas)  #: lo que hay en lo recibido y esa consolidación no vio

    @property
    def cerrado(self) -> bool:
        """Lo último que se hizo con él fue cerrarlo."""
        return bool(self.cierres) and self.cierres[-1].accion == "cerrar"

    @property
    def enviados(self) -> list[Envio]:
        """Los que salieron."""
        return [e for e in self.envios if e.estado == ENVIADO]

    @property
    def sin_salir(self) -> list[Envio]:
        """Los que la última vez no salieron, o no se sabe."""
        ultimos = {(e.motivo, e.unidad, e.para.casefold()): e for e in self.envios}
        return [e for e in ultimos.values() if e.estado != ENVIADO]

    def como_datos(self) -> dict[str, Any]:
        """Para JSON."""
        return {
            "periodo": self.periodo.codigo,
            "consolidado": self.cuando.isoformat() if self.cuando else None,
            "sin_consolidar": {"llegaron": self.despues.llegaron, "cambiaron": self.despues.cambiaron,
                               "ya_no_estan": self.despues.ya_no_estan},
            "formatos": [p.como_datos() for p in self.partes],
            "frecuentes": [{"regla": r, "informes": n, "debe_cumplirse": _que(r)} for r, n in self.frecuentes],
            "cierres": [{"accion": c.accion, "version": c.version, "motivo": c.motivo,
                         "con_observaciones": c.con_observaciones} for c in self.cierres],
            "correos": {"enviados": [_de_envio(e) for e in self.enviados],
                        "sin_salir": [_de_envio(e) for e in self.sin_salir], "sin_anotar": self.sin_anotar},
        }


def _cuando(e: Entregado) -> date:
    """El día que cuenta para el plazo de algo que llegó."""
    if e.primera is None:
        raise ValueError("no se sabe cuándo llegó")
    return e.primera


def _de_envio(e: Envio) -> dict[str, Any]:
    return {"motivo": e.motivo, "unidad": e.unidad or None, "para": e.para, "asunto": e.asunto, "cuando": e.cuando,
            "estado": e.estado, "respuesta": e.respuesta, "message_id": e.message_id}


def _de_retraso(e: Entregado) -> dict[str, Any]:
    return {
        "informe": e.quien, "dias": e.retraso, "recibido": _cuando(e).isoformat(),
        "origen": e.origen, "limite": e.hasta.isoformat() if e.hasta else None, "oficio": e.oficio_de_prorroga or None,
    }


def leer_tableros(
    base: Path, periodo: Periodo | None = None, catalogo: Catalogo | None = None, recibidos: Path | None = None
) -> tuple[list[Tablero], list[str]]:
    """Los tableros de una carpeta de resultados, por periodo, y lo que no pudo leerse (líneas para el usuario).

    Con el catálogo se vuelve a preguntar quién debía entregar y hasta cuándo. `recibidos` es la carpeta de lo que llegó
    de ese periodo, si no la recuerda la bitácora.
    """
    avisos: list[str] = []
    corridas: dict[str, Corrida] = {}
    cierres = cerrados.cierres(base)
    envios: list[Envio] = []
    try:
        bitacora = Bitacora.abrir(base, para_escribir=False)
        corridas = {c.periodo: c for c in bitacora.ultimas()}
        cierres = cierres or bitacora.cierres()
        envios = bitacora.envios()
    except BitacoraInservible as error:
        # Nada del tablero depende de ella mientras estén los resultados.
        avisos.append(f"{error.a_secas}. El tablero se hizo con los resultados.")
    for codigo in _periodos_escritos(base):
        try:
            texto = (base / codigo / ULTIMO).read_text(encoding="utf-8")
            leida = _de_documento(codigo, json.loads(texto))
            anotada = corridas.get(codigo)  # dice cuándo fue, si es la misma
            misma = anotada is not None and anotada.entregas == leida.entregas
            corridas[codigo] = leida._replace(cuando=anotada.cuando) if anotada and misma else leida
        except (OSError, KeyError, TypeError, ValueError, AttributeError):
            sigue = "se usa la bitácora" if codigo in corridas else "ese periodo no se muestra; consolide otra vez"
            avisos.append(f"«{base / codigo / ULTIMO}» no puede leerse: {sigue}.")
    codigos = {Periodo.de_codigo(c): c for c in corridas}
    if periodo is not None:
        codigos = {p: c for p, c in codigos.items() if p == periodo}
        if not codigos:  # todavía no se consolida: falta todo lo esperado, si no ha llegado nada
            despues = desde_lo_consolidado(base, periodo.codigo, recibidos)
            if catalogo is not None or despues:
                nuevo = _tablero(periodo, (), (), None if despues else catalogo, cierres, envios)
                nuevo.despues = despues
                return [nuevo], avisos
    tableros = [
        _tablero(p, corridas[c].entregas, corridas[c].hallazgos, catalogo, cierres, envios)
        for p, c in sorted(codigos.items(), key=lambda par: (par[0].ultimo_dia, par[0].clase, par[1]))
    ]
    for tablero in tableros:
        codigo = codigos[tablero.periodo]
        tablero.cuando = date.fromisoformat(corridas[codigo].cuando[:10]) if corridas[codigo].cuando else None
        segun = {"libros": [{"archivo": e.archivo, "sha256": e.sha256} for e in corridas[codigo].entregas if e.llego],
                 "hallazgos": []}  # si ya no está el resultado.json
        tablero.despues = desde_lo_consolidado(base, codigo, recibidos, segun)
        try:
            tablero.sin_anotar = sin_anotar(base, tablero.periodo.codigo, (e.message_id for e in tablero.envios))
        except OSError as error:
            avisos.append(f"No se puede leer «{error.filename}» ({motivo(error)}): puede haber más correos enviados.")
    return tableros, avisos


def hay_resultados(base: Path) -> bool:
    """Hay algo de que hacer un tablero."""
    return (base / BITACORA).exists() or bool(_periodos_escritos(base))


def _periodos_escritos(base: Path) -> list[str]:
    codigos = []
    for ruta in sorted(base.iterdir()) if base.is_dir() else []:
        try:
            Periodo.de_codigo(ruta.name)
        except ValueError:
            continue
        if (ruta / ULTIMO).is_file():
            codigos.append(ruta.name)
    return codigos


def _de_documento(codigo: str, documento: Mapping[str, Any]) -> Corrida:
    """Lo que dice un `resultado.json`."""
    libros = documento["libros"]
    if "entregas" in documento:
        entregas = tuple(Entregado.de_datos(e) for e in documento["entregas"])
    else:  # de antes de que se llevara el control
        entregas = tuple(
            Entregado(
                x["formato"], x["unidad"] or "", x["unidad_nombre"] or "", x["programa"] or "", archivo=x["archivo"],
                sha256=x["sha256"] or "", periodo=x["periodo"], estado=x["estado"],
            ) for x in libros
        )
    hallazgos = tuple(
        (h["regla"], "|".join(str(x[c] or "") for c in ("sha256", "formato", "unidad", "programa")))
        for x in libros if x["estado"] != Suerte.SUSTITUIDO for h in x["hallazgos"]
        if h["destinatario"] == Destinatario.UNIDAD and h["severidad"] in _GRAVES
    )
    return Corrida(codigo, "", documento.get("opciones", {}), entregas, hallazgos)


def _tablero(
    periodo: Periodo, entregas: Sequence[Entregado], hallazgos: Iterable[tuple[str, str]], catalogo: Catalogo | None,
    cierres: Iterable[Cierre], envios: Iterable[Envio],
) -> Tablero:
    todas = con_plazos(entregas, catalogo, periodo) if catalogo is not None else list(entregas)
    partes = [
        Parte(formato, suyas) for formato in (*FORMATOS, None)
        if (suyas := sorted((e for e in todas if e.formato == formato), key=Entregado.orden))
    ]
    veces = Counter(regla for regla, _ in set(hallazgos))
    frecuentes = sorted(veces.items(), key=lambda par: (-par[1], par[0]))[:FRECUENTES]
    return Tablero(
        periodo, partes, frecuentes, [c for c in cierres if c.periodo == periodo.codigo],
        [e for e in envios if e.periodo == periodo.codigo],
    )


def _que(regla: str) -> str:
    return POR_CODIGO[regla].que if regla in POR_CODIGO else ""


def como_datos(tableros: Sequence[Tablero]) -> dict[str, Any]:
    """El documento JSON del tablero."""
    return {"version": 1, "periodos": [t.como_datos() for t in tableros]}


def texto(tableros: Sequence[Tablero]) -> str:
    """El tablero para leer en la terminal, de cien columnas a lo más."""
    return "\n\n".join("\n".join(_lineas(t)) for t in tableros) + "\n"


def _lineas(t: Tablero) -> list[str]:
    titulo = f"{t.periodo.nombre} ({t.periodo.codigo})"
    lineas = [titulo, "=" * len(titulo)]
    for cierre in t.cierres[-1:]:
        lineas += _doblar(_de_cierre(cierre))
    if t.cuando:
        lineas += _doblar(f"Según la consolidación del {_dia(t.cuando)}.")
    if frase := t.despues.frase(cerrado=t.cerrado):
        lineas += _doblar(frase)
    elif not t.partes:
        lineas += _doblar(_sin_nada(t.periodo))
    for parte in t.partes:
        lineas += ["", *_de_parte(parte)]
    if t.envios or t.sin_anotar:
        lineas += ["", *_de_correos(t)]
    if t.frecuentes:
        lineas += ["", "Lo que más se observa:"]
        for regla, n in t.frecuentes:
            lineas += _doblar(f"{regla}, en {cuenta(n, 'informe')}. Debe cumplirse: {_que(regla)}", 2, 4)
    return lineas


def _sin_nada(periodo: Periodo) -> str:
    """Ni se ha consolidado ni el catálogo dice quién debe informarlo."""
    otro = indicacion(orden="diga otro con --periodo", menu="elija otro (opción 8)")
    return (
        f"No se ha consolidado, y el catálogo no dice que alguien deba informar {periodo.con_articulo}. Si le interesa "
        f"un periodo que se informa, por ejemplo {periodo.ejercicio}-T{periodo.trimestre or 4}, {otro}."
    )


def _dia(fecha: date | None) -> str:
    return f"{fecha.day:02d}/{fecha.month:02d}/{fecha.year}" if fecha else ""


def _de_correos(t: Tablero) -> list[str]:
    lineas: list[str] = []
    if t.enviados:
        dia = date.fromisoformat(max(e.cuando for e in t.enviados)[:10])
        por_motivo = Counter(_MOTIVO.get(e.motivo, e.motivo) for e in t.enviados)
        cuales = enumerar(f"{n} de {motivo}" for motivo, n in sorted(por_motivo.items()))
        cuantos = cuenta(len({e.para.casefold() for e in t.enviados}), "dirección", "direcciones")
        veces = cuenta(len(t.enviados), "envío")
        lineas += _doblar(f"Correos enviados a {cuantos}, en {veces}: {cuales}; el último, el {_dia(dia)}.")
    if t.sin_anotar:
        lineas += _doblar(
            f"La bitácora no tiene {cuenta(t.sin_anotar, 'correo enviado', 'correos enviados')}: su copia está en "
            f"«{CORREOS}/{t.periodo.codigo}/{ENVIADOS}», y no se repetirá."
        )
    if t.sin_salir:
        cuales = "; ".join(
            f"{_MOTIVO.get(e.motivo, e.motivo)} a {f'{e.unidad}, ' if e.unidad else ''}{e.para} "
            f"({e.estado}{f': {e.respuesta}' if e.respuesta else ''})" for e in t.sin_salir
        )
        lineas += _doblar(f"Correos que no han salido: {cuales}.", 0, 4)
    return lineas


def _de_cierre(cierre: Cierre) -> str:
    que = "Reabierto" if cierre.accion == "reabrir" else "Cerrado"
    con = " con observaciones" if cierre.con_observaciones else ""
    return f"{que}{con}, versión {cierre.version}" + (f": {cierre.motivo}" if cierre.motivo else "")


def _de_parte(parte: Parte) -> list[str]:
    conteos = [cuenta(len(parte.vigentes), "entregado")]
    if parte.esperados is not None and parte.formato is not None:
        conteos = [cuenta(parte.esperados, "esperado"), *conteos]
        faltan = len(parte.faltan)
        conteos.append("falta 1" if faltan == 1 else f"faltan {faltan}" if faltan else "no falta ninguno")
    if any(e.hasta for e in parte.vigentes):
        conteos.append(f"{len(parte.tarde)} con retraso")
        if sin_fecha := sum(e.hasta is not None and e.primera is None for e in parte.vigentes):
            conteos.append(f"{sin_fecha} sin fecha cierta")
    conteos += [cuenta(n, s.value) for s in Suerte if (n := len(parte.de(s)))]
    nombre = parte.formato or "Sin formato reconocido"
    lineas = _doblar(f"{nombre}: {' · '.join(conteos)}", 0, 4)
    for titulo, cuales in (
        ("Faltan", [_nombrado(e) for e in parte.faltan]),
        ("Con retraso", [_retraso(e) for e in parte.tarde]),
        ("Observados", [e.quien for e in parte.de(Suerte.OBSERVADO)]),
        ("Rechazados", [e.archivo for e in parte.de(Suerte.RECHAZADO)]),
        ("No se esperaban", [e.quien for e in parte.vigentes if e.esperado is False and parte.formato]),
        ("Desde la entrega anterior", [_cambio(e) for e in parte.vigentes if e.cambios]),
    ):
        if cuales:
            lineas += _doblar(f"{titulo}: {'; '.join(cuales)}.", 2, 4)
    return lineas


def _nombrado(e: Entregado) -> str:
    quien = f"{e.unidad} {e.unidad_nombre}".strip()
    return f"{quien}, programa {e.programa}" if e.programa else quien


def _retraso(e: Entregado) -> str:
    origen = f", {e.origen}" if _cuando(e) == e.fecha else " por primera vez"
    prorroga = " con prórroga" if e.prorroga and e.prorroga == e.hasta else ""
    return (
        f"{e.quien}, {cuenta(e.retraso or 0, 'día')} (recibido el {_dia(_cuando(e))}{origen}; límite{prorroga} "
        f"{_dia(e.hasta)})"
    )


def _cambio(e: Entregado) -> str:
    c = e.cambios
    if c is None:
        return e.quien
    partes = [cuenta(c.atendidas, "atendida"), cuenta(c.persistentes, "persistente"), cuenta(c.nuevas, "nueva")]
    return f"{e.quien} ({e.entrega}ª entrega): {enumerar(partes)}"


def _doblar(linea: str, sangria: int = 0, siguiente: int = 2) -> list[str]:
    return textwrap.wrap(
        linea, ANCHO, initial_indent=" " * sangria, subsequent_indent=" " * siguiente, break_long_words=False,
        break_on_hyphens=False,
    )
