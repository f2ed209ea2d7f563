"""The cheapest bytes that make the cells wanted of the cells shown.

Every frame is thought out in a few ways, and the one that takes the fewest bytes is sent. What each part saves is
measured by `make bench ARGS=wire` and stands in bench/RESULTS.md; a part that saves nothing has gone.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ctfront.terminal.canvas import Canvas, Row, is_doubtful
from ctfront.terminal.moves import LOST, Moves, Place
from ctfront.terminal.pens import Pens
from ctfront.terminal.terminals import Terminal

WORTH_ERASING = 4
"""Changed cells at the end of a row from which on EL is cheaper than spaces."""

_REPEATED = re.compile(r"([^\x00-\x7f])\1{2,}|([\x00-\x7f])\2{5,}")
_BLANKS_INSIDE = re.compile(r" {11,}")
_BLANKS_AT_END = re.compile(r" {6,}$")


class Run(NamedTuple):
    """Cells beside one another that are written in one go."""

    y: int
    x: int
    after: int
    """The column where the cursor stands then."""
    pen: int
    """The pen that writes them; `~ground` when they are spaces, for any pen on that ground."""
    text: str


class State(NamedTuple):
    """Where the terminal's cursor stands, and with which pen."""

    y: int
    x: int
    pen: int


class Plan(NamedTuple):
    """One way to a frame; of two of one size the lesser leaves the plainer pen, the terminal's own before all."""

    size: int
    state: State
    text: str


def size_of(text: str) -> int:
    """Return the bytes of a text on the line."""
    return len(text) if text.isascii() else len(text.encode())


