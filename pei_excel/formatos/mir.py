"""El Informe Trimestral de la MIR (Oaxaca de Juárez), como página de datos."""

from __future__ import annotations

from pei_excel.calculos import (
    ACUMULACIONES,
    AlPeriodo,
    DebeJustificar,
    Diferencia,
    Porcentaje,
    Traer,
)
from pei_excel.faltantes import DatosQueFaltan, FaltaExplicar, PrimeroQueFalta
from pei_excel.formato import Apertura, Campo, Columna, Firma, Formato, Hoja, Modelo, por_trimestre
from pei_excel.formatos.comunes import modificaciones
from pei_excel.periodos import MIDE, ORDINALES
from pei_excel.semaforo import PERFILES
from pei_excel.tipos import (
    ClaveYNombre,
    Fecha,
    ListaNumerada,
    Nivel,
    Numero,
    NumeroOPalabra,
    Opcion,
    Texto,
    Trimestre,
)

SIN_LINEA_BASE = ("ND", "No disponible", "Nueva creación")
TRIMESTRES = tuple(f"{o} Trim." for o in ORDINALES)

#: Perfil por nivel: valores que le convienen. Fuente: práctica de la MML, concuerda con el informe de 2024 (visto).
PERFIL_DE_NIVEL: dict[str, dict[str, frozenset[str]]] = {
    "Fin": {
        "tipo": frozenset({"Estratégico"}),
        "dimension": frozenset({"Eficacia", "Eficiencia", "Calidad"}),
        "frecuencia": frozenset({"Semestral", "Anual", "Bienal", "Trienal", "Quinquenal", "Sexenal"}),
    },
    "Propósito": {
        "tipo": frozenset({"Estratégico"}),
        "dimension": frozenset({"Eficacia", "Eficiencia", "Calidad"}),
        "frecuencia": frozenset({"Semestral", "Anual", "Bienal", "Trienal", "Quinquenal", "Sexenal"}),
    },
    "Componente": {
        "dimension": frozenset({"Eficacia", "Eficiencia", "Calidad"}),
        "frecuencia": frozenset({"Trimestral", "Semestral", "Anual"}),
    },
    "Actividad": {
        "tipo": frozenset({"De gestión"}),
        "dimension": frozenset({"Eficacia", "Eficiencia", "Calidad", "Economía"}),
        "frecuencia": frozenset({"Mensual", "Bimestral", "Trimestral"}),
    },
}

_AYUDA_NUMERO = "Escriba sólo el número: para 20 % escriba 20. Si no hubo avance escriba 0; no deje la celda vacía."
_AYUDA_PROGRAMADO = "Escriba sólo el número: para 20 % escriba 20. Si en el trimestre no hay meta deje la celda vacía."
_INDICADOR = ("Datos del Indicador",)
_LINEA_BASE = ("Datos del Indicador", "Línea Base")

_FALTAN = DatosQueFaltan(
    ("nombre", "definicion", "metodo", "unidad_medida", "tipo", "dimension", "frecuencia", "sentido"),
    "programado", "alcanzado", "frecuencia", "medios", "nivel", MIDE,
)


def _texto(clave: str, titulo: str, ancho: float, ejemplo: str, ayuda: str, *, esencial: bool = False) -> Columna:
    return Columna(
        clave=clave, titulo=titulo, banda=_INDICADOR, tipo=Texto(), ancho=ancho, ejemplo=ejemplo, ayuda=ayuda,
        esencial=esencial,
    )


def _opcion(clave: str, titulo: str, ancho: float, tipo: Opcion, ayuda: str) -> Columna:
    return Columna(
        clave=clave, titulo=titulo, banda=_INDICADOR, tipo=tipo, ancho=ancho, ejemplo=tipo.opciones[0], ayuda=ayuda
    )


def _variacion(sufijo: str) -> Diferencia:
    return Diferencia(f"programado_{sufijo}", f"alcanzado_{sufijo}")


def _auxiliar(clave: str, titulo: str, calculo: object, tipo: Numero | Texto, ancho: float = 11) -> Columna:
    return Columna(
        clave=clave, titulo=titulo, banda=("Apoyo (no se imprime)",), tipo=tipo, calculo=calculo, ancho=ancho,  # type: ignore[arg-type]
        apertura=Apertura.NUNCA, auxiliar=True, obligatoria=False,
    )


_PROGRAMADOS = tuple(f"programado_t{n}" for n in (1, 2, 3, 4))
_ALCANZADOS = tuple(f"alcanzado_t{n}" for n in (1, 2, 3, 4))
_GENERAL = PERFILES["general"]

