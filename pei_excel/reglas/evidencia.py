"""Qué le falta a un medio de verificación para probar lo que se informa."""

from __future__ import annotations

import re

from pei_excel.textos import normalizar

_SIN_NUMERO = re.compile(r"\bs\s*/\s*n\b", re.IGNORECASE)
_DOCUMENTO = re.compile(
    r"oficio|circular|minuta|acta|lista|informe|registro|reporte|correo|constancia|copia|memor[aá]nd|padr[oó]n|"
    r"fotogr|contrato|convenio|factura|bit[aá]cora|expediente|acuse|dictamen|invitaci[oó]n|p[oó]liza|convocatoria",
    re.IGNORECASE,
)


def defecto_del_medio(texto: str | None) -> str | None:
    """Qué le falta a un medio de verificación para probar algo; None si basta."""
    if not texto:
        return "está vacío"
    if _SIN_NUMERO.search(texto):
        return "trae «S/N» en vez del número del documento"
    if len(normalizar(texto).split()) < 3:
        return f"sólo dice «{texto}»"
    if not _DOCUMENTO.search(texto) and not re.search(r"\d", texto):
        return "no nombra un documento, un número ni una fecha"
    return None
