"""Un libro aprobado y revisado → con qué se escribe su libro de seguimiento, sin cerrar nada que no se haya leído.

Lo aprobado queda cerrado. Queda abierto, resaltado y dicho lo que el libro no trae o no se pudo leer y la plantilla
pide: cerrado y vacío, nadie podría llenarlo.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from pei_excel.calculos import plegar
from pei_excel.escritura.desde_exportacion import desde_exportacion
from pei_excel.escritura.desde_libro import Campos, Filas, filas_desde_libro, valor_de
from pei_excel.escritura.encargo import Abierta, Aspecto, Encargo, preparar
from pei_excel.evaluacion import filas_corridas
from pei_excel.faltantes import DatosDeLaFila, Faltantes
from pei_excel.formato import Columna, Formato, Hoja, Modo
from pei_excel.formatos.aplicativo import APLICATIVO
from pei_excel.hallazgo import Hallazgo, Severidad
from pei_excel.libro import Dato, Libro
from pei_excel.modificaciones import HOJA as MODIFICACIONES
from pei_excel.periodos import Periodo
from pei_excel.revision import Revision
from pei_excel.textos import cuenta

_CORRIDA = "En el libro aprobado los datos de este renglón están corridos. Compruébelos con el documento aprobado."
_SIN_DATO = "El libro aprobado no trae este dato. Escríbalo como se aprobó."
_SIN_INFORMAR = "El libro aprobado no trae lo informado aquí. Escríbalo; si no hubo avance escriba 0."
_SIN_RENGLON = "El libro aprobado no trae este renglón. Escríbalo como se aprobó."

_CERRADOS = frozenset({Aspecto.APROBADO, Aspecto.CERRADO})


class Seguimiento(NamedTuple):
    """Con qué se escribe el libro de seguimiento de un informe."""

    formato: Formato  #: con los campos que quedan abiertos
    campos: Campos
    filas: Filas
    avisos: tuple[str, ...] = ()  #: qué queda por llenar o por comprobar, una línea cada uno
    errores: tuple[str, ...] = ()  #: lo que el libro aprobado trae mal y pasa a la plantilla, una línea cada uno


def seguimiento_desde(revision: Revision, formato: Formato, periodo: Periodo) -> Seguimiento:
    """De un libro aprobado, o del POI de una exportación, lo que va en el libro de seguimiento de un periodo."""
    libro = revision.libro
    avisos: list[str] = []
    dichas: frozenset[str] = frozenset()
    if libro.origen == APLICATIVO:
        formato, campos, filas, avisos, dichas = desde_exportacion(revision, periodo)
    else:
        campos, filas = filas_desde_libro(libro, formato, periodo)
    campos.pop("ejercicio", None)
    ilegibles = {c for c, dato in libro.campos.items() if _ilegible(dato)}
    campos = {clave: valor for clave, valor in campos.items() if clave not in ilegibles}
    formato = _con_campos_abiertos(formato, campos)
    armado = _Armado(libro, formato, campos, filas, periodo)
    armado.abrir_lo_que_no_se_leyo()
    armado.agregar_renglones_que_faltan()
    sin_informar = armado.abrir_lo_que_se_pide()
    if sin_informar:
        avisos.append(
            f"no trae informado todo lo anterior al periodo: {cuenta(sin_informar, 'celda queda', 'celdas quedan')} "
            f"{'abierta' if sin_informar == 1 else 'abiertas'}; si hay un libro posterior, úselo"
        )
    errores = [e for h in revision.hallazgos if (e := armado.error(h, dichas)) is not None]
    return Seguimiento(formato, campos, armado.filas, tuple(avisos), tuple(errores))


def _ilegible(dato: Dato) -> bool:
    return dato.valor is None and dato.incidente is not None and dato.incidente.error


def _mensaje(dato: Dato) -> str:
    que = dato.incidente.mensaje if dato.incidente else ""
    return f"En el libro aprobado no se pudo leer: {que[:130]}. Escriba el dato aprobado."


def _con_campos_abiertos(formato: Formato, campos: Campos) -> Formato:
    """El formato con los campos obligatorios que no vienen abiertos también en seguimiento."""
    principal = formato.principal
    faltan = {c.clave for c in principal.campos if c.obligatorio and campos.get(c.clave) is None} - {"ejercicio"}
    if not faltan - {c.clave for c in principal.campos if c.abierto}:
        return formato
    propios = tuple(replace(c, abierto=True) if c.clave in faltan else c for c in principal.campos)
    return replace(formato, hojas=(replace(principal, campos=propios), *formato.hojas[1:]))


class _Armado:
    """Los renglones de un libro de seguimiento mientras se decide qué queda abierto."""

    def __init__(self, libro: Libro, formato: Formato, campos: Campos, filas: Filas, periodo: Periodo) -> None:
        self.libro, self.formato, self.campos, self.filas, self.periodo = libro, formato, campos, filas, periodo
        self._encargo = self._preparar()
        self._lugares: dict[tuple[str | None, str | None], list[tuple[str, int, str]]] = {}
        for hoja in libro.hojas.values():
            for n, fila in enumerate(hoja.filas):
                for clave, dato in fila.datos.items():
                    self._lugares.setdefault((dato.hoja, dato.celda), []).append((hoja.clave, n, clave))
        for clave, dato in libro.campos.items():
            self._lugares.setdefault((dato.hoja, dato.celda), []).append((formato.principal.clave, -1, clave))

    def _preparar(self) -> Encargo:
        return preparar(
            self.formato, modo=Modo.SEGUIMIENTO, ejercicio=self.periodo.ejercicio, periodo=self.periodo,
            campos=self.campos, filas=self.filas, filas_libres=0, papel=None,
        )

    def _se_cierra(self, hoja: Hoja, n: int, columna: Columna) -> bool:
        renglones = self._encargo.renglones[hoja.clave]
        return columna.calculo is None and (
            self._encargo.aspecto(columna) in _CERRADOS
            or (n < len(renglones) and self._encargo.cerrado(hoja, renglones[n]))
        )

    def abrir_lo_que_no_se_leyo(self) -> None:
        """Las celdas ilegibles quedan vacías y abiertas; los renglones corridos, abiertos como vienen."""
        for hoja in self.formato.hojas:
            corridas = filas_corridas(self.libro, hoja.clave)
            leidas = self.libro.filas(hoja.clave) if hoja.clave in self.filas else []
            for n, (fila, valores) in enumerate(zip(leidas, self.filas.get(hoja.clave, ()), strict=False)):
                for columna in hoja.columnas:
                    dato = fila[columna.clave]
                    if not self._se_cierra(hoja, n, columna) or isinstance(valores.get(columna.clave), Abierta):
                        continue
                    if fila.indice in corridas:
                        valores[columna.clave] = Abierta(_CORRIDA, valor_de(dato))
                    elif _ilegible(dato):
                        valores[columna.clave] = Abierta(_mensaje(dato))

    def agregar_renglones_que_faltan(self) -> None:
        """En las hojas que llevan a todos los de la principal, los que no están, con todo abierto menos la llave."""
        principal = self.formato.principal
        llave = principal.llave[0]
        for hoja in self.formato.hojas[1:]:
            if hoja.opcional or hoja.completa or hoja.referencia != (principal.clave, llave):
                continue
            propias, suya = self.filas.setdefault(hoja.clave, []), hoja.llave[0]
            todas = [fila.get(llave) for fila in self.filas[principal.clave]]
            conocidas = {plegar(v) for v in todas if v is not None}
            tenidas = {plegar(fila.get(suya)) for fila in propias}
            sin_nombre = sum(isinstance(v, Abierta) for v in todas)
            # Puede que el renglón esté y que sólo en la principal no se lea su llave.
            sin_nombre -= sum(isinstance(fila.get(suya), Abierta) or plegar(fila.get(suya)) not in conocidas
                              for fila in propias)
            nuevas: list[Any] = [v for v in todas if not isinstance(v, Abierta) and v and plegar(v) not in tenidas]
            for valor in (*nuevas, *[Abierta(_SIN_RENGLON)] * max(0, sin_nombre)):
                otras = [c.clave for c in hoja.columnas if self._se_cierra(hoja, len(propias), c) and c.clave != suya]
                propias.append({suya: valor, **{clave: Abierta(_SIN_RENGLON) for clave in otras}})

    def abrir_lo_que_se_pide(self) -> int:
        """Abre lo que la primera fila pide y estaría cerrado; da cuántas celdas de periodos anteriores sin informar."""
        self._encargo = self._preparar()
        sin_informar = 0
        for hoja in self.formato.hojas:
            renglones = self._encargo.renglones[hoja.clave]
            calculo = next((c.calculo for c in hoja.columnas if isinstance(c.calculo, Faltantes)), None)
            if calculo is None:
                continue
            if hoja.completa or hoja.conserva:  # también los que se arman solos
                self.filas[hoja.clave] = [dict(r.crudos) for r in renglones if r.crudos]
            for n, valores in enumerate(self.filas.get(hoja.clave, ())):
                if not calculo.en_uso(renglones[n].valores):
                    continue
                for clave in _pedidas(calculo, calculo.faltan(renglones[n].valores, self._encargo)):
                    columna = hoja.por_clave[clave]
                    if valores.get(clave) is None and self._se_cierra(hoja, n, columna):
                        informado = columna.meses is not None and self._encargo.aspecto(columna) is Aspecto.CERRADO
                        valores[clave] = Abierta(_SIN_INFORMAR if informado else _SIN_DATO)
                        sin_informar += informado
        return sin_informar

    def error(self, hallazgo: Hallazgo, dichas: Collection[str] = ()) -> str | None:
        """Línea de un ERROR que pasaría a la plantilla, con su celda en el libro aprobado; None si no pasa.

        `dichas`: columnas de la hoja principal de las que ya habla un aviso.
        """
        if hallazgo.severidad is not Severidad.ERROR:
            return None
        donde = hallazgo.donde
        lugares = self._lugares.get((donde.hoja, donde.celda)) if donde.celda else None
        que = ""
        if lugares is not None:
            suyos = [lugar for lugar in lugares if lugar[2] not in dichas and self._pasa(hallazgo, *lugar)]
            if not suyos:
                return None
            abierta = any(self._abierta(*lugar) for lugar in suyos)
            que = " (queda abierta)" if abierta else " (queda cerrada como está)"
        lugar = f"{donde.hoja}!{donde.celda}" if donde.celda else donde.hoja or "el archivo"
        return f"{lugar}{que}  {hallazgo.regla}: {hallazgo.mensaje} {hallazgo.como_corregir}"

    def _pasa(self, hallazgo: Hallazgo, clave_hoja: str, n: int, clave: str) -> bool:
        hoja = self.formato.por_clave[clave_hoja]
        if n < 0:
            if clave != self.formato.campo_periodo:
                return clave != "ejercicio"
            propio = self.libro.periodo
            return hallazgo.regla == "SEG004" and propio is not None and propio.mes < self.periodo.meses_abiertos[0]
        if clave_hoja not in self.filas:
            return False
        columna = hoja.por_clave[clave]
        # Lo calculado se escribe de nuevo, y de una modificación se puede corregir el renglón: de ellos sólo pasa lo
        # que contradice a otra celda, que sí se cierra.
        if columna.calculo is not None or hoja.clave == MODIFICACIONES:
            return not hallazgo.regla.startswith("FMT")
        return self._se_cierra(hoja, n, columna)

    def _abierta(self, clave_hoja: str, n: int, clave: str) -> bool:
        if n < 0:
            campo = next((c for c in self.formato.principal.campos if c.clave == clave), None)
            return campo is not None and campo.abierto
        return isinstance(self.filas[clave_hoja][n].get(clave), Abierta)


def _pedidas(calculo: Faltantes, faltan: list[str]) -> Iterator[str]:
    """Las columnas que se piden; de las que basta una, todas."""
    for clave in faltan:
        de_varias = isinstance(calculo, DatosDeLaFila) and clave in calculo.alguna
        yield from calculo.alguna if de_varias and isinstance(calculo, DatosDeLaFila) else (clave,)
