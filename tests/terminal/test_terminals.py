"""What is read from terminfo is what the encoder's tests take each kind of terminal for."""

import subprocess
import sys

import pytest

from ctfront.terminal.terminals import BLINK, BOLD, DIM, REVERSE, TRUE_COLOUR, UNDERLINE, UNKNOWN, Terminal
from tests.wire.kinds import KINDS

ASK = "import os; from ctfront.terminal.terminals import terminal_of; print(terminal_of(os.environ))"


def asked(**environment: str) -> str:
    """Return what a process of its own says: terminfo is read once in a process."""
    return subprocess.run(
        [sys.executable, "-c", ASK], check=True, capture_output=True, text=True, env=environment
    ).stdout.strip()


@pytest.mark.parametrize(
    ("kind", "environment"),
    [
        ("xterm", {"TERM": "xterm-256color", "COLORTERM": "truecolor"}),
        ("linux", {"TERM": "linux"}),
        ("vt220", {"TERM": "vt220"}),
        ("tmux", {"TERM": "tmux-256color"}),
        ("unknown", {"TERM": "nobody-knows-this"}),
    ],
)
def test_terminfo_says_what_the_kind_is(kind, environment):
    assert asked(**environment) == repr(KINDS[kind])


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"TERM": "xterm-256color"}, 256),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, 0),
        ({"TERM": "xterm"}, 8),
        ({"TERM": "screen", "COLORTERM": "truecolor"}, TRUE_COLOUR),
        ({"TERM": "vt220", "COLORTERM": "truecolor"}, 0),
        ({"TERM": "nobody-knows-this-256color"}, 256),
        ({"TERM": "nobody-knows-this-256color", "NO_COLOR": "1"}, 0),
    ],
)
def test_colours(environment, colours):
    assert f"Terminal(colours={colours}, " in asked(**environment)


def test_an_unknown_terminal_is_asked_for_nothing_special():
    assert Terminal(colours=0, flags=BOLD | REVERSE) == UNKNOWN
    assert not UNKNOWN.flags & (DIM | UNDERLINE | BLINK)
