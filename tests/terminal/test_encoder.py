"""Frames replayed through an emulator end on the cells wanted, cell for cell, on every kind of terminal."""

import random

import pytest
from rich.cells import cell_len

from ctfront.terminal.canvas import Canvas
from ctfront.terminal.encoder import Encoder
from ctfront.terminal.pens import Pens
from tests.wire.kinds import KINDS, emulator_of, looks_of

CHANGES = 2000
WIDTH, HEIGHT = 40, 12


class Painter:
    """Writes as Textual does, at random: texts, attributes, blocks, lists that scroll, whole screens."""

    COLOURS = ("", ";31", ";44", ";90", ";103", ";38;5;7", ";38;5;99", ";48;5;200;31", ";38;2;9;80;200", ";48;2;0;0;0")
    FLAGS = ("", "", "", ";1", ";2", ";7", ";1;7", ";4", ";3", ";9;5")
    PIECES = ("a", "RUIZ, Ana", " ", "     ", "·", "─" * 7, "x" * 9, "é", "│", "8:15", " " * 20, "Zoë Ł", "-" * 30)
    DOUBTFUL = ("日本", "e\u0301", "🙂", "☎", "👩\u200d⚕")

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.lists = [self.line() for _ in range(60)]
        self.first = 0

    def line(self) -> str:
        """Return the styled text of one line, too long sometimes."""
        text, room = "", self.dice.randrange(1, WIDTH + 4)
        while room > 0:
            piece = self.dice.choice(self.DOUBTFUL if self.dice.random() < 0.02 else self.PIECES)
            room -= cell_len(piece)
            text += f"\x1b[0{self.dice.choice(self.COLOURS)}{self.dice.choice(self.FLAGS)}m{piece}\x1b[0m"
        return text

    def change(self) -> str:
        """Return one change of the screen."""
        dice, kind = self.dice, self.dice.random()
        if kind < 0.5:
            at = f"\x1b[{dice.randrange(HEIGHT) + 1};{dice.randrange(WIDTH) + 1}H"
            return "".join(f"{at}{self.line()}" for _ in range(dice.randrange(1, 4)))
        if kind < 0.92:
            self.first = max(0, min(40, self.first + dice.choice((1, -1, 1, -1, 3, -3, 8))))
            shown = self.lists[self.first : self.first + 8]
            return "".join(f"\x1b[{y + 3};3H{' ' * (WIDTH - 4)}\x1b[{y + 3};3H{line}" for y, line in enumerate(shown))
        blank = f"\x1b[0{dice.choice(self.COLOURS)}m" + "\n".join([" " * WIDTH] * HEIGHT)
        return f"\x1b[1;1H{blank}" + (self.change() if kind < 0.98 else "")


@pytest.mark.parametrize("kind", KINDS)
def test_frames_end_on_the_cells_wanted(kind, request):
    terminal = KINDS[kind]
    pens = Pens(terminal)
    canvas, encoder, emulator = (
        Canvas(pens, WIDTH, HEIGHT),
        Encoder(terminal, pens),
        emulator_of(terminal, WIDTH, HEIGHT),
    )
    painter, looks = Painter(7), {}
    for number in range(100_000 if request.config.getoption("--soak") else CHANGES):
        canvas.write(painter.change())
        cursor = (painter.dice.randrange(HEIGHT), painter.dice.randrange(WIDTH))
        emulator.feed(encoder.frame(canvas, cursor))
        assert (emulator.y, emulator.x) == cursor
        assert looks_of(canvas, looks) == emulator.seen(), f"change {number}"


def sent(kind: str, *writes: str, cursor=(0, 0)) -> list[str]:
    """Return what is sent for each write on a screen that was blank."""
    pens = Pens(KINDS[kind])
    canvas, encoder = Canvas(pens, WIDTH, HEIGHT), Encoder(KINDS[kind], pens)
    frames = []
    for write in writes:
        canvas.write(write)
        frames.append(encoder.frame(canvas, cursor))
    return frames


@pytest.mark.parametrize(
    ("kind", "writes", "frame"),
    [
        ("xterm", ["\x1b[3;1Habc", "\x1b[3;1Habc"], ""),
        ("xterm", ["\x1b[1;1Habc", "\x1b[1;1Habd"], "\x1b[2Cd\r"),
        ("xterm", ["\x1b[1;1H" + "-" * 20], "\x1b[m\x1b[H\x1b[2J-\x1b[19b\r"),
        ("linux", ["\x1b[1;1H" + "-" * 20], "\x1b[m\x1b[H\x1b[2J" + "-" * 20 + "\r"),
        ("xterm", ["\x1b[1;1Habcdefgh", f"\x1b[1;1Ha{' ' * 39}"], "\x1b[C\x1b[K\r"),
        ("unknown", ["\x1b[1;1Habcdefgh", f"\x1b[1;1Ha{' ' * 39}"], "\x1b[C       \r"),
        ("vt220", ["\x1b[1;1H\x1b[31mab\x1b[0;7mcd\x1b[0me"], "\x1b[m\x1b[H\x1b[2Jab\x1b[7mcd\x1b[me\r"),
        ("xterm", ["\x1b[1;1H日x", "\x1b[1;3Hy"], f"日\r\x1b[2Cy{' ' * 37}\r"),
    ],
)
def test_what_a_change_costs(kind, writes, frame):
    assert sent(kind, *writes)[-1] == frame


@pytest.mark.parametrize("kind", ["xterm", "linux", "tmux"])
def test_a_list_that_scrolls_costs_a_line(kind):
    lines = [f"{chr(97 + n) * 3} a line of a list, {n}" for n in range(12)]
    shown = ["".join(f"\x1b[{y + 2};1H{line:40}" for y, line in enumerate(lines[first:][:9])) for first in (0, 1, 0)]
    _, down, up = sent(kind, *shown)
    assert len(down) < 60
    assert len(up) < 60


def test_after_forgetting_everything_is_sent_again():
    pens = Pens(KINDS["xterm"])
    canvas, encoder = Canvas(pens, WIDTH, HEIGHT), Encoder(KINDS["xterm"], pens)
    canvas.write("\x1b[2;1Habc")
    first = encoder.frame(canvas, (0, 0))
    encoder.forget()
    assert encoder.frame(canvas, (0, 0)) == first


@pytest.mark.parametrize("kind", KINDS)
def test_letters_typed_at_a_block_leave_by_turns_the_pen_that_the_next_one_needs(kind):
    pens = Pens(KINDS[kind])
    canvas, encoder = Canvas(pens, WIDTH, HEIGHT), Encoder(KINDS[kind], pens)
    canvas.write("\x1b[1;1H\x1b[7m \x1b[0m")
    encoder.frame(canvas, (0, 0))
    costs = []
    for x, letter in enumerate("parker", start=1):
        canvas.write(f"\x1b[1;{x}H{letter}\x1b[7m \x1b[0m")
        costs.append(len(encoder.frame(canvas, (0, x))))
    assert costs[1:] == [7, 10, 7, 10, 7]


def test_a_terminal_puts_sequences_that_were_cut_together_again():
    frame = "\x1b[2;3Ha\x1b[38;5;99mb\x1b]2;title\x1b\\c\x1b]2;other\x07\x1b[K\x1bMd"
    whole, cut = emulator_of(KINDS["xterm"], WIDTH, HEIGHT), emulator_of(KINDS["xterm"], WIDTH, HEIGHT)
    whole.feed(frame)
    for letter in frame:
        cut.feed(letter)
    assert cut.seen() == whole.seen()
    assert cut.title == whole.title == "other"