class Encoder:
    """Knows what one terminal shows."""

    def __init__(self, terminal: Terminal, pens: Pens) -> None:
        self.terminal, self.pens = terminal, pens
        self.repeats = terminal.repeats
        """Whether REP is used."""
        self.moves = Moves()
        self.shown: list[Row] = []
        self.state = State(LOST, LOST, 0)
        self.known = False
        """False when nothing is known of what the terminal shows."""

    def forget(self) -> None:
        """Clear the terminal before the next frame: something else has written to it, or its size has changed."""
        self.known = False

    def frame(self, canvas: Canvas, cursor: Place) -> str:
        """Return the bytes that show the canvas and leave the cursor at a place."""
        begin = ""
        if not self.known or len(self.shown) != canvas.height or len(self.shown[0]) != canvas.width:
            begin = "\x1b[m\x1b[H\x1b[2J"
            self.shown = self._blank_rows(canvas, 0)
            self.state, self.known = State(0, 0, 0), True
            canvas.touched.update(range(canvas.height))
        rows = [y for y in sorted(canvas.touched) if canvas.rows[y] != self.shown[y]]
        canvas.touched.clear()
        plan = self._cheapest(canvas, rows, cursor)
        for y in rows:
            self.shown[y] = canvas.rows[y][:]
        self.state = plan.state
        return begin + plan.text

    def _blank_rows(self, canvas: Canvas, ground: int) -> list[Row]:
        return [[self.pens.cells[ground][" "]] * canvas.width for _ in range(canvas.height)]

    # -- ways to a frame

    def _cheapest(self, canvas: Canvas, rows: Sequence[int], cursor: Place) -> Plan:
        """Return the shortest of: what changed, a cleared screen and what is on it, a scrolled band and its repair."""
        runs = self._runs(canvas, rows, self.shown)
        cleared = self._cleared(canvas) if len(rows) > canvas.height // 2 and _guess(runs) > 300 else None
        plans = []
        if cleared is None or _guess(runs) < 1.3 * _guess(cleared[1]):
            plans.append(self._in_best_order(runs, self.state, "", cursor))
        if cleared is not None and _guess(cleared[1]) < 1.3 * _guess(runs):
            ground, all_runs = cleared
            begin = self.pens.change(self.state.pen, ground) + "\x1b[2J"
            plans.append(self._in_best_order(all_runs, self.state._replace(pen=ground), begin, cursor))
        plan = min(plans)
        if self.terminal.scrolls and len(rows) > 3 and 2 * len(rows) > rows[-1] - rows[0] and plan.size > 40:
            for lines, top, bottom in self._scrolls(canvas, rows):
                plan = min(plan, self._scrolled(canvas, rows, lines, (top, bottom), cursor))
        return plan

    def _cleared(self, canvas: Canvas) -> tuple[int, list[Run]] | None:
        """Return the ground that most rows end with, and the runs on a screen cleared to it."""
        character, ground = Counter(row[-1] for row in canvas.rows).most_common(1)[0][0]
        if character != " " or not self._erases(ground):
            return None
        return ground, self._runs(canvas, range(canvas.height), self._blank_rows(canvas, ground))

    def _scrolls(self, canvas: Canvas, rows: Sequence[int]) -> Iterable[tuple[int, int, int]]:
        """Yield the scrolls that bring most rows to their place: lines up, first and last row of the band."""
        part = slice(2, canvas.width // 2)
        places: dict[tuple[object, ...], list[int]] = {}
        for y in range(rows[0], rows[-1] + 1):
            key = tuple(self.shown[y][part])
            if key.count(key[0]) < len(key):
                places.setdefault(key, []).append(y)
        found: dict[int, list[int]] = {}
        for y in rows:
            for was in places.get(tuple(canvas.rows[y][part]), ()):
                if was != y:
                    found.setdefault(was - y, []).append(y)
        for lines, ys in sorted(found.items(), key=lambda item: -len(item[1]))[:2]:
            yield lines, min(ys[0], ys[0] + lines), max(ys[-1], ys[-1] + lines)

    def _scrolled(self, canvas: Canvas, rows: Sequence[int], lines: int, band: tuple[int, int], cursor: Place) -> Plan:
        """Return the way that scrolls a band first and repairs the rest."""
        top, bottom = band
        count, blank = abs(lines), self._blank_rows(canvas, 0)[: abs(lines)]
        was = self.shown[top : bottom + 1]
        shown = (
            self.shown[:top] + (was[count:] + blank if lines > 0 else blank + was[:-count]) + self.shown[bottom + 1 :]
        )
        begin = f"{self.pens.change(self.state.pen, 0)}\x1b[{top + 1};{bottom + 1}r"
        if self.terminal.scrolls_many:
            begin += f"\x1b[{count if count > 1 else ''}{'S' if lines > 0 else 'T'}"
        elif lines > 0:
            begin += self.moves.move(0, 0, bottom, 0) + "\n" * count
        else:
            begin += self.moves.move(0, 0, top, 0) + "\x1bM" * count
        runs = self._runs(canvas, sorted({*rows, *range(top, bottom + 1)}), shown)
        return self._in_best_order(runs, State(0, 0, 0), begin + "\x1b[r", cursor)

    # -- runs

    def _erases(self, ground: int) -> bool:
        """Tell whether what is erased on a pen of this ground looks like it."""
        return ground == 0 or (ground > 0 and self.terminal.erases_in_colour)

    def _runs(self, canvas: Canvas, rows: Iterable[int], shown: Sequence[Row]) -> list[Run]:
        """Return what has changed, row by row."""
        runs: list[Run] = []
        for y in rows:
            new, old = canvas.rows[y], shown[y]
            changed = [x for x, (a, b) in enumerate(zip(new, old, strict=True)) if a is not b and a != b]
            if not changed:
                continue
            if y in canvas.doubtful and any(is_doubtful(cell[0]) or not cell[0] for cell in (*new, *old)):
                runs += self._doubtful_runs(y, new, changed[0])
                continue
            end = self._erased_from(new, changed)
            erased = changed[end] if end < len(changed) else None
            self._add_runs(runs, y, new, changed[:end])
            if erased is not None:
                if (
                    runs
                    and runs[-1].y == y
                    and erased - runs[-1].after < 9
                    and self._blank(new, runs[-1].after, erased)
                ):
                    erased = runs[-1].after  # no move between the two
                runs.append(Run(y, erased, erased, ~new[-1][1], "\x1b[K"))
        return runs

    def _blank(self, row: Row, start: int, end: int) -> bool:
        return start != LOST and all(cell is row[-1] for cell in row[start:end])

    def _erased_from(self, row: Row, changed: Sequence[int]) -> int:
        """Return the index of the first changed cell that EL writes, the number of them when none."""
        last = row[-1]
        if not self.terminal.erases_line or last[0] != " " or not self._erases(self.pens.grounds[last[1]]):
            return len(changed)
        start = len(row) - 1
        while start and row[start - 1] is last:
            start -= 1
        first = bisect_left(changed, start)
        return first if len(changed) - first >= WORTH_ERASING else len(changed)

    def _add_runs(self, runs: list[Run], y: int, row: Row, changed: Sequence[int]) -> None:
        """Join changed cells of one pen, also over gaps that cost no more than a move."""
        if not changed:
            return
        start = end = changed[0]
        pen = self._loose(*row[start])
        for x in changed:
            joined = self._joined(pen, row[end : x + 1]) if x - end <= 4 else None
            if joined is None:
                runs.append(self._run(y, start, end, pen, row))
                start, pen = x, self._loose(*row[x])
            else:
                pen = joined
            end = x + 1
        runs.append(self._run(y, start, end, pen, row))

    def _loose(self, character: str, pen: int) -> int:
        """Return the pen for a run that begins with a cell."""
        return ~pen if character == " " and self.pens.grounds[pen] == pen else pen

    def _joined(self, run: int, cells: Row) -> int | None:
        """Return the pen that writes a run and cells more; None if there is none."""
        grounds = self.pens.grounds
        for character, pen in cells:
            if run == pen:
                continue
            if character == " " and grounds[pen] == pen:
                if (~run if run < 0 else grounds[run]) != pen:
                    return None
            elif run < 0 and grounds[pen] == ~run:
                run = pen
            else:
                return None
        return run

    def _run(self, y: int, start: int, end: int, pen: int, row: Row) -> Run:
        text = "".join([character for character, _ in row[start:end]])
        after = end if end < len(row) else LOST
        if len(text) > 2:
            if self.repeats:
                text = _REPEATED.sub(_repeat, text)
            elif self.terminal.erases_characters and self._erases(~pen if pen < 0 else self.pens.grounds[pen]):
                kept = _BLANKS_AT_END.sub("", text)
                if len(kept) < len(text):
                    after = start + len(kept)
                    kept += f"\x1b[{len(text) - len(kept)}X"
                text = _BLANKS_INSIDE.sub(_skip_erased, kept)
        return Run(y, start, after, pen, text)

    def _doubtful_runs(self, y: int, row: Row, first: int) -> list[Run]:
        """Write a row anew from its first change on, every cell behind a doubtful one at a place of its own."""
        while first and (not row[first][0] or not row[first - 1][0] or is_doubtful(row[first - 1][0])):
            first -= 1
        runs, start = [], first
        for x in range(first, len(row)):
            if not row[x][0]:
                start = x + 1
                continue
            doubtful = is_doubtful(row[x][0])
            if doubtful or x + 1 == len(row) or row[x + 1][1] != row[x][1]:
                text = "".join(character for character, _ in row[start : x + 1])
                runs.append(Run(y, start, LOST if doubtful or x + 1 == len(row) else x + 1, row[start][1], text))
                start = x + 1
        return runs

    # -- orders

    def _in_best_order(self, runs: list[Run], state: State, begin: str, cursor: Place) -> Plan:
        """Return the shorter of: row by row, and by pens."""
        orders = [runs]
        if len(runs) > 1:
            orders.append(self._by_pen(runs, state.pen))
        return min(self._written(order, state, begin, cursor) for order in orders)

    def _by_pen(self, runs: Sequence[Run], pen: int) -> list[Run]:
        """Group runs by pen, the nearest pen first; spaces go with any pen of their ground."""
        groups: dict[int, list[Run]] = {}
        for run in runs:
            groups.setdefault(run.pen, []).append(run)
        grounds = self.pens.grounds
        for loose in [key for key in groups if key < 0]:
            host = next((key for key in groups if key >= 0 and grounds[key] == ~loose), None)
            if host is not None:
                groups[host] = sorted(groups[host] + groups.pop(loose))
        order: list[Run] = []
        while groups:
            nearest = min(groups, key=lambda key: len(self.pens.change(pen, key if key >= 0 else ~key)))
            order += groups.pop(nearest)
            pen = nearest if nearest >= 0 else pen
        return order

    def _written(self, runs: Sequence[Run], state: State, begin: str, cursor: Place) -> Plan:
        """Write runs in the order given."""
        y, x, pen = state
        move, change, grounds = self.moves.move, self.pens.change, self.pens.grounds
        parts = [begin]
        for n, run in enumerate(runs):
            if run.y != y or run.x != x:
                parts.append(move(y, x, run.y, run.x))
            wanted = run.pen
            if wanted < 0:
                ground = ~wanted
                wanted = pen
                if grounds[pen] != ground:
                    following = runs[n + 1].pen if n + 1 < len(runs) else ground
                    wanted = following if following >= 0 and grounds[following] == ground else ground
            if wanted != pen:
                parts.append(change(pen, wanted))
                pen = wanted
            parts.append(run.text)
            y, x = run.y, run.after
        parts.append(move(y, x, *cursor))
        text = "".join(parts)
        return Plan(size_of(text), State(*cursor, pen), text)


def _guess(runs: Sequence[Run]) -> int:
    """Return about what runs will take."""
    return sum([len(run.text) for run in runs]) + 6 * len(runs)


def _repeat(repeated: re.Match[str]) -> str:
    return f"{repeated[0][0]}\x1b[{len(repeated[0]) - 1}b"


def _skip_erased(blanks: re.Match[str]) -> str:
    count = len(blanks[0])
    return f"\x1b[{count}X\x1b[{count}C"
