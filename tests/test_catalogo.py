"""El catálogo de la oficina: se escribe, se lee, se le pregunta por una fecha y no se usa mientras tenga errores."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from catalogos import en_memoria, unidad
from hypothesis import given
from hypothesis import strategies as st

from pei_excel.catalogo import Catalogo, desde_libro, leer_catalogo
from pei_excel.escritura.plantilla import escribir_plantilla
from pei_excel.formato import Modo
from pei_excel.formatos import FORMATOS
from pei_excel.formatos.catalogo import CATALOGO, INSTITUCION, UNIDADES
from pei_excel.hallazgo import Severidad
from pei_excel.lectura.lector import leer
from pei_excel.periodos import Periodo
from pei_excel.proceso import Encargo, revisar_rutas
from pei_excel.reglas import catalogo as reglas
from pei_excel.reglas import catalogo_citas, catalogo_fechas
from pei_excel.reglas.base import Contexto, Regla
from pei_excel.trabajadores import Trabajadores

T2, T3 = Periodo(2024, "T", 2), Periodo(2024, "T", 3)
PLANTILLA = Path(__file__).parents[1] / "plantillas" / CATALOGO.archivo


@pytest.fixture(scope="session")
def demostracion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ruta = tmp_path_factory.mktemp("catalogo") / "catalogo.xlsx"
    escribir_plantilla(
        ruta, CATALOGO, modo=Modo.FORMULACION, ejercicio=2024, campos=CATALOGO.modelo.campos,
        filas=CATALOGO.modelo.filas, filas_libres=12,
    )
    return ruta


@pytest.fixture(scope="session")
def catalogo(demostracion: Path) -> Catalogo:
    leido, hallazgos = leer_catalogo(demostracion)
    assert hallazgos == []
    assert leido is not None
    return leido


def encontrados(regla: Regla, filas: dict[str, Any], campos: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    """(hoja, celda) de lo que una regla encuentra en un catálogo en memoria."""
    observaciones = list(regla(en_memoria(filas, campos), Contexto()))
    return [(o.dato.hoja or "", o.dato.celda or "") if o.dato else ("", "") for o in observaciones]


def test_el_de_demostracion_se_lee_con_sus_tipos_y_sus_celdas(catalogo: Catalogo) -> None:
    i = catalogo.institucion
    assert (i.pais, i.ejercicio, i.papel, i.color_principal) == ("mx", 2024, "carta", "#1F4E79")
    assert i.dato("contacto").celda == f"C{INSTITUCION.disposicion.fila_campo['contacto']}"
    instituto = catalogo.unidad("u21", date(2024, 5, 1))
    assert instituto is not None
    assert (instituto.nombre_corto, instituto.superior, instituto.techo) == ("Instituto", "U20", 135000)
    assert instituto.copia == ("enlace.u21@demostracion.example",)
    fila = UNIDADES.disposicion.fila_datos + 2
    assert (instituto.dato("correo").hoja, instituto.dato("correo").celda) == ("Unidades", f"H{fila}")
    assert [p.coordinadora for p in catalogo.programas] == ["U21", "U21"]
    assert catalogo.programas[1].unidades == ("U21", "U22", "U23")
    componente = catalogo.indicador("u21", "p1", "componente 1")
    assert componente is not None
    assert (componente.acumulacion, componente.tope, componente.programado) == ("Suma", 100, (20, 30, 30, 20))
    assert catalogo.calendario[1].periodo == T2
    assert [a.codigo for a in catalogo.asignadas("AEI", "U21")] == ["AEI.01.01"]
    assert {c.tabla for c in catalogo.transparencia} == {None, "348503"}


def test_el_semaforo_propio_es_oficial_si_se_nombra_su_documento(catalogo: Catalogo) -> None:
    perfil = catalogo.perfil
    assert perfil is not None
    assert perfil.etiqueta == "semáforo «demostración», aprobado por Acuerdo de demostración 1/2024"
    esperadas = {0: "Deficiente", 69.9: "Deficiente", 70: "Regular", 85: "Bueno", 120: "Bueno",
                 120.1: "Sobrecumplimiento"}
    assert {x: perfil.clasificar(x).palabra for x in esperadas} == esperadas
    libro = en_memoria({}, {"perfil": "Operativo"})
    assert (p := desde_libro(libro).perfil) is not None
    assert (p.clave, p.oficial) == ("operativo", None)


def test_viaja_entre_procesos_y_no_se_puede_cambiar(catalogo: Catalogo) -> None:
    assert pickle.loads(pickle.dumps(catalogo)) == catalogo  # noqa: S301 - es nuestro
    with pytest.raises(AttributeError):
        catalogo.unidades = ()  # type: ignore[misc]


def test_quienes_deben_informar_cambia_con_la_fecha(catalogo: Catalogo) -> None:
    def claves(formato: str, periodo: Periodo) -> set[tuple[str, str]]:
        return {(u.clave, p.clave if p else "") for u, p in catalogo.esperados(formato, periodo)}

    assert claves("MIR", T2) == {("U21", "P1"), ("U21", "P2"), ("U22", "P2")}
    assert claves("MIR", T3) == {("U21", "P1"), ("U21", "P2"), ("U23", "P2")}
    assert claves("POI", T3) == {("U21", ""), ("U23", "")}


def test_la_fecha_limite_cuenta_la_prorroga_de_cada_unidad(catalogo: Catalogo) -> None:
    assert catalogo.fecha_limite(T2) == date(2024, 7, 10)
    assert catalogo.fecha_limite(T2, "u21") == date(2024, 7, 15)
    assert catalogo.fecha_limite(T2, "U22") == date(2024, 7, 10)
    assert catalogo.fecha_limite(Periodo(2030, "T", 1), "U21") is None


def test_las_unidades_se_suman_en_su_superior_de_esa_fecha(catalogo: Catalogo) -> None:
    marzo, agosto = date(2024, 3, 1), date(2024, 8, 1)
    assert [u.clave for u in catalogo.superiores("U21", marzo)] == ["U20", "U10"]
    assert {u.clave for u in catalogo.dependientes("U20", marzo)} == {"U21", "U22"}
    assert {u.clave for u in catalogo.dependientes("U10", agosto)} == {"U20", "U21", "U23"}


# --- la historia por clave


def cadena(*cambios: date) -> Catalogo:
    """N0 → N1 → N2…: cada cambio cierra una clave el día anterior y abre la siguiente."""
    filas = []
    for n, (desde, hasta) in enumerate(zip([date(2000, 1, 1), *cambios], [*cambios, None], strict=True)):
        filas.append(unidad(
            f"N{n}", desde=desde, hasta=hasta - timedelta(days=1) if hasta else None,
            clave_anterior=(f"N{n - 1}",) if n else None,
        ))
    return desde_libro(en_memoria({"Unidades": filas[::-1]}))


def test_una_renombrada_se_encuentra_por_cualquiera_de_sus_claves() -> None:
    c = cadena(date(2020, 1, 1), date(2024, 7, 1))
    for clave in ("N0", "N1", "n2"):
        assert c.clave_vigente(clave, date(2019, 12, 31)) == "N0"
        assert c.clave_vigente(clave, date(2020, 1, 1)) == "N1"
        assert c.clave_vigente(clave, date(2024, 6, 30)) == "N1"
        assert c.clave_vigente(clave, date(2030, 1, 1)) == "N2"
    assert c.antecesoras("n2") == ("N1", "N0")
    assert c.antecesoras("N0") == c.antecesoras("otra") == ()
    assert c.clave_vigente("N0", date(1999, 12, 31)) is None
    assert c.clave_vigente("otra", date(2024, 1, 1)) is None


def test_una_fusion_y_una_division_no_se_inventan_una_sola_clave() -> None:
    fin, nuevo = date(2024, 6, 30), date(2024, 7, 1)
    fusion = desde_libro(en_memoria({"Unidades": [
        unidad("A", hasta=fin), unidad("B", hasta=fin), unidad("C", desde=nuevo, clave_anterior=("A", "B")),
    ]}))
    assert fusion.clave_vigente("A", nuevo) == fusion.clave_vigente("B", nuevo) == "C"
    assert fusion.clave_vigente("A", fin) == "A"
    assert fusion.claves_vigentes("C", fin) == ("A", "B")
    assert fusion.clave_vigente("C", fin) is None
    assert fusion.antecesoras("C") == ()
    division = desde_libro(en_memoria({"Unidades": [
        unidad("A", hasta=fin), unidad("B", desde=nuevo, clave_anterior=("A",)),
        unidad("C", desde=nuevo, clave_anterior=("A",)),
    ]}))
    assert division.claves_vigentes("A", nuevo) == ("B", "C")
    assert division.clave_vigente("A", nuevo) is None
    assert division.clave_vigente("B", fin) == "A"
    assert division.antecesoras("B") == ()


def test_la_misma_clave_con_otro_nombre_conserva_el_de_cada_epoca() -> None:
    c = desde_libro(en_memoria({"Unidades": [
        unidad("A", hasta=date(2024, 6, 30), nombre="Vieja"),
        unidad("A", desde=date(2024, 7, 1), nombre="Nueva", clave_anterior=("A",)),
    ]}))
    nombres = [u.nombre if (u := c.unidad("A", dia)) else None for dia in (date(2024, 6, 30), date(2024, 7, 1))]
    assert nombres == ["Vieja", "Nueva"]
    assert c.clave_vigente("A", date(2024, 3, 1)) == "A"


DIAS = st.dates(date(2001, 1, 1), date(2030, 12, 31))


@given(cambios=st.lists(DIAS, min_size=0, max_size=6, unique=True), dia=DIAS)
def test_en_una_cadena_de_cambios_cada_dia_tiene_una_sola_clave(cambios: list[date], dia: date) -> None:
    orden = sorted(cambios)
    c = cadena(*orden)
    esperada = f"N{sum(cambio <= dia for cambio in orden)}"
    assert {c.clave_vigente(f"N{n}", dia) for n in range(len(orden) + 1)} == {esperada}
    for regla in (reglas.unidades_en_circulo, reglas.clave_repetida, catalogo_fechas.fechas_en_desorden):
        libro = en_memoria({"Unidades": [{**d, "clave": u.clave} for u in c.unidades for d in [_fila(u)]]})
        assert list(regla(libro, Contexto())) == []


def _fila(u: Any) -> dict[str, Any]:
    return {"desde": u.vigencia.desde, "hasta": u.vigencia.hasta, "clave_anterior": u.anteriores or None}


NODOS = st.integers(0, 7)


@given(superiores=st.lists(st.one_of(st.none(), NODOS), min_size=8, max_size=8), dia=DIAS)
def test_se_senala_un_circulo_si_y_solo_si_lo_hay(superiores: list[int | None], dia: date) -> None:
    filas = [unidad(f"U{n}", None if s is None else f"U{s}") for n, s in enumerate(superiores)]
    libro = en_memoria({"Unidades": filas})
    en_circulo = set()  # quien se encuentra a sí mismo subiendo
    for inicio in range(8):
        actual: int | None = superiores[inicio]
        for _ in range(8):
            if actual is None or actual == inicio:
                break
            actual = superiores[actual]
        if actual == inicio:
            en_circulo.add(f"U{inicio}")
    observaciones = list(reglas.unidades_en_circulo(libro, Contexto()))
    primera = UNIDADES.disposicion.fila_datos
    nombradas = {
        f"U{int((d.celda or '')[1:]) - primera}" for o in observaciones for d in (o.dato, *o.nombra) if d is not None
    }
    assert nombradas == en_circulo
    # Y nadie se queda dando vueltas, haya círculos o no.
    c = desde_libro(libro)
    assert all(len(c.superiores(f"U{n}", max(dia, date(2024, 1, 1)))) < 8 for n in range(8))


@given(citas=st.lists(st.lists(NODOS, max_size=3), min_size=8, max_size=8), dia=DIAS)
def test_con_claves_anteriores_en_circulo_la_busqueda_termina(citas: list[list[int]], dia: date) -> None:
    filas = [
        unidad(f"U{n}", clave_anterior=tuple(f"U{c}" for c in suyas) or None, desde=date(2001 + n, 1, 1),
               hasta=date(2001 + n, 12, 31))
        for n, suyas in enumerate(citas)
    ]
    c = desde_libro(en_memoria({"Unidades": filas}))
    vigentes = {u.clave for u in c.unidades if u.vigencia.contiene(dia)}
    for n in range(8):
        assert set(c.claves_vigentes(f"U{n}", dia)) <= vigentes


# --- las reglas, caso por caso (sus fichas se prueban con las demás)


def test_un_programa_compartido_necesita_coordinadora_solo_si_se_comparte_a_la_vez() -> None:
    unidades = [
        unidad("A", hasta=date(2024, 6, 30)), unidad("B", desde=date(2024, 7, 1), clave_anterior=("A",)), unidad("C"),
    ]

    def con(unidades_: tuple[str, ...] | None, coordinadora: str | None = None) -> list[tuple[str, str]]:
        programa = {"clave": "P", "nombre": "Programa", "unidades": unidades_, "coordinadora": coordinadora,
                    "desde": date(2024, 1, 1)}
        return encontrados(catalogo_citas.programa_sin_unidades_o_sin_coordinadora,
                           {"Unidades": unidades, "Programas": [programa]})

    assert con(("A", "B")) == []  # es la misma, con otra clave
    assert con(("A", "C")) == [("Programas", "D6")]
    assert con(("A", "C"), "B") == []  # B es A, después
    assert con(("A", "B"), "C") == [("Programas", "D6")]
    assert con(None) == [("Programas", "C6")]


@pytest.mark.parametrize(("bandas", "celdas"), [
    ([("Verde", 80, None), ("Rojo", 0, 80)], []),
    ([("Verde", 80, None), ("Rojo", 0, 70)], ["F7"]),  # hueco
    ([("Verde", 80, None), ("Rojo", 0, 90)], ["F7"]),  # se cruzan
    ([("Verde", 80, None), ("Rojo", 0, None)], ["F7"]),  # no dice dónde termina
    ([("Verde", 80, 100), ("Rojo", 0, 80)], ["F6"]),  # más de 100 queda sin color
    ([("Verde", 80, None), ("Rojo", 10, 80)], ["E7"]),  # de 0 a 10 queda sin color
    ([("Amarillo", 80, None), ("Rojo", 0, 80)], ["C6"]),  # nada es verde
])
def test_un_perfil_cubre_todos_los_porcentajes_una_sola_vez(
    bandas: list[tuple[str, float, float | None]], celdas: list[str]
) -> None:
    filas = [
        {"perfil": "propio", "medida": "Cumplimiento", "color": c, "palabra": c, "desde": d, "hasta": h}
        for c, d, h in bandas
    ]
    assert encontrados(catalogo_fechas.perfil_con_huecos, {"Perfiles": filas}) == [("Perfiles", c) for c in celdas]
    assert encontrados(catalogo_fechas.perfil_con_huecos, {"Perfiles": filas[::-1]}) != [] or not celdas


def test_el_semaforo_elegido_existe() -> None:
    assert encontrados(catalogo_fechas.perfil_con_huecos, {}, {"perfil": "general"}) == []
    fila = INSTITUCION.disposicion.fila_campo["perfil"]
    assert encontrados(catalogo_fechas.perfil_con_huecos, {}, {"perfil": "mío"}) == [("Institución", f"C{fila}")]


def test_fechas_de_plazos_y_prorrogas() -> None:
    plazo = {"periodo": T2, "apertura": date(2024, 7, 1), "limite": date(2024, 6, 20)}
    prorroga = {"unidad": "A", "periodo": T2, "fecha": date(2024, 6, 20), "oficio": "1"}
    libro = en_memoria({"Calendario": [plazo], "Prórrogas": [prorroga]})
    vistos = [(o.dato.celda, o.severidad) for o in catalogo_fechas.fechas_en_desorden(libro, Contexto()) if o.dato]
    assert vistos == [("C6", None), ("C6", Severidad.AVISO), ("C6", Severidad.AVISO)]


# --- el archivo


def danar(ruta: Path, destino: Path, hoja: str, celda: str, valor: object) -> Path:
    """Lo que haría una persona en Excel: escribe un valor en una celda."""
    libro = openpyxl.load_workbook(ruta)
    libro[hoja][celda] = valor
    libro.save(destino)
    return destino


@pytest.mark.parametrize(("hoja", "clave", "valor", "regla"), [
    ("Unidades", "superior", "U77", "CAT003"),
    ("Unidades", "correo", "sin arroba", "CAT005"),
    ("Unidades", "correo", "uno@municipio.example\nBcc: otro@municipio.example", "CAT005"),
    ("Unidades", "desde", "el primero de enero", "FMT004"),
    ("Unidades", "clave", None, "FMT015"),
    ("Unidades", "informa", "quizá", "FMT008"),
    ("Programas", "unidades", None, "CAT006"),
    ("Calendario", "limite", None, "CAT009"),
    ("Calendario", "periodo", "algún día", "FMT004"),
    ("Perfiles", "desde", 5, "CAT010"),
])
def test_con_un_error_no_hay_catalogo_y_se_dice_la_celda(
    demostracion: Path, tmp_path: Path, hoja: str, clave: str, valor: object, regla: str
) -> None:
    lugar = CATALOGO.por_clave[hoja].disposicion
    fila = lugar.fila_datos + (3 if hoja == "Perfiles" else 0)
    celda = lugar.celda(fila, clave)
    leido, hallazgos = leer_catalogo(danar(demostracion, tmp_path / "malo.xlsx", hoja, celda, valor))
    assert leido is None
    errores = [(h.regla, h.donde.hoja, h.donde.celda) for h in hallazgos if h.severidad is Severidad.ERROR]
    assert (regla, hoja, celda) in errores
    assert {r for r, _, _ in errores} == {regla}
    assert [h.mensaje for h in hallazgos if len(h.mensaje.splitlines()) != 1] == []
    assert all(h.destinatario.value == "planeacion" for h in hallazgos if h.regla.startswith("CAT"))


def test_la_plantilla_en_blanco_no_es_un_catalogo_usable() -> None:
    leido, hallazgos = leer_catalogo(PLANTILLA)
    assert leido is None
    assert {h.regla for h in hallazgos} == {"CAT001", "CAT009"}
    obligatorios = {f"C{INSTITUCION.disposicion.fila_campo[c.clave]}" for c in INSTITUCION.campos if c.obligatorio}
    senaladas = {h.donde.celda for h in hallazgos if h.regla == "CAT001"}
    assert senaladas == obligatorios - {f"C{INSTITUCION.disposicion.fila_campo['ejercicio']}"}


def test_otro_libro_no_se_toma_por_catalogo(tmp_path: Path) -> None:
    for formato in FORMATOS.values():
        leido, hallazgos = leer_catalogo(PLANTILLA.with_name(formato.archivo))
        assert leido is None
        assert [h.regla for h in hallazgos] == ["FMT002"]
    (tmp_path / "roto.xlsx").write_bytes(b"PK\x03\x04 nada")
    leido, hallazgos = leer_catalogo(tmp_path / "roto.xlsx")
    assert leido is None
    assert [h.regla for h in hallazgos] == ["FMT001"]


def test_un_catalogo_entre_lo_recibido_se_aparta_y_se_nombra(demostracion: Path, tmp_path: Path) -> None:
    shutil.copy(demostracion, tmp_path / "catalogo.xlsx")
    with Trabajadores(1) as trabajadores:
        resultado = revisar_rutas([tmp_path], Encargo(T2), trabajadores)
    assert resultado.revisiones == []
    assert [(h.regla, h.donde.archivo) for h in resultado.de_carpeta] == [("ENT004", "catalogo.xlsx")]
    assert not resultado.con_errores
    assert leer(demostracion, "x")[0].apartado == "es un catálogo institucional de la oficina, no un informe"


@pytest.mark.libreoffice
@pytest.mark.parametrize("tipo", ["xlsx", "ods"])
@pytest.mark.larga
def test_guardado_con_libreoffice_dice_lo_mismo(
    catalogo: Catalogo, demostracion: Path, soffice: Callable[[Path, str], Path], tmp_path: Path, tipo: str
) -> None:
    ruta = shutil.copy(demostracion, tmp_path / "catalogo.xlsx")
    otro, hallazgos = leer_catalogo(soffice(Path(ruta), tipo), "catalogo.xlsx")
    assert [h for h in hallazgos if h.severidad is Severidad.ERROR] == []
    assert otro is not None
    assert replace(otro, sha256=catalogo.sha256) == catalogo  # es otro archivo


def test_los_correos_y_los_colores_se_comprueban_al_escribir() -> None:
    hojas = openpyxl.load_workbook(PLANTILLA)
    formulas = {
        f"{h}!{str(v.sqref).split(':')[0]}": v
        for h in ("Institución", "Unidades") for v in hojas[h].data_validations.dataValidation if v.type == "custom"
    }
    primera = UNIDADES.disposicion.fila_datos
    campo = INSTITUCION.disposicion.fila_campo
    assert set(formulas) == {f"Unidades!H{primera}", f"Unidades!I{primera}", *(
        f"Institución!C{campo[c]}" for c in ("color_principal", "color_secundario", "tesoreria")
    )}
    for donde, validacion in formulas.items():
        assert donde.split("!")[1] in validacion.formula1
        assert "{" not in validacion.formula1
        assert validacion.error.endswith(".")


def test_las_claves_se_eligen_de_su_hoja_y_las_instrucciones_explican_cada_dato() -> None:
    libro = openpyxl.load_workbook(PLANTILLA)
    listas = {str(v.sqref).split(":")[0]: v.formula1 for v in libro["Programas"].data_validations.dataValidation
              if v.type == "list"}
    assert "lista_unidades_clave" in listas.values()
    textos = {str(c.value) for fila in libro["Instrucciones"].iter_rows() for c in fila}
    assert {c.etiqueta.rstrip(":") for c in INSTITUCION.campos} <= textos
    assert not any("trimestre ya informado" in t.casefold() or "La unidad, al formular" in t for t in textos)
    estado = openpyxl.load_workbook(PLANTILLA, data_only=True)["Institución"]["A1"].value
    assert estado == "Faltan 5 datos"


def test_la_lista_de_periodos_llega_al_ejercicio_siguiente() -> None:
    destino = BytesIO()
    escribir_plantilla(destino, CATALOGO, modo=Modo.FORMULACION, ejercicio=2026)
    libro = openpyxl.load_workbook(destino)
    hoja, rango = libro.defined_names["lista_periodo"].attr_text.split("!")
    valores = [c[0].value for c in libro[hoja.strip("'")][rango.replace("$", "")]]
    assert (valores[0], valores[-1], len(valores)) == ("1er. Trimestre 2026", "Diciembre 2027", 32)


def test_la_plantilla_no_se_escribe_sobre_un_catalogo_ya_llenado(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from pei_excel.cli import orden

    for _ in range(2):  # en blanco, pedirla otra vez no estorba
        hecho = CliRunner().invoke(orden, ["plantilla", "catalogo", "--ejercicio", "2024", "-o", str(tmp_path)])
        assert hecho.exit_code == 0, hecho.output
    (tmp_path / "catalogo.xlsx").write_bytes(b"lo que la oficina captur\xc3\xb3")
    hecho = CliRunner().invoke(orden, ["plantilla", "todas", "--ejercicio", "2024", "-o", str(tmp_path)])
    assert hecho.exit_code == 1
    assert "no se escribe encima" in hecho.output
    assert (tmp_path / "catalogo.xlsx").read_bytes() == b"lo que la oficina captur\xc3\xb3"
    assert (tmp_path / "POI.xlsx").exists()
