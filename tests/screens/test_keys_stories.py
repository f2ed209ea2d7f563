"""Stories of the keys in Set-up: an act gets other keys, and letters walk."""

import tomllib

import pytest

from tests.screens.conftest import cast

NEW_PATIENT = "f6 7 down enter"


@pytest.fixture
def kept(tmp_path):
    """What the settings file beside the clinic holds in the end."""
    return lambda: tomllib.loads((tmp_path / "settings.toml").read_text(encoding="utf-8"))["keys"]


async def test_an_act_has_other_keys_at_once(both_ways, kept):
    end = await both_ways(f"{NEW_PATIENT} 'ctrl+b f8' f9", cast, who="manager")
    assert end.message == "“Add a patient” has its keys at once, here; other desks from their next start."
    assert "▸Add a patient                                ctrl+b f8      all screens" in end.screen
    assert kept() == {"app.new_patient": "ctrl+b,f8"}
    end = await both_ways(f"{NEW_PATIENT} 'ctrl+b f8' f9 f2 f8", cast, who="manager")
    assert "New patient" in end.dialog
    end = await both_ways(f"{NEW_PATIENT} 'ctrl+b f8' f9 f2 n down", cast, who="manager")
    assert end.cursor[0] == "8:15"


async def test_its_own_keys_again_leave_nothing_in_the_file(both_ways, tmp_path):
    await both_ways(f"{NEW_PATIENT} f8 f9 enter n f9", cast, who="manager")
    assert tomllib.loads((tmp_path / "settings.toml").read_text(encoding="utf-8")) == {}


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("b", "! b is already “Book"),
        ("x", "! x is already"),
        ("ctrl+c", "! “ctrl+c” is no key for an act"),
        ("esc", "! “esc” is no key for an act"),
    ],
)
async def test_a_key_that_cannot_be_is_refused_where_it_is_typed(both_ways, tmp_path, typed, why):
    end = await both_ways(f"{NEW_PATIENT} '{typed} ' f9", cast, who="manager")
    assert why in end.screen
    assert not (tmp_path / "settings.toml").exists()


async def test_letters_walk_and_no_longer(both_ways, kept):
    end = await both_ways("f6 7 enter y f2 j l j", cast, who="manager")
    assert end.cursor == ("8:30", "·")
    assert kept()["scheduler.down"] == "down,j"
    end = await both_ways("f6 7 enter y enter y f2 j", cast, who="manager")
    assert end.cursor[0] == "8:00"
    end = await both_ways("f6 7 enter enter", cast, who="manager")
    assert "▸h j k l walk                                 no             all screens" in end.screen


async def test_letters_that_do_something_else_do_not_walk(both_ways, tmp_path):
    end = await both_ways("f6 7 down enter 'j' f9 home enter y", cast, who="manager")
    assert end.message == "j is already “Add a patient”."
    assert tomllib.loads((tmp_path / "settings.toml").read_text(encoding="utf-8"))["keys"] == {"app.new_patient": "j,J"}


async def test_without_the_right_keys_stay(both_ways):
    end = await both_ways("f6 7 enter", cast, who="tlee")
    assert end.message == "tlee may not do that: the right “set-up” is needed; a manager can give it."
