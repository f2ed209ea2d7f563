"""The sixteen colours of letters: legible, and those that a terminal of sixteen shows."""

import pytest
from rich.color import Color, ColorSystem

from ctfront.domain.providers import COLORS
from ctfront.widgets.looks import painted

BLACK = (0, 0, 0)


def light(value: tuple[int, int, int]) -> float:
    """The luminance of a colour, 0 to 1."""
    parts = [v / 255 for v in value]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("number", range(16))
def test_letters_are_legible_and_in_the_terminals_own_colour(number):
    style = painted(COLORS[number])
    front = style.color.triplet
    back = style.bgcolor.triplet if style.bgcolor else BLACK
    bright, dark = sorted((light(front), light(back)), reverse=True)
    assert (bright + 0.05) / (dark + 0.05) >= 4.5
    shown: Color = style.bgcolor or style.color
    assert shown.downgrade(ColorSystem.STANDARD).number == number
