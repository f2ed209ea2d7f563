"""A terminal in memory: what a frame does to the cells of each kind of terminal, independent of the encoder."""

import re
from functools import cache

from rich.cells import cell_len

PLAIN = (None, None, frozenset())
"""Foreground, background and attributes; a colour is None, a number or three."""

_ON = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 5: "blink", 7: "reverse", 9: "strike"}
_OFF = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 25: ("blink",), 27: ("reverse",), 29: ("strike",)}
_SEEN_ON_BLANKS = frozenset({"underline", "blink", "reverse", "strike"})

_TOKENS = re.compile(
    r"\x1b\[([?>=]?)([0-9;]*)([@-~])|\x1b\]([^\x07\x1b]*)(?:\x07|\x1b\\)|\x1b([M78=>cDE])|([\x00-\x1a\x7f])|([^\x00-\x1f\x7f]+)"
)

_CUT_OFF = re.compile(r"\x1b(?:\[[?>=]?[0-9;]*|\][^\x07\x1b]*\x1b?)?$")


class Emulator:
    """The screen of a terminal that never wraps lines; it refuses what it does not know."""

    def __init__(self, width: int, height: int, *, erases_in_colour: bool = True, features: str = "XbST") -> None:
        self.width, self.height, self.erases_in_colour = width, height, erases_in_colour
        self.known = set("HmKJABCDrhlXbSTnc") - (set("XbST") - set(features))
        """Final letters of the control sequences that it understands."""
        self.attributes = PLAIN
        self.y = self.x = 0
        self.top, self.bottom = 0, height - 1
        self.last = ""
        self.last_place = (0, 0)
        self.title = ""
        self.modes: set[str] = set()
        self.rows = [self._blank() for _ in range(height)]
        self._rest = ""

    def _blank(self):
        return [(" ", self._erased())] * self.width

    def _erased(self):
        return (None, self.attributes[1], frozenset()) if self.erases_in_colour else PLAIN

    def feed(self, data: str) -> None:
        """Take output; a sequence cut off waits for its rest."""
        data, place = self._rest + data, 0
        cut_off = _CUT_OFF.search(data)
        self._rest = cut_off[0] if cut_off else ""
        data = data.removesuffix(self._rest)
        for token in _TOKENS.finditer(data):
            assert token.start() == place, f"not understood: {data[place : token.start()]!r}"
            place = token.end()
            private, parameters, final, title, escape, control, text = token.groups()
            if final == "m":
                self._attributes(parameters)
            elif final:
                self._sequence(private, parameters, final)
            elif title is not None:
                self.title = title.removeprefix("2;")
            elif escape == "M":
                self._reverse_index()
            elif control:
                self._control(control)
            elif text:
                self._write(text)
        assert place == len(data), f"not understood: {data[place:]!r}"

    def _write(self, text: str) -> None:
        for letter in text:
            width = cell_len(letter)
            if not width:
                y, x = self.last_place
                before, attributes = self.rows[y][x]
                self.rows[y][x] = (before + letter, attributes)
                continue
            row = self.rows[self.y]
            self._part(row, self.x, self.x + width)
            row[self.x] = (letter, self.attributes)
            if width == 2:
                row[self.x + 1] = ("", self.attributes)
            self.last, self.last_place = letter, (self.y, self.x)
            self.x = min(self.x + width, self.width - 1)

    def _part(self, row, start: int, end: int) -> None:
        """Blank the other half of a wide character that is written into."""
        if start and row[start][0] == "":
            row[start - 1] = (" ", row[start - 1][1])
        if end < self.width and row[end][0] == "":
            row[end] = (" ", row[end][1])

    def _control(self, control: str) -> None:
        if control == "\r":
            self.x = 0
        elif control == "\n":
            if self.y == self.bottom:
                self._scroll(1)
            else:
                self.y += 1
        elif control == "\b":
            self.x = max(0, self.x - 1)
        else:
            assert control == "\a", repr(control)

    def _reverse_index(self) -> None:
        if self.y == self.top:
            self._scroll(-1)
        else:
            self.y -= 1

    def _scroll(self, lines: int) -> None:
        for _ in range(abs(lines)):
            if lines > 0:
                del self.rows[self.top]
                self.rows.insert(self.bottom, self._blank())
            else:
                del self.rows[self.bottom]
                self.rows.insert(self.top, self._blank())

    def _sequence(self, private: str, parameters: str, final: str) -> None:
        assert final in self.known, f"a sequence this terminal lacks: {parameters}{final}"
        if private or final in "hlnc":
            (self.modes.discard if final == "l" else self.modes.add)(private + parameters)
            return
        numbers = [int(number) if number else 0 for number in parameters.split(";")]
        count, row = numbers[0] or 1, self.rows[self.y]
        if final == "H":
            self.y, self.x = count - 1, ([*numbers, 0][1] or 1) - 1
        elif final in "AB":
            self.y += count if final == "B" else -count
        elif final in "CD":
            self.x += count if final == "C" else -count
        elif final == "K":
            self._part(row, self.x, self.width)
            row[self.x :] = [(" ", self._erased())] * (self.width - self.x)
        elif final == "X":
            self._part(row, self.x, self.x + count)
            row[self.x : self.x + count] = [(" ", self._erased())] * count
        elif final == "J":
            self.rows = [self._blank() for _ in range(self.height)]
        elif final == "b":
            self._write(self.last * count)
        elif final in "ST":
            self._scroll(count if final == "S" else -count)
        elif final == "r":
            self.top, self.bottom = count - 1, ([*numbers, 0][1] or self.height) - 1
            self.y = self.x = 0
        assert 0 <= self.y < self.height, "the cursor left the screen"
        assert 0 <= self.x < self.width, "the cursor left the screen"

    def _attributes(self, parameters: str) -> None:
        front, back, on = self.attributes
        codes = [int(code or 0) for code in parameters.split(";")]
        while codes:
            code = codes.pop(0)
            if code == 0:
                front, back, on = PLAIN
            elif code in _ON:
                on |= {_ON[code]}
            elif code in _OFF:
                on -= set(_OFF[code])
            elif code in (38, 48):
                count = 1 if codes.pop(0) == 5 else 3
                colour = codes[0] if count == 1 else tuple(codes[:3])
                del codes[:count]
                front, back = (colour, back) if code == 38 else (front, colour)
            elif code in (39, 49):
                front, back = (None, back) if code == 39 else (front, None)
            else:
                assert code // 10 in (3, 4, 9, 10), code
                colour = code % 10 + (8 if code >= 90 else 0)
                front, back = (colour, back) if code // 10 in (3, 9) else (front, colour)
        self.attributes = (front, back, on)

    def seen(self) -> list[list[tuple]]:
        """Return every cell as it looks: of a blank only what is seen of it."""
        return [list(map(_seen, row)) for row in self.rows]

    def lines(self) -> list[str]:
        """Return the text of the rows."""
        return ["".join(letter for letter, _ in row).rstrip() for row in self.rows]


@cache
def _seen(cell) -> tuple:
    letter, (front, back, on) = cell
    if letter in " \xa0" and letter and not on & _SEEN_ON_BLANKS:
        return " ", None, back, frozenset()
    return letter, front, back, on
