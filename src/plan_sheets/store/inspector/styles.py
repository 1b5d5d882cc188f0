"""The styles of a workbook: how each format makes a cell look, from xl/styles.xml and the theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from plan_sheets.core.access.rules import HEADING_STYLE
from plan_sheets.core.access.seen import Look
from plan_sheets.store.container.parts import is_on
from plan_sheets.store.formats.colours import BLACK, PALETTE, THEME, WHITE, find_colour
from plan_sheets.store.formats.number_format import BUILT_IN, GENERAL

_NOTHING = ET.Element("")
_HEADING_1 = "16"
"""The number of the built-in style Heading 1, whatever a program in another language calls it."""
_THEME_ORDER = ("lt1", "dk1", "lt2", "dk2", *(f"accent{number}" for number in range(1, 7)), "hlink", "folHlink")


@dataclass(frozen=True, slots=True)
class WorkbookStyles:
    """By the number of a cell's format: its look and number format. `conditional`: inks and fills of these."""

    looks: Sequence[Look]
    formats: Sequence[str]
    colours: Colours
    conditional: Sequence[tuple[str | None, str | None]]


@dataclass(frozen=True, slots=True)
class Colours:
    """What a colour is in this workbook."""

    theme: Sequence[str] = THEME
    palette: Sequence[str] = PALETTE

    def of(self, stated: ET.Element | None, automatic: str) -> str | None:
        """The colour that an element states; None where nobody can say."""
        return find_colour({} if stated is None else stated.attrib, automatic, self.theme, self.palette)

    def ink_and_fill(self, dxf: ET.Element) -> tuple[str | None, str | None]:
        """What a conditional format makes of a cell: black on white is not said."""
        return self.of(dxf.find("font/color"), BLACK), self.of(dxf.find("fill/patternFill/bgColor"), WHITE)


def read_styles(styles: ET.Element | None, theme: ET.Element | None) -> WorkbookStyles:
    """The styles; a workbook without this part has one plain format."""
    root = _NOTHING if styles is None else styles
    colours = Colours(
        _theme(theme), [_rgb(colour) for colour in root.findall("colors/indexedColors/rgbColor")] or PALETTE
    )
    usual, *others = root.findall("fonts/font") or [_NOTHING]
    first = _font(usual, colours, _Font("Calibri", 11, italic=False, ink=BLACK))
    fonts = [first, *(_font(font, colours, first) for font in others)]
    fills = [_fill(fill, colours) for fill in root.findall("fills/fill")] or [WHITE]
    formats = {
        int(number_format.get("numFmtId", "0")): number_format.get("formatCode", "")
        for number_format in root.findall("numFmts/numFmt")
    }
    cells = root.findall("cellXfs/xf") or [_NOTHING]
    names = {style.get("xfId", "0"): _style_name(style) for style in root.findall("cellStyles/cellStyle")}
    numbers = [int(cell.get("numFmtId", "0")) for cell in cells]
    return WorkbookStyles(
        [_look(cell, fonts, fills, names) for cell in cells],
        [formats.get(number) or BUILT_IN.get(number, GENERAL) for number in numbers],
        colours,
        [colours.ink_and_fill(style) for style in root.findall("dxfs/dxf")],
    )


def _theme(theme: ET.Element | None) -> Sequence[str]:
    """The colours of the theme, in the order in which cells refer to them."""
    scheme = None if theme is None else theme.find("themeElements/clrScheme")
    if scheme is None:
        return THEME
    stated = {slot.tag: slot[0] for slot in scheme if len(slot)}
    return [_shade(stated.get(name), usual) for name, usual in zip(_THEME_ORDER, THEME, strict=True)]


def _shade(stated: ET.Element | None, usual: str) -> str:
    return usual if stated is None else stated.get("lastClr", stated.get("val", ""))


def _rgb(stated: ET.Element) -> str:
    return stated.get("rgb", "")[-6:].upper()


def _style_name(style: ET.Element) -> str:
    return HEADING_STYLE if style.get("builtinId") == _HEADING_1 else style.get("name", "")


def _fill(fill: ET.Element, colours: Colours) -> str | None:
    """The colour behind the text; None for hatching and gradients, which are not judged."""
    pattern = fill.find("patternFill")
    kind = None if pattern is None else pattern.get("patternType", "none")
    if pattern is None or kind not in ("none", "solid"):
        return None
    return WHITE if kind == "none" else colours.of(pattern.find("fgColor"), WHITE)


@dataclass(frozen=True, slots=True)
class _Font:
    name: str
    points: float
    italic: bool
    ink: str | None


def _font(font: ET.Element, colours: Colours, usual: _Font) -> _Font:
    """A font; what its element does not state is as in `usual`, the workbook's first font."""
    italic = font.find("i")
    return _Font(
        _value(font, "name") or usual.name,
        float(_value(font, "sz") or usual.points),
        italic is not None and is_on(italic.get("val"), default=True),
        colours.of(font.find("color"), BLACK),
    )


def _value(item: ET.Element, name: str) -> str:
    found = item.find(name)
    return "" if found is None else found.get("val", "")


def _look(xf: ET.Element, fonts: Sequence[_Font], fills: Sequence[str | None], names: Mapping[str, str]) -> Look:
    font = fonts[int(xf.get("fontId", "0"))]
    alignment, protection = xf.find("alignment"), xf.find("protection")
    return Look(
        font=font.name,
        points=font.points,
        italic=font.italic,
        ink=font.ink,
        fill=fills[int(xf.get("fillId", "0"))],
        wraps=alignment is not None and is_on(alignment.get("wrapText")),
        locked=protection is None or is_on(protection.get("locked"), default=True),
        style=names.get(xf.get("xfId", "0"), "Normal"),
    )
