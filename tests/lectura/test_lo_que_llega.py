"""Lo que llega en una carpeta: libros sueltos, en .zip, de otros tipos, con contraseña, y lo que no se puede mirar."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path

import msoffcrypto.format.ooxml as cifrado
import pytest
from armado import armar

from pei_excel.archivos import buscar
from pei_excel.crudo import ArchivoIlegible
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos import FORMATOS
from pei_excel.lectura.celdas import abrir, abrir_bytes
from pei_excel.lectura.claves import Claves, corresponde
from pei_excel.lectura.lector import Opciones, leer
from pei_excel.lectura.limites import Limites

MIR = FORMATOS["MIR"]


def plantilla() -> bytes:
    """Una MIR llena, con el modelo del formato."""
    memoria = io.BytesIO()
    escribir_plantilla(
        memoria, MIR, modo=Modo.FORMULACION, ejercicio=2024, campos=MIR.modelo.campos, filas=MIR.modelo.filas
    )
    return memoria.getvalue()


LIBRO = plantilla()


def con_contrasena(contenido: bytes, clave: str) -> bytes:
    """El mismo libro, cifrado como lo hace Excel."""
    salida = io.BytesIO()
    cifrado.OOXMLFile(io.BytesIO(contenido)).encrypt(clave, salida)
    return salida.getvalue()


def escribir_zip(ruta: Path, **archivos: bytes) -> Path:
    with zipfile.ZipFile(ruta, "w", zipfile.ZIP_DEFLATED) as destino:
        for nombre, contenido in archivos.items():
            destino.writestr(nombre, contenido)
    return ruta


def motivo(ruta: Path, limites: Limites | None = None) -> tuple[str, str]:
    with pytest.raises(ArchivoIlegible) as fallo:
        abrir(ruta, limites=limites or Limites())
    return fallo.value.motivo, fallo.value.detalle


# --- .zip --------------------------------------------------------------------------------------------------------


def test_los_libros_de_un_zip_se_leen_y_se_nombran(tmp_path: Path) -> None:
    """Uno por uno, con el nombre del zip delante; lo demás del zip se aparta con su porqué."""
    escribir_zip(
        tmp_path / "Entrega.ZIP",
        **{"504-6/MIR.xlsx": LIBRO, "otra.xlsx": armar(""), "__MACOSX/504-6/._MIR.xlsx": b"x", "~$MIR.xlsx": b"x",
           "leeme.txt": b"hola", "dentro.zip": b"PK", "lista.csv": b"a,b"},
    )
    hallados = buscar([tmp_path])
    assert [a.nombre for a in hallados.archivos] == [
        "Entrega.ZIP/504-6/MIR.xlsx", "Entrega.ZIP/dentro.zip", "Entrega.ZIP/lista.csv", "Entrega.ZIP/otra.xlsx",
    ]
    assert {nombre.rpartition("/")[2] for nombre, _ in hallados.ajenos} == {"._MIR.xlsx", "~$MIR.xlsx", "leeme.txt"}
    (libro,) = leer(hallados.archivos[0].ruta, hallados.archivos[0].nombre)
    (suelto,) = leer(_escribir(tmp_path / "MIR.xlsx", LIBRO), "MIR.xlsx")
    assert (libro.archivo, libro.formato) == ("Entrega.ZIP/504-6/MIR.xlsx", "MIR")
    assert libro.sha256 == suelto.sha256
    assert [f.datos for f in libro.filas("MIR")] == [f.datos for f in suelto.filas("MIR")]
    assert "zip dentro de otro" in motivo(hallados.archivos[1].ruta)[1]


def _escribir(ruta: Path, contenido: bytes) -> Path:
    ruta.write_bytes(contenido)
    return ruta


def test_un_zip_que_no_sirve_dice_por_que(tmp_path: Path) -> None:
    """Roto, sin libros, cifrado, con trampas, o que en realidad es un libro con otro nombre."""
    casos = {
        "roto.zip": (LIBRO[:-100], "dañado"),
        "vacio.zip": (b"", "dañado"),
        "sin.zip": (escribir_zip(tmp_path / "x", **{"foto.jpg": b"x"}).read_bytes(), "no es un libro"),
        "trampa.zip": (escribir_zip(tmp_path / "x", **{"../libro.xlsx": LIBRO}).read_bytes(), "sospechoso"),
    }
    (tmp_path / "x").unlink()
    for nombre, (contenido, esperado) in casos.items():
        ruta = _escribir(tmp_path / nombre, contenido)
        (archivo,) = buscar([ruta]).archivos
        assert archivo.ruta == ruta
        assert motivo(archivo.ruta)[0] == esperado, nombre
    (archivo,) = buscar([_escribir(tmp_path / "libro.zip", LIBRO)]).archivos
    assert abrir(archivo.ruta).hojas
    zip_cifrado = bytearray(escribir_zip(tmp_path / "cifrado.zip", **{"libro.xlsx": LIBRO}).read_bytes())
    zip_cifrado[zip_cifrado.index(b"PK\x01\x02") + 8] |= 1
    (archivo,) = buscar([_escribir(tmp_path / "cifrado.zip", bytes(zip_cifrado))]).archivos
    assert motivo(archivo.ruta)[0] == "protegido con contraseña"


def test_los_topes_de_un_zip(tmp_path: Path) -> None:
    """El número de archivos se mira antes de cargar el índice, y cada libro tiene el tope de un archivo suelto."""
    ruta = escribir_zip(tmp_path / "a.zip", **{f"{n}.xlsx": LIBRO for n in range(5)})
    assert motivo(ruta, Limites(archivos_zip=4)) == ("demasiado grande", "el zip trae más de 4 archivos")
    assert motivo(ruta, Limites(bytes_zip=1000))[0] == "demasiado grande"
    assert motivo(ruta / "1.xlsx", Limites(bytes_archivo=1000))[0] == "demasiado grande"
    bomba = escribir_zip(tmp_path / "b.zip", **{"bomba.xlsx": b"\0" * 60_000_000})
    assert motivo(bomba / "bomba.xlsx")[0] == "demasiado grande"
    assert len(buscar([ruta], Limites(archivos_zip=5)).archivos) == 5


def test_nombres_con_acentos_de_cualquier_programa(tmp_path: Path) -> None:
    """macOS escribe UTF-8 sin decirlo; Windows en español, su página de códigos."""
    for crudo in ("PLANEACIÓN.xlsx".encode("cp850"), "PLANEACIÓN.xlsx".encode()):
        sustituto = b"x" * (len(crudo) - 5) + b".xlsx"
        contenido = escribir_zip(tmp_path / "n.zip", **{sustituto.decode(): LIBRO}).read_bytes()
        _escribir(tmp_path / "n.zip", contenido.replace(sustituto, crudo))
        (archivo,) = buscar([tmp_path / "n.zip"]).archivos
        assert archivo.nombre == "n.zip/PLANEACIÓN.xlsx"
        assert abrir(archivo.ruta).hojas


def test_un_indice_que_promete_millones_no_se_carga(tmp_path: Path) -> None:
    """El índice se mide por lo que dice su final, antes de que nadie lo lea entero."""
    contenido = bytearray(escribir_zip(tmp_path / "a.zip", **{"a.xlsx": LIBRO}).read_bytes())
    lugar = contenido.rindex(b"PK\x05\x06")
    struct.pack_into("<HH", contenido, lugar + 8, 65_000, 65_000)
    assert motivo(_escribir(tmp_path / "a.zip", bytes(contenido)))[0] == "demasiado grande"


# --- Lo que no se puede mirar ------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="en Windows los vínculos piden permisos")
def test_vinculos_que_dan_vueltas(tmp_path: Path) -> None:
    """Un vínculo a sí mismo, uno roto y una carpeta que se contiene: se nombran, y nada se detiene."""
    (tmp_path / "bucle.xlsx").symlink_to(tmp_path / "bucle.xlsx")
    (tmp_path / "roto.xlsx").symlink_to(tmp_path / "no-existe.xlsx")
    (tmp_path / "carpeta").symlink_to(tmp_path, target_is_directory=True)
    _escribir(tmp_path / "MIR.xlsx", LIBRO)
    hallados = buscar([tmp_path])
    assert [a.nombre for a in hallados.archivos] == ["bucle.xlsx", "MIR.xlsx", "roto.xlsx"]
    assert hallados.ajenos == [("carpeta", "es un vínculo a otra carpeta; no se sigue")]
    assert motivo(tmp_path / "bucle.xlsx")[0] == motivo(tmp_path / "roto.xlsx")[0] == "dañado"


def test_una_carpeta_que_no_puede_verse_se_nombra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Si el sistema no deja ver una carpeta, lo que haya dentro no se pierde en silencio."""
    (tmp_path / "cerrada").mkdir()
    real = os.scandir

    def ver(ruta: str) -> object:
        if str(ruta).endswith("cerrada"):
            raise PermissionError(13, "sin permiso", str(ruta))
        return real(ruta)

    monkeypatch.setattr(os, "scandir", ver)
    assert buscar([tmp_path]).ajenos == [("cerrada", "es una carpeta que el sistema no permite ver")]


