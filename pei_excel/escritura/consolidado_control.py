"""La hoja «Control de entregas» del consolidado: qué se esperaba, qué llegó, cuándo y cómo terminó."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pei_excel.control import NO_HA_LLEGADO, Entregado, entregados
from pei_excel.escritura.consolidado_comun import ENCABEZADO, con_cortes, escala_de, imprimir, titular
from pei_excel.escritura.consolidado_sustituidas import SUSTITUIDAS, escribir_sustituidas
from pei_excel.escritura.estilos import CUERPO
from pei_excel.escritura.filas_armadas import FILA, ColumnaDeCuadro, Formula, escribir_cuadro, hoja_de_filas
from pei_excel.escritura.hoja import LibroNuevo, escribir_formula
from pei_excel.frases_comunes import VOCABULARIO
from pei_excel.revision import Revision, Suerte
from pei_excel.tablas import Tablas
from pei_excel.textos import cuenta
from pei_excel.ubicacion import letra

CONTROL = "Control de entregas"
_NADIE = "No se identificó"
#: Letra más chica con que se imprime; por debajo, la hoja se parte en dos o tres páginas a lo ancho.
_LETRA = 6.5
#: Columnas que se repiten en todas: de quién es el informe.
_COMUNES = 2
_COLORES: dict[str, str] = {
    Suerte.OBSERVADO: "#FDE5CE", Suerte.RECHAZADO: "#F8D0D0", Suerte.SUSTITUIDO: "#D9D9D9", NO_HA_LLEGADO: "#F8D0D0",
}


class Control(NamedTuple):
    """Dónde quedaron las columnas que dicen cómo terminó cada informe y si se consolidó."""

    primera: int
    ultima: int
    estado: str  #: letra de la columna
    consolidado: str

    def rango(self, columna: str, hoja: str = f"'{CONTROL}'!") -> str:
        """Rango absoluto de una columna del cuadro."""
        return f"{hoja}${columna}${self.primera}:${columna}${self.ultima}"

    def cuenta(self, *, consolidados: bool, hoja: str = f"'{CONTROL}'!") -> str:
        """Fórmula que cuenta los informes consolidados, o los que llegaron y no fueron sustituidos."""
        if consolidados:
            return f'COUNTIF({self.rango(self.consolidado, hoja)},"Sí")'
        estados = self.rango(self.estado, hoja)
        fuera = "".join(f'-COUNTIF({estados},"{estado}")' for estado in (Suerte.SUSTITUIDO, NO_HA_LLEGADO))
        return f'COUNTIF({estados},"?*"){fuera}'


def con_sustituidas(hojas: Sequence[str], revisiones: Sequence[Revision]) -> list[str]:
    """Los nombres de las hojas del libro; si hubo entregas sustituidas, con la suya tras el control."""
    lista = list(hojas)
    if any(r.usado is not None for r in revisiones):
        lista.insert(lista.index(CONTROL) + 1, SUSTITUIDAS)
    return lista


def escribir_control(
    libro: LibroNuevo, tablas: Tablas, revisiones: Sequence[Revision], entregas: Sequence[Entregado] | None, *,
    papel: str,
) -> Control:
    """La hoja: un renglón por informe hallado y, con catálogo, uno por cada uno que no ha llegado."""
    todas = entregados(revisiones, {}) if entregas is None else entregas
    suyas = sorted((e for e in todas if tablas.es_suyo(e.formato, e.archivo)), key=Entregado.orden)
    hoja, estilos = hoja_de_filas(libro, CONTROL), libro.estilos
    columnas = _columnas(tablas, revisiones, suyas)
    claves, anchos = list(columnas), [c.ancho for c in columnas.values()]
    cortes = _cortes(claves, anchos, papel)
    titular(
        hoja, "Control de los informes presentados", tablas, estilos, f"{tablas.cobertura.breve('abajo')}.",
        fijas=anchos[:_COMUNES] if cortes else (), anchos=anchos[: cortes[0]] if cortes else anchos,
    )
    ultima = escribir_cuadro(
        hoja, ENCABEZADO, list(columnas.values()), suyas, estilos, vacio="Ningún informe.",
        relleno=lambda e: (claves.index("estado") + 1, _COLORES[e.estado]) if e.estado in _COLORES else None,
    )
    control = Control(ENCABEZADO + 1, ultima, *(letra(claves.index(c) + 1) for c in ("estado", "consolidado")))
    hoja.freeze_panes(ENCABEZADO, _COMUNES)
    final = ultima
    if suyas:
        hoja.autofilter(ENCABEZADO - 1, 0, ultima - 1, len(columnas) - 1)
        final = _totales(hoja, control, {c: letra(n) for n, c in enumerate(claves, 1)}, suyas, libro)
    imprimir(hoja, tablas, (final, len(columnas)), papel=papel)
    if cortes:
        con_cortes(hoja, anchos, _COMUNES, cortes, papel)
    escribir_sustituidas(libro, tablas, revisiones, papel=papel)
    return control


def _columnas(
    tablas: Tablas, revisiones: Sequence[Revision], suyas: Sequence[Entregado]
) -> dict[str, ColumnaDeCuadro]:
    """Las columnas que pueden saberse: sin catálogo no se sabe qué se esperaba ni hasta cuándo."""
    todos_cuentan = sum(r.cuenta for r in revisiones) == tablas.cobertura.consolidados
    con_catalogo = any(e.esperado is not None for e in suyas)
    con_limite = any(e.hasta for e in suyas)
    con_fecha = any(e.fecha for e in suyas)

    def consolidado(e: Entregado) -> str:
        cuenta_ = e.estado in {Suerte.ACEPTADO, Suerte.OBSERVADO}
        return "Sí" if cuenta_ and (todos_cuentan or e.estado == Suerte.ACEPTADO) else "No"

    def nombrado(clave: str, nombre: str) -> str:
        return f"{clave} - {nombre}" if clave and nombre else clave or nombre or _NADIE

    def numero(titulo: str, campo: str, ancho: float = 9, formato: str = "") -> ColumnaDeCuadro:
        return ColumnaDeCuadro(
            titulo, ancho, lambda e: getattr(e, campo) if e.llego else None, "right", mide=False, formato=formato
        )

    def de_cambios(titulo: str, campo: str) -> ColumnaDeCuadro:
        return ColumnaDeCuadro(
            titulo, 10, lambda e: getattr(e.cambios, campo) if e.cambios else None, "right", mide=False
        )

    def texto(titulo: str, campo: str, ancho: float, alineacion: str = "left") -> ColumnaDeCuadro:
        return ColumnaDeCuadro(titulo, ancho, lambda e: getattr(e, campo), alineacion)

    columnas: dict[str, ColumnaDeCuadro] = {
        "unidad": ColumnaDeCuadro(
            VOCABULARIO[tablas.formato].unidad, 30, lambda e: nombrado(e.unidad, e.unidad_nombre)
        ),
        "programa": ColumnaDeCuadro(
            "Programa Presupuestario", 28, lambda e: nombrado(e.programa, e.programa_nombre)
        ) if tablas.formato == "MIR" else ColumnaDeCuadro(
            "Gerencia", 28, lambda e: e.gerencia or (_NADIE if e.llego else None)
        ),
        "archivo": texto("Archivo", "archivo", 28),
    }
    if con_catalogo:
        columnas["esperado"] = ColumnaDeCuadro(
            "¿Se esperaba?", 10, lambda e: None if e.esperado is None else "Sí" if e.esperado else "No", "center"
        )
    if con_fecha:
        columnas |= {
            "fecha": ColumnaDeCuadro("Recibido", 11, lambda e: e.fecha, "center"),
            "origen": texto("La fecha es", "origen", 14, "center"),
        }
        if any(e.primera != e.fecha for e in suyas):  # vacía donde de ninguna se sabe de cierto
            columnas["primera"] = ColumnaDeCuadro("Primera entrega", 11, lambda e: e.primera, "center")
    if con_limite:
        columnas["limite"] = ColumnaDeCuadro("Fecha límite", 11, lambda e: e.limite, "center")
        if any(e.prorroga for e in suyas):
            columnas |= {
                "prorroga": ColumnaDeCuadro("Prórroga hasta", 11, lambda e: e.prorroga, "center"),
                "oficio_de_prorroga": texto("Oficio de la prórroga", "oficio_de_prorroga", 20),
            }
        if any(e.primera for e in suyas):
            columnas |= _de_plazo({c: letra(n) for n, c in enumerate(columnas, 1)})
    columnas |= {
        "periodo": texto("Periodo del informe", "periodo", 12, "center"),
        "estado": texto("Estado", "estado", 13, "center"),
        "consolidado": ColumnaDeCuadro("Se consolidó", 11, consolidado, "center"),
        "errores": numero("Errores", "errores"), "avisos": numero("Avisos", "avisos"),
        "notas": numero("Notas", "notas"),
    }
    if any(e.entrega for e in suyas):
        columnas["entrega"] = numero("N.º de entrega", "entrega", 9, '0"ª"')
    if any(e.cambios for e in suyas):  # de lo observado a la entrega anterior
        for campo, titulo in (("atendidas", "Atendidas"), ("persistentes", "Persisten"), ("nuevas", "Nuevas")):
            columnas[campo] = de_cambios(titulo, campo)
    for campo, titulo, ancho in (("medio", "Medio", 14), ("oficio", "Oficio de entrega", 20)):
        if any(getattr(e, campo) for e in suyas):
            columnas[campo] = texto(titulo, campo, ancho)
    if any(e.firmado is not None for e in suyas):
        columnas["firmado"] = ColumnaDeCuadro(
            "Firmado", 9, lambda e: None if e.firmado is None else "Sí" if e.firmado else "No", "center"
        )
    columnas |= {
        "version": ColumnaDeCuadro(
            "Versión de la plantilla", 12, lambda e: (e.version or "sin marca") if e.llego else None, "center"
        ),
        "sha256": texto("SHA-256 del archivo", "sha256", 38),
    }
    return columnas


def _de_plazo(letras: dict[str, str]) -> dict[str, ColumnaDeCuadro]:
    """Los días de retraso y lo que quieren decir, como fórmulas de las fechas de su renglón."""
    fecha, retraso = f"{letras.get('primera', letras['fecha'])}{FILA}", f"{letra(len(letras) + 1)}{FILA}"
    hasta = f"{letras['limite']}{FILA}"
    if "prorroga" in letras:
        hasta = f"MAX({hasta},{letras['prorroga']}{FILA})"
    dias = f'IF(OR({fecha}="",{hasta}=0),"",MAX(0,{fecha}-{hasta}))'
    varios = f'IF({retraso}=1,"1 día de retraso",{retraso}&" días de retraso")'
    frase = f'IF({retraso}="","",IF({retraso}=0,"en tiempo",{varios}))'

    def en_palabras(e: Entregado) -> str:
        if e.retraso is None:
            return ""
        return "en tiempo" if e.retraso == 0 else cuenta(e.retraso, "día de retraso", "días de retraso")

    return {
        "retraso": ColumnaDeCuadro(
            "Días de retraso", 9, lambda e: Formula(dias, "" if e.retraso is None else e.retraso), "right", mide=False
        ),
        "plazo": ColumnaDeCuadro("Entrega", 16, lambda e: Formula(frase, en_palabras(e)), "center", mide=False),
    }


def _totales(
    hoja: object, control: Control, letras: dict[str, str], suyas: Sequence[Entregado], libro: LibroNuevo
) -> int:
    """Bajo el cuadro, cuántos se esperaban, llegaron, faltan y se retrasaron, contados en él; da la última fila."""
    vigentes = [e for e in suyas if e.vigente]
    totales: list[tuple[str, str, int]] = [
        ("Informes recibidos", control.cuenta(consolidados=False, hoja=""), len(vigentes)),
    ]
    if "esperado" in letras:
        esperados, estados = (control.rango(letras[c], "") for c in ("esperado", "estado"))
        buenos = [e for e in suyas if e.esperado and e.estado != Suerte.SUSTITUIDO]
        totales = [
            ("Informes esperados, hallados o no", f'COUNTIFS({esperados},"Sí",{estados},"<>{Suerte.SUSTITUIDO}")',
             len(buenos)),
            *totales,
            ("No han llegado", f'COUNTIF({estados},"{NO_HA_LLEGADO}")', sum(not e.llego for e in suyas)),
        ]
    if "retraso" in letras:
        retrasos, estados = (control.rango(letras[c], "") for c in ("retraso", "estado"))
        for titulo, criterio, cuantos in (
            ("Entregados en tiempo", "0", sum(e.retraso == 0 for e in vigentes)),
            ("Entregados con retraso", ">0", sum((e.retraso or 0) > 0 for e in vigentes)),
        ):
            formula = f'COUNTIFS({retrasos},"{criterio}",{estados},"<>{Suerte.SUSTITUIDO}")'
            totales.append((titulo, formula, cuantos))
    etiqueta, cifra = libro.estilos("celda", bold=True), libro.estilos("celda", align="right")
    fila = control.ultima + 1
    for titulo, formula, cuantos in totales:
        fila += 1
        hoja.write_string(fila - 1, 0, titulo, etiqueta)  # type: ignore[attr-defined]
        escribir_formula(hoja, fila, 2, formula, cifra, cuantos)
    return fila


def _cortes(claves: Sequence[str], anchos: Sequence[float], papel: str) -> list[int]:
    """Columnas (desde 0) que empiezan otra página: las menos con que la letra se lee.

    En la primera va el plazo; en la segunda, el resultado; en la tercera, si hace falta, lo que se sabe del archivo.
    """
    resultado, archivo = claves.index("periodo"), claves.index("notas") + 1
    posibles: tuple[list[int], ...] = ([], [resultado], [resultado, archivo])
    return next((c for c in posibles if CUERPO * escala_de(anchos, _COMUNES, c, papel) / 100 >= _LETRA), posibles[-1])
