"""Las órdenes de lo que sale de la oficina: los correos y los libros de transparencia."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from pei_excel.ordenes.comunes import TipoFecha, TipoPeriodo, leer_catalogo_o_salir, uso
from pei_excel.terminal import Entero, Opcion, Orden

MOTIVOS_DE_CORREO = ("apertura", "recordatorio", "faltante", "observaciones", "acuse")


def _copiar_textos(contexto: click.Context, _: click.Parameter, carpeta: Path | None) -> None:
    if carpeta is None or contexto.resilient_parsing:
        return
    from pei_excel.correo import copiar_textos

    copiar_textos(carpeta, click.echo)
    contexto.exit()


_AMBIENTE_DEL_CORREO = """\b
Para enviar, la cuenta se dice antes en la misma ventana de PowerShell:
  $env:PEI_EXCEL_SMTP_SERVIDOR = "smtp.ejemplo.gob"
  $env:PEI_EXCEL_SMTP_PUERTO = "587"
  $env:PEI_EXCEL_SMTP_SEGURIDAD = "starttls"
  $env:PEI_EXCEL_SMTP_USUARIO = "planeacion"
  $env:PEI_EXCEL_SMTP_CLAVE = "su contraseña"
  $env:PEI_EXCEL_REMITENTE = "planeacion@ejemplo.gob"
(starttls o tls, que usa el puerto 465). La contraseña puede estar en el llavero del sistema: vea el README.

