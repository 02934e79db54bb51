"""El ciclo de la oficina: qué se recibió y cuándo, qué se consolidó, qué se cerró y cómo va cada periodo."""
