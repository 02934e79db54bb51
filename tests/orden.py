"""La línea de órdenes con algo cambiado, para las pruebas que la corren como otro proceso.

Uso: python orden.py '{"salidas.RESERVA": 0}' consolidar … — cada clave es un nombre del programa y el valor que toma.
«arranque» es cómo nacen los procesos («spawn», como en Windows y macOS) y «tope», los bytes de un archivo que el
sistema admite (así se acaba un disco sin llenarlo).
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import sys


def cambiar(cambios: dict[str, object]) -> None:
    for nombre, valor in cambios.items():
        if nombre == "arranque":
            from pei_excel import trabajadores

            trabajadores._contexto = lambda _, valor=valor: multiprocessing.get_context(str(valor))
        elif nombre == "tope":
            import resource

            resource.setrlimit(resource.RLIMIT_FSIZE, (int(str(valor)), resource.RLIM_INFINITY))
        else:
            modulo, _, atributo = nombre.rpartition(".")
            donde = importlib.import_module(f"pei_excel.{modulo}")
            assert hasattr(donde, atributo)
            setattr(donde, atributo, valor)


if __name__ == "__main__":
    cambiar(json.loads(sys.argv.pop(1)))
    from pei_excel.__main__ import principal

    principal()
