"""Del archivo al libro: el único lugar que abre hojas de cálculo."""
