"""The attributes of cells, by number, and the cheapest change from one to another."""

from functools import lru_cache

from ctfront.terminal.terminals import (
    BLINK,
    BOLD,
    DIM,
    ITALIC,
    REVERSE,
    SHOWN_ON_BLANKS,
    STRIKE,
    TRUE_COLOUR,
    UNDERLINE,
    Terminal,
)

Cell = tuple[str, int]
"""A character, empty for the second half of a wide one, and the number of its pen."""

Look = tuple[str, str, int]
"""Foreground and background as parameters of SGR, empty for the terminal's own, and flags."""

_BEGIN = {BOLD: "1", DIM: "2", ITALIC: "3", UNDERLINE: "4", BLINK: "5", REVERSE: "7", STRIKE: "9"}
_ENDED_BY = {22: BOLD | DIM, 23: ITALIC, 24: UNDERLINE, 25: BLINK, 27: REVERSE, 29: STRIKE}
_FLAG_OF = {int(code): flag for flag, code in _BEGIN.items()} | {6: BLINK, 21: UNDERLINE}

_LEVELS = (0, 95, 135, 175, 215, 255)
_SIXTEEN = (
    (0, 0, 0), (128, 0, 0), (0, 128, 0), (128, 128, 0), (0, 0, 128), (128, 0, 128), (0, 128, 128), (192, 192, 192),
    (128, 128, 128), (255, 0, 0), (0, 255, 0), (255, 255, 0), (0, 0, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
)  # fmt: skip
_PALETTE = (
    *_SIXTEEN,
    *((r, g, b) for r in _LEVELS for g in _LEVELS for b in _LEVELS),
    *((8 + 10 * step,) * 3 for step in range(24)),
)


@lru_cache(maxsize=1024)
def nearest(red: int, green: int, blue: int, colours: int) -> int:
    """Return the palette's number for a colour."""
    return min(
        range(colours),
        key=lambda n: sum((a - b) ** 2 for a, b in zip(_PALETTE[n], (red, green, blue), strict=True)),
    )


class _CellsOfPen(dict[str, Cell]):
    """The cells drawn with one pen, each made once, so that equal cells are the same object."""

    def __init__(self, pen: int, blank: int) -> None:
        super().__init__()
        self.pen = pen
        self[" "] = self["\xa0"] = (" ", blank)

    def __missing__(self, character: str) -> Cell:
        cell = self[character] = (character, self.pen)
        return cell


class Pens:
    """The attributes met so far; number 0 is the terminal's own."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.looks: list[Look] = []
        self.grounds: list[int] = []
        """By pen: the pen in which its spaces are written as well, -1 where a space shows more than a background."""
        self.cells: list[_CellsOfPen] = []
        self._numbers: dict[Look, int] = {}
        self._read: dict[tuple[str, int], int] = {}
        self._changes: dict[tuple[int, int], str] = {}
        self.number(("", "", 0))

    def number(self, look: Look) -> int:
        """Return the number of a look, a new one when it is new."""
        known = self._numbers.get(look)
        if known is not None:
            return known
        ground = -1 if look[2] & SHOWN_ON_BLANKS else len(self.looks)
        if ground >= 0 and (look[0] or look[2]):
            ground = self.number(("", look[1], 0))
        pen = self._numbers[look] = len(self.looks)
        self.looks.append(look)
        self.grounds.append(ground if ground >= 0 else -1)
        self.cells.append(_CellsOfPen(pen, ground if ground >= 0 else pen))
        return pen

    def read(self, parameters: str, pen: int) -> int:
        """Return the pen after an SGR."""
        known = self._read.get((parameters, pen))
        if known is None:
            known = self._read[parameters, pen] = self.number(self._after(parameters, self.looks[pen]))
        return known

    def _after(self, parameters: str, look: Look) -> Look:
        foreground, background, flags = look
        codes = [int(code or 0) for code in parameters.split(";")]
        while codes:
            code = codes.pop(0)
            if code == 0:
                foreground, background, flags = "", "", 0
            elif code in _FLAG_OF:
                flags |= _FLAG_OF[code] & self.terminal.flags
            elif code in _ENDED_BY:
                flags &= ~_ENDED_BY[code]
            elif code in (38, 39) or 30 <= code <= 37 or 90 <= code <= 97:
                foreground = self._colour(code, codes, "3")
            elif code in (48, 49) or 40 <= code <= 47 or 100 <= code <= 107:
                background = self._colour(code, codes, "4")
        return foreground, background, flags

    def _colour(self, code: int, rest: list[int], layer: str) -> str:
        """Return a colour as the terminal can show it, taking what belongs to it from the rest of the parameters."""
        if code % 10 == 9 and code < 90:
            return ""
        number = code % 10 + (8 if code >= 90 else 0)
        if code in (38, 48):
            if rest.pop(0) == 5:
                number = rest.pop(0)
            else:
                rgb = rest[:3]
                del rest[:3]
                if self.terminal.colours == TRUE_COLOUR:
                    return f"{layer}8;2;{';'.join(map(str, rgb))}"
                number = nearest(*rgb, self.terminal.colours or 8)
        return self._of_palette(number, layer)

    def _of_palette(self, number: int, layer: str) -> str:
        colours = self.terminal.colours
        if not colours:
            return ""
        if number == 8 and colours == 8:
            return ""  # bright black without its brightness could not be read
        if number >= 16 > colours:
            number = nearest(*_PALETTE[number], colours)
        if number >= colours:
            number -= 8
        if number < 8:
            return f"{layer}{number}"
        return f"{'9' if layer == '3' else '10'}{number - 8}" if number < 16 else f"{layer}8;5;{number}"

    def change(self, old: int, new: int) -> str:
        """Return the cheapest SGR that makes one pen of another: what is added, or all anew."""
        if old == new:
            return ""
        known = self._changes.get((old, new))
        if known is None:
            known = self._anew(new)
            if not self.looks[old][2] & ~self.looks[new][2]:
                known = min(self._difference(old, new), known, key=len)
            self._changes[old, new] = known
        return known

    def _anew(self, pen: int) -> str:
        foreground, background, flags = self.looks[pen]
        codes = [code for flag, code in _BEGIN.items() if flags & flag]
        codes += [colour for colour in (foreground, background) if colour]
        return f"\x1b[{';'.join(['', *codes]) if codes else ''}m"

    def _difference(self, old: int, new: int) -> str:
        """Return the SGR that adds what is new; to end attributes one by one costs no less than all anew."""
        (old_front, old_back, old_flags), (front, back, flags) = self.looks[old], self.looks[new]
        codes = [code for flag, code in _BEGIN.items() if flags & ~old_flags & flag]
        if front != old_front:
            codes.append(front or "39")
        if back != old_back:
            codes.append(back or "49")
        return f"\x1b[{';'.join(codes)}m"
