"""Las reglas de consistencia; la lista explícita está en `pei_excel.reglas.lista`."""
