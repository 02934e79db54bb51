"""El envío contra un servidor de verdad en el propio equipo: llega entero, y lo que falla se dice y no se repite."""

from __future__ import annotations

import hashlib
import io
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from buzon import CLAVE, REMITENTE, USUARIO, Autoridad, Buzon

from pei_excel.ciclo.bitacora import EN_CURSO, ENVIADO, INCIERTO, RECHAZADO, Bitacora, Envio
from pei_excel.correo import servidor as modulo
from pei_excel.correo.envio import Desenlace, mandar_todos
from pei_excel.correo.mensajes import Mensaje
from pei_excel.correo.resultados import Adjunto
from pei_excel.correo.servidor import Ajustes, Servidor
from pei_excel.periodos import Periodo
from pei_excel.salidas import NoSePudo

T2 = Periodo(2024, "T", 2)
#: Con puntos al principio de línea, ceros y saltos de todas clases: lo que un correo podría cambiar.
CONTENIDO = bytes(range(256)) * 40 + b"\r\n.\r\n..\n.\r"


@pytest.fixture(scope="session")
def autoridad(tmp_path_factory: pytest.TempPathFactory) -> Autoridad:
    return Autoridad(tmp_path_factory.mktemp("ca"))


def mensaje(clave: str, *para: str, copia: Sequence[str] = (), comprimido: bool = False) -> Mensaje:
    return Mensaje(
        "observaciones", clave, f"{clave} Unidad",
        f"[{clave}] 2do. trimestre: 1 corrección y 4 aclaraciones, a más tardar el 15 de julio",
        f"Texto de {clave}\n.\nFin\n", f"<p>Texto de {clave}</p>", para or (f"{clave.lower()}@demostracion.example",),
        tuple(copia), [Adjunto(f"{clave}.xlsx", f"evaluaciones/{clave}.xlsx", CONTENIDO)], comprimido,
    )


class Oficina:
    """Manda y recuerda, sin esperar entre intentos."""

    def __init__(self, base: Path, ajustes: Ajustes, espera: float = 5) -> None:
        self.bitacora, self.ajustes, self.espera = Bitacora(base), ajustes, espera
        self.dormidas: list[float] = []

    def mandar(self, *mensajes: Mensaje, reenviar: bool = False) -> list[Desenlace]:
        with Servidor(
            self.ajustes, espera=self.espera, entre_intentos=(1.0, 2.0), dormir=self.dormidas.append
        ) as servidor:
            return list(mandar_todos(mensajes, servidor, self.ajustes.remitente, self.bitacora, T2, reenviar=reenviar))

    def estados(self) -> list[tuple[str, str]]:
        return [(e.para, e.estado) for e in self.bitacora.envios()]


def dicho(desenlaces: Sequence[Desenlace]) -> list[str]:
    return [r.dicho for d in desenlaces for r in d.respuestas.values()]


@pytest.mark.parametrize("seguridad", ["starttls", "tls"])
def test_llega_entero_y_queda_anotado(autoridad: Autoridad, tmp_path: Path, seguridad: str) -> None:
    buzon = Buzon()
    with autoridad.servidor(buzon, seguridad=seguridad) as ajustes:
        oficina = Oficina(tmp_path, ajustes)
        uno = mensaje("U21", copia=("enlace@demostracion.example", "U21@demostracion.example"))
        assert all(d.salio for d in oficina.mandar(uno, mensaje("U23")))
    llegados = buzon.mensajes()
    assert [e.rcpt_tos for e in buzon.recibidos] == [
        ["u21@demostracion.example", "enlace@demostracion.example"], ["u23@demostracion.example"],
    ]
    llegado = llegados[0]
    assert (llegado["Subject"], llegado["From"], llegado["To"], llegado["Cc"]) == (
        uno.asunto, REMITENTE, "u21@demostracion.example", "enlace@demostracion.example",
    )
    assert llegado["Bcc"] is None
    assert "X-Unsent" not in llegado
    assert [a.get_content() for a in llegado.iter_attachments()] == [CONTENIDO]
    assert [a.get_filename() for a in llegado.iter_attachments()] == ["U21.xlsx"]
    cuerpo = llegado.get_body(("plain",))
    assert cuerpo is not None
    assert cuerpo.get_content().splitlines() == ["Texto de U21", ".", "Fin"]
    envios = oficina.bitacora.envios("2024-T2")
    assert [(e.unidad, e.para, e.copia, e.estado) for e in envios] == [
        ("U21", "u21@demostracion.example", False, ENVIADO), ("U21", "enlace@demostracion.example", True, ENVIADO),
        ("U23", "u23@demostracion.example", False, ENVIADO),
    ]
    assert envios[0].message_id == llegado["Message-ID"]
    assert envios[0].respuesta == "250 recibido 1"
    assert envios[0].adjuntos == {"U21.xlsx": hashlib.sha256(CONTENIDO).hexdigest()}
    assert buzon.sesiones <= 3  # una conexión para los dos (STARTTLS saluda otra vez)