def test_lo_que_icloud_no_ha_descargado(tmp_path: Path) -> None:
    (tmp_path / ".MIR.xlsx.icloud").touch()
    ((_, porque),) = buscar([tmp_path]).ajenos
    assert "sólo está en la nube" in porque


# --- Otros tipos de libro ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tipo", "contenido"),
    [
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
        ("xltx", "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml"),
        ("xlsm", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        ("xltm", "application/vnd.ms-excel.template.macroEnabled.main+xml"),
    ],
)
def test_plantillas_de_excel(tmp_path: Path, tipo: str, contenido: str) -> None:
    """Un libro guardado como plantilla de Excel es el mismo libro; su tipo sale de su contenido."""
    partes: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types><Override PartName="/xl/workbook.xml" ContentType="{contenido}"/></Types>'
    }
    ruta = _escribir(tmp_path / f"libro.{tipo}", armar('<row r="1"><c r="A1"><v>1</v></c></row>', partes=partes))
    (archivo,) = buscar([tmp_path]).archivos
    libro = abrir(archivo.ruta)
    assert (libro.tipo, libro.hojas[0].celdas[1, 1].valor) == (tipo, 1.0)
    assert ruta == archivo.ruta


# --- Contraseñas -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patron", "archivo", "es"),
    [
        ("504-6", "recibidos/504-6_MIR.xlsx", True),
        ("504-6", "504-6/MIR.xlsx", True),
        ("504-6", "504-61_MIR.xlsx", False),
        ("504-6", "1504-6_MIR.xlsx", False),
        ("tesorería", "Tesoreria/mir.xlsx", True),
        ("*.xlsx", "a/b.xlsx", True),
        ("obras*.xlsx", "2024/Obras públicas.xlsx", True),
        ("obras*.xlsx", "2024/Las obras.xlsx", False),
        ("2024/*", "2024/Las obras.xlsx", True),
        ("a.b", "axb.xlsx", False),
    ],
)
def test_de_que_archivo_es_cada_contrasena(patron: str, archivo: str, es: bool) -> None:
    assert corresponde(patron, archivo) is es


