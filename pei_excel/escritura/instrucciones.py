"""La hoja `Instrucciones` de una plantilla: pasos, colores y qué se espera en cada columna; sale de la gramática."""

from __future__ import annotations

from typing import Any

from pei_excel.escritura.encargo import Encargo
from pei_excel.escritura.estilos import CONDICIONALES, ESTILOS
from pei_excel.escritura.hoja import LibroNuevo, combinar, configurar_impresion, escribir_valor, proteger
from pei_excel.escritura.medidas import alto_de_fila, ancho_combinado
from pei_excel.formato import Apertura, Columna, Formato, Modo
from pei_excel.tipos import como_texto

#: (aspecto, qué quiere decir): la leyenda de la fila 2 y de las instrucciones.
LEYENDA = (
    ("captura", "Escriba aquí"),
    ("aprobado", "Aprobado: no se cambia"),
    ("cerrado", "Trimestre ya informado"),
    ("futuro", "Se captura después"),
    ("calculada", "Lo calcula Excel"),
    ("falta", "Falta este dato"),
    ("revisar", "Revise este dato"),
)

_QUIEN = {
    Apertura.FORMULACION: "La unidad, al formular",
    Apertura.PERIODO: "La unidad, cada trimestre",
    Apertura.SIEMPRE: "La unidad, cada trimestre",
    Apertura.NUNCA: "La calcula Excel",
}
_ANCHOS = (22.0, 40.0, 40.0, 30.0, 20.0)
_TITULOS = ("Columna", "Qué se espera", "Cómo llenarla", "Ejemplo", "Quién la llena")


#: Los aspectos que tiene un libro de la oficina: en él nada se cierra ni se aprueba.
_DE_OFICINA = ("captura", "calculada", "falta", "revisar")


def leyenda_de(formato: Formato) -> tuple[tuple[str, str], ...]:
    """Lo que la leyenda explica en los libros de un formato."""
    return LEYENDA if formato.informe else tuple(par for par in LEYENDA if par[0] in _DE_OFICINA)


def muestra_de(aspecto: str) -> dict[str, Any]:
    """Los colores de un aspecto de la leyenda."""
    colores = CONDICIONALES.get(aspecto) or ESTILOS[aspecto]
    return {k: v for k, v in colores.items() if k in {"bg_color", "font_color", "border_color"}}


def pasos(encargo: Encargo) -> list[str]:
    """Cómo llenar el libro, en orden."""
    if not encargo.formato.informe:
        return _pasos_de_oficina(encargo.formato)
    principal = encargo.formato.principal
    que = "periodo" if encargo.formato.por_meses else "trimestre"
    llave = principal.por_clave[principal.llave[0]].titulo
    if encargo.modo is Modo.FORMULACION:
        primeros = f"""\
            En la hoja «{principal.clave}» escriba los datos de identificación de arriba.
            {principal.ayuda} Deje vacíos los renglones que no use.
            Elija el {que} que se reporta sólo cuando vaya a informar avances; al formular déjelo vacío."""
    else:
        reportado = encargo.formato.tipo_de_periodo.texto(encargo.abierto) if encargo.abierto else ""
        informar = encargo.formato.que_se_informa.format(periodo=reportado)
        primeros = f"""\
            {informar} Lo demás está aprobado o ya se informó y no se puede cambiar."""
    otras = [f"Hoja «{hoja.clave}». {hoja.ayuda}" for hoja in encargo.formato.hojas[1:] if hoja.ayuda]
    ultimos = f"""\
        Mire la primera fila: dice cuántos datos faltan y lleva al primero con un clic. «LISTO PARA ENVIAR» quiere \
decir que no falta ningún dato de lo que ya venció ni ninguna explicación.
        Si las celdas de un renglón no alcanzan a mostrar su texto, cambie el alto de la fila: está permitido.
        Para ver o imprimir sólo los renglones usados, filtre la columna «{llave}» y quite «(Vacías)».
        Guarde el archivo como libro de Excel (.xlsx) y envíelo sin cambiar el nombre de las hojas."""
    cifras = f"""\
        Escriba sólo números, sin «%», sin «{encargo.formato.moneda}» y sin separar los miles. \
Si no hubo avance escriba 0: una celda vacía quiere decir que todavía no se informa."""
    return [
        renglon.strip()
        for parte in (primeros, cifras, "\n".join(otras), ultimos)
        for renglon in parte.splitlines()
        if renglon.strip()
    ]


