"""Write docs/keys.md from the bindings of the app, its screens and its forms: `make keys`. One printed page."""

import sys
from collections.abc import Iterable, Iterator

from textual.binding import Binding
from textual.dom import DOMNode

from ctfront.app import LISTS, SCREENS, CTFrontApp
from ctfront.screens.modals.help import shown_key
from ctfront.widgets.check_box import CheckBox
from ctfront.widgets.form import Form
from ctfront.widgets.patient_finder import PatientFinder
from ctfront.widgets.row_list import RowList

INTRODUCTION = """# Keys

One letter, one verb, in either case; a key that a screen leaves out does nothing there. `?` lists the same on the
screen, searchable. A clinic may give any act other keys. This page is made by `make keys`; a test keeps it true.
"""

LINES = 66
"""What one printed page holds."""


def bindings_of(*places: type[DOMNode]) -> Iterator[Binding]:
    """Give the bindings that can be listed, of classes and what they inherit."""
    for place in places:
        for owner in (base for base in place.__mro__ if issubclass(base, DOMNode)):
            for binding in owner.__dict__.get("BINDINGS", ()):
                if isinstance(binding, Binding) and binding.id and binding.show:
                    yield binding


def keys_in(binding: Binding) -> tuple[str, ...]:
    """Return the keys of a binding as people call them, a letter once for both cases."""
    shown = (shown_key(key.strip()) for key in binding.key.split(","))
    return tuple(dict.fromkeys(key if len(key) > 1 else key.lower() for key in shown))


def acts(bindings: Iterable[Binding]) -> dict[tuple[str, ...], str]:
    """Return what each set of keys does, in the words of help and key line."""
    found: dict[tuple[str, ...], str] = {}
    for binding in bindings:
        words = binding.description
        found.setdefault(keys_in(binding), words if words != words.lower() else words.capitalize())
    return found


def order(keys: tuple[str, ...]) -> tuple[int, str]:
    """Sort letters first, then digits and signs, then what has a name."""
    first = keys[0]
    return (0 if len(first) == 1 and first.isalpha() else 1 if len(first) == 1 else 2, first)


def code(keys: tuple[str, ...]) -> str:
    """Write keys as code."""
    return " ".join(f"`{key}`" for key in keys)


def page() -> str:
    """Return docs/keys.md."""
    everywhere = acts(bindings_of(CTFrontApp))
    by_screen = [acts(bindings_of(it, *((RowList,) if it in LISTS else ()))) for it in SCREENS]
    lines = [INTRODUCTION, "| everywhere | | | |", "| --- | --- | --- | --- |"]
    cells = [f"{code(keys)} {words}" for keys, words in sorted(everywhere.items(), key=lambda it: order(it[0]))]
    lines += [f"| {' | '.join(row)} |" for row in in_rows(cells, 4)]
    names = [screen.NAME.title().replace("-U", "-u") for screen in SCREENS]
    lines += ["", f"| key | {' | '.join(names)} |", f"|{' --- |' * (len(SCREENS) + 1)}"]
    keys_of_screens = sorted({keys for screen in by_screen for keys in screen}, key=order)
    for keys, cells in joined((keys, [screen.get(keys, "") for screen in by_screen]) for keys in keys_of_screens):
        lines.append(f"| {code(keys)} | {' | '.join(cells)} |")
    inside = acts(bindings_of(Form, PatientFinder, CheckBox)) | {("Enter",): "Next field that wants an answer, Okay"}
    cells = [f"{code(keys)} {words}" for keys, words in sorted(inside.items(), key=lambda it: order(it[0]))]
    lines += ["", "| in forms | | | |", "| --- | --- | --- | --- |"]
    lines += [f"| {' | '.join(row)} |" for row in in_rows(cells, 4)]
    return "\n".join(lines) + "\n"


def joined(rows: Iterable[tuple[tuple[str, ...], list[str]]]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Give the rows, those of digits that only one and the same screen has as one."""
    before: tuple[tuple[str, ...], list[str]] | None = None
    for keys, cells in rows:
        known = before[1] if before is not None else []
        alone = keys[0].isdigit() and sum(map(bool, cells)) == 1 and list(map(bool, cells)) == list(map(bool, known))
        if before is not None and alone and before[0][0].isdigit():
            words = [", ".join(filter(None, pair)) for pair in zip(known, cells, strict=True)]
            before = ((*before[0], *keys), words)
            continue
        if before is not None:
            yield before
        before = (keys, cells)
    if before is not None:
        yield before


def in_rows(cells: list[str], width: int) -> Iterator[list[str]]:
    """Give the cells a row at a time, the last one filled up."""
    for start in range(0, len(cells), width):
        yield (cells[start : start + width] + [""] * width)[:width]


if __name__ == "__main__":
    sys.stdout.write(page())
