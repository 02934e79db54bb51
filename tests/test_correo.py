"""La orden enviar sin servidor: qué se le dice a cada quien, los borradores y lo que no puede mandarse."""

from __future__ import annotations

import io
import json
import textwrap
import zipfile
from collections.abc import Callable
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from correos import consolidar, copiar, escribir_catalogo, hallazgo
from hypothesis import given
from hypothesis import strategies as st
from test_cli import huellas

from pei_excel.catalogo import Catalogo, leer_catalogo
from pei_excel.cli import orden
from pei_excel.correo import Pedido, copiar_textos, enviar
from pei_excel.correo.mensajes import Mensaje, MensajeImpropio, como_correo, direccion, peso
from pei_excel.correo.redaccion import PROPIOS, Redaccion
from pei_excel.correo.resultados import Adjunto
from pei_excel.formatos.catalogo import CATALOGO
from pei_excel.periodos import Periodo
from pei_excel.salidas import NoSePudo
from pei_excel.terminal import con_red, ejecutar


@pytest.fixture(scope="session")
def origen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("correo")
    consolidar(base)
    return base


@pytest.fixture(scope="session")
def catalogo(origen: Path) -> Catalogo:
    leido, _ = leer_catalogo(origen / "catalogo.xlsx")
    assert leido is not None
    return leido


#: Antes del plazo del 2do. trimestre (10 de julio), y después; su solventación es el 22.
A_TIEMPO, VENCIDO, TARDE = date(2024, 7, 8), date(2024, 7, 11), date(2024, 7, 23)


class Corrida:
    """Una orden enviar en borrador y lo que dejó."""

    def __init__(self, carpeta: Path, catalogo: Catalogo | None, a: str = "unidades", **otros: Any) -> None:
        self.dicho: list[str] = []
        self.avisos: list[str] = []
        otros = {"hoy": VENCIDO if otros.get("motivo") == "faltante" else A_TIEMPO, **otros}
        pedido = Pedido(a=a, catalogo=catalogo, carpeta_del_catalogo=carpeta.parent.parent, **otros)
        self.bien = enviar(carpeta, pedido, self.dicho.append, self.avisos.append)
        que = pedido.motivo if a == "unidades" else "tesoreria"
        codigo = (pedido.periodo or Periodo(2024, "T", 2)).codigo
        self.carpeta = (pedido.base or carpeta.parent) / "correos" / codigo / que

    def borradores(self) -> dict[str, EmailMessage]:
        return {
            p.stem: message_from_bytes(p.read_bytes(), policy=policy.default)  # type: ignore[misc]
            for p in sorted(self.carpeta.glob("*.eml"))
        }

    def texto(self, cual: str) -> str:
        cuerpo = self.borradores()[cual].get_body(("plain",))
        assert cuerpo is not None
        return str(cuerpo.get_content()).replace("\r\n", "\n")


def con(*hallazgos: dict[str, Any], en: int = 0) -> Callable[[dict[str, Any]], None]:
    """Cambia los hallazgos de un informe, y deja limpios los demás."""
    def cambiar(documento: dict[str, Any]) -> None:
        for n, libro in enumerate(documento["libros"]):
            libro["hallazgos"] = list(hallazgos) if n == en else []
    return cambiar


UNO_Y_CUATRO = [hallazgo(9, severidad="ERROR"), *(hallazgo(n) for n in range(10, 14))]


def test_un_solo_mensaje_por_unidad_con_lo_que_debe_hacer_y_hasta_cuando(
    origen: Path, catalogo: Catalogo, tmp_path: Path
) -> None:
    def cambiar(documento: dict[str, Any]) -> None:
        con(*UNO_Y_CUATRO)(documento)
        documento["libros"][1]["hallazgos"] = [hallazgo(20)]

    corrida = Corrida(copiar(origen, tmp_path / "c", cambiar), catalogo)
    assert (corrida.bien, corrida.avisos) == (True, [])
    (nombre, correo), = corrida.borradores().items()
    assert nombre == "u21"
    assert correo["Subject"] == (
        "[U21-P1 y U21-P2] 2do. trimestre: 1 corrección y 5 aclaraciones, a más tardar el 22 de julio"
    )
    assert (correo["To"], correo["Cc"]) == ("u21@demostracion.example", "enlace.u21@demostracion.example")
    assert (correo["X-Unsent"], correo["From"], correo["Date"], correo["Message-ID"]) == ("1", None, None, None)
    texto = corrida.texto("u21")
    assert texto.startswith(
        "Lic. Titular de la unidad U21\nInstituto de Ejemplo (demostración)\n\nMuchas gracias por sus 2 informes"
    )
    assert "a más tardar el 22 de julio de 2024." in texto
    assert "- U21-P2 · MIR, U9 · Debe corregirse: Mensaje 9 de unidad. Corríjalo.\n" in texto
    assert "PRELIMINAR" in texto
    assert "Para cualquier duda: Área de planeación, extensión 104." in texto
    assert [a.get_filename() for a in correo.iter_attachments()] == [
        "u21-p1_2024-T2_evaluacion.xlsx", "u21-p2_2024-T2_evaluacion.xlsx",
    ]
    assert [a.get_content() for a in correo.iter_attachments()] == [
        (tmp_path / "c/salidas/2024-T2/evaluaciones" / n).read_bytes()
        for n in ("u21-p1_2024-T2_evaluacion.xlsx", "u21-p2_2024-T2_evaluacion.xlsx")
    ]
    html = correo.get_body(("html",))
    assert html is not None
    sin_marcas = " ".join(html.get_content().replace("<br>", " ").split())
    for punto in texto.split("\n"):
        assert punto.removeprefix("- ") in sin_marcas


