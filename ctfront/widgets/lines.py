"""What stands in the lines around every screen, as text: the first paint draws them before there are widgets."""

from rich.cells import cell_len, set_cell_size

Keys = tuple[tuple[str, str], ...]
"""Keys, each with a word for what it does."""

LEAST_WIDTH, LEAST_HEIGHT = 80, 24
"""Below that the screens don't fit: a message says so and keys are held."""

SCHEDULER_KEYS: Keys = (
    ("b", "Book"),
    ("i", "Info"),
    ("m", "Move"),
    ("c", "Cancel"),
    ("a", "Arrived"),
    ("k", "Mark"),
    ("f", "Openings"),
    ("g", "Go to"),
    ("/", "Find"),
    ("?", "Keys"),
)


def cut(text: str, width: int) -> str:
    """Return the text; one that is too long ends with `…`."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""


def title_text(left: str, middle: str, right: str, width: int) -> str:
    """Return the title: the middle in the middle, or right behind the left part when it is narrow."""
    room = max(width - cell_len(left) - cell_len(right) - 5, 0)
    middle = middle if cell_len(middle) <= room else set_cell_size(cut(middle, room), room)
    at = max((width - cell_len(middle)) // 2, cell_len(left) + 3)
    line = f" {left}".ljust(at) + middle
    return line.ljust(width - cell_len(right) - 1) + right


def fitting_keys(keys: Keys, width: int) -> Keys:
    """Return the keys that fit; the last one always stays in view."""
    if not keys:
        return ()
    *pairs, last = keys
    room = width - 1 - _width(last)
    shown = []
    for pair in pairs:
        if _width(pair) > room:
            break
        room -= _width(pair)
        shown.append(pair)
    return (*shown, last)


def _width(pair: tuple[str, str]) -> int:
    return cell_len(pair[0]) + cell_len(pair[1]) + 3
