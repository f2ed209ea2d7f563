"""The settings file: what can be chosen, and what is refused with the name of the setting."""

import tomllib

import pytest

from ctfront.app import CTFrontApp
from ctfront.cli.desk import check_keymap
from ctfront.domain.errors import ClinicError
from ctfront.domain.keymap import check_keys
from ctfront.settings import VI, SettingsRefused, read_settings
from ctfront.settings.keymap import write_keys


@pytest.fixture
def settings_of(tmp_path):
    """Read a settings file that holds the text."""

    def read(text: str):
        (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
        return read_settings(str(tmp_path / "clinic.db"))

    return read


def test_without_a_file_everything_has_its_default(tmp_path):
    settings = read_settings(str(tmp_path / "clinic.db"))
    assert (settings.hold_seconds, settings.keymap, settings.ascii) == (30, {}, False)


def test_a_table_gives_acts_other_keys(settings_of):
    assert settings_of('[keys]\n"scheduler.book" = "B,insert"').keymap == {"scheduler.book": "B,insert"}


def test_vi_is_a_set_that_ships(settings_of):
    assert settings_of('keys = "vi"').keymap == VI


def test_every_key_of_the_vi_set_belongs_to_an_act():
    assert VI.keys() - CTFrontApp.key_names() == set()


@pytest.mark.parametrize(
    ("text", "named"),
    [("hold = -1", "“hold”"), ('keys = "emacs"', "“keys”"), ("[keys]\nx = 1", "“keys”"), ("colour = 1", "“colour”")],
)
def test_what_cannot_be_is_refused_by_its_name(settings_of, text, named):
    with pytest.raises(SettingsRefused, match=named):
        settings_of(text)


def test_a_key_for_no_act_is_refused_with_the_nearest():
    with pytest.raises(ClinicError, match=r"“scheduler\.bok” a key, which is no act; perhaps scheduler\.book is meant"):
        check_keymap({"scheduler.bok": "b"}, CTFrontApp.key_names())


@pytest.mark.parametrize(
    "command", ["""'lp -d "front desk"'""", '["lp", "-d", "front desk"]'], ids=["a text", "a list"]
)
def test_a_print_command_is_a_program_and_its_arguments(settings_of, command):
    assert settings_of(f"print_command = {command}").print_command == ("lp", "-d", "front desk")


@pytest.mark.parametrize("command", ["''", "[]", "7", "[7]", "['']", "'lp \"'", '["lp\\u0000"]'])
def test_what_is_no_print_command_is_refused(settings_of, command):
    with pytest.raises(SettingsRefused, match="print_command"):
        settings_of(f"print_command = {command}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hold = 5\n",
        'keys = "vi"\nhold = 5 # seconds\n',
        '[mail]\nhost = "mx"\n\n[keys]\n"scheduler.book" = "B"\n# of mail\n[site]\nurl = "https://a.example"\n',
    ],
)
def test_keys_are_written_and_the_rest_of_the_file_stays(tmp_path, text):
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    write_keys(file, {"scheduler.book": "x,X"})
    before, after = tomllib.loads(text), tomllib.loads(file.read_text(encoding="utf-8"))
    assert after == {**before, "keys": {"scheduler.book": "x,X"}}
    write_keys(file, {})
    assert tomllib.loads(file.read_text(encoding="utf-8")) == {n: v for n, v in before.items() if n != "keys"}


def test_a_file_that_cannot_be_written_stays_and_says_so(tmp_path):
    with pytest.raises(SettingsRefused, match="cannot be written"):
        write_keys(tmp_path / "nowhere" / "settings.toml", {"scheduler.book": "x"})
    odd = tmp_path / "odd.toml"
    odd.write_text('keys."scheduler.book" = "b"\n', encoding="utf-8")
    with pytest.raises(SettingsRefused, match="by hand"):
        write_keys(odd, {"scheduler.book": "x"})
    assert odd.read_text(encoding="utf-8") == 'keys."scheduler.book" = "b"\n'


def test_the_vi_set_takes_no_key_of_another_act():
    acts = CTFrontApp.acts_by(VI)
    for act in acts:
        if act.id in VI:
            check_keys(acts, act, act.keys)
