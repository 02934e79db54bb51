"""El Plan Operativo Institucional (POI) de una unidad orgánica de Huamanga, como página de datos.

Fuente: Directiva N° 003-2016-MPH/17, artículos 6, 7, 8, 10, 11 y 12; sus anexos 03 y 04 no están en la copia que se
tiene, así que las hojas siguen el articulado. Lo que aquí no cita un artículo es de este programa.

Forma del formato, para quien escriba el lector, las reglas y las salidas:

- Seis hojas: `Programación` (principal), `Valorización`, `Necesidades`, `Seguimiento`, `Evaluación` y `Modificaciones`.
  Se unen **por código, nunca por renglón**; la llave de `Programación` es `codigo`, y las demás la refieren.
- Campos (en `Programación`): `unidad` («clave - nombre»), `gerencia`, `ejercicio`, `periodo` (mes o trimestre:
  `MesOTrimestre`, que da un `Periodo` de clase «M» o «T») y `techo` (S/.).
- Medidas mensuales, con columnas `<medida>_m1` … `<medida>_m12` y `<medida>_total`, todas con `Columna.mes`:
  `programado` (Programación) · `costo` (Valorización) · `ejecutado` y `devengado` (Seguimiento). `programado_total` y
  `ejecutado_total` se calculan según `acumulacion`; `costo_total` y `devengado_total` son siempre la suma.
- En `Programación`: `oei`, `objetivo`, `aei`, `accion`, `codigo`, `actividad`, `indicador`, `tipo_indicador`,
  `unidad_medida`, `acumulacion`, `prioridad`, `meta` (número o `MetaEnPalabras`), los meses, `elementos` y
  `responsable`.
- `Evaluación` tiene la llave (`codigo`, `trimestre`); sus trimestres son TRIMESTRES_POI.
- Lo programado y lo ejecutado de cualquier horizonte se calcula con `pei_excel.mensual`.
- `POI.tablas` trae los catálogos del Anexo 01: `oei` (código, objetivo) y `aei` (código, acción, código de su OEI).
- `POI.modificables`: cada campo de `Modificaciones` → (hoja, columna): «Costo Julio» → («Valorización», «costo_m7»).
"""

from __future__ import annotations

from pei_excel.calculos import Calculo, NumeroDeOpcion, Porcentaje, RenglonEn, SiEsDelPeriodo, Traer, TraerDeTabla
from pei_excel.cuadros import Cuadro, DelCampo, RenglonDeCuadro, Resta, SumaDeRenglones, SumaDonde
from pei_excel.faltantes import DatosDeLaFila, ExplicacionesQueFaltan, Informada, MesesSinReporte
from pei_excel.formato import Apertura, Campo, Columna, Firma, Formato, Hoja, ListaDeTabla, Tabla, por_mes
from pei_excel.formatos.anexo01 import FILAS_DE_AEI, FILAS_DE_OEI
from pei_excel.formatos.comunes import calculada as _calculada
from pei_excel.formatos.comunes import columnas_de_faltantes as _faltan
from pei_excel.formatos.comunes import modificaciones
from pei_excel.formatos.poi_modelo import MODELO, TRIMESTRES_POI
from pei_excel.mensual import ACUMULACIONES_MENSUALES, AlMes, DebeExplicar, DelTrimestre, claves_de_mes
from pei_excel.periodos import MESES, formas_de_mes
from pei_excel.semaforo import PERFILES
from pei_excel.tipos import ClaveYNombre, Codigo, Fecha, MesOTrimestre, Meta, Numero, Opcion, Texto, Tipo

__all__ = ["EVALUACION", "MODIFICACIONES", "NECESIDADES", "POI", "PROGRAMACION", "SEGUIMIENTO", "TRIMESTRES_POI",
           "VALORIZACION"]

