"""Piso 5: de los formatos y los libros leídos salen libros de Excel. Es el único lugar que usa xlsxwriter."""
