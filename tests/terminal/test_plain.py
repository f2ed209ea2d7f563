"""Drawing in ASCII: the same columns, nothing that a terminal without Unicode cannot show."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ctfront.terminal.plain import plain_character
from tests.screens.conftest import cast, founded  # noqa: F401
from tests.stories import EIGHT, copy_of
from tests.wire.terminal_desk import terminal_desk


def test_what_is_known_is_drawn_as_its_look_alike():
    assert "".join(map(plain_character, "▸KAPOOR ┆ ─── O'NEIL-ŁUKASZ, Zoë · 8:00–8:15…")) == (
        ">KAPOOR | --- O'NEIL-LUKASZ, Zoe . 8:00-8:15~"
    )


@given(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Cn", "Co", "Zl", "Zp", "Mn", "Me", "Mc"]))
def test_any_character_becomes_ascii_of_its_width(character):
    plain = plain_character(character)
    assert (plain.isascii(), len(plain)) == (True, cell_len(character))


def test_the_program_draws_in_ascii_when_told_to(founded, tmp_path):  # noqa: F811
    clinic = copy_of(founded, tmp_path / "clinic.db")
    cast(clinic)
    clinic.database.close_writer()
    (tmp_path / "settings.toml").write_text("ascii = true\n", encoding="utf-8")
    with terminal_desk(tmp_path / "clinic.db", who="mgarcia", size=(80, 24), now=EIGHT) as desk:
        desk.press("down b oneil")
        lines = desk.cells()
        desk.press("esc esc")
        desk.send(b":q\r", keys=3)
        assert desk.wait_for_exit() == 0
    assert [line for line in lines if not line.isascii()] == []
    found = next(line for line in lines if "O'NEIL" in line)
    assert found.startswith("|            >1 O'NEIL-[/X]LUKASZ, Z~ b 10 Oct 1988")
