"""El menú con las órdenes de verdad: qué dice en cada caso a quien no escribe órdenes, y qué deja."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from correos import P1, P2, U21, escribir_catalogo
from test_cli import escribir
from test_indicaciones import DE_ORDENES

from pei_excel import menu, oficina
from pei_excel.ciclo.cerrados import cerrada
from pei_excel.cli import orden
from pei_excel.menu import principal
from pei_excel.oficina import preparacion
from pei_excel.terminal import con_red, ejecutar

HOY = date(2024, 7, 8)
Menu = Callable[..., str]


@pytest.fixture(scope="module")
def nueva(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Una carpeta de trabajo recién preparada, con su catálogo en blanco."""
    carpeta = tmp_path_factory.mktemp("origen") / "Planeación (H. Ayto) 2024"
    preparacion.preparar(carpeta, hoy=HOY)
    return carpeta


@pytest.fixture
def carpeta(nueva: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copia = tmp_path / nueva.name
    shutil.copytree(nueva, copia)
    monkeypatch.chdir(copia)
    for nombre in [n for n in os.environ if n.startswith("PEI_EXCEL_")]:
        monkeypatch.delenv(nombre)
    return copia


@pytest.fixture
def usar(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Menu:
    """Contesta el menú (lo que falte es Ctrl-D) y da todo lo que se leyó, que nunca nombra una opción."""

    def recorrer(*respuestas: str, sobran: bool = False) -> str:
        pendientes, preguntas = list(respuestas), []

        def responder(pregunta: str) -> str:
            preguntas.append(pregunta)
            if not pendientes:
                raise EOFError
            if (respuesta := pendientes.pop(0)) == "^C":
                raise KeyboardInterrupt
            if respuesta == "^D":
                raise EOFError
            return respuesta

        monkeypatch.setattr("builtins.input", responder)
        monkeypatch.setattr("pei_excel.correo.ordenes.hoy", lambda: HOY)
        capsys.readouterr()
        menu.abrir_menu(
            lambda partes: con_red(lambda: ejecutar(orden, partes, "pei-excel")), hoy=HOY,
            memoria=tmp_path / "memoria" / "carpeta.json",
        )
        salida = capsys.readouterr()
        dicho = "\n".join([salida.out, salida.err, *preguntas])
        assert DE_ORDENES.findall(dicho) == []
        assert preguntas[-1] == "Pulse Intro para terminar: "
        assert not pendientes or sobran, pendientes
        return dicho

    return recorrer


def _con_catalogo(carpeta: Path, **campos: object) -> Path:
    return escribir_catalogo(carpeta / oficina.CATALOGO, **campos)


# ---------------------------------------------------------------- antes de consolidar


def test_dice_que_carpetas_no_son_de_un_periodo(carpeta: Path, usar: Menu) -> None:
    """Y qué hacer con ellas: si la de su periodo ya está, se pasan los libros; si no, se le cambia el nombre."""
    recibidos = carpeta / oficina.RECIBIDOS
    shutil.rmtree(recibidos / "2024-T3")
    for lugar in ("segundo trimestre", "3er trim", "varios", "2024-T1", "."):
        (recibidos / lugar).mkdir(exist_ok=True)
        (recibidos / lugar / "504.xlsx").write_bytes(b"x")
    (recibidos / "oficios").mkdir()
    for opcion in "23":
        dicho = usar(opcion, "0")
        assert "es «segundo trimestre». Si es el 2do. trimestre de 2024, pase sus libros a «2024-T2»." in dicho
        assert "es «3er trim». Si es el 3er. trimestre de 2024, cambie su nombre a 2024-T3." in dicho
        assert "de qué periodo es «varios»." in dicho
        assert "hay 1 libro suelto: guárdelo" in dicho
        assert "Sí los hay de 2024-T1: cambie de periodo con la opción 8." in dicho
        assert "oficios" not in dicho


def test_el_catalogo_se_lee_una_vez_y_otra_si_cambio(
    carpeta: Path, usar: Menu, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pei_excel import catalogo

    de_verdad, leidos = catalogo.leer_catalogo, []
    monkeypatch.setattr(catalogo, "leer_catalogo", lambda ruta: leidos.append(ruta) or de_verdad(ruta))
    dicho = usar("x", "y", "0")
    assert len(leidos) == 1
    assert "le faltan 5 datos por llenar o corregir:" in dicho
    assert "y 2 más: con la opción 7 se ven todos." in dicho
    _con_catalogo(carpeta)
    assert "todavía no se usa" not in usar("x", "0")
    assert len(leidos) == 2


def test_un_catalogo_abierto_que_falta_o_que_es_una_carpeta(
    carpeta: Path, usar: Menu, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Se dice qué hacer; si otro programa no lo deja leer y luego lo suelta, se lee aunque no haya cambiado."""
    ruta = _con_catalogo(carpeta)
    (carpeta / "~$catalogo.xlsx").write_bytes(b"x")
    assert "«catalogo.xlsx» está abierto en otro programa: guárdelo y ciérrelo" in usar("0")
    (carpeta / "~$catalogo.xlsx").unlink()

    sesion = menu.Sesion(oficina.Oficina(carpeta), oficina.proponer_periodo(HOY), lambda _: 0)
    with monkeypatch.context() as tomado:
        def negar(*_: object, **__: object) -> None:
            raise PermissionError(13, "abierto")

        tomado.setattr(Path, "open", negar)
        assert sesion.catalogo is None
    assert sesion.catalogo is not None

    ruta.unlink()
    assert "Falta «catalogo.xlsx»" in usar("7", "e", "0")  # «prepare otra vez la carpeta» es esa opción
    assert ruta.is_file()
    ruta.unlink()
    ruta.mkdir()
    assert "«catalogo.xlsx» es una carpeta y debe ser un libro" in usar("0")


def test_mas_opciones_sin_nada_que_usar(carpeta: Path, usar: Menu) -> None:
    """Cada una dice qué le falta; transparencia sólo se ofrece en México."""
    dicho = usar("7", "a", "7", "b", "no existe", "7", "c", "504", "dos mil", "2024", "7", "d", "nada", "7", "d",
                 "SEG001", "7", "f", "7", "g", "5", "6", "s", "4", "a", "4", "c", "0")
    for parte in (
        "No hay ningún periodo cerrado.", "No existe «no existe».", "Escriba un año", "no hay nada de «504»",
        "No hay una regla ni un formato «nada»", "Debe cumplirse:", "Falta «Nombre de la institución»",
        "Consolide primero (opción 3).", "Primero consolide (opción 3)", "hace falta el catálogo, lleno y sin errores",
    ):
        assert parte in dicho, parte
    assert "transparencia" not in dicho
    _con_catalogo(carpeta)
    assert "transparencia" in usar("7", "h", "0")
    _con_catalogo(carpeta, pais="Perú")
    assert "transparencia" not in usar("7", "g", "0")


def test_quien_falta_y_los_recordatorios_sin_haber_consolidado(carpeta: Path, usar: Menu) -> None:
    """Con el catálogo basta; si ya llegó algo, antes se consolida, para no escribir a quien ya entregó."""
    _con_catalogo(carpeta)
    assert "0 entregados · faltan 3" in usar("5", "0")
    assert "2 borradores" in usar("4", "d", "0")
    assert "Primero prepare los libros" in usar("4", "e", "0")
    escribir(carpeta / oficina.RECIBIDOS / "2024-T2" / "uno.xlsx", unidad=U21, programa=P1)
    assert "Primero consolide" in usar("4", "d", "0")
    dicho = usar("5", "0")
    assert "Hay 1 libro sin consolidar: consolide (opción 3) para saber quién falta." in dicho
    assert "faltan" not in dicho
    usar("3", "n", "0")
    assert "sin consolidar" not in usar("5", "0")
    shutil.rmtree(carpeta / oficina.RESULTADOS)
    (carpeta / oficina.RESULTADOS).mkdir()
    assert "Hay 1 libro sin consolidar: consolide (opción 3)" in usar("5", "0")
    dicho = " ".join(usar("8", "", "2001", "5", "0").split())
    assert "el catálogo no dice que alguien deba informar el ejercicio 2001." in dicho
    assert "2001-T4, elija otro (opción 8)" in dicho


def test_lo_que_llega_despues_de_consolidar_se_dice_y_no_se_escribe_sin_preguntar(
    con_libros: Path, usar: Menu
) -> None:
    """El tablero dice de cuándo es; con lo de antes no se hacen correos salvo que se acepte."""
    recibidos, correos = con_libros / oficina.RECIBIDOS / "2024-T2", con_libros / oficina.RESULTADOS / "correos"
    usar("3", "n", "0")
    dicho = usar("5", "0")
    assert "Según la consolidación del " in dicho
    assert "Desde la última consolidación" not in dicho
    shutil.copyfile(recibidos / "uno.xlsx", recibidos / "tres.xlsx")
    (recibidos / "dos.xlsx").unlink()
    paso = "Desde la última consolidación llegó «tres.xlsx» y ya no está «dos.xlsx»: consolide otra vez (opción 3)"
    assert paso in " ".join(usar("5", "0").split())
    for motivo in "abcdf":
        assert paso in usar("4", motivo, "", "0")
        assert not correos.exists()
    assert "borrador" in usar("4", "f", "s", "0")
    assert correos.exists()


def test_preparar_libros_no_escribe_encima_sin_preguntar(carpeta: Path, usar: Menu) -> None:
    _con_catalogo(carpeta)
    dicho = usar("1", "", "1", "", "n", "0")
    libros = sorted((carpeta / oficina.ENVIAR / "2024-T2").iterdir())
    assert len(libros) == 3
    assert "ya hay libros, y los que salgan otra vez se escriben encima" in dicho
    libros[0].write_bytes(b"a mano")
    usar("1", "", "n", "0")
    assert libros[0].read_bytes() == b"a mano"
    usar("1", "", "s", "0")
    assert libros[0].read_bytes() != b"a mano"


def test_preparar_libros_nombra_los_que_quedan_de_antes(carpeta: Path, usar: Menu) -> None:
    """Sin catálogo sale uno que no es de nadie; con él, uno por unidad, y el de antes no debe enviarse."""
    dicho = usar("1", "", "", "0")
    assert "Salió un solo libro, en blanco y sin el nombre de la unidad" in dicho
    assert "ya puede enviarlos" not in dicho
    _con_catalogo(carpeta)
    dicho = usar("1", "", "s", "0")
    assert "ya puede enviarlos" in dicho
    assert "Ahí queda de antes «MIR.xlsx», que esta vez no salió: no lo envíe; páselo a otra carpeta." in dicho
    escribir(carpeta / "aprobados" / "uno.xlsx", unidad=U21, programa=P1)
    dicho = usar("1", str(carpeta / "aprobados"), "s", "0")
    assert "Ahí quedan de antes «MIR.xlsx», " in dicho
    (carpeta / oficina.ENVIAR / "2024-T2" / "MIR.xlsx").unlink()
    assert "de antes «MIR" in usar("1", "", "s", "0")  # el de seguimiento, que esta vez no sale


# ---------------------------------------------------------------- la carpeta


def test_otra_carpeta_propone_su_periodo(carpeta: Path, usar: Menu, tmp_path: Path) -> None:
    """El que su calendario tiene abierto; la misma carpeta conserva el que se eligió."""
    otra = tmp_path / "otra"
    shutil.copytree(carpeta, otra)
    escribir_catalogo(otra / oficina.CATALOGO, ejercicio=2024)
    propios = usar("8", "", "2024-T4", "8", "", "", "8", f"'{otra / oficina.RECIBIDOS}'", "", "0")
    assert propios.count("[2024-T4]: ") == 1
    assert propios.count("[2024-T2]: ") == 2
    assert f"está en la carpeta de trabajo «{otra}»: se usa ésa." in propios


def test_la_carpeta_que_se_recordaba_ya_no_esta(
    carpeta: Path, usar: Menu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Se dice antes de preguntar; y desde una carpeta de dentro se usa la de trabajo."""
    monkeypatch.chdir(carpeta / oficina.RECIBIDOS / "2024-T2")
    assert f"Carpeta: {carpeta}\n" in usar("0")
    lejos = tmp_path / "lejos"
    lejos.mkdir()
    monkeypatch.chdir(lejos)
    assert f"Carpeta: {carpeta}\n" in usar("0")
    carpeta.rename(tmp_path / "otro nombre")
    assert f"«{carpeta}», ya no está o ya no es una carpeta de trabajo" in usar(str(tmp_path / "otro nombre"), "0")


def test_al_abrirla_se_ponen_al_dia_sus_archivos_de_inicio(
    carpeta: Path, usar: Menu, monkeypatch: pytest.MonkeyPatch
) -> None:
    hechos = [["INICIAR.cmd", "LÉAME.txt"], []]
    monkeypatch.setattr(preparacion, "poner_al_dia", lambda _: hechos.pop(0))
    dicho = usar("8", "", "", "0")
    assert f"En «{carpeta}» se pusieron al día INICIAR.cmd y LÉAME.txt." in dicho
    assert dicho.count("al día") == 1


def test_nada_lo_cierra_salvo_salir(
    carpeta: Path, usar: Menu, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Una falla nuestra o Ctrl-C en una pregunta vuelven al menú; Ctrl-C en el menú es salir."""
    def falla(*_: object) -> None:
        raise ZeroDivisionError("x")

    monkeypatch.setattr(oficina.Oficina, "hay_recibidos", lambda *_: True)
    with monkeypatch.context() as rota:
        rota.setattr(menu.Sesion, "con_catalogo", property(falla))
        assert usar("2", "8", "^C", "0").count("Falla de pei-excel") == 1
        assert usar("6", "^D", "0").count("Se dejó lo que estaba contestando") == 1
    assert "Se dejó lo que estaba contestando" in usar("6", "^C", "6", "n", "^C")
    with monkeypatch.context() as rota:
        rota.setattr(principal, "mostrar", falla)
        assert usar("5", "0").count("Falla de pei-excel") == 2
    monkeypatch.setattr(principal, "empezar", falla)
    with pytest.raises(SystemExit) as salida:  # ni así se cierra la ventana sin esperar un Intro
        usar("0")
    assert salida.value.code == 3


# ---------------------------------------------------------------- un periodo, hasta cerrarlo y reabrirlo


@pytest.fixture
def con_libros(carpeta: Path) -> Path:
    """Dos informes buenos y uno que no abre: hay algo por solventar."""
    _con_catalogo(carpeta)
    recibidos = carpeta / oficina.RECIBIDOS / "2024-T2"
    escribir(recibidos / "uno.xlsx", unidad=U21, programa=P1)
    escribir(recibidos / "dos.xlsx", unidad=U21, programa=P2)
    (recibidos / "roto.xlsx").write_bytes((recibidos / "dos.xlsx").read_bytes()[:3000])
    return carpeta


@pytest.mark.parametrize("como", ["falta", "dañado", "incompleto"])
def test_sin_el_catalogo_que_se_usaba_no_se_consolida_sin_preguntar(
    con_libros: Path, usar: Menu, como: str
) -> None:
    """Parecería que no falta nadie; y si se hizo así, no se cierra, con el catálogo de vuelta o sin él."""
    ruta = con_libros / oficina.CATALOGO
    documento = con_libros / oficina.RESULTADOS / "2024-T2" / "resultado.json"
    usar("3", "n", "0")
    bueno, con_el = ruta.read_bytes(), documento.read_bytes()
    if como == "falta":
        ruta.unlink()
    elif como == "dañado":
        ruta.write_bytes(bueno[:2000])
    else:
        _con_catalogo(con_libros, nombre=None)
    dicho = usar("3", "", "0")
    assert ("Falta «catalogo.xlsx»." if como == "falta" else "«catalogo.xlsx» está, pero no puede usarse.") in dicho
    assert "Sin él no se sabe quién debe informar" in dicho
    assert documento.read_bytes() == con_el
    assert "ya se había consolidado con catálogo" in usar("3", "s", "n", "0")
    assert documento.read_bytes() != con_el
    assert "Regrese el catálogo a su lugar, o corríjalo" in usar("6", "s", "0")
    ruta.write_bytes(bueno)
    dicho = usar("6", "s", "0")
    assert "2024-T2 se consolidó sin catálogo, y hay uno" in dicho
    assert "¿Lo cierro con observaciones" not in dicho
    dicho = usar("3", "n", "6", "s", "s", "Vence el plazo", "0")
    assert "Se consolidó con el catálogo «catalogo.xlsx»." in dicho


def test_el_catalogo_que_todavia_se_llena_no_estorba(carpeta: Path, usar: Menu) -> None:
    """Se consolida y se dice qué no se sabe; uno que ni siquiera abre sí se pregunta."""
    escribir(carpeta / oficina.RECIBIDOS / "2024-T2" / "uno.xlsx", unidad=U21, programa=P1)
    dicho = usar("3", "n", "0")
    assert "Sin catálogo no se sabe quién falta." in dicho
    assert "¿Consolido sin catálogo?" not in dicho
    (carpeta / oficina.CATALOGO).write_bytes(b"x")
    assert "No se consolidó. Corrija «catalogo.xlsx» y repita." in usar("3", "n", "0")


def test_cerrar_reabrir_y_lo_que_lo_impide(con_libros: Path, usar: Menu) -> None:
    """Sólo lo que falta por solventar se puede cerrar diciendo el motivo."""
    carpeta, uno = con_libros, con_libros / oficina.RECIBIDOS / "2024-T2" / "uno.xlsx"
    resultados = carpeta / oficina.RESULTADOS
    assert "Al consolidar (opción 3), lo mismo queda escrito" in usar("2", "3", "n", "0")
    original = uno.read_bytes()
    escribir(uno, unidad=U21, programa=P1, periodo="2024-T1")
    dicho = usar("6", "s", "0")
    assert "cambió «uno.xlsx». Consolide otra vez (opción 3)." in dicho
    assert "¿Lo cierro con observaciones" not in dicho
    uno.write_bytes(original)
    (cerrojo := resultados / "2024-T2" / "~$consolidado-mir.xlsx").write_bytes(b"x")
    dicho = usar("3", "6", "s", "n", "0")
    assert "está abierto en otro programa. Ciérrelo y repita, o elija otra carpeta de trabajo (opción 8)" in dicho
    cerrojo.unlink()
    assert "¿Lo cierro con observaciones" in usar("6", "s", "s", "", "Vence el plazo", "0")
    version = cerrada(resultados, "2024-T2")
    assert version is not None
    assert version.motivo == "Vence el plazo"

    dicho = usar("6", "s", "3", "4", "d", "7", "a", "2024-T9", "", "", "Llegó otro", "0")
    for parte in (
        "ya está cerrado (versión 1).", "para corregirlo hay que reabrirlo: en el menú, «Más opciones».",
        "escriba a quien no ha entregado", "Escriba 2024-T2.", "Se reabrió el periodo 2024-T2",
    ):
        assert parte in dicho, parte
    assert cerrada(resultados, "2024-T2") is None


@pytest.mark.larga
def test_los_demas_caminos_con_resultados(con_libros: Path, usar: Menu, monkeypatch: pytest.MonkeyPatch) -> None:
    """Correos con y sin cuenta, rescate, expediente, transparencia, y una bitácora que no sirve."""
    resultados = con_libros / oficina.RESULTADOS
    usar("3", "n", "0")
    dicho = usar("4", "a", "4", "b", "4", "c", "4", "f", "0")
    assert "doble clic en cada borrador" in dicho
    assert "quien cuida los equipos" in dicho
    assert "¿Los envío" not in dicho
    for nombre, valor in {"SMTP_SERVIDOR": "no.hay.example", "REMITENTE": "p@demostracion.example"}.items():
        monkeypatch.setenv(f"PEI_EXCEL_{nombre}", valor)
    assert "¿Los envío ahora" in usar("4", "a", "n", "0")
    libro = str(con_libros / oficina.RECIBIDOS / "2024-T2" / "uno.xlsx")
    dicho = usar("7", "b", f"'{libro}'", "", "7", "c", "U21", "", "7", "g", "www.x", "ayer", "7", "g", "", "", "0")
    assert "1 libro rescatado" in dicho
    assert "«ayer» no es una fecha" in dicho
    assert "Fracción IV" in dicho
    assert (resultados / "expedientes" / "expediente_u21_2024.zip").is_file()
    (resultados / "rescatados" / "uno_rescatado.xlsx").write_bytes(b"a mano")
    assert "Muévalo a otra carpeta y repita." in usar("7", "b", libro, "", "0")
    (resultados / "bitacora.sqlite").write_bytes(b"otra cosa" * 100)
    dicho = usar("3", "5", "6", "s", "7", "c", "U21", "", "0")
    assert dicho.count("está dañada: renómbrela") == 4
