"""Las órdenes, por lo que se hace con ellas. Lo pesado se importa dentro de cada una: la ayuda no debe esperar."""
