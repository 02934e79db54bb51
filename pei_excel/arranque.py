"""Los archivos que se abren con doble clic, o sobre los que se suelta un archivo, para no escribir órdenes.

Sólo contienen letras sin acento, salvo la ruta de un Python que los tenga: el intérprete de Windows no siempre lee bien
lo demás. Lo que se les suelta viaja por el ambiente y no por su línea, donde «&», «%» o «^» querrían decir otra cosa.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PureWindowsPath

#: Con qué variables se dice dónde está el archivo de inicio, cómo se llama y con qué línea lo abrió Windows.
OFICINA, ARCHIVO, LLAMADA = "PEI_EXCEL_OFICINA", "PEI_EXCEL_ARCHIVO", "PEI_EXCEL_LLAMADA"
_MARCA = "pei-excel, huella"
#: Carpetas de Windows que se citan por su variable: así sirve al siguiente usuario y no lleva acentos.
_DE_WINDOWS = ("LOCALAPPDATA", "APPDATA", "USERPROFILE", "PROGRAMFILES")
_SE_ENCUENTRA = (
    "No se encuentra pei-excel en este equipo. Instale Python y pei-excel como dice su README y prepare otra vez esta "
    "carpeta con: pei-excel preparar"
)
#: Niveles que se suben para citar un Python por su lugar junto a la carpeta (el de una copia que no se instala).
_NIVELES = 2


@dataclass(frozen=True, slots=True)
class Inicio:
    """Un archivo de inicio."""

    nombre: str  #: sin extensión
    orden: tuple[str, ...]  #: lo que se escribiría después de `pei-excel`

    @property
    def recibe(self) -> bool:
        """Se le pueden soltar archivos; si no, trabaja dentro de su carpeta."""
        return bool(self.orden)


INICIOS = (
    Inicio("INICIAR", ()), Inicio("Revisar", ("soltar", "revisar")), Inicio("Consolidar", ("soltar", "consolidar")),
)


def nombres_para(sistema: str) -> tuple[str, ...]:
    """Extensiones de los archivos de inicio en un sistema (`sys.platform`): los de Windows se dejan siempre."""
    return {"win32": (".cmd",), "darwin": (".cmd", ".command")}.get(sistema, (".cmd", ".sh"))


def archivos_de_inicio(
    carpeta: Path, *, sistema: str = sys.platform, programa: str = sys.executable,
    ambiente: Mapping[str, str] = os.environ,
) -> dict[str, bytes]:
    """Nombre → contenido de los archivos de inicio de una carpeta, que llaman al Python `programa`."""
    hechos: dict[str, bytes] = {}
    for inicio in INICIOS:
        for extension in nombres_para(sistema):
            if extension == ".cmd":
                de_windows = pythons_de_windows(carpeta, programa, ambiente) if sistema == "win32" else []
                hechos[inicio.nombre + extension] = texto_de_windows(inicio, de_windows)
            else:
                hechos[inicio.nombre + extension] = texto_de_unix(inicio, [programa])
    return hechos


def pythons_de_windows(carpeta: Path, programa: str, ambiente: Mapping[str, str]) -> list[str]:
    """Citas del Python: por su lugar junto a la carpeta, si está cerca, y por su ruta o la variable de su usuario."""
    rutas: list[str] = []
    ruta, lugar = PureWindowsPath(programa), PureWindowsPath(carpeta)
    if ruta.name.casefold() == "pythonw.exe":
        ruta = ruta.with_name("python.exe")
    for nivel, padre in enumerate((lugar, *lugar.parents)[: _NIVELES + 1]):
        if padre.parent != padre and ruta.is_relative_to(padre):
            rutas.append("%~dp0" + _literal("..\\" * nivel + str(ruta.relative_to(padre))))
            break
    for variable in _DE_WINDOWS:
        valor = ambiente.get(variable)
        if valor and ruta.is_relative_to(valor):
            return [*rutas, f"%{variable}%\\" + _literal(str(ruta.relative_to(valor)))]
    return [*rutas, _literal(str(ruta))]


def _literal(texto: str) -> str:
    return texto.replace("%", "%%")


def texto_de_windows(inicio: Inicio, pythons: Sequence[str]) -> bytes:
    """El `.cmd`; en cada elemento de `pythons`, las variables ya van entre %."""
    n = range(1, len(pythons) + 1)
    llamar = " ".join(("-X utf8 -P -m pei_excel", *inicio.orden, *(("%*",) if inicio.recibe else ())))
    renglones = [
        "setlocal DisableDelayedExpansion",
        "chcp 65001 >nul",
        'set "PYTHONUTF8=1"',
        f'set "{OFICINA}=%~dp0."',
        f'set "{ARCHIVO}=%~nx0"',
        *(f'set "PEI_EXCEL_PYTHON_{i}={python}"' for i, python in zip(n, pythons, strict=True)),
        *(() if inicio.recibe else ('pushd "%~dp0"',)),
        "setlocal EnableDelayedExpansion",
        f'set "{LLAMADA}=!cmdcmdline!"',
        *(
            linea for i in n for linea in (
                f'if not exist "!PEI_EXCEL_PYTHON_{i}!" goto sin_{i}',
                f'"!PEI_EXCEL_PYTHON_{i}!" -P -c "import pei_excel" >nul 2>&1',
                f'if "!errorlevel!"=="0" goto con_{i}',
                f":sin_{i}",
            )
        ),
        'py -3 -P -c "import pei_excel" >nul 2>&1',
        'if "!errorlevel!"=="0" goto con_py',
        "where pei-excel >nul 2>&1",
        'if "!errorlevel!"=="0" goto con_orden',
        f"echo {_SE_ENCUENTRA}",
        "set PEI_EXCEL_ESTADO=2",
        "goto cerrar",
        *(linea for i in n for linea in (f":con_{i}", f'"!PEI_EXCEL_PYTHON_{i}!" {llamar}', "goto fin")),
        ":con_py",
        f"py -3 {llamar}",
        "goto fin",
        ":con_orden",
        f"pei-excel {llamar.partition('pei_excel')[2].strip()}".rstrip(),
        ":fin",
        "set PEI_EXCEL_ESTADO=!errorlevel!",
        ":cerrar",
        # El menú ya espera un Intro antes de terminar; si no llegó a abrirse, hay algo que leer.
        *(("echo.", "pause") if inicio.recibe else ('if not "!PEI_EXCEL_ESTADO!"=="0" pause',)),
        # Y no «exit /b»: lo que en la línea siga a un «&» del nombre de lo soltado no debe ejecutarse.
        "exit !PEI_EXCEL_ESTADO!",
    ]
    cuerpo = "\r\n".join(renglones) + "\r\n"
    return f"@echo off\r\nrem {_MARCA} {_huella(cuerpo)}\r\n{cuerpo}".encode()


def texto_de_unix(inicio: Inicio, pythons: Sequence[str]) -> bytes:
    """El `.sh` o `.command`: lo mismo, con sus argumentos. Un Python que empieza con «./» está junto a él."""
    lista = " ".join(
        ('"$oficina"/' if python.startswith("./") else "") + "'" + python.removeprefix("./").replace("'", "'\\''") + "'"
        for python in (*pythons, "python3")
    )
    orden = " ".join((*inicio.orden, '"$@"')) if inicio.recibe else ""
    cuerpo = f"""\