_SOLES = "#,##0.00"
_DINERO = Numero(minimo=0, formato=_SOLES)
_CIFRA = Numero(formato="#,##0.0")
_AYUDA_META = "Escriba sólo el número. Si en el mes no hay meta deje la celda vacía."
_AYUDA_EJECUTADO = "Escriba sólo el número. Si no hubo avance escriba 0; no deje la celda vacía."
_AYUDA_SOLES = "Importe en soles, sin «S/.» ni separador de miles."

TIPOS_DE_GASTO = ("Bienes", "Servicios", "Otros")
VINCULACIONES = ("Programa presupuestal", "Acciones centrales", "APNOP")
CAUSAS = (
    "Cambio de prioridades: entorno", "Cambio de prioridades: estrategia sin resultado",
    "Cambio de prioridades: decisión de gobierno", "Modificación presupuestal: incremento",
    "Modificación presupuestal: reducción", "Modificación presupuestal: norma que afecta el techo",
)
_MESES = tuple(mes.capitalize() for mes in MESES)


def _texto(clave: str, titulo: str, ancho: float, ejemplo: str, ayuda: str, *, esencial: bool = False) -> Columna:
    return Columna(clave=clave, titulo=titulo, tipo=Texto(), ancho=ancho, ejemplo=ejemplo, ayuda=ayuda,
                   esencial=esencial)


def _opcion(clave: str, titulo: str, ancho: float, tipo: Opcion, ayuda: str) -> Columna:
    return Columna(clave=clave, titulo=titulo, tipo=tipo, ancho=ancho, ejemplo=tipo.opciones[0], ayuda=ayuda)


def _apoyo(clave: str, titulo: str, calculo: Calculo, tipo: Tipo, ancho: float = 11) -> Columna:
    return _calculada(clave, titulo, calculo, tipo, ancho, apoyo=True)


def _codigo(
    titulo: str = "Código", clave: str = "codigo", apertura: Apertura = Apertura.FORMULACION, ancho: float = 8
) -> Columna:
    """La columna que une una hoja con `Programación`."""
    return Columna(clave=clave, titulo=titulo, tipo=Codigo(), ancho=ancho, ejemplo="AO.01", esencial=True,
                   apertura=apertura, ayuda="Elija el código de la actividad; son los de la hoja «Programación».")


def _traida(clave: str, titulo: str, ancho: float, llave: str = "codigo", *, apoyo: bool = False) -> Columna:
    return _calculada(clave, titulo, Traer("Programación", clave, llave), Texto(), ancho, apoyo=apoyo)


_ACUMULACION = Opcion(opciones=ACUMULACIONES_MENSUALES, estricta=True, sinonimos={
    "Acumulado": "Acumulativo", "Acumulable": "Acumulativo", "Mensual": "Recurrente mensual",
    "Trimestral": "Recurrente trimestral",
})

