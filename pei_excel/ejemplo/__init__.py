"""El ejemplo: lo que recibe un pequeño municipio, con un informe real y once simulados."""
