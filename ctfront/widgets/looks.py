"""How the grids and lists look: a few styles, each also legible on a terminal without colours."""

from rich.style import Style

PLAIN = Style()
DIM = Style(dim=True)
BOLD = Style(bold=True)
NAMED = Style(bold=True, underline=True)
"""A heading, and what is under the cursor in one."""

CURSOR = Style(reverse=True, bold=True)

TIME_WIDTH = 6
"""Columns of the time in front of a grid's row."""
