"""Lines of columns for a terminal, a printer or a screen reader."""

from collections.abc import Iterable

from rich.cells import cell_len

GAP = "  "


def aligned(rows: Iterable[Iterable[str]]) -> list[str]:
    """Return each row as a line, its columns as wide as their widest cell."""
    table = [list(row) for row in rows]
    widths = [max(cell_len(cell) for cell in column) for column in zip(*table, strict=True)]
    return [
        GAP.join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]
