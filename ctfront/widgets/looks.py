"""How the grids and lists look: a few styles, each also legible on a terminal without colours."""

from rich.style import Style

from ctfront.domain.providers import COLORS

PLAIN = Style()
DIM = Style(dim=True)
BOLD = Style(bold=True)
NAMED = Style(bold=True, underline=True)
"""A heading, and what is under the cursor in one."""

CURSOR = Style(reverse=True, bold=True)

LIGHTS = (
    "#000000", "#aa0000", "#00aa00", "#aa5500", "#0000aa", "#aa00aa", "#00aaaa", "#aaaaaa",
    "#555555", "#ff5555", "#55ff55", "#ffff55", "#5555ff", "#ff55ff", "#55ffff", "#ffffff",
)  # fmt: skip
"""The values of `COLORS`, as a terminal of sixteen colours is asked for them."""

ON_BLACK = frozenset({"green", "cyan", "white", *COLORS[9:12], *COLORS[13:]})
"""Colours that are light enough for letters on black; the others are painted behind white ones."""


def painted(color: str) -> Style:
    """Return the look of letters in one of the sixteen colours."""
    value = LIGHTS[COLORS.index(color)]
    return Style(color=value) if color in ON_BLACK else Style(color=LIGHTS[-1], bgcolor=value)


TIME_WIDTH = 6
"""Columns of the time in front of a grid's row."""
