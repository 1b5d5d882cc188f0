"""How each format makes a cell look, from the styles of a workbook and its theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from xml.etree import ElementTree as ET

from openpyxl.styles import Color, Font, PatternFill
from openpyxl.styles.cell_style import CellStyle
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.fills import Fill
from openpyxl.styles.stylesheet import Stylesheet

from plan_sheets.core.access.rules import HEADING_STYLE
from plan_sheets.core.access.seen import Look
from plan_sheets.store.formats.colours import BLACK, PALETTE, THEME, WHITE, find_colour
from plan_sheets.store.formats.number_format import BUILT_IN, GENERAL

_HEADING_1 = 16
"""The number of the built-in style Heading 1, whatever a program in another language calls it."""
_USUAL_FONT, _USUAL_POINTS = "Calibri", 11
Kind = TypeVar("Kind")
_THEME_ORDER = ("lt1", "dk1", "lt2", "dk2", *(f"accent{number}" for number in range(1, 7)), "hlink", "folHlink")


def read_as(kind: type[Kind], item: ET.Element) -> Kind:
    """What openpyxl reads from an element, as this class of its own. Raises nearly anything."""
    reader: Any = kind  # the types that are published for it take no Element
    made: Kind = reader.from_tree(item)
    return made


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

    def find(self, stated: Color | None, automatic: str) -> str | None:
        """The colour that is stated, `automatic` if none is; None where nobody can say."""
        attributes = {stated.type: str(stated.value), "tint": str(stated.tint)} if stated else {}
        return find_colour(attributes, automatic, self.theme, self.palette)

    def find_fill(self, fill: Fill) -> str | None:
        """The colour behind the text; None for hatching and gradients, which are not judged."""
        if not isinstance(fill, PatternFill) or fill.patternType not in (None, "solid"):
            return None
        return self.find(fill.fgColor, WHITE) if fill.patternType else WHITE

    def find_ink_and_fill(self, style: DifferentialStyle) -> tuple[str | None, str | None]:
        """What a conditional format makes of a cell: black on white is not said."""
        back = style.fill.bgColor if isinstance(style.fill, PatternFill) else None
        unsaid = back == Color()  # which is openpyxl's own default, and no colour
        return self.find(style.font.color if style.font else None, BLACK), self.find(None if unsaid else back, WHITE)


def read_styles(styles: ET.Element | None, theme: ET.Element | None) -> WorkbookStyles:
    """The styles; a workbook without this part has one plain format."""
    for fill in () if styles is None else styles.iterfind("{*}fills/{*}fill"):
        if not len(fill):  # as xlsx-populate writes it; openpyxl would raise TypeError
            ET.SubElement(fill, "patternFill")
    sheet = Stylesheet() if styles is None else read_as(Stylesheet, styles)
    own = [rgb[-6:].upper() for rgb in sheet.colors.index] if sheet.colors else []
    colours = Colours(_read_theme(theme), own or PALETTE)
    cells = sheet.cellXfs.xf or [CellStyle()]
    names = {style.xfId: _name_style(style.name, style.builtinId) for style in sheet.cellStyles.cellStyle}
    codes = BUILT_IN | sheet.custom_formats
    return WorkbookStyles(
        [_make_look(cell, sheet, colours, names) for cell in cells],
        [codes.get(cell.numFmtId, GENERAL) for cell in cells],
        colours,
        [*map(colours.find_ink_and_fill, sheet.dxfs)],
    )


def _read_theme(theme: ET.Element | None) -> Sequence[str]:
    """The colours of the theme, in the order in which cells refer to them; openpyxl does not read them."""
    slots = () if theme is None else theme.findall("themeElements/clrScheme/*/*/..")
    stated = {slot.tag: slot[0].get("lastClr", slot[0].get("val", "")) for slot in slots}
    return [stated.get(name, usual) for name, usual in zip(_THEME_ORDER, THEME, strict=True)]


def _name_style(name: str, number: int | None) -> str:
    return HEADING_STYLE if number == _HEADING_1 else name


def _make_look(cell: CellStyle, sheet: Stylesheet, colours: Colours, names: Mapping[int, str]) -> Look:
    """How a format makes a cell look; what its font does not state is as in the workbook's first font."""
    fonts, fills = sheet.fonts or [Font()], sheet.fills or [PatternFill()]
    font, usual = fonts[cell.fontId], fonts[0]
    return Look(
        font=font.name or usual.name or _USUAL_FONT,
        points=font.sz or usual.sz or _USUAL_POINTS,
        italic=bool(font.i),
        ink=colours.find(font.color, BLACK),
        fill=colours.find_fill(fills[cell.fillId]),
        wraps=bool(cell.alignment and cell.alignment.wrapText),
        locked=not cell.protection or bool(cell.protection.locked),
        style=names.get(cell.xfId or 0, "Normal"),
    )