def test_lo_mismo_no_se_manda_dos_veces_a_una_direccion(autoridad: Autoridad, tmp_path: Path) -> None:
    buzon = Buzon()
    with autoridad.servidor(buzon) as ajustes:
        oficina = Oficina(tmp_path, ajustes)
        oficina.mandar(mensaje("U21"))
        otra = oficina.mandar(mensaje("U21"))
        assert (otra[0].salio, otra[0].respuestas, otra[0].ya_enviado) == (True, {}, ("u21@demostracion.example",))
        assert len(buzon.recibidos) == 1
        corregido = replace(mensaje("U21"), texto="Otro texto\n")
        oficina.mandar(corregido)
        assert len(buzon.recibidos) == 2
        oficina.mandar(mensaje("U21"), reenviar=True)
        oficina.mandar(mensaje("U21"), reenviar=True)
    assert len({m["Message-ID"] for m in buzon.mensajes()}) == 4


def test_a_quien_lo_rechazan_se_dice_y_despues_solo_se_le_manda_a_el(autoridad: Autoridad, tmp_path: Path) -> None:
    buzon = Buzon(rechaza={"enlace@demostracion.example": "550 no existe\x07 ese buzón"})
    with autoridad.servidor(buzon) as ajustes:
        oficina = Oficina(tmp_path, ajustes)
        uno = mensaje("U21", copia=("enlace@demostracion.example",))
        desenlaces = oficina.mandar(uno, mensaje("U23"))
        assert [d.salio for d in desenlaces] == [False, True]
        assert oficina.estados()[1] == ("enlace@demostracion.example", RECHAZADO)
        assert "550 no existe" in desenlaces[0].respuestas["enlace@demostracion.example"].dicho
        buzon.rechaza.clear()
        assert all(d.salio for d in oficina.mandar(uno, mensaje("U23")))
    assert [e.rcpt_tos for e in buzon.recibidos[2:]] == [["enlace@demostracion.example"]]
    identificadores = [m["Message-ID"] for m in buzon.mensajes()]
    assert identificadores[0] == identificadores[2]  # es el mismo mensaje, que le faltaba
    assert oficina.dormidas == []  # lo definitivo no se reintenta


def test_lo_pasajero_se_reintenta_con_esperas_que_crecen(autoridad: Autoridad, tmp_path: Path) -> None:
    buzon = Buzon(respuestas=["451 más tarde", "452 sin espacio"])
    with autoridad.servidor(buzon) as ajustes:
        oficina = Oficina(tmp_path, ajustes)
        assert oficina.mandar(mensaje("U21"))[0].salio
        assert oficina.dormidas == [1.0, 2.0]
        buzon.respuestas = ["451 más tarde"] * 3
        malo, bueno = oficina.mandar(mensaje("U23"), mensaje("U24"))
        assert (malo.salio, bueno.salio) == (False, True)
    assert oficina.estados() == [
        ("u21@demostracion.example", ENVIADO), ("u23@demostracion.example", RECHAZADO),
        ("u24@demostracion.example", ENVIADO),
    ]


