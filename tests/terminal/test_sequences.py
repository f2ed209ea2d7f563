"""Keys from a jittery line: whole sequences, Escape in time, never a letter out of a late tail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser

from ctfront.terminal.answers import Answers
from ctfront.terminal.sequences import ESC, LONE, TAIL, Escape, Sequences

SEQUENCES = ["[A", "[B", "[C", "[1;5C", "[3~", "[20~", "OP", "OQ", "[12~", "[Z", "[[A", "[[E", "[15;2~"]
LETTERS = list("abkmrxyz19 \r\t\x7f")


def split(pieces: list[tuple[float, str]]) -> list[str]:
    """Feed pieces, each after a pause, and wait long at the end."""
    sequences, now, got = Sequences(), 0.0, []
    for pause, piece in pieces:
        now += pause
        while sequences.deadline is not None and sequences.deadline <= now:
            got += sequences.expire(sequences.deadline)
        got += sequences.feed(piece, now)
    got += sequences.expire(now + 10)
    got += sequences.expire(now + 20)
    return ["escape" if isinstance(token, Escape) else token for token in got]


@pytest.mark.parametrize(
    ("bytes_in", "keys"),
    [
        (ESC, ["escape"]),
        (ESC + "b", ["escape", "b"]),
        (ESC + "\t", ["escape", "\t"]),
        (ESC + "\x7f", ["escape", "\x7f"]),
        (ESC + "k" + ESC + "[B", ["escape", "k", ESC + "[B"]),
        (ESC + ESC + "[A", ["escape", ESC + "[A"]),
        (ESC + ESC, ["escape", "escape"]),
        ("kim\r", list("kim\r")),
        (ESC + "kim\r", ["escape", *"kim\r"]),
    ],
)
def test_a_burst_is_read_key_by_key(bytes_in, keys):
    assert split([(0, bytes_in)]) == keys


@pytest.mark.parametrize("tail", SEQUENCES)
@pytest.mark.parametrize("gap", [0.0, 0.03, 0.15, 0.39])
def test_a_sequence_cut_behind_its_bracket_is_one_key(tail, gap):
    if tail[0] == "[":
        assert split([(0, ESC + "["), (gap, tail[1:])]) == [ESC + tail]


@pytest.mark.parametrize("tail", SEQUENCES)
@pytest.mark.parametrize("gap", [LONE + 0.01, 0.2, TAIL])
def test_a_tail_behind_an_acted_escape_is_swallowed(tail, gap):
    assert split([(0, ESC), (gap, tail), (1, "x")]) == ["escape", "x"]


@given(st.lists(st.sampled_from([*LETTERS, *(ESC + tail for tail in SEQUENCES)]), max_size=20), st.data())
def test_quick_pieces_make_no_difference(keys, data):
    stream = "".join(keys)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=8)))
    gaps = data.draw(st.lists(st.floats(0, 0.03), min_size=len(cuts) + 1, max_size=len(cuts) + 1))
    places = [0, *cuts, len(stream)]
    pieces = [(gap, stream[a:b]) for gap, a, b in zip(gaps, places, places[1:], strict=False)]
    assert split(pieces) == keys


@given(st.sampled_from(SEQUENCES), st.integers(1, 4), st.floats(0, TAIL - 0.01))
def test_a_cut_sequence_never_types_a_letter(tail, cut, gap):
    whole = ESC + tail
    got = split([(0, whole[:cut]), (gap, whole[cut:])])
    assert got in ([whole], ["escape"])


def test_a_paste_is_handed_on_as_it_is():
    pasted = ESC + "[200~" + "ci ruiz\x1b[Aq" + ESC + "[201~"
    assert "".join(split([(0, pasted)])) == pasted


def test_a_paste_without_an_end_is_ended():
    assert split([(0, ESC + "[200~abc"), (3, "x")])[-2:] == [ESC + "[201~", "x"]


def test_a_sequence_that_came_split_makes_escape_wait_longer_for_ten_minutes():
    sequences = Sequences()
    assert list(sequences.feed(ESC + "[", 0.0)) == []
    assert list(sequences.feed("A", 0.02)) == [ESC + "[A"]
    assert list(sequences.feed(ESC, 1.0)) == []
    assert list(sequences.expire(1.0 + TAIL - 0.01)) == []
    assert list(sequences.feed("[B", 1.0 + TAIL - 0.01)) == [ESC + "[B"]
    assert list(sequences.feed(ESC, 700.0)) == []
    assert list(map(type, sequences.expire(700.0 + LONE))) == [Escape]


def test_a_sequence_in_one_piece_does_not():
    sequences = Sequences()
    assert list(sequences.feed(ESC + "[A" + ESC, 0.0)) == [ESC + "[A"]
    assert list(map(type, sequences.expire(LONE))) == [Escape]


@pytest.mark.parametrize(("second", "uneven"), [(0.62, False), (0.64, True)])
def test_answers_that_differ_show_a_jittery_line(second, uneven):
    asked, clock = [], iter([0.0, 10.0])
    answers = Answers(lambda: asked.append(1) or 0, lambda: next(clock))
    assert not answers.vary(0.60)
    assert answers.vary(10.0 + second) == uneven
    assert len(asked) == 2


def test_an_answer_that_came_behind_a_screen_tells_nothing_of_the_line():
    sent, clock = iter([0, 2500, 2600]), iter([0.0, 1.0, 3.0])
    answers = Answers(lambda: next(sent), lambda: next(clock))
    assert not answers.vary(0.60)
    assert not answers.vary(2.00), "a screen was in front of it"
    assert not answers.vary(3.62)
    assert list(sent) == [], "asked a third time, and then no more"


def test_a_line_that_is_never_quiet_is_not_asked_for_ever():
    asked = []
    answers = Answers(lambda: asked.append(1) or 1000 * len(asked), lambda: 0.0)
    assert not any(answers.vary(number) for number in range(10))
    assert len(asked) == 6


KEYS = {
    "up": ["[A", "OA"], "down": ["[B", "OB"], "right": ["[C", "OC"], "left": ["[D", "OD"],
    "home": ["[H", "OH", "[1~", "[7~"], "end": ["[F", "OF", "[4~", "[8~"],
    "insert": ["[2~"], "delete": ["[3~"], "pageup": ["[5~"], "pagedown": ["[6~"], "shift+tab": ["[Z"],
    "f1": ["OP", "[11~", "[[A"], "f2": ["OQ", "[12~", "[[B"], "f3": ["OR", "[13~", "[[C"], "f4": ["OS", "[14~", "[[D"],
    "f5": ["[15~", "[[E"], "f6": ["[17~"], "f7": ["[18~"], "f8": ["[19~"], "f9": ["[20~"],
}  # fmt: skip
"""What xterm, PuTTY, the Linux console and a VT220 send, plain and in application mode."""


@pytest.mark.parametrize(("key", "sent"), [(key, tail) for key, tails in KEYS.items() for tail in tails])
def test_every_terminals_keys_are_understood(key, sent):
    assert split([(0, ESC + sent)]) == [ESC + sent]
    assert [event.key for event in XTermParser().feed(ESC + sent)] == [key]
    assert split([(0, ESC + ESC + sent)]) == ["escape", ESC + sent]
