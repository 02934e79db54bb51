"""Rescatar un libro: de uno maltratado, de otra versión o histórico, la plantilla de hoy con todo lo bueno en su lugar.

Nada se inventa y nada se pierde: lo que no se lee queda en blanco y lo que no tiene lugar se lista, celda por celda.
"""

from pei_excel.rescate.hacer import Pedido, Rescatado, rescatar
from pei_excel.rescate.texto import texto_de_rescate

__all__ = ["Pedido", "Rescatado", "rescatar", "texto_de_rescate"]