def test_una_direccion_ocupada_no_detiene_a_la_otra(autoridad: Autoridad, tmp_path: Path) -> None:
    buzon = Buzon(rechaza={"lleno@demostracion.example": "452 buzón lleno"})
    with autoridad.servidor(buzon) as ajustes:
        oficina = Oficina(tmp_path, ajustes)
        desenlace, = oficina.mandar(mensaje("U21", "bien@demostracion.example", "lleno@demostracion.example"))
    assert [e.rcpt_tos for e in buzon.recibidos] == [["bien@demostracion.example"]]
    assert desenlace.respuestas["bien@demostracion.example"].estado == ENVIADO
    assert desenlace.respuestas["lleno@demostracion.example"].dicho == "452 buzón lleno"
    assert oficina.dormidas == [1.0, 2.0]


@pytest.mark.parametrize("donde", ["rcpt", "cuerpo"])
def test_si_se_corta_a_media_se_reconecta_y_llega_una_vez(autoridad: Autoridad, tmp_path: Path, donde: str) -> None:
    buzon = Buzon(corta=[donde])
    with autoridad.servidor(buzon) as ajustes:
        assert [d.salio for d in Oficina(tmp_path, ajustes).mandar(mensaje("U21"), mensaje("U23"))] == [True, True]
    assert len(buzon.recibidos) == 2


def test_si_se_corta_siempre_no_salio_y_la_segunda_vez_solo_va_ese(autoridad: Autoridad, tmp_path: Path) -> None:
    buzon = Buzon(corta=["cuerpo"] * 3)
    with autoridad.servidor(buzon) as ajustes:
        oficina = Oficina(tmp_path, ajustes)
        desenlaces = oficina.mandar(mensaje("U21"), mensaje("U23"))
        assert [d.salio for d in desenlaces] == [False, True]
        assert "cortó la conexión" in dicho(desenlaces)[0] or "no se sabe si llegó" in dicho(desenlaces)[0]
        assert all(d.salio for d in oficina.mandar(mensaje("U21"), mensaje("U23")))
    assert [e.rcpt_tos[0] for e in buzon.recibidos] == ["u23@demostracion.example", "u21@demostracion.example"]


def test_si_se_corta_cuando_ya_lo_tenia_se_dice_y_va_con_el_mismo_identificador(
    autoridad: Autoridad, tmp_path: Path
) -> None:
    buzon = Buzon(corta=["después"] * 3)
    with autoridad.servidor(buzon) as ajustes:
        oficina = Oficina(tmp_path, ajustes)
        desenlaces = oficina.mandar(mensaje("U21"))
        assert oficina.estados() == [("u21@demostracion.example", INCIERTO)]
        assert "no se sabe si llegó" in dicho(desenlaces)[0]
        assert oficina.mandar(mensaje("U21"))[0].salio
    assert len({m["Message-ID"] for m in buzon.mensajes()}) == 1


def test_un_servidor_que_se_calla_no_detiene_la_orden(autoridad: Autoridad, tmp_path: Path) -> None:
    buzon = Buzon(calla=[1.5, 1.5, 1.5])
    with autoridad.servidor(buzon) as ajustes:
        oficina = Oficina(tmp_path, ajustes, espera=0.4)
        malo, bueno = oficina.mandar(mensaje("U21"), mensaje("U23"))
    assert (malo.salio, bueno.salio) == (False, True)
    assert "dejó de contestar" in dicho([malo])[0]


def test_lo_que_quedo_en_curso_al_morir_se_manda_la_siguiente_vez(autoridad: Autoridad, tmp_path: Path) -> None:
    buzon, uno = Buzon(), mensaje("U21")
    with autoridad.servidor(buzon) as ajustes:
        oficina = Oficina(tmp_path, ajustes)
        oficina.bitacora.anotar_envios([Envio(
            "<x@y>", "2024-T2", "observaciones", "U21", uno.para[0], False, uno.asunto, uno.huella, {}, EN_CURSO, "",
        )])
        assert oficina.mandar(uno)[0].salio
    assert [e for _, e in oficina.estados()] == [EN_CURSO, ENVIADO]


