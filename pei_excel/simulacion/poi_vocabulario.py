"""Palabras con que se arman planes operativos de demostración: ninguna viene de un POI real."""

from __future__ import annotations

from typing import NamedTuple


class Labor(NamedTuple):
    """Una actividad posible de un objetivo."""

    actividad: str
    indicador: str
    unidad: str
    elemento: str  #: lo imprescindible
    materia: str
    decimal: bool = False  #: su unidad admite fracciones
    pocas: bool = False  #: se cuentan unas cuantas al mes


def _labores(*textos: str) -> tuple[Labor, ...]:
    """Cada renglón: actividad · indicador · unidad · elemento crítico · materia; «~»: admite fracciones; «^»: pocas."""
    labores = []
    for texto in textos:
        actividad, indicador, unidad, elemento, materia = texto.rstrip("~^").split(" · ")
        labores.append(Labor(actividad, indicador, unidad, elemento, materia, "~" in texto, "^" in texto))
    return tuple(labores)


#: Código del objetivo del Anexo 01 → actividades posibles.
LABORES: dict[str, tuple[Labor, ...]] = {
    "OEI.01": _labores(
        "Aplicar encuestas de satisfacción · Número de encuestas aplicadas a usuarios · Encuesta aplicada"
        " · Encuestadores y fichas impresas · atención al usuario",
        "Atender reclamos del libro de reclamaciones · Número de reclamos resueltos · Reclamo resuelto"
        " · Respuesta de las áreas en plazo · reclamos",
        "Orientar a usuarios en ventanilla · Número de usuarios orientados · Usuario orientado"
        " · Personal en ventanilla · orientación",
    ),
    "OEI.02": _labores(
        "Inspeccionar establecimientos de salud y educación · Número de inspecciones realizadas · Inspección realizada"
        " · Movilidad para las visitas · servicios públicos",
        "Elaborar fichas de procesos de los servicios · Número de fichas de proceso elaboradas · Ficha elaborada"
        " · Información de las áreas · mejora continua^",
        "Dictar charlas de salud preventiva · Número de charlas dictadas · Charla dictada"
        " · Coordinación con los centros de salud · salud preventiva",
        "Equipar bibliotecas escolares · Número de bibliotecas equipadas · Biblioteca equipada"
        " · Entrega oportuna del mobiliario · educación^",
    ),
    "OEI.03": _labores(
        "Elaborar informes de seguimiento de planes · Número de informes de seguimiento presentados"
        " · Informe presentado · Datos mensuales de las unidades · planeamiento^",
        "Realizar mesas de concertación · Número de mesas de concertación realizadas · Mesa realizada"
        " · Asistencia de los sectores · concertación^",
        "Dictar talleres de presupuesto participativo · Número de talleres dictados · Taller dictado"
        " · Local y convocatoria · presupuesto participativo^",
        "Actualizar el portal de transparencia · Número de publicaciones en el portal · Publicación realizada"
        " · Información enviada por las áreas · transparencia",
    ),
    "OEI.04": _labores(
        "Mantener equipos de cómputo · Número de equipos con mantenimiento · Equipo atendido"
        " · Repuestos en almacén · soporte informático",
        "Publicar trámites en línea · Número de trámites publicados · Trámite publicado"
        " · Servidor y conexión estables · trámites en línea",
        "Digitalizar expedientes · Número de expedientes digitalizados · Expediente digitalizado"
        " · Escáner en operación · archivo",
        "Instalar tomas de red · Número de tomas de red instaladas · Toma instalada"
        " · Material de cableado · redes",
    ),
    "OEI.05": _labores(
        "Capacitar al personal por puesto · Número de personas capacitadas · Persona capacitada"
        " · Expositores y local · capacitación",
        "Elaborar perfiles de puesto · Número de perfiles de puesto elaborados · Perfil elaborado"
        " · Validación de las jefaturas · perfiles de puesto^",
        "Actualizar directivas internas · Número de directivas aprobadas · Directiva aprobada"
        " · Opinión legal favorable · documentos de gestión^",
        "Evaluar el desempeño del personal · Número de trabajadores evaluados · Trabajador evaluado"
        " · Fichas de evaluación aprobadas · desempeño",
    ),
    "OEI.06": _labores(
        "Notificar deudas tributarias · Número de notificaciones entregadas · Notificación entregada"
        " · Notificadores y padrón al día · recaudación",
        "Formular perfiles de proyectos · Número de perfiles formulados · Perfil formulado"
        " · Estudios básicos terminados · inversiones^",
        "Fiscalizar predios · Número de predios fiscalizados · Predio fiscalizado"
        " · Equipo de medición · fiscalización",
        "Conciliar cuentas bancarias · Número de conciliaciones realizadas · Conciliación realizada"
        " · Estados de cuenta del banco · tesorería^",
    ),
    "OEI.07": _labores(
        "Formalizar micro y pequeñas empresas · Número de empresas formalizadas · Empresa formalizada"
        " · Convenio con el registro público · emprendimiento",
        "Organizar ferias de productores · Número de ferias realizadas · Feria realizada"
        " · Permiso del espacio público · ferias^",
        "Asesorar cadenas productivas · Número de asociaciones asesoradas · Asociación asesorada"
        " · Técnicos de campo · cadenas productivas^",
    ),
    "OEI.08": _labores(
        "Tramitar licencias de funcionamiento · Número de licencias otorgadas · Licencia otorgada"
        " · Inspección técnica aprobada · licencias",
        "Inspeccionar mercados · Número de mercados inspeccionados · Mercado inspeccionado"
        " · Inspectores acreditados · abastecimiento^",
        "Suscribir convenios con el sector privado · Número de convenios suscritos · Convenio suscrito"
        " · Acuerdo de concejo · convenios^",
    ),
    "OEI.09": _labores(
        "Patrullar sectores de la ciudad · Número de patrullajes realizados · Patrullaje realizado"
        " · Vehículos operativos · seguridad ciudadana",
        "Capacitar juntas vecinales · Número de juntas capacitadas · Junta capacitada"
        " · Convocatoria de los vecinos · juntas vecinales^",
        "Realizar operativos conjuntos · Número de operativos realizados · Operativo realizado"
        " · Coordinación con la policía · operativos^",
        "Vigilar cámaras de seguridad · Número de turnos de vigilancia cubiertos · Turno cubierto"
        " · Cámaras en funcionamiento · videovigilancia",
    ),
    "OEI.10": _labores(
        "Mantener vías urbanas · Kilómetros de vía con mantenimiento · Kilómetro"
        " · Maquinaria y asfalto · vías urbanas~^",
        "Mantener caminos vecinales · Kilómetros de camino con mantenimiento · Kilómetro"
        " · Cuadrillas contratadas · caminos vecinales~^",
        "Señalizar cruces · Número de cruces señalizados · Cruce señalizado · Pintura de tránsito · señalización",
        "Elaborar expedientes técnicos de vías · Número de expedientes técnicos aprobados · Expediente aprobado"
        " · Estudios de suelos · expedientes técnicos^",
    ),
    "OEI.11": _labores(
        "Recolectar residuos sólidos · Toneladas de residuos recolectadas · Tonelada"
        " · Compactadoras en servicio · limpieza pública~",
        "Forestar laderas · Hectáreas forestadas · Hectárea · Plantones del vivero · forestación~^",
        "Mantener áreas verdes · Número de parques con mantenimiento · Parque atendido"
        " · Agua y herramientas · áreas verdes",
        "Fiscalizar emisiones y ruidos · Número de fiscalizaciones realizadas · Fiscalización realizada"
        " · Sonómetro calibrado · fiscalización ambiental",
    ),
    "OEI.12": _labores(
        "Evaluar viviendas en riesgo · Número de viviendas evaluadas · Vivienda evaluada"
        " · Profesionales acreditados · gestión de riesgos",
        "Realizar simulacros · Número de simulacros realizados · Simulacro realizado"
        " · Participación de las instituciones · simulacros^",
        "Limpiar cauces de quebradas · Kilómetros de cauce limpiados · Kilómetro"
        " · Excavadora disponible · prevención~^",
        "Capacitar brigadas vecinales · Número de brigadas capacitadas · Brigada capacitada"
        " · Equipos de protección · brigadas^",
    ),
}