def test_el_archivo_de_contrasenas(tmp_path: Path) -> None:
    """Comentarios, comillas, signos de igual, y la codificación con que lo guarde el Bloc de notas."""
    texto = '# contraseñas\n\n504-6 = uno=dos \n Obras* =  " con espacios "\n504-6 = tres\n'
    for codificacion in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        claves = Claves.de_archivo(_escribir(tmp_path / "claves.txt", texto.encode(codificacion)))
        assert claves.para("504-6.xlsx") == ["uno=dos", "tres"], codificacion
        assert claves.para("obras.xlsx") == [" con espacios "]
        assert claves.para("otro.xlsx") == []
    assert repr(claves) == "Claves(3 líneas)"
    for malo, linea in (("504-6", 1), ("a = b\n= c", 2), ("504-6 =", 1)):
        with pytest.raises(ValueError, match=f"la línea {linea} "):
            Claves.de_texto(malo)
    with pytest.raises(ValueError, match="no se puede leer"):
        Claves.de_archivo(tmp_path / "no-existe.txt")


def test_un_libro_con_contrasena(tmp_path: Path) -> None:
    """Con la suya se lee igual que sin ella; con otra, o sin línea que le toque, se dice cuál de las dos cosas pasa."""
    ruta = _escribir(tmp_path / "504-6.xlsx", con_contrasena(LIBRO, "secreta ñ"))

    def intentar(texto: str | None) -> tuple[str, str]:
        claves = Claves.de_texto(texto) if texto is not None else None
        (libro,) = leer(ruta, "504-6.xlsx", Opciones(claves=claves))
        mensaje = libro.incidentes[0].mensaje if libro.rechazado else ""
        assert "secreta" not in mensaje
        assert "otra" not in mensaje
        assert ("agregarla: «504-6.xlsx = su contraseña»" in mensaje) == (texto == "504-7 = secreta ñ")
        return libro.formato or "", str(libro.incidentes[0].encontrado) if libro.rechazado else ""

    assert intentar("504-6 = secreta ñ") == ("MIR", "")
    assert intentar("* = otra\n504-6 = secreta ñ") == ("MIR", "")
    assert intentar("504-6 = otra") == ("", "contraseña equivocada")
    assert intentar("504-7 = secreta ñ") == ("", "protegido con contraseña")
    assert intentar(None) == ("", "protegido con contraseña")


def test_protegido_solo_contra_escritura_se_lee_sin_preguntar() -> None:
    """Excel cifra esos libros con una contraseña que todos los Excel conocen."""
    assert abrir_bytes(con_contrasena(LIBRO, "VelvetSweatshop"), "a.xlsx").hojas


def test_cifrado_y_danado() -> None:
    """Alterado después de cifrar: se dice, y no se confunde con una contraseña equivocada."""
    bueno = con_contrasena(armar(""), "a")
    lugar = bueno.index(b"<keyData")
    roto = bueno[:lugar] + b"<KEYdata" + bueno[lugar + 8 :]
    with pytest.raises(ArchivoIlegible) as fallo:
        abrir_bytes(roto, "a.xlsx", claves=Claves.de_texto("* = a"))
    assert fallo.value.motivo == "dañado"
    trampa = bueno.replace(b"<keyData ", b"<!DOCTYPE", 1)
    with pytest.raises(ArchivoIlegible) as fallo:
        abrir_bytes(trampa, "a.xlsx", claves=Claves.de_texto("* = a"))
    assert fallo.value.motivo == "sospechoso"


def test_las_contrasenas_no_salen_en_ningun_resultado() -> None:
    """Ni en el texto del encargo ni en las opciones que se guardan con los resultados."""
    from pei_excel.proceso import Encargo

    encargo = Encargo(claves=Claves.de_texto("* = muysecreta"))
    assert "muysecreta" not in repr(encargo)
    assert "muysecreta" not in str(encargo.como_datos())
    assert "muysecreta" not in repr(encargo.opciones)
