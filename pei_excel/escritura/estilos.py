"""Todo lo que un libro tiene de aspecto: colores, letra, bordes y formatos de número. De aquí salen los formatos."""

from __future__ import annotations

from typing import Any

#: Letra que Excel y LibreOffice miden igual (Liberation Sans tiene las medidas de Arial).
FUENTE = "Arial"
#: Puntos de la hoja oficial y del estilo Normal: con ella un carácter de ancho mide 7 píxeles, como supone xlsxwriter.
CUERPO = 9

TINTA = "#1B2733"
GRIS = "#595959"
BORDE = "#7F8C99"
BANDA = "#C9D6E0"
ENCABEZADO = "#E6ECF1"
AZUL = "#1F4E79"
CAPTURA = "#FFF9DB"
CALCULADA = "#F0F0F0"
FUTURO = "#D9D9D9"
FALTA = "#FDE5CE"
FALTA_BORDE = "#C45911"
REVISAR = "#F8D0D0"
REVISAR_TINTA = "#7B1414"
LISTO = "#DCEFE0"
LISTO_TINTA = "#0B4F1F"

#: color del semáforo → (relleno, tinta); contraste AA.
SEMAFORO: dict[str, tuple[str, str]] = {
    "verde": ("#BFE3C8", "#0B4F1F"),
    "amarillo": ("#FFE699", "#5C4400"),
    "rojo": ("#F4B6B0", "#6E1010"),
    "morado": ("#DCCBEF", "#46206E"),
}

#: severidad de un hallazgo → relleno de la celda observada.
SEVERIDAD: dict[str, str] = {"ERROR": REVISAR, "AVISO": FALTA, "NOTA": "#DCE8F5"}

FECHA = "dd/mm/yyyy"
PORCENTAJE = "0.0"  #: los % se guardan como número (84.8), no como fracción

_BORDE: dict[str, Any] = {"border": 1, "border_color": BORDE}
_CELDA: dict[str, Any] = {**_BORDE, "valign": "vcenter"}

#: Nombre del estilo → propiedades de xlsxwriter que se suman a la letra del cuerpo.
ESTILOS: dict[str, dict[str, Any]] = {
    "texto": {},
    "titulo": {"bold": True, "font_size": 14, "align": "center", "valign": "vcenter", "font_color": AZUL},
    "subtitulo": {"bold": True, "font_size": 11, "valign": "vcenter", "font_color": AZUL},
    "parrafo": {"text_wrap": True, "valign": "top"},
    "nota": {"font_size": 8, "font_color": GRIS, "text_wrap": True, "valign": "top"},
    "etiqueta": {"bold": True, "valign": "vcenter"},
    "banda": {**_CELDA, "bold": True, "align": "center", "text_wrap": True, "bg_color": BANDA},
    "encabezado": {**_CELDA, "align": "center", "text_wrap": True, "bg_color": ENCABEZADO},
    "banda_apoyo": {**_CELDA, "align": "center", "text_wrap": True, "font_size": 8, "font_color": GRIS, "italic": True},
    "encabezado_apoyo": {**_CELDA, "align": "center", "text_wrap": True, "font_size": 8, "font_color": GRIS},
    "captura": {**_CELDA, "bg_color": CAPTURA, "locked": False},
    "captura_de_texto": {**_CELDA, "bg_color": CAPTURA, "locked": False, "text_wrap": True},
    "aprobado": {**_CELDA},
    "cerrado": {**_CELDA, "font_color": GRIS},
    "futuro": {**_CELDA, "bg_color": FUTURO, "font_color": GRIS},
    "calculada": {**_CELDA, "bg_color": CALCULADA},
    "apoyo": {**_CELDA, "font_color": GRIS, "font_size": 8},
    "celda": {**_CELDA, "text_wrap": True},
    "firma_titulo": {"align": "center", "valign": "vcenter", "bold": True},
    "firma_linea": {"bottom": 1},
    "firma_nombre": {"align": "center", "valign": "top", "text_wrap": True, "locked": False},
    "estado": {"bold": True, "font_size": 11, "valign": "vcenter", "bg_color": LISTO, "font_color": LISTO_TINTA},
    "enlace": {"underline": 1, "font_color": AZUL, "valign": "vcenter"},
    "leyenda": {**_CELDA, "font_size": 8, "align": "center", "locked": True},
}

#: Aspecto que un formato condicional pone encima del de la celda.
CONDICIONALES: dict[str, dict[str, Any]] = {
    "falta": {"bg_color": FALTA, "border": 1, "border_color": FALTA_BORDE},
    "revisar": {"bg_color": REVISAR, "font_color": REVISAR_TINTA},
    "futuro": {"bg_color": FUTURO, "font_color": GRIS},
    "pendiente": {"bg_color": FALTA, "font_color": "#7A3300"},
    "sin_leer": {"bg_color": "#D9D9D9", "font_color": "#404040"},
    **{f"semaforo_{c}": {"bg_color": relleno, "font_color": tinta} for c, (relleno, tinta) in SEMAFORO.items()},
}


class Estilos:
    """Los formatos de un libro nuevo: las mismas propiedades dan siempre el mismo objeto."""

    def __init__(self, libro: Any) -> None:
        self._libro = libro
        self._hechos: dict[tuple[Any, ...], Any] = {}
        self._propiedades: dict[int, dict[str, Any]] = {}
        self.colores: dict[str, str] = {}  #: color de la casa → el que lo sustituye en este libro

    def __call__(self, nombre: str, **extra: Any) -> Any:
        """Formato de celda: un estilo de ESTILOS más las propiedades dadas."""
        llave = (nombre, *extra.items())
        hecho = self._hechos.get(llave)
        if hecho is None:
            base = {"font_size": CUERPO, "font_color": TINTA, **ESTILOS[nombre]}
            hecho = self._hechos[llave] = self._nuevo(base, extra)
        return hecho

    def variante(self, formato: Any, **extra: Any) -> Any:
        """El mismo formato con otras propiedades (por ejemplo, otro formato de número)."""
        llave = (id(formato), *extra.items())
        hecho = self._hechos.get(llave)
        if hecho is None:
            hecho = self._hechos[llave] = self._nuevo(self._propiedades[id(formato)], extra)
        return hecho

    def condicional(self, nombre: str) -> Any:
        """Formato para `conditional_format`."""
        llave = ("condicional", nombre)
        hecho = self._hechos.get(llave)
        if hecho is None:
            hecho = self._hechos[llave] = self._libro.add_format(CONDICIONALES[nombre])
        return hecho

    def _nuevo(self, propiedades: dict[str, Any], extra: dict[str, Any]) -> Any:
        todas = {"font_name": FUENTE, "font_scheme": False, **propiedades, **extra}
        formato = self._libro.add_format({
            clave: self.colores.get(valor, valor) if isinstance(valor, str) else valor for clave, valor in todas.items()
        })
        self._propiedades[id(formato)] = todas
        return formato