PROGRAMACION = Hoja(
    "Programación",
    "Plan Operativo Institucional {ejercicio}",
    campos=(
        Campo(clave="unidad", etiqueta="Unidad orgánica:", tipo=ClaveYNombre(ejemplo="031 - Nombre de la unidad"),
              ejemplo="031 - Nombre de la unidad"),
        Campo(clave="gerencia", etiqueta="Gerencia:", tipo=Texto(), ejemplo="Gerencia de la que depende"),
        Campo(clave="ejercicio", etiqueta="Año fiscal:", ejemplo=2024,
              tipo=Numero(minimo=2000, maximo=2100, entero=True, formato="0", alineacion="left")),
        Campo(clave="periodo", etiqueta="Periodo que se reporta:", tipo=MesOTrimestre(), ejemplo="2do. Trimestre 2024"),
        Campo(clave="techo", etiqueta="Techo presupuestal S/.:", ejemplo=100000.0, ayuda=_AYUDA_SOLES,
              tipo=Numero(minimo=0, formato='"S/. "#,##0.00', alineacion="left")),
    ),
    columnas=(
        Columna(clave="oei", titulo="OEI", tipo=Codigo(prefijo="OEI"), ancho=7, ejemplo="OEI.05",
                lista=ListaDeTabla("oei"), sinonimos=("Código OEI", "Cód. OEI"),
                ayuda="Objetivo estratégico institucional; el nombre aparece al elegir el código."),
        _calculada("objetivo", "Objetivo estratégico", TraerDeTabla("oei", 2, "oei"), Texto(), 17),
        Columna(clave="aei", titulo="AEI", tipo=Codigo(prefijo="AEI", partes=2), ancho=8.6, ejemplo="AEI.05.01",
                lista=ListaDeTabla("aei", segun="oei"), sinonimos=("Código AEI", "Cód. AEI"),
                ayuda="Acción estratégica del objetivo elegido. Elija primero el OEI."),
        _calculada("accion", "Acción estratégica", TraerDeTabla("aei", 2, "aei"), Texto(), 16),
        Columna(clave="codigo", titulo="Código", tipo=Codigo(), ancho=6.4, ejemplo="AO.01", esencial=True,
                ayuda="Código corto con letra y número (AO.01); no se repite en la unidad y une todas las hojas."),
        _texto("actividad", "Actividad", 18, "Capacitar al personal en gestión pública",
               "Qué hará la unidad para lograr la acción estratégica.", esencial=True),
        _texto("indicador", "Indicador", 14, "Número de trabajadores capacitados",
               "Unidad de medida, sujeto y atributo; uno por actividad."),
        _opcion("tipo_indicador", "Tipo de indicador", 8, Opcion(
            opciones=("Proceso", "Insumo"), sinonimos={"De proceso": "Proceso", "De insumo": "Insumo"},
        ), "Proceso: cómo se trabaja. Insumo: con qué recursos."),
        _texto("unidad_medida", "Unidad de medida", 9.6, "Persona capacitada",
               "Concreta y que se pueda contar: informe, taller, expediente."),
        _opcion("acumulacion", "Acumulación", 10.4, _ACUMULACION,
                "Acumulativo: los meses suman la meta. Recurrente: cada mes (o cada trimestre) es la meta."),
        _opcion("prioridad", "Prioridad", 7.4, Opcion(opciones=("Alta", "Media", "Baja")), "Alta, Media o Baja."),
        Columna(clave="meta", titulo="Meta anual", tipo=Meta(minimo=0), ancho=7.4, ejemplo=120.0,
                ayuda="Valor de la meta del año; si es de palabras, con su cifra: «4 por año»."),
        *por_mes("programado", banda="Programación mensual", total="Total", tipo=Numero(minimo=0),
                 ayuda=_AYUDA_META, ejemplo=10.0, ancho=4.4, ancho_total=6.8, esencial=True),
        _texto("elementos", "Elementos críticos", 14, "Disponibilidad del local y del expositor",
               "Lo imprescindible para lograr la actividad (artículo 8.3)."),
        _texto("responsable", "Responsable", 12, "Jefatura de la unidad", "Cargo de quien responde por la actividad."),
        *_faltan(DatosDeLaFila(
            ("codigo", "actividad"),
            ("oei", "aei", "codigo", "actividad", "indicador", "tipo_indicador", "unidad_medida", "acumulacion",
             "prioridad", "meta", "elementos", "responsable"),
            claves_de_mes("programado"),
            (("Valorización", "codigo", False), ("Seguimiento", "codigo", True)),
        )),
    ),
    llave=("codigo",),
    firmas=(
        Firma(titulo="Elaboró", sinonimos=("Elaborado por",), quien="enlace"),
        Firma(titulo="Responsable de la unidad orgánica", sinonimos=("Jefe de la unidad",), quien="titular"),
        Firma(titulo="Inmediato superior", sinonimos=("V.º B.º", "Vo. Bo."), quien="superior"),
    ),
    fijas=6,
    ayuda="Un renglón por actividad, con su código propio.",
)