INFORME = Hoja(
    "MIR",
    "Informe Trimestral {ejercicio}",
    campos=(
        Campo(clave="unidad", etiqueta="Unidad Responsable:", tipo=ClaveYNombre(), ejemplo="504 - Nombre de la unidad"),
        Campo(
            clave="programa", etiqueta="Programa Presupuestario:", tipo=ClaveYNombre(ejemplo="6 - Nombre del programa"),
            ejemplo="6 - Nombre del programa",
        ),
        Campo(clave="periodo", etiqueta="Trimestre que se reporta:", tipo=Trimestre(), ejemplo="2do. Trimestre 2024"),
        Campo(
            clave="pmd", etiqueta="Vinculación con el Plan Municipal de Desarrollo", tipo=Texto(), obligatorio=False,
            en_etiqueta=True, ejemplo="2022 - 2024",
        ),
        Campo(clave="eje", etiqueta="Eje:", tipo=ListaNumerada(profundidad=1), ejemplo="3. Nombre del eje"),
        Campo(clave="objetivo", etiqueta="Objetivo:", tipo=ListaNumerada(profundidad=2), ejemplo="3.2 Objetivo"),
    ),
    columnas=(
        Columna(
            clave="nivel", titulo="Nivel", banda=_INDICADOR, tipo=Nivel(), ancho=11.7, ejemplo="Componente 1",
            esencial=True, ayuda="Fin, Propósito, Componente 1, Actividad 1.1…",
        ),
        _texto("nombre", "Nombre", 15, "Porcentaje de estrategias implementadas", "Nombre del indicador.",
               esencial=True),
        _texto("definicion", "Definición", 20, "Mide el avance de las estrategias", "Qué mide el indicador."),
        _texto("metodo", "Método de Cálculo", 21.2, "(Realizadas / Programadas) * 100",
               "La fórmula del indicador con sus variables; si es porcentaje, con división y * 100."),
        _texto("unidad_medida", "Unidad de Medida", 9.6, "Porcentaje", "En qué se mide: Porcentaje, Acción, Informe…"),
        _opcion("tipo", "Tipo", 9.3, Opcion(
            opciones=("Estratégico", "De gestión"), sinonimos={"Gestión": "De gestión", "Estratégica": "Estratégico"},
        ), "Estratégico para Fin y Propósito; De gestión para Actividades."),
        _opcion("dimension", "Dimensión", 9, Opcion(
            opciones=("Eficacia", "Eficiencia", "Calidad", "Economía"),
        ), "Eficacia, Eficiencia, Calidad o Economía."),
        _opcion("frecuencia", "Frecuencia de Medición", 9.6, Opcion(
            opciones=tuple(MIDE), estricta=True,
        ), "Cada cuánto se mide; de ella depende qué trimestres se informan."),
        _opcion("sentido", "Sentido Esperado", 10.6, Opcion(
            opciones=("Ascendente", "Descendente", "Regular", "Nominal"), estricta=True,
        ), "Ascendente si la meta es subir; Descendente si es bajar."),
        Columna(
            clave="base_valor", titulo="Valor", banda=_LINEA_BASE, ancho=6.2, ejemplo=90.0, obligatoria=False,
            tipo=NumeroOPalabra(palabras=SIN_LINEA_BASE, alineacion="center"),
            ayuda="Valor de partida. Si no existe escriba ND o Nueva creación.",
        ),
        Columna(
            clave="base_ejercicio", titulo="Año", banda=_LINEA_BASE, ancho=5.2, ejemplo=2023.0, obligatoria=False,
            tipo=NumeroOPalabra(
                minimo=1990, maximo=2100, entero=True, formato="0", palabras=SIN_LINEA_BASE, alineacion="center",
            ),
            ayuda="Año de la línea base.",
        ),
        *por_trimestre("programado", banda="Valores Programados", acumulado="Acumulado *", ayuda=_AYUDA_PROGRAMADO,
                       ejemplos=(25.0, 25.0, 25.0, 25.0, None)),
        *por_trimestre("alcanzado", banda="Valores Alcanzados", acumulado="Acumulado *", ayuda=_AYUDA_NUMERO,
                       apertura=Apertura.PERIODO, ejemplos=(25.0, 24.0, None, None, None)),
        *por_trimestre("variacion", banda="Variación *", acumulado="Acumulado", tipo=Numero(), calculo=_variacion),
        Columna(
            clave="medios", titulo="Medios de Verificación", tipo=Texto(), ancho=23.7, obligatoria=False,
            apertura=Apertura.SIEMPRE, ejemplo="Oficio 016/2024 de fecha 26 de junio de 2024",
            ayuda="Documento que prueba lo alcanzado en el trimestre: tipo, número y fecha.",
        ),
        Columna(
            clave="acumulacion", titulo="Acumulación", banda=("Apoyo (no se imprime)",), ancho=12, auxiliar=True,
            tipo=Opcion(opciones=ACUMULACIONES, estricta=True), obligatoria=False, ejemplo="Suma",
            ayuda="Cómo se acumulan los trimestres. Vacío equivale a Suma.",
        ),
        _auxiliar("programado_al_periodo", "Programado al periodo", AlPeriodo(_PROGRAMADOS), Numero(minimo=0)),
        _auxiliar("alcanzado_al_periodo", "Alcanzado al periodo", AlPeriodo(_ALCANZADOS), Numero(minimo=0)),
        _auxiliar("porcentaje_al_periodo", "% al periodo",
                  Porcentaje("programado_al_periodo", "alcanzado_al_periodo"), Numero(formato="0.0"), 14),
        _auxiliar("debe_justificar", "¿Debe justificar?", DebeJustificar(
            "porcentaje_al_periodo", "programado", "alcanzado", "sentido",
            _GENERAL.verde_desde, _GENERAL.limite or 0,
        ), Texto()),
        _auxiliar("faltan", "Datos que faltan", _FALTAN, Numero(formato="0"), 9),
        _auxiliar("primero_que_falta", "Primero que falta", PrimeroQueFalta(_FALTAN), Texto(), 9),
    ),
    llave=("nivel",),
    firmas=(
        Firma(titulo="Elaboró", quien="enlace"), Firma(titulo="Vo. Bo.", sinonimos=("Revisó",), quien="titular"),
    ),
    ayuda="Un renglón por indicador. Llene lo alcanzado del trimestre que reporta y sus medios de verificación.",
)