def test_a_lo_mas_siete_puntos_y_los_demas_en_la_hoja(origen: Path, catalogo: Catalogo, tmp_path: Path) -> None:
    muchos = [hallazgo(n) for n in range(20)] + [hallazgo(99, severidad="ERROR")]
    corrida = Corrida(copiar(origen, tmp_path / "c", con(*muchos)), catalogo)
    texto = corrida.texto("u21")
    puntos = [x for x in texto.splitlines() if x.startswith("- ")]
    assert len(puntos) == 7
    assert "U99 · Debe corregirse" in puntos[0]
    assert "y 14 más en la hoja Observaciones." in texto
    assert corrida.borradores()["u21"]["Subject"].startswith("[U21-P2] 2do. trimestre: 1 corrección y 20 aclaraciones")


def test_con_observaciones_largas_tambien_se_lee_en_una_pantalla(
    origen: Path, catalogo: Catalogo, tmp_path: Path
) -> None:
    """Cincuenta renglones de cien letras a lo más, aunque se digan menos de siete: todas se cuentan."""
    largo = "Se encontró un texto muy largo que " * 60
    muchas = [hallazgo(n, severidad="ERROR", mensaje=f"{largo}{n}.", como_corregir=largo) for n in range(12)]
    corrida = Corrida(copiar(origen, tmp_path / "c", con(*muchas)), catalogo)
    texto = corrida.texto("u21")
    puntos = sum(x.startswith("- ") for x in texto.splitlines())
    assert 0 < puntos < 7
    assert f"y {12 - puntos} más en la hoja Observaciones." in texto
    assert "12 correcciones" in str(corrida.borradores()["u21"]["Subject"])
    assert sum(len(textwrap.wrap(x, 100)) or 1 for x in texto.splitlines()) <= 50


def test_nada_de_planeacion_ni_del_diseno_llega_a_la_unidad(origen: Path, catalogo: Catalogo, tmp_path: Path) -> None:
    ajenos = [
        hallazgo(1, severidad="ERROR", destinatario="planeacion"), hallazgo(2, regla="MIR013", mensaje="Diseño."),
        hallazgo(3, severidad="NOTA"), hallazgo(4, decision={"decision": "Atendida"}),
    ]
    from pei_excel.reglas.lista import POR_CODIGO

    ajenos[1]["regla"] = next(c for c, r in POR_CODIGO.items() if r.diseno and r.destinatario == "unidad")
    carpeta = copiar(origen, tmp_path / "c", con(*ajenos, hallazgo(50)))
    corrida = Corrida(carpeta, catalogo)
    bytes_ = (corrida.carpeta / "u21.eml").read_bytes()
    assert corrida.borradores()["u21"]["Subject"].startswith("[U21-P2] 2do. trimestre: 1 aclaración,")
    texto = corrida.texto("u21")
    assert "U50" in texto
    for palabra in ("planeacion.", "Diseño.", "Mensaje 3", "Mensaje 4"):
        assert palabra not in texto
        assert palabra.encode() not in bytes_
    carpeta = copiar(origen, tmp_path / "d", con(*ajenos))
    assert Corrida(carpeta, catalogo).dicho == ["No hay a quién escribir: nadie tiene nada pendiente de ese motivo."]


@given(st.lists(st.tuples(st.sampled_from(["ERROR", "AVISO", "NOTA"]), st.sampled_from(["unidad", "planeacion"]))))
def test_lo_que_se_cuenta_en_el_asunto_es_lo_de_la_unidad(hallados: list[tuple[str, str]]) -> None:
    from pei_excel.correo.unidades import _por_hacer

    todos = [hallazgo(n, severidad=s, destinatario=d) for n, (s, d) in enumerate(hallados)]
    suyos = _por_hacer(todos)
    assert all(h["destinatario"] == "unidad" and h["severidad"] != "NOTA" for h in suyos)
    assert len(suyos) == sum(d == "unidad" and s != "NOTA" for s, d in hallados)


@pytest.mark.parametrize(
    ("motivo", "asunto"),
    [
        ("apertura", "[U22-P2] 2do. trimestre: 1 informe por entregar, a más tardar el 10 de julio"),
        ("recordatorio", "[U22-P2] 2do. trimestre: recordatorio, 1 informe por entregar a más tardar el 10 de julio"),
        ("faltante", "[U22-P2] 2do. trimestre: no ha llegado 1 informe; se recibe hasta el 22 de julio"),
    ],
)
def test_a_quien_no_ha_entregado_se_le_escribe_con_su_direccion_de_hoy(
    origen: Path, catalogo: Catalogo, tmp_path: Path, motivo: str, asunto: str
) -> None:
    """La U22 desapareció el 30 de junio; en julio atiende la que le sigue."""
    corrida = Corrida(copiar(origen, tmp_path / "c"), catalogo, motivo=motivo)
    (nombre, correo), = corrida.borradores().items()
    assert (nombre, correo["To"], correo["Subject"]) == ("u23", "u23@demostracion.example", asunto)
    assert "U22-P2: Obra pública de Ejemplo (demostración)" in corrida.texto("u23")


