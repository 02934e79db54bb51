"""Resultados de verdad para las pruebas de los correos: un catálogo, tres informes y su consolidación."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from test_cli import escribir

from pei_excel.catalogo import leer_catalogo
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos.catalogo import CATALOGO
from pei_excel.periodos import Periodo
from pei_excel.proceso import Encargo, consolidar_carpeta

T2 = Periodo(2024, "T", 2)
U21 = "U21 - Instituto de Ejemplo (demostración)"
P1, P2 = "P1 - Planeación de Ejemplo (demostración)", "P2 - Obra pública de Ejemplo (demostración)"


def escribir_catalogo(ruta: Path, *, filas: Any = None, **campos: Any) -> Path:
    """El catálogo de demostración; `filas` cambia las suyas."""
    escribir_plantilla(
        ruta, CATALOGO, modo=Modo.FORMULACION, ejercicio=2024, campos={**CATALOGO.modelo.campos, **campos},
        filas=filas or CATALOGO.modelo.filas, filas_libres=5,
    )
    return ruta


def consolidar(base: Path) -> Path:
    """La unidad U21 informa de sus dos programas; la U22, que después es la U23, no. Da la carpeta de salidas."""
    escribir(base / "recibidos" / "uno.xlsx", unidad=U21, programa=P1)
    escribir(base / "recibidos" / "dos.xlsx", unidad=U21, programa=P2)
    leido, _ = leer_catalogo(escribir_catalogo(base / "catalogo.xlsx"))
    assert leido is not None
    consolidar_carpeta(base / "recibidos", base / "salidas", Encargo(T2, procesos=1, catalogo=leido))
    return base / "salidas"


def copiar(origen: Path, destino: Path, cambiar: Callable[[dict[str, Any]], object] = lambda _: None) -> Path:
    """Otra carpeta igual, con su `resultado.json` cambiado; da la del periodo."""
    shutil.copytree(origen, destino)
    ruta = destino / "salidas" / "2024-T2" / "resultado.json"
    documento = json.loads(ruta.read_text(encoding="utf-8"))
    cambiar(documento)
    ruta.write_text(json.dumps(documento, ensure_ascii=False), encoding="utf-8")
    return ruta.parent


def hallazgo(n: int, *, severidad: str = "AVISO", destinatario: str = "unidad", **otros: Any) -> dict[str, Any]:
    """Un hallazgo como lo dice `resultado.json`."""
    return {
        "regla": "SEG006", "severidad": severidad, "destinatario": destinatario, "hoja": "MIR", "celda": f"U{n}",
        "tambien": [], "mensaje": f"Mensaje {n} de {destinatario}.", "como_corregir": "Corríjalo.", "encontrado": n,
        "esperado": None,
    } | otros
