"""Stories of Set-up: providers, visit purposes, staff, events and the clinic, key by key and in a burst."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ctfront.app import CTFrontApp
from ctfront.data.database import Database
from ctfront.domain.clinic import DateOrder
from ctfront.domain.providers import Break, DayHours
from ctfront.domain.set_up import ProviderDraft, SetUp
from ctfront.domain.staff import ALL_RIGHTS, FRONT_DESK_RIGHTS, Right
from ctfront.domain.times import Span
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.services.set_up_providers import save_provider
from tests.clinics import MONDAY, WEEK, small_clinic
from tests.desk import open_desk
from tests.screens.conftest import cast
from tests.stories import EIGHT

NO_RIGHT = "tlee may not do that: the right “set-up” is needed; a manager can give it."
IN_THE_WAY = "2 appointments stand in the way: move or cancel them first."


@pytest.fixture
def story(both_ways):
    """Run a script as the manager, both ways; tell where it ended and what was then set up."""

    async def run(script: str, scene=cast, *, who: str = "manager", **more):
        clinics = []

        def set_scene(clinic) -> None:
            clinics.append(clinic)
            scene(clinic)

        end = await both_ways(script, set_scene, who=who, **more)
        slow, burst = [await read(clinic) for clinic in clinics]
        assert burst == slow
        return end, slow

    return run


async def read(clinic) -> SetUp:
    database = Database(f"sqlite:///{clinic.database.path}")
    try:
        return await ClinicSetup(database, clinic.clinic).everything(MONDAY)
    finally:
        await database.close()


def named(rows, name: str):
    return {row.name: row for row in rows}[name]


def colleague_saves(clinic, *, after: int) -> None:
    """Let a colleague save Dr Alvarez just before the write with that number."""
    write, count = clinic.database.write, iter(range(100))
    draft = ProviderDraft(
        name="Dr Alvarez", governor=3, hours=WEEK, purpose_ids=clinic.providers["Dr Alvarez"].purpose_ids
    )

    async def write_second(act):
        if next(count) == after:
            provider_id = clinic.providers["Dr Alvarez"].id
            clinic.database.write_now(
                lambda session: save_provider(session, clinic.clinic, clinic.act(clinic.manager), provider_id, draft)
            )
        return await write(act)

    clinic.database.write = write_second


# -- looking round


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        ("1", "▸Dr Alvarez           1       yes    Adj NPE Rex     Mon–Fri 8-18, lunch 12-13"),
        ("2", "▸Adjustment               Adj     15      yes    Dr Alvarez, Dr Chen"),
        ("3", "▸Ada Admin              admin        none         yes    manager"),
        ("4", "▸+ Add an event"),
        ("5", "▸Name         Main Street Clinic             in the title of every screen"),
    ],
)
async def test_each_list_is_a_digit_away(story, keys, row):
    end, _ = await story(f"f6 {keys}")
    assert row in end.cells
    assert end.cells[0].split() == ["SET-UP", "·", "Main", "Street", "Clinic", "admin"]


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("1", "1-8 Lists  Enter Open  h Inactive  u Undo  F2 Scheduler  ? Keys"),
        ("3", "1-8 Lists  Enter Open  h Inactive  u Undo  F2 Scheduler  ? Keys"),
        ("4", "1-8 Lists  Enter Whom it hits  c Take away  u Undo  F2 Scheduler  ? Keys"),
        ("5", "1-8 Lists  Enter Open  u Undo  F2 Scheduler  ? Keys"),
        ("7", "1-8 Lists  Enter Change  F2 Scheduler  ? Keys"),
    ],
)
async def test_the_bottom_line_says_what_works_in_each_list(story, keys, line):
    end, _ = await story(f"f6 {keys}")
    assert end.cells[-1].strip() == line


async def test_set_up_by_the_command_line_and_back(story):
    end, _ = await story(":su enter")
    assert "[1 Providers]" in end.cells[1]
    end, _ = await story(":su enter f2")
    assert end.cursor == ("8:00", "RUIZ, Ana")


async def test_the_cursor_walks_and_stops_at_the_ends(story):
    end, _ = await story("f6 up up up down down down pgdn pgdn")
    assert "▸Osei LMT" in end.screen
    end, _ = await story("f6 2 end home down pgup pgdn up")
    assert "▸Re-exam" in end.screen


async def test_the_keys_are_listed(story):
    end, _ = await story("f6 ? inactive")
    assert "Show inactive ones too, or hide them" in end.screen


async def test_without_the_right_it_can_be_read_and_nothing_typed_is_lost(story):
    end, before = await story("f6 enter", who="tlee")
    assert end.message == NO_RIGHT
    assert "Dr Alvarez   active   governor: 1 appointment at any moment" in end.screen
    for script in ("f6 home e", "f6 3 home enter", "f6 5 enter"):
        end, after = await story(script, who="tlee")
        assert after == before
        assert "Okay" not in end.screen


# -- providers


async def test_a_new_provider_with_hours_has_a_column(story):
    end, set_up = await story("f6 home enter 'Dr Novak' enter adj,rex f9 f2 right right right")
    novak = named(set_up.providers, "Dr Novak")
    assert (novak.hours, novak.purpose_ids) == (WEEK, tuple(p.id for p in set_up.purposes if p.letter in "Adj Rex"))
    assert "Dr Novak" in end.cells[1]


async def test_a_provider_is_added_in_four_answers(story):
    end, set_up = await story("f6 home enter 'Dr Novak' enter all enter enter")
    assert named(set_up.providers, "Dr Novak").purpose_ids == tuple(p.id for p in set_up.purposes)
    assert end.message == "Added Dr Novak. u takes it back."
    assert "▸Dr Novak" in end.screen


async def test_hours_are_typed_in_words_and_equals_is_the_day_above(story):
    script = "f6 down enter tab tab tab tab tab 7-13 tab = tab '8-12, 13-18, tea 10-10:15' tab closed tab 8-12 f9"
    end, set_up = await story(script, scene=lambda clinic: None)
    assert named(set_up.providers, "Dr Chen").hours == (
        DayHours(weekday=0, spans=(Span(420, 780),)),
        DayHours(weekday=1, spans=(Span(420, 780),)),
        DayHours(
            weekday=2,
            spans=(Span(480, 720), Span(780, 1080)),
            breaks=(Break(span=Span(600, 615), label="tea"),),
        ),
        DayHours(weekday=4, spans=(Span(480, 720),)),
    )
    assert end.message == "Saved Dr Chen. u takes it back."
    assert "Mon, Tue 7-13; Wed 8-12, 13-18, tea 10-10:15; Fri 8-12" in end.screen


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("8-6", "! 6:00 is not after 8:00; type 18:00."),
        ("8-18,lunch", "! Type hours as 8-18, lunch 12-13."),
        ("8-12,lunch_12-13", "! A break lies inside the office"),
    ],
)
async def test_hours_that_cannot_be_keep_the_form_open(story, typed, why):
    end, set_up = await story(f"f6 enter tab tab tab tab tab '{typed.replace('_', ' ')}' f9 f9")
    assert why in end.screen
    assert named(set_up.providers, "Dr Alvarez").hours == WEEK


async def test_hours_that_would_orphan_are_refused_with_the_list(story):
    script = "f6 enter end ' Md' tab tab tab tab tab 13-18 f9"
    end, set_up = await story(script)
    assert IN_THE_WAY in end.screen
    assert [line.strip(" │▸─") for line in end.cells if "010-" in line] == [
        "Mon 2 Mar 2026   8:00 RUIZ, Ana             (555) 010-4431   Dr Alvarez",
        "Mon 2 Mar 2026   8:30 OKAFOR, Grace         (555) 010-4434   Dr Alvarez",
    ]
    end, set_up = await story(f"{script} enter")
    assert "Name        Dr Alvarez Md" in end.screen
    assert "Monday      13-18                    13:00–18:00" in end.screen
    assert f"! {IN_THE_WAY}" in end.screen
    assert named(set_up.providers, "Dr Alvarez").hours == WEEK
    end, set_up = await story(f"{script} esc shift+tab tab 8-18 f9")
    assert named(set_up.providers, "Dr Alvarez Md").hours[0] == DayHours(weekday=0, spans=(Span(480, 1080),))


@pytest.mark.parametrize(
    ("keys", "typed", "field"),
    [("tab tab", "n", "Active"), ("tab tab tab", "npe", "Offers"), ("tab tab tab", "none", "Offers")],
)
async def test_appointments_keep_their_provider_and_purpose(story, keys, typed, field):
    end, set_up = await story(f"f6 enter {keys} {typed} tab f9 enter x")
    assert f"! {IN_THE_WAY}" in end.screen
    assert f"{field:<12}x " in end.screen  # the cursor went back to the field at fault, and what it held is replaced
    assert named(set_up.providers, "Dr Alvarez").active


async def test_a_long_list_of_those_in_the_way_scrolls(story):
    def busy(clinic):
        for week in range(1, 16):
            clinic.book("RUIZ", "Dr Alvarez", "9:00", MONDAY + timedelta(days=7 * week))

    end, _ = await story("f6 enter tab tab n f9", busy)
    assert "15 appointments stand in the way: move or cancel them first." in end.screen
    assert "3 more ↓" in end.screen
    end, _ = await story("f6 enter tab tab n f9 end", busy)
    assert "▸Mon 15 Jun 2026" in end.screen


async def test_governor_two_lets_two_share_a_slot(story):
    end, set_up = await story("f6 enter tab 2 f9 f2 b bau enter enter")
    assert named(set_up.providers, "Dr Alvarez").governor == 2
    assert {(480, "Dr Alvarez", "BAUER"), (480, "Dr Alvarez", "RUIZ")} <= set(end.live())
    assert not any(row["overbooked"] for row in end.rows)


async def test_an_inactive_provider_is_hidden_until_h(story):
    end, set_up = await story("f6 end enter tab tab n f9", scene=lambda clinic: None)
    assert not named(set_up.providers, "Osei LMT").active
    assert "▸Osei LMT             1       no" in end.screen  # it stays until the list is opened anew
    end, _ = await story("f6 end enter tab tab n f9 2 1", scene=lambda clinic: None)
    assert "Osei LMT" not in end.screen
    end, _ = await story("f6 end enter tab tab n f9 2 1 h", scene=lambda clinic: None)
    assert " Osei LMT             1       no" in end.screen
    assert end.message == "Inactive ones are shown too; h hides them."
    end, _ = await story("f6 end enter tab tab n f9 f2", scene=lambda clinic: None)
    assert "Osei" not in end.screen


async def test_a_namesake_is_refused_beside_the_name(story):
    end, set_up = await story("f6 enter 'dr chen' f9")
    assert "! There is dr chen already." in end.screen
    assert len(set_up.providers) == 3


async def test_a_colleagues_save_in_between_loses_nothing_typed(story):
    def scene(clinic):
        cast(clinic)
        colleague_saves(clinic, after=0)

    end, set_up = await story("f6 enter tab 2 f9", scene)
    assert "! A colleague saved Dr Alvarez in between; open it again." in end.screen
    assert "Governor    2" in end.screen
    assert named(set_up.providers, "Dr Alvarez").governor == 3


async def test_a_form_opens_on_what_is_so_now(story):
    def scene(clinic):
        cast(clinic)
        colleague_saves(clinic, after=0)

    end, set_up = await story("a f6 enter tab 2 f9", scene)
    assert end.message == "Saved Dr Alvarez. u takes it back."
    assert named(set_up.providers, "Dr Alvarez").governor == 2


async def test_escape_twice_leaves_what_was_typed(story):
    end, set_up = await story("f6 enter 'Dr Nobody' esc")
    assert "What was typed is not saved. Esc again leaves." in end.screen
    end, set_up = await story("f6 enter 'Dr Nobody' esc esc")
    assert "▸Dr Alvarez" in end.screen
    assert "Okay" not in end.screen
    assert {p.name for p in set_up.providers} == {"Dr Alvarez", "Dr Chen", "Osei LMT"}


async def test_a_name_that_breaks_careless_software_is_shown_as_it_is(story):
    end, set_up = await story("f6 home enter 'O[/x]Neil' enter all f9")
    assert "▸O[/x]Neil" in end.screen
    assert named(set_up.providers, "O[/x]Neil").active


async def test_u_takes_back_what_was_saved_one_save_after_the_other(story):
    end, set_up = await story("f6 enter tab 2 f9 enter tab 3 f9 u")
    assert end.message == "Took back: Saved Dr Alvarez."
    assert named(set_up.providers, "Dr Alvarez").governor == 2
    _, set_up = await story("f6 enter tab 2 f9 enter tab tab tab tab tab = ctrl+u 13-18 f9 u u", lambda clinic: None)
    assert (named(set_up.providers, "Dr Alvarez").governor, named(set_up.providers, "Dr Alvarez").hours) == (1, WEEK)


async def test_u_takes_away_what_was_added(story):
    end, set_up = await story("f6 home enter 'Dr Novak' enter all f9 u")
    assert "Dr Novak" not in {p.name for p in set_up.providers}
    assert end.message == "Took back: Saved Dr Novak."
    end, set_up = await story("f6 5 enter 'Harbour Clinic' f9 u")
    assert set_up.clinic.name == "Main Street Clinic"
    assert "SET-UP · Main Street Clinic" in end.cells[0]


async def test_a_clinic_read_before_the_latest_save_is_not_adopted(clinic_of_its_own):
    clinic = clinic_of_its_own()
    app = CTFrontApp(clinic.database, clinic.clinic, clinic.mgarcia, lambda: EIGHT)
    app.adopt(replace(clinic.clinic, name="Harbour Clinic", version=clinic.clinic.version + 1))
    app.adopt(clinic.clinic)
    assert (app.clinic.name, app.scheduling.clinic.name) == ("Harbour Clinic", "Harbour Clinic")


# -- sites


async def test_a_second_site_is_named_by_the_hours_and_shown(story):
    add = "f6 6 home enter Harbour enter f9"
    end, set_up = await story(add)
    assert [site.name for site in set_up.sites] == ["Main Street Clinic", "Harbour"]
    assert end.message == "Added Harbour. u takes it back."
    assert "site" not in (await story("f6"))[0].pane
    end, set_up = await story(f"{add} 1 down down enter tab tab tab tab tab '8-18 @harb' f9 f2")
    assert named(set_up.providers, "Osei LMT").hours[0].site_id == set_up.sites[1].id
    assert "Main Street Clinic" in end.pane
    end, _ = await story(f"{add} 1 down down enter tab tab tab tab tab '8-18 @harb'")
    assert "8:00–18:00 @Harbour" in end.screen


async def test_the_first_sites_address_is_changed_in_its_form(story):
    end, set_up = await story("f6 6 enter tab '1 Main St' f9")
    assert set_up.site.address == "1 Main St"
    assert end.message == "Saved Main Street Clinic. u takes it back."


# -- hours from another day on


async def test_other_hours_hold_from_a_day_on(story):
    script = "f6 enter pgdn '1 apr' tab - tab 10-14 tab - tab 10-14 tab - f9".replace(" - ", " closed ")
    end, set_up = await story(script)
    assert end.message == "Saved Dr Alvarez. u takes it back."
    hours = named(set_up.providers, "Dr Alvarez").hours
    assert hours[:5] == tuple(replace(day, until=date(2026, 3, 31)) for day in WEEK)
    assert hours[5:] == tuple(
        DayHours(weekday=weekday, spans=(Span(600, 840),), since=date(2026, 4, 1)) for weekday in (1, 3)
    )
    assert "until 31 Mar 2026: Mon–Fri 8-18, lunch 12-13" in end.screen
    assert "from 1 Apr 2026: Tue, Thu 10-14" in end.screen


async def test_the_scheduler_follows_the_hours_of_its_day(story):
    change = "f6 enter pgdn 3/9 tab 10-14 f9 f2"
    end, _ = await story(change)
    assert "RUIZ, Ana" in end.at("8:00")
    end, _ = await story(f"{change} }}")
    assert "Mon 9 Mar 2026" in end.cells[0]
    assert end.at("8:00").split()[1:3] == ["▸░░", "·"]
    assert end.at("10:00").split()[1:3] == ["·", "·"]


async def test_pages_are_walked_and_one_without_a_day_is_left_out(story):
    change = "f6 enter pgdn 3/9 tab 10-14 f9"
    end, _ = await story(f"{change} enter")
    assert "Provider · Dr Alvarez · hours 1 of 2" in end.screen
    assert "until those after; PgDn shows them" in end.screen
    end, _ = await story(f"{change} enter pgdn")
    assert "From        9 Mar 2026               Mon 9 Mar 2026" in end.screen
    assert "Monday      10-14" in end.screen
    end, set_up = await story(f"{change} enter pgdn ctrl+u f9")
    assert named(set_up.providers, "Dr Alvarez").hours == WEEK
    end, _ = await story("f6 enter pgdn pgdn")
    assert "Type in From when these hours begin; PgUp goes back." in end.screen
    end, _ = await story("f6 enter pgdn pgup")
    assert "Provider · Dr Alvarez " in end.screen
    assert "always; PgDn other hours from a day on" in end.screen


async def test_who_leaves_has_a_last_day(story):
    end, set_up = await story("f6 down enter tab tab tab tab 'until 20 mar' f9", scene=lambda clinic: None)
    assert {day.until for day in named(set_up.providers, "Dr Chen").hours} == {date(2026, 3, 20)}
    assert "until 20 Mar 2026: Mon–Fri 8-18, lunch 12-13" in end.screen


async def test_hours_from_a_day_on_that_would_orphan_are_refused_with_the_list(story):
    def scene(clinic):
        clinic.book("RUIZ", "Dr Alvarez", "9:00", MONDAY + timedelta(days=7))
        clinic.book("LEE", "Dr Alvarez", "9:00")

    change = "f6 enter pgdn 3/9 tab 13-18 f9"
    end, set_up = await story(change, scene)
    assert "1 appointment stands in the way: move or cancel them first." in end.screen
    end, set_up = await story(f"{change} enter pgup", scene)
    assert "until those after; PgDn shows them" in end.screen
    assert named(set_up.providers, "Dr Alvarez").hours == WEEK


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ("tab tab tab tab perhaps f9", "! “perhaps” is no date"),
        ("tab tab tab tab '1 apr until 31 mar 2026' f9", "! The last day must not come before the"),
        ("pgdn 3/9 pgdn 3/9 f9", "! Other hours begin on that day too."),
    ],
)
async def test_days_that_cannot_be_keep_the_form_open(story, keys, why):
    end, set_up = await story(f"f6 enter {keys}")
    assert why in end.screen
    assert named(set_up.providers, "Dr Alvarez").hours == WEEK


# -- visit purposes


async def test_a_new_purpose_is_offered_by_who_takes_it_on(story):
    end, set_up = await story("f6 2 home enter X-ray enter 20 enter enter 1 enter tab tab tab all f9 2 end")
    xray = named(set_up.purposes, "X-ray")
    assert (xray.minutes, xray.letter, xray.active) == (20, "X-r", True)
    assert xray.id in named(set_up.providers, "Dr Alvarez").purpose_ids
    assert "▸X-ray                    X-r     20      yes    Dr Alvarez" in end.screen


async def test_a_purpose_becomes_inactive(story):
    end, set_up = await story("f6 2 down enter tab tab tab tab no f9")
    assert not named(set_up.purposes, "New Patient Exam").active
    assert end.message == "Saved New Patient Exam. u takes it back."


async def test_a_purpose_that_is_expected_stays(story):
    end, set_up = await story("f6 2 enter tab tab tab tab no f9")
    assert "3 appointments stand in the way" in end.screen
    assert named(set_up.purposes, "Adjustment").active


async def test_a_purposes_letters_are_painted_in_its_colour(story):
    end, set_up = await story("f6 2 enter tab tab tab green f9 f2")
    assert named(set_up.purposes, "Adjustment").color == "green"
    assert colors_of(end, "KAPOOR", "Adj") == {"#00aa00"}
    assert colors_of(end, "LEE", "Mas") == {"default"}
    end, _ = await story("f6 2 enter tab tab tab gre")
    assert "! Which: green, grey" in end.screen
    end, set_up = await story("f6 2 enter tab tab tab green f9 enter tab tab tab none f9")
    assert named(set_up.purposes, "Adjustment").color == ""


async def test_without_colours_the_letters_are_as_they_were(story, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    end, _ = await story("f6 2 enter tab tab tab red f9 f2")
    assert len(colors_of(end, "KAPOOR", "KAPOOR", "Adj")) == 1


def colors_of(end, patient: str, *words: str) -> set[str]:
    """The colours of the words beside a patient in the grid."""
    line = next(n for n, cells in enumerate(end.cells) if patient in cells)
    text = end.cells[line]
    places = [text.index(word, text.index(patient)) for word in words]
    spans = [range(at, at + len(word)) for at, word in zip(places, words, strict=True)]
    return {end.looks[line][n][1].color.name for span in spans for n in span}


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ("tab 7 f9", "! A length is a multiple of 5"),
        ("tab tab Long f9", "! At most 3 letters."),
        ("tab tab tab tab perhaps f9", "! No such answer: yes, no"),
    ],
)
async def test_a_purpose_that_cannot_be_keeps_the_form_open(story, keys, why):
    end, set_up = await story(f"f6 2 enter {keys}")
    assert why in end.screen
    assert (named(set_up.purposes, "Adjustment").minutes, named(set_up.purposes, "Adjustment").letter) == (15, "Adj")


# -- staff


async def test_somebody_joins_the_front_desk(story):
    end, set_up = await story("f6 3 home enter 'Nia Okoye' enter nokoye enter enter")
    assert named(set_up.staff, "Nia Okoye").rights == FRONT_DESK_RIGHTS
    assert end.message == "Added Nia Okoye. u takes it back."


@pytest.mark.parametrize(
    ("typed", "rights"),
    [
        ("manager", ALL_RIGHTS),
        ("none", frozenset()),
        ("front desk, audit", FRONT_DESK_RIGHTS | {Right.AUDIT}),
        ("book, edit", frozenset({Right.BOOK, Right.EDIT_PATIENT})),
    ],
)
async def test_rights_are_given_in_words(story, typed, rights):
    _, set_up = await story(f"f6 3 end enter tab tab tab '{typed}' f9")
    assert named(set_up.staff, "Tom Lee").rights == rights


async def test_the_last_manager_stays_one(story):
    end, set_up = await story("f6 3 enter tab tab tab 'front desk' f9")
    assert "! Somebody active must keep the right “set-up”; give it" in end.screen
    assert named(set_up.staff, "Ada Admin").rights == ALL_RIGHTS


async def test_who_gives_the_right_away_has_it_no_longer(story):
    end, set_up = await story("f6 3 end enter tab tab tab manager f9 home down enter tab tab tab 'front desk' f9 enter")
    assert named(set_up.staff, "Ada Admin").rights == FRONT_DESK_RIGHTS
    assert end.message == NO_RIGHT.replace("tlee", "admin")


async def test_a_short_name_is_one_persons(story):
    end, _ = await story("f6 3 enter tab tlee f9")
    assert "! tlee is Tom Lee's short name." in end.screen


# -- events


async def test_an_event_lists_whom_it_hits(story):
    end, set_up = await story("f6 4 enter alv tab tab Sick enter enter")
    assert "Sick 8:00–18:00 Mon 2 Mar 2026 with Dr Alvarez: 2 appointments are in it" in end.screen
    assert "OKAFOR, Grace                   (555) 010-4434   Adjustment" in end.screen
    assert [(e.day, e.span, e.text) for e in set_up.events] == [(MONDAY, Span(480, 1080), "Sick")]
    end, _ = await story("f6 4 enter alv tab tab Sick enter enter esc")
    assert end.message == "Sick 8:00–18:00 Mon 2 Mar 2026; 2 appointments are in it. u takes it back."
    assert "▸Mon 2 Mar 2026   8:00–18:00  Dr Alvarez           Sick" in end.screen


async def test_an_event_of_another_day_closes_it_on_the_scheduler(story):
    script = "f6 4 enter chen enter Course tab 9 tab 10:30 shift+tab shift+tab shift+tab tom f9 f2 ]"
    end, set_up = await story(script)
    assert [(e.day, e.span) for e in set_up.events] == [(date(2026, 3, 3), Span(540, 630))]
    assert "■ Course" in end.at("9:00")


async def test_an_event_is_taken_away_and_comes_back(story):
    add = "f6 4 enter chen enter Course tab 10 tab 11 f9"
    end, set_up = await story(f"{add} c")
    assert "Take Course 10:00–11:00 Mon 2 Mar 2026 away?" in end.screen
    end, set_up = await story(f"{add} c enter")
    assert len(set_up.events) == 1
    end, set_up = await story(f"{add} c y")
    assert set_up.events == ()
    assert end.message == "Course is taken away; the time is bookable. u takes it back."
    end, set_up = await story(f"{add} c y u")
    assert [event.text for event in set_up.events] == ["Course"]


async def test_enter_on_an_event_lists_who_is_in_it(story):
    add = "f6 4 enter alv tab tab Sick f9 esc"
    end, _ = await story(f"{add} enter")
    assert "RUIZ, Ana                       (555) 010-4431" in end.screen
    end, _ = await story(f"{add} enter enter m")
    assert end.message == "2 in hand: walk to a column or day; Enter puts them down, Esc puts them back."
    end, _ = await story("f6 4 enter chen tab tab Sick tab 16 f9 enter")
    assert end.message == "No appointment is in it. c takes Sick away."


MEETING = "f6 4 enter alv tab tab Staff tab 12 tab 12:30 tab weekly tab '30 mar' f9"
MONDAYS = [MONDAY + timedelta(days=7 * week) for week in range(5)]


async def test_an_event_repeats_until_a_day(story):
    end, set_up = await story(MEETING)
    assert [(e.day, e.span, e.text) for e in set_up.events] == [(day, Span(720, 750), "Staff") for day in MONDAYS]
    assert end.message == "Staff 12:00–12:30 Mon 2 Mar 2026 and 4 more days: blocked. u takes it back."
    assert "▸Mon 2 Mar 2026   12:00–12:30 Dr Alvarez           Staff (repeats)" in end.screen
    end, set_up = await story(f"{MEETING} u")
    assert set_up.events == ()


async def test_how_often_it_repeats_is_read_back(story):
    end, _ = await story("f6 4 enter alv tab tab Staff tab 12 tab 12:30 tab 2w tab 3m")
    assert "every 2 weeks on Monday" in end.screen
    assert "Mon 25 May 2026, 7 days" in end.screen
    end, _ = await story("f6 4 enter alv tab tab Staff tab 12 tab 12:30 tab w enter f9")
    assert "! Type the last day, as 30 jun." in end.screen


@pytest.mark.parametrize(
    ("letter", "left"),
    [("o", [0, 1, 3, 4]), ("l", [0, 1]), ("a", []), ("esc", [0, 1, 2, 3, 4])],
)
async def test_of_an_event_that_repeats_one_day_goes_or_more(story, letter, left):
    _, set_up = await story(f"{MEETING} down down c {letter}")
    assert [event.day for event in set_up.events] == [MONDAYS[number] for number in left]
    if letter != "esc":
        _, set_up = await story(f"{MEETING} down down c {letter} u")
        assert [event.day for event in set_up.events] == MONDAYS


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ("alv tab 1/1/2026 tab Sick f9", "! That day is over."),
        ("alv tab tab Sick tab 9 tab 8 f9", "! The end must come"),
        ("alv tab tab Sick tab tab tab often f9", "! Type weekly, or 2 for every 2 weeks"),
        ("alv tab tab Sick tab tab tab w tab 1/3/2026 f9", "! The last day must not come before"),
        ("alv tab tab Sick tab tab tab w tab +3y f9", "! An event repeats for two years at"),
        ("alv tab tab Sick tab tab tab tab +3w f9", "! Type weekly here, or no last day."),
    ],
)
async def test_an_event_that_cannot_be_keeps_the_form_open(story, keys, why):
    end, set_up = await story(f"f6 4 enter {keys}")
    assert why in end.dialog
    assert set_up.events == ()


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ("h", "Nothing in the list “Events” is ever inactive."),
        ("1 c", "Only an event is taken away; what else is set up is made inactive in its form."),
    ],
)
async def test_what_a_list_does_not_know_says_so(story, keys, sentence):
    assert (await story(f"f6 4 {keys}"))[0].message == sentence


# -- the clinic


async def test_the_clinics_name_is_in_the_title_at_once(story):
    end, set_up = await story("f6 5 enter 'Harbour Clinic' f9")
    assert set_up.clinic.name == "Harbour Clinic"
    assert "SET-UP · Harbour Clinic" in end.cells[0]
    end, _ = await story("f6 5 enter 'Harbour Clinic' f9 f2")
    assert "SCHEDULER · Harbour Clinic" in end.cells[0]


async def test_other_slot_minutes_make_other_rows(story):
    end, set_up = await story("f6 5 down down down down enter 30 f9 f2")
    assert set_up.clinic.slot_minutes == 30
    assert [line.split()[0].strip("▸") for line in end.cells[2:5]] == ["8:00", "8:30", "9:00"]


async def test_online_appointments_off_and_the_other_date_order(story):
    end, set_up = await story("f6 5 down down enter day tab no f9 f2 g 3/4 enter")
    assert (set_up.clinic.date_order, set_up.clinic.online) == (DateOrder.DAY_FIRST, False)
    assert end.cells[0].split()[:4] == ["Fri", "3", "Apr", "2026"]
    assert "Online:" not in (await story("f6 5 down down down enter no f9 f2"))[0].pane


async def test_site_phone_and_corrections_are_saved(story):
    _, set_up = await story("f6 5 end up enter '555 0100' shift+tab '1 Main St' f9 home enter tab tab tab tab tab 3 f9")
    assert (set_up.site.phone, set_up.site.address, set_up.clinic.correction_days) == ("555 0100", "1 Main St", 3)


async def test_whose_holidays_the_clinic_keeps_is_read_back_and_saved(story):
    end, _ = await story("f6 5 down down down down down down enter US")
    assert "Holidays US 12 days in 2026" in end.dialog
    end, set_up = await story("f6 5 down down down down down down enter US f9")
    assert set_up.clinic.holidays == "US"
    assert "Holidays     US " in end.screen


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ("tab tab tab tab tab tab XX f9", "! “XX” has no holidays here; type a"),
        ("tab Mars/Base f9", "! “Mars/Base” is not a time zone"),
        ("tab Europe/Berlin f9 enter", "! 4 appointments stand in the way"),
        ("tab tab tab tab 7 f9", "! A row is 5 to 60 minutes"),
        ("tab tab tab tab tab 900 f9", "! 0 to 365 days."),
        ("shift+tab shift+tab os f9", "! A demo stays a demo"),
    ],
)
async def test_a_clinic_that_cannot_be_keeps_the_form_open(story, keys, why):
    end, set_up = await story(f"f6 5 enter {keys}")
    assert why in end.screen
    assert (set_up.clinic.version, set_up.clinic.zone) == (1, "America/Los_Angeles")


@pytest.mark.parametrize("keys", ["1", "5", "enter", "3 enter"])
async def test_the_wide_window_shows_the_same(story, keys):
    end, _ = await story(f"f6 {keys}", size=(120, 40))
    assert len(end.cells) == 40
    assert "…" not in end.screen


async def test_another_desk_shows_what_was_set_up(sqlite_url):
    clinic = small_clinic(sqlite_url)
    app = CTFrontApp(clinic.database, clinic.clinic, clinic.mgarcia, lambda: EIGHT)
    set_up = ClinicSetup(clinic.database, clinic.clinic)
    async with open_desk(app) as desk:
        draft = ProviderDraft(name="Dr Novak", hours=WEEK)
        await set_up.save_provider(clinic.act(clinic.manager), None, draft)
        await app.screen.watch_others().wait()
        await desk.press("right right right")
        assert "Dr Novak" in desk.cells()[1]
    await clinic.database.close()


async def test_esc_goes_back_to_the_scheduler(story):
    end, _ = await story("f6 3 esc down")
    assert end.cursor == ("8:15", "·")