@pytest.mark.parametrize(
    ("motivo", "hoy", "dice"),
    [
        ("recordatorio", VENCIDO, "El plazo venció el 10 de julio de 2024: ya no se recuerda. Use --motivo faltante."),
        ("faltante", date(2024, 7, 10), "El plazo todavía no vence (10 de julio de 2024): no se dice que falta."),
    ],
)
def test_se_recuerda_antes_del_plazo_y_despues_se_dice_que_falta(
    origen: Path, catalogo: Catalogo, tmp_path: Path, motivo: str, hoy: date, dice: str
) -> None:
    """En el otro día no se escribe nada y se dice qué hacer; el último día todavía se recuerda."""
    carpeta = copiar(origen, tmp_path / "c")
    with pytest.raises(NoSePudo) as error:
        Corrida(carpeta, catalogo, motivo=motivo, hoy=hoy)
    assert dice in str(error.value)
    assert not (carpeta.parent / "correos").exists()
    assert "u23" in Corrida(carpeta, catalogo, motivo="recordatorio", hoy=date(2024, 7, 10)).borradores()


def test_con_prorrogas_cada_quien_por_su_plazo(origen: Path, tmp_path: Path) -> None:
    """A quien hoy no le toca ese correo se le nombra, y no se le escribe."""
    filas = {**CATALOGO.modelo.filas, "Prórrogas": [
        {"unidad": "U21", "periodo": "2do. trimestre", "fecha": date(2024, 7, 20), "oficio": "31"},
    ]}
    leido, _ = leer_catalogo(escribir_catalogo(tmp_path / "catalogo.xlsx", filas=filas))
    assert leido is not None
    carpeta = tmp_path / "plantillas" / "2024-T2"
    carpeta.mkdir(parents=True)
    recuerda = Corrida(carpeta, leido, motivo="recordatorio", hoy=VENCIDO, base=tmp_path / "salidas")
    assert list(recuerda.borradores()) == ["u21"]
    assert "a más tardar el 20 de julio de 2024" in recuerda.texto("u21")
    (aviso,) = recuerda.avisos
    assert aviso.startswith("U23 ")
    assert "su plazo venció el 10 de julio de 2024. Use --motivo faltante." in aviso
    falta = Corrida(carpeta, leido, motivo="faltante", hoy=VENCIDO, base=tmp_path / "salidas")
    assert list(falta.borradores()) == ["u23"]
    (aviso,) = falta.avisos
    assert "U21" in aviso
    assert "su plazo vence el 20 de julio de 2024" in aviso


@pytest.mark.parametrize("motivo", ["apertura", "observaciones", "faltante", "acuse"])
def test_no_se_pide_nada_para_un_dia_que_ya_paso(
    origen: Path, catalogo: Catalogo, tmp_path: Path, motivo: str
) -> None:
    """El correo va sin fecha, también con los textos de la oficina, y se le dice a ella en una línea."""
    carpeta = copiar(origen, tmp_path / "c", con(*UNO_Y_CUATRO))
    corrida = Corrida(carpeta, catalogo, motivo=motivo, hoy=TARDE)
    (nombre,) = corrida.borradores()
    asunto, texto = str(corrida.borradores()[nombre]["Subject"]), corrida.texto(nombre)
    assert "más tardar" not in asunto + texto
    assert "se recibe hasta" not in asunto
    (aviso,) = corrida.avisos
    assert "ya pasó: los correos no piden nada para ese día" in aviso
    assert ("10 de julio de 2024" if motivo == "apertura" else "22 de julio de 2024") in aviso
    if motivo == "observaciones":
        assert "Le pedimos atenderlas a la brevedad." in texto
    if motivo == "faltante":
        assert "cuyo plazo terminó el 10 de julio de 2024" in texto
        assert "Le pedimos enviarlo en cuanto le sea posible" in texto
    textos = tmp_path / "c" / "textos"
    textos.mkdir()
    (textos / f"{motivo}.txt").write_text("Asunto: x\n({{ solventacion }}{{ solventacion_corta }})", encoding="utf-8")
    assert "()" in Corrida(carpeta, catalogo, motivo=motivo, hoy=TARDE).texto(nombre)


def test_el_acuse_dice_que_llego_y_lleva_la_evaluacion_de_quien_no_tiene_nada_por_hacer(
    origen: Path, catalogo: Catalogo, tmp_path: Path
) -> None:
    limpio = Corrida(copiar(origen, tmp_path / "c", con()), catalogo, motivo="acuse")
    correo = limpio.borradores()["u21"]
    assert correo["Subject"] == "[U21-P1 y U21-P2] 2do. trimestre: se recibieron 2 informes, nada por corregir"
    assert len(list(correo.iter_attachments())) == 2
    documento = json.loads((tmp_path / "c/salidas/2024-T2/resultado.json").read_text("utf-8"))
    for libro in documento["libros"]:
        assert libro["sha256"] in limpio.texto("u21")
    con_algo = Corrida(copiar(origen, tmp_path / "d", con(*UNO_Y_CUATRO)), catalogo, motivo="acuse")
    correo = con_algo.borradores()["u21"]
    assert correo["Subject"].endswith("se recibieron 2 informes, con 1 corrección y 4 aclaraciones")
    assert list(correo.iter_attachments()) == []


