"""Perfiles de semáforo: un % de cumplimiento → su banda (color y palabra), en Python y en Excel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Color = Literal["verde", "amarillo", "rojo", "morado"]


@dataclass(frozen=True, slots=True)
class Banda:
    """Un tramo del semáforo."""

    color: Color
    palabra: str  #: la que acompaña al color, para quien no lo distingue o imprime en blanco y negro
    desde: float  #: límite inferior del tramo, en % (o en puntos de desviación, en un perfil simétrico)
    incluye: bool = True  #: el límite pertenece a este tramo


@dataclass(frozen=True, slots=True)
class Perfil:
    """Bandas de mayor a menor; la última recoge todo lo que quede."""

    clave: str
    fuente: str
    bandas: tuple[Banda, ...]
    por_desviacion: bool = False  #: se clasifica |% − 100| en vez del %
    oficial: str | None = None  #: documento que lo aprueba, si el catálogo lo nombra

    @property
    def etiqueta(self) -> str:
        """Cómo se presenta en las salidas."""
        caracter = f"aprobado por {self.oficial}" if self.oficial else "de referencia, no oficial"
        return f"semáforo «{self.clave}», {caracter}"

    @property
    def verde_desde(self) -> float:
        """El menor % que todavía es verde."""
        if self.por_desviacion:
            return 100 - next(b for b in reversed(self.bandas) if b.color == "amarillo").desde
        return min(b.desde for b in self.bandas if b.color == "verde")

    @property
    def limite(self) -> float | None:
        """El % por encima del cual hay sobrecumplimiento; None si el perfil no lo tiene."""
        return next((b.desde for b in self.bandas if b.color == "morado"), None)

    def clasificar(self, porcentaje: float) -> Banda:
        """Banda de un porcentaje de cumplimiento (100 = meta cumplida)."""
        x = round(abs(porcentaje - 100) if self.por_desviacion else porcentaje, 6)
        for banda in self.bandas[:-1]:
            if x > banda.desde or (banda.incluye and x == banda.desde):
                return banda
        return self.bandas[-1]

    def debajo_del_verde(self, porcentaje: float) -> bool:
        """El porcentaje no alcanza la banda verde (quedar por encima no cuenta)."""
        return porcentaje < 100 and self.clasificar(porcentaje).color not in {"verde", "morado"}

    def formula(self, celda: str) -> str:
        """Fórmula (sin «=») que da la palabra de la banda de una celda con número; otro contenido pasa tal cual."""
        x = f"ROUND(ABS({celda}-100),6)" if self.por_desviacion else f"ROUND({celda},6)"
        anidada = f'"{self.bandas[-1].palabra}"'
        for banda in reversed(self.bandas[:-1]):
            comparacion = ">=" if banda.incluye else ">"
            anidada = f'IF({x}{comparacion}{banda.desde:g},"{banda.palabra}",{anidada})'
        return f"IF(ISNUMBER({celda}),{anidada},{celda})"

    def describir(self) -> str:
        """Las bandas en una línea, para la Metodología."""
        medida = "desviación respecto de 100 %" if self.por_desviacion else "% de cumplimiento"
        partes = [
            f"{'≥' if b.incluye else '>'} {b.desde:g} {b.palabra}" for b in self.bandas[:-1]
        ] + [f"el resto {self.bandas[-1].palabra}"]
        return f"{medida}: {' · '.join(partes)}"


PERFILES: dict[str, Perfil] = {
    p.clave: p
    for p in (
        Perfil(
            "general",
            "Uso común en tableros públicos de indicadores (visto; no es norma del municipio)",
            (
                Banda("morado", "Sobrecumplimiento", 130, incluye=False),
                Banda("verde", "Verde", 80),
                Banda("amarillo", "Amarillo", 60),
                Banda("rojo", "Rojo", 0),
            ),
        ),
        Perfil(
            "simetrico",
            "Uso común en sistemas de evaluación del desempeño (visto; no es norma del municipio)",
            (
                Banda("rojo", "Rojo", 15, incluye=False),
                Banda("amarillo", "Amarillo", 5, incluye=False),
                Banda("verde", "Verde", 0),
            ),
            por_desviacion=True,
        ),
        Perfil(
            "operativo",
            "Uso común en evaluaciones de planes operativos (visto; no es norma del municipio)",
            (
                Banda("morado", "Exceso", 120, incluye=False),
                Banda("verde", "Bueno", 90, incluye=False),
                Banda("amarillo", "Regular", 85, incluye=False),
                Banda("rojo", "Deficiente", 0),
            ),
        ),
        Perfil(
            "san-miguel",
            "Plan Estratégico Institucional 2022-2026, Alcaldía de San Miguel; huecos cerrados por este programa",
            (
                Banda("verde", "Sobresaliente", 90),
                Banda("verde", "Muy Bueno", 80),
                Banda("amarillo", "Bueno", 70),
                Banda("amarillo", "Regular", 60),
                Banda("rojo", "Deficiente", 50),
                Banda("rojo", "Sin rango", 0),
            ),
        ),
    )
}
