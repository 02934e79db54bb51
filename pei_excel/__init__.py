"""pei-excel: de los libros de Excel de las unidades al consolidado de la planeación municipal."""

VERSION = "0.3.0"
