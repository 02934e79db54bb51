"""Lo que se dice que hay que hacer: a quien escribe órdenes, con una que funciona tal cual; a quien usa el menú, sin
ninguna."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_cli import escribir

import pei_excel
from pei_excel.ayuda import explicar
from pei_excel.cli import orden
from pei_excel.formatos import TODOS
from pei_excel.indicaciones import como_se_escribe, con_resultados_en, indicacion, por_menu
from pei_excel.reglas.lista import REGLAS
from pei_excel.terminal import con_red, ejecutar
from pei_excel.textos import citar

RAIZ = Path(pei_excel.__file__).parent
#: Lo que nadie que use el menú debe leer: una opción, una variable o una orden.
DE_ORDENES = re.compile(r"(?:^|[\s«(])(?:--[a-z]{2}|-o\b)|PEI_EXCEL_|pei-excel (?:" + "|".join(orden.commands) + r")\b")
#: Módulos y funciones que sólo hablan con quien escribe órdenes, y por qué.
SOLO_ORDENES = {
    "cli.py": "la ayuda", "portatil.py": "otro programa, que arma la copia portátil",
    "ciclo/recepciones.py:elegidos": "--usar no está en el menú", "publicar.py:leer_publicados": "--publicado tampoco",
    "correo/composicion.py:_clave_de_hoy": "--unidad tampoco", "correo/ordenes.py:copiar_textos": "--copiar-textos",
    "correo/servidor.py:_falta": "el menú mira antes si hay cuenta", "correo/servidor.py:de_ambiente": "lo mismo",
    "terminal.py:_ayuda": "se usa en una indicación", "ordenes/salida.py:transparencia": "--publicado",
    "correo/ordenes.py:_exigir": "--unidad", "ordenes/libros.py:plantilla": "el menú pide lo que puede pedirse junto",
    "ordenes/periodo.py:cerrar": "el menú no deja el motivo en blanco", "ordenes/periodo.py:reabrir": "lo mismo",
    "ordenes/salida.py:": "la ayuda", "simulacion/practica.py:escribir_practica": "simular no está en el menú",
    "oficina/arranque.py": "lo que escribe son archivos de órdenes",
}


def test_cada_quien_lee_lo_suyo() -> None:
    """Fuera del menú, la orden; dentro, y sólo mientras dura, lo del menú."""
    def dicho() -> str:
        return indicacion(orden="con -o", menu="en el menú")

    assert dicho() == "con -o"
    with por_menu():
        assert dicho() == "en el menú"
        with por_menu():
            pass
        assert dicho() == "en el menú"
    assert dicho() == "con -o"


@pytest.mark.parametrize("texto", ["3 resultados", "Obras&Servicios", "a", "C:\\x\\y-1.xlsx", "(x)", "", "Año", "…"])
def test_lo_citado_es_un_solo_argumento(texto: str) -> None:
    assert shlex.split(citar(texto).replace("\\", "\\\\")) == [texto]
    assert citar("2024-T2") == "2024-T2"
    assert citar("a b") == '"a b"'


def test_la_carpeta_de_siempre_no_se_repite() -> None:
    assert como_se_escribe("reabrir", "2024-T2", *con_resultados_en(Path("salidas"))) == "pei-excel reabrir 2024-T2"
    assert como_se_escribe("reabrir", "2024-T2", *con_resultados_en(Path("3 resultados"))).endswith('-o "3 resultados"')


# ---------------------------------------------------------------- a quien usa el menú no se le manda escribir


def _textos(nodo: ast.AST, donde: str) -> Iterator[tuple[str, int, str]]:
    """(función, línea, texto) de lo que puede imprimirse: sin documentación, decoradores ni lo que va en `orden=`."""
    if isinstance(nodo, ast.FunctionDef | ast.ClassDef | ast.Module):
        cuerpo = nodo.body
        if cuerpo and isinstance(cuerpo[0], ast.Expr) and isinstance(cuerpo[0].value, ast.Constant):
            cuerpo = cuerpo[1:]
        nombre = donde if isinstance(nodo, ast.Module) else nodo.name
        for uno in cuerpo:
            yield from _textos(uno, nombre)
        return
    if isinstance(nodo, ast.Call) and isinstance(nodo.func, ast.Name) and nodo.func.id == "indicacion":
        for clave in nodo.keywords:
            if clave.arg != "orden":
                yield from _textos(clave.value, donde)
        return
    if isinstance(nodo, ast.Constant) and isinstance(nodo.value, str):
        yield donde, nodo.lineno, nodo.value
    for hijo in ast.iter_child_nodes(nodo):
        yield from _textos(hijo, donde)


def _impropios() -> Iterator[str]:
    for ruta in sorted(RAIZ.rglob("*.py")):
        archivo = ruta.relative_to(RAIZ).as_posix()
        for funcion, linea, texto in _textos(ast.parse(ruta.read_text(encoding="utf-8")), ""):
            # Un argumento solo («--periodo») es de una orden que se arma, no algo que se diga.
            suelto = re.fullmatch(r"-o|--[a-z-]*|PEI_EXCEL_\w*", texto)
            if not suelto and DE_ORDENES.search(texto) and not {archivo, f"{archivo}:{funcion}"} & SOLO_ORDENES.keys():
                yield f"{archivo}:{linea} ({funcion}): {texto}"


def test_ningun_texto_manda_escribir_una_orden_a_quien_usa_el_menu() -> None:
    """Lo que nombra una opción, una variable o una orden va en `indicacion(orden=…)`."""
    assert list(_impropios()) == []


@pytest.mark.parametrize("tema", [None, *(r.codigo for r in REGLAS), *TODOS])
def test_lo_que_explica_el_menu_no_nombra_opciones(tema: str | None) -> None:
    with por_menu():
        assert DE_ORDENES.search(explicar(tema)) is None


# ---------------------------------------------------------------- lo que se manda escribir funciona tal cual


def test_las_ordenes_que_se_dicen_funcionan_como_se_imprimen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Con los resultados en una carpeta que no es la de siempre y cuyo nombre lleva espacios."""
    monkeypatch.chdir(tmp_path)

    def correr(*partes: str) -> tuple[int, str]:
        estado = con_red(lambda: ejecutar(orden, partes, "pei-excel"))
        salida = capsys.readouterr()
        return estado, salida.out + salida.err

    def indicada(*partes: str) -> list[str]:
        """Los argumentos de la orden que se indica cuando una no se pudo."""
        estado, dicho = correr(*partes)
        assert estado == 2, dicho
        hallada = re.search(r"pei-excel (\S.*)", dicho)
        assert hallada, dicho
        return shlex.split(hallada[1])

    base = "3 resultados"
    recibidos = tmp_path / "2 recibidos" / "2024-T2"
    escribir(recibidos / "504.xlsx")
    consolidar = ["consolidar", "2 recibidos/2024-T2", "--periodo", "2024-T2", "-o", base]
    Path(base).mkdir()
    primera = indicada("cerrar", "2024-T2", "-o", base)
    assert primera == ["consolidar", "CARPETA", "--periodo", "2024-T2", "-o", base]
    assert correr(*consolidar)[0] == 0

    escribir(recibidos / "504.xlsx", unidad="510 - Obras")
    otra_vez = indicada("cerrar", "2024-T2", "-o", base)
    assert correr(*otra_vez)[0] == 0
    assert correr("cerrar", "2024-T2", "-o", base)[0] == 0
    reabrir = indicada(*consolidar)
    assert correr(*reabrir)[0] == 0
    assert correr(*consolidar)[0] == 0
    assert not (tmp_path / "salidas").exists()

    assert correr(*indicada("explicar", "nada"))[0] == 0
    assert correr(*indicada("plantilla", "mir", "--catalogo", "no.xlsx", "-o", "p"))[0] == 0
    assert correr(*indicada("reabrir", "2024-T2"))[0] == 0  # «Vea la ayuda con…»