def test_la_apertura_lleva_el_libro_de_cada_programa(catalogo: Catalogo, tmp_path: Path) -> None:
    plantillas = tmp_path / "plantillas" / "2024-T3"
    plantillas.mkdir(parents=True)
    for nombre in ("MIR_u21-p1_2024-T3.xlsx", "MIR_u21-p2_2024-T3.xlsx"):
        (plantillas / nombre).write_bytes(nombre.encode())
    corrida = Corrida(
        plantillas, catalogo, motivo="apertura", periodo=Periodo(2024, "T", 3), base=tmp_path / "salidas"
    )
    assert not corrida.bien
    correo = corrida.borradores()["u21"]
    assert [a.get_content() for a in correo.iter_attachments()] == [
        b"MIR_u21-p1_2024-T3.xlsx", b"MIR_u21-p2_2024-T3.xlsx",
    ]
    assert correo["Subject"] == (
        "[U21-P1 y U21-P2] 3er. trimestre: 2 informes por entregar, a más tardar el 10 de octubre"
    )
    assert "LISTO PARA ENVIAR" in corrida.texto("u21")
    aviso, = corrida.avisos
    assert "falta «MIR_u23-p2_2024-T3.xlsx»" in aviso


def test_a_la_tesoreria_va_el_consolidado_con_su_cobertura_y_sus_huellas(
    origen: Path, catalogo: Catalogo, tmp_path: Path
) -> None:
    def cambiar(documento: dict[str, Any]) -> None:
        assert documento["totales"]["MIR"]["en_solventacion"] == 0
        documento["totales"]["MIR"]["en_solventacion"] = 1

    carpeta = copiar(origen, tmp_path / "c", cambiar)
    corrida = Corrida(carpeta, catalogo, "tesoreria")
    correo = corrida.borradores()["tesoreria"]
    assert (correo["To"], correo["Cc"]) == ("tesoreria@demostracion.example", None)
    assert correo["Subject"] == "Consolidado al 2do. trimestre de 2024 (2 de 3 informes), versión preliminar"
    texto = corrida.texto("tesoreria")
    assert (
        "Se remite el consolidado al 2do. trimestre de 2024 (2 de 3 informes; pendientes: U22 - Dirección de Obras de "
        "Ejemplo (demostración) · programa P2; 1 cifra en solventación, señalada al pie). Versión preliminar." in texto
    )
    assert "PRELIMINARES" in texto
    assert [a.get_filename() for a in correo.iter_attachments()] == ["consolidado-mir.xlsx", "tesoreria-mir.xlsx"]
    for nombre in ("consolidado-mir.xlsx", "tesoreria-mir.xlsx"):
        assert huellas(carpeta)[nombre] in texto

    def cerrar(documento: dict[str, Any]) -> None:
        documento["totales"]["MIR"] |= {"preliminar": False, "cierre": {"version": 1, "sustituye": None}}

    corrida = Corrida(copiar(origen, tmp_path / "d", cerrar), catalogo, "otra@demostracion.example")
    assert corrida.borradores()["tesoreria"]["To"] == "otra@demostracion.example"
    assert "). Versión 1.\n" in corrida.texto("tesoreria")
    assert "PRELIMINAR" not in corrida.texto("tesoreria")


def test_cada_punto_dice_la_celda_lo_que_se_encontro_lo_que_se_esperaba_y_que_hacer(
    origen: Path, catalogo: Catalogo, tmp_path: Path
) -> None:
    """Aunque lo de en medio sea una lista larga de opciones."""
    opciones = ", ".join(f"Programado opción {n}" for n in range(60))
    largo = hallazgo(
        7, severidad="ERROR", mensaje=f"«SETIEMBRE» no está en la lista ({opciones}); ¿quiso decir «Septiembre»?",
        como_corregir="Elija un valor de la lista.",
    )
    texto = Corrida(copiar(origen, tmp_path / "c", con(largo)), catalogo).texto("u21")
    (punto,) = [linea for linea in texto.splitlines() if linea.startswith("- ")]
    assert punto.startswith("- MIR, U7 · Debe corregirse: «SETIEMBRE» no está en la lista (")
    assert punto.endswith("¿quiso decir «Septiembre»? Elija un valor de la lista.")
    assert len(punto) < 450


def _cerrar(documento: dict[str, Any]) -> None:
    for total in documento["totales"].values():
        total |= {"preliminar": False, "cierre": {"version": 1, "sustituye": None}}


