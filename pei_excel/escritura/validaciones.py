"""Lo que Excel impide o recuerda al escribir: listas, límites, mensajes en español y colores que avisan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from pei_excel.calculos import Acumulado, AlPeriodo
from pei_excel.escritura.encargo import Aspecto, Encargo, nombre_de_columna
from pei_excel.escritura.estilos import Estilos
from pei_excel.escritura.listas import Nombres, nombre_de_referencia
from pei_excel.faltantes import FaltaExplicar, Faltantes
from pei_excel.formato import Apertura, Campo, Columna, Hoja, ListaDeHoja, ListaDeTabla
from pei_excel.mensual import TotalMensual
from pei_excel.periodos import MESES
from pei_excel.tipos import Numero, NumeroOPalabra, Opcion, Tipo, Trimestre
from pei_excel.tipos_oficina import CELDA
from pei_excel.ubicacion import direccion

_A_QUIEN = "el área de planeación"
_IDENTIDAD = "Este dato viene del catálogo de la institución. Para corregirlo comuníquese con el área de planeación."
_CIFRA_APROBADA = "Esta cifra es la aprobada. Para modificarla comuníquese con el área de planeación."
_DATO_APROBADO = "Este dato es el aprobado. Para modificarlo comuníquese con el área de planeación."
_CERRADO = "Este trimestre ya se informó. Para corregirlo comuníquese con el área de planeación."

#: Lo que la gente escribe donde no hay cifra y el lector acepta: no se pinta de rojo.
_NADA = ("NP", "N/A", "-")


def mensaje_bloqueado(columna: Columna, aspecto: Aspecto, contacto: str = "") -> str | None:
    """Lo que se lee al pararse en una celda que no se puede cambiar; `contacto`, a quién preguntar."""
    if aspecto is Aspecto.APROBADO:
        return con_contacto(_CIFRA_APROBADA if columna.medida else _DATO_APROBADO, contacto)
    if aspecto is Aspecto.CERRADO:
        return con_contacto(_CERRADO, contacto)
    if aspecto is Aspecto.FUTURO and columna.meses:
        cierre = (columna.meses[-1] + 2) // 3 * 3
        return f"Se captura en {MESES[cierre % 12]}, al cerrar el trimestre."
    return None


def con_contacto(mensaje: str, contacto: str) -> str:
    """El mensaje con el contacto que dio la oficina, si cabe en lo que Excel muestra."""
    dicho = mensaje.replace(_A_QUIEN, f"{_A_QUIEN}: {contacto}") if contacto else mensaje
    return dicho if len(dicho) <= 255 else mensaje


def mensaje_de_identidad(contacto: str) -> str:
    """Lo que se lee en un dato de identificación que puso la oficina."""
    return con_contacto(_IDENTIDAD, contacto)


def validar_columna(
    hoja: Any, columna: Columna, aspecto: Aspecto, filas: tuple[int, int], nombres: Nombres, una: Hoja,
    contacto: str = "", abiertas: Mapping[int, str] | None = None,
) -> None:
    """Pone la validación de una columna en sus filas de datos (primera y última, desde 1).

    `abiertas`: filas que se capturan aunque la columna esté cerrada → lo que se lee al pararse en ellas.
    """
    for desde, hasta, mensaje in _tramos(filas, abiertas or {}):
        _validar_tramo(hoja, columna, Aspecto.CAPTURA if mensaje else aspecto, (desde, hasta), nombres, una, contacto,
                       mensaje)


def _tramos(filas: tuple[int, int], abiertas: Mapping[int, str]) -> Iterator[tuple[int, int, str]]:
    """Filas seguidas que llevan la misma validación: primera, última y el mensaje de las abiertas."""
    for mensaje, grupo in groupby(range(filas[0], filas[1] + 1), key=lambda fila: abiertas.get(fila, "")):
        seguidas = list(grupo)
        yield seguidas[0], seguidas[-1], mensaje


def _validar_tramo(
    hoja: Any, columna: Columna, aspecto: Aspecto, filas: tuple[int, int], nombres: Nombres, una: Hoja, contacto: str,
    mensaje_propio: str,
) -> None:
    opciones: dict[str, Any] | None = None
    if aspecto is Aspecto.CAPTURA:
        referencia = nombre_de_referencia(una) if una.llave[:1] == (columna.clave,) else None
        if isinstance(columna.lista, ListaDeHoja):
            referencia = nombre_de_columna(columna.lista.hoja, columna.lista.columna)
        elif columna.lista:
            referencia = _lista_de_tabla(columna.lista, una, filas[0])
        opciones = _opciones(columna.tipo, mensaje_propio or columna.ayuda, nombres, referencia)
        _situar(opciones, una.disposicion.celda(filas[0], columna.clave))
    elif mensaje := mensaje_bloqueado(columna, aspecto, contacto):
        opciones = {"validate": "any", "input_message": mensaje}
    if opciones:
        opciones.setdefault("input_title", columna.titulo[:32])
        numero = una.disposicion.columna[columna.clave] - 1
        hoja.data_validation(filas[0] - 1, numero, filas[1] - 1, numero, opciones)


def _situar(opciones: dict[str, Any], celda: str) -> None:
    """Pone la dirección de la celda en una validación con fórmula."""
    if opciones["validate"] == "custom":
        opciones["value"] = str(opciones["value"]).replace(CELDA, celda)


def _lista_de_tabla(lista: ListaDeTabla, una: Hoja, fila: int) -> str:
    """Los códigos de una tabla; si dependen de otra columna, sólo los suyos (DESREF: Excel no admite A:B en listas)."""
    if lista.segun is None:
        return f"lista_{lista.tabla}"
    elegido = f"${una.disposicion.letra[lista.segun]}{fila}"
    donde = f"MATCH({elegido},padre_{lista.tabla},0)-1"
    return f"OFFSET(lista_{lista.tabla},{donde},0,COUNTIF(padre_{lista.tabla},{elegido}),1)"


def validar_campo(hoja: Any, campo: Campo, fila: int, columna: int, nombres: Nombres) -> None:
    """Pone la validación de un dato del bloque de identificación."""
    opciones = _opciones(campo.tipo, campo.ayuda or campo.tipo.explicar(), nombres, None)
    opciones["input_title"] = campo.etiqueta.rstrip(":")[:32]
    _situar(opciones, direccion(fila, columna))
    hoja.data_validation(fila - 1, columna - 1, fila - 1, columna - 1, opciones)


def _opciones(tipo: Tipo, ayuda: str, nombres: Nombres, referencia: str | None) -> dict[str, Any]:
    opciones: dict[str, Any] = dict(tipo.validacion() or {"validate": "any"})
    if isinstance(tipo, Opcion):
        opciones = {"validate": "list", "source": f"={nombres[tipo.opciones]}"}
        if not tipo.estricta:
            opciones["error_type"] = "warning"
    elif isinstance(tipo, Trimestre):
        opciones = {"validate": "list", "source": "=lista_periodo"}
    elif referencia:
        # Con celdas vacías en la lista, «omitir blancos» dejaría escribir cualquier cosa.
        opciones = {"validate": "list", "source": f"={referencia}", "ignore_blank": False}
    mensaje = ayuda or tipo.explicar()
    opciones["input_message"] = mensaje[:255]
    if opciones["validate"] != "any":
        opciones["error_title"] = "Revise lo que escribió"
        aviso = "Elija un valor de la lista." if opciones["validate"] == "list" else tipo.explicar()
        opciones["error_message"] = f"{aviso} {mensaje}"[:255]
    return opciones


def poner_condicionales(hoja: Any, una: Hoja, encargo: Encargo, estilos: Estilos, filas: tuple[int, int]) -> None:
    """Colores que avisan mientras se llena: lo que falta, lo que no cuadra y lo que todavía no toca."""
    primera, ultima = filas
    celda = {clave: f"${letra}{primera}" for clave, letra in una.disposicion.letra.items()}.__getitem__

    def pintar(clave: str, condicion: str, estilo: str) -> None:
        numero = una.disposicion.columna[clave] - 1
        hoja.conditional_format(primera - 1, numero, ultima - 1, numero, {
            "type": "formula", "criteria": f"={condicion}", "format": estilos.condicional(estilo), "stop_if_true": True,
        })

    abiertas = encargo.abiertas(una)
    for columna in una.columnas:
        condicion = _no_cuadra(columna, celda)
        if columna.clave in abiertas:
            _pintar_abiertas(hoja, una, columna, abiertas[columna.clave], estilos)
        if condicion and (columna.calculo or encargo.aspecto(columna) is Aspecto.CAPTURA):
            pintar(columna.clave, condicion, "revisar")
    for columna in una.columnas:
        if isinstance(columna.calculo, Faltantes):
            usada = f'{columna.calculo.llave(celda)}<>""'
            for clave, condicion in columna.calculo.condiciones(celda, encargo):
                pintar(clave, f"AND({usada},{condicion})", "falta")
        elif isinstance(columna.calculo, FaltaExplicar):
            for clave in columna.calculo.explicaciones:
                pintar(clave, f'AND({celda(columna.calculo.debe)}="Sí",{celda(clave)}="")', "falta")
    for columna in una.columnas:
        if columna.apertura is Apertura.PERIODO and columna.meses and encargo.aspecto(columna) is Aspecto.CAPTURA:
            nombre, numero = ("pei_mes", columna.mes) if columna.mes else ("pei_trimestre", columna.trimestre)
            pintar(columna.clave, f"AND({nombre}>0,{nombre}<{numero})", "futuro")


def _pintar_abiertas(hoja: Any, una: Hoja, columna: Columna, filas: Iterable[int], estilos: Estilos) -> None:
    """Las celdas abiertas de una columna cerrada: cuál falta y cuál no puede ser."""
    for fila in filas:
        celda = una.disposicion.celda(fila, columna.clave)
        condicion = _no_cuadra(columna, lambda clave, f=fila: una.disposicion.celda(f, clave))
        for criterio, estilo in ((f'{celda}=""', "falta"), (condicion, "revisar")):
            if criterio:
                hoja.conditional_format(celda, {
                    "type": "formula", "criteria": f"={criterio}", "format": estilos.condicional(estilo),
                    "stop_if_true": True,
                })


def _no_cuadra(columna: Columna, celda: Any) -> str | None:
    """Condición verdadera cuando la celda tiene algo que no puede ser."""
    c = celda(columna.clave)
    if type(columna.calculo) is Acumulado and not isinstance(columna.calculo, AlPeriodo):
        partes = f"{celda(columna.calculo.partes[0])}:{celda(columna.calculo.partes[-1])}"
        forma = celda(columna.calculo.forma)
        return f'AND(ISNUMBER({c}),OR({forma}="",{forma}="Suma"),ABS({c}-SUM({partes}))>0.01)'
    if isinstance(columna.calculo, TotalMensual):
        return _total_mensual_no_cuadra(columna.calculo, c, celda)
    if columna.calculo or not isinstance(columna.tipo, Numero) or isinstance(columna.tipo, NumeroOPalabra):
        return None
    texto = ",".join((f"ISTEXT({c})", *(f'{c}<>"{nada}"' for nada in _NADA)))
    limites = []
    if columna.tipo.minimo is not None:
        menor = f"N({c})<{columna.tipo.minimo:g}"
        limites = [menor if columna.tipo.minimo <= 0 else f'AND({c}<>"",{menor})']  # N() de una vacía es 0
    limites += [f"N({c})>{columna.tipo.maximo:g}"] if columna.tipo.maximo is not None else []
    return f"OR(AND({texto}),{','.join((*limites, f'ISERROR({c})'))})"


def _total_mensual_no_cuadra(total: TotalMensual, c: str, celda: Any) -> str:
    """El total de los meses no es la suma (donde lo es) o no es la meta de la fila."""
    meses = f"{celda(f'{total.medida}_m1')}:{celda(f'{total.medida}_m12')}"
    distinto = f"ABS({c}-SUM({meses}))>0.01"
    if total.forma:
        distinto = f'OR({celda(total.forma)}="",{celda(total.forma)}="Acumulativo"),{distinto}'
    return f"AND(ISNUMBER({c}),{distinto})"
