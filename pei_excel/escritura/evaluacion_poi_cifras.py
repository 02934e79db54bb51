"""La hoja `Cifras`: los meses de cada actividad, traídos por su código de las hojas reconstruidas.

De ella salen las hojas de horizontes. Cada cifra es una fórmula viva; donde lo leído no es lo que una fórmula vería en
la celda (un número escrito como texto, un error), lleva el número leído, en color.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

from pei_excel.actividades import Actividad
from pei_excel.calculos import Cifra
from pei_excel.crudo import ErrorExcel
from pei_excel.escritura.estilos import SEVERIDAD, Estilos
from pei_excel.escritura.evaluacion_bloques import Celda, numero_visto
from pei_excel.escritura.evaluacion_poi_encargo import EncargoPOI, nombre_de
from pei_excel.escritura.evaluacion_poi_papel import FILA_TITULO, escala, titular
from pei_excel.escritura.filas_armadas import FILA, HojaDeFilas, principio
from pei_excel.escritura.hoja import (
    LibroNuevo,
    altos_de_encabezado,
    configurar_impresion,
    escribir_encabezado,
    poner_altos,
    poner_anchos,
)
from pei_excel.escritura.medidas import alto_de_fila
from pei_excel.formato import INICIALES, Columna
from pei_excel.libro import Dato, Fila
from pei_excel.mensual import ANO, claves_de_mes
from pei_excel.modificaciones import Modificacion
from pei_excel.tipos import MetaEnPalabras, Numero, Texto
from pei_excel.ubicacion import letra

HOJA = "Cifras"
ENCABEZADO = 4
PRIMERA = ENCABEZADO + 2

#: Medida → hoja de donde sale y su banda, en el orden en que se muestran.
MEDIDAS = {
    "programado": ("Programación", "Programado (en su unidad de medida)"),
    "ejecutado": ("Seguimiento", "Ejecutado (en su unidad de medida)"),
    "costo": ("Valorización", "Costo (S/.)"),
    "devengado": ("Seguimiento", "Devengado (S/.)"),
}
INICIALES_DE = {"programado": "Programado inicial (antes de modificaciones)",
                "costo": "Costo inicial S/. (antes de modificaciones)"}
_HOJAS = ("Programación", "Valorización", "Seguimiento")
_FIJAS = 4
_EXPLICACION = "Cada mes se trae, por el código de la actividad, de las hojas del formato; de aquí salen las demás."
_LEYENDA = "Cifra leída: en su archivo está escrita de un modo que una fórmula no ve."


def _columna(clave: str, titulo: str, ancho: float, banda: tuple[str, ...] = (), *, numero: bool = True) -> Columna:
    return Columna(clave=clave, titulo=titulo, tipo=Numero() if numero else Texto(), ancho=ancho, banda=banda)


class Cifras:
    """Dónde queda cada cosa en la hoja, y cómo se escribe."""

    def __init__(self, encargo: EncargoPOI) -> None:
        self.encargo = encargo
        con_iniciales = bool(encargo.iniciales)
        apoyo = ("Renglón en su hoja",)
        columnas = [
            _columna("numero", "N.º", 4.5), _columna("codigo", "Código", 8, numero=False),
            _columna("actividad", "Actividad", 24, numero=False),
            _columna("acumulacion", "Acumulación", 12, numero=False),
            *(_columna(f"renglon_{h}", h, 12, apoyo) for h in _HOJAS),
            _columna("meta", "Meta anual", 9),
        ]
        if con_iniciales:
            columnas.append(_columna("meta_inicial", "Meta anual inicial", 9))
        bandas = {m: b for m, (_, b) in MEDIDAS.items()}
        bandas |= {f"{m}_inicial": b for m, b in INICIALES_DE.items() if con_iniciales}
        for medida, banda in bandas.items():
            ancho = 10.5 if medida.startswith(("costo", "devengado")) else 7
            columnas += [_columna(f"{medida}_m{n}", INICIALES[n - 1], ancho, (banda,)) for n in ANO]
        self.columnas = columnas
        self.medidas = tuple(bandas)
        self.letra = {c.clave: letra(n) for n, c in enumerate(columnas, 1)}

    @cached_property
    def ultima(self) -> int:
        """Última fila de datos (al menos una, aunque esté en blanco)."""
        return PRIMERA + max(1, len(self.encargo.actividades)) - 1

    @cached_property
    def celdas(self) -> list[dict[str, Celda]]:
        """Por actividad, columna → su celda; las fórmulas llevan la marca FILA donde va el número de fila."""
        origenes = _origenes(self.encargo)
        previas: dict[str, int] = {}
        hechas = []
        for n, actividad in enumerate(self.encargo.actividades, 1):
            hechas.append(self._de_actividad(actividad, n, previas.get(actividad.codigo), origenes))
            if actividad.codigo:
                previas[actividad.codigo] = PRIMERA + n - 1
        return hechas

    def valor(self, clave: str, n: int) -> Any:
        """Valor de una columna en la actividad número `n`."""
        return self.celdas[n - 1][clave].valor

    def referencia(self, clave: str, n: int, vacia: str = "") -> Celda:
        """Celda que trae de aquí una columna de la actividad número `n`; `vacia` es lo que muestra si no hay nada."""
        celda = f"'{HOJA}'!${self.letra[clave]}${PRIMERA + n - 1}"
        valor = self.celdas[n - 1][clave].valor
        return Celda(f'IF({celda}="","{vacia}",{celda})', vacia if valor is None else valor)

    def nombrar(self, libro: LibroNuevo) -> None:
        """Los nombres definidos que las fórmulas usan."""
        encargo = self.encargo
        for medida in self.medidas:
            inicio, fin = self.letra[f"{medida}_m1"], self.letra[f"{medida}_m12"]
            libro.define_name(nombre_de("cifras", medida), f"='{HOJA}'!${inicio}${PRIMERA}:${fin}${self.ultima}")
        for medida, (hoja, _) in MEDIDAS.items():
            if encargo.se_escribe(hoja):
                rango = encargo.rectangulo(hoja, f"{medida}_m1", f"{medida}_m12")
                libro.define_name(nombre_de("escrito", medida), f"={rango}")
        for hoja in _HOJAS:
            if encargo.se_escribe(hoja):
                libro.define_name(nombre_de("codigos", hoja), f"={encargo.rectangulo(hoja, 'codigo', 'codigo')}")
        if encargo.se_escribe("Programación"):
            libro.define_name("escrito_meta", f"={encargo.rectangulo('Programación', 'meta', 'meta')}")

    def escribir(self, hoja: HojaDeFilas, estilos: Estilos) -> None:
        """La hoja entera."""
        encargo = self.encargo
        hoja.hide_gridlines(2)
        hoja.set_zoom(90)
        poner_anchos(hoja, self.columnas)
        cortes = [self._numero(f"{medida}_m1") for medida in self.medidas][1:]
        fines = [n - 1 for n in (*cortes, len(self.columnas) + 1)]
        paginas = list(zip((_FIJAS + 1, *cortes), fines, strict=True))
        anchos = [c.ancho for c in self.columnas]
        titular(hoja, f"Cifras con que se calculó la evaluación{encargo.marca}", _EXPLICACION, paginas, anchos, encargo,
                estilos)
        hoja.write_string(0, _FIJAS, "", estilos("leyenda", bg_color=SEVERIDAD["NOTA"]))
        hoja.write_string(0, _FIJAS + 1, _LEYENDA, estilos("texto"))
        escribir_encabezado(hoja, self.columnas, ENCABEZADO, estilos)
        poner_altos(hoja, ENCABEZADO, altos_de_encabezado(self.columnas))
        inicios: dict[Any, str] = {}
        for fila, celdas in enumerate(self.celdas, PRIMERA):
            self._escribir_fila(hoja, fila, celdas, inicios, estilos)
        configurar_impresion(
            hoja, papel=encargo.papel, area=(FILA_TITULO, 1, self.ultima, len(self.columnas)),
            repetir=(FILA_TITULO, ENCABEZADO + 1), repetir_columnas=(1, _FIJAS), pie=encargo.pie, cortes=tuple(cortes),
        )
        hoja.set_print_scale(escala([[*anchos[:_FIJAS], *anchos[a - 1 : b]] for a, b in paginas], encargo.papel))
        hoja.freeze_panes(PRIMERA - 1, _FIJAS)

    def _numero(self, clave: str) -> int:
        return next(n for n, c in enumerate(self.columnas, 1) if c.clave == clave)

    def _escribir_fila(
        self, hoja: HojaDeFilas, fila: int, celdas: Mapping[str, Celda], inicios: dict[Any, str], estilos: Estilos
    ) -> None:
        textos, partes = [], []
        for n, columna in enumerate(self.columnas, 1):
            formula, valor = celdas[columna.clave]
            # De estas tres cosas depende el aspecto de una celda.
            entera = not isinstance(valor, float) or valor.is_integer()
            llave = (n, entera, formula is None)
            inicio = inicios.get(llave)
            if inicio is None:
                inicio = inicios[llave] = principio(n, self._formato(columna, estilos, *llave[1:]))
            partes.append(hoja.celda(inicio, valor, formula))
            if isinstance(valor, str):  # un texto, o una meta en palabras
                textos.append((valor, columna.ancho))
        hoja.poner(fila, 1, partes)
        hoja.set_row(fila - 1, alto_de_fila(textos, minimo=18))

    def _formato(self, columna: Columna, estilos: Estilos, entera: bool, sin_formula: bool) -> Any:
        if isinstance(columna.tipo, Texto):
            return estilos("celda")
        if columna.clave.startswith(("renglon_", "numero")):
            return estilos("apoyo", num_format="0", align="center")
        meta = columna.clave.startswith("meta")  # puede ser de palabras: se dobla
        dinero = columna.clave.startswith(("costo", "devengado"))
        # Los soles, con céntimos; lo demás, sólo con los decimales que tiene.
        numero = "#,##0.00" if dinero or not entera else "#,##0"
        formato = estilos("celda" if meta else "aprobado", align="right", num_format=numero,
                          **({} if meta else {"shrink": True}))
        if sin_formula and not _sin_hoja(self.encargo, columna.clave):
            formato = estilos.variante(formato, bg_color=SEVERIDAD["NOTA"])
        return formato

    def _de_actividad(
        self, actividad: Actividad, n: int, previa: int | None,
        origenes: Mapping[tuple[str, int, str], Modificacion],
    ) -> dict[str, Celda]:
        celdas = {
            "numero": Celda(None, float(n)), "codigo": Celda(None, actividad.codigo),
            "actividad": Celda(None, actividad.nombre), "acumulacion": Celda(None, actividad.forma),
        }
        propias = {"Programación": actividad.fila, "Valorización": actividad.costos,
                   "Seguimiento": actividad.seguimiento}
        for clave, propia in propias.items():
            celdas[f"renglon_{clave}"] = self._renglon(clave, propia, actividad.codigo, previa)
        celdas["meta"] = self._meta(actividad.fila["meta"])
        for medida, (clave, _) in MEDIDAS.items():
            celdas.update(zip(claves_de_mes(medida), self._meses(
                medida, propias[clave], getattr(actividad, medida)
            ), strict=True))
        if self.encargo.iniciales:
            vigentes = [("meta", "Programación", "meta")]
            vigentes += [(f"{m}_m{mes}", MEDIDAS[m][0], f"{m}_inicial_m{mes}") for m in INICIALES_DE for mes in ANO]
            for columna, clave, _ in vigentes:
                propia = propias[clave]
                origen = origenes.get((clave, propia.indice, columna)) if propia is not None else None
                inicial = columna.replace("_m", "_inicial_m") if columna != "meta" else "meta_inicial"
                celdas[inicial] = self._inicial(origen, celdas[columna], f"{self.letra[columna]}{FILA}")
        return celdas

    def _renglon(self, clave: str, propia: Fila | None, codigo: str, previa: int | None) -> Celda:
        """Renglón por código; la segunda vez que un código aparece, el que sigue al de la primera."""
        esperado = self.encargo.renglon(propia)
        if not self.encargo.se_escribe(clave):
            return Celda(None, None)
        letra_ = self.letra[f"renglon_{clave}"]
        desde = 0
        nombre = nombre_de("codigos", clave)
        formula = f"IFERROR(MATCH($B{FILA},{nombre},0),0)"
        if previa is not None:
            anterior = f"${letra_}${previa}"
            resto = f"INDEX({nombre},{anterior}+1):INDEX({nombre},ROWS({nombre}))"
            formula = f"IFERROR(MATCH($B{FILA},{resto},0)+{anterior},0)"
            desde = self._ya_puestos.get((clave, codigo), 0)
        self._ya_puestos[clave, codigo] = esperado
        hallado = next((n for n in self._escritos[clave].get(_buscado(codigo), ()) if n > desde), 0)
        return Celda(formula if codigo and hallado == esperado else None, float(esperado))

    @cached_property
    def _escritos(self) -> dict[str, dict[str | None, list[int]]]:
        """Por hoja, texto de la columna del código, sin mayúsculas → los renglones donde está escrito."""
        hojas: dict[str, dict[str | None, list[int]]] = {clave: {} for clave in _HOJAS}
        for clave, hallados in hojas.items():
            for n, fila in enumerate(self.encargo.revision.libro.filas(clave), 1):
                escrito = fila["codigo"].crudo
                if isinstance(escrito, str) and not isinstance(escrito, ErrorExcel):
                    hallados.setdefault(escrito.casefold(), []).append(n)
        return hojas

    @cached_property
    def _ya_puestos(self) -> dict[tuple[str, str], int]:
        """(hoja, código) → el renglón de su última vez."""
        return {}

    def _meses(self, medida: str, propia: Fila | None, cifras: Sequence[Cifra]) -> list[Celda]:
        """Los doce de una medida; sin fórmula donde lo escrito no es lo que se leyó."""
        if not self.encargo.se_escribe(MEDIDAS[medida][0]):
            return [Celda(None, None)] * 12
        hechas = []
        for clave, formula, futuro, cifra in zip(
            claves_de_mes(medida), self._formulas[medida], self._futuros[medida], cifras, strict=True
        ):
            vista = _que_ve(propia[clave]) if propia is not None else None
            # Un 0 escrito después del periodo cuenta como vacío.
            hechas.append(Celda(formula if (vista or None if futuro else vista) == cifra else None, cifra))
        return hechas

    @cached_property
    def _futuros(self) -> dict[str, list[bool]]:
        """Por medida, si cada mes es posterior al periodo y de lo que se ejecuta."""
        return {m: [m in {"ejecutado", "devengado"} and n > self.encargo.periodo.mes for n in ANO] for m in MEDIDAS}

    @cached_property
    def _formulas(self) -> dict[str, list[str]]:
        """Por medida, la fórmula de cada mes."""
        return {
            medida: [
                _formula_de_mes(medida, f"${self.letra[f'renglon_{hoja}']}{FILA}", mes, futuro)
                for mes, futuro in zip(ANO, self._futuros[medida], strict=True)
            ]
            for medida, (hoja, _) in MEDIDAS.items()
        }

    def _meta(self, dato: Dato) -> Celda:
        """La meta del año: un número, o las palabras con que se escribió."""
        renglon = f"${self.letra['renglon_Programación']}{FILA}"
        x = f"INDEX(escrito_meta,{renglon})"
        formula = f'IF(N({renglon})=0,"",IF({x}="","",{x}))'
        if isinstance(dato.valor, MetaEnPalabras):
            return Celda(formula, str(dato.crudo))
        vista = numero_visto(dato)
        texto = isinstance(dato.crudo, str)
        return Celda(None if texto or vista != dato.valor else formula, dato.valor)

    def _inicial(self, origen: Modificacion | None, vigente: Celda, celda: str) -> Celda:
        """El valor anterior de su modificación más antigua; sin modificaciones, el vigente."""
        if origen is None:
            return Celda(f'IF({celda}="","",{celda})', vigente.valor)
        x = self.encargo.celda(origen.fila, "valor_anterior")
        vista = _que_ve(origen.fila["valor_anterior"])
        return Celda(f'IF(ISNUMBER({x}),{x},"")' if vista == origen.anterior else None, origen.anterior)


@lru_cache(1024)
def _formula_de_mes(medida: str, renglon: str, mes: int, futuro: bool) -> str:
    x = f"INDEX({nombre_de('escrito', medida)},{renglon},{mes})"
    cual = f'IF({x}=0,"",{x})' if futuro else x
    return f'IF(N({renglon})=0,"",IF(ISNUMBER({x}),{cual},""))'


def _sin_hoja(encargo: EncargoPOI, clave: str) -> bool:
    """La columna viene de una hoja que el archivo no trae: está en blanco, no leída de otro modo."""
    medida = clave.split("_", maxsplit=1)[0]
    return medida in MEDIDAS and not encargo.se_escribe(MEDIDAS[medida][0])


def _que_ve(dato: Dato) -> Cifra:
    """El número que hay en la celda; los errores, como el texto, no lo son."""
    return None if isinstance(dato.crudo, ErrorExcel) else numero_visto(dato)


def _buscado(codigo: str) -> str | None:
    """El código como lo compara la función COINCIDIR de Excel; None si no puede buscarlo."""
    return codigo.casefold() if len(codigo) < 256 and not set("*?~") & set(codigo) else None


def _origenes(encargo: EncargoPOI) -> dict[tuple[str, int, str], Modificacion]:
    """(hoja, índice de la fila modificada, columna) → la modificación más antigua que se puede deshacer."""
    return {
        (una.hoja, una.vigente.llave[1], una.columna): una
        for una in reversed(encargo.modificadas) if una.vigente is not None and una.se_puede_deshacer
    }
