"""The window on more rows than fit."""


def scrolled(first: int, cursor: int, *, count: int, room: int) -> int:
    """Return the first row in view, moved no further than keeps the cursor in view and the window full."""
    return max(min(first, cursor, max(count - room, 0)), cursor - room + 1)
