"""Los archivos que se abren con doble clic, o sobre los que se suelta un archivo, para no escribir órdenes.

Sólo contienen letras sin acento, salvo la ruta de un Python que los tenga: el intérprete de Windows no siempre lee bien
lo demás. Lo que se les suelta viaja por el ambiente y no por su línea, donde «&», «%» o «^» querrían decir otra cosa.

Una carpeta compartida se abre desde varios equipos: al ponerlos al día se conservan los Python de los demás.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from types import MappingProxyType

#: Con qué variables se dice dónde está el archivo de inicio, cómo se llama y con qué línea lo abrió Windows.
OFICINA, ARCHIVO, LLAMADA = "PEI_EXCEL_OFICINA", "PEI_EXCEL_ARCHIVO", "PEI_EXCEL_LLAMADA"
_MARCA = "pei-excel, huella"
_CON_HUELLA = re.compile(rf"{_MARCA} ([0-9a-f]{{12}})\b")
#: Carpetas de Windows que se citan por su variable: así sirve al siguiente usuario y no lleva acentos.
_DE_WINDOWS = ("LOCALAPPDATA", "APPDATA", "USERPROFILE", "PROGRAMFILES")
_SIN_PYTHON = (
    "No se encuentra pei-excel en este equipo, o ya no donde estaba.",
    "- Si usa la copia que no se instala: abra INICIAR en su carpeta, la que se llama pei-excel, y elija esta",
    "  carpeta de trabajo. Sus archivos de inicio se actualizan solos.",
    "- Si se instala con Python: vuelva a instalarlo en este equipo.",
    "Lo que hay en esta carpeta no se pierde. Vea el Manual de la oficina, en la carpeta Manuales.",
)
#: Niveles que se suben para citar un Python por su lugar junto a la carpeta (el de una copia que no se instala).
_NIVELES = 2
#: Cuántos Python se citan, con los de otros equipos que usan la misma carpeta.
_CITAS = 6


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
    ambiente: Mapping[str, str] = os.environ, anteriores: Mapping[str, bytes] = MappingProxyType({}),
) -> dict[str, bytes]:
    """Nombre → contenido de los archivos de inicio de una carpeta, que llaman al Python `programa`.

    De los `anteriores` (los que ya hay y son nuestros) se conservan los Python que citan: son de otros equipos.
    """
    hechos: dict[str, bytes] = {}
    for inicio in INICIOS:
        for extension in nombres_para(sistema):
            nombre = inicio.nombre + extension
            antes = pythons_citados(anteriores.get(nombre, b""))
            if extension == ".cmd":
                suyos = pythons_de_windows(carpeta, programa, ambiente) if sistema == "win32" else []
                hechos[nombre] = texto_de_windows(inicio, _todos(suyos, antes))
            else:
                hechos[nombre] = texto_de_unix(inicio, _todos(pythons_de_unix(carpeta, programa), antes))
    return hechos


def _todos(suyos: Sequence[str], antes: Sequence[str]) -> list[str]:
    """Los de este equipo primero, salvo que ya estén: si no, dos equipos se los cambiarían el uno al otro."""
    return list(antes if set(suyos) <= set(antes) else dict.fromkeys([*suyos, *antes]))[:_CITAS]


def pythons_citados(contenido: bytes) -> list[str]:
    """Los Python que cita un archivo de inicio, como los piden `texto_de_windows` y `texto_de_unix`."""
    texto = contenido.decode("utf-8", errors="replace")
    if lista := re.search(r"^for python in (.*); do$", texto, re.MULTILINE):
        citados = [c.replace("$oficina/", "./", 1) if c.startswith("$oficina/") else c for c in shlex.split(lista[1])]
        return citados[:-1]  # el último es el del sistema
    return re.findall(r'^set "PEI_EXCEL_PYTHON_\d+=(.*)"\r?$', texto, re.MULTILINE)


def pythons_de_windows(carpeta: PurePath, programa: str, ambiente: Mapping[str, str]) -> list[str]:
    """Citas del Python: por su lugar junto a la carpeta, si está cerca, y por su ruta o la variable de su usuario."""
    ruta = PureWindowsPath(programa)
    if ruta.name.casefold() == "pythonw.exe":
        ruta = ruta.with_name("python.exe")
    de_usuario = next(
        (f"%{v}%\\" + _literal(str(ruta.relative_to(valor))) for v in _DE_WINDOWS
         if (valor := ambiente.get(v)) and ruta.is_relative_to(valor)), None,
    )
    # Desde la raíz del disco se cita el de una memoria, que cambia de letra; no el de este equipo.
    junto = _junto(ruta, PureWindowsPath(carpeta), hasta_la_raiz=de_usuario is None)
    return [*(["%~dp0" + _literal(junto)] if junto else ()), de_usuario or _literal(str(ruta))]


def pythons_de_unix(carpeta: PurePath, programa: str) -> list[str]:
    """Citas del Python: por su lugar junto a la carpeta («./…»), si está cerca, y por su ruta."""
    junto = _junto(PurePosixPath(programa), PurePosixPath(carpeta), hasta_la_raiz=False)
    return [*([f"./{junto}"] if junto else ()), programa]


def _junto(ruta: PurePath, lugar: PurePath, *, hasta_la_raiz: bool) -> str | None:
    """Cómo se llega de la carpeta al Python subiendo pocos niveles, para que valga si los dos cambian de lugar."""
    for nivel, padre in enumerate((lugar, *lugar.parents)[: _NIVELES + 1]):
        if ruta.is_relative_to(padre) and (hasta_la_raiz or padre.parent != padre):
            return str(type(ruta)(*[".."] * nivel, ruta.relative_to(padre)))
    return None


def _literal(texto: str) -> str:
    return texto.replace("%", "%%")


def texto_de_windows(inicio: Inicio, pythons: Sequence[str], si_falta: Sequence[str] = _SIN_PYTHON) -> bytes:
    """El `.cmd`; en cada elemento de `pythons`, las variables ya van entre %. `si_falta` se dice si ninguno está."""
    n = range(1, len(pythons) + 1)
    # El menú ya espera un Intro antes de terminar; si no llegó a abrirse, hay algo que leer.
    pausa = "echo. & pause" if inicio.recibe else '(if not "!PEI_EXCEL_ESTADO!"=="0" pause)'
    # Todo en el renglón que llama: mientras trabaja pueden ponerlo al día, y Windows leería lo que siga del nuevo.
    # Y no «exit /b»: lo que en la línea siga a un «&» del nombre de lo soltado no debe ejecutarse.
    fin = f'set "PEI_EXCEL_ESTADO=!errorlevel!" & {pausa} & exit !PEI_EXCEL_ESTADO!'
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
        *(f"echo {linea}" for linea in si_falta),
        "pause",
        "exit 2",
        *(linea for i in n for linea in (f":con_{i}", f'"!PEI_EXCEL_PYTHON_{i}!" {llamar} & {fin}')),
        ":con_py",
        f"py -3 {llamar} & {fin}",
        ":con_orden",
        f"pei-excel{llamar.partition('pei_excel')[2]} & {fin}",
    ]
    cuerpo = "\r\n".join(renglones) + "\r\n"
    return f"@echo off\r\nrem {_MARCA} {_huella(cuerpo)}\r\n{cuerpo}".encode()


def texto_de_unix(inicio: Inicio, pythons: Sequence[str], si_falta: Sequence[str] = _SIN_PYTHON) -> bytes:
    """El `.sh` o `.command`: lo mismo, con sus argumentos. Un Python que empieza con «./» está junto a él."""
    decir = "\n".join(f"        echo '{linea}'" for linea in si_falta)
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
        # Ctrl-C lo atiende el programa; sin esto, al terminar lo atendería también esta ventana y se cerraría.
        trap : INT
        "$python" -X utf8 -P -m pei_excel {orden}
        estado=$?
        break
    fi
done
if [ "$estado" = -1 ]; then
    if command -v pei-excel >/dev/null 2>&1; then
        trap : INT
        pei-excel {orden}
        estado=$?
    else
{decir}
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


def con_huella_al_pie(texto: str) -> bytes:
    """Un texto para leer en Windows, con un renglón al final por el que se sabe si alguien lo cambió."""
    cuerpo = texto.replace("\n", "\r\n")
    pie = f"({_MARCA} {_huella(cuerpo)}: si usted cambia este texto, se queda como lo deje)\r\n"
    return b"\xef\xbb\xbf" + (cuerpo + pie).encode()


def es_nuestro(contenido: bytes) -> bool:
    """Lo escribió este programa y nadie lo ha cambiado: puede ponerse al día."""
    partes = contenido.decode("utf-8-sig", errors="replace").splitlines(keepends=True)
    for lugar, cuerpo in ((1, partes[2:]), (len(partes) - 1, partes[:-1])):
        marca = _CON_HUELLA.search(partes[lugar]) if 0 <= lugar < len(partes) else None
        if marca and cuerpo and marca[1] == _huella("".join(cuerpo)):
            return True
    return False


def en_uso(ambiente: Mapping[str, str] = os.environ) -> Path | None:
    """El archivo de inicio de Windows desde el que se abrió el programa, que Windows todavía está leyendo."""
    lugar, archivo = ambiente.get(OFICINA), ambiente.get(ARCHIVO)
    return Path(lugar, archivo) if lugar and archivo else None


#: La línea con que Windows abre un .cmd: el intérprete, sus opciones, /c o /k, y la orden.
_LLAMADA_DE_WINDOWS = re.compile(r' *(?:"[^"]*"|[^ "]+)(?: +/[^ck ][^ ]*)* +/[ck] *(?P<orden>.*)', re.IGNORECASE)


def soltados(argumentos: Sequence[str], ambiente: Mapping[str, str] = os.environ) -> list[Path]:
    """Lo que se soltó sobre el archivo de inicio: de la línea con que lo abrió Windows o, si no, de los argumentos."""
    archivo, linea = ambiente.get(ARCHIVO, ""), _LLAMADA_DE_WINDOWS.match(ambiente.get(LLAMADA, ""))
    # Sólo un espacio separa, y nunca va en un nombre sin comillas; lo demás puede ser parte de él. Las comillas que
    # Windows pone alrededor de toda la orden quedan vacías o sin pareja, y no cuentan.
    orden = linea["orden"] if linea else ""
    programa, *partes = [con or sin for con, sin in re.findall(r'"([^"]+)"|([^ "]+)', orden)] or [""]
    if not archivo or PureWindowsPath(programa).name.casefold() != archivo.casefold():
        return [Path(a) for a in argumentos]
    return [Path(p) for p in partes]
