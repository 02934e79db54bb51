"""El informe real del Instituto Municipal de Planeación, 2do. trimestre de 2024, reconstruido de una transcripción.

Los textos y las cifras son los del documento, con sus anomalías: «S/N», el acumulado de Componente 1 en 0, una
definición que repite el método. La transcripción perdió celdas en cuatro renglones (Fin, Propósito, Componente 1 y
Actividad 2.3): sus cifras son las que el propio documento permite reconstruir. De las firmas sólo queda el cargo.
"""

from __future__ import annotations

from pei_excel.ejemplo.historico import Encabezado, InformeHistorico, Pagina

#: Lo que encabeza el libro; no es parte del informe.
NOTA = (
    "Reconstruido de una transcripción del informe publicado. El acumulado alcanzado de Componente 1 (0) es de la "
    "transcripción, no del Instituto: su variación impresa (65) supone 35."
)


def _cifras(texto: str, medida: str) -> dict[str, float | None]:
    """Los cuatro trimestres y el acumulado de una medida; «-» es una celda vacía."""
    claves = (*(f"{medida}_t{n}" for n in (1, 2, 3, 4)), f"{medida}_acumulado")
    return {c: None if t == "-" else float(t) for c, t in zip(claves, texto.split(), strict=True)}


def _indicador(
    nivel: str, *, nombre: str, definicion: str, metodo: str, cualidades: str, linea_base: tuple[float, float],
    programado: str, alcanzado: str, variacion: str, medios: str | None = None,
) -> dict[str, object]:
    columnas = ("unidad_medida", "tipo", "dimension", "frecuencia", "sentido")
    return {
        "nivel": nivel, "nombre": nombre, "definicion": definicion, "metodo": metodo,
        **dict(zip(columnas, cualidades.split(" · "), strict=True)),
        "base_valor": linea_base[0], "base_ejercicio": linea_base[1],
        **_cifras(programado, "programado"), **_cifras(alcanzado, "alcanzado"), **_cifras(variacion, "variacion"),
        "medios": medios,
    }


CAMPOS: dict[str, object] = {
    "ejercicio": 2024,
    "unidad": "504 - Instituto Municipal de Planeación",
    "programa": "6 - Planeación municipal y zona metropolitana",
    "periodo": "2do. Trimestre 2024",
    "pmd": "2022 - 2024",
    "eje": "3. Gobierno Abierto, Moderno y Eficaz 10. Gobernanza Metropolitana",
    "objetivo": (
        "3.2 Ejercer con eficacia y transparencia los recursos financieros del municipio, robusteciendo la hacienda "
        "pública, aumentando el patrimonio y mejorando la calidad del gasto público. 10.1 Contribuir en la conformación"
        " de una zona metropolitana ordenada y planificada, que mejore las condiciones de vida de sus habitantes."
    ),
}