def _pasos_de_oficina(formato: Formato) -> list[str]:
    """Cómo se lleva un libro de la oficina: sin periodo y siempre abierto."""
    finales = f"""\
        Escriba cada clave siempre igual: con ella se unen las hojas y se reconocen los informes.
        Mire la primera fila: dice cuántos datos faltan y lleva al primero con un clic. «{formato.completo}» quiere \
decir que no falta ninguno; al usarlo se revisa además que las claves y las fechas concuerden.
        Las hojas que no use pueden quedar vacías, pero no las borre ni les cambie el nombre.
        Guarde el archivo como libro de Excel (.xlsx), con el nombre «{formato.archivo}», y conserve una copia de \
cada versión."""
    por_hoja = [f"Hoja «{hoja.clave}». {hoja.ayuda}" for hoja in formato.hojas if hoja.ayuda]
    return por_hoja + [renglon.strip() for renglon in finales.splitlines()]


def escribir_instrucciones(libro: LibroNuevo, encargo: Encargo) -> None:
    """Escribe la hoja `Instrucciones`."""
    hoja, estilos = libro.hoja("Instrucciones"), libro.estilos
    hoja.hide_gridlines(2)
    for numero, ancho in enumerate(_ANCHOS):
        hoja.set_column(numero, numero, ancho)
    total = ancho_combinado(_ANCHOS)
    titulo, subtitulo, parrafo = estilos("titulo", align="left"), estilos("subtitulo"), estilos("parrafo")
    hoja.write_string(0, 0, f"Instrucciones · {encargo.formato.titulo} {encargo.ejercicio}", titulo)
    hoja.set_row(0, 24)
    fila = 3
    hoja.write_string(fila - 1, 0, "Cómo se llena", subtitulo)
    hoja.set_row(fila - 1, 18)
    for numero, paso in enumerate(pasos(encargo), 1):
        fila += 1
        texto = f"{numero}. {paso}"
        combinar(hoja, (fila, 1), (fila, len(_ANCHOS)), parrafo)
        hoja.write_string(fila - 1, 0, texto, parrafo)
        hoja.set_row(fila - 1, alto_de_fila([(texto, total)]))
    fila += 2
    hoja.write_string(fila - 1, 0, "Colores", subtitulo)
    hoja.set_row(fila - 1, 18)
    for aspecto, texto in leyenda_de(encargo.formato):
        fila += 1
        hoja.write_string(fila - 1, 0, texto, estilos("leyenda", font_size=9, align="left", **muestra_de(aspecto)))
        hoja.set_row(fila - 1, 16)
    for una in encargo.formato.hojas:
        fila += 2
        que = "Columnas" if una.columnas else "Datos"
        hoja.write_string(fila - 1, 0, f"{que} de la hoja «{una.clave}»", subtitulo)
        hoja.set_row(fila - 1, 18)
        fila += 1
        for numero, rotulo in enumerate(_TITULOS):
            hoja.write_string(fila - 1, numero, rotulo, estilos("banda"))
        hoja.set_row(fila - 1, 16)
        for columna in una.explicables:
            fila += 1
            _explicar(hoja, fila, columna, estilos, encargo.formato)
        for campo in () if una.columnas else una.campos:
            fila += 1
            textos = (campo.etiqueta.rstrip(":"), campo.tipo.explicar(), campo.ayuda, _ejemplo(campo.ejemplo),
                      _quien_en_oficina(campo.obligatorio))
            _escribir_explicacion(hoja, fila, textos, estilos)
    area = (1, 1, fila, len(_ANCHOS))
    configurar_impresion(hoja, papel=encargo.papel, area=area, pie="Instrucciones", horizontal=False)
    proteger(hoja)


def _quien_en_oficina(obligatorio: bool) -> str:
    return "Planeación" if obligatorio else "Planeación; puede quedar vacío"


def _ejemplo(valor: Any) -> str:
    return "" if valor is None else como_texto(valor)


def _explicar(hoja: Any, fila: int, columna: Columna, estilos: Any, formato: Formato) -> None:
    quien = _QUIEN[Apertura.NUNCA if columna.calculo else columna.apertura]
    if not formato.informe and not columna.calculo:
        quien = _quien_en_oficina(columna.obligatoria)
    if columna.auxiliar:
        quien += " (no se imprime)"
    ejemplo = "" if columna.calculo else _ejemplo(columna.ejemplo)
    espera = "Se calcula sola; no se escribe." if columna.calculo else columna.tipo.explicar()
    _escribir_explicacion(
        hoja, fila, (" · ".join(columna.partes_del_nombre), espera, columna.ayuda, ejemplo, quien), estilos
    )


def _escribir_explicacion(hoja: Any, fila: int, textos: tuple[str, ...], estilos: Any) -> None:
    celda = estilos("celda")
    for numero, texto in enumerate(textos, 1):
        escribir_valor(hoja, fila, numero, texto, celda, estilos)
    hoja.set_row(fila - 1, alto_de_fila(zip(textos, _ANCHOS, strict=True)))