VALORIZACION = Hoja(
    "Valorización",
    "Valorización mensual de las actividades {ejercicio}",
    columnas=(
        _codigo(),
        _traida("actividad", "Actividad", 32),
        _opcion("vinculacion", "Vinculación presupuestal", 19.5, Opcion(
            opciones=VINCULACIONES,
            sinonimos={"Asignaciones presupuestales que no resultan en productos": "APNOP", "PP": VINCULACIONES[0]},
        ), "Programa presupuestal, Acciones centrales o APNOP (artículo 8.2.1)."),
        *por_mes("costo", banda="Costo mensual S/.", total="Costo anual S/.", tipo=_DINERO, forma=None,
                 ayuda=_AYUDA_SOLES, ejemplo=1500.0, ancho=10, ancho_total=13.5,
                 sinonimos_total=("Costo anual", "Total")),
        *_faltan(DatosDeLaFila(("codigo",), ("vinculacion",))),
    ),
    llave=("codigo",),
    referencia=("Programación", "codigo"),
    por_renglon=1,
    fijas=2,
    ayuda="Un renglón por actividad de «Programación»: elija su código y escriba lo que cuesta cada mes.",
)

NECESIDADES = Hoja(
    "Necesidades",
    "Cuadro de necesidades {ejercicio}",
    columnas=(
        _codigo("Código de actividad", "codigo_actividad", ancho=10),
        _traida("actividad", "Actividad", 40, "codigo_actividad"),
        Columna(clave="codigo", titulo="Código", tipo=Texto(formato="@"), ancho=12, ejemplo="B-01", obligatoria=False,
                ayuda="Código del bien o servicio, si lo tiene."),
        _texto("detalle", "Detalle de insumos o servicios", 48, "Papel bond A4, 20 millares",
               "Qué se necesita, con su cantidad."),
        _opcion("tipo_gasto", "Tipo de gasto", 13, Opcion(
            opciones=TIPOS_DE_GASTO, estricta=True,
            sinonimos={"Bien": "Bienes", "Servicio": "Servicios", "Otro": "Otros"},
        ), "Bienes, Servicios u Otros."),
        Columna(clave="costo", titulo="Costo S/.", tipo=_DINERO, ancho=15, ejemplo=480.0, esencial=True,
                ayuda=_AYUDA_SOLES),
        *_faltan(DatosDeLaFila(
            ("codigo_actividad", "detalle"), ("codigo_actividad", "detalle", "tipo_gasto", "costo"),
            codigo="codigo_actividad",
        )),
    ),
    llave=("codigo_actividad",),
    referencia=("Programación", "codigo"),
    opcional=True,
    por_renglon=2,
    cuadros=(
        Cuadro(
            clave="presupuesto", titulo="Cuadro Resumen de presupuesto para la unidad orgánica", formato=_SOLES,
            renglones=(
                *(
                    RenglonDeCuadro(clave=tipo.casefold(), titulo=f"{tipo} (S/.)", calculo=SumaDonde(
                        "Necesidades", "costo", "tipo_gasto", tipo, vacia_si_no_hay=tipo == "Otros",
                    ))
                    for tipo in TIPOS_DE_GASTO
                ),
                RenglonDeCuadro(clave="total", titulo="Total (S/.)", total=True,
                                calculo=SumaDeRenglones(tuple(t.casefold() for t in TIPOS_DE_GASTO))),
                RenglonDeCuadro(clave="techo", titulo="Techo presupuestal (S/.)", calculo=DelCampo("techo")),
                RenglonDeCuadro(clave="saldo", titulo="Saldo: techo menos total (S/.)", calculo=Resta("techo", "total"),
                                total=True, no_negativo=True),
            ),
        ),
    ),
    ayuda="Los bienes y servicios que pide cada actividad; el resumen de arriba se calcula solo y se compara con el "
    "techo.",
)


_OPERATIVO = PERFILES["operativo"]
_META = ("Programación", "programado")

