"""What a change of the screen costs at least: the cheaper of an encoder of its own and ncurses, the best known.

It looks at the emulated cells before and after a key, so it pays for no frame in between and for no hidden cursor. It
uses all that the terminal has, and nothing that it lacks.
"""

import re
from collections import Counter

from ctfront.terminal.terminals import Terminal
from tests.wire.emulator import PLAIN

UNSEEN = frozenset({"bold", "dim", "italic"})
"""Attributes that a space does not show."""

_CODES = {"bold": "1", "dim": "2", "italic": "3", "underline": "4", "blink": "5", "reverse": "7", "strike": "9"}
_ENDS = {"italic": "23", "underline": "24", "blink": "25", "reverse": "27", "strike": "29"}
_LONG = re.compile(r"(.)\1{6,}", re.DOTALL)
_BLANKS = re.compile(r" {11,}")

Rows = list[list[tuple]]


def size(text: str) -> int:
    """Return the bytes of a text."""
    return len(text.encode())


def colour(number, layer: int) -> str:
    """Return the parameter of SGR for a colour of the foreground (3) or background (4)."""
    if number is None:
        return f"{layer}9"
    if isinstance(number, tuple):
        return f"{layer}8;2;{';'.join(map(str, number))}"
    if number < 16:
        return f"{layer}{number}" if number < 8 else f"{layer + 6}{number - 8}"
    return f"{layer}8;5;{number}"


def change(old: tuple, new: tuple) -> str:
    """Return the cheapest SGR from one set of attributes to another."""
    if old == new:
        return ""
    on, was = new[2], old[2]
    anew = ["", *(_CODES[name] for name in sorted(on))]
    anew += [colour(c, layer) for c, layer in zip(new[:2], (3, 4), strict=True) if c is not None]
    ends = [_ENDS[name] for name in sorted((was - on) & _ENDS.keys())]
    begins = on - was
    if (was - on) & {"bold", "dim"}:
        ends.append("22")
        begins |= on & {"bold", "dim"}
    codes = [*ends, *(_CODES[name] for name in sorted(begins))]
    codes += [colour(new[n], 3 + n) for n in (0, 1) if new[n] != old[n]]
    return min(f"\x1b[{';'.join(anew) if len(anew) > 1 else ''}m", f"\x1b[{';'.join(codes)}m", key=len)


def move(y: int, x: int, to_y: int, to_x: int, *, counts: bool = True) -> str:
    """Return the cheapest move; -1 is an unknown place. `counts`: the terminal finds rows and columns by number."""
    if (y, x) == (to_y, to_x):
        return ""
    ways = [f"\x1b[{to_y + 1};{to_x + 1}H" if to_x else f"\x1b[{to_y + 1}H" if to_y else "\x1b[H"]
    across = f"\x1b[{to_x - x if to_x - x > 1 else ''}C" if to_x > x else "\b" * (x - to_x)
    from_left = "\r" + (f"\x1b[{to_x if to_x > 1 else ''}C" if to_x else "")
    if y == to_y:
        ways += [from_left, *([f"\x1b[{to_x + 1}G"] if counts else []), *([across] if x >= 0 else [])]
    elif y >= 0:
        if 0 < to_y - y < 5:
            lines = "\n" * (to_y - y)
            ways += [lines + from_left, *([lines + across] if x >= 0 else [])]
        if x == to_x and counts:
            ways.append(f"\x1b[{to_y + 1}d")
    return min(ways, key=len)


def is_blank(cell: tuple) -> bool:
    """Tell whether a cell shows its background only."""
    return cell[0] == " " and not cell[1][2] - UNSEEN


def looks_alike(one: tuple, other: tuple) -> bool:
    """Tell whether two cells look the same."""
    if is_blank(one) and is_blank(other):
        return one[1][1] == other[1][1]
    return one == other


