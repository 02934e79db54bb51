"""Palabras con que se arman informes de demostración: ninguna viene de un informe real."""

from __future__ import annotations

#: Acompaña a toda unidad que no existe.
MARCA = "(datos de demostración)"

#: (en plural, participio, materia)
ACCIONES: tuple[tuple[str, str, str], ...] = (
    ("luminarias", "rehabilitadas", "alumbrado"),
    ("calles", "bacheadas", "vialidades"),
    ("parques", "limpiados", "áreas verdes"),
    ("árboles", "plantados", "reforestación"),
    ("comercios", "inspeccionados", "comercio establecido"),
    ("licencias", "resueltas", "trámites"),
    ("mercados", "atendidos", "abasto"),
    ("rutas de recolección", "cubiertas", "limpia"),
    ("talleres", "impartidos", "capacitación"),
    ("becas", "entregadas", "educación"),
    ("bibliotecas", "equipadas", "lectura"),
    ("funciones de cine", "realizadas", "cultura"),
    ("torneos", "organizados", "deporte"),
    ("consultas médicas", "otorgadas", "salud"),
    ("mascotas", "vacunadas", "sanidad animal"),
    ("despensas", "repartidas", "asistencia social"),
    ("familias", "orientadas", "bienestar familiar"),
    ("patrullajes", "efectuados", "seguridad"),
    ("simulacros", "coordinados", "protección civil"),
    ("expedientes", "digitalizados", "archivo"),
    ("solicitudes de información", "respondidas", "transparencia"),
    ("auditorías internas", "concluidas", "control interno"),
    ("contratos", "revisados", "asuntos jurídicos"),
    ("cuentas de predial", "actualizadas", "ingresos"),
    ("pagos a proveedores", "tramitados", "egresos"),
    ("equipos de cómputo", "revisados", "tecnologías"),
    ("plazas", "evaluadas", "recursos humanos"),
    ("visitas guiadas", "ofrecidas", "turismo"),
    ("artesanos", "asesorados", "economía local"),
    ("fugas", "reparadas", "agua potable"),
    ("obras", "supervisadas", "infraestructura"),
    ("quejas ciudadanas", "turnadas", "atención ciudadana"),
)

LUGARES = (
    "en las agencias", "en el centro", "en las colonias del norte", "en las colonias del sur", "en los barrios",
    "en la zona rural", "con jóvenes", "con personas mayores",
)

#: Indicadores donde menos es mejor: (nombre, unidad de medida, materia)
DESCENDENTES = (
    ("Tiempo promedio de respuesta a reportes", "Día", "atención de reportes"),
    ("Tiempo promedio de espera en ventanilla", "Minuto", "servicio en ventanilla"),
    ("Reportes reincidentes", "Reporte", "calidad de las reparaciones"),
    ("Accidentes en vialidades municipales", "Accidente", "movilidad segura"),
    ("Consumo de papel en oficinas", "Paquete", "oficinas sustentables"),
    ("Días de rezago en trámites", "Día", "simplificación de trámites"),
)

UNIDADES_DE_CUENTA = ("Acción", "Informe", "Sesión", "Persona", "Servicio", "Documento", "Visita")

DEFINICIONES = (
    "Da a conocer el avance de lo comprometido en materia de {materia} {lugar} durante el ejercicio",
    "Permite saber si el trabajo de {materia} {lugar} llega a quienes lo necesitan en el plazo previsto",
    "Describe la atención que la unidad presta en {materia} {lugar} conforme a su programa de trabajo",
    "Indica qué tanto se cumple lo previsto para {materia} {lugar} con los recursos autorizados",
)

MEDIOS = (
    "Oficio {siglas}/{numero}/{ejercicio} de fecha {dia} de {mes} de {ejercicio}",
    "Informe de actividades {numero}/{ejercicio} del área de {materia}, {mes} de {ejercicio}",
    "Listas de asistencia y minuta {numero} de {mes} de {ejercicio}, {materia}",
    "Bitácora de {materia} con folio {numero}, {dia} de {mes} de {ejercicio}",
    "Reporte fotográfico {numero} de {materia}, {mes} de {ejercicio}",
)

CAUSAS = (
    "La entrega de materiales para {materia} se retrasó y se atendió sólo una parte de lo previsto",
    "Las lluvias impidieron trabajar en {materia} {lugar} durante tres semanas",
    "El personal de {materia} estuvo comisionado a otra área parte del trimestre",
    "La convocatoria de {materia} {lugar} tuvo menos participantes de lo esperado",
    "El recurso para {materia} se liberó al cierre del trimestre",
)

MEDIDAS = (
    "Programar jornadas adicionales de {materia} en el siguiente trimestre",
    "Reforzar la cuadrilla de {materia} y revisar el avance cada quincena",
    "Adelantar la solicitud de recursos de {materia} para el siguiente trimestre",
    "Repetir la convocatoria de {materia} con más difusión",
)

EJES = (
    ("1. Municipio seguro y en paz", "1.2 Prevenir riesgos y atender emergencias en todo el territorio."),
    ("2. Bienestar para todas las familias", "2.1 Acercar los servicios sociales a quienes más los necesitan."),
    ("4. Servicios públicos de calidad", "4.3 Mantener en buen estado las calles, los parques y el alumbrado."),
    ("5. Economía local y turismo", "5.1 Impulsar el comercio y el trabajo de quienes producen en el municipio."),
)

MESES_DEL_TRIMESTRE = (
    ("enero", "febrero", "marzo"), ("abril", "mayo", "junio"), ("julio", "agosto", "septiembre"),
    ("octubre", "noviembre", "diciembre"),
)