SEGUIMIENTO = Hoja(
    "Seguimiento",
    "Seguimiento mensual del POI {ejercicio}",
    columnas=(
        _codigo(),
        _traida("actividad", "Actividad", 36),
        _traida("unidad_medida", "Unidad de medida", 14),
        *por_mes("ejecutado", banda="Ejecución física mensual", total="Total",
                 tipo=Numero(minimo=0), apertura=Apertura.PERIODO, ayuda=_AYUDA_EJECUTADO,
                 ejemplo=10.0, ancho=11, ancho_total=12, esencial=True),
        *por_mes("devengado", banda="Ejecución financiera mensual S/.", total="Total", tipo=_DINERO, forma=None,
                 apertura=Apertura.PERIODO, ejemplo=1500.0, ancho=13, ancho_total=14,
                 ayuda="Devengado del mes en soles. Si no hubo gasto escriba 0; no deje la celda vacía."),
        _traida("acumulacion", "Acumulación", 14, apoyo=True),
        _apoyo("renglon", "Renglón en Programación", RenglonEn("Programación", "codigo", "codigo"),
               Numero(formato="0"), 12),
        _apoyo("renglon_costo", "Renglón en Valorización", RenglonEn("Valorización", "codigo", "codigo"),
               Numero(formato="0"), 12),
        _apoyo("programado_al_periodo", "Programado al periodo", AlMes("programado", _META, "ejecutado"), _CIFRA),
        _apoyo("ejecutado_al_periodo", "Ejecutado al periodo", AlMes("ejecutado", _META, "ejecutado"), _CIFRA),
        _apoyo("porcentaje_al_periodo", "% al periodo", Porcentaje(
            "programado_al_periodo", "ejecutado_al_periodo", None, "renglon",
        ), Numero(formato="0.0"), 14),
        _apoyo("debe_explicar", "¿Debe explicar?",
               DebeExplicar("porcentaje_al_periodo", _META, "ejecutado", _OPERATIVO.verde_desde), Texto()),
        *_faltan(MesesSinReporte((
            Informada("ejecutado", "Programación", "programado", "renglon", "acumulacion"),
            Informada("devengado", "Valorización", "costo", "renglon_costo"),
        ))),
    ),
    llave=("codigo",),
    referencia=("Programación", "codigo"),
    por_renglon=1,
    completa=True,
    fijas=2,
    paginas=("ejecutado_m7", "devengado_m1", "devengado_m7"),
    ayuda="Un renglón por actividad: lo que se ejecutó y lo que se devengó cada mes.",
)


def _explicacion(
    clave: str, titulo: str, ancho: float, ejemplo: object, ayuda: str, tipo: Tipo | None = None
) -> Columna:
    return Columna(clave=clave, titulo=titulo, tipo=tipo or Texto(), ancho=ancho, apertura=Apertura.SIEMPRE,
                   obligatoria=False, ejemplo=ejemplo, ayuda=ayuda)


