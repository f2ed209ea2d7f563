"""Keys as they are typed, and which acts may not share one."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.errors import InputRefused
from ctfront.domain.keymap import NAMED, SIGNS, KeyAct, changed, check_keys, read_keys, switched, type_keys


def act(id: str, *keys: str, places=("day",)) -> KeyAct:
    return KeyAct(id=id, words=id, keys=keys, shipped=keys, places=frozenset(places))


KEYS = st.lists(st.sampled_from([*"abcZ09", "K", "f8", "ctrl+b", *NAMED, *SIGNS]), min_size=1, max_size=4)


@given(KEYS)
def test_keys_come_back_as_they_were_typed(typed):
    keys = read_keys(" ".join(typed))
    assert set(read_keys(type_keys(keys))) == set(keys)


@given(st.text(max_size=12))
def test_any_text_is_keys_or_refused(text):
    with suppress(InputRefused):
        assert read_keys(text)


def test_a_small_letter_is_either_case_and_a_capital_itself():
    assert read_keys("b K") == ("b", "B", "K")
    assert read_keys(", [") == ("comma", "left_square_bracket")


@pytest.mark.parametrize("text", ["", "ctrl+c", "escape", "f12", "ctrl+h", "hyper+x"])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(InputRefused):
        read_keys(text)


def test_one_key_does_one_act_on_a_screen():
    book, other, far = act("book", "b"), act("find", "f"), act("end", "f", places=("list",))
    check_keys((book, other, far), far, ("b",))
    check_keys((book, replace(other, keys=("b",))), book, ("b",))
    with pytest.raises(InputRefused, match="b is already “book”"):
        check_keys((book, other, far), other, ("b",))


def test_the_keymap_holds_what_differs_from_what_ships():
    book = act("book", "b", "B")
    assert changed({"find": "f"}, book, ("x",)) == {"find": "f", "book": "x"}
    assert changed({"find": "f", "book": "x"}, book, ("b", "B")) == {"find": "f"}
    walking = {"down": "down,j"}
    assert switched({"find": "f"}, True, walking) == {"find": "f", "down": "down,j"}
    assert switched({"find": "f", "down": "down,j"}, False, walking) == {"find": "f"}
