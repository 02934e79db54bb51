"""Los totales de unos POI calculados aparte, con pandas, desde lo que se escribió en los libros."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from pois_de_prueba import Poi

from pei_excel.periodos import Periodo


def actividades(pois: Sequence[Poi], periodo: Periodo) -> pd.DataFrame:
    """Un renglón por actividad, con su avance y sus soles al periodo."""
    filas = []
    for campos, hojas in pois:
        por_codigo = {hoja: {f["codigo"]: f for f in hojas[hoja]} for hoja in ("Valorización", "Seguimiento")}
        for fila in hojas["Programación"]:
            codigo = fila["codigo"]
            costos, seguimiento = por_codigo["Valorización"][codigo], por_codigo["Seguimiento"][codigo]
            p, e = _serie(fila, "programado"), _serie(seguimiento, "ejecutado")
            c, d = _serie(costos, "costo"), _serie(seguimiento, "devengado")
            programado, ejecutado = _fisico(fila["acumulacion"], p, e, periodo.mes)
            soles_p, soles_a = (_suma(s.loc[: periodo.mes]) for s in (c, d))
            pct = _porcentaje(programado, ejecutado)
            necesidades = [n for n in hojas["Necesidades"] if n["codigo_actividad"] == codigo]
            filas.append({
                "unidad": campos["unidad"], "gerencia": campos["gerencia"], "oei": fila["oei"], "aei": fila["aei"],
                "codigo": codigo, "medida": fila["unidad_medida"], "programado": programado, "ejecutado": ejecutado,
                "pct": pct if isinstance(pct, float) else None, "palabra": _palabra(pct), "topado": _topado(pct),
                "costo_anual": _suma(c), "soles_p": soles_p, "soles_a": soles_a,
                "vinculacion": costos.get("vinculacion") or "Sin vinculación", "techo": campos["techo"],
                **{t: sum(n["costo"] for n in necesidades if n["tipo_gasto"] == t)
                   for t in ("Bienes", "Servicios", "Otros")},
                **{f"{m}{n}": s.get(n) for m, s in (("p", p), ("e", e), ("c", c), ("d", d)) for n in range(1, 13)},
                "forma": fila["acumulacion"],
            })
    return pd.DataFrame(filas)


def _serie(fila: dict[str, Any], medida: str) -> pd.Series[float]:
    return pd.Series({n: fila.get(f"{medida}_m{n}") for n in range(1, 13)}, dtype=float)


def _suma(s: pd.Series[float]) -> float | None:
    return None if s.dropna().empty else float(s.sum())


def _fisico(forma: str, p: pd.Series[float], e: pd.Series[float], mes: int) -> tuple[float | None, float | None]:
    if forma == "Acumulativo":
        return _suma(p.loc[:mes]), _suma(e.loc[:mes])
    meses = [m for m in range(1, mes + 1) if forma == "Recurrente mensual" or m % 3 == 0]
    propios = p.loc[meses].dropna()
    vencidos = [m for m in meses if p[m] > 0]
    informados = e.loc[vencidos].dropna()
    return (None if propios.empty else float(propios.max())), (
        None if informados.empty else float(informados.mean())
    )


def _porcentaje(p: float | None, e: float | None) -> float | str:
    if p is None or (p == 0 and not e):
        return "No programado"
    if p == 0:
        return "Ejecución sin programación"
    return "Sin reporte" if e is None else e / p * 100


def _palabra(pct: float | str) -> str:
    """El perfil «operativo»: el borde pertenece a la banda de abajo."""
    if isinstance(pct, str):
        return pct
    pct = round(pct, 6)
    return "Exceso" if pct > 120 else "Bueno" if pct > 90 else "Regular" if pct > 85 else "Deficiente"


def _topado(pct: float | str) -> float | None:
    if pct == "Sin reporte":
        return 0.0
    return None if isinstance(pct, str) else min(pct, 100.0)


def curva_fisica(df: pd.DataFrame, mes: int, que: str) -> float | None:
    """Media de lo acumulado a un mes como % de lo programado en el año, topada a 100."""
    partes = []
    for _, fila in df.iterrows():
        miden = [m for m in range(1, 13) if fila["forma"] != "Recurrente trimestral" or m % 3 == 0]
        anual = sum(fila[f"p{m}"] for m in miden if pd.notna(fila[f"p{m}"]))
        if anual > 0:
            hecho = sum(fila[f"{que}{m}"] for m in miden if m <= mes and pd.notna(fila[f"{que}{m}"]))
            partes.append(min(hecho / anual * 100, 100))
    return sum(partes) / len(partes) if partes else None