def test_de_un_periodo_cerrado_no_se_pide_nada_para_una_fecha_que_paso(
    origen: Path, catalogo: Catalogo, tmp_path: Path
) -> None:
    def cambiar(documento: dict[str, Any]) -> None:
        con(*UNO_Y_CUATRO)(documento)
        _cerrar(documento)

    carpeta = copiar(origen, tmp_path / "c", cambiar)
    observaciones = Corrida(carpeta, catalogo)
    asunto = observaciones.borradores()["u21"]["Subject"]
    assert asunto == "[U21-P2] 2do. trimestre: 1 corrección y 4 aclaraciones; periodo cerrado"
    texto = observaciones.texto("u21")
    assert "cerrado y su consolidado es DEFINITIVO; el plazo para corregir fue el 22 de julio de 2024." in texto
    assert "hace falta que la oficina reabra el periodo" in texto
    faltante = Corrida(carpeta, catalogo, motivo="faltante")
    assert "se recibió hasta el 22 de julio de 2024" in faltante.texto("u23")
    acuse = Corrida(carpeta, catalogo, motivo="acuse").texto("u21")
    assert "(el plazo para corregir fue el 22 de julio de 2024)" in acuse
    for dicho in (texto, faltante.texto("u23"), acuse):
        assert "más tardar" not in dicho
        assert "PRELIMINAR" not in dicho
    for motivo in ("apertura", "recordatorio"):
        with pytest.raises(NoSePudo, match="ya está cerrado"):
            Corrida(carpeta, catalogo, motivo=motivo)


def test_una_clave_que_no_es_de_nadie_se_dice_y_la_de_antes_vale(
    origen: Path, catalogo: Catalogo, tmp_path: Path
) -> None:
    carpeta = copiar(origen, tmp_path / "c")
    with pytest.raises(NoSePudo, match=r"^999 no está en el catálogo\."):
        Corrida(carpeta, catalogo, unidades=("999",))
    with pytest.raises(NoSePudo, match=r"^U20 no está en lo que se recibió .*¿Quiso decir «U21»\?"):
        Corrida(carpeta, None, unidades=("U20",))
    assert list(Corrida(carpeta, catalogo, motivo="faltante", unidades=("u22",)).borradores()) == ["u23"]


def test_sin_direccion_queda_el_borrador_y_se_dice_donde_falta(origen: Path, tmp_path: Path) -> None:
    carpeta = copiar(origen, tmp_path / "c", con(*UNO_Y_CUATRO))
    sin_catalogo = Corrida(carpeta, None)
    assert not sin_catalogo.bien
    assert sin_catalogo.avisos == [
        "U21 Instituto de Ejemplo (demostración): sin --catalogo no se sabe su correo. El borrador quedó sin dirección."
    ]
    assert sin_catalogo.borradores()["u21"]["To"] is None
    from dataclasses import replace

    leido, _ = leer_catalogo(escribir_catalogo(tmp_path / "catalogo.xlsx", tesoreria=None))
    assert leido is not None
    unidades = tuple(replace(u, correo=None) if u.clave == "U21" else u for u in leido.unidades)
    sin_correo = Corrida(carpeta, replace(leido, unidades=unidades))
    assert "no tiene correo en el catálogo (Unidades!" in sin_correo.avisos[0]
    assert "«Correo de la Tesorería»" in Corrida(carpeta, leido, "tesoreria").avisos[0]


def test_un_adjunto_que_falta_o_cambio_no_se_manda(origen: Path, catalogo: Catalogo, tmp_path: Path) -> None:
    carpeta = copiar(origen, tmp_path / "c", con(*UNO_Y_CUATRO))
    ruta = carpeta / "evaluaciones" / "u21-p2_2024-T2_evaluacion.xlsx"
    ruta.write_bytes(ruta.read_bytes() + b" ")
    cambiado = Corrida(carpeta, catalogo)
    assert "cambió desde que se consolidó" in cambiado.avisos[0]
    assert cambiado.borradores() == {}
    ruta.unlink()
    assert "falta «evaluaciones/u21-p2_2024-T2_evaluacion.xlsx»" in Corrida(carpeta, catalogo).avisos[0]


def test_de_un_archivo_sin_dueno_se_avisa(origen: Path, catalogo: Catalogo, tmp_path: Path) -> None:
    def cambiar(documento: dict[str, Any]) -> None:
        con(*UNO_Y_CUATRO)(documento)
        suya = next(e for e in documento["entregas"] if e["archivo"] == "uno.xlsx")
        suya |= {"unidad": "", "programa": "", "formato": None, "estado": "rechazado"}

    corrida = Corrida(copiar(origen, tmp_path / "c", cambiar), catalogo)
    assert not corrida.bien
    assert corrida.avisos == ["«uno.xlsx»: no se sabe de qué unidad es. Avise por su cuenta a quien lo envió."]