def _traida(clave: str, titulo: str, columna: str, tipo: Numero | Texto, ancho: float) -> Columna:
    return Columna(
        clave=clave, titulo=titulo, tipo=tipo, ancho=ancho, calculo=Traer("MIR", columna, "nivel"),
        apertura=Apertura.NUNCA, obligatoria=False,
    )


JUSTIFICACIONES = Hoja(
    "Justificaciones",
    "Justificaciones del trimestre que se reporta",
    columnas=(
        Columna(clave="nivel", titulo="Nivel", tipo=Nivel(), ancho=14, ejemplo="Componente 1", esencial=True,
                ayuda="Elija el nivel del indicador que va a explicar."),
        Columna(clave="trimestre", titulo="Trimestre", tipo=Opcion(opciones=TRIMESTRES, estricta=True), ancho=11,
                ejemplo="2do. Trim.", esencial=True, ayuda="Trimestre al que se refiere la explicación."),
        _traida("programado", "Programado al periodo", "programado_al_periodo", Numero(minimo=0), 12),
        _traida("alcanzado", "Alcanzado al periodo", "alcanzado_al_periodo", Numero(minimo=0), 12),
        _traida("porcentaje", "% al periodo", "porcentaje_al_periodo", Numero(formato="0.0"), 14),
        _traida("debe", "¿Debe justificar?", "debe_justificar", Texto(alineacion="center"), 11),
        Columna(clave="causa", titulo="Causa", tipo=Texto(), ancho=42, apertura=Apertura.SIEMPRE, obligatoria=False,
                ejemplo="La sesión se reprogramó por falta de quórum", ayuda="Por qué no se llegó (o se rebasó)."),
        Columna(clave="medida", titulo="Medida correctiva", tipo=Texto(), ancho=42, apertura=Apertura.SIEMPRE,
                obligatoria=False, ejemplo="Sesión extraordinaria en julio", ayuda="Qué se hará y cuándo."),
        Columna(clave="responsable", titulo="Responsable (cargo)", tipo=Texto(), ancho=22, apertura=Apertura.SIEMPRE,
                obligatoria=False, ejemplo="Jefatura de departamento", ayuda="Cargo de quien lo hará."),
        Columna(clave="fecha", titulo="Fecha compromiso", tipo=Fecha(), ancho=12, apertura=Apertura.SIEMPRE,
                obligatoria=False, ayuda="Fecha dd/mm/aaaa."),
        Columna(clave="falta", titulo="Falta explicar", tipo=Numero(formato="0"), ancho=9, auxiliar=True,
                calculo=FaltaExplicar("debe", ("causa", "medida"), "nivel"), apertura=Apertura.NUNCA,
                obligatoria=False),
    ),
    llave=("nivel", "trimestre"),
    referencia=("MIR", "nivel"),
    opcional=True,
    ayuda="Explique los indicadores que dicen «Sí» en «¿Debe justificar?»: causa y medida correctiva.",
)

