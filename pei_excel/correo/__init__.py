"""Los correos de la oficina: componerlos con lo que dice `resultado.json`, dejarlos en borrador y mandarlos."""

from __future__ import annotations

from pei_excel.correo.ordenes import Pedido, copiar_textos, enviar

__all__ = ["Pedido", "copiar_textos", "enviar"]
