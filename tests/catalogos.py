"""Catálogos armados en memoria para las pruebas, sin escribir ni leer un libro."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pei_excel.formatos.catalogo import CATALOGO
from pei_excel.libro import Dato, Fila, HojaLeida, Libro
from pei_excel.ubicacion import direccion


def en_memoria(filas: Mapping[str, Sequence[Mapping[str, Any]]], campos: Mapping[str, Any] | None = None) -> Libro:
    """Un catálogo leído con esos valores ya tipados; lo que no se da está vacío."""
    libro = Libro("catalogo.xlsx", "", CATALOGO.clave, version=CATALOGO.version)
    for n, campo in enumerate(CATALOGO.principal.campos, 4):
        valor = (campos or {}).get(campo.clave)
        libro.campos[campo.clave] = Dato(("Institución", -1, campo.clave), valor, valor, "Institución", f"C{n}")
    for hoja in CATALOGO.hojas:
        leidas = []
        for indice, dada in enumerate(filas.get(hoja.clave, ())):
            numero = hoja.disposicion.fila_datos + indice
            datos = {
                c.clave: Dato((hoja.clave, indice, c.clave), dada.get(c.clave), dada.get(c.clave), hoja.clave,
                              direccion(numero, hoja.disposicion.columna[c.clave]))
                for c in hoja.columnas
            }
            leidas.append(Fila(hoja.clave, indice, hoja.clave, numero, datos))
        libro.hojas[hoja.clave] = HojaLeida(hoja.clave, [hoja.clave], leidas, {}, {})
    return libro


def unidad(clave: str, superior: str | None = None, **otros: Any) -> dict[str, Any]:
    """Un renglón de `Unidades`."""
    return {"clave": clave, "nombre": f"Unidad {clave}", "cargo": "Titular", "superior": superior,
            "desde": date(2024, 1, 1)} | otros
