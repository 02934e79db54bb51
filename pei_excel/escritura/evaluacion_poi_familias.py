"""Las hojas de horizontes del libro de evaluación de un POI: al periodo y año, trimestres, semestres y meses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pei_excel.actividades import Actividad, Tramo, sin_ubicar
from pei_excel.calculos import Estado
from pei_excel.escritura.estilos import CALCULADA, CUERPO, Estilos
from pei_excel.escritura.evaluacion_bloques import Celda
from pei_excel.escritura.evaluacion_poi_cifras import Cifras
from pei_excel.escritura.evaluacion_poi_columnas import (
    AL_PERIODO,
    ANCHO_DE_EXPLICACION,
    ENCABEZADO,
    EXPLICAN,
    FIJAS,
    PRIMERA,
    HojaDeFamilia,
    formato_de,
)
from pei_excel.escritura.evaluacion_poi_encargo import EncargoPOI
from pei_excel.escritura.evaluacion_poi_papel import (
    ALTO_DE_TITULO,
    cabe_de_alto,
    cortes_entre_filas,
    escala,
    recortar,
    titular,
)
from pei_excel.escritura.evaluacion_poi_tramos import (
    ANCHO_DE_PALABRA,
    ANCHO_DE_VALORACION,
    COLUMNAS_DE_TRAMO,
    POR_TRAMO,
    CeldasDeTramo,
    formula_programado,
)
from pei_excel.escritura.filas_armadas import HojaDeFilas, Molde, llenar, molde, principio
from pei_excel.escritura.hoja import (
    altos_de_encabezado,
    combinar,
    configurar_impresion,
    escribir_encabezado,
    poner_altos,
    poner_anchos,
)
from pei_excel.escritura.medidas import alto_de_fila, ancho_combinado
from pei_excel.evaluacion import filas_corridas
from pei_excel.formatos.poi_modelo import TRIMESTRES_POI
from pei_excel.frases_poi import no_entra_al_porcentaje, no_se_ubican
from pei_excel.mensual import ACUMULATIVO, ANO, programado_en
from pei_excel.textos import cuenta
from pei_excel.ubicacion import letra

SIN_ACTIVIDADES = "Su archivo no tiene actividades que evaluar."
#: Caracteres que se muestran aquí de una explicación y de un nombre; enteros están en `Evaluación` y `Programación`.
_LARGO_DE_EXPLICACION, _LARGO_DE_NOMBRE = 300, 200
#: Lugar de las valoraciones entre las columnas de un tramo: son de texto, y pueden hacer crecer la fila.
_VALORACIONES = [k for k, (_, clave, *_) in enumerate(COLUMNAS_DE_TRAMO) if clave == "valoracion"]


def escribir_familia(
    hoja: HojaDeFilas, una: HojaDeFamilia, encargo: EncargoPOI, cifras: Cifras, estilos: Estilos
) -> None:
    """Una hoja de horizontes, entera."""
    hoja.hide_gridlines(2)
    hoja.set_zoom(90)
    poner_anchos(hoja, una.columnas)
    paginas = _paginas(una, encargo)
    anchos = [c.ancho for c in una.columnas]
    quien = f"{encargo.quien} · corte al {encargo.corte:%d/%m/%Y}"
    titulo = f"{una.titulo} · {encargo.periodo.ejercicio}{encargo.marca}"
    titular(hoja, titulo, quien, paginas, anchos, encargo, estilos)
    cortes = [desde for desde, _ in paginas[1:]]
    escribir_encabezado(hoja, una.columnas, ENCABEZADO, estilos, cortes=cortes, profundidad=3)
    de_titulos = altos_de_encabezado(una.columnas, 3)
    poner_altos(hoja, ENCABEZADO, de_titulos)
    altos: list[float] = []  # de las filas desde PRIMERA
    if encargo.actividades:
        formatos = [formato_de(estilos, c, decimales=encargo.decimales) for c in una.columnas]
        altos += _escribir_filas(hoja, una, encargo, cifras, formatos, estilos)
        altos += _escribir_totales(hoja, una, encargo, formatos, estilos)
        _colorear(hoja, una, encargo, estilos)
    else:
        hoja.write_string(PRIMERA - 1, 0, SIN_ACTIVIDADES, estilos("subtitulo"))
        altos.append(18)
    altos += _escribir_notas(hoja, una, encargo, PRIMERA + len(altos), paginas[0], estilos)
    poner_altos(hoja, PRIMERA, altos)
    fin = PRIMERA + len(altos) - 1
    configurar_impresion(
        hoja, papel=encargo.papel, area=(2, 1, fin, paginas[-1][1]), repetir=(2, PRIMERA - 1),
        repetir_columnas=(1, FIJAS), pie=encargo.pie, cortes=tuple(cortes),
    )
    reducida = escala([[*anchos[:FIJAS], *anchos[a - 1 : b]] for a, b in paginas], encargo.papel)
    hoja.set_print_scale(reducida)
    cabe = cabe_de_alto(encargo.papel, reducida) - sum(de_titulos) - ALTO_DE_TITULO
    juntas = len(altos) - len(encargo.actividades)  # los totales y las notas
    hoja.set_h_pagebreaks([PRIMERA - 1 + n for n in cortes_entre_filas(altos, cabe, juntas)])
    hoja.freeze_panes(PRIMERA - 1, FIJAS)


def _paginas(una: HojaDeFamilia, encargo: EncargoPOI) -> list[tuple[int, int]]:
    """Primera y última columna propias de cada página: un tramo en cada una, sin los que todavía no empiezan."""
    impresos = [t for t in una.tramos if t.empezo(encargo.periodo)]
    inicios = [una.inicio[t.clave] for t in impresos]
    siguiente = next((una.inicio[t.clave] for t in una.tramos if t not in impresos), len(una.columnas) + 1)
    return list(zip(inicios, [n - 1 for n in [*inicios[1:], siguiente]], strict=True))


def _escribir_filas(
    hoja: HojaDeFilas, una: HojaDeFamilia, encargo: EncargoPOI, cifras: Cifras, formatos: Sequence[Any],
    estilos: Estilos,
) -> list[float]:
    """Una fila por actividad; devuelve sus altos."""
    inicios = [principio(n, formato) for n, formato in enumerate(formatos, 1)]
    explicado = estilos("celda", indent=1)
    explicados = {
        n: [principio(n + k, explicado) for k in range(1, len(EXPLICAN) + 1)]
        for n in (una.inicio[t.clave] - 1 + POR_TRAMO for t in una.explica)
    }
    moldes: dict[tuple[str | None, ...], Molde] = {}
    hoja.abarcar(PRIMERA, len(inicios))
    altos = []
    for n, actividad in enumerate(encargo.actividades, 1):
        fila = PRIMERA + n - 1
        nombre = recortar(actividad.nombre, _LARGO_DE_NOMBRE)
        unidad = recortar(actividad.unidad_medida, _LARGO_DE_NOMBRE)
        textos = {(nombre, una.columnas[2].ancho), (unidad, una.columnas[3].ancho)}
        fijas: tuple[float | str, ...] = (float(n), actividad.codigo, nombre, unidad)
        celdas = list(map(hoja.celda, inicios, fijas))
        for bloque in una.bloques:
            valores, formulas, donde = bloque.valores(n), bloque.formulas(n), len(celdas)
            vacias = moldes.get(formulas)
            if vacias is None:
                vacias = moldes[formulas] = molde(inicios[donde : donde + POR_TRAMO], formulas)
            celdas += llenar(vacias, valores)
            textos.update([(str(valores[k]), ANCHO_DE_VALORACION) for k in _VALORACIONES])
            if bloque.tramo in una.explica:
                explica = _explicaciones(bloque.tramo, actividad, encargo)
                celdas += map(hoja.celda, explicados[len(celdas)], explica)
                textos.update((texto, ANCHO_DE_EXPLICACION - 1.5) for texto in explica)
        if una.con_metas:
            for formula, valor in _metas(actividad, n, encargo, cifras):
                if isinstance(valor, str):
                    textos.add((valor, una.columnas[len(celdas)].ancho))
                celdas.append(hoja.celda(inicios[len(celdas)], valor, formula))
        hoja.poner(fila, 1, celdas)
        altos.append(alto_de_fila(textos, minimo=18))
    return altos


def _explicaciones(tramo: Tramo, actividad: Actividad, encargo: EncargoPOI) -> list[str]:
    """Los factores y las medidas que la unidad escribió para el tramo, que van junto a las cifras que explican."""
    trimestres = encargo.trimestres if tramo.familia == "al_periodo" else (tramo.meses[-1] // 3,)
    return [recortar(explicacion(actividad, clave, trimestres), _LARGO_DE_EXPLICACION) for clave in EXPLICAN]


def explicacion(actividad: Actividad, clave: str, trimestres: Sequence[int]) -> str:
    """Lo escrito en una columna de `Evaluación`; si es de varios trimestres, cada uno con su nombre."""
    dichos = [
        (n, str(actividad.evaluaciones[n].valor(clave)))
        for n in trimestres if n in actividad.evaluaciones and actividad.evaluaciones[n].valor(clave) is not None
    ]
    if len(trimestres) == 1:
        return "".join(texto for _, texto in dichos)
    return "\n".join(f"{TRIMESTRES_POI[n - 1]}: {texto}" for n, texto in dichos)


def _metas(actividad: Actividad, n: int, encargo: EncargoPOI, cifras: Cifras) -> list[Celda]:
    """Meta vigente y, si hubo modificaciones, lo que el año tenía programado al principio."""
    claves = ("meta", "meta_inicial") if encargo.iniciales else ("meta",)
    celdas = [cifras.referencia(clave, n) for clave in claves]
    if encargo.iniciales:
        for medida, forma in (("programado", actividad.forma), ("costo", ACUMULATIVO)):
            que = f"{medida}_inicial"
            iniciales = [cifras.valor(f"{que}_m{mes}", n) for mes in ANO]
            celdas.append(Celda(formula_programado(que, forma, 1, 12), programado_en(forma, iniciales, ANO)))
    return celdas


def _escribir_totales(
    hoja: HojaDeFilas, una: HojaDeFamilia, encargo: EncargoPOI, formatos: Sequence[Any], estilos: Estilos
) -> list[float]:
    """El total en soles y la media de los %, con cuántas actividades entran y cuántas no; devuelve los altos."""
    filas = (PRIMERA, PRIMERA + len(encargo.actividades) - 1)
    rotulos = ("Total en soles (lo físico no se suma)", "Media del % (cada actividad, 100 como máximo)",
               "Actividades que entran a la media", "Actividades fuera de la media")
    negritas = {"bold": True, "bg_color": CALCULADA}
    for n, rotulo in enumerate(rotulos):
        fila = filas[1] + 1 + n
        formato = estilos("celda", **negritas)
        combinar(hoja, (fila, 1), (fila, FIJAS), formato)
        hoja.write_string(fila - 1, 0, rotulo, formato)
    propios = [estilos.variante(formato, **negritas) for formato in formatos]
    dichas: list[tuple[str, float]] = []  # en la fila del total
    for bloque in una.bloques:
        suyas = [bloque.celdas_del_total(filas), *bloque.celdas_de_la_media(filas)]
        for n, celdas in enumerate(suyas):
            armadas = []
            for columna, (formula, valor) in enumerate(celdas, bloque.columna):
                formato = propios[columna - 1]
                if n > 1 and formula:
                    formato = estilos.variante(formato, num_format="0")
                armadas.append(hoja.celda(principio(columna, formato), valor, formula))
            hoja.poner(filas[1] + 1 + n, bloque.columna, armadas)
        dichas += [(c.valor, ANCHO_DE_PALABRA) for c in suyas[0] if isinstance(c.valor, str)]
    return [alto_de_fila(dichas, minimo=16), *[16.0] * (len(rotulos) - 1)]


def _colorear(hoja: Any, una: HojaDeFamilia, encargo: EncargoPOI, estilos: Estilos) -> None:
    """El color sigue a la palabra; un tramo en curso dice «Reportado» y no se colorea."""
    hasta = PRIMERA + len(encargo.actividades)  # con la fila del total
    columnas = [letra(n) for n, c in enumerate(una.columnas, 1) if c.clave.endswith("_valoracion")]
    rangos = " ".join(f"{x}{PRIMERA}:{x}{hasta}" for x in columnas)
    reglas = [(b.palabra, f"semaforo_{b.color}") for b in encargo.perfil.bandas]
    estados = (Estado.SIN_REPORTE.value, "pendiente"), (Estado.SIN_LEER.value, "sin_leer")
    for palabra, estilo in (*reglas, *estados):
        hoja.conditional_format(f"{columnas[0]}{PRIMERA}:{columnas[0]}{hasta}", {
            "type": "cell", "criteria": "==", "value": f'"{palabra}"', "format": estilos.condicional(estilo),
            "multi_range": rangos,
        })


def lo_que_no_entra(encargo: EncargoPOI, al_periodo: CeldasDeTramo) -> list[str]:
    """Los soles que no entran al % y las filas que no se ubican por su código; ninguna frase si no los hay."""
    fuera = al_periodo.fuera
    dichos = []
    if fuera:
        devengado, programado = (sum(c or 0.0 for c in cifras) for cifras in (
            [m.alcanzado for m in fuera], [m.programado for m in fuera],
        ))
        dichos.append(f"{no_entra_al_porcentaje(devengado, programado, len(fuera))}.")
    sueltas = sin_ubicar(encargo.revision.libro, encargo.actividades, encargo.periodo)
    return [*dichos, no_se_ubican(sueltas)] if sueltas.filas else dichos


def _escribir_notas(
    hoja: Any, una: HojaDeFamilia, encargo: EncargoPOI, fila: int, pagina: tuple[int, int], estilos: Estilos
) -> list[float]:
    """Lo que hay que saber para leer la hoja, bajo la primera página; devuelve los altos."""
    notas = [
        (
            "Variación = ejecutado − programado. Brecha = % financiero − % físico, en puntos; la de la unidad, en la "
            "fila de la media, es el % del total en soles − la media física. En las actividades recurrentes lo "
            "programado es la meta y lo ejecutado, la media de los meses vencidos."
        ),
        (
            f"A la media entran las actividades con % y las que dicen «{Estado.SIN_REPORTE}», que cuentan 0; quedan "
            f"fuera las demás. {encargo.semaforo}"
        ),
    ]
    if any(not t.completo(encargo.periodo) for t in una.tramos):
        notas[0] += " Lo que está en curso se compara con su meta entera y no se califica"
        notas[0] += "; lo que está por vencer no se imprime." if una.nombre != AL_PERIODO else "."
    if any(m.cumplimiento.estado is Estado.SIN_LEER for b in una.bloques for ms in b.mediciones.values() for m in ms):
        notas.append(
            f"«{Estado.SIN_LEER}»: falta la hoja o la columna, o hay algo que no es una cifra. No tiene % ni variación "
            "ni entra a la media; sus soles, que sí están en el total, no entran al % ni a la variación del total."
        )
    if una.con_metas:
        notas += lo_que_no_entra(encargo, una.bloques[0])
    if una.con_metas and not encargo.iniciales:
        notas.append("Sin modificaciones registradas: las metas vigentes son las iniciales.")
    corridas = len(filas_corridas(encargo.revision.libro, encargo.formato.principal.clave))
    if corridas:
        dicho = cuenta(corridas, "renglón con datos corridos no se pudo leer",
                       "renglones con datos corridos no se pudieron leer")
        notas.append(f"{dicho}; vea la hoja Observaciones.")
    formato = estilos("nota", font_size=CUERPO)  # la hoja se imprime reducida
    desde, hasta = pagina  # sin las columnas que se repiten: en las demás páginas se vería cortada
    ancho = ancho_combinado([c.ancho for c in una.columnas[desde - 1 : hasta]])
    for n, texto in enumerate(notas, fila):
        combinar(hoja, (n, desde), (n, hasta), formato)
        hoja.write_string(n - 1, desde - 1, texto, formato)
    return [alto_de_fila([(texto, ancho)], minimo=13) for texto in notas]