EVALUACION = Hoja(
    "Evaluación",
    "Evaluación trimestral del Plan Operativo Institucional {ejercicio}",
    columnas=(
        _codigo(),
        _traida("actividad", "Actividad", 24),
        Columna(clave="trimestre", titulo="Trimestre", ancho=12, ejemplo=TRIMESTRES_POI[1], esencial=True,
                tipo=Opcion(opciones=TRIMESTRES_POI, estricta=True, sinonimos={
                    forma: TRIMESTRES_POI[n] for n, romano in enumerate(("I", "II", "III", "IV"))
                    for forma in (romano, f"{romano} Trimestre", f"{romano} Trim.", f"{n + 1}", f"T{n + 1}")
                }), ayuda="Trimestre al que se refiere la evaluación."),
        _calculada("meta_alcanzada", "Meta física alcanzada", DelTrimestre(
            (*_META, "renglon"), ("Seguimiento", "ejecutado", "renglon_seguimiento"), "numero",
        ), _CIFRA, 10),
        _explicacion("contribuyeron", "Factores que contribuyeron", 26, "Apoyo del programa de capacitación",
                     "Qué ayudó a alcanzar la meta."),
        _explicacion("dificultaron", "Factores que dificultaron", 26, "El local no estuvo disponible en mayo",
                     "Por qué no se llegó a la meta."),
        _explicacion("medidas", "Medidas correctivas", 26, "Reprogramar dos talleres en julio", "Qué se hará."),
        _explicacion("responsable", "Responsable", 14, "Jefatura de la unidad", "Cargo de quien lo hará."),
        _explicacion("plazo", "Plazo", 10.5, None, "Fecha dd/mm/aaaa.", Fecha()),
        _explicacion("medios", "Medio de verificación", 24, "Informe N° 045-2024 del 28 de junio de 2024",
                     "Documento que prueba lo alcanzado: tipo, número y fecha."),
        _traida("acumulacion", "Acumulación", 14, apoyo=True),
        _apoyo("renglon", "Renglón en Programación", RenglonEn("Programación", "codigo", "codigo"),
               Numero(formato="0"), 12),
        _apoyo("renglon_seguimiento", "Renglón en Seguimiento", RenglonEn("Seguimiento", "codigo", "codigo"),
               Numero(formato="0"), 12),
        _apoyo("numero", "Número de trimestre", NumeroDeOpcion("trimestre", TRIMESTRES_POI), Numero(formato="0"), 10),
        _apoyo("debe", "¿Debe explicar?", SiEsDelPeriodo("Seguimiento", "debe_explicar", "codigo", "numero"),
               Texto(alineacion="center")),
        *_faltan(ExplicacionesQueFaltan("debe", ("dificultaron", "medidas"), "meta_alcanzada", "medios", "codigo")),
    ),
    llave=("codigo", "trimestre"),
    referencia=("Programación", "codigo"),
    opcional=True,
    conserva=True,
    fijas=3,
    ayuda="Un renglón por actividad y trimestre: el medio de verificación de lo alcanzado y, donde «¿Debe explicar?» "
    "dice «Sí», los factores que dificultaron y la medida correctiva.",
)

MODIFICACIONES = modificaciones(
    _codigo(apertura=Apertura.SIEMPRE),
    de="Programación",
    campos=("Meta anual", *(f"{que} {mes}" for que in ("Programado", "Costo") for mes in _MESES)),
    ejemplo="Programado Agosto", ancho=14,
    sinonimos={
        f"{que} {forma}": f"{que} {mes}" for que in ("Programado", "Costo") for n, mes in enumerate(_MESES, 1)
        for forma in formas_de_mes(n) if forma != mes
    },
    causa=Columna(clave="causa", titulo="Causa", tipo=Opcion(opciones=CAUSAS), ancho=44, apertura=Apertura.SIEMPRE,
                  ejemplo=CAUSAS[0], ayuda="Por qué se modifica (artículo 8.2.3)."),
    documento="Resolución de Alcaldía N° 120-2024",
)

POI = Formato(
    clave="POI",
    titulo="Plan Operativo Institucional",
    fuente="Directiva N° 003-2016-MPH/17, Municipalidad Provincial de Huamanga",
    version=1,
    hojas=(PROGRAMACION, VALORIZACION, NECESIDADES, SEGUIMIENTO, EVALUACION, MODIFICACIONES),
    modelo=MODELO,
    papel="a4",
    que_se_informa="En la hoja «Seguimiento» escriba lo ejecutado y lo devengado en el periodo que se reporta "
    "({periodo}), mes por mes, y en «Evaluación» los factores, las medidas correctivas y los medios de verificación.",
    moneda="S/.",
    acumula_el_ano=True,
    calculadas_oficiales=False,
    perfil="operativo",
    tablas={
        "oei": Tabla(("OEI", "Objetivo estratégico"), FILAS_DE_OEI),
        "aei": Tabla(("AEI", "Acción estratégica", "OEI"), FILAS_DE_AEI, padre=3),
    },
    modificables={
        "Meta anual": ("Programación", "meta"),
        **{f"Programado {mes}": ("Programación", f"programado_m{n}") for n, mes in enumerate(_MESES, 1)},
        **{f"Costo {mes}": ("Valorización", f"costo_m{n}") for n, mes in enumerate(_MESES, 1)},
    },
)