FILAS: tuple[dict[str, object], ...] = (
    _indicador(
        "Fin",
        nombre="Ponderación alcanzada por el municipio del Diagnóstico PbR-SED",
        definicion=(
            "Muestra la ponderación alcanzada por el Municipio de Oaxaca de Juárez en la sección 1 del Diagnóstico PbR-"
            "SED 2024 que realiza la Secretaría de Hacienda y Crédito Público anualmente"
        ),
        metodo="La ponderación está definida en el Anexo 1. Diagnóstico PbR-SED: Nota Metodológica que publica la SHCP",
        cualidades="Porcentaje · Estratégico · Eficacia · Anual · Ascendente", linea_base=(55.0, 2023.0),
        programado="0 0 0 100 100", alcanzado="0 0 0 0 0", variacion="0 0 0 100 100",
    ),
    _indicador(
        "Propósito",
        nombre="Porcentaje de dependencias y entidades que cuentan con componentes del PbR-SED fortalecidos",
        definicion=(
            "Mide el número de dependencias y entidades de la administración pública municipal que implementan los "
            "instrumentos del Presupuesto Basado en Resultados (PbR) y el Sistema de Evaluación del Desempeño (SED) "
            "satisfactoriamente"
        ),
        metodo=(
            "(Número de dependencias y entidades de la administración pública municipal con instrumentos del PbR-SED "
            "implementados / Número de dependencias y entidades de la administración pública municipal con instrumentos"
            " del PbR-SED programados) * 100"
        ),
        cualidades="Porcentaje · Estratégico · Eficacia · Anual · Ascendente", linea_base=(100.0, 2023.0),
        programado="0 0 0 100 100", alcanzado="0 0 0 0 0", variacion="0 0 0 100 100",
    ),
    _indicador(
        "Componente 1",
        nombre="Porcentaje de estrategias de planeación municipal implementadas",
        definicion=(
            "Mide el número de herramientas teóricas de planeación estratégica implementadas así como la aplicación del"
            " Presupuesto Basado en Resultados (PbR) a través de acciones coordinadas por el Departamento de Planeación"
        ),
        metodo=(
            "(Número de herramientas teóricas de planeación estratégica y Presupuesto Basado en Resultados "
            "implementados / Número de herramientas teóricas de planeación estratégica y Presupuesto Basado en "
            "Resultados programados) * 100"
        ),
        cualidades="Porcentaje · De gestión · Eficacia · Trimestral · Ascendente", linea_base=(99.0, 2023.0),
        programado="15 20 0 65 100", alcanzado="15 20 0 0 0", variacion="0 0 0 65 65",
        medios="Oficio número IMP/UP/JP/016/2024 de fecha 26 de junio de 2024, informe general de actividades",
    ),
    _indicador(
        "Actividad 1.1",
        nombre="Porcentaje de herramientas teóricas de planeación estratégica implementadas",
        definicion=(
            "Mide el número de sesiones de capacitación para elaboración de Proyectos y/o Programas Institucionales y "
            "Planes Estratégicos Anuales para 2025, así como la elaboración de dictámenes técnicos de Programas y/o "
            "Proyectos Institucionales realizados por el Departamento de Planeación"
        ),
        metodo=(
            "(Número de sesiones de capacitación para elaboración de Proyectos y/o Programas Institucionales y Planes "
            "Estratégicos Anuales para 2025 realizadas y dictámenes técnicos de Programas y/o Proyectos Institucionales"
            " elaborados / Número de sesiones de capacitación para elaboración de Proyectos y/o Programas "
            "Institucionales y Planes Estratégicos Anuales para 2025 y dictámenes técnicos de Programas y/o Proyectos "
            "Institucionales programados) * 100"
        ),
        cualidades="Porcentaje · De gestión · Eficacia · Mensual · Ascendente", linea_base=(98.0, 2023.0),
        programado="20 40 0 40 100", alcanzado="20 40 - - 60", variacion="0 0 0 40 40",
        medios=(
            "Oficio número IMP/UP/JP/015/2024 de fecha 26 de junio de 2024, que al texto dice se elaboraron dos "
            "dictámenes técnicos de proyectos institucionales de la Secretaría de Seguridad Ciudadana, Movilidad y "
            "Protección Civil del Municipio de Oaxaca de Juárez, mediante oficio IMP/194/2024"
        ),
    ),
    _indicador(
        "Actividad 1.2",
        nombre="Porcentaje de acciones para informar sobre la aplicación del PbR realizadas",
        definicion=(
            "Mide el número de acciones realizadas para subir información a la nube de la Secretaría de Hacienda y "
            "Crédito Público correspondiente al Cuestionario PbR-SED 2024, así como la solicitud de información para "
            "dar contestación al Cuestionario PbR-SED 2025 y la recepción de la misma por parte del Departamento de "
            "Planeación"
        ),
        metodo=(
            "(Número de acciones para subir información a la nube de la SHCP del Cuestionario PbR-SED 2024, solicitud "
            "de información para el Cuestionario PbR-SED 2025 y la recepción de la misma realizadas / Número de "
            "acciones para subir información a la nube de la SHCP del Cuestionario PbR-SED 2024, solicitud de "
            "información para el Cuestionario PbR-SED 2025 y la recepción de la misma programadas) * 100"
        ),
        cualidades="Porcentaje · De gestión · Eficacia · Mensual · Ascendente", linea_base=(100.0, 2023.0),
        programado="10 0 0 90 100", alcanzado="10 0 - - 10", variacion="0 0 0 90 90",
    ),
    _indicador(
        "Componente 2",
        nombre="Porcentaje de estrategias de planeación metropolitana implementadas",
        definicion=(
            "Mide el número de gestiones para la elaboración del plan estratégico metropolitano, proyectos "
            "metropolitano y participación con los municipios de la zona metropolitana, autoridades estatales y "
            "federales realizadas / Número de gestiones para la elaboración del plan estratégico metropolitano, "
            "proyectos metropolitano y participación con los municipios de la zona metropolitana, autoridades estatales"
            " y federales programadas)"
        ),
        metodo=(
            "(Número de gestiones para la elaboración del plan estratégico metropolitano, proyectos metropolitano y "
            "participación con los municipios de la zona metropolitana, autoridades estatales y federales realizadas / "
            "Número de gestiones para la elaboración del plan estratégico metropolitano, proyectos metropolitano y "
            "participación con los municipios de la zona metropolitana, autoridades estatales y federales programadas)"
        ),
        cualidades="Porcentaje · De gestión · Eficacia · Trimestral · Ascendente", linea_base=(47.0, 2023.0),
        programado="13 33 30 24 100", alcanzado="13 26 - - 39", variacion="0 7 30 24 61",
        medios="Oficio S/N de fecha 26 de junio del 2024,",
    ),
    _indicador(
        "Actividad 2.1",
        nombre="Porcentaje de acciones de gestión del plan estratégico metropolitano realizadas",
        definicion=(
            "Mide el número de revisiones, actualización y remisión de la propuesta de Plan Estratégico Metropolitano a"
            " la Dirección General del IMPLAN por parte del Departamento de Proyectos Metropolitanos"
        ),
        metodo=(
            "(Número de revisiones, actualización y remisión de la propuesta de Plan Estratégico Metropolitano "
            "realizadas / Número de revisiones, actualización y remisión de la propuesta de Plan Estratégico "
            "Metropolitano programadas) * 100"
        ),
        cualidades="Porcentaje · De gestión · Eficacia · Mensual · Ascendente", linea_base=(47.0, 2023.0),
        programado="20 20 30 30 100", alcanzado="20 0 - - 20", variacion="0 20 30 30 80",
    ),
    _indicador(
        "Actividad 2.2",
        nombre="Porcentaje de acciones de gestión de proyectos con la zona metropolitana realizadas",
        definicion=(
            "Mide el número de propuestas de proyectos metropolitanos elaboradas, revisadas y enviadas a las áreas "
            "correspondientes a través del Departamento de Proyectos Metropolitanos"
        ),
        metodo=(
            "(Número de propuestas de proyectos metropolitanos elaboradas, revisadas y enviadas / Número de propuestas "
            "de proyectos metropolitanos programadas) * 100"
        ),
        cualidades="Porcentaje · De gestión · Eficacia · Mensual · Ascendente", linea_base=(0.0, 2023.0),
        programado="0 60 30 10 100", alcanzado="0 0 - - 0", variacion="0 60 30 10 100",
    ),
    _indicador(
        "Actividad 2.3",
        nombre=(
            "Porcentaje de acciones de participación en trabajo colaborativo entre los municipios de la zona "
            "metropolitana con las autoridades estatales y federales realizadas"
        ),
        definicion=(
            "Mide el número de solicitudes, informes, convocatorias y participación activa que lleve a cabo el "
            "Municipio de Oaxaca de Juárez ante la Comisión Metropolitana de Ordenamiento Territorial y Desarrollo "
            "Urbano"
        ),
        metodo=(
            "(Número de solicitudes, informes, convocatorias y participación activa ante la Comisión Metropolitana "
            "realizadas/ Número de solicitudes, informes, convocatorias y participación activa ante la Comisión "
            "Metropolitana programadas) * 100"
        ),
        cualidades="Porcentaje · De gestión · Eficacia · Mensual · Ascendente", linea_base=(0.0, 2023.0),
        programado="20 20 30 30 100", alcanzado="20 80 - - 100", variacion="0 -60 30 30 0",
    ),
    _indicador(
        "Componente 3",
        nombre="Porcentaje de estrategias de seguimiento y evaluación del desempeño implementadas",
        definicion=(
            "Mide el número informes integrados sobre el avance de cumplimiento, la integración de información "
            "estadística básica y las acciones para la evaluación de resultados realizadas para el seguimiento y "
            "evaluación del desempeño"
        ),
        metodo=(
            "(Número de informes, información estadística básica y acciones para la evaluación de resultados realizados"
            " / Número de informes, información estadística básica y acciones para la evaluación de resultados "
            "programados) * 100"
        ),
        cualidades="Porcentaje · De gestión · Eficacia · Trimestral · Ascendente", linea_base=(94.0, 2023.0),
        programado="12 28 35 25 100", alcanzado="9 28 - - 37", variacion="3 0 35 25 63",
        medios=(
            "Oficio IMP/USE/DIIR/25/2024 de fecha 26 de junio de 2024 oficio IMP/DIE/03/2024 de fecha 24 de junio 2024 "
            "informe de avances segundo trimestre"
        ),
    ),
    _indicador(
        "Actividad 3.1",
        nombre=(
            "Porcentaje de acciones de integración de informes sobre el avance de cumplimiento con base en los "
            "indicadores aprobados realizadas"
        ),
        definicion=(
            "Mide el número de formatos diseñados, sesiones de capacitación, recepción, consolidación y envío de "
            "informes sobre el avance de cumplimiento presentados por las Unidades Responsables al Departamento de "
            "Indicadores, Informes y Resultados"
        ),
        metodo=(
            "(Número de formatos diseñados, sesiones de capacitación, recepción, consolidación y envío de informes "
            "sobre el avance de cumplimiento realizados / Número de formatos diseñados, sesiones de capacitación, "
            "recepción, consolidación y envío de informes sobre el avance de cumplimiento programados) * 100"
        ),
        cualidades="Porcentaje · De gestión · Eficacia · Mensual · Ascendente", linea_base=(93.0, 2023.0),
        programado="27 17 32 24 100", alcanzado="25 17 - - 42", variacion="2 0 32 24 58",
        medios=(
            'Registro de atención en las asesorías a los enlaces de las Unidades Responsables, en la integración de los'
            ' informes mensuales y trimestrales. Reporte de control interno sobre los informes trimestrales presentados'
            ' por Unidad Responsable, correspondiente al 1er. Trimestre de 2024. Informe interno denominado '
            '"Seguimiento de Acciones / Resultados alcanzados acumulados al 1er. trimestre de 2024 por Programa '
            'Presupuestario". Oficio número IMP/183/2024 de fecha 9 de abril de 2024 a través del cual se remite a la '
            'Dirección de Contabilidad de la Tesorería Municipal el informe consolidado. Correo electrónico de fecha 11'
            ' de abril, mediante el cual se remite al enlace del IMPLAN la información correspondiente a las fracciones'
            ' IV, V y VI del artículo 70.'
        ),
    ),
    _indicador(
        "Actividad 3.2",
        nombre=(
            "Porcentaje de acciones de integración de información estadística básica en el banco municipal de "
            "información realizadas"
        ),
        definicion=(
            "Mide el número de solicitudes, convocatorias, bases de datos e infografías realizadas para la integración "
            "del Banco Municipal de Información Estadística Básica a cargo del Departamento de Información y "
            "Estadística"
        ),
        metodo=(
            "(Número de solicitudes, convocatorias, bases de datos e infografías para la integración del Banco "
            "Municipal de Información Estadística Básica realizadas / Número de solicitudes, convocatorias, bases de "
            "datos e infografías para la integración del Banco Municipal de Información Estadística Básica programadas)"
            " * 100"
        ),
        cualidades="Porcentaje · De gestión · Eficacia · Mensual · Ascendente", linea_base=(100.0, 2023.0),
        programado="0 30 30 40 100", alcanzado="0 30 - - 30", variacion="0 0 30 40 70",
        medios=(
            'Copia de Circular IMP/015/2024 de fecha 9 de abril 2024. Registro de asistencia para la Mesa de Trabajo '
            '"ESTADÍSTICAS MUNICIPALES" y Minuta copia de oficio IMP/0280 /2024 al IMP/0289/2024 solicitar información '
            'para Crear, actualizar y dirigir el banco municipal de información de estadísticas básica. Copias de '
            'estadísticas del : 1.-Marco Normativo Municipal 2.sesiones de Cabildo del H. Ayuntamiento de Oaxaca de '
            'Juárez 2023 3.-Iniciativa presentada en sesiones de cabildo del H. Ayuntamiento . 4.-Presidentes '
            'Municipales de Oaxaca de Juárez. 5.- Solicitudes de acceso a la información y de protección de datos '
            'personales. 6.- Equipamiento administrado por el Comité Municipal del sistema DIF. 7. Plano de Municipio '
            'de Oaxaca de Juárez con delimitaciones de agencias 8. Plano de Municipio de'
        ),
    ),
    _indicador(
        "Actividad 3.3",
        nombre="Porcentaje de acciones para la implementación de la evaluación de resultados realizadas",
        definicion=(
            "Mide el número de sesiones informativas sobre los resultados alcanzados y de seguimiento a la "
            "implementación de la Guía Consultiva de Desempeño Municipal (GDM) 2022 - 2024 realizadas por el "
            "Departamento de Indicadores, Informes y Resultados"
        ),
        metodo=(
            "(Número de sesiones informativas sobre los resultados alcanzados y de seguimiento a la implementación de "
            "la GDM realizadas / Número de sesiones informativas sobre los resultados alcanzados y de seguimiento a la "
            "implementación de la GDM programadas) * 100"
        ),
        cualidades="Porcentaje · De gestión · Eficacia · Mensual · Ascendente", linea_base=(90.0, 2023.0),
        programado="10 38 42 10 100", alcanzado="10 38 - - 48", variacion="0 0 42 10 52",
        medios=(
            "Circular número IMP/016/2024 de fecha 29 de abril del año en curso con la cual se convoca a sesión de "
            "trabajo para dar a conocer los resultados acumulados alcanzados al 1er. trimestre de 2024, Circular número"
            " IMP/019/2024 de fecha 04 de junio del año en curso mediante la cual se convoca a los titulares y enlaces "
            "involucrados para solventar la información de la Guía Consultiva de Desempeño Municipal 2024."
        ),
    ),
)

#: Cómo lo imprimió el Instituto: cinco páginas, con el encabezado distinto de una a otra.
PAGINAS = (
    Pagina(Encabezado.NIVEL_FUERA, 3),
    Pagina(Encabezado.COMPLETO, 2, abreviatura="Trím."),
    Pagina(Encabezado.COMPLETO, 3),
    Pagina(Encabezado.SIN_DATOS_DEL_INDICADOR, 3),
    Pagina(Encabezado.SIN_DATOS_DEL_INDICADOR, 2),
)

FIRMAS = (
    ("Elaboró", "Jefa del Departamento de Indicadores, Informes y Resultados"),
    ("Vo. Bo.", "Director General del Instituto Municipal de Planeación"),
)

INFORME = InformeHistorico(campos=CAMPOS, filas=FILAS, paginas=PAGINAS, firmas=FIRMAS, nota=NOTA)
