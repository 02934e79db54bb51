"""De los resultados y el catálogo a los mensajes: qué se le dice a la Tesorería y a cada unidad, y con qué archivos."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate
from pathlib import PurePosixPath
from typing import Any

from pei_excel.catalogo import Catalogo
from pei_excel.control import NO_HA_LLEGADO
from pei_excel.correo.mensajes import Mensaje, MensajeImpropio, direccion, en_un_renglon
from pei_excel.correo.redaccion import Redaccion, Redactado
from pei_excel.correo.resultados import Adjunto, AdjuntoImpropio, Resultados
from pei_excel.correo.unidades import POR_ENTREGAR, DeUnidad, Informe, repartir
from pei_excel.formatos import FORMATOS
from pei_excel.hallazgo import Severidad
from pei_excel.indicaciones import indicacion
from pei_excel.lectura.recepcion import SEGUN_ARCHIVO
from pei_excel.periodos import MESES
from pei_excel.revision import Suerte
from pei_excel.salidas import NoSePudo
from pei_excel.textos import cuenta, enumerar, mas_cercano

#: Cuántas observaciones se dicen en el correo, y en cuántas letras, para que se lea en una pantalla; las demás, en la
#: hoja Observaciones.
PUNTOS, _LARGO_DE_TODOS = 7, 2000
#: Letras de lo que se observa y de cómo se corrige: sólo una lista de opciones o un texto de la unidad pasan de ahí.
_LARGO_DE_LO_VISTO, _LARGO_DE_QUE_HACER = 320, 240
#: Cuántos informes pendientes se nombran a la Tesorería.
_PENDIENTES = 12
#: Motivos que sólo tienen sentido mientras se puede entregar: lo que son.
ANTES_DEL_PLAZO = {"apertura": "la apertura", "recordatorio": "un recordatorio"}
#: Motivos que sólo van antes, o sólo después, del plazo de cada quien: lo que se hace entonces.
DE_OTRO_DIA: Mapping[str, Callable[[], str]] = {
    "recordatorio": lambda: indicacion(
        orden="Use --motivo faltante.", menu="Escríbale como a quien no ha entregado, ya vencido el plazo."
    ),
    "faltante": lambda: indicacion(
        orden="Use --motivo recordatorio.", menu="Escríbale como a quien no ha entregado, antes de que venza."
    ),
}
TESORERIA = "tesoreria"
_DEL_FORMATO = {"MIR": " de la MIR", "POI": " del POI"}


def dia_escrito(dia: date | None, *, ejercicio: int | None = None) -> str:
    """«15 de julio de 2024», o «15 de julio» si el año es el del periodo; vacío si no hay fecha."""
    if dia is None:
        return ""
    corto = f"{dia.day} de {MESES[dia.month - 1]}"
    return corto if dia.year == ejercicio else f"{corto} de {dia.year}"


def tamano(cuantos: int) -> str:
    """«45 KB», «1.2 MB»."""
    return f"{max(1, round(cuantos / 1024))} KB" if cuantos < 1024**2 else f"{cuantos / 1024**2:.1f} MB"


def _el_catalogo() -> str:
    return indicacion(orden="--catalogo", menu="el catálogo, lleno y sin errores,")


class Composicion:
    """Compone los mensajes de una carpeta de resultados, como se mandan un día: lo ya vencido no se pide."""

    def __init__(self, resultados: Resultados, catalogo: Catalogo | None, redaccion: Redaccion, hoy: date) -> None:
        self._resultados, self._catalogo, self._redaccion, self._hoy = resultados, catalogo, redaccion, hoy
        self.avisos: list[str] = []  #: lo que la oficina debe saber de las fechas, después de componer
        del_periodo = (resultados.periodo, resultados.periodo.como_trimestre)
        plazos = [catalogo.plazo(p) for p in del_periodo] if catalogo else []
        self._solventacion = next((p.solventacion for p in plazos if p), None)

    # ------------------------------------------------------------ a la Tesorería

    def a_tesoreria(self, escrita: str | None = None) -> Mensaje:
        """El consolidado, a la Tesorería o a la dirección que se dio.

        Raises:
            NoSePudo: si una plantilla de texto no puede usarse.
        """
        totales: Mapping[str, Any] = self._resultados.documento["totales"]
        nombres = [f"{libro}-{f.lower()}.xlsx" for f in totales for libro in ("consolidado", "tesoreria")]
        adjuntos, problema = self._adjuntar(nombres)
        primero = next(iter(totales.values()))
        cierre = primero.get("cierre")
        preliminar = bool(primero["preliminar"])
        version = f"Versión {cierre['version']}" if cierre else "Versión preliminar"
        consolidados = [
            {
                "formato": f, "de": _DEL_FORMATO.get(f, "") if len(totales) > 1 else "",
                "cobertura": self._cobertura(total["informes"]),
                "pendientes": self._pendientes(total["informes"]),
                "en_solventacion": self._en_solventacion(total.get("en_solventacion", 0)),
            }
            for f, total in totales.items()
        ]
        varios = len(consolidados) > 1
        cobertura = "; ".join((f"{c['formato']}: " if varios else "") + c["cobertura"] for c in consolidados)
        redactado = self._redactar(TESORERIA, adjuntos, {
            "consolidados": consolidados, "cobertura_corta": cobertura, "version": f"{version}.",
            "caracter": version[0].lower() + version[1:], "preliminar": preliminar,
        })
        catalogada = self._catalogo.institucion.tesoreria if self._catalogo else None
        falta = (
            "falta su correo en el catálogo (Institución, «Correo de la Tesorería»)" if self._catalogo
            else f"sin {_el_catalogo()} no se sabe su correo"
        )
        para, sin_correo = self._direcciones([escrita or catalogada], falta)
        return Mensaje(
            TESORERIA, "", "Tesorería" if escrita is None else escrita, redactado.asunto, redactado.texto,
            redactado.html, para, (), adjuntos, problema=problema or sin_correo, completo=not problema,
        )

    def _cobertura(self, informes: Mapping[str, Any]) -> str:
        cuantos, esperados = informes["consolidados"], informes["esperados"]
        return f"{cuantos} de {cuenta(esperados, 'informe')}" if esperados else cuenta(cuantos, "informe")

    @staticmethod
    def _pendientes(informes: Mapping[str, Any]) -> str:
        todos = []
        for fuera in informes["excluidos"]:
            quien = fuera["informe"].partition(" «")[0]  # sin dónde estaba su archivo
            motivo = "" if fuera["motivo"] == NO_HA_LLEGADO else f" ({fuera['motivo']})"
            todos.append(en_un_renglon(quien.replace(", programa ", " · programa ") + motivo))
        resto = len(todos) - _PENDIENTES
        return enumerar([*todos[:_PENDIENTES], *([f"{resto} más"] if resto > 0 else [])])

    @staticmethod
    def _en_solventacion(cuantas: int) -> str:
        if not cuantas:
            return ""
        return f"{cuenta(cuantas, 'cifra')} en solventación, {'señalada' if cuantas == 1 else 'señaladas'} al pie"

    # ------------------------------------------------------------ a las unidades

    def a_unidades(self, motivo: str, solo: Iterable[str] = ()) -> tuple[list[Mensaje], list[str]]:
        """Un mensaje por unidad de las que toca, y los archivos de los que no se sabe a quién avisar.

        Raises:
            NoSePudo: si una plantilla de texto no puede usarse, una clave no es de nadie, el periodo ya se cerró o el
                plazo de todas ya venció (un recordatorio) o todavía no (un faltante).
        """
        if self._cerrado and motivo in ANTES_DEL_PLAZO:
            raise NoSePudo(
                f"{self._resultados.periodo.codigo} ya está cerrado: no se manda {ANTES_DEL_PLAZO[motivo]}. Si falta "
                "un informe, " + indicacion(orden="use --motivo faltante", menu="escriba a quien no ha entregado")
                + "; para recibirlo hay que reabrir el periodo."
            )
        unidades, sin_dueno = repartir(self._resultados, self._catalogo)
        elegidas = {self._clave_de_hoy(c, unidades).upper() for c in solo}
        quienes = [
            (u, suyos) for u in unidades
            if (not elegidas or u.clave.upper() in elegidas) and (suyos := u.para(motivo))
        ]
        en_su_dia = self._en_su_dia(motivo, quienes)
        mensajes = [self._a_unidad(u, motivo, suyos) for u, suyos in en_su_dia]
        self._avisar_de_lo_que_paso(motivo, en_su_dia)
        return mensajes, sin_dueno if motivo in {"observaciones", "acuse"} and not elegidas else []

    def _en_su_dia(
        self, motivo: str, quienes: Sequence[tuple[DeUnidad, list[Informe]]]
    ) -> list[tuple[DeUnidad, list[Informe]]]:
        """De qué informes se escribe hoy: se recuerda antes del plazo de cada uno, y después se dice que falta.

        Raises:
            NoSePudo: si de ninguno.
        """
        if motivo not in DE_OTRO_DIA or self._cerrado:
            return list(quienes)
        vencidos = motivo == "faltante"
        hacen, fuera = [], []
        for unidad, suyos in quienes:
            tocan = [i for i in suyos if not i.entrega.hasta or (i.entrega.hasta < self._hoy) is vencidos]
            hacen += [(unidad, tocan)] if tocan else []
            if aparte := [i for i in suyos if i not in tocan]:
                fuera.append((unidad, aparte))
        fechas = [i.entrega.hasta for _, aparte in fuera for i in aparte if i.entrega.hasta]
        if fechas and not hacen:
            dia = dia_escrito(min(fechas) if vencidos else max(fechas))
            raise NoSePudo(
                (f"El plazo todavía no vence ({dia}): no se dice que falta." if vencidos else
                 f"El plazo venció el {dia}: ya no se recuerda.") + f" {DE_OTRO_DIA[motivo]()}"
            )
        for unidad, aparte in fuera:
            dia = dia_escrito(min(i.entrega.hasta for i in aparte if i.entrega.hasta))
            que = f"vence el {dia} y todavía no se le dice que falta" if vencidos else f"venció el {dia}"
            quien = f"{en_un_renglon(unidad.quien)} ({_claves(unidad.clave, aparte)})"
            self.avisos.append(f"{quien}: su plazo {que}. {DE_OTRO_DIA[motivo]()}")
        return hacen

    def _avisar_de_lo_que_paso(self, motivo: str, quienes: Sequence[tuple[DeUnidad, list[Informe]]]) -> None:
        """Qué fecha del catálogo ya pasó, y por eso no se pide en los correos."""
        if self._cerrado:
            return
        if motivo == "apertura":
            vencidos = [d for _, suyos in quienes for i in suyos if (d := i.entrega.hasta) and d < self._hoy]
            que, donde, dia = "El plazo para entregar", "Calendario o Prórrogas", max(vencidos, default=None)
        else:
            piden = motivo in {"observaciones", "faltante"} or any(i.por_hacer for _, suyos in quienes for i in suyos)
            que, donde = "El límite de solventación", "Calendario"
            dia = self._solventacion if quienes and piden and self._paso(self._solventacion) else None
        if dia is not None:
            self.avisos.append(
                f"{que} ({dia_escrito(dia)}) ya pasó: los correos no piden nada para ese día. Si da otro, póngalo en "
                f"el catálogo ({donde}) y repita."
            )

    def _paso(self, dia: date | None) -> bool:
        return dia is not None and dia < self._hoy

    def _clave_de_hoy(self, escrita: str, unidades: Sequence[DeUnidad]) -> str:
        """La clave con que se le escribe a quien se pidió, también si dio la que tenía antes.

        Raises:
            NoSePudo: si nadie tiene esa clave.
        """
        periodo, clave = self._resultados.periodo, en_un_renglon(escrita)
        if any(u.clave.upper() == clave.upper() for u in unidades):
            return clave
        dia = (self._catalogo.fecha_limite(periodo) if self._catalogo else None) or periodo.ultimo_dia
        vigente = self._catalogo.clave_vigente(clave, dia) if self._catalogo else None
        if vigente and self._catalogo and self._catalogo.unidad(vigente, dia):
            return vigente
        parecida = mas_cercano(clave, [u.clave for u in unidades])
        sugerencia = f" ¿Quiso decir «{parecida}»?" if parecida else ""
        donde = "el catálogo" if self._catalogo else f"lo que se recibió {periodo.del_periodo} de {periodo.ejercicio}"
        raise NoSePudo(f"{clave} no está en {donde}.{sugerencia} Escriba en --unidad la clave de una unidad.")

    def _a_unidad(self, unidad: DeUnidad, motivo: str, informes: Sequence[Informe]) -> Mensaje:
        adjuntos, problema = self._adjuntar(self._archivos(motivo, unidad, informes))
        redactado = self._redactar(motivo, adjuntos, self._palabras(unidad, motivo, informes))
        propia = unidad.unidad
        if propia is None:
            falta = "no está en el catálogo" if self._catalogo else f"sin {_el_catalogo()} no se sabe su correo"
        else:
            falta = f"no tiene correo en el catálogo (Unidades!{propia.dato('correo').celda})"
        para, sin_correo = self._direcciones([propia.correo if propia else None], falta)
        copia, mala = self._direcciones(propia.copia if propia else (), "")
        return Mensaje(
            motivo, unidad.clave, en_un_renglon(unidad.quien), redactado.asunto, redactado.texto, redactado.html, para,
            copia, adjuntos, problema=problema or sin_correo or mala, completo=not problema,
        )

    def _archivos(self, motivo: str, unidad: DeUnidad, informes: Sequence[Informe]) -> list[str]:
        if motivo == "apertura" and not self._resultados.consolidados:
            from pei_excel.plantillas import nombre_libre

            codigo = self._resultados.periodo.codigo
            return [
                nombre_libre(FORMATOS[i.entrega.formato], [p for p in i.entrega.identidad if p], codigo, set())
                for i in informes if i.entrega.formato in FORMATOS
            ]
        lleva = motivo == "observaciones" or (motivo == "acuse" and not any(i.por_hacer for i in unidad.llegaron))
        return [i.evaluacion for i in informes if i.evaluacion and lleva]

    def _palabras(self, unidad: DeUnidad, motivo: str, informes: Sequence[Informe]) -> dict[str, Any]:
        ejercicio, propia, n = self._resultados.periodo.ejercicio, unidad.unidad, len(informes)
        cargo = " ".join(p for p in (propia.tratamiento, propia.cargo) if p) if propia else ""
        correcciones = sum(i.cuantos(Severidad.ERROR) for i in informes)
        aclaraciones = sum(i.cuantos(Severidad.AVISO) for i in informes)
        puntos = _puntos(informes)
        caben = _cuantos_caben(puntos)
        # No se pide nada para un día que ya pasó, ni de un periodo cerrado: se dice cuál fue.
        cerrado = self._cerrado
        ya_no = cerrado or self._paso(self._solventacion)
        solventacion, fue = (None, self._solventacion) if ya_no else (self._solventacion, None)
        limite = min((d for i in informes if (d := i.entrega.hasta)), default=None) if por_entregar(motivo) else (
            unidad.limite
        )
        limite = None if self._paso(limite) and motivo != "faltante" else limite
        return {
            "claves": _claves(unidad.clave, informes), "unidad": en_un_renglon(unidad.nombre or unidad.clave),
            "titular": en_un_renglon(cargo), "correcciones": correcciones, "aclaraciones": aclaraciones,
            "por_hacer": enumerar([
                *([cuenta(correcciones, "corrección", "correcciones")] if correcciones else []),
                *([cuenta(aclaraciones, "aclaración", "aclaraciones")] if aclaraciones else []),
            ]),
            "quedaron": "quedó" if correcciones + aclaraciones == 1 else "quedaron",
            "sin_usar": any(i.entrega.estado == Suerte.RECHAZADO for i in informes),
            "primero_que_hacer": "" if cerrado else _que_se_pide(correcciones, aclaraciones),
            "cerrado": cerrado, "solventacion_fue": dia_escrito(fue),
            "puntos": puntos[:caben], "mas": len(puntos) - caben,
            "su_informe": "su informe" if n == 1 else f"sus {n} informes", "lo": "lo" if n == 1 else "los",
            "por_entregar": cuenta(n, "informe"),
            "esta_por_entregar": "está por entregarse 1 informe" if n == 1 else f"están por entregarse {n} informes",
            "falta_por_llegar": "no ha llegado 1 informe" if n == 1 else f"no han llegado {n} informes",
            "se_recibio": "se recibió 1 informe" if n == 1 else f"se recibieron {n} informes",
            "solventacion": dia_escrito(solventacion),
            "solventacion_corta": dia_escrito(solventacion, ejercicio=ejercicio),
            "limite": dia_escrito(limite), "limite_corto": dia_escrito(limite, ejercicio=ejercicio),
            "informes": [
                {
                    "clave": en_un_renglon(i.clave), "programa": en_un_renglon(i.entrega.programa_nombre),
                    "archivo": en_un_renglon(PurePosixPath(i.entrega.archivo).name), "estado": i.entrega.estado,
                    # La fecha que trae el propio archivo no dice cuándo se recibió: no se acusa con ella.
                    "fecha": "" if i.entrega.origen == SEGUN_ARCHIVO else dia_escrito(i.entrega.fecha),
                    "origen": en_un_renglon(i.entrega.origen), "sha256": i.entrega.sha256,
                }
                for i in informes
            ],
            "preliminar": self._preliminar(),
        }

    @property
    def _cerrado(self) -> bool:
        """El periodo tiene su versión definitiva."""
        return bool(self._resultados.documento.get("totales")) and not self._preliminar()

    def _preliminar(self) -> bool:
        return any(t["preliminar"] for t in self._resultados.documento.get("totales", {}).values())

    # ------------------------------------------------------------ lo común

    def _redactar(self, motivo: str, adjuntos: Sequence[Adjunto], palabras: Mapping[str, Any]) -> Redactado:
        periodo = self._resultados.periodo
        institucion = self._catalogo.institucion if self._catalogo else None
        return self._redaccion.redactar(motivo, {
            "periodo": periodo.nombre, "periodo_corto": periodo.nombre.removesuffix(f" de {periodo.ejercicio}"),
            "del_periodo": periodo.del_periodo + ("" if periodo.clase == "A" else " de") + f" {periodo.ejercicio}",
            "lo_del_periodo": periodo.con_articulo,
            "al_periodo": periodo.al_periodo + ("" if periodo.clase == "A" else " de") + f" {periodo.ejercicio}",
            "ejercicio": periodo.ejercicio,
            "institucion": en_un_renglon(institucion.nombre) if institucion else "",
            "contacto": en_un_renglon(institucion.contacto) if institucion else "",
            "adjuntos": [
                {"nombre": a.nombre, "sha256": a.sha256, "tamano": tamano(len(a.contenido))} for a in adjuntos
            ],
            **palabras,
        })

    def _adjuntar(self, archivos: Iterable[str]) -> tuple[list[Adjunto], str]:
        """Los archivos y, si alguno no puede ir, por qué."""
        adjuntos, problemas = [], []
        for archivo in archivos:
            try:
                adjuntos.append(self._resultados.adjuntar(archivo))
            except AdjuntoImpropio as error:
                problemas.append(str(error).rstrip("."))
        return adjuntos, "; ".join(problemas)

    @staticmethod
    def _direcciones(escritas: Iterable[str | None], falta: str) -> tuple[tuple[str, ...], str]:
        buenas = []
        for escrita in escritas:
            if not escrita:
                return (), falta
            try:
                buenas.append(direccion(escrita))
            except MensajeImpropio as error:
                return (), str(error)
        return tuple(buenas), ""


def _claves(unidad: str, informes: Sequence[Informe]) -> str:
    """«504-6», «504-6 y 504-7»; si son más, sólo la unidad."""
    claves = list(dict.fromkeys(en_un_renglon(i.clave) for i in informes))
    return enumerar(claves) if len(claves) <= 2 else en_un_renglon(unidad)


def _que_se_pide(correcciones: int, aclaraciones: int) -> str:
    if correcciones and aclaraciones:
        return "Le pedimos atenderlas"
    una = correcciones + aclaraciones == 1
    que = "corregir" if correcciones else "aclarar"
    return f"Le pedimos {que}{'la' if una else 'las'}"


def _puntos(informes: Sequence[Informe]) -> list[str]:
    """Lo que debe hacer, una línea por observación: lo que se corrige primero; con dos programas, de cuál se trata."""
    varios = len({i.clave for i in informes}) > 1
    puntos = sorted(
        ((Severidad(h["severidad"]), i, h) for i in informes for h in i.por_hacer), key=lambda p: p[0].orden
    )
    lineas = []
    for severidad, informe, hallazgo in puntos:
        donde = ", ".join(x for x in (hallazgo["hoja"], hallazgo["celda"]) if x) or "todo el archivo"
        de_quien = f"{informe.clave} · " if varios else ""
        visto = _sin_lo_de_en_medio(hallazgo["mensaje"], _LARGO_DE_LO_VISTO)
        que_hacer = _sin_lo_de_en_medio(hallazgo["como_corregir"], _LARGO_DE_QUE_HACER)
        lineas.append(en_un_renglon(f"{de_quien}{donde} · {severidad.para_la_unidad}: {visto} {que_hacer}"))
    return lineas


def _cuantos_caben(puntos: Sequence[str]) -> int:
    """Cuántos de los primeros se dicen; al menos uno."""
    largos = accumulate(map(len, puntos[:PUNTOS]))
    return max(min(1, len(puntos)), sum(largo <= _LARGO_DE_TODOS for largo in largos))


def _sin_lo_de_en_medio(texto: str, largo: int) -> str:
    """Un texto que no pasa de un largo: empieza por lo que se encontró y termina en lo que se esperaba."""
    limpio = en_un_renglon(texto)
    if len(limpio) <= largo:
        return limpio
    principio, final = limpio[: largo // 2], limpio[-largo // 2 :]
    return f"{principio.rpartition(' ')[0] or principio} … {final.partition(' ')[2] or final}"


def por_entregar(motivo: str) -> bool:
    """Se escribe a quien no ha entregado: hace falta el catálogo si todavía no se consolida."""
    return motivo in POR_ENTREGAR
