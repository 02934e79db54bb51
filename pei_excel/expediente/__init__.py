"""El expediente de una unidad en un año: lo que entregó, se le observó, se decidió y se le dijo, en un .zip."""

from pei_excel.expediente.en_zip import escribir_expediente, nombre_de_expediente, resumen
from pei_excel.expediente.piezas import de_quien
from pei_excel.expediente.reunir import reunir

EXPEDIENTES = "expedientes"  #: carpeta en que se dejan si no se dice otra

__all__ = ["EXPEDIENTES", "de_quien", "escribir_expediente", "nombre_de_expediente", "resumen", "reunir"]