oficina=$(cd -- "$(dirname -- "$0")" && pwd) || exit 2
export PYTHONUTF8=1 {OFICINA}="$oficina"
{'' if inicio.recibe else 'cd -- "$oficina" || exit 2'}
estado=-1
for python in {lista}; do
    if "$python" -P -c 'import pei_excel' >/dev/null 2>&1; then
        "$python" -X utf8 -P -m pei_excel {orden}
        estado=$?
        break
    fi
done
if [ "$estado" = -1 ]; then
    if command -v pei-excel >/dev/null 2>&1; then
        pei-excel {orden}
        estado=$?
    else
        echo '{_SE_ENCUENTRA}'
        estado=2
    fi
fi
if [ -t 0 ]{'' if inicio.recibe else ' && [ "$estado" != 0 ]'}; then
    printf 'Pulse Intro para cerrar '
    read -r _
fi
exit "$estado"
"""
    cuerpo = re.sub(r"[ \t]+$", "", cuerpo, flags=re.MULTILINE)
    return f"#!/bin/sh\n# {_MARCA} {_huella(cuerpo)}\n{cuerpo}".encode()


def _huella(cuerpo: str) -> str:
    return sha256(cuerpo.encode()).hexdigest()[:12]


def es_nuestro(contenido: bytes) -> bool:
    """Lo escribió este programa y nadie lo ha cambiado: puede ponerse al día."""
    partes = contenido.decode("utf-8", errors="replace").splitlines(keepends=True)
    if len(partes) < 3:
        return False
    _, marca, huella = partes[1].rpartition(f"{_MARCA} ")
    return bool(marca) and huella.strip() == _huella("".join(partes[2:]))


def soltados(argumentos: Sequence[str], ambiente: Mapping[str, str] = os.environ) -> list[Path]:
    """Lo que se soltó sobre el archivo de inicio: de la línea con que lo abrió Windows o, si no, de los argumentos."""
    llamada, archivo = ambiente.get(LLAMADA, ""), ambiente.get(ARCHIVO, "")
    lugar = llamada.casefold().find(archivo.casefold()) if archivo else -1
    if lugar < 0:
        return [Path(a) for a in argumentos]
    resto = llamada[lugar + len(archivo):].removeprefix('"').strip()
    if resto.count('"') % 2:  # la comilla que Windows pone alrededor de toda la línea
        resto = resto[: resto.rindex('"')]
    return [Path(con or sin) for con, sin in re.findall(r'"([^"]+)"|([^\s"]+)', resto)]