LUGARES = (
    "en el centro histórico", "en los barrios del norte", "en los barrios del sur", "en las asociaciones de vivienda",
    "en los centros poblados", "en la zona rural", "en los mercados", "en las instituciones educativas",
)

RESPONSABLES = ("Jefatura de la unidad", "Coordinación de {materia}", "Especialista en {materia}")

NECESIDADES: dict[str, tuple[str, ...]] = {
    "Bienes": ("Materiales de {materia}", "Útiles y papelería para {materia}", "Repuestos y herramientas de {materia}"),
    "Servicios": ("Servicio de terceros para {materia}", "Alquiler de equipos de {materia}",
                  "Servicio de transporte para {materia}"),
    "Otros": ("Pasajes y viáticos de {materia}", "Tasas y derechos de {materia}"),
}

MEDIOS = (
    "Informe N° {numero}-{ejercicio} del {dia} de {mes} de {ejercicio}, {materia}",
    "Actas {numero} y {siguiente} de {materia}, {mes} de {ejercicio}",
    "Padrón de {materia} con folio {numero}, {mes} de {ejercicio}",
    "Registro fotográfico {numero} de {materia}, {dia} de {mes} de {ejercicio}",
)

CONTRIBUYERON = (
    "El equipo de {materia} trabajó con el cronograma aprobado ({codigo})",
    "La población colaboró con el trabajo de {materia} ({codigo})",
    "Los materiales de {materia} llegaron a tiempo ({codigo})",
)

DIFICULTARON = (
    "Las lluvias detuvieron el trabajo de {materia} varios días ({codigo})",
    "La compra para {materia} se adjudicó después de lo previsto ({codigo})",
    "El personal de {materia} cubrió otra área parte del trimestre ({codigo})",
    "La convocatoria de {materia} reunió a menos participantes ({codigo})",
)

MEDIDAS = (
    "Programar jornadas adicionales de {materia} en los meses siguientes ({codigo})",
    "Adelantar los requerimientos de {materia} del siguiente trimestre ({codigo})",
    "Revisar cada quincena el avance de {materia} ({codigo})",
)
