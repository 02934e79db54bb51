"""Los objetivos estratégicos del PDI 2015-2018 de la Municipalidad Provincial de Huamanga, como datos.

Fuente: Directiva N° 003-2016-MPH/17, Anexo N° 01 «Objetivos estratégicos e indicadores del PDI 2015-2018». Los textos
son los del anexo. Los códigos son de este programa: `OEI.01` … `OEI.12` por su número, y cada oración de «Estrategias»,
en su orden, es una acción estratégica `AEI.nn.mm` del objetivo. Las claves, el indicador y las metas son del objetivo y
los comparten sus acciones; donde el anexo da dos metas, son dos, en su orden.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pei_excel.tipos import MetaEnPalabras, leer_meta

FUENTE = "Directiva N° 003-2016-MPH/17, Anexo N° 01: Objetivos estratégicos e indicadores del PDI 2015-2018"


@dataclass(frozen=True)
class Accion:
    """Acción estratégica institucional: una estrategia del anexo."""

    codigo: str
    nombre: str


@dataclass(frozen=True)
class Objetivo:
    """Objetivo estratégico institucional."""

    numero: int
    nombre: str
    estrategias: tuple[str, ...]
    claves: tuple[str, ...]  #: «Actividades Claves», una por oración
    indicador: str
    metas_en_palabras: tuple[str, ...]

    @property
    def codigo(self) -> str:
        """«OEI.01»."""
        return f"OEI.{self.numero:02d}"

    @cached_property
    def acciones(self) -> tuple[Accion, ...]:
        """Sus acciones estratégicas, en el orden del anexo."""
        return tuple(Accion(f"AEI.{self.numero:02d}.{n:02d}", e) for n, e in enumerate(self.estrategias, 1))

    @cached_property
    def metas(self) -> tuple[MetaEnPalabras, ...]:
        """Metas 2015-2018: sus palabras, su número donde se lee uno, y la unidad."""
        return tuple(leer_meta(palabras) for palabras in self.metas_en_palabras)


OBJETIVOS: tuple[Objetivo, ...] = (
    Objetivo(
        1, "Lograr que los usuarios reciban una atención adecuada y sin discriminación.",
        ("Medir la satisfacción de los usuarios.",),
        ("Realizar encuestas a los usuarios cada semestre.", "Publicar los resultados de las encuestas."),
        "Atención adecuada de usuarios", ("60 % como mínimo",),
    ),
    Objetivo(
        2, "Desarrollar servicios que se adapten y respondan a las necesidades de la población.",
        ("Implementar el sistema de mejora continua en los servicios públicos (salud, educación).",),
        ("Implementar el análisis de procesos.", "Realizar los arreglos institucionales necesarios de mejora"),
        "Servicios efectivos", ("100%",),
    ),
    Objetivo(
        3, "Consolidar el liderazgo de la municipalidad en el desarrollo de la Provincia basada en una gestión de "
        "procesos y resultados.",
        ("Implementar los planes de desarrollo y los planes estratégicos.",
         "Generar sinergia de trabajo interinstitucional"),
        ("Cooperar a las autoridades y funcionarios en liderazgo municipal.",
         "Incluir cláusulas de seguridad jurídica en los documentos contractuales.",
         "Fomentar la participación ciudadana y transparencia.",
         ("Convocar a los representantes de los diferentes sectores de desarrollo para consolidar una agenda de "
          "trabajo común."),
         "Realizar monitoreo y seguimiento a las actividades"),
        "Liderazgo municipal", ("4 por año",),
    ),
    Objetivo(
        4, "Modernizar la gestión con tecnologías de información y comunicación con la participación de la población.",
        ("Implementar sistemas de interconexión a nivel interno y externo.",),
        ("Fortalecer la intranet.",
         "Incrementar el número de procesos y trámites que se pueden manejar por Internet"),
        "Modernización de la gestión", ("20 % cada año",),
    ),
    Objetivo(
        5, "Mejorar la productividad de puestos de trabajo y de los trabajadores.",
        ("Formular los perfiles de puestos acorde a la nueva gestión pública.",
         "Actualizar la estructura orgánica y los documentos de gestión e implementarlos."),
        ("Actualizar los documentos de gestión municipal.", "Capacitar a los trabajadores.",
         "Formular los documentos de gestión.", "Realizar monitoreo y seguimiento a la implementación de documentos."),
        "Productividad del trabajo", ("100% al 2018", "1 al año como mínimo"),
    ),
    Objetivo(
        6, "Incrementar los recursos financieros de la municipalidad y utilizarlos con eficiencia y transparencia.",
        ("Incrementar la cartera de proyectos.",),
        ("Realizar convenios de cooperación.", "Formular proyectos concursables."),
        "Recursos financieros", ("10", "2 por año como mínimo."),
    ),
    Objetivo(
        7, "Promover el aprovechamiento de oportunidades y emprendimiento empresarial.",
        ("Fortalecer la asociación pública privada.",),
        ("Formalizar MYPES.", "Crear e implementar acciones de trabajo en cadenas productivas."),
        "Emprendimiento empresarial", ("4 como mínimo",),
    ),
    Objetivo(
        8, "Contribuir de manera efectiva en el clima de negocios de la provincia.",
        ("Implementar las estrategias regionales del Plan de Competitividad Regional.",),
        ("Formular el plan de competitividad provincial.", "Realizar convenios con el sector empresarial."),
        "Clima de negocios de la provincia", ("5 como mínimo al año",),
    ),
    Objetivo(
        9, "Gestionar la cultura organizacional de manera participativa, motivadora y que promueva la seguridad "
        "ciudadana.",
        ("Desarrollar programas y proyectos de mejora de competencias de los miembros de la municipalidad.",),
        ("Implementar la gestión por desempeño en el marco de Servir.",
         ("Realizar trabajo conjunto con la policía nacional, organizaciones de base, ministerio público y medios de "
          "comunicación.")),
        "Cultura organizacional", ("1 al año como mínimo", "2 como mínimo por año"),
    ),
    Objetivo(
        10, "Desarrollar una infraestructura vial adecuada, articulada y policéntrica.",
        ("Actualizar las estrategias de ordenamiento territorial.",),
        ("Formular estudios de ordenamiento vial.",
         ("Implementar incentivos para el funcionamiento de organismos públicos y privados en zonas fuera del centro "
          "histórico.")),
        "Infraestructura vial", ("2 como mínimo por año",),
    ),
    Objetivo(
        11, "Implementar la gestión ambiental en todos sus programas y proyectos.",
        ("Diseñar políticas de gestión ambiental.",),
        ("Concretar la alianza con la OEFA.",
         "Diseñar documentos de gestión para el trabajo transversal de la gestión ambiental"),
        "Gestión ambiental", ("10%",),
    ),
    Objetivo(
        12, "Desarrollar la Gestión municipal de Riesgo de Desastres.",
        ("Fortalecer la Unidad de Gestión de Riesgos de Desastre, Ordenamiento Territorial",),
        ("Incorporar actividades relacionadas a programas presupuestarios de Gestión de Riesgos de Desastre.",
         "Desarrollar trabajos conjuntos con la sociedad organizada sobre prevención de desastres."),
        "Gestión de Riesgos de Desastre", ("4%",),
    ),
)

#: (código, nombre) de los objetivos, y (código, nombre, código de su objetivo) de las acciones.
FILAS_DE_OEI = tuple((o.codigo, o.nombre) for o in OBJETIVOS)
FILAS_DE_AEI = tuple((a.codigo, a.nombre, o.codigo) for o in OBJETIVOS for a in o.acciones)