Ejemplo:  pei-excel enviar salidas/2024-T2 --a unidades --catalogo catalogo.xlsx
"""


@click.command(cls=Orden, epilog=_AMBIENTE_DEL_CORREO)
@click.argument("carpeta", type=click.Path(path_type=Path), metavar="CARPETA_DE_SALIDA")
@click.option("--a", "a_quien", required=True, metavar="tesoreria|unidades|CORREO",
              help="A la Tesorería o a esa dirección, el consolidado; a las unidades, un mensaje a cada una.")
@click.option("--motivo", type=Opcion(MOTIVOS_DE_CORREO), default="observaciones", show_default=True,
              help="Por qué se escribe a las unidades: apertura, recordatorio, faltante, observaciones o acuse.")
@click.option("--unidad", "unidades", multiple=True, metavar="CLAVE",
              help="Sólo a esa unidad; puede repetirse.")
@click.option("--catalogo", type=click.Path(path_type=Path), metavar="catalogo.xlsx",
              help="De ahí salen las direcciones, los plazos y, si tiene al lado una carpeta «textos», lo que se dice.")
@click.option("--periodo", type=TipoPeriodo(), help="En una apertura, si el nombre de la carpeta no lo dice.")
@click.option("--enviar", "de_verdad", is_flag=True, help="Los envía; sin ella sólo deja los borradores.")
@click.option("--reenviar", is_flag=True, help="Envía también lo que ya se había enviado a esa dirección.")
@click.option("--zip", "comprimir", is_flag=True, help="Lo que pase del límite va en un .zip.")
@click.option("--limite-correo", "limite", type=Entero(1, 500), default=20, show_default=True, metavar="MB",
              help="Lo que un correo puede pesar con sus adjuntos.")
@click.option("--copiar-textos", type=click.Path(path_type=Path), metavar="CARPETA", callback=_copiar_textos,
              is_eager=True, expose_value=False,
              help="Copia ahí los textos de los correos, para cambiarlos, y termina.")
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path),
              help="Donde están la bitácora y los borradores; por omisión, la carpeta que contiene los resultados.")
def enviar(
    carpeta: Path, a_quien: str, motivo: str, unidades: tuple[str, ...], catalogo: Path | None, periodo: Any,
    de_verdad: bool, reenviar: bool, comprimir: bool, limite: int, salida: Path | None,
) -> None:
    """Prepara los correos de un periodo y, con --enviar, los manda.

    Sin --enviar deja en «correos», junto a los resultados, un borrador .eml por mensaje (Outlook lo abre listo para
    enviar) y correos.xlsx, para copiarlos al correo web. Lo que se manda queda en la bitácora y no se repite.
    """
    from pei_excel.correo import Pedido
    from pei_excel.correo import enviar as enviar_correos

    bien = enviar_correos(carpeta, Pedido(
        a=a_quien.strip() if "@" in a_quien else a_quien.strip().casefold(), motivo=motivo,
        catalogo=leer_catalogo_o_salir(catalogo) if catalogo else None,
        carpeta_del_catalogo=catalogo.parent if catalogo else None, unidades=unidades, periodo=periodo, base=salida,
        enviar=de_verdad, comprimir=comprimir, reenviar=reenviar, limite=limite,
    ), click.echo, lambda linea: click.echo(linea, err=True))
    sys.exit(0 if bien else 1)


@click.command(cls=Orden, epilog="Ejemplo:  pei-excel transparencia salidas/2024-T2 --catalogo catalogo.xlsx")
@click.argument("carpeta", type=click.Path(path_type=Path), metavar="CARPETA_DE_SALIDA")
@click.option("--catalogo", type=click.Path(path_type=Path), metavar="catalogo.xlsx", required=True,
              help="Catálogo de la institución: su hoja «Transparencia» dice los identificadores de cada fracción.")
@click.option("--fraccion", "fracciones", type=Opcion(["IV", "V", "VI"]), multiple=True, metavar="IV|V|VI",
              help="Sólo esa fracción; puede repetirse. Sin ella, las tres.")
@click.option("--publicado", type=click.Path(path_type=Path), metavar="RUTA",
              help="Descarga pública de una fracción, o carpeta de descargas: dice qué es nuevo, cambió o ya no está.")
@click.option("--actualizacion", type=TipoFecha(), metavar="AAAA-MM-DD",
              help="Fecha de actualización; por omisión, la de corte de los resultados.")
@click.option("--validacion", type=TipoFecha(), metavar="AAAA-MM-DD",
              help="Fecha de validación, si el formato la trae.")
@click.option("--hipervinculo", default="", metavar="DIRECCIÓN", help="Del documento del programa (fracción IV).")
@click.option("-o", "salida", metavar="CARPETA", type=click.Path(path_type=Path), default=Path("salidas/transparencia"),
              show_default=True, help="Carpeta donde se deja; dentro se crea la del periodo.")
def transparencia(
    carpeta: Path, catalogo: Path, fracciones: tuple[str, ...], publicado: Path | None, actualizacion: date | None,
    validacion: date | None, hipervinculo: str, salida: Path,
) -> None:
    """Escribe los libros de las fracciones IV, V y VI (México) listos para subir, y dice qué hay que corregir.

    CARPETA_DE_SALIDA es la de un periodo consolidado. Los identificadores que al catálogo le falten se piden, y de esa
    fracción no se escribe nada.
    """
    from pei_excel.formatos.transparencia import FRACCIONES
    from pei_excel.informe_transparencia import texto_de_transparencia
    from pei_excel.publicar import Pedido, publicar

    if not carpeta.is_dir():
        uso(f"No existe la carpeta «{carpeta}». Revise la ruta.")
    if publicado is not None and not publicado.exists():
        uso(f"No existe «{publicado}», que se dio en --publicado. Revise la ruta.")
    leido = leer_catalogo_o_salir(catalogo)
    if leido.institucion.pais not in {None, "mx"}:
        uso("Las fracciones IV, V y VI son de México, y el catálogo es de otro país.")
    pedidas = tuple(f for f in FRACCIONES if not fracciones or f in fracciones)
    hecho = publicar(
        carpeta, salida, Pedido(leido, pedidas, actualizacion, validacion, hipervinculo, publicado)
    )
    click.echo(texto_de_transparencia(hecho, catalogo), nl=False)
    sys.exit(0 if hecho.completa else 1)
