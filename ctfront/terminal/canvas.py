"""The cells that the app wants shown, read from what Textual writes."""

import re
import unicodedata
from functools import lru_cache

from rich.cells import cell_len

from ctfront.terminal.pens import Cell, Pens

Row = list[Cell]

_TOKENS = re.compile(
    r"\x1b\[([0-9;]*)m"  # 1 attributes
    r"|([^\x1b\n\r]+)"  # 2 text
    r"|\x1b\[(\d+);(\d+)H"  # 3, 4 place
    r"|(\r?\n)"  # 5
    r"|(\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b.|.)",  # 6 anything else
    re.DOTALL,
)


@lru_cache(maxsize=4096)
def width_of(character: str) -> int:
    """Return the columns that a character takes here."""
    return cell_len(character)


@lru_cache(maxsize=4096)
def is_doubtful(character: str) -> bool:
    """Tell whether terminals disagree on the columns of what stands in a cell.

    Wide and combined characters, emoji, whatever lies beyond the basic plane. Letters with accents, dashes and
    frames, which only terminals set up for East Asia draw wide, are taken as narrow.
    """
    if character.isascii():
        return False
    if len(character) != 1 or width_of(character) != 1 or character >= "\U00010000":
        return True
    return (
        unicodedata.category(character) in {"Mn", "Me", "Cf", "Co", "Cn", "So"} and not "\u2190" <= character < "\u2600"
    )


class Canvas:
    """A screen in memory that is written to as Textual writes to a terminal."""

    def __init__(self, pens: Pens, width: int, height: int) -> None:
        self.pens, self.width, self.height = pens, width, height
        blank = pens.cells[0][" "]
        self.rows: list[Row] = [[blank] * width for _ in range(height)]
        self.touched: set[int] = set()
        """Rows written to since the last frame."""
        self.doubtful: set[int] = set()
        """Rows that ever held a cell whose width terminals disagree on."""
        self.is_painted = False
        """False until something is written."""
        self.y = self.x = self.pen = 0

    def resized(self, width: int, height: int) -> "Canvas":
        """Return a canvas of another size that shows what there was as far as it fits."""
        other = Canvas(self.pens, width, height)
        for row, old in zip(other.rows, self.rows, strict=False):
            row[: min(width, self.width)] = old[:width]
        other.doubtful = {y for y in self.doubtful if y < height}
        other.pen, other.is_painted = self.pen, self.is_painted
        return other

    def write(self, data: str) -> str:
        """Take what Textual writes; return what is not for the cells."""
        rest: list[str] = []
        read = self.pens.read
        for token in _TOKENS.finditer(data):
            kind = token.lastindex
            if kind == 1:
                self.pen = read(token[1], self.pen)
            elif kind == 2:
                self._put(token[2])
            elif kind == 4:
                self.y, self.x = int(token[3]) - 1, int(token[4]) - 1
            elif kind == 5:
                self.y, self.x = self.y + 1, 0
            else:
                rest.append(token[0])
        return "".join(rest)

    def _put(self, text: str) -> None:
        if not 0 <= self.y < self.height:
            return
        self.is_painted = True
        if not text.isascii() and any(map(is_doubtful, text)):
            self._put_doubtful(text)
            return
        row, start = self.rows[self.y], self.x
        end = start + len(text)
        self.x = end
        if end > self.width:
            text, end = text[: max(self.width - start, 0)], self.width
        if start >= end:
            return
        self._part_wide(row, start, end)
        row[start:end] = map(self.pens.cells[self.pen].__getitem__, text)
        self.touched.add(self.y)

    def _part_wide(self, row: Row, start: int, end: int) -> None:
        """Blank the halves left over of wide characters that are written into."""
        if start and row[start][0] == "":
            row[start - 1] = self.pens.cells[row[start - 1][1]][" "]
        if end < self.width and row[end][0] == "":
            row[end] = self.pens.cells[row[end][1]][" "]

    def _put_doubtful(self, text: str) -> None:
        """Put text of which some characters take no column, or two."""
        row, cells = self.rows[self.y], self.pens.cells[self.pen]
        self.touched.add(self.y)
        self.doubtful.add(self.y)
        for character in text:
            width = width_of(character)
            if not width:
                if 0 < self.x <= self.width and row[self.x - 1][0].strip():
                    before, pen = row[self.x - 1]
                    row[self.x - 1] = self.pens.cells[pen][before + character]
                continue
            end = self.x + width
            if end <= self.width:
                self._part_wide(row, self.x, end)
                row[self.x] = cells[character]
                if width == 2:
                    row[self.x + 1] = cells[""]
            elif self.x < self.width:
                self._part_wide(row, self.x, self.width)
                row[self.x] = cells[" "]
            self.x = end
