"""El catálogo de demostración, con nombres inventados, y los renglones con que sale la plantilla en blanco."""

from __future__ import annotations

from datetime import date
from typing import Any

from pei_excel.formato import Modelo
from pei_excel.formatos.transparencia import ARTICULO, FRACCIONES, TABLA, CampoDeFraccion


def _sin_vacios(**columnas: Any) -> dict[str, Any]:
    return {clave: valor for clave, valor in columnas.items() if valor is not None}


def _tabla_de(fraccion: str, campo: CampoDeFraccion) -> str | None:
    """Id de la subtabla a la que pertenece un campo."""
    return next((c.id_campo for c in FRACCIONES[fraccion] if c.tipo == TABLA), None) if campo.subtabla else None


#: Un renglón por campo de cada fracción; un id o un tipo vacío es que no se conoce.
CAMPOS_DE_TRANSPARENCIA: tuple[dict[str, Any], ...] = tuple(
    _sin_vacios(fraccion=fraccion, articulo=ARTICULO, campo=campo.titulo, id_campo=campo.id_campo,
                tipo=None if campo.tipo is None else float(campo.tipo), tabla=_tabla_de(fraccion, campo))
    for fraccion, campos in FRACCIONES.items() for campo in campos
)

#: Con qué sale la plantilla en blanco.
PRECARGADAS = {"Transparencia": CAMPOS_DE_TRANSPARENCIA}

_INICIO = date(2024, 1, 1)


def _unidad(clave: str, nombre: str, superior: str | None, **otros: Any) -> dict[str, Any]:
    return _sin_vacios(
        clave=clave, nombre=nombre, superior=superior, cargo=f"Titular de la unidad {clave}",
        correo=f"{clave.lower()}@demostracion.example", desde=_INICIO,
    ) | otros


def _periodo(numero: str, apertura: date, limite: date, solventacion: date) -> dict[str, Any]:
    return {"periodo": f"{numero} Trimestre 2024", "apertura": apertura, "limite": limite,
            "solventacion": solventacion}


def _banda(color: str, palabra: str, desde: float, hasta: float | None, incluye: str = "Sí") -> dict[str, Any]:
    return _sin_vacios(perfil="demostración", medida="Cumplimiento", color=color, palabra=palabra, desde=desde,
                       hasta=hasta, incluye=incluye)


MODELO = Modelo(
    campos={
        "nombre": "Municipio de Demostración (datos inventados)", "pais": "México", "ejercicio": 2024,
        "color_principal": "#1F4E79", "color_secundario": "#C9D6E0", "papel": "Carta",
        "firma_elabora": "Jefatura de seguimiento y evaluación", "firma_autoriza": "Dirección de planeación",
        "perfil": "demostración", "perfil_documento": "Acuerdo de demostración 1/2024",
        "tesoreria": "tesoreria@demostracion.example", "contacto": "Área de planeación, extensión 104",
    },
    filas={
        "Unidades": (
            _unidad("U10", "Presidencia (demostración)", None, informa="No"),
            _unidad("U20", "Secretaría de Ejemplo (demostración)", "U10", nombre_corto="Secretaría", informa="No"),
            _unidad("U21", "Instituto de Ejemplo (demostración)", "U20", nombre_corto="Instituto", tratamiento="Lic.",
                    enlace="Jefatura de proyectos", copia="enlace.u21@demostracion.example", techo_pia=120000.0,
                    techo_pim=135000.0),
            _unidad("U22", "Dirección de Obras de Ejemplo (demostración)", "U20", techo_pia=80000.0,
                    hasta=date(2024, 6, 30)),
            _unidad("U23", "Dirección de Obras y Servicios de Ejemplo (demostración)", "U20", clave_anterior="U22",
                    desde=date(2024, 7, 1), techo_pia=80000.0),
        ),
        "Programas": (
            {"clave": "P1", "nombre": "Planeación de Ejemplo (demostración)", "unidades": "U21", "desde": _INICIO},
            {"clave": "P2", "nombre": "Obra pública de Ejemplo (demostración)", "unidades": "U21, U22, U23",
             "coordinadora": "U21", "desde": _INICIO},
        ),
        "Indicadores": (
            {"unidad": "U21", "programa": "P1", "nivel": "Componente 1", "nombre": "Estrategias implementadas",
             "unidad_medida": "Porcentaje", "frecuencia": "Trimestral", "sentido": "Ascendente", "acumulacion": "Suma",
             "tope": 100.0, "programado_t1": 20.0, "programado_t2": 30.0, "programado_t3": 30.0,
             "programado_t4": 20.0},
            {"unidad": "U21", "programa": "P1", "nivel": "Actividad 1.1", "nombre": "Sesiones impartidas",
             "unidad_medida": "Sesión", "frecuencia": "Mensual", "sentido": "Ascendente", "acumulacion": "Suma",
             "programado_t1": 3.0, "programado_t2": 3.0, "programado_t3": 3.0, "programado_t4": 3.0},
        ),
        "Alineación": (
            {"clase": "Eje", "codigo": "3", "descripcion": "Gobierno abierto (demostración)"},
            {"clase": "Objetivo", "codigo": "3.2", "descripcion": "Mejorar la calidad del gasto (demostración)",
             "padre": "3", "unidades": "U21"},
            {"clase": "OEI", "codigo": "OEI.01", "descripcion": "Mejorar la atención (demostración)"},
            {"clase": "AEI", "codigo": "AEI.01.01", "descripcion": "Medir la satisfacción (demostración)",
             "padre": "OEI.01", "unidades": "U21, U23"},
        ),
        "Calendario": (
            _periodo("1er.", date(2024, 4, 1), date(2024, 4, 10), date(2024, 4, 22)),
            _periodo("2do.", date(2024, 7, 1), date(2024, 7, 10), date(2024, 7, 22)),
            _periodo("3er.", date(2024, 10, 1), date(2024, 10, 10), date(2024, 10, 22)),
            _periodo("4to.", date(2025, 1, 2), date(2025, 1, 10), date(2025, 1, 22)),
        ),
        "Prórrogas": (
            {"unidad": "U21", "periodo": "2do. Trimestre 2024", "fecha": date(2024, 7, 15),
             "oficio": "Oficio de demostración 33/2024"},
            {"unidad": "U23", "periodo": "3er. Trimestre 2024", "fecha": date(2024, 10, 14),
             "oficio": "Oficio de demostración 51/2024"},
        ),
        "Perfiles": (
            _banda("Morado", "Sobrecumplimiento", 120.0, None, "No"),
            _banda("Verde", "Bueno", 85.0, 120.0),
            _banda("Amarillo", "Regular", 70.0, 85.0),
            _banda("Rojo", "Deficiente", 0.0, 70.0),
        ),
        "Transparencia": CAMPOS_DE_TRANSPARENCIA,
    },
)