def test_lo_que_no_abre_se_le_dice_a_quien_dice_su_nombre(origen: Path, catalogo: Catalogo, tmp_path: Path) -> None:
    """El control ya lo cuenta suyo; si el nombre no lo dice, o lo que se esperaba llegó aparte, se avisa."""
    def cambiar(archivo: str) -> Callable[[dict[str, Any]], None]:
        def hacer(documento: dict[str, Any]) -> None:
            roto = hallazgo(1, severidad="ERROR", hoja=None, celda=None, mensaje="El archivo está dañado.")
            con()(documento)
            suyo = next(e for e in documento["entregas"] if e["archivo"] == "uno.xlsx")
            libro = next(x for x in documento["libros"] if x["archivo"] == "uno.xlsx")
            for cual in (suyo, libro):
                cual |= {"archivo": archivo, "unidad": None, "programa": None, "formato": None, "estado": "rechazado"}
            suyo |= {"unidad": "", "programa": ""}
            libro["hallazgos"] = [roto]
        return hacer

    def con_archivo(archivo: str, base: Path) -> Path:
        carpeta = copiar(origen, base, cambiar(archivo))
        (base / "recibidos" / archivo).parent.mkdir(exist_ok=True)
        (base / "recibidos" / "uno.xlsx").rename(base / "recibidos" / archivo)
        return carpeta

    corrida = Corrida(con_archivo("entregas/MIR U21-P1.xlsx", tmp_path / "suyo"), catalogo)
    assert (corrida.bien, corrida.avisos) == (True, [])
    (correo,) = corrida.borradores().values()
    assert correo["Subject"] == "[U21-P1] 2do. trimestre: 1 corrección, a más tardar el 22 de julio"
    assert "- todo el archivo · Debe corregirse: El archivo está dañado." in corrida.texto("u21")
    assert "Como está no se pudo usar" in corrida.texto("u21")
    for archivo in ("informe.xlsx", "MIR U21-P2.xlsx"):
        avisos = Corrida(con_archivo(archivo, tmp_path / archivo), catalogo).avisos
        assert avisos == [f"«{archivo}»: no se sabe de qué unidad es. Avise por su cuenta a quien lo envió."]


def test_los_borradores_son_los_mismos_bytes_y_los_que_sobran_se_quitan(
    origen: Path, catalogo: Catalogo, tmp_path: Path
) -> None:
    carpeta = copiar(origen, tmp_path / "c", con(*UNO_Y_CUATRO))
    primera = Corrida(carpeta, catalogo)
    antes = huellas(primera.carpeta)
    (primera.carpeta / "vieja.eml").write_bytes(b"Subject: x\r\nX-Unsent: 1\r\n\r\n")
    (primera.carpeta / "guardado.eml").write_bytes(b"Subject: de la oficina\r\n\r\n")
    assert huellas(Corrida(carpeta, catalogo).carpeta) == antes | {
        "guardado.eml": huellas(primera.carpeta)["guardado.eml"]
    }
    libro = openpyxl.load_workbook(primera.carpeta / "correos.xlsx")
    fila = [c.value for c in libro["Correos"][5]]
    assert fila[1:5] == [
        "U21 Instituto de Ejemplo (demostración)", "u21@demostracion.example", "enlace.u21@demostracion.example",
        primera.borradores()["u21"]["Subject"],
    ]
    assert fila[5] == primera.texto("u21").rstrip()
    assert fila[6] == "evaluaciones/u21-p2_2024-T2_evaluacion.xlsx"
    assert not (tmp_path / "c" / "salidas" / "bitacora.sqlite").exists() or not _envios(tmp_path / "c" / "salidas")


def _envios(base: Path) -> list[Any]:
    from pei_excel.ciclo.bitacora import Bitacora

    return list(Bitacora(base).envios())