def _vencido(autoridad: Autoridad) -> dict[str, object]:
    return {"not_after": datetime.now(UTC) - timedelta(days=1), "not_before": datetime.now(UTC) - timedelta(days=9)}


@pytest.mark.parametrize("seguridad", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("caso", "dice"), [("otro", "es de otro servidor"), ("vencido", "está vencido"), ("ajeno", "no se conoce a quien")]
)
def test_un_certificado_que_no_vale_detiene_todo_sin_entregar_la_clave(
    autoridad: Autoridad, tmp_path: Path, seguridad: str, caso: str, dice: str
) -> None:
    buzon, otros = Buzon(), _vencido(autoridad) if caso == "vencido" else {}
    nombre = "otro.example" if caso == "otro" else "localhost"
    with autoridad.servidor(buzon, seguridad=seguridad, nombre=nombre, **otros) as ajustes:
        oficina = Oficina(tmp_path, replace(ajustes, ca=None) if caso == "ajeno" else ajustes)
        desenlaces = oficina.mandar(mensaje("U21"), mensaje("U23"))
    assert [d.salio for d in desenlaces] == [False, False]
    assert all(dice in d for d in dicho(desenlaces)), dicho(desenlaces)
    assert [e for _, e in oficina.estados()] == [RECHAZADO, RECHAZADO]
    assert buzon.recibidos == []
    assert oficina.dormidas == []


def test_con_otra_contrasena_se_dice_una_vez_por_mensaje_y_no_se_insiste(autoridad: Autoridad, tmp_path: Path) -> None:
    buzon = Buzon()
    with autoridad.servidor(buzon) as ajustes:
        oficina = Oficina(tmp_path, replace(ajustes, clave="otra-ñ"))
        desenlaces = oficina.mandar(mensaje("U21"), mensaje("U23"))
    assert all("no aceptó el usuario o la contraseña" in d for d in dicho(desenlaces))
    assert buzon.sesiones == 2  # un saludo antes de cifrar y otro después: una sola conexión
    assert buzon.recibidos == []


def test_sin_cifrado_no_se_envia_nada(autoridad: Autoridad, tmp_path: Path) -> None:
    buzon = Buzon()
    with autoridad.servidor(buzon, cifra=False) as ajustes:
        desenlaces = Oficina(tmp_path, ajustes).mandar(mensaje("U21"))
    assert "no ofrece cifrado" in dicho(desenlaces)[0]
    assert buzon.recibidos == []


def test_sin_servidor_se_reintenta_y_los_demas_no_esperan(tmp_path: Path) -> None:
    import socket

    with socket.socket() as ocupado:  # un puerto en que nadie escucha
        ocupado.bind(("127.0.0.1", 0))
        oficina = Oficina(tmp_path, Ajustes("127.0.0.1", REMITENTE, ocupado.getsockname()[1]))
        desenlaces = oficina.mandar(mensaje("U21"), mensaje("U23"))
    assert all("no hay conexión con «127.0.0.1:" in d for d in dicho(desenlaces))
    assert oficina.dormidas == [1.0, 2.0]


def test_lo_que_pesa_mas_de_lo_que_admite_el_servidor_se_dice(autoridad: Autoridad, tmp_path: Path) -> None:
    grande = mensaje("U21")
    grande.adjuntos = [Adjunto("grande.xlsx", "grande.xlsx", bytes(2 * 1024**2))]
    buzon = Buzon()
    with autoridad.servidor(buzon, tope=1024**2) as ajustes:
        desenlaces = Oficina(tmp_path, ajustes).mandar(grande, mensaje("U23"))
    assert [d.salio for d in desenlaces] == [False, True]
    assert "el servidor admite 1.0 MB; ha de ir comprimido o de otra manera" in dicho(desenlaces)[0]