class Yardstick:
    """A greedy encoder: the shortest of some ways on one kind of terminal."""

    def __init__(self, width: int, height: int, terminal: Terminal, *, counts: bool = True) -> None:
        self.width, self.height, self.terminal, self.counts = width, height, terminal, counts
        self.state = (-1, -1, PLAIN)

    def cost(self, before: Rows, after: Rows) -> int:
        """Return the bytes of the change."""
        rows = [y for y in range(self.height) if before[y] != after[y]]
        text, state = self._shortest(rows, after, before, self.state)
        if size(text) > 400 and len(rows) > 0.6 * self.height:
            ground = Counter(cell[1][1] for row in after for cell in row if is_blank(cell)).most_common(1)
            if ground and self._erases(ground[0][0]):
                pen = (None, ground[0][0], frozenset())
                cleared = [[(" ", pen)] * self.width] * self.height
                other, end = self._shortest(range(self.height), after, cleared, (*self.state[:2], pen))
                other = change(self.state[2], pen) + "\x1b[2J" + other
                text, state = min((text, state), (other, end), key=lambda way: size(way[0]))
        if self.terminal.scrolls and size(text) > 40 and rows[-1] - rows[0] > 3:
            for lines in self._shifts(rows, before, after):
                way = self._scrolled(rows, before, after, lines)
                text, state = min((text, state), way, key=lambda way: size(way[0]))
        self.state = state
        return size(text)

    def _erases(self, ground) -> bool:
        """Tell whether what is erased shows a background."""
        return ground is None or self.terminal.erases_in_colour

    def _shifts(self, rows: list[int], before: Rows, after: Rows) -> list[int]:
        """Return the two shifts that bring most characters to their place."""
        top, bottom = rows[0], rows[-1]
        alike = Counter()
        for lines in (*range(top - bottom + 1, 0), *range(1, bottom - top)):
            for y in range(max(top, top - lines), min(bottom, bottom - lines) + 1):
                alike[lines] += sum(a == b and a[0] != " " for a, b in zip(before[y + lines], after[y], strict=True))
        return [lines for lines, count in alike.most_common(2) if count]

    def _scrolled(self, rows: list[int], before: Rows, after: Rows, lines: int) -> tuple[str, tuple]:
        top, bottom, count = rows[0], rows[-1], abs(lines)
        blank, band = [[(" ", PLAIN)] * self.width] * count, before[top : bottom + 1]
        band = band[count:] + blank if lines > 0 else blank + band[:-count]
        shown = before[:top] + band + before[bottom + 1 :]
        text, end = self._shortest(range(top, bottom + 1), after, shown, (0, 0, PLAIN))
        if self.terminal.scrolls_many:
            scroll = f"\x1b[{count if count > 1 else ''}{'S' if lines > 0 else 'T'}"
        else:
            scroll = f"\x1b[{bottom + 1}H" + "\n" * count if lines > 0 else f"\x1b[{top + 1}H" + "\x1bM" * count
        return f"{change(self.state[2], PLAIN)}\x1b[{top + 1};{bottom + 1}r{scroll}\x1b[r{text}", end

    def _shortest(self, rows, after: Rows, shown: Rows, state: tuple) -> tuple[str, tuple]:
        """Return the shortest of: in order, grouped by attributes, grouped within each row."""
        runs = [run for y in rows for run in self._runs(y, after[y], shown[y])]
        by_row: list = []
        for y in rows:
            by_row += self._grouped([run for run in runs if run[0] == y], state[2])
        orders = [runs, self._grouped(runs, state[2]), by_row]
        return min((self._written(order, state) for order in orders), key=lambda way: size(way[0]))

    def _runs(self, y: int, row: list, shown: list) -> list[tuple]:
        """Return row, column, column behind, attributes and text of what changed."""
        changed = [x for x in range(self.width) if not looks_alike(row[x], shown[x])]
        erased = []
        if changed and self.terminal.erases_line and is_blank(row[-1]) and self._erases(row[-1][1][1]):
            start = self.width
            while start and is_blank(row[start - 1]) and row[start - 1][1][1] == row[-1][1][1]:
                start -= 1
            tail = [x for x in changed if x >= start]
            if len(tail) > 3:
                erased = [(y, tail[0], tail[0], row[-1][1], "\x1b[K", True)]
                changed = changed[: -len(tail)]
        runs: list[list] = []
        for x in changed:
            letter, pen = row[x]
            loose = is_blank(row[x])
            if runs and x - runs[-1][2] <= 4:
                gap = row[runs[-1][2] : x + 1]
                fits = all(
                    pen == runs[-1][3]
                    or (is_blank(cell) and cell[1][1] == runs[-1][3][1] and not runs[-1][3][2] - UNSEEN)
                    for cell in gap
                    for pen in (cell[1],)
                )
                if fits or (runs[-1][5] and x == runs[-1][2] and not pen[2] - UNSEEN and pen[1] == runs[-1][3][1]):
                    runs[-1][3] = runs[-1][3] if fits else pen
                    runs[-1][4] += "".join(cell[0] for cell in gap)
                    runs[-1][2], runs[-1][5] = x + 1, runs[-1][5] and loose
                    continue
            runs.append([y, x, x + 1, pen, letter, loose])
        return [*map(tuple, runs), *erased]

    def _grouped(self, runs: list, pen: tuple) -> list:
        groups: dict[tuple, list] = {}
        for run in runs:
            groups.setdefault(run[3], []).append(run)
        order: list = []
        while groups:
            pen = min(groups, key=lambda other, pen=pen: len(change(pen, other)))
            order += groups.pop(pen)
        return order

    def _written(self, runs: list, state: tuple) -> tuple[str, tuple]:
        y, x, pen = state
        parts = []
        for row, start, end, wanted, text, loose in runs:
            parts.append(move(y, x, row, start, counts=self.counts))
            if not (loose and wanted[1] == pen[1] and not pen[2] - UNSEEN):
                parts.append(change(pen, wanted))
                pen = wanted
            parts.append(self._shortened(text, pen[1]))
            y, x = row, end if end < self.width else -1
        return "".join(parts), (y, x, pen)

    def _shortened(self, text: str, ground) -> str:
        """Return a run with what is repeated in it repeated by the terminal, or its long blanks erased."""
        if self.terminal.repeats:
            return _LONG.sub(lambda m: f"{m[1]}\x1b[{len(m[0]) - 1}b", text)
        if self.terminal.erases_characters and self._erases(ground):
            return _BLANKS.sub(lambda m: f"\x1b[{len(m[0])}X\x1b[{len(m[0])}C", text)
        return text