def test_lo_que_pesa_de_mas_se_dice_o_va_comprimido(
    origen: Path, catalogo: Catalogo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pei_excel.correo import ordenes

    carpeta = copiar(origen, tmp_path / "c", con(*UNO_Y_CUATRO))
    monkeypatch.setattr(ordenes, "_MEGA", 20 * 1024)
    grande = Corrida(carpeta, catalogo, limite=1)
    assert "el límite es 1 MB. Repita con --zip" in grande.avisos[0]
    monkeypatch.setattr(ordenes, "_MEGA", 30 * 1024)
    adjuntos = list(Corrida(carpeta, catalogo, limite=1, comprimir=True).borradores()["u21"].iter_attachments())
    if [a.get_filename() for a in adjuntos] == ["U21.zip"]:
        with zipfile.ZipFile(io.BytesIO(adjuntos[0].get_content())) as archivo:
            assert archivo.namelist() == ["u21-p2_2024-T2_evaluacion.xlsx"]


def test_el_peso_calculado_no_queda_por_debajo_del_de_verdad() -> None:
    for tamanos in ((), (0,), (1, 57, 58), (100_000,), (56, 3_000_000)):
        mensaje = Mensaje("acuse", "U21", "U21", "Asunto con ñ", "Texto\n", "<p>Texto</p>", ("a@b.example",), (), [
            Adjunto(f"{n}.xlsx", "", bytes(range(256)) * (n // 256) + bytes(n % 256)) for n in tamanos
        ])
        real = len(como_correo(mensaje, remitente="planeacion@municipio.example"))
        assert real <= peso(mensaje) <= real * 1.01 + 1500


# ------------------------------------------------------------ los textos de la oficina


def test_los_textos_se_copian_sin_tocar_los_que_ya_estan(tmp_path: Path) -> None:
    dicho: list[str] = []
    (tmp_path / "textos").mkdir()
    (tmp_path / "textos" / "pie.txt").write_text("El nuestro\n", encoding="utf-8")
    copiar_textos(tmp_path / "textos", dicho.append)
    assert {p.name for p in (tmp_path / "textos").iterdir()} == {p.name for p in PROPIOS.iterdir()}
    assert (tmp_path / "textos" / "pie.txt").read_text(encoding="utf-8") == "El nuestro\n"
    assert "Ya estaban y no se tocaron: pie.txt." in dicho


def test_la_oficina_cambia_lo_que_se_dice(origen: Path, catalogo: Catalogo, tmp_path: Path) -> None:
    carpeta = copiar(origen, tmp_path / "c", con(*UNO_Y_CUATRO))
    textos = tmp_path / "c" / "textos"
    textos.mkdir()
    (textos / "observaciones.txt").write_text(
        "Asunto: {{ claves }}: {{ por_hacer }}\nHola <b> & {{ unidad }}\n{% if mas %}\nno\n{% endif %}\n"
        '- uno\n- dos\n\n{% include "pie.txt" %}', encoding="utf-8-sig",
    )
    corrida = Corrida(carpeta, catalogo)
    correo = corrida.borradores()["u21"]
    assert correo["Subject"] == "U21-P2: 1 corrección y 4 aclaraciones"
    assert corrida.texto("u21").startswith("Hola <b> & Instituto de Ejemplo (demostración)\n- uno\n- dos\n\nPara")
    html = correo.get_body(("html",))
    assert html is not None
    assert "Hola &lt;b&gt; &amp; Instituto" in html.get_content()


@pytest.mark.parametrize(
    ("plantilla", "dice"),
    [
        ("Asunto: x\n\n{{ unidadd }}", ("línea 3 «unidadd», que no existe. ¿Quiso decir «unidad»?",)),
        ("Asunto: {{ informes[0].archivos }}", ("línea 1 «archivos», que no existe",)),
        ("Asunto: x\n{% if unidad %}", ("no se entiende en la línea 2",)),
        ("Sin asunto\n", ("no empieza con una línea «Asunto: …»",)),
        ('Asunto: x\n{% include "otra.txt" %}', ("pide «otra.txt»",)),
        ('Asunto: x\n{% include "../catalogo.xlsx" %}', ("pide «../catalogo.xlsx»",)),
        ("Asunto: x\n{{ ''.__class__.__mro__ }}", ("línea 2",)),
        ("Asunto: x\n{{ unidad.__init__.__globals__ }}", ("línea 2",)),
        ("Asunto: x\n{{ 'a' * 999999999 }}", ("línea 2",)),
        ("Asunto: x\n{% for i in range(99999) %}{{ unidad }}{% endfor %}", ("más de 100,000 letras",)),
        ("Asunto: x\n{{ 1 / 0 }}", ("línea 2",)), ("Asunto: x\n{{ informes.append(1) }}", ("línea 2",)),
    ],
)
def test_una_plantilla_que_no_puede_usarse_se_nombra(
    origen: Path, catalogo: Catalogo, tmp_path: Path, plantilla: str, dice: tuple[str, ...]
) -> None:
    carpeta = copiar(origen, tmp_path / "c", con(*UNO_Y_CUATRO))
    (tmp_path / "c" / "textos").mkdir()
    ruta = tmp_path / "c" / "textos" / "observaciones.txt"
    ruta.write_text(plantilla, encoding="utf-8")
    with pytest.raises(NoSePudo) as error:
        Corrida(carpeta, catalogo)
    assert str(ruta) in str(error.value)
    for parte in dice:
        assert parte in str(error.value)
    assert "\n" not in str(error.value)


@given(st.text(), st.text())
def test_ningun_dato_se_vuelve_marca_del_html(unidad: str, punto: str) -> None:
    from pei_excel.correo.mensajes import en_un_renglon

    palabras = {
        "claves": "U1", "periodo_corto": "T", "por_hacer": "1", "solventacion_corta": "", "solventacion": "",
        "lo": "lo", "titular": "", "unidad": en_un_renglon(unidad), "su_informe": "", "del_periodo": "", "quedaron": "",
        "primero_que_hacer": "", "puntos": [en_un_renglon(punto)], "mas": 0, "adjuntos": [], "sin_usar": False,
        "preliminar": False, "contacto": "", "institucion": "", "cerrado": False, "solventacion_fue": "",
    }
    redactado = REDACCION.redactar("observaciones", palabras)
    vacio = REDACCION.redactar("observaciones", palabras | {"unidad": "x", "puntos": ["x"]})
    assert redactado.html.count("<") <= vacio.html.count("<") + 4 * (redactado.texto.count("\n") + 1)
    assert "<script" not in redactado.html


REDACCION = Redaccion()


# ------------------------------------------------------------ nada ajeno agrega destinatarios ni encabezados

_MALOS = st.text(st.one_of(
    st.characters(), st.sampled_from("\r\n\t\0\x0b\x0c\x1c\x85\u2028\u2029,;:<>@\"\\ =?"),
), max_size=60) | st.sampled_from([
    "x\r\nBcc: intruso@mal.example", "x\nTo: intruso@mal.example\n\ncuerpo", "=?utf-8?q?=0D=0ABcc:_a@mal.example?=",
    "x\u2028Bcc: a@mal.example", "a@b.example>, <c@mal.example",
])
_BUENA = "u21@demostracion.example"


@given(asunto=_MALOS, texto=_MALOS, nombre=_MALOS.filter(bool), clave=_MALOS)
def test_ningun_texto_agrega_un_destinatario_ni_un_encabezado(asunto: str, texto: str, nombre: str, clave: str) -> None:
    mensaje = Mensaje(
        "observaciones", clave, clave, asunto, texto, texto, (_BUENA,), (), [Adjunto(nombre, nombre, b"PK\r\n.\r\n")],
    )
    try:
        hecho = como_correo(mensaje, remitente="planeacion@municipio.example")
    except MensajeImpropio:
        return  # se rechaza entero: también vale
    leido = message_from_bytes(hecho, policy=policy.default)
    assert sorted(n.lower() for n in leido) == sorted([
        "subject", "to", "from", "message-id", "mime-version", "content-type",
    ])
    assert [a.addr_spec for a in leido["To"].addresses] == [_BUENA]
    assert leido["Subject"] == " ".join("".join(
        c if c.isprintable() else " " for c in asunto.encode("utf-8", "replace").decode()
    ).split())
    adjunto, = leido.iter_attachments()  # type: ignore[attr-defined]
    assert adjunto.get_content() == b"PK\r\n.\r\n"


@given(_MALOS | st.emails().map(lambda c: c + "\r\nBcc: a@mal.example"))
def test_una_direccion_o_es_una_sola_o_no_se_usa(escrita: str) -> None:
    try:
        limpia = direccion(escrita)
    except MensajeImpropio:
        return
    mensaje = Mensaje("observaciones", "U21", "U21", "Asunto", "Texto", "<p>", (limpia,))
    leido = message_from_bytes(como_correo(mensaje), policy=policy.default)
    assert [a.addr_spec for a in leido["To"].addresses] == [limpia]
    assert limpia.count("@") == 1


# ------------------------------------------------------------ la orden, como la escribe una persona


def test_la_orden_en_borrador_no_manda_nada_y_lo_dice(
    origen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PEI_EXCEL_SMTP_SERVIDOR", raising=False)

    def correr(*partes: str) -> tuple[int, str, str]:
        estado = con_red(lambda: ejecutar(orden, partes, "pei-excel"))
        return estado, *capsys.readouterr()

    copiar(origen, tmp_path / "c", con(*UNO_Y_CUATRO))
    estado, dicho, _ = correr("enviar", "c/salidas/2024-T2", "--a", "unidades", "--catalogo", "c/catalogo.xlsx")
    assert estado == 0
    assert "U21 Instituto de Ejemplo (demostración) → u21@demostracion.example (con copia a enlace" in dicho
    assert "No se envió nada: para hacerlo, repita con --enviar." in dicho
    for partes, dice in (
        (("c/salidas/no", "--a", "unidades"), "No existe la carpeta"), (("c", "--a", "unidades"), "no dice el periodo"),
        (("c/salidas/2024-T2", "--a", "a@b"), "En --a"), (("c/salidas/2024-T2", "--a", "todos"), "En --a"),
        (("c/salidas/2024-T2", "--a", "tesoreria", "--enviar"), "PEI_EXCEL_SMTP_SERVIDOR"),
    ):
        estado, dicho, error = correr("enviar", *partes)
        assert (estado, dicho) == (2, ""), partes
        assert dice in error
        assert len(error.splitlines()) == 1
    assert correr("enviar", "--copiar-textos", "c/textos")[0] == 0
    assert (tmp_path / "c" / "textos" / "observaciones.txt").is_file()


def test_de_un_periodo_cerrado_la_bitacora_es_la_de_siempre(origen: Path, tmp_path: Path) -> None:
    """Se señale la carpeta del periodo o la de su versión archivada, consta en el mismo lugar."""
    from pei_excel.correo.resultados import abrir_resultados

    carpeta = copiar(origen, tmp_path / "c")
    salidas = carpeta.parent
    archivada = salidas / "cerrados" / "2024-T2" / "v1" / "resultados"
    archivada.parent.mkdir(parents=True)
    carpeta.rename(archivada)
    assert abrir_resultados(archivada).base == salidas
    assert abrir_resultados(archivada).periodo == Periodo(2024, "T", 2)


@pytest.mark.parametrize("danado", ["", "{", "[]", '{"opciones": {"periodo": "2024-T2"}}', '{"opciones": null}'])
def test_un_resultado_que_no_se_lee_se_dice_en_una_linea(tmp_path: Path, danado: str) -> None:
    from pei_excel.correo.resultados import abrir_resultados

    (tmp_path / "resultado.json").write_text(danado, encoding="utf-8")
    with pytest.raises(NoSePudo, match=r"no puede leerse\. Consolide otra vez"):
        abrir_resultados(tmp_path)


def test_correos_xlsx_se_lee_impreso_en_el_papel_mas_angosto() -> None:
    """Una página de ancho en Carta deja la letra en 6 puntos o más."""
    from pei_excel.escritura.consolidado_comun import MEDIDAS
    from pei_excel.escritura.correos import COLUMNAS
    from pei_excel.escritura.estilos import CUERPO

    ancho = sum(a * 7 + 5 for _, a in COLUMNAS) * 0.75
    assert CUERPO * (MEDIDAS["carta"][1] - 36) / ancho >= 6