def test_comprimido_llegan_los_mismos_archivos(autoridad: Autoridad, tmp_path: Path) -> None:
    buzon = Buzon()
    with autoridad.servidor(buzon) as ajustes:
        assert Oficina(tmp_path, ajustes).mandar(mensaje("U21", comprimido=True))[0].salio
    adjunto, = buzon.mensajes()[0].iter_attachments()
    assert adjunto.get_filename() == "U21.zip"
    with zipfile.ZipFile(io.BytesIO(adjunto.get_content())) as archivo:
        assert {n: archivo.read(n) for n in archivo.namelist()} == {"U21.xlsx": CONTENIDO}


def test_el_llavero_del_sistema_si_lo_hay(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = pytest.importorskip("keyring", reason="falta el extra «correo»")
    monkeypatch.setattr(keyring, "get_password", lambda servicio, usuario: f"{servicio}/{usuario}")
    assert modulo._del_llavero("ana") == "pei-excel/ana"

    def cerrado(*_: str) -> str:
        raise keyring.errors.KeyringLocked

    monkeypatch.setattr(keyring, "get_password", cerrado)
    assert modulo._del_llavero("ana") == ""
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert modulo._del_llavero("ana") == ""


AMBIENTE = {"PEI_EXCEL_SMTP_SERVIDOR": "smtp.municipio.example", "PEI_EXCEL_REMITENTE": REMITENTE}


@pytest.mark.parametrize(
    ("cambios", "dice"),
    [
        ({"PEI_EXCEL_SMTP_SERVIDOR": ""}, "$env:PEI_EXCEL_SMTP_SERVIDOR ="),
        ({"PEI_EXCEL_REMITENTE": ""}, "$env:PEI_EXCEL_REMITENTE ="),
        ({"PEI_EXCEL_REMITENTE": "a@b.example\nBcc: c@d.example"}, "no es una dirección"),
        ({"PEI_EXCEL_SMTP_SEGURIDAD": "ninguna"}, "sin cifrar no se envía"),
        ({"PEI_EXCEL_SMTP_PUERTO": "x"}, "no es un puerto"), ({"PEI_EXCEL_SMTP_PUERTO": "99999"}, "no es un puerto"),
        ({"PEI_EXCEL_SMTP_CA": "no-esta.pem"}, "No existe «no-esta.pem»"),
        ({"PEI_EXCEL_SMTP_USUARIO": "planeacion"}, "keyring set pei-excel planeacion"),
        ({"PEI_EXCEL_SMTP_SERVIDOR": "a b"}, "no es el nombre de un servidor"),
    ],
)
def test_los_ajustes_que_faltan_se_dicen_con_su_variable(
    monkeypatch: pytest.MonkeyPatch, cambios: dict[str, str], dice: str
) -> None:
    monkeypatch.setattr(modulo, "_del_llavero", lambda _: "")
    with pytest.raises(NoSePudo) as error:
        Ajustes.de_ambiente(AMBIENTE | cambios)
    assert dice in str(error.value)
    assert "\n" not in str(error.value)


def test_la_clave_sale_del_ambiente_o_del_llavero_y_no_se_muestra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modulo, "_del_llavero", lambda usuario: f"llavero de {usuario}")
    ambiente = AMBIENTE | {"PEI_EXCEL_SMTP_USUARIO": USUARIO}
    assert Ajustes.de_ambiente(ambiente).clave == f"llavero de {USUARIO}"
    ajustes = Ajustes.de_ambiente(ambiente | {"PEI_EXCEL_SMTP_CLAVE": CLAVE, "PEI_EXCEL_SMTP_SEGURIDAD": "TLS"})
    assert (ajustes.clave, ajustes.puerto, ajustes.seguridad) == (CLAVE, 465, "tls")
    assert CLAVE not in repr(ajustes)
    import base64

    junto = base64.b64encode(f"\0{USUARIO}\0{CLAVE}".encode()).decode()
    assert ajustes.sin_secretos(f"535 no entiendo {CLAVE} ni {junto}") == "535 no entiendo ••• ni •••"
