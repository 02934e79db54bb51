"""Los correos de la oficina: componerlos con lo que dice `resultado.json`, dejarlos en borrador y mandarlos."""

from __future__ import annotations

from pei_excel.correo.borradores import carpeta_de_borradores
from pei_excel.correo.ordenes import Pedido, copiar_textos, enviar, hay_cuenta

__all__ = ["Pedido", "carpeta_de_borradores", "copiar_textos", "enviar", "hay_cuenta"]
