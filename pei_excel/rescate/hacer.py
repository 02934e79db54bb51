"""El rescate completo: de un archivo (o los de una carpeta o un .zip) a sus libros rescatados, todos o ninguno."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from pathlib import Path

from pei_excel.anteriores import ejercicio_de
from pei_excel.archivos import PROBABLES, Archivo, buscar
from pei_excel.crudo import LibroCrudo
from pei_excel.escritura.membrete import Membrete
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.escritura.rescate import Movimiento, Que, Rescate, anexar
from pei_excel.formatos import FORMATOS
from pei_excel.formatos.aplicativo import APLICATIVO
from pei_excel.indicaciones import como_se_escribe, indicacion
from pei_excel.lectura.lector import Opciones, interpretar, leer
from pei_excel.libro import Libro
from pei_excel.proceso import MODULOS_DE_LECTURA, nombre_para_archivo
from pei_excel.rescate.colocar import Colocado, colocar
from pei_excel.rescate.sobrantes import en_orden, firmas_de, sobrantes, textos_de_plantilla
from pei_excel.salidas import LARGO_DE_NOMBRE, NoSePudo, escribir_entero, puerta
from pei_excel.textos import para_nombre
from pei_excel.trabajadores import TareaPerdida, Trabajadores, procesos_por_omision

_COLA = "_rescatado"


@dataclass(frozen=True, slots=True)
class Pedido:
    """Lo que el usuario pidió."""

    opciones: Opciones = field(default_factory=Opciones)
    ejercicio: int | None = None  #: del libro que no lo dice


@dataclass(slots=True)
class Rescatado:
    """Lo que salió de un informe."""

    archivo: str
    quien: str = ""
    contenido: bytes = b""
    problema: str | None = None  #: por qué no salió
    intactas: int = 0
    movimientos: tuple[Movimiento, ...] = ()
    clave: str = ""  #: unidad y programa, para distinguir los de un mismo archivo
    ruta: Path | None = None  #: donde quedó

    @property
    def completo(self) -> bool:
        """Todo lo que traía el archivo tiene su lugar."""
        return self.problema is None and not any(m.que in {Que.NO_SE_LEYO, Que.SIN_LUGAR} for m in self.movimientos)


def rescatar(
    rutas: Sequence[Path], salida: Path, pedido: Pedido, avance: Callable[[str, int, int], None] = lambda *_: None,
) -> list[Rescatado]:
    """Rescata los libros que hay en las rutas y los escribe en la carpeta de salida.

    Raises:
        NoSePudo: si no se puede escribir, o ya hay ahí un libro distinto con ese nombre; no se escribió ninguno.
    """
    with puerta(salida):
        archivos = buscar(rutas, pedido.opciones.limites).archivos
        rescatados: list[Rescatado] = []
        procesos = min(len(archivos), procesos_por_omision()) or 1
        modulos = (*MODULOS_DE_LECTURA, "pei_excel.escritura.plantilla")
        with Trabajadores(procesos, pedido.opciones.limites, modulos) as trabajadores:
            tareas = ((str(a.ruta), a.nombre, pedido) for a in archivos)
            resultados = trabajadores.encargar(rescatar_archivo, tareas)
            for n, (archivo, resultado) in enumerate(zip(archivos, resultados, strict=True), 1):
                avance("Rescatando", n, len(archivos))
                if isinstance(resultado, TareaPerdida):
                    rescatados.append(Rescatado(archivo.nombre, problema=f"{resultado.motivo}: {resultado.detalle}"))
                else:
                    rescatados += resultado
        _nombrar(rescatados, salida, archivos)
        _exigir_que_no_haya_otros(rescatados)
        for rescatado in rescatados:
            if rescatado.ruta is not None:
                escribir_entero(rescatado.ruta, rescatado.contenido)
    return rescatados


def rescatar_archivo(ruta: str, nombre: str, pedido: Pedido) -> list[Rescatado]:
    """Los informes de un archivo, rescatados; si no puede salir ninguno, uno solo con su problema."""
    extension = Path(ruta).suffix.lower()
    if extension in PROBABLES:
        motivo = f"los archivos {extension} no se leen; guárdelo como «Libro de Excel (.xlsx)»"
        return [Rescatado(nombre, problema=motivo)]
    crudos: list[LibroCrudo] = []

    def guardar(crudo: LibroCrudo, sha256: str, opciones: Opciones) -> list[Libro]:
        crudos.append(crudo)
        return interpretar(crudo, sha256, opciones)

    libros = leer(Path(ruta), nombre, pedido.opciones, guardar)
    rescatados = [Rescatado(nombre, problema=p) for libro in libros if (p := _por_que_no(libro, pedido))]
    utiles = [libro for libro in libros if _por_que_no(libro, pedido) is None]
    return rescatados + (_rescatar_libros(crudos[0], utiles, pedido) if utiles else [])


def _por_que_no(libro: Libro, pedido: Pedido) -> str | None:
    if libro.apartado:
        return libro.apartado
    if libro.formato is None or not libro.hojas:
        return libro.incidentes[0].mensaje if libro.incidentes else "no se reconoce ningún formato"
    if libro.origen == APLICATIVO:
        return "es la exportación del aplicativo: " + indicacion(
            orden=f"use {como_se_escribe('plantilla', 'poi', '--periodo', '2024-T1', '--desde', libro.archivo)}",
            menu="déla como libros aprobados en «Preparar libros»",
        )
    if pedido.ejercicio is None and ejercicio_de(libro) is None:
        return "no dice de qué año es: " + indicacion(
            orden="repita con --ejercicio, por ejemplo --ejercicio 2024", menu="escríbaselo y repita"
        )
    return None


def _rescatar_libros(crudo: LibroCrudo, libros: Sequence[Libro], pedido: Pedido) -> list[Rescatado]:
    formato = FORMATOS[libros[0].formato or ""]
    puestos = [colocar(libro, formato, ejercicio_de(libro) or pedido.ejercicio or 0) for libro in libros]
    firmas = [firmas_de(crudo, libro, formato) for libro in libros]
    conocidos = textos_de_plantilla(formato.clave, puestos[0].ejercicio, libros[0].periodo)
    usadas = {celda for _, suyas in firmas for celda in suyas}
    sobran = sobrantes(crudo, formato, libros, conocidos, usadas)
    return [_escribir(puesto, quienes, sobran) for puesto, (quienes, _) in zip(puestos, firmas, strict=True)]


def _escribir(puesto: Colocado, firmas: dict[str, str], sobran: list[Movimiento]) -> Rescatado:
    libro = puesto.libro
    movimientos = tuple(sorted([*puesto.movimientos, *sobran], key=en_orden))
    rescate = Rescate(archivo=libro.archivo, intactas=puesto.intactas, movimientos=movimientos)
    memoria = BytesIO()
    escribir_plantilla(
        memoria, puesto.formato, **puesto.argumentos, membrete=Membrete(firmantes=firmas),
        anexar=partial(anexar, rescate=rescate),
    )
    partes = [str(x) for x in (libro.unidad, libro.programa, libro.periodo.nombre if libro.periodo else None) if x]
    return Rescatado(
        libro.archivo, " · ".join([puesto.formato.clave, *partes]), memoria.getvalue(), None, puesto.intactas,
        movimientos, "-".join(nombre_para_archivo(p) for p in libro.identidad if p),
    )


def _nombrar(rescatados: Sequence[Rescatado], salida: Path, archivos: Sequence[Archivo]) -> None:
    """`<nombre>_rescatado.xlsx`; los de un mismo archivo llevan su unidad y programa. Nunca el de un archivo leído."""
    leidos = {a.ruta.resolve() for a in archivos}
    usados = {ruta.name.casefold() for ruta in leidos if ruta.parent == salida.resolve()}
    hechos = [r for r in rescatados if r.problema is None]
    for uno in hechos:
        varios = sum(r.archivo == uno.archivo for r in hechos) > 1
        cola = f"_{uno.clave}{_COLA}"[-40:] if varios and uno.clave else _COLA
        base, n, nombre = _para_archivo(Path(uno.archivo).stem), 1, ""
        while not nombre or nombre.casefold() in usados:
            fin = f"{cola}{f'-{n}' if n > 1 else ''}.xlsx"
            nombre, n = base[: LARGO_DE_NOMBRE - len(fin)] + fin, n + 1
        usados.add(nombre.casefold())
        uno.ruta = salida / nombre


def _para_archivo(texto: str) -> str:
    return para_nombre(unicodedata.normalize("NFC", texto)).strip(". ") or "libro"


def _exigir_que_no_haya_otros(rescatados: Sequence[Rescatado]) -> None:
    """En lo rescatado antes alguien pudo ya escribir: no se pisa."""
    for uno in rescatados:
        if uno.ruta is not None and uno.ruta.exists() and uno.ruta.read_bytes() != uno.contenido:
            raise NoSePudo(
                f"Ya hay un «{uno.ruta}» distinto y no se escribe encima: pudo corregirse a mano. "
                + indicacion(orden="Muévalo o elija otra carpeta con -o.", menu="Muévalo a otra carpeta y repita.")
                + " No se escribió nada."
            )
