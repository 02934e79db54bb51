"""De lo consolidado a lo que publica cada fracción de transparencia, y su comparación con lo ya publicado."""
