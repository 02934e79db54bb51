"""Lo que se imprime después de rescatar: qué salió, cuántas celdas de cada cosa y las primeras que hay que mirar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pei_excel.escritura.rescate import HOJA_RESCATE, Movimiento, Que, lugar_de, recortado
from pei_excel.rescate.hacer import Rescatado
from pei_excel.textos import cuenta, enumerar
from pei_excel.ubicacion import direccion

#: Celdas que se dicen de cada libro; las movidas no: sólo cambiaron de lugar.
PRIMERAS = 6

_CUANTAS = {
    Que.NO_SE_LEYO: ("no se leyó", "no se leyeron"),
    Que.SIN_LUGAR: ("sin lugar", "sin lugar"),
    Que.REPARADA: ("reparada", "reparadas"),
    Que.FORMULA: ("fórmula restaurada", "fórmulas restauradas"),
    Que.MOVIDA: ("movida", "movidas"),
}


def texto_de_rescate(rescatados: Sequence[Rescatado]) -> str:
    """Cada libro con su ruta, sus cuentas y lo primero que hay que mirar."""
    lineas: list[str] = []
    for uno in rescatados:
        if uno.problema is not None:
            lineas += [f"{uno.archivo}: no se rescató: {uno.problema.rstrip('.')}.", ""]
            continue
        cuentas = Counter(m.que for m in uno.movimientos)
        partes = [cuenta(uno.intactas, "celda en su lugar", "celdas en su lugar")]
        partes += [cuenta(cuentas[que], *formas) for que, formas in _CUANTAS.items() if cuentas[que]]
        lineas += [f"{uno.archivo}: {uno.quien}", f"  {uno.ruta}", f"  {enumerar(partes)}."]
        mirar = [m for m in uno.movimientos if m.que is not Que.MOVIDA]
        # De las que tienen la misma razón (un renglón corrido, una hoja ajena) basta una.
        dichas = list({(m.que, m.hoja, m.porque): m for m in reversed(mirar)}.values())[::-1][:PRIMERAS]
        lineas += [f"  {_linea(m)}" for m in dichas]
        if len(mirar) > len(dichas):
            lineas.append(f"  … y {len(mirar) - len(dichas)} más en la hoja «{HOJA_RESCATE}» del libro.")
        lineas.append("")
    hechos = sum(r.problema is None for r in rescatados)
    lineas.append(f"{cuenta(hechos, 'libro rescatado', 'libros rescatados', 'Ningún libro rescatado')}; "
                  "los archivos originales no se modificaron.")
    return "\n".join(lineas) + "\n"


def _linea(m: Movimiento) -> str:
    decia = f" «{recortado(m.decia, 40)}»" if m.decia is not None else ""
    destino = f" → {m.nueva[0]}!{direccion(*m.nueva[1:])}" if m.nueva and m.marcada else ""
    que = f"{lugar_de(m)}{decia}{destino}"
    return f"{m.que.value:18} " + ": ".join(p for p in (que, m.porque) if p)