MODIFICACIONES = modificaciones(
    Columna(clave="nivel", titulo="Nivel", tipo=Nivel(), ancho=14, ejemplo="Componente 1", esencial=True,
            apertura=Apertura.SIEMPRE, ayuda="Indicador cuya meta cambia."),
    de="MIR", campos=tuple(f"Programado {t}" for t in TRIMESTRES), ejemplo="Programado 3er. Trim.",
    causa=Columna(clave="causa", titulo="Causa", tipo=Texto(), ancho=42, apertura=Apertura.SIEMPRE,
                  ejemplo="Ajuste del presupuesto", ayuda="Por qué se modifica."),
    documento="Oficio 20/2024",
)


def _fila(nivel: str, nombre: str, programado: str, alcanzado: str, **otros: object) -> dict[str, object]:
    """Fila del modelo; «-» deja vacía una cifra."""
    fila: dict[str, object] = {
        "nivel": nivel,
        "nombre": nombre,
        "definicion": f"Describe el avance de lo comprometido en {nivel} durante el ejercicio",
        "metodo": f"(Acciones de {nivel} realizadas / Acciones de {nivel} programadas) * 100",
        "unidad_medida": "Porcentaje", "tipo": "De gestión", "dimension": "Eficacia", "frecuencia": "Trimestral",
        "sentido": "Ascendente", "base_valor": 80.0, "base_ejercicio": 2023.0,
    }
    for medida, cifras in (("programado", programado), ("alcanzado", alcanzado)):
        for n, texto in enumerate(cifras.split(), 1):
            fila[f"{medida}_t{n}"] = None if texto == "-" else float(texto)
    return fila | otros


MODELO = Modelo(
    campos={
        "ejercicio": 2024, "unidad": "504 - Unidad de ejemplo", "programa": "6 - Programa de ejemplo",
        "periodo": "2do. Trimestre 2024", "pmd": "2022 - 2024", "eje": "3. Gobierno abierto",
        "objetivo": "3.2 Mejorar la calidad del gasto público",
    },
    filas={
        "MIR": (
            _fila("Fin", "Ponderación del diagnóstico anual", "- - - 100", "- - - -", tipo="Estratégico",
                  frecuencia="Anual"),
            _fila("Propósito", "Dependencias con instrumentos fortalecidos", "- - - 100", "- - - -",
                  tipo="Estratégico", frecuencia="Anual"),
            _fila("Componente 1", "Estrategias de planeación implementadas", "20 30 30 20", "20 27 - -",
                  medios="Oficio 016/2024 del 26 de junio de 2024, informe de actividades"),
            _fila("Actividad 1.1", "Sesiones de capacitación impartidas", "25 25 25 25", "25 24 - -",
                  frecuencia="Mensual", medios="Listas de asistencia de abril, mayo y junio de 2024"),
            _fila("Actividad 1.2", "Dictámenes técnicos elaborados", "10 40 30 20", "10 36 - -",
                  frecuencia="Mensual", medios="Oficio 021/2024 con los dictámenes del segundo trimestre"),
            _fila("Componente 2", "Seguimiento de programas efectuado", "15 35 25 25", "15 35 - -",
                  medios="Informe de avances 02/2024 del 28 de junio de 2024"),
            _fila("Actividad 2.1", "Informes trimestrales integrados", "25 25 25 25", "25 25 - -",
                  frecuencia="Mensual", medios="Circular 016/2024 de fecha 29 de abril de 2024"),
            _fila("Actividad 2.2", "Reuniones de seguimiento realizadas", "30 20 30 20", "30 19 - -",
                  frecuencia="Mensual", medios="Minutas 4, 5 y 6 de las reuniones de junio de 2024"),
        ),
        "Justificaciones": (),
        "Modificaciones": (),
    },
)

MIR = Formato(
    clave="MIR",
    titulo="Informe Trimestral",
    fuente="Informe Trimestral 2024, Instituto Municipal de Planeación",
    version=1,
    hojas=(INFORME, JUSTIFICACIONES, MODIFICACIONES),
    modelo=MODELO,
    papel="oficio",
    que_se_informa="En la hoja «MIR» escriba lo alcanzado del {periodo} y sus medios de verificación.",
    perfil="general",
    modificables={f"Programado {t}": ("MIR", f"programado_t{n}") for n, t in enumerate(TRIMESTRES, 1)},
)
