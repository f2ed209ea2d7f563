"""`ctfront agenda --sheet`: the day on paper, or kept in a folder."""

import stat

import pytest

from tests.cli.test_commands import demo, demo_template, own_folders, said  # noqa: F401


def test_a_page_for_each_provider(demo):  # noqa: F811
    code, out, err = said(demo("agenda", "--sheet"))
    pages = out.split("\f")
    assert (code, err, len(pages)) == (0, "", 3)
    assert all(page.splitlines()[1].startswith("Mon 2 Mar 2026 · ") for page in pages)
    assert "RUIZ, Ana" in pages[0]
    assert max(map(len, out.replace("\f", "").splitlines())) <= 80


def test_one_provider_on_wide_paper(demo):  # noqa: F811
    code, out, _ = said(demo("agenda", "--sheet", "--provider", "chen", "--width", "132", "--date", "t"))
    assert (code, "\f" in out) == (0, False)
    assert 80 < max(map(len, out.splitlines())) <= 132


def test_a_sheet_is_kept_where_only_its_owner_reads_it(demo, tmp_path):  # noqa: F811
    folder = tmp_path / "sheets"
    file = folder / "day-2026-03-03.txt"
    assert said(demo("agenda", "--sheet", "--date", "+1", "--into", folder)) == (0, f"Saved {file}.\n", "")
    assert "Tue 3 Mar 2026 · " in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "options", [["--into", "x"], ["--width", "80"], ["--sheet", "--json"], ["--sheet", "--width", "81"],
                ["--sheet", "--into", "x", "--provider", "chen"]]
)  # fmt: skip
def test_what_does_not_go_together_is_wrong_usage(demo, options):  # noqa: F811
    assert demo("agenda", *options).exit_code == 2


def test_a_folder_that_cannot_be_made_is_one_sentence(demo, tmp_path):  # noqa: F811
    (tmp_path / "file").write_text("")
    code, out, err = said(demo("agenda", "--sheet", "--into", tmp_path / "file" / "x"))
    assert (code, out, err) == (1, "", f"{tmp_path / 'file' / 'x'} cannot be made: Not a directory.\n")


def test_a_line_saves_the_sheet_or_hands_it_to_the_print_command(demo, tmp_path):  # noqa: F811
    saved = tmp_path / "XDG_STATE_HOME" / "ctfront" / "day-2026-03-03.txt"
    assert said(demo("do", "ds +1")) == (
        0, "Day sheet of Tue 3 Mar saved: day-2026-03-03.txt in the state folder\n", ""
    )  # fmt: skip
    assert "Tue 3 Mar 2026 · " in saved.read_text(encoding="utf-8")
    paper = tmp_path / "paper"
    (tmp_path / "settings.toml").write_text(f"print_command = ['tee', '{paper}']", encoding="utf-8")
    assert said(demo("do", "ds")) == (0, "Day sheet of Mon 2 Mar printed with tee.\n", "")
    assert "RUIZ, Ana" in paper.read_text(encoding="utf-8")
