"""Lines of columns for a terminal, a printer or a screen reader, and objects for scripts."""

import json
from collections.abc import Iterable, Mapping

from rich.cells import cell_len

from ctfront.domain.text import safe

GAP = "  "


def aligned(rows: Iterable[Iterable[str]]) -> list[str]:
    """Return each row as a line, its columns as wide as their widest cell."""
    table = [list(row) for row in rows]
    widths = [max(cell_len(cell) for cell in column) for column in zip(*table, strict=True)]
    return [
        GAP.join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]


def as_objects(objects: Iterable[Mapping[str, object]]) -> str:
    """Return JSON that loses nothing and still cannot drive a terminal: what may not be shown is escaped."""
    text = json.dumps(list(objects), ensure_ascii=False, indent=1)
    return "".join(c if c == "\n" or safe(c) == c else json.dumps(c)[1:-1] for c in text)
