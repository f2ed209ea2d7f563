"""Stories of the day sheet: `ds` on the command line saves it and says where."""

from tests.screens.conftest import cast


async def test_the_day_sheet_is_saved_and_named(both_ways, tmp_path):
    end = await both_ways(": ds enter", cast)
    assert end.message == "Day sheet of Mon 2 Mar saved: day-2026-03-02.txt in the state folder"
    slow, burst = tmp_path.rglob("day-2026-03-02.txt")
    assert "RUIZ, Ana" in slow.read_text(encoding="utf-8")
    assert burst.read_text(encoding="utf-8") == slow.read_text(encoding="utf-8")


async def test_a_print_command_that_fails_leaves_the_sheet_saved_and_says_so(both_ways, tmp_path):
    end = await both_ways(": ds enter", cast, print_command=("false",))
    assert end.message == "false failed (1); saved: day-2026-03-02.txt in the state folder"
    assert all("RUIZ, Ana" in sheet.read_text(encoding="utf-8") for sheet in tmp_path.rglob("day-2026-03-02.txt"))


async def test_the_line_says_which_day_and_the_day_in_view_stays(both_ways, tmp_path):
    assert "Day sheet of Tue 3 Mar 2026" in (await both_ways(": ds space +1", cast)).screen
    end = await both_ways(": ds space +1 enter", cast)
    assert end.message == "Day sheet of Tue 3 Mar saved: day-2026-03-03.txt in the state folder"
    assert "Mon 2 Mar 2026" in end.cells[0]
