"""The cheapest way of the cursor from one cell to another; the line sends line feeds as they are (no OPOST).

CHA and VPA, which not every terminal has, would save one byte in a clerk's morning.
"""

LOST = -1
"""The column when it isn't known where the cursor is."""

Place = tuple[int, int]
"""Row and column from 0."""


class Moves:
    """Moves that every terminal understands."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, int, int], str] = {}

    def move(self, y: int, x: int, to_y: int, to_x: int) -> str:
        """Return what brings the cursor from one place to another."""
        if y == to_y and x == to_x:
            return ""
        key = (y, x, to_y, to_x)
        known = self._known.get(key)
        if known is None:
            if len(self._known) > 50_000:
                self._known.clear()
            known = self._known[key] = min(self._ways(y, x, to_y, to_x), key=len)
        return known

    def _ways(self, y: int, x: int, to_y: int, to_x: int) -> list[str]:
        down = to_y - y
        ways = [f"\x1b[{to_y + 1};{to_x + 1}H" if to_x else f"\x1b[{to_y + 1}H" if to_y else "\x1b[H"]
        if y == LOST:
            return ways
        if down == 0:
            ways.append(_from_left(to_x))
            if x != LOST:
                ways.append(_along(to_x - x))
            return ways
        if 0 < down <= 5:
            lines = "\n" * down
            ways.append(lines + _from_left(to_x))
            if x != LOST:
                ways.append(lines + _along(to_x - x))
        if x == to_x:
            ways.append(f"\x1b[{abs(down)}{'B' if down > 0 else 'A'}" if abs(down) > 1 else "\x1b[A")
            if down == 1:
                ways[-1] = "\n"
        return ways


def _from_left(x: int) -> str:
    return "\r" + (_along(x) if x else "")


def _along(columns: int) -> str:
    """Return the move along a row."""
    if columns == 0:
        return ""
    if columns < 0:
        return "\b" * -columns if columns > -4 else f"\x1b[{-columns}D"
    return "\x1b[C" if columns == 1 else f"\x1b[{columns}C"
